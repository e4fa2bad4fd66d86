"""Báo cáo dấu hiệu cho người đọc: as text and as HTML."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from tthc_kpi._english import filled
from tthc_kpi._markup import Html, el, join, sheet
from tthc_kpi._paper import Paper
from tthc_kpi._text import Lang, clean, columns, count, day, key_text, percent

if TYPE_CHECKING:
    from tthc_kpi._integrity import Dimension, FlagCount, FlagGroup, Integrity

__all__ = ["as_html", "as_text"]

SHOWN_GROUPS = 10

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Dấu hiệu cần xem lại", "Integrity flags"),
    "resolved": ("hồ sơ đã giải quyết", "dossiers resolved"),
    "flag": ("Dấu hiệu", "Flag"),
    "flagged": ("Bị đánh dấu / được xét", "Flagged / asked"),
    "share": ("Tỷ lệ", "Share"),
    "innocent": ("Có thể chỉ vì", "May only be because"),
    "lacking": ("chưa xét được, thiếu: {columns}", "not asked, lacking: {columns}"),
    "nothing": (
        "không hồ sơ nào xét được: giá trị trống, hoặc chỉ có ngày mà không có giờ",
        "none could be asked: no values, or dates without a time of day",
    ),
    "agency": ("Đơn vị có nhiều khác thường", "Agencies that stand out"),
    "officer": ("Cán bộ có nhiều khác thường", "Officers that stand out"),
    "compared": ("so {n} nhóm", "{n} groups compared"),
    "times": ("gấp {times} lần phần còn lại", "{times} times the share of the others"),
    "alone": ("phần còn lại không có", "none among the others"),
    "rare": (
        "nếu rải ngẫu nhiên thì dưới 1 trên {n} lần có nhiều đến thế",
        "dealt blindly, so many come up less than once in {n}",
    ),
    "bunched": ("theo lô, không tính được xác suất", "in bunches, no chance can be told"),
    "more": ("và {n} nhóm khác", "and {n} more"),
    "none": (
        "Không đơn vị, cán bộ nào khác thường so với phần còn lại.",
        "No agency or officer stands out from the others.",
    ),
    "note": (
        "Dấu hiệu không phải là kết luận vi phạm: không hồ sơ nào bị loại, không con số nào đổi vì"
        " dấu hiệu. So nhiều nhóm thì ngẫu nhiên cũng có nhóm khác thường. Xem docs/dau-hieu.md.",
        "A flag is no finding: no dossier is left out and no figure moves. Among many groups some"
        " stand out by chance alone. See docs/dau-hieu.md.",
    ),
}


def _say(name: str, lang: Lang, **values: object) -> str:
    vi, en = _WORDS[name]
    text = vi if lang == "vi" else en
    return filled(text, lang, values)


class _Row(NamedTuple):
    """A flag in the whole; where it could not be asked, ``figure`` says why."""

    name: str
    figure: str
    share: str
    innocent: str


def _rows(found: Integrity, lang: Lang) -> Iterator[_Row]:
    for flag in found.flags:
        if flag.lacking:
            names = [columns([slug], lang) for slug in flag.lacking]
            figure = _say("lacking", lang, columns=", ".join(names))
        elif flag.judged == 0:
            figure = _say("nothing", lang)
        else:
            figure = f"{count(flag.flagged, lang)} / {count(flag.judged, lang)}"
        yield _Row(flag.name(lang), figure, percent(flag.percent, lang), flag.innocent(lang))


def _title(found: Integrity, lang: Lang) -> str:
    window = f"{day(found.start, lang)} – {day(found.cut, lang)}"
    resolved = f"{count(found.resolved, lang)} {_say('resolved', lang)}"
    return f"{_say('title', lang)}: {window}, {resolved}"


def _standing_out(found: Integrity, by: Dimension, lang: Lang) -> list[str]:
    """Groups that have more than chance gives, the least likely first; then the bunches."""
    groups = found.groups(by)
    if by == "officer":
        groups = tuple(group for group in groups if group.keys["officer"] is not None)
    shown = [
        (flag, group)
        for group in groups
        for flag in group.flags
        if flag.one_in is not None or (flag.rarity == "bunched" and flag.flagged)
    ]
    # Stable: equally unlikely ones stay in the order of keys.
    shown.sort(key=lambda one: (-(one[0].one_in or 0), -one[0].flagged))
    if not shown:
        return []
    lines = [f"{_say(by, lang)} ({_say('compared', lang, n=count(len(groups), lang))}):"]
    lines += [_line(flag, group, lang) for flag, group in shown[:SHOWN_GROUPS]]
    if len(shown) > SHOWN_GROUPS:
        lines.append(_say("more", lang, n=count(len(shown) - SHOWN_GROUPS, lang)))
    return lines


def _line(flag: FlagCount, group: FlagGroup, lang: Lang) -> str:
    who = " › ".join(key_text(name, key, lang) for name, key in group.keys.items())
    figure = f"{count(flag.flagged, lang)}/{count(flag.judged, lang)}"
    told = [f"{figure} ({percent(flag.percent, lang)})"]
    if flag.times_others is not None:
        told.append(_say("times", lang, times=count(flag.times_others, lang)))
    elif flag.others_judged:
        told.append(_say("alone", lang))
    if flag.one_in is None:
        told.append(_say("bunched", lang))
    else:
        told.append(_say("rare", lang, n=count(flag.one_in, lang)))
    return f"{who}: {flag.name(lang)}: {'; '.join(told)}"


def _lists(found: Integrity, lang: Lang, *, officers: bool = True) -> list[list[str]]:
    lists = [_standing_out(found, "agency", lang)]
    if officers:
        lists.append(_standing_out(found, "officer", lang))
    return [lines for lines in lists if lines]


def as_text(found: Integrity, lang: Lang) -> str:
    """Each flag, then the groups that stand out, then what a flag is not."""
    console = Paper()
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(_say("flag", lang), ratio=3, overflow="fold")
    table.add_column(_say("flagged", lang), ratio=2, justify="right", overflow="fold")
    table.add_column(_say("share", lang), justify="right", no_wrap=True)
    table.add_column(_say("innocent", lang), ratio=4, overflow="fold")
    for row in _rows(found, lang):
        table.add_row(*(Text(clean(cell)) for cell in row))
    console.print(Text(_title(found, lang)))
    console.print(table)
    lists = _lists(found, lang)
    for first, *lines in lists:
        console.print(Text(first))
        for line in lines:
            console.print(Text(f"  {clean(line)}"))
    if not lists:
        console.print(Text(_say("none", lang)))
    console.print(Text(_say("note", lang)))
    return console.text()


def as_html(found: Integrity, lang: Lang) -> str:
    """The same as a fragment; whatever comes from the data is escaped."""
    return el("div", sheet(), body(found, lang), class_="tthc-kpi", lang=lang)


def body(found: Integrity, lang: Lang, *, officers: bool = True) -> Html:
    """What stands in the fragment, with or without the officers who stand out."""
    names = [(_say(name, lang), name) for name in ("flag", "flagged", "share", "innocent")]
    kinds = {"flagged": "number", "share": "number"}
    head = el(
        "tr",
        *(
            el("th", text, scope="col", class_=kinds.get(name), role="columnheader")
            for text, name in names
        ),
        role="row",
    )
    _, flagged, share, innocent = (text for text, _ in names)
    rows = [
        el(
            "tr",
            el("th", row.name, scope="row", role="rowheader"),
            el(
                "td",
                row.figure,
                class_="number" if row.share != "–" else None,
                role="cell",
                data_label=flagged,
            ),
            el("td", row.share, class_="number", role="cell", data_label=share),
            el("td", row.innocent, role="cell", data_label=innocent),
            role="row",
        )
        for row in _rows(found, lang)
    ]
    lists = [
        Html(el("p", first) + el("ul", *(el("li", line) for line in lines)))
        for first, *lines in _lists(found, lang, officers=officers)
    ]
    return join(
        [
            el("p", _title(found, lang)),
            el(
                "table",
                el("caption", _say("title", lang), class_="spoken"),
                el("thead", head, role="rowgroup"),
                el("tbody", *rows, role="rowgroup"),
                role="table",
                class_="stack",
            ),
            *(lists or [el("p", _say("none", lang))]),
            el("p", _say("note", lang)),
        ]
    )
