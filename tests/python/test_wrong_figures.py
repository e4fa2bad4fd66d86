"""Files that once gave a wrong figure without a word: each is read rightly now, or told."""

import csv

import openpyxl
import pyarrow as pa
import pytest

import tthc_kpi as tk

HEAD = ["Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý"]


def row(i, end="13/03/2026"):
    return [f"H{i}", "Đã trả kết quả", "02/03/2026", "10/03/2026", end]


EARLY = [row(i, "09/03/2026") for i in range(3)]
LATE = [row(i) for i in range(3, 6)]


@pytest.fixture
def book(tmp_path):
    def make(rows, merged=()):
        workbook = openpyxl.Workbook()
        for line in rows:
            workbook.active.append(line)
        for area in merged:
            workbook.active.merge_cells(area)
        workbook.save(tmp_path / "hoso.xlsx")
        return tmp_path / "hoso.xlsx"

    return make


@pytest.fixture
def lines(tmp_path):
    def make(text):
        (tmp_path / "hoso.csv").write_text(text, encoding="utf-8")
        return tmp_path / "hoso.csv"

    return make


def joined(*rows, separator=","):
    return "".join(separator.join(line) + "\n" for line in rows)


def on_time(ds):
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026")
    return card["on_time_rate"].numerator, card["on_time_rate"].denominator


def test_a_header_over_two_columns_is_neither(book):
    parts = [[*HEAD, None], [None] * 4 + ["Dự kiến", "Thực tế"]]
    rows = [[*one[:4], "09/03/2026", one[4]] for one in EARLY + LATE]
    path = book([*parts, *rows], ["E1:F1", *(f"{c}1:{c}2" for c in "ABCD")])
    ds = tk.read(path)
    ignored = [column.source for column in ds.mapping if column.column is None]
    assert ignored == ["Ngày kết thúc xử lý Dự kiến", "Ngày kết thúc xử lý Thực tế"]
    assert on_time(ds) == (0, 0)
    ds = tk.read(path, mapping={"Ngày kết thúc xử lý Thực tế": "completed_at"})
    assert on_time(ds) == (3, 6)


@pytest.mark.parametrize(
    "below",
    [[f"({at})" for at in range(1, 7)], ["H9", "x", "Đã trả kết quả", None, None, None]],
    ids=["số cột", "hồ sơ thiếu ngày"],
)
def test_a_column_without_a_header_parts_no_other(book, below):
    rows = [[one[0], "ghi chú", *one[1:]] for one in EARLY + LATE]
    ds = tk.read(book([[HEAD[0], None, *HEAD[1:]], below, *rows]))
    assert on_time(ds) == (3, 6)
    assert ds.to_arrow()["dossier_id"].to_pylist() == [f"H{i}" for i in range(6)]


@pytest.mark.parametrize("names", [HEAD, ["Mã HS", "Trạng thái", "Ngày TN", "Hẹn trả", HEAD[4]]])
def test_a_header_again_with_other_columns_exchanged_is_an_error(book, names):
    def swapped(line):
        return [*line[:3], line[4], line[3]]

    path = book([HEAD, *EARLY, swapped(names), *map(swapped, LATE)])
    with pytest.raises(tk.InputError) as error:
        tk.read(path)
    assert error.value.code == "moved_header"


def test_the_header_again_as_it_was_is_passed_over(book):
    ds = tk.read(book([HEAD, *EARLY, HEAD, *LATE]))
    assert on_time(ds) == (3, 6)
    assert ds.accounting["skipped"] == {"heading": 1}


@pytest.mark.parametrize("second", [";", '"'])
def test_lines_in_quotes_or_parted_otherwise_are_set_aside(lines, second):
    if second == '"':
        rest = "".join(f'"{",".join(one)}"\n' for one in LATE)
    else:
        rest = joined(*LATE, separator=";")
    ds = tk.read(lines(joined(HEAD, *EARLY) + rest))
    assert (ds.accounting["read"], sum(ds.accounting["set_aside"].values())) == (6, 3)
    assert on_time(ds) == (3, 3)


@pytest.mark.parametrize("filler", ["-", "0", "N/A", "Chưa có", "x", "...", "1.2345E+15"])
def test_what_stands_for_no_id_is_no_id(book, filler):
    ds = tk.read(book([HEAD, *([filler, *one[1:]] for one in EARLY + LATE)]))
    assert on_time(ds) == (3, 6)
    told = {issue.column for issue in ds.issues}
    assert told == ({"dossier_id"} if filler.startswith("1.") else set())


@pytest.mark.parametrize("kind", ["table", "list"])
@pytest.mark.parametrize("filler", ["-", "0", "N/A", "Chưa có", "1.2345E+15"])
def test_what_stands_for_no_id_is_none_in_tables_too(filler, kind):
    rows = [dict(zip(HEAD, [filler, *one[1:]])) for one in EARLY + LATE]
    table = pa.Table.from_pylist(rows) if kind == "table" else rows
    ds = tk.Dossiers(table)
    assert on_time(ds) == (3, 6)
    assert ds.accounting["excluded"] == {}


def test_american_dates_prove_the_order_of_all_columns(lines):
    # Received and completed prove it, due (10 March and 4 April) does not.
    rows = [[f"H{i}", "Đã trả kết quả", "02/23/2026", "03/10/2026", "03/05/2026"] for i in range(3)]
    rows += [
        [f"L{i}", "Đã trả kết quả", "03/13/2026", "04/03/2026", "04/22/2026"] for i in range(2)
    ]
    ds = tk.read(lines(joined(HEAD, *rows)))
    assert on_time(ds) == (3, 5)
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026")
    (note,) = [note for note in card.warnings if note.code == "month_first"]
    assert "Ngày hẹn trả" in note.vi


def test_a_total_with_a_date_is_no_dossier(book):
    ds = tk.read(book([HEAD, *EARLY, *LATE, ["Tổng cộng", None, "02/03/2026", None, None]]))
    assert len(ds) == 6
    assert ds.accounting["skipped"] == {"total": 1}


def test_a_count_merged_over_rows_is_not_that_of_each(book):
    head = [*HEAD, "Lĩnh vực", "Số giao dịch thanh toán", "Số giao dịch thanh toán trực tuyến"]
    rows = [
        [*one, "Đất đai" if i == 0 else None, 3 if i == 0 else None, 2 if i == 0 else None]
        for i, one in enumerate(EARLY)
    ]
    ds = tk.read(book([head, *rows], ["F2:F4", "G2:G4", "H2:H4"]))
    card = tk.evaluate(
        ds, tk.Plan("dong-nguyen-2026"), period="2026", policy={"online_payment": "any"}
    )
    result = card["online_payment_rate"]
    assert (result.numerator, result.denominator, result.unknown) == (2, 3, 2)
    assert [one["field"] for one in ds.to_arrow().to_pylist()] == ["Đất đai"] * 3


def test_a_sheet_without_a_header_is_counted(tmp_path):
    workbook = openpyxl.Workbook()
    for line in [HEAD, *EARLY]:
        workbook.active.append(line)
    second = workbook.create_sheet("Tháng 2")
    for line in LATE:
        second.append(line)
    workbook.create_sheet("Trống")
    workbook.save(tmp_path / "hoso.xlsx")
    ds = tk.read(tmp_path / "hoso.xlsx")
    assert (len(ds), ds.accounting["skipped"]) == (3, {"sheet": 1})


def test_petitions_are_no_dossiers(tmp_path):
    workbook = openpyxl.Workbook()
    for line in [HEAD, *EARLY]:
        workbook.active.append(line)
    second = workbook.create_sheet("Phản ánh, kiến nghị")
    second.append(
        [
            "Mã phản ánh, kiến nghị",
            "Ngày tiếp nhận",
            "Đơn vị xử lý",
            "Hạn giải quyết",
            "Ngày giải quyết",
        ]
    )
    second.append(["PA-01", "02/03/2026", "Phòng Kinh tế", "23/03/2026", "25/03/2026"])
    workbook.save(tmp_path / "hoso.xlsx")
    ds = tk.read(tmp_path / "hoso.xlsx")
    assert (len(ds), ds.accounting["skipped"]) == (3, {"sheet": 1})
    assert tk.Registers(tmp_path / "hoso.xlsx")["petitions"].kept == 1


@pytest.mark.parametrize("end", ['"Đã trả kết quả"', 'Đã trả kết quả"', '"Đã trả kết quả'])
def test_a_mark_that_swallows_rows_is_an_error(lines, end):
    bad = [[*LATE[0][:1], '"Đã trả kết quả', *LATE[0][2:]], LATE[1], ["H5", end, *LATE[2][2:]]]
    with pytest.raises(tk.InputError, match="dòng 5 của tệp") as caught:
        tk.read(lines(joined(HEAD, *EARLY, *bad)))
    assert caught.value.code == "unclosed_quote"
    assert "line 5" in caught.value.text("en")


def test_a_mark_that_swallows_entries_of_a_register_is_an_error(lines):
    rows = ['PA-01,"Giao thông,10/03/2026', 'PA-02,Đất đai",10/03/2026']
    text = "\n".join(["Mã PAKN,Lĩnh vực,Hạn xử lý", *rows, ""])
    with pytest.raises(tk.InputError) as caught:
        tk.Registers(lines(text))
    assert caught.value.code == "unclosed_quote"


def test_a_row_of_several_lines_in_a_csv_stays_one(tmp_path):
    with (tmp_path / "hai-dong.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *EARLY[:2], ["H9", "Đã trả\nkết quả", *LATE[0][2:]]])
    assert len(tk.read(tmp_path / "hai-dong.csv")) == 3
