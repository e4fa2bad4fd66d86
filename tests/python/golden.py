"""The golden cases of ``tests/cases``, worked out by hand: read by Rust and by Python."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pyarrow as pa

import oracle_rules

CASES_DIR = Path(__file__).resolve().parents[1] / "cases"
FILES = {
    path.name: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted(CASES_DIR.glob("*.toml"))
}
CASES = [case for file in FILES.values() for case in file.get("case", [])]
# What the oracle of dossiers answers for; registers have one of their own.
DOSSIER_CASES = [
    case
    for name, file in FILES.items()
    if name != "registers.toml"
    for case in file.get("case", [])
]
CALENDAR = [case for file in FILES.values() for case in file.get("calendar", [])]
PERIODS = [case for file in FILES.values() for case in file.get("period", [])]


def table_of(case: dict) -> pa.Table:
    rows = []
    for dossier in case["dossiers"]:
        rows += [{k: v for k, v in dossier.items() if k != "repeat"}] * dossier.get("repeat", 1)
    missing, arrays = case.get("missing", []), {}
    for name, kind in oracle_rules.COLUMNS.items():
        if name in missing:
            assert not any(name in row for row in rows)
            continue
        cells = [row.get(name) for row in rows]
        if kind == oracle_rules.STAMP:
            cells = [cell and dt.datetime.fromisoformat(cell) for cell in cells]
        types = {
            oracle_rules.TEXT: pa.string(),
            oracle_rules.STAMP: pa.timestamp("us"),
            oracle_rules.FLAG: pa.bool_(),
        }
        arrays[name] = pa.array(cells, type=types.get(kind, pa.int64()))
    unknown = {name for row in rows for name in row} - set(oracle_rules.COLUMNS)
    assert not unknown
    return pa.table(arrays)


def registers_of(case: dict) -> dict[str, pa.Table]:
    """The registers of a case, each with the columns named in a row or listed for it."""
    listed = case.get("register_columns", {})
    tables = {}
    for name, rows in case.get("registers", {}).items():
        columns = dict.fromkeys([*listed.get(name, []), *(key for row in rows for key in row)])
        tables[name] = pa.table(
            {column: pa.array([row.get(column) for row in rows]) for column in columns}
        )
    return tables
