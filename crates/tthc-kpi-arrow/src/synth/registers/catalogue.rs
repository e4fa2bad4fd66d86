//! What an office has: its procedures, and its archive of results.

use tthc_kpi::Register;

use super::super::catalogue::{FIELDS, PROCEDURES, Procedure, Unit};
use super::super::draw::Draw;
use super::book::{Cell, Head, Page};
use super::{RegistersSummary, day};

/// Codes that have dossiers and are missing in the register.
const LEFT_OUT: [&str; 2] = ["1.008901", "1.010736"];
/// Codes whose fee is blank: unknown, and never "no fee".
const FEE_BLANK: [&str; 3] = ["1.012771", "1.005144", "2.002163"];
/// The code that is listed twice.
const TWICE: &str = "1.001193";
/// The code whose cost in 2024 was typed as 0.
const FREE_IN_2024: &str = "1.004194";
/// The code whose time is a percentage.
const PERCENT: &str = "1.010803";

/// Internal procedures: which kind, the unit, the name, whether simplified.
const INTERNAL: [(bool, Unit, &str, bool); 10] = [
    (true, Unit::Office, "Thẩm định, trình ban hành văn bản quy phạm pháp luật của HĐND, UBND phường", true),
    (true, Unit::Office, "Đề nghị Chủ tịch UBND tỉnh khen thưởng", true),
    (true, Unit::Economy, "Thẩm định, phê duyệt chủ trương đầu tư dự án đầu tư công nhóm C", true),
    (true, Unit::Economy, "Đề nghị điều chỉnh kế hoạch sử dụng đất hằng năm", false),
    (true, Unit::Culture, "Đề nghị xếp hạng di tích cấp tỉnh", true),
    (false, Unit::Office, "Cử cán bộ, công chức đi đào tạo, bồi dưỡng", true),
    (false, Unit::Office, "Đánh giá, xếp loại chất lượng cán bộ, công chức hằng năm", true),
    (false, Unit::Office, "Giải quyết nghỉ phép của cán bộ, công chức", true),
    (false, Unit::Centre, "Luân chuyển hồ sơ giữa Trung tâm và các phòng chuyên môn", true),
    (false, Unit::Economy, "Thanh toán, quyết toán kinh phí của đơn vị sử dụng ngân sách", true),
];

fn yes(known: bool) -> Cell {
    Cell::of(if known { "Có" } else { "Không" })
}

fn done(known: bool) -> Cell {
    Cell::of(if known { "x" } else { "Chưa" })
}

pub(super) fn procedures(summary: &mut RegistersSummary) -> Page {
    let mut draw = Draw::new(74, 1);
    let mut rows = Vec::new();
    for (at, procedure) in PROCEDURES.iter().enumerate() {
        if LEFT_OUT.contains(&procedure.code) {
            continue;
        }
        let row = public(at, procedure, rows.len() + 1, &mut draw);
        rows.push(row);
    }
    if let Some(again) = rows.iter().find(|row| row.get(1) == Some(&Cell::of(TWICE))).cloned() {
        rows.push(numbered(again, rows.len() + 1));
    }
    summary.aside(Register::Procedures, "duplicate_code");
    summary.cell(Register::Procedures, "zero_base_cost_2024");
    summary.cell(Register::Procedures, "unreadable_time_now");
    for (at, (between, unit, name, simplified)) in INTERNAL.iter().enumerate() {
        let mut row = vec![Cell::Empty; 29];
        let kind = if *between { "Giữa các CQHCNN" } else { "Trong nội bộ cơ quan" };
        for (column, cell) in [
            (1, Cell::Text(format!("NB.{:02}", at + 1))),
            (2, Cell::of(name)),
            (4, Cell::of(unit.name())),
            (21, Cell::of(kind)),
            (22, done(true)),
            (23, done(*simplified)),
        ] {
            if let Some(place) = row.get_mut(column) {
                *place = cell;
            }
        }
        rows.push(numbered(row, rows.len() + 1));
    }
    Page {
        name: "Danh mục TTHC",
        title: "DANH MỤC THỦ TỤC HÀNH CHÍNH THUỘC THẨM QUYỀN GIẢI QUYẾT",
        heads: vec![
            Head::One("STT"),
            Head::One("Mã TTHC"),
            Head::One("Tên thủ tục hành chính"),
            Head::One("Lĩnh vực"),
            Head::One("Đơn vị giải quyết"),
            Head::One("Công khai trên trang TTĐT"),
            Head::One("Niêm yết tại TTPVHCC"),
            Head::One("Niêm yết tại đơn vị"),
            Head::One("Khớp với Cổng DVCQG"),
            Head::One("Mức độ DVCTT"),
            Head::One("Đủ điều kiện toàn trình"),
            Head::One("Đủ điều kiện một phần"),
            Head::One("Liên quan đến doanh nghiệp"),
            Head::One("Đã tái cấu trúc quy trình"),
            Head::One("Tích hợp trên Cổng DVCQG"),
            Head::One("Có phí, lệ phí"),
            Head::One("Cung cấp thanh toán trực tuyến"),
            Head::One("Đủ điều kiện BCCI"),
            Head::One("Có phục vụ BCCI"),
            Head::One("Phi địa giới hành chính"),
            Head::One("Tái cấu trúc phi địa giới"),
            Head::One("TTHC nội bộ"),
            Head::One("Đã rà soát"),
            Head::One("Đã đơn giản hóa"),
            Head::One("Thời hạn giải quyết (ngày làm việc)"),
            Head::Over("Thời gian giải quyết (ngày làm việc)", &["Năm 2024", "Hiện nay"]),
            Head::Over("Chi phí tuân thủ (đồng)", &["Năm 2024", "Hiện nay"]),
        ],
        numbered: true,
        rows,
        total: None,
    }
}

fn numbered(mut row: Vec<Cell>, number: usize) -> Vec<Cell> {
    if let Some(first) = row.first_mut() {
        *first = Cell::Whole(u32::try_from(number).unwrap_or(0));
    }
    row
}

/// A procedure of people and businesses.
fn public(at: usize, procedure: &Procedure, number: usize, draw: &mut Draw) -> Vec<Cell> {
    let field = FIELDS.get(usize::from(procedure.field)).map_or("", |field| field.name);
    // What comes online often can be done online from end to end.
    let full = procedure.online >= 840;
    let offered = full && at % 14 != 9;
    let partial = !full && procedure.limit < 30;
    let level = match (offered, full || partial) {
        (true, _) => "Toàn trình",
        (false, true) => "Một phần",
        (false, false) => "Cung cấp thông tin trực tuyến",
    };
    let online = full || partial;
    let fee = if FEE_BLANK.contains(&procedure.code) { Cell::Empty } else { yes(procedure.fee > 0) };
    let postal = procedure.limit > 0 && procedure.limit < 30;
    let before = procedure.limit.max(1);
    let after = match before {
        _ if procedure.limit == 0 => 0,
        10.. => before / 2,
        4.. => before - 2,
        2.. => before - 1,
        _ => before,
    };
    let cost = (before * 60_000 + procedure.fee / 1_000 * 1_000 + draw.below(40) * 5_000).max(50_000);
    let now = cost / 100 * (40 + draw.below(15));
    let time_now = if procedure.code == PERCENT { Cell::of("50%") } else { Cell::Whole(after) };
    let cost_2024 = if procedure.code == FREE_IN_2024 { 0 } else { cost };
    let row = vec![
        Cell::Empty,
        Cell::of(procedure.code),
        Cell::of(procedure.name),
        Cell::of(field),
        Cell::of(procedure.unit.name()),
        done(true),
        done(true),
        done(at != 27),
        Cell::of(if at == 40 { "Chưa khớp" } else { "Khớp" }),
        Cell::of(level),
        yes(full),
        yes(partial),
        yes(procedure.business >= 500),
        if online { done(at % 9 != 5) } else { Cell::Empty },
        if online { done(true) } else { Cell::Empty },
        fee,
        if procedure.fee > 0 { done(at != 33) } else { Cell::Empty },
        yes(postal),
        if postal { done(true) } else { Cell::Empty },
        done(true),
        done(at % 11 != 3),
        Cell::of("Không"),
        done(at % 25 != 7),
        done(at.is_multiple_of(3)),
        Cell::Whole(procedure.limit),
        Cell::Whole(before),
        time_now,
        Cell::Money(cost_2024),
        Cell::Money(now),
    ];
    numbered(row, number)
}

pub(super) fn archive(summary: &mut RegistersSummary) -> Page {
    let mut draw = Draw::new(74, 5);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let (mut all, mut digitised) = (0_u32, 0_u32);
    for (unit, fields) in [
        (Unit::Office, &["Chứng thực", "Hộ tịch", "Đăng ký, quản lý cư trú", "Thi đua, khen thưởng"][..]),
        (Unit::Culture, &["Bảo trợ xã hội", "Người có công", "Giáo dục và đào tạo", "Văn hóa"]),
        (
            Unit::Economy,
            &[
                "Đất đai",
                "Hoạt động xây dựng",
                "Thành lập và hoạt động của hộ kinh doanh",
                "Nông nghiệp",
                "Môi trường",
                "Lưu thông hàng hóa trong nước",
            ],
        ),
        (Unit::Centre, &["Chứng thực"]),
    ] {
        for field in fields {
            let results = 40 + draw.below(900);
            let number = rows.len() + 1;
            let lacking = if number % 6 == 3 { draw.below(9) + 1 } else { 0 };
            let cell = match number {
                7 => {
                    summary.aside(Register::Archive, "unreadable_results_digitised");
                    Cell::of("97%")
                }
                13 => {
                    summary.aside(Register::Archive, "part_exceeds_whole_results_digitised");
                    Cell::Whole(results + 12)
                }
                _ => Cell::Whole(results - lacking),
            };
            all += results;
            digitised += results - lacking;
            // One lot was finished after the plan's last day.
            let on = if number == 10 { day(68) } else { day(30 + i32::try_from(number).unwrap_or(0)) };
            rows.push(vec![
                Cell::Whole(u32::try_from(number).unwrap_or(0)),
                Cell::of(unit.name()),
                Cell::of(field),
                Cell::Whole(results),
                cell,
                Cell::Day(on),
            ]);
        }
    }
    Page {
        name: "Kho kết quả",
        title: "KHO KẾT QUẢ GIẢI QUYẾT TTHC CÒN HIỆU LỰC",
        heads: vec![
            Head::One("STT"),
            Head::One("Đơn vị lưu giữ"),
            Head::One("Lĩnh vực"),
            Head::Over("Kết quả còn hiệu lực", &["Tổng số", "Trong đó đã số hóa"]),
            Head::One("Ngày số hóa"),
        ],
        numbered: false,
        rows,
        total: Some(vec![(3, Cell::Whole(all)), (4, Cell::Whole(digitised))]),
    }
}
