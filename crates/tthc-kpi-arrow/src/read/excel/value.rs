//! What a cell of a workbook holds, exactly.

use calamine::{CellErrorType, DataRef, ExcelDateTime, ExcelDateTimeType};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tthc_kpi::{ColumnType, Instant, ValueKind};

use super::super::cell::Cell;
use super::super::date;

pub(super) fn convert<'a>(value: &'a DataRef<'_>, hint: Option<ColumnType>, epoch_1904: bool) -> Cell<'a> {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        // Only an .xls stores whole numbers as such.
        DataRef::Int(number) => match (hint, i32::try_from(*number)) {
            (Some(ColumnType::Instant), Ok(serial)) => serial_or_number(serial.into(), epoch_1904),
            _ => Cell::Number(Decimal::from(*number)),
        },
        DataRef::Float(number) => match hint {
            Some(ColumnType::Instant) => serial_or_number(*number, epoch_1904),
            _ => number_of(*number),
        },
        DataRef::DateTime(at) if at.is_datetime() => {
            date_of(at).map_or(Cell::Unreadable(ValueKind::Date), Cell::Date)
        }
        DataRef::DateTimeIso(text) => match date::parse(Cell::trim(text), false).0 {
            Some(at) => Cell::Date(at),
            None => Cell::Unreadable(ValueKind::Date),
        },
        DataRef::DateTime(_) | DataRef::DurationIso(_) => Cell::Unreadable(ValueKind::Date),
        // What a look-up gives that finds nothing.
        DataRef::Error(CellErrorType::NA) => Cell::Empty,
        DataRef::Error(CellErrorType::GettingData) => Cell::Unreadable(ValueKind::Formula),
        DataRef::Error(_) => Cell::Unreadable(ValueKind::Error),
    }
}

/// A workbook stores every number as a binary float. Its shortest text that reads back as the same
/// float is what was typed (up to 15 digits), and that text is exact as a decimal; going by the
/// float's own binary value would make 0.1 into 0.1000000000000000055.
fn number_of(number: f64) -> Cell<'static> {
    // Whole, not zero (which may be negative) and exact in a float: its text is its digits.
    if number.fract() == 0.0
        && (1.0..9_007_199_254_740_992.0).contains(&number.abs())
        && let Some(whole) = number.to_i64()
    {
        return Cell::Number(Decimal::from(whole));
    }
    Decimal::from_str_exact(&number.to_string()).map_or(Cell::Unreadable(ValueKind::Number), Cell::Number)
}

/// A number in a date column: a date whose cell lost its format, if it lies in 2000..2100.
fn serial_or_number(number: f64, epoch_1904: bool) -> Cell<'static> {
    let (first, last) = if epoch_1904 { (35_064.0, 71_954.0) } else { (36_526.0, 73_416.0) };
    if (first..last).contains(&number) {
        let serial = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, epoch_1904);
        if let Some(at) = date_of(&serial) {
            return Cell::Date(at);
        }
    }
    number_of(number)
}

/// `calamine` turns the serial number into a date, for both epochs, to the millisecond.
fn date_of(serial: &ExcelDateTime) -> Option<Instant> {
    // Below 1 there is a time of day and no date; above, no year of four digits.
    let held = (1.0..2_958_466.0).contains(&serial.as_f64());
    held.then(|| serial.as_datetime()).flatten().map(Instant::from_datetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_their_digits() {
        let near =
            (1_i32..=53).flat_map(|bits| [-1.0, 0.0, 1.0].map(|step| f64::exp2(f64::from(bits)) + step));
        let others = [0.0, -0.0, 0.5, 1e15, 1e15 + 0.5, 1e16, 1e28, 1e300, f64::NAN, f64::INFINITY];
        for number in near.chain(others).flat_map(|number| [number, -number]) {
            let expected = Decimal::from_str_exact(&number.to_string()).ok();
            match (number_of(number), expected) {
                (Cell::Number(found), Some(expected)) => {
                    assert_eq!(found.serialize(), expected.serialize(), "{number}");
                }
                (Cell::Unreadable(ValueKind::Number), None) => {}
                other => panic!("{number}: {other:?}"),
            }
        }
    }
}
