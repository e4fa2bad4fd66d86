//! Reading workbooks: dates, formulas, sheets, and what is not allocated.

use std::ops::ControlFlow;
use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{RecordBatch, StringArray};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tthc_kpi::{Action, Column, Instant, Reason, ValueKind};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, Rule, read_file};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("read_excel_{name}"))
}

fn try_read(name: &str, mut workbook: Workbook, options: &ReadOptions) -> Result<Loaded, ReadError> {
    workbook.save(path(name)).unwrap();
    read_file(path(name), options, &mut |_, _| ControlFlow::Continue(()))
}

#[track_caller]
fn read(name: &str, workbook: Workbook) -> Loaded {
    try_read(name, workbook, &ReadOptions::default()).unwrap()
}

fn sheet(name: &str) -> ReadOptions {
    ReadOptions { sheet: Some(name.into()), ..ReadOptions::default() }
}

fn put(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, text) in (0_u16..).zip(cells) {
        if !text.is_empty() {
            sheet.write_string(row, column, *text).unwrap();
        }
    }
}

fn at(text: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(text).unwrap()
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

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

/// Titles over merged cells, an empty first column, the header in row 7, an index row, a total.
#[test]
fn an_export_as_it_comes() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet().set_name("Danh sách").unwrap();
    let centre = Format::new();
    list.merge_range(0, 1, 0, 8, "UBND PHƯỜNG ĐỒNG NGUYÊN", &centre).unwrap();
    list.merge_range(2, 1, 2, 8, "DANH SÁCH HỒ SƠ NĂM 2026", &centre).unwrap();
    list.merge_range(3, 1, 3, 4, "(Từ ngày 01/01/2026)", &centre).unwrap();
    put(
        list,
        6,
        &[
            "",
            "STT",
            "Mã  hồ sơ ",
            "Nga\u{300}y tie\u{302}\u{301}p\nnha\u{323}\u{302}n",
            "Ngày hẹn trả (*)",
            "Họ tên chủ hồ sơ",
            "Số CCCD/CMND",
            "Trạng thái",
            "Lĩnh vực",
        ],
    );
    put(list, 7, &["", "(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"]);
    put(
        list,
        8,
        &[
            "",
            "1",
            "H05-1",
            "05/01/2026 08:30",
            "",
            "Nguyễn Văn A",
            "079312345678",
            "Đã xử lý xong",
            "Đất đai",
        ],
    );
    let (date, moment) =
        (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("dd/mm/yyyy hh:mm"));
    list.write_datetime_with_format(8, 4, at("2026-01-12T17:00:00"), &moment).unwrap();
    put(list, 10, &["", "2", "H05-2", "", "13/01/2026", "", "", "", "Hộ tịch"]);
    list.write_datetime_with_format(10, 3, at("2026-01-06"), &date).unwrap();
    list.write_number(10, 7, 9).unwrap();
    list.write_number(11, 3, 46_027.5).unwrap();
    list.write_string(11, 2, "H05-3").unwrap();
    put(list, 12, &["", "Tổng cộng: 3"]);
    workbook.add_worksheet().set_name("Ghi chú").unwrap().write_string(0, 0, "Không có gì").unwrap();

    let loaded = read("real.xlsx", workbook);
    let batch = &loaded.batches[0];
    assert!(loaded.issues.is_empty(), "{:?}", loaded.issues);
    assert_eq!((loaded.rows_read, &loaded.row_numbers[..]), (3, &[vec![9, 11, 12]][..]));
    assert_eq!(texts(batch, "dossier_id"), [text("H05-1"), text("H05-2"), text("H05-3")]);
    assert_eq!(
        instants(batch, "received_at"),
        [text("2026-01-05T08:30:00"), text("2026-01-06"), text("2026-01-05T12:00:00")]
    );
    assert_eq!(instants(batch, "due_at"), [text("2026-01-12T17:00:00"), text("2026-01-13"), None]);
    let status: Vec<Option<u8>> =
        batch.column_by_name("status").unwrap().as_primitive::<UInt8Type>().iter().collect();
    assert_eq!(status, [Some(9), Some(9), None]);
    assert_eq!(loaded.skipped.get("total"), Some(&1));
    assert_eq!(loaded.skipped.get("index"), Some(&1));
    assert_eq!(batch.num_columns(), 5);
    assert!(loaded.mapping.iter().all(|mapped| mapped.sheet.as_deref() == Some("Danh sách")));
    let personal = loaded.mapping.iter().filter(|mapped| mapped.rule == Rule::Personal).count();
    assert_eq!(personal, 2);
    let everything = format!("{:?}{:?}", loaded.batches, loaded.mapping);
    assert!(!everything.contains("Nguyễn Văn A") && !everything.contains("079312345678"));
}

#[test]
fn dates_and_numbers_and_times_alone() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet();
    put(list, 0, &["Mã hồ sơ", "Ngày nhận", "Ngày trả"]);
    list.write_string(1, 0, "A").unwrap();
    let time = Format::new().set_num_format("hh:mm");
    list.write_datetime_with_format(
        1,
        1,
        at("2026-01-05T17:00:00"),
        &Format::new().set_num_format("dd/mm/yyyy hh:mm"),
    )
    .unwrap();
    list.write_number_with_format(1, 2, 0.5, &time).unwrap();
    list.write_string(2, 0, "B").unwrap();
    list.write_number(2, 1, 12).unwrap();
    list.write_string(3, 0, "C").unwrap();
    list.write_number(3, 1, 20_260_105_083_000_f64).unwrap();
    list.write_string(4, 0, "D").unwrap();
    list.write_datetime_with_format(
        4,
        1,
        at("2026-01-05T23:59:59"),
        &Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"),
    )
    .unwrap();
    let loaded = read("times.xlsx", workbook);
    // A: a return at noon of no day. B: a number that is no date. Neither is guessed at.
    assert_eq!(
        instants(&loaded.batches[0], "received_at"),
        [text("2026-01-05T08:30:00"), text("2026-01-05T23:59:59")]
    );
    assert_eq!(loaded.row_numbers, [[4, 5]]);
    let kinds: Vec<(u64, ValueKind)> = loaded.issues.iter().map(|issue| (issue.row, issue.kind)).collect();
    assert_eq!(kinds, [(2, ValueKind::Date), (3, ValueKind::Number)]);
}

#[test]
fn numbers_stay_exact() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet();
    put(list, 0, &["Mã hồ sơ", "Ngày nhận", "Mã TTHC", "Phí, lệ phí", "Số lần bổ sung", "Số hóa kết quả"]);
    for (row, (fee, count)) in (1_u32..).zip([(0.1 + 0.2, 1.0), (15_000.5, 2.5), (1e15, -1.0), (0.07, 3.0)]) {
        list.write_number(row, 0, 260_105_000 + row).unwrap();
        list.write_string(row, 1, "05/01/2026").unwrap();
        list.write_number(row, 2, 1.00513).unwrap();
        list.write_number(row, 3, fee).unwrap();
        list.write_number(row, 4, count).unwrap();
        list.write_boolean(row, 5, row == 1).unwrap();
    }
    list.write_number(5, 0, 1.234_567_890_123_456_8e17).unwrap();
    list.write_string(5, 1, "05/01/2026").unwrap();
    let loaded = read("numbers.xlsx", workbook);
    let batch = &loaded.batches[0];
    assert_eq!(
        texts(batch, "dossier_id"),
        [text("260105001"), text("260105002"), text("260105003"), text("260105004"), None]
    );
    assert_eq!(texts(batch, "procedure_code")[0], text("1.005130"));
    let fees: Vec<Option<i128>> =
        batch.column_by_name("amount_due").unwrap().as_primitive::<Decimal128Type>().iter().collect();
    // 0.30000000000000004 is not rounded to 0.30: nobody charged it.
    assert_eq!(fees, [None, Some(1_500_050), Some(100_000_000_000_000_000), Some(7), None]);
    let counts: Vec<Option<u32>> =
        batch.column_by_name("supplement_requests").unwrap().as_primitive::<UInt32Type>().iter().collect();
    assert_eq!(counts, [Some(1), None, None, Some(3), None]);
    assert_eq!(
        loaded.issue_counts.get(&(Some(Column::DossierId), Reason::OutOfRange, Action::Unknown)),
        Some(&1)
    );
    assert_eq!(loaded.issues.len(), 4);
}

#[test]
fn formulas_and_errors() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet();
    put(list, 0, &["Mã hồ sơ", "Ngày nhận", "Ngày hẹn trả", "Lĩnh vực"]);
    put(list, 1, &["A", "05/01/2026", "", ""]);
    list.write_formula(1, 3, Formula::new("=D9").set_result("Đất đai")).unwrap();
    put(list, 2, &["B", "05/01/2026"]);
    list.write_formula(2, 2, Formula::new("=C2+5").set_result("46032")).unwrap();
    put(list, 3, &["C", "05/01/2026"]);
    list.write_formula(3, 2, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    put(list, 4, &["D", "05/01/2026"]);
    list.write_formula(4, 3, Formula::new("=D99").set_result("")).unwrap();
    let loaded = read("formulas.xlsx", workbook);
    let batch = &loaded.batches[0];
    assert_eq!(texts(batch, "dossier_id"), [text("A"), text("B"), text("D")]);
    assert_eq!(instants(batch, "due_at"), [None, text("2026-01-10"), None]);
    assert_eq!(texts(batch, "field")[0], text("Đất đai"));
    assert_eq!(loaded.set_aside, [("unreadable_due_at".to_owned(), 1)].into());
    assert_eq!(loaded.issues[0].kind, ValueKind::Error);
}

#[test]
fn which_sheet() {
    let two = || {
        let mut workbook = Workbook::new();
        for (name, id) in [("Tháng 1", "A"), ("Tháng 2", "B"), ("Bìa", "")] {
            let list = workbook.add_worksheet().set_name(name).unwrap();
            if !id.is_empty() {
                put(list, 0, &["Đơn vị giải quyết", "Ngày nhận"]);
                put(list, 1, &[id, "05/01/2026"]);
            }
        }
        workbook
    };
    let error = try_read("two.xlsx", two(), &ReadOptions::default()).unwrap_err();
    assert_eq!(
        error,
        ReadError::SeveralSheets {
            file: "read_excel_two.xlsx".into(),
            sheets: vec!["Tháng 1".into(), "Tháng 2".into()],
            lacking: vec!["Tháng 1".into(), "Tháng 2".into()],
        }
    );
    let loaded = try_read("two.xlsx", two(), &sheet("tháng 2")).unwrap();
    assert_eq!(texts(&loaded.batches[0], "agency"), [text("B")]);
    let error = try_read("two.xlsx", two(), &sheet("Tháng 3")).unwrap_err();
    assert!(matches!(&error, ReadError::NoSuchSheet { nearest: Some(_), .. }), "{error}");
    let error = try_read("two.xlsx", two(), &sheet("Bìa")).unwrap_err();
    assert!(matches!(&error, ReadError::Empty { sheets, .. } if sheets == &["Bìa"]), "{error}");
    let mut none = Workbook::new();
    none.add_worksheet().set_name("Trống").unwrap();
    let error = try_read("none.xlsx", none, &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("Trống") && error.code() == "empty", "{error}");
}

/// A cell in the last corner of a sheet: the whole rectangle would be 17 billion cells.
#[test]
fn a_far_cell_costs_nothing() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet();
    put(list, 0, &["Mã hồ sơ", "Ngày nhận"]);
    put(list, 1, &["A", "05/01/2026"]);
    list.write_string(1_048_575, 16_383, "x").unwrap();
    let loaded = read("bomb.xlsx", workbook);
    assert!(std::fs::metadata(path("bomb.xlsx")).unwrap().len() < 10_000);
    assert_eq!((loaded.rows_read, loaded.batches[0].num_rows()), (1, 1));
    assert_eq!(loaded.skipped, [("note".to_owned(), 1)].into());
}

#[test]
fn a_broken_workbook_is_an_error_without_foreign_text() {
    std::fs::write(path("broken.xlsx"), b"PK\x03\x04 nothing of use 079312345678").unwrap();
    let error =
        read_file(path("broken.xlsx"), &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()))
            .unwrap_err();
    assert_eq!(error.code(), "malformed");
    assert!(!format!("{error} {error:?} {}", error.vi()).contains("079312345678"));
}

#[test]
fn strict_and_stopped() {
    let book = || {
        let mut workbook = Workbook::new();
        let list = workbook.add_worksheet();
        put(list, 0, &["Mã hồ sơ", "Ngày nhận", "Trạng thái"]);
        put(list, 1, &["A", "05/01/2026", "12"]);
        workbook
    };
    assert_eq!(read("strict.xlsx", book()).batches[0].num_rows(), 1);
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    let error = try_read("strict.xlsx", book(), &strict).unwrap_err();
    assert_eq!(
        error.to_string(),
        "read_excel_strict.xlsx, sheet Sheet1, row 2, column \"Trạng thái\": out_of_range (number); expected a status 1 to 10 or its name; \
         map other words: values={\"status\": {\"the word\": \"returned\"}}"
    );
    let stopped = read_file(path("strict.xlsx"), &ReadOptions::default(), &mut |_, _| ControlFlow::Break(()));
    assert_eq!(stopped.unwrap_err(), ReadError::Cancelled);
}

/// A workbook written by hand, part by part, stored without compression: for what the writer of the
/// other tests cannot be made to write.
fn by_hand(name: &str, book: &str, rows: &str) -> Loaded {
    try_by_hand(name, book, "", rows).unwrap()
}

fn try_by_hand(name: &str, book: &str, size: &str, rows: &str) -> Result<Loaded, ReadError> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const REL: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PKG: &str = "http://schemas.openxmlformats.org/package/2006";
    let header = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Mã hồ sơ</t></is></c>\
                  <c r=\"B1\" t=\"inlineStr\"><is><t>Ngày nhận</t></is></c>\
                  <c r=\"C1\" t=\"inlineStr\"><is><t>Ngày hẹn trả</t></is></c>\
                  <c r=\"D1\" t=\"inlineStr\"><is><t>Lĩnh vực</t></is></c></row>";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "{HEAD}<Types xmlns=\"{PKG}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
                 ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PKG}/relationships\"><Relationship Id=\"r1\" Type=\"{REL}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{REL}\">{book}<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PKG}/relationships\"><Relationship Id=\"r1\" Type=\"{REL}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(
                "{HEAD}<worksheet xmlns=\"{MAIN}\">{size}<sheetData>{header}{rows}</sheetData></worksheet>"
            ),
        ),
    ];
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (part, content) in &parts {
        let start = u32::try_from(file.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap();
        let mut common = vec![20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32(content.as_bytes()).to_le_bytes());
        common.extend([size.to_le_bytes(), size.to_le_bytes()].concat());
        common.extend(u16::try_from(part.len()).unwrap().to_le_bytes());
        file.extend(
            [b"PK\x03\x04".as_slice(), &common, &[0, 0], part.as_bytes(), content.as_bytes()].concat(),
        );
        directory.extend(
            [b"PK\x01\x02\x14\x00".as_slice(), &common, &[0; 12], &start.to_le_bytes(), part.as_bytes()]
                .concat(),
        );
    }
    let (at, length) = (u32::try_from(file.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    file.extend(directory);
    let count = u16::try_from(parts.len()).unwrap().to_le_bytes();
    file.extend(
        [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &length.to_le_bytes(), &at.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    std::fs::write(path(name), file).unwrap();
    read_file(path(name), &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()))
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 },
        )
    })
}

/// As a program writes it that does not calculate: there is a value, and it is not nothing.
#[test]
fn a_formula_never_computed_is_told_as_one_and_not_as_a_blank() {
    let rows = "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>A</t></is></c><c r=\"B2\"><v>46027</v></c><c r=\"C2\"><f>B2+5</f></c></row>\
                <row r=\"3\"><c r=\"A3\" t=\"inlineStr\"><is><t>B</t></is></c><c r=\"B3\"><v>46027</v></c><c r=\"C3\"/>\
                <c r=\"D3\"><f>D9</f><v></v></c></row>\
                <row r=\"4\"><c r=\"A4\"/><c r=\"B4\"/></row>";
    let loaded = by_hand("uncomputed.xlsx", "", rows);
    assert_eq!((loaded.rows_read, &loaded.set_aside), (2, &[("not_computed_due_at".to_owned(), 1)].into()));
    let told: Vec<_> =
        loaded.issues.iter().map(|issue| (issue.row, issue.column, issue.kind, issue.action)).collect();
    assert_eq!(
        told,
        [
            (2, Some(Column::DueAt), ValueKind::Formula, Action::SetAside),
            (3, Some(Column::Field), ValueKind::Formula, Action::Unknown)
        ]
    );
    for issue in &loaded.issues {
        assert_eq!(issue.reason, Reason::NotComputed);
        assert!(issue.expected.vi.contains("mở tệp bằng Excel, lưu lại"), "{}", issue.expected.vi);
        assert!(issue.to_string().contains("open the file in Excel, save it"), "{issue}");
    }
    std::fs::copy(path("uncomputed.xlsx"), path("uncomputed_strict.xlsx")).unwrap();
    let strict = ReadOptions { strict: true, ..ReadOptions::default() };
    let stopped = read_file(path("uncomputed_strict.xlsx"), &strict, &mut |_, _| ControlFlow::Continue(()));
    assert!(stopped.unwrap_err().vi().contains("công thức chưa có kết quả"));
}

#[test]
fn the_1904_calendar() {
    let rows =
        "<row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>A</t></is></c><c r=\"B2\"><v>44565.5</v></c></row>";
    let loaded = by_hand("1904.xlsx", "<workbookPr date1904=\"1\"/>", rows);
    assert_eq!(instants(&loaded.batches[0], "received_at"), [text("2026-01-05T12:00:00")]);
}

/// Sizes and places that overflow where they are computed with: an error, never a panic.
#[test]
fn what_overflows_is_malformed() {
    let row = "<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"B2\"><v>46027</v></c></row>";
    let far = format!("{row}<row r=\"3\"><c r=\"ZZZZZZZZZZ3\"><v>1</v></c></row>");
    for (name, size, rows) in [
        ("size.xlsx", "<dimension ref=\"B2:A1\"/>", row),
        ("column.xlsx", "", far.as_str()),
        ("row.xlsx", "", "<row r=\"99999999999\"><c><v>1</v></c></row>"),
    ] {
        let error = try_by_hand(name, "", size, rows).unwrap_err();
        assert!(matches!(error.code(), "malformed" | "too_large"), "{name}: {error}");
    }
}

/// Rows of one block and the next, and a fault far below the header: the rows above it are not all
/// there are, so nothing is given out.
#[test]
fn a_fault_far_down_and_a_stop_half_way() {
    let row = |at: usize| {
        format!(
            "<row r=\"{at}\"><c r=\"A{at}\" t=\"inlineStr\"><is><t>H{at}</t></is></c><c r=\"B{at}\"><v>46027</v></c></row>"
        )
    };
    let rows: String = (2..=20_001).map(row).collect();
    let loaded = by_hand("long.xlsx", "", &rows);
    assert_eq!(loaded.rows_read, 20_000);
    assert_eq!(loaded.row_numbers.concat(), (2..=20_001).collect::<Vec<u64>>());
    let ids = texts(&loaded.batches[0], "dossier_id");
    assert!((2..).zip(&ids).all(|(at, id)| *id == Some(format!("H{at}"))));

    for fault in
        ["<row r=\"20002\"><c r=\"A20002\"><x/></c></row>", "<row r=\"7\"><c r=\"A7\"><v>1</v></c></row>"]
    {
        let error = try_by_hand("fault.xlsx", "", "", &format!("{rows}{fault}")).unwrap_err();
        assert_eq!(error.code(), "malformed");
    }
    let mut calls = 0;
    let stopped = read_file(path("long.xlsx"), &ReadOptions::default(), &mut |rows, _| {
        calls += 1;
        if rows < 8_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!((stopped.unwrap_err(), calls), (ReadError::Cancelled, 2));
}

#[test]
fn dates_exchanged_by_a_spreadsheet_are_not_believed() {
    // 01/02 to 12/02 opened with American dates: 2 January to 2 December; 13/02 and after stay texts.
    let made = |dates: u32, texts: u32, first: u32| {
        let mut workbook = Workbook::new();
        let list = workbook.add_worksheet();
        put(list, 0, &["Mã hồ sơ", "Ngày nhận"]);
        let format = Format::new().set_num_format("mm/dd/yyyy");
        for at in 0..dates {
            let date = ExcelDateTime::from_ymd(2026, u8::try_from(at + 1).unwrap(), 2).unwrap();
            list.write_string(at + 1, 0, "A").unwrap();
            list.write_datetime_with_format(at + 1, 1, &date, &format).unwrap();
        }
        for at in 0..texts {
            put(list, dates + 1 + at, &["B", &format!("{}/02/2026", first + at)]);
        }
        workbook
    };
    let error = try_read("american.xlsx", made(12, 5, 13), &ReadOptions::default()).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("Ngày nhận")), ("exchanged_dates", true));
    assert!(error.vi().contains("kiểu Mỹ") && error.vi().contains("Ngày nhận"));
    // Few, or a text whose day could be a month: that is no proof.
    for (name, dates, texts, first) in
        [("few.xlsx", 4, 5, 13), ("one.xlsx", 12, 2, 13), ("open.xlsx", 12, 5, 12)]
    {
        assert!(try_read(name, made(dates, texts, first), &ReadOptions::default()).is_ok(), "{name}");
    }
}
