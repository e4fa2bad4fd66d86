//! Where the schedule stands on a day, given what has been done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{BeforeDate, Instance, InstanceKind, Schedule};
use crate::instant::Day;
use crate::slug::{UnknownName, nearest, slugs};

slugs! {
    /// Tình trạng của việc: where an instance stands on a day.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::InstanceStatus;
    /// assert_eq!("done_late".parse::<InstanceStatus>()?, InstanceStatus::DoneLate);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    InstanceStatus as "instance status" {
        /// Chưa đến kỳ: its first day is yet to come.
        NotStarted = "not_started",
        /// Đang thực hiện: it can still be done in time.
        Running = "running",
        /// Hoàn thành đúng hạn: done by its last good day, or never due.
        Done = "done",
        /// Hoàn thành quá hạn: done after it.
        DoneLate = "done_late",
        /// Quá hạn, chưa hoàn thành: its last good day is over.
        Overdue = "overdue",
        /// Không có hạn: due on no day, and not done.
        NoDate = "no_date",
    }
}

/// Một việc tại một ngày: an instance and where it stands.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// use tthc_kpi::{BeforeDate, InstanceStatus, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let state = plan.schedule().unwrap().state_at("2026-02-27".parse().unwrap(), &BTreeMap::new(), BeforeDate::Strict)?;
/// let archive = state.instances.iter().find(|of| of.instance.id == "task:IV.2.2").unwrap();
/// assert_eq!((archive.status, archive.days_left), (InstanceStatus::Running, Some(1)));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceState {
    /// What is to be done.
    #[serde(flatten)]
    pub instance: Instance,
    /// When it was done, if by that day.
    pub done: Option<Day>,
    /// Where it stands.
    pub status: InstanceStatus,
    /// Days to its last good day, negative when that is over; `None` when done or never due.
    pub days_left: Option<i32>,
}

/// Số việc theo tình trạng: how many instances stand where.
///
/// # Example
/// ```
/// use tthc_kpi::{InstanceStatus, ScheduleCounts};
/// assert_eq!(ScheduleCounts::default().of(InstanceStatus::Overdue), 0);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleCounts {
    /// All.
    pub total: u32,
    /// Those whose last good day has come.
    pub due: u32,
    /// Of these, those done by it.
    pub due_in_time: u32,
    /// By status; one that no instance has is not there.
    pub by_status: BTreeMap<InstanceStatus, u32>,
}

impl ScheduleCounts {
    /// How many stand there.
    #[must_use]
    pub fn of(&self, status: InstanceStatus) -> u32 {
        self.by_status.get(&status).copied().unwrap_or_default()
    }

    fn add(&mut self, of: &InstanceState, day: Day) {
        let due = of.instance.due.is_some_and(|due| due <= day);
        self.total = self.total.saturating_add(1);
        self.due = self.due.saturating_add(due.into());
        let in_time = due && of.status == InstanceStatus::Done;
        self.due_in_time = self.due_in_time.saturating_add(in_time.into());
        let count = self.by_status.entry(of.status).or_default();
        *count = count.saturating_add(1);
    }
}

/// Số việc của một đơn vị chủ trì.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// use tthc_kpi::{BeforeDate, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let state = plan.schedule().unwrap().state_at("2026-03-15".parse().unwrap(), &BTreeMap::new(), BeforeDate::Strict)?;
/// assert_eq!(state.by_lead[0].unit.as_deref(), Some("center"));
/// assert_eq!(state.by_lead.last().unwrap().unit, None); // of nobody named
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCounts {
    /// Id of the unit; `None` for instances without a lead.
    pub unit: Option<String>,
    /// How many of those it leads stand where.
    #[serde(flatten)]
    pub counts: ScheduleCounts,
}

/// Tình hình thực hiện tại một ngày: where everything stands.
///
/// # Example
/// ```
/// use std::collections::BTreeMap;
/// use tthc_kpi::{BeforeDate, InstanceStatus, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let done = BTreeMap::from([("task:IV.5.3/2026-01".to_owned(), "2026-02-03".parse().unwrap())]);
/// let state = plan.schedule().unwrap().state_at("2026-03-15".parse().unwrap(), &done, BeforeDate::Strict)?;
/// assert_eq!(state.counts.of(InstanceStatus::DoneLate), 1);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleState {
    /// The day, at its end.
    pub as_of: Day,
    /// How "trước ngày" was read.
    pub before_date: BeforeDate,
    /// Every instance, in the order of [`Schedule::instances`].
    pub instances: Vec<InstanceState>,
    /// All of them.
    pub counts: ScheduleCounts,
    /// By leading unit, in the plan's order, those without a lead last. What several units lead counts
    /// for each of them, so these do not add up to all.
    pub by_lead: Vec<LeadCounts>,
}

impl Schedule {
    /// Where everything stands at the end of a day.
    ///
    /// `done` says when each instance was done, by its id; what was done after the day is not done yet.
    ///
    /// # Errors
    /// [`crate::Error::UnknownName`] when `done` names an instance that is none; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use std::collections::BTreeMap;
    /// use tthc_kpi::{BeforeDate, InstanceStatus, Plan};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let schedule = plan.schedule().unwrap();
    /// let at = |day: &str, rule| schedule.state_at(day.parse().unwrap(), &BTreeMap::new(), rule);
    /// let status = |day, rule| {
    ///     let state = at(day, rule).unwrap();
    ///     state.instances.iter().find(|of| of.instance.id == "milestone:results_decree_63").unwrap().status
    /// };
    /// assert_eq!(status("2026-07-19", BeforeDate::Strict), InstanceStatus::Running);
    /// assert_eq!(status("2026-07-20", BeforeDate::Strict), InstanceStatus::Overdue);
    /// assert_eq!(status("2026-07-20", BeforeDate::Inclusive), InstanceStatus::Running);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn state_at(
        &self,
        day: Day,
        done: &BTreeMap<String, Day>,
        before_date: BeforeDate,
    ) -> Result<ScheduleState, crate::Error> {
        let instances = self.instances(before_date);
        let known = |id: &str| instances.iter().any(|instance| instance.id == id);
        if let Some(id) = done.keys().find(|id| !known(id)) {
            return Err(unknown_instance(id, &instances).into());
        }
        let instances: Vec<InstanceState> = instances
            .into_iter()
            .map(|instance| {
                let done = done.get(&instance.id).copied().filter(|done| *done <= day);
                let status = status(&instance, done, day);
                let due = instance.due.filter(|_| done.is_none());
                let days_left = due.map(|due| due.number().saturating_sub(day.number()));
                InstanceState { instance, done, status, days_left }
            })
            .collect();
        let mut counts = ScheduleCounts::default();
        instances.iter().for_each(|of| counts.add(of, day));
        let leads = self.units().iter().map(|unit| Some(unit.id.as_str())).chain([None]);
        let by_lead = leads
            .filter_map(|unit| {
                let mut counts = ScheduleCounts::default();
                let led = instances.iter().filter(|of| match unit {
                    Some(unit) => of.instance.lead.iter().any(|lead| lead == unit),
                    None => of.instance.lead.is_empty(),
                });
                led.for_each(|of| counts.add(of, day));
                (counts.total > 0).then(|| LeadCounts { unit: unit.map(str::to_owned), counts })
            })
            .collect();
        Ok(ScheduleState { as_of: day, before_date, instances, counts, by_lead })
    }
}

fn status(instance: &Instance, done: Option<Day>, day: Day) -> InstanceStatus {
    match (done, instance.due) {
        (Some(done), Some(due)) if done > due => InstanceStatus::DoneLate,
        (Some(_), _) => InstanceStatus::Done,
        (None, None) => InstanceStatus::NoDate,
        (None, Some(due)) if day > due => InstanceStatus::Overdue,
        (None, Some(_)) if instance.from.is_some_and(|from| day < from) => InstanceStatus::NotStarted,
        (None, Some(_)) => InstanceStatus::Running,
    }
}

/// There are too many ids to list; the shape of one says what was expected.
fn unknown_instance(id: &str, instances: &[Instance]) -> UnknownName {
    let first = |kind| instances.iter().find(|instance| instance.kind == kind).map(|instance| &*instance.id);
    let shapes: Vec<&str> = InstanceKind::ALL.iter().filter_map(|kind| first(*kind)).collect();
    UnknownName {
        what: "instance",
        text: id.to_owned(),
        expected: format!("{}, …", shapes.join(", ")),
        nearest: nearest(id, instances.iter().map(|instance| instance.id.as_str())).map(str::to_owned),
    }
}
