"""Cùng một việc trong polars: one lazy query of expressions, run by the streaming engine."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import polars as pl
import pyarrow as pa
from polars import col

from case import (
    AFTER_LAST_DATE,
    COLUMNS,
    COUNTED,
    DATES,
    FIRST_DATE,
    FLAGS,
    PAYMENTS,
    REASONS,
    SATISFIED_FROM,
    SUMMED,
    TRANSFERS,
    Answer,
    Question,
    members,
)
from data import CHANNELS, CSV_DATE, HEADERS, RATINGS, STATUSES, WORKBOOK_HEADERS, YES

NAME, VERSION = "polars", pl.__version__


def clean(frame: pl.LazyFrame) -> pl.LazyFrame:
    """SPEC §2: impossible cells are unknown."""
    portal = col("payments_portal")
    impossible = {
        "status": ~col("status").is_between(1, 10),
        "rating": ~col("rating").is_between(1, 5),
        "payments_online": col("payments_online") > col("payments"),
        "payments_portal": (portal > col("payments_online")) | (portal > col("payments")),
        "transfers_electronic": col("transfers_electronic") > col("transfers"),
    }
    return frame.with_columns(
        pl.when(~false_if_unknown(condition)).then(name).alias(name)
        for name, condition in impossible.items()
    )


def judge(frame: pl.LazyFrame, question: Question) -> pl.LazyFrame:
    """The reason each row is left out, and what it is in the window (SPEC §3)."""
    received_at, due_at, completed_at, returned_at = (col(name) for name in DATES)
    midnight = received_at.dt.truncate("1d")
    any_end = pl.coalesce(completed_at, returned_at)
    bad = pl.any_horizontal(
        ~col(name).is_between(FIRST_DATE, AFTER_LAST_DATE, "left") for name in DATES
    )
    seen_return = (returned_at < question.closes) & (
        (returned_at >= received_at) | (returned_at == midnight)
    )
    frame = frame.with_columns(
        end=pl.when(completed_at < question.closes)
        .then(completed_at)
        .when(seen_return)
        .then(returned_at),
        due_day=due_at.dt.date(),
        not_received=has_status(1, 3),
        bad_date=false_if_unknown(bad),
        # By day; by the moment unless the end is a date alone (a midnight receipt comes first).
        end_before_receipt=false_if_unknown((any_end < received_at) & (any_end != midnight)),
        end_unknown=false_if_unknown(col("status") >= 7) & any_end.is_null(),
        waits=has_status(5, 6),
    ).with_columns(end_day=col("end").dt.date())
    kept = ~(col("not_received") | col("bad_date") | col("end_before_receipt"))
    handled = kept & (received_at < question.closes)
    handled &= pl.any_horizontal(
        received_at >= question.opens, col("end").is_null(), col("end") >= question.opens
    )
    resolved = col("end").is_not_null()
    overdue = ~resolved & ~col("end_unknown") & ~col("waits") & (due_at < question.cut_day)
    late = col("end_day") > col("due_day")
    return frame.with_columns(
        bad_date=col("bad_date") & ~col("not_received"),
        end_before_receipt=col("end_before_receipt") & ~(col("bad_date") | col("not_received")),
        handled=handled,
        received=handled & (received_at >= question.opens),
        resolved=handled & resolved,
        early=handled & (col("end_day") < col("due_day")),
        late=handled & late,
        overdue_ever=handled & (late | overdue),
    )


def has_status(one: int, other: int) -> pl.Expr:
    # Twice faster than `is_in`.
    return false_if_unknown((col("status") == one) | (col("status") == other))


def false_if_unknown(condition: pl.Expr) -> pl.Expr:
    return condition.fill_null(False)


def facts(fields: Iterable[str | None]) -> Iterator[tuple[str, pl.Expr]]:
    """Each fact as a condition; where it is null the fact is not counted."""
    scopes = {name: col(name) for name in ("handled", "received", "resolved", "overdue_ever")}
    handled, received, resolved, _ = scopes.values()
    yield from scopes.items()
    due_known = resolved & col("due_at").is_not_null()
    yield "due_known", due_known
    yield "on_time", due_known & ~col("late")
    yield "early", col("early")
    yield "channel_known", received & col("channel").is_not_null()
    yield "online", received & (col("channel") == "online")
    paid = received & (col("payments") > 0)
    yield "fee_scope", received & ~false_if_unknown(col("payments") == 0)
    yield "fee_judged", paid & col("payments_online").is_not_null()
    yield "fee_online", paid & (col("payments_online") > 0)
    yield "payments_judged", paid & col("payments_portal").is_not_null()
    rated, satisfied = col("rating").is_not_null(), col("rating") >= SATISFIED_FROM
    yield "rated", resolved & rated
    yield "satisfied", resolved & satisfied
    yield "resolved_field_unknown", resolved & col("field").is_null()
    for group, names in members(fields).items():
        within = resolved & col("field").is_in(names)
        yield f"resolved_{group}", within
        yield f"rated_{group}", within & rated
        yield f"satisfied_{group}", within & satisfied
    moved = handled & (col("transfers") > 0)
    yield "transfer_scope", handled & ~false_if_unknown(col("transfers") == 0)
    yield "transfer_judged", moved & col("transfers_electronic").is_not_null()
    yield "transfer_electronic", moved & (col("transfers_electronic") == col("transfers"))
    for flag, scope in FLAGS.items():
        yield f"{flag}_known", scopes[scope] & col(flag).is_not_null()
        yield flag, scopes[scope] & col(flag)


def values(fields: Iterable[str | None]) -> Iterator[pl.Expr]:
    yield pl.len().alias("rows")
    yield from (col(reason).sum() for reason in REASONS)
    found = dict(facts(fields))
    yield from (found[name].sum().alias(name) for name in COUNTED)
    both = col("received") & col("payments").is_not_null() & col("payments_portal").is_not_null()
    for name, column in zip(SUMMED, ("payments", "payments_portal"), strict=True):
        yield pl.when(both).then(column).sum().alias(name)


def count(frame: pl.LazyFrame, fields: Iterable[str | None], question: Question) -> pl.DataFrame:
    """One pass. Groups of the rows left out are there too: every row is accounted for."""
    judged = judge(frame, question)
    if not question.by:
        return judged.select(values(fields)).collect(engine="streaming")
    # One whole number as the key is faster than two keys.
    day = col("received_at").dt.date()
    month = (12 * day.dt.year() + day.dt.month()).cast(pl.Int64)
    agency = col("agency").to_physical().cast(pl.Int64).fill_null(-1)
    groups = judged.with_columns(key=(agency * 2**32) + month).group_by("key")
    keys = (pl.first(name) for name in ("agency", "received_at"))
    return groups.agg(*keys, *values(fields)).drop("key").collect(engine="streaming")


def answer(found: pl.DataFrame, question: Question) -> Answer:
    return Answer.of_rows(found.rows(), question)


def take_in(table: pa.Table) -> pl.DataFrame:
    """One chunk a column, texts that repeat as Enum: what is fastest to ask."""
    frame = pl.from_arrow(table)
    kinds = {
        name: pl.Enum(frame[name].drop_nulls().unique(maintain_order=True).cast(pl.String))
        for name in ("channel", "field", "agency")
        if name in frame.columns
    }
    return clean(frame.lazy().cast(kinds)).collect().rechunk()


def ask(frame: pl.DataFrame, question: Question) -> pl.DataFrame:
    return count(frame.lazy(), frame.schema["field"].categories, question)


def ask_parquet(files: Sequence[Path], question: Question) -> pl.DataFrame:
    frame = pl.scan_parquet(files)
    fields = frame.select(col("field").unique()).collect(engine="streaming")
    return count(clean(frame), fields["field"].cast(pl.String), question)


# Words that stand for numbers, in the order of the numbers.
WORDS = {
    "status": pl.Enum(STATUSES),
    "rating": pl.Enum(RATINGS),
    "channel": pl.Enum(list(CHANNELS.values())),
}


def meanings() -> Iterator[pl.Expr]:
    """Canonical values of the words that people read."""
    for name in ("status", "rating"):
        yield col(name).to_physical() + 1
    yield (
        col("channel")
        .cast(pl.String)
        .replace_strict(
            {words: name for name, words in CHANNELS.items()}, return_dtype=pl.Enum(list(CHANNELS))
        )
    )
    yield from (col(flag) == YES for flag in FLAGS)


def read_csv(path: Path) -> pl.DataFrame:
    names = {HEADERS[name]: name for name in COLUMNS}
    kinds = {"field": pl.Categorical, **WORDS}
    frame = pl.read_csv(
        path,
        columns=list(names),
        schema_overrides={HEADERS[name]: kind for name, kind in kinds.items()},
    ).rename(names)
    return frame.with_columns(*meanings(), *(col(name).str.to_datetime(CSV_DATE) for name in DATES))


def read_csv_alone(path: Path) -> pl.DataFrame:
    """Every column, the dates parsed, and nothing computed of them."""
    dates = [title for name, title in HEADERS.items() if name.endswith("_at")]
    return pl.read_csv(path).with_columns(col(dates).str.to_datetime(CSV_DATE, strict=False))


def ask_csv(path: Path, question: Question) -> pl.DataFrame:
    return ask_words(read_csv(path), question)


def read_workbook_alone(path: Path) -> pa.RecordBatch:
    import fastexcel

    return fastexcel.read_excel(path).load_sheet(0).to_arrow()


def read_workbook(path: Path) -> pl.DataFrame:
    """The canonical columns; DuckDB and pandas begin with this too."""
    import fastexcel

    names = {WORKBOOK_HEADERS[name]: name for name in COLUMNS}
    # Under the titles, and without the row that numbers the columns.
    sheet = fastexcel.read_excel(path).load_sheet(
        0, header_row=6, skip_rows=1, use_columns=list(names), dtypes="string"
    )
    frame = sheet.to_polars().rename(names)
    # The list ends with a total.
    frame = frame.filter(col("received_at").is_not_null())
    numbers = [*PAYMENTS, *TRANSFERS]
    return (
        frame.with_columns(col(numbers).cast(pl.UInt32), *(moment(name) for name in DATES))
        .cast(WORDS | {"field": pl.Categorical})
        .with_columns(*meanings())
    )


def moment(name: str) -> pl.Expr:
    """Dates as systems mix them: with seconds, minutes, alone, or from a cell that is a date."""
    forms = ("%d/%m/%Y %H:%M:%S", CSV_DATE, "%d/%m/%Y", "%Y-%m-%d %H:%M:%S")
    return pl.coalesce(col(name).str.to_datetime(form, strict=False) for form in forms)


def ask_workbook(path: Path, question: Question) -> pl.DataFrame:
    return ask_words(read_workbook(path), question)


def ask_words(frame: pl.DataFrame, question: Question) -> pl.DataFrame:
    fields = frame["field"].unique().cast(pl.String)
    return count(clean(frame.lazy()), fields, question)
