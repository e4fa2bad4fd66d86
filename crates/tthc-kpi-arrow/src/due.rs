//! The effective due date in columns: due_at, missing_due, supplement, due_on_day_off, in this
//! order (SPEC §4). Rules that ask the calendar go row by row, and only the rows they concern.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]

use std::borrow::Cow;

use tthc_kpi::{Comparison, Day, DueOnDayOff, Instant, MissingDue, Supplement, WorkCalendar};

use crate::block::{Dates, short_days};
use crate::columns::{Cells, Columns};
use crate::judge::Rules;
use crate::lanes::{BAD, DAY, Lanes, Mask, NONE, ShortDay, below, equal, mask, number, rows, short};

/// Due dates of a block, each in one mask at most; in none, it is unknown.
pub(crate) struct Due<'c> {
    /// Known.
    pub known: Mask,
    /// At this moment or later.
    pub at_least: Mask,
    /// None, and that counts as on time.
    pub waived: Mask,
    pub day: Cow<'c, Lanes<ShortDay>>,
    /// The moments, unless the policy compares days alone.
    pub at: Option<Box<Lanes<i64>>>,
}

impl Due<'_> {
    /// The rows due on a date alone.
    pub fn dates_alone(&self) -> Mask {
        self.at.as_ref().map_or(0, |at| mask(|row| at[row].rem_euclid(DAY) == 0))
    }

    /// A date alone.
    fn set(&mut self, row: usize, day: Day) {
        self.day.to_mut()[row] = short(day.number());
        if let Some(at) = &mut self.at {
            at[row] = i64::from(day.number()) * DAY;
        }
    }

    /// The same time on another day.
    fn move_to(&mut self, row: usize, day: Day) {
        self.day.to_mut()[row] = short(day.number());
        if let Some(at) = &mut self.at {
            at[row] = i64::from(day.number()) * DAY + at[row].rem_euclid(DAY);
        }
    }

    /// A due date on a day off moves to the next working day; where the calendar does not tell,
    /// it may.
    #[inline(never)]
    fn off_days(&mut self, calendar: &WorkCalendar, among: Mask) {
        for row in rows((self.known | self.at_least) & among) {
            let on = Day::from_number(number(self.day[row]));
            let next = match on.and_then(|on| calendar.is_working(on)) {
                Some(true) => continue,
                Some(false) => on.and_then(|on| calendar.next(on)),
                None => None,
            };
            match next {
                Some(next) => self.move_to(row, next),
                None => self.unsettle(1 << row),
            }
        }
    }

    /// What was known is now a lower bound.
    fn unsettle(&mut self, rows: Mask) {
        self.at_least |= self.known & rows;
        self.known &= !rows;
    }
}

/// A due date that is another once an answer to a request for papers is seen.
pub(crate) struct Moved<'c> {
    pub due: Due<'c>,
    /// The rows it holds for.
    pub rows: Mask,
    pub answered: Lanes<ShortDay>,
}

/// The due dates of a block.
pub(crate) struct Dues<'c> {
    pub due: Due<'c>,
    /// Under `supplement = reset`.
    pub moved: Option<Box<Moved<'c>>>,
}

impl<'c> Dues<'c> {
    /// Of the rows that are kept; for the others they mean nothing.
    #[inline(always)]
    pub fn of(rules: &Rules<'_>, dates: &Dates<'c>, kept: Mask) -> Self {
        let policy = rules.policy;
        let known = below(dates.due, NONE);
        let mut due = Due {
            known,
            at_least: 0,
            waived: if policy.missing_due == MissingDue::OnTime { !known } else { 0 },
            day: Cow::Borrowed(dates.due),
            at: match policy.comparison {
                Comparison::Day => None,
                Comparison::HalfDay | Comparison::Instant => {
                    Some(Box::new(*dates.columns.due_at.block(dates.from, &mut None).0))
                }
            },
        };
        if policy.missing_due == MissingDue::FromProcedure {
            from_limits(&mut due, rules, dates, kept);
        }
        let mut moved = None;
        if policy.supplement != Supplement::Recorded {
            moved = supplemented(&mut due, rules, dates, kept);
        }
        if policy.due_on_day_off == DueOnDayOff::NextWorkingDay {
            let calendar = rules.query.judge().calendar();
            due.off_days(calendar, kept);
            if let Some(moved) = &mut moved {
                moved.due.off_days(calendar, kept);
            }
        }
        Dues { due, moved }
    }
}

/// Missing due dates from the procedures' limits.
#[inline(never)]
fn from_limits(due: &mut Due<'_>, rules: &Rules<'_>, dates: &Dates<'_>, kept: Mask) {
    for row in rows(!due.known & kept) {
        if let Some(day) = limit_end(rules, dates, row, &dates.columns.received_at) {
            due.set(row, day);
            due.known |= 1 << row;
        }
    }
}

/// Requests for papers move due dates.
#[inline(never)]
fn supplemented<'c>(
    due: &mut Due<'c>,
    rules: &Rules<'_>,
    dates: &Dates<'_>,
    kept: Mask,
) -> Option<Box<Moved<'c>>> {
    // Known to have had no request for papers: nothing to add.
    let mut room = None;
    let (requests, known) = dates.columns.supplement_requests.block(dates.from, &mut room);
    let asked = kept & !(known & equal(requests, 0));
    match rules.policy.supplement {
        Supplement::Recorded => None,
        Supplement::Subtract => {
            subtract(due, dates, rules.query.judge().calendar(), asked);
            None
        }
        Supplement::Reset => reset(due, rules, dates, asked),
    }
}

/// Later by the working days the dossier was paused.
fn subtract(due: &mut Due<'_>, dates: &Dates<'_>, calendar: &WorkCalendar, asked: Mask) {
    for row in rows(asked & due.known) {
        let later = match dates.columns.paused_days.get(dates.from + row) {
            Some(0) => continue,
            Some(paused) => {
                Day::from_number(number(due.day[row])).and_then(|from| calendar.add(from, paused))
            }
            None => None,
        };
        match later {
            Some(day) => due.move_to(row, day),
            None => due.unsettle(1 << row),
        }
    }
}

/// From anew at the answer, once that is seen; until then a lower bound.
fn reset<'c>(due: &mut Due<'c>, rules: &Rules<'_>, dates: &Dates<'_>, asked: Mask) -> Option<Box<Moved<'c>>> {
    due.unsettle(asked);
    let answered = short_days(&dates.columns.supplemented_at, dates);
    let seen = asked & below(&answered, BAD);
    if seen == 0 {
        return None;
    }
    let mut again = Due { known: 0, at_least: 0, waived: 0, at: due.at.clone(), day: due.day.clone() };
    for row in rows(seen) {
        if let Some(day) = limit_end(rules, dates, row, &dates.columns.supplemented_at) {
            again.set(row, day);
            again.known |= 1 << row;
        }
    }
    Some(Box::new(Moved { rows: again.known, due: again, answered }))
}

/// The day a limit runs out that starts at a moment of the dossier.
fn limit_end(rules: &Rules<'_>, dates: &Dates<'_>, row: usize, from: &Cells<'_, i64>) -> Option<Day> {
    let columns: &Columns<'_> = dates.columns;
    let row = dates.from + row;
    let judge = rules.query.judge();
    let limit = match columns.limit_days.get(row) {
        Some(limit) => limit,
        None => *judge.limits().get(columns.procedure_code.get(row)?)?,
    };
    let start = judge.calendar().clock_start(Instant::from_micros(from.get(row)?)).ok()?;
    judge.calendar().add(start, limit)
}
