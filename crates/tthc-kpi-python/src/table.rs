//! Tables out: any Arrow library takes them through the capsule protocol.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StructArray};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};

use pyo3_arrow::input::AnyRecordBatch;
use tthc_kpi_arrow::ParquetSink;

use crate::dossiers::{unreadable, validate};
use crate::error::{Raise, detached};

/// A stream capsule of batches of one schema.
pub fn stream<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    batches: Vec<RecordBatch>,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let arrays = batches
        .into_iter()
        .map(|batch| -> Result<ArrayRef, ArrowError> { Ok(Arc::new(StructArray::from(batch))) });
    stream_of(py, schema, arrays, requested_schema)
}

/// A stream capsule of arrays that are the rows of one schema.
pub fn stream_of<'py>(
    py: Python<'py>,
    schema: &SchemaRef,
    arrays: impl Iterator<Item = Result<ArrayRef, ArrowError>> + Send + 'static,
    requested_schema: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let field =
        Field::new_struct("", schema.fields().clone(), false).with_metadata(schema.metadata().clone());
    let reader = ArrayIterator::new(arrays, Arc::new(field));
    Ok(to_stream_pycapsule(py, Box::new(reader), requested_schema)?)
}

/// A schema capsule.
pub fn schema_capsule<'py>(py: Python<'py>, schema: &SchemaRef) -> PyResult<Bound<'py, PyCapsule>> {
    Ok(to_schema_pycapsule(py, schema.as_ref())?)
}

/// Writes what an Arrow stream holds to a Parquet file.
#[pyfunction]
pub fn write_parquet(py: Python<'_>, source: &Bound<'_, PyAny>, path: std::path::PathBuf) -> PyResult<()> {
    let reader = source.extract::<AnyRecordBatch>()?.into_reader()?;
    let schema = reader.schema();
    let mut file = detached(py, || Ok(ParquetSink::create(&schema, &path)?))?;
    // Drawn with the lock held, since the stream may call back into Python; nothing is kept.
    let written = reader.into_iter().try_for_each(|batch| {
        py.check_signals()?;
        let batch = batch.map_err(|error| unreadable(&error).into_py(py))?;
        detached(py, || {
            validate(&batch)?;
            Ok(file.write(&batch)?)
        })
    });
    let written = written.and_then(|()| detached(py, || Ok(file.close()?)));
    if written.is_err() {
        // Half a file would be taken for a file.
        drop(std::fs::remove_file(&path));
    }
    written
}

/// An Arrow table made by this library.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

impl Table {
    pub fn new(schema: SchemaRef, batches: Vec<RecordBatch>) -> Self {
        Table { schema, batches }
    }
}

#[pymethods]
impl Table {
    /// Rows.
    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// Names of the columns.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// The first rows.
    fn head(&self, rows: usize) -> Table {
        let mut left = rows;
        let batches = self.batches.iter().map(|batch| {
            let taken = left.min(batch.num_rows());
            left -= taken;
            batch.slice(0, taken)
        });
        Table::new(SchemaRef::clone(&self.schema), batches.collect())
    }

    /// The first rows as JSON objects; null is unknown.
    fn to_json_rows(&self, py: Python<'_>, limit: usize) -> PyResult<String> {
        detached(py, || {
            let mut rows = Vec::new();
            for batch in &self.batches {
                for row in 0..batch.num_rows() {
                    if rows.len() == limit {
                        break;
                    }
                    rows.push(json_row(batch, row)?);
                }
            }
            Ok(serde_json::Value::Array(rows).to_string())
        })
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
        stream(py, &self.schema, self.batches.clone(), requested_schema)
    }
}

fn json_row(batch: &RecordBatch, row: usize) -> Result<serde_json::Value, Raise> {
    let mut object = serde_json::Map::new();
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        object.insert(field.name().clone(), json_cell(array, row)?);
    }
    Ok(serde_json::Value::Object(object))
}

fn json_cell(array: &ArrayRef, row: usize) -> Result<serde_json::Value, Raise> {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Int32Type, Int64Type, UInt8Type, UInt32Type, UInt64Type};
    if array.is_null(row) {
        return Ok(serde_json::Value::Null);
    }
    Ok(match array.data_type() {
        DataType::Boolean => array.as_boolean().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        _ => {
            let options = arrow_cast::display::FormatOptions::default();
            let text = arrow_cast::display::ArrayFormatter::try_new(array.as_ref(), &options)
                .map_err(|error| Raise::from(tthc_kpi_arrow::ArrowError::from(error)))?;
            text.value(row).to_string().into()
        }
    })
}
