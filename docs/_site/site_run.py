"""Every Python block of a page is run while the site is built, and shows what it gives.

The blocks of a page share one namespace and one fresh folder with the examples in it. A block that
fails fails the build. What a notebook would show of a block (what it prints, the value of its last
line) stands below it.
"""

import ast
import contextlib
import html
import io
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.M | re.S)
# Pages whose blocks need a database or an engine: the tests run them (test_readme.py says which).
NOT_HERE = {"co-so-du-lieu", "spark", "dask-ray-daft"}
LONGEST_TEXT = 6000
PLACE = "tra-cuu/so-tay/"


@contextlib.contextmanager
def fresh_folder(below: str = "") -> Iterator[Path]:
    """A new working directory that has the examples, left again afterwards."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, below)
        folder.mkdir(exist_ok=True)
        Path(name, "examples").symlink_to(ROOT / "examples")
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def run_block(code: str, name: str, namespace: dict[str, Any]) -> tuple[str, list[object]]:
    """What a block prints; its charts, and the value of its last line if that is an expression."""
    tree = ast.parse(code, name)
    values: list[object] = []
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for statement in tree.body:
            if not isinstance(statement, ast.Expr):
                exec(compile(ast.Module([statement], []), name, "exec"), namespace)
                continue
            value = eval(compile(ast.Expression(statement.value), name, "eval"), namespace)
            if statement is tree.body[-1] or is_chart(value):
                values.append(value)
    return printed.getvalue(), values


def is_chart(value: object) -> bool:
    return any(base.__module__.startswith("altair.") for base in type(value).__mro__)


def shown(value: object) -> str:
    """A value as HTML: as a notebook shows it, a picture for a chart; nothing for a whole file."""
    if value is None or (isinstance(value, str | bytes) and len(value) > 200):
        return ""
    if is_chart(value):
        import tthc_kpi as tk

        return f'<div class="chart">{tk.charts.svg(value)}</div>'
    as_html = getattr(value, "_repr_html_", None)
    told = None if as_html is None else as_html()
    return told if told is not None else _text(repr(value))


def _text(text: str) -> str:
    text = text.strip("\n")
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\n…"
    return f"<pre>{html.escape(text)}</pre>" if text else ""


def with_outputs(text: str, name: str) -> str:
    """The text of a page, below each Python block what it gives."""
    if name in NOT_HERE or not BLOCK.search(text):
        return text
    namespace: dict[str, Any] = {}

    def run(block: re.Match[str]) -> str:
        printed, values = run_block(block[1], name, namespace)
        output = _text(printed) + "".join(map(shown, values))
        if not output:
            return block[0]
        return f'{block[0]}\n``````{{raw}} html\n<div class="output">{output}</div>\n``````\n'

    with fresh_folder("notebooks" if name.startswith(PLACE) else ""):
        return BLOCK.sub(run, text)


def _read(_app: Any, name: str, source: list[str]) -> None:
    source[0] = with_outputs(source[0], name)


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", _read, priority=900)
    return {"parallel_read_safe": False}
