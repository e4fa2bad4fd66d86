//! Rust errors as the package's own exceptions; no panic crosses into Python.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use pyo3::prelude::*;
use tthc_kpi::Text;
use tthc_kpi_arrow::read::ReadError;
use tthc_kpi_arrow::{ArrowError, ParquetError, SavedError, ScanProgress, WorkbookError};

/// An exception to be raised: its class in `tthc_kpi._errors`, its code, its message.
#[derive(Debug)]
pub struct Raise {
    class: &'static str,
    code: String,
    message: String,
    english: Option<String>,
}

impl Raise {
    pub fn new(class: &'static str, code: &str, message: impl Into<String>) -> Self {
        Raise { class, code: code.to_owned(), message: message.into(), english: None }
    }

    /// The same, with what it says to those who ask for English.
    #[must_use]
    pub fn in_english(self, english: impl Into<String>) -> Self {
        Raise { english: Some(english.into()), ..self }
    }

    /// Its words in both languages.
    pub fn text(&self) -> Text {
        Text::new(&*self.message, self.english.as_deref().unwrap_or(&self.message))
    }

    /// The exception itself.
    pub fn into_py(self, py: Python<'_>) -> PyErr {
        let made = py
            .import("tthc_kpi._errors")
            .and_then(|module| module.getattr(self.class))
            .and_then(|class| class.call1((self.code, self.message, self.english)));
        match made {
            Ok(exception) => PyErr::from_value(exception),
            Err(error) => error,
        }
    }
}

impl From<tthc_kpi::Error> for Raise {
    fn from(error: tthc_kpi::Error) -> Self {
        use tthc_kpi::Error as E;
        let message = match &error {
            // Its problems are a list, said once.
            E::Plan(_) | E::Scheme(_) | E::Counts(_) => error.vi(),
            // Both languages: the Vietnamese for the analyst, the English for whoever searches it.
            _ => format!("{} [{error}]", error.vi()),
        };
        let class = match &error {
            E::UnknownName(_) | E::Policy(_) => "UnknownNameError",
            E::Plan(_) | E::Scheme(_) => "PlanError",
            E::Counts(_) | E::NoDocument => "InputError",
            E::Calendar(_) => "CalendarError",
            E::DuplicateIds { .. } => "InputError",
            E::DifferentTally { .. } | E::NotInTally | E::BadTally { .. } => "StateError",
            E::SameSource { .. } | E::DamagedTally => "StateError",
            E::TallyVersion { .. } | E::StaleTally { .. } => "StateError",
            E::Overflow { .. } | E::BrokenIdentity { .. } => "InternalError",
            _ => "QueryError",
        };
        Raise::new(class, error.code(), message).in_english(error.to_string())
    }
}

impl From<ArrowError> for Raise {
    fn from(error: ArrowError) -> Self {
        match error {
            ArrowError::Core(error) => error.into(),
            ArrowError::Read(error) => error.into(),
            ArrowError::Saved(error) => error.into(),
            ArrowError::PersonalDimension { .. } => {
                Raise::new("QueryError", "personal_dimension", error.to_string())
            }
            ArrowError::NoDimension { .. } => Raise::new("QueryError", "no_dimension", error.to_string()),
            ArrowError::RepeatedColumn { .. } => {
                Raise::new("QueryError", "repeated_column", error.to_string())
            }
            ArrowError::Duplicates(_) => Raise::new("QueryError", "unknown_value", error.to_string()),
            ArrowError::Arrow(_) => Raise::new("InternalError", "arrow", error.to_string()),
            _ => Raise::new("InputError", "bad_table", error.to_string()),
        }
    }
}

impl From<ReadError> for Raise {
    fn from(error: ReadError) -> Self {
        Raise::new("InputError", error.code(), format!("{} [{error}]", error.vi()))
            .in_english(error.to_string())
    }
}

impl From<SavedError> for Raise {
    fn from(error: SavedError) -> Self {
        let class = match &error {
            SavedError::Missing { .. } => "MissingFileError",
            SavedError::Unreadable { .. } | SavedError::NotWritten { .. } => "InputError",
            SavedError::Ending { .. } | SavedError::NoFiles => "InputError",
            SavedError::Refused { .. } | SavedError::Differs { .. } | SavedError::SameSource { .. } => {
                "StateError"
            }
        };
        Raise::new(class, error.code(), format!("{} [{error}]", error.vi())).in_english(error.to_string())
    }
}

impl From<WorkbookError> for Raise {
    fn from(error: WorkbookError) -> Self {
        Raise::new("InputError", "workbook", error.to_string())
    }
}

impl From<ParquetError> for Raise {
    fn from(error: ParquetError) -> Self {
        Raise::new("InputError", "parquet", error.to_string())
    }
}

impl From<tthc_kpi_arrow::synth::SynthError> for Raise {
    fn from(error: tthc_kpi_arrow::synth::SynthError) -> Self {
        Raise::new("InputError", "synth", error.to_string())
    }
}

/// Runs `work` without the interpreter's lock, and turns errors and panics into exceptions.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Raise> + Send) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(|raise| raise.into_py(py))
}

/// What work comes to; a panic is an error. Its message stays out of it: it says nothing a caller can act on.
pub fn guarded<T>(work: impl FnOnce() -> Result<T, Raise>) -> Result<T, Raise> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        Err(Raise::new("InternalError", "internal", "internal error of tthc_kpi: please report it"))
    })
}

/// Looks out for signals from inside work without the lock, and keeps what was raised.
#[derive(Default)]
pub struct Looks(Mutex<Option<PyErr>>);

impl Looks {
    /// Lets Python see its signals and `call` back; a break when either raised.
    pub fn look(&self, call: impl FnOnce(Python<'_>) -> PyResult<()>) -> ControlFlow<()> {
        let called = Python::attach(|py| py.check_signals().and_then(|()| call(py)));
        match (called, self.0.lock()) {
            (Ok(()), _) => ControlFlow::Continue(()),
            (Err(error), Ok(mut kept)) => {
                *kept = Some(error);
                ControlFlow::Break(())
            }
            (Err(_), Err(_)) => ControlFlow::Break(()),
        }
    }

    /// [`Looks::look`], telling how far a scan is: rows, bytes done, and of how many (0: not known).
    pub fn tell(&self, progress: Option<&Py<PyAny>>, so_far: ScanProgress) -> ControlFlow<()> {
        self.look(|py| match progress {
            Some(progress) => {
                progress.call1(py, (so_far.rows, so_far.done, so_far.total.unwrap_or(0))).map(|_| ())
            }
            None => Ok(()),
        })
    }

    /// What was raised, else the outcome.
    pub fn or<T>(self, outcome: PyResult<T>) -> PyResult<T> {
        match self.0.into_inner() {
            Ok(Some(error)) => Err(error),
            _ => outcome,
        }
    }
}
