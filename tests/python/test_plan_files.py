"""Kế hoạch của đơn vị: written from the guide, extended, checked, and wrong in every way."""

import pickle
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
    assert len(EXAMPLES) == 5
    together = "\n".join(EXAMPLES)
    keys = ["number", "authority", "issued", "effective_from", "effective_to", "jurisdiction"]
    keys += ["extends", "leave_out", "words", "measure", "filter", "target", "owner"]
    keys += ["clause", "text", "scope", "deadline", "note"]
    keys += [
        "aliases",
        "generic",
        "issued_with",
        "heading",
        "parent",
        "section",
        "lead",
        "lead_text",
    ]
    keys += ["partners", "partners_text", "product", "cadence", "inclusive", "quarter", "time_text"]
    keys += ["start_text", "end_text", "indicators", "notes", "from", "to", "before", "scope_text"]
    keys += ["date_text", "to_text", "submission", "field", "printed", "correct", "sure", "duty"]
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
    told = (
        'xa.toml:5:1: chỉ tiêu "on_time_rate" đặt >= 95 %, thấp hơn > 95 % của kế hoạch gốc'
        ' "tinh-2026"'
    )
    english = (
        'xa.toml:5:1: indicator "on_time_rate" asks for >= 95 %, less than the > 95 % of the plan'
        ' "tinh-2026" it extends'
    )
    assert plan.warnings == plan.warnings_in("vi") == (told,)
    assert plan.warnings_in("en") == (english,)
    assert cli.main(["plan", "check", str(path)]) == 0
    assert f"lưu ý: {told}\n" in capsys.readouterr().out
    assert cli.main(["plan", "check", str(path), "--lang", "en"]) == 0
    assert f"warning: {english}\n" in capsys.readouterr().out
    assert not tk.Plan("dong-nguyen-2026").warnings


def test_plans_that_extend_each_other_are_told(tmp_path: Path) -> None:
    path = tmp_path / "tinh.toml"
    path.write_text(CHILD, encoding="utf-8")  # extends itself
    with pytest.raises(tk.PlanError) as error:
        tk.Plan(path)
    told = 'tinh.toml:4:11: "tinh.toml" là chính kế hoạch này'
    assert str(error.value).count(told) == 1
    assert len(str(error.value).splitlines()) == 2  # nor what the parent would have had
    assert "is this plan, or extends it in turn" in error.value.text("en")
    # Two of each other: the fault is told once, where it is.
    path.write_text(CHILD.replace("tinh.toml", "xa.toml"), encoding="utf-8")
    other = tmp_path / "xa.toml"
    other.write_text(CHILD, encoding="utf-8")
    with pytest.raises(tk.PlanError) as error:
        tk.Plan(path)
    assert str(error.value).count("lại dựa trên nó") == 1
    # Too many in a row, none of them twice.
    for at in range(12):
        one = CHILD.replace("tinh.toml", f"{at + 1}.toml")
        (tmp_path / f"{at}.toml").write_text(one, encoding="utf-8")
    with pytest.raises(tk.PlanError, match="hơn 8 kế hoạch dựa trên nhau"):
        tk.Plan(tmp_path / "0.toml")


def test_a_parent_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "xa.toml"
    path.write_text(CHILD, encoding="utf-8")
    with pytest.raises(tk.PlanError, match=r"xa\.toml:4:11: không có tệp tinh\.toml"):
        tk.Plan(path)


@pytest.mark.parametrize("what", ["new", "check"])
def test_a_file_is_needed(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["plan", what]) == 2
    assert what in capsys.readouterr().err
    assert cli.main(["plan", "dong-nguyen-2026", "thừa.toml"]) == 2


@pytest.mark.parametrize(
    ("lang", "problems"),
    [
        (
            "vi",
            ["không phải kế hoạch hợp lệ", 'có phải "title"?', 'có phải "on_time"?', 'thiếu "id"'],
        ),
        (
            "en",
            ["is not a valid plan", 'did you mean "title"?', 'mean "on_time"?', 'lacks "id"'],
        ),
    ],
)
def test_check_tells_every_problem(
    lang: str, problems: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sai.txt"
    path.write_text('titel = "x"\n[[indicators]]\nmeasure = "on_tme"\n', encoding="utf-8")
    assert cli.main(["plan", "check", str(path), "--lang", lang]) == 1
    told = capsys.readouterr().err
    for problem in ["sai.txt:1:1", "sai.txt:3:11", *problems]:
        assert problem in told
    assert ("expected" in told) == (lang == "en")


def test_a_plan_that_is_still_the_template_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ke-hoach.toml"
    tk.Plan.new(path)
    assert cli.main(["plan", "check", str(path)]) == 0
    told = capsys.readouterr().out
    many = len(tk.Plan(path).indicators)
    assert told.count("lưu ý: ") == 1
    assert f'{many} chỉ tiêu, từ "on_time_rate", còn ghi căn cứ như mẫu ("mục ...")' in told


def test_a_file_that_is_not_there_is_told_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "khong-co.toml"
    with pytest.raises(tk.TthcKpiError) as error:
        tk.Plan(path)
    assert isinstance(error.value, FileNotFoundError)
    assert str(error.value) == "không có tệp khong-co.toml [no such file]"
    assert error.value.text("en") == "no such file: khong-co.toml"
    with pytest.raises(FileNotFoundError, match="không có tệp khong-co"):
        tk.Scheme(path)
    with pytest.raises(tk.PlanError, match=rf"không đọc được {tmp_path.name}: cần tệp chữ"):
        tk.Plan(tmp_path)
    folder = str(tmp_path)
    for asked in [
        ["plan", "check", str(path)],
        ["plan", "new", str(tmp_path / "no" / "a.toml")],
        ["index-766", "--counts", str(tmp_path / "so-dem.csv"), "--level", "commune"],
        ["index-766", str(tmp_path / "hồ sơ.xlsx"), "--level", "commune", "--period", "2026"],
    ]:
        assert cli.main(asked) == 1
        told = capsys.readouterr().err
        assert "không có tệp" in told, told
        assert folder not in told, told


@pytest.mark.parametrize("source", [5, None, b"a.toml", ["dong-nguyen-2026"]])
def test_what_is_no_plan_is_told(source: object) -> None:
    for make in (tk.Plan, tk.Plan.from_file):
        with pytest.raises(tk.QueryError, match=type(source).__name__) as error:
            make(source)  # type: ignore[operator]
        assert error.value.code == "not_a_plan"
        assert "dong-nguyen-2026" in str(error.value)
        assert error.value.text("en").startswith("expected the id of a built-in plan")
    with pytest.raises(tk.QueryError) as error:
        tk.Scheme(source)  # type: ignore[arg-type]
    assert error.value.code == "not_a_scheme"
    with pytest.raises(tk.QueryError, match=r"tk\.Plan"):
        tk.Plan.from_toml(Path("a.toml"))  # type: ignore[arg-type]


def test_an_error_is_pickled_with_both_languages() -> None:
    with pytest.raises(tk.PlanError) as error:
        tk.Plan.from_toml("id = 5")
    again = pickle.loads(pickle.dumps(error.value))
    assert (str(again), again.text("en"), again.code) == (
        str(error.value),
        error.value.text("en"),
        "bad_plan",
    )
    assert "expected" not in str(again)
