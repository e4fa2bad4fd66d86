//! One indicator's result (SPEC §6): the exact share, its target, and what bears on it.

use std::cmp::Ordering;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::column::{Column, ColumnSet};
use crate::counts::Counts;
use crate::error::Error;
use crate::fact::{Fact, Quantity};
use crate::layout::{Belongs, FilteredFact, FilteredSum, Layout};
use crate::measure::{Measure, Unit};
use crate::plan::{Clause, Indicator, Plan};
use crate::policy::{OnTimeBase, OnlinePayment, Policy, Text};
use crate::ratio::{Ratio, wilson};
use crate::slug::slugs;
use crate::target::TargetOp;

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
        Note { code: code.to_owned(), text: Text::new(vi, en) }
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
    /// The columns that are missing or all unknown, when the status is `no_data`.
    pub missing_columns: Vec<Column>,
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

/// What a result is read from.
pub(crate) struct Source<'t> {
    pub plan: &'t Plan,
    pub layout: &'t Layout,
    pub policy: &'t Policy,
    pub counts: &'t Counts,
    /// Columns no part of the data had.
    pub missing: ColumnSet,
    /// Columns some part of the data lacked.
    pub absent: ColumnSet,
}

/// Counts confined to an indicator's field group.
struct View<'t> {
    source: &'t Source<'t>,
    group: Option<usize>,
}

impl View<'_> {
    fn fact(&self, fact: Fact) -> u64 {
        match self.group {
            None => self.source.counts.fact(fact),
            Some(group) => self
                .source
                .counts
                .filtered_fact(self.source.layout, FilteredFact { group, belongs: Belongs::Yes, fact }),
        }
    }

    /// Rows whose field is unknown, so that they could be in the group.
    fn outside_unknown(&self, fact: Fact) -> u64 {
        self.group.map_or(0, |group| {
            self.source
                .counts
                .filtered_fact(self.source.layout, FilteredFact { group, belongs: Belongs::Unknown, fact })
        })
    }

    /// Whether fields are known and none is of the group: nothing to judge, even where a few
    /// fields are unknown.
    fn knows_it_is_empty(&self, scope: Fact) -> bool {
        self.group.is_some()
            && self.fact(scope) == 0
            && self.source.counts.fact(scope) > self.outside_unknown(scope)
    }

    /// Whether payments (or hand-overs) are known and there are none: nothing to judge, even where
    /// a few are unknown.
    fn knows_there_are_none(&self, measure: Measure) -> bool {
        measure.certain().is_some_and(|(base, certain)| {
            self.fact(certain) == 0 && self.fact(base) > self.fact(measure.facts().scope)
        })
    }

    fn sum(&self, quantity: Quantity) -> u64 {
        match self.group {
            None => self.source.counts.sum(quantity),
            Some(group) => {
                self.source.counts.filtered_sum(self.source.layout, FilteredSum { group, quantity })
            }
        }
    }
}

impl IndicatorResult {
    pub(crate) fn of(indicator: &Indicator, wording: &Wording, source: &Source<'_>) -> Result<Self, Error> {
        let asked = indicator.measure.facts();
        let view = View { source, group: source.plan.group_index(indicator) };
        let judged = view.fact(asked.judged);
        let (numerator, denominator) = match asked.sums {
            None => (view.fact(asked.passed), judged),
            Some((above, below)) => (view.sum(above), view.sum(below)),
        };
        let unknown = view
            .fact(asked.scope)
            .checked_sub(judged)
            .and_then(|lacking| lacking.checked_add(view.outside_unknown(asked.scope)))
            .ok_or(Error::Overflow { what: "a count of unknowns" })?;

        let ratio = Ratio::of(numerator, denominator);
        let percent = ratio.percent(indicator.target.percent)?;
        let status = match indicator.target.is_met(ratio)? {
            Some(true) => ResultStatus::Met,
            Some(false) => ResultStatus::Missed,
            None if judged == 0
                && unknown > 0
                && !view.knows_it_is_empty(asked.scope)
                && !view.knows_there_are_none(indicator.measure) =>
            {
                ResultStatus::NoData
            }
            None => ResultStatus::NotApplicable,
        };
        let (best_case, worst_case) = bounds(indicator, source.policy, &view, numerator, denominator)?;
        let ratings = indicator.measure == Measure::Satisfaction;
        let asked_for = view.fact(asked.scope);
        Ok(IndicatorResult {
            indicator: indicator.id.clone(),
            name: Arc::clone(&wording.name),
            measure: indicator.measure,
            definition: Arc::clone(&wording.definition),
            filter: wording.filter.clone(),
            unit: indicator.measure.unit(),
            numerator: ratio.numerator,
            denominator: ratio.denominator,
            percent,
            target_op: indicator.target.op,
            target: indicator.target.percent,
            status,
            gap: ratio.gap(indicator.target.percent)?,
            cases_needed: match percent {
                Some(_) => indicator.target.cases_needed(numerator, denominator)?,
                None => None,
            },
            best_case,
            worst_case,
            unknown,
            declared: false,
            missing_columns: if status == ResultStatus::NoData {
                lacking(indicator, &view)
            } else {
                Vec::new()
            },
            notes: notes(indicator.measure, source),
            response: match ratings {
                true => {
                    let share = Ratio::of(judged, asked_for);
                    Some(Response {
                        answered: share.numerator,
                        of: share.denominator,
                        percent: share.percent2()?,
                    })
                }
                false => None,
            },
            wilson: match ratings {
                true => wilson(numerator, denominator)?.map(|(low, high)| Interval { low, high }),
                false => None,
            },
            clauses: Arc::clone(&wording.clauses),
        })
    }

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

/// Columns to name when nothing is known: those no part of the data has; else those of which
/// nothing shows a known value; else all that are needed.
fn lacking(indicator: &Indicator, view: &View<'_>) -> Vec<Column> {
    let source = view.source;
    let has = |fact: Fact| source.counts.fact(fact) > 0;
    let timed = has(Fact::Early)
        || has(Fact::OnDueDay)
        || has(Fact::Late)
        || has(Fact::OpenInTime)
        || has(Fact::OpenOverdue);
    let scope = indicator.measure.facts().scope;
    if scope == Fact::OnTimeScope && view.fact(scope) == source.counts.fact(Fact::EndUnknown) {
        // Nothing but closed dossiers without a date.
        return vec![Column::CompletedAt];
    }
    let mut needed = indicator.measure.columns(source.policy);
    if stands_in(source) {
        for column in needed.iter_mut().filter(|column| **column == Column::PaymentsPortal) {
            *column = Column::PaymentsOnline;
        }
    }
    needed.extend(view.group.map(|_| Column::Field));
    let missing: Vec<Column> = needed.iter().copied().filter(|column| source.missing.has(*column)).collect();
    if !missing.is_empty() {
        return missing;
    }
    let known = |column: &Column| match column {
        Column::DueAt => timed,
        Column::Payments => has(Fact::Paid),
        Column::PaymentsOnline => has(Fact::FeeJudged),
        Column::Transfers => has(Fact::Moved),
        Column::Rating => has(Fact::Rated),
        Column::Field => view.fact(scope) > 0,
        _ => false,
    };
    let empty: Vec<Column> = needed.iter().copied().filter(|column| !known(column)).collect();
    if empty.is_empty() { needed } else { empty }
}

/// Whether online payments stand in for those of the portal in some part of the data.
fn stands_in(source: &Source<'_>) -> bool {
    source.policy.online_payment == OnlinePayment::Portal
        && source.absent.has(Column::PaymentsPortal)
        && !source.missing.has(Column::PaymentsOnline)
}

fn notes(measure: Measure, source: &Source<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    if measure == Measure::OnlinePayments && stands_in(source) {
        notes.push(portal_stand_in(source.missing.has(Column::PaymentsPortal)));
    }
    notes
}

/// Said where online payments stand in for those of the portal; `all` where no part of the data
/// has the portal's column.
pub(crate) fn portal_stand_in(all: bool) -> Note {
    if all {
        Note::new(
            "portal_stand_in",
            "Dữ liệu không có cột giao dịch trên Cổng DVCQG: dùng số giao dịch trực tuyến thay thế.",
            "The data has no column of payments on the national portal: online payments stand in.",
        )
    } else {
        Note::new(
            "portal_stand_in",
            "Một phần dữ liệu không có cột giao dịch trên Cổng DVCQG: ở phần đó dùng số giao dịch trực tuyến thay thế.",
            "A part of the data has no column of payments on the national portal: there online payments stand in.",
        )
    }
}

/// Best and worst case of a timing rate (SPEC §6).
fn bounds(
    Indicator { measure, target, .. }: &Indicator,
    policy: &Policy,
    view: &View<'_>,
    numerator: u64,
    denominator: u64,
) -> Result<(Option<Share>, Option<Share>), Error> {
    let (measure, target) = (*measure, target.percent);
    let Some((pending, possible)) = measure.pending() else { return Ok((None, None)) };
    let overflow = || Error::Overflow { what: "a best or worst case" };
    let (pending, possible) = (view.fact(pending), view.fact(possible));
    let open_counted = measure == Measure::OnTime && policy.on_time_base != OnTimeBase::Resolved;
    if open_counted {
        // The base already holds the open dossiers, and counts those in time as successes.
        let worst = numerator.checked_sub(possible).ok_or_else(overflow)?;
        return Ok((
            Some(Share::of(numerator, denominator, target)?),
            Some(Share::of(worst, denominator, target)?),
        ));
    }
    let all = denominator.checked_add(pending).ok_or_else(overflow)?;
    let base = match (measure, policy.early_base) {
        // Early of those on time: an open dossier that fails by lateness leaves the base; the best
        // case is that only those which can be early join it.
        (Measure::Early, crate::policy::EarlyBase::OnTime) => {
            denominator.checked_add(possible).ok_or_else(overflow)?
        }
        _ => all,
    };
    let best = numerator.checked_add(possible).ok_or_else(overflow)?;
    Ok((Some(Share::of(best, base, target)?), Some(Share::of(numerator, all, target)?)))
}
