//! Counting facts: over all rows by the population of masks, per group in counters of one byte
//! that spill into wide ones.
#![expect(clippy::indexing_slicing, reason = "arrays are indexed by 0..64, by a fact or by a day of 16 bits")]

use rustc_hash::FxHashMap;
use tthc_kpi::{Belongs, Counts, Day, DayCounts, Error, Fact, Layout, Membership, WorkCalendar};

use crate::lanes::{DAYS, LANES, Lanes, Mask, ShortDay, equal, select, short};

/// Places for every short day.
const DAY_PLACES: usize = 1 << 16;

/// A place for a day, without a bound to check.
#[inline(always)]
fn place(day: ShortDay) -> usize {
    usize::from(day.cast_unsigned())
}

/// Working days since the calendar's first, per day; -1 where it does not reach.
pub(crate) struct WorkingDays(Box<[i32; DAY_PLACES]>);

impl WorkingDays {
    pub fn of(calendar: &WorkCalendar) -> Self {
        let mut since = Box::new([-1; DAY_PLACES]);
        let covered = |day: &Day| calendar.between(*day, *day).is_some();
        let mut days = DAYS.filter_map(Day::from_number).skip_while(|day| !covered(day));
        if let Some(first) = days.next() {
            since[place(short(first.number()))] = 0;
            for day in days.take_while(covered) {
                let worked = calendar.between(first, day).and_then(|days| i32::try_from(days).ok());
                since[place(short(day.number()))] = worked.unwrap_or(-1);
            }
        }
        WorkingDays(since)
    }

    /// Working days from one day to another; none where a day is not known or not covered, or
    /// they are the wrong way round.
    #[inline(always)]
    fn between(&self, from: ShortDay, to: ShortDay) -> Option<u32> {
        let (from, to) = (self.0[place(from)], self.0[place(to)]);
        let days = to.wrapping_sub(from);
        if from | to | days < 0 { None } else { Some(days.cast_unsigned()) }
    }
}

/// A count per day of receipt or end. Rows in turn go to one of two tables, so that two of the
/// same day need not wait for each other.
pub(crate) struct LastDays([Box<[u64; DAY_PLACES]>; 2]);

impl LastDays {
    pub fn new() -> Self {
        LastDays([Box::new([0; DAY_PLACES]), Box::new([0; DAY_PLACES])])
    }

    /// Counts each day; those that are not known are in no count.
    #[inline(always)]
    pub fn add(&mut self, days: &Lanes<ShortDay>) {
        let [even, odd] = &mut self.0;
        for pair in days.as_chunks::<2>().0 {
            for (table, day) in [&mut *even, &mut *odd].into_iter().zip(pair) {
                let count = &mut table[place(*day)];
                *count = count.wrapping_add(1);
            }
        }
    }

    pub fn counts(&self) -> impl Iterator<Item = (i32, u64)> + '_ {
        let [even, odd] = &self.0;
        let days = DAYS.map(|day| place(short(day)));
        DAYS.zip(days.map(|day| even[day].wrapping_add(odd[day]))).filter(|(_, count)| *count > 0)
    }
}

/// A count per number of working days, for one group: the first [`Spans::BINS`] in a row.
#[derive(Default)]
pub(crate) struct Spans {
    bins: Vec<[u32; Spans::BINS]>,
    /// Of group and number of days, where they are more, or a bin is full.
    more: FxHashMap<(u32, u32), u64>,
}

impl Spans {
    const BINS: usize = 32;

    pub fn grow(&mut self, groups: usize) {
        if groups > self.bins.len() {
            self.bins.resize(groups, [0; Spans::BINS]);
        }
    }

    #[inline(always)]
    pub fn add(&mut self, group: u32, days: u32) {
        if let Some(bins) = self.bins.get_mut(group as usize)
            && let Some(bin) = bins.get_mut(days as usize)
            && *bin != u32::MAX
        {
            *bin = bin.wrapping_add(1);
        } else {
            self.add_more(group, days);
        }
    }

    #[cold]
    #[inline(never)]
    fn add_more(&mut self, group: u32, days: u32) {
        let count = self.more.entry((group, days)).or_default();
        *count = count.saturating_add(1);
    }

    /// The counts of each group.
    fn counts(&self) -> Result<Vec<DayCounts>, Error> {
        let mut counts = vec![DayCounts::default(); self.bins.len()];
        for (bins, counts) in self.bins.iter().zip(&mut counts) {
            for (days, count) in (0..).zip(bins) {
                counts.add(days, (*count).into())?;
            }
        }
        let mut more: Vec<_> = self.more.iter().map(|(place, count)| (*place, *count)).collect();
        more.sort_unstable();
        for ((group, days), count) in more {
            let days = i32::try_from(days).map_err(|_| Error::Overflow { what: "processing days" })?;
            if let Some(counts) = counts.get_mut(group as usize) {
                counts.add(days, count)?;
            }
        }
        Ok(counts)
    }

    /// Adds the rows that ended, each from receipt to end.
    #[inline(always)]
    pub fn add_rows(
        &mut self,
        working: &WorkingDays,
        received: &Lanes<ShortDay>,
        ended: &Lanes<ShortDay>,
        group: impl Fn(usize) -> u32,
    ) {
        for (row, (received, ended)) in received.iter().zip(ended).enumerate() {
            if let Some(days) = working.between(*received, *ended) {
                self.add(group(row), days);
            }
        }
    }
}

/// Counts over all rows of a run.
pub(crate) struct Totals {
    facts: Lanes<u64>,
    sums: [u64; 2],
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
    spans: Spans,
    /// Rows of each class, in the block at hand.
    classes: Vec<Mask>,
}

impl Totals {
    pub fn new(layout: &Layout) -> Self {
        let mut spans = Spans::default();
        spans.grow(1);
        Totals {
            facts: [0; LANES],
            sums: [0; 2],
            filtered: vec![0; layout.filtered_facts().len()],
            filtered_sums: vec![0; layout.filtered_sums().len()],
            spans,
            classes: Vec::new(),
        }
    }

    /// Adds a block: facts, the class of each row, payments. Counts of rows do not overflow; sums
    /// tell whether they did.
    #[inline(always)]
    pub fn add(
        &mut self,
        layout: &Layout,
        classes: &[Membership],
        facts: &Lanes<Mask>,
        codes: &Lanes<u16>,
        sums: &[Lanes<u32>; 2],
    ) -> Result<(), Error> {
        for (count, rows) in self.facts.iter_mut().zip(facts) {
            *count = count.wrapping_add(rows.count_ones().into());
        }
        for (sum, amounts) in self.sums.iter_mut().zip(sums) {
            add_sum(sum, block_sum(amounts, Mask::MAX))?;
        }
        if self.filtered.is_empty() {
            return Ok(());
        }
        self.classes.clear();
        self.classes.extend(
            (0..classes.len()).map(|class| u16::try_from(class).map_or(0, |class| equal(codes, class))),
        );
        let inside = |group: usize, belongs: Belongs| {
            let of = classes.iter().zip(&self.classes).filter(|(class, _)| class.matches(group, belongs));
            of.fold(0, |rows, (_, class)| rows | class)
        };
        for (count, ask) in self.filtered.iter_mut().zip(layout.filtered_facts()) {
            let rows = facts[ask.fact as usize];
            if rows != 0 {
                *count = count.wrapping_add((rows & inside(ask.group, ask.belongs)).count_ones().into());
            }
        }
        for (sum, ask) in self.filtered_sums.iter_mut().zip(layout.filtered_sums()) {
            add_sum(sum, block_sum(&sums[ask.quantity as usize], inside(ask.group, Belongs::Yes)))?;
        }
        Ok(())
    }

    /// Where the working days from receipt to end are counted.
    #[inline(always)]
    pub fn spans(&mut self) -> &mut Spans {
        &mut self.spans
    }

    /// The counts.
    ///
    /// # Errors
    /// An overflow.
    pub fn counts(&self, layout: &Layout) -> Result<Counts, Error> {
        let spans = self.spans.counts()?;
        Counts::from_parts(
            layout,
            self.facts[..Fact::ALL.len()].to_vec(),
            self.sums.to_vec(),
            self.filtered.clone(),
            self.filtered_sums.clone(),
            spans.iter().flat_map(DayCounts::iter),
        )
    }
}

#[inline(always)]
fn add_sum(sum: &mut u64, amount: u64) -> Result<(), Error> {
    let Some(added) = sum.checked_add(amount) else {
        return Err(Error::Overflow { what: "a sum of payments" });
    };
    *sum = added;
    Ok(())
}

/// The sum of a block's amounts in the rows of a mask: 64 of 32 bits do not overflow 64.
#[inline(always)]
fn block_sum(amounts: &Lanes<u32>, among: Mask) -> u64 {
    select(among, *amounts, 0).iter().fold(0, |sum, amount| sum.wrapping_add((*amount).into()))
}

/// The cells of a group.
struct Group {
    facts: Vec<u64>,
    sums: [u64; 2],
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
}

/// For eight bits, a word in whose *n*-th byte from the lowest is bit *n*.
pub(crate) static ONES: [u64; 256] = {
    let (mut ones, mut bits) = ([0; 256], 0);
    while bits < 256 {
        let mut bit = 0;
        while bit < 8 {
            ones[bits] |= (bits as u64 >> bit & 1) << (8 * bit);
            bit += 1;
        }
        bits += 1;
    }
    ones
};

/// A counter of one byte per fact, in one line of the processor's cache.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line(Lanes<u8>);

/// Counts per slot: a group, and within it a class of dossiers. A byte counts up to 255 rows, then
/// the slot spills into counters of 64 bits.
#[derive(Default)]
pub(crate) struct Slots {
    bytes: Vec<Line>,
    wide: Vec<Option<Box<Lanes<u64>>>>,
    sums: Vec<[u64; 2]>,
    pub spans: Spans,
}

impl Slots {
    /// Makes room for slots and groups.
    pub fn grow(&mut self, slots: usize, groups: usize) {
        if slots > self.bytes.len() {
            self.bytes.resize(slots, Line([0; LANES]));
            self.wide.resize(slots, None);
            self.sums.resize(slots, [0; 2]);
        }
        self.spans.grow(groups);
    }

    /// Brings the slots of some rows near, all at once: where there are many, a row would else
    /// wait for its own.
    #[inline(always)]
    pub fn touch(&self, slots: &Lanes<u32>) {
        let near = slots.iter().filter_map(|slot| self.bytes.get(*slot as usize));
        std::hint::black_box(near.fold(0, |all, Line(bytes)| all | bytes[0]));
    }

    /// Counts the facts of a row, of which [`Fact::Handled`] must be one.
    #[inline(always)]
    pub fn add(&mut self, slot: u32, facts: u64) {
        let Some(Line(bytes)) = self.bytes.get_mut(slot as usize) else { return };
        let (eights, _) = bytes.as_chunks_mut::<8>();
        for (eight, bits) in eights.iter_mut().zip(facts.to_le_bytes()) {
            *eight = u64::from_le_bytes(*eight).wrapping_add(ONES[usize::from(bits)]).to_le_bytes();
        }
        // No fact is true of more rows than are handled.
        if bytes[Fact::Handled as usize] == u8::MAX {
            self.spill(slot as usize);
        }
    }

    #[cold]
    #[inline(never)]
    fn spill(&mut self, slot: usize) {
        let (Some(Line(bytes)), Some(wide)) = (self.bytes.get_mut(slot), self.wide.get_mut(slot)) else {
            return;
        };
        let wide = wide.get_or_insert_with(|| Box::new([0; LANES]));
        for (count, byte) in wide.iter_mut().zip(std::mem::replace(bytes, [0; LANES])) {
            *count = count.wrapping_add(byte.into());
        }
    }

    /// Adds a row's payments.
    ///
    /// # Errors
    /// An overflow.
    #[inline(always)]
    pub fn pay(&mut self, slot: u32, payments: u32, online: u32) -> Result<(), Error> {
        if let Some([all, of_them]) = self.sums.get_mut(slot as usize) {
            add_sum(all, payments.into())?;
            add_sum(of_them, online.into())?;
        }
        Ok(())
    }

    /// The counts of each group, of the slots' groups and classes.
    ///
    /// # Errors
    /// An overflow.
    pub fn counts(
        &self,
        layout: &Layout,
        classes: &[Membership],
        slots: impl Iterator<Item = (u32, u32)>,
    ) -> Result<Vec<Counts>, Error> {
        let spans = self.spans.counts()?;
        let mut cells: Vec<Group> = Vec::new();
        cells.resize_with(spans.len(), || Group {
            facts: vec![0; Fact::ALL.len()],
            sums: [0; 2],
            filtered: vec![0; layout.filtered_facts().len()],
            filtered_sums: vec![0; layout.filtered_sums().len()],
        });
        let parts = self.bytes.iter().zip(&self.wide).zip(&self.sums);
        for ((group, class), ((Line(bytes), wide), sums)) in slots.zip(parts) {
            let Some(Group { facts, sums: group_sums, filtered, filtered_sums }) =
                cells.get_mut(group as usize)
            else {
                continue;
            };
            let count =
                |place: usize| wide.as_ref().map_or(0, |wide| wide[place]).wrapping_add(bytes[place].into());
            let class = classes.get(class as usize).copied().unwrap_or_default();
            for (place, fact) in facts.iter_mut().enumerate() {
                *fact = fact.wrapping_add(count(place));
            }
            for (sum, amount) in group_sums.iter_mut().zip(sums) {
                add_sum(sum, *amount)?;
            }
            for (cell, ask) in filtered.iter_mut().zip(layout.filtered_facts()) {
                if class.matches(ask.group, ask.belongs) {
                    *cell = cell.wrapping_add(count(ask.fact as usize));
                }
            }
            for (cell, ask) in filtered_sums.iter_mut().zip(layout.filtered_sums()) {
                if class.matches(ask.group, Belongs::Yes) {
                    add_sum(cell, sums[ask.quantity as usize])?;
                }
            }
        }
        cells
            .into_iter()
            .zip(spans)
            .map(|(Group { facts, sums, filtered, filtered_sums }, spans)| {
                Counts::from_parts(layout, facts, sums.to_vec(), filtered, filtered_sums, spans.iter())
            })
            .collect()
    }
}
