//! Why rows were left out, in words.

use crate::column::Column;
use crate::explain::Language;
use crate::issue::Reason;
use crate::register::Register;

/// Why a row of a register was set aside, in words.
pub(crate) fn aside_because(register: Register, slug: &str, language: Language) -> String {
    let named = |prefix: &str| {
        let column = register.column(slug.strip_prefix(prefix)?.strip_prefix('_')?).ok()?;
        Some(match language {
            Language::Vi => format!("{:?}", column.title()),
            Language::En => column.name().to_owned(),
        })
    };
    let kinds = [
        (Reason::Unreadable, "{} không đọc được", "{} unreadable"),
        (Reason::Missing, "thiếu {}", "{} missing"),
        (Reason::NotComputed, "công thức ở {} chưa có kết quả", "{} not computed"),
        (Reason::Duplicate, "trùng {}", "{} twice"),
        (Reason::EndBeforeStart, "{} trước ngày bắt đầu", "{} before the start"),
        (Reason::PartExceedsWhole, "{} lớn hơn tổng", "{} exceeds the whole"),
        (Reason::OutOfRange, "{} ngoài phạm vi", "{} out of range"),
    ];
    let found = kinds.iter().find_map(|(reason, vi, en)| {
        let column = named(reason.slug())?;
        Some(if language == Language::Vi { vi } else { en }.replace("{}", &column))
    });
    found.unwrap_or_else(|| reason_words(slug, language))
}

/// Vì sao một dòng bị loại hay để riêng: why rows were left out, of the slugs of
/// [`Accounting`](crate::Accounting), in words.
///
/// # Example
/// ```
/// use tthc_kpi::{Language, reason_words};
/// assert_eq!(reason_words("missing_received_at", Language::Vi), "thiếu ngày tiếp nhận");
/// assert_eq!(reason_words("not_received", Language::En), "not received");
/// ```
pub fn reason_words(slug: &str, language: Language) -> String {
    if language == Language::En {
        return slug.replace('_', " ");
    }
    let column = |rest: &str| {
        rest.parse::<Column>().map_or_else(|_| rest.to_owned(), |column| column.title().to_lowercase())
    };
    match slug {
        "not_received" => "chưa được tiếp nhận".to_owned(),
        "bad_date" => "ngày ngoài 2000–2100".to_owned(),
        "end_before_receipt" => "kết thúc trước khi tiếp nhận".to_owned(),
        "duplicate" => "trùng mã hồ sơ".to_owned(),
        "withdrawn" => "công dân rút hồ sơ".to_owned(),
        "unreadable_row" => "dòng sai số ô".to_owned(),
        _ => {
            let of = |kind: Reason| slug.strip_prefix(kind.slug())?.strip_prefix('_').map(column);
            if let Some(column) = of(Reason::Unreadable) {
                format!("{column} không đọc được")
            } else if let Some(column) = of(Reason::Missing) {
                format!("thiếu {column}")
            } else if let Some(column) = of(Reason::NotComputed) {
                format!("công thức ở {column} chưa có kết quả")
            } else {
                slug.to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_names_its_column() {
        assert_eq!(reason_words("unreadable_due_at", Language::Vi), "ngày hẹn trả không đọc được");
        assert_eq!(
            reason_words("not_computed_due_at", Language::Vi),
            "công thức ở ngày hẹn trả chưa có kết quả"
        );
    }
}
