//! What the integration tests share: random dossiers and queries, and the reference run whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use proptest::prelude::*;
use tthc_kpi::{
    Accounting, ApplicantKind, Channel, ColumnSet, Dimension, Dossier, Error, Exclusion, ExtraValue, Instant,
    Plan, Policy, Problem, Query, Status, Tally, Uniqueness, row_exclusion,
};

/// The reference: dossiers one by one. Equal ids are resolved the slow and plain way, when asked.
///
/// # Errors
/// Those of the tally.
pub fn reference(
    query: &Arc<Query>,
    dossiers: &[Dossier],
    columns: ColumnSet,
    resolve: bool,
) -> Result<Tally, Error> {
    let mut tally = Tally::for_columns(query, columns);
    let valid = |dossier: &Dossier| row_exclusion(dossier).is_none();
    for (index, dossier) in dossiers.iter().enumerate() {
        let beaten = resolve
            && valid(dossier)
            && dossier.dossier_id.is_some()
            && dossiers.iter().enumerate().any(|(other_index, other)| {
                other_index != index
                    && other.dossier_id == dossier.dossier_id
                    && valid(other)
                    && match other.precedence(dossier) {
                        std::cmp::Ordering::Greater => true,
                        std::cmp::Ordering::Equal => other_index < index,
                        std::cmp::Ordering::Less => false,
                    }
            });
        if beaten {
            tally.account(&Accounting {
                read: 1,
                excluded: BTreeMap::from([(Exclusion::Duplicate, 1)]),
                ..Accounting::default()
            })?;
        } else {
            tally.add(dossier)?;
        }
    }
    tally.set_uniqueness(if resolve { Uniqueness::Checked } else { Uniqueness::Assumed });
    Ok(tally)
}

/// The bundled plan.
///
/// # Panics
/// Never: the plan is bundled.
pub fn plan() -> Plan {
    Plan::builtin("dong-nguyen-2026").expect("bundled")
}

/// A moment near the edges that matter: days around 2026, on the hour, at noon's edge, as dates
/// alone; now and then far outside.
pub fn instant() -> impl Strategy<Value = Instant> {
    let days = prop_oneof![
        30 => 20_425..20_830i32, // 2025-12-03 .. 2027-01-11
        2 => 19_350..19_730i32,  // 2022-12 .. 2024-01: across the edge of the calendar
        1 => 21_900..22_300i32,  // 2029-12 ..
        1 => prop_oneof![Just(-1), Just(60_000), Just(10_957), Just(47_846)],
    ];
    let times = prop_oneof![
        3 => Just(0i64),
        3 => (0..24i64).prop_map(|hour| hour * 3_600_000_000),
        1 => Just(12 * 3_600_000_000 - 1),
        1 => Just(12 * 3_600_000_000),
        1 => Just(86_399_999_999),
        1 => Just(1),
    ];
    (days, times).prop_map(|(day, time)| Instant::from_micros(i64::from(day) * 86_400_000_000 + time))
}

fn text(values: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.85, proptest::sample::select(values).prop_map(str::to_owned))
}

fn flag() -> impl Strategy<Value = Option<bool>> {
    proptest::option::weighted(0.8, any::<bool>())
}

fn count(most: u32) -> impl Strategy<Value = Option<u32>> {
    proptest::option::weighted(0.8, 0..=most)
}

/// Any dossier, sound or not.
pub fn dossier() -> impl Strategy<Value = Dossier> {
    let texts = (
        text(&["A", "B", "C", "D", "E", "F", "G", "H"]),
        // One code in several writings, one that is nothing, and one that is not NFC.
        text(&["1.000001", "1.000002", "1.000003", " 1.000001 ", "1.000002\t", "  ", "Đa\u{301}", "Đá"]),
        text(&[
            "Đất đai",
            "Hoạt động xây dựng",
            "Đầu tư tại Việt Nam",
            "Dat dai",
            "Hộ tịch",
            "Đất đai - Xây dựng",
        ]),
        text(&["UBND phường", "Phòng Kinh tế", "Văn phòng"]),
        text(&["CB01", "CB02"]),
        proptest::option::weighted(0.8, proptest::sample::select(Channel::ALL)),
        proptest::option::weighted(0.8, proptest::sample::select(ApplicantKind::ALL)),
        proptest::option::weighted(0.9, proptest::sample::select(Status::ALL)),
        proptest::option::weighted(0.7, prop_oneof![(0..3i64).prop_map(ExtraValue::Int)]),
    );
    let ends = proptest::option::weighted(0.75, -3..400i64);
    let dates = (
        instant(),
        proptest::option::weighted(
            0.85,
            prop_oneof![6 => (-2..60i64).prop_map(Ok), 1 => instant().prop_map(Err)],
        ),
        ends.clone(),
        ends,
        proptest::option::weighted(0.4, 0..40i64),
        proptest::option::weighted(0.4, 0..60i64),
        0..48i64,
    );
    let counts = (
        count(12),
        count(3),
        count(5),
        count(3),
        count(3),
        count(3),
        count(2),
        count(2),
        proptest::option::weighted(0.5, 0..=6u8),
    );
    let flags = (flag(), flag(), flag(), flag(), flag(), flag(), flag(), flag(), flag());
    (texts, dates, counts, flags).prop_map(|(texts, dates, counts, flags)| {
        let (dossier_id, procedure_code, field, agency, officer, channel, applicant_kind, status, extra) =
            texts;
        let (received_at, due, completed, returned, requested, answered, half_hours) = dates;
        // Spread from the receipt so that most dossiers are sound; half an hour at a time across
        // noon and midnight.
        let after = |days: i64, halves: i64| {
            Instant::from_micros(
                received_at.micros().saturating_add(days * 86_400_000_000 + halves * 1_800_000_000),
            )
        };
        let date_alone =
            |at: Instant| Instant::from_micros(at.micros().div_euclid(86_400_000_000) * 86_400_000_000);
        let (
            limit_days,
            supplement_requests,
            paused_days,
            payments,
            payments_online,
            payments_portal,
            transfers,
            transfers_electronic,
            rating,
        ) = counts;
        let (
            input_digitised,
            result_digitised,
            result_electronic,
            result_published,
            data_reused,
            apologised,
            explained,
            synced,
            result_synced,
        ) = flags;
        Dossier {
            dossier_id,
            procedure_code,
            field,
            agency,
            officer,
            channel,
            applicant_kind,
            status,
            due_at: due.map(|due| match due {
                Ok(days) if days % 2 == 0 => date_alone(after(days, 0)),
                Ok(days) => after(days, half_hours),
                Err(at) => at,
            }),
            completed_at: completed.map(|days| {
                if days % 5 == 0 { date_alone(after(days, 0)) } else { after(days / 4, half_hours) }
            }),
            returned_at: returned.map(|days| after(days / 3, 3)),
            limit_days,
            supplement_requests,
            paused_days,
            supplement_requested_at: requested.map(|days| after(days, half_hours)),
            supplemented_at: answered.map(|days| after(days, 0)),
            payments,
            payments_online,
            payments_portal,
            transfers,
            transfers_electronic,
            rating,
            input_digitised,
            result_digitised,
            result_electronic,
            result_published,
            data_reused,
            apologised,
            explained,
            synced,
            result_synced,
            extra: extra.into_iter().map(|value| ("khu_vuc".to_owned(), value)).collect(),
            ..Dossier::received(received_at)
        }
    })
}

/// Any policy: every rule at any of its values.
pub fn policy() -> impl Strategy<Value = Policy> {
    const RULES: &[(&str, &[&str])] = &[
        ("comparison", &["day", "half_day", "instant"]),
        ("on_time_base", &["resolved", "received", "handled"]),
        ("early_base", &["resolved", "on_time"]),
        ("early_by", &["completed", "returned"]),
        ("missing_due", &["unknown", "on_time", "from_procedure"]),
        ("supplement", &["recorded", "subtract", "reset"]),
        ("late_after_supplements", &["never", "1"]),
        ("waiting", &["in_time", "by_due", "ended_at_request"]),
        ("stopped", &["ended", "waiting"]),
        ("withdrawn", &["counted", "excluded"]),
        ("due_on_day_off", &["as_recorded", "next_working_day"]),
        ("online_payment", &["portal", "any"]),
        ("period_rule", &["calendar", "cut_off_15"]),
        ("satisfied_from", &["3", "4", "5"]),
    ];
    proptest::collection::vec(0..6usize, RULES.len()).prop_map(|choices| {
        RULES.iter().zip(choices).fold(Policy::default(), |policy, ((rule, values), choice)| {
            policy.with(rule, values[choice % values.len()]).expect("known")
        })
    })
}

/// The bundled plan without the indicators of registers and declarations: it counts no procedures.
///
/// # Panics
/// Never: the plan is bundled.
pub fn plan_of_dossiers() -> Plan {
    let whole = plan();
    let others = whole.indicators().iter().filter(|indicator| indicator.measure.facts().is_none());
    let others: Vec<String> = others.map(|indicator| format!("{:?}", indicator.id)).collect();
    let text = format!(
        "id = 'hoso'\ntitle = 'Hồ sơ'\nextends = 'dong-nguyen-2026'\nleave_out = [{}]\n",
        others.join(", ")
    );
    let (plan, _) = Plan::check_toml("hoso.toml", &text, Plan::builtin_parent).expect("a plan");
    plan
}

/// The batch with plain texts in place of dictionaries.
///
/// # Panics
/// Never: a dictionary of texts is a column of texts.
pub fn plain(batch: &RecordBatch) -> RecordBatch {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns()).map(|(field, array)| {
        let texts = array.as_any_dictionary_opt().map(|dictionary| {
            arrow_select::take::take(dictionary.values(), dictionary.keys(), None).expect("texts")
        });
        (field.name().clone(), texts.unwrap_or_else(|| Arc::clone(array)), true)
    });
    RecordBatch::try_from_iter_with_nullable(columns).expect("a batch")
}

/// Any query of the bundled plan, now and then without the indicators beside the dossiers.
pub fn query() -> impl Strategy<Value = Arc<Query>> {
    let period = proptest::sample::select(&[
        ("2026", None),
        ("2026", Some("2026-06-14")),
        ("2026-Q1", None),
        ("2026-H2", Some("2026-07-01")),
        ("2026-9M", None),
        ("2026-02", Some("2026-02-20")),
        ("2026-W14", None),
        ("2025-12-20..2026-01-10", None),
    ]);
    let by = proptest::sample::select(&[
        &[] as &[&str],
        &["agency"],
        &["month"],
        &["week"],
        &["day"],
        &["agency", "day"],
        &["agency", "month"],
        &["field", "channel", "quarter"],
        &["officer", "procedure_code", "received_month"],
        &["procedure_code"],
        &["extra:khu_vuc", "channel"],
        &["applicant_kind"],
    ]);
    let plans = [(6, plan()), (1, plan_of_dossiers())].map(|(weight, plan)| (weight, Just(plan)));
    let plans = proptest::strategy::Union::new_weighted(plans.into());
    (plans, policy(), period, by).prop_map(|(plan, policy, (period, as_of), by)| {
        // A year of days is three hundred periods to the reference.
        let short = matches!(period, "2026-02" | "2026-W14") || !by.contains(&"day");
        let (period, as_of) = if short { (period, as_of) } else { ("2025-12-20..2026-01-10", None) };
        let mut draft = Query::new(&plan)
            .period(period.parse().expect("a period"))
            .policy(policy)
            .limits(BTreeMap::from([("1.000001".to_owned(), 5), ("1.000002".to_owned(), 0)]))
            .by(by.iter().map(|name| name.parse::<Dimension>().expect("a dimension")));
        if let Some(as_of) = as_of {
            draft = draft.as_of(as_of.parse().expect("a day"));
        }
        draft.check().expect("a query")
    })
}

/// The Rust example of the README, run as a test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

/// Every problem is told in Vietnamese too, with the same nearest name.
///
/// # Panics
/// When one is not.
pub fn told_in_vietnamese(problems: &[Problem]) {
    for Problem { message, .. } in problems {
        let english = ["expected", "lacks", "unknown", "there twice", "did you mean", " is ", " the "];
        for words in english {
            assert!(!message.vi.contains(words) || message.vi.starts_with("cú pháp TOML"), "{message:?}");
        }
        let near = message.en.split_once("did you mean ").map(|(_, near)| near);
        assert!(near.is_none_or(|near| message.vi.ends_with(&format!("có phải {near}"))), "{message:?}");
    }
}

/// The page on Rust of the documentation site, likewise.
#[cfg(doctest)]
#[doc = include_str!("../../docs/rust.md")]
pub struct RustPage;
