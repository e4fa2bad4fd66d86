//! Rows below the header of a register into its table: which are entries, which cells become unknown.

use std::collections::{BTreeMap, BTreeSet};

use tthc_kpi::{ColumnType, Record, RegisterColumn, RegisterFault, RegisterTable, RegisterType};

use super::super::cell::Cell;
use super::super::date::Order;
use super::super::find::{NotDossier, Row, RowSource};
use super::super::number::Marks;
use super::super::swallowed::{self, Like};
use super::super::words::{normalise, words};
use super::super::{Place, ReadError};
use super::RegisterError;
use super::header::{Head, Slot};
use super::value::{self, AllWords};
use super::words::register_words;

/// What only a whole table shows of how its values are written.
#[derive(Default)]
pub(super) struct Shown {
    /// Columns whose dates have the month first.
    pub(super) month_first: BTreeSet<RegisterColumn>,
    /// Marks of amounts that other amounts make doubtful.
    pub(super) doubtful: Marks,
}

/// How the reading of a table ended.
pub(super) enum Outcome<T> {
    Done(Box<RegisterTable<T>>),
    /// Values show this beside what was known: read again.
    Again(Shown),
}

/// Reads, and once more when values show that others were taken for what they are not (SPEC §10).
pub(super) fn settled<T: Record>(
    mut read: impl FnMut(&Shown) -> Result<Outcome<T>, ReadError>,
) -> Result<RegisterTable<T>, ReadError> {
    let mut shown = Shown::default();
    // Each turn adds a column of dates, or, the first, what amounts show: there are no more than columns.
    for _ in T::all_columns() {
        match read(&shown)? {
            Outcome::Done(table) => return Ok(*table),
            Outcome::Again(more) => {
                shown.month_first.extend(more.month_first);
                shown.doubtful = shown.doubtful.and(more.doubtful);
            }
        }
    }
    match read(&shown)? {
        Outcome::Done(table) => Ok(*table),
        Outcome::Again(_) => Err(ReadError::Internal("how the values are written did not settle")),
    }
}

/// Rows that prove an order of day and month.
#[derive(Default)]
struct Proof {
    day_first: Option<u64>,
    month_first: Option<u64>,
}

/// Fills the table of a register, row by row.
pub(super) struct Filler<'m, T> {
    table: RegisterTable<T>,
    place: Place,
    slots: Vec<Slot>,
    headers: usize,
    fields: Option<usize>,
    words: AllWords,
    shown: &'m Shown,
    proofs: BTreeMap<RegisterColumn, Proof>,
    /// What the amounts tell, those of all columns.
    marks: Marks,
    seen_entry: bool,
    /// The line of a quotation mark that swallowed entries.
    swallowed: Option<u64>,
    strict: bool,
}

impl<'m, T: Record> Filler<'m, T> {
    pub(super) fn new(
        place: &Place,
        slots: Vec<Slot>,
        heads: &[Head],
        fields: Option<usize>,
        shown: &'m Shown,
        strict: bool,
    ) -> Result<Self, ReadError> {
        let headers = slots.iter().map(|slot| (slot.column, slot.source.clone())).collect();
        let table = RegisterTable::new(&place.file, slots.iter().map(|slot| slot.column))
            .in_sheet(place.sheet.clone())
            .with_headers(headers)
            .with_month_first(
                slots.iter().map(|slot| slot.column).filter(|column| shown.month_first.contains(column)),
            );
        Ok(Filler {
            table,
            place: place.clone(),
            slots,
            headers: heads.len(),
            fields,
            words: AllWords { shared: words()?, own: register_words()? },
            shown,
            proofs: BTreeMap::new(),
            marks: Marks::NONE,
            seen_entry: false,
            swallowed: None,
            strict,
        })
    }

    /// All rows of a source, after those read to find the header.
    pub(super) fn rest<S: RowSource>(mut self, source: &mut S) -> Result<Outcome<T>, ReadError> {
        let mut row = S::Row::default();
        while self.swallowed.is_none() && source.read(&mut row)? {
            self.add(&row);
        }
        self.finish()
    }

    pub(super) fn add<R: Row>(&mut self, row: &R) {
        if let (Some(broken), Some(fields)) = (row.broken(), self.fields) {
            let days = self.slots.iter().filter(|slot| slot.column.column_type() == RegisterType::Day);
            let days: Vec<usize> = days.map(|slot| slot.index).collect();
            self.swallowed =
                self.swallowed.or_else(|| swallowed::opened(row, broken, &Like { fields, dates: &days }));
        }
        if self.swallowed.is_some() {
            return;
        }
        if let Some(what) = self.not_entry(row) {
            self.table.skip(what.slug());
            return;
        }
        self.seen_entry = true;
        let mut record = T::default();
        let mut faults: Vec<RegisterFault> = Vec::new();
        match (row.fields(), self.fields) {
            (Some(fields), Some(expected)) if fields != expected => faults.push(value::ragged(expected)),
            _ => {
                for slot in &self.slots {
                    let column = slot.column;
                    let cell = row.cell(slot.index, hint(column));
                    let (reading, told) = value::read(column, &cell, self.words, self.shown);
                    self.marks = self.marks.and(told.marks);
                    let proof = self.proofs.entry(column).or_default();
                    match told.order {
                        Order::Open => {}
                        Order::DayFirst => drop(proof.day_first.get_or_insert(row.number())),
                        Order::MonthFirst => drop(proof.month_first.get_or_insert(row.number())),
                    }
                    match reading {
                        Ok(Some(value)) => record.put(column, value),
                        Ok(None) => {}
                        Err(problem) => faults.push(value::fault(column, problem)),
                    }
                }
            }
        }
        self.table.push_with(row.number(), record, faults);
    }

    /// A row that is no entry at all, and should be one.
    pub(super) fn misfit(&mut self, number: u64) {
        self.table.push_with(number, T::default(), vec![value::no_object()]);
    }

    /// The table, day first unless a value of a column proves otherwise, both is an error; and amounts read
    /// as the others allow.
    pub(super) fn finish(self) -> Result<Outcome<T>, ReadError> {
        if let Some(line) = self.swallowed {
            return Err(ReadError::UnclosedQuote { file: self.place.file, line });
        }
        let mut again = BTreeSet::new();
        for slot in &self.slots {
            let Some(proof) = self.proofs.get(&slot.column) else { continue };
            match (proof.day_first, proof.month_first) {
                (Some(day_first), Some(month_first)) => {
                    let (file, sheet) = self.place.both();
                    let source_name = slot.source.clone();
                    return Err(ReadError::DateOrder { file, sheet, source_name, day_first, month_first });
                }
                (None, Some(_)) if !self.shown.month_first.contains(&slot.column) => {
                    again.insert(slot.column);
                }
                _ => {}
            }
        }
        let doubtful = self.marks.doubtful().without(self.shown.doubtful);
        if !again.is_empty() || doubtful != Marks::NONE {
            return Ok(Outcome::Again(Shown { month_first: again, doubtful }));
        }
        match self.table.issues().first() {
            Some(issue) if self.strict => Err(RegisterError::Strict(Box::new(issue.clone())).into()),
            _ => Ok(Outcome::Done(Box::new(self.table))),
        }
    }

    /// What a row is that is no entry.
    fn not_entry<R: Row>(&self, row: &R) -> Option<NotDossier> {
        let filled = |slot: &&Slot| !row.cell(slot.index, hint(slot.column)).is_empty();
        let there: Vec<&Slot> = self.slots.iter().filter(filled).collect();
        let heading = |slot: &&Slot| match row.cell(slot.index, hint(slot.column)) {
            Cell::Text(text) => slot.heads.contains(&normalise(text)),
            _ => false,
        };
        // Before totals: "Tổng số" is a header too.
        if there.len() >= 2.min(self.slots.len()) && there.iter().all(heading) {
            return Some(NotDossier::Heading);
        }
        let first = row.filled().next();
        if let Some((_, Cell::Text(text))) = &first
            && self.words.shared.is_total(text)
            && !there.iter().any(|slot| self.is_day(row, slot))
        {
            return Some(NotDossier::Total);
        }
        // A running number by itself is a line of the form nobody filled in.
        if there.is_empty() {
            return Some(NotDossier::Blank);
        }
        (!self.seen_entry && is_index(row, self.headers)).then_some(NotDossier::Index)
    }

    fn is_day<R: Row>(&self, row: &R, slot: &Slot) -> bool {
        let cell = row.cell(slot.index, hint(slot.column));
        slot.column.column_type() == RegisterType::Day
            && matches!(value::read(slot.column, &cell, self.words, self.shown), (Ok(Some(_)), _))
    }
}

/// What a spreadsheet should take the column's numbers for.
fn hint(column: RegisterColumn) -> Option<ColumnType> {
    (column.column_type() == RegisterType::Day).then_some(ColumnType::Instant)
}

/// "(1) (2) (3)", "(A) (B) (1)", "(3)=(4)+(5)"; without brackets only 1, 2, 3 under every header: a row of
/// counts has small numbers too.
fn is_index<R: Row>(row: &R, headers: usize) -> bool {
    let (mut cells, mut next) = (0_usize, 1_u32);
    let (mut bracketed, mut in_order) = (true, true);
    for (_, cell) in row.filled() {
        cells += 1;
        let text = match cell {
            Cell::Text(text) => Cell::trim(text).to_owned(),
            Cell::Number(number) if number.is_integer() => number.normalize().to_string(),
            _ => return false,
        };
        let inner: String = text.chars().filter(|c| !matches!(c, '(' | ')')).collect();
        let letter = inner.chars().count() == 1 && inner.chars().all(char::is_alphabetic);
        let sum = inner.chars().any(|c| c.is_ascii_digit())
            && inner.chars().all(|c| c.is_ascii_digit() || matches!(c, '=' | '+' | '-' | '/' | ':' | ' '));
        if !letter && !sum {
            return false;
        }
        bracketed &= letter || text.contains('(');
        if !letter {
            in_order &= inner == next.to_string();
            next += 1;
        }
    }
    (bracketed && cells >= 2 && next > 1) || (in_order && cells >= 3 && cells >= headers)
}
