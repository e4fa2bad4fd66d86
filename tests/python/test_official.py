"""Form 06a and the late list: their figures, held against plain SQL, and how they go out."""

import csv
import datetime as dt
import json
import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import oracle
import tthc_kpi as tk
from random_tables import POLICIES, random_table
from tthc_kpi import _tthc_kpi
from tthc_kpi.cli import main

COLUMNS = [slug for slug, _, _ in _tthc_kpi.form_06a_columns()]
HOSTILE = "=cmd|' /C calc'!A0</script><img src=x onerror=alert(1)>"


def figures(row):
    return {column: getattr(row, column) for column in COLUMNS}


@pytest.mark.parametrize("seed", range(6))
def test_the_form_equals_the_oracle_whatever_the_rules(seed):
    chance = random.Random(seed)
    policy = {rule: chance.choice(values) for rule, values in POLICIES.items()}
    table = random_table(1200, seed, untidy=seed % 2 == 0, repeat_ids=0.2)
    form = tk.form_06a(tk.Dossiers(table), period="2026-Q1", policy=policy)
    window = {name: dt.date.fromisoformat(getattr(form, name)) for name in ("start", "cut")}
    asked = {**window, "policy": policy, "duplicates": "resolve"}
    found = oracle.facts(table, **asked, by=["field"])

    def expected(fact):
        due_known = fact["early"] + fact["on_due_day"] + fact["late"]
        open_known = fact["open_in_time"] + fact["open_overdue"]
        in_time = fact["open"] - open_known + fact["open_in_time"] + fact["end_unknown"]
        return [
            fact["received"] + fact["carried_over"],
            fact["online"],
            fact["received"] - fact["online"],
            fact["carried_over"],
            fact["resolved"],
            fact["early"],
            fact["resolved"] - due_known + fact["on_due_day"],
            fact["late"],
            in_time + fact["open_overdue"],
            in_time,
            fact["open_overdue"],
        ]

    counts = {(row.field,): list(figures(row).values()) for row in form.rows}
    assert counts == {key: expected(fact) for key, fact in found.items() if fact["handled"]}
    assert form.accounting["used"] == form.total.received_total


# Nothing of this is the library's, and nothing of it the oracle's: default rules, days only.
PLAIN = """
WITH seen AS (
    SELECT field, received_at::DATE AS received, due_at::DATE AS due, channel,
        CASE WHEN ended <= $cut THEN ended END AS ended,
        ended IS NULL AND status IN (7, 8, 9, 10) AS undated,
        status IN (5, 6) AS waits, status
    FROM (SELECT *, coalesce(completed_at, returned_at)::DATE AS ended FROM dossiers)
    WHERE status IS NULL OR status NOT IN (1, 3)
), handled AS (
    SELECT *, received >= $start AS new, ended IS NULL AS still,
        ended IS NULL AND NOT undated AND NOT coalesce(waits, false) AND due < $cut AS overdue
    FROM seen WHERE received <= $cut AND NOT coalesce(ended < $start, false)
)
SELECT field, count(*), count(*) FILTER (new AND channel = 'online'),
    count(*) FILTER (new AND coalesce(channel, '') <> 'online'), count(*) FILTER (NOT new),
    count(*) FILTER (NOT still), count(*) FILTER (ended < due),
    count(*) FILTER (ended = due OR (NOT still AND due IS NULL)), count(*) FILTER (ended > due),
    count(*) FILTER (still), count(*) FILTER (still AND NOT coalesce(overdue, false)),
    count(*) FILTER (overdue)
FROM handled GROUP BY field
"""


@pytest.fixture(scope="module")
def dossiers():
    return pa.table(tk.synth(4000, seed=3))


def test_the_form_equals_plain_sql(dossiers):
    form = tk.form_06a(tk.Dossiers(dossiers), period="2026-05", as_of="2026-05-20")
    window = {"start": dt.date(2026, 5, 1), "cut": dt.date(2026, 5, 20)}
    found = {row[0]: list(row[1:]) for row in duckdb.execute(PLAIN, window).fetchall()}
    assert {row.field: list(figures(row).values()) for row in form.rows} == found
    assert form.total.resolved_late > 0
    assert form.total.open_overdue > 0
    for column, n in figures(form.total).items():
        assert n == sum(getattr(row, column) for row in form.rows)
        assert n == len(form.cases(column))
    field = form.rows[0].field
    assert len(form.cases("resolved_total", field)) == form.rows[0].resolved_total


def working_days(start, end):
    """Working days in (start, end], from the holidays as they are written."""
    text = oracle.HOLIDAYS.read_text(encoding="utf-8").splitlines()
    kinds = {dt.date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(text)}
    days = (start + dt.timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(
        kinds.get(day) == "work" or (day.weekday() < 5 and kinds.get(day) != "off") for day in days
    )


def test_the_late_list_holds_the_late_dossiers_and_their_days(dossiers):
    ds = tk.Dossiers(dossiers)
    late = tk.late_list(ds, period="2026-05")
    card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026-05")
    facts = card.document["total"]["facts"]
    assert len(late.resolved_late) == facts["late"] > 5
    assert len(late.open_overdue) == facts["open_overdue"] > 0
    cut = dt.date(2026, 5, 31)
    for case in late.cases:
        end = case.ended_at.date() if case.ended_at else cut
        due = case.due_at.date()
        assert case.days_late == working_days(due, end)
        assert case.calendar_days_late == (end - due).days > 0
    for letters, indicator in [
        (late.total.apologies, card["apology_rate"]),
        (late.total.explanations, card["explanation_rate"]),
    ]:
        assert letters.made == indicator.numerator
        assert letters.made + letters.lacking == indicator.denominator
        assert letters.unknown == indicator.unknown
    keys = [(case.agency, case.officer) for case in late.cases if case.agency and case.officer]
    assert keys == sorted(keys)
    assert [case.owes for case in late.cases].count(True) == len(late.owing)


def test_both_go_out_as_tables_json_and_parquet(dossiers, tmp_path):
    ds = tk.Dossiers(dossiers)
    form, late = tk.form_06a(ds, period="2026-05"), tk.late_list(ds, period="2026-05")
    table = form.to_arrow()
    assert table.column_names == ["field", *COLUMNS]
    assert table.to_pylist() == [{"field": row.field, **figures(row)} for row in form.rows]
    assert json.loads(table.schema.metadata[b"tthc_kpi"])["query"]["cut"] == "2026-05-31"
    document = json.loads(form.to_json())
    assert document["total"]["open_overdue"] == form.total.open_overdue
    assert [note["code"] for note in document["notes"]] == [note.code for note in form.notes]
    form.to_parquet(tmp_path / "06a.parquet")
    assert pq.read_table(tmp_path / "06a.parquet").equals(table)
    for part, cases in [
        ("all", late.cases),
        ("open_overdue", late.open_overdue),
        ("owing", late.owing),
    ]:
        late.to_parquet(tmp_path / "late.parquet", part)
        rows = pq.read_table(tmp_path / "late.parquet").to_pylist()
        assert [row["dossier_id"] for row in rows] == [case.dossier_id for case in cases]
        assert pa.table(late.table(part)).to_pylist() == rows
    with pytest.raises(tk.UnknownNameError):
        late.table("open_late")


def test_a_scan_gives_the_form_of_the_same_dossiers(dossiers, tmp_path):
    pq.write_table(dossiers, tmp_path / "all.parquet")
    scanned = tk.form_06a(tk.scan(str(tmp_path / "all.parquet")), period="2026-05")
    read = tk.form_06a(tk.Dossiers(dossiers), period="2026-05")
    assert (scanned.rows, scanned.total) == (read.rows, read.total)
    with pytest.raises(tk.StateError):
        scanned.cases("open_total")
    with pytest.raises(tk.InputError):
        tk.late_list(tk.scan(str(tmp_path / "all.parquet")), period="2026-05")


def test_a_page_escapes_what_the_data_says():
    row = {"received_at": "2026-03-02", "due_at": "2026-03-05", "field": HOSTILE}
    ds = tk.Dossiers([row | {"agency": HOSTILE, "officer": HOSTILE, "dossier_id": HOSTILE}])
    for output in (tk.form_06a(ds, period="2026-03"), tk.late_list(ds, period="2026-03")):
        for lang in ("vi", "en"):
            page = output.to_html(lang=lang)
            assert "&lt;/script&gt;" in page
            assert "<img" not in page
            assert page.count("<table") == page.count("</table>") > 0
        assert HOSTILE[:5] in output.to_text()
        assert "<img" not in output._repr_html_()


def test_the_console_makes_both(dossiers, tmp_path, capsys):
    source = tmp_path / "all.parquet"
    pq.write_table(dossiers, source)
    for command in ("form-06a", "late"):
        files = {
            kind: tmp_path / f"{command}.{kind}" for kind in ("xlsx", "json", "parquet", "html")
        }
        options = [text for kind, path in files.items() for text in (f"--{kind}", str(path))]
        asked = [command, str(source), "--period", "2026-05", "--agency", "UBND phường"]
        assert main([*asked, *options]) == 0
        assert all(path.stat().st_size > 500 for path in files.values())
        assert capsys.readouterr().out.count("Đã ghi") == 4
        assert main([*asked, "--xlsx", str(tmp_path / "no" / "x.xlsx")]) == 1
        assert main([*asked[:2], "--period", "2026-13"]) == 2
        assert main(asked[:2]) == 2
