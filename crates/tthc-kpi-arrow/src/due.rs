//! The effective due date in columns: due_at, missing_due, supplement, due_on_day_off, in this
//! order (SPEC §4). Rules that ask the calendar go row by row, and only the rows they concern.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]

use tthc_kpi::{Day, DueOnDayOff, Instant, MissingDue, Supplement, WorkCalendar};

use crate::block::{Dates, Moments};
use crate::columns::Columns;
use crate::judge::Rules;
use crate::lanes::{DAY, Lanes, Mask, dates_alone, equal, plausible, rows};

/// Due dates of a block, each in one mask at most; in none, it is unknown.
pub(crate) struct Due {
    /// Known.
    pub known: Mask,
    /// At this moment or later.
    pub at_least: Mask,
    /// None, and that counts as on time.
    pub waived: Mask,
    pub at: Lanes<i64>,
    pub day: Lanes<i32>,
}

impl Due {
    /// The rows due on a date alone.
    #[inline(always)]
    pub fn dates_alone(&self) -> Mask {
        dates_alone(&self.at, &self.day)
    }

    #[inline(always)]
    fn set(&mut self, row: usize, at: i64) {
        self.at[row] = at;
        self.day[row] = day(at);
    }

    /// A due date on a day off moves to the next working day; where the calendar does not tell,
    /// it may.
    #[inline(always)]
    fn off_days(&mut self, calendar: &WorkCalendar) {
        for row in rows(self.known | self.at_least) {
            let on = Day::from_number(self.day[row]);
            let next = match on.and_then(|on| calendar.is_working(on)) {
                Some(true) => continue,
                Some(false) => on.and_then(|on| calendar.next(on)),
                None => None,
            };
            match next {
                Some(next) => self.set(row, moved(self.at[row], next)),
                None => self.unsettle(1 << row),
            }
        }
    }

    /// What was known is now a lower bound.
    #[inline(always)]
    fn unsettle(&mut self, rows: Mask) {
        self.at_least |= self.known & rows;
        self.known &= !rows;
    }
}

/// A due date that is another once an answer to a request for papers is seen.
pub(crate) struct Moved {
    pub due: Due,
    /// The rows it holds for.
    pub rows: Mask,
    pub answered: Moments,
}

/// The due dates of a block.
pub(crate) struct Dues {
    pub due: Due,
    /// Under `supplement = reset`.
    pub moved: Option<Moved>,
}

impl Dues {
    /// Of the rows that are kept; for the others they mean nothing.
    #[inline(always)]
    pub fn of(columns: &Columns<'_>, rules: &Rules<'_>, dates: &Dates, kept: Mask, from: usize) -> Self {
        let policy = rules.policy;
        let calendar = rules.query.judge().calendar();
        let missing = !dates.due.known;
        let mut due = Due {
            known: dates.due.known,
            at_least: 0,
            waived: if policy.missing_due == MissingDue::OnTime { missing } else { 0 },
            at: dates.due.at,
            day: dates.due.day,
        };
        if policy.missing_due == MissingDue::FromProcedure {
            for row in rows(missing & kept) {
                if let Some(at) = limit_end(columns, rules, from + row, dates.received.at[row]) {
                    due.set(row, at);
                    due.known |= 1 << row;
                }
            }
        }
        let mut moved = None;
        if policy.supplement != Supplement::Recorded {
            // Known to have had no request for papers: nothing to add.
            let (requests, known) = columns.supplement_requests.lanes(from);
            let asked = kept & !(known & equal(&requests, 0));
            match policy.supplement {
                Supplement::Recorded => {}
                Supplement::Subtract => subtract(&mut due, columns, calendar, asked, from),
                Supplement::Reset => moved = reset(&mut due, columns, rules, asked, from),
            }
        }
        if policy.due_on_day_off == DueOnDayOff::NextWorkingDay {
            due.off_days(calendar);
            if let Some(moved) = &mut moved {
                moved.due.off_days(calendar);
            }
        }
        Dues { due, moved }
    }
}

/// Later by the working days the dossier was paused.
#[inline(always)]
fn subtract(due: &mut Due, columns: &Columns<'_>, calendar: &WorkCalendar, asked: Mask, from: usize) {
    for row in rows(asked & due.known) {
        let later = match columns.paused_days.get(from + row) {
            Some(0) => continue,
            Some(paused) => Day::from_number(due.day[row]).and_then(|from| calendar.add(from, paused)),
            None => None,
        };
        match later {
            Some(day) => due.set(row, moved(due.at[row], day)),
            None => due.unsettle(1 << row),
        }
    }
}

/// From anew at the answer, once that is seen; until then a lower bound.
#[inline(always)]
fn reset(due: &mut Due, columns: &Columns<'_>, rules: &Rules<'_>, asked: Mask, from: usize) -> Option<Moved> {
    due.unsettle(asked);
    let answered = Moments::of(&columns.supplemented_at, from);
    let seen = asked & answered.known & plausible(&answered.at);
    if seen == 0 {
        return None;
    }
    let mut again = Due { known: 0, at_least: 0, waived: 0, at: due.at, day: due.day };
    for row in rows(seen) {
        if let Some(at) = limit_end(columns, rules, from + row, answered.at[row]) {
            again.set(row, at);
            again.known |= 1 << row;
        }
    }
    Some(Moved { rows: again.known, due: again, answered })
}

/// The day a limit runs out that starts at `from`.
fn limit_end(columns: &Columns<'_>, rules: &Rules<'_>, row: usize, from: i64) -> Option<i64> {
    let judge = rules.query.judge();
    let limit = match columns.limit_days.get(row) {
        Some(limit) => limit,
        None => *judge.limits().get(columns.procedure_code.get(row)?)?,
    };
    let start = judge.calendar().clock_start(Instant::from_micros(from)).ok()?;
    Some(i64::from(judge.calendar().add(start, limit)?.number()) * DAY)
}

/// The same time on another day.
fn moved(at: i64, to: Day) -> i64 {
    i64::from(to.number()) * DAY + at.rem_euclid(DAY)
}

fn day(at: i64) -> i32 {
    i32::try_from(at.div_euclid(DAY)).unwrap_or(i32::MAX)
}
