"""Tóm tắt: bao nhiêu chỉ tiêu đạt, chỉ tiêu nào kém nhất, cần làm gì."""

from decimal import Decimal
from fractions import Fraction

from tthc_kpi._html import tiles, volume, warnings
from tthc_kpi._markup import Child, Html, el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word
from tthc_kpi._result import Result
from tthc_kpi._terminal import numbers
from tthc_kpi._text import (
    AMOUNTS,
    MARKS,
    STATUSES,
    Lang,
    columns,
    count,
    label,
    percent,
    points,
    say,
    target,
)

__all__ = ["summary"]


def summary(report: Report) -> Part:
    """The first section."""
    card, lang = report.card, report.lang
    results = card.whole.results
    counts = {
        status: count(sum(result.status == status for result in results), lang)
        for status in STATUSES
    }
    lead = word("headline", lang, all=count(len(results), lang), **counts)
    body = join(
        [
            el("p", lead, class_="lead"),
            tiles(card, lang),
            volume(card, lang),
            warnings(card, lang),
            _missed(report),
            _at_risk(report),
            _lacking(report),
        ]
    )
    return Part("summary", word("summary", lang), body)


def _missed(report: Report) -> Html | None:
    lang = report.lang
    missed = [
        (at, result)
        for at, result in enumerate(report.card.whole.results, start=1)
        if result.status == "missed"
    ]
    if not missed:
        any_met = any(result.status == "met" for result in report.card.whole.results)
        return el("p", word("all_met", lang), class_="aside") if any_met else None
    # The gap is exact to the digits shown; the order of the plan decides between equals.
    missed.sort(key=lambda found: found[1].gap or 0)
    rows = [_missed_row(at, result, report) for at, result in missed]
    heads = (
        (say("indicator", lang), None),
        (say("rate", lang), "number"),
        (say("target", lang), "number"),
        (f"{say('gap', lang)} ({say('points', lang)})", "number"),
        (word("to_do", lang), None),
    )
    columns_ = [el("th", name, scope="col", role="columnheader", class_=css) for name, css in heads]
    # A declared figure has no cases.
    listed = (result.indicator for _, result in missed if result.declaration is None)
    name = next(listed, missed[0][1].indicator)
    call = f'card.cases("{name}", "failing")'
    before, _, after = word("missed_help", lang, call="\0").partition("\0")
    return el(
        "table",
        el(
            "caption",
            el("span", MARKS["missed"], class_="mark missed", aria_hidden="true"),
            el("span", word("missed", lang)),
            el("small", before, el("code", call), after),
        ),
        el("thead", el("tr", *columns_, role="row"), role="rowgroup"),
        el("tbody", *rows, role="rowgroup"),
        role="table",
        class_="plain worst",
    )


def _missed_row(at: int, result: Result, report: Report) -> Html:
    lang = report.lang
    name: Child = result.name.text(lang)
    if report.links:
        name = el("a", name, href=f"#{result.indicator}")
    figures = [
        (say("rate", lang), el("strong", percent(result.percent, lang))),
        (say("target", lang), target(result.target_op, result.target, lang)),
        (say("gap", lang), points(result.gap, lang)),
    ]
    # The roles keep this a table for a screen reader where a phone shows rows as cards.
    return el(
        "tr",
        el("th", el("span", f"({at})", class_="ordinal"), " ", name, scope="row", role="rowheader"),
        *(el("td", cell, class_="number", data_label=head, role="cell") for head, cell in figures),
        el("td", _to_do(result, lang), role="cell"),
        role="row",
    )


def _to_do(result: Result, lang: Lang) -> str:
    """What brings a missed indicator to its target."""
    failed = count(result.denominator - result.numerator, lang)
    unit = label(result.unit, lang)
    if result.declared:
        return word("do_declared", lang, n=failed)
    if result.unit in AMOUNTS:
        return word("do_gap", lang, gap=count(abs(result.gap or Decimal(0)), lang))
    if result.cases_needed is not None:
        return word("do_needed", lang, n=count(result.cases_needed, lang), unit=unit)
    return word("do_mend", lang, n=failed, unit=unit)


def _at_risk(report: Report) -> Html | None:
    lang = report.lang
    items = [
        el(
            "li",
            word(
                "at_risk_line",
                lang,
                name=f"({at}) {result.name.text(lang)}",
                worst=percent(result.worst_case_percent, lang),
                target=target(result.target_op, result.target, lang),
            ),
        )
        for at, result in enumerate(report.card.whole.results, start=1)
        if result.status == "met"
        and result.worst_case is not None
        and not _reaches(result.worst_case, result)
    ]
    return el("section", el("h3", word("at_risk", lang)), el("ul", *items)) if items else None


def _reaches(rate: Fraction, result: Result) -> bool:
    goal = Fraction(result.target) / 100
    return {">": rate > goal, ">=": rate >= goal}.get(result.target_op, rate == goal)


def _lacking(report: Report) -> Html | None:
    """What is missing, each with the indicators that wait for it."""
    lang = report.lang
    waiting: dict[tuple[str, ...], list[int]] = {}
    for at, result in enumerate(report.card.whole.results, start=1):
        if result.status == "no_data":
            waiting.setdefault(result.missing_columns, []).append(at)
    if not waiting:
        return None
    items = [
        el(
            "li",
            word(
                "lacking_line",
                lang,
                what=columns(missing, lang) or label("no_data", lang),
                n=count(len(at), lang),
                numbers=numbers(at),
            ),
        )
        for missing, at in waiting.items()
    ]
    return el("section", el("h3", word("lacking", lang)), el("ul", *items))
