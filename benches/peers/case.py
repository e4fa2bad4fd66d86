"""Cùng một việc cho cả bốn: the question, the columns it needs, and answers that can be compared.

A peer answers with *counts*: per group, how many dossiers carry each fact of ``COUNTED``, two sums,
and how many rows are left out and why. From these ``figures`` makes numerator, denominator and
unknown of the 19 dossier indicators, outside every timed run.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

DATES = ("received_at", "due_at", "completed_at", "returned_at")
PAYMENTS = ("payments", "payments_online", "payments_portal")
TRANSFERS = ("transfers", "transfers_electronic")
# A flag counts among those dossiers of which the fact on the right holds.
FLAGS = {
    "input_digitised": "received",
    "result_digitised": "resolved",
    "result_electronic": "resolved",
    "data_reused": "received",
    "apologised": "overdue_ever",
    "explained": "overdue_ever",
    "synced": "handled",
    "result_synced": "resolved",
    "result_published": "resolved",
}
# What the indicators need of a dossier, whatever the grouping.
COLUMNS = (*DATES, "status", "channel", "field", *PAYMENTS, *TRANSFERS, "rating", *FLAGS)
BY_AGENCY_AND_MONTH = ("agency", "received_month")

FIELD_GROUPS = {"land": "đất đai", "construction": "xây dựng", "investment": "đầu tư"}
SATISFIED_FROM = 4
FIRST_DATE, AFTER_LAST_DATE = dt.datetime(2000, 1, 1), dt.datetime(2101, 1, 1)
# Why a row is left out: the first that applies.
REASONS = ("not_received", "bad_date", "end_before_receipt")

# passed, judged, scope: numerator, denominator, and what is unknown is scope - judged.
SHARES = {
    "on_time_rate": ("on_time", "due_known", "resolved"),
    "early_rate": ("early", "due_known", "resolved"),
    "online_payment_dossier_rate": ("fee_online", "fee_judged", "fee_scope"),
    "satisfaction_rate": ("satisfied", "rated", "resolved"),
    "online_dossier_rate": ("online", "channel_known", "received"),
    "electronic_transfer_rate": ("transfer_electronic", "transfer_judged", "transfer_scope"),
    "input_digitisation_rate": ("input_digitised", "input_digitised_known", "received"),
    "result_digitisation_rate": ("result_digitised", "result_digitised_known", "resolved"),
    "electronic_result_rate": ("result_electronic", "result_electronic_known", "resolved"),
    "data_reuse_rate": ("data_reused", "data_reused_known", "received"),
    "apology_rate": ("apologised", "apologised_known", "overdue_ever"),
    "explanation_rate": ("explained", "explained_known", "overdue_ever"),
    "status_sync_rate": ("synced", "synced_known", "handled"),
    "result_sync_rate": ("result_synced", "result_synced_known", "resolved"),
    "result_publication_rate": ("result_published", "result_published_known", "resolved"),
}
INDICATORS = (*SHARES, "online_payment_rate", *(f"satisfaction_rate_{g}" for g in FIELD_GROUPS))
COUNTED = (
    *dict.fromkeys(name for share in SHARES.values() for name in share),
    "payments_judged",
    *(f"{fact}_{group}" for group in FIELD_GROUPS for fact in ("resolved", "rated", "satisfied")),
    "resolved_field_unknown",
)
SUMMED = ("payments_sum", "portal_sum")
# What a peer's query tells of a group.
TOLD = ("rows", *REASONS, *COUNTED, *SUMMED)

Key = tuple[str | None, ...]
Counts = Mapping[str, int]
Figures = dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Question:
    """The period [start, cut] and the dimensions; the profile is `plan`, all rules at default."""

    start: dt.date = dt.date(2026, 1, 1)
    cut: dt.date = dt.date(2026, 12, 31)
    by: tuple[str, ...] = ()

    @property
    def opens(self) -> dt.datetime:
        return dt.datetime.combine(self.start, dt.time())

    @property
    def cut_day(self) -> dt.datetime:
        return dt.datetime.combine(self.cut, dt.time())

    @property
    def closes(self) -> dt.datetime:
        """The first moment that is not seen."""
        return self.cut_day + dt.timedelta(days=1)


def columns_of(question: Question) -> list[str]:
    """The columns that a question reads."""
    return [*COLUMNS, *(name for name in question.by if name == "agency")]


@dataclass(frozen=True)
class Answer:
    """What each of the four must find alike."""

    read: int
    used: int
    outside: int
    excluded: dict[str, int]
    groups: dict[Key, Figures] = field(repr=False)

    @classmethod
    def of_rows(cls, rows: Iterable[Sequence], question: Question) -> "Answer":
        """From the rows of a peer's query: keys (of a month any day of it), then `TOLD`.

        Rows that are left out or outside may have groups of their own: they count in the
        accounting, and a group is one that holds a handled dossier.
        """
        totals = dict.fromkeys(TOLD, 0)
        groups: dict[Key, Figures] = {}
        for row in rows:
            keys, told = row[: len(question.by)], row[len(question.by) :]
            counts = dict(zip(TOLD, told, strict=True))
            for name, count in counts.items():
                totals[name] += count
            if counts["handled"]:
                pairs = zip(question.by, keys, strict=True)
                key = tuple(f"{k:%Y-%m}" if name == "received_month" else k for name, k in pairs)
                groups[key] = figures(counts)
        excluded = {reason: totals[reason] for reason in REASONS if totals[reason]}
        outside = totals["rows"] - totals["handled"] - sum(excluded.values())
        return cls(totals["rows"], totals["handled"], outside, excluded, groups)


def figures(counts: Counts) -> Figures:
    found = {
        name: (counts[passed], counts[judged], counts[scope] - counts[judged])
        for name, (passed, judged, scope) in SHARES.items()
    }
    found["online_payment_rate"] = (
        counts["portal_sum"],
        counts["payments_sum"],
        counts["fee_scope"] - counts["payments_judged"],
    )
    for group in FIELD_GROUPS:
        rated = counts[f"rated_{group}"]
        perhaps = counts[f"resolved_{group}"] + counts["resolved_field_unknown"]
        found[f"satisfaction_rate_{group}"] = (counts[f"satisfied_{group}"], rated, perhaps - rated)
    return found


def holds(field_name: str, words: str) -> bool:
    """Whether a field's name has the sequence of words (SPEC §6)."""
    plain = unicodedata.normalize("NFC", field_name).lower()
    spaced = re.sub(r"[\W_]+", " ", plain)
    return f" {words} " in f" {spaced} "


def members(field_names: Iterable[str | None]) -> dict[str, list[str]]:
    """The fields of each group, of the distinct ones."""
    names = [name for name in field_names if name is not None]
    return {
        group: [name for name in names if holds(name, words)]
        for group, words in FIELD_GROUPS.items()
    }


def differences(one: Answer, other: Answer) -> Iterator[str]:
    """Where two answers differ, in words; nothing when they are equal."""
    for part in ("read", "used", "outside", "excluded"):
        if getattr(one, part) != getattr(other, part):
            yield f"{part}: {getattr(one, part)} and {getattr(other, part)}"
    for key in one.groups.keys() ^ other.groups.keys():
        yield f"group {key} is in one only"
    for key in one.groups.keys() & other.groups.keys():
        for name in INDICATORS:
            left, right = one.groups[key][name], other.groups[key][name]
            if left != right:
                yield f"{name} of {key}: {left} and {right}"
