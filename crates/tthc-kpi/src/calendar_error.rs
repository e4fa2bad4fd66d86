//! What can be wrong with a calendar, or with a question put to it.

use chrono::NaiveTime;

use crate::instant::{Day, Instant};

/// Where in a holiday table an entry stands.
///
/// # Example
/// ```
/// use tthc_kpi::{CalendarError, HolidayPlace, WorkCalendar, WorkHours};
/// let table = "date,kind,name,source,confidence\n01/01/2026,off,Tết,,decided\n";
/// let error = WorkCalendar::from_csv("ours", table, WorkHours::vietnam()).unwrap_err();
/// assert!(matches!(error, CalendarError::BadDate { place: HolidayPlace::Line(2), .. }));
/// assert_eq!(HolidayPlace::Entry(3).to_string(), "entry 3");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayPlace {
    /// The line of a CSV text, counted from 1, the header included.
    Line(u64),
    /// The entry of a list, counted from 1.
    Entry(usize),
}

impl std::fmt::Display for HolidayPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Entry(entry) => write!(f, "entry {entry}"),
        }
    }
}

/// A calendar that cannot be built, or a question it cannot answer.
///
/// # Example
/// ```
/// use tthc_kpi::{CalendarError, WorkCalendar};
/// let calendar = WorkCalendar::vietnam();
/// let error = calendar.clock_start("2031-01-02".parse()?).unwrap_err();
/// assert!(matches!(error, CalendarError::NotCovered { .. }));
/// assert!(error.to_string().starts_with("2031-01-02 is outside the working calendar"));
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The day, or a day that the count reached, is outside the covered years.
    #[error("{day} is outside the working calendar: expected a day of the years {first_year} to {last_year}")]
    NotCovered {
        /// The first day asked for that the calendar does not know.
        day: Day,
        /// The first covered year.
        first_year: i32,
        /// The last covered year.
        last_year: i32,
    },
    /// A count that would run backwards.
    #[error("the end {end} is before the start {start}: expected an end on or after the start")]
    EndBeforeStart {
        /// The start of the count.
        start: Instant,
        /// The end of the count.
        end: Instant,
    },
    /// The table is not readable as CSV.
    #[error(
        "{place} of the holiday table is not readable: \
         expected the five columns date, kind, name, source, confidence"
    )]
    Unreadable {
        /// The line.
        place: HolidayPlace,
    },
    /// The table lacks a column.
    #[error("the holiday table has no column {column:?}: expected date, kind, name, source, confidence")]
    MissingColumn {
        /// The column.
        column: &'static str,
    },
    /// The table has no entry, so it covers no year.
    #[error("the holiday table is empty: expected at least one day of every year it covers")]
    Empty,
    /// An entry's date is not a date.
    #[error("{place} of the holiday table has the date {text:?}: expected an existing date as YYYY-MM-DD")]
    BadDate {
        /// The entry.
        place: HolidayPlace,
        /// What stands there.
        text: String,
    },
    /// An entry's kind is neither `off` nor `work`.
    #[error("{place} of the holiday table has the kind {text:?}: expected off or work")]
    UnknownKind {
        /// The entry.
        place: HolidayPlace,
        /// What stands there.
        text: String,
    },
    /// A day stands in the table twice.
    #[error("{place} of the holiday table has {day} again: expected each day once")]
    Duplicate {
        /// The later entry.
        place: HolidayPlace,
        /// The day.
        day: Day,
    },
    /// A day off on a Saturday or Sunday, which are off already.
    #[error(
        "{place} of the holiday table makes {day} a day off, but it is a Saturday or Sunday: \
         expected a Monday to Friday"
    )]
    OffOnWeekend {
        /// The entry.
        place: HolidayPlace,
        /// The day.
        day: Day,
    },
    /// A working day on a Monday to Friday, which are worked already.
    #[error(
        "{place} of the holiday table makes {day} a working day, but it is a Monday to Friday: \
         expected a Saturday or Sunday"
    )]
    WorkOnWeekday {
        /// The entry.
        place: HolidayPlace,
        /// The day.
        day: Day,
    },
    /// An entry outside the years the calendar is to cover.
    #[error("{place} of the holiday table is {day}: expected a day of the years {first_year} to {last_year}")]
    OutsideYears {
        /// The entry.
        place: HolidayPlace,
        /// The day.
        day: Day,
        /// The first year to cover.
        first_year: i32,
        /// The last year to cover.
        last_year: i32,
    },
    /// A year without an entry, between years that have some.
    #[error("the holiday table has no day of {year}: expected every year from {first_year} to {last_year}")]
    MissingYear {
        /// The year.
        year: i32,
        /// The first year of the table.
        first_year: i32,
        /// The last year of the table.
        last_year: i32,
    },
    /// Years that no calendar covers, or none at all.
    #[error(
        "the years {first_year} to {last_year} cannot be covered: \
         expected years from 2000 to 2100, the first not after the last"
    )]
    Years {
        /// The first year asked for.
        first_year: i32,
        /// The last year asked for.
        last_year: i32,
    },
    /// A calendar without a name.
    #[error("the name of the working calendar is empty: expected a short name such as \"vn\"")]
    NoName,
    /// A working session that is not from one whole minute to a later one.
    #[error(
        "the working session {start} to {end} is not one: \
         expected whole minutes, the start before the end"
    )]
    Session {
        /// Its start.
        start: NaiveTime,
        /// Its end.
        end: NaiveTime,
    },
    /// A working session that starts before the one listed before it has ended.
    #[error(
        "a working session starts at {start}, before the one before it ends at {end}: \
         expected sessions in order, without overlap"
    )]
    SessionOverlap {
        /// The start of the later one.
        start: NaiveTime,
        /// The end of the one before.
        end: NaiveTime,
    },
    /// Sessions that do not add up to the length of a day.
    #[error("the working sessions add up to {sum} minutes: expected {expected}, more than none")]
    DayLength {
        /// The sum of the sessions, in minutes.
        sum: u32,
        /// The length of a working day, in minutes.
        expected: u32,
    },
}
