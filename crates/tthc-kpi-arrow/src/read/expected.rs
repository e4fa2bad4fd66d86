//! What should stand in the cells of a column, in words.

use tthc_kpi::{Column, ColumnType, Text};

/// What is to be done about a formula without its value.
pub(super) fn computed() -> Text {
    Text::new(
        "kết quả của công thức: mở tệp bằng Excel, lưu lại rồi đọc lại",
        "the value of the formula: open the file in Excel, save it, read it again",
    )
}

/// What was expected in a column, in words.
pub(crate) fn expected(column: Option<Column>) -> Text {
    let Some(column) = column else {
        return Text::new("văn bản, số nguyên hoặc có/không", "a text, a whole number or a truth value");
    };
    let (vi, en) = match column.column_type() {
        ColumnType::Text => {
            ("văn bản, hoặc số nguyên không quá 15 chữ số", "a text, or a whole number of at most 15 digits")
        }
        ColumnType::Category => match column {
            Column::Channel => (
                "trực tiếp, trực tuyến, bưu chính, hoặc mã 1, 2, 3",
                "trực tiếp, trực tuyến or bưu chính, or a code 1, 2 or 3",
            ),
            // KenhThucHien has 1 = direct, HinhThuc of the same message 1 = post (FACTS §4.2, §4.3).
            Column::ResultChannel => (
                "trực tiếp, trực tuyến hoặc bưu chính bằng chữ; mã số mỗi hệ thống một khác",
                "trực tiếp, trực tuyến or bưu chính in words; codes differ between systems",
            ),
            // LoaiDoiTuong: 1 is a citizen in one system and an enterprise in another (FACTS §4.3).
            _ => (
                "công dân, doanh nghiệp, cơ quan nhà nước hoặc khác, bằng chữ; mã số mỗi hệ thống một khác",
                "công dân, doanh nghiệp, cơ quan nhà nước or khác in words; codes differ between systems",
            ),
        },
        ColumnType::Status => (
            "trạng thái 1 đến 10 hoặc tên trạng thái; chữ khác thì ghép: values={\"status\": {\"chữ trong ô\": \"returned\"}}",
            "a status 1 to 10 or its name; map other words: values={\"status\": {\"the word\": \"returned\"}}",
        ),
        ColumnType::Rating => ("mức hài lòng 1 đến 5 hoặc tên mức", "a rating 1 to 5 or its name"),
        ColumnType::Instant => (
            "ngày dd/MM/yyyy, có hoặc không có giờ, năm đủ bốn chữ số",
            "a date dd/MM/yyyy with or without a time, an ISO date or yyyyMMddHHmmss, of a year in four digits",
        ),
        ColumnType::Count => (
            "số nguyên không âm (3.000 đọc được hai cách: 3 hay 3000)",
            "a whole number, not negative (3.000 is 3 or 3000)",
        ),
        ColumnType::Money => (
            "số tiền như 1.234.567 hoặc 15.000,50, không âm, cả cột một cách viết dấu chấm, dấu phẩy",
            "an amount such as 1.234.567 or 15.000,50 with at most two decimals, not negative, marks used in one way",
        ),
        ColumnType::Bool => {
            ("có hoặc không, true hoặc false, 1 hoặc 0", "có or không, true or false, 1 or 0")
        }
    };
    Text::new(vi, en)
}
