//! Periods of a report (kỳ báo cáo, SPEC §5): their names, their days, and the buckets within them.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::Datelike;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::instant::{Day, parse_digits};
use crate::slug::slugs;

const YEARS: RangeInclusive<i32> = 2000..=2100;

/// A period that cannot be made.
///
/// # Example
/// ```
/// use tthc_kpi::{Period, PeriodError};
/// assert!(matches!("Q2/2026".parse::<Period>(), Err(PeriodError::Form { .. })));
/// assert!(matches!("2026-13".parse::<Period>(), Err(PeriodError::Nonexistent { .. })));
/// assert!(matches!("1999".parse::<Period>(), Err(PeriodError::Years { .. })));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// The text has the form of no period.
    #[error(
        "{text:?} is not a period: expected 2026, 2026-Q2, 2026-H1, 2026-H2, 2026-9M, 2026-03, 2026-W14, \
         2026-03-05 or 2026-01-01..2026-03-31"
    )]
    Form {
        /// The text.
        text: String,
    },
    /// The text has the form of a period, but the calendar has no such month, quarter, half, week or day.
    #[error(
        "{text:?} does not exist: expected months 01 to 12, quarters Q1 to Q4, halves H1 and H2, weeks W01 to W52 \
         or the W53 of a long year, and days of the calendar"
    )]
    Nonexistent {
        /// The text.
        text: String,
    },
    /// The period is outside the years in which a date is plausible.
    #[error("{text:?} is outside the years of a period: expected 2000 to 2100")]
    Years {
        /// The text.
        text: String,
    },
    /// The last day is before the first.
    #[error("{text:?} ends before it starts: expected the first day, two dots, and a last day not before it")]
    Reversed {
        /// The text.
        text: String,
    },
}

slugs! {
    /// Which days a named period has (SPEC §4, `period_rule`).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::PeriodRule;
    /// assert_eq!("cut_off_15".parse::<PeriodRule>()?, PeriodRule::CutOff15);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    PeriodRule as "period rule" {
        /// Calendar periods, from the first to the last day, as the 766 portal counts.
        Calendar = "calendar",
        /// The reports of NĐ 09/2019: closed on day 14, from day 15 of the month before.
        CutOff15 = "cut_off_15",
    }
}

slugs! {
    /// A time bucket to report by.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Bucket;
    /// assert_eq!("week".parse::<Bucket>()?, Bucket::Week);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Bucket as "time bucket" {
        /// By month (tháng).
        Month = "month",
        /// By quarter (quý).
        Quarter = "quarter",
        /// By ISO week (tuần), Monday to Sunday under every rule.
        Week = "week",
        /// By day (ngày), the same under every rule.
        Day = "day",
    }
}

/// A period (kỳ báo cáo): a year, half, nine months, quarter, month, ISO week, day, or two days.
///
/// Read from and written as `2026`, `2026-H1`, `2026-9M`, `2026-Q2`, `2026-03`, `2026-W14`,
/// `2026-03-05`, `2026-01-01..2026-03-31` (both days included), in serde too. Years are 2000 to 2100; only
/// the weeks, the days and the cut-off month and quarter that hold or are the first and last days of those
/// years may bear the year before or after (`1999-W52`, `1999-12-15`, `2101-01`, `2101-Q1`). Ordered by kind, then by time.
///
/// # Example
/// ```
/// use tthc_kpi::{Period, PeriodRule};
/// let march: Period = "2026-03".parse()?;
/// let (first, last) = march.days(PeriodRule::CutOff15);
/// assert_eq!((first.to_string(), last.to_string()), ("2026-02-15".into(), "2026-03-14".into()));
/// # Ok::<(), tthc_kpi::PeriodError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(Shape);

/// Years, and numbers from 1 within the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Shape {
    Year(i32),
    Half(i32, i32),
    NineMonths(i32),
    Quarter(i32, i32),
    Month(i32, i32),
    Week(i32, i32),
    Day(Day),
    Range(Day, Day),
}

impl Period {
    /// A month of a year, 1 to 12.
    ///
    /// # Errors
    /// [`PeriodError::Nonexistent`] for another month, [`PeriodError::Years`] for a year outside 2000 to
    /// 2100.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Period;
    /// assert_eq!(Period::month(2026, 3)?, "2026-03".parse()?);
    /// # Ok::<(), tthc_kpi::PeriodError>(())
    /// ```
    pub fn month(year: i32, month: u32) -> Result<Self, PeriodError> {
        let text = || format!("{year:04}-{month:02}");
        let number = i32::try_from(month).ok().filter(|month| (1..=12).contains(month));
        number.ok_or_else(|| PeriodError::Nonexistent { text: text() }).and_then(|month| {
            Self::within(Shape::Month(year, month)).ok_or_else(|| PeriodError::Years { text: text() })
        })
    }

    /// The days from `first` to `last`, both included.
    ///
    /// # Errors
    /// [`PeriodError::Reversed`] when `last` is before `first`, [`PeriodError::Years`] when either is
    /// outside 2000 to 2100.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Period;
    /// let (first, last) = ("2026-01-20".parse()?, "2026-03-10".parse()?);
    /// assert_eq!(Period::range(first, last)?.to_string(), "2026-01-20..2026-03-10");
    /// assert!(Period::range(last, first).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn range(first: Day, last: Day) -> Result<Self, PeriodError> {
        let text = || Shape::Range(first, last).to_string();
        if last < first {
            return Err(PeriodError::Reversed { text: text() });
        }
        Self::within(Shape::Range(first, last)).ok_or_else(|| PeriodError::Years { text: text() })
    }

    /// The year in the period's name; of two days, the year of the last, the one in which the report
    /// closes.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Period;
    /// assert_eq!("2025-12-15..2026-12-14".parse::<Period>()?.year(), 2026);
    /// # Ok::<(), tthc_kpi::PeriodError>(())
    /// ```
    #[must_use]
    pub fn year(self) -> i32 {
        match self.0 {
            Shape::Year(year)
            | Shape::Half(year, _)
            | Shape::NineMonths(year)
            | Shape::Quarter(year, _)
            | Shape::Month(year, _)
            | Shape::Week(year, _) => year,
            Shape::Day(last) | Shape::Range(_, last) => last.date().year(),
        }
    }

    /// The first and the last day, both included. A week, a day and two days are the same under
    /// every rule.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Period, PeriodRule};
    /// let (first, last) = "2026-Q1".parse::<Period>()?.days(PeriodRule::Calendar);
    /// assert_eq!((first.to_string(), last.to_string()), ("2026-01-01".into(), "2026-03-31".into()));
    /// # Ok::<(), tthc_kpi::PeriodError>(())
    /// ```
    #[must_use]
    pub fn days(self, rule: PeriodRule) -> (Day, Day) {
        let (year, first, last) = match self.0 {
            Shape::Year(year) => (year, 1, 12),
            Shape::Half(year, half) => (year, half * 6 - 5, half * 6),
            Shape::NineMonths(year) => (year, 1, 9),
            Shape::Quarter(year, quarter) => (year, quarter * 3 - 2, quarter * 3),
            Shape::Month(year, month) => (year, month, month),
            Shape::Week(year, week) => {
                let monday = monday_of(year, week);
                return (monday, monday.plus(6));
            }
            Shape::Day(day) => return (day, day),
            Shape::Range(first, last) => return (first, last),
        };
        match rule {
            PeriodRule::Calendar => (first_of_month(year, first), first_of_month(year, last + 1).plus(-1)),
            // Day 15 of the month before, day 14 of the last month (SPEC §5).
            PeriodRule::CutOff15 => {
                (first_of_month(year, first - 1).plus(14), first_of_month(year, last).plus(13))
            }
        }
    }

    /// The period, when its years are those of a period.
    fn within(shape: Shape) -> Option<Self> {
        let holds = |first: Day, last: Day| first <= first_of_month(2101, 1).plus(-1) && last >= earliest();
        let within = match shape {
            Shape::Year(year) | Shape::Half(year, _) | Shape::NineMonths(year) => YEARS.contains(&year),
            // From 2100-12-15 a day belongs to the month and quarter that close in 2101.
            Shape::Quarter(year, number) | Shape::Month(year, number) => {
                YEARS.contains(&year) || (year, number) == (2101, 1)
            }
            Shape::Week(year, week) => {
                let monday = monday_of(year, week);
                (1999..=2100).contains(&year) && holds(monday, monday.plus(6))
            }
            Shape::Day(day) => holds(day, day),
            Shape::Range(first, last) => {
                YEARS.contains(&first.date().year()) && YEARS.contains(&last.date().year())
            }
        };
        within.then_some(Self(shape))
    }
}

/// The first day of any period: that of 2000 under `cut_off_15`.
fn earliest() -> Day {
    first_of_month(1999, 12).plus(14)
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year:04}"),
            Self::Half(year, half) => write!(f, "{year:04}-H{half}"),
            Self::NineMonths(year) => write!(f, "{year:04}-9M"),
            Self::Quarter(year, quarter) => write!(f, "{year:04}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year:04}-{month:02}"),
            Self::Week(year, week) => write!(f, "{year:04}-W{week:02}"),
            Self::Day(day) => write!(f, "{day}"),
            Self::Range(first, last) => write!(f, "{first}..{last}"),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let form = || PeriodError::Form { text: text.to_owned() };
        let nonexistent = || PeriodError::Nonexistent { text: text.to_owned() };
        if let Some((first, last)) = text.split_once("..") {
            if !looks_like_day(first) || !looks_like_day(last) {
                return Err(form());
            }
            let (Ok(first), Ok(last)) = (first.parse(), last.parse()) else { return Err(nonexistent()) };
            return Self::range(first, last);
        }
        if looks_like_day(text) {
            let day = text.parse().map_err(|_| nonexistent())?;
            return Self::within(Shape::Day(day)).ok_or_else(|| PeriodError::Years { text: text.to_owned() });
        }
        let (year, part) = match text.split_once('-') {
            Some((year, part)) => (year, Some(part)),
            None => (text, None),
        };
        let year = number(year, 4).ok_or_else(form)?;
        let (shape, exists) = match part {
            None => (Shape::Year(year), true),
            Some("9M") => (Shape::NineMonths(year), true),
            Some(part) => {
                let numbered =
                    |letter, digits| part.strip_prefix(letter).and_then(|rest| number(rest, digits));
                if let Some(half) = numbered("H", 1) {
                    (Shape::Half(year, half), (1..=2).contains(&half))
                } else if let Some(quarter) = numbered("Q", 1) {
                    (Shape::Quarter(year, quarter), (1..=4).contains(&quarter))
                } else if let Some(week) = numbered("W", 2) {
                    let exists = week >= 1 && monday_of(year, week) < monday_of(year + 1, 1);
                    (Shape::Week(year, week), exists)
                } else {
                    let month = number(part, 2).ok_or_else(form)?;
                    (Shape::Month(year, month), (1..=12).contains(&month))
                }
            }
        };
        if !exists {
            return Err(nonexistent());
        }
        Self::within(shape).ok_or_else(|| PeriodError::Years { text: text.to_owned() })
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Bucket {
    /// The month, quarter, week or day that holds the day under the rule; `None` before the first and after
    /// the last [`Period`] of that kind, which together hold every day of 2000 to 2100.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Bucket, PeriodRule};
    /// let day = "2026-03-15".parse().unwrap();
    /// let name = |bucket: Bucket, rule| bucket.period_of(day, rule).map(|period| period.to_string());
    /// assert_eq!(name(Bucket::Month, PeriodRule::Calendar).as_deref(), Some("2026-03"));
    /// assert_eq!(name(Bucket::Month, PeriodRule::CutOff15).as_deref(), Some("2026-04"));
    /// assert_eq!(name(Bucket::Week, PeriodRule::CutOff15).as_deref(), Some("2026-W11"));
    /// ```
    #[must_use]
    pub fn period_of(self, day: Day, rule: PeriodRule) -> Option<Period> {
        let date = day.date();
        let (mut year, mut month) = (date.year(), date.month().cast_signed());
        if rule == PeriodRule::CutOff15 && date.day() >= 15 {
            (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        }
        let shape = match self {
            Self::Month => Shape::Month(year, month),
            Self::Quarter => Shape::Quarter(year, (month + 2) / 3),
            Self::Week => {
                let week = date.iso_week();
                Shape::Week(week.year(), week.week().cast_signed())
            }
            Self::Day => Shape::Day(day),
        };
        Period::within(shape)
    }

    /// The buckets that meet [start, cut], in order, each with the first and the last day they have in
    /// common with it.
    ///
    /// None starts after `cut`; together they are [start, cut] without gap or overlap, as far as
    /// [`Bucket::period_of`] has a period for its days. Empty when `cut` is before `start`.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Bucket, PeriodRule};
    /// let (start, cut) = ("2026-01-20".parse().unwrap(), "2026-03-10".parse().unwrap());
    /// let months = Bucket::Month.split(start, cut, PeriodRule::Calendar);
    /// let text: Vec<String> = months.iter().map(|(month, from, to)| format!("{month} {from} {to}")).collect();
    /// assert_eq!(text, ["2026-01 2026-01-20 2026-01-31", "2026-02 2026-02-01 2026-02-28", "2026-03 2026-03-01 2026-03-10"]);
    /// ```
    #[must_use]
    pub fn split(self, start: Day, cut: Day, rule: PeriodRule) -> Vec<(Period, Day, Day)> {
        let first = match (self, rule) {
            (Self::Month | Self::Quarter, PeriodRule::Calendar) => first_of_month(2000, 1),
            (Self::Week, _) => earliest().plus(-earliest().days_from_monday()),
            _ => earliest(),
        };
        let mut buckets = Vec::new();
        let mut from = start.max(first);
        while from <= cut {
            let Some(period) = self.period_of(from, rule) else { break };
            let to = period.days(rule).1.min(cut);
            buckets.push((period, from, to));
            from = to.plus(1);
        }
        buckets
    }
}

/// As many digits as said, and nothing else.
fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits).then(|| parse_digits(text))?.and_then(|number| i32::try_from(number).ok())
}

fn looks_like_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut next = |digits| parts.next().and_then(|part| number(part, digits)).is_some();
    next(4) && next(2) && next(2) && parts.next().is_none()
}

/// The Monday of an ISO week: week 1 is the one that holds 4 January.
fn monday_of(year: i32, week: i32) -> Day {
    let fourth = first_of_month(year, 1).plus(3);
    fourth.plus(-fourth.days_from_monday()).plus((week - 1) * 7)
}

/// The first day of a month, where month 0 is the December before and month 13 the January after.
///
/// Total, so that no caller has an impossible date to answer for: days are counted from 1 March of year
/// 0, where the leap day is the last of its year
/// (<https://howardhinnant.github.io/date_algorithms.html>).
pub(crate) fn first_of_month(year: i32, month: i32) -> Day {
    let months = i64::from(year) * 12 + i64::from(month) - 3;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12));
    let days =
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5;
    // 1970-01-01 is the 719,468th day of that count.
    let number = (days - 719_468).clamp(i64::from(Day::MIN.number()), i64::from(Day::MAX.number()));
    Day::from_number(i32::try_from(number).unwrap_or_default()).unwrap_or(Day::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    #[test]
    fn the_first_of_a_month_is_what_chrono_says() {
        for year in -400..=2400 {
            for month in 1..=12 {
                let date = NaiveDate::from_ymd_opt(year, month, 1).unwrap();
                assert_eq!(first_of_month(year, month.cast_signed()), Day::from_date(date));
            }
            assert_eq!(first_of_month(year, 0), first_of_month(year - 1, 12));
            assert_eq!(first_of_month(year, 13), first_of_month(year + 1, 1));
        }
        assert_eq!((first_of_month(i32::MIN, 1), first_of_month(i32::MAX, 1)), (Day::MIN, Day::MAX));
    }
}
