"""Những gì mọi biểu đồ dùng chung: the library, the look, and what a card must be grouped by."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

from tthc_kpi._errors import InputError, QueryError
from tthc_kpi._exact import percent_of as exact_percent
from tthc_kpi._result import Group
from tthc_kpi._text import MARKS, Lang, clean, day, label, percent, say
from tthc_kpi._text import period as period_text

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = [
    "BUCKETS",
    "INK",
    "LABELLED",
    "MUTED",
    "SMALL",
    "Row",
    "altair",
    "beyond_data",
    "bucket_axis",
    "bucket_label",
    "checked_card",
    "checked_top",
    "count_axis",
    "dated",
    "dressed",
    "empty",
    "haloed",
    "harmless",
    "known_late",
    "layered",
    "needs_group",
    "needs_time",
    "percent_of",
    "position",
    "rows",
    "shown_status",
    "status_colour",
    "status_edge",
    "status_fill",
    "status_shape",
    "subtitle",
    "time_width",
    "tooltips",
]

Row = dict[str, Any]

BUCKETS = ("month", "quarter", "week", "day")

# Fewer cases than this make a rate that the next case can turn over: it is drawn hollow.
SMALL = 10
# More labels along the time than this would stand on each other.
LABELLED = 16

INK, MUTED = "#222222", "#6b6b6b"
# Of Okabe and Ito's palette, which colour-blind readers tell apart.
_COLOURS = {"met": "#0072b2", "missed": "#d55e00"}
# Of bars: missed is the lighter one in grey.
_FILLS = {"met": "#0072b2", "missed": "#f6c08f"}
_SHAPES = {"met": "circle", "missed": "triangle-down"}

# The last is what the drawing library brings itself; the others are of Windows, Linux and macOS.
_FONT = "Segoe UI, Noto Sans, Helvetica Neue, Arial, sans-serif"

_ENDS_SCRIPT = re.compile("<(?=/script|script|!--)", re.IGNORECASE)

_NUMBERS = {
    "vi": {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]},
    "en": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", " VND"]},
}


def altair() -> Any:
    """Altair, or an error that says how it is installed."""
    try:
        import altair as library
        import vl_convert
    except ImportError:
        raise InputError(
            "plot_missing",
            "vẽ biểu đồ cần altair và vl-convert-python: pip install 'tthc-kpi[plot]'"
            " [charts need the extra plot]",
        ) from None
    del vl_convert
    return library


def checked_card(card: object) -> "Scorecard":
    """The scorecard, or an error that says how one is made."""
    from tthc_kpi._scorecard import Scorecard

    if isinstance(card, Scorecard):
        return card
    raise QueryError(
        "not_a_card",
        "cần bảng điểm: tk.evaluate(ds, plan, period=..., by=...)"
        f" [expected a Scorecard, got {type(card).__name__}]",
    )


def needs_time(card: "Scorecard", what: str) -> str:
    """The one time bucket a card is grouped by, or an error that says what to group by."""
    by = card.by
    if len(by) == 1 and by[0] in BUCKETS:
        return by[0]
    raise QueryError(
        "needs_time",
        f"{what}: bảng điểm phải chia theo thời gian và chỉ theo thời gian, như"
        f" evaluate(..., by='month') (hoặc quarter, week, day); đang chia theo {_grouped(by)}"
        " [the card must be grouped by one time bucket alone]",
    )


def needs_group(card: "Scorecard", what: str, example: str = "agency") -> tuple[str, ...]:
    """The dimensions a card is grouped by, none of them time, or an error that says so."""
    by = card.by
    if by and not any(name in BUCKETS for name in by):
        return by
    raise QueryError(
        "needs_group",
        f"{what}: bảng điểm phải chia nhóm và không chia theo thời gian, như"
        f" evaluate(..., by={example!r}); đang chia theo {_grouped(by)}"
        " [the card must be grouped, and not by time]",
    )


def _grouped(by: Sequence[str]) -> str:
    return ", ".join(map(repr, by)) if by else "không gì cả [nothing]"


def checked_top(top: int | None, *, negative: bool = False) -> int | None:
    """How many groups are shown, or an error."""
    if top is None:
        return None
    if isinstance(top, int) and not isinstance(top, bool) and (top > 0 or (negative and top != 0)):
        return top
    raise QueryError(
        "bad_top",
        f"top là số nhóm được vẽ, từ 1 [a number of groups, from 1; got {top!r}]",
    )


def bucket_label(dimension: str, group: Group, lang: Lang) -> str:
    """A time bucket on an axis, as short as it can be and still be the only one of its name.

    A week is named by its number, a day by its date.
    """
    key = str(group.keys[dimension])
    year, _, part = key.partition("-")
    if dimension == "day":
        return day(key, lang)
    if lang == "en":
        return clean(key)
    if dimension == "month":
        return f"{part}/{year}"
    if dimension == "quarter":
        return period_text(key, lang)
    return f"T{part.removeprefix('W')}/{year}"


def dated(group: Group, lang: Lang) -> str:
    """The first and the last day of a time bucket."""
    if group.period_start == group.period_end:
        return day(group.period_start, lang)
    return say(
        "from_to", lang, start=day(group.period_start, lang), end=day(group.period_end, lang)
    )


def beyond_data(card: "Scorecard", group: Group) -> bool:
    """Whether a time bucket begins after the last day of the data: nothing is known of it."""
    last = card.document["data"]["data_through"]
    if last is None:
        return True
    return group.period_start is not None and group.period_start > date.fromisoformat(last)


def known_late(group: Group) -> bool:
    """Whether late is known of any resolved dossier, or none was resolved: no due date, no late."""
    facts = group.facts
    judged = sum(facts.get(fact, 0) for fact in ("early", "on_due_day", "late"))
    return judged > 0 or not facts.get("resolved", 0)


def position(share: Fraction | None) -> float | None:
    """Where a share lies on an axis in percent: a place in a picture, and no figure."""
    return None if share is None else float(share * 100)


def percent_of(part: int, whole: int, lang: Lang) -> str:
    """A share as text, two decimals, halves away from zero as everywhere."""
    return percent(exact_percent(Fraction(part, whole)) if whole else None, lang)


def shown_status(status: str, lang: Lang) -> str:
    """A status as mark and word."""
    return f"{MARKS[status]} {label(status, lang)}"


def time_width(buckets: int) -> int:
    """How wide a chart over time is."""
    return max(560, min(1200, 54 * buckets))


def subtitle(card: "Scorecard", lang: Lang, *more: str) -> list[str]:
    """What stands beneath a title: the period and the cut, then whatever must be said."""
    query = card.document["query"]
    first = f"{period_text(query['period'], lang)} · {say('cut', lang).lower()}"
    return [f"{first} {day(query['cut'], lang)}", *filter(None, more)]


def bucket_axis(dimension: str, buckets: Sequence[str], lang: Lang) -> Any:
    """Time buckets along the foot, each in its place, whether or not anything is known of it."""
    alt = altair()
    return alt.X(
        "bucket:N",
        title=label(dimension, lang),
        scale=alt.Scale(domain=list(buckets)),
        axis={"labelOverlap": True, "labelAngle": 0 if len(buckets) <= 16 else -45, "grid": False},
    )


def status_colour(field: str, lang: Lang) -> Any:
    """Met and missed by colour; the word is in the legend."""
    return altair().Color(f"{field}:N", title=None, scale=_statuses(_COLOURS, lang))


def status_fill(field: str, lang: Lang) -> Any:
    """Met and missed by the fill of a bar, whose edge has the colour."""
    return altair().Fill(f"{field}:N", title=None, scale=_statuses(_FILLS, lang))


def status_edge(field: str, lang: Lang) -> Any:
    """Met and missed by the edge of a bar."""
    return altair().Stroke(f"{field}:N", title=None, scale=_statuses(_COLOURS, lang))


def status_shape(field: str, lang: Lang) -> Any:
    """Met and missed by shape, in one legend with the colour."""
    return altair().Shape(f"{field}:N", title=None, scale=_statuses(_SHAPES, lang))


def _statuses(of: Mapping[str, str], lang: Lang) -> Any:
    words = [shown_status(status, lang) for status in of]
    return altair().Scale(domain=words, range=list(of.values()))


def tooltips(titles: Mapping[str, str]) -> list[Any]:
    """What is shown of a mark: fields that are text already, each with its title."""
    alt = altair()
    return [alt.Tooltip(f"{field}:N", title=title) for field, title in titles.items()]


def count_axis(most: int, **more: Any) -> dict[str, Any]:
    """An axis of counts: ticks at whole numbers alone, however few there are."""
    axis: dict[str, Any] = {"format": ",d", "tickMinStep": 1, **more}
    return axis | {"values": list(range(most + 1))} if most <= 8 else axis


def haloed(chart: Any, *, dy: int, **channels: Any) -> list[Any]:
    """Numbers over lines: the text, and beneath it a white edge that keeps the lines off."""
    return [
        chart.mark_text(dy=dy, fontSize=11, stroke="white", strokeWidth=4).encode(**channels),
        chart.mark_text(dy=dy, fontSize=11, color=INK).encode(**channels),
    ]


def rows(values: Sequence[Mapping[str, Any]]) -> Any:
    """Rows of a chart, held in the chart itself, their texts harmless."""
    return altair().InlineData(
        values=[
            {
                field: harmless(value) if isinstance(value, str) else value
                for field, value in row.items()
            }
            for row in values
        ]
    )


def harmless(text: str) -> str:
    """The text as it can stand in a script of a page.

    Altair writes a chart into pages and notebooks as it is, where these three could end the script
    or hide its end. A joiner of no width parts them; nothing else changes, nor does it show.
    """
    return _ENDS_SCRIPT.sub("<\N{WORD JOINER}", text)


def layered(*layers: Any) -> Any:
    """Layers as one chart, which a notebook shows as SVG, so without network.

    Altair's own way of showing loads its library from the network; it is used when the caller has
    chosen a renderer (``altair.renderers.enable``).
    """
    return _chart_class()(layer=list(layers))


@cache
def _chart_class() -> Any:
    alt = altair()

    def shown(self: Any, *args: Any, **options: Any) -> Any:
        if alt.renderers.active != "default":
            return alt.LayerChart._repr_mimebundle_(self, *args, **options)
        from tthc_kpi.charts._export import svg

        return {"image/svg+xml": svg(self), "text/plain": "<Chart>"}

    return type("Chart", (alt.LayerChart,), {"_repr_mimebundle_": shown})


def empty(title: str, under: Sequence[str], text: str, lang: Lang) -> "LayerChart":
    """A chart that says in words why there is nothing to draw."""
    alt = altair()
    words = (
        alt.Chart(rows([{"text": text}])).mark_text(fontSize=15, color=MUTED).encode(text="text:N")
    )
    return dressed(
        layered(words).properties(width=560, height=120),
        title,
        under,
        description=text,
        lang=lang,
    )


def dressed(
    chart: Any, title: str, under: Sequence[str], *, description: str, lang: Lang
) -> "LayerChart":
    """The title, the look, and the way numbers are written."""
    dressed: LayerChart = chart.properties(
        title={
            "text": harmless(clean(title)),
            "subtitle": [harmless(clean(line)) for line in under],
            "anchor": "start",
        },
        description=harmless(clean(description)),
    ).configure(
        locale={"number": _NUMBERS[lang]},
        font=_FONT,
        background="white",
        padding=12,
        view={"stroke": None},
        title={
            "fontSize": 16,
            "fontWeight": 600,
            "color": INK,
            "subtitleColor": MUTED,
            "subtitleFontSize": 12,
            "subtitlePadding": 6,
            "offset": 14,
            "frame": "bounds",
        },
        axis={
            "labelColor": INK,
            "titleColor": MUTED,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "titleFontSize": 12,
            "gridColor": "#e4e4e4",
            "domainColor": "#8a8a8a",
            "tickColor": "#8a8a8a",
            "labelLimit": 320,
        },
        legend={
            "labelColor": INK,
            "labelFontSize": 12,
            "titleColor": MUTED,
            "titleFontWeight": "normal",
            "orient": "top",
            "offset": 24,
            "labelLimit": 320,
        },
    )
    return dressed
