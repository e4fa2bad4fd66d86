"""Kế hoạch của đơn vị: written from the guide, extended, checked, and wrong in every way."""

import re
from pathlib import Path

import pytest

import tthc_kpi as tk
from tthc_kpi import cli

GUIDE = Path(__file__).parents[2] / "docs" / "ke-hoach.md"
EXAMPLES = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)

PARENT = """
id = "tinh-2026"
title = "Kế hoạch của tỉnh"
effective_from = 2026-01-01
effective_to = 2026-12-31
[[indicators]]
id = "on_time_rate"
name = { vi = "Đúng hạn", en = "On time" }
measure = "on_time"
target = { op = ">", percent = 95 }
clauses = [{ clause = "1", text = "trên 95%" }]
"""
CHILD = """
id = "xa-2026"
title = "Kế hoạch của xã"
extends = "tinh.toml"
[[indicators]]
id = "on_time_rate"
target = { op = ">=", percent = 95 }
"""


def test_the_guide_has_an_example_for_every_key() -> None:
    assert len(EXAMPLES) == 4
    together = "\n".join(EXAMPLES)
    keys = ["number", "authority", "issued", "effective_from", "effective_to", "jurisdiction"]
    keys += ["extends", "leave_out", "words", "measure", "filter", "target", "owner"]
    keys += ["clause", "text", "scope", "deadline", "note"]
    for key in keys:
        assert re.search(rf"\b{key} = ", together), key


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_the_guide_give_a_scorecard(text: str, tmp_path: Path) -> None:
    path = tmp_path / "ke-hoach.toml"
    path.write_text(text, encoding="utf-8")
    plan = tk.Plan(path)
    card = tk.evaluate(tk.Dossiers(tk.synth(200)), plan, period="2026")
    assert [result.indicator for result in card] == [one["id"] for one in plan.indicators]
    assert cli.main(["plan", "check", str(path)]) == 0


def test_a_new_plan_is_the_template_and_overwrites_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ke-hoach.toml"
    assert cli.main(["plan", "new", str(path)]) == 0
    assert tk.Plan(path).digest == tk.Plan("mau-cap-xa-2026").digest
    assert path.read_text(encoding="utf-8").startswith("# Kế hoạch mẫu")
    assert cli.main(["plan", "new", str(path)]) == 1
    assert "ke-hoach.toml" in capsys.readouterr().err
    other = tmp_path / "khac.toml"
    assert cli.main(["plan", "new", str(other), "--from", "dong-nguyen-2026"]) == 0
    assert tk.Plan(other).digest == tk.Plan("dong-nguyen-2026").digest
    assert cli.main(["plan", "new", str(tmp_path / "x.toml"), "--from", "dong-nguyen-26"]) == 2
    assert "dong-nguyen-2026" in capsys.readouterr().err


def test_the_template_is_of_no_place() -> None:
    template = tk.Plan("mau-cap-xa-2026")
    assert "Đồng Nguyên" not in template.to_json()
    assert "Bắc Ninh" not in template.to_json()
    whole = {one["id"]: one["target"] for one in tk.Plan("dong-nguyen-2026").indicators}
    assert {one["id"]: one["target"] for one in template.indicators} == whole


def test_a_ward_extends_its_province(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tinh.toml").write_text(PARENT, encoding="utf-8")
    path = tmp_path / "xa.toml"
    path.write_text(CHILD, encoding="utf-8")
    plan = tk.Plan(path)
    indicator = plan.indicators[0]
    assert indicator["target"]["op"] == ">="
    assert indicator["clauses"][0]["text"] == "trên 95%"
    assert plan.warnings == (
        'xa.toml:5:1: indicator "on_time_rate" asks for >= 95 %, less than the > 95 % of the plan'
        ' "tinh-2026" it extends',
    )
    assert cli.main(["plan", "check", str(path)]) == 0
    assert "tinh-2026" in capsys.readouterr().out
    assert not tk.Plan("dong-nguyen-2026").warnings


def test_plans_that_extend_each_other_are_told(tmp_path: Path) -> None:
    path = tmp_path / "tinh.toml"
    path.write_text(CHILD, encoding="utf-8")  # extends itself
    with pytest.raises(tk.PlanError, match="extend one another"):
        tk.Plan(path)


def test_a_parent_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xa.toml"
    path.write_text(CHILD, encoding="utf-8")
    with pytest.raises(tk.PlanError, match=r"xa\.toml:4:11.*\n?.*tinh\.toml"):
        tk.Plan(path)


@pytest.mark.parametrize("what", ["new", "check"])
def test_a_file_is_needed(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", what]) == 2
    assert what in capsys.readouterr().err
    assert cli.main(["plan", "dong-nguyen-2026", "thừa.toml"]) == 2


def test_check_tells_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sai.txt"
    path.write_text('titel = "x"\n[[indicators]]\nmeasure = "on_tme"\n', encoding="utf-8")
    assert cli.main(["plan", "check", str(path)]) == 1
    told = capsys.readouterr().err
    for problem in [
        "sai.txt:1:1",
        'did you mean "title"?',
        'did you mean "on_time"?',
        'lacks "id"',
    ]:
        assert problem in told
