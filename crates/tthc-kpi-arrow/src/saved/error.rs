//! What is wrong with a file of a saved tally, by its name.

use tthc_kpi::Error;

/// Lỗi của một tệp bảng đếm: it names the file, without its folders.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::{ArrowError, read_tally};
/// let error = read_tally("no-such.tally".as_ref()).unwrap_err();
/// assert_eq!(error.code(), "missing_file");
/// assert_eq!(error.to_string(), "no-such.tally: no such file");
/// assert_eq!(error.vi(), "no-such.tally: không có tệp này");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SavedError {
    /// There is no such file.
    #[error("{file}: no such file")]
    Missing {
        /// Name of the file.
        file: String,
    },
    /// The file cannot be read.
    #[error("{file}: cannot be read ({kind})")]
    Unreadable {
        /// Name of the file.
        file: String,
        /// What the system says, as a kind.
        kind: String,
    },
    /// The file cannot be written.
    #[error("{file}: cannot be written ({kind})")]
    NotWritten {
        /// Name of the file.
        file: String,
        /// What the system says, as a kind.
        kind: String,
    },
    /// A name that does not say the form.
    #[error("{file}: expected a name that ends in .tally or .json")]
    Ending {
        /// Name of the file.
        file: String,
    },
    /// The file is no whole tally of this version.
    #[error("{file}: {error}")]
    Refused {
        /// Name of the file.
        file: String,
        /// What is wrong.
        error: Box<Error>,
    },
    /// The tallies of two files answer different questions.
    #[error(
        "{file}: {what} {theirs}, but {first} has {mine}: expected tallies of one plan and one question; count again what differs"
    )]
    Differs {
        /// Name of the file.
        file: String,
        /// Name of the first file.
        first: String,
        /// What differs: `plans`, `calendars`, `policies` or `queries`.
        what: &'static str,
        /// That of the first file.
        mine: String,
        /// That of this file.
        theirs: String,
    },
    /// Two files have counted the same source.
    #[error(
        "{file} and {first} have both counted {source_name}: expected each source once; take one of them out"
    )]
    SameSource {
        /// Name of the file.
        file: String,
        /// Name of the file before it.
        first: String,
        /// Name of the source in the first of them.
        source_name: String,
    },
    /// There is nothing to be merged.
    #[error("no file given: expected files of saved tallies")]
    NoFiles,
}

impl SavedError {
    /// A stable slug of the kind of error.
    pub fn code(&self) -> &'static str {
        match self {
            SavedError::Missing { .. } => "missing_file",
            SavedError::Unreadable { .. } => "unreadable_file",
            SavedError::NotWritten { .. } => "not_written",
            SavedError::Ending { .. } => "unknown_ending",
            SavedError::Refused { error, .. } => error.code(),
            SavedError::Differs { .. } => "different_tally",
            SavedError::SameSource { .. } => "same_source",
            SavedError::NoFiles => "no_files",
        }
    }

    /// The message in Vietnamese.
    pub fn vi(&self) -> String {
        match self {
            SavedError::Missing { file } => format!("{file}: không có tệp này"),
            SavedError::Unreadable { file, .. } => format!("{file}: không đọc được tệp"),
            SavedError::NotWritten { file, .. } => format!("{file}: không ghi được tệp"),
            SavedError::Ending { file } => format!("{file}: tên tệp cần kết thúc bằng .tally hoặc .json"),
            SavedError::Refused { file, error } => format!("{file}: {}", error.vi()),
            SavedError::Differs { file, first, what, mine, theirs } => {
                let what = match *what {
                    "plans" => "kế hoạch",
                    "calendars" => "lịch làm việc",
                    "policies" => "quy tắc tính",
                    _ => "câu hỏi",
                };
                format!(
                    "{file}: {what} là {theirs}, còn {first} là {mine}; chỉ gộp được bảng đếm cùng kế hoạch, cùng câu hỏi: đếm lại tệp khác biệt"
                )
            }
            SavedError::SameSource { file, first, source_name } => format!(
                "{file} và {first} cùng đếm nguồn {source_name}: gộp lại thì hồ sơ bị đếm hai lần; bỏ bớt một tệp"
            ),
            SavedError::NoFiles => "chưa cho tệp bảng đếm nào".to_owned(),
        }
    }
}
