"""Dòng hồ sơ theo thời gian: how dossiers ended, and how many wait."""

from typing import TYPE_CHECKING

from tthc_kpi._result import Group
from tthc_kpi._text import Lang, count, label, lang_of, say
from tthc_kpi.charts._base import (
    INK,
    LABELLED,
    MUTED,
    Row,
    altair,
    beyond_data,
    bucket_axis,
    bucket_label,
    checked_card,
    count_axis,
    dated,
    dressed,
    empty,
    haloed,
    layered,
    needs_time,
    percent_of,
    rows,
    subtitle,
    time_width,
    tooltips,
)
from tthc_kpi.charts._words import tell

if TYPE_CHECKING:
    from altair import LayerChart

    from tthc_kpi._scorecard import Scorecard

__all__ = ["backlog", "flow"]

# From the foot up; their lightness differs, so that they differ in grey, and late has a thick edge.
_FLOW: dict[str, tuple[str, str]] = {
    "early": ("#12507b", "white"),
    "on_due_day": ("#a3d1f0", INK),
    "late": ("#d55e00", "white"),
    "open": ("#f3efe4", INK),
    "not_known": ("#9a9a9a", INK),
}


def flow(card: "Scorecard", *, lang: Lang = "vi") -> "LayerChart":
    """Hồ sơ trước hạn, đúng ngày hẹn, trễ và đang giải quyết, chồng theo tháng.

    The parts of a bar add up to the dossiers handled in that bucket: received in it or carried into
    it. Open are those still open at its end.

    Parameters
    ----------
    card
        Grouped by ``"month"``, ``"quarter"``, ``"week"`` or ``"day"``.
    lang
        ``"vi"`` or ``"en"``.

    Raises
    ------
    QueryError
        The card is not grouped by one time bucket.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026-Q2", by="month")
    >>> tk.charts.flow(card).to_dict()["layer"][0]["mark"]["type"]
    'bar'
    """
    lang, card = lang_of(lang), checked_card(card)
    dimension = needs_time(card, "flow")
    alt = altair()
    values = [row for group in card.groups for row in _parts(card, group, dimension, lang)]
    buckets = [bucket_label(dimension, group, lang) for group in card.groups]
    met = [kind for kind in _FLOW if any(row["kind"] == tell(kind, lang) for row in values)]
    names = [tell(kind, lang) for kind in met]
    x = bucket_axis(dimension, buckets, lang)
    shown = {
        "bucket": label(dimension, lang),
        "dates": tell("dates", lang),
        "kind": tell("kind", lang),
        "words": tell("dossiers", lang),
        "share": tell("of_handled", lang),
        "handled": tell("handled", lang),
    }
    if not values:
        return empty(tell("flow", lang), subtitle(card, lang), say("no_groups", lang), lang)
    most = max(row["upper"] for row in values)
    colour = alt.Color(
        "kind:N",
        title=None,
        scale=alt.Scale(domain=names, range=[_FLOW[kind][0] for kind in met]),
        legend=alt.Legend(symbolStrokeWidth=1, symbolStrokeColor=INK, columns=3),
    )
    y = alt.Y("lower:Q", title=tell("dossier_axis", lang), axis=count_axis(most))
    bars = alt.Chart(rows(values))
    # A number only where the part is tall enough for it.
    roomy = [row for row in values if row["dossiers"] * 18 >= most] if len(buckets) <= 26 else []
    ink = alt.Scale(domain=names, range=[_FLOW[kind][1] for kind in met])
    layers = [
        bars.mark_bar(stroke=INK, strokeWidth=0.6).encode(
            x=x, y=y, y2="upper:Q", color=colour, tooltip=tooltips(shown)
        ),
        alt.Chart(rows(roomy))
        .mark_text(fontSize=11)
        .encode(
            x=x,
            y=alt.Y("middle:Q", title=tell("dossier_axis", lang)),
            text="words:N",
            stroke=alt.value(None),
            fill=alt.Fill("kind:N", scale=ink, legend=None),
        ),
        alt.Chart(rows(_low_late(values, roomy, lang) if len(buckets) <= LABELLED else []))
        .mark_text(fontSize=10, dy=-6, color=INK)
        .encode(
            x=x,
            y=alt.Y("top:Q", title=tell("dossier_axis", lang)),
            text="words:N",
            stroke=alt.value(None),
        ),
        _beyond(card, dimension, x, lang),
    ]
    chart = (
        layered(*layers)
        .resolve_scale(fill="independent")
        .properties(width=time_width(len(buckets)), height=300)
    )
    title = tell("flow", lang)
    return dressed(chart, title, subtitle(card, lang), description=title, lang=lang)


def _low_late(values: list[Row], roomy: list[Row], lang: Lang) -> list[Row]:
    """The late parts too low for a number in them: what stands over their bars instead."""
    tops: dict[str, int] = {}
    for row in values:
        tops[row["bucket"]] = max(tops.get(row["bucket"], 0), row["upper"])
    return [
        {
            "bucket": row["bucket"],
            "top": tops[row["bucket"]],
            "words": tell("late_over", lang, n=row["words"]),
        }
        for row in values
        if row["kind"] == tell("late", lang) and row not in roomy
    ]


def _parts(card: "Scorecard", group: Group, dimension: str, lang: Lang) -> list[Row]:
    """The parts of a bar, from the foot up; empty ones are left out."""
    if beyond_data(card, group):
        return []
    facts = group.facts
    handled = facts.get("handled", 0)
    counts = {kind: facts.get(kind, 0) for kind in ("early", "on_due_day", "late", "open")}
    counts["not_known"] = handled - sum(counts.values())
    found: list[Row] = []
    lower = 0
    for kind in _FLOW:
        n = counts[kind]
        if not n:
            continue
        found.append(
            {
                "bucket": bucket_label(dimension, group, lang),
                "dates": dated(group, lang),
                "kind": tell(kind, lang),
                "dossiers": n,
                "lower": lower,
                "middle": lower + n / 2,
                "upper": lower + n,
                "words": count(n, lang),
                "share": percent_of(n, handled, lang),
                "handled": count(handled, lang),
            }
        )
        lower += n
    return found


def _waiting(group: Group, fact: str) -> int | None:
    """How many wait; none where dossiers are open and of none is known whether it is overdue."""
    n, waiting = group.facts.get(fact, 0), group.facts.get("open", 0)
    judged = sum(group.facts.get(name, 0) for name in ("open_in_time", "open_overdue"))
    return None if fact == "open_overdue" and waiting and not judged else n


def _beyond(card: "Scorecard", dimension: str, x: object, lang: Lang) -> object:
    """Buckets after the last day of the data, said to be so."""
    alt = altair()
    lost = [
        {"bucket": bucket_label(dimension, group, lang), "words": "?"}
        for group in card.groups
        if beyond_data(card, group)
    ]
    return (
        alt.Chart(rows(lost))
        .mark_text(dy=-8, color=MUTED, fontSize=11)
        .encode(
            x=x, y=alt.value("height"), text="words:N", tooltip=alt.value(tell("beyond_data", lang))
        )
    )


def backlog(card: "Scorecard", *, lang: Lang = "vi") -> "LayerChart":
    """Hồ sơ đang giải quyết và quá hạn ở cuối mỗi tháng.

    Each bucket is seen at its own last day; the last one at the cut.

    Parameters
    ----------
    card
        Grouped by ``"month"``, ``"quarter"``, ``"week"`` or ``"day"``.
    lang
        ``"vi"`` or ``"en"``.

    Raises
    ------
    QueryError
        The card is not grouped by one time bucket.

    Examples
    --------
    >>> import tthc_kpi as tk
    >>> ds, plan = tk.Dossiers(tk.synth(1000)), tk.Plan("dong-nguyen-2026")
    >>> card = tk.evaluate(ds, plan, period="2026-Q2", by="week")
    >>> tk.charts.backlog(card).to_dict()["layer"][0]["mark"]["type"]
    'line'
    """
    lang, card = lang_of(lang), checked_card(card)
    dimension = needs_time(card, "backlog")
    alt = altair()
    values: list[Row] = []
    for group in card.groups:
        for fact, name in (("open", "all_open"), ("open_overdue", "overdue")):
            n = None if beyond_data(card, group) else _waiting(group, fact)
            values.append(
                {
                    "bucket": bucket_label(dimension, group, lang),
                    "dates": dated(group, lang),
                    "kind": tell(name, lang),
                    "dossiers": n,
                    "words": count(n, lang),
                    "share": "–" if n is None else percent_of(n, group.facts.get("open", 0), lang),
                }
            )
    buckets = [bucket_label(dimension, group, lang) for group in card.groups]
    known = [row for row in values if row["dossiers"] is not None]
    if not known:
        return empty(tell("backlog", lang), subtitle(card, lang), tell("beyond_data", lang), lang)
    most = max(row["dossiers"] for row in known)
    names = [tell("all_open", lang), tell("overdue", lang)]
    x = bucket_axis(dimension, buckets, lang)
    y = alt.Y(
        "dossiers:Q",
        title=tell("dossier_axis", lang),
        axis=count_axis(most),
        scale=alt.Scale(domain=[0, max(most * 1.08, 1)], nice=False),
    )
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=names, range=["#0072b2", "#d55e00"])
    )
    shown = {
        "bucket": label(dimension, lang),
        "dates": tell("dates", lang),
        "kind": tell("kind", lang),
        "words": tell("dossiers", lang),
        "share": tell("of_open", lang),
    }
    shape = alt.Shape(
        "kind:N", title=None, scale=alt.Scale(domain=names, range=["circle", "triangle-up"])
    )
    layers = [
        *(
            alt.Chart(rows([row for row in values if row["kind"] == name]))
            .mark_line(strokeWidth=2, strokeDash=dash)
            .encode(x=x, y=y, color=colour)
            for name, dash in zip(names, ([1, 0], [5, 3]), strict=True)
        ),
        alt.Chart(rows(known))
        .mark_point(filled=True, size=70, opacity=1)
        .encode(x=x, y=y, color=colour, shape=shape, tooltip=tooltips(shown)),
        *haloed(
            alt.Chart(rows(known if len(buckets) <= LABELLED else [])),
            dy=-13,
            x=x,
            y=y,
            text="words:N",
        ),
        _beyond(card, dimension, x, lang),
    ]
    chart = layered(*layers).properties(width=time_width(len(buckets)), height=280)
    title = tell("backlog", lang)
    return dressed(chart, title, subtitle(card, lang), description=title, lang=lang)
