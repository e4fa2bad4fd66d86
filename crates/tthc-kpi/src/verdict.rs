//! The verdict (SPEC §3): one dossier judged in one window, by a policy and a calendar. This is
//! the reference: clear before fast. The columnar engine is held equal to it by tests.

use std::collections::BTreeMap;

use crate::calendar::WorkCalendar;
use crate::dossier::{Dossier, Status, plausible};
use crate::error::Error;
use crate::instant::{Day, Instant};
use crate::period::{Period, PeriodRule};
use crate::policy::{
    Comparison, DueOnDayOff, LateAfterSupplements, MissingDue, Policy, Stopped, Supplement, Waiting,
    Withdrawn,
};
use crate::slug::slugs;

slugs! {
    /// Lý do loại: why a dossier is left out of every count. It depends on the row alone, never
    /// on the period (SPEC §3); the first reason that applies is the one counted.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Exclusion;
    /// assert_eq!("bad_date".parse::<Exclusion>()?, Exclusion::BadDate);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Exclusion as "exclusion" {
        /// Status 1 or 3.
        NotReceived = "not_received",
        /// A date outside 2000..2100.
        BadDate = "bad_date",
        /// Ended before it was received.
        EndBeforeReceipt = "end_before_receipt",
        /// Another row of the same id stands for the dossier. A property of a data set, decided
        /// where the data set is.
        Duplicate = "duplicate",
        /// Withdrawn, where the policy leaves such dossiers out.
        Withdrawn = "withdrawn",
    }
}

/// A window: the first day of the period and the last day whose facts are seen.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query, Window};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-Q2".parse()?).as_of("2026-06-14".parse()?).check()?;
/// assert_eq!(query.window(), Window { start: "2026-04-01".parse()?, cut: "2026-06-14".parse()? });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Window {
    /// First day.
    pub start: Day,
    /// The cut: min(as_of, last day of the period).
    pub cut: Day,
}

impl Window {
    /// The window of a period, seen from a day; without one, from the period's last.
    ///
    /// # Errors
    /// [`Error::PeriodAfterAsOf`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{PeriodRule, Window};
    /// let quarter = "2026-Q2".parse()?;
    /// let window = Window::of(&quarter, PeriodRule::Calendar, Some("2026-06-14".parse()?))?;
    /// assert_eq!((window.start, window.cut), ("2026-04-01".parse()?, "2026-06-14".parse()?));
    /// assert!(Window::of(&quarter, PeriodRule::Calendar, Some("2026-03-31".parse()?)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(period: &Period, rule: PeriodRule, as_of: Option<Day>) -> Result<Window, Error> {
        let (start, end) = period.days(rule);
        match as_of {
            Some(as_of) if start > as_of => Err(Error::PeriodAfterAsOf { start, as_of }),
            _ => Ok(Window { start, cut: as_of.unwrap_or(end).min(end) }),
        }
    }
}

slugs! {
    /// Kết quả theo hạn của hồ sơ đã giải quyết.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Class;
    /// assert_eq!("on_due_day".parse::<Class>()?, Class::OnDueDay);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Class as "class" {
        /// Trước hạn.
        Early = "early",
        /// Đúng hạn (on the due day).
        OnDueDay = "on_due_day",
        /// Quá hạn.
        Late = "late",
        /// No effective due date, or not all that the policy needs is known.
        Unknown = "unknown",
    }
}

slugs! {
    /// Tình trạng hạn của hồ sơ đang giải quyết.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Standing;
    /// assert_eq!("in_time".parse::<Standing>()?, Standing::InTime);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Standing as "standing" {
        /// Trong hạn.
        InTime = "in_time",
        /// Quá hạn.
        Overdue = "overdue",
        /// No effective due date, or not all that the policy needs is known.
        Unknown = "unknown",
    }
}

/// Where a handled dossier stands at the cut.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Judge, Policy, State, Status, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let undated = Dossier { status: Some(Status::Processed), ..Dossier::received("2026-01-05".parse()?) };
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
/// assert_eq!(judge.verdict(&undated, window).state, Some(State::EndUnknown));
/// let before = Window { start: "2025-01-01".parse()?, cut: "2025-12-31".parse()? };
/// assert_eq!(judge.verdict(&undated, before).state, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Ended in the window.
    Resolved {
        /// Against its due date.
        class: Class,
    },
    /// Not ended by the cut.
    Open {
        /// Against its due date.
        standing: Standing,
    },
    /// Closed without any date: received, but neither resolved nor open.
    EndUnknown,
}

/// Kết quả xét một hồ sơ: a dossier judged in a window.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Judge, Policy, Standing, State, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let open = Dossier { due_at: Some("2026-01-12".parse()?), ..Dossier::received("2026-01-05".parse()?) };
/// let january = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
/// let verdict = judge.verdict(&open, january);
/// assert_eq!(verdict.state, Some(State::Open { standing: Standing::Overdue }));
/// assert!(verdict.received && verdict.overdue_ever && verdict.end.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Received in the window (else, when handled, carried over).
    pub received: bool,
    /// Where it stands; none when it is outside the window.
    pub state: Option<State>,
    /// The due date it was judged by.
    pub due: Due,
    /// The end seen at the cut.
    pub end: Option<Instant>,
    /// The end was taken from the return.
    pub end_from_return: bool,
    /// Resolved late or open overdue by date, before the number of requests for papers is
    /// looked at: the base of apology and explanation.
    pub overdue_ever: bool,
    /// Resolved: its class had it ended when the result was returned; unknown while not returned.
    pub return_class: Class,
    /// Open, and the due day lies after the cut day.
    pub can_be_early: bool,
    /// Open and waiting for the citizen.
    pub waiting: bool,
    /// Late or overdue by a due date that may in truth lie later: unknown, not late.
    pub late_unsettled: bool,
    /// Working days in (receipt, end] of a resolved dossier; none outside the covered calendar.
    pub processing_days: Option<u32>,
}

/// Hạn hiệu lực: the due date after the rules for a missing due date, supplements and days off.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Due, Judge, Policy, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default().with("supplement", "subtract")?, WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
/// let due = "2026-01-12".parse()?;
/// let mut dossier = Dossier { due_at: Some(due), ..Dossier::received("2026-01-05".parse()?) };
/// assert_eq!(judge.verdict(&dossier, window).due, Due::AtLeast(due)); // paused for how long?
/// dossier.paused_days = Some(2);
/// assert_eq!(judge.verdict(&dossier, window).due, Due::At("2026-01-14".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Known.
    At(Instant),
    /// The due date is at this moment or later, how much later is not known: on time by it is on
    /// time, late by it is unknown (SPEC §4, `supplement`).
    AtLeast(Instant),
    /// None, and the policy counts that as on time (`missing_due = on_time`).
    Waived,
    /// None known.
    Unknown,
}

impl Due {
    /// Against an end.
    #[inline(always)]
    fn class(self, end: Instant, comparison: Comparison) -> Class {
        match self {
            Due::At(due) => compare(end, due, comparison),
            Due::AtLeast(due) => match compare(end, due, comparison) {
                Class::Late => Class::Unknown,
                class => class,
            },
            Due::Waived => Class::OnDueDay,
            Due::Unknown => Class::Unknown,
        }
    }

    /// While open, at the end of the cut day.
    #[inline]
    fn standing(self, cut: Day, comparison: Comparison) -> Standing {
        let overdue = |due: Instant| {
            // Under half_day and instant an open dossier is overdue when due before the end of the
            // cut day; a due date alone compares by day (SPEC §4, `comparison`).
            if comparison == Comparison::Day || due.is_date() { cut > due.day() } else { cut >= due.day() }
        };
        match self {
            Due::At(due) if overdue(due) => Standing::Overdue,
            Due::AtLeast(due) if overdue(due) => Standing::Unknown,
            Due::At(_) | Due::AtLeast(_) | Due::Waived => Standing::InTime,
            Due::Unknown => Standing::Unknown,
        }
    }

    #[inline]
    fn instant(self) -> Option<Instant> {
        match self {
            Due::At(due) | Due::AtLeast(due) => Some(due),
            Due::Waived | Due::Unknown => None,
        }
    }
}

/// An end held against a due moment (SPEC §4, `comparison`).
#[inline(always)]
fn compare(end: Instant, due: Instant, comparison: Comparison) -> Class {
    let by_day = match end.day().cmp(&due.day()) {
        std::cmp::Ordering::Less => Class::Early,
        std::cmp::Ordering::Equal => Class::OnDueDay,
        std::cmp::Ordering::Greater => Class::Late,
    };
    match comparison {
        Comparison::Day => by_day,
        // On another day, and wherever one side is a date alone, every comparison is by day.
        _ if by_day != Class::OnDueDay || due.is_date() || end.is_date() => by_day,
        Comparison::HalfDay => match (afternoon(end), afternoon(due)) {
            (false, true) => Class::Early,
            (true, false) => Class::Late,
            _ => Class::OnDueDay,
        },
        Comparison::Instant if end > due => Class::Late,
        Comparison::Instant => Class::OnDueDay,
    }
}

/// The second session of the day: from 12:00.
fn afternoon(at: Instant) -> bool {
    at.time_of_day_micros() >= 12 * 3_600_000_000
}

/// Judges dossiers by one policy, one calendar and one map of limits.
///
/// # Example
/// ```
/// use tthc_kpi::*;
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let dossier = Dossier {
///     due_at: Some("2026-01-12T17:00".parse()?),
///     completed_at: Some("2026-01-12T23:59".parse()?),
///     ..Dossier::received("2026-01-05T08:30".parse()?)
/// };
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// assert_eq!(judge.verdict(&dossier, window).state, Some(State::Resolved { class: Class::OnDueDay }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    policy: Policy,
    calendar: WorkCalendar,
    limits: BTreeMap<String, u32>,
}

impl Judge {
    /// A judge without a map of limits.
    pub fn new(policy: Policy, calendar: WorkCalendar) -> Self {
        Judge { policy, calendar, limits: BTreeMap::new() }
    }

    /// With the working-day limit of each procedure code, for dossiers whose own limit is unknown.
    ///
    /// # Example
    /// ```
    /// use std::collections::BTreeMap;
    /// use tthc_kpi::{Dossier, Due, Judge, Policy, Window, WorkCalendar};
    /// let policy = Policy::default().with("missing_due", "from_procedure")?;
    /// let limits = BTreeMap::from([("1.001193".to_owned(), 3)]);
    /// let judge = Judge::new(policy, WorkCalendar::vietnam()).with_limits(limits);
    /// let code = Some("1.001193".to_owned());
    /// let dossier = Dossier { procedure_code: code, ..Dossier::received("2026-01-05".parse()?) };
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
    /// assert_eq!(judge.verdict(&dossier, window).due, Due::At("2026-01-08".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_limits(mut self, limits: BTreeMap<String, u32>) -> Self {
        self.limits = limits;
        self
    }

    /// The policy judged by.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The calendar judged by.
    pub fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }

    /// The map of limits.
    pub fn limits(&self) -> &BTreeMap<String, u32> {
        &self.limits
    }

    /// Why the dossier is left out, if it is. Duplicates are not seen here: they are a property
    /// of a data set.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Exclusion, Judge, Policy, Status, WorkCalendar};
    /// let gone = Dossier { status: Some(Status::Withdrawn), ..Dossier::received("2026-01-05".parse()?) };
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// assert_eq!(judge.exclusion(&gone), None);
    /// let strict = Policy::default().with("withdrawn", "excluded")?;
    /// let judge = Judge::new(strict, WorkCalendar::vietnam());
    /// assert_eq!(judge.exclusion(&gone), Some(Exclusion::Withdrawn));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline]
    pub fn exclusion(&self, dossier: &Dossier) -> Option<Exclusion> {
        row_exclusion(dossier).or_else(|| {
            (self.policy.withdrawn == Withdrawn::Excluded && dossier.status == Some(Status::Withdrawn))
                .then_some(Exclusion::Withdrawn)
        })
    }

    /// The dossier judged in a window. Call [`Judge::exclusion`] first: an excluded dossier has
    /// no verdict.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Due, Judge, Policy, Window, WorkCalendar};
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
    /// let verdict = judge.verdict(&Dossier::received("2025-12-30".parse()?), window);
    /// assert!(!verdict.received && verdict.state.is_some()); // carried over
    /// assert_eq!(verdict.due, Due::Unknown);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[inline(always)]
    pub fn verdict(&self, dossier: &Dossier, window: Window) -> Verdict {
        let seen = |at: Option<Instant>| at.filter(|at| at.day() <= window.cut);
        let completed = seen(dossier.completed_at);
        // A return before the receipt, beside a completion not yet seen, is no end.
        let returned = seen(dossier.returned_at).filter(|at| !before(*at, dossier.received_at));
        let end = completed.or(returned);
        let received = dossier.received_at.day() >= window.start;

        let outside = Verdict {
            received,
            state: None,
            due: Due::Unknown,
            end,
            end_from_return: false,
            overdue_ever: false,
            return_class: Class::Unknown,
            can_be_early: false,
            waiting: false,
            late_unsettled: false,
            processing_days: None,
        };
        if dossier.received_at.day() > window.cut || end.is_some_and(|end| end.day() < window.start) {
            return outside;
        }
        let due = self.due(dossier, window.cut);
        let too_many_requests = self.policy.late_after_supplements == LateAfterSupplements::One
            && dossier.supplement_requests.is_some_and(|requests| requests > 1);

        if let Some(end) = end {
            let class = due.class(end, self.policy.comparison);
            let return_class = match returned {
                _ if too_many_requests => Class::Late,
                Some(returned) => due.class(returned, self.policy.comparison),
                None => Class::Unknown,
            };
            return Verdict {
                state: Some(State::Resolved { class: if too_many_requests { Class::Late } else { class } }),
                due,
                end_from_return: completed.is_none(),
                overdue_ever: class == Class::Late,
                late_unsettled: class == Class::Unknown && due.instant().is_some() && !too_many_requests,
                return_class,
                processing_days: self.calendar.between(dossier.received_at.day(), end.day()),
                ..outside
            };
        }
        if self.closed(dossier.status) && dossier.end().is_none() {
            return Verdict { state: Some(State::EndUnknown), due, ..outside };
        }
        let waiting = self.waits(dossier.status);
        let standing = self.standing(dossier, due, window.cut, waiting);
        Verdict {
            state: Some(State::Open {
                standing: if too_many_requests { Standing::Overdue } else { standing },
            }),
            due,
            overdue_ever: standing == Standing::Overdue,
            late_unsettled: !too_many_requests
                && due.standing(window.cut, self.policy.comparison) == Standing::Unknown
                && standing == Standing::Unknown
                && due.instant().is_some(),
            can_be_early: !too_many_requests && due.instant().is_some_and(|due| due.day() > window.cut),
            waiting,
            ..outside
        }
    }

    /// Statuses that end a dossier.
    #[inline]
    fn closed(&self, status: Option<Status>) -> bool {
        match status {
            Some(Status::Withdrawn | Status::Processed | Status::Returned) => true,
            Some(Status::Stopped) => self.policy.stopped == Stopped::Ended,
            _ => false,
        }
    }

    /// Statuses in which an open dossier waits for the citizen.
    #[inline]
    fn waits(&self, status: Option<Status>) -> bool {
        match status {
            Some(Status::SupplementRequested | Status::PaymentRequested) => true,
            Some(Status::Stopped) => self.policy.stopped == Stopped::Waiting,
            _ => false,
        }
    }

    /// An open dossier against its due date, the rule for waiting applied.
    fn standing(&self, dossier: &Dossier, due: Due, cut: Day, waiting: bool) -> Standing {
        let by_due = due.standing(cut, self.policy.comparison);
        if !waiting {
            return by_due;
        }
        match self.policy.waiting {
            Waiting::ByDue => by_due,
            Waiting::InTime if by_due == Standing::Overdue => Standing::InTime,
            Waiting::InTime => by_due,
            // QĐ 766 as the portal describes it (FACTS §1.3): the request date is the end date.
            Waiting::EndedAtRequest => match dossier.supplement_requested_at.filter(|at| plausible(*at)) {
                None => Standing::Unknown,
                Some(request) if request.day() > cut => by_due,
                Some(request) => match due.class(request, self.policy.comparison) {
                    Class::Early | Class::OnDueDay => Standing::InTime,
                    Class::Late => Standing::Overdue,
                    Class::Unknown => Standing::Unknown,
                },
            },
        }
    }

    /// The effective due date: due_at, missing_due, supplement, due_on_day_off, in this order.
    #[inline(always)]
    fn due(&self, dossier: &Dossier, cut: Day) -> Due {
        let recorded = match (dossier.due_at, self.policy.missing_due) {
            (Some(due), _) => Due::At(due),
            (None, MissingDue::Unknown) => Due::Unknown,
            (None, MissingDue::OnTime) => Due::Waived,
            (None, MissingDue::FromProcedure) => {
                self.after_limit(dossier, dossier.received_at).map_or(Due::Unknown, Due::At)
            }
        };
        let due = self.supplemented(dossier, recorded, cut);
        if self.policy.due_on_day_off == DueOnDayOff::AsRecorded {
            return due;
        }
        let Some(at) = due.instant() else { return due };
        let moved = match self.calendar.is_working(at.day()) {
            Some(true) => Some(at),
            Some(false) => self.calendar.next(at.day()).map(|day| at.on_day(day)),
            None => None,
        };
        match (moved, due) {
            (Some(moved), Due::At(_)) => Due::At(moved),
            (Some(moved), _) => Due::AtLeast(moved),
            // Outside the calendar whether the day is off cannot be told.
            (None, _) => Due::AtLeast(at),
        }
    }

    #[inline(always)]
    fn supplemented(&self, dossier: &Dossier, recorded: Due, cut: Day) -> Due {
        // Known to have had no request for papers: nothing to add.
        if self.policy.supplement == Supplement::Recorded || dossier.supplement_requests == Some(0) {
            return recorded;
        }
        let moved = match self.policy.supplement {
            Supplement::Recorded => None,
            Supplement::Subtract => recorded.instant().zip(dossier.paused_days).and_then(|(due, paused)| {
                if paused == 0 {
                    Some(due)
                } else {
                    self.calendar.add(due.day(), paused).map(|day| due.on_day(day))
                }
            }),
            Supplement::Reset => dossier
                .supplemented_at
                .filter(|at| plausible(*at) && at.day() <= cut)
                .and_then(|at| self.after_limit(dossier, at)),
        };
        match (moved, recorded) {
            (Some(moved), _) => Due::At(moved),
            (None, Due::At(due)) => Due::AtLeast(due),
            (None, other) => other,
        }
    }

    /// The day the limit runs out when the clock starts at `from`: a date alone.
    fn after_limit(&self, dossier: &Dossier, from: Instant) -> Option<Instant> {
        let limit =
            dossier.limit_days.or_else(|| self.limits.get(dossier.procedure_code.as_deref()?).copied())?;
        let start = self.calendar.clock_start(from).ok()?;
        self.calendar.add(start, limit).map(Instant::from_day)
    }
}

/// The reasons that depend on the row alone, in the order of SPEC §3.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Exclusion, row_exclusion};
/// let mut dossier = Dossier::received("2026-01-05".parse()?);
/// assert_eq!(row_exclusion(&dossier), None);
/// dossier.completed_at = Some("2026-01-04".parse()?);
/// assert_eq!(row_exclusion(&dossier), Some(Exclusion::EndBeforeReceipt));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[inline]
pub fn row_exclusion(dossier: &Dossier) -> Option<Exclusion> {
    if matches!(dossier.status, Some(Status::Registered | Status::NotAccepted)) {
        return Some(Exclusion::NotReceived);
    }
    let dates = [Some(dossier.received_at), dossier.due_at, dossier.completed_at, dossier.returned_at];
    if dates.into_iter().flatten().any(|at| !plausible(at)) {
        return Some(Exclusion::BadDate);
    }
    let end = dossier.end()?;
    before(end, dossier.received_at).then_some(Exclusion::EndBeforeReceipt)
}

/// By calendar day; by instant only when neither is a date alone (SPEC §3).
#[inline(always)]
fn before(end: Instant, receipt: Instant) -> bool {
    end < receipt && (end.day() < receipt.day() || !end.is_date() && !receipt.is_date())
}
