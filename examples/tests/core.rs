//! The core without threads and HTTP: random events, restarts, snapshots and torn logs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test ends where it fails")]

mod common;

use std::path::Path;
use std::sync::Arc;

use live_service::core::{Applied, Core, follow};
use live_service::event::{Batch, Event};
use live_service::log::{self, BadLog, Writer, file_name};
use live_service::pack::{Texts, pack, unpack};
use live_service::snapshot::{Snapshot, recover};
use proptest::prelude::*;
use tthc_kpi::{Dimension, Dossier, Query};

use common::{body, counted, events, left};

fn queries() -> Vec<Arc<Query>> {
    let of = |by: &[Dimension], as_of: &str| {
        let draft = Query::new(&common::plan()).period("2026".parse().unwrap());
        draft.as_of(as_of.parse().unwrap()).by(by.to_vec()).check().unwrap()
    };
    vec![
        of(&[], "2026-06-14"),
        of(&[Dimension::Field, Dimension::Month], "2026-06-14"),
        of(&[Dimension::Extra("khu_vuc".to_owned())], "2026-06-14"),
    ]
}

/// Applies the events of a request and writes what is new to the log, as the service does.
fn post(core: &mut Core, writer: &mut Writer, events: &[Event]) -> Vec<Applied> {
    let body = body(events);
    let batch = Batch::read(&body).unwrap();
    let before = core.position();
    let (mut new, mut became) = (Vec::new(), Vec::new());
    for (sent, event) in batch.events.iter().zip(events) {
        assert_eq!(sent.event.as_ref(), Ok(event), "what is written is what is read");
        let applied = core.apply(event).unwrap();
        if applied == Applied::New {
            new.push(&body[sent.text.clone()]);
        }
        became.push(applied);
    }
    if !new.is_empty() {
        writer.write(&log::record(before, new).unwrap()).unwrap();
    }
    became
}

fn assert_counts(core: &Core, events: &[Event]) {
    let left = left(events);
    assert_eq!(core.state().len(), left.len());
    for tally in core.tallies() {
        assert_eq!(*tally, counted(tally.query(), left.values()));
    }
}

fn save(core: &Core, folder: &Path) {
    let (tallies, view) = (core.tallies().to_vec(), core.state().view().clone());
    Snapshot { position: core.position(), tallies, view }.write(folder).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_packed_dossier_is_the_dossier(dossier in common::dossier(), amount in any::<u32>()) {
        let dossier = Dossier {
            dossier_id: Some("H05-1".to_owned()),
            amount_due: Some(rust_decimal::Decimal::new(amount.into(), 2)),
            due_moved_late: Some(amount % 2 == 0),
            ..dossier
        };
        let mut texts = Texts::default();
        let packed = pack(&dossier, &mut texts);
        prop_assert_eq!(unpack("H05-1", &packed, &texts), Some(dossier));
        prop_assert_eq!(unpack("H05-1", &packed[..packed.len() - 1], &texts), None);
    }

    #[test]
    fn whatever_the_events_and_restarts_the_figures_are_those_of_the_newest_versions(
        requests in proptest::collection::vec((events(14), 0..6u8), 1..7),
        cut in any::<proptest::sample::Index>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let queries = queries();
        let mut core = Core::new(&queries);
        let mut writer = Writer::open(folder, 0, 0).unwrap();
        let mut sent = Vec::new();
        for (events, what) in &requests {
            sent.extend(events.iter().cloned());
            post(&mut core, &mut writer, events);
            assert_counts(&core, &sent);
            // Sent again, nothing is applied.
            let again = post(&mut core, &mut writer, events);
            assert!(!again.contains(&Applied::New));
            match what {
                0 => save(&core, folder),
                1 => {
                    writer.next_file(core.position()).unwrap();
                    save(&core, folder);
                }
                2 | 3 => {
                    drop(writer);
                    let position = core.position();
                    let (restarted, found, tail) = recover(folder, &queries).unwrap();
                    core = restarted;
                    prop_assert_eq!((core.position(), found.torn_bytes), (position, 0));
                    assert_counts(&core, &sent);
                    writer = Writer::open(folder, tail.position, tail.whole).unwrap();
                }
                _ => {}
            }
        }
        drop(writer);

        // The last file is cut anywhere: what is left is what was applied up to some request.
        let (_, path) = log::files(folder).unwrap().pop().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..cut.index(bytes.len() + 1)]).unwrap();
        let (cut_short, found, _) = recover(folder, &queries).unwrap();
        prop_assert!(cut_short.position() <= core.position());
        let mut replayed = Core::new(&queries);
        for event in &sent {
            if replayed.position() == cut_short.position() {
                break;
            }
            replayed.apply(event).unwrap();
        }
        prop_assert_eq!(cut_short.tallies(), replayed.tallies());
        prop_assert!(found.torn_records == u64::from(found.torn_bytes > 0));
        // Sent once more from the beginning, all is there again.
        let mut again = cut_short;
        for event in &sent {
            again.apply(event).unwrap();
        }
        assert_counts(&again, &sent);
    }

    #[test]
    fn another_day_is_counted_while_events_go_on(before in events(40), meanwhile in events(40), after in events(40)) {
        let mut core = Core::new(&queries());
        let mut sent = Vec::new();
        let mut take = |core: &mut Core, events: &[Event]| {
            sent.extend(events.iter().cloned());
            for event in events {
                core.apply(event).unwrap();
            }
            sent.clone()
        };
        take(&mut core, &before);
        let tomorrow: Vec<_> = queries().iter().map(|query| {
            let draft = Query::new(query.plan()).period(*query.period()).by(query.by().to_vec());
            draft.as_of("2026-06-15".parse().unwrap()).check().unwrap()
        }).collect();
        let view = core.begin_recount();
        take(&mut core, &meanwhile);
        let mut tallies: Vec<_> = tomorrow.iter().map(|query| live_service::core::count(query, &view).unwrap()).collect();
        let (changes, texts) = core.take_changes();
        follow(&mut tallies, &changes, &texts).unwrap();
        let all = take(&mut core, &after);
        core.end_recount(tallies).unwrap();
        assert_counts(&core, &all);
        prop_assert_eq!(core.tallies()[0].query().as_of(), "2026-06-15".parse().unwrap());
        let all = take(&mut core, &before);
        assert_counts(&core, &all);
    }
}

#[test]
fn a_version_with_another_content_is_told_and_changes_nothing() {
    let mut core = Core::new(&queries());
    let mut dossiers = common::dossiers(2).into_iter();
    let (first, second) = (dossiers.next().unwrap(), dossiers.next().unwrap());
    let held = common::event("a", 3, first);
    assert_eq!(core.apply(&held).unwrap(), Applied::New);
    assert_eq!(core.apply(&common::event("a", 3, second.clone())).unwrap(), Applied::Conflict);
    assert_eq!(core.apply(&common::event("a", 2, second)).unwrap(), Applied::Stale);
    assert_eq!(core.position(), 1);
    assert_counts(&core, &[held]);
}

#[test]
fn damage_and_gaps_refuse_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let queries = queries();
    let (mut core, mut writer) = (Core::new(&queries), Writer::open(folder, 0, 0).unwrap());
    for (number, dossier) in common::dossiers(30).into_iter().enumerate() {
        post(&mut core, &mut writer, &[common::event(&format!("id{number}"), 1, dossier)]);
        if number == 9 || number == 19 {
            writer.next_file(core.position()).unwrap();
        }
    }
    let refused = |what: &dyn Fn(&BadLog) -> bool| {
        let error = recover(folder, &queries).unwrap_err();
        assert!(what(&error), "{error}");
        assert!(error.to_string().contains("nothing was changed"));
    };
    // In the middle of a file, at the end of one that has a next, and a file that is not there.
    let first = folder.join(file_name(0));
    let whole = std::fs::read(&first).unwrap();
    let mut bent = whole.clone();
    bent[whole.len() / 2] ^= 1;
    std::fs::write(&first, &bent).unwrap();
    refused(&|error| matches!(error, BadLog::Damaged { .. }));
    std::fs::write(&first, &whole[..whole.len() - 1]).unwrap();
    refused(&|error| matches!(error, BadLog::Damaged { .. }));
    std::fs::remove_file(&first).unwrap();
    refused(&|error| matches!(error, BadLog::Gap { have: 0, .. }));
    std::fs::write(&first, &whole).unwrap();
    save(&recover(folder, &queries).unwrap().0, folder);
    assert_eq!(log::files(folder).unwrap().len(), 1, "files before the snapshot are not kept");
    let (core, found, _) = recover(folder, &queries).unwrap();
    assert_eq!((core.position(), found.snapshot, found.replayed), (30, 30, 0));
    // One bit of the snapshot, anywhere.
    let snapshot = folder.join("snapshot.bin");
    let whole = std::fs::read(&snapshot).unwrap();
    for place in (0..whole.len()).step_by(whole.len() / 40) {
        let mut bent = whole.clone();
        bent[place] ^= 4;
        std::fs::write(&snapshot, &bent).unwrap();
        refused(&|error| matches!(error, BadLog::Damaged { .. }));
    }
    // Another plan's tallies are counted anew from the dossiers.
    std::fs::write(&snapshot, &whole).unwrap();
    let other = vec![Query::new(&common::plan()).period("2026-Q1".parse().unwrap()).check().unwrap()];
    let (restarted, ..) = recover(folder, &other).unwrap();
    assert_eq!(restarted.tallies()[0].query(), &other[0]);
    assert_eq!(restarted.tallies()[0].accounting().read, 30);
}
