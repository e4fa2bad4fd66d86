"""Chọn biểu đồ cho một bảng điểm."""

from typing import TYPE_CHECKING, Any

from tthc_kpi._errors import QueryError
from tthc_kpi._text import nearest
from tthc_kpi.charts._base import BUCKETS, checked_card
from tthc_kpi.charts._flow import backlog, flow
from tthc_kpi.charts._over_time import over_time
from tthc_kpi.charts._pareto import pareto
from tthc_kpi.charts._processing_time import processing_time
from tthc_kpi.charts._ranking import ranking

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = ["KINDS", "plot"]

# Those of an indicator, and those of a card.
_OF_INDICATOR = {"over_time": over_time, "ranking": ranking}
_OF_CARD = {
    "flow": flow,
    "backlog": backlog,
    "processing_time": processing_time,
    "pareto": pareto,
}
KINDS = (*_OF_INDICATOR, *_OF_CARD)


def plot(
    card: "Scorecard", indicator: str | None = None, kind: str | None = None, **options: Any
) -> "LayerChart":
    """Biểu đồ hợp với bảng điểm: what :meth:`Scorecard.plot` draws.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026", by="agency")
    >>> tk.charts.plot(card, kind="pareto").to_dict()["title"]["text"]
    'Hồ sơ trễ hạn dồn vào đâu: đơn vị giải quyết'
    """
    card = checked_card(card)
    if kind is None:
        if not card.by:
            raise QueryError(
                "needs_group",
                "vẽ bảng điểm: cần chia nhóm, như evaluate(..., by='month') để xem theo thời gian,"
                " by='agency' để xếp hạng [the card must be grouped to be drawn]",
            )
        kind = "over_time" if any(name in BUCKETS for name in card.by) else "ranking"
    draw = _OF_INDICATOR.get(kind)
    if draw is not None:
        return draw(card, _first(card) if indicator is None else indicator, **options)
    of_card = _OF_CARD.get(kind)
    if of_card is None:
        raise QueryError(
            "unknown_kind", f"không có loại biểu đồ {kind!r} [unknown kind]{nearest(kind, KINDS)}"
        )
    if indicator is not None:
        raise QueryError(
            "no_indicator",
            f"biểu đồ {kind!r} không vẽ theo chỉ tiêu: bỏ indicator [it is of no one indicator]",
        )
    return of_card(card, **options)


def _first(card: "Scorecard") -> str:
    """The first indicator that has a rate in the whole; else the plan's first."""
    results = card.whole.results
    judged = (result.indicator for result in results if result.rate is not None)
    return next(judged, results[0].indicator)
