"""Phân số thành số viết ra được: exact shares as percents that do not mislead."""

from decimal import Decimal
from fractions import Fraction
from typing import Literal

__all__ = ["Rounding", "percent_of", "place", "points_of", "shown"]

Rounding = Literal["nearest", "down", "up"]

# Two decimals, and as many more as it takes.
LEAST, MOST = 2, 10


def percent_of(
    rate: Fraction, target: Decimal | None = None, rounding: Rounding = "nearest"
) -> Decimal:
    """A share in percent, two decimals; more where rounding would cross the target.

    Rounded half away from zero, or ``down`` or ``up``: for the ends of a range, which must hold
    what the exact range holds.

    >>> percent_of(Fraction(2, 3)), percent_of(Fraction(2, 3), rounding="down")
    (Decimal('66.67'), Decimal('66.66'))
    >>> percent_of(Fraction(949999, 1000000), Decimal(95))
    Decimal('94.9999')
    """
    exact = rate * 100
    for digits in range(LEAST, MOST + 1):
        shown = _rounded(exact, digits, rounding)
        if target is None or _side(shown, target) == _side(exact, target):
            break
    return _decimal(shown, digits)


def points_of(change: Fraction) -> Decimal:
    """A difference of shares in percentage points; never shown as 0 when it is not.

    >>> points_of(Fraction(-1, 3)), points_of(Fraction(1, 1000000))
    (Decimal('-33.33'), Decimal('0.0001'))
    """
    exact = change * 100
    for digits in range(LEAST, MOST + 1):
        shown = _rounded(exact, digits, "nearest")
        if shown or not exact:
            break
    return _decimal(shown, digits)


def shown(value: Fraction | None) -> Decimal | None:
    """An exact number as it is shown: two decimals, half away from zero.

    >>> shown(Fraction(10, 3)), shown(Fraction(1, 200)), shown(None)
    (Decimal('3.33'), Decimal('0.01'), None)
    """
    return None if value is None else _decimal(_rounded(value, LEAST, "nearest"), LEAST)


def place(rate: Fraction) -> str:
    """A place on a bar from 0 to 100, for a style sheet."""
    return str(_decimal(_rounded(min(max(rate, Fraction(0)), Fraction(1)) * 100, 2, "nearest"), 2))


def _rounded(value: Fraction, digits: int, rounding: Rounding) -> Fraction:
    scaled = value * 10**digits
    whole = scaled.numerator // scaled.denominator
    if rounding == "up" and scaled.denominator != 1:
        whole += 1
    if rounding == "nearest":
        half = abs(scaled) + Fraction(1, 2)
        whole = half.numerator // half.denominator * (1 if scaled >= 0 else -1)
    return Fraction(whole, 10**digits)


def _side(value: Fraction, target: Decimal) -> int:
    of = Fraction(target)
    return (value > of) - (value < of)


def _decimal(value: Fraction, digits: int) -> Decimal:
    # Made of text: a context of the caller's would round a quotient.
    whole = int(value * 10**digits)
    sign = "-" if whole < 0 else ""
    text = f"{abs(whole):0{digits + 1}d}"
    return Decimal(f"{sign}{text[:-digits]}.{text[-digits:]}")
