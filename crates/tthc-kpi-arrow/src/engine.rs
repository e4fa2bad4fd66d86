//! The columnar engine: batches of the canonical schema through facts and groups into a tally.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatch;
use tthc_kpi::{
    Accounting, ColumnSet, Contribution, Counts, DayCounts, Dimension, Error, Fact, Facts, GroupKey, Key,
    Query, Tally,
};

use crate::columns::Columns;
use crate::error::ArrowError;
use crate::group::{Groups, memberships};
use crate::judge::{Rows, judge, rows};

/// Counts batches for one query.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Engine, synth::Synth};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// let mut engine = Engine::new(&query);
/// for batch in Synth::new(1_000, 0).batches()? {
///     engine.push(&batch?)?;
/// }
/// assert_eq!(engine.finish()?.accounting().read, 1_000);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Engine {
    query: Arc<Query>,
    /// One run per set of columns, so that a column a file lacks is known to be lacking.
    runs: Vec<(ColumnSet, Run)>,
}

#[derive(Debug)]
struct Run {
    accounting: Accounting,
    last_days: DayCounts,
    total: Counts,
    groups: Groups,
    /// Per time bucket (one for the whole window without), per group.
    counts: Vec<Vec<Counts>>,
}

impl Engine {
    /// An engine that has counted nothing yet.
    pub fn new(query: &Arc<Query>) -> Self {
        Engine { query: Arc::clone(query), runs: Vec::new() }
    }

    /// Counts a batch of the canonical schema; ids are taken to be unique.
    ///
    /// # Errors
    /// [`ArrowError::NoReceipt`], [`ArrowError::NullReceipt`], [`ArrowError::ColumnType`] when the
    /// batch is not of the canonical schema; [`ArrowError::NoDimension`]; an overflow.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        self.push_where(batch, &|_| false)
    }

    /// Counts a batch of which some rows are duplicates of others.
    ///
    /// # Errors
    /// As [`Engine::push`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{ColumnSet, Dossier, Exclusion, Plan, Query};
    /// use tthc_kpi_arrow::{Engine, batch_of};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let row = Dossier::received("2026-01-05".parse()?);
    /// let mut engine = Engine::new(&query);
    /// engine.push_where(&batch_of(&[row.clone(), row], ColumnSet::all())?, &|row| row == 1)?;
    /// let tally = engine.finish()?;
    /// assert_eq!((tally.accounting().used, tally.accounting().excluded[&Exclusion::Duplicate]), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push_where(
        &mut self,
        batch: &RecordBatch,
        duplicate: &dyn Fn(usize) -> bool,
    ) -> Result<(), ArrowError> {
        let columns = Columns::of(batch)?;
        let query = Arc::clone(&self.query);
        let rows = rows(&columns, &query, duplicate);
        let run = match self.runs.iter().position(|(present, _)| *present == columns.present) {
            Some(index) => self.runs.get_mut(index),
            None => {
                self.runs.push((columns.present, Run::new(&query)));
                self.runs.last_mut()
            }
        };
        match run {
            Some((_, run)) => run.push(&columns, &rows, &query),
            None => Ok(()),
        }
    }

    /// The tally of everything pushed.
    ///
    /// # Errors
    /// An overflow.
    pub fn finish(self) -> Result<Tally, ArrowError> {
        // Columns of empty batches are columns of the data too.
        let columns = self.runs.iter().map(|(present, _)| *present).reduce(ColumnSet::union);
        let mut tally = Tally::for_columns(&self.query, columns.unwrap_or_else(ColumnSet::all));
        for (present, run) in self.runs {
            let mut part = Tally::for_columns(&self.query, present);
            let groups = run.groups(&self.query);
            part.absorb(&run.accounting, run.last_days.iter(), &run.total, groups)?;
            tally.merge(&part)?;
        }
        Ok(tally)
    }
}

impl Run {
    fn new(query: &Query) -> Self {
        Run {
            accounting: Accounting::default(),
            last_days: DayCounts::default(),
            total: Counts::new(query.layout()),
            groups: Groups::default(),
            counts: vec![Vec::new(); query.buckets().len().max(1)],
        }
    }

    fn push(&mut self, columns: &Columns<'_>, rows: &Rows, query: &Query) -> Result<(), ArrowError> {
        self.account(rows)?;
        let fields = memberships(columns, query);
        let groups = self.groups.assign(columns, query)?;
        let whole = judge(columns, rows, query, query.window());
        let layout = query.layout();

        let plain = query.buckets().is_empty();
        let slots = if plain { self.counts.first_mut() } else { None };
        let mut slots = slots.filter(|_| !query.by().is_empty());
        for (row, (&bits, field)) in whole.facts.iter().zip(&fields).enumerate() {
            if rows.exclusion.get(row).is_some_and(Option::is_some) {
                continue;
            }
            let facts = Facts::from_bits(bits);
            if !facts.has(Fact::Handled) {
                self.accounting.outside += 1;
                continue;
            }
            self.accounting.used += 1;
            let one = contribution(&whole, row, facts);
            self.total.add(layout, &one, *field)?;
            if let (Some(slots), Some(group)) = (slots.as_deref_mut(), groups.get(row)) {
                slot(slots, *group, query)?.add(layout, &one, *field)?;
            }
        }
        for (bucket, slots) in query.buckets().iter().zip(&mut self.counts) {
            let part = judge(columns, rows, query, bucket.window);
            for (row, (&bits, field)) in part.facts.iter().zip(&fields).enumerate() {
                let facts = Facts::from_bits(bits);
                if let (true, Some(group)) = (facts.has(Fact::Handled), groups.get(row)) {
                    slot(slots, *group, query)?.add(layout, &contribution(&part, row, facts), *field)?;
                }
            }
        }
        Ok(())
    }

    fn account(&mut self, rows: &Rows) -> Result<(), ArrowError> {
        let mut days: BTreeMap<i32, u64> = BTreeMap::new();
        for (exclusion, last_day) in rows.exclusion.iter().zip(&rows.last_day) {
            self.accounting.read += 1;
            match exclusion {
                Some(reason) => *self.accounting.excluded.entry(*reason).or_default() += 1,
                None => *days.entry(*last_day).or_default() += 1,
            }
        }
        Ok(days.into_iter().try_for_each(|(day, count)| self.last_days.add(day, count))?)
    }

    /// The groups with their keys, each bucket's period in its place.
    fn groups(&self, query: &Query) -> Vec<(GroupKey, Counts)> {
        let place = query.by().iter().position(|dimension| matches!(dimension, Dimension::Bucket(_)));
        let mut groups = Vec::new();
        for (bucket, slots) in self.counts.iter().enumerate() {
            for (key, counts) in self.groups.keys().iter().zip(slots) {
                let mut key = key.clone();
                if let (Some(slot), Some(window)) =
                    (place.and_then(|place| key.get_mut(place)), query.buckets().get(bucket))
                {
                    *slot = Key::Text(Arc::clone(&window.key));
                }
                groups.push((key, counts.clone()));
            }
        }
        groups
    }
}

/// The counts of a group, made when first needed.
fn slot<'c>(slots: &'c mut Vec<Counts>, group: usize, query: &Query) -> Result<&'c mut Counts, ArrowError> {
    if group >= slots.len() {
        slots.resize_with(group + 1, || Counts::new(query.layout()));
    }
    Ok(slots.get_mut(group).ok_or(Error::Overflow { what: "a group index" })?)
}

fn contribution(judged: &crate::judge::Judged, row: usize, facts: Facts) -> Contribution {
    Contribution {
        facts,
        sums: judged.sums.get(row).copied().unwrap_or_default(),
        processing_days: judged.processing.get(row).and_then(|days| u32::try_from(*days).ok()),
    }
}

/// The tally of batches of the canonical schema, ids taken to be unique.
///
/// # Errors
/// As [`Engine::push`].
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{synth::Synth, tally_batches};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-Q1".parse()?).by(["agency".parse()?]).check()?;
/// let tally = tally_batches(&query, Synth::new(500, 1).batches()?.flatten())?;
/// assert!(tally.accounting().adds_up());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tally_batches(
    query: &Arc<Query>,
    batches: impl IntoIterator<Item = RecordBatch>,
) -> Result<Tally, ArrowError> {
    let mut engine = Engine::new(query);
    batches.into_iter().try_for_each(|batch| engine.push(&batch))?;
    engine.finish()
}
