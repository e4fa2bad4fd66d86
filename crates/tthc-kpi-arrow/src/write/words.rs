//! Periods and dates as an official document writes them.

use chrono::Datelike;
use tthc_kpi::{Basis, Day, Language, Note, Text, alphabet_key};

/// A sentence in the language asked for.
pub(super) fn say<'t>(vi: &'t str, en: &'t str, language: Language) -> &'t str {
    if language == Language::Vi { vi } else { en }
}

/// A day as people of the language write it.
pub(super) fn day(day: Day, language: Language) -> String {
    match language {
        Language::Vi => day.vietnamese(),
        Language::En => day.to_string(),
    }
}

/// A period in words, with its two dates.
pub(super) fn period(basis: &Basis, language: Language) -> String {
    let (from, to) = (day(basis.query.start, language), day(basis.query.end, language));
    match (named(&basis.query.period), language) {
        (Some(name), Language::Vi) => format!("{name} (từ ngày {from} đến ngày {to})"),
        (None, Language::Vi) => format!("Từ ngày {from} đến ngày {to}"),
        (_, Language::En) => format!("{} ({from} to {to})", basis.query.period),
    }
}

/// The name of a period in Vietnamese; none of a range.
fn named(period: &str) -> Option<String> {
    let Some((year, part)) = period.split_once('-') else { return Some(format!("Năm {period}")) };
    let what = match part {
        "H1" => "6 tháng đầu".to_owned(),
        "H2" => "6 tháng cuối".to_owned(),
        "9M" => "9 tháng đầu".to_owned(),
        "Q1" => "Quý I".to_owned(),
        "Q2" => "Quý II".to_owned(),
        "Q3" => "Quý III".to_owned(),
        "Q4" => "Quý IV".to_owned(),
        part => match (part.strip_prefix('W'), part.parse::<u8>()) {
            (Some(week), _) => format!("Tuần {}", week.trim_start_matches('0')),
            (None, Ok(month)) => format!("Tháng {month}"),
            (None, Err(_)) => return None,
        },
    };
    Some(format!("{what} năm {year}"))
}

/// The last day whose facts are in the figures.
pub(super) fn cut(basis: &Basis, language: Language) -> String {
    let cut = day(basis.query.cut, language);
    match language {
        Language::Vi => format!("Số liệu chốt hết ngày {cut}"),
        Language::En => format!("Counted through {cut}"),
    }
}

/// A date as it stands beside a place: `ngày 02 tháng 4 năm 2026`.
pub(super) fn signed_on(date: Option<&str>, language: Language) -> String {
    let day: Option<Day> = date.and_then(|date| date.parse().ok());
    match (day, date, language) {
        (Some(day), _, Language::Vi) => {
            let date = day.date();
            // NĐ 30/2020: days below 10 and months 1 and 2 with a zero before them.
            let month =
                if date.month() < 3 { format!("{:02}", date.month()) } else { date.month().to_string() };
            format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
        }
        (None, Some(date), _) => date.to_owned(),
        (Some(day), _, Language::En) => day.to_string(),
        (None, None, Language::Vi) => "ngày …… tháng …… năm ………".to_owned(),
        (None, None, Language::En) => "date: …………………".to_owned(),
    }
}

/// The rules the figures were judged by: the profile, and each rule that differs from it.
pub(super) fn rules(basis: &Basis, language: Language) -> String {
    let changed: Vec<String> = basis
        .policy
        .rules
        .iter()
        .filter(|rule| rule.overridden)
        .map(|rule| format!("; {}={}: {}", rule.rule, rule.value, say(&rule.vi, &rule.en, language)))
        .collect();
    let (profile, calendar, changed) = (&basis.policy.profile, &basis.calendar.version, changed.concat());
    match language {
        Language::Vi => format!("Quy tắc tính: bộ {profile}{changed}. Lịch làm việc: {calendar}."),
        Language::En => format!("Rules: profile {profile}{changed}. Calendar: {calendar}."),
    }
}

/// A name's place in the alphabet; the unknown last.
pub(super) fn alphabet(name: Option<&str>) -> (bool, Vec<u32>) {
    (name.is_none(), name.map(alphabet_key).unwrap_or_default())
}

/// The sentences below a table that is filed: notes, and what makes its figures incomplete. The rest stands on
/// a sheet of its own.
pub(super) fn filed<'t>(basis: &'t Basis, notes: &'t [Note], language: Language) -> Vec<String> {
    const FILED: &[&str] = &["period_without_data", "cut_after_data"];
    let warnings = basis.warnings.iter().filter(|warning| FILED.contains(&warning.code.as_str()));
    notes.iter().chain(warnings).map(|note| format!("- {}", note.text.get(language))).collect()
}

/// Everything behind an output: notes, then warnings, then the rules.
pub(super) fn remarks<'t>(
    basis: &'t Basis,
    notes: impl Iterator<Item = &'t Text>,
    language: Language,
) -> Vec<String> {
    let warnings = basis.warnings.iter().map(|warning| &warning.text);
    let told = notes.chain(warnings).map(|text| text.get(language).to_owned());
    told.chain([rules(basis, language)]).map(|text| format!("- {text}")).collect()
}
