"""Một kết quả của một chỉ tiêu, và những gì đi kèm với nó.

All numbers are exact: counts are ``int``, sums of money ``Decimal``, rates ``Fraction``. No float.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from tthc_kpi import _tthc_kpi
from tthc_kpi._document import (
    BoundJson,
    DeclarationJson,
    GroupJson,
    Key,
    NoteJson,
    ProcessingTimeJson,
    ResultJson,
    Status,
    WordingJson,
)
from tthc_kpi._errors import UnknownNameError
from tthc_kpi._text import Lang, clean, columns, day, label, nearest, register_title, say

__all__ = [
    "Clause",
    "Document",
    "Group",
    "Interval",
    "Note",
    "ProcessingTime",
    "Response",
    "Result",
    "Wording",
]


# Measures that are counted from a register: its entries stand behind them, not dossiers.
_REGISTERS = _tthc_kpi.register_measures()


@dataclass(frozen=True, slots=True)
class Wording:
    """Một câu bằng hai thứ tiếng; ``str()`` is the Vietnamese one."""

    vi: str
    en: str

    def text(self, lang: Lang = "vi") -> str:
        """Lời bằng thứ tiếng đã chọn: the wording in one language."""
        return self.vi if lang == "vi" else self.en

    def __str__(self) -> str:
        return self.vi


@dataclass(frozen=True, slots=True)
class Note(Wording):
    """Một ghi chú hay cảnh báo có mã; a note with a stable code for machines."""

    code: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """Điều khoản đặt ra mục tiêu: where the target stands, its wording, and how we read it."""

    clause: str
    text: str
    scope: str
    note: Note | None


@dataclass(frozen=True, slots=True)
class Document:
    """Văn bản khai số liệu: the document that declares a figure, and its day."""

    source: str
    date: date


@dataclass(frozen=True, slots=True)
class Response:
    """Tỷ lệ phản hồi của phiếu đánh giá: how many of the dossiers were rated at all."""

    answered: int
    of: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class Interval:
    """Khoảng tin cậy Wilson 95 %, in percent."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class ProcessingTime:
    """Thời gian giải quyết, tính bằng ngày làm việc, của hồ sơ đã giải quyết.

    ``unknown`` counts the dossiers outside the covered calendar; ``days`` maps a number of working
    days to a number of dossiers; ``mean`` is exact; ``median`` and ``p90`` are by nearest rank.
    """

    known: int
    unknown: int
    mean: Fraction | None
    median: int | None
    p90: int | None
    days: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Result:
    """Kết quả của một chỉ tiêu, với mọi số làm nên nó.

    Attributes
    ----------
    indicator, name
        The slug and the name of the indicator in both languages.
    keys
        The group the result belongs to, ``{}`` for the whole; a null key means *unknown*.
    numerator, denominator
        Exact and authoritative; ``int``, or ``Decimal`` for money.
    rate
        ``numerator / denominator`` as a ``Fraction``; ``None`` when there is nothing to judge.
    percent
        The rate in percent, two decimals, more where rounding would cross the target.
    target_op, target, status
        ``">"``, ``">="`` or ``"="``; the target in percent; ``"met"``, ``"missed"``,
        ``"not_applicable"`` (no case to judge) or ``"no_data"`` (see ``missing_columns``).
    gap
        Rate minus target, in percentage points.
    cases_needed
        The fewest further successes in a row that reach the target: 0 if met, ``None`` if
        impossible or not a share.
    best_case, worst_case
        The rate if every open dossier that still can succeeds, and if all of them fail.
    unknown
        Rows that could enter the denominator but for an unknown value.
    declared
        True when the number was declared from a document instead of counted.
    declaration
        The document of a declared number: ``source`` and ``date``; ``None`` for a counted one.
    measure
        What is counted, by its slug.
    response, wilson
        For ratings: the response rate, and the 95 % Wilson interval.
    clauses, notes
        The clauses that set the target, and what must be said beside the number.
    """

    indicator: str
    name: Wording
    keys: Mapping[str, Key]
    unit: str
    numerator: int | Decimal
    denominator: int | Decimal
    rate: Fraction | None
    percent: Decimal | None
    target_op: str
    target: Decimal
    status: Status
    gap: Decimal | None
    cases_needed: int | None
    best_case: Fraction | None
    best_case_percent: Decimal | None
    worst_case: Fraction | None
    worst_case_percent: Decimal | None
    unknown: int
    declared: bool
    declaration: Document | None
    measure: str
    missing_columns: tuple[str, ...]
    response: Response | None
    wilson: Interval | None
    clauses: tuple[Clause, ...]
    notes: tuple[Note, ...]

    @property
    def register(self) -> str | None:
        """Sổ mà chỉ tiêu này được tính từ đó; ``None`` for one of the dossiers alone."""
        return _REGISTERS.get(self.measure)

    def source(self, lang: Lang = "vi") -> str:
        """Nguồn của con số: hồ sơ, một sổ, hay văn bản khai.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(50)), plan, period="2026")
        >>> card["on_time_rate"].source(), card["petition_resolved_rate"].source()
        ('hồ sơ', 'Sổ phản ánh, kiến nghị')
        """
        if self.declaration is not None:
            return (
                f"{say('declared', lang)}: {clean(self.declaration.source)},"
                f" {day(self.declaration.date, lang)}"
            )
        return (
            label("dossiers", lang)
            if self.register is None
            else register_title(self.register, lang)
        )

    @property
    def met(self) -> bool | None:
        """Đạt hay chưa: ``None`` when there is no case or no data to judge by."""
        return {"met": True, "missed": False}.get(self.status)

    def remarks(self, lang: Lang = "vi") -> list[str]:
        """Những điều phải nói kèm con số: the notes, in words, with what is declared or missing."""
        texts = [note.text(lang) for note in self.notes]
        if self.declaration is not None:
            texts.append(self.source(lang))
        if self.missing_columns:
            texts.append(f"{say('missing_columns', lang)}: {columns(self.missing_columns, lang)}")
        return texts


@dataclass(frozen=True, slots=True)
class Group:
    """Một nhóm của bảng điểm: the results of one agency, one month, or one pair of them.

    ``period_start`` and ``period_end`` are the two dates of a time bucket; ``facts`` counts the
    dossiers of the group by fact (``received``, ``resolved``, ``open``, ...).
    """

    keys: Mapping[str, Key]
    period_start: date | None
    period_end: date | None
    facts: Mapping[str, int]
    processing_time: ProcessingTime
    results: tuple[Result, ...]

    def find(self, indicator: str) -> Result | None:
        """Kết quả của một chỉ tiêu, ``None`` nếu chỉ có ở dòng chung.

        An indicator whose register cannot be broken down as the dossiers are is in the whole only.
        """
        return next((result for result in self.results if result.indicator == indicator), None)

    def __getitem__(self, indicator: str) -> Result:
        result = self.find(indicator)
        if result is not None:
            return result
        raise unknown_indicator(indicator, [result.indicator for result in self.results])


def unknown_indicator(name: str, known: list[str]) -> UnknownNameError:
    """The error for an indicator that the plan does not have."""
    return UnknownNameError(
        "unknown_indicator", f"không có chỉ tiêu {name!r} [unknown indicator]{nearest(name, known)}"
    )


def note_from_json(note: NoteJson) -> Note:
    return Note(vi=note["vi"], en=note["en"], code=note.get("code", ""))


def group_from_json(group: GroupJson, dimensions: list[str]) -> Group:
    keys = MappingProxyType(dict(zip(dimensions, group["keys"], strict=bool(group["keys"]))))
    return Group(
        keys=keys,
        period_start=_day(group["period_start"]),
        period_end=_day(group["period_end"]),
        facts=MappingProxyType(group["facts"]),
        processing_time=_processing_time(group["processing_time"]),
        results=tuple(_result(result, keys) for result in group["results"]),
    )


def _result(result: ResultJson, keys: Mapping[str, Key]) -> Result:
    numerator = _count(result["numerator"])
    denominator = _count(result["denominator"])
    best, best_percent = _bound(result["best_case"])
    worst, worst_percent = _bound(result["worst_case"])
    response = result["response"]
    wilson = result["wilson"]
    return Result(
        indicator=result["indicator"],
        name=_wording(result["name"]),
        keys=keys,
        unit=result["unit"],
        numerator=numerator,
        denominator=denominator,
        rate=Fraction(numerator) / Fraction(denominator) if denominator else None,
        percent=_decimal(result["percent"]),
        target_op=result["target_op"],
        target=Decimal(result["target"]),
        status=result["status"],
        gap=_decimal(result["gap"]),
        cases_needed=result["cases_needed"],
        best_case=best,
        best_case_percent=best_percent,
        worst_case=worst,
        worst_case_percent=worst_percent,
        unknown=result["unknown"],
        declared=result["declared"],
        declaration=_document(result.get("declaration")),
        measure=result["measure"],
        missing_columns=tuple(result["missing_columns"]),
        response=Response(
            answered=int(response["answered"]),
            of=int(response["of"]),
            percent=_decimal(response["percent"]),
        )
        if response
        else None,
        wilson=Interval(Decimal(wilson["low"]), Decimal(wilson["high"])) if wilson else None,
        clauses=tuple(
            Clause(
                clause=clause["clause"],
                text=clause["text"],
                scope=clause["scope"],
                note=note_from_json(clause["note"]) if clause["note"] else None,
            )
            for clause in result["clauses"]
        ),
        notes=tuple(note_from_json(note) for note in result["notes"]),
    )


def _document(document: DeclarationJson | None) -> Document | None:
    if document is None:
        return None
    return Document(document["source"], date.fromisoformat(document["date"]))


def _processing_time(time: ProcessingTimeJson) -> ProcessingTime:
    return ProcessingTime(
        known=time["known"],
        unknown=time["unknown"],
        mean=Fraction(time["sum"], time["known"]) if time["known"] else None,
        median=time["median"],
        p90=time["p90"],
        days=MappingProxyType(dict(time["days"])),
    )


def _wording(wording: WordingJson) -> Wording:
    return Wording(vi=wording["vi"], en=wording["en"])


def _bound(bound: BoundJson | None) -> tuple[Fraction | None, Decimal | None]:
    if bound is None:
        return None, None
    denominator = _count(bound["denominator"])
    rate = Fraction(_count(bound["numerator"])) / Fraction(denominator) if denominator else None
    return rate, _decimal(bound["percent"])


def _count(text: str) -> int | Decimal:
    # A sum of money has a fraction and stays a Decimal; a count is an int.
    return Decimal(text) if "." in text else int(text)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
