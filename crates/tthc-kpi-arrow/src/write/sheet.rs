//! A sheet of an official output: its paper, its title block, its table and its signatures.

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tthc_kpi::{Basis, Instant, Language};

use super::WorkbookError;
use super::heading::Heading;
use super::style::Styles;
use super::words::{say, signed_on};

/// The most characters of a cell: Excel holds 32,767.
const LONGEST: usize = 32_000;

/// A workbook dated by the cut, not by the moment of writing: the same result gives the same bytes.
pub(super) fn workbook(basis: &Basis, title: &str) -> Result<Workbook, WorkbookError> {
    let cut = basis.query.cut.date();
    let part = |number: u32| u8::try_from(number).unwrap_or(1);
    let made = ExcelDateTime::from_ymd(
        u16::try_from(cut.year()).unwrap_or(2000),
        part(cut.month()),
        part(cut.day()),
    )?;
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made).set_title(title));
    Ok(workbook)
}

/// A table on A4 paper, and where it stands.
pub(super) struct Page<'w> {
    pub sheet: &'w mut Worksheet,
    pub styles: &'w Styles,
    pub language: Language,
    /// The last column of the table.
    pub last: u16,
}

impl Page<'_> {
    /// A4 landscape, as wide as the page, with page numbers.
    pub fn paper(&mut self, widths: &[f64]) -> Result<(), WorkbookError> {
        let page = say("Trang", "Page", self.language);
        self.sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true)
            .set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.35)
            .set_footer(format!("&R{page} &P/&N"));
        for (column, width) in (0u16..).zip(widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// A text, never a formula: also not once somebody edits the cell.
    pub fn text(&mut self, row: u32, column: u16, text: &str, format: &Format) -> Result<(), WorkbookError> {
        let short: String = text.chars().take(LONGEST).collect();
        if text.starts_with(['=', '+', '-', '@']) {
            self.sheet.write_string_with_format(row, column, short, &format.clone().set_quote_prefix())?;
        } else {
            self.sheet.write_string_with_format(row, column, short, format)?;
        }
        Ok(())
    }

    /// A text over several cells.
    pub fn merged(
        &mut self,
        (row, column): (u32, u16),
        (last_row, last_column): (u32, u16),
        text: &str,
        format: &Format,
    ) -> Result<(), WorkbookError> {
        if (row, column) != (last_row, last_column) {
            self.sheet.merge_range(row, column, last_row, last_column, "", format)?;
        }
        self.text(row, column, text, format)
    }

    /// A text over the whole width, as high as it needs.
    pub fn line(&mut self, row: u32, text: &str, format: &Format, width: usize) -> Result<(), WorkbookError> {
        self.merged((row, 0), (row, self.last), text, format)?;
        // A merged cell does not grow by itself.
        let lines = u16::try_from(text.chars().count() / width + 1).unwrap_or(20).min(20);
        self.sheet.set_row_height(row, f64::from(lines) * 16.5)?;
        Ok(())
    }

    /// A count; Excel holds numbers as floats, exact below 2^53.
    pub fn count(&mut self, row: u32, column: u16, count: u64, format: &Format) -> Result<(), WorkbookError> {
        #[expect(clippy::cast_precision_loss, reason = "a count of dossiers is below 2^53")]
        self.sheet.write_number_with_format(row, column, count as f64, format)?;
        Ok(())
    }

    /// A formula and the value it must have.
    pub fn sum(
        &mut self,
        (row, column): (u32, u16),
        formula: &str,
        value: u64,
        format: &Format,
    ) -> Result<(), WorkbookError> {
        let formula = Formula::new(formula).set_result(value.to_string());
        self.sheet.write_formula_with_format(row, column, formula, format)?;
        Ok(())
    }

    /// A moment as a date that Excel knows, with its time of day when it has one.
    pub fn moment(&mut self, row: u32, column: u16, at: Option<Instant>) -> Result<(), WorkbookError> {
        let styles = self.styles;
        match at.and_then(|at| at.datetime().map(|moment| (at.is_date(), moment))) {
            Some((true, moment)) => {
                self.sheet.write_datetime_with_format(row, column, moment, &styles.date)?;
            }
            Some((false, moment)) => {
                self.sheet.write_datetime_with_format(row, column, moment, &styles.moment)?;
            }
            None => {
                self.sheet.write_blank(row, column, &styles.text)?;
            }
        }
        Ok(())
    }

    /// The head of an administrative document: the offices at the left, the state at the right.
    pub fn state_heading(&mut self, heading: &Heading, split: u16) -> Result<(), WorkbookError> {
        let (styles, language) = (self.styles, self.language);
        let blank = "………………………………";
        let superior = heading.superior.as_deref().unwrap_or_default().to_uppercase();
        let agency = heading.agency.as_deref().unwrap_or(blank).to_uppercase();
        let state = say("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM", language);
        let motto = say("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness", language);
        // Without an office above, the agency stands where that would.
        let (first, second) = if superior.is_empty() { (agency, String::new()) } else { (superior, agency) };
        let first_style = if second.is_empty() { &styles.centred_bold } else { &styles.centred };
        self.merged((0, 0), (0, split), &first, first_style)?;
        self.merged((1, 0), (1, split), &second, &styles.centred_bold)?;
        self.merged((0, split + 1), (0, self.last), state, &styles.centred_bold)?;
        self.merged((1, split + 1), (1, self.last), motto, &styles.centred_bold)?;
        if let Some(number) = &heading.number {
            let number = format!("{} {number}", say("Số:", "No.", language));
            self.merged((2, 0), (2, split), &number, &styles.centred)?;
        }
        let place = place_and_date(heading, language);
        self.merged((2, split + 1), (2, self.last), &place, &styles.centred_italic)?;
        for row in 0..3 {
            self.sheet.set_row_height(row, 17)?;
        }
        Ok(())
    }

    /// Who made the table, at the left, and who signs it, at the right; the row after it.
    pub fn signatures(&mut self, row: u32, heading: &Heading, split: u16) -> Result<u32, WorkbookError> {
        let (styles, language, last) = (self.styles, self.language, self.last);
        let signer = heading.signer_title.as_deref().map_or_else(
            || say("THỦ TRƯỞNG ĐƠN VỊ", "HEAD OF THE AGENCY", language).to_owned(),
            str::to_uppercase,
        );
        let place = place_and_date(heading, language);
        self.merged((row, split + 1), (row, last), &place, &styles.centred_italic)?;
        let preparer = say("NGƯỜI LẬP BIỂU", "PREPARED BY", language);
        self.merged((row + 1, 0), (row + 1, split), preparer, &styles.centred_bold)?;
        self.merged((row + 1, split + 1), (row + 1, last), &signer, &styles.centred_bold)?;
        let name = say("(Ký, ghi rõ họ tên)", "(signature, full name)", language);
        self.merged((row + 2, 0), (row + 2, split), name, &styles.centred_italic)?;
        let seal = say("(Ký, ghi rõ họ tên, đóng dấu)", "(signature, full name, seal)", language);
        self.merged((row + 2, split + 1), (row + 2, last), seal, &styles.centred_italic)?;
        // Room for the signatures, above the names.
        for (name, from, to) in [(&heading.preparer, 0, split), (&heading.signer, split + 1, last)] {
            let name = name.as_deref().unwrap_or_default();
            self.merged((row + 6, from), (row + 6, to), name, &styles.centred_bold)?;
        }
        Ok(row + 7)
    }
}

fn place_and_date(heading: &Heading, language: Language) -> String {
    let date = signed_on(heading.date.as_deref(), language);
    format!("{}, {date}", heading.place.as_deref().unwrap_or("……………"))
}

/// The name of a column: `A`, `M`.
pub(super) fn letter(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}
