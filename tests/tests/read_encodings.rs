//! One table in many Arrow encodings reads the same: dictionary keys of every width, texts of every
//! kind, instants of every unit and zone, whole numbers of every width, slices with offsets.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{Array, ArrayRef, RecordBatch, TimestampMicrosecondArray};
use arrow_cast::cast;
use arrow_schema::{DataType, TimeUnit};
use proptest::prelude::*;
use tthc_kpi::{Column, ColumnSet, ColumnType};
use tthc_kpi_arrow::read::{Loaded, ReadOptions, from_arrow};
use tthc_kpi_arrow::{batch_of, dossiers_of};
use tthc_kpi_tests::dossier;

const HOURS_7: i64 = 7 * 3_600_000_000;

fn words(key: DataType) -> DataType {
    DataType::Dictionary(Box::new(key), Box::new(DataType::Utf8))
}

/// The same values as another type, if none is lost.
fn same_values(array: &ArrayRef, to: &DataType) -> Option<ArrayRef> {
    let there = cast(array, to).ok()?;
    let back = cast(&there, array.data_type()).ok()?;
    (back.to_data() == array.to_data()).then_some(there)
}

fn encoded(array: &ArrayRef, kind: ColumnType, choice: usize) -> ArrayRef {
    use DataType as T;
    let to = match kind {
        ColumnType::Text | ColumnType::Category => {
            let texts = cast(array, &T::Utf8).unwrap();
            let kinds = [
                T::Utf8,
                T::LargeUtf8,
                T::Utf8View,
                words(T::Int8),
                words(T::UInt8),
                words(T::Int16),
                words(T::UInt16),
                words(T::Int32),
                words(T::UInt32),
                words(T::Int64),
                words(T::UInt64),
            ];
            return cast(&texts, &kinds[choice % kinds.len()]).unwrap_or(texts);
        }
        ColumnType::Instant => {
            let zoned = |zone: &str| {
                let micros = array.as_primitive::<TimestampMicrosecondType>();
                let utc: TimestampMicrosecondArray = micros.unary(|at| at.wrapping_sub(HOURS_7));
                Arc::new(utc.with_timezone(zone)) as ArrayRef
            };
            match choice % 8 {
                0 => return zoned("UTC"),
                1 => return zoned("Asia/Ho_Chi_Minh"),
                2 => return zoned("-05:00"),
                3 => T::Timestamp(TimeUnit::Second, None),
                4 => T::Timestamp(TimeUnit::Millisecond, None),
                5 => T::Timestamp(TimeUnit::Nanosecond, None),
                6 => T::Date32,
                _ => T::Timestamp(TimeUnit::Microsecond, None),
            }
        }
        ColumnType::Count | ColumnType::Status | ColumnType::Rating | ColumnType::Bool => {
            [T::Int8, T::UInt8, T::Int16, T::UInt16, T::Int32, T::UInt32, T::Int64, T::UInt64, T::Float64]
                [choice % 9]
                .clone()
        }
        ColumnType::Money => T::Decimal128(20, 3),
    };
    same_values(array, &to).unwrap_or_else(|| array.clone())
}

fn read(batch: &RecordBatch) -> Loaded {
    let schema = batch.schema();
    from_arrow([Ok(batch.clone())], &schema, "bảng", &ReadOptions::default()).unwrap()
}

fn rows(loaded: &Loaded) -> Vec<tthc_kpi::Dossier> {
    loaded.batches.iter().flat_map(|batch| dossiers_of(batch).unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_table_reads_the_same_in_any_encoding(
        dossiers in proptest::collection::vec(dossier(), 1..80),
        choices in proptest::collection::vec(0usize..1_000, 45),
        before in 0usize..70,
        unknown in proptest::sample::subsequence(Column::ALL.to_vec(), 0..5),
    ) {
        let mut dossiers = dossiers;
        for dossier in &mut dossiers {
            dossier.extra.clear();
        }
        let canonical = batch_of(&dossiers, ColumnSet::all()).unwrap();
        // Rows that are then sliced off, so that values and bitmaps begin anywhere.
        let before = before.min(dossiers.len() - 1);
        let expected = read(&canonical.slice(before, dossiers.len() - before));
        let schema = canonical.schema();
        let columns = schema.fields().iter().zip(canonical.columns()).zip(&choices).map(
            |((field, array), choice)| {
                let column: Column = field.name().parse().unwrap();
                (field.name().clone(), encoded(array, column.column_type(), *choice))
            },
        );
        let other = RecordBatch::try_from_iter_with_nullable(
            columns.map(|(name, array)| (name, array, true)),
        ).unwrap();
        let found = read(&other.slice(before, dossiers.len() - before));
        prop_assert_eq!(rows(&found), rows(&expected));
        prop_assert_eq!(&found.set_aside, &expected.set_aside);
        prop_assert_eq!(&found.issue_counts.values().sum::<u64>(), &expected.issue_counts.values().sum::<u64>());
        prop_assert_eq!(&found.row_numbers, &expected.row_numbers);

        // A column of nothing known is as one that is not there, row by row.
        let lacking: Vec<Column> = unknown.into_iter().filter(|column| *column != Column::ReceivedAt).collect();
        let blanked = RecordBatch::try_from_iter_with_nullable(
            schema.fields().iter().zip(canonical.columns()).map(|(field, array)| {
                let blank = lacking.iter().any(|column| column.slug() == field.name());
                let array = if blank { arrow_array::new_null_array(&DataType::Null, array.len()) } else { array.clone() };
                (field.name().clone(), array, true)
            }),
        ).unwrap();
        let kept = lacking.iter().fold(ColumnSet::all(), |columns, column| columns.without(*column));
        let without = batch_of(&dossiers, kept).unwrap();
        prop_assert_eq!(rows(&read(&blanked)), rows(&read(&without)));
    }
}
