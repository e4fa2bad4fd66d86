//! The engine of columns equals the reference, whatever the dossiers, the query, the batches,
//! their order and the way partial tallies are merged.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use proptest::prelude::*;
use tthc_kpi::{
    Column, ColumnSet, Counts, Dossier, Error, Fact, Plan, ProcedureUse, Query, Tally, Uniqueness,
};
use tthc_kpi_arrow::{Dossiers, Duplicates, Engine, batch_of, tally_from_bytes, tally_to_bytes};
use tthc_kpi_tests::{dossier, plain, plan, plan_of_dossiers, query, reference};

/// Every other batch has plain texts; the dictionaries of the rest are each batch's own.
fn batches(dossiers: &[Dossier], size: usize, columns: ColumnSet) -> Vec<arrow_array::RecordBatch> {
    let batches = dossiers.chunks(size.max(1)).map(|chunk| batch_of(chunk, columns).unwrap());
    batches.enumerate().map(|(turn, batch)| if turn % 2 == 1 { plain(&batch) } else { batch }).collect()
}

/// Every part has the extra column, as one file's batches do.
fn with_extra(mut dossiers: Vec<Dossier>) -> Vec<Dossier> {
    for dossier in &mut dossiers {
        dossier.extra.entry("khu_vuc".to_owned()).or_insert(tthc_kpi::ExtraValue::Int(9));
    }
    dossiers
}

/// Whether each count of the one is at least that of the other, in every place.
fn holds(all: &Tally, one: &Tally) -> bool {
    let days = |mine: Vec<(i32, u64)>, theirs: Vec<(i32, u64)>| {
        let mine: BTreeMap<i32, u64> = mine.into_iter().collect();
        theirs.iter().all(|(day, count)| mine.get(day).copied().unwrap_or(0) >= *count)
    };
    let cells = |mine: &[u64], theirs: &[u64]| mine.iter().zip(theirs).all(|(mine, theirs)| mine >= theirs);
    let used = |mine: &Counts, theirs: &Counts| {
        theirs.procedures().iter().all(|(code, used)| {
            mine.procedures().get(code).is_some_and(|mine| cells(&mine.numbers(), &used.numbers()))
        })
    };
    let counts = |mine: &Counts, theirs: &Counts| {
        let ((a, b, c, d), (facts, sums, filtered, filtered_sums)) = (mine.parts(), theirs.parts());
        cells(&a, &facts)
            && cells(b, sums)
            && cells(c, filtered)
            && cells(d, filtered_sums)
            && days(mine.processing().iter().collect(), theirs.processing().iter().collect())
            && used(mine, theirs)
    };
    let (rows, row) = (all.accounting(), one.accounting());
    cells(&[rows.read, rows.used, rows.outside], &[row.read, row.used, row.outside])
        && row.excluded.iter().all(|(reason, count)| rows.excluded.get(reason) >= Some(count))
        && days(all.last_days().collect(), one.last_days().collect())
        && counts(all.total(), one.total())
        && one
            .groups()
            .iter()
            .all(|(key, theirs)| all.groups().get(key).is_some_and(|mine| counts(mine, theirs)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_equals_the_reference(
        dossiers in proptest::collection::vec(dossier(), 0..60).prop_map(with_extra),
        query in query(),
        size in 1usize..70,
        lacking in proptest::sample::subsequence(Column::ALL.to_vec(), 0..6),
    ) {
        let columns = lacking.into_iter().filter(|column| *column != Column::ReceivedAt)
            .fold(ColumnSet::all(), ColumnSet::without);
        // What the batches lack, the reference must not see.
        let seen: Vec<Dossier> = batches(&dossiers, 1, columns).iter()
            .map(|batch| tthc_kpi_arrow::dossiers_of(batch).unwrap().remove(0)).collect();
        // Where there is no batch, nothing says which columns there are.
        let told = if dossiers.is_empty() { ColumnSet::all() } else { columns };
        let expected = reference(&query, &seen, told, false).unwrap();
        let mut engine = Engine::new(&query);
        for batch in batches(&dossiers, size, columns) {
            engine.push(&batch).unwrap();
        }
        let tally = engine.finish().unwrap();
        prop_assert_eq!(&tally, &expected);
        prop_assert!(tally.accounting().adds_up());
        prop_assert_eq!(tally.scorecard().unwrap().total.results, expected.scorecard().unwrap().total.results);
        prop_assert!(query.layout().counts_procedures() || tally.total().procedures().is_empty());
    }

    #[test]
    fn threads_slices_and_the_batch_change_nothing(
        dossiers in proptest::collection::vec(dossier(), 1..300).prop_map(with_extra),
        query in query(),
        cuts in proptest::collection::vec(0usize..300, 0..6),
        threads in 1usize..5,
        texts in any::<bool>(),
    ) {
        let expected = reference(&query, &dossiers, ColumnSet::all(), false).unwrap();
        // One batch, sliced anywhere: the slices begin inside a byte of every bitmap.
        let whole = batch_of(&dossiers, ColumnSet::all()).unwrap();
        let whole = if texts { plain(&whole) } else { whole };
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(dossiers.len())).collect();
        cuts.extend([0, dossiers.len()]);
        cuts.sort_unstable();
        let slices = cuts.windows(2).map(|ends| whole.slice(ends[0], ends[1] - ends[0]));
        let data = Dossiers::from_batches(slices, Duplicates::AssumeUnique).unwrap();
        let tally = data.tally_on(&query, Some(threads), &mut |_| ControlFlow::Continue(())).unwrap();
        prop_assert_eq!(&tally, &expected);
    }

    #[test]
    fn judged_facts_that_are_kept_answer_every_question(
        dossiers in proptest::collection::vec(dossier(), 1..150).prop_map(with_extra),
        questions in proptest::collection::vec(query(), 1..5),
        rules in query(),
        turns in proptest::collection::vec((0usize..5, 0usize..4), 4..12),
        size in 1usize..150,
    ) {
        let batches = batches(&dossiers, size, ColumnSet::all());
        let data = Dossiers::from_batches(batches, Duplicates::AssumeUnique).unwrap();
        for (turn, what) in turns {
            // Mostly the same rules in another period and breakdown, now and then other rules.
            let question = &questions[turn % questions.len()];
            let judge = if what == 0 { question.judge() } else { rules.judge() };
            let policy = judge.policy().clone();
            let asked = tthc_kpi::Query::new(question.plan())
                .period(*question.period())
                .as_of(question.as_of().max(question.window().start))
                .by(question.by().iter().cloned())
                .limits(judge.limits().clone())
                .policy(policy)
                .check();
            // Under cut_off_15 a period starts earlier, and may end before the day it is seen from.
            let Ok(asked) = asked else { continue };
            let expected = reference(&asked, &dossiers, ColumnSet::all(), false).unwrap();
            prop_assert_eq!(&data.tally(&asked).unwrap(), &expected);
        }
    }

    #[test]
    fn duplicates_are_resolved_the_same_in_any_order(
        dossiers in proptest::collection::vec(dossier(), 0..40).prop_map(with_extra),
        query in query(),
        turn in 0usize..40,
        size in 1usize..50,
    ) {
        let expected = reference(&query, &dossiers, ColumnSet::all(), true).unwrap();
        let mut turned = dossiers;
        if !turned.is_empty() {
            let turn = turn % turned.len();
            turned.rotate_left(turn);
        }
        turned.reverse();
        let data = Dossiers::from_batches(batches(&turned, size, ColumnSet::all()), Duplicates::Resolve).unwrap();
        let tally = data.tally(&query).unwrap();
        prop_assert_eq!(tally.total(), expected.total());
        prop_assert_eq!(tally.groups(), expected.groups());
        prop_assert_eq!(tally.accounting(), expected.accounting());
        // Of no rows at all there is no column of ids to check.
        let expected = if turned.is_empty() { Uniqueness::Assumed } else { Uniqueness::Checked };
        prop_assert_eq!(tally.uniqueness(), expected);
    }

    #[test]
    fn merging_is_order_free_and_saving_loses_nothing(
        parts in proptest::collection::vec(proptest::collection::vec(dossier(), 0..12), 1..6),
        query in query(),
    ) {
        let tallies: Vec<Tally> = parts.iter().map(|part| reference(&query, part, ColumnSet::all(), false).unwrap()).collect();
        let whole = reference(&query, &parts.concat(), ColumnSet::all(), false).unwrap();
        let merged = |order: &[&Tally]| {
            let mut sum = Tally::new(&query);
            order.iter().for_each(|tally| sum.merge(tally).unwrap());
            sum
        };
        let forward: Vec<&Tally> = tallies.iter().collect();
        let backward: Vec<&Tally> = tallies.iter().rev().collect();
        prop_assert_eq!(&merged(&forward), &whole);
        prop_assert_eq!(&merged(&backward), &whole);
        // A tree: halves first.
        let (left, right) = forward.split_at(forward.len() / 2);
        let (left, right) = (merged(left), merged(right));
        prop_assert_eq!(&merged(&[&right, &left]), &whole);
        prop_assert_eq!(&Tally::from_json(&whole.to_json().unwrap()).unwrap(), &whole);
        prop_assert_eq!(&tally_from_bytes(&tally_to_bytes(&whole).unwrap()).unwrap(), &whole);
    }

    #[test]
    fn adding_then_removing_is_the_identity(
        dossiers in proptest::collection::vec(dossier(), 0..20),
        one in dossier(),
        query in query(),
    ) {
        let before = reference(&query, &dossiers, ColumnSet::all(), false).unwrap();
        let mut tally = before.clone();
        tally.add(&one).unwrap();
        tally.remove(&one).unwrap();
        prop_assert_eq!(&tally, &before);
        prop_assert_eq!(tally.scorecard().unwrap(), before.scorecard().unwrap());
    }

    #[test]
    fn removing_what_is_not_there_changes_nothing(one in dossier(), query in query()) {
        let mut tally = Tally::new(&query);
        let before = tally.clone();
        prop_assert!(tally.remove(&one).is_err());
        prop_assert_eq!(tally, before);
    }

    #[test]
    fn removing_is_subtracting_the_tally_of_the_one(
        dossiers in proptest::collection::vec(dossier(), 1..10),
        other in dossier(),
        place in any::<proptest::sample::Index>(),
        how in 0..6,
        query in query(),
    ) {
        let near = place.get(&dossiers).clone();
        let one = match how {
            0 => other,
            1 => near,
            2 => Dossier { agency: other.agency, completed_at: other.completed_at, ..near },
            3 => Dossier { procedure_code: other.procedure_code, payments: other.payments, ..near },
            4 => Dossier { field: other.field, rating: other.rating, ..near },
            _ => Dossier { dossier_id: other.dossier_id, officer: other.officer, ..near },
        };
        let before = reference(&query, &dossiers, ColumnSet::all(), false).unwrap();
        let alone = reference(&query, std::slice::from_ref(&one), ColumnSet::all(), false).unwrap();
        let mut tally = before.clone();
        let removed = tally.remove(&one);
        if !holds(&before, &alone) {
            prop_assert_eq!(removed, Err(Error::NotInTally));
            prop_assert_eq!(tally, before);
            return Ok(());
        }
        prop_assert_eq!(removed, Ok(()));
        let sum = |mine: &Counts, theirs: &Counts| {
            let mut sum = mine.clone();
            sum.merge(theirs).map(|()| sum)
        };
        prop_assert_eq!(&sum(tally.total(), alone.total()).unwrap(), before.total());
        for (key, counts) in before.groups() {
            match (tally.groups().get(key), alone.groups().get(key)) {
                (Some(left), Some(theirs)) => prop_assert_eq!(&sum(left, theirs).unwrap(), counts),
                (Some(left), None) => prop_assert_eq!(left, counts),
                // A group of which no dossier is left is none, even if another one was taken out of it.
                (None, theirs) => {
                    prop_assert_eq!(theirs.unwrap().fact(Fact::Handled), counts.fact(Fact::Handled));
                }
            }
        }
        prop_assert!(tally.groups().keys().all(|key| before.groups().contains_key(key)));
        let mut rows = Tally::new(&query);
        for part in [&tally, &alone] {
            rows.account(part.accounting()).unwrap();
            rows.see_through(part.last_days()).unwrap();
        }
        prop_assert_eq!(rows.accounting(), before.accounting());
        prop_assert!(rows.last_days().eq(before.last_days()));
    }

    #[test]
    fn what_is_left_after_removing_in_any_order_is_a_tally_of_the_rest(
        dossiers in proptest::collection::vec((any::<u32>(), dossier()), 1..10),
        query in query(),
    ) {
        let mut rest: Vec<Dossier> = dossiers.iter().map(|(_, dossier)| dossier.clone()).collect();
        let mut tally = reference(&query, &rest, ColumnSet::all(), false).unwrap();
        for (turn, _) in dossiers {
            let gone = rest.swap_remove(turn as usize % rest.len());
            tally.remove(&gone).unwrap();
            prop_assert_eq!(&tally, &reference(&query, &rest, ColumnSet::all(), false).unwrap());
        }
        prop_assert_eq!(tally, Tally::new(&query));
    }
}

/// What a query of some plan counts of procedures from these batches, in total and per group.
fn procedures(
    plan: &Plan,
    by: &[&str],
    batches: &[arrow_array::RecordBatch],
) -> Vec<(String, Vec<(String, ProcedureUse)>)> {
    let by = by.iter().map(|name| name.parse().unwrap());
    let query = Query::new(plan).period("2026".parse().unwrap()).by(by).check().unwrap();
    let mut engine = Engine::new(&query);
    batches.iter().for_each(|batch| engine.push(batch).unwrap());
    let tally = engine.finish().unwrap();
    let groups = tally.groups().iter().map(|(keys, counts)| (format!("{keys:?}"), counts));
    let told = |counts: &tthc_kpi::Counts| {
        counts.procedures().iter().map(|(code, used)| (code.to_string(), *used)).collect()
    };
    std::iter::once(("all".to_owned(), tally.total()))
        .chain(groups)
        .map(|(key, counts)| (key, told(counts)))
        .collect()
}

#[test]
fn a_procedure_counts_as_often_as_it_is_received_however_often() {
    // More than 16 bits count, of one code in the dictionaries of two batches at different places.
    const MANY: u64 = 70_000;
    let one = |code: &str, payments, payments_portal| Dossier {
        procedure_code: Some(code.to_owned()),
        payments,
        payments_online: payments_portal,
        payments_portal,
        ..Dossier::received("2026-02-05".parse().unwrap())
    };
    let rows = [
        (one("B", Some(2), Some(1)), MANY),
        (one("A", Some(1), Some(0)), 3),
        (one("", Some(1), Some(1)), 5),
        (one(" A", None, None), 2),
    ];
    let flat = |rows: &[(Dossier, u64)]| -> Vec<Dossier> {
        let repeated =
            rows.iter().map(|(row, times)| std::iter::repeat_n(row, usize::try_from(*times).unwrap()));
        repeated.flatten().cloned().collect()
    };
    let turned: Vec<_> = rows.iter().rev().cloned().collect();
    let dictionaries = [&rows[..], &turned].map(|rows| batch_of(&flat(rows), ColumnSet::all()).unwrap());
    let used = |received, paid, paid_online, unsettled| ProcedureUse {
        received,
        paid,
        paid_online,
        unsettled,
        lodged_online: 0,
        channel_unknown: received,
    };
    let expected =
        vec![("A".to_owned(), used(10, 6, 0, 4)), ("B".to_owned(), used(2 * MANY, 2 * MANY, 2 * MANY, 0))];
    for batches in [dictionaries.clone(), dictionaries.each_ref().map(plain)] {
        let all = ("all".to_owned(), expected.clone());
        assert_eq!(procedures(&plan(), &[], &batches), vec![all.clone()]);
        let of = |key: &str| (format!("[{key}]"), expected.clone());
        assert_eq!(procedures(&plan(), &["agency"], &batches), vec![all.clone(), of("Null")]);
        let months = procedures(&plan(), &["month"], &batches);
        // Received in February, carried over since: nobody asks again how they were paid.
        let told: Vec<_> = months.iter().filter(|(_, uses)| !uses.is_empty()).cloned().collect();
        assert_eq!(told, vec![all, of("Text(\"2026-02\")")]);
        assert!(
            procedures(&plan_of_dossiers(), &["agency"], &batches).iter().all(|(_, uses)| uses.is_empty())
        );
    }
    let without = ColumnSet::all().without(Column::ProcedureCode);
    let batch = batch_of(&flat(&rows[1..]), without).unwrap();
    assert_eq!(procedures(&plan(), &[], &[batch]), vec![("all".to_owned(), vec![])]);
}
