"""Lệnh ``tthc-kpi plan``: the built-in plans, one plan, a new one, and what is wrong with one."""

import argparse
from decimal import Decimal

from rich.text import Text

from tthc_kpi._console import add_lang, console, grid, wrote
from tthc_kpi._errors import QueryError
from tthc_kpi._plan import Plan, plans
from tthc_kpi._text import Lang, clean, count, lang_of, say, target

__all__ = ["add_plan"]

TEMPLATE = "mau-cap-xa-2026"


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The options of ``plan``."""
    parser.add_argument(
        "what",
        nargs="?",
        metavar="ID | new | check",
        help="mã kế hoạch có sẵn hoặc tệp TOML: xem chỉ tiêu; new TỆP: viết kế hoạch mới;"
        " check TỆP: mọi lỗi và điều đáng ngờ của một tệp",
    )
    parser.add_argument("file", nargs="?", metavar="TỆP", help="tệp TOML của new, check")
    parser.add_argument(
        "--from",
        dest="template",
        default=TEMPLATE,
        metavar="ID",
        help=f"kế hoạch có sẵn mà new bắt đầu từ đó ({TEMPLATE})",
    )
    add_lang(parser)
    parser.set_defaults(run=_plan)


def _plan(options: argparse.Namespace) -> None:
    lang = lang_of(options.lang)
    if options.what in {"new", "check"}:
        if options.file is None:
            raise QueryError(
                "no_file", f"tthc-kpi plan {options.what} TỆP: thiếu tên tệp [a file is missing]"
            )
        if options.what == "new":
            Plan.new(options.file, options.template)
            print(wrote(options.file, lang))
        else:
            _check(options.file, lang)
    elif options.file is not None:
        raise QueryError(
            "bad_option", "thừa tên tệp: chỉ new và check nhận tệp [one name too many]"
        )
    elif options.what is None:
        for name in plans():
            title = Plan(name).title
            console().print(Text(name, style="bold").append(f"  {title}", "not bold"))
    else:
        _show(Plan(options.what), lang)


def _check(file: str, lang: Lang) -> None:
    # A file always, whatever it is called: `check` is not asked of a built-in plan.
    plan = Plan.from_file(file)
    for warning in plan.warnings_in(lang):
        print(f"{say('warning', lang)}: {clean(warning)}")
    n = count(len(plan.indicators), lang)
    print(say("plan_is_valid", lang, id=clean(plan.id), n=n))


def _show(plan: Plan, lang: Lang) -> None:
    screen = console()
    screen.print(Text(clean(plan.title), style="bold"))
    table = grid()
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column(say("indicator", lang), ratio=1, overflow="fold")
    table.add_column(say("target", lang), justify="right", no_wrap=True)
    table.add_column(say("clause", lang))
    owned = any(indicator.get("owner") for indicator in plan.indicators)
    if owned:
        table.add_column(say("owner", lang))
    for at, indicator in enumerate(plan.indicators, start=1):
        goal = indicator["target"]
        table.add_row(
            Text(str(at)),
            Text(clean(indicator["name"][lang])).append(f"\n{indicator['id']}", "dim"),
            Text(target(goal["op"], Decimal(goal["percent"]), lang)),
            Text("; ".join(clause["clause"] for clause in indicator["clauses"])),
            *([Text(clean(indicator.get("owner") or ""))] if owned else []),
        )
    screen.print(table)
