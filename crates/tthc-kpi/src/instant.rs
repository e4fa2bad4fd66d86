//! Days and instants in local time, `Asia/Ho_Chi_Minh` (SPEC §2).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

const MICROS_A_DAY: i64 = 86_400_000_000;
const MICROS_A_MINUTE: i64 = 60_000_000;

/// A text that is not a day or an instant.
///
/// The text itself is not repeated: it may be the cell of a dossier, and an error never carries one (SPEC
/// §2).
///
/// # Example
/// ```
/// use tthc_kpi::{Day, Instant, InstantError};
/// assert_eq!("05/01/2026".parse::<Day>(), Err(InstantError::Day));
/// assert_eq!("2026-01-05T08:30Z".parse::<Instant>(), Err(InstantError::Instant));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// The text is not a day that exists.
    #[error("the text is not a day: expected an existing date as YYYY-MM-DD")]
    Day,
    /// The text is not an instant that exists.
    #[error(
        "the text is not an instant: \
         expected YYYY-MM-DD, or YYYY-MM-DDThh:mm[:ss[.ffffff]] without a zone"
    )]
    Instant,
}

/// A calendar day (ngày), as the number of days since 1970-01-01.
///
/// Always a day that [`NaiveDate`] can hold ([`Day::MIN`] to [`Day::MAX`]). Its text, in serde too, is
/// `YYYY-MM-DD`.
///
/// # Example
/// ```
/// use tthc_kpi::Day;
/// let day: Day = "2026-01-05".parse()?;
/// assert_eq!(day.number(), 20_458);
/// assert_eq!(day.plus(1).to_string(), "2026-01-06");
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// The first day that can be held: the first day of [`NaiveDate`].
    pub const MIN: Self = Self(NaiveDate::MIN.to_epoch_days());
    /// The last day that can be held: the last day of [`NaiveDate`].
    pub const MAX: Self = Self(NaiveDate::MAX.to_epoch_days());

    /// The day that many days after 1970-01-01; `None` outside [`Day::MIN`] to [`Day::MAX`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Day;
    /// assert_eq!(Day::from_number(1).map(|day| day.to_string()).as_deref(), Some("1970-01-02"));
    /// assert_eq!(Day::from_number(i32::MAX), None);
    /// ```
    #[must_use]
    pub const fn from_number(number: i32) -> Option<Self> {
        if number < Self::MIN.0 || number > Self::MAX.0 { None } else { Some(Self(number)) }
    }

    /// Days since 1970-01-01, negative before it.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day of a date.
    #[must_use]
    pub const fn from_date(date: NaiveDate) -> Self {
        Self(date.to_epoch_days())
    }

    /// The date of this day. Every `Day` has one.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_epoch_days(self.0).unwrap_or(NaiveDate::MAX)
    }

    /// The day as Vietnamese readers write it: dd/MM/yyyy.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Day;
    /// assert_eq!("2026-01-05".parse::<Day>()?.vietnamese(), "05/01/2026");
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn vietnamese(self) -> String {
        self.date().format("%d/%m/%Y").to_string()
    }

    /// The day that many days later (earlier when negative), held within [`Day::MIN`] and [`Day::MAX`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Day;
    /// assert_eq!("2026-03-01".parse::<Day>()?.plus(-1), "2026-02-28".parse()?);
    /// assert_eq!(Day::MAX.plus(1), Day::MAX);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Days since the last Monday: 0 on Monday, 6 on Sunday (1970-01-01 was a Thursday).
    pub(crate) const fn days_from_monday(self) -> i32 {
        (self.0 % 7 + 10) % 7
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self::from_date(date)
    }
}

impl From<Day> for NaiveDate {
    fn from(day: Day) -> Self {
        day.date()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

impl FromStr for Day {
    type Err = InstantError;

    /// Reads `YYYY-MM-DD`; a year outside 0000 to 9999 carries its sign, as ISO 8601 has it.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        parse_date(text).map(Self::from_date).ok_or(InstantError::Day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// An instant in local time (thời điểm), in microseconds since 1970-01-01 00:00 at `Asia/Ho_Chi_Minh`.
///
/// Exactly 00:00:00.000000 is *a date alone* (SPEC §2): it compares by day only. Any number of
/// microseconds can be held, so that foreign data never fails here; beyond [`Day::MIN`] and [`Day::MAX`]
/// an instant has no date of its own. Its text, in serde too, is `2026-01-05` for a date alone, else
/// `2026-01-05T08:30:00`, with six decimals when needed.
///
/// # Example
/// ```
/// use tthc_kpi::Instant;
/// let received: Instant = "2026-01-05 08:30".parse()?;
/// assert_eq!(received.to_string(), "2026-01-05T08:30:00");
/// assert!(!received.is_date());
/// assert_eq!(received.day(), "2026-01-05".parse()?);
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// The instant that many microseconds after 1970-01-01 00:00 local time. Any number is taken as it
    /// is.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01 00:00 local time.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// A day as a date alone.
    #[must_use]
    pub const fn from_day(day: Day) -> Self {
        // The widest day is some 95 million: its microseconds fit an i64.
        Self(day.0 as i64 * MICROS_A_DAY)
    }

    /// A date alone.
    #[must_use]
    pub const fn from_date(date: NaiveDate) -> Self {
        Self::from_day(Day::from_date(date))
    }

    /// A local date and time. What is finer than a microsecond is cut off.
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveDate;
    /// use tthc_kpi::Instant;
    /// let at = NaiveDate::from_ymd_opt(2026, 1, 5).and_then(|date| date.and_hms_opt(8, 30, 0)).unwrap();
    /// assert_eq!(Instant::from_datetime(at), "2026-01-05T08:30".parse()?);
    /// assert_eq!(Instant::from_datetime(at).datetime(), Some(at));
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub const fn from_datetime(datetime: NaiveDateTime) -> Self {
        Self(datetime.and_utc().timestamp_micros())
    }

    /// A day at an hour and a minute; `None` when the day has no such minute.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, Instant};
    /// let day: Day = "2026-01-05".parse()?;
    /// assert_eq!(Instant::at(day, 17, 0), Some("2026-01-05T17:00".parse()?));
    /// assert_eq!(Instant::at(day, 24, 0), None);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn at(day: Day, hour: u32, minute: u32) -> Option<Self> {
        (hour < 24 && minute < 60)
            .then(|| Self::from_day(day).later(i64::from(hour * 60 + minute) * MICROS_A_MINUTE))
    }

    /// The local date and time; `None` beyond [`Day::MIN`] and [`Day::MAX`].
    #[must_use]
    pub fn datetime(self) -> Option<NaiveDateTime> {
        chrono::DateTime::from_timestamp_micros(self.0).map(|datetime| datetime.naive_utc())
    }

    /// The local day, held within [`Day::MIN`] and [`Day::MAX`].
    #[must_use]
    pub fn day(self) -> Day {
        let number = self.0.div_euclid(MICROS_A_DAY).clamp(i64::from(Day::MIN.0), i64::from(Day::MAX.0));
        // The bounds of the line above are those of an i32.
        #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a day just above")]
        Day(number as i32)
    }

    /// Whether this is a date alone: exactly 00:00:00.000000.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Instant;
    /// assert!("2026-01-05T00:00".parse::<Instant>()?.is_date());
    /// assert!(!"2026-01-05T00:01".parse::<Instant>()?.is_date());
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub const fn is_date(self) -> bool {
        self.0 % MICROS_A_DAY == 0
    }

    /// Microseconds since midnight, from 0 to 86,399,999,999.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Instant;
    /// assert_eq!("2026-01-05T00:01".parse::<Instant>()?.time_of_day_micros(), 60_000_000);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub const fn time_of_day_micros(self) -> i64 {
        self.0.rem_euclid(MICROS_A_DAY)
    }

    /// The same time of day on another day; a date alone stays a date alone.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Instant;
    /// let at: Instant = "2026-01-05T08:30".parse()?;
    /// assert_eq!(at.on_day("2026-01-09".parse()?), "2026-01-09T08:30".parse()?);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub const fn on_day(self, day: Day) -> Self {
        Self::from_day(day).later(self.time_of_day_micros())
    }

    /// This instant that many microseconds later, held at the last number.
    pub(crate) const fn later(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }
}

impl From<Day> for Instant {
    fn from(day: Day) -> Self {
        Self::from_day(day)
    }
}

impl From<NaiveDate> for Instant {
    fn from(date: NaiveDate) -> Self {
        Self::from_date(date)
    }
}

impl From<NaiveDateTime> for Instant {
    fn from(datetime: NaiveDateTime) -> Self {
        Self::from_datetime(datetime)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.datetime().is_none() {
            return write!(f, "{} µs since 1970-01-01, beyond every date", self.0);
        }
        self.day().fmt(f)?;
        if self.is_date() {
            return Ok(());
        }
        let micros = self.time_of_day_micros();
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        write!(f, "T{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)?;
        if fraction == 0 { Ok(()) } else { write!(f, ".{fraction:06}") }
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    /// Reads a date alone, or a date, `T` or one space, and `hh:mm`, `hh:mm:ss` or `hh:mm:ss` with one to
    /// six decimals. A zone, a 24th hour or a 60th second is refused.
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let (date, time) = match text.split_once(['T', ' ']) {
            Some((date, time)) => (date, Some(time)),
            None => (text, None),
        };
        let parsed = parse_date(date).and_then(|date| {
            let micros = time.map_or(Some(0), parse_time)?;
            Some(Self::from_date(date).later(micros))
        });
        parsed.ok_or(InstantError::Instant)
    }
}

impl Serialize for Instant {
    /// Fails beyond [`Day::MIN`] and [`Day::MAX`], where there is no text to read back.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.datetime().is_none() {
            return Err(ser::Error::custom(format_args!("an instant cannot be written as text: {self}")));
        }
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// `YYYY-MM-DD`. chrono's own parser takes one-digit months and spaces, which a strict text must not
/// have.
fn parse_date(text: &str) -> Option<NaiveDate> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'+' => (1, text.get(1..)?),
        b'-' => (-1, text.get(1..)?),
        _ => (0, text),
    };
    let mut parts = rest.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = match sign {
        0 => 4..=4,
        1 => 5..=6,
        _ => 4..=6,
    };
    if parts.next().is_some() || !digits.contains(&year.len()) || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let number = i32::try_from(parse_digits(year)?).ok()?;
    if sign == -1 && number == 0 {
        return None;
    }
    let year = if sign == -1 { -number } else { number };
    NaiveDate::from_ymd_opt(year, parse_digits(month)?, parse_digits(day)?)
}

/// `hh:mm[:ss[.ffffff]]` as microseconds since midnight.
fn parse_time(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (text, None),
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (two_digits(parts.next()?, 24)?, two_digits(parts.next()?, 60)?);
    let second = match parts.next() {
        Some(second) => two_digits(second, 60)?,
        None if fraction.is_some() => return None,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let micros = match fraction {
        None => 0,
        Some(digits) if digits.len() <= 6 => {
            parse_digits(digits)? * 10_u32.pow(6 - u32::try_from(digits.len()).ok()?)
        }
        Some(_) => return None,
    };
    Some(i64::from((hour * 60 + minute) * 60 + second) * 1_000_000 + i64::from(micros))
}

fn two_digits(text: &str, limit: u32) -> Option<u32> {
    (text.len() == 2).then(|| parse_digits(text))?.filter(|number| *number < limit)
}

/// Digits alone: `str::parse` would take a sign as well.
pub(crate) fn parse_digits(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn every_day_has_its_date() {
        for day in [Day::MIN, Day::MIN.plus(1), Day::from_number(0).unwrap(), Day::MAX.plus(-1), Day::MAX] {
            assert_eq!(Day::from_date(day.date()), day);
            assert_eq!(day.to_string().parse(), Ok(day));
            assert_eq!(
                day.days_from_monday(),
                chrono::Datelike::weekday(&day.date()).num_days_from_monday().cast_signed()
            );
            assert_eq!(Instant::from_day(day).day(), day);
            assert_eq!(Instant::from_day(day).to_string(), day.to_string());
        }
        assert_eq!(Day::from_number(Day::MIN.number() - 1), None);
        assert_eq!(Day::from_number(Day::MAX.number() + 1), None);
        assert_eq!(Day::MAX.plus(i32::MAX), Day::MAX);
        assert_eq!(Day::MIN.plus(i32::MIN), Day::MIN);
    }

    #[test]
    fn texts_are_read_and_written_back() {
        for (text, written) in [
            ("2026-01-05", "2026-01-05"),
            ("2026-01-05T00:00", "2026-01-05"),
            ("2026-01-05 00:00:00.000000", "2026-01-05"),
            ("2026-01-05T08:30", "2026-01-05T08:30:00"),
            ("2026-01-05 08:30:15", "2026-01-05T08:30:15"),
            ("2026-01-05T08:30:15.5", "2026-01-05T08:30:15.500000"),
            ("1969-12-31T23:59:59.999999", "1969-12-31T23:59:59.999999"),
            ("-0044-03-15", "-0044-03-15"),
            ("+10000-01-01T12:00", "+10000-01-01T12:00:00"),
        ] {
            assert_eq!(at(text).to_string(), written);
            let json = serde_json::to_string(&at(text)).unwrap();
            assert_eq!(json, format!("{written:?}"));
            assert_eq!(serde_json::from_str::<Instant>(&json).unwrap(), at(text));
            assert_eq!(Instant::from_datetime(at(text).datetime().unwrap()), at(text));
        }
        assert_eq!(serde_json::from_str::<Day>("\"2026-01-05\"").unwrap(), at("2026-01-05").day());
    }

    #[test]
    fn other_texts_are_refused_and_not_repeated() {
        for text in [
            "",
            "2026",
            "2026-1-5",
            "2026-02-29",
            "2026-13-01",
            "05/01/2026",
            " 2026-01-05",
            "2026-01-05 ",
            "2026-01-05T",
            "2026-01-05T8:30",
            "2026-01-05T24:00",
            "2026-01-05T08:60",
            "2026-01-05T08:30:60",
            "2026-01-05  08:30",
            "2026-01-05T08:30Z",
            "2026-01-05T08:30:15+07:00",
            "2026-01-05T08:30:15.",
            "2026-01-05T08:30:15.1234567",
            "2026-01-05T08:30.5",
            "2026-01-05T08",
            "2026-01-05T+8:30",
            "2026-01-05-01",
            "+2026-01-05",
            "-0000-01-01",
            "é",
        ] {
            let error = text.parse::<Instant>().unwrap_err();
            assert_eq!(error, InstantError::Instant, "{text:?}");
            assert_eq!(text.parse::<Day>(), Err(InstantError::Day), "{text:?}");
        }
        assert!("2026-01-05T08:30".parse::<Day>().is_err());
        let error = serde_json::from_str::<Day>("\"Nguyễn Văn A\"").unwrap_err().to_string();
        assert!(error.contains("expected an existing date") && !error.contains("Nguyễn"), "{error}");
    }

    #[test]
    fn any_number_of_microseconds_is_safe() {
        let (low, high) = (Instant::from_micros(i64::MIN), Instant::from_micros(i64::MAX));
        assert_eq!((low.day(), high.day()), (Day::MIN, Day::MAX));
        for extreme in [low, high] {
            assert!((0..MICROS_A_DAY).contains(&extreme.time_of_day_micros()));
            assert_eq!(extreme.datetime(), None);
            assert!(extreme.to_string().ends_with("beyond every date"));
            assert!(serde_json::to_string(&extreme).is_err());
            assert!(!extreme.is_date());
            assert_eq!(extreme.on_day(Day::MAX).day(), Day::MAX);
            assert_eq!(extreme.on_day(Day::MIN).day(), Day::MIN);
        }
        assert_eq!(high.later(1), high);
    }

    #[test]
    fn the_time_of_day_moves_with_the_day() {
        let before = Instant::from_micros(-1);
        assert_eq!(before.day().number(), -1);
        assert_eq!(before.time_of_day_micros(), MICROS_A_DAY - 1);
        let other = at("2026-03-01").day();
        assert_eq!(at("2026-01-05T08:30:00.25").on_day(other), at("2026-03-01T08:30:00.25"));
        assert!(at("2026-01-05").on_day(other).is_date());
        assert_eq!(Instant::at(other, 23, 59), Some(at("2026-03-01T23:59")));
        assert_eq!((Instant::at(other, 0, 60), Instant::at(other, u32::MAX, 0)), (None, None));
    }
}
