"""Kết quả xét từng hồ sơ thành bảng: để hỏi bằng SQL những điều bảng điểm không có."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, overload

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers
from tthc_kpi._files import PathLike
from tthc_kpi._frames import ArrowStream, pyarrow_for
from tthc_kpi._plan import Plan
from tthc_kpi._query import (
    Period,
    Policy,
    checked_dossiers,
    checked_plan,
    checked_threads,
    names_of,
    query_arguments,
)
from tthc_kpi._scan import Scan
from tthc_kpi._table import Table

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["JudgedScan", "judge"]


class JudgedScan(ArrowResult):
    """Kết quả xét từng hồ sơ của tệp quá lớn: từng phần một, không nạp hết vào bộ nhớ.

    Made by :func:`judge` of a :func:`scan`. Whoever takes it (``__arrow_c_stream__``: DuckDB, a
    ``pyarrow.RecordBatchReader``, polars) draws batch after batch, in the order of the files, which
    are read no faster than that. Each time it is taken the files are read anew.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import tthc_kpi as tk
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "hoso.parquet"
    >>> tk.synth(500).to_parquet(path)
    >>> judged = tk.judge(tk.scan(path), tk.Plan("dong-nguyen-2026"), period="2026")
    >>> sum(batch.num_rows for batch in judged)
    500
    >>> judged.to_parquet(path.with_name("ketqua.parquet"))
    >>> folder.cleanup()
    """

    def __init__(self, core: _tthc_kpi.VerdictStream) -> None:
        self._core = core

    def _stream(self) -> ArrowStream:
        return self._core

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()

    @property
    def column_names(self) -> list[str]:
        """Tên các cột: the column names, in order."""
        return self._core.column_names

    def __iter__(self) -> "Iterator[pyarrow.RecordBatch]":
        """Từng phần một, thành ``pyarrow.RecordBatch``."""
        pyarrow = pyarrow_for("iterating over judged files")
        with self._told():
            yield from pyarrow.RecordBatchReader.from_stream(self._core)

    def to_parquet(self, path: PathLike) -> None:
        """Ghi thành tệp Parquet, từng phần một; đứt giữa chừng thì không để lại tệp dở.

        Raises
        ------
        InputError
            The file cannot be written there, or one of the files cannot be read.
        """
        with self._told():
            _tthc_kpi.write_parquet(self._core, os.fspath(path))

    def to_arrow(self) -> "pyarrow.Table":
        """Thành bảng pyarrow: all the rows, in memory."""
        with self._told():
            return super().to_arrow()

    def to_polars(self) -> "polars.DataFrame":
        """Thành bảng polars: all the rows, in memory."""
        with self._told():
            return super().to_polars()

    def to_pandas(self) -> "pandas.DataFrame":
        """Thành bảng pandas: all the rows, in memory."""
        with self._told():
            return super().to_pandas()

    def __repr__(self) -> str:
        return f"<JudgedScan: columns {', '.join(self.column_names)}>"

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Where the files are the reason why a stream breaks off, raise what is wrong with them."""
        try:
            yield
        except Exception:
            self._core.check()
            raise


@overload
def judge(
    ds: Dossiers,
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    columns: Sequence[str] | None = None,
    threads: int | None = None,
) -> Table: ...


@overload
def judge(
    ds: Scan,
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    columns: Sequence[str] | None = None,
    threads: int | None = None,
) -> JudgedScan: ...


def judge(
    ds: Dossiers | Scan,
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    columns: Sequence[str] | None = None,
    threads: int | None = None,
) -> Table | JudgedScan:
    """Xét từng hồ sơ theo kế hoạch, thành bảng mỗi hồ sơ một dòng, để tự hỏi bằng SQL.

    The rows stand in the order of the source; those set aside are not there, duplicates are, as
    ``excluded``. After the dossier's own columns come:

    ``verdict``
        ``early``, ``on_due_day``, ``late``, ``unknown`` (resolved, due date unknown);
        ``open_in_time``, ``open_overdue``, ``open_unknown``; ``end_unknown`` (closed without a
        date); ``outside`` (not in the period); ``excluded``.
    ``excluded``
        Why it is left out of every count: ``not_received``, ``bad_date``, ``end_before_receipt``,
        ``duplicate``, ``withdrawn``; else null.
    ``effective_due``, ``ended_at``
        The due date it was judged by, and the end seen at the cut; null where there is none, and
        outside the period.
    ``days_late``
        Working days from the due day to the end, while open to the cut: above 0 after the due day,
        0 within it, below 0 before it. By dates alone: a rule of the policy may judge otherwise,
        and ``late`` by the hour is 0. Null where the due date is not known exactly, outside the
        period and outside the years of the calendar.
    ``processing_days``
        Working days from receipt to end of a resolved dossier, else null.
    ``received``, ``waiting``, ``overdue_ever``, ``late_unsettled``, ``end_from_return``
        Received in the period (false: carried over); open and waiting for the citizen; past its
        due date, so that an apology is owed; past a due date that may in truth lie later; its end
        is the return of the result. Null outside the period.
    of each indicator that is counted from dossiers, by its id
        ``on_time_rate``: true in the numerator, false only in the denominator, null in neither;
        ``on_time_rate_unknown``: true for a dossier that would be asked about but for something
        unknown. So ``count(*) FILTER (WHERE on_time_rate)``, ``count(on_time_rate)`` and
        ``count(*) FILTER (WHERE on_time_rate_unknown)`` are the scorecard's numerator,
        denominator and unknown, of all rows and of any group of them. Where payments are counted,
        ``online_payment_rate_numerator`` and ``…_denominator`` are to be added up, and
        ``online_payment_rate`` is true when all of them were online. (Three measures of the QĐ 766
        index have no figure in a scorecard where the data as a whole say too little; no row tells.)

    Parameters
    ----------
    ds
        The dossiers; of a :func:`scan` the answer is a stream, :class:`JudgedScan`.
    plan, period, as_of, policy, limits, calendar, threads
        As in :func:`evaluate`.
    columns
        The dossier's own columns to have in the table, by their names, extra ones too; by default
        those that ``Scorecard.cases`` shows and the extra ones. One that the data lacks is null.

    Returns
    -------
    Table or JudgedScan
        An Arrow table, or a stream of one.

    Examples
    --------
    >>> import duckdb
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> judged = tk.judge(ds, plan, period="2026").to_arrow()
    >>> total = duckdb.sql("SELECT count(*) FILTER (WHERE on_time_rate) FROM judged").fetchall()
    >>> total[0][0] == tk.evaluate(ds, plan, period="2026")["on_time_rate"].numerator
    True
    """
    asked = query_arguments(
        period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
    )
    names = None if columns is None else names_of(columns)
    core, threads = checked_plan(plan)._core, checked_threads(threads)
    if isinstance(ds, Scan):
        return JudgedScan(_tthc_kpi.VerdictStream(ds._core, core, asked, columns=names))
    source = checked_dossiers(ds)._core
    return Table(_tthc_kpi.judge(source, core, asked, columns=names, threads=threads))
