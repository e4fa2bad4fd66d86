"""The pages of the documentation site that are made from plans, schemes, code and notebooks."""

import gettext
import re
import sys
from pathlib import Path

import pytest

import tthc_kpi as tk

ROOT = Path(__file__).resolve().parents[2]
CARD = "on_time_rate"


@pytest.fixture(scope="module")
def site():
    """The tools of the site, which live beside its pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs" / "_site"))
        import site_pages
        import site_run
        import site_theme

        yield {"pages": site_pages, "run": site_run, "theme": site_theme}
        for name in [name for name in sys.modules if name.startswith("site_")]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def made(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "tra-cuu"
    site["pages"].write_pages(folder)
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def unmarked(text):
    """What Markdown shows of a text: without the backslashes before its signs."""
    return re.sub(r"\\(.)", r"\1", text)


def test_every_indicator_of_every_plan_has_a_page_with_the_words_of_its_clauses(made):
    for name in tk.plans():
        for indicator in tk.Plan(name).indicators:
            page = unmarked(made[f"chi-tieu/{indicator['id']}.md"])
            assert indicator["name"]["vi"] in page
            for clause in indicator["clauses"]:
                assert " ".join(clause["text"].split()) in page


def test_every_row_of_every_scheme_has_a_page(made):
    for name in tk.schemes():
        for row in tk.Scheme(name).rows:
            page = unmarked(made[f"chi-so-766/{name}/{row['id']}.md"])
            assert row["numerator"]["vi"] in page
            assert all(one["vi"] in page for one in row["differences"])


def test_an_indicator_shows_its_facts_and_what_each_rule_makes_of_it(made):
    page = made[f"chi-tieu/{CARD}.md"]
    ds, plan = tk.read(ROOT / "examples/hoso-dong-nguyen-2026.xlsx"), tk.Plan("dong-nguyen-2026")
    assert "`on_time_passed` / `on_time_judged`" in page
    for rule, value in (("comparison", "instant"), ("on_time_base", "received")):
        result = tk.evaluate(ds, plan, period="2026", policy={rule: value})[CARD]
        shown = f"{result.percent}%".replace(".", ",")
        (row,) = [line for line in page.splitlines() if f"`{rule} = {value}`" in line]
        assert shown in row
        assert "**" in row, "a figure that moves stands out"


def test_every_public_name_is_in_the_python_reference(made):
    listed = re.findall(r"^\.\. auto\w+:: tthc_kpi\.(\w+)$", "".join(made.values()), re.M)
    assert sorted(listed) == sorted(tk.__all__)


def test_every_notebook_is_a_page(made):
    found = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {f"so-tay/{name}.md" for name in found} <= set(made)


def test_a_block_shows_what_it_gives_and_escapes_it(site):
    text = "```python\nx = '<b>'\nprint(x)\n```\n\n```python\nx\n```\n"
    shown = site["run"].with_outputs(text, "a-page")
    assert "<pre>&lt;b&gt;</pre>" in shown
    assert "<pre>&#x27;&lt;b&gt;&#x27;</pre>" in shown
    assert "<b>" not in shown.replace("x = '<b>'", "")


def test_a_block_that_fails_fails_the_page(site):
    before = Path.cwd()
    with pytest.raises(ZeroDivisionError):
        site["run"].with_outputs("```python\n1 / 0\n```\n", "a-page")
    assert Path.cwd() == before


@pytest.mark.usefixtures("site")
def test_links_out_of_docs_become_pages_and_downloads():
    import site_links

    assert site_links.on_site("[x](../GLOSSARY.md#a)") == "[x](/thuat-ngu.md#a)"
    assert (
        site_links.on_site("[y](../examples/sql/d.sql)") == "{download}`y <../examples/sql/d.sql>`"
    )
    assert site_links.on_site("[z](ke-hoach.md)") == "[z](ke-hoach.md)"


def test_words_that_the_theme_has_in_english_only_are_vietnamese(site):
    class App:
        translator = gettext.NullTranslations()

    site["theme"].setup(App)
    assert App.translator.gettext("Home") == "Trang đầu"
    assert App.translator.gettext("a word of a page") == "a word of a page"


def test_a_narrow_screen_breaks_no_name_and_no_number():
    sheet = (ROOT / "docs" / "_static" / "site.css").read_text("utf-8")
    narrow = sheet.partition("@media (max-width")[2]
    assert "overflow-wrap: normal" in narrow
    assert "anywhere" not in narrow
