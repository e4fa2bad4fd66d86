//! The dossiers behind a number of a scan: taken from a thread that reads no further ahead than a few
//! batches.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
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
use tthc_kpi::{Dimension, Query};
use tthc_kpi_arrow::{Scan as Core, Shown};

use crate::error::{Raise, detached};
use crate::query::Asked;
use crate::scan::Scan;
use crate::stream::Kept;
use crate::table::Table;

/// Batches that may wait to be taken.
const WAITING: usize = 2;
/// How long nobody looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);

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

type Part = Result<RecordBatch, Raise>;

/// Dossiers, batch by batch.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct CaseStream {
    schema: SchemaRef,
    reading: Arc<Reading>,
}

struct Reading {
    receive: Mutex<Option<Receiver<Part>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: Arc<AtomicBool>,
    raised: Kept,
}

impl Reading {
    fn start(core: Arc<Core>, behind: Behind, raised: Kept) -> Result<Self, Raise> {
        let (send, receive) = sync_channel::<Part>(WAITING);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let go_on = move || {
            if stopped.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let work = move || {
            let mut take = |batch| match send.send(Ok(batch)) {
                Ok(()) => go_on(),
                Err(_) => ControlFlow::Break(()),
            };
            let Behind { query, indicator, shown, restrict } = &behind;
            let read = core.cases(query, indicator, *shown, restrict, &mut take, &mut |_| go_on());
            if let Err(error) = read {
                // Nobody listens any more: nothing is left to tell.
                send.send(Err(error.into())).ok();
            }
        };
        let thread = std::thread::Builder::new().name("tthc-kpi-cases".to_owned()).spawn(work);
        let thread =
            thread.map_err(|_| Raise::new("InternalError", "internal", "a thread could not be started"))?;
        Ok(Reading { receive: Mutex::new(Some(receive)), thread: Mutex::new(Some(thread)), stop, raised })
    }

    /// The next batch; none at the end. The interpreter's lock is let go of meanwhile: the reading may need it.
    fn next(&self, py: Python<'_>) -> PyResult<Option<RecordBatch>> {
        loop {
            let part = py.detach(|| match self.receive.lock().ok()?.as_ref() {
                Some(receive) => Some(receive.recv_timeout(LOOK)),
                None => Some(Err(RecvTimeoutError::Disconnected)),
            });
            match part {
                Some(Ok(Ok(batch))) => return Ok(Some(batch)),
                Some(Ok(Err(raise))) => {
                    self.close(py);
                    return self.raised.or(Err(raise.into_py(py)));
                }
                Some(Err(RecvTimeoutError::Timeout)) => {
                    if let Err(interrupted) = py.check_signals() {
                        self.close(py);
                        return Err(interrupted);
                    }
                }
                Some(Err(RecvTimeoutError::Disconnected)) | None => {
                    self.close(py);
                    return Ok(None);
                }
            }
        }
    }

    /// Ends the reading and its thread.
    fn close(&self, py: Python<'_>) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        py.detach(|| {
            drop(self.receive.lock().ok().and_then(|mut receive| receive.take()));
            thread.map(JoinHandle::join)
        });
    }
}

impl Drop for CaseStream {
    fn drop(&mut self) {
        // A stream that was handed on reads on by itself.
        if Arc::strong_count(&self.reading) == 1 {
            Python::try_attach(|py| self.reading.close(py));
        }
    }
}

/// Ends the reading with the stream that was handed on.
struct Ending(Arc<Reading>);

impl Drop for Ending {
    fn drop(&mut self) {
        Python::try_attach(|py| self.0.close(py));
    }
}

impl CaseStream {
    pub fn new(py: Python<'_>, scan: &Scan, behind: Behind) -> PyResult<Self> {
        let core = Arc::clone(&scan.core);
        let raised = scan.raised.clone();
        let (schema, reading) = detached(py, || {
            let Behind { query, indicator, shown, restrict } = &behind;
            let schema = core.cases_schema(query, indicator, *shown, restrict)?;
            Ok((schema, Reading::start(core, behind, raised)?))
        })?;
        Ok(CaseStream { schema, reading: Arc::new(reading) })
    }
}

#[pymethods]
impl CaseStream {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Table>> {
        let next = self.reading.next(py)?;
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
        let field = Field::new_struct("", self.schema.fields().clone(), false);
        let reading = Ending(Arc::clone(&self.reading));
        let arrays = std::iter::from_fn(move || {
            let next = Python::attach(|py| reading.0.next(py));
            let told = |error: PyErr| ArrowError::ExternalError(error.to_string().into());
            let array = |batch| -> ArrayRef { Arc::new(StructArray::from(batch)) };
            next.map_err(told).map(|batch| batch.map(array)).transpose()
        });
        let reader = ArrayIterator::new(arrays, Arc::new(field));
        Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
    }
}
