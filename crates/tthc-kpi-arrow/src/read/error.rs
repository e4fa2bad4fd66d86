//! Why a source could not be read. Names the place and what was expected, never the value of a cell.

use tthc_kpi::{Column, Issue, Register, Text, UnknownName};

use super::near;
use super::{Limit, Place, RegisterError};

pub use super::near::NearRow;

/// A file or table that cannot be read. Foreign error texts are never passed on: they may quote
/// the data, and the data may be personal (SPEC §2).
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::{ReadError, ReadOptions, map_columns};
/// let error = map_columns(&["Mã hồ sơ".to_owned()], "table", &ReadOptions::default()).unwrap_err();
/// assert_eq!(error, ReadError::NoReceivedAt { file: "table".into() });
/// assert_eq!(error.code(), "no_received_at");
/// assert!(error.vi().contains("thiếu cột bắt buộc"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is not there, or the system refused it.
    #[error("{file}: cannot be read: {kind}")]
    Io {
        /// File name.
        file: String,
        /// What the system said.
        kind: std::io::ErrorKind,
    },
    /// A kind of file the readers do not know.
    #[error(
        "{file}: {found} is not a kind of file that can be read here; expected .xlsx, .xls, .ods, .csv, .parquet, .json or a .zip of them"
    )]
    Format {
        /// File name.
        file: String,
        /// What the content looks like.
        found: &'static str,
    },
    /// The file says one thing and holds another, or is cut short.
    #[error("{file}{}: {what}", sheet_part(.sheet))]
    Malformed {
        /// File or table name.
        file: String,
        /// Sheet, if one was being read.
        sheet: Option<String>,
        /// What is wrong.
        what: &'static str,
    },
    /// JSON that cannot be told apart, or is cut short.
    #[error("{file}, line {line}: not JSON, or cut short")]
    Json {
        /// File name.
        file: String,
        /// Line at which it was noticed.
        line: u64,
    },
    /// The workbook is locked with a password.
    #[error("{file}: the workbook is protected with a password; save a copy without one")]
    Encrypted {
        /// File name.
        file: String,
    },
    /// Text that is in none of the encodings that are read.
    #[error(
        "{file}, row {row}: the text is not UTF-8, UTF-16 or Windows-1258; save the file as \"CSV UTF-8\""
    )]
    Encoding {
        /// File name.
        file: String,
        /// Row at which it was noticed.
        row: u64,
    },
    /// Text in an old Vietnamese encoding, which is shown right by a font alone.
    #[error("{file}{}: the text is written in {name}, not in Unicode; convert it first (with UniKey, say)", sheet_part(.sheet))]
    Legacy {
        /// File name.
        file: String,
        /// Sheet of a workbook.
        sheet: Option<String>,
        /// Which one.
        name: &'static str,
    },
    /// A quotation mark that is not closed, or only rows further down: these would be one cell.
    #[error(
        "{file}, line {line}: a quotation mark (\") opened there is not closed where its cell ends, so that rows after it \
         became one cell; expected a second mark at the end of the cell, or none"
    )]
    UnclosedQuote {
        /// File name.
        file: String,
        /// Line of the file on which it opens.
        line: u64,
    },
    /// More rows, columns or cells than a reader accepts.
    #[error("{file}{}: {}", sheet_part(.sheet), .what.en())]
    TooLarge {
        /// File or table name.
        file: String,
        /// Sheet, if one was being read.
        sheet: Option<String>,
        /// Which limit.
        what: Limit,
    },
    /// Nothing is written in the file.
    #[error("{file}{}: nothing is written there", sheets_part(.sheets))]
    Empty {
        /// File name.
        file: String,
        /// The sheets looked at; none for a text file.
        sheets: Vec<String>,
    },
    /// No row looks like the header of a dossier list.
    #[error(
        "{file}{}: no header row in the first {rows} rows; expected a row with \"Ngày tiếp nhận\" (received_at) and at least \
         one more known column such as \"Mã hồ sơ\"; {}",
        sheets_part(.sheets), near::en(.near.as_deref())
    )]
    NoHeader {
        /// File name.
        file: String,
        /// The sheets looked at; none for a text file.
        sheets: Vec<String>,
        /// How many rows were looked at.
        rows: u64,
        /// The row that comes nearest; none where no known header was met.
        near: Option<Box<NearRow>>,
    },
    /// A spreadsheet has taken texts dd/MM for MM/dd where it could.
    #[error(
        "{file}{}, column {header:?}: every date has a day of at most 12, every text one above it: day and month of the \
         dates were exchanged when the export was opened with American dates; take the export as it was",
        sheet_part(.sheet)
    )]
    ExchangedDates {
        /// File name.
        file: String,
        /// Sheet of a workbook.
        sheet: Option<String>,
        /// Header of the column.
        header: String,
    },
    /// The headers stand once more further down, in another order.
    #[error("{file}{}, row {row}: the headers stand here once more, in another order of columns; split the list there", sheet_part(.sheet))]
    MovedHeader {
        /// File name.
        file: String,
        /// Sheet of a workbook.
        sheet: Option<String>,
        /// Row of the second header.
        row: u64,
    },
    /// A table in memory without the one column that is required.
    #[error(
        "{file}: no column means \"Ngày tiếp nhận\" (received_at), which is required; if it has another name, give a mapping"
    )]
    NoReceivedAt {
        /// Table name.
        file: String,
    },
    /// More than one sheet holds a dossier list, and it cannot be known which rows are of one dossier.
    #[error("{file}: several sheets hold a dossier list: {}; {}say which one", quoted(.sheets), without_ids(.lacking))]
    SeveralSheets {
        /// File name.
        file: String,
        /// The sheets.
        sheets: Vec<String>,
        /// Those without a column of dossier ids; none where one list alone was asked for.
        lacking: Vec<String>,
    },
    /// A register where a list of dossiers should be.
    #[error(
        "{file}{}: this is {}, not a list of dossiers; give it as registers= beside the dossiers, or read it with \
         Registers",
        sheet_part(.sheet), .register.title_en()
    )]
    RegisterGiven {
        /// File name.
        file: String,
        /// Sheet of a workbook.
        sheet: Option<String>,
        /// Which register.
        register: Register,
    },
    /// The sheet asked for is not in the workbook.
    #[error("{file}: no sheet {sheet:?}; it has {}{}", quoted(.sheets), suggestion(.nearest))]
    NoSuchSheet {
        /// File name.
        file: String,
        /// The sheet asked for.
        sheet: String,
        /// The sheets there are.
        sheets: Vec<String>,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// A header that could mean two columns.
    #[error(
        "{file}{}: header {header:?} could mean {}; say which with a mapping, or map it to \"ignore\"",
        sheet_part(.sheet), slugs(.columns, " or ")
    )]
    AmbiguousHeader {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The header.
        header: String,
        /// The columns it could mean.
        columns: Vec<Column>,
    },
    /// Two source columns that mean the same.
    #[error("{file}{}: headers {} both mean {column}; say which with a mapping{}", sheet_part(.sheet), quoted(.headers), numbered(.headers, ": the others to \"ignore\""))]
    DuplicateColumn {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The column or extra column both mean.
        column: String,
        /// The headers.
        headers: Vec<String>,
    },
    /// A mapping to a column that does not exist.
    #[error("mapping of {header:?}: {source}")]
    UnknownColumn {
        /// The header in the mapping.
        header: String,
        /// The unknown name, and the nearest known one.
        source: UnknownName,
    },
    /// Words were given for a column that is read as it stands.
    #[error("values of {column}: it is a text or a date, which has no words to map")]
    NoWords {
        /// The column.
        column: Column,
    },
    /// A word was given a meaning that is none of the column's.
    #[error("values of {column}: {value:?} is none of its values; expected {}", .expected.en)]
    UnknownValue {
        /// The column.
        column: Column,
        /// The meaning that was given.
        value: String,
        /// What could have been.
        expected: Text,
    },
    /// A mapping or extra column names a header the source does not have.
    #[error("{file}{}: no header {header:?}{}", sheet_part(.sheet), suggestion(.nearest))]
    AbsentHeader {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The header asked for.
        header: String,
        /// The nearest header there is.
        nearest: Option<String>,
    },
    /// Personal data was asked for.
    #[error("{header:?} holds personal data of the applicant, which is never loaded")]
    Personal {
        /// The header.
        header: String,
    },
    /// An extra column with a name already taken.
    #[error("extra column {name:?}: the name is taken by {taken}, which needs no asking for")]
    Taken {
        /// The name asked for.
        name: String,
        /// What has it.
        taken: String,
    },
    /// Dates written as text with the month first, in a stream that can be read only once.
    #[error(
        "{file}: column {source_name:?} has dates as text with the month first, which a stream read once tells too late; expected dates, or a stream that can be opened anew, or to be read whole (Dossiers)"
    )]
    MonthFirstScan {
        /// File name.
        file: String,
        /// Header in the source.
        source_name: String,
    },
    /// Amounts written as text whose marks later ones make doubtful, in a stream that can be read only once.
    #[error(
        "{file}: column {source_name:?} has amounts as text whose marks can be read in two ways, which a stream read once tells too late; expected numbers, or a stream that can be opened anew"
    )]
    DoubtfulScan {
        /// Name of the stream.
        file: String,
        /// Header of the first column of amounts.
        source_name: String,
    },
    /// An extra column that looked like numbers or truth values and is not, in a stream that can be read
    /// only once.
    #[error(
        "{file}: column {source_name:?} looked like numbers and has other texts later, which a stream read once tells too late; expected a column of one type, or a stream that can be opened anew"
    )]
    MixedScan {
        /// Name of the stream.
        file: String,
        /// Header in the source.
        source_name: String,
    },
    /// A stream whose rows have been taken.
    #[error(
        "{file}: the stream has been read to its end, and can be read only once; expected a callable that opens it anew"
    )]
    StreamEnded {
        /// Name of the stream.
        file: String,
    },
    /// A stream whose columns are not those it began with.
    #[error(
        "{file}, row {row}: column {source_name:?} is not as at the start of the stream; expected {expected}"
    )]
    ChangedSchema {
        /// Name of the stream.
        file: String,
        /// The first row of the batch.
        row: u64,
        /// The column.
        source_name: String,
        /// The type it had.
        expected: String,
    },
    /// A file that is read whole only.
    #[error(
        "{file} is {found}, which is not read in a stream; expected .parquet or .csv, or read it whole (read)"
    )]
    NotScanned {
        /// File name.
        file: String,
        /// What it is.
        found: &'static str,
    },
    /// A column of an Arrow type that cannot hold what the column means.
    #[error(
        "{file}: column {source_name:?}, read as {column}, has type {arrow_type}, which cannot be read as that"
    )]
    UnsupportedType {
        /// Table name.
        file: String,
        /// The column's name in the table.
        source_name: String,
        /// The canonical or extra column.
        column: String,
        /// Its Arrow type.
        arrow_type: String,
    },
    /// Dates of a column that prove day-first and month-first at once (SPEC §10).
    #[error(
        "{file}{}: column {source_name:?} has a date that can only be day/month (row {day_first}) and one that can only be \
         month/day (row {month_first})",
        sheet_part(.sheet)
    )]
    DateOrder {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The header.
        source_name: String,
        /// A row that proves day first.
        day_first: u64,
        /// A row that proves month first.
        month_first: u64,
    },
    /// `strict` was asked for, and this is the first issue.
    #[error("{0}")]
    Strict(Box<Issue>),
    /// What only a register can lack or have too much of.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The caller asked to stop.
    #[error("reading was stopped")]
    Cancelled,
    /// A mistake in this library.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl ReadError {
    pub(super) fn register_given(place: &Place, register: Register) -> Self {
        let (file, sheet) = place.both();
        ReadError::RegisterGiven { file, sheet, register }
    }

    /// The error's one name, for programs.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::read::{ReadError, ReadOptions, map_columns};
    /// let error = map_columns(&[], "table", &ReadOptions::default()).unwrap_err();
    /// assert_eq!(error.code(), "no_received_at");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            ReadError::Io { .. } => "io",
            ReadError::Format { .. } => "format",
            ReadError::Malformed { .. } => "malformed",
            ReadError::Json { .. } => "json",
            ReadError::Encrypted { .. } => "encrypted",
            ReadError::Encoding { .. } => "encoding",
            ReadError::Legacy { .. } => "legacy_encoding",
            ReadError::UnclosedQuote { .. } => "unclosed_quote",
            ReadError::TooLarge { .. } => "too_large",
            ReadError::Empty { .. } => "empty",
            ReadError::NoHeader { .. } => "no_header",
            ReadError::ExchangedDates { .. } => "exchanged_dates",
            ReadError::MovedHeader { .. } => "moved_header",
            ReadError::NoReceivedAt { .. } => "no_received_at",
            ReadError::SeveralSheets { .. } => "several_sheets",
            ReadError::RegisterGiven { .. } => "register_given",
            ReadError::NoSuchSheet { .. } => "no_such_sheet",
            ReadError::AmbiguousHeader { .. } => "ambiguous_header",
            ReadError::DuplicateColumn { .. } => "duplicate_column",
            ReadError::UnknownColumn { .. } => "unknown_column",
            ReadError::NoWords { .. } => "no_words",
            ReadError::UnknownValue { .. } => "unknown_value",
            ReadError::AbsentHeader { .. } => "absent_header",
            ReadError::Personal { .. } => "personal",
            ReadError::Taken { .. } => "taken",
            ReadError::MonthFirstScan { .. } => "month_first_scan",
            ReadError::MixedScan { .. } => "mixed_scan",
            ReadError::DoubtfulScan { .. } => "doubtful_scan",
            ReadError::StreamEnded { .. } => "stream_ended",
            ReadError::ChangedSchema { .. } => "changed_schema",
            ReadError::NotScanned { .. } => "not_scanned",
            ReadError::UnsupportedType { .. } => "unsupported_type",
            ReadError::DateOrder { .. } => "date_order",
            ReadError::Strict(_) => "strict",
            ReadError::Register(error) => error.code(),
            ReadError::Cancelled => "cancelled",
            ReadError::Internal(_) => "internal",
        }
    }
}

pub(super) fn sheet_part(sheet: &Option<String>) -> String {
    sheet.as_ref().map(|sheet| format!(", sheet {sheet:?}")).unwrap_or_default()
}

fn sheets_part(sheets: &[String]) -> String {
    match sheets {
        [] => String::new(),
        [one] => format!(", sheet {one:?}"),
        many => format!(", sheets {}", quoted(many)),
    }
}

fn without_ids(sheets: &[String]) -> String {
    if sheets.is_empty() {
        String::new()
    } else {
        format!("{} has no column of dossier ids; ", quoted(sheets))
    }
}

pub(super) fn cac_trang(sheets: &[String]) -> String {
    if sheets.is_empty() { String::new() } else { format!(", trang {}", quoted(sheets)) }
}

pub(super) fn trang(sheet: &Option<String>) -> String {
    sheet.as_ref().map(|sheet| format!(", trang {sheet:?}")).unwrap_or_default()
}

pub(super) fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// What is added where headers are the very same, and are told apart by their number.
pub(super) fn numbered(headers: &[String], add: &'static str) -> &'static str {
    if headers.iter().any(|header| header.ends_with("#2")) { add } else { "" }
}

fn slugs(columns: &[Column], between: &str) -> String {
    columns.iter().map(|column| column.slug()).collect::<Vec<_>>().join(between)
}

pub(super) fn titles(columns: &[Column]) -> String {
    columns.iter().map(|column| format!("{:?}", column.title())).collect::<Vec<_>>().join(" hoặc ")
}

fn suggestion(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!("; did you mean {name:?}?")).unwrap_or_default()
}
