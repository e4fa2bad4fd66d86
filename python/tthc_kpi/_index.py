"""Chỉ số 766: điểm từng dòng, từng nhóm của một hay nhiều cơ quan.

Counts are ``int``, points and percents exact ``Decimal``. ``None`` is unknown, or nothing stated:
it is never 0.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._calendar import Day, WorkCalendar
from tthc_kpi._document import Key
from tthc_kpi._dossiers import Dossiers, Scan
from tthc_kpi._errors import QueryError, UnknownNameError
from tthc_kpi._files import PathLike, written
from tthc_kpi._frames import ArrowStream
from tthc_kpi._index_input import Given, given_counts, given_declared
from tthc_kpi._paper import Told
from tthc_kpi._plan import Plan
from tthc_kpi._query import By, Period, Policy
from tthc_kpi._registers import Registers, registers_of
from tthc_kpi._result import Note, Wording
from tthc_kpi._scheme import Scheme, scheme_of
from tthc_kpi._tally import Tally, tally
from tthc_kpi._text import Lang, lang_of, nearest

__all__ = ["Index", "IndexRow", "IndexSum", "index_766"]

IndexStatus = Literal["scored", "no_cases", "not_applicable", "no_data", "information", "unstated"]
Certainty = Literal["unverified", "read", "reproduced"]
Level = Literal["commune", "province"]
Scope = Literal["stated", "shown"]
SchemeLike = str | PathLike | Scheme

# Only facts of dossiers are read, which any plan counts alike.
_ANY_PLAN = "dong-nguyen-2026"


@dataclass(frozen=True, slots=True)
class IndexRow:
    """Kết quả một dòng của bộ chỉ số.

    Attributes
    ----------
    id, code, group, name
        Slug; number in the published list, not always unique; slug of the group; name.
    numerator, denominator
        What was counted; ``None`` where it is unknown.
    value
        A mean in days, of a row that is no share.
    percent
        The share, two decimals, half away from zero; ``None`` at 0/0.
    score, maximum
        Points, rounded by the scheme; ``None`` where there are none.
    threshold
        The share that gets the maximum.
    status
        ``"scored"``, ``"no_cases"`` (denominator 0), ``"not_applicable"`` (at this level),
        ``"no_data"`` (see ``missing``), ``"information"`` or ``"unstated"``.
    counts_from
        ``"declared"``, ``"table"``, ``"register"`` or ``"dossiers"``: the source that was used.
    unknown
        Dossiers that stay out of the denominator for want of a value; from dossiers only.
    source
        The document of a declaration, and its date.
    missing, lack
        Slugs of what is lacking, and the same in words.
    certainty, certainties
        How sure the row is at its weakest, and each aspect of it.
    differences
        Where sources, or sources and this library, differ.
    """

    id: str
    code: str | None
    group: str
    name: Wording
    numerator: int | None
    denominator: int | None
    value: Decimal | None
    percent: Decimal | None
    score: Decimal | None
    maximum: Decimal | None
    threshold: Decimal | None
    status: IndexStatus
    counts_from: str | None
    unknown: int | None
    source: str | None
    missing: tuple[str, ...]
    lack: Note | None
    certainty: Certainty
    certainties: Mapping[str, Certainty]
    differences: tuple[Wording, ...]

    @property
    def label(self) -> str:
        """Mã của dòng: the code, else the id."""
        return self.code or self.id


@dataclass(frozen=True, slots=True)
class IndexSum:
    """Điểm của một nhóm, hay tổng điểm.

    ``score`` is ``None`` while a row that applies has no data (``missing``); ``maximum`` is of the
    rows that apply, ``scored_maximum`` of those judged, ``scheme_maximum`` what the scheme states.
    """

    group: str | None
    name: Wording
    score: Decimal | None
    maximum: Decimal
    scheme_maximum: Decimal
    scored_maximum: Decimal
    missing: tuple[str, ...]


class _Groups(dict[str, IndexSum]):
    """Sums by slug."""

    def __missing__(self, group: object) -> IndexSum:
        english = f"no such group: {group!r}{nearest(str(group), self)}"
        raise UnknownNameError("unknown_group", f"không có nhóm {group!r} [{english}]", english)


class Index(ArrowResult):
    """Bộ chỉ số 766 đã tính; mỗi con số nói nó từ đâu và chắc chắn đến đâu.

    Of one office, or of several (and by several schemes): then iterate over it. As an Arrow stream
    it has a row per office and row of the scheme; groups and totals are never rows.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ix = tk.index_766(counts={"received": 2971, "on_time": 2348}, level="commune")
    >>> ix["2.1"].score, ix.groups["progress"].score, ix.total.score
    (Decimal('15.81'), Decimal('15.81'), None)
    >>> ix.total.scored_maximum, ix.total.maximum
    (Decimal('20'), Decimal('94'))
    >>> print(ix.explain("2.1").splitlines()[0])
    2.1 Hồ sơ xử lý trước hạn, đúng hạn (on_time)
    """

    def __init__(self, core: _tthc_kpi.Index) -> None:
        self._core = core

    def _stream(self) -> ArrowStream:
        return self._core

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()

    @cached_property
    def documents(self) -> list[dict[str, Any]]:
        """Toàn bộ nội dung, mỗi cơ quan một dict: everything, a dict per office."""
        documents: list[dict[str, Any]] = json.loads(self._core.to_json())
        return documents

    def __len__(self) -> int:
        return len(self._core)

    def __iter__(self) -> Iterator["Index"]:
        for place in range(len(self)):
            core = self._core.at(place)
            if core is not None:
                yield Index(core)

    @property
    def document(self) -> dict[str, Any]:
        """Toàn bộ nội dung, khi chỉ có một cơ quan: everything, where there is one office."""
        if len(self.documents) != 1:
            raise QueryError(
                "many_offices",
                f"có {len(self.documents)} bộ điểm: duyệt từng cái, `for one in ix`"
                " [several indices: iterate over them]",
            )
        return self.documents[0]

    @property
    def scheme(self) -> str:
        """Mã bộ chỉ số: the id of the scheme."""
        return str(self.document["scheme"]["id"])

    @property
    def level(self) -> Level:
        """Cấp của cơ quan: ``"commune"`` or ``"province"``."""
        level: Level = self.document["level"]
        return level

    @property
    def scope(self) -> Scope:
        """Cách hiểu phạm vi: ``"stated"`` or ``"shown"``."""
        scope: Scope = self.document["scope"]
        return scope

    @property
    def period(self) -> str | None:
        """Kỳ của số đếm: a label unless dossiers were counted."""
        period: str | None = self.document["period"]
        return period

    @property
    def keys(self) -> dict[str, Key]:
        """Của ai: ``{"agency_code": ..., "agency": ...}``."""
        return dict(self.document["keys"])

    @cached_property
    def rows(self) -> tuple[IndexRow, ...]:
        """Các dòng, theo thứ tự của bộ chỉ số: the rows in the scheme's order."""
        return tuple(_row(row) for row in self.document["rows"])

    @cached_property
    def groups(self) -> dict[str, IndexSum]:
        """Điểm từng nhóm: the groups by slug; one that there is not names the nearest."""
        return _Groups({group["group"]: _sum(group) for group in self.document["groups"]})

    @property
    def total(self) -> IndexSum:
        """Tổng điểm; its score is ``None`` while anything is missing."""
        return _sum(self.document["total"])

    @property
    def notes(self) -> tuple[Note, ...]:
        """Những điều phải biết trước khi dùng số."""
        return tuple(Note(note["vi"], note["en"], note["code"]) for note in self.document["notes"])

    @property
    def differences(self) -> dict[str, tuple[Wording, ...]]:
        """Chỗ các nguồn khác nhau, theo từng dòng có số đếm."""
        return {
            row.id: row.differences
            for row in self.rows
            if row.differences and row.counts_from is not None
        }

    def __getitem__(self, row: str) -> IndexRow:
        found = [one for one in self.rows if row in (one.id, one.code)]
        exact = [one for one in found if one.id == row] or found
        if len(exact) == 1:
            return exact[0]
        if exact:
            ids = ", ".join(one.id for one in exact)
            raise QueryError(
                "ambiguous_code",
                f"mã {row!r} là của nhiều dòng: chọn một trong {ids} [several rows: choose one]",
            )
        known = [name for one in self.rows for name in (one.id, one.code) if name]
        raise UnknownNameError(
            "unknown_row", f"không có dòng {row!r} [no such row]{nearest(str(row), known)}"
        )

    def explain(self, row: str, lang: Lang = "vi") -> str:
        """Giải thích một dòng: công thức, nguồn số đếm, độ chắc chắn, chỗ khác biệt.

        Parameters
        ----------
        row
            The id or the code of a row.
        lang
            ``"vi"`` or ``"en"``.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ix = tk.index_766(counts={"3.5a": (9, 36)}, level="commune")
        >>> "min(2; 2 × 9/36 ÷ 0,80) = 0,63" in ix.explain("3.5a")
        True
        """
        return Told(self._core.explain(self[row].id, lang_of(lang)))

    def to_json(self, path: PathLike | None = None) -> str:
        """Thành JSON, mọi số chính xác: a JSON array in which points are text.

        With ``path`` it is written there too.
        """
        return written(self._core.to_json(), path)

    def to_html(self, path: PathLike | None = None, *, lang: Lang = "vi") -> str:
        """Thành trang HTML đứng riêng được: a page of its own, without scripts.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ix = tk.index_766(counts={"received": 10, "on_time": 9}, level="commune")
        >>> ix.to_html().startswith("<!doctype html>")
        True
        """
        from tthc_kpi._index_view import page

        return written(page(self, lang_of(lang)), path)

    def _repr_html_(self) -> str:
        from tthc_kpi._index_view import fragment

        return fragment(self, "vi")

    def __repr__(self) -> str:
        from tthc_kpi._index_view import as_text

        return as_text(self, "vi")


def index_766(
    ds: Dossiers | Scan | Tally | None = None,
    *,
    counts: object = None,
    declared: object = None,
    period: Period | None = None,
    as_of: Day | None = None,
    by: By = (),
    level: Level | None = None,
    scheme: SchemeLike | Sequence[SchemeLike] = "qd-766-2026",
    scope: Scope = "stated",
    policy: Policy = "qd-766",
    limits: Mapping[str, int] | None = None,
    calendar: WorkCalendar | None = None,
    threads: int | None = None,
    registers: Registers | PathLike | Sequence[PathLike] | None = None,
) -> Index:
    """Tính bộ chỉ số 766 từ hồ sơ, từ sổ, từ bảng số đếm, từ số liệu tự khai, hoặc cùng lúc.

    A row takes its figures from the first that has them: declared, the table, a register, dossiers.
    From dossiers come 2.1, 2.2, 3.3, 3.6 and 4.3, from registers 3.1, 3.5a, 5.2 and 5.3, from both
    3.5b; the other rows say what they need.

    Parameters
    ----------
    ds
        Dossiers, scanned files, or a tally whose ``on_time_base`` is ``"received"``.
    counts
        ``{"received": 2971, "on_time": 2348, "5.2": (3, 3)}``, by the scheme's slugs of counts or
        by rows; or a table or the path of a CSV file: wide (a column per slug) or long
        (``indicator``, ``numerator``, ``denominator``), with ``agency_code``, ``agency``,
        ``period`` and ``level`` where there are several offices.
    declared
        ``{"1.3": {"numerator": 87, "denominator": 89, "source": "12/BC", "date": "2026-09-05"}}``,
        or a long table, or the path of a CSV file, with the columns ``source`` and ``date``.
    period
        The period; required with dossiers, and a label with counts.
    as_of, limits, calendar, threads
        Those of :func:`evaluate`.
    by
        ``"agency"`` or ``"receiving_agency"``: an index is of an office in a period. For several
        periods ask for an index of each.
    level
        ``"commune"`` or ``"province"``, unless the counts say it; there is no default.
    scheme
        An id, a path or a :class:`Scheme`; several give an index by each.
    scope
        ``"stated"`` leaves out rows of the province for communes; ``"shown"`` scores what the
        portal scores.
    policy
        The rules by which dossiers are judged.
    registers
        The registers of procedures and petitions: a file, or :class:`Registers`; with a period.

    Raises
    ------
    InputError
        Counts that cannot be read: every place, with what was expected and never the content.
    QueryError
        No counts, no level, or dossiers counted on another on-time base.
    UnknownNameError
        A count, row or scheme that does not exist.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(500))
    >>> ix = tk.index_766(ds, period="2026", level="commune")
    >>> ix["2.1"].counts_from, ix["5.2"].status
    ('dossiers', 'no_data')
    >>> petitions = [{"Ngày tiếp nhận": "03/08/2026", "Hạn giải quyết": "24/08/2026"}]
    >>> kept = tk.Registers(petitions=petitions)
    >>> row = tk.index_766(registers=kept, period="2026-08", level="commune")["5.2"]
    >>> row.counts_from, row.numerator, row.denominator
    ('register', 0, 1)
    >>> rows = [
    ...     {"agency": "A", "received": 10, "on_time": 9},
    ...     {"agency": "B", "received": 0, "on_time": 0},
    ... ]
    >>> [one["2.1"].score for one in tk.index_766(counts=rows, level="commune")]
    [Decimal('18.00'), Decimal('0.00')]
    """
    if isinstance(scheme, Sequence) and not isinstance(scheme, str):
        chosen = [scheme_of(one) for one in scheme]
    else:
        chosen = [scheme_of(scheme)]
    if not chosen:
        raise QueryError("no_scheme", "chưa chọn bộ chỉ số [expected at least one scheme]")
    if len({one.id for one in chosen}) < len(chosen):
        raise QueryError("scheme_twice", "một bộ chỉ số được nêu hai lần [a scheme given twice]")
    counted = None
    if isinstance(ds, Tally):
        counted = ds
    elif ds is not None:
        if period is None:
            raise QueryError("no_period", "tính từ hồ sơ cần kỳ, như '2026-08' [needs a period]")
        counted = tally(
            ds,
            Plan(_ANY_PLAN),
            period=period,
            as_of=as_of,
            by=by,
            policy=policy,
            limits=limits,
            calendar=calendar,
            threads=threads,
        )
    given: Given = {**given_counts(counts), **given_declared(declared)}
    beside = registers_of(registers, {})
    core = _tthc_kpi.index(
        [one._core for one in chosen],
        tally=None if counted is None else counted._core,
        counts_csv=given["counts_csv"],
        counts_rows=given["counts_rows"],
        counts_map=given["counts_map"],
        declared_csv=given["declared_csv"],
        declared_rows=given["declared_rows"],
        level=level,
        scope=scope,
        period=_label(period),
        registers=None if beside is None else beside._core,
    )
    return Index(core)


def _label(period: Period | None) -> str | None:
    if period is None:
        return None
    if isinstance(period, tuple):
        return f"{period[0]}..{period[1]}"
    return str(period)


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _row(row: dict[str, Any]) -> IndexRow:
    declared, lack = row["declared"], row["lack"]
    certainties = {
        aspect: evidence["certainty"] for evidence in row["evidence"] for aspect in evidence["of"]
    }
    return IndexRow(
        id=row["id"],
        code=row["code"],
        group=row["group"],
        name=Wording(**row["name"]),
        numerator=row["numerator"],
        denominator=row["denominator"],
        value=_decimal(row["value"]),
        percent=_decimal(row["percent"]),
        score=_decimal(row["score"]),
        maximum=_decimal(row["maximum"]),
        threshold=_decimal(row["formula"].get("threshold")),
        status=row["status"],
        counts_from=row["counts_from"],
        unknown=row["unknown"],
        source=None if declared is None else f"{declared['source']}, {declared['date']}",
        missing=tuple(row["missing"]),
        lack=None if lack is None else Note(lack["vi"], lack["en"], lack["code"]),
        certainty=row["certainty"],
        certainties=certainties,
        differences=tuple(Wording(**words) for words in row["differences"]),
    )


def _sum(total: dict[str, Any]) -> IndexSum:
    return IndexSum(
        group=total["group"],
        name=Wording(**total["name"]),
        score=_decimal(total["score"]),
        maximum=Decimal(total["maximum"]),
        scheme_maximum=Decimal(total["scheme_maximum"]),
        scored_maximum=Decimal(total["scored_maximum"]),
        missing=tuple(total["missing"]),
    )
