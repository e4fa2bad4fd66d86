"""Run the notebooks as a person would, from the first cell to the last, in a kernel of this Python.

The kernel is known for this run only: nothing is installed for it, nothing of the user's is read.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# Enough to see that the fourth works; a person counts two million.
FEW_DOSSIERS = "50000"


def kernel_in(home: Path) -> dict[str, str]:
    """Put a kernel of this interpreter into a folder: the environment in which it is found."""
    spec = home / "kernels" / "here" / "kernel.json"
    spec.parent.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": command, "display_name": "here", "language": "python"}))
    return {
        "JUPYTER_PATH": str(home),
        "JUPYTER_DATA_DIR": str(home),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_PLATFORM_DIRS": "1",
        "TTHC_KPI_DOSSIERS": os.environ.get("TTHC_KPI_DOSSIERS", FEW_DOSSIERS),
    }


def execute(path: Path) -> Any:
    """A notebook with its outputs; the first cell that fails is the error."""
    import nbclient
    import nbformat

    book = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(book, timeout=900, kernel_name="here", resources=place).execute()
    return book


def main() -> None:
    import nbformat

    folder = ROOT / "build" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(kernel_in(Path(home)))
        for path in NOTEBOOKS:
            nbformat.write(execute(path), folder / path.name)
            print(f"{folder.relative_to(ROOT) / path.name}", flush=True)


if __name__ == "__main__":
    main()
