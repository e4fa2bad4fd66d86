"""Form 06a, the late list and the scorecard as Excel files: laid out as they are filed, totals that are
formulas with their values, texts that are never formulas."""

import shutil
import subprocess
from decimal import Decimal

import openpyxl
import pytest

import tthc_kpi as tk
from tthc_kpi import _tthc_kpi
from tthc_kpi._alphabet import by_name, reading_order

COLUMNS = [(number, slug) for slug, number, _ in _tthc_kpi.form_06a_columns()]
HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(A1)", "</script><b>", 'a "quoted" & <name>']
HEADING = {
    "superior": "UBND tỉnh Bắc Ninh",
    "agency": "=UBND phường Đồng Nguyên",
    "receiver": "Sở Tư pháp",
    "number": "12/BC-UBND",
    "place": "Đồng Nguyên",
    "date": "2026-04-02",
    "signer_title": "Chủ tịch",
    "signer": "Nguyễn Văn A",
}


@pytest.fixture(scope="module")
def ds():
    hostile = [
        {
            "dossier_id": text,
            "field": text,
            "agency": text,
            "officer": text,
            "procedure": text,
            "received_at": "2026-03-02 09:00",
            "due_at": "2026-03-09 17:00",
            "completed_at": None if at % 2 else "2026-03-12 10:00",
            "explained": at % 3 == 0,
        }
        for at, text in enumerate(HOSTILE)
    ]
    return tk.Dossiers([*tk.synth(1500, seed=5).to_dicts(), *hostile])


@pytest.fixture(scope="module")
def form(ds):
    return tk.form_06a(ds, period="2026-03")


@pytest.fixture(scope="module")
def late(ds):
    return tk.late_list(ds, period="2026-03")


@pytest.fixture(scope="module")
def card(ds):
    return tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026-Q1", by=["agency", "month"])


@pytest.fixture(scope="module")
def books(form, late, card, tmp_path_factory):
    """The files, and what a spreadsheet computes of them."""
    folder = tmp_path_factory.mktemp("books")
    form.to_excel(folder / "06a.xlsx", heading=HEADING)
    late.to_excel(folder / "late.xlsx", heading=HEADING)
    card.to_excel(folder / "card.xlsx")
    return folder


def formulas(sheet):
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }


def check_paper(sheet, head):
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth in (None, 1)  # one page wide, the default
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "&P" in sheet.oddFooter.right.text
    assert sheet.print_title_rows == head


def test_the_form_is_laid_out_as_it_is_filed(books, form):
    sheet = openpyxl.load_workbook(books / "06a.xlsx")["06a"]
    check_paper(sheet, "$7:$10")
    assert sheet.freeze_panes == "C11"
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    assert {"A7:A9", "B7:B9", "C7:F7", "D8:E8", "G7:J7", "K7:M7", "F8:F9", "M8:M9"} <= merged
    numbers = [str(cell.value).partition("=")[0] for cell in sheet[10]]
    assert numbers == [f"({n})" for n in range(1, 14)]
    text = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    for told in (
        "UBND phường Đồng Nguyên",
        "Sở Tư pháp",
        "Tháng 3 năm 2026",
        "NGƯỜI LẬP BIỂU",
        "CHỦ TỊCH",
    ):
        assert any(told in cell for cell in text), told
    assert any("từ ngày 01/03/2026 đến ngày 31/03/2026" in cell for cell in text)
    assert "Đồng Nguyên, ngày 02 tháng 4 năm 2026" in text
    for note in form.notes:
        assert f"- {note.vi}" in text


def test_the_form_has_the_figures_and_totals_that_are_formulas(books, form):
    book = openpyxl.load_workbook(books / "06a.xlsx")["06a"]
    values = openpyxl.load_workbook(books / "06a.xlsx", data_only=True)["06a"]
    rows = [*by_name(form.rows, lambda row: [row.field]), form.total]
    for line, row in enumerate(rows, start=11):
        name = row.field if line < 11 + len(form.rows) else "TỔNG SỐ"
        assert values.cell(line, 2).value == (name or "(không rõ)")
        for number, slug in COLUMNS:
            assert values.cell(line, number).value == getattr(row, slug), (line, slug)
    last = 10 + len(form.rows)
    assert book["C11"].value == "=SUM(D11:F11)"
    assert book["G11"].value == "=SUM(H11:J11)"
    assert book["K11"].value == "=SUM(L11:M11)"
    assert book.cell(last + 1, 13).value == f"=SUM(M11:M{last})"
    assert len(formulas(book)) == 3 * len(form.rows) + 11


def test_names_are_texts_and_stay_so_when_edited(books):
    for name, sheets in [
        ("06a.xlsx", ["06a"]),
        ("late.xlsx", ["Tổng hợp", "Phụ lục I", "Phụ lục II"]),
    ]:
        book = openpyxl.load_workbook(books / name)
        met = {}
        for sheet in sheets:
            cells = (cell for row in book[sheet].iter_rows() for cell in row)
            met |= {cell.value: cell for cell in cells if cell.value in HOSTILE}
        assert set(met) == set(HOSTILE)
        for text, cell in met.items():
            assert cell.data_type == "s"
            assert cell.quotePrefix == (text[0] in "=+-@"), text
    allowed = ("=SUM(", "=MAX(")
    for path in books.glob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path):
            assert all(text.startswith(allowed) for text in formulas(sheet).values())


def test_an_empty_form_can_be_filed(tmp_path):
    ds = tk.Dossiers([{"received_at": "2025-01-05", "completed_at": "2025-01-06"}])
    tk.form_06a(ds, period="2026-03").to_excel(tmp_path / "06a.xlsx")
    tk.late_list(ds, period="2026-03").to_excel(tmp_path / "late.xlsx", lang="en")
    sheet = openpyxl.load_workbook(tmp_path / "06a.xlsx")["06a"]
    assert [cell.value for cell in sheet[11]][1:] == ["TỔNG SỐ", *[0] * 11]
    book = openpyxl.load_workbook(tmp_path / "late.xlsx")
    assert book.sheetnames == ["Summary", "Annex I", "Annex II", "Letters owed", "Technical notes"]
    assert book["Annex I"]["A11"].value == "No dossier."


def test_the_late_list_has_every_dossier_with_its_days_and_letters(books, late):
    book = openpyxl.load_workbook(books / "late.xlsx", data_only=True)
    assert book.sheetnames == [
        "Tổng hợp",
        "Phụ lục I",
        "Phụ lục II",
        "Xin lỗi, giải trình",
        "Ghi chú kỹ thuật",
    ]
    words = {True: "Đã có", False: "Chưa có", None: "Không rõ"}
    for name, cases in [
        ("Phụ lục I", late.resolved_late),
        ("Phụ lục II", late.open_overdue),
        ("Xin lỗi, giải trình", late.owing),
    ]:
        sheet = book[name]
        check_paper(sheet, "$9:$10")
        assert sheet.page_setup.fitToHeight == 0  # as many pages as it takes
        rows = list(sheet.iter_rows(min_row=11, values_only=True))
        assert len(rows) == len(cases) > 0
        cases = by_name(cases, lambda case: [case.agency, case.officer])
        for row, case in zip(rows, cases, strict=True):
            unknown = "(không rõ)"
            assert row[1:3] == (case.dossier_id, case.procedure or case.procedure_code or unknown)
            assert row[4:6] == (case.agency or unknown, case.officer or unknown)
            assert row[6:9] == (case.received_at, case.due_at, case.ended_at)
            assert row[9:11] == (case.days_late, case.calendar_days_late)
            assert row[11:13] == (words[case.apologised], words[case.explained])
    rows = list(book["Tổng hợp"].iter_rows(min_row=11, values_only=True))
    desks = [*by_name(late.desks, lambda desk: [desk.agency, desk.officer]), late.total]
    for row, desk in zip(rows, desks, strict=False):
        assert row[3:6] == (
            desk.resolved_late,
            desk.open_overdue,
            desk.resolved_late + desk.open_overdue,
        )
        letters = (desk.apologies, desk.explanations)
        assert row[6] == desk.most_days_late
        assert row[7:13] == tuple(
            n for part in letters for n in (part.made, part.lacking, part.unknown)
        )
    total = openpyxl.load_workbook(books / "late.xlsx")["Tổng hợp"][11 + len(late.desks)]
    assert total[3].value == f"=SUM(D11:D{10 + len(late.desks)})"
    assert total[6].value == f"=MAX(G11:G{10 + len(late.desks)})"


def test_a_scorecard_has_a_sheet_per_breakdown_and_what_stands_behind(books, card):
    book = openpyxl.load_workbook(books / "card.xlsx", data_only=True)
    assert book.sheetnames == [
        "Bảng điểm",
        "Theo nhóm",
        "Tỷ lệ theo Đơn vị giải quyết",
        "Tỷ lệ theo Tháng",
        "Dữ liệu",
        "Định nghĩa",
        "Căn cứ",
    ]
    for name, at in [("Tỷ lệ theo Đơn vị giải quyết", 0), ("Tỷ lệ theo Tháng", 1)]:
        head, _, *rows = book[name].iter_rows(min_row=4, values_only=True)
        shown = {text: place for place, text in enumerate(head)}
        names = {(group.keys["agency"], group.keys["month"]): group for group in card.groups}
        assert len(rows) == len(names) + 1
        firsts = [row[0] for row in rows[:-1]]
        known = [None if key == "(không rõ)" else key for key in firsts]
        assert known == sorted(known, key=reading_order)
        on_time = shown[f"(1) {card['on_time_rate'].name.vi}"]
        for row in rows[:-1]:
            keys = [None if key == "(không rõ)" else key for key in row[:2]]
            group = names[tuple(keys if at == 0 else reversed(keys))]
            percent = group["on_time_rate"].percent
            assert row[on_time] == "○" if percent is None else Decimal(str(row[on_time])) == percent
        assert Decimal(str(rows[-1][on_time])) == card["on_time_rate"].percent
    rows = {row[0]: row[1] for row in book["Dữ liệu"].iter_rows(values_only=True) if row[0]}
    assert rows["đã đọc"] == card.accounting["read"]
    assert rows["được tính"] == card.accounting["used"]
    assert rows["comparison"] == "day"
    text = [cell for row in book["Dữ liệu"].iter_rows(values_only=True) for cell in row]
    assert all(warning.vi in text for warning in card.warnings)
    ids = {row[1] for row in book["Định nghĩa"].iter_rows(min_row=2, values_only=True)}
    assert ids == {result.indicator for result in card.total.results}


def test_a_heading_may_stand_in_a_file(form, tmp_path):
    path = tmp_path / "dau-bieu.toml"
    path.write_text('agency = "UBND xã A"\ntitle = "BÁO CÁO"\n', encoding="utf-8")
    form.to_excel(tmp_path / "06a.xlsx", heading=path)
    sheet = openpyxl.load_workbook(tmp_path / "06a.xlsx")["06a"]
    assert (sheet["C1"].value, sheet["J1"].value) == ("BÁO CÁO", "Đơn vị báo cáo: UBND xã A")
    with pytest.raises(tk.UnknownNameError, match="agency"):
        form.to_excel(tmp_path / "06a.xlsx", heading={"agancy": "x"})
    with pytest.raises(tk.InputError):
        form.to_excel(tmp_path / "06a.xlsx", heading={"agency": 1})
    path.write_text("agency = UBND\n", encoding="utf-8")
    with pytest.raises(tk.InputError, match=r"dau-bieu\.toml"):
        form.to_excel(tmp_path / "06a.xlsx", heading=path)
    with pytest.raises(tk.MissingFileError):
        form.to_excel(tmp_path / "06a.xlsx", heading=tmp_path / "none.toml")
    with pytest.raises(tk.TthcKpiError):
        form.to_excel(tmp_path / "no" / "06a.xlsx")
    with pytest.raises(tk.TthcKpiError):
        form.to_parquet(tmp_path / "no" / "06a.parquet")


def test_a_spreadsheet_computes_the_same_values(books, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: formulas cannot be computed again")
    files = sorted(books.glob("*.xlsx"))
    (tmp_path / "bare").mkdir()
    for path in files:  # openpyxl keeps no values beside formulas: all must be computed
        openpyxl.load_workbook(path).save(tmp_path / "bare" / path.name)
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    bare = sorted(map(str, (tmp_path / "bare").iterdir()))
    subprocess.run([*command, *bare], check=True, capture_output=True, timeout=120)
    compared = 0
    for path in files:
        ours = openpyxl.load_workbook(path, data_only=True)
        computed = openpyxl.load_workbook(tmp_path / path.name, data_only=True)
        for sheet in openpyxl.load_workbook(path):
            for place in formulas(sheet):
                assert computed[sheet.title][place].value == ours[sheet.title][place].value, place
                compared += 1
    assert compared > 60
