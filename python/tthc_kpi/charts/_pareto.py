"""Hồ sơ trễ dồn vào thủ tục, cán bộ, đơn vị nào."""

from typing import TYPE_CHECKING

from tthc_kpi._text import Lang, count, label, lang_of
from tthc_kpi.charts._base import (
    INK,
    Row,
    altair,
    checked_card,
    checked_top,
    count_axis,
    dressed,
    empty,
    known_late,
    layered,
    needs_group,
    percent_of,
    rows,
    subtitle,
    tooltips,
)
from tthc_kpi.charts._names import Name, name_axis, names_of, row_height
from tthc_kpi.charts._words import tell

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = ["pareto"]


def pareto(card: "Scorecard", *, lang: Lang = "vi", top: int | None = 20) -> "LayerChart":
    """Số hồ sơ trễ của mỗi nhóm, nhiều nhất trước, với phần cộng dồn.

    Late are the resolved dossiers that the card's policy judges late. Groups beyond ``top`` are one
    bar at the end, so that the bars always add up to all late dossiers.

    Parameters
    ----------
    card
        Grouped by ``"procedure"``, ``"officer"``, ``"agency"`` or anything else but time.
    lang
        ``"vi"`` or ``"en"``.
    top
        The most groups drawn by themselves; ``None`` for all.

    Raises
    ------
    QueryError
        The card is not grouped, or by time; ``top`` is below 1.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="procedure")
    >>> chart = tk.charts.pareto(card, top=5)
    >>> bars = chart.data.values
    >>> len(bars), sum(bar["late"] for bar in bars) == card.whole.facts["late"]
    (6, True)
    """
    lang, card = lang_of(lang), checked_card(card)
    by = needs_group(card, "pareto", "procedure")
    top = checked_top(top)
    alt = altair()
    names = names_of(card.groups, lang)
    found = [
        (name, group.facts["late"], group.facts.get("resolved", 0))
        for name, group in zip(names, card.groups, strict=True)
        if group.facts.get("late", 0)
    ]
    found.sort(key=lambda one: -one[1])
    total = sum(late for _, late, _ in found)
    title = f"{tell('pareto', lang)}: {', '.join(label(name, lang).lower() for name in by)}"
    if not total:
        words = "nothing_late" if known_late(card.whole) else "late_unknown"
        return empty(title, subtitle(card, lang), tell(words, lang), lang)
    groups = len(found)
    rest = found[top:] if top is not None else []
    if len(rest) > 1:
        found = found[:top]
        others = tell("others", lang, n=count(len(rest), lang))
        found.append(
            (
                Name.of(others),
                sum(late for _, late, _ in rest),
                sum(resolved for _, _, resolved in rest),
            )
        )
    values: list[Row] = []
    sum_so_far = 0
    for name, late, resolved in found:
        sum_so_far += late
        values.append(
            {
                "name": name.axis,
                "whole": name.whole,
                "late": late,
                "so_far": sum_so_far,
                "place": sum_so_far * 100 / total,
                "words": count(late, lang),
                "colour": "#e7a977",
                "cumulative": percent_of(sum_so_far, total, lang),
                "share": f"{percent_of(late, resolved, lang)}"
                f" ({count(late, lang)} / {count(resolved, lang)})",
            }
        )
    if len(rest) > 1:
        values[-1]["colour"] = "#e4e4e4"
    drawn = [name for name, _, _ in found]
    y = name_axis(drawn, None)
    x = alt.X(
        "late:Q",
        title=tell("dossier_axis", lang),
        scale=alt.Scale(domain=[0, max(row["late"] for row in values) * 1.1], nice=False),
        axis=count_axis(max(row["late"] for row in values), orient="bottom", grid=False),
    )
    place = alt.X(
        "place:Q",
        title=f"{tell('cumulative', lang)} (%)",
        scale=alt.Scale(domain=[0, 100]),
        axis={"orient": "top"},
    )
    shown = {
        "whole": tell("group", lang),
        "words": tell("late", lang),
        "share": tell("late_of", lang),
        "cumulative": tell("cumulative", lang),
    }
    base = alt.Chart(rows(values))
    bars = base.mark_bar(stroke="#6b6b6b", strokeWidth=1).encode(
        x=x, y=y, fill=alt.Fill("colour:N", scale=None), tooltip=tooltips(shown)
    )
    numbers = base.mark_text(align="left", dx=4, color=INK, fontSize=12).encode(
        x=x, y=y, text="words:N"
    )
    line = base.mark_line(color=INK, strokeWidth=1.5, point={"color": INK, "size": 40}).encode(
        x=place, y=y, order=alt.Order("so_far:Q"), tooltip=tooltips(shown)
    )
    told = base.mark_text(align="left", dx=8, color=INK, fontSize=12).encode(
        x=alt.value("width"), y=y, text="cumulative:N"
    )
    chart = (
        layered(alt.layer(bars, numbers), alt.layer(line, told))
        .resolve_scale(x="independent")
        .properties(width=420, height=len(drawn) * row_height(drawn))
    )
    words = tell(
        "late_total",
        lang,
        n=count(total, lang),
        groups=count(groups, lang),
        all=count(len(card.groups), lang),
    )
    return dressed(chart, title, subtitle(card, lang, words), description=words, lang=lang)
