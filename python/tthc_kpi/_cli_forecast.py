"""Lệnh ``tthc-kpi forecast``: dự báo tỷ lệ cuối kỳ từ những gì đã có đến ngày chốt."""

import argparse
from collections.abc import Callable
from pathlib import Path

from rich.text import Text

from tthc_kpi._console import check_folder, console
from tthc_kpi._dossiers import Dossiers
from tthc_kpi._errors import QueryError
from tthc_kpi._forecast import forecast
from tthc_kpi._plan import Plan
from tthc_kpi._query import Policy
from tthc_kpi._text import Lang, clean, lang_of, say

__all__ = ["add_forecast"]

Read = Callable[[argparse.Namespace, Lang], Dossiers]


def add_forecast(
    parser: argparse.ArgumentParser,
    asking: Callable[[argparse.ArgumentParser], None],
    read: Read,
    policy: Callable[[str], Policy],
) -> None:
    """The command's arguments, and what runs it."""
    asking(parser)
    parser.add_argument(
        "--policy",
        default="plan",
        metavar="QUY_TẮC",
        help="một bộ quy tắc, như nd-61, hoặc các quy tắc khác đi, như comparison=instant",
    )
    parser.add_argument(
        "--window", type=int, metavar="N", help="chỉ lấy nhịp của N tháng trọn gần nhất"
    )
    parser.add_argument(
        "--inflow",
        metavar="SỐ",
        help="số hồ sơ còn nhận đến hết kỳ, như 900 hoặc 900..1200; không có thì theo nhịp",
    )
    parser.add_argument("--explain", metavar="ID", help="giải thích dự báo của một chỉ tiêu")
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang HTML")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")

    def run(options: argparse.Namespace) -> None:
        _run(options, lang_of(options.lang), read, policy)

    parser.set_defaults(run=run)


def _run(
    options: argparse.Namespace, lang: Lang, read: Read, policy: Callable[[str], Policy]
) -> None:
    out = console()
    written = [path for path in (options.html, options.json) if path is not None]
    for path in written:
        # Before the work, not after it.
        check_folder(path)
    plan, inflow, rules = Plan(options.plan), _inflow(options.inflow), policy(options.policy)
    ahead = forecast(
        read(options, lang),
        plan,
        period=options.period,
        as_of=options.as_of,
        window=options.window,
        inflow=inflow,
        policy=rules,
    )
    if options.explain is not None:
        out.print(Text(ahead.explain(options.explain, lang)), soft_wrap=True)
    else:
        out.print(Text(ahead.to_text(lang)), soft_wrap=True)
    if options.html is not None:
        ahead.to_html(options.html, lang=lang)
    if options.json is not None:
        ahead.to_json(options.json)
    for path in written:
        out.print(Text(say("wrote", lang, path=clean(str(path)))), soft_wrap=True)


def _inflow(text: str | None) -> tuple[int, int] | None:
    """The fewest and the most, as written: 900 or 900..1200."""
    if text is None:
        return None
    low, _, high = text.partition("..")
    try:
        return int(low), int(high or low)
    except ValueError:
        raise QueryError(
            "bad_inflow",
            f"--inflow {text!r}: viết một số, hoặc hai số như 900..1200 [a number, or two]",
        ) from None
