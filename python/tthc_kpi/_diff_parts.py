"""Phần của từng nhóm trong mức đổi chung: an exact decomposition that adds up to the whole.

Let a group have ``n`` of ``d`` cases before and after, ``r = n / d`` its rate, ``w = d / D`` its
share of all cases, ``R`` the rate of the whole. With means over before and after,

    contribution = mean(w) * change of r  +  (mean(r) - mean(R)) * change of w

The first term is the *rate effect*: the group itself got better or worse. The second is the *mix
effect*: a group better or worse than the whole got heavier or lighter. Over all groups they add up
to the change of R exactly, since the shares add up to one. Of a group that is there only once,
before or after, all is mix effect, with the rate it has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tthc_kpi._document import Key
from tthc_kpi._result import Group, Note, Result

__all__ = ["Part", "parts_of"]


@dataclass(frozen=True, slots=True)
class Part:
    """Phần của một nhóm trong mức đổi của một chỉ tiêu.

    Attributes
    ----------
    keys
        The group.
    before, after
        Its results; ``None`` where the group is not there.
    kind
        ``"both"``, ``"appeared"`` (cases only after), ``"vanished"`` (cases only before).
    rate_effect, mix_effect
        What of the change comes from the group's own rate, and from its weight. As shares of one:
        times 100 they are percentage points.
    """

    keys: Mapping[str, Key]
    before: Result | None
    after: Result | None
    kind: Literal["both", "appeared", "vanished"]
    rate_effect: Fraction
    mix_effect: Fraction

    @property
    def contribution(self) -> Fraction:
        """Đóng góp vào mức đổi chung: rate effect and mix effect together."""
        return self.rate_effect + self.mix_effect

    @property
    def change(self) -> Fraction | None:
        """Mức đổi tỷ lệ của chính nhóm; ``None`` where it has no rate before or after."""
        if self.before is None or self.after is None:
            return None
        if self.before.rate is None or self.after.rate is None:
            return None
        return self.after.rate - self.before.rate


def parts_of(
    before: Result, after: Result, old: Sequence[Group], new: Sequence[Group]
) -> tuple[Part, ...] | Note:
    """The parts of all groups, largest first; or why there are none."""
    if not before.denominator or not after.denominator:
        return Note(
            "không tính được ở một trong hai bên", "not computed on one of the sides", "none"
        )
    olds, news = _by_keys(old, before.indicator), _by_keys(new, before.indicator)
    for whole, groups in ((before, olds), (after, news)):
        numerator = sum((Fraction(one.numerator) for one in groups.values()), Fraction(0))
        denominator = sum((Fraction(one.denominator) for one in groups.values()), Fraction(0))
        if numerator != Fraction(whole.numerator) or denominator != Fraction(whole.denominator):
            return Note(
                "các nhóm cộng lại không bằng toàn bộ, nên không chia mức đổi theo nhóm được",
                "the groups do not add up to the whole, so that the change cannot be divided",
                "not_additive",
            )
    whole_old, whole_new = Fraction(before.denominator), Fraction(after.denominator)
    middle = (_rate(before) + _rate(after)) / 2
    parts = []
    for key in olds.keys() | news.keys():
        first, last = olds.get(key), news.get(key)
        weight_old = Fraction(first.denominator) / whole_old if first else Fraction(0)
        weight_new = Fraction(last.denominator) / whole_new if last else Fraction(0)
        if not weight_old and not weight_new:
            continue
        # The rate of a group that is there only once is the one it has.
        rate_old = _rate(first) if first and weight_old else _rate(last)
        rate_new = _rate(last) if last and weight_new else rate_old
        parts.append(
            Part(
                keys=dict(key),
                before=first,
                after=last,
                kind="both"
                if weight_old and weight_new
                else "appeared"
                if weight_new
                else "vanished",
                rate_effect=(weight_old + weight_new) / 2 * (rate_new - rate_old),
                mix_effect=((rate_old + rate_new) / 2 - middle) * (weight_new - weight_old),
            )
        )
    parts.sort(key=lambda part: (-abs(part.contribution), _order(part.keys)))
    return tuple(parts)


def _by_keys(groups: Sequence[Group], indicator: str) -> dict[tuple[tuple[str, Key], ...], Result]:
    found = {}
    for group in groups:
        result = group.find(indicator)
        if result is not None:
            found[tuple(group.keys.items())] = result
    return found


def _rate(result: Result | None) -> Fraction:
    return result.rate if result is not None and result.rate is not None else Fraction(0)


def _order(keys: Mapping[str, Key]) -> list[tuple[bool, str]]:
    """By keys in code-point order, the unknown last."""
    return [(key is None, str(key)) for key in keys.values()]
