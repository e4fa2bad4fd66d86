//! Streams of batches that Python objects give.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::exceptions::{PyKeyboardInterrupt, PyStopIteration};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use tthc_kpi_arrow::read::{OpenStream, ReadError};

use crate::dossiers::{unreadable, validate};
use crate::error::Raise;

type Reader = Box<dyn RecordBatchReader + Send>;

/// The exception that a stream raised, until somebody can raise it in Python.
#[derive(Debug, Default, Clone)]
pub struct Kept(Arc<Mutex<Option<PyErr>>>);

impl Kept {
    fn keep(&self, error: PyErr) {
        if let Ok(mut kept) = self.0.lock() {
            kept.get_or_insert(error);
        }
    }

    /// What was raised, else the outcome.
    pub fn or<T>(&self, outcome: PyResult<T>) -> PyResult<T> {
        match self.0.lock().ok().and_then(|mut kept| kept.take()) {
            Some(error) => Err(error),
            None => outcome,
        }
    }
}

/// A Python callable that gives a stream, and the stream it gave first.
#[derive(Debug)]
pub struct PyStream {
    opener: Py<PyAny>,
    first: Mutex<First>,
    anew: bool,
    name: String,
    raised: Kept,
}

/// A stream that was opened to learn its schema.
struct First(Option<Reader>);

impl std::fmt::Debug for First {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "First" } else { "taken" })
    }
}

impl PyStream {
    /// The stream and its schema.
    pub fn new(
        py: Python<'_>,
        opener: Py<PyAny>,
        schema: Option<SchemaRef>,
        anew: bool,
        name: &str,
        raised: &Kept,
    ) -> PyResult<(Self, SchemaRef)> {
        let (first, schema) = match schema {
            Some(schema) => (None, schema),
            None => {
                let reader = reader_of(opener.bind(py).call1((py.None(),))?, raised)?;
                let schema = reader.schema();
                (Some(reader), schema)
            }
        };
        let (first, name) = (Mutex::new(First(first)), name.to_owned());
        Ok((PyStream { opener, first, anew, name, raised: raised.clone() }, schema))
    }
}

impl OpenStream for PyStream {
    fn open(&self, columns: Option<&[String]>) -> Result<Reader, ReadError> {
        if let Some(first) = self.first.lock().ok().and_then(|mut first| first.0.take()) {
            return Ok(first);
        }
        if !self.anew {
            return Err(ReadError::StreamEnded { file: self.name.clone() });
        }
        Python::attach(|py| {
            let opened = self.opener.bind(py).call1((columns.map(<[String]>::to_vec),));
            opened.and_then(|opened| reader_of(opened, &self.raised)).map_err(|error| {
                self.raised.keep(error);
                ReadError::Malformed {
                    file: self.name.clone(),
                    sheet: None,
                    what: "the stream could not be opened",
                }
            })
        })
    }

    fn opens_anew(&self) -> bool {
        self.anew
    }
}

/// What an object gives: a stream through the capsule protocol, or an iterator of such objects.
fn reader_of(object: Bound<'_, PyAny>, raised: &Kept) -> PyResult<Reader> {
    let py = object.py();
    let is_arrow = object.hasattr("__arrow_c_stream__")? || object.hasattr("__arrow_c_array__")?;
    let reader: Reader = if is_arrow {
        object.extract::<AnyRecordBatch>()?.into_reader()?
    } else if object.hasattr("__next__")? || object.hasattr("__iter__")? {
        let mut parts = Parts {
            iterator: object.try_iter()?.into_any().unbind(),
            waiting: VecDeque::new(),
            schema: None,
            raised: raised.clone(),
        };
        parts.more(py)?;
        if parts.schema.is_none() {
            let told =
                "dòng dữ liệu không có phần nào [a stream without a single batch: no columns are known]";
            return Err(Raise::new("InputError", "empty_stream", told).into_py(py));
        }
        Box::new(parts)
    } else {
        let told = format!(
            "không đọc được dòng dữ liệu từ {} [expected an object with __arrow_c_stream__, or an iterator of them]",
            object.get_type().name()?
        );
        return Err(Raise::new("InputError", "unsupported_table", told).into_py(py));
    };
    Ok(Box::new(Checked { reader, raised: raised.clone() }))
}

/// A reader each of whose batches is validated before anything reads it, and whose failure is kept.
struct Checked {
    reader: Reader,
    raised: Kept,
}

fn failed() -> ArrowError {
    ArrowError::ExternalError("the stream failed".into())
}

impl Iterator for Checked {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let raise = match self.reader.next()? {
            Ok(batch) => match validate(&batch) {
                Ok(()) => return Some(Ok(batch)),
                Err(raise) => raise,
            },
            // A library that calls Python tells of Ctrl-C in words only.
            Err(error) if error.to_string().contains("KeyboardInterrupt") => {
                self.raised.keep(PyKeyboardInterrupt::new_err(()));
                return Some(Err(failed()));
            }
            Err(error) => unreadable(&error),
        };
        Python::attach(|py| self.raised.keep(raise.into_py(py)));
        Some(Err(failed()))
    }
}

impl RecordBatchReader for Checked {
    fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }
}

/// An iterator of Python objects that each hold a table or a batch.
struct Parts {
    iterator: Py<PyAny>,
    waiting: VecDeque<RecordBatch>,
    schema: Option<SchemaRef>,
    raised: Kept,
}

impl Parts {
    /// Takes the next object that has rows; false at the end.
    fn more(&mut self, py: Python<'_>) -> PyResult<bool> {
        while self.waiting.is_empty() {
            let part = match self.iterator.bind(py).call_method0("__next__") {
                Ok(part) => part,
                Err(error) if error.is_instance_of::<PyStopIteration>(py) => return Ok(false),
                Err(error) => return Err(error),
            };
            let reader = part.extract::<AnyRecordBatch>()?.into_reader()?;
            self.schema.get_or_insert_with(|| reader.schema());
            for batch in reader {
                self.waiting.push_back(batch.map_err(|error| unreadable(&error).into_py(py))?);
            }
        }
        Ok(true)
    }
}

impl Iterator for Parts {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.waiting.is_empty()
            && let Err(error) = Python::attach(|py| self.more(py))
        {
            self.raised.keep(error);
            return Some(Err(failed()));
        }
        self.waiting.pop_front().map(Ok)
    }
}

impl RecordBatchReader for Parts {
    fn schema(&self) -> SchemaRef {
        self.schema.clone().unwrap_or_else(|| Arc::new(arrow_schema::Schema::empty()))
    }
}
