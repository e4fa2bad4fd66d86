"""Biểu số 06a: tình hình, kết quả giải quyết thủ tục hành chính, theo lĩnh vực."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import StateError
from tthc_kpi._files import PathLike
from tthc_kpi._form_06a_view import as_fragment, as_text, title
from tthc_kpi._frames import ArrowStream
from tthc_kpi._heading import Heading, heading_parts
from tthc_kpi._markup import Html
from tthc_kpi._official import OfficialOutput, note_of
from tthc_kpi._query import (
    Period,
    Policy,
    QueryArguments,
    checked_threads,
    counted,
    query_arguments,
)
from tthc_kpi._result import Note
from tthc_kpi._table import Table
from tthc_kpi._text import Lang, lang_of

__all__ = ["Form06a", "FormRow", "Placed", "form_06a"]


@dataclass(frozen=True, slots=True)
class Placed:
    """Hồ sơ thiếu thông tin đã xếp vào cột nào: how many stand in a column for want of a value.

    In (5) without a known channel; in (9) and (12) without a known due date; in (12) with a closed
    status and no date of end.
    """

    unknown_channel: int
    resolved_without_due: int
    open_without_due: int
    end_unknown: int


@dataclass(frozen=True, slots=True)
class FormRow:
    """Một dòng của biểu: the counts of one field, columns (3) to (13); ``None`` is unknown."""

    field: str | None
    received_total: int
    received_online: int
    received_direct: int
    carried_over: int
    resolved_total: int
    resolved_early: int
    resolved_on_due_day: int
    resolved_late: int
    open_total: int
    open_in_time: int
    open_overdue: int
    placed: Placed


class _Every:
    """Every field: apart from ``None``, which is the unknown one."""

    def __repr__(self) -> str:
        return "every field"


EVERY = _Every()


class Form06a(OfficialOutput):
    """Biểu 06a của một kỳ. Là bảng Arrow: mỗi lĩnh vực một dòng; tổng số để riêng ở ``total``.

    In every row (3) = (4) + (5) + (6), (7) = (8) + (9) + (10), (11) = (12) + (13) and
    (3) = (7) + (11), and the total is the sum of the rows: asserted, or an error.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> form = tk.form_06a(tk.Dossiers(tk.synth(2000)), period="2026-03")
    >>> total = form.total
    >>> total.received_total == total.resolved_total + total.open_total
    True
    >>> sum(row.resolved_late for row in form.rows) == total.resolved_late
    True
    >>> len(form.cases("resolved_late")) == total.resolved_late
    True
    """

    def __init__(self, core: _tthc_kpi.Form06a, ds: Dossiers | None, asked: QueryArguments) -> None:
        self._core, self._ds, self._asked = core, ds, asked

    def _stream(self) -> ArrowStream:
        return self._core.table()

    @cached_property
    def rows(self) -> tuple[FormRow, ...]:
        """Từng lĩnh vực, lĩnh vực không rõ ở cuối."""
        return tuple(map(_row, self.document["rows"]))

    @cached_property
    def total(self) -> FormRow:
        """Tổng số, không phải là một dòng: the total; its field is ``None``."""
        return _row(self.document["total"])

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        """Hồ sơ thiếu thông tin đã xếp vào đâu: what was put where for want of a value."""
        return tuple(map(note_of, self.document["notes"]))

    def cases(self, column: str, field: str | _Every | None = EVERY) -> Table:
        """Những hồ sơ đứng sau một con số của biểu.

        Parameters
        ----------
        column
            Name of the column, such as ``"open_overdue"``.
        field
            One field; ``None`` is the unknown one. Without it, of all fields.
        """
        if self._ds is None:
            raise StateError(
                "no_dossiers",
                "biểu đếm từ tk.scan không giữ hồ sơ: dùng tk.read để liệt kê"
                " [a form of scanned files keeps no dossiers: use tk.read]",
            )
        fields = [] if isinstance(field, _Every) else [field]
        return Table(
            _tthc_kpi.form_06a_cases(self._ds._core, self._asked, column=column, fields=fields)
        )

    def to_json(self) -> str:
        """Thành JSON: rows, total, notes, and what stands behind them."""
        return self._core.to_json()

    def to_excel(
        self, path: PathLike, *, heading: Heading | None = None, lang: Lang = "vi"
    ) -> None:
        """Ghi thành biểu Excel để in, ký, nộp: A4 ngang, tiêu đề gộp ô, số cột (1) đến (13).

        Parameters
        ----------
        path
            Where to write.
        heading
            Who reports, to whom, who signs: a dict, or the path of a TOML file, of ``agency``,
            ``receiver``, ``number``, ``place``, ``date``, ``title``, ``preparer``,
            ``signer_title``, ``signer``. What is not given is left to be filled in by hand.
        lang
            ``"vi"``, the form itself; ``"en"`` for those who cannot read it.
        """
        self._core.to_excel(os.fspath(path), heading_parts(heading), lang_of(lang))

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ, như trong cửa sổ dòng lệnh."""
        return as_text(self, lang_of(lang))

    def _fragment(self, lang: Lang) -> Html:
        return as_fragment(self, lang)

    def _title(self, lang: Lang) -> str:
        return title(lang)


def form_06a(
    ds: Dossiers | Scan,
    *,
    period: Period,
    as_of: Day | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
) -> Form06a:
    """Lập biểu 06a của một kỳ: hồ sơ tiếp nhận, đã giải quyết, đang giải quyết, theo lĩnh vực.

    As the provincial systems do, a dossier of which something is unknown still stands in one
    column each, and :attr:`Form06a.notes` tells how many: an unknown channel in (5), no due date in
    (9) or (12), no date of end in (12).

    Parameters
    ----------
    ds
        The dossiers, from :func:`read`, :class:`Dossiers` or :func:`scan`.
    period, as_of, policy, limits, calendar, threads
        As in :func:`evaluate`. For the periods of NĐ 09/2019, which end on day 14:
        ``policy={"period_rule": "cut_off_15"}``.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> row = {"Ngày tiếp nhận": "02/03/2026", "Ngày hẹn trả": "09/03/2026",
    ...        "Ngày kết thúc xử lý": "06/03/2026", "Lĩnh vực": "Hộ tịch"}
    >>> form = tk.form_06a(tk.Dossiers([row]), period="2026-03")
    >>> [(row.field, row.received_direct, row.resolved_early) for row in form.rows]
    [('Hộ tịch', 1, 1)]
    >>> form.notes[0].code
    'unknown_channel'
    """
    source = counted(ds)
    asked = query_arguments(
        period=period, as_of=as_of, by=(), policy=policy, limits=limits, calendar=calendar
    )
    core = _tthc_kpi.form_06a(source, asked, threads=checked_threads(threads))
    return Form06a(core, None if isinstance(ds, Scan) else ds, asked)


def _row(document: dict[str, Any]) -> FormRow:
    return FormRow(**{**document, "placed": Placed(**document["placed"])})
