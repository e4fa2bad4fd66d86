//! JSON that is hostile or made at random: what is written comes back, and what is damaged adds up or is an
//! error.

mod messages;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_cast::cast;
use arrow_schema::DataType;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tthc_kpi::{Column, ColumnSet, Dossier, Instant, Status};
use tthc_kpi_arrow::batch_of;
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions};
use tthc_kpi_tests::dossier;

use messages::{adds_up, full, read, try_read};

#[test]
fn what_is_not_json_is_an_error_with_a_line() {
    let good = json!({"MaHoSo": "1", "NgayTiepNhan": "20260105083000"}).to_string();
    for (text, line) in [
        (format!("[{good},\n{}", &good[..20]), 2),
        (format!("[{good}\n"), 2),
        (format!("{good}\n{good},\n{good}"), 2),
        (format!("[{good}]\n}}"), 2),
        ("{\"MaHoSo\": nothing}".to_owned(), 1),
        ("[{\"MaHoSo\": \"\u{1}\"}]".to_owned(), 1),
        (format!("{}{}", "[".repeat(100_000), "{"), 1),
        ("{\"a\":".repeat(100_000), 1),
        ("[{\"MaHoSo\":".repeat(100_000), 1),
    ] {
        let error = try_read(&text, &ReadOptions::default()).unwrap_err();
        let file = match &error {
            ReadError::Json { file, line: at } => {
                assert_eq!(*at, line, "{}", &text[..40.min(text.len())]);
                file.clone()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(error.to_string(), format!("{file}, line {line}: not JSON, or cut short"));
        assert!(error.vi().contains(&format!("dòng {line}")));
    }
    let broken = [b"[{\"NgayTiepNhan\":\"".as_slice(), &[0xff], b"\"}]"].concat();
    assert_eq!(try_read(broken, &ReadOptions::default()).unwrap_err().code(), "json");
    for (text, code) in [
        ("[]", "empty"),
        ("{}", "empty"),
        ("[[[]]]", "empty"),
        (r#"{"service":"DongBoHoSoMC","data":[]}"#, "empty"),
        (r#"[{"MaHoSo":"1","NgayHenTra":"20260105"}]"#, "no_received_at"),
        (r#"{"error":1,"data":"nothing"}"#, "no_received_at"),
    ] {
        assert_eq!(try_read(text, &ReadOptions::default()).unwrap_err().code(), code, "{text}");
    }
}

#[test]
fn too_large_is_an_error() {
    let keys: Map<String, Value> = (0..20_000).map(|key| (format!("k{key}"), Value::Null)).collect();
    assert_eq!(try_read(json!([keys]).to_string(), &ReadOptions::default()).unwrap_err().code(), "too_large");
    let long = json!({"MaHoSo": "1", "NgayTiepNhan": "20260105", "GhiChu": "x".repeat(70 << 20)}).to_string();
    assert_eq!(try_read(&long, &ReadOptions::default()).unwrap_err().code(), "too_large");
    // Many in one file are not one large one.
    let many = json!({"MaHoSo": "1", "NgayTiepNhan": "20260105", "GhiChu": "x".repeat(30 << 20)}).to_string();
    assert_eq!(read(format!("{many}\n{many}\n{many}")).rows_read, 3);
    let number = read(
        r#"[{"MaHoSo":123456789012345678901234567890,"NgayTiepNhan":"20260105","DuocThanhToanTrucTuyen":1e999}]"#,
    );
    for column in ["dossier_id", "payments_online"] {
        assert_eq!(number.batches[0].column_by_name(column).unwrap().null_count(), 1, "{column}");
    }
}

/// What the readers make of a column, words as plain text.
fn plain(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values).unwrap(),
        _ => array.clone(),
    }
}

fn compact(at: Instant) -> Value {
    let text: String = at.to_string().chars().filter(char::is_ascii_digit).collect();
    // A date alone is written as its midnight.
    json!(format!("{text:0<14}"))
}

/// A dossier as a message can tell it.
fn as_message(dossier: &Dossier) -> Value {
    let mut message = json!({"NgayTiepNhan": compact(dossier.received_at)});
    let texts = [
        ("MaHoSo", &dossier.dossier_id),
        ("MaTTHC", &dossier.procedure_code),
        ("TenTTHC", &dossier.procedure),
        ("MaLinhVuc", &dossier.field_code),
        ("TenLinhVuc", &dossier.field),
        ("DonViXuLy", &dossier.agency),
        ("NoiNopHoSo", &dossier.receiving_agency),
    ];
    for (key, value) in texts {
        message[key] = json!(value);
    }
    let dates = [
        ("NgayHenTra", dossier.due_at),
        ("NgayKetThucXuLy", dossier.completed_at),
        ("NgayTra", dossier.returned_at),
    ];
    for (key, at) in dates {
        message[key] = at.map_or(Value::Null, compact);
    }
    message["TrangThaiHoSo"] = json!(dossier.status.map(Status::code));
    message["KenhThucHien"] = json!(dossier.channel.map(|channel| 1 + channel as u8));
    message["HoSoCoThanhPhanSoHoa"] = json!(dossier.input_digitised.map(u8::from));
    message["TaiLieuNop"] = json!([{
        "DuocTaiSuDung": dossier.data_reused.map(u8::from), "DuocLayTuKhoDMQG": dossier.data_reused.map(|_| 0),
    }]);
    message
}

/// To the second, in 2000 to 2082.
fn second(at: Instant) -> Instant {
    const DAY: i64 = 86_400_000_000;
    let day = 10_957 * DAY + Instant::from_day(at.day()).micros().rem_euclid(30_000 * DAY);
    Instant::from_micros(day + at.time_of_day_micros() / 1_000_000 * 1_000_000)
}

/// Whole seconds of the years that all forms can hold: what a message writes.
fn writable() -> impl Strategy<Value = Dossier> {
    dossier().prop_map(|mut dossier| {
        dossier.received_at = second(dossier.received_at);
        for at in [
            &mut dossier.due_at,
            &mut dossier.completed_at,
            &mut dossier.returned_at,
            &mut dossier.supplement_requested_at,
            &mut dossier.supplemented_at,
        ] {
            *at = at.map(second);
        }
        // What is impossible becomes unknown: it cannot come back.
        dossier.rating = dossier.rating.filter(|rating| (1..=5).contains(rating));
        let within = |part: Option<u32>, whole: Option<u32>| {
            part.filter(|part| whole.is_none_or(|whole| *part <= whole))
        };
        dossier.payments_online = within(dossier.payments_online, dossier.payments);
        dossier.payments_portal =
            within(within(dossier.payments_portal, dossier.payments_online), dossier.payments);
        dossier.transfers_electronic = within(dossier.transfers_electronic, dossier.transfers);
        dossier.procedure_code =
            dossier.procedure_code.filter(|code| code.trim() == code && !code.contains('\u{301}'));
        dossier
    })
}

/// The columns a message tells directly.
const TOLD: [&str; 14] = [
    "dossier_id",
    "procedure_code",
    "procedure",
    "field_code",
    "field",
    "agency",
    "receiving_agency",
    "channel",
    "status",
    "received_at",
    "due_at",
    "completed_at",
    "returned_at",
    "input_digitised",
];

/// Every row, by its columns, as the file was made of and as it was read.
#[track_caller]
fn same(dossiers: &[Dossier], loaded: &Loaded, columns: impl Iterator<Item = Column>) {
    let written = batch_of(dossiers, ColumnSet::all()).unwrap();
    assert!(loaded.issues.is_empty(), "{:?}", loaded.issues.first());
    assert_eq!(loaded.rows_read, dossiers.len() as u64);
    for column in columns {
        let (read, written) =
            (loaded.batches[0].column_by_name(column.slug()), written.column_by_name(column.slug()));
        assert_eq!(&plain(read.unwrap()), &plain(written.unwrap()), "{column}");
    }
}

/// Canonical rows as objects with the slugs as keys, nothing where nothing is known.
fn as_objects(dossiers: &[Dossier]) -> Vec<Value> {
    let batch = batch_of(dossiers, ColumnSet::all()).unwrap();
    let mut objects = vec![Map::new(); dossiers.len()];
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        let array = plain(array);
        let text = cast(&array, &DataType::Utf8).unwrap();
        for (at, object) in objects.iter_mut().enumerate().filter(|(at, _)| array.is_valid(*at)) {
            let text = text.as_string::<i32>().value(at);
            let value = match array.data_type() {
                DataType::Boolean => json!(array.as_boolean().value(at)),
                DataType::UInt8 | DataType::UInt32 => serde_json::from_str(text).unwrap(),
                _ => json!(text),
            };
            object.insert(field.name().clone(), value);
        }
    }
    objects.into_iter().map(Value::Object).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Written as messages and read back: equal.
    #[test]
    fn messages_come_back(dossiers in proptest::collection::vec(writable(), 1..20), lines: bool) {
        let messages: Vec<Value> = dossiers.iter().map(as_message).collect();
        let text = if lines {
            messages.iter().map(|message| format!("{message}\n")).collect()
        } else {
            json!({"service": "DongBoHoSoMC", "data": messages}).to_string()
        };
        let loaded = read(text);
        same(&dossiers, &loaded, TOLD.iter().map(|column| column.parse().unwrap()));
        let reused: BooleanArray = dossiers.iter().map(|dossier| dossier.data_reused).collect();
        prop_assert_eq!(loaded.batches[0].column_by_name("data_reused").unwrap(), &(Arc::new(reused) as ArrayRef));
    }

    /// Written as a plain table and read back: equal, in every column.
    #[test]
    fn plain_lines_come_back(dossiers in proptest::collection::vec(writable(), 1..20)) {
        let text: String = as_objects(&dossiers).iter().map(|object| format!("{object}\n")).collect();
        let loaded = read(text);
        same(&dossiers, &loaded, loaded.columns.iter());
        let absent = batch_of(&dossiers, ColumnSet::all()).unwrap();
        for column in Column::ALL.iter().filter(|column| !loaded.columns.has(**column)) {
            let array = absent.column_by_name(column.slug()).unwrap();
            prop_assert_eq!(plain(array).null_count(), dossiers.len(), "{}", column);
        }
    }

    /// Whatever stands in a message in place of a value: rows add up or there is an error, never a panic.
    #[test]
    fn mutated_messages(
        at in any::<prop::sample::Index>(),
        value in prop_oneof![
            Just("null"), Just("[]"), Just("{}"), Just("[[{}]]"), Just("-1"), Just("1e400"), Just("\"\""), Just("true"),
            Just("[{\"NgayBoSung\":5,\"Gia\":[],\"DuocSoHoa\":{}}]"), Just("\"00010101000000\""), Just("\"\\ud800\""),
            Just("\"99999999999999\""), Just("0.1e-40"), Just("{\"data\":[{}]}"),
        ],
    ) {
        let message = full();
        let keys: Vec<&String> = message.as_object().unwrap().keys().collect();
        let key = keys[at.index(keys.len())];
        let fields: Vec<String> = message.as_object().unwrap().iter().map(|(name, old)| {
            if name == key { format!("{name:?}:{value}") } else { format!("{name:?}:{old}") }
        }).collect();
        if let Ok(loaded) = try_read(format!("[{{{}}},{message}]", fields.join(",")), &ReadOptions::default()) {
            adds_up(&loaded);
            prop_assert_eq!(loaded.rows_read, 2);
            for issue in &loaded.issues {
                prop_assert_eq!(issue.row, 1);
            }
        }
    }

    /// A message with bytes changed, lost or put in: as above.
    #[test]
    fn damaged_bytes(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<Option<u8>>(), any::<bool>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = json!([full(), full()]).to_string().into_bytes();
        for (at, byte, instead) in changes {
            let at = at.index(bytes.len());
            match byte {
                Some(byte) if instead => bytes[at] = byte,
                Some(byte) => bytes.insert(at, byte),
                None => drop(bytes.remove(at)),
            }
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()).max(2));
        }
        if let Ok(loaded) = try_read(bytes, &ReadOptions::default()) {
            adds_up(&loaded);
        }
    }

    /// Anything at all after a bracket.
    #[test]
    fn random_bytes(open in prop_oneof![Just("["), Just("{"), Just("[{"), Just("{\"")], rest in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(loaded) = try_read([open.as_bytes(), &rest].concat(), &ReadOptions::default()) {
            adds_up(&loaded);
        }
    }
}
