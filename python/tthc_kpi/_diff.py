"""Hai bảng điểm khác nhau ở đâu: what moved between them, and by which groups."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tthc_kpi._diff_parts import Part, parts_of
from tthc_kpi._diff_view import as_html, as_page, as_text, explained, part_columns, row_columns
from tthc_kpi._errors import InputError
from tthc_kpi._exact import points_of
from tthc_kpi._files import PathLike, written
from tthc_kpi._paper import Told
from tthc_kpi._result import Note, Result, Wording, unknown_indicator
from tthc_kpi._rows import Rows, json_row
from tthc_kpi._text import Lang, lang_of

if TYPE_CHECKING:
    from tthc_kpi._compare import Change
    from tthc_kpi._scorecard import Scorecard

__all__ = ["Diff", "DiffRow", "diff"]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """Một chỉ tiêu ở hai bảng điểm.

    Attributes
    ----------
    indicator, name
        The slug and the name in both languages.
    before, after
        The result of the card compared with, and of the card itself; ``None`` where its plan does
        not have the indicator.
    parts
        The contribution of each group, largest first; empty where it cannot be divided.
    note
        Why it is not divided.
    """

    indicator: str
    name: Wording
    before: Result | None
    after: Result | None
    parts: tuple[Part, ...] = ()
    note: Note | None = None

    @property
    def change(self) -> Fraction | None:
        """Mức đổi tỷ lệ, đúng từng phân số: after minus before, as a share of one."""
        if self.before is None or self.after is None:
            return None
        if self.before.rate is None or self.after.rate is None:
            return None
        return self.after.rate - self.before.rate

    @property
    def points(self) -> Decimal | None:
        """Mức đổi tính bằng điểm phần trăm: two decimals, never 0 when there is a change."""
        return None if self.change is None else points_of(self.change)

    @property
    def status_changed(self) -> bool:
        """Kết luận có đổi không: whether one met the target and the other did not, and the like."""
        statuses = {one.status if one else None for one in (self.before, self.after)}
        return len(statuses) > 1

    @property
    def target_changed(self) -> bool:
        """Mục tiêu có đổi không: another version of the plan may ask for more."""
        if self.before is None or self.after is None:
            return False
        first, last = self.before, self.after
        return (first.target_op, first.target) != (last.target_op, last.target)


class Diff(Rows[DiffRow]):
    """Những gì đổi từ bảng điểm này sang bảng điểm kia, từng chỉ tiêu một.

    Made by :meth:`Scorecard.diff`. A sequence of :class:`DiffRow`, by place or by the id of the
    indicator, in plan order; :meth:`moved` has the largest change first.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(2000)), tk.Plan("dong-nguyen-2026")
    >>> first = tk.evaluate(ds, plan, period="2026-Q1", by="agency")
    >>> second = tk.evaluate(ds, plan, period="2026-Q2", by="agency")
    >>> moved = second.diff(first)["on_time_rate"]
    >>> sum(part.contribution for part in moved.parts) == moved.change
    True
    """

    def __init__(self, before: "Scorecard", after: "Scorecard", rows: tuple[DiffRow, ...]) -> None:
        super().__init__(rows, row_columns())
        self._before, self._after = before, after

    @property
    def before(self) -> "Scorecard":
        """Bảng điểm đem so: the card compared with."""
        return self._before

    @property
    def after(self) -> "Scorecard":
        """Bảng điểm được so: the card itself."""
        return self._after

    @property
    def days(self) -> tuple[int, int]:
        """Số ngày mỗi bên nhìn thấy: days from the first to the cut, before and after."""
        first, last = (
            (date.fromisoformat(query["cut"]) - date.fromisoformat(query["start"])).days + 1
            for query in (card.document["query"] for card in (self._before, self._after))
        )
        return first, last

    def row(self, indicator: str) -> DiffRow:
        """Dòng của một chỉ tiêu: the row of an indicator."""
        for row in self:
            if row.indicator == indicator:
                return row
        raise unknown_indicator(indicator, [row.indicator for row in self])

    def __getitem__(self, at: Any) -> Any:
        return self.row(at) if isinstance(at, str) else super().__getitem__(at)

    def moved(self) -> tuple[DiffRow, ...]:
        """Những chỉ tiêu đổi, nhiều nhất trước: rows whose rate changed, largest change first."""
        rows = [row for row in self if row.change]
        return tuple(sorted(rows, key=lambda row: -abs(row.change or Fraction(0))))

    def parts(self, indicator: str) -> Rows[Part]:
        """Phần của từng nhóm, thành bảng: the parts of an indicator as a table, largest first."""
        return Rows(self.row(indicator).parts, part_columns(self._after.by))

    @property
    def rules(self) -> dict[str, tuple[str, str]]:
        """Quy tắc khác nhau: rules whose value differs, before and after."""
        first, last = self._before.policy, self._after.policy
        return {
            rule: (first.get(rule, "–"), last.get(rule, "–"))
            for rule in dict.fromkeys([*first, *last])
            if first.get(rule) != last.get(rule) and rule != "profile"
        }

    def why(self, indicator: str = "on_time_rate") -> "tuple[Change, ...]":
        """Vì quy tắc nào, khi chỉ có bộ quy tắc khác nhau: as :meth:`Comparison.why`.

        Empty where something else differs too, the dossiers are gone, or the indicator is not of
        dossiers.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> ds, plan = tk.Dossiers(tk.synth(2000)), tk.Plan("dong-nguyen-2026")
        >>> plain = tk.evaluate(ds, plan, period="2026-Q2")
        >>> portal = tk.evaluate(ds, plan, period="2026-Q2", policy="qd-766")
        >>> len(portal.diff(plain).why()) > 0, portal.diff(portal).why()
        (True, ())
        """
        from tthc_kpi._compare import Comparison

        row = self.row(indicator)
        first, last = self._before._source, self._after._source
        if first is None or last is None or first.dossiers is None or first.plan is None:
            return ()
        if first.arguments is None or last.arguments is None or not self.rules:
            return ()
        same = first.dossiers is last.dossiers and last.plan is not None
        if not same or first.plan.digest != (last.plan.digest if last.plan else ""):
            return ()
        if any(first.arguments[name] != last.arguments[name] for name in _QUESTION):  # type: ignore[literal-required]
            return ()
        if row.before is None or row.before.register is not None:
            return ()
        names = {"before": first.arguments, "after": last.arguments}
        cards = {"before": self._before, "after": self._after}
        return Comparison(first.dossiers, first.plan, names, cards).why(indicator)

    def explain(self, indicator: str, lang: Lang = "vi") -> str:
        """Giải thích một chỉ tiêu: what moved, by which groups, and how that is reckoned."""
        return Told(explained(self, self.row(indicator), lang_of(lang)))

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ: indicators, then the groups behind what moved most."""
        return as_text(self, lang_of(lang))

    def to_html(self, path: PathLike | None = None, *, lang: Lang = "vi") -> str:
        """Thành trang HTML đứng riêng được; no script, nothing from the network."""
        return written(as_page(self, lang_of(lang)), path)

    def to_json(self, path: PathLike | None = None) -> str:
        """Thành JSON, phân số viết bằng chữ "tử/mẫu": exact numbers are text."""
        parts = part_columns(self._after.by)
        document = {
            "before": _asked(self._before),
            "after": _asked(self._after),
            "rules": {rule: list(values) for rule, values in self.rules.items()},
            "rows": [
                json_row(row, row_columns())
                | {
                    "parts": [json_row(part, parts) for part in row.parts],
                    "note": None if row.note is None else {"vi": row.note.vi, "en": row.note.en},
                }
                for row in self
            ],
        }
        return written(json.dumps(document, ensure_ascii=False, indent=2), path)

    def _repr_html_(self) -> str:
        return as_html(self, "vi")

    def __repr__(self) -> str:
        return self.to_text()


_QUESTION = ("period", "as_of", "by", "limits", "calendar")


def _asked(card: "Scorecard") -> Mapping[str, object]:
    document = card.document
    return {"plan": document["plan"], "query": document["query"], "policy": card.policy}


def diff(after: "Scorecard", before: object) -> Diff:
    """What moved from one scorecard to another; see :meth:`Scorecard.diff`."""
    from tthc_kpi._scorecard import Scorecard

    if not isinstance(before, Scorecard):
        raise InputError(
            "not_a_scorecard",
            "so với một bảng điểm khác: card.diff(tk.evaluate(...))"
            f" [expected a Scorecard, got {type(before).__name__}]",
        )
    firsts = {result.indicator: result for result in before.whole.results}
    lasts = {result.indicator: result for result in after.whole.results}
    grouped = bool(after.by) and after.by == before.by
    rows = []
    for name in [*lasts, *(name for name in firsts if name not in lasts)]:
        first, last = firsts.get(name), lasts.get(name)
        title = (lasts.get(name) or firsts[name]).name
        parts: tuple[Part, ...] = ()
        note = None
        if grouped and first is not None and last is not None:
            found = parts_of(first, last, before.groups, after.groups)
            parts, note = ((), found) if isinstance(found, Note) else (found, None)
        rows.append(DiffRow(name, title, first, last, parts, note))
    return Diff(before, after, tuple(rows))
