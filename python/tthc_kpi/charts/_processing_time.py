"""Thời gian giải quyết của từng thủ tục so với thời hạn."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tthc_kpi._result import Group
from tthc_kpi._text import Lang, count, label, lang_of
from tthc_kpi.charts._base import (
    INK,
    Row,
    altair,
    checked_card,
    checked_top,
    dressed,
    empty,
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

__all__ = ["processing_time"]


# Shape and colour of what is marked on a strip; the first is the legend's first.
_MARKS = {
    "half": ("diamond", "white"),
    "ninety": ("triangle-up", "#e69f00"),
    "limit": ("M -0.15 -1.3 L 0.15 -1.3 L 0.15 1.3 L -0.15 1.3 Z", "#d55e00"),
}


def processing_time(
    card: "Scorecard",
    *,
    limits: Mapping[str, int] | None = None,
    top: int | None = 20,
    lang: Lang = "vi",
) -> "LayerChart":
    """Thời gian giải quyết theo ngày làm việc của mỗi thủ tục, với p50, p90 và thời hạn.

    A cell is a number of working days, darker where more of the procedure's dossiers took so long;
    what lies beyond the axis is gathered in its last cell. p50 and p90 are by nearest rank, as on
    the card. Dossiers whose time is not known (outside the calendar) are not drawn.

    Parameters
    ----------
    card
        Grouped by ``"procedure_code"``, ``"procedure"``, both, or anything else but time.
    limits
        Working days by procedure code, or by the only key of the groups; by default those that the
        card was evaluated with.
    top
        The most groups drawn, those with the most resolved dossiers; ``None`` for all.
    lang
        ``"vi"`` or ``"en"``.

    Raises
    ------
    QueryError
        The card is not grouped, or by time; ``top`` is below 1.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by=["procedure_code", "procedure"])
    >>> chart = tk.charts.processing_time(card, limits={"1.000656": 1}, top=5)
    >>> len({row["name"] for row in chart.layer[0].data.values})
    5
    """
    lang, card = lang_of(lang), checked_card(card)
    by = needs_group(card, "processing_time", "procedure")
    top = checked_top(top)
    alt = altair()
    named = [name for name in by if name != "procedure_code"] or by
    words = ", ".join(label(name, lang).lower() for name in named)
    title = tell("processing", lang, by=words)
    known = _limits(card, limits)
    found = [
        (name, group, known.get(str(_code(group))))
        for name, group in zip(names_of(card.groups, lang), card.groups, strict=True)
        if group.processing_time.known
    ]
    found.sort(key=lambda one: -one[1].processing_time.known)
    drawn = found[:top]
    if not drawn:
        return empty(title, subtitle(card, lang), tell("nothing_resolved", lang), lang)
    last = _last_day(drawn)
    cells = [cell for name, group, _ in drawn for cell in _cells(name, group, last, lang)]
    values = [_row(name, group, limit, last, lang) for name, group, limit in drawn]
    names = [name for name, _, _ in drawn]
    y = name_axis(names, None)
    scale = alt.Scale(domain=[-0.5, last + 0.5], nice=False)
    axis = {"format": ",d", "tickMinStep": 1, "grid": False}

    def days(field: str) -> object:
        return alt.X(f"{field}:Q", title=tell("days_axis", lang), scale=scale, axis=axis)

    shown = {
        "whole": tell("group", lang),
        "resolved": tell("resolved", lang),
        "half": tell("half", lang),
        "ninety": tell("ninety", lang),
        "limit": tell("limit", lang),
        "within": tell("within", lang),
    }
    of_cell = {
        "whole": tell("group", lang),
        "days": tell("days", lang),
        "words": tell("dossiers", lang),
        "share": tell("of_group", lang),
    }
    most = max(cell["weight"] for cell in cells)
    shade = alt.Color(
        "weight:Q",
        legend=None,
        scale=alt.Scale(type="sqrt", domain=[0, most], range=["#f2f6fa", "#12507b"]),
    )
    base = alt.Chart(rows(values))
    places = [
        {**row, "at": row[field], "mark": tell(mark, lang)}
        for row in values
        for mark, field in (("limit", "limit_at"), ("ninety", "ninety_at"), ("half", "half_at"))
        if row[field] is not None
    ]
    met = [mark for mark in _MARKS if any(one["mark"] == tell(mark, lang) for one in places)]
    words_of = [tell(mark, lang) for mark in met]
    shape = alt.Scale(domain=words_of, range=[_MARKS[mark][0] for mark in met])
    fill = alt.Scale(domain=words_of, range=[_MARKS[mark][1] for mark in met])
    layers = [
        alt.Chart(rows(cells))
        .mark_bar(height={"band": 0.8})
        .encode(x=days("start"), x2="end:Q", y=y, color=shade, tooltip=tooltips(of_cell)),
        alt.Chart(rows(places))
        .mark_point(size=80, opacity=1, stroke=INK, strokeWidth=1.2)
        .encode(
            x=days("at"),
            y=y,
            shape=alt.Shape("mark:N", title=None, scale=shape),
            fill=alt.Fill("mark:N", title=None, scale=fill),
            tooltip=tooltips(shown),
        ),
        base.mark_text(align="left", dx=8, color=INK, fontSize=12).encode(
            x=alt.value("width"), y=y, text="words:N", tooltip=tooltips(shown)
        ),
    ]
    chart = layered(*layers).properties(width=440, height=len(names) * row_height(names, 28))
    over = ""
    if any(max(group.processing_time.days) > last for _, group, _ in drawn):
        over = tell("last_cell", lang, n=count(last, lang))
    left = ""
    if len(drawn) < len(found):
        left = tell("left_out_most", lang, n=count(len(drawn), lang), all=count(len(found), lang))
    return dressed(
        chart,
        title,
        subtitle(card, lang, left, tell("processing_note", lang) + over),
        description=title,
        lang=lang,
    )


def _limits(card: "Scorecard", limits: Mapping[str, int] | None) -> Mapping[str, int]:
    if limits is not None:
        return limits
    source = card._source
    if source is None or source.arguments is None:
        return {}
    return source.arguments["limits"] or {}


def _code(group: Group) -> object:
    """What a limit is looked up by: the procedure's code, else the first key."""
    return group.keys.get("procedure_code", next(iter(group.keys.values())))


def _last_day(drawn: list[tuple[Name, Group, int | None]]) -> int:
    """The last number of days with a place of its own: past every p90 and limit, not every tail."""
    need = 4
    longest = 0
    for _, group, limit in drawn:
        time = group.processing_time
        need = max(need, time.p90 or 0, limit or 0)
        longest = max(longest, *time.days)
    return min(longest, need + need // 4 + 1) if longest > need else need + 1


def _cells(name: Name, group: Group, last: int, lang: Lang) -> list[Row]:
    time = group.processing_time
    gathered: dict[int, int] = {}
    for days, n in time.days.items():
        at = min(days, last)
        gathered[at] = gathered.get(at, 0) + n
    beyond = max(time.days) > last
    return [
        {
            "name": name.axis,
            "whole": name.whole,
            "start": days - 0.5,
            "end": days + 0.5,
            "days": tell("days_over", lang, n=count(days, lang))
            if beyond and days == last
            else count(days, lang),
            "dossiers": n,
            "weight": n / time.known,
            "words": f"{count(n, lang)} / {count(time.known, lang)}",
            "share": percent_of(n, time.known, lang),
        }
        for days, n in sorted(gathered.items())
    ]


def _row(name: Name, group: Group, limit: int | None, last: int, lang: Lang) -> Row:
    time = group.processing_time
    half, ninety = time.median or 0, time.p90 or 0
    words = tell("time_words", lang, half=count(half, lang), ninety=count(ninety, lang))
    row: Row = {
        "name": name.axis,
        "whole": name.whole,
        "resolved": count(time.known, lang),
        "half": count(half, lang),
        "half_at": half,
        "ninety": count(ninety, lang),
        "ninety_at": min(ninety, last),
        "limit": "–",
        "limit_at": None,
        "within": "–",
        "words": words,
    }
    if limit is None:
        return row
    within = sum(n for days, n in time.days.items() if days <= limit)
    parts = {"within": count(within, lang), "known": count(time.known, lang)}
    share = percent_of(within, time.known, lang)
    return row | {
        "limit": count(limit, lang),
        "limit_at": limit + 0.5,
        "within": f"{parts['within']} / {parts['known']} ({share})",
        "words": words + tell("within_words", lang, limit=count(limit, lang), **parts),
    }
