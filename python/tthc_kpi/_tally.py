"""Bản kiểm đếm: phần giữa cộng được, lưu được, của phép tính."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Unpack

from tthc_kpi import _tthc_kpi
from tthc_kpi._calendar import Day, WorkCalendar
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
from tthc_kpi._registers import Registers, RegisterSources, registers_of

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["Tally", "tally"]


class Tally:
    """Các số đếm của một tập hồ sơ theo một câu hỏi; cộng được với nhau.

    Tallies of parts (files, machines, agencies) merge into the tally of the whole in any order.
    Tallies of a different query, plan or calendar version refuse to merge.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> north = tk.tally(tk.Dossiers(tk.synth(300, seed=1)), plan, period="2026")
    >>> south = tk.tally(tk.Dossiers(tk.synth(300, seed=2)), plan, period="2026")
    >>> north + south == south + north
    True
    >>> tk.Tally.from_bytes(north.to_bytes()) == north
    True
    """

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, core: _tthc_kpi.Tally) -> None:
        self._core = core

    def merge(self, other: "Tally") -> "Tally":
        """Cộng hai bản kiểm đếm: the tally of both together; neither changes.

        Raises
        ------
        StateError
            They answer different queries, or a count would overflow.
        """
        return Tally(self._core.merge(other._core))

    def __add__(self, other: object) -> "Tally":
        return self.merge(other) if isinstance(other, Tally) else NotImplemented

    def __radd__(self, other: object) -> "Tally":
        # `sum(tallies)` starts from 0.
        return self if other == 0 else NotImplemented

    def __eq__(self, other: object) -> bool:
        return self._core == other._core if isinstance(other, Tally) else NotImplemented

    def scorecard(
        self,
        plan: Plan | None = None,
        *,
        registers: Registers | PathLike | Sequence[PathLike] | None = None,
        **sources: Unpack[RegisterSources],
    ) -> "Scorecard":
        """Bảng điểm từ các số đếm này; it lists no dossiers, since they are gone.

        Parameters
        ----------
        plan
            The plan the tally was made for: needed only for what is held against its schedule
            (months of publication, groups to be reviewed), which a tally does not keep.
        registers, procedures, petitions, tasks, reviews, archive, plan_tasks, declared
            The registers beside the dossiers, as :func:`evaluate` takes them.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> tally = tk.tally(tk.Dossiers(tk.synth(100)), plan, period="2026")
        >>> entries = [{"Mã thủ tục": "1.001193", "Đồng bộ danh mục với Cổng DVCQG": "Có"}]
        >>> tally.scorecard(plan, procedures=entries)["procedure_sync_rate"].numerator
        1
        """
        from tthc_kpi._scorecard import card_of_tally

        plan = None if plan is None else checked_plan(plan)
        return card_of_tally(self._core, registers_of(registers, sources), plan)

    def to_bytes(self) -> bytes:
        """Lưu gọn thành byte: a compact binary form."""
        return self._core.to_bytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Tally":
        """Đọc lại từ byte; :class:`StateError` when they are not a whole, valid tally."""
        return cls(_tthc_kpi.Tally.from_bytes(data))

    def to_json(self) -> str:
        """Lưu thành JSON."""
        return self._core.to_json()

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """Đọc lại từ JSON; :class:`StateError` when it is not a valid tally."""
        return cls(_tthc_kpi.Tally.from_json(text))


def tally(
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
) -> Tally:
    """Kiểm đếm hồ sơ theo kế hoạch; như :func:`evaluate`, nhưng kết quả còn cộng được.

    The parameters are those of :func:`evaluate`.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> parts = [tk.Dossiers(tk.synth(100, seed=seed)) for seed in range(3)]
    >>> whole = sum(tk.tally(part, plan, period="2026-H1") for part in parts)
    >>> whole.scorecard().accounting["read"]
    300
    """
    arguments = query_arguments(
        period=period, as_of=as_of, by=by, policy=policy, limits=limits, calendar=calendar
    )
    with telling(ds) as progress:
        core = _tthc_kpi.tally(
            counted(ds),
            checked_plan(plan)._core,
            **arguments,
            threads=checked_threads(threads),
            progress=progress,
        )
    return Tally(core)
