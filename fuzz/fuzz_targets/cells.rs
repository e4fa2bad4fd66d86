//! Cells: a text in every column is a value, unknown, or sets its row aside, and every row is accounted for.
#![no_main]

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use libfuzzer_sys::fuzz_target;
use tthc_kpi::Column;
use tthc_kpi_arrow::read::{ReadError, ReadOptions, from_arrow};
use tthc_kpi_arrow::{Dossiers, Duplicates};

fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.split('\n').take(64).collect();
    let cells: ArrayRef = Arc::new(StringArray::from(lines.clone()));
    let table = RecordBatch::try_from_iter(Column::ALL.iter().map(|column| (column.slug(), cells.clone())))
        .expect("a table");
    let schema = table.schema();
    match from_arrow([Ok(table)], &schema, "table", &ReadOptions::default()) {
        Ok(loaded) => {
            let kept: usize = loaded.batches.iter().map(RecordBatch::num_rows).sum();
            let aside: u64 = loaded.set_aside.values().sum();
            assert_eq!(loaded.rows_read, kept as u64 + aside);
            assert_eq!(loaded.rows_read, lines.len() as u64);
            let dossiers = Dossiers::from_loaded([loaded], Duplicates::Resolve).expect("a data set");
            assert!(dossiers.accounting().adds_up());
        }
        // The order of day and month is proved both ways.
        Err(error) => assert!(matches!(error, ReadError::DateOrder { .. }), "{error}"),
    }
});
