"""Lệnh ``tthc-kpi forecast``: dự báo tỷ lệ cuối kỳ từ những gì đã có đến ngày chốt."""

import argparse
from collections.abc import Callable

from tthc_kpi._console import Read, add_telling, files_asked, tell
from tthc_kpi._errors import QueryError
from tthc_kpi._forecast import forecast
from tthc_kpi._plan import Plan
from tthc_kpi._query import Policy
from tthc_kpi._text import Lang, lang_of

__all__ = ["add_forecast"]


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
    add_telling(parser, "giải thích dự báo của một chỉ tiêu")

    def run(options: argparse.Namespace) -> None:
        _run(options, lang_of(options.lang), read, policy)

    parser.set_defaults(run=run)


def _run(
    options: argparse.Namespace, lang: Lang, read: Read, policy: Callable[[str], Policy]
) -> None:
    files_asked(options.html, options.json)
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
    tell(ahead, options, lang)


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
