//! A table as a Parquet file.

use std::fs::File;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

/// A Parquet file that could not be written.
///
/// See [`write_parquet`].
#[derive(Debug, thiserror::Error)]
#[error("the Parquet file could not be written: {0}")]
pub struct ParquetError(String);

/// Writes the batches of a table, such as [`form_06a_table`](crate::form_06a_table) gives, to a Parquet file.
/// The schema's metadata is kept.
///
/// # Errors
/// [`ParquetError`] when the file cannot be written.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Form06a, Plan, Query, Tally};
/// use tthc_kpi_arrow::{form_06a_table, write_parquet};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-03".parse()?).by([Dimension::Field]).check()?;
/// let table = form_06a_table(&Form06a::of(&Tally::new(&query))?)?;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-{}.parquet", std::process::id()));
/// write_parquet(&table.schema(), [&table], &path)?;
/// assert!(std::fs::read(&path)?.starts_with(b"PAR1"));
/// assert!(write_parquet(&table.schema(), [&table], "no/such/folder/06a.parquet".as_ref()).is_err());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_parquet<'b>(
    schema: &SchemaRef,
    batches: impl IntoIterator<Item = &'b RecordBatch>,
    path: &Path,
) -> Result<(), ParquetError> {
    let mut file = ParquetSink::create(schema, path)?;
    batches.into_iter().try_for_each(|batch| file.write(batch))?;
    file.close()
}

/// A Parquet file that is written batch by batch, for a table that need not be in memory whole.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::{ParquetSink, synth::Synth};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-sink-{}.parquet", std::process::id()));
/// let mut batches = Synth::new(1_000, 0).batches()?;
/// let first = batches.next().ok_or("a batch")??;
/// let mut file = ParquetSink::create(&first.schema(), &path)?;
/// file.write(&first)?;
/// for batch in batches {
///     file.write(&batch?)?;
/// }
/// file.close()?; // without it the file is no Parquet file
/// assert!(std::fs::read(&path)?.ends_with(b"PAR1"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ParquetSink(ArrowWriter<File>);

impl ParquetSink {
    /// Begins a file.
    ///
    /// # Errors
    /// [`ParquetError`] when it cannot be written there.
    pub fn create(schema: &SchemaRef, path: &Path) -> Result<Self, ParquetError> {
        let file = File::create(path).map_err(|error| ParquetError(error.to_string()))?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = ArrowWriter::try_new(file, SchemaRef::clone(schema), Some(properties));
        writer.map(ParquetSink).map_err(|error| ParquetError(error.to_string()))
    }

    /// Adds a batch of the file's schema.
    ///
    /// # Errors
    /// [`ParquetError`] when it cannot be written.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<(), ParquetError> {
        self.0.write(batch).map_err(|error| ParquetError(error.to_string()))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// [`ParquetError`] when its end cannot be written.
    pub fn close(self) -> Result<(), ParquetError> {
        self.0.close().map(|_| ()).map_err(|error| ParquetError(error.to_string()))
    }
}
