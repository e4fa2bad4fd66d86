"""Các nhóm trong trang HTML: an overview of all, then a table for each indicator."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tthc_kpi._alphabet import by_name
from tthc_kpi._html_results import css, result_row, results_table
from tthc_kpi._markup import Child, Html, el
from tthc_kpi._result import Group, Result
from tthc_kpi._text import MARKS, Lang, count, day, key_text, label, percent, say, target

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["each_indicator", "groups_section", "in_order", "judged_in"]

# As many indicators as fit beside the keys on a sheet of A4 or a laptop without scrolling.
OVERVIEW_INDICATORS = 9
# Percentage points below the target from which a cell is a shade darker.
HEAT_STEPS = (5, 15)


def groups_section(
    card: "Scorecard", lang: Lang, *, limit: int, heading: Html | None = None, whole: str = ""
) -> Html | None:
    """The groups of a grouped scorecard as a heat table; nothing for the whole.

    At most ``limit`` groups are shown, and it is said how many are not; ``whole`` says how to see
    all of them.
    """
    if not card.by:
        return None
    shown = in_order(card)[:limit]
    names = ", ".join(label(name, lang) for name in card.by)
    parts: list[Child] = [heading or el("h2", f"{say('by', lang)}: {names}")]
    judged = judged_in(card, shown)
    parts += [_overview(card, part, shown, lang) for part in _even_parts(judged)]
    if not shown:
        parts.append(el("p", say("no_groups", lang), class_="aside"))
    left = len(card.groups) - len(shown)
    if left:
        more = say("more_groups", lang, n=count(left, lang))
        parts.append(el("p", el("strong", more), " ", whole, class_="aside"))
    if shown:
        parts.append(_legend(lang))
    return el("section", *parts)


def in_order(card: "Scorecard") -> list[Group]:
    """The groups as people look for them: by the names of their keys."""
    return by_name(card.groups, lambda group: group.keys.values())


def judged_in(card: "Scorecard", groups: Sequence[Group]) -> list[int]:
    """Places of the indicators that have a rate in the whole and a result in some group."""
    return [
        at
        for at, result in enumerate(card.whole.results)
        if result.denominator and any(group.find(result.indicator) for group in groups)
    ]


def each_indicator(card: "Scorecard", lang: Lang) -> list[Html]:
    """A table of groups for each indicator, with all that a result has."""
    judged = judged_in(card, card.groups)
    return [_by_indicator(card, at, card.whole.results[at], lang) for at in judged]


def _legend(lang: Lang) -> Html:
    samples = [
        ("met", "✓", label("met", lang)),
        ("heat-1", "✗", say("heat_1", lang)),
        ("heat-2", "✗", say("heat_2", lang)),
        ("heat-3", "✗", say("heat_3", lang)),
        ("none", "○", label("not_applicable", lang)),
        ("none", "?", label("no_data", lang)),
    ]
    items = [
        el("li", el("span", mark, class_=f"swatch {class_}", aria_hidden="true"), words)
        for class_, mark, words in samples
    ]
    return el("ul", *items, class_="legend")


def _even_parts(judged: Sequence[int]) -> list[Sequence[int]]:
    tables = -(-len(judged) // OVERVIEW_INDICATORS)
    each = -(-len(judged) // max(tables, 1))
    return [judged[at : at + each] for at in range(0, len(judged), max(each, 1))]


def _overview(
    card: "Scorecard", judged: Sequence[int], groups: Sequence[Group], lang: Lang
) -> Html:
    """Groups against indicators, one mark and one rate in each cell."""
    head = [
        el(
            "th",
            label(dimension, lang),
            scope="col",
            class_="key" if len(card.by) > 1 else "key alone",
        )
        for dimension in card.by
    ]
    for at in judged:
        result = card.whole.results[at]
        goal = target(result.target_op, result.target, lang)
        head.append(
            el(
                "th",
                el("span", f"({at + 1})", class_="ordinal"),
                " ",
                el("span", result.name.text(lang), class_="name"),
                el("small", goal),
                scope="col",
            )
        )
    rows = []
    for group in groups:
        cells = _keys(card, group, lang)
        cells += [_cell(group.find(card.whole.results[at].indicator), lang) for at in judged]
        rows.append(el("tr", *cells))
    table = el(
        "table",
        el("caption", say("overview", lang), class_="spoken"),
        el("thead", el("tr", *head)),
        el("tbody", *rows),
        class_="overview",
    )
    return el(
        "div", table, class_="scroll", tabindex="0", role="region", aria_label=say("overview", lang)
    )


def _cell(result: Result | None, lang: Lang) -> Html:
    """What one group has of an indicator; a dash where it is in the whole only."""
    if result is None:
        return el("td", "–")
    parts: list[Child] = [
        el("span", MARKS[result.status], class_="mark", aria_hidden="true"),
        el("span", label(result.status, lang), class_="spoken"),
    ]
    if result.percent is not None:
        parts.append(el("span", percent(result.percent, lang), class_="percent"))
    if result.denominator:
        shares = f"{count(result.numerator, lang)}/{count(result.denominator, lang)}"
        parts.append(el("small", shares))
    return el("td", *parts, class_=" ".join([css(result.status), *_heat(result)]))


def _heat(result: Result) -> list[str]:
    """How far below the target: the darker, the farther; the mark says the rest."""
    if result.status != "missed" or result.gap is None:
        return []
    return [f"heat-{1 + sum(-result.gap >= step for step in HEAT_STEPS)}"]


def _keys(card: "Scorecard", group: Group, lang: Lang) -> list[Html]:
    cells = []
    for at, (dimension, key) in enumerate(group.keys.items()):
        text = key_text(dimension, key, lang)
        dates = None
        if group.period_start is not None and dimension in ("month", "quarter", "week"):
            dates = el("small", f"{day(group.period_start, lang)} – {day(group.period_end, lang)}")
        last = at == len(card.by) - 1
        cells.append(el("th", text, dates, scope="row", class_="key last" if last else "key"))
    return cells


def _by_indicator(card: "Scorecard", at: int, total: Result, lang: Lang) -> Html:
    rows = []
    for group in in_order(card):
        result = group.find(total.indicator)
        if result is None or not (result.denominator or result.unknown):
            continue
        name = " · ".join(key_text(by, key, lang) for by, key in group.keys.items())
        rows.append(result_row(el("th", name, scope="row", role="rowheader"), result, lang))
    goal = say("target_line", lang, target=target(total.target_op, total.target, lang))
    whole = f"{say('whole', lang)}: {percent(total.percent, lang)}, {label(total.status, lang)}"
    first = " · ".join(label(dimension, lang) for dimension in card.by)
    return results_table(
        f"({at + 1}) {total.name.text(lang)}", first, rows, lang, help_=f"{goal}. {whole}."
    )
