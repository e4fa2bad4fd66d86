//! Files and tables of registers for the tests that read them.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::Schema;
use tthc_kpi::{Day, Record, RegisterTable};
use tthc_kpi_arrow::read::{ReadError, RegisterOptions, read_register, register_from_arrow};

/// A file of this test's own.
pub fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}_{name}", env!("CARGO_CRATE_NAME")))
}

pub type Grid<'a> = &'a [&'a [&'a str]];

pub fn csv_file(name: &str, rows: Grid<'_>) -> PathBuf {
    let path = path(&format!("{name}.csv"));
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_path(&path).unwrap();
    for row in rows {
        writer.write_record(*row).unwrap();
    }
    writer.flush().unwrap();
    path
}

/// A table of texts; "" is null.
pub fn batch(rows: Grid<'_>) -> RecordBatch {
    let (headers, rows) = rows.split_first().unwrap();
    let column = |at: usize| -> ArrayRef {
        let texts = rows.iter().map(|row| row.get(at).copied().filter(|text| !text.is_empty()));
        Arc::new(texts.collect::<StringArray>())
    };
    RecordBatch::try_from_iter_with_nullable(
        headers.iter().enumerate().map(|(at, header)| (*header, column(at), true)),
    )
    .unwrap()
}

pub fn from_batch<T: Record>(
    batch: RecordBatch,
    options: &RegisterOptions,
) -> Result<RegisterTable<T>, ReadError> {
    let schema: Arc<Schema> = batch.schema();
    register_from_arrow([Ok(batch)], &schema, "bang", options)
}

#[track_caller]
pub fn error<T: Record>(name: &str, rows: Grid<'_>) -> ReadError {
    read_register::<T>(csv_file(name, rows), &RegisterOptions::default()).unwrap_err()
}

pub fn day(text: &str) -> Option<Day> {
    Some(text.parse().unwrap())
}
