"""Một nguồn hồ sơ chia nhiều phần, mỗi phần đếm một nơi, rồi cộng lại.

What an engine's adapter needs, and no more: the question, made where the caller is; the tally of a
part, made where the part is; their sum. A question is a tally that has counted nothing yet, so it
travels as bytes, with its plan, rules and calendar in it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

from tthc_kpi import _errors, _tthc_kpi
from tthc_kpi._dossiers import Dossiers, Duplicates
from tthc_kpi._errors import InputError, InternalError, QueryError, TthcKpiError
from tthc_kpi._mapping import ColumnMapping, Values
from tthc_kpi._query import QueryArguments

if TYPE_CHECKING:
    import pyarrow

__all__ = [
    "Question",
    "cases_schema",
    "checked_duplicates",
    "counted",
    "error_from_text",
    "error_text",
    "judged",
    "judged_schema",
    "listed",
    "merged",
    "question_of",
]

# Rows that are counted at a time, so that a part may be larger than memory.
PIECE = 262_144
_INSTANTS = frozenset(
    {
        "received_at",
        "due_at",
        "completed_at",
        "returned_at",
        "supplement_requested_at",
        "supplemented_at",
    }
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of each part, as plain values that any engine can send.

    ``places`` are those of the columns to hand over, among all of the source; ``headers`` are
    their names, ``columns`` what they are read as, ``values`` what words of theirs mean.
    """

    asked: bytes
    places: tuple[int, ...]
    headers: tuple[str, ...]
    columns: tuple[str, ...]
    extra: tuple[str, ...]
    duplicates: Duplicates
    name: str
    values: Values

    @property
    def id_place(self) -> int | None:
        """Where the dossier id stands among the columns handed over, if it is there."""
        return self.columns.index("dossier_id") if "dossier_id" in self.columns else None

    def dossiers(self, table: "pyarrow.Table") -> _tthc_kpi.Dossiers:
        """The dossiers of some rows, whose columns are those of ``headers``."""
        read = dict(zip(self.headers, self.columns, strict=True))
        ds = _tthc_kpi.Dossiers.from_arrow(
            table.rename_columns(list(self.headers)),
            mapping={header: column for header, column in read.items() if column not in self.extra},
            strict=False,
            duplicates=self.duplicates,
            extra=list(self.extra),
            name=self.name,
            values=self.values or None,
        )
        # A part whose dates prove that the month comes first says so of the others too, which have
        # read theirs day first. Where none proves it, all together prove nothing else either.
        columns = json.loads(ds.mapping_json())
        if headers := [column["source"] for column in columns if column["month_first"]]:
            raise _month_first(headers)
        return ds


def question_of(
    names: list[str],
    empty: "pyarrow.Table",
    plan: _tthc_kpi.Plan,
    arguments: QueryArguments,
    *,
    mapping: dict[str, str] | None,
    extra: list[str],
    duplicates: Duplicates,
    name: str,
    all_columns: bool = False,
    values: Values | None = None,
) -> Question:
    """The question to parts of a source.

    ``empty`` has no rows, and those of the source's columns (``names``) that dossiers may need:
    what is wrong with headers, types, plan or period is told here, before any part is read. With
    ``all_columns`` a part has all of them, extra ones too, else those that the question needs.
    """
    ds = Dossiers(
        empty, mapping=mapping, values=values, duplicates=duplicates, extra=extra, name=name
    )
    asked = _tthc_kpi.tally(ds._core, plan, arguments, threads=1)
    needed, needed_extra = _tthc_kpi.part_columns(asked)
    needed_extra = extra if all_columns else needed_extra
    # Which of two rows of an id stands is told by all their columns.
    every = all_columns or duplicates != "assume_unique"
    wanted = {*needed, *needed_extra}

    def is_wanted(column: ColumnMapping) -> bool:
        if column.column is None:
            return False
        # Dates as text prove the order of day and month for one another, needed or not.
        text_date = column.column in _INSTANTS and _is_text(empty.schema, column.source)
        return (every and column.column not in extra) or text_date or column.column in wanted

    read = [column for column in ds.mapping if is_wanted(column)]
    columns = tuple(str(column.column) for column in read)
    return Question(
        asked=asked.to_bytes(),
        places=tuple(names.index(column.source) for column in read),
        headers=tuple(column.source for column in read),
        columns=columns,
        extra=tuple(needed_extra),
        duplicates=duplicates,
        name=name,
        values={column: words for column, words in (values or {}).items() if column in columns},
    )


def counted(question: Question, batches: "Iterable[pyarrow.RecordBatch]") -> bytes | None:
    """The tally of a part, as bytes; ``None`` of a part without rows."""
    asked = _asked(question.asked)
    total: _tthc_kpi.Tally | None = None
    for table in _pieces(batches, whole=question.duplicates != "assume_unique"):
        piece = _tthc_kpi.part_tally(asked, question.dossiers(table), threads=1)
        total = piece if total is None else total.merge(piece)
    return None if total is None else total.to_bytes()


def listed(
    question: Question, indicator: str, outcome: str, batches: "Iterable[pyarrow.RecordBatch]"
) -> "Iterator[pyarrow.RecordBatch]":
    """Of a part, the dossiers behind a figure, piece by piece."""
    asked = _asked(question.asked)
    for table in _pieces(batches, whole=question.duplicates != "assume_unique"):
        ds = question.dossiers(table)
        found = _tthc_kpi.part_cases(asked, ds, indicator=indicator, outcome=outcome)
        yield from _plain(found).to_batches()


def judged(
    question: Question,
    columns: list[str] | None,
    schema: Any,
    batches: "Iterable[pyarrow.RecordBatch]",
) -> "Iterator[pyarrow.RecordBatch]":
    """Of a part, what becomes of each dossier, piece by piece."""
    asked = _asked(question.asked)
    for table in _pieces(batches, whole=question.duplicates != "assume_unique"):
        ds = question.dossiers(table)
        found = _tthc_kpi.part_judge(asked, ds, columns=columns)
        # What an extra column is, a part tells by its values.
        yield from _plain(found).cast(schema).to_batches()


def judged_schema(question: Question, columns: list[str] | None, empty: "pyarrow.Table") -> Any:
    """What :func:`judged` gives, as a schema; what is wrong with the names is told here."""
    import pyarrow

    table = empty.select(list(question.headers))
    found = _tthc_kpi.part_judge(_asked(question.asked), question.dossiers(table), columns=columns)
    schema = _plain(found).schema
    # Without a row an extra column is text; with rows, numbers and truth values stay such.
    kept = {pyarrow.types.is_integer: pyarrow.int64(), pyarrow.types.is_boolean: pyarrow.bool_()}
    for name in question.extra:
        place = schema.get_field_index(name)
        kinds = [made for is_of, made in kept.items() if is_of(table.schema.field(name).type)]
        if place >= 0 and kinds:
            schema = schema.set(place, schema.field(place).with_type(kinds[0]))
    return schema


def cases_schema(question: Question, empty: "pyarrow.Table", indicator: str, outcome: str) -> Any:
    """What :func:`listed` gives, as a schema; what is wrong with the names is told here."""
    table = empty.select(list(question.headers))
    found = _tthc_kpi.part_cases(
        _asked(question.asked), question.dossiers(table), indicator=indicator, outcome=outcome
    )
    return _plain(found).schema


def _plain(table: _tthc_kpi.Table) -> "pyarrow.Table":
    """A table in types that engines outside Arrow have too: no unsigned numbers, plain text."""
    import pyarrow

    wider = {
        pyarrow.uint8(): pyarrow.int16(),
        pyarrow.uint32(): pyarrow.int64(),
    }

    def kind(of: Any) -> Any:
        return of.value_type if pyarrow.types.is_dictionary(of) else wider.get(of, of)

    made = pyarrow.table(table)
    return made.cast(pyarrow.schema([field.with_type(kind(field.type)) for field in made.schema]))


def merged(parts: Iterable[bytes]) -> _tthc_kpi.Tally | None:
    """The sum of tallies kept as bytes; ``None`` of none."""
    tallies = map(_tthc_kpi.Tally.from_bytes, parts)
    first = next(tallies, None)
    return None if first is None else reduce(_tthc_kpi.Tally.merge, tallies, first)


def error_text(error: Exception) -> str:
    """An error as text that crosses from one process to another; nothing foreign is quoted."""
    if not isinstance(error, TthcKpiError):
        kind = type(error).__name__
        error = InternalError(
            "part_failed",
            f"đếm một phần dữ liệu không thành ({kind}) [counting a part of the data failed]",
            f"counting a part of the data failed ({kind})",
        )
    return json.dumps([type(error).__name__, *error.args], ensure_ascii=False)


def error_from_text(text: str) -> TthcKpiError:
    """The error that :func:`error_text` wrote."""
    name, *arguments = json.loads(text)
    made: TthcKpiError = getattr(_errors, name)(*arguments)
    return made


@lru_cache(maxsize=8)
def _asked(data: bytes) -> _tthc_kpi.Tally:
    # A worker counts many parts for one question.
    return _tthc_kpi.Tally.from_bytes(data)


def _pieces(batches: "Iterable[pyarrow.RecordBatch]", *, whole: bool) -> "Iterator[pyarrow.Table]":
    import pyarrow

    held: list[Any] = []
    rows = 0
    for batch in batches:
        if batch.num_rows == 0:
            continue
        held.append(batch)
        rows += batch.num_rows
        if rows >= PIECE and not whole:
            yield pyarrow.Table.from_batches(held)
            held, rows = [], 0
    if held:
        yield pyarrow.Table.from_batches(held)


def _is_text(schema: Any, name: str) -> bool:
    import pyarrow.types as types

    kind = schema.field(name).type
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind))


def _month_first(headers: list[str]) -> InputError:
    named = ", ".join(map(repr, headers))
    english = (
        f"columns {named} have dates as text with the month first, and parts are read apart: make"
        " them dates before counting"
    )
    return InputError(
        "month_first_part",
        f"cột {named} ghi ngày bằng chữ, tháng đứng trước, mà mỗi phần dữ liệu được đọc riêng: đổi"
        f" thành kiểu ngày trước khi đếm [{english}]",
        english,
    )


def checked_duplicates(duplicates: Duplicates) -> Duplicates:
    """What to do about equal ids, or an error that names the ways."""
    if duplicates not in ("assume_unique", "resolve", "error"):
        raise QueryError(
            "unknown_value",
            "duplicates là 'assume_unique', 'resolve' hoặc 'error' [one of these three]",
        )
    return duplicates
