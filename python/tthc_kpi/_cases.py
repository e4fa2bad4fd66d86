"""Những hồ sơ đứng sau một con số, từng phần một."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, Self

from tthc_kpi import _tthc_kpi
from tthc_kpi._errors import QueryError
from tthc_kpi._frames import ArrowStream
from tthc_kpi._table import Table

__all__ = ["CaseStream", "checked_limit", "first_of"]


class CaseStream:
    """Dòng hồ sơ đứng sau một con số: an iterator of tables, and an Arrow stream, read once.

    Made by :meth:`Scorecard.cases_stream`.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import pyarrow, pyarrow.parquet
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(tk.scan(tk.synth(500).to_arrow()), plan, period="2026")
    >>> reader = pyarrow.RecordBatchReader.from_stream(card.cases_stream("on_time_rate"))
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "tre-han.parquet"
    >>> with pyarrow.parquet.ParquetWriter(path, reader.schema) as file:
    ...     for batch in reader:
    ...         file.write_batch(batch)
    >>> pyarrow.parquet.read_table(path).num_rows == len(card.cases("on_time_rate"))
    True
    >>> folder.cleanup()
    """

    def __init__(self, tables: Iterable[Table], stream: ArrowStream) -> None:
        self._tables = iter(tables)
        self._stream = stream

    def __iter__(self) -> Iterator[Table]:
        return self

    def __next__(self) -> Table:
        return next(self._tables)

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._stream.__arrow_c_stream__(requested_schema)

    def close(self) -> None:
        """Thôi đọc: the reading ends, nothing of it stays."""
        stream: Any = self._stream
        if isinstance(stream, _tthc_kpi.CaseStream):
            stream.close()
        self._tables = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<CaseStream>"


def checked_limit(limit: int | None) -> int | None:
    """A number of rows, or none."""
    whole = isinstance(limit, int) and not isinstance(limit, bool)
    if limit is None or (whole and limit >= 1):
        return limit
    raise QueryError(
        "bad_limit_rows", f"limit là số dòng, từ 1 [a number of rows, from 1; got {limit!r}]"
    )


def first_of(core: _tthc_kpi.Table, limit: int | None) -> Table:
    """The first rows of a table; all of them without a limit."""
    return Table(core if limit is None else core.head(limit))
