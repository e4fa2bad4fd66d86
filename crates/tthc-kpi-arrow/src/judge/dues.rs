//! The due dates that rows are judged by, to show them.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]

use tthc_kpi::Day;

use super::Block;
use crate::lanes::{DAY, Lanes, Mask, NONE, ShortDay, above, below, lanes, number, pick, short};

/// The due dates of a block, as they are seen at a cut.
pub(crate) struct SeenDues {
    days: Lanes<ShortDay>,
    /// Rows due on the day.
    pub known: Mask,
    /// Rows due on the day or later.
    pub at_least: Mask,
    /// Of both, those due at the time of day that the recorded due date has.
    recorded: Mask,
}

impl Block<'_> {
    /// The due dates seen at a cut.
    pub fn dues(&self, cut: Day) -> SeenDues {
        let (due, recorded) = (&self.by_due, below(self.dates.due, NONE));
        let Some(moved) = self.moved.as_deref() else {
            let days = *due.day.as_ref();
            return SeenDues { days, known: due.held.known, at_least: due.held.at_least, recorded };
        };
        let rows = moved.rows & !above(&moved.answered, short(cut.number()));
        let (then, held) = (moved.by_due.day.as_ref(), moved.by_due.held);
        SeenDues {
            days: lanes(|row| if rows >> row & 1 == 1 { then[row] } else { due.day[row] }),
            known: pick(rows, held.known, due.held.known),
            at_least: pick(rows, held.at_least, due.held.at_least),
            // A limit that starts anew ends on a day.
            recorded: recorded & !rows,
        }
    }

    /// The due day and moment of a row of [`SeenDues::known`] or [`SeenDues::at_least`].
    pub fn due_of(&self, dues: &SeenDues, row: usize) -> (Option<Day>, i64) {
        let day = number(dues.days[row]);
        let time = match self.dates.columns.due_at.get(self.dates.from + row) {
            // A due date that moved to another day keeps its time.
            Some(at) if dues.recorded >> row & 1 == 1 => at.rem_euclid(DAY),
            _ => 0,
        };
        (Day::from_number(day), i64::from(day) * DAY + time)
    }

    /// The day and moment of the end of a resolved row.
    pub fn ended_at(&self, row: usize, by_return: bool) -> Option<(Option<Day>, i64)> {
        let columns = self.dates.columns;
        let (cells, days) = if by_return {
            (&columns.returned_at, self.dates.returned)
        } else {
            (&columns.completed_at, self.dates.completed)
        };
        Some((Day::from_number(number(days[row])), cells.get(self.dates.from + row)?))
    }

    /// The day of receipt of a row that is not left out.
    pub fn received_day(&self, row: usize) -> Option<Day> {
        Day::from_number(number(self.dates.received[row]))
    }
}
