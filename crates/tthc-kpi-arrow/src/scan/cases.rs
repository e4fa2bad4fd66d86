//! The dossiers behind a number, picked while the sources are read again.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use rayon::ThreadPoolBuilder;
use tthc_kpi::{Column, Dimension, Query, Window};

use super::{Item, Scan, ScanProgress, Told};
use crate::cases::{Picker, SHOWN, Shown, behind};
use crate::error::ArrowError;
use crate::needed::needed_columns;
use crate::read::{Flow, Handed, Loaded, Outcome, ReadError, Settings, Source, settle};
use crate::share::threads;

/// Takes a batch; a break where it wants no more.
type Took<'t> = dyn FnMut(&RecordBatch) -> Result<ControlFlow<()>, ArrowError> + 't;

impl Scan {
    /// The schema of what [`Scan::cases`] gives.
    ///
    /// # Errors
    /// As [`crate::cases`].
    pub fn cases_schema(
        &self,
        query: &Arc<Query>,
        indicator: &str,
        shown: Shown,
        restrict: &[(Dimension, Option<String>)],
    ) -> Result<SchemaRef, ArrowError> {
        let picker = Picker::new(query, restrict, self.columns(), behind(query, indicator, shown)?)?;
        Ok(Arc::clone(picker.schema()))
    }

    /// The dossiers behind an indicator's figure, as [`crate::cases`] gives them, batch by batch in the order
    /// of the sources: `take` may stop the reading. A source in which something taken for true is proved
    /// otherwise further down is first read to its end, so that nothing is given twice.
    ///
    /// # Errors
    /// As [`crate::cases`] and [`Scan::tally_on`]; [`ReadError::StreamEnded`] of a stream that is read once.
    ///
    /// # Example
    /// ```no_run
    /// use std::ops::ControlFlow;
    /// use tthc_kpi::{Plan, Query};
    /// use tthc_kpi_arrow::{Scan, Shown, read::ReadOptions};
    /// let scan = Scan::open(["2026.parquet"], &ReadOptions::default())?;
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut rows = 0;
    /// let mut take = |batch: arrow_array::RecordBatch| {
    ///     rows += batch.num_rows();
    ///     if rows < 1_000 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    /// };
    /// scan.cases(&query, "on_time_rate", Shown::Failing, &[], &mut take, &mut |_| ControlFlow::Continue(()))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cases(
        &self,
        query: &Arc<Query>,
        indicator: &str,
        shown: Shown,
        restrict: &[(Dimension, Option<String>)],
        take: &mut dyn FnMut(RecordBatch) -> ControlFlow<()>,
        progress: &mut dyn FnMut(ScanProgress) -> ControlFlow<()>,
    ) -> Result<(), ArrowError> {
        if let Some(source) = self.sources.iter().find(|source| !source.opens_anew()) {
            return Err(ReadError::StreamEnded { file: source.name().to_owned() }.into());
        }
        let mut picker = Picker::new(query, restrict, self.columns(), behind(query, indicator, shown)?)?;
        let (mut columns, mut extra) = needed_columns(query);
        columns = columns.union(SHOWN.iter().copied().collect());
        for (dimension, _) in restrict {
            match dimension {
                Dimension::Column(column) => columns = columns.with(*column),
                Dimension::Extra(name) => extra.push(name.clone()),
                Dimension::Bucket(_) | Dimension::ReceivedMonth => {}
            }
        }
        // A key that only rows outside the window have is not unknown: then all rows are looked at.
        let by_buckets = restrict.iter().all(|(dimension, _)| matches!(dimension, Dimension::Bucket(_)));
        let window = Some(picker.window()).filter(|_| by_buckets);
        let wanted = |column: Result<Column, &str>| match column {
            Ok(column) => columns.has(column),
            Err(name) => extra.iter().any(|extra| extra == name),
        };
        let mut took =
            |batch: &RecordBatch| Ok(picker.pick(batch, None)?.map_or(ControlFlow::Continue(()), &mut *take));
        if self.each(&wanted, window, &mut took, progress)?.is_continue() {
            picker.finish()?;
        }
        Ok(())
    }

    /// Gives the batches of all sources in their order; a break where `took` stopped.
    pub(crate) fn each(
        &self,
        wanted: &(dyn Fn(Result<Column, &str>) -> bool + Sync),
        window: Option<Window>,
        took: &mut Took<'_>,
        progress: &mut Told<'_>,
    ) -> Result<ControlFlow<()>, ArrowError> {
        let mut so_far = ScanProgress { total: self.weight(), ..ScanProgress::default() };
        for (at, source) in self.sources.iter().enumerate() {
            let Some(items) = self.items_of(at, wanted, window) else {
                if in_stream(source, wanted, took, &mut so_far, progress)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                continue;
            };
            let load = |item: &Item| match item.beyond {
                Some(_) => Ok(Loaded::default()),
                None => self.load(source, item, wanted),
            };
            let take = |item: &Item, loaded: Loaded| {
                for batch in &loaded.batches {
                    if took(batch)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                so_far.rows = so_far.rows.saturating_add(loaded.rows_read);
                so_far.done = so_far.done.saturating_add(item.weight);
                if progress(so_far).is_break() {
                    Err(ArrowError::Interrupted)
                } else {
                    Ok(ControlFlow::Continue(()))
                }
            };
            if in_order(&items, load, take)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Does `work` on each item, on as many threads as there are, no further ahead than that, and gives what
/// comes of it to `take` in the order of the items; a break where `take` stopped.
fn in_order<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> Result<T, ArrowError> + Sync,
    mut take: impl FnMut(&I, T) -> Result<ControlFlow<()>, ArrowError>,
) -> Result<ControlFlow<()>, ArrowError> {
    let threads = threads(None, items.len());
    let pool = if threads == 1 { None } else { ThreadPoolBuilder::new().num_threads(threads).build().ok() };
    let Some(pool) = pool else {
        for item in items {
            if take(item, work(item)?)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        return Ok(ControlFlow::Continue(()));
    };
    pool.in_place_scope(|scope| {
        let (mut waiting, mut rest) = (VecDeque::new(), items.iter());
        let work = &work;
        loop {
            for item in rest.by_ref().take(threads - waiting.len()) {
                let (send, receive) = sync_channel(1);
                // Nobody waits any more where the reading has failed.
                scope.spawn(move |_| drop(send.send(work(item))));
                waiting.push_back((item, receive));
            }
            let Some((item, receive)) = waiting.pop_front() else { return Ok(ControlFlow::Continue(())) };
            let done = receive.recv().map_err(|_| ReadError::Internal("a part is lost"))?;
            if take(item, done?)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    })
}

/// Gives the batches of a source that is read in a stream; a break where `took` stopped.
fn in_stream(
    source: &Source,
    wanted: &(dyn Fn(Result<Column, &str>) -> bool + Sync),
    took: &mut Took<'_>,
    so_far: &mut ScanProgress,
    progress: &mut Told<'_>,
) -> Result<ControlFlow<()>, ArrowError> {
    let before = *so_far;
    let now = RefCell::new((before, progress));
    let go_on = |rows: usize, bytes: Option<u64>| {
        let Ok(mut now) = now.try_borrow_mut() else { return ControlFlow::Continue(()) };
        let (so_far, progress) = &mut *now;
        so_far.rows = so_far.rows.saturating_add(rows as u64);
        so_far.done = bytes.map_or(so_far.done, |bytes| before.done.saturating_add(bytes));
        progress(*so_far)
    };
    let (mut stopped, mut failed) = (ControlFlow::Continue(()), None);
    let read = |settings, take: &mut dyn FnMut(Handed) -> Result<(), ReadError>| {
        let mut flow = Flow { wanted, take };
        source.hand_on(settings, None, &mut flow, &mut |bytes, _| go_on(0, Some(bytes)))
    };
    let mut settings = Settings::of(source.is_strict());
    if !source.is_sure(wanted) {
        settings = settle(settings, |settings| read(settings, &mut |_| Ok(())))?.0;
    }
    let mut take = |handed: Handed| {
        let outcome = took(&handed.batch).unwrap_or_else(|error| {
            failed = Some(error);
            ControlFlow::Break(())
        });
        stopped = outcome;
        let goes_on = outcome.is_continue() && go_on(handed.rows.len(), None).is_continue();
        if goes_on { Ok(()) } else { Err(ReadError::Cancelled) }
    };
    let outcome = read(settings, &mut take);
    match (failed, outcome) {
        (Some(error), _) => return Err(error),
        (None, Err(ReadError::Cancelled)) if stopped.is_continue() => return Err(ArrowError::Interrupted),
        (None, Ok(Outcome::Again(_))) => return Err(ReadError::Internal("the source has changed").into()),
        (None, Err(ReadError::Cancelled) | Ok(_)) => {}
        (None, Err(error)) => return Err(error.into()),
    }
    so_far.rows = now.into_inner().0.rows;
    so_far.done = before.done.saturating_add(source.weight().unwrap_or_default());
    Ok(stopped)
}
