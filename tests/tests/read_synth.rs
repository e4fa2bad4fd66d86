//! What the generator says it planted, the readers find: neither more nor less, and the same from
//! a workbook as from a CSV file.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use arrow_array::{RecordBatch, UInt64Array};
use arrow_cast::cast;
use arrow_schema::DataType;
use arrow_select::concat::concat;
use tthc_kpi::{Action, Column, Reason};
use tthc_kpi_arrow::read::{Loaded, ReadOptions, from_arrow, read_file};
use tthc_kpi_arrow::synth::Synth;

const ROWS: u64 = 30_000;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("read_synth_{name}"))
}

fn read(path: &Path) -> Loaded {
    read_file(path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap()
}

/// A column of all batches, words as plain text.
fn column(batches: &[RecordBatch], name: &str) -> arrow_array::ArrayRef {
    let parts: Vec<_> = batches
        .iter()
        .map(|batch| {
            let array = batch.column_by_name(name).unwrap();
            match array.data_type() {
                DataType::Dictionary(_, values) => cast(array, values).unwrap(),
                _ => array.clone(),
            }
        })
        .collect();
    concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>()).unwrap()
}

#[test]
fn planted_faults_are_found() {
    let synth = Synth::new(ROWS, 7);
    let (book, text) = (file("messy.xlsx"), file("messy.csv"));
    let planted = synth.write_xlsx(&book, true).unwrap();
    synth.write_csv(&text, true).unwrap();
    let (book, text) = (read(&book), read(&text));
    for loaded in [&book, &text] {
        assert_eq!(loaded.rows_read, planted.rows);
        let aside = |reason: &str| loaded.set_aside.get(reason).copied().unwrap_or_default();
        assert_eq!(aside("unreadable_received_at"), planted.unreadable_received);
        assert_eq!(aside("missing_received_at"), planted.missing_received);
        assert_eq!(aside("unreadable_due_at"), planted.unreadable_due);
        assert_eq!(aside("unreadable_status"), planted.unknown_status);
        assert_eq!(loaded.set_aside.values().sum::<u64>(), planted.set_aside());
        let unknown = |column, reason| {
            loaded.issue_counts.get(&(Some(column), reason, Action::Unknown)).copied().unwrap_or_default()
        };
        assert_eq!(unknown(Column::Rating, Reason::OutOfRange), planted.rating_out_of_range);
        assert_eq!(unknown(Column::PausedDays, Reason::OutOfRange), planted.negative_pause);
        assert_eq!(unknown(Column::PaymentsOnline, Reason::PartExceedsWhole), planted.online_above_payments);
        assert_eq!(
            unknown(Column::TransfersElectronic, Reason::PartExceedsWhole),
            planted.electronic_above_transfers
        );
        let cells: u64 = loaded
            .issue_counts
            .iter()
            .filter(|((.., action), _)| *action == Action::Unknown)
            .map(|(_, count)| count)
            .sum();
        assert_eq!(cells, planted.unknown_cells(), "{:?}", loaded.issue_counts);
    }
    assert!(planted.set_aside() > 20 && planted.unknown_cells() > 20);
    for name in book.columns.iter().map(Column::slug) {
        assert_eq!(&column(&book.batches, name), &column(&text.batches, name), "{name}");
    }
    assert_eq!(book.columns, text.columns);
}

/// A sound export read back is the dossiers that were written, to the minute the export shows.
#[test]
fn a_sound_export_comes_back() {
    let synth = Synth::new(5_000, 3);
    let path = file("sound.csv");
    synth.write_csv(&path, false).unwrap();
    let loaded = read(&path);
    assert_eq!((loaded.rows_read, loaded.issues.len()), (5_000, 0), "{:?}", loaded.issues.first());
    let made: Vec<RecordBatch> = synth.batches().unwrap().map(Result::unwrap).collect();
    for column_id in loaded.columns.iter() {
        let (read, made) = (column(&loaded.batches, column_id.slug()), column(&made, column_id.slug()));
        assert_eq!(read.len(), made.len());
        if column_id.column_type() != tthc_kpi::ColumnType::Instant {
            assert_eq!(&read, &made, "{column_id}");
        }
        assert_eq!(read.null_count(), made.null_count(), "{column_id}");
    }
    // And as a foreign table they need no repair.
    let schema = made[0].schema();
    let foreign = from_arrow(made.into_iter().map(Ok), &schema, "synth", &ReadOptions::default()).unwrap();
    assert!(foreign.issues.is_empty());
    assert_eq!(foreign.rows_read, 5_000);
    let numbers: Vec<u64> = foreign.row_numbers.iter().flatten().copied().collect();
    assert_eq!(UInt64Array::from(numbers), UInt64Array::from_iter_values(1..=5_000));
}
