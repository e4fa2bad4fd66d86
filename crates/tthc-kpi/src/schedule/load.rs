//! Reading the schedule's tables: every problem at once, each with its place.
//!
//! A field that cannot be read is reported and stands empty, so that the whole can still be looked at.

use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::check::{Step, faults};
use super::{
    Appendix, BodyClause, Cadence, CadenceKind, Correction, Duty, Milestone, PlanUnit, Provision, Remarks,
    ReviewGroup, ReviewScope, Schedule, ScheduleParts, Section, Task, TaskLine,
};
use crate::instant::Day;
use crate::period::Period;
use crate::policy::Text;
use crate::toml_reader::{Node, Problems, text_of, wording_of, wrong_type};

const TABLES: [&str; 9] = [
    "units",
    "appendices",
    "sections",
    "tasks",
    "provisions",
    "milestones",
    "review_sections",
    "review_groups",
    "body",
];

/// The schedule of a plan's document; `None` when it has none of the tables.
pub(crate) fn read(
    node: &mut Node<'_, '_>,
    (effective_from, effective_to): (Option<Day>, Option<Day>),
    problems: &mut Problems<'_>,
) -> Option<Schedule> {
    let parts = ScheduleParts {
        effective_from,
        effective_to,
        units: entries(node, "units", "a unit", problems, read_unit),
        appendices: entries(node, "appendices", "an appendix", problems, read_appendix),
        sections: entries(node, "sections", "a section", problems, read_section),
        tasks: entries(node, "tasks", "a task", problems, read_task),
        provisions: entries(node, "provisions", "a provision", problems, read_provision),
        milestones: entries(node, "milestones", "a milestone", problems, read_milestone),
        review_sections: entries(node, "review_sections", "a review section", problems, read_review_section),
        review_groups: entries(node, "review_groups", "a review group", problems, read_review_group),
        body: entries(node, "body", "a clause of the body", problems, read_body),
    };
    let table = node.table;
    let items =
        |name: &&str| table.get(*name).and_then(|value| value.get_ref().as_array()).map(|items| items.iter());
    if !TABLES.iter().any(|name| table.get(*name).is_some()) {
        return None;
    }
    // Something that is not a table has been reported, and would make the places of the rest wrong.
    if TABLES.iter().filter_map(items).flatten().all(|item| item.get_ref().as_table().is_some()) {
        for fault in faults(&parts) {
            problems.add(place(table, &fault.path), fault.message);
        }
    }
    Some(Schedule(parts))
}

/// Where a path leads; a step that is not in the text is passed over.
fn place(table: &DeTable<'_>, path: &[Step]) -> Range<usize> {
    let mut span = 0..0;
    let mut at: Option<&DeValue<'_>> = None;
    for step in path {
        let next = match (step, at) {
            (Step::Key(key), None) => table.get(*key),
            (Step::Key(key), Some(value)) => value.as_table().and_then(|table| table.get(*key)),
            (Step::Item(number), value) => {
                value.and_then(DeValue::as_array).and_then(|items| items.get(*number))
            }
        };
        if let Some(next) = next {
            (span, at) = (next.span(), Some(next.get_ref()));
        }
    }
    span
}

/// The tables of an array, each read by `read`.
fn entries<T>(
    node: &mut Node<'_, '_>,
    key: &'static str,
    what: &'static str,
    problems: &mut Problems<'_>,
    read: impl Fn(&mut Node<'_, '_>, &mut Problems<'_>) -> T,
) -> Vec<T> {
    let items = node.items(key, problems).into_iter();
    items
        .filter_map(|value| {
            let mut node = Node::of(what, value, problems)?;
            let entry = read(&mut node, problems);
            node.finish(problems);
            Some(entry)
        })
        .collect()
}

fn needed(node: &mut Node<'_, '_>, key: &'static str, problems: &mut Problems<'_>) -> String {
    node.need_text(key, problems).unwrap_or_default()
}

fn needed_day(node: &mut Node<'_, '_>, key: &'static str, problems: &mut Problems<'_>) -> Option<Day> {
    node.need(key, problems);
    node.day(key, problems)
}

fn texts(node: &mut Node<'_, '_>, key: &'static str, problems: &mut Problems<'_>) -> Vec<String> {
    node.items(key, problems).into_iter().filter_map(|item| text_of(item, key, problems)).collect()
}

fn flag(node: &mut Node<'_, '_>, key: &'static str, absent: bool, problems: &mut Problems<'_>) -> bool {
    let Some(value) = node.get(key) else { return absent };
    value.get_ref().as_bool().unwrap_or_else(|| {
        wrong_type(value, key, "true or false", problems);
        absent
    })
}

fn read_unit(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> PlanUnit {
    PlanUnit {
        id: needed(node, "id", problems),
        name: needed(node, "name", problems),
        aliases: texts(node, "aliases", problems),
        generic: flag(node, "generic", false, problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_appendix(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Appendix {
    Appendix {
        id: needed(node, "id", problems),
        title: needed(node, "title", problems),
        issued_with: node.text("issued_with", problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_section(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Section {
    let heading = flag(node, "heading", false, problems);
    Section { heading, ..read_review_section(node, problems) }
}

fn read_review_section(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Section {
    Section {
        id: needed(node, "id", problems),
        parent: node.text("parent", problems),
        heading: false,
        title: needed(node, "title", problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_task(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Task {
    let id = needed(node, "id", problems);
    let lines = if node.table.get("lines").is_some() {
        entries(node, "lines", "a line of a task", problems, read_line)
    } else {
        vec![read_line(node, problems)]
    };
    Task {
        clause: node.text("clause", problems).unwrap_or_else(|| format!("PL I {id}")),
        id,
        section: needed(node, "section", problems),
        text: needed(node, "text", problems),
        lead: texts(node, "lead", problems),
        lead_text: node.text("lead_text", problems),
        partners: texts(node, "partners", problems),
        partners_text: node.text("partners_text", problems),
        lines,
        indicators: texts(node, "indicators", problems),
        remarks: read_remarks(node, problems),
    }
}

/// A line, of a table of its own or of the task itself.
fn read_line(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> TaskLine {
    TaskLine {
        product: node.text("product", problems),
        cadence: read_cadence(node, problems).unwrap_or(Cadence::Continuous),
        time_text: node.text("time_text", problems),
        start_text: node.text("start_text", problems),
        end_text: node.text("end_text", problems),
    }
}

fn read_cadence(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Option<Cadence> {
    let value = node.need("cadence", problems)?;
    let mut node = Node::of("a cadence", value, problems)?;
    node.need("kind", problems);
    let cadence = match node.name("kind", problems)? {
        CadenceKind::Date => {
            let by = needed_day(&mut node, "by", problems);
            // "Trước ngày" unless the file says that the day itself is good.
            let inclusive = flag(&mut node, "inclusive", false, problems);
            by.map(|by| Cadence::Date { by, inclusive })
        }
        CadenceKind::Range => {
            let (from, to) = (needed_day(&mut node, "from", problems), needed_day(&mut node, "to", problems));
            from.zip(to).map(|(from, to)| Cadence::Range { from, to })
        }
        CadenceKind::Quarter => {
            let text = node.need_text("quarter", problems);
            let quarter = text.and_then(|text| match text.parse::<Period>() {
                Ok(quarter) => Some(quarter),
                Err(error) => {
                    let span = node.get("quarter").map_or(0..0, toml::Spanned::span);
                    problems.add(span, Text::new(error.vi(), error.to_string()));
                    None
                }
            });
            quarter.map(|quarter| Cadence::Quarter { quarter })
        }
        CadenceKind::Monthly => Some(Cadence::Monthly),
        CadenceKind::Continuous => Some(Cadence::Continuous),
        CadenceKind::OnDemand => Some(Cadence::OnDemand),
        CadenceKind::OtherPlan => Some(Cadence::OtherPlan),
    };
    node.finish(problems);
    cadence
}

fn read_provision(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Provision {
    Provision {
        id: needed(node, "id", problems),
        title: node.text("title", problems),
        text: node.text("text", problems),
        indicators: texts(node, "indicators", problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_scope(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> ReviewScope {
    node.name("scope", problems).unwrap_or(ReviewScope::All)
}

fn read_milestone(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Milestone {
    node.need("name", problems);
    Milestone {
        id: needed(node, "id", problems),
        name: node.vi_en("name", problems).unwrap_or_else(|| Text::new("", "")),
        clause: needed(node, "clause", problems),
        before: needed_day(node, "before", problems).unwrap_or(Day::MIN),
        scope: read_scope(node, problems),
        scope_text: node.text("scope_text", problems),
        text: needed(node, "text", problems),
        date_text: node.text("date_text", problems),
        lead: texts(node, "lead", problems),
        lead_text: node.text("lead_text", problems),
        to: texts(node, "to", problems),
        to_text: node.text("to_text", problems),
        submission: flag(node, "submission", false, problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_review_group(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> ReviewGroup {
    let id = needed(node, "id", problems);
    let days = needed_day(node, "from", problems).zip(needed_day(node, "to", problems));
    let (from, to) = days.unwrap_or((Day::MIN, Day::MIN));
    ReviewGroup {
        clause: node.text("clause", problems).unwrap_or_else(|| format!("PL II III.1 {id}")),
        id,
        section: needed(node, "section", problems),
        scope: read_scope(node, problems),
        text: needed(node, "text", problems),
        lead: texts(node, "lead", problems),
        lead_text: node.text("lead_text", problems),
        partners: texts(node, "partners", problems),
        partners_text: node.text("partners_text", problems),
        from,
        to,
        start_text: node.text("start_text", problems),
        end_text: node.text("end_text", problems),
        remarks: read_remarks(node, problems),
    }
}

fn read_body(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> BodyClause {
    BodyClause {
        clause: needed(node, "clause", problems),
        text: needed(node, "text", problems),
        duty: node.get("duty").and_then(|value| {
            let mut node = Node::of("a duty", value, problems)?;
            node.need("name", problems);
            let duty = Duty {
                id: needed(&mut node, "id", problems),
                name: node.vi_en("name", problems).unwrap_or_else(|| Text::new("", "")),
                indicators: texts(&mut node, "indicators", problems),
            };
            node.finish(problems);
            Some(duty)
        }),
        remarks: read_remarks(node, problems),
    }
}

fn read_remarks(node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Remarks {
    let corrections = entries(node, "corrections", "a correction", problems, |node, problems| {
        node.need("note", problems);
        Correction {
            field: needed(node, "field", problems),
            printed: needed(node, "printed", problems),
            correct: needed(node, "correct", problems),
            sure: flag(node, "sure", true, problems),
            note: node.vi_en("note", problems).unwrap_or_else(|| Text::new("", "")),
        }
    });
    let notes = node.items("notes", problems);
    let notes = notes.into_iter().filter_map(|value| wording_of(value, "a note", problems)).collect();
    Remarks { corrections, notes }
}
