"""Bảng điểm lập từ đâu: back from a figure of a scorecard to what stands behind it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tthc_kpi import _tthc_kpi
from tthc_kpi._cases import CaseStream, first_of
from tthc_kpi._document import Key
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import QueryError
from tthc_kpi._plan import Plan
from tthc_kpi._query import QueryArguments, telling
from tthc_kpi._registers import Registers
from tthc_kpi._result import Result
from tthc_kpi._table import Table

if TYPE_CHECKING:
    from tthc_kpi._scorecard import Scorecard

__all__ = ["CardSource", "Outcome", "listed", "streamed"]

Outcome = Literal["passing", "failing", "unknown", "open"]


@dataclass(frozen=True, slots=True)
class CardSource:
    """Where a scorecard came from, kept so that it can go back to the dossiers and the registers.

    ``dossiers`` is none where they are gone: a tally, or a ``scan``, which can be read again.
    """

    tally: _tthc_kpi.Tally
    registers: Registers | None = None
    plan: Plan | None = None
    dossiers: Dossiers | None = None
    arguments: QueryArguments | None = None
    scan: Scan | None = None


def listed(
    card: "Scorecard",
    source: CardSource | None,
    indicator: str,
    outcome: Outcome,
    where: Mapping[str, Key] | None,
    limit: int | None,
) -> Table:
    """The rows behind a figure, the first ``limit`` of them."""
    keys = _keys(where)
    entries = _entries(card[indicator], source, indicator, outcome, keys)
    if entries is not None:
        return first_of(entries, limit)
    of, plan, arguments = _asked(source)
    with telling(of) as progress:
        core = _tthc_kpi.cases(
            of._core,
            plan._core,
            arguments,
            indicator=indicator,
            outcome=outcome,
            where=keys,
            limit=limit,
            progress=progress,
        )
    return Table(core)


def streamed(
    card: "Scorecard",
    source: CardSource | None,
    indicator: str,
    outcome: Outcome,
    where: Mapping[str, Key] | None,
) -> CaseStream:
    """The rows behind a figure as they are read; those of dossiers in memory as one table."""
    keys = _keys(where)
    if card[indicator].register is None and card[indicator].declaration is None:
        of, plan, arguments = _asked(source)
        if isinstance(of, Scan):
            stream = _tthc_kpi.case_stream(
                of._core, plan._core, arguments, indicator=indicator, outcome=outcome, where=keys
            )
            return CaseStream(map(Table, stream), stream)
    table = listed(card, source, indicator, outcome, where, None)
    return CaseStream([table], table)


def _entries(
    result: Result,
    source: CardSource | None,
    indicator: str,
    outcome: Outcome,
    keys: dict[str, str | None],
) -> _tthc_kpi.Table | None:
    """The entries of a register; none for an indicator of dossiers."""
    if result.declaration is not None:
        raise QueryError(
            "declared",
            f"{indicator} là số tự khai theo {result.declaration.source!r}, không có danh sách"
            " phía sau [a declared figure: only its document stands behind it]",
        )
    if source is None or result.register is None:
        return None
    registers = source.registers or Registers()
    return source.tally.register_cases(
        registers._core,
        None if source.plan is None else source.plan._core,
        indicator=indicator,
        outcome=outcome,
        where=keys,
    )


def _asked(source: CardSource | None) -> tuple[Dossiers | Scan, Plan, QueryArguments]:
    """The dossiers that were counted, and what was asked of them."""
    if source is not None and source.arguments is not None and source.plan is not None:
        of = source.scan if source.dossiers is None else source.dossiers
        if of is not None:
            return of, source.plan, source.arguments
    raise QueryError(
        "needs_dossiers",
        "bảng điểm này lập từ bảng đếm nên không còn hồ sơ: dùng evaluate"
        " [made from a tally, which has no dossiers: use evaluate]",
    )


def _keys(where: Mapping[str, Key] | None) -> dict[str, str | None]:
    return {name: _key_text(key) for name, key in (where or {}).items()}


def _key_text(key: Key) -> str | None:
    """A key as the extension compares it: numbers and yes-or-no by their text."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return None if key is None else str(key)
