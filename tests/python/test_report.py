"""The report page: what is on it, that it is safe, and that a browser opens and prints it."""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

import tthc_kpi as tk
from test_display import HOSTILE, Page
from tthc_kpi import _text
from tthc_kpi._report.late import SHOWN_DOSSIERS

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
PERSONAL = {"Chủ hồ sơ": "Nguyễn Văn Kín", "Số điện thoại": "0912345678"}


@pytest.fixture(scope="module")
def plan() -> tk.Plan:
    return tk.Plan("dong-nguyen-2026")


@pytest.fixture(scope="module")
def card(plan: tk.Plan) -> tk.Scorecard:
    return tk.evaluate(tk.Dossiers(tk.synth(1500, seed=3)), plan, period="2026")


@pytest.fixture(scope="module")
def page(card: tk.Scorecard) -> Page:
    return Page(card.to_html(charts=False))


@pytest.fixture(scope="module")
def whole(plan: tk.Plan) -> str:
    """A page with charts, of names that try to be markup."""
    pytest.importorskip("altair")
    pytest.importorskip("vl_convert")
    table = pa.table(tk.synth(400, seed=5))
    for column in ("agency", "officer", "procedure", "field"):
        names = pa.array([f"{HOSTILE}</style></svg>{at % 3}" for at in range(400)], pa.string())
        table = table.set_column(table.column_names.index(column), column, names)
    return tk.evaluate(tk.Dossiers(table), plan, period="2026").to_html()


def section(page: str, name: str) -> str:
    """The text of one section."""
    found = re.search(rf'<section id="muc-{name}".*?(?=<section id="muc-|</main>)', page, re.S)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[0]))


def test_summary_has_the_worst_first_and_what_to_do(card: tk.Scorecard) -> None:
    text = section(card.to_html(charts=False), "summary")
    missed = [result for result in card if result.status == "missed"]
    assert len(missed) > 3
    assert f"{len(missed)} chưa đạt" in text
    by_gap = sorted(missed, key=lambda result: result.gap or 0)
    places = [text.index(result.name.vi) for result in by_gap]
    assert places == sorted(places)
    for result in missed:
        n = result.cases_needed
        failed = _text.count(result.denominator - result.numerator, "vi")
        unit = _text.label(result.unit, "vi")
        told = f"Cần thêm {_text.count(n, 'vi')} {unit}" if n else f"Khắc phục {failed} {unit}"
        assert told in text


def test_agency_and_field_are_asked_anew(card: tk.Scorecard, plan: tk.Plan) -> None:
    html = card.to_html(charts=False)
    ds = tk.Dossiers(tk.synth(1500, seed=3))
    for by in ("agency", "field"):
        text = section(html, by)
        for group in tk.evaluate(ds, plan, period="2026", by=by).groups:
            result = group["on_time_rate"]
            assert _text.key_text(by, group.keys[by], "vi") in text
            assert f"{_text.percent(result.percent, 'vi')} {result.numerator}/" in text
            assert f" {_text.count(group.facts['received'], 'vi')} " in text


def test_every_late_dossier_is_listed_longest_first(card: tk.Scorecard) -> None:
    text = section(card.to_html(charts=False), "late")
    late = list(card.cases("on_time_rate", "failing"))
    overdue = [r for r in card.cases("on_time_rate", "open") if r["verdict"] == "open_overdue"]
    assert len(late) > 10
    assert len(late) == card.whole.facts["late"]
    assert len(overdue) == card.whole.facts["open_overdue"] > 0
    for row in [*late, *overdue]:
        assert str(row["dossier_id"]) in text
    late.sort(key=lambda row: -int(str(row["days_late"])))
    first, last = str(late[0]["dossier_id"]), str(late[-1]["dossier_id"])
    assert text.index(first) < text.index(last)


def test_late_dossiers_beyond_the_cap_are_counted(plan: tk.Plan) -> None:
    n = SHOWN_DOSSIERS + 7
    rows = [
        {"dossier_id": f"H-{at}", "received_at": "05/01/2026", "due_at": "09/01/2026"}
        | {"completed_at": "12/01/2026"}
        for at in range(n)
    ]
    text = section(
        tk.evaluate(tk.Dossiers(rows), plan, period="2026").to_html(charts=False), "late"
    )
    assert f"Đã giải quyết, quá hạn: {n}" in text
    assert "… còn 7 hồ sơ nữa" in text
    assert text.count("H-") == SHOWN_DOSSIERS


def test_nothing_of_the_applicant_is_on_the_page(plan: tk.Plan) -> None:
    rows = [
        {"Mã hồ sơ": "A", "Ngày tiếp nhận": "05/01/2026", "Ngày hẹn trả": "09/01/2026"}
        | {"Ngày kết thúc xử lý": "20/01/2026"}
        | PERSONAL
    ]
    html = tk.evaluate(tk.Dossiers(rows), plan, period="2026").to_html(charts=False)
    assert ">A</th>" in html
    for value in PERSONAL.values():
        assert value not in html


def test_contents_lead_to_every_section(page: Page) -> None:
    sections = {a["id"] for a in page.named("section") if "id" in a}
    assert {f"#{anchor}" for anchor in sections} <= {a["href"] for a in page.named("a")}
    assert len(sections) == 8


def test_sections_can_be_chosen(card: tk.Scorecard) -> None:
    page = Page(card.to_html(sections=["late", "summary"]))
    assert [a["id"] for a in page.named("section") if "id" in a] == ["muc-summary", "muc-late"]
    assert all((a["href"] or "").startswith("#muc-") for a in page.named("a"))
    with pytest.raises(tk.UnknownNameError, match="did you mean 'summary'") as error:
        card.to_html(sections=["sumary"])
    assert error.value.code == "unknown_section"


def test_each_group_can_be_had_with_what_it_still_needs(plan: tk.Plan) -> None:
    ds = tk.Dossiers(tk.synth(1500, seed=3))
    card = tk.evaluate(ds, plan, period="2026", by="agency")
    text = section(card.to_html(sections=["each"]), "each")
    needed = [result.cases_needed for result in card if result.status == "missed"]
    assert any(needed)
    for n in filter(None, needed):
        assert f" {_text.count(n, 'vi')} " in text
    assert "muc-each" not in card.to_html(charts=False)


def test_a_card_of_a_tally_says_what_is_left_out(plan: tk.Plan) -> None:
    ds = tk.Dossiers(tk.synth(300, seed=3))
    counted = tk.tally(ds, plan, period="2026").scorecard()
    page = Page(counted.to_html())
    assert "không còn hồ sơ" in page.text
    assert [a["id"] for a in page.named("section") if "id" in a] == [
        "muc-summary",
        "muc-indicators",
        "muc-quality",
        "muc-definitions",
    ]


def test_definitions_say_what_is_divided(card: tk.Scorecard, page: Page) -> None:
    definition = card.explain("on_time_rate").splitlines()[1].removeprefix("Cách tính: ")
    assert " / " in definition
    assert definition in page.text
    assert page.text.count("Cách tính: ") == len(card.results)


def test_page_says_so_where_charts_cannot_be_drawn(
    card: tk.Scorecard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    page = Page(card.to_html())
    assert "tthc-kpi[plot]" in page.text
    assert not page.named("svg")
    assert "Hồ sơ quá hạn" in page.text


def test_charts_are_shapes_and_text_only(whole: str) -> None:
    page = Page(whole)
    names = {tag for tag, _ in page.tags}
    assert "svg" in names
    assert not names & {"script", "link", "img", "image", "iframe", "object"}
    assert len(page.named("svg")) == len(page.named("figure")) > 5
    for figure in page.named("figure"):
        assert figure["aria-label"]
    for _, attributes in page.tags:
        assert not any(name.startswith("on") for name in attributes)
        assert not {"xlink:href", "src"} & set(attributes)
    # Pictures share a page: an id is one picture's alone, and what refers to it finds it.
    ids = re.findall(r' id="([^"]*)"', whole)
    assert len(ids) == len(set(ids))
    assert {f"url(#{name})" for name in ids} >= set(re.findall(r"url\(#[^)]*\)", whole))
    assert "http" not in whole.replace("http-equiv", "")
    assert "\x1b" not in whole
    assert "\u202e" not in whole


def test_two_hundred_agencies_stay_usable(plan: tk.Plan) -> None:
    table = pa.table(tk.synth(4000, seed=2))
    names = pa.array([f"Đơn vị {at % 200:03}" for at in range(4000)], pa.string())
    table = table.set_column(table.column_names.index("agency"), "agency", names)
    card = tk.evaluate(tk.Dossiers(table), plan, period="2026", by="agency")
    started = time.process_time()
    html = card.to_html(charts=False)
    assert time.process_time() - started < 5
    assert len(html.encode()) < 1_500_000
    assert all(f"Đơn vị {at:03}" in html for at in range(200))


def browse(html: str, folder: Path) -> tuple[str, Path]:
    """Prints a page without network; what the browser's console said, and the PDF."""
    assert CHROMIUM is not None
    page, printed = folder / "page.html", folder / "page.pdf"
    page.write_text(html, encoding="utf-8")
    command = [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    command += ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]
    command += [f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer"]
    command += [f"--print-to-pdf={printed}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    lines = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return "\n".join(lines), printed


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here to open the page in")
def test_a_browser_opens_and_prints_it(whole: str, tmp_path: Path) -> None:
    # The console is listened to: what the page's own policy forbids is heard.
    forbidden = whole.replace("</main>", '<img src="x.png"></main>')
    assert forbidden != whole
    said, _ = browse(forbidden, tmp_path)
    assert "Content Security Policy" in said

    said, printed = browse(whole, tmp_path)
    assert said == ""
    pages = len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes()))
    assert pages > 3
    if shutil.which("pdftotext") is None:
        return
    command = ["pdftotext", "-layout", str(printed), "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    sheets = text.split("\f")[:-1]
    assert "Kế hoạch kiểm soát TTHC" in sheets[0]
    assert "Tóm tắt" in sheets[0]
    for at, sheet in enumerate(sheets, start=1):
        assert f"Trang {at} / {len(sheets)}" in sheet
    # The first sheet is the summary alone, and the whole is bound without breaking a binder.
    assert "Chưa đạt" in sheets[0]
    assert "Tỷ lệ so với mục tiêu" not in sheets[0]
    assert len(sheets) <= 25
    # A table's head is on each of its sheets.
    assert sum("Điều khoản, nội dung" in sheet for sheet in sheets) > 1
