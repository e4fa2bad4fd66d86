//! The columnar engine: batches of the canonical schema through facts and groups into a tally.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64 or by a fact")]

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use tthc_kpi::{Accounting, ColumnSet, Counts, Error, Fact, GroupKey, Key, Layout, Query, Tally, Window};

use crate::block::{CHUNK, Chunk};
use crate::codes::Codes;
use crate::columns::Columns;
use crate::count::{LastDays, Slots, Totals, WorkingDays};
use crate::error::ArrowError;
use crate::group::{Classes, Groups, Pairs};
use crate::judge::{Block, Rules};
use crate::kept::{KeptBlock, KeptSlice};

use crate::lanes::{Bits, LANES, Lanes, NONE, ShortDay, rows, short, transpose};
use crate::procedures::{Procedures, RowCodes, Used};
use crate::wide::{Work, widest};

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

/// What has been counted of batches of the same columns.
struct Run {
    accounting: Accounting,
    last_days: LastDays,
    working: WorkingDays,
    /// Over the whole window; left at nothing where it is the sum of the slots.
    total: Totals,
    groups: Groups,
    classes: Classes,
    /// Group and time bucket, where the query has one.
    buckets: Pairs,
    /// Of those, and the class.
    slots_of: Pairs,
    slots: Slots,
    /// Where the plan counts procedures.
    procedures: Option<Procedures>,
    /// The rows at hand.
    chunk: Chunk,
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("accounting", &self.accounting).finish_non_exhaustive()
    }
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
        self.push_where(batch, None)
    }

    /// Counts a batch of which some rows are duplicates of others.
    ///
    /// # Errors
    /// As [`Engine::push`]; [`ArrowError::Marks`] when there are not as many marks as rows.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{ColumnSet, Dossier, Exclusion, Plan, Query};
    /// use tthc_kpi_arrow::{Engine, batch_of};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let row = Dossier::received("2026-01-05".parse()?);
    /// let mut engine = Engine::new(&query);
    /// let duplicates = [false, true].into_iter().collect();
    /// engine.push_where(&batch_of(&[row.clone(), row], ColumnSet::all())?, Some(&duplicates))?;
    /// let tally = engine.finish()?;
    /// assert_eq!((tally.accounting().used, tally.accounting().excluded[&Exclusion::Duplicate]), (1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push_where(
        &mut self,
        batch: &RecordBatch,
        duplicates: Option<&BooleanBuffer>,
    ) -> Result<(), ArrowError> {
        if duplicates.is_some_and(|marks| marks.len() != batch.num_rows()) {
            return Err(ArrowError::Marks);
        }
        self.push_of(batch, duplicates, ColumnSet::none(), None)
    }

    /// Counts a batch of a source that may have further columns, which the query does not look at;
    /// where its judged blocks are kept, by them.
    pub(crate) fn push_of(
        &mut self,
        batch: &RecordBatch,
        duplicates: Option<&BooleanBuffer>,
        present: ColumnSet,
        kept: Option<&KeptSlice>,
    ) -> Result<(), ArrowError> {
        let mut columns = Columns::of(batch)?;
        columns.present = columns.present.union(present);
        let query = Arc::clone(&self.query);
        let run = match self.runs.iter().position(|(present, _)| *present == columns.present) {
            Some(index) => self.runs.get_mut(index),
            None => {
                self.runs.push((columns.present, Run::new(&query)));
                self.runs.last_mut()
            }
        };
        match run {
            Some((_, run)) => run.push(&columns, duplicates, &query, kept),
            None => Ok(()),
        }
    }

    /// The tally of what several engines of one query have counted.
    ///
    /// # Errors
    /// An overflow.
    pub(crate) fn finish_all(query: &Arc<Query>, engines: Vec<Engine>) -> Result<Tally, ArrowError> {
        let runs = engines.into_iter().flat_map(|engine| engine.runs).collect();
        Engine { query: Arc::clone(query), runs }.finish()
    }

    /// The tally of everything pushed.
    ///
    /// # Errors
    /// An overflow.
    pub fn finish(self) -> Result<Tally, ArrowError> {
        // Columns of empty batches are columns of the data too.
        let columns = self.runs.iter().map(|(present, _)| *present).reduce(ColumnSet::union);
        let mut tally = Tally::for_columns(&self.query, columns.unwrap_or_else(ColumnSet::all));
        let alike = self.runs.iter().all(|(present, _)| Some(*present) == columns);
        for (present, run) in self.runs {
            let (total, groups) = run.counts(&self.query)?;
            if alike {
                tally.absorb(&run.accounting, run.last_days.counts(), &total, groups)?;
            } else {
                // Which columns a part lacks is for their sum to tell.
                let mut part = Tally::for_columns(&self.query, present);
                part.absorb(&run.accounting, run.last_days.counts(), &total, groups)?;
                tally.merge(&part)?;
            }
        }
        Ok(tally)
    }
}

impl Run {
    fn new(query: &Query) -> Self {
        Run {
            accounting: Accounting::default(),
            last_days: LastDays::new(),
            working: WorkingDays::of(query.judge().calendar()),
            total: Totals::new(query.layout()),
            groups: Groups::new(query),
            classes: Classes::default(),
            buckets: Pairs::default(),
            slots_of: Pairs::default(),
            slots: Slots::default(),
            procedures: Procedures::new(query),
            chunk: Chunk::default(),
        }
    }

    fn push(
        &mut self,
        columns: &Columns<'_>,
        duplicates: Option<&BooleanBuffer>,
        query: &Query,
        kept: Option<&KeptSlice>,
    ) -> Result<(), ArrowError> {
        let rules = Rules::new(query);
        let known = kept.and_then(KeptSlice::get);
        let blocks = columns.len().div_ceil(LANES);
        let mut keep = (kept.is_some() && known.is_none()).then(|| Vec::with_capacity(blocks));
        let duplicates = duplicates.map(Bits::of);
        let procedures = self.procedures.as_mut();
        let codes = BatchCodes {
            classes: self.classes.assign(columns, query)?,
            procedures: procedures.and_then(|of| of.assign(&columns.procedure_code, columns.len())),
        };
        for from in (0..columns.len()).step_by(CHUNK) {
            let rows = from..columns.len().min(from + CHUNK);
            let groups = match query.by() {
                [] => Vec::new(),
                _ => self.groups.assign(columns, query, rows.clone())?,
            };
            let (codes, groups, rules, keep) = (&codes, &groups, &rules, keep.as_mut());
            let known = known.map(|known| known.get(from / LANES..).unwrap_or_default());
            if query.buckets().is_empty() {
                let run = &mut *self;
                widest(Pass::<false> { run, rules, columns, codes, duplicates, groups, rows, known, keep })?;
            } else {
                let run = &mut *self;
                widest(Pass::<true> { run, rules, columns, codes, duplicates, groups, rows, known, keep })?;
            }
        }
        if let (Some(kept), Some(keep)) = (kept, keep) {
            // Another may have kept the same meanwhile.
            drop(kept.set(keep.into_boxed_slice()));
        }
        Ok(())
    }

    /// The counts of the whole window, and of every group with its keys.
    fn counts(&self, query: &Query) -> Result<(Counts, Vec<(GroupKey, Counts)>), ArrowError> {
        let layout = query.layout();
        let mut total = self.total.counts(layout)?;
        let mut counts = match query.by() {
            [] => Vec::new(),
            _ => {
                let slots = self.slots_of.pairs().iter().copied();
                self.slots.counts(layout, self.classes.classes(), slots)?
            }
        };
        let of_groups = query.buckets().is_empty();
        if of_groups {
            counts.iter().try_for_each(|counts| total.merge(counts))?;
        }
        if let Some(procedures) = &self.procedures {
            // After the sum: a sum of many maps is dear, one of columns is not.
            (total, counts) = procedures.counts(total, counts, of_groups)?;
        }
        let mut groups = Vec::with_capacity(counts.len());
        for (place, counts) in (0u32..).zip(counts) {
            if counts.fact(Fact::Handled) == 0 {
                continue;
            }
            let key = if of_groups {
                self.groups.key(query, place, None)
            } else {
                let (group, bucket) = self.buckets.pairs().get(place as usize).copied().unwrap_or_default();
                let bucket =
                    query.buckets().get(bucket as usize).map(|bucket| Key::Text(Arc::clone(&bucket.key)));
                self.groups.key(query, group, bucket.as_ref())
            };
            groups.push((key, counts));
        }
        Ok((total, groups))
    }
}

/// Texts of the rows of a batch as numbers.
struct BatchCodes<'b> {
    /// How they stand to the plan's field groups.
    classes: Codes<'b>,
    /// Their procedures, where these are counted and known.
    procedures: Option<RowCodes<'b>>,
}

/// A chunk of a batch, judged and counted block by block. What only queries by time buckets need
/// is compiled apart.
struct Pass<'p, 'b, const BUCKETS: bool> {
    run: &'p mut Run,
    rules: &'p Rules<'p>,
    columns: &'p Columns<'b>,
    codes: &'p BatchCodes<'b>,
    duplicates: Option<Bits<'p>>,
    groups: &'p [u32],
    rows: Range<usize>,
    /// The blocks from the first row on, where they are known already.
    known: Option<&'p [KeptBlock]>,
    /// Where to keep them else.
    keep: Option<&'p mut Vec<KeptBlock>>,
}

impl<const BUCKETS: bool> Work for Pass<'_, '_, BUCKETS> {
    type Output = Result<(), ArrowError>;

    #[inline(always)]
    fn run(self) -> Result<(), ArrowError> {
        let Pass { run, rules, columns, codes, duplicates, groups, rows: all, known, mut keep } = self;
        let query = rules.query;
        let ungrouped = query.by().is_empty();
        let mut facts = [0; LANES];
        // Days go through memory: they are made in vectors and looked at one by one.
        let mut days = [NONE; LANES];
        let (mut read, mut used, mut outside) = (0u64, 0u64, 0u64);
        // Out of the run while that counts what is in it.
        let mut chunk = std::mem::take(&mut run.chunk);
        if known.is_none() {
            columns.touch(&all);
            chunk.fill(columns, all.clone());
        }
        for (index, from) in all.clone().step_by(LANES).enumerate() {
            let block = match known.and_then(|known| known.get(index)) {
                Some(known) => known.block(columns, rules.policy, from),
                None => {
                    let marks = duplicates.map_or(0, |duplicates| duplicates.block(from));
                    let block = Block::of(&chunk, index, columns, rules, marks);
                    if let Some(keep) = &mut keep {
                        keep.push(KeptBlock::of(&block));
                    }
                    block
                }
            };
            let class = &codes.classes.lanes(from);
            let procedures = codes.procedures.as_ref();
            read += u64::from(block.dates.live.count_ones());
            for (reason, rows) in block.excluded.by().filter(|(_, rows)| *rows != 0) {
                *run.accounting.excluded.entry(reason).or_default() += u64::from(rows.count_ones());
            }
            block.dates.last_day(block.kept, &mut days);
            run.last_days.add(&days);

            let judged = block.judge(rules, query.window(), &mut facts);
            let handled = if judged { facts[Fact::Handled as usize] } else { 0 };
            used += u64::from(handled.count_ones());
            outside += u64::from((block.kept & !handled).count_ones());
            if judged && (BUCKETS || ungrouped) {
                block.ended(query.window(), facts[Fact::Resolved as usize], &mut days);
                run.add_total(query.layout(), &facts, &block, (class, procedures), &days)?;
            } else if judged {
                let mut room = None;
                let group = crate::lanes::block(groups, from - all.start, &mut room);
                block.ended(query.window(), facts[Fact::Resolved as usize], &mut days);
                run.add_rows(&mut facts, &block, (class, procedures), group, &days)?;
            }
            if BUCKETS {
                let mut room = None;
                let group = crate::lanes::block(groups, from - all.start, &mut room);
                let (first, last) = block.dates.span(block.kept);
                for (number, bucket) in (0u32..).zip(query.buckets()) {
                    let Window { start, cut } = bucket.window;
                    if short(cut.number()) < first
                        || short(start.number()) > last
                        || !block.judge(rules, bucket.window, &mut facts)
                    {
                        continue;
                    }
                    let mut slots = *group;
                    for row in rows(facts[Fact::Handled as usize]) {
                        slots[row] = run.buckets.of(group[row], number);
                    }
                    block.ended(bucket.window, facts[Fact::Resolved as usize], &mut days);
                    run.add_rows(&mut facts, &block, (class, procedures), &slots, &days)?;
                }
            }
        }
        run.chunk = chunk;
        run.accounting.read += read;
        run.accounting.used += used;
        run.accounting.outside += outside;
        Ok(())
    }
}

impl Run {
    /// Counts the rows handled, all together.
    #[inline(always)]
    fn add_total(
        &mut self,
        layout: &Layout,
        facts: &Lanes<u64>,
        block: &Block<'_>,
        (class, codes): (&Lanes<u16>, Option<&RowCodes<'_>>),
        ended: &Lanes<ShortDay>,
    ) -> Result<(), Error> {
        let sums = block.parts.sums(facts[Fact::PaymentsJudged as usize]);
        self.total.add(layout, self.classes.classes(), facts, class, &sums)?;
        if let (Some(procedures), Some(codes)) = (&mut self.procedures, codes) {
            procedures.add_total(&Used::of(facts, &sums[1]), codes, block.dates.from);
        }
        self.total.spans().add_rows(&self.working, block.dates.received, ended, |_| 0);
        Ok(())
    }

    /// Counts the rows handled, each in its group. Turns the facts into words of rows.
    #[inline(always)]
    fn add_rows(
        &mut self,
        facts: &mut Lanes<u64>,
        block: &Block<'_>,
        (class, codes): (&Lanes<u16>, Option<&RowCodes<'_>>),
        group: &Lanes<u32>,
        ended: &Lanes<ShortDay>,
    ) -> Result<(), Error> {
        let handled = facts[Fact::Handled as usize];
        let paid = facts[Fact::PaymentsJudged as usize];
        let sums = block.parts.sums(paid);
        let used = codes.map(|_| Used::of(facts, &sums[1]));
        transpose(facts);
        let mut slots = [0; LANES];
        for row in rows(handled) {
            slots[row] = self.slots_of.of(group[row], class[row].into());
        }
        let groups =
            if self.buckets.pairs().is_empty() { self.groups.len() } else { self.buckets.pairs().len() };
        if let (Some(procedures), Some(codes), Some(used)) = (&mut self.procedures, codes, &used) {
            procedures.add_groups(used, codes, block.dates.from, group, groups);
        }
        self.slots.grow(self.slots_of.pairs().len(), groups);
        self.slots.touch(&slots);
        for row in rows(handled) {
            self.slots.add(slots[row], facts[row]);
        }
        for row in rows(paid) {
            self.slots.pay(slots[row], sums[0][row], sums[1][row])?;
        }
        self.slots.spans.add_rows(&self.working, block.dates.received, ended, |row| group[row]);
        Ok(())
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
