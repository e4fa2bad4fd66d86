"""Bảng điểm trong sổ tay, và những phần mà trang báo cáo dùng chung với nó.

No script, no network, nothing but text, tables and a style sheet. A status is always a mark and a
word, colour only repeats it. Every text passes through :func:`tthc_kpi._markup.el`, which escapes
whatever is not already markup.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from tthc_kpi._exact import shown
from tthc_kpi._html_groups import groups_section
from tthc_kpi._html_results import (
    css,
    indicator_head,
    result_row,
    results_table,
    silent,
    silent_table,
)
from tthc_kpi._markup import Child, Html, el, join, sheet
from tthc_kpi._result import Group
from tthc_kpi._text import (
    MARKS,
    STATUSES,
    Lang,
    accounting,
    columns,
    count,
    day,
    label,
    period,
    register_line,
    register_remarks,
    register_title,
    say,
    target,
)

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = [
    "FACTS",
    "clauses_table",
    "fragment",
    "header",
    "how",
    "indicators",
    "policy_table",
    "tiles",
    "volume",
    "warnings",
]

# A notebook cell shows a first screenful of groups; the page has them all.
FRAGMENT_GROUPS = 40
# More indicators without a rate than this are folded in a notebook.
SHOWN_SILENT = 6

FACTS = ("received", "carried_over", "resolved", "open", "end_unknown")


def fragment(card: "Scorecard", lang: Lang) -> str:
    """What a notebook shows: the results, and below them how they came about."""
    details = el(
        "details",
        el("summary", say("rules_and_clauses", lang)),
        clauses_table(card, lang, links=False),
        policy_table(card, lang),
    )
    body = join(
        [
            header(card, lang, page=False),
            warnings(card, lang),
            tiles(card, lang),
            volume(card, lang),
            indicators(card, lang, links=False),
            groups_section(card, lang, limit=FRAGMENT_GROUPS, whole=say("all_groups", lang)),
            el("section", el("h2", say("how", lang)), how(card, lang), details),
        ]
    )
    return f"{sheet()}{el('div', body, class_='tthc-kpi', lang=lang)}"


def header(card: "Scorecard", lang: Lang, *, page: bool) -> Html:
    """Which plan, which period, counted through which day."""
    plan, query = card.document["plan"], card.document["query"]
    dates = say("from_to", lang, start=day(query["start"], lang), end=day(query["end"], lang))
    lines: list[Child] = [
        el("strong", period(query["period"], lang)),
        f", {dates}",
        "" if query["period_rule"] == "calendar" else f" ({label(query['period_rule'], lang)})",
        ". ",
        f"{say('cut', lang)} ",
        el("strong", day(query["cut"], lang)),
        ".",
    ]
    number = " · ".join(filter(None, [plan.get("number", ""), plan.get("authority", "")]))
    return el(
        "header",
        el("p", say("scorecard", lang), f" · {number}" if number else "", class_="eyebrow"),
        # A notebook has headings of its own: ours are below them.
        el("h1", plan["title"]) if page else el("h2", plan["title"], class_="title"),
        el("p", *lines, class_="lead"),
    )


def warnings(card: "Scorecard", lang: Lang) -> Html | None:
    """What must be known before the figures are used."""
    if not card.warnings:
        return None
    items = [el("li", warning.text(lang)) for warning in card.warnings]
    return el(
        "section",
        el("h2", el("span", "!", class_="bang", aria_hidden="true"), say("warnings", lang)),
        el("ul", *items),
        class_="warnings",
    )


def tiles(card: "Scorecard", lang: Lang) -> Html:
    """How many indicators have each status."""
    items = []
    for status in STATUSES:
        n = sum(result.status == status for result in card.whole.results)
        items.append(
            el(
                "li",
                el("span", MARKS[status], class_="mark", aria_hidden="true"),
                el("strong", count(n, lang)),
                el("span", label(status, lang), class_="word"),
                class_=f"tile {css(status)}",
            )
        )
    return el("ul", *items, class_="tiles")


def volume(card: "Scorecard", lang: Lang) -> Html:
    """How many dossiers there were, and how long they took."""
    facts = [
        el("div", el("dt", label(fact, lang)), el("dd", count(card.whole.facts[fact], lang)))
        for fact in FACTS
        if fact in card.whole.facts
    ]
    return el("dl", *facts, _time(card.whole, lang), class_="facts")


def _time(group: Group, lang: Lang) -> Html | None:
    time = group.processing_time
    if not time.known:
        return None
    line = say(
        "time_line",
        lang,
        mean=count(shown(time.mean), lang),
        median=count(time.median, lang),
        p90=count(time.p90, lang),
    )
    known = say(
        "time_known", lang, known=count(time.known, lang), unknown=count(time.unknown, lang)
    )
    return el(
        "div",
        el("dt", say("time", lang)),
        el("dd", line, el("small", known)),
        class_="wide",
    )


def indicators(card: "Scorecard", lang: Lang, *, links: bool) -> Html:
    """A row per indicator: those with a rate, then those without one and why."""
    numbered = list(enumerate(card.whole.results, start=1))
    rows = [
        result_row(indicator_head(at, result, lang, links=links), result, lang)
        for at, result in numbered
        if not silent(result)
    ]
    table = results_table(
        say("whole" if card.by else "rate_against", lang),
        say("indicator", lang),
        rows,
        lang,
        help_=say("bar_help", lang),
    )
    without = [(at, result) for at, result in numbered if silent(result)]
    if not without:
        return table
    rest: Html = silent_table(without, lang, links=links)
    if not links and len(without) > SHOWN_SILENT:
        fold = say("silent_fold", lang, n=count(len(without), lang))
        rest = el("details", el("summary", fold), rest)
    return join([table if rows else None, el("section", rest)])


def clauses_table(
    card: "Scorecard",
    lang: Lang,
    *,
    links: bool,
    definitions: Mapping[str, str] = MappingProxyType({}),
) -> Html:
    """The clauses behind each indicator, in their own words."""
    rows = []
    for at, result in enumerate(card.whole.results, start=1):
        texts = [
            el(
                "p",
                el("strong", clause.clause),
                f" ({label(clause.scope, lang)}): ",
                f"“{clause.text}”",
                el("small", clause.note.text(lang)) if clause.note else None,
            )
            for clause in result.clauses
        ]
        rows.append(
            el(
                "tr",
                el(
                    "th",
                    el("span", f"({at})", class_="ordinal"),
                    " ",
                    result.name.text(lang),
                    el("code", result.indicator),
                    scope="row",
                ),
                el("td", target(result.target_op, result.target, lang), class_="number"),
                el(
                    "td",
                    *texts,
                    None if texts else say("no_clause", lang),
                    _definition(definitions.get(result.indicator), lang),
                    el("small", f"{say('figures_from', lang)}: {result.source(lang)}"),
                ),
                id=result.indicator if links else None,
            )
        )
    head = [
        el("th", say("indicator", lang), scope="col"),
        el("th", say("target", lang), scope="col", class_="number"),
        el("th", f"{say('clause', lang)}, {say('wording', lang).lower()}", scope="col"),
    ]
    table = el(
        "table",
        el("caption", el("span", say("clauses", lang))),
        el("thead", el("tr", *head)),
        el("tbody", *rows),
        class_="plain",
    )
    return el("section", table)


def _definition(text: str | None, lang: Lang) -> Html | None:
    return el("p", el("em", f"{say('definition', lang)}: "), text) if text else None


def how(card: "Scorecard", lang: Lang) -> Html:
    """What was counted and left out, the period, the rules, the calendar, the registers."""
    document = card.document
    calendar, data, query = document["calendar"], document["data"], document["query"]
    years = f"{calendar['first_year']}–{calendar['last_year']}"
    if calendar["provisional_years"]:
        provisional = ", ".join(map(str, calendar["provisional_years"]))
        years += f", {say('provisional', lang)}: {provisional}"
    dates = say("from_to", lang, start=day(query["start"], lang), end=day(query["end"], lang))
    facts: list[tuple[str, Child]] = [
        (say("accounting", lang), accounting(document["accounting"], lang)),
        (
            say("period", lang),
            f"{period(query['period'], lang)}, {dates} ({label(query['period_rule'], lang)}); "
            f"{say('as_of', lang)} {day(query['as_of'], lang)}; "
            f"{say('cut', lang).lower()} {day(query['cut'], lang)}",
        ),
        (
            say("data_through", lang),
            f"{day(data['data_through'], lang)}; {label(data['uniqueness'], lang)}",
        ),
        (say("policy", lang), _rules(card, lang)),
        (
            say("calendar_label", lang),
            f"{calendar['name']}, {say('version', lang)} {calendar['version']} ({years})",
        ),
    ]
    if data["missing_columns"]:
        facts.append((say("missing_columns", lang), columns(data["missing_columns"], lang)))
    digests = f"{say('plan', lang).lower()} {document['plan']['digest']}"
    facts.append(
        (say("digests", lang), el("code", f"{digests}, {say('query', lang)} {query['digest']}"))
    )
    for used in document["registers"]:
        remarks = [el("small", text) for text in register_remarks(used, lang)]
        name = register_title(used["register"], lang)
        facts.append((name, join([register_line(used, lang), *remarks])))
    rows = [el("div", el("dt", name), el("dd", value)) for name, value in facts]
    return el("dl", *rows, class_="how")


def _rules(card: "Scorecard", lang: Lang) -> Html:
    """The profile, and which of its rules were changed."""
    policy = card.document["policy"]
    changed = [
        el("small", f"{say('overridden', lang)}: {rule['rule']} = {rule['value']}, {rule[lang]}")
        for rule in policy["rules"]
        if rule["overridden"]
    ]
    profile = f"{say('profile', lang)} {policy['profile']} ({policy['profile_version']})"
    return join([profile, *changed])


def policy_table(card: "Scorecard", lang: Lang) -> Html:
    """Every rule that was used, with its value."""
    policy = card.document["policy"]
    rows = [
        el(
            "tr",
            el("th", el("code", rule["rule"]), scope="row"),
            el("td", el("code", rule["value"])),
            el(
                "td",
                rule[lang],
                el("small", say("overridden", lang)) if rule["overridden"] else None,
            ),
            class_="changed" if rule["overridden"] else None,
        )
        for rule in policy["rules"]
    ]
    head = [
        el("th", say("policy", lang), scope="col"),
        el("th", say("value", lang), scope="col"),
        el("th", say("wording", lang), scope="col"),
    ]
    profile = f"{say('profile', lang)} {policy['profile']} ({policy['profile_version']})"
    notes = [el("li", note[lang]) for note in policy["notes"]]
    table = el(
        "table",
        el("caption", el("span", say("policy", lang)), el("small", profile)),
        el("thead", el("tr", *head)),
        el("tbody", *rows),
        class_="plain",
    )
    return join([table, el("ul", *notes, class_="notes") if notes else None])
