//! The plan's schedule: what the built-in one says, when each thing is due, where it stands on a day,
//! and every problem of a bad one at its place.

use std::collections::{BTreeMap, BTreeSet};

use tthc_kpi::{
    BeforeDate, Cadence, CadenceKind, Day, Instance, InstanceKind, InstanceStatus, Plan, Query, Remarks,
    ReviewScope, Schedule, ScheduleState, Tally,
};

fn plan() -> Plan {
    Plan::builtin("dong-nguyen-2026").unwrap()
}

fn schedule() -> Schedule {
    plan().schedule().unwrap().clone()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn due(rule: BeforeDate, id: &str) -> Option<Day> {
    schedule().instances(rule).into_iter().find(|instance| instance.id == id).unwrap().due
}

#[test]
fn the_built_in_schedule_is_the_whole_of_both_annexes() {
    let schedule = schedule();
    let headings = schedule.sections().iter().filter(|section| section.heading).count();
    let tops = schedule.sections().iter().filter(|section| section.parent.is_none()).count();
    assert_eq!((schedule.tasks().len(), headings, tops), (41, 5, 8));
    assert_eq!(schedule.tasks().len() + headings, 46, "numbered rows of annex I");
    assert_eq!((schedule.review_groups().len(), schedule.milestones().len()), (34, 6));
    let before: Vec<String> = schedule.milestones().iter().map(|of| of.before.to_string()).collect();
    assert_eq!(before, ["2026-02-28", "2026-05-20", "2026-07-20", "2026-06-05", "2026-08-20", "2026-09-05"]);
    assert_eq!(schedule.task("I.1").unwrap().lines.len(), 2);
    assert!(schedule.tasks().iter().all(|task| task.id == "I.1" || task.lines.len() == 1));
    let blank: Vec<&str> = schedule
        .tasks()
        .iter()
        .filter(|task| task.lines.iter().any(|line| line.product.is_none()))
        .map(|task| task.id.as_str())
        .collect();
    assert_eq!(blank, ["V.1.1"]);
    let mut kinds = BTreeMap::new();
    for line in schedule.tasks().iter().flat_map(|task| &task.lines) {
        *kinds.entry(line.cadence.kind()).or_insert(0) += 1;
    }
    let expected = [
        (CadenceKind::Date, 1),
        (CadenceKind::Range, 2),
        (CadenceKind::Monthly, 2),
        (CadenceKind::Quarter, 1),
        (CadenceKind::Continuous, 30),
        (CadenceKind::OnDemand, 3),
        (CadenceKind::OtherPlan, 3),
    ];
    assert_eq!(kinds, expected.into());
}

#[test]
fn misprints_stay_as_printed_with_a_correction_beside_them() {
    let schedule = schedule();
    let results = &schedule.milestones()[2];
    assert!(results.text.contains("63/2020/NĐ-CP"));
    let read = results.remarks.corrected("text", &results.text);
    assert!(read.contains("63/2010/NĐ-CP") && !read.contains("63/2020/NĐ-CP"));
    let task = schedule.task("VIII.6").unwrap();
    let unsure = &task.remarks.corrections[0];
    assert!(!unsure.sure && unsure.note.en.contains("Probably"));
    let product = task.lines[0].product.as_deref().unwrap();
    assert_eq!(task.remarks.corrected("product", product), product, "probable ones are not made");
    assert!(!schedule.task("I.1").unwrap().remarks.notes.is_empty());
}

#[test]
fn every_spelling_of_a_unit_is_one_unit() {
    let schedule = schedule();
    let check = |lead: &[String], text: Option<&String>| {
        let Some(text) = text else { return assert!(lead.is_empty()) };
        let named: Vec<&str> = match schedule.unit_named(text) {
            Some(unit) => vec![unit.id.as_str()],
            None => text.split("; ").map(|part| schedule.unit_named(part).unwrap().id.as_str()).collect(),
        };
        assert_eq!(named, lead, "{text}");
    };
    for task in schedule.tasks() {
        check(&task.lead, task.lead_text.as_ref());
        check(&task.partners, task.partners_text.as_ref());
    }
    for group in schedule.review_groups() {
        check(&group.lead, group.lead_text.as_ref());
        check(&group.partners, group.partners_text.as_ref());
    }
    for milestone in schedule.milestones() {
        check(&milestone.lead, milestone.lead_text.as_ref());
        check(&milestone.to, milestone.to_text.as_ref());
    }
}

#[test]
fn a_monthly_task_is_twelve_instances() {
    let all = schedule().instances(BeforeDate::Strict);
    // 41 tasks, one more line, two monthly tasks of twelve each; a duty of the body, twelve months; 34
    // groups; 6 milestones.
    assert_eq!(all.len(), 41 + 1 + 2 * 11 + 12 + 34 + 6);
    let ids: BTreeSet<&str> = all.iter().map(|instance| instance.id.as_str()).collect();
    assert_eq!(ids.len(), all.len());
    for task in ["IV.5.3", "IV.5.4"] {
        let months: Vec<&Instance> =
            all.iter().filter(|of| of.kind == InstanceKind::Task && of.item == task).collect();
        assert_eq!(months.len(), 12);
        let (first, second) = (months[0], months[1]);
        assert_eq!(first.id, format!("task:{task}/2026-01"));
        assert_eq!((first.from, first.due), (Some(day("2026-01-01")), Some(day("2026-01-31"))));
        assert_eq!((second.from, second.due), (Some(day("2026-02-01")), Some(day("2026-02-28"))));
        assert_eq!(months[11].due, Some(day("2026-12-31")));
    }
    let undated = all.iter().filter(|of| of.due.is_none()).count();
    assert_eq!(undated, 36);
    let close = all.iter().find(|of| of.item == "VIII.8").unwrap();
    assert_eq!(close.period.unwrap().to_string(), "2026-Q4");
    assert_eq!((close.from, close.due), (Some(day("2026-10-01")), Some(day("2026-12-31"))));
}

#[test]
fn before_a_date_is_the_day_before_or_the_day_itself() {
    let expected = [
        ("task:I.1/1", "2026-02-27", "2026-02-28"),
        ("milestone:annex_v_forms", "2026-02-27", "2026-02-28"),
        ("milestone:results_internal", "2026-05-19", "2026-05-20"),
        ("milestone:results_decree_63", "2026-07-19", "2026-07-20"),
        ("milestone:proposal_internal", "2026-06-04", "2026-06-05"),
        ("milestone:proposal_decree_63", "2026-08-19", "2026-08-20"),
        ("milestone:sent_to_province", "2026-09-04", "2026-09-05"),
        // Not "trước": the same either way.
        ("task:IV.2.2", "2026-02-28", "2026-02-28"),
        ("review_group:A.I.1", "2026-07-30", "2026-07-30"),
        ("task:VIII.8", "2026-12-31", "2026-12-31"),
    ];
    for (id, strict, inclusive) in expected {
        assert_eq!(due(BeforeDate::Strict, id), Some(day(strict)), "{id}");
        assert_eq!(due(BeforeDate::Inclusive, id), Some(day(inclusive)), "{id}");
    }
    assert_eq!(due(BeforeDate::Strict, "task:I.1/2"), None);
}

fn at(text: &str, done: &[(&str, &str)], rule: BeforeDate) -> ScheduleState {
    let done = done.iter().map(|(id, on)| ((*id).to_owned(), day(on))).collect();
    let state = schedule().state_at(day(text), &done, rule).unwrap();
    let by_status: u32 = state.counts.by_status.values().sum();
    assert_eq!((by_status, state.counts.total), (116, 116));
    state
}

/// not started, running, done, done late, overdue; due, of them in time.
fn counted(state: &ScheduleState) -> ([u32; 5], u32, u32) {
    use InstanceStatus as S;
    assert_eq!(state.counts.of(S::NoDate), 36);
    let of = [S::NotStarted, S::Running, S::Done, S::DoneLate, S::Overdue].map(|s| state.counts.of(s));
    (of, state.counts.due, state.counts.due_in_time)
}

const DONE: &[(&str, &str)] = &[
    ("task:I.1/1", "2026-02-26"),
    ("task:IV.5.3/2026-01", "2026-02-03"),
    ("task:IV.5.4/2026-01", "2026-01-31"),
    ("task:IV.5.3/2026-02", "2026-03-02"),
];

#[test]
fn the_state_on_a_day_is_what_a_hand_counts() {
    // 28/2, nothing done. Overdue: I.1 and the first milestone (due 27/2), three of January. Running:
    // I.2, IV.2.2, three of February, five milestones. Due: the overdue, IV.2.2, three of February.
    let strict = BeforeDate::Strict;
    assert_eq!(counted(&at("2026-02-28", &[], strict)), ([65, 10, 0, 0, 5], 9, 0));
    // "Trước ngày 28/2" with the day itself: both can still be done.
    assert_eq!(counted(&at("2026-02-28", &[], BeforeDate::Inclusive)), ([65, 12, 0, 0, 3], 9, 0));
    // The day before, neither way late; what is due on 28/2 is not due yet.
    assert_eq!(counted(&at("2026-02-27", &[], strict)), ([65, 12, 0, 0, 3], 5, 0));
    // What was done on 2/3 is not done on 28/2.
    assert_eq!(counted(&at("2026-02-28", DONE, strict)), ([65, 10, 2, 1, 2], 9, 2));
    // 2/3: the groups and March run; IV.2.2, IV.5.4 of February, the milestone and the late lists of
    // January and February are overdue.
    assert_eq!(counted(&at("2026-03-02", DONE, strict)), ([28, 43, 2, 2, 5], 9, 2));
    // 20/7: four milestones, eighteen months' duties, I.1 and IV.2.2 are over.
    assert_eq!(counted(&at("2026-07-20", &[], strict)), ([16, 40, 0, 0, 24], 24, 0));
    assert_eq!(counted(&at("2026-07-20", &[], BeforeDate::Inclusive)), ([16, 41, 0, 0, 23], 24, 0));
    // The last day: I.2, VIII.8 and December can still be done.
    assert_eq!(counted(&at("2026-12-31", &[], strict)), ([0, 5, 0, 0, 75], 80, 0));
    assert_eq!(counted(&at("2027-01-01", &[], strict)), ([0, 0, 0, 0, 80], 80, 0));
}

#[test]
fn days_left_and_done_days_are_those_of_the_day_asked_for() {
    let state = at("2026-02-28", DONE, BeforeDate::Strict);
    let of = |id: &str| state.instances.iter().find(|of| of.instance.id == id).unwrap();
    assert_eq!((of("task:IV.2.2").days_left, of("milestone:annex_v_forms").days_left), (Some(0), Some(-1)));
    assert_eq!((of("task:I.1/1").days_left, of("task:I.1/1").done), (None, Some(day("2026-02-26"))));
    assert_eq!((of("task:IV.5.3/2026-02").days_left, of("task:IV.5.3/2026-02").done), (Some(0), None));
    // A duty without a day can be done; it is never late.
    let training = at("2026-12-31", &[("task:VIII.3", "2026-11-20")], BeforeDate::Strict);
    let of = training.instances.iter().find(|of| of.instance.id == "task:VIII.3").unwrap();
    assert_eq!(of.status, InstanceStatus::Done);
}

#[test]
fn what_several_units_lead_counts_for_each() {
    let state = at("2026-02-28", DONE, BeforeDate::Strict);
    let of = |unit: Option<&str>| {
        let lead = state.by_lead.iter().find(|lead| lead.unit.as_deref() == unit).unwrap();
        (lead.counts.total, lead.counts.due, lead.counts.of(InstanceStatus::Overdue))
    };
    // The milestones that name no sender: 20/5, 20/7, 5/9; and the late list, which names nobody.
    assert_eq!(of(None), (15, 2, 1));
    assert_eq!((of(Some("departments")), of(Some("review_leads"))), ((1, 1, 1), (2, 0, 0)));
    assert_eq!((of(Some("public_services")), of(Some("project_06_units"))), ((1, 0, 0), (1, 0, 0)));
    // I.1, the two monthly tasks' January and February, IV.2.2.
    assert_eq!(of(Some("center")).1, 6);
    assert_eq!(of(Some("office")).1, 1);
    assert!(state.by_lead.iter().all(|lead| lead.unit.as_deref() != Some("committee")), "leads nothing");
    assert!(state.by_lead.iter().map(|lead| lead.counts.total).sum::<u32>() > state.counts.total);
}

#[test]
fn an_unknown_instance_is_an_error_that_names_the_nearest() {
    let done = BTreeMap::from([("task:IV.5.3/2026-1".to_owned(), day("2026-02-03"))]);
    let error = schedule().state_at(day("2026-03-01"), &done, BeforeDate::Strict).unwrap_err();
    assert_eq!(error.code(), "unknown_instance");
    let text = error.to_string();
    assert!(
        text.contains("did you mean \"task:IV.5.3/2026-01\"?") && text.contains("review_group:A.I.1"),
        "{text}"
    );
    assert!(error.vi().contains("không có việc"), "{}", error.vi());
}

#[test]
fn figures_do_not_depend_on_the_schedule() {
    let whole = plan();
    let mut parts = serde_json::to_value(&whole).unwrap();
    assert!(parts.as_object_mut().unwrap().remove("schedule").is_some());
    let bare: Plan = serde_json::from_value(parts).unwrap();
    assert!(bare.schedule().is_none() && bare != whole);
    assert_eq!(bare.digest(), whole.digest());
    let query = |plan: &Plan| Query::new(plan).period("2026".parse().unwrap()).check().unwrap();
    assert_eq!(query(&bare).digest(), query(&whole).digest());
    // A tally of one merges with a tally of the other, and neither carries the schedule.
    let mut tally = Tally::new(&query(&bare));
    tally.merge(&Tally::new(&query(&whole))).unwrap();
    assert!(!tally.to_json().unwrap().contains("review_sections"));
}

#[test]
fn a_schedule_is_the_same_after_its_json_and_a_saved_one_is_looked_at() {
    let schedule = schedule();
    let json = serde_json::to_string(&schedule).unwrap();
    let again: Schedule = serde_json::from_str(&json).unwrap();
    assert_eq!((&again, again.digest()), (&schedule, schedule.digest()));
    let state = at("2026-03-02", DONE, BeforeDate::Strict);
    let again: ScheduleState = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
    assert_eq!(again, state);
    let bad = json.replacen("\"lead\":[\"center\"]", "\"lead\":[\"centre\"]", 1);
    let error = serde_json::from_str::<Schedule>(&bad).unwrap_err().to_string();
    assert!(error.contains("not sound") && error.contains("did you mean \"center\"?"), "{error}");
}

/// A small plan with every kind of table, and no problem.
const SMALL: &str = r#"id = "x"
title = "Kế hoạch"
effective_from = 2026-03-15
effective_to = 2026-12-31
[[indicators]]
id = "a"
name = { vi = "A" }
measure = "early"
target = { op = ">", percent = 1 }
clauses = [{ clause = "I", text = "t" }]
[[units]]
id = "center"
name = "Trung tâm"
aliases = ["TT"]
[[units]]
id = "office"
name = "Văn phòng"
[[appendices]]
id = "PL I"
title = "Phụ lục"
[[sections]]
id = "I"
title = "Chỉ đạo"
[[sections]]
id = "I.1"
parent = "I"
heading = true
title = "Công khai"
[[tasks]]
id = "I.1.1"
section = "I.1"
text = "Niên yết thủ tục"
lead = ["center"]
partners = ["office"]
cadence = { kind = "range", from = 2026-03-01, to = 2026-04-30 }
[[tasks.corrections]]
field = "text"
printed = "Niên yết"
correct = "Niêm yết"
note = { vi = "Sai chính tả" }
[[tasks]]
id = "I.2"
section = "I"
text = "Báo cáo"
lead = ["office"]
[[tasks.lines]]
cadence = { kind = "date", by = 2026-06-30, inclusive = true }
[[tasks.lines]]
cadence = { kind = "monthly" }
[[tasks.lines]]
cadence = { kind = "quarter", quarter = "2026-Q4" }
[[provisions]]
id = "II.1"
title = "Rà soát"
[[milestones]]
id = "sent"
name = { vi = "Gửi" }
clause = "PL II II"
before = 2026-07-20
scope = "internal"
text = "Gửi trước ngày 20/7"
lead = ["center"]
[[review_sections]]
id = "A"
title = "Sở A"
[[review_groups]]
id = "A.1"
section = "A"
text = "Nhóm 1"
lead = ["office"]
from = 2026-03-01
to = 2026-07-30
[[body]]
clause = "II.6"
text = "Đồng bộ"
"#;

#[test]
fn a_ward_writes_the_same_tables_in_its_own_plan() {
    let plan = Plan::from_toml("my.toml", SMALL).unwrap();
    let schedule = plan.schedule().unwrap();
    let task = schedule.task("I.1.1").unwrap();
    assert_eq!(
        (&*task.clause, task.remarks.corrected("text", &task.text)),
        ("PL I I.1.1", "Niêm yết thủ tục".into())
    );
    assert_eq!(schedule.task("I.2").unwrap().remarks, Remarks::default());
    assert_eq!(schedule.milestones()[0].scope, ReviewScope::Internal);
    let all: Vec<(String, Option<Day>)> =
        schedule.instances(BeforeDate::Strict).into_iter().map(|of| (of.id, of.due)).collect();
    assert_eq!(all.len(), 1 + 1 + 10 + 1 + 1 + 1);
    // "Inclusive" in the file is certain, whatever the rule for "trước ngày".
    assert_eq!(all[1], ("task:I.2/1".to_owned(), Some(day("2026-06-30"))));
    // The plan is in force from 15/3: ten months.
    assert_eq!(all[2], ("task:I.2/2/2026-03".to_owned(), Some(day("2026-03-31"))));
    let march = &schedule.instances(BeforeDate::Strict)[2];
    assert_eq!(march.from, Some(day("2026-03-15")));
    let without: String = SMALL.lines().take(10).map(|line| format!("{line}\n")).collect();
    assert!(Plan::from_toml("my.toml", &without).unwrap().schedule().is_none());
    assert!(matches!(schedule.task("I.2").unwrap().lines[2].cadence, Cadence::Quarter { .. }));
}

/// The problems of the small plan with `old` made `new`: line and message.
fn problems(old: &str, new: &str) -> Vec<(usize, String)> {
    assert_eq!(SMALL.matches(old).count(), 1, "{old}");
    let error = Plan::from_toml("my.toml", &SMALL.replace(old, new)).unwrap_err();
    tthc_kpi_tests::told_in_vietnamese(&error.problems);
    error.problems.into_iter().map(|problem| (problem.line, problem.message.en)).collect()
}

#[test]
fn every_problem_of_a_schedule_has_its_line_and_the_nearest_name() {
    // (what stands there, what is put in its place, how far below its first line, what is said)
    let cases = [
        (
            "lead = [\"center\"]\npartners",
            "lead = [\"centre\"]\npartners",
            0,
            "unknown unit \"centre\"",
            "center",
        ),
        ("lead = [\"center\"]\npartners", "lead = []\npartners", -4, "a task lacks \"lead\"", ""),
        ("partners = [\"office\"]", "partners = [\"offize\"]", 0, "unknown unit", "office"),
        ("partners = [\"office\"]", "partners = [\"office\", \"office\"]", 0, "there twice", ""),
        ("section = \"I.1\"", "section = \"I.7\"", 0, "unknown section \"I.7\"", "I.1"),
        ("parent = \"I\"", "parent = \"I.1\"", 0, "unknown section \"I.1\"", ""),
        ("section = \"A\"", "section = \"B\"", 0, "unknown section \"B\"", ""),
        ("id = \"office\"", "id = \"center\"", 0, "unit \"center\" is there twice", ""),
        ("name = \"Văn phòng\"", "name = \"TT\"", 0, "unit name \"TT\" is there twice", ""),
        ("id = \"I.2\"", "id = \"I.1.1\"", 0, "task \"I.1.1\" is there twice", ""),
        ("id = \"I.2\"", "id = \"I/2\"", 0, "holds \"/\"", ""),
        ("id = \"sent\"", "id = \"se/nt\"", 0, "holds \"/\"", ""),
        ("id = \"A.1\"", "id = \"A/1\"", 0, "holds \"/\"", ""),
        ("to = 2026-04-30", "to = 2026-02-28", 0, "ends on 2026-02-28, before it starts on 2026-03-01", ""),
        ("to = 2026-07-30", "to = 2026-02-28", 0, "ends on 2026-02-28, before it starts on 2026-03-01", ""),
        ("\"2026-Q4\"", "\"2026-12\"", 0, "2026-12 is not a quarter", ""),
        ("\"2026-Q4\"", "\"2026-Q5\"", 0, "does not exist", ""),
        ("kind = \"monthly\"", "kind = \"monthy\"", 0, "unknown cadence", "monthly"),
        ("kind = \"monthly\"", "kind = \"monthly\", day = 5", 0, "unknown key \"day\"", ""),
        ("by = 2026-06-30, ", "", 0, "a cadence lacks \"by\"", ""),
        ("by = 2026-06-30", "by = 20260630", 0, "expected a date such as", ""),
        ("inclusive = true", "inclusive = \"yes\"", 0, "expected true or false", ""),
        ("cadence = { kind = \"monthly\" }", "product = \"Báo cáo\"", -1, "lacks \"cadence\"", ""),
        ("scope = \"internal\"", "scope = \"inernal\"", 0, "unknown review scope", "internal"),
        ("before = 2026-07-20\n", "", -4, "a milestone lacks \"before\"", ""),
        (
            "lead = [\"center\"]\n[[review_sections]]",
            "lead = [\"x\"]\n[[review_sections]]",
            0,
            "unknown unit",
            "",
        ),
        ("title = \"Rà soát\"\n", "", -2, "lacks both \"title\" and \"text\"", ""),
        ("printed = \"Niên yết\"", "printed = \"Niên  yết\"", 0, "occurs 0 times in \"text\"", ""),
        ("printed = \"Niên yết\"", "printed = \"t\"", 0, "occurs 3 times in \"text\"", ""),
        ("correct = \"Niêm yết\"", "correct = \"Niên yết\"", 0, "changes nothing", ""),
        ("field = \"text\"", "field = \"tex\"", 0, "unknown quoted field", "text"),
        ("field = \"text\"", "field = \"product\"", 0, "no \"product\" to correct", ""),
        ("note = { vi = \"Sai chính tả\" }\n", "", -4, "a correction lacks \"note\"", ""),
        ("text = \"Báo cáo\"", "text = \" \"", 0, "\"text\" is empty", ""),
        ("[[body]]\nclause = \"II.6\"", "[[body]]\nclauze = \"II.6\"", 1, "unknown key \"clauze\"", "clause"),
        ("[[body]]", "[[bodi]]", 0, "unknown key \"bodi\"", "body"),
    ];
    for (old, new, below, words, near) in cases {
        let found = problems(old, new);
        let start = SMALL.split(old).next().unwrap().matches('\n').count() + 1;
        let line = start.checked_add_signed(below).unwrap();
        let near = if near.is_empty() { String::new() } else { format!("did you mean {near:?}?") };
        assert!(
            found
                .iter()
                .any(|(at, message)| *at == line && message.contains(words) && message.contains(&near)),
            "{new:?} at {line}: {found:#?}"
        );
    }
}

#[test]
fn all_problems_are_told_at_once_and_no_other() {
    let text = SMALL
        .replace("lead = [\"center\"]\npartners", "lead = [\"centre\"]\npartners")
        .replace("to = 2026-07-30", "to = 2026-02-28")
        .replace("heading = true", "heading = 1")
        .replace("printed = \"Niên yết\"", "printed = \"Niêm\"");
    let problems = Plan::from_toml("my.toml", &text).unwrap_err().problems;
    assert_eq!(problems.len(), 4, "{problems:#?}");
    // One wrong field is one problem: the unit without a name is still known to those who name it.
    assert_eq!(self::problems("name = \"Trung tâm\"\n", "").len(), 1);
    assert_eq!(self::problems("title = \"Sở A\"\n", "").len(), 1);
}

#[test]
fn a_monthly_task_needs_the_days_of_the_plan() {
    let found = problems("effective_to = 2026-12-31\n", "");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].1.contains("needs the plan's \"effective_from\""), "{found:?}");
    let found = problems(
        "effective_from = 2026-03-15\neffective_to = 2026-12-31",
        "effective_from = 2200-01-01\neffective_to = 2200-12-31",
    );
    assert!(found[0].1.contains("2000 to 2100"), "{found:?}");
}

#[test]
fn what_is_not_a_table_is_told_and_hides_no_place() {
    let text = format!("tasks = [1]\n{}", SMALL.split("[[tasks]]").next().unwrap());
    let problems = Plan::from_toml("my.toml", &text).unwrap_err().problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].message.en.contains("expected a table") && problems[0].line == 1, "{problems:?}");
    let text = SMALL.replace("[[appendices]]\nid = \"PL I\"\ntitle = \"Phụ lục\"\n", "");
    let problems = Plan::from_toml("my.toml", &format!("appendices = 3\n{text}")).unwrap_err().problems;
    assert!(problems[0].message.en.contains("expected an array"), "{problems:?}");
    let (start, end) = (SMALL.find("[[tasks.lines]]").unwrap(), SMALL.find("[[provisions]]").unwrap());
    let text = format!("{}lines = []\n{}", &SMALL[..start], &SMALL[end..]);
    let problems = Plan::from_toml("my.toml", &text).unwrap_err().problems;
    assert!(problems.iter().any(|problem| problem.message.en.contains("no lines")), "{problems:?}");
}
