//! From a Parquet file to a tally: scanned, and read into memory. Each bench asserts its answer
//! before it is timed.
#![allow(missing_docs, clippy::unwrap_used)]

use std::fs::File;
use std::hint::black_box;
use std::ops::ControlFlow;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tthc_kpi::{Plan, Query};
use tthc_kpi_arrow::read::{ReadOptions, read_file};
use tthc_kpi_arrow::{Dossiers, Duplicates, Scan, synth::Synth};

const ROWS: u64 = 100_000;

fn parquet(criterion: &mut Criterion) {
    let path = std::env::temp_dir().join(format!("tthc-kpi-bench-{}.parquet", std::process::id()));
    let mut batches = Synth::new(ROWS, 0).batches().unwrap().map(Result::unwrap).peekable();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(25_000))
        .build();
    let schema = batches.peek().unwrap().schema();
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), schema, Some(properties)).unwrap();
    batches.for_each(|batch| writer.write(&batch).unwrap());
    writer.close().unwrap();

    let query = Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026".parse().unwrap())
        .by(["agency".parse().unwrap(), "received_month".parse().unwrap()])
        .check()
        .unwrap();
    let scan = || {
        let scan = Scan::open([&path], &ReadOptions::default()).unwrap();
        scan.tally_on(&query, None, &mut |_| ControlFlow::Continue(())).unwrap()
    };
    let read = || {
        let loaded =
            read_file(&path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
        Dossiers::from_loaded([loaded], Duplicates::AssumeUnique).unwrap().tally(&query).unwrap()
    };
    assert_eq!(scan().total(), read().total());
    assert_eq!(scan().accounting().read, ROWS);
    let mut group = criterion.benchmark_group("parquet");
    group.throughput(Throughput::Elements(ROWS)).sample_size(10);
    group.bench_function("scan", |bencher| bencher.iter(|| black_box(scan())));
    group.bench_function("read", |bencher| bencher.iter(|| black_box(read())));
    group.finish();
    drop(std::fs::remove_file(&path));
}

criterion_group!(benches, parquet);
criterion_main!(benches);
