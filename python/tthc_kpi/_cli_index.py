"""Lệnh ``tthc-kpi index-766``: bộ chỉ số 766 từ hồ sơ, bảng số đếm, số liệu tự khai."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tthc_kpi._console import Read, files_asked, names_asked, wrote
from tthc_kpi._index import index_766
from tthc_kpi._index_view import print_index
from tthc_kpi._scheme import Scheme, schemes
from tthc_kpi._text import Lang, clean, lang_of

__all__ = ["add_index"]


def add_index(parser: argparse.ArgumentParser, read: Read, console: Callable[[], Console]) -> None:
    """The command's arguments, and what runs it."""
    parser.add_argument("files", nargs="*", metavar="TỆP", help="tệp hồ sơ .xlsx, .csv, .parquet")
    parser.add_argument("--counts", metavar="CSV", help="bảng số đếm, ngang hoặc dọc")
    parser.add_argument("--declared", metavar="CSV", help="số liệu tự khai, kèm source và date")
    parser.add_argument(
        "--registers",
        action="append",
        default=[],
        metavar="TỆP",
        help="danh mục TTHC, sổ phản ánh, kiến nghị; nhiều lần được",
    )
    parser.add_argument("--level", choices=["commune", "province"], help="cấp của cơ quan")
    parser.add_argument("--period", metavar="KỲ", help="2026-08, 2026-Q3, ...; cần khi có hồ sơ")
    parser.add_argument("--as-of", metavar="NGÀY", help="tính đến hết ngày nào (yyyy-mm-dd)")
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="CHIỀU",
        help="chia hồ sơ theo agency hoặc receiving_agency",
    )
    parser.add_argument(
        "--scheme",
        action="append",
        default=[],
        metavar="ID",
        help="bộ chỉ số, mặc định qd-766-2026; nêu nhiều lần để so sánh",
    )
    parser.add_argument(
        "--scope",
        choices=["stated", "shown"],
        default="stated",
        help="phạm vi theo văn bản, hoặc như Cổng chấm",
    )
    parser.add_argument("--explain", metavar="DÒNG", help="giải thích một dòng, như 2.1")
    parser.add_argument("--list", action="store_true", help="các bộ chỉ số, dòng và nguồn")
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang HTML")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")
    parser.add_argument("--sheet", metavar="TÊN", help="bảng tính cần đọc")
    parser.add_argument(
        "--map", action="append", default=[], metavar="TIÊU_ĐỀ=CỘT", help="một tiêu đề là cột nào"
    )
    parser.add_argument(
        "--mapping", type=Path, metavar="TỆP", help="tệp TOML đã ghi bằng check --save-mapping"
    )
    parser.add_argument("--strict", action="store_true", help="dừng ở vấn đề dữ liệu đầu tiên")
    parser.add_argument("--lang", choices=["vi", "en"], default="vi", help="ngôn ngữ của kết quả")

    def run(options: argparse.Namespace) -> None:
        lang, out = lang_of(options.lang), console()
        if options.list:
            _list(options.scheme or schemes(), lang, out)
        else:
            _run(options, lang, read, out)

    parser.set_defaults(run=run)


def _run(options: argparse.Namespace, lang: Lang, read: Read, out: Console) -> None:
    written = files_asked(options.html, options.json)
    by = names_asked(options.by)
    ix = index_766(
        read(options, lang) if options.files else None,
        counts=options.counts,
        declared=options.declared,
        period=options.period,
        as_of=options.as_of,
        by=by,
        level=options.level,
        scheme=options.scheme or "qd-766-2026",
        scope=options.scope,
        registers=options.registers or None,
    )
    if options.explain is not None:
        out.print(Text(ix.explain(options.explain, lang)))
    else:
        print_index(ix, lang, out)
    if options.html is not None:
        ix.to_html(options.html, lang=lang)
    if options.json is not None:
        ix.to_json(options.json)
    for path in written:
        out.print(Text(wrote(path, lang)))


def _list(names: Sequence[str], lang: Lang, out: Console) -> None:
    for name in names:
        scheme = Scheme(name)
        out.print(Text(scheme.id, style="bold").append(f"  {clean(scheme.title)}", "not bold"))
        table = Table(box=None, padding=(0, 1), show_header=False)
        for _ in range(4):
            table.add_column()
        for row in scheme.rows:
            counts = row["counts"]
            slugs = [*counts["numerator"], "/", *counts["denominator"]]
            shown = " ".join(slugs) if counts["numerator"] else counts["value"] or ""
            cells = (row["code"] or "", clean(row["name"][lang]), row["maximum"] or "–", shown)
            table.add_row(*(Text(cell) for cell in cells))
        out.print(table)
        for source in scheme.sources:
            out.print(Text(f"- {source['id']}: {_line(source, lang)}", style="dim"))


def _line(source: dict[str, Any], lang: Lang) -> str:
    return clean(f"{source['title'][lang]} ({source['place']})")
