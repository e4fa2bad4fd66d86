"""Mã hoặc đường dẫn mà người dùng đưa vào."""

import os
from collections.abc import Callable, Sequence

from tthc_kpi._errors import QueryError

__all__ = ["name_or_path"]

# What is asked for: in Vietnamese and in English.
_NAMES = {"plan": ("kế hoạch", "plan"), "scheme": ("bộ chỉ số", "scheme")}


def name_or_path(source: object, what: str, known: Callable[[], Sequence[str]]) -> tuple[str, bool]:
    """The text of an id or of a path, and whether it is a path.

    >>> from pathlib import Path
    >>> name_or_path("qd-766-2026", "scheme", list), name_or_path(Path("a"), "plan", list)
    (('qd-766-2026', False), ('a', True))
    """
    text = source if isinstance(source, str) else None
    if isinstance(source, os.PathLike):
        path = os.fspath(source)
        text = path if isinstance(path, str) else None
    if text is None:
        (vi, en), ids, kind = _NAMES[what], ", ".join(known()), type(source).__name__
        english = (
            f"expected the id of a built-in {en} ({ids}) or the path of a TOML file, got {kind}"
        )
        raise QueryError(
            f"not_a_{what}",
            f"{kind} không phải {vi}: cần mã có sẵn ({ids}) hoặc đường dẫn tệp TOML [{english}]",
            english,
        )
    return text, not isinstance(source, str) or text.endswith(".toml") or os.sep in text
