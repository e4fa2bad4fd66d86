//! Files and streams that are counted while they are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3_arrow::PySchema;
use serde_json::json;
use tthc_kpi_arrow::Scan as Core;

use crate::dossiers::{Values, mapping_json, options, valued};
use crate::error::{Looks, detached};
use crate::stream::{Kept, PyStream};

/// Files or a stream, opened.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Scan {
    pub core: Arc<Core>,
    /// What a stream of Python's raised.
    pub raised: Kept,
}

#[pymethods]
impl Scan {
    /// Opens files and maps their columns.
    #[staticmethod]
    #[pyo3(signature = (paths, *, mapping, strict, extra, values=None, in_stream_beyond=None))]
    fn open(
        py: Python<'_>,
        paths: Vec<String>,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        extra: Vec<String>,
        values: Option<Values>,
        in_stream_beyond: Option<u64>,
    ) -> PyResult<Self> {
        let options = valued(options(mapping, None, strict, extra), values);
        let core = detached(py, || Ok(Core::open(&paths, &options)?))?;
        let core = match in_stream_beyond {
            Some(bytes) => core.in_stream_beyond(bytes),
            None => core,
        };
        Ok(Scan { core: Arc::new(core), raised: Kept::default() })
    }

    /// A stream. `opener` gives it, narrowed to the columns it is called with, and is called once where it
    /// does not open `anew`; without a schema it is called at once to learn it.
    #[staticmethod]
    #[pyo3(signature = (opener, *, schema, anew, mapping, strict, extra, name, values=None))]
    #[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
    fn of_stream(
        py: Python<'_>,
        opener: Py<PyAny>,
        schema: Option<PySchema>,
        anew: bool,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        extra: Vec<String>,
        name: String,
        values: Option<Values>,
    ) -> PyResult<Self> {
        let options = valued(options(mapping, None, strict, extra), values);
        let raised = Kept::default();
        let (stream, schema) =
            PyStream::new(py, opener, schema.map(PySchema::into_inner), anew, &name, &raised)?;
        let core = detached(py, || Ok(Core::of_stream(Box::new(stream), schema, &name, &options)?))?;
        Ok(Scan { core: Arc::new(core), raised })
    }

    /// Rows by the files' own word; none where one does not say.
    #[getter]
    fn rows(&self) -> Option<u64> {
        self.core.rows()
    }

    /// Whether more than one question can be asked.
    #[getter]
    fn opens_anew(&self) -> bool {
        self.core.opens_anew()
    }

    /// How each source column is read.
    fn mapping_json(&self) -> String {
        mapping_json(self.core.mapping())
    }

    /// Sources that lack columns others have.
    fn absent_json(&self) -> String {
        json!(self.core.absent_columns()).to_string()
    }

    /// Reads all once: issues, and where every row went.
    #[pyo3(signature = (progress=None))]
    fn findings_json(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<String> {
        let looks = Looks::default();
        let outcome = detached(py, || {
            let mut told = |so_far| looks.tell(progress.as_ref(), so_far);
            let found = self.core.findings(&mut told)?;
            let issues: u64 = found.issue_counts.values().fold(0, |sum, count| sum.saturating_add(*count));
            let rows = &found.accounting;
            Ok(json!({
                "issues": found.issues,
                "accounting": {
                    "read": rows.read, "kept": rows.used, "excluded": rows.excluded, "set_aside": rows.set_aside,
                    "skipped": found.skipped, "issues": issues,
                },
            })
            .to_string())
        });
        self.raised.or(looks.or(outcome))
    }
}
