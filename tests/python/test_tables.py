"""Tables in and out: every kind of table an analyst holds gives the same figures."""

import ctypes
import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from decimal import Decimal

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tthc_kpi as tk

PLAN = tk.Plan("dong-nguyen-2026")


@pytest.fixture(scope="module")
def table():
    return pa.table(tk.synth(2000, seed=3))


def figures(ds, **asked):
    card = tk.evaluate(ds, PLAN, period="2026", **asked)
    return {result.indicator: (result.numerator, result.denominator) for result in card.results}


def kinds(table):
    plain = table.cast(
        pa.schema(
            pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
            for f in table.schema
        )
    )
    yield "pyarrow table", table
    yield "pyarrow plain text", plain
    yield "pyarrow batches", pa.RecordBatchReader.from_batches(plain.schema, plain.to_batches(300))
    yield "pandas", plain.to_pandas()
    yield "polars", pl.from_arrow(plain)
    yield "polars lazy", pl.from_arrow(plain).lazy()
    yield "duckdb", duckdb.sql("SELECT * FROM plain")
    yield (
        "large text and nanoseconds",
        plain.cast(
            pa.schema(
                pa.field(
                    f.name,
                    pa.large_string()
                    if pa.types.is_string(f.type)
                    else pa.timestamp("ns")
                    if pa.types.is_timestamp(f.type)
                    else f.type,
                )
                for f in plain.schema
            )
        ),
    )


def test_every_kind_of_table_gives_the_same_figures(table):
    expected = figures(tk.Dossiers(table))
    assert expected["on_time_rate"][1] > 1000
    for name, kind in kinds(table):
        assert figures(tk.Dossiers(kind)) == expected, name


def test_vietnamese_headers_and_text_dates():
    frame = pd.DataFrame(
        {
            "Mã hồ sơ": ["A1", "A2"],
            "Ngày tiếp nhận": ["05/01/2026 08:30", "06/01/2026"],
            "Ngày hẹn trả": ["09/01/2026 17:00", "12/01/2026"],
            "Ngày kết thúc xử lý": ["09/01/2026 23:59", "13/01/2026"],
        }
    )
    result = tk.evaluate(tk.Dossiers(frame), PLAN, period="2026")["on_time_rate"]
    assert (result.numerator, result.denominator) == (1, 2)


def test_zoned_time_is_local_time():
    """08:00+07:00 is before 17:00 of the same day; read as UTC it would be another hour."""
    due = dt.datetime(2026, 1, 9, 17, tzinfo=dt.timezone(dt.timedelta(hours=7)))
    rows = pa.table(
        {
            "received_at": pa.array([due - dt.timedelta(days=4)], pa.timestamp("us", "UTC")),
            "due_at": pa.array([due], pa.timestamp("us", "Asia/Ho_Chi_Minh")),
            "completed_at": pa.array([due - dt.timedelta(minutes=1)], pa.timestamp("ms", "UTC")),
        }
    )
    card = tk.evaluate(tk.Dossiers(rows), PLAN, period="2026", policy={"comparison": "instant"})
    assert card["on_time_rate"].numerator == 1
    late = rows.set_column(
        2, "completed_at", pa.array([due + dt.timedelta(minutes=1)], pa.timestamp("ms", "UTC"))
    )
    card = tk.evaluate(tk.Dossiers(late), PLAN, period="2026", policy={"comparison": "instant"})
    assert card["on_time_rate"].numerator == 0


def test_results_go_out_to_every_library(table):
    card = tk.evaluate(tk.Dossiers(table), PLAN, period="2026", by=["agency", "month"])
    arrow = pa.table(card)
    assert arrow.column_names[:4] == ["agency", "month", "period_start", "period_end"]
    assert pa.types.is_decimal128(arrow.schema.field("percent").type)
    assert b"tthc_kpi" in arrow.schema.metadata
    assert card.to_pandas().shape[0] == card.to_polars().height == arrow.num_rows
    row = arrow.filter(pa.compute.equal(arrow["indicator"], "on_time_rate")).to_pylist()[0]
    assert isinstance(row["numerator"], Decimal)
    assert card["on_time_rate"].rate.denominator > 0
    assert len(card.total.groups) == 0


def test_an_unused_null_column_of_polars_does_no_harm():
    frame = pl.DataFrame(
        {"received_at": [dt.datetime(2026, 1, 5, 8)], "ghi_chu": [None], "due_at": [None]}
    )
    ds = tk.Dossiers(frame)
    assert len(ds) == 1


@pytest.mark.parametrize("kind", ["offsets", "utf8", "keys"])
def test_bad_arrow_buffers_are_refused_and_not_read(kind):
    offsets = (ctypes.c_int32 * 3)(0, 2, 5)
    if kind == "offsets":
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"hello")]
        bad = pa.Array.from_buffers(pa.string(), 2, buffers)
    elif kind == "utf8":
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(b"\xff\xfe\xff\xfe\xff")]
        bad = pa.Array.from_buffers(pa.string(), 2, buffers)
    else:
        keys = pa.array([0, 7], pa.int32())
        bad = pa.DictionaryArray.from_arrays(keys, pa.array(["a"]), safe=False)
    received = pa.array([dt.datetime(2026, 1, 5), dt.datetime(2026, 1, 6)], pa.timestamp("us"))
    rows = pa.table({"received_at": received, "agency": bad})
    if kind == "offsets":
        offsets[2] = 1_000_000  # after pyarrow has looked
    with pytest.raises(tk.InputError, match="agency"):
        tk.Dossiers(rows)


def test_a_mixed_column_of_pandas_is_named_and_not_shown():
    frame = pd.DataFrame(
        {"received_at": ["05/01/2026", "06/01/2026"], "agency": [1, "012345678901"]}
    )
    with pytest.raises(tk.InputError) as caught:
        tk.Dossiers(frame)
    assert "agency" in str(caught.value)
    assert "012345678901" not in str(caught.value)


MARK = "079099012345"


def test_no_cell_is_ever_shown(tmp_path):
    path = tmp_path / "hoso.csv"
    path.write_text(
        "Mã hồ sơ,Chủ hồ sơ,Số CCCD,Ngày tiếp nhận,Trạng thái,Mức độ hài lòng\n"
        f"A1,{MARK},{MARK},{MARK}x,Đã xử lý xong,5\n"
        f"A2,{MARK},{MARK},05/01/2026,{MARK}y,5\n"
        f"A3,{MARK},{MARK},05/01/2026,Đã xử lý xong,{MARK}\n",
        encoding="utf-8",
    )
    ds = tk.read(path)
    card = tk.evaluate(ds, PLAN, period="2026")
    shown = [ds, ds.issues, ds.mapping, ds.accounting, ds._repr_html_(), card, card._repr_html_()]
    shown += [card.to_json(), card.explain("on_time_rate"), pa.table(ds).to_pylist()]
    assert MARK not in repr(shown)
    assert ds.accounting["set_aside"] == {"unreadable_received_at": 1, "unreadable_status": 1}
    assert {column.source for column in ds.mapping if column.rule == "personal"} == {
        "Chủ hồ sơ",
        "Số CCCD",
    }
    with pytest.raises(tk.InputError) as caught:
        tk.read(path, strict=True)
    assert MARK not in str(caught.value)
    with pytest.raises(tk.InputError):
        tk.read(path, extra=["Chủ hồ sơ"])


def test_an_extra_column_is_a_dimension_only_when_named(table):
    rows = table.append_column("khu_vuc", pa.array(["1", "2"] * 1000))
    with pytest.raises(tk.UnknownNameError):
        tk.evaluate(tk.Dossiers(rows), PLAN, period="2026", by=["khu_vuc"])
    card = tk.evaluate(tk.Dossiers(rows, extra=["khu_vuc"]), PLAN, period="2026", by=["khu_vuc"])
    assert [group.keys["khu_vuc"] for group in card.groups] == [1, 2]
    first = card.groups[0]
    assert (
        len(card.cases("on_time_rate", "passing", where=first.keys))
        == first["on_time_rate"].numerator
    )


def test_cases_are_the_dossiers_behind_the_number(table):
    card = tk.evaluate(tk.Dossiers(table), PLAN, period="2026", by=["agency", "month"])
    for result in card.total.results:
        counted = {
            outcome: len(card.cases(result.indicator, outcome))
            for outcome in ("passing", "failing", "unknown")
        }
        assert counted["unknown"] == result.unknown, result.indicator
        if result.unit == "dossiers":
            assert counted["passing"] == result.numerator
            assert counted["passing"] + counted["failing"] == result.denominator
    for group in card.groups:
        late = card.cases("on_time_rate", "failing", where=group.keys)
        found = group["on_time_rate"]
        assert len(late) == found.denominator - found.numerator
    assert {"dossier_id", "verdict", "days_late"} <= set(pa.table(late).column_names)
    assert len(card.cases("on_time_rate", "open")) == sum(
        card.document["total"]["facts"].get(fact, 0) for fact in ("open_in_time", "open_overdue")
    )


def test_tallies_merge_and_travel(table):
    half = table.num_rows // 2
    parts = [tk.Dossiers(part, duplicates="assume_unique") for part in (table[:half], table[half:])]
    asked = {"period": "2026", "by": ["agency"]}
    whole = tk.tally(tk.Dossiers(table, duplicates="assume_unique"), PLAN, **asked)
    one, two = (tk.tally(part, PLAN, **asked) for part in parts)
    assert one + two == two + one == whole
    assert tk.Tally.from_bytes((one + two).to_bytes()) == whole
    assert tk.Tally.from_json(whole.to_json()) == whole
    assert (one + two).scorecard().to_json() == whole.scorecard().to_json()
    with pytest.raises(tk.StateError):
        one + tk.tally(parts[1], PLAN, period="2026-Q1", by=["agency"])
    with pytest.raises(tk.StateError):
        tk.Tally.from_bytes(b"nothing of the kind")
    with pytest.raises(tk.TthcKpiError):
        whole.scorecard().cases("on_time_rate", "failing")


def test_other_threads_run_while_counting():
    ds = tk.Dossiers(tk.synth(200_000), duplicates="assume_unique")
    seen, stop = [0], threading.Event()

    def count():
        while not stop.is_set():
            seen[0] += 1
            time.sleep(0)

    thread = threading.Thread(target=count)
    thread.start()
    before = seen[0]
    tk.tally(ds, PLAN, period="2026", by=["agency", "month"])
    during = seen[0] - before
    stop.set()
    thread.join()
    # With the lock held the other thread would be let in at most a handful of times.
    assert during > 100


def interrupted(program, after):
    """What a program writes to stderr when it is interrupted some time after it says "ready"."""
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"ready\n"
        time.sleep(after)
        os.kill(child.pid, signal.SIGINT)
        return child.communicate(timeout=60)[1]


def test_interrupt_stops_a_count_at_once():
    program = """
        import sys, tthc_kpi as tk
        ds = tk.Dossiers(tk.synth(2_000_000), duplicates="assume_unique")
        print("ready", flush=True)
        while True:
            tk.tally(ds, tk.Plan("dong-nguyen-2026"), period="2026", by=["officer", "procedure", "week"])
    """
    assert b"KeyboardInterrupt" in interrupted(program, after=0.5)


def test_a_slip_in_a_group_key_is_told(table):
    card = tk.evaluate(tk.Dossiers(table), PLAN, period="2026", by=["agency", "month"])
    agency = card.groups[0].keys["agency"]
    with pytest.raises(tk.UnknownNameError, match="có phải"):
        card.cases("on_time_rate", "failing", where={"agency": agency[:-1]})
    with pytest.raises(tk.UnknownNameError):
        card.cases("on_time_rate", "failing", where={"month": "2026-13"})


def test_wrong_kinds_of_arguments_are_errors_of_the_library(table):
    ds = tk.Dossiers(table)
    for call in (
        lambda: tk.evaluate([1], PLAN, period="2026"),
        lambda: tk.evaluate(ds, "dong-nguyen-2026", period="2026"),
        lambda: tk.evaluate(ds, PLAN, period=None),
        lambda: tk.evaluate(ds, PLAN, period="2026", limits={"1.000001": -1}),
        lambda: tk.evaluate(ds, PLAN, period="2026", as_of="31/02/2026"),
        lambda: tk.evaluate(ds, PLAN, period="2026", as_of="14/06/26"),
        lambda: tk.read("a.csv", sheet=0),
        lambda: tk.evaluate(ds, PLAN, period="2026")[1],
        lambda: tk.synth(-1),
        lambda: tk.WorkCalendar.vietnam().add_working_days("2026-01-05", -1),
        lambda: tk.evaluate(ds, PLAN, period="2026").to_html(lang="fr"),
        lambda: tk.Dossiers(table, duplicates="resolv"),
        lambda: tk.Dossiers(3),
    ):
        with pytest.raises(tk.TthcKpiError) as caught:
            call()
        assert caught.value.code
    whole = tk.evaluate(ds, PLAN, period="2026").to_json()
    assert tk.evaluate(ds, PLAN, period=2026).to_json() == whole
    iso, ours = ("2026-06-14", "14/06/2026")
    assert tk.evaluate(ds, PLAN, period="2026", as_of=ours).to_json() == (
        tk.evaluate(ds, PLAN, period="2026", as_of=iso).to_json()
    )


def test_strict_refuses_what_only_the_whole_row_shows():
    rows = [{"received_at": "05/01/2026", "completed_at": "02/01/2026"}]
    assert tk.Dossiers(rows).accounting["excluded"] == {"end_before_receipt": 1}
    with pytest.raises(tk.InputError):
        tk.Dossiers(rows, strict=True)


def test_damaged_bytes_are_refused_before_they_are_read(table):
    saved = tk.tally(tk.Dossiers(table), PLAN, period="2026", by=["agency"]).to_bytes()
    for at in range(0, len(saved), 97):
        damaged = bytearray(saved)
        damaged[at] ^= 0x40
        with pytest.raises(tk.StateError):
            tk.Tally.from_bytes(bytes(damaged))
    with pytest.raises(tk.StateError):
        tk.Tally.from_bytes(saved[:-1])
    # Any Arrow library opens it: the total and the five agencies.
    assert pa.ipc.open_stream(saved).read_all().num_rows == 6


def test_every_issue_is_counted_though_not_every_one_is_listed():
    rows = pa.table({"received_at": ["05/01/2026"] * 12_000, "rating": ["9"] * 12_000})
    ds = tk.Dossiers(rows)
    assert len(ds.issues) == 10_000
    assert ds.accounting["issues"] == 12_000


def test_a_month_first_column_is_said(tmp_path):
    path = tmp_path / "a.csv"
    text = "Mã hồ sơ,Ngày tiếp nhận\nA,01/13/2026\nB,01/05/2026\n"
    path.write_text(text, encoding="utf-8")
    ds = tk.read(path)
    column = ds.mapping[1]
    assert column.month_first
    assert column.file == "a.csv"
    card = tk.evaluate(ds, PLAN, period="2026")
    assert "month_first" in {warning.code for warning in card.warnings}
    assert "Ngày tiếp nhận" in card._repr_html_()


def test_interrupt_stops_a_load_at_once():
    program = """
        import tthc_kpi as tk
        table = tk.synth(1_000_000)
        print("ready", flush=True)
        while True:
            tk.Dossiers(table)
    """
    assert b"KeyboardInterrupt" in interrupted(program, after=0.3)


def test_an_extra_column_cannot_take_the_name_of_a_result(table):
    rows = table.append_column("gap", pa.array(["x"] * 2000))
    with pytest.raises(tk.InputError):
        tk.Dossiers(rows, extra=["gap"])


def test_a_group_without_dossiers_is_shown_and_does_not_fail(table):
    card = tk.evaluate(tk.Dossiers(table), PLAN, period="2024", by=["agency"])
    assert "Không có hồ sơ nào trong kỳ" in repr(card)
    assert card.groups == ()
    assert card._repr_html_()


def test_without_ids_nothing_is_said_to_be_checked():
    ds = tk.Dossiers([{"received_at": "05/01/2026"}])
    assert tk.evaluate(ds, PLAN, period="2026").document["data"]["uniqueness"] == "assumed"


def test_names_of_cells_merged_over_two_header_rows_are_read(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["STT", "Mã hồ sơ", "Đơn vị giải quyết", "Ngày", None, None, "Trạng thái"])
    sheet.append([None, None, None, "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý", None])
    sheet.append([1, "A1", "Phòng A", "05/01/2026", "09/01/2026", "08/01/2026", "Đã xử lý xong"])
    sheet.append([2, "A2", "Phòng B", "05/01/2026", "09/01/2026", None, "Không được tiếp nhận"])
    sheet.append([3, "A1", "Phòng A", "05/01/2026", "09/01/2026", None, "Đang xử lý"])
    path = tmp_path / "hai tầng.xlsx"
    book.save(path)
    ds = tk.read(path)
    columns = [column.column for column in ds.mapping if column.column]
    assert columns[:3] == ["dossier_id", "agency", "received_at"]
    assert columns[-1] == "status"
    assert ds.accounting["excluded"] == {"not_received": 1, "duplicate": 1}
    result = tk.evaluate(ds, PLAN, period="2026")["on_time_rate"]
    assert (result.numerator, result.denominator) == (1, 1)


def test_a_mapping_may_name_the_column_in_vietnamese(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Mã hồ sơ,Ngày nhận HS,Hạn chót\nA,05/01/2026,09/01/2026\n", encoding="utf-8")
    ds = tk.read(path, mapping={"Ngày nhận HS": "Ngày tiếp nhận", "Hạn chót": "due_at"})
    assert [column.column for column in ds.mapping] == ["dossier_id", "received_at", "due_at"]


def test_an_extra_column_of_two_kinds_loses_nothing(tmp_path):
    for name, value in (("a.csv", "12"), ("b.csv", "XII")):
        text = f"Mã hồ sơ,Ngày tiếp nhận,khu_vuc\n{name},05/01/2026,{value}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    ds = tk.read([tmp_path / "a.csv", tmp_path / "b.csv"], extra=["khu_vuc"])
    assert pa.table(ds)["khu_vuc"].to_pylist() == ["12", "XII"]
    card = tk.evaluate(ds, PLAN, period="2026", by=["khu_vuc"])
    assert {str(group.keys["khu_vuc"]) for group in card.groups} == {"12", "XII"}


def test_a_file_without_a_sound_row_still_has_its_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Mã hồ sơ,Ngày tiếp nhận\nA,31/02/2026\n", encoding="utf-8")
    card = tk.evaluate(tk.read(path), PLAN, period="2026")
    assert "channel" in card.document["data"]["missing_columns"]
    assert "dossier_id" not in card.document["data"]["missing_columns"]
    assert card.accounting["set_aside"] == {"unreadable_received_at": 1}


def test_what_comes_out_goes_to_parquet_exactly(tmp_path):
    ds = tk.Dossiers(tk.synth(300))
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026", by="agency")
    for result in (card, card.cases("on_time_rate"), ds):
        result.to_parquet(tmp_path / "out.parquet")
        written = pq.read_table(tmp_path / "out.parquet")
        assert written.to_pylist() == pa.table(result).to_pylist()
        assert written.schema.equals(pa.table(result).schema, check_metadata=True)
    again = tk.read(tmp_path / "out.parquet")
    assert pa.table(again).to_pylist() == pa.table(ds).to_pylist()
    with pytest.raises(tk.InputError) as error:
        card.to_parquet(tmp_path / "no" / "out.parquet")
    assert error.value.code == "parquet"
