"""Lệnh ``tthc-kpi diff``: hai kỳ, hai bộ quy tắc hay hai bản kế hoạch khác nhau ở đâu."""

import argparse
from collections.abc import Callable

from tthc_kpi._console import Read, add_telling, files_asked, names_asked, tell
from tthc_kpi._errors import QueryError
from tthc_kpi._evaluate import evaluate
from tthc_kpi._plan import Plan
from tthc_kpi._query import Policy
from tthc_kpi._text import Lang, lang_of

__all__ = ["add_diff"]


def add_diff(
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
        help="một bộ quy tắc, như qd-766, hoặc các quy tắc khác đi, như comparison=instant",
    )
    against = parser.add_argument_group("đem so với, ít nhất một")
    against.add_argument("--against", metavar="KỲ", help="kỳ trước, như 2026-Q1")
    against.add_argument("--against-as-of", metavar="NGÀY", help="kỳ trước tính đến ngày nào")
    against.add_argument("--against-policy", metavar="QUY_TẮC", help="bộ quy tắc khác")
    against.add_argument("--against-plan", metavar="ID", help="kế hoạch khác, hoặc bản khác của nó")
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="CHIỀU",
        help="do nhóm nào: agency, field, ...; nhiều chiều cách nhau dấu phẩy",
    )
    add_telling(parser, "giải thích một chỉ tiêu")

    def run(options: argparse.Namespace) -> None:
        _run(options, lang_of(options.lang), read, policy)

    parser.set_defaults(run=run)


def _run(
    options: argparse.Namespace, lang: Lang, read: Read, policy: Callable[[str], Policy]
) -> None:
    given = (options.against, options.against_as_of, options.against_policy, options.against_plan)
    if not any(given):
        raise QueryError(
            "nothing_against",
            "so với gì: --against KỲ, --against-policy, --against-plan hoặc --against-as-of"
            " [what to compare with]",
        )
    files_asked(options.html, options.json)
    by = names_asked(options.by)
    plan = Plan(options.plan)
    other_plan = plan if options.against_plan is None else Plan(options.against_plan)
    rules = policy(options.policy)
    other_rules = rules if options.against_policy is None else policy(options.against_policy)
    other_as_of = options.against_as_of
    if other_as_of is None and options.against is None:
        # The same period is seen to the same day.
        other_as_of = options.as_of
    ds = read(options, lang)
    after = evaluate(ds, plan, period=options.period, as_of=options.as_of, by=by, policy=rules)
    before = evaluate(
        ds,
        other_plan,
        period=options.against or options.period,
        as_of=other_as_of,
        by=by,
        policy=other_rules,
    )
    moved = after.diff(before)
    tell(moved, options, lang)
