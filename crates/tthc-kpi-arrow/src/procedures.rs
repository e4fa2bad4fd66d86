//! Counting received dossiers per procedure, where the plan counts procedures (SPEC §6, 31 and 32):
//! one addition a row, into a cell per slot and procedure code in which the six counts lie side by
//! side. Cells are in a table while it is small, hashed beyond; only cells that were met are kept.
#![expect(clippy::indexing_slicing, reason = "arrays are indexed by 0..64, by a fact or by five bits")]

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tthc_kpi::{Counts, Error, Fact, Key, ProcedureUse, Query};

use crate::columns::{Cells, Texts};
use crate::count::ONES;
use crate::group::Keys;
use crate::lanes::{Lanes, Mask, block, equal, rows};

/// The number of rows without a code.
const NO_CODE: u32 = 0;

/// The number of each row's code.
pub(crate) enum RowCodes<'b> {
    /// By the keys of a dictionary.
    Keys { keys: Cells<'b, i32>, numbers: Arc<[u32]> },
    /// Row by row.
    Rows(Vec<u32>),
}

/// What the rows of a block add to their procedures.
pub(crate) struct Used {
    received: Mask,
    /// Of each row five bits: the counts of a [`ProcedureUse`] after the first.
    kinds: [[u8; 8]; 8],
}

impl Used {
    /// Of facts, a mask each, and of the online payments of the rows whose payments are judged.
    #[inline(always)]
    pub fn of(facts: &Lanes<Mask>, online: &Lanes<u32>) -> Self {
        let of = |fact: Fact| facts[fact as usize];
        let judged = of(Fact::PaymentsJudged);
        let received = of(Fact::Received);
        let told = [
            of(Fact::Paid),
            judged & !equal(online, 0),
            of(Fact::FeeScope) & !judged,
            of(Fact::Online),
            received & !of(Fact::ChannelKnown),
        ]
        .map(Mask::to_le_bytes);
        let mut kinds = [[0; 8]; 8];
        for (eight, kinds) in kinds.iter_mut().enumerate() {
            let spread = told.iter().enumerate().map(|(bit, mask)| ONES[usize::from(mask[eight])] << bit);
            *kinds = spread.fold(0, |all, bits| all | bits).to_le_bytes();
        }
        Used { received, kinds }
    }
}

/// The counts of a cell side by side, [`WIDTH`] bits each, in the order of a [`ProcedureUse`]'s. None
/// is above the first.
type Packed = u64;

/// Bits of a count.
const WIDTH: usize = 10;

/// The count of received dossiers at its most: the cell must be emptied before the next.
const FULL: Packed = (1 << WIDTH) - 1;

/// Kinds of dossiers, by the five bits of [`Used`].
const KINDS: usize = 1 << 5;

/// By kind, what a received dossier adds.
static ADDS: [Packed; KINDS] = {
    let (mut adds, mut kind) = ([0; KINDS], 0);
    while kind < KINDS {
        (adds[kind], kind) = (1, kind + 1);
        let mut bit = 0;
        while bit < 5 {
            adds[kind - 1] |= ((kind - 1) as u64 >> bit & 1) << (WIDTH * (bit + 1));
            bit += 1;
        }
    }
    adds
};

fn unpacked(cell: Packed) -> ProcedureUse {
    ProcedureUse::of_numbers(std::array::from_fn(|place| cell >> (WIDTH * place) & FULL))
}

/// Counts of rows do not overflow.
fn add(sum: &mut ProcedureUse, used: ProcedureUse) {
    let (mine, theirs) = (sum.numbers(), used.numbers());
    *sum = ProcedureUse::of_numbers(std::array::from_fn(|place| mine[place].wrapping_add(theirs[place])));
}

/// A cell per slot and code.
#[derive(Default)]
struct Uses {
    /// Bits of the code in an index of the table.
    shift: u32,
    table: Vec<Packed>,
    /// Of slot and code, where the table does not reach.
    more: FxHashMap<(u32, u32), Packed>,
    /// What was in cells when they were full.
    spilled: FxHashMap<(u32, u32), ProcedureUse>,
}

impl Uses {
    /// Places of the largest table, 8 MiB of them.
    const MOST: usize = 1 << 20;

    /// Makes the table reach so many slots and codes, as far as it may. Cells it does not reach are
    /// counted all the same.
    #[inline(always)]
    fn grow(&mut self, slots: usize, codes: usize) {
        if codes > 1 << self.shift || self.table.len() < (slots << self.shift).min(Self::MOST) {
            self.reach(slots, codes);
        }
    }

    #[cold]
    #[inline(never)]
    fn reach(&mut self, slots: usize, codes: usize) {
        let shift = codes.next_power_of_two().trailing_zeros().max(self.shift);
        if 1 << shift > Self::MOST {
            // So many codes that none but the first would fit.
            return;
        }
        let places = (slots << shift).next_power_of_two().min(Self::MOST);
        if shift == self.shift {
            self.table.resize(places.max(self.table.len()), 0);
            return;
        }
        let (before, narrow) = (std::mem::take(&mut self.table), self.shift);
        self.shift = shift;
        self.table.resize(places, 0);
        for (place, cell) in before.into_iter().enumerate().filter(|(_, cell)| *cell != 0) {
            let (slot, code) = (place >> narrow, place & ((1 << narrow) - 1));
            match self.table.get_mut(slot << shift | code) {
                Some(moved) => *moved = cell,
                None => {
                    let place =
                        (u32::try_from(slot).unwrap_or(u32::MAX), u32::try_from(code).unwrap_or(NO_CODE));
                    add(self.spilled.entry(place).or_default(), unpacked(cell));
                }
            }
        }
    }

    /// Counts the received rows of a block, from a row of the batch on. A code is looked up where it is
    /// counted: made beforehand, 64 at a time, they cost more than the counting.
    #[inline(always)]
    fn add_block(&mut self, used: &Used, codes: &RowCodes<'_>, from: usize, slot: impl Fn(usize) -> u32) {
        match codes {
            RowCodes::Keys { keys, numbers } => {
                let mut room = None;
                let (keys, known) = keys.block(from, &mut room);
                let code = |row: usize| {
                    let number = numbers.get(keys[row].cast_unsigned() as usize);
                    number.copied().unwrap_or(NO_CODE)
                };
                self.add_rows(used, used.received & known, code, slot);
            }
            RowCodes::Rows(codes) => {
                let mut room = None;
                let codes = block(codes, from, &mut room);
                self.add_rows(used, used.received, |row| codes[row], slot);
            }
        }
    }

    /// Counts some received rows of a block.
    #[inline(always)]
    fn add_rows(
        &mut self,
        used: &Used,
        among: Mask,
        code: impl Fn(usize) -> u32,
        slot: impl Fn(usize) -> u32,
    ) {
        let kinds = used.kinds.as_flattened();
        for row in rows(among) {
            let (slot, code, adds) = (slot(row), code(row), ADDS[usize::from(kinds[row]) % KINDS]);
            if code >> self.shift == 0
                && let Some(cell) = self.table.get_mut((slot as usize) << self.shift | code as usize)
            {
                *cell = cell.wrapping_add(adds);
                if *cell & FULL == FULL {
                    let cell = std::mem::take(cell);
                    self.spill(slot, code, cell);
                }
            } else {
                self.add_more(slot, code, adds);
            }
        }
    }

    #[inline(never)]
    fn add_more(&mut self, slot: u32, code: u32, adds: Packed) {
        if code == NO_CODE {
            return;
        }
        let cell = self.more.entry((slot, code)).or_default();
        *cell = cell.wrapping_add(adds);
        if *cell & FULL == FULL {
            let cell = std::mem::take(cell);
            self.spill(slot, code, cell);
        }
    }

    #[cold]
    #[inline(never)]
    fn spill(&mut self, slot: u32, code: u32, cell: Packed) {
        add(self.spilled.entry((slot, code)).or_default(), unpacked(cell));
    }

    /// What was counted of each slot, from the first on: by the number of the code, those of the table
    /// in the order given, then the others; a code may be there more than once.
    fn slots(&self, order: &[u32]) -> impl Iterator<Item = Vec<(u32, ProcedureUse)>> {
        let more = self.more.iter().map(|(place, cell)| (*place, unpacked(*cell)));
        let mut rest: Vec<_> = more.chain(self.spilled.iter().map(|(place, used)| (*place, *used))).collect();
        rest.sort_unstable_by_key(|(place, _)| *place);
        let mut rest = rest.into_iter().peekable();
        (0u32..).map(move |slot| {
            let cells = self.table.get((slot as usize) << self.shift..).unwrap_or_default();
            let order = if cells.is_empty() { &[] } else { order };
            let inside = order.iter().filter(|code| **code >> self.shift == 0);
            let cell = |code: u32| cells.get(code as usize).filter(|cell| **cell != 0);
            let mut uses: Vec<_> = inside.filter_map(|code| Some((*code, unpacked(*cell(*code)?)))).collect();
            while let Some(((_, code), used)) = rest.next_if(|((of, _), _)| *of == slot) {
                uses.push((code, used));
            }
            uses.retain(|(code, _)| *code != NO_CODE);
            uses
        })
    }
}

/// What a run counts of procedures: over all rows, and per group.
pub(crate) struct Procedures {
    codes: Keys,
    total: Uses,
    groups: Uses,
}

impl Procedures {
    /// Of a query, where its plan counts procedures.
    pub fn new(query: &Query) -> Option<Self> {
        query.layout().counts_procedures().then(|| {
            let mut codes = Keys::default();
            codes.of(Key::Null);
            Procedures { codes, total: Uses::default(), groups: Uses::default() }
        })
    }

    /// The codes of a batch; none where it has no column of them.
    pub fn assign<'b>(&mut self, texts: &Texts<'b>, rows: usize) -> Option<RowCodes<'b>> {
        match texts {
            Texts::None => None,
            Texts::Plain(_) => Some(RowCodes::Rows(self.codes.texts(texts, 0..rows))),
            Texts::Dictionary { keys, values } => {
                Some(RowCodes::Keys { keys: *keys, numbers: self.codes.dictionary(texts, values) })
            }
        }
    }

    /// Counts the received rows of a block, all together.
    #[inline(always)]
    pub fn add_total(&mut self, used: &Used, codes: &RowCodes<'_>, from: usize) {
        self.total.grow(1, self.codes.keys().len());
        self.total.add_block(used, codes, from, |_| 0);
    }

    /// Counts the received rows of a block, each in its group, of which there are so many.
    #[inline(always)]
    pub fn add_groups(
        &mut self,
        used: &Used,
        codes: &RowCodes<'_>,
        from: usize,
        group: &Lanes<u32>,
        groups: usize,
    ) {
        self.groups.grow(groups, self.codes.keys().len());
        self.groups.add_block(used, codes, from, |row| group[row]);
    }

    /// The counts with those of procedures added; where `sum`, the total is that of the groups.
    ///
    /// # Errors
    /// An overflow.
    pub fn counts(
        &self,
        total: Counts,
        groups: Vec<Counts>,
        sum: bool,
    ) -> Result<(Counts, Vec<Counts>), Error> {
        let keys = self.codes.keys();
        let text = |code: u32| match keys.get(code as usize) {
            Some(Key::Text(text)) => Some(Arc::clone(text)),
            _ => None,
        };
        let mut order: Vec<(Arc<str>, u32)> = (0u32..)
            .zip(keys)
            .filter_map(|(number, key)| match key {
                Key::Text(text) => Some((Arc::clone(text), number)),
                _ => None,
            })
            .collect();
        order.sort_unstable();
        let order: Vec<u32> = order.into_iter().map(|(_, number)| number).collect();
        let named = |uses: Vec<(u32, ProcedureUse)>| {
            uses.into_iter().filter_map(|(code, used)| Some((text(code)?, used)))
        };
        let mut all: Vec<ProcedureUse> = vec![ProcedureUse::default(); keys.len()];
        let mut told = Vec::with_capacity(groups.len());
        for (counts, uses) in groups.into_iter().zip(self.groups.slots(&order)) {
            for (code, used) in uses.iter().filter(|_| sum) {
                if let Some(sum) = all.get_mut(*code as usize) {
                    add(sum, *used);
                }
            }
            told.push(counts.with_procedures(named(uses))?);
        }
        let all = order.iter().filter_map(|code| Some((*code, *all.get(*code as usize)?))).collect();
        let total = total.with_procedures(named(all))?;
        let ungrouped = self.total.slots(&order).next().unwrap_or_default();
        Ok((total.with_procedures(named(ungrouped))?, told))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::lanes::{LANES, lanes};

    /// Blocks of rows of any kind over so many slots and codes, counted and looked up again.
    fn check(blocks: u64, slots: u64, codes: u64) {
        let mut uses = Uses::default();
        let mut expected: BTreeMap<(u32, u32), ProcedureUse> = BTreeMap::new();
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            (state >> 33) % below
        };
        for number in 0..blocks {
            // More slots and codes as it goes on, so that the table grows both ways.
            let (slots, codes) = (1 + slots * number / blocks, 1 + codes * number / blocks);
            let mut facts = [0; LANES];
            let received = if number % 3 == 0 { Mask::MAX } else { draw(1 << 31) << 20 };
            let mut bits = || received & (draw(1 << 31) << 33 | draw(1 << 31));
            let (paid, judged) = (bits(), bits());
            facts[Fact::Received as usize] = received;
            facts[Fact::Paid as usize] = paid;
            facts[Fact::FeeScope as usize] = paid | bits();
            facts[Fact::PaymentsJudged as usize] = paid & judged;
            let (known, lodged) = (bits(), bits());
            facts[Fact::ChannelKnown as usize] = known;
            facts[Fact::Online as usize] = known & lodged;
            let online = lanes(|row| u32::from(paid & judged & 1 << row != 0 && row % 3 > 0));
            let code: Lanes<u32> = std::array::from_fn(|_| u32::try_from(draw(codes)).unwrap());
            let slot: Lanes<u32> = std::array::from_fn(|_| u32::try_from(draw(slots)).unwrap());
            if number % 7 != 3 {
                uses.grow(usize::try_from(slots).unwrap(), usize::try_from(codes).unwrap());
            }
            uses.add_rows(&Used::of(&facts, &online), received, |row| code[row], |row| slot[row]);
            for row in rows(received).filter(|row| code[*row] != NO_CODE) {
                let has = |mask: Mask| mask >> row & 1;
                let used = ProcedureUse {
                    received: 1,
                    paid: has(paid),
                    paid_online: online[row].into(),
                    unsettled: has(facts[Fact::FeeScope as usize] & !facts[Fact::PaymentsJudged as usize]),
                    lodged_online: has(known & lodged),
                    channel_unknown: has(!known),
                };
                add(expected.entry((slot[row], code[row])).or_default(), used);
            }
        }
        let order: Vec<u32> = (0..u32::try_from(codes).unwrap() + 1).rev().collect();
        let mut found: BTreeMap<(u32, u32), ProcedureUse> = BTreeMap::new();
        for (slot, told) in (0u32..).zip(uses.slots(&order).take(usize::try_from(slots).unwrap() + 1)) {
            told.into_iter().for_each(|(code, used)| add(found.entry((slot, code)).or_default(), used));
        }
        assert_eq!(found, expected);
    }

    #[test]
    fn every_cell_is_counted_whatever_the_table_reaches() {
        check(50, 1, 1);
        check(200, 3, 70);
        // Full cells are emptied.
        check(12_000, 1, 2);
        check(12_000, 2, 3);
        // More slots, more codes and more of both than there are places.
        check(300, 1 << 21, 5);
        check(300, 9, 1 << 21);
        check(300, 5_000, 3_000);
    }
}
