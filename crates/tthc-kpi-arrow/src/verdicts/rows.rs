//! The columns that a judged row gets, filled sixty-four rows at a time.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64 or by a fact")]

use std::sync::Arc;

use arrow_array::builder::{Int32Builder, TimestampMicrosecondBuilder, UInt32Builder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use tthc_kpi::{Class, Day, Exclusion, Fact, Membership, Quantity, WorkCalendar};

use super::{Asked, FACTS, Verdicts};
use crate::block::{CHUNK, Chunk};
use crate::columns::Columns;
use crate::error::ArrowError;
use crate::group::memberships;
use crate::judge::{Block, Facts, Rules};
use crate::lanes::{Bits, LANES, Lanes, Mask, mask, rows};

/// The words of the column `verdict`, by their numbers.
const WORDS: [&str; 10] = [
    Class::Early.slug(),
    Class::OnDueDay.slug(),
    Class::Late.slug(),
    Class::Unknown.slug(),
    "open_in_time",
    "open_overdue",
    "open_unknown",
    "end_unknown",
    "outside",
    "excluded",
];

const EXCLUDED: i32 = 9;
const OUTSIDE: i32 = 8;

/// Yes or no of each row, and which are known.
#[derive(Default)]
struct Column {
    yes: Vec<Mask>,
    known: Vec<Mask>,
}

impl Column {
    fn push(&mut self, yes: Mask, known: Mask) {
        self.yes.push(yes & known);
        self.known.push(known);
    }

    fn array(self, rows: usize) -> ArrayRef {
        let bits = |masks: Vec<Mask>| {
            let words = masks.into_iter().map(Mask::to_le).collect::<Vec<_>>();
            BooleanBuffer::new(Buffer::from_vec(words), 0, rows)
        };
        Arc::new(BooleanArray::new(bits(self.yes), Some(NullBuffer::new(bits(self.known)))))
    }
}

/// The columns of an indicator.
struct OfIndicator<'a> {
    asked: &'a Asked,
    value: Column,
    unknown: Column,
    /// Numerators and denominators, where the indicator adds.
    sums: Option<[UInt32Builder; 2]>,
}

/// What becomes of the rows of a batch.
pub(super) struct Rows<'a> {
    len: usize,
    verdict: Vec<i32>,
    excluded: Int32Builder,
    due: TimestampMicrosecondBuilder,
    ended: TimestampMicrosecondBuilder,
    late: Int32Builder,
    processing: UInt32Builder,
    facts: Vec<Column>,
    indicators: Vec<OfIndicator<'a>>,
}

impl<'a> Rows<'a> {
    /// Judges a batch.
    pub fn judge(
        of: &'a Verdicts,
        columns: &Columns<'_>,
        duplicates: Option<Bits<'_>>,
    ) -> Result<Self, ArrowError> {
        let (len, rules, window) = (columns.len(), Rules::new(&of.query), of.query.window());
        let calendar = of.query.judge().calendar();
        let fields = memberships(columns, &of.query)?;
        let indicator = |asked: &'a Asked| OfIndicator {
            asked,
            value: Column::default(),
            unknown: Column::default(),
            sums: asked.facts.sums.map(|_| [UInt32Builder::new(), UInt32Builder::new()]),
        };
        let mut made = Rows {
            len,
            verdict: Vec::with_capacity(len),
            excluded: Int32Builder::with_capacity(len),
            due: TimestampMicrosecondBuilder::with_capacity(len),
            ended: TimestampMicrosecondBuilder::with_capacity(len),
            late: Int32Builder::with_capacity(len),
            processing: UInt32Builder::with_capacity(len),
            facts: FACTS.iter().map(|_| Column::default()).collect(),
            indicators: of.asked.iter().map(indicator).collect(),
        };
        let mut chunk = Chunk::default();
        for start in (0..len).step_by(CHUNK) {
            chunk.fill(columns, start..len.min(start + CHUNK));
            for (index, from) in chunk.blocks() {
                let marks = duplicates.map_or(0, |duplicates| duplicates.block(from));
                let block = Block::of(&chunk, index, columns, &rules, marks);
                let mut facts: Facts = [0; LANES];
                if !block.judge(&rules, window, &mut facts) {
                    facts = [0; LANES];
                }
                let live = LANES.min(len - from);
                made.words(&block, &facts, live);
                made.dates(&block, &facts, window.cut, calendar, live);
                let handled = facts[Fact::Handled as usize];
                for (column, fact) in made.facts.iter_mut().zip(FACTS) {
                    column.push(facts[*fact as usize], handled);
                }
                made.indicators(&block, &facts, fields.get(from..from + live).unwrap_or_default());
            }
        }
        Ok(made)
    }

    fn words(&mut self, block: &Block<'_>, facts: &Facts, live: usize) {
        let of = |fact: Fact| facts[fact as usize];
        let judged = of(Fact::Early) | of(Fact::OnDueDay) | of(Fact::Late);
        let standing = of(Fact::OpenInTime) | of(Fact::OpenOverdue);
        let by_word = [
            of(Fact::Early),
            of(Fact::OnDueDay),
            of(Fact::Late),
            of(Fact::Resolved) & !judged,
            of(Fact::OpenInTime),
            of(Fact::OpenOverdue),
            of(Fact::Open) & !standing,
            of(Fact::EndUnknown),
        ];
        let mut words = [OUTSIDE; LANES];
        for (word, mask) in (0..).zip(by_word) {
            rows(mask).for_each(|row| words[row] = word);
        }
        let mut reasons: Lanes<Option<i32>> = [None; LANES];
        for (reason, (_, mask)) in (0..).zip(block.excluded.by()) {
            for row in rows(mask) {
                (words[row], reasons[row]) = (EXCLUDED, Some(reason));
            }
        }
        self.verdict.extend_from_slice(&words[..live]);
        reasons[..live].iter().for_each(|reason| self.excluded.append_option(*reason));
    }

    fn dates(&mut self, block: &Block<'_>, facts: &Facts, cut: Day, calendar: &WorkCalendar, live: usize) {
        let of = |fact: Fact, row: usize| facts[fact as usize] >> row & 1 == 1;
        let dues = block.dues(cut);
        for row in 0..live {
            let handled = of(Fact::Handled, row);
            let (exact, dated) = (dues.known >> row & 1 == 1, (dues.known | dues.at_least) >> row & 1 == 1);
            let due = (handled && dated).then(|| block.due_of(&dues, row));
            let ended = of(Fact::Resolved, row).then(|| block.ended_at(row, of(Fact::EndFromReturn, row)));
            let ended = ended.flatten();
            let end = match ended {
                Some((day, _)) => day,
                None => of(Fact::Open, row).then_some(cut),
            };
            let due_day = due.filter(|_| exact).and_then(|(day, _)| day);
            self.due.append_option(due.map(|(_, at)| at));
            self.ended.append_option(ended.map(|(_, at)| at));
            self.late.append_option(due_day.zip(end).and_then(|(due, end)| signed(calendar, due, end)));
            let received = ended.and_then(|(day, _)| block.received_day(row).zip(day));
            self.processing.append_option(received.and_then(|(from, to)| calendar.between(from, to)));
        }
    }

    fn indicators(&mut self, block: &Block<'_>, facts: &Facts, fields: &[Membership]) {
        let all = crate::lanes::first(fields.len());
        let paid = block.parts.sums(facts[Fact::PaymentsJudged as usize]);
        for OfIndicator { asked, value, unknown, sums } in &mut self.indicators {
            let of = |fact: Fact| facts[fact as usize];
            let stands = |group, inside: Option<bool>| {
                mask(|row| fields.get(row).is_some_and(|field| field.in_group(Some(group)) == inside))
            };
            let (inside, perhaps) = match asked.group {
                None => (Mask::MAX, 0),
                Some(group) => (stands(group, Some(true)), stands(group, None)),
            };
            let scope = of(asked.facts.scope);
            let known = scope & of(asked.facts.judged) & inside;
            let passed = match (asked.facts.sums, &mut *sums) {
                (Some((above, below)), Some(sums)) => {
                    for (sum, quantity) in sums.iter_mut().zip([above, below]) {
                        let amounts = amounts(&paid, quantity);
                        (0..fields.len()).for_each(|row| {
                            sum.append_option((known >> row & 1 == 1).then(|| amounts[row]));
                        });
                    }
                    mask(|row| amounts(&paid, above)[row] == amounts(&paid, below)[row])
                }
                _ => of(asked.facts.passed),
            };
            value.push(passed, known);
            unknown.push(scope & (perhaps | inside & !known), all);
        }
    }

    /// The arrays, in the order of the schema.
    pub fn arrays(mut self) -> Result<Vec<ArrayRef>, ArrowError> {
        let words = |keys: Int32Array, words: &[&str]| -> Result<ArrayRef, ArrowError> {
            let words = Arc::new(StringArray::from(words.to_vec()));
            Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, words)?))
        };
        let reasons: Vec<&str> = Exclusion::ALL.iter().map(|reason| reason.slug()).collect();
        let mut arrays = vec![
            words(Int32Array::new(ScalarBuffer::from(self.verdict), None), &WORDS)?,
            words(self.excluded.finish(), &reasons)?,
            Arc::new(self.due.finish()),
            Arc::new(self.ended.finish()),
            Arc::new(self.late.finish()),
            Arc::new(self.processing.finish()),
        ];
        arrays.extend(self.facts.into_iter().map(|column| column.array(self.len)));
        for indicator in self.indicators {
            arrays.push(indicator.value.array(self.len));
            arrays.push(indicator.unknown.array(self.len));
            if let Some(sums) = indicator.sums {
                arrays.extend(sums.map(|mut sum| Arc::new(sum.finish()) as ArrayRef));
            }
        }
        Ok(arrays)
    }
}

fn amounts(paid: &[Lanes<u32>; 2], quantity: Quantity) -> &Lanes<u32> {
    &paid[quantity as usize]
}

/// Working days from the due day to another, below 0 before it.
fn signed(calendar: &WorkCalendar, due: Day, end: Day) -> Option<i32> {
    let days = |from, to| calendar.between(from, to).and_then(|days| i32::try_from(days).ok());
    if end < due { days(end, due).map(|days| -days) } else { days(due, end) }
}
