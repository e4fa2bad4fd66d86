//! What stands behind a scorecard: rows, rules and warnings; definitions and clauses; registers.

use rust_xlsxwriter::{Format, Workbook, Worksheet};
use tthc_kpi::{Language, Scope, Scorecard, Uniqueness, reason_words};

use super::WorkbookError;
use super::card_style::Styles;
use super::sheet::{number, put};
use super::words::{day, say};
use super::workbook::{NUMBER, fit, target};

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
        fit(sheet, row, &[(name, 34)])?;
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
    let widths = [NUMBER, 28, 34, 46, 12, 16, 60, 12, 44];
    let sheet = begin(workbook, say("Định nghĩa", "Definitions"), &widths, language)?;
    let heads = [
        say("Số", "No."),
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
    sheet.set_freeze_panes(1, 2)?;
    sheet.set_repeat_rows(0, 0)?;
    let mut row = 1;
    for (at, result) in (1u64..).zip(&card.total.results) {
        let filter = result.filter.as_ref().map(|filter| format!(" ({})", filter.get(language)));
        let definition = format!("{}{}", result.definition.get(language), filter.unwrap_or_default());
        let asked = target(result);
        let first = ["", &*result.indicator, result.name.get(language), &definition, &asked];
        if result.clauses.is_empty() {
            line(sheet, row, &[first.as_slice(), &["", "", "", ""]].concat(), &widths, &styles.text)?;
            sheet.write_number_with_format(row, 0, number(at), &styles.centred)?;
            row += 1;
        }
        for clause in result.clauses.iter() {
            let scope = match clause.scope {
                Scope::Ward => say("phường, xã", "ward"),
                Scope::Province => say("tỉnh", "province"),
            };
            let note = clause.note.as_ref().map_or("", |note| note.get(language));
            let rest = [&*clause.clause, &*clause.text, scope, note];
            line(sheet, row, &[first.as_slice(), &rest].concat(), &widths, &styles.text)?;
            sheet.write_number_with_format(row, 0, number(at), &styles.centred)?;
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
        let name = used.sheet.as_deref().unwrap_or_default();
        fit(sheet, row, &[(title, 30), (&used.source, 34), (name, 20), (&notes, 70)])?;
    }
    Ok(())
}

/// How each figure came about: a row per indicator, its rules by their names, which the sheet of data explains.
pub(super) fn basis(
    workbook: &mut Workbook,
    card: &Scorecard,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| say(vi, en, language);
    let widths = [NUMBER, 34, 96, 34];
    let sheet = begin(workbook, say("Căn cứ", "Basis"), &widths, language)?;
    let about = say(
        "Cách tính và điều khoản: trang Định nghĩa. Dòng dữ liệu, lưu ý chung và nghĩa của từng quy tắc: trang Dữ liệu.",
        "Definitions and clauses: sheet Definitions. Rows, common warnings and what each rule means: sheet Data.",
    );
    across(sheet, 0, about, &widths, &styles.plain)?;
    let heads = [
        say("Số", "No."),
        say("Chỉ tiêu", "Indicator"),
        say("Con số từ đâu", "The figure"),
        say("Quy tắc", "Rules"),
    ];
    line(sheet, 1, &heads, &widths, &styles.head)?;
    sheet.set_freeze_panes(2, 2)?;
    sheet.set_repeat_rows(1, 1)?;
    for (row, (at, result)) in (2u32..).zip((1u64..).zip(&card.total.results)) {
        let told = card
            .explain_figure(&result.indicator, language)
            .map_err(|error| WorkbookError(error.to_string()))?;
        let rules = result.measure.rules().join(", ");
        line(sheet, row, &["", result.name.get(language), told.trim_end(), &rules], &widths, &styles.text)?;
        sheet.write_number_with_format(row, 0, number(at), &styles.centred)?;
    }
    Ok(())
}
