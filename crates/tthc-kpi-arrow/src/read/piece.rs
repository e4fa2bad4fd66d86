//! Rows of a part of a source, read apart from the rest: put together by the assembler in the
//! order of the source, they give what reading it in one go gives.

use arrow_array::ArrayRef;

use super::ReadError;
use super::assemble::{BATCH_ROWS, BATCH_TEXT, Settings};
use super::build::Builder;
use super::cell::Cell;
use super::find::{NotDossier, Row, Sorted, Sorter};
use super::header::{Layout, Target};

/// The builders of the columns of a layout.
pub(super) fn builders(layout: &Layout, settings: Settings) -> Result<Vec<Builder>, ReadError> {
    let builders = layout.slots.iter().map(|slot| {
        let month_first = matches!(&slot.target, Target::Column(column) if settings.month_first.has(*column));
        Builder::new(slot.clone(), month_first)
    });
    builders.collect()
}

/// Rows read, none of them judged yet.
pub(super) struct Piece {
    pub(super) builders: Vec<Builder>,
    /// What the builders gave.
    pub(super) arrays: Vec<ArrayRef>,
    /// The rows as numbered in the piece.
    pub(super) numbers: Vec<u64>,
    /// Rows whose fields do not match the header, and how many it has.
    pub(super) ragged: Vec<(usize, usize)>,
    pub(super) skipped: Vec<NotDossier>,
}

impl Piece {
    pub(super) fn new(layout: &Layout, settings: Settings) -> Result<Self, ReadError> {
        Ok(Piece {
            builders: builders(layout, settings)?,
            arrays: Vec::new(),
            numbers: Vec::new(),
            ragged: Vec::new(),
            skipped: Vec::new(),
        })
    }

    pub(super) fn add<R: Row>(&mut self, row: &R, sorter: &mut Sorter) {
        let (at, number) = (self.numbers.len(), row.number());
        match sorter.sort(row) {
            Sorted::Not(what) => return self.skipped.push(what),
            Sorted::Dossier => {
                for builder in &mut self.builders {
                    builder.push(&row.cell(builder.slot.index, builder.hint()), at, number);
                }
            }
            Sorted::Ragged(expected) => {
                for builder in &mut self.builders {
                    builder.push(&Cell::Empty, at, number);
                }
                self.ragged.push((at, expected));
            }
        }
        self.numbers.push(number);
    }

    /// It has the rows of a batch.
    pub(super) fn is_full(&self) -> bool {
        self.numbers.len() == BATCH_ROWS
            || self.builders.iter().any(|builder| builder.text_bytes > BATCH_TEXT)
    }

    /// No more rows.
    pub(super) fn end(mut self) -> Self {
        self.arrays = self.builders.iter_mut().map(Builder::take).collect();
        self
    }
}
