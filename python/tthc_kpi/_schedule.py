"""Tình hình thực hiện lịch công việc của kế hoạch tại một ngày."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._calendar import Day, day_of
from tthc_kpi._errors import InputError, QueryError, UnknownNameError
from tthc_kpi._frames import ArrowStream, pyarrow_for
from tthc_kpi._result import Wording
from tthc_kpi._rows import Column, Rows
from tthc_kpi._tasks import day_from, unit_names, units_of
from tthc_kpi._text import Lang, lang_of, nearest

__all__ = ["Instance", "LeadCounts", "ScheduleView", "view_of"]


@dataclass(frozen=True, slots=True)
class Instance:
    """Một việc tại một ngày: one thing to be done once, and where it stands.

    ``due`` is the last good day, ``days_left`` the days to it, negative when it is over. ``status``
    is one of ``not_started``, ``running``, ``done``, ``done_late``, ``overdue``, ``no_date``.
    """

    id: str
    kind: str
    item: str
    clause: str
    name: Wording
    lead: tuple[str, ...]
    lead_names: tuple[str, ...]
    product: str | None
    cadence: str
    period: str | None
    start: date | None
    due: date | None
    done: date | None
    status: str
    days_left: int | None


@dataclass(frozen=True, slots=True)
class LeadCounts:
    """Số việc của một đơn vị chủ trì; ``unit`` is None for what names nobody.

    ``due`` counts what has come due by the day, ``due_in_time`` those of it that were done in time.
    """

    unit: str | None
    name: str | None
    total: int
    due: int
    due_in_time: int
    not_started: int
    running: int
    done: int
    done_late: int
    overdue: int
    no_date: int


class ScheduleView(ArrowResult):
    """Tình hình thực hiện lịch công việc tại một ngày: what is due, done and late at its end.

    As a table it has one row per instance. ``"trước ngày"`` is read by ``before_date``; what was
    done after the day is not done yet.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> view = plan.schedule(as_of="2026-02-28", done={"task:I.1/1": "2026-02-26"})
    >>> view.counts.overdue
    4
    >>> [instance.id for instance in view.overdue][:3]
    ['task:IV.5.3/2026-01', 'task:IV.5.4/2026-01', 'duty:late_list/2026-01']
    >>> view["task:IV.2.2"].days_left
    0
    """

    def __init__(self, document: dict[str, Any], names: Mapping[str, str]) -> None:
        self._document = document
        self.as_of = date.fromisoformat(document["as_of"])
        self.before_date: str = document["before_date"]
        self.instances: Rows[Instance] = Rows(
            [_instance(entry, names) for entry in document["instances"]], _INSTANCE_COLUMNS
        )
        self.counts = _counts({"unit": None, **document["counts"]}, names)
        self.by_lead: Rows[LeadCounts] = Rows(
            [_counts(entry, names) for entry in document["by_lead"]], _COUNT_COLUMNS
        )

    def __len__(self) -> int:
        return len(self.instances)

    def __iter__(self) -> Iterator[Instance]:
        return iter(self.instances)

    def __getitem__(self, instance_id: str) -> Instance:
        for instance in self.instances:
            if instance.id == instance_id:
                return instance
        known = [instance.id for instance in self.instances]
        raise UnknownNameError(
            "unknown_instance",
            f"không có việc {instance_id!r} [no such instance{nearest(instance_id, known)}]",
        )

    def with_status(self, *statuses: str) -> "Rows[Instance]":
        """Những việc có tình trạng đã nêu: the instances of these statuses."""
        chosen = [instance for instance in self.instances if instance.status in statuses]
        return Rows(chosen, _INSTANCE_COLUMNS)

    @property
    def overdue(self) -> "Rows[Instance]":
        """Những việc quá hạn, chưa hoàn thành: past their last good day and not done."""
        return self.with_status("overdue")

    def due_within(self, days: int = 7) -> "Rows[Instance]":
        """Những việc sắp đến hạn: not done, not overdue, and due within so many days."""
        chosen = [
            instance
            for instance in self.instances
            if instance.days_left is not None and 0 <= instance.days_left <= days
        ]
        return Rows(chosen, _INSTANCE_COLUMNS)

    def to_json(self) -> str:
        """Toàn bộ thành JSON: the whole view as JSON text."""
        return json.dumps(self._document, ensure_ascii=False)

    def to_html(self, lang: Lang = "vi") -> str:
        """Thành HTML: the counts and what has a date, for a page or a notebook."""
        from tthc_kpi._schedule_text import view_html

        return view_html(self, lang_of(lang))

    def _repr_html_(self) -> str:
        return self.to_html()

    def _stream(self) -> ArrowStream:
        return self.instances._stream()

    def __repr__(self) -> str:
        of = self.counts
        return (
            f"<ScheduleView {self.as_of}: {of.total} instances, {of.due} due, "
            f"{of.due_in_time} in time, {of.done_late} late, {of.overdue} overdue>"
        )


def view_of(
    core: _tthc_kpi.Plan,
    schedule: dict[str, Any] | None,
    *,
    as_of: Day,
    done: object,
    before_date: str,
) -> ScheduleView:
    text = core.schedule_state_json(day_of(as_of), _done(done), before_date)
    return ScheduleView(json.loads(text), unit_names(schedule))


def _done(done: object) -> dict[str, date]:
    """The day each instance was done: of a mapping, or of a table with columns id and done."""
    if done is None:
        return {}
    if isinstance(done, Mapping):
        given: Mapping[str, Day | None] = done
        pairs = list(given.items())
    else:
        pairs = [_pair(row) for row in _rows(done)]
    days: dict[str, date] = {}
    for name, day in pairs:
        # A NaT of pandas is no day, and not equal to itself.
        if day is None or day != day:
            continue
        if not isinstance(name, str):
            raise InputError("bad_id", "done: mã việc phải là chữ [the id of an instance is text]")
        if name in days:
            raise InputError("repeated_id", f"việc {name!r} có ở hai dòng [there twice]")
        try:
            days[name] = day_of(day)
        except QueryError:
            # Not what stands there: a cell of a table may hold a name.
            raise InputError(
                "bad_date",
                f"done, việc {name!r}: cần ngày dd/mm/yyyy hoặc yyyy-mm-dd [expected a date]",
            ) from None
    return days


def _rows(table: object) -> Sequence[Mapping[str, Any]]:
    if hasattr(table, "__arrow_c_stream__"):
        rows: list[dict[str, Any]] = pyarrow_for("a table").table(table).to_pylist()
        return rows
    if isinstance(table, Sequence) and all(isinstance(row, Mapping) for row in table):
        return cast("Sequence[Mapping[str, Any]]", table)
    raise InputError(
        "unsupported_table",
        f"done: không đọc được {type(table).__name__} [expected a dict of instance id to day, "
        "or a table with the columns id and done]",
    )


def _pair(row: Mapping[str, Any]) -> tuple[str, Day | None]:
    if "id" not in row or "done" not in row:
        raise InputError(
            "missing_column", "done: cần hai cột id và done [expected the columns id and done]"
        )
    return row["id"], row["done"]


def _instance(entry: dict[str, Any], names: Mapping[str, str]) -> Instance:
    return Instance(
        id=entry["id"],
        kind=entry["kind"],
        item=entry["item"],
        clause=entry["clause"],
        name=Wording(**entry["name"]),
        product=entry["product"],
        cadence=entry["cadence"],
        period=entry["period"],
        start=day_from(entry["from"]),
        due=day_from(entry["due"]),
        done=day_from(entry["done"]),
        status=entry["status"],
        days_left=entry["days_left"],
        **units_of(entry, names, lead="lead_names"),
    )


def _counts(entry: dict[str, Any], names: Mapping[str, str]) -> LeadCounts:
    unit = entry["unit"]
    by_status: dict[str, int] = entry["by_status"]
    return LeadCounts(
        unit=unit,
        name=None if unit is None else names[unit],
        total=entry["total"],
        due=entry["due"],
        due_in_time=entry["due_in_time"],
        not_started=by_status.get("not_started", 0),
        running=by_status.get("running", 0),
        done=by_status.get("done", 0),
        done_late=by_status.get("done_late", 0),
        overdue=by_status.get("overdue", 0),
        no_date=by_status.get("no_date", 0),
    )


_INSTANCE_COLUMNS: list[Column[Instance]] = [
    ("id", "string", lambda instance: instance.id),
    ("kind", "string", lambda instance: instance.kind),
    ("clause", "string", lambda instance: instance.clause),
    ("name", "string", lambda instance: instance.name.vi),
    ("lead", "string", lambda instance: "; ".join(instance.lead_names)),
    ("product", "string", lambda instance: instance.product),
    ("cadence", "string", lambda instance: instance.cadence),
    ("period", "string", lambda instance: instance.period),
    ("start", "date32", lambda instance: instance.start),
    ("due", "date32", lambda instance: instance.due),
    ("done", "date32", lambda instance: instance.done),
    ("status", "string", lambda instance: instance.status),
    ("days_left", "int32", lambda instance: instance.days_left),
]
_COUNT_COLUMNS: list[Column[LeadCounts]] = [
    ("unit", "string", lambda counts: counts.unit),
    ("name", "string", lambda counts: counts.name),
    ("total", "int32", lambda counts: counts.total),
    ("due", "int32", lambda counts: counts.due),
    ("due_in_time", "int32", lambda counts: counts.due_in_time),
    ("not_started", "int32", lambda counts: counts.not_started),
    ("running", "int32", lambda counts: counts.running),
    ("done", "int32", lambda counts: counts.done),
    ("done_late", "int32", lambda counts: counts.done_late),
    ("overdue", "int32", lambda counts: counts.overdue),
    ("no_date", "int32", lambda counts: counts.no_date),
]
