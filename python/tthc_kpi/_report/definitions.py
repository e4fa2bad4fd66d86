"""Định nghĩa, điều khoản và quy tắc đứng sau các con số."""

from tthc_kpi._html import clauses_table, how, policy_table
from tthc_kpi._markup import el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word
from tthc_kpi._text import say

__all__ = ["definitions"]


def definitions(report: Report) -> Part:
    """Each indicator's definition and clauses; the rules, the calendar, the digests."""
    card, lang = report.card, report.lang
    told = {
        result.indicator: definition
        for result in card.whole.results
        if (definition := _definition(card.explain(result.indicator, lang), lang))
    }
    body = join(
        [
            clauses_table(card, lang, links=True, definitions=told),
            el("h3", say("how", lang)),
            how(card, lang),
            policy_table(card, lang),
        ]
    )
    return Part("definitions", word("definitions", lang), body)


def _definition(explanation: str, lang: str) -> str:
    """The line of an explanation that says what is divided by what."""
    start = "Cách tính: " if lang == "vi" else "Definition: "
    lines = (line for line in explanation.splitlines() if line.startswith(start))
    return next(lines, "").removeprefix(start)
