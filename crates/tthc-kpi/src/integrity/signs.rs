//! One dossier: which flags can be asked of it, and which it bears.

use super::{FLAGS, Flag};
use crate::calendar::WorkCalendar;
use crate::dossier::{Dossier, plausible};
use crate::instant::{Day, Instant};
use crate::verdict::{Judge, State, Window};
use crate::work_hours::MICROS_A_MINUTE;

const MICROS_A_SECOND: i64 = 1_000_000;

/// What the flags say of one resolved dossier. What lies after the cut is not seen.
///
/// [`Flag::SameMinute`] is not seen on one dossier: [`Signs::minute`] is what it is counted by.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Flag, Judge, Policy, Signs, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// let dossier = Dossier {
///     due_at: Some("2026-01-12T17:00".parse()?),
///     completed_at: Some("2026-01-12T17:00".parse()?),
///     ..Dossier::received("2026-01-05T08:30".parse()?)
/// };
/// let signs = Signs::of(&dossier, &judge, window).unwrap();
/// assert_eq!(signs.of_flag(Flag::EndAtDue), Some(true));
/// assert_eq!(signs.of_flag(Flag::OutsideHours), Some(false));
/// assert_eq!(signs.of_flag(Flag::ReturnedBeforeCompletion), None); // no return known
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Signs {
    known: [Option<bool>; FLAGS],
    minute: Option<i64>,
}

impl Signs {
    /// The signs of a dossier; none where it is excluded or not resolved in the window.
    #[must_use]
    pub fn of(dossier: &Dossier, judge: &Judge, window: Window) -> Option<Self> {
        if judge.exclusion(dossier).is_some() {
            return None;
        }
        let Some(State::Resolved { .. }) = judge.verdict(dossier, window).state else { return None };
        let seen = |at: Option<Instant>| at.filter(|at| at.day() <= window.cut && plausible(*at));
        let completed = seen(dossier.completed_at);
        let timed = completed.filter(|at| !at.is_date());
        let calendar = judge.calendar();
        let known = std::array::from_fn(|place| match Flag::ALL.get(place)? {
            Flag::EndAtDue => {
                let due = dossier.due_at.filter(|due| !due.is_date())?;
                Some(second(timed?) == second(due))
            }
            Flag::OutsideHours => outside_hours(timed?, calendar),
            Flag::ReturnedBeforeCompletion => Some(before(seen(dossier.returned_at)?, completed?)),
            Flag::SupplementOnLastDay => {
                on_last_day(seen(dossier.supplement_requested_at)?.day(), dossier, calendar)
            }
            Flag::DueMoved => due_moved(dossier),
            Flag::SameMinute => None,
        });
        Some(Signs { known, minute: timed.map(|at| at.micros().div_euclid(MICROS_A_MINUTE)) })
    }

    /// Whether the dossier bears a flag; none where that cannot be told from it alone.
    #[must_use]
    pub fn of_flag(&self, flag: Flag) -> Option<bool> {
        self.known.get(flag.place()).copied().flatten()
    }

    /// The minute of completion, counted from 1970-01-01 00:00 local time; none without a time of
    /// day.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Judge, Policy, Signs, Window, WorkCalendar};
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
    /// let completed = |text: &str| Dossier {
    ///     completed_at: text.parse().ok(),
    ///     ..Dossier::received("2026-01-05T08:30".parse().unwrap())
    /// };
    /// let minute = |text: &str| Signs::of(&completed(text), &judge, window).unwrap().minute();
    /// assert_eq!(minute("2026-01-12T17:00:59"), minute("2026-01-12T17:00:00"));
    /// assert_eq!(minute("2026-01-12"), None);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn minute(&self) -> Option<i64> {
        self.minute
    }
}

/// Moved more than once, or once when it had passed. A dossier that was moved once, nobody knows when,
/// is not asked.
fn due_moved(dossier: &Dossier) -> Option<bool> {
    match (dossier.due_moves, dossier.due_moved_late) {
        (Some(2..), _) | (_, Some(true)) => Some(true),
        (Some(0), _) | (Some(1), Some(false)) => Some(false),
        (Some(1), None) | (None, _) => None,
    }
}

const fn second(at: Instant) -> i64 {
    at.micros().div_euclid(MICROS_A_SECOND)
}

/// By the moment, or by the day where either is a date alone.
fn before(one: Instant, other: Instant) -> bool {
    if one.is_date() || other.is_date() { one.day() < other.day() } else { one < other }
}

fn outside_hours(at: Instant, calendar: &WorkCalendar) -> Option<bool> {
    let hours = Flag::OPENING_MINUTE * MICROS_A_MINUTE..=Flag::CLOSING_MINUTE * MICROS_A_MINUTE;
    Some(!calendar.is_working(at.day())? || !hours.contains(&at.time_of_day_micros()))
}

/// Whether papers were asked for at the end of the recorded time or of the limit. The recorded due
/// date may have been moved by the very request, so the limit is looked at too where it is known.
fn on_last_day(requested: Day, dossier: &Dossier, calendar: &WorkCalendar) -> Option<bool> {
    let due = dossier.due_at?.day();
    let received = dossier.received_at.day();
    if requested <= received {
        return Some(false);
    }
    let by_due = is_last(requested, due, calendar)?;
    let limit_end = dossier.limit_days.and_then(|days| {
        let start = calendar.clock_start(dossier.received_at).ok()?;
        calendar.add(start, days)
    });
    let by_limit = limit_end.and_then(|end| is_last(requested, end, calendar));
    Some(by_due || by_limit == Some(true))
}

/// Whether at most [`Flag::LAST_WORKING_DAYS`] are left until `end`, `end` included.
fn is_last(requested: Day, end: Day, calendar: &WorkCalendar) -> Option<bool> {
    if requested > end {
        return Some(false);
    }
    Some(calendar.between(requested, end)? <= Flag::LAST_WORKING_DAYS)
}
