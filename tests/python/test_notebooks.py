"""The notebooks, run from the first cell to the last in a kernel of this interpreter."""

import json

import nbformat
import pytest

from run_notebooks import NOTEBOOKS, execute, kernel_in


@pytest.fixture(scope="module")
def _kernel(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in kernel_in(tmp_path_factory.mktemp("jupyter") / "home").items():
            patch.setenv(name, value)
        yield


@pytest.mark.usefixtures("_kernel")
# What the tools of Jupyter warn of is theirs; a warning of a cell is on its standard error.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs(path):
    cells = execute(path).cells
    outputs = [output for cell in cells for output in cell.get("outputs", ())]
    assert any("text/html" in output.get("data", {}) for output in outputs), "it shows a result"
    assert not [output for output in outputs if output.get("name") == "stderr"], "without a warning"


RESULTS = [
    "card",
    "card.total",
    'card["on_time_rate"]',
    'tk.forecast(ds, plan, period="2026", as_of="2026-06-30")',
    "card.diff(before)",
    'card.needed("on_time_rate")',
    'tk.compare(ds, plan, ["plan", "qd-766"], period="2026")',
    'tk.integrity(ds, period="2026")',
    'tk.index_766(ds, period="2026", level="commune")',
    'tk.form_06a(ds, period="2026-03")',
    'tk.late_list(ds, period="2026-03")',
    "ds",
    "plan",
]


@pytest.mark.usefixtures("_kernel")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_a_result_is_one_output(tmp_path):
    """What a terminal's text is made with prints nothing of its own in a notebook."""
    setting = """import tthc_kpi as tk
ds, plan = tk.Dossiers(tk.synth(300)), tk.Plan("dong-nguyen-2026")
before, card = (tk.evaluate(ds, plan, period=p, by="agency") for p in ("2026-Q1", "2026-Q2"))"""
    cells = [nbformat.v4.new_code_cell(source) for source in [setting, *RESULTS]]
    path = tmp_path / "ket-qua.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    first, *shown = [cell["outputs"] for cell in execute(path).cells]
    assert first == []
    for source, outputs in zip(RESULTS, shown, strict=True):
        assert [output["output_type"] for output in outputs] == ["execute_result"], source


def test_there_are_four():
    assert len(NOTEBOOKS) == 4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_is_kept_without_outputs(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_text_is_in_both_languages(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert texts
    assert all('<small lang="en">' in text for text in texts)
