"""Biểu mẫu nộp đi: what form 06a and the late list have in common."""

import json
from functools import cached_property
from typing import Any

from tthc_kpi._arrow import ArrowResult
from tthc_kpi._files import PathLike, written
from tthc_kpi._markup import Html, sheet, whole_page
from tthc_kpi._markup import el as element
from tthc_kpi._result import Note
from tthc_kpi._text import Lang, lang_of

__all__ = ["OfficialOutput", "note_of"]


def note_of(document: dict[str, str]) -> Note:
    """A note of a document."""
    return Note(document["vi"], document["en"], code=document["code"])


class OfficialOutput(ArrowResult):
    """Kết quả có kỳ, ngày chốt, quy tắc và lưu ý; a result with its period and what is behind it.

    Subclasses say where their JSON comes from and how they look.
    """

    def to_json(self) -> str:
        """Thành JSON: everything, as text."""
        raise NotImplementedError

    def _fragment(self, lang: Lang) -> Html:
        raise NotImplementedError

    def _title(self, lang: Lang) -> str:
        raise NotImplementedError

    def to_text(self, lang: Lang = "vi") -> str:
        """Thành chữ, như trong cửa sổ dòng lệnh."""
        raise NotImplementedError

    @cached_property
    def document(self) -> dict[str, Any]:
        """Kết quả như JSON đã đọc: the parsed JSON."""
        document: dict[str, Any] = json.loads(self.to_json())
        return document

    @property
    def start(self) -> str:
        """Ngày đầu kỳ: the first day of the period."""
        return str(self.document["query"]["start"])

    @property
    def end(self) -> str:
        """Ngày cuối kỳ: the last day of the period."""
        return str(self.document["query"]["end"])

    @property
    def cut(self) -> str:
        """Ngày chốt: the last day that is seen."""
        return str(self.document["query"]["cut"])

    @property
    def policy(self) -> dict[str, str]:
        """Quy tắc đã dùng: every rule with its value, the profile first."""
        rules = {rule["rule"]: rule["value"] for rule in self.document["policy"]["rules"]}
        return {"profile": self.document["policy"]["profile"]} | rules

    @property
    def accounting(self) -> dict[str, Any]:
        """Mọi dòng đi đâu: where every row went."""
        book: dict[str, Any] = self.document["accounting"]
        return book

    @cached_property
    def warnings(self) -> tuple[Note, ...]:
        """Lưu ý khi đọc số liệu: what a reader must know first."""
        return tuple(map(note_of, self.document["warnings"]))

    def to_html(self, path: PathLike | None = None, *, lang: Lang = "vi") -> str:
        """Thành trang HTML đứng riêng được: a page of its own, without scripts.

        Parameters
        ----------
        path
            Where to write the page; nothing is written without it.
        lang
            ``"vi"`` or ``"en"``.
        """
        lang = lang_of(lang)
        return written(whole_page(self._title(lang), self._fragment(lang), lang), path)

    def _repr_html_(self) -> str:
        return element("div", sheet(), self._fragment("vi"), class_="tthc-kpi", lang="vi")

    def __repr__(self) -> str:
        return self.to_text()
