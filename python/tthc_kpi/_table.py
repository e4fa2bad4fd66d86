"""Bảng dòng dữ liệu: dossiers made by ``synth``, or the dossiers behind a number."""

import csv
import html
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._errors import QueryError
from tthc_kpi._frames import ArrowStream
from tthc_kpi._text import clean

__all__ = ["Table", "synth"]

SHOWN_ROWS = 10


class Table(ArrowResult):
    """Bảng cột theo chuẩn của thư viện; đưa sang pandas, polars, pyarrow, DuckDB tùy ý.

    A table of the canonical columns. It is what :func:`synth` and ``Scorecard.cases`` return.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> table = tk.synth(5, seed=1)
    >>> len(table), "received_at" in table.column_names
    (5, True)
    """

    def __init__(self, core: _tthc_kpi.Table) -> None:
        self._core = core

    def _stream(self) -> ArrowStream:
        return self._core

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()

    def __len__(self) -> int:
        return self._core.num_rows

    @property
    def column_names(self) -> list[str]:
        """Tên các cột: the column names, in order."""
        return self._core.column_names

    def to_dicts(self, limit: int | None = None) -> list[dict[str, object]]:
        """Thành danh sách dict: the rows as dicts, all of them or the first ``limit``.

        Instants are ISO text, decimals text, so that nothing is rounded.
        """
        rows: list[dict[str, object]] = json.loads(
            self._core.to_json_rows(len(self) if limit is None else limit)
        )
        return rows

    def __iter__(self) -> Iterator[dict[str, object]]:
        return iter(self.to_dicts())

    def __repr__(self) -> str:
        return f"<Table: {len(self)} rows, columns {', '.join(self.column_names)}>"

    def _repr_html_(self) -> str:
        names = self.column_names
        head = "".join(f"<th scope='col'>{html.escape(clean(name))}</th>" for name in names)
        body = "".join(
            "<tr>" + "".join(f"<td>{_cell(row.get(name))}</td>" for name in names) + "</tr>"
            for row in self.to_dicts(SHOWN_ROWS)
        )
        shown = min(SHOWN_ROWS, len(self))
        return (
            f"<table><caption>{shown} / {len(self)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )


def _cell(value: object) -> str:
    return "" if value is None else html.escape(clean(str(value)))


def write_csv(path: Path, headers: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Into a CSV that Excel opens as it is: UTF-8 with its mark; no cell can be a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_plain(header) for header in headers)
        writer.writerows([_plain(value) for value in row] for row in rows)


def _plain(value: object) -> object:
    # Excel takes a text that begins so for a formula.
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def synth(n: int, seed: int = 0) -> Table:
    """Sinh hồ sơ giả định, giống thật, để thử và đo; không có dữ liệu cá nhân.

    A realistic table of ``n`` dossiers of 2026 in the canonical columns: the skew of procedures,
    the seasons of the year with Tết, early, on the day, late, open, paused and withdrawn ones,
    payments, and satisfaction slips for a part. The same ``n`` and ``seed`` make the same rows.

    Parameters
    ----------
    n
        How many dossiers.
    seed
        Which of the possible worlds.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(1000, seed=7))
    >>> len(ds)
    1000
    """
    if n < 0 or seed < 0:
        raise QueryError("bad_count", "n và seed phải từ 0 [n and seed are not negative]")
    return Table(_tthc_kpi.synth(n, seed))
