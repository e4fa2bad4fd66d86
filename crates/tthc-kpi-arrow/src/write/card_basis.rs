//! What stands behind a scorecard: rows, rules and warnings; definitions and clauses; registers.

use rust_xlsxwriter::{Format, Workbook, Worksheet};
use tthc_kpi::{Language, Scope, Scorecard, Uniqueness, reason_words};

use super::WorkbookError;
use super::card_style::Styles;
use super::sheet::{number, put};
use super::words::{day, say};
use super::workbook::{fit, target};

/// Writes a row of texts, in columns so wide.
fn line(
    sheet: &mut Worksheet,
    row: u32,
    texts: &[&str],
    widths: &[u32],
    format: &Format,
) -> Result<(), WorkbookError> {
    for (column, text) in (0u16..).zip(texts) {
        put(sheet, (row, column), text, format)?;
    }
    let cells: Vec<(&str, u32)> = texts.iter().copied().zip(widths.iter().copied()).collect();
    fit(sheet, row, &cells)
}

/// Writes a text over the columns of a table so wide.
fn across(
    sheet: &mut Worksheet,
    row: u32,
    text: &str,
    widths: &[u32],
    format: &Format,
) -> Result<(), WorkbookError> {
    let last = u16::try_from(widths.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.merge_range(row, 0, row, last, "", format)?;
    put(sheet, (row, 0), text, format)?;
    fit(sheet, row, &[(text, widths.iter().sum())])
}

/// Begins a sheet of a wide table.
fn begin<'w>(
    workbook: &'w mut Workbook,
    name: &str,
    widths: &[u32],
    language: Language,
) -> Result<&'w mut Worksheet, WorkbookError> {
    let sheet = workbook.add_worksheet().set_name(name)?;
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_footer(format!("&R{} &P/&N", say("Trang", "Page", language)));
    for (column, width) in (0u16..).zip(widths) {
        sheet.set_column_width(column, *width)?;
    }
    Ok(sheet)
}

/// Where every row went, which rules were used, what a reader must know.
pub(super) fn data(
    workbook: &mut Workbook,
    card: &Scorecard,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| say(vi, en, language);
    let widths = [34, 30, 80];
    let sheet = begin(workbook, say("Dữ liệu", "Data"), &widths, language)?;
    let rows = &card.accounting;
    line(sheet, 0, &[say("Dòng dữ liệu", "Rows"), say("Số dòng", "Number")], &widths, &styles.head)?;
    let mut parts = vec![
        (say("được tính", "used").to_owned(), rows.used),
        (say("ngoài kỳ", "outside the period").to_owned(), rows.outside),
    ];
    let excluded = rows.excluded.iter().map(|(reason, n)| (reason.slug(), *n));
    parts.extend(excluded.map(|(reason, n)| {
        (format!("{}: {}", say("bị loại", "excluded"), reason_words(reason, language)), n)
    }));
    let aside = rows.set_aside.iter().map(|(reason, n)| (reason.as_str(), *n));
    parts.extend(aside.map(|(reason, n)| {
        (format!("{}: {}", say("để riêng", "set aside"), reason_words(reason, language)), n)
    }));
    let mut row = 1;
    for (name, n) in &parts {
        put(sheet, (row, 0), name, &styles.text)?;
        sheet.write_number_with_format(row, 1, number(*n), &styles.number)?;
        row += 1;
    }
    put(sheet, (row, 0), say("đã đọc", "read"), &styles.head)?;
    sheet.write_number_with_format(row, 1, number(rows.read), &styles.number)?;
    row += 2;

    let through = card.data.data_through.map_or_else(|| "–".to_owned(), |through| day(through, language));
    let missing: Vec<&str> = card
        .data
        .missing_columns
        .iter()
        .map(|column| if language == Language::Vi { column.title() } else { column.slug() })
        .collect();
    let uniqueness = match card.data.uniqueness {
        Uniqueness::Checked => say("đã kiểm tra", "checked for"),
        Uniqueness::Assumed => say("chưa kiểm tra", "not checked for"),
    };
    let facts = [
        (say("Dữ liệu đến", "Data through"), through),
        (say("Mã hồ sơ trùng", "Duplicate ids"), uniqueness.to_owned()),
        (say("Cột không có", "Missing columns"), missing.join(", ")),
        (say("Lịch làm việc", "Calendar"), format!("{} {}", card.calendar.name, card.calendar.version)),
        (say("Mã đối chiếu", "Digest"), card.query.digest.clone()),
    ];
    for (name, text) in facts {
        line(sheet, row, &[name, &text], &widths, &styles.text)?;
        row += 1;
    }
    row += 1;
    line(sheet, row, &[say("Lưu ý khi đọc số liệu", "Read this first")], &widths, &styles.head)?;
    for warning in &card.warnings {
        row += 1;
        across(sheet, row, warning.text.get(language), &widths, &styles.text)?;
    }
    row += 2;
    let heads = [say("Quy tắc", "Rule"), say("Giá trị", "Value"), say("Nghĩa", "Meaning")];
    line(sheet, row, &heads, &widths, &styles.head)?;
    let profile = format!("{} ({})", card.policy.profile, card.policy.profile_version);
    line(sheet, row + 1, &[say("bộ quy tắc", "profile"), &profile, ""], &widths, &styles.text)?;
    row += 2;
    for rule in &card.policy.rules {
        let meaning = if language == Language::Vi { &rule.vi } else { &rule.en };
        line(sheet, row, &[&rule.rule, &rule.value, meaning], &widths, &styles.text)?;
        row += 1;
    }
    for note in &card.policy.notes {
        across(sheet, row, note.get(language), &widths, &styles.text)?;
        row += 1;
    }
    Ok(())
}

/// What each indicator counts, and the clauses that set its target: a row per clause.
pub(super) fn definitions(
    workbook: &mut Workbook,
    card: &Scorecard,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| say(vi, en, language);
    let widths = [28, 34, 50, 12, 18, 60, 12, 40];
    let sheet = begin(workbook, say("Định nghĩa", "Definitions"), &widths, language)?;
    let heads = [
        say("Mã chỉ tiêu", "Indicator"),
        say("Tên", "Name"),
        say("Tử số / mẫu số", "Numerator / denominator"),
        say("Mục tiêu (%)", "Target (%)"),
        say("Điều khoản", "Clause"),
        say("Nội dung", "Wording"),
        say("Phạm vi", "Scope"),
        say("Cách hiểu", "Reading"),
    ];
    line(sheet, 0, &heads, &widths, &styles.head)?;
    sheet.set_freeze_panes(1, 1)?;
    sheet.set_repeat_rows(0, 0)?;
    let mut row = 1;
    for result in &card.total.results {
        let filter = result.filter.as_ref().map(|filter| format!(" ({})", filter.get(language)));
        let definition = format!("{}{}", result.definition.get(language), filter.unwrap_or_default());
        let asked = target(result);
        let first = [&*result.indicator, result.name.get(language), &definition, &asked];
        if result.clauses.is_empty() {
            line(sheet, row, &[first.as_slice(), &["", "", "", ""]].concat(), &widths, &styles.text)?;
            row += 1;
        }
        for clause in result.clauses.iter() {
            let scope = match clause.scope {
                Scope::Ward => say("phường, xã", "ward"),
                Scope::Province => say("tỉnh", "province"),
            };
            let note = clause.note.as_ref().map_or("", |note| note.get(language));
            let rest = [&*clause.clause, &*clause.text, scope, note];
            line(sheet, row, &[first, rest].concat(), &widths, &styles.text)?;
            row += 1;
        }
    }
    Ok(())
}

/// The registers beside the dossiers, and what became of their rows.
pub(super) fn registers(
    workbook: &mut Workbook,
    card: &Scorecard,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| say(vi, en, language);
    let widths = [30, 34, 20, 10, 10, 14, 10, 70];
    let sheet = begin(workbook, say("Sổ đi kèm", "Registers"), &widths, language)?;
    let heads = [
        say("Sổ", "Register"),
        say("Tệp", "File"),
        say("Bảng tính", "Sheet"),
        say("Đã đọc", "Read"),
        say("Được tính", "Used"),
        say("Ngoài kỳ", "Outside"),
        say("Để riêng", "Set aside"),
        say("Ghi chú", "Notes"),
    ];
    line(sheet, 0, &heads, &widths, &styles.head)?;
    sheet.set_freeze_panes(1, 1)?;
    for (row, used) in (1u32..).zip(&card.registers) {
        let title = say(used.register.title(), used.register.title_en());
        line(sheet, row, &[title, &used.source, used.sheet.as_deref().unwrap_or("")], &widths, &styles.text)?;
        let aside = used.set_aside.values().fold(0u64, |sum, n| sum.saturating_add(*n));
        for (column, n) in (3u16..).zip([used.read, used.used, used.outside, aside]) {
            sheet.write_number_with_format(row, column, number(n), &styles.number)?;
        }
        let notes: Vec<&str> = used.notes.iter().map(|note| note.text.get(language)).collect();
        let notes = notes.join(" ");
        put(sheet, (row, 7), &notes, &styles.text)?;
        fit(sheet, row, &[(title, 30), (&used.source, 34), (&notes, 70)])?;
    }
    Ok(())
}
