"""Dòng dữ liệu Arrow: what can be read batch by batch, and whether more than once."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tthc_kpi._arrow import ArrowResult
from tthc_kpi._databases import is_query_cursor
from tthc_kpi._files import PathLike
from tthc_kpi._frames import Columns, Wanted, arrow_source

__all__ = ["Opener", "Stream", "paths_of", "stream_of"]

# Gives a stream, or an iterator of tables, narrowed to these columns where it can be.
Opener = Callable[[list[str] | None], object]

# Of a pyarrow dataset: rows of a batch, and how far it may read ahead.
_BATCH_ROWS = 65_536
_BATCHES_AHEAD = 4
_FILES_AHEAD = 1

# Kinds of tables that give their rows as often as they are asked.
_ANEW = {
    "pyarrow": {"Table", "RecordBatch"},
    "polars": {"DataFrame", "LazyFrame"},
    "pandas": {"DataFrame"},
    "duckdb": {"DuckDBPyRelation"},
    "_duckdb": {"DuckDBPyRelation"},
}


@dataclass(frozen=True, slots=True)
class Stream:
    """How a stream is opened."""

    opener: Opener
    anew: bool
    schema: object | None = None


class _Only:
    """Of a table's columns those asked for; without a word, those the dossiers need."""

    def __init__(self, wanted: Wanted, asked: list[str] | None) -> None:
        self._wanted = wanted
        self._asked = asked

    def among(self, names: Iterable[object]) -> list[str]:
        names = list(names)
        wanted = self._wanted.among(names)
        return wanted if self._asked is None else [name for name in wanted if name in self._asked]


def paths_of(source: Any) -> PathLike | Sequence[PathLike] | None:
    """The paths, where these were given."""
    if isinstance(source, str | os.PathLike):
        return source
    several = isinstance(source, list | tuple)
    if several and all(isinstance(one, str | os.PathLike) for one in source):
        paths: Sequence[PathLike] = source
        return paths
    return None


def stream_of(source: Any, wanted: Wanted) -> Stream:
    """How the rows of a table, a dataset, a stream or a callable are got at."""
    family, kind = type(source).__module__.partition(".")[0], type(source).__name__
    if family == "pyarrow" and hasattr(source, "scanner"):
        return Stream(lambda asked: _opened(source, _Only(wanted, asked)), True, source.schema)
    anew = kind in _ANEW.get(family, ()) or isinstance(source, ArrowResult)
    if callable(source) and not anew and not hasattr(source, "__arrow_c_stream__"):
        return Stream(lambda asked: _opened(source(), _Only(wanted, asked)), True)
    return Stream(lambda asked: _opened(source, _Only(wanted, asked)), anew)


def _opened(table: Any, only: Columns) -> object:
    family, kind = type(table).__module__.partition(".")[0], type(table).__name__
    if family == "pyarrow" and hasattr(table, "scanner"):
        scanner = table.scanner(
            columns=only.among(table.schema.names),
            batch_size=_BATCH_ROWS,
            batch_readahead=_BATCHES_AHEAD,
            fragment_readahead=_FILES_AHEAD,
        )
        return scanner.to_reader()
    if family == "pyarrow" and hasattr(table, "to_reader") and kind == "Scanner":
        return table.to_reader()
    if family == "polars" and kind == "LazyFrame":
        return table.select(only.among(table.collect_schema().names())).collect_batches(
            chunk_size=_BATCH_ROWS, maintain_order=True
        )
    is_iterator = hasattr(table, "__next__") and not hasattr(table, "__arrow_c_stream__")
    if is_iterator and not is_query_cursor(table):
        return table
    if isinstance(table, list | tuple) and all(hasattr(one, "__arrow_c_array__") for one in table):
        return iter(table)
    source: Any = arrow_source(table, only)
    # The capsule of a relation holds its whole result.
    if hasattr(source, "to_arrow_reader"):
        return source.to_arrow_reader(_BATCH_ROWS)
    return source
