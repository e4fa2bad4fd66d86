//! Dates written as text. Day first and a year of four digits, always: `chrono`'s own `%Y` would
//! take "26" for the year 26, and guessing month first would turn 05/01 into the first of May.

use chrono::NaiveDate;
use tthc_kpi::Instant;

use super::typed;

const MICROS_A_SECOND: i64 = 1_000_000;
const MICROS_A_DAY: i64 = 86_400 * MICROS_A_SECOND;
/// Asia/Ho_Chi_Minh has been UTC+7 without change since 1975.
pub(super) const LOCAL_OFFSET: i64 = 7 * 3_600 * MICROS_A_SECOND;

/// What a text date says about the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Nothing: both are at most 12, or the year comes first.
    Open,
    /// The first number is above 12.
    DayFirst,
    /// The second number is above 12.
    MonthFirst,
}

/// `dd/MM/yyyy`, with `HH:mm` or `HH:mm:ss` or neither: how nearly all dates are written. `None` is
/// for [`parse`] to look at.
pub(crate) fn usual(text: &str, month_first: bool) -> Option<(Instant, Order)> {
    let (date, time) = text.as_bytes().split_at_checked(10)?;
    let [d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4] = *date else { return None };
    let (first, second) = (two(d1, d2)?, two(m1, m2)?);
    let (month, day) = if month_first { (first, second) } else { (second, first) };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let micros = match *time {
        [] => 0,
        [b' ', h1, h2, b':', m1, m2] => clock(two(h1, h2)?, two(m1, m2)?, 0)?,
        [b' ', h1, h2, b':', m1, m2, b':', s1, s2] => clock(two(h1, h2)?, two(m1, m2)?, two(s1, s2)?)?,
        _ => return None,
    };
    let order = match (first, second) {
        (13.., _) => Order::DayFirst,
        (_, 13..) => Order::MonthFirst,
        _ => Order::Open,
    };
    Some((instant(day, micros, 0)?, order))
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    (tens.is_ascii_digit() && ones.is_ascii_digit())
        .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
}

/// Reads a trimmed text as an instant in local time; `None` if it is not one. `month_first` is for
/// a column another value of which has proved it.
pub(crate) fn parse(text: &str, month_first: bool) -> (Option<Instant>, Order) {
    if let Some((at, order)) = usual(text, month_first) {
        return (Some(at), order);
    }
    match general(text.as_bytes(), month_first) {
        (Some(at), order) => (Some(at), order),
        (None, order) => as_typed(text, month_first, order),
    }
}

#[cold]
#[inline(never)]
fn as_typed(text: &str, month_first: bool, order: Order) -> (Option<Instant>, Order) {
    match typed::date(text) {
        Some(typed) => {
            let bytes = typed.text.as_bytes();
            let (at, told) = general(bytes, month_first);
            // AM and PM are written where the month stands first: only where its place is sure.
            let sure = !typed.american || month_first || told != Order::Open || starts_with_year(bytes);
            (at.filter(|_| sure), told)
        }
        None => (None, order),
    }
}

fn starts_with_year(date: &[u8]) -> bool {
    date.iter().take_while(|byte| byte.is_ascii_digit()).count() == 4
}

fn general(bytes: &[u8], month_first: bool) -> (Option<Instant>, Order) {
    if bytes.iter().all(u8::is_ascii_digit) {
        return (compact(bytes), Order::Open);
    }
    // "05/01/2026 08:30", "2026-01-05T08:30:00+07:00", and "08:30 05/01/2026" as some systems print it.
    let cut = bytes.iter().position(|byte| matches!(byte, b' ' | b'T' | b't'));
    let (first, rest) = match cut {
        Some(at) => {
            (bytes.get(..at).unwrap_or_default(), bytes.get(at + 1..).unwrap_or_default().trim_ascii())
        }
        None => (bytes, <&[u8]>::default()),
    };
    let (date, time) = if first.contains(&b':') { (rest, first) } else { (first, rest) };
    let Some((day, order, iso)) = parse_date(date, month_first) else {
        return (None, order_of(date));
    };
    if cut.is_none() {
        return (instant(day, 0, 0), order);
    }
    let at = parse_time(time, iso).and_then(|(micros, offset)| instant(day, micros, offset));
    (at, order)
}

fn instant(day: NaiveDate, micros: i64, shift: i64) -> Option<Instant> {
    let midnight = i64::from(day.to_epoch_days()).checked_mul(MICROS_A_DAY)?;
    Some(Instant::from_micros(midnight.checked_add(micros)?.checked_add(shift)?))
}

/// `yyyyMMddHHmmss` of the national exchange, and `yyyyMMdd`.
fn compact(digits: &[u8]) -> Option<Instant> {
    let date = NaiveDate::from_ymd_opt(
        i32::try_from(number(digits.get(..4)?)?).ok()?,
        number(digits.get(4..6)?)?,
        number(digits.get(6..8)?)?,
    )?;
    match digits.len() {
        8 => instant(date, 0, 0),
        14 => {
            let micros = clock(
                number(digits.get(8..10)?)?,
                number(digits.get(10..12)?)?,
                number(digits.get(12..14)?)?,
            )?;
            instant(date, micros, 0)
        }
        _ => None,
    }
}

/// The three numbers of a date and whether the year comes first.
fn numbers(date: &[u8]) -> Option<([u32; 3], bool)> {
    let mark = *date.iter().find(|byte| !byte.is_ascii_digit())?;
    if !matches!(mark, b'/' | b'-' | b'.') {
        return None;
    }
    let mut parts = date.split(|byte| *byte == mark);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &[u8]| matches!(part.len(), 1 | 2);
    let year_first = match (a.len(), c.len()) {
        (4, 1 | 2) if short(b) => true,
        (1 | 2, 4) if short(b) => false,
        _ => return None,
    };
    parts.next().is_none().then_some(())?;
    Some(([number(a)?, number(b)?, number(c)?], year_first))
}

fn parse_date(date: &[u8], month_first: bool) -> Option<(NaiveDate, Order, bool)> {
    let ([a, b, c], year_first) = numbers(date)?;
    let (year, month, day) = match (year_first, month_first) {
        (true, _) => (a, b, c),
        (false, false) => (c, b, a),
        (false, true) => (c, a, b),
    };
    let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    Some((day, order_of(date), year_first))
}

fn order_of(date: &[u8]) -> Order {
    match numbers(date) {
        Some(([13..=31, 1..=12, _], false)) => Order::DayFirst,
        Some(([1..=12, 13..=31, _], false)) => Order::MonthFirst,
        _ => Order::Open,
    }
}

/// Microseconds of the day, and how far to shift to local time. A zone only beside an ISO date.
fn parse_time(time: &[u8], iso: bool) -> Option<(i64, i64)> {
    let zone_at = time.iter().position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-'));
    let (clock_part, zone) = match zone_at {
        Some(at) if iso => (time.get(..at)?.trim_ascii(), time.get(at..)?),
        Some(_) => return None,
        None => (time, <&[u8]>::default()),
    };
    let (whole, fraction) = match clock_part.iter().position(|byte| matches!(byte, b'.' | b',')) {
        Some(at) => (clock_part.get(..at)?, clock_part.get(at + 1..)?),
        None => (clock_part, <&[u8]>::default()),
    };
    let mut parts = whole.split(|byte| *byte == b':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some()
        || [Some(hour), Some(minute), second].into_iter().flatten().any(|part| part.len() > 2)
    {
        return None;
    }
    let mut micros = clock(number(hour)?, number(minute)?, second.map_or(Some(0), number)?)?;
    if whole.len() != clock_part.len() {
        if second.is_none() || fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        // Finer than a microsecond is cut off, as an Arrow cast would.
        let digits = fraction.get(..6.min(fraction.len()))?;
        number(fraction)?;
        let scale = 10_i64.checked_pow(u32::try_from(6 - digits.len()).ok()?)?;
        micros += i64::from(number(digits)?) * scale;
    }
    Some((micros, shift(zone)?))
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second < 60)
        .then(|| i64::from(hour * 3_600 + minute * 60 + second) * MICROS_A_SECOND)
}

/// From the zone's wall time to local wall time.
fn shift(zone: &[u8]) -> Option<i64> {
    let (sign, digits) = match zone {
        [] => return Some(0),
        [b'Z' | b'z'] => return Some(LOCAL_OFFSET),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [a, b] => (number(&[*a, *b])?, 0),
        [a, b, c, d] | [a, b, b':', c, d] => (number(&[*a, *b])?, number(&[*c, *d])?),
        _ => return None,
    };
    // The widest zones are -12:00 and +14:00.
    if hours > 14 {
        return None;
    }
    Some(LOCAL_OFFSET - sign * clock(hours, minutes, 0)?)
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u32, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        parse(text, false).0.map(|instant| instant.to_string())
    }

    #[test]
    fn forms_that_are_read() {
        for (text, expected) in [
            ("05/01/2026", "2026-01-05"),
            ("5/1/2026", "2026-01-05"),
            ("05-01-2026", "2026-01-05"),
            ("05/01/2026 08:30", "2026-01-05T08:30:00"),
            ("5/1/2026 8:05", "2026-01-05T08:05:00"),
            ("05/01/2026 08:30:15", "2026-01-05T08:30:15"),
            ("05/01/2026  08:30", "2026-01-05T08:30:00"),
            ("08:30 05/01/2026", "2026-01-05T08:30:00"),
            ("05/01/2026 00:00:00", "2026-01-05"),
            ("2026-01-05", "2026-01-05"),
            ("2026-01-05T08:30", "2026-01-05T08:30:00"),
            ("2026-01-05 08:30:15.250", "2026-01-05T08:30:15.250000"),
            ("2026-01-05T08:30:15.123456789", "2026-01-05T08:30:15.123456"),
            ("2026-01-05T17:30:00Z", "2026-01-06T00:30:00"),
            ("2026-01-05T08:30:00+07:00", "2026-01-05T08:30:00"),
            ("2026-01-05T08:30:00+0900", "2026-01-05T06:30:00"),
            ("2026-01-05T08:30:00-05", "2026-01-05T20:30:00"),
            ("20260105083000", "2026-01-05T08:30:00"),
            ("20260105", "2026-01-05"),
            ("29/02/2028", "2028-02-29"),
            ("8h30 05/01/2026", "2026-01-05T08:30:00"),
            ("05/01/2026 1:30 CH", "2026-01-05T13:30:00"),
            ("13/01/2026 1:30 PM", "2026-01-13T13:30:00"),
            ("2026-01-05 1:30 PM", "2026-01-05T13:30:00"),
            ("ngày 5 tháng 1 năm 2026", "2026-01-05"),
        ] {
            assert_eq!(at(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn forms_that_are_not() {
        for text in [
            "",
            "31/02/2026",
            "29/02/2026",
            "05/01/26",
            "5/1/026",
            "00/01/2026",
            "05/13/2026",
            "05/01/2026 24:00",
            "05/01/2026 08:60",
            "05/01/2026 8",
            "05/01/2026 08:30Z",
            "05/01-2026",
            "2026/01",
            "2026-01-05T",
            "2026-01-05T08:30:00+25:00",
            "20261301083000",
            "2026010508300",
            "46000",
            "46000.5",
            "Chủ nhật",
            "05/01/2026 08:30 x",
            "05/01/2026/1",
            "٠٥/٠١/٢٠٢٦",
            "2026-01-05T08:30.5",
            "26-01-05",
            "05/01/26 8h30",
            "05/01/2026 1:30 PM",
            "31 tháng 2 năm 2026",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    /// Every text that looks like a usual date, in both orders: the quick way and the general one agree.
    #[test]
    fn usual_dates_are_read_as_any_other() {
        for year in 1999..=2101_u32 {
            for (first, second) in
                (0..=33_u32).flat_map(|first| (0..=33_u32).map(move |second| (first, second)))
            {
                let time = match (first + second) % 4 {
                    0 => String::new(),
                    1 => format!(" {:02}:{:02}", year % 26, second * 2),
                    2 => format!(" {:02}:{:02}:{:02}", second % 26, year % 62, first * 2),
                    _ => " 8:30".to_owned(),
                };
                let text = format!("{first:02}/{second:02}/{year}{time}");
                for month_first in [false, true] {
                    let (at, order) = general(text.as_bytes(), month_first);
                    if let Some((quick, told)) = usual(&text, month_first) {
                        assert_eq!((Some(quick), told), (at, order), "{text} {month_first}");
                    } else {
                        assert!(at.is_none() || time == " 8:30", "{text} {month_first}");
                    }
                }
            }
        }
        for text in
            ["05/01/2026x", "0a/01/2026", "05/01/2026 08-30", "05-01-2026", "٠٥/٠١/2", "\u{5}5/01/2026"]
        {
            assert_eq!(usual(text, false), None, "{text:?}");
        }
    }

    #[test]
    fn order_of_day_and_month() {
        assert_eq!(parse("13/01/2026", false).1, Order::DayFirst);
        assert_eq!(parse("01/13/2026", false), (None, Order::MonthFirst));
        assert_eq!(parse("01/12/2026", false).1, Order::Open);
        assert_eq!(parse("13/01/2026 8h30", false).1, Order::DayFirst);
        assert_eq!(parse("01/13/2026 1:30 PM", false), (None, Order::MonthFirst));
        assert_eq!(parse("2026-01-13", false).1, Order::Open);
        assert_eq!(parse("45/13/2026", false).1, Order::Open);
        assert_eq!(parse("01/13/2026", true).0.map(|at| at.to_string()).as_deref(), Some("2026-01-13"));
    }
}
