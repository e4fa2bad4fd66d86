//! Columns for [`tthc_kpi`]: Arrow batches of dossiers through the engine, readers of files, and
//! results as tables.
//!
//! The way of a batch: `read` makes canonical columns of whatever a file holds and sets aside
//! what it cannot read; `columns` views them; `block` takes 64 rows at a time and says which are
//! left out; `due` finds their due dates; `judge` and `parts` make a mask of rows per fact; `group`
//! gives every row a dense group index; `count` counts facts, over all rows or per group, and
//! `procedures` the received dossiers of each procedure; `engine` puts these together into a [`tthc_kpi::Tally`]. `share` gives batches to threads, `scan` what
//! is read while it is counted. `lanes` and `wide` hold what makes vectors of it. The rules are those of
//! the reference in [`tthc_kpi`], written here in columns and held equal by tests.
//!
//! ```
//! use tthc_kpi::{Plan, Query};
//! use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};
//! let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
//! let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
//!     .period("2026".parse()?)
//!     .by(["agency".parse()?, "month".parse()?])
//!     .check()?;
//! let card = dossiers.tally(&query)?.scorecard()?;
//! assert_eq!(card.accounting.read, 1_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod block;
mod cases;
mod changes;
mod codes;
mod columns;
mod count;
mod dossiers;
mod due;
mod engine;
mod error;
mod form_06a;
mod group;
mod index_table;
mod integrity;
mod judge;
mod kept;
mod lanes;
mod late_list;
mod needed;
#[cfg(feature = "files")]
mod parquet_file;
mod parts;
mod procedures;
mod quality;
pub mod read;
mod register_cases;
mod saved;
#[cfg(feature = "files")]
mod scan;
mod share;
#[cfg(feature = "synth")]
pub mod synth;
mod table;
mod verdicts;
mod wide;
#[cfg(feature = "write")]
mod write;

pub use batch::{arrow_type, batch_of, dossiers_of};
pub use cases::{Shown, cases};
pub use changes::changes;
pub use dossiers::{AbsentColumns, Dossiers, Duplicates};
pub use engine::{Engine, tally_batches};
pub use error::ArrowError;
pub use form_06a::{form_06a_cases, form_06a_table};
pub use index_table::index_table;
pub use integrity::{integrity, integrity_cases, integrity_with};
pub use late_list::{late_list, late_table};
pub use needed::needed_columns;
#[cfg(feature = "files")]
pub use parquet_file::{ParquetError, ParquetSink, write_parquet};
pub use quality::ColumnQuality;
pub use register_cases::register_cases;
#[cfg(feature = "files")]
pub use saved::{SavedError, merge_tallies, pack_tally, read_tally, write_tally};
pub use saved::{TallyReader, tally_from_bytes, tally_to_bytes};
#[cfg(feature = "files")]
pub use scan::{Findings, Scan, ScanProgress};
pub use table::scorecard_table;
pub use verdicts::{Verdicts, verdicts};
#[cfg(feature = "write")]
pub use write::{Heading, WorkbookError, write_form_06a, write_late_list, write_set_aside, write_workbook};
