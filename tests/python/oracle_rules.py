"""The rules, columns and windows of the oracle (``oracle.py``), as SPEC §2, §4 and §5 name them."""

from __future__ import annotations

import datetime as dt

FIELD_GROUPS = {"land": ["đất đai"], "construction": ["xây dựng"], "investment": ["đầu tư"]}

# SPEC §4, the default first.
DEFAULTS = {
    "comparison": "day",
    "on_time_base": "resolved",
    "early_base": "resolved",
    "early_by": "completed",
    "missing_due": "unknown",
    "supplement": "recorded",
    "late_after_supplements": "never",
    "waiting": "in_time",
    "stopped": "ended",
    "withdrawn": "counted",
    "due_on_day_off": "as_recorded",
    "online_payment": "portal",
    "period_rule": "calendar",
    "satisfied_from": "4",
}
PROFILES = {
    "plan": {},
    "qd-766": {
        "on_time_base": "received",
        "comparison": "instant",
        "missing_due": "from_procedure",
        "supplement": "subtract",
        "late_after_supplements": "1",
        "waiting": "ended_at_request",
    },
    "nd-61": {"on_time_base": "received", "supplement": "reset", "missing_due": "from_procedure"},
}

TEXT, STAMP, COUNT, FLAG = "VARCHAR", "TIMESTAMP", "BIGINT", "BOOLEAN"
COLUMNS = {
    **dict.fromkeys(
        "dossier_id procedure_code procedure field_code field agency receiving_agency officer"
        " applicant_kind channel result_channel".split(),
        TEXT,
    ),
    "status": COUNT,
    **dict.fromkeys("received_at due_at completed_at returned_at".split(), STAMP),
    "limit_days": COUNT,
    "supplement_requests": COUNT,
    "paused_days": COUNT,
    **dict.fromkeys("supplement_requested_at supplemented_at".split(), STAMP),
    **dict.fromkeys("payments payments_online payments_portal".split(), COUNT),
    "rating": COUNT,
    **dict.fromkeys(
        "petitioned input_digitised result_digitised result_electronic result_published"
        " data_reused".split(),
        FLAG,
    ),
    **dict.fromkeys("transfers transfers_electronic".split(), COUNT),
    **dict.fromkeys("apologised explained synced result_synced due_moved_late".split(), FLAG),
    "due_moves": COUNT,
}
BUCKETS = ("month", "quarter", "week", "day")


def rules(policy: dict | str | None) -> dict[str, str]:
    """Every rule of a policy, as text: the profile's, then the caller's over it."""
    given = {"profile": policy} if isinstance(policy, str) else dict(policy or {})
    chosen = DEFAULTS | PROFILES[given.pop("profile", "plan")]
    unknown = set(given) - set(DEFAULTS)
    if unknown:
        raise KeyError(f"unknown rules: {sorted(unknown)}")
    return chosen | {rule: str(value) for rule, value in given.items()}


# --- windows -------------------------------------------------------------------------------------


def bucket_of(day: dt.date, kind: str, rule: str) -> tuple[str, dt.date, dt.date]:
    """The bucket a day falls in: its key, first day and last day (SPEC §5)."""
    if kind == "week":  # ISO weeks under both rules
        year, week, weekday = day.isocalendar()
        monday = day - dt.timedelta(days=weekday - 1)
        return f"{year}-W{week:02}", monday, monday + dt.timedelta(days=6)
    if kind == "day":
        return day.isoformat(), day, day
    year, month = day.year, day.month
    if rule == "cut_off_15" and day.day >= 15:  # the 15th opens the next month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    first, last = (
        (month, month) if kind == "month" else ((month - 1) // 3 * 3 + 1, (month - 1) // 3 * 3 + 3)
    )
    key = f"{year}-{month:02}" if kind == "month" else f"{year}-Q{(month - 1) // 3 + 1}"
    if rule == "cut_off_15":
        opens = dt.date(year - 1, 12, 15) if first == 1 else dt.date(year, first - 1, 15)
        return key, opens, dt.date(year, last, 14)
    after = dt.date(year + 1, 1, 1) if last == 12 else dt.date(year, last + 1, 1)
    return key, dt.date(year, first, 1), after - dt.timedelta(days=1)


def windows(
    start: dt.date, cut: dt.date, by: list[str], rule: str
) -> list[tuple[str | None, dt.date, dt.date]]:
    """(key, first day, cut) of every bucket of [start, cut], or the one window of an ungrouped query."""
    kinds = [name for name in by if name in BUCKETS]
    if not kinds:
        return [(None, start, cut)]
    (kind,) = kinds
    found, day = [], start
    while day <= cut:
        key, first, last = bucket_of(day, kind, rule)
        found.append((key, max(first, start), min(last, cut)))
        day = last + dt.timedelta(days=1)
    return found
