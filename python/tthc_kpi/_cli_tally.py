"""Các lệnh ``tthc-kpi tally`` và ``tthc-kpi merge``: đếm rồi lưu, gộp các bảng đếm đã lưu."""

import argparse
from collections.abc import Callable
from pathlib import Path

from tthc_kpi._console import add_by, add_lang, add_policy, console, files_asked, names_asked, wrote
from tthc_kpi._mapping import Values
from tthc_kpi._plan import Plan
from tthc_kpi._progress import ReadProgress
from tthc_kpi._query import Policy
from tthc_kpi._tally import Tally, merge_tallies, tally
from tthc_kpi._terminal import print_card
from tthc_kpi._text import count, lang_of, say

__all__ = ["add_merge", "add_tally"]

# What headers and words of the files mean.
Wishes = Callable[[argparse.Namespace], tuple[dict[str, str] | None, Values | None]]


def add_tally(
    parser: argparse.ArgumentParser,
    rules: Callable[[argparse.Namespace], Policy],
    wishes: Wishes,
) -> None:
    """The options of ``tally``; those of a question are there already."""
    add_by(parser)
    add_policy(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="TỆP",
        help="ghi bảng đếm: .tally (gọn) hoặc .json",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="THƯ_MỤC",
        help="giữ kết quả từng tệp ở đây: lần sau chỉ đếm lại tệp đã đổi",
    )
    parser.add_argument(
        "--assume-unique",
        action="store_true",
        help="coi mã hồ sơ là không trùng, không tìm trong từng tệp; Parquet thì không cần nạp hết",
    )

    def run(options: argparse.Namespace) -> None:
        lang = lang_of(options.lang)
        files_asked(options.out)
        mapping, values = wishes(options)
        plan = Plan(options.plan)
        with ReadProgress(say("counting_files", lang)) as progress:
            found = tally(
                options.files,
                plan,
                period=options.period,
                as_of=options.as_of,
                by=names_asked(options.by),
                policy=rules(options),
                cache=options.cache,
                mapping=mapping,
                values=values,
                sheet=options.sheet,
                strict=options.strict,
                duplicates="assume_unique" if options.assume_unique else "resolve",
                progress=progress,
            )
        found.save(options.out)
        _tell(found, lang)
        print(wrote(options.out, lang))

    parser.set_defaults(run=run)


def add_merge(parser: argparse.ArgumentParser) -> None:
    """The options of ``merge``."""
    parser.add_argument(
        "files",
        nargs="+",
        metavar="BẢNG_ĐẾM",
        help="tệp .tally, .json do lệnh tally ghi, hoặc thư mục chứa chúng",
    )
    parser.add_argument(
        "--by",
        action="append",
        default=None,
        metavar="CHIỀU",
        help="chỉ giữ các chiều này của bảng đếm; --by '' để gộp thành toàn bộ",
    )
    parser.add_argument("--out", type=Path, metavar="TỆP", help="ghi bảng đếm đã gộp")
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang báo cáo HTML")
    parser.add_argument("--xlsx", type=Path, metavar="TỆP", help="ghi sổ Excel")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi bảng kết quả JSON")
    add_lang(parser)
    parser.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> None:
    lang = lang_of(options.lang)
    written = files_asked(options.out, options.html, options.xlsx, options.json)
    with ReadProgress(say("merging", lang)) as progress:
        found = merge_tallies(options.files, progress=progress)
    if options.by is not None:
        found = found.regroup(names_asked(options.by))
    card = found.scorecard()
    print_card(card, lang, console())
    _tell(found, lang)
    if options.out is not None:
        found.save(options.out)
    if options.html is not None:
        card.to_html(options.html, lang=lang)
    if options.xlsx is not None:
        card.to_excel(options.xlsx, lang=lang)
    if options.json is not None:
        card.to_json(options.json)
    for path in written:
        print(wrote(path, lang))


def _tell(found: Tally, lang: str) -> None:
    """How many rows of how many sources were counted."""
    sources = found.sources
    told = lang_of(lang)
    rows = sum(source.rows for source in sources)
    print(say("counted", told, n=count(len(sources), told), rows=count(rows, told)))
