"""Cột nào của tệp là cột nào: nhìn lại được, giữ lại được, và mỗi cột có được bao nhiêu."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tthc_kpi._errors import InputError, MissingFileError
from tthc_kpi._files import PathLike

__all__ = [
    "AbsentColumns",
    "ColumnMapping",
    "ColumnQuality",
    "MappingLike",
    "columns_of",
    "mapping_of",
    "mapping_text",
]

MappingLike = Mapping[str, str] | PathLike | None


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Một cột của tệp được hiểu là cột nào.

    ``column`` is ``None`` for a header that is not read; ``rule`` is ``"exact"``, ``"synonym"``,
    ``"caller"``, ``"personal"`` (dropped) or ``"ignored"``. ``month_first`` tells that
    a value of the column proved its dates to have the month first, and all were read so.
    """

    source: str
    column: str | None
    rule: str
    sheet: str | None
    file: str
    month_first: bool


@dataclass(frozen=True, slots=True)
class ColumnQuality:
    """Một cột có được bao nhiêu: known + unknown + rows set aside = rows read.

    ``refused`` are those of the unknown where something stood that could not be: unreadable, out
    of range, above its whole. ``set_aside`` are the rows set aside because of this column.
    """

    column: str
    known: int
    unknown: int
    refused: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class AbsentColumns:
    """Một tệp hay trang thiếu những cột mà nơi khác có: its dossiers are unknown there."""

    file: str
    sheet: str | None
    columns: tuple[str, ...]


def columns_of(mapping: str) -> tuple[ColumnMapping, ...]:
    """The mapping as the extension tells it."""
    return tuple(
        ColumnMapping(
            source=column["source"],
            column=column["column"],
            rule=column["rule"],
            sheet=column.get("sheet"),
            file=column["file"],
            month_first=column["month_first"],
        )
        for column in json.loads(mapping)
    )


def mapping_of(mapping: MappingLike) -> dict[str, str] | None:
    """A mapping, or the one kept in a TOML file: ``"Header" = "column"`` under ``[columns]``."""
    if mapping is None or isinstance(mapping, Mapping):
        return None if mapping is None else dict(mapping)
    name = Path(mapping).name
    try:
        document = tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingFileError("missing_file", f"không có tệp {name!r} [no such file]") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("bad_mapping", f"{name}: không phải TOML [not TOML]") from error
    columns = document.get("columns")
    others = sorted(set(document) - {"columns"})
    if not isinstance(columns, dict) or others:
        found = f"; có {', '.join(map(repr, others))}" if others else ""
        raise InputError(
            "bad_mapping",
            f'{name}: cần đúng một bảng [columns] gồm các dòng "Tiêu đề" = "cột"{found}'
            " [expected one table, [columns]]",
        )
    for header, column in columns.items():
        if not isinstance(column, str):
            raise InputError(
                "bad_mapping",
                f"{name}: {header!r} cần tên một cột, viết bằng chữ [expected a column's name]",
            )
    return columns


def mapping_text(columns: Iterable[ColumnMapping]) -> str:
    """The mapping as a TOML file that :func:`mapping_of` reads."""
    lines = ["# Tiêu đề trong tệp = cột được hiểu; ignore: không dùng.", "[columns]"]
    kept: dict[str, str] = {}
    for column in columns:
        if column.rule != "personal":
            kept.setdefault(column.source, column.column or "ignore")
    # What JSON writes of a text is a text of TOML too.
    quoted = ((json.dumps(text, ensure_ascii=False) for text in pair) for pair in kept.items())
    return "\n".join([*lines, *(" = ".join(pair) for pair in quoted)]) + "\n"
