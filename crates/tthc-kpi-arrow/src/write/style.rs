//! How the cells of official outputs look: black on white, as they are printed and signed.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// The typeface of administrative documents (NĐ 30/2020, Phụ lục I).
const TYPEFACE: &str = "Times New Roman";

/// Formats of official outputs.
pub(super) struct Styles {
    /// The title of the sheet.
    pub title: Format,
    /// Below the title, and other centred text.
    pub centred: Format,
    /// The same, bold.
    pub centred_bold: Format,
    /// The same, in italics.
    pub centred_italic: Format,
    /// At the left, wrapped.
    pub left: Format,
    /// The same, bold.
    pub left_bold: Format,
    /// A word before lines, not wrapped.
    pub label: Format,
    /// At the right, in italics.
    pub right_italic: Format,
    /// A heading of a table.
    pub head: Format,
    /// The row of column numbers.
    pub number_row: Format,
    /// Text in a table.
    pub text: Format,
    /// The same, centred.
    pub text_centred: Format,
    /// The same, of what is lacking.
    pub alert: Format,
    /// A count.
    pub count: Format,
    /// A total.
    pub total: Format,
    /// The name of a total.
    pub total_text: Format,
    /// A date.
    pub date: Format,
    /// A date with its time of day.
    pub moment: Format,
}

impl Styles {
    pub fn new() -> Self {
        let plain = || Format::new().set_font_name(TYPEFACE).set_font_size(12);
        let wrapped = || plain().set_text_wrap().set_align(FormatAlign::Top);
        let centred = || plain().set_text_wrap().set_align(FormatAlign::Center).set_align(FormatAlign::Top);
        let cell = || {
            Format::new()
                .set_font_name(TYPEFACE)
                .set_font_size(11)
                .set_border(FormatBorder::Thin)
                .set_text_wrap()
                .set_align(FormatAlign::VerticalCenter)
        };
        let shade = Color::RGB(0xEE_F1_F5);
        Styles {
            title: centred().set_bold().set_font_size(13),
            centred: centred(),
            centred_bold: centred().set_bold(),
            centred_italic: centred().set_italic(),
            left: wrapped(),
            left_bold: wrapped().set_bold(),
            label: plain().set_bold(),
            right_italic: plain().set_italic().set_align(FormatAlign::Right),
            head: cell().set_bold().set_align(FormatAlign::Center).set_background_color(shade),
            number_row: cell().set_italic().set_font_size(10).set_align(FormatAlign::Center),
            text: cell().set_align(FormatAlign::Left).set_indent(1),
            text_centred: cell().set_align(FormatAlign::Center),
            alert: cell().set_align(FormatAlign::Center).set_bold(),
            count: cell().set_num_format("#,##0_)").set_align(FormatAlign::Right),
            total: cell().set_num_format("#,##0_)").set_align(FormatAlign::Right).set_bold(),
            total_text: cell().set_align(FormatAlign::Left).set_indent(1).set_bold(),
            date: cell().set_num_format("dd/mm/yyyy").set_align(FormatAlign::Center),
            moment: cell().set_num_format("dd/mm/yyyy hh:mm").set_align(FormatAlign::Center),
        }
    }
}
