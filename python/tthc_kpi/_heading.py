"""Phần đầu và phần ký của biểu mẫu: who reports, to whom, who signs."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

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


def _texts(parts: Mapping[str, object]) -> dict[str, str]:
    wrong = [name for name, text in parts.items() if not isinstance(text, str)]
    if wrong:
        raise InputError(
            "bad_heading",
            f"phần {wrong[0]!r} của đầu biểu phải là chữ trong ngoặc kép [must be a text]",
        )
    return {name: text for name, text in parts.items() if isinstance(text, str)}
