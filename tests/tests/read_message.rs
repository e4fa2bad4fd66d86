//! Reading JSON: messages of the national exchange, each column they make; plain tables; what is hostile.
//! All messages are made up; the people in them do not exist.

mod messages;

use std::ops::ControlFlow;
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{Array, StringArray};
use arrow_schema::DataType;
use serde_json::{Value, json};
use tthc_kpi::{Action, Column, Instant, Reason};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, Rule, read_file};

use messages::{full, read, try_read};

/// The cells of a column as text, for short assertions; `?` is unknown.
fn cells(loaded: &Loaded, name: &str) -> Vec<String> {
    let Some(batch) = loaded.batches.first() else { return Vec::new() };
    let column = batch.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
    let of = |at: usize| match column.data_type() {
        DataType::Utf8 => column.as_string::<i32>().value(at).to_owned(),
        DataType::UInt8 => column.as_primitive::<UInt8Type>().value(at).to_string(),
        DataType::UInt32 => column.as_primitive::<UInt32Type>().value(at).to_string(),
        DataType::Boolean => column.as_boolean().value(at).to_string(),
        DataType::Timestamp(..) => {
            Instant::from_micros(column.as_primitive::<TimestampMicrosecondType>().value(at)).to_string()
        }
        _ => {
            let words = column.as_dictionary::<Int32Type>();
            words.downcast_dict::<StringArray>().unwrap().into_iter().nth(at).unwrap().unwrap().to_owned()
        }
    };
    (0..batch.num_rows()).map(|at| if column.is_null(at) { "?".to_owned() } else { of(at) }).collect()
}

const MADE: [(&str, &str); 28] = [
    ("dossier_id", "H05.1-260105-0001"),
    ("procedure_code", "1.000815"),
    ("procedure", "Chứng thực bản sao"),
    ("field_code", "G15-TP01"),
    ("field", "Chứng thực"),
    ("agency", "Phòng Tư pháp"),
    ("receiving_agency", "Trung tâm Phục vụ hành chính công"),
    ("applicant_kind", "business"),
    ("channel", "online"),
    ("result_channel", "postal"),
    ("status", "10"),
    ("received_at", "2026-01-05T08:30:00"),
    ("due_at", "2026-01-16T17:00:00"),
    ("completed_at", "2026-01-16T15:20:00"),
    ("returned_at", "2026-01-19T09:00:00"),
    ("supplement_requests", "2"),
    // 8/1 and 9/1, then 13/1; the tenth of January 2026, a Saturday, is worked.
    ("paused_days", "3"),
    ("supplement_requested_at", "2026-01-12T10:00:00"),
    ("supplemented_at", "2026-01-13T08:00:00"),
    ("payments", "1"),
    ("payments_online", "1"),
    ("payments_portal", "1"),
    ("input_digitised", "true"),
    ("result_electronic", "true"),
    ("data_reused", "true"),
    ("due_moves", "2"),
    // The second request, of the 12th, came before the 14th that was due by then.
    ("due_moved_late", "false"),
    ("limit_days", ""),
];

#[test]
fn every_column_of_a_message() {
    let loaded = read(full().to_string());
    assert!(loaded.issues.is_empty(), "{:?}", loaded.issues);
    assert_eq!(loaded.row_numbers, [[1]]);
    for (column, expected) in MADE {
        let id: Column = column.parse().unwrap();
        assert_eq!(loaded.columns.has(id), !expected.is_empty(), "{column}");
        if !expected.is_empty() {
            assert_eq!(cells(&loaded, column), [expected], "{column}");
        }
    }
    assert_eq!(loaded.columns.iter().count(), 27);
}

#[test]
fn the_mapping_names_the_fields_and_nobody() {
    let loaded = read(full().to_string());
    let of = |source: &str| loaded.mapping.iter().find(|mapped| mapped.source == source).unwrap();
    assert_eq!(of("MaHoSo").column, Some(Column::DossierId));
    let due = of("NgayHenTra, DanhSachHoSoBoSung[].NgayHenTraMoi");
    assert_eq!(due.column, Some(Column::DueAt));
    for personal in ["ChuHoSo", "SoGiayToChuHoSo", "Email", "SoDienThoai", "DinhDanhCHS", "TrichYeuHoSo"] {
        assert_eq!(of(personal).rule, Rule::Personal, "{personal}");
    }
    let all = format!("{loaded:?}");
    for value in [
        "Người Không Có",
        "001099000000",
        "khong@co",
        "0900000000",
        "nguoi-khong-co",
        "Cán Bộ Giả",
        "/ket-qua",
    ] {
        assert!(!all.contains(value), "{value}");
    }
    for header in ["ChuHoSo", "DinhDanhCHS"] {
        let extra = ReadOptions { extra: vec![header.into()], ..ReadOptions::default() };
        assert_eq!(try_read(full().to_string(), &extra).unwrap_err().code(), "personal");
    }
}

#[test]
fn a_callers_mapping_wins() {
    let mapping =
        [("HinhThuc".to_owned(), "ignore".to_owned()), ("SoBienNhan".to_owned(), "dossier_id".to_owned())];
    let options = ReadOptions { mapping: mapping.into(), ..ReadOptions::default() };
    let loaded = try_read(full().to_string(), &options).unwrap();
    assert!(!loaded.columns.has(Column::ResultChannel));
    assert_eq!(cells(&loaded, "dossier_id"), ["BN-1"]);
}

fn with(pairs: &[(&str, Value)]) -> Value {
    let mut message = json!({"MaHoSo": "1", "NgayTiepNhan": "20260105083000"});
    for (key, value) in pairs {
        message[*key] = value.clone();
    }
    message
}

/// The cells a column gets from messages, and the columns with issues.
fn column_of(name: &str, messages: &[Value]) -> (Vec<String>, Vec<u64>) {
    let loaded = read(json!(messages).to_string());
    let rows = loaded.issues.iter().filter(|issue| issue.column.is_some_and(|column| column.slug() == name));
    (cells(&loaded, name), rows.map(|issue| issue.row).collect())
}

#[test]
fn where_the_objects_may_stand() {
    let (a, b) = (with(&[]), with(&[("MaHoSo", json!("2"))]));
    let envelope = |data: Value| json!({"service": "DongBoHoSoMC", "isUpdating": true, "data": data});
    let after = |data: Value| json!({"data": data, "service": "DongBoHoSoMC"});
    for (text, rows) in [
        (json!([a, b]).to_string(), 2),
        (format!("\n  {a}\n\n{b}\n"), 2),
        (format!("{a}{b}"), 2),
        (envelope(json!([a, b])).to_string(), 2),
        (after(json!([a, b])).to_string(), 2),
        (envelope(a.clone()).to_string(), 1),
        (json!([envelope(json!([a])), after(json!([b]))]).to_string(), 2),
        (format!("{}\r\n{}\r\n", envelope(json!([a])), envelope(json!([b]))), 2),
        (format!("[{a}]\n[{b}]"), 2),
        (json!([envelope(json!([])), a, b]).to_string(), 2),
        (json!([envelope(json!([b])), a]).to_string(), 2),
    ] {
        let loaded = read(&text);
        assert_eq!((loaded.rows_read, loaded.set_aside.len()), (rows, 0), "{text}");
        assert_eq!(loaded.row_numbers, [(1..=rows).collect::<Vec<_>>()], "{text}");
        let mapped: Vec<&str> = loaded.mapping.iter().map(|mapped| mapped.source.as_str()).collect();
        assert!(!mapped.contains(&"service"), "{mapped:?}");
    }
    let text = json!([a]).to_string();
    let utf16 = |mark: &str| format!("{mark}{text}").encode_utf16().collect::<Vec<u16>>();
    for bytes in [
        format!("\u{feff}{text}").into_bytes(),
        utf16("\u{feff}").into_iter().flat_map(u16::to_le_bytes).collect(),
        utf16("\u{feff}").into_iter().flat_map(u16::to_be_bytes).collect(),
        utf16("").into_iter().flat_map(u16::to_le_bytes).collect(),
    ] {
        assert_eq!(read(bytes).rows_read, 1);
    }
}

#[test]
fn codes_that_mean_one_thing_only() {
    let codes = ["0", "1", "2", "3", "4", "5"].map(|code| with(&[("LoaiDoiTuong", json!(code))]));
    let (kinds, issues) = column_of("applicant_kind", &codes);
    assert_eq!(kinds, ["citizen", "?", "business", "state_body", "other", "?"]);
    assert_eq!(issues, [2, 6]);
    let codes = [json!(0), json!("1"), json!(2), json!("Trực tuyến"), json!(null), json!("")];
    let (channels, issues) = column_of("result_channel", &codes.map(|code| with(&[("HinhThuc", code)])));
    assert_eq!(channels, ["in_person", "postal", "?", "online", "?", "?"]);
    assert_eq!(issues, [3]);
    let codes = [json!(1), json!("2"), json!(3), json!(4)].map(|code| with(&[("KenhThucHien", code)]));
    assert_eq!(
        column_of("channel", &codes),
        (["in_person", "online", "postal", "?"].map(Into::into).into(), vec![4])
    );
}

#[test]
fn a_refusal() {
    let refused = |status: Value| with(&[("TrangThaiHoSo", status), ("NgayTuChoi", json!("20260108090000"))]);
    let finished = {
        let mut message = refused(json!(8));
        message["NgayKetThucXuLy"] = json!("20260109100000");
        message
    };
    let loaded = read(
        json!([refused(json!(8)), finished, refused(json!(3)), refused(json!(4)), refused(json!(""))])
            .to_string(),
    );
    assert_eq!(cells(&loaded, "status"), ["8", "8", "3", "4"]);
    assert_eq!(cells(&loaded, "completed_at"), ["2026-01-08T09:00:00", "2026-01-09T10:00:00", "?", "?"]);
    assert_eq!(loaded.set_aside["unreadable_status"], 1);
    assert_eq!(loaded.issues[0].row, 5);
    assert_eq!(loaded.issues[0].source.as_deref(), Some("TrangThaiHoSo, NgayTuChoi"));
    // No status anywhere in the file.
    let loaded = read(with(&[("NgayTuChoi", json!("20260108090000"))]).to_string());
    assert_eq!(loaded.set_aside["unreadable_status"], 1);
}

fn request(asked: &str, answered: &str, due: Option<&str>) -> Value {
    json!({"NgayBoSung": asked, "NgayTiepNhanBoSung": answered, "NgayHenTraMoi": due})
}

#[test]
fn moves_of_the_due_date() {
    let moved = |asked: &str, answered: &str, old: &str, new: &str| json!({"NgayBoSung": asked, "NgayTiepNhanBoSung": answered, "NgayHenTraTruoc": old, "NgayHenTraMoi": new});
    let lists = [
        (json!([]), ("0", "false")),
        (Value::Null, ("?", "?")),
        // Asked for on the day that was due, answered after it: in time.
        (json!([moved("20260112160000", "20260114", "20260112120000", "20260116")]), ("1", "false")),
        // Asked for the day after.
        (json!([moved("20260113", "20260114", "20260112170000", "20260116")]), ("1", "true")),
        // Not answered yet, given anew as it was, or not given: not moved.
        (json!([moved("20260113", "", "20260112", "20260116")]), ("0", "false")),
        (json!([moved("20260113", "20260114", "20260112", "20260112")]), ("0", "false")),
        (json!([moved("20260113", "20260114", "20260112", "")]), ("0", "false")),
        // The second lacks what it moved, which the first gave; they stand in any order.
        (
            json!([
                moved("20260119", "20260120", "", "20260122"),
                moved("20260109", "20260110", "20260112", "20260116")
            ]),
            ("2", "true"),
        ),
        // From when it was moved is not known; nor, in the next, when it was asked for.
        (json!([moved("20260109", "20260110", "", "20260116")]), ("?", "?")),
        (json!([moved("", "20260110", "20260112", "20260116")]), ("1", "?")),
    ];
    let messages: Vec<Value> =
        lists.iter().map(|(list, _)| with(&[("DanhSachHoSoBoSung", list.clone())])).collect();
    let (moves, issues) = column_of("due_moves", &messages);
    assert_eq!(moves, lists.iter().map(|(_, (moves, _))| *moves).collect::<Vec<_>>());
    let (late, _) = column_of("due_moved_late", &messages);
    assert_eq!(late, lists.iter().map(|(_, (_, late))| *late).collect::<Vec<_>>());
    assert!(issues.is_empty());
    let wrong =
        with(&[("DanhSachHoSoBoSung", json!([moved("hôm qua", "20260110", "20260112", "20260116")]))]);
    assert_eq!(column_of("due_moves", &[wrong]), (vec!["?".into()], vec![1]));
}

#[test]
fn supplements() {
    let lists = [
        json!([]),
        Value::Null,
        // Open: how long the pause will be is not known.
        json!([request("20260107100000", "", None)]),
        json!([request("20260107100000", "20260108", None), request("20260112100000", "", None)]),
        // The second was asked before the first was answered: 8, 9, 10 (worked) and 12 January.
        json!([
            request("20260107100000", "20260109100000", None),
            request("20260108100000", "20260112100000", None)
        ]),
        json!([request("20260109100000", "20260108100000", None)]),
        json!([request("20991001100000", "20991005100000", None)]),
        json!([request("", "20260109100000", None)]),
        json!([request("hôm qua", "20260109100000", None)]),
        json!("none"),
        json!([5]),
    ];
    let mut messages: Vec<Value> =
        lists.into_iter().map(|list| with(&[("DanhSachHoSoBoSung", list)])).collect();
    messages.push(with(&[]));
    let loaded = read(json!(messages).to_string());
    // A list that is none may hide a moved due date.
    assert_eq!(loaded.set_aside["unreadable_due_at"], 2);
    let expected = ["0", "?", "1", "2", "2", "1", "1", "1", "1", "?"];
    assert_eq!(cells(&loaded, "supplement_requests"), expected);
    assert_eq!(cells(&loaded, "paused_days"), ["0", "?", "?", "?", "4", "?", "?", "?", "?", "?"]);
    let asked = cells(&loaded, "supplement_requested_at");
    assert_eq!(asked[..4], ["?", "?", "2026-01-07T10:00:00", "2026-01-12T10:00:00"]);
    assert_eq!(asked[7..], ["?", "?", "?"]);
    let answered = cells(&loaded, "supplemented_at");
    assert_eq!(answered[..5], ["?", "?", "?", "2026-01-08", "2026-01-12T10:00:00"]);
    let told: Vec<(u64, Option<Column>)> =
        loaded.issues.iter().map(|issue| (issue.row, issue.column)).collect();
    let due = Some(Column::DueAt);
    let (paused, requested) = (Some(Column::PausedDays), Some(Column::SupplementRequestedAt));
    assert_eq!(told, [(6, paused), (9, paused), (9, requested), (10, due), (11, due)]);
    assert_eq!(
        loaded.issues[0].source.as_deref(),
        Some("DanhSachHoSoBoSung[].NgayBoSung, DanhSachHoSoBoSung[].NgayTiepNhanBoSung")
    );
}

#[test]
fn the_due_date_that_stands() {
    let due =
        |requests: Value| with(&[("NgayHenTra", json!("20260112170000")), ("DanhSachHoSoBoSung", requests)]);
    let (first, second) = (Some("20260114170000"), Some("20260116170000"));
    let loaded = read(
        json!([
            due(json!([])),
            due(Value::Null),
            due(json!([request("20260107", "20260108", first)])),
            // In the order of answers, not of the list.
            due(json!([request("20260109", "20260110", second), request("20260107", "20260108", first)])),
            // Not answered: not in force.
            due(json!([request("20260107", "20260108", first), request("20260109", "", second)])),
            due(json!([request("20260107", "20260108", first), request("20260109", "20260110", None)])),
            due(json!([request("20260107", "20260108", Some("mai"))])),
            due(json!([request("20260107", "xong", first)])),
        ])
        .to_string(),
    );
    let (own, first, second) = ("2026-01-12T17:00:00", "2026-01-14T17:00:00", "2026-01-16T17:00:00");
    assert_eq!(cells(&loaded, "due_at"), [own, own, first, second, first, first]);
    assert_eq!(loaded.set_aside["unreadable_due_at"], 2);
}

#[test]
fn payments() {
    let fee = |price: Value, when: u8| json!({"Gia": price, "HinhThucThu": when});
    let none = Value::Null;
    for (fees, online, status, expected) in [
        (json!([fee(json!(15000), 1)]), json!(1), 4, ["1", "1", "1"]),
        (json!([fee(json!(15000), 1)]), json!(2), 4, ["1", "1", "0"]),
        (json!([fee(json!("15.000"), 1)]), json!(0), 4, ["1", "0", "0"]),
        // Fifteen or fifteen thousand: more than nothing.
        (json!([fee(json!("15,000"), 1)]), json!(0), 4, ["1", "0", "0"]),
        (json!([fee(json!("15,000"), 4), fee(json!("0,5"), 4)]), json!(0), 9, ["0", "0", "0"]),
        (json!([fee(json!("0,000"), 1)]), json!(0), 4, ["0", "0", "0"]),
        (json!([fee(json!("15,000"), 1), fee(json!("-15,000"), 1)]), json!(0), 4, ["?", "0", "0"]),
        (json!([fee(json!(15000), 1)]), json!(3), 4, ["1", "0", "0"]),
        (json!([fee(json!(15000), 1)]), none.clone(), 4, ["1", "?", "?"]),
        // Collected when the result is returned, which it is not yet; then it is.
        (json!([fee(json!(15000), 4)]), json!(0), 9, ["0", "0", "0"]),
        (json!([fee(json!(15000), 4)]), json!(0), 10, ["1", "0", "0"]),
        (json!([fee(json!(15000), 2)]), json!(0), 4, ["?", "0", "0"]),
        (json!([fee(json!(15000), 2)]), json!(2), 4, ["1", "1", "0"]),
        (json!([fee(json!(15000), 2)]), json!(0), 10, ["1", "0", "0"]),
        (json!([fee(json!(0), 1), fee(json!(15000), 1)]), json!(0), 4, ["1", "0", "0"]),
        (json!([fee(json!(0), 1)]), json!(0), 4, ["0", "0", "0"]),
        (json!([fee(json!(0), 1)]), json!(1), 4, ["?", "1", "1"]),
        (json!([]), json!(0), 4, ["0", "0", "0"]),
        (json!([]), json!(1), 4, ["?", "1", "1"]),
        (json!([fee(none.clone(), 1)]), json!(0), 4, ["?", "0", "0"]),
        (json!([fee(json!("nhiều"), 1)]), json!(0), 4, ["?", "0", "0"]),
        (none.clone(), json!(1), 10, ["?", "1", "1"]),
        (none.clone(), json!(0), 10, ["?", "0", "0"]),
        (json!([fee(json!(15000), 1)]), json!(7), 4, ["1", "?", "?"]),
        (json!([fee(json!(15000), 1)]), json!(true), 4, ["1", "?", "?"]),
    ] {
        let message = with(&[
            ("DanhSachLePhi", fees),
            ("DuocThanhToanTrucTuyen", online),
            ("TrangThaiHoSo", json!(status)),
        ]);
        let loaded = read(message.to_string());
        let found: Vec<String> = ["payments", "payments_online", "payments_portal"]
            .iter()
            .flat_map(|name| cells(&loaded, name))
            .collect();
        assert_eq!(found, expected, "{message}");
    }
}

#[test]
fn digitised_reused_electronic() {
    let paper = |digitised: Value, reused: Value, store: Value| json!({"DuocSoHoa": digitised, "DuocTaiSuDung": reused, "DuocLayTuKhoDMQG": store});
    let none = Value::Null;
    let mut deleted = paper(json!(1), json!(1), json!(1));
    deleted["IsDeleted"] = json!("1");
    let papers = [
        json!([paper(json!(0), json!(0), json!(0)), paper(json!("1"), json!(0), json!(true))]),
        json!([paper(json!(0), json!(0), json!(0))]),
        json!([paper(json!(0), none.clone(), json!(0)), paper(none.clone(), json!(0), json!(0))]),
        json!([]),
        none.clone(),
        json!([deleted, paper(json!(0), json!(0), json!(0))]),
        json!([paper(json!("có lẽ"), json!(0), json!(9))]),
        json!({"DuocSoHoa": 1}),
    ];
    let messages = papers.map(|papers| with(&[("TaiLieuNop", papers)]));
    let (digitised, issues) = column_of("input_digitised", &messages);
    assert_eq!(digitised, ["true", "false", "?", "?", "?", "false", "?", "?"]);
    assert_eq!(issues, [7, 8]);
    assert_eq!(column_of("data_reused", &messages), (digitised, issues));
    let mut told = messages[0].clone();
    told["HoSoCoThanhPhanSoHoa"] = json!("0");
    assert_eq!(column_of("input_digitised", &[told]).0, ["false"]);

    let result = |status: u8, results: Value| {
        with(&[("TrangThaiHoSo", json!(status)), ("DanhSachGiayToKetQua", results)])
    };
    let (electronic, issues) = column_of(
        "result_electronic",
        &[
            result(9, json!([{"DuongDanTepTinKetQua": ""}, {"DuongDanTepTinKetQua": "/a"}])),
            result(10, json!([{"TenGiayTo": "giấy"}])),
            result(9, json!([])),
            result(4, json!([])),
            result(4, json!([{"DuongDanTepTinKetQua": "/a"}])),
            result(9, none),
            result(9, json!([{"DuongDanTepTinKetQua": 5}])),
            result(9, json!(1)),
        ],
    );
    assert_eq!(electronic, ["true", "false", "false", "?", "true", "?", "?", "?"]);
    assert_eq!(issues, [7, 8]);
}

#[test]
fn what_cannot_be_read_is_set_aside_with_its_number() {
    let text = json!([
        with(&[]),
        {"MauSac": "xanh"},
        {},
        with(&[("NgayTiepNhan", json!({"ngay": 5}))]),
        with(&[("NgayTiepNhan", json!(true))]),
        null,
        7,
        [with(&[])],
        with(&[("NgayTiepNhan", json!(20260105083000_u64)), ("MaHoSo", json!(15))]),
        with(&[("MaTTHC", json!(["1.000815"]))]),
    ]);
    let loaded = read(text.to_string());
    assert_eq!(loaded.rows_read, 10);
    assert_eq!(loaded.row_numbers, [[1, 9, 10]]);
    let aside: Vec<(&str, u64)> = loaded.set_aside.iter().map(|(why, n)| (why.as_str(), *n)).collect();
    assert_eq!(aside, [("missing_received_at", 2), ("unreadable_received_at", 2), ("unreadable_row", 3)]);
    assert_eq!(cells(&loaded, "dossier_id"), ["1", "15", "1"]);
    assert_eq!(cells(&loaded, "procedure_code"), ["?", "?", "?"]);
    let last = loaded.issues.last().unwrap();
    assert_eq!((last.row, last.column, last.reason), (10, Some(Column::ProcedureCode), Reason::Unreadable));
    assert_eq!((last.source.as_deref(), last.action), (Some("MaTTHC"), Action::Unknown));
    let options = ReadOptions { strict: true, ..ReadOptions::default() };
    assert_eq!(try_read(text.to_string(), &options).unwrap_err().code(), "strict");
}

#[test]
fn a_key_that_comes_twice_has_no_value() {
    let loaded = read(
        r#"[{"MaHoSo":"1","NgayTiepNhan":"20260105","NgayTiepNhan":"20260106"},
            {"MaHoSo":"1","MaHoSo":"2","NgayTiepNhan":"20260105"},
            {"MaHoSo":"3","NgayTiepNhan":"20260105","DanhSachHoSoBoSung":[],"DanhSachHoSoBoSung":[]},
            {"MaHoSo":"4","NgayTiepNhan":"20260105","DanhSachLePhi":[{"Gia":1,"Gia":0}]}]"#,
    );
    assert_eq!(loaded.set_aside["unreadable_received_at"], 1);
    assert_eq!(loaded.set_aside["unreadable_due_at"], 1);
    assert_eq!(cells(&loaded, "dossier_id"), ["?", "4"]);
    assert_eq!(cells(&loaded, "payments"), ["?", "?"]);
}

#[test]
fn plain_tables_are_read_like_any_other() {
    let rows = json!([
        {"STT": 1, "Mã hồ sơ": "H1", "Ngày tiếp nhận": "05/01/2026 08:30", "Trạng thái": "Đang xử lý", "Chủ hồ sơ": "A B"},
        {"Mã hồ sơ": "H2", "Ngày tiếp nhận": "2026-01-06T09:00:00.000", "Trạng thái": 9, "Phí, lệ phí": 15000.5},
        {"Mã hồ sơ": "H3", "Ngày tiếp nhận": null, "Trạng thái": 9},
        {"Mã hồ sơ": "H4", "Ngày tiếp nhận": 1767571200000_u64},
    ]);
    let lines: String = rows.as_array().unwrap().iter().map(|row| format!("{row}\n")).collect();
    for text in [rows.to_string(), lines] {
        let loaded = read(text);
        assert_eq!(cells(&loaded, "dossier_id"), ["H1", "H2"]);
        assert_eq!(cells(&loaded, "received_at"), ["2026-01-05T08:30:00", "2026-01-06T09:00:00"]);
        assert_eq!(cells(&loaded, "status"), ["4", "9"]);
        assert_eq!(loaded.set_aside["missing_received_at"], 1);
        // Milliseconds since 1970 are of UTC or of local time: nobody knows.
        assert_eq!(loaded.set_aside["unreadable_received_at"], 1);
        assert!(loaded.mapping.iter().any(|mapped| mapped.rule == Rule::Personal));
    }
    let twice = r#"[{"Ngày nhận":"05/01/2026","Ngày tiếp nhận":"05/01/2026"}]"#;
    assert_eq!(try_read(twice, &ReadOptions::default()).unwrap_err().code(), "duplicate_column");
    // The month first, once a value proves it.
    let text = r#"[{"received_at":"01/02/2026"},{"received_at":"01/13/2026"}]"#;
    assert_eq!(cells(&read(text), "received_at"), ["2026-01-02", "2026-01-13"]);
    // A message's field among Vietnamese headers.
    let text = r#"[{"MaHoSo":"1","Ngày tiếp nhận":"05/01/2026","HinhThuc":"0"}]"#;
    assert_eq!(cells(&read(text), "result_channel"), ["in_person"]);
}

#[test]
fn a_break_stops_it() {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("read_message_break.json");
    let text: String = (0..10_000).map(|_| format!("{}\n", with(&[]))).collect();
    std::fs::write(&path, &text).unwrap();
    let mut seen = Vec::new();
    let stopped = read_file(&path, &ReadOptions::default(), &mut |done, total| {
        seen.push((done, total));
        if seen.len() == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(stopped.unwrap_err(), ReadError::Cancelled);
    let length = text.len() as u64 * 2;
    assert!(
        seen.is_sorted() && seen.iter().all(|(done, total)| *done > 0 && *total == Some(length)),
        "{seen:?}"
    );
}
