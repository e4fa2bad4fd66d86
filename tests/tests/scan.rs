//! Parquet: what is scanned is what is read, and what is skipped could not have counted.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use tthc_kpi::{ColumnSet, Dossier, Plan, Query, Tally};
use tthc_kpi_arrow::read::{ReadOptions, read_file};
use tthc_kpi_arrow::{ArrowError, Dossiers, Duplicates, Scan, batch_of};
use tthc_kpi_tests::{dossier, query};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tthc-kpi-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    /// A file of row groups of so many rows.
    fn write(&self, name: &str, batch: &RecordBatch, rows: usize) -> PathBuf {
        let path = self.0.join(name);
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
        let mut writer =
            ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

fn scanned(paths: &[&Path], query: &Arc<Query>, threads: usize) -> Result<Tally, ArrowError> {
    let options = ReadOptions { extra: vec!["khu_vuc".to_owned()], ..ReadOptions::default() };
    let options = if query.by().iter().any(|by| by.name().contains("khu_vuc")) {
        options
    } else {
        ReadOptions::default()
    };
    Scan::open(paths, &options)?.tally_on(query, Some(threads), &mut |_| ControlFlow::Continue(()))
}

fn with_extra(mut dossiers: Vec<Dossier>) -> Vec<Dossier> {
    for dossier in &mut dossiers {
        dossier.extra.entry("khu_vuc".to_owned()).or_insert(tthc_kpi::ExtraValue::Int(9));
    }
    dossiers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_scan_counts_what_is_read(
        dossiers in proptest::collection::vec(dossier(), 1..120).prop_map(with_extra),
        query in query(),
        rows in 1usize..50,
        threads in 1usize..4,
    ) {
        let folder = Folder::new("scan");
        let path = folder.write("hoso.parquet", &batch_of(&dossiers, ColumnSet::all()).unwrap(), rows);
        let options = ReadOptions { extra: vec!["khu_vuc".to_owned()], ..ReadOptions::default() };
        let loaded = read_file(&path, &options, &mut |_, _| ControlFlow::Continue(())).unwrap();
        let read = Dossiers::from_loaded([loaded], Duplicates::AssumeUnique).unwrap().tally(&query).unwrap();
        let scan = scanned(&[&path], &query, threads).unwrap();
        prop_assert_eq!(scan.total(), read.total());
        prop_assert_eq!(scan.groups(), read.groups());
        let (rows, all) = (scan.accounting(), read.accounting());
        prop_assert!(rows.adds_up());
        prop_assert_eq!(rows.used, all.used);
        prop_assert_eq!(rows.read + rows.skipped, all.read);
        prop_assert!(rows.outside <= all.outside);
        prop_assert!(scan.data_through() >= read.data_through());
        if rows.skipped == 0 {
            prop_assert_eq!(rows, all);
            prop_assert_eq!(scan.data_through(), read.data_through());
        }
        prop_assert_eq!(scan.missing_columns(), read.missing_columns());
    }
}

fn day(text: &str) -> tthc_kpi::Instant {
    text.parse().unwrap()
}

fn january() -> Arc<Query> {
    let plan = Plan::builtin("dong-nguyen-2026").unwrap();
    Query::new(&plan).period("2026-01".parse().unwrap()).check().unwrap()
}

#[test]
fn row_groups_that_cannot_count_are_skipped_and_told() {
    let ended = |received: &str, completed: &str| Dossier {
        completed_at: Some(day(completed)),
        ..Dossier::received(day(received))
    };
    let rows = [
        // Completed before the period, all of them.
        ended("2025-10-01", "2025-10-05"),
        ended("2025-12-30", "2025-12-31T16:00"),
        // Received before, and one of them not yet completed.
        ended("2025-10-01", "2025-10-05"),
        Dossier::received(day("2025-12-31")),
        // Received after the cut.
        Dossier::received(day("2026-02-01")),
        ended("2026-03-01", "2026-03-09"),
        // In the period.
        Dossier::received(day("2026-01-31T23:59")),
        Dossier::received(day("2026-02-01")),
    ];
    let folder = Folder::new("skip");
    let path = folder.write("hoso.parquet", &batch_of(&rows, ColumnSet::all()).unwrap(), 2);
    let tally = scanned(&[&path], &january(), 2).unwrap();
    let book = tally.accounting();
    assert_eq!((book.read, book.used, book.outside, book.skipped), (4, 2, 2, 4));
    // What was skipped still tells that the data goes beyond the cut.
    assert_eq!(tally.data_through(), Some(day("2026-03-09").day()));
    assert!(tally.scorecard().unwrap().warnings.iter().all(|note| note.code != "cut_after_data"));
    let twice = scanned(&[&path, &path], &january(), 1).unwrap();
    assert_eq!((twice.accounting().read, twice.accounting().skipped), (8, 8));
    let mut merged = tally.clone();
    merged.merge(&tally).unwrap();
    assert_eq!(merged.accounting(), twice.accounting());
}

#[test]
fn dates_as_text_with_the_month_first_are_read_again() {
    // Only the last row proves it, in a row group of its own.
    let received: ArrayRef = Arc::new(StringArray::from(vec!["01/05/2026", "01/31/2026"]));
    let folder = Folder::new("month-first");
    let batch = RecordBatch::try_from_iter([("Ngày tiếp nhận", received)]).unwrap();
    let path = folder.write("hoso.parquet", &batch, 1);
    let tally = scanned(&[&path], &january(), 2).unwrap();
    let loaded = read_file(&path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!((loaded.rows_read, loaded.mapping[0].month_first), (2, true));
    let read = Dossiers::from_loaded([loaded], Duplicates::AssumeUnique).unwrap().tally(&january()).unwrap();
    assert_eq!((tally.accounting().used, &tally), (2, &read));
}

#[test]
fn a_damaged_file_is_an_error_that_names_it() {
    let folder = Folder::new("damaged");
    let rows: Vec<Dossier> = (0..50).map(|_| Dossier::received(day("2026-01-05"))).collect();
    let path = folder.write("hoso.parquet", &batch_of(&rows, ColumnSet::all()).unwrap(), 10);
    let bytes = std::fs::read(&path).unwrap();
    for (name, bytes) in [
        ("cut.parquet", bytes[..bytes.len() / 2].to_vec()),
        ("none.parquet", b"PAR1".to_vec()),
        ("zeros.parquet", {
            let mut bytes = bytes.clone();
            bytes[4..200].fill(0xff);
            bytes
        }),
    ] {
        let path = folder.0.join(name);
        std::fs::write(&path, bytes).unwrap();
        let error = scanned(&[&path], &january(), 2).unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert!(read_file(&path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).is_err());
    }
}
