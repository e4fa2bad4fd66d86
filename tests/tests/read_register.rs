//! Registers read from workbooks, text, Parquet and Arrow tables: the same table from each, and every error.

mod registers;

use std::fmt::Debug;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::Workbook;
use tthc_kpi::{
    Action, ArchivedResult, AssignedTask, Declaration, DoneTask, InternalKind, OnlineLevel, Petition,
    Procedure, Reason, Record, Register, RegisterTable, Review,
};
use tthc_kpi_arrow::read::{ReadError, RegisterError, RegisterOptions, read_register, read_registers};

use registers::{Grid, batch, csv_file, day, error, from_batch, path};

fn workbook(name: &str, sheets: &[(&str, Grid<'_>)]) -> PathBuf {
    let path = path(&format!("{name}.xlsx"));
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at, row) in (0_u32..).zip(*rows) {
            for (column, text) in (0_u16..).zip(*row) {
                if !text.is_empty() {
                    sheet.write_string(at, column, *text).unwrap();
                }
            }
        }
    }
    workbook.save(&path).unwrap();
    path
}

fn parquet_file(name: &str, batch: &RecordBatch) -> PathBuf {
    let path = path(&format!("{name}.parquet"));
    let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    path
}

/// A list of objects; "" is no key at all.
fn json_file(name: &str, rows: Grid<'_>) -> PathBuf {
    let path = path(&format!("{name}.json"));
    let (headers, rows) = rows.split_first().unwrap();
    let object = |row: &&[&str]| -> serde_json::Value {
        let cells = headers.iter().zip(*row).filter(|(_, text)| !text.is_empty());
        cells.map(|(header, text)| ((*header).to_owned(), serde_json::Value::from(*text))).collect()
    };
    let mut objects: Vec<serde_json::Value> = rows.iter().map(object).collect();
    // Every key is in some object, as every header is in the other files.
    for header in *headers {
        let lacking = objects.iter().all(|object| object.get(*header).is_none());
        if let Some(object) = objects.first_mut().filter(|_| lacking) {
            object[*header] = serde_json::Value::Null;
        }
    }
    std::fs::write(&path, serde_json::Value::from(objects).to_string()).unwrap();
    path
}

/// Rows that count, and issues: row, column, reason, action.
type Told<T> = (Vec<(u64, T)>, Vec<(u64, String, Reason, Action)>);

/// What a table says, whatever it was read from: records, reasons, and rows from the first below the header.
fn told<T: Record>(table: &RegisterTable<T>, header: u64) -> Told<T> {
    let rows = table.rows().iter().map(|(row, record)| (row - header, record.clone())).collect();
    let issues = table.issues().iter().map(|issue| {
        let column = issue.column.map(|column| column.to_string()).unwrap_or_default();
        (issue.row - header, column, issue.reason, issue.action)
    });
    (rows, issues.collect())
}

/// The same rows from every kind of source give the same table.
#[track_caller]
fn alike<T: Record + Debug>(rows: Grid<'_>) -> RegisterTable<T> {
    let name = T::REGISTER.slug();
    let options = RegisterOptions::default();
    let text: RegisterTable<T> = read_register(csv_file(&format!("alike_{name}"), rows), &options).unwrap();
    let book = workbook(&format!("alike_{name}"), &[("Trang tính", rows)]);
    let sheet: RegisterTable<T> = read_register(&book, &options).unwrap();
    let table: RegisterTable<T> = from_batch(batch(rows), &options).unwrap();
    let file = parquet_file(&format!("alike_{name}"), &batch(rows));
    let parquet: RegisterTable<T> = read_register(&file, &options).unwrap();
    let json: RegisterTable<T> = read_register(json_file(&format!("alike_{name}"), rows), &options).unwrap();
    let expected = told(&text, 1);
    assert_eq!(told(&json, 0), expected, "JSON");
    assert_eq!(told(&sheet, 1), expected, "workbook");
    assert_eq!(told(&table, 0), expected, "Arrow");
    assert_eq!(told(&parquet, 0), expected, "Parquet");
    for other in [&sheet, &table, &parquet, &json] {
        assert_eq!((other.read(), other.set_aside()), (text.read(), text.set_aside()));
        assert_eq!(other.columns(), text.columns());
    }
    assert_eq!((sheet.sheet(), text.sheet(), table.source()), (Some("Trang tính"), None, "bang"));
    // And each goes to its own register by itself.
    for path in [csv_file(&format!("alike_{name}"), rows), book, file] {
        let present: Vec<Register> = read_registers(&path, &options).unwrap().present().collect();
        assert_eq!(present, [T::REGISTER], "{}", path.display());
    }
    assert_eq!(text.read(), text.rows().len() as u64 + text.set_aside().values().sum::<u64>());
    text
}

#[test]
fn procedures_alike() {
    let table = alike::<Procedure>(&[
        &[
            "STT",
            "MÃ  TTHC *",
            "Tên thủ tục hành chính",
            "Lĩnh vực",
            "Niêm yết tại Bộ phận Một cửa",
            "Mức độ DVCTT",
            "Có phí, lệ phí",
            "TTHC nội bộ",
            "Thời hạn giải quyết (ngày)",
            "Thời gian giải quyết năm 2024 (ngày làm việc)",
            "Chi phí tuân thủ năm 2024 (đồng)",
            "Chi phí tuân thủ hiện nay (đồng)",
        ],
        &[
            "1",
            "1.001193",
            "Đăng ký khai sinh",
            "Hộ tịch",
            "x",
            "DVCTT toàn trình",
            "Không",
            "Không",
            "1",
            "2 ngày làm việc",
            "1.234.567 đ",
            "600.000",
        ],
        &[
            "2",
            "1.004873",
            "Xác nhận hôn nhân",
            "Hộ tịch",
            "Chưa",
            "Mức độ 3",
            "",
            "",
            "3",
            "97%",
            "0",
            "1.500,50",
        ],
        &["3", "", "Không mã", "Hộ tịch", "x", "Một phần", "Có", "", "3", "3", "", ""],
        &["4", "1.001193", "Lặp lại", "Hộ tịch", "x", "Một phần", "Có", "", "3", "3", "", ""],
        &["5", "NB.01", "Khen thưởng", "", "x", "4", "Có", "Giữa các CQHCNN", "12 ngày", "0,97", "-5", ""],
    ]);
    let birth = &table.rows()[0].1;
    assert_eq!((birth.online_level, birth.internal), (Some(OnlineLevel::Full), Some(InternalKind::Public)));
    assert_eq!((birth.time_2024, birth.fee_bearing), (Some(2), Some(false)));
    assert_eq!(birth.cost_2024, Some(1_234_567.into()));
    let marriage = &table.rows()[1].1;
    assert_eq!((marriage.fee_bearing, marriage.posted_reception), (None, Some(false)), "a blank is no 'no'");
    assert_eq!((marriage.time_2024, marriage.cost_2024), (None, None));
    assert_eq!(marriage.cost_now.unwrap().to_string(), "1500.5");
    let reward = &table.rows()[2].1;
    assert_eq!((reward.internal, reward.online_level), (Some(InternalKind::Between), None));
    assert_eq!((reward.limit_days, reward.time_2024, reward.cost_2024), (None, None, None));
    assert_eq!(table.set_aside()["missing_code"], 1);
    assert_eq!(table.set_aside()["duplicate_code"], 1);
}

#[test]
fn petitions_alike() {
    let table = alike::<Petition>(&[
        &[
            "Mã PAKN",
            "Người phản ánh",
            "Nội dung phản ánh",
            "Điện thoại",
            "Nguồn",
            "Loại PAKN",
            "Đơn vị xử lý",
            "Ngày nhận",
            "Hạn xử lý",
            "Ngày trả lời",
            "Công khai kết quả",
            "Mức độ hài lòng",
            "Phản ánh lại",
        ],
        &[
            "PA1",
            "Nguyễn A",
            "Bí mật",
            "0912",
            "Trực tiếp",
            "Hành vi",
            "VP",
            "01/03/2026",
            "15/03/2026",
            "14/03/2026 09:30",
            "Đã công khai",
            "Rất hài lòng",
            "Không",
        ],
        &[
            "PA2",
            "Trần B",
            "Bí mật",
            "0913",
            "1022",
            "Hành vi",
            "VP",
            "02/03/2026",
            "16/03/2026",
            "Đang xử lý",
            "",
            "",
            "",
        ],
        &[
            "PA3",
            "Lê C",
            "Bí mật",
            "0914",
            "1022",
            "Hành vi",
            "VP",
            "10/03/2026",
            "20/03/2026",
            "01/03/2026",
            "x",
            "",
            "",
        ],
        &["PA4", "Lê C", "Bí mật", "0914", "1022", "Hành vi", "VP", "2026-03-10", "Sau Tết", "", "", "", ""],
        &[
            "PA5",
            "Lê C",
            "Bí mật",
            "0914",
            "1022",
            "Hành vi",
            "VP",
            "20/03/2026",
            "10/03/2026",
            "",
            "hay",
            "",
            "",
        ],
        &[
            "PA6",
            "Lê C",
            "Bí mật",
            "0914",
            "1022",
            "Hành vi",
            "VP",
            "20/03/1926",
            "10/03/2026",
            "",
            "",
            "",
            "",
        ],
    ]);
    let first = &table.rows()[0].1;
    assert_eq!(
        (first.resolved, first.satisfied, first.published),
        (day("2026-03-14"), Some(true), Some(true))
    );
    assert_eq!(table.rows()[1].1.resolved, None, "not resolved yet");
    assert_eq!(table.set_aside()["end_before_start_resolved"], 1);
    assert_eq!(table.set_aside()["unreadable_due"], 1);
    assert_eq!(table.set_aside()["bad_date_received"], 1);
    assert_eq!((table.rows()[2].1.due, table.rows()[2].1.published), (None, None));
    // Neither personal data nor a cell's content is anywhere.
    let all = format!("{table:?}");
    for secret in ["Nguyễn A", "Bí mật", "0912", "Sau Tết", "hay"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[test]
fn the_others_alike() {
    let tasks = alike::<AssignedTask>(&[
        &[
            "TT",
            "Nhiệm vụ",
            "Cơ quan giao",
            "Đơn vị thực hiện",
            "Ngày giao",
            "Hạn hoàn thành",
            "Ngày hoàn thành",
            "Sản phẩm đầu ra",
        ],
        &["1", "Báo cáo", "UBND tỉnh", "VP", "01/04/2026", "20/04/2026", "19/04/2026", "Báo cáo"],
        &["2", "Rà soát", "UBND tỉnh", "VP", "01/04/2026", "20/04/2026", "chưa hoàn thành", ""],
        &["3", "Rà soát", "UBND tỉnh", "VP", "01/04/2026", "20/04/2026", "rồi", ""],
    ]);
    assert_eq!((tasks.rows()[1].1.done, tasks.set_aside()["unreadable_done"]), (None, 1));
    let reviews = alike::<Review>(&[
        &[
            "Nhóm rà soát",
            "Tên nhóm thủ tục",
            "Đơn vị chủ trì",
            "Ngày gửi kết quả",
            "Số phương án",
            "Chi phí trước",
            "Chi phí sau",
        ],
        &["A.I.1", "Tôn giáo", "VH", "15/07/2026", "2", "1.000.000", "400.000"],
        &["A.I.2", "Tôn giáo", "VH", "", "0,5", "", ""],
    ]);
    assert_eq!((reviews.rows()[1].1.submitted, reviews.rows()[1].1.proposed), (None, None));
    let archive = alike::<ArchivedResult>(&[
        &["Đơn vị", "Lĩnh vực", "Số kết quả còn hiệu lực", "Trong đó đã số hóa", "Ngày số hóa"],
        &["VP", "Hộ tịch", "1.234", "1200", "20/02/2026"],
        &["VP", "Đất đai", "120", "97%", ""],
        &["VP", "Đất đai", "120", "0,97", ""],
        &["VP", "Đất đai", "120", "121", ""],
        &["VP", "Đất đai", "-1", "", ""],
        &["VP", "Đất đai", "12 ngày", "", ""],
    ]);
    assert_eq!(archive.rows()[0].1.results, Some(1_234));
    assert_eq!(archive.set_aside()["unreadable_results_digitised"], 2);
    assert_eq!(archive.set_aside()["part_exceeds_whole_results_digitised"], 1);
    assert_eq!(archive.set_aside()["out_of_range_results"], 1);
    assert_eq!(archive.set_aside()["unreadable_results"], 1);
    let plan = alike::<DoneTask>(&[
        &["Mã việc", "Nội dung công việc", "Đơn vị chủ trì", "Hạn", "Ngày hoàn thành"],
        &["task:IV.5.3/2026-03", "Công khai", "VP", "31/03/2026", "30/03/2026"],
        &["task:IV.5.3/2026-04", "Công khai", "VP", "30/04/2026", ""],
        &["task:IV.5.3/2026-04", "Công khai", "VP", "30/04/2026", ""],
    ]);
    assert_eq!((plan.rows().len(), plan.set_aside()["duplicate_id"]), (2, 1));
    let declared = alike::<Declaration>(&[
        &["Mã chỉ tiêu", "Tử số", "Mẫu số", "Văn bản", "Ngày văn bản"],
        &["conditions_cut_rate", "4", "5", "BC 12", "30/06/2026"],
        &["conditions_cut_rate", "5", "5", "", "30/06/2026"],
        &["standards_reviewed_rate", "6", "5", "BC 13", "30/06/2026"],
        &["standards_reviewed_rate", "80%", "5", "BC 13", "30/06/2026"],
    ]);
    assert_eq!(declared.rows().len(), 1);
    assert_eq!(declared.set_aside()["missing_source"], 1);
    assert_eq!(declared.set_aside()["part_exceeds_whole_numerator"], 1);
    assert_eq!(declared.set_aside()["unreadable_numerator"], 1);
}

#[test]
fn errors_of_headers() {
    let error_of =
        error::<Declaration>("no_source", &[&["Mã chỉ tiêu", "Tử số", "Mẫu số"], &["x", "1", "2"]]);
    assert_eq!(error_of.code(), "no_header");
    assert!(error_of.to_string().contains("\"Văn bản\"") && error_of.vi().contains("cần \"Mã chỉ tiêu\""));
    let table = batch(&[&["Mã chỉ tiêu", "Tử số", "Mẫu số"], &["x", "1", "2"]]);
    let error_of = from_batch::<Declaration>(table, &RegisterOptions::default()).unwrap_err();
    let ReadError::Register(RegisterError::MissingColumns { columns, .. }) = &error_of else {
        panic!("{error_of}")
    };
    assert_eq!((columns.len(), error_of.code()), (2, "missing_columns"));
    assert!(error_of.vi().contains("\"Văn bản\", \"Ngày văn bản\""));

    let twice = error::<Petition>("twice", &[&["Mã PAKN", "Hạn xử lý", "Hạn trả lời"], &["1", "", ""]]);
    let ReadError::DuplicateColumn { column, headers, .. } = &twice else { panic!("{twice}") };
    assert_eq!((column.as_str(), headers.len()), ("petitions.due", 2));

    let flags: ArrayRef = Arc::new(BooleanArray::from(vec![true]));
    let table = RecordBatch::try_from_iter([("id", flags.clone()), ("due", flags)]).unwrap();
    let unsupported = from_batch::<Petition>(table, &RegisterOptions::default()).unwrap_err();
    assert_eq!(unsupported.code(), "unsupported_type");
    assert!(unsupported.to_string().contains("petitions.id"));

    let none = read_registers(
        csv_file("none", &[&["Họ tên", "Màu mắt"], &["A", "nâu"]]),
        &RegisterOptions::default(),
    );
    let none = none.unwrap_err();
    assert_eq!(none.code(), "no_register");
    for register in Register::ALL {
        assert!(
            none.to_string().contains(register.title_en()) && none.vi().contains(register.title()),
            "{register}"
        );
    }
    let missing = read_register::<Petition>(path("not_there.csv"), &RegisterOptions::default()).unwrap_err();
    assert_eq!(missing.code(), "io");
}

#[test]
fn errors_of_sheets() {
    let petitions: Grid<'_> = &[&["Mã PAKN", "Hạn xử lý", "Ngày trả lời"], &["1", "10/03/2026", ""]];
    let dossiers: Grid<'_> = &[
        &["Mã hồ sơ", "Mã TTHC", "Tên TTHC", "Lĩnh vực", "Đơn vị xử lý", "Ngày tiếp nhận", "Hạn giải quyết"],
        &["H1", "1.001193", "Khai sinh", "Hộ tịch", "VP", "01/03/2026", "10/03/2026"],
    ];
    let notes: Grid<'_> = &[&["Hướng dẫn", "Ghi chú"], &["a", "b"]];
    let file = workbook("left_alone", &[("Ghi chú", notes), ("Hồ sơ", dossiers), ("PAKN", petitions)]);
    let all = read_registers(&file, &RegisterOptions::default()).unwrap();
    assert_eq!(all.present().collect::<Vec<_>>(), [Register::Petitions], "the others are left alone");
    assert_eq!(all.petitions.unwrap().sheet(), Some("PAKN"));
    let one: RegisterTable<Petition> = read_register(&file, &RegisterOptions::default()).unwrap();
    assert_eq!(one.sheet(), Some("PAKN"));
    let absent = read_register::<AssignedTask>(&file, &RegisterOptions::default()).unwrap_err();
    let ReadError::Register(RegisterError::NoHeader { sheets, register, .. }) = &absent else {
        panic!("{absent}")
    };
    assert_eq!((sheets.len(), *register), (3, Register::Tasks));
    let named = RegisterOptions { sheet: Some("pakn ".into()), ..RegisterOptions::default() };
    assert!(read_registers(&file, &named).unwrap().petitions.is_some());
    let wrong = RegisterOptions { sheet: Some("PAK".into()), ..RegisterOptions::default() };
    assert_eq!(read_registers(&file, &wrong).unwrap_err().code(), "no_such_sheet");
    assert_eq!(read_register::<Petition>(&file, &wrong).unwrap_err().code(), "no_such_sheet");

    // Neither is a register of petitions for sure, so none of them is taken.
    let vague: Grid<'_> = &[&["Hạn xử lý", "Đơn vị xử lý"], &["10/03/2026", "VP"]];
    let file = workbook("two_sheets", &[("Quý I", vague), ("Quý II", vague)]);
    let error = read_register::<Petition>(&file, &RegisterOptions::default()).unwrap_err();
    let ReadError::Register(RegisterError::Twice { register, sheets, .. }) = &error else {
        panic!("{error}")
    };
    assert_eq!((*register, error.code()), (Register::Petitions, "register_twice"));
    assert_eq!(sheets, &["Quý I", "Quý II"]);
    assert!(error.vi().contains("nhiều trang"));
    let chosen = RegisterOptions { sheet: Some("Quý II".into()), ..RegisterOptions::default() };
    assert!(read_register::<Petition>(&file, &chosen).is_ok());

    // As many headers of one register as of another, and as well named.
    let tie: Grid<'_> = &[&["Nhóm", "Đơn vị thực hiện", "Cơ quan giao"], &["1", "VP", "UBND"]];
    let error = read_registers(csv_file("tie", tie), &RegisterOptions::default()).unwrap_err();
    let ReadError::Register(RegisterError::Ambiguous { registers, .. }) = &error else { panic!("{error}") };
    assert_eq!(
        (registers.as_slice(), error.code()),
        (&[Register::Tasks, Register::Reviews][..], "ambiguous_register")
    );
    assert!(
        error.vi().contains("Nhiệm vụ cấp trên giao") && error.to_string().contains("Groups of procedures")
    );
    assert!(
        read_register::<Review>(csv_file("tie", tie), &RegisterOptions::default()).is_ok(),
        "by name it is read"
    );
}

#[test]
fn strict_stops_at_the_first_issue() {
    let file = csv_file(
        "strict",
        &[&["Mã PAKN", "Hạn xử lý", "Công khai"], &["1", "Sau Tết", "x"], &["2", "", "hay"]],
    );
    let strict = RegisterOptions { strict: true, ..RegisterOptions::default() };
    let error = read_register::<Petition>(&file, &strict).unwrap_err();
    let ReadError::Register(RegisterError::Strict(issue)) = &error else { panic!("{error}") };
    assert_eq!((issue.row, issue.source.as_deref(), error.code()), (2, Some("Hạn xử lý"), "strict"));
    assert!(
        error.vi().contains("dòng 2") && !error.vi().contains("Tết") && !error.to_string().contains("Tết")
    );
    assert_eq!(read_registers(&file, &strict).unwrap_err(), error);
}
