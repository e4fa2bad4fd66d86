"""Thanh tiến độ khi đọc lâu."""

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn

from tthc_kpi._text import Lang, count, say

__all__ = ["ReadProgress", "ScanProgress"]

# Most reads end before anybody wonders; a bar that flashes by is noise.
PATIENCE = 0.8
# Seconds between two looks of the bar: it is told far more often.
PACE = 0.1


class _Bar:
    """A progress bar on stderr, only on a terminal, only when the work takes long."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._started = time.monotonic()
        self._drawn = 0.0
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def _columns(self) -> tuple[ProgressColumn, ...]:
        return (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeRemainingColumn(),
        )

    def _show(self, done: int, total: int, told: str = "") -> None:
        now = time.monotonic()
        if self._bar is None:
            # In a notebook stderr is no terminal: dozens of outputs would be no progress.
            if not sys.stderr.isatty() or now - self._started < PATIENCE:
                return
            console = Console(stderr=True, force_jupyter=False)
            self._bar = Progress(*self._columns(), console=console, transient=True)
            self._bar.start()
            self._bar.add_task(self._what, total=None, told="")
        elif now - self._drawn < PACE:
            return
        self._drawn = now
        task = self._bar.task_ids[0]
        self._bar.update(task, completed=done, total=total or None, told=told)


class ReadProgress(_Bar):
    """How far a reading is."""

    def __call__(self, done: int, total: int) -> None:
        self._show(done, total)


class ScanProgress(_Bar):
    """How far a counting is, and how many rows a second."""

    def __init__(self, lang: Lang = "vi") -> None:
        super().__init__(say("counting", lang))
        self._lang = lang

    def _columns(self) -> tuple[ProgressColumn, ...]:
        return (*super()._columns(), TextColumn("{task.fields[told]}"))

    def __call__(self, rows: int, done: int, total: int) -> None:
        # Not the number of the last moment: a row group or a block is done at once.
        seconds = max(time.monotonic() - self._started, 1e-3)
        speed = int(rows / seconds)
        lang = self._lang
        told = say("rows_second", lang, n=count(rows, lang), speed=count(speed, lang))
        self._show(done, total, told)
