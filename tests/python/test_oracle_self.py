"""The oracle against the golden cases worked out by hand, and against a plain loop over rows."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import re
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pyarrow as pa
import pytest

import oracle
import oracle_rules
from golden import CALENDAR, CASES, DOSSIER_CASES, PERIODS, table_of
from random_tables import POLICIES, random_table

# SPEC §6: the operator and the target of each dossier indicator.
TARGETS = {
    "on_time_rate": (">", 95), "early_rate": (">", 60), "satisfaction_rate": (">", 90),
    "online_payment_rate": (">=", 75), "online_payment_dossier_rate": (">=", 75), "online_dossier_rate": (">=", 80),
    "electronic_transfer_rate": (">=", 90), "data_reuse_rate": (">=", 90), "satisfaction_rate_land": (">=", 90),
    "satisfaction_rate_construction": (">=", 90), "satisfaction_rate_investment": (">=", 90),
}  # fmt: skip


# --- a period and a calendar, by counting ---------------------------------------------------------


def resolve(text: str, rule: str) -> tuple[dt.date, dt.date]:
    if ".." in text:
        first, last = map(dt.date.fromisoformat, text.split(".."))
        return first, last
    year, _, part = text.partition("-")
    if part.startswith("W"):
        monday = dt.date.fromisocalendar(int(year), int(part[1:]), 1)
        return monday, monday + dt.timedelta(days=6)
    months = {"": (1, 12), "H1": (1, 6), "H2": (7, 12), "9M": (1, 9)} | {
        f"Q{q}": (3 * q - 2, 3 * q) for q in range(1, 5)
    }
    low, high = months[part] if part in months else (int(part), int(part))
    wanted = {f"{int(year)}-{month:02}" for month in range(low, high + 1)}
    days = [dt.date(int(year) - 1, 12, 1) + dt.timedelta(days=n) for n in range(400)]
    inside = [day for day in days if oracle_rules.bucket_of(day, "month", rule)[0] in wanted]
    return inside[0], inside[-1]


@pytest.fixture(scope="session")
def working() -> dict[dt.date, bool]:
    return dict(oracle._calendar_rows(oracle.HOLIDAYS))


def add_working_days(working: dict, day: dt.date, n: int) -> dt.date | None:
    if day not in working:
        return None
    while n:
        day += dt.timedelta(days=1)
        if day not in working:
            return None
        n -= working[day]
    return day


@pytest.mark.parametrize("case", PERIODS, ids=lambda c: f"{c['text']}-{c['rule']}")
def test_periods(case):
    assert [day.isoformat() for day in resolve(case["text"], case["rule"])] == [
        case["start"],
        case["end"],
    ]


@pytest.mark.parametrize(
    "case", CALENDAR, ids=lambda c: f"{c['op']}-{c.get('date', c.get('a'))}-{c.get('n', '')}"
)
def test_calendar(case, working):
    date, a, b = (dt.date.fromisoformat(case[k]) if k in case else None for k in ("date", "a", "b"))
    if case["op"] == "is_working_day":
        found = working.get(date)
    elif case["op"] == "working_days_between":
        days = [a + dt.timedelta(days=n + 1) for n in range((b - a).days)]
        found = sum(working[day] for day in days) if {a, *days} <= set(working) else None
    else:
        found = add_working_days(
            working, date, 1 if case["op"] == "next_working_day" else case["n"]
        )
        found = found and found.isoformat()
    assert found == (None if case.get("error") == "not_covered" else case["expect"])


# --- golden cases through the oracle --------------------------------------------------------------


def call(case: dict) -> tuple[pa.Table, dict]:
    query = case["query"]
    chosen = oracle.rules(query.get("policy"))
    start, end = resolve(query["period"], chosen["period_rule"])
    cut = min(dt.date.fromisoformat(query["as_of"]), end) if "as_of" in query else end
    arguments = {"start": start, "cut": cut, "policy": query.get("policy")}
    return table_of(case), arguments | {"duplicates": case.get("duplicates", "assume_unique")}


def rounded(value: Fraction, digits: int) -> Decimal:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def shown(name: str, numerator: int, denominator: int, unknown: int) -> dict:
    """The published face of a result, worked out the slow way."""
    op, target = TARGETS.get(name, ("=", 100))
    if denominator == 0:
        empty = {
            "percent": "null",
            "gap": "null",
            "status": "no_data" if unknown else "not_applicable",
        }
        return empty | {"numerator": str(numerator), "denominator": "0", "unknown": unknown}
    side = lambda value: (value > target) - (value < target)  # noqa: E731
    holds = lambda value: side(value) > 0 if op == ">" else side(value) >= 0  # noqa: E731
    percent = Fraction(100 * numerator, denominator)
    digits = next(d for d in itertools.count(2) if side(rounded(percent, d)) == side(percent))
    needed = 0
    while needed is not None and not holds(
        Fraction(100 * (numerator + needed), denominator + needed)
    ):
        needed = needed + 1 if target < 100 else None
    return {
        "numerator": str(numerator), "denominator": str(denominator), "unknown": unknown,
        "percent": str(rounded(percent, digits)), "gap": str(rounded(percent - target, digits)),
        "status": "met" if holds(percent) else "missed", "cases_needed": "null" if needed is None else needed,
    }  # fmt: skip


def wilson(successes: int, n: int) -> list[str] | str:
    if n == 0:
        return "null"
    with localcontext() as context:
        context.prec = 50
        z, k, n = Decimal("1.959964"), Decimal(successes), Decimal(n)
        half = z * (k * (n - k) / n + z * z / 4).sqrt()
        centre = k + z * z / 2
        ends = [100 * (centre + sign * half) / (n + z * z) for sign in (-1, 1)]
        return [str(abs(end).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)) for end in ends]


def check_results(expected: dict, found: dict, facts: dict, policy: dict):
    for name, want in expected.items():
        row = shown(name, *found[name])
        pending = facts["open_in_time"] + facts["open_overdue"]
        if name == "satisfaction_rate":
            row["response"] = f"{facts['rated']}/{facts['resolved']}"
            row["wilson"] = wilson(facts["satisfied"], facts["rated"])
        if name in ("on_time_rate", "early_rate"):
            passed, judged, _ = found[name]
            hope = facts["open_in_time"] if name == "on_time_rate" else facts["early_possible"]
            if name == "on_time_rate" and policy["on_time_base"] != "resolved":
                row["best_case"], row["worst_case"] = (
                    f"{passed}/{judged}",
                    f"{passed - hope}/{judged}",
                )
            else:
                total = judged + pending
                row["best_case"], row["worst_case"] = (
                    f"{passed + hope}/{total}",
                    f"{passed}/{total}",
                )
        own = {"missing_columns", "notes", "best_percent", "worst_percent"}
        if name.startswith(("satisfaction_rate_", "online_payment")) and found[name][1] == 0:
            own.add("status")  # whether anything at all is known is not in these figures
        for key in set(want) - own:
            assert row[key] == want[key], f"{name}.{key}: {row[key]} is not {want[key]}"


def test_case_ids_are_unique_and_every_case_says_why():
    assert [i for i, n in Counter(case["id"] for case in CASES).items() if n > 1] == []
    assert all(case["why"].strip() and re.fullmatch(r"[a-z0-9-]+", case["id"]) for case in CASES)
    assert len(CASES) >= 90
    keys = {
        "id", "why", "query", "duplicates", "missing", "dossiers", "registers", "register_columns",
        "plan_toml", "expect",
    }  # fmt: skip
    assert all(set(case) <= keys for case in CASES)
    parts = {
        "accounting", "facts", "results", "groups", "absent_groups", "warnings", "absent_warnings",
        "processing_time", "error", "registers",
    }  # fmt: skip
    assert all(set(case["expect"]) <= parts for case in CASES)


@pytest.mark.parametrize(
    "case", [c for c in DOSSIER_CASES if "error" not in c["expect"]], ids=lambda c: c["id"]
)
def test_golden(case):
    table, arguments = call(case)
    policy, query, expect = oracle.rules(arguments["policy"]), case["query"], case["expect"]
    judging = arguments | {"limits": query.get("limits")}
    total = oracle.facts(table, **judging)[()]
    rates = oracle.rates(total, rated="rating" in table.column_names)
    assert total["handled"] == total["resolved"] + total["open"] + total["end_unknown"]
    # The oracle does not say why a verdict is unknown.
    facts = {fact: n for fact, n in expect.get("facts", {}).items() if fact != "late_unsettled"}
    assert {k: total[k] for k in facts} == facts
    check_results(expect.get("results", {}), rates, total, policy)
    rows = oracle.accounting(table, **arguments)
    for key, want in expect.get("accounting", {}).items():
        assert rows[key] == want, key
    assert rows["used"] == total["handled"]
    if "processing_time" in expect:
        days = oracle.processing_time(table, **arguments)
        unknown = days.pop(None, 0)
        each = sorted(itertools.chain.from_iterable([day] * n for day, n in days.items()))
        nearest = lambda percent: each[-(-percent * len(each) // 100) - 1]  # noqa: E731
        found = {
            "known": len(each), "unknown": unknown, "mean": str(rounded(Fraction(sum(each), len(each)), 2)),
            "median": nearest(50), "p90": nearest(90),
        }  # fmt: skip
        assert {k: found[k] for k in expect["processing_time"]} == expect["processing_time"]
    if "by" in query:
        group_facts = oracle.facts(table, by=query["by"], **judging)
        key_of = lambda text: tuple(None if part == "∅" else part for part in text.split("|"))  # noqa: E731
        for key, want in expect.get("groups", {}).items():
            found = group_facts[key_of(key)]
            assert found["handled"] == found["resolved"] + found["open"] + found["end_unknown"]
            assert {k: found[k] for k in want.get("facts", {})} == want.get("facts", {}), key
            check_results(want.get("results", {}), oracle.rates(found), found, policy)
        for key in expect.get("absent_groups", []):
            assert key_of(key) not in group_facts
    ends = [(row.get("completed_at") or row.get("returned_at")) for row in table.to_pylist()]
    through = max(
        (day.date() for day in [*ends, *table["received_at"].to_pylist()] if day), default=None
    )
    for key, verdict in (("warnings", True), ("absent_warnings", False)):
        for code in set(expect.get(key, [])) - {"late_unsettled", "bucket_cut_before_data"}:
            lies = {
                "cut_after_data": through and arguments["cut"] > through,
                "cut_before_data": through and arguments["cut"] < through,
                "portal_stand_in": policy["online_payment"] == "portal"
                and "payments_portal" in case.get("missing", [])
                and "payments_online" not in case.get("missing", []),
                "provisional_calendar": arguments["cut"].year == 2027,
            }
            assert bool(lies[code]) is verdict, code


def test_error_cases_name_a_known_error():
    known = {
        "period_after_as_of",
        "duplicate_ids",
        "unknown_rule",
        "unknown_value",
        "two_buckets",
        "bad_period",
    }
    assert {case["expect"]["error"] for case in CASES if "error" in case["expect"]} == known


# --- a plain loop over rows -----------------------------------------------------------------------

MIDNIGHT, NOON, CLOSING = dt.time(0), dt.time(12), dt.time(17)


def clock(working, at: dt.datetime, limit: int) -> dt.datetime | None:
    day = at.date()
    if day not in working:
        return None
    starts = day if working[day] and at.time() <= CLOSING else add_working_days(working, day, 1)
    due = starts and add_working_days(working, starts, limit)
    return due and dt.datetime.combine(due, MIDNIGHT)


def compare(rule: str, end: dt.datetime, due: dt.datetime) -> str:
    days = (end.date() > due.date()) - (end.date() < due.date())
    if rule == "day" or days or MIDNIGHT in (end.time(), due.time()):
        return ("on_due_day", "late", "early")[days]
    if rule == "instant":
        return "late" if end > due else "on_due_day"
    halves = (end.time() >= NOON) - (due.time() >= NOON)
    return ("on_due_day", "late", "early")[halves]


def judge(
    row: dict, p: dict, start: dt.date, cut: dt.date, limits: dict, working: dict
) -> Counter | None:
    """The facts of one row, or None where it is excluded or outside."""
    good = lambda at: at is None or dt.date(2000, 1, 1) <= at.date() <= dt.date(2100, 12, 31)  # noqa: E731
    seen = lambda at: at if at and at.date() <= cut else None  # noqa: E731
    status = row["status"] if row["status"] in range(1, 11) else None
    received, raw_end = row["received_at"], row["completed_at"] or row["returned_at"]
    if received is None or status in (1, 3) or (status == 7 and p["withdrawn"] == "excluded"):
        return None
    if not all(
        good(row[name]) for name in ("received_at", "due_at", "completed_at", "returned_at")
    ):
        return None
    if raw_end and (
        raw_end.date() < received.date()
        or (raw_end < received and MIDNIGHT not in (raw_end.time(), received.time()))
    ):
        return None
    stopped_waits = status == 8 and p["stopped"] == "waiting"
    returned = seen(row["returned_at"])
    if returned and (
        returned.date() < received.date()
        or (returned < received and dt.time() not in (returned.time(), received.time()))
    ):
        returned = None
    end = seen(row["completed_at"]) or returned
    if received.date() > cut or (received.date() < start and end and end.date() < start):
        return None
    facts = Counter(
        handled=1, received=received.date() >= start, carried_over=received.date() < start
    )
    if end is None and raw_end is None and status in (7, 8, 9, 10) and not stopped_waits:
        facts["end_unknown"] = 1
        return facts
    # effective due
    limit = (
        row["limit_days"] if row["limit_days"] is not None else limits.get(row["procedure_code"])
    )
    due, excused, unsure = row["due_at"], False, False
    if due is None and p["missing_due"] == "on_time":
        excused = True
    elif due is None and p["missing_due"] == "from_procedure" and limit is not None:
        due = clock(working, received, limit)
    if p["supplement"] != "recorded" and row["supplement_requests"] != 0:
        moved = None
        if p["supplement"] == "reset":
            answered = seen(row["supplemented_at"] if good(row["supplemented_at"]) else None)
            if answered and limit is not None:
                moved = clock(working, answered, limit)
        elif due and row["paused_days"] is not None:
            paused = row["paused_days"]
            later = add_working_days(working, due.date(), paused) if paused else due.date()
            moved = later and dt.datetime.combine(later, due.time())
        if moved:
            due, excused = moved, False
        else:
            unsure = True
    if due and p["due_on_day_off"] == "next_working_day" and not working.get(due.date(), False):
        later = add_working_days(working, due.date(), 1)
        if later:
            due = dt.datetime.combine(later, due.time())
        else:
            unsure = True

    def klass(at: dt.datetime | None) -> str | None:
        if at is None:
            return None
        if excused:
            return "on_due_day"
        found = due and compare(p["comparison"], at, due)
        return None if unsure and found == "late" else found

    too_many = p["late_after_supplements"] == "1" and (row["supplement_requests"] or 0) > 1
    if end:
        by_date = klass(end)
        verdict = "late" if too_many else by_date
        early = klass(returned) if p["early_by"] == "returned" else by_date
        facts.update(
            resolved=1,
            overdue_ever=by_date == "late",
            end_from_return=seen(row["completed_at"]) is None,
        )
        facts["early_class_" + str("late" if too_many else early)] = 1
    else:
        last_hours = p["comparison"] != "day" and due is not None and due.time() != MIDNIGHT
        if excused or due is None:
            by_date = "in_time" if excused else None
        else:
            passed = cut > due.date() or (last_hours and cut == due.date())
            by_date = "overdue" if passed else "in_time"
        by_date = None if unsure and by_date == "overdue" else by_date
        if status in (5, 6) or stopped_waits:
            facts["waiting"] = 1
            asked = row["supplement_requested_at"]
            asked = asked if good(asked) else None
            if p["waiting"] == "in_time" and by_date == "overdue":
                by_date = "in_time"
            elif p["waiting"] == "ended_at_request" and not (asked and asked.date() > cut):
                by_date = {None: None, "late": "overdue"}.get(klass(asked), "in_time")
        verdict = by_date and "open_" + by_date
        verdict = "open_overdue" if too_many else verdict
        facts.update(open=1, overdue_ever=by_date == "overdue")
    facts[str(verdict)] += 1
    return facts


@pytest.mark.parametrize("seed", range(16))
def test_verdicts_equal_a_loop_over_rows(seed, working):
    rng = random.Random(seed)
    table = random_table(400, seed)
    limits = {"1.000001": 5, "2.000003": 0}
    for _ in range(4):
        policy = {rule: rng.choice(values) for rule, values in POLICIES.items()}
        start = rng.choice((dt.date(2025, 12, 15), dt.date(2026, 1, 1), dt.date(2026, 4, 1)))
        cut = rng.choice((dt.date(2026, 4, 1), dt.date(2026, 6, 14), dt.date(2026, 12, 31)))
        found = oracle.facts(table, start=start, cut=cut, policy=policy, limits=limits)[()]
        loop: Counter = Counter()
        for row in table.to_pylist():
            loop.update(judge(row, policy, start, cut, limits, working) or {})
        for name in (
            "handled received carried_over resolved open end_unknown early on_due_day late open_in_time"
            " open_overdue overdue_ever end_from_return waiting"
        ).split():
            assert found[name] == loop[name], (name, policy, start, cut)
        if policy["early_base"] == "resolved":
            assert found["early_passed"] == loop["early_class_early"], policy
            assert found["early_scope"] - found["early_judged"] == loop["early_class_None"], policy


def paid_online(row: dict, column: str) -> bool | None:
    """Whether a dossier has payments of which some were online; None where it cannot be told."""
    whole, counted = row["payments"], row[column]
    wholes = [whole] if column == "payments_online" else [whole, row["payments_online"]]
    if counted is not None and any(of is not None and counted > of for of in wholes):
        counted = None  # more than its whole
    if whole == 0:
        return False
    return None if whole is None or counted is None else counted > 0


@pytest.mark.parametrize("seed", range(12))
def test_procedures_paid_online_equal_a_loop_over_rows(seed, working):
    rng = random.Random(seed)
    table = random_table(rng.choice((12, 40, 300)), seed)
    start, cut = dt.date(2026, 1, 1), dt.date(2026, 6, 14)
    for online_payment, column in (("portal", "payments_portal"), ("any", "payments_online")):
        policy = oracle.rules({"online_payment": online_payment})
        seen: dict = {}
        for row in table.to_pylist():
            facts = judge(row, policy, start, cut, {}, working)
            if facts and facts["received"] and row["procedure_code"]:
                told = row["payments"] not in (None, 0), paid_online(row, column)
                for agency in (row["agency"], "all"):
                    seen.setdefault((agency, row["procedure_code"]), []).append(told)
        loop: Counter = Counter()
        for (agency, _), dossiers in seen.items():
            if any(online for _, online in dossiers):
                loop[agency, "passed"] += 1
                loop[agency, "judged"] += 1
            elif any(online is None for _, online in dossiers):
                loop[agency, "unknown"] += 1
            elif any(some for some, _ in dossiers):
                loop[agency, "judged"] += 1
        asked = {"start": start, "cut": cut, "policy": {"online_payment": online_payment}}
        groups = oracle.indicators(table, by=["agency"], **asked)
        found = {"all": oracle.indicators(table, **asked)[()]}
        found |= {agency: figures for (agency,), figures in groups.items()}
        for agency, figures in found.items():
            expected = tuple(loop[agency, part] for part in ("passed", "judged", "unknown"))
            assert figures["payment_used_rate"] == expected, (agency, policy)
        assert {agency for agency, _ in loop} <= set(found)


@pytest.mark.parametrize("seed", range(5))
def test_groups_add_up_and_rows_are_accounted_for(seed):
    table = random_table(500, seed, untidy=True, repeat_ids=0.1)
    window = {"start": dt.date(2026, 1, 1), "cut": dt.date(2026, 12, 31)}
    whole = oracle.facts(table, **window)[()]
    for by in (["agency"], ["field", "channel"], ["received_month"]):
        parts = Counter()
        for group in oracle.facts(table, by=by, **window).values():
            parts.update(group)
        of_dossiers = {name: n for name, n in whole.items() if not name.startswith("procedures_")}
        assert all(parts[name] == n for name, n in of_dossiers.items())
    for duplicates in ("assume_unique", "resolve"):
        rows = oracle.accounting(table, duplicates=duplicates, **window)
        assert rows["outside"] >= 0
        assert rows["used"] == oracle.facts(table, duplicates=duplicates, **window)[()]["handled"]
        assert ("duplicate" in rows["excluded"]) == (duplicates == "resolve")


@pytest.mark.parametrize("rule", ["calendar", "cut_off_15"])
def test_each_bucket_is_a_period_of_its_own(rule):
    table = random_table(500, 7)
    start, cut = resolve("2026", rule)
    cut = dt.date(2026, 9, 9)
    policy = {"period_rule": rule}
    for kind in oracle.BUCKETS:
        groups = oracle.indicators(table, start=start, cut=cut, policy=policy, by=[kind])
        wins = oracle.windows(start, cut, [kind], rule)
        assert [key for (key,) in groups] == [key for key, _, _ in wins]
        for key, first, last in wins[:: {"week": 7, "day": 50}.get(kind, 1)]:
            alone = oracle.indicators(table, start=first, cut=last, policy=policy)[()]
            assert groups[(key,)] == alone, key


def test_row_order_does_not_choose_the_duplicate():
    table = random_table(600, 3, repeat_ids=0.4)
    window = {"start": dt.date(2026, 1, 1), "cut": dt.date(2026, 12, 31), "duplicates": "resolve"}
    order = list(range(table.num_rows))
    random.Random(1).shuffle(order)
    assert oracle.indicators(table.take(order), **window) == oracle.indicators(table, **window)
