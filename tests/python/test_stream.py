"""CSV, folders and streams counted while they are read: the figures of `read`, in bounded memory."""

import json
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import tthc_kpi as tk
from random_tables import random_table
from tthc_kpi import _progress, _tthc_kpi
from tthc_kpi._query import query_arguments
from tthc_kpi.cli import main

PLAN = tk.Plan("dong-nguyen-2026")
ASKED = {"period": "2026-H1", "as_of": "2026-06-14", "by": ["agency", "month"]}
WHOLE = {"duplicates": "assume_unique"}


def in_stream(path, **options):
    """A text file read in a stream, however small it is."""
    options = {"mapping": None, "strict": False, "extra": []} | options
    return tk.Scan(_tthc_kpi.Scan.open([str(path)], in_stream_beyond=0, **options))


def figures(card):
    return pa.table(card).to_pylist()


def rows(table):
    return pa.table(table).to_pylist()


def same(scan, read, *, asked=ASKED, cases=True):
    """Card, accounting and cases are those of the same data in memory."""
    scanned, whole = (tk.evaluate(ds, PLAN, **asked) for ds in (scan, read))
    assert figures(scanned) == figures(whole)
    assert [one.numerator for one in scanned.whole.results] == [
        one.numerator for one in whole.whole.results
    ]
    assert {note.code for note in scanned.warnings} == {note.code for note in whole.warnings}
    if not scanned.accounting.get("skipped"):
        assert scanned.accounting == whole.accounting
    for outcome in ("failing", "unknown") if cases else ():
        expected = rows(whole.cases("on_time_rate", outcome))
        assert rows(scanned.cases("on_time_rate", outcome)) == expected
        with scanned.cases_stream("on_time_rate", outcome) as stream:
            assert [row for table in stream for row in rows(table)] == expected
    return scanned


def as_text(table):
    """The table with every column as a person writes it."""
    names, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        if pa.types.is_timestamp(field.type):
            column = pa.array([at and at.strftime("%d/%m/%Y %H:%M") for at in column.to_pylist()])
        elif pa.types.is_boolean(field.type):
            column = pa.array([{True: "Có", False: "Không"}.get(one) for one in column.to_pylist()])
        names.append(field.name)
        columns.append(column.cast(pa.string()))
    return pa.table(columns, names=names)


@settings(max_examples=5, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 10_000), step=st.integers(1, 300), parts=st.integers(1, 4))
def test_any_split_into_files_and_batches_is_what_is_read(tmp_path_factory, seed, step, parts):
    folder = tmp_path_factory.mktemp("stream")
    table = random_table(400, seed)
    table = table.filter(table["received_at"].is_valid())
    cuts = sorted(random.Random(seed).choices(range(table.num_rows), k=parts - 1))
    files = []
    bounds = zip([0, *cuts], [*cuts, table.num_rows], strict=True)
    for number, (start, end) in enumerate(bounds):
        piece = table.slice(start, end - start)
        if (seed + number) % 2:
            files.append(folder / f"{number}.parquet")
            pq.write_table(piece, files[-1], row_group_size=step)
        else:
            files.append(folder / f"{number}.csv")
            pa.csv.write_csv(as_text(piece), files[-1])
    same(tk.scan(folder), tk.read(files, **WHOLE))
    for file in files:
        if file.suffix == ".csv":
            same(in_stream(file), tk.read(file, **WHOLE), cases=False)
    same(tk.scan(lambda: table.to_batches(step)), tk.Dossiers(table, **WHOLE))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_untidy_export_in_a_stream(tmp_path, encoding):
    path = tmp_path / "hoso.csv"
    _tthc_kpi.synth_file(1500, str(path), 7, True)
    path.write_text(path.read_text(encoding="utf-8-sig"), encoding=encoding)
    scan, read = in_stream(path), tk.read(path, **WHOLE)
    same(scan, read)
    assert scan.issues == read.issues != ()
    assert scan.accounting == read.accounting
    with pytest.raises(tk.InputError) as stopped:
        tk.evaluate(in_stream(path, strict=True), PLAN, period="2026")
    with pytest.raises(tk.InputError) as whole:
        tk.read(path, strict=True, **WHOLE)
    assert str(stopped.value) == str(whole.value)


def months_first(count):
    """Dates that could be either way, and one at the very end that could not."""
    days = [f"{1 + number % 12:02}/{1 + number % 11:02}/2026" for number in range(count)]
    return [*days, "01/31/2026"]


def test_a_proof_at_the_end_is_never_a_silent_other_figure(tmp_path):
    days = months_first(12_000)
    lines = [f"H{number},{day},12/12/2026" for number, day in enumerate(days)]
    path = tmp_path / "hoso.csv"
    path.write_text("\n".join(["Mã hồ sơ,Ngày nhận,Ngày hẹn trả", *lines]), encoding="utf-8")
    card = same(in_stream(path), tk.read(path, **WHOLE), asked={"period": "2026-01"})
    assert "month_first" in {note.code for note in card.warnings}
    assert card.accounting["used"] > 0
    table = pa.table({"Mã hồ sơ": [str(at) for at in range(len(days))], "Ngày nhận": days})
    pq.write_table(table, tmp_path / "hoso.parquet", row_group_size=1000)
    dossiers = tk.Dossiers(table, **WHOLE)
    same(tk.scan(tmp_path / "hoso.parquet"), dossiers, asked={"period": "2026-01"})
    same(tk.scan(lambda: table.to_reader(500)), dossiers, asked={"period": "2026-01"})
    with pytest.raises(tk.InputError, match="Ngày nhận") as once:
        tk.evaluate(tk.scan(table.to_reader(500)), PLAN, period="2026-01")
    assert once.value.code == "month_first_scan"


def test_a_proof_in_a_column_nobody_asks_for_counts(tmp_path):
    """Read alone, 05/01 is the fifth of January; the day of the request says that it is the first of May."""
    names = ["Mã hồ sơ", "Ngày tiếp nhận", "Ngày yêu cầu bổ sung"]
    rows = [(f"H{number}", "05/01/2026", "05/13/2026") for number in range(3000)]
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    pa.csv.write_csv(table, tmp_path / "hoso.csv")
    pq.write_table(table, tmp_path / "hoso.parquet", row_group_size=1000)
    read = tk.read(tmp_path / "hoso.csv", **WHOLE)
    assert all(of.month_first for of in read.mapping if of.column != "dossier_id")
    asked = {"period": "2026-05"}
    sources = (tmp_path / "hoso.parquet", lambda: table.to_reader(500), table)
    for scan in (in_stream(tmp_path / "hoso.csv"), *map(tk.scan, sources)):
        card = tk.evaluate(scan, PLAN, **asked)
        assert card.accounting == tk.evaluate(read, PLAN, **asked).accounting
        assert card.accounting["used"] == 3000


def test_an_extra_column_of_numbers_and_then_of_words(tmp_path):
    areas = [*(str(number % 7) for number in range(9_000)), "khác"]
    table = pa.table(
        {"Mã hồ sơ": map(str, range(9_001)), "Ngày nhận": ["05/01/2026"] * 9_001, "Khu": areas}
    )
    pa.csv.write_csv(table, tmp_path / "hoso.csv")
    pq.write_table(table, tmp_path / "hoso.parquet", row_group_size=1000)
    options = {"extra": ["Khu"], **WHOLE}
    asked = {"period": "2026-01", "by": "Khu"}
    for scan in (
        in_stream(tmp_path / "hoso.csv", extra=["Khu"]),
        tk.scan(tmp_path / "hoso.parquet", extra=["Khu"]),
        tk.scan(lambda: table.to_batches(500), extra=["Khu"]),
    ):
        card = same(scan, tk.Dossiers(table, **options), asked=asked, cases=False)
        assert [group.keys["Khu"] for group in card.groups][:2] == ["0", "1"]
        memory = tk.evaluate(tk.Dossiers(table, **options), PLAN, **asked)
        for of in (card, memory):
            with pytest.raises(tk.UnknownNameError):
                of.cases("on_time_rate", where={"Khu": "không có"})
        assert len(card.cases("on_time_rate", "failing", where={"Khu": "khác"})) == 0
    with pytest.raises(tk.InputError, match="Khu") as once:
        tk.evaluate(tk.scan(table.to_reader(500), extra=["Khu"]), PLAN, **asked)
    assert once.value.code == "mixed_scan"


def test_what_others_give(tmp_path):
    duckdb, pl = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    table = pa.table(tk.synth(2000, seed=3))
    pq.write_table(table, tmp_path / "hoso.parquet")
    path = str(tmp_path / "hoso.parquet")
    dossiers = tk.Dossiers(table, **WHOLE)
    with duckdb.connect() as connection:
        relation = connection.sql(f"select * from '{path}'")
        for again in (
            pa.dataset.dataset(path),
            pl.scan_parquet(path),
            pl.DataFrame(table),
            table,
            relation,
            lambda: pa.dataset.dataset(path).scanner(batch_size=300),
            lambda: pq.ParquetFile(path).iter_batches(700),
        ):
            scan = tk.scan(again)
            assert scan.opens_anew
            assert scan.rows is None
            assert scan.files == ()
            same(scan, dossiers, cases=callable(again))
    for once in (
        table.to_reader(100),
        iter(table.to_batches(100)),
        pa.dataset.Scanner.from_batches(table.to_reader()),
    ):
        once_only(tk.scan(once, name="dòng thử"), dossiers)


def once_only(scan, dossiers):
    """The first question is answered, every other one says why not."""
    card = tk.evaluate(scan, PLAN, **ASKED)
    assert figures(card) == figures(tk.evaluate(dossiers, PLAN, **ASKED))
    for again in (
        lambda: tk.evaluate(scan, PLAN, period="2026"),
        lambda: card.cases("on_time_rate"),
        lambda: next(card.cases_stream("on_time_rate")),
        lambda: scan.issues,
    ):
        with pytest.raises(tk.InputError, match="dòng thử: dòng dữ liệu đã đọc hết") as told:
            again()
        assert told.value.code == "stream_ended"


def test_only_the_needed_columns_are_asked_of_a_dataset(tmp_path):
    pq.write_table(pa.table(tk.synth(100)), tmp_path / "hoso.parquet")
    asked = []

    class Dataset:
        __module__ = "pyarrow.test"

        def __init__(self):
            self._of = pa.dataset.dataset(tmp_path / "hoso.parquet")
            self.schema = self._of.schema

        def scanner(self, columns, **options):
            asked.append(columns)
            return self._of.scanner(columns=columns, **options)

    scan = tk.scan(Dataset())
    assert asked == []
    tk.evaluate(scan, PLAN, period="2026")
    assert "received_at" in asked[0]
    assert "agency" not in asked[0]
    assert "officer" not in asked[0]


class Drawn:
    """Batches made as they are asked for: how far ahead of the counting are they?"""

    def __init__(self, batch, count):
        self.batch, self.left, self.drawn = batch, count, 0

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        self.drawn += 1
        return self.batch


def test_a_stream_is_never_drawn_far_ahead():
    """Two threads count, two batches wait, one is being handed over: no more, however long it is."""
    batch = pa.table(tk.synth(200)).to_batches()[0]
    drawn = Drawn(batch, 400)
    core = tk.scan(drawn)._core
    arguments = query_arguments(
        period="2026", as_of=None, by=(), policy="plan", limits=None, calendar=None
    )
    ahead = []

    def progress(rows, _done, _total):
        ahead.append(drawn.drawn - rows // batch.num_rows)

    tally = _tthc_kpi.tally(core, PLAN._core, arguments, threads=2, progress=progress)
    assert tk.Tally(tally).scorecard().accounting["read"] == 400 * batch.num_rows
    assert len(ahead) == 400
    assert max(ahead) <= 1


def test_cases_are_read_no_further_than_they_are_taken():
    batch = pa.table(tk.synth(200)).to_batches()[0]
    opened = []

    def open_again():
        opened.append(Drawn(batch, 300))
        return opened[-1]

    card = tk.evaluate(tk.scan(open_again), PLAN, period="2026")
    # Other tests' libraries may have left theirs.
    before = set(threading.enumerate())
    stream = card.cases_stream("on_time_rate", "passing")
    first = next(stream)
    time.sleep(0.1)
    assert len(first)
    assert opened[-1].drawn <= 6
    stream.close()
    assert opened[-1].drawn <= 7
    assert not set(threading.enumerate()) - before
    assert list(stream) == []
    assert len(card.cases("on_time_rate", "passing", limit=10)) == 10
    assert opened[-1].drawn <= 2
    reader = pa.RecordBatchReader.from_stream(card.cases_stream("on_time_rate", "passing"))
    assert reader.read_next_batch().num_rows == len(first)
    del reader
    assert opened[-1].drawn <= 7


def test_cases_of_one_group_and_of_none(tmp_path):
    table = pa.table(tk.synth(2000, seed=5))
    pq.write_table(table.sort_by("received_at"), tmp_path / "a.parquet", row_group_size=100)
    scan, read = tk.scan(tmp_path / "a.parquet"), tk.read(tmp_path / "a.parquet", **WHOLE)
    asked = {"period": "2026-Q1", "by": ["agency", "month"]}
    scanned, whole = (tk.evaluate(ds, PLAN, **asked) for ds in (scan, read))
    group = scanned.groups[0]
    for where in (
        {"agency": group.keys["agency"]},
        dict(group.keys),
        {"month": group.keys["month"]},
    ):
        mine, theirs = (
            card.cases("on_time_rate", "passing", where=where) for card in (scanned, whole)
        )
        assert rows(mine) == rows(theirs)
    with pytest.raises(tk.UnknownNameError):
        scanned.cases("on_time_rate", where={"agency": "không có"})
    assert len(whole.cases("on_time_rate", "passing", limit=3)) == 3
    for limit in (0, True, 1.5):
        with pytest.raises(tk.QueryError, match="limit"):
            scanned.cases("on_time_rate", limit=limit)


def test_files_of_other_columns_are_told(tmp_path):
    (tmp_path / "t1.csv").write_text(
        "Mã hồ sơ,Ngày nhận,Ngày hẹn trả\nA,05/01/2026,09/01/2026\n", encoding="utf-8"
    )
    (tmp_path / "sau").mkdir()
    (tmp_path / "sau" / "t2.csv").write_text("Mã hồ sơ,Ngày nhận\nB,05/01/2026\n", encoding="utf-8")
    scan = tk.scan(tmp_path)
    read = tk.read([tmp_path / "sau" / "t2.csv", tmp_path / "t1.csv"], **WHOLE)
    assert scan.absent == read.absent != ()
    same(scan, read, asked={"period": "2026"})
    assert [name.rsplit("/")[-1] for name in scan.files] == ["t2.csv", "t1.csv"]
    with pytest.raises(tk.QueryError, match="bao nhiêu dòng"):
        len(scan)


def test_errors_name_what_is_wrong(tmp_path):
    def code_of(source, **options):
        with pytest.raises(tk.TthcKpiError) as raised:
            tk.evaluate(tk.scan(source, **options), PLAN, period="2026")
        return raised.value.code, str(raised.value)

    (tmp_path / "empty").mkdir()
    assert code_of(tmp_path / "empty")[0] == "missing_file"
    assert code_of(tmp_path / "none.csv")[0] == "missing_file"
    _tthc_kpi.synth_file(20, str(tmp_path / "so.xlsx"), 1, False)
    code, text = code_of(tmp_path)
    assert code == "not_scanned"
    assert "so.xlsx" in text
    assert "sổ bảng tính" in text
    (tmp_path / "so.csv.gz").write_bytes(b"\x1f\x8b\x08\x00rest")
    assert ".gz" in code_of(tmp_path / "so.csv.gz")[1]
    (tmp_path / "thu.csv").write_text("một,hai\n1,2\n", encoding="utf-8")
    assert code_of(tmp_path / "thu.csv")[0] == "no_header"
    assert code_of(3)[0] == "unsupported_table"
    assert code_of(iter([]))[0] == "empty_stream"

    table = pa.table(tk.synth(50))
    changed = table.set_column(
        table.schema.get_field_index("received_at"), "received_at", pa.array(["x"] * 50)
    )
    code, text = code_of(iter([*table.to_batches(), *changed.to_batches()]), name="dòng A")
    assert code == "changed_schema"
    assert "dòng A, dòng 51" in text
    assert "received_at" in text

    def broken():
        yield from table.to_batches()
        raise ValueError("của người gọi")

    with pytest.raises(ValueError, match="của người gọi"):
        tk.evaluate(tk.scan(broken()), PLAN, period="2026")
    with pytest.raises(ValueError, match="của người gọi"):
        tk.scan(lambda: (_ for _ in ()).throw(ValueError("của người gọi")))
    wrong = pa.RecordBatchReader.from_batches(table.schema, iter(changed.to_batches()))
    assert code_of(wrong)[0] == "bad_arrow"


def test_the_bar_is_for_terminals_only(monkeypatch, capsys):
    table = pa.table(tk.synth(300))
    monkeypatch.setattr(_progress, "PATIENCE", 0)
    tk.evaluate(tk.scan(table), PLAN, period="2026")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    tk.evaluate(tk.scan(lambda: table.to_batches(10)), PLAN, period="2026")
    out, told = capsys.readouterr()
    assert out == ""
    assert "Đang đếm" in told
    assert "dòng/giây" in told


INTERRUPTED = """
import os, sys, tempfile, threading, time
import pyarrow as pa, pyarrow.parquet as pq
import tthc_kpi as tk
from tthc_kpi import _tthc_kpi
plan = tk.Plan("dong-nguyen-2026")
table = pa.table(tk.synth(20_000)).combine_chunks()
folder, kind = sys.argv[1:]
def endless():
    while True:
        yield from table.to_batches()
def slow():
    yield from table.to_batches()
    time.sleep(60)
if kind == "parquet":
    # One file, many times over.
    pq.write_table(table, folder + "/a.parquet", row_group_size=2_000)
    source = [folder + "/a.parquet"] * 200
elif kind == "csv":
    _tthc_kpi.synth_file(20_000, folder + "/a.csv", 1, False)
    lines = open(folder + "/a.csv", encoding="utf-8-sig").read()
    with open(folder + "/b.csv", "w", encoding="utf-8") as file:
        file.write(lines)
        body = "".join(lines.splitlines(True)[-19_000:-1])
        for _ in range(12):
            file.write(body)
    os.remove(folder + "/a.csv")
    source = folder + "/b.csv"
elif kind == "reader":
    source = lambda: pa.RecordBatchReader.from_batches(table.schema, endless())
else:
    source = {"endless": endless, "slow": slow, "cases": endless}[kind]
scan = tk.scan(source)
if kind == "cases":
    card = tk.evaluate(tk.scan(lambda: table.to_batches()), plan, period="2026")
    card._source = type(card._source)(card._source.tally, None, plan, None, card._source.arguments, scan)
before = sorted(os.listdir(folder)), sorted(os.listdir(tempfile.gettempdir()))
print("go", flush=True)
started = time.monotonic()
try:
    if kind == "cases":
        for part in card.cases_stream("on_time_rate"):
            pass
    else:
        while True:
            tk.evaluate(scan, plan, period="2026", by=["agency", "month"])
except KeyboardInterrupt:
    print("stopped", flush=True)
assert threading.active_count() == 1
assert len(os.listdir("/proc/self/task")) <= 8, os.listdir("/proc/self/task")
after = sorted(os.listdir(folder)), sorted(os.listdir(tempfile.gettempdir()))
assert before == after, (before, after)
assert tk.evaluate(tk.scan(table), plan, period="2026").accounting["read"] == 20_000
print("again", flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc as on Linux")
@pytest.mark.parametrize("kind", ["parquet", "csv", "endless", "slow", "reader", "cases"])
def test_an_interrupt_works_at_once_and_leaves_nothing(tmp_path, kind):
    command = [sys.executable, "-c", textwrap.dedent(INTERRUPTED), str(tmp_path), kind]
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"TMPDIR": str(temporary), "PATH": "/usr/bin:/bin"},
    ) as child:
        assert child.stdout.readline() == "go\n", child.stderr.read()
        time.sleep(0.4)
        child.send_signal(signal.SIGINT)
        sent = time.monotonic()
        assert child.stdout.readline() == "stopped\n", child.stderr.read()
        assert time.monotonic() - sent < 3
        out, err = child.communicate(timeout=30)
        assert (child.returncode, out) == (0, "again\n"), err


def test_report_counts_a_folder_in_a_stream(tmp_path, capsys):
    _tthc_kpi.synth_file(300, str(tmp_path / "hoso.csv"), 1, False)
    asked = ["report", str(tmp_path), "--plan", "dong-nguyen-2026", "--period", "2026"]
    told = []
    for way in (["--scan"], []):
        path = tmp_path.parent / f"{tmp_path.name}-{len(way)}.json"
        assert main([*asked, *way, "--json", str(path)]) == 0
        card = json.loads(path.read_text(encoding="utf-8"))
        told.append((card["total"], card["accounting"], card["data"]["uniqueness"]))
    assert told[0][:2] == told[1][:2]
    assert [uniqueness for _, _, uniqueness in told] == ["assumed", "checked"]
    assert "Đang đếm" not in capsys.readouterr().err
