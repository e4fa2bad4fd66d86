//! Counting a data set for a query.

use std::ops::ControlFlow;
use std::sync::Arc;

use tthc_kpi::{Accounting, ColumnSet, Query, Tally};

use super::{Dossiers, Part};
use crate::engine::Engine;
use crate::error::ArrowError;
use crate::needed::{needed_columns, refused};
use crate::share::share;

/// Rows counted at a time by one thread.
const SLICE: usize = 65_536;

impl Dossiers {
    /// Counts the data set for a query.
    ///
    /// # Errors
    /// As [`Engine::push`].
    pub fn tally(&self, query: &Arc<Query>) -> Result<Tally, ArrowError> {
        self.tally_with(query, &mut |_| ControlFlow::Continue(()))
    }

    /// Counts the data set for a query, telling how many rows are done after each batch; the
    /// caller may stop.
    ///
    /// # Errors
    /// As [`Engine::push`]; [`ArrowError::Interrupted`] when the caller stopped.
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use tthc_kpi::{ColumnSet, Dossier, Plan, Query};
    /// use tthc_kpi_arrow::{ArrowError, Dossiers, Duplicates, batch_of};
    /// let batch = batch_of(&[Dossier::received("2026-01-05".parse()?)], ColumnSet::all())?;
    /// let dossiers = Dossiers::from_batches([batch], Duplicates::Resolve)?;
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let stopped = dossiers.tally_with(&query, &mut |_| ControlFlow::Break(()));
    /// assert_eq!(stopped, Err(ArrowError::Interrupted));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tally_with(
        &self,
        query: &Arc<Query>,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Tally, ArrowError> {
        self.tally_on(query, None, progress)
    }

    /// [`Dossiers::tally_with`] on a number of threads; without one, on as many as the machine has
    /// for this process. The tally does not depend on it.
    ///
    /// # Errors
    /// As [`Dossiers::tally_with`].
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use tthc_kpi::{Plan, Query};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};
    /// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let one = dossiers.tally_on(&query, Some(1), &mut |_| ControlFlow::Continue(()))?;
    /// assert_eq!(one, dossiers.tally(&query)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tally_on(
        &self,
        query: &Arc<Query>,
        threads: Option<usize>,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Tally, ArrowError> {
        self.tally_of_part(query, ColumnSet::none(), threads, progress)
    }

    /// [`Dossiers::tally_on`] for a part of a source of which only the columns that the query looks
    /// at ([`crate::needed_columns`]) were handed over: `columns` are those the whole source has, so
    /// that what is missing is told as of the whole.
    ///
    /// # Errors
    /// As [`Dossiers::tally_with`].
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use tthc_kpi::{Column, ColumnSet, Dossier, Plan, Query};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of, needed_columns};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let rows = [Dossier::received("2026-01-05".parse()?)];
    /// let dossiers = |columns| {
    ///     Dossiers::from_batches([batch_of(&rows, columns)?], Duplicates::AssumeUnique)
    /// };
    /// let needed = needed_columns(&query).0;
    /// assert!(!needed.has(Column::Officer));
    /// let mut go_on = |_| ControlFlow::Continue(());
    /// let part = dossiers(needed)?.tally_of_part(&query, ColumnSet::all(), None, &mut go_on)?;
    /// assert_eq!(part, dossiers(ColumnSet::all())?.tally(&query)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn tally_of_part(
        &self,
        query: &Arc<Query>,
        columns: ColumnSet,
        threads: Option<usize>,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Tally, ArrowError> {
        let slices: Vec<(usize, (&Part, usize))> = self
            .parts
            .iter()
            .flat_map(|part| (0..part.batch.num_rows().max(1)).step_by(SLICE).map(move |from| (part, from)))
            .enumerate()
            .collect();
        let kept = self.memory.ask(query.judge(), slices.len());
        let work = |engine: &mut Engine, (place, (part, from)): &(usize, (&Part, usize))| {
            let rows = SLICE.min(part.batch.num_rows() - from);
            let marks = part.duplicate.as_ref().map(|marks| marks.slice(*from, rows));
            let kept = kept.as_deref().and_then(|kept| kept.get(*place));
            engine.push_of(&part.batch.slice(*from, rows), marks.as_ref(), columns, kept)?;
            Ok(rows as u64)
        };
        let engines = share(threads, &slices, || Engine::new(query), work, progress)?;
        let mut tally = Engine::finish_all(query, engines)?;
        if tally.accounting().read == 0 {
            // No row was judged: the columns are still those of the files.
            tally = Tally::for_columns(query, self.columns.union(columns));
        }
        let set_aside = self.set_aside.values().fold(0u64, |sum, count| sum.saturating_add(*count));
        tally.account(&Accounting {
            read: set_aside,
            set_aside: self.set_aside.clone(),
            ..Accounting::default()
        })?;
        tally.set_uniqueness(self.uniqueness);
        let month_first = self.mapping.iter().filter(|mapped| mapped.month_first);
        tally.set_month_first(month_first.filter_map(|mapped| mapped.column).collect());
        tally.set_unidentified(self.unidentified());
        tally.set_refused(refused(&self.issue_counts, needed_columns(query).0));
        Ok(tally)
    }

    /// Lets go of the judged facts that are kept for further questions: about 16 bytes a dossier,
    /// from the second question by the same policy, calendar and limits on. Questions by these
    /// alone are answered from them, whatever their period, breakdown and plan; a question by other
    /// rules replaces them. The next question is then like the first.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};
    /// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let year = Query::new(&plan).period("2026".parse()?).check()?;
    /// let months = Query::new(&plan).period("2026-H1".parse()?).by(["month".parse()?]).check()?;
    /// dossiers.tally(&year)?; // judges
    /// let second = dossiers.tally(&months)?; // judges, and keeps
    /// assert_eq!(dossiers.tally(&months)?, second); // counts what is kept
    /// dossiers.forget();
    /// assert_eq!(dossiers.tally(&months)?, second); // judges
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget(&self) {
        self.memory.forget();
    }
}
