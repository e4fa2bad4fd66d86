"""Bộ chỉ số 766: nhóm, dòng, điểm tối đa, và mỗi điều chắc chắn đến đâu."""

import html
import json
import os
from functools import cached_property
from typing import Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._files import PathLike
from tthc_kpi._paths import name_or_path
from tthc_kpi._text import clean

__all__ = ["Scheme", "scheme_of", "schemes"]


def schemes() -> list[str]:
    """Các bộ chỉ số có sẵn: the ids of the built-in schemes.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> tk.schemes()
    ['qd-766-2022', 'qd-766-2026']
    """
    return _tthc_kpi.builtin_schemes()


class Scheme:
    """Bộ chỉ số của Quyết định 766/QĐ-TTg: data, not code; each aspect says how sure it is.

    Parameters
    ----------
    source
        The id of a built-in scheme (see :func:`schemes`), or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        The id is neither a built-in scheme nor a file.
    QueryError
        It is neither text nor a path.
    PlanError
        The file is not a valid scheme; the message lists every fault with its line.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> scheme = tk.Scheme("qd-766-2026")
    >>> scheme.complete, len(scheme.rows), scheme.groups[0]["maximum"]
    (True, 28, '18')
    >>> row = next(row for row in scheme.rows if row["code"] == "2.1")
    >>> row["id"], row["maximum"], row["counts"]["denominator"]
    ('on_time', '20', ['received'])
    """

    def __init__(self, source: PathLike) -> None:
        text, is_path = name_or_path(source, "scheme", schemes)
        self._core = _tthc_kpi.Scheme.from_path(text) if is_path else _tthc_kpi.Scheme.builtin(text)

    @cached_property
    def _document(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self._core.to_json())
        return document

    @property
    def id(self) -> str:
        """Mã bộ chỉ số: the id."""
        return self._core.id

    @property
    def title(self) -> str:
        """Tên bộ chỉ số, tiếng Việt: the title."""
        return str(self._document["title"]["vi"])

    @property
    def complete(self) -> bool:
        """Đã biết mọi dòng cho điểm chưa; an index of another scheme has ratios but no score."""
        return bool(self._document["complete"])

    @property
    def digest(self) -> str:
        """Mã đối chiếu nội dung: changes when anything in the scheme changes."""
        return self._core.digest

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Các nhóm: id, name, maximum (points, as text) and evidence of each."""
        return list(self._document["groups"])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Các dòng: id, code, maximum, formula, names of the counts, evidence, differences."""
        return list(self._document["rows"])

    @property
    def sources(self) -> list[dict[str, Any]]:
        """Các nguồn: id, kind, title and place of what the scheme rests on."""
        return list(self._document["sources"])

    def to_json(self) -> str:
        """Toàn bộ bộ chỉ số thành JSON: the whole scheme as JSON text."""
        return self._core.to_json()

    def __repr__(self) -> str:
        return f"<Scheme {self.id}: {self.title}>"

    def _repr_html_(self) -> str:
        return f"<p><strong>{html.escape(clean(self.title))}</strong> ({html.escape(self.id)})</p>"


def scheme_of(scheme: object) -> Scheme:
    """The scheme, by its id, its path, or itself."""
    if isinstance(scheme, Scheme):
        return scheme
    if isinstance(scheme, str | os.PathLike):
        return Scheme(scheme)
    from tthc_kpi._errors import QueryError

    raise QueryError(
        "not_a_scheme",
        f"cần bộ chỉ số: 'qd-766-2026' [expected a scheme, got {type(scheme).__name__}]",
    )
