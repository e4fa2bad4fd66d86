"""Bảng của thư viện khác đi vào qua giao diện Arrow PyCapsule.

Objects that speak Arrow pass as they are; the others are turned into something that does. Wherever
the object can select, only the needed columns are taken: that is less work, and one column that
cannot cross (an all-null polars column, a column of mixed types) does no harm when nobody needs it.
No library is imported that the caller has not imported already, except pyarrow for plain Python
rows and for pandas, which itself needs it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, cast

from tthc_kpi import _tthc_kpi
from tthc_kpi._databases import database_given, is_query_cursor, query_result
from tthc_kpi._errors import InputError

__all__ = ["ArrowArray", "ArrowStream", "Columns", "Wanted", "arrow_source", "pyarrow_for"]

ACCEPTED = (
    "a pandas, polars, pyarrow or DuckDB table, an ADBC cursor, any object with "
    "__arrow_c_stream__, or a list of dicts; a file is read with tthc_kpi.read"
)


class ArrowStream(Protocol):
    """An object that exports a stream of Arrow batches."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArray(Protocol):
    """An object that exports one Arrow batch."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> object: ...


class Columns(Protocol):
    """Which of a table's columns are needed."""

    def among(self, names: Iterable[object]) -> list[str]: ...


class Wanted:
    """Which of a table's columns the dossiers need, by the mapping the caller gave."""

    def __init__(self, mapping: Mapping[str, str] | None, extra: Sequence[str]) -> None:
        self._mapping = dict(mapping) if mapping is not None else None
        self._extra = list(extra)

    def among(self, names: Iterable[object]) -> list[str]:
        """The needed ones of these column names, in their order."""
        texts: list[str] = []
        for name in names:
            if isinstance(name, tuple):
                raise InputError(
                    "multi_index_columns",
                    "bảng có tiêu đề nhiều tầng: gộp thành mỗi cột một tên"
                    " [columns on several levels: flatten them to one name each]",
                )
            if isinstance(name, str):
                if name in texts:
                    raise InputError(
                        "repeated_column", f"hai cột cùng tên {name!r} [two columns of one name]"
                    )
                texts.append(name)
        return _tthc_kpi.wanted_columns(texts, self._mapping, self._extra)


def arrow_source(table: object, wanted: Columns) -> ArrowStream | ArrowArray:
    """The table as something with an Arrow capsule, narrowed to the needed columns."""
    family = type(table).__module__.partition(".")[0]
    kind = type(table).__name__
    match family, kind:
        case "polars", "LazyFrame":
            return _polars(table, wanted, lazy=True)
        case "polars", "DataFrame":
            return _polars(table, wanted, lazy=False)
        case "pandas", "DataFrame":
            return _pandas(table, wanted)
        case "pyarrow", "Table" | "RecordBatch":
            return _narrowed(table, wanted)
        case "pyarrow", _ if hasattr(table, "scanner"):
            return _pyarrow_dataset(table, wanted)
        case (("duckdb" | "_duckdb"), "DuckDBPyRelation"):
            return _duckdb(table, wanted)
    if hasattr(table, "__arrow_c_stream__") or hasattr(table, "__arrow_c_array__"):
        return cast("ArrowStream | ArrowArray", table)
    if is_query_cursor(table):
        result: ArrowStream = query_result(table)
        return result
    if isinstance(table, Mapping):
        columns: Mapping[Any, Any] = table
        return _plain(wanted.among(columns), lambda name: columns[name])
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        rows: Sequence[Mapping[str, object]] = table
        names = list(dict.fromkeys(name for row in rows for name in row))
        return _plain(wanted.among(names), lambda name: [row.get(name) for row in rows])
    if (error := database_given(table)) is not None:
        raise error
    raise InputError(
        "unsupported_table", f"không đọc được hồ sơ từ {family}.{kind} [expected {ACCEPTED}]"
    )


def _polars(frame: Any, wanted: Columns, *, lazy: bool) -> ArrowStream:
    import polars

    schema = frame.collect_schema()
    names = wanted.among(schema.names())
    for name in names:
        if str(schema[name]).startswith(("Object", "Int128", "UInt128")):
            raise _unsupported_type(name, str(schema[name]))
    # pola-rs/polars#22934: a column of type Null cannot cross the C data interface.
    empty = [name for name in names if schema[name] == polars.Null]
    narrowed = frame.select(names).with_columns(polars.col(empty).cast(polars.String))
    result: ArrowStream = narrowed.collect() if lazy else narrowed
    return result


def _pandas(frame: Any, wanted: Columns) -> ArrowStream:
    names = wanted.among(frame.columns)
    for name in names:
        if str(frame[name].dtype).startswith("period"):
            raise _unsupported_type(name, str(frame[name].dtype))
    pyarrow = pyarrow_for("a pandas table")
    try:
        # Not the frame's own capsule: that would add a named index as one more column.
        table: ArrowStream = pyarrow.Table.from_pandas(frame[names], preserve_index=False)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError):
        pass
    else:
        return table
    return _columns(pyarrow, names, lambda name: pyarrow.Array.from_pandas(frame[name]))


def _narrowed(table: Any, wanted: Columns) -> ArrowStream | ArrowArray:
    result: ArrowStream | ArrowArray = table.select(wanted.among(table.schema.names))
    return result


def _pyarrow_dataset(dataset: Any, wanted: Columns) -> ArrowStream:
    columns = wanted.among(dataset.schema.names)
    reader: ArrowStream = dataset.scanner(columns=columns).to_reader()
    return reader


def _duckdb(relation: Any, wanted: Columns) -> ArrowStream:
    names = wanted.among(relation.columns)
    if not names:
        source: ArrowStream = relation
        return source
    quoted = ('"' + name.replace('"', '""') + '"' for name in names)
    narrowed: ArrowStream = relation.project(", ".join(quoted))
    return narrowed


def _plain(names: list[str], column: Callable[[str], Any]) -> ArrowStream:
    pyarrow = pyarrow_for("plain Python rows")
    return _columns(
        pyarrow, names, lambda name: pyarrow.array(list(column(name)), from_pandas=True)
    )


def _columns(pyarrow: Any, names: list[str], column: Callable[[str], Any]) -> ArrowStream:
    arrays = []
    for name in names:
        try:
            arrays.append(column(name))
        except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError):
            # `from None`: pyarrow's own message quotes the value of a cell.
            raise InputError(
                "mixed_types",
                f"cột {name!r} lẫn nhiều kiểu giá trị: chuyển về một kiểu, chẳng hạn chữ"
                " [mixes values of several types: make it one type, text if unsure]",
            ) from None
    table: ArrowStream = pyarrow.Table.from_arrays(arrays, names=names)
    return table


def pyarrow_for(what: str) -> Any:
    """Pyarrow, or an error that says what needs it."""
    try:
        import pyarrow
    except ImportError:
        raise InputError(
            "pyarrow_missing",
            f"{what}: cần pyarrow [needs pyarrow]: pip install 'tthc-kpi[pandas]'",
        ) from None
    return pyarrow


def _unsupported_type(column: str, dtype: str) -> InputError:
    return InputError(
        "unsupported_type",
        f"cột {column!r} có kiểu {dtype} không đọc được: hãy chuyển kiểu [unsupported type]",
    )
