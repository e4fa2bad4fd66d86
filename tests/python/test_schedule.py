"""The plan's schedule in Python: tasks, the view at a day, tables, languages, the console."""

import json
from datetime import date
from pathlib import Path

import pandas
import polars
import pyarrow
import pytest

import tthc_kpi as tk
from tthc_kpi import cli

DONE = {"task:I.1/1": "2026-02-26", "task:IV.5.3/2026-01": date(2026, 2, 3), "task:I.2": None}


@pytest.fixture(scope="module")
def plan() -> tk.Plan:
    return tk.Plan("dong-nguyen-2026")


@pytest.fixture(scope="module")
def view(plan: tk.Plan) -> tk.ScheduleView:
    return plan.schedule(as_of="2026-02-28", done=DONE)


def test_tasks_are_a_sequence_and_a_table(plan: tk.Plan) -> None:
    assert (len(plan.tasks), len(plan.review_groups), len(plan.milestones)) == (41, 34, 6)
    task = plan.tasks[0]
    assert task.lead_names == ("Trung tâm Phục vụ hành chính công phường",)
    assert task.lines[0].end == date(2026, 2, 28)
    assert not task.lines[0].inclusive
    assert "Công Dịch vụ" in task.text
    assert "Cổng Dịch vụ" in task.corrected
    assert task.corrections[0].sure is False
    frame = plan.tasks.to_pandas()
    assert list(frame["id"]) == [task.id for task in plan.tasks]
    assert frame["cadence"][0] == "date\ncontinuous"
    assert len(plan.tasks[:3].to_pandas()) == 3
    milestones = plan.milestones.to_polars()
    assert milestones["before"][2] == date(2026, 7, 20)
    assert pyarrow.table(plan.review_groups).num_rows == 34


def test_the_view_counts_what_is_due_done_and_late(view: tk.ScheduleView) -> None:
    counts = view.counts
    assert (counts.total, counts.due, counts.due_in_time) == (116, 9, 1)
    assert (counts.done, counts.done_late, counts.overdue) == (1, 1, 3)
    assert (counts.not_started, counts.running, counts.no_date) == (65, 10, 36)
    assert [of.id for of in view.overdue] == [
        "task:IV.5.4/2026-01",
        "duty:late_list/2026-01",
        "milestone:annex_v_forms",
    ]
    assert view["task:IV.5.3/2026-01"].status == "done_late"
    soon = {of.id for of in view.due_within(0)}
    assert soon == {
        "task:IV.2.2",
        "task:IV.5.3/2026-02",
        "task:IV.5.4/2026-02",
        "duty:late_list/2026-02",
    }
    leads = {of.unit: of for of in view.by_lead}
    assert (leads[None].total, leads["departments"].overdue) == (15, 1)


def test_the_view_is_a_table(view: tk.ScheduleView) -> None:
    frame = view.to_pandas()
    assert len(frame) == len(view) == 116
    assert frame["days_left"].dtype == pandas.Int32Dtype()
    assert frame.set_index("id").loc["milestone:annex_v_forms", "days_left"] == -1
    assert view.to_polars().filter(polars.col("status") == "overdue").height == 3
    assert view.by_lead.to_pandas()["total"].sum() > 116
    assert json.loads(view.to_json())["as_of"] == "2026-02-28"


@pytest.mark.parametrize("make", [pandas.DataFrame, polars.DataFrame, pyarrow.Table.from_pylist])
def test_what_is_done_may_be_a_table(plan: tk.Plan, view: tk.ScheduleView, make: type) -> None:
    rows = [
        {"id": "task:I.1/1", "done": date(2026, 2, 26)},
        {"id": "task:IV.5.3/2026-01", "done": date(2026, 2, 3)},
        {"id": "task:I.2", "done": None},
    ]
    for table in (rows, make(rows)):
        assert plan.schedule(as_of=date(2026, 2, 28), done=table).counts == view.counts


def test_before_a_date_both_ways(plan: tk.Plan) -> None:
    for rule, due in (("strict", date(2026, 7, 19)), ("inclusive", date(2026, 7, 20))):
        view = plan.schedule(as_of="2026-07-01", before_date=rule)
        assert view["milestone:results_decree_63"].due == due


def test_errors_name_what_was_meant(plan: tk.Plan, view: tk.ScheduleView) -> None:
    with pytest.raises(tk.UnknownNameError, match=r"task:IV\.5\.3/2026-0") as error:
        plan.schedule(as_of="2026-02-28", done={"task:IV.5.3/2026-0": "2026-02-03"})
    assert error.value.code == "unknown_instance"
    with pytest.raises(tk.UnknownNameError, match="strict, inclusive"):
        plan.schedule(as_of="2026-02-28", before_date="strct")
    with pytest.raises(tk.UnknownNameError, match="did you mean"):
        view["task:IV.2.3"]
    with pytest.raises(tk.QueryError):
        plan.schedule(as_of="2026-02-30")
    for table in ([{"id": "task:I.2"}], 5, [1]):
        with pytest.raises(tk.InputError):
            plan.schedule(as_of="2026-02-28", done=table)
    twice = [{"id": "task:I.2", "done": "2026-02-01"}] * 2
    with pytest.raises(tk.InputError, match=r"task:I\.2"):
        plan.schedule(as_of="2026-02-28", done=twice)


def test_a_plan_may_have_no_schedule() -> None:
    text = """id = "x"
title = "y"
[[indicators]]
id = "a"
name = { vi = "A" }
measure = "early"
target = { op = ">", percent = 1 }
clauses = [{ clause = "I", text = "t" }]
"""
    plan = tk.Plan.from_toml(text)
    assert (len(plan.tasks), len(plan.review_groups), len(plan.milestones)) == (0, 0, 0)
    assert plan.tasks.to_pandas().empty
    with pytest.raises(tk.QueryError) as error:
        plan.schedule(as_of="2026-02-28")
    assert error.value.code == "no_schedule"
    with pytest.raises(tk.PlanError, match='có phải "center"'):
        tk.Plan.from_toml(
            text + '[[units]]\nid = "center"\nname = "T"\n[[sections]]\nid = "I"\ntitle = "t"\n'
            '[[tasks]]\nid = "I.1"\nsection = "I"\ntext = "t"\nlead = ["centre"]\n'
            'cadence = { kind = "continuous" }\n'
        )


def test_pages_are_vietnamese_unless_asked(view: tk.ScheduleView) -> None:
    assert "28/02/2026" in view._repr_html_()
    assert "quá hạn, chưa xong" in view._repr_html_()
    english = view.to_html(lang="en")
    assert "2026-02-28" in english
    assert "overdue" in english
    assert "quá hạn" not in english


def test_the_console_lists_tasks_and_where_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["tasks", "dong-nguyen-2026"]) == 0
    output = capsys.readouterr().out
    assert "PL I IV.5.3" in output
    assert "hằng tháng" in output
    done = tmp_path / "xong.csv"
    done.write_text("id,done\ntask:I.1/1,26/02/2026\ntask:I.2,\n", encoding="utf-8-sig")
    asked = ["tasks", "dong-nguyen-2026", "--as-of", "2026-02-28", "--done", str(done)]
    assert cli.main([*asked, "--lang", "en"]) == 0
    output = capsys.readouterr().out
    assert "done in time" in output
    # Total, due, in time, late, overdue: of the centre, and of everything.
    lines = [line.split() for line in output.splitlines()]
    assert ["All", "116", "9", "1", "0", "4"] in lines
    assert any(line[-5:] == ["53", "6", "1", "0", "2"] for line in lines)
    assert cli.main(["tasks", "dong-nguyen-2026", "--done", str(done)]) == 1
    assert "--as-of" in capsys.readouterr().err
    assert cli.main([*asked, "--before-date", "strct"]) == 2


def test_a_file_of_what_is_done_is_read_and_its_faults_are_placed(tmp_path, capsys):
    path = tmp_path / "xong.csv"
    asked = ["tasks", "dong-nguyen-2026", "--as-of", "2026-03-01", "--done", str(path)]
    path.write_text("id;done\ntask:I.1/1;20/02/2026\n", encoding="utf-8-sig")
    assert cli.main(asked) == 0
    path.write_text("id,done\ntask:I.1/1,hôm qua\nx,\ntask:I.1/2,32/01/2026\n", encoding="utf-8")
    capsys.readouterr()
    assert cli.main(asked) == 1
    told = capsys.readouterr().err
    assert "hôm qua" not in told
    assert 'xong.csv, dòng 2, cột "done"' in told
    assert 'xong.csv, dòng 4, cột "done"' in told
    for text in ["", "mã,ngày\n1,2\n"]:
        path.write_text(text, encoding="utf-8")
        assert cli.main(asked) == 1
        assert "xong.csv: cần hai cột id và done" in capsys.readouterr().err
    path.unlink()
    assert cli.main(asked) == 1
    assert "không có tệp xong.csv" in capsys.readouterr().err
    with pytest.raises(tk.InputError) as error:
        tk.Plan("dong-nguyen-2026").schedule(as_of="2026-03-01", done={"task:I.1/1": "Nguyễn"})
    assert "Nguyễn" not in str(error.value)
