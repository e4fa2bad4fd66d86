"""Hình dạng JSON mà phần mở rộng trả về.

The shapes of the JSON that the extension publishes. Numbers that must stay exact are text.
"""

from typing import Literal, NotRequired, TypedDict

# A value of a dimension: text, a whole number, yes or no; None is unknown, a group of its own.
Key = str | int | bool | None

Status = Literal["met", "missed", "not_applicable", "no_data"]


class WordingJson(TypedDict):
    vi: str
    en: str


class NoteJson(WordingJson):
    code: NotRequired[str]


class PlanJson(TypedDict):
    id: str
    title: str
    authority: NotRequired[str]
    number: NotRequired[str]
    issued: NotRequired[str]
    digest: str


class QueryJson(TypedDict):
    period: str
    period_rule: str
    start: str
    end: str
    as_of: str
    cut: str
    by: list[str]
    digest: str


class CalendarJson(TypedDict):
    name: str
    version: str
    first_year: int
    last_year: int
    provisional_years: list[int]


class RuleJson(WordingJson):
    rule: str
    value: str
    overridden: bool


class PolicyJson(TypedDict):
    profile: str
    profile_version: str
    rules: list[RuleJson]
    notes: list[NoteJson]


class DataJson(TypedDict):
    data_through: str | None
    uniqueness: Literal["checked", "assumed"]
    missing_columns: list[str]


class AccountingJson(TypedDict):
    read: int
    used: int
    outside: int
    excluded: dict[str, int]
    set_aside: dict[str, int]
    skipped: NotRequired[int]


class BoundJson(TypedDict):
    numerator: str
    denominator: str
    percent: str | None


class ResponseJson(TypedDict):
    answered: str
    of: str
    percent: str | None


class WilsonJson(TypedDict):
    low: str
    high: str


class ClauseJson(TypedDict):
    clause: str
    text: str
    scope: str
    note: NoteJson | None


class DeclarationJson(TypedDict):
    source: str
    date: str


class ResultJson(TypedDict):
    indicator: str
    name: WordingJson
    measure: str
    unit: str
    numerator: str
    denominator: str
    percent: str | None
    target_op: str
    target: str
    status: Status
    gap: str | None
    cases_needed: int | None
    best_case: BoundJson | None
    worst_case: BoundJson | None
    unknown: int
    declared: bool
    declaration: NotRequired[DeclarationJson | None]
    missing_columns: list[str]
    notes: list[NoteJson]
    response: ResponseJson | None
    wilson: WilsonJson | None
    clauses: list[ClauseJson]


class ProcessingTimeJson(TypedDict):
    known: int
    unknown: int
    sum: int
    mean: str | None
    median: int | None
    p90: int | None
    days: list[tuple[int, int]]


class GroupJson(TypedDict):
    keys: list[Key]
    period_start: str | None
    period_end: str | None
    facts: dict[str, int]
    processing_time: ProcessingTimeJson
    results: list[ResultJson]


class SilencedJson(TypedDict):
    column: str
    indicators: list[str]


class RegisterJson(TypedDict):
    register: str
    source: str
    sheet: str | None
    read: int
    used: int
    outside: int
    set_aside: dict[str, int]
    skipped: dict[str, int]
    silenced: list[SilencedJson]
    codes_not_listed: list[tuple[str, int]]
    notes: list[NoteJson]


class ScorecardJson(TypedDict):
    plan: PlanJson
    query: QueryJson
    calendar: CalendarJson
    policy: PolicyJson
    data: DataJson
    accounting: AccountingJson
    registers: list[RegisterJson]
    warnings: list[NoteJson]
    total: GroupJson
    groups: list[GroupJson]
