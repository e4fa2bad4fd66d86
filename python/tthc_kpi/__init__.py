"""Chỉ số giải quyết thủ tục hành chính: từ hồ sơ đến bảng điểm của kế hoạch.

Read dossiers, judge them by a plan's rules, get a scorecard whose every number can be explained.

Examples
--------
>>> import tthc_kpi as tk
>>> ds = tk.Dossiers(tk.synth(1000))
>>> card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026-Q2", by=["agency"])
>>> card["on_time_rate"].target
Decimal('95')
"""

from tthc_kpi import charts, spark
from tthc_kpi._calendar import WorkCalendar
from tthc_kpi._cases import CaseStream
from tthc_kpi._compare import Change, Comparison, compare
from tthc_kpi._diff import Diff, DiffRow
from tthc_kpi._diff_parts import Part
from tthc_kpi._dossiers import Dossiers, Issue, Scan, read, scan
from tthc_kpi._errors import (
    CalendarError,
    InputError,
    InternalError,
    MissingFileError,
    PlanError,
    QueryError,
    StateError,
    TthcKpiError,
    UnknownNameError,
)
from tthc_kpi._evaluate import evaluate
from tthc_kpi._forecast import Forecast, forecast
from tthc_kpi._forecast_rows import ForecastRow
from tthc_kpi._form_06a import Form06a, FormRow, Placed, form_06a
from tthc_kpi._index import Index, IndexRow, IndexSum, index_766
from tthc_kpi._integrity import FlagCount, FlagGroup, Integrity, integrity
from tthc_kpi._judge import JudgedScan, judge
from tthc_kpi._late_list import LateCase, LateDesk, LateList, Letters, late_list
from tthc_kpi._mapping import (
    AbsentColumns,
    ColumnMapping,
    ColumnQuality,
    LeftAlone,
    UnknownWord,
    UnknownWords,
)
from tthc_kpi._needed import Needed
from tthc_kpi._plan import Plan, plans
from tthc_kpi._registers import Registers, RegisterTable
from tthc_kpi._result import Group, Note, Result
from tthc_kpi._schedule import Instance, ScheduleView
from tthc_kpi._scheme import Scheme, schemes
from tthc_kpi._scorecard import Scorecard
from tthc_kpi._table import Table, synth
from tthc_kpi._tally import Tally, TallySource, merge_tallies, tally
from tthc_kpi._tally_cache import prune_cache
from tthc_kpi._tasks import Milestone, ReviewGroup, Task

__all__ = [
    "AbsentColumns",
    "CalendarError",
    "CaseStream",
    "Change",
    "ColumnMapping",
    "ColumnQuality",
    "Comparison",
    "Diff",
    "DiffRow",
    "Dossiers",
    "FlagCount",
    "FlagGroup",
    "Forecast",
    "ForecastRow",
    "Form06a",
    "FormRow",
    "Group",
    "Index",
    "IndexRow",
    "IndexSum",
    "InputError",
    "Instance",
    "Integrity",
    "InternalError",
    "Issue",
    "JudgedScan",
    "LateCase",
    "LateDesk",
    "LateList",
    "LeftAlone",
    "Letters",
    "Milestone",
    "MissingFileError",
    "Needed",
    "Note",
    "Part",
    "Placed",
    "Plan",
    "PlanError",
    "QueryError",
    "RegisterTable",
    "Registers",
    "Result",
    "ReviewGroup",
    "Scan",
    "ScheduleView",
    "Scheme",
    "Scorecard",
    "StateError",
    "Table",
    "Tally",
    "TallySource",
    "Task",
    "TthcKpiError",
    "UnknownNameError",
    "UnknownWord",
    "UnknownWords",
    "WorkCalendar",
    "charts",
    "compare",
    "evaluate",
    "forecast",
    "form_06a",
    "index_766",
    "integrity",
    "judge",
    "late_list",
    "merge_tallies",
    "plans",
    "prune_cache",
    "read",
    "scan",
    "schemes",
    "spark",
    "synth",
    "tally",
]
