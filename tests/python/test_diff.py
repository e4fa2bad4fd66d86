"""Những gì đổi giữa hai bảng điểm: worked out by hand, and adding up whatever the groups."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import tthc_kpi as tk
from tthc_kpi.cli import main

PLAN = tk.Plan("dong-nguyen-2026")
RECEIVED, DUE, ENDED = "Ngày tiếp nhận", "Ngày hẹn trả", "Ngày kết thúc xử lý"


def month(number: int, agency: str, good: int, late: int) -> list[dict]:
    row = {
        RECEIVED: f"05/{number:02}/2026",
        DUE: f"12/{number:02}/2026",
        "Đơn vị giải quyết": agency,
    }
    return [row | {ENDED: f"11/{number:02}/2026"}] * good + [
        row | {ENDED: f"13/{number:02}/2026"}
    ] * late


@pytest.fixture(scope="module")
def moved() -> tk.Diff:
    """March: A 8 of 10, B 30 of 30, V 10 of 10. April: A 12 of 20, B 20 of 20, N 5 of 10."""
    ds = tk.Dossiers(
        month(3, "A", 8, 2)
        + month(3, "B", 30, 0)
        + month(3, "V", 10, 0)
        + month(4, "A", 12, 8)
        + month(4, "B", 20, 0)
        + month(4, "<b>N</b>", 5, 5)
    )
    march, april = (
        tk.evaluate(ds, PLAN, period=period, by="agency") for period in ("2026-03", "2026-04")
    )
    return april.diff(march)


def test_a_move_worked_out_by_hand(moved: tk.Diff) -> None:
    row = moved["on_time_rate"]
    # 48 of 50, then 37 of 50: 22 points less.
    assert (row.change, row.points) == (Fraction(-22, 100), Decimal("-22.00"))
    assert row.status_changed
    parts = {part.keys["agency"]: part for part in row.parts}
    # A: weights 1/5 and 2/5, rates 8/10 and 12/20. The rates of the whole are on average 85 %.
    assert parts["A"].rate_effect == Fraction(3, 10) * Fraction(-2, 10)
    assert parts["A"].mix_effect == (Fraction(7, 10) - Fraction(85, 100)) * Fraction(1, 5)
    # B: all on time both times, weight 3/5 and 2/5.
    assert parts["B"].rate_effect == 0
    assert parts["B"].mix_effect == Fraction(15, 100) * Fraction(-1, 5)
    # V vanished with a weight of 1/5 and all on time, N appeared with 1/5 and half of them.
    assert (parts["V"].kind, parts["V"].contribution) == ("vanished", Fraction(-3, 100))
    assert (parts["<b>N</b>"].kind, parts["<b>N</b>"].mix_effect) == ("appeared", Fraction(-7, 100))
    assert [part.keys["agency"] for part in row.parts] == ["A", "<b>N</b>", "B", "V"]
    assert sum(part.contribution for part in row.parts) == row.change
    text = moved.explain("on_time_rate")
    assert "96,00% (48/50) → 74,00% (37/50)" in text
    assert "mới có" in text
    assert "không còn" in text
    assert "appeared" in moved.explain("on_time_rate", "en")


def test_it_is_shown_and_written(moved: tk.Diff) -> None:
    for page in (moved._repr_html_(), moved.to_html(), moved.to_html(lang="en")):
        assert "<b>N</b>" not in page
        assert "&lt;b&gt;N&lt;/b&gt;" in page
        assert "<script" not in page
        assert page.count('<tr role="row"') == 1 + len(
            [row for row in moved if row.before.denominator or row.after.denominator]
        )
    assert "−22,00" in moved.to_text()
    assert "−22.00" in moved.to_text("en")
    table = moved.to_arrow().to_pylist()[0]
    assert (table["change"], table["points"]) == ("-11/50", Decimal(-22))
    parts = moved.parts("on_time_rate").to_polars()
    assert parts["agency"].to_list() == ["A", "<b>N</b>", "B", "V"]
    assert sum(parts["contribution_points"]) == -22
    assert moved.to_json().count('"kind"') >= 4


@pytest.mark.parametrize("by", ["agency", ["field", "channel"], "month", "officer"])
def test_the_parts_add_up_whatever_the_groups(by) -> None:
    """To the change exactly; where the groups do not add up to the whole, no part is told."""
    ds = tk.Dossiers(tk.synth(1500, seed=2))
    quarter = [tk.evaluate(ds, PLAN, period=period, by=by) for period in ("2026-Q1", "2026-Q2")]
    portal = tk.evaluate(ds, PLAN, period="2026-Q2", by=by, policy="qd-766")
    divided = 0
    for one in (quarter[1].diff(quarter[0]), portal.diff(quarter[1])):
        for row in one:
            if row.parts:
                divided += 1
                assert sum(part.contribution for part in row.parts) == row.change
            elif row.change is not None:
                assert row.note is not None
    assert divided > 20
    # Months judged each by itself hold a dossier twice that is open at the end of one.
    if by == "month":
        assert portal.diff(quarter[1])["on_time_rate"].note.code == "not_additive"


def test_two_policies_say_why() -> None:
    ds = tk.Dossiers(tk.synth(1500, seed=2))
    plain, portal = (
        tk.evaluate(ds, PLAN, period="2026-Q2", policy=policy) for policy in ("plan", "qd-766")
    )
    both = tk.compare(ds, PLAN, ["plan", "qd-766"], period="2026-Q2")
    moved = portal.diff(plain)
    assert moved.why() == both.why()
    assert moved.rules["on_time_base"] == ("resolved", "received")
    other = tk.evaluate(ds, PLAN, period="2026-Q1")
    assert portal.diff(other).why() == ()


def test_two_versions_of_a_plan(tmp_path: Path) -> None:
    path = tmp_path / "ke-hoach.toml"
    tk.Plan.new(path)
    text = path.read_text("utf-8")
    first = tk.Plan(path)
    path.write_text(text.replace("percent = 60 }", "percent = 75 }", 1), "utf-8")
    ds = tk.Dossiers(month(3, "A", 7, 3))
    moved = tk.evaluate(ds, tk.Plan(path), period="2026").diff(
        tk.evaluate(ds, first, period="2026")
    )
    row = moved["early_rate"]
    assert (row.target_changed, row.status_changed, row.change) == (True, True, 0)
    assert "mục tiêu trước là > 60%" in moved.explain("early_rate")
    # An indicator that only one of the plans has is told all the same.
    short = tk.Plan.from_toml(
        'id = "ngan"\ntitle = "ngắn"\nextends = "mau-cap-xa-2026"\nleave_out = ["early_rate"]'
    )
    card = tk.evaluate(ds, short, period="2026")
    gone = card.diff(moved.after)["early_rate"]
    assert (gone.after, gone.change) == (None, None)
    assert "không có trong kế hoạch" in moved.after.diff(card).explain("early_rate")


def test_errors_say_what_is_wrong(moved: tk.Diff) -> None:
    with pytest.raises(tk.UnknownNameError, match="on_time_rate"):
        moved.explain("on_time")
    with pytest.raises(tk.InputError, match="expected a Scorecard"):
        moved.after.diff(PLAN)


def test_the_console_makes_it(tmp_path: Path, capsys) -> None:
    file = tmp_path / "hoso.xlsx"
    tk._tthc_kpi.synth_file(400, str(file), 1, False)
    asked = ["diff", str(file), "--plan", "dong-nguyen-2026", "--period", "2026-Q2"]
    page, data = tmp_path / "d.html", tmp_path / "d.json"
    made = ["--against", "2026-Q1", "--by", "agency", "--html", str(page), "--json", str(data)]
    assert main([*asked, *made]) == 0
    assert "Theo nhóm" in capsys.readouterr().out
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert '"contribution"' in data.read_text("utf-8")
    assert main([*asked, "--against-policy", "nd-61", "--explain", "on_time_rate"]) == 0
    assert "supplement reset → recorded" in capsys.readouterr().out
    assert main(asked) == 2
