"""Bảng điểm trên màn hình dòng lệnh.

Names come from files, so every text goes in as :class:`rich.text.Text` after :func:`clean`: it is
neither markup nor a control sequence. A status is a mark and a word; colour only repeats it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tthc_kpi._paper import Paper
from tthc_kpi._result import Group, Result
from tthc_kpi._text import (
    AMOUNTS,
    MARKS,
    Lang,
    accounting,
    clean,
    columns,
    count,
    day,
    key_text,
    label,
    percent,
    period,
    points,
    register_line,
    register_remarks,
    register_title,
    say,
    target,
)

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["as_text", "numbers", "print_card"]

# What a person reads on a screen; files have all of them.
SHOWN_GROUPS = 50

NAME_WIDTH = 26
STATUS_WIDTH = 15
# One space of padding, one where the box would have a line.
GAP = 2

_COLOURS = {"met": "green", "missed": "red", "not_applicable": "dim", "no_data": "yellow"}


def as_text(card: "Scorecard", lang: Lang) -> str:
    """The scorecard as plain text, for ``repr`` and for logs."""
    paper = Paper()
    print_card(card, lang, paper)
    return paper.text()


def print_card(card: "Scorecard", lang: Lang, console: Console) -> None:
    """Print the whole scorecard; with groups, what the whole has and then a matrix of groups."""
    _print_header(card, lang, console)
    _print_statuses(card, lang, console)
    console.print()
    # What lacks data is told after the table, by what it waits for.
    told = [
        (at, result)
        for at, result in enumerate(card.whole.results, start=1)
        if result.status != "no_data"
    ]
    if told:
        console.print(_results(told, lang, console.width, compact=bool(card.by)))
    _print_lacking(card, lang, console)
    if card.by:
        _print_groups(card, lang, console)
    _print_notes(card, lang, console)
    _print_registers(card, lang, console)
    _print_footer(card, lang, console)


def _print_header(card: "Scorecard", lang: Lang, console: Console) -> None:
    plan, query = card.document["plan"], card.document["query"]
    dates = say("from_to", lang, start=day(query["start"], lang), end=day(query["end"], lang))
    console.print(Text(clean(plan["title"]), style="bold"))
    console.print(
        Text(
            f"{period(query['period'], lang)}, {dates}. "
            f"{say('cut', lang)} {day(query['cut'], lang)}."
        )
    )
    for warning in card.warnings:
        console.print(Text(f"! {clean(warning.text(lang))}", style="yellow"))


def _print_statuses(card: "Scorecard", lang: Lang, console: Console) -> None:
    counts = {
        status: sum(result.status == status for result in card.whole.results) for status in MARKS
    }
    parts = [
        Text(f"{MARKS[status]} {count(n, lang)} {label(status, lang)}", style=_COLOURS[status])
        for status, n in counts.items()
        if n
    ]
    console.print(Text("   ").join(parts))


def _print_lacking(card: "Scorecard", lang: Lang, console: Console) -> None:
    """The indicators without data, under the register or the columns they wait for."""
    waiting: dict[tuple[str, ...], list[str]] = {}
    for at, result in enumerate(card.whole.results, start=1):
        if result.status == "no_data":
            name = f"({at}) {result.name.text(lang)}"
            waiting.setdefault(result.missing_columns, []).append(name)
    if not waiting:
        return
    console.print()
    heading = f"{MARKS['no_data']} {say('missing_columns', lang)}:"
    console.print(Text(heading, style=f"bold {_COLOURS['no_data']}"))
    for missing, names in waiting.items():
        line = Text(clean(columns(missing, lang) or label("no_data", lang)), style="bold")
        line.append(f": {clean('; '.join(names))}.", style="not bold")
        console.print(Padding(line, (0, 0, 0, 2)))


def _results(
    numbered: Sequence[tuple[int, Result]], lang: Lang, width: int, *, compact: bool
) -> Table:
    """One row an indicator. A number is never cut short: a column that does not fit is left out."""
    results = [result for _, result in numbered]
    cells_of = {
        say("rate", lang): [percent(result.percent, lang) for result in results],
        say("target", lang): [target(r.target_op, r.target, lang) for r in results],
        say("passed_of", lang): [_passed_of(result, lang) for result in results],
    }
    if not compact:
        cells_of[say("needed", lang)] = [_needed(result, lang) for result in results]
    cells_of[say("unknown_count", lang)] = [count(result.unknown, lang) for result in results]
    if not compact:
        cells_of |= {
            say("gap", lang): [points(result.gap, lang) for result in results],
            say("range", lang).replace(" ", "\n", 1): [_range(result, lang) for result in results],
        }
    # On a narrow screen names fold, so that the figures people report all stay.
    name_width = NAME_WIDTH if width >= 100 else NAME_WIDTH // 2
    room = width - name_width - STATUS_WIDTH - len(str(numbered[-1][0])) - 2 * GAP
    table = _table()
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column(say("indicator", lang), min_width=name_width)
    table.add_column(say("result", lang), width=STATUS_WIDTH)
    shown = []
    for name, cells in cells_of.items():
        wide = max(_widest(name), *map(_widest, cells)) + GAP
        if wide <= room:
            room -= wide
            shown.append(cells)
            table.add_column(Text(name, justify="right"), justify="right", no_wrap=True)
    for row, (at, result) in enumerate(numbered):
        status = Text(f"{MARKS[result.status]} ", style=_COLOURS[result.status])
        status.append(label(result.status, lang).replace("có ", "có\n  "))
        table.add_row(
            Text(str(at)),
            Text(clean(result.name.text(lang))),
            status,
            *(
                Text(cells[row], style="bold" if at_column == 0 else "")
                for at_column, cells in enumerate(shown)
            ),
        )
    return table


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))


def _widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")))


def _passed_of(result: Result, lang: Lang) -> str:
    # Sums of money would take the room of other columns.
    line = "\n" if result.unit == "vnd" else " "
    return f"{count(result.numerator, lang)} /{line}{count(result.denominator, lang)}"


def _needed(result: Result, lang: Lang) -> str:
    if result.status != "missed" or (result.cases_needed is None and result.unit in AMOUNTS):
        return "–"
    if result.cases_needed is None:
        return say("impossible", lang)
    return count(result.cases_needed, lang)


def _range(result: Result, lang: Lang) -> str:
    if result.worst_case is None or result.best_case is None:
        return "–"
    low, high = result.worst_case_percent, result.best_case_percent
    return f"{percent(low, lang)} –\n{percent(high, lang)}"


def _print_groups(card: "Scorecard", lang: Lang, console: Console) -> None:
    """Groups against numbered indicators, in as many tables as the width of the screen asks for."""
    shown = card.groups[:SHOWN_GROUPS]
    whole = card.whole.results
    judged = [
        at
        for at, result in enumerate(whole)
        if result.denominator and any(group.find(result.indicator) for group in shown)
    ]
    names = [_group_name(group, lang) for group in shown]
    found = {at: [group.find(whole[at].indicator) for group in shown] for at in judged}
    cells = {at: [_cell(result, lang) for result in found[at]] for at in judged}
    heads = {at: _head(whole[at], at, lang) for at in judged}
    if not shown:
        console.print(Text(say("no_groups", lang)))
        return
    name_width = min(max([12, *map(_widest, names)]), 36)
    heading = " · ".join(label(dimension, lang) for dimension in card.by)
    for part in _fitting(judged, heads, cells, console.width - name_width):
        table = _table()
        table.add_column(Text(heading), width=name_width, overflow="fold")
        for at in part:
            table.add_column(heads[at], justify="right", no_wrap=True)
        for row, name in enumerate(names):
            table.add_row(
                Text(name),
                *(Text(cells[at][row], style=_colour(found[at][row])) for at in part),
            )
        console.print()
        console.print(table)
    left = len(card.groups) - len(shown)
    if left:
        more = say("more_groups", lang, n=count(left, lang))
        console.print(Text(f"{more} {say('all_groups', lang)}"))
    legend = "  ".join(f"{mark} {label(status, lang)}" for status, mark in MARKS.items())
    console.print(Text(legend, style="dim"))


def _group_name(group: Group, lang: Lang) -> str:
    return " · ".join(key_text(dimension, key, lang) for dimension, key in group.keys.items())


def _head(result: Result, at: int, lang: Lang) -> Text:
    return Text(f"({at + 1})\n{target(result.target_op, result.target, lang)}", justify="right")


def _colour(result: Result | None) -> str:
    return "" if result is None else _COLOURS[result.status]


def _cell(result: Result | None, lang: Lang) -> str:
    if result is None:
        return "–"
    if result.percent is None:
        return MARKS[result.status]
    return f"{percent(result.percent, lang)} {MARKS[result.status]}"


def _fitting(
    judged: Sequence[int], heads: dict[int, Text], cells: dict[int, list[str]], width: int
) -> list[list[int]]:
    parts: list[list[int]] = []
    room = 0
    for at in judged:
        wide = max(_widest(heads[at].plain), *map(_widest, cells[at])) + GAP
        if not parts or wide > room:
            parts.append([])
            room = width
        parts[-1].append(at)
        room -= wide
    return parts


def _print_notes(card: "Scorecard", lang: Lang, console: Console) -> None:
    said: dict[str, list[int]] = {}
    for at, result in enumerate(card.whole.results, start=1):
        texts = result.remarks(lang)
        if result.status == "no_data":  # what is missing has been told
            missing = f"{say('missing_columns', lang)}: {columns(result.missing_columns, lang)}"
            texts = [text for text in texts if text != missing]
        if result.wilson is not None and result.response is not None:
            low, high = percent(result.wilson.low, lang), percent(result.wilson.high, lang)
            share = percent(result.response.percent, lang)
            texts.append(f"{say('response', lang)} {share}, {say('wilson', lang)} {low} – {high}")
        for text in texts:
            said.setdefault(text.rstrip("."), []).append(at)
    if not said:
        return
    lines = [f"{numbers(at)} {text}." for text, at in said.items()]
    console.print()
    console.print(Text(say("notes", lang), style="bold"))
    for line in lines:
        console.print(Padding(Text(clean(line), style="dim"), (0, 0, 0, 2)))


def numbers(at: Sequence[int]) -> str:
    """Numbers of indicators, runs of them drawn together.

    >>> numbers([3]), numbers([20, 21, 22, 24])
    ('(3)', '(20–22, 24)')
    """
    runs: list[list[int]] = []
    for number in at:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    texts = (f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"({', '.join(texts)})"


def _print_registers(card: "Scorecard", lang: Lang, console: Console) -> None:
    registers = card.document["registers"]
    if not registers:
        return
    console.print()
    console.print(Text(say("registers", lang), style="bold"))
    for used in registers:
        name = f"{register_title(used['register'], lang)}: "
        lines = [name + register_line(used, lang)]
        lines += [f"! {text}" for text in register_remarks(used, lang)]
        for at, line in enumerate(lines):
            console.print(Padding(Text(clean(line), style="dim"), (0, 0, 0, 4 if at else 2)))


def _print_footer(card: "Scorecard", lang: Lang, console: Console) -> None:
    document = card.document
    data, calendar, policy = document["data"], document["calendar"], document["policy"]
    rules = ", ".join(
        f"{rule['rule']}={rule['value']}{'*' if rule['overridden'] else ''}"
        for rule in policy["rules"]
    )
    changed = any(rule["overridden"] for rule in policy["rules"])
    lines = [
        (say("accounting", lang), accounting(document["accounting"], lang)),
        (
            say("data_through", lang),
            f"{day(data['data_through'], lang)}; {label(data['uniqueness'], lang)}",
        ),
        (
            say("policy", lang),
            f"{say('profile', lang)} {policy['profile']}: {rules}"
            + (f" (* {say('overridden', lang)})" if changed else ""),
        ),
        (
            say("calendar_label", lang),
            f"{calendar['name']}, {say('version', lang)} {calendar['version']}",
        ),
    ]
    for note in policy["notes"]:
        lines.append((say("notes", lang), note[lang]))
    console.print()
    for name, text in lines:
        console.print(Text(f"{name}: ", style="bold").append(clean(text), style="dim not bold"))
