//! One indicator's result (SPEC §6): the exact share, its target, and what bears on it.

mod dossiers;
mod registers;

pub(crate) use dossiers::{Source, portal_stand_in};
pub(crate) use registers::Beside;

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::english::singular;
use crate::error::Error;
use crate::instant::Day;
use crate::measure::{Measure, Unit};
use crate::plan::{Clause, Indicator, Plan};
use crate::policy::{Policy, Text};
use crate::ratio::Ratio;
use crate::register::Lacking;
use crate::slug::slugs;
use crate::target::{Target, TargetOp};

slugs! {
    /// Kết luận về một chỉ tiêu.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Language, ResultStatus};
    /// assert_eq!("no_data".parse::<ResultStatus>()?, ResultStatus::NoData);
    /// assert_eq!(ResultStatus::Missed.words(Language::Vi), "chưa đạt");
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    ResultStatus as "status" {
        /// Đạt.
        Met = "met",
        /// Chưa đạt.
        Missed = "missed",
        /// Không có trường hợp: nothing to judge.
        NotApplicable = "not_applicable",
        /// Thiếu dữ liệu: the column is missing or all unknown.
        NoData = "no_data",
    }
}

/// A note or a warning: a stable code and the sentence.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
/// let note = card.warnings.iter().find(|note| note.code == "cut_after_data").unwrap();
/// assert!(note.text.vi.contains("05/01/2026"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Slug of the kind of note.
    pub code: String,
    /// The sentence.
    #[serde(flatten)]
    pub text: Text,
}

impl Note {
    pub(crate) fn new(code: &str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Note { code: code.to_owned(), text: Text::new(vi, singular(&en.into())) }
    }
}

/// A share with its percent (2 decimals).
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).as_of("2026-01-06".parse()?).check()?;
/// let open = Dossier { due_at: Some("2026-01-12".parse()?), ..Dossier::received("2026-01-05".parse()?) };
/// let card = query.scorecard(&[open])?;
/// let (best, worst) = (&card["on_time_rate"].best_case, &card["on_time_rate"].worst_case);
/// assert_eq!(best.as_ref().map(|share| share.numerator), Some(1.into()));
/// assert_eq!(worst.as_ref().map(|share| share.numerator), Some(0.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Numerator.
    pub numerator: Decimal,
    /// Denominator.
    pub denominator: Decimal,
    /// Percent; none at 0/0.
    pub percent: Option<Decimal>,
}

impl Share {
    /// Shown against a target as the rate itself is: rounding never crosses it.
    fn of(numerator: u64, denominator: u64, target: Decimal) -> Result<Self, Error> {
        let ratio = Ratio::of(numerator, denominator);
        let percent = ratio.percent(target)?;
        Ok(Share { numerator: ratio.numerator, denominator: ratio.denominator, percent })
    }
}

/// The 95 % Wilson interval of a share of ratings, in percent.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let end = Some("2026-01-09".parse()?);
/// let rated = Dossier { completed_at: end, rating: Some(5), ..Dossier::received("2026-01-05".parse()?) };
/// let card = query.scorecard(&[rated])?;
/// let interval = card["satisfaction_rate"].wilson.as_ref().unwrap();
/// assert_eq!((interval.low.to_string(), interval.high.to_string()), ("20.65".into(), "100.00".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: Decimal,
    /// Upper end.
    pub high: Decimal,
}

/// Kết quả một chỉ tiêu: every field of SPEC §6's result row. Numerator and denominator are
/// authoritative; the percent shows them.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query, ResultStatus};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let (due_at, end) = (Some("2026-01-12".parse()?), Some("2026-01-09".parse()?));
/// let good = Dossier { due_at, completed_at: end, ..Dossier::received("2026-01-05".parse()?) };
/// let late = Dossier { completed_at: Some("2026-01-14".parse()?), ..good.clone() };
/// let result = &query.scorecard(&[good, late])?["on_time_rate"];
/// assert_eq!((result.numerator, result.denominator), (1.into(), 2.into()));
/// assert_eq!((result.status, result.gap), (ResultStatus::Missed, Some((-45).into())));
/// assert_eq!(result.cases_needed, Some(19)); // 20 of 21 is above 95 %
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndicatorResult {
    /// Id of the indicator.
    pub indicator: String,
    /// Name for people.
    pub name: Arc<Text>,
    /// What is measured.
    pub measure: Measure,
    /// What is divided by what, under the policy used.
    pub definition: Arc<Text>,
    /// Name of the field group the indicator is confined to.
    pub filter: Option<Arc<Text>>,
    /// What numerator and denominator count.
    pub unit: Unit,
    /// Successes.
    pub numerator: Decimal,
    /// Cases judged.
    pub denominator: Decimal,
    /// Percent, 2 decimals, more where rounding would cross the target. None at 0/0.
    pub percent: Option<Decimal>,
    /// How the rate is held against the target.
    pub target_op: TargetOp,
    /// Target, percent.
    pub target: Decimal,
    /// The conclusion.
    pub status: ResultStatus,
    /// Rate − target in percentage points, as shown. None at 0/0.
    pub gap: Option<Decimal>,
    /// Fewest further successes in a row that reach the target: 0 when met, none when impossible
    /// or when there is nothing to judge.
    pub cases_needed: Option<u64>,
    /// The rate were every open dossier that still can to succeed; the timing rates only.
    pub best_case: Option<Share>,
    /// The rate were every open dossier to fail; the timing rates only.
    pub worst_case: Option<Share>,
    /// Rows that could enter the denominator but for an unknown.
    pub unknown: u64,
    /// Whether the figure was declared and not computed.
    pub declared: bool,
    /// The document that declares it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Document>,
    /// What is missing or all unknown, when the status is `no_data`: columns of the dossiers, registers,
    /// columns of registers.
    pub missing_columns: Vec<Lacking>,
    /// What else to know.
    pub notes: Vec<Note>,
    /// For ratings: how many of those asked answered.
    pub response: Option<Response>,
    /// For ratings: the 95 % Wilson interval; none without answers.
    pub wilson: Option<Interval>,
    /// Where the plan asks it.
    pub clauses: Arc<[Clause]>,
}

/// How many of those who could answer did.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let end = Some("2026-01-09".parse()?);
/// let silent = Dossier { completed_at: end, ..Dossier::received("2026-01-05".parse()?) };
/// let rated = Dossier { rating: Some(5), ..silent.clone() };
/// let card = query.scorecard(&[silent, rated])?;
/// let response = card["satisfaction_rate"].response.as_ref().unwrap();
/// assert_eq!((response.answered, response.of), (1.into(), 2.into()));
/// assert_eq!(response.percent, Some(50.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Answers.
    pub answered: Decimal,
    /// Those who could.
    pub of: Decimal,
    /// Percent; none at 0/0.
    pub percent: Option<Decimal>,
}

/// Văn bản: the document that somebody answers for a figure with.
///
/// # Example
/// ```
/// use tthc_kpi::{Declaration, Plan, Query, RegisterTable, Registers, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// let declared = RegisterTable::of([Declaration {
///     indicator: Some("conditions_cut_rate".into()),
///     numerator: Some(12.into()),
///     denominator: Some(12.into()),
///     source: Some("Báo cáo 45/BC-UBND".into()),
///     date: Some("2026-06-30".parse()?),
/// }]);
/// let registers = Registers { declared: Some(declared), ..Registers::default() };
/// let card = Tally::new(&query).scorecard_with(&registers)?;
/// let cut = &card["conditions_cut_rate"];
/// assert!(cut.declared);
/// assert_eq!(cut.declaration.as_ref().unwrap().source, "Báo cáo 45/BC-UBND");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its name and number.
    pub source: String,
    /// Its day.
    pub date: Day,
}

/// What every group's result of an indicator says in the same words.
pub(crate) struct Wording {
    name: Arc<Text>,
    definition: Arc<Text>,
    filter: Option<Arc<Text>>,
    clauses: Arc<[Clause]>,
}

impl Wording {
    pub fn of(indicator: &Indicator, plan: &Plan, policy: &Policy) -> Self {
        let group = plan.group_index(indicator).and_then(|group| plan.field_groups().get(group));
        Wording {
            name: Arc::new(indicator.name.clone()),
            definition: Arc::new(indicator.measure.definition(policy)),
            filter: group.map(|group| Arc::new(group.name.clone())),
            clauses: indicator.clauses.clone().into(),
        }
    }
}

/// What is known of an indicator before it is held against its target.
pub(crate) struct Figures {
    pub ratio: Ratio,
    /// The same as counts, where it is a share of cases.
    pub cases: Option<(u64, u64)>,
    pub unknown: u64,
    /// What is lacking, when there is no data.
    pub lacking: Vec<Lacking>,
    pub best_case: Option<Share>,
    pub worst_case: Option<Share>,
    pub response: Option<Response>,
    pub wilson: Option<Interval>,
    pub declaration: Option<Document>,
    pub notes: Vec<Note>,
}

impl Figures {
    /// A ratio, and nothing else of note.
    pub fn of(ratio: Ratio) -> Self {
        Figures {
            ratio,
            cases: None,
            unknown: 0,
            lacking: Vec::new(),
            best_case: None,
            worst_case: None,
            response: None,
            wilson: None,
            declaration: None,
            notes: Vec::new(),
        }
    }

    /// Held against a target.
    pub fn result(
        self,
        indicator: &Indicator,
        wording: &Wording,
        target: Target,
        unit: Unit,
    ) -> Result<IndicatorResult, Error> {
        let percent = self.ratio.percent(target.percent)?;
        let status = match target.is_met(self.ratio)? {
            Some(true) => ResultStatus::Met,
            Some(false) => ResultStatus::Missed,
            None if self.lacking.is_empty() => ResultStatus::NotApplicable,
            None => ResultStatus::NoData,
        };
        let cases_needed = match (percent, self.cases) {
            (Some(_), Some((numerator, denominator))) => target.cases_needed(numerator, denominator)?,
            _ => None,
        };
        Ok(IndicatorResult {
            indicator: indicator.id.clone(),
            name: Arc::clone(&wording.name),
            measure: indicator.measure,
            definition: Arc::clone(&wording.definition),
            filter: wording.filter.clone(),
            unit,
            numerator: self.ratio.numerator,
            denominator: self.ratio.denominator,
            percent,
            target_op: target.op,
            target: target.percent,
            status,
            gap: self.ratio.gap(target.percent)?,
            cases_needed,
            best_case: self.best_case,
            worst_case: self.worst_case,
            unknown: self.unknown,
            declared: self.declaration.is_some(),
            declaration: self.declaration,
            missing_columns: self.lacking,
            notes: self.notes,
            response: self.response,
            wilson: self.wilson,
            clauses: Arc::clone(&wording.clauses),
        })
    }
}

impl IndicatorResult {
    /// The share as a [`Ratio`].
    ///
    /// # Example
    /// See [`IndicatorResult::against_target`].
    pub fn ratio(&self) -> Ratio {
        Ratio { numerator: self.numerator, denominator: self.denominator }
    }

    /// How the rate stands to the target; none at 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use std::cmp::Ordering;
    /// use tthc_kpi::{Dossier, Plan, Query, Ratio};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let (due_at, end) = (Some("2026-01-12".parse()?), Some("2026-01-09".parse()?));
    /// let good = Dossier { due_at, completed_at: end, ..Dossier::received("2026-01-05".parse()?) };
    /// let card = query.scorecard(&[good])?;
    /// assert_eq!(card["on_time_rate"].ratio(), Ratio::of(1, 1));
    /// assert_eq!(card["on_time_rate"].against_target()?, Some(Ordering::Greater));
    /// assert_eq!(card["satisfaction_rate"].against_target()?, None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn against_target(&self) -> Result<Option<Ordering>, Error> {
        self.ratio().compare(self.target)
    }
}
