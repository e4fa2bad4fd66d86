//! A sheet of an official output: its paper, its title block, its table and its signatures.

use chrono::Datelike;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Formula, Workbook, Worksheet};
use tthc_kpi::{Day, Instant, Language};

use super::WorkbookError;
use super::heading::Heading;
use super::style::Styles;
use super::words::{say, signed_on};

/// The most characters of a cell: Excel holds 32,767.
const LONGEST: usize = 32_000;

/// A workbook dated by the cut, not by the moment of writing: the same result gives the same bytes.
pub(super) fn workbook(cut: Day, title: &str) -> Result<Workbook, WorkbookError> {
    let cut = cut.date();
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
    /// How wide the columns are, in characters.
    pub widths: &'w [u32],
}

impl Page<'_> {
    /// A4 landscape, as wide as the page, with page numbers.
    pub fn paper(&mut self) -> Result<(), WorkbookError> {
        let page = say("Trang", "Page", self.language);
        self.sheet
            .set_landscape()
            .set_paper_size(9)
            .set_print_fit_to_pages(1, 0)
            .set_print_center_horizontally(true)
            .set_margins(0.5, 0.5, 0.6, 0.7, 0.3, 0.35)
            .set_footer(format!("&R{page} &P/&N"));
        for (column, width) in (0u16..).zip(self.widths) {
            self.sheet.set_column_width(column, *width)?;
        }
        Ok(())
    }

    /// A text, never a formula: also not once somebody edits the cell.
    pub fn text(&mut self, row: u32, column: u16, text: &str, format: &Format) -> Result<(), WorkbookError> {
        let short: String = text.chars().take(LONGEST).collect();
        put(self.sheet, (row, column), &short, format)
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
    pub fn line(&mut self, row: u32, text: &str, format: &Format) -> Result<(), WorkbookError> {
        self.merged((row, 0), (row, self.last), text, format)?;
        // Such lines are of a larger print than the table.
        let lines = lines(text, self.widths.iter().sum::<u32>() * 19 / 20);
        self.sheet.set_row_height(row, 17 * lines)?;
        Ok(())
    }

    /// The notes below a table, where there are any; gives the row after them.
    pub fn notes(&mut self, row: u32, notes: &[String]) -> Result<u32, WorkbookError> {
        let (styles, mut row) = (self.styles, row);
        if notes.is_empty() {
            return Ok(row);
        }
        self.text(row, 0, say("Ghi chú:", "Notes:", self.language), &styles.label)?;
        for text in notes {
            row += 1;
            self.line(row, text, &styles.left)?;
        }
        Ok(row + 2)
    }

    /// Makes a row as high as its texts need. A spreadsheet would do so by itself, but not all do.
    pub fn fit(&mut self, row: u32, texts: &[(u16, &str)]) -> Result<(), WorkbookError> {
        let width = |column: u16| self.widths.get(usize::from(column)).copied().unwrap_or(10);
        let needed = texts
            .iter()
            .map(|(column, text)| lines(text, (width(*column) * 19 / 20).saturating_sub(2)))
            .max();
        // Enough for the typeface that stands in for Times New Roman where there is none: it is wider.
        self.sheet.set_row_height(row, 15 * needed.unwrap_or(1) + 4)?;
        Ok(())
    }

    /// A count.
    pub fn count(&mut self, row: u32, column: u16, count: u64, format: &Format) -> Result<(), WorkbookError> {
        self.sheet.write_number_with_format(row, column, number(count), format)?;
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

    /// A moment as a date that Excel knows; its time of day is shown unless only days are compared.
    pub fn moment(
        &mut self,
        (row, column): (u32, u16),
        at: Option<Instant>,
        by_day: bool,
    ) -> Result<(), WorkbookError> {
        let styles = self.styles;
        let shown = |at: Instant| if by_day || at.is_date() { &styles.date } else { &styles.moment };
        match at.and_then(|at| at.datetime().map(|moment| (shown(at), moment))) {
            Some((format, moment)) => {
                self.sheet.write_datetime_with_format(row, column, moment, format)?;
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

    /// Who made the table, at the left, and who signs it, at the right; the place and date over it
    /// where they do not stand at the head.
    pub fn signatures(
        &mut self,
        row: u32,
        heading: &Heading,
        split: u16,
        with_place: bool,
    ) -> Result<(), WorkbookError> {
        let (styles, language, last) = (self.styles, self.language, self.last);
        let signer = heading.signer_title.as_deref().map_or_else(
            || say("THỦ TRƯỞNG ĐƠN VỊ", "HEAD OF THE AGENCY", language).to_owned(),
            str::to_uppercase,
        );
        let place = place_and_date(heading, language);
        if with_place {
            self.merged((row, split + 1), (row, last), &place, &styles.centred_italic)?;
        }
        let preparer = say("NGƯỜI LẬP BIỂU", "PREPARED BY", language);
        self.merged((row + 1, 0), (row + 1, split), preparer, &styles.centred_bold)?;
        self.merged((row + 1, split + 1), (row + 1, last), &signer, &styles.centred_bold)?;
        let name = say("(Ký, ghi rõ họ tên)", "(signature, full name)", language);
        self.merged((row + 2, 0), (row + 2, split), name, &styles.centred_italic)?;
        let seal = say("(Ký, ghi rõ họ tên, đóng dấu)", "(signature, full name, seal)", language);
        self.merged((row + 2, split + 1), (row + 2, last), seal, &styles.centred_italic)?;
        // Room for the signatures, above the names.
        for (name, from, to) in [(&heading.preparer, 0, split), (&heading.signer, split + 1, last)] {
            // Not nothing: an empty cell is not printed, and the room above it would be cut off.
            let name = name.as_deref().unwrap_or("\u{a0}");
            self.merged((row + 6, from), (row + 6, to), name, &styles.centred_bold)?;
        }
        Ok(())
    }
}

fn place_and_date(heading: &Heading, language: Language) -> String {
    let date = signed_on(heading.date.as_deref(), language);
    format!("{}, {date}", heading.place.as_deref().unwrap_or("……………"))
}

/// Writes a text that is no formula, also not once somebody edits the cell.
pub(super) fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: &Format,
) -> Result<(), WorkbookError> {
    if text.starts_with(['=', '+', '-', '@']) {
        sheet.write_string_with_format(row, column, text, &format.clone().set_quote_prefix())?;
    } else {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

/// A count as Excel holds numbers: as a float, exact below 2^53.
pub(super) fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a count of rows is below 2^53")]
    let shown = count as f64;
    shown
}

/// The name of a column: `A`, `M`.
pub(super) fn letter(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}

/// How many lines a text takes where so many characters stand in one: a word is broken only when it is
/// longer than a line.
pub(super) fn lines(text: &str, width: u32) -> u32 {
    const MOST: u32 = 25;
    text.lines().fold(0u32, |sum, line| sum.saturating_add(wrapped(line, width))).clamp(1, MOST)
}

/// How many lines a text without a break of its own takes.
fn wrapped(text: &str, width: u32) -> u32 {
    let width = width.max(1);
    let (mut lines, mut filled) = (1u32, 0u32);
    for word in text.split_whitespace() {
        let length = u32::try_from(word.chars().count()).unwrap_or(u32::MAX);
        let wanted = filled.saturating_add(length);
        if wanted <= width {
            filled = wanted.saturating_add(1);
            continue;
        }
        lines = lines.saturating_add(u32::from(filled > 0)).saturating_add(length / width.saturating_add(1));
        filled = (length % width).saturating_add(1);
    }
    lines
}
