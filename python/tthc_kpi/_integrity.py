"""Dấu hiệu cần xem lại: data that looks arranged, beside the figures and never in them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._dossiers import Dossiers
from tthc_kpi._errors import QueryError, UnknownNameError
from tthc_kpi._integrity_view import as_html, as_text
from tthc_kpi._query import Period, QueryArguments, checked_dossiers, query_arguments
from tthc_kpi._table import Table
from tthc_kpi._text import Lang, lang_of, nearest

__all__ = ["FlagCount", "FlagGroup", "Integrity", "integrity"]

Dimension = Literal["agency", "officer"]

_WORDS = dict(_tthc_kpi.integrity_flags())


@dataclass(frozen=True, slots=True)
class FlagCount:
    """Một dấu hiệu trong một nhóm: how many dossiers bear it, and how unlikely so many are.

    ``judged`` are the resolved dossiers of which the flag could be asked, ``unknown`` the others.
    ``rarity`` is ``"not_compared"``, ``"too_few"``, ``"bunched"``, ``"usual"`` or ``"rare"``; when
    rare, chance gives so many in fewer than 1 of ``one_in`` blind deals. ``lacking`` names what the
    data must have before the flag can be asked.
    """

    flag: str
    judged: int
    flagged: int
    unknown: int
    percent: Decimal | None
    others_judged: int | None
    others_flagged: int | None
    times_others: Decimal | None
    rarity: str
    one_in: int | None
    lacking: tuple[str, ...]

    def name(self, lang: Lang = "vi") -> str:
        """Tên dấu hiệu.

        >>> import tthc_kpi as tk
        >>> tk.integrity(tk.Dossiers(tk.synth(50)), period="2026")["end_at_due"].name()
        'Kết thúc đúng từng giây của hạn'
        """
        return _words(self.flag, 0, lang)

    def meaning(self, lang: Lang = "vi") -> str:
        """Khi nào một hồ sơ bị đánh dấu: when a dossier is flagged."""
        return _words(self.flag, 1, lang)

    def innocent(self, lang: Lang = "vi") -> str:
        """Lý do bình thường có thể có: what may be behind it without anything being wrong."""
        return _words(self.flag, 2, lang)


@dataclass(frozen=True, slots=True)
class FlagGroup:
    """Các dấu hiệu của một đơn vị, hoặc của một cán bộ trong một đơn vị."""

    keys: Mapping[str, str | None]
    resolved: int
    flags: tuple[FlagCount, ...]

    def __getitem__(self, flag: str) -> FlagCount:
        return _named(self.flags, flag)


class Integrity:
    """Báo cáo dấu hiệu: the flags of the dossiers resolved in a period.

    A flag is no finding, leaves no dossier out and moves no figure.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> found = tk.integrity(tk.Dossiers(tk.synth(2000)), period="2026")
    >>> late_hours = found["outside_hours"]
    >>> late_hours.flagged <= late_hours.judged <= found.resolved
    True
    >>> len(found.cases("outside_hours")) == late_hours.flagged
    True
    >>> sum(group["outside_hours"].flagged for group in found.groups("agency"))\
 == late_hours.flagged
    True
    """

    def __init__(self, ds: Dossiers, core: _tthc_kpi.Integrity) -> None:
        self._ds, self._core = ds, core

    @cached_property
    def document(self) -> dict[str, Any]:
        """Báo cáo như JSON đã đọc: window, calendar, resolved, flags, agencies, officers."""
        document: dict[str, Any] = json.loads(self._core.to_json())
        return document

    @property
    def start(self) -> str:
        """Ngày đầu kỳ: the first day of the period."""
        return str(self.document["window"]["start"])

    @property
    def cut(self) -> str:
        """Ngày chốt: the last day that is seen."""
        return str(self.document["window"]["cut"])

    @property
    def resolved(self) -> int:
        """Số hồ sơ đã giải quyết trong kỳ: the dossiers that are asked."""
        return int(self.document["resolved"])

    @cached_property
    def flags(self) -> tuple[FlagCount, ...]:
        """Mỗi dấu hiệu trên toàn bộ hồ sơ: each flag in the whole."""
        return tuple(map(_count, self.document["flags"]))

    def __getitem__(self, flag: str) -> FlagCount:
        """One flag in the whole."""
        return _named(self.flags, flag)

    def groups(self, by: Dimension = "agency") -> tuple[FlagGroup, ...]:
        """Từng đơn vị, hoặc từng cán bộ của từng đơn vị, nhóm không rõ ở cuối.

        Parameters
        ----------
        by
            ``"agency"``; or ``"officer"``: the keys are then an agency and an officer, so that two
            officers of one name in two agencies are two.
        """
        keys = {"agency": ("agency",), "officer": ("agency", "officer")}.get(by)
        if keys is None:
            raise UnknownNameError(
                "unknown_dimension",
                f"dấu hiệu chia theo agency hoặc officer, không theo {by!r}"
                f" [by agency or officer]{nearest(str(by), ['agency', 'officer'])}",
            )
        groups = self.document["agencies" if by == "agency" else "officers"]
        return tuple(
            FlagGroup(
                {key: group[key] for key in keys},
                group["resolved"],
                tuple(map(_count, group["flags"])),
            )
            for group in groups
        )

    def cases(self, flag: str) -> Table:
        """Những hồ sơ mang một dấu hiệu.

        Parameters
        ----------
        flag
            Its name, such as ``"same_minute"``.

        Returns
        -------
        Table
            A dossier a row: ``file``, ``sheet`` and ``row`` it stands in, then its id, agency,
            officer and dates, as far as the data has them.
        """
        self[flag]  # names the nearest flag when this one does not exist
        return Table(self._core.cases(self._ds._core, flag))

    def to_json(self) -> str:
        """Thành JSON, mọi số chính xác: JSON text in which exact numbers are text."""
        return self._core.to_json()

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ: each flag, then the agencies and officers that stand out."""
        return as_text(self, lang_of(lang))

    def to_html(self, lang: Lang = "vi") -> str:
        """Thành đoạn HTML: the same as a fragment of HTML without scripts."""
        return as_html(self, lang_of(lang))

    def _repr_html_(self) -> str:
        return self.to_html()

    def __repr__(self) -> str:
        return self.to_text()


def integrity(
    ds: Dossiers,
    *,
    period: Period,
    as_of: Day | None = None,
    calendar: WorkCalendar | None = None,
) -> Integrity:
    """Tìm dấu hiệu dữ liệu được sắp đặt trong các hồ sơ đã giải quyết của một kỳ.

    What each flag is, which columns it needs and what innocent reason it may have: the page
    ``docs/dau-hieu.md``, or :meth:`FlagCount.meaning` and :meth:`FlagCount.innocent`.

    Parameters
    ----------
    ds
        The dossiers; their rows are kept, so that the flagged ones can be listed.
    period, as_of, calendar
        As in :func:`evaluate`. Which dossiers are resolved in them does not depend on a policy.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> row = {"Ngày tiếp nhận": "05/01/2026", "Ngày hẹn trả": "12/01/2026 17:00",
    ...        "Ngày kết thúc xử lý": "12/01/2026 17:00"}
    >>> found = tk.integrity(tk.Dossiers([row]), period="2026")
    >>> found["end_at_due"].flagged, found["end_at_due"].judged
    (1, 1)
    >>> found["returned_before_completion"].lacking
    ('returned_at',)
    """
    ds = checked_dossiers(ds)
    arguments = query_arguments(
        period=period, as_of=as_of, by=(), policy="plan", limits=None, calendar=calendar
    )
    return integrity_of(ds, arguments)


def integrity_of(ds: Dossiers, arguments: QueryArguments) -> Integrity:
    """The flags in the window of a question that was checked."""
    core = _tthc_kpi.integrity(
        ds._core,
        period=arguments["period"],
        as_of=arguments["as_of"],
        calendar=arguments["calendar"],
    )
    return Integrity(ds, core)


def _words(flag: str, place: int, lang: Lang) -> str:
    vi, en = _WORDS[flag][place]
    return vi if lang == "vi" else en


def _named(counts: Sequence[FlagCount], flag: str) -> FlagCount:
    if not isinstance(flag, str):
        raise QueryError(
            "bad_flag", "dấu hiệu gọi bằng tên, như found['same_minute'] [by its name]"
        )
    for count in counts:
        if count.flag == flag:
            return count
    raise UnknownNameError(
        "unknown_flag",
        f"không có dấu hiệu {flag!r} [unknown flag]{nearest(flag, list(_WORDS))}",
    )


def _count(document: dict[str, Any]) -> FlagCount:
    def exact(name: str) -> Decimal | None:
        return None if document[name] is None else Decimal(document[name])

    return FlagCount(
        flag=document["flag"],
        judged=document["judged"],
        flagged=document["flagged"],
        unknown=document["unknown"],
        percent=exact("percent"),
        others_judged=document["others_judged"],
        others_flagged=document["others_flagged"],
        times_others=exact("times_others"),
        rarity=document["rarity"],
        one_in=document["one_in"],
        lacking=tuple(document["lacking"]),
    )
