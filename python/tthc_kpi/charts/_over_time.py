"""Một chỉ tiêu qua các tháng, quý, tuần, so với mục tiêu."""

import math
from typing import TYPE_CHECKING

from tthc_kpi._result import Group
from tthc_kpi._text import Lang, count, label, lang_of, percent, target
from tthc_kpi.charts._base import (
    INK,
    LABELLED,
    MUTED,
    SMALL,
    Row,
    altair,
    beyond_data,
    bucket_axis,
    bucket_label,
    checked_card,
    dated,
    dressed,
    haloed,
    layered,
    needs_time,
    position,
    rows,
    shown_status,
    status_edge,
    status_fill,
    status_shape,
    subtitle,
    time_width,
    tooltips,
)
from tthc_kpi.charts._words import tell

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = ["over_time"]


def over_time(card: "Scorecard", indicator: str, *, lang: Lang = "vi") -> "LayerChart":
    """Một chỉ tiêu qua thời gian, với đường mục tiêu.

    Each point is judged as a period of its own. A bucket without a case, without data, or after the
    last day of the data is a gap in the line, and says so at the foot. Points of fewer than ten
    cases are hollow.

    Parameters
    ----------
    card
        Grouped by ``"month"``, ``"quarter"``, ``"week"`` or ``"day"``.
    indicator
        The id of the indicator.
    lang
        ``"vi"`` or ``"en"``.

    Raises
    ------
    QueryError
        The card is not grouped by one time bucket.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="quarter")
    >>> chart = tk.charts.over_time(card, "on_time_rate")
    >>> [layer["mark"]["type"] for layer in chart.to_dict()["layer"]][:3]
    ['line', 'rule', 'text']
    """
    lang, card = lang_of(lang), checked_card(card)
    whole = card[indicator]
    dimension = needs_time(card, "over_time")
    alt = altair()
    dense = len(card.groups) > LABELLED
    values = [_row(card, group, dimension, indicator, lang, dense) for group in card.groups]
    known = [row for row in values if row["rate"] is not None]
    # A place on the axis, as every position is.
    goal = float(whole.target)
    rates = [row["rate"] for row in known]
    low = max(0, math.floor((min([*rates, goal]) - 2) / 5) * 5)
    scale = alt.Scale(domain=[low, max([100.0, *rates, goal])], nice=False)
    title = tell("share_axis", lang)
    x = bucket_axis(dimension, [row["bucket"] for row in values], lang)
    y = alt.Y("rate:Q", title=title, scale=scale)
    shown = {
        "bucket": label(dimension, lang),
        "dates": tell("dates", lang),
        "percent": tell("percent", lang),
        "cases": tell("case_of", lang),
        "target": tell("target", lang),
        "status": tell("status", lang),
        "unknown": tell("unknown", lang),
    }
    words = f"{tell('target', lang).lower()} {target(whole.target_op, whole.target, lang)}"
    line = alt.Chart(rows([{"goal": goal, "words": words}]))
    at_goal = alt.Y("goal:Q", title=title, scale=scale)

    def points(small: bool) -> object:
        chart = alt.Chart(rows([row for row in known if row["small"] is small]))
        # Hollow is filled with white, which hides the line beneath.
        mark = chart.mark_point(size=90, opacity=1, strokeWidth=2, fill="white")
        colour = {} if small else {"fill": status_fill("word", lang)}
        return mark.encode(
            x=x,
            y=y,
            shape=status_shape("word", lang),
            stroke=status_edge("word", lang),
            tooltip=tooltips(shown),
            **colour,
        )

    labelled = [] if dense else known
    layers = [
        alt.Chart(rows(values)).mark_line(color=MUTED, strokeWidth=1.5).encode(x=x, y=y),
        line.mark_rule(strokeDash=[6, 4], strokeWidth=2, color=INK).encode(y=at_goal),
        line.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(
            x=alt.value("width"), y=at_goal, text="words:N"
        ),
        points(small=False),
        points(small=True),
        *haloed(alt.Chart(rows(labelled)), dy=-14, x=x, y=y, text="percent:N"),
        alt.Chart(rows([row for row in values if row["rate"] is None]))
        .mark_text(dy=-8, color=MUTED, fontSize=11)
        .encode(x=x, y=alt.value("height"), text="lost:N", tooltip=tooltips(shown)),
    ]
    chart = layered(*layers).properties(width=time_width(len(values)), height=280)
    small = any(row["small"] for row in known)
    return dressed(
        chart,
        whole.name.text(lang),
        subtitle(
            card,
            lang,
            tell("small", lang, n=SMALL) if small else "",
            tell("lost_marks", lang) if dense and len(known) < len(values) else "",
        ),
        description=f"{whole.name.text(lang)}; {words}",
        lang=lang,
    )


def _row(
    card: "Scorecard", group: Group, dimension: str, indicator: str, lang: Lang, dense: bool
) -> Row:
    result = group.find(indicator)
    row: Row = {
        "bucket": bucket_label(dimension, group, lang),
        "dates": dated(group, lang),
        "rate": None,
        "percent": "–",
        "cases": "–",
        "target": "–",
        "word": None,
        "status": tell("whole_only", lang),
        "unknown": "–",
        "small": False,
        "lost": "?" if dense else tell("lost_data", lang),
    }
    if result is None:
        return row
    late = beyond_data(card, group) and not result.denominator
    status = tell("beyond_data", lang) if late else shown_status(result.status, lang)
    lost = "data" if result.status == "no_data" else "beyond" if late else "cases"
    return row | {
        "rate": position(result.rate),
        "percent": percent(result.percent, lang),
        "cases": f"{count(result.numerator, lang)} / {count(result.denominator, lang)}",
        "numerator": str(result.numerator),
        "denominator": str(result.denominator),
        "target": target(result.target_op, result.target, lang),
        "word": status if result.rate is not None else None,
        "status": status,
        "unknown": count(result.unknown, lang),
        "small": result.rate is not None and result.denominator < SMALL,
        "lost": ("○" if lost == "cases" else "?") if dense else tell(f"lost_{lost}", lang),
    }
