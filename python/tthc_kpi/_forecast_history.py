"""Những gì đã thấy đến ngày chốt: the months behind a forecast, counted by the engine."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial
from math import ceil, floor

from tthc_kpi._calendar import WorkCalendar
from tthc_kpi._forecast_model import Range, widened
from tthc_kpi._plan import Plan
from tthc_kpi._result import Group, Result
from tthc_kpi._scorecard import Scorecard

__all__ = ["Base", "History", "Inflow", "Month", "history_of"]

# With so few months nothing says how they differ: up to twice the average pace is allowed for.
FEW_MONTHS_TIMES = 2


@dataclass(frozen=True, slots=True)
class Inflow:
    """Số hồ sơ còn nhận đến cuối kỳ: fewest, expected by the average pace so far, and most.

    ``given`` is true when the caller said it.
    """

    low: int
    expected: int
    high: int
    given: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Một tháng đã thấy: its days up to the cut, and what was counted in it."""

    key: str
    start: date
    end: date
    whole: bool
    working_days: int
    group: Group


@dataclass(frozen=True, slots=True)
class Base:
    """The dossiers an indicator draws from: open ones, received ones, and those still to come."""

    open: int
    received: int
    received_by_month: Mapping[str, int]
    inflow: Inflow


@dataclass(frozen=True, slots=True)
class History:
    """The period so far. ``pace`` are the whole months that the pace is taken from."""

    start: date
    cut: date
    end: date
    days_so_far: int
    days_left: int
    months: tuple[Month, ...]
    pace: tuple[Month, ...]
    bases: Mapping[str | None, Base]

    def month_results(self, indicator: str) -> list[tuple[Month, Result]]:
        """The indicator in each month of the pace that had a case."""
        found = ((month, month.group.find(indicator)) for month in self.pace)
        return [(month, result) for month, result in found if result and result.denominator]

    def flow(self, counts: Mapping[str, int]) -> Range | None:
        """How many more there will be, by the fewest and the most per working day of a month."""
        daily = [
            Fraction(counts.get(month.key, 0), month.working_days)
            for month in self.pace
            if month.working_days
        ]
        span = widened(daily)
        if span is None:
            return None
        left = self.days_left
        return Range(max(span.low, Fraction(0)) * left, max(span.high, Fraction(0)) * left)


def days_within(calendar: WorkCalendar, start: date, end: date) -> int:
    """Working days from ``start`` to ``end``, both included."""
    return calendar.working_days_between(start, end) + calendar.is_working_day(start)


def history_of(
    card: Scorecard,
    filters: Scorecard | None,
    plan: Plan,
    calendar: WorkCalendar,
    *,
    window: int | None,
    inflow: tuple[int, int] | None,
) -> History:
    """The history of a scorecard by month; ``filters`` is that of :func:`counting_plan`."""
    query = card.document["query"]
    start, cut, end = (date.fromisoformat(query[name]) for name in ("start", "cut", "end"))
    months = tuple(_months(card, calendar, query["period_rule"]))
    whole = tuple(month for month in months if month.whole)
    pace = whole if window is None else whole[-window:]
    so_far = days_within(calendar, start, cut)
    left = calendar.working_days_between(cut, end)
    bare = History(start, cut, end, so_far, left, months, pace, {})
    facts = card.whole.facts
    by_month = {month.key: month.group.facts.get("received", 0) for month in months}
    bases: dict[str | None, Base] = {
        None: _base(bare, facts.get("open", 0), facts.get("received", 0), by_month, inflow)
    }
    if filters is not None:
        in_month = {str(group.keys["month"]): group for group in filters.groups}
        for name in _filters(plan):
            handled, ended = _scope(filters.whole, name, "h"), _scope(filters.whole, name, "e")
            received = {
                key: _scope(group, name, "r") for key, group in in_month.items() if key in by_month
            }
            bases[name] = _base(
                bare, handled - ended, _scope(filters.whole, name, "r"), received, inflow
            )
    return History(start, cut, end, so_far, left, months, pace, bases)


def _months(card: Scorecard, calendar: WorkCalendar, rule: str) -> Sequence[Month]:
    months = []
    for group in card.groups:
        start, end = group.period_start, group.period_end
        if start is None or end is None:
            continue
        next_day = end + timedelta(days=1)
        first = 1 if rule == "calendar" else 15
        whole = start.day == first and next_day.day == first
        days = days_within(calendar, start, end)
        months.append(Month(str(group.keys["month"]), start, end, whole, days, group))
    return months


def _base(
    history: History,
    open_: int,
    received: int,
    by_month: Mapping[str, int],
    given: tuple[int, int] | None,
) -> Base:
    pace = Fraction(received, history.days_so_far) if history.days_so_far else Fraction(0)
    expected = ceil(pace * history.days_left)
    if given is not None:
        low, high = given
        return Base(open_, received, by_month, Inflow(low, (low + high + 1) // 2, high, True))
    flow = history.flow(by_month)
    if flow is None:
        return Base(
            open_, received, by_month, Inflow(0, expected, FEW_MONTHS_TIMES * expected, False)
        )
    low, high = floor(flow.low), ceil(flow.high)
    # A running month that is busier than any before is known of too.
    high = max(high, expected)
    return Base(open_, received, by_month, Inflow(min(low, expected), expected, high, False))


def _filters(plan: Plan) -> list[str]:
    return sorted({row["filter"] for row in plan.indicators if row.get("filter")})


def counting_plan(plan: Plan) -> Plan | None:
    """A plan that counts the dossiers of each field group; none where no indicator has one.

    Numerator and denominator are of no interest: what could enter a denominator, known or not, is
    the number of dossiers received (r), handled (h) and resolved (e) in the group.
    """
    names = _filters(plan)
    if not names:
        return None
    # A JSON string is a TOML string, but for surrogates, which stay as they are.
    write: Callable[[object], str] = partial(json.dumps, ensure_ascii=False)
    lines = ['id = "counting"', 'title = "counting"', 'jurisdiction = "ward"']
    for group in json.loads(plan.to_json())["field_groups"]:
        if group["id"] in names:
            words = ", ".join(map(write, group["words"]))
            lines += ["[[field_groups]]", f"id = {write(group['id'])}"]
            lines += ['name = { vi = "x", en = "x" }', f"words = [{words}]"]
    for name in names:
        for kind, measure in _COUNTING.items():
            lines += ["[[indicators]]", f"id = {write(_counter(name, kind))}"]
            lines += ['name = { vi = "x", en = "x" }', f"measure = {write(measure)}"]
            lines += [f"filter = {write(name)}", 'target = { op = ">", percent = 0 }']
            lines += ['clauses = [{ clause = "x", text = "x" }]']
    return Plan.from_toml("\n".join(lines))


_COUNTING = {"r": "input_digitisation", "h": "status_sync", "e": "result_sync"}


def _counter(filter_: str, kind: str) -> str:
    return f"{filter_}_{kind}"


def _scope(group: Group, filter_: str, kind: str) -> int:
    result = group[_counter(filter_, kind)]
    return int(result.denominator) + result.unknown
