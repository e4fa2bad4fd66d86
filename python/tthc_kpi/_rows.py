"""Một dãy đối tượng đi ra như một bảng."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

from tthc_kpi._arrow import ArrowResult
from tthc_kpi._frames import ArrowStream, pyarrow_for

__all__ = ["Column", "Rows"]

T = TypeVar("T")

# The name of a column, its Arrow type, and its value.
Column = tuple[str, str, Callable[[T], object]]


class Rows(ArrowResult, Sequence[T], Generic[T]):
    """Một dãy dòng, cũng là một bảng: a sequence that dataframe libraries read as a table."""

    def __init__(self, items: Sequence[T], columns: Sequence[Column[T]]) -> None:
        self._items = tuple(items)
        self._columns = tuple(columns)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> "Rows[T]": ...
    def __getitem__(self, at: int | slice) -> "T | Rows[T]":
        if isinstance(at, slice):
            return Rows(self._items[at], self._columns)
        return self._items[at]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def _stream(self) -> ArrowStream:
        pyarrow = pyarrow_for("a table of the schedule")
        arrays = [
            pyarrow.array([value(item) for item in self._items], type=getattr(pyarrow, kind)())
            for _, kind, value in self._columns
        ]
        names = [name for name, _, _ in self._columns]
        table: ArrowStream = pyarrow.Table.from_arrays(arrays, names=names)
        return table

    def __repr__(self) -> str:
        return f"<{len(self)} rows: {', '.join(name for name, _, _ in self._columns)}>"
