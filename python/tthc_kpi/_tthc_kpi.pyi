from collections.abc import Callable
from datetime import date
from typing import final

from tthc_kpi._frames import ArrowArray, ArrowStream

__all__ = [
    "CaseStream",
    "Dossiers",
    "Form06a",
    "Index",
    "Integrity",
    "LateList",
    "Plan",
    "Registers",
    "Scan",
    "Scheme",
    "Scorecard",
    "Table",
    "Tally",
    "TallyReader",
    "VerdictStream",
    "WorkCalendar",
    "alphabet_key",
    "builtin_plans",
    "builtin_schemes",
    "case_stream",
    "cases",
    "changes",
    "columns",
    "form_06a",
    "form_06a_cases",
    "form_06a_columns",
    "index",
    "integrity",
    "integrity_flags",
    "judge",
    "late_list",
    "merge_tallies",
    "part_cases",
    "part_columns",
    "part_tally",
    "plan_text",
    "query_digest",
    "register_measures",
    "registers",
    "singular",
    "synth",
    "synth_file",
    "synth_registers",
    "tally",
    "tally_checked",
    "wanted_columns",
    "write_parquet",
]

def alphabet_key(name: str) -> list[int]: ...
def builtin_plans() -> list[str]: ...
def singular(text: str) -> str: ...
def plan_text(plan_id: str) -> str: ...
def builtin_schemes() -> list[str]: ...
def index(
    schemes: list[Scheme],
    *,
    tally: Tally | None,
    counts_csv: str | None,
    counts_rows: tuple[str, list[str], list[list[str | None]]] | None,
    counts_map: tuple[dict[str, int], dict[str, tuple[int, int]]] | None,
    declared_csv: str | None,
    declared_rows: tuple[str, list[str], list[list[str | None]]] | None,
    level: str | None,
    scope: str,
    period: str | None,
    registers: Registers | None,
) -> Index: ...
def integrity(
    ds: Dossiers, *, period: str, as_of: str | None, calendar: WorkCalendar | None
) -> Integrity: ...
def integrity_flags() -> list[tuple[str, list[tuple[str, str]]]]: ...
def columns() -> list[tuple[str, str]]: ...
def wanted_columns(
    names: list[str], mapping: dict[str, str] | None, extra: list[str]
) -> list[str]: ...
def registers() -> list[tuple[str, str, str, list[tuple[str, str]]]]: ...
def register_measures() -> dict[str, str]: ...
def synth(n: int, seed: int) -> Table: ...
def write_parquet(source: object, path: str) -> None: ...
def synth_registers(path: str) -> None: ...
def synth_file(n: int, path: str, seed: int, messy: bool) -> None: ...
def tally(
    ds: Dossiers | Scan,
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    by: list[str],
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    threads: int | None,
    progress: Callable[[int, int, int], object] | None = None,
) -> Tally: ...
def query_digest(
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    by: list[str],
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    extra: list[str],
) -> str: ...
def merge_tallies(
    paths: list[str],
    *,
    threads: int | None,
    progress: Callable[[int, int], object] | None,
) -> Tally: ...
def case_stream(
    ds: Scan,
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    by: list[str],
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    indicator: str,
    outcome: str,
    where: dict[str, str | None],
) -> CaseStream: ...
def cases(
    ds: Dossiers | Scan,
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    by: list[str],
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    indicator: str,
    outcome: str,
    where: dict[str, str | None],
    limit: int | None = None,
    progress: Callable[[int, int, int], object] | None = None,
) -> Table: ...
def changes(
    ds: Dossiers,
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    by: list[str],
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    other: dict[str, str],
    indicator: str,
) -> Table: ...
def judge(
    ds: Dossiers,
    plan: Plan,
    *,
    period: str,
    as_of: str | None,
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    columns: list[str] | None,
    threads: int | None,
) -> Table: ...
def part_columns(asked: Tally) -> tuple[list[str], list[str]]: ...
def part_tally(asked: Tally, ds: Dossiers, *, threads: int | None) -> Tally: ...
def part_cases(asked: Tally, ds: Dossiers, *, indicator: str, outcome: str) -> Table: ...
def tally_checked(tally: Tally) -> Tally: ...
def form_06a(
    ds: Dossiers | Scan,
    *,
    period: str,
    as_of: str | None,
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    threads: int | None,
) -> Form06a: ...
def form_06a_cases(
    ds: Dossiers,
    *,
    period: str,
    as_of: str | None,
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
    column: str,
    fields: list[str | None],
) -> Table: ...
def form_06a_columns() -> list[tuple[str, int, str]]: ...
def late_list(
    ds: Dossiers,
    *,
    period: str,
    as_of: str | None,
    policy: dict[str, str],
    limits: dict[str, int] | None,
    calendar: WorkCalendar | None,
) -> LateList: ...

@final
class Form06a:
    def to_json(self) -> str: ...
    def table(self) -> Table: ...
    def to_excel(self, path: str, heading: dict[str, str], lang: str) -> None: ...

@final
class LateList:
    def to_json(self) -> str: ...
    def table(self, part: str) -> Table: ...
    def to_excel(self, path: str, heading: dict[str, str], lang: str) -> None: ...

@final
class Registers:
    def __new__(cls) -> Registers: ...
    @staticmethod
    def read(
        paths: list[str], *, mapping: dict[str, str] | None, sheet: str | None, strict: bool
    ) -> Registers: ...
    @staticmethod
    def read_one(
        path: str,
        register: str,
        *,
        mapping: dict[str, str] | None,
        sheet: str | None,
        strict: bool,
    ) -> Registers: ...
    @staticmethod
    def from_arrow(
        source: ArrowStream | ArrowArray,
        register: str,
        *,
        mapping: dict[str, str] | None,
        strict: bool,
        name: str,
    ) -> Registers: ...
    def with_others(self, other: Registers) -> Registers: ...
    def present(self) -> list[str]: ...
    def left_alone(self) -> list[str]: ...
    def limits(self) -> dict[str, int]: ...
    def tables_json(self) -> str: ...

@final
class Scan:
    @staticmethod
    def open(
        paths: list[str],
        *,
        mapping: dict[str, str] | None,
        strict: bool,
        extra: list[str],
        values: dict[str, dict[str, str]] | None = None,
        in_stream_beyond: int | None = None,
    ) -> Scan: ...
    @staticmethod
    def of_stream(
        opener: Callable[[list[str] | None], object],
        *,
        schema: object | None,
        anew: bool,
        mapping: dict[str, str] | None,
        strict: bool,
        extra: list[str],
        name: str,
        values: dict[str, dict[str, str]] | None = None,
    ) -> Scan: ...
    @property
    def rows(self) -> int | None: ...
    @property
    def opens_anew(self) -> bool: ...
    def mapping_json(self) -> str: ...
    def absent_json(self) -> str: ...
    def findings_json(self, progress: Callable[[int, int, int], object] | None = None) -> str: ...

@final
class CaseStream:
    def __iter__(self) -> CaseStream: ...
    def __next__(self) -> Table: ...
    def close(self) -> None: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Dossiers:
    @staticmethod
    def read(
        paths: list[str],
        *,
        mapping: dict[str, str] | None,
        sheet: str | None,
        strict: bool,
        duplicates: str,
        extra: list[str],
        progress: Callable[[int, int], object] | None,
        values: dict[str, dict[str, str]] | None = None,
    ) -> Dossiers: ...
    @staticmethod
    def from_arrow(
        source: ArrowStream | ArrowArray,
        *,
        mapping: dict[str, str] | None,
        strict: bool,
        duplicates: str,
        extra: list[str],
        name: str,
        values: dict[str, dict[str, str]] | None = None,
    ) -> Dossiers: ...
    def __len__(self) -> int: ...
    def forget(self) -> None: ...
    def issues_json(self) -> str: ...
    def mapping_json(self) -> str: ...
    def accounting_json(self) -> str: ...
    def quality_json(self) -> str: ...
    def absent_json(self) -> str: ...
    def left_alone_json(self) -> str: ...
    def unknown_words_json(self) -> str: ...
    def set_aside_to_excel(self, path: str, lang: str) -> int: ...
    @property
    def extra(self) -> list[str]: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Plan:
    @staticmethod
    def builtin(plan_id: str) -> Plan: ...
    @staticmethod
    def from_path(path: str) -> Plan: ...
    @staticmethod
    def from_toml(text: str) -> Plan: ...
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def warnings(self) -> list[tuple[str, str]]: ...
    def schedule_json(self) -> str | None: ...
    def schedule_state_json(self, as_of: date, done: dict[str, date], before_date: str) -> str: ...
    def to_json(self) -> str: ...

@final
class Scheme:
    @staticmethod
    def builtin(scheme_id: str) -> Scheme: ...
    @staticmethod
    def from_path(path: str) -> Scheme: ...
    @property
    def id(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def to_json(self) -> str: ...

@final
class Index:
    def __len__(self) -> int: ...
    def at(self, place: int) -> Index | None: ...
    def to_json(self) -> str: ...
    def explain(self, row: str, lang: str) -> str: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class VerdictStream:
    def __new__(
        cls,
        scan: Scan,
        plan: Plan,
        *,
        period: str,
        as_of: str | None,
        policy: dict[str, str],
        limits: dict[str, int] | None,
        calendar: WorkCalendar | None,
        columns: list[str] | None,
    ) -> VerdictStream: ...
    @property
    def column_names(self) -> list[str]: ...
    def check(self) -> None: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Tally:
    def merge(self, other: Tally) -> Tally: ...
    def scorecard(
        self, registers: Registers | None = None, plan: Plan | None = None
    ) -> Scorecard: ...
    def register_cases(
        self,
        registers: Registers,
        plan: Plan | None,
        *,
        indicator: str,
        outcome: str,
        where: dict[str, str | None],
    ) -> Table: ...
    def regroup(self, by: list[str]) -> Tally: ...
    @property
    def by(self) -> list[str]: ...
    @property
    def query_digest(self) -> str: ...
    @property
    def rows(self) -> int: ...
    def sources(self) -> list[tuple[str, bytes, int]]: ...
    def of_source(self, name: str, sha256: bytes) -> Tally: ...
    def save(self, path: str) -> None: ...
    @staticmethod
    def load(path: str) -> Tally: ...
    def packed(self) -> bytes: ...
    def to_bytes(self) -> bytes: ...
    @staticmethod
    def from_bytes(data: bytes) -> Tally: ...
    def to_json(self) -> str: ...
    @staticmethod
    def from_json(text: str) -> Tally: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class TallyReader:
    def __new__(cls) -> TallyReader: ...
    def unpack(self, data: bytes) -> Tally: ...

@final
class Scorecard:
    def total(self) -> Scorecard: ...
    def to_json(self) -> str: ...
    def explain(self, indicator: str, lang: str) -> str: ...
    def to_excel(self, path: str, lang: str) -> None: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class Integrity:
    def to_json(self) -> str: ...
    def cases(self, ds: Dossiers, flag: str) -> Table: ...

@final
class Table:
    @property
    def num_rows(self) -> int: ...
    @property
    def column_names(self) -> list[str]: ...
    def head(self, rows: int) -> Table: ...
    def to_json_rows(self, limit: int) -> str: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class WorkCalendar:
    @staticmethod
    def vietnam() -> WorkCalendar: ...
    @staticmethod
    def from_csv(path: str) -> WorkCalendar: ...
    def add_working_days(self, day: date, n: int) -> date: ...
    def working_days_between(self, start: date, end: date) -> int: ...
    def is_working_day(self, day: date) -> bool: ...
    def next_working_day(self, day: date) -> date: ...
    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def first_year(self) -> int: ...
    @property
    def last_year(self) -> int: ...
    @property
    def provisional_years(self) -> list[int]: ...
