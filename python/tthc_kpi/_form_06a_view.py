"""Biểu 06a cho người đọc: as text and as HTML, with the head of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from tthc_kpi import _tthc_kpi
from tthc_kpi._alphabet import by_name
from tthc_kpi._markup import Html, el
from tthc_kpi._official_view import figure, name, plain, remarks, subtitle, text_table, whole
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


def _counts(row: FormRow) -> list[int]:
    return [getattr(row, column) for column in _COLUMNS]


def as_text(form: Form06a, lang: Lang) -> str:
    """The form as a table of text."""
    names = zip(range(3, 14), _NAMES, strict=True)
    heads = [f"({number})\n{_in(words, lang)}" for number, words in names]
    table = text_table([(_field(lang), False), *((head, True) for head in heads)])
    # Names of columns are broken rather than those of fields; figures never are.
    longest = max(len(count(n, lang)) for n in _counts(form.total))
    for column in table.columns[1:]:
        column.max_width = max(6, longest)
    for row in _in_order(form):
        table.add_row(Text(name(row.field, lang)), *(count(n, lang) for n in _counts(row)))
    table.add_section()
    table.add_row(_sum(lang), *(count(n, lang) for n in _counts(form.total)))
    told = [Text(f"- {line}") for line in remarks(form, form.notes, lang)]
    lines = (title(lang), subtitle(form, lang), _groups(lang))
    return plain([*map(Text, lines), table, *told])


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
        el("th", _in(words, lang), scope="colgroup", colspan=str(span)) for words, span in _HEAD
    ]
    first = el("tr", el("th", _field(lang), scope="col", rowspan="2"), *groups)
    names = zip(range(3, 14), _NAMES, strict=True)
    second = [
        el("th", f"({number}) {_in(words, lang)}", scope="col", class_="number")
        for number, words in names
    ]
    body = [
        el("tr", el("th", name(row.field, lang), scope="row"), *_figures(row, lang))
        for row in _in_order(form)
    ]
    sums = [el("td", el("strong", count(n, lang)), class_="number") for n in _counts(form.total)]
    total = el("tr", el("th", _sum(lang), scope="row"), *sums)
    table = el(
        "table",
        el("thead", first, el("tr", *second)),
        el("tbody", *body),
        el("tfoot", total),
        class_="wide",
    )
    scroll = el("div", table, class_="scroll", tabindex="0", role="region", aria_label=title(lang))
    return whole(title(lang), form, [scroll], form.notes, lang)


def _figures(row: FormRow, lang: Lang) -> list[Html]:
    return [figure(n, lang) for n in _counts(row)]
