//! Integrity flags of a data set: counted, and the dossiers that bear one.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use arrow_select::concat::concat_batches;
use arrow_select::filter::filter_record_batch;
use tthc_kpi::{Column, Dossier, Flag, Instant, IntegrityTally, Judge, Key, Signs, Status, Window};

use crate::cases::{shown_arrays, shown_fields};
use crate::columns::{Cells, Columns, Texts};
use crate::dossiers::{Dossiers, Place};
use crate::error::ArrowError;
use crate::share::share;

/// Rows counted at a time by one thread.
const SLICE: usize = 65_536;

/// Columns shown of a flagged dossier, those the data has.
const SHOWN: &[Column] = &[
    Column::DossierId,
    Column::ProcedureCode,
    Column::Procedure,
    Column::Agency,
    Column::Officer,
    Column::Status,
    Column::ReceivedAt,
    Column::DueAt,
    Column::CompletedAt,
    Column::ReturnedAt,
    Column::LimitDays,
    Column::SupplementRequestedAt,
    Column::DueMoves,
    Column::DueMovedLate,
];

/// The flags of a data set's dossiers that are resolved in a window, by the rules of a judge.
///
/// # Errors
/// As [`crate::Engine::push`].
///
/// # Example
/// ```
/// use tthc_kpi::{Flag, Judge, Policy, Window, WorkCalendar};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, integrity, integrity_cases, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// let tally = integrity(&dossiers, &judge, window)?;
/// let flagged = tally.report().of(Flag::OutsideHours).unwrap().flagged;
/// assert_eq!(integrity_cases(&dossiers, &tally, Flag::OutsideHours)?.num_rows() as u64, flagged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn integrity(dossiers: &Dossiers, judge: &Judge, window: Window) -> Result<IntegrityTally, ArrowError> {
    integrity_with(dossiers, judge, window, &mut |_| ControlFlow::Continue(()))
}

/// [`integrity`], telling how many rows are done; the caller may stop.
///
/// # Errors
/// As [`integrity`]; [`ArrowError::Interrupted`] when the caller stopped.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::{Judge, Policy, Window, WorkCalendar};
/// use tthc_kpi_arrow::{ArrowError, Dossiers, Duplicates, integrity_with, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(100, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// let stopped = integrity_with(&dossiers, &judge, window, &mut |_| ControlFlow::Break(()));
/// assert_eq!(stopped, Err(ArrowError::Interrupted));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn integrity_with(
    dossiers: &Dossiers,
    judge: &Judge,
    window: Window,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<IntegrityTally, ArrowError> {
    let slices: Vec<(Place<'_>, usize)> = dossiers
        .places()
        .flat_map(|place| (0..place.batch.num_rows()).step_by(SLICE).map(move |from| (place, from)))
        .collect();
    let empty = || IntegrityTally::for_columns(judge, window, dossiers.columns());
    let work = |tally: &mut IntegrityTally, (place, from): &(Place<'_>, usize)| {
        let rows = SLICE.min(place.batch.num_rows() - from);
        let batch = place.batch.slice(*from, rows);
        let columns = Columns::of(&batch)?;
        for row in (0..rows).filter(|row| !is_duplicate(place, from + row)) {
            if let Some(signs) = Signs::of(&dates(&columns, row), judge, window) {
                let (agency, officer) = desk(&columns, row);
                tally.count(agency, officer, &signs);
            }
        }
        Ok(rows as u64)
    };
    let mut whole = empty();
    for part in share(None, &slices, empty, work, progress)? {
        whole.merge(&part)?;
    }
    Ok(whole)
}

/// The dossiers that bear a flag, as they stand in the data: the file, sheet and row of each, then
/// those of its columns that the flags look at. `tally` is that of [`integrity`] of the same data.
///
/// # Errors
/// As [`integrity`].
///
/// # Example
/// See [`integrity`].
pub fn integrity_cases(
    dossiers: &Dossiers,
    tally: &IntegrityTally,
    flag: Flag,
) -> Result<RecordBatch, ArrowError> {
    let present: Vec<Column> =
        SHOWN.iter().copied().filter(|column| dossiers.columns().has(*column)).collect();
    let mut fields = vec![
        Field::new("file", DataType::Utf8, false),
        Field::new("sheet", DataType::Utf8, true),
        Field::new("row", DataType::UInt64, true),
    ];
    fields.extend(shown_fields(&present));
    let schema = Arc::new(Schema::new(fields));
    let mut batches = Vec::new();
    for place in dossiers.places() {
        let columns = Columns::of(place.batch)?;
        let mut keep = BooleanBuilder::with_capacity(columns.len());
        let mut rows = UInt64Builder::new();
        for row in 0..columns.len() {
            let flagged = !is_duplicate(&place, row) && is_flagged(&columns, row, tally, flag);
            keep.append_value(flagged);
            if flagged {
                rows.append_option(place.rows.get(row).copied());
            }
        }
        let keep: BooleanArray = keep.finish();
        if keep.true_count() == 0 {
            continue;
        }
        let kept = filter_record_batch(place.batch, &keep)?;
        let mut arrays: Vec<ArrayRef> = vec![
            told(Some(place.file), kept.num_rows()),
            told(place.sheet, kept.num_rows()),
            Arc::new(rows.finish()),
        ];
        arrays.extend(shown_arrays(&kept, &present)?);
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays)?);
    }
    Ok(concat_batches(&schema, &batches)?)
}

fn is_duplicate(place: &Place<'_>, row: usize) -> bool {
    place.duplicate.is_some_and(|marks| marks.value(row))
}

fn is_flagged(columns: &Columns<'_>, row: usize, tally: &IntegrityTally, flag: Flag) -> bool {
    let Some(signs) = Signs::of(&dates(columns, row), tally.judge(), tally.window()) else { return false };
    if flag != Flag::SameMinute {
        return signs.of_flag(flag) == Some(true);
    }
    let (agency, officer) = desk(columns, row);
    tally.is_bunch(agency, officer, &signs)
}

/// Who completed a dossier.
fn desk(columns: &Columns<'_>, row: usize) -> (Key, Key) {
    let key = |texts: Texts<'_>| texts.get(row).map_or(Key::Null, Key::of);
    (key(columns.agency), key(columns.officer))
}

/// Of a row what the flags look at: making a whole dossier, with all its texts, is dear.
fn dates(columns: &Columns<'_>, row: usize) -> Dossier {
    let at = |cells: Cells<'_, i64>| cells.get(row).map(Instant::from_micros);
    Dossier {
        status: columns.status.get(row).and_then(Status::from_code),
        due_at: at(columns.due_at),
        completed_at: at(columns.completed_at),
        returned_at: at(columns.returned_at),
        limit_days: columns.limit_days.get(row),
        supplement_requested_at: at(columns.supplement_requested_at),
        due_moves: columns.due_moves.get(row),
        due_moved_late: columns.due_moved_late.get(row),
        // Checked to be there when the view was made.
        ..Dossier::received(Instant::from_micros(columns.received_at.get(row).unwrap_or_default()))
    }
}

/// The same text in each row.
fn told(text: Option<&str>, rows: usize) -> ArrayRef {
    let mut builder = StringBuilder::new();
    (0..rows).for_each(|_| builder.append_option(text));
    Arc::new(builder.finish())
}
