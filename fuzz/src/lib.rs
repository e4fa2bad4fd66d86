//! What the targets that read files have in common.

use std::ops::ControlFlow;

use arrow_array::RecordBatch;
use tthc_kpi_arrow::read::{ReadOptions, read_registers, read_tables};
use tthc_kpi_arrow::{Dossiers, Duplicates};

/// A file of these bytes is read, every row accounted for, or refused in words; so it is as registers.
pub fn read_whatever(bytes: &[u8], suffix: &str) {
    let folder = if cfg!(target_os = "linux") { "/dev/shm".into() } else { std::env::temp_dir() };
    let file = tempfile::Builder::new().suffix(suffix).tempfile_in(folder).expect("a file");
    std::fs::write(file.path(), bytes).expect("the file");
    let options = ReadOptions { threads: Some(1), ..ReadOptions::default() };
    match read_tables(file.path(), &options, &mut |_, _| ControlFlow::Continue(())) {
        Ok(tables) => {
            for table in &tables {
                let kept: usize = table.batches.iter().map(RecordBatch::num_rows).sum();
                assert_eq!(table.rows_read, kept as u64 + table.set_aside.values().sum::<u64>());
            }
            let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve).expect("a data set");
            assert!(dossiers.accounting().adds_up());
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.vi().is_empty()),
    }
    drop(read_registers(file.path(), &Default::default()));
}
