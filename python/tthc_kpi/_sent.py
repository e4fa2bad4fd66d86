"""Kế hoạch và lịch gửi đi dưới dạng chữ, dựng lại ở nơi nhận, đúng như nơi gửi.

A question travels as a tally that has counted nothing (:mod:`tthc_kpi._parts`). What asks a plan of
each dossier needs the plan itself: it is written as a plan's file is, and whoever sends it checks
that what comes of the text asks the same.
"""

import json
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from tthc_kpi import _tthc_kpi
from tthc_kpi._errors import InternalError
from tthc_kpi._query import QueryArguments

__all__ = ["Sent", "opened", "sent"]

_DAYS = ("date", "kind", "name", "source", "confidence")


@dataclass(frozen=True, slots=True)
class Sent:
    """A plan and what is asked of it, as text.

    ``plan`` is TOML, ``calendar`` the name of a CSV file and what is in it (none: the bundled
    calendar), ``arguments`` JSON.
    """

    plan: str
    calendar: tuple[str, str] | None
    arguments: str


def sent(asked: bytes, arguments: QueryArguments) -> Sent:
    """The question of a tally that has counted nothing, made of these arguments."""
    tally = _tthc_kpi.Tally.from_bytes(asked)
    query = json.loads(tally.to_json())["query"]
    own = query["calendar"].get("own")
    question = Sent(
        plan="\n".join(
            f"{key} = {_toml(key, value)}"
            for key, value in query["plan"].items()
            if value is not None
        ),
        calendar=None if own is None else (own["name"], _csv(own["holidays"])),
        arguments=json.dumps({**arguments, "calendar": None}),
    )
    plan, again = opened(question)
    if _tthc_kpi.query_digest(plan, again, extra=[]) != tally.query_digest:
        raise InternalError(
            "part_failed",
            "kế hoạch gửi đi không dựng lại được như cũ [the plan does not come back as it was]",
            "the plan does not come back as it was",
        )
    return question


@lru_cache(maxsize=8)
def opened(question: Sent) -> tuple[_tthc_kpi.Plan, QueryArguments]:
    """The plan and the arguments of a question, where it has come."""
    arguments = json.loads(question.arguments)
    if question.calendar is not None:
        # A calendar is known by the name of its file too.
        name, text = question.calendar
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, name)
            path.write_text(text, encoding="utf-8")
            arguments["calendar"] = _tthc_kpi.WorkCalendar.from_csv(str(path))
    return _tthc_kpi.Plan.from_toml(question.plan), cast("QueryArguments", arguments)


def _toml(key: str, value: Any) -> str:
    """A value of a plan's JSON as its file has it: there percents are numbers."""
    match value:
        case dict():
            items = (
                f"{json.dumps(key)} = {_toml(key, of)}"
                for key, of in value.items()
                if of is not None
            )
            return "{" + ", ".join(items) + "}"
        case list():
            return "[" + ", ".join(_toml("", of) for of in value) + "]"
        case str() if key == "percent":
            return value
    # JSON's escapes are TOML's too; only DEL must be escaped there besides.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _csv(days: list[dict[str, Any]]) -> str:
    rows = [_DAYS, *([day[column] or "" for column in _DAYS] for day in days)]
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\n".join(quoted) + "\n"
