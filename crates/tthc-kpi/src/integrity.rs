//! Integrity flags (SPEC §10): data that looks arranged. A flag is reported beside the figures; it
//! never leaves a dossier out and never moves a number.
//!
//! What a flag is and needs is here and in `words`; `signs` looks at one dossier, `tally` counts,
//! `chance` says how unlikely a count is, `report` puts them together.

mod chance;
mod report;
mod signs;
mod tally;
mod words;

pub use report::{FlagCount, FlagGroup, IntegrityReport, Rarity};
pub use signs::Signs;
pub use tally::IntegrityTally;

use crate::column::{Column, ColumnSet};
use crate::slug::slugs;

slugs! {
    /// Dấu hiệu cần xem lại: a way in which the data of a dossier looks arranged. Each may have an
    /// innocent reason, [`Flag::innocent`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Flag;
    /// assert_eq!("end_at_due".parse::<Flag>()?, Flag::EndAtDue);
    /// assert_eq!(Flag::SameMinute.name().vi, "Nhiều hồ sơ kết thúc trong cùng một phút");
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Flag as "flag" {
        /// Completed in the very second it was due, both with a time of day.
        EndAtDue = "end_at_due",
        /// One of [`Flag::SAME_MINUTE`] or more that one desk completed in one minute.
        SameMinute = "same_minute",
        /// Completed before 07:00, after 17:30, or on a day off; needs a time of day.
        OutsideHours = "outside_hours",
        /// The result was returned before the dossier was completed.
        ReturnedBeforeCompletion = "returned_before_completion",
        /// Papers were asked for when at most one working day was left.
        SupplementOnLastDay = "supplement_on_last_day",
        /// The due date was moved more than once, or after it had passed, as the messages of the
        /// exchange tell.
        DueMoved = "due_moved",
    }
}

pub(crate) const FLAGS: usize = Flag::ALL.len();

impl Flag {
    /// Completions of one desk in one minute from which on they are flagged.
    pub const SAME_MINUTE: u64 = 10;
    /// First minute of the day that is inside hours: 07:00, as work begins (SPEC §7).
    pub const OPENING_MINUTE: i64 = 7 * 60;
    /// Last minute of the day inside hours: 17:30, half an hour after closing (SPEC §7), for what
    /// is written down after the counter has closed. 17:30:00 is inside, 17:30:01 is not.
    pub const CLOSING_MINUTE: i64 = 17 * 60 + 30;
    /// Working days left when papers are asked for, up to which it is the last day.
    pub const LAST_WORKING_DAYS: u32 = 1;

    /// Columns that must all be there.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, Flag};
    /// assert!(Flag::EndAtDue.needs().iter().eq([Column::DueAt, Column::CompletedAt]));
    /// ```
    #[must_use]
    pub fn needs(self) -> ColumnSet {
        let columns: &[Column] = match self {
            Flag::EndAtDue => &[Column::DueAt, Column::CompletedAt],
            Flag::SameMinute | Flag::OutsideHours => &[Column::CompletedAt],
            Flag::ReturnedBeforeCompletion => &[Column::CompletedAt, Column::ReturnedAt],
            Flag::SupplementOnLastDay => &[Column::DueAt, Column::SupplementRequestedAt],
            Flag::DueMoved => &[],
        };
        columns.iter().copied().collect()
    }

    /// Columns of which one must be there; empty where it does not matter.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, Flag};
    /// assert!(Flag::SameMinute.needs_one_of().iter().eq([Column::Agency, Column::Officer]));
    /// ```
    #[must_use]
    pub fn needs_one_of(self) -> ColumnSet {
        match self {
            Flag::SameMinute => ColumnSet::none().with(Column::Agency).with(Column::Officer),
            Flag::DueMoved => ColumnSet::none().with(Column::DueMoves).with(Column::DueMovedLate),
            _ => ColumnSet::none(),
        }
    }

    /// What is missing of `present` before the flag can be looked for: slugs of columns.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Flag};
    /// let dates = ColumnSet::none().with(Column::ReceivedAt).with(Column::CompletedAt);
    /// assert_eq!(Flag::EndAtDue.lacking(dates), ["due_at"]);
    /// assert_eq!(Flag::SameMinute.lacking(dates), ["agency", "officer"]); // one of them is enough
    /// assert!(Flag::DueMoved.lacking(ColumnSet::all()).is_empty());
    /// ```
    #[must_use]
    pub fn lacking(self, present: ColumnSet) -> Vec<&'static str> {
        let mut lacking: Vec<&'static str> =
            self.needs().iter().filter(|column| !present.has(*column)).map(Column::slug).collect();
        let one_of = self.needs_one_of();
        if !one_of.iter().any(|column| present.has(column)) {
            lacking.extend(one_of.iter().map(Column::slug));
        }
        lacking
    }

    const fn place(self) -> usize {
        self as usize
    }
}
