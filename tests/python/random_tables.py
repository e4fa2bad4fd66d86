"""Random data sets of the nasty kind, and every value of every policy."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata

import pyarrow as pa

from oracle_rules import COLUMNS, COUNT, FLAG, STAMP, TEXT

POLICIES = {
    "comparison": ["day", "half_day", "instant"],
    "on_time_base": ["resolved", "received", "handled"],
    "early_base": ["resolved", "on_time"],
    "early_by": ["completed", "returned"],
    "missing_due": ["unknown", "on_time", "from_procedure"],
    "supplement": ["recorded", "subtract", "reset"],
    "late_after_supplements": ["never", "1"],
    "waiting": ["in_time", "by_due", "ended_at_request"],
    "stopped": ["ended", "waiting"],
    "withdrawn": ["counted", "excluded"],
    "due_on_day_off": ["as_recorded", "next_working_day"],
}

_EDGES = [
    dt.date.fromisoformat(day)
    for day in (
        "2025-12-14 2025-12-15 2025-12-31 2026-01-01 2026-01-02 2026-01-09 2026-01-10 2026-01-14 2026-01-31"
        " 2026-02-13 2026-02-14 2026-02-23 2026-02-28 2026-03-14 2026-03-31 2026-04-01 2026-04-27 2026-06-14"
        " 2026-06-30 2026-08-22 2026-08-31 2026-11-24 2026-12-14 2026-12-28 2026-12-31 2027-01-01"
    ).split()
]
_TIMES = [
    dt.time(0, 0, 1), dt.time(7, 30), dt.time(8, 15, 30), dt.time(11, 59, 59), dt.time(12), dt.time(12, 0, 1),
    dt.time(14, 5), dt.time(16, 59, 59), dt.time(17), dt.time(17, 0, 0, 1), dt.time(17, 30),
    dt.time(23, 59, 59), dt.time(23, 59, 59, 999999),
]  # fmt: skip
_FIELDS = [
    None, "Đất đai", "ĐẤT ĐAI", "Quản lý đất đai và nhà ở", "dat dai", "Đất", "đất đaii", "Xây dựng", "xây dung",
    "Đầu tư", "Đầu tư xây dựng", "Đầu từ thiện", "Đất đai - Xây dựng - Đầu tư", "Hộ tịch", "Chứng thực",
]  # fmt: skip
_UNTIDY = ["", "  ", "  Hộ tịch ", unicodedata.normalize("NFD", "Đất đai"), "đất  đai"]
_AGENCIES = [None, "Phòng Kinh tế", "Phòng Văn hóa", "Trung tâm PVHCC", "phòng kinh tế"]
_BAD_DAYS = [
    dt.date(1999, 12, 31),
    dt.date(2000, 1, 1),
    dt.date(2100, 12, 31),
    dt.date(2101, 1, 1),
    dt.date(1970, 1, 1),
]


def random_table(n: int, seed: int, *, untidy: bool = False, repeat_ids: float = 0.0) -> pa.Table:
    """`n` dossiers meant to break rules: period edges, nulls, dates alone, bad and uncovered dates, contradictions.

    `untidy` adds text that only a reader makes tidy (blank, padded, not NFC); `repeat_ids` is the share of
    dossiers that take the id of an earlier one.
    """

    rng = random.Random(seed)

    def maybe(share: float) -> bool:
        return rng.random() < share

    def timed(day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(0) if maybe(0.3) else rng.choice(_TIMES))

    def near(day: dt.date, low: int, high: int) -> dt.datetime:
        return timed(day + dt.timedelta(days=rng.randint(low, high)))

    def spoil(stamp: dt.datetime | None, share: float = 0.01) -> dt.datetime | None:
        return timed(rng.choice(_BAD_DAYS)) if maybe(share) else stamp

    def count(high: int, null: float = 0.25) -> int | None:
        return None if maybe(null) else rng.randint(0, high)

    rows = []
    for i in range(n):
        base = (
            rng.choice(_EDGES)
            if maybe(0.6)
            else dt.date(2025, 11, 1) + dt.timedelta(days=rng.randrange(420))
        )
        if maybe(0.03):
            base = rng.choice(
                (
                    base.replace(year=2023, day=1),
                    base.replace(year=2031, day=1),
                    dt.date(2027, 12, 30),
                )
            )
        received = near(base, -2, 2)
        day = received.date()
        due = None if maybe(0.2) else near(day, 0, 12)
        if due and maybe(0.02):
            due = timed(
                rng.choice((dt.date(2023, 6, 1), dt.date(2031, 6, 2), dt.date(2027, 12, 31)))
            )
        done = (
            None
            if maybe(0.35)
            else due
            if due and due >= received and maybe(0.1)
            else near(day, 0, 14)
        )
        if done and maybe(0.03):
            done = near(day, -3, 0)
        back = None
        if maybe(0.5):
            back = near((done or received).date(), -1, 6)
            # a return before the receipt beside a later completion says nothing SPEC §3 settles
            if done and back.date() < day:
                back = done
        payments, transfers = count(4), count(3)
        online = (
            payments
            if payments is not None and maybe(0.3)
            else count(payments if payments and maybe(0.9) else 3)
        )
        portal = (
            online
            if online is not None and maybe(0.3)
            else count(online if online and maybe(0.9) else 3)
        )
        rows.append(
            {
                "dossier_id": rng.choice(rows)["dossier_id"] if rows and maybe(repeat_ids) else f"H{seed}-{i}",
                "procedure_code": rng.choice((None, "1.000001", "1.000002", "2.000003", "2.000004")),
                "procedure": rng.choice((None, "Đăng ký khai sinh", "Cấp phép xây dựng", "Chứng thực bản sao")),
                "field_code": rng.choice((None, "HT", "DD", "XD")),
                "field": rng.choice(_FIELDS + (_UNTIDY if untidy else [])),
                "agency": rng.choice(_AGENCIES + (_UNTIDY if untidy else [])),
                "receiving_agency": rng.choice((None, "Bộ phận Một cửa", "Bưu điện")),
                "officer": rng.choice((None, "CB01", "CB02")),
                "applicant_kind": rng.choice((None, "citizen", "citizen", "business", "state_body", "other")),
                "channel": rng.choice((None, "in_person", "online", "online", "postal")),
                "result_channel": rng.choice((None, "in_person", "online", "postal")),
                "status": None if maybe(0.1) else rng.choice((0, 11, 255)) if maybe(0.01)
                else rng.choice((1, 2, 3, 4, 4, 5, 5, 6, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10)),
                "received_at": None if maybe(0.01) else spoil(received, 0.005),
                "due_at": spoil(due),
                "completed_at": spoil(done),
                "returned_at": spoil(back),
                "limit_days": None if maybe(0.4) else rng.choice((0, 1, 3, 5, 10, 15, 30)),
                "supplement_requests": None if maybe(0.3) else rng.choice((0, 0, 1, 1, 2, 3)),
                "paused_days": None if maybe(0.3) else rng.choice((0, 1, 2, 5, 10)),
                "supplement_requested_at": None if maybe(0.4) else spoil(near(day, 0, 12)),
                "supplemented_at": None if maybe(0.4) else spoil(near(day, 0, 14)),
                "payments": payments,
                "payments_online": online,
                "payments_portal": portal,
                "amount_due": None if maybe(0.4) else rng.randrange(0, 500_000_00),
                "amount_online": None if maybe(0.4) else rng.randrange(0, 500_000_00),
                "rating": None if maybe(0.5) else rng.choice((0, 6)) if maybe(0.01) else rng.randint(1, 5),
                "due_moves": rng.choice((None, 0, 0, 1, 1, 2)),
                "transfers": transfers,
                "transfers_electronic": transfers if maybe(0.4) else count(3),
            }
            | {name: rng.choice((None, True, True, False)) for name, kind in COLUMNS.items() if kind is FLAG}
        )  # fmt: skip

    def arrow_type(name: str) -> pa.DataType:
        if name.startswith("amount_"):
            return pa.decimal128(18, 2)
        if name in ("status", "rating"):
            return pa.uint8()
        return {TEXT: pa.string(), STAMP: pa.timestamp("us"), COUNT: pa.uint32(), FLAG: pa.bool_()}[
            COLUMNS[name]
        ]

    names = [*COLUMNS, "amount_due", "amount_online"]
    arrays = []
    for name in names:
        cells = [row[name] for row in rows]
        if name.startswith("amount_"):
            from decimal import Decimal

            cells = [None if cell is None else Decimal(cell).scaleb(-2) for cell in cells]
        arrays.append(pa.array(cells, type=arrow_type(name)))
    return pa.table(arrays, names=names)
