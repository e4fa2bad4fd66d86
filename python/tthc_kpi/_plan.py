"""Kế hoạch và các chỉ tiêu của nó."""

import html
import json
from functools import cached_property
from pathlib import Path
from typing import Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day
from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._files import PathLike
from tthc_kpi._paths import name_or_path
from tthc_kpi._rows import Rows
from tthc_kpi._schedule import ScheduleView, view_of
from tthc_kpi._tasks import (
    Milestone,
    ReviewGroup,
    Task,
    milestones_of,
    review_groups_of,
    tasks_of,
)
from tthc_kpi._text import Lang, clean, lang_of

__all__ = ["Plan", "plans"]


def plans() -> list[str]:
    """Các kế hoạch có sẵn: the ids of the built-in plans.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> "dong-nguyen-2026" in tk.plans()
    True
    """
    return _tthc_kpi.builtin_plans()


def _toml(text: object) -> str:
    if isinstance(text, str):
        return text
    kind = type(text).__name__
    english = f"expected the text of a TOML file, got {kind}; a file is read by tk.Plan(path)"
    told = f"cần chữ của một tệp TOML, không phải {kind}; tệp thì dùng tk.Plan(đường dẫn)"
    raise QueryError("not_a_plan", f"{told} [{english}]", english)


class Plan:
    """Kế hoạch kiểm soát TTHC: các chỉ tiêu, mục tiêu và điều khoản đặt ra chúng.

    Parameters
    ----------
    source
        The id of a built-in plan (see :func:`plans`), or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        The id is neither a built-in plan nor a file.
    QueryError
        It is neither text nor a path.
    PlanError
        The file is not a valid plan; the message lists every fault with its line.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> plan.id
    'dong-nguyen-2026'
    >>> plan.indicators[0]["id"]
    'on_time_rate'
    """

    def __init__(self, source: PathLike) -> None:
        text, is_path = name_or_path(source, "plan", plans)
        self._core = _tthc_kpi.Plan.from_path(text) if is_path else _tthc_kpi.Plan.builtin(text)

    @classmethod
    def from_file(cls, path: PathLike) -> "Plan":
        """Đọc kế hoạch từ một tệp TOML, tên gì cũng được: a plan of a file, whatever its name."""
        plan = cls.__new__(cls)
        plan._core = _tthc_kpi.Plan.from_path(name_or_path(path, "plan", plans)[0])
        return plan

    @classmethod
    def from_toml(cls, text: str) -> "Plan":
        """Đọc kế hoạch từ một văn bản TOML: a plan from the text of a TOML file."""
        plan = cls.__new__(cls)
        plan._core = _tthc_kpi.Plan.from_toml(_toml(text))
        return plan

    @staticmethod
    def new(path: PathLike, template: str = "mau-cap-xa-2026") -> None:
        """Viết một tệp kế hoạch mới để sửa, từ một kế hoạch có sẵn; không ghi đè tệp đã có.

        Parameters
        ----------
        path
            The file to write.
        template
            The built-in plan it starts as; without it a commented one of no place.

        Raises
        ------
        InputError
            There is a file of that name already.
        UnknownNameError
            There is no such built-in plan.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> path = pathlib.Path(tempfile.mkdtemp(), "ke-hoach.toml")
        >>> tk.Plan.new(path)
        >>> tk.Plan(path).id
        'mau-cap-xa-2026'
        """
        text = _tthc_kpi.plan_text(template)
        try:
            with Path(path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError:
            raise InputError(
                "file_exists",
                f"đã có tệp {Path(path).name!r}, không ghi đè [there is a file of that name]",
            ) from None

    @property
    def id(self) -> str:
        """Mã kế hoạch: the id."""
        return self._core.id

    @property
    def title(self) -> str:
        """Tên kế hoạch: the title."""
        return self._core.title

    @property
    def digest(self) -> str:
        """Mã đối chiếu nội dung: changes when anything but the schedule changes.

        No figure depends on the schedule.
        """
        return self._core.digest

    @property
    def warnings(self) -> tuple[str, ...]:
        """Những điều đáng ngờ trong tệp kế hoạch, mỗi điều kèm dòng và cột.

        A target weaker than that of the plan it extends, an indicator of that plan left out, no
        dates, clauses that stand as in the template: none keeps the plan from being used. Empty
        for a built-in plan.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan.from_toml('''
        ... id = "xa-cua-toi-2026"
        ... title = "Kế hoạch của xã"
        ... extends = "mau-cap-xa-2026"
        ... [[indicators]]
        ... id = "on_time_rate"
        ... target = { op = ">=", percent = 90 }
        ... ''')
        >>> print(plan.warnings[1].partition(" của ")[0])
        plan:5:1: chỉ tiêu "on_time_rate" đặt >= 90 %, thấp hơn > 95 %
        """
        return self.warnings_in("vi")

    def warnings_in(self, lang: Lang) -> tuple[str, ...]:
        """Những điều đáng ngờ, bằng thứ tiếng đã chọn: :attr:`warnings` in one language.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> lines = ['id = "x"', 'title = "x"', 'extends = "mau-cap-xa-2026"']
        >>> plan = tk.Plan.from_toml(chr(10).join(lines))
        >>> "still stand as in the template" in plan.warnings_in("en")[0]
        True
        """
        return tuple(en if lang_of(lang) == "en" else vi for vi, en in self._core.warnings())

    @property
    def indicators(self) -> list[dict[str, Any]]:
        """Các chỉ tiêu: id, name, measure, target, clauses and owner of each, in plan order."""
        indicators: list[dict[str, Any]] = json.loads(self.to_json())["indicators"]
        return indicators

    @cached_property
    def _schedule(self) -> dict[str, Any] | None:
        text = self._core.schedule_json()
        schedule: dict[str, Any] | None = None if text is None else json.loads(text)
        return schedule

    @cached_property
    def tasks(self) -> Rows[Task]:
        """Các nhiệm vụ của kế hoạch: the tasks, in plan order; empty when it has no schedule.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> tasks = tk.Plan("dong-nguyen-2026").tasks
        >>> len(tasks), tasks[0].clause, [line.cadence for line in tasks[0].lines]
        (41, 'PL I I.1', ['date', 'continuous'])
        """
        return tasks_of(self._schedule)

    @cached_property
    def review_groups(self) -> Rows[ReviewGroup]:
        """Các nhóm TTHC rà soát: the groups of procedures to be reviewed, in plan order."""
        return review_groups_of(self._schedule)

    @cached_property
    def milestones(self) -> Rows[Milestone]:
        """Các mốc "trước ngày": the steps of the review that are to be done before a day."""
        return milestones_of(self._schedule)

    def schedule(
        self, *, as_of: Day, done: object = None, before_date: str = "strict"
    ) -> ScheduleView:
        """Tình hình thực hiện đến hết một ngày: what is due, done and late.

        A monthly task is twelve instances, one a month; one without a day is never due.

        Parameters
        ----------
        as_of
            The day, at its end.
        done
            When each instance was done: a dict of instance id (``"task:I.1/1"``,
            ``"task:IV.5.3/2026-03"``, ``"review_group:A.I.1"``, ``"milestone:results_internal"``)
            to day, or a table with the columns ``id`` and ``done``; no day is not done.
        before_date
            The last good day of "trước ngày 20/7": ``"strict"``, 19/7, or ``"inclusive"``, 20/7.

        Raises
        ------
        QueryError
            The plan has no schedule.
        UnknownNameError
            ``done`` names an instance that is none.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> plan.schedule(as_of="2026-07-20")["milestone:results_decree_63"].status
        'overdue'
        >>> view = plan.schedule(as_of="2026-07-20", before_date="inclusive")
        >>> view["milestone:results_decree_63"].status
        'running'
        """
        return view_of(self._core, self._schedule, as_of=as_of, done=done, before_date=before_date)

    def to_json(self) -> str:
        """Toàn bộ kế hoạch thành JSON: the whole plan as JSON text."""
        return self._core.to_json()

    def __repr__(self) -> str:
        return f"<Plan {self.id}: {self.title}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(clean(self.title))}</strong> ({html.escape(self.id)})</p>"
