"""The notebooks as pages: their texts and cells; the cells run as those of every page do."""

import json
import os

from site_rules import ROOT
from site_words import toctree

# A person counts two million dossiers in the fourth; a page is made of fewer.
os.environ.setdefault("TTHC_KPI_DOSSIERS", "50000")


def pages() -> dict[str, str]:
    found = sorted((ROOT / "notebooks").glob("*.ipynb"))
    made = {f"so-tay/{path.stem}.md": _page(path.read_text("utf-8")) for path in found}
    made["so-tay/index.md"] = (
        "# Sổ tay\n\nBốn sổ tay Jupyter trong thư mục `notebooks/`, để mở, chạy và sửa theo tệp "
        "của đơn vị: "
        "`.venv/bin/pip install jupyterlab && .venv/bin/jupyter lab notebooks`. "
        "Ở đây là các sổ ấy đã chạy.\n\n"
        + toctree((path.stem for path in found), hidden=False)
        + "\n"
    )
    return made


def _page(text: str) -> str:
    parts = []
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        parts.append(source if cell["cell_type"] == "markdown" else f"```python\n{source}\n```")
    return "\n\n".join(parts) + "\n"
