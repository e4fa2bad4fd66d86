//! Where the rows of a register come from, once it is known which register it is.

use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use tthc_kpi::{ColumnType, Record, Register, RegisterTable};

use super::super::cell::Cell;
use super::super::excel::{self, Workbook};
use super::super::find::{HEADER_ROWS, Row, RowSource};
use super::super::{Place, ReadError, csv, json, parquet};
use super::RegisterError;
use super::header::{Found, Head, Wishes};
use super::rows::{Filler, Outcome, Shown, settled};
use super::table::from_batches;

pub(super) fn no_header(file: &str, sheets: Vec<String>, register: Register) -> ReadError {
    RegisterError::NoHeader { file: file.to_owned(), sheets, rows: HEADER_ROWS, register }.into()
}

/// The first rows of a source, among which its header is.
pub(super) fn first_rows<S: RowSource>(source: &mut S) -> Result<Vec<S::Row>, ReadError> {
    let mut rows: Vec<S::Row> = Vec::new();
    while rows.last().is_none_or(|row| row.number() < HEADER_ROWS) {
        let mut row = S::Row::default();
        if !source.read(&mut row)? {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}

/// Rows of a table, read as a register once its header has been found.
pub(super) trait Source {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError>;
}

/// A sheet of a workbook.
pub(super) struct Sheet<'a> {
    pub(super) workbook: &'a mut Workbook,
    pub(super) place: Place,
    pub(super) found: Found,
    pub(super) path: &'a Path,
}

impl Source for Sheet<'_> {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        let merges = excel::merges(self.workbook, self.path, self.place.sheet.as_deref().unwrap_or_default());
        settled(|shown| {
            excel::with_rows(self.workbook, &self.place, merges.clone(), |mut source| {
                rows_of(&mut source, &self.found, &self.place, wishes, shown, strict)
            })
        })
    }
}

/// A text file; its separator is told by the header.
pub(super) struct Text<'a> {
    pub(super) path: &'a Path,
    pub(super) encoding: Option<&'static encoding_rs::Encoding>,
    pub(super) place: Place,
}

impl Text<'_> {
    fn lines(&self, separator: u8) -> Result<csv::Lines, ReadError> {
        csv::Lines::open(self.path, &self.place.file, self.encoding, separator)
    }

    /// The separator with which most headers are known, and what `pick` makes of the rows then.
    pub(super) fn best(
        &self,
        pick: impl Fn(&[csv::Line]) -> Result<Option<(Register, Found)>, ReadError>,
    ) -> Result<Option<(u8, Register, Found)>, ReadError> {
        let mut best: Option<(u8, Register, Found)> = None;
        let mut unclosed = None;
        for separator in csv::SEPARATORS {
            let rows = match first_rows(&mut self.lines(separator)?) {
                Ok(rows) => rows,
                // Only with the right separator does a quotation mark stand where it means something.
                Err(error @ ReadError::UnclosedQuote { .. }) => {
                    unclosed = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some((register, found)) = pick(&rows)? else { continue };
            let more = best.as_ref().is_none_or(|(_, _, before)| found.score.known() > before.score.known());
            if more {
                best = Some((separator, register, found));
            }
        }
        match (best, unclosed) {
            (None, Some(error)) => Err(error),
            (best, _) => Ok(best),
        }
    }
}

/// The same, its separator known.
pub(super) struct Separated<'a> {
    pub(super) text: Text<'a>,
    pub(super) separator: u8,
    pub(super) found: Found,
}

impl Source for Separated<'_> {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        settled(|shown| {
            let mut lines = self.text.lines(self.separator)?;
            rows_of(&mut lines, &self.found, &self.text.place, wishes, shown, strict)
        })
    }
}

fn rows_of<T: Record, S: RowSource>(
    source: &mut S,
    found: &Found,
    place: &Place,
    wishes: &Wishes,
    shown: &Shown,
    strict: bool,
) -> Result<Outcome<T>, ReadError> {
    let slots = wishes.slots(T::REGISTER, place, &found.heads)?;
    let mut filler = Filler::new(place, slots, &found.heads, found.fields, shown, strict)?;
    for row in first_rows(source)?.iter().skip(found.row + 1) {
        filler.add(row);
    }
    filler.rest(source)
}

/// A Parquet file, without its columns of personal data.
pub(super) struct Table {
    pub(super) schema: SchemaRef,
    batches: Vec<Result<RecordBatch, ArrowError>>,
    pub(super) place: Place,
}

impl Table {
    pub(super) fn open(path: &Path, place: Place, wishes: &Wishes) -> Result<Self, ReadError> {
        let keep = |name: &str| wishes.may_read(name);
        let (schema, batches) = parquet::table(path, &place, keep)?;
        Ok(Table { schema, batches, place })
    }
}

impl Source for Table {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        from_batches(self.batches, &self.schema, &self.place, wishes, strict)
    }
}

/// A list of objects in JSON, without their keys of personal data.
pub(super) struct Objects<'a> {
    path: &'a Path,
    place: Place,
    pub(super) keys: Vec<String>,
}

impl<'a> Objects<'a> {
    pub(super) fn open(path: &'a Path, place: Place) -> Result<Self, ReadError> {
        let keys = json::keys(path, &place.file, &mut |_| Ok(()))?;
        Ok(Objects { path, place, keys })
    }

    pub(super) fn heads(&self) -> Vec<Head> {
        let keys = self.keys.iter().enumerate().filter(|(_, key)| !key.trim().is_empty());
        keys.map(|(index, key)| Head::of(index, key.clone())).collect()
    }
}

impl Source for Objects<'_> {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        let heads = self.heads();
        let slots = wishes.slots(T::REGISTER, &self.place, &heads)?;
        if slots.is_empty() {
            return Err(no_header(&self.place.file, Vec::new(), T::REGISTER));
        }
        // A register is small, but not without bounds.
        let wanted = |index: usize| slots.iter().any(|slot| slot.index == index);
        settled(|shown| {
            let mut filler = Filler::new(&self.place, slots.clone(), &heads, None, shown, strict)?;
            json::objects(self.path, &self.place.file, &self.keys, &wanted, &mut |row| match row {
                Ok(row) => filler.add(row),
                Err(number) => filler.misfit(number),
            })?;
            filler.finish()
        })
    }
}

/// The names of a table's columns, as a row of headers.
pub(in super::super) struct Names(pub(in super::super) Vec<String>);

impl Names {
    pub(super) fn of(schema: &Schema) -> Self {
        Names(schema.fields().iter().map(|field| field.name().clone()).collect())
    }
}

impl Row for Names {
    fn number(&self) -> u64 {
        1
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        self.0.get(column).map_or(Cell::Empty, |name| Cell::Text(name))
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        let names = self.0.iter().enumerate();
        names.map(|(index, name)| (index, Cell::Text(name))).filter(|(_, cell)| !cell.is_empty())
    }
}
