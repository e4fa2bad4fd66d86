//! The tally.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tthc_kpi::Tally as Core;
use tthc_kpi_arrow::{tally_from_bytes, tally_to_bytes};

use crate::error::detached;
use crate::scorecard::Scorecard;

/// Everything counted for one query.
#[pyclass(frozen, eq, module = "tthc_kpi._tthc_kpi")]
#[derive(PartialEq)]
pub struct Tally {
    pub core: Core,
}

#[pymethods]
impl Tally {
    /// Both together.
    fn merge(&self, py: Python<'_>, other: &Tally) -> PyResult<Tally> {
        detached(py, || {
            let mut core = self.core.clone();
            core.merge(&other.core)?;
            Ok(Tally { core })
        })
    }

    /// What the plan says of it.
    fn scorecard(&self, py: Python<'_>) -> PyResult<Scorecard> {
        detached(py, || Ok(Scorecard { core: self.core.scorecard()? }))
    }

    /// As an Arrow IPC stream.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = detached(py, || Ok(tally_to_bytes(&self.core)?))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// From [`Tally::to_bytes`].
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || Ok(Tally { core: tally_from_bytes(data)? }))
    }

    /// As JSON.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.core.to_json()?))
    }

    /// From [`Tally::to_json`].
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        detached(py, || Ok(Tally { core: Core::from_json(text)? }))
    }
}
