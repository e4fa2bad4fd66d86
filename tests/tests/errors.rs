//! Every kind of error of the core, made to happen, with its code and what its message says.

use std::collections::BTreeMap;

use tthc_kpi::{ColumnSet, Dossier, Error, Plan, Policy, Query, Tally};
use tthc_kpi_arrow::{ArrowError, Dossiers, Duplicates, Engine, batch_of};
use tthc_kpi_tests::plan;

fn dossier() -> Dossier {
    Dossier { dossier_id: Some("A".into()), ..Dossier::received("2026-01-05".parse().unwrap()) }
}

fn query() -> std::sync::Arc<Query> {
    Query::new(&plan()).period("2026".parse().unwrap()).check().unwrap()
}

#[track_caller]
fn check(error: &Error, code: &str, words: &str) {
    assert_eq!(error.code(), code);
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn names() {
    check(
        &Plan::builtin("dong-nguyen-2025").unwrap_err(),
        "unknown_plan",
        "did you mean \"dong-nguyen-2026\"?",
    );
    check(&plan().indicator("on_time").unwrap_err(), "unknown_indicator", "on_time_rate");
    check(&Error::from(Policy::profile("plann").unwrap_err()), "unknown_value", "did you mean \"plan\"?");
    check(&Error::from(Policy::default().with("wating", "by_due").unwrap_err()), "unknown_rule", "waiting");
    check(&Error::from(Policy::default().with("waiting", "by_du").unwrap_err()), "unknown_value", "by_due");
    check(&Error::from("agancy".parse::<tthc_kpi::Dimension>().unwrap_err()), "unknown_dimension", "agency");
    let card = Tally::new(&query()).scorecard().unwrap();
    check(&card.result("x").unwrap_err(), "unknown_indicator", "expected one of");
}

#[test]
fn queries() {
    let draft = || Query::new(&plan());
    check(&draft().check().unwrap_err(), "no_period", "2026-Q2");
    let late = draft().period("2026-Q3".parse().unwrap()).as_of("2026-06-30".parse().unwrap());
    check(&late.check().unwrap_err(), "period_after_as_of", "2026-07-01");
    let twice =
        draft().period("2026".parse().unwrap()).by(["agency".parse().unwrap(), "agency".parse().unwrap()]);
    check(&twice.check().unwrap_err(), "repeated_dimension", "agency");
    let both =
        draft().period("2026".parse().unwrap()).by(["month".parse().unwrap(), "week".parse().unwrap()]);
    check(&both.check().unwrap_err(), "two_buckets", "at most one");
    check(&Error::from("2026-13".parse::<tthc_kpi::Period>().unwrap_err()), "bad_period", "2026-13");
    let beyond = tthc_kpi::WorkCalendar::vietnam().is_working_day("2031-01-02".parse().unwrap()).unwrap_err();
    check(&Error::from(beyond), "calendar", "2031");
    check(&Error::from(Plan::from_toml("p.toml", "x = 1").unwrap_err()), "bad_plan", "p.toml:1:1");
}

#[test]
fn tallies() {
    let mut tally = Tally::new(&query());
    check(&tally.remove(&dossier()).unwrap_err(), "not_in_tally", "does not hold");
    let others = [
        ("plans", {
            let text = "id='x'\ntitle='y'\n[[indicators]]\nid='a'\nname={vi='A',en='A'}\nmeasure='early'\n\
                        target={op='>',percent=1}\nclauses=[{clause='I',text='t'}]\n";
            Query::new(&Plan::from_toml("p", text).unwrap()).period("2026".parse().unwrap())
        }),
        (
            "policies",
            Query::new(&plan()).period("2026".parse().unwrap()).policy(Policy::profile("qd-766").unwrap()),
        ),
        ("queries", Query::new(&plan()).period("2026-Q1".parse().unwrap())),
        ("queries", {
            let limits = BTreeMap::from([("1".to_owned(), 1)]);
            Query::new(&plan()).period("2026".parse().unwrap()).limits(limits)
        }),
        ("calendars", {
            let csv = "date,kind,name,source,confidence\n2026-01-01,off,Tết,law,official\n";
            let calendar =
                tthc_kpi::WorkCalendar::from_csv("own", csv, tthc_kpi::WorkHours::vietnam()).unwrap();
            Query::new(&plan()).period("2026".parse().unwrap()).calendar(calendar)
        }),
    ];
    for (what, draft) in others {
        let other = Tally::new(&draft.check().unwrap());
        check(&tally.merge(&other).unwrap_err(), "different_tally", what);
    }
    check(&Tally::from_json("{").unwrap_err(), "bad_tally", "saved tally");
    let text = tally.to_json().unwrap();
    for (version, told) in [("1", "count the dossiers again"), ("99", "update the library")] {
        let other = text.replace("\"tally_version\":3", &format!("\"tally_version\":{version}"));
        check(&Tally::from_json(&other).unwrap_err(), "tally_version", told);
    }
    // Any change is seen, a cut too; but not that someone has set the text out for reading.
    for other in [
        text.replace("\"read\":0", "\"read\":1"),
        text.replace("II.2", "II.3"),
        text[..text.len() - 40].into(),
    ] {
        check(&Tally::from_json(&other).unwrap_err(), "damaged_tally", "changed");
    }
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(Tally::from_json(&serde_json::to_string_pretty(&value).unwrap()).unwrap(), tally);
    // In a document of others a tally has no seal, but must still make sense.
    tally.add(&dossier()).unwrap();
    let whole = serde_json::to_string(&tally).unwrap();
    assert_eq!(serde_json::from_str::<Tally>(&whole).unwrap(), tally);
    let forged = |from: &str, to: &str| {
        serde_json::from_str::<Tally>(&whole.replacen(from, to, 1)).unwrap_err().to_string()
    };
    assert!(forged("\"read\":1", "\"read\":7").contains("add up"));
    assert!(forged("\"tally_version\":3", "\"tally_version\":4").contains("update the library"));
    let plan = forged("\"title\":\"", "\"title\":\"Khác ");
    assert!(plan.contains("plans that differ"), "{plan}");
    let calendar = forged("\"bundled\":\"", "\"bundled\":\"x");
    assert!(calendar.contains("calendar version x"), "{calendar}");
    let header = tally.header_json().unwrap();
    let query = || Ok(std::sync::Arc::clone(tally.query()));
    let of = |text: &str| Tally::from_header_json(text, query).unwrap_err();
    check(&of("{\"tally_version\":4}"), "tally_version", "update");
    check(&of("{\"tally_version\":3}"), "bad_tally", "missing field");
    check(&of(&header.replace("\"query\":\"", "\"query\":\"0")), "stale_tally", "queries");
    check(&of(&header.replace("\"calendar\":\"", "\"calendar\":\"0")), "stale_tally", "calendars");
}

#[test]
fn a_calendar_of_ones_own_is_saved_with_the_tally() {
    let csv = "date,kind,name,source,confidence\n2026-01-01,off,Tết,law,official\n";
    let calendar = tthc_kpi::WorkCalendar::from_csv("own", csv, tthc_kpi::WorkHours::vietnam()).unwrap();
    let query = Query::new(&plan()).period("2026".parse().unwrap()).calendar(calendar).check().unwrap();
    let tally = Tally::new(&query);
    assert_eq!(Tally::from_json(&tally.to_json().unwrap()).unwrap(), tally);
}

#[test]
fn overflow_is_an_error_and_not_a_wrong_number() {
    let mut tally = Tally::new(&query());
    let huge = tthc_kpi::Accounting { read: u64::MAX, used: u64::MAX, ..Default::default() };
    tally.account(&huge).unwrap();
    check(&tally.account(&huge).unwrap_err(), "overflow", "accounting");
}

#[test]
fn tables() {
    let batch = batch_of(&[dossier(), dossier()], ColumnSet::all()).unwrap();
    match Dossiers::from_batches([batch.clone()], Duplicates::Error).unwrap_err() {
        ArrowError::Core(error) => check(&error, "duplicate_ids", "1 rows"),
        other => panic!("{other}"),
    }
    assert!(matches!(batch_of(&[], ColumnSet::none()), Err(ArrowError::NoReceipt)));
    let mut engine = Engine::new(&query());
    let without = batch.project(&[0]).unwrap();
    assert!(matches!(engine.push(&without), Err(ArrowError::NoReceipt)));
    let renamed =
        arrow_array::RecordBatch::try_from_iter([("received_at", batch.column(0).clone())]).unwrap();
    let error = engine.push(&renamed).unwrap_err();
    assert!(matches!(error, ArrowError::ColumnType { .. }), "{error}");
    assert!(error.to_string().contains("received_at") && error.to_string().contains("Timestamp"), "{error}");
    let empty = arrow_array::TimestampMicrosecondArray::from(vec![None, Some(0)]);
    let nulls =
        arrow_array::RecordBatch::try_from_iter([("received_at", std::sync::Arc::new(empty) as _)]).unwrap();
    assert!(matches!(engine.push(&nulls), Err(ArrowError::NullReceipt { row: 0 })));
    assert!(
        "resolv".parse::<Duplicates>().unwrap_err().to_string().contains("resolve, error or assume_unique")
    );
    let by_extra = Query::new(&plan())
        .period("2026".parse().unwrap())
        .by([tthc_kpi::Dimension::Extra("khu_vuc".into())])
        .check()
        .unwrap();
    let error = Engine::new(&by_extra).push(&batch).unwrap_err();
    assert!(matches!(error, ArrowError::NoDimension { .. }), "{error}");
}

#[test]
fn removing_from_parts_with_and_without_the_portal_column_is_refused() {
    let query = query();
    let one = Dossier { payments: Some(1), payments_online: Some(1), ..dossier() };
    let mut tally = Tally::for_columns(&query, ColumnSet::all().without(tthc_kpi::Column::PaymentsPortal));
    tally.add(&one).unwrap();
    let alone = tally.clone();
    let mut other = Tally::new(&query);
    other.add(&dossier()).unwrap();
    tally.merge(&other).unwrap();
    let before = tally.clone();
    check(&tally.remove(&one).unwrap_err(), "mixed_columns", "payments_portal");
    assert_eq!(tally, before);
    let mut alone = alone;
    alone.remove(&one).unwrap();
    assert_eq!(alone.accounting().read, 0);
}

#[test]
fn a_forged_plan_in_a_saved_tally_is_refused() {
    let mut saved: serde_json::Value =
        serde_json::from_str(&Tally::new(&query()).to_json().unwrap()).unwrap();
    // As part of another's document: by itself it would be refused by its seal.
    saved.as_object_mut().unwrap().remove("sha256");
    let read = |saved: &serde_json::Value| serde_json::from_value::<Tally>(saved.clone());
    assert!(read(&saved).is_ok());
    let refused = |saved: &serde_json::Value| {
        let error = read(saved).unwrap_err().to_string();
        assert!(error.contains("saved plan"), "{error}");
    };
    let group = saved["query"]["plan"]["field_groups"][0].clone();
    let sound = saved.clone();
    saved["query"]["plan"]["field_groups"] = (0..70)
        .map(|index| {
            let mut group = group.clone();
            group["id"] = format!("g{index}").into();
            group
        })
        .collect();
    refused(&saved);
    saved = sound.clone();
    saved["query"]["plan"]["indicators"][0]["target"]["percent"] = "1e20".into();
    assert!(read(&saved).is_err());
    saved = sound.clone();
    saved["query"]["plan"]["indicators"][5]["filter"] = "nowhere".into();
    refused(&saved);
    saved = sound;
    saved["query"]["plan"]["indicators"][1]["id"] = "on_time_rate".into();
    refused(&saved);
}

#[test]
fn a_value_of_the_data_is_not_repeated_by_an_error() {
    let mark = "079099012345";
    for column in ["channel", "applicant_kind", "received_at", "due_at"] {
        let mut row = serde_json::json!({ "received_at": "2026-01-05" });
        row[column] = mark.into();
        let error = serde_json::from_value::<Dossier>(row).unwrap_err();
        assert!(!error.to_string().contains(mark), "{column}: {error}");
    }
}

#[test]
fn an_amount_that_cannot_be_held_is_an_error() {
    for amount in ["0.001", "12345678901234567.00"] {
        let one = Dossier { amount_due: Some(amount.parse().unwrap()), ..dossier() };
        assert!(matches!(batch_of(&[one], ColumnSet::all()), Err(ArrowError::Amount)), "{amount}");
    }
    let one = Dossier { amount_due: Some("15000.500".parse().unwrap()), ..dossier() };
    let again = tthc_kpi_arrow::dossiers_of(&batch_of(std::slice::from_ref(&one), ColumnSet::all()).unwrap())
        .unwrap();
    assert_eq!(again[0].amount_due, one.amount_due);
}

#[test]
fn personal_data_is_no_dimension() {
    let named = Dossier {
        extra: BTreeMap::from([("Chủ hồ sơ".to_owned(), tthc_kpi::ExtraValue::Text("x".into()))]),
        ..dossier()
    };
    let query = Query::new(&plan())
        .period("2026".parse().unwrap())
        .by([tthc_kpi::Dimension::Extra("Chủ hồ sơ".into())])
        .check()
        .unwrap();
    let error = Engine::new(&query).push(&batch_of(&[named], ColumnSet::all()).unwrap()).unwrap_err();
    assert!(matches!(error, ArrowError::PersonalDimension { .. }), "{error}");
}

#[test]
fn an_empty_batch_still_says_which_columns_there_are() {
    let mut engine = Engine::new(&query());
    engine.push(&batch_of(&[], ColumnSet::all().without(tthc_kpi::Column::Channel)).unwrap()).unwrap();
    let missing = engine.finish().unwrap().missing_columns();
    assert_eq!(missing, ColumnSet::none().with(tthc_kpi::Column::Channel));
}

#[test]
fn marks_of_duplicates_are_one_per_row() {
    let batch = batch_of(&[dossier()], ColumnSet::all()).unwrap();
    let marks = [false, true].into_iter().collect();
    let error = Engine::new(&query()).push_where(&batch, Some(&marks)).unwrap_err();
    assert_eq!(error, ArrowError::Marks);
}
