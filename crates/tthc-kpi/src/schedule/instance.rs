//! What is to be done and by which day: a monthly task is one instance a month.

use serde::{Deserialize, Serialize};

use super::{Cadence, CadenceKind, Schedule, months};
use crate::instant::Day;
use crate::period::{Period, PeriodRule};
use crate::policy::Text;
use crate::slug::slugs;

slugs! {
    /// "Trước ngày 20/7": which day is the last good one (SPEC §4).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::BeforeDate;
    /// let day = "2026-07-20".parse()?;
    /// assert_eq!(BeforeDate::Strict.last_day(day), "2026-07-19".parse()?);
    /// assert_eq!(BeforeDate::Inclusive.last_day(day), day);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    BeforeDate as "before_date" {
        /// The day before.
        Strict = "strict",
        /// The day itself.
        Inclusive = "inclusive",
    }
}

impl BeforeDate {
    /// The last good day for "trước ngày `day`".
    #[must_use]
    pub fn last_day(self, day: Day) -> Day {
        match self {
            BeforeDate::Strict => day.plus(-1),
            BeforeDate::Inclusive => day,
        }
    }
}

slugs! {
    /// Loại việc: what an instance is of.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::InstanceKind;
    /// assert_eq!("milestone".parse::<InstanceKind>()?, InstanceKind::Milestone);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    InstanceKind as "instance kind" {
        /// Nhiệm vụ.
        Task = "task",
        /// Việc hằng tháng nêu trong thân kế hoạch.
        Duty = "duty",
        /// Nhóm TTHC rà soát.
        ReviewGroup = "review_group",
        /// Mốc "trước ngày".
        Milestone = "milestone",
    }
}

/// Việc đến hạn: one thing to be done once, with its last good day.
///
/// # Example
/// ```
/// use tthc_kpi::{BeforeDate, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let all = plan.schedule().unwrap().instances(BeforeDate::Strict);
/// let march = all.iter().find(|instance| instance.id == "task:IV.5.3/2026-03").unwrap();
/// assert_eq!(march.from, Some("2026-03-01".parse().unwrap()));
/// assert_eq!(march.due, Some("2026-03-31".parse().unwrap()));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Unique: `task:V.2`; `task:I.1/2`, the second line of a task; `task:IV.5.3/2026-03`, a month;
    /// `review_group:A.I.1`; `milestone:results_decree_63`.
    pub id: String,
    /// What it is of.
    pub kind: InstanceKind,
    /// Id of the task, review group or milestone.
    pub item: String,
    /// Where in the plan.
    pub clause: String,
    /// What is to be done; of tasks and groups as printed, so in Vietnamese in either language.
    pub name: Text,
    /// Ids of the units that lead; none where the plan names nobody.
    pub lead: Vec<String>,
    /// The product, as printed.
    pub product: Option<String>,
    /// What kind of time it has.
    pub cadence: CadenceKind,
    /// The month of a monthly task; the quarter of one in a quarter.
    pub period: Option<Period>,
    /// First day, where one is given.
    pub from: Option<Day>,
    /// Last good day; `None` where no day is given.
    pub due: Option<Day>,
}

/// The period, the first day and the last good day of one instance.
type Times = (Option<Period>, Option<Day>, Option<Day>);

impl Schedule {
    /// Everything to be done: tasks, review groups, milestones, each in the plan's order.
    ///
    /// A task with a date, a range or a quarter is one instance for each of its lines; a monthly one is
    /// an instance for each month that the plan is in force; one without a day is one instance that is
    /// never due.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{BeforeDate, Plan};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let due = |rule, id: &str| {
    ///     let all = plan.schedule().unwrap().instances(rule);
    ///     all.into_iter().find(|instance| instance.id == id).and_then(|instance| instance.due)
    /// };
    /// let results = "milestone:results_decree_63"; // "trước ngày 20/7/2026"
    /// assert_eq!(due(BeforeDate::Strict, results), Some("2026-07-19".parse().unwrap()));
    /// assert_eq!(due(BeforeDate::Inclusive, results), Some("2026-07-20".parse().unwrap()));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn instances(&self, before_date: BeforeDate) -> Vec<Instance> {
        let mut all = Vec::new();
        for task in self.tasks() {
            for (number, line) in (1..).zip(&task.lines) {
                let id = match task.lines.len() {
                    1 => format!("{}:{}", InstanceKind::Task, task.id),
                    _ => format!("{}:{}/{number}", InstanceKind::Task, task.id),
                };
                let instance = |id, (period, from, due): Times| Instance {
                    id,
                    kind: InstanceKind::Task,
                    item: task.id.clone(),
                    clause: task.clause.clone(),
                    name: Text::new(&task.text, &task.text),
                    lead: task.lead.clone(),
                    product: line.product.clone(),
                    cadence: line.cadence.kind(),
                    period,
                    from,
                    due,
                };
                if line.cadence == Cadence::Monthly {
                    all.extend(months(&self.0).into_iter().map(|(month, from, to)| {
                        instance(format!("{id}/{month}"), (Some(month), Some(from), Some(to)))
                    }));
                } else {
                    all.push(instance(id, times(line.cadence, before_date)));
                }
            }
        }
        for (clause, duty) in self.body().iter().filter_map(|clause| Some((clause, clause.duty.as_ref()?))) {
            all.extend(months(&self.0).into_iter().map(|(month, from, to)| Instance {
                id: format!("{}:{}/{month}", InstanceKind::Duty, duty.id),
                kind: InstanceKind::Duty,
                item: duty.id.clone(),
                clause: clause.clause.clone(),
                name: duty.name.clone(),
                lead: Vec::new(),
                product: None,
                cadence: CadenceKind::Monthly,
                period: Some(month),
                from: Some(from),
                due: Some(to),
            }));
        }
        all.extend(self.review_groups().iter().map(|group| Instance {
            id: format!("{}:{}", InstanceKind::ReviewGroup, group.id),
            kind: InstanceKind::ReviewGroup,
            item: group.id.clone(),
            clause: group.clause.clone(),
            name: Text::new(&group.text, &group.text),
            lead: group.lead.clone(),
            product: None,
            cadence: CadenceKind::Range,
            period: None,
            from: Some(group.from),
            due: Some(group.to),
        }));
        all.extend(self.milestones().iter().map(|milestone| Instance {
            id: format!("{}:{}", InstanceKind::Milestone, milestone.id),
            kind: InstanceKind::Milestone,
            item: milestone.id.clone(),
            clause: milestone.clause.clone(),
            name: milestone.name.clone(),
            lead: milestone.lead.clone(),
            product: None,
            cadence: CadenceKind::Date,
            period: None,
            from: None,
            due: Some(before_date.last_day(milestone.before)),
        }));
        all
    }
}

/// The times of what is done once.
fn times(cadence: Cadence, before_date: BeforeDate) -> Times {
    match cadence {
        Cadence::Date { by, inclusive: true } => (None, None, Some(by)),
        Cadence::Date { by, inclusive: false } => (None, None, Some(before_date.last_day(by))),
        Cadence::Range { from, to } => (None, Some(from), Some(to)),
        Cadence::Quarter { quarter } => {
            let (from, to) = quarter.days(PeriodRule::Calendar);
            (Some(quarter), Some(from), Some(to))
        }
        Cadence::Monthly | Cadence::Continuous | Cadence::OnDemand | Cadence::OtherPlan => (None, None, None),
    }
}
