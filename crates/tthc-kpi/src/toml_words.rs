//! What the parts of a plan's or a scheme's TOML are called in Vietnamese.

/// A part of a document; a key, which has no other name, in its quotes.
pub(crate) fn part(what: &str) -> String {
    let name = match what {
        "the plan" => "kế hoạch",
        "the scheme" => "bộ chỉ số",
        "a field group" => "nhóm lĩnh vực",
        "an indicator" => "chỉ tiêu",
        "a target" => "mục tiêu",
        "a clause" => "căn cứ",
        "a unit" => "đơn vị",
        "an appendix" => "phụ lục",
        "a section" => "phần",
        "a review section" => "phần rà soát",
        "a task" => "nhiệm vụ",
        "a line of a task" => "dòng của nhiệm vụ",
        "a cadence" => "thời gian thực hiện",
        "a provision" => "nội dung rà soát",
        "a milestone" => "mốc",
        "a review group" => "nhóm rà soát",
        "a clause of the body" => "đoạn trong thân kế hoạch",
        "a duty" => "việc hằng tháng",
        "a correction" => "đính chính",
        "a note" => "ghi chú",
        "a source" => "nguồn",
        "a group" => "nhóm",
        "a row" => "dòng",
        "a formula" => "công thức",
        key => return format!("{key:?}"),
    };
    name.to_owned()
}

/// A type, as the parser names it or as a reader asks for it.
pub(crate) fn kind(name: &str) -> &str {
    match name {
        "string" | "text" => "chữ",
        "integer" | "a whole number" => "số nguyên",
        "float" => "số thập phân",
        "boolean" => "giá trị true/false",
        "true or false" => "true hoặc false",
        "datetime" => "ngày giờ",
        "array" | "an array" => "danh sách [...]",
        "table" | "a table" => "bảng {...}",
        other => other,
    }
}
