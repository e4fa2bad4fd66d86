"""The integrity flags in DuckDB SQL, written from docs/dau-hieu.md and SPEC §2, §3, §7, §10.

Slow and plain on purpose: working days are counted one by one, chances by counting all deals with big
integers. Of the oracle of the indicators it uses only the tables of rows and of the calendar.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from math import comb

import pyarrow as pa

import oracle

FLAGS = [
    "end_at_due",
    "same_minute",
    "outside_hours",
    "returned_before_completion",
    "supplement_on_last_day",
    "due_moved",
]

_SQL = """
WITH valid AS (
    SELECT *, coalesce(completed_at, returned_at) AS raw_end,
        CASE WHEN supplement_requested_at::DATE BETWEEN '2000-01-01' AND '2100-12-31'
              AND supplement_requested_at::DATE <= $cut THEN supplement_requested_at END AS asked,
        CASE WHEN completed_at::DATE <= $cut THEN completed_at END AS done,
        CASE WHEN returned_at::DATE <= $cut THEN returned_at END AS back
    FROM raw
    WHERE received_at IS NOT NULL AND coalesce(status NOT IN (1, 3), true)
      AND least(received_at, due_at, completed_at, returned_at)::DATE >= '2000-01-01'
      AND greatest(received_at, due_at, completed_at, returned_at)::DATE <= '2100-12-31'
),
resolved AS (
    SELECT *, coalesce(done, CASE WHEN NOT precedes(back, received_at) THEN back END) AS ended
    FROM valid
    WHERE coalesce(NOT precedes(raw_end, received_at), true)
      AND received_at::DATE <= $cut AND ended::DATE >= $start
),
begun AS (  -- the first day of the limit
    SELECT *, timed(done) AS has_time, date_trunc('minute', done) AS minute,
        CASE WHEN NOT covered(received_at) THEN NULL
             WHEN is_worked(received_at::DATE) AND received_at::TIME <= TIME '17:00' THEN received_at::DATE
             ELSE (SELECT min(day) FROM working WHERE day > received_at::DATE) END AS first_day
    FROM resolved
),
clocks AS (  -- and its last
    SELECT *, CASE WHEN limit_days = 0 THEN first_day ELSE
        (SELECT list(day ORDER BY day)[limit_days] FROM working WHERE day > first_day) END AS limit_day
    FROM begun
)
SELECT dossier_id, agency, officer,
    CASE WHEN has_time AND timed(due_at)
         THEN date_trunc('second', due_at) = date_trunc('second', done) END AS end_at_due,
    CASE WHEN has_time AND coalesce(agency, officer) IS NOT NULL
         THEN count(*) OVER (PARTITION BY agency, officer, minute, has_time) >= 10 END AS same_minute,
    CASE WHEN has_time AND covered(done)
         THEN NOT is_worked(done::DATE) OR done::TIME < TIME '07:00' OR done::TIME > TIME '17:30'
         END AS outside_hours,
    CASE WHEN done IS NOT NULL THEN precedes(back, done) END AS returned_before_completion,
    CASE WHEN asked IS NULL OR due_at IS NULL THEN NULL
         WHEN asked::DATE <= received_at::DATE THEN false
         WHEN asked::DATE <= due_at::DATE AND NOT (covered(asked) AND covered(due_at)) THEN NULL
         ELSE is_last(asked::DATE, due_at::DATE)
           OR coalesce(covered(asked) AND is_last(asked::DATE, limit_day), false)
         END AS supplement_on_last_day,
    CASE WHEN due_moves >= 2 OR due_moved_late THEN true
         WHEN due_moves = 0 OR (due_moves = 1 AND NOT due_moved_late) THEN false END AS due_moved
FROM clocks
"""

_MACROS = """
CREATE MACRO timed(moment) AS moment::TIME <> TIME '00:00';
CREATE MACRO precedes(one, other) AS
    CASE WHEN timed(one) AND timed(other) THEN one < other ELSE one::DATE < other::DATE END;
CREATE MACRO covered(moment) AS moment::DATE BETWEEN DATE '2024-01-01' AND DATE '2027-12-31';
CREATE MACRO is_worked(day_asked) AS day_asked IN (SELECT day FROM working);
CREATE MACRO left_until(one, other) AS (SELECT count(*) FROM working x WHERE x.day > one AND x.day <= other);
CREATE MACRO is_last(one, other) AS one <= other AND left_until(one, other) <= 1;
"""


def signs(table: pa.Table, start: dt.date, cut: dt.date) -> list[dict]:
    """Each resolved dossier: its id, agency, officer, and each flag as true, false or null."""
    connection = oracle._connect(table, [], {}, [], None)
    connection.execute(_MACROS)
    found = connection.execute(_SQL, {"start": start, "cut": cut})
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one_in(flagged: int, judged: int, all_flagged: int, everyone: int) -> int | None:
    """The greatest power of ten, 1,000 to 10^12, for which the chance is below 1 in it."""
    tail = sum(
        comb(all_flagged, have) * comb(everyone - all_flagged, judged - have)
        for have in range(flagged, min(judged, all_flagged) + 1)
    )
    chance = Fraction(tail, comb(everyone, judged))
    return next((10**n for n in range(12, 2, -1) if chance < Fraction(1, 10**n)), None)
