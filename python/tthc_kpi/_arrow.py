"""Kết quả đi ra: pandas, polars, pyarrow, hoặc bất cứ gì hiểu Arrow."""

import os
from typing import TYPE_CHECKING, Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._files import PathLike
from tthc_kpi._frames import ArrowStream

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["ArrowResult"]


class ArrowResult:
    """Một bảng kết quả mà mọi thư viện hiểu Arrow đọc được không qua sao chép.

    Subclasses say where their Arrow stream comes from; the dataframe libraries are imported only
    inside the call that needs them.
    """

    def _stream(self) -> ArrowStream:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._stream().__arrow_c_stream__(requested_schema)

    def to_parquet(self, path: PathLike) -> None:
        """Ghi thành tệp Parquet: the rows, exact, with what is behind them in the metadata.

        Raises
        ------
        InputError
            The file cannot be written there.
        """
        _tthc_kpi.write_parquet(self._stream(), os.fspath(path))

    def to_arrow(self) -> "pyarrow.Table":
        """Thành bảng pyarrow: the rows as a ``pyarrow.Table``."""
        import pyarrow

        return pyarrow.table(self)

    def to_polars(self) -> "polars.DataFrame":
        """Thành bảng polars: the rows as a ``polars.DataFrame``."""
        import polars

        return polars.DataFrame(self)

    def to_pandas(self) -> "pandas.DataFrame":
        """Thành bảng pandas: the rows as a ``pandas.DataFrame``.

        Integers and booleans get pandas' nullable types, so that an unknown value neither turns a
        count into a float nor a truth value into an object.
        """
        import pandas
        import pyarrow

        nullable: dict[Any, Any] = {
            pyarrow.bool_(): pandas.BooleanDtype(),
            pyarrow.uint8(): pandas.UInt8Dtype(),
            pyarrow.uint32(): pandas.UInt32Dtype(),
            pyarrow.uint64(): pandas.UInt64Dtype(),
            pyarrow.int32(): pandas.Int32Dtype(),
            pyarrow.int64(): pandas.Int64Dtype(),
        }
        return self.to_arrow().to_pandas(types_mapper=nullable.get)
