//! The scorecard as an Excel workbook: the total, each breakdown's rows, and what stands behind
//! the figures. Every text is written as text, so a name that starts with `=` is never a formula.

use super::WorkbookError;
use chrono::Datelike;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
};
use tthc_kpi::{Column, Day, Group, IndicatorResult, Key, Language, ResultStatus, Scorecard};

struct Styles {
    title: Format,
    head: Format,
    text: Format,
    number: Format,
    money: Format,
    percent: Format,
    met: Format,
    missed: Format,
    missed_plain: Format,
    plain: Format,
}

impl Styles {
    fn new() -> Self {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        Styles {
            title: Format::new().set_bold().set_font_size(14),
            head: cell()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0xE7_EC_F3)),
            text: cell().set_text_wrap(),
            number: cell().set_num_format("#,##0"),
            money: cell().set_num_format("#,##0.00"),
            percent: cell().set_num_format("0.00##########"),
            met: cell().set_font_color(Color::RGB(0x0B_5D_1E)).set_bold(),
            missed: cell().set_font_color(Color::RGB(0x9B_1C_1C)).set_bold(),
            missed_plain: Format::new().set_font_color(Color::RGB(0x9B_1C_1C)),
            plain: Format::new().set_text_wrap(),
        }
    }

    fn status(&self, status: ResultStatus) -> &Format {
        match status {
            ResultStatus::Met => &self.met,
            ResultStatus::Missed => &self.missed,
            ResultStatus::NotApplicable | ResultStatus::NoData => &self.text,
        }
    }
}

fn mark(status: ResultStatus) -> &'static str {
    match status {
        ResultStatus::Met => "✓",
        ResultStatus::Missed => "✗",
        ResultStatus::NotApplicable => "○",
        ResultStatus::NoData => "?",
    }
}

/// Writes the scorecard to a workbook of sheets: the total, the groups (when there is a
/// breakdown), and notes.
///
/// # Errors
/// [`WorkbookError`] when the file cannot be written or has more rows than a sheet holds.
///
/// # Example
/// ```
/// use tthc_kpi::{Language, Plan, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-{}.xlsx", std::process::id()));
/// tthc_kpi_arrow::write_workbook(&Tally::new(&query).scorecard()?, &path, Language::Vi)?;
/// assert!(std::fs::read(&path)?.starts_with(b"PK"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_workbook(
    card: &Scorecard,
    path: &std::path::Path,
    language: Language,
) -> Result<(), WorkbookError> {
    let mut workbook = Workbook::new();
    // The cut, not the moment of writing: the same scorecard gives the same bytes.
    let cut = card.query.cut.date();
    let made = ExcelDateTime::from_ymd(
        u16::try_from(cut.year()).unwrap_or(2000),
        as_u8(cut.month()),
        as_u8(cut.day()),
    )?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made).set_title(&card.plan.title));
    let styles = Styles::new();
    let say = |vi: &'static str, en: &'static str| if language == Language::Vi { vi } else { en };
    let total = workbook.add_worksheet().set_name(say("Bảng điểm", "Scorecard"))?;
    sheet(total, card, std::slice::from_ref(&card.total), &[], &styles, language)?;
    if !card.query.by.is_empty() {
        let groups = workbook.add_worksheet().set_name(say("Theo nhóm", "Groups"))?;
        sheet(groups, card, &card.groups, &card.query.by, &styles, language)?;
    }
    let notes = workbook.add_worksheet().set_name(say("Căn cứ", "Basis"))?;
    basis(notes, card, &styles, language)?;
    workbook.save(path)?;
    Ok(())
}

fn as_u8(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(1)
}

fn date(day: Day, language: Language) -> String {
    match language {
        Language::Vi => day.vietnamese(),
        Language::En => day.to_string(),
    }
}

/// A dimension's name for people.
fn title(name: &str, language: Language) -> String {
    let words = match name {
        "month" => "Tháng",
        "quarter" => "Quý",
        "week" => "Tuần",
        "day" => "Ngày",
        "received_month" => "Tháng tiếp nhận",
        _ => name.parse::<Column>().ok().map_or(name, |column| column.title()),
    };
    if language == Language::Vi { words.to_owned() } else { name.to_owned() }
}

fn sheet(
    sheet: &mut Worksheet,
    card: &Scorecard,
    groups: &[Group],
    by: &[String],
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| if language == Language::Vi { vi } else { en };
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.write_string_with_format(0, 0, &card.plan.title, &styles.title)?;
    let window = format!(
        "{} {} – {}, {} {}",
        say("Kỳ", "Period"),
        date(card.query.start, language),
        date(card.query.end, language),
        say("chốt", "cut"),
        date(card.query.cut, language)
    );
    sheet.write_string(1, 0, window)?;
    let mut top = 2u32;
    for warning in &card.warnings {
        sheet.write_string_with_format(
            top,
            0,
            format!("! {}", warning.text.get(language)),
            &styles.missed_plain,
        )?;
        top += 1;
    }
    top += 1;
    let heads = [
        say("Chỉ tiêu", "Indicator"),
        say("Tử số", "Numerator"),
        say("Mẫu số", "Denominator"),
        say("Tỷ lệ (%)", "Rate (%)"),
        say("Mục tiêu (%)", "Target (%)"),
        say("Kết luận", "Status"),
        say("Chênh (điểm %)", "Gap (points)"),
        say("Cần thêm", "Cases needed"),
        say("Tốt nhất (%)", "Best case (%)"),
        say("Xấu nhất (%)", "Worst case (%)"),
        say("Không rõ", "Unknown"),
        say("Nguồn số liệu", "Source"),
    ];
    let names = by.iter().map(|name| title(name, language)).chain(heads.map(str::to_owned));
    for (column, name) in (0u16..).zip(names) {
        sheet.write_string_with_format(top, column, name, &styles.head)?;
        sheet.set_column_width(column, if usize::from(column) <= by.len() { 34 } else { 14 })?;
    }
    sheet.set_freeze_panes(top + 1, 0)?;
    sheet.set_repeat_rows(top, top)?;
    let mut row = top + 1;
    for group in groups {
        for result in &group.results {
            let mut column = 0u16;
            for key in &group.keys {
                let text = match key {
                    Key::Null => say("(không rõ)", "(unknown)").to_owned(),
                    key => key.as_text().unwrap_or_default(),
                };
                sheet.write_string_with_format(row, column, text, &styles.text)?;
                column += 1;
            }
            result_cells(sheet, row, column, result, styles, language)?;
            row += 1;
        }
    }
    Ok(())
}

/// Excel holds numbers as floats: exact for every count below 2^53 and shown to the decimals of
/// the published figure, which stands beside it as numerator and denominator.
fn cell_number(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}

/// Where a figure comes from: the dossiers, a register, or the document that declares it.
fn source(result: &IndicatorResult, language: Language) -> String {
    let register = result.measure.register();
    match (&result.declaration, register, language) {
        (Some(document), _, Language::Vi) => {
            format!("tự khai: {}, {}", document.source, document.date.vietnamese())
        }
        (Some(document), _, Language::En) => format!("declared: {}, {}", document.source, document.date),
        (None, Some(register), Language::Vi) => register.title().to_owned(),
        (None, Some(register), Language::En) => register.title_en().to_owned(),
        (None, None, Language::Vi) => "hồ sơ".to_owned(),
        (None, None, Language::En) => "dossiers".to_owned(),
    }
}

fn result_cells(
    sheet: &mut Worksheet,
    row: u32,
    first: u16,
    result: &IndicatorResult,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    sheet.write_string_with_format(row, first, result.name.get(language), &styles.text)?;
    for (column, amount) in [(first + 1, result.numerator), (first + 2, result.denominator)] {
        let style = if amount.normalize().scale() > 0 { &styles.money } else { &styles.number };
        sheet.write_number_with_format(row, column, cell_number(amount), style)?;
    }
    match result.percent {
        Some(percent) => {
            sheet.write_number_with_format(row, first + 3, cell_number(percent), &styles.percent)?
        }
        None => sheet.write_blank(row, first + 3, &styles.text)?,
    };
    sheet.write_string_with_format(
        row,
        first + 4,
        format!("{} {}", result.target_op, result.target),
        &styles.text,
    )?;
    let status = format!("{} {}", mark(result.status), result.status.words(language));
    sheet.write_string_with_format(row, first + 5, status, styles.status(result.status))?;
    match result.gap {
        Some(gap) => sheet.write_number_with_format(row, first + 6, cell_number(gap), &styles.percent)?,
        None => sheet.write_blank(row, first + 6, &styles.text)?,
    };
    match result.cases_needed {
        Some(needed) => {
            sheet.write_number_with_format(row, first + 7, cell_number(needed.into()), &styles.number)?
        }
        None => sheet.write_blank(row, first + 7, &styles.text)?,
    };
    for (column, share) in [(first + 8, &result.best_case), (first + 9, &result.worst_case)] {
        match share.as_ref().and_then(|share| share.percent) {
            Some(percent) => {
                sheet.write_number_with_format(row, column, cell_number(percent), &styles.percent)?;
            }
            None => {
                sheet.write_blank(row, column, &styles.text)?;
            }
        }
    }
    sheet.write_number_with_format(row, first + 10, cell_number(result.unknown.into()), &styles.number)?;
    sheet.write_string_with_format(row, first + 11, source(result, language), &styles.text)?;
    Ok(())
}

/// What stands behind the figures: each indicator explained.
fn basis(
    sheet: &mut Worksheet,
    card: &Scorecard,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    sheet.set_column_width(0, 110)?;
    let mut row = 0u32;
    for warning in &card.warnings {
        sheet.write_string_with_format(row, 0, warning.text.get(language), &styles.missed_plain)?;
        row += 1;
    }
    for result in &card.total.results {
        let text =
            card.explain(&result.indicator, language).map_err(|error| WorkbookError(error.to_string()))?;
        for line in text.lines() {
            sheet.write_string_with_format(row, 0, line, &styles.plain)?;
            row += 1;
        }
        row += 1;
    }
    Ok(())
}
