//! The scheme (SPEC §8): the groups and rows of the index of Decision 766/QĐ-TTg, their points, and
//! how sure each of that is. A scheme is data: one TOML file.

mod load;

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::certainty::{Aspect, Evidence, evidence_of};
use crate::digest::digest;
use crate::error::Error;
use crate::explain::Language;
use crate::instant::Day;
use crate::period::PeriodRule;
use crate::policy::Text;
use crate::scheme_row::{SchemeRow, find_row};
use crate::slug::UnknownName;
use crate::toml_reader::{Problem, lines};

/// Nguồn: a text, a capture or an analysis that a scheme rests on.
///
/// # Example
/// ```
/// let scheme = tthc_kpi::Scheme::builtin("qd-766-2026")?;
/// let portal = scheme.source("portal").unwrap();
/// assert_eq!(portal.kind, "capture");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemeSource {
    /// Slug, unique in the scheme.
    pub id: String,
    /// What it is: transcription, capture, analysis, press, decision.
    pub kind: String,
    /// Title for people.
    pub title: Text,
    /// Where it was read.
    pub place: String,
}

/// Nhóm chỉ số.
///
/// # Example
/// ```
/// let scheme = tthc_kpi::Scheme::builtin("qd-766-2026")?;
/// let maxima: Vec<String> = scheme.groups().iter().map(|group| group.maximum.to_string()).collect();
/// assert_eq!(maxima, ["18", "20", "12", "10", "22", "18"]);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemeGroup {
    /// Slug, unique in the scheme.
    pub id: String,
    /// Name for people.
    pub name: Arc<Text>,
    /// Greatest number of points.
    pub maximum: Decimal,
    /// How sure that is.
    pub evidence: Vec<Evidence>,
}

/// Bộ chỉ số: a scheme that exists is valid.
///
/// # Example
/// ```
/// use tthc_kpi::Scheme;
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// assert_eq!((scheme.number(), scheme.maximum().to_string()), (Some("766/QĐ-TTg"), "100".to_owned()));
/// assert!(scheme.is_complete());
/// assert_eq!(scheme.row("2.1")?.id, "on_time");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scheme {
    id: String,
    number: Option<String>,
    title: Text,
    authority: Option<Text>,
    issued: Option<Day>,
    effective_from: Option<Day>,
    effective_to: Option<Day>,
    observed: Option<(Day, Day)>,
    complete: bool,
    profile: String,
    period_rule: PeriodRule,
    decimals: u32,
    maximum: Decimal,
    evidence: Vec<Evidence>,
    sources: Vec<SchemeSource>,
    groups: Vec<SchemeGroup>,
    rows: Vec<SchemeRow>,
}

/// The built-in schemes: id and TOML.
const BUILTIN: &[(&str, &str)] = &[
    ("qd-766-2022", include_str!("../schemes/qd-766-2022.toml")),
    ("qd-766-2026", include_str!("../schemes/qd-766-2026.toml")),
];

impl Scheme {
    /// Ids of the built-in schemes.
    ///
    /// # Example
    /// ```
    /// assert!(tthc_kpi::Scheme::builtins().eq(["qd-766-2022", "qd-766-2026"]));
    /// ```
    pub fn builtins() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(id, _)| *id)
    }

    /// A built-in scheme.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when there is none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// assert!(!Scheme::builtin("qd-766-2022")?.is_complete());
    /// assert_eq!(Scheme::builtin("qd-766").unwrap_err().code(), "unknown_scheme");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn builtin(id: &str) -> Result<Scheme, Error> {
        let Some((id, text)) = BUILTIN.iter().find(|(known, _)| *known == id) else {
            return Err(UnknownName::new("scheme", id, Scheme::builtins()).into());
        };
        Ok(Scheme::from_toml(id, text)?)
    }

    /// A scheme from TOML. `name` is what messages call the text: a file name.
    ///
    /// # Errors
    /// [`SchemeError`] with every problem of the text at once, each with its line.
    ///
    /// # Example
    /// ```
    /// let error = tthc_kpi::Scheme::from_toml("my.toml", "id = 'x'\nmaxmum = '100'").unwrap_err();
    /// assert!(error.problems.iter().any(|problem| {
    ///     problem.line == 2 && problem.message.en.contains("did you mean \"maximum\"?")
    /// }));
    /// ```
    pub fn from_toml(name: &str, text: &str) -> Result<Scheme, SchemeError> {
        load::load(name, text)
    }

    /// Id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Number of the decision: `766/QĐ-TTg`.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Title.
    pub fn title(&self) -> &Text {
        &self.title
    }

    /// Who issued it, and who runs it.
    pub fn authority(&self) -> Option<&Text> {
        self.authority.as_ref()
    }

    /// Day of issue.
    pub fn issued(&self) -> Option<Day> {
        self.issued
    }

    /// First and last day in force; none where that is not known.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// let (from, to) = Scheme::builtin("qd-766-2022")?.effective();
    /// assert_eq!((from, to), (Some("2022-06-23".parse()?), None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn effective(&self) -> (Option<Day>, Option<Day>) {
        (self.effective_from, self.effective_to)
    }

    /// First and last day of which figures of the portal were seen; none when none were.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// let observed = Scheme::builtin("qd-766-2026")?.observed();
    /// assert_eq!(observed, Some(("2026-01-01".parse()?, "2026-09-26".parse()?)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn observed(&self) -> Option<(Day, Day)> {
        self.observed
    }

    /// Whether every row that gives points is known; an index of another scheme has no score.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The policy profile by which its dossiers are judged.
    pub fn profile(&self) -> &str {
        &self.profile
    }

    /// Which days a named period spans.
    pub fn period_rule(&self) -> PeriodRule {
        self.period_rule
    }

    /// To how many decimals each row is rounded, half away from zero, before rows are added.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// Greatest number of points.
    pub fn maximum(&self) -> Decimal {
        self.maximum
    }

    /// The evidence of what the scheme as a whole states.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Aspect, Certainty, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// assert_eq!(scheme.evidence_of(Aspect::Rounding).unwrap().certainty, Certainty::Reproduced);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn evidence_of(&self, aspect: Aspect) -> Option<&Evidence> {
        evidence_of(&self.evidence, aspect)
    }

    /// What it rests on.
    pub fn sources(&self) -> &[SchemeSource] {
        &self.sources
    }

    /// One of its sources.
    pub fn source(&self, id: &str) -> Option<&SchemeSource> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// The groups, in order.
    pub fn groups(&self) -> &[SchemeGroup] {
        &self.groups
    }

    /// The rows, in order.
    pub fn rows(&self) -> &[SchemeRow] {
        &self.rows
    }

    /// A row by its id, or by its code where only one row has it.
    ///
    /// # Errors
    /// [`Error::UnknownName`], which names the nearest; [`Error::AmbiguousCode`] where several rows
    /// share the code.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// assert_eq!(scheme.row("3.6")?.id, "dossiers_paid_online");
    /// assert_eq!(scheme.row("5.1").unwrap_err().code(), "ambiguous_code");
    /// assert!(scheme.row("on_tme").unwrap_err().to_string().contains("did you mean \"on_time\"?"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn row(&self, id: &str) -> Result<&SchemeRow, Error> {
        find_row(&self.rows, id, |row| (&row.id, row.code.as_deref()))
    }

    /// Slugs of the counts that some row is computed from, in order, each once.
    ///
    /// # Example
    /// ```
    /// let scheme = tthc_kpi::Scheme::builtin("qd-766-2026")?;
    /// assert!(scheme.count_slugs().any(|slug| slug == "received"));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn count_slugs(&self) -> impl Iterator<Item = &str> {
        let mut seen = std::collections::BTreeSet::new();
        self.rows
            .iter()
            .flat_map(|row| row.counts.numerator.iter().chain(&row.counts.denominator))
            .map(String::as_str)
            .filter(move |slug| seen.insert(*slug))
    }

    /// A short fingerprint of the scheme's whole content.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// let (one, other) = (Scheme::builtin("qd-766-2022")?, Scheme::builtin("qd-766-2026")?);
    /// assert_ne!(one.digest(), other.digest());
    /// assert_eq!(one.digest().len(), 16);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn digest(&self) -> String {
        digest(self)
    }
}

/// A scheme that cannot be made, with all its problems.
///
/// # Example
/// ```
/// let error = tthc_kpi::Scheme::from_toml("my.toml", "titel = 'y'").unwrap_err();
/// assert!(error.problems.len() > 1); // all of them at once
/// assert!(error.to_string().starts_with("my.toml is not a valid scheme:\n  my.toml:1:"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is not a valid scheme:{}", self.lines(Language::En))]
pub struct SchemeError {
    /// What the text is called.
    pub name: String,
    /// Every problem, in the order of the text.
    pub problems: Vec<Problem>,
}

impl SchemeError {
    /// The problems, a line each.
    pub(crate) fn lines(&self, language: Language) -> String {
        lines(&self.name, &self.problems, language)
    }
}
