//! The plan's schedule (SPEC §6): its tasks, review groups and milestones, who leads them and when
//! they are due. Texts are kept as printed, with corrections beside them.

mod check;
mod instance;
mod load;
mod remarks;
mod review;
mod state;
mod task;

use serde::{Deserialize, Serialize};

pub use instance::{BeforeDate, Instance, InstanceKind};
pub(crate) use load::read;
pub use remarks::{Correction, Remarks};
pub use review::{Milestone, ReviewGroup, ReviewScope};
pub use state::{InstanceState, InstanceStatus, LeadCounts, ScheduleCounts, ScheduleState};
pub use task::{Cadence, CadenceKind, Task, TaskLine};

use crate::digest::digest;
use crate::instant::Day;
use crate::period::{Bucket, Period, PeriodRule};
use crate::policy::Text;
use crate::slug::UnknownName;

/// Đơn vị: who leads or takes part, with every spelling of its name.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let unit = plan.schedule().unwrap().unit("office")?;
/// assert_eq!((&*unit.name, unit.generic), ("Văn phòng HĐND&UBND", false));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanUnit {
    /// Slug, unique in the plan.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Every other spelling the plan prints.
    pub aliases: Vec<String>,
    /// A description ("các phòng chuyên môn"), not one unit.
    pub generic: bool,
    /// Corrections (of an alias) and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl PlanUnit {
    fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        let aliases = (!self.aliases.is_empty()).then(|| self.aliases.join("\n"));
        vec![("name", Some(self.name.clone())), ("aliases", aliases)]
    }
}

/// Phụ lục: an annex of the plan.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// assert_eq!(plan.schedule().unwrap().appendices()[1].id, "PL II");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appendix {
    /// What clauses call it.
    pub id: String,
    /// Title, as printed.
    pub title: String,
    /// The line that says what it was issued with, as printed.
    pub issued_with: Option<String>,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl Appendix {
    fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        vec![("title", Some(self.title.clone())), ("issued_with", self.issued_with.clone())]
    }
}

/// Phần: a section of the tasks or of the review list, or a heading row of the tasks.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let sections = plan.schedule().unwrap().sections();
/// assert_eq!(sections.iter().filter(|section| section.parent.is_none()).count(), 8);
/// assert_eq!(sections.iter().filter(|section| section.heading).count(), 5);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its number, unique in its list.
    pub id: String,
    /// Id of the section it is part of.
    pub parent: Option<String>,
    /// A numbered row with neither lead nor time.
    pub heading: bool,
    /// Title, as printed.
    pub title: String,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

/// Nội dung của phụ lục rà soát: what the annex on the review says in words.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let goals = plan.schedule().unwrap().provisions();
/// assert!(goals.iter().any(|provision| provision.indicators.contains(&"cost_reduction".to_owned())));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provision {
    /// Its number in the annex, unique among provisions.
    pub id: String,
    /// Title, as printed.
    pub title: Option<String>,
    /// Text, as printed.
    pub text: Option<String>,
    /// Ids of the indicators that measure it, whether or not the plan file computes them.
    pub indicators: Vec<String>,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl Provision {
    fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        vec![("title", self.title.clone()), ("text", self.text.clone())]
    }
}

/// Đoạn trong thân kế hoạch: a paragraph that the annexes contradict or leave out, or with a misprint.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let body = plan.schedule().unwrap().body();
/// assert!(body.iter().any(|paragraph| paragraph.clause == "II.6"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyClause {
    /// Where in the body; several paragraphs may be of one clause.
    pub clause: String,
    /// Text, as printed.
    pub text: String,
    /// What it asks every month, where no row of the annexes does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<Duty>,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

/// Việc hằng tháng nêu trong thân kế hoạch mà phụ lục không có hàng nào.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let mut duties = plan.schedule().unwrap().body().iter().filter_map(|clause| clause.duty.as_ref());
/// assert_eq!(duties.next().map(|duty| duty.id.as_str()), Some("late_list"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Slug, unique among duties.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// Ids of the indicators that measure it.
    pub indicators: Vec<String>,
}

/// Lịch công việc của kế hoạch: a schedule that exists is valid.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let schedule = plan.schedule().unwrap();
/// assert_eq!((schedule.tasks().len(), schedule.review_groups().len()), (41, 34));
/// assert_eq!(schedule.task("V.2")?.lead, ["economy", "office", "culture"]);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ScheduleParts")]
pub struct Schedule(ScheduleParts);

/// The content of a schedule, before it has been looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ScheduleParts {
    effective_from: Option<Day>,
    effective_to: Option<Day>,
    units: Vec<PlanUnit>,
    appendices: Vec<Appendix>,
    sections: Vec<Section>,
    tasks: Vec<Task>,
    provisions: Vec<Provision>,
    milestones: Vec<Milestone>,
    review_sections: Vec<Section>,
    review_groups: Vec<ReviewGroup>,
    body: Vec<BodyClause>,
}

impl TryFrom<ScheduleParts> for Schedule {
    type Error = String;

    /// What the TOML reader asks of a schedule holds of a saved one too.
    fn try_from(parts: ScheduleParts) -> Result<Self, String> {
        match check::faults(&parts).into_iter().next() {
            None => Ok(Schedule(parts)),
            Some(fault) => Err(format!("a saved schedule is not sound: {}", fault.message.en)),
        }
    }
}

/// The months of the plan, each with the first and last of its days that are in force.
fn months(parts: &ScheduleParts) -> Vec<(Period, Day, Day)> {
    let span = parts.effective_from.zip(parts.effective_to);
    span.map_or_else(Vec::new, |(from, to)| Bucket::Month.split(from, to, PeriodRule::Calendar))
}

impl Schedule {
    /// Units, in the plan's order.
    pub fn units(&self) -> &[PlanUnit] {
        &self.0.units
    }

    /// One unit.
    ///
    /// # Errors
    /// [`crate::Error::UnknownName`] when there is none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let error = plan.schedule().unwrap().unit("centre").unwrap_err();
    /// assert!(error.to_string().contains("did you mean \"center\"?"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn unit(&self, id: &str) -> Result<&PlanUnit, crate::Error> {
        let ids = || self.0.units.iter().map(|unit| unit.id.as_str());
        let found = self.0.units.iter().find(|unit| unit.id == id);
        found.ok_or_else(|| UnknownName::new("unit", id, ids()).into())
    }

    /// The unit of that name, in any spelling the plan prints; marks of a list around it do not matter.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let named = |text| plan.schedule().unwrap().unit_named(text).map(|unit| unit.id.as_str());
    /// assert_eq!(named("- Văn phòng UBND và HDND;"), Some("office"));
    /// assert_eq!(named("Phòng Nội vụ"), None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn unit_named(&self, printed: &str) -> Option<&PlanUnit> {
        let name = printed.trim().trim_start_matches("- ").trim_end_matches(['.', ';']).trim();
        self.0.units.iter().find(|unit| unit.name == name || unit.aliases.iter().any(|alias| alias == name))
    }

    /// Annexes.
    pub fn appendices(&self) -> &[Appendix] {
        &self.0.appendices
    }

    /// Sections, lettered parts and headings of the tasks, a parent before its parts.
    pub fn sections(&self) -> &[Section] {
        &self.0.sections
    }

    /// Tasks, in the plan's order.
    pub fn tasks(&self) -> &[Task] {
        &self.0.tasks
    }

    /// One task.
    ///
    /// # Errors
    /// [`crate::Error::UnknownName`] when there is none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// assert_eq!(plan.schedule().unwrap().task("IX.1").unwrap_err().code(), "unknown_task");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn task(&self, id: &str) -> Result<&Task, crate::Error> {
        let ids = || self.0.tasks.iter().map(|task| task.id.as_str());
        let found = self.0.tasks.iter().find(|task| task.id == id);
        found.ok_or_else(|| UnknownName::new("task", id, ids()).into())
    }

    /// What the annex on the review says in words.
    pub fn provisions(&self) -> &[Provision] {
        &self.0.provisions
    }

    /// The steps of the review that are to be done before a day.
    pub fn milestones(&self) -> &[Milestone] {
        &self.0.milestones
    }

    /// Sections of the review list, a parent before its parts.
    pub fn review_sections(&self) -> &[Section] {
        &self.0.review_sections
    }

    /// The groups of procedures to be reviewed, in the plan's order.
    pub fn review_groups(&self) -> &[ReviewGroup] {
        &self.0.review_groups
    }

    /// Paragraphs of the plan's body that the annexes contradict or leave out, or with a misprint.
    pub fn body(&self) -> &[BodyClause] {
        &self.0.body
    }

    /// A short fingerprint of the whole schedule. That of the plan leaves the schedule out.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// assert_eq!(plan.schedule().unwrap().digest().len(), 16);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn digest(&self) -> String {
        digest(self)
    }
}
