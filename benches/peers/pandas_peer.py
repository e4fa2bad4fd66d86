"""Cùng một việc trong pandas: boolean masks, and numpy's counting by group code."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import polars_peer
from case import (
    AFTER_LAST_DATE,
    COLUMNS,
    DATES,
    FIRST_DATE,
    FLAGS,
    PAYMENTS,
    SATISFIED_FROM,
    SUMMED,
    TOLD,
    TRANSFERS,
    Answer,
    Question,
    columns_of,
    members,
)
from data import CHANNELS, CSV_DATE, HEADERS, NO, RATINGS, STATUSES, YES

NAME, VERSION = "pandas", pd.__version__

Mask = np.ndarray


def clean(frame: pd.DataFrame) -> pd.DataFrame:
    """SPEC §2: impossible cells are unknown."""

    def over(part: str, whole: str) -> pd.Series:
        return (frame[part] > frame[whole]).fillna(False).astype(bool)

    portal_over = over("payments_portal", "payments_online") | over("payments_portal", "payments")
    return frame.assign(
        status=frame.status.where(frame.status.between(1, 10).fillna(False)),
        rating=frame.rating.where(frame.rating.between(1, 5).fillna(False)),
        payments_online=frame.payments_online.mask(over("payments_online", "payments")),
        payments_portal=frame.payments_portal.mask(portal_over),
        transfers_electronic=frame.transfers_electronic.mask(
            over("transfers_electronic", "transfers")
        ),
    )


def mask(series: pd.Series) -> Mask:
    """True where it is known to be true."""
    return series.to_numpy(dtype=bool, na_value=False)


def count(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    """The reason each row is left out, what it is in the window (SPEC §3), and the counts."""
    received_at, due_at, completed_at, returned_at = (frame[name].to_numpy() for name in DATES)
    opens, closes, cut_day = (
        np.datetime64(moment, "us")
        for moment in (question.opens, question.closes, question.cut_day)
    )
    # Comparisons with NaT are false.
    received_day = received_at.astype("datetime64[D]")
    raw_end = np.where(np.isnat(completed_at), returned_at, completed_at)
    bad = np.zeros(len(frame), dtype=bool)
    for dates in (received_at, due_at, completed_at, returned_at):
        bad |= (dates < np.datetime64(FIRST_DATE, "us")) | (
            dates >= np.datetime64(AFTER_LAST_DATE, "us")
        )
    not_received = mask(frame.status.isin([1, 3]))
    bad &= ~not_received
    # By day; by the moment unless the end is a date alone (a midnight receipt comes first).
    is_reversed = (raw_end < received_at) & (raw_end != received_day) & ~(not_received | bad)
    seen_return = (returned_at < closes) & (
        (returned_at >= received_at) | (returned_at == received_day)
    )
    nothing = np.datetime64("NaT", "us")
    end = np.where(completed_at < closes, completed_at, np.where(seen_return, returned_at, nothing))
    resolved = ~np.isnat(end)
    received = received_at >= opens
    handled = ~(not_received | bad | is_reversed) & (received_at < closes)
    handled &= received | ~resolved | (end >= opens)
    end_unknown = mask(frame.status >= 7) & np.isnat(raw_end)
    resolved &= handled
    received &= handled
    end_day, due_day = end.astype("datetime64[D]"), due_at.astype("datetime64[D]")
    late, early = resolved & (end_day > due_day), resolved & (end_day < due_day)
    due_known = resolved & ~np.isnat(due_at)
    waits = mask(frame.status.isin([5, 6]))
    overdue = handled & ~resolved & ~end_unknown & ~waits & (due_at < cut_day)

    def facts() -> Iterator[tuple[str, Mask]]:
        scopes = {
            "handled": handled,
            "received": received,
            "resolved": resolved,
            "overdue_ever": late | overdue,
        }
        yield "rows", np.ones(len(frame), dtype=bool)
        yield "not_received", not_received
        yield "bad_date", bad
        yield "end_before_receipt", is_reversed
        yield from scopes.items()
        yield "due_known", due_known
        yield "on_time", due_known & ~late
        yield "early", early
        yield "channel_known", received & frame.channel.notna().to_numpy()
        yield "online", received & (frame.channel == "online").to_numpy()
        some = mask(frame.payments > 0)
        yield "fee_scope", received & (some | mask(frame.payments.isna()))
        yield "fee_judged", received & some & mask(frame.payments_online.notna())
        yield "fee_online", received & some & mask(frame.payments_online > 0)
        yield "payments_judged", received & some & mask(frame.payments_portal.notna())
        rated, satisfied = mask(frame.rating.notna()), mask(frame.rating >= SATISFIED_FROM)
        yield "rated", resolved & rated
        yield "satisfied", resolved & satisfied
        yield "resolved_field_unknown", resolved & mask(frame.field.isna())
        for group, names in members(frame.field.cat.categories).items():
            within = resolved & mask(frame.field.isin(names))
            yield f"resolved_{group}", within
            yield f"rated_{group}", within & rated
            yield f"satisfied_{group}", within & satisfied
        moved = handled & mask(frame.transfers > 0)
        yield "transfer_scope", moved | (handled & mask(frame.transfers.isna()))
        yield "transfer_judged", moved & mask(frame.transfers_electronic.notna())
        yield "transfer_electronic", moved & mask(frame.transfers_electronic == frame.transfers)
        for flag, scope in FLAGS.items():
            yield f"{flag}_known", scopes[scope] & mask(frame[flag].notna())
            yield flag, scopes[scope] & mask(frame[flag])

    both = received & mask(frame.payments.notna()) & mask(frame.payments_portal.notna())
    paid = zip(SUMMED, (frame.payments, frame.payments_portal), strict=True)
    if not question.by:
        told = {name: np.count_nonzero(rows) for name, rows in facts()}
        told |= {name: column[both].sum() for name, column in paid}
        return pd.DataFrame([told])
    codes, index = grouped(frame.agency, received_at)
    told = {name: np.bincount(codes[rows], minlength=len(index)) for name, rows in facts()}
    for name, column in paid:
        # Whole numbers below 2^53 add up exactly in floats.
        sums = np.bincount(codes[both], column[both].to_numpy(), minlength=len(index))
        told[name] = sums.astype(np.int64)
    found = pd.DataFrame(told, index=index)
    return found[found["rows"] > 0]


def grouped(agency: pd.Series, received_at: np.ndarray) -> tuple[np.ndarray, pd.MultiIndex]:
    """A code of the agency and month of every row, and what the codes mean."""
    names = [*agency.cat.categories, None]
    codes = agency.cat.codes.to_numpy().astype(np.int64)
    codes[codes < 0] = len(names) - 1
    month, months = pd.factorize(received_at.astype("datetime64[M]").astype(np.int64))
    dates = months.astype("datetime64[M]").astype("datetime64[us]").tolist()
    return codes * len(months) + month, pd.MultiIndex.from_product([names, dates])


def answer(found: pd.DataFrame, question: Question) -> Answer:
    keys = found.index if question.by else [()]
    told = found[list(TOLD)].astype(int).to_numpy().tolist()
    rows = (
        [*(None if pd.isna(part) else part for part in key), *values]
        for key, values in zip(keys, told, strict=True)
    )
    return Answer.of_rows(rows, question)


TYPES = {
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.bool_(): pd.BooleanDtype(),
}


def take_in(table: pa.Table) -> pd.DataFrame:
    return clean(table.to_pandas(types_mapper=TYPES.get))


def ask(frame: pd.DataFrame, question: Question) -> pd.DataFrame:
    return count(frame, question)


def ask_parquet(files: Sequence[Path], question: Question) -> pd.DataFrame:
    # What `pd.read_parquet` does of one file, of several.
    table = pq.read_table(files, columns=columns_of(question))
    return ask(take_in(table), question)


def ask_csv(path: Path, question: Question) -> pd.DataFrame:
    names = {HEADERS[name]: name for name in COLUMNS}
    categories = ("status", "channel", "field", "rating", *FLAGS)
    frame = pd.read_csv(
        path,
        usecols=list(names),
        dtype={HEADERS[name]: "category" for name in categories}
        | {HEADERS[name]: "UInt32" for name in (*PAYMENTS, *TRANSFERS)},
    ).rename(columns=names)
    for name in DATES:
        frame[name] = pd.to_datetime(frame[name], format=CSV_DATE).astype("datetime64[us]")
    frame["status"] = numbered(frame.status, STATUSES)
    frame["rating"] = numbered(frame.rating, RATINGS)
    words = {written: channel for channel, written in CHANNELS.items()}
    frame["channel"] = frame.channel.cat.rename_categories(words)
    for flag in FLAGS:
        yes = frame[flag].cat.set_categories([NO, YES]).cat.codes.to_numpy()
        frame[flag] = pd.arrays.BooleanArray(yes == 1, yes < 0)
    return count(clean(frame), question)


def numbered(column: pd.Series, words: Sequence[str]) -> pd.arrays.IntegerArray:
    """Each word as its number, from 1."""
    codes = column.cat.set_categories(words).cat.codes.to_numpy()
    return pd.arrays.IntegerArray((codes + 1).astype(np.uint8), codes < 0)


def ask_workbook(path: Path, question: Question) -> pd.DataFrame:
    return ask(take_in(polars_peer.read_workbook(path).to_arrow()), question)
