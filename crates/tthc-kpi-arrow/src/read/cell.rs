//! One cell of a source, and the strict reading of it as each kind of column.

use std::borrow::Cow;

use rust_decimal::Decimal;
use tthc_kpi::{Column, ColumnType, Instant, Reason, Text, ValueKind};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::date::{self, Order};
use super::typed;
use super::words::{Words, normalise};

/// Longer than any cell a spreadsheet can hold (32,767 characters of up to 4 bytes).
pub(super) const MAX_TEXT: usize = 131_068;

/// Hundredths of a đồng that no amount reaches: those of 18 digits are the largest.
pub(super) const MOST_MONEY: i128 = 10_i128.pow(18);

/// The content of a cell, whatever the kind of file.
#[derive(Debug, Clone)]
pub(crate) enum Cell<'a> {
    /// Nothing, or white space alone.
    Empty,
    /// Text as it stands.
    Text(&'a str),
    /// A number, exact.
    Number(Decimal),
    /// A truth value.
    Bool(bool),
    /// A date or a date with time.
    Date(Instant),
    /// Something with no value that could be read: a spreadsheet error, a formula never computed.
    Unreadable(ValueKind),
}

/// Why a cell gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) kind: ValueKind,
    pub(crate) reason: Reason,
}

/// A value, nothing (unknown), or a problem.
pub(crate) type Reading<T> = Result<Option<T>, Problem>;

pub(super) fn unreadable(kind: ValueKind) -> Problem {
    let reason = if kind == ValueKind::Formula { Reason::NotComputed } else { Reason::Unreadable };
    Problem { kind, reason }
}

pub(super) fn out_of_range(kind: ValueKind) -> Problem {
    Problem { kind, reason: Reason::OutOfRange }
}

impl<'a> Cell<'a> {
    /// The cell as one would type it.
    pub(crate) fn as_typed(&self) -> String {
        match self {
            Cell::Empty | Cell::Unreadable(_) => String::new(),
            Cell::Text(text) => Cell::trim(text).to_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Bool(truth) => if *truth { "có" } else { "không" }.to_owned(),
            Cell::Date(at) => at.to_string(),
        }
    }

    /// White space and the invisible marks some exports leave around a value, and the formula in which
    /// they wrap a code so that a spreadsheet keeps its zeros: `="0012"`.
    pub(crate) fn trim(text: &'a str) -> &'a str {
        let plain = |end: Option<&u8>| end.is_some_and(u8::is_ascii_graphic);
        let bytes = text.as_bytes();
        let text = if plain(bytes.first()) && plain(bytes.last()) {
            text
        } else {
            text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
        };
        if text.as_bytes().first() == Some(&b'=') { Cell::unwrapped(text) } else { text }
    }

    #[cold]
    #[inline(never)]
    fn unwrapped(text: &'a str) -> &'a str {
        text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map_or(text, str::trim)
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => Self::trim(text).is_empty(),
            _ => false,
        }
    }

    pub(super) fn kind(&self) -> ValueKind {
        match self {
            Cell::Empty => ValueKind::Empty,
            Cell::Text(_) => ValueKind::Text,
            Cell::Number(_) => ValueKind::Number,
            Cell::Bool(_) => ValueKind::Bool,
            Cell::Date(_) => ValueKind::Date,
            Cell::Unreadable(kind) => *kind,
        }
    }

    fn unreadable<T>(&self) -> Reading<T> {
        Err(unreadable(self.kind()))
    }

    /// The trimmed text of a text cell that is not blank.
    fn words(&self, words: &Words) -> Option<&'a str> {
        match self {
            Cell::Text(text) => {
                let text = Self::trim(text);
                (!words.is_blank(text)).then_some(text)
            }
            _ => None,
        }
    }

    fn is_blank(&self, words: &Words) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => words.is_blank(Self::trim(text)),
            _ => false,
        }
    }
}

/// What is to be done about a formula without its value.
pub(super) fn computed() -> Text {
    Text::new(
        "kết quả của công thức: mở tệp bằng Excel, lưu lại rồi đọc lại",
        "the value of the formula: open the file in Excel, save it, read it again",
    )
}

/// What was expected in a column, in words.
pub(crate) fn expected(column: Option<Column>) -> Text {
    let Some(column) = column else {
        return Text::new("văn bản, số nguyên hoặc có/không", "a text, a whole number or a truth value");
    };
    let (vi, en) = match column.column_type() {
        ColumnType::Text => {
            ("văn bản, hoặc số nguyên không quá 15 chữ số", "a text, or a whole number of at most 15 digits")
        }
        ColumnType::Category => match column {
            Column::Channel => (
                "trực tiếp, trực tuyến, bưu chính, hoặc mã 1, 2, 3",
                "trực tiếp, trực tuyến or bưu chính, or a code 1, 2 or 3",
            ),
            // KenhThucHien has 1 = direct, HinhThuc of the same message 1 = post (FACTS §4.2, §4.3).
            Column::ResultChannel => (
                "trực tiếp, trực tuyến hoặc bưu chính bằng chữ; mã số mỗi hệ thống một khác",
                "trực tiếp, trực tuyến or bưu chính in words; codes differ between systems",
            ),
            // LoaiDoiTuong: 1 is a citizen in one system and an enterprise in another (FACTS §4.3).
            _ => (
                "công dân, doanh nghiệp, cơ quan nhà nước hoặc khác, bằng chữ; mã số mỗi hệ thống một khác",
                "công dân, doanh nghiệp, cơ quan nhà nước or khác in words; codes differ between systems",
            ),
        },
        ColumnType::Status => ("trạng thái 1 đến 10 hoặc tên trạng thái", "a status 1 to 10 or its name"),
        ColumnType::Rating => ("mức hài lòng 1 đến 5 hoặc tên mức", "a rating 1 to 5 or its name"),
        ColumnType::Instant => (
            "ngày dd/MM/yyyy, có hoặc không có giờ, năm đủ bốn chữ số",
            "a date dd/MM/yyyy with or without a time, an ISO date or yyyyMMddHHmmss, of a year in four digits",
        ),
        ColumnType::Count => ("số nguyên không âm", "a whole number, not negative"),
        ColumnType::Money => (
            "số tiền như 1.234.567 hoặc 15.000,50, không âm",
            "an amount such as 1.234.567 or 15.000,50 with at most two decimals, not negative",
        ),
        ColumnType::Bool => {
            ("có hoặc không, true hoặc false, 1 hoặc 0", "có or không, true or false, 1 or 0")
        }
    };
    Text::new(vi, en)
}

/// Trimmed NFC text; empty is null.
pub(crate) fn text<'a>(cell: &Cell<'a>, column: Option<Column>) -> Reading<Cow<'a, str>> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => {
            let text = Cell::trim(text);
            if text.is_empty() {
                Ok(None)
            } else if text.len() > MAX_TEXT {
                Err(out_of_range(ValueKind::Text))
            } else {
                Ok(Some(nfc(text)))
            }
        }
        Cell::Number(number) => number_text(*number, column).map(|text| Some(Cow::Owned(text))),
        // An extra column may hold anything; a name or a code that became a date or a truth value is lost.
        Cell::Bool(value) if column.is_none() => {
            Ok(Some(Cow::Borrowed(if *value { "true" } else { "false" })))
        }
        Cell::Date(at) if column.is_none() => Ok(Some(Cow::Owned(at.to_string()))),
        other => other.unreadable(),
    }
}

/// The id of a dossier.
pub(crate) fn id<'a>(cell: &Cell<'a>, words: &Words) -> Reading<Cow<'a, str>> {
    match text(cell, Some(Column::DossierId))? {
        Some(id) if is_id(&id, words) => Ok(Some(id)),
        Some(id) if is_rounded(&id) => Err(unreadable(ValueKind::Number)),
        _ => Ok(None),
    }
}

/// Whether a text is an id: not what people put where there is none, by which all these rows would be one
/// dossier, nor a number whose digits are lost.
pub(super) fn is_id(text: &str, words: &Words) -> bool {
    // Nearly all ids are longer than anything that is none, and begin with a letter.
    const LONGEST: usize = 12;
    (text.len() > LONGEST || !words.is_no_id(text)) && !is_rounded(text)
}

/// "1.2345E+15": a spreadsheet's short form of a long number, whose digits are lost.
fn is_rounded(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '.' | ',')) {
        return false;
    }
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    digits.contains(['.', ',']) && number(digits) && power.strip_prefix('+').is_some_and(number)
}

pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

fn number_text(number: Decimal, column: Option<Column>) -> Result<String, Problem> {
    // A spreadsheet keeps 15 digits of a number: two longer ids would come out equal.
    const FIFTEEN_DIGITS: Decimal = Decimal::from_parts(2_764_472_320, 232_830, 0, false, 0); // 10^15
    if number.abs() >= FIFTEEN_DIGITS {
        return Err(out_of_range(ValueKind::Number));
    }
    let mut number = number.normalize();
    // A code is d.dddddd (FACTS §4.1); as a number in a spreadsheet it loses its last zeros.
    if column == Some(Column::ProcedureCode)
        && (1..=6).contains(&number.scale())
        && number < Decimal::TEN
        && number >= Decimal::ONE
    {
        number.rescale(6);
    }
    Ok(number.to_string())
}

/// An instant, and what the text says about the order of day and month.
pub(crate) fn instant(cell: &Cell<'_>, words: &Words, month_first: bool) -> (Reading<Instant>, Order) {
    if let Cell::Text(text) = cell {
        if text.is_empty() {
            return (Ok(None), Order::Open);
        }
        if let Some((at, order)) = date::usual(text, month_first) {
            return (Ok(Some(at)), order);
        }
    }
    match cell {
        Cell::Date(at) => (Ok(Some(*at)), Order::Open),
        // yyyyMMddHHmmss typed into a spreadsheet is a number of 14 digits.
        Cell::Number(number) if number.is_integer() => {
            let (at, _) = date::parse(&number.normalize().to_string(), false);
            (at.map(Some).ok_or(unreadable(ValueKind::Number)), Order::Open)
        }
        _ => match cell.words(words) {
            Some(text) => {
                let (at, order) = date::parse(text, month_first);
                let at = at.or_else(|| serial(text));
                (at.map(Some).ok_or(unreadable(ValueKind::Text)), order)
            }
            None if cell.is_blank(words) => (Ok(None), Order::Open),
            None => (cell.unreadable(), Order::Open),
        },
    }
}

/// A day number of a spreadsheet written as text, as where dates lost their format before the list was
/// saved: days since 1899-12-30, of 2000 to 2100, to the second.
fn serial(text: &str) -> Option<Instant> {
    const DAYS_TO_1970: i64 = 25_569;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let fraction = text.get(digits..).unwrap_or_default();
    let plain = fraction.is_empty() || fraction.starts_with(['.', ',']);
    let number = Decimal::from_str_exact(&text.replace(',', ".")).ok().filter(|_| digits == 5 && plain)?;
    if !(Decimal::from(36_526)..Decimal::from(73_416)).contains(&number) {
        return None;
    }
    let seconds = number.checked_sub(DAYS_TO_1970.into())?.checked_mul(86_400.into())?.round();
    i64::try_from(seconds).ok()?.checked_mul(1_000_000).map(Instant::from_micros)
}

/// Status 1..10. A number outside is an impossible value, a name nobody knows is unreadable.
pub(crate) fn status(cell: &Cell<'_>, words: &Words) -> Reading<u8> {
    let named = |name: &str| words.status.get(name).copied();
    level(cell, words, 10, |name| {
        named(name).or_else(|| named(&words.spelled_out(name)?)).map(|status| status.code())
    })
}

/// Rating 1..5.
pub(crate) fn rating(cell: &Cell<'_>, words: &Words) -> Reading<u8> {
    if let Cell::Text(text) = cell
        && words.unrated.contains(&normalise(text))
    {
        return Ok(None);
    }
    level(cell, words, 5, |name| words.rating.get(name).copied().or_else(|| typed::rating(name)))
}

fn level(cell: &Cell<'_>, words: &Words, most: u8, named: impl Fn(&str) -> Option<u8>) -> Reading<u8> {
    let number = match cell {
        Cell::Number(number) => *number,
        _ => match cell.words(words) {
            None if cell.is_blank(words) => return Ok(None),
            None => return cell.unreadable(),
            Some(text) => match Decimal::from_str_exact(text) {
                Ok(number) => number,
                Err(_) => return named(&normalise(text)).map(Some).ok_or(unreadable(ValueKind::Text)),
            },
        },
    };
    match u8::try_from(number) {
        Ok(code) if number.is_integer() && (1..=most).contains(&code) => Ok(Some(code)),
        _ => Err(out_of_range(ValueKind::Number)),
    }
}

/// The slug of a channel or of an applicant kind.
pub(crate) fn category(cell: &Cell<'_>, words: &Words, column: Column) -> Reading<&'static str> {
    let number = match cell {
        Cell::Number(number) => Some(*number),
        _ => match cell.words(words) {
            None if cell.is_blank(words) => return Ok(None),
            None => return cell.unreadable(),
            Some(text) => match Decimal::from_str_exact(text) {
                Ok(number) => Some(number),
                Err(_) => {
                    let name = normalise(text);
                    let slug = match column {
                        Column::ApplicantKind => words.applicant_kind.get(&name).map(|kind| kind.slug()),
                        _ => words.channel.get(&name).map(|channel| channel.slug()),
                    };
                    return slug.map(Some).ok_or(unreadable(ValueKind::Text));
                }
            },
        },
    };
    match (column, number) {
        // KenhThucHien of the national exchange.
        (Column::Channel, Some(code)) => {
            match tthc_kpi::Channel::ALL.iter().zip(1_u8..).find(|(_, n)| Decimal::from(*n) == code) {
                Some((channel, _)) => Ok(Some(channel.slug())),
                None => Err(out_of_range(ValueKind::Number)),
            }
        }
        _ => Err(unreadable(ValueKind::Number)),
    }
}

/// Yes, no, or unknown.
pub(crate) fn truth(cell: &Cell<'_>, words: &Words) -> Reading<bool> {
    match cell {
        Cell::Bool(value) => Ok(Some(*value)),
        Cell::Number(number) if number.is_zero() => Ok(Some(false)),
        Cell::Number(number) if *number == Decimal::ONE => Ok(Some(true)),
        Cell::Number(_) => Err(out_of_range(ValueKind::Number)),
        _ => match cell.words(words) {
            Some(text) => {
                words.truth.get(&normalise(text)).copied().map(Some).ok_or(unreadable(ValueKind::Text))
            }
            None if cell.is_blank(words) => Ok(None),
            None => cell.unreadable(),
        },
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
        _ => match cell.words(words) {
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
                (decimal(text).ok_or(unreadable(ValueKind::Text))?, ValueKind::Number)
            }
            None if cell.is_blank(words) => return Ok(None),
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

/// An exact amount in hundredths of a đồng (`Decimal128(18, 2)`).
pub(crate) fn money(cell: &Cell<'_>, words: &Words) -> Reading<i128> {
    match (cell, plain_digits(cell)) {
        (Cell::Empty | Cell::Text(""), _) => return Ok(None),
        (_, Some(number)) => return Ok(Some(i128::from(number) * 100)),
        _ => {}
    }
    amount(cell, words)
}

/// An amount that is more than digits.
#[inline(never)]
fn amount(cell: &Cell<'_>, words: &Words) -> Reading<i128> {
    let number = match cell {
        Cell::Number(number) => *number,
        _ => match cell.words(words) {
            Some(text) => {
                if !text.bytes().any(|byte| byte.is_ascii_digit()) && words.free.contains(&normalise(text)) {
                    return Ok(Some(0));
                }
                decimal(typed::amount(text)).ok_or(unreadable(ValueKind::Text))?
            }
            None if cell.is_blank(words) => return Ok(None),
            None => return cell.unreadable(),
        },
    };
    hundredths(number).map(Some)
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

/// A number as people write it here: "." between thousands, "," before decimals; where only one
/// reading is possible, the other way round too. "1,234" could be either, so it is neither.
fn decimal(text: &str) -> Option<Decimal> {
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
        (0, 1) if could_be_thousands(&compact, ',') => return None,
        (0, 1) => (None, Some(',')),
        _ => return None,
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
    Some(number)
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
    use super::super::words::words;
    use super::*;

    fn amount_of(text: &str) -> Reading<i128> {
        money(&Cell::Text(text), words().unwrap())
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
        for text in ["1,234", "1.23.456", "12,34,567", "abc", "1.234,567", "10,001.005", "1..2", "1 2", "đ"]
        {
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
    fn statuses_and_ratings() {
        let words = words().unwrap();
        let read = |text| status(&Cell::Text(text), words);
        for (text, code) in [
            ("9", 9),
            ("ĐÃ  XỬ LÝ\u{a0}XONG", 9),
            ("Đã trả kết quả", 10),
            ("Chờ bổ sung", 5),
            ("not_accepted", 3),
            ("10", 10),
            ("Đã trả KQ", 10),
            ("TRẢ KQ", 10),
        ] {
            assert_eq!(read(text), Ok(Some(code)), "{text}");
        }
        let nfd: String = "Đang xử lý".nfd().collect();
        assert_eq!(read(&nfd), Ok(Some(4)));
        assert_eq!(read(""), Ok(None));
        for text in ["0", "11", "-1", "2.5", "300"] {
            assert_eq!(read(text), Err(out_of_range(ValueKind::Number)), "{text}");
        }
        for text in ["Tạm dừng", "Từ chối", "xyz"] {
            assert_eq!(read(text), Err(unreadable(ValueKind::Text)), "{text}");
        }
        assert_eq!(status(&Cell::Bool(true), words), Err(unreadable(ValueKind::Bool)));
        let read = |text| rating(&Cell::Text(text), words);
        for (text, level) in [
            ("Rất hài lòng", 5),
            ("hài lòng", 4),
            ("Bình thường", 3),
            ("Không hài lòng", 2),
            ("Rất không hài lòng", 1),
            ("5", 5),
            ("4/5", 4),
            ("3 sao", 3),
        ] {
            assert_eq!(read(text), Ok(Some(level)), "{text}");
        }
        assert_eq!(read("0"), Err(out_of_range(ValueKind::Number)));
        assert_eq!(read("Chưa đánh giá"), Ok(None));
    }

    #[test]
    fn categories_and_truth() {
        let words = words().unwrap();
        let channel = |cell| category(&cell, words, Column::Channel);
        assert_eq!(channel(Cell::Text("2")), Ok(Some("online")));
        assert_eq!(channel(Cell::Number(Decimal::from(3))), Ok(Some("postal")));
        assert_eq!(channel(Cell::Text("Trực tiếp")), Ok(Some("in_person")));
        assert_eq!(channel(Cell::Text("Bưu chính công ích")), Ok(Some("postal")));
        assert_eq!(channel(Cell::Text("4")), Err(out_of_range(ValueKind::Number)));
        assert_eq!(
            category(&Cell::Text("1"), words, Column::ApplicantKind),
            Err(unreadable(ValueKind::Number))
        );
        assert_eq!(category(&Cell::Text("Doanh nghiệp"), words, Column::ApplicantKind), Ok(Some("business")));
        for (text, value) in [
            ("Có", true),
            ("x", true),
            ("X", true),
            ("1", true),
            ("TRUE", true),
            ("Đúng", true),
            ("Không", false),
            ("0", false),
            ("Sai", false),
        ] {
            assert_eq!(truth(&Cell::Text(text), words), Ok(Some(value)), "{text}");
        }
        assert_eq!(truth(&Cell::Text(" "), words), Ok(None));
        assert_eq!(truth(&Cell::Text("2"), words), Err(unreadable(ValueKind::Text)));
    }

    #[test]
    fn texts() {
        assert_eq!(text(&Cell::Text("  a\u{300} "), None), Ok(Some(Cow::Borrowed("à"))));
        assert_eq!(text(&Cell::Text("=\"0012\""), Some(Column::DossierId)), Ok(Some(Cow::Borrowed("0012"))));
        let code = Cell::Number(Decimal::from_str_exact("1.00513").unwrap());
        assert_eq!(text(&code, Some(Column::ProcedureCode)), Ok(Some(Cow::Borrowed("1.005130"))));
        let id = |digits: &str| {
            text(&Cell::Number(Decimal::from_str_exact(digits).unwrap()), Some(Column::DossierId))
                .map_err(|p| p.reason)
        };
        assert_eq!(id("999999999999999"), Ok(Some(Cow::Borrowed("999999999999999"))));
        assert_eq!(id("1000000000000000"), Err(Reason::OutOfRange));
    }
}
