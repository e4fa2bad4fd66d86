"""Phép tính của dự báo: bounds and ranges by exact rationals, nothing else.

No float, no clock. What the numbers mean, and what is assumed, is said in ``_forecast``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

__all__ = [
    "BOUNDED_ONLY",
    "COMPOSITE",
    "CONDUCT",
    "FEES",
    "LEAST_CASES",
    "LEAST_MONTHS",
    "MENDABLE",
    "RATINGS",
    "RECEIPT",
    "SUMS",
    "TIMING",
    "Ahead",
    "Range",
    "bounds",
    "good_needed",
    "likely",
    "meets",
    "widened",
]

LEAST_MONTHS = 3
# Fewer cases a month on average, and a rate of 100 % in each is no news.
LEAST_CASES = 10

# How a measure's counted cases and its open dossiers behave until the end of the period. Names are
# those of measures; what is in none of these sets is of a register or declared.
TIMING = frozenset({"on_time", "early"})
# Decided when the dossier is received.
RECEIPT = frozenset({"online_dossiers"})
# Good until something happens: of an open dossier it can still turn bad, never good again.
CONDUCT = frozenset({"data_reuse", "electronic_transfers"})
FEES = frozenset({"online_payment_dossiers"})
SUMS = frozenset({"online_payments"})
RATINGS = frozenset({"satisfaction"})
# A counted failure can be made good at any time, so that the pace so far says nothing of the end.
MENDABLE = frozenset(
    {
        "input_digitisation",
        "result_digitisation",
        "electronic_results",
        "apologies",
        "explanations",
        "status_sync",
        "result_sync",
        "result_publication",
        "dossiers_synced",
        "dossiers_with_electronic_result",
        "dossiers_digitised",
    }
)
COMPOSITE = frozenset({"dossier_satisfaction"})
# Months overlap in what they handle, so that their rates are no pace.
BOUNDED_ONLY = frozenset({"electronic_transfers"})


@dataclass(frozen=True, slots=True)
class Range:
    """Một khoảng, hai đầu đều tính: both ends included."""

    low: Fraction
    high: Fraction

    def __contains__(self, value: Fraction) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Ahead:
    """Những gì còn có thể đổi: what may still enter a rate, or change in it.

    ``open`` are the dossiers not ended that may still enter the denominator, ``possible`` those of
    them that can still succeed; ``may_fail`` of the counted successes and ``may_pass`` of the
    counted failures are of open dossiers and may still turn; ``new`` is the most that will come.
    """

    open: int
    possible: int
    new: int
    may_fail: int = 0
    may_pass: int = 0
    # Open dossiers that are counted already would be counted twice if they also entered.
    counted_open: bool = False


def bounds(numerator: int, denominator: int, ahead: Ahead) -> Range | None:
    """The lowest and the highest rate that any course of events can lead to; none when no case.

    Lowest: whatever may enter enters and fails. Highest: all that can succeed enters and succeeds,
    and what has failed already but is not ended stays out of the denominator.

    >>> bounds(90, 100, Ahead(open=10, possible=6, new=40))
    Range(low=Fraction(3, 5), high=Fraction(68, 73))
    """
    fails = min(ahead.may_fail, numerator)
    passes = min(ahead.may_pass, denominator - numerator)
    enter_low = ahead.open - (fails if ahead.counted_open else 0) + ahead.new
    enter_high = ahead.possible - (passes if ahead.counted_open else 0) + ahead.new
    low_of, high_of = denominator + enter_low, denominator + enter_high
    if low_of == 0 or high_of == 0:
        return None
    return Range(
        Fraction(numerator - fails, low_of), Fraction(numerator + passes + enter_high, high_of)
    )


def widened(values: Sequence[Fraction]) -> Range | None:
    """The lowest to the highest value, widened for how few there are; none of fewer than three.

    Each end moves out by (highest - lowest) / (k - 1): for values spread evenly between two unknown
    ends that is, on average, where the ends are. Three months widen by half their spread on each
    side, nine by an eighth. Two would say too little of how far apart months can be.

    >>> widened([Fraction(1, 2), Fraction(3, 5), Fraction(7, 10)])
    Range(low=Fraction(2, 5), high=Fraction(4, 5))
    """
    if len(values) < LEAST_MONTHS:
        return None
    low, high = min(values), max(values)
    step = (high - low) / (len(values) - 1)
    return Range(low - step, high + step)


def likely(
    numerator: int, denominator: int, *, rates: Range, cases: Range, within: Range
) -> Range | None:
    """Where the rate lies if the cases still to be counted go as the months so far.

    The rate moves one way in the number of cases and in their rate, so its lowest and highest are
    at the corners.

    >>> likely(90, 100, rates=Range(Fraction(4, 5), Fraction(1)), cases=Range(Fraction(0),
    ...     Fraction(100)), within=Range(Fraction(0), Fraction(1)))
    Range(low=Fraction(17, 20), high=Fraction(19, 20))
    """
    corners = [
        (numerator + max(min(rate, Fraction(1)), Fraction(0)) * more) / (denominator + more)
        for rate in (rates.low, rates.high)
        for more in (max(cases.low, Fraction(0)), max(cases.high, Fraction(0)))
        if denominator + more
    ]
    if not corners:
        return None
    inside = [min(max(corner, within.low), within.high) for corner in corners]
    return Range(min(inside), max(inside))


def meets(rate: Fraction, op: str, target: Fraction) -> bool:
    """Whether a rate meets a target, both as shares of one.

    >>> meets(Fraction(95, 100), ">", Fraction(95, 100)), meets(Fraction(1), "=", Fraction(1))
    (False, True)
    """
    return rate > target if op == ">" else rate >= target if op == ">=" else rate == target


def good_needed(
    numerator: int, denominator: int, more: int, op: str, target: Fraction
) -> int | None:
    """The fewest successes among ``more`` further cases that reach the target; none if none do.

    >>> good_needed(90, 100, 200, ">", Fraction(95, 100)), good_needed(5, 10, 2, "=", Fraction(1))
    (196, None)
    """
    wanted = target * (denominator + more) - numerator
    if op == "=":
        # Only a whole number of successes hits it, and never more of them than there are cases.
        hits = wanted.denominator == 1 and 0 <= wanted <= more
        return int(wanted) if hits else None
    least = max(floor(wanted) + 1 if op == ">" else ceil(wanted), 0)
    return least if least <= more else None
