"""Sổ, danh mục đi kèm hồ sơ: danh mục TTHC, phản ánh kiến nghị, nhiệm vụ, rà soát, kho kết quả."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypedDict, Unpack

from tthc_kpi import _tthc_kpi
from tthc_kpi._databases import explained
from tthc_kpi._dossiers import Issue, issue_from_json
from tthc_kpi._errors import InputError, UnknownNameError
from tthc_kpi._files import PathLike, files_of
from tthc_kpi._frames import arrow_source
from tthc_kpi._text import count, nearest, register_title

__all__ = [
    "RegisterPart",
    "RegisterSources",
    "RegisterTable",
    "Registers",
    "limits_beside",
    "registers_of",
]

NAMES = tuple(slug for slug, *_ in _tthc_kpi.registers())

_COLUMNS = {slug: names for slug, _, _, names in _tthc_kpi.registers()}


class RegisterSources(TypedDict, total=False):
    """The registers by name, each a path or a table."""

    procedures: object
    petitions: object
    tasks: object
    reviews: object
    archive: object
    plan_tasks: object
    declared: object


@dataclass(frozen=True, slots=True)
class RegisterPart:
    """Một nơi lấy sổ (tệp, trang): ``rows_read = kept + sum(set_aside.values())``.

    ``absent`` are columns that it lacks and another source of the register has.
    """

    source: str
    sheet: str | None
    rows_read: int
    kept: int
    set_aside: dict[str, int]
    skipped: dict[str, int]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegisterTable:
    """Một sổ đã đọc: nơi lấy, cột nhận ra, và từng dòng đi đâu.

    ``rows_read = kept + sum(set_aside.values())``; ``skipped`` are rows that hold no entry (blank,
    headings, totals), outside the sum. ``columns`` maps a column of the register to its header.
    ``parts`` are the files and sheets it was read from: several are joined, and of two rows of one
    key the one that says when the matter ended stands, else the first.
    """

    register: str
    source: str
    sheet: str | None
    columns: Mapping[str, str]
    rows_read: int
    kept: int
    set_aside: Mapping[str, int]
    skipped: Mapping[str, int]
    issues: tuple[Issue, ...]
    parts: tuple[RegisterPart, ...]


class _AllColumns:
    """A register is small: all its columns are handed over, and those it knows are read."""

    def among(self, names: Iterable[object]) -> list[str]:
        """Every column that has a name."""
        return [name for name in names if isinstance(name, str)]


class Registers:
    """Các sổ, danh mục đi kèm hồ sơ, đọc từ tệp hoặc nhận bảng trong bộ nhớ.

    Parameters
    ----------
    files
        A path, a pattern such as ``"so-2026/*.xlsx"``, or several of them: every table in them that
        is one of the registers is read, whichever sheet it is on; tables of one register are
        joined. JSON (a list of objects) and ``.zip`` too.
    procedures, petitions, tasks, reviews, archive, plan_tasks, declared
        One register each: a path, or a table (pandas, polars, pyarrow, DuckDB, an ADBC cursor, a
        list of dicts).
        What columns each may have: :meth:`columns_of`, or ``docs/so-dang-ky.md``.
    mapping
        ``{header: column}`` for headers that are not recognised, or to overrule.
    sheet
        The sheet to read of a workbook.
    strict
        Raise :class:`InputError` at the first issue instead of setting it aside.

    Raises
    ------
    InputError
        A file or table is no register.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> entries = [
    ...     {"Mã thủ tục": "1.001193", "Có phí, lệ phí": "Không"},
    ...     {"Mã thủ tục": "1.001669", "Có phí, lệ phí": ""},
    ... ]
    >>> registers = tk.Registers(procedures=entries)
    >>> registers.names, registers["procedures"].kept
    (('procedures',), 2)
    """

    def __init__(
        self,
        files: PathLike | Sequence[PathLike] | None = None,
        *,
        mapping: Mapping[str, str] | None = None,
        sheet: str | None = None,
        strict: bool = False,
        **sources: Unpack[RegisterSources],
    ) -> None:
        renamed = None if mapping is None else dict(mapping)
        self._core = _tthc_kpi.Registers()
        if files is not None:
            self._core = _tthc_kpi.Registers.read(
                files_of(files), mapping=renamed, sheet=sheet, strict=strict
            )
        for name, source in sources.items():
            if name not in NAMES:
                raise UnknownNameError(
                    "unknown_register",
                    f"không có sổ {name!r} [unknown register]{nearest(name, NAMES)}",
                )
            if source is None:
                continue
            if isinstance(source, str | os.PathLike):
                (path,) = files_of([source])
                one = _tthc_kpi.Registers.read_one(
                    path, name, mapping=renamed, sheet=sheet, strict=strict
                )
            else:
                table = arrow_source(source, _AllColumns())
                with explained(source):
                    one = _tthc_kpi.Registers.from_arrow(
                        table, name, mapping=renamed, strict=strict, name=name
                    )
            self._core = self._core.with_others(one)

    @classmethod
    def _of(cls, core: _tthc_kpi.Registers) -> "Registers":
        registers = cls.__new__(cls)
        registers._core = core
        return registers

    @staticmethod
    def columns_of(register: str) -> dict[str, str]:
        """Các cột một sổ có thể có: name and Vietnamese title.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> tk.Registers.columns_of("plan_tasks")
        {'id': 'Mã việc', 'done': 'Ngày hoàn thành'}
        """
        if register not in _COLUMNS:
            raise UnknownNameError(
                "unknown_register",
                f"không có sổ {register!r} [unknown register]{nearest(str(register), NAMES)}",
            )
        return dict(_COLUMNS[register])

    @property
    def names(self) -> tuple[str, ...]:
        """Những sổ đã có."""
        return tuple(self._core.present())

    @property
    def left_alone(self) -> tuple[str, ...]:
        """Những trang không nhận ra là sổ nào, nên không đọc: each with its file."""
        return tuple(self._core.left_alone())

    def __getitem__(self, register: str) -> RegisterTable:
        for table in self.tables:
            if table.register == register:
                return table
        raise UnknownNameError(
            "unknown_register",
            f"không có sổ {register!r} ở đây [no such register here]"
            f"{nearest(str(register), self.names)}",
        )

    @property
    def tables(self) -> tuple[RegisterTable, ...]:
        """Từng sổ: where it came from and where its rows went."""
        return tuple(
            RegisterTable(
                register=table["register"],
                source=table["source"],
                sheet=table["sheet"],
                columns=MappingProxyType(
                    {column["column"]: column["source"] for column in table["columns"]}
                ),
                rows_read=table["read"],
                kept=table["kept"],
                set_aside=MappingProxyType(table["set_aside"]),
                skipped=MappingProxyType(table["skipped"]),
                issues=tuple(issue_from_json(issue) for issue in table["issues"]),
                parts=tuple(
                    RegisterPart(
                        source=part["source"],
                        sheet=part["sheet"],
                        rows_read=part["read"],
                        kept=part["kept"],
                        set_aside=part["set_aside"],
                        skipped=part["skipped"],
                        absent=tuple(part["absent"]),
                    )
                    for part in table["parts"]
                ),
            )
            for table in json.loads(self._core.tables_json())
        )

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Những gì không đọc được hay bị để riêng, của mọi sổ.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> twice = [{"Mã thủ tục": "1.001193"}, {"Mã thủ tục": "1.001193"}]
        >>> (issue,) = tk.Registers(procedures=twice).issues
        >>> issue.reason, issue.row, issue.column
        ('duplicate', 2, 'procedures.code')
        """
        return tuple(issue for table in self.tables for issue in table.issues)

    def __repr__(self) -> str:
        parts = [
            f"{register_title(table.register, 'vi')}: {count(table.kept, 'vi')} dòng"
            for table in self.tables
        ]
        return f"<Registers: {'; '.join(parts) if parts else 'chưa có sổ nào'}>"


def limits_beside(
    registers: Registers | None, limits: Mapping[str, int] | None
) -> Mapping[str, int] | None:
    """The limits a caller gave, else those of the register of procedures."""
    if limits is not None or registers is None:
        return limits
    return registers._core.limits() or None


def registers_of(
    registers: "Registers | PathLike | Sequence[PathLike] | None", sources: RegisterSources
) -> Registers | None:
    """What a caller gave as registers, together; nothing when none was given."""
    given: RegisterSources = {
        name: source for name, source in sources.items() if source is not None
    }  # type: ignore[assignment]
    if registers is None and not given:
        return None
    if isinstance(registers, Registers):
        if not given:
            return registers
        more = Registers(**given)
        return Registers._of(registers._core.with_others(more._core))
    if registers is not None and not isinstance(registers, str | os.PathLike | list | tuple):
        raise InputError(
            "not_registers",
            "registers là tệp sổ, hoặc tk.Registers(...); một bảng thì đưa theo tên sổ, như"
            " procedures=bảng [a path or Registers; a table is given under its register's name]",
        )
    return Registers(registers, **given)
