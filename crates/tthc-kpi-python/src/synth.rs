//! Made-up dossiers.

use std::path::PathBuf;

use arrow_array::{RecordBatch, RecordBatchReader};
use pyo3::prelude::*;
use tthc_kpi_arrow::synth::Synth;

use crate::error::{Looks, Raise, detached};
use crate::table::Table;

/// A table of made-up dossiers.
#[pyfunction]
pub fn synth(py: Python<'_>, n: u64, seed: u64) -> PyResult<Table> {
    let looks = Looks::default();
    let outcome = detached(py, || {
        let made = Synth::new(n, seed).batches()?;
        let schema = made.schema();
        let mut batches: Vec<RecordBatch> = Vec::new();
        for batch in made {
            batches.push(batch.map_err(|error| Raise::from(tthc_kpi_arrow::ArrowError::from(error)))?);
            if looks.look(|_| Ok(())).is_break() {
                return Err(tthc_kpi_arrow::ArrowError::Interrupted.into());
            }
        }
        Ok(Table::new(schema, batches))
    });
    looks.or(outcome)
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

/// Writes a workbook of made-up registers that go with made-up dossiers.
#[pyfunction]
pub fn synth_registers(py: Python<'_>, path: PathBuf) -> PyResult<()> {
    detached(py, || {
        tthc_kpi_arrow::synth::registers(&path)?;
        Ok(())
    })
}
