"""So sánh hai bảng điểm cho người đọc: as text, as HTML, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from tthc_kpi._diff_words import told
from tthc_kpi._exact import points_of
from tthc_kpi._markup import Child, Html, el, join, sheet, style, whole_page
from tthc_kpi._paper import Paper
from tthc_kpi._result import Result
from tthc_kpi._rows import Column
from tthc_kpi._text import (
    MARKS,
    Lang,
    clean,
    count,
    day,
    key_text,
    label,
    percent,
    period,
    points,
    target,
)

if TYPE_CHECKING:
    from tthc_kpi._diff import Diff, DiffRow
    from tthc_kpi._diff_parts import Part
    from tthc_kpi._scorecard import Scorecard

__all__ = ["as_html", "as_page", "as_text", "explained", "part_columns", "row_columns"]

# Of an indicator so many groups are shown; the others are one line. Tables have them all.
SHOWN_PARTS = 10
# In a terminal the groups of so many indicators.
SHOWN_ROWS = 5

# The selectors say more than those of the sheet: a notebook may repeat the sheet after this.
_CSS = """
.tthc-kpi .results.diff thead th:nth-child(2),
.tthc-kpi .results.diff thead th:nth-child(3) { width: 12%; }
.tthc-kpi .results.diff thead th:nth-child(4) { width: 13%; }
.tthc-kpi .results.diff thead th:nth-child(5) { width: 13%; }
.tthc-kpi .results.diff thead th:nth-child(6) { width: 18%; }
.tthc-kpi .results.diff .number { white-space: normal; }
.tthc-kpi .results.diff .up { color: var(--met); font-weight: 700; }
.tthc-kpi .results.diff .down { color: var(--missed); font-weight: 700; }
.tthc-kpi .results.diff .badge { margin-bottom: .25rem; }
.tthc-kpi .parts .number { text-align: right; white-space: nowrap; }
.tthc-kpi .parts tfoot th, .tthc-kpi .parts tfoot td {
  font-weight: 700; border-top: 2px solid var(--rule); text-align: left; }
.tthc-kpi .parts tfoot td.number { text-align: right; }
.tthc-kpi details > .scroll { margin-top: .5rem; }
@container (max-width: 44rem) { .tthc-kpi .parts { min-width: 40rem; } }
"""


def row_columns() -> list[Column[DiffRow]]:
    """The columns of a diff as a table."""
    return [
        ("indicator", "string", lambda row: row.indicator),
        ("numerator_before", "count", lambda row: _number(row.before, "numerator")),
        ("denominator_before", "count", lambda row: _number(row.before, "denominator")),
        ("percent_before", "percent", lambda row: _number(row.before, "percent")),
        ("status_before", "string", lambda row: row.before and row.before.status),
        ("numerator_after", "count", lambda row: _number(row.after, "numerator")),
        ("denominator_after", "count", lambda row: _number(row.after, "denominator")),
        ("percent_after", "percent", lambda row: _number(row.after, "percent")),
        ("status_after", "string", lambda row: row.after and row.after.status),
        ("change", "string", lambda row: _fraction(row.change)),
        ("points", "percent", lambda row: row.points),
        ("status_changed", "bool_", lambda row: row.status_changed),
        ("target_changed", "bool_", lambda row: row.target_changed),
    ]


def part_columns(by: Sequence[str]) -> list[Column[Part]]:
    """The columns of the parts of an indicator; keys are text, null where unknown."""

    def key(name: str) -> Column[Part]:
        def text(part: Part) -> str | None:
            value = part.keys[name]
            return None if value is None else str(value)

        return (name, "string", text)

    return [
        *map(key, by),
        ("kind", "string", lambda part: part.kind),
        ("numerator_before", "count", lambda part: _number(part.before, "numerator")),
        ("denominator_before", "count", lambda part: _number(part.before, "denominator")),
        ("numerator_after", "count", lambda part: _number(part.after, "numerator")),
        ("denominator_after", "count", lambda part: _number(part.after, "denominator")),
        ("rate_effect", "string", lambda part: _fraction(part.rate_effect)),
        ("mix_effect", "string", lambda part: _fraction(part.mix_effect)),
        ("contribution", "string", lambda part: _fraction(part.contribution)),
        ("rate_effect_points", "percent", lambda part: points_of(part.rate_effect)),
        ("mix_effect_points", "percent", lambda part: points_of(part.mix_effect)),
        ("contribution_points", "percent", lambda part: points_of(part.contribution)),
    ]


def _number(result: Result | None, name: str) -> Decimal | None:
    value = None if result is None else getattr(result, name)
    return None if value is None else Decimal(value)


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _points(change: Fraction | None, lang: Lang) -> str:
    return "–" if change is None else points(points_of(change), lang)


def _signed(value: int | Decimal, lang: Lang) -> str:
    return ("+" if value > 0 else "") + count(value, lang)


def _counts(result: Result | None, lang: Lang) -> str:
    if result is None or not result.denominator:
        return ""
    return f"{count(result.numerator, lang)}/{count(result.denominator, lang)}"


def _side(result: Result | None, lang: Lang) -> str:
    if result is None:
        return told("not_there", lang)
    if result.percent is None:
        return label(result.status, lang)
    return f"{percent(result.percent, lang)} ({_counts(result, lang)})"


def _moves(row: DiffRow, lang: Lang) -> str:
    if row.change is None or row.before is None or row.after is None:
        return "–"
    above = _signed(row.after.numerator - row.before.numerator, lang)
    below = _signed(row.after.denominator - row.before.denominator, lang)
    return f"{above} / {below}"


def _status(row: DiffRow, lang: Lang) -> str:
    first, last = (
        None if one is None else f"{MARKS[one.status]} {label(one.status, lang)}"
        for one in (row.before, row.after)
    )
    if first == last:
        return f"{last} ({told('same', lang)})"
    return f"{first or '–'} → {last or '–'}"


def _goal(row: DiffRow, lang: Lang) -> str:
    shown = row.after or row.before
    if shown is None:
        return ""
    goal = target(shown.target_op, shown.target, lang)
    if row.target_changed and row.before is not None:
        was = target(row.before.target_op, row.before.target, lang)
        goal += f"; {told('target_was', lang, goal=was)}"
    return goal


def _shown(diff: Diff) -> list[tuple[int, DiffRow]]:
    """Rows with a figure or another status on either side; what neither computes is left out."""
    return [
        (at, row)
        for at, row in enumerate(diff, start=1)
        if row.status_changed or any(one and one.denominator for one in (row.before, row.after))
    ]


def _card(card: Scorecard, lang: Lang) -> str:
    query, policy = card.document["query"], card.policy["profile"]
    dates = f"{day(query['start'], lang)} – {day(query['end'], lang)}"
    cut = told("cut", lang, day=day(query["cut"], lang))
    name = period(query["period"], lang)
    name = name if name == dates else f"{name} ({dates})"
    return f"{name}, {cut}, {policy}"


def _lead(diff: Diff, lang: Lang) -> list[str]:
    lines = [
        f"{told('before', lang)}: {_card(diff.before, lang)}",
        f"{told('after', lang)}: {_card(diff.after, lang)}",
    ]
    rules = "; ".join(f"{rule} {first} → {last}" for rule, (first, last) in diff.rules.items())
    if rules:
        lines.append(told("rules", lang, rules=rules))
    if diff.before.document["plan"]["digest"] != diff.after.document["plan"]["digest"]:
        lines.append(told("plans", lang))
    first, last = diff.days
    # Months and quarters differ by a day or three; that much is no news.
    if max(first, last) * 10 > min(first, last) * 11:
        lines.append(told("days", lang, before=count(first, lang), after=count(last, lang)))
    return lines


def _divided(diff: Diff) -> list[DiffRow]:
    return [row for row in diff.moved() if row.parts]


def _parts(row: DiffRow, lang: Lang) -> Iterator[tuple[str, list[str]]]:
    """The name of a group and its figures; the last ones joined into one line."""
    for part in row.parts[:SHOWN_PARTS]:
        yield part_name(part, lang), _figures(part, lang)
    rest = row.parts[SHOWN_PARTS:]
    if rest:
        rate = sum((part.rate_effect for part in rest), Fraction(0))
        mix = sum((part.mix_effect for part in rest), Fraction(0))
        cells = ["", "", _points(rate, lang), _points(mix, lang), _points(rate + mix, lang)]
        yield told("others", lang, n=count(len(rest), lang)), cells


def part_name(part: Part, lang: Lang) -> str:
    """The keys of a group as people read them."""
    return " · ".join(key_text(name, key, lang) for name, key in part.keys.items())


def _figures(part: Part, lang: Lang) -> list[str]:
    sides = []
    for result, gone in ((part.before, "appeared"), (part.after, "vanished")):
        sides.append(told(gone, lang) if part.kind == gone else _side(result, lang))
    effects = (part.rate_effect, part.mix_effect, part.contribution)
    return [*sides, *(_points(effect, lang) for effect in effects)]


def _sum(row: DiffRow, lang: Lang) -> list[str]:
    rate = sum((part.rate_effect for part in row.parts), Fraction(0))
    mix = sum((part.mix_effect for part in row.parts), Fraction(0))
    sides = [_side(row.before, lang), _side(row.after, lang)]
    return [*sides, _points(rate, lang), _points(mix, lang), _points(rate + mix, lang)]


_PART_HEADS = ("before", "after", "rate_effect", "mix_effect", "contribution")


def _rich_parts(row: DiffRow, lang: Lang) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(told("group", lang), ratio=2, overflow="fold")
    for name in _PART_HEADS:
        table.add_column(told(name, lang), justify="right", overflow="fold")
    for name, cells in [*_parts(row, lang), (told("sum", lang), _sum(row, lang))]:
        table.add_row(Text(clean(name)), *(Text(clean(cell)) for cell in cells))
    return table


def as_text(diff: Diff, lang: Lang) -> str:
    """Indicators before and after, then the groups behind what moved most."""
    console = Paper()
    console.print(Text(told("title", lang)))
    for line in _lead(diff, lang):
        console.print(Text(clean(line)))
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(told("indicator", lang), ratio=3, overflow="fold")
    for name in ("before", "after", "change", "counts"):
        table.add_column(told(name, lang), justify="right", ratio=2, overflow="fold")
    table.add_column(told("status", lang), ratio=2, overflow="fold")
    for at, row in _shown(diff):
        cells = [
            str(at),
            f"{row.name.text(lang)} ({_goal(row, lang)})",
            _side(row.before, lang),
            _side(row.after, lang),
            _points(row.change, lang),
            _moves(row, lang),
            _status(row, lang),
        ]
        table.add_row(*(Text(clean(cell)) for cell in cells))
    console.print(table)
    for row in _divided(diff)[:SHOWN_ROWS]:
        console.print(Text(clean(told("by", lang, name=row.name.text(lang)))))
        console.print(_rich_parts(row, lang))
    console.print(Text(told("formula" if _divided(diff) else "not_grouped", lang)))
    return console.text()


def as_page(diff: Diff, lang: Lang) -> str:
    """A page that stands on its own."""
    body = join([style(_CSS), _body(diff, lang, fold=False)])
    return whole_page(told("title", lang), body, lang)


def as_html(diff: Diff, lang: Lang) -> str:
    """What a notebook shows: the groups folded away."""
    body = _body(diff, lang, fold=True)
    return f"{sheet()}{style(_CSS)}{el('div', body, class_='tthc-kpi', lang=lang)}"


def _body(diff: Diff, lang: Lang, *, fold: bool) -> Html:
    title = diff.after.document["plan"]["title"]
    names = ["indicator", "before", "after", "change", "counts", "status"]
    head = [
        el(
            "th",
            told(name, lang),
            scope="col",
            role="columnheader",
            class_="number" if name not in ("indicator", "status") else None,
        )
        for name in names
    ]
    rows = [_row(at, row, lang) for at, row in _shown(diff)]
    table = el(
        "table",
        el("caption", el("span", told("title", lang)), class_="spoken"),
        el("thead", el("tr", *head, role="row"), role="rowgroup"),
        el("tbody", *rows, role="rowgroup"),
        role="table",
        class_="results diff",
    )
    groups: list[Child] = []
    for row in _divided(diff):
        heading = f"{row.name.text(lang)}: {_points(row.change, lang)}"
        shown = _parts_table(row, lang)
        if fold:
            groups.append(el("details", el("summary", told("by", lang, name=heading)), shown))
        else:
            groups.append(el("section", el("h2", told("by", lang, name=heading)), shown))
    note = told("formula" if groups else "not_grouped", lang)
    return join(
        [
            el(
                "header",
                el("p", told("title", lang), class_="eyebrow"),
                el("h1", title),
                *(el("p", line) for line in _lead(diff, lang)),
            ),
            el("section", table),
            el("p", note, class_="aside"),
            *groups,
        ]
    )


def _row(at: int, row: DiffRow, lang: Lang) -> Html:
    change = row.change or 0
    direction = "up" if change > 0 else "down" if change < 0 else None
    cells: list[tuple[str, str, Html]] = [
        ("before", "number", _side_html(row.before, lang)),
        ("after", "number", _side_html(row.after, lang)),
        ("change", "number", el("span", _points(row.change, lang), class_=direction)),
        ("counts", "number", join([_moves(row, lang)])),
        ("status", "", _status_html(row, lang)),
    ]
    head = el(
        "th",
        el("span", f"({at})", class_="ordinal"),
        el("span", row.name.text(lang), class_="name"),
        el("small", _goal(row, lang)),
        scope="row",
        role="rowheader",
    )
    written = [
        el("td", cell, role="cell", class_=class_ or None, data_label=told(name, lang))
        for name, class_, cell in cells
    ]
    return el("tr", head, *written, role="row")


def _side_html(result: Result | None, lang: Lang) -> Html:
    if result is None or result.percent is None:
        return el("small", _side(result, lang))
    return join([percent(result.percent, lang), el("small", _counts(result, lang))])


def _status_html(row: DiffRow, lang: Lang) -> Html:
    badges: list[Child] = []
    ends = [row.before, row.after] if row.status_changed else [row.after]
    for at, result in enumerate(ends):
        if result is None:
            badges.append(el("small", told("not_there", lang)))
            continue
        mark = el("span", MARKS[result.status], class_="mark", aria_hidden="true")
        arrow = "→ " if at else ""
        kind = result.status.replace("_", "-")
        badge = el("span", mark, label(result.status, lang), class_=f"badge {kind}")
        badges.append(el("span", arrow, badge))
        badges.append(" ")
    return join(badges)


def _parts_table(row: DiffRow, lang: Lang) -> Html:
    head = [el("th", told("group", lang), scope="col")]
    head += [el("th", told(name, lang), scope="col", class_="number") for name in _PART_HEADS]
    body = [
        el("tr", el("th", name, scope="row"), *(el("td", cell, class_="number") for cell in cells))
        for name, cells in _parts(row, lang)
    ]
    foot = el(
        "tr",
        el("th", told("sum", lang), scope="row"),
        *(el("td", cell, class_="number") for cell in _sum(row, lang)),
    )
    caption = told("by", lang, name=row.name.text(lang))
    table = el(
        "table",
        el("caption", caption, class_="spoken"),
        el("thead", el("tr", *head)),
        el("tbody", *body),
        el("tfoot", foot),
        class_="parts",
    )
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)


def explained(diff: Diff, row: DiffRow, lang: Lang) -> str:
    """One indicator in words."""
    from tthc_kpi._compare import word as outcome

    lines = [f"{row.name.text(lang)} [{row.indicator}], {_goal(row, lang)}", *_lead(diff, lang)]
    lines.append(f"{_side(row.before, lang)} → {_side(row.after, lang)}")
    exact = _fraction(row.change)
    if exact is not None:
        lines.append(f"{told('change', lang)}: {_points(row.change, lang)} ({exact})")
        lines.append(f"{told('counts', lang)}: {_moves(row, lang)}")
    lines.append(f"{told('status', lang)}: {_status(row, lang)}")
    if row.parts:
        heads = ", ".join(told(name, lang).lower() for name in _PART_HEADS[2:])
        lines.append(f"{told('by', lang, name=heads)}:")
        for name, cells in _parts(row, lang):
            first, last, *effects = cells
            sides = f"{first} → {last}" if first or last else ""
            lines.append(f"- {name}: {sides} ({', '.join(effects)})")
        lines.append(f"- {told('sum', lang)}: {', '.join(_sum(row, lang)[2:])}")
        lines.append(told("formula", lang))
    elif row.note is not None:
        lines.append(f"{row.note.text(lang)}.")
    else:
        lines.append(told("not_grouped", lang))
    changes = diff.why(row.indicator)
    for change in changes[:SHOWN_PARTS]:
        moved = f"{outcome(change.before, lang)} → {outcome(change.after, lang)}"
        rules = ", ".join(change.rules)
        lines.append(f"{told('why', lang)} {rules}: {count(change.dossiers, lang)} ({moved})")
    rest = sum(change.dossiers for change in changes[SHOWN_PARTS:])
    if rest:
        lines.append(f"{outcome('rest', lang)}: {count(rest, lang)}")
    return "\n".join(clean(line) for line in lines)
