//! The bundled export is what the generator makes, byte for byte, and reads as it must.

use std::ops::ControlFlow;
use std::path::Path;

use tthc_kpi::Query;
use tthc_kpi_arrow::read::{ReadOptions, read_file};
use tthc_kpi_arrow::synth::Synth;
use tthc_kpi_arrow::{Dossiers, Duplicates};
use tthc_kpi_tests::plan;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/hoso-dong-nguyen-2026.xlsx");

#[test]
fn the_sample_is_what_the_generator_makes() {
    let made = std::env::temp_dir().join(format!("tthc-kpi-sample-{}.xlsx", std::process::id()));
    Synth::new(3_000, 1).write_xlsx(&made, true).unwrap();
    let same = std::fs::read(&made).unwrap() == std::fs::read(SAMPLE).unwrap();
    std::fs::remove_file(&made).unwrap();
    assert!(same, "make it anew: tthc-kpi synth 3000 examples/hoso-dong-nguyen-2026.xlsx --seed 1");
}

#[test]
fn every_planted_fault_of_the_sample_is_accounted_for() {
    let planted = Synth::new(3_000, 1).messy_summary().unwrap();
    let loaded =
        read_file(Path::new(SAMPLE), &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
    let dossiers = Dossiers::from_loaded([loaded], Duplicates::Resolve).unwrap();
    let query = Query::new(&plan()).period("2026".parse().unwrap()).check().unwrap();
    let rows = dossiers.tally(&query).unwrap().accounting().clone();
    assert!(rows.adds_up());
    assert_eq!(rows.read, planted.rows);
    assert_eq!(rows.set_aside.values().sum::<u64>(), planted.set_aside());
    assert_eq!(rows.excluded.values().sum::<u64>(), planted.excluded());
    assert!(planted.set_aside() > 0 && planted.duplicates > 0);
}
