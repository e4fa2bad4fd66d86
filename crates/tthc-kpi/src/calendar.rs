//! The working calendar (lịch làm việc, SPEC §7): which days are worked, and counting in them.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::calendar_error::{CalendarError, HolidayPlace};
use crate::instant::{Day, Instant};
use crate::period::first_of_month;
use crate::slug::slugs;
use crate::work_hours::{MICROS_A_MINUTE, WorkHours};

const VIETNAM: &str = include_str!("../data/holidays-vn.csv");
const COLUMNS: [&str; 5] = ["date", "kind", "name", "source", "confidence"];
/// The years in which a date is plausible (SPEC §3); a table is asked for no others.
const YEARS: RangeInclusive<i32> = 2000..=2100;

slugs! {
    /// What a holiday table makes of a day.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::DayKind;
    /// assert_eq!("work".parse::<DayKind>()?, DayKind::Work);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    DayKind as "kind of day" {
        /// A day off (ngày nghỉ) on a Monday to Friday.
        Off = "off",
        /// A working day (ngày làm bù) on a Saturday or Sunday.
        Work = "work",
    }
}

/// One entry of a holiday table: a day that is not what its weekday says.
///
/// # Example
/// ```
/// use tthc_kpi::{DayKind, WorkCalendar};
/// let calendar = WorkCalendar::vietnam();
/// let day = "2026-01-10".parse()?;
/// let holiday = calendar.holidays().iter().find(|holiday| holiday.date == day).unwrap();
/// assert_eq!(holiday.kind, DayKind::Work); // a Saturday made up for
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// The day.
    pub date: Day,
    /// Off or worked.
    pub kind: DayKind,
    /// The name of the occasion, for people.
    pub name: String,
    /// The document it rests on, for people.
    pub source: String,
    /// How sure it is; `provisional` makes the whole year provisional.
    pub confidence: String,
}

impl Holiday {
    /// Whether no decision has been issued yet.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{DayKind, Holiday};
    /// let (date, kind) = ("2027-02-05".parse()?, DayKind::Off);
    /// let confidence = "provisional".to_owned();
    /// let holiday = Holiday { date, kind, name: "Tết".into(), source: String::new(), confidence };
    /// assert!(holiday.is_provisional());
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        self.confidence == "provisional"
    }
}

/// Which days are worked in which years (lịch làm việc), and counting in working days and hours.
///
/// Saturdays and Sundays are off unless made up for (SPEC §7). A question outside the covered years is an
/// error, never an answer as if there were no holidays. Cloning is cheap; counting is a look-up or two,
/// whatever the distance.
///
/// # Example
/// ```
/// use tthc_kpi::{Day, WorkCalendar};
/// let calendar = WorkCalendar::vietnam();
/// let day = |text: &str| text.parse::<Day>().map(Day::date).unwrap();
/// assert!(calendar.is_working_day(day("2026-01-10"))?); // a Saturday, for Friday 2026-01-02
/// assert_eq!(calendar.add_working_days(day("2026-02-13"), 5)?, day("2026-02-27")); // over Tết
/// assert!(calendar.is_working_day(day("2031-01-02")).is_err());
/// # Ok::<(), tthc_kpi::CalendarError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkCalendar {
    table: Arc<Table>,
}

#[derive(Debug, PartialEq, Eq)]
struct Table {
    name: String,
    version: String,
    first_year: i32,
    last_year: i32,
    provisional_years: Vec<i32>,
    holidays: Vec<Holiday>,
    hours: WorkHours,
    /// The first covered day.
    first: Day,
    /// At place n: the working days among the first n covered days, so one longer than the days are.
    before: Vec<u32>,
    /// Every working day, in order.
    working: Vec<Day>,
}

impl WorkCalendar {
    /// The calendar of Vietnam's public bodies that this version of the library carries, named `vn`.
    ///
    /// Its years and those of them that are provisional: [`WorkCalendar::first_year`],
    /// [`WorkCalendar::last_year`], [`WorkCalendar::provisional_years`].
    ///
    /// # Panics
    /// Never: the table is part of the library, and the library's tests read it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let calendar = WorkCalendar::vietnam();
    /// assert_eq!(calendar.name(), "vn");
    /// assert!((calendar.first_year()..=calendar.last_year()).contains(&2026));
    /// ```
    #[must_use]
    pub fn vietnam() -> Self {
        static CALENDAR: OnceLock<WorkCalendar> = OnceLock::new();
        #[expect(
            clippy::expect_used,
            reason = "the table is compiled in and a test reads it: no caller can meet this"
        )]
        let read =
            || Self::from_csv("vn", VIETNAM, WorkHours::vietnam()).expect("the bundled table is sound");
        CALENDAR.get_or_init(read).clone()
    }

    /// A calendar from a CSV text with the columns date, kind (`off` or `work`), name, source,
    /// confidence, in any order; further columns are not read. It covers the years that have an entry,
    /// and they must follow one another.
    ///
    /// # Errors
    /// The first of: an empty name, a missing column, a line that cannot be read, a date or kind that is
    /// none, no entry at all, a year left out, then what [`WorkCalendar::new`] refuses, with the line.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{WorkCalendar, WorkHours};
    /// let table = "date,kind,name,source,confidence\n2026-01-01,off,Tết Dương lịch,Labour Code art. 112,decided\n";
    /// let calendar = WorkCalendar::from_csv("ours", table, WorkHours::vietnam())?;
    /// assert_eq!((calendar.first_year(), calendar.last_year()), (2026, 2026));
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn from_csv(name: &str, text: &str, hours: WorkHours) -> Result<Self, CalendarError> {
        let entries = read_csv(text)?;
        let years: BTreeSet<i32> = entries.iter().map(|(_, holiday)| year_of(holiday.date)).collect();
        let (Some(first_year), Some(last_year)) = (years.first().copied(), years.last().copied()) else {
            return Err(CalendarError::Empty);
        };
        check_years(first_year, last_year)?;
        if let Some(year) = (first_year..=last_year).find(|year| !years.contains(year)) {
            return Err(CalendarError::MissingYear { year, first_year, last_year });
        }
        Self::build(name, first_year, last_year, entries, hours)
    }

    /// A calendar of those years, with those exceptions to "Monday to Friday are worked".
    ///
    /// # Errors
    /// An empty name; years that are none or outside 2000 to 2100; an entry outside the years, a day
    /// twice, a day off on a weekend, a working day on a weekday.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{WorkCalendar, WorkHours};
    /// let calendar = WorkCalendar::new("no holidays", 2026..=2027, Vec::new(), WorkHours::vietnam())?;
    /// assert_eq!(calendar.is_working("2026-01-01".parse().unwrap()), Some(true));
    /// assert_eq!(calendar.is_working("2028-01-03".parse().unwrap()), None);
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn new(
        name: &str,
        years: RangeInclusive<i32>,
        holidays: Vec<Holiday>,
        hours: WorkHours,
    ) -> Result<Self, CalendarError> {
        let entries = holidays.into_iter().zip(1..).map(|(holiday, n)| (HolidayPlace::Entry(n), holiday));
        Self::build(name, *years.start(), *years.end(), entries.collect(), hours)
    }

    fn build(
        name: &str,
        first_year: i32,
        last_year: i32,
        mut entries: Vec<(HolidayPlace, Holiday)>,
        hours: WorkHours,
    ) -> Result<Self, CalendarError> {
        let name = name.trim();
        if name.is_empty() {
            return Err(CalendarError::NoName);
        }
        check_years(first_year, last_year)?;
        // Stable: of a day that stands twice, the later entry is the one named.
        entries.sort_by_key(|(_, holiday)| holiday.date);
        let mut seen = None;
        for (place, holiday) in &entries {
            let (place, day) = (*place, holiday.date);
            if seen.replace(day) == Some(day) {
                return Err(CalendarError::Duplicate { place, day });
            }
            if !(first_year..=last_year).contains(&year_of(day)) {
                return Err(CalendarError::OutsideYears { place, day, first_year, last_year });
            }
            match (holiday.kind, is_weekend(day)) {
                (DayKind::Off, true) => return Err(CalendarError::OffOnWeekend { place, day }),
                (DayKind::Work, false) => return Err(CalendarError::WorkOnWeekday { place, day }),
                _ => {}
            }
        }

        let holidays: Vec<Holiday> = entries.into_iter().map(|(_, holiday)| holiday).collect();
        let provisional: BTreeSet<i32> = holidays
            .iter()
            .filter(|holiday| holiday.is_provisional())
            .map(|holiday| year_of(holiday.date))
            .collect();
        let provisional_years: Vec<i32> = provisional.into_iter().collect();
        let (first, end) = (first_of_month(first_year, 1), first_of_month(last_year + 1, 1));
        let (before, working) = count(first, end, &holidays);
        let version = version(name, first_year, last_year, &provisional_years, &holidays, &hours);
        Ok(Self {
            table: Arc::new(Table {
                name: name.to_owned(),
                version,
                first_year,
                last_year,
                provisional_years,
                holidays,
                hours,
                first,
                before,
                working,
            }),
        })
    }

    /// The name given to the calendar; `vn` for Vietnam's.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.table.name
    }

    /// Name, years and a digest, such as `vn-2024-2027-0123456789ab`.
    ///
    /// The digest is of all that can change a number or how sure it is: the days, the hours and the
    /// provisional years. The wording of names and sources is not in it. Two calendars of one version
    /// count alike.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{WorkCalendar, WorkHours};
    /// let calendar = WorkCalendar::new("ours", 2026..=2027, Vec::new(), WorkHours::vietnam())?;
    /// assert!(calendar.version().starts_with("ours-2026-2027-"));
    /// assert_ne!(calendar.version(), WorkCalendar::vietnam().version());
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    #[must_use]
    pub fn version(&self) -> &str {
        &self.table.version
    }

    /// The first covered year.
    #[must_use]
    pub fn first_year(&self) -> i32 {
        self.table.first_year
    }

    /// The last covered year.
    #[must_use]
    pub fn last_year(&self) -> i32 {
        self.table.last_year
    }

    /// The covered years for which no decision has been issued yet, in order.
    #[must_use]
    pub fn provisional_years(&self) -> &[i32] {
        &self.table.provisional_years
    }

    /// The entries of the table, by day.
    #[must_use]
    pub fn holidays(&self) -> &[Holiday] {
        &self.table.holidays
    }

    /// The working hours.
    #[must_use]
    pub fn hours(&self) -> &WorkHours {
        &self.table.hours
    }

    /// Whether the day is in a covered year.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        self.place(day).is_some()
    }

    /// Whether the day is worked; `None` outside the covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let calendar = WorkCalendar::vietnam();
    /// assert_eq!(calendar.is_working("2026-01-05".parse()?), Some(true));
    /// assert_eq!(calendar.is_working("2031-01-02".parse()?), None);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn is_working(&self, day: Day) -> Option<bool> {
        let place = self.place(day)?;
        Some(self.before(place + 1)? != self.before(place)?)
    }

    /// Working days in (start, end]: after `start`, `end` included; `None` outside the covered years or
    /// when `end` is before `start`.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let (friday, monday) = ("2026-03-06".parse()?, "2026-03-09".parse()?);
    /// assert_eq!(WorkCalendar::vietnam().between(friday, monday), Some(1));
    /// assert_eq!(WorkCalendar::vietnam().between(monday, friday), None);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn between(&self, start: Day, end: Day) -> Option<u32> {
        let (from, to) = (self.place(start)? + 1, self.place(end)? + 1);
        self.before(to)?.checked_sub(self.before(from)?).filter(|_| from <= to)
    }

    /// The `days`-th working day after `day`, which need not be one; 0 gives `day` itself. `None` where
    /// that leaves the covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// assert_eq!(WorkCalendar::vietnam().add("2026-03-06".parse()?, 1), Some("2026-03-09".parse()?));
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn add(&self, day: Day, days: u32) -> Option<Day> {
        let done = self.before(self.place(day)? + 1)?;
        let Some(further) = days.checked_sub(1) else { return Some(day) };
        self.working(u64::from(done) + u64::from(further))
    }

    /// The first working day strictly after `day`; `None` where that leaves the covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// assert_eq!(WorkCalendar::vietnam().next("2026-03-06".parse()?), Some("2026-03-09".parse()?));
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn next(&self, day: Day) -> Option<Day> {
        self.add(day, 1)
    }

    /// Whether the date is worked.
    ///
    /// # Errors
    /// [`CalendarError::NotCovered`] outside the covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, WorkCalendar};
    /// let day = |text: &str| text.parse::<Day>().map(Day::date).unwrap();
    /// assert!(!WorkCalendar::vietnam().is_working_day(day("2026-01-11"))?); // a Sunday
    /// assert!(WorkCalendar::vietnam().is_working_day(day("2031-01-02")).is_err());
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        let day = Day::from_date(date);
        self.is_working(day).ok_or_else(|| self.not_covered(day))
    }

    /// Working days in (start, end]: after `start`, `end` included.
    ///
    /// # Errors
    /// [`CalendarError::EndBeforeStart`], or [`CalendarError::NotCovered`] when either is outside the
    /// covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, WorkCalendar};
    /// let day = |text: &str| text.parse::<Day>().map(Day::date).unwrap();
    /// let calendar = WorkCalendar::vietnam();
    /// assert_eq!(calendar.working_days_between(day("2026-01-09"), day("2026-01-12"))?, 2); // Saturday 10 is worked
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn working_days_between(&self, start: NaiveDate, end: NaiveDate) -> Result<u32, CalendarError> {
        let (start, end) = (Day::from_date(start), Day::from_date(end));
        self.check_order(Instant::from_day(start), Instant::from_day(end))?;
        self.between(start, end).ok_or_else(|| self.not_covered(if self.covers(start) { end } else { start }))
    }

    /// The `days`-th working day after `date`, which need not be one; 0 gives `date` itself.
    ///
    /// # Errors
    /// [`CalendarError::NotCovered`] when `date` is outside the covered years, or the count runs past
    /// them: the day named is then the first one past them.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, WorkCalendar};
    /// let day = |text: &str| text.parse::<Day>().map(Day::date).unwrap();
    /// let calendar = WorkCalendar::vietnam();
    /// assert_eq!(calendar.add_working_days(day("2026-03-06"), 2)?, day("2026-03-10")); // from a Friday
    /// assert_eq!(calendar.add_working_days(day("2026-03-07"), 0)?, day("2026-03-07"));
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn add_working_days(&self, date: NaiveDate, days: u32) -> Result<NaiveDate, CalendarError> {
        let day = Day::from_date(date);
        self.add(day, days).map(Day::date).ok_or_else(|| self.left_from(day))
    }

    /// The first working day strictly after `date`.
    ///
    /// # Errors
    /// [`CalendarError::NotCovered`], as [`WorkCalendar::add_working_days`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, WorkCalendar};
    /// let day = |text: &str| text.parse::<Day>().map(Day::date).unwrap();
    /// assert_eq!(WorkCalendar::vietnam().next_working_day(day("2026-03-06"))?, day("2026-03-09"));
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn next_working_day(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        self.add_working_days(date, 1)
    }

    /// The day from which a limit counts: the day of receipt when it is worked and the receipt is not
    /// after closing (17:00 exactly is not after it), else the next working day. A date alone is not
    /// after closing.
    ///
    /// # Errors
    /// [`CalendarError::NotCovered`] when the day of receipt, or the working day after it, is outside the
    /// covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let calendar = WorkCalendar::vietnam();
    /// let friday = "2026-03-06T17:30".parse().unwrap();
    /// assert_eq!(calendar.clock_start(friday)?.to_string(), "2026-03-09");
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn clock_start(&self, received: Instant) -> Result<Day, CalendarError> {
        let day = received.day();
        let closing = i64::from(self.hours().closing_minute()) * MICROS_A_MINUTE;
        match self.is_working(day) {
            Some(true) if received.time_of_day_micros() <= closing => Ok(day),
            _ => self.next(day).ok_or_else(|| self.left_from(day)),
        }
    }

    /// The instant at which that many working hours have passed, as
    /// [`WorkCalendar::add_working_minutes`].
    ///
    /// # Errors
    /// As [`WorkCalendar::add_working_minutes`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let friday = "2026-03-06T16:00".parse().unwrap();
    /// assert_eq!(WorkCalendar::vietnam().add_working_hours(friday, 2)?.to_string(), "2026-03-09T08:00:00");
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn add_working_hours(&self, start: Instant, hours: u32) -> Result<Instant, CalendarError> {
        // What saturates is some 8,000 years, past every calendar either way.
        self.add_working_minutes(start, hours.saturating_mul(60))
    }

    /// The instant at which that many working minutes have passed, outside the sessions and on days off
    /// none do.
    ///
    /// A count that runs out exactly at the end of a session ends there, not at the start of the next. 0
    /// minutes give `start` itself, inside a session or not. A date alone counts from its 00:00, so from
    /// the opening of that day.
    ///
    /// # Errors
    /// [`CalendarError::NotCovered`], as [`WorkCalendar::add_working_days`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let calendar = WorkCalendar::vietnam();
    /// let friday = "2026-03-06T16:00".parse().unwrap();
    /// assert_eq!(calendar.add_working_minutes(friday, 60)?.to_string(), "2026-03-06T17:00:00");
    /// assert_eq!(calendar.add_working_minutes(friday, 61)?.to_string(), "2026-03-09T07:01:00");
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn add_working_minutes(&self, start: Instant, minutes: u32) -> Result<Instant, CalendarError> {
        self.add_worked(start, i64::from(minutes) * MICROS_A_MINUTE)
    }

    /// Whole working minutes from `start` to `end`; what is left below a minute is not counted. A date
    /// alone is its 00:00.
    ///
    /// # Errors
    /// [`CalendarError::EndBeforeStart`], or [`CalendarError::NotCovered`] when either is outside the
    /// covered years.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::WorkCalendar;
    /// let (friday, monday) = ("2026-03-06T16:00".parse().unwrap(), "2026-03-09T08:00".parse().unwrap());
    /// assert_eq!(WorkCalendar::vietnam().working_minutes_between(friday, monday)?, 120);
    /// assert!(WorkCalendar::vietnam().working_minutes_between(monday, friday).is_err());
    /// # Ok::<(), tthc_kpi::CalendarError>(())
    /// ```
    pub fn working_minutes_between(&self, start: Instant, end: Instant) -> Result<u32, CalendarError> {
        self.check_order(start, end)?;
        let minutes = (self.worked_by(end)? - self.worked_by(start)?) / MICROS_A_MINUTE;
        // A hundred years hold some 50 million minutes.
        Ok(u32::try_from(minutes).unwrap_or(u32::MAX))
    }

    fn add_worked(&self, start: Instant, micros: i64) -> Result<Instant, CalendarError> {
        let worked = self.worked_by(start)?;
        if micros == 0 {
            return Ok(start);
        }
        let (total, a_day) = (worked + micros, self.hours().micros_a_day());
        // One less, so that a full day is the end of that day and not the start of the next.
        let days = (total - 1) / a_day;
        let day = u64::try_from(days).ok().and_then(|days| self.working(days));
        let time = self.hours().time_when_worked(total - days * a_day);
        day.map(|day| Instant::from_day(day).later(time)).ok_or_else(|| self.left_from(start.day()))
    }

    /// Microseconds worked from the first covered day to an instant.
    fn worked_by(&self, at: Instant) -> Result<i64, CalendarError> {
        let day = at.day();
        let (place, working) =
            self.place(day).zip(self.is_working(day)).ok_or_else(|| self.not_covered(day))?;
        let today = if working { self.hours().worked_by(at.time_of_day_micros()) } else { 0 };
        let days = self.before(place).ok_or_else(|| self.not_covered(day))?;
        Ok(i64::from(days) * self.hours().micros_a_day() + today)
    }

    /// The place of a covered day among the covered days.
    fn place(&self, day: Day) -> Option<usize> {
        let place = usize::try_from(day.number().checked_sub(self.table.first.number())?).ok()?;
        // The counts are one more than the days.
        (place + 1 < self.table.before.len()).then_some(place)
    }

    fn before(&self, place: usize) -> Option<u32> {
        self.table.before.get(place).copied()
    }

    fn working(&self, place: u64) -> Option<Day> {
        self.table.working.get(usize::try_from(place).ok()?).copied()
    }

    fn check_order(&self, start: Instant, end: Instant) -> Result<(), CalendarError> {
        if end < start { Err(CalendarError::EndBeforeStart { start, end }) } else { Ok(()) }
    }

    fn not_covered(&self, day: Day) -> CalendarError {
        let Table { first_year, last_year, .. } = *self.table;
        CalendarError::NotCovered { day, first_year, last_year }
    }

    /// The error of a count from `day` that left the calendar: it is about `day`, or about the first day
    /// past the calendar.
    fn left_from(&self, day: Day) -> CalendarError {
        self.not_covered(if self.covers(day) { first_of_month(self.last_year() + 1, 1) } else { day })
    }
}

fn check_years(first_year: i32, last_year: i32) -> Result<(), CalendarError> {
    if first_year <= last_year && YEARS.contains(&first_year) && YEARS.contains(&last_year) {
        return Ok(());
    }
    Err(CalendarError::Years { first_year, last_year })
}

fn year_of(day: Day) -> i32 {
    chrono::Datelike::year(&day.date())
}

fn is_weekend(day: Day) -> bool {
    day.days_from_monday() >= 5
}

/// Counts and lists the working days from `first` to the day before `end`; `holidays` are in order.
fn count(first: Day, end: Day, holidays: &[Holiday]) -> (Vec<u32>, Vec<Day>) {
    let mut exceptions = holidays.iter().map(|holiday| holiday.date).peekable();
    let (mut before, mut working, mut done) = (vec![0], Vec::new(), 0);
    let mut day = first;
    while day < end {
        // An entry always turns its weekday around: `build` has refused the others.
        let turned = exceptions.next_if_eq(&day).is_some();
        if is_weekend(day) == turned {
            working.push(day);
            done += 1;
        }
        before.push(done);
        day = day.plus(1);
    }
    (before, working)
}

fn version(
    name: &str,
    first_year: i32,
    last_year: i32,
    provisional_years: &[i32],
    holidays: &[Holiday],
    hours: &WorkHours,
) -> String {
    let mut digest = Sha256::new();
    digest.update(format!("years {first_year} {last_year}\n"));
    for year in provisional_years {
        digest.update(format!("provisional {year}\n"));
    }
    for (start, end) in &hours.sessions {
        digest.update(format!("session {start} {end}\n"));
    }
    for holiday in holidays {
        digest.update(format!("{} {}\n", holiday.kind, holiday.date));
    }
    let hex: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{name}-{first_year}-{last_year}-{hex}")
}

fn read_csv(text: &str) -> Result<Vec<(HolidayPlace, Holiday)>, CalendarError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let unreadable =
        |error: &csv::Error| CalendarError::Unreadable { place: line_of(text, error.position()) };
    let header = reader.headers().map_err(|error| unreadable(&error))?.clone();
    let mut places = [0; COLUMNS.len()];
    for (place, column) in places.iter_mut().zip(COLUMNS) {
        *place =
            header.iter().position(|name| name == column).ok_or(CalendarError::MissingColumn { column })?;
    }
    let mut entries = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        let place = line_of(text, record.position());
        let [date, kind, name, source, confidence] =
            places.map(|at| record.get(at).unwrap_or_default().to_owned());
        let Ok(date) = date.parse() else { return Err(CalendarError::BadDate { place, text: date }) };
        let Ok(kind) = kind.parse() else { return Err(CalendarError::UnknownKind { place, text: kind }) };
        entries.push((place, Holiday { date, kind, name, source, confidence }));
    }
    Ok(entries)
}

/// The line a record stands on: csv places it before the blank lines, or the end of a line, that it
/// skips.
fn line_of(text: &str, position: Option<&csv::Position>) -> HolidayPlace {
    let rest =
        position.and_then(|at| text.as_bytes().get(usize::try_from(at.byte()).ok()?..)).unwrap_or_default();
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    HolidayPlace::Line(skipped.fold(position.map_or(1, csv::Position::line), |line, _| line + 1))
}
