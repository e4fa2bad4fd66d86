//! Sixty-four rows of a batch: their dates, and which of them are left out (SPEC §3).
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]

use tthc_kpi::Exclusion;

use crate::columns::{Cells, Columns};
use crate::lanes::{DAY, LANES, Lanes, Mask, days, equal, first, lanes, less, plausible, rows, select};

/// Moments of a block. Where one is not known its values mean nothing.
pub(crate) struct Moments {
    pub known: Mask,
    pub at: Lanes<i64>,
    pub day: Lanes<i32>,
}

impl Moments {
    #[inline(always)]
    pub fn of(cells: &Cells<'_, i64>, from: usize) -> Self {
        let (at, known) = cells.lanes(from);
        Moments { known, at, day: days(&at) }
    }

    /// None known.
    #[inline(always)]
    pub fn none() -> Self {
        Moments { known: 0, at: [0; LANES], day: [0; LANES] }
    }

    #[inline(always)]
    fn implausible(&self) -> Mask {
        self.known & !plausible(&self.at)
    }
}

/// The four dates every verdict looks at.
pub(crate) struct Dates {
    /// Rows that are there: the last block of a batch may be short.
    pub live: Mask,
    pub received: Moments,
    pub due: Moments,
    pub completed: Moments,
    pub returned: Moments,
}

impl Dates {
    #[inline(always)]
    pub fn of(columns: &Columns<'_>, from: usize) -> Self {
        Dates {
            live: first(columns.len() - from),
            received: Moments::of(&columns.received_at, from),
            due: Moments::of(&columns.due_at, from),
            completed: Moments::of(&columns.completed_at, from),
            returned: Moments::of(&columns.returned_at, from),
        }
    }

    /// The rows with an end in the data, seen at any cut or not.
    #[inline(always)]
    pub fn ended(&self) -> Mask {
        self.completed.known | self.returned.known
    }

    /// Rows ended before they were received.
    #[inline(always)]
    fn reversed(&self) -> Mask {
        let end = select(self.completed.known, &self.completed.at, &self.returned.at);
        before(&end, &self.received.at, self.ended())
    }

    /// Returned before the receipt: with a completion beside it, such a return is no end.
    #[inline(always)]
    pub fn returned_before_receipt(&self) -> Mask {
        before(&self.returned.at, &self.received.at, self.returned.known)
    }

    /// Day of the latest receipt or end.
    #[inline(always)]
    pub fn last_day(&self) -> Lanes<i32> {
        let end = select(self.completed.known, &self.completed.day, &self.returned.day);
        let end = select(self.ended(), &end, &self.received.day);
        lanes(|row| end[row].max(self.received.day[row]))
    }
}

impl Dates {
    /// The first day of receipt of the rows kept, and the last day any of them ended; without
    /// bound while one has not.
    #[inline(always)]
    pub fn span(&self, kept: Mask) -> (i32, i32) {
        let last = if kept & !self.ended() == 0 { i32::MIN } else { i32::MAX };
        let (mut first, mut last) = (i32::MAX, last);
        for row in 0..LANES {
            let one = |mask: Mask, day: i32, none: i32| if mask >> row & 1 == 1 { day } else { none };
            first = first.min(one(kept, self.received.day[row], i32::MAX));
            last = last.max(one(kept & self.completed.known, self.completed.day[row], i32::MIN));
            last = last.max(one(kept & self.returned.known, self.returned.day[row], i32::MIN));
        }
        (first, last)
    }
}

/// By day; by the moment only when neither is a date alone. That a moment is before another is
/// rare, and is looked at row by row.
#[inline(always)]
fn before(end: &Lanes<i64>, receipt: &Lanes<i64>, among: Mask) -> Mask {
    let date = |at: i64| at.rem_euclid(DAY) == 0;
    rows(less(end, receipt) & among)
        .filter(|row| {
            let (end, receipt) = (end[*row], receipt[*row]);
            !(date(end) || date(receipt)) || end.div_euclid(DAY) < receipt.div_euclid(DAY)
        })
        .fold(0, |mask, row| mask | 1 << row)
}

/// Rows left out, each for the first reason that applies.
pub(crate) struct Excluded([Mask; Exclusion::ALL.len()]);

impl Excluded {
    /// By the rows alone, as duplicates, and where `withdrawn` says so the withdrawn ones.
    #[inline(always)]
    pub fn of(dates: &Dates, status: &Status, duplicates: Mask, withdrawn: bool) -> Self {
        let reasons = [
            (Exclusion::NotReceived, status.is(1) | status.is(3)),
            (
                Exclusion::BadDate,
                dates.received.implausible()
                    | dates.due.implausible()
                    | dates.completed.implausible()
                    | dates.returned.implausible(),
            ),
            (Exclusion::EndBeforeReceipt, dates.reversed()),
            (Exclusion::Duplicate, duplicates),
            (Exclusion::Withdrawn, if withdrawn { status.is(7) } else { 0 }),
        ];
        let (mut by, mut left) = ([0; Exclusion::ALL.len()], dates.live);
        for (reason, mask) in reasons {
            by[reason as usize] = mask & left;
            left &= !mask;
        }
        Excluded(by)
    }

    /// The rows left out, by reason.
    #[inline(always)]
    pub fn by(&self) -> impl Iterator<Item = (Exclusion, Mask)> {
        Exclusion::ALL.iter().copied().zip(self.0)
    }

    /// The rows left out.
    #[inline(always)]
    pub fn all(&self) -> Mask {
        self.0.into_iter().fold(0, |all, mask| all | mask)
    }
}

/// The statuses of a block.
pub(crate) struct Status {
    known: Mask,
    code: Lanes<u8>,
}

impl Status {
    #[inline(always)]
    pub fn of(columns: &Columns<'_>, from: usize) -> Self {
        let (code, known) = columns.status.lanes(from);
        Status { known, code }
    }

    /// The rows of a status.
    #[inline(always)]
    pub fn is(&self, code: u8) -> Mask {
        self.known & equal(&self.code, code)
    }
}

/// Calls `each` with every row of a batch that is left out by itself or as a duplicate, whatever
/// the policy, and why.
pub(crate) fn excluded(
    columns: &Columns<'_>,
    duplicates: impl Fn(usize) -> Mask,
    mut each: impl FnMut(usize, Exclusion),
) {
    for from in (0..columns.len()).step_by(LANES) {
        let dates = Dates::of(columns, from);
        let excluded = Excluded::of(&dates, &Status::of(columns, from), duplicates(from), false);
        if excluded.all() == 0 {
            continue;
        }
        let mut found: Vec<_> = excluded
            .by()
            .flat_map(|(reason, mask)| rows(mask).map(move |row| (from + row, reason)))
            .collect();
        found.sort_unstable_by_key(|(row, _)| *row);
        found.into_iter().for_each(|(row, reason)| each(row, reason));
    }
}
