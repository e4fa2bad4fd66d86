"""Bộ chỉ số 766 cho người đọc: bảng chữ trên màn hình, và một trang HTML nhỏ.

Names come from files, so every text is cleaned and escaped. A mark says how sure a row is at its
weakest; the words for it stand beneath, and :meth:`Index.explain` has them aspect by aspect.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tthc_kpi._english import filled
from tthc_kpi._markup import Html, el, join, sheet, whole_page
from tthc_kpi._paper import Paper
from tthc_kpi._text import Lang, clean, count, percent
from tthc_kpi._text import period as period_text

if TYPE_CHECKING:
    from tthc_kpi._index import Index, IndexRow, IndexSum

__all__ = ["as_text", "fragment", "page", "print_index"]

SHOWN_OFFICES = 50

_MARKS = {"reproduced": "●", "read": "○", "unverified": "?"}
_WORDS: dict[str, tuple[str, str]] = {
    "reproduced": ("đã tái lập từ số liệu Cổng", "reproduced from the portal's figures"),
    "read": ("đã đọc trong văn bản", "read in a text"),
    "unverified": ("có điều chưa kiểm chứng", "something unverified"),
    "scored": ("có điểm", "scored"),
    "no_cases": ("mẫu số 0", "no cases"),
    "not_applicable": ("không áp dụng", "not applicable"),
    "no_data": ("thiếu số đếm", "no data"),
    "information": ("thông tin", "information"),
    "unstated": ("chưa rõ cách tính", "unstated"),
    "declared": ("tự khai", "declared"),
    "table": ("bảng số đếm", "table"),
    "register": ("sổ đi kèm", "register"),
    "dossiers": ("hồ sơ", "dossiers"),
    "commune": ("cấp xã", "commune"),
    "province": ("cấp tỉnh", "province"),
    "row": ("Dòng", "Row"),
    "content": ("Nội dung", "Content"),
    "counts": ("Tử số / Mẫu số", "Counts"),
    "rate": ("Tỷ lệ", "Rate"),
    "score": ("Điểm", "Points"),
    "status": ("Tình trạng", "Status"),
    "source": ("Nguồn", "From"),
    "sure": ("Chắc", "Sure"),
    "days": ("ngày", "days"),
    "unknown": ("không rõ", "unknown"),
    "judged": ("mới xét được", "judged so far"),
    "points_of": ("{a}/{b} điểm", "{a} of {b} points"),
    "lacking": ("Còn thiếu", "Lacking"),
    "notes": ("Lưu ý", "Notes"),
    "differences": ("Chỗ các nguồn khác nhau", "Where sources differ"),
    "office": ("Đơn vị", "Office"),
    "scheme": ("Bộ chỉ số", "Scheme"),
    "more": ("… còn {n} đơn vị nữa; xem đầy đủ bằng to_pandas().", "… {n} more; see to_pandas()."),
}


def _say(name: str, lang: Lang, **values: object) -> str:
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)


def _counts(row: "IndexRow", lang: Lang) -> str:
    if row.value is not None:
        return f"{count(row.value, lang)} {_say('days', lang)}"
    if row.numerator is None or row.denominator is None:
        return "–"
    text = f"{count(row.numerator, lang)} / {count(row.denominator, lang)}"
    if row.unknown:
        text += f" (+{count(row.unknown, lang)} {_say('unknown', lang)})"
    return text


def _score(row: "IndexRow", lang: Lang) -> str:
    if not row.maximum:
        return "–"
    return f"{count(row.score, lang)} / {count(row.maximum, lang)}"


def _sum(one: "IndexSum", lang: Lang) -> str:
    if one.score is not None:
        return f"{count(one.score, lang)} / {count(one.maximum, lang)}"
    points = _say("points_of", lang, a=count(one.scored_maximum, lang), b=count(one.maximum, lang))
    return f"{_say('judged', lang)} {points}"


def _cells(row: "IndexRow", lang: Lang) -> tuple[str, ...]:
    return (
        row.code or "",
        clean(row.name.text(lang)),
        _counts(row, lang),
        percent(row.percent, lang),
        _score(row, lang),
        _say(row.status, lang),
        _say(row.counts_from, lang) if row.counts_from else "–",
        _MARKS[row.certainty],
    )


def _titles(lang: Lang) -> tuple[str, ...]:
    names = ("row", "content", "counts", "rate", "score", "status", "source", "sure")
    return tuple(_say(name, lang) for name in names)


def _head(ix: "Index", lang: Lang) -> tuple[str, str]:
    """The scheme's title; whose index it is, at which level, of which period."""
    scheme = ix.document["scheme"]
    whose = [clean(str(key)) for key in ix.keys.values() if key is not None]
    whose.append(_say(ix.level, lang))
    if ix.period is not None:
        whose.append(_period(ix.period, lang))
    whose.append(f"{ix.scheme}, scope={ix.scope}")
    return clean(scheme["title"][lang]), " · ".join(whose)


def _period(text: str, lang: Lang) -> str:
    try:
        return period_text(text, lang)
    except ValueError:  # a label is whatever the caller calls it
        return clean(text)


def _remarks(ix: "Index", lang: Lang) -> Iterator[tuple[str, list[str]]]:
    """What stands beneath: what is lacking, notes, and differences."""
    lacking = [
        f"{row.label}: {clean(row.lack.text(lang))}"
        for row in ix.rows
        if row.lack is not None and row.status == "no_data"
    ]
    notes = [clean(note.text(lang)) for note in ix.notes]
    differences = [
        f"{ix[row].label}: {clean(words.text(lang))}"
        for row, several in ix.differences.items()
        for words in several
    ]
    for name, lines in (("lacking", lacking), ("notes", notes), ("differences", differences)):
        if lines:
            yield _say(name, lang), lines


def _faults(ix: "Index", lang: Lang) -> list[str]:
    """Of several offices: figures that contradict each other, and columns that nobody used."""
    lines: list[str] = []
    for one in ix:
        for row in one.rows:
            if row.lack is not None and row.numerator is not None and row.status == "no_data":
                lines.append(f"{_office(one, lang)}, {row.label}: {clean(row.lack.text(lang))}")
        lines += [clean(note.text(lang)) for note in one.notes if note.code == "columns_ignored"]
    return list(dict.fromkeys(lines))


def _legend(lang: Lang) -> str:
    return "   ".join(f"{mark} {_say(name, lang)}" for name, mark in _MARKS.items())


def as_text(ix: "Index", lang: Lang) -> str:
    """The index as plain text, for ``repr`` and for logs."""
    paper = Paper()
    print_index(ix, lang, paper)
    return paper.text()


def print_index(ix: "Index", lang: Lang, console: Console) -> None:
    """Print an index; of several offices, a line each."""
    if len(ix) != 1:
        console.print(_offices_table(ix, lang))
        if len(ix) > SHOWN_OFFICES:
            console.print(Text(_say("more", lang, n=len(ix) - SHOWN_OFFICES)))
        for line in _faults(ix, lang)[:SHOWN_OFFICES]:
            console.print(Text(f"- {line}"))
        return
    title, whose = _head(ix, lang)
    console.print(Text(title, style="bold"))
    console.print(Text(whose))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for at, name in enumerate(_titles(lang)):
        right = at in (2, 3, 4)
        table.add_column(name, justify="right" if right else "left", no_wrap=right)
    for group in ix.groups.values():
        words = clean(group.name.text(lang))
        table.add_row("", Text(words, style="bold"), "", "", Text(_sum(group, lang), style="bold"))
        for row in ix.rows:
            if row.group == group.group:
                table.add_row(*(Text(cell) for cell in _cells(row, lang)))
    console.print(table)
    total = ix.total
    console.print(Text(f"{total.name.text(lang)}: {_sum(total, lang)}", style="bold"))
    console.print(Text(_legend(lang), style="dim"))
    for heading, lines in _remarks(ix, lang):
        console.print(Text(f"\n{heading}", style="bold"))
        for line in lines:
            console.print(Text(f"- {line}"))


def _offices(ix: "Index", lang: Lang) -> Iterator[tuple[str, ...]]:
    """A line of text per office: whose, the scheme, the groups, the total."""
    for at, one in enumerate(ix):
        if at == SHOWN_OFFICES:
            return
        groups = "; ".join(
            f"{clean(group.name.text(lang))} {_sum(group, lang)}"
            for group in one.groups.values()
            if group.scored_maximum
        )
        yield _office(one, lang), one.scheme, groups or "–", _sum(one.total, lang)


def _office(one: "Index", lang: Lang) -> str:
    keys = " · ".join(clean(str(key)) for key in one.keys.values() if key is not None)
    return keys or _say(one.level, lang)


def _offices_table(ix: "Index", lang: Lang) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in ("office", "scheme", "content", "score"):
        table.add_column(_say(name, lang))
    for cells in _offices(ix, lang):
        table.add_row(*(Text(cell) for cell in cells))
    return table


def fragment(ix: "Index", lang: Lang) -> str:
    """What a notebook shows."""
    return el("div", sheet(), _body(ix, lang), class_="tthc-kpi")


def page(ix: "Index", lang: Lang) -> str:
    """A page that stands on its own: no script, nothing from elsewhere."""
    return whole_page("QĐ 766/QĐ-TTg", _body(ix, lang), lang)


def _body(ix: "Index", lang: Lang) -> Html:
    if len(ix) != 1:
        names = ("office", "scheme", "content", "score")
        head = el("tr", *(el("th", _say(name, lang), scope="col") for name in names))
        rows = join(el("tr", *(el("td", cell) for cell in cells)) for cells in _offices(ix, lang))
        table = el("table", el("thead", head), el("tbody", rows))
        left = len(ix) - SHOWN_OFFICES
        more = el("p", _say("more", lang, n=left)) if left > 0 else None
        faults = [el("li", line) for line in _faults(ix, lang)[:SHOWN_OFFICES]]
        told = el("ul", *faults) if faults else None
        return join([el("div", table, class_="scroll"), more, told])
    title, whose = _head(ix, lang)
    head = el("tr", *(el("th", name, scope="col") for name in _titles(lang)))
    bodies = []
    for group in ix.groups.values():
        heading = el(
            "tr",
            el("th", clean(group.name.text(lang)), colspan="4", scope="rowgroup"),
            el("th", _sum(group, lang), colspan="4"),
        )
        rows = join(
            el("tr", *(el("td", cell) for cell in _cells(row, lang)))
            for row in ix.rows
            if row.group == group.group
        )
        bodies.append(el("tbody", heading, rows))
    total = el("p", el("strong", f"{ix.total.name.text(lang)}: {_sum(ix.total, lang)}"))
    remarks = join(
        el("details", el("summary", heading), el("ul", *(el("li", line) for line in lines)))
        for heading, lines in _remarks(ix, lang)
    )
    return join(
        [
            el("h2", title),
            el("p", whose),
            el("div", el("table", el("thead", head), *bodies), class_="scroll"),
            total,
            el("p", el("small", _legend(lang))),
            remarks,
        ]
    )
