"""The Python examples of both READMEs and of pages in docs, run as they stand."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "README.vi.md",
        "docs/so-dang-ky.md",
        "docs/doc-du-lieu.md",
        "docs/dau-hieu.md",
        "docs/thong-diep.md",
        "docs/bao-cao.md",
        "docs/bieu-do.md",
    ],
)
def test_readme(name, monkeypatch, tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.M | re.S)
    assert blocks, "the README has an example"
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    for block in blocks:
        exec(compile(block, name, "exec"), {})
    assert name.startswith("docs/") or list(tmp_path.glob("*.html"))
