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
    "LeftAlone",
    "MappingLike",
    "UnknownWord",
    "UnknownWords",
    "ValuesLike",
    "columns_of",
    "left_alone_of",
    "mapping_text",
    "unknown_words_of",
    "wishes_of",
]

MappingLike = Mapping[str, str] | PathLike | None
ValuesLike = Mapping[str, Mapping[str, str]] | None
Columns = dict[str, str]
Values = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Một cột của tệp được hiểu là cột nào.

    ``column`` is ``None`` for a header that is not read; ``rule`` is ``"exact"``, ``"synonym"``,
    ``"caller"``, ``"personal"`` (dropped) or ``"ignored"``. ``month_first`` tells that
    a value of the column proved its dates to have the month first, and all were read so.
    ``values`` are the words of the column that were mapped, each with what it is read as.
    """

    source: str
    column: str | None
    rule: str
    sheet: str | None
    file: str
    month_first: bool
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Một tệp hay trang không cho hồ sơ nào, và vì sao.

    ``why`` is ``"empty"``, ``"no_rows"`` (headers without a row), ``"no_header"`` (something is
    written there, no row has the headers) or ``"register"``, which ``register`` then names.
    """

    file: str
    sheet: str | None
    why: str
    register: str | None


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """Một chữ không hiểu được: how many rows have it, and the first of them. Never the word."""

    rows: int
    first: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class UnknownWords:
    """Các chữ không hiểu được của một cột: each of ``words`` is one spelling, in order of rows."""

    column: str
    source: str
    file: str
    sheet: str | None
    words: tuple[UnknownWord, ...]


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
            values=tuple((word, of) for word, of in column["values"]),
        )
        for column in json.loads(mapping)
    )


def left_alone_of(left: str) -> tuple[LeftAlone, ...]:
    """What was left alone, as the extension tells it."""
    return tuple(LeftAlone(**of) for of in json.loads(left))


def unknown_words_of(words: str) -> tuple[UnknownWords, ...]:
    """The unknown words, as the extension tells them."""
    return tuple(
        UnknownWords(
            of["column"],
            of["source"],
            of["file"],
            of["sheet"],
            tuple(UnknownWord(word["rows"], tuple(word["first"])) for word in of["words"]),
        )
        for of in json.loads(words)
    )


def wishes_of(mapping: MappingLike, values: ValuesLike) -> tuple[Columns | None, Values | None]:
    """What headers and words mean: a mapping, or one kept in a TOML file, and the values beside it.

    A file has ``"Header" = "column"`` under ``[columns]`` and ``"word" = "value"`` under
    ``[values.column]``; values given beside it win.
    """
    kept: Columns | None = None
    words: Values = {}
    if isinstance(mapping, Mapping):
        kept = dict(mapping)
    elif mapping is not None:
        kept, words = _kept(mapping)
    for column, of in (values or {}).items():
        if not isinstance(of, Mapping):
            raise InputError(
                "bad_mapping",
                'values= cần dạng {"status": {"chữ trong ô": "returned"}}'
                " [values= maps a column to its words]",
            )
        words[column] = words.get(column, {}) | dict(of)
    return kept, words or None


def _kept(mapping: PathLike) -> tuple[Columns, Values]:
    name = Path(mapping).name
    try:
        document = tomllib.loads(Path(mapping).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingFileError("missing_file", f"không có tệp {name!r} [no such file]") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError("bad_mapping", f"{name}: không phải TOML [not TOML]") from error
    columns, values = document.get("columns", {}), document.get("values", {})
    others = sorted(set(document) - {"columns", "values"})
    tables = isinstance(columns, dict) and isinstance(values, dict)
    if (
        not tables
        or not document
        or others
        or not all(isinstance(v, dict) for v in values.values())
    ):
        found = f"; có {', '.join(map(repr, others))}" if others else ""
        raise InputError(
            "bad_mapping",
            f'{name}: cần bảng [columns] gồm các dòng "Tiêu đề" = "cột", và có thể các bảng'
            f' [values.cột] gồm các dòng "chữ" = "giá trị"{found}'
            " [expected a table [columns], and tables [values.column]]",
        )
    for table in (columns, *values.values()):
        for header, column in table.items():
            if not isinstance(column, str):
                raise InputError(
                    "bad_mapping",
                    f"{name}: {header!r} cần tên một cột hay giá trị, viết bằng chữ"
                    " [expected the name of a column or a value, as text]",
                )
    return columns, values


def mapping_text(columns: Iterable[ColumnMapping]) -> str:
    """The mapping as a TOML file that :func:`wishes_of` reads."""
    lines = ["# Tiêu đề trong tệp = cột được hiểu; ignore: không dùng.", "[columns]"]
    kept: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for column in columns:
        if column.rule != "personal":
            kept.setdefault(column.source, column.column or "ignore")
        if column.column and column.values:
            values.setdefault(column.column, {}).update(column.values)
    lines += _pairs(kept)
    for name, words in values.items():
        lines += ["", f"[values.{name}]", *_pairs(words)]
    return "\n".join(lines) + "\n"


def _pairs(pairs: Mapping[str, str]) -> list[str]:
    # What JSON writes of a text is a text of TOML too.
    return [
        " = ".join(json.dumps(text, ensure_ascii=False) for text in pair) for pair in pairs.items()
    ]
