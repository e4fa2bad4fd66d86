"""Danh sách hồ sơ chậm muộn của một kỳ, và ai chưa xin lỗi, giải trình."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers
from tthc_kpi._files import PathLike
from tthc_kpi._frames import ArrowStream
from tthc_kpi._heading import Heading, heading_parts
from tthc_kpi._late_list_view import as_fragment, as_text, title
from tthc_kpi._markup import Html
from tthc_kpi._official import OfficialOutput
from tthc_kpi._query import Period, Policy, checked_dossiers, query_arguments
from tthc_kpi._table import Table
from tthc_kpi._text import Lang, lang_of

__all__ = ["LateCase", "LateDesk", "LateList", "LatePart", "Letters", "late_list"]

LatePart = Literal["all", "resolved_late", "open_overdue", "owing"]


@dataclass(frozen=True, slots=True)
class LateCase:
    """Một hồ sơ chậm muộn: a line of the list; ``None`` is unknown.

    ``kind`` is ``"resolved_late"`` (Phụ lục I) or ``"open_overdue"`` (Phụ lục II). ``due_at`` is
    the due date it was judged by, ``ended_at`` is ``None`` while open. ``days_late`` are working
    days after the due day, up to the end or the cut. ``by_date`` is false for a dossier that is
    late only by the rule ``late_after_supplements``: it owes no letter.
    """

    kind: str
    agency: str | None
    officer: str | None
    dossier_id: str | None
    procedure_code: str | None
    procedure: str | None
    field: str | None
    received_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    days_late: int | None
    calendar_days_late: int | None
    by_date: bool
    apologised: bool | None
    explained: bool | None

    @property
    def owes(self) -> bool:
        """Còn nợ xin lỗi hoặc giải trình: a letter is due, and is not known to be made."""
        return self.by_date and not (self.apologised and self.explained)


@dataclass(frozen=True, slots=True)
class Letters:
    """Văn bản xin lỗi, hoặc giải trình: of those late by date, how many have it."""

    made: int
    lacking: int
    unknown: int


@dataclass(frozen=True, slots=True)
class LateDesk:
    """Một cán bộ của một đơn vị: how many late dossiers; ``None`` is unknown."""

    agency: str | None
    officer: str | None
    resolved_late: int
    open_overdue: int
    most_days_late: int | None
    apologies: Letters
    explanations: Letters


class LateList(OfficialOutput):
    """Danh sách chậm muộn. Là bảng Arrow: mỗi hồ sơ một dòng, theo đơn vị rồi cán bộ.

    Its numbers are those of a scorecard of the same period: asserted, or an error.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> late = tk.late_list(tk.Dossiers(tk.synth(2000)), period="2026-03")
    >>> len(late.resolved_late) + len(late.open_overdue) == len(late.cases)
    True
    >>> len(late.table("owing")) == len(late.owing)
    True
    >>> late.total.resolved_late == sum(desk.resolved_late for desk in late.desks)
    True
    """

    def __init__(self, core: _tthc_kpi.LateList) -> None:
        self._core = core

    def _stream(self) -> ArrowStream:
        return self._core.table("all")

    def table(self, part: LatePart = "all") -> Table:
        """Một phần của danh sách thành bảng.

        Parameters
        ----------
        part
            ``"all"``; ``"resolved_late"``, Phụ lục I; ``"open_overdue"``, Phụ lục II;
            ``"owing"``, those that owe an apology or an explanation.
        """
        return Table(self._core.table(part))

    @cached_property
    def cases(self) -> tuple[LateCase, ...]:
        """Mọi hồ sơ chậm muộn, theo đơn vị, cán bộ, phụ lục, hạn."""
        return tuple(map(_case, self.document["cases"]))

    @property
    def resolved_late(self) -> tuple[LateCase, ...]:
        """Phụ lục I: hồ sơ đã giải quyết quá hạn."""
        return tuple(case for case in self.cases if case.kind == "resolved_late")

    @property
    def open_overdue(self) -> tuple[LateCase, ...]:
        """Phụ lục II: hồ sơ đang giải quyết đã quá hạn tại ngày chốt."""
        return tuple(case for case in self.cases if case.kind == "open_overdue")

    @property
    def owing(self) -> tuple[LateCase, ...]:
        """Hồ sơ quá hạn chưa có, hoặc không rõ đã có, văn bản xin lỗi hay giải trình."""
        return tuple(case for case in self.cases if case.owes)

    @cached_property
    def desks(self) -> tuple[LateDesk, ...]:
        """Từng cán bộ của từng đơn vị."""
        return tuple(map(_desk, self.document["desks"]))

    @cached_property
    def total(self) -> LateDesk:
        """Tổng số: its agency and officer are ``None``."""
        return _desk(self.document["total"])

    def to_json(self) -> str:
        """Thành JSON: cases, desks, total, and what stands behind them."""
        return self._core.to_json()

    def to_excel(
        self, path: PathLike, *, heading: Heading | None = None, lang: Lang = "vi"
    ) -> None:
        """Ghi thành sổ Excel để in, công khai: tổng hợp, Phụ lục I, Phụ lục II, xin lỗi.

        Parameters
        ----------
        path
            Where to write.
        heading
            As in :meth:`Form06a.to_excel`, and ``superior``, the office above.
        lang
            ``"vi"`` or ``"en"``.
        """
        self._core.to_excel(os.fspath(path), heading_parts(heading), lang_of(lang))

    def to_parquet(self, path: PathLike, part: LatePart = "all") -> None:
        """Ghi một phần của danh sách thành Parquet; ``part`` as in :meth:`table`."""
        self.table(part).to_parquet(path)

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ, như trong cửa sổ dòng lệnh."""
        return as_text(self, lang_of(lang))

    def _fragment(self, lang: Lang) -> Html:
        return as_fragment(self, lang)

    def _title(self, lang: Lang) -> str:
        return title(lang)


def late_list(
    ds: Dossiers,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
) -> LateList:
    """Lập danh sách hồ sơ chậm muộn của một kỳ, như kế hoạch đòi công khai hằng tháng (II.3).

    Parameters
    ----------
    ds
        The dossiers, from :func:`read` or :class:`Dossiers`: their rows are needed.
    period, as_of, policy, limits, calendar
        As in :func:`evaluate`.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> row = {"Ngày tiếp nhận": "02/03/2026", "Ngày hẹn trả": "13/03/2026",
    ...        "Ngày kết thúc xử lý": "16/03/2026", "Đơn vị giải quyết": "Phòng Kinh tế"}
    >>> late = tk.late_list(tk.Dossiers([row]), period="2026-03")
    >>> case = late.cases[0]
    >>> case.days_late, case.calendar_days_late, case.owes
    (1, 3, True)
    """
    source = checked_dossiers(ds)
    asked = query_arguments(
        period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
    )
    return LateList(_tthc_kpi.late_list(source._core, asked))


def _case(document: dict[str, Any]) -> LateCase:
    dates = ("received_at", "due_at", "ended_at")
    moments = {name: _moment(document[name]) for name in dates}
    return LateCase(**{**document, **moments})


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _desk(document: dict[str, Any]) -> LateDesk:
    letters = {name: Letters(**document[name]) for name in ("apologies", "explanations")}
    return LateDesk(**{**document, **letters})
