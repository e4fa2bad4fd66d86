"""What a person sees: the page, the notebook fragment, the terminal table."""

import io
import json
import re
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from rich.console import Console

import tthc_kpi as tk
from tthc_kpi import _markup, _text
from tthc_kpi._terminal import print_card

HOSTILE = '<script>alert("x")</script>&\x1b[31m\u202e'
VOID = {"meta", "br"}


class Page(HTMLParser):
    """Checks that every element is closed in order, and keeps what the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def plan() -> tk.Plan:
    return tk.Plan("dong-nguyen-2026")


@pytest.fixture(scope="module")
def ds() -> tk.Dossiers:
    return tk.Dossiers(tk.synth(1500, seed=3))


@pytest.fixture(scope="module")
def card(ds: tk.Dossiers, plan: tk.Plan) -> tk.Scorecard:
    return tk.evaluate(ds, plan, period="2026")


@pytest.fixture(scope="module")
def by_agency(ds: tk.Dossiers, plan: tk.Plan) -> tk.Scorecard:
    return tk.evaluate(ds, plan, period="2026", by="agency", policy={"comparison": "instant"})


def printed(card: tk.Scorecard, width: int, lang: _text.Lang = "vi") -> str:
    buffer = io.StringIO()
    print_card(card, lang, Console(file=buffer, width=width, color_system=None))
    return buffer.getvalue()


def test_page_shows_every_number_of_every_indicator(card: tk.Scorecard) -> None:
    text = Page(card.to_html(charts=False)).text
    for result in card:
        assert result.name.vi in text
        assert _text.label(result.status, "vi") in text
        if result.percent is not None:
            done, of = _text.count(result.numerator, "vi"), _text.count(result.denominator, "vi")
            assert f"{done} / {of}" in text
            assert _text.percent(result.percent, "vi") in text
        if result.best_case_percent is not None:
            assert _text.percent(result.best_case_percent, "vi") in text
        for clause in result.clauses:
            assert clause.clause in text


def test_page_says_how_it_was_computed(by_agency: tk.Scorecard) -> None:
    text = Page(by_agency.to_html(charts=False)).text
    document = by_agency.document
    assert "01/01/2026" in text
    assert "31/12/2026" in text
    assert document["calendar"]["version"] in text
    assert document["plan"]["digest"] in text
    assert _text.accounting(document["accounting"], "vi") in text
    for warning in by_agency.warnings:
        assert warning.vi in text
    for rule in document["policy"]["rules"]:
        assert rule["rule"] in text
        assert rule["value"] in text
    assert "thay đổi so với bộ quy tắc" in text


def test_page_needs_no_network_and_runs_nothing(by_agency: tk.Scorecard) -> None:
    page = Page(by_agency.to_html(charts=False))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form"}
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in by_agency.to_html(charts=False)
    assert "http" not in by_agency.to_html(charts=False).replace("http-equiv", "")


def test_page_is_a_table_for_those_who_hear_it(by_agency: tk.Scorecard) -> None:
    page = Page(by_agency.to_html(charts=False))
    tables = len(page.named("table"))
    assert len(page.named("caption")) == tables
    assert all(attributes.get("scope") in {"row", "col"} for attributes in page.named("th"))
    assert page.named("html")[0]["lang"] == "vi"


def test_links_and_anchors_are_unique_and_meet(by_agency: tk.Scorecard) -> None:
    page = Page(by_agency.to_html(charts=False))
    anchors = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(anchors) == len(set(anchors))
    assert {f"#{anchor}" for anchor in anchors} == {a["href"] for a in page.named("a")}


def test_fragment_has_no_anchors_of_its_own(card: tk.Scorecard) -> None:
    page = Page(card._repr_html_())
    assert not any("id" in attributes for _, attributes in page.tags)
    assert not page.named("html")


def test_fragment_says_what_was_left_out_and_by_which_rules(by_agency: tk.Scorecard) -> None:
    text = Page(by_agency._repr_html_()).text
    document = by_agency.document
    assert _text.accounting(document["accounting"], "vi") in text
    assert "comparison = instant" in text
    assert document["calendar"]["version"] in text
    assert "Chốt số liệu hết ngày 31/12/2026" in text


def test_fragment_tells_the_clause_to_whoever_points(card: tk.Scorecard) -> None:
    titles = {a["title"] for _, a in Page(card._repr_html_()).tags if "title" in a}
    for result in card:
        for clause in result.clauses:
            assert any(clause.text in (title or "") for title in titles)


def test_fragment_sets_no_style_outside_itself(card: tk.Scorecard) -> None:
    style = card._repr_html_().partition("</style>")[0].removeprefix("<style>")
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.S)
    selectors = re.findall(r"([^{};]+)\{", style)
    rules = [one.strip() for text in selectors if "@" not in text for one in text.split(",")]
    assert len(rules) > 100
    for rule in rules:
        assert ".tthc-" in rule, rule
    # By ids a host's own rules for tables and lists cannot win.
    assert all("#_" in rule for rule in rules if re.search(r"\.tthc-kpi\S* \S", rule))


def test_words_are_told_from_their_background() -> None:
    """WCAG's contrast of at least 4.5, in light, in dark and on paper."""
    text = _markup.sheet()
    themes = [dict(re.findall(r"(--[\w-]+): (#[0-9a-f]+)", block)) for block in text.split("}")]
    themes = [theme for theme in themes if "--ink" in theme]
    assert len(themes) == 4
    for theme in themes:
        pairs = [("ink", f"heat-{kind}") for kind in ("met", "1", "2", "3")]
        pairs += [(name, back) for name in ("ink", "soft", "link") for back in ("paper", "wash")]
        pairs += [(name, f"{name}-wash") for name in ("met", "missed", "none", "nodata", "alert")]
        pairs += [("ink", "alert-wash")]
        for fore, back in pairs:
            assert contrast(theme[f"--{fore}"], theme[f"--{back}"]) >= 4.5, (fore, back)


def contrast(one: str, other: str) -> float:
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_groups_are_capped_and_it_is_said_how_to_see_all(plan: tk.Plan) -> None:
    table = pa.table(tk.synth(400, seed=2))
    names = pa.array([f"Đơn vị {at % 200:03}" for at in range(400)], pa.string())
    table = table.set_column(table.column_names.index("agency"), "agency", names)
    card = tk.evaluate(tk.Dossiers(table), plan, period="2026", by="agency")
    page = Page(card._repr_html_())
    left = len(card.groups) - 40
    assert left > 100
    assert f"… còn {left} nhóm nữa." in page.text
    assert "card.to_html('bao-cao.html')" in page.text
    assert "Đơn vị 199" not in page.text
    assert "Đơn vị 199" in card.to_html(sections=["agency"])


def test_view_is_in_the_language_asked(card: tk.Scorecard) -> None:
    assert card["on_time_rate"].name.en in card.view("en")._repr_html_()
    assert card["on_time_rate"].name.en.split()[0] in repr(card.view("en"))
    assert card.view("vi")._repr_html_() == card._repr_html_()
    assert repr(card.view()) == repr(card)


def test_a_status_is_never_colour_alone(by_agency: tk.Scorecard) -> None:
    page = by_agency.to_html(charts=False)
    for result in by_agency:
        assert _text.MARKS[result.status] in page
        assert _text.label(result.status, "vi") in page


def test_page_in_english(card: tk.Scorecard) -> None:
    page = Page(card.to_html(lang="en", charts=False))
    assert page.named("html")[0]["lang"] == "en"
    assert card["on_time_rate"].name.en in page.text
    assert "Chỉ tiêu" not in page.text


def test_page_is_written_as_utf8(card: tk.Scorecard, tmp_path: Path) -> None:
    path = tmp_path / "bảng.html"
    text = card.to_html(path, charts=False)
    assert path.read_text(encoding="utf-8") == text


def test_an_unknown_language_is_refused(card: tk.Scorecard) -> None:
    with pytest.raises(ValueError, match="expected 'vi' or 'en'"):
        card.to_html(lang="fr")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hostile(plan: tk.Plan) -> tk.Scorecard:
    table = pa.table(tk.synth(200, seed=5))
    names = pa.array([HOSTILE] * table.num_rows, pa.string())
    table = table.set_column(table.column_names.index("agency"), "agency", names)
    return tk.evaluate(tk.Dossiers(table), plan, period="2026", by="agency")


def test_names_from_a_file_are_text_in_html(hostile: tk.Scorecard) -> None:
    for html in (hostile.to_html(charts=False), hostile._repr_html_()):
        assert "<script" not in html
        assert "\x1b" not in html
        assert "\u202e" not in html
        assert "&lt;script&gt;" in html


def test_names_from_a_file_do_not_drive_the_terminal(hostile: tk.Scorecard) -> None:
    text = printed(hostile, 120)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "<script>" in re.sub(r"\s", "", text)


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_terminal_cuts_no_number_short(by_agency: tk.Scorecard, width: int) -> None:
    for card in (by_agency.total, by_agency):
        text = printed(card, width)
        assert "…" not in text.replace("… còn", "")
        for result in card.whole.results:
            if result.percent is not None:
                assert _text.percent(result.percent, "vi") in text
        if width >= 80:
            assert max(map(len, text.splitlines())) <= width


def test_terminal_names_every_indicator_once_with_what_it_lacks(card: tk.Scorecard) -> None:
    text = re.sub(r"\s+", " ", printed(card, 200))
    lacking = [(at, one) for at, one in enumerate(card, start=1) if one.status == "no_data"]
    assert f"? {len(lacking)} thiếu dữ liệu" in text
    for at, result in lacking:
        assert text.count(f"({at}) {result.name.vi}") == 1


def test_terminal_matrix_has_every_group_and_rate(by_agency: tk.Scorecard) -> None:
    text = printed(by_agency, 200)
    for group in by_agency.groups:
        for result in group.results:
            if result.percent is not None and by_agency[result.indicator].denominator:
                cell = f"{_text.percent(result.percent, 'vi')} {_text.MARKS[result.status]}"
                assert cell in text


def test_repr_is_plain_text(card: tk.Scorecard) -> None:
    text = repr(card)
    assert card["on_time_rate"].name.vi.split()[0] in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_months_show_their_dates(ds: tk.Dossiers, plan: tk.Plan) -> None:
    card = tk.evaluate(ds, plan, period="2026", as_of="2026-03-31", by="month")
    assert [group.keys["month"] for group in card.groups] == ["2026-01", "2026-02", "2026-03"]
    text = Page(card.to_html(charts=False)).text
    assert "Tháng 02/2026" in text
    assert "01/02/2026 – 28/02/2026" in text


def test_results_are_exact_and_agree_with_the_json(card: tk.Scorecard) -> None:
    document = json.loads(card.to_json())
    for result, raw in zip(card, document["total"]["results"], strict=True):
        assert str(result.numerator) == raw["numerator"]
        if result.rate is not None:
            assert result.rate.numerator * int(result.denominator) == (
                result.rate.denominator * int(result.numerator)
            )
            assert result.gap is not None
            assert abs(Decimal(raw["percent"]) - result.target - result.gap) <= Decimal("0.01")


def test_an_unknown_indicator_names_the_nearest(card: tk.Scorecard) -> None:
    with pytest.raises(tk.UnknownNameError, match=r"did you mean 'on_time_rate'\?") as error:
        card["on_time_rat"]
    assert isinstance(error.value, KeyError)
    assert error.value.code == "unknown_indicator"


def test_total_is_the_whole(by_agency: tk.Scorecard, ds: tk.Dossiers, plan: tk.Plan) -> None:
    whole = tk.evaluate(ds, plan, period="2026", policy={"comparison": "instant"})
    assert by_agency.total.results == whole.results
    assert by_agency.total.by == ()
    assert by_agency["on_time_rate"] == by_agency.total["on_time_rate"]


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_results_leave_as_tables(by_agency: tk.Scorecard, kind: str) -> None:
    frame = getattr(by_agency, f"to_{kind}")()
    assert len(frame) == sum(len(group.results) for group in by_agency.groups)
    again = pa.table(frame)
    numerators = [int(value) for value in again.column("numerator").to_pylist()]
    assert numerators == [result.numerator for result in by_agency]


def test_numbers_and_dates_the_vietnamese_way() -> None:
    assert _text.count(1234567, "vi") == "1.234.567"
    assert _text.count(Decimal("1234.56"), "vi") == "1.234,56"
    assert _text.count(Decimal("-0.5"), "vi") == "−0,5"
    assert _text.percent(Decimal("94.996"), "vi") == "94,996%"
    assert _text.day("2026-02-03", "vi") == "03/02/2026"
    assert _text.period("2026-9M", "vi") == "9 tháng năm 2026"
    assert _text.period("2026-H2", "vi") == "6 tháng cuối năm 2026"
    assert _text.period("2026-W14", "vi") == "Tuần 14/2026"
