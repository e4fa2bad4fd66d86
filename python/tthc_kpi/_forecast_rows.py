"""Các dòng của dự báo: one indicator, from its counts to its ranges."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from tthc_kpi import _forecast_model as model
from tthc_kpi._forecast_history import Base, History, Inflow
from tthc_kpi._forecast_model import Ahead, Range
from tthc_kpi._forecast_words import lacking, plain, reason_of
from tthc_kpi._plan import Plan
from tthc_kpi._result import Note, Result, Wording
from tthc_kpi._scorecard import Scorecard

__all__ = ["ForecastRow", "Outlook", "forecast_rows"]

Outlook = Literal["certain", "likely", "uncertain", "unlikely", "impossible", "not_forecast"]


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """Dự báo của một chỉ tiêu; mọi tỷ lệ là ``Fraction``.

    Attributes
    ----------
    result
        What is counted up to the cut.
    outlook
        ``certain``: met whatever comes; ``likely``: met in the whole likely range; ``uncertain``;
        ``unlikely``: missed in the whole likely range; ``impossible``: missed whatever comes;
        ``not_forecast``: see ``reason``.
    bounds
        Lowest and highest rate at the end of the period, if the assumption on inflow holds.
    likely
        The range if the days left go as the months so far; ``None`` where months give no pace.
    open, possible
        Open dossiers that may still enter the rate, and those of them that can still succeed.
    to_judge
        Cases that will still enter the denominator by the average pace so far.
    good_needed, share_needed
        The fewest of them that must succeed for the target, and the share that is; ``None`` when
        not even all of them are enough.
    months
        The months of the pace: key, numerator, denominator.
    paced
        Whether ``likely`` comes from the months: with fewer than three whole months, or fewer than
        ten cases in one on average, it is that of the bounds.
    reason
        Why there is no forecast.
    """

    result: Result
    outlook: Outlook
    bounds: Range | None = None
    likely: Range | None = None
    open: int = 0
    possible: int = 0
    inflow: Inflow | None = None
    to_judge: int | None = None
    good_needed: int | None = None
    share_needed: Fraction | None = None
    months: tuple[tuple[str, int, int], ...] = ()
    paced: bool = False
    reason: Note | None = None

    @property
    def indicator(self) -> str:
        """Mã chỉ tiêu: the id of the indicator."""
        return self.result.indicator

    @property
    def name(self) -> Wording:
        """Tên chỉ tiêu: its name in both languages."""
        return self.result.name

    @property
    def mendable(self) -> bool:
        """Trường hợp chưa đạt còn bổ sung được hay không: failures can still be made good."""
        return self.result.measure in model.MENDABLE


def forecast_rows(card: Scorecard, plan: Plan, history: History) -> tuple[ForecastRow, ...]:
    """A row for each indicator of the plan, in plan order."""
    of_filter = {row["id"]: row.get("filter") for row in plan.indicators}
    documents = {row["indicator"]: row for row in card.document["total"]["results"]}
    asked = _Asked(history, card.policy, card.whole.facts)
    return tuple(
        _row(result, documents[result.indicator], asked, of_filter[result.indicator])
        for result in card.whole.results
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all rows are made from."""

    history: History
    policy: Mapping[str, str]
    facts: Mapping[str, int]

    def counts_open(self, measure: str) -> bool:
        """Whether the denominator holds open dossiers, those in time as successes."""
        return measure == "on_time" and self.policy.get("on_time_base") != "resolved"

    def has_pace(self, measure: str) -> bool:
        """Whether the rate of a month tells anything of the rate at the end of the period.

        Not where each month counts its open dossiers as successes, or months overlap.
        """
        return measure not in model.BOUNDED_ONLY and not self.counts_open(measure)


# Values of rules under which a dossier's due or end can still move, by rule.
_MOVING = {"supplement": ("subtract", "reset"), "waiting": ("ended_at_request",)}
_FINAL_AT_RECEIPT = model.RECEIPT | model.SUMS


def _row(result: Result, document: Any, asked: _Asked, filter_: str | None) -> ForecastRow:
    history = asked.history
    reason = _reason(result, asked)
    if reason is not None:
        return ForecastRow(result, "not_forecast", reason=reason)
    base = history.bases[filter_]
    numerator, denominator = int(result.numerator), int(result.denominator)
    ahead = _ahead(result, document, asked, base)
    within = model.bounds(numerator, denominator, ahead)
    months = tuple(
        (month.key, int(one.numerator), int(one.denominator))
        for month, one in history.month_results(result.indicator)
    )
    target = Fraction(result.target) / 100
    entering = ahead.open + ahead.new
    to_judge = None
    if history.days_so_far:
        pace = Fraction(denominator, history.days_so_far)
        to_judge = min(ceil(pace * history.days_left), entering)
    good = (
        None
        if to_judge is None
        else model.good_needed(numerator, denominator, to_judge, result.target_op, target)
    )
    by_months = _likely(result, asked, months, entering, within)
    # Where months could tell but are too few, the range is as wide as the bounds.
    range_ = within if by_months is None and asked.has_pace(result.measure) else by_months
    return ForecastRow(
        result=result,
        outlook=_outlook(within, range_, result.target_op, target),
        bounds=within,
        likely=range_,
        open=ahead.open,
        possible=ahead.possible,
        inflow=base.inflow,
        to_judge=to_judge,
        good_needed=good,
        share_needed=Fraction(good, to_judge) if good is not None and to_judge else None,
        months=months,
        paced=by_months is not None,
    )


def _reason(result: Result, asked: _Asked) -> Note | None:
    """Why nothing can be said of an indicator; none when something can."""
    measure, policy, history = result.measure, asked.policy, asked.history
    if result.declaration is not None:
        return plain("declared_only")
    if measure in model.MENDABLE:
        return plain("mendable")
    if measure in model.COMPOSITE:
        return plain("composite")
    known = model.TIMING | model.RATINGS | model.CONDUCT | model.FEES | _FINAL_AT_RECEIPT
    if measure not in known:
        return reason_of(result)
    for rule, values in _MOVING.items():
        value = policy.get(rule)
        if value in values and measure not in _FINAL_AT_RECEIPT:
            return plain("moving_due", rule=f"{rule}={value}")
    if measure == "early" and policy.get("early_by") == "returned":
        return plain("moving_due", rule="early_by=returned")
    if result.status == "no_data":
        return lacking(result)
    if not result.denominator:
        return plain("no_case")
    if not history.days_so_far and not history.bases[None].inflow.given:
        return plain("too_early")
    return None


def _ahead(result: Result, document: Any, asked: _Asked, base: Base) -> Ahead:
    """What may still enter or change, by how the measure behaves."""
    history = asked.history
    if history.cut >= history.end:
        return Ahead(open=0, possible=0, new=0)
    measure, new, open_ = result.measure, base.inflow.high, base.open
    if measure in model.TIMING:
        best, worst = document["best_case"], document["worst_case"]
        if asked.counts_open(measure):
            turn = int(result.numerator) - int(worst["numerator"])
            return Ahead(open=0, possible=0, new=new, may_fail=turn)
        pending = int(worst["denominator"]) - int(result.denominator)
        possible = int(best["numerator"]) - int(result.numerator)
        if measure == "early":
            # The due date of one that waits moves when the answer comes.
            possible = min(pending, possible + asked.facts.get("waiting", 0))
        return Ahead(open=pending, possible=possible, new=new)
    if measure in model.RATINGS:
        return Ahead(open=open_ + result.unknown, possible=open_ + result.unknown, new=new)
    if measure in model.CONDUCT:
        return Ahead(open=open_, possible=open_, new=new, may_fail=open_, counted_open=True)
    if measure in model.FEES:
        return Ahead(open=open_, possible=open_, new=new, may_pass=open_, counted_open=True)
    if measure in model.SUMS:
        return Ahead(open=0, possible=0, new=_payments(result, history, base))
    return Ahead(open=0, possible=0, new=new)


def _payments(result: Result, history: History, base: Base) -> int:
    """The most payments that may still come: those of dossiers to come, and of open ones."""
    shares = [
        Fraction(int(one.denominator), base.received_by_month[month.key])
        for month in history.months
        if (one := month.group.find(result.indicator)) is not None
        and base.received_by_month.get(month.key)
    ]
    return ceil((base.inflow.high + base.open) * max(shares, default=Fraction(0)))


def _likely(
    result: Result,
    asked: _Asked,
    months: tuple[tuple[str, int, int], ...],
    entering: int,
    within: Range | None,
) -> Range | None:
    """The range by the months of the pace; none where they cannot tell."""
    if within is None or not asked.has_pace(result.measure):
        return None
    if within.low == within.high:
        return within
    if sum(of for _, _, of in months) < model.LEAST_CASES * len(months):
        return None
    rates = model.widened([Fraction(good, of) for _, good, of in months])
    cases = asked.history.flow({key: of for key, _, of in months})
    if rates is None or cases is None:
        return None
    cases = Range(min(cases.low, Fraction(entering)), min(cases.high, Fraction(entering)))
    return model.likely(
        int(result.numerator), int(result.denominator), rates=rates, cases=cases, within=within
    )


def _outlook(within: Range | None, likely: Range | None, op: str, target: Fraction) -> Outlook:
    if within is None:
        return "uncertain"
    if _all_meet(within, op, target):
        return "certain"
    if _none_meets(within, op, target):
        return "impossible"
    if likely is not None and _all_meet(likely, op, target):
        return "likely"
    if likely is not None and _none_meets(likely, op, target):
        return "unlikely"
    return "uncertain"


def _all_meet(span: Range, op: str, target: Fraction) -> bool:
    ends = model.meets(span.low, op, target) and model.meets(span.high, op, target)
    return ends and (op != "=" or span.low == span.high)


def _none_meets(span: Range, op: str, target: Fraction) -> bool:
    return target not in span if op == "=" else not model.meets(span.high, op, target)
