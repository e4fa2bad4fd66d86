//! Parquet files that are counted while they are read.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use tthc_kpi_arrow::Scan as Core;

use crate::dossiers::{Values, mapping_json, options, valued};
use crate::error::detached;

/// Parquet files, opened.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Scan {
    pub core: Core,
}

#[pymethods]
impl Scan {
    /// Opens files and maps their columns.
    #[staticmethod]
    #[pyo3(signature = (paths, *, mapping, strict, extra, values=None))]
    fn open(
        py: Python<'_>,
        paths: Vec<String>,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        extra: Vec<String>,
        values: Option<Values>,
    ) -> PyResult<Self> {
        let options = valued(options(mapping, None, strict, extra), values);
        Ok(Scan { core: detached(py, || Ok(Core::open(&paths, &options)?))? })
    }

    fn __len__(&self) -> usize {
        usize::try_from(self.core.rows()).unwrap_or(usize::MAX)
    }

    /// How each source column is read.
    fn mapping_json(&self) -> String {
        mapping_json(self.core.mapping())
    }
}
