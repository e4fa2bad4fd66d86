"""Câu hỏi: kỳ nào, tính đến đâu, chia theo gì, theo quy tắc nào."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TypedDict

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar, day_of
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._plan import Plan
from tthc_kpi._progress import ScanProgress

__all__ = [
    "By",
    "Period",
    "Policy",
    "QueryArguments",
    "checked_dossiers",
    "checked_plan",
    "checked_threads",
    "counted",
    "names_of",
    "query_arguments",
    "telling",
]

Period = str | int | tuple[Day, Day]
By = str | Sequence[str]
Policy = str | Mapping[str, str | int]


class QueryArguments(TypedDict):
    """What the extension wants to know of a query."""

    period: str
    as_of: str | None
    by: list[str]
    policy: dict[str, str]
    limits: dict[str, int] | None
    calendar: _tthc_kpi.WorkCalendar | None


def query_arguments(
    *,
    period: Period,
    as_of: Day | None,
    by: By,
    policy: Policy,
    limits: Mapping[str, int] | None,
    calendar: WorkCalendar | None,
) -> QueryArguments:
    """The caller's words in the one form that the extension reads; it checks their meaning."""
    return {
        "period": _period(period),
        "as_of": None if as_of is None else day_of(as_of).isoformat(),
        "by": names_of(by),
        "policy": _policy(policy),
        "limits": _limits(limits),
        "calendar": None if calendar is None else calendar._core,
    }


def names_of(names: Iterable[str]) -> list[str]:
    """Names as a list; one name alone is a list of one.

    >>> names_of("agency"), names_of(("agency", "field"))
    (['agency'], ['agency', 'field'])
    """
    return [names] if isinstance(names, str) else list(names)


def checked_dossiers(ds: object) -> Dossiers:
    """The data set, or an error that says how one is made."""
    if isinstance(ds, Dossiers):
        return ds
    raise InputError(
        "not_dossiers",
        "cần tập hồ sơ: tk.read(tệp) hoặc tk.Dossiers(bảng)"
        f" [expected Dossiers, got {type(ds).__name__}]",
    )


def counted(ds: object) -> _tthc_kpi.Dossiers | _tthc_kpi.Scan:
    """What the extension counts: a data set, or files that are scanned."""
    return ds._core if isinstance(ds, Scan) else checked_dossiers(ds)._core


@contextmanager
def telling(ds: object) -> Iterator[ScanProgress | None]:
    """A progress bar while files or a stream are counted; none for what is in memory."""
    if not isinstance(ds, Scan):
        yield None
        return
    with ScanProgress() as progress:
        yield progress


def checked_threads(threads: int | None) -> int | None:
    """A number of threads, or none."""
    if threads is None or (
        isinstance(threads, int) and not isinstance(threads, bool) and threads >= 1
    ):
        return threads
    raise QueryError(
        "bad_threads",
        f"threads là số luồng, từ 1 [a number of threads, from 1; got {threads!r}]",
    )


def checked_plan(plan: object) -> Plan:
    """The plan, or an error that says how one is made."""
    if isinstance(plan, Plan):
        return plan
    raise QueryError(
        "not_a_plan",
        f"cần kế hoạch: tk.Plan('dong-nguyen-2026') [expected Plan, got {type(plan).__name__}]",
    )


def _limits(limits: Mapping[str, int] | None) -> dict[str, int] | None:
    if limits is None:
        return None
    for code, days in limits.items():
        if isinstance(days, bool) or not isinstance(days, int) or not 0 <= days < 2**32:
            raise QueryError(
                "bad_limit",
                f"thời hạn của {code!r} phải là số ngày làm việc, từ 0"
                " [a limit is working days, from 0]",
            )
    return dict(limits)


def _period(period: Period) -> str:
    if isinstance(period, str):
        return period
    if isinstance(period, int):
        return str(period)
    if isinstance(period, date):
        raise QueryError(
            "bad_period", "kỳ là chữ như '2026-Q2', hoặc hai ngày [a period is text or two dates]"
        )
    try:
        start, end = period
    except (TypeError, ValueError):
        raise QueryError(
            "bad_period", "kỳ là chữ như '2026-Q2', hoặc hai ngày [a period is text or two dates]"
        ) from None
    return f"{day_of(start).isoformat()}..{day_of(end).isoformat()}"


def _policy(policy: Policy) -> dict[str, str]:
    if isinstance(policy, str):
        return {"profile": policy}
    # `True` would become "True": a rule is named by its value, such as "day" or 1.
    for rule, value in policy.items():
        if isinstance(value, bool):
            raise QueryError(
                "bad_policy",
                f"quy tắc {rule!r} nhận tên hoặc số [takes a name or a number, not a bool]",
            )
    return {"profile": "plan"} | {rule: str(value) for rule, value in policy.items()}
