//! What a cell or a row is by its look: a day, the numbers of columns.

use chrono::Datelike;

use super::cell::Cell;
use super::date::{self, Order};
use super::find::Row;
use super::note::is_spelled_out;

/// Whether a cell is a day on which a dossier could have been received.
pub(super) fn is_day(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Date(at) => (1990..=2110).contains(&at.day().date().year()),
        Cell::Text(text) => {
            date::usual(text, false).is_some() || date_of(text).is_some() && !is_spelled_out(text)
        }
        Cell::Number(number) => date_of(&number.normalize().to_string()).is_some(),
        _ => false,
    }
}

pub(super) fn date_of(text: &str) -> Option<tthc_kpi::Instant> {
    let (at, order) = date::parse(Cell::trim(text), false);
    at.or((order == Order::MonthFirst).then_some(tthc_kpi::Instant::from_micros(0)))
}

/// "(1) (2) (3)", "1 2 3", "(A) (B) (1)", "(3)=(4)+(5)": at least two cells, nothing else.
pub(super) fn is_index<R: Row>(row: &R) -> bool {
    let mut cells = 0;
    for (_, cell) in row.filled() {
        let is_one = match cell {
            // No column has a number above 16,384; an id or a date has.
            Cell::Number(number) => number.is_integer() && number > 0.into() && number <= 500.into(),
            Cell::Text(text) => {
                let text = Cell::trim(text);
                let plain = text.chars().all(|c| {
                    c.is_ascii_digit() || matches!(c, '(' | ')' | '[' | ']' | '=' | '+' | '-' | ' ')
                });
                let letter = text.chars().filter(|c| c.is_alphabetic()).count() == 1
                    && text.chars().all(|c| c.is_alphabetic() || matches!(c, '(' | ')'));
                let digits = text.chars().filter(char::is_ascii_digit).count();
                (plain && digits > 0 && (text.contains(['(', '[']) || digits <= 3)) || letter
            }
            _ => false,
        };
        if !is_one {
            return false;
        }
        cells += 1;
    }
    cells >= 2
}
