"""The recipes for Dask, Ray Data and Daft: each runs where its engine is installed, and gives one machine's tally."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/dask-ray-daft.md"
BLOCKS = re.findall(r"^```python (\w+)\n(.*?)^```", (ROOT / PAGE).read_text("utf-8"), re.M | re.S)

# What the engines say of each other's versions and of their own sockets.
pytestmark = pytest.mark.filterwarnings("ignore")


def close(engine):
    if engine == "ray":
        import ray

        ray.shutdown()


def test_the_page_has_its_recipes():
    assert [engine for engine, _ in BLOCKS] == ["dask", "dask", "ray", "daft"]


@pytest.mark.parametrize(("engine", "block"), BLOCKS, ids=range(len(BLOCKS)))
def test_recipe(engine, block, tmp_path, monkeypatch):
    modules = {"dask": "distributed"}
    if find_spec(modules.get(engine, engine)) is None:
        pytest.skip(f"{engine} is not installed: see requirements-engines.txt and {PAGE}")
    (tmp_path / "hoso").mkdir()
    for seed in range(3):
        tk.synth(700, seed=seed).to_parquet(tmp_path / "hoso" / f"{seed}.parquet")
    monkeypatch.chdir(tmp_path)
    # Functions of `__main__` are sent by value, as those of a script are.
    namespace = {"__name__": "__main__"}
    try:
        exec(compile(block, PAGE, "exec"), namespace)
    finally:
        close(engine)
    one = tk.tally(
        tk.scan("hoso/*.parquet"), tk.Plan("dong-nguyen-2026"), period="2026", by="agency"
    )
    assert namespace["whole"] == one
