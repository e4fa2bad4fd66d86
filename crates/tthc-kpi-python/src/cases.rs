//! The dossiers behind a number of a scan: taken from a thread that reads no further ahead than a few
//! batches.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_schema::SchemaRef;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tthc_kpi::{Dimension, Query};
use tthc_kpi_arrow::Shown;

use crate::error::{Raise, detached};
use crate::query::Asked;
use crate::reading::{Broken, Reading};
use crate::scan::Scan;
use crate::stream::Kept;
use crate::table::Table;

/// What is asked for.
pub struct Behind {
    pub query: Arc<Query>,
    pub indicator: String,
    pub shown: Shown,
    pub restrict: Vec<(Dimension, Option<String>)>,
}

impl Behind {
    /// From the words of Python.
    pub fn new(
        asked: Asked,
        plan: &tthc_kpi::Plan,
        extra: &[String],
        indicator: String,
        outcome: &str,
        of: BTreeMap<String, Option<String>>,
    ) -> Result<Self, Raise> {
        let query = asked.query(plan, extra)?;
        let restrict = of
            .into_iter()
            .map(|(name, key)| Ok((Dimension::named(&name, extra)?, key)))
            .collect::<Result<Vec<_>, tthc_kpi::Error>>()?;
        Ok(Behind { query, indicator, shown: outcome.parse()?, restrict })
    }
}

/// Dossiers, batch by batch.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct CaseStream {
    schema: SchemaRef,
    reading: Arc<Reading>,
    /// What a stream of Python's raised.
    raised: Kept,
}

impl Drop for CaseStream {
    fn drop(&mut self) {
        // A stream that was handed on reads on by itself.
        if Arc::strong_count(&self.reading) == 1 {
            Python::try_attach(|py| self.reading.close(py));
        }
    }
}

impl CaseStream {
    pub fn new(py: Python<'_>, scan: &Scan, behind: Behind) -> PyResult<Self> {
        let core = Arc::clone(&scan.core);
        let (schema, reading) = detached(py, || {
            let Behind { query, indicator, shown, restrict } = behind;
            let schema = core.cases_schema(&query, &indicator, shown, &restrict)?;
            let reading = Reading::start(move |take, go_on| {
                Ok(core.cases(&query, &indicator, shown, &restrict, take, &mut |_| go_on())?)
            })?;
            Ok((schema, reading))
        })?;
        Ok(CaseStream { schema, reading, raised: scan.raised.clone() })
    }
}

#[pymethods]
impl CaseStream {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        let next = self.reading.next(py).or_else(|broken| match broken {
            Broken::Failed(raise) => self.raised.or(Err(raise.into_py(py))),
            Broken::Signal(signal) => Err(signal),
        })?;
        Ok(next.map(|batch| Table::new(Arc::clone(&self.schema), vec![batch])))
    }

    /// Ends the reading; nothing of it stays.
    fn close(&self, py: Python<'_>) {
        self.reading.close(py);
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let raised = self.raised.clone();
        let told = move |py: Python<'_>, raise: Raise| {
            let error = raised.or::<()>(Err(raise.into_py(py))).err();
            error.map_or_else(String::new, |error| error.to_string())
        };
        Arc::clone(&self.reading).capsule(py, &self.schema, requested_schema, told)
    }
}
