"""What people are shown: orders of names, notes on forms, numbers in workbooks, words in English."""

import re
from decimal import Decimal
from fractions import Fraction
from html import escape

import openpyxl
import pytest

import tthc_kpi as tk
from tthc_kpi import _forecast, _markup, _text, cli
from tthc_kpi._exact import shown

FIELDS = ["Đất đai", "Xây dựng", "Ăn uống", None, "Dân tộc", "Hộ tịch", "Đăng ký", "Hộ kinh doanh"]
READ = ["Ăn uống", "Dân tộc", "Đăng ký", "Đất đai", "Hộ kinh doanh", "Hộ tịch", "Xây dựng", None]
VIETNAMESE = re.compile("[à-ỹđÀ-ỸĐ]")


@pytest.fixture(scope="module")
def plan():
    return tk.Plan("dong-nguyen-2026")


@pytest.fixture(scope="module")
def ds():
    rows = [
        {
            "field": field,
            "agency": field,
            "officer": field,
            "received_at": "2026-03-02",
            "due_at": "2026-03-09",
            "completed_at": "2026-03-12",
            "rating": 3,
        }
        for field in FIELDS
    ]
    return tk.Dossiers([*rows, {"received_at": "hôm nào"}])


def test_names_stand_in_the_alphabet_where_people_read_them(ds, plan, tmp_path):
    names = [name or "(không rõ)" for name in READ]
    form, late = tk.form_06a(ds, period="2026-03"), tk.late_list(ds, period="2026-03")
    form.to_excel(tmp_path / "06a.xlsx")
    late.to_excel(tmp_path / "late.xlsx")
    rows = openpyxl.load_workbook(tmp_path / "06a.xlsx")["06a"].iter_rows(min_row=11, max_row=18)
    assert [row[1].value for row in rows] == names
    book = openpyxl.load_workbook(tmp_path / "late.xlsx")
    for sheet, column in (("Tổng hợp", 1), ("Phụ lục I", 4)):
        rows = book[sheet].iter_rows(min_row=11, max_row=18, values_only=True)
        assert [row[column] for row in rows] == names
    card = tk.evaluate(ds, plan, period="2026", by="agency")
    shown_in = [form.to_text(), form.to_html(), late.to_text(), late.to_html(), card._repr_html_()]
    for told in shown_in:
        places = [told.index(name) for name in names]
        assert places == sorted(places)
    # The data keep the order of code points.
    assert [row.field for row in form.rows] == [*sorted(filter(None, FIELDS)), None]
    assert [group.keys["agency"] for group in card.groups] == [*sorted(filter(None, FIELDS)), None]


def test_a_form_carries_what_an_office_files_and_nothing_for_analysts(ds, tmp_path):
    form, late = tk.form_06a(ds, period="2026-03"), tk.late_list(ds, period="2026-03")
    for output, name in ((form, "06a.xlsx"), (late, "late.xlsx")):
        output.to_excel(tmp_path / name)
        book = openpyxl.load_workbook(tmp_path / name)
        *filed, notes = book.worksheets
        text = " ".join(str(cell.value) for sheet in filed for row in sheet for cell in row)
        version = output.document["calendar"]["version"]
        for word in ("tthc-kpi", "ds.issues", version):
            assert word not in text
            assert word in " ".join(str(cell.value) for row in notes for cell in row)
        assert notes.title == "Ghi chú kỹ thuật"
        # Nothing of it is printed: its print area is an empty cell.
        area = notes.print_area.partition("!")[2].replace("$", "").partition(":")[0]
        assert notes[area].value is None
        html = output.to_html()
        assert version in html.partition('class="unfiled"')[2]
        assert version not in html.partition('class="unfiled"')[0].partition("<body")[2]
    assert ".unfiled { display: none; }" in _markup.sheet().partition("@media print")[2]


def test_the_date_of_a_form_is_a_date_or_words_to_fill_in(ds, tmp_path):
    form, path = tk.form_06a(ds, period="2026-03"), tmp_path / "06a.xlsx"

    def signed(date):
        form.to_excel(path, heading={"place": "Đồng Nguyên", "date": date})
        cells = (cell.value for row in openpyxl.load_workbook(path)["06a"] for cell in row)
        return next(str(text) for text in cells if str(text).startswith("Đồng Nguyên, "))

    assert signed("02/04/2026") == signed("2026-04-02") == "Đồng Nguyên, ngày 02 tháng 4 năm 2026"
    assert signed("ngày … tháng 4 năm 2026") == "Đồng Nguyên, ngày … tháng 4 năm 2026"
    for wrong in ("31/02/2026", "04-02-26", "mai"):
        with pytest.raises(tk.InputError, match="dd/mm/yyyy"):
            signed(wrong)
    toml = tmp_path / "dau.toml"
    toml.write_text("date = 2026-04-02\n", encoding="utf-8")
    form.to_excel(path, heading=toml)


def test_a_workbook_numbers_the_indicators_and_explains_each_once(plan, tmp_path):
    ds = tk.Dossiers(tk.synth(500))
    card = tk.evaluate(ds, plan, period="2026", by="agency")
    card.to_excel(tmp_path / "card.xlsx")
    book = openpyxl.load_workbook(tmp_path / "card.xlsx")
    rows = list(book["Bảng điểm"].iter_rows(values_only=True))[-len(card.whole.results) :]
    assert [row[0] for row in rows] == list(range(1, len(card.whole.results) + 1))
    for row, result in zip(rows, card.whole.results, strict=True):
        impossible = result.status == "missed" and result.cases_needed is None
        assert (row[8] == "không thể") == impossible
    assert any(row[8] == "không thể" for row in rows)
    basis = book["Căn cứ"]
    assert basis.page_setup.orientation == "landscape"
    told = list(basis.iter_rows(min_row=3, values_only=True))
    assert [row[0] for row in told] == [row[0] for row in rows]
    assert "comparison" in told[0][3]
    assert all("comparison = day" not in str(cell) for row in told for cell in row)
    head = [cell.value for cell in book["Tỷ lệ theo Đơn vị giải quyết"][4]]
    assert head[1].startswith("(1) ")
    # The last column is as wide as what it is made to hold, and the head as high as two lines.
    sheet = book["Theo nhóm"]
    (head,) = [row for row in sheet.iter_rows() if row[0].value == "Số"]
    assert head[-1].value == "Nguồn số liệu"
    assert sheet.column_dimensions[head[-1].column_letter].width > 28
    assert sheet.row_dimensions[head[0].row].height > 30
    # Every row of wrapped text is as high as its lines.
    for sheet in ("Dữ liệu", "Căn cứ"):
        for row in book[sheet].iter_rows():
            lines = max(str(cell.value or "").count("\n") + 1 for cell in row)
            if any(cell.value is not None for cell in row) and lines > 1:
                assert book[sheet].row_dimensions[row[0].row].height >= 15 * lines


def test_a_period_without_data_is_not_shown_as_zeros_alone(ds, plan, tmp_path):
    def warned(card):
        return [note.vi for note in card.warnings if note.code == "period_without_data"]

    for period in ("2025", "2026-05"):
        (told,) = warned(tk.evaluate(ds, plan, period=period))
        assert told.count("12/03/2026") == 2  # the first and the last day
        form = tk.form_06a(ds, period=period)
        assert warned(form) == [told]
        assert warned(tk.late_list(ds, period=period)) == [told]
        form.to_excel(tmp_path / "06a.xlsx")
        cells = [
            c.value for row in openpyxl.load_workbook(tmp_path / "06a.xlsx")["06a"] for c in row
        ]
        assert f"- {told}" in cells
    assert not warned(tk.evaluate(ds, plan, period="2026-03"))
    index = tk.index_766(ds, period="2026-05", level="commune")
    assert "period_without_data" in index.to_json()


def test_satisfaction_is_of_ratings_and_a_mean_is_exact(ds, plan):
    card = tk.evaluate(ds, plan, period="2026")
    assert card["satisfaction_rate"].unit == "ratings"
    assert "phiếu đánh giá" in card._repr_html_()
    time = tk.evaluate(tk.Dossiers(tk.synth(300)), plan, period="2026").whole.processing_time
    assert time.mean == Fraction(sum(days * n for days, n in time.days.items()), time.known)
    assert shown(Fraction(10, 3)) == Decimal("3.33")


def test_english_of_one_is_singular_and_help_is_english(ds, plan, capsys):
    warning = next(
        n for n in tk.evaluate(ds, plan, period="2026").warnings if n.code == "rows_set_aside"
    )
    assert warning.en.startswith("1 row could not")
    assert _text.say("row_count", "en", n=1) == "1 row"
    assert _text.say("counted", "en", n=1, rows=1) == "1 row of 1 source counted"
    assert _text.unit_of(1, "procedures", "en") == "procedure"
    cli.main(["--help", "--lang", "en"])
    told = capsys.readouterr().out
    commands = re.search(r"\n    (report .*)", told, re.DOTALL)
    assert commands
    for name in ("", *re.findall(r"^    ([a-z0-9-]+) ", told, re.M)):
        cli.main([*filter(None, [name]), "--help", "--lang", "en"])
        told = capsys.readouterr().out
        assert told.startswith("usage: ")
        assert not VIETNAMESE.search(told), (name, VIETNAMESE.findall(told))


def test_a_notebook_s_theme_goes_before_that_of_the_system():
    sheet = _markup.sheet()
    system = sheet.partition("@media (prefers-color-scheme: dark) {")[2].partition("{")[0].strip()
    assert system == ".tthc-kpi"  # weaker than `.vscode-light .tthc-kpi`
    for theme in (".vscode-light .tthc-kpi,", ".vscode-dark .tthc-kpi,", ".dark-theme .tthc-kpi,"):
        assert theme in sheet


def test_a_page_has_margins_and_fits_a_phone(ds):
    sheet = _markup.sheet()
    # As strong as `.tthc-kpi:not(#_)`, whose padding is that of a fragment.
    assert sheet.count(".tthc-kpi:not(#_).tthc-page {") == sheet.count(".tthc-page {") == 3
    index = tk.index_766(ds, period="2026", level="commune").to_html()
    for page in (index, tk.form_06a(ds, period="2026-03").to_html()):
        assert '<meta name="viewport"' in page
        assert 'class="tthc-kpi tthc-page"' in page


def test_a_notebook_shows_an_explanation_as_lines(ds, plan):
    pretty = pytest.importorskip("IPython.lib.pretty").pretty
    card = tk.evaluate(ds, plan, period="2026")
    ahead = tk.forecast(ds, plan, period="2026", as_of="2026-09-30")
    for text in (
        card.explain("on_time_rate"),
        ahead.explain("on_time_rate"),
        card.diff(card).explain("on_time_rate"),
        tk.index_766(ds, period="2026", level="commune").explain("2.1"),
    ):
        assert "\n" in text
        assert pretty(text) == str(text)
        # VS Code shows thirty lines of a text, and wraps none; it shows a page whole.
        page = text._repr_html_()
        assert escape(text) in page
        assert "pre-wrap" in page


def test_cards_of_a_phone_name_their_columns(ds):
    for html in (
        tk.form_06a(ds, period="2026-03").to_html(),
        tk.late_list(ds, period="2026-03").to_html(),
    ):
        tables = re.findall(r'<table[^>]*class="wide stack.*?</table>', html, re.DOTALL)
        assert tables
        for table in tables:
            cells = re.findall(r"<td[^>]*>", table)
            assert all('data-label="' in cell and 'role="cell"' in cell for cell in cells)


def test_late_dossiers_are_told_where_their_part_is_too_low(plan):
    rows = [
        {"received_at": "2026-03-02", "due_at": "2026-03-09", "completed_at": f"2026-03-0{day}"}
        for day in [3] * 98
    ]
    late = {"received_at": "2026-03-02", "due_at": "2026-03-09", "completed_at": "2026-03-12"}
    card = tk.evaluate(tk.Dossiers([*rows, late, late]), plan, period="2026-03", by="month")
    words = str(tk.charts.flow(card).to_dict()["datasets"])
    assert "'trễ 2'" in words


def test_a_forecast_without_a_day_counts_the_months_once(ds, plan, monkeypatch):
    asked = []

    def counted(*given, **named):
        asked.append((given[1].id, named["by"]))
        return tk.evaluate(*given, **named)

    monkeypatch.setattr(_forecast, "evaluate", counted)
    ahead = tk.forecast(ds, plan, period="2026")
    assert ahead.card.document["query"]["cut"] == "2026-03-12"
    assert asked.count((plan.id, "month")) == 1
