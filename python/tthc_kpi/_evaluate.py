"""Tính chỉ tiêu: from dossiers, a plan and a period to the scorecard."""

from collections.abc import Mapping, Sequence
from typing import Unpack

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._card_source import CardSource
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._files import PathLike
from tthc_kpi._plan import Plan
from tthc_kpi._query import (
    By,
    Period,
    Policy,
    checked_plan,
    checked_threads,
    counted,
    query_arguments,
    telling,
)
from tthc_kpi._registers import Registers, RegisterSources, limits_beside, registers_of
from tthc_kpi._scorecard import Scorecard, card_of

__all__ = ["evaluate"]


def evaluate(
    ds: Dossiers | Scan,
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    by: By = (),
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
    registers: Registers | PathLike | Sequence[PathLike] | None = None,
    **sources: Unpack[RegisterSources],
) -> Scorecard:
    """Tính mọi chỉ tiêu của kế hoạch trên một tập hồ sơ, cho một kỳ.

    Parameters
    ----------
    ds
        The dossiers, from :func:`read`, :class:`Dossiers` or :func:`scan`.
    plan
        The plan.
    period
        ``"2026"``, ``"2026-Q2"``, ``"2026-H1"``, ``"2026-9M"``, ``"2026-03"``, ``"2026-W14"``,
        ``"2026-03-05"``, ``"2026-01-01..2026-03-31"``, or two dates.
    as_of
        The last day that is seen; by default the last day of the period.
    by
        Dimensions to group by: ``"agency"``, ``["agency", "month"]``, ...; ``"month"``,
        ``"quarter"``, ``"week"`` and ``"day"`` are judged as periods of their own.
    policy
        The name of a profile (``"plan"``, ``"qd-766"``, ``"nd-61"``), or a dict of rules that may
        start from one: ``{"profile": "plan", "comparison": "instant"}``.
    limits
        Working days by procedure code, for rules that need a limit.
    calendar
        Another working calendar than that of Vietnam.
    threads
        How many threads to count on; by default as many as there are processors for us. The
        result does not depend on it.
    registers
        The registers beside the dossiers: a file or several (each table in them that is a register
        is used), or :class:`Registers`. Without a register its indicators have no data.
    procedures, petitions, tasks, reviews, archive, plan_tasks, declared
        One register each, as a path or a table; see :class:`Registers`. ``declared`` holds figures
        that somebody answers for: ``indicator, numerator, denominator, source, date``.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(1000))
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026-Q2", policy={"comparison": "instant"})
    >>> card.policy["comparison"]
    'instant'
    >>> card["on_time_rate"].status in {"met", "missed"}
    True
    >>> petitions = [{"Hạn giải quyết": "10/05/2026", "Ngày giải quyết": "08/05/2026"}]
    >>> card = tk.evaluate(ds, plan, period="2026-Q2", petitions=petitions)
    >>> card["petition_resolved_rate"].percent
    Decimal('100.00')
    """
    given = registers_of(registers, sources)
    limits = limits_beside(given, limits)
    arguments = query_arguments(
        period=period, as_of=as_of, by=by, policy=policy, limits=limits, calendar=calendar
    )
    with telling(ds) as progress:
        tally = _tthc_kpi.tally(
            counted(ds),
            checked_plan(plan)._core,
            arguments,
            threads=checked_threads(threads),
            progress=progress,
        )
    # What was scanned is gone: to list its dossiers it is read again.
    scanned, dossiers = (ds, None) if isinstance(ds, Scan) else (None, ds)
    return card_of(tally, CardSource(tally, given, plan, dossiers, arguments, scanned))
