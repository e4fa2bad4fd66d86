"""Lệnh ``tthc-kpi judge``: kết quả xét từng hồ sơ thành tệp, để hỏi tiếp bằng công cụ khác."""

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tthc_kpi._changes_csv import VERDICTS
from tthc_kpi._console import Read, add_policy, console, files_asked, grid, names_asked, wrote
from tthc_kpi._errors import QueryError
from tthc_kpi._judge import judge
from tthc_kpi._plan import Plan
from tthc_kpi._query import Policy
from tthc_kpi._table import write_csv
from tthc_kpi._text import count, lang_of

__all__ = ["add_judge"]


def add_judge(
    parser: argparse.ArgumentParser,
    asking: Callable[[argparse.ArgumentParser], None],
    read: Read,
    rules: Callable[[argparse.Namespace], Policy],
) -> None:
    """The command's arguments, and what runs it."""
    asking(parser)
    add_policy(parser)
    parser.add_argument(
        "--columns",
        action="append",
        metavar="CỘT",
        help="cột của hồ sơ cần có, cách nhau dấu phẩy; không có thì là các cột thường xem",
    )
    parser.add_argument("--parquet", type=Path, metavar="TỆP", help="ghi Parquet")
    parser.add_argument("--csv", type=Path, metavar="TỆP", help="ghi CSV, mở được bằng Excel")
    parser.set_defaults(run=lambda options: _run(options, read, rules))


def _run(
    options: argparse.Namespace, read: Read, rules: Callable[[argparse.Namespace], Policy]
) -> None:
    lang = lang_of(options.lang)
    written = files_asked(options.parquet, options.csv)
    if not written:
        raise QueryError("bad_option", "cần --parquet hoặc --csv [--parquet or --csv is needed]")
    columns = None if options.columns is None else names_asked(options.columns)
    plan, policy = Plan(options.plan), rules(options)
    judged = judge(
        read(options, lang),
        plan,
        period=options.period,
        as_of=options.as_of,
        policy=policy,
        columns=columns,
    )
    if options.parquet is not None:
        judged.to_parquet(options.parquet)
    if options.csv is not None:
        names = judged.column_names
        write_csv(options.csv, names, ([row[name] for name in names] for row in judged))
    found = Counter(str(word) for word in judged.to_arrow()["verdict"].to_pylist())
    table = grid()
    table.add_column("Kết quả xét" if lang == "vi" else "Verdict")
    table.add_column("Hồ sơ" if lang == "vi" else "Dossiers", justify="right")
    for word, rows in found.most_common():
        table.add_row(VERDICTS.get(word, word) if lang == "vi" else word, count(rows, lang))
    console().print(table)
    for path in written:
        print(wrote(path, lang))
