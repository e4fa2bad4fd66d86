"""Bảng thành chữ: what is printed becomes text."""

import html
import io
from typing import Any

from rich.console import Console

__all__ = ["PLAIN_WIDTH", "Paper", "Told"]

# Room for the widest table, where nothing says how wide the place is.
PLAIN_WIDTH = 120


class Paper(Console):
    """A console whose print is text.

    Also in a notebook, where a console of rich's own would show every line as an output of its own.
    """

    def __init__(self, width: int = PLAIN_WIDTH) -> None:
        self._paper = io.StringIO()
        super().__init__(file=self._paper, width=width, color_system=None, force_jupyter=False)

    def text(self) -> str:
        """What was printed, without the blanks at the ends of lines."""
        lines = self._paper.getvalue().rstrip().split("\n")
        return "\n".join(line.rstrip() for line in lines)


class Told(str):
    """Text of many lines, which a notebook shows as lines, not quoted on a single one."""

    __slots__ = ()

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """Lines that wrap: VS Code neither wraps text nor shows more than thirty lines of it."""
        style = "white-space: pre-wrap; font-family: inherit; margin: 0"
        return f'<pre style="{style}">{html.escape(self)}</pre>'
