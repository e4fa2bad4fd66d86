//! The query: a plan, a period, a cut, a breakdown, and the rules to judge by.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calendar::WorkCalendar;
use crate::digest::digest;
use crate::dimension::{Dimension, Key};
use crate::error::Error;
use crate::instant::Day;
use crate::layout::Layout;
use crate::period::{Bucket, Period};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::verdict::{Judge, Window};

/// A query being put together; [`QueryDraft::check`] makes it a [`Query`].
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Error, Plan, Policy, Query};
/// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).policy(Policy::profile("qd-766")?);
/// assert_eq!(draft.clone().check().unwrap_err(), Error::NoPeriod);
/// let draft = draft.period("2026-03".parse()?);
/// assert_eq!(draft.clone().check()?.as_of(), "2026-03-31".parse()?); // there is no clock
/// let twice = draft.by([Dimension::Month, Dimension::Week]).check();
/// assert_eq!(twice.unwrap_err(), Error::TwoBuckets);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct QueryDraft {
    plan: Arc<Plan>,
    period: Option<Period>,
    as_of: Option<Day>,
    by: Vec<Dimension>,
    policy: Policy,
    limits: BTreeMap<String, u32>,
    calendar: WorkCalendar,
}

impl QueryDraft {
    /// The period asked for. Required.
    #[must_use]
    pub fn period(mut self, period: Period) -> Self {
        self.period = Some(period);
        self
    }

    /// The last day whose facts are seen (`date.into()` makes a [`Day`] of a chrono date).
    /// Default: the period's last day; the library has no clock.
    #[must_use]
    pub fn as_of(mut self, as_of: Day) -> Self {
        self.as_of = Some(as_of);
        self
    }

    /// The breakdown. Default: none.
    #[must_use]
    pub fn by(mut self, by: impl IntoIterator<Item = Dimension>) -> Self {
        self.by = by.into_iter().collect();
        self
    }

    /// The policy. Default: the profile `plan`.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Policy, Query};
    /// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
    /// assert_eq!(draft.clone().check()?.policy().profile_name(), "plan");
    /// let portal = draft.policy(Policy::profile("qd-766")?).check()?;
    /// assert_eq!(portal.policy().profile_name(), "qd-766");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Working-day limits by procedure code, for dossiers whose own limit is unknown.
    ///
    /// # Example
    /// ```
    /// use std::collections::BTreeMap;
    /// use tthc_kpi::{Plan, Query};
    /// let limits = BTreeMap::from([("1.001193".to_owned(), 3)]);
    /// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
    /// let query = draft.limits(limits.clone()).check()?;
    /// assert_eq!(query.judge().limits(), &limits);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn limits(mut self, limits: BTreeMap<String, u32>) -> Self {
        self.limits = limits;
        self
    }

    /// The work calendar. Default: Vietnam's.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, WorkCalendar, WorkHours};
    /// let ours = WorkCalendar::new("ours", 2026..=2026, Vec::new(), WorkHours::vietnam())?;
    /// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
    /// assert_eq!(draft.calendar(ours).check()?.judge().calendar().name(), "ours");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn calendar(mut self, calendar: WorkCalendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// The query, if it makes sense.
    ///
    /// # Errors
    /// [`Error::NoPeriod`], [`Error::PeriodAfterAsOf`], [`Error::RepeatedDimension`] or
    /// [`Error::TwoBuckets`].
    ///
    /// # Example
    /// See [`QueryDraft`].
    pub fn check(self) -> Result<Arc<Query>, Error> {
        let period = self.period.ok_or(Error::NoPeriod)?;
        let (start, end) = period.days(self.policy.period_rule);
        let as_of = self.as_of.unwrap_or(end);
        let window = Window::of(&period, self.policy.period_rule, self.as_of)?;
        for (index, dimension) in self.by.iter().enumerate() {
            if self.by.iter().take(index).any(|earlier| earlier == dimension) {
                return Err(Error::RepeatedDimension { name: dimension.name().to_owned() });
            }
        }
        if self.by.iter().filter(|dimension| matches!(dimension, Dimension::Bucket(_))).count() > 1 {
            return Err(Error::TwoBuckets);
        }
        let bucket = self.by.iter().find_map(|dimension| match dimension {
            Dimension::Bucket(bucket) => Some(*bucket),
            _ => None,
        });
        let buckets = bucket.map_or_else(Vec::new, |bucket| {
            bucket
                .split(start, window.cut, self.policy.period_rule)
                .into_iter()
                .map(|(period, start, cut)| BucketWindow {
                    key: period.to_string().into(),
                    window: Window { start, cut },
                })
                .collect()
        });
        let layout = Layout::of(&self.plan);
        let mut query = Query {
            plan: self.plan,
            period,
            end,
            as_of,
            window,
            bucket,
            buckets,
            by: self.by,
            judge: Judge::new(self.policy, self.calendar).with_limits(self.limits),
            layout,
            digest: String::new(),
            total_digest: String::new(),
        };
        query.digest = digest(&query.saved());
        query.total_digest = digest(&SavedQuery { by: Vec::new(), ..query.saved() });
        Ok(Arc::new(query))
    }
}

/// One time bucket of a query: its key and the part of the window it spans.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
///     .period("2026-Q1".parse()?)
///     .as_of("2026-02-10".parse()?)
///     .by([Dimension::Month])
///     .check()?;
/// let last = query.buckets().last().unwrap();
/// assert_eq!((&*last.key, last.window.cut.to_string()), ("2026-02", "2026-02-10".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketWindow {
    /// The bucket's period as text: `2026-03`.
    pub key: Arc<str>,
    /// The bucket ∩ the window of the query.
    pub window: Window,
}

/// Truy vấn: what is asked of the dossiers. A query that exists is valid.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Plan, Query};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan)
///     .period("2026-Q2".parse()?)
///     .as_of("2026-06-14".parse()?)
///     .by(["agency".parse()?])
///     .check()?;
/// assert_eq!(query.window().cut.to_string(), "2026-06-14");
/// assert_eq!((query.plan().digest(), query.end()), (plan.digest(), "2026-06-30".parse()?));
/// assert_eq!((query.by(), query.bucket()), (&[Dimension::Agency][..], None));
/// assert_eq!(query.policy(), query.judge().policy());
/// assert_ne!(query.digest(), query.total_digest()); // the total has no breakdown
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    plan: Arc<Plan>,
    period: Period,
    end: Day,
    as_of: Day,
    window: Window,
    bucket: Option<Bucket>,
    buckets: Vec<BucketWindow>,
    by: Vec<Dimension>,
    judge: Judge,
    layout: Layout,
    digest: String,
    total_digest: String,
}

impl Query {
    /// A query of a plan, to be given a period and then checked.
    #[expect(
        clippy::new_ret_no_self,
        reason = "the builder of the public contract: Query::new(&plan)....check()"
    )]
    pub fn new(plan: &Plan) -> QueryDraft {
        QueryDraft {
            plan: Arc::new(plan.without_schedule()),
            period: None,
            as_of: None,
            by: Vec::new(),
            policy: Policy::default(),
            limits: BTreeMap::new(),
            calendar: WorkCalendar::vietnam(),
        }
    }

    /// The plan, without its schedule: no figure depends on that.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The period asked for.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// Last day of the period.
    pub fn end(&self) -> Day {
        self.end
    }

    /// The day the query looks from.
    pub fn as_of(&self) -> Day {
        self.as_of
    }

    /// First day of the period and the cut.
    pub fn window(&self) -> Window {
        self.window
    }

    /// The breakdown.
    pub fn by(&self) -> &[Dimension] {
        &self.by
    }

    /// The time bucket among the dimensions, if any.
    pub fn bucket(&self) -> Option<Bucket> {
        self.bucket
    }

    /// The time buckets up to the cut; empty without a bucket dimension.
    pub fn buckets(&self) -> &[BucketWindow] {
        &self.buckets
    }

    /// The time bucket of a group's keys, if they have one.
    pub(crate) fn bucket_of(&self, keys: &[Key]) -> Option<&BucketWindow> {
        let place = self.by.iter().position(|dimension| matches!(dimension, Dimension::Bucket(_)))?;
        let key = keys.get(place)?.as_text()?;
        self.buckets.iter().find(|bucket| *bucket.key == *key)
    }

    /// The rules to judge by.
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        self.judge.policy()
    }

    /// What is counted per group.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// A short fingerprint of everything the figures depend on but the data.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The fingerprint of the same query without a breakdown: that of the total.
    pub fn total_digest(&self) -> &str {
        &self.total_digest
    }

    /// The same query with another breakdown.
    pub(crate) fn with_by(&self, by: &[Dimension]) -> Result<Arc<Query>, Error> {
        SavedQuery { by: by.to_vec(), ..self.saved() }.restore()
    }

    /// The query as JSON, with its plan: what is written beside a saved tally.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// assert_eq!(Query::from_json(&query.to_json()?)?, query);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(&self.saved()).map_err(|error| Error::BadTally { detail: error.to_string() })
    }

    /// A query from [`Query::to_json`].
    ///
    /// # Errors
    /// [`Error::BadTally`]; [`Error::StaleTally`] for a bundled calendar of another version.
    ///
    /// # Example
    /// See [`Query::to_json`].
    pub fn from_json(text: &str) -> Result<Arc<Query>, Error> {
        let saved: Result<SavedQuery, _> = serde_json::from_str(text);
        saved.map_err(|error| not_restored(text, &error))?.restore()
    }

    /// What is written beside a saved tally.
    pub(crate) fn saved(&self) -> SavedQuery {
        SavedQuery {
            plan: self.plan.as_ref().clone(),
            period: self.period,
            as_of: self.as_of,
            by: self.by.clone(),
            policy: self.policy().clone(),
            limits: self.judge.limits().clone(),
            calendar: self.judge.calendar().clone(),
        }
    }
}

/// A query as saved with a tally: enough to make it anew.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedQuery {
    plan: Plan,
    period: Period,
    as_of: Day,
    by: Vec<Dimension>,
    policy: Policy,
    limits: BTreeMap<String, u32>,
    calendar: WorkCalendar,
}

impl SavedQuery {
    pub(crate) fn restore(self) -> Result<Arc<Query>, Error> {
        Query::new(&self.plan)
            .period(self.period)
            .as_of(self.as_of)
            .by(self.by)
            .policy(self.policy)
            .limits(self.limits)
            .calendar(self.calendar)
            .check()
    }
}

/// Why a saved query cannot be made anew.
pub(crate) fn not_restored(text: &str, error: &serde_json::Error) -> Error {
    #[derive(Deserialize)]
    struct Calendar {
        bundled: String,
    }
    #[derive(Deserialize)]
    struct Of {
        calendar: Calendar,
    }
    match serde_json::from_str::<Of>(text) {
        Ok(of) if of.calendar.bundled != WorkCalendar::vietnam().version() => {
            Error::StaleTally { what: "calendars" }
        }
        _ => Error::BadTally { detail: error.to_string() },
    }
}
