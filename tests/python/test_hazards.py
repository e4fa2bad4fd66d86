"""Những gì dễ đọc thành số sai: input that is easily read wrong without a word.

Held by other tests too, of files: dates of two-digit years, zones and
orders in ``tests/read_csv.rs``; cells far out, 1904, formulas without values in ``tests/read_excel.rs``,
``tests/read_tables.rs`` and ``test_places.py``; archives that unpack to a thousand times their size, UTF-16 and
old encodings in ``test_awkward.py``; marks of amounts in ``test_untidy_input.py`` and ``read_register_rows.rs``;
buffers that lie, null columns and zones in ``test_tables.py``.
"""

import datetime as dt
from decimal import Decimal

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import tthc_kpi as tk

PLAN = tk.Plan("dong-nguyen-2026")
DAY = dt.datetime(2026, 1, 5, 8)
MARK = "079312345678"


def column(values, **more) -> tk.Dossiers:
    return tk.Dossiers(pa.table({"received_at": [DAY] * len(values), **more}))


def test_a_due_date_of_type_date_lasts_until_the_end_of_its_day():
    late_that_day = dt.datetime(2026, 1, 9, 16, 59)
    rows = pa.table(
        {
            "received_at": [DAY],
            "due_at": pa.array([dt.date(2026, 1, 9)], pa.date32()),
            "completed_at": [late_that_day],
        }
    )
    for policy in ("plan", {"comparison": "instant"}):
        card = tk.evaluate(tk.Dossiers(rows), PLAN, period="2026", policy=policy)
        assert card["on_time_rate"].numerator == 1


def test_zoned_and_plain_times_beside_each_other_are_both_local():
    zoned = pa.array([DAY - dt.timedelta(hours=7)], pa.timestamp("us", "UTC"))
    ds = tk.Dossiers(pa.table({"received_at": zoned, "due_at": [DAY]}))
    (row,) = pa.table(ds).select(["received_at", "due_at"]).to_pylist()
    assert row["received_at"] == row["due_at"] == DAY


@pytest.mark.parametrize(
    ("name", "frame"),
    [
        ("payments", pl.DataFrame({"payments": pl.Series([1, 2], dtype=pl.Int128)})),
        ("agency", pl.DataFrame({"agency": pl.Series([object(), object()], dtype=pl.Object)})),
        ("agency", pd.DataFrame({"agency": pd.period_range("2026-01", periods=2, freq="M")})),
        ("agency", pd.DataFrame({"agency": ["x", 5]})),
    ],
    ids=["int128", "object", "period", "mixed"],
)
def test_a_type_that_cannot_be_taken_over_names_its_column(name, frame):
    days = [DAY, DAY]
    if isinstance(frame, pl.DataFrame):
        frame = frame.with_columns(pl.Series("received_at", days))
    else:
        frame["received_at"] = days
    with pytest.raises(tk.InputError, match=name) as caught:
        tk.Dossiers(frame)
    assert "object at 0x" not in str(caught.value)


def test_columns_of_pandas_that_are_no_names():
    days = pd.DataFrame({"received_at": [DAY, DAY], "agency": ["A", "B"]})
    named = days.set_index(pd.Index(["07", "08"], name="dossier_id"))
    read = pa.table(tk.Dossiers(named))
    assert read["agency"].to_pylist() == ["A", "B"]
    assert "dossier_id" not in read.column_names
    twice = pd.concat([days, days[["agency"]]], axis=1)
    with pytest.raises(tk.InputError, match="agency"):
        tk.Dossiers(twice)
    nested = pd.DataFrame([[DAY, "A"]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")]))
    with pytest.raises(tk.InputError) as caught:
        tk.Dossiers(nested)
    assert caught.value.code == "multi_index_columns"


def test_bytes_are_no_text_and_no_row_of_them_is_dropped():
    with pytest.raises(tk.InputError, match="agency") as caught:
        column([1, 2], agency=pa.array([b"T\xc6\xb0 ph\xc3\xa1p", b"\xff\xfe"], pa.binary()))
    assert caught.value.code == "unsupported_type"


def test_numbers_too_large_are_refused_and_never_rounded_or_wrapped():
    amounts = [Decimal("9" * 30 + ".99"), Decimal("15000.50"), Decimal("99999999999999.99")]
    ds = column(
        amounts,
        amount_due=pa.array(amounts, pa.decimal128(38, 2)),
        payments=pa.array([2**40, 2**32, 7], pa.int64()),
        dossier_id=["0012", "012", "12"],
    )
    read = pa.table(ds).to_pydict()
    assert read["amount_due"] == [None, *amounts[1:]]
    assert read["payments"] == [None, None, 7]
    assert read["dossier_id"] == ["0012", "012", "12"]
    refused = {(issue.row, issue.column, issue.action) for issue in ds.issues}
    assert refused == {
        (row, name, "unknown")
        for row, name in [(1, "amount_due"), (1, "payments"), (2, "payments")]
    }


IDS = ["0012", "012", "12", "000", "1e3"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json", "parquet", "table"])
def test_ids_keep_their_zeros_whatever_they_come_in(tmp_path, kind):
    rows = [{"Mã hồ sơ": name, "Mã TTHC": "1.000", "Ngày tiếp nhận": "05/01/2026"} for name in IDS]
    frame, path = pd.DataFrame(rows), tmp_path / f"a.{kind}"
    match kind:
        case "csv":
            frame.to_csv(path, index=False)
        case "xlsx":
            frame.to_excel(path, index=False)
        case "json":
            frame.to_json(path, orient="records")
        case "parquet":
            frame.to_parquet(path)
    read = pa.table(tk.Dossiers(frame) if kind == "table" else tk.read(path)).to_pydict()
    assert read["dossier_id"] == IDS
    assert set(read["procedure_code"]) == {"1.000"}


def test_text_dates_are_never_silently_nothing():
    """A cast would give null for each of these, and a rate of dossiers that are none of them late."""
    rows = [
        ("01/02/2026 08:00", "15/02/2026", "16/02/2026"),
        (MARK, "", ""),
        ("05/02/2026", MARK, ""),
    ]
    names = ("received_at", "due_at", "completed_at")
    ds = tk.Dossiers([dict(zip(names, row)) for row in rows])
    card = tk.evaluate(ds, PLAN, period="2026")
    assert (card["on_time_rate"].numerator, card["on_time_rate"].denominator) == (0, 1)
    assert ds.accounting["set_aside"] == {"unreadable_received_at": 1, "unreadable_due_at": 1}
    told = "".join(map(str, ds.issues)) + repr(ds.issues) + repr(ds) + ds._repr_html_()
    assert MARK not in told
    with pytest.raises(tk.InputError) as caught:
        tk.Dossiers([dict(zip(names, row)) for row in rows], strict=True)
    assert MARK not in str(caught.value)


def test_a_formula_in_a_row_set_aside_stays_text_in_the_workbook(tmp_path):
    path, mended = tmp_path / "a.csv", tmp_path / "sua.xlsx"
    evil = '=HYPERLINK("http://x")'
    head = "Mã hồ sơ|Đơn vị giải quyết|Ngày tiếp nhận"
    path.write_text(f"{head}\nA|{evil}|hôm nào\nB|@x|-1\n", encoding="utf-8")
    assert tk.read(path).set_aside_to_excel(mended) == 2
    cells = [cell for row in openpyxl.load_workbook(mended).active.iter_rows() for cell in row]
    assert evil in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_an_issue_is_told_in_a_sentence():
    (issue,) = tk.Dossiers([{"Ngày tiếp nhận": "31/02/2026"}], name="hoso").issues
    assert str(issue) == issue.text()
    vi, en = issue.text(), issue.text("en")
    assert vi.startswith('hoso, dòng 1, cột "Ngày tiếp nhận": không đọc được')
    assert vi.endswith("→ để riêng cả dòng")
    assert en.startswith('hoso, row 1, column "Ngày tiếp nhận": unreadable')
    assert en.endswith("→ row set aside")
    assert "31/02" not in vi + en
    with pytest.raises(tk.QueryError):
        issue.text("fr")
