"""Cách hai biểu mẫu hiện ra: as text and as HTML, with their period and their remarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table as RichTable

from tthc_kpi._markup import Html, el, join
from tthc_kpi._paper import Paper
from tthc_kpi._text import Lang, clean, count, day, period, say

if TYPE_CHECKING:
    from tthc_kpi._official import OfficialOutput
    from tthc_kpi._result import Note

__all__ = ["Column", "figure", "name", "plain", "remarks", "subtitle", "text_table", "whole"]

# The name of a column, and whether it holds numbers.
Column = tuple[str, bool]


def subtitle(output: OfficialOutput, lang: Lang) -> str:
    """The period with its two dates, and the cut."""
    start, end = day(output.start, lang), day(output.end, lang)
    dates = say("from_to", lang, start=start, end=end)
    name = period(str(output.document["query"]["period"]), lang)
    return f"{name} ({dates}). {say('cut', lang)} {day(output.cut, lang)}"


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
    title: str, output: OfficialOutput, body: Iterable[Html], told: list[str], lang: Lang
) -> Html:
    """A title, its period, the tables, and the remarks."""
    lines = el("ul", *(el("li", line) for line in told))
    return join([el("h1", title), el("p", subtitle(output, lang), class_="lead"), *body, lines])


def figure(value: int | None, lang: Lang) -> Html:
    """A cell of a number."""
    return el("td", count(value, lang), class_="number")


def name(text: str | None, lang: Lang) -> str:
    """A text from the data, or that it is unknown."""
    return say("unknown_key", lang) if text is None else clean(text)
