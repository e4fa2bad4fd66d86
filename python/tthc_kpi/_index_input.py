"""Số đếm đưa vào bộ chỉ số: một dict, một bảng, hoặc một tệp CSV.

Cells become text here and are read by the extension, so that one set of rules reads them all. An
error names the table, the row, the column and the type of a value, never the value.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from tthc_kpi._errors import InputError

__all__ = ["Given", "Rows", "given_counts", "given_declared"]

Rows = tuple[str, list[str], list[list[str | None]]]
Maps = tuple[dict[str, int], dict[str, tuple[int, int]]]
_DOCUMENT = ("numerator", "denominator", "source", "date")
_NULLS = ("NAType", "NaTType")


class Given(TypedDict, total=False):
    """What the extension is told of counts and declarations."""

    counts_csv: str | None
    counts_rows: Rows | None
    counts_map: Maps | None
    declared_csv: str | None
    declared_rows: Rows | None


def given_counts(counts: object) -> Given:
    """Counts in the one form that the extension reads."""
    nothing: Given = {"counts_csv": None, "counts_rows": None, "counts_map": None}
    if counts is None:
        return nothing
    if isinstance(counts, str | os.PathLike):
        return {**nothing, "counts_csv": os.fspath(counts)}
    if isinstance(counts, Mapping) and not _is_columns(counts):
        return {**nothing, "counts_map": _map(counts)}
    return {**nothing, "counts_rows": _rows("counts", counts)}


def given_declared(declared: object) -> Given:
    """Declarations in the one form that the extension reads."""
    nothing: Given = {"declared_csv": None, "declared_rows": None}
    if declared is None:
        return nothing
    if isinstance(declared, str | os.PathLike):
        return {**nothing, "declared_csv": os.fspath(declared)}
    if isinstance(declared, Mapping) and not _is_columns(declared):
        rows: list[list[str | None]] = []
        for at, (row, values) in enumerate(declared.items(), start=2):
            if not isinstance(values, Mapping) or set(values) != set(_DOCUMENT):
                raise InputError(
                    "bad_declaration",
                    f"tự khai của {row!r}: cần numerator, denominator, source, date"
                    " [a declaration needs these four]",
                )
            cells = [_cell(values[name], "declared", at, name) for name in _DOCUMENT]
            rows.append([str(row), *cells])
        return {**nothing, "declared_rows": ("declared", ["indicator", *_DOCUMENT], rows)}
    return {**nothing, "declared_rows": _rows("declared", declared)}


def _is_columns(table: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a table: a list of cells per column."""
    return bool(table) and all(isinstance(cells, list) for cells in table.values())


def _map(counts: Mapping[Any, Any]) -> Maps:
    single: dict[str, int] = {}
    pairs: dict[str, tuple[int, int]] = {}
    for name, value in counts.items():
        if value is None:
            continue  # unknown, which is not 0
        if _is_count(value):
            single[str(name)] = int(value)
        elif isinstance(value, tuple) and len(value) == 2 and all(map(_is_count, value)):
            pairs[str(name)] = (int(value[0]), int(value[1]))
        else:
            raise InputError(
                "bad_count",
                f"số đếm {name!r}: {type(value).__name__}; cần số nguyên từ 0, hoặc (tử số, mẫu số)"
                " [expected a whole number from 0, or (numerator, denominator)]",
            )
    return single, pairs


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def _rows(name: str, table: Any) -> Rows:
    header, columns = _columns(name, table)
    cells = [
        [_cell(value, name, at, title) for at, value in enumerate(column, start=2)]
        for title, column in zip(header, columns, strict=True)
    ]
    return name, header, [list(row) for row in zip(*cells, strict=True)]


def _columns(name: str, table: Any) -> tuple[list[str], list[list[Any]]]:
    """The header and the columns of whatever holds a table."""
    family, kind = type(table).__module__.partition(".")[0], type(table).__name__
    if family == "pandas" and kind == "DataFrame":
        header = _header(name, table.columns)
        return header, [table.iloc[:, at].tolist() for at in range(len(header))]
    if family == "polars" and kind == "LazyFrame":
        table, kind = table.collect(), "DataFrame"
    if family == "polars" and kind == "DataFrame":
        return list(table.columns), [table.get_column(title).to_list() for title in table.columns]
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        try:
            import pyarrow
        except ImportError:
            raise InputError("pyarrow_missing", "bảng Arrow: cần pyarrow [needs pyarrow]") from None
        arrow = pyarrow.table(table)
        return list(arrow.column_names), [column.to_pylist() for column in arrow.columns]
    if isinstance(table, Mapping):
        if len({len(cells) for cells in table.values()}) > 1:
            raise InputError("bad_table", "các cột dài khác nhau [columns of different lengths]")
        return _header(name, table), [list(cells) for cells in table.values()]
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        header = _header(name, dict.fromkeys(title for row in table for title in row))
        return header, [[row.get(title) for row in table] for title in header]
    raise InputError(
        "unsupported_table",
        f"không đọc được số đếm từ {family}.{kind}: cần dict, bảng hoặc đường dẫn CSV"
        " [expected a dict, a table, or the path of a CSV file]",
    )


def _header(name: str, titles: Iterable[object]) -> list[str]:
    header = []
    for title in titles:
        if not isinstance(title, str):
            raise InputError(
                "bad_header", f"{name}: tên cột phải là chữ [names of columns are text]"
            )
        header.append(title)
    return header


def _cell(value: Any, table: str, row: int, column: str) -> str | None:
    """A cell as text; none is unknown."""
    if value is None or type(value).__name__ in _NULLS:
        return None
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()  # a number of numpy
    if isinstance(value, float):
        if value != value:
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        return str(value)
    raise InputError(
        "bad_counts",
        f"{table}, dòng {row}, cột {column!r}: {type(value).__name__}; cần số hoặc chữ"
        " [expected a number or text]",
    )
