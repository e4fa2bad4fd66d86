"""An independent computation of the dossier indicators, in DuckDB SQL.

Written from SPEC §2 to §7 and from nothing else: it shares no code, no table and no intermediate
result with the engine, so that the two can only agree by both being right. It is slow and plain on
purpose: one chain of common table expressions, a stage of SPEC §3 each.

    indicators(table, start=..., cut=..., policy={...}, by=["agency", "month"], field_groups=FIELD_GROUPS)

Beside the dossier indicators it counts 31, the fee procedures paid online, as it is without a register.
Not covered: the other indicators of registers and declarations, and the policies `before_date` and `reduction_base` (they judge registers, not dossiers).
"""

from __future__ import annotations

import csv
import datetime as dt
import unicodedata
from pathlib import Path

import duckdb
import pyarrow as pa

from oracle_rules import BUCKETS, COLUMNS, FIELD_GROUPS, TEXT, rules, windows
from oracle_sql import (
    BY_RESULT,
    EARLY,
    FACTS,
    INDICATORS,
    OF_PROCEDURE,
    ON_TIME,
    PROCEDURES,
    SHARES,
    chain,
)

HOLIDAYS = Path(__file__).resolve().parents[2] / "crates/tthc-kpi/data/holidays-vn.csv"
FIRST_DAY, LAST_DAY = dt.date(2024, 1, 1), dt.date(2027, 12, 31)


# --- the database --------------------------------------------------------------------------------


def _calendar_rows(path: Path) -> list[tuple[dt.date, bool]]:
    with path.open(encoding="utf-8", newline="") as lines:
        named = {row["date"]: row["kind"] for row in csv.DictReader(lines)}
    days = (FIRST_DAY + dt.timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1))
    return [
        (day, named.get(day.isoformat(), "off" if day.weekday() > 4 else "work") == "work")
        for day in days
    ]


def _connect(
    table: pa.Table, wins: list, limits: dict[str, int], extra: list[str], holidays: Path | None
):
    con = duckdb.connect()
    con.execute("SET threads = 1")
    con.register("given", table)
    con.register(
        "calendar_days",
        pa.table(
            dict(zip(("day", "working"), map(list, zip(*_calendar_rows(holidays or HOLIDAYS)))))
        ),
    )
    con.execute(
        "CREATE TABLE calendar AS SELECT day, working,"
        " sum(working::BIGINT) OVER (ORDER BY day)::BIGINT AS nth FROM calendar_days"
    )
    con.execute("CREATE TABLE working AS SELECT nth, day FROM calendar WHERE working")
    con.execute("CREATE TABLE limits (code VARCHAR, days BIGINT)")
    con.execute("CREATE TABLE windows (bucket VARCHAR, start DATE, cut DATE)")
    for row in limits.items():
        con.execute("INSERT INTO limits VALUES (?, ?)", row)
    for row in wins:
        con.execute("INSERT INTO windows VALUES (?, ?, ?)", row)

    def column(name: str, kind: str) -> str:
        if name not in table.column_names:
            return f"NULL::{kind} AS {name}"
        if kind == TEXT:
            return f"nullif(trim(nfc_normalize({name}::VARCHAR)), '') AS {name}"
        return f"{name}::{kind} AS {name}"

    wanted = COLUMNS | {name: TEXT for name in extra if name not in COLUMNS}
    con.execute(
        "CREATE TABLE raw AS SELECT "
        + ", ".join(column(*item) for item in wanted.items())
        + " FROM given"
    )
    return con


def _run(
    table, start, cut, policy, limits, by, field_groups, duplicates, holidays
) -> dict[tuple, dict[str, int]]:
    chosen, by = rules(policy), list(by)
    wins = windows(start, cut, by, chosen["period_rule"])
    con = _connect(
        table,
        wins,
        limits or {},
        [n for n in by if n not in (*BUCKETS, "received_month")],
        holidays,
    )
    facts = {
        slug: sql.format(satisfied_from=chosen["satisfied_from"]) for slug, sql in FACTS.items()
    }
    facts["handled"] = "true"
    for name, parts in (
        ("on_time", ON_TIME[chosen["on_time_base"]]),
        ("early", EARLY[chosen["early_base"]]),
    ):
        for suffix, sql in zip(("scope", "judged", "passed"), parts):
            facts[f"{name}_{suffix}"] = sql
    for group, phrases in field_groups.items():
        within = " OR ".join(
            "contains(' ' || field_words || ' ', ' {} ')".format(
                " ".join(unicodedata.normalize("NFC", phrase).lower().split())
            )
            for phrase in phrases
        )
        facts[f"resolved_{group}"] = f"resolved AND ({within})"
        facts[f"rated_{group}"] = f"resolved AND rating IS NOT NULL AND ({within})"
        facts[f"satisfied_{group}"] = (
            f"resolved AND rating >= {chosen['satisfied_from']} AND ({within})"
        )
        facts[f"perhaps_{group}"] = "resolved AND field IS NULL"
    keys = [
        "bucket"
        if n in BUCKETS
        else "strftime(received_at, '%Y-%m')"
        if n == "received_month"
        else n
        for n in by
    ]
    counts = [f"count(*) FILTER ({sql}) AS {slug}" for slug, sql in facts.items()]
    both = "received AND payments IS NOT NULL AND payments_counted IS NOT NULL"
    counts += [
        f"coalesce(sum(payments) FILTER ({both}), 0)::BIGINT AS payments_sum",
        f"coalesce(sum(payments_counted) FILTER ({both}), 0)::BIGINT AS payments_online_sum",
    ]
    stages = chain(chosen, duplicates, "payments_portal" in table.column_names)
    grouping = f" GROUP BY {', '.join(keys)}" if keys else ""
    rows = con.execute(f"{stages} SELECT {', '.join([*keys, *counts])} FROM verdicts{grouping}")
    names = [*facts, "payments_sum", "payments_online_sum"]
    found = {
        row[: len(keys)]: dict(zip(names, row[len(keys) :])) | dict.fromkeys(PROCEDURES, 0)
        for row in rows.fetchall()
    }
    named = [f"{key} AS key_{place}" for place, key in enumerate(keys)]
    of_procedure = [f"count(*) FILTER ({sql}) AS {name}" for name, sql in OF_PROCEDURE.items()]
    of_group = [f"count(*) FILTER ({sql}) AS {name}" for name, sql in PROCEDURES.items()]
    places = [f"key_{place}" for place in range(len(keys))]
    grouping = f" GROUP BY {', '.join(places)}" if keys else ""
    rows = con.execute(
        f"{stages}, procedures AS (SELECT {', '.join([*named, 'procedure_code', *of_procedure])}"
        " FROM verdicts WHERE procedure_code IS NOT NULL GROUP BY ALL)"
        f" SELECT {', '.join([*places, *of_group])} FROM procedures{grouping}"
    )
    for row in rows.fetchall():
        found[row[: len(keys)]] |= dict(zip(PROCEDURES, row[len(keys) :]))
    names += PROCEDURES
    if (
        len(by) == 1 and by[0] in BUCKETS
    ):  # a lone time dimension shows every bucket, the empty ones too
        found = {(key,): found.get((key,), dict.fromkeys(names, 0)) for key, _, _ in wins}
    return found


# --- what tests call -----------------------------------------------------------------------------


def facts(
    table: pa.Table,
    *,
    start: dt.date,
    cut: dt.date,
    policy: dict | str | None = None,
    limits: dict[str, int] | None = None,
    by: list[str] | tuple[str, ...] = (),
    field_groups: dict[str, list[str]] = FIELD_GROUPS,
    duplicates: str = "assume_unique",
    holidays: Path | None = None,
) -> dict[tuple, dict[str, int]]:
    """How many dossiers carry each fact, by group key; `()` is the only key of an ungrouped query.

    Beside them, under `procedures_`, how many procedures: these do not add up over groups.
    """
    return _run(table, start, cut, policy, limits, by, field_groups, duplicates, holidays)


def indicators(
    table: pa.Table,
    *,
    start: dt.date,
    cut: dt.date,
    policy: dict | str | None = None,
    limits: dict[str, int] | None = None,
    by: list[str] | tuple[str, ...] = (),
    field_groups: dict[str, list[str]] = FIELD_GROUPS,
    duplicates: str = "assume_unique",
    holidays: Path | None = None,
) -> dict[tuple, dict[str, tuple[int, int, int]]]:
    """(numerator, denominator, unknown) of the indicators of dossiers (1 to 19, 31), by group key."""
    counted = _run(table, start, cut, policy, limits, by, field_groups, duplicates, holidays)
    rated = "rating" in table.column_names
    return {key: rates(counts, field_groups, rated=rated) for key, counts in counted.items()}


def rates(
    counts: dict[str, int],
    field_groups: dict[str, list[str]] = FIELD_GROUPS,
    rated: bool = True,
) -> dict[str, tuple[int, int, int]]:
    """The indicators of one group, from its `facts`; `rated` where the table has a column of ratings."""
    found = {
        name: (counts[passed], counts[judged], counts[scope] - counts[judged])
        for name, (passed, judged, scope) in SHARES.items()
    }
    if counts["resolved"] > 0 and counts["result_electronic_known"] == 0:
        found |= dict.fromkeys(BY_RESULT, (0, 0, counts["received"]))
    if not rated:
        found["served_well_of_received"] = (0, 0, counts["received"])
    found["online_payment_rate"] = (
        counts["payments_online_sum"],
        counts["payments_sum"],
        counts["fee_scope"] - counts["payments_judged"],
    )
    found["payment_used_rate"] = (
        counts["procedures_paid_online"],
        counts["procedures_judged"],
        counts["procedures_unknown"],
    )
    for group in field_groups:
        rated = counts[f"rated_{group}"]
        perhaps = counts[f"resolved_{group}"] + counts[f"perhaps_{group}"]
        found[f"satisfaction_rate_{group}"] = (counts[f"satisfied_{group}"], rated, perhaps - rated)
    return {name: found[name] for name in INDICATORS if name in found}


def accounting(
    table: pa.Table,
    *,
    start: dt.date,
    cut: dt.date,
    policy: dict | str | None = None,
    duplicates: str = "assume_unique",
    holidays: Path | None = None,
) -> dict:
    """Rows read, used, outside the window, excluded and set aside by reason; `used` is the handled."""
    chosen = rules(policy)
    con = _connect(table, [(None, start, cut)], {}, [], holidays)
    stages = chain(chosen, duplicates, "payments_portal" in table.column_names)
    out = {"read": table.num_rows, "used": 0, "outside": 0, "excluded": {}, "set_aside": {}}
    for reason, n in con.execute(
        f"{stages} SELECT reason, count(*) FROM judged_rows GROUP BY reason"
    ).fetchall():
        if reason == "unreadable_received_at":
            out["set_aside"][reason] = n
        elif reason is not None:
            out["excluded"][reason] = n
    (out["used"],) = con.execute(f"{stages} SELECT count(*) FROM verdicts").fetchone()
    out["outside"] = (
        out["read"] - out["used"] - sum(out["excluded"].values()) - sum(out["set_aside"].values())
    )
    return out


def processing_time(
    table: pa.Table,
    *,
    start: dt.date,
    cut: dt.date,
    policy: dict | str | None = None,
    duplicates: str = "assume_unique",
    holidays: Path | None = None,
) -> dict[int | None, int]:
    """Resolved dossiers by working days from the day of receipt to the day of the end; None: not covered."""
    con = _connect(table, [(None, start, cut)], {}, [], holidays)
    rows = con.execute(
        chain(rules(policy), duplicates, "payments_portal" in table.column_names)
        + " SELECT e.nth - r.nth AS days, count(*) FROM verdicts v"
        " LEFT JOIN calendar r ON r.day = v.received_at::DATE"
        " LEFT JOIN calendar e ON e.day = v.end_at::DATE WHERE resolved GROUP BY days"
    ).fetchall()
    return dict(sorted(rows, key=lambda row: (row[0] is None, row[0])))
