//! Why a register could not be read.

use tthc_kpi::{Register, RegisterColumn, RegisterIssue};

/// A register that cannot be read; the part of [`super::super::ReadError`] that only registers have.
///
/// # Example
/// ```
/// use arrow_schema::Schema;
/// use tthc_kpi::Petition;
/// use tthc_kpi_arrow::read::{ReadError, RegisterError, register_from_arrow};
/// let error = register_from_arrow::<Petition>([], &Schema::empty(), "pakn", &Default::default()).unwrap_err();
/// assert!(matches!(error, ReadError::Register(RegisterError::NoHeader { .. })));
/// assert_eq!(error.code(), "no_header");
/// assert!(error.vi().contains("Sổ phản ánh, kiến nghị"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// No row looks like the header of the register.
    #[error(
        "{file}{}: no row with the headers of {} in the first {rows} rows; {}; if the headers are others, give a mapping",
        in_sheets(.sheets, "sheet"), .register.title_en(), needs(*.register)
    )]
    NoHeader {
        /// File or table name.
        file: String,
        /// The sheets looked at; none for a text file or a table.
        sheets: Vec<String>,
        /// How many rows were looked at.
        rows: u64,
        /// The register asked for.
        register: Register,
    },
    /// Columns without which no row of the register says anything.
    #[error(
        "{file}{}: {} lacks the required {}; if they have other headers, give a mapping",
        in_sheets(.sheet.as_slice(), "sheet"), .register.title_en(), names(.columns, ", ")
    )]
    MissingColumns {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The register.
        register: Register,
        /// What is not there.
        columns: Vec<RegisterColumn>,
    },
    /// No register is recognised in a file.
    #[error(
        "{file}{}: no register is recognised in the first {rows} rows; {}",
        in_sheets(.sheets, "sheet"), all_needs()
    )]
    NoRegister {
        /// File or table name.
        file: String,
        /// The sheets looked at.
        sheets: Vec<String>,
        /// How many rows were looked at.
        rows: u64,
    },
    /// A sheet whose headers are as much those of one register as of another.
    #[error(
        "{file}{}: the headers could be those of {}; read it as one of them by name",
        in_sheets(.sheet.as_slice(), "sheet"), titles(.registers, " or ", Register::title_en)
    )]
    Ambiguous {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The registers.
        registers: Vec<Register>,
    },
    /// Several sheets that could be the register, none of which is for sure.
    #[error(
        "{file}: several sheets could be {}: {}; say which one",
        .register.title_en(), quoted(.sheets)
    )]
    Twice {
        /// File name.
        file: String,
        /// The register.
        register: Register,
        /// The sheets.
        sheets: Vec<String>,
    },
    /// A header that could mean two columns.
    #[error(
        "{file}{}: header {header:?} could mean {}; say which with a mapping, or map it to \"ignore\"",
        in_sheets(.sheet.as_slice(), "sheet"), names(.columns, " or ")
    )]
    AmbiguousHeader {
        /// File or table name.
        file: String,
        /// Sheet.
        sheet: Option<String>,
        /// The header.
        header: String,
        /// The columns it could mean.
        columns: Vec<RegisterColumn>,
    },
    /// `strict` was asked for, and this is the first issue.
    #[error("{0}")]
    Strict(Box<RegisterIssue>),
}

impl RegisterError {
    /// The error's one name, for programs.
    pub(in super::super) const fn code(&self) -> &'static str {
        match self {
            RegisterError::NoHeader { .. } => "no_header",
            RegisterError::MissingColumns { .. } => "missing_columns",
            RegisterError::NoRegister { .. } => "no_register",
            RegisterError::Ambiguous { .. } => "ambiguous_register",
            RegisterError::Twice { .. } => "register_twice",
            RegisterError::AmbiguousHeader { .. } => "ambiguous_header",
            RegisterError::Strict(_) => "strict",
        }
    }

    /// The message in Vietnamese.
    pub(in super::super) fn vi(&self) -> String {
        match self {
            RegisterError::NoHeader { file, sheets, rows, register } => format!(
                "{file}{}: không thấy dòng tiêu đề của {:?} trong {rows} dòng đầu; {}; nếu tiêu đề khác, hãy cho biết cách ghép cột",
                in_sheets(sheets, "trang"),
                register.title(),
                can(*register)
            ),
            RegisterError::MissingColumns { file, sheet, register, columns } => format!(
                "{file}{}: {:?} thiếu cột bắt buộc {}; nếu cột có tên khác, hãy cho biết cách ghép cột",
                in_sheets(sheet.as_slice(), "trang"),
                register.title(),
                column_titles(columns, ", ")
            ),
            RegisterError::NoRegister { file, sheets, rows } => {
                let all: Vec<String> = Register::ALL.iter().map(|register| can(*register)).collect();
                format!(
                    "{file}{}: không nhận ra sổ nào trong {rows} dòng đầu; {}",
                    in_sheets(sheets, "trang"),
                    all.join("; ")
                )
            }
            RegisterError::Ambiguous { file, sheet, registers } => format!(
                "{file}{}: tiêu đề có thể là của {}; hãy đọc riêng theo tên sổ",
                in_sheets(sheet.as_slice(), "trang"),
                titles(registers, " hoặc ", Register::title)
            ),
            RegisterError::Twice { file, register, sheets } => format!(
                "{file}: nhiều trang có thể là {:?}: {}; hãy chọn một trang",
                register.title(),
                quoted(sheets)
            ),
            RegisterError::AmbiguousHeader { file, sheet, header, columns } => format!(
                "{file}{}: tiêu đề {header:?} có thể là {}; hãy ghép cột, hoặc ghép với \"ignore\" để bỏ qua",
                in_sheets(sheet.as_slice(), "trang"),
                column_titles(columns, " hoặc ")
            ),
            RegisterError::Strict(issue) => {
                let sheet = in_sheets(issue.sheet.as_slice(), "trang");
                let column =
                    issue.source.as_ref().map(|source| format!(", cột {source:?}")).unwrap_or_default();
                format!(
                    "{}{sheet}, dòng {}{column}: giá trị không hợp lệ; cần {}",
                    issue.file, issue.row, issue.expected.vi
                )
            }
        }
    }
}

fn in_sheets(sheets: &[String], word: &str) -> String {
    if sheets.is_empty() { String::new() } else { format!(", {word} {}", quoted(sheets)) }
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

fn names(columns: &[RegisterColumn], between: &str) -> String {
    columns.iter().map(|column| format!("{column} ({:?})", column.title())).collect::<Vec<_>>().join(between)
}

fn column_titles(columns: &[RegisterColumn], between: &str) -> String {
    columns.iter().map(|column| format!("{:?}", column.title())).collect::<Vec<_>>().join(between)
}

fn titles(registers: &[Register], between: &str, title: impl Fn(Register) -> &'static str) -> String {
    registers.iter().map(|register| format!("{:?}", title(*register))).collect::<Vec<_>>().join(between)
}

/// The headers without which there is no such register, and some of the others.
fn header_names(register: Register) -> (String, String) {
    let (required, others): (Vec<_>, Vec<_>) = register.columns().partition(|column| column.is_required());
    let some: Vec<_> = others.into_iter().take(4).collect();
    (column_titles(&required, ", "), column_titles(&some, ", "))
}

fn needs(register: Register) -> String {
    match header_names(register) {
        (all, some) if some.is_empty() => format!("{} needs {all}", register.title_en()),
        (all, some) if all.is_empty() => {
            format!("{} needs at least two of its headers, such as {some}", register.title_en())
        }
        (all, some) => format!("{} needs {all} and one more, such as {some}", register.title_en()),
    }
}

fn can(register: Register) -> String {
    match header_names(register) {
        (all, some) if some.is_empty() => format!("{:?} cần {all}", register.title()),
        (all, some) if all.is_empty() => {
            format!("{:?} cần ít nhất hai tiêu đề quen thuộc như {some}", register.title())
        }
        (all, some) => format!("{:?} cần {all} và một cột nữa như {some}", register.title()),
    }
}

fn all_needs() -> String {
    Register::ALL.iter().map(|register| needs(*register)).collect::<Vec<_>>().join("; ")
}
