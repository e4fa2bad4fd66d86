//! Batches that a thread of their own reads, no further ahead of who takes them than a few.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::error::{Raise, guarded};
use crate::table::stream_of;

/// Batches that may wait to be taken.
const WAITING: usize = 2;
/// How long nobody looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);

/// A batch, or the end: a channel that closes without it is of a thread that broke.
type Part = Result<Option<RecordBatch>, Raise>;

/// Given each batch; a break ends the reading.
pub type Take<'t> = dyn FnMut(RecordBatch) -> ControlFlow<()> + 't;
/// Asked now and then whether to go on.
pub type GoOn<'g> = dyn Fn() -> ControlFlow<()> + 'g;

/// Why no more batches come.
pub enum Broken {
    /// What went wrong while reading.
    Failed(Raise),
    /// A signal, such as Ctrl-C.
    Signal(PyErr),
}

/// A reading that goes on.
pub struct Reading {
    receive: Mutex<Option<Receiver<Part>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: Arc<AtomicBool>,
}

impl Reading {
    /// Starts to read.
    pub fn start(
        read: impl FnOnce(&mut Take<'_>, &GoOn<'_>) -> Result<(), Raise> + Send + 'static,
    ) -> Result<Arc<Self>, Raise> {
        let (send, receive) = sync_channel::<Part>(WAITING);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            let go_on = || match stopped.load(Ordering::Relaxed) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            };
            let mut take = |batch| match send.send(Ok(Some(batch))) {
                Ok(()) => go_on(),
                Err(_) => ControlFlow::Break(()),
            };
            let read = guarded(|| read(&mut take, &go_on));
            // Where nobody listens any more, nobody is to be told.
            send.send(read.map(|()| None)).ok();
        };
        let thread = std::thread::Builder::new().name("tthc-kpi-reading".to_owned()).spawn(work);
        let thread =
            thread.map_err(|_| Raise::new("InternalError", "internal", "a thread could not be started"))?;
        let (receive, thread) = (Mutex::new(Some(receive)), Mutex::new(Some(thread)));
        Ok(Arc::new(Reading { receive, thread, stop }))
    }

    /// The next batch; none at the end. The interpreter's lock is let go of meanwhile: the reading may need it.
    pub fn next(&self, py: Python<'_>) -> Result<Option<RecordBatch>, Broken> {
        loop {
            let part = match py.check_signals() {
                Ok(()) => py.detach(|| Some(self.receive.lock().ok()?.as_ref()?.recv_timeout(LOOK))),
                Err(signal) => {
                    self.close(py);
                    return Err(Broken::Signal(signal));
                }
            };
            let failed = match part {
                Some(Ok(Ok(Some(batch)))) => return Ok(Some(batch)),
                Some(Err(RecvTimeoutError::Timeout)) => continue,
                Some(Ok(Ok(None))) | None => {
                    self.close(py);
                    return Ok(None);
                }
                Some(Ok(Err(raise))) => raise,
                Some(Err(RecvTimeoutError::Disconnected)) => {
                    Raise::new("InternalError", "internal", "a reading thread ended")
                }
            };
            self.close(py);
            return Err(Broken::Failed(failed));
        }
    }

    /// Ends the reading and its thread, which may need the interpreter's lock for its last batch.
    pub fn close(&self, py: Python<'_>) {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        py.detach(|| {
            drop(self.receive.lock().ok().and_then(|mut receive| receive.take()));
            thread.map(JoinHandle::join)
        });
    }

    /// What is left, as a stream capsule, with which the reading ends; `told` says of what failed what
    /// whoever takes the stream is told.
    pub fn capsule<'py>(
        self: Arc<Self>,
        py: Python<'py>,
        schema: &SchemaRef,
        requested_schema: Option<Bound<'py, PyCapsule>>,
        told: impl FnMut(Python<'_>, Raise) -> String + Send + 'static,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        stream_of(py, schema, Arrays { reading: self, told: Box::new(told) }, requested_schema)
    }
}

/// The batches as arrays.
struct Arrays {
    reading: Arc<Reading>,
    told: Box<dyn FnMut(Python<'_>, Raise) -> String + Send>,
}

impl Iterator for Arrays {
    type Item = Result<ArrayRef, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Python::attach(|py| match self.reading.next(py) {
            Ok(batch) => batch.map(|batch| -> Self::Item { Ok(Arc::new(StructArray::from(batch))) }),
            Err(broken) => {
                let text = match broken {
                    Broken::Failed(raise) => (self.told)(py, raise),
                    Broken::Signal(signal) => {
                        // Whoever takes the stream sees an error; Python is to see the signal again.
                        drop(py.import("_thread").and_then(|thread| thread.call_method0("interrupt_main")));
                        signal.to_string()
                    }
                };
                Some(Err(ArrowError::ExternalError(text.into())))
            }
        })
    }
}

impl Drop for Arrays {
    fn drop(&mut self) {
        Python::try_attach(|py| self.reading.close(py));
    }
}
