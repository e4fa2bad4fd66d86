//! The rows set aside as a workbook: to be mended there and read again.

use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use tthc_kpi::{Language, Reason};

use super::WorkbookError;
use crate::dossiers::Dossiers;

/// Writes the rows that were set aside, one below the other, with where each stood, why it was set aside,
/// what was expected, and what stands in the columns that are read. Once mended the workbook is read like
/// any export: its own four columns mean nothing to the reader. At most
/// [`MAX_ISSUES`](crate::read::MAX_ISSUES) rows of each table are there. The cells of a row that has more or fewer
/// than the header stand in columns of their own, in order, for whoever mends it to put them where they belong;
/// not where the table has personal data, which could be any of them.
///
/// # Errors
/// [`WorkbookError`] when the file cannot be written.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::Language;
/// use tthc_kpi_arrow::{Dossiers, Duplicates, read::read_tables, write_set_aside};
/// let folder = std::env::temp_dir();
/// let [list, mended] = ["csv", "xlsx"].map(|kind| folder.join(format!("tthc-kpi-doc-mend-{}.{kind}", std::process::id())));
/// std::fs::write(&list, "Mã hồ sơ,Ngày tiếp nhận\nA,05/01/2026\nB,hôm nào\n")?;
/// let tables = read_tables(&list, &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// assert_eq!(write_set_aside(&Dossiers::from_loaded(tables, Duplicates::Resolve)?, &mended, Language::Vi)?, 1);
/// # std::fs::remove_file(&list)?;
/// # std::fs::remove_file(&mended)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_set_aside(dossiers: &Dossiers, path: &Path, language: Language) -> Result<usize, WorkbookError> {
    let mut workbook = Workbook::new();
    // Not the moment of writing: the same rows give the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let vi = language == Language::Vi;
    let sheet = workbook.add_worksheet().set_name(if vi { "Dòng để riêng" } else { "Set aside" })?;
    let own =
        if vi { ["Tệp", "Dòng", "Lý do", "Cần là"] } else { ["File", "Row", "Reason", "Expected"] };
    // The columns of all tables, each once, in the order they are met.
    let mut headers: Vec<&str> = Vec::new();
    for header in dossiers.aside().iter().flat_map(|table| &table.headers) {
        if !headers.contains(&header.as_str()) {
            headers.push(header);
        }
    }
    // Where it is not known which cell is whose, all of them stand beside, in order.
    let raw =
        dossiers.aside().iter().flat_map(|table| &table.rows).map(|row| row.raw.len()).max().unwrap_or(0);
    let numbered: Vec<String> =
        (1..=raw).map(|at| if vi { format!("Ô thứ {at}") } else { format!("Cell {at}") }).collect();
    let bold = Format::new().set_bold();
    let all = own.iter().chain(&headers).copied().chain(numbered.iter().map(String::as_str));
    for (column, header) in (0..).zip(all) {
        sheet.write_string_with_format(0, column, header, &bold)?;
    }
    let mut rows = 0;
    for (table, aside) in
        dossiers.aside().iter().flat_map(|table| table.rows.iter().map(move |row| (table, row)))
    {
        rows += 1;
        let row = u32::try_from(rows).unwrap_or(u32::MAX);
        let issue = &aside.issue;
        let place = issue.sheet.iter().fold(issue.file.clone(), |file, sheet| format!("{file} › {sheet}"));
        let expected = if vi { &issue.expected.vi } else { &issue.expected.en };
        let source = issue.source.as_deref().map(|source| format!("{source}: ")).unwrap_or_default();
        let reason = format!("{source}{}", words(issue.reason, language));
        let told = [place, issue.row.to_string(), reason, expected.clone()];
        for (column, text) in (0..).zip(told) {
            sheet.write_string(row, column, text)?;
        }
        for (header, text) in table.headers.iter().zip(&aside.cells).filter(|(_, text)| !text.is_empty()) {
            let at = headers.iter().position(|known| known == header).unwrap_or_default() + own.len();
            sheet.write_string(row, u16::try_from(at).unwrap_or(u16::MAX), text)?;
        }
        for (at, text) in (own.len() + headers.len()..).zip(&aside.raw).filter(|(_, text)| !text.is_empty()) {
            sheet.write_string(row, u16::try_from(at).unwrap_or(u16::MAX), text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    workbook.save(path)?;
    Ok(rows)
}

/// The reasons for which a row is set aside, in words.
const fn words(reason: Reason, language: Language) -> &'static str {
    match (reason, language) {
        (Reason::Unreadable, Language::Vi) => "không đọc được",
        (Reason::Missing, Language::Vi) => "thiếu giá trị",
        (Reason::NotComputed, Language::Vi) => "công thức chưa có kết quả",
        (Reason::NotComputed, Language::En) => "a formula without its value",
        (other, _) => other.slug(),
    }
}
