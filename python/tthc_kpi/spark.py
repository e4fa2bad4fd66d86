"""Đếm hồ sơ trên Apache Spark: mỗi phân vùng đếm tại chỗ, chỉ các bản kiểm đếm đi về.

Only the columns that the question looks at leave the source; each partition becomes one tally
(``mapInArrow``); tallies are merged on the executors until few are left, and those on the driver.
The scorecard is the one that a single machine makes of the same rows, figure by figure.

Needs ``pip install 'tthc-kpi[spark]'`` and Java on the driver, and tthc-kpi on every executor:
``docs/spark.md``.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Unpack

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._card_source import Outcome
from tthc_kpi._dossiers import Duplicates
from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._files import PathLike
from tthc_kpi._frames import Wanted
from tthc_kpi._mapping import MappingLike, wishes_of
from tthc_kpi._parts import (
    Question,
    cases_schema,
    checked_duplicates,
    counted,
    error_from_text,
    error_text,
    judged,
    judged_schema,
    listed,
    merged,
    question_of,
)
from tthc_kpi._plan import Plan
from tthc_kpi._query import (
    By,
    Period,
    Policy,
    QueryArguments,
    checked_plan,
    names_of,
    query_arguments,
)
from tthc_kpi._registers import Registers, RegisterSources, limits_beside, registers_of
from tthc_kpi._scorecard import Scorecard, card_of_tally
from tthc_kpi._tally import Tally

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

__all__ = ["cases", "evaluate", "judge", "tally"]

# Tallies that one task, or the driver, merges.
FAN_IN = 64
_NAME = "DataFrame"
_PARTIAL = "partition int, tally binary, error string"
# Limits of a batch handed to Python, and the number of bytes that means none.
_BATCH_ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
_BATCH_BYTES = "spark.sql.execution.arrow.maxBytesPerBatch"
_NO_LIMIT = "2147483647"
# What Arrow calls the types of `cases` and `judge`, and what Spark does.
_TYPES = {
    "string": "string",
    "int16": "smallint",
    "int32": "int",
    "int64": "bigint",
    "timestamp[us]": "timestamp_ntz",
    "bool": "boolean",
}


def evaluate(
    df: "DataFrame",
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    by: By = (),
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    mapping: MappingLike = None,
    extra: Sequence[str] = (),
    duplicates: Duplicates = "assume_unique",
    registers: Registers | PathLike | Sequence[PathLike] | None = None,
    **sources: Unpack[RegisterSources],
) -> Scorecard:
    """Tính mọi chỉ tiêu của kế hoạch trên một DataFrame của Spark.

    The card is that of ``tk.evaluate(tk.Dossiers(df.toArrow()), plan, ...)``, made without bringing
    the dossiers to one machine. It lists no dossiers itself: :func:`cases` does.

    Parameters
    ----------
    df
        The dossiers: canonical column names or Vietnamese headers, as :class:`tthc_kpi.Dossiers`
        reads them. A ``timestamp`` is an instant whatever the zone of the session; a
        ``timestamp_ntz`` is local time.
    plan, period, as_of, by, policy, limits, calendar, registers
        As :func:`tthc_kpi.evaluate` takes them, and each register by its name too.
    mapping
        ``{header: column}`` for headers that are not recognised, or to overrule.
    extra
        Further columns to load as dimensions.
    duplicates
        ``"assume_unique"``: ids are not compared, and the card says ``uniqueness: assumed``.
        ``"resolve"`` and ``"error"`` bring the rows of an id together first (a shuffle of all
        mapped columns, and each partition is then held in memory) and do with them what
        :class:`tthc_kpi.Dossiers` does.

    Raises
    ------
    InputError
        The table cannot be read as dossiers, told before any row is read; a column of dates as text
        that have the month first, or in both orders; equal ids, with ``duplicates="error"``;
        pyspark is not installed, or an executor lacks tthc-kpi.
    QueryError
        The question does not make sense, told before any row is read.

    Examples
    --------
    ``df`` holds the dossiers of ``tk.synth(2000)``:

    >>> import tthc_kpi as tk, tthc_kpi.spark
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> card = tk.spark.evaluate(df, plan, period="2026-Q2", by="agency")
    >>> alone = tk.Dossiers(tk.synth(2000), duplicates="assume_unique")
    >>> card.to_json() == tk.evaluate(alone, plan, period="2026-Q2", by="agency").to_json()
    True
    """
    given = registers_of(registers, sources)
    limits = limits_beside(given, limits)
    arguments = query_arguments(
        period=period, as_of=as_of, by=by, policy=policy, limits=limits, calendar=calendar
    )
    core = _tally(df, plan, arguments, mapping, extra, duplicates)
    return card_of_tally(core, given, plan)


def tally(
    df: "DataFrame",
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    by: By = (),
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    mapping: MappingLike = None,
    extra: Sequence[str] = (),
    duplicates: Duplicates = "assume_unique",
) -> Tally:
    """Kiểm đếm một DataFrame của Spark; như :func:`evaluate`, nhưng kết quả còn cộng được.

    The parameters are those of :func:`evaluate`.

    Examples
    --------
    ``df`` holds the dossiers of ``tk.synth(2000)``:

    >>> import tthc_kpi as tk, tthc_kpi.spark
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> whole = tk.spark.tally(df, plan, period="2026")
    >>> halves = [df.where("rating is null"), df.where("rating is not null")]
    >>> sum(tk.spark.tally(half, plan, period="2026") for half in halves) == whole
    True
    """
    arguments = query_arguments(
        period=period, as_of=as_of, by=by, policy=policy, limits=limits, calendar=calendar
    )
    return Tally(_tally(df, plan, arguments, mapping, extra, duplicates))


def cases(
    df: "DataFrame",
    plan: Plan,
    indicator: str,
    outcome: Outcome = "failing",
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    mapping: MappingLike = None,
    duplicates: Duplicates = "assume_unique",
) -> "DataFrame":
    """Những hồ sơ đứng sau một con số, thành một DataFrame của Spark, chưa tính gì.

    A dossier a row, with its verdict and the due date it was judged by: what
    :meth:`tthc_kpi.Scorecard.cases` lists of one machine's data. A month is asked by its
    ``period``, a group by a filter of the result.

    Parameters
    ----------
    df, plan, period, as_of, policy, limits, calendar, mapping, duplicates
        As :func:`evaluate` took them.
    indicator
        The id of an indicator over dossiers.
    outcome
        ``"passing"``, ``"failing"``, ``"unknown"`` or ``"open"``.

    Raises
    ------
    UnknownNameError
        The plan has no such indicator, or there is no such outcome.

    Examples
    --------
    ``df`` holds the dossiers of ``tk.synth(2000)``:

    >>> import tthc_kpi as tk, tthc_kpi.spark
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> result = tk.spark.evaluate(df, plan, period="2026")["on_time_rate"]
    >>> late = tk.spark.cases(df, plan, "on_time_rate", period="2026")
    >>> late.count() == result.denominator - result.numerator
    True
    """
    arguments = query_arguments(
        period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
    )
    question, empty = _question(df, plan, arguments, mapping, (), duplicates, all_columns=True)
    schema = cases_schema(question, empty, indicator, outcome)
    work = partial(listed, question, indicator, outcome)
    return _parts_of(df, question).mapInArrow(work, _written(schema))


def judge(
    df: "DataFrame",
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    columns: Sequence[str] | None = None,
    mapping: MappingLike = None,
    extra: Sequence[str] = (),
    duplicates: Literal["assume_unique", "resolve"] = "assume_unique",
) -> "DataFrame":
    """Xét từng hồ sơ thành một DataFrame của Spark, chưa tính gì, để hỏi bằng SQL trên cụm.

    The rows are those that :func:`tthc_kpi.judge` makes of one machine's data, column by column, in
    no order: text is plain text, and numbers have the signed types that Spark has. A part in which
    dates as text have the month first fails the Spark job that reads it, with an error that names
    the column.

    Parameters
    ----------
    df, plan, period, as_of, policy, limits, calendar, mapping, extra
        As :func:`evaluate` takes them.
    columns
        The dossier's own columns to have, as :func:`tthc_kpi.judge` takes them.
    duplicates
        ``"assume_unique"``: ids are not compared, no row is ``excluded`` as ``duplicate``.
        ``"resolve"``: as in :func:`evaluate`, the rows of an id are brought together first, and
        those that do not stand are ``excluded`` as ``duplicate``. To refuse them, ask
        :func:`tally` with ``duplicates="error"`` first: what is not computed yet finds none.

    Raises
    ------
    InputError, QueryError
        As :func:`evaluate`, told before any row is read.
    UnknownNameError
        There is no such column.

    Examples
    --------
    ``df`` holds the dossiers of ``tk.synth(2000)``:

    >>> import tthc_kpi as tk, tthc_kpi.spark
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> judged = tk.spark.judge(df, plan, period="2026")
    >>> card = tk.spark.evaluate(df, plan, period="2026")
    >>> judged.where("on_time_rate").count() == card["on_time_rate"].numerator
    True
    """
    if duplicates not in ("assume_unique", "resolve"):
        raise QueryError(
            "unknown_value",
            "duplicates là 'assume_unique' hoặc 'resolve' [one of these two]",
        )
    arguments = query_arguments(
        period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
    )
    question, empty = _question(df, plan, arguments, mapping, extra, duplicates, all_columns=True)
    shown = None if columns is None else names_of(columns)
    schema = judged_schema(question, shown, empty)
    work = partial(judged, question, shown, schema)
    return _parts_of(df, question).mapInArrow(work, _written(schema))


def _written(schema: "pyarrow.Schema") -> str:
    """A schema as Spark writes it."""
    names = (field.name.replace("`", "``") for field in schema)
    kinds = (_TYPES[str(field.type)] for field in schema)
    return ", ".join(f"`{name}` {kind}" for name, kind in zip(names, kinds, strict=True))


def _tally(
    df: "DataFrame",
    plan: Plan,
    arguments: QueryArguments,
    mapping: MappingLike,
    extra: Sequence[str],
    duplicates: Duplicates,
) -> _tthc_kpi.Tally:
    question, _ = _question(df, plan, arguments, mapping, extra, duplicates)
    partials = _parts_of(df, question).mapInArrow(partial(_counted, question), _PARTIAL)
    partials.persist()
    try:
        with _bytes_uncounted(df):
            parts = _run(partials.select("partition", "error").collect)
        failed = [(row.partition, row.error) for row in parts if row.error is not None]
        if failed:
            raise error_from_text(min(failed)[1])
        left, tallies = len(parts), partials.select("tally")
        while left > FAN_IN:
            left = -(-left // FAN_IN)
            tallies = tallies.repartition(left).mapInArrow(_merged, "tally binary")
        total = merged(_run(lambda: tallies.toArrow())["tally"].to_pylist())
    finally:
        partials.unpersist()
    if total is None:
        return _tthc_kpi.Tally.from_bytes(question.asked)
    if question.duplicates != "assume_unique" and question.id_place is not None:
        # Each id was in one partition only, and was looked for there.
        total = _tthc_kpi.tally_checked(total)
        if duplicates == "error":
            _refuse_duplicates(total)
    return total


def _question(
    df: "DataFrame",
    plan: Plan,
    arguments: QueryArguments,
    mapping: MappingLike,
    extra: Sequence[str],
    duplicates: Duplicates,
    *,
    all_columns: bool = False,
) -> "tuple[Question, pyarrow.Table]":
    frame = _checked_frame(df)
    renamed, words = wishes_of(mapping, None)
    names = frame.columns
    wanted = Wanted(renamed, extra).among(names)
    places = [names.index(name) for name in wanted]
    # Not `limit(0)` of the frame: some of it would be computed all the same.
    schema = _taken(frame, places).schema
    empty = frame.sparkSession.createDataFrame([], schema).toArrow().rename_columns(wanted)
    # Equal ids are counted here after all partitions have: a partition tells only its own.
    resolved = "resolve" if checked_duplicates(duplicates) == "error" else duplicates
    question = question_of(
        names,
        empty,
        checked_plan(plan)._core,
        arguments,
        mapping=renamed,
        values=words,
        extra=list(extra),
        duplicates=resolved,
        name=_NAME,
        all_columns=all_columns,
    )
    return question, empty


def _checked_frame(df: object) -> "DataFrame":
    try:
        from pyspark.sql import DataFrame
    except ImportError:
        english = "counting on Spark needs the extra spark"
        raise InputError(
            "spark_missing",
            f"đếm trên Spark cần pyspark: pip install 'tthc-kpi[spark]' [{english}]",
            english,
        ) from None
    if isinstance(df, DataFrame):
        return df
    raise InputError(
        "not_spark",
        f"cần một DataFrame của Spark [expected a Spark DataFrame, got {type(df).__name__}];"
        " bảng khác thì dùng tk.Dossiers(bảng)",
    )


def _taken(df: "DataFrame", places: Iterable[int]) -> "DataFrame":
    """Columns by their place: names may hold dots, or differ only in case."""
    numbered = df.toDF(*(f"c{place}" for place in range(len(df.columns))))
    return numbered.select(*(f"c{place}" for place in places))


def _parts_of(df: "DataFrame", question: Question) -> "DataFrame":
    taken = _taken(df, question.places)
    place = question.id_place
    if question.duplicates == "assume_unique" or place is None:
        return taken
    from pyspark.sql import functions

    # Ids that are equal once they are read (trimmed, composed, without a spreadsheet's quotes) have
    # the same digits. Rows without an id belong to no other, and are spread.
    written = taken[taken.columns[place]].cast("string")
    digits = functions.regexp_replace(written, "[^0-9]", "")
    spread = functions.concat(functions.lit("-"), functions.spark_partition_id().cast("string"))
    return taken.repartition(functions.coalesce(digits, spread))


def _counted(
    question: Question, batches: "Iterator[pyarrow.RecordBatch]"
) -> "Iterator[pyarrow.RecordBatch]":
    """One partition, on an executor. An error travels as a value: raised, it comes as a trace."""
    import pyarrow
    from pyspark import TaskContext

    context = TaskContext.get()
    data = told = None
    try:
        data = counted(question, batches)
    except Exception as error:
        told = error_text(error)
    if data is None and told is None:
        return
    yield pyarrow.RecordBatch.from_pydict(
        {
            "partition": pyarrow.array([context.partitionId() if context else 0], pyarrow.int32()),
            "tally": pyarrow.array([data], pyarrow.binary()),
            "error": pyarrow.array([told], pyarrow.string()),
        }
    )


def _merged(batches: "Iterator[pyarrow.RecordBatch]") -> "Iterator[pyarrow.RecordBatch]":
    import pyarrow

    total = merged(value.as_py() for batch in batches for value in batch.column(0))
    if total is not None:
        yield pyarrow.RecordBatch.from_pydict(
            {"tally": pyarrow.array([total.to_bytes()], pyarrow.binary())}
        )


@contextmanager
def _bytes_uncounted(df: "DataFrame") -> Iterator[None]:
    """Meanwhile a batch is bounded by its rows alone.

    To bound its bytes too, Spark sums up every column of the batch at each row: half of its work. A
    bound that the caller has set stands, and so does one where rows are not bounded.
    """
    conf = df.sparkSession.conf
    rows = conf.get(_BATCH_ROWS)
    if conf.get(_BATCH_BYTES, None) is not None or rows is None or int(rows) <= 0:
        yield
        return
    conf.set(_BATCH_BYTES, _NO_LIMIT)
    try:
        yield
    finally:
        conf.unset(_BATCH_BYTES)


def _run(action: Callable[[], Any]) -> Any:
    """What Spark answers; that an executor lacks the library is told in a sentence."""
    try:
        return action()
    except Exception as error:
        text = str(error)
        if "tthc_kpi" not in text or "ModuleNotFoundError" not in text:
            raise
        english = "an executor lacks tthc-kpi, or what it needs: see docs/spark.md"
        raise InputError(
            "spark_executor",
            f"máy thực thi của Spark chưa cài tthc-kpi, hoặc thiếu thứ nó cần [{english}]",
            english,
        ) from None


def _refuse_duplicates(total: _tthc_kpi.Tally) -> None:
    rows = Tally(total).scorecard().accounting["excluded"].get("duplicate", 0)
    if rows:
        english = f"{rows} rows repeat a dossier id"
        raise InputError("duplicate_ids", f"{rows} dòng trùng mã hồ sơ [{english}]", english)
