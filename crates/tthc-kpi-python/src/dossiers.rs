//! The data set of dossiers.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::input::AnyRecordBatch;
use serde_json::json;
use tthc_kpi_arrow::read::{Loaded, ReadOptions, from_arrow, read_file};
use tthc_kpi_arrow::{Dossiers as Core, Duplicates};

use crate::error::{Raise, detached};
use crate::table::stream;

/// A data set of dossiers, loaded and checked.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Dossiers {
    pub core: Core,
}

fn options(
    mapping: Option<BTreeMap<String, String>>,
    sheet: Option<String>,
    strict: bool,
    extra: Vec<String>,
) -> ReadOptions {
    ReadOptions { mapping: mapping.unwrap_or_default(), sheet, strict, extra }
}

fn duplicates(py: Python<'_>, text: &str) -> PyResult<Duplicates> {
    text.parse().map_err(|error| Raise::from(error).into_py(py))
}

#[pymethods]
impl Dossiers {
    /// Reads files and checks ids over all of them.
    #[staticmethod]
    #[pyo3(signature = (paths, *, mapping, sheet, strict, duplicates, extra, progress))]
    #[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
    fn read(
        py: Python<'_>,
        paths: Vec<String>,
        mapping: Option<BTreeMap<String, String>>,
        sheet: Option<String>,
        strict: bool,
        duplicates: &str,
        extra: Vec<String>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let ways = self::duplicates(py, duplicates)?;
        let options = options(mapping, sheet, strict, extra);
        let mut raised: Option<PyErr> = None;
        let outcome = detached(py, || {
            let mut loaded = Vec::with_capacity(paths.len());
            for path in &paths {
                // Signals are looked at here, so that Ctrl-C stops a long read at once.
                let mut report = |done: u64, total: Option<u64>| {
                    let called = Python::attach(|py| {
                        py.check_signals()?;
                        match &progress {
                            Some(progress) => progress.call1(py, (done, total.unwrap_or(0))).map(|_| ()),
                            None => Ok(()),
                        }
                    });
                    match called {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(error) => {
                            raised = Some(error);
                            ControlFlow::Break(())
                        }
                    }
                };
                loaded.push(read_file(path, &options, &mut report)?);
            }
            Ok(Core::from_loaded(loaded, ways)?)
        });
        match raised {
            Some(error) => Err(error),
            None => Ok(Dossiers { core: outcome? }),
        }
    }

    /// Takes a table through the Arrow capsule protocol. Foreign buffers are validated before
    /// anything reads them.
    #[staticmethod]
    #[pyo3(signature = (source, *, mapping, strict, duplicates, extra, name))]
    fn from_arrow(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        duplicates: &str,
        extra: Vec<String>,
        name: String,
    ) -> PyResult<Self> {
        let ways = self::duplicates(py, duplicates)?;
        let options = options(mapping, None, strict, extra);
        let reader = source.extract::<AnyRecordBatch>()?.into_reader()?;
        let schema = reader.schema();
        let mut batches: Vec<RecordBatch> = Vec::new();
        // The stream may call back into Python, so it is drawn with the lock held.
        for batch in reader {
            py.check_signals()?;
            batches.push(batch.map_err(|error| unreadable(&error).into_py(py))?);
        }
        let core = detached(py, || {
            for batch in &batches {
                validate(batch)?;
            }
            let loaded: Loaded = from_arrow(batches.into_iter().map(Ok), &schema, &name, &options)?;
            Ok(Core::from_loaded([loaded], ways)?)
        })?;
        Ok(Dossiers { core })
    }

    fn __len__(&self) -> usize {
        usize::try_from(self.core.rows_read()).unwrap_or(usize::MAX)
    }

    /// Issues, each with its place and never its value.
    fn issues_json(&self) -> String {
        json!(self.core.issues()).to_string()
    }

    /// How each source column was read.
    fn mapping_json(&self) -> String {
        let mapping: Vec<_> = self
            .core
            .mapping()
            .iter()
            .map(|mapped| {
                let column =
                    mapped.column.map(|column| column.slug().to_owned()).or_else(|| mapped.extra.clone());
                json!({
                    "source": mapped.source, "column": column, "rule": mapped.rule.slug(),
                    "file": mapped.file, "sheet": mapped.sheet,
                })
            })
            .collect();
        json!(mapping).to_string()
    }

    /// Rows read = kept + excluded + set aside, whatever the query.
    fn accounting_json(&self) -> String {
        let rows = self.core.accounting();
        json!({ "read": rows.read, "kept": rows.used, "excluded": rows.excluded, "set_aside": rows.set_aside }).to_string()
    }

    /// Names of the extra columns loaded.
    #[getter]
    fn extra(&self) -> Vec<String> {
        self.core.extra().to_vec()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = detached(py, || Ok(self.core.uniform()?))?;
        let schema = batches.0;
        stream(py, &schema, batches.1, requested_schema)
    }
}

fn unreadable(_error: &arrow_schema::ArrowError) -> Raise {
    // Arrow's text may quote the data; the kind is all that is told.
    Raise::new("InputError", "bad_arrow", "the table's Arrow stream cannot be read")
}

/// Checks lengths, offsets, dictionary keys and UTF-8 of buffers that another library made
/// (DEPENDENCIES: without it a bad table ends the process).
fn validate(batch: &RecordBatch) -> Result<(), Raise> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        array.to_data().validate_full().map_err(|_| {
            Raise::new(
                "InputError",
                "bad_arrow",
                format!(
                    "column {:?} is not valid Arrow data: expected buffers that fit its type",
                    field.name()
                ),
            )
        })?;
    }
    Ok(())
}

/// Of a table's column names, those worth handing over.
#[pyfunction]
pub fn wanted_columns(
    names: Vec<String>,
    mapping: Option<BTreeMap<String, String>>,
    extra: Vec<String>,
) -> Vec<String> {
    tthc_kpi_arrow::read::wanted_columns(&names, &options(mapping, None, false, extra))
}
