//! The registers as sheets of a workbook.

use std::path::Path;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use tthc_kpi::Day;

/// A value as a register shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Whole(u32),
    Money(u32),
    /// A date cell.
    Day(Day),
    /// dd/MM/yyyy, typed as text.
    Typed(Day),
}

impl Cell {
    pub(super) fn of(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

/// A header: over one column, or a heading over several with a header each.
pub(super) enum Head {
    One(&'static str),
    Over(&'static str, &'static [&'static str]),
}

/// A register as a sheet.
pub(super) struct Page {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) heads: Vec<Head>,
    /// "(1) (2) (3)" under the headers.
    pub(super) numbered: bool,
    pub(super) rows: Vec<Vec<Cell>>,
    /// "Tổng cộng" in the first column, and what stands in others.
    pub(super) total: Option<Vec<(u16, Cell)>>,
}

struct Formats {
    title: Format,
    header: Format,
    day: Format,
    money: Format,
    total: Format,
}

/// Writes the pages; the same pages give the same bytes.
pub(super) fn write(pages: &[Page], path: &Path) -> Result<(), XlsxError> {
    let boxed = || Format::new().set_bold().set_border(FormatBorder::Thin);
    let formats = Formats {
        title: Format::new().set_bold(),
        header: boxed().set_align(FormatAlign::Center).set_text_wrap(),
        day: Format::new().set_num_format("dd/mm/yyyy"),
        money: Format::new().set_num_format("#,##0"),
        total: boxed(),
    };
    let mut workbook = Workbook::new();
    // The day after the year, not the day of writing.
    let made = ExcelDateTime::from_ymd(2027, 1, 1)?;
    let properties = DocProperties::new().set_creation_datetime(&made);
    workbook.set_properties(&properties.set_title("Các sổ đi kèm hồ sơ TTHC (số liệu mẫu)"));
    for page in pages {
        write_page(workbook.add_worksheet(), page, &formats)?;
    }
    workbook.save(path)
}

fn write_page(sheet: &mut Worksheet, page: &Page, formats: &Formats) -> Result<(), XlsxError> {
    sheet.set_name(page.name)?;
    for (at, text) in [(0, "UBND PHƯỜNG ĐỒNG NGUYÊN"), (1, page.title), (2, "Năm 2026 (số liệu mẫu)")]
    {
        sheet.write_string_with_format(at, 0, text, &formats.title)?;
    }
    let mut at = 4;
    let two_rows = page.heads.iter().any(|head| matches!(head, Head::Over(..)));
    let mut column = 0_u16;
    for head in &page.heads {
        match head {
            Head::One(text) => {
                if two_rows {
                    sheet.merge_range(at, column, at + 1, column, text, &formats.header)?;
                } else {
                    sheet.write_string_with_format(at, column, *text, &formats.header)?;
                }
                sheet.set_column_width(column, width(text))?;
                column += 1;
            }
            Head::Over(text, parts) => {
                let last = column + u16::try_from(parts.len()).unwrap_or(1) - 1;
                sheet.merge_range(at, column, at, last, text, &formats.header)?;
                for part in *parts {
                    sheet.write_string_with_format(at + 1, column, *part, &formats.header)?;
                    sheet.set_column_width(column, 14)?;
                    column += 1;
                }
            }
        }
    }
    at += if two_rows { 2 } else { 1 };
    if page.numbered {
        for column in 0..column {
            let text = format!("({})", column + 1);
            sheet.write_string_with_format(at, column, text, &formats.header)?;
        }
        at += 1;
    }
    sheet.set_freeze_panes(at, 2)?;
    for row in &page.rows {
        for (column, cell) in (0_u16..).zip(row) {
            write_cell(sheet, at, column, cell, formats)?;
        }
        at += 1;
    }
    if let Some(cells) = &page.total {
        sheet.write_string_with_format(at, 0, "Tổng cộng", &formats.total)?;
        for (column, cell) in cells {
            write_cell(sheet, at, *column, cell, formats)?;
        }
    }
    Ok(())
}

fn width(header: &str) -> u16 {
    match header {
        "STT" => 6,
        _ if header.starts_with("Tên")
            || header.starts_with("Nội dung")
            || header.starts_with("Danh mục") =>
        {
            48
        }
        _ => 18,
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    at: u32,
    column: u16,
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // Always as a string: a text is never a formula.
        Cell::Text(text) => {
            sheet.write_string(at, column, text)?;
        }
        Cell::Whole(value) => {
            sheet.write_number(at, column, *value)?;
        }
        Cell::Money(value) => {
            sheet.write_number_with_format(at, column, *value, &formats.money)?;
        }
        Cell::Day(day) => {
            sheet.write_datetime_with_format(at, column, day.date(), &formats.day)?;
        }
        Cell::Typed(day) => {
            sheet.write_string(at, column, day.vietnamese())?;
        }
    }
    Ok(())
}
