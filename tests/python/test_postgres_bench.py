"""The benchmark of PostgreSQL, small: every way of counting gives the same figures, in bounded memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import postgres

ROOT = Path(__file__).resolve().parents[2]
MISSING = postgres.missing()


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
def test_all_ways_agree():
    command = [sys.executable, str(ROOT / "benches/postgres/run.py"), "--rows", "20000"]
    for way in ("stream", "months", "memory", "stream_all"):
        command += ["--only", way]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert run.returncode == 0, run.stderr
    assert "all ways agree" in run.stdout
    assert run.stdout.count("| `tk.") == 4
