"""Xếp hạng các đơn vị, hay bất kỳ chiều nào, theo một chỉ tiêu."""

from fractions import Fraction
from typing import TYPE_CHECKING

from tthc_kpi._result import Group
from tthc_kpi._text import MARKS, Lang, count, label, lang_of, percent, say, target
from tthc_kpi.charts._base import (
    INK,
    SMALL,
    Row,
    altair,
    checked_card,
    checked_top,
    dressed,
    empty,
    layered,
    needs_group,
    position,
    rows,
    shown_status,
    status_edge,
    status_fill,
    subtitle,
    tooltips,
)
from tthc_kpi.charts._names import Name, name_axis, names_of, row_height
from tthc_kpi.charts._words import tell

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = ["ranking"]


def ranking(
    card: "Scorecard", indicator: str, *, lang: Lang = "vi", top: int | None = None
) -> "LayerChart":
    """Các nhóm xếp theo tỷ lệ từ cao xuống thấp, với vạch mục tiêu.

    Beside each bar stand mark, percent, numerator and denominator. Groups of fewer than ten cases
    are drawn hollow and stay in their place; groups without a rate stand last and say why.

    Parameters
    ----------
    card
        Grouped by ``"agency"`` or anything else but time.
    indicator
        The id of the indicator.
    lang
        ``"vi"`` or ``"en"``.
    top
        Only the so many highest; the lowest when negative; all by default.

    Raises
    ------
    QueryError
        The card is not grouped, or by time; ``top`` is 0.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="agency")
    >>> chart = tk.charts.ranking(card, "on_time_rate", top=-3)
    >>> chart.to_dict()["title"]["subtitle"][1]
    'Vẽ 3 nhóm thấp nhất trong 5 nhóm'
    """
    lang, card = lang_of(lang), checked_card(card)
    whole = card[indicator]
    by = needs_group(card, "ranking")
    top = checked_top(top, negative=True)
    alt = altair()
    names = names_of(card.groups, lang)
    ranked = sorted(zip(names, card.groups, strict=True), key=lambda one: _place(one[1], indicator))
    judged = sum(_rate(group, indicator) is not None for _, group in ranked)
    if top is not None:
        # The lowest are the last that have a rate.
        ranked = ranked[:top] if top > 0 else ranked[max(0, judged + top) : judged]
    if not ranked:
        lost = say("no_groups", lang) if top is None else tell("no_rate", lang)
        return empty(whole.name.text(lang), subtitle(card, lang), lost, lang)
    values = [_row(name, group, indicator, lang) for name, group in ranked]
    rates = [row["rate"] for row in values if row["rate"] is not None]
    goal = float(whole.target)
    scale = alt.Scale(domain=[0, max([100.0, goal, *rates])], nice=False)
    x = alt.X("rate:Q", title=tell("share_axis", lang), scale=scale)
    shown_names = [name for name, _ in ranked]
    y = name_axis(shown_names, " · ".join(label(name, lang) for name in by))
    shown = {
        "whole": tell("group", lang),
        "percent": tell("percent", lang),
        "cases": tell("case_of", lang),
        "target": tell("target", lang),
        "status": tell("status", lang),
        "unknown": tell("unknown", lang),
    }

    def bars(small: bool) -> object:
        chart = alt.Chart(rows([row for row in values if row["small"] is small]))
        mark = chart.mark_bar(
            height={"band": 0.72},
            fillOpacity=0 if small else 1,
            strokeWidth=1.5,
            strokeDash=[3, 2] if small else [1, 0],
        )
        fill, edge = status_fill("word", lang), status_edge("word", lang)
        return mark.encode(x=x, y=y, fill=fill, stroke=edge, tooltip=tooltips(shown))

    words = f"{tell('target', lang).lower()} {target(whole.target_op, whole.target, lang)}"
    line = alt.Chart(rows([{"goal": goal, "words": words}]))
    at_goal = alt.X("goal:Q", title=tell("share_axis", lang), scale=scale)
    text = alt.Chart(rows(values))
    layers = [
        bars(small=False),
        bars(small=True),
        line.mark_rule(strokeDash=[6, 4], strokeWidth=2, color=INK).encode(x=at_goal),
        line.mark_text(baseline="bottom", dy=-4, color=INK, fontSize=12).encode(
            x=at_goal, y=alt.value(0), text="words:N"
        ),
        text.mark_text(align="left", dx=8, color=INK, fontSize=12).encode(
            x=alt.value("width"), y=y, text="mark:N", tooltip=tooltips(shown)
        ),
        text.mark_text(align="left", dx=26, color=INK, fontSize=12).encode(
            x=alt.value("width"), y=y, text="words:N", tooltip=tooltips(shown)
        ),
    ]
    height = len(values) * row_height(shown_names)
    chart = layered(*layers).properties(width=420, height=height)
    small = any(row["small"] for row in values)
    return dressed(
        chart,
        whole.name.text(lang),
        subtitle(
            card,
            lang,
            _left_out(len(values), len(card.groups), top, lang),
            tell("small", lang, n=SMALL) if small else "",
        ),
        description=f"{whole.name.text(lang)}; {words}",
        lang=lang,
    )


def _rate(group: Group, indicator: str) -> Fraction | None:
    result = group.find(indicator)
    return None if result is None else result.rate


def _place(group: Group, indicator: str) -> tuple[bool, Fraction, Fraction]:
    """Highest rate first, of equal ones the larger denominator; then as the card orders them."""
    result = group.find(indicator)
    if result is None or result.rate is None:
        return True, Fraction(0), Fraction(0)
    return False, -result.rate, -Fraction(result.denominator)


def _row(name: Name, group: Group, indicator: str, lang: Lang) -> Row:
    result = group.find(indicator)
    if result is None:
        status = tell("whole_only", lang)
        lost = dict.fromkeys(("percent", "cases", "target", "unknown"), "–")
        return lost | {
            "name": name.axis,
            "whole": name.whole,
            "rate": None,
            "word": None,
            "status": status,
            "small": False,
            "mark": "–",
            "words": status,
        }
    status = shown_status(result.status, lang)
    cases = f"{count(result.numerator, lang)} / {count(result.denominator, lang)}"
    judged = result.rate is not None
    return {
        "name": name.axis,
        "whole": name.whole,
        "rate": position(result.rate),
        "percent": percent(result.percent, lang),
        "cases": cases,
        "numerator": str(result.numerator),
        "denominator": str(result.denominator),
        "target": target(result.target_op, result.target, lang),
        "word": status if judged else None,
        "status": status,
        "unknown": count(result.unknown, lang),
        "small": judged and result.denominator < SMALL,
        "mark": MARKS[result.status],
        "words": f"{percent(result.percent, lang)}  ({cases})"
        if judged
        else label(result.status, lang),
    }


def _left_out(shown: int, groups: int, top: int | None, lang: Lang) -> str:
    if top is None or shown == groups:
        return ""
    name = "left_out_highest" if top > 0 else "left_out_lowest"
    return tell(name, lang, n=count(shown, lang), all=count(groups, lang))
