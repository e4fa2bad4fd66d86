//! Form 06a and the late list: worked out by hand, the same from columns as from dossiers one by one, and
//! never silently wrong.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;
use tthc_kpi::{
    Channel, ColumnSet, Dimension, Dossier, Error, Form06a, FormColumn, Instant, LateCase, LateKind,
    LateList, Placed, Policy, Query, Status, Tally,
};
use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of, form_06a_cases, form_06a_table, late_list, late_table};
use tthc_kpi_tests::{dossier, plan, query, reference};

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn march(by: impl IntoIterator<Item = Dimension>) -> Arc<Query> {
    Query::new(&plan()).period("2026-03".parse().unwrap()).by(by).check().unwrap()
}

fn by_field() -> [Dimension; 1] {
    ["field".parse().unwrap()]
}

/// A dossier of a field: received, due, ended, and how it came in.
fn row(field: &str, received: &str, due: &str, ended: &str, channel: Option<Channel>) -> Dossier {
    let given = |text: &str| (!text.is_empty()).then(|| at(text));
    Dossier {
        field: (!field.is_empty()).then(|| field.to_owned()),
        due_at: given(due),
        completed_at: given(ended),
        channel,
        ..Dossier::received(at(received))
    }
}

/// March 2026, each case once.
fn cases() -> Vec<Dossier> {
    let (online, direct, post) = (Some(Channel::Online), Some(Channel::InPerson), Some(Channel::Postal));
    vec![
        // Civil status: four in March, two from February.
        row("Hộ tịch", "2026-03-02", "2026-03-09", "2026-03-06", online), // early
        row("Hộ tịch", "2026-03-03", "2026-03-10", "2026-03-10T16:00", direct), // on the due day
        row("Hộ tịch", "2026-03-04", "2026-03-11", "2026-03-13", post),   // late by two days
        row("Hộ tịch", "2026-03-05", "", "2026-03-12", None),             // no due date, no channel
        row("Hộ tịch", "2026-02-20", "2026-03-02", "2026-03-02", online), // carried over, on the due day
        row("Hộ tịch", "2026-02-24", "2026-03-20", "", online),           // carried over, open, overdue
        // Land: open ones.
        row("Đất đai", "2026-03-10", "2026-04-10", "", online), // in time
        row("Đất đai", "2026-03-11", "2026-03-31", "", direct), // due on the cut day: in time
        row("Đất đai", "2026-03-12", "", "", online),           // no due date: in time
        row("Đất đai", "2026-03-16", "2026-03-23", "2026-04-02", online), // ends after the cut: overdue
        // Closed without a date.
        Dossier {
            status: Some(Status::Processed), ..row("Đất đai", "2026-03-17", "2026-03-24", "", online)
        },
        // Of no field.
        row("", "2026-03-18", "2026-03-25", "2026-03-24", online),
        // None of these is on the form.
        row("Hộ tịch", "2026-02-02", "2026-02-09", "2026-02-27", online), // ended before the period
        row("Hộ tịch", "2026-04-01", "2026-04-08", "", online),           // received after it
        Dossier { status: Some(Status::NotAccepted), ..row("Hộ tịch", "2026-03-02", "", "", online) },
    ]
}

/// Columns (3) to (13).
fn figures(form: &Form06a, field: Option<&str>) -> Vec<u64> {
    let row = form.rows.iter().find(|row| row.field.as_deref() == field).unwrap();
    FormColumn::ALL.iter().map(|column| row.get(*column)).collect()
}

fn total(form: &Form06a) -> Vec<u64> {
    FormColumn::ALL.iter().map(|column| form.total.get(*column)).collect()
}

fn in_columns(dossiers: &[Dossier]) -> Dossiers {
    let batch = batch_of(dossiers, ColumnSet::all()).unwrap();
    Dossiers::from_batches([batch], Duplicates::AssumeUnique).unwrap()
}

#[test]
fn the_form_by_hand() {
    let query = march(by_field());
    let mut one_by_one = Tally::new(&query);
    cases().iter().for_each(|dossier| one_by_one.add(dossier).unwrap());
    let columns = in_columns(&cases());
    for form in [Form06a::of(&one_by_one).unwrap(), Form06a::of(&columns.tally(&query).unwrap()).unwrap()] {
        let fields: Vec<Option<&str>> = form.rows.iter().map(|row| row.field.as_deref()).collect();
        assert_eq!(fields, [Some("Hộ tịch"), Some("Đất đai"), None]);
        //                                            (3) (4) (5) (6) (7) (8) (9) (10) (11) (12) (13)
        assert_eq!(figures(&form, Some("Hộ tịch")), [6, 1, 3, 2, 5, 1, 3, 1, 1, 0, 1]);
        assert_eq!(figures(&form, Some("Đất đai")), [5, 4, 1, 0, 0, 0, 0, 0, 5, 4, 1]);
        assert_eq!(figures(&form, None), [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0]);
        assert_eq!(total(&form), [12, 6, 4, 2, 6, 2, 3, 1, 6, 4, 2]);
        let placed =
            Placed { unknown_channel: 1, resolved_without_due: 1, open_without_due: 1, end_unknown: 1 };
        assert_eq!(form.total.placed, placed);
        assert_eq!(form.notes().iter().map(|note| &*note.code).collect::<Vec<_>>().len(), 4);
        assert!(form.basis.accounting.adds_up());
        let table = form_06a_table(&form).unwrap();
        assert_eq!((table.num_rows(), table.num_columns()), (3, 12));
    }
    let late = form_06a_cases(&columns, &query, FormColumn::ResolvedLate, Some(Some("Hộ tịch"))).unwrap();
    assert_eq!(late.num_rows(), 1);
    let unknown = form_06a_cases(&columns, &query, FormColumn::ReceivedTotal, Some(None)).unwrap();
    assert_eq!(unknown.num_rows(), 1);
    assert!(form_06a_cases(&columns, &query, FormColumn::OpenTotal, Some(Some("Hộ tich"))).is_err());
}

#[test]
fn the_form_follows_the_period_rule() {
    // Mid-February to mid-March: what came in from the 15th on is of the next period.
    let policy = Policy::default().with("period_rule", "cut_off_15").unwrap();
    let query =
        Query::new(&plan()).period("2026-03".parse().unwrap()).policy(policy).by(by_field()).check().unwrap();
    let form = Form06a::of(&in_columns(&cases()).tally(&query).unwrap()).unwrap();
    assert_eq!(form.basis.query.cut.to_string(), "2026-03-14");
    // Carried over: the one received on 2 February. Received 20/2 to 12/3: nine.
    assert_eq!((form.total.received_total, form.total.carried_over), (10, 1));
    assert_eq!((form.total.resolved_total, form.total.open_total), (6, 4));
}

#[test]
fn a_form_is_refused_rather_than_wrong() {
    let without = march([]);
    assert_eq!(Form06a::of(&Tally::new(&without)).unwrap_err(), Error::NotByField);
    let query = march(by_field());
    let mut tally = Tally::new(&query);
    cases().iter().for_each(|dossier| tally.add(dossier).unwrap());
    // A saved tally of which a group is lost.
    let mut groups = tally.groups().clone();
    groups.pop_first();
    let empty =
        Tally::from_header_json(&tally.header_json().unwrap(), || Ok(std::sync::Arc::clone(tally.query())))
            .unwrap();
    let lost = empty.with_counts(tally.total().clone(), groups).unwrap();
    assert_eq!(Form06a::of(&lost).unwrap_err().code(), "broken_identity");
    // A list of other dossiers than were counted.
    assert_eq!(LateList::of(&tally, []).unwrap_err().code(), "broken_identity");
}

#[test]
fn the_late_list_by_hand() {
    let letters = |mut dossier: Dossier, agency: &str, officer: &str, apology, explanation| {
        dossier.agency = Some(agency.to_owned());
        dossier.officer = Some(officer.to_owned());
        (dossier.apologised, dossier.explained) = (apology, explanation);
        dossier
    };
    let late = |due: &str, ended: &str| row("Hộ tịch", "2026-03-02", due, ended, None);
    let dossiers = vec![
        // Friday to Monday: one working day, three of the calendar.
        letters(late("2026-03-13", "2026-03-16T09:00"), "Văn phòng", "B", Some(true), Some(true)),
        letters(late("2026-03-20", ""), "Văn phòng", "A", Some(true), None),
        letters(late("2026-03-25", "2026-04-01"), "Phòng Kinh tế", "C", Some(false), Some(true)),
        letters(late("2026-03-16", "2026-03-16T17:00"), "Văn phòng", "A", None, None), // on the due day
        late("2026-03-27", ""),                                                        // of nobody
    ];
    let columns = in_columns(&dossiers);
    let list = late_list(&columns, &march([]), &mut |_| ControlFlow::Continue(())).unwrap();
    let told: Vec<_> = list
        .cases
        .iter()
        .map(|case| (case.agency.as_deref(), case.kind, case.days_late, case.calendar_days_late, case.owes()))
        .collect();
    let (resolved, open) = (LateKind::ResolvedLate, LateKind::OpenOverdue);
    assert_eq!(
        told,
        [
            // Still open at the cut, 31 March: 26, 27, 30 and 31 March.
            (Some("Phòng Kinh tế"), open, Some(4), Some(6), true),
            // 23 to 27, 30 and 31 March.
            (Some("Văn phòng"), open, Some(7), Some(11), true),
            (Some("Văn phòng"), resolved, Some(1), Some(3), false),
            (None, open, Some(2), Some(4), true),
        ]
    );
    let officers: Vec<_> = list.desks.iter().map(|desk| desk.officer.as_deref()).collect();
    assert_eq!(officers, [Some("C"), Some("A"), Some("B"), None]);
    assert_eq!(
        (list.total.resolved_late, list.total.open_overdue, list.total.most_days_late),
        (1, 3, Some(7))
    );
    let apologies = list.total.apologies;
    assert_eq!((apologies.made, apologies.lacking, apologies.unknown), (2, 1, 1));
    let explanations = list.total.explanations;
    assert_eq!((explanations.made, explanations.lacking, explanations.unknown), (2, 0, 2));
    assert_eq!(late_table(&list, list.owing()).unwrap().num_rows(), 3);
}

#[test]
fn late_by_the_number_of_requests_alone_owes_no_letter() {
    let policy = Policy::default().with("late_after_supplements", "1").unwrap();
    let query = Query::new(&plan()).period("2026-03".parse().unwrap()).policy(policy).check().unwrap();
    let twice = Dossier {
        supplement_requests: Some(2),
        ..row("Hộ tịch", "2026-03-02", "2026-03-20", "2026-03-10", None)
    };
    let list = late_list(&in_columns(&[twice]), &query, &mut |_| ControlFlow::Continue(())).unwrap();
    let case = &list.cases[0];
    assert_eq!((case.by_date, case.days_late, case.owes()), (false, None, false));
    assert_eq!((list.total.resolved_late, list.total.apologies.unknown), (1, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn columns_and_reference_make_the_same_outputs(
        dossiers in proptest::collection::vec(dossier(), 0..80),
        asked in query(),
    ) {
        let draft = Query::new(asked.plan())
            .period(*asked.period())
            .as_of(asked.as_of())
            .policy(asked.policy().clone())
            .limits(asked.judge().limits().clone());
        let (whole, fields) = (draft.clone().check().unwrap(), draft.by(by_field()).check().unwrap());
        let columns = in_columns(&dossiers);
        let form = Form06a::of(&columns.tally(&fields).unwrap()).unwrap();
        let expected = Form06a::of(&reference(&fields, &dossiers, ColumnSet::all(), false).unwrap()).unwrap();
        prop_assert_eq!((&form.rows, &form.total), (&expected.rows, &expected.total));
        for column in FormColumn::ALL {
            let listed = form_06a_cases(&columns, &fields, *column, None).unwrap().num_rows() as u64;
            prop_assert_eq!(listed, form.total.get(*column), "{}", column);
        }
        let list = late_list(&columns, &whole, &mut |_| ControlFlow::Continue(())).unwrap();
        let tally = reference(&whole, &dossiers, ColumnSet::all(), false).unwrap();
        let late = dossiers.iter().filter_map(|one| LateCase::of(one, whole.judge(), whole.window()));
        let expected = LateList::of(&tally, late).unwrap();
        prop_assert_eq!(&list.desks, &expected.desks);
        prop_assert_eq!(&list.total, &expected.total);
        let days = |list: &LateList| -> BTreeSet<_> {
            list.cases.iter().map(|case| (case.days_late, case.calendar_days_late, case.received_at)).collect()
        };
        prop_assert_eq!(days(&list), days(&expected));
        prop_assert_eq!(form.total.resolved_late, list.total.resolved_late);
        prop_assert_eq!(form.total.open_overdue, list.total.open_overdue);
    }
}
