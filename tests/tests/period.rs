//! Periods and buckets (SPEC §5) in every form and under both rules, and every error of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tthc_kpi::{Bucket, Day, Period, PeriodError, PeriodRule};

const FORMS: &str = "expected 2026, 2026-Q2, 2026-H1, 2026-H2, 2026-9M, 2026-03, 2026-W14, 2026-03-05 or 2026-01-01..2026-03-31";

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn days(text: &str, rule: PeriodRule) -> String {
    let (first, last) = text.parse::<Period>().unwrap().days(rule);
    format!("{first}..{last}")
}

#[test]
fn every_form_has_its_days_under_both_rules() {
    for (text, calendar, cut_off_15) in [
        ("2026", "2026-01-01..2026-12-31", "2025-12-15..2026-12-14"),
        ("2026-H1", "2026-01-01..2026-06-30", "2025-12-15..2026-06-14"),
        ("2026-H2", "2026-07-01..2026-12-31", "2026-06-15..2026-12-14"),
        ("2026-9M", "2026-01-01..2026-09-30", "2025-12-15..2026-09-14"),
        ("2026-Q1", "2026-01-01..2026-03-31", "2025-12-15..2026-03-14"),
        ("2026-Q2", "2026-04-01..2026-06-30", "2026-03-15..2026-06-14"),
        ("2026-Q3", "2026-07-01..2026-09-30", "2026-06-15..2026-09-14"),
        ("2026-Q4", "2026-10-01..2026-12-31", "2026-09-15..2026-12-14"),
        ("2026-01", "2026-01-01..2026-01-31", "2025-12-15..2026-01-14"),
        ("2026-02", "2026-02-01..2026-02-28", "2026-01-15..2026-02-14"),
        ("2024-02", "2024-02-01..2024-02-29", "2024-01-15..2024-02-14"),
        ("2026-03", "2026-03-01..2026-03-31", "2026-02-15..2026-03-14"),
        ("2026-12", "2026-12-01..2026-12-31", "2026-11-15..2026-12-14"),
        ("2026-W14", "2026-03-30..2026-04-05", "2026-03-30..2026-04-05"),
        ("2026-W01", "2025-12-29..2026-01-04", "2025-12-29..2026-01-04"),
        ("2026-W53", "2026-12-28..2027-01-03", "2026-12-28..2027-01-03"),
        ("2026-01-01..2026-03-31", "2026-01-01..2026-03-31", "2026-01-01..2026-03-31"),
        ("2026-03-05", "2026-03-05..2026-03-05", "2026-03-05..2026-03-05"),
        ("1999-12-15", "1999-12-15..1999-12-15", "1999-12-15..1999-12-15"),
        ("2026-01-01..2026-01-01", "2026-01-01..2026-01-01", "2026-01-01..2026-01-01"),
        ("2000", "2000-01-01..2000-12-31", "1999-12-15..2000-12-14"),
        ("2100-12", "2100-12-01..2100-12-31", "2100-11-15..2100-12-14"),
        ("1999-W52", "1999-12-27..2000-01-02", "1999-12-27..2000-01-02"),
        ("2101-01", "2101-01-01..2101-01-31", "2100-12-15..2101-01-14"),
    ] {
        assert_eq!(days(text, PeriodRule::Calendar), calendar, "{text}");
        assert_eq!(days(text, PeriodRule::CutOff15), cut_off_15, "{text}");
        let period: Period = text.parse().unwrap();
        assert_eq!(period.to_string(), text);
        let json = serde_json::to_string(&period).unwrap();
        assert_eq!(json, format!("{text:?}"));
        assert_eq!(serde_json::from_str::<Period>(&json).unwrap(), period);
    }
}

#[test]
fn a_period_knows_its_year() {
    for (text, year) in [
        ("2026", 2026),
        ("2026-H2", 2026),
        ("2026-9M", 2026),
        ("2026-Q1", 2026),
        ("2026-01", 2026),
        ("2026-W53", 2026),
        ("2026-03-05", 2026),
        ("2025-12-15..2026-12-14", 2026),
    ] {
        assert_eq!(text.parse::<Period>().unwrap().year(), year, "{text}");
    }
}

#[test]
fn a_text_that_is_no_period_names_the_forms() {
    for text in [
        "",
        " ",
        " 2026",
        "2026 ",
        "26",
        "02026",
        "+026",
        "2026-",
        "2026-3",
        "2026-003",
        "2026-q2",
        "2026Q2",
        "2026-Q",
        "2026-Q12",
        "2026-H",
        "2026-9m",
        "2026-12M",
        "2026-W1",
        "2026-W014",
        "2026-W+1",
        "2026-+3",
        "2026/03",
        "03-2026",
        "2026-3-31",
        "2026-01-01..",
        "..",
        "..2026-01-01",
        "2026-01-01...2026-03-31",
        "2026-01..2026-03",
        "2026-1-1..2026-3-31",
        "2026-01-01..2026-03-31..2026-04-01",
        "tháng 3",
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error, PeriodError::Form { text: text.to_owned() });
        let message = error.to_string();
        assert!(message.contains(&format!("{text:?}")) && message.contains(FORMS), "{message}");
    }
    assert!(serde_json::from_str::<Period>("\"2026-3\"").unwrap_err().to_string().contains(FORMS));
}

#[test]
fn what_the_calendar_does_not_have_is_refused() {
    for text in [
        "2026-00",
        "2026-13",
        "2026-Q0",
        "2026-Q5",
        "2026-H0",
        "2026-H3",
        "2026-W00",
        "2026-W54",
        "2025-W53",
        "2026-02-29",
        "2026-04-31",
        "2026-02-29..2026-03-31",
        "2026-01-01..2026-04-31",
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error, PeriodError::Nonexistent { text: text.to_owned() });
        assert!(error.to_string().contains("expected months 01 to 12"));
    }
    let month = |text: &str| Err(PeriodError::Nonexistent { text: text.to_owned() });
    assert_eq!(Period::month(2026, 0), month("2026-00"));
    assert_eq!(Period::month(2026, 13), month("2026-13"));
    assert!(Period::month(2026, u32::MAX).is_err());
}

#[test]
fn years_are_2000_to_2100() {
    for text in [
        "1999",
        "2101",
        "0000",
        "9999",
        "1999-H2",
        "2101-H1",
        "2101-9M",
        "1999-Q4",
        "2101-Q2",
        "1999-12",
        "2101-02",
        "1999-W49",
        "1999-12-14",
        "2101-01-01",
        "2101-W01",
        "1999-12-31..2000-01-31",
        "2100-12-01..2101-01-01",
    ] {
        let error = text.parse::<Period>().unwrap_err();
        assert_eq!(error, PeriodError::Years { text: text.to_owned() });
        assert!(error.to_string().contains("expected 2000 to 2100"));
    }
    assert_eq!(Period::month(1999, 12), Err(PeriodError::Years { text: "1999-12".to_owned() }));
    assert!(Period::month(i32::MAX, 12).is_err() && Period::month(i32::MIN, 1).is_err());
    assert!(Period::range(Day::MIN, Day::MAX).is_err());
}

#[test]
fn a_range_must_not_end_before_it_starts() {
    let text = "2026-03-31..2026-01-01";
    let error = PeriodError::Reversed { text: text.to_owned() };
    assert!(error.to_string().contains("expected the first day, two dots"));
    assert_eq!(text.parse::<Period>(), Err(error.clone()));
    assert_eq!(Period::range(day("2026-03-31"), day("2026-01-01")), Err(error));
    let quarter = Period::range(day("2026-01-01"), day("2026-03-31")).unwrap();
    assert_eq!(quarter.to_string(), "2026-01-01..2026-03-31");
}

#[test]
fn rules_and_buckets_have_one_name_each() {
    for rule in PeriodRule::ALL {
        assert_eq!(rule.slug().parse(), Ok(*rule));
        assert_eq!(serde_json::to_string(rule).unwrap(), format!("\"{rule}\""));
    }
    for bucket in Bucket::ALL {
        assert_eq!(bucket.slug().parse(), Ok(*bucket));
        assert_eq!(serde_json::to_string(bucket).unwrap(), format!("\"{bucket}\""));
    }
    assert_eq!("cut_off_15".parse(), Ok(PeriodRule::CutOff15));
    let error = "cut_off_14".parse::<PeriodRule>().unwrap_err().to_string();
    assert!(error.contains("expected one of calendar, cut_off_15"), "{error}");
    let error = "days".parse::<Bucket>().unwrap_err().to_string();
    assert!(error.contains("expected one of month, quarter, week, day"), "{error}");
}

#[test]
fn a_bucket_that_starts_after_the_cut_is_not_emitted() {
    let split = |bucket: Bucket, start, cut, rule| -> Vec<String> {
        let buckets = bucket.split(day(start), day(cut), rule);
        buckets.iter().map(|(period, from, to)| format!("{period} {from} {to}")).collect()
    };
    assert_eq!(
        split(Bucket::Month, "2025-12-15", "2026-02-15", PeriodRule::CutOff15),
        ["2026-01 2025-12-15 2026-01-14", "2026-02 2026-01-15 2026-02-14", "2026-03 2026-02-15 2026-02-15"]
    );
    assert_eq!(
        split(Bucket::Quarter, "2026-01-01", "2026-04-01", PeriodRule::Calendar),
        ["2026-Q1 2026-01-01 2026-03-31", "2026-Q2 2026-04-01 2026-04-01"]
    );
    assert_eq!(
        split(Bucket::Week, "2026-01-01", "2026-01-05", PeriodRule::CutOff15),
        ["2026-W01 2026-01-01 2026-01-04", "2026-W02 2026-01-05 2026-01-05"]
    );
    assert!(split(Bucket::Week, "2026-01-02", "2026-01-01", PeriodRule::Calendar).is_empty());
    assert_eq!(split(Bucket::Month, "2026-01-01", "2026-12-31", PeriodRule::Calendar).len(), 12);
    assert_eq!(split(Bucket::Week, "2026-01-01", "2026-12-31", PeriodRule::Calendar).len(), 53);
    assert_eq!(split(Bucket::Day, "2026-01-01", "2026-12-31", PeriodRule::Calendar).len(), 365);
    assert_eq!(
        split(Bucket::Day, "2026-02-28", "2026-03-01", PeriodRule::CutOff15),
        ["2026-02-28 2026-02-28 2026-02-28", "2026-03-01 2026-03-01 2026-03-01"]
    );
}

#[test]
fn every_day_of_2000_to_2100_has_its_buckets() {
    let (first, last) = (day("2000-01-01"), day("2100-12-31"));
    for bucket in Bucket::ALL {
        for rule in PeriodRule::ALL {
            let mut day = first;
            while day <= last {
                let period = bucket.period_of(day, *rule).unwrap();
                let (from, to) = period.days(*rule);
                assert!(from <= day && day <= to, "{day} is not in {period} under {rule}");
                assert_eq!(period.to_string().parse(), Ok(period));
                day = day.plus(1);
            }
            let all = bucket.split(Day::MIN, Day::MAX, *rule);
            assert!(all.first().unwrap().1 <= first && all.last().unwrap().2 >= last);
            assert_eq!(bucket.period_of(all.first().unwrap().1.plus(-1), *rule), None);
            assert_eq!(bucket.period_of(all.last().unwrap().2.plus(1), *rule), None);
            for extreme in [Day::MIN, Day::MAX] {
                assert_eq!(bucket.period_of(extreme, *rule), None);
            }
        }
    }
}

/// Any period of a query, of any form.
fn periods() -> impl Strategy<Value = Period> {
    let named = (2000..=2100, 1..=12_u32, 0..8_u8).prop_map(|(year, n, form)| {
        let text = match form {
            0 => format!("{year}"),
            1 => format!("{year}-H{}", n % 2 + 1),
            2 => format!("{year}-9M"),
            3 => format!("{year}-Q{}", n % 4 + 1),
            4 => format!("{year}-{n:02}"),
            5 => format!("{year}-W{:02}", n * 4),
            6 => format!("{year}-{n:02}-{n:02}"),
            _ => format!("{year}-01-{n:02}..{year}-{n:02}-28"),
        };
        text.parse().unwrap_or_else(|_| Period::month(year, n).unwrap())
    });
    named.boxed()
}

proptest! {
    #[test]
    fn buckets_tile_the_window(
        period in periods(),
        cut in 0..400_i32,
        bucket in prop::sample::select(Bucket::ALL),
        rule in prop::sample::select(PeriodRule::ALL),
    ) {
        let (start, end) = period.days(rule);
        let cut = start.plus(cut).min(end);
        let buckets = bucket.split(start, cut, rule);
        prop_assert_eq!(buckets[0].1, start);
        prop_assert_eq!(buckets[buckets.len() - 1].2, cut);
        for (name, from, to) in &buckets {
            let (first, last) = name.days(rule);
            prop_assert_eq!((*from, *to), (first.max(start), last.min(cut)));
            prop_assert!(from <= to);
        }
        for pair in buckets.windows(2) {
            prop_assert!(pair[0].0 < pair[1].0);
            prop_assert_eq!(pair[0].2.plus(1), pair[1].1);
        }
    }

    #[test]
    fn the_text_of_a_period_is_read_back(period in periods()) {
        prop_assert_eq!(period.to_string().parse(), Ok(period));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9HQWM.\\-]{0,24}") {
        if let Ok(period) = text.parse::<Period>() {
            prop_assert_eq!(period.to_string(), text);
            let (first, last) = period.days(PeriodRule::Calendar);
            prop_assert!(first <= last);
        }
    }
}
