//! The scorecard.

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tthc_kpi::{Language, Scorecard as Core};
use tthc_kpi_arrow::{scorecard_table, write_workbook};

use crate::error::{Raise, detached};
use crate::table::{schema_capsule, stream};

/// What the tally says of the plan.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Scorecard {
    pub core: Core,
}

pub fn language(text: &str) -> Result<Language, Raise> {
    text.parse().map_err(|error: tthc_kpi::UnknownName| tthc_kpi::Error::from(error).into())
}

#[pymethods]
impl Scorecard {
    /// The total as a scorecard of its own.
    fn total(&self) -> Scorecard {
        Scorecard { core: self.core.total() }
    }

    /// Everything, as JSON.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.core.to_json()?))
    }

    /// A figure in words.
    fn explain(&self, py: Python<'_>, indicator: &str, lang: &str) -> PyResult<String> {
        detached(py, || Ok(self.core.explain(indicator, language(lang)?)?))
    }

    /// Writes a workbook.
    fn to_excel(&self, py: Python<'_>, path: std::path::PathBuf, lang: &str) -> PyResult<()> {
        detached(py, || Ok(write_workbook(&self.core, &path, language(lang)?)?))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let table = detached(py, || Ok(scorecard_table(&self.core)?))?;
        schema_capsule(py, &table.schema())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let table = detached(py, || Ok(scorecard_table(&self.core)?))?;
        stream(py, &table.schema(), vec![table], requested_schema)
    }
}
