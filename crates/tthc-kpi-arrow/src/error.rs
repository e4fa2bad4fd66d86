//! Errors of the columnar engine.

use tthc_kpi::{Column, ColumnType};

/// A caller's mistake, or an error of the core.
///
/// # Example
/// ```
/// use tthc_kpi::{Column, ColumnSet, Dossier};
/// use tthc_kpi_arrow::{ArrowError, batch_of};
/// let rows = [Dossier::received("2026-01-05".parse()?)];
/// let error = batch_of(&rows, ColumnSet::none().with(Column::DueAt)).unwrap_err();
/// assert_eq!(error, ArrowError::NoReceipt);
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ArrowError {
    /// An error of the core.
    #[error(transparent)]
    Core(#[from] tthc_kpi::Error),
    /// The one required column is not there.
    #[error("the table has no column received_at (Ngày tiếp nhận): expected at least that one")]
    NoReceipt,
    /// A column of another Arrow type than the canonical schema has.
    #[error("column {column} has the Arrow type {found}: expected {expected}")]
    ColumnType {
        /// The column.
        column: String,
        /// The type it has.
        found: String,
        /// What the canonical schema asks for.
        expected: &'static str,
    },
    /// A receipt that is null in a batch of the canonical schema.
    #[error("row {row} of a batch has no received_at: expected every row to have one")]
    NullReceipt {
        /// Row in the batch, from 0.
        row: usize,
    },
    /// A breakdown by a column the data does not have.
    #[error("the data has no column {name:?} to break down by")]
    NoDimension {
        /// The dimension.
        name: String,
    },
    /// A breakdown by personal data.
    #[error("{name:?} is personal data: it cannot be a dimension")]
    PersonalDimension {
        /// The dimension.
        name: String,
    },
    /// Two columns of a table would have one name.
    #[error("two columns would be called {name:?}: expected names that differ")]
    RepeatedColumn {
        /// The name.
        name: String,
    },
    /// An amount with more than two decimals, or beyond 18 digits.
    #[error("an amount cannot be held exactly: expected at most 16 digits and two decimals")]
    Amount,
    /// Arrow could not build or read a table.
    #[error("arrow: {0}")]
    Arrow(String),
    /// An unknown way of handling duplicates.
    #[error("unknown way of handling duplicates {0:?}: expected resolve, error or assume_unique")]
    Duplicates(String),
    /// Marks of duplicates that are not one per row.
    #[error("there are not as many marks of duplicates as rows: expected one mark per row")]
    Marks,
    /// A file that is counted while it is read cannot be read.
    #[error(transparent)]
    Read(#[from] crate::read::ReadError),
    /// A file of a saved tally cannot be used.
    #[cfg(feature = "files")]
    #[error(transparent)]
    Saved(crate::saved::error::SavedError),
    /// The caller stopped the work.
    #[error("interrupted")]
    Interrupted,
}

impl From<arrow_schema::ArrowError> for ArrowError {
    fn from(error: arrow_schema::ArrowError) -> Self {
        // Arrow's own texts may quote the data: only their kind is passed on.
        let text = error.to_string();
        ArrowError::Arrow(text.split(':').next().unwrap_or("error").to_owned())
    }
}

/// What a canonical column of a type is in Arrow, in words.
pub(crate) const fn expected(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Text | ColumnType::Category => "Utf8 or Dictionary(Int32, Utf8)",
        ColumnType::Status | ColumnType::Rating => "UInt8",
        ColumnType::Instant => "Timestamp(Microsecond, None)",
        ColumnType::Count => "UInt32",
        ColumnType::Money => "Decimal128(18, 2)",
        ColumnType::Bool => "Boolean",
    }
}

pub(crate) fn wrong_type(column: Column, found: &arrow_schema::DataType) -> ArrowError {
    ArrowError::ColumnType {
        column: column.slug().to_owned(),
        found: found.to_string(),
        expected: expected(column.column_type()),
    }
}
