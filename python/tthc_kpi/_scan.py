"""Dữ liệu được đếm dần: files and streams larger than the memory."""

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._databases import explained
from tthc_kpi._errors import QueryError
from tthc_kpi._files import PathLike, files_of
from tthc_kpi._frames import Wanted
from tthc_kpi._issue import Issue, issue_from_json
from tthc_kpi._mapping import (
    AbsentColumns,
    ColumnMapping,
    MappingLike,
    ValuesLike,
    columns_of,
    wishes_of,
)
from tthc_kpi._progress import ScanProgress
from tthc_kpi._streams import paths_of, stream_of

__all__ = ["Scan", "scan"]


class Scan:
    """Tệp hoặc dòng dữ liệu được đếm dần, không nạp hết vào bộ nhớ.

    Made by :func:`scan`; :func:`evaluate` and :func:`tally` take it in place of a
    :class:`Dossiers`. It is read anew for every question.
    """

    def __init__(self, core: _tthc_kpi.Scan, files: Sequence[str] = ()) -> None:
        self._core = core
        self._files = tuple(files)

    @property
    def files(self) -> tuple[str, ...]:
        """Các tệp sẽ đọc, theo thứ tự đọc: the paths, folders and patterns written out.

        Empty for a stream.
        """
        return self._files

    @property
    def rows(self) -> int | None:
        """Số dòng, theo lời của chính các tệp; ``None`` where only reading tells (CSV, streams)."""
        return self._core.rows

    def __len__(self) -> int:
        if self.rows is None:
            raise QueryError(
                "rows_unknown",
                "chưa đọc thì chưa biết có bao nhiêu dòng: xem accounting của bảng điểm"
                " [the number of rows is known once they are read: see the card's accounting]",
            )
        return self.rows

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        rows = "rows not known yet" if self.rows is None else f"{self.rows} rows"
        of = f"{len(self._files)} files, " if self._files else ""
        return f"<Scan: {of}{rows}>"

    @property
    def opens_anew(self) -> bool:
        """Hỏi được nhiều lần: false for a stream that can be read only once."""
        return self._core.opens_anew

    @property
    def mapping(self) -> tuple[ColumnMapping, ...]:
        """Từng cột được hiểu thế nào, theo tiêu đề: how each header is read.

        Which number of a date is the month is not told here: the values tell, and a card warns.
        """
        return columns_of(self._core.mapping_json())

    @property
    def absent(self) -> tuple[AbsentColumns, ...]:
        """Tệp nào thiếu cột mà tệp khác có: their dossiers are unknown there."""
        return tuple(
            AbsentColumns(of["file"], of["sheet"], tuple(of["columns"]))
            for of in json.loads(self._core.absent_json())
        )

    @cached_property
    def _findings(self) -> dict[str, Any]:
        with ScanProgress() as progress:
            findings: dict[str, Any] = json.loads(self._core.findings_json(progress))
        return findings

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """Những gì không đọc được hay bị loại, từng chỗ một, nhiều nhất 10.000.

        The files are read once for it, in bounded memory; what is told is what :func:`read` tells
        with ``duplicates="assume_unique"``.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = pathlib.Path(folder.name) / "hoso.csv"
        >>> lines = ["Mã hồ sơ,Ngày tiếp nhận", "A,05/01/2026", "B,hôm nào"]
        >>> _ = path.write_text(chr(10).join(lines), encoding="utf-8")
        >>> scan = tk.scan(path)
        >>> scan.issues[0].row, scan.accounting["set_aside"]
        (3, {'unreadable_received_at': 1})
        >>> folder.cleanup()
        """
        return tuple(issue_from_json(dict(issue)) for issue in self._findings["issues"])

    @property
    def accounting(self) -> dict[str, Any]:
        """Sổ dòng: read = kept + excluded (by reason) + set aside (by reason).

        Read once like :attr:`issues`; as :attr:`Dossiers.accounting` tells it.
        """
        return dict(self._findings["accounting"])


def scan(
    source: PathLike | Sequence[PathLike] | Callable[[], object] | object,
    *,
    mapping: MappingLike = None,
    values: ValuesLike = None,
    strict: bool = False,
    extra: Sequence[str] = (),
    name: str = "stream",
) -> Scan:
    """Mở tệp Parquet, CSV hay dòng dữ liệu Arrow để đếm dần, cho dữ liệu lớn hơn bộ nhớ.

    What is read is counted and let go of; memory does not grow with the rows. Only the columns
    that the question needs are kept. A row group of a Parquet file whose statistics show that none
    of its dossiers can be in the period is not read; ``card.accounting["skipped"]`` tells how many
    rows those are. Dossier ids are taken to be unique (``uniqueness: assumed``). All else is as
    :func:`read` gives it: headers, encodings, separators, dates, rows set aside.

    Parameters
    ----------
    source
        A path, a folder (with the folders in it), a pattern such as ``"nam-2026/*.parquet"``, or
        several of them, of ``.parquet`` and ``.csv``, mixed as they come; or a pyarrow dataset, a
        DuckDB relation, a polars ``LazyFrame``; or anything with ``__arrow_c_stream__``, or an
        iterator of such tables, which can be read once; or a callable that opens one of these anew
        for every question.
    mapping
        ``{header: column}`` for headers that are not recognised, or to overrule; or the path of
        a TOML file that :meth:`Dossiers.save_mapping` wrote.
        Of columns with the very same header the second is ``"Header#2"``.
    values
        ``{column: {word: value}}``, as in :func:`read`.
    strict
        Raise :class:`InputError` at the first issue instead of setting it aside.
    extra
        Further columns to load as dimensions.
    name
        What to call a stream in issues.

    Raises
    ------
    MissingFileError
        A path or pattern matches no file; a folder has none.
    InputError
        A file is not a Parquet or CSV file of dossiers; a stream has been read and cannot be opened
        anew.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import pyarrow, pyarrow.parquet
    >>> import tthc_kpi as tk
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "hoso.parquet"
    >>> pyarrow.parquet.write_table(pyarrow.table(tk.synth(500)), path)
    >>> plan = tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(tk.scan(folder.name), plan, period="2026-Q2")
    >>> same = tk.evaluate(tk.read(path), plan, period="2026-Q2")
    >>> card["on_time_rate"].rate == same["on_time_rate"].rate
    True
    >>> stream = tk.scan(lambda: pyarrow.parquet.ParquetFile(path).iter_batches(100))
    >>> again = tk.evaluate(stream, plan, period="2026-Q2")
    >>> again["on_time_rate"].rate == same["on_time_rate"].rate
    True
    >>> folder.cleanup()
    """
    renamed, words = wishes_of(mapping, values)
    paths = paths_of(source)
    if paths is not None:
        files = files_of(paths, deep=True)
        core = _tthc_kpi.Scan.open(
            files, mapping=renamed, strict=strict, extra=list(extra), values=words
        )
        return Scan(core, files)
    stream = stream_of(source, Wanted(renamed, extra))
    with explained(source):
        core = _tthc_kpi.Scan.of_stream(
            stream.opener,
            schema=stream.schema,
            anew=stream.anew,
            mapping=renamed,
            strict=strict,
            extra=list(extra),
            name=name,
            values=words,
        )
    return Scan(core)
