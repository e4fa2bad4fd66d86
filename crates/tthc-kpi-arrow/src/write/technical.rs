//! What stands behind a form and is not filed with it: a sheet that is not printed.

use rust_xlsxwriter::Workbook;
use tthc_kpi::{Basis, Language, Note};

use super::WorkbookError;
use super::sheet::{lines, put};
use super::style::Styles;
use super::words::{day, remarks, say};

/// How wide the sheet's only column is, in characters.
const WIDTH: u32 = 110;
/// Beyond what is written: the print area, so that nothing of the sheet is printed.
const EMPTY: (u32, u16) = (0, 3);

/// Adds the sheet of notes, warnings, rules and the calendar, and how far the data goes.
pub(super) fn technical(
    workbook: &mut Workbook,
    basis: &Basis,
    notes: &[Note],
    styles: &Styles,
    language: Language,
) -> Result<(), WorkbookError> {
    let say = |vi: &'static str, en: &'static str| say(vi, en, language);
    let sheet = workbook.add_worksheet().set_name(say("Ghi chú kỹ thuật", "Technical notes"))?;
    sheet.set_column_width(0, WIDTH)?.set_paper_size(9);
    sheet.set_print_area(EMPTY.0, EMPTY.1, EMPTY.0, EMPTY.1)?;
    let about = say(
        "Trang này để tra cứu khi đối chiếu số liệu: không in, không nộp kèm biểu.",
        "For checking the figures: this sheet is not printed and not filed.",
    );
    let through = basis.data.data_through.map_or_else(|| "–".to_owned(), |through| day(through, language));
    let asked = [
        format!("- {}: {through}.", say("Dữ liệu đến ngày", "Data through")),
        format!("- {}: {}.", say("Mã đối chiếu", "Digest"), basis.query.digest),
    ];
    put(sheet, (0, 0), say("Ghi chú kỹ thuật", "Technical notes"), &styles.label)?;
    let told = remarks(basis, notes.iter().map(|note| &note.text), language);
    for (row, text) in (1u32..).zip([about.to_owned()].into_iter().chain(told).chain(asked)) {
        put(sheet, (row, 0), &text, &styles.left)?;
        sheet.set_row_height(row, 17 * lines(&text, WIDTH * 9 / 10))?;
    }
    Ok(())
}
