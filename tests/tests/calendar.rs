//! The working calendar (SPEC §7) against a loop over the days, and every error of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use proptest::prelude::*;
use tthc_kpi::{CalendarError, Day, DayKind, Holiday, HolidayPlace, Instant, WorkCalendar, WorkHours};

/// Days off and made up for, copied by hand from FACTS §7: (year, month, days off, days worked).
const EXCEPTIONS: &[(i32, u32, &[u32], &[u32])] = &[
    (2024, 1, &[1], &[]),
    (2024, 2, &[8, 9, 12, 13, 14], &[]),
    (2024, 4, &[18, 29, 30], &[]),
    (2024, 5, &[1], &[4]),
    (2024, 9, &[2, 3], &[]),
    (2025, 1, &[1, 27, 28, 29, 30, 31], &[]),
    (2025, 4, &[7, 30], &[26]),
    (2025, 5, &[1, 2], &[]),
    (2025, 9, &[1, 2], &[]),
    (2026, 1, &[1, 2], &[10]),
    (2026, 2, &[16, 17, 18, 19, 20], &[]),
    (2026, 4, &[27, 30], &[]),
    (2026, 5, &[1], &[]),
    (2026, 8, &[31], &[22]),
    (2026, 9, &[1, 2], &[]),
    (2026, 11, &[24], &[]),
    (2027, 1, &[1], &[]),
    (2027, 2, &[4, 5, 8, 9, 10], &[]),
    (2027, 4, &[16, 30], &[]),
    (2027, 5, &[3], &[]),
    (2027, 9, &[2, 3], &[]),
    (2027, 11, &[24], &[]),
];

fn date(text: &str) -> NaiveDate {
    day(text).date()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn clock(text: &str) -> NaiveTime {
    let (hour, minute) = text.split_once(':').unwrap();
    NaiveTime::from_hms_opt(hour.parse().unwrap(), minute.parse().unwrap(), 0).unwrap()
}

/// Every covered day, and whether it is worked, by the weekday and the table above alone.
fn naive() -> Vec<(Day, bool)> {
    let listed = |wanted: bool| -> BTreeSet<NaiveDate> {
        let days = EXCEPTIONS.iter().flat_map(|(year, month, off, work)| {
            let days = if wanted { *work } else { *off };
            days.iter().map(|day| NaiveDate::from_ymd_opt(*year, *month, *day).unwrap())
        });
        days.collect()
    };
    let (off, work) = (listed(false), listed(true));
    let end = NaiveDate::from_ymd_opt(2027, 12, 31).unwrap();
    NaiveDate::from_ymd_opt(2024, 1, 1)
        .unwrap()
        .iter_days()
        .take_while(|date| *date <= end)
        .map(|date| {
            let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            let working = work.contains(&date) || (!weekend && !off.contains(&date));
            (Day::from_date(date), working)
        })
        .collect()
}

fn holiday(text: &str, kind: DayKind) -> Holiday {
    Holiday {
        date: day(text),
        kind,
        name: "name".into(),
        source: "source".into(),
        confidence: "decided".into(),
    }
}

fn from_csv(rows: &str) -> Result<WorkCalendar, CalendarError> {
    WorkCalendar::from_csv("test", &format!("date,kind,name,source,confidence\n{rows}"), WorkHours::vietnam())
}

fn message(error: &CalendarError) -> String {
    let text = error.to_string();
    assert!(text.contains("expected"), "says what was expected: {text}");
    text
}

#[test]
fn every_day_of_the_table_is_what_the_loop_says() {
    let calendar = WorkCalendar::vietnam();
    for (day, working) in naive() {
        assert_eq!(calendar.is_working(day), Some(working), "{day}");
        assert_eq!(calendar.is_working_day(day.date()), Ok(working), "{day}");
        assert!(calendar.covers(day));
    }
}

#[test]
fn counting_between_any_two_days_is_what_the_loop_says() {
    let calendar = WorkCalendar::vietnam();
    let days = naive();
    for (first, (start, _)) in days.iter().enumerate() {
        let mut counted = 0;
        for (offset, (end, working)) in days[first..].iter().enumerate() {
            counted += u32::from(offset > 0 && *working);
            assert_eq!(calendar.between(*start, *end), Some(counted), "{start} {end}");
        }
        if let Some((before, _)) = first.checked_sub(1).map(|before| days[before]) {
            assert_eq!(calendar.between(*start, before), None);
        }
    }
}

#[test]
fn adding_and_the_next_day_are_what_the_loop_says() {
    let calendar = WorkCalendar::vietnam();
    let days = naive();
    for (place, (start, _)) in days.iter().enumerate() {
        assert_eq!(calendar.add(*start, 0), Some(*start));
        let mut after = days[place + 1..].iter().filter(|(_, working)| *working).map(|(day, _)| *day);
        assert_eq!(calendar.next(*start), after.clone().next(), "{start}");
        for n in 1..=1_100 {
            let expected = after.next();
            assert_eq!(calendar.add(*start, n), expected, "{start} + {n}");
            if expected.is_none() {
                break;
            }
        }
        assert_eq!(calendar.add(*start, u32::MAX), None);
    }
}

#[test]
fn known_days() {
    let calendar = WorkCalendar::vietnam();
    let working = |text| calendar.is_working_day(date(text)).unwrap();
    assert!(working("2026-01-10") && working("2026-08-22"), "Saturdays made up for");
    assert!(!working("2026-01-02") && !working("2026-08-31") && !working("2026-11-24"));
    assert!(!working("2026-01-17") && !working("2026-01-18") && working("2026-01-19"));
    assert_eq!(calendar.add_working_days(date("2026-02-13"), 5), Ok(date("2026-02-27")));
    assert_eq!(calendar.add_working_days(date("2026-02-14"), 0), Ok(date("2026-02-14")));
    assert_eq!(calendar.next_working_day(date("2026-02-13")), Ok(date("2026-02-23")));
    assert_eq!(calendar.working_days_between(date("2026-02-13"), date("2026-02-23")), Ok(1));
    assert_eq!(calendar.working_days_between(date("2026-02-13"), date("2026-02-13")), Ok(0));
    let a_year = calendar.working_days_between(date("2025-12-31"), date("2026-12-31"));
    assert_eq!(a_year, Ok(261 - 14 + 2), "261 weekdays, 14 of them off, 2 Saturdays worked");
}

#[test]
fn the_bundled_calendar_says_what_it_is() {
    let calendar = WorkCalendar::vietnam();
    assert_eq!((calendar.name(), calendar.first_year(), calendar.last_year()), ("vn", 2024, 2027));
    assert_eq!(calendar.provisional_years(), [2027]);
    assert_eq!(calendar.hours(), &WorkHours::vietnam());
    let listed: usize = EXCEPTIONS.iter().map(|(_, _, off, work)| off.len() + work.len()).sum();
    assert_eq!(calendar.holidays().len(), listed);
    assert!(calendar.holidays().is_sorted_by_key(|holiday| holiday.date));
    let digest = calendar.version().strip_prefix("vn-2024-2027-").unwrap();
    assert!(digest.len() == 12 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let json = serde_json::to_string(&calendar.holidays()[0]).unwrap();
    assert!(json.starts_with(r#"{"date":"2024-01-01","kind":"off","#), "{json}");
    assert_eq!(serde_json::from_str::<Holiday>(&json).unwrap(), calendar.holidays()[0]);
}

#[test]
fn the_version_changes_with_all_that_changes_a_number_and_with_nothing_else() {
    let new_year = holiday("2026-01-01", DayKind::Off);
    let build = |years, holidays: &[&Holiday], hours| {
        let holidays = holidays.iter().map(|holiday| (*holiday).clone()).collect();
        WorkCalendar::new("ours", years, holidays, hours).unwrap().version().to_owned()
    };
    let base = build(2026..=2026, &[&new_year], WorkHours::vietnam());
    let reworded = Holiday { name: "Tết".into(), source: "law".into(), ..new_year.clone() };
    assert_eq!(build(2026..=2026, &[&reworded], WorkHours::vietnam()), base);
    let provisional = Holiday { confidence: "provisional".into(), ..new_year.clone() };
    let other = holiday("2026-01-02", DayKind::Off);
    let later = WorkHours::new([(clock("08:00"), clock("12:00")), (clock("13:00"), clock("17:00"))], 480);
    let versions: BTreeSet<String> = [
        base,
        build(2026..=2027, &[&new_year], WorkHours::vietnam()),
        build(2026..=2026, &[&provisional], WorkHours::vietnam()),
        build(2026..=2026, &[&other], WorkHours::vietnam()),
        build(2026..=2026, &[&new_year, &other], WorkHours::vietnam()),
        build(2026..=2026, &[&new_year], later.unwrap()),
    ]
    .into();
    assert_eq!(versions.len(), 6);
    let in_any_order = build(2026..=2026, &[&other, &new_year], WorkHours::vietnam());
    assert!(versions.contains(&in_any_order));
}

#[test]
fn outside_the_covered_years_is_an_error_and_never_an_answer() {
    let calendar = WorkCalendar::vietnam();
    let not_covered =
        |text: &str| CalendarError::NotCovered { day: day(text), first_year: 2024, last_year: 2027 };
    let (inside, early, late) = (date("2026-06-01"), date("2023-12-31"), date("2031-01-02"));
    for outside in [early, late] {
        let error = not_covered(&outside.to_string());
        assert!(message(&error).contains(&outside.to_string()));
        assert_eq!(calendar.is_working_day(outside), Err(error.clone()));
        assert_eq!(calendar.add_working_days(outside, 0), Err(error.clone()));
        assert_eq!(calendar.add_working_days(outside, 3), Err(error.clone()));
        assert_eq!(calendar.next_working_day(outside), Err(error.clone()));
        assert_eq!(calendar.clock_start(Instant::from_date(outside)), Err(error.clone()));
        assert_eq!(calendar.add_working_hours(Instant::from_date(outside), 0), Err(error.clone()));
        let (first, last) = (inside.min(outside), inside.max(outside));
        assert_eq!(calendar.working_days_between(first, last), Err(error.clone()));
        let (first, last) = (Instant::from_date(first), Instant::from_date(last));
        assert_eq!(calendar.working_minutes_between(first, last), Err(error));
        let outside = Day::from_date(outside);
        assert!(!calendar.covers(outside));
        assert_eq!(calendar.is_working(outside), None);
        assert_eq!(calendar.between(outside, outside), None);
        assert_eq!(calendar.add(outside, 0), None);
        assert_eq!(calendar.next(outside), None);
    }
    // A count that leaves the calendar names the first day past it.
    let past = not_covered("2028-01-01");
    assert_eq!(calendar.next_working_day(date("2027-12-31")), Err(past.clone()));
    assert_eq!(calendar.add_working_days(inside, u32::MAX), Err(past.clone()));
    assert_eq!(calendar.clock_start(at("2027-12-31T17:01")), Err(past.clone()));
    assert_eq!(calendar.add_working_minutes(at("2027-12-31T16:59"), 2), Err(past.clone()));
    assert_eq!(calendar.add_working_hours(at("2027-12-31"), u32::MAX), Err(past));
    assert_eq!(calendar.add_working_minutes(at("2027-12-31T16:59"), 1), Ok(at("2027-12-31T17:00")));
    for extreme in [Day::MIN, Day::MAX] {
        assert_eq!(calendar.is_working(extreme), None);
        assert_eq!(calendar.add(extreme, u32::MAX), None);
    }
    for extreme in [i64::MIN, i64::MAX] {
        assert!(calendar.clock_start(Instant::from_micros(extreme)).is_err());
        assert!(calendar.add_working_hours(Instant::from_micros(extreme), u32::MAX).is_err());
    }
}

#[test]
fn counting_backwards_is_an_error() {
    let calendar = WorkCalendar::vietnam();
    let (early, late) = ("2026-03-02", "2026-03-03");
    let error = CalendarError::EndBeforeStart { start: at(late), end: at(early) };
    let text = message(&error);
    assert!(text.contains("the end 2026-03-02 is before the start 2026-03-03"), "{text}");
    assert_eq!(calendar.working_days_between(date(late), date(early)), Err(error.clone()));
    assert_eq!(calendar.working_minutes_between(at(late), at(early)), Err(error));
    assert_eq!(calendar.between(day(late), day(early)), None);
}

#[test]
fn the_clock_starts_on_the_next_working_day_after_closing() {
    let calendar = WorkCalendar::vietnam();
    for (received, start) in [
        ("2026-03-06T17:30", "2026-03-09"), // a Friday, after closing
        ("2026-03-06T17:00:00.000001", "2026-03-09"),
        ("2026-03-06T17:00", "2026-03-06"), // at closing is not after it
        ("2026-03-06T05:00", "2026-03-06"), // before opening
        ("2026-03-06T12:00", "2026-03-06"), // at noon
        ("2026-03-06", "2026-03-06"),       // a date alone
        ("2026-03-07T09:00", "2026-03-09"), // a Saturday
        ("2026-03-07", "2026-03-09"),
        ("2026-01-10T09:00", "2026-01-10"), // a Saturday worked
        ("2026-01-10T18:00", "2026-01-12"),
        ("2026-02-13T17:01", "2026-02-23"), // over Tết
    ] {
        assert_eq!(calendar.clock_start(at(received)), Ok(day(start)), "{received}");
    }
}

#[test]
fn hours_pass_in_the_sessions_of_working_days_only() {
    let calendar = WorkCalendar::vietnam();
    for (start, minutes, end) in [
        ("2026-03-06T16:00", 0, "2026-03-06T16:00"),
        ("2026-03-06T12:00", 0, "2026-03-06T12:00"),
        ("2026-03-06T16:00", 60, "2026-03-06T17:00"), // ends with the session
        ("2026-03-06T16:00", 61, "2026-03-09T07:01"),
        ("2026-03-06T07:00", 270, "2026-03-06T11:30"), // ends before the break
        ("2026-03-06T07:00", 271, "2026-03-06T13:31"),
        ("2026-03-06T12:15", 30, "2026-03-06T14:00"), // from within the break
        ("2026-03-06", 480, "2026-03-06T17:00"),      // a date alone: a whole day
        ("2026-03-06", 481, "2026-03-09T07:01"),
        ("2026-03-06T17:30", 480, "2026-03-09T17:00"), // after closing
        ("2026-03-07T10:00", 1, "2026-03-09T07:01"),   // a Saturday
        ("2026-02-13T16:00", 960, "2026-02-24T16:00"), // two days, over Tết
        ("2026-03-06T16:59:30.250000", 1, "2026-03-09T07:00:30.250000"),
    ] {
        assert_eq!(calendar.add_working_minutes(at(start), minutes), Ok(at(end)), "{start} + {minutes}");
        assert_eq!(calendar.working_minutes_between(at(start), at(end)), Ok(minutes), "{start} to {end}");
    }
    assert_eq!(calendar.add_working_hours(at("2026-03-06T16:00"), 9), Ok(at("2026-03-09T17:00")));
    assert_eq!(
        calendar.working_minutes_between(at("2026-03-06T16:00"), at("2026-03-06T16:00:59")),
        Ok(0),
        "whole minutes"
    );
}

#[test]
fn hours_say_their_sessions() {
    let hours = WorkHours::vietnam();
    let sessions = [(clock("07:00"), clock("11:30")), (clock("13:30"), clock("17:00"))];
    assert_eq!(hours.sessions().collect::<Vec<_>>(), sessions);
    assert_eq!(WorkHours::new(sessions, 8 * 60), Ok(hours.clone()), "eight hours (SPEC §7)");
    assert_eq!((hours.opening(), hours.closing()), (clock("07:00"), clock("17:00")));
    assert!(
        WorkHours::new([(clock("07:00"), clock("11:00")), (clock("11:00"), clock("15:00"))], 480).is_ok()
    );
}

#[test]
fn unsound_hours_are_refused() {
    let refused = |sessions: &[(NaiveTime, NaiveTime)], minutes| {
        let error = WorkHours::new(sessions.iter().copied(), minutes).unwrap_err();
        message(&error);
        error
    };
    let (seven, eleven, noon) = (clock("07:00"), clock("11:00"), clock("12:00"));
    let second = seven + chrono::TimeDelta::seconds(1);
    assert_eq!(refused(&[(eleven, seven)], 240), CalendarError::Session { start: eleven, end: seven });
    assert_eq!(refused(&[(seven, seven)], 0), CalendarError::Session { start: seven, end: seven });
    assert_eq!(refused(&[(second, noon)], 300), CalendarError::Session { start: second, end: noon });
    assert_eq!(
        refused(&[(seven, noon), (eleven, clock("15:00"))], 540),
        CalendarError::SessionOverlap { start: eleven, end: noon }
    );
    assert_eq!(
        refused(&[(eleven, noon), (seven, clock("08:00"))], 120),
        CalendarError::SessionOverlap { start: seven, end: noon }
    );
    assert_eq!(refused(&[(seven, eleven)], 480), CalendarError::DayLength { sum: 240, expected: 480 });
    assert_eq!(refused(&[], 0), CalendarError::DayLength { sum: 0, expected: 0 });
}

#[test]
fn an_unsound_table_is_refused_with_its_line() {
    let line = HolidayPlace::Line;
    let new_year = "2026-01-01,off,a,b,c\n";
    for (rows, expected) in [
        (String::new(), CalendarError::Empty),
        (format!("{new_year}2026-01-02,off\n"), CalendarError::Unreadable { place: line(3) }),
        (
            "2026-02-30,off,a,b,c\n".into(),
            CalendarError::BadDate { place: line(2), text: "2026-02-30".into() },
        ),
        ("1/1/2026,off,a,b,c\n".into(), CalendarError::BadDate { place: line(2), text: "1/1/2026".into() }),
        (
            format!("{new_year}2026-01-02,holiday,a,b,c\n"),
            CalendarError::UnknownKind { place: line(3), text: "holiday".into() },
        ),
        (
            format!("{new_year}2026-01-05,off,a,b,c\n{new_year}"),
            CalendarError::Duplicate { place: line(4), day: day("2026-01-01") },
        ),
        (
            format!("{new_year}2026-01-10,off,a,b,c\n"),
            CalendarError::OffOnWeekend { place: line(3), day: day("2026-01-10") },
        ),
        (
            format!("{new_year}2026-01-05,work,a,b,c\n"),
            CalendarError::WorkOnWeekday { place: line(3), day: day("2026-01-05") },
        ),
        (
            format!("2028-01-03,off,a,b,c\n{new_year}"),
            CalendarError::MissingYear { year: 2027, first_year: 2026, last_year: 2028 },
        ),
        ("1999-01-01,off,a,b,c\n".into(), CalendarError::Years { first_year: 1999, last_year: 1999 }),
    ] {
        let error = from_csv(&rows).unwrap_err();
        assert_eq!(error, expected, "{rows}");
        message(&error);
    }
    let error = from_csv(&format!("{new_year}2026-01-05,work,a,b,c\n")).unwrap_err();
    assert!(message(&error).starts_with("line 3 of the holiday table makes 2026-01-05 a working day"));
    for bad in ["2026-01-05,work,a,b,c", "2026-01-05"] {
        let blank = from_csv(&format!("{new_year}\n\r\n{bad}\n")).unwrap_err();
        assert!(message(&blank).starts_with("line 5 of"), "{blank}");
        let table = format!("date,kind,name,source,confidence\n{new_year}\n{bad}\n").replace('\n', "\r\n");
        let error = WorkCalendar::from_csv("test", &table, WorkHours::vietnam()).unwrap_err();
        assert!(message(&error).starts_with("line 4 of"), "{error}");
    }
    for missing in ["date", "kind", "name", "source", "confidence"] {
        let header = "date,kind,name,source,confidence".replace(missing, "other");
        let error = WorkCalendar::from_csv("test", &header, WorkHours::vietnam()).unwrap_err();
        assert_eq!(error, CalendarError::MissingColumn { column: missing });
        message(&error);
    }
}

#[test]
fn a_table_may_come_with_a_mark_spaces_other_columns_and_another_order() {
    let text = "\u{feff}kind, date ,note,name,source,confidence\r\noff, 2026-01-01,x,Tết,law,provisional\r\n";
    let calendar = WorkCalendar::from_csv(" ours ", text, WorkHours::vietnam()).unwrap();
    assert_eq!((calendar.name(), calendar.first_year(), calendar.last_year()), ("ours", 2026, 2026));
    assert_eq!(calendar.provisional_years(), [2026]);
    assert_eq!(calendar.holidays()[0].name, "Tết");
    assert_eq!(calendar.is_working(day("2026-01-01")), Some(false));
    assert_eq!(calendar.is_working(day("2026-01-02")), Some(true));
    assert_eq!(calendar.is_working(day("2027-01-01")), None);
}

#[test]
fn an_unsound_list_is_refused_with_its_entry() {
    let build = |name: &str, first, last, holidays| {
        WorkCalendar::new(name, first..=last, holidays, WorkHours::vietnam())
    };
    let entry = HolidayPlace::Entry;
    let new_year = holiday("2026-01-01", DayKind::Off);
    for (result, expected) in [
        (build(" ", 2026, 2026, vec![]), CalendarError::NoName),
        (build("a", 2027, 2026, vec![]), CalendarError::Years { first_year: 2027, last_year: 2026 }),
        (build("a", 1999, 2026, vec![]), CalendarError::Years { first_year: 1999, last_year: 2026 }),
        (build("a", 2026, i32::MAX, vec![]), CalendarError::Years { first_year: 2026, last_year: i32::MAX }),
        (
            build("a", 2024, 2025, vec![new_year.clone()]),
            CalendarError::OutsideYears {
                place: entry(1),
                day: day("2026-01-01"),
                first_year: 2024,
                last_year: 2025,
            },
        ),
        (
            build("a", 2026, 2026, vec![new_year.clone(), new_year]),
            CalendarError::Duplicate { place: entry(2), day: day("2026-01-01") },
        ),
        (
            build("a", 2026, 2026, vec![holiday("2026-01-03", DayKind::Off)]),
            CalendarError::OffOnWeekend { place: entry(1), day: day("2026-01-03") },
        ),
        (
            build("a", 2026, 2026, vec![holiday("2026-01-05", DayKind::Work)]),
            CalendarError::WorkOnWeekday { place: entry(1), day: day("2026-01-05") },
        ),
    ] {
        let error = result.unwrap_err();
        assert_eq!(error, expected);
        message(&error);
    }
    let plain = build("plain", 2026, 2026, vec![]).unwrap();
    assert_eq!(plain.is_working(day("2026-01-01")), Some(true));
    assert!(plain.provisional_years().is_empty());
}

/// An instant of the covered years but the last, to the microsecond.
fn instants() -> impl Strategy<Value = Instant> {
    let micros = |text| at(text).micros();
    (micros("2024-01-01")..micros("2027-01-01")).prop_map(Instant::from_micros)
}

proptest! {
    #[test]
    fn adding_and_counting_undo_each_other(start in instants(), minutes in 0..100_000_u32) {
        let calendar = WorkCalendar::vietnam();
        let end = calendar.add_working_minutes(start, minutes).unwrap();
        prop_assert!(end >= start);
        prop_assert_eq!(calendar.working_minutes_between(start, end), Ok(minutes));
        if minutes > 0 {
            prop_assert_eq!(calendar.is_working(end.day()), Some(true));
            let time = end.datetime().unwrap().time();
            prop_assert!(calendar.hours().sessions().any(|(from, to)| from < time && time <= to), "{}", end);
        }
    }

    #[test]
    fn minutes_are_what_a_loop_over_the_minutes_says(start in instants(), length in 0..20_000_i64) {
        let calendar = WorkCalendar::vietnam();
        let start = Instant::from_micros(start.micros().div_euclid(60_000_000) * 60_000_000);
        let counted = (0..length).filter(|minute| {
            let at = Instant::from_micros(start.micros() + minute * 60_000_000);
            let minute = at.time_of_day_micros() / 60_000_000;
            let session = (420..690).contains(&minute) || (810..1020).contains(&minute);
            session && calendar.is_working(at.day()) == Some(true)
        });
        let end = Instant::from_micros(start.micros() + length * 60_000_000);
        prop_assert_eq!(calendar.working_minutes_between(start, end), Ok(u32::try_from(counted.count()).unwrap()));
    }

    #[test]
    fn the_date_and_the_day_forms_agree(start in 19_000..22_000_i32, end in 19_000..22_000_i32, n in 0..1_500_u32) {
        let calendar = WorkCalendar::vietnam();
        let (start, end) = (Day::from_number(start).unwrap(), Day::from_number(end).unwrap());
        prop_assert_eq!(calendar.is_working_day(start.date()).ok(), calendar.is_working(start));
        prop_assert_eq!(calendar.working_days_between(start.date(), end.date()).ok(), calendar.between(start, end));
        prop_assert_eq!(calendar.add_working_days(start.date(), n).ok().map(Day::from_date), calendar.add(start, n));
        prop_assert_eq!(calendar.next_working_day(start.date()).ok().map(Day::from_date), calendar.next(start));
    }
}
