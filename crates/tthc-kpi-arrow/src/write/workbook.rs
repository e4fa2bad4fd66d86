//! The scorecard as an Excel workbook: the total, each breakdown's rows, and what stands behind
//! the figures. Every text is written as text, so a name that starts with `=` is never a formula.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::Worksheet;
use tthc_kpi::{
    Column, Group, IndicatorResult, Key, Language, ResultStatus, Scorecard, TargetOp, Unit, reading_order,
};

use super::WorkbookError;
use super::card_basis::{basis, data, definitions, registers};
use super::card_rates::rates;
use super::card_style::{Styles, mark};
use super::sheet::{lines, number, put, workbook as dated};
use super::words::day as date;

/// Writes the scorecard to a workbook of sheets: the total; where there is a breakdown every group's results,
/// and for each dimension the rates of the groups side by side; where the rows went, the rules and the
/// warnings; what each indicator is, with its clauses; the registers; and how each figure came about, with the
/// names of its rules. Indicators have the numbers they have in the plan.
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
    let mut workbook = dated(card.query.cut, &card.plan.title)?;
    let styles = Styles::new();
    let say = |vi: &'static str, en: &'static str| if language == Language::Vi { vi } else { en };
    let total = workbook.add_worksheet().set_name(say("Bảng điểm", "Scorecard"))?;
    sheet(total, card, std::slice::from_ref(&card.total), &[], &styles, language)?;
    if !card.query.by.is_empty() {
        let groups = workbook.add_worksheet().set_name(say("Theo nhóm", "Groups"))?;
        sheet(groups, card, &card.groups, &card.query.by, &styles, language)?;
    }
    for at in 0..card.query.by.len() {
        rates(&mut workbook, card, at, &styles, language)?;
    }
    data(&mut workbook, card, &styles, language)?;
    definitions(&mut workbook, card, &styles, language)?;
    if !card.registers.is_empty() {
        registers(&mut workbook, card, &styles, language)?;
    }
    basis(&mut workbook, card, &styles, language)?;
    workbook.save(path)?;
    Ok(())
}

/// A dimension's name for people.
pub(super) fn title(name: &str, language: Language) -> String {
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
    let keys = u16::try_from(by.len()).unwrap_or(1);
    let width = NUMBER + 34 * (u32::from(keys) + 1) + 12 * 10 + SOURCE;
    for warning in &card.warnings {
        let text = format!("! {}", warning.text.get(language));
        sheet.merge_range(top, 0, top, keys + 12, &text, &styles.missed_plain)?;
        fit(sheet, top, &[(&text, width)])?;
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
    let keyed = by.iter().map(|name| title(name, language));
    let names = [say("Số", "No.").to_owned()].into_iter().chain(keyed).chain(heads.map(str::to_owned));
    let names: Vec<(String, u32)> = (0u16..)
        .zip(names)
        .map(|(column, name)| match column {
            0 => (name, NUMBER),
            column if column <= keys + 1 => (name, 34),
            column if column == keys + 12 => (name, SOURCE),
            _ => (name, 12),
        })
        .collect();
    for (column, (name, width)) in (0u16..).zip(&names) {
        sheet.write_string_with_format(top, column, name, &styles.head)?;
        sheet.set_column_width(column, *width)?;
    }
    fit(sheet, top, &names.iter().map(|(name, width)| (&**name, *width)).collect::<Vec<_>>())?;
    sheet.set_freeze_panes(top + 1, 0)?;
    sheet.set_repeat_rows(top, top)?;
    let mut row = top + 1;
    let mut groups: Vec<&Group> = groups.iter().collect();
    groups.sort_by_cached_key(|group| group.keys.iter().map(reading_order).collect::<Vec<_>>());
    for group in groups {
        for result in &group.results {
            if let Some(at) = numbered(card, &result.indicator) {
                sheet.write_number_with_format(row, 0, number(at), &styles.centred)?;
            }
            let mut column = 1u16;
            let mut needed =
                vec![(result.name.get(language).to_owned(), 34), (source(result, language), SOURCE)];
            for key in &group.keys {
                let text = match key {
                    Key::Null => say("(không rõ)", "(unknown)").to_owned(),
                    key => key.as_text().unwrap_or_default(),
                };
                put(sheet, (row, column), &text, &styles.text)?;
                needed.push((text, 34));
                column += 1;
            }
            result_cells(sheet, row, column, result, styles, language)?;
            let needed: Vec<(&str, u32)> = needed.iter().map(|(text, width)| (&**text, *width)).collect();
            fit(sheet, row, &needed)?;
            row += 1;
        }
    }
    Ok(())
}

/// How wide the column of the indicators' numbers is, in characters.
pub(super) const NUMBER: u32 = 6;

/// How wide the column of sources is.
const SOURCE: u32 = 28;

/// The number an indicator has in its plan, from 1.
pub(super) fn numbered(card: &Scorecard, indicator: &str) -> Option<u64> {
    (1..).zip(&card.total.results).find(|(_, result)| *result.indicator == *indicator).map(|(at, _)| at)
}

/// Makes a row as high as its texts need, each in a column so wide. A spreadsheet would do so by itself, but
/// not all do; and another typeface than Excel's is wider.
pub(super) fn fit(sheet: &mut Worksheet, row: u32, cells: &[(&str, u32)]) -> Result<(), WorkbookError> {
    let needed = cells.iter().map(|(text, width)| lines(text, width.saturating_sub(2 + width / 20))).max();
    sheet.set_row_height(row, 15 * needed.unwrap_or(1) + 3)?;
    Ok(())
}

/// Excel holds numbers as floats: exact for every count below 2^53 and shown to the decimals of
/// the published figure, which stands beside it as numerator and denominator.
pub(super) fn cell_number(value: Decimal) -> f64 {
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

/// Why no number of further cases is told: none reaches the target, or there are none to speak of.
fn none_needed(result: &IndicatorResult, language: Language) -> &'static str {
    let amounts = matches!(result.unit, Unit::WorkingDays | Unit::Vnd);
    match (result.status, amounts, language) {
        (ResultStatus::Missed, false, Language::Vi) => "không thể",
        (ResultStatus::Missed, false, Language::En) => "impossible",
        _ => "–",
    }
}

/// What is asked for: "≥ 75".
pub(super) fn target(result: &IndicatorResult) -> String {
    let sign = match result.target_op {
        TargetOp::AtLeast => "≥",
        op => op.slug(),
    };
    format!("{sign} {}", result.target)
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
    sheet.write_string_with_format(row, first + 4, target(result), &styles.centred)?;
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
        None => {
            sheet.write_string_with_format(row, first + 7, none_needed(result, language), &styles.centred)?
        }
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
