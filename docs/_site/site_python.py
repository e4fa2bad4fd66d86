"""The Python reference: every public name of the package, by what one does with it."""

from types import ModuleType

import tthc_kpi as tk

# A public name that is in none of these stands in the last part; one that is gone fails.
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "doc-du-lieu": (
        "Đọc dữ liệu",
        (
            "read", "scan", "Dossiers", "Scan", "CaseStream", "Issue", "ColumnMapping",
            "ColumnQuality", "LeftAlone", "UnknownWords", "UnknownWord", "Registers",
            "RegisterTable", "synth", "Table",
        ),
    ),
    "ke-hoach": (
        "Kế hoạch và lịch",
        (
            "Plan", "plans", "Task", "ReviewGroup", "Milestone", "ScheduleView", "Instance",
            "WorkCalendar",
        ),
    ),
    "ket-qua": (
        "Tính và đọc kết quả",
        (
            "evaluate", "Scorecard", "Group", "Result", "Note", "Needed", "tally", "Tally",
            "TallySource", "merge_tallies", "prune_cache", "judge", "JudgedScan",
        ),
    ),
    "bieu-do": ("Biểu đồ", ("charts",)),
    "bieu-mau": (
        "Biểu mẫu",
        (
            "form_06a", "Form06a", "FormRow", "Placed", "late_list", "LateList", "LateCase",
            "LateDesk", "Letters",
        ),
    ),
    "du-bao": ("Dự báo", ("forecast", "Forecast", "ForecastRow")),
    "so-sanh": (
        "So sánh bộ quy tắc, hai kỳ",
        ("compare", "Comparison", "Change", "Diff", "DiffRow", "Part"),
    ),
    "dau-hieu": ("Dấu hiệu cần xem lại", ("integrity", "Integrity", "FlagCount", "FlagGroup")),
    "chi-so-766": (
        "Bộ chỉ số 766",
        ("index_766", "Index", "IndexRow", "IndexSum", "Scheme", "schemes"),
    ),
    "loi": (
        "Lỗi",
        (
            "TthcKpiError", "CalendarError", "InputError", "InternalError", "MissingFileError",
            "PlanError", "QueryError", "StateError", "UnknownNameError",
        ),
    ),
}  # fmt: skip


def pages() -> dict[str, str]:
    parts = _parts()
    made = {f"python/{part}.rst": _part(title, names) for part, (title, names) in parts.items()}
    made["python/index.rst"] = _overview(parts)
    return made


def _parts() -> dict[str, tuple[str, tuple[str, ...]]]:
    placed = [name for _title, names in PARTS.values() for name in names]
    gone = set(placed) - set(tk.__all__)
    if gone:
        raise ValueError(f"the Python reference names what is gone: {sorted(gone)}")
    others = tuple(name for name in tk.__all__ if name not in placed)
    return PARTS | ({"khac": ("Khác", others)} if others else {})


def _heading(text: str) -> str:
    return f"{text}\n{'=' * len(text)}\n"


def _overview(parts: dict[str, tuple[str, tuple[str, ...]]]) -> str:
    rows = "\n".join(
        f"* :doc:`{title} <{part}>`: " + ", ".join(f":py:obj:`~tthc_kpi.{name}`" for name in names)
        for part, (title, names) in parts.items()
    )
    inside = "\n".join(f"   {part}" for part in parts)
    return (
        _heading("Tham khảo Python")
        + "\nMọi tên công khai của gói ``tthc_kpi`` (``import tthc_kpi as tk``). Dòng đầu của"
        " mỗi mục là tiếng Việt, phần chi tiết là tiếng Anh; mọi ví dụ đều được chạy thử.\n\n"
        f"{rows}\n\n.. toctree::\n   :hidden:\n   :maxdepth: 1\n\n{inside}\n"
    )


def _part(title: str, names: tuple[str, ...]) -> str:
    items = []
    for name in names:
        kind = "autofunction"
        thing = getattr(tk, name)
        if isinstance(thing, ModuleType):
            kind = "automodule"
        elif isinstance(thing, type):
            kind = "autoexception" if issubclass(thing, Exception) else "autoclass"
        items.append(f".. {kind}:: tthc_kpi.{name}\n")
    return _heading(title) + "\n" + "\n".join(items)
