"""Một dãy đối tượng đi ra như một bảng."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from tthc_kpi._arrow import ArrowResult
from tthc_kpi._frames import ArrowStream, pyarrow_for

if TYPE_CHECKING:
    import polars

__all__ = ["Column", "Rows", "json_row"]

T = TypeVar("T")

# The name of a column, its Arrow type, and its value. "count" and "percent" are decimals, as a
# scorecard's own columns are.
Column = tuple[str, str, Callable[[T], object]]

_DECIMALS = {"count": (38, 2), "percent": (38, 10)}


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
        pyarrow = pyarrow_for("a table of rows")
        arrays = [
            pyarrow.array([value(item) for item in self._items], type=_arrow_type(pyarrow, kind))
            for _, kind, value in self._columns
        ]
        names = [name for name, _, _ in self._columns]
        table: ArrowStream = pyarrow.Table.from_arrays(arrays, names=names)
        return table

    def to_polars(self) -> "polars.DataFrame":
        """Thành bảng polars: the same columns as :meth:`to_arrow`."""
        import polars

        # Not polars.DataFrame(self): it would take a sequence of dataclasses for their fields.
        return polars.DataFrame(self.to_arrow())

    def __repr__(self) -> str:
        return f"<{len(self)} rows: {', '.join(name for name, _, _ in self._columns)}>"


def _arrow_type(pyarrow: Any, kind: str) -> Any:
    decimals = _DECIMALS.get(kind)
    return getattr(pyarrow, kind)() if decimals is None else pyarrow.decimal128(*decimals)


def json_row(row: T, columns: Sequence[Column[T]]) -> dict[str, object]:
    """A row as JSON has it: exact decimals are text."""
    values = {name: value(row) for name, _, value in columns}
    return {name: str(one) if isinstance(one, Decimal) else one for name, one in values.items()}
