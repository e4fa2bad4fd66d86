//! The rates of a scorecard's groups side by side: a row per group, a column per indicator.

use rust_xlsxwriter::Workbook;
use tthc_kpi::{Group, IndicatorResult, Key, Language, ResultStatus, Scorecard, reading_order};

use super::WorkbookError;
use super::card_style::{Styles, mark};
use super::sheet::put;
use super::words::say;
use super::workbook::{cell_number, fit, numbered, target, title};

/// The sheet of one dimension of the breakdown: its keys first, those of the others after them.
pub(super) fn rates(
    workbook: &mut Workbook,
    card: &Scorecard,
    at: usize,
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let Some(name) = card.query.by.get(at).map(|name| title(name, language)) else { return Ok(()) };
    let sheet = workbook.add_worksheet().set_name(sheet_name(&name, at, language))?;
    // As many pages side by side as the indicators need, each with the keys.
    sheet.set_landscape().set_paper_size(9).set_print_scale(70);
    sheet.set_footer(format!("&R{} &P/&N", say("Trang", "Page", language)));
    sheet.write_string_with_format(0, 0, &card.plan.title, &styles.title)?;
    let told = say(
        "Tỷ lệ (%) của từng nhóm: ✓ đạt, ✗ chưa đạt, ○ không có trường hợp, ? thiếu dữ liệu",
        "Rates (%) of each group: ✓ met, ✗ missed, ○ no cases, ? no data",
        language,
    );
    sheet.write_string(1, 0, told)?;

    // The dimension itself, then the others.
    let order: Vec<usize> =
        [at].into_iter().chain((0..card.query.by.len()).filter(|other| *other != at)).collect();
    let shown: Vec<&IndicatorResult> = card
        .total
        .results
        .iter()
        .filter(|result| card.groups.iter().any(|group| group.result(&result.indicator).is_some()))
        .collect();
    let (head, mut column) = (3u32, 0u16);
    for place in &order {
        let name = card.query.by.get(*place).map(|name| title(name, language)).unwrap_or_default();
        sheet.write_string_with_format(head, column, name, &styles.head)?;
        sheet.write_string_with_format(head + 1, column, "", &styles.head)?;
        sheet.set_column_width(column, 30)?;
        column += 1;
    }
    let keys = column;
    for result in &shown {
        let number = numbered(card, &result.indicator).unwrap_or_default();
        let name = format!("({number}) {}", result.name.get(language));
        sheet.write_string_with_format(head, column, name, &styles.head)?;
        let asked = target(result);
        sheet.write_string_with_format(head + 1, column, asked, &styles.head)?;
        sheet.set_column_width(column, 14)?;
        column += 1;
    }
    sheet.set_row_height(head, 96)?;
    sheet.set_repeat_columns(0, keys.saturating_sub(1))?;
    sheet.set_freeze_panes(head + 2, keys)?;
    sheet.set_repeat_rows(head, head + 1)?;

    let mut groups: Vec<&Group> = card.groups.iter().collect();
    groups.sort_by_cached_key(|group| {
        order.iter().map(|place| group.keys.get(*place).map(reading_order)).collect::<Vec<_>>()
    });
    let total = [(None, &card.total)];
    let rows = groups.into_iter().map(|group| (Some(group), group)).chain(total);
    for (row, (group, figures)) in (head + 2..).zip(rows) {
        let mut needed = Vec::new();
        for (column, place) in (0u16..).zip(&order) {
            let text = match group.map(|group| group.keys.get(*place)) {
                None => (column == 0).then(|| say("Toàn bộ", "Whole", language).to_owned()),
                Some(None | Some(Key::Null)) => Some(say("(không rõ)", "(unknown)", language).to_owned()),
                Some(Some(key)) => key.as_text(),
            };
            let text = text.unwrap_or_default();
            put(sheet, (row, column), &text, &styles.text)?;
            needed.push(text);
        }
        fit(sheet, row, &needed.iter().map(|text| (&**text, 30)).collect::<Vec<_>>())?;
        for (column, result) in (keys..).zip(&shown) {
            let Some(result) = figures.result(&result.indicator) else {
                sheet.write_blank(row, column, &styles.text)?;
                continue;
            };
            match (result.percent, result.status) {
                (Some(percent), ResultStatus::Met) => {
                    sheet.write_number_with_format(row, column, cell_number(percent), &styles.percent_met)?
                }
                (Some(percent), ResultStatus::Missed) => sheet.write_number_with_format(
                    row,
                    column,
                    cell_number(percent),
                    &styles.percent_missed,
                )?,
                (Some(percent), _) => {
                    sheet.write_number_with_format(row, column, cell_number(percent), &styles.percent)?
                }
                (None, status) => {
                    sheet.write_string_with_format(row, column, mark(status), &styles.centred)?
                }
            };
        }
    }
    Ok(())
}

/// A name that Excel takes: at most 31 characters, none of `[]:*?/\`, and each its own.
fn sheet_name(name: &str, at: usize, language: Language) -> String {
    let whole = format!("{} {}", say("Tỷ lệ theo", "Rates by", language), name);
    let clean: String =
        whole.chars().map(|letter| if "[]:*?/\\'".contains(letter) { ' ' } else { letter }).collect();
    if clean.chars().count() <= 31 {
        return clean;
    }
    let short: String = clean.chars().take(27).collect();
    format!("{short} {}", at + 1)
}
