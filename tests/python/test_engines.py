"""The recipes for Dask, Ray Data, Daft and fsspec: each runs where its engine is installed, and gives one machine's figures."""

import re
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/dask-ray-daft.md"
BLOCKS = re.findall(r"^```python (\w+)\n(.*?)^```", (ROOT / PAGE).read_text("utf-8"), re.M | re.S)

REMOTE_PAGE = "docs/dong-du-lieu.md"

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
    tables = [tk.synth(700, seed=seed).to_arrow() for seed in range(3)]
    whole = run(engine, block, tables, tmp_path, monkeypatch)
    one = tk.tally(
        tk.scan("hoso/*.parquet"), tk.Plan("dong-nguyen-2026"), period="2026", by="agency"
    )
    assert whole == one


@pytest.mark.parametrize(("engine", "block"), BLOCKS, ids=range(len(BLOCKS)))
def test_recipe_refuses_parts_that_prove_another_order(engine, block, tmp_path, monkeypatch):
    """04/05 is the fourth of May in one part; on one machine 04/13 in another makes it the fifth of April."""
    tables = [
        pa.table({"Ngày tiếp nhận": [day] * 5, "Đơn vị giải quyết": ["x"] * 5})
        for day in ("04/05/2026", "04/13/2026")
    ]
    with pytest.raises(ValueError, match="tháng đứng trước"):
        run(engine, block, tables, tmp_path, monkeypatch)


def run(engine, block, tables, folder, monkeypatch):
    """The sum of the tallies that a recipe makes of these files."""
    modules = {"dask": "distributed"}
    if find_spec(modules.get(engine, engine)) is None:
        pytest.skip(f"{engine} is not installed: see requirements-engines.txt and {PAGE}")
    (folder / "hoso").mkdir()
    for place, table in enumerate(tables):
        pq.write_table(table, folder / "hoso" / f"{place}.parquet")
    monkeypatch.chdir(folder)
    # Functions of `__main__` are sent by value, as those of a script are.
    namespace = {"__name__": "__main__"}
    try:
        exec(compile(block, PAGE, "exec"), namespace)
    finally:
        close(engine)
    return namespace["whole"]


def test_files_of_fsspec_give_the_card_of_local_ones(tmp_path):
    """The page's own blocks, then what they read once more as files of this machine."""
    if find_spec("fsspec") is None:
        pytest.skip(f"fsspec is not installed (Dask brings it): see {REMOTE_PAGE}")
    text = (ROOT / REMOTE_PAGE).read_text("utf-8")
    blocks = re.findall(r"^```python fsspec\n(.*?)^```", text, re.M | re.S)
    assert len(blocks) == 2
    namespace = {}
    for block in blocks:
        exec(compile(block, REMOTE_PAGE, "exec"), namespace)
    store, plan = namespace["store"], tk.Plan("dong-nguyen-2026")
    for remote, got, rows in [
        ("/kho/2026", namespace["card"], 1_400),
        ("/csv", namespace["codes"], 1),
    ]:
        files = []
        for path in sorted(store.ls(remote, detail=False)):
            files.append(tmp_path / Path(path).name)
            files[-1].write_bytes(store.cat_file(path))
        local = tk.evaluate(tk.scan(files), plan, period="2026", by="agency")
        assert got.to_json() == local.to_json()
        assert got.accounting["read"] == rows
    late = namespace["card"]["on_time_rate"]
    assert len(namespace["card"].cases("on_time_rate")) == late.denominator - late.numerator
