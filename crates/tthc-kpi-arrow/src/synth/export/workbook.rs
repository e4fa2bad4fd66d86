//! The list as an Excel workbook.

use std::path::Path;

use chrono::NaiveTime;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::{COLUMNS, Cell, Line, Look, moment_text};
use crate::synth::{MessySummary, Synth, SynthError};

/// 1,048,576 rows of a sheet, less the titles, the total and room for repeated dossiers.
const MOST_ROWS: u64 = 1_045_000;

/// The looks of cells.
struct Formats {
    title: Format,
    header: Format,
    day: Format,
    moment: Format,
    money: Format,
    total: Format,
}

impl Formats {
    fn new() -> Self {
        let boxed = || Format::new().set_bold().set_border(FormatBorder::Thin);
        Formats {
            title: Format::new().set_bold(),
            header: boxed().set_align(FormatAlign::Center).set_text_wrap(),
            day: Format::new().set_num_format("dd/mm/yyyy"),
            moment: Format::new().set_num_format("dd/mm/yyyy hh:mm:ss"),
            money: Format::new().set_num_format("#,##0"),
            total: boxed(),
        }
    }
}

pub(super) fn write(synth: &Synth, path: &Path, messy: bool) -> Result<MessySummary, SynthError> {
    if synth.rows > MOST_ROWS {
        return Err(SynthError::TooManyForSheet { rows: synth.rows, most: MOST_ROWS });
    }
    let mut workbook = Workbook::new();
    // The day after the year, not the day of writing: the same settings give the same bytes.
    let made = ExcelDateTime::from_ymd(u16::try_from(synth.year + 1).unwrap_or(2027), 1, 1)?;
    let properties = DocProperties::new().set_creation_datetime(&made);
    workbook.set_properties(&properties.set_title("Danh sách hồ sơ TTHC (số liệu mẫu)"));
    let formats = Formats::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("Danh sách hồ sơ")?;
    for (column, (_, title)) in (0_u16..).zip(COLUMNS) {
        let width = if title.starts_with("Tên") { 48 } else { 18 };
        sheet.set_column_width(column, if column == 0 { 10 } else { width })?;
    }
    let mut at = 0_u32;
    let summary = synth.lines(messy, |line| {
        write_line(sheet, at, &line, &formats)?;
        at += 1;
        Ok(())
    })?;
    workbook.save(path)?;
    Ok(summary)
}

fn write_line(sheet: &mut Worksheet, at: u32, line: &Line<'_>, formats: &Formats) -> Result<(), XlsxError> {
    match line {
        Line::Title(text) => {
            sheet.merge_range(at, 0, at, 7, text, &formats.title)?;
        }
        Line::Blank => {}
        Line::Headers(titles) => {
            for (column, title) in (0_u16..).zip(titles) {
                sheet.write_string_with_format(at, column, *title, &formats.header)?;
            }
            // The titles and headers stay in sight.
            sheet.set_freeze_panes(at + 1, 2)?;
        }
        Line::Numbering => {
            for (column, _) in (0_u16..).zip(COLUMNS) {
                let text = format!("({})", column + 1);
                sheet.write_string_with_format(at, column, text, &formats.header)?;
            }
        }
        Line::Dossier(cells) => {
            for (column, cell) in (0_u16..).zip(*cells) {
                write_cell(sheet, at, column, cell, formats)?;
            }
        }
        Line::Total(parts) => {
            for (column, text) in parts {
                let column = u16::try_from(*column).unwrap_or(0);
                sheet.write_string_with_format(at, column, text, &formats.total)?;
            }
        }
    }
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    at: u32,
    column: u16,
    cell: &Cell<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => {}
        // Always as a string: a text is never a formula.
        Cell::Text(text) => {
            sheet.write_string(at, column, text.as_ref())?;
        }
        Cell::Whole(value) => {
            sheet.write_number(at, column, *value)?;
        }
        Cell::Money(value) => {
            sheet.write_number_with_format(at, column, *value, &formats.money)?;
        }
        Cell::Moment(moment, Look::Cell) => {
            let format = if moment.time() == NaiveTime::MIN { &formats.day } else { &formats.moment };
            sheet.write_datetime_with_format(at, column, moment, format)?;
        }
        Cell::Moment(moment, look) => {
            sheet.write_string(at, column, moment_text(*moment, *look == Look::Seconds))?;
        }
    }
    Ok(())
}
