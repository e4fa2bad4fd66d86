"""Lệnh ``check``: cột nào đã hiểu, dòng nào không đọc được, của hồ sơ và của các sổ đi kèm."""

import os
from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from tthc_kpi._console import grid
from tthc_kpi._dossiers import Issue
from tthc_kpi._registers import Registers, RegisterTable
from tthc_kpi._text import Lang, aside_reason, clean, columns, count, label, register_title, say

__all__ = ["print_issues", "print_registers"]

SHOWN_ISSUES = 30


def print_registers(registers: Registers, lang: Lang, console: Console) -> None:
    """Each register: where its rows went, how its columns were read, its issues."""
    for table in registers.tables:
        _print_register(table, lang, console)
    if registers.left_alone:
        names = ", ".join(map(clean, registers.left_alone))
        console.print(Text(say("left_alone", lang, names=names), style="yellow"))


def _print_register(table: RegisterTable, lang: Lang, console: Console) -> None:
    place = " › ".join(filter(None, [table.source, table.sheet]))
    console.print(
        Text(f"{register_title(table.register, lang)}: {clean(place)}", style="bold"),
        Text(
            f"{count(table.rows_read, lang)} {say('read', lang)}"
            f" = {count(table.kept, lang)} {say('used', lang)}"
            f" + {count(sum(table.set_aside.values()), lang)} {say('set_aside_rows', lang)}"
        ),
        *(
            Text(
                f"{say('set_aside_rows', lang)}: "
                f"{aside_reason(table.register, reason, lang)} {count(n, lang)}"
            )
            for reason, n in table.set_aside.items()
        ),
        *(
            Text(f"{say('skipped_rows', lang)}: {label(what, lang)} {count(n, lang)}")
            for what, n in table.skipped.items()
        ),
        sep="\n  ",
    )
    shown = grid()
    shown.add_column(say("header", lang))
    shown.add_column(say("meaning", lang), no_wrap=True)
    for column, source in table.columns.items():
        shown.add_row(Text(clean(source)), Text(columns([f"{table.register}.{column}"], lang)))
    console.print(shown)
    known = Registers.columns_of(table.register)
    absent = [f"{table.register}.{name}" for name in known if name not in table.columns]
    if absent:
        console.print(Text(f"{say('not_found', lang)}: {columns(absent, lang)}", style="yellow"))
    print_issues(table.issues, len(table.issues), lang, console)
    console.print()


def print_issues(issues: Sequence[Issue], total: int, lang: Lang, console: Console) -> None:
    """Issues of one kind together: how many, and the first rows to look at."""
    if not issues:
        console.print(Text(say("no_issues", lang)))
        return
    kinds = Counter(_same_kind(issue, lang) for issue in issues)
    rows: dict[tuple[str, ...], list[str]] = {}
    for issue in issues:
        first = rows.setdefault(_same_kind(issue, lang), [])
        if issue.row is not None and len(first) < 5:
            first.append(str(issue.row))
    table = grid()
    listed = f" ({say('listed', lang, n=count(len(issues), lang))})" if total > len(issues) else ""
    table.title = Text(f"{say('issues', lang)}: {count(total, lang)}{listed}", style="bold")
    table.title_justify = "left"
    table.add_column(say("place", lang))
    table.add_column(say("reason", lang))
    table.add_column(say("expected", lang))
    table.add_column(say("handled", lang))
    table.add_column(say("count", lang), justify="right", no_wrap=True)
    table.add_column(say("first_rows", lang))
    for kind, n in kinds.most_common(SHOWN_ISSUES):
        file, sheet, source, column, value_kind, reason, expected, action = kind
        place = " › ".join(filter(None, [os.path.basename(file), sheet, source or column]))
        why = label(reason, lang) + (f" ({label(value_kind, lang)})" if value_kind else "")
        table.add_row(
            Text(clean(place)),
            Text(why),
            Text(clean(expected)),
            Text(label(action, lang)),
            Text(count(n, lang)),
            Text(", ".join(rows[kind]) + (", …" if n > len(rows[kind]) else "")),
        )
    console.print(table)
    if len(kinds) > SHOWN_ISSUES:
        console.print(Text(say("more_issues", lang, n=len(kinds) - SHOWN_ISSUES)))


def _same_kind(issue: Issue, lang: Lang) -> tuple[str, ...]:
    expected = issue.expected if lang == "vi" else issue.expected_en
    fields = (issue.file, issue.sheet, issue.source, issue.column, issue.kind)
    return (*(text or "" for text in fields), issue.reason, expected or "", issue.action)
