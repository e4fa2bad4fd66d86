"""Vấn đề của dữ liệu, nói thành lời: where, what, and what was done about it."""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from tthc_kpi._text import Lang, clean, columns, label, lang_of, say

__all__ = ["Issue", "issue_from_json"]


@dataclass(frozen=True, slots=True)
class Issue:
    """Một vấn đề của dữ liệu: nơi gặp, loại giá trị, lý do, và cách xử lý.

    ``expected`` says in Vietnamese what should have stood there, ``expected_en`` in English.
    Never the value itself: a cell may hold personal data. ``action`` is ``"set_aside"`` (the whole
    row), ``"unknown"`` (that cell only) or ``"excluded"`` (the row, by a rule of the accounting).
    :meth:`text`, which is also ``str(issue)``, tells it all in a sentence.
    """

    file: str | None
    sheet: str | None
    row: int | None
    column: str | None
    source: str | None
    kind: str | None
    reason: str
    expected: str | None
    expected_en: str | None
    action: Literal["set_aside", "unknown", "excluded"]

    def text(self, lang: Lang = "vi") -> str:
        """Nói thành lời: ở đâu, sai gì, cần gì, đã xử lý thế nào. Never the value itself.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> rows = [{"Ngày tiếp nhận": "05/01/2026"}, {"Ngày tiếp nhận": "hôm nào"}]
        >>> (issue,) = tk.Dossiers(rows, name="hoso").issues
        >>> print(issue)
        hoso, dòng 2, cột "Ngày tiếp nhận": không đọc được (chữ); cần ngày dd/MM/yyyy, có hoặc không
        có giờ, năm đủ bốn chữ số → để riêng cả dòng
        >>> issue.text("en").partition(";")[0]
        'hoso, row 2, column "Ngày tiếp nhận": unreadable (text)'
        """
        lang = lang_of(lang)
        column = self.source or (columns([self.column], lang) if self.column else None)
        places = (
            self.file and clean(PurePath(self.file).name),
            self.sheet and f"{say('in_sheet', lang)} {clean(self.sheet)}",
            self.row and f"{say('in_row', lang)} {self.row}",
            column and f'{say("in_column", lang)} "{clean(column)}"',
        )
        wanted = self.expected if lang == "vi" else self.expected_en
        wanted = f"; {say('wanted', lang)} {wanted}" if wanted else ""
        place = ", ".join(place for place in places if place)
        return f"{place}: {self.why(lang)}{wanted} → {label(self.action, lang)}"

    def why(self, lang: Lang = "vi") -> str:
        """Sai gì: the reason in words, with the kind of value where that tells something.

        Examples
        --------
        >>> import tthc_kpi as tk
        >>> (issue,) = tk.Dossiers([{"Ngày tiếp nhận": "hôm nào"}]).issues
        >>> issue.why(), issue.why("en")
        ('không đọc được (chữ)', 'unreadable (text)')
        """
        lang = lang_of(lang)
        told = self.kind and self.reason == "unreadable"
        return label(self.reason, lang) + (f" ({label(str(self.kind), lang)})" if told else "")

    def __str__(self) -> str:
        return self.text()


def issue_from_json(issue: dict[str, Any]) -> Issue:
    """An issue as the extension tells it."""
    expected = issue.pop("expected")
    return Issue(expected=expected["vi"], expected_en=expected["en"], **issue)
