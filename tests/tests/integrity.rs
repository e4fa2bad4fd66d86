//! Integrity flags: each worked out by hand, parts that merge to the whole, and columns that count as
//! the reference does.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use proptest::prelude::*;
use tthc_kpi::{
    Column, ColumnSet, Dossier, Error, Exclusion, Flag, FlagCount, Instant, IntegrityReport, IntegrityTally,
    Judge, Key, Policy, Rarity, Signs, Status, Window, WorkCalendar,
};
use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of, integrity, integrity_cases};
use tthc_kpi_tests::dossier;

fn at(text: &str) -> Option<Instant> {
    Some(text.parse().unwrap())
}

fn judge() -> Judge {
    Judge::new(Policy::default(), WorkCalendar::vietnam())
}

fn window(start: &str, cut: &str) -> Window {
    Window { start: start.parse().unwrap(), cut: cut.parse().unwrap() }
}

fn year() -> Window {
    window("2026-01-01", "2026-12-31")
}

/// Received on Monday 5 January 2026 and completed then.
fn completed(text: &str) -> Dossier {
    Dossier { completed_at: at(text), ..Dossier::received("2026-01-05T08:30".parse().unwrap()) }
}

fn sign(dossier: &Dossier, flag: Flag) -> Option<bool> {
    Signs::of(dossier, &judge(), year()).unwrap().of_flag(flag)
}

fn tally(dossiers: &[Dossier]) -> IntegrityTally {
    let mut tally = IntegrityTally::new(&judge(), year());
    dossiers.iter().for_each(|dossier| tally.add(dossier));
    tally
}

fn whole(report: &IntegrityReport, flag: Flag) -> (u64, u64) {
    let count = report.of(flag).unwrap();
    (count.flagged, count.judged)
}

#[test]
fn end_at_due_is_to_the_second_and_needs_two_times_of_day() {
    let due = |due: &str, end: &str| sign(&Dossier { due_at: at(due), ..completed(end) }, Flag::EndAtDue);
    assert_eq!(due("2026-01-12T17:00", "2026-01-12T17:00"), Some(true));
    assert_eq!(due("2026-01-12T17:00:00.400000", "2026-01-12T17:00:00.900000"), Some(true));
    assert_eq!(due("2026-01-12T17:00", "2026-01-12T16:59:59.999999"), Some(false));
    assert_eq!(due("2026-01-12T17:00", "2026-01-12T17:00:01"), Some(false));
    assert_eq!(due("2026-01-12", "2026-01-12"), None);
    assert_eq!(due("2026-01-12T17:00", "2026-01-12"), None);
    assert_eq!(due("2026-01-12", "2026-01-12T17:00"), None);
    assert_eq!(sign(&completed("2026-01-12T17:00"), Flag::EndAtDue), None);
}

#[test]
fn outside_hours_is_by_the_clock_and_by_the_calendar() {
    let outside = |text| sign(&completed(text), Flag::OutsideHours);
    assert_eq!(outside("2026-01-12T06:59:59.999999"), Some(true));
    assert_eq!(outside("2026-01-12T07:00"), Some(false));
    assert_eq!(outside("2026-01-12T12:15"), Some(false)); // over lunch: inside
    assert_eq!(outside("2026-01-12T17:30"), Some(false));
    assert_eq!(outside("2026-01-12T17:30:01"), Some(true));
    assert_eq!(outside("2026-01-11T09:00"), Some(true)); // a Sunday
    assert_eq!(outside("2026-01-10T09:00"), Some(false)); // a Saturday that is worked
    assert_eq!(outside("2026-02-17T09:00"), Some(true)); // Tết
    assert_eq!(outside("2026-01-11"), None); // a date alone
    let far = Window { cut: "2031-12-31".parse().unwrap(), ..year() };
    let uncovered = Signs::of(&completed("2031-01-05T09:00"), &judge(), far).unwrap();
    assert_eq!(uncovered.of_flag(Flag::OutsideHours), None);
}

#[test]
fn a_return_before_the_completion_is_by_moment_or_by_day() {
    let returned = |back: &str, end: &str| {
        sign(&Dossier { returned_at: at(back), ..completed(end) }, Flag::ReturnedBeforeCompletion)
    };
    assert_eq!(returned("2026-01-12T10:00", "2026-01-12T10:00:01"), Some(true));
    assert_eq!(returned("2026-01-12T10:00", "2026-01-12T10:00"), Some(false));
    assert_eq!(returned("2026-01-12", "2026-01-12T10:00"), Some(false));
    assert_eq!(returned("2026-01-11", "2026-01-12T10:00"), Some(true));
    assert_eq!(returned("2026-01-12T10:00", "2026-01-12"), Some(false));
    let no_return = completed("2026-01-12");
    assert_eq!(sign(&no_return, Flag::ReturnedBeforeCompletion), None);
    let no_completion = Dossier { completed_at: None, returned_at: at("2026-01-12"), ..no_return };
    assert_eq!(sign(&no_completion, Flag::ReturnedBeforeCompletion), None);
}

#[test]
fn papers_asked_for_on_the_last_day() {
    let base = Dossier { due_at: at("2026-01-16T17:00"), ..completed("2026-01-20T10:00") };
    let asked = |text: &str, base: &Dossier| {
        sign(&Dossier { supplement_requested_at: at(text), ..base.clone() }, Flag::SupplementOnLastDay)
    };
    assert_eq!(asked("2026-01-14T16:00", &base), Some(false)); // two working days left
    assert_eq!(asked("2026-01-15T16:00", &base), Some(true)); // one
    assert_eq!(asked("2026-01-16", &base), Some(true));
    assert_eq!(asked("2026-01-17", &base), Some(false)); // over
    assert_eq!(asked("2026-01-05T09:00", &base), Some(false)); // on receipt
    // Friday, with Monday due: the weekend between is no working day.
    let monday = Dossier { due_at: at("2026-01-19"), ..base.clone() };
    assert_eq!(asked("2026-01-16", &monday), Some(true));
    assert_eq!(asked("2026-01-15", &monday), Some(false));
    // Of a limit of one day every day is the last, but not that of receipt.
    let short = Dossier { due_at: at("2026-01-06"), ..base.clone() };
    assert_eq!(asked("2026-01-05T15:00", &short), Some(false));
    assert_eq!(asked("2026-01-06", &short), Some(true));
    // The due date has moved since; the limit of 5 working days ran out on 10 January, a Saturday that is
    // worked: 6, 7, 8, 9, 10.
    let moved = Dossier { due_at: at("2026-02-10"), limit_days: Some(5), ..base.clone() };
    assert_eq!(asked("2026-01-09", &moved), Some(true));
    assert_eq!(asked("2026-01-10", &moved), Some(true));
    assert_eq!(asked("2026-01-08", &moved), Some(false));
    assert_eq!(asked("2026-01-12", &moved), Some(false));
    // Received after closing, it runs from the next day and out on the 12th.
    let evening = Dossier { received_at: at("2026-01-05T17:30").unwrap(), ..moved };
    assert_eq!(asked("2026-01-12", &evening), Some(true));
    assert_eq!(asked("2026-01-10", &evening), Some(true));
    assert_eq!(asked("2026-01-09", &evening), Some(false));
    assert_eq!(sign(&base, Flag::SupplementOnLastDay), None); // never asked for
    assert_eq!(asked("2026-01-16", &Dossier { due_at: None, ..base }), None);
}

#[test]
fn a_due_date_that_was_moved() {
    let moved = |due_moves, due_moved_late| {
        sign(&Dossier { due_moves, due_moved_late, ..completed("2026-01-12T10:00") }, Flag::DueMoved)
    };
    assert_eq!(moved(Some(2), Some(false)), Some(true));
    assert_eq!(moved(Some(2), None), Some(true));
    assert_eq!(moved(Some(1), Some(true)), Some(true));
    assert_eq!(moved(None, Some(true)), Some(true));
    assert_eq!(moved(Some(1), Some(false)), Some(false));
    assert_eq!(moved(Some(0), None), Some(false));
    // Once, it is not known when; or how often is not known.
    assert_eq!(moved(Some(1), None), None);
    assert_eq!(moved(None, Some(false)), None);
    assert_eq!(moved(None, None), None);
}

#[test]
fn what_lies_after_the_cut_is_not_seen() {
    let dossier = Dossier { returned_at: at("2026-01-20"), ..completed("2026-01-12T10:00") };
    let at_cut = Signs::of(&dossier, &judge(), window("2026-01-01", "2026-01-15")).unwrap();
    assert_eq!(at_cut.of_flag(Flag::ReturnedBeforeCompletion), None);
    assert_eq!(sign(&dossier, Flag::ReturnedBeforeCompletion), Some(false));
    // Returned before the cut and completed after it: resolved by its return, its completion unseen.
    let odd = Dossier { returned_at: at("2026-01-10T09:00"), ..completed("2026-01-20T22:00") };
    let at_cut = Signs::of(&odd, &judge(), window("2026-01-01", "2026-01-15")).unwrap();
    assert_eq!((at_cut.of_flag(Flag::OutsideHours), at_cut.minute()), (None, None));
    assert_eq!(sign(&odd, Flag::ReturnedBeforeCompletion), Some(true));
}

#[test]
fn only_resolved_dossiers_are_asked() {
    let none = |dossier: &Dossier| assert_eq!(Signs::of(dossier, &judge(), year()), None);
    none(&Dossier::received("2026-01-05".parse().unwrap()));
    none(&Dossier { status: Some(Status::Registered), ..completed("2026-01-12T23:00") });
    none(&completed("2027-01-12T23:00"));
    none(&completed("2026-01-04T23:00")); // ended before its receipt: left out
    assert_eq!(tthc_kpi::row_exclusion(&completed("2026-01-04T23:00")), Some(Exclusion::EndBeforeReceipt));
}

fn of_desk(agency: Option<&str>, officer: Option<&str>, end: &str) -> Dossier {
    Dossier { agency: agency.map(Into::into), officer: officer.map(Into::into), ..completed(end) }
}

#[test]
fn ten_in_one_minute_of_one_desk() {
    let (a, x) = (Some("A"), Some("X"));
    let nine: Vec<Dossier> = (0..9).map(|n| of_desk(a, x, &format!("2026-01-12T09:15:{n:02}"))).collect();
    let with = |more: &[Dossier]| whole(&tally(&[&nine[..], more].concat()).report(), Flag::SameMinute);
    assert_eq!(with(&[]), (0, 9));
    assert_eq!(with(&[of_desk(a, x, "2026-01-12T09:15:59.999999")]), (10, 10));
    assert_eq!(with(&[of_desk(a, x, "2026-01-12T09:16")]), (0, 10)); // the next minute
    assert_eq!(with(&[of_desk(a, x, "2026-01-13T09:15")]), (0, 10)); // the next day
    assert_eq!(with(&[of_desk(a, Some("Y"), "2026-01-12T09:15")]), (0, 10)); // another officer
    assert_eq!(with(&[of_desk(Some("B"), x, "2026-01-12T09:15")]), (0, 10)); // of the same name elsewhere
    assert_eq!(with(&[of_desk(a, None, "2026-01-12T09:15")]), (0, 10)); // unknown is a desk of its own
    assert_eq!(with(&[of_desk(Some(" A "), x, "2026-01-12T09:15")]), (10, 10)); // the same, untidy
    // A date alone has no minute; without any name nothing says that they are of one desk.
    assert_eq!(whole(&tally(&vec![of_desk(a, x, "2026-01-12"); 12]).report(), Flag::SameMinute), (0, 0));
    let nameless = vec![of_desk(None, None, "2026-01-12T09:15"); 12];
    let report = tally(&nameless).report();
    assert_eq!(whole(&report, Flag::SameMinute), (0, 0));
    assert_eq!(report.of(Flag::SameMinute).unwrap().unknown, 12);
    let by_agency = vec![of_desk(a, None, "2026-01-12T09:15"); 12];
    assert_eq!(whole(&tally(&by_agency).report(), Flag::SameMinute), (12, 12));
}

/// Of agency A ten of one officer in the second they are due and six of another; of B twenty at once.
fn two_agencies() -> Vec<Dossier> {
    let due = |dossier: Dossier| Dossier { due_at: at("2026-01-12T17:00"), ..dossier };
    let x = (0..10).map(|_| of_desk(Some("A"), Some("X"), "2026-01-12T17:00"));
    let y = (0..6).map(|n| of_desk(Some("A"), Some("Y"), &format!("2026-01-12T10:{n}0")));
    let b = (0..20).map(|_| of_desk(Some("B"), None, "2026-01-09T10:10"));
    x.chain(y).chain(b).map(due).collect()
}

#[test]
fn groups_are_held_against_the_others() {
    let report = tally(&two_agencies()).report();
    assert_eq!(report.resolved, 36);
    let flag = |group: &tthc_kpi::FlagGroup| group.flags[0].clone();
    let count = report.of(Flag::EndAtDue).unwrap();
    assert_eq!((count.percent.unwrap().to_string(), count.rarity), ("27.78".into(), Rarity::NotCompared));
    assert_eq!((count.others_judged, count.times_others, count.one_in), (None, None, None));
    let [a, b] = &report.agencies[..] else { panic!("two agencies") };
    assert_eq!((a.agency.clone(), a.officer.clone(), a.resolved), (Key::text("A"), None, 16));
    // C(16, 10) of C(36, 10) deals: 8,008 of 254,186,856, which is 1 in 31,741.6.
    assert_eq!((flag(a).flagged, flag(a).judged, flag(a).one_in), (10, 16, Some(10_000)));
    assert_eq!((flag(a).others_flagged, flag(a).others_judged), (Some(0), Some(20)));
    assert_eq!((flag(a).times_others, flag(a).rarity), (None, Rarity::Rare)); // nothing to divide by
    assert_eq!((flag(b).flagged, flag(b).rarity), (0, Rarity::Usual));
    assert_eq!(flag(b).times_others.unwrap().to_string(), "0.00");
    let officers: Vec<_> =
        report.officers.iter().map(|group| (&group.agency, group.officer.as_ref().unwrap())).collect();
    let (x, y) = (Key::text("X"), Key::text("Y"));
    assert_eq!(officers, [(&Key::text("A"), &x), (&Key::text("A"), &y), (&Key::text("B"), &Key::Null)]);
    // All ten of ten: 1 of 254,186,856 deals.
    assert_eq!(flag(&report.officers[0]).one_in, Some(100_000_000));
    assert_eq!(flag(&report.officers[1]).rarity, Rarity::TooFew); // six
    // Twenty of one agency in one minute: a bunch, of which no chance is told.
    let minute = &b.flags[Flag::SameMinute as usize];
    assert_eq!((minute.flagged, minute.rarity, minute.one_in), (20, Rarity::Bunched, None));
    assert_eq!(minute.times_others.unwrap().to_string(), "1.60"); // all of 20 against 10 of 16
}

#[test]
fn one_agency_alone_is_not_compared() {
    let report = tally(&vec![of_desk(Some("A"), None, "2026-01-11T09:00"); 30]).report();
    let count = &report.agencies[0].flags[Flag::OutsideHours as usize];
    assert_eq!((count.flagged, count.rarity, count.others_judged), (30, Rarity::NotCompared, Some(0)));
}

#[test]
fn a_flag_says_what_it_lacks() {
    let only = |columns: &[Column]| {
        let columns: ColumnSet = columns.iter().copied().chain([Column::ReceivedAt]).collect();
        let report = IntegrityTally::for_columns(&judge(), year(), columns).report();
        report.flags.into_iter().map(|count| (count.flag, count.lacking)).collect::<BTreeMap<_, _>>()
    };
    let nothing = only(&[]);
    assert_eq!(nothing[&Flag::EndAtDue], ["due_at", "completed_at"]);
    assert_eq!(nothing[&Flag::SameMinute], ["completed_at", "agency", "officer"]);
    assert_eq!(nothing[&Flag::OutsideHours], ["completed_at"]);
    assert_eq!(nothing[&Flag::ReturnedBeforeCompletion], ["completed_at", "returned_at"]);
    assert_eq!(nothing[&Flag::SupplementOnLastDay], ["due_at", "supplement_requested_at"]);
    let some = only(&[Column::CompletedAt, Column::Officer]);
    assert!(some[&Flag::SameMinute].is_empty() && some[&Flag::OutsideHours].is_empty());
    assert_eq!(some[&Flag::DueMoved], ["due_moves", "due_moved_late"]);
    assert!(only(&[Column::DueMoves])[&Flag::DueMoved].is_empty());
}

#[test]
fn the_page_says_what_the_flags_say() {
    let page = include_str!("../../docs/dau-hieu.md");
    for flag in Flag::ALL {
        assert!(
            page.contains(&format!("### `{flag}`: {}\n\n{}\n", flag.name().vi, flag.meaning().vi)),
            "{flag}"
        );
        assert!(page.contains(&format!("- Có thể chỉ vì: {}\n", flag.innocent().vi)), "{flag}");
        let (_, section) = page.split_once(&format!("### `{flag}`")).unwrap();
        let section = section.split("###").next().unwrap();
        for slug in flag.lacking(ColumnSet::none()) {
            assert!(section.contains(&format!("`{slug}`")), "{flag} {slug}");
        }
    }
    for rarity in Rarity::ALL {
        assert!(page.contains(&format!("| `{rarity}` |")), "{rarity}");
    }
    assert!(page.contains(&format!("từ {} hồ sơ kết thúc", Flag::SAME_MINUTE)));
    assert!(page.contains(&format!("dưới {} hồ sơ được xét", FlagCount::LEAST_JUDGED)));
}

#[test]
fn tallies_of_other_rules_or_windows_do_not_merge() {
    let mut tally = tally(&two_agencies());
    let before = tally.clone();
    let other = Judge::new(Policy::profile("nd-61").unwrap(), WorkCalendar::vietnam());
    let other = IntegrityTally::new(&other, year());
    assert_eq!(tally.merge(&other), Err(Error::DifferentTally { what: "policy" }));
    let other = IntegrityTally::new(&judge(), window("2026-01-01", "2026-06-30"));
    assert_eq!(tally.merge(&other), Err(Error::DifferentTally { what: "period" }));
    assert_eq!(tally, before);
}

#[test]
fn cases_are_told_with_their_rows_and_not_the_duplicates() {
    let due = Dossier {
        dossier_id: Some("H-2".into()),
        due_at: at("2026-01-12T17:00"),
        ..of_desk(Some("A"), Some("X"), "2026-01-12T17:00")
    };
    let other = Dossier { dossier_id: Some("H-1".into()), ..completed("2026-01-12T09:00") };
    let rows = [other, due.clone(), due];
    let batch = batch_of(&rows, ColumnSet::all().without(Column::Procedure)).unwrap();
    let data = Dossiers::from_batches([batch], Duplicates::Resolve).unwrap();
    let tally = integrity(&data, &judge(), year()).unwrap();
    assert_eq!(whole(&tally.report(), Flag::EndAtDue), (1, 1));
    let cases = integrity_cases(&data, &tally, Flag::EndAtDue).unwrap();
    assert_eq!(cases.column_by_name("row").unwrap().as_primitive::<UInt64Type>().values(), &[2]);
    assert_eq!(cases.column_by_name("dossier_id").unwrap().as_string::<i32>().value(0), "H-2");
    assert!(cases.column_by_name("procedure").is_none());
    let none = integrity_cases(&data, &tally, Flag::DueMoved).unwrap();
    assert_eq!((none.num_rows(), none.schema()), (0, cases.schema()));
}

/// Random dossiers whose completions fall into few minutes, so that bunches happen.
fn crowded() -> impl Strategy<Value = Vec<Dossier>> {
    let hurried = (dossier(), 0..4u8).prop_map(|(dossier, minute)| match minute {
        0 => dossier,
        minute => Dossier {
            received_at: "2026-01-05T08:30".parse().unwrap(),
            completed_at: at(&format!("2026-02-1{minute}T17:30")),
            returned_at: None,
            due_at: if minute == 1 { at("2026-02-11T17:30") } else { None },
            agency: dossier.agency.filter(|_| minute < 3),
            officer: None,
            ..dossier
        },
    });
    proptest::collection::vec(hurried, 0..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn parts_merge_to_the_whole(dossiers in crowded(), cuts in proptest::collection::vec(0usize..120, 0..4)) {
        let all = tally(&dossiers);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(dossiers.len())).collect();
        cuts.extend([0, dossiers.len()]);
        cuts.sort_unstable();
        let mut parts: Vec<IntegrityTally> = cuts.windows(2).map(|ends| tally(&dossiers[ends[0]..ends[1]])).collect();
        let mut merged = tally(&[]);
        parts.iter().for_each(|part| merged.merge(part).unwrap());
        prop_assert_eq!(&merged, &all);
        parts.reverse();
        let mut merged = tally(&[]);
        parts.iter().for_each(|part| merged.merge(part).unwrap());
        prop_assert_eq!(&merged, &all);
    }

    #[test]
    fn the_sums_hold(dossiers in crowded()) {
        let report = tally(&dossiers).report();
        for (place, flag) in Flag::ALL.iter().enumerate() {
            let whole = report.of(*flag).unwrap();
            let sum = |groups: &[tthc_kpi::FlagGroup], of: fn(&FlagCount) -> u64| -> u64 {
                groups.iter().map(|group| of(&group.flags[place])).sum()
            };
            for groups in [&report.agencies, &report.officers] {
                prop_assert_eq!(sum(groups, |count| count.judged), whole.judged);
                prop_assert_eq!(sum(groups, |count| count.flagged), whole.flagged);
                prop_assert_eq!(groups.iter().map(|group| group.resolved).sum::<u64>(), report.resolved);
            }
            prop_assert!(whole.flagged <= whole.judged && whole.judged + whole.unknown == report.resolved);
        }
    }

    #[test]
    fn columns_count_as_dossiers_do(
        dossiers in crowded(),
        size in 1usize..50,
        lacking in proptest::sample::subsequence(Column::ALL.to_vec(), 0..6),
    ) {
        let columns = lacking.into_iter().filter(|column| *column != Column::ReceivedAt)
            .fold(ColumnSet::all(), ColumnSet::without);
        let batches: Vec<_> = dossiers.chunks(size).map(|chunk| batch_of(chunk, columns).unwrap()).collect();
        let seen: Vec<Dossier> =
            batches.iter().flat_map(|batch| tthc_kpi_arrow::dossiers_of(batch).unwrap()).collect();
        let data = Dossiers::from_batches(batches, Duplicates::AssumeUnique).unwrap();
        let mut expected = IntegrityTally::for_columns(&judge(), year(), data.columns());
        seen.iter().for_each(|dossier| expected.add(dossier));
        let found = integrity(&data, &judge(), year()).unwrap();
        prop_assert_eq!(&found, &expected);
        for flag in Flag::ALL {
            let cases = integrity_cases(&data, &found, *flag).unwrap();
            prop_assert_eq!(cases.num_rows() as u64, found.report().of(*flag).unwrap().flagged);
        }
    }
}
