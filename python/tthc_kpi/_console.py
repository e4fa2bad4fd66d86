"""Những gì các lệnh dùng chung: where they print, how their tables look, the language."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tthc_kpi._dossiers import Dossiers
from tthc_kpi._errors import InputError
from tthc_kpi._paper import PLAIN_WIDTH
from tthc_kpi._text import Lang, clean, say

__all__ = [
    "QuietConsole",
    "Read",
    "add_by",
    "add_lang",
    "add_policy",
    "add_telling",
    "check_folder",
    "console",
    "files_asked",
    "grid",
    "names_asked",
    "tell",
    "wrote",
]

# How a command reads the dossiers of its files.
Read = Callable[[argparse.Namespace, Lang], Dossiers]


class QuietConsole(Console):
    """A console that leaves a closed pipe to the entry point; rich's own would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console() -> QuietConsole:
    """Where results go."""
    # Into a pipe or a file rich would assume 80 columns, which breaks the tables for nothing.
    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return QuietConsole(width=width, highlight=False, force_jupyter=False)


def grid() -> Table:
    """A table as all of the console's look."""
    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))


def add_lang(parser: argparse.ArgumentParser) -> None:
    """The option for the language of results."""
    parser.add_argument("--lang", choices=["vi", "en"], default="vi", help="ngôn ngữ của kết quả")


def files_asked(*paths: Path | None) -> list[Path]:
    """The files that are to be written, each with a folder: asked before the work, not after it."""
    asked = [path for path in paths if path is not None]
    for path in asked:
        check_folder(path)
    return asked


def wrote(path: Path, lang: Lang) -> str:
    """That a file was written."""
    return say("wrote", lang, path=clean(str(path)))


class Told(Protocol):
    """What can be told, explained and written."""

    def explain(self, indicator: str, lang: Lang = "vi") -> str: ...

    def to_text(self, lang: Lang = "vi") -> str: ...

    def to_html(self, path: Path | None = None, *, lang: Lang = "vi") -> str: ...

    def to_json(self, path: Path | None = None) -> str: ...


def add_by(parser: argparse.ArgumentParser) -> None:
    """The option for what figures are broken down by."""
    parser.add_argument(
        "--by",
        action="append",
        default=[],
        metavar="CHIỀU",
        help="chia theo agency, field, month, ...; nhiều chiều cách nhau dấu phẩy",
    )


def add_policy(parser: argparse.ArgumentParser, example: str = "comparison=instant") -> None:
    """The option for rules other than those of the plan."""
    parser.add_argument(
        "--policy",
        action="append",
        default=[],
        metavar="QUY_TẮC=GIÁ_TRỊ",
        help=f"đổi một quy tắc, như {example}, hoặc tên một bộ quy tắc, như qd-766",
    )


def add_telling(parser: argparse.ArgumentParser, explain: str) -> None:
    """The options for what is told, and where it is written."""
    parser.add_argument("--explain", metavar="ID", help=explain)
    parser.add_argument("--html", type=Path, metavar="TỆP", help="ghi trang HTML")
    parser.add_argument("--json", type=Path, metavar="TỆP", help="ghi JSON")


def tell(found: Told, options: argparse.Namespace, lang: Lang) -> None:
    """Print what was found, or one figure explained, and write the files asked for."""
    out = console()
    explained = options.explain is not None
    text = found.explain(options.explain, lang) if explained else found.to_text(lang)
    out.print(Text(text), soft_wrap=True)
    if options.html is not None:
        found.to_html(options.html, lang=lang)
    if options.json is not None:
        found.to_json(options.json)
    for path in (options.html, options.json):
        if path is not None:
            out.print(Text(wrote(path, lang)), soft_wrap=True)


def names_asked(options: Sequence[str]) -> list[str]:
    """Names of an option that is given several times, or with commas between them.

    >>> names_asked(["agency, month", "field"])
    ['agency', 'month', 'field']
    """
    return [name.strip() for part in options for name in part.split(",") if name.strip()]


def check_folder(path: Path) -> None:
    """The folder a file is to be written into exists; of its path only its own name is told."""
    if not path.parent.is_dir():
        name, folder = path.name, path.parent.name
        english = f"{name}: no such folder: {folder}"
        raise InputError("no_folder", f"{name}: không có thư mục {folder} [{english}]", english)
