"""Registers beside the dossiers, as an analyst meets them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pandas
import polars
import pyarrow
import pytest

import tthc_kpi as tk
from tthc_kpi.cli import main

ROOT = Path(__file__).resolve().parents[2]
DOSSIERS = ROOT / "examples" / "hoso-dong-nguyen-2026.xlsx"
REGISTERS = ROOT / "examples" / "so-dong-nguyen-2026.xlsx"
PLAN = tk.Plan("dong-nguyen-2026")
PROCEDURES = [
    {"Mã thủ tục": "1.1", "Tên thủ tục": "Một", "Đơn vị chủ trì": "A", "Đã rà soát": "Có"},
    {"Mã thủ tục": "1.2", "Tên thủ tục": "Hai", "Đơn vị chủ trì": "A", "Đã rà soát": "Chưa"},
    {"Mã thủ tục": "1.3", "Tên thủ tục": "Ba", "Đơn vị chủ trì": "B", "Đã rà soát": ""},
]


@pytest.fixture(scope="module")
def card() -> tk.Scorecard:
    return tk.evaluate(
        tk.read(DOSSIERS), PLAN, period="2026", as_of="2026-12-31", registers=REGISTERS
    )


def nothing() -> tk.Dossiers:
    return tk.Dossiers([{"received_at": "2026-01-05"}])


def test_the_bundled_ward_has_all_48_rows(card):
    assert len(card.results) == 48
    assert all(result.status in ("met", "missed") for result in card)
    assert {result.indicator for result in card if result.declared} == {
        "conditions_cut_rate",
        "conditions_abolished_rate",
        "standards_reviewed_rate",
        "business_report_electronic_rate",
        "one_time_information_rate",
    }
    assert len(card.registers) == 7
    for used in card.registers:
        assert used["read"] == used["used"] + used["outside"] + sum(used["set_aside"].values())
        assert used["source"] == REGISTERS.name


def test_what_stands_behind_each_row_is_a_call_away(card):
    for result in card:
        explained = card.explain(result.indicator)
        if result.declaration is not None:
            assert result.declaration.source in explained
            with pytest.raises(tk.QueryError, match="tự khai") as caught:
                card.cases(result.indicator)
            assert caught.value.code == "declared"
            continue
        passing = card.cases(result.indicator, "passing")
        failing = card.cases(result.indicator, "failing")
        unknown = card.cases(result.indicator, "unknown")
        if result.unit in ("working_days", "vnd", "results"):
            parts = [table.to_pandas()["numerator"] for table in (passing, failing)]
            assert sum(sum(part) for part in parts) == result.numerator
        elif result.unit != "payments":
            assert len(passing) == result.numerator, result.indicator
            assert len(passing) + len(failing) == result.denominator, result.indicator
            assert len(unknown) == result.unknown, result.indicator
        if result.measure in ("full_online", "payment_used", "petitions_resolved"):
            assert REGISTERS.name in explained


def test_a_case_names_its_row_and_what_it_is_judged_by(card):
    failing = card.cases("full_online_rate", "failing").to_pandas()
    sheet = openpyxl.load_workbook(REGISTERS)["Danh mục TTHC"]
    for _, case in failing.iterrows():
        cells = [cell.value for cell in sheet[int(case["row"])]]
        assert case["id"] in cells
        assert case["eligible_full"]
        assert case["online_level"] != "full"


def test_codes_that_the_register_lacks_are_counted_and_listed(card):
    procedures = next(used for used in card.registers if used["register"] == "procedures")
    codes = dict(procedures["codes_not_listed"])
    frame = tk.read(DOSSIERS).to_pandas()
    assert len(codes) == 2
    received = frame[frame["procedure_code"].isin(list(codes))]
    assert sum(codes.values()) <= len(received)
    assert all(code in card.explain("payment_used_rate") for code in codes)


@pytest.mark.parametrize(
    "make", [pandas.DataFrame, polars.DataFrame, pyarrow.Table.from_pylist, list]
)
def test_a_register_is_whatever_holds_a_table(make):
    card = tk.evaluate(nothing(), PLAN, period="2026", procedures=make(PROCEDURES))
    result = card["review_rate"]
    assert (result.numerator, result.denominator, result.unknown) == (1, 2, 1)


def test_a_register_is_a_file_too(tmp_path):
    path = tmp_path / "danh-muc.csv"
    path.write_text("Mã thủ tục;Đã rà soát\n1.1;Có\n1.2;Không\n", encoding="utf-8")
    for given in ({"procedures": path}, {"registers": path}, {"registers": [path]}):
        card = tk.evaluate(nothing(), PLAN, period="2026", **given)
        assert card["review_rate"].percent == Decimal("50.00")
    both = tk.Registers(path, petitions=[{"Hạn giải quyết": "10/03/2026"}])
    assert both.names == ("procedures", "petitions")
    assert "Danh mục thủ tục hành chính: 2 dòng" in repr(both)


def test_groups_hold_what_can_be_broken_down():
    card = tk.evaluate(nothing(), PLAN, period="2026", by="agency", procedures=PROCEDURES)
    groups = {group.keys["agency"]: group for group in card.groups}
    assert groups["A"]["review_rate"].denominator == 2
    assert groups["B"]["review_rate"].unknown == 1
    by_month = tk.evaluate(nothing(), PLAN, period="2026-Q1", by="month", procedures=PROCEDURES)
    assert by_month.groups[0].find("review_rate") is None
    assert by_month["review_rate"].denominator == 2
    assert any(note.code == "not_grouped" for note in by_month.warnings)
    with pytest.raises(tk.UnknownNameError):
        by_month.groups[0]["review_rate"]
    for shown in (repr(card), card.to_html(), repr(by_month), by_month.to_html()):
        assert "Danh mục thủ tục hành chính" in shown
    only = card.cases("review_rate", "failing", where={"agency": "A"})
    assert only.to_pandas()["id"].tolist() == ["1.2"]
    with pytest.raises(tk.QueryError) as caught:
        card.cases("review_rate", where={"month": "2026-01"})
    assert caught.value.code == "bad_where"


def test_a_tally_meets_its_registers_later():
    tally = tk.tally(nothing(), PLAN, period="2026")
    saved = tk.Tally.from_bytes(tally.to_bytes())
    reviews = [{"Nhóm rà soát": "A.I.1", "Ngày gửi kết quả rà soát": "01/07/2026"}]
    with_plan = saved.scorecard(PLAN, reviews=reviews)
    assert with_plan["review_group_rate"].denominator == 34
    assert len(with_plan.cases("review_group_rate", "failing")) == 33
    # Without the plan's schedule nothing says when a group is due.
    without = saved.scorecard(reviews=reviews)
    assert without["review_group_rate"].unknown == 1


def test_limits_come_from_the_register():
    dossier = [{"received_at": "2026-01-05", "procedure_code": "1.1", "completed_at": "2026-01-09"}]
    limits = [{"code": "1.1", "limit_days": 3}]
    card = tk.evaluate(
        tk.Dossiers(dossier), PLAN, period="2026", procedures=limits,
        policy={"missing_due": "from_procedure"},
    )  # fmt: skip
    # Three working days after 5/1 are 8/1: a day late.
    assert (card["on_time_rate"].numerator, card["on_time_rate"].denominator) == (0, 1)


def test_bad_input_is_set_aside_with_its_place_and_never_its_content():
    secret = "Nguyễn Văn A"
    petitions = [
        {"Mã phản ánh, kiến nghị": "1", "Ngày tiếp nhận": "05/03/2026", "Hạn giải quyết": secret},
        {
            "Mã phản ánh, kiến nghị": "2",
            "Ngày tiếp nhận": "05/03/2026",
            "Ngày giải quyết": "01/03/2026",
        },
    ]
    archive = [{"Số kết quả còn hiệu lực": "120", "Số kết quả đã số hóa": "97%"}]
    registers = tk.Registers(petitions=petitions, archive=archive)
    reasons = [(issue.column, issue.reason, issue.row, issue.action) for issue in registers.issues]
    assert reasons == [
        ("petitions.due", "unreadable", 1, "set_aside"),
        ("petitions.resolved", "end_before_start", 2, "set_aside"),
        ("archive.results_digitised", "unreadable", 1, "set_aside"),
    ]
    assert secret not in str(registers.issues)
    assert "97%" not in str(registers.issues)
    with pytest.raises(tk.InputError) as caught:
        tk.Registers(petitions=petitions, strict=True)
    assert caught.value.code == "strict"
    assert secret not in str(caught.value)


def test_errors_say_what_was_expected(tmp_path):
    with pytest.raises(tk.UnknownNameError, match="petitions"):
        tk.Registers(petition=[])
    with pytest.raises(tk.UnknownNameError):
        tk.Registers(procedures=PROCEDURES)["petitions"]
    with pytest.raises(tk.UnknownNameError):
        tk.Registers.columns_of("petition")
    with pytest.raises(tk.MissingFileError):
        tk.Registers(tmp_path / "khong-co.xlsx")
    with pytest.raises(tk.InputError) as caught:
        tk.Registers(DOSSIERS)
    assert caught.value.code == "no_register"
    with pytest.raises(tk.InputError) as caught:
        tk.evaluate(nothing(), PLAN, period="2026", registers=polars.DataFrame(PROCEDURES))
    assert caught.value.code == "not_registers"


def test_the_console_takes_registers(capsys, tmp_path):
    page = tmp_path / "report.html"
    asked = ["--plan", "dong-nguyen-2026", "--period", "2026", "--registers", str(REGISTERS)]
    assert main(["report", str(DOSSIERS), *asked, "--html", str(page), "--no-charts"]) == 0
    out = capsys.readouterr().out
    assert "so-dong-nguyen-2026.xlsx" in out
    assert "(44" in out
    assert "so-dong-nguyen-2026.xlsx" in page.read_text(encoding="utf-8")
    assert main(["check", "--registers", str(REGISTERS)]) == 0
    out = capsys.readouterr().out
    assert "Sổ phản ánh, kiến nghị" in out
    assert "petitions.due" in out
    assert main(["check"]) == 1
    index = ["index-766", "--period", "2026", "--level", "commune", "--registers", str(REGISTERS)]
    assert main([*index, "--explain", "5.2"]) == 0
    assert "sổ đi kèm" in capsys.readouterr().out


def test_a_sheet_that_is_no_register_is_told(tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active.title = "Danh mục"
    for row in (["Mã thủ tục", "Đã rà soát", "Có phí"], ["1.1", "Có", "Có"], ["1.2", "Chưa", ""]):
        book.active.append(row)
    book.create_sheet("Chấm công").append(["Ngày", "Cán bộ"])
    book.create_sheet("Trống")
    path = tmp_path / "so.xlsx"
    book.save(path)
    registers = tk.Registers(path)
    assert registers.left_alone == ("so.xlsx › Chấm công",)
    card = tk.evaluate(nothing(), PLAN, period="2026", registers=registers)
    warning = next(note for note in card.warnings if note.code == "sheets_left_alone")
    assert "Chấm công" in warning.vi
    assert main(["check", "--registers", str(path), "--register-map", "Có phí=fee_bearing"]) == 0
    out = capsys.readouterr().out
    assert "Chấm công" in out
    assert "procedures.fee_bearing" in out
    assert main(["check", "--registers", str(path), "--map", "Có phí=fee_bearing"]) == 2


def test_procedures_of_a_group_are_those_of_its_dossiers():
    paid = {"received_at": "2026-01-05", "payments": 1, "payments_online": 0, "payments_portal": 0}
    rows = [paid | {"procedure_code": "1.1", "agency": "A"}, paid | {"procedure_code": "1.2"}]
    card = tk.evaluate(tk.Dossiers(rows), PLAN, period="2026", by="agency")
    for agency, code in (("A", "1.1"), (None, "1.2")):
        found = card.cases("payment_used_rate", "failing", where={"agency": agency})
        assert found.to_pandas()["id"].tolist() == [code]
    with pytest.raises(tk.QueryError) as caught:
        card.cases("payment_used_rate", where={"field": "x"})
    assert caught.value.code == "bad_where"


def test_satisfaction_nobody_asked_for_is_no_data():
    petitions = [
        {
            "Ngày tiếp nhận": "03/08/2026",
            "Hạn giải quyết": "24/08/2026",
            "Ngày giải quyết": "20/08/2026",
        }
    ]
    kept = tk.Registers(petitions=petitions)
    ix = tk.index_766(registers=kept, period="2026-08", level="commune")
    assert ix["5.2"].numerator == 1
    assert ix["5.3"].status == "no_data"


def test_a_document_after_the_cut_and_results_after_the_deadline_are_told():
    declared = [
        {"indicator": "conditions_cut_rate", "numerator": 1, "denominator": 1, "source": "BC 1",
         "date": "2026-07-15"},
    ]  # fmt: skip
    archive = [{"id": "1", "digitised_on": "2026-03-10"}, {"id": "2", "digitised_on": "2026-02-10"}]
    card = tk.evaluate(
        nothing(), PLAN, period="2026", as_of="2026-06-30", declared=declared, archive=archive
    )
    codes = {note["code"] for used in card.registers for note in used["notes"]}
    assert codes == {"declared_after_cut", "digitised_late"}
    assert "28/02/2026" in card.explain("archive_digitisation_rate")
    failing = card.cases("archive_digitisation_rate", "failing").to_pandas()
    assert str(failing["digitised_on"][0])[:10] == "2026-03-10"


def test_rows_of_the_index_come_from_registers(card):
    ix = tk.index_766(tk.read(DOSSIERS), period="2026", level="commune", registers=REGISTERS)
    for code in ("3.1", "3.5a", "3.5b", "5.2", "5.3"):
        assert ix[code].counts_from == "register", code
        assert ix[code].score is not None
    offered = card["payment_offered_rate"]
    assert (ix["3.5a"].numerator, ix["3.5a"].denominator) == (
        offered.numerator,
        offered.denominator,
    )
    with pytest.raises(tk.QueryError) as caught:
        tk.index_766(registers=REGISTERS, level="commune")
    assert caught.value.code == "no_period"
