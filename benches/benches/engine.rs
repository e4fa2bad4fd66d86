//! What the work costs: judging, grouping and counting in columns, merging, the calendar,
//! making dossiers. Each bench asserts its answer before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tthc_kpi::{Day, Plan, Query, Tally, WorkCalendar};
use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth, tally_batches};

const ROWS: u64 = 100_000;

fn query(by: &[&str]) -> Arc<Query> {
    Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026".parse().unwrap())
        .by(by.iter().map(|name| name.parse().unwrap()))
        .check()
        .unwrap()
}

fn batches(rows: u64) -> Vec<RecordBatch> {
    Synth::new(rows, 0).batches().unwrap().map(Result::unwrap).collect()
}

fn columns(criterion: &mut Criterion) {
    let batches = batches(ROWS);
    let mut group = criterion.benchmark_group("columns");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    for by in [&[] as &[&str], &["agency"], &["agency", "month"]] {
        let query = query(by);
        let run = || tally_batches(&query, batches.iter().cloned()).unwrap();
        assert_eq!(run().accounting().read, ROWS);
        group.bench_function(format!("by {}", by.join(", ")), |bencher| bencher.iter(|| black_box(run())));
    }
    group.bench_function("looking for duplicates", |bencher| {
        bencher.iter(|| Dossiers::from_batches(batches.iter().cloned(), Duplicates::Resolve).unwrap());
    });
    group.finish();
}

/// The same data asked again by the same rules, in other groups and another plan or period: the
/// third question on, answered from what the second has kept.
fn again(criterion: &mut Criterion) {
    let data = Dossiers::from_batches(batches(ROWS), Duplicates::AssumeUnique).unwrap();
    let mut group = criterion.benchmark_group("asked again");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    for by in [&[] as &[&str], &["agency"], &["agency", "month"]] {
        let query = query(by);
        data.forget();
        let (first, kept) = (data.tally(&query).unwrap(), data.tally(&query).unwrap());
        assert_eq!((first.accounting().read, &first), (ROWS, &kept));
        assert_eq!(data.tally(&query).unwrap(), first);
        let name = format!("by {}", by.join(", "));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(data.tally(&query).unwrap())));
    }
    group.finish();
}

fn merge(criterion: &mut Criterion) {
    let query = query(&["agency", "month"]);
    let part = tally_batches(&query, batches(5_000)).unwrap();
    let run = || {
        let mut sum = Tally::new(&query);
        (0..100).for_each(|_| sum.merge(&part).unwrap());
        sum
    };
    assert_eq!(run().accounting().read, 500_000);
    criterion.bench_function("merge 100 tallies", |bencher| bencher.iter(|| black_box(run())));
}

fn calendar(criterion: &mut Criterion) {
    let calendar = WorkCalendar::vietnam();
    let first = "2024-01-01".parse::<Day>().unwrap();
    let run = || {
        (0..1_000).map(|days| calendar.between(first, first.plus(days)).unwrap()).map(u64::from).sum::<u64>()
    };
    assert!(run() > 300_000);
    criterion.bench_function("1000 spans of working days", |bencher| bencher.iter(|| black_box(run())));
}

fn synth(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("synth");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    assert_eq!(batches(ROWS).iter().map(RecordBatch::num_rows).sum::<usize>() as u64, ROWS);
    group.bench_function("dossiers", |bencher| bencher.iter(|| black_box(batches(ROWS))));
    group.finish();
}

criterion_group!(benches, columns, again, merge, calendar, synth);
criterion_main!(benches);
