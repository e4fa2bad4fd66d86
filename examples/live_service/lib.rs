//! A pattern, to be copied and changed: a service that takes dossier events and answers scorecards
//! that are exact at every moment. It is not a product: it has no users, no TLS, no second machine.
//!
//! The way of an event: [`http`] reads the request, [`event`] reads the events, the one thread of
//! [`service`] holds them against what is kept ([`core`]: the old version of a dossier leaves the
//! tallies, the new one enters), [`log`] writes them to disk, and only then is the request answered.
//! [`snapshot`] keeps the log short. `docs/dich-vu.md` says what to copy and what to change.
//!
//! ```
//! use live_service::core::{Applied, Core};
//! use live_service::event::Batch;
//! use tthc_kpi::{Plan, Query};
//!
//! let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
//! let mut core = Core::new(&[query]);
//! let batch = Batch::read(
//!     br#"{"kind": "close", "version": 2, "dossier": {"dossier_id": "H05-1",
//!          "received_at": "2026-01-05", "due_at": "2026-01-12", "completed_at": "2026-01-09"}}"#,
//! )?;
//! for sent in &batch.events {
//!     assert_eq!(core.apply(sent.event.as_ref().unwrap())?, Applied::New);
//! }
//! assert_eq!(core.tallies()[0].scorecard()?["on_time_rate"].numerator, 1.into());
//! # Ok::<(), live_service::core::Broken>(())
//! ```

#![expect(clippy::disallowed_methods, reason = "a service has a clock; the library it uses has none")]

pub mod cards;
pub mod client;
pub mod config;
pub mod core;
pub mod event;
pub mod http;
pub mod log;
pub mod pack;
pub mod queue;
pub mod service;
pub mod snapshot;
pub mod state;
pub mod words;
