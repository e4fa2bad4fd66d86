"""Các lệnh ``tthc-kpi form-06a`` và ``tthc-kpi late``: biểu mẫu nộp đi, công khai hằng tháng."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from tthc_kpi._console import Read, add_policy, files_asked, wrote
from tthc_kpi._form_06a import Form06a, form_06a
from tthc_kpi._heading import heading_parts
from tthc_kpi._late_list import LateList, late_list
from tthc_kpi._query import Policy
from tthc_kpi._text import Lang, lang_of

__all__ = ["add_form_06a", "add_late"]

Rules = Callable[[argparse.Namespace], Policy]

# Parts of the heading that are options; the others stand in the TOML file.
_PARTS = {
    "agency": "đơn vị báo cáo",
    "place": "nơi ký",
    "date": "ngày ký (dd/mm/yyyy hoặc yyyy-mm-dd)",
    "title": "tên biểu, thay cho tên mẫu",
}


def add_form_06a(parser: argparse.ArgumentParser, read: Read, rules: Rules) -> None:
    """The options of ``form-06a``; those of reading are there already."""
    _add_options(parser)

    def make(options: argparse.Namespace, lang: Lang, policy: Policy) -> Form06a:
        ds = read(options, lang)
        return form_06a(ds, period=options.period, as_of=options.as_of, policy=policy)

    parser.set_defaults(run=lambda options: _run(options, make, rules))


def add_late(parser: argparse.ArgumentParser, read: Read, rules: Rules) -> None:
    """The options of ``late``; those of reading are there already."""
    _add_options(parser)

    def make(options: argparse.Namespace, lang: Lang, policy: Policy) -> LateList:
        ds = read(options, lang)
        return late_list(ds, period=options.period, as_of=options.as_of, policy=policy)

    parser.set_defaults(run=lambda options: _run(options, make, rules))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--period",
        required=True,
        metavar="KỲ",
        help="2026-03, 2026-Q2, 2026-H1, 2026, hoặc 2026-01-01..2026-03-31",
    )
    parser.add_argument("--as-of", metavar="NGÀY", help="tính đến hết ngày nào (yyyy-mm-dd)")
    add_policy(parser, "period_rule=cut_off_15")
    parser.add_argument("--xlsx", type=Path, metavar="TỆP", help="ghi biểu Excel để in, ký")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")
    parser.add_argument("--parquet", type=Path, metavar="TỆP", help="ghi Parquet")
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang HTML")
    parser.add_argument(
        "--heading",
        type=Path,
        metavar="TỆP",
        help="tệp TOML: phần đầu, phần ký của biểu Excel (xem docs/bieu-mau.md)",
    )
    for part, meaning in _PARTS.items():
        parser.add_argument(f"--{part}", metavar="CHỮ", help=f"trên biểu Excel: {meaning}")


def _heading(options: argparse.Namespace) -> Mapping[str, str]:
    """The file's parts, those of the command line over them."""
    given = {part: getattr(options, part) for part in _PARTS}
    told = {part: text for part, text in given.items() if text is not None}
    return heading_parts(options.heading) | told


def _run(
    options: argparse.Namespace,
    make: Callable[[argparse.Namespace, Lang, Policy], Form06a | LateList],
    rules: Rules,
) -> None:
    lang = lang_of(options.lang)
    written = files_asked(options.html, options.xlsx, options.json, options.parquet)
    heading = _heading(options)
    output = make(options, lang, rules(options))
    print(output.to_text(lang))
    if options.html is not None:
        output.to_html(options.html, lang=lang)
    if options.xlsx is not None:
        output.to_excel(options.xlsx, heading=heading, lang=lang)
    if options.json is not None:
        options.json.write_text(output.to_json(), encoding="utf-8")
    if options.parquet is not None:
        output.to_parquet(options.parquet)
    for path in written:
        print(wrote(path, lang))
