"""Cả trang: đầu trang, mục lục, các mục, và khổ giấy khi in."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tthc_kpi._errors import UnknownNameError
from tthc_kpi._html import header, indicators
from tthc_kpi._markup import Html, el, join, sheet, whole_page
from tthc_kpi._report.charts import charts
from tthc_kpi._report.definitions import definitions
from tthc_kpi._report.integrity import integrity
from tthc_kpi._report.late import late
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.quality import quality
from tthc_kpi._report.summary import summary
from tthc_kpi._report.tables import by_dimension, each, own_groups
from tthc_kpi._report.words import word
from tthc_kpi._text import Lang, clean, day, nearest, period, say

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["SECTIONS", "page"]

SECTIONS = (
    "summary",
    "indicators",
    "charts",
    "agency",
    "field",
    "groups",
    "each",
    "late",
    "integrity",
    "quality",
    "definitions",
)
# A table of groups for each indicator: long, so only for who asks.
_ON_REQUEST = ("each",)
# Sections that ask the dossiers anew.
_OF_DOSSIERS = ("charts", "agency", "field", "late", "integrity")


def page(
    card: "Scorecard", lang: Lang, *, drawn: bool = True, sections: Sequence[str] | None = None
) -> str:
    """A whole page that stands on its own."""
    report = Report(card, lang, _wanted(sections, drawn=drawn))
    made = {name: _part(report, name) for name in report.wanted}
    parts = [part for part in made.values() if part is not None]
    title = f"{card.document['plan']['title']} – {period(card.document['query']['period'], lang)}"
    body = join(
        [
            header(card, lang, page=True),
            _contents(parts, lang),
            _left_out(report),
            *(_section(part) for part in parts),
        ]
    )
    return whole_page(title, body, lang, more=join([sheet("_report/page.css"), _paper(card, lang)]))


def _wanted(sections: Sequence[str] | None, *, drawn: bool) -> tuple[str, ...]:
    if sections is None:
        asked: Sequence[str] = [name for name in SECTIONS if name not in _ON_REQUEST]
    else:
        asked = [sections] if isinstance(sections, str) else sections
    for name in asked:
        if name not in SECTIONS:
            raise UnknownNameError(
                "unknown_section",
                f"trang không có mục {name!r} [unknown section]{nearest(str(name), SECTIONS)}",
            )
    return tuple(name for name in SECTIONS if name in asked and (drawn or name != "charts"))


def _part(report: Report, name: str) -> Part | None:
    match name:
        case "summary":
            return summary(report)
        case "indicators":
            body = indicators(report.card, report.lang, links=report.links)
            return Part(name, word(name, report.lang), body)
        case "charts":
            return charts(report)
        case "agency" | "field":
            return by_dimension(report, name)
        case "groups":
            return own_groups(report)
        case "each":
            return each(report)
        case "late":
            return late(report)
        case "integrity":
            return integrity(report)
        case "quality":
            return quality(report)
        case "definitions":
            return definitions(report)
    return None


def _section(part: Part) -> Html:
    return el(
        "section", el("h2", part.title), part.body, id=part.anchor, class_=f"part {part.slug}"
    )


def _contents(parts: Sequence[Part], lang: Lang) -> Html:
    items = [el("li", el("a", part.title, href=f"#{part.anchor}")) for part in parts]
    return el(
        "nav", el("p", word("contents", lang)), el("ol", *items), aria_label=word("contents", lang)
    )


def _left_out(report: Report) -> Html | None:
    """What the page cannot have because the dossiers are gone."""
    missing = [word(name, report.lang) for name in _OF_DOSSIERS if name in report.wanted]
    if report.dossiers is not None or not missing:
        return None
    parts = ", ".join(missing)
    return el("p", word("no_dossiers", report.lang, parts=parts), class_="left-out")


def _paper(card: "Scorecard", lang: Lang) -> Html:
    """What stands at the edge of each printed page but the first."""
    plan, query = card.document["plan"], card.document["query"]
    number = " · ".join(filter(None, [plan.get("number", ""), plan.get("authority", "")]))
    what = f"{say('scorecard', lang)} · {number or plan['title']}"
    when = f"{period(query['period'], lang)}, {say('cut', lang).lower()} {day(query['cut'], lang)}"
    edge = "font: 8pt 'Segoe UI', 'Noto Sans', sans-serif; color: #444;"
    pages = f"{_quoted(word('page_of', lang) + ' ')} counter(page) ' / ' counter(pages)"
    return el(
        "style",
        Html(
            "@page { size: A4; margin: 14mm 12mm 13mm;"
            f" @top-left {{ content: {_quoted(what)}; {edge} }}"
            f" @top-right {{ content: {_quoted(when)}; {edge} }}"
            f" @bottom-right {{ content: {pages}; {edge} }} }}"
            " @page :first { @top-left { content: none } @top-right { content: none } }"
        ),
    )


def _quoted(text: str) -> str:
    """Text as a string of a style sheet that nothing in it can end."""
    safe = (
        char if char.isalnum() or char in " .,/-:" else f"\\{ord(char):x} " for char in clean(text)
    )
    return f'"{"".join(safe)}"'
