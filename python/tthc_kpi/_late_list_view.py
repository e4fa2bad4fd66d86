"""Danh sách chậm muộn cho người đọc: as text by agency and officer, as HTML with every dossier."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from rich.text import Text

from tthc_kpi._alphabet import by_name
from tthc_kpi._english import filled
from tthc_kpi._markup import Html, el
from tthc_kpi._official_view import (
    Column,
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
from tthc_kpi._text import Lang, count, day

if TYPE_CHECKING:
    from tthc_kpi._late_list import LateCase, LateDesk, LateList

__all__ = ["as_fragment", "as_text", "title"]

_Line = TypeVar("_Line", "LateDesk", "LateCase")

# Lines of a list that a notebook shows; the files have them all.
SHOWN_CASES = 200

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Danh sách hồ sơ chậm muộn", "Late dossiers"),
    "agency": ("Đơn vị giải quyết", "Agency"),
    "officer": ("Cán bộ xử lý", "Officer"),
    "resolved_late": ("Đã giải quyết quá hạn", "Resolved late"),
    "open_overdue": ("Đang giải quyết quá hạn", "Open and overdue"),
    "most": ("Chậm nhiều nhất (ngày làm việc)", "Most working days late"),
    "apology": ("Xin lỗi", "Apology"),
    "explanation": ("Giải trình", "Explanation"),
    "letters": ("đã có / chưa / không rõ", "made / lacking / unknown"),
    "total": ("Tổng số", "Total"),
    "desks": ("Theo đơn vị, cán bộ", "By agency and officer"),
    "annex_1": ("Phụ lục I: hồ sơ đã giải quyết quá hạn", "Annex I: resolved late"),
    "annex_2": ("Phụ lục II: hồ sơ đang giải quyết quá hạn", "Annex II: open and overdue"),
    "id": ("Mã hồ sơ", "Dossier"),
    "procedure": ("Thủ tục", "Procedure"),
    "received": ("Tiếp nhận", "Received"),
    "due": ("Hẹn trả", "Due"),
    "ended": ("Có kết quả", "Ended"),
    "days": ("Quá hạn, ngày làm việc", "Working days late"),
    "calendar_days": ("Quá hạn, ngày lịch", "Calendar days late"),
    "made": ("đã có", "made"),
    "lacking": ("chưa có", "lacking"),
    "unknown": ("không rõ", "unknown"),
    "none": ("Không có hồ sơ nào.", "No dossier."),
    "more": (
        "… còn {n} hồ sơ nữa: xem tệp Excel, Parquet hoặc JSON.",
        "… {n} more: see the Excel, Parquet or JSON file.",
    ),
}


def _say(word: str, lang: Lang, **values: object) -> str:
    text = _WORDS[word][0 if lang == "vi" else 1]
    return filled(text, lang, values)


def title(lang: Lang) -> str:
    """What the list is called."""
    return _say("title", lang)


def _in_order(rows: Sequence[_Line]) -> list[_Line]:
    """By agency and officer as they are looked for; those of one officer stay as they were."""
    return by_name(rows, lambda row: [row.agency, row.officer])


def _desk_columns(lang: Lang) -> list[Column]:
    letters = _say("letters", lang)
    return [
        (_say("agency", lang), False),
        (_say("officer", lang), False),
        (_say("resolved_late", lang), True),
        (_say("open_overdue", lang), True),
        (_say("most", lang), True),
        (f"{_say('apology', lang)}: {letters}", True),
        (f"{_say('explanation', lang)}: {letters}", True),
    ]


def _desk_figures(desk: LateDesk, lang: Lang) -> list[str]:
    letters = [
        " / ".join(count(n, lang) for n in (part.made, part.lacking, part.unknown))
        for part in (desk.apologies, desk.explanations)
    ]
    counts = (desk.resolved_late, desk.open_overdue, desk.most_days_late)
    return [*(count(n, lang) for n in counts), *letters]


def as_text(late: LateList, lang: Lang) -> str:
    """By agency and officer; the dossiers are in the files."""
    shown = text_table(_desk_columns(lang))
    for desk in _in_order(late.desks):
        names = (Text(name(desk.agency, lang)), Text(name(desk.officer, lang)))
        shown.add_row(*names, *_desk_figures(desk, lang))
    shown.add_section()
    shown.add_row(_say("total", lang), "", *_desk_figures(late.total, lang))
    told = [Text(f"- {line}") for line in remarks(late, (), lang)]
    return plain([Text(title(lang)), Text(subtitle(late, lang)), shown, *told])


def as_fragment(late: LateList, lang: Lang) -> Html:
    """The desks and both annexes; whatever comes from the data is escaped."""
    body = [
        el("h2", _say("desks", lang)),
        _scroll(_desks(late, lang), _say("desks", lang)),
        *_annex("annex_1", late.resolved_late, lang),
        *_annex("annex_2", late.open_overdue, lang),
    ]
    return whole(title(lang), late, body, (), lang)


def _scroll(table: Html, label: str) -> Html:
    return el("div", table, class_="scroll", tabindex="0", role="region", aria_label=label)


def _heads(columns: Sequence[Column]) -> Html:
    cells = (
        el(
            "th",
            text,
            scope="col",
            class_="number" if number else None,
            role="columnheader",
        )
        for text, number in columns
    )
    return el("thead", row(*cells), role="rowgroup")


def _desks(late: LateList, lang: Lang) -> Html:
    columns = _desk_columns(lang)

    def line(first: list[Html], desk: LateDesk) -> Html:
        figures = zip(_desk_figures(desk, lang), columns[2:], strict=True)
        return row(*first, *(cell(text, of, number=True) for text, (of, _) in figures))

    body = [
        line(
            [
                el("th", name(desk.agency, lang), scope="row", role="rowheader"),
                cell(name(desk.officer, lang), columns[1][0]),
            ],
            desk,
        )
        for desk in _in_order(late.desks)
    ]
    whole_row = el("th", _say("total", lang), scope="row", colspan="2", role="rowheader")
    return table(_heads(columns), body, line([whole_row], late.total), css="")


def _annex(heading: str, cases: Sequence[LateCase], lang: Lang) -> list[Html]:
    shown = _say(heading, lang)
    head = el("h2", f"{shown} ({count(len(cases), lang)})")
    if not cases:
        return [head, el("p", _say("none", lang))]
    words = ("id", "procedure", "agency", "officer", "received", "due", "ended")
    numbers = ("days", "calendar_days")
    columns: list[Column] = [(_say(word, lang), False) for word in words]
    columns += [(_say(word, lang), True) for word in numbers]
    columns += [(_say(word, lang), False) for word in ("apology", "explanation")]
    names = [text for text, _ in columns]
    body = [_case(case, names, lang) for case in _in_order(cases)[:SHOWN_CASES]]
    parts = [head, _scroll(table(_heads(columns), body, css=""), shown)]
    if len(cases) > SHOWN_CASES:
        parts.append(el("p", _say("more", lang, n=count(len(cases) - SHOWN_CASES, lang))))
    return parts


def _case(case: LateCase, columns: Sequence[str], lang: Lang) -> Html:
    procedure = case.procedure if case.procedure is not None else case.procedure_code
    texts = [name(text, lang) for text in (procedure, case.agency, case.officer)]
    texts += [_date(at, lang) for at in (case.received_at, case.due_at, case.ended_at)]
    days = [count(n, lang) for n in (case.days_late, case.calendar_days_late)]
    letters = [_letter(made, case.by_date, lang) for made in (case.apologised, case.explained)]
    cells = zip([*texts, *days, *letters], columns[1:], strict=True)
    numbers = range(len(texts), len(texts) + len(days))
    return row(
        el("th", name(case.dossier_id, lang), scope="row", role="rowheader"),
        *(cell(text, of, number=at in numbers) for at, (text, of) in enumerate(cells)),
    )


def _date(at: datetime | None, lang: Lang) -> str:
    return day(None if at is None else at.date(), lang)


def _letter(made: bool | None, owed: bool, lang: Lang) -> str:
    if made:
        return _say("made", lang)
    if not owed:
        return "–"
    return _say("unknown" if made is None else "lacking", lang)
