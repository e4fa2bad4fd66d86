//! How much of each column is known.

use arrow_array::Array;
use serde::Serialize;
use tthc_kpi::{Action, Column};

use crate::dossiers::Dossiers;

/// Chất lượng một cột: of the rows read, how many cells of a column say something.
///
/// `known` + `unknown` + the rows set aside are the rows read.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::{Dossiers, Duplicates, read::read_tables};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-quality-{}.csv", std::process::id()));
/// std::fs::write(&path, "Ngày tiếp nhận,Mức độ hài lòng\n05/01/2026,5\n06/01/2026,9\n07/01/2026,\nhôm nào,4\n")?;
/// let tables = read_tables(&path, &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// let quality = Dossiers::from_loaded(tables, Duplicates::Resolve)?.quality();
/// let [received, rating] = quality.as_slice() else { panic!("two columns") };
/// assert_eq!((received.column, received.known, received.unknown, received.set_aside), (Column::ReceivedAt, 3, 0, 1));
/// assert_eq!((rating.known, rating.unknown, rating.refused, rating.set_aside), (1, 2, 1, 0)); // 9 is no rating
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ColumnQuality {
    /// The column.
    pub column: Column,
    /// Cells with a value, of the rows that were not set aside.
    pub known: u64,
    /// Cells without one, of the same rows; rows of a source that lacks the column are among them.
    pub unknown: u64,
    /// Of the unknown, those where something stood that could not be: unreadable, out of range, above its
    /// whole.
    pub refused: u64,
    /// Rows set aside because of this column.
    pub set_aside: u64,
}

impl Dossiers {
    /// How much of each column that some source has is known, in canonical order.
    ///
    /// See [`ColumnQuality`] for an example.
    pub fn quality(&self) -> Vec<ColumnQuality> {
        let rows: u64 = self.batches().map(|batch| batch.num_rows() as u64).sum();
        let issues = |column: Column, action: Action| {
            let of = self
                .issue_counts()
                .iter()
                .filter(move |((of, _, did), _)| *of == Some(column) && *did == action);
            of.fold(0u64, |sum, (_, count)| sum.saturating_add(*count))
        };
        let known = |column: Column| -> u64 {
            let arrays = self.batches().filter_map(|batch| batch.column_by_name(column.slug()));
            arrays.map(|array| (array.len() - array.null_count()) as u64).sum()
        };
        let quality = |column: Column| {
            let known = known(column);
            ColumnQuality {
                column,
                known,
                unknown: rows.saturating_sub(known),
                refused: issues(column, Action::Unknown),
                set_aside: issues(column, Action::SetAside),
            }
        };
        self.columns().iter().map(quality).collect()
    }
}
