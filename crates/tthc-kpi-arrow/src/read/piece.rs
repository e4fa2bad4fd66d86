//! Rows of a part of a source, read apart from the rest: put together by the assembler in the
//! order of the source, they give what reading it in one go gives.

use arrow_array::ArrayRef;
use tthc_kpi::{Column, Text};

use super::assemble::{BATCH_ROWS, BATCH_TEXT, Settings, decides};
use super::build::Builder;
use super::cell::Cell;
use super::find::{NotDossier, Row, Sorted, Sorter};
use super::header::{Layout, Target};
use super::{MAX_ISSUES, ReadError, Rule};

/// The builders of the columns of a layout.
pub(super) fn builders(layout: &Layout, settings: Settings) -> Result<Vec<Builder>, ReadError> {
    let builders = layout.slots.iter().map(|slot| {
        let month_first = matches!(&slot.target, Target::Column(column) if settings.month_first.has(*column));
        Builder::new(slot.clone(), month_first, settings.doubtful)
    });
    builders.collect()
}

/// Why no cell of a row can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It has not as many fields as the header, which has so many.
    Fields(usize),
    /// It is no JSON object.
    NoObject,
}

impl Misfit {
    pub(super) fn expected(self) -> Text {
        match self {
            Misfit::Fields(fields) => Text::new(
                format!("{fields} ô như dòng tiêu đề"),
                format!("{fields} fields, as the header row has"),
            ),
            Misfit::NoObject => Text::new("một đối tượng JSON", "a JSON object"),
        }
    }
}

/// The texts of a row that may be set aside.
#[derive(Clone, Default)]
pub(super) struct Kept {
    /// One per builder, where it is known which cell is whose.
    pub(super) cells: Vec<String>,
    /// Else all cells as they came.
    pub(super) raw: Vec<String>,
}

/// Rows read, none of them judged yet.
pub(super) struct Piece {
    pub(super) builders: Vec<Builder>,
    /// What the builders gave.
    pub(super) arrays: Vec<ArrayRef>,
    /// The rows as numbered in the piece.
    pub(super) numbers: Vec<u64>,
    /// Rows none of whose cells can be told.
    pub(super) misfits: Vec<(usize, Misfit)>,
    pub(super) skipped: Vec<NotDossier>,
    /// A row with the headers in other places.
    pub(super) moved: Option<u64>,
    /// The line of a quotation mark that swallowed rows: no row after it is read.
    pub(super) swallowed: Option<u64>,
    /// Rows that may be set aside, with the texts of their cells.
    pub(super) doubtful: Vec<(usize, Kept)>,
    /// No column of the table is of personal data: cells may be told whose place is not known.
    plain: bool,
    /// The builders by which a row is set aside.
    deciding: Vec<usize>,
}

impl Piece {
    pub(super) fn new(layout: &Layout, settings: Settings) -> Result<Self, ReadError> {
        let builders = builders(layout, settings)?;
        let deciding = (0..).zip(&builders).filter(|(_, builder)| builder.column.and_then(decides).is_some());
        Ok(Piece {
            plain: layout.mapping.iter().all(|mapped| mapped.rule != Rule::Personal),
            deciding: deciding.map(|(index, _)| index).collect(),
            builders,
            arrays: Vec::new(),
            numbers: Vec::new(),
            misfits: Vec::new(),
            skipped: Vec::new(),
            moved: None,
            swallowed: None,
            doubtful: Vec::new(),
        })
    }

    pub(super) fn add<R: Row>(&mut self, row: &R, sorter: &mut Sorter) {
        if !self.is_sound() {
            return;
        }
        match sorter.sort(row) {
            Sorted::Not(what) => self.skipped.push(what),
            Sorted::Dossier => self.dossier(row),
            Sorted::Moved => drop(self.moved.get_or_insert(row.number())),
            Sorted::Swallowed(line) => self.swallowed = Some(line),
            Sorted::Ragged(expected) => {
                if self.plain && self.doubtful.len() < MAX_ISSUES {
                    let cells = 0..row.fields().unwrap_or_default();
                    let raw = cells.map(|column| row.cell(column, None).as_typed()).collect();
                    self.doubtful.push((self.numbers.len(), Kept { cells: Vec::new(), raw }));
                }
                self.misfit(row.number(), Misfit::Fields(expected));
            }
        }
    }

    /// Whether rows can still be told apart.
    pub(super) fn is_sound(&self) -> bool {
        self.swallowed.is_none()
    }

    /// Adds a row that is a dossier.
    pub(super) fn dossier<R: Row>(&mut self, row: &R) {
        let (at, number) = (self.numbers.len(), row.number());
        for builder in &mut self.builders {
            builder.push(&row.cell(builder.slot.index, builder.hint()), at, number);
        }
        if self.doubtful.len() < MAX_ISSUES && self.is_doubtful(row, at) {
            let cell = |builder: &Builder| builder.as_typed(&row.cell(builder.slot.index, builder.hint()));
            let cells = self.builders.iter().map(cell).collect();
            self.doubtful.push((at, Kept { cells, raw: Vec::new() }));
        }
        self.numbers.push(number);
    }

    /// Adds a row none of whose cells can be told.
    pub(super) fn misfit(&mut self, number: u64, misfit: Misfit) {
        let at = self.numbers.len();
        for builder in &mut self.builders {
            builder.push(&Cell::Empty, at, number);
        }
        self.misfits.push((at, misfit));
        self.numbers.push(number);
    }

    /// Whether a cell without which the row cannot be judged was not read, or is not there.
    fn is_doubtful<R: Row>(&self, row: &R, at: usize) -> bool {
        self.deciding.iter().filter_map(|index| self.builders.get(*index)).any(|builder| {
            builder.problems.last().is_some_and(|(last, _)| *last == at)
                || builder.column == Some(Column::ReceivedAt)
                    && row.cell(builder.slot.index, builder.hint()).is_nothing(builder.words)
        })
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
