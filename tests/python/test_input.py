"""Tệp như nó đến: old workbooks, archives, folders, mappings, rows to mend, and what ``check`` says."""

import datetime as dt
import json
import zipfile

import openpyxl
import pytest
import xlwt

import tthc_kpi as tk
from tthc_kpi.cli import main

HEADER = ["Mã hồ sơ", "Đơn vị giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Chủ hồ sơ"]
ROWS = [
    ["A", "Tư pháp", dt.datetime(2026, 1, 5, 8, 30), dt.datetime(2026, 1, 9), "Người Thứ Nhất"],
    ["B", "Địa chính", dt.datetime(2026, 1, 6), "10/01/2026", "Người Thứ Hai"],
    ["C", "Tư pháp", "hôm nào", "11/01/2026", "Người Thứ Ba"],
]


def old_workbook(path, rows, epoch_1904=False):
    book = xlwt.Workbook()
    book.dates_1904 = epoch_1904
    cover = book.add_sheet("Bìa")
    cover.write(0, 0, "Báo cáo")
    sheet = book.add_sheet("Danh sách")
    dated = xlwt.easyxf(num_format_str="dd/mm/yyyy hh:mm")
    for at, row in enumerate([["DANH SÁCH HỒ SƠ"], HEADER, *rows]):
        for column, value in enumerate(row):
            style = (dated,) if isinstance(value, dt.datetime) else ()
            sheet.write(at, column, value, *style)
    book.save(str(path))


def text_file(path, rows, separator=";"):
    shown = [
        [cell.isoformat() if isinstance(cell, dt.datetime) else cell for cell in row]
        for row in rows
    ]
    lines = [separator.join(row) for row in [HEADER, *shown]]
    path.write_text("\n".join(lines), encoding="utf-8")


def received(ds):
    import pyarrow as pa

    return pa.table(ds)["received_at"].to_pylist()


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_an_old_workbook_is_read_like_a_new_one(tmp_path, epoch_1904):
    old_workbook(tmp_path / "cu.xls", ROWS, epoch_1904)
    ds = tk.read(tmp_path / "cu.xls")
    assert received(ds) == [dt.datetime(2026, 1, 5, 8, 30), dt.datetime(2026, 1, 6)]
    (issue,) = ds.issues
    assert (issue.sheet, issue.row, issue.column) == ("Danh sách", 5, "received_at")
    assert "Thứ" not in str(ds.mapping) + str(ds.issues)


def test_a_folder_an_archive_and_their_files_are_one_list(tmp_path):
    folder = tmp_path / "2026"
    folder.mkdir()
    old_workbook(folder / "a.xls", ROWS[:1])
    text_file(folder / "b.txt", ROWS[1:], "|")
    (folder / "ghi-chu.docx").write_bytes(b"PK\x03\x04")
    (folder / "~$a.xls").write_bytes(b"\0")
    with zipfile.ZipFile(tmp_path / "2026.zip", "w") as archive:
        archive.write(folder / "a.xls", "x/a.xls")
        archive.write(folder / "b.txt", "x/b.txt")
    expected = tk.read([folder / "a.xls", folder / "b.txt"]).accounting
    assert (expected["read"], expected["kept"]) == (3, 2)
    for paths in (folder, tmp_path / "2026.zip"):
        assert tk.read(paths).accounting == expected
    both = tk.read([folder, tmp_path / "2026.zip"]).accounting
    assert (both["read"], both["kept"], both["excluded"]) == (6, 2, {"duplicate": 2})
    (tmp_path / "trong").mkdir()
    with pytest.raises(tk.MissingFileError, match="thư mục 'trong'"):
        tk.read(tmp_path / "trong")


def test_rows_set_aside_are_mended_and_read_again(tmp_path):
    text_file(tmp_path / "hoso.csv", ROWS)
    ds = tk.read(tmp_path / "hoso.csv")
    mended = tmp_path / "sua.xlsx"
    assert ds.set_aside_to_excel(mended) == 1
    book = openpyxl.load_workbook(mended)
    (head, row) = book.active.iter_rows(values_only=True)
    assert list(head) == ["Tệp", "Dòng", "Lý do", "Cần là", *HEADER[:4]]
    assert row[1:3] == ("4", "Ngày tiếp nhận: không đọc được")
    assert row[4:] == ("C", "Tư pháp", "hôm nào", "11/01/2026")
    book.active.cell(2, head.index("Ngày tiếp nhận") + 1).value = "07/01/2026"
    book.save(mended)
    again = tk.read([tmp_path / "hoso.csv", mended])
    assert len(received(again)) == 3
    assert again.accounting["set_aside"] == {"unreadable_received_at": 1}
    # A table in memory is its owner's to mend: only the place and the reason are told.
    assert tk.Dossiers([{"received_at": "hôm nào"}]).set_aside_to_excel(mended, lang="en") == 1
    (head, row) = openpyxl.load_workbook(mended).active.iter_rows(values_only=True)
    assert (head[1:3], row[1:3]) == (("Row", "Reason"), ("1", "received_at: unreadable"))
    assert row[4:] == (None,)


def test_a_message_set_aside_is_mended_in_a_workbook(tmp_path):
    path, mended = tmp_path / "goi.json", tmp_path / "sua.xlsx"
    message = {"MaHoSo": "A", "NgayTiepNhan": "20260105080000", "TrangThaiHoSo": "lạ"}
    message |= {"NgayHenTra": "20260112170000", "DanhSachHoSoBoSung": []}
    path.write_text(json.dumps([message]), encoding="utf-8")
    assert tk.read(path).set_aside_to_excel(mended) == 1
    book = openpyxl.load_workbook(mended)
    (head, row) = book.active.iter_rows(values_only=True)
    assert row[head.index("TrangThaiHoSo")] == "lạ"
    assert row[head.index("Ngày hẹn trả")] == "20260112170000", "made of two fields"
    book.active.cell(2, head.index("TrangThaiHoSo") + 1).value = "9"
    book.save(mended)
    again = tk.read([path, mended])
    assert again.accounting["kept"] == 1
    assert {"status", "due_at"} <= {c.column for c in again.mapping if c.file == "sua.xlsx"}


def test_a_row_of_too_many_cells_is_named_and_none_of_its_cells_is_shown(tmp_path):
    path = tmp_path / "lech.csv"
    path.write_text("Mã hồ sơ,Ngày tiếp nhận,Chủ hồ sơ\nA,Người,Thứ Tư,x\n", encoding="utf-8")
    tk.read(path).set_aside_to_excel(tmp_path / "lech.xlsx")
    (_, row) = openpyxl.load_workbook(tmp_path / "lech.xlsx").active.iter_rows(values_only=True)
    assert row[1] == "2"
    assert row[4:] == (None, None)


def test_a_mapping_is_kept_and_given_back(tmp_path):
    rows = tmp_path / "hoso.csv"
    rows.write_text("Ngày nhận;'Bộ phận' \\ quầy;Chủ hồ sơ\n05/01/2026;A;B\n", encoding="utf-8")
    path = tmp_path / "cot.toml"
    tk.read(rows).save_mapping(path)
    text = path.read_text(encoding="utf-8")
    assert "Chủ hồ sơ" not in text
    path.write_text(text.replace('"ignore"', '"agency"'), encoding="utf-8")
    ds = tk.read(rows, mapping=path)
    assert [(c.column, c.rule) for c in ds.mapping] == [
        ("received_at", "caller"),
        ("agency", "caller"),
        (None, "personal"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[columns", "không phải TOML"),
        ("a = 1", r"\[columns\]"),
        ("[columns]\n'Ngày' = 1", "'Ngày' cần tên một cột"),
        ("[columns]\n[other]", "'other'"),
    ],
)
def test_a_mapping_that_is_none_is_told(tmp_path, text, words):
    path = tmp_path / "cot.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(tk.InputError, match=words) as caught:
        tk.Dossiers([], mapping=path)
    assert caught.value.code == "bad_mapping"
    with pytest.raises(tk.MissingFileError):
        tk.Dossiers([], mapping=tmp_path / "khac.toml")


def test_a_card_says_where_cells_were_refused(tmp_path):
    path = tmp_path / "hoso.csv"
    head = "Mã hồ sơ,Ngày tiếp nhận,Số hóa thành phần hồ sơ,Ghi chú\n"
    path.write_text(head + "A,05/01/2026,Có,\nB,05/01/2026,hôm nào,\n", encoding="utf-8")
    card = tk.evaluate(tk.read(path), tk.Plan("dong-nguyen-2026"), period="2026")
    result = card["input_digitisation_rate"]
    assert (result.numerator, result.denominator, result.unknown) == (1, 1, 1)
    (warning,) = (warning for warning in card.warnings if warning.code == "cells_refused")
    assert "Số hóa thành phần hồ sơ" in warning.text("vi")
    assert "hôm nào" not in warning.text("vi")
    # A blank is unknown too, and no fault.
    path.write_text(head + "A,05/01/2026,Có,\nB,05/01/2026,,\n", encoding="utf-8")
    card = tk.evaluate(tk.read(path), tk.Plan("dong-nguyen-2026"), period="2026")
    assert "cells_refused" not in {warning.code for warning in card.warnings}


def test_quality_adds_up_to_the_rows_read(tmp_path):
    path = tmp_path / "hoso.csv"
    main(["synth", "500", str(path), "--seed", "3"])
    ds = tk.read(path)
    accounting = ds.accounting
    aside = sum(accounting["set_aside"].values())
    assert aside > 0
    for column in ds.quality:
        assert column.known + column.unknown + aside == accounting["read"]
        assert column.refused <= column.unknown
    assert sum(column.set_aside for column in ds.quality) == aside


def test_check_tells_it_as_text_page_and_json(tmp_path, capsys):
    text_file(tmp_path / "hoso.csv", ROWS)
    page, document, aside, kept = (
        tmp_path / name for name in ("a.html", "a.json", "a.xlsx", "a.toml")
    )
    options = ["--html", page, "--json", document, "--aside", aside, "--save-mapping", kept]
    assert main(["check", str(tmp_path / "hoso.csv"), *map(str, options)]) == 0
    shown = capsys.readouterr().out
    for words in (
        "hoso.csv: 3 dòng đã đọc",
        "để riêng: ngày tiếp nhận không đọc được 1",
        "Đã ghi 1 dòng để riêng",
    ):
        assert words in shown
    html = page.read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "Ngày tiếp nhận (received_at)" in html
    assert "Thứ" not in html + shown + document.read_text(encoding="utf-8")
    told = json.loads(document.read_text(encoding="utf-8"))["dossiers"]
    assert told["accounting"]["set_aside"] == {"unreadable_received_at": 1}
    assert {quality["column"] for quality in told["quality"]} == {
        "dossier_id",
        "agency",
        "received_at",
        "due_at",
    }
    assert told["issues"][0]["row"] == 4
    assert main(["check", str(tmp_path / "hoso.csv"), "--mapping", str(kept)]) == 0
    assert "người dùng chỉ định" in capsys.readouterr().out


def test_hostile_headers_stay_text_in_the_page(tmp_path):
    path = tmp_path / "x.csv"
    evil = "<script>alert(1)</script>"
    path.write_text(f"Ngày tiếp nhận,Mã hồ sơ,{evil}\n05/01/2026,A,x\n", encoding="utf-8")
    assert main(["check", str(path), "--html", str(tmp_path / "x.html")]) == 0
    html = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert "<script" not in html
    assert "&lt;script&gt;" in html
