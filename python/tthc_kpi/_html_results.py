"""Bảng kết quả trong trang HTML: a row a result, its status as a mark and a word, its bar."""

from collections.abc import Sequence
from fractions import Fraction

from tthc_kpi._exact import place
from tthc_kpi._markup import Child, Html, el, join
from tthc_kpi._result import Result
from tthc_kpi._text import (
    AMOUNTS,
    MARKS,
    Lang,
    count,
    label,
    percent,
    points,
    say,
    target,
    unit_of,
)

__all__ = ["css", "indicator_head", "result_row", "results_table", "silent", "silent_table"]


def _columns(first: str, lang: Lang) -> Html:
    names: list[tuple[str, str | None]] = [
        (first, None),
        (say("result", lang), None),
        (say("rate_against", lang), None),
        (say("passed_of", lang), None),
        (say("needed", lang), say("needed_help", lang)),
        (say("range", lang), say("range_help", lang)),
        (say("unknown_count", lang), say("unknown_help", lang)),
    ]
    first_number = 3
    cells = [
        el(
            "th",
            name,
            scope="col",
            role="columnheader",
            title=help_,
            class_="number" if at >= first_number else None,
        )
        for at, (name, help_) in enumerate(names)
    ]
    return el("thead", el("tr", *cells, role="row"), role="rowgroup")


def indicator_head(at: int, result: Result, lang: Lang, *, links: bool) -> Html:
    """The head of an indicator's row: its number, name, clauses, and what must be said with it."""
    name: Child = result.name.text(lang)
    if links:
        name = el("a", name, href=f"#{result.indicator}")
    remarks = [el("li", text) for text in result.remarks(lang)]
    return el(
        "th",
        el("span", f"({at})", class_="ordinal"),
        el("span", name, class_="name"),
        el("small", "; ".join(clause.clause for clause in result.clauses), title=_wording(result)),
        el("span", say("declared_mark", lang), class_="declared") if result.declared else None,
        el("ul", *remarks, class_="notes") if remarks else None,
        scope="row",
        role="rowheader",
    )


def _wording(result: Result) -> str | None:
    """The wording of the clauses for whoever points at them; a page defines them below too."""
    return "\n".join(f"{clause.clause}: {clause.text}" for clause in result.clauses) or None


def results_table(
    caption: str, first: str, rows: Sequence[Html], lang: Lang, *, help_: str
) -> Html:
    """A table of results under one caption; ``first`` names the column of the row heads."""
    table = el(
        "table",
        el("caption", el("span", caption), el("small", help_)),
        _columns(first, lang),
        el("tbody", *rows, role="rowgroup"),
        role="table",
        class_="results",
    )
    return el("section", table)


def result_row(head: Html, result: Result, lang: Lang) -> Html:
    """A result as a row: status, rate and bar, counts, cases needed, possible range, unknown."""
    cells = [
        (say("result", lang), "", _badge(result, lang)),
        (say("rate_against", lang), "rate", _rate(result, lang)),
        (say("passed_of", lang), "number", _passed_of(result, lang)),
        (say("needed", lang), "number", _needed(result, lang)),
        (say("range", lang), "number", _range(result, lang)),
        (say("unknown_count", lang), "number", join([count(result.unknown, lang)])),
    ]
    # The roles keep this a table for a screen reader where the style lays rows out as cards.
    written = [
        el("td", cell, role="cell", class_=class_ or None, data_label=name)
        for name, class_, cell in cells
    ]
    return el("tr", head, *written, role="row", class_=css(result.status))


def silent(result: Result) -> bool:
    """Whether there is no rate to hold against the target: no data, or no case."""
    return result.rate is None


def silent_table(rows: Sequence[tuple[int, Result]], lang: Lang, *, links: bool) -> Html:
    """The indicators without a rate, by number: a line each, which says what is missing."""
    body = []
    for at, result in rows:
        name: Child = result.name.text(lang)
        if links:
            name = el("a", name, href=f"#{result.indicator}")
        remarks = [el("p", text) for text in result.remarks(lang)]
        if result.unknown:
            unknown = f"{say('unknown_count', lang)}: {count(result.unknown, lang)}"
            remarks.append(el("p", unknown))
        ordinal = el("span", f"({at})", class_="ordinal")
        goal = target(result.target_op, result.target, lang)
        cells = [
            el("th", ordinal, " ", name, scope="row", role="rowheader", title=_wording(result)),
            el("td", _badge(result, lang), role="cell"),
            el("td", goal, class_="number", data_label=say("target", lang), role="cell"),
            el("td", join(remarks) or say("no_case", lang), role="cell"),
        ]
        body.append(el("tr", *cells, role="row"))
    names = (("indicator", None), ("result", None), ("target", "number"), ("why", None))
    head = [
        el("th", say(name, lang), scope="col", role="columnheader", class_=class_)
        for name, class_ in names
    ]
    return el(
        "table",
        el("caption", el("span", say("silent", lang)), el("small", say("silent_help", lang))),
        el("thead", el("tr", *head, role="row"), role="rowgroup"),
        el("tbody", *body, role="rowgroup"),
        role="table",
        class_="plain silent",
    )


def css(status: str) -> str:
    """The style class of a status."""
    return status.replace("_", "-")


def _badge(result: Result, lang: Lang) -> Html:
    return el(
        "span",
        el("span", MARKS[result.status], class_="mark", aria_hidden="true"),
        label(result.status, lang),
        class_=f"badge {css(result.status)}",
    )


def _rate(result: Result, lang: Lang) -> Html:
    goal = target(result.target_op, result.target, lang)
    parts: list[Child] = [
        el("span", percent(result.percent, lang), class_="percent"),
        el("span", say("target_line", lang, target=goal), class_="goal"),
        _bar(result),
    ]
    if result.gap is not None:
        parts.append(el("small", say("gap_line", lang, gap=points(result.gap, lang))))
    if result.wilson is not None:
        low, high = percent(result.wilson.low, lang), percent(result.wilson.high, lang)
        parts.append(el("small", f"{say('wilson', lang)}: {low} – {high}"))
    if result.response is not None:
        answered, of = count(result.response.answered, lang), count(result.response.of, lang)
        share = percent(result.response.percent, lang)
        parts.append(el("small", f"{say('response', lang)}: {answered} / {of} ({share})"))
    return join(parts)


def _bar(result: Result) -> Html | None:
    """The rate as a bar from 0 to 100 %, with the target as an upright line across it."""
    if result.rate is None:
        return None
    goal = Fraction(result.target) / 100
    places = [f"--value:{place(result.rate)}", f"--target:{place(goal)}"]
    span = None
    if result.worst_case is not None and result.best_case is not None:
        places.append(f"--low:{place(result.worst_case)}")
        places.append(f"--high:{place(result.best_case)}")
        span = el("i", class_="span")
    return el(
        "span",
        el("i", class_="fill"),
        span,
        el("i", class_="target"),
        class_="bar",
        aria_hidden="true",
        style=";".join(places),
    )


def _passed_of(result: Result, lang: Lang) -> Html:
    return join(
        [
            el("span", count(result.numerator, lang), class_="numerator"),
            " ",
            el("span", f"/ {count(result.denominator, lang)}", class_="of"),
            el("small", unit_of(result.denominator, result.unit, lang)),
        ]
    )


def _needed(result: Result, lang: Lang) -> Html:
    if result.status != "missed" or (result.cases_needed is None and result.unit in AMOUNTS):
        return join(["–"])
    if result.cases_needed is None:
        return join([say("impossible", lang)])
    return join(
        [
            count(result.cases_needed, lang),
            el("small", unit_of(result.cases_needed, result.unit, lang)),
        ]
    )


def _range(result: Result, lang: Lang) -> Html:
    if result.worst_case is None or result.best_case is None:
        return join(["–"])
    low = percent(result.worst_case_percent, lang)
    return join([f"{low} –", " ", percent(result.best_case_percent, lang)])
