"""Parquet, read and scanned; threads."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tthc_kpi as tk

PLAN = tk.Plan("dong-nguyen-2026")


@pytest.fixture
def table():
    return pa.table(tk.synth(3000, seed=4))


def figures(card):
    return pa.table(card).drop_columns([]).to_pylist()


@pytest.mark.parametrize("by", [[], ["agency"], ["agency", "month"], ["field", "received_month"]])
@pytest.mark.parametrize("policy", ["plan", "qd-766", "nd-61"])
def test_scan_read_and_memory_agree(tmp_path, table, by, policy):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=400)
    asked = {"period": "2026-H1", "as_of": "2026-06-14", "by": by, "policy": policy}
    memory = tk.evaluate(tk.Dossiers(table), PLAN, **asked)
    read = tk.evaluate(tk.read(tmp_path / "a.parquet"), PLAN, **asked)
    scan = tk.evaluate(tk.scan(tmp_path / "a.parquet"), PLAN, **asked)
    assert figures(memory) == figures(read) == figures(scan)
    assert [result.numerator for result in memory] == [result.numerator for result in scan]
    book = scan.accounting
    assert book["read"] + book.get("skipped", 0) == memory.accounting["read"] == len(table)


def test_many_files_of_other_encodings(tmp_path, table):
    half = table.num_rows // 2
    pq.write_table(table.slice(0, half), tmp_path / "1.parquet")
    plain = table.slice(half)
    for index, field in enumerate(plain.schema):
        if pa.types.is_dictionary(field.type):
            plain = plain.set_column(index, field.name, plain.column(index).cast(pa.large_string()))
    pq.write_table(plain, tmp_path / "2.parquet", store_schema=False)
    scan = tk.scan(tmp_path / "*.parquet")
    assert len(scan) == table.num_rows
    assert {column.column for column in scan.mapping} >= {"received_at", "due_at", "agency"}
    asked = {"period": "2026", "by": "agency"}
    both = tk.evaluate(scan, PLAN, **asked)
    assert figures(both) == figures(tk.evaluate(tk.Dossiers(table), PLAN, **asked))
    assert both.document["data"]["uniqueness"] == "assumed"


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_nothing(tmp_path, table, threads):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=250)
    asked = {"period": "2026", "by": ["agency", "month"]}
    for source in (tk.Dossiers(table), tk.scan(tmp_path / "a.parquet")):
        assert tk.tally(source, PLAN, threads=threads, **asked) == tk.tally(source, PLAN, **asked)


@pytest.mark.parametrize("threads", [0, -1, True, 1.5, "2"])
def test_threads_are_a_number_from_one(table, threads):
    with pytest.raises(tk.QueryError, match="threads"):
        tk.evaluate(tk.Dossiers(table), PLAN, period="2026", threads=threads)


def test_what_was_skipped_is_told(tmp_path, table):
    ordered = table.sort_by("received_at")
    pq.write_table(ordered, tmp_path / "a.parquet", row_group_size=100)
    card = tk.evaluate(tk.scan(tmp_path / "a.parquet"), PLAN, period="2026-Q1")
    skipped = card.accounting["skipped"]
    assert skipped > 0
    told = " ".join(repr(card).split())
    assert f"{skipped:,}".replace(",", ".") + " ngoài kỳ, không đọc" in told
    whole = tk.evaluate(tk.Dossiers(table), PLAN, period="2026-Q1")
    assert figures(card) == figures(whole)
    assert card.document["data"]["data_through"] == whole.document["data"]["data_through"]


def test_errors_name_the_file(tmp_path):
    with pytest.raises(tk.MissingFileError):
        tk.scan(tmp_path / "none.parquet")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(tk.InputError, match=r"bad\.parquet"):
        tk.scan(tmp_path / "bad.parquet")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    with pytest.raises(tk.InputError, match=r"other\.parquet"):
        tk.scan(tmp_path / "other.parquet")
