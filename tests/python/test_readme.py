"""Both READMEs and every page of docs: their Python blocks and commands, run as they stand."""

import re
import shlex
from pathlib import Path

import pytest

from tthc_kpi.cli import main

ROOT = Path(__file__).resolve().parents[2]
# What is made at the building of the site has its own tests; these pages have theirs, beside what they need.
ELSEWHERE = ["docs/co-so-du-lieu.md", "docs/spark.md", "docs/dask-ray-daft.md"]
NOT_HERE = {"docs/tra-cuu", "docs/_site", *ELSEWHERE}
PAGES = sorted(
    name
    for path in (ROOT / "docs").rglob("*.md")
    if not any((name := path.relative_to(ROOT).as_posix()).startswith(part) for part in NOT_HERE)
)


def blocks(name, language):
    text = (ROOT / name).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["README.md", "README.vi.md"])
def test_readme(name, folder):
    """Each block stands alone: people copy one of them."""
    found = blocks(name, "python")
    assert found, "the README has an example"
    for block in found:
        exec(compile(block, name, "exec"), {})
    assert list(folder.glob("*.html"))


@pytest.mark.parametrize("name", [name for name in PAGES if blocks(name, "python")])
@pytest.mark.usefixtures("folder")
def test_page(name):
    """The blocks of a page go on from one another, as they are read."""
    namespace = {}
    for block in blocks(name, "python"):
        exec(compile(block, name, "exec"), namespace)


def commands(name):
    """The commands of a page of which all files are at hand: examples, and what it makes itself."""
    lines = "".join(blocks(name, "console")).splitlines()
    return [line.partition(" #")[0] for line in lines if line.startswith("tthc-kpi ")]


@pytest.mark.parametrize(
    ("name", "least"), [("docs/cach-lam/dong-lenh.md", 9), ("docs/luu-ket-qua.md", 3)]
)
def test_commands(name, least, folder, capsys):
    found = commands(name)
    assert len(found) >= least
    for command in found:
        status = main(shlex.split(command)[1:])
        told = capsys.readouterr()
        assert status == 0, (command, told.err)
        assert told.out or list(folder.iterdir()), command


DOCUMENTS = ["README.md", "README.vi.md", "DESIGN.md", "GLOSSARY.md", "CHANGELOG.md", *PAGES]


@pytest.mark.parametrize("name", [*DOCUMENTS, *ELSEWHERE])
def test_links_of_a_document_lead_to_files(name):
    """But those into what is made at the building of the site, which Sphinx holds to be there."""
    text = (ROOT / name).read_text("utf-8")
    here = (ROOT / name).parent
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in link and "tra-cuu/" not in link:
            assert (here / link).exists(), link
