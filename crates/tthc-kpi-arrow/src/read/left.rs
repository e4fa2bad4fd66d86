//! Files and sheets of a source that were not read as dossiers, and why.

use tthc_kpi::Register;

use super::{Place, ReadError};

/// Why a file or a sheet was left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeftReason {
    /// Nothing is written there.
    Empty,
    /// It has the headers, and no row under them.
    NoRows,
    /// Something is written there, and no row has the headers of a list of dossiers.
    NoHeader,
    /// It is a register.
    Register(Register),
}

impl LeftReason {
    /// The reason's one name; of a register, `register`.
    pub const fn slug(self) -> &'static str {
        match self {
            LeftReason::Empty => "empty",
            LeftReason::NoRows => "no_rows",
            LeftReason::NoHeader => "no_header",
            LeftReason::Register(_) => "register",
        }
    }
}

/// A file or a sheet that gave no dossier, beside others that did.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi_arrow::read::{LeftReason, read_files};
/// let [january, february] = ["01", "02"].map(|month| {
///     std::env::temp_dir().join(format!("tthc-kpi-doc-left-{month}-{}.csv", std::process::id()))
/// });
/// std::fs::write(&january, "Mã hồ sơ,Ngày tiếp nhận\nA,05/01/2026\n")?;
/// std::fs::write(&february, "")?;
/// let tables = read_files([&january, &february], &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// let [left] = tables[0].left_alone.as_slice() else { panic!("one file") };
/// assert_eq!((left.why, left.file.starts_with("tthc-kpi-doc-left-02")), (LeftReason::Empty, true));
/// # std::fs::remove_file(&january)?;
/// # std::fs::remove_file(&february)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftAlone {
    /// File name, behind the archive's if it is in one.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Why.
    pub why: LeftReason,
}

impl LeftAlone {
    pub(super) fn new(place: &Place, why: LeftReason) -> Self {
        let (file, sheet) = place.both();
        LeftAlone { file, sheet, why }
    }
}

/// Tables of several files, of which some may be empty.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) tables: Vec<super::Loaded>,
    left: Vec<LeftAlone>,
}

impl Gathered {
    /// Takes what a file gave; an empty one is only noted.
    pub(super) fn take(&mut self, file: Result<Vec<super::Loaded>, ReadError>) -> Result<(), ReadError> {
        match file {
            Ok(tables) => self.tables.extend(tables),
            Err(ReadError::Empty { file, .. }) => {
                self.left.push(LeftAlone { file, sheet: None, why: LeftReason::Empty });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The tables, the first of which tells of the files left alone.
    ///
    /// # Errors
    /// [`ReadError::Empty`] where all files are.
    pub(super) fn end(mut self) -> Result<Vec<super::Loaded>, ReadError> {
        let Some(first) = self.tables.first_mut() else {
            let files: Vec<String> = self.left.into_iter().map(|left| left.file).collect();
            return Err(ReadError::Empty { file: files.join(", "), sheets: Vec::new() });
        };
        if !self.left.is_empty() {
            *first.skipped.entry("file".to_owned()).or_default() += self.left.len() as u64;
        }
        first.left_alone.append(&mut self.left);
        Ok(self.tables)
    }
}
