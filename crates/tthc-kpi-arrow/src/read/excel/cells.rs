//! The cells of a sheet that hold something, in the order of the sheet.

use std::fs::File;
use std::io::BufReader;

use calamine::{CellErrorType, Data, DataRef, Range, XlsxCellReader};

use super::super::ahead::Ahead;
use super::super::{Limit, Place, ReadError};
use super::told::Foreign;

/// The rows and columns of a sheet, by the format.
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: u32 = 16_384;
/// A sheet full of rows, with nearly a hundred columns.
const MAX_CELLS: u64 = 100_000_000;

/// Where the cells of a sheet come from.
pub(super) enum Source<'a> {
    Ahead(Ahead<Found<'a>>),
    Held(Box<dyn Iterator<Item = Found<'a>> + 'a>),
}

impl<'a> Iterator for Source<'a> {
    type Item = Result<Found<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Source::Ahead(cells) => cells.next(),
            Source::Held(cells) => cells.next().map(Ok),
        }
    }
}

/// A formula without its value, written by a program that does not calculate and never opened in one that
/// does: there is a value, and nobody knows it. Kept as an error, never as nothing.
pub(super) const NOT_COMPUTED: DataRef<'static> = DataRef::Error(CellErrorType::GettingData);

/// A cell that holds something, and where.
pub(super) struct Found<'a> {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) value: DataRef<'a>,
}

impl Found<'_> {
    pub(super) fn weight(&self) -> usize {
        match &self.value {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
            _ => 0,
        }
    }
}

/// The cells of a sheet that hold something, as they come.
pub(super) struct Cells<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    place: Place,
    seen: u64,
}

impl<'a> Cells<'a> {
    pub(super) fn new(cells: XlsxCellReader<'a, BufReader<File>>, place: Place) -> Self {
        Cells { cells, place, seen: 0 }
    }

    fn too_large(&self, what: Limit) -> ReadError {
        let (file, sheet) = self.place.both();
        ReadError::TooLarge { file, sheet, what }
    }

    fn read(&mut self) -> Result<Option<Found<'a>>, ReadError> {
        loop {
            let cell = self.cells.next_cell_with_formula_metadata();
            let cell = cell.map_err(|error| error.told(&self.place.file, self.place.sheet.as_deref()))?;
            let Some(cell) = cell else { return Ok(None) };
            self.seen += 1;
            if self.seen > MAX_CELLS {
                return Err(self.too_large(Limit::SheetCells));
            }
            let (row, column) = cell.pos;
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                return Err(self.too_large(Limit::CellPlace));
            }
            let value = match (cell.value, cell.formula) {
                (DataRef::Empty, None) => continue,
                (DataRef::Empty, Some(_)) => NOT_COMPUTED,
                (value, _) => value,
            };
            return Ok(Some(Found { row, column, value }));
        }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Found<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Rows down to the last.
pub(super) fn height<T: calamine::CellType>(range: &Range<T>) -> u64 {
    range.end().map_or(0, |(row, _)| u64::from(row).saturating_add(1))
}

/// The cells of a sheet that is held whole that hold something, row by row.
pub(super) fn held(range: &Range<Data>) -> impl Iterator<Item = Found<'_>> {
    places(range).map(|(row, column, value)| Found { row, column, value: borrowed(value) })
}

/// The same, with the formulas that have no value.
pub(super) fn with_formulas<'a>(
    range: &'a Range<Data>,
    formulas: &'a Range<String>,
) -> impl Iterator<Item = Found<'a>> {
    let valueless = places(formulas).filter(|(row, column, formula)| {
        !formula.is_empty() && range.get_value((*row, *column)).is_none_or(|value| *value == Data::Empty)
    });
    let mut valueless =
        valueless.map(|(row, column, _)| Found { row, column, value: NOT_COMPUTED }).peekable();
    let mut cells = held(range).peekable();
    std::iter::from_fn(move || {
        let place = |found: &Found<'_>| (found.row, found.column);
        match (cells.peek().map(place), valueless.peek().map(place)) {
            (Some(cell), Some(formula)) if formula < cell => valueless.next(),
            (None, _) => valueless.next(),
            _ => cells.next(),
        }
    })
}

/// The cells of a range that hold something, by their places in the sheet.
fn places<T: calamine::CellType>(range: &Range<T>) -> impl Iterator<Item = (u32, u32, &T)> {
    let (top, left) = range.start().unwrap_or_default();
    let at = |from: u32, index: usize| from.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
    range.used_cells().map(move |(row, column, value)| (at(top, row), at(left, column), value))
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}
