//! The rows of a sheet, what is merged over them filled in.

use std::iter::Peekable;
use std::vec::IntoIter;

use calamine::DataRef;
use tthc_kpi::ColumnType;

use super::super::cell::Cell;
use super::super::find::{Row, RowSource};
use super::super::{Place, ReadError};
use super::cells::{Found, Source};
use super::merged::Merge;
use super::value::convert;

/// The rows of a sheet.
pub(in super::super) struct Sheet<'a> {
    cells: Source<'a>,
    place: Place,
    epoch_1904: bool,
    /// Cells merged over rows, still to come; and those that were met, with their column and last row.
    merges: Peekable<IntoIter<Merge>>,
    carried: Vec<(usize, u32, DataRef<'a>)>,
    /// The first cell of the next row.
    pending: Option<Found<'a>>,
    rows: u64,
    /// The rows the sheet says it has.
    said: u64,
    started: bool,
}

impl<'a> RowSource for Sheet<'a> {
    type Row = SheetRow<'a>;

    fn read(&mut self, row: &mut SheetRow<'a>) -> Result<bool, ReadError> {
        row.cells.clear();
        row.copied.clear();
        row.epoch_1904 = self.epoch_1904;
        if !self.started {
            self.started = true;
            self.pending = self.cells.next().transpose()?;
        }
        let Some(first) = self.pending.take() else { return Ok(false) };
        let number = first.row;
        row.number = u64::from(number) + 1;
        row.cells.push((first.column as usize, first.value));
        while let Some(next) = self.cells.next().transpose()? {
            if next.row != number {
                self.pending = Some(next);
                break;
            }
            row.cells.push((next.column as usize, next.value));
        }
        let ordered = row.cells.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        let backwards = self.pending.as_ref().is_some_and(|next| next.row < number);
        if !ordered || backwards {
            let (file, sheet) = self.place.both();
            return Err(ReadError::Malformed {
                file,
                sheet,
                what: "the cells of the sheet are not in order",
            });
        }
        self.carry(number, row);
        self.rows += 1;
        Ok(true)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        // What the sheet says of its size may be wrong either way; it is only a hint for a bar.
        (self.rows, (self.said >= self.rows && self.said > 1).then_some(self.said))
    }
}

impl<'a> Sheet<'a> {
    /// `said`: the rows the sheet says it has.
    pub(super) fn new(
        cells: Source<'a>,
        place: Place,
        merges: Vec<Merge>,
        epoch_1904: bool,
        said: u64,
    ) -> Self {
        Sheet {
            cells,
            place,
            epoch_1904,
            merges: merges.into_iter().peekable(),
            carried: Vec::new(),
            pending: None,
            rows: 0,
            said,
            started: false,
        }
    }

    /// Puts what is merged over this row into it, and remembers what is merged down from it.
    fn carry(&mut self, number: u32, row: &mut SheetRow<'a>) {
        self.carried.retain(|(_, last, _)| *last >= number);
        for (column, _, value) in &self.carried {
            if let Err(place) = row.cells.binary_search_by_key(column, |(index, _)| *index) {
                row.cells.insert(place, (*column, value.clone()));
                row.copied.push(*column);
            }
        }
        while let Some((top, column, last)) = self.merges.next_if(|(top, _, _)| *top <= number) {
            let column = column as usize;
            let at = row.cells.binary_search_by_key(&column, |(index, _)| *index);
            if top == number
                && let Some((_, value)) = at.ok().and_then(|at| row.cells.get(at))
            {
                self.carried.push((column, last, value.clone()));
            }
        }
    }
}

/// A row of a sheet: its cells, sorted by column.
#[derive(Default)]
pub(in super::super) struct SheetRow<'a> {
    number: u64,
    cells: Vec<(usize, DataRef<'a>)>,
    /// The columns whose cell is that of a row above.
    copied: Vec<usize>,
    epoch_1904: bool,
}

impl Row for SheetRow<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, hint: Option<ColumnType>) -> Cell<'_> {
        // What is counted or paid for several rows together is not so for each.
        let summed = matches!(hint, Some(ColumnType::Count | ColumnType::Money));
        if summed && self.copied.contains(&column) {
            return Cell::Empty;
        }
        let found = self.cells.binary_search_by_key(&column, |(index, _)| *index).ok();
        found
            .and_then(|at| self.cells.get(at))
            .map_or(Cell::Empty, |(_, value)| convert(value, hint, self.epoch_1904))
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.cells
            .iter()
            .map(|(index, value)| (*index, convert(value, None, self.epoch_1904)))
            .filter(|(_, cell)| !cell.is_empty())
    }
}
