//! The plan's own schedule as a register: what came due by it, and what was done. Groups to be reviewed
//! (SPEC §6, 38) and months of publication (21).

use std::collections::{BTreeMap, BTreeSet};

use super::Registers;
use super::count::{Entry, Places};
use super::stand::Stand;
use crate::error::Error;
use crate::instant::Day;
use crate::schedule::{BeforeDate, InstanceKind, ReviewGroup, ReviewScope, Schedule};
use crate::verdict::Window;

/// One thing the plan asks once.
pub(crate) struct DueItem {
    pub entry: Entry,
    pub due: Option<Day>,
    /// The day it was done; for several duties, the last of them, when all were done.
    pub done: Option<Day>,
}

impl DueItem {
    /// Whether it was done in time, once it has come due in a window.
    pub fn stand(&self, seen: Window) -> Stand {
        let asked = self.due.map(|due| (seen.start..=seen.cut).contains(&due));
        let done = self.done.is_some_and(|done| done <= seen.cut && self.due.is_some_and(|due| done <= due));
        Stand::one(asked, Some(done))
    }
}

/// The last good day to hand in a group's results: the step of its list that says so, where the plan
/// has one, and never after the end of the review.
pub(crate) fn submission_of(schedule: &Schedule, group: &ReviewGroup, before_date: BeforeDate) -> Day {
    let of_list = |scope: ReviewScope| scope == group.scope || scope == ReviewScope::All;
    let steps = schedule.milestones().iter().filter(|step| step.submission && of_list(step.scope));
    steps.map(|step| before_date.last_day(step.before)).fold(group.to, Day::min)
}

/// The groups to be reviewed: those of the plan, or of the register where the plan has none. None when
/// nothing says what was submitted.
pub(crate) fn reviews_of(registers: &Registers, before_date: BeforeDate) -> Option<Vec<DueItem>> {
    let table = registers.reviews.as_ref()?;
    let groups = registers.schedule.as_ref().map(|schedule| schedule.review_groups()).unwrap_or_default();
    if groups.is_empty() {
        let of_register = table.rows().iter().map(|(row, review)| DueItem {
            entry: entry(&review.group, &review.list, [*row], review.lead.clone()),
            due: review.due,
            done: review.submitted,
        });
        return Some(of_register.collect());
    }
    let schedule = registers.schedule.as_ref()?;
    let of_plan = groups.iter().map(|group| {
        let found = table.rows().iter().find(|(_, review)| review.group.as_deref() == Some(&*group.id));
        let lead = match found.and_then(|(_, review)| review.lead.clone()) {
            Some(lead) => Some(lead),
            None => group.lead.first().and_then(|id| schedule.unit(id).ok()).map(|unit| unit.name.clone()),
        };
        DueItem {
            entry: entry(
                &Some(group.id.clone()),
                &Some(group.text.clone()),
                found.map(|(row, _)| *row),
                lead,
            ),
            due: Some(submission_of(schedule, group, before_date)),
            done: found.and_then(|(_, review)| review.submitted),
        }
    });
    Some(of_plan.collect())
}

/// The months of the plan's monthly tasks that an indicator is measured by; a month is done when all of
/// them are. None when there is no schedule or it has no such tasks.
pub(crate) fn months_of(
    registers: &Registers,
    indicator: &str,
    before_date: BeforeDate,
) -> Result<Option<Vec<DueItem>>, Error> {
    let (Some(schedule), Some(table)) = (&registers.schedule, &registers.plan_tasks) else {
        return Ok(None);
    };
    let measured = |indicators: &[String]| indicators.iter().any(|id| id == indicator);
    let tasks = schedule.tasks().iter().filter(|task| measured(&task.indicators));
    let tasks: BTreeSet<&str> = tasks.map(|task| task.id.as_str()).collect();
    let duties = schedule.body().iter().filter_map(|clause| clause.duty.as_ref());
    let duties: BTreeSet<&str> =
        duties.filter(|duty| measured(&duty.indicators)).map(|duty| duty.id.as_str()).collect();
    let done: BTreeMap<&str, (u64, Option<Day>)> = table
        .rows()
        .iter()
        .filter_map(|(row, task)| Some((task.id.as_deref()?, (*row, task.done))))
        .collect();
    let mut months: BTreeMap<String, DueItem> = BTreeMap::new();
    for instance in schedule.instances(before_date) {
        let asked = match instance.kind {
            InstanceKind::Task => tasks.contains(instance.item.as_str()),
            InstanceKind::Duty => duties.contains(instance.item.as_str()),
            InstanceKind::ReviewGroup | InstanceKind::Milestone => false,
        };
        let (true, Some(month), Some(due)) = (asked, instance.period, instance.due) else { continue };
        let (row, done) =
            done.get(instance.id.as_str()).map_or((None, None), |(row, done)| (Some(*row), *done));
        let month = month.to_string();
        match months.get_mut(&month) {
            Some(item) => {
                item.due = item.due.max(Some(due));
                item.done = item.done.zip(done).map(|(one, other)| one.max(other));
                item.entry.rows.extend(row);
            }
            None => {
                let entry = entry(&Some(month.clone()), &None, row, None);
                months.insert(month, DueItem { entry, due: Some(due), done });
            }
        }
    }
    Ok((!months.is_empty()).then(|| months.into_values().collect()))
}

fn entry(
    id: &Option<String>,
    name: &Option<String>,
    rows: impl IntoIterator<Item = u64>,
    agency: Option<String>,
) -> Entry {
    Entry {
        id: id.clone(),
        name: name.clone(),
        rows: rows.into_iter().collect(),
        field: None,
        places: Places { agency, ..Places::default() },
    }
}
