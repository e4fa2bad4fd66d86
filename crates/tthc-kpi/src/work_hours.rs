//! Working hours (giờ làm việc, SPEC §7): the sessions of a working day.

use chrono::{NaiveTime, Timelike};

use crate::calendar_error::CalendarError;

pub(crate) const MICROS_A_MINUTE: i64 = 60_000_000;

/// The working sessions of a working day (giờ làm việc), in whole minutes.
///
/// For limits given in hours and for deadlines only (SPEC §7): counting in days never looks at them.
///
/// # Example
/// ```
/// use tthc_kpi::WorkHours;
/// let hours = WorkHours::vietnam();
/// assert_eq!(hours.minutes_a_day(), 480);
/// assert_eq!(hours.closing().to_string(), "17:00:00");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkHours {
    /// Start and end of each session in minutes since midnight, in order.
    pub(crate) sessions: Vec<(u32, u32)>,
}

impl WorkHours {
    /// 07:00–11:30 and 13:30–17:00, eight hours (SPEC §7).
    #[must_use]
    pub fn vietnam() -> Self {
        Self { sessions: vec![(7 * 60, 11 * 60 + 30), (13 * 60 + 30, 17 * 60)] }
    }

    /// Sessions in order; their sum must be `minutes_a_day`. A session may start the minute the one
    /// before it ends.
    ///
    /// # Errors
    /// [`CalendarError::Session`], [`CalendarError::SessionOverlap`], [`CalendarError::DayLength`].
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveTime;
    /// use tthc_kpi::WorkHours;
    /// let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    /// let hours = WorkHours::new([(at(8), at(12)), (at(13), at(17))], 480)?;
    /// assert_eq!(hours.opening(), at(8));
    /// assert!(WorkHours::new([(at(8), at(12))], 480).is_err());
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn new(
        sessions: impl IntoIterator<Item = (NaiveTime, NaiveTime)>,
        minutes_a_day: u32,
    ) -> Result<Self, CalendarError> {
        let whole = |time: NaiveTime| time.second() == 0 && time.nanosecond() == 0;
        let mut checked: Vec<(u32, u32)> = Vec::new();
        for (start, end) in sessions {
            if start >= end || !whole(start) || !whole(end) {
                return Err(CalendarError::Session { start, end });
            }
            let minutes = |time: NaiveTime| time.hour() * 60 + time.minute();
            if let Some((_, before)) = checked.last().filter(|(_, before)| *before > minutes(start)) {
                return Err(CalendarError::SessionOverlap { start, end: time_of(*before) });
            }
            checked.push((minutes(start), minutes(end)));
        }
        let hours = Self { sessions: checked };
        let sum = hours.minutes_a_day();
        if sum == 0 || sum != minutes_a_day {
            return Err(CalendarError::DayLength { sum, expected: minutes_a_day });
        }
        Ok(hours)
    }

    /// The sessions, start and end, in order.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkHours;
    /// let starts: Vec<_> = WorkHours::vietnam().sessions().map(|(start, _)| start.to_string()).collect();
    /// assert_eq!(starts, ["07:00:00", "13:30:00"]);
    /// ```
    pub fn sessions(&self) -> impl Iterator<Item = (NaiveTime, NaiveTime)> + '_ {
        self.sessions.iter().map(|(start, end)| (time_of(*start), time_of(*end)))
    }

    /// The start of the first session.
    #[must_use]
    pub fn opening(&self) -> NaiveTime {
        time_of(self.sessions.first().map_or(0, |(start, _)| *start))
    }

    /// The end of the last session: what is received after it counts from the next working day.
    #[must_use]
    pub fn closing(&self) -> NaiveTime {
        time_of(self.closing_minute())
    }

    /// The length of a working day, in minutes.
    #[must_use]
    pub fn minutes_a_day(&self) -> u32 {
        self.sessions.iter().map(|(start, end)| end - start).sum()
    }

    pub(crate) fn closing_minute(&self) -> u32 {
        self.sessions.last().map_or(0, |(_, end)| *end)
    }

    pub(crate) fn micros_a_day(&self) -> i64 {
        i64::from(self.minutes_a_day()) * MICROS_A_MINUTE
    }

    /// Microseconds worked from midnight to a time of day.
    pub(crate) fn worked_by(&self, time_of_day: i64) -> i64 {
        let worked = |(start, end): &(u32, u32)| {
            let start = i64::from(*start) * MICROS_A_MINUTE;
            time_of_day.clamp(start, i64::from(*end) * MICROS_A_MINUTE) - start
        };
        self.sessions.iter().map(worked).sum()
    }

    /// The time of day at which that many microseconds have been worked: the end of a session, not the
    /// start of the next.
    pub(crate) fn time_when_worked(&self, micros: i64) -> i64 {
        let mut left = micros;
        for (start, end) in &self.sessions {
            let length = i64::from(end - start) * MICROS_A_MINUTE;
            if left <= length {
                return i64::from(*start) * MICROS_A_MINUTE + left;
            }
            left -= length;
        }
        i64::from(self.closing_minute()) * MICROS_A_MINUTE
    }
}

/// A minute of the day as a time; the callers' minutes are all below 24 × 60.
fn time_of(minute: u32) -> NaiveTime {
    NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or_default()
}
