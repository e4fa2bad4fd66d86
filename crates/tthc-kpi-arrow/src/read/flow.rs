//! Batches handed on as soon as they are whole, for what is counted while it is read.
//!
//! What only a whole column decides, which number of a date is the month and whether an extra column is
//! of numbers, is taken as it looks so far; where a later row proves otherwise, all is read again.

use arrow_array::RecordBatch;
use tthc_kpi::{Column, ColumnType};

use super::assemble::{Outcome, Settings};
use super::header::{Layout, Slot, Target};
use super::number::Marks;
use super::{Loaded, ReadError};

/// A batch of the canonical schema, and the rows of the source that its rows are.
pub(crate) struct Handed {
    pub(crate) batch: RecordBatch,
    pub(crate) rows: Vec<u64>,
}

/// Which columns are read, and what becomes of their batches.
pub(crate) struct Flow<'f> {
    /// Canonical columns, or extra ones by their names.
    pub(crate) wanted: &'f dyn Fn(Result<Column, &str>) -> bool,
    /// An error ends the reading.
    pub(crate) take: &'f mut dyn FnMut(Handed) -> Result<(), ReadError>,
}

impl Flow<'_> {
    /// Leaves of a layout only what is wanted, and what tells how that is written.
    pub(super) fn narrow(&self, layout: &mut Layout) {
        let kept = kept(self.wanted);
        layout.slots.retain(|slot| kept(slot));
    }
}

/// The columns that are wanted, and those that tell how they are written: a date which of its numbers is
/// the month, an amount what its marks are.
pub(super) fn kept<'w>(wanted: impl Fn(Result<Column, &str>) -> bool + 'w) -> impl Fn(&Slot) -> bool + 'w {
    let amounts = Column::ALL.iter().any(|of| of.column_type() == ColumnType::Money && wanted(Ok(*of)));
    move |slot| wants(&wanted, slot) || slot.is_of_dates() || amounts && slot.is_of_amounts()
}

/// Whether a column is wanted.
pub(super) fn wants(wanted: impl Fn(Result<Column, &str>) -> bool, slot: &Slot) -> bool {
    match &slot.target {
        Target::Column(column) => wanted(Ok(*column)),
        Target::Extra(name) => wanted(Err(name)),
    }
}

/// Why a source was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// A value of the column proves that the month stands first.
    MonthFirst(Column),
    /// The extra column, by its place among those read, looked like one of numbers or of truth values
    /// and is one of texts.
    Texts(usize),
    /// Amounts of the table make these marks of others doubtful.
    Doubtful(Marks),
}

/// Reads, and once more for each column that turned out to be other than taken for, such as one whose
/// dates have the month first, or where amounts make others doubtful (SPEC §10). `read` is to forget what it
/// handed on before. Each turn adds a column, or marks, so there are no more turns than these.
///
/// # Errors
/// Those of `read`.
pub(crate) fn twice(
    strict: bool,
    read: impl FnMut(Settings) -> Result<Outcome, ReadError>,
) -> Result<Loaded, ReadError> {
    settle(Settings::of(strict), read).map(|(_, loaded)| loaded)
}

/// [`twice`], with what was taken for true in the end.
///
/// # Errors
/// Those of `read`.
pub(crate) fn settle(
    mut settings: Settings,
    mut read: impl FnMut(Settings) -> Result<Outcome, ReadError>,
) -> Result<(Settings, Loaded), ReadError> {
    for _ in 0..=(Column::ALL.len() + MOST_EXTRA + 2) {
        match read(settings)? {
            Outcome::Done(mut loaded) => {
                loaded.tell_month_first(settings.month_first);
                return Ok((settings, *loaded));
            }
            Outcome::Again(Again::MonthFirst(column)) => {
                settings.month_first = settings.month_first.with(column);
            }
            Outcome::Again(Again::Doubtful(marks)) => settings.doubtful = settings.doubtful.and(marks),
            Outcome::Again(Again::Texts(place)) => {
                settings.texts |= bit(place).ok_or(ReadError::Internal("too many extra columns"))?;
            }
        }
    }
    Err(ReadError::Internal("the reading did not settle"))
}

/// Extra columns that [`Settings::texts`] can tell apart.
const MOST_EXTRA: usize = 64;

/// The bit of an extra column.
pub(super) fn bit(place: usize) -> Option<u64> {
    1u64.checked_shl(u32::try_from(place).ok()?)
}
