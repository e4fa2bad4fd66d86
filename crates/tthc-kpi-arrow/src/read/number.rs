//! Numbers as people write them here: counts, and amounts of money.
//!
//! A mark with three digits behind it may stand between thousands or before decimals. An amount of đồng has
//! no decimals, so there it stands between thousands, unless the amounts of the table show that whoever
//! wrote it uses the marks otherwise: then it is neither, and told.

use rust_decimal::Decimal;
use tthc_kpi::{Column, ValueKind};

use super::cell::{Cell, Problem, Reading, out_of_range, unreadable};
use super::typed;
use super::words::{Words, normalise};

/// Hundredths of a đồng that no amount reaches: those of 18 digits are the largest.
pub(super) const MOST_MONEY: i128 = 10_i128.pow(18);

/// What numbers tell of how their marks are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks(u8);

impl Marks {
    pub(super) const NONE: Marks = Marks(0);
    /// "1,234": either of two things.
    pub(super) const OPEN_COMMA: Marks = Marks(1);
    /// "1.234".
    const OPEN_DOT: Marks = Marks(2);
    /// "1,5".
    const DECIMAL_COMMA: Marks = Marks(4);
    /// "1.5".
    const DECIMAL_DOT: Marks = Marks(8);
    /// "1,234,567".
    const GROUP_COMMA: Marks = Marks(16);
    /// "1.234.567".
    const GROUP_DOT: Marks = Marks(32);

    pub(super) const fn and(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Marks) -> Marks {
        Marks(self.0 & !other.0)
    }

    pub(super) const fn has(self, any: Marks) -> bool {
        self.0 & any.0 != 0
    }

    /// Of all that the amounts of a table tell, the open ones that others make doubtful.
    pub(super) fn doubtful(self) -> Marks {
        let doubt = |open: Marks, against: Marks| {
            if self.has(open) && self.has(against) { open } else { Marks::NONE }
        };
        doubt(Marks::OPEN_COMMA, Marks::DECIMAL_COMMA.and(Marks::GROUP_DOT))
            .and(doubt(Marks::OPEN_DOT, Marks::DECIMAL_DOT.and(Marks::GROUP_COMMA)))
    }

    const fn group(mark: char) -> Marks {
        if mark == ',' { Marks::GROUP_COMMA } else { Marks::GROUP_DOT }
    }

    const fn decimal(mark: char) -> Marks {
        if mark == ',' { Marks::DECIMAL_COMMA } else { Marks::DECIMAL_DOT }
    }
}

/// A number as a text of digits alone; any other takes a closer look.
fn plain_digits(cell: &Cell<'_>) -> Option<u32> {
    match cell {
        Cell::Text(text) if matches!(text.len(), 1..=9) => text
            .bytes()
            .try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0'))),
        _ => None,
    }
}

/// A whole number, not negative.
pub(crate) fn count(cell: &Cell<'_>, words: &Words, column: Column) -> Reading<u32> {
    match (cell, plain_digits(cell)) {
        (Cell::Empty | Cell::Text(""), _) => return Ok(None),
        (_, Some(number)) => return Ok(Some(number)),
        _ => {}
    }
    let (number, kind) = match cell {
        Cell::Number(number) => (*number, ValueKind::Number),
        _ => match cell.said(words) {
            Some(text) => {
                let text = match column {
                    // Only working days: "5 ngày" alone may mean calendar days.
                    Column::LimitDays | Column::PausedDays => {
                        without_unit(text.trim_end_matches('.'), &["ngày làm việc", "ngày lv", "nlv"])
                    }
                    _ => text,
                };
                if let Ok(number) = text.parse::<u32>() {
                    return Ok(Some(number));
                }
                let (number, marks) = decimal(text).ok_or(unreadable(ValueKind::Text))?;
                // "3.000" is three thousand or three; "1.234" can only be the former.
                let open = marks.has(Marks::OPEN_COMMA.and(Marks::OPEN_DOT));
                if open && number.checked_rem(Decimal::ONE_THOUSAND).is_none_or(|rest| rest.is_zero()) {
                    return Err(unreadable(ValueKind::Text));
                }
                (number, ValueKind::Number)
            }
            None if cell.is_nothing(words) => return Ok(None),
            None => return cell.unreadable(),
        },
    };
    whole(number, kind).map(Some)
}

pub(super) fn whole(number: Decimal, kind: ValueKind) -> Result<u32, Problem> {
    if !number.is_integer() {
        return Err(unreadable(kind));
    }
    u32::try_from(number).map_err(|_| out_of_range(kind))
}

/// An exact amount in hundredths of a đồng (`Decimal128(18, 2)`), of a table that tells nothing of its marks.
pub(crate) fn money(cell: &Cell<'_>, words: &Words) -> Reading<i128> {
    money_of(cell, words, Marks::OPEN_COMMA).0
}

/// The same, and what the amount tells of the marks. Open ones that are `doubtful` are not read.
pub(super) fn money_of(cell: &Cell<'_>, words: &Words, doubtful: Marks) -> (Reading<i128>, Marks) {
    match (cell, plain_digits(cell)) {
        (Cell::Empty | Cell::Text(""), _) => (Ok(None), Marks::NONE),
        (_, Some(number)) => (Ok(Some(i128::from(number) * 100)), Marks::NONE),
        _ => amount(cell, words, doubtful),
    }
}

/// An amount that is more than digits.
#[inline(never)]
fn amount(cell: &Cell<'_>, words: &Words, doubtful: Marks) -> (Reading<i128>, Marks) {
    let (number, marks) = match (cell, cell.said(words)) {
        (Cell::Number(number), _) => (*number, Marks::NONE),
        (_, Some(text)) => {
            if !text.bytes().any(|byte| byte.is_ascii_digit()) && words.free.contains(&normalise(text)) {
                return (Ok(Some(0)), Marks::NONE);
            }
            match decimal(typed::amount(text)) {
                Some((number, marks)) => (number, marks),
                None => return (Err(unreadable(ValueKind::Text)), Marks::NONE),
            }
        }
        _ if cell.is_nothing(words) => return (Ok(None), Marks::NONE),
        _ => return (cell.unreadable(), Marks::NONE),
    };
    let reading = match marks.has(doubtful) {
        true => Err(unreadable(ValueKind::Text)),
        false => hundredths(number).map(Some),
    };
    (reading, marks)
}

/// Never rounded: an amount with more than two decimals is not an amount of money as recorded.
pub(super) fn hundredths(number: Decimal) -> Result<i128, Problem> {
    let number = number.normalize();
    let up = 2_u32.checked_sub(number.scale()).ok_or(unreadable(ValueKind::Number))?;
    let value = number.mantissa().checked_mul(10_i128.pow(up)).ok_or(out_of_range(ValueKind::Number))?;
    if (0..MOST_MONEY).contains(&value) { Ok(value) } else { Err(out_of_range(ValueKind::Number)) }
}

fn without_unit<'a>(text: &'a str, units: &[&str]) -> &'a str {
    let lower = text.to_lowercase();
    for unit in units {
        // Lower case may change the length of a text; then the unit is left, and the text is unreadable.
        if lower.len() == text.len()
            && lower.ends_with(unit)
            && let Some(rest) = text.get(..text.len() - unit.len())
        {
            return Cell::trim(rest);
        }
    }
    text
}

/// A number as people write it here, and what it tells of the marks: "." between thousands, "," before
/// decimals; where only one reading is possible, the other way round too. A mark before three digits, which
/// could be either, is taken to stand between thousands, and told.
fn decimal(text: &str) -> Option<(Decimal, Marks)> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let compact: String = digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}')).collect();
    if compact.len() != digits.len() && !grouped_by_blanks(digits) {
        return None;
    }
    let (dots, commas) = (compact.matches('.').count(), compact.matches(',').count());
    let (thousands, point) = match (dots, commas) {
        (0, 0) => (None, None),
        (_, 1) if dots > 0 && compact.rfind(',') > compact.rfind('.') => (Some('.'), Some(',')),
        (1, _) if commas > 0 && compact.rfind('.') > compact.rfind(',') => (Some(','), Some('.')),
        (2.., 0) => (Some('.'), None),
        (0, 2..) => (Some(','), None),
        (1, 0) if could_be_thousands(&compact, '.') => (Some('.'), None),
        (1, 0) => (None, Some('.')),
        (0, 1) if could_be_thousands(&compact, ',') => (Some(','), None),
        (0, 1) => (None, Some(',')),
        _ => return None,
    };
    let marks = match (dots, commas) {
        (1, 0) if point.is_none() => Marks::OPEN_DOT,
        (0, 1) if point.is_none() => Marks::OPEN_COMMA,
        _ => thousands.map_or(Marks::NONE, Marks::group).and(point.map_or(Marks::NONE, Marks::decimal)),
    };
    let (whole, fraction) = match point {
        Some(point) => compact.split_once(point).map(|(whole, fraction)| (whole, Some(fraction)))?,
        None => (compact.as_str(), None),
    };
    let whole = match thousands {
        Some(mark) if whole.contains(mark) => {
            let mut groups = whole.split(mark);
            let first = groups.next()?;
            if !(1..=3).contains(&first.len()) || groups.any(|group| group.len() != 3) {
                return None;
            }
            whole.replace(mark, "")
        }
        _ => whole.to_owned(),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(&whole) || fraction.is_some_and(|fraction| !digits(fraction)) {
        return None;
    }
    let plain = match fraction {
        Some(fraction) => format!("{whole}.{fraction}"),
        None => whole,
    };
    let mut number = Decimal::from_str_exact(&plain).ok()?;
    number.set_sign_negative(negative && !number.is_zero());
    Some((number, marks))
}

/// "1.234": one mark, three digits after it, one to three before it, no leading zero.
fn could_be_thousands(text: &str, mark: char) -> bool {
    text.split_once(mark).is_some_and(|(whole, rest)| {
        rest.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
    })
}

/// "1 234 567": blanks only between thousands.
fn grouped_by_blanks(text: &str) -> bool {
    let mut groups = text.split([' ', '\u{a0}', '\u{202f}']);
    let first = groups.next().unwrap_or_default();
    (1..=3).contains(&first.len())
        && groups.all(|group| group.len() >= 3 && group.bytes().take(3).all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use tthc_kpi::Reason;

    use super::super::words::words;
    use super::*;

    fn amount_of(text: &str) -> Reading<i128> {
        money_of(&Cell::Text(text), words().unwrap(), Marks::NONE).0
    }

    #[test]
    fn amounts() {
        for (text, hundredths) in [
            ("1.234.567", 123_456_700),
            ("15.000,50 đ", 1_500_050),
            ("15.000 VNĐ", 1_500_000),
            ("15000", 1_500_000),
            ("15,000.50", 1_500_050),
            ("1,234,567", 123_456_700),
            ("0,5", 50),
            ("0.500", 50),
            ("12 345 678", 1_234_567_800),
            ("1.234", 123_400),
            ("1,234", 123_400),
            ("12.5", 1_250),
            ("₫15.000", 1_500_000),
            ("15.000,-", 1_500_000),
            ("Miễn phí", 0),
            ("0", 0),
            ("-0", 0),
        ] {
            assert_eq!(amount_of(text), Ok(Some(hundredths)), "{text}");
        }
        assert_eq!(amount_of(" - "), Ok(None));
        for text in ["1.23.456", "12,34,567", "abc", "1.234,567", "10,001.005", "1..2", "1 2", "đ"] {
            assert_eq!(amount_of(text).map_err(|problem| problem.reason), Err(Reason::Unreadable), "{text}");
        }
        for text in ["-1.000", "99999999999999999999"] {
            assert_eq!(amount_of(text).map_err(|problem| problem.reason), Err(Reason::OutOfRange), "{text}");
        }
        assert_eq!(
            hundredths(Decimal::from_str_exact("0.30000000000000004").unwrap()),
            Err(unreadable(ValueKind::Number))
        );
    }

    #[test]
    fn counts() {
        let words = words().unwrap();
        let read = |text| count(&Cell::Text(text), words, Column::LimitDays);
        assert_eq!(read("1.234"), Ok(Some(1234)));
        assert_eq!(read("1,234"), Ok(Some(1234)));
        assert_eq!(read("3.000"), Err(unreadable(ValueKind::Text)));
        assert_eq!(read("3.0"), Ok(Some(3)));
        assert_eq!(read("5 ngày làm việc"), Ok(Some(5)));
        assert_eq!(read("5 ngày"), Err(unreadable(ValueKind::Text)));
        assert_eq!(read("2,5"), Err(unreadable(ValueKind::Number)));
        assert_eq!(read("-1"), Err(out_of_range(ValueKind::Number)));
        assert_eq!(read("4294967296"), Err(out_of_range(ValueKind::Number)));
        assert_eq!(count(&Cell::Number(Decimal::new(30, 1)), words, Column::Payments), Ok(Some(3)));
        assert_eq!(count(&Cell::Bool(true), words, Column::Payments), Err(unreadable(ValueKind::Bool)));
    }

    #[test]
    fn what_marks_tell() {
        let marks = |texts: &[&str]| {
            texts.iter().fold(Marks::NONE, |all, text| all.and(decimal(text).unwrap().1)).doubtful()
        };
        for sure in [
            &["15,000"][..],
            &["15.000", "15,000"],
            &["15,000", "15.5"],
            &["15,000", "1,234.50"],
            &["15.000", "0,5"],
        ] {
            assert_eq!(marks(sure), Marks::NONE, "{sure:?}");
        }
        for comma in [&["15,500", "15,5"][..], &["15,500", "1.234.567"], &["15,500", "15.000,50"]] {
            assert_eq!(marks(comma), Marks::OPEN_COMMA, "{comma:?}");
        }
        assert_eq!(marks(&["15.500", "12.5"]), Marks::OPEN_DOT);
        let refused = money_of(&Cell::Text("15,500"), words().unwrap(), Marks::OPEN_COMMA).0;
        assert_eq!(refused, Err(unreadable(ValueKind::Text)));
    }
}
