//! One register in several places, joined: sheets, files, archives, lists in JSON.

use std::io::Write;
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
use tthc_kpi::{
    Action, AssignedTask, Outcome, Petition, Plan, Query, Reason, Record, Register, RegisterTable, Registers,
    Tally,
};
use tthc_kpi_arrow::read::{RegisterOptions, merge_registers, read_register, read_registers};
use tthc_kpi_arrow::register_cases;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("registers_joined_{name}"))
}

fn text(name: &str, text: &str) -> PathBuf {
    std::fs::write(path(name), text).unwrap();
    path(name)
}

fn zipped(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let mut archive = ZipWriter::new(std::fs::File::create(path(name)).unwrap());
    for (file, text) in files {
        archive.start_file(*file, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap();
    path(name)
}

fn all(path: &PathBuf) -> Registers {
    read_registers(path, &RegisterOptions::default()).unwrap()
}

/// Rows read = rows that count + set aside, in each part and in all.
#[track_caller]
fn adds_up<T: Record>(table: &RegisterTable<T>) {
    let parts = table.parts();
    for part in &parts {
        assert_eq!(part.read, part.kept + part.set_aside.values().sum::<u64>(), "{}", part.source);
    }
    assert_eq!(table.read(), parts.iter().map(|part| part.read).sum::<u64>());
    assert_eq!(table.rows().len() as u64, parts.iter().map(|part| part.kept).sum::<u64>());
    assert_eq!(table.read(), table.rows().len() as u64 + table.set_aside().values().sum::<u64>());
}

/// PA-2 is open in the list of January and resolved in that of February; PA-1 is in both as it was.
#[test]
fn months_on_two_sheets_are_one_register() {
    let mut workbook = Workbook::new();
    let header = ["Mã PAKN", "Ngày nhận", "Hạn xử lý", "Ngày trả lời", "Đơn vị xử lý"];
    let january = [
        ["PA-1", "05/01/2026", "20/01/2026", "18/01/2026", "VP"],
        ["PA-2", "20/01/2026", "06/02/2026", "", "VP"],
        ["PA-3", "21/01/2026", "hôm nào", "", "VP"],
    ];
    let february = [
        ["PA-1", "05/01/2026", "20/01/2026", "18/01/2026", "VP"],
        ["PA-2", "20/01/2026", "06/02/2026", "10/02/2026", "VP"],
        ["PA-4", "02/02/2026", "16/02/2026", "12/02/2026", "VP"],
    ];
    for (name, above, rows) in [("Tháng 1", 0, january), ("Tháng 2", 3, february)] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, cells) in (above..).zip([header].iter().chain(&rows)) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, *cell).unwrap();
            }
        }
    }
    let file = path("months.xlsx");
    workbook.save(&file).unwrap();
    let name = "registers_joined_months.xlsx";
    let mut registers = all(&file);
    let petitions = registers.petitions.clone().unwrap();
    adds_up(&petitions);
    assert_eq!(read_register::<Petition>(&file, &RegisterOptions::default()).unwrap(), petitions);
    let places: Vec<_> = petitions
        .rows()
        .iter()
        .map(|(row, petition)| {
            let place = petitions.place(*row);
            assert_eq!(place.source, name);
            (petition.id.as_deref().unwrap(), place.sheet.unwrap(), place.row)
        })
        .collect();
    assert_eq!(places, [("PA-1", "Tháng 1", 2), ("PA-2", "Tháng 2", 6), ("PA-4", "Tháng 2", 7)]);
    let told: Vec<_> = petitions
        .issues()
        .iter()
        .map(|issue| (issue.sheet.as_deref().unwrap(), issue.row, issue.reason, issue.action))
        .collect();
    assert_eq!(
        told,
        [
            ("Tháng 1", 4, Reason::Unreadable, Action::SetAside),
            ("Tháng 2", 5, Reason::Duplicate, Action::SetAside),
            ("Tháng 1", 3, Reason::Duplicate, Action::SetAside),
        ]
    );
    let (first, carried) = (&petitions.issues()[1], &petitions.issues()[2]);
    assert!(first.expected.vi.contains(&format!("dòng 2 ({name} › Tháng 1)")), "{}", first.expected.vi);
    assert!(carried.expected.en.contains(&format!("row 6 ({name} › Tháng 2)")), "{}", carried.expected.en);
    assert_eq!(carried.source.as_deref(), Some("Mã PAKN"));

    // Two of three in time; each case with its sheet and row.
    let plan = Plan::builtin("dong-nguyen-2026").unwrap();
    let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
    registers.schedule = Registers::of_plan(&plan).schedule;
    let tally = Tally::new(&query);
    let card = tally.scorecard_with(&registers).unwrap();
    let result = &card["petition_resolved_rate"];
    assert_eq!((result.numerator, result.denominator), (2.into(), 3.into()));
    let parts: Vec<_> = card
        .registers
        .iter()
        .map(|used| {
            (used.sheet.as_deref().unwrap(), used.read, used.used, used.outside, used.set_aside.len())
        })
        .collect();
    assert_eq!(parts, [("Tháng 1", 3, 1, 0, 2), ("Tháng 2", 3, 2, 0, 1)]);
    for used in &card.registers {
        assert_eq!(used.read, used.used + used.outside + used.set_aside.values().sum::<u64>());
    }
    let cases = tally.register_cases(&registers, "petition_resolved_rate").unwrap();
    let late: Vec<_> = cases.iter().filter(|case| case.outcome == Outcome::Failing).collect();
    let [late] = late[..] else { panic!("one case") };
    assert_eq!(
        (late.file.as_deref(), late.sheet.as_deref(), &late.rows[..]),
        (Some(name), Some("Tháng 2"), &[6][..])
    );
    let table = register_cases(&cases, "failing".parse().unwrap()).unwrap();
    let shown = |column: &str| {
        arrow_cast::display::array_value_to_string(table.column_by_name(column).unwrap(), 0).unwrap()
    };
    assert_eq!((shown("file"), shown("sheet"), shown("row")), (name.into(), "Tháng 2".into(), "6".into()));
}

/// Two agencies keep their own lists, one without the column of the day it was done.
#[test]
fn lists_of_two_files_are_joined_and_what_one_lacks_is_told() {
    let one = text(
        "vp.csv",
        "Nhiệm vụ;Cơ quan giao;Hạn hoàn thành;Ngày hoàn thành\nA;UBND tỉnh;10/03/2026;09/03/2026\n",
    );
    let other = text(
        "kt.csv",
        "Nhiem vu;Co quan giao;Han hoan thanh\nA;UBND tỉnh;10/03/2026\nB;UBND tỉnh;20/03/2026\n",
    );
    let mut registers = all(&one);
    merge_registers(&mut registers, all(&other));
    let tasks = registers.tasks.clone().unwrap();
    adds_up(&tasks);
    assert_eq!((tasks.rows().len(), tasks.set_aside().len()), (3, 0), "a task has no key");
    assert_eq!(tasks.source(), "registers_joined_vp.csv, registers_joined_kt.csv");
    assert!(!tasks.lacks(Register::Tasks.column("done").unwrap()));
    let plan = Plan::builtin("dong-nguyen-2026").unwrap();
    let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
    let card = Tally::new(&query).scorecard_with(&registers).unwrap();
    let notes: Vec<_> = card
        .registers
        .iter()
        .flat_map(|used| {
            used.notes.iter().map(|note| (used.source.as_str(), note.code.as_str(), note.text.vi.as_str()))
        })
        .filter(|(_, code, _)| *code == "columns_absent")
        .collect();
    let [(source, _, vi)] = notes[..] else { panic!("{notes:?}") };
    assert!(source.ends_with("kt.csv") && vi.contains("\"Ngày hoàn thành\""), "{vi}");
}

#[test]
fn registers_of_an_archive_are_read_file_by_file() {
    let january = "Mã PAKN;Hạn xử lý\nPA-1;10/01/2026\nPA-2;20/01/2026\n";
    let february = "[{\"Mã PAKN\": \"PA-2\", \"Hạn xử lý\": \"20/01/2026\"}, 7, {\"Mã PAKN\": \"PA-3\"}]";
    let tasks = "Nhiệm vụ;Cơ quan giao;Hạn hoàn thành\nA;UBND tỉnh;10/03/2026\n";
    let file = zipped(
        "so.zip",
        &[
            ("PAKN/t1.csv", january),
            ("PAKN/t2.json", february),
            ("nv.csv", tasks),
            ("la.csv", "Màu;Cỡ\nđỏ;1\n"),
        ],
    );
    let registers = all(&file);
    assert_eq!(registers.present().collect::<Vec<_>>(), [Register::Petitions, Register::Tasks]);
    assert_eq!(registers.left_alone, ["registers_joined_so.zip › la.csv"]);
    let petitions = registers.petitions.unwrap();
    adds_up(&petitions);
    let sources: Vec<String> = petitions.parts().into_iter().map(|part| part.source).collect();
    assert_eq!(sources, ["registers_joined_so.zip › PAKN/t1.csv", "registers_joined_so.zip › PAKN/t2.json"]);
    let aside: Vec<_> = petitions.set_aside().iter().map(|(why, rows)| (why.as_str(), *rows)).collect();
    assert_eq!(aside, [("duplicate_id", 1), ("unreadable_row", 1)]);
    assert_eq!(petitions.issues()[0].row, 2, "the 7");
    let one: RegisterTable<Petition> = read_register(&file, &RegisterOptions::default()).unwrap();
    assert_eq!(one, petitions);
    let one: RegisterTable<AssignedTask> = read_register(&file, &RegisterOptions::default()).unwrap();
    assert_eq!(one.parts().len(), 1);
    let none = zipped("none.zip", &[("la.csv", "Màu;Cỡ\nđỏ;1\n")]);
    assert_eq!(read_registers(&none, &RegisterOptions::default()).unwrap_err().code(), "no_register");
    assert_eq!(
        read_register::<Petition>(&none, &RegisterOptions::default()).unwrap_err().code(),
        "no_header"
    );
}

/// Typed on a keyboard without marks; a word that could be two headers stays ambiguous, a name stays personal.
#[test]
fn headers_without_marks_are_known() {
    let marked = text(
        "marked.csv",
        "Mã PAKN;Ngày nhận;Hạn xử lý;Họ và tên;Công khai\nPA-1;05/01/2026;10/01/2026;NGUYEN VAN A;x\n",
    );
    let plain = text(
        "plain.csv",
        "Ma PAKN;Ngay nhan;HAN XU LY;Ho va ten;Cong khai\nPA-1;05/01/2026;10/01/2026;NGUYEN VAN A;x\n",
    );
    let [one, other] = [marked, plain].map(|file| all(&file).petitions.unwrap());
    assert_eq!(one.columns(), other.columns());
    assert_eq!((one.rows(), one.columns().len()), (other.rows(), 4));
    assert!(!format!("{other:?}").contains("NGUYEN"));
    let percent =
        text("percent.csv", "So ky hieu ket qua;Tong so ket qua;So ket qua da so hoa (ty le)\n1;10;97\n");
    let archive = all(&percent).archive.unwrap();
    assert!(archive.lacks(Register::Archive.column("results_digitised").unwrap()), "a share is no count");
}
