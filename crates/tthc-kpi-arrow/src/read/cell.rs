//! One cell of a source, and the strict reading of it as each kind of column.

use std::borrow::Cow;

use rust_decimal::Decimal;
use tthc_kpi::{Column, Instant, Reason, ValueKind};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::date::{self, Order};
use super::typed;
use super::words::{Words, normalise};

/// Longer than any cell a spreadsheet can hold (32,767 characters of up to 4 bytes).
pub(super) const MAX_TEXT: usize = 131_068;

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

    /// Whether a text is what a spreadsheet shows where a formula went wrong: nearly none is, nor begins so.
    pub(super) fn is_error(text: &str) -> bool {
        text.as_bytes().first() == Some(&b'#') && Self::is_one_of_errors(text)
    }

    #[cold]
    fn is_one_of_errors(text: &str) -> bool {
        const ERRORS: [&str; 9] = [
            "#REF!",
            "#VALUE!",
            "#DIV/0!",
            "#NAME?",
            "#NUM!",
            "#NULL!",
            "#SPILL!",
            "#CALC!",
            "#GETTING_DATA",
        ];
        ERRORS.iter().any(|error| error.eq_ignore_ascii_case(text))
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

    pub(super) fn unreadable<T>(&self) -> Reading<T> {
        Err(unreadable(self.kind()))
    }

    /// The trimmed text of a text cell that is not blank.
    pub(super) fn words(&self, words: &Words) -> Option<&'a str> {
        match self {
            Cell::Text(text) => {
                let text = Self::trim(text);
                (!words.is_blank(text)).then_some(text)
            }
            _ => None,
        }
    }

    /// The trimmed text of a cell where a date or a number should stand, if it says something.
    pub(super) fn said(&self, words: &Words) -> Option<&'a str> {
        self.words(words).filter(|text| !words.is_nothing(text))
    }

    /// Whether it says nothing where a date or a number should stand.
    pub(super) fn is_nothing(&self, words: &Words) -> bool {
        self.is_blank(words) || matches!(self, Cell::Text(text) if words.is_nothing(Self::trim(text)))
    }

    fn is_blank(&self, words: &Words) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => words.is_blank(Self::trim(text)),
            _ => false,
        }
    }
}

/// Trimmed NFC text; empty is null.
pub(crate) fn text<'a>(cell: &Cell<'a>, column: Option<Column>) -> Reading<Cow<'a, str>> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) => {
            let text = Cell::trim(text);
            if text.is_empty() {
                Ok(None)
            } else if Cell::is_error(text) {
                Err(unreadable(ValueKind::Error))
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
        _ => match cell.said(words) {
            Some(text) => {
                let (at, order) = date::parse(text, month_first);
                let at = at.or_else(|| serial(text));
                (at.map(Some).ok_or(unreadable(ValueKind::Text)), order)
            }
            None if cell.is_nothing(words) => (Ok(None), Order::Open),
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
    level(cell, words, 10, |name| {
        // "[10]", "10.": a code dressed up.
        let bare = name.trim_matches(['[', ']', '(', ')']);
        let code = bare.parse::<u8>().ok().filter(|code| (1..=10).contains(code));
        code.or_else(|| words.status_of(name).map(|status| status.code()))
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

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

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
