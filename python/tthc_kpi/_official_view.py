"""Cách hai biểu mẫu hiện ra: as text and as HTML, with their period and their remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table as RichTable

from tthc_kpi._markup import Child, Html, el, join
from tthc_kpi._paper import Paper
from tthc_kpi._text import Lang, clean, day, period, say

if TYPE_CHECKING:
    from tthc_kpi._official import OfficialOutput
    from tthc_kpi._result import Note

__all__ = [
    "Column",
    "cell",
    "filed",
    "name",
    "plain",
    "remarks",
    "row",
    "subtitle",
    "table",
    "text_table",
    "whole",
]

# What makes the figures of a form incomplete: said on the form itself.
_FILED = ("period_without_data", "cut_after_data")

# The name of a column, and whether it holds numbers.
Column = tuple[str, bool]


def subtitle(output: OfficialOutput, lang: Lang) -> str:
    """The period with its two dates, and the cut."""
    start, end = day(output.start, lang), day(output.end, lang)
    dates = say("from_to", lang, start=start, end=end)
    name = period(str(output.document["query"]["period"]), lang)
    return f"{name} ({dates}). {say('cut', lang)} {day(output.cut, lang)}"


def filed(output: OfficialOutput, notes: Iterable[Note], lang: Lang) -> list[str]:
    """What an office files below the table; the rest is for who checks the figures."""
    told = [warning for warning in output.warnings if warning.code in _FILED]
    return [note.text(lang) for note in (*notes, *told)]


def remarks(output: OfficialOutput, notes: Iterable[Note], lang: Lang) -> list[str]:
    """Notes, then warnings, then the rules that were used."""
    told = [note.text(lang) for note in (*notes, *output.warnings)]
    rules = output.document["policy"]["rules"]
    changed = [f"{rule['rule']}={rule['value']}" for rule in rules if rule["overridden"]]
    profile = ", ".join([output.policy["profile"], *changed])
    version = output.document["calendar"]["version"]
    calendar = f"{say('calendar_label', lang)}: {version}"
    return [*told, f"{say('policy', lang)}: {profile}. {calendar}."]


def text_table(columns: Sequence[Column]) -> RichTable:
    """A table as the console shows them."""
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name, number in columns:
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    return table


def plain(parts: Iterable[RenderableType]) -> str:
    """What a console would show, as text."""
    console = Paper()
    for part in parts:
        console.print(part, markup=False, highlight=False)
    return console.text()


def whole(
    title: str, output: OfficialOutput, body: Iterable[Html], notes: Iterable[Note], lang: Lang
) -> Html:
    """A title, its period, the tables, what is filed below them, and notes that are not printed."""
    kept = filed(output, notes, lang)
    rest = [line for line in remarks(output, (), lang) if line not in kept]
    parts = [el("h1", title), el("p", subtitle(output, lang), class_="lead"), *body]
    if kept:
        parts.append(el("ul", *(el("li", line) for line in kept)))
    heading = "Ghi chú kỹ thuật" if lang == "vi" else "Technical notes"
    about = "không in, không nộp" if lang == "vi" else "not printed, not filed"
    lines = el("ul", *(el("li", line) for line in rest))
    parts.append(el("section", el("h2", heading, " ", el("small", about)), lines, class_="unfiled"))
    return join(parts)


def cell(child: Child, column: str, *, number: bool = False) -> Html:
    """A cell with the name of its column, which stands beside it where a row is a card."""
    return el("td", child, class_="number" if number else None, role="cell", data_label=column)


def row(*cells: Child) -> Html:
    """A row of a table, also where the style lays it out as a card."""
    return el("tr", *cells, role="row")


def table(head: Html, body: Iterable[Html], *foot: Html, css: str) -> Html:
    """A table whose rows are cards on a phone; the roles keep it a table for a screen reader."""
    return el(
        "table",
        head,
        el("tbody", *body, role="rowgroup"),
        el("tfoot", *foot, role="rowgroup") if foot else None,
        role="table",
        class_=f"wide stack{css}",
    )


def name(text: str | None, lang: Lang) -> str:
    """A text from the data, or that it is unknown."""
    return say("unknown_key", lang) if text is None else clean(text)
