"""Dự báo cuối kỳ: from what is counted to the range in which each rate will end."""

import json
from collections.abc import Mapping
from typing import Any

from tthc_kpi._calendar import Day, WorkCalendar, day_of
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import QueryError
from tthc_kpi._evaluate import evaluate
from tthc_kpi._files import PathLike, written
from tthc_kpi._forecast_history import History, Inflow, counting_plan, history_of
from tthc_kpi._forecast_rows import ForecastRow, Outlook, forecast_rows
from tthc_kpi._forecast_view import as_html, as_page, as_text, explained, rows_of
from tthc_kpi._forecast_words import assumptions
from tthc_kpi._paper import Told
from tthc_kpi._plan import Plan
from tthc_kpi._query import By, Period, Policy, checked_plan
from tthc_kpi._result import Note, unknown_indicator
from tthc_kpi._rows import Rows, json_row
from tthc_kpi._scorecard import Scorecard
from tthc_kpi._text import Lang, lang_of

__all__ = ["Forecast", "ForecastRow", "Outlook", "forecast"]


class Forecast(Rows[ForecastRow]):
    """Dự báo mọi chỉ tiêu của kế hoạch đến hết kỳ.

    A sequence of :class:`ForecastRow`, by place or by the id of the indicator. ``assumptions`` says
    what is taken for granted, ``explain`` how one row came about.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(2000)), tk.Plan("dong-nguyen-2026")
    >>> ahead = tk.forecast(ds, plan, period="2026", as_of="2026-09-30")
    >>> row = ahead["on_time_rate"]
    >>> row.bounds.low <= row.likely.low <= row.likely.high <= row.bounds.high
    True
    >>> whole_year = tk.evaluate(ds, plan, period="2026")["on_time_rate"].rate
    >>> whole_year in row.bounds
    True
    """

    def __init__(self, card: Scorecard, history: History, rows: tuple[ForecastRow, ...]) -> None:
        super().__init__(rows, rows_of())
        self._card, self._history = card, history

    @property
    def card(self) -> Scorecard:
        """Bảng điểm đến ngày chốt, theo tháng: the scorecard by month the forecast starts from."""
        return self._card

    @property
    def history(self) -> History:
        """Những tháng đã thấy: the dates, working days and months behind the forecast."""
        return self._history

    @property
    def inflow(self) -> Inflow:
        """Số hồ sơ còn nhận đã giả định: the dossiers still to come that are assumed."""
        return self._history.bases[None].inflow

    @property
    def assumptions(self) -> tuple[Note, ...]:
        """Các giả định, bằng hai thứ tiếng: what is taken for granted."""
        return assumptions(self._history, self._card.document["data"]["data_through"])

    def row(self, indicator: str) -> ForecastRow:
        """Dòng của một chỉ tiêu: the row of an indicator."""
        for row in self:
            if row.indicator == indicator:
                return row
        raise unknown_indicator(indicator, [row.indicator for row in self])

    def __getitem__(self, at: Any) -> Any:
        return self.row(at) if isinstance(at, str) else super().__getitem__(at)

    def explain(self, indicator: str, lang: Lang = "vi") -> str:
        """Giải thích một dòng: what was counted, how each range came about, what must happen.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ds, plan = tk.Dossiers(tk.synth(500)), tk.Plan("dong-nguyen-2026")
        >>> ahead = tk.forecast(ds, plan, period="2026", as_of="2026-06-30")
        >>> "Khoảng chắc chắn" in ahead.explain("on_time_rate")
        True
        """
        return Told(explained(self, self.row(indicator), lang_of(lang)))

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ: the table, then the assumptions."""
        return as_text(self, lang_of(lang))

    def to_html(self, path: PathLike | None = None, *, lang: Lang = "vi") -> str:
        """Thành trang HTML đứng riêng được; no script, nothing from the network."""
        return written(as_page(self, lang_of(lang)), path)

    def to_json(self, path: PathLike | None = None) -> str:
        """Thành JSON, phân số viết bằng chữ "tử/mẫu": exact numbers are text."""
        return written(json.dumps(self._document(), ensure_ascii=False, indent=2), path)

    def _document(self) -> dict[str, object]:
        history = self._history
        return {
            "plan": self._card.document["plan"],
            "query": self._card.document["query"],
            "working_days": {"so_far": history.days_so_far, "left": history.days_left},
            "months": [month.key for month in history.pace],
            "inflow": {
                "low": self.inflow.low,
                "expected": self.inflow.expected,
                "high": self.inflow.high,
                "given": self.inflow.given,
            },
            "assumptions": [
                {"code": note.code, "vi": note.vi, "en": note.en} for note in self.assumptions
            ],
            "rows": [
                json_row(row, rows_of())
                | {
                    "months": [list(month) for month in row.months],
                    "reason": None
                    if row.reason is None
                    else {"code": row.reason.code, "vi": row.reason.vi, "en": row.reason.en},
                }
                for row in self
            ],
        }

    def _repr_html_(self) -> str:
        return as_html(self, "vi")

    def __repr__(self) -> str:
        return self.to_text()


def forecast(
    ds: Dossiers | Scan,
    plan: Plan,
    *,
    period: Period,
    as_of: Day | None = None,
    window: int | None = None,
    inflow: int | tuple[int, int] | None = None,
    policy: Policy = "plan",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
) -> Forecast:
    """Dự báo tỷ lệ cuối kỳ của từng chỉ tiêu, từ những gì đã có đến ngày chốt.

    Two ranges: hard bounds, which hold whatever becomes of the dossiers as long as no more come
    than assumed; and a likely range, if the days left go as the whole months so far. Indicators of
    which neither can be said are told so, with the reason.

    Parameters
    ----------
    ds, plan, period, policy, limits, calendar, threads
        As in :func:`evaluate`.
    as_of
        The last day that is seen; by default the last day of the data.
    window
        How many of the latest whole months are the pace; by default all of the period.
    inflow
        How many dossiers will still come: a number, or the fewest and the most. By default from
        the pace so far, per working day.

    Raises
    ------
    QueryError
        ``window`` or ``inflow`` is no such number.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(2000)), tk.Plan("dong-nguyen-2026")
    >>> ahead = tk.forecast(ds, plan, period="2026", as_of="2026-06-30", inflow=(900, 1200))
    >>> ahead.inflow.high, ahead["apology_rate"].outlook, ahead["apology_rate"].reason.code
    (1200, 'not_forecast', 'mendable')
    """
    checked = checked_plan(plan)
    given = _inflow(inflow)
    if window is not None and (type(window) is not int or window < 1):
        raise QueryError("bad_window", "window là số tháng, từ 1 [a number of months, from 1]")
    days = calendar or WorkCalendar.vietnam()

    def counted(asked: Plan, cut: Day | None, by: By = "month") -> Scorecard:
        return evaluate(
            ds,
            asked,
            period=period,
            as_of=cut,
            by=by,
            policy=policy,
            limits=limits,
            calendar=calendar,
            threads=threads,
        )

    if as_of is None:
        # How far the data go is told by a count without months, which is the cheap part.
        told = counted(checked, None, by=()).document
        through, query = told["data"]["data_through"], told["query"]
        if through is not None and query["start"] <= through < query["end"]:
            as_of = day_of(through)
    card = counted(checked, as_of)
    helper = counting_plan(checked)
    filters = None if helper is None else counted(helper, as_of)
    history = history_of(card, filters, checked, days, window=window, inflow=given)
    return Forecast(card, history, forecast_rows(card, checked, history))


def _inflow(inflow: object) -> tuple[int, int] | None:
    if inflow is None:
        return None
    ends = inflow if isinstance(inflow, tuple) else (inflow, inflow)
    if len(ends) == 2 and all(isinstance(n, int) and not isinstance(n, bool) for n in ends):
        low, high = ends
        if 0 <= low <= high:
            return low, high
    raise QueryError(
        "bad_inflow",
        "inflow là số hồ sơ còn nhận, hoặc hai số ít nhất và nhiều nhất"
        " [a number of dossiers, or the fewest and the most]",
    )
