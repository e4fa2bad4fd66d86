"""Dữ liệu viết không đều tay: marks, words, blanks, empty files, registers in the wrong place, rows to be mended."""

import datetime as dt
import json
import zipfile

import openpyxl
import pytest

import tthc_kpi as tk
from tthc_kpi import _check

PLAN = tk.Plan("dong-nguyen-2026")
HEAD = ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý"]
ROWS = [[f"H{i}", "Đã trả kết quả", "02/03/2026", "10/03/2026", "09/03/2026"] for i in range(3)]


def joined(*rows, separator=","):
    return "".join(separator.join(line) + "\n" for line in rows)


@pytest.fixture
def lines(tmp_path):
    def make(*rows, separator=",", name="hoso.csv"):
        (tmp_path / name).write_text(joined(*rows, separator=separator), encoding="utf-8")
        return tmp_path / name

    return make


def sheets(path, parts):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in parts.items():
        sheet = workbook.create_sheet(name)
        for line in rows:
            sheet.append(line)
    workbook.save(path)
    return path


def warnings(paths):
    card = tk.evaluate(tk.read(paths), PLAN, period="2026")
    return {note.code: note for note in card.warnings}


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["15,000", "20,500"], ["15000.00", "20500.00"]),
        (["15.000", "20.500"], ["15000.00", "20500.00"]),
        (["15,500", "15,5"], [None, "15.50"]),
        (["15,500", "1.234.567"], [None, "1234567.00"]),
        (["500.000", "15000.000"], [None, "15000.00"]),
        (["15,500", "1,234,567.50"], ["15500.00", "1234567.50"]),
    ],
)
def test_marks_of_amounts_are_decided_by_the_column(lines, values, read):
    rows = [[f"H{i}", "05/01/2026", value] for i, value in enumerate(values)]
    head = ["Mã hồ sơ", "Ngày tiếp nhận", "Phí, lệ phí"]
    ds = tk.read(lines(head, *rows, separator=";"))
    found = [value and str(value) for value in ds.to_arrow()["amount_due"].to_pylist()]
    assert (found, len(ds.issues)) == (read, read.count(None))


def test_what_one_column_of_amounts_shows_holds_for_the_others(lines):
    head = ["Mã hồ sơ", "Ngày tiếp nhận", "Phí, lệ phí", "Số tiền nộp trực tuyến"]
    ds = tk.read(lines(head, ["A", "05/01/2026", "15,500", "0,5"], separator=";"))
    assert [issue.column for issue in ds.issues] == ["amount_due"]


WORDS = ["Lưu kho", "Lưu kho", "Xem lại", "Đang xử lý"]


def test_unknown_words_are_counted_and_mapped(lines, tmp_path):
    path = lines(HEAD, *([f"H{i}", word, *ROWS[0][2:]] for i, word in enumerate(WORDS)))
    ds = tk.read(path)
    assert ds.accounting["set_aside"] == {"unreadable_status": 3}
    (status,) = ds.unknown_words
    assert (status.column, status.source) == ("status", "Trạng thái")
    assert [(word.rows, word.first) for word in status.words] == [(2, (2, 3)), (1, (4,))]
    assert "values=" in ds.issues[0].text()
    assert "values=" in ds.issues[0].text("en")
    page = _check.as_page(_check.of_dossiers(ds, "vi"), None, "vi") + repr(ds.unknown_words)
    assert "Chữ không hiểu được" in page
    assert not [word for word in WORDS[:3] if word in page]
    said = {"status": {"lưu KHO": "returned", "Xem lại": "Đang xử lý"}}
    ds = tk.read(path, values=said)
    assert ds.to_arrow()["status"].to_pylist() == [10, 10, 4, 4]
    assert (ds.issues, ds.unknown_words) == ((), ())
    (column,) = (column for column in ds.mapping if column.column == "status")
    assert dict(column.values) == said["status"]
    ds.save_mapping(tmp_path / "cot.toml")
    again = tk.read(path, mapping=tmp_path / "cot.toml")
    assert again.to_arrow()["status"].to_pylist() == [10, 10, 4, 4]
    assert again.mapping == tuple(ds.mapping) or [c.values for c in again.mapping] == [
        c.values for c in ds.mapping
    ]


def test_words_of_other_columns_are_mapped_too():
    rows = [{"received_at": "05/01/2026", "channel": "App", "petitioned": "ok", "payments": "một"}]
    values = {"channel": {"App": "online"}, "petitioned": {"OK": "Có"}, "payments": {"Một": "1"}}
    (row,) = tk.Dossiers(rows, values=values).to_arrow().to_pylist()
    assert (row["channel"], row["petitioned"], row["payments"]) == ("online", True, 1)
    coded = [{"received_at": "05/01/2026", "applicant_kind": 1}]
    ds = tk.Dossiers(coded, values={"applicant_kind": {"1": "business"}})
    assert ds.to_arrow()["applicant_kind"].to_pylist() == ["business"]
    unknown = tk.Dossiers(rows, values={"channel": {"App": ""}})
    assert "channel" not in {issue.column for issue in unknown.issues}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"status": {"x": "xong rồi"}}, "unknown_value"),
        ({"agency": {"x": "y"}}, "no_words"),
        ({"trang_thai_x": {"x": "returned"}}, "unknown_column"),
        ({"status": "returned"}, "bad_mapping"),
    ],
)
def test_a_meaning_that_is_none_is_an_error(values, code):
    with pytest.raises(tk.InputError) as caught:
        tk.Dossiers([{"received_at": "05/01/2026", "status": "x"}], values=values)
    assert caught.value.code == code


BLANKS = [
    "Chưa có",
    "CHUA CO",
    "Không có",
    "chưa xác định",
    "__/__/____",
    "../../....",
    "—",
    "#N/A",
]


@pytest.mark.parametrize("blank", BLANKS)
def test_what_stands_for_no_date_is_no_date(lines, blank):
    ds = tk.read(lines(HEAD, *ROWS, ["H9", "Đang xử lý", *ROWS[0][2:4], blank]))
    assert (ds.issues, ds.accounting["set_aside"]) == ((), {})
    assert ds.to_arrow()["completed_at"].to_pylist()[-1] is None


def test_errors_of_a_spreadsheet_are_told(lines):
    ds = tk.read(lines(HEAD, *ROWS, ["H9", *ROWS[0][1:4], "#REF!"]))
    assert ds.accounting["set_aside"] == {"unreadable_completed_at": 1}
    rows = [{"Ngày tiếp nhận": "05/01/2026", "Đơn vị giải quyết": "#VALUE!"}]
    (issue,) = tk.Dossiers(rows).issues
    assert (issue.column, issue.kind) == ("agency", "error")


@pytest.mark.parametrize(
    ("first", "second", "rows"),
    [("-", "-", 6), ("H", 1234567890123456, 3)],
    ids=["không mã", "mã quá dài"],
)
def test_rows_without_ids_in_several_sheets_are_warned_of(tmp_path, first, second, rows):
    def listed(filler):
        return [HEAD, *([one[0] if filler == "H" else filler, *one[1:]] for one in ROWS)]

    path = sheets(tmp_path / "hoso.xlsx", {"T1": listed(first), "T2": listed(second)})
    note = warnings(path)["rows_without_id"]
    assert f"{rows} dòng" in note.vi
    assert f"{rows} rows" in note.en


def test_rows_without_ids_in_several_files_are_warned_of(lines):
    without = [HEAD[1:], *(one[1:] for one in ROWS)]
    paths = [lines(*without, name=f"t{month}.csv") for month in (1, 2)]
    assert "rows_without_id" in warnings(paths)
    assert "rows_without_id" not in warnings(paths[:1])


def test_an_empty_file_does_not_stop_the_others(lines, tmp_path):
    empty, full, bare = (
        lines(name="t1.csv"),
        lines(HEAD, *ROWS, name="t2.csv"),
        lines(HEAD, name="t3.csv"),
    )
    archive = tmp_path / "nam.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in (full, empty, bare):
            packed.write(path, path.name)
    for source, prefix in (([empty, full, bare], ""), (archive, "nam.zip › ")):
        ds = tk.read(source)
        assert (len(ds), ds.accounting["skipped"]) == (3, {"file": 1})
        left = {(of.file, of.why) for of in ds.left_alone}
        assert left == {(f"{prefix}t1.csv", "empty"), (f"{prefix}t3.csv", "no_rows")}
        assert "t1.csv: trống" in _check.as_page(_check.of_dossiers(ds, "vi"), None, "vi")
    with pytest.raises(tk.InputError, match="t1") as caught:
        tk.read([empty, empty])
    assert caught.value.code == "empty"


def test_sheets_left_alone_are_named_and_escaped(tmp_path):
    name = "<img src=x>"
    parts = {"T1": [HEAD, *ROWS], name: ROWS, "Trống": []}
    ds = tk.read(sheets(tmp_path / "hoso.xlsx", parts))
    assert [(of.sheet, of.why) for of in ds.left_alone] == [(name, "no_header"), ("Trống", "empty")]
    page = _check.as_page(_check.of_dossiers(ds, "vi"), None, "vi")
    assert "&lt;img src=x&gt;" in page
    assert name not in page


def test_what_is_wrong_with_one_sheet_is_told_before_that_there_are_several(tmp_path):
    without = [HEAD[1:], *(one[1:] for one in ROWS)]
    wrong = [["Mã hồ sơ", "Ngày tiếp nhận"], ["A", "13/01/2026"], ["B", "01/13/2026"]]
    with pytest.raises(tk.InputError, match="T2") as caught:
        tk.read(sheets(tmp_path / "hoso.xlsx", {"T1": without, "T2": wrong}))
    assert caught.value.code == "date_order"
    with pytest.raises(tk.InputError, match='trang "T1" không có cột mã hồ sơ'):
        tk.read(sheets(tmp_path / "hoso.xlsx", {"T1": without, "T2": [HEAD, *ROWS]}))


def test_a_register_given_for_dossiers_is_named(tmp_path, lines):
    head = ["Mã phản ánh, kiến nghị", "Ngày tiếp nhận", "Đơn vị xử lý", "Hạn giải quyết"]
    row = ["PA-01", "02/03/2026", "Phòng Kinh tế", "23/03/2026"]
    listed = tmp_path / "so.json"
    listed.write_text(json.dumps([dict(zip(head, row))], ensure_ascii=False), encoding="utf-8")
    book = sheets(tmp_path / "so.xlsx", {"PAKN": [head, row]})
    for path in (lines(head, row, separator=";"), listed, book):
        with pytest.raises(tk.InputError, match="petitions=") as caught:
            tk.read(path)
        assert caught.value.code == "register_given"
        assert "registers=" in caught.value.text("en")


def test_a_list_of_dossiers_with_few_columns_is_no_register(lines):
    """ "Mức độ hài lòng" is a header of petitions too."""
    ds = tk.read(lines(["Ngày tiếp nhận", "Mức độ hài lòng"], ["05/01/2026", "5"], separator=";"))
    assert len(ds) == 1


def mended(path, change):
    """The first row of a workbook of rows set aside, and the same read again once cells are changed."""
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.active
    head = [cell.value for cell in sheet[1]]
    for header, value in change.items():
        sheet.cell(2, head.index(header) + 1).value = value
    workbook.save(path)
    return dict(zip(head, [cell.value for cell in sheet[2]])), path


@pytest.mark.parametrize("kind", ["dates", "american"])
def test_dates_set_aside_read_back_as_they_were(tmp_path, lines, kind):
    received, due = dt.datetime(2026, 3, 4, 8, 30), dt.datetime(2026, 3, 10)
    if kind == "dates":
        path = sheets(tmp_path / "a.xlsx", {"T": [HEAD, ["A", "Lưu kho", received, due, None]]})
    else:
        row = ["A", "Lưu kho", "03/04/2026 08:30", "03/10/2026", ""]
        path = lines(HEAD, row, ["B", "", *["03/13/2026"] * 3])
    assert tk.read(path).set_aside_to_excel(tmp_path / "sua.xlsx") == 1
    told, path = mended(tmp_path / "sua.xlsx", {"Trạng thái": "Đang xử lý"})
    if kind == "dates":
        assert told["Ngày tiếp nhận"] == "04/03/2026 08:30:00"
    (row,) = tk.read(path).to_arrow().to_pylist()
    assert (row["received_at"], row["due_at"]) == (received, due)


def test_a_row_of_too_many_cells_keeps_them_unless_they_may_be_personal(tmp_path, lines):
    bad = ["H9", "Đang xử lý", "Tư pháp", "05/01/2026", "", ""]
    tk.read(lines(HEAD, *ROWS, bad)).set_aside_to_excel(tmp_path / "sua.xlsx")
    told, _ = mended(tmp_path / "sua.xlsx", {})
    assert [told.get(f"Ô thứ {at}") for at in (1, 3, 4)] == ["H9", "Tư pháp", "05/01/2026"]
    named = lines([*HEAD, "Chủ hồ sơ"], *([*one, "Mẫu"] for one in ROWS), [*bad, "Mẫu"])
    tk.read(named).set_aside_to_excel(tmp_path / "sua.xlsx")
    told, _ = mended(tmp_path / "sua.xlsx", {})
    assert not [value for value in told.values() if value in bad[:4] or value == "Mẫu"]


def test_the_second_of_two_columns_of_a_register_with_one_header_can_be_chosen(lines):
    path = lines(
        ["Mã PAKN", "Hạn xử lý", "Hạn xử lý", "Ngày trả lời"],
        ["PA-1", "10/03/2026", "20/03/2026", "15/03/2026"],
    )
    with pytest.raises(tk.InputError, match=r'"Hạn xử lý#2"'):
        tk.Registers(path)
    registers = tk.Registers(path, mapping={"Hạn xử lý#2": "due"})
    assert registers["petitions"].kept == 1
