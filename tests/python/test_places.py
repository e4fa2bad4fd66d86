"""Nhiều tệp, nhiều trang đọc làm một: what one lacks, entries in two, formulas never computed."""

import json

import openpyxl
import pytest

import tthc_kpi as tk
from tthc_kpi.cli import main

JANUARY = "Mã PAKN;Ngày nhận;Hạn xử lý;Ngày trả lời\nPA-1;05/01/2026;20/01/2026;\n"
FEBRUARY = (
    "Ma PAKN;Ngay nhan;Han xu ly;Ngay tra loi;Cong khai\nPA-1;05/01/2026;20/01/2026;19/01/2026;x\n"
)


def test_a_column_that_one_file_lacks_is_told(tmp_path, capsys):
    january, february = tmp_path / "t1.csv", tmp_path / "t2.csv"
    january.write_text("Mã hồ sơ,Ngày nhận,Ngày hẹn trả\nA,05/01/2026,09/01/2026\n", "utf-8")
    february.write_text("Mã hồ sơ,Ngày nhận\nB,06/02/2026\n", "utf-8")
    ds = tk.read([january, february])
    (absent,) = ds.absent
    assert (absent.file, absent.sheet, absent.columns) == ("t2.csv", None, ("due_at",))
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026")
    assert "columns_partly_absent" in {note.code for note in card.warnings}
    report = tmp_path / "check.json"
    assert main(["check", str(january), str(february), "--json", str(report)]) == 0
    assert "t2.csv thiếu cột mà nơi khác có: Ngày hẹn trả" in capsys.readouterr().out
    told = json.loads(report.read_text("utf-8"))["dossiers"]["absent"]
    assert told == [{"file": "t2.csv", "sheet": None, "columns": ["due_at"]}]


def test_a_petition_carried_over_counts_once_with_its_file_and_row(tmp_path, capsys):
    january, february = tmp_path / "t1.csv", tmp_path / "t2.csv"
    january.write_text(JANUARY, "utf-8")
    february.write_text(FEBRUARY, "utf-8")
    registers = tk.Registers([january, february])
    petitions = registers["petitions"]
    assert [(part.source, part.rows_read, part.kept) for part in petitions.parts] == [
        ("t1.csv", 1, 0),
        ("t2.csv", 1, 1),
    ]
    assert petitions.parts[0].absent == ("published",)
    (issue,) = registers.issues
    assert (issue.file, issue.row, issue.reason) == ("t1.csv", 2, "duplicate")
    assert "dòng 2 (t2.csv)" in issue.expected
    ds = tk.Dossiers(tk.synth(10))
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026", registers=registers)
    assert (
        card["petition_resolved_rate"].numerator,
        card["petition_resolved_rate"].denominator,
    ) == (1, 1)
    (case,) = card.cases("petition_resolved_rate", "passing").to_polars().to_dicts()
    assert (case["file"], case["sheet"], case["row"]) == ("t2.csv", None, 2)
    assert "t1.csv" in card.explain("petition_resolved_rate")
    assert main(["check", "--registers", str(january), "--registers", str(february)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    told = "t1.csv: 1 đã đọc = 0 được tính + 1 để riêng; thiếu cột mà nơi khác có: Công khai"
    assert told in shown


def test_a_formula_that_openpyxl_wrote_is_told_as_one(tmp_path, capsys):
    book = openpyxl.Workbook()
    for row in (["Mã hồ sơ", "Ngày nhận", "Ngày hẹn trả"], ["A", "05/01/2026", "=B2+5"]):
        book.active.append(row)
    path = tmp_path / "hoso.xlsx"
    book.save(path)
    ds = tk.read(path)
    assert ds.accounting["set_aside"] == {"not_computed_due_at": 1}
    assert ds.issues[0].kind == "formula"
    assert main(["check", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "công thức ngày hẹn trả chưa có kết quả 1" in shown
    assert "ô trống" not in shown


def test_equal_headers_are_kept_apart_in_a_mapping(tmp_path):
    path, kept = tmp_path / "hoso.csv", tmp_path / "cot.toml"
    path.write_text(
        "Mã hồ sơ,Ngày nhận,Hẹn trả,Hẹn trả\nA,05/01/2026,09/01/2026,12/01/2026\n", "utf-8"
    )
    with pytest.raises(tk.InputError, match="Hẹn trả#2"):
        tk.read(path, mapping={"Hẹn trả": "due_at"})
    ds = tk.read(path, mapping={"Hẹn trả#2": "due_at"})
    ds.save_mapping(kept)
    assert '"Hẹn trả#2" = "due_at"' in kept.read_text("utf-8")
    assert tk.read(path, mapping=kept).mapping[3].column == "due_at"
