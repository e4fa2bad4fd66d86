"""Biểu đồ trong trang: pictures as SVG, drawn from the same dossiers."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from tthc_kpi._calendar import WorkCalendar
from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._markup import Child, Html, el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.svg import inline
from tthc_kpi._report.words import word

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["charts"]

# A shorter period is drawn week by week: two or three months make no line.
_WEEKS_BELOW = 100
# Pixels; three such pictures stand one above the other on A4, and a middle one with a high one.
_LOW, _MIDDLE = 480, 560
# Bars that can still be told apart.
_TOP = 20

Drawing = Callable[[], Any]


def charts(report: Report) -> Part | None:
    """The pictures; none when the dossiers are gone."""
    if report.dossiers is None:
        return None
    lang = report.lang
    title = word("charts", lang)
    from tthc_kpi.charts import svg
    from tthc_kpi.charts._base import altair

    try:
        altair()
    except InputError:
        return Part("charts", title, el("p", word("charts_need", lang), class_="left-out"))
    figures: list[Child] = []
    for at, drawing in enumerate(_drawings(report)):
        try:
            chart = drawing()
            picture = inline(svg(chart), f"c{at}-")
        except QueryError as error:
            figures.append(el("p", error.text(lang), class_="aside"))
            continue
        figures.append(_figure(picture, str(chart.description)))
    return Part("charts", title, join(figures) or el("p", word("nothing_to_draw", lang)))


def _figure(picture: Html, words: str) -> Html:
    """A picture with its description; a low one shares its sheet of paper with others."""
    found = re.search(r' height="(\d+)"', picture)
    height = int(found[1]) if found else _MIDDLE
    size = " low" if height < _LOW else " middle" if height < _MIDDLE else ""
    return el(
        "figure",
        picture,
        class_=f"chart{size}",
        role="img",
        aria_label=words,
        tabindex="0",
    )


def _drawings(report: Report) -> Iterator[Drawing]:
    """The pictures in the order in which they are read: how it goes, who, when, where from."""
    from tthc_kpi import charts as draw

    card, lang = report.card, report.lang
    measured = {
        result.measure: result.indicator
        for result in reversed(card.whole.results)
        if result.rate is not None and result.declaration is None
    }
    in_time = [measured[name] for name in ("on_time", "early") if name in measured]
    times = report.again(_bucket(card))
    for indicator in in_time:
        yield partial(draw.over_time, _given(times), indicator, lang=lang)
    yield partial(draw.flow, _given(times), lang=lang)
    yield partial(draw.backlog, _given(times), lang=lang)
    for dimension in ("agency", "field"):
        by = report.again(dimension)
        if in_time and _several(by):
            yield partial(_ranked, _given(by), in_time[0], report)
    yield partial(_calendar, report, "received")
    yield partial(_calendar, report, "resolved_late")
    for dimension in ("procedure", "officer"):
        by = report.again(dimension)
        if not _several(by):
            continue
        if dimension == "procedure":
            yield partial(draw.processing_time, _given(by), top=_TOP, lang=lang)
        yield partial(draw.pareto, _given(by), top=_TOP, lang=lang)


def _given(card: "Scorecard | None") -> "Scorecard":
    if card is None:
        raise QueryError("needs_dossiers", "không còn hồ sơ [the dossiers are gone]")
    return card


def _several(card: "Scorecard | None") -> bool:
    """Whether there is something to compare: a name that is known."""
    return card is not None and any(
        key is not None for group in card.groups for key in group.keys.values()
    )


def _bucket(card: "Scorecard") -> str:
    query = card.document["query"]
    days = date.fromisoformat(query["cut"]) - date.fromisoformat(query["start"])
    return "month" if days.days >= _WEEKS_BELOW else "week"


def _ranked(card: "Scorecard", indicator: str, report: Report) -> Any:
    from tthc_kpi.charts import ranking

    # The lowest are those to look at.
    top = -_TOP if len(card.groups) > _TOP else None
    return ranking(card, indicator, lang=report.lang, top=top)


def _calendar(report: Report, what: Any) -> Any:
    from tthc_kpi.charts import calendar

    source = report.card._source
    if source is None or source.dossiers is None or source.arguments is None:
        raise QueryError("needs_dossiers", "không còn hồ sơ [the dossiers are gone]")
    asked = source.arguments
    core = asked["calendar"]
    return calendar(
        source.dossiers,
        period=asked["period"],
        what=what,
        lang=report.lang,
        as_of=asked["as_of"],
        policy=asked["policy"],
        calendar=None if core is None else WorkCalendar(core),
    )
