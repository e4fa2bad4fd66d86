"""Dự báo cho người đọc: as text, as HTML, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table as RichTable
from rich.text import Text

from tthc_kpi._exact import Rounding, percent_of, place
from tthc_kpi._forecast_words import label_month, word
from tthc_kpi._markup import Html, el, join, sheet, style, whole_page
from tthc_kpi._paper import Paper
from tthc_kpi._rows import Column
from tthc_kpi._text import Lang, clean, count, day, label, percent, period, target

if TYPE_CHECKING:
    from tthc_kpi._forecast import Forecast
    from tthc_kpi._forecast_model import Range
    from tthc_kpi._forecast_rows import ForecastRow

__all__ = ["as_html", "as_page", "as_text", "explained", "rows_of"]

MARKS = {
    "certain": "✓",
    "likely": "↗",
    "uncertain": "…",
    "unlikely": "↘",
    "impossible": "✗",
    "not_forecast": "○",
}
# The colours of a scorecard's statuses.
_CLASSES = {
    "certain": "met",
    "likely": "met",
    "uncertain": "no-data",
    "unlikely": "missed",
    "impossible": "missed",
    "not_forecast": "not-applicable",
}
# The selectors say more than those of the sheet: a notebook may repeat the sheet after this.
_CSS = """
.tthc-kpi .results.forecast thead th:nth-child(2) { width: 14.5%; }
.tthc-kpi .results.forecast thead th:nth-child(3) { width: 21%; }
.tthc-kpi .results.forecast thead th:nth-child(4) { width: 10.5%; }
.tthc-kpi .results.forecast thead th:nth-child(5) { width: 10.5%; }
.tthc-kpi .results.forecast thead th:nth-child(6) { width: 25%; }
.tthc-kpi .results.forecast .must { font-size: .9375em; line-height: 1.45; }
.tthc-kpi .results.forecast .badge { white-space: normal;
  padding-left: calc(6px + 1.4em); text-indent: -1.4em; }
.tthc-kpi .results.forecast .badge .mark { text-indent: 0; }
.tthc-kpi .results.forecast .bar { height: 16px; }
.tthc-kpi .results.forecast .bar .fill { opacity: .35; top: 4px; bottom: 4px; }
.tthc-kpi .results.forecast .bar .band { left: calc(var(--from) * 1%);
  width: calc((var(--to) - var(--from)) * 1%); min-width: 5px; top: 0; bottom: 0;
  background: var(--status); }
.tthc-kpi .results.forecast .number { white-space: normal; }
.tthc-kpi .results.forecast .nowrap { white-space: nowrap; }
.tthc-kpi .how dt::first-letter { text-transform: uppercase; }
.tthc-kpi .outlooks dt::first-letter, .tthc-kpi .upper::first-letter { text-transform: uppercase; }
@media screen { @container (max-width: 704px) {
  .tthc-kpi .results.forecast .must { grid-column: 1 / -1; }
} }
@media print { .tthc-kpi .results.forecast .bar { height: 9px; } }
"""


def rows_of() -> list[Column[ForecastRow]]:
    """The columns of a forecast as a table; percents of ranges are rounded outwards."""
    return [
        ("indicator", "string", lambda row: row.indicator),
        ("outlook", "string", lambda row: row.outlook),
        ("numerator", "count", lambda row: Decimal(row.result.numerator)),
        ("denominator", "count", lambda row: Decimal(row.result.denominator)),
        ("target_op", "string", lambda row: row.result.target_op),
        ("target", "percent", lambda row: row.result.target),
        ("low", "string", lambda row: _fraction(row.bounds and row.bounds.low)),
        ("high", "string", lambda row: _fraction(row.bounds and row.bounds.high)),
        ("low_percent", "percent", lambda row: _end(row, row.bounds, "down")),
        ("high_percent", "percent", lambda row: _end(row, row.bounds, "up")),
        ("likely_low", "string", lambda row: _fraction(row.likely and row.likely.low)),
        ("likely_high", "string", lambda row: _fraction(row.likely and row.likely.high)),
        ("likely_low_percent", "percent", lambda row: _end(row, row.likely, "down")),
        ("likely_high_percent", "percent", lambda row: _end(row, row.likely, "up")),
        ("open", "int64", lambda row: row.open),
        ("possible", "int64", lambda row: row.possible),
        ("to_judge", "int64", lambda row: row.to_judge),
        ("good_needed", "int64", lambda row: row.good_needed),
        ("reason", "string", lambda row: None if row.reason is None else row.reason.code),
    ]


def _fraction(value: Fraction | None) -> str | None:
    return None if value is None else f"{value.numerator}/{value.denominator}"


def _end(row: ForecastRow, span: Range | None, rounding: Rounding) -> Decimal | None:
    if span is None:
        return None
    end = span.low if rounding == "down" else span.high
    return percent_of(end, row.result.target, rounding)


def _span(row: ForecastRow, span: Range | None, lang: Lang) -> str:
    """A range in percent, its ends rounded outwards."""
    low, high = _end(row, span, "down"), _end(row, span, "up")
    if span is None or low is None or high is None:
        return "–"
    if span.low == span.high:
        return percent(percent_of(span.low, row.result.target), lang)
    return f"{percent(low, lang)} – {percent(high, lang)}"


def _unit(row: ForecastRow, lang: Lang) -> str:
    return label(row.result.unit, lang)


def _counted(row: ForecastRow, lang: Lang) -> str:
    result = row.result
    if result.percent is None:
        return label(result.status, lang)
    parts = f"{count(result.numerator, lang)}/{count(result.denominator, lang)}"
    return f"{percent(result.percent, lang)} ({parts})"


def must(forecast: Forecast, row: ForecastRow, lang: Lang) -> list[str]:
    """What must happen for the target, or why nothing can be said."""
    result = row.result
    if row.reason is not None:
        lines = [row.reason.text(lang)]
        failing = int(result.denominator - result.numerator) if row.mendable else 0
        if failing:
            name = "mend" if result.target_op == "=" and result.target == 100 else "mend_some"
            lines.append(word(name, lang, n=count(failing, lang), unit=_unit(row, lang)))
        return lines
    if forecast.history.cut >= forecast.history.end:
        return [word("none_left", lang)]
    if row.outlook == "certain":
        return [word("already", lang)]
    if row.outlook == "impossible":
        return [word("never", lang)]
    if row.to_judge is None:
        return ["–"]
    more = count(row.to_judge, lang)
    if row.good_needed is None:
        lines = [word("beyond", lang, more=more, unit=_unit(row, lang))]
    elif row.good_needed == 0:
        lines = [word("enough", lang, more=more, unit=_unit(row, lang))]
    else:
        share = percent_of(row.share_needed or Fraction(1), rounding="up")
        good = count(row.good_needed, lang)
        text = word(
            "needed", lang, good=good, more=more, unit=_unit(row, lang), share=percent(share, lang)
        )
        lines = [text]
    overdue = row.open - row.possible
    if overdue and result.measure == "on_time":
        lines.append(word("overdue_open", lang, n=count(overdue, lang)))
    return lines


def _likely(row: ForecastRow, lang: Lang) -> str:
    if row.likely is None and row.bounds is not None:
        return word("only_bounds", lang)
    if row.bounds is not None and not row.paced:
        return word("no_pace", lang)
    return _span(row, row.likely, lang)


def _lead(forecast: Forecast, lang: Lang) -> list[str]:
    history, query = forecast.history, forecast.card.document["query"]
    name = period(query["period"], lang)
    dates = f"{day(history.start, lang)} – {day(history.end, lang)}"
    cut = day(history.cut, lang)
    left = word("left", lang, n=count(history.days_left, lang))
    seen = word("seen", lang, n=count(history.days_so_far, lang))
    months = word("months_seen", lang, n=count(len(history.pace), lang))
    so_far = word("so_far", lang)
    return [f"{name} ({dates}). {so_far} {cut}. {left}, {seen}; {months}."]


def as_text(forecast: Forecast, lang: Lang) -> str:
    """The table of indicators, what must happen, and the assumptions."""
    console = Paper()
    console.print(Text(clean(forecast.card.document["plan"]["title"])))
    console.print(Text(f"{word('title', lang)}. {' '.join(_lead(forecast, lang))}"))
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(word("indicator", lang), ratio=5, overflow="fold")
    table.add_column(word("outlook", lang), ratio=3, overflow="fold")
    table.add_column(word("so_far", lang), justify="right", ratio=3, overflow="fold")
    table.add_column(word("likely_range", lang), justify="right", ratio=3, overflow="fold")
    table.add_column(word("bounds", lang), justify="right", ratio=3, overflow="fold")
    table.add_column(word("must", lang), ratio=7, overflow="fold")
    shown = list(_forecasts(forecast))
    for at, row in shown:
        goal = target(row.result.target_op, row.result.target, lang)
        outlook = f"{MARKS[row.outlook]} {word(row.outlook, lang)}"
        cells = [
            str(at),
            f"{row.name.text(lang)} ({goal})",
            outlook,
            _counted(row, lang),
            _likely(row, lang),
            _span(row, row.bounds, lang),
            " ".join(must(forecast, row, lang)),
        ]
        table.add_row(*(Text(clean(cell)) for cell in cells))
    console.print(table)
    console.print(Text(f"{word('not_forecast', lang)}:"))
    for reason, names in _left_out(forecast, lang):
        console.print(Text(f"  {clean(reason)}: {clean(names)}"))
    console.print(Text(f"{word('assumptions', lang)}:"))
    for note in forecast.assumptions:
        console.print(Text(f"  {clean(note.text(lang))}"))
    return console.text()


def _forecasts(forecast: Forecast) -> Iterator[tuple[int, ForecastRow]]:
    return ((at, row) for at, row in enumerate(forecast, start=1) if row.outlook != "not_forecast")


def _left_out(forecast: Forecast, lang: Lang) -> list[tuple[str, str]]:
    """The indicators that are not forecast, by their reason."""
    names: dict[str, list[str]] = {}
    for at, row in enumerate(forecast, start=1):
        if row.reason is None:
            continue
        registers = row.reason.code == "register"
        reason = word("of_registers", lang) if registers else row.reason.text(lang)
        name = f"({at}) {row.name.text(lang)}"
        failing = int(row.result.denominator - row.result.numerator) if row.mendable else 0
        if failing:
            name += f" ({word('failing', lang, n=count(failing, lang))})"
        names.setdefault(reason, []).append(name)
    return [(reason, "; ".join(found)) for reason, found in names.items()]


def as_page(forecast: Forecast, lang: Lang) -> str:
    """A page that stands on its own."""
    title = f"{word('title', lang)} – {forecast.card.document['plan']['title']}"
    return whole_page(title, join([style(_CSS), _body(forecast, lang)]), lang)


def as_html(forecast: Forecast, lang: Lang) -> str:
    """What a notebook shows."""
    return f"{sheet()}{style(_CSS)}{el('div', _body(forecast, lang), class_='tthc-kpi', lang=lang)}"


def _body(forecast: Forecast, lang: Lang) -> Html:
    plan = forecast.card.document["plan"]
    head = el(
        "header",
        el("p", word("title", lang), class_="eyebrow"),
        el("h1", plan["title"]),
        *(el("p", line, class_="lead") for line in _lead(forecast, lang)),
    )
    tally = [(outlook, sum(row.outlook == outlook for row in forecast)) for outlook in MARKS]
    tiles = [
        el(
            "div",
            el("dt", word(outlook, lang)),
            el("dd", f"{MARKS[outlook]} {count(n, lang)}"),
        )
        for outlook, n in tally
        if n
    ]
    rows = [_row(forecast, at, row, lang) for at, row in _forecasts(forecast)]
    names = ["indicator", "outlook", "so_far", "likely_range", "bounds", "must"]
    columns = [
        el(
            "th",
            word(name, lang),
            scope="col",
            role="columnheader",
            class_="number" if name in ("likely_range", "bounds") else None,
        )
        for name in names
    ]
    table = el(
        "table",
        el("caption", el("span", word("title", lang)), el("small", word("legend", lang))),
        el("thead", el("tr", *columns, role="row"), role="rowgroup"),
        el("tbody", *rows, role="rowgroup"),
        role="table",
        class_="results forecast",
    )
    notes = [el("li", note.text(lang)) for note in forecast.assumptions]
    left_out = [
        el("div", el("dt", reason), el("dd", names)) for reason, names in _left_out(forecast, lang)
    ]
    return join(
        [
            head,
            el("section", el("dl", *tiles, class_="facts outlooks"), class_="summary"),
            el("section", table) if rows else None,
            el("section", el("h2", word("assumptions", lang)), el("ul", *notes)),
            el(
                "section",
                el("h2", word("not_forecast", lang), class_="upper"),
                el("dl", *left_out, class_="how"),
            )
            if left_out
            else None,
        ]
    )


def _row(forecast: Forecast, at: int, row: ForecastRow, lang: Lang) -> Html:
    result, kind = row.result, _CLASSES[row.outlook]
    goal = target(result.target_op, result.target, lang)
    badge = el(
        "span",
        el("span", MARKS[row.outlook], class_="mark", aria_hidden="true"),
        word(row.outlook, lang),
        class_=f"badge {kind}",
    )
    counts = f"{count(result.numerator, lang)} / {count(result.denominator, lang)}"
    rate = [
        el("span", percent(result.percent, lang), class_="percent"),
        el("span", f"{word('target', lang)} {goal}", class_="goal"),
        _bar(row),
        el("small", f"{counts} {_unit(row, lang)}"),
    ]
    lines: Sequence[str] = must(forecast, row, lang)
    name = el("span", row.name.text(lang), class_="name")
    head = el(
        "th",
        el("span", f"({at})", class_="ordinal"),
        name,
        scope="row",
        role="rowheader",
    )
    cells = [
        ("outlook", "", badge),
        ("so_far", "rate", join(rate)),
        ("likely_range", "number", _ends(_likely(row, lang))),
        ("bounds", "number", _ends(_span(row, row.bounds, lang))),
        ("must", "must", join([el("span", lines[0]), *(el("small", line) for line in lines[1:])])),
    ]
    written = [
        el("td", cell, role="cell", class_=class_ or None, data_label=word(key, lang))
        for key, class_, cell in cells
    ]
    return el("tr", head, *written, role="row", class_=kind)


def _ends(text: str) -> Html:
    """A range that may break after its dash only."""
    low, dash, high = text.partition(" – ")
    if not dash:
        return el("small", text)
    return join([el("span", f"{low} –", class_="nowrap"), " ", el("span", high, class_="nowrap")])


def _bar(row: ForecastRow) -> Html | None:
    rate = row.result.rate
    if rate is None:
        return None
    places = [
        f"--value:{place(rate)}",
        f"--target:{place(Fraction(row.result.target) / 100)}",
    ]
    parts = [el("i", class_="fill")]
    if row.likely is not None and row.paced:
        places += [f"--from:{place(row.likely.low)}", f"--to:{place(row.likely.high)}"]
        parts.append(el("i", class_="band"))
    if row.bounds is not None:
        places += [f"--low:{place(row.bounds.low)}", f"--high:{place(row.bounds.high)}"]
        parts.append(el("i", class_="span"))
    parts.append(el("i", class_="target"))
    return el("span", *parts, class_="bar", aria_hidden="true", style=";".join(places))


def explained(forecast: Forecast, row: ForecastRow, lang: Lang) -> str:
    """One row in words, with the numbers it is made from."""
    result = row.result
    goal = target(result.target_op, result.target, lang)
    lines = [
        f"{row.name.text(lang)} [{row.indicator}]: {word('target', lang)} {goal}",
        *_lead(forecast, lang),
        f"{word('so_far', lang)}: {_counted(row, lang)}",
        f"{word('outlook', lang)}: {word(row.outlook, lang)}",
    ]
    if row.bounds is not None:
        lines.append(f"{word('bounds', lang)}: {_exact(row, row.bounds, lang)}")
        lines.append(f"{word('likely_range', lang)}: {_exact(row, row.likely, lang)}")
    lines.append(f"{word('must', lang)}: {' '.join(must(forecast, row, lang))}")
    if row.months:
        months = "; ".join(
            f"{label_month(key, lang)} {count(good, lang)}/{count(of, lang)}"
            f" = {percent(percent_of(Fraction(good, of)), lang)}"
            for key, good, of in row.months
        )
        lines.append(f"{word('months_seen', lang, n=count(len(row.months), lang))}: {months}")
    lines.append(f"{word('assumptions', lang)}:")
    lines += [f"- {note.text(lang)}" for note in forecast.assumptions]
    return "\n".join(clean(line) for line in lines)


def _exact(row: ForecastRow, span: Range | None, lang: Lang) -> str:
    if span is None:
        return word("only_bounds", lang)
    exact = f"{_fraction(span.low)} – {_fraction(span.high)}"
    return f"{_span(row, span, lang)} ({exact})"
