//! The days dossiers arrive on and are worked on: working days by table, and how many arrive when.

use tthc_kpi::{Day, WorkCalendar};

use super::SynthError;
use super::catalogue::NEW_YEARS;
use super::draw::Draw;
use chrono::{Datelike, NaiveDate};

pub(super) const SECONDS_A_DAY: i64 = 86_400;
/// Rows of one day are spread over the day by this many steps.
const STEPS: u64 = 4096;
/// A stream of draws that no block of rows uses.
const DAYS_STREAM: u64 = u64::MAX;

/// Share of a working day's dossiers per half hour, from 00:00. In office hours they come over the
/// counter or online, outside them online.
const WORKING_DAY: [u32; 48] = [
    0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 14, 60, 92, 98, 100, 96, 88, 80, 66, 18, 6, 5, 7, 46, 80, 84,
    76, 70, 58, 38, 9, 5, 4, 5, 7, 9, 9, 8, 6, 4, 2, 1, 1, 1,
];
const DAY_OFF: [u32; 48] = [
    0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 4, 6, 9, 12, 14, 16, 16, 15, 13, 11, 9, 7, 7, 8, 10, 12, 13, 13,
    12, 11, 9, 8, 7, 7, 9, 12, 15, 17, 16, 13, 9, 5, 3, 2, 1,
];

/// One day dossiers arrive on.
pub(super) struct Receipt {
    pub(super) day: i32,
    pub(super) working: bool,
    /// Rows received before this day.
    pub(super) before: u64,
    /// Rows received on it.
    pub(super) rows: u64,
    /// How much likelier a dossier of this day ends late, per hundred: backlogs after Tết, in July
    /// and at the end of the year.
    pub(super) late: u32,
    /// `YYMMDD` of the dossier code.
    pub(super) stamp: [u8; 6],
}

/// The working days of three years as prefix sums, and the receipts of the year and its tail.
pub(super) struct Days {
    first: i32,
    /// Working days from the first day up to and with each day.
    ranks: Vec<u32>,
    working: Vec<i32>,
    /// Days with receipts, in order.
    pub(super) receipts: Vec<Receipt>,
    /// The last second of the year: nothing later is in the data.
    pub(super) end: i64,
    pub(super) last_day: i32,
    by_working_day: Vec<u16>,
    by_day_off: Vec<u16>,
}

fn date(year: i32, month: u32, day: u32) -> Result<NaiveDate, SynthError> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or(SynthError::Year { year })
}

impl Days {
    pub(super) fn new(rows: u64, seed: u64, year: i32) -> Result<Self, SynthError> {
        let calendar = WorkCalendar::vietnam();
        let covered = || SynthError::Year { year };
        let from = Day::from_date(date(year - 1, 1, 1)?).number();
        let to = Day::from_date(date(year + 1, 12, 31)?).number();
        let (mut ranks, mut working) = (Vec::new(), Vec::new());
        for number in from..=to {
            let day = Day::from_number(number).ok_or_else(covered)?;
            if calendar.is_working(day).ok_or_else(covered)? {
                working.push(number);
            }
            ranks.push(u32::try_from(working.len()).map_err(|_| covered())?);
        }
        let last_day = Day::from_date(date(year, 12, 31)?).number();
        let mut days = Days {
            first: from,
            ranks,
            working,
            receipts: Vec::new(),
            end: i64::from(last_day + 1) * SECONDS_A_DAY - 1,
            last_day,
            by_working_day: quantiles(&WORKING_DAY),
            by_day_off: quantiles(&DAY_OFF),
        };
        days.receipts = days.plan(rows, seed, year)?;
        Ok(days)
    }

    fn rank(&self, day: i32) -> u32 {
        let at = usize::try_from(day - self.first).unwrap_or(0);
        self.ranks.get(at).or(self.ranks.last()).copied().unwrap_or(0)
    }

    pub(super) fn is_working(&self, day: i32) -> bool {
        self.rank(day) != self.rank(day - 1)
    }

    /// The n-th working day after `day`; the day itself for 0. Held at the last covered one.
    pub(super) fn add(&self, day: i32, n: u32) -> i32 {
        if n == 0 {
            return day;
        }
        let at = (self.rank(day) + n - 1) as usize;
        self.working.get(at).or(self.working.last()).copied().unwrap_or(day)
    }

    /// Working days in (a, b]; 0 when b is not after a.
    pub(super) fn between(&self, a: i32, b: i32) -> u32 {
        self.rank(b).saturating_sub(self.rank(a))
    }

    /// The minute of the day at which the `ordinal`-th row of a day arrives; never earlier than
    /// that of the row before.
    pub(super) fn minute(&self, receipt: &Receipt, ordinal: u64, draw: &mut Draw) -> u32 {
        let table = if receipt.working { &self.by_working_day } else { &self.by_day_off };
        let step = (ordinal * STEPS + u64::from(draw.below(4096))) / receipt.rows.max(1);
        let at = usize::try_from(step).unwrap_or(usize::MAX);
        table.get(at).or(table.last()).copied().unwrap_or(0).into()
    }

    fn plan(&self, rows: u64, seed: u64, year: i32) -> Result<Vec<Receipt>, SynthError> {
        let mut draw = Draw::new(seed, DAYS_STREAM);
        let tail = Day::from_date(date(year - 1, 11, 1)?).number();
        let new_year = Day::from_date(date(year, 1, 1)?).number();
        let mut weighted = Vec::new();
        for day in tail..=self.last_day {
            let civil = Day::from_number(day).ok_or(SynthError::Year { year })?.date();
            let (mut weight, late) = self.weight(day, civil);
            // No two weeks are quite alike.
            weight = weight * u64::from(88 + draw.below(25)) / 100;
            if day < new_year {
                // A list of a year holds few of the year before, more of its last weeks.
                let into = u64::try_from(day - tail).unwrap_or(0);
                weight = weight * (2 + into / 2) / 100;
            }
            weighted.push((day, civil, weight.max(1), late));
        }
        let total: u64 = weighted.iter().map(|(_, _, weight, _)| weight).sum();
        let share = |sum: u64| {
            u64::try_from(u128::from(rows) * u128::from(sum) / u128::from(total.max(1))).unwrap_or(rows)
        };
        let (mut sum, mut receipts) = (0, Vec::new());
        for (day, civil, weight, late) in weighted {
            let before = share(sum);
            sum += weight;
            let rows = share(sum) - before;
            if rows > 0 {
                let working = self.is_working(day);
                receipts.push(Receipt { day, working, before, rows, late, stamp: stamp(civil) });
            }
        }
        Ok(receipts)
    }

    /// How many come on a day, relatively, and how likely they end late (per hundred).
    fn weight(&self, day: i32, civil: NaiveDate) -> (u64, u32) {
        let weekday = civil.weekday().num_days_from_monday();
        let mut weight: u64 = match (self.is_working(day), weekday) {
            (true, 0) => 12_400,
            (true, 1) => 10_300,
            (true, 2) => 9_600,
            (true, 3) => 9_500,
            (true, 4) => 11_200,
            // A make-up Saturday.
            (true, _) => 5_200,
            (false, 5) => 420,
            (false, 6) => 300,
            (false, _) => 240,
        };
        // School and building season in summer, papers for the year's end in December.
        let (month, late) = match civil.month() {
            6 => (106, 102),
            7 => (112, 135),
            8 => (110, 110),
            10 => (103, 95),
            12 => (108, 120),
            _ => (98, 100),
        };
        weight = weight * month / 100;
        let (mut season, mut backlog) = (100, late);
        for &(year, month, first) in NEW_YEARS {
            let Some(tet) = NaiveDate::from_ymd_opt(year, month, first).map(|d| Day::from_date(d).number())
            else {
                continue;
            };
            let (to, since) = (self.between(day, tet), self.between(tet, day));
            if day <= tet && tet - day <= 21 && to <= 10 {
                season = 45 + u64::from(to) * 5;
            } else if day > tet && day - tet < 9 {
                season = if self.is_working(day) { 60 } else { 25 };
            } else if day > tet && day - tet <= 45 && since <= 20 {
                season = 145 - u64::from(since) * 2;
                backlog = 175;
            }
        }
        (weight * season / 100, backlog)
    }
}

/// The minute of the day at each of [`STEPS`] even shares of its dossiers.
fn quantiles(half_hours: &[u32; 48]) -> Vec<u16> {
    let total: u64 = half_hours.iter().map(|weight| u64::from(*weight) * 30).sum();
    let mut table = Vec::new();
    let (mut sum, mut step) = (0_u64, 0_u64);
    for (half, weight) in (0_u16..).zip(half_hours) {
        for minute in 0..30 {
            sum += u64::from(*weight);
            while step < STEPS && step * total < sum * STEPS {
                table.push(half * 30 + minute);
                step += 1;
            }
        }
    }
    table
}

fn stamp(civil: NaiveDate) -> [u8; 6] {
    let digit = |number: u32| b'0' + u8::try_from(number % 10).unwrap_or(0);
    let (year, month, day) = (civil.year().unsigned_abs(), civil.month(), civil.day());
    [digit(year / 10), digit(year), digit(month / 10), digit(month), digit(day / 10), digit(day)]
}
