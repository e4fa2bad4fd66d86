"""Pages that are made, not written: indicators, the 766 index, the Python reference, notebooks."""

import shutil
from pathlib import Path
from typing import Any

import site_index
import site_indicators
import site_notebooks
import site_python

MADE = Path(__file__).resolve().parents[1] / "tra-cuu"


def write_pages(folder: Path) -> None:
    """All of them, into a folder that has nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    pages: dict[str, str] = {}
    for part in (site_indicators, site_index, site_python, site_notebooks):
        pages |= part.pages()
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _begin(_app: Any) -> None:
    write_pages(MADE)


def setup(app: Any) -> dict[str, bool]:
    app.connect("builder-inited", _begin)
    return {"parallel_read_safe": True}
