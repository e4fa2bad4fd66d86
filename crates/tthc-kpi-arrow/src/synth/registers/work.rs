//! What an office does: petitions, tasks from above, the plan's own tasks and reviews, declarations.

use tthc_kpi::{BeforeDate, InstanceKind, Register, Schedule};

use super::super::catalogue::Unit;
use super::super::draw::Draw;
use super::book::{Cell, Head, Page};
use super::{RegistersSummary, day, on_weekday, working};

/// What stands where a system hides the petitioner.
const HIDDEN: &str = "(đã ẩn)";

fn whole(number: usize) -> Cell {
    Cell::Whole(u32::try_from(number).unwrap_or(0))
}

pub(super) fn petitions(summary: &mut RegistersSummary) -> Page {
    const ROWS: usize = 60;
    let mut draw = Draw::new(74, 2);
    let mut rows = Vec::new();
    for number in 1..=ROWS {
        let received = on_weekday(day(i32::try_from(number * 6).unwrap_or(0) + 3));
        let due = working(received, 10);
        let kind = if draw.chance(250) { "Quy định hành chính" } else { "Hành vi hành chính" };
        let source = ["Cổng DVCQG", "Tổng đài 1022", "Trực tiếp", "Văn bản"];
        let source = source.get(draw.below(4) as usize).copied().unwrap_or("Trực tiếp");
        let unit = Unit::ALL.get(draw.below(4) as usize).copied().unwrap_or(Unit::Office);
        let taken = 2 + draw.below(8);
        let (due_cell, resolved) = match number {
            // Not read: it decides how the petition counts.
            14 => {
                summary.aside(Register::Petitions, "unreadable_due");
                (Cell::of("Sau Tết"), Cell::Day(working(received, taken)))
            }
            23 => {
                summary.aside(Register::Petitions, "end_before_start_resolved");
                (Cell::Day(due), Cell::Day(received.plus(-5)))
            }
            // Late.
            31 => (Cell::Day(due), Cell::Day(working(due, 3))),
            // Came due and is still open.
            47 => (Cell::Day(due), Cell::of("Đang xử lý")),
            _ if due > day(364) => (Cell::Day(due), Cell::Empty),
            _ => (Cell::Day(due), Cell::Day(working(received, taken))),
        };
        let answered = matches!(resolved, Cell::Day(_));
        rows.push(vec![
            whole(number),
            Cell::Text(format!("PAKN.26.{number:04}")),
            Cell::Typed(received),
            Cell::of(HIDDEN),
            Cell::of(HIDDEN),
            Cell::of(kind),
            Cell::of(source),
            Cell::of(unit.name()),
            due_cell,
            resolved,
            if answered { Cell::of("Đã công khai") } else { Cell::of("Chưa công khai") },
            match (answered, draw.below(20)) {
                (false, _) | (true, 0..=5) => Cell::Empty,
                (true, 6) => Cell::of("Không hài lòng"),
                _ => Cell::of("Hài lòng"),
            },
            if number % 29 == 0 { Cell::of("Có") } else { Cell::of("Không") },
        ]);
    }
    Page {
        name: "Phản ánh, kiến nghị",
        title: "SỔ THEO DÕI PHẢN ÁNH, KIẾN NGHỊ VỀ QUY ĐỊNH HÀNH CHÍNH VÀ GIẢI QUYẾT TTHC",
        heads: [
            "STT",
            "Mã PAKN",
            "Ngày tiếp nhận",
            "Người phản ánh",
            "Số điện thoại",
            "Loại PAKN",
            "Nguồn tiếp nhận",
            "Đơn vị xử lý",
            "Hạn xử lý",
            "Ngày giải quyết xong",
            "Công khai kết quả",
            "Mức độ hài lòng",
            "Phản ánh lại",
        ]
        .map(Head::One)
        .into(),
        numbered: false,
        rows,
        total: Some(vec![(1, Cell::Text(format!("{ROWS} phản ánh, kiến nghị")))]),
    }
}

/// What superiors ask each quarter.
const TASKS: [(&str, &str, Unit, &str); 10] = [
    ("Báo cáo công tác kiểm soát TTHC", "UBND tỉnh", Unit::Office, "Báo cáo"),
    ("Rà soát, cập nhật danh mục TTHC thuộc thẩm quyền", "Văn phòng UBND tỉnh", Unit::Office, "Danh mục"),
    ("Kiểm tra việc niêm yết, công khai TTHC", "UBND tỉnh", Unit::Centre, "Báo cáo kiểm tra"),
    ("Đẩy mạnh thanh toán trực tuyến phí, lệ phí", "UBND tỉnh", Unit::Centre, "Kế hoạch"),
    ("Số hóa hồ sơ, kết quả giải quyết TTHC", "Sở Khoa học và Công nghệ", Unit::Centre, "Báo cáo"),
    (
        "Rút ngắn thời gian giải quyết TTHC đất đai",
        "Sở Nông nghiệp và Môi trường",
        Unit::Economy,
        "Quy trình",
    ),
    ("Rà soát hồ sơ cấp phép xây dựng quá hạn", "Sở Xây dựng", Unit::Economy, "Báo cáo rà soát"),
    ("Đơn giản hóa TTHC lĩnh vực hộ kinh doanh", "Sở Tài chính", Unit::Economy, "Phương án"),
    ("Làm sạch dữ liệu bảo trợ xã hội", "Sở Y tế", Unit::Culture, "Danh sách"),
    ("Khảo sát mức độ hài lòng của người dân", "UBND tỉnh", Unit::Culture, "Báo cáo khảo sát"),
];

pub(super) fn tasks(summary: &mut RegistersSummary) -> Page {
    let mut draw = Draw::new(74, 3);
    let mut rows = Vec::new();
    for (quarter, name) in (0_i32..).zip(["I", "II", "III", "IV"]) {
        for (task, by, unit, product) in TASKS {
            let number = rows.len() + 1;
            let start = on_weekday(day(quarter * 91 + 4 + i32::try_from(draw.below(30)).unwrap_or(0)));
            let due = working(start, 15 + draw.below(15));
            let (due_cell, done) = match number {
                12 => {
                    summary.aside(Register::Tasks, "unreadable_due");
                    (Cell::of("Cuối quý II"), Cell::Typed(working(start, 9)))
                }
                18 => {
                    summary.aside(Register::Tasks, "end_before_start_done");
                    (Cell::Day(due), Cell::Typed(start.plus(-20)))
                }
                26 => (Cell::Day(due), Cell::Typed(working(due, 2))),
                _ => (Cell::Day(due), Cell::Typed(working(start, 8 + draw.below(7)))),
            };
            rows.push(vec![
                whole(number),
                Cell::Text(format!("{task} quý {name}/2026")),
                Cell::of(by),
                Cell::of(unit.name()),
                Cell::Day(start),
                due_cell,
                done,
                Cell::of(product),
            ]);
        }
    }
    Page {
        name: "Nhiệm vụ cấp trên giao",
        title: "THEO DÕI NHIỆM VỤ DO CẤP TRÊN GIAO VỀ CẢI CÁCH, KIỂM SOÁT TTHC",
        heads: [
            "STT",
            "Nội dung nhiệm vụ",
            "Cơ quan giao",
            "Đơn vị thực hiện",
            "Ngày giao",
            "Thời hạn hoàn thành",
            "Ngày hoàn thành",
            "Sản phẩm",
        ]
        .map(Head::One)
        .into(),
        numbered: false,
        rows,
        total: None,
    }
}

pub(super) fn reviews(schedule: &Schedule, summary: &mut RegistersSummary) -> Page {
    let mut draw = Draw::new(74, 4);
    let mut rows = Vec::new();
    for group in schedule.review_groups() {
        let number = rows.len() + 1;
        let lead = group.lead.iter().filter_map(|id| schedule.unit(id).ok());
        let lead: Vec<&str> = lead.map(|unit| unit.name.as_str()).collect();
        let before = 200_000 + draw.below(160) * 25_000;
        let submitted = match number {
            // After the plan's last day, and not yet.
            19 => Cell::Typed(day(205)),
            30 => Cell::of("Đang rà soát"),
            _ => Cell::Typed(on_weekday(day(150 + i32::try_from(draw.below(40)).unwrap_or(0)))),
        };
        let (cost_before, cost_after) = if number == 8 {
            summary.cell(Register::Reviews, "unreadable_cost_before");
            (Cell::of("chưa tính"), Cell::Empty)
        } else {
            (Cell::Money(before), Cell::Money(before / 100 * (45 + draw.below(40))))
        };
        rows.push(vec![
            whole(number),
            Cell::of(&group.id),
            Cell::of(&group.text),
            Cell::Text(lead.join("; ")),
            submitted,
            Cell::Whole(draw.below(4)),
            cost_before,
            cost_after,
        ]);
    }
    Page {
        name: "Rà soát TTHC",
        title: "THEO DÕI RÀ SOÁT, ĐÁNH GIÁ THỦ TỤC HÀNH CHÍNH THEO NHÓM",
        heads: vec![
            Head::One("STT"),
            Head::One("Nhóm rà soát"),
            Head::One("Danh mục TTHC rà soát"),
            Head::One("Đơn vị chủ trì"),
            Head::One("Ngày gửi kết quả"),
            Head::One("Số phương án đơn giản hóa"),
            Head::Over("Chi phí tuân thủ (đồng)", &["Trước", "Sau"]),
        ],
        numbered: false,
        rows,
        total: None,
    }
}

pub(super) fn plan_tasks(schedule: &Schedule) -> Page {
    let mut draw = Draw::new(74, 6);
    let mut rows = Vec::new();
    for instance in schedule.instances(BeforeDate::Strict) {
        let (Some(due), true) = (instance.due, instance.kind != InstanceKind::ReviewGroup) else { continue };
        let early = i32::try_from(draw.below(3)).unwrap_or(0);
        let done = match instance.id.as_str() {
            "task:IV.5.4/2026-07" => Cell::Day(due.plus(4)),
            "milestone:results_decree_63" => Cell::Empty,
            _ => Cell::Day(due.plus(-early)),
        };
        rows.push(vec![
            whole(rows.len() + 1),
            Cell::of(&instance.id),
            Cell::of(&instance.name.vi),
            Cell::Day(due),
            done,
        ]);
    }
    Page {
        name: "Việc theo kế hoạch",
        title: "VIỆC ĐÃ LÀM THEO LỊCH CỦA KẾ HOẠCH SỐ 74/KH-UBND",
        heads: ["STT", "Mã việc", "Nội dung công việc", "Thời hạn", "Ngày hoàn thành"].map(Head::One).into(),
        numbered: false,
        rows,
        total: None,
    }
}

/// Indicators that no register counts: the id, what it is of, the two counts, the document, its day.
const DECLARED: [(&str, u32, u32, &str, i32); 6] = [
    ("conditions_cut_rate", 12, 12, "Báo cáo số 215/BC-UBND", 182),
    ("conditions_abolished_rate", 4, 5, "Báo cáo số 215/BC-UBND", 182),
    ("standards_reviewed_rate", 9, 9, "Báo cáo số 231/BC-UBND", 196),
    ("business_report_electronic_rate", 37, 41, "Báo cáo số 402/BC-UBND", 320),
    ("one_time_information_rate", 55, 55, "Báo cáo số 410/BC-UBND", 327),
    ("conditions_abolished_rate", 5, 5, "", 345),
];

pub(super) fn declared(summary: &mut RegistersSummary) -> Page {
    let mut rows = Vec::new();
    for (indicator, numerator, denominator, document, of_year) in DECLARED {
        let document = if document.is_empty() {
            // Nobody answers for it.
            summary.aside(Register::Declared, "missing_source");
            Cell::Empty
        } else {
            Cell::of(document)
        };
        rows.push(vec![
            whole(rows.len() + 1),
            Cell::of(indicator),
            Cell::Whole(numerator),
            Cell::Whole(denominator),
            document,
            Cell::Typed(day(of_year)),
        ]);
    }
    Page {
        name: "Số liệu tự khai",
        title: "SỐ LIỆU BÁO CÁO CỦA CÁC CHỈ TIÊU KHÔNG CÓ SỔ",
        heads: ["STT", "Mã chỉ tiêu", "Tử số", "Mẫu số", "Văn bản", "Ngày văn bản"].map(Head::One).into(),
        numbered: false,
        rows,
        total: None,
    }
}
