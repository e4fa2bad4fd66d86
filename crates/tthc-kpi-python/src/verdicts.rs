//! Dossiers with what becomes of each: a table of a data set, a stream of files that are scanned.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{ArrowError, Field, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_stream_pycapsule};
use tthc_kpi::Query;
use tthc_kpi_arrow::{Scan as Core, verdicts};

use crate::calendar::WorkCalendar;
use crate::dossiers::Dossiers;
use crate::error::{Looks, Raise, detached};
use crate::plan::Plan;
use crate::query::Asked;
use crate::scan::Scan;
use crate::stream::Kept;
use crate::table::{Table, schema_capsule};

/// The verdicts of a data set.
#[pyfunction]
#[pyo3(signature = (ds, plan, *, period, as_of, policy, limits, calendar, columns, threads))]
#[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
pub fn judge(
    py: Python<'_>,
    ds: &Dossiers,
    plan: &Plan,
    period: String,
    as_of: Option<String>,
    policy: BTreeMap<String, String>,
    limits: Option<BTreeMap<String, u32>>,
    calendar: Option<&WorkCalendar>,
    columns: Option<Vec<String>>,
    threads: Option<usize>,
) -> PyResult<Table> {
    let calendar = calendar.map(|calendar| calendar.core.clone());
    let asked = Asked { period, as_of, by: Vec::new(), policy, limits, calendar };
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
    #[pyo3(signature = (scan, plan, *, period, as_of, policy, limits, calendar, columns))]
    #[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
    fn new(
        py: Python<'_>,
        scan: &Scan,
        plan: &Plan,
        period: String,
        as_of: Option<String>,
        policy: BTreeMap<String, String>,
        limits: Option<BTreeMap<String, u32>>,
        calendar: Option<&WorkCalendar>,
        columns: Option<Vec<String>>,
    ) -> PyResult<Self> {
        let calendar = calendar.map(|calendar| calendar.core.clone());
        let asked = Asked { period, as_of, by: Vec::new(), policy, limits, calendar };
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
        let field = Field::new_struct("", self.schema.fields().clone(), false)
            .with_metadata(self.schema.metadata().clone());
        let reader = ArrayIterator::new(self.pull(py)?, Arc::new(field));
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }
}

/// Batches that may wait to be taken: a file is never read far ahead of who takes them.
const WAITING: usize = 2;

/// How long a signal waits to be seen.
const LOOK: Duration = Duration::from_millis(100);

impl VerdictStream {
    /// Starts to read, on a thread of its own.
    fn pull(&self, py: Python<'_>) -> PyResult<Pull> {
        let (send, taken) = sync_channel(WAITING);
        let (scan, query, columns) = (Arc::clone(&self.scan), Arc::clone(&self.query), self.columns.clone());
        let (failed, stop) = (Arc::clone(&self.failed), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let go_on = || match stopped.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let read = || {
                let mut take = |batch| match send.send(Some(batch)) {
                    Ok(()) => go_on(),
                    // Nobody takes any more.
                    Err(_) => ControlFlow::Break(()),
                };
                scan.verdicts(&query, columns.as_deref(), &mut take, &mut |_| go_on())
            };
            let raise = match catch_unwind(AssertUnwindSafe(read)) {
                Ok(Ok(())) => {
                    drop(send.send(None));
                    return;
                }
                Ok(Err(error)) => Raise::from(error),
                Err(_) => {
                    Raise::new("InternalError", "internal", "internal error of tthc_kpi: please report it")
                }
            };
            if let Ok(mut failed) = failed.lock() {
                *failed = Some(raise);
            }
        };
        let started = std::thread::Builder::new().name("tthc-kpi judge".to_owned()).spawn(work);
        match started {
            Ok(thread) => Ok(Pull {
                taken: Some(taken),
                thread: Some(thread),
                stop,
                ended: false,
                failed: Arc::clone(&self.failed),
            }),
            Err(_) => {
                Err(Raise::new("InternalError", "internal", "a thread could not be started").into_py(py))
            }
        }
    }
}

/// Takes what is read.
struct Pull {
    taken: Option<Receiver<Option<RecordBatch>>>,
    thread: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    ended: bool,
    failed: Arc<Mutex<Option<Raise>>>,
}

impl Pull {
    fn broken(&mut self) -> ArrowError {
        self.ended = true;
        let failed = self.failed.lock().ok();
        let text = failed.and_then(|failed| failed.as_ref().map(|raise| raise.text().vi));
        ArrowError::ExternalError(text.unwrap_or_else(|| "interrupted".into()).into())
    }
}

impl Iterator for Pull {
    type Item = Result<ArrayRef, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.ended {
                return None;
            }
            // Whoever takes the stream may hold the interpreter's lock or not: the wait is without.
            let taken = self.taken.as_mut()?;
            let (got, stop) = Python::attach(|py| {
                let got = py.detach(move || taken.recv_timeout(LOOK));
                let stop = py.check_signals().is_err();
                if stop {
                    // The one who takes the stream sees an error; Python is to see the signal again.
                    drop(py.import("_thread").and_then(|thread| thread.call_method0("interrupt_main")));
                }
                (got, stop)
            });
            match got {
                _ if stop => return Some(Err(self.broken())),
                Ok(Some(batch)) => return Some(Ok(Arc::new(StructArray::from(batch)))),
                Ok(None) => self.ended = true,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Some(Err(self.broken())),
            }
        }
    }
}

impl Drop for Pull {
    /// Ends the reading and its thread, which may need the interpreter's lock for its last batch.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(self.taken.take());
        let thread = self.thread.take();
        Python::try_attach(|py| py.detach(|| thread.map(JoinHandle::join)));
    }
}
