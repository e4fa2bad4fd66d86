//! The rows of a batch in blocks of 64: their days, and which of them are left out (SPEC §3).

use std::ops::Range;

use tthc_kpi::Exclusion;

use crate::columns::{Cells, Columns};
use crate::lanes::{
    BAD, DAY, LANES, Lanes, Mask, NONE, Room, ShortDay, below, equal, first, lanes, less, rows, same, select,
};

/// Rows whose days are made at a time: enough that each column is read in one go, few enough to
/// stay near.
pub(crate) const CHUNK: usize = 32 * LANES;

/// A chunk of a batch: its dates as days and its texts as codes, a block each.
#[derive(Default)]
pub(crate) struct Chunk {
    rows: Range<usize>,
    received: Vec<Lanes<ShortDay>>,
    due: Vec<Lanes<ShortDay>>,
    completed: Vec<Lanes<ShortDay>>,
    returned: Vec<Lanes<ShortDay>>,
    channel: Vec<Lanes<u16>>,
}

impl Chunk {
    /// Takes in some rows of a batch, of which the first is a multiple of [`LANES`].
    #[inline(always)]
    pub fn fill(&mut self, columns: &Columns<'_>, rows: Range<usize>) {
        let blocks = rows.len().div_ceil(LANES);
        for (days_of, cells) in [
            (&mut self.received, &columns.received_at),
            (&mut self.due, &columns.due_at),
            (&mut self.completed, &columns.completed_at),
            (&mut self.returned, &columns.returned_at),
        ] {
            days_of.clear();
            days_of.resize(blocks, [NONE; LANES]);
            cells.days(rows.clone(), days_of);
        }
        self.channel.resize(blocks, [0; LANES]);
        // Not `extend`: what it calls is not compiled for the vectors.
        for (block, codes) in self.channel.iter_mut().enumerate() {
            *codes = columns.channel_codes.lanes(rows.start + block * LANES);
        }
        self.rows = rows;
    }

    /// The first row of each block.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        self.rows.clone().step_by(LANES).enumerate()
    }

    /// The dates of a block.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "every column was filled with the same blocks")]
    pub fn dates<'c>(&'c self, columns: &'c Columns<'_>, block: usize) -> Dates<'c> {
        let from = self.rows.start + block * LANES;
        Dates {
            columns,
            from,
            live: first(self.rows.end - from),
            received: &self.received[block],
            due: &self.due[block],
            completed: &self.completed[block],
            returned: &self.returned[block],
            completed_known: below(&self.completed[block], NONE),
            returned_known: below(&self.returned[block], NONE),
        }
    }

    /// The code of each row's channel.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "every column was filled with the same blocks")]
    pub fn channel(&self, block: usize) -> &Lanes<u16> {
        &self.channel[block]
    }
}

/// The days of another date of a block.
pub(crate) fn short_days(cells: &Cells<'_, i64>, dates: &Dates<'_>) -> Lanes<ShortDay> {
    let mut days = [NONE; LANES];
    let end = dates.columns.len().min(dates.from + LANES);
    cells.days(dates.from..end, std::slice::from_mut(&mut days));
    days
}

/// The four dates every verdict looks at.
pub(crate) struct Dates<'c> {
    pub columns: &'c Columns<'c>,
    /// The first row of the block.
    pub from: usize,
    /// Rows that are there: the last block of a batch may be short.
    pub live: Mask,
    pub received: &'c Lanes<ShortDay>,
    pub due: &'c Lanes<ShortDay>,
    pub completed: &'c Lanes<ShortDay>,
    pub returned: &'c Lanes<ShortDay>,
    pub completed_known: Mask,
    pub returned_known: Mask,
}

impl Dates<'_> {
    /// The rows with an end in the data, seen at any cut or not.
    #[inline(always)]
    pub fn ended(&self) -> Mask {
        self.completed_known | self.returned_known
    }

    /// The rows of which some date is not plausible.
    #[inline(always)]
    fn implausible(&self) -> Mask {
        equal(self.received, BAD)
            | equal(self.due, BAD)
            | equal(self.completed, BAD)
            | equal(self.returned, BAD)
    }

    /// Rows ended before they were received.
    #[inline(always)]
    fn reversed(&self, returned_before_receipt: Mask) -> Mask {
        let completed = self.completed_known;
        let by_completion = self.before_receipt(self.completed, &self.columns.completed_at);
        completed & by_completion | !completed & returned_before_receipt
    }

    /// Returned before the receipt: with a completion beside it, such a return is no end.
    #[inline(always)]
    pub fn returned_before_receipt(&self) -> Mask {
        self.before_receipt(self.returned, &self.columns.returned_at)
    }

    /// By day; by the moment only when neither is a date alone, which is looked at row by row: few
    /// dossiers have their end earlier in the day of their receipt.
    #[inline(always)]
    fn before_receipt(&self, end: &Lanes<ShortDay>, end_at: &Cells<'_, i64>) -> Mask {
        let (mut end_room, mut receipt_room) = (None, None);
        let (end_at, _) = end_at.block(self.from, &mut end_room);
        let (receipt_at, _) = self.columns.received_at.block(self.from, &mut receipt_room);
        let timed = |at: &Lanes<i64>, row: usize| at.get(row).is_some_and(|at| at.rem_euclid(DAY) != 0);
        let earlier = |row: usize| end_at.get(row) < receipt_at.get(row);
        rows(same(end, self.received))
            .filter(|row| earlier(*row) && timed(end_at, *row) && timed(receipt_at, *row))
            .fold(less(end, self.received), |before, row| before | 1 << row)
    }

    /// Day of the latest receipt or end of each row that is kept; [`NONE`] for others.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]
    pub fn last_day(&self, kept: Mask, days: &mut Lanes<ShortDay>) {
        let last = lanes(|row| {
            let (received, completed, returned) =
                (self.received[row], self.completed[row], self.returned[row]);
            let end = if completed < NONE { completed } else { returned };
            if end < NONE { end.max(received) } else { received }
        });
        *days = select(kept, last, NONE);
    }

    /// The first day of receipt of the rows kept, and the last day any of them ended; without
    /// bound while one has not.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]
    pub fn span(&self, kept: Mask) -> (ShortDay, ShortDay) {
        // None comes after all days, so a row without a date ends without bound by itself; of the
        // rows left out the span only grows.
        let first = self.received.iter().fold(NONE, |first, day| first.min(*day));
        let end = |row: usize| {
            let returned = if self.returned[row] < NONE { self.returned[row] } else { ShortDay::MIN };
            if self.completed[row] < NONE { self.completed[row].max(returned) } else { self.returned[row] }
        };
        let last = (0..LANES).fold(ShortDay::MIN, |last, row| last.max(end(row)));
        if kept == 0 { (NONE, ShortDay::MIN) } else { (first, last) }
    }
}

/// Rows left out, each for the first reason that applies.
#[derive(Clone, Copy)]
pub(crate) struct Excluded([Mask; Exclusion::ALL.len()]);

impl Excluded {
    /// By the rows alone, as duplicates, and where `withdrawn` says so the withdrawn ones.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "there is a place for every reason")]
    pub fn of(
        dates: &Dates<'_>,
        status: &Status<'_>,
        returned_before_receipt: Mask,
        duplicates: Mask,
        withdrawn: bool,
    ) -> Self {
        let reasons = [
            (Exclusion::NotReceived, status.is(1) | status.is(3)),
            (Exclusion::BadDate, dates.implausible()),
            (Exclusion::EndBeforeReceipt, dates.reversed(returned_before_receipt)),
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
pub(crate) struct Status<'s> {
    known: Mask,
    code: &'s Lanes<u8>,
}

impl<'s> Status<'s> {
    #[inline(always)]
    pub fn of(columns: &'s Columns<'_>, from: usize, room: &'s mut Room<u8>) -> Self {
        let (code, known) = columns.status.block(from, room);
        Status { known, code }
    }

    /// The rows of a status.
    #[inline(always)]
    pub fn is(&self, code: u8) -> Mask {
        self.known & equal(self.code, code)
    }
}

/// Calls `each` with every row of a batch that is left out by itself or as a duplicate, whatever
/// the policy, and why.
pub(crate) fn excluded(
    columns: &Columns<'_>,
    duplicates: impl Fn(usize) -> Mask,
    mut each: impl FnMut(usize, Exclusion),
) {
    let mut chunk = Chunk::default();
    for start in (0..columns.len()).step_by(CHUNK) {
        chunk.fill(columns, start..columns.len().min(start + CHUNK));
        for (block, from) in chunk.blocks() {
            let dates = chunk.dates(columns, block);
            let returned = dates.returned_before_receipt();
            let mut room = None;
            let status = Status::of(columns, from, &mut room);
            let excluded = Excluded::of(&dates, &status, returned, duplicates(from), false);
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
}
