"""Chất lượng dữ liệu: dòng nào được tính, cột nào có gì, chỗ nào không đọc được."""

from tthc_kpi._check import of_dossiers, section_html
from tthc_kpi._html import warnings
from tthc_kpi._markup import Child, el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word
from tthc_kpi._text import accounting, register_line, register_remarks, register_title, say

__all__ = ["quality"]


def quality(report: Report) -> Part:
    """What was read and what became of it."""
    card, lang = report.card, report.lang
    parts: list[Child] = [
        el(
            "p",
            el("strong", say("accounting", lang)),
            ": ",
            accounting(card.document["accounting"], lang),
        ),
    ]
    if "summary" not in report.wanted:
        parts.append(warnings(card, lang))
    registers = card.document["registers"]
    if registers:
        items = [
            el(
                "li",
                el("strong", register_title(used["register"], lang)),
                f": {register_line(used, lang)}",
                *(el("small", text) for text in register_remarks(used, lang)),
            )
            for used in registers
        ]
        parts += [el("h3", say("registers", lang)), el("ul", *items)]
    if report.dossiers is not None:
        parts += [
            el("section", *section_html(section, level=3))
            for section in of_dossiers(report.dossiers, lang)
        ]
    return Part("quality", word("quality", lang), join(parts))
