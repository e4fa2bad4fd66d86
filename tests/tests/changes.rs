//! The dossiers that two policies count differently: what moved is what the rates moved by, and the
//! rules named are those that move it.

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use proptest::prelude::*;
use tthc_kpi::{ColumnSet, Dossier, Policy, Query, QueryDraft, Scorecard};
use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of, changes};
use tthc_kpi_tests::{dossier, plan, policy};

fn texts(batch: &RecordBatch, name: &str) -> Vec<String> {
    let array = batch.column_by_name(name).unwrap().as_string::<i32>();
    array.iter().map(|text| text.unwrap().to_owned()).collect()
}

fn draft(period: &str) -> QueryDraft {
    Query::new(&plan()).period(period.parse().unwrap())
}

fn card(draft: &QueryDraft, policy: &Policy, dossiers: &[Dossier]) -> Scorecard {
    draft.clone().policy(policy.clone()).check().unwrap().scorecard(dossiers).unwrap()
}

/// How an indicator counts one dossier, by the reference.
fn outcome(draft: &QueryDraft, policy: &Policy, dossier: &Dossier, indicator: &str) -> &'static str {
    let result = card(draft, policy, std::slice::from_ref(dossier))[indicator].clone();
    match (result.numerator.is_zero(), result.denominator.is_zero(), result.unknown) {
        (false, false, _) => "passing",
        (true, false, _) => "failing",
        (_, true, 1..) => "unknown",
        (_, true, 0) => "not counted",
    }
}

fn data(dossiers: &[Dossier]) -> Dossiers {
    let batch = batch_of(dossiers, ColumnSet::all()).unwrap();
    Dossiers::from_batches([batch], Duplicates::AssumeUnique).unwrap()
}

fn numbered(mut dossiers: Vec<Dossier>) -> Vec<Dossier> {
    for (number, dossier) in dossiers.iter_mut().enumerate() {
        dossier.dossier_id = Some(number.to_string());
        dossier.extra.clear();
    }
    dossiers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn what_moved_is_what_the_rate_moved_by(
        dossiers in proptest::collection::vec(dossier(), 1..60).prop_map(numbered),
        before in policy(),
        after in policy(),
        indicator in proptest::sample::select(&["on_time_rate", "early_rate", "apology_rate", "satisfaction_rate_land"]),
        period in proptest::sample::select(&["2026", "2026-Q1", "2026-02"]),
    ) {
        let draft = draft(period);
        let changed = changes(&data(&dossiers), &draft, &before, &after, indicator).unwrap();
        let (from, to) = (texts(&changed, "outcome_before"), texts(&changed, "outcome_after"));
        let count = |outcomes: &[String], wanted: &[&str]| {
            i64::try_from(outcomes.iter().filter(|outcome| wanted.contains(&outcome.as_str())).count()).unwrap()
        };
        let moved = |wanted: &[&str]| rust_decimal::Decimal::from(count(&to, wanted) - count(&from, wanted));
        let results = [&before, &after].map(|policy| card(&draft, policy, &dossiers)[indicator].clone());
        let [first, second] = results;
        prop_assert_eq!(second.numerator - first.numerator, moved(&["passing"]));
        prop_assert_eq!(second.denominator - first.denominator, moved(&["passing", "failing"]));
        let unknown = |count: u64| rust_decimal::Decimal::from(count);
        prop_assert_eq!(unknown(second.unknown) - unknown(first.unknown), moved(&["unknown"]));
        prop_assert!(from.iter().zip(&to).all(|(from, to)| from != to));
    }

    #[test]
    fn the_rules_named_make_the_change(
        dossiers in proptest::collection::vec(dossier(), 1..25).prop_map(numbered),
        before in policy(),
        after in policy(),
    ) {
        let draft = draft("2026");
        let changed = changes(&data(&dossiers), &draft, &before, &after, "on_time_rate").unwrap();
        let value = |policy: &Policy, rule: &str| {
            policy.rules().into_iter().find(|used| used.rule == rule).unwrap().value
        };
        let told = texts(&changed, "outcome_after").into_iter()
            .zip(texts(&changed, "rules")).zip(texts(&changed, "rules_act")).zip(texts(&changed, "dossier_id"));
        for (((outcome_after, rules), act), id) in told {
            let dossier = &dossiers[id.parse::<usize>().unwrap()];
            let judged = if matches!(outcome_after.as_str(), "open" | "outside") { "not counted" } else { &outcome_after };
            for rule in rules.split(", ") {
                let (policy, moves) = match act.as_str() {
                    "alone" => (before.clone().with(rule, &value(&after, rule)).unwrap(), true),
                    _ => (after.clone().with(rule, &value(&before, rule)).unwrap(), false),
                };
                let is = outcome(&draft, &policy, dossier, "on_time_rate");
                if moves {
                    prop_assert_eq!(is, judged, "{} alone", rule);
                } else if judged != "not counted" && rules.contains(", ") {
                    // All that differ are named where no rule is needed by itself.
                    let needed = is != judged;
                    let all = rules.split(", ").count()
                        == before.rules().iter().zip(after.rules()).filter(|(a, b)| a.value != b.value).count();
                    prop_assert!(needed || all, "{} together", rule);
                }
            }
        }
    }
}

/// Worked by hand: each by one rule of `qd-766`, one by two together.
#[test]
fn each_change_names_its_rule() {
    let at = |text: &str| Some(text.parse().unwrap());
    let received = |id: &str| Dossier {
        dossier_id: Some(id.to_owned()),
        supplement_requests: Some(0),
        ..Dossier::received("2026-01-05T08:00".parse().unwrap())
    };
    let dossiers = [
        // On its due day by day, late by the hour.
        Dossier { due_at: at("2026-01-12T09:00"), completed_at: at("2026-01-12T16:00"), ..received("hour") },
        // Asked for papers twice: late under qd-766.
        Dossier {
            due_at: at("2026-01-12T09:00"),
            completed_at: at("2026-01-09T09:00"),
            supplement_requests: Some(2),
            paused_days: Some(0),
            ..received("papers")
        },
        // Open and in time: counted only where the base is what was received.
        Dossier { due_at: at("2027-01-12T09:00"), ..received("open") },
        // The same under both.
        Dossier { due_at: at("2026-01-12T09:00"), completed_at: at("2026-01-09T09:00"), ..received("same") },
    ];
    let qd_766 = Policy::profile("qd-766").unwrap();
    let changed =
        changes(&data(&dossiers), &draft("2026"), &Policy::default(), &qd_766, "on_time_rate").unwrap();
    let columns = ["dossier_id", "outcome_before", "outcome_after", "rules", "rules_act"];
    let columns = columns.map(|name| texts(&changed, name));
    let rows: Vec<[&str; 5]> =
        (0..changed.num_rows()).map(|row| columns.each_ref().map(|column| column[row].as_str())).collect();
    assert_eq!(
        rows,
        [
            ["hour", "passing", "failing", "comparison", "alone"],
            ["papers", "passing", "failing", "late_after_supplements", "alone"],
            ["open", "open", "passing", "on_time_base", "alone"],
        ]
    );
}

#[test]
fn an_indicator_the_plan_lacks_is_named() {
    let error = changes(&data(&[]), &draft("2026"), &Policy::default(), &Policy::default(), "on_tme_rate");
    assert!(error.unwrap_err().to_string().contains("did you mean \"on_time_rate\"?"));
}
