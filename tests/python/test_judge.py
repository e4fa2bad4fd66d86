"""tk.judge: its columns, added up in SQL, are the scorecard, of every group too."""

import json
import os
import subprocess
import sys
import textwrap

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

import tthc_kpi as tk
from random_tables import random_table

PLAN = tk.Plan("dong-nguyen-2026")
PERIOD = {"period": "2026", "as_of": "2026-09-30"}


def messy(rows, seed):
    """Dossiers that break rules, some ids twice."""
    table = random_table(rows, seed)
    table = table.filter(pc.is_valid(table["received_at"]))
    return pa.concat_tables([table, table.slice(0, rows // 20)])


def counted(judged, group="'all'"):
    """Numerator, denominator and unknown of every indicator by group, in SQL."""
    sums = []
    for name in judged.column_names:
        if f"{name}_unknown" in judged.column_names:
            above, below = f"count(*) FILTER (WHERE {name})", f"count({name})"
            if f"{name}_denominator" in judged.column_names:
                above = f"coalesce(sum({name}_numerator), 0)::bigint"
                below = f"coalesce(sum({name}_denominator), 0)::bigint"
            unknown = f"count(*) FILTER (WHERE {name}_unknown)"
            sums.append(f"[{above}, {below}, {unknown}] AS {name}")
    query = f"SELECT {group} AS of_group, {', '.join(sums)} FROM judged"
    query += " WHERE verdict NOT IN ('outside', 'excluded') GROUP BY ALL"
    rows = duckdb.sql(query).to_arrow_table().to_pylist()
    return {row.pop("of_group"): row for row in rows}


def figures(of, names):
    return {
        name: [int(of[name].numerator), int(of[name].denominator), of[name].unknown]
        for name in names
    }


@pytest.mark.parametrize("policy", ["plan", "qd-766"])
@pytest.mark.parametrize("seed", range(2))
def test_columns_added_up_in_sql_are_the_scorecard(seed, policy):
    ds = tk.Dossiers(messy(4000, seed))
    asked = {**PERIOD, "policy": policy, "limits": {"1.001193": 5}}
    judged = tk.judge(ds, PLAN, **asked)
    card = tk.evaluate(ds, PLAN, by=["agency"], **asked)
    whole = counted(judged)["all"]
    assert len(whole) > 15
    assert whole == figures(card, whole)
    by_agency = counted(judged, "agency")
    assert by_agency == {group.keys["agency"]: figures(group, whole) for group in card.groups}
    assert len(by_agency) > 2
    months = tk.evaluate(ds, PLAN, by=["received_month"], **asked)
    assert counted(judged, "strftime(received_at, '%Y-%m')") == {
        group.keys["received_month"]: figures(group, whole) for group in months.groups
    }
    left_out = "SELECT excluded, count(*) FROM judged WHERE excluded IS NOT NULL GROUP BY ALL"
    excluded = dict(duckdb.sql(left_out).fetchall())
    assert excluded == card.accounting["excluded"]
    assert "duplicate" in excluded


def test_days_late_are_those_of_cases_and_of_the_late_list():
    ds = tk.Dossiers(tk.synth(3000))
    judged = tk.judge(ds, PLAN, period="2026", columns=["dossier_id"])
    card = tk.evaluate(ds, PLAN, period="2026")
    late = card.cases("on_time_rate", "failing")
    known = {row["dossier_id"]: row for row in judged}
    assert len(late) > 50
    for row in late:
        of = known[row["dossier_id"]]
        assert (of["verdict"], of["days_late"]) == (row["verdict"], row["days_late"])
        assert of["effective_due"] == row["effective_due"]
    early = [row["days_late"] for row in judged if row["verdict"] == "early"]
    assert early
    assert max(early) <= 0


def test_the_metadata_tell_what_was_asked():
    judged = tk.judge(tk.Dossiers(tk.synth(5)), PLAN, columns=[], **PERIOD)
    told = json.loads(pa.schema(judged).metadata[b"tthc_kpi"])
    assert told["plan"]["id"] == "dong-nguyen-2026"
    assert told["query"]["cut"] == "2026-09-30"
    assert told["policy"]["profile"] == "plan"
    assert judged.column_names[0] == "verdict"


@pytest.fixture
def files(tmp_path):
    """A year in two files of several row groups, the second without one column."""
    table = messy(5000, 5)
    ids = pa.array([f"H-{number}" for number in range(table.num_rows)])
    table = table.set_column(table.schema.get_field_index("dossier_id"), "dossier_id", ids)
    half = table.num_rows // 2
    pq.write_table(table.slice(0, half), tmp_path / "a.parquet", row_group_size=700)
    second = table.slice(half).drop_columns(["rating"])
    pq.write_table(second, tmp_path / "b.parquet", row_group_size=700)
    return tmp_path


def test_a_scan_is_judged_as_the_whole_is_in_order_and_as_often_as_one_likes(files):
    judged = tk.judge(tk.scan(files), PLAN, **PERIOD)
    whole = tk.judge(
        tk.read([files / "a.parquet", files / "b.parquet"], duplicates="assume_unique"),
        PLAN,
        **PERIOD,
    ).to_arrow()
    assert judged.to_arrow().to_pylist() == whole.to_pylist()
    assert judged.column_names == whole.column_names
    assert len(list(judged)) > 5
    judged.to_parquet(files / "all.pq")
    assert pq.read_table(files / "all.pq").num_rows == whole.num_rows
    reader = pa.RecordBatchReader.from_stream(judged)
    reader.read_next_batch()
    reader.close()  # who has enough may stop
    assert counted(judged) == counted(tk.judge(tk.scan(files), PLAN, columns=[], **PERIOD))


def test_a_scan_that_breaks_off_says_why_and_leaves_no_file(files):
    data = (files / "b.parquet").read_bytes()
    judged = tk.judge(tk.scan(files), PLAN, **PERIOD)
    (files / "b.parquet").write_bytes(b"\0" * 3000 + data[3000:])
    with pytest.raises(tk.InputError):
        judged.to_parquet(files / "all.pq")
    assert not (files / "all.pq").exists()
    with pytest.raises(tk.InputError):
        list(judged)


def test_a_stream_of_batches_is_judged_once(files):
    table = pq.read_table(files / "a.parquet")
    once = tk.judge(tk.scan(table.to_reader(500)), PLAN, **PERIOD)
    assert once.to_arrow().num_rows == table.num_rows
    with pytest.raises(tk.InputError):
        once.to_arrow()


def test_names_that_are_no_columns():
    ds = tk.Dossiers(tk.synth(5))
    with pytest.raises(tk.UnknownNameError, match="officer"):
        tk.judge(ds, PLAN, period="2026", columns=["oficer"])
    with pytest.raises(tk.QueryError) as raised:
        tk.judge(ds, PLAN, period="2026", columns=["agency", "agency"])
    assert raised.value.code == "repeated_column"


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="asks Linux for the peak")
def test_memory_does_not_grow_with_the_files(tmp_path):
    """Peak memory of drawing a scan, of few and of many times the rows."""
    part = tk.synth(30_000).to_arrow()
    peaks = []
    for parts in (1, 6):
        folder = tmp_path / str(parts)
        folder.mkdir()
        for number in range(parts):
            pq.write_table(part, folder / f"{number}.parquet", row_group_size=20_000)
        script = r"""
            import re, sys
            import tthc_kpi as tk
            judged = tk.judge(tk.scan(sys.argv[1]), tk.Plan("dong-nguyen-2026"), period="2026")
            judged.to_parquet(sys.argv[1] + "/all.pq")
            print(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1])
        """
        command = [sys.executable, "-c", textwrap.dedent(script), str(folder)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
        peaks.append(int(run.stdout))
    # 150,000 rows more, and what is judged of them, take some 100 MiB in memory.
    assert peaks[1] - peaks[0] < 30_000, peaks
