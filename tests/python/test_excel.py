"""The workbook: real numbers, text that is never a formula, the figures of the scorecard."""

import time
import zipfile
from decimal import Decimal

import openpyxl
import pytest

import tthc_kpi as tk

HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture
def card():
    rows = [
        {
            "received_at": "05/01/2026",
            "due_at": "12/01/2026",
            "completed_at": "09/01/2026",
            "agency": agency,
        }
        for agency in (HOSTILE, "+1", "@x", "-2", None)
    ]
    return tk.evaluate(tk.Dossiers(rows), tk.Plan("dong-nguyen-2026"), period="2026", by=["agency"])


def test_names_are_never_formulas(card, tmp_path):
    path = tmp_path / "card.xlsx"
    card.to_excel(path)
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert all(b"<f>" not in archive.read(name) for name in sheets)
    book = openpyxl.load_workbook(path)
    names = {cell.value for cell in book["Theo nhóm"]["B"]}
    assert {HOSTILE, "+1", "@x", "-2", "(không rõ)"} <= names


@pytest.mark.parametrize(("lang", "sheet"), [("vi", "Bảng điểm"), ("en", "Scorecard")])
def test_figures_are_those_of_the_card(card, tmp_path, lang, sheet):
    path = tmp_path / "card.xlsx"
    card.to_excel(path, lang=lang)
    rows = list(openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True))
    rows = rows[len(rows) - len(card.total.results) :]
    for row, result in zip(rows, card.total.results, strict=True):
        assert (row[2], row[3]) == (result.numerator, result.denominator)
        assert (None if row[4] is None else Decimal(str(row[4]))) == result.percent
        assert row[11] == result.unknown


def test_warnings_stand_on_the_first_sheet_and_the_bytes_do_not_change(card, tmp_path):
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    card.to_excel(one)
    time.sleep(2.1)  # a file's own times count in steps of two seconds
    card.to_excel(two)
    assert one.read_bytes() == two.read_bytes()
    rows = openpyxl.load_workbook(one)["Bảng điểm"].iter_rows(values_only=True)
    text = [cell for row in rows for cell in row]
    for warning in card.warnings:
        assert any(warning.vi in str(cell) for cell in text)
    assert card.warnings


def test_a_folder_that_is_not_there_is_an_error_and_no_panic(card, tmp_path):
    with pytest.raises(tk.TthcKpiError):
        card.to_excel(tmp_path / "missing" / "card.xlsx")


def test_the_sheet_of_data_says_why_rows_were_set_aside_as_everything_else_does(tmp_path):
    source = openpyxl.Workbook()
    for line in [
        ["Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả"],
        ["A", "05/01/2026", "=B2+7"],
        ["B", "05/01/2026", "hôm nào"],
    ]:
        source.active.append(line)
    source.save(tmp_path / "hoso.xlsx")
    ds = tk.read(tmp_path / "hoso.xlsx")
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026")
    card.to_excel(tmp_path / "card.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "card.xlsx")["Dữ liệu"]
    said = {row[0]: row[1] for row in sheet.iter_rows(max_row=9, values_only=True)}
    assert said["để riêng: công thức ở ngày hẹn trả chưa có kết quả"] == 1
    assert said["để riêng: ngày hẹn trả không đọc được"] == 1
