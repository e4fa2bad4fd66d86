//! Reading CSV: headers, values, rows set aside, and what is never told.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type,
};
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use tthc_kpi::{Action, Column, ColumnSet, Instant, Reason, ValueKind};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, Rule, read_file};
use tthc_kpi_arrow::synth::Synth;

fn write(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("read_csv_{name}"));
    std::fs::write(&path, bytes).unwrap();
    path
}

fn try_read(name: &str, bytes: impl AsRef<[u8]>, options: &ReadOptions) -> Result<Loaded, ReadError> {
    read_file(write(name, bytes), options, &mut |_, _| ControlFlow::Continue(()))
}

#[track_caller]
fn read(name: &str, bytes: impl AsRef<[u8]>) -> Loaded {
    try_read(name, bytes, &ReadOptions::default()).unwrap()
}

fn mapping(pairs: &[(&str, &str)]) -> ReadOptions {
    let mapping = pairs.iter().map(|(header, slug)| ((*header).to_owned(), (*slug).to_owned())).collect();
    ReadOptions { mapping, ..ReadOptions::default() }
}

fn extra(names: &[&str]) -> ReadOptions {
    ReadOptions { extra: names.iter().map(|name| (*name).to_owned()).collect(), ..ReadOptions::default() }
}

fn texts(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let column = batch.column_by_name(name).unwrap();
    if let Some(plain) = column.as_string_opt::<i32>() {
        return plain.iter().map(|text| text.map(str::to_owned)).collect();
    }
    let words = column.as_dictionary::<Int32Type>();
    words.downcast_dict::<StringArray>().unwrap().into_iter().map(|text| text.map(str::to_owned)).collect()
}

fn instants(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
    let dates = batch.column_by_name(name).unwrap().as_primitive::<TimestampMicrosecondType>();
    dates.iter().map(|at| at.map(|at| Instant::from_micros(at).to_string())).collect()
}

fn counts(batch: &RecordBatch, name: &str) -> Vec<Option<u32>> {
    batch.column_by_name(name).unwrap().as_primitive::<UInt32Type>().iter().collect()
}

fn small(batch: &RecordBatch, name: &str) -> Vec<Option<u8>> {
    batch.column_by_name(name).unwrap().as_primitive::<UInt8Type>().iter().collect()
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// Rows read are the rows of the batches and those set aside, and every row set aside is one issue.
#[track_caller]
fn adds_up(loaded: &Loaded) {
    let rows: usize = loaded.batches.iter().map(RecordBatch::num_rows).sum();
    let aside: u64 = loaded.set_aside.values().sum();
    assert_eq!(loaded.rows_read, rows as u64 + aside);
    let told: u64 = loaded
        .issue_counts
        .iter()
        .filter(|((.., action), _)| *action == Action::SetAside)
        .map(|(_, n)| n)
        .sum();
    assert_eq!(told, aside);
    let numbers: Vec<usize> = loaded.row_numbers.iter().map(Vec::len).collect();
    assert_eq!(numbers, loaded.batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>());
}

const REAL: &str = "\
DANH SÁCH HỒ SƠ NĂM 2026,,,,,,,
Đơn vị: UBND phường,,,,,,,

STT,Mã hồ sơ,NGÀY  NHẬN *,Ngày hẹn trả,Chủ hồ sơ,Trạng thái,Hình thức nộp,Mức độ hài lòng
(1),(2),(3),(4),(5),(6),(7),(8)
1,H05-1,05/01/2026,12/01/2026 17:00,Nguyễn Văn A,Đã xử lý xong,Trực tuyến,5
,,,,,,,
2,H05-2,06/01/2026 08:30:15,,Trần Thị B,4,Bưu chính,Không hài lòng
Tổng cộng,2,,,,,,
";

#[test]
fn an_export_as_it_comes() {
    for (name, bytes) in [
        ("plain.csv", REAL.as_bytes().to_vec()),
        ("bom.csv", [b"\xef\xbb\xbf", REAL.as_bytes()].concat()),
        ("semicolon.csv", REAL.replace(',', ";").into_bytes()),
        ("tab.csv", REAL.replace(',', "\t").into_bytes()),
        ("crlf.csv", REAL.replace('\n', "\r\n").into_bytes()),
        ("utf16le.csv", [0xfeff].into_iter().chain(REAL.encode_utf16()).flat_map(u16::to_le_bytes).collect()),
        ("utf16be.csv", [0xfeff].into_iter().chain(REAL.encode_utf16()).flat_map(u16::to_be_bytes).collect()),
        ("utf16bare.csv", REAL.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("noend.csv", REAL.trim_end().as_bytes().to_vec()),
        ("excel.csv", format!("sep=,\n{REAL}").into_bytes()),
    ] {
        let loaded = read(name, bytes);
        adds_up(&loaded);
        let batch = &loaded.batches[0];
        let shift = u64::from(name == "excel.csv");
        assert_eq!(loaded.rows_read, 2, "{name}");
        assert_eq!(loaded.row_numbers, [[6 + shift, 8 + shift]], "{name}");
        assert!(loaded.issues.is_empty(), "{name}: {:?}", loaded.issues);
        assert_eq!(loaded.skipped.get("index"), Some(&1), "{name}");
        assert_eq!(loaded.skipped.get("total"), Some(&1), "{name}");
        assert_eq!(loaded.skipped.get("blank"), Some(&1), "{name}");
        assert_eq!(texts(batch, "dossier_id"), [text("H05-1"), text("H05-2")]);
        assert_eq!(instants(batch, "received_at"), [text("2026-01-05"), text("2026-01-06T08:30:15")]);
        assert_eq!(instants(batch, "due_at"), [text("2026-01-12T17:00:00"), None]);
        assert_eq!(small(batch, "status"), [Some(9), Some(4)]);
        assert_eq!(small(batch, "rating"), [Some(5), Some(2)]);
        assert_eq!(texts(batch, "channel"), [text("online"), text("postal")]);
        let expected: ColumnSet = [
            Column::DossierId,
            Column::ReceivedAt,
            Column::DueAt,
            Column::Status,
            Column::Channel,
            Column::Rating,
        ]
        .into_iter()
        .collect();
        assert_eq!(loaded.columns, expected);
        let rules: BTreeMap<&str, Rule> =
            loaded.mapping.iter().map(|mapped| (mapped.source.as_str(), mapped.rule)).collect();
        assert_eq!(rules["STT"], Rule::Ignored);
        assert_eq!(rules["NGÀY NHẬN *"], Rule::Synonym);
        assert_eq!(rules["Mã hồ sơ"], Rule::Exact);
        assert_eq!(rules["Chủ hồ sơ"], Rule::Personal);
    }
}

#[test]
fn headers_in_another_unicode_form() {
    let loaded = read(
        "nfd.csv",
        "Ma\u{303} ho\u{302}\u{300} so\u{31b},Nga\u{300}y tie\u{302}\u{301}p nha\u{323}\u{302}n,Li\u{303}nh vu\u{31b}\u{323}c\nA,2026-01-05,Đa\u{302}\u{301}t đai\n",
    );
    assert_eq!(texts(&loaded.batches[0], "field"), [text("Đất đai")]);
}

#[test]
fn instants_iso_zone_and_years() {
    let loaded = read(
        "instants.csv",
        "received_at;due_at;completed_at\n\
         2026-01-05T17:30:00Z;20260112083000;05/01/26\n\
         2026-01-05T08:30+07:00;-;1/2/2026 8:05\n\
         2026-01-05T17:30:00Z;;\n\
         31/02/2026;;\n\
         ;01/02/2026;\n\
         05/01/2026;31/04/2026;\n",
    );
    adds_up(&loaded);
    let batch = &loaded.batches[0];
    assert_eq!(
        instants(batch, "received_at"),
        [text("2026-01-05T08:30:00"), text("2026-01-06T00:30:00")],
        "local time, of the day that it is here"
    );
    assert_eq!(instants(batch, "completed_at"), [text("2026-02-01T08:05:00"), None]);
    assert_eq!(instants(batch, "due_at"), [None, None]);
    let aside = [
        ("missing_received_at", 1),
        ("unreadable_completed_at", 1),
        ("unreadable_due_at", 1),
        ("unreadable_received_at", 1),
    ];
    assert_eq!(loaded.set_aside, aside.map(|(reason, count)| (reason.to_owned(), count)).into());
    let first = &loaded.issues[0];
    assert_eq!(
        (first.row, first.column, first.kind, first.reason, first.action),
        (2, Some(Column::CompletedAt), ValueKind::Text, Reason::Unreadable, Action::SetAside)
    );
    assert_eq!(first.source.as_deref(), Some("completed_at"));
}

#[test]
fn impossible_values_become_unknown() {
    let loaded = read(
        "impossible.csv",
        "received_at,status,rating,payments,payments_online,payments_portal,transfers,transfers_electronic,paused_days,supplemented_at\n\
         2026-01-05,11,0,1,2,2,1,2,-1,2206-01-05\n\
         2026-01-05,10,5,3,2,1,2,2,1,2026-01-06\n\
         2026-01-05,,6,,5,1,,7,,\n",
    );
    adds_up(&loaded);
    let batch = &loaded.batches[0];
    assert_eq!(loaded.rows_read, 3);
    assert_eq!(small(batch, "status"), [None, Some(10), None]);
    assert_eq!(small(batch, "rating"), [None, Some(5), None]);
    assert_eq!(counts(batch, "payments_online"), [None, Some(2), Some(5)]);
    // Two on the portal: not above the two online, but above the one payment there is.
    assert_eq!(counts(batch, "payments_portal"), [None, Some(1), Some(1)]);
    assert_eq!(counts(batch, "transfers_electronic"), [None, Some(2), Some(7)]);
    assert_eq!(counts(batch, "paused_days"), [None, Some(1), None]);
    assert_eq!(instants(batch, "supplemented_at"), [None, text("2026-01-06"), None]);
    let count = |column, reason| loaded.issue_counts.get(&(Some(column), reason, Action::Unknown)).copied();
    assert_eq!(count(Column::Status, Reason::OutOfRange), Some(1));
    assert_eq!(count(Column::Rating, Reason::OutOfRange), Some(2));
    assert_eq!(count(Column::PaymentsOnline, Reason::PartExceedsWhole), Some(1));
    assert_eq!(count(Column::PaymentsPortal, Reason::PartExceedsWhole), Some(1));
    assert_eq!(count(Column::TransfersElectronic, Reason::PartExceedsWhole), Some(1));
    assert_eq!(count(Column::PausedDays, Reason::OutOfRange), Some(1));
    assert_eq!(count(Column::SupplementedAt, Reason::BadDate), Some(1));
}

#[test]
fn values_as_text_or_code() {
    let loaded = read(
        "values.csv",
        "Ngày nhận;Kênh thực hiện;Hình thức trả;Loại đối tượng;Phí, lệ phí;Số hoá kết quả;Mã TTHC;Số lần bổ sung\n\
         05/01/2026;1;Trực tiếp;Công dân;1.234.567;Có;1.005130;1\n\
         05/01/2026;Trực tuyến;1;1;15.000,50 đ;x;2.000815;3.0\n\
         05/01/2026;3;;Doanh nghiệp;1,234;;;\n",
    );
    adds_up(&loaded);
    let batch = &loaded.batches[0];
    assert_eq!(texts(batch, "channel"), [text("in_person"), text("online"), text("postal")]);
    assert_eq!(texts(batch, "result_channel"), [text("in_person"), None, None]);
    assert_eq!(texts(batch, "applicant_kind"), [text("citizen"), None, text("business")]);
    let money = batch.column_by_name("amount_due").unwrap();
    assert_eq!(money.data_type(), &DataType::Decimal128(18, 2));
    let money: Vec<Option<i128>> = money.as_primitive::<Decimal128Type>().iter().collect();
    assert_eq!(money, [Some(123_456_700), Some(1_500_050), None]);
    let yes: Vec<Option<bool>> =
        batch.column_by_name("result_digitised").unwrap().as_boolean().iter().collect();
    assert_eq!(yes, [Some(true), Some(true), None]);
    assert_eq!(texts(batch, "procedure_code"), [text("1.005130"), text("2.000815"), None]);
    assert_eq!(counts(batch, "supplement_requests"), [Some(1), Some(3), None]);
    assert_eq!(loaded.issues.len(), 3);
    assert!(loaded.issues.iter().all(|issue| issue.action == Action::Unknown));
}

#[test]
fn a_status_nobody_knows_sets_the_row_aside() {
    let loaded = read(
        "status.csv",
        "Ngày nhận,Tình trạng\n05/01/2026,Đã trả kết quả\n05/01/2026,Chờ luân chuyển\n05/01/2026,\n",
    );
    adds_up(&loaded);
    assert_eq!(small(&loaded.batches[0], "status"), [Some(10), None]);
    assert_eq!(loaded.set_aside, [("unreadable_status".to_owned(), 1)].into());
    assert_eq!(loaded.row_numbers, [[2, 4]]);
}

#[test]
fn ragged_rows_are_set_aside_not_padded() {
    let loaded = read(
        "ragged.csv",
        "Tiêu đề\nMã hồ sơ,Ngày nhận,Lĩnh vực\nA,05/01/2026,Đất đai\nB,05/01/2026\nC,05/01/2026,Hộ tịch, chứng thực\nD,05/01/2026,Hộ tịch,\nTổng số: 4\n",
    );
    adds_up(&loaded);
    assert_eq!(loaded.rows_read, 4);
    assert_eq!(loaded.set_aside, [("unreadable_row".to_owned(), 3)].into());
    assert_eq!(texts(&loaded.batches[0], "dossier_id"), [text("A")]);
    assert_eq!(loaded.issues.iter().map(|issue| issue.row).collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(loaded.issues[0].expected.en, "3 fields, as the header row has");
    assert_eq!(loaded.skipped["total"], 1);
}

#[test]
fn row_numbers_as_a_spreadsheet_counts() {
    for newline in ["\n", "\r\n"] {
        let content =
            "Ngày nhận,\"Đơn vị\ngiải quyết\"\n05/01/2026,\"Phòng A\nTầng 2\"\n\nx,B\n05/01/2026,C\n"
                .replace('\n', newline);
        let loaded = read("numbers.csv", content);
        adds_up(&loaded);
        assert_eq!(loaded.row_numbers, [[2, 5]], "{newline:?}");
        assert_eq!(loaded.issues[0].row, 4, "{newline:?}");
        assert_eq!(loaded.mapping[1].source, "Đơn vị giải quyết");
    }
}

#[test]
fn a_quote_never_closed_does_not_swallow_rows() {
    let error = try_read(
        "quote.csv",
        "Mã hồ sơ,Ngày nhận\nA,05/01/2026\n\"B,05/01/2026\nC,05/01/2026\n",
        &ReadOptions::default(),
    );
    assert_eq!(error.unwrap_err(), ReadError::UnclosedQuote { file: "read_csv_quote.csv".into(), line: 3 });
    let fine = read(
        "quote2.csv",
        "Mã hồ sơ,Ngày nhận,Lĩnh vực\nA,05/01/2026,Công ty \"B\" x\nA,05/01/2026,\"x\"\"y\n\"\n",
    );
    assert_eq!(texts(&fine.batches[0], "field"), [text("Công ty \"B\" x"), text("x\"y")]);
}

#[test]
fn wrong_encoding_is_an_error() {
    let error = try_read(
        "win.csv",
        b"Ma ho so,received_at,agency\nA,05/01/2026,Ph\xf2ng\n",
        &mapping(&[("Ma ho so", "dossier_id")]),
    );
    assert_eq!(error.unwrap_err().code(), "encoding");
}

#[test]
fn ambiguous_and_double_headers() {
    let one = "Mã hồ sơ,Ngày nhận,Hình thức\nA,05/01/2026,Trực tuyến\n";
    let error = try_read("ambiguous.csv", one, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code(), "ambiguous_header");
    let shown = error.to_string();
    assert!(shown.contains("Hình thức") && shown.contains("channel or result_channel"), "{shown}");
    let loaded = try_read("ambiguous.csv", one, &mapping(&[("HÌNH THỨC", "channel")])).unwrap();
    assert_eq!(texts(&loaded.batches[0], "channel"), [text("online")]);
    assert_eq!(loaded.mapping[2].rule, Rule::Caller);
    let loaded = try_read("ambiguous.csv", one, &mapping(&[("Hình thức", "ignore")])).unwrap();
    assert!(!loaded.columns.has(Column::Channel));
    assert!(
        try_read("ambiguous.csv", one, &mapping(&[("Hình thức", "ignore"), ("Không có", "ignore")])).is_ok()
    );
    assert_eq!(loaded.mapping[2].rule, Rule::Ignored);

    let two = "Mã hồ sơ,Số biên nhận,Ngày nhận\nA,B,05/01/2026\n";
    let error = try_read("double.csv", two, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code(), "duplicate_column");
    let shown = error.to_string();
    assert!(shown.contains("Mã hồ sơ") && shown.contains("Số biên nhận"), "{shown}");
    let loaded = try_read("double.csv", two, &mapping(&[("Số biên nhận", "dossier_id")])).unwrap();
    assert_eq!(texts(&loaded.batches[0], "dossier_id"), [text("B")]);
    assert_eq!(loaded.mapping[0].rule, Rule::Ignored);
}

#[test]
fn mappings_are_checked() {
    let content = "Số vào sổ,Ngày vào sổ,Chủ hồ sơ,Lĩnh vực\nA,05/01/2026,Nguyễn Văn A,Đất đai\n";
    let good = mapping(&[("Ngày vào  sổ", "received_at"), ("Số vào sổ", "dossier_id")]);
    assert_eq!(texts(&try_read("map.csv", content, &good).unwrap().batches[0], "dossier_id"), [text("A")]);
    let error = try_read("map.csv", content, &mapping(&[("Ngày vào sổ", "recieved_at")])).unwrap_err();
    assert!(error.to_string().contains("received_at") && error.code() == "unknown_column", "{error}");
    let absent = mapping(&[("Ngày vào sổ", "received_at"), ("Số vào xổ", "dossier_id")]);
    let error = try_read("map.csv", content, &absent).unwrap_err();
    assert!(
        matches!(&error, ReadError::AbsentHeader { nearest: Some(near), .. } if near == "Số vào sổ"),
        "{error}"
    );
    let personal = mapping(&[("Ngày vào sổ", "received_at"), ("Chủ hồ sơ", "agency")]);
    assert_eq!(try_read("map.csv", content, &personal).unwrap_err().code(), "personal");
    assert_eq!(try_read("map.csv", content, &ReadOptions::default()).unwrap_err().code(), "no_header");
}

#[test]
fn extra_columns_only_when_named() {
    let content = "Ngày nhận,Mã hồ sơ,Khu phố,Tổ,Hẹn giờ,Mã khu,Số điện thoại\n\
                   05/01/2026,A,Khu 1,1,true,01,0912\n05/01/2026,B,Khu 2,2,false,02,0913\n05/01/2026,C,Khu 1,,,01,\n";
    let loaded = try_read("extra.csv", content, &extra(&["khu PHỐ", "Tổ", "Hẹn giờ", "Mã khu"])).unwrap();
    let batch = &loaded.batches[0];
    assert_eq!(texts(batch, "khu PHỐ"), [text("Khu 1"), text("Khu 2"), text("Khu 1")]);
    let ints: Vec<Option<i64>> =
        batch.column_by_name("Tổ").unwrap().as_primitive::<Int64Type>().iter().collect();
    assert_eq!(ints, [Some(1), Some(2), None]);
    let truths: Vec<Option<bool>> = batch.column_by_name("Hẹn giờ").unwrap().as_boolean().iter().collect();
    assert_eq!(truths, [Some(true), Some(false), None]);
    assert_eq!(texts(batch, "Mã khu"), [text("01"), text("02"), text("01")]);
    assert_eq!(loaded.mapping[2].extra.as_deref(), Some("khu PHỐ"));
    for (name, code) in [
        ("Số điện thoại", "personal"),
        ("Chủ hồ sơ", "personal"),
        ("agency", "taken"),
        ("Mã hồ sơ", "taken"),
        ("month", "taken"),
        ("Khu pho", "absent_header"),
    ] {
        assert_eq!(try_read("extra.csv", content, &extra(&[name])).unwrap_err().code(), code, "{name}");
    }
    assert!(read("extra.csv", content).batches[0].column_by_name("Khu phố").is_none());
}

#[test]
fn no_value_of_a_cell_is_ever_told() {
    const MARK: &str = "CCCD 079312345678";
    let header = "Mã hồ sơ,Ngày nhận,Ngày hẹn trả,Trạng thái,Mức độ hài lòng,Phí lệ phí,Số lần bổ sung,Hình thức nộp,Chủ hồ sơ,Số hóa kết quả";
    let sound = "A,05/01/2026,,,,,,,,";
    let spoilt = |at: usize| {
        let mut cells: Vec<&str> = sound.split(',').collect();
        cells[at] = MARK;
        cells.join(",")
    };
    let mut content = format!("{header}\n");
    for at in 1..10 {
        content.push_str(&format!("{}\n", spoilt(at)));
    }
    content.push_str(&format!("{MARK},{MARK}\n"));
    let loaded = read("mark.csv", &content);
    adds_up(&loaded);
    assert!(loaded.issues.len() >= 8);
    let shown =
        format!("{:?} {:?} {:?} {:?}", loaded.issues, loaded.mapping, loaded.issue_counts, loaded.set_aside);
    assert!(!shown.contains(MARK));
    assert!(loaded.issues.iter().all(|issue| !issue.to_string().contains(MARK)));
    assert!(!format!("{:?}", loaded.batches).contains(MARK));
    for at in 1..10 {
        let strict = ReadOptions { strict: true, ..ReadOptions::default() };
        if let Err(error) = try_read("mark1.csv", format!("{header}\n{}\n", spoilt(at)), &strict) {
            assert_eq!(error.code(), "strict");
            assert!(!format!("{error} {error:?} {}", error.vi()).contains(MARK));
        } else {
            // Only the personal column, which is not read at all.
            assert_eq!(at, 8);
        }
    }
}

#[test]
fn no_header_says_what_was_expected() {
    let error = try_read("none.csv", "a,b\n1,2\n", &ReadOptions::default()).unwrap_err();
    assert_eq!(error.code(), "no_header");
    let shown = error.to_string();
    assert!(
        shown.contains("read_csv_none.csv") && shown.contains("Ngày tiếp nhận") && shown.contains("50 rows"),
        "{shown}"
    );
    assert!(error.vi().contains("Ngày tiếp nhận"));
    assert_eq!(try_read("empty.csv", "", &ReadOptions::default()).unwrap_err().code(), "empty");
    assert_eq!(try_read("page.xls", "<html><table>", &ReadOptions::default()).unwrap_err().code(), "format");
    assert_eq!(
        try_read("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", &ReadOptions::default()).unwrap_err().code(),
        "malformed"
    );
    let missing =
        read_file("/nowhere/nothing.csv", &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()));
    assert_eq!(missing.unwrap_err().to_string(), "nothing.csv: cannot be read: entity not found");
}

#[test]
fn month_first_only_when_proved() {
    let loaded = read(
        "month.csv",
        "Mã hồ sơ,Ngày nhận,Ngày hẹn trả\nA,01/05/2026,20/01/2026\nB,01/13/2026,05/02/2026\n",
    );
    let batch = &loaded.batches[0];
    assert_eq!(instants(batch, "received_at"), [text("2026-01-05"), text("2026-01-13")]);
    assert_eq!(instants(batch, "due_at"), [text("2026-01-20"), text("2026-02-05")]);
    assert!(loaded.issues.is_empty());
    let both =
        try_read("both.csv", "Mã hồ sơ,Ngày nhận\nA,13/01/2026\nB,01/13/2026\n", &ReadOptions::default())
            .unwrap_err();
    assert!(matches!(both, ReadError::DateOrder { day_first: 2, month_first: 3, .. }), "{both}");
}

#[test]
fn many_rows_many_batches_few_issues_kept() {
    let mut content = "Mã hồ sơ,Ngày nhận,Đơn vị xử lý,Mức độ hài lòng\n".to_owned();
    for row in 0..150_000 {
        content.push_str(&format!(
            "H{row},05/01/2026 08:30,Phòng {},{}\n",
            row % 7,
            if row % 10 == 0 { 9 } else { 4 }
        ));
    }
    let mut calls = 0;
    let path = write("many.csv", &content);
    let loaded = read_file(&path, &ReadOptions::default(), &mut |done, total| {
        calls += 1;
        assert!(total.is_some_and(|total| done <= total));
        ControlFlow::Continue(())
    })
    .unwrap();
    adds_up(&loaded);
    assert!(calls > 10);
    assert_eq!(
        loaded.batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(),
        [65_536, 65_536, 18_928]
    );
    assert_eq!(loaded.issues.len(), 10_000);
    assert_eq!(loaded.issue_counts.values().sum::<u64>(), 15_000);
    assert_eq!(texts(&loaded.batches[2], "agency").last().unwrap(), &text(&format!("Phòng {}", 149_999 % 7)));
    let stopped = read_file(&path, &ReadOptions::default(), &mut |_, _| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err(), ReadError::Cancelled);
}

/// A messy export, long enough for many pieces and two batches: nothing hangs on the number of threads,
/// and the same text in UTF-16, read by one reader from first to last, gives the same.
#[test]
fn any_number_of_threads_reads_the_same() {
    let path = write("threads.csv", "");
    let planted = Synth::new(70_000, 11).write_csv(&path, true).unwrap();
    let with = |threads| {
        let options = ReadOptions { threads: Some(threads), ..ReadOptions::default() };
        read_file(&path, &options, &mut |_, _| ControlFlow::Continue(())).unwrap()
    };
    let one = with(1);
    adds_up(&one);
    assert_eq!(one.rows_read, planted.rows);
    assert!(one.batches.len() == 2 && !one.issues.is_empty() && !one.set_aside.is_empty());
    let text = std::fs::read_to_string(&path).unwrap();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(&path, utf16).unwrap();
    let serial = with(1);
    std::fs::write(&path, text).unwrap();
    for other in [serial, with(2), with(3), with(7)] {
        assert_eq!(other.batches, one.batches);
        assert_eq!((other.issues, other.issue_counts), (one.issues.clone(), one.issue_counts.clone()));
        assert_eq!((other.set_aside, other.skipped), (one.set_aside.clone(), one.skipped.clone()));
        assert_eq!((other.rows_read, other.mapping), (one.rows_read, one.mapping.clone()));
        assert_eq!(other.row_numbers, one.row_numbers);
    }
}

/// Not a test of time, but its figure is worth a look: `cargo test --release -- --ignored --nocapture`.
#[test]
#[ignore = "slow without optimisation"]
fn a_million_rows() {
    let mut content = "Mã hồ sơ,Mã TTHC,Tên TTHC,Lĩnh vực,Đơn vị giải quyết,Cán bộ xử lý,Chủ hồ sơ,Trạng thái,Hình thức nộp,Ngày tiếp nhận,Ngày hẹn trả,Ngày kết thúc xử lý,Số hóa kết quả,Phí lệ phí\n".to_owned();
    for row in 0..1_000_000_u32 {
        let (day, kind) = (row % 28 + 1, row % 300);
        content.push_str(&format!(
            "H05.01-2601{day:02}-{row:07},1.00{kind:04},Đăng ký thủ tục số {kind},Lĩnh vực {},Phòng {},Cán bộ {},Ẩn,Đã xử lý xong,Trực tuyến,{day:02}/01/2026 08:30,{day:02}/02/2026 17:00,{day:02}/01/2026 15:20:11,Có,15.000\n",
            kind % 20, row % 30, row % 90
        ));
    }
    let path = write("million.csv", &content);
    let loaded = read_file(path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(loaded.rows_read, 1_000_000);
    assert!(loaded.issues.is_empty());
}

#[test]
fn day_numbers_of_a_spreadsheet_saved_as_text() {
    let list = "Mã hồ sơ;Ngày nhận\nA;46027\nB;46027,5\nC;46027.35416667\nD;460270\nE;1234\nF;99999\n";
    let loaded = read("serials.csv", list);
    // 46,027 days after 30 December 1899.
    let expected = ["2026-01-05", "2026-01-05T12:00", "2026-01-05T08:30"].map(|at| Some(at.to_owned()));
    assert_eq!(instants(&loaded.batches[0], "received_at").len(), 3);
    let found = instants(&loaded.batches[0], "received_at");
    for (found, expected) in found.iter().zip(expected) {
        let same =
            |text: &Option<String>| text.as_ref().map(|text| text.parse::<tthc_kpi::Instant>().unwrap());
        assert_eq!(same(found), same(&expected));
    }
    assert_eq!(loaded.set_aside["unreadable_received_at"], 3);
}
