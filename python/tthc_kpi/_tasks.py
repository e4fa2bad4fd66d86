"""Nhiệm vụ, nhóm rà soát và mốc của kế hoạch.

Texts are as the plan prints them; what was meant stands beside them as corrections.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tthc_kpi._result import Wording
from tthc_kpi._rows import Column, Rows

__all__ = [
    "Correction",
    "Milestone",
    "ReviewGroup",
    "Task",
    "TaskLine",
    "day_from",
    "milestones_of",
    "review_groups_of",
    "tasks_of",
    "unit_names",
    "units_of",
]


@dataclass(frozen=True, slots=True)
class Correction:
    """Lỗi in: what is printed in a field, and what was meant; ``sure`` when the plan proves it."""

    field: str
    printed: str
    correct: str
    sure: bool
    note: Wording


@dataclass(frozen=True, slots=True)
class TaskLine:
    """Một dòng của nhiệm vụ: a product and its time; ``time`` is the time as printed."""

    product: str | None
    cadence: str
    start: date | None
    end: date | None
    inclusive: bool
    quarter: str | None
    time: str | None


@dataclass(frozen=True, slots=True)
class Task:
    """Nhiệm vụ: a numbered row of the plan's annex that has a lead and a time.

    ``lead`` and ``partners`` are ids of units, ``lead_names`` and ``partner_names`` their names.
    ``corrected`` is the text with the sure corrections made.
    """

    id: str
    clause: str
    section: str
    text: str
    corrected: str
    lead: tuple[str, ...]
    lead_names: tuple[str, ...]
    partners: tuple[str, ...]
    partner_names: tuple[str, ...]
    lines: tuple[TaskLine, ...]
    indicators: tuple[str, ...]
    corrections: tuple[Correction, ...]
    notes: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """Nhóm TTHC rà soát: a group of procedures to be reviewed, ``start`` to ``end`` included."""

    id: str
    clause: str
    section: str
    scope: str
    text: str
    lead: tuple[str, ...]
    lead_names: tuple[str, ...]
    partners: tuple[str, ...]
    partner_names: tuple[str, ...]
    start: date
    end: date
    corrections: tuple[Correction, ...]
    notes: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """Mốc "trước ngày": a step of the review; ``before`` is the day printed after "trước ngày"."""

    id: str
    name: Wording
    clause: str
    before: date
    scope: str
    text: str
    lead: tuple[str, ...]
    lead_names: tuple[str, ...]
    to: tuple[str, ...]
    to_names: tuple[str, ...]
    corrections: tuple[Correction, ...]
    notes: tuple[Wording, ...]


def tasks_of(schedule: dict[str, Any] | None) -> Rows[Task]:
    names = unit_names(schedule)
    return Rows([_task(entry, names) for entry in table_of(schedule, "tasks")], _TASK_COLUMNS)


def review_groups_of(schedule: dict[str, Any] | None) -> Rows[ReviewGroup]:
    names = unit_names(schedule)
    groups = [
        ReviewGroup(
            id=entry["id"],
            clause=entry["clause"],
            section=entry["section"],
            scope=entry["scope"],
            text=entry["text"],
            start=date.fromisoformat(entry["from"]),
            end=date.fromisoformat(entry["to"]),
            **units_of(entry, names, lead="lead_names", partners="partner_names"),
            **remarks_of(entry),
        )
        for entry in table_of(schedule, "review_groups")
    ]
    return Rows(groups, _GROUP_COLUMNS)


def milestones_of(schedule: dict[str, Any] | None) -> Rows[Milestone]:
    names = unit_names(schedule)
    milestones = [
        Milestone(
            id=entry["id"],
            name=Wording(**entry["name"]),
            clause=entry["clause"],
            before=date.fromisoformat(entry["before"]),
            scope=entry["scope"],
            text=entry["text"],
            **units_of(entry, names, lead="lead_names", to="to_names"),
            **remarks_of(entry),
        )
        for entry in table_of(schedule, "milestones")
    ]
    return Rows(milestones, _MILESTONE_COLUMNS)


def table_of(schedule: dict[str, Any] | None, name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = [] if schedule is None else schedule[name]
    return entries


def unit_names(schedule: dict[str, Any] | None) -> dict[str, str]:
    return {unit["id"]: unit["name"] for unit in table_of(schedule, "units")}


def units_of(entry: dict[str, Any], names: Mapping[str, str], **keys: str) -> dict[str, Any]:
    """The units of an entry under each key, and their names under the name given for it."""
    found: dict[str, Any] = {}
    for key, key_of_names in keys.items():
        found[key] = tuple(entry[key])
        found[key_of_names] = tuple(names[unit] for unit in entry[key])
    return found


def remarks_of(entry: dict[str, Any]) -> dict[str, Any]:
    corrections = tuple(
        Correction(**{**correction, "note": Wording(**correction["note"])})
        for correction in entry["corrections"]
    )
    return {
        "corrections": corrections,
        "notes": tuple(Wording(**note) for note in entry["notes"]),
    }


def _task(entry: dict[str, Any], names: Mapping[str, str]) -> Task:
    corrected = entry["text"]
    for correction in entry["corrections"]:
        if correction["sure"] and correction["field"] == "text":
            corrected = corrected.replace(correction["printed"], correction["correct"], 1)
    return Task(
        id=entry["id"],
        clause=entry["clause"],
        section=entry["section"],
        text=entry["text"],
        corrected=corrected,
        lines=tuple(_line(line) for line in entry["lines"]),
        indicators=tuple(entry["indicators"]),
        **units_of(entry, names, lead="lead_names", partners="partner_names"),
        **remarks_of(entry),
    )


def _line(line: dict[str, Any]) -> TaskLine:
    cadence = line["cadence"]
    ends = [text for text in (line["start_text"], line["end_text"]) if text]
    return TaskLine(
        product=line["product"],
        cadence=cadence["kind"],
        start=day_from(cadence.get("from")),
        end=day_from(cadence.get("to") or cadence.get("by")),
        # Only "trước" leaves the last day open.
        inclusive=cadence.get("inclusive", True),
        quarter=cadence.get("quarter"),
        time=line["time_text"] or (" – ".join(ends) or None),
    )


def day_from(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _lines(task: Task, value: Callable[[TaskLine], str | None]) -> str | None:
    """One cell for all lines of a task, as the annex prints them: one under the other."""
    texts = [text for line in task.lines if (text := value(line))]
    return "\n".join(texts) or None


_TASK_COLUMNS: list[Column[Task]] = [
    ("id", "string", lambda task: task.id),
    ("clause", "string", lambda task: task.clause),
    ("section", "string", lambda task: task.section),
    ("text", "string", lambda task: task.text),
    ("lead", "string", lambda task: "; ".join(task.lead_names)),
    ("partners", "string", lambda task: "; ".join(task.partner_names)),
    ("product", "string", lambda task: _lines(task, lambda line: line.product)),
    ("cadence", "string", lambda task: _lines(task, lambda line: line.cadence)),
    ("time", "string", lambda task: _lines(task, lambda line: line.time)),
    ("indicators", "string", lambda task: "; ".join(task.indicators)),
]
_GROUP_COLUMNS: list[Column[ReviewGroup]] = [
    ("id", "string", lambda group: group.id),
    ("clause", "string", lambda group: group.clause),
    ("section", "string", lambda group: group.section),
    ("scope", "string", lambda group: group.scope),
    ("text", "string", lambda group: group.text),
    ("lead", "string", lambda group: "; ".join(group.lead_names)),
    ("partners", "string", lambda group: "; ".join(group.partner_names)),
    ("start", "date32", lambda group: group.start),
    ("end", "date32", lambda group: group.end),
]
_MILESTONE_COLUMNS: list[Column[Milestone]] = [
    ("id", "string", lambda milestone: milestone.id),
    ("clause", "string", lambda milestone: milestone.clause),
    ("name", "string", lambda milestone: milestone.name.vi),
    ("before", "date32", lambda milestone: milestone.before),
    ("scope", "string", lambda milestone: milestone.scope),
    ("lead", "string", lambda milestone: "; ".join(milestone.lead_names)),
    ("to", "string", lambda milestone: "; ".join(milestone.to_names)),
    ("text", "string", lambda milestone: milestone.text),
]
