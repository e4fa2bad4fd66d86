//! Where headers are not as they should be: none found, nothing there, two of the same, lacking in some files.

use std::ops::ControlFlow;
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
use tthc_kpi::{Column, Plan, Query};
use tthc_kpi_arrow::read::{Loaded, ReadError, ReadOptions, read_tables};
use tthc_kpi_arrow::{Dossiers, Duplicates};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("headers_{name}"))
}

fn read_as(name: &str, text: &str, mapping: &[(&str, &str)]) -> Result<Vec<Loaded>, ReadError> {
    std::fs::write(path(name), text).unwrap();
    let mapping = mapping.iter().map(|(header, column)| ((*header).to_owned(), (*column).to_owned()));
    let options = ReadOptions { mapping: mapping.collect(), ..ReadOptions::default() };
    read_tables(path(name), &options, &mut |_, _| ControlFlow::Continue(()))
}

fn workbook(name: &str, sheets: &[(&str, &[&[&str]])]) -> PathBuf {
    let mut workbook = Workbook::new();
    for (sheet, rows) in sheets {
        let list = workbook.add_worksheet().set_name(*sheet).unwrap();
        for (row, cells) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*cells) {
                list.write_string(row, column, *cell).unwrap();
            }
        }
    }
    workbook.save(path(name)).unwrap();
    path(name)
}

fn read(path: PathBuf) -> Result<Vec<Loaded>, ReadError> {
    read_tables(path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()))
}

#[test]
fn the_nearest_row_is_told_with_the_mapping_to_try() {
    let list = "UBND PHƯỜNG\nDANH SÁCH\nMã hồ sơ;Họ và tên;Bắt đầu từ ngày;Trạng thái\nA;Nguyễn Văn A;05/01/2026;Đang xử lý\n";
    let error = read_as("near.csv", list, &[]).unwrap_err();
    let (en, vi) = (error.to_string(), error.vi());
    assert_eq!(error.code(), "no_header");
    assert!(
        vi.contains("gần nhất là dòng 3: có \"Mã hồ sơ\", \"Trạng thái\", thiếu \"Ngày tiếp nhận\""),
        "{vi}"
    );
    assert!(vi.ends_with("mapping={\"Bắt đầu từ ngày\": \"received_at\"}"), "{vi}");
    assert!(en.contains("row 3, which has dossier_id, status and lacks received_at"), "{en}");
    assert!(!format!("{en}{vi}").contains("Nguyễn") && !vi.contains("Họ và tên"), "{vi}");
    // What it says to try is what is to be done.
    let tables = read_as("near.csv", list, &[("Bắt đầu từ ngày", "received_at")]).unwrap();
    assert_eq!(tables[0].rows_read, 1);
    // A row of data that has a known word is not quoted.
    let error = read_as("data.csv", "Nguyễn Văn A;Ngày tiếp nhận;0912345678\n", &[]).unwrap_err();
    assert!(error.vi().contains("thiếu \"Mã hồ sơ\""), "{}", error.vi());
    assert!(!format!("{error}{}", error.vi()).contains("Nguyễn"), "{error}");
    // The best of several sheets.
    let file = workbook(
        "near.xlsx",
        &[
            ("Bìa", &[&["Trạng thái"]]),
            ("Hồ sơ", &[&["Báo cáo"], &["Mã hồ sơ", "Trạng thái", "Lĩnh vực", "Ngày vào"]]),
        ],
    );
    let error = read(file).unwrap_err();
    assert!(error.vi().contains("gần nhất là dòng 2, trang \"Hồ sơ\""), "{}", error.vi());
    assert!(error.to_string().contains("row 2, sheet \"Hồ sơ\""), "{error}");
    let error = read_as("none.csv", "Màu;Cỡ\nđỏ;1\n", &[]).unwrap_err();
    assert!(error.vi().contains("không gặp tiêu đề quen thuộc nào"), "{}", error.vi());
}

#[test]
fn nothing_at_all_is_told_as_that() {
    for (name, text) in [("void.csv", ""), ("blank.csv", "\u{feff}\n\n ; ;\n")] {
        let error = read_as(name, text, &[]).unwrap_err();
        assert_eq!(error.code(), "empty", "{name}: {error}");
        assert!(error.vi().contains("không có gì trong đó"));
    }
    let error = read(workbook("void.xlsx", &[("S1", &[]), ("S2", &[])])).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("\"S1\", \"S2\"")), ("empty", true), "{error}");
    let error = read(workbook("half.xlsx", &[("S1", &[]), ("S2", &[&["x"]])])).unwrap_err();
    assert_eq!(error.code(), "no_header");
}

#[test]
fn columns_with_the_very_same_header_are_told_apart_by_their_number() {
    let list = "Mã hồ sơ;Ngày nhận;Ngày hẹn trả;NGÀY HẸN TRẢ;Kết quả;Kết quả\nA;05/01/2026;09/01/2026;12/01/2026;x;y\n\
                Mã hồ sơ;Ngày nhận;Ngày hẹn trả;NGÀY HẸN TRẢ;Kết quả;Kết quả\nB;06/01/2026;09/01/2026;13/01/2026;x;y\n";
    let error = read_as("same.csv", list, &[]).unwrap_err();
    assert_eq!(error.code(), "duplicate_column");
    assert!(error.vi().contains("\"Ngày hẹn trả#1\", \"NGÀY HẸN TRẢ#2\""), "{}", error.vi());
    let due = |mapping: &[(&str, &str)]| {
        let tables = read_as("same.csv", list, mapping).unwrap();
        assert_eq!((tables[0].rows_read, tables[0].skipped["heading"]), (2, 1));
        let column = tables[0].batches[0].column_by_name("due_at").unwrap();
        let day = arrow_cast::display::array_value_to_string(column, 0).unwrap();
        let sources: Vec<String> = tables[0].mapping.iter().map(|mapped| mapped.source.clone()).collect();
        assert_eq!(sources[2..], ["Ngày hẹn trả", "NGÀY HẸN TRẢ#2", "Kết quả", "Kết quả#2"]);
        day
    };
    assert_eq!(due(&[("Ngày hẹn trả#2", "due_at")]), "2026-01-12T00:00:00");
    assert_eq!(due(&[("ngày hẹn trả #1", "due_at")]), "2026-01-09T00:00:00");
    assert_eq!(due(&[("Ngày hẹn trả#2", "ignore")]), "2026-01-09T00:00:00");
    assert_eq!(due(&[("Ngày hẹn trả", "due_at"), ("NGÀY HẸN TRẢ#2", "ignore")]), "2026-01-09T00:00:00");
    let error = read_as("same.csv", list, &[("Ngày hẹn trả#3", "due_at")]).unwrap_err();
    assert_eq!(error.code(), "absent_header");
}

#[test]
fn a_column_that_some_files_lack_is_told() {
    let full: &[&[&str]] = &[&["Mã hồ sơ", "Ngày nhận", "Ngày hẹn trả"], &["A", "05/01/2026", "09/01/2026"]];
    let short: &[&[&str]] = &[&["Mã hồ sơ", "Ngày nhận", "Ghi chú"], &["B", "06/02/2026", "x"]];
    let warned = |sheets: &[(&str, &[&[&str]])]| {
        let tables = read(workbook("partly.xlsx", sheets)).unwrap();
        let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve).unwrap();
        let plan = Plan::builtin("dong-nguyen-2026").unwrap();
        let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
        let card = dossiers.tally(&query).unwrap().scorecard().unwrap();
        let note = card.warnings.iter().find(|note| note.code == "columns_partly_absent");
        (dossiers.absent_columns(), note.map(|note| note.text.vi.clone()))
    };
    let (absent, note) = warned(&[("T1", full), ("T2", short)]);
    let [absent] = &absent[..] else { panic!("{absent:?}") };
    assert_eq!((absent.file.as_str(), absent.sheet.as_deref()), ("headers_partly.xlsx", Some("T2")));
    assert_eq!(absent.columns, [Column::DueAt]);
    assert!(note.unwrap().contains(Column::DueAt.title()));
    assert_eq!(warned(&[("T1", full), ("T2", full)]), (vec![], None));
    assert_eq!(
        warned(&[("T1", short), ("T2", short)]),
        (vec![], None),
        "lacking everywhere is another matter"
    );
}
