"""The oracle's SQL (``oracle.py``): a stage of SPEC §3 each, then the facts and shares of §4 and §6."""

from __future__ import annotations

from oracle_rules import COLUMNS

# --- the stages ----------------------------------------------------------------------------------

_CELLS = """
cells AS (  -- SPEC §2: impossible values are unknown cells
    SELECT * REPLACE (
        CASE WHEN status BETWEEN 1 AND 10 THEN status END AS status,
        CASE WHEN rating BETWEEN 1 AND 5 THEN rating END AS rating,
        CASE WHEN supplement_requested_at::DATE BETWEEN '2000-01-01' AND '2100-12-31'
             THEN supplement_requested_at END AS supplement_requested_at,
        CASE WHEN supplemented_at::DATE BETWEEN '2000-01-01' AND '2100-12-31'
             THEN supplemented_at END AS supplemented_at,
        CASE WHEN coalesce(payments_online > payments, false) THEN NULL ELSE payments_online END AS payments_online,
        CASE WHEN coalesce(payments_portal > payments_online, false)
               OR coalesce(payments_portal > payments, false) THEN NULL ELSE payments_portal END AS payments_portal,
        CASE WHEN coalesce(transfers_electronic > transfers, false) THEN NULL
             ELSE transfers_electronic END AS transfers_electronic)
    FROM raw
)"""

_REASONS = """
reasons AS (  -- SPEC §3, in this order; of the raw row, never of the query
    SELECT *,
        coalesce(completed_at, returned_at) AS raw_end,
        CASE
            WHEN received_at IS NULL THEN 'unreadable_received_at'
            WHEN status IN (1, 3) THEN 'not_received'
            WHEN least(received_at, due_at, completed_at, returned_at)::DATE < '2000-01-01'
              OR greatest(received_at, due_at, completed_at, returned_at)::DATE > '2100-12-31' THEN 'bad_date'
            WHEN raw_end::DATE < received_at::DATE THEN 'end_before_receipt'
            WHEN raw_end < received_at AND raw_end::TIME <> TIME '00:00'
             AND received_at::TIME <> TIME '00:00' THEN 'end_before_receipt'
        END AS reason_of_row
    FROM cells
)"""

_DUPLICATES = """
ranked AS (  -- SPEC §3: greatest status rank, then latest event, then the greatest row
    SELECT *, row_number() OVER (
        PARTITION BY dossier_id, reason_of_row IS NULL
        ORDER BY list_position([2, 4, 6, 5, 8, 7, 9, 10], status) DESC NULLS LAST,
                 greatest(received_at, completed_at, returned_at, supplement_requested_at, supplemented_at) DESC,
                 {all_columns}) AS place
    FROM reasons
),
judged_rows AS (
    SELECT *, CASE
        WHEN reason_of_row IS NOT NULL THEN reason_of_row
        WHEN {resolve} AND dossier_id IS NOT NULL AND place > 1 THEN 'duplicate'
        WHEN {withdrawn_excluded} AND status = 7 THEN 'withdrawn'
    END AS reason
    FROM ranked
)"""

_MEMBERS = """
seen AS (  -- a dated fact after the cut is not seen; what is due later is still due
    SELECT j.* REPLACE (
            CASE WHEN completed_at::DATE <= w.cut THEN completed_at END AS completed_at,
            -- a return before the receipt, beside a completion, is no date to judge by
            CASE WHEN returned_at::DATE <= w.cut AND returned_at::DATE >= received_at::DATE
                  AND (returned_at >= received_at OR returned_at::TIME = TIME '00:00'
                       OR received_at::TIME = TIME '00:00') THEN returned_at END AS returned_at,
            CASE WHEN supplemented_at::DATE <= w.cut THEN supplemented_at END AS supplemented_at),
        w.bucket, w.start, w.cut,
        coalesce(status IN (7, 8, 9, 10), false) AND NOT coalesce({stopped_waits} AND status = 8, false)
            AND raw_end IS NULL AS end_unknown,
        coalesce(status IN (5, 6), false) OR coalesce({stopped_waits} AND status = 8, false) AS waits
    FROM judged_rows j CROSS JOIN windows w
    WHERE reason IS NULL
),
ends AS (
    SELECT *, coalesce(completed_at, returned_at) AS end_at,
        completed_at IS NULL AND returned_at IS NOT NULL AS end_from_return
    FROM seen
),
members AS (
    SELECT *,
        received_at::DATE >= start AS received,
        received_at::DATE < start AS carried_over,
        end_at IS NOT NULL AS resolved,
        end_at IS NULL AND NOT end_unknown AS open
    FROM ends
    WHERE received_at::DATE <= cut
      AND (received_at::DATE >= start OR end_at IS NULL OR end_at::DATE >= start)
)"""

_DUE = """
limited AS (
    SELECT m.*, coalesce(limit_days, l.days) AS limit_days_known
    FROM members m LEFT JOIN limits l ON l.code = m.procedure_code
),
due_missing AS (  -- SPEC §3 effective due, second step
    SELECT m.*,
        coalesce(due_at, CASE WHEN {from_procedure} THEN w.day::TIMESTAMP END) AS due1,
        due_at IS NULL AND {missing_on_time} AS excused
    FROM limited m
    LEFT JOIN calendar c ON c.day = m.received_at::DATE
    LEFT JOIN working w ON w.nth = c.nth + m.limit_days_known
        + CASE WHEN c.working AND m.received_at::TIME <= TIME '17:00' THEN 0 ELSE 1 END
),
due_supplement AS (  -- third step; unsure = the due may lie later than the one known
    SELECT m.*,
        {supplement_applies} AND coalesce(supplement_requests, 1) > 0 AS moves,
        CASE WHEN NOT moves THEN NULL
             WHEN {subtract} THEN CASE WHEN paused_days = 0 THEN due1  -- no calendar is asked
                                       ELSE pw.day + (due1 - due1::DATE::TIMESTAMP) END
             ELSE rw.day::TIMESTAMP END AS moved,
        coalesce(moved, due1) AS due2,
        moves AND moved IS NULL AS unsure2,
        excused AND moved IS NULL AS excused2
    FROM due_missing m
    LEFT JOIN calendar c ON c.day = m.due1::DATE
    LEFT JOIN working pw ON pw.nth = c.nth + m.paused_days
    LEFT JOIN calendar s ON s.day = m.supplemented_at::DATE
    LEFT JOIN working rw ON rw.nth = s.nth + m.limit_days_known
        + CASE WHEN s.working AND m.supplemented_at::TIME <= TIME '17:00' THEN 0 ELSE 1 END
),
due AS (  -- fourth step
    SELECT m.*,
        CASE WHEN {shift_day_off} AND NOT c.working AND w.day IS NOT NULL
             THEN w.day + (due2 - due2::DATE::TIMESTAMP) ELSE due2 END AS due,
        unsure2 OR ({shift_day_off} AND due2 IS NOT NULL
            AND (c.day IS NULL OR (NOT c.working AND w.day IS NULL))) AS unsure
    FROM due_supplement m
    LEFT JOIN calendar c ON c.day = m.due2::DATE
    LEFT JOIN working w ON w.nth = c.nth + 1
)"""

# early, on_due_day, late of an end against a due (SPEC §4 comparison); both known.
_BY_DAY = """CASE WHEN {end}::DATE < due::DATE THEN 'early'
                  WHEN {end}::DATE = due::DATE THEN 'on_due_day' ELSE 'late' END"""
_COMPARISONS = {
    "day": _BY_DAY,
    "half_day": """CASE
        WHEN due::TIME = TIME '00:00' OR {end}::TIME = TIME '00:00' THEN """
    + _BY_DAY
    + """
        WHEN ({end}::DATE, {end}::TIME >= TIME '12:00') < (due::DATE, due::TIME >= TIME '12:00') THEN 'early'
        WHEN ({end}::DATE, {end}::TIME >= TIME '12:00') = (due::DATE, due::TIME >= TIME '12:00') THEN 'on_due_day'
        ELSE 'late' END""",
    "instant": """CASE
        WHEN due::TIME = TIME '00:00' OR {end}::TIME = TIME '00:00' THEN """
    + _BY_DAY
    + """
        WHEN {end} > due THEN 'late'
        WHEN {end}::DATE < due::DATE THEN 'early' ELSE 'on_due_day' END""",
}
_OVERDUE = {
    "day": "cut > due::DATE",
    "half_day": "CASE WHEN due::TIME = TIME '00:00' THEN cut > due::DATE ELSE cut >= due::DATE END",
}
_OVERDUE["instant"] = _OVERDUE["half_day"]


def _class(end: str, comparison: str) -> str:
    """The class of an end, or null: an unsure due keeps what is not late and leaves the rest unknown."""
    compared = _COMPARISONS[comparison].format(end=end)
    return f"""CASE WHEN {end} IS NULL THEN NULL WHEN excused2 THEN 'on_due_day' WHEN due IS NULL THEN NULL
        WHEN unsure AND ({compared}) = 'late' THEN NULL ELSE {compared} END"""


_VERDICT = """
classes AS (
    SELECT *,
        CASE WHEN resolved THEN {class_of_end} END AS end_class,
        CASE WHEN resolved THEN {class_of_early} END AS early_class,
        {class_of_request} AS request_class,
        CASE WHEN NOT open THEN NULL WHEN excused2 THEN 'in_time' WHEN due IS NULL THEN NULL
             WHEN NOT ({overdue}) THEN 'in_time' WHEN unsure THEN NULL ELSE 'overdue' END AS open_class
    FROM due
),
waited AS (
    SELECT *, CASE
        WHEN NOT (open AND waits) OR {waiting_by_due} THEN open_class
        WHEN {waiting_in_time} THEN CASE WHEN open_class = 'overdue' THEN 'in_time' ELSE open_class END
        WHEN supplement_requested_at::DATE > cut THEN open_class  -- not asked yet at the cut
        WHEN request_class IN ('early', 'on_due_day') THEN 'in_time'
        WHEN request_class = 'late' THEN 'overdue'
    END AS waited_class
    FROM classes
),
verdicts AS (
    SELECT *,
        coalesce({late_after} AND supplement_requests > 1, false) AS too_many,
        CASE WHEN resolved AND too_many THEN 'late' ELSE end_class END AS verdict,
        CASE WHEN resolved AND too_many THEN 'late' ELSE early_class END AS early_verdict,
        CASE WHEN open AND too_many THEN 'overdue' ELSE waited_class END AS open_verdict,
        coalesce(end_class = 'late' OR waited_class = 'overdue', false) AS overdue_ever,
        coalesce(verdict IN ('early', 'on_due_day'), false) AS on_time,
        {standing_in} AS payments_counted,
        regexp_replace(lower(nfc_normalize(field)), '[^\\pL\\pM\\pN]+', ' ', 'g') AS field_words
    FROM waited
)"""

FACTS = {
    "received": "received",
    "carried_over": "carried_over",
    "resolved": "resolved",
    "open": "open",
    "end_unknown": "NOT resolved AND end_unknown",
    "early": "verdict = 'early'",
    "on_due_day": "verdict = 'on_due_day'",
    "late": "verdict = 'late'",
    "open_in_time": "open_verdict = 'in_time'",
    "open_overdue": "open_verdict = 'overdue'",
    "overdue_ever": "overdue_ever",
    "end_from_return": "resolved AND end_from_return",
    "waiting": "open AND waits",
    "channel_known": "received AND channel IS NOT NULL",
    "online": "received AND channel = 'online'",
    "fee_scope": "received AND coalesce(payments, 1) > 0",
    "fee_judged": "received AND payments > 0 AND payments_online IS NOT NULL",
    "fee_online": "received AND payments > 0 AND payments_online > 0",
    "payments_judged": "received AND payments > 0 AND payments_counted IS NOT NULL",
    "rated": "resolved AND rating IS NOT NULL",
    "satisfied": "resolved AND rating >= {satisfied_from}",
    "transfer_scope": "coalesce(transfers, 1) > 0",
    "transfer_judged": "transfers > 0 AND transfers_electronic IS NOT NULL",
    "transfer_electronic": "transfers > 0 AND transfers_electronic = transfers",
    **{
        slug: sql
        for name, scope in {
            "input_digitised": "received",
            "result_digitised": "resolved",
            "result_electronic": "resolved",
            "data_reused": "received",
            "apologised": "overdue_ever",
            "explained": "overdue_ever",
            "synced": "true",
            "result_synced": "resolved",
            "result_published": "resolved",
        }.items()
        for slug, sql in (
            (f"{name}_known", f"{scope} AND {name} IS NOT NULL"),
            (name, f"{scope} AND {name}"),
        )
    },
    "received_synced_known": "received AND synced IS NOT NULL",
    "received_synced": "received AND synced",
    "received_electronic_known": "received AND (open OR (resolved AND result_electronic IS NOT NULL))",
    "received_electronic": "received AND resolved AND result_electronic",
    "digitised_known": "received AND input_digitised IS NOT NULL"
    " AND (open OR (resolved AND result_electronic IS NOT NULL))",
    "digitised": "received AND resolved AND input_digitised AND result_electronic",
    "served_known": "received AND petitioned IS NOT NULL"
    " AND (verdict IS NOT NULL OR open_verdict IS NOT NULL)",
    "served_well": "received AND (on_time OR open_verdict = 'in_time') AND NOT petitioned"
    " AND NOT (resolved AND coalesce(rating < {satisfied_from}, false))",
    # what can still happen to the open, for the best and the worst case (base: resolved)
    "early_possible": "open_verdict = 'in_time' AND NOT excused2 AND due::DATE > cut",
}
ON_TIME = {
    "resolved": ("resolved", "verdict IS NOT NULL", "on_time"),
    "received": (
        "received",
        "received AND (verdict IS NOT NULL OR open_verdict IS NOT NULL)",
        "received AND (on_time OR open_verdict = 'in_time')",
    ),
    "handled": (
        "true",
        "verdict IS NOT NULL OR open_verdict IS NOT NULL",
        "on_time OR open_verdict = 'in_time'",
    ),
}
EARLY = {
    "resolved": ("resolved", "early_verdict IS NOT NULL", "early_verdict = 'early'"),
    "on_time": (
        "resolved AND (on_time OR verdict IS NULL)",
        "on_time AND early_verdict IS NOT NULL",
        "on_time AND early_verdict = 'early'",
    ),
}
# passed, judged, scope: the facts behind a share; unknown = scope - judged
SHARES = {
    "on_time_rate": ("on_time_passed", "on_time_judged", "on_time_scope"),
    "early_rate": ("early_passed", "early_judged", "early_scope"),
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
    # QĐ 766, rows 1.4, 4.1, 4.2, 5.4: of the dossiers received
    "synced_of_received": ("received_synced", "received_synced_known", "received"),
    "electronic_of_received": ("received_electronic", "received_electronic_known", "received"),
    "digitised_of_received": ("digitised", "digitised_known", "received"),
    "served_well_of_received": ("served_well", "served_known", "received"),
}
# Of these open dossiers are judged, having no result yet: where no result of the resolved is known, none is.
BY_RESULT = {"electronic_of_received", "digitised_of_received"}
# SPEC §6, 31, without a register: of a procedure's received dossiers, how many had fees, were paid online,
# and of how many either is not known. One known payment settles a procedure, whatever the others are.
OF_PROCEDURE = {
    "fees": "received AND payments > 0",
    "paid_online": "received AND payments > 0 AND payments_counted > 0",
    "unsettled": "received AND (payments IS NULL OR (payments > 0 AND payments_counted IS NULL))",
}
PROCEDURES = {
    "procedures_paid_online": "paid_online > 0",
    "procedures_judged": "paid_online > 0 OR (fees > 0 AND unsettled = 0)",
    "procedures_unknown": "paid_online = 0 AND unsettled > 0",
}
INDICATORS = [
    "on_time_rate", "early_rate", "online_payment_rate", "online_payment_dossier_rate", "satisfaction_rate",
    "satisfaction_rate_land", "satisfaction_rate_construction", "satisfaction_rate_investment",
    "online_dossier_rate", "electronic_transfer_rate", "input_digitisation_rate", "result_digitisation_rate",
    "electronic_result_rate", "data_reuse_rate", "apology_rate", "explanation_rate", "status_sync_rate",
    "result_sync_rate", "result_publication_rate", "payment_used_rate",
    "synced_of_received", "electronic_of_received", "digitised_of_received", "served_well_of_received",
]  # fmt: skip


# --- the chain ------------------------------------------------------------------------------------


def _sql(on: bool) -> str:
    return "true" if on else "false"


def chain(chosen: dict[str, str], duplicates: str, has_portal: bool) -> str:
    """The whole chain up to one row per handled dossier and window."""
    fill = {
        "all_columns": ", ".join(f"{name} DESC NULLS LAST" for name in COLUMNS),
        "resolve": _sql(duplicates == "resolve"),
        "withdrawn_excluded": _sql(chosen["withdrawn"] == "excluded"),
        "stopped_waits": _sql(chosen["stopped"] == "waiting"),
        "from_procedure": _sql(chosen["missing_due"] == "from_procedure"),
        "missing_on_time": _sql(chosen["missing_due"] == "on_time"),
        "supplement_applies": _sql(chosen["supplement"] != "recorded"),
        "subtract": _sql(chosen["supplement"] == "subtract"),
        "shift_day_off": _sql(chosen["due_on_day_off"] == "next_working_day"),
        "class_of_end": _class("end_at", chosen["comparison"]),
        "class_of_early": _class(
            "returned_at" if chosen["early_by"] == "returned" else "end_at", chosen["comparison"]
        ),
        "class_of_request": _class("supplement_requested_at", chosen["comparison"]),
        "overdue": _OVERDUE[chosen["comparison"]],
        "waiting_by_due": _sql(chosen["waiting"] == "by_due"),
        "waiting_in_time": _sql(chosen["waiting"] == "in_time"),
        "late_after": _sql(chosen["late_after_supplements"] == "1"),
        "standing_in": "payments_portal"
        if chosen["online_payment"] == "portal" and has_portal
        else "payments_online",
    }
    stages = (_CELLS, _REASONS, _DUPLICATES, _MEMBERS, _DUE, _VERDICT)
    return "WITH " + ",".join(stage.format(**fill) for stage in stages)
