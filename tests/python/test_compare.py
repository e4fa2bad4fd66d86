"""So sánh bộ quy tắc: what each policy says, and which dossiers make the difference."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

import tthc_kpi as tk
from tthc_kpi.cli import main

PLAN = tk.Plan("dong-nguyen-2026")
BY_HOUR = {"comparison": "instant"}


@pytest.fixture(scope="module")
def three() -> tk.Comparison:
    return tk.compare(tk.Dossiers(tk.synth(3000, seed=3)), PLAN, period="2026")


def test_each_card_is_that_of_evaluate(three: tk.Comparison) -> None:
    ds = tk.Dossiers(tk.synth(3000, seed=3))
    assert three.names == ("plan", "qd-766", "nd-61")
    for name in three.names:
        alone = tk.evaluate(ds, PLAN, period="2026", policy=name)
        assert three[name].results == alone.results
        assert three.results("early_rate")[name] == alone["early_rate"]
    assert three.cards.keys() == set(three.names)


@pytest.mark.parametrize("name", ["qd-766", "nd-61"])
@pytest.mark.parametrize("indicator", ["on_time_rate", "early_rate"])
def test_what_moved_is_what_the_rate_moved_by(
    three: tk.Comparison, indicator: str, name: str
) -> None:
    before, after = three["plan"][indicator], three[name][indicator]
    rows = list(three.changes(indicator, name))
    assert rows
    moved: Counter[str] = Counter()
    for row in rows:
        moved[str(row["outcome_after"])] += 1
        moved[str(row["outcome_before"])] -= 1
    assert after.numerator - before.numerator == moved["passing"]
    assert after.denominator - before.denominator == moved["passing"] + moved["failing"]
    assert after.unknown - before.unknown == moved["unknown"]
    why = three.why(indicator, name)
    assert sum(change.dossiers for change in why) == len(rows)
    assert [change.dossiers for change in why] == sorted((c.dossiers for c in why), reverse=True)
    used = three["plan"].policy
    other = three[name].policy
    assert all(used[rule] != other[rule] for change in why for rule in change.rules)


def test_it_shows_itself(three: tk.Comparison) -> None:
    text, page = repr(three), three._repr_html_()
    for name in three.names:
        assert name in text
        assert f">{name}<" in page
    assert "Hồ sơ giải quyết trước và đúng hạn" in text
    assert "plan → qd-766:" in text
    assert "so theo thời điểm: sau giờ hẹn là quá hạn, comparison=instant" in text
    assert "Hồ sơ trả trước hạn, plan → nd-61:" in three.to_text(indicator="early_rate")
    assert "plan → qd-766:</h3><ul><li>" in page
    assert "thead th.verbatim::first-letter { text-transform: none; }" in page
    assert "Dossiers resolved early" in three.to_text("en")
    assert "<script" not in page


def test_names_are_escaped() -> None:
    ds = tk.Dossiers(tk.synth(50))
    hostile = "<b onclick='x'>"
    page = tk.compare(ds, PLAN, {"plan": "plan", hostile: BY_HOUR}, period="2026").to_html()
    assert "<b onclick" not in page
    assert "&lt;b onclick" in page


def test_policies_may_be_rules_and_have_names() -> None:
    ds = tk.Dossiers(tk.synth(300))
    both = tk.compare(ds, PLAN, ["plan", {"profile": "nd-61"} | BY_HOUR], period="2026-Q2")
    assert both.names == ("plan", "nd-61, comparison=instant")
    assert both["nd-61, comparison=instant"].policy["comparison"] == "instant"
    named = tk.compare(ds, PLAN, {"ngày": "plan", "giờ": BY_HOUR}, period="2026-Q2")
    assert named.names == ("ngày", "giờ")
    assert {rule for change in named.why() for rule in change.rules} <= {"comparison"}


@pytest.mark.parametrize(
    ("policies", "code"),
    [
        (["plan"], "one_policy"),
        ("plan", "one_policy"),
        (["plan", "plan"], "repeated_policy"),
        (None, "bad_policy"),
        (["plan", 5], "bad_policy"),
    ],
)
def test_two_different_policies_are_needed(policies: object, code: str) -> None:
    with pytest.raises(tk.QueryError) as error:
        tk.compare(tk.Dossiers(tk.synth(5)), PLAN, policies, period="2026")  # type: ignore[arg-type]
    assert error.value.code == code


def test_names_are_checked(three: tk.Comparison) -> None:
    with pytest.raises(tk.QueryError) as error:
        three.changes()  # which of the two others?
    assert error.value.code == "which_policy"
    with pytest.raises(tk.UnknownNameError, match="qd-766"):
        three.changes(to="qd766")
    with pytest.raises(tk.UnknownNameError, match="on_time_rate"):
        three.changes("on_tme_rate", "qd-766")
    with pytest.raises(tk.UnknownNameError, match="nd-61"):
        three["nd61"]
    with pytest.raises(tk.UnknownNameError):
        tk.compare(tk.Dossiers(tk.synth(5)), PLAN, ["plan", "qd-767"], period="2026")


def test_the_console_compares(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hồ sơ.xlsx"
    assert main(["synth", "300", str(path)]) == 0
    asked = ["compare", str(path), "--plan", "dong-nguyen-2026", "--period", "2026"]
    capsys.readouterr()
    assert main([*asked, "--policy", "plan", "--policy", "comparison=instant"]) == 0
    shown = capsys.readouterr().out
    assert "plan, comparison=instant" in shown
    assert "Hồ sơ trả trước hạn" in shown
    listed = tmp_path / "đổi.csv"
    assert main([*asked, "--changes", str(listed)]) == 2
    assert "--policy" in capsys.readouterr().err
    asked += ["--policy", "plan", "--policy", "qd-766", "--changes", str(listed), "--lang", "en"]
    assert main(asked) == 0
    head = listed.read_text(encoding="utf-8-sig").splitlines()[0]
    assert "outcome_before" in head
    assert "rules" in head
    with listed.open(encoding="utf-8-sig", newline="") as file:
        codes = list(csv.DictReader(file))
    assert main(asked[:-2]) == 0
    with listed.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[:2] == ["Mã hồ sơ", "Mã TTHC"]
    assert "Kết quả theo plan" in rows[0]
    assert "Hạn áp dụng theo qd-766" in rows[0]
    assert not any("_" in header for header in rows[0])
    words = {"passing": "đạt", "failing": "không đạt", "outside": "không tính"}
    for code, row in zip(codes, rows, strict=True):
        assert row["Mã hồ sơ"] == code["dossier_id"]
        outcome = code["outcome_after"]
        assert row["Kết quả theo qd-766"] == words.get(outcome, row["Kết quả theo qd-766"])
        assert row["Các quy tắc tác động"] in {"mỗi quy tắc tự nó đã đủ", "phải cùng nhau"}
        for rule in code["rules"].split(", "):
            assert f" ({rule})" in row["Quy tắc làm khác đi"]
        for header, value in row.items():
            if header not in {"Quy tắc làm khác đi", "Mã TTHC", "Mã hồ sơ"}:
                assert not re.search(r"_|T\d\d:", value), (header, value)
    # What was written for people can be read again.
    again = tk.read(listed)
    assert len(again) == len(rows)
    received = again.to_arrow().column("received_at").to_pylist()
    assert [at.isoformat() for at in received] == [row["received_at"] for row in codes]


def test_every_reason_is_in_the_sum(three: tk.Comparison) -> None:
    text = three.to_text()
    for name in three.names[1:]:
        rest = three.why(to=name)[8:]
        assert (f"các lý do khác: {sum(change.dossiers for change in rest)}" in text) == bool(rest)


def test_changes_go_to_a_csv_in_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", "x.csv", "--plan", "dong-nguyen-2026", "--period", "2026"]
    asked += ["--policy", "plan", "--policy", "nd-61", "--changes"]
    assert main([*asked, "moved.xlsx"]) == 2
    assert ".csv" in capsys.readouterr().err
    assert main([*asked, "no-folder/moved.csv"]) == 1
    assert "no-folder" in capsys.readouterr().err
