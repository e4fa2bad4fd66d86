//! Files as they come: several sheets, archives, old encodings, headers typed without marks.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
use tthc_kpi::{Column, Reason};
use tthc_kpi_arrow::read::{HeaderMatch, Loaded, ReadError, ReadOptions, Rule, match_header, read_tables};
use tthc_kpi_arrow::{Dossiers, Duplicates};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("tthc-kpi-{}-tables-{name}", std::process::id()))
}

fn read(path: &PathBuf) -> Result<Vec<Loaded>, ReadError> {
    let outcome = read_tables(path, &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()));
    std::fs::remove_file(path).unwrap();
    outcome
}

fn read_bytes(name: &str, bytes: &[u8]) -> Result<Vec<Loaded>, ReadError> {
    std::fs::write(path(name), bytes).unwrap();
    read(&path(name))
}

fn zipped(name: &str, files: &[(&str, &[u8])]) -> Vec<u8> {
    let target = path(name);
    let mut archive = ZipWriter::new(std::fs::File::create(&target).unwrap());
    for (file, bytes) in files {
        archive.start_file(*file, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
    let bytes = std::fs::read(&target).unwrap();
    std::fs::remove_file(target).unwrap();
    bytes
}

/// A workbook with a sheet per list, of columns that the lists say.
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

#[test]
fn sheets_of_one_list_are_read_together_and_a_dossier_in_two_is_one() {
    let header: &[&str] = &["Mã hồ sơ", "Ngày nhận", "Trạng thái"];
    let january: &[&[&str]] =
        &[header, &["A", "05/01/2026", "Đang xử lý"], &["B", "06/01/2026", "Đang xử lý"]];
    let february: &[&[&str]] =
        &[header, &["B", "06/01/2026", "Đã trả kết quả"], &["C", "03/02/2026", "Đang xử lý"]];
    let file = workbook("months.xlsx", &[("T1", january), ("Bìa", &[&["Báo cáo"]]), ("T2", february)]);
    let tables = read(&file).unwrap();
    assert_eq!(tables.iter().map(|table| table.rows_read).collect::<Vec<_>>(), [2, 2]);
    let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve).unwrap();
    let rows = dossiers.accounting();
    assert_eq!((rows.read, rows.used), (4, 3));
    assert_eq!(dossiers.issues()[0].sheet.as_deref(), Some("T1"), "the row further on stands for B");
    // Without an id a dossier of both sheets would count twice: nobody can tell.
    let header: &[&str] = &["Ngày nhận", "Trạng thái"];
    let row: &[&str] = &["05/01/2026", "Đang xử lý"];
    let file = workbook("anonymous.xlsx", &[("T1", &[header, row]), ("T2", &[header, row])]);
    assert_eq!(read(&file).unwrap_err().code(), "several_sheets");
}

#[test]
fn every_file_of_an_archive_is_read_under_its_name() {
    let january = "Mã hồ sơ;Ngày nhận\nA;05/01/2026\nB;hôm nào\n";
    let february = "Mã hồ sơ|Ngày nhận\nC|03/02/2026\n";
    let files: &[(&str, &[u8])] = &[
        ("2026/t2.txt", february.as_bytes()),
        ("2026/t1.csv", january.as_bytes()),
        ("__MACOSX/2026/._t1.csv", b"\0\0\0"),
        ("2026/.DS_Store", b"\0"),
    ];
    let tables = read_bytes("year.zip", &zipped("year.zip", files)).unwrap();
    assert_eq!(tables.iter().map(|table| table.rows_read).collect::<Vec<_>>(), [2, 1]);
    let issue = &tables[0].issues[0];
    assert!(issue.file.ends_with("tables-year.zip › 2026/t1.csv"), "{}", issue.file);
    assert_eq!((issue.row, issue.column), (3, Some(Column::ReceivedAt)));
    assert!(!issue.to_string().contains("hôm nào"));
}

#[test]
fn what_cannot_be_read_of_an_archive_is_named() {
    let list = "Mã hồ sơ;Ngày nhận\nA;05/01/2026\n".as_bytes();
    let inner = zipped("inner.zip", &[("a.csv", list)]);
    for (name, files, code, words) in [
        ("memo.zip", vec![("a.csv", list), ("memo.xlsx", b"%PDF-1.4".as_slice())], "format", "memo.xlsx"),
        ("pdf.zip", vec![("memo.pdf", b"%PDF-1.4".as_slice())], "format", "without a list"),
        ("nested.zip", vec![("inner.zip", &*inner)], "format", "inner.zip"),
        ("none.zip", vec![], "format", "none.zip"),
        ("ods.zip", vec![("mimetype", b"x".as_slice()), ("content.xml", b"x")], "malformed", "ods.zip"),
    ] {
        let error = read_bytes(name, &zipped(name, &files)).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let whole = zipped("cut.zip", &[("a.csv", list), ("b.csv", list)]);
    assert_eq!(read_bytes("cut.zip", &whole[..whole.len() / 2]).unwrap_err().code(), "malformed");
}

#[test]
fn old_encodings_are_read_or_named() {
    let marks =
        [("ã", "a\u{303}"), ("ồ", "ô\u{300}"), ("à", "a\u{300}"), ("ậ", "â\u{323}"), ("ế", "ê\u{301}")];
    let apart = |text: &str| marks.iter().fold(text.to_owned(), |text, (one, two)| text.replace(one, two));
    let text = apart("Mã hồ sơ;Ngày tiếp nhận;Đơn vị giải quyết\nA;05/01/2026;Phòng Tiếp nhận\n")
        .replace('ị', "i\u{323}")
        .replace('ả', "a\u{309}")
        .replace('ò', "o\u{300}");
    let (bytes, _, lost) = encoding_rs::WINDOWS_1258.encode(&text);
    assert!(!lost && std::str::from_utf8(&bytes).is_err());
    let tables = read_bytes("1258.csv", &bytes).unwrap();
    let agency = tables[0].batches[0].column_by_name("agency").unwrap();
    let agency = arrow_cast::display::array_value_to_string(agency, 0).unwrap();
    assert_eq!(agency, "Phòng Tiếp nhận");
    for (name, text) in [
        ("TCVN3 (ABC)", "M· hå s¬;Ngµy tiÕp nhËn;§¬n vÞ gi¶i quyÕt\nA;05/01/2026;B\n"),
        ("VNI", "Maõ hoà sô;Ngaøy tieáp nhaän;Ñôn vò giaûi quyeát\nA;05/01/2026;B\n"),
    ] {
        let bytes: Vec<u8> = text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
        let error = read_bytes("old.csv", &bytes).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains(name)), ("legacy_encoding", true), "{error}");
        assert!(error.vi().contains(name) && error.vi().contains("Unicode"));
        // The same letters in a workbook, where only the font shows them right.
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(';').collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        let error = read(&workbook("old.xlsx", &[("A", &rows)])).unwrap_err();
        assert_eq!((error.code(), error.to_string().contains(name)), ("legacy_encoding", true), "{error}");
    }
    let odd = b"Ma h\xf3 s\xf3;Ng\xe0y\nA;1\n";
    assert_eq!(read_bytes("odd.csv", odd).unwrap_err().code(), "encoding");
}

#[test]
fn headers_typed_without_marks_are_known() {
    for (header, column) in [
        ("Ma ho so", Column::DossierId),
        ("NGAY TIEP NHAN", Column::ReceivedAt),
        ("Ngay hen tra (*)", Column::DueAt),
        ("Linh vuc", Column::Field),
    ] {
        assert_eq!(match_header(header).unwrap(), HeaderMatch::Column(column, Rule::Synonym), "{header}");
    }
    for header in ["Chu ho so", "Dia chi", "So dien thoai", "Ho va ten nguoi nop"] {
        assert_eq!(match_header(header).unwrap(), HeaderMatch::Personal, "{header}");
    }
    let several = match_header("Don vi").unwrap();
    assert_eq!(several, HeaderMatch::Ambiguous(vec![Column::Agency, Column::ReceivingAgency]));
    let list =
        "Ma ho so;Ngay nhan;Trang thai;Kenh nop;Co PAKN\nA;05/01/2026;Da tra ket qua;Truc tuyen;Khong\n";
    let tables = read_bytes("plain.csv", list.as_bytes()).unwrap();
    assert!(tables[0].issues.is_empty());
    for (column, value) in [("status", "10"), ("channel", "online"), ("petitioned", "false")] {
        let found = tables[0].batches[0].column_by_name(column).unwrap();
        assert_eq!(arrow_cast::display::array_value_to_string(found, 0).unwrap(), value, "{column}");
    }
    // With some marks it is another word, not a careless one.
    assert_eq!(match_header("Ngày tiêp nhân").unwrap(), HeaderMatch::Unknown);
}

fn open_document(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content
        xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
        <table:table table:name="Danh sách">{rows}</table:table></office:spreadsheet></office:body>
        </office:document-content>"#
    );
    let manifest =
        r#"<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>"#;
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet".as_slice();
    let files = [
        ("mimetype", mimetype),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ];
    zipped("made.ods", &files)
}

#[test]
fn an_open_document_is_read_unless_it_claims_too_much() {
    let text = |text: &str| {
        format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
    };
    let date = |at: &str| {
        format!(
            r#"<table:table-cell office:value-type="date" office:date-value="{at}"><text:p>x</text:p></table:table-cell>"#
        )
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [
        row(&[text("Mã hồ sơ"), text("Ngày nhận"), text("Hạn xử lý")]),
        row(&[text("A"), date("2026-01-05T08:30:00"), text("09/01/2026")]),
        row(&[text("B"), date("2026-01-06"), text("hôm nào")]),
        r#"<table:table-row table:number-rows-repeated="1048573"><table:table-cell
            table:number-columns-repeated="16384"/></table:table-row>"#
            .to_owned(),
    ];
    let tables = read_bytes("list.ods", &open_document(&rows.concat())).unwrap();
    assert_eq!((tables[0].rows_read, tables[0].issues[0].row), (2, 3));
    let received = tables[0].batches[0].column_by_name("received_at").unwrap();
    assert_eq!(arrow_cast::display::array_value_to_string(received, 0).unwrap(), "2026-01-05T08:30:00");
    let wide = r#"<table:table-row table:number-rows-repeated="100000"><table:table-cell
        office:value-type="float" office:value="1" table:number-columns-repeated="16384"/></table:table-row>"#;
    let error = read_bytes("wide.ods", &open_document(wide)).unwrap_err();
    assert_eq!(error.code(), "too_large");
}

#[test]
fn an_archive_cut_short_is_not_taken_for_what_is_stored_in_it() {
    let list = workbook("inner.xlsx", &[("A", &[&["Mã hồ sơ", "Ngày nhận"], &["A", "05/01/2026"]])]);
    let bytes = std::fs::read(&list).unwrap();
    std::fs::remove_file(list).unwrap();
    let target = path("stored.zip");
    let mut archive = ZipWriter::new(std::fs::File::create(&target).unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in ["1.xlsx", "2.xlsx"] {
        archive.start_file(name, stored).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
    let whole = std::fs::read(&target).unwrap();
    assert_eq!(read_bytes("stored.zip", &whole).unwrap().len(), 2);
    for cut in [30, 100, bytes.len() / 2, bytes.len()] {
        let error = read_bytes("stored.zip", &whole[..whole.len() - cut]).unwrap_err();
        assert_eq!(error.code(), "malformed", "without the last {cut} bytes");
    }
}

#[test]
fn a_cell_merged_over_rows_stands_in_each_of_them() {
    let mut workbook = Workbook::new();
    let list = workbook.add_worksheet();
    let plain = rust_xlsxwriter::Format::new();
    for (column, header) in (0..).zip(["Mã hồ sơ", "Lĩnh vực", "Ngày nhận"]) {
        list.merge_range(0, column, 1, column, header, &plain).unwrap();
    }
    for (row, id) in (2..).zip(["A", "B", "C", "D", "E"]) {
        list.write_string(row, 0, id).unwrap();
        list.write_string(row, 2, "05/01/2026").unwrap();
    }
    list.merge_range(2, 1, 4, 1, "Đất đai", &plain).unwrap();
    list.write_string(6, 1, "Hộ tịch").unwrap();
    workbook.save(path("merged.xlsx")).unwrap();
    let tables = read(&path("merged.xlsx")).unwrap();
    assert_eq!((tables[0].rows_read, tables[0].issues.len()), (5, 0));
    let field = tables[0].batches[0].column_by_name("field").unwrap();
    let shown: Vec<_> =
        (0..5).map(|row| arrow_cast::display::array_value_to_string(field, row).unwrap()).collect();
    assert_eq!(shown, ["Đất đai", "Đất đai", "Đất đai", "", "Hộ tịch"]);
}

/// Whatever the size of the workbook, and only the cells of the sheet that is read.
#[test]
fn merged_cells_of_a_large_workbook_are_filled_too() {
    let mut workbook = Workbook::new();
    let plain = rust_xlsxwriter::Format::new();
    for name in ["Bìa", "Hồ sơ & kết quả"] {
        let list = workbook.add_worksheet().set_name(name).unwrap();
        let (from, to, field) = if name == "Bìa" { (1, 6, "Trang bìa") } else { (2, 5, "Đất đai") };
        list.merge_range(from, 1, to, 1, field, &plain).unwrap();
        for (column, header) in (0..).zip(["Mã hồ sơ", "Lĩnh vực", "Ngày nhận"]) {
            list.write_string(0, column, if name == "Bìa" { "x" } else { header }).unwrap();
        }
        for row in 1..9_u32 {
            list.write_number(row, 0, row).unwrap();
            list.write_string(row, 2, "05/01/2026").unwrap();
        }
    }
    workbook.save(path("large.xlsx")).unwrap();
    // A picture of nine megabytes.
    let file = std::fs::OpenOptions::new().read(true).write(true).open(path("large.xlsx")).unwrap();
    let mut archive = ZipWriter::new_append(file).unwrap();
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("xl/media/image1.png", stored).unwrap();
    archive.write_all(&vec![7; 9 << 20]).unwrap();
    archive.finish().unwrap();
    let tables = read(&path("large.xlsx")).unwrap();
    assert_eq!((tables.len(), tables[0].rows_read), (1, 8));
    let field = tables[0].batches[0].column_by_name("field").unwrap();
    let shown: Vec<_> =
        (0..8).map(|row| arrow_cast::display::array_value_to_string(field, row).unwrap()).collect();
    assert_eq!(shown, ["", "Đất đai", "Đất đai", "Đất đai", "Đất đai", "", "", ""]);
}

/// A formula without its value in an OpenDocument workbook, as programs write it that do not calculate.
#[test]
fn a_formula_of_an_open_document_never_computed_is_told_as_one() {
    let text = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let formula = "<table:table-cell table:formula=\"of:=[.B3]+5\"/>".to_owned();
    let blank = "<table:table-cell/>".to_owned();
    let computed = "<table:table-cell table:formula=\"of:=[.B3]+5\" office:value-type=\"date\" office:date-value=\"2026-01-12\"/>";
    let rows = [
        "<table:table-row table:number-rows-repeated=\"2\"><table:table-cell/></table:table-row>".to_owned(),
        row(&["Mã hồ sơ", "Ngày nhận", "Ngày hẹn trả", "Lĩnh vực"].map(text)),
        row(&[text("A"), text("05/01/2026"), formula.clone(), text("Đất đai")]),
        row(&[text("B"), text("05/01/2026"), computed.to_owned(), formula.clone()]),
        row(&[text("C"), text("05/01/2026"), blank.clone(), blank]),
        row(&[text("D"), formula.clone(), formula.clone(), formula]),
    ];
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet><table:table table:name=\"S\">{}</table:table></office:spreadsheet></office:body></office:document-content>",
        rows.concat()
    );
    let manifest =
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let bytes = zipped(
        "made.ods",
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("content.xml", content.as_bytes()),
            ("META-INF/manifest.xml", manifest.as_bytes()),
        ],
    );
    let tables = read_bytes("formulas.ods", &bytes).unwrap();
    let table = &tables[0];
    assert_eq!(table.rows_read, 4);
    let expected = [("not_computed_due_at".to_owned(), 1), ("not_computed_received_at".to_owned(), 1)];
    assert_eq!(table.set_aside, expected.into());
    let told: Vec<_> = table.issues.iter().map(|issue| (issue.row, issue.column, issue.reason)).collect();
    let reason = Reason::NotComputed;
    assert_eq!(
        told,
        [
            (4, Some(Column::DueAt), reason),
            (5, Some(Column::Field), reason),
            (7, Some(Column::ReceivedAt), reason)
        ]
    );
}

#[test]
fn a_header_of_two_rows_is_read_together() {
    let list = "DANH SÁCH\nMã hồ sơ;Thời gian;;;Ngày\n;Tiếp nhận;Hẹn trả;Kết thúc xử lý;Trả kết quả\n\
        A;05/01/2026;09/01/2026;08/01/2026;08/01/2026\n";
    let tables = read_bytes("two.csv", list.as_bytes()).unwrap();
    let columns: Vec<_> = tables[0].mapping.iter().filter_map(|mapped| mapped.column).collect();
    let expected =
        [Column::DossierId, Column::ReceivedAt, Column::DueAt, Column::CompletedAt, Column::ReturnedAt];
    assert_eq!((columns.as_slice(), tables[0].rows_read), (&expected[..], 1));
    assert_eq!(tables[0].mapping[1].source, "Thời gian Tiếp nhận");
}

#[test]
fn headers_once_more_in_another_order_are_an_error() {
    let list = "Mã hồ sơ;Ngày nhận;Hạn xử lý\nA;02/03/2026;10/03/2026\nMã hồ sơ;Hạn xử lý;Ngày nhận\nB;12/03/2026;04/03/2026\n";
    let error = read_bytes("moved.csv", list.as_bytes()).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("row 3")), ("moved_header", true), "{error}");
    assert!(error.vi().contains("dòng 3"));
    let same = list.replace("Hạn xử lý;Ngày nhận\nB", "x\nB").replace(";x\nB", ";Ngày nhận;Hạn xử lý\nB");
    assert_eq!(read_bytes("again.csv", same.as_bytes()).unwrap()[0].skipped["heading"], 1);
}
