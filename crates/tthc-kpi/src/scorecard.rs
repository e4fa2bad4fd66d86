//! The scorecard: what the tally says of the plan.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::accounting::{Accounting, Uniqueness};
use crate::basis::Basis;
use crate::column::Column;
use crate::counts::Counts;
use crate::dimension::Key;
use crate::error::Error;
use crate::fact::Fact;
use crate::instant::Day;
use crate::outcome::{Beside, IndicatorResult, Note, Source, Wording};
use crate::period::PeriodRule;
use crate::policy::{RuleUsed, Text};
use crate::query::Query;
use crate::ratio::Ratio;
use crate::register::{RegisterRef, Registers, left_alone, references};
use crate::slug::UnknownName;
use crate::tally::{GroupKey, Tally};

/// The plan a scorecard is of.
///
/// See [`Scorecard`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanRef {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Number of the document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issued: Option<Day>,
    /// Fingerprint of its content.
    pub digest: String,
}

/// What was asked.
///
/// See [`Scorecard`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryRef {
    /// The period as asked for.
    pub period: String,
    /// Which days a named period spans.
    pub period_rule: PeriodRule,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// The day the query looks from.
    pub as_of: Day,
    /// min(as_of, end): the last day whose facts are seen.
    pub cut: Day,
    /// Names of the dimensions.
    pub by: Vec<String>,
    /// Fingerprint of everything the figures depend on but the data.
    pub digest: String,
    /// The same of the query without its breakdown: that of the total.
    pub total_digest: String,
}

/// The calendar used.
///
/// See [`Scorecard`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarRef {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// First covered year.
    pub first_year: i32,
    /// Last covered year.
    pub last_year: i32,
    /// Years not yet decided.
    pub provisional_years: Vec<i32>,
}

/// The policy used, rule by rule.
///
/// See [`Scorecard`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRef {
    /// Profile it started from.
    pub profile: String,
    /// Version of the profile's data.
    pub profile_version: String,
    /// Every rule with its value and meaning.
    pub rules: Vec<RuleUsed>,
    /// Known differences between the profile and what it is named after.
    pub notes: Vec<Text>,
}

/// What is known of the data as a whole.
///
/// See [`Scorecard`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataRef {
    /// The latest receipt or end.
    pub data_through: Option<Day>,
    /// Whether ids were checked to be unique.
    pub uniqueness: Uniqueness,
    /// Canonical columns no part of the data had.
    pub missing_columns: Vec<Column>,
}

/// Thời gian giải quyết: working days in (receipt, end] of resolved dossiers.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, InstantError, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let ended = |day: &str| -> Result<Dossier, InstantError> {
///     Ok(Dossier { completed_at: Some(day.parse()?), ..Dossier::received("2026-01-05".parse()?) })
/// };
/// let time = query.scorecard(&[ended("2026-01-06")?, ended("2026-01-09")?])?.total.processing_time;
/// assert_eq!((time.known, time.sum, time.median, time.p90), (2, 5, Some(1), Some(4)));
/// assert_eq!(time.mean.unwrap().to_string(), "2.50");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessingTime {
    /// Dossiers inside the covered calendar.
    pub known: u64,
    /// Resolved dossiers outside it.
    pub unknown: u64,
    /// Working days in all: the exact mean is `sum / known`.
    pub sum: u64,
    /// Mean, 2 decimals, half away from zero; none without dossiers.
    pub mean: Option<Decimal>,
    /// Median by nearest rank.
    pub median: Option<u32>,
    /// 90th percentile by nearest rank.
    pub p90: Option<u32>,
    /// Dossiers per number of working days.
    pub days: Vec<(u32, u64)>,
}

impl ProcessingTime {
    fn of(counts: &Counts) -> Result<Self, Error> {
        const OVERFLOW: Error = Error::Overflow { what: "processing time" };
        let days: Vec<(u32, u64)> = counts
            .processing()
            .iter()
            .map(|(days, count)| Ok((u32::try_from(days).map_err(|_| OVERFLOW)?, count)))
            .collect::<Result<_, Error>>()?;
        let known = days.iter().try_fold(0u64, |sum, (_, count)| sum.checked_add(*count)).ok_or(OVERFLOW)?;
        let total = days
            .iter()
            .try_fold(0u64, |sum, (days, count)| u64::from(*days).checked_mul(*count)?.checked_add(sum))
            .ok_or(OVERFLOW)?;
        // Nearest rank: the smallest value with at least p % of the values at or below it.
        let rank = |percent: u64| -> Option<u32> {
            let needed = u128::from(known) * u128::from(percent);
            let mut seen = 0u128;
            days.iter().find_map(|(days, count)| {
                seen += u128::from(*count);
                (seen * 100 >= needed && known > 0).then_some(*days)
            })
        };
        let mean = match known {
            0 => None,
            known => Some(Ratio::of(total, known).value2()?),
        };
        let (median, p90) = (rank(50), rank(90));
        Ok(ProcessingTime {
            known,
            unknown: counts.fact(Fact::Resolved).checked_sub(known).ok_or(OVERFLOW)?,
            sum: total,
            mean,
            median,
            p90,
            days,
        })
    }
}

/// One group's results, or the total's.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Fact, Key, Plan, Query};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).by(["agency".parse()?]).check()?;
/// let dossier = Dossier { agency: Some("Văn phòng".into()), ..Dossier::received("2026-01-05".parse()?) };
/// let group = &query.scorecard(&[dossier])?.groups[0];
/// assert_eq!(group.keys, [Key::text("Văn phòng")]);
/// assert_eq!((group.fact(Fact::Open), group.fact(Fact::Resolved)), (1, 0));
/// assert!(group.result("on_time_rate").is_some_and(|result| result.denominator.is_zero()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Keys, one per dimension; null is unknown.
    pub keys: Vec<Key>,
    /// First day of the time bucket.
    pub period_start: Option<Day>,
    /// Last day of the time bucket that was looked at.
    pub period_end: Option<Day>,
    /// Dossiers per fact.
    pub facts: BTreeMap<Fact, u64>,
    /// Working days from receipt to end.
    pub processing_time: ProcessingTime,
    /// Results, in the plan's order.
    pub results: Vec<IndicatorResult>,
}

impl Group {
    /// One result.
    pub fn result(&self, indicator: &str) -> Option<&IndicatorResult> {
        self.results.iter().find(|result| result.indicator == indicator)
    }

    /// Dossiers of which a fact holds.
    pub fn fact(&self, fact: Fact) -> u64 {
        self.facts.get(&fact).copied().unwrap_or(0)
    }
}

/// Bảng điểm: the plan's indicators with everything needed to explain them.
///
/// `card["on_time_rate"]` is the total's result.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query, ResultStatus};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-01".parse()?).check()?;
/// let dossier = Dossier {
///     due_at: Some("2026-01-12".parse()?),
///     completed_at: Some("2026-01-09".parse()?),
///     ..Dossier::received("2026-01-05".parse()?)
/// };
/// let card = query.scorecard(&[dossier])?;
/// assert_eq!(card["on_time_rate"].status, ResultStatus::Met);
/// assert_eq!((card.plan.number.as_deref(), card.query.period.as_str()), (Some("74/KH-UBND"), "2026-01"));
/// assert_eq!((card.calendar.name.as_str(), card.policy.profile.as_str()), ("vn", "plan"));
/// assert_eq!(card.data.data_through, Some("2026-01-09".parse()?));
/// assert!(card.accounting.adds_up());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scorecard {
    /// The plan.
    pub plan: PlanRef,
    /// What was asked.
    pub query: QueryRef,
    /// The calendar used.
    pub calendar: CalendarRef,
    /// The rules used.
    pub policy: PolicyRef,
    /// The data as a whole.
    pub data: DataRef,
    /// Where every row went.
    pub accounting: Accounting,
    /// The registers beside the dossiers, and what became of their rows.
    #[serde(default)]
    pub registers: Vec<RegisterRef>,
    /// What a reader must know before using a figure.
    pub warnings: Vec<Note>,
    /// The whole window judged as one period; never the sum of the groups.
    pub total: Group,
    /// Groups, ordered by their keys in code-point order, unknown last.
    pub groups: Vec<Group>,
}

impl Scorecard {
    pub(crate) fn of(tally: &Tally, registers: &Registers) -> Result<Self, Error> {
        let query = tally.query();
        let beside = Beside::of(tally, registers)?;
        let (plan, policy) = (query.plan(), query.policy());
        let wordings: Vec<Wording> =
            plan.indicators().iter().map(|indicator| Wording::of(indicator, plan, policy)).collect();
        let group = |key: Option<&[Key]>, counts: &Counts| -> Result<Group, Error> {
            let keys = key.unwrap_or_default();
            let source = Source {
                plan,
                layout: query.layout(),
                policy,
                counts,
                missing: tally.missing_columns(),
                absent: tally.absent_columns(),
            };
            let bucket = query.bucket_of(keys);
            Ok(Group {
                keys: keys.to_vec(),
                period_start: bucket.map(|bucket| bucket.window.start),
                period_end: bucket.map(|bucket| bucket.window.cut),
                facts: Fact::ALL
                    .iter()
                    .map(|fact| (*fact, counts.fact(*fact)))
                    .filter(|(_, count)| *count > 0)
                    .collect(),
                processing_time: ProcessingTime::of(counts)?,
                results: plan
                    .indicators()
                    .iter()
                    .zip(&wordings)
                    .enumerate()
                    .filter(|(at, (indicator, _))| key.is_none() || beside.is_grouped(*at, indicator))
                    .map(|(at, (indicator, wording))| match indicator.measure.facts() {
                        Some(asked) => {
                            let result = IndicatorResult::of_dossiers(indicator, asked, wording, &source)?;
                            beside.or_declared(result, indicator, wording, key.is_some())
                        }
                        None => beside.result(at, indicator, wording, key, counts),
                    })
                    .collect::<Result<_, Error>>()?,
            })
        };
        let mut groups = tally
            .groups()
            .iter()
            .map(|(keys, counts)| group(Some(keys), counts))
            .collect::<Result<Vec<_>, _>>()?;
        // A unit may have entries in registers and no dossiers. A time series has no holes: with the
        // bucket as the only dimension, empty ones are there.
        let mut others: BTreeSet<GroupKey> = beside.keys().cloned().collect();
        if let ([_], false) = (query.by(), query.buckets().is_empty()) {
            others.extend(query.buckets().iter().map(|bucket| vec![Key::Text(bucket.key.clone())]));
        }
        others.retain(|key| !tally.groups().contains_key(key));
        if !others.is_empty() {
            for key in others {
                groups.push(group(Some(&key), &Counts::new(query.layout()))?);
            }
            groups.sort_by(|a, b| a.keys.cmp(&b.keys));
        }
        let basis = Basis::of(tally);
        Ok(Scorecard {
            plan: PlanRef {
                id: plan.id().to_owned(),
                title: plan.title().to_owned(),
                authority: plan.authority().map(str::to_owned),
                number: plan.number().map(str::to_owned),
                issued: plan.issued(),
                digest: plan.digest(),
            },
            query: basis.query,
            calendar: basis.calendar,
            policy: basis.policy,
            data: basis.data,
            accounting: basis.accounting,
            warnings: basis
                .warnings
                .into_iter()
                .chain(beside.not_grouped())
                .chain(left_alone(registers))
                .collect(),
            registers: references(registers, tally)?,
            total: group(None, tally.total())?,
            groups,
        })
    }

    /// The total as a scorecard of its own.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dimension, Dossier, Plan, Query};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let query = Query::new(&plan).period("2026".parse()?).by([Dimension::Agency]).check()?;
    /// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
    /// assert_eq!((card.groups.len(), card.total().groups.len()), (1, 0));
    /// assert_eq!(card.total().total, card.total);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn total(&self) -> Scorecard {
        Scorecard {
            groups: Vec::new(),
            query: QueryRef { by: Vec::new(), digest: self.query.total_digest.clone(), ..self.query.clone() },
            ..self.clone()
        }
    }

    /// The total's result of an indicator.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when the plan has none of that id; it names the nearest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let card = Tally::new(&query).scorecard()?;
    /// assert_eq!(card.result("early_rate")?.target, 60.into());
    /// assert!(card.result("erly_rate").unwrap_err().to_string().contains("did you mean \"early_rate\"?"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn result(&self, indicator: &str) -> Result<&IndicatorResult, Error> {
        self.total.result(indicator).ok_or_else(|| {
            let names = self.total.results.iter().map(|result| result.indicator.as_str());
            UnknownName::new("indicator", indicator, names).into()
        })
    }

    /// The scorecard as JSON.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Scorecard, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let card = Tally::new(&query).scorecard()?;
    /// assert_eq!(serde_json::from_str::<Scorecard>(&card.to_json()?)?, card);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::BadTally { detail: error.to_string() })
    }
}

impl std::ops::Index<&str> for Scorecard {
    type Output = IndicatorResult;

    /// The total's result of an indicator.
    ///
    /// # Panics
    /// When the plan has no such indicator, as indexing a map does; [`Scorecard::result`] does not.
    #[expect(clippy::panic, reason = "the contract of Index; result() is the fallible form")]
    fn index(&self, indicator: &str) -> &IndicatorResult {
        match self.result(indicator) {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Query {
    /// The scorecard of dossiers given one by one: the shortest way for a small set.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Plan, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
    /// assert_eq!(card.accounting.used, 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scorecard<'d>(
        self: &std::sync::Arc<Self>,
        dossiers: impl IntoIterator<Item = &'d crate::Dossier>,
    ) -> Result<Scorecard, Error> {
        let mut tally = Tally::new(self);
        dossiers.into_iter().try_for_each(|dossier| tally.add(dossier))?;
        tally.scorecard()
    }
}
