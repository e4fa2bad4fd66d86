//! What was left alone of the sources, which words were not known, and how many rows have no id.

use arrow_array::Array;
use tthc_kpi::Column;

use super::Dossiers;
use crate::read::{LeftAlone, UnknownWords};

impl Dossiers {
    /// Files and sheets that gave no dossier, in the order they were read.
    ///
    /// See [`LeftAlone`] for an example.
    pub fn left_alone(&self) -> &[LeftAlone] {
        &self.left_alone
    }

    /// Words of columns that are none of their values: how many there are and where, never the words.
    ///
    /// See [`UnknownWords`] for an example.
    pub fn unknown_words(&self) -> &[UnknownWords] {
        &self.unknown_words
    }

    /// Rows without a dossier id, where the rows come from more than one file or sheet: a dossier that stands
    /// in two of them is counted twice.
    ///
    /// # Example
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, read::from_arrow};
    /// let day: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026"]));
    /// let table = RecordBatch::try_from_iter([("Ngày tiếp nhận", day)])?;
    /// let of = |name| from_arrow([Ok(table.clone())], &table.schema(), name, &Default::default());
    /// assert_eq!(Dossiers::from_loaded([of("T1")?], Duplicates::Resolve)?.unidentified(), 0);
    /// assert_eq!(Dossiers::from_loaded([of("T1")?, of("T2")?], Duplicates::Resolve)?.unidentified(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn unidentified(&self) -> u64 {
        let mut sources: Vec<usize> = self.parts.iter().map(|part| part.source).collect();
        sources.dedup();
        if sources.len() < 2 {
            return 0;
        }
        let without = |part: &super::Part| {
            let ids = part.batch.column_by_name(Column::DossierId.slug());
            ids.map_or(part.batch.num_rows(), |ids| ids.null_count()) as u64
        };
        self.parts.iter().map(without).sum()
    }
}
