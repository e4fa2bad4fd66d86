//! The tasks of the plan, and when each is to be done.

use serde::{Deserialize, Serialize};

use super::Remarks;
use crate::instant::Day;
use crate::period::Period;
use crate::slug::slugs;

slugs! {
    /// Loại thời hạn: what kind of time a task has.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::CadenceKind;
    /// assert_eq!("monthly".parse::<CadenceKind>()?, CadenceKind::Monthly);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    CadenceKind as "cadence" {
        /// Theo ngày: by a day.
        Date = "date",
        /// Theo khoảng: from a day to a day.
        Range = "range",
        /// Hằng tháng: every month.
        Monthly = "monthly",
        /// Theo quý: in a quarter.
        Quarter = "quarter",
        /// Thường xuyên: all the time, due on no day.
        Continuous = "continuous",
        /// Theo yêu cầu: when asked.
        OnDemand = "on_demand",
        /// Theo kế hoạch khác: as another plan says.
        OtherPlan = "other_plan",
    }
}

/// Thời hạn: when a task is to be done.
///
/// # Example
/// ```
/// use tthc_kpi::{Cadence, CadenceKind};
/// let cadence = Cadence::Date { by: "2026-02-28".parse()?, inclusive: false };
/// assert_eq!(cadence.kind(), CadenceKind::Date);
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Cadence {
    /// By a day.
    Date {
        /// The day printed.
        by: Day,
        /// Whether that day is the last good one for certain; `false` for "trước ngày".
        inclusive: bool,
    },
    /// From a day to a day, both included.
    Range {
        /// First day.
        from: Day,
        /// Last day.
        to: Day,
    },
    /// Every month; no day of the month is printed, so its last day is taken.
    Monthly,
    /// In a quarter.
    Quarter {
        /// The quarter: `2026-Q4`.
        quarter: Period,
    },
    /// All the time, due on no day.
    Continuous,
    /// When asked.
    OnDemand,
    /// As another plan says.
    OtherPlan,
}

impl Cadence {
    /// What kind of time it is.
    #[must_use]
    pub const fn kind(self) -> CadenceKind {
        match self {
            Cadence::Date { .. } => CadenceKind::Date,
            Cadence::Range { .. } => CadenceKind::Range,
            Cadence::Monthly => CadenceKind::Monthly,
            Cadence::Quarter { .. } => CadenceKind::Quarter,
            Cadence::Continuous => CadenceKind::Continuous,
            Cadence::OnDemand => CadenceKind::OnDemand,
            Cadence::OtherPlan => CadenceKind::OtherPlan,
        }
    }
}

/// Một dòng của nhiệm vụ: a product and its time. Most tasks have one line.
///
/// # Example
/// ```
/// use tthc_kpi::{CadenceKind, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let task = plan.schedule().and_then(|schedule| schedule.task("I.1").ok()).unwrap();
/// let kinds: Vec<CadenceKind> = task.lines.iter().map(|line| line.cadence.kind()).collect();
/// assert_eq!(kinds, [CadenceKind::Date, CadenceKind::Continuous]);
/// assert_eq!(task.lines[0].time_text.as_deref(), Some("Trước 28/02/2026"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLine {
    /// The product, as printed; `None` where the cell is blank.
    pub product: Option<String>,
    /// When it is to be done.
    pub cadence: Cadence,
    /// The time as printed, where it is one text.
    pub time_text: Option<String>,
    /// The start as printed, where start and end differ.
    pub start_text: Option<String>,
    /// The end as printed, where start and end differ.
    pub end_text: Option<String>,
}

/// Nhiệm vụ của kế hoạch: a numbered row that has a lead and a time.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let task = plan.schedule().and_then(|schedule| schedule.task("IV.2.2").ok()).unwrap();
/// assert_eq!((&*task.clause, &*task.section), ("PL I IV.2.2", "IV.2"));
/// assert_eq!(task.indicators, ["archive_digitisation_rate"]);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its number in the annex, unique among tasks.
    pub id: String,
    /// Where in the plan: `PL I` and the id, unless the file says otherwise.
    pub clause: String,
    /// Id of the section it stands in.
    pub section: String,
    /// What is to be done, as printed.
    pub text: String,
    /// Ids of the units that lead.
    pub lead: Vec<String>,
    /// The leads as printed.
    pub lead_text: Option<String>,
    /// Ids of the units that take part.
    pub partners: Vec<String>,
    /// The partners as printed; `None` where the cell is blank.
    pub partners_text: Option<String>,
    /// Products and times.
    pub lines: Vec<TaskLine>,
    /// Ids of the indicators that measure it, whether or not the plan file computes them.
    pub indicators: Vec<String>,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl Task {
    /// The quoted fields, each with its text; that of several lines is all of them.
    pub(super) fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        let of_lines = |field: fn(&TaskLine) -> &Option<String>| {
            let texts: Vec<&str> = self.lines.iter().filter_map(|line| field(line).as_deref()).collect();
            (!texts.is_empty()).then(|| texts.join("\n"))
        };
        vec![
            ("text", Some(self.text.clone())),
            ("lead_text", self.lead_text.clone()),
            ("partners_text", self.partners_text.clone()),
            ("product", of_lines(|line| &line.product)),
            ("time_text", of_lines(|line| &line.time_text)),
            ("start_text", of_lines(|line| &line.start_text)),
            ("end_text", of_lines(|line| &line.end_text)),
        ]
    }
}
