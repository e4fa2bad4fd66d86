//! From an Arrow table to a data set: columns of our own types, which are taken without a copy, and
//! the same with texts instead of dictionaries, looked at one by one. Each bench asserts its answer
//! before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;
use std::sync::Arc;

use arrow_array::{RecordBatch, cast::AsArray};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tthc_kpi_arrow::read::{ReadOptions, from_arrow};
use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};

const ROWS: u64 = 100_000;

/// The batch with plain texts.
fn plain(batch: &RecordBatch) -> RecordBatch {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let texts = array.as_any_dictionary_opt().map(|dictionary| {
            arrow_select::take::take(dictionary.values(), dictionary.keys(), None).unwrap()
        });
        (field.name().clone(), texts.unwrap_or_else(|| Arc::clone(array)))
    });
    RecordBatch::try_from_iter(columns).unwrap()
}

fn arrow(criterion: &mut Criterion) {
    let dictionaries: Vec<RecordBatch> = Synth::new(ROWS, 0).batches().unwrap().map(Result::unwrap).collect();
    let plain: Vec<RecordBatch> = dictionaries.iter().map(plain).collect();
    let mut group = criterion.benchmark_group("arrow");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    for (name, batches) in [("dictionaries", dictionaries), ("plain texts", plain)] {
        let schema = batches[0].schema();
        let take_in = || {
            let loaded =
                from_arrow(batches.iter().cloned().map(Ok), &schema, "table", &ReadOptions::default());
            Dossiers::from_loaded([loaded.unwrap()], Duplicates::AssumeUnique).unwrap()
        };
        assert_eq!((take_in().rows_read(), take_in().issues().len()), (ROWS, 0));
        group.bench_function(name, |bencher| bencher.iter(|| black_box(take_in())));
    }
    group.finish();
}

criterion_group!(benches, arrow);
criterion_main!(benches);
