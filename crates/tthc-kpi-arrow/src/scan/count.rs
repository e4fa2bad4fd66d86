//! A source read on the calling thread, its batches counted by others: a bounded number of batches waits
//! between them, so that a source is never read far ahead of what is counted.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use arrow_array::RecordBatch;
use tthc_kpi::{Column, ColumnSet, Query};

use crate::engine::Engine;
use crate::error::ArrowError;
use crate::read::{Flow, Handed, Loaded, ReadError, Source, twice};

/// Batches that may wait for a counting thread.
const WAITING: usize = 2;
/// Counting is much faster than reading: more threads would only wait.
const COUNTING: usize = 2;

/// Told rows and bytes of the source done.
type Told<'t> = dyn FnMut(u64, u64) -> ControlFlow<()> + 't;

/// Reads a source from first to last and counts it.
///
/// # Errors
/// Those of reading and of [`Engine::push`]; [`ArrowError::Interrupted`].
pub(super) fn counted(
    source: &Source,
    query: &Arc<Query>,
    threads: usize,
    wanted: &dyn Fn(Result<Column, &str>) -> bool,
    told: &mut Told<'_>,
) -> Result<(Loaded, Vec<Engine>), ArrowError> {
    let mut engines = Vec::new();
    let mut failed = None;
    let loaded = twice(source.is_strict(), |settings| {
        let (send, taken) = sync_channel(WAITING);
        let (taken, stop, columns) = (Arc::new(Mutex::new(taken)), AtomicBool::new(false), source.columns());
        // What was counted before is forgotten.
        engines.clear();
        thread::scope(|scope| {
            let stop = &stop;
            let work = |taken: Arc<Mutex<Receiver<RecordBatch>>>| {
                move || {
                    let counted = count(query, &taken, columns);
                    stop.fetch_or(counted.is_err(), Ordering::Relaxed);
                    counted
                }
            };
            let threads_here = (0..threads.clamp(1, COUNTING)).map(|_| work(Arc::clone(&taken)));
            let counting: Vec<_> = threads_here
                .filter_map(|work| thread::Builder::new().spawn_scoped(scope, work).ok())
                .collect();
            drop(taken);
            if counting.is_empty() {
                return Err(ReadError::Internal("a thread could not be started"));
            }
            let done = RefCell::new((0u64, 0u64, &mut *told));
            let go_on = |rows: usize, bytes: Option<u64>| {
                let Ok(mut done) = done.try_borrow_mut() else { return ControlFlow::Continue(()) };
                let (all_rows, all_bytes, told) = &mut *done;
                *all_rows = all_rows.saturating_add(rows as u64);
                *all_bytes = bytes.unwrap_or(*all_bytes);
                if stop.load(Ordering::Relaxed) {
                    ControlFlow::Break(())
                } else {
                    told(*all_rows, *all_bytes)
                }
            };
            let mut take = |handed: Handed| {
                let sent = send.send(handed.batch).is_ok();
                if sent && go_on(handed.rows.len(), None).is_continue() {
                    Ok(())
                } else {
                    Err(ReadError::Cancelled)
                }
            };
            let mut flow = Flow { wanted, take: &mut take };
            let outcome =
                source.hand_on(settings, Some(threads), &mut flow, &mut |bytes, _| go_on(0, Some(bytes)));
            drop(send);
            for thread in counting {
                match thread.join() {
                    Ok(Ok(engine)) => engines.push(engine),
                    Ok(Err(error)) => failed = failed.take().or(Some(error)),
                    Err(_) => failed = Some(ReadError::Internal("a counting thread ended").into()),
                }
            }
            outcome
        })
    });
    match (failed, loaded) {
        (Some(error), _) => Err(error),
        (None, Err(ReadError::Cancelled)) => Err(ArrowError::Interrupted),
        (None, Err(error)) => Err(error.into()),
        (None, Ok(loaded)) => Ok((loaded, engines)),
    }
}

fn count(
    query: &Arc<Query>,
    taken: &Mutex<Receiver<RecordBatch>>,
    columns: ColumnSet,
) -> Result<Engine, ArrowError> {
    let mut engine = Engine::new(query);
    loop {
        // Held while waiting: the others wait for the lock instead.
        let batch = taken.lock().map_or(None, |taken| taken.recv().ok());
        match batch {
            Some(batch) => engine.push_of(&batch, None, columns, None)?,
            None => return Ok(engine),
        }
    }
}
