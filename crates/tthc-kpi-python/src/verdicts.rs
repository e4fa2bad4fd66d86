//! Dossiers with what becomes of each: a table of a data set, a stream of files that are scanned.

use std::sync::{Arc, Mutex};

use arrow_schema::SchemaRef;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tthc_kpi::Query;
use tthc_kpi_arrow::{Scan as Core, verdicts};

use crate::dossiers::Dossiers;
use crate::error::{Looks, Raise, detached};
use crate::plan::Plan;
use crate::query::Asked;
use crate::reading::Reading;
use crate::scan::Scan;
use crate::stream::Kept;
use crate::table::{Table, schema_capsule};

/// The verdicts of a data set.
#[pyfunction]
#[pyo3(signature = (ds, plan, asked, *, columns, threads))]
pub fn judge(
    py: Python<'_>,
    ds: &Dossiers,
    plan: &Plan,
    asked: Asked,
    columns: Option<Vec<String>>,
    threads: Option<usize>,
) -> PyResult<Table> {
    let looks = Looks::default();
    let outcome = detached(py, || {
        let query = asked.query(&plan.core, &[])?;
        let mut progress = |_| looks.look(|_| Ok(()));
        let (schema, batches) = verdicts(&ds.core, &query, columns.as_deref(), threads, &mut progress)?;
        Ok(Table::new(schema, batches))
    });
    looks.or(outcome)
}

/// The verdicts of files that are scanned: read anew, and in order, by everyone who takes the stream.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct VerdictStream {
    scan: Arc<Core>,
    query: Arc<Query>,
    columns: Option<Vec<String>>,
    schema: SchemaRef,
    /// What a Python object that gives the batches raised.
    raised: Kept,
    failed: Arc<Mutex<Option<Raise>>>,
}

#[pymethods]
impl VerdictStream {
    #[new]
    #[pyo3(signature = (scan, plan, asked, *, columns))]
    fn new(
        py: Python<'_>,
        scan: &Scan,
        plan: &Plan,
        asked: Asked,
        columns: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let core = &scan.core;
        let (query, schema) = detached(py, || {
            let query = asked.query(&plan.core, &[])?;
            let schema = core.verdicts_schema(&query, columns.as_deref())?;
            Ok((query, schema))
        })?;
        let (scan, raised) = (Arc::clone(core), scan.raised.clone());
        Ok(VerdictStream { scan, query, columns, schema, raised, failed: Arc::default() })
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Raises why the last stream broke off, where the reading was the reason.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        let failed = self.failed.lock().ok().and_then(|mut failed| failed.take());
        self.raised.or(failed.map_or(Ok(()), |raise| Err(raise.into_py(py))))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        schema_capsule(py, &self.schema)
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let (scan, query, columns) = (Arc::clone(&self.scan), Arc::clone(&self.query), self.columns.clone());
        let reading = Reading::start(move |take, go_on| {
            Ok(scan.verdicts(&query, columns.as_deref(), take, &mut |_| go_on())?)
        });
        let failed = Arc::clone(&self.failed);
        let told = move |_: Python<'_>, raise: Raise| {
            let text = raise.text().vi;
            if let Ok(mut failed) = failed.lock() {
                *failed = Some(raise);
            }
            text
        };
        let reading = reading.map_err(|raise| raise.into_py(py))?;
        reading.capsule(py, &self.schema, requested_schema, told)
    }
}
