"""Cùng một việc trong DuckDB: one SQL query over its own table, or straight over files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

import polars_peer
from case import (
    AFTER_LAST_DATE,
    COLUMNS,
    DATES,
    FIRST_DATE,
    FLAGS,
    PAYMENTS,
    REASONS,
    SATISFIED_FROM,
    TOLD,
    TRANSFERS,
    Answer,
    Question,
    members,
)
from data import CHANNELS, CSV_DATE, HEADERS, RATINGS, STATUSES, YES

NAME, VERSION = "DuckDB", duckdb.__version__

Rows = list[tuple]

# SPEC §2: impossible cells are unknown.
CLEAN = """SELECT * REPLACE (
    CASE WHEN status BETWEEN 1 AND 10 THEN status END AS status,
    CASE WHEN rating BETWEEN 1 AND 5 THEN rating END AS rating,
    CASE WHEN (payments_online > payments) IS NOT TRUE THEN payments_online END AS payments_online,
    CASE WHEN (payments_portal > payments_online OR payments_portal > payments) IS NOT TRUE
        THEN payments_portal END AS payments_portal,
    CASE WHEN (transfers_electronic > transfers) IS NOT TRUE
        THEN transfers_electronic END AS transfers_electronic)
FROM {source}"""

# SPEC §3: the reason each row is left out, and what it is in the window.
JUDGED = """
WITH ended AS (
    SELECT *,
        coalesce(completed_at, returned_at) AS any_end,
        CASE WHEN completed_at < $closes THEN completed_at
             WHEN returned_at < $closes AND (returned_at >= received_at
                OR returned_at = date_trunc('day', received_at)) THEN returned_at END AS end_at,
        CASE
            WHEN status IN (1, 3) THEN 1
            WHEN least(received_at, due_at, completed_at, returned_at) < $first_date THEN 2
            WHEN greatest(received_at, due_at, completed_at, returned_at) >= $after_last_date THEN 2
            -- By day; by the moment unless the end is a date alone (a midnight receipt is first).
            WHEN any_end < received_at AND any_end <> date_trunc('day', received_at) THEN 3
            ELSE 0 END AS reason
    FROM ({source})
),
judged AS (
    SELECT *,
        reason = 0 AND received_at < $closes
            AND (received_at >= $opens OR end_at IS NULL OR end_at >= $opens) AS handled,
        handled AND received_at >= $opens AS received,
        handled AND end_at IS NOT NULL AS resolved,
        resolved AND due_at IS NOT NULL AS due_known,
        due_known AND end_at::DATE < due_at::DATE AS early,
        due_known AND end_at::DATE > due_at::DATE AS late,
        late OR (handled AND end_at IS NULL AND coalesce(due_at < $cut_day, false)
            AND coalesce(status NOT IN (5, 6), true)
            AND NOT (coalesce(status >= 7, false) AND any_end IS NULL)) AS overdue_ever
    FROM ended
)"""

# Conditions: counted are the rows of which they are true.
FACTS = {
    **{reason: f"reason = {number}" for number, reason in enumerate(REASONS, 1)},
    "on_time": "due_known AND NOT late",
    "online": "received AND channel = 'online'",
    "fee_scope": "received AND (payments > 0 OR payments IS NULL)",
    "fee_judged": "received AND payments > 0 AND payments_online IS NOT NULL",
    "fee_online": "received AND payments > 0 AND payments_online > 0",
    "payments_judged": "received AND payments > 0 AND payments_portal IS NOT NULL",
    "satisfied": f"resolved AND rating >= {SATISFIED_FROM}",
    "resolved_field_unknown": "resolved AND field IS NULL",
    "transfer_scope": "handled AND (transfers > 0 OR transfers IS NULL)",
    "transfer_judged": "handled AND transfers > 0 AND transfers_electronic IS NOT NULL",
    "transfer_electronic": "handled AND transfers > 0 AND transfers_electronic = transfers",
}
BOTH_KNOWN = "received AND payments IS NOT NULL AND payments_portal IS NOT NULL"
# Counted otherwise where that is faster.
AGGREGATES = {
    "rows": "count(*)",
    **{
        name: f"count_if({name})"
        for name in ("handled", "received", "resolved", "overdue_ever", "due_known", "early")
    },
    "channel_known": "count(CASE WHEN received THEN channel END)",
    "rated": "count(CASE WHEN resolved THEN rating END)",
    **{
        f"{flag}_known": f"count(CASE WHEN {among} THEN {flag} END)"
        for flag, among in FLAGS.items()
    },
    **{flag: f"count_if(CASE WHEN {among} THEN {flag} END)" for flag, among in FLAGS.items()},
    "payments_sum": f"coalesce(sum(payments) FILTER ({BOTH_KNOWN}), 0)::BIGINT",
    "portal_sum": f"coalesce(sum(payments_portal) FILTER ({BOTH_KNOWN}), 0)::BIGINT",
}
KEYS = {"agency": "agency", "received_month": "date_trunc('month', received_at::DATE)"}


def aggregates(fields: Iterable[str | None]) -> list[str]:
    facts = dict(FACTS)
    for group, names in members(fields).items():
        within = f"resolved AND field IN ({', '.join(map(quoted, names))})" if names else "false"
        facts[f"resolved_{group}"] = within
        facts[f"rated_{group}"] = f"{within} AND rating IS NOT NULL"
        facts[f"satisfied_{group}"] = f"{within} AND rating >= {SATISFIED_FROM}"
    counts = {name: f"count(CASE WHEN {fact} THEN 1 END)" for name, fact in facts.items()}
    return [(AGGREGATES | counts)[name] for name in TOLD]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def count(
    held: duckdb.DuckDBPyConnection, source: str, fields: Iterable[str | None], question: Question
) -> Rows:
    """One pass. Groups of the rows left out are there too: every row is accounted for."""
    keys = [KEYS[name] for name in question.by]
    selected = ", ".join([*keys, *aggregates(fields)])
    query = f"{JUDGED.format(source=source)} SELECT {selected} FROM judged"
    if keys:
        query += " GROUP BY ALL"
    parameters = {
        "opens": question.opens,
        "closes": question.closes,
        "cut_day": question.cut_day,
        "first_date": FIRST_DATE,
        "after_last_date": AFTER_LAST_DATE,
    }
    return held.execute(query, parameters).fetchall()


def answer(found: Rows, question: Question) -> Answer:
    keys = len(question.by)
    # `count_if` of nothing but unknowns is NULL.
    rows = ([*row[:keys], *(count or 0 for count in row[keys:])] for row in found)
    return Answer.of_rows(rows, question)


# Texts that repeat are ENUM in its own table: what is fastest to ask.
ENUMS = ("field", "channel", "agency")


def take_in(table: pa.Table) -> duckdb.DuckDBPyConnection:
    held = duckdb.connect()
    held.register("given", table)
    enums = [name for name in ENUMS if name in table.column_names]
    for name in enums:
        distinct = f"SELECT DISTINCT {name}::VARCHAR FROM given WHERE {name} IS NOT NULL"
        held.execute(f"CREATE TYPE {name}_words AS ENUM ({distinct})")
    typed = ", ".join(f"{name}::{name}_words AS {name}" for name in enums)
    source = f"(SELECT * REPLACE ({typed}) FROM given)"
    held.execute(f"CREATE TABLE dossiers AS {CLEAN.format(source=source)}")
    held.unregister("given")
    return held


def ask(held: duckdb.DuckDBPyConnection, question: Question) -> Rows:
    (fields,) = held.execute("SELECT enum_range(NULL::field_words)").fetchone()
    return count(held, "FROM dossiers", fields, question)


def ask_parquet(files: Sequence[Path], question: Question) -> Rows:
    source = f"read_parquet([{', '.join(quoted(str(path)) for path in files)}])"
    held = duckdb.connect()
    distinct = held.execute(f"SELECT DISTINCT field FROM {source}").fetchall()
    fields = [field for (field,) in distinct]
    return count(held, CLEAN.format(source=source), fields, question)


def ask_csv(path: Path, question: Question) -> Rows:
    held = duckdb.connect()
    for name, words in (("status", STATUSES), ("rating", RATINGS)):
        held.execute(f"CREATE TYPE {name}_words AS ENUM ({', '.join(map(quoted, words))})")
    held.execute(f"CREATE TABLE dossiers AS {CLEAN.format(source=f'({from_csv(path)})')}")
    fields = [field for (field,) in held.execute("SELECT DISTINCT field FROM dossiers").fetchall()]
    return count(held, "FROM dossiers", fields, question)


def from_csv(path: Path) -> str:
    """A query for the canonical columns of the words that people read."""
    kinds = dict.fromkeys(COLUMNS, "VARCHAR")
    kinds |= dict.fromkeys(DATES, "TIMESTAMP") | dict.fromkeys((*PAYMENTS, *TRANSFERS), "UINTEGER")
    types = ", ".join(f"{quoted(HEADERS[name])}: '{kind}'" for name, kind in kinds.items())
    given = {name: f'"{HEADERS[name]}"' for name in COLUMNS}
    channels = (f"WHEN {quoted(words)} THEN {quoted(name)}" for name, words in CHANNELS.items())
    meant = given | {
        "status": f"enum_code({given['status']}::status_words) + 1",
        "rating": f"enum_code({given['rating']}::rating_words) + 1",
        "channel": f"CASE {given['channel']} {' '.join(channels)} END",
        **{flag: f"{given[flag]} = {quoted(YES)}" for flag in FLAGS},
    }
    selected = ", ".join(f"{meaning} AS {name}" for name, meaning in meant.items())
    return (
        f"SELECT {selected} FROM read_csv({quoted(str(path))}, header = true,"
        f" timestampformat = {quoted(CSV_DATE)}, types = {{{types}}})"
    )


def ask_workbook(path: Path, question: Question) -> Rows:
    held = take_in(polars_peer.read_workbook(path).to_arrow())
    return ask(held, question)
