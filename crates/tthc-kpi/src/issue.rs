//! A problem in the data: which place, what kind of value, what was expected. Never the value.

use crate::column::Column;
use crate::policy::Text;
use crate::register::RegisterColumn;
use crate::slug::slugs;

slugs! {
    /// Kiểu giá trị gặp phải: the kind of value met where another was expected. The value itself
    /// is never kept, since a cell may hold personal data.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ValueKind;
    /// assert_eq!("number".parse::<ValueKind>()?, ValueKind::Number);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    ValueKind as "value kind" {
        /// Nothing in the cell.
        Empty = "empty",
        /// Text.
        Text = "text",
        /// A number.
        Number = "number",
        /// A date or a date with time.
        Date = "date",
        /// A truth value.
        Bool = "bool",
        /// A spreadsheet error such as #REF!.
        Error = "error",
        /// A formula of a spreadsheet whose value was never computed.
        Formula = "formula",
    }
}

slugs! {
    /// Lý do: why a cell or a row is an issue.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Reason;
    /// assert_eq!("out_of_range".parse::<Reason>()?, Reason::OutOfRange);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Reason as "reason" {
        /// The value cannot be read as the column's type.
        Unreadable = "unreadable",
        /// A required value is not there.
        Missing = "missing",
        /// A formula without its value, as programs write it that do not calculate.
        NotComputed = "not_computed",
        /// The value is outside what the column allows (rating 0, status 11).
        OutOfRange = "out_of_range",
        /// A part exceeds its whole (more online payments than payments).
        PartExceedsWhole = "part_exceeds_whole",
        /// Status 1 or 3: the dossier was not received.
        NotReceived = "not_received",
        /// A date outside 2000..2100.
        BadDate = "bad_date",
        /// Ended before it was received.
        EndBeforeReceipt = "end_before_receipt",
        /// Another row of the same id stands for the dossier, or for the entry of a register.
        Duplicate = "duplicate",
        /// Done, resolved or due before it began.
        EndBeforeStart = "end_before_start",
        /// A year to compare with that is zero: nothing can be cut from it.
        ZeroBase = "zero_base",
    }
}

slugs! {
    /// Cách xử lý: what was done about an issue.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Action;
    /// assert_eq!("set_aside".parse::<Action>()?, Action::SetAside);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Action as "action" {
        /// The whole row was put aside: no dossier was made of it.
        SetAside = "set_aside",
        /// The dossier was left out of every count.
        Excluded = "excluded",
        /// The cell became unknown; the rest of the row counts.
        Unknown = "unknown",
    }
}

/// Vấn đề dữ liệu: one issue in a file, sheet, row and column, of the dossiers or of a register
/// ([`RegisterIssue`]).
///
/// # Example
/// ```
/// use tthc_kpi::{Action, Column, Issue, Reason, Text, ValueKind};
/// let issue = Issue {
///     file: "hoso.xlsx".into(), sheet: Some("Sheet1".into()), row: 7,
///     column: Some(Column::ReceivedAt), source: Some("Ngày tiếp nhận".into()),
///     kind: ValueKind::Text, reason: Reason::Unreadable,
///     expected: Text::new("ngày dd/MM/yyyy", "a date dd/MM/yyyy"), action: Action::SetAside,
/// };
/// assert_eq!(
///     issue.to_string(),
///     "hoso.xlsx, sheet Sheet1, row 7, column \"Ngày tiếp nhận\": unreadable (text); expected a date dd/MM/yyyy"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Issue<C = Column> {
    /// File name, without its folder; for a table in memory, the name the caller gave.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row in the file, counted from 1 as a spreadsheet does.
    pub row: u64,
    /// The canonical column, when the issue is of one.
    pub column: Option<C>,
    /// The column's header as the file has it.
    pub source: Option<String>,
    /// Kind of value met.
    pub kind: ValueKind,
    /// Why it is an issue.
    pub reason: Reason,
    /// What was expected, in words.
    pub expected: Text,
    /// What was done.
    pub action: Action,
}

impl<C> std::fmt::Display for Issue<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet {sheet}")?;
        }
        write!(f, ", row {}", self.row)?;
        if let Some(source) = &self.source {
            write!(f, ", column {source:?}")?;
        }
        write!(f, ": {} ({}); expected {}", self.reason, self.kind, self.expected.en)
    }
}

/// Vấn đề dữ liệu của một sổ.
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, Record, RegisterTable};
/// let mut petitions = RegisterTable::<Petition>::new("pakn.xlsx", Petition::all_columns());
/// petitions.push(7, Petition {
///     received: Some("2026-03-10".parse()?),
///     resolved: Some("2026-03-01".parse()?),
///     ..Petition::default()
/// });
/// let issue = &petitions.issues()[0];
/// assert_eq!(issue.to_string(), "pakn.xlsx, row 7, column \"Ngày giải quyết\": end_before_start (date); expected a day not before \"Ngày tiếp nhận\"");
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
pub type RegisterIssue = Issue<RegisterColumn>;
