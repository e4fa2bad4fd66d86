"""Danh sách hồ sơ quá hạn: dossiers, never their applicants."""

from collections.abc import Mapping, Sequence

from tthc_kpi._markup import Html, el, join
from tthc_kpi._report.part import Part, Report
from tthc_kpi._report.words import word
from tthc_kpi._text import Lang, clean, count, day, label

__all__ = ["late"]

# As many rows of each kind as are still read on paper.
SHOWN_DOSSIERS = 200

Row = Mapping[str, object]


def late(report: Report) -> Part | None:
    """The dossiers that are late, the longest first; none when the dossiers are gone."""
    if report.dossiers is None:
        return None
    lang = report.lang
    title = word("late", lang)
    indicator = _indicator(report)
    if indicator is None:
        return Part("late", title, el("p", word("no_late_indicator", lang), class_="aside"))
    failing = list(report.card.cases(indicator, "failing"))
    # Of dossiers resolved an open one is no case yet, and late all the same.
    waiting = [
        row for row in report.card.cases(indicator, "open") if row["verdict"] == "open_overdue"
    ]
    kinds: dict[str, list[Row]] = {"open_overdue": [], "resolved_late": [], "other_failing": []}
    seen = set()
    for row in [*waiting, *failing]:
        verdict = str(row["verdict"])
        whose = row["dossier_id"] if verdict == "open_overdue" else None
        if whose is not None and whose in seen:
            continue
        seen.add(whose)
        name = {"open_overdue": "open_overdue", "late": "resolved_late"}.get(verdict)
        kinds[name or "other_failing"].append(row)
    tables = [_table(name, rows, indicator, lang) for name, rows in kinds.items() if rows]
    body = join(tables) if tables else el("p", word("none_late", lang))
    note = el("p", word("late_help", lang), class_="aside") if tables else None
    return Part("late", title, join([note, body]))


def _indicator(report: Report) -> str | None:
    """The indicator of dossiers in time, whatever the plan calls it."""
    return next(
        (
            result.indicator
            for result in report.card.whole.results
            if result.measure == "on_time" and result.declaration is None
        ),
        None,
    )


def _table(name: str, rows: Sequence[Row], indicator: str, lang: Lang) -> Html:
    ordered = sorted(rows, key=_longest_first)
    shown = ordered[:SHOWN_DOSSIERS]
    officers = any(row.get("officer") for row in shown)
    open_still = name == "open_overdue"
    heads = [
        (word("dossier_id", lang), "id"),
        (word("procedure", lang), "what"),
        (label("agency", lang), "where"),
        (word("officer", lang), None) if officers else None,
        (word("due", lang), "day"),
        None if open_still else (word("ended", lang), "day"),
        (word("days_late", lang), "number"),
    ]
    body = []
    for row in shown:
        cells = [
            el("th", _text(row.get("dossier_id")), scope="row", class_="id"),
            el("td", _text(row.get("procedure"))),
            el("td", _text(row.get("agency"))),
            el("td", _text(row.get("officer"))) if officers else None,
            el("td", _day(row.get("effective_due"), lang), class_="day"),
            None if open_still else el("td", _day(_end(row), lang), class_="day"),
            el("td", _days(row, lang), class_="number"),
        ]
        body.append(el("tr", *cells))
    caption = f"{word(name, lang)}: {count(len(rows), lang)}"
    table = el(
        "table",
        el("caption", el("span", caption)),
        el(
            "thead",
            el("tr", *(el("th", head[0], scope="col", class_=head[1]) for head in heads if head)),
        ),
        el("tbody", *body),
        class_="late",
    )
    outcome = "open" if open_still else "failing"
    call = f'card.cases("{indicator}", "{outcome}").to_pandas()'
    left = len(rows) - len(shown)
    before, _, after = word("late_rest", lang, n=count(left, lang), call="\0").partition("\0")
    rest = el("p", before, el("code", call), after, class_="aside") if left else None
    region = el("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
    return join([region, rest])


def _longest_first(row: Row) -> tuple[int, str, str]:
    days = row.get("days_late")
    return (
        -days if isinstance(days, int) else 1,
        str(row.get("effective_due") or ""),
        str(row.get("dossier_id") or ""),
    )


def _text(value: object) -> str:
    return "–" if value is None else clean(str(value))


def _end(row: Row) -> object:
    return row.get("completed_at") or row.get("returned_at")


def _day(value: object, lang: Lang) -> str:
    return day(value[:10], lang) if isinstance(value, str) else "–"


def _days(row: Row, lang: Lang) -> str:
    days = row.get("days_late")
    return count(days, lang) if isinstance(days, int) else "–"
