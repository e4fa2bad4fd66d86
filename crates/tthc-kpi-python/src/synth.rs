//! Made-up dossiers.

use std::path::PathBuf;

use arrow_array::{RecordBatch, RecordBatchReader};
use pyo3::prelude::*;
use tthc_kpi_arrow::synth::Synth;

use crate::error::{Raise, detached};
use crate::table::Table;

/// A table of made-up dossiers.
#[pyfunction]
pub fn synth(py: Python<'_>, n: u64, seed: u64) -> PyResult<Table> {
    detached(py, || {
        let made = Synth::new(n, seed).batches()?;
        let schema = made.schema();
        let batches: Vec<RecordBatch> = made
            .collect::<Result<_, _>>()
            .map_err(|error| Raise::from(tthc_kpi_arrow::ArrowError::from(error)))?;
        Ok(Table::new(schema, batches))
    })
}

/// Writes made-up dossiers to a file as a provincial system exports them.
#[pyfunction]
pub fn synth_file(py: Python<'_>, n: u64, path: PathBuf, seed: u64, messy: bool) -> PyResult<()> {
    detached(py, || {
        let made = Synth::new(n, seed);
        match path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
            Some("xlsx") => made.write_xlsx(&path, messy)?,
            Some("csv") => made.write_csv(&path, messy)?,
            _ => {
                return Err(Raise::new(
                    "InputError",
                    "unknown_format",
                    "the file to write must end in .xlsx or .csv",
                ));
            }
        };
        Ok(())
    })
}
