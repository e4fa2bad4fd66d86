//! The 766 index from dossiers, a dozen worked by hand, and which source of counts is used.

use std::sync::Arc;

use rust_decimal::Decimal;
use tthc_kpi::{
    Channel, Column, ColumnSet, CountTable, CountsSource, Declared, Dimension, Dossier, Error, Index,
    IndexQuery, IndexStatus, Level, OfficeCounts, Plan, Policy, Query, Scheme, Tally,
};

fn scheme() -> Scheme {
    Scheme::builtin("qd-766-2026").unwrap()
}

fn query(profile: &str, by: &[Dimension]) -> Arc<Query> {
    Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026-08".parse().unwrap())
        .policy(Policy::profile(profile).unwrap())
        .by(by.iter().cloned())
        .check()
        .unwrap()
}

fn received(agency: &str, at: &str, due: Option<&str>, end: Option<&str>) -> Dossier {
    Dossier {
        agency: Some(agency.into()),
        due_at: due.map(|due| due.parse().unwrap()),
        completed_at: end.map(|end| end.parse().unwrap()),
        supplement_requests: Some(0),
        paused_days: Some(0),
        ..Dossier::received(at.parse().unwrap())
    }
}

/// Twelve dossiers of August 2026 (1 and 2 August are a weekend; Saturday 22 August was worked for 31).
///
/// | # | office | received | due | end | on time | days | channel | paid (online) | re-used |
/// |---|---|---|---|---|---|---|---|---|---|
/// | 1 | A | 03/8 | 07/8 17:00 | 05/8 | yes | 2 | online | 1 (1) | yes |
/// | 2 | A | 03/8 | 07/8 17:00 | 07/8 17:00 | yes | 4 | online | 1 (0) | no |
/// | 3 | A | 03/8 | 07/8 17:00 | 07/8 17:01 | no, by the instant | 4 | in person | 0 | yes |
/// | 4 | A | 04/8 | 06/8 17:00 | 10/8 | no | 4 | online | 2 (1) | yes |
/// | 5 | A | 10/8 | 14/9 17:00 | open | yes, in time | – | online | 0 | unknown |
/// | 6 | A | 10/8 | 20/8 17:00 | open | no, overdue | – | in person | 1 (0) | no |
/// | 7 | A | 10/8 | none | 12/8 | unknown | 2 | unknown | unknown | unknown |
/// | 8 | A | 20/7 | 05/8 | 04/8 | received before: not of the cohort | 11 | online | 1 (1) | yes |
/// | 9 | B | 17/8 | 21/8 17:00 | 20/8 | yes | 3 | online | 1 (1) | yes |
/// | 10 | B | 17/8 | 21/8 17:00 | 24/8 | no | 6 | by post | 1 (1) | no |
/// | 11 | B | 18/8 | 28/8 17:00 | 18/8 | yes | 0 | online | 0 | yes |
/// | 12 | B | 02/9 | 10/9 17:00 | open | outside the period | – | online | 1 (1) | yes |
fn dozen() -> Vec<Dossier> {
    let with = |dossier: Dossier,
                channel: Option<Channel>,
                paid: Option<(u32, u32)>,
                reused: Option<bool>| Dossier {
        channel,
        payments: paid.map(|(all, _)| all),
        payments_online: paid.map(|(_, online)| online),
        payments_portal: paid.map(|(_, online)| online),
        data_reused: reused,
        ..dossier
    };
    let (online, here) = (Some(Channel::Online), Some(Channel::InPerson));
    let due = Some("2026-08-07T17:00");
    vec![
        with(
            received("A", "2026-08-03T08:00", due, Some("2026-08-05T09:00")),
            online,
            Some((1, 1)),
            Some(true),
        ),
        with(
            received("A", "2026-08-03T08:00", due, Some("2026-08-07T17:00")),
            online,
            Some((1, 0)),
            Some(false),
        ),
        with(
            received("A", "2026-08-03T08:00", due, Some("2026-08-07T17:01")),
            here,
            Some((0, 0)),
            Some(true),
        ),
        with(
            received("A", "2026-08-04T08:00", Some("2026-08-06T17:00"), Some("2026-08-10T10:00")),
            online,
            Some((2, 1)),
            Some(true),
        ),
        with(received("A", "2026-08-10T08:00", Some("2026-09-14T17:00"), None), online, Some((0, 0)), None),
        with(
            received("A", "2026-08-10T08:00", Some("2026-08-20T17:00"), None),
            here,
            Some((1, 0)),
            Some(false),
        ),
        with(received("A", "2026-08-10T08:00", None, Some("2026-08-12T10:00")), None, None, None),
        with(
            received("A", "2026-07-20T08:00", Some("2026-08-05T17:00"), Some("2026-08-04T10:00")),
            online,
            Some((1, 1)),
            Some(true),
        ),
        with(
            received("B", "2026-08-17T08:00", Some("2026-08-21T17:00"), Some("2026-08-20T10:00")),
            online,
            Some((1, 1)),
            Some(true),
        ),
        with(
            received("B", "2026-08-17T08:00", Some("2026-08-21T17:00"), Some("2026-08-24T10:00")),
            Some(Channel::Postal),
            Some((1, 1)),
            Some(false),
        ),
        with(
            received("B", "2026-08-18T08:00", Some("2026-08-28T17:00"), Some("2026-08-18T10:00")),
            online,
            Some((0, 0)),
            Some(true),
        ),
        with(
            received("B", "2026-09-02T08:00", Some("2026-09-10T17:00"), None),
            online,
            Some((1, 1)),
            Some(true),
        ),
    ]
}

fn figures(index: &Index, row: &str) -> (Option<u64>, Option<u64>, Option<u64>, Option<String>) {
    let row = index.row(row).unwrap();
    (row.numerator, row.denominator, row.unknown, row.score.map(|score| score.to_string()))
}

#[test]
fn a_dozen_dossiers_by_hand() {
    let scheme = scheme();
    let card = query("qd-766", &[]).scorecard(&dozen()).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    // Received in August: 1-7, 9-11. On time: 1, 2, 5, 9, 11; late: 3, 4, 6, 10; unknown: 7.
    assert_eq!(figures(&index, "2.1"), (Some(5), Some(9), Some(1), Some("11.11".into()))); // 20 × 5/9
    // Online: 1, 2, 4, 5, 9, 11 of nine with a known channel; full points from 50 %.
    assert_eq!(figures(&index, "3.3"), (Some(6), Some(9), Some(1), Some("6.00".into())));
    // Paid: 1, 2, 4, 6, 9, 10; online at least in part: 1, 4, 9, 10. Of 7 nothing is known.
    assert_eq!(figures(&index, "3.6"), (Some(4), Some(6), Some(1), Some("4.00".into())));
    // Re-used: 1, 3, 4, 9, 11 of eight known (all but 5 and 7): 2 × (5/8) / 0.80 = 1.5625.
    assert_eq!(figures(&index, "4.3"), (Some(5), Some(8), Some(2), Some("1.56".into())));
    // Resolved in August, 8 too: 2 + 4 + 4 + 4 + 2 + 11 + 3 + 6 + 0 working days of nine.
    let days = index.row("2.2").unwrap();
    assert_eq!((days.status, days.score, days.percent), (IndexStatus::Information, None, None));
    assert_eq!((days.numerator, days.denominator), (Some(36), Some(9)));
    assert_eq!(days.value, Some(Decimal::new(400, 2)));
    for id in ["2.1", "2.2", "3.3", "3.6", "4.3"] {
        assert_eq!(index.row(id).unwrap().counts_from, Some(CountsSource::Dossiers), "{id}");
    }
    assert_eq!(index.group("progress").unwrap().score, Some(Decimal::new(1_111, 2)));
    assert_eq!((index.total.score, index.total.scored_maximum), (None, 34.into())); // 20 + 6 + 6 + 2
    assert_eq!(index.period.as_deref(), Some("2026-08"));
    // The six known differences of the profile are said.
    assert_eq!(index.notes.iter().filter(|note| note.code == "policy").count(), 7);
}

#[test]
fn rows_without_counts_name_what_they_need() {
    let scheme = scheme();
    let card = query("qd-766", &[]).scorecard(&dozen()).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    let code = |row: &str| index.row(row).unwrap().lack.as_ref().unwrap().code.clone();
    assert_eq!(code("1.1"), "needs_declaration");
    assert_eq!(code("1.4"), "needs_columns");
    assert_eq!(code("3.1"), "needs_register");
    assert_eq!(code("5.2"), "needs_register");
    assert_eq!(index.row("1.4").unwrap().missing, ["synced"]);
    // Open dossiers have no result yet; of the results nothing is known, so this is no 0 %.
    assert_eq!(index.row("4.1").unwrap().missing, ["result_electronic"]);
    assert!(index.row("3.1").unwrap().missing.contains(&"procedures".to_owned()));
    assert!(index.row("5.4").unwrap().lack.as_ref().unwrap().text.vi.contains("petitioned"));
}

#[test]
fn rows_over_all_received_by_hand() {
    let mut dozen = dozen();
    for dossier in &mut dozen {
        (dossier.synced, dossier.input_digitised) = (Some(true), Some(true));
        (dossier.result_electronic, dossier.petitioned, dossier.rating) = (Some(true), Some(false), Some(5));
    }
    // 3 is not synchronised; of 9's input nothing is known; 10 has a paper result.
    (dozen[2].synced, dozen[8].input_digitised, dozen[9].result_electronic) =
        (Some(false), None, Some(false));
    // 1 is petitioned about, 2 rated "unsatisfied"; whether 11 was petitioned about is unknown.
    (dozen[0].petitioned, dozen[1].rating, dozen[10].petitioned) = (Some(true), Some(2), None);
    let scheme = scheme();
    let card = query("qd-766", &[]).scorecard(&dozen).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    // Received in August: 1-7, 9-11. All but 3 are synchronised: 6 × 9/10.
    assert_eq!(figures(&index, "1.4"), (Some(9), Some(10), Some(0), Some("5.40".into())));
    // 5 and 6 are open, 10 is on paper: 6 × 7/10.
    assert_eq!(figures(&index, "4.1"), (Some(7), Some(10), Some(0), Some("4.20".into())));
    // Without 9: 4 × 6/9 = 2.666…
    assert_eq!(figures(&index, "4.2"), (Some(6), Some(9), Some(1), Some("2.67".into())));
    // On time 1, 2, 5, 9, 11, late 3, 4, 6, 10; of 7 and 11 something is unknown; 1 and 2 are off: 5 and 9 of
    // eight, 6 × (2/8) / 0.90 = 1.666…
    assert_eq!(figures(&index, "5.4"), (Some(2), Some(8), Some(2), Some("1.67".into())));
}

#[test]
fn a_column_that_is_not_there_is_named() {
    let scheme = scheme();
    let query = query("qd-766", &[]);
    let mut tally = Tally::for_columns(&query, ColumnSet::all().without(Column::DataReused));
    tally.add(&received("A", "2026-08-03", None, None)).unwrap();
    let card = tally.scorecard().unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    let row = index.row("4.3").unwrap();
    assert_eq!((row.status, row.missing.as_slice()), (IndexStatus::NoData, &["data_reused".to_owned()][..]));
    let on_time = index.row("2.1").unwrap();
    assert_eq!((on_time.status, on_time.score), (IndexStatus::NoData, None));
}

#[test]
fn no_dossier_is_a_denominator_of_0() {
    let scheme = scheme();
    let card = query("qd-766", &[]).scorecard(&[]).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    assert_eq!(figures(&index, "2.1"), (Some(0), Some(0), Some(0), Some("0.00".into())));
    assert_eq!(figures(&index, "4.3"), (Some(0), Some(0), Some(0), None));
    assert_eq!(index.row("4.3").unwrap().status, IndexStatus::NoCases);
}

#[test]
fn dossiers_counted_on_another_base_are_refused() {
    let scheme = scheme();
    let card = query("plan", &[]).scorecard(&dozen()).unwrap();
    let error = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap_err();
    assert_eq!(error.code(), "other_on_time_base");
    assert_eq!(
        error.to_string(),
        "dossiers were counted with on_time_base resolved: expected received, as the index divides"
    );
    assert!(error.vi().contains("qd-766"));
}

#[test]
fn rules_that_are_not_the_profiles_are_said() {
    let scheme = scheme();
    let policy = Policy::profile("qd-766").unwrap().with("comparison", "day").unwrap();
    let query = Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
        .period("2026-08".parse().unwrap())
        .policy(policy)
        .check()
        .unwrap();
    let card = query.scorecard(&dozen()).unwrap();
    let index = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).one().unwrap();
    assert_eq!(figures(&index, "2.1").0, Some(6), "dossier 3 is on time by the day");
    assert!(index.notes.iter().any(|note| note.text.vi.ends_with("qd-766, comparison=day.")));
}

#[test]
fn offices_by_agency_meet_their_tables() {
    let scheme = scheme();
    let card = query("qd-766", &[Dimension::Agency]).scorecard(&dozen()).unwrap();
    let text = "agency,received,on_time,petitions_on_time,petitions\nB,3,3,1,2\nC,10,5,0,0\n";
    let counts = CountTable::from_csv("counts.csv", text, &scheme).unwrap();
    let text = "agency,indicator,numerator,denominator,source,date\nA,5.2,1,4,BC 9,2026-09-05\n";
    let declared = CountTable::declared_from_csv("declared.csv", text, &scheme).unwrap();
    let query = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card);
    let indices = query.clone().counts(&counts).declared(&declared).all().unwrap();
    let names: Vec<_> = indices.iter().map(|index| index.key("agency").unwrap().as_text().unwrap()).collect();
    assert_eq!(names, ["A", "B", "C"]);
    // A from dossiers (1, 2, 5 of 1-6), with one declaration.
    assert_eq!(figures(&indices[0], "2.1"), (Some(3), Some(6), Some(1), Some("10.00".into())));
    let petitions = indices[0].row("5.2").unwrap();
    assert_eq!(
        (petitions.score, petitions.counts_from),
        (Some(Decimal::new(150, 2)), Some(CountsSource::Declared))
    );
    assert_eq!(petitions.declared.as_ref().unwrap().source, "BC 9");
    // B: the table goes before dossiers (2 of 3), which have the rest.
    assert_eq!(figures(&indices[1], "2.1"), (Some(3), Some(3), None, Some("20.00".into())));
    assert_eq!(indices[1].row("3.3").unwrap().counts_from, Some(CountsSource::Dossiers));
    // C is of the table alone.
    assert_eq!(figures(&indices[2], "2.1").3.as_deref(), Some("10.00"));
    assert_eq!(figures(&indices[2], "5.2").3.as_deref(), Some("6.00"));
    // One office of dossiers, several of the table: whose are they?
    let whole = self::query("qd-766", &[]).scorecard(&dozen()).unwrap();
    let error =
        IndexQuery::new(&scheme).level(Level::Commune).dossiers(&whole).counts(&counts).all().unwrap_err();
    assert_eq!(error, Error::OfficesDoNotMatch { what: "many_offices" });
    // By who received them: the table's offices match nothing.
    let others = self::query("qd-766", &[Dimension::ReceivingAgency]).scorecard(&dozen()).unwrap();
    let error =
        IndexQuery::new(&scheme).level(Level::Commune).dossiers(&others).counts(&counts).all().unwrap_err();
    assert_eq!(error, Error::OfficesDoNotMatch { what: "other_breakdown" });
    assert!(error.vi().contains("theo agency"));
}

#[test]
fn an_index_is_of_offices() {
    let scheme = scheme();
    for by in [Dimension::Month, Dimension::Field, Dimension::ReceivedMonth] {
        let card = query("qd-766", &[Dimension::Agency, by.clone()]).scorecard(&dozen()).unwrap();
        let error = IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).all().unwrap_err();
        assert_eq!((error.code(), &error), ("not_by_office", &Error::NotByOffice { name: by.to_string() }));
        assert!(error.to_string().contains(&format!("not by {by}: expected by agency")));
        assert!(error.vi().contains(&format!("không chia theo {by}: chọn agency")));
    }
    let card = query("qd-766", &[Dimension::ReceivingAgency]).scorecard(&dozen()).unwrap();
    assert!(IndexQuery::new(&scheme).level(Level::Commune).dossiers(&card).all().is_ok());
}

#[test]
fn declared_goes_before_the_table_and_the_table_before_dossiers() {
    let scheme = scheme();
    let card = query("qd-766", &[]).scorecard(&dozen()).unwrap();
    let counts = CountTable::of(OfficeCounts::default().row(&scheme, "2.1", 8, 10).unwrap());
    let declared = Declared::new(9, 10, "BC 9", "2026-09-05".parse().unwrap()).unwrap();
    let declared = CountTable::of(OfficeCounts::default().declare(&scheme, "2.1", declared).unwrap());
    let used = |query: IndexQuery<'_>| {
        let index = query.level(Level::Commune).one().unwrap();
        let row = index.row("2.1").unwrap();
        (row.counts_from.unwrap(), row.numerator.unwrap())
    };
    let query = IndexQuery::new(&scheme).dossiers(&card);
    assert_eq!(used(query.clone()), (CountsSource::Dossiers, 5));
    assert_eq!(used(query.clone().counts(&counts)), (CountsSource::Table, 8));
    assert_eq!(used(query.counts(&counts).declared(&declared)), (CountsSource::Declared, 9));
}
