//! What a service pays that has its dossiers one by one: adding them, and taking one out to put it
//! back. Each bench asserts its answer before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::RecordBatch;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tthc_kpi::{Dossier, Plan, Query, Tally};
use tthc_kpi_arrow::{dossiers_of, synth::Synth, tally_batches};

const ROWS: u64 = 10_000;
const BREAKDOWNS: [&[&str]; 3] = [&[], &["agency"], &["agency", "month"]];

fn query(by: &[&str]) -> Arc<Query> {
    Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026".parse().unwrap())
        .by(by.iter().map(|name| name.parse().unwrap()))
        .check()
        .unwrap()
}

fn rows(criterion: &mut Criterion) {
    let batches: Vec<RecordBatch> = Synth::new(ROWS, 0).batches().unwrap().map(Result::unwrap).collect();
    let dossiers: Vec<Dossier> = batches.iter().flat_map(|batch| dossiers_of(batch).unwrap()).collect();
    let mut group = criterion.benchmark_group("rows");
    group.throughput(Throughput::Elements(ROWS));
    for by in BREAKDOWNS {
        let query = query(by);
        let named = if by.is_empty() { "ungrouped".to_owned() } else { format!("by {}", by.join(", ")) };
        let expected = tally_batches(&query, batches.iter().cloned()).unwrap();
        let add = || {
            let mut tally = Tally::for_columns(&query, expected.present_columns());
            dossiers.iter().for_each(|dossier| tally.add(dossier).unwrap());
            tally
        };
        assert_eq!(add(), expected);
        group.bench_function(format!("add, {named}"), |bencher| bencher.iter(|| black_box(add())));
        let mut tally = add();
        let mut put_back = || {
            for dossier in &dossiers {
                tally.remove(dossier).unwrap();
                tally.add(dossier).unwrap();
            }
            tally.accounting().read
        };
        assert_eq!(put_back(), ROWS);
        group.bench_function(format!("remove and add, {named}"), |bencher| {
            bencher.iter(|| black_box(put_back()));
        });
        assert_eq!(tally, expected);
    }
    group.finish();
}

criterion_group!(benches, rows);
criterion_main!(benches);
