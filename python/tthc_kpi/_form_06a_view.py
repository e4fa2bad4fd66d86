"""Biểu 06a cho người đọc: as text and as HTML, with the head of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tthc_kpi import _tthc_kpi
from tthc_kpi._alphabet import by_name
from tthc_kpi._markup import Html, el
from tthc_kpi._official_view import (
    cell,
    name,
    plain,
    remarks,
    row,
    subtitle,
    table,
    text_table,
    whole,
)
from tthc_kpi._text import Lang, count

if TYPE_CHECKING:
    from tthc_kpi._form_06a import Form06a, FormRow

__all__ = ["as_fragment", "as_text", "title"]

_COLUMNS = [slug for slug, _, _ in _tthc_kpi.form_06a_columns()]
_TITLE = ("Biểu số 06a: Tình hình, kết quả giải quyết TTHC", "Form 06a: dossiers handled")
# The head of the form: what stands over how many columns, and the columns.
_HEAD: list[tuple[tuple[str, str], int]] = [
    (("Số hồ sơ tiếp nhận", "Received"), 4),
    (("Số hồ sơ đã giải quyết", "Resolved"), 4),
    (("Số hồ sơ đang giải quyết", "Open"), 3),
]
_NAMES: list[tuple[str, str]] = [
    ("Tổng số", "Total"),
    ("Trực tuyến", "Online"),
    ("Trực tiếp, bưu chính", "In person, by post"),
    ("Từ kỳ trước", "Carried over"),
    ("Tổng số", "Total"),
    ("Trước hạn", "Early"),
    ("Đúng hạn", "On the due day"),
    ("Quá hạn", "Late"),
    ("Tổng số", "Total"),
    ("Trong hạn", "In time"),
    ("Quá hạn", "Overdue"),
]


def _in(words: tuple[str, str], lang: Lang) -> str:
    return words[0] if lang == "vi" else words[1]


def title(lang: Lang) -> str:
    """What the form is called."""
    return _in(_TITLE, lang)


def _field(lang: Lang) -> str:
    return _in(("Lĩnh vực", "Field"), lang)


def _sum(lang: Lang) -> str:
    return _in(("Tổng số", "Total"), lang)


def _in_order(form: Form06a) -> list[FormRow]:
    return by_name(form.rows, lambda row: [row.field])


def _counts(counts: FormRow) -> list[int]:
    return [getattr(counts, column) for column in _COLUMNS]


def as_text(form: Form06a, lang: Lang) -> str:
    """The form as a table of text."""
    names = zip(range(3, 14), _NAMES, strict=True)
    heads = [f"({number})\n{_in(words, lang)}" for number, words in names]
    shown = text_table([(_field(lang), False), *((head, True) for head in heads)])
    # Names of columns are broken rather than those of fields; figures never are.
    longest = max(len(count(n, lang)) for n in _counts(form.total))
    for column in shown.columns[1:]:
        column.max_width = max(6, longest)
    for one in _in_order(form):
        shown.add_row(Text(name(one.field, lang)), *(count(n, lang) for n in _counts(one)))
    shown.add_section()
    shown.add_row(_sum(lang), *(count(n, lang) for n in _counts(form.total)))
    told = [Text(f"- {line}") for line in remarks(form, form.notes, lang)]
    lines = (title(lang), subtitle(form, lang), _groups(lang))
    return plain([*map(Text, lines), shown, *told])


def _groups(lang: Lang) -> str:
    """Which columns are received, resolved and open, in a line."""
    told, at = [], 3
    for words, span in _HEAD:
        told.append(f"({at})–({at + span - 1}) {_in(words, lang)}")
        at += span
    return "; ".join(told)


def as_fragment(form: Form06a, lang: Lang) -> Html:
    """The form as HTML; whatever comes from the data is escaped."""
    groups = [
        el("th", _in(words, lang), scope="colgroup", colspan=str(span), role="columnheader")
        for words, span in _HEAD
    ]
    first = row(
        el("th", _field(lang), scope="col", rowspan="2", role="columnheader"),
        *groups,
    )
    names = zip(range(3, 14), _NAMES, strict=True)
    second = [
        el(
            "th",
            f"({number}) {_in(words, lang)}",
            scope="col",
            class_="number",
            role="columnheader",
        )
        for number, words in names
    ]
    body = [_row(name(one.field, lang), one, lang) for one in _in_order(form)]
    head = el("thead", first, row(*second), role="rowgroup")
    told = table(head, body, _row(_sum(lang), form.total, lang), css=" pairs")
    scroll = el("div", told, class_="scroll", tabindex="0", role="region", aria_label=title(lang))
    return whole(title(lang), form, [scroll], form.notes, lang)


def _row(head: str, counts: FormRow, lang: Lang) -> Html:
    cells = [
        cell(count(n, lang), label, number=True)
        for n, label in zip(_counts(counts), _labels(lang), strict=True)
    ]
    return row(el("th", head, scope="row", role="rowheader"), *cells)


def _labels(lang: Lang) -> list[str]:
    """The columns by number and name, each with what it is a part of."""
    spans = [_in(words, lang) for words, span in _HEAD for _ in range(span)]
    return [
        f"({number}) {span}: {_in(words, lang).lower()}"
        for number, span, words in zip(range(3, 14), spans, _NAMES, strict=True)
    ]
