//! Which rows of a register are entries and which cells are values: every reason, and where each row went.

mod registers;

use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Date32Array, Float64Array, RecordBatch, UInt32Array};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use tthc_kpi::{
    Action, ArchivedResult, AssignedTask, Measure, Petition, Plan, Procedure, Query, Reason, Record,
    Register, RegisterTable, Registers, ResultStatus, Review,
};
use tthc_kpi_arrow::read::{
    ReadError, ReadOptions, RegisterError, RegisterOptions, merge_registers, read_file, read_register,
    read_registers,
};
use tthc_kpi_arrow::{Dossiers, Duplicates, synth};

use registers::{Grid, batch, csv_file, day, error, from_batch, path};

#[track_caller]
fn read<T: Record>(name: &str, rows: Grid<'_>) -> RegisterTable<T> {
    read_register(csv_file(name, rows), &RegisterOptions::default()).unwrap()
}

/// Real dates, serial numbers, counts and truth values of a spreadsheet and of a typed table.
#[test]
fn typed_cells() {
    let file = path("typed.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, header) in (0_u16..).zip([
        "Mã kết quả",
        "Số kết quả còn hiệu lực",
        "Số kết quả đã số hóa",
        "Ngày số hóa",
        "Còn hiệu lực",
    ]) {
        sheet.write_string(3, column, header).unwrap();
    }
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let at = ExcelDateTime::parse_from_str("2026-02-20").unwrap();
    sheet.write_number(4, 0, 17).unwrap();
    sheet.write_number(4, 1, 120).unwrap();
    sheet.write_number(4, 2, 118.0).unwrap();
    sheet.write_datetime_with_format(4, 3, &at, &date).unwrap();
    sheet.write_boolean(4, 4, true).unwrap();
    sheet.write_number(5, 1, 120).unwrap();
    sheet.write_number(5, 2, 0.97).unwrap();
    sheet.write_number(6, 1, 120).unwrap();
    sheet.write_number(6, 3, 46_073).unwrap();
    book.save(&file).unwrap();
    let sheet: RegisterTable<ArchivedResult> = read_register(&file, &RegisterOptions::default()).unwrap();
    let first = ArchivedResult {
        id: Some("17".into()),
        results: Some(120),
        results_digitised: Some(118),
        digitised_on: day("2026-02-20"),
        valid: Some(true),
        ..ArchivedResult::default()
    };
    assert_eq!(sheet.rows()[0], (5, first.clone()));
    assert_eq!(sheet.set_aside()["unreadable_results_digitised"], 1, "0.97 is no count");
    assert_eq!(sheet.rows()[1].1.digitised_on, day("2026-02-20"), "a serial number");

    let columns: [(&str, ArrayRef); 5] = [
        ("id", Arc::new(UInt32Array::from(vec![17]))),
        ("results", Arc::new(Float64Array::from(vec![120.0]))),
        ("results_digitised", Arc::new(UInt32Array::from(vec![118]))),
        ("digitised_on", Arc::new(Date32Array::from(vec![20_504]))),
        ("valid", Arc::new(BooleanArray::from(vec![true]))),
    ];
    let table: RegisterTable<ArchivedResult> =
        from_batch(RecordBatch::try_from_iter(columns).unwrap(), &RegisterOptions::default()).unwrap();
    assert_eq!(table.rows(), [(1, first)]);
}

/// Titles, headings over two rows, "(1) (2)", the heading once more, blank rows, totals.
#[test]
fn rows_that_are_no_entries() {
    let rows: Grid<'_> = &[
        &["UBND PHƯỜNG", "", "", "", "", ""],
        &["KHO KẾT QUẢ", "", "", "", "", ""],
        &["STT", "Đơn vị lưu giữ", "Lĩnh vực", "Kết quả còn hiệu lực", "", "Ngày số hóa"],
        &["", "", "", "Tổng số", "Trong đó đã số hóa", ""],
        &["(1)", "(2)", "(3)", "(4)", "(5)=(4)", "(6)"],
        &["1", "2", "3", "4", "5", "6"],
        &["1", "VP", "Hộ tịch", "120", "118", "20/02/2026"],
        &["", "", "", "", "", ""],
        &["STT", "Đơn vị lưu giữ", "Lĩnh vực", "Kết quả còn hiệu lực", "", "Ngày số hóa"],
        &["", "", "", "Tổng số", "Trong đó đã số hóa", ""],
        &["2", "VH", "Văn hóa", "3", "2", ""],
        &["3", "", "", "", "", ""],
        &["Tổng cộng", "", "", "123", "120", ""],
    ];
    let table: RegisterTable<ArchivedResult> = read("no_entries", rows);
    assert_eq!(table.rows().len(), 2);
    assert_eq!((table.rows()[0].0, table.rows()[0].1.results_digitised), (7, Some(118)));
    let skipped: Vec<(&str, u64)> = table.skipped().iter().map(|(what, n)| (what.as_str(), *n)).collect();
    assert_eq!(skipped, [("blank", 2), ("heading", 2), ("index", 2), ("total", 1)]);
    assert!(table.issues().is_empty());
    // A row of small counts is no numbering.
    let counts: RegisterTable<Review> =
        read("counts", &[&["Nhóm rà soát", "Số phương án"], &["1", "2"], &["2", "3"]]);
    assert_eq!(counts.rows().len(), 2);
    // Nor a task called a total when it has a date.
    let tasks: RegisterTable<AssignedTask> = read(
        "totals",
        &[&["Nhiệm vụ", "Ngày giao"], &["Tổng số hồ sơ: rà soát", "01/02/2026"], &["Tổng số hồ sơ: 2", ""]],
    );
    assert_eq!((tasks.rows().len(), tasks.skipped()["total"]), (1, 1));
}

/// A heading over "Năm 2024" and "Hiện nay" says which is which.
#[test]
fn headings_over_two_columns() {
    let rows: Grid<'_> = &[
        &["Mã TTHC", "Thời gian giải quyết (ngày làm việc)", "", "Chi phí tuân thủ (đồng)", ""],
        &["", "Năm 2024", "Hiện nay", "Năm 2024", "Hiện nay"],
        &["1.001193", "5", "2", "100000", "40000"],
    ];
    let table: RegisterTable<Procedure> = read("over", rows);
    let entry = &table.rows()[0].1;
    assert_eq!((entry.time_2024, entry.time_now), (Some(5), Some(2)));
    assert_eq!((entry.cost_2024, entry.cost_now), (Some(100_000.into()), Some(40_000.into())));
    // Alone they could be either.
    let error = error::<Procedure>("under", &[&["Mã TTHC", "Năm 2024"], &["1.001193", "5"]]);
    let ReadError::Register(RegisterError::AmbiguousHeader { header, columns, .. }) = &error else {
        panic!("{error}")
    };
    assert_eq!((header.as_str(), columns.len(), error.code()), ("Năm 2024", 2, "ambiguous_header"));
    assert!(
        error.to_string().contains("procedures.time_2024")
            && error.vi().contains("Chi phí tuân thủ năm 2024")
    );
}

/// A header that counts in another unit is not the column.
#[test]
fn other_units_are_not_read() {
    let table: RegisterTable<Procedure> = read(
        "units",
        &[
            &["Mã TTHC", "Tên TTHC", "Chi phí tuân thủ năm 2024 (nghìn đồng)", "Thời hạn giải quyết (giờ)"],
            &["1.001193", "Khai sinh", "100", "8"],
        ],
    );
    let names: Vec<&str> = table.columns().iter().map(|column| column.name()).collect();
    assert_eq!(names, ["code", "name"]);
    let table: RegisterTable<ArchivedResult> = read(
        "percent",
        &[&["Lĩnh vực", "Số kết quả còn hiệu lực", "Số kết quả đã số hóa (%)"], &["Hộ tịch", "120", "97"]],
    );
    assert_eq!(table.columns().len(), 2);
}

#[test]
fn header_forms() {
    // NFD, capitals, spaces, notes; anywhere in the first 50 rows, not after.
    let header: &[&str] =
        &["Ma\u{303} PAKN [bắt buộc]", "HẠN  XỬ LÝ:", "Nga\u{300}y tra\u{309} lo\u{31b}\u{300}i"];
    let entry: &[&str] = &["PA1", "10/03/2026", "09/03/2026"];
    let title: &[&str] = &["Sổ", "", ""];
    for above in [0, 49] {
        let mut rows = vec![title; above];
        rows.extend([header, entry]);
        let table: RegisterTable<Petition> = read("forms", &rows);
        assert_eq!(table.rows().len(), 1, "{above}");
        assert_eq!(table.rows()[0].1.resolved, day("2026-03-09"));
    }
    let mut rows = vec![title; 50];
    rows.extend([header, entry]);
    assert_eq!(error::<Petition>("forms_late", &rows).code(), "no_header");
}

#[test]
fn dates_day_first_unless_proven() {
    let header: &[&str] = &["Mã PAKN", "Hạn xử lý", "Ngày trả lời"];
    let table: RegisterTable<Petition> =
        read("month_first", &[header, &["1", "03/25/2026", "05/01/2026"], &["2", "03/04/2026", ""]]);
    // Of the column that proves it, and of no other.
    assert_eq!((table.rows()[1].1.due, table.rows()[0].1.resolved), (day("2026-03-04"), day("2026-01-05")));
    assert!(table.set_aside().is_empty());
    assert_eq!(table.month_first(), [Register::Petitions.column("due").unwrap()]);
    let error =
        error::<Petition>("both_orders", &[header, &["1", "03/25/2026", ""], &["2", "25/03/2026", ""]]);
    let ReadError::DateOrder { source_name, day_first, month_first, .. } = error else { panic!("{error}") };
    assert_eq!((source_name.as_str(), day_first, month_first), ("Hạn xử lý", 3, 2));
}

#[test]
fn the_callers_word() {
    let rows: Grid<'_> =
        &[&["Mã PAKN", "Xong trước", "Hạn xử lý", "Ngày trả lời"], &["1", "10/03/2026", "11/03/2026", ""]];
    let file = csv_file("mapping", rows);
    let with = |pairs: &[(&str, &str)]| RegisterOptions {
        mapping: pairs.iter().map(|(header, name)| ((*header).to_owned(), (*name).to_owned())).collect(),
        ..RegisterOptions::default()
    };
    let read = |pairs: &[(&str, &str)]| read_register::<Petition>(&file, &with(pairs));
    for name in ["due", "petitions.due", "Hạn giải quyết"] {
        assert_eq!(read(&[("XONG TRƯỚC", name)]).unwrap().rows()[0].1.due, day("2026-03-10"), "{name}");
    }
    let ignored = read(&[("Hạn xử lý", "ignore")]).unwrap();
    assert!(ignored.lacks(Register::Petitions.column("due").unwrap()));
    let error = read(&[("Xong trước", "duee")]).unwrap_err();
    let ReadError::UnknownColumn { source, .. } = &error else { panic!("{error}") };
    assert_eq!(source.nearest.as_deref(), Some("due"));
    assert_eq!(read(&[("Xong trước", "tasks.due")]).unwrap_err().code(), "unknown_column");
    assert_eq!(read(&[("Xong truoc", "due")]).unwrap_err().code(), "absent_header");
    assert_eq!(read(&[("Họ và tên", "agency")]).unwrap_err().code(), "personal");
    assert_eq!(read(&[("Người phản ánh", "agency")]).unwrap_err().code(), "personal");
    // Of several registers: a bare name for each that has it, and every header in some sheet.
    let all = read_registers(&file, &with(&[("Xong trước", "due")])).unwrap();
    assert_eq!(all.petitions.unwrap().rows()[0].1.due, day("2026-03-10"));
    assert_eq!(read_registers(&file, &with(&[("Xong truoc", "due")])).unwrap_err().code(), "absent_header");
    assert_eq!(read_registers(&file, &with(&[("Xong trước", "duee")])).unwrap_err().code(), "unknown_column");
}

/// A mark before three digits stands between thousands, unless other amounts of the table show otherwise;
/// those of one column hold for the other.
#[test]
fn marks_of_amounts_are_decided_by_the_table() {
    let header: &[&str] =
        &["Mã TTHC", "Chi phí tuân thủ năm 2024 (đồng)", "Chi phí tuân thủ hiện nay (đồng)"];
    for (costs, read_as) in [
        // Nothing shows otherwise, or the same is shown.
        ([["15,000", ""], ["20.500", "12"]], [[Some("15000"), None], [Some("20500"), Some("12")]]),
        ([["15,000", "1,500,000"], ["", ""]], [[Some("15000"), Some("1500000")], [None, None]]),
        ([["15.000", "1.234.567"], ["", ""]], [[Some("15000"), Some("1234567")], [None, None]]),
        ([["15,500", "1,234,567.50"], ["", ""]], [[Some("15500"), Some("1234567.5")], [None, None]]),
        // Here the comma stands before decimals, or the dot between thousands; then the other way round.
        ([["15,500", "15,5"], ["", ""]], [[None, Some("15.5")], [None, None]]),
        ([["15,500", "1.234.567"], ["3.000", ""]], [[None, Some("1234567")], [Some("3000"), None]]),
        ([["", "500.000"], ["", "15000.000"]], [[None, None], [None, Some("15000")]]),
    ] {
        let [first, second] = costs;
        let grid: Grid<'_> = &[header, &["1.1", first[0], first[1]], &["1.2", second[0], second[1]]];
        let table: RegisterTable<Procedure> = read("amounts", grid);
        let rows = table.rows().iter().map(|(_, row)| [row.cost_2024, row.cost_now]);
        let found: Vec<_> = rows.map(|row| row.map(|cost| cost.map(|cost| cost.to_string()))).collect();
        let expected: Vec<_> = read_as.iter().map(|row| row.map(|text| text.map(str::to_owned))).collect();
        let refused = costs.iter().flatten().filter(|text| !text.is_empty()).count()
            - expected.iter().flatten().flatten().count();
        assert_eq!((found, table.issues().len()), (expected, refused), "{costs:?}");
        for issue in table.issues() {
            assert_eq!((issue.reason, issue.action), (Reason::Unreadable, Action::Unknown));
            assert!(issue.expected.vi.contains("một cách viết dấu chấm, dấu phẩy"), "{}", issue.expected.vi);
        }
    }
    // With the months of a day shown by one column and the marks by another, both hold.
    let rows: Grid<'_> = &[
        &["Nhóm rà soát", "Ngày gửi kết quả", "Chi phí trước", "Chi phí sau"],
        &["A.I.1", "03/25/2026", "1.234.567", "15,500"],
        &["A.I.2", "03/04/2026", "", ""],
    ];
    let table: RegisterTable<Review> = read("amounts_and_days", rows);
    assert_eq!((table.rows()[1].1.submitted, table.issues().len()), (day("2026-03-04"), 1));
}

/// A date that a day is set aside for, and one that is not.
#[test]
fn a_formula_never_computed_is_told_as_one() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["Mã PAKN", "Hạn xử lý", "Công khai"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for (row, id) in (1..).zip(["1", "2"]) {
        sheet.write_string(row, 0, id).unwrap();
    }
    // No value at all, as programs write it that do not calculate.
    sheet.write_formula(1, 1, rust_xlsxwriter::Formula::new("=A1+5").set_result("?")).unwrap();
    sheet.write_formula(2, 2, rust_xlsxwriter::Formula::new("=A1").set_result("?")).unwrap();
    let file = path("uncomputed.xlsx");
    workbook.save(&file).unwrap();
    without_values(&file);
    let table = read_register::<Petition>(&file, &RegisterOptions::default()).unwrap();
    assert_eq!(
        (table.read(), table.set_aside().get("not_computed_due")),
        (2, Some(&1)),
        "{:?}",
        table.issues()
    );
    let told: Vec<_> = table.issues().iter().map(|issue| (issue.row, issue.reason, issue.action)).collect();
    assert_eq!(told, [(2, Reason::NotComputed, Action::SetAside), (3, Reason::NotComputed, Action::Unknown)]);
    assert!(table.issues()[1].expected.vi.contains("mở tệp bằng Excel"));
}

/// Takes the cached values of formulas out of a workbook.
fn without_values(file: &PathBuf) {
    let mut from = zip::ZipArchive::new(File::open(file).unwrap()).unwrap();
    let mut parts = Vec::new();
    for at in 0..from.len() {
        let mut part = from.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), Vec::new());
        std::io::Read::read_to_end(&mut part, &mut text).unwrap();
        parts.push((name, text));
    }
    let mut to = zip::ZipWriter::new(File::create(file).unwrap());
    for (name, text) in parts {
        to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        let text = String::from_utf8(text).unwrap();
        let text = text.replace("<v>?</v>", "<v></v>").replace(" t=\"str\"", "");
        std::io::Write::write_all(&mut to, text.as_bytes()).unwrap();
    }
    to.finish().unwrap();
}

#[test]
fn a_row_of_other_fields_is_set_aside() {
    let table: RegisterTable<Petition> = read(
        "ragged",
        &[&["Mã PAKN", "Hạn xử lý", "Công khai"], &["1", "10/03/2026"], &["2", "", "", ""], &["3", "", "x"]],
    );
    assert_eq!((table.rows().len(), table.set_aside()["unreadable_row"]), (1, 2));
    assert!(table.issues()[0].to_string().ends_with("expected 3 fields, as the header row has"));
}

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/so-dong-nguyen-2026.xlsx");

#[test]
fn the_sample_is_what_the_generator_makes() {
    let made = path("sample.xlsx");
    synth::registers(&made).unwrap();
    let same = std::fs::read(&made).unwrap() == std::fs::read(SAMPLE).unwrap();
    assert!(same, "make it anew: cp {} examples/so-dong-nguyen-2026.xlsx", made.display());
}

#[test]
fn the_sample_has_the_faults_planted_and_no_other() {
    let planted = synth::registers(path("planted.xlsx")).unwrap();
    let all = read_registers(SAMPLE, &RegisterOptions::default()).unwrap();
    assert_eq!(all.present().count(), Register::ALL.len());
    fn check<T: Record>(table: &Option<RegisterTable<T>>, planted: &synth::RegistersSummary) {
        let (table, register) = (table.as_ref().unwrap(), T::REGISTER);
        assert_eq!(table.read(), planted.rows[&register], "{register}");
        assert_eq!(*table.set_aside(), planted.set_aside.get(&register).cloned().unwrap_or_default());
        let mut unknown = std::collections::BTreeMap::new();
        for issue in table.issues().iter().filter(|issue| issue.action == Action::Unknown) {
            let what = format!("{}_{}", issue.reason, issue.column.unwrap().name());
            *unknown.entry(what).or_insert(0) += 1;
        }
        assert_eq!(unknown, planted.unknown.get(&register).cloned().unwrap_or_default(), "{register}");
    }
    check(&all.procedures, &planted);
    check(&all.petitions, &planted);
    check(&all.tasks, &planted);
    check(&all.reviews, &planted);
    check(&all.archive, &planted);
    check(&all.plan_tasks, &planted);
    check(&all.declared, &planted);
    let procedures = all.procedures.unwrap();
    let blank = procedures.rows().iter().filter(|(_, row)| row.fee_bearing.is_none());
    assert_eq!(blank.count(), 13, "three blanks, ten internal ones");
    let every: Vec<&str> = procedures.columns().iter().map(|column| column.name()).collect();
    assert_eq!(every.len(), Register::Procedures.columns().count(), "every column is there");
}

/// With the dossiers of the same year every indicator of the registers has a figure; some targets are met,
/// some missed.
#[test]
fn the_sample_answers_every_indicator_of_the_registers() {
    let dossiers = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/hoso-dong-nguyen-2026.xlsx");
    let loaded = read_file(dossiers, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(())).unwrap();
    let dossiers = Dossiers::from_loaded([loaded], Duplicates::Resolve).unwrap();
    let plan = Plan::builtin("dong-nguyen-2026").unwrap();
    let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
    let mut registers = Registers::of_plan(&plan);
    merge_registers(&mut registers, read_registers(SAMPLE, &RegisterOptions::default()).unwrap());
    let card = dossiers.tally(&query).unwrap().scorecard_with(&registers).unwrap();
    let (mut met, mut missed) = (0, 0);
    // Those of payments count procedures of dossiers too.
    let of_registers = |measure: Measure| {
        measure.register().is_some() && !matches!(measure, Measure::PaymentUsed | Measure::PaymentUsedOffered)
    };
    for indicator in plan.indicators().iter().filter(|indicator| of_registers(indicator.measure)) {
        let result = &card[indicator.id.as_str()];
        println!("{}: {:?} {:?}", indicator.id, result.percent, result.status);
        match result.status {
            ResultStatus::Met => met += 1,
            ResultStatus::Missed => missed += 1,
            status => panic!("{}: {status:?}", indicator.id),
        }
    }
    assert!(met >= 8 && missed >= 8, "{met} met, {missed} missed");
    let listed = registers.procedures.unwrap();
    let listed = |code: &str| listed.rows().iter().any(|(_, row)| row.code.as_deref() == Some(code));
    assert!(listed("1.001193") && !listed("1.008901") && !listed("1.010736"));
}

/// Cells a hurried office types.
fn messy_cell() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just(String::new()),
        1 => prop::sample::select(vec![
            "PA1", "PA2", "x", "Chưa", "10/03/2026", "12/31/2026", "31/12/2026", "2026-05-05", "97%", "0,97", "-3", "0", "1",
            "1.234", "1.234.567 đ", "Tổng cộng", "(1)", "(2)", "Mã PAKN", "Hạn xử lý", "-", "Đang xử lý", "hôm nào",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Rows read = rows that count + rows set aside; with those skipped, all rows there are.
    #[test]
    fn no_row_is_lost(rows in prop::collection::vec(prop::collection::vec(messy_cell(), 5), 0..30)) {
        let header = ["Mã PAKN", "Ngày nhận", "Hạn xử lý", "Ngày trả lời", "Công khai"];
        let grid: Vec<Vec<&str>> = std::iter::once(header.to_vec())
            .chain(rows.iter().map(|row| row.iter().map(String::as_str).collect()))
            .collect();
        let grid: Vec<&[&str]> = grid.iter().map(Vec::as_slice).collect();
        let whole = |table: &RegisterTable<Petition>| {
            let skipped: u64 = table.skipped().values().sum();
            let aside: u64 = table.set_aside().values().sum();
            assert_eq!(table.read(), table.rows().len() as u64 + aside);
            table.read() + skipped
        };
        let from_table = from_batch::<Petition>(batch(&grid), &RegisterOptions::default());
        let file = csv_file("messy", &grid);
        let from_text = read_register::<Petition>(&file, &RegisterOptions::default());
        match (&from_table, &from_text) {
            (Ok(table), Ok(text)) => {
                prop_assert_eq!(whole(table), rows.len() as u64);
                prop_assert_eq!(whole(text), rows.len() as u64);
            }
            // Orders that contradict each other, or a heading further down that is a better one.
            (Err(ReadError::DateOrder { .. }), _) | (_, Err(ReadError::DateOrder { .. })) => {}
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
