"""What `make` says of a machine that lacks something: one line each, with the command that helps."""

import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "dev.py"


@pytest.fixture
def dev():
    spec = importlib.util.spec_from_file_location("dev_under_test", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("tool", "command"), [("cc", "build-essential"), ("git", "install"), ("cargo", "rustup")]
)
def test_a_missing_tool_is_named_with_the_command_that_installs_it(dev, monkeypatch, tool, command):
    found = dev.shutil.which
    monkeypatch.setattr(
        dev.shutil, "which", lambda name: None if name == tool else found(name) or name
    )
    (line,) = dev.missing_prerequisites()
    assert line.startswith("missing: ")
    assert tool in line
    assert command in line


def test_a_python_without_venv_is_named(dev, monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", lambda name: name)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    (line,) = dev.missing_prerequisites()
    assert "python3-venv" in line


def test_the_words_of_the_fuzzer_are_those_of_the_headers(dev):
    lines = dev.fuzz_words(dev.ROOT / dev.HEADERS).splitlines()
    assert len(lines) == len(set(lines))
    assert '"BCCI"' in lines
    assert '"Ng\\xc3\\xa0y"' in lines
    assert all(line.isascii() and line.count('"') == 2 for line in lines)


def test_nothing_is_missing_here(dev):
    assert list(dev.missing_prerequisites()) == []
