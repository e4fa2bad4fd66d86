"""Lệnh ``check``: cột nào đã hiểu, mỗi cột có được bao nhiêu, dòng nào không đọc được và vì sao.

One list of sections is worked out once; the console, the page and the JSON show it each in its way.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import PurePath

from rich.console import Console
from rich.text import Text

from tthc_kpi import _tthc_kpi
from tthc_kpi._console import grid
from tthc_kpi._dossiers import Dossiers, Issue
from tthc_kpi._integrity import Integrity
from tthc_kpi._integrity_view import body as flags_html
from tthc_kpi._markup import Child, Html, el, join, whole_page
from tthc_kpi._registers import RegisterPart, Registers, RegisterTable
from tthc_kpi._text import (
    Lang,
    aside_reason,
    clean,
    columns,
    count,
    label,
    percent,
    register_title,
    say,
)

__all__ = [
    "Section",
    "as_json",
    "as_page",
    "of_dossiers",
    "of_registers",
    "section_html",
    "show",
]

SHOWN_ISSUES = 30
FIRST_ROWS = 5
# So many columns of words do not stand side by side on a phone.
STACKED = 4
# Of a value "empty" says something else.
LEFT = {"empty": "left_empty"}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, some lines, a table and a remark; each may be lacking."""

    title: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numbers: frozenset[int] = frozenset()
    remark: str = ""


def of_dossiers(ds: Dossiers, lang: Lang) -> list[Section]:
    """What there is to say of dossiers."""
    return [
        _rows(ds, lang),
        *_left(ds, lang),
        _issues(ds.issues, ds.accounting["issues"], lang),
        *_words(ds, lang),
        _columns(ds, lang),
        _quality(ds, lang),
    ]


def of_registers(registers: Registers, lang: Lang) -> list[Section]:
    """What there is to say of registers, each by itself."""
    sections: list[Section] = []
    for table in registers.tables:
        sections += [_register(table, lang), _issues(table.issues, len(table.issues), lang)]
    if registers.left_alone:
        names = ", ".join(map(clean, registers.left_alone))
        sections.append(Section("", remark=say("left_alone", lang, names=names)))
    return sections


def _rows(ds: Dossiers, lang: Lang) -> Section:
    book = ds.accounting
    kinds = (
        (say("excluded_rows", lang), book["excluded"]),
        (say("set_aside_rows", lang), book["set_aside"]),
        (say("skipped_rows", lang), book["skipped"]),
    )
    lines = (
        f"{name}: {label(reason, lang)} {count(n, lang)}"
        for name, rows in kinds
        for reason, n in rows.items()
    )
    places = dict.fromkeys(_place(column.file, column.sheet) for column in ds.mapping)
    left = sum(book["excluded"].values()), sum(book["set_aside"].values())
    rows = (
        f"{say('rows_file', lang, n=count(len(ds), lang))} {say('read', lang)}"
        f" = {count(book['kept'], lang)} {say('used', lang)}"
        f" + {count(left[0], lang)} {say('excluded_rows', lang)}"
        f" + {count(left[1], lang)} {say('set_aside_rows', lang)}"
    )
    title = f"{', '.join(places)}: {rows}" if places else rows
    return Section(title, tuple(lines), remark=say("mend_rows", lang) if left[1] else "")


def _left(ds: Dossiers, lang: Lang) -> list[Section]:
    """Which files and sheets gave no dossier; nothing where all did."""
    lines = []
    for left in ds.left_alone:
        register = f": {register_title(left.register, lang)}" if left.register else ""
        why = label(LEFT.get(left.why, left.why), lang)
        lines.append(f"! {_place(left.file, left.sheet)}: {why}{register}")
    return [Section(say("left_sources", lang), tuple(lines))] if lines else []


def _words(ds: Dossiers, lang: Lang) -> list[Section]:
    """Where words stand that are none of their column's values; nothing where none does."""
    rows = []
    for of in ds.unknown_words:
        place = _place(_place(of.file, of.sheet), of.source)
        for at, word in enumerate(of.words[:SHOWN_ISSUES], 1):
            more = ["…"] if word.rows > len(word.first) else []
            first = ", ".join([*map(str, word.first), *more])
            rows.append((place, f"{at}/{len(of.words)}", count(word.rows, lang), first))
    if not rows:
        return []
    keys = ("place", "word", "count", "first_rows")
    section = Section(
        say("unknown_words", lang),
        head=tuple(say(key, lang) for key in keys),
        rows=tuple(rows),
        numbers=frozenset({2}),
        remark=say("map_words", lang),
    )
    return [section]


def _place(file: str | None, sheet: str | None) -> str:
    return " › ".join(filter(None, [file, sheet]))


def _columns(ds: Dossiers, lang: Lang) -> Section:
    places = {(column.file, column.sheet) for column in ds.mapping}
    lacking = ((_place(of.file, of.sheet), columns(of.columns, lang)) for of in ds.absent)
    rows = []
    for column in ds.mapping:
        place = _place(column.file, column.sheet)
        order = f"; {say('month_first', lang)}" if column.month_first else ""
        if column.values:
            order += f"; {say('mapped_words', lang, n=count(len(column.values), lang))}"
        rows.append(
            (
                (f"{place}: " if len(places) > 1 else "") + column.source,
                columns([column.column], lang) if column.column else "–",
                label(column.rule, lang) + order,
            )
        )
    found = {column.column for column in ds.mapping}
    absent = [slug for slug, _ in _tthc_kpi.columns() if slug not in found]
    return Section(
        say("columns", lang),
        tuple(f"! {place} {say('absent_columns', lang)}: {of}" for place, of in lacking),
        head=(say("header", lang), say("meaning", lang), say("rule", lang)),
        rows=tuple(rows),
        remark=f"{say('not_found', lang)}: {columns(absent, lang)}" if absent else "",
    )


def _quality(ds: Dossiers, lang: Lang) -> Section:
    keys = (
        "column",
        "known_cells",
        "known_share",
        "unknown_count",
        "refused_cells",
        "set_aside_rows",
    )
    rows = []
    for column in ds.quality:
        cells = column.known + column.unknown
        share = Decimal(100 * column.known) / cells if cells else None
        known = None if share is None else share.quantize(Decimal("0.01"), ROUND_HALF_UP)
        counts = (column.unknown, column.refused, column.set_aside)
        rows.append(
            (
                columns([column.column], lang),
                count(column.known, lang),
                percent(known, lang),
                *(count(n, lang) for n in counts),
            )
        )
    return Section(
        say("quality", lang),
        head=tuple(say(key, lang) for key in keys),
        rows=tuple(rows),
        numbers=frozenset(range(1, len(keys))),
    )


def _register(table: RegisterTable, lang: Lang) -> Section:
    place = _place(table.source, table.sheet)
    aside = (
        f"{say('set_aside_rows', lang)}: {aside_reason(table.register, why, lang)} {count(n, lang)}"
        for why, n in table.set_aside.items()
    )
    skipped = (
        f"{say('skipped_rows', lang)}: {label(what, lang)} {count(n, lang)}"
        for what, n in table.skipped.items()
    )
    known = Registers.columns_of(table.register)
    absent = [f"{table.register}.{name}" for name in known if name not in table.columns]
    return Section(
        f"{register_title(table.register, lang)}: {place}",
        (
            f"{count(table.rows_read, lang)} {say('read', lang)}"
            f" = {count(table.kept, lang)} {say('used', lang)}"
            f" + {count(sum(table.set_aside.values()), lang)} {say('set_aside_rows', lang)}",
            *aside,
            *skipped,
            *(_part(table.register, part, lang) for part in table.parts if len(table.parts) > 1),
        ),
        head=(say("header", lang), say("meaning", lang)),
        rows=tuple(
            (source, columns([f"{table.register}.{column}"], lang))
            for column, source in table.columns.items()
        ),
        remark=f"{say('not_found', lang)}: {columns(absent, lang)}" if absent else "",
    )


def _part(register: str, part: RegisterPart, lang: Lang) -> str:
    """Where the rows of one source of a register went, and what it lacks."""
    aside = sum(part.set_aside.values())
    told = (
        f"{_place(part.source, part.sheet)}: {count(part.rows_read, lang)} {say('read', lang)}"
        f" = {count(part.kept, lang)} {say('used', lang)}"
        f" + {count(aside, lang)} {say('set_aside_rows', lang)}"
    )
    if not part.absent:
        return told
    names = columns([f"{register}.{column}" for column in part.absent], lang)
    return f"{told}; {say('absent_columns', lang)}: {names}"


def _issues(issues: Sequence[Issue], total: int, lang: Lang) -> Section:
    """Issues of one kind together: how many, and the first rows to look at."""
    if not issues:
        return Section(say("no_issues", lang))
    kinds = Counter(_kind(issue, lang) for issue in issues)
    first: dict[tuple[str, ...], list[str]] = {}
    for issue in issues:
        rows = first.setdefault(_kind(issue, lang), [])
        if issue.row is not None and len(rows) < FIRST_ROWS:
            rows.append(str(issue.row))
    listed = f" ({say('listed', lang, n=count(len(issues), lang))})" if total > len(issues) else ""
    keys = ("place", "reason", "expected", "handled", "count", "first_rows")
    told = kinds.most_common(SHOWN_ISSUES)
    rows_of = {
        kind: ", ".join([*rows, *(["…"] if kinds[kind] > len(rows) else [])])
        for kind, rows in first.items()
    }
    more = len(kinds) - len(told)
    return Section(
        f"{say('issues', lang)}: {count(total, lang)}{listed}",
        head=tuple(say(key, lang) for key in keys),
        rows=tuple((*kind, count(n, lang), rows_of[kind]) for kind, n in told),
        numbers=frozenset({4}),
        remark=say("more_issues", lang, n=more) if more > 0 else "",
    )


def _kind(issue: Issue, lang: Lang) -> tuple[str, ...]:
    """Where, why, what was expected, what was done."""
    file = PurePath(issue.file).name if issue.file else ""
    place = " › ".join(filter(None, [file, issue.sheet, issue.source or issue.column]))
    expected = issue.expected if lang == "vi" else issue.expected_en
    return (place, issue.why(lang), expected or "", label(issue.action, lang))


def show(sections: Sequence[Section], console: Console) -> None:
    """Prints the sections."""
    for section in sections:
        if section.title:
            console.print(Text(clean(section.title), style="bold"))
        for line in section.lines:
            console.print(Text(f"  {clean(line)}"))
        if section.rows:
            table = grid()
            for at, name in enumerate(section.head):
                right = at in section.numbers
                table.add_column(name, justify="right" if right else "left", no_wrap=right)
            for row in section.rows:
                table.add_row(*(Text(clean(cell)) for cell in row))
            console.print(table)
        if section.remark:
            console.print(Text(clean(section.remark), style="yellow"))
        console.print()


def as_page(sections: Sequence[Section], found: Integrity | None, lang: Lang) -> str:
    """The sections, and the flags that were looked for, as a page that stands on its own."""
    title = say("check_title", lang)
    parts = [el("section", *section_html(section)) for section in sections]
    flags = [] if found is None else [el("section", flags_html(found, lang))]
    return whole_page(title, join([el("h1", title), *parts, *flags]), lang)


def section_html(section: Section, *, level: int = 2) -> list[Child]:
    """A section as HTML, its heading of the level given."""
    parts: list[Child] = [el(f"h{level}", section.title) if section.title else None]
    if section.lines:
        parts.append(el("ul", *(el("li", line) for line in section.lines), class_="facts-list"))
    if section.rows:
        # Many columns of words are cards on a phone.
        stacked = len(section.head) - len(section.numbers) >= STACKED
        css = ["number" if at in section.numbers else None for at in range(len(section.head))]
        cells: list[Html] = [
            el(
                "tr",
                *(
                    el("td", cell, class_=kind, role="cell", data_label=name)
                    for cell, kind, name in zip(row, css, section.head, strict=True)
                ),
                role="row",
            )
            for row in section.rows
        ]
        head = (
            el("th", name, scope="col", class_=kind, role="columnheader")
            for name, kind in zip(section.head, css, strict=True)
        )
        caption = el("caption", section.title, class_="spoken")
        table = el(
            "table",
            caption,
            el("thead", el("tr", *head, role="row"), role="rowgroup"),
            el("tbody", *cells, role="rowgroup"),
            role="table",
            class_="stack" if stacked else None,
        )
        parts.append(el("div", table, class_="scroll", tabindex="0"))
    parts.append(el("p", section.remark, class_="aside") if section.remark else None)
    return parts


def as_json(
    ds: Dossiers | None, registers: Registers | None, found: Integrity | None = None
) -> str:
    """Everything as JSON: of each issue its place, never its value."""
    document: dict[str, object] = {}
    if ds is not None:
        document["dossiers"] = {
            "accounting": ds.accounting,
            "columns": [asdict(column) for column in ds.mapping],
            "quality": [asdict(column) for column in ds.quality],
            "absent": [asdict(of) for of in ds.absent],
            "left_alone": [asdict(of) for of in ds.left_alone],
            "unknown_words": [asdict(of) for of in ds.unknown_words],
            "issues": [asdict(issue) for issue in ds.issues],
        }
    if found is not None:
        document["integrity"] = json.loads(found.to_json())
    if registers is not None:
        document["registers"] = [_register_json(table) for table in registers.tables]
        document["left_alone"] = list(registers.left_alone)
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _register_json(table: RegisterTable) -> dict[str, object]:
    return {
        "register": table.register,
        "source": table.source,
        "sheet": table.sheet,
        "columns": dict(table.columns),
        "rows_read": table.rows_read,
        "kept": table.kept,
        "set_aside": dict(table.set_aside),
        "skipped": dict(table.skipped),
        "parts": [
            asdict(part) | {"set_aside": dict(part.set_aside), "skipped": dict(part.skipped)}
            for part in table.parts
        ],
        "issues": [asdict(issue) for issue in table.issues],
    }
