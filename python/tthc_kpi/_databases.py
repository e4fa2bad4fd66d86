"""Kết quả câu truy vấn của cơ sở dữ liệu, và lời chỉ dẫn khi được đưa chính kết nối.

No driver is imported: a cursor of an ADBC driver is known by its module and its method, a
connection and the cursor of any other driver by what DB-API gives them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeGuard

from tthc_kpi._errors import InputError

__all__ = ["QueryCursor", "database_given", "explained", "is_query_cursor", "query_result"]

PAGE = "docs/co-so-du-lieu.md"


class QueryCursor(Protocol):
    """A cursor whose result is handed over as an Arrow stream."""

    def fetch_arrow(self) -> Any: ...


def is_query_cursor(table: object) -> TypeGuard[QueryCursor]:
    """Whether this is a cursor of an ADBC driver."""
    return _is_adbc(table) and callable(getattr(table, "fetch_arrow", None))


def query_result(cursor: QueryCursor) -> Any:
    """The rows of the query that the cursor has executed and nobody has taken yet."""
    try:
        return cursor.fetch_arrow()
    except Exception as error:
        # PEP 249 has the driver's own ProgrammingError for a cursor with nothing to fetch.
        if type(error).__name__ != "ProgrammingError":
            raise
        raise InputError(
            "no_query_result",
            "con trỏ không có kết quả để đọc: gọi execute(câu truy vấn) trước, mỗi lần execute chỉ"
            " đọc được một lần [no result to read: execute a query first; a result is read once]",
        ) from None


def database_given(table: object) -> InputError | None:
    """The error for a connection, or for a cursor without Arrow; none when it is neither."""
    what = f"{type(table).__module__.partition('.')[0].lstrip('_')}.{type(table).__name__}"
    if hasattr(table, "cursor") or hasattr(table, "dialect"):
        return InputError(
            "connection_given",
            f"{what} là kết nối cơ sở dữ liệu, chưa phải bảng: hãy đưa kết quả câu truy vấn, như"
            " tk.Dossiers(ket_noi.sql(cau_truy_van)) với DuckDB, tk.Dossiers(con_tro) sau"
            f" con_tro.execute(cau_truy_van) với trình điều khiển ADBC; xem {PAGE}"
            " [a connection, not a table: give the result of a query]",
        )
    if hasattr(table, "execute") and hasattr(table, "fetchall"):
        return InputError(
            "cursor_without_arrow",
            f"{what} là con trỏ không trả bảng Arrow: dùng trình điều khiển ADBC"
            f" (adbc-driver-sqlite, adbc-driver-postgresql); xem {PAGE}"
            " [a cursor that gives no Arrow table: use an ADBC driver]",
        )
    return None


@contextmanager
def explained(table: object) -> Iterator[None]:
    """Where a database fails while its rows are drawn, say so, and where the reason is to be seen.

    The driver's own message stays unsaid: it may quote a cell.
    """
    try:
        yield
    except InputError as error:
        if error.code != "bad_arrow" or not _is_adbc(table):
            raise
        raise InputError(
            "query_failed",
            "cơ sở dữ liệu báo lỗi khi đang trả các dòng của câu truy vấn: chạy câu ấy trong công"
            " cụ của cơ sở dữ liệu để xem lý do; với SQLite, thường là một cột đổi kiểu giữa"
            f" chừng, xem {PAGE} [the database failed while its rows were read: run the query in"
            " its own console to see why; with SQLite a column has mostly changed its type]",
        ) from None


def _is_adbc(table: object) -> bool:
    return any(kind.__module__.startswith("adbc_driver") for kind in type(table).__mro__)
