"""Những gì các lệnh dùng chung: where they print, how their tables look, the language."""

import argparse
import os
import sys
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from tthc_kpi._errors import InputError
from tthc_kpi._paper import PLAIN_WIDTH

__all__ = ["QuietConsole", "add_lang", "check_folder", "console", "grid"]


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


def check_folder(path: Path) -> None:
    """The folder a file is to be written into exists; of its path only its own name is told."""
    if not path.parent.is_dir():
        name, folder = path.name, path.parent.name
        english = f"{name}: no such folder: {folder}"
        raise InputError("no_folder", f"{name}: không có thư mục {folder} [{english}]", english)
