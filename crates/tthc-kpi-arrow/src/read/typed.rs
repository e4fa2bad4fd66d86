//! Values as people type them by hand, made into a form the strict readers know: "8h30 ngày 5/1/2026",
//! "₫15.000,-", "4/5". Only what can mean one thing; everything else stays unreadable and is told so.

use super::words::normalise;

/// No value typed by hand is longer.
const LONGEST: usize = 64;

/// A date in a form of [`super::date`].
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TypedDate {
    pub(super) text: String,
    /// It says AM or PM, as where the month stands first: it is no date of a day-first column.
    pub(super) american: bool,
}

/// Before noon or after it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// A date with the words around it taken away: "8h30", "8 giờ 30 phút", "08:30 SA", "1:30 chiều",
/// "ngày 5 tháng 1 năm 2026", "5 / 1 / 2026", with a comma or a dash between date and time.
#[inline(never)]
pub(super) fn date(text: &str) -> Option<TypedDate> {
    // A question mark is a doubt of whoever typed it.
    if text.len() > LONGEST || text.contains('?') {
        return None;
    }
    let tidy = normalise(text);
    let (mut day, mut time, mut half, mut american) = (None::<String>, None::<String>, None, false);
    let mut words = tidy
        .split([' ', ','])
        .map(|word| word.trim_matches(['\'', ',']))
        .filter(|word| !matches!(*word, "" | "-" | "–" | "ngày" | "ngay" | "lúc" | "luc" | "hồi" | "hoi"))
        .peekable();
    while let Some(word) = words.next() {
        let (word, end) = without_half(word);
        if let Some((said, in_english)) = end {
            if half.replace(said).is_some() {
                return None;
            }
            american |= in_english;
        }
        if word.is_empty() {
            continue;
        }
        let next = words.peek().copied();
        if is_short(word) && matches!(next, Some("tháng" | "thang")) {
            words.next();
            let month = words.next().filter(|month| is_short(month))?;
            words.next().filter(|name| matches!(*name, "năm" | "nam"))?;
            let year = words.next().filter(|year| is_digits(year) && year.len() == 4)?;
            put(&mut day, format!("{word}/{month}/{year}"))?;
        } else if is_short(word) && matches!(next, Some("giờ" | "gio")) {
            words.next();
            let minute = words.next_if(|minute| is_short(minute));
            if minute.is_some() {
                words.next_if(|name| matches!(*name, "phút" | "phut"));
            }
            put(&mut time, format!("{word}:{}", minute.unwrap_or("00")))?;
        } else if let Some((hour, minute)) = word.split_once(['h', 'g']) {
            let minute = minute.trim_end_matches(['\'', 'p', 'h']);
            let minute = if minute.is_empty() { "00" } else { minute };
            let plain = is_short(hour) && is_digits(minute) && minute.len() == 2;
            put(&mut time, plain.then(|| format!("{hour}:{minute}"))?)?;
        } else if word.contains(':') && !word.contains('t') {
            put(&mut time, word.to_owned())?;
        } else {
            put(&mut day, word.to_owned())?;
        }
    }
    let text = match (day?, time, half) {
        (day, Some(time), half) => format!("{day} {}", of_day(&time, half)?),
        (day, None, None) => day,
        (_, None, Some(_)) => return None,
    };
    Some(TypedDate { text, american })
}

fn put(place: &mut Option<String>, value: String) -> Option<()> {
    place.replace(value).is_none().then_some(())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_short(text: &str) -> bool {
    text.len() <= 2 && is_digits(text)
}

/// A word without the half of the day at its end, and whether that was said in English.
fn without_half(word: &str) -> (&str, Option<(Half, bool)>) {
    const HALVES: [(&str, Half, bool); 10] = [
        ("sa", Half::Morning, false),
        ("sáng", Half::Morning, false),
        ("sang", Half::Morning, false),
        ("am", Half::Morning, true),
        ("a.m", Half::Morning, true),
        ("ch", Half::Afternoon, false),
        ("chiều", Half::Afternoon, false),
        ("chieu", Half::Afternoon, false),
        ("pm", Half::Afternoon, true),
        ("p.m", Half::Afternoon, true),
    ];
    for (name, half, in_english) in HALVES {
        if let Some(rest) = word.strip_suffix(name)
            && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b':')
        {
            return (rest, Some((half, in_english)));
        }
    }
    (word, None)
}

/// The time of 24 hours. "14:30 CH" says the same twice; "14:30 SA" contradicts itself.
fn of_day(time: &str, half: Option<Half>) -> Option<String> {
    let Some(half) = half else { return Some(time.to_owned()) };
    let (hour, rest) = time.split_once(':')?;
    let hour: u8 = hour.parse().ok()?;
    let hour = match (half, hour) {
        (Half::Morning, 12) => 0,
        (Half::Morning, 0..=11) | (Half::Afternoon, 12..=23) => hour,
        (Half::Afternoon, 1..=11) => hour + 12,
        _ => return None,
    };
    Some(format!("{hour}:{rest}"))
}

/// An amount without the name and the sign of the đồng, wherever they stand, and the dash that closes it.
#[inline(never)]
pub(super) fn amount(text: &str) -> &str {
    const UNITS: [&str; 6] = ["đồng", "vnđ", "vnd", "đ", "₫", "d"];
    let digit = |end: Option<&u8>| end.is_some_and(u8::is_ascii_digit);
    if digit(text.as_bytes().first()) && digit(text.as_bytes().last()) {
        return text;
    }
    let mut rest = text.trim_start_matches('\'').trim();
    for unit in UNITS {
        if let Some(after) = cut_front(rest, unit) {
            rest = after.trim();
            break;
        }
    }
    rest = rest.trim_end_matches('.').trim_end();
    for unit in UNITS {
        if let Some(before) = cut_end(rest, unit) {
            rest = before.trim();
            break;
        }
    }
    [",-", ".-", ",–", "="].iter().find_map(|close| rest.strip_suffix(close)).unwrap_or(rest).trim()
}

/// Whether some letters are the unit's, in any case.
fn is_unit(letters: impl Iterator<Item = char>, unit: &str) -> bool {
    letters.flat_map(char::to_lowercase).eq(unit.chars())
}

fn cut_front<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let length = text.chars().take(unit.chars().count()).map(char::len_utf8).sum();
    let (front, rest) = text.split_at_checked(length)?;
    is_unit(front.chars(), unit).then_some(rest)
}

fn cut_end<'a>(text: &'a str, unit: &str) -> Option<&'a str> {
    let length: usize = text.chars().rev().take(unit.chars().count()).map(char::len_utf8).sum();
    let (rest, end) = text.split_at_checked(text.len().checked_sub(length)?)?;
    is_unit(end.chars(), unit).then_some(rest)
}

/// A rating out of five: "4/5", "4 sao", "4★", "★★★★☆".
#[inline(never)]
pub(super) fn rating(normalised: &str) -> Option<u8> {
    let stars = |mark: char| normalised.chars().filter(|letter| *letter == mark).count();
    let (full, empty) = (stars('★') + stars('⭐'), stars('☆'));
    if full + empty == normalised.chars().count() && full > 0 && (empty == 0 || full + empty == 5) {
        return u8::try_from(full).ok().filter(|level| *level <= 5);
    }
    let level = normalised.trim_end_matches("sao").trim_end_matches(['★', '⭐']).trim();
    let level = level.split_once('/').map_or(Some(level), |(level, of)| (of.trim() == "5").then_some(level));
    match level?.trim().as_bytes() {
        [digit @ b'1'..=b'5'] => Some(digit - b'0'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for (text, expected) in [
            ("8h30 05/01/2026", "05/01/2026 8:30"),
            ("05/01/2026 8h", "05/01/2026 8:00"),
            ("08g30 ngày 05/01/2026", "05/01/2026 08:30"),
            ("05/01/2026 08h30'", "05/01/2026 08:30"),
            ("05/01/2026 08:30 SA", "05/01/2026 8:30"),
            ("05/01/2026 12:15:00 SA", "05/01/2026 0:15:00"),
            ("05/01/2026 1:30CH", "05/01/2026 13:30"),
            ("05/01/2026 12:30 chiều", "05/01/2026 12:30"),
            ("05/01/2026 14:30 CH", "05/01/2026 14:30"),
            ("05/01/2026 - 08:30", "05/01/2026 08:30"),
            ("08:30, 05/01/2026", "05/01/2026 08:30"),
            ("05 / 01 / 2026", "05/01/2026"),
            ("'05/01/2026.", "05/01/2026"),
            ("Ngày 5 tháng 1 năm 2026", "5/1/2026"),
            ("8 giờ 30 phút, ngày 5 tháng 01 năm 2026", "5/01/2026 8:30"),
            ("8 giờ ngày 05/01/2026", "05/01/2026 8:00"),
        ] {
            let typed = date(text).map(|typed| (typed.text, typed.american));
            assert_eq!(typed, Some((expected.to_owned(), false)), "{text}");
        }
        assert!(date("13/01/2026 1:30 PM").is_some_and(|typed| typed.american));
        for text in [
            "05/01/2026?",
            "05/01/2026 SA",
            "05/01/2026 14:30 SA",
            "05/01/2026 00:30 CH",
            "05/01/2026 8h3",
            "05/01/2026 08:30 09:30",
            "05/01/2026 06/01/2026",
            "tháng 1 năm 2026",
            "8h30",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn amounts() {
        for text in [
            "15.000",
            "₫15.000",
            "₫ 15.000",
            "VNĐ 15.000",
            "15.000 đ",
            "15.000Đ",
            "15.000 Đồng.",
            "15.000,-",
            "15.000.-",
            "15.000,-đ",
            "'15.000",
            "15.000=",
        ] {
            assert_eq!(amount(text), "15.000", "{text}");
        }
        assert_eq!(amount("đ"), "");
        assert_eq!(amount("15.000 đ/trang"), "15.000 đ/trang");
    }

    #[test]
    fn ratings() {
        for (text, level) in
            [("5/5", 5), ("4 / 5", 4), ("3 sao", 3), ("2★", 2), ("★★★★★", 5), ("★★★★☆", 4), ("4/5 sao", 4)]
        {
            assert_eq!(rating(text), Some(level), "{text}");
        }
        for text in ["10/10", "8/10", "4/", "0/5", "6 sao", "★★★★★★", "★☆", "4,5/5", "sao", "☆☆☆☆☆"]
        {
            assert_eq!(rating(text), None, "{text}");
        }
    }
}
