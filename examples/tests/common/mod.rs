//! What the tests of the service share: events that contradict each other, and what must be left.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use live_service::config::Config;
use live_service::event::{Event, Kind};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{TestRng, TestRunner};
use tthc_kpi::{
    ApplicantKind, Channel, Dossier, ExtraValue, Instant, Plan, Query, Status, Tally, Uniqueness,
};

/// The bundled plan.
pub fn plan() -> Plan {
    Plan::builtin("dong-nguyen-2026").unwrap()
}

fn text(texts: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    proptest::option::weighted(0.8, proptest::sample::select(texts).prop_map(str::to_owned))
}

/// Half an hour at a time from 2025-12-01 on: midnight, which is a date alone, among them.
fn instant() -> impl Strategy<Value = Instant> {
    (0..20_000i64).prop_map(|halves| Instant::from_micros(1_764_547_200_000_000 + halves * 1_800_000_000))
}

/// Some of what a dossier may be; impossible and contradictory ones too.
pub fn dossier() -> impl Strategy<Value = Dossier> {
    let maybe = || proptest::option::of(instant());
    let texts = (
        text(&["UBND phường", "Phòng Kinh tế", "Văn phòng"]),
        text(&["Đất đai", "Hoạt động xây dựng", "Hộ tịch", " Hộ tịch "]),
        text(&["1.000001", " 1.000001", "1.000002"]),
        proptest::option::of(proptest::sample::select(Channel::ALL)),
        proptest::option::of(proptest::sample::select(ApplicantKind::ALL)),
        proptest::option::of(proptest::sample::select(Status::ALL)),
        proptest::option::of(0..3i64),
    );
    let dates = (instant(), maybe(), maybe(), maybe(), maybe());
    let counts = proptest::collection::vec(proptest::option::of(0..4u32), 8);
    let flags = proptest::collection::vec(proptest::option::of(any::<bool>()), 10);
    (texts, dates, counts, flags).prop_map(|(texts, dates, counts, flags)| {
        let (agency, field, procedure_code, channel, applicant_kind, status, extra) = texts;
        let (received_at, due_at, completed_at, returned_at, supplement_requested_at) = dates;
        Dossier {
            agency,
            field,
            procedure_code,
            channel,
            applicant_kind,
            status,
            extra: extra.map(|value| ("khu_vuc".to_owned(), ExtraValue::Int(value))).into_iter().collect(),
            due_at,
            completed_at,
            returned_at,
            supplement_requested_at,
            limit_days: counts[0],
            supplement_requests: counts[1],
            paused_days: counts[2],
            payments: counts[3],
            payments_online: counts[4],
            payments_portal: counts[5],
            transfers: counts[6],
            transfers_electronic: counts[7],
            rating: counts[0].and_then(|rating| u8::try_from(rating * 2).ok()),
            petitioned: flags[0],
            input_digitised: flags[1],
            result_digitised: flags[2],
            result_electronic: flags[3],
            result_published: flags[4],
            data_reused: flags[5],
            apologised: flags[6],
            explained: flags[7],
            synced: flags[8],
            result_synced: flags[9],
            ..Dossier::received(received_at)
        }
    })
}

/// Events of some dossiers in any order: old versions after new ones, versions sent twice, and now
/// and then a version with two contents.
pub fn events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let one = (0..12u8, 1..9u64, dossier());
    proptest::collection::vec(one, 0..most).prop_map(|drawn| {
        let mut known = BTreeMap::<(u8, u64), Event>::new();
        drawn
            .into_iter()
            .enumerate()
            .map(|(number, (id, version, dossier))| {
                let event = event(&format!("H05-{id}"), version, dossier);
                // Mostly one content to a version, as a sender would have it.
                if number % 7 == 0 { event } else { known.entry((id, version)).or_insert(event).clone() }
            })
            .collect()
    })
}

/// An event of a dossier.
pub fn event(id: &str, version: u64, dossier: Dossier) -> Event {
    let kind = match version {
        1 => Kind::Create,
        _ if dossier.end().is_some() => Kind::Close,
        _ => Kind::Change,
    };
    Event { kind, version, dossier: Dossier { dossier_id: Some(id.to_owned()), ..dossier } }
}

/// The same random dossiers each time.
pub fn dossiers(count: usize) -> Vec<Dossier> {
    let seed = [7; 32];
    let rng = TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
    let strategy = dossier();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

/// What must be left of events: of each dossier the newest version, and of its contents the first.
pub fn left<'e>(events: impl IntoIterator<Item = &'e Event>) -> BTreeMap<String, Event> {
    let mut left = BTreeMap::<String, Event>::new();
    for event in events {
        match left.get(event.id()) {
            Some(held) if held.version >= event.version => {}
            _ => {
                left.insert(event.id().to_owned(), event.clone());
            }
        }
    }
    left
}

/// The figures of these dossiers, counted at once by the reference.
pub fn counted<'e>(query: &Arc<Query>, events: impl IntoIterator<Item = &'e Event>) -> Tally {
    let mut tally = Tally::new(query);
    tally.set_uniqueness(Uniqueness::Checked);
    events.into_iter().for_each(|event| tally.add(&event.dossier).unwrap());
    tally
}

/// A service's configuration, with more options at the end.
pub fn config(data: &Path, more: &[&str]) -> Config {
    let mut arguments = vec!["--data", data.to_str().unwrap(), "--period", "2026", "--listen", "127.0.0.1:0"];
    arguments.extend(["--as-of", "2026-06-14", "--sync-ms", "2"]);
    arguments.extend(more);
    Config::parse(arguments.into_iter().map(str::to_owned)).unwrap()
}

/// The JSON of a request.
pub fn body(events: &[Event]) -> Vec<u8> {
    serde_json::to_vec(events).unwrap()
}
