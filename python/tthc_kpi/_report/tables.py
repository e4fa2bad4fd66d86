"""Bảng theo đơn vị, theo lĩnh vực, và theo cách chia của chính bảng điểm."""

from typing import TYPE_CHECKING

from tthc_kpi._exact import shown
from tthc_kpi._html import FACTS
from tthc_kpi._html_groups import each_indicator, groups_section, in_order
from tthc_kpi._markup import Child, Html, el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word
from tthc_kpi._text import Lang, count, key_text, label, say

if TYPE_CHECKING:
    from tthc_kpi._result import Group
    from tthc_kpi._scorecard import Scorecard

__all__ = ["by_dimension", "each", "own_groups"]

# So many rows are still looked through; a file for the machine has all of them.
SHOWN_GROUPS = 300
# Beyond this a table for each indicator is longer than anybody reads.
DETAILED_GROUPS = 20


def by_dimension(report: Report, dimension: str) -> Part | None:
    """The same question by one dimension; none when the dossiers are gone."""
    card = report.again(dimension)
    if card is None:
        return None
    if card.groups and all(group.keys[dimension] is None for group in card.groups):
        body: Html = el("p", word("no_column", report.lang), class_="aside")
    else:
        body = _groups(card, report.lang)
    return Part(dimension, word(dimension, report.lang), body)


def own_groups(report: Report) -> Part | None:
    """The groups of the card itself, where no other section has them."""
    if not report.card.by or report.card.by in (("agency",), ("field",)):
        return None
    title = word("groups", report.lang, names=_names(report))
    return Part("groups", title, _groups(report.card, report.lang))


def each(report: Report) -> Part | None:
    """A table of the card's groups for each indicator, while they are few."""
    if not report.card.by or not report.card.groups:
        return None
    if len(report.card.groups) > DETAILED_GROUPS:
        left_out = word("each_left_out", report.lang, limit=DETAILED_GROUPS)
        body: Html = el("p", left_out, class_="aside")
    else:
        body = join(each_indicator(report.card, report.lang))
    return Part("each", word("each", report.lang, names=_names(report)), body)


def _names(report: Report) -> str:
    names = ", ".join(label(name, report.lang) for name in report.card.by)
    return names[:1].lower() + names[1:]


def _groups(card: "Scorecard", lang: Lang) -> Html:
    heat = groups_section(
        card,
        lang,
        limit=SHOWN_GROUPS,
        heading=el("h3", say("overview", lang)),
        whole=say("all_groups", lang),
    )
    return join([_volume(card, lang), heat])


def _volume(card: "Scorecard", lang: Lang) -> Html | None:
    """How many dossiers each group had, and how long they took."""
    if not card.groups:
        return None
    facts = [name for name in (*FACTS, "overdue_ever") if name in card.whole.facts]
    numbers = [label(name, lang) for name in facts if name != "overdue_ever"]
    numbers += [word("overdue_ever", lang)] if "overdue_ever" in facts else []
    numbers += [word(name, lang) for name in ("mean", "median", "p90")]
    head = [el("th", label(name, lang), scope="col") for name in card.by]
    head += [el("th", name, scope="col", class_="number") for name in numbers]
    rows = [_volume_row(group, facts, lang) for group in in_order(card)[:SHOWN_GROUPS]]
    whole = [el("th", say("whole", lang), scope="row", colspan=str(len(card.by)))]
    whole += _figures(card.whole, facts, lang)
    table = el(
        "table",
        el("caption", el("span", word("volume", lang)), el("small", word("volume_help", lang))),
        el("thead", el("tr", *head)),
        el("tbody", *rows),
        el("tfoot", el("tr", *whole)),
        class_="volume",
    )
    return el(
        "div", table, class_="scroll", tabindex="0", role="region", aria_label=word("volume", lang)
    )


def _volume_row(group: "Group", facts: list[str], lang: Lang) -> Html:
    keys: list[Child] = [
        el("th", key_text(dimension, key, lang), scope="row")
        for dimension, key in group.keys.items()
    ]
    return el("tr", *keys, *_figures(group, facts, lang))


def _figures(group: "Group", facts: list[str], lang: Lang) -> list[Html]:
    time = group.processing_time
    figures = [
        *(group.facts.get(name, 0) for name in facts),
        shown(time.mean),
        time.median,
        time.p90,
    ]
    return [el("td", count(figure, lang), class_="number") for figure in figures]
