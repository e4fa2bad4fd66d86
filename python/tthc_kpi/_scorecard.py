"""Bảng điểm: kết quả mọi chỉ tiêu của kế hoạch trong một kỳ."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tthc_kpi import _tthc_kpi
from tthc_kpi._arrow import ArrowResult
from tthc_kpi._card_source import CardSource, Outcome, listed, streamed
from tthc_kpi._cases import CaseStream, checked_limit
from tthc_kpi._diff import Diff, diff
from tthc_kpi._document import Key, RegisterJson, ScorecardJson
from tthc_kpi._errors import QueryError
from tthc_kpi._files import PathLike, written
from tthc_kpi._frames import ArrowStream
from tthc_kpi._html import fragment
from tthc_kpi._needed import Needed, needed
from tthc_kpi._paper import Told
from tthc_kpi._plan import Plan
from tthc_kpi._query import QueryArguments
from tthc_kpi._registers import Registers
from tthc_kpi._report.page import page
from tthc_kpi._result import Group, Note, Result, group_from_json, note_from_json
from tthc_kpi._table import Table
from tthc_kpi._terminal import as_text
from tthc_kpi._text import Lang, lang_of
from tthc_kpi._view import View

if TYPE_CHECKING:
    from altair import LayerChart

__all__ = ["Scorecard", "card_of", "card_of_tally"]


class Scorecard(ArrowResult):
    """Bảng kết quả thực hiện chỉ tiêu của kế hoạch, mỗi con số đều giải thích được.

    In a notebook it shows itself as a page, in a terminal as a table. As an Arrow stream it has one
    row per group and indicator, with the query, the cut, the rules and the accounting in the schema
    metadata.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds = tk.Dossiers(tk.synth(2000))
    >>> card = tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026", by="agency")
    >>> result = card["on_time_rate"]
    >>> result.rate == tk.evaluate(ds, tk.Plan("dong-nguyen-2026"), period="2026").results[0].rate
    True
    >>> sum(group["on_time_rate"].numerator for group in card.groups) == result.numerator
    True
    """

    def __init__(self, core: _tthc_kpi.Scorecard, _source: CardSource | None = None) -> None:
        self._core = core
        self._source = _source

    @cached_property
    def document(self) -> ScorecardJson:
        """Toàn bộ bảng điểm như JSON đã đọc: plan, query, calendar, policy, data, groups."""
        document: ScorecardJson = json.loads(self._core.to_json())
        return document

    def _stream(self) -> ArrowStream:
        return self._core

    def __arrow_c_schema__(self) -> object:
        return self._core.__arrow_c_schema__()

    @cached_property
    def total(self) -> "Scorecard":
        """Bảng điểm của toàn bộ, không chia nhóm; the whole judged as one, never a sum of rows."""
        if not self.by:
            return self
        source = self._source
        if source is not None and source.arguments is not None:
            source = replace(source, arguments={**source.arguments, "by": []})
        return Scorecard(self._core.total(), source)

    @property
    def by(self) -> tuple[str, ...]:
        """Các chiều chia nhóm: the dimensions, empty for the whole."""
        return tuple(self.document["query"]["by"])

    @cached_property
    def whole(self) -> Group:
        """Toàn bộ như một nhóm: facts, processing time and results of the whole."""
        return group_from_json(self.document["total"], [])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Các nhóm theo thứ tự khóa, nhóm không rõ ở cuối; empty without ``by``."""
        by = self.document["query"]["by"]
        return tuple(group_from_json(group, by) for group in self.document["groups"])

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Mọi kết quả, nhóm rồi chỉ tiêu: the rows, those of the whole when there is no ``by``."""
        if not self.by:
            return self.whole.results
        return tuple(result for group in self.groups for result in group.results)

    def __getitem__(self, indicator: str) -> Result:
        if not isinstance(indicator, str):
            raise QueryError(
                "bad_indicator", "chỉ tiêu gọi bằng tên, như card['on_time_rate'] [by its id]"
            )
        return self.whole[indicator]

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def warnings(self) -> tuple[Note, ...]:
        """Những điều phải biết trước khi dùng số: such as a cut after the last data."""
        return tuple(note_from_json(note) for note in self.document["warnings"])

    @property
    def accounting(self) -> dict[str, Any]:
        """Sổ dòng: read = used + outside + excluded (by reason) + set_aside (by reason)."""
        return dict(self.document["accounting"])

    @property
    def policy(self) -> dict[str, str]:
        """Mọi quy tắc đã dùng, kể cả mặc định; can be given back as ``policy=``."""
        policy = self.document["policy"]
        return {"profile": policy["profile"]} | {
            rule["rule"]: rule["value"] for rule in policy["rules"]
        }

    def explain(self, indicator: str, lang: Lang = "vi") -> str:
        """Giải thích một chỉ tiêu: định nghĩa, điều khoản, quy tắc, những gì bị loại.

        Parameters
        ----------
        indicator
            The id of the indicator.
        lang
            ``"vi"`` or ``"en"``.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026")
        >>> "II.2" in card.explain("on_time_rate")
        True
        """
        self[indicator]  # names the nearest indicator when this one does not exist
        return Told(self._core.explain(indicator, lang_of(lang)))

    def cases(
        self,
        indicator: str,
        outcome: Outcome = "failing",
        *,
        where: Mapping[str, Key] | None = None,
        limit: int | None = None,
    ) -> Table:
        """Những hồ sơ đứng sau một con số, theo đúng bộ lọc của chỉ tiêu.

        Parameters
        ----------
        indicator
            The id of the indicator.
        outcome
            ``"passing"``, ``"failing"``, ``"unknown"`` (outside the rate for want of a value) or
            ``"open"`` (not ended yet, and may still go either way).
        where
            Keys of one group, such as ``{"agency": "Phòng A"}``; ``None`` means the unknown key.
        limit
            Only the first so many. A card of a :func:`scan` reads its files again for its cases,
            and no further than it must; :meth:`cases_stream` is for answers too large for memory.

        Returns
        -------
        Table
            A dossier a row; for an indicator of a register one of its entries a row, with its row
            in the file, what it adds to numerator and denominator, and the columns it is judged by.

        Raises
        ------
        QueryError
            The card was made from a tally, which no longer has the dossiers; the indicator is
            declared, so that nothing stands behind it but its document.
        InputError
            The card is of a stream that can be read only once, and has been.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026")
        >>> result = card["on_time_rate"]
        >>> late = card.cases("on_time_rate", "failing")
        >>> len(late) == result.denominator - result.numerator
        True
        """
        return listed(self, self._source, indicator, outcome, where, checked_limit(limit))

    def cases_stream(
        self,
        indicator: str,
        outcome: Outcome = "failing",
        *,
        where: Mapping[str, Key] | None = None,
    ) -> CaseStream:
        """Như :meth:`cases`, từng phần một, cho danh sách lớn hơn bộ nhớ.

        The same rows in the same order, as an iterator of tables and as an Arrow stream, which
        pyarrow, polars or DuckDB write to a file batch by batch. Of a card of a :func:`scan` no
        more than a few batches are held; the reading ends with the stream (``with``, ``close``).

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.scan(tk.synth(500).to_arrow()), plan, period="2026")
        >>> with card.cases_stream("on_time_rate") as late:
        ...     rows = sum(len(table) for table in late)
        >>> rows == len(card.cases("on_time_rate"))
        True
        """
        return streamed(self, self._source, indicator, outcome, where)

    def needed(self, indicator: str, *, where: Mapping[str, Key] | None = None) -> Needed:
        """Còn phải xảy ra điều gì để chỉ tiêu đạt: in numbers, and in words by ``print``.

        Parameters
        ----------
        indicator
            The id of the indicator.
        where
            Keys of one group, such as ``{"agency": "Phòng A"}``; the whole without it.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026")
        >>> needed = card.needed("on_time_rate")
        >>> needed.cases_needed == card["on_time_rate"].cases_needed
        True
        """
        return needed(self, indicator, where)

    def diff(self, other: "Scorecard") -> Diff:
        """Những gì đổi từ bảng điểm kia sang bảng này: what moved from ``other`` to this card.

        Two periods, two policies, or two versions of a plan. Where both are broken down alike
        (``by``), each change is divided among the groups, exactly: see :class:`Diff`.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ds, plan = tk.Dossiers(tk.synth(2000)), tk.Plan("dong-nguyen-2026")
        >>> june = tk.evaluate(ds, plan, period="2026-06", by="field")
        >>> july = tk.evaluate(ds, plan, period="2026-07", by="field")
        >>> row = july.diff(june)["on_time_rate"]
        >>> row.change == july["on_time_rate"].rate - june["on_time_rate"].rate
        True
        """
        return diff(self, other)

    @property
    def registers(self) -> tuple[RegisterJson, ...]:
        """Các sổ đã dùng: source, rows read = used + outside + set aside, columns that silence."""
        return tuple(self.document["registers"])

    def to_json(self, path: PathLike | None = None) -> str:
        """Thành JSON, mọi số chính xác: JSON text in which exact numbers are text.

        With ``path`` it is written there too.
        """
        return written(self._core.to_json(), path)

    def to_html(
        self,
        path: PathLike | None = None,
        *,
        lang: Lang = "vi",
        charts: bool = True,
        sections: Sequence[str] | None = None,
    ) -> str:
        """Thành trang báo cáo đứng riêng được: in, gửi, mở không cần mạng; không có mã lệnh.

        A summary on top, the indicators, charts, tables per agency and field, the late dossiers,
        the quality of the data, definitions with their clauses. What needs the dossiers anew
        (charts, agency, field, late) is left out, and said to be, for a card of a tally or a scan.
        Nothing of the applicants is in it.

        Parameters
        ----------
        path
            Where to write the page; nothing is written without it.
        lang
            ``"vi"`` or ``"en"``.
        charts
            They take some seconds, and need the extra ``tthc-kpi[plot]``.
        sections
            Only these: ``"summary"``, ``"indicators"``, ``"charts"``, ``"agency"``, ``"field"``,
            ``"groups"`` (the card's own ``by``), ``"late"``, ``"integrity"``, ``"quality"``,
            ``"definitions"``; and ``"each"``, which is there only for who asks: the groups once
            more, indicator by indicator, with the cases each still needs.

        Returns
        -------
        str
            The page.

        Raises
        ------
        UnknownNameError
            There is no such section.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026")
        >>> text = card.to_html(charts=False)
        >>> text.startswith("<!doctype html>"), 'id="muc-late"' in text
        (True, True)
        >>> 'id="muc-late"' in card.to_html(sections=["summary"])
        False
        """
        return written(page(self, lang_of(lang), drawn=charts, sections=sections), path)

    def plot(
        self, indicator: str | None = None, kind: str | None = None, **options: Any
    ) -> "LayerChart":
        """Biểu đồ của bảng điểm: an Altair chart, drawn from the exact counts.

        Parameters
        ----------
        indicator
            The id of the indicator; by default the first that has a rate.
        kind
            ``"over_time"``, ``"ranking"``, ``"flow"``, ``"backlog"``, ``"processing_time"`` or
            ``"pareto"``; by default over time where the card is grouped by time, else a ranking.
        options
            As the function of that name in :mod:`tthc_kpi.charts` takes them.

        Raises
        ------
        QueryError
            The card is not grouped as that kind needs; the kind does not exist.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026", by="month")
        >>> card.plot("early_rate").to_dict()["title"]["text"]
        'Hồ sơ trả trước hạn'
        """
        from tthc_kpi.charts import plot

        return plot(self, indicator, kind, **options)

    def to_excel(self, path: PathLike, *, lang: Lang = "vi") -> None:
        """Ghi thành sổ Excel: the scorecard as a workbook."""
        self._core.to_excel(os.fspath(path), lang_of(lang))

    def view(self, lang: Lang = "vi") -> View:
        """Bảng điểm để xem trong sổ tay hay trên màn hình, bằng thứ tiếng đã chọn.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> plan = tk.Plan("dong-nguyen-2026")
        >>> card = tk.evaluate(tk.Dossiers(tk.synth(500)), plan, period="2026")
        >>> "Rate" in repr(card.view("en"))
        True
        """
        return View(self, lang_of(lang))

    def _repr_html_(self) -> str:
        return fragment(self, "vi")

    def __repr__(self) -> str:
        return as_text(self, "vi")

    def _again(self, by: str) -> "Scorecard | None":
        """The same question by one dimension; none when the dossiers are gone."""
        if self.by == (by,):
            return self
        source = self._source
        if (
            source is None
            or source.dossiers is None
            or source.arguments is None
            or source.plan is None
        ):
            return None
        arguments: QueryArguments = {**source.arguments, "by": [by]}
        tally = _tthc_kpi.tally(source.dossiers._core, source.plan._core, arguments, threads=None)
        return card_of(tally, replace(source, tally=tally, arguments=arguments))


def card_of(tally: _tthc_kpi.Tally, source: CardSource) -> Scorecard:
    """The scorecard of a tally and of the registers beside it."""
    registers, plan = source.registers, source.plan
    core = tally.scorecard(
        None if registers is None else registers._core, None if plan is None else plan._core
    )
    return Scorecard(core, source)


def card_of_tally(
    tally: _tthc_kpi.Tally, registers: Registers | None, plan: Plan | None
) -> Scorecard:
    """The scorecard of a tally whose dossiers are gone."""
    return card_of(tally, CardSource(tally, registers, plan))
