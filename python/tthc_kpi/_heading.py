"""Phần đầu và phần ký của biểu mẫu: who reports, to whom, who signs."""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from tthc_kpi._calendar import day_of
from tthc_kpi._errors import InputError, MissingFileError, QueryError
from tthc_kpi._files import PathLike

__all__ = ["Heading", "heading_parts"]

Heading = Mapping[str, str] | PathLike


def heading_parts(heading: Heading | None) -> dict[str, str]:
    """The parts of a heading by their names, from a mapping or a TOML file.

    Which parts there are: the page ``docs/bieu-mau.md``; a wrong one is an error that names the
    nearest.

    >>> heading_parts({"agency": "UBND phường Đồng Nguyên"})
    {'agency': 'UBND phường Đồng Nguyên'}
    >>> heading_parts(None)
    {}
    """
    if heading is None:
        return {}
    if isinstance(heading, Mapping):
        return _texts(heading)
    if not isinstance(heading, str | os.PathLike):
        kind = type(heading).__name__
        raise QueryError(
            "bad_heading",
            f"{kind} không phải phần đầu biểu: cần dict hoặc đường dẫn tệp TOML"
            " [expected a dict or the path of a TOML file]",
        )
    path = Path(os.fspath(heading))
    try:
        return _texts(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise MissingFileError(
            "missing_file", f"không có tệp {path.name!r} [no such file]"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Not the parser's message: it may quote the file.
        raise InputError(
            "bad_heading", f"{path.name}: không phải tệp TOML đúng [not a valid TOML file]"
        ) from None


def _texts(given: Mapping[str, object]) -> dict[str, str]:
    parts = dict(given)
    if "date" in parts:
        parts["date"] = _signed(parts["date"])
    wrong = [name for name, text in parts.items() if not isinstance(text, str)]
    if wrong:
        raise InputError(
            "bad_heading",
            f"phần {wrong[0]!r} của đầu biểu phải là chữ trong ngoặc kép [must be a text]",
        )
    return {name: text for name, text in parts.items() if isinstance(text, str)}


def _signed(day: object) -> object:
    """A date of signature as ISO text; words that begin with "ngày" stay, to be filled in by hand.

    >>> _signed("02/04/2026"), _signed("ngày … tháng 4 năm 2026")
    ('2026-04-02', 'ngày … tháng 4 năm 2026')
    """
    if isinstance(day, date):
        return day_of(day).isoformat()
    text = day.strip() if isinstance(day, str) else day
    if not isinstance(text, str) or not text or text.lower().startswith("ngày "):
        return text
    try:
        return day_of(text).isoformat()
    except QueryError:
        raise InputError(
            "bad_heading",
            f"ngày ký {text!r} không hợp lệ: viết dd/mm/yyyy, yyyy-mm-dd, hoặc chữ bắt đầu bằng"
            " 'ngày ' [bad date of signature: a date, or words that begin with 'ngày ']",
        ) from None
