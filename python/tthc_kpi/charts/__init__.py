"""Biểu đồ: mỗi hàm trả về một biểu đồ Altair, vẽ từ số đếm chính xác của bảng điểm.

Needs the extra ``plot``: ``pip install 'tthc-kpi[plot]'``. Every picture is drawn from the exact
counts of a card; a float is only ever the position of a mark. Tooltips show numerator, denominator
and percent as they are published. What is not known is a gap, never a zero; a status is a mark or a
shape and a word, colour only repeats it, and the colours differ in grey too.

Examples
--------
>>> import tthc_kpi as tk
>>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
>>> card = tk.evaluate(ds, plan, period="2026", by="month")
>>> chart = tk.charts.over_time(card, "on_time_rate")
>>> tk.charts.svg(chart).startswith("<svg")
True
"""

from tthc_kpi.charts._calendar_map import calendar
from tthc_kpi.charts._export import html, save, svg
from tthc_kpi.charts._flow import backlog, flow
from tthc_kpi.charts._over_time import over_time
from tthc_kpi.charts._pareto import pareto
from tthc_kpi.charts._pick import KINDS, plot
from tthc_kpi.charts._processing_time import processing_time
from tthc_kpi.charts._ranking import ranking

__all__ = [
    "KINDS",
    "backlog",
    "calendar",
    "flow",
    "html",
    "over_time",
    "pareto",
    "plot",
    "processing_time",
    "ranking",
    "save",
    "svg",
]
