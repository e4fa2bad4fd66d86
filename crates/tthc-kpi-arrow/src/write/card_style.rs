//! How the cells of a scorecard's workbook look.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};
use tthc_kpi::ResultStatus;

/// Formats of a scorecard's sheets.
pub(super) struct Styles {
    pub title: Format,
    pub head: Format,
    pub text: Format,
    pub number: Format,
    pub money: Format,
    pub percent: Format,
    pub met: Format,
    pub missed: Format,
    pub missed_plain: Format,
    pub plain: Format,
    pub centred: Format,
    pub percent_met: Format,
    pub percent_missed: Format,
}

impl Styles {
    pub fn new() -> Self {
        let cell = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter);
        let left = || cell().set_align(FormatAlign::Left).set_indent(1);
        let right = || cell().set_align(FormatAlign::Right).set_indent(1);
        Styles {
            title: Format::new().set_bold().set_font_size(14),
            head: cell()
                .set_bold()
                .set_text_wrap()
                .set_align(FormatAlign::Center)
                .set_background_color(Color::RGB(0xE7_EC_F3)),
            text: left().set_text_wrap(),
            number: right().set_num_format("#,##0"),
            money: right().set_num_format("#,##0.00"),
            percent: right().set_num_format("0.00##########"),
            met: left().set_font_color(Color::RGB(0x0B_5D_1E)).set_bold(),
            missed: left().set_font_color(Color::RGB(0x9B_1C_1C)).set_bold(),
            missed_plain: Format::new().set_text_wrap().set_font_color(Color::RGB(0x9B_1C_1C)),
            plain: Format::new().set_text_wrap(),
            centred: cell().set_align(FormatAlign::Center),
            percent_met: cell().set_num_format("0.00## \"✓\"").set_font_color(Color::RGB(0x0B_5D_1E)),
            percent_missed: cell()
                .set_num_format("0.00## \"✗\"")
                .set_font_color(Color::RGB(0x9B_1C_1C))
                .set_bold(),
        }
    }

    /// How a conclusion is shown.
    pub fn status(&self, status: ResultStatus) -> &Format {
        match status {
            ResultStatus::Met => &self.met,
            ResultStatus::Missed => &self.missed,
            ResultStatus::NotApplicable | ResultStatus::NoData => &self.text,
        }
    }
}

/// The mark beside a conclusion: it is not told by its colour alone.
pub(super) fn mark(status: ResultStatus) -> &'static str {
    match status {
        ResultStatus::Met => "✓",
        ResultStatus::Missed => "✗",
        ResultStatus::NotApplicable => "○",
        ResultStatus::NoData => "?",
    }
}
