"""An independent count of the register indicators, in DuckDB SQL: written from SPEC §6 alone.

SQL's own logic of three values does what the rules ask: `asked` and `done` may be unknown. A row is in
the denominator when it is asked and it is known whether it is done; it is unknown when it may be asked
but either is not known.
"""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import duckdb
import pyarrow as pa

FLAG, TEXT, COUNT, DAY, MONEY = (
    pa.bool_(),
    pa.string(),
    pa.uint32(),
    pa.date32(),
    pa.decimal128(18, 2),
)
FLAGS = (
    "posted_page posted_reception posted_unit synced eligible_full eligible_partial business"
    " restructured on_portal fee_bearing payment_offered postal_eligible postal_offered boundary_free"
    " boundary_free_restructured reviewed simplified"
).split()
SCHEMAS = {
    "procedures": {"code": TEXT, "field": TEXT, "lead": TEXT, "online_level": TEXT, "internal": TEXT}
    | dict.fromkeys(FLAGS, FLAG)
    | {"time_2024": COUNT, "time_now": COUNT, "cost_2024": MONEY, "cost_now": MONEY},
    "petitions": {"id": TEXT, "agency": TEXT, "received": DAY, "due": DAY, "resolved": DAY, "published": FLAG},
    "tasks": {"title": TEXT, "lead": TEXT, "start": DAY, "due": DAY, "done": DAY},
    "archive": {
        "id": TEXT, "agency": TEXT, "valid": FLAG, "digitised": FLAG, "digitised_on": DAY,
        "results": COUNT, "results_digitised": COUNT,
    },
}  # fmt: skip
UNITS = ["A", "B", "C", None]

# Rows that count: those without their key, doubled, or that end before they began are set aside.
SOUND = {
    "procedures": """
        select * replace (nullif(time_2024, 0) as time_2024, nullif(cost_2024, 0) as cost_2024)
        from procedures where code is not null
        qualify row_number() over (partition by code order by row) = 1""",
    "petitions": """
        select * replace (case when due < received then null else due end as due)
        from petitions where not coalesce(resolved < received, false)
        qualify id is null or row_number() over (partition by id order by row) = 1""",
    "tasks": """
        select * replace (case when due < start then null else due end as due)
        from tasks where not coalesce(done < start, false)""",
    "archive": """
        select * from archive where not coalesce(results_digitised > coalesce(results, 1), false)
        qualify id is null or row_number() over (partition by id order by row) = 1""",
}

ONLINE = "online_level in ('full', 'partial')"
ELIGIBLE = "(eligible_full or eligible_partial)"
PUBLIC = "coalesce(internal = 'none', true)"
# Indicator: register, asked, done.
SHARES = {
    "procedure_publication_rate": ("true", "posted_page and posted_reception and posted_unit"),
    "procedure_sync_rate": ("true", "synced"),
    "full_online_rate": ("eligible_full", "online_level = 'full'"),
    "online_service_rate": (ELIGIBLE, ONLINE),
    "business_online_rate": ("business", ONLINE),
    "online_restructured_rate": (ONLINE, "restructured"),
    "eligible_restructured_rate": (ELIGIBLE, "restructured"),
    "portal_integration_rate": (ONLINE, "on_portal"),
    "payment_offered_rate": ("fee_bearing", "payment_offered"),
    "postal_rate": ("postal_eligible", "postal_offered"),
    "boundary_free_rate": ("true", "boundary_free"),
    "boundary_free_restructured_rate": ("true", "boundary_free_restructured"),
    "review_rate": ("true", "reviewed"),
    "internal_simplified_rate": ("internal <> 'none'", "reviewed and simplified"),
}


def due(begin: str, done: str) -> tuple[str, str]:
    """Asked when it came due in the period; done when it was by then, and in time."""
    asked = (
        f"case when due is not null then due between $start and $cut"
        f" when {begin} > $cut then false end"
    )
    return asked, f"coalesce({done} <= $cut and {done} <= due, false)"


OF_ALL = ("review_rate", "internal_simplified_rate")
CASES = {
    name: ("procedures", "lead", asked if name in OF_ALL else f"{PUBLIC} and ({asked})", done)
    for name, (asked, done) in SHARES.items()
} | {
    "petition_resolved_rate": ("petitions", "agency", *due("received", "resolved")),
    "petition_published_rate": ("petitions", "agency", due("received", "resolved")[0], "published"),
    "assigned_task_rate": ("tasks", "lead", *due("start", "done")),
}
AMOUNTS = {"time_reduction": ("time_2024", "time_now"), "cost_reduction": ("cost_2024", "cost_now")}


def connect(tables: dict[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, table in tables.items():
        numbered = table.append_column("row", pa.array(range(1, len(table) + 1)))
        connection.register(f"{name}_raw", numbered)
        connection.execute(f"create table {name} as select * from {name}_raw")
        connection.execute(f"create table sound_{name} as {SOUND[name]}")
    return connection


def answers(
    tables: dict[str, pa.Table], start: dt.date, cut: dt.date, *, grouped: bool
) -> dict[tuple[str, str | None], tuple[Decimal, Decimal, int]]:
    """Numerator, denominator and unknown by indicator and unit; the unit ``"*"`` is the whole."""
    connection, found = connect(tables), {}

    def ask(name: str, register: str, unit: str, counts: str) -> None:
        by = f"nullif(trim({unit}), '')" if grouped else "'*'"
        dates = {"start": start, "cut": cut}
        used = {key: day for key, day in dates.items() if f"${key}" in counts}
        rows = connection.execute(
            f"select {by} as unit, {counts} from sound_{register} group by unit", used
        ).fetchall()
        for key, numerator, denominator, unknown in rows:
            found[name, key] = (Decimal(numerator or 0), Decimal(denominator or 0), unknown or 0)

    for name, (register, unit, asked, done) in CASES.items():
        counts = f"""
            count(*) filter (({asked}) and ({done})),
            count(*) filter (({asked}) and ({done}) is not null),
            count(*) filter (coalesce({asked}, true) and not coalesce(({asked}) and ({done}) is not null, false))"""
        ask(name, register, unit, counts)
    for name, (base, now) in AMOUNTS.items():
        counts = f"""
            sum(cast({base} as decimal(18,2)) - cast({now} as decimal(18,2))),
            sum(cast({base} as decimal(18,2))) filter ({now} is not null),
            count(*) filter ({base} is null or {now} is null)"""
        ask(name, "procedures", "lead", counts)
    # By the end of February, or by the cut when that comes first; lots where the number is known.
    last = "least($cut, date '2026-02-28')"
    digitised = f"""case when coalesce(digitised_on <= {last}, true) then
        coalesce(results_digitised, case when coalesce(digitised, digitised_on is not null or null) then results else 0 end
                 * case when digitised is null and digitised_on is null then null else 1 end)
        else 0 end"""
    known = "valid and results is not null and (results_digitised is not null or digitised is not null or digitised_on is not null)"
    counts = f"""
        sum({digitised}) filter ({known}),
        sum(results) filter ({known}),
        sum(coalesce(results, 1)) filter (case when results is null then true else coalesce(valid, true) and not coalesce({known}, false) end)"""
    ask("archive_digitisation_rate", "archive", "agency", counts)
    return found


def random_registers(seed: int) -> dict[str, pa.Table]:
    """Registers with blanks, doubled keys, zeros and days in any order."""
    dice = random.Random(seed)

    def cell(register: str, name: str, kind: pa.DataType) -> object:
        if dice.random() < 0.2:
            return None
        if name in ("code", "id"):
            return f"{register[0]}{dice.randrange(40)}"
        if name in ("lead", "agency"):
            return dice.choice(UNITS)
        if name == "online_level":
            return dice.choice(["full", "partial", "none"])
        if name == "internal":
            return dice.choice(["between", "within", "none", "none"])
        if kind == FLAG:
            return dice.random() < 0.6
        if kind == COUNT:
            return dice.choice([0, 1, 3, 7, 20, 120])
        if kind == MONEY:
            return (
                Decimal(dice.choice([0, 5, 150_000, 1_234_567]))
                + Decimal(dice.randrange(100)) / 100
            )
        if kind == DAY:
            return dt.date(2025, 12, 1) + dt.timedelta(days=dice.randrange(330))
        return f"{register} {dice.randrange(9)}"

    tables = {}
    for register, columns in SCHEMAS.items():
        rows = dice.randrange(60)
        tables[register] = pa.table(
            {
                name: pa.array([cell(register, name, kind) for _ in range(rows)], type=kind)
                for name, kind in columns.items()
            }
        )
    return tables


def random_dossiers(seed: int) -> pa.Table:
    """Dossiers received around the turn of the year, whose codes are those of :func:`random_registers`."""
    dice, rows = random.Random(seed), []
    for _ in range(300):
        payments = dice.choice([None, 0, 0, 1, 2])
        rows.append(
            {
                "received_at": dt.datetime(2025, 11, 1) + dt.timedelta(days=dice.randrange(400)),
                "procedure_code": dice.choice([None, *(f"p{number}" for number in range(45))]),
                "payments": payments,
                "payments_online": None
                if payments is None
                else dice.choice([None, *range(payments + 1)]),
            }
        )
    return pa.Table.from_pylist(rows)


def joined(
    dossiers: pa.Table, tables: dict[str, pa.Table], start: dt.date, cut: dt.date
) -> dict[str, tuple[Decimal, Decimal, int]]:
    """31 and 32 by any online payment, and the cuts weighted by dossiers."""
    connection = connect(tables)
    connection.register("dossiers", dossiers)
    connection.execute(
        """create table uses as select procedure_code as code, count(*) as received,
            count(*) filter (payments > 0) as paid, count(*) filter (payments > 0 and payments_online > 0) as online,
            count(*) filter (payments is null or payments > 0 and payments_online is null) as unsettled
        from dossiers where procedure_code is not null and cast(received_at as date) between $start and $cut
        group by all""",
        {"start": start, "cut": cut},
    )
    online = "case when online > 0 then true when unsettled > 0 then null else false end"
    fee = "case when paid > 0 then true when unsettled > 0 then null else false end"
    found = {}
    # A procedure of dossiers that the register lacks, or whose fee it leaves blank, is unknown.
    of_31 = f"""from uses left join sound_procedures using (code)
        where coalesce({PUBLIC}, true)"""
    asked = f"(case when fee_bearing then {fee} when ({fee}) is false or fee_bearing is false then false end)"
    found["payment_used_rate"] = f"""select count(*) filter ({asked} and ({online})),
        count(*) filter ({asked} and ({online}) is not null),
        count(*) filter (coalesce({asked}, true) and not coalesce({asked} and ({online}) is not null, false)) {of_31}"""
    offered = "coalesce(payment_offered, case when not fee_bearing then false end)"
    joined = "from sound_procedures left join uses using (code)"
    used = f"case when received is null then false else ({online}) end"
    found["payment_used_offered_rate"] = f"""select count(*) filter ({offered} and ({used})),
        count(*) filter ({offered} and ({used}) is not null),
        count(*) filter (coalesce({offered}, true) and not coalesce({offered} and ({used}) is not null, false))
        {joined} where {PUBLIC}"""
    for name, (base, now) in AMOUNTS.items():
        exact = f"(cast({base} as decimal(18,2)) - cast({now} as decimal(18,2)))"
        found[name] = f"""select sum(received * {exact}) filter (received > 0),
            sum(received * cast({base} as decimal(18,2))) filter (received > 0 and {now} is not null),
            count(*) filter ({base} is null or {now} is null) {joined}"""
    answers = {}
    for name, query in found.items():
        numerator, denominator, unknown = connection.execute(query).fetchone()
        answers[name] = (Decimal(numerator or 0), Decimal(denominator or 0), unknown)
    return answers
