//! The work calendar.

use chrono::NaiveDate;
use pyo3::prelude::*;
use tthc_kpi::{CalendarError, WorkCalendar as Core, WorkHours};

use crate::error::{Raise, detached};
use crate::file::text_of;

/// Working days, days off and working hours.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct WorkCalendar {
    pub core: Core,
}

fn raise(error: CalendarError) -> Raise {
    tthc_kpi::Error::from(error).into()
}

#[pymethods]
impl WorkCalendar {
    /// The bundled calendar of Vietnam.
    #[staticmethod]
    fn vietnam() -> Self {
        WorkCalendar { core: Core::vietnam() }
    }

    /// A calendar from a CSV table of days off and make-up days.
    #[staticmethod]
    fn from_csv(py: Python<'_>, path: std::path::PathBuf) -> PyResult<Self> {
        detached(py, || {
            let (name, text) = text_of(&path, "CalendarError")?;
            Ok(WorkCalendar { core: Core::from_csv(&name, &text, WorkHours::vietnam()).map_err(raise)? })
        })
    }

    fn add_working_days(&self, py: Python<'_>, day: NaiveDate, n: u32) -> PyResult<NaiveDate> {
        self.core.add_working_days(day, n).map_err(|error| raise(error).into_py(py))
    }

    fn working_days_between(&self, py: Python<'_>, start: NaiveDate, end: NaiveDate) -> PyResult<u32> {
        self.core.working_days_between(start, end).map_err(|error| raise(error).into_py(py))
    }

    fn is_working_day(&self, py: Python<'_>, day: NaiveDate) -> PyResult<bool> {
        self.core.is_working_day(day).map_err(|error| raise(error).into_py(py))
    }

    fn next_working_day(&self, py: Python<'_>, day: NaiveDate) -> PyResult<NaiveDate> {
        self.core.next_working_day(day).map_err(|error| raise(error).into_py(py))
    }

    #[getter]
    fn name(&self) -> &str {
        self.core.name()
    }

    #[getter]
    fn version(&self) -> &str {
        self.core.version()
    }

    #[getter]
    fn first_year(&self) -> i32 {
        self.core.first_year()
    }

    #[getter]
    fn last_year(&self) -> i32 {
        self.core.last_year()
    }

    #[getter]
    fn provisional_years(&self) -> Vec<i32> {
        self.core.provisional_years().to_vec()
    }
}
