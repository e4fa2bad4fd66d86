//! Form 06a as an Excel workbook.

use std::path::Path;

use tthc_kpi::{Form06a, FormColumn, FormRow, Language};

use super::WorkbookError;
use super::heading::Heading;
use super::sheet::{Page, letter, workbook};
use super::style::Styles;
use super::technical::technical;
use super::words::{alphabet, cut, filed, period, say};

/// The columns of the sheet: number, field, (3) to (13).
const LAST: u16 = 12;
const WIDTHS: [u32; 13] = [5, 42, 10, 10, 13, 10, 10, 10, 10, 10, 10, 10, 10];
/// Where the heading of the table begins.
const HEAD: u32 = 6;
/// The first field.
const FIRST: u32 = HEAD + 4;

/// So many fields go on one page with their notes and signatures, in a print that can be read.
const ONE_PAGE: usize = 26;

/// Writes form 06a as it is filed: the title block, the heading of three rows and the numbers of the columns,
/// a row per field in the order of the alphabet and the total, notes and signatures; A4 landscape, one page
/// wide. Columns (3), (7) and (11) and the total are formulas, with the values of the form. Warnings, rules and
/// the calendar stand on a second sheet, which is not printed.
///
/// # Errors
/// [`WorkbookError`] when the file cannot be written.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Form06a, Language, Plan, Query, Tally};
/// use tthc_kpi_arrow::{Heading, write_form_06a};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-03".parse()?).by([Dimension::Field]).check()?;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-06a-{}.xlsx", std::process::id()));
/// write_form_06a(&Form06a::of(&Tally::new(&query))?, &path, &Heading::default(), Language::Vi)?;
/// assert!(std::fs::read(&path)?.starts_with(b"PK"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_form_06a(
    form: &Form06a,
    path: &Path,
    heading: &Heading,
    language: Language,
) -> Result<(), WorkbookError> {
    let title = heading.title.as_deref().unwrap_or(say(TITLE.0, TITLE.1, language));
    let mut workbook = workbook(form.basis.query.cut, &title.replace('\n', " "))?;
    let styles = Styles::new();
    let sheet = workbook.add_worksheet().set_name("06a")?;
    let mut page = Page { sheet, styles: &styles, language, last: LAST, widths: &WIDTHS };
    page.paper()?;
    if form.rows.len() <= ONE_PAGE {
        page.sheet.set_print_fit_to_pages(1, 1);
    }
    title_block(&mut page, form, heading, title)?;
    table_head(&mut page)?;
    let mut row = FIRST;
    let mut rows: Vec<&FormRow> = form.rows.iter().collect();
    rows.sort_by_cached_key(|row| alphabet(row.field.as_deref()));
    for (at, counts) in (1u64..).zip(rows) {
        page.count(row, 0, at, &styles.text_centred)?;
        let unknown = say("(không rõ)", "(unknown)", language);
        let field = counts.field.as_deref().unwrap_or(unknown);
        page.text(row, 1, field, &styles.text)?;
        page.fit(row, &[(1, field)])?;
        figures(&mut page, row, counts)?;
        row += 1;
    }
    total(&mut page, row, form)?;
    page.fit(row, &[])?;
    page.sheet.set_freeze_panes(FIRST, 2)?;
    page.sheet.set_repeat_rows(HEAD, HEAD + 3)?;
    let notes = form.notes();
    row = page.notes(row + 2, &filed(&form.basis, &notes, language))?;
    page.signatures(row, heading, 4, true)?;
    technical(&mut workbook, &form.basis, &notes, &styles, language)?;
    workbook.save(path)?;
    Ok(())
}

const TITLE: (&str, &str) = (
    "TÌNH HÌNH, KẾT QUẢ GIẢI QUYẾT TTHC TẠI CƠ QUAN,\nĐƠN VỊ TRỰC TIẾP GIẢI QUYẾT TTHC",
    "ADMINISTRATIVE PROCEDURES: DOSSIERS RECEIVED AND HANDLED",
);

/// Form number at the left, title and period in the middle, who reports to whom at the right.
fn title_block(
    page: &mut Page<'_>,
    form: &Form06a,
    heading: &Heading,
    title: &str,
) -> Result<(), WorkbookError> {
    let (styles, language) = (page.styles, page.language);
    let blank = "………………………";
    let number = say("Biểu số 06(a)/VPCP/KSTT", "Form 06(a)/VPCP/KSTT", language);
    page.merged((0, 0), (0, 1), number, &styles.left_bold)?;
    let report = heading.number.as_deref().map(|text| format!("{} {text}", say("Số:", "No.", language)));
    page.merged((1, 0), (3, 1), &report.unwrap_or_default(), &styles.left)?;
    page.merged((0, 2), (1, 8), title, &styles.title)?;
    page.merged((2, 2), (2, 8), &period(&form.basis, language), &styles.centred_bold)?;
    page.merged((3, 2), (3, 8), &cut(&form.basis, language), &styles.centred_italic)?;
    let agency = heading.agency.as_deref().unwrap_or(blank);
    let receiver = heading.receiver.as_deref().unwrap_or(blank);
    let agency = format!("{} {agency}", say("Đơn vị báo cáo:", "Reported by:", language));
    let receiver = format!("{} {receiver}", say("Đơn vị nhận báo cáo:", "Reported to:", language));
    page.merged((0, 9), (1, LAST), &agency, &styles.left)?;
    page.merged((2, 9), (3, LAST), &receiver, &styles.left)?;
    for (row, height) in (0u32..).zip([20.0, 20.0, 18.0, 18.0]) {
        page.sheet.set_row_height(row, height)?;
    }
    let unit = say("Đơn vị tính: Số hồ sơ TTHC", "Unit: dossiers", language);
    page.merged((HEAD - 1, 0), (HEAD - 1, LAST), unit, &styles.right_italic)
}

/// A name of the head: its first cell, its last, and what stands there.
type Name = ((u32, u16), (u32, u16), &'static str, &'static str);

/// Three rows of names, and the numbers of the columns.
fn table_head(page: &mut Page<'_>) -> Result<(), WorkbookError> {
    let (styles, language) = (page.styles, page.language);
    let (head, low) = (&styles.head, HEAD + 2);
    let names: [Name; 16] = [
        ((HEAD, 0), (low, 0), "TT", "No."),
        ((HEAD, 1), (low, 1), "Lĩnh vực, công việc giải quyết theo cấp", "Field"),
        ((HEAD, 2), (HEAD, 5), "Số hồ sơ tiếp nhận", "Received"),
        ((HEAD, 6), (HEAD, 9), "Số hồ sơ đã giải quyết", "Resolved"),
        ((HEAD, 10), (HEAD, LAST), "Số hồ sơ đang giải quyết", "Open"),
        ((HEAD + 1, 2), (low, 2), "Tổng số", "Total"),
        ((HEAD + 1, 3), (HEAD + 1, 4), "Trong kỳ", "In the period"),
        ((low, 3), (low, 3), "Trực tuyến", "Online"),
        ((low, 4), (low, 4), "Trực tiếp, dịch vụ bưu chính", "In person, by post"),
        ((HEAD + 1, 5), (low, 5), "Từ kỳ trước", "Carried over"),
        ((HEAD + 1, 6), (low, 6), "Tổng số", "Total"),
        ((HEAD + 1, 7), (low, 7), "Trước hạn", "Early"),
        ((HEAD + 1, 8), (low, 8), "Đúng hạn", "On the due day"),
        ((HEAD + 1, 9), (low, 9), "Quá hạn", "Late"),
        ((HEAD + 1, 10), (low, 10), "Tổng số", "Total"),
        ((HEAD + 1, 11), (low, 11), "Trong hạn", "In time"),
    ];
    for (from, to, vi, en) in names {
        page.merged(from, to, say(vi, en, language), head)?;
    }
    page.merged((HEAD + 1, LAST), (low, LAST), say("Quá hạn", "Overdue", language), head)?;
    page.sheet.set_row_height(HEAD, 20)?.set_row_height(HEAD + 1, 20)?.set_row_height(low, 48)?;
    for column in 0..=LAST {
        let number = match column {
            2 => "(3)=(4)\n+(5)+(6)".to_owned(),
            6 => "(7)=(8)\n+(9)+(10)".to_owned(),
            10 => "(11)=\n(12)+(13)".to_owned(),
            column => format!("({})", column + 1),
        };
        page.text(HEAD + 3, column, &number, &styles.number_row)?;
    }
    page.sheet.set_row_height(HEAD + 3, 30)?;
    Ok(())
}

/// The column of the sheet.
fn place(column: FormColumn) -> u16 {
    u16::from(column.number()) - 1
}

/// The columns that are sums of those after them: how many.
fn parts(column: FormColumn) -> Option<u16> {
    match column {
        FormColumn::ReceivedTotal | FormColumn::ResolvedTotal => Some(3),
        FormColumn::OpenTotal => Some(2),
        _ => None,
    }
}

fn figures(page: &mut Page<'_>, row: u32, counts: &FormRow) -> Result<(), WorkbookError> {
    let styles = page.styles;
    for column in FormColumn::ALL {
        let (at, count) = (place(*column), counts.get(*column));
        match parts(*column) {
            Some(parts) => {
                let (from, to) = (letter(at + 1), letter(at + parts));
                let formula = format!("=SUM({from}{line}:{to}{line})", line = row + 1);
                page.sum((row, at), &formula, count, &styles.count)?;
            }
            None => page.count(row, at, count, &styles.count)?,
        }
    }
    Ok(())
}

fn total(page: &mut Page<'_>, row: u32, form: &Form06a) -> Result<(), WorkbookError> {
    let styles = page.styles;
    page.text(row, 0, "", &styles.total_text)?;
    page.text(row, 1, say("TỔNG SỐ", "TOTAL", page.language), &styles.total_text)?;
    for column in FormColumn::ALL {
        let (at, count) = (place(*column), form.total.get(*column));
        if form.rows.is_empty() {
            page.count(row, at, count, &styles.total)?;
        } else {
            let formula = format!("=SUM({name}{}:{name}{row})", FIRST + 1, name = letter(at));
            page.sum((row, at), &formula, count, &styles.total)?;
        }
    }
    Ok(())
}
