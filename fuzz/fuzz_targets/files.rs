//! Files: whatever bytes a file has, it is read, every row accounted for, or refused in words.
#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use tthc_kpi_arrow::read::{ReadOptions, read_registers, read_tables};
use tthc_kpi_arrow::{Dossiers, Duplicates};

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new_in("/dev/shm").expect("a file");
    std::fs::write(file.path(), bytes).expect("the file");
    let options = ReadOptions { threads: Some(1), ..ReadOptions::default() };
    match read_tables(file.path(), &options, &mut |_, _| ControlFlow::Continue(())) {
        Ok(tables) => {
            for table in &tables {
                let kept: usize = table.batches.iter().map(arrow_array::RecordBatch::num_rows).sum();
                assert_eq!(table.rows_read, kept as u64 + table.set_aside.values().sum::<u64>());
            }
            let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve).expect("a data set");
            assert!(dossiers.accounting().adds_up());
        }
        Err(error) => assert!(!error.to_string().is_empty() && !error.vi().is_empty()),
    }
    // The same bytes as registers.
    drop(read_registers(file.path(), &Default::default()));
});
