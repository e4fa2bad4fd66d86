//! What a CSV export costs: read alone, and read and tallied to a scorecard. The answer is asserted
//! before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tthc_kpi::{Plan, Query, Scorecard};
use tthc_kpi_arrow::read::{Loaded, ReadOptions, read_file};
use tthc_kpi_arrow::synth::Synth;
use tthc_kpi_arrow::{Dossiers, Duplicates, tally_batches};

const ROWS: u64 = 100_000;

fn read(path: &PathBuf, threads: Option<usize>) -> Loaded {
    let options = ReadOptions { threads, ..ReadOptions::default() };
    read_file(path, &options, &mut |_, _| ControlFlow::Continue(())).unwrap()
}

fn csv(criterion: &mut Criterion) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench.csv");
    let synth = Synth::new(ROWS, 0);
    synth.write_csv(&path, false).unwrap();
    let plan = Plan::builtin("dong-nguyen-2026").unwrap();
    let query: Arc<Query> = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
    let scorecard = |threads| -> Scorecard {
        let dossiers = Dossiers::from_loaded([read(&path, threads)], Duplicates::AssumeUnique).unwrap();
        dossiers.tally(&query).unwrap().scorecard().unwrap()
    };

    let loaded = read(&path, None);
    assert_eq!((loaded.rows_read, loaded.issues.len()), (ROWS, 0));
    let made = tally_batches(&query, synth.batches().unwrap().map(Result::unwrap)).unwrap();
    let made = made.scorecard().unwrap();
    let shown = scorecard(None);
    assert_eq!(shown.accounting, made.accounting);
    assert_eq!(shown.total.results[0], made.total.results[0]);

    let mut group = criterion.benchmark_group("csv");
    group.throughput(Throughput::Bytes(std::fs::metadata(&path).unwrap().len())).sample_size(10);
    group.bench_function("read", |bencher| bencher.iter(|| black_box(read(&path, None))));
    group.bench_function("read by one thread", |bencher| bencher.iter(|| black_box(read(&path, Some(1)))));
    group.bench_function("to a scorecard", |bencher| bencher.iter(|| black_box(scorecard(None))));
    group.finish();
}

criterion_group!(benches, csv);
criterion_main!(benches);
