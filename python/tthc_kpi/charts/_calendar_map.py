"""Lịch của một kỳ: mỗi ngày một ô, càng nhiều hồ sơ càng đậm."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import CalendarError, QueryError
from tthc_kpi._plan import Plan
from tthc_kpi._query import Period, Policy
from tthc_kpi._text import Lang, count, day, lang_of
from tthc_kpi.charts._base import (
    INK,
    MUTED,
    Row,
    altair,
    beyond_data,
    dressed,
    known_late,
    layered,
    rows,
    subtitle,
    tooltips,
)
from tthc_kpi.charts._words import tell

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["calendar"]

_FACTS = {"received": "received", "resolved_late": "late"}
# Pixels of a cell, and rows from one year's first to the next one's.
_CELL = 20
_YEAR = 8.6

# Counting days asks no indicator in particular; a plan must have one.
_PLAN = """\
id = "lich"
title = "Đếm theo ngày"

[[indicators]]
id = "on_time_rate"
name = { vi = "Đúng hạn", en = "On time" }
measure = "on_time"
target = { op = ">", percent = 0 }
clauses = [{ clause = "–", text = "–" }]
"""


def calendar(
    ds: Dossiers | Scan,
    *,
    period: Period,
    what: Literal["received", "resolved_late"] = "received",
    lang: Lang = "vi",
    as_of: Day | None = None,
    policy: Policy = "plan",
    calendar: WorkCalendar | None = None,
) -> "LayerChart":
    """Số hồ sơ tiếp nhận, hoặc trả trễ, của từng ngày; ngày nghỉ có gạch chéo.

    The numbers are counted by the engine, a day a bucket; over all days they add up to the count of
    the period. Days after the cut, or after the last day of the data, have no cell.

    Parameters
    ----------
    ds
        The dossiers.
    period, as_of, policy, calendar
        As in :func:`tthc_kpi.evaluate`; the policy says what is late.
    what
        ``"received"``, or ``"resolved_late"``: the day a late dossier was resolved.
    lang
        ``"vi"`` or ``"en"``.

    Raises
    ------
    QueryError
        ``what`` is neither; the period or the policy does not make sense.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(1000))
    >>> chart = tk.charts.calendar(ds, period="2026-Q2")
    >>> len(chart.layer[0].data.values)
    91
    """
    from tthc_kpi._evaluate import evaluate

    lang = lang_of(lang)
    fact = _FACTS.get(what)
    if fact is None:
        raise QueryError(
            "unknown_what",
            f"what={what!r}: chọn 'received' hoặc 'resolved_late' [expected one of the two]",
        )
    alt = altair()
    card = evaluate(
        ds,
        Plan.from_toml(_PLAN),
        period=period,
        as_of=as_of,
        by="day",
        policy=policy,
        calendar=calendar,
    )
    counted = {
        group.period_start: group.facts.get(fact, 0)
        for group in card.groups
        if group.period_start is not None
        and not beyond_data(card, group)
        and (fact != "late" or known_late(group))
    }
    query = card.document["query"]
    first, last = date.fromisoformat(query["start"]), date.fromisoformat(query["cut"])
    work = WorkCalendar.vietnam() if calendar is None else calendar
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kinds = {one: _kind(work, one) for one in days}
    values = [_cell(one, first, counted[one], kinds[one], lang) for one in days if one in counted]
    columns = max((_column(one, first) for one in days), default=0) + 1
    years = last.year - first.year + 1
    x = alt.Scale(domain=[0, columns], nice=False)
    y = alt.Scale(domain=[0, years * _YEAR], nice=False, reverse=True)
    most = max(counted.values(), default=0)
    shown = {
        "day": tell("day", lang),
        "weekday": tell("weekday", lang),
        "kind": tell("day_kind", lang),
        "words": tell("dossiers", lang),
    }

    left = alt.X("left:Q", scale=x, axis=None)
    upper = alt.Y("upper:Q", scale=y, axis=None)
    middle_x = alt.X("middle_x:Q", scale=x, axis=None)
    middle_y = alt.Y("middle_y:Q", scale=y, axis=None)
    shade = alt.Color(
        "dossiers:Q",
        title=tell("dossiers", lang),
        scale=alt.Scale(domain=[0, max(most, 1)], range=["#ffffff", "#12507b"], interpolate="rgb"),
        legend=alt.Legend(format=",d", gradientLength=160, values=_ticks(most)),
    )
    off = [row for row in values if row["off"]]
    numbers = [row for row in values if 0 < row["dossiers"] < 1000]
    for row in numbers:
        row["dark"] = row["dossiers"] * 2 > most
    drawn = [one for one in days if one <= max(counted, default=last)]
    edges = alt.Chart(rows(_edges(drawn, first)))
    labels = alt.Chart(rows(_labels(drawn, first, lang)))
    layers = [
        alt.Chart(rows(values))
        .mark_rect(stroke="#b5b5b5", strokeWidth=0.7)
        .encode(x=left, x2="right:Q", y=upper, y2="lower:Q", color=shade, tooltip=tooltips(shown)),
        alt.Chart(rows(off))
        .mark_rule(color="#bdbdbd", strokeWidth=1)
        .encode(x=left, x2="right:Q", y=alt.Y("lower:Q", scale=y, axis=None), y2="upper:Q"),
        alt.Chart(rows([row for row in numbers if not row["dark"]]))
        .mark_text(fontSize=9, color=INK)
        .encode(x=middle_x, y=middle_y, text="words:N", tooltip=tooltips(shown)),
        alt.Chart(rows([row for row in numbers if row["dark"]]))
        .mark_text(fontSize=9, color="white")
        .encode(x=middle_x, y=middle_y, text="words:N", tooltip=tooltips(shown)),
        edges.mark_rule(color=INK, strokeWidth=1.5).encode(
            x=left, x2="right:Q", y=upper, y2="lower:Q"
        ),
        labels.mark_text(fontSize=11, color=MUTED, align="left", baseline="middle").encode(
            x=middle_x, y=middle_y, text="words:N"
        ),
    ]
    chart = layered(*layers).properties(width=columns * _CELL, height=round(years * _YEAR * _CELL))
    title = tell(what, lang)
    unknown = any(kind == "day_unknown" for kind in kinds.values())
    told = fact != "late" or known_late(card.whole)
    total = tell("total", lang, n=count(card.whole.facts.get(fact, 0), lang)) if told else ""
    return dressed(
        chart,
        title,
        subtitle(
            card,
            lang,
            total,
            tell("day_off_note", lang),
            tell("calendar_unknown", lang) if unknown else "",
            "" if told else tell("late_unknown", lang),
        ),
        description=f"{title}; {total}" if total else title,
        lang=lang,
    )


def _ticks(most: int) -> list[int]:
    """Whole numbers on the scale of shades: all of a few, five of many."""
    return list(range(most + 1)) if most <= 5 else [most * part // 4 for part in range(5)]


def _kind(work: WorkCalendar, one: date) -> str:
    try:
        return "work_day" if work.is_working_day(one) else "day_off"
    except CalendarError:
        return "day_unknown"


def _column(one: date, first: date) -> int:
    """The week of a day, counted from the first that is drawn of its year."""
    start = first if one.year == first.year else date(one.year, 1, 1)
    return (one - start + timedelta(days=start.weekday())).days // 7


def _row_of(one: date, first: date) -> float:
    return (one.year - first.year) * _YEAR + 1.2 + one.weekday()


def _cell(one: date, first: date, dossiers: int, kind: str, lang: Lang) -> Row:
    left, upper = _column(one, first), _row_of(one, first)
    return {
        "day": day(one, lang),
        "weekday": tell("weekdays", lang).split()[one.weekday()],
        "kind": tell(kind, lang),
        "off": kind == "day_off",
        "dossiers": dossiers,
        "words": count(dossiers, lang),
        "left": left,
        "right": left + 1,
        "upper": upper,
        "lower": upper + 1,
        "middle_x": left + 0.5,
        "middle_y": upper + 0.5,
    }


def _edges(days: list[date], first: date) -> list[Row]:
    """Lines between one month and the next."""
    edges: list[Row] = []
    for one in days:
        left, upper = _column(one, first), _row_of(one, first)
        before, week_before = one - timedelta(days=1), one - timedelta(days=7)
        if one.day <= 7 and week_before >= first and week_before.year == one.year:
            edges.append({"left": left, "right": left, "upper": upper, "lower": upper + 1})
        if one.day == 1 and one.weekday() and before >= first and before.year == one.year:
            edges.append({"left": left, "right": left + 1, "upper": upper, "lower": upper})
    return edges


def _labels(days: list[date], first: date, lang: Lang) -> list[Row]:
    """The months over their first week, the days of the week before the first column."""
    labels: list[Row] = []
    for at, one in enumerate(days):
        if at and one.day != 1:
            continue
        words = f"{one.month:02}/{one.year}" if lang == "vi" else f"{one.year}-{one.month:02}"
        place = _column(one, first) + (1 if one.weekday() and at else 0)
        upper = (one.year - first.year) * _YEAR + 0.6
        labels.append({"words": words, "middle_x": place, "middle_y": upper})
    for year in sorted({one.year for one in days}):
        for weekday, words in enumerate(tell("weekdays", lang).split()):
            middle = (year - first.year) * _YEAR + 1.7 + weekday
            labels.append({"words": words, "middle_x": -1.7, "middle_y": middle})
    return labels
