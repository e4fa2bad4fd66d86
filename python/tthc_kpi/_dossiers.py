"""Hồ sơ TTHC đã nạp: đọc từ tệp, hoặc nhận bảng trong bộ nhớ."""

import html
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._databases import explained
from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._files import PathLike, files_of
from tthc_kpi._frames import ArrowStream, Wanted, arrow_source
from tthc_kpi._issue import Issue, issue_from_json
from tthc_kpi._mapping import (
    AbsentColumns,
    ColumnMapping,
    ColumnQuality,
    LeftAlone,
    MappingLike,
    UnknownWords,
    ValuesLike,
    columns_of,
    left_alone_of,
    mapping_text,
    unknown_words_of,
    wishes_of,
)
from tthc_kpi._scan import Scan, scan
from tthc_kpi._text import Lang, clean, count, lang_of

__all__ = [
    "Dossiers",
    "Duplicates",
    "Issue",
    "Scan",
    "issue_from_json",
    "read",
    "scan",
]

Duplicates = Literal["resolve", "error", "assume_unique"]


class Dossiers(ArrowResult):
    """Tập hồ sơ đã kiểm tra, sẵn sàng để tính.

    Built from anything that holds a table: pandas, polars (also lazy), pyarrow, a DuckDB relation,
    an ADBC cursor that has executed a query (SQLite, PostgreSQL: ``docs/co-so-du-lieu.md``), any
    object with ``__arrow_c_stream__`` or ``__arrow_c_array__``, a list of dicts. Columns are found
    by the canonical names or by Vietnamese headers. Personal columns are never loaded.

    Parameters
    ----------
    table
        The table.
    mapping
        ``{header: column}`` for headers that are not recognised, or to overrule; or the path of
        a TOML file that :meth:`Dossiers.save_mapping` wrote.
        Of columns with the very same header the second is ``"Header#2"``.
    values
        ``{column: {word: value}}`` for words of a column that are not recognised, or to overrule:
        ``{"status": {"Lưu kho": "returned"}}``. A value is written as in a cell of the column.
    strict
        Raise :class:`InputError` at the first issue instead of setting it aside.
    duplicates
        ``"resolve"`` keeps the most advanced row of each dossier id, ``"error"`` refuses repeated
        ids, ``"assume_unique"`` skips the check.
    extra
        Further columns to load as dimensions.
    name
        What to call the table in issues.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(200))
    >>> len(ds)
    200
    >>> rows = [{"received_at": "05/01/2026 08:30", "due_at": "09/01/2026", "agency": "UBND"}]
    >>> len(tk.Dossiers(rows))
    1
    """

    def __init__(
        self,
        table: object,
        *,
        mapping: MappingLike = None,
        values: ValuesLike = None,
        strict: bool = False,
        duplicates: Duplicates = "resolve",
        extra: Sequence[str] = (),
        name: str = "table",
    ) -> None:
        if isinstance(table, str | os.PathLike):
            raise InputError(
                "path_given", "đây là đường dẫn: đọc tệp bằng tthc_kpi.read [a path: use read]"
            )
        renamed, words = wishes_of(mapping, values)
        source = arrow_source(table, Wanted(renamed, extra))
        with explained(table):
            self._core = _tthc_kpi.Dossiers.from_arrow(
                source,
                mapping=renamed,
                strict=strict,
                duplicates=duplicates,
                extra=list(extra),
                name=name,
                values=words,
            )

    @classmethod
    def _of(cls, core: _tthc_kpi.Dossiers) -> "Dossiers":
        dossiers = cls.__new__(cls)
        dossiers._core = core
        return dossiers

    def _stream(self) -> ArrowStream:
        return self._core

    def __len__(self) -> int:
        return len(self._core)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Những gì không đọc được hay bị loại, từng chỗ một."""
        return tuple(issue_from_json(issue) for issue in json.loads(self._core.issues_json()))

    @property
    def mapping(self) -> tuple[ColumnMapping, ...]:
        """Từng cột của tệp đã được hiểu thế nào: how each header was read."""
        return columns_of(self._core.mapping_json())

    def save_mapping(self, path: PathLike) -> None:
        """Ghi lại cách hiểu các cột thành tệp TOML, để sửa và dùng lại.

        It is given back as ``read(..., mapping=path)``.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = pathlib.Path(folder.name)
        >>> lines = ["Mã hồ sơ,Ngày tiếp nhận,Bộ phận", "A,05/01/2026,Tư pháp"]
        >>> _ = (path / "hoso.csv").write_text(chr(10).join(lines), encoding="utf-8")
        >>> tk.read(path / "hoso.csv").save_mapping(path / "cot.toml")
        >>> text = (path / "cot.toml").read_text(encoding="utf-8")
        >>> text.splitlines()[3:]
        ['"Ngày tiếp nhận" = "received_at"', '"Bộ phận" = "ignore"']
        >>> text = text.replace('"ignore"', '"agency"')
        >>> _ = (path / "cot.toml").write_text(text, encoding="utf-8")
        >>> ds = tk.read(path / "hoso.csv", mapping=path / "cot.toml")
        >>> [column.column for column in ds.mapping]
        ['dossier_id', 'received_at', 'agency']
        >>> folder.cleanup()
        """
        Path(path).write_text(mapping_text(self.mapping), encoding="utf-8")

    @property
    def left_alone(self) -> tuple[LeftAlone, ...]:
        """Tệp, trang không cho hồ sơ nào: empty, without headers, or a register.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> folder = tempfile.TemporaryDirectory()
        >>> january, february = (pathlib.Path(folder.name) / f"t{month}.csv" for month in (1, 2))
        >>> lines = ["Mã hồ sơ,Ngày tiếp nhận", "A,05/01/2026"]
        >>> _ = january.write_text(chr(10).join(lines), encoding="utf-8")
        >>> _ = february.write_text("", encoding="utf-8")
        >>> tk.read([january, february]).left_alone
        (LeftAlone(file='t2.csv', sheet=None, why='empty', register=None),)
        >>> folder.cleanup()
        """
        return left_alone_of(self._core.left_alone_json())

    @property
    def unknown_words(self) -> tuple[UnknownWords, ...]:
        """Chữ không hiểu được ở cột trạng thái, kênh, có/không...: where they stand, never they.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> day = "05/01/2026"
        >>> rows = [{"received_at": day, "status": word} for word in ("Lưu kho", "Xem lại")]
        >>> (status,) = tk.Dossiers(rows).unknown_words
        >>> [(word.rows, word.first) for word in status.words]
        [(1, (1,)), (1, (2,))]
        >>> said = {"Lưu kho": "returned", "Xem lại": "in_process"}
        >>> tk.Dossiers(rows, values={"status": said}).unknown_words
        ()
        """
        return unknown_words_of(self._core.unknown_words_json())

    @property
    def quality(self) -> tuple[ColumnQuality, ...]:
        """Mỗi cột có được bao nhiêu: of each column that was found, what is known.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ratings = {"04/01/2026": 4, "05/01/2026": 5, "06/01/2026": 6}
        >>> rows = [{"received_at": day, "rating": rating} for day, rating in ratings.items()]
        >>> received, rating = tk.Dossiers(rows).quality
        >>> rating.known, rating.unknown, rating.refused
        (2, 1, 1)
        """
        return tuple(ColumnQuality(**column) for column in json.loads(self._core.quality_json()))

    @property
    def absent(self) -> tuple[AbsentColumns, ...]:
        """Tệp, trang nào thiếu cột mà nơi khác có: their dossiers are unknown there.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> folder = tempfile.TemporaryDirectory()
        >>> january, february = (pathlib.Path(folder.name) / f"t{month}.csv" for month in (1, 2))
        >>> _ = january.write_text("Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả", encoding="utf-8")
        >>> _ = february.write_text("Mã hồ sơ,Ngày tiếp nhận", encoding="utf-8")
        >>> tk.read([january, february]).absent
        (AbsentColumns(file='t2.csv', sheet=None, columns=('due_at',)),)
        >>> folder.cleanup()
        """
        return tuple(
            AbsentColumns(of["file"], of["sheet"], tuple(of["columns"]))
            for of in json.loads(self._core.absent_json())
        )

    def set_aside_to_excel(self, path: PathLike, *, lang: Lang = "vi") -> int:
        """Ghi các dòng để riêng ra sổ Excel, lý do ghi bên cạnh, để sửa rồi đọc lại.

        Beside each row stand its place, why it was set aside and what was expected; columns of
        personal data are not there, and of a table in memory only the place and the reason are.
        Returns how many rows were written: at most 10,000 of each file. Mended, the workbook is
        read with the files: ``read([file, mended])``.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> import tthc_kpi as tk
        >>> folder = tempfile.TemporaryDirectory()
        >>> path = pathlib.Path(folder.name) / "hoso.csv"
        >>> lines = ["Mã hồ sơ,Ngày tiếp nhận", "A,05/01/2026", "B,hôm nào"]
        >>> _ = path.write_text(chr(10).join(lines), encoding="utf-8")
        >>> tk.read(path).set_aside_to_excel(path.with_suffix(".xlsx"))
        1
        >>> folder.cleanup()
        """
        return self._core.set_aside_to_excel(os.fspath(path), lang_of(lang))

    @property
    def accounting(self) -> dict[str, Any]:
        """Sổ dòng: rows read = kept + excluded (by reason) + set aside (by reason).

        ``skipped`` are rows that hold no dossier (blank, headings, totals, notes), outside the sum;
        ``issues`` counts all issues, of which :attr:`issues` lists at most 10,000.
        """
        accounting: dict[str, Any] = json.loads(self._core.accounting_json())
        return accounting

    def forget(self) -> None:
        """Bỏ kết quả xét hồ sơ đã giữ lại, trả lại bộ nhớ.

        From the second question by the same policy, calendar and limits on, the judged facts are
        kept, about 16 bytes a dossier: further questions by these rules, whatever their period,
        breakdown and plan, only count them. Answers are the same. A question by other rules
        replaces what is kept; ``forget`` lets go of it, and the next question is like the first.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ds = tk.Dossiers([{"Ngày tiếp nhận": "05/01/2026", "Đơn vị giải quyết": "Công an"}])
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> for by in ([], ["agency"], ["month"]):
        ...     card = tk.evaluate(ds, plan, period="2026", by=by)
        >>> ds.forget()
        >>> tk.evaluate(ds, plan, period="2026").accounting["used"]
        1
        """
        self._core.forget()

    def __repr__(self) -> str:
        accounting = self.accounting
        excluded = sum(accounting["excluded"].values())
        set_aside = sum(accounting["set_aside"].values())
        return f"<Dossiers: {len(self)} rows read, {excluded} excluded, {set_aside} set aside>"

    def _repr_html_(self) -> str:
        accounting = self.accounting
        excluded = count(sum(accounting["excluded"].values()), "vi")
        set_aside = count(sum(accounting["set_aside"].values()), "vi")
        items = "".join(
            f"<li><code>{html.escape(column.column)}</code> ← {html.escape(clean(column.source))}"
            for column in self.mapping
            if column.column is not None
        )
        return (
            f"<p>{count(len(self), 'vi')} dòng đã đọc, {excluded} bị loại, {set_aside} để riêng</p>"
            f"<details><summary>Nhận diện cột</summary><ul>{items}</ul></details>"
        )


def read(
    paths: PathLike | Sequence[PathLike],
    *,
    mapping: MappingLike = None,
    values: ValuesLike = None,
    sheet: str | None = None,
    strict: bool = False,
    duplicates: Duplicates = "resolve",
    extra: Sequence[str] = (),
    progress: Callable[[int, int], object] | None = None,
) -> Dossiers:
    """Đọc hồ sơ từ tệp Excel, CSV, Parquet, JSON hay tệp nén như các hệ thống xuất ra.

    The header row is found below title rows, headers are matched in any case, spacing and Unicode
    form, dates are day first. What cannot be read is set aside and listed in ``issues``; how every
    column was read is in ``mapping``.

    Parameters
    ----------
    paths
        A path, a folder, a pattern such as ``"2026/*.xlsx"``, or several of them: ``.xlsx``,
        ``.xlsm``, ``.xls``, ``.ods``, ``.csv``, ``.tsv``, ``.parquet``, ``.json``, ``.jsonl``,
        and ``.zip`` of them.
    mapping
        ``{header: column}`` for headers that are not recognised, or to overrule; or the path of
        a TOML file that :meth:`Dossiers.save_mapping` wrote.
        Of columns with the very same header the second is ``"Header#2"``.
    values
        ``{column: {word: value}}`` for words of a column that are not recognised, or to overrule:
        ``{"status": {"Lưu kho": "returned"}}``. A value is written as in a cell of the column.
    sheet
        The sheet to read; by default every sheet that has dossiers.
    strict
        Raise :class:`InputError` at the first issue instead of setting it aside.
    duplicates
        ``"resolve"``, ``"error"`` or ``"assume_unique"``, over all the files together.
    extra
        Further columns to load as dimensions.
    progress
        Called as ``progress(done, total)`` while reading; ``total`` is 0 while unknown.

    Raises
    ------
    MissingFileError
        A path or pattern matches no file.
    InputError
        A file cannot be read as a table of dossiers.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import tthc_kpi as tk
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = pathlib.Path(folder.name) / "hoso.csv"
    >>> _ = path.write_text(
    ...     "Mã hồ sơ,Ngày tiếp nhận,Ngày hẹn trả" + chr(10) + "A1,05/01/2026 08:30,09/01/2026",
    ...     encoding="utf-8",
    ... )
    >>> ds = tk.read(path)
    >>> len(ds), [column.column for column in ds.mapping]
    (1, ['dossier_id', 'received_at', 'due_at'])
    >>> folder.cleanup()
    """
    if sheet is not None and not isinstance(sheet, str):
        raise QueryError(
            "bad_sheet", "sheet là tên trang, viết bằng chữ [sheet is a name, as text]"
        )
    renamed, words = wishes_of(mapping, values)
    core = _tthc_kpi.Dossiers.read(
        files_of(paths),
        mapping=renamed,
        sheet=sheet,
        strict=strict,
        duplicates=duplicates,
        extra=list(extra),
        progress=progress,
        values=words,
    )
    return Dossiers._of(core)
