//! Foreign Arrow tables: types, zones, encodings, and columns that are not wanted.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
    FixedSizeBinaryArray, Float64Array, Int64Array, LargeStringArray, NullArray, PrimitiveArray, RecordBatch,
    StringArray, StringViewArray, TimestampMicrosecondArray, TimestampMillisecondArray,
    TimestampNanosecondArray, TimestampSecondArray, UInt64Array,
};
use arrow_schema::{ArrowError, DataType};
use proptest::prelude::*;
use proptest::sample::select;
use tthc_kpi::{Column, Instant, Reason};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, Rule, from_arrow, map_columns, wanted_columns};

fn table(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn try_read(batch: RecordBatch, options: &ReadOptions) -> Result<Loaded, ReadError> {
    let schema = batch.schema();
    from_arrow([Ok(batch)], &schema, "bảng", options)
}

#[track_caller]
fn read(columns: Vec<(&str, ArrayRef)>) -> Loaded {
    try_read(table(columns), &ReadOptions::default()).unwrap()
}

fn instants(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let dates = batch.column_by_name(name).unwrap().as_primitive::<TimestampMicrosecondType>();
    dates.iter().map(|at| at.map(|at| Instant::from_micros(at).to_string())).collect()
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let words = batch.column_by_name(name).unwrap().as_dictionary::<Int32Type>();
    words.downcast_dict::<StringArray>().unwrap().into_iter().map(|text| text.map(str::to_owned)).collect()
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

const SECOND: i64 = 1_767_601_800; // 2026-01-05 08:30:00 as UTC

#[test]
fn instants_of_every_unit_and_zone() {
    let arrays: Vec<(ArrayRef, &str)> = vec![
        (Arc::new(TimestampSecondArray::from(vec![SECOND])), "2026-01-05T08:30:00"),
        (Arc::new(TimestampMillisecondArray::from(vec![SECOND * 1_000 + 5])), "2026-01-05T08:30:00.005000"),
        (Arc::new(TimestampMicrosecondArray::from(vec![SECOND * 1_000_000])), "2026-01-05T08:30:00"),
        (Arc::new(TimestampNanosecondArray::from(vec![SECOND * 1_000_000_000 + 999])), "2026-01-05T08:30:00"),
        (Arc::new(TimestampNanosecondArray::from(vec![-1])), "1969-12-31T23:59:59.999999"),
        // With a zone the number is of UTC; here it is seven hours later, whatever the zone.
        (Arc::new(TimestampSecondArray::from(vec![SECOND]).with_timezone("UTC")), "2026-01-05T15:30:00"),
        (
            Arc::new(TimestampSecondArray::from(vec![SECOND]).with_timezone("America/New_York")),
            "2026-01-05T15:30:00",
        ),
        (
            Arc::new(TimestampMicrosecondArray::from(vec![SECOND * 1_000_000]).with_timezone("+07:00")),
            "2026-01-05T15:30:00",
        ),
        (Arc::new(Date32Array::from(vec![20_458])), "2026-01-05"),
        (Arc::new(Date64Array::from(vec![20_458 * 86_400_000])), "2026-01-05"),
        (Arc::new(StringArray::from(vec![" 05/01/2026 08:30"])), "2026-01-05T08:30:00"),
        (Arc::new(LargeStringArray::from(vec!["2026-01-05T01:30:00Z"])), "2026-01-05T08:30:00"),
        (Arc::new(StringViewArray::from(vec!["20260105083000"])), "2026-01-05T08:30:00"),
        (Arc::new(["05/01/2026"].into_iter().collect::<DictionaryArray<Int8Type>>()), "2026-01-05"),
        (Arc::new(Int64Array::from(vec![20_260_105_083_000])), "2026-01-05T08:30:00"),
    ];
    for (array, expected) in arrays {
        let data_type = array.data_type().clone();
        let loaded = read(vec![("received_at", array)]);
        assert_eq!(instants(&loaded.batches[0], "received_at"), [text(expected)], "{data_type}");
        assert_eq!(loaded.batches[0].num_columns(), 1);
    }
}

#[test]
fn what_no_date_can_be_sets_the_row_aside() {
    let far = TimestampSecondArray::from(vec![Some(i64::MAX), Some(SECOND), None]);
    let loaded = read(vec![("received_at", Arc::new(far))]);
    assert_eq!(
        loaded.set_aside,
        [("missing_received_at".to_owned(), 1), ("unreadable_received_at".to_owned(), 1)].into()
    );
    assert_eq!(loaded.row_numbers, [[2]]);
    let loaded = read(vec![
        ("received_at", Arc::new(Date32Array::from(vec![20_458, 20_458]))),
        ("due_at", Arc::new(StringArray::from(vec!["31/02/2026", ""]))),
    ]);
    assert_eq!(loaded.set_aside, [("unreadable_due_at".to_owned(), 1)].into());
    assert_eq!(instants(&loaded.batches[0], "due_at"), [None]);
}

#[test]
fn numbers_truths_and_text_of_many_types() {
    let loaded = read(vec![
        ("Ngày tiếp nhận", Arc::new(Date32Array::from(vec![20_458; 4]))),
        ("Mã hồ sơ", Arc::new(Int64Array::from(vec![Some(12), Some(13), None, Some(14)]))),
        ("status", Arc::new(Int64Array::from(vec![Some(10), Some(11), None, Some(-1)]))),
        ("rating", Arc::new(Float64Array::from(vec![5.0, 4.5, f64::NAN, 6.0]))),
        ("payments", Arc::new(Float64Array::from(vec![Some(2.0), Some(f64::INFINITY), None, Some(1.0)]))),
        ("payments_online", Arc::new(UInt64Array::from(vec![1, 1, 1, u64::MAX]))),
        (
            "amount_due",
            Arc::new(
                Decimal128Array::from(vec![Some(1_000), Some(12_345), None, Some(-1)])
                    .with_precision_and_scale(10, 3)
                    .unwrap(),
            ),
        ),
        ("amount_online", Arc::new(StringArray::from(vec!["1.000.000", "15.000,50 đ", "", "x"]))),
        ("synced", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), None]))),
        ("apologised", Arc::new(Int64Array::from(vec![0, 1, 2, 0]))),
        ("channel", Arc::new(StringViewArray::from(vec!["Trực tuyến", "1", "", "x"]))),
        ("agency", Arc::new(LargeStringArray::from(vec![" Pho\u{300}ng A ", "Phòng A", "", "Phòng B"]))),
        ("explained", Arc::new(NullArray::new(4))),
        ("officer", Arc::new(NullArray::new(4))),
    ]);
    let batch = &loaded.batches[0];
    assert_eq!(batch.num_rows(), 4);
    let ids: Vec<Option<&str>> =
        batch.column_by_name("dossier_id").unwrap().as_string::<i32>().iter().collect();
    assert_eq!(ids, [Some("12"), Some("13"), None, Some("14")]);
    let small =
        |name| batch.column_by_name(name).unwrap().as_primitive::<UInt8Type>().iter().collect::<Vec<_>>();
    assert_eq!(small("status"), [Some(10), None, None, None]);
    assert_eq!(small("rating"), [Some(5), None, None, None]);
    let counts =
        |name| batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>().iter().collect::<Vec<_>>();
    assert_eq!(counts("payments"), [Some(2), None, None, Some(1)]);
    assert_eq!(counts("payments_online"), [Some(1), Some(1), Some(1), None]);
    let money = |name| {
        batch.column_by_name(name).unwrap().as_primitive::<Decimal128Type>().iter().collect::<Vec<_>>()
    };
    // 12.345 has a third decimal: not rounded.
    assert_eq!(money("amount_due"), [Some(100), None, None, None]);
    assert_eq!(money("amount_online"), [Some(100_000_000), Some(1_500_050), None, None]);
    let truths = |name| batch.column_by_name(name).unwrap().as_boolean().iter().collect::<Vec<_>>();
    assert_eq!(truths("synced"), [Some(true), None, Some(false), None]);
    assert_eq!(truths("apologised"), [Some(false), Some(true), None, Some(false)]);
    assert_eq!(truths("explained"), [None; 4]);
    assert_eq!(texts(batch, "channel"), [text("online"), text("in_person"), None, None]);
    assert_eq!(texts(batch, "agency"), [text("Phòng A"), text("Phòng A"), None, text("Phòng B")]);
    assert_eq!(batch.column_by_name("officer").unwrap().null_count(), 4);
    assert!(loaded.columns.has(Column::Officer));
    let reasons: BTreeMap<Column, Vec<Reason>> =
        loaded.issues.iter().fold(BTreeMap::new(), |mut all, issue| {
            all.entry(issue.column.unwrap()).or_insert_with(Vec::new).push(issue.reason);
            all
        });
    assert_eq!(reasons[&Column::Status], [Reason::OutOfRange, Reason::OutOfRange]);
    assert_eq!(reasons[&Column::Rating], [Reason::OutOfRange, Reason::OutOfRange]);
    assert_eq!(reasons[&Column::Payments], [Reason::Unreadable]);
    assert_eq!(reasons[&Column::Channel], [Reason::Unreadable]);
}

#[test]
fn dictionaries_of_any_key_share_one_set_of_words() {
    let words = Arc::new(StringArray::from(vec![
        Some(" Phòng A"),
        Some("Pho\u{300}ng A"),
        None,
        Some(""),
        Some("079312345678"),
    ]));
    let keys = arrow_array::Int8Array::from(vec![Some(1), Some(0), None, Some(2), Some(3)]);
    let agency = DictionaryArray::<Int8Type>::new(keys, words);
    let day: ArrayRef = Arc::new(Date32Array::from(vec![20_458; 5]));
    let one = table(vec![("received_at", day.clone()), ("agency", Arc::new(agency))]);
    let schema = one.schema();
    let loaded =
        from_arrow([Ok(one.clone()), Ok(one.slice(0, 2))], &schema, "t", &ReadOptions::default()).unwrap();
    assert_eq!(texts(&loaded.batches[0], "agency"), [text("Phòng A"), text("Phòng A"), None, None, None]);
    assert_eq!(loaded.row_numbers, [vec![1, 2, 3, 4, 5], vec![6, 7]]);
    let words = |batch: usize| {
        loaded.batches[batch].column_by_name("agency").unwrap().as_dictionary::<Int32Type>().values().clone()
    };
    // Only words in use are taken, and the batches share them.
    assert_eq!(words(0).len(), 1);
    assert!(Arc::ptr_eq(&words(0), &words(1)));
}

#[test]
fn personal_and_unknown_columns_are_never_taken() {
    let batch = table(vec![
        ("Chủ hồ sơ", Arc::new(StringArray::from(vec!["Nguyễn Văn A"])) as ArrayRef),
        ("Ngày nhận", Arc::new(Date32Array::from(vec![20_458]))),
        ("Ghi chú", Arc::new(StringArray::from(vec!["x"]))),
        ("Khu phố", Arc::new(StringArray::from(vec!["Khu 1"]))),
    ]);
    let names: Vec<String> = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let options = ReadOptions { extra: vec!["Khu phố".into()], ..ReadOptions::default() };
    assert_eq!(wanted_columns(&names, &options), ["Ngày nhận", "Khu phố"]);
    assert_eq!(wanted_columns(&names, &ReadOptions::default()), ["Ngày nhận"]);
    let rules: Vec<Rule> =
        map_columns(&names, "t", &options).unwrap().iter().map(|mapped| mapped.rule).collect();
    assert_eq!(rules, [Rule::Personal, Rule::Synonym, Rule::Ignored, Rule::Caller]);
    let loaded = try_read(batch.clone(), &options).unwrap();
    assert_eq!(loaded.batches[0].num_columns(), 2);
    assert!(!format!("{loaded:?}").contains("Nguyễn Văn A"));
    let asked = ReadOptions { extra: vec!["Chủ hồ sơ".into()], ..ReadOptions::default() };
    assert_eq!(try_read(batch, &asked).unwrap_err().code(), "personal");
}

#[test]
fn types_that_cannot_hold_the_column() {
    let day: ArrayRef = Arc::new(Date32Array::from(vec![20_458]));
    let binary: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter([[0_u8; 8]].into_iter()).unwrap());
    let error = try_read(
        table(vec![("received_at", day.clone()), ("Lĩnh vực", binary.clone())]),
        &ReadOptions::default(),
    )
    .unwrap_err();
    assert_eq!(error.code(), "unsupported_type");
    assert!(
        error.to_string().contains("Lĩnh vực") && error.to_string().contains("FixedSizeBinary"),
        "{error}"
    );
    // An unused column of any type is no matter.
    assert_eq!(read(vec![("received_at", day.clone()), ("Khác", binary)]).rows_read, 1);
    for (name, array) in [
        ("received_at", Arc::new(Float64Array::from(vec![46_000.5])) as ArrayRef),
        ("received_at", Arc::new(BooleanArray::from(vec![true]))),
    ] {
        assert_eq!(
            try_read(table(vec![(name, array)]), &ReadOptions::default()).unwrap_err().code(),
            "unsupported_type"
        );
    }
    for (name, array) in [
        ("payments", day.clone()),
        ("status", Arc::new(BooleanArray::from(vec![true])) as ArrayRef),
        ("agency", day.clone()),
    ] {
        let error =
            try_read(table(vec![("received_at", day.clone()), (name, array)]), &ReadOptions::default())
                .unwrap_err();
        assert_eq!(error.code(), "unsupported_type", "{name}");
    }
    let error = try_read(table(vec![("due_at", day)]), &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code(), "no_received_at");
}

#[test]
fn a_source_that_fails_is_told_without_its_words() {
    let batch = table(vec![("received_at", Arc::new(Date32Array::from(vec![20_458])) as ArrayRef)]);
    let schema = batch.schema();
    let failing = [Ok(batch), Err(ArrowError::ParseError("Row data: '[079312345678]'".into()))];
    let error = from_arrow(failing, &schema, "t", &ReadOptions::default()).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("079312345678"));
}

#[test]
fn a_canonical_table_comes_back_the_same() {
    let first = read(vec![
        ("received_at", Arc::new(TimestampMicrosecondArray::from(vec![SECOND * 1_000_000; 3]))),
        ("dossier_id", Arc::new(StringArray::from(vec!["A", "B", "C"]))),
        ("channel", Arc::new(StringArray::from(vec!["online", "postal", "in_person"]))),
        (
            "amount_due",
            Arc::new(Decimal128Array::from(vec![100, 250, 0]).with_precision_and_scale(18, 2).unwrap()),
        ),
        ("status", Arc::new(arrow_array::UInt8Array::from(vec![9, 10, 4]))),
    ]);
    let again = try_read(first.batches[0].clone(), &ReadOptions::default()).unwrap();
    assert_eq!(first.batches, again.batches);
    assert!(again.issues.is_empty());
    // Clean ids are not copied.
    let buffer = |loaded: &Loaded| {
        loaded.batches[0].column_by_name("dossier_id").unwrap().as_string::<i32>().values().as_ptr()
    };
    assert_eq!(buffer(&first), buffer(&again));
    assert_eq!(
        first.batches[0].schema().field_with_name("amount_due").unwrap().data_type(),
        &DataType::Decimal128(18, 2)
    );
}

/// What is known of a reading, apart from the kinds of cells.
fn told(loaded: &Loaded) -> impl PartialEq + std::fmt::Debug + use<> {
    let dossiers = loaded.batches.iter().flat_map(|batch| tthc_kpi_arrow::dossiers_of(batch).unwrap());
    let dossiers: Vec<_> = dossiers.collect();
    let issues: Vec<_> =
        loaded.issues.iter().map(|issue| (issue.row, issue.column, issue.reason, issue.action)).collect();
    (dossiers, issues, loaded.set_aside.clone(), loaded.row_numbers.clone(), loaded.columns)
}

/// A column beside a sound date of receipt, read in two batches.
fn read_column(name: &str, array: &ArrayRef, cut: usize) -> Loaded {
    let mut columns = vec![(name, array.clone())];
    if name != "received_at" {
        columns.push(("received_at", Arc::new(Date32Array::from(vec![20_458; array.len()])) as ArrayRef));
    }
    let table = table(columns);
    let cut = cut.min(table.num_rows());
    let parts = [Ok(table.slice(0, cut)), Ok(table.slice(cut, table.num_rows() - cut))];
    from_arrow(parts, &table.schema(), "t", &ReadOptions::default()).unwrap()
}

/// An array that starts and ends within a larger one, with `junk` where nothing is known; none where
/// the type cannot hold a value.
fn encode<T: ArrowPrimitiveType<Native: TryFrom<i64>>>(
    values: &[Option<i64>],
    junk: T::Native,
) -> Option<PrimitiveArray<T>> {
    let around = [vec![None; 3], values.to_vec(), vec![None; 2]].concat();
    let cells = around.iter().map(|value| match value {
        Some(value) => (*value).try_into().ok(),
        None => Some(junk),
    });
    let nulls = around.iter().any(Option::is_some).then(|| around.iter().map(Option::is_some).collect());
    let nulls = nulls.or_else(|| Some(arrow_buffer::NullBuffer::new_null(around.len())));
    Some(PrimitiveArray::<T>::new(cells.collect::<Option<Vec<_>>>()?.into(), nulls).slice(3, values.len()))
}

fn whole_numbers(values: &[Option<i64>]) -> Vec<ArrayRef> {
    fn of<T: ArrowPrimitiveType<Native: TryFrom<i64> + From<u8>>>(
        values: &[Option<i64>],
    ) -> Option<ArrayRef> {
        Some(Arc::new(encode::<T>(values, 77.into())?))
    }
    let small = encode::<Int8Type>(values, -77).map(|array| Arc::new(array) as ArrayRef);
    let all = [
        small,
        of::<Int16Type>(values),
        of::<Int32Type>(values),
        of::<Int64Type>(values),
        of::<UInt8Type>(values),
        of::<UInt16Type>(values),
        of::<UInt32Type>(values),
        of::<UInt64Type>(values),
    ];
    all.into_iter().flatten().collect()
}

/// Moments in seconds in every type that holds them.
fn moments(values: &[Option<i64>]) -> Vec<ArrayRef> {
    fn of<T: arrow_array::types::ArrowTimestampType>(values: &[Option<i64>], a_second: i64) -> [ArrayRef; 2] {
        let of = |shift: i64| {
            let values: Vec<_> = values.iter().map(|at| at.map(|at| (at - shift) * a_second)).collect();
            encode::<T>(&values, i64::MAX).unwrap()
        };
        [Arc::new(of(0)), Arc::new(of(7 * 3_600).with_timezone("Asia/Bangkok"))]
    }
    let mut all: Vec<ArrayRef> = [
        of::<TimestampSecondType>(values, 1),
        of::<TimestampMillisecondType>(values, 1_000),
        of::<TimestampMicrosecondType>(values, 1_000_000),
        of::<TimestampNanosecondType>(values, 1_000_000_000),
    ]
    .concat();
    if values.iter().flatten().all(|at| at % 86_400 == 0) {
        let days: Vec<_> = values.iter().map(|at| at.map(|at| at / 86_400)).collect();
        let millis: Vec<_> = values.iter().map(|at| at.map(|at| at * 1_000 + 5)).collect();
        all.push(Arc::new(encode::<Date32Type>(&days, i32::MAX).unwrap()));
        all.push(Arc::new(encode::<Date64Type>(&millis, i64::MAX).unwrap()));
    }
    all
}

/// Texts in every type that holds them; dictionaries also have words not in use.
fn wordings(values: &[Option<&str>]) -> Vec<ArrayRef> {
    let mut words: Vec<Option<&str>> = vec![None];
    values.iter().filter(|value| value.is_some()).for_each(|value| {
        if !words.contains(value) {
            words.push(*value);
        }
    });
    words.push(Some("\u{feff}not in use"));
    let key = |value: &Option<&str>| {
        value.and_then(|_| words.iter().position(|word| word == value)).map(|at| at as i64)
    };
    let keys: Vec<Option<i64>> = values.iter().map(key).collect();
    let plain: [ArrayRef; 3] = [
        Arc::new(StringArray::from(words.clone())),
        Arc::new(LargeStringArray::from(words.clone())),
        Arc::new(StringViewArray::from(words.clone())),
    ];
    let mut all: Vec<ArrayRef> = vec![
        Arc::new(LargeStringArray::from(values.to_vec())),
        Arc::new(StringViewArray::from(values.to_vec())),
        Arc::new(StringArray::from([&[Some(" ")], values].concat()).slice(1, values.len())),
    ];
    for words in plain {
        for keys in whole_numbers(&keys) {
            let of =
                DataType::Dictionary(Box::new(keys.data_type().clone()), Box::new(words.data_type().clone()));
            let data = keys.to_data().into_builder().data_type(of).child_data(vec![words.to_data()]);
            // Keys that are null may be any: this is what the validation of tables from elsewhere lets by.
            all.push(arrow_array::make_array(data.build().unwrap()));
        }
    }
    all
}

fn some<T: std::fmt::Debug + Clone>(
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<Option<T>>> {
    (0.3..1.0f64).prop_flat_map({
        let value = value.boxed();
        move |known| proptest::collection::vec(proptest::option::weighted(known, value.clone()), 0..40)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn numbers_of_any_type_read_the_same(
        (name, values) in prop_oneof![
            (select(vec!["payments", "transfers", "status", "rating", "amount_due"]), some(1..=5i64)),
            (select(vec!["status", "amount_online", "paused_days"]), some(0..200i64)),
            (select(vec!["payments_online", "rating", "apologised"]), some(-1..7i64)),
            (select(vec!["apologised", "synced"]), some(0..=1i64)),
            (select(vec!["payments", "amount_due"]), some(select(vec![0, 5, 1 << 31, 1 << 32, i64::MAX / 4096]))),
        ],
        cut in 0..40usize,
    ) {
        // Floats are read cell by cell.
        let floats: Vec<Option<f64>> = values.iter().map(|value| value.map(|value| value as f64)).collect();
        let floats: ArrayRef = Arc::new(PrimitiveArray::<Float64Type>::from(floats));
        let expected = told(&read_column(name, &floats, cut));
        let mut all = whole_numbers(&values);
        if name.starts_with("amount") {
            for scale in 0..4 {
                let amounts = values.iter().map(|value| value.map(|value| i128::from(value) * 10_i128.pow(scale)));
                let amounts = Decimal128Array::from_iter(amounts);
                all.push(Arc::new(amounts.with_precision_and_scale(30, scale as i8).unwrap()));
            }
        }
        for array in all {
            prop_assert_eq!(&told(&read_column(name, &array, cut)), &expected, "{}", array.data_type());
        }
    }

    #[test]
    fn moments_of_any_type_read_the_same(
        name in select(vec!["received_at", "due_at", "supplemented_at"]),
        values in prop_oneof![
            some((10_000..48_000i64).prop_map(|day| day * 86_400)),
            some(1_600_000_000..1_800_000_000i64),
            some(-2_000_000_000..5_000_000_000i64),
        ],
        cut in 0..40usize,
    ) {
        let texts = values.iter().map(|at| at.map(|at| Instant::from_micros(at * 1_000_000).to_string()));
        let texts: ArrayRef = Arc::new(texts.collect::<StringArray>());
        let expected = told(&read_column(name, &texts, cut));
        for array in moments(&values) {
            prop_assert_eq!(&told(&read_column(name, &array, cut)), &expected, "{}", array.data_type());
        }
    }

    #[test]
    fn texts_of_any_type_read_the_same(
        name in select(vec!["agency", "channel", "result_channel", "applicant_kind"]),
        values in prop_oneof![
            some(select(vec!["online", "postal", "in_person"])),
            some(select(vec!["Tổ A", " Tổ A", "Phòng B", "Pho\u{300}ng B", "", " ", "business"])),
            some(select(vec!["Trực tuyến", "1", "2", "9", "online", "Công dân", "x", " - "])),
        ],
        cut in 0..40usize,
    ) {
        let plain: Vec<Option<&str>> = values;
        let texts: ArrayRef = Arc::new(StringArray::from(plain.clone()));
        let expected = told(&read_column(name, &texts, cut));
        for array in wordings(&plain) {
            prop_assert_eq!(&told(&read_column(name, &array, cut)), &expected, "{}", array.data_type());
        }
    }

    #[test]
    fn ids_of_any_type_read_as_names_do(
        values in prop_oneof![
            some(select(vec!["H05.42-260105-1", "A", "B-7"])),
            some(select(vec!["A", " A", "A B", "Pho\u{300}ng", "Đ-1", "", " ", "\u{feff}C"])),
        ],
        cut in 0..40usize,
    ) {
        let names = read_column("agency", &(Arc::new(StringArray::from(values.clone())) as ArrayRef), cut);
        let names: Vec<Option<String>> = names.batches.iter().flat_map(|batch| texts(batch, "agency")).collect();
        for array in wordings(&values) {
            let read = read_column("dossier_id", &array, cut);
            let of = |batch: &RecordBatch| {
                let ids = batch.column_by_name("dossier_id").unwrap().as_string::<i32>();
                ids.iter().map(|id| id.map(str::to_owned)).collect::<Vec<_>>()
            };
            let ids: Vec<Option<String>> = read.batches.iter().flat_map(of).collect();
            prop_assert_eq!(&ids, &names, "{}", array.data_type());
        }
    }
}
