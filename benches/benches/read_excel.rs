//! What a workbook costs, from the file to the scorecard. Asserts its answer before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tthc_kpi::{Fact, Plan, Query, Scorecard};
use tthc_kpi_arrow::read::{ReadOptions, read_file};
use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};

const ROWS: u64 = 10_000;

fn workbook(criterion: &mut Criterion) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (book, text) = (folder.join("bench_read_excel.xlsx"), folder.join("bench_read_excel.csv"));
    let planted = Synth::new(ROWS, 0).write_xlsx(&book, true).unwrap();
    Synth::new(ROWS, 0).write_csv(&text, true).unwrap();
    let query = Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026".parse().unwrap())
        .check()
        .unwrap();
    let run = |path: &Path| -> Scorecard {
        let loaded = read_file(path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
        let dossiers = Dossiers::from_loaded([loaded], Duplicates::AssumeUnique).unwrap();
        dossiers.tally(&query).unwrap().scorecard().unwrap()
    };
    let card = run(&book);
    assert_eq!(card.accounting.read, planted.rows);
    assert!(card.total.fact(Fact::Received) > 0);
    assert_eq!(card.total, run(&text).total);
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    group.bench_function("xlsx", |bencher| bencher.iter(|| black_box(run(&book))));
    group.finish();
}

criterion_group!(benches, workbook);
criterion_main!(benches);
