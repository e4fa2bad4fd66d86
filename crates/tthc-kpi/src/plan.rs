//! The plan (SPEC §6): which indicators an office is judged by, against which targets, by which
//! clauses. A plan is data: one TOML file.

mod extend;
mod load;

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::digest::digest;
use crate::explain::Language;
use crate::instant::Day;
use crate::measure::Measure;
use crate::policy::Text;
use crate::schedule::Schedule;
use crate::slug::{UnknownName, slugs};
use crate::target::Target;
use crate::toml_reader::{Problem, lines};

slugs! {
    /// Phạm vi của chỉ tiêu: whose target a clause states.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scope;
    /// assert_eq!("ward".parse::<Scope>()?, Scope::Ward);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Scope as "scope" {
        /// Phường, xã.
        Ward = "ward",
        /// Tỉnh, thành phố.
        Province = "province",
    }
}

/// Căn cứ: a clause of the plan that states the target.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Scope};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let clauses = &plan.indicator("on_time_rate")?.clauses;
/// assert!(clauses.iter().any(|clause| clause.clause == "II.2" && clause.scope == Scope::Ward));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Where in the plan: `II.2`, `PL I IV.6`.
    pub clause: String,
    /// The Vietnamese wording.
    pub text: String,
    /// Whose target it states.
    pub scope: Scope,
    /// Last good day, when the clause sets one.
    #[serde(default)]
    pub deadline: Option<Day>,
    /// Another reading the text admits, and the one taken.
    #[serde(default)]
    pub note: Option<Text>,
}

/// Chỉ tiêu của kế hoạch.
///
/// # Example
/// ```
/// use tthc_kpi::{Measure, Plan};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let indicator = plan.indicator("satisfaction_rate_land")?;
/// assert_eq!((indicator.measure, indicator.filter.as_deref()), (Measure::Satisfaction, Some("land")));
/// assert_eq!(indicator.target.to_string(), ">= 90 %");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Slug, unique in the plan.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// What is counted.
    pub measure: Measure,
    /// Field group the indicator is confined to.
    #[serde(default)]
    pub filter: Option<String>,
    /// What is asked.
    pub target: Target,
    /// Where the plan asks it.
    pub clauses: Vec<Clause>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
}

/// Nhóm lĩnh vực: fields whose name holds one of the word sequences.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let land = plan.field_groups().iter().find(|group| group.id == "land").unwrap();
/// assert!(land.holds("Lĩnh vực Đất đai"));
/// assert!(!land.holds("Lĩnh vực Dat dai")); // diacritics tell words apart
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldGroup {
    /// Slug, unique in the plan.
    pub id: String,
    /// Name for people.
    pub name: Text,
    /// Word sequences, any of which puts a field in the group.
    pub words: Vec<String>,
}

/// Words of a text: NFC, lower case, split at whatever is neither letter nor digit.
pub(crate) fn words(text: &str) -> Vec<String> {
    text.nfc()
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

impl FieldGroup {
    /// Whether a field's name is in the group: containment of a word sequence, case-folded, NFC,
    /// diacritics kept (SPEC §6).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let land = plan.field_groups().iter().find(|group| group.id == "land").unwrap();
    /// assert!(land.holds("ĐẤT ĐAI") && !land.holds("Hộ tịch"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn holds(&self, field: &str) -> bool {
        self.holds_words(&words(field))
    }

    /// [`FieldGroup::holds`], of a name whose words are known.
    pub(crate) fn holds_words(&self, field: &[String]) -> bool {
        self.words.iter().map(|sequence| words(sequence)).any(|sequence| {
            !sequence.is_empty() && field.windows(sequence.len()).any(|window| window == sequence)
        })
    }
}

/// Kế hoạch: a plan that exists is valid.
///
/// # Example
/// ```
/// use tthc_kpi::Plan;
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// assert_eq!(plan.number(), Some("74/KH-UBND"));
/// assert_eq!(plan.indicator("on_time_rate")?.target.to_string(), "> 95 %");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PlanParts")]
pub struct Plan(PlanParts);

/// The content of a plan, before it has been looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PlanParts {
    id: String,
    title: String,
    number: Option<String>,
    authority: Option<String>,
    issued: Option<Day>,
    effective_from: Option<Day>,
    effective_to: Option<Day>,
    jurisdiction: Scope,
    field_groups: Vec<FieldGroup>,
    indicators: Vec<Indicator>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Arc<Schedule>>,
}

impl TryFrom<PlanParts> for Plan {
    type Error = String;

    /// What the TOML reader asks of a plan holds of a saved one too.
    fn try_from(parts: PlanParts) -> Result<Self, String> {
        fn unique<'a>(mut ids: impl Iterator<Item = &'a String>) -> bool {
            let mut seen = std::collections::BTreeSet::new();
            ids.all(|id| seen.insert(id))
        }
        let groups = &parts.field_groups;
        if groups.len() > MOST_GROUPS || !unique(groups.iter().map(|group| &group.id)) {
            return Err("a saved plan's field groups are not sound".to_owned());
        }
        if !unique(parts.indicators.iter().map(|indicator| &indicator.id)) {
            return Err("a saved plan has an indicator twice".to_owned());
        }
        for indicator in &parts.indicators {
            let known = indicator.filter.as_ref().is_none_or(|id| groups.iter().any(|group| group.id == *id));
            let fields = indicator.filter.is_none() || indicator.measure.has_fields();
            if !known || !fields || !indicator.target.is_sound() {
                return Err("an indicator of a saved plan is not sound".to_owned());
            }
        }
        Ok(Plan(parts))
    }
}

/// A dossier's field groups are kept as bits of one word.
const MOST_GROUPS: usize = 64;

/// A built-in plan, read when it is first asked for.
struct Builtin {
    id: &'static str,
    text: &'static str,
    plan: OnceLock<Result<Plan, PlanError>>,
}

impl Builtin {
    fn of(id: &str) -> Result<&'static Self, crate::Error> {
        let unknown = || UnknownName::new("plan", id, Plan::builtins());
        Ok(BUILTIN.iter().find(|known| known.id == id).ok_or_else(unknown)?)
    }
}

/// The built-in plans. The tables of a schedule are part of the plan's document, here written as two
/// files.
static BUILTIN: [Builtin; 2] = [
    Builtin {
        id: "dong-nguyen-2026",
        text: concat!(
            include_str!("../plans/dong-nguyen-2026.toml"),
            "\n",
            include_str!("../plans/dong-nguyen-2026-schedule.toml")
        ),
        plan: OnceLock::new(),
    },
    Builtin {
        id: "mau-cap-xa-2026",
        text: include_str!("../plans/mau-cap-xa-2026.toml"),
        plan: OnceLock::new(),
    },
];

impl Plan {
    /// Ids of the built-in plans.
    ///
    /// # Example
    /// ```
    /// assert!(tthc_kpi::Plan::builtins().any(|id| id == "dong-nguyen-2026"));
    /// ```
    pub fn builtins() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|builtin| builtin.id)
    }

    /// A built-in plan.
    ///
    /// # Errors
    /// [`crate::Error::UnknownName`] when there is none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// assert_eq!(Plan::builtin("dong-nguyen-2026")?.id(), "dong-nguyen-2026");
    /// assert_eq!(Plan::builtin("dong-nguyen").unwrap_err().code(), "unknown_plan");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn builtin(id: &str) -> Result<Plan, crate::Error> {
        let builtin = Builtin::of(id)?;
        Ok(builtin.plan.get_or_init(|| Plan::from_toml(builtin.id, builtin.text)).clone()?)
    }

    /// A plan from TOML. `name` is what messages call the text: a file name.
    ///
    /// # Errors
    /// [`PlanError`] with every problem of the text at once, each with its line.
    ///
    /// # Example
    /// ```
    /// let plan = tthc_kpi::Plan::from_toml("my.toml", r#"
    /// id = "my-ward-2026"
    /// title = "Kế hoạch của xã"
    /// [[indicators]]
    /// id = "on_time_rate"
    /// name = { vi = "Đúng hạn", en = "On time" }
    /// measure = "on_time"
    /// target = { op = ">", percent = 95 }
    /// clauses = [{ clause = "II.2", text = "trên 95% hồ sơ đúng hạn" }]
    /// "#)?;
    /// assert_eq!(plan.indicators().len(), 1);
    /// let error = tthc_kpi::Plan::from_toml("my.toml", "id = 'x'\ntitel = 'y'").unwrap_err();
    /// assert!(error.problems.iter().any(|problem| problem.line == 2 && problem.message.en.contains("did you mean \"title\"?")));
    /// # Ok::<(), tthc_kpi::PlanError>(())
    /// ```
    pub fn from_toml(name: &str, text: &str) -> Result<Plan, PlanError> {
        Plan::check_toml(name, text, Plan::builtin_parent).map(|(plan, _)| plan)
    }

    /// [`Plan::from_toml`], with what is odd about the plan and does not keep it from being used: a
    /// target weaker than that of the plan it extends, an indicator of that plan left out, no dates,
    /// clauses that stand as in the template.
    ///
    /// A plan may extend another: `extends = "dong-nguyen-2026"`. It then has that plan's field
    /// groups and indicators. An indicator it gives itself takes the place of the one of the same
    /// id, from which it has what it does not say: often only `id` and `target` are given;
    /// `leave_out` names those it does not want. `parent` finds the plan that is extended, by what
    /// the text calls it, or says why it cannot be had; see [`Plan::builtin_parent`].
    ///
    /// # Errors
    /// As [`Plan::from_toml`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let text = r#"
    /// id = "my-ward-2026"
    /// title = "Kế hoạch của xã"
    /// extends = "dong-nguyen-2026"
    /// leave_out = ["satisfaction_rate_investment"]
    /// [[indicators]]
    /// id = "on_time_rate"
    /// target = { op = ">", percent = 90 }
    /// "#;
    /// let (plan, warnings) = Plan::check_toml("my.toml", text, Plan::builtin_parent)?;
    /// assert_eq!(plan.indicators().len(), Plan::builtin("dong-nguyen-2026").unwrap().indicators().len() - 1);
    /// assert_eq!(plan.indicator("on_time_rate").unwrap().target.to_string(), "> 90 %");
    /// let told: Vec<_> = warnings.iter().map(|warning| (warning.line, warning.message.en.as_str())).collect();
    /// assert_eq!(told, [
    ///     (5, "indicator \"satisfaction_rate_investment\" of the plan \"dong-nguyen-2026\" is left out"),
    ///     (6, "indicator \"on_time_rate\" asks for > 90 %, less than the > 95 % of the plan \"dong-nguyen-2026\" it extends"),
    /// ]);
    /// # Ok::<(), tthc_kpi::PlanError>(())
    /// ```
    pub fn check_toml(
        name: &str,
        text: &str,
        parent: impl Fn(&str) -> Result<Plan, Text>,
    ) -> Result<(Plan, Vec<Problem>), PlanError> {
        load::load(name, text, &parent)
    }

    /// A built-in plan, to be extended.
    ///
    /// # Errors
    /// Words that name the nearest, when there is none of that id.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// assert_eq!(Plan::builtin_parent("dong-nguyen-2026"), Ok(Plan::builtin("dong-nguyen-2026").unwrap()));
    /// assert!(Plan::builtin_parent("dong-nguyen-2025").unwrap_err().en.contains("did you mean"));
    /// ```
    pub fn builtin_parent(id: &str) -> Result<Plan, Text> {
        Plan::builtin(id).map_err(|error| Text::new(error.vi(), error.to_string()))
    }

    /// The text of a built-in plan, to start another from.
    ///
    /// # Errors
    /// As [`Plan::builtin`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let text = Plan::builtin_text("dong-nguyen-2026")?;
    /// assert_eq!(Plan::from_toml("copy.toml", text)?, Plan::builtin("dong-nguyen-2026")?);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn builtin_text(id: &str) -> Result<&'static str, crate::Error> {
        Ok(Builtin::of(id)?.text)
    }

    /// Id.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// Title.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Number of the document: `74/KH-UBND`.
    pub fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// Who issued it.
    pub fn authority(&self) -> Option<&str> {
        self.0.authority.as_deref()
    }

    /// Day of issue.
    pub fn issued(&self) -> Option<Day> {
        self.0.issued
    }

    /// First and last day the plan is in force, where it says so.
    pub fn effective(&self) -> (Option<Day>, Option<Day>) {
        (self.0.effective_from, self.0.effective_to)
    }

    /// Whose plan it is.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Scope};
    /// assert_eq!(Plan::builtin("dong-nguyen-2026")?.jurisdiction(), Scope::Ward);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn jurisdiction(&self) -> Scope {
        self.0.jurisdiction
    }

    /// Field groups indicators may be confined to.
    pub fn field_groups(&self) -> &[FieldGroup] {
        &self.0.field_groups
    }

    /// Indicators, in the plan's order.
    pub fn indicators(&self) -> &[Indicator] {
        &self.0.indicators
    }

    /// One indicator.
    ///
    /// # Errors
    /// [`crate::Error::UnknownName`] when the plan has none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// assert_eq!(plan.indicator("early_rate")?.name.vi, plan.indicators()[1].name.vi);
    /// let error = plan.indicator("erly_rate").unwrap_err();
    /// assert!(error.to_string().contains("did you mean \"early_rate\"?"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn indicator(&self, id: &str) -> Result<&Indicator, crate::Error> {
        self.0.indicators.iter().find(|indicator| indicator.id == id).ok_or_else(|| {
            UnknownName::new("indicator", id, self.0.indicators.iter().map(|indicator| indicator.id.as_str()))
                .into()
        })
    }

    /// The schedule: tasks, review groups and milestones; `None` when the file has none of its tables.
    ///
    /// No figure depends on it, so it is no part of [`Plan::digest`], and a [`crate::Query`] lets go of it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// assert_eq!(plan.schedule().map(|schedule| schedule.tasks().len()), Some(41));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn schedule(&self) -> Option<&Schedule> {
        self.0.schedule.as_deref()
    }

    /// What figures depend on: everything but the schedule.
    pub(crate) fn without_schedule(&self) -> Plan {
        Plan(PlanParts { schedule: None, ..self.0.clone() })
    }

    /// Index of an indicator's field group in [`Plan::field_groups`].
    pub(crate) fn group_index(&self, indicator: &Indicator) -> Option<usize> {
        let filter = indicator.filter.as_deref()?;
        self.0.field_groups.iter().position(|group| group.id == filter)
    }

    /// A short fingerprint of what figures depend on: everything in the plan but its schedule, which has
    /// one of its own ([`Schedule::digest`]).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Plan;
    /// let plan = |title: &str| Plan::from_toml("my.toml", &format!(r#"
    /// id = "my-ward-2026"
    /// title = "{title}"
    /// [[indicators]]
    /// id = "on_time_rate"
    /// name = {{ vi = "Đúng hạn", en = "On time" }}
    /// measure = "on_time"
    /// target = {{ op = ">", percent = 95 }}
    /// clauses = [{{ clause = "II.2", text = "trên 95% hồ sơ đúng hạn" }}]
    /// "#));
    /// assert_eq!(plan("Kế hoạch")?.digest(), plan("Kế hoạch")?.digest());
    /// assert_ne!(plan("Kế hoạch")?.digest(), plan("Kế hoạch sửa đổi")?.digest());
    /// # Ok::<(), tthc_kpi::PlanError>(())
    /// ```
    pub fn digest(&self) -> String {
        digest(&self.without_schedule())
    }
}

/// A plan that cannot be used: all its problems.
///
/// # Example
/// ```
/// let error = tthc_kpi::Plan::from_toml("my.toml", "titel = 'y'").unwrap_err();
/// assert!(error.problems.len() > 1); // all of them at once
/// assert!(error.to_string().starts_with("my.toml is not a valid plan:\n  my.toml:1:"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not a valid plan:{}", self.lines(Language::En))]
pub struct PlanError {
    /// What the text is called.
    pub name: String,
    /// Every problem, in the order of the text.
    pub problems: Vec<Problem>,
}

impl PlanError {
    /// The problems, a line each.
    pub(crate) fn lines(&self, language: Language) -> String {
        lines(&self.name, &self.problems, language)
    }
}
