//! The review of procedures: the groups to be reviewed, and the dates of its steps.

use serde::{Deserialize, Serialize};

use super::Remarks;
use crate::instant::Day;
use crate::policy::Text;
use crate::slug::slugs;

slugs! {
    /// Danh mục rà soát: which list of procedures a group or a milestone is of.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ReviewScope;
    /// assert_eq!("decree_63".parse::<ReviewScope>()?, ReviewScope::Decree63);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    ReviewScope as "review scope" {
        /// Cả hai danh mục.
        All = "all",
        /// TTHC nội bộ.
        Internal = "internal",
        /// TTHC thuộc Nghị định 63/2010/NĐ-CP.
        Decree63 = "decree_63",
    }
}

/// Nhóm TTHC rà soát: a group of procedures to be reviewed.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let groups = plan.schedule().unwrap().review_groups();
/// assert_eq!(groups.len(), 34);
/// assert!(groups.iter().all(|group| group.to == "2026-07-30".parse().unwrap()));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewGroup {
    /// Its number in the list, unique among groups.
    pub id: String,
    /// Where in the plan: `PL II III.1` and the id, unless the file says otherwise.
    pub clause: String,
    /// Id of the section of the list it stands in.
    pub section: String,
    /// The list it is of; the milestones of that list hold for it too.
    pub scope: ReviewScope,
    /// The group, as printed.
    pub text: String,
    /// Ids of the units that lead.
    pub lead: Vec<String>,
    /// The leads as printed.
    pub lead_text: Option<String>,
    /// Ids of the units that take part.
    pub partners: Vec<String>,
    /// The partners as printed.
    pub partners_text: Option<String>,
    /// First day.
    pub from: Day,
    /// Last day, included.
    pub to: Day,
    /// The start as printed.
    pub start_text: Option<String>,
    /// The end as printed.
    pub end_text: Option<String>,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl ReviewGroup {
    pub(super) fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("text", Some(self.text.clone())),
            ("lead_text", self.lead_text.clone()),
            ("partners_text", self.partners_text.clone()),
            ("start_text", self.start_text.clone()),
            ("end_text", self.end_text.clone()),
        ]
    }
}

/// Mốc "trước ngày": a step of the review, to be done before a day.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, ReviewScope};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let milestones = plan.schedule().unwrap().milestones();
/// let results = milestones.iter().find(|milestone| milestone.id == "results_decree_63").unwrap();
/// assert_eq!((results.before.to_string(), results.scope), ("2026-07-20".into(), ReviewScope::Decree63));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Slug, unique among milestones.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// Where in the plan.
    pub clause: String,
    /// The day printed after "trước ngày"; [`crate::BeforeDate`] says which day is the last good one.
    pub before: Day,
    /// The list it is of.
    pub scope: ReviewScope,
    /// The list as printed.
    pub scope_text: Option<String>,
    /// The sentence, as printed.
    pub text: String,
    /// The date as printed.
    pub date_text: Option<String>,
    /// Ids of the units that lead; none where the sentence names nobody.
    pub lead: Vec<String>,
    /// The leads as printed.
    pub lead_text: Option<String>,
    /// Ids of the units it goes to.
    pub to: Vec<String>,
    /// The addressees as printed.
    pub to_text: Option<String>,
    /// Whether it is the day before which the groups of its list hand in their results.
    #[serde(default)]
    pub submission: bool,
    /// Corrections and notes.
    #[serde(flatten)]
    pub remarks: Remarks,
}

impl Milestone {
    pub(super) fn fields(&self) -> Vec<(&'static str, Option<String>)> {
        vec![
            ("text", Some(self.text.clone())),
            ("date_text", self.date_text.clone()),
            ("scope_text", self.scope_text.clone()),
            ("lead_text", self.lead_text.clone()),
            ("to_text", self.to_text.clone()),
        ]
    }
}
