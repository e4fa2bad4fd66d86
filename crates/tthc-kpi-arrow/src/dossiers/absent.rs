//! Columns that some of the files and sheets read as one set lack, while others have them.

use serde::Serialize;
use tthc_kpi::{Column, ColumnSet};

use super::Dossiers;

/// A file or sheet that lacks columns others have: its dossiers are unknown there.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::{Dossiers, Duplicates, read::from_arrow};
/// let of = |name: &str, headers: &[&str]| {
///     let day: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026"]));
///     let table = RecordBatch::try_from_iter(headers.iter().map(|header| (*header, Arc::clone(&day))))?;
///     Ok::<_, Box<dyn std::error::Error>>(from_arrow([Ok(table.clone())], &table.schema(), name, &Default::default())?)
/// };
/// let tables = [of("T1", &["Ngày tiếp nhận", "Ngày hẹn trả"])?, of("T2", &["Ngày tiếp nhận"])?];
/// let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve)?;
/// let [absent] = &dossiers.absent_columns()[..] else { panic!("one table") };
/// assert_eq!((absent.file.as_str(), absent.columns.as_slice()), ("T2", &[Column::DueAt][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AbsentColumns {
    /// File name, without its folder, or the name of the table.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Columns that another file or sheet has, in canonical order.
    pub columns: Vec<Column>,
}

impl Dossiers {
    /// Which files and sheets lack columns that others of the set have, in the order they were read.
    ///
    /// See [`AbsentColumns`] for an example.
    pub fn absent_columns(&self) -> Vec<AbsentColumns> {
        let lacking = |has: ColumnSet| self.columns.iter().filter(|column| !has.has(*column)).collect();
        let sources = self.sources.iter().map(|source| AbsentColumns {
            file: source.file.clone(),
            sheet: source.sheet.clone(),
            columns: lacking(source.columns),
        });
        sources.filter(|absent| !absent.columns.is_empty()).collect()
    }
}
