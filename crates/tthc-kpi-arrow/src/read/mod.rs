//! Readers (SPEC §10): an Excel, CSV or JSON export, or any Arrow table, into batches of the canonical
//! columns.
//!
//! Headers are found and matched in any case, spacing and Unicode form; every value is read
//! strictly by the type of its column. What cannot be read becomes unknown, or sets its row
//! aside where the verdict would hang on it, and is an [`Issue`] that names the place and never
//! the value. Personal data of the applicant is not read at all.

// Without the files' readers, what only they use is not compiled in by the linker.
#![cfg_attr(not(feature = "files"), allow(dead_code))]

#[cfg(feature = "files")]
mod ahead;
#[cfg(feature = "files")]
mod archive;
mod arrow;
mod assemble;
mod build;
mod cell;
#[cfg(feature = "files")]
mod csv;
mod date;
mod error;
mod error_vi;
#[cfg(feature = "files")]
mod excel;
mod expected;
#[cfg(feature = "files")]
mod file;
mod filling;
mod find;
mod finished;
mod flow;
mod header;
#[cfg(feature = "files")]
mod json;
mod left;
mod legacy;
mod limit;
mod near;
mod note;
mod number;
#[cfg(feature = "files")]
mod opendocument;
#[cfg(feature = "files")]
mod parquet;
mod piece;
#[cfg(feature = "files")]
mod pieces;
mod register;
#[cfg(feature = "files")]
mod source;
#[cfg(feature = "files")]
mod split;
mod swallowed;
mod tell;
mod typed;
mod values;
mod whole;
mod words;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tthc_kpi::{Action, Column, ColumnSet, Issue, Reason};

pub use arrow::{from_arrow, map_columns, wanted_columns};
#[cfg(feature = "files")]
pub(crate) use assemble::{Outcome, Settings};
pub use error::{NearRow, ReadError};
#[cfg(feature = "files")]
pub use file::{read_file, read_files, read_tables};
#[cfg(feature = "files")]
pub(crate) use flow::{Flow, Handed, settle, twice};
pub use header::{HeaderMatch, IGNORE, match_header};
pub use left::{LeftAlone, LeftReason};
pub use limit::Limit;
#[cfg(feature = "files")]
pub(crate) use parquet::Beyond;
pub use register::{
    RegisterError, RegisterOptions, RegisterRecord, merge_registers, put_register, register_from_arrow,
};
#[cfg(feature = "files")]
pub use register::{read_register, read_registers};
#[cfg(feature = "files")]
pub use source::OpenStream;
#[cfg(feature = "files")]
pub(crate) use source::{Source, Stream};
pub use values::{UnknownWord, UnknownWords};
pub use words::normalise;

#[cfg(not(feature = "files"))]
use flow::twice;

/// How many issues are kept; beyond it they are only counted.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tthc_kpi_arrow::read::{MAX_ISSUES, from_arrow};
/// let received: ArrayRef = Arc::new(StringArray::from(vec!["soon"; MAX_ISSUES + 1]));
/// let table = RecordBatch::try_from_iter([("received_at", received)])?;
/// let schema = table.schema();
/// let loaded = from_arrow([Ok(table)], &schema, "table", &Default::default())?;
/// assert_eq!(loaded.issues.len(), MAX_ISSUES);
/// assert_eq!(loaded.issue_counts.values().sum::<u64>(), MAX_ISSUES as u64 + 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub const MAX_ISSUES: usize = 10_000;

/// Reports bytes or rows done, and of how many if that is known; a break stops the reading.
pub(crate) type Progress<'a> = dyn FnMut(u64, Option<u64>) -> ControlFlow<()> + 'a;

/// How a source is read.
///
/// # Example
/// ```
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::read::{ReadOptions, map_columns};
/// let options = ReadOptions {
///     mapping: [("Nhận lúc".to_owned(), "received_at".to_owned())].into(),
///     extra: vec!["Ca trực".to_owned()],
///     ..ReadOptions::default()
/// };
/// let mapped = map_columns(&["Nhận lúc".to_owned(), "Ca trực".to_owned()], "table", &options)?;
/// assert_eq!(mapped[0].column, Some(Column::ReceivedAt));
/// assert_eq!(mapped[1].extra.as_deref(), Some("Ca trực"));
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Header of the source to canonical slug, or to [`IGNORE`]; wins over the built-in words. Of several columns
    /// with the very same header the second is `"Header#2"`, the third `"Header#3"`.
    pub mapping: BTreeMap<String, String>,
    /// What words of a column mean: slug of the column, to word of the source, to a value of the column as one
    /// would type it (a slug, a name, a number; nothing for unknown). Wins over the built-in words.
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Sheet of a workbook; `None` takes those that hold a dossier list. A CSV file has no sheets.
    pub sheet: Option<String>,
    /// The first issue is an error.
    pub strict: bool,
    /// Other columns to load, as dimensions, by their headers.
    pub extra: Vec<String>,
    /// Threads that read a CSV file in UTF-8; `None` takes as many as the machine runs at once. The
    /// result is the same for any number.
    pub threads: Option<usize>,
}

/// By which rule a column of the source was matched.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::{ReadOptions, Rule, map_columns};
/// let names = ["received_at", "Chủ hồ sơ", "Màu mắt"].map(str::to_owned);
/// let mapped = map_columns(&names, "table", &ReadOptions::default())?;
/// let rules: Vec<Rule> = mapped.iter().map(|column| column.rule).collect();
/// assert_eq!(rules, [Rule::Exact, Rule::Personal, Rule::Ignored]);
/// assert_eq!(Rule::Personal.to_string(), "personal");
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The header is the column's slug or title.
    Exact,
    /// The header is a known other name of the column.
    Synonym,
    /// The caller's mapping or list of extra columns says so.
    Caller,
    /// Personal data: not read.
    Personal,
    /// Not read: nothing known, or the caller chose another column or none.
    Ignored,
}

impl Rule {
    /// The rule's one name.
    pub const fn slug(self) -> &'static str {
        match self {
            Rule::Exact => "exact",
            Rule::Synonym => "synonym",
            Rule::Caller => "caller",
            Rule::Personal => "personal",
            Rule::Ignored => "ignored",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug())
    }
}

/// What one column of a source was read as.
///
/// # Example
/// ```
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::read::{ReadOptions, Rule, map_columns};
/// let mapped = map_columns(&["NGÀY  NHẬN *".to_owned()], "table", &ReadOptions::default())?;
/// assert_eq!((mapped[0].source.as_str(), mapped[0].file.as_str()), ("NGÀY  NHẬN *", "table"));
/// assert_eq!((mapped[0].column, mapped[0].rule), (Some(Column::ReceivedAt), Rule::Synonym));
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    /// Header in the source; with `#2`, `#3` where columns further left have the very same.
    pub source: String,
    /// The canonical column it is read as, if it is.
    pub column: Option<Column>,
    /// The extra column it is read as, if it is.
    pub extra: Option<String>,
    /// Why.
    pub rule: Rule,
    /// Dates were read with the month first, since a value proved it (SPEC §10).
    pub month_first: bool,
    /// What the caller says that words of the column mean, in the order of the words.
    pub values: Vec<(String, String)>,
    /// File name, without its folder, or the name of the table.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
}

impl MappedColumn {
    fn new(place: &Place, source: &str, rule: Rule) -> Self {
        let (file, sheet) = place.both();
        MappedColumn {
            source: source.to_owned(),
            column: None,
            extra: None,
            rule,
            month_first: false,
            values: Vec::new(),
            file,
            sheet,
        }
    }
}

/// A source, read.
///
/// `rows_read` is the rows of the batches and the rows set aside together.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use tthc_kpi::{Column, ColumnSet};
/// let received: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026", "soon"]));
/// let table = RecordBatch::try_from_iter([("Ngày tiếp nhận", received)])?;
/// let schema = table.schema();
/// let loaded = tthc_kpi_arrow::read::from_arrow([Ok(table)], &schema, "table", &Default::default())?;
/// assert_eq!(loaded.columns, ColumnSet::none().with(Column::ReceivedAt));
/// assert_eq!((loaded.rows_read, loaded.set_aside["unreadable_received_at"]), (2, 1));
/// assert_eq!(loaded.row_numbers, [[1]]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Loaded {
    /// Batches of up to 65,536 rows, all of one schema: the canonical columns the source has, in
    /// canonical order, then the extra columns. Dictionaries are shared by all batches.
    pub batches: Vec<RecordBatch>,
    /// The canonical columns the source has.
    pub columns: ColumnSet,
    /// What every column of the source was read as, in the order of the source.
    pub mapping: Vec<MappedColumn>,
    /// The first [`MAX_ISSUES`] issues, in the order of rows.
    pub issues: Vec<Issue>,
    /// All issues, counted.
    pub issue_counts: BTreeMap<(Option<Column>, Reason, Action), u64>,
    /// Rows that are dossiers, read or set aside.
    pub rows_read: u64,
    /// Rows set aside, by reason: `unreadable_<column>`, `missing_received_at`, `unreadable_row`.
    pub set_aside: BTreeMap<String, u64>,
    /// Rows below the header that are not dossiers: `blank`, `index`, `heading`, `total`, `note`; and what was left
    /// alone of the source: `sheet`, `file`.
    pub skipped: BTreeMap<String, u64>,
    /// For every batch, the row of the source each of its rows comes from, counted from 1 as a
    /// spreadsheet does; for a table in memory, from 1 for its first row; for JSON, from 1 for its first object.
    pub row_numbers: Vec<Vec<u64>>,
    /// Files and sheets of the source that gave no dossier.
    pub left_alone: Vec<LeftAlone>,
    /// Words of columns that are none of their values, column by column.
    pub unknown_words: Vec<UnknownWords>,
    /// The first [`MAX_ISSUES`] rows set aside, to be mended.
    pub aside: AsideTable,
}

/// Rows of one table that were set aside, with what stood in the columns that are read: never in those
/// of personal data.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi_arrow::read::read_file;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-aside-{}.csv", std::process::id()));
/// std::fs::write(&path, "Mã hồ sơ,Ngày tiếp nhận,Chủ hồ sơ\nA,hôm nào,B\n")?;
/// let loaded = read_file(&path, &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// assert_eq!(loaded.aside.headers, ["Mã hồ sơ", "Ngày tiếp nhận"]);
/// assert_eq!(loaded.aside.rows[0].cells, ["A", "hôm nào"]);
/// assert_eq!(loaded.aside.rows[0].issue.row, 2);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AsideTable {
    /// Headers of the columns that are read, as the source has them.
    pub headers: Vec<String>,
    /// The rows, in order.
    pub rows: Vec<AsideRow>,
}

/// A row set aside. See [`AsideTable`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsideRow {
    /// Where it stands, and why it was set aside.
    pub issue: Issue,
    /// A text per header; none where the row's cells are not those of the headers, or a table in memory
    /// has them.
    pub cells: Vec<String>,
    /// All cells as they came, where they are more or fewer than the headers and no header is of personal data.
    pub raw: Vec<String>,
}

/// Where reading is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) sheet: Option<String>,
}

impl Place {
    pub(crate) fn both(&self) -> (String, Option<String>) {
        (self.file.clone(), self.sheet.clone())
    }
}

impl Loaded {
    fn tell_month_first(&mut self, columns: ColumnSet) {
        for mapped in &mut self.mapping {
            mapped.month_first = mapped.column.is_some_and(|column| columns.has(column));
        }
    }
}
