"""Charts: their figures are those of the card, and nothing in the data can break out of them."""

import datetime as dt
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser

import altair as alt
import pytest

import tthc_kpi as tk

PLAN = tk.Plan("dong-nguyen-2026")
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028<!--{signal}"


def dossier(at, agency, day, *, took=3, late=False, due=True, ended=True, code="1.000"):
    received = dt.datetime.combine(day, dt.time(8))
    return {
        "id": f"h{at}",
        "received_at": received,
        "due_at": received + dt.timedelta(days=1 if late else 20) if due else None,
        "completed_at": received + dt.timedelta(days=took) if ended else None,
        "agency": agency,
        "officer": agency,
        "procedure_code": code,
    }


@pytest.fixture(scope="module")
def rows():
    """Three agencies in February, March and June; nothing in between, and nothing after."""
    days = [dt.date(2026, 2, 3), dt.date(2026, 3, 2), dt.date(2026, 3, 21), dt.date(2026, 6, 10)]
    found = [
        dossier(
            at,
            ["Phòng A", HOSTILE, None][at % 3],
            days[at % 4],
            took=at % 9,
            late=at % 5 == 0,
            ended=at % 11 != 0,
            code=f"1.00{at % 2}",
        )
        for at in range(120)
    ]
    found += [dossier(200 + at, "Tổ nhỏ", days[1], late=at == 0) for at in range(3)]
    return [*found, dossier(300, "Chưa xong", days[1], ended=False)]


@pytest.fixture(scope="module")
def ds(rows):
    return tk.Dossiers(rows)


def card_by(ds, by, **arguments):
    return tk.evaluate(ds, PLAN, **{"period": "2026", "as_of": "2026-09-30"} | arguments, by=by)


def layers(chart):
    """The marks of a chart with the rows behind each, as Vega-Lite is given them."""
    spec = chart.to_dict()

    def walk(node, data):
        data = node.get("data", data)
        if "layer" in node:
            return [one for part in node["layer"] for one in walk(part, data)]
        values = spec["datasets"][data["name"]] if "name" in data else data["values"]
        return [(node["mark"], node["encoding"], values)]

    return walk(spec, None)


def first(chart, kind):
    return next(
        (encoding, values) for mark, encoding, values in layers(chart) if mark["type"] == kind
    )


def test_over_time_has_the_figures_of_the_card(ds):
    card = card_by(ds, "month")
    chart = tk.charts.over_time(card, "on_time_rate")
    _, values = first(chart, "line")
    assert [row["bucket"] for row in values] == [f"{month:02}/2026" for month in range(1, 10)]
    for row, group in zip(values, card.groups, strict=True):
        result = group["on_time_rate"]
        if result.rate is None:
            assert row["rate"] is None
            continue
        assert (row["numerator"], row["denominator"]) == (
            str(result.numerator),
            str(result.denominator),
        )
        assert row["rate"] == float(result.rate * 100)
    _, (goal,) = first(chart, "rule")
    assert goal == {"goal": 95.0, "words": "mục tiêu > 95%"}


def test_what_is_not_known_is_a_gap_and_says_why(ds):
    chart = tk.charts.over_time(card_by(ds, "month"), "on_time_rate")
    (lost,) = [
        {row["bucket"][:2]: row["lost"] for row in values}
        for mark, encoding, values in layers(chart)
        if encoding.get("text", {}).get("field") == "lost"
    ]
    assert lost == {
        "01": "không có", "04": "không có", "05": "không có",
        "07": "chưa có", "08": "chưa có", "09": "chưa có",
    }  # fmt: skip
    _, values = first(tk.charts.backlog(card_by(ds, "month")), "line")
    assert [row["dossiers"] is None for row in values] == [False] * 6 + [True] * 3
    undated = tk.Dossiers([dossier(at, "A", dt.date(2026, 3, 2), due=False) for at in range(5)])
    (_, _, values) = layers(tk.charts.pareto(card_by(undated, "agency")))[0]
    assert values == [{"text": "Không xét được trễ hay không: không rõ ngày hẹn trả"}]


def test_ranking_is_by_exact_rate_and_shows_few_cases_hollow(ds):
    card = card_by(ds, "agency")
    chart = tk.charts.ranking(card, "on_time_rate")
    (values,) = [
        v for _, e, v in layers(chart) if e.get("text", {}).get("field") == "words" and len(v) > 1
    ]
    rates = [Fraction(int(row["numerator"]), int(row["denominator"])) for row in values[:-1]]
    assert rates == sorted(rates, reverse=True)
    assert (values[-1]["whole"], values[-1]["rate"]) == ("Chưa xong", None)
    assert [row["whole"] for row in values if row["small"]] == ["Tổ nhỏ"]
    (hollow,) = [v for mark, _, v in layers(chart) if mark.get("fillOpacity") == 0]
    assert [row["whole"] for row in hollow] == ["Tổ nhỏ"]
    assert first(chart, "rule")[1][0]["goal"] == 95
    lowest = tk.charts.ranking(card, "on_time_rate", top=-2)
    assert [row["whole"] for row in first(lowest, "bar")[1]] == [
        row["whole"] for row in values[2:4] if not row["small"]
    ]


def test_the_parts_of_flow_are_the_dossiers_handled(ds):
    card = card_by(ds, "month")
    _, values = first(tk.charts.flow(card), "bar")
    sums, kinds = Counter(), Counter()
    for row in values:
        assert row["lower"] == sums[row["bucket"]]
        assert row["upper"] - row["lower"] == row["dossiers"]
        sums[row["bucket"]] += row["dossiers"]
        kinds[row["bucket"], row["kind"]] = row["dossiers"]
    march = card.groups[2].facts
    assert sums["03/2026"] == march["handled"]
    assert kinds["03/2026", "Trễ hạn"] == march["late"]
    assert kinds["03/2026", "Đang giải quyết cuối kỳ"] == march["open"]
    assert "07/2026" not in sums


@pytest.mark.parametrize("what", ["received", "resolved_late"])
def test_the_calendar_counts_every_day(ds, rows, what):
    chart = tk.charts.calendar(ds, period="2026-H1", what=what)
    _, values = first(chart, "rect")
    counted = {row["day"]: row["dossiers"] for row in values}
    if what == "received":
        days = Counter(row["received_at"].date() for row in rows)
    else:
        days = Counter(
            row["completed_at"].date()
            for row in rows
            if row["completed_at"] and row["completed_at"].date() > row["due_at"].date()
        )
    last = max(row["completed_at"].date() for row in rows if row["completed_at"])
    assert len(values) == (last - dt.date(2026, 1, 1)).days + 1
    assert {day: n for day, n in counted.items() if n} == {
        f"{day:%d/%m/%Y}": n for day, n in days.items()
    }
    calendar = tk.WorkCalendar.vietnam()
    for row in values:
        day = dt.datetime.strptime(row["day"], "%d/%m/%Y").date()
        assert row["off"] is not calendar.is_working_day(day)


def test_processing_time_counts_within_the_limit(ds):
    card = card_by(ds, "procedure_code")
    chart = tk.charts.processing_time(card, limits={"1.000": 2})
    _, cells = first(chart, "bar")
    for group in card.groups:
        mine = [row for row in cells if row["whole"] == group.keys["procedure_code"]]
        assert sum(row["dossiers"] for row in mine) == group.processing_time.known
    group = card.groups[0]
    within = sum(n for days, n in group.processing_time.days.items() if days <= 2)
    _, marks = first(chart, "point")
    limited = [row for row in marks if row["mark"] == "Thời hạn"]
    assert [row["whole"] for row in limited] == ["1.000"]
    assert limited[0]["within"].startswith(f"{within} / {group.processing_time.known} (")
    kept = tk.charts.processing_time(card_by(ds, "procedure_code", limits={"1.001": 4}))
    assert {row["whole"] for row in first(kept, "point")[1] if row["mark"] == "Thời hạn"} == {
        "1.001"
    }


def test_pareto_adds_up_to_all_late(ds):
    card = card_by(ds, "agency")
    _, values = first(tk.charts.pareto(card, top=1), "bar")
    assert [row["whole"] for row in values][1:] == ["3 nhóm còn lại"]
    assert sum(row["late"] for row in values) == card.whole.facts["late"]
    assert values[-1]["cumulative"] == "100,00%"


def test_a_card_draws_what_fits_it(ds):
    assert (
        card_by(ds, "week").plot().to_dict()["title"]
        == card_by(ds, "week").plot("on_time_rate").to_dict()["title"]
    )
    assert (
        first(card_by(ds, "agency").plot("on_time_rate", top=2, lang="en"), "rule")[1][0]["words"]
        == "target > 95%"
    )
    assert first(card_by(ds, "month").plot(kind="flow"), "bar")[1]


@pytest.mark.parametrize(
    ("draw", "by", "code", "says"),
    [
        (lambda card: card.plot(), [], "needs_group", "by='month'"),
        (lambda card: tk.charts.over_time(card, "on_time_rate"), ["agency", "month"], "needs_time", "by='month'"),
        (tk.charts.flow, ["agency"], "needs_time", "by='month'"),
        (tk.charts.backlog, [], "needs_time", "by='month'"),
        (lambda card: tk.charts.ranking(card, "on_time_rate"), ["month"], "needs_group", "by='agency'"),
        (tk.charts.pareto, ["day"], "needs_group", "by='procedure'"),
        (tk.charts.processing_time, [], "needs_group", "by='procedure'"),
        (lambda card: tk.charts.pareto(card, top=0), ["agency"], "bad_top", "từ 1"),
        (lambda card: card.plot(kind="flows"), ["month"], "unknown_kind", "'flow'"),
        (lambda card: card.plot("on_time_rate", "flow"), ["month"], "no_indicator", "flow"),
        (lambda card: tk.charts.svg(card), ["month"], "not_a_chart", "Scorecard"),
        (lambda card: tk.charts.save(card.plot(), "x.gif"), ["month"], "bad_suffix", ".png"),
        (lambda card: tk.charts.calendar(card._source.dossiers, period="2026", what="late"), [], "unknown_what", "resolved_late"),
    ],
)  # fmt: skip
def test_a_card_that_does_not_fit_is_told_what_would(ds, draw, by, code, says):
    with pytest.raises(tk.QueryError) as caught:
        draw(card_by(ds, by))
    assert (caught.value.code, says in str(caught.value)) == (code, True)


def test_without_the_extra_it_says_how_to_install_it(ds, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "altair", None)
    with pytest.raises(tk.InputError, match=re.escape("pip install 'tthc-kpi[plot]'")):
        card_by(ds, "agency").plot()


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.words, self.at = [], [], [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.at = tag
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        (self.scripts if self.at == "script" else self.words).append(data)

    def handle_endtag(self, _tag):
        self.at = None

    def handle_comment(self, data):
        raise AssertionError(data)


def test_names_cannot_break_out_of_the_page(ds):
    page = Page(tk.charts.html(tk.charts.pareto(card_by(ds, "agency"))))
    tags = [tag for tag, _ in page.tags]
    assert sorted(set(tags)) == ["body", "div", "head", "html", "meta", "script", "style", "title"]
    assert (tags.count("script"), len(page.scripts)) == (1, 1)
    assert not any(
        {"src", "href", "onerror", "onload"} & set(attributes) for _, attributes in page.tags
    )
    assert not any("alert(1)" in word for word in page.words)
    call = page.scripts[0].rpartition("\n")[2]
    spec, _ = json.JSONDecoder().raw_decode(call, call.index("{"))
    assert "<" not in call
    # A control character is made visible, as everywhere; what would end a script is parted, unseen.
    shown = HOSTILE.replace("\u2028", "\ufffd")
    shown = shown.replace("</script", "<\u2060/script").replace("<!--", "<\u2060!--")
    assert any(row["whole"] == shown for rows in spec["datasets"].values() for row in rows)
    assert "http" not in call
    (policy,) = [
        a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy.startswith("default-src 'none'")
    assert "connect-src" not in policy


def test_an_svg_is_text_and_shapes_alone(ds):
    root = ET.fromstring(tk.charts.svg(tk.charts.ranking(card_by(ds, "agency"), "on_time_rate")))
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {
        "svg",
        "g",
        "path",
        "text",
        "tspan",
        "rect",
        "line",
        "defs",
        "clipPath",
        "title",
        "desc",
    }
    assert not any(
        name.rpartition("}")[2] in ("href", "onerror")
        for element in root.iter()
        for name in element.attrib
    )
    words = " ".join(
        "".join(element.itertext()) for element in root.iter() if element.tag.endswith("text")
    )
    assert "<\u2060/script><img" in words
    assert "mục tiêu > 95%" in words


def test_altair_itself_and_notebooks_are_given_what_is_harmless(ds):
    chart = card_by(ds, "agency").plot("on_time_rate")
    with alt.renderers.enable("html"):
        shown = chart._repr_mimebundle_()["text/html"]
    for page in (chart.to_html(), shown):
        assert "alert(1)" in page
        assert "img" not in [tag for tag, _ in Page(page).tags]
    shown = chart.properties(width=300)._repr_mimebundle_()
    assert shown["image/svg+xml"].startswith("<svg")


def test_pictures_are_made_without_network(ds, tmp_path):
    chart = tk.charts.flow(card_by(ds, "month"))
    for name, magic in (
        ("a.png", b"\x89PNG"),
        ("a.pdf", b"%PDF"),
        ("a.SVG", b"<svg"),
        ("a.html", b"<!doctype html>"),
    ):
        tk.charts.save(chart, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(magic)
    far = alt.Chart(alt.UrlData("http://127.0.0.1:9/x.json")).mark_bar().encode(x="a:Q")
    with pytest.raises(tk.QueryError) as caught:
        tk.charts.svg(far)
    assert caught.value.code == "chart_failed"
