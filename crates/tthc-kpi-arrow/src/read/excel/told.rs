//! What `calamine` says, told in words of ours.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{OdsError, XlsError, XlsxError};

use super::super::{Limit, ReadError};

/// Calls `calamine`. What a file says of itself can overflow in it, which panics.
pub(super) fn guarded<T, E: Foreign>(
    file: &str,
    sheet: Option<&str>,
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.told(file, sheet)),
        Err(_) => Err(malformed(file, sheet)),
    }
}

pub(super) fn malformed(file: &str, sheet: Option<&str>) -> ReadError {
    ReadError::Malformed {
        file: file.to_owned(),
        sheet: sheet.map(str::to_owned),
        what: "not a readable Excel workbook, or cut short",
    }
}

/// A file that ends where more should come is cut short.
fn of_io(error: &std::io::Error, file: &str, sheet: Option<&str>) -> ReadError {
    match error.kind() {
        ErrorKind::UnexpectedEof => malformed(file, sheet),
        kind => ReadError::Io { file: file.to_owned(), kind },
    }
}

/// Foreign error texts may quote the data: only the kind of error is told.
pub(super) trait Foreign {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError;
}

impl Foreign for XlsxError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            XlsxError::Password => ReadError::Encrypted { file: file.to_owned() },
            XlsxError::Io(error) => of_io(&error, file, sheet),
            XlsxError::RowNumberOverflow | XlsxError::ColumnNumberOverflow => ReadError::TooLarge {
                file: file.to_owned(),
                sheet: sheet.map(str::to_owned),
                what: Limit::CellPlace,
            },
            _ => malformed(file, sheet),
        }
    }
}

impl Foreign for XlsError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            XlsError::Password => ReadError::Encrypted { file: file.to_owned() },
            XlsError::Io(error) => of_io(&error, file, sheet),
            _ => malformed(file, sheet),
        }
    }
}

impl Foreign for OdsError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            OdsError::Password => ReadError::Encrypted { file: file.to_owned() },
            OdsError::Io(error) => of_io(&error, file, sheet),
            _ => malformed(file, sheet),
        }
    }
}
