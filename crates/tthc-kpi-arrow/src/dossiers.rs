//! A data set of dossiers: batches of the canonical schema with where they came from, what was
//! wrong with them, and which rows are duplicates of others.

mod absent;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use rustc_hash::{FxBuildHasher, FxHashMap};
use tthc_kpi::{
    Accounting, Action, Column, ColumnSet, Error, Exclusion, Issue, Query, Reason, Tally, Text, Uniqueness,
    ValueKind, row_exclusion,
};

use crate::columns::Columns;
use crate::engine::Engine;
use crate::error::ArrowError;
use crate::kept::Memory;
use crate::needed::{needed_columns, refused};
use crate::read::{AsideTable, Loaded, MAX_ISSUES, MappedColumn};
use crate::share::share;

pub use absent::AbsentColumns;

/// Cách xử lý mã hồ sơ trùng: what to do about equal ids (SPEC §3).
///
/// # Example
/// ```
/// use tthc_kpi::{ColumnSet, Dossier};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of};
/// let row = Dossier { dossier_id: Some("A-1".into()), ..Dossier::received("2026-01-05".parse()?) };
/// let batch = batch_of(&[row.clone(), row], ColumnSet::all())?;
/// let dossiers = Dossiers::from_batches([batch.clone()], Duplicates::Resolve)?;
/// assert_eq!((dossiers.rows_read(), dossiers.accounting().used), (2, 1));
/// assert!(Dossiers::from_batches([batch], "error".parse()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Duplicates {
    /// The row furthest on stands for the dossier, whatever the order of rows; the others are
    /// excluded and counted.
    #[default]
    Resolve,
    /// Equal ids are an error.
    Error,
    /// Ids are taken to be unique and not looked at.
    AssumeUnique,
}

impl std::str::FromStr for Duplicates {
    type Err = ArrowError;
    fn from_str(text: &str) -> Result<Self, ArrowError> {
        match text {
            "resolve" => Ok(Duplicates::Resolve),
            "error" => Ok(Duplicates::Error),
            "assume_unique" => Ok(Duplicates::AssumeUnique),
            _ => Err(ArrowError::Duplicates(text.to_owned())),
        }
    }
}

/// One batch and, of its rows, those that another row of the same id stands for.
#[derive(Debug, Clone)]
struct Part {
    batch: RecordBatch,
    /// None where no row is.
    duplicate: Option<BooleanBuffer>,
    /// Rows in the source, for messages; empty when not known.
    row_numbers: Vec<u64>,
    source: usize,
}

impl Part {
    /// The duplicates among 64 rows.
    fn marks(&self, from: usize) -> u64 {
        self.duplicate.as_ref().map_or(0, |marks| crate::lanes::Bits::of(marks).block(from))
    }
}

/// One batch, and where it came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'d> {
    pub batch: &'d RecordBatch,
    /// Rows that another of the same id stands for; none where no row is.
    pub duplicate: Option<&'d BooleanBuffer>,
    /// Rows in the source.
    pub rows: &'d [u64],
    pub file: &'d str,
    pub sheet: Option<&'d str>,
}

/// A file, sheet or table the dossiers came from.
#[derive(Debug, Clone)]
struct Source {
    file: String,
    sheet: Option<String>,
    columns: ColumnSet,
}

/// Tập hồ sơ: a data set, loaded and checked once, asked many times.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let card = dossiers.tally(&query)?.scorecard()?;
/// assert!(card.accounting.adds_up());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Dossiers {
    parts: Vec<Part>,
    sources: Vec<Source>,
    columns: ColumnSet,
    extra: Vec<String>,
    mapping: Vec<MappedColumn>,
    issues: Vec<Issue>,
    issue_counts: BTreeMap<(Option<Column>, Reason, Action), u64>,
    read: u64,
    set_aside: BTreeMap<String, u64>,
    skipped: BTreeMap<String, u64>,
    aside: Vec<AsideTable>,
    excluded: BTreeMap<Exclusion, u64>,
    uniqueness: Uniqueness,
    memory: Arc<Memory>,
}

/// Rows counted at a time by one thread.
const SLICE: usize = 65_536;

/// Rows between two looks at whether the caller wants to stop.
const ROWS_BETWEEN_LOOKS: usize = 65_536;

impl Dossiers {
    /// A data set of batches that are already of the canonical schema.
    ///
    /// # Errors
    /// As [`Engine::push`]; [`Error::DuplicateIds`] with [`Duplicates::Error`].
    ///
    /// # Example
    /// See [`Duplicates`].
    pub fn from_batches(
        batches: impl IntoIterator<Item = RecordBatch>,
        duplicates: Duplicates,
    ) -> Result<Self, ArrowError> {
        let batches: Vec<RecordBatch> = batches.into_iter().collect();
        let mut columns = ColumnSet::none();
        let mut read = 0u64;
        for batch in &batches {
            columns = columns.union(Columns::of(batch)?.present);
            read += batch.num_rows() as u64;
        }
        let loaded = Loaded { batches, columns, rows_read: read, ..Loaded::default() };
        Dossiers::from_loaded([loaded], duplicates)
    }

    /// A data set of everything that readers loaded.
    ///
    /// # Errors
    /// As [`Dossiers::from_batches`].
    ///
    /// # Example
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, read};
    /// let received: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026", "soon"]));
    /// let table = RecordBatch::try_from_iter([("Ngày tiếp nhận", received)])?;
    /// let loaded = read::from_arrow([Ok(table.clone())], &table.schema(), "table", &Default::default())?;
    /// let dossiers = Dossiers::from_loaded([loaded], Duplicates::Resolve)?;
    /// assert_eq!((dossiers.rows_read(), dossiers.issues().len()), (2, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_loaded(
        loaded: impl IntoIterator<Item = Loaded>,
        duplicates: Duplicates,
    ) -> Result<Self, ArrowError> {
        Dossiers::from_loaded_with(loaded, duplicates, &mut || ControlFlow::Continue(()))
    }

    /// [`Dossiers::from_loaded`], asking now and then whether to go on.
    ///
    /// # Errors
    /// As [`Dossiers::from_batches`]; [`ArrowError::Interrupted`] when the caller stopped.
    pub fn from_loaded_with(
        loaded: impl IntoIterator<Item = Loaded>,
        duplicates: Duplicates,
        go_on: &mut dyn FnMut() -> ControlFlow<()>,
    ) -> Result<Self, ArrowError> {
        let mut dossiers = Dossiers {
            parts: Vec::new(),
            sources: Vec::new(),
            columns: ColumnSet::none(),
            extra: Vec::new(),
            mapping: Vec::new(),
            issues: Vec::new(),
            issue_counts: BTreeMap::new(),
            read: 0,
            set_aside: BTreeMap::new(),
            skipped: BTreeMap::new(),
            aside: Vec::new(),
            excluded: BTreeMap::new(),
            uniqueness: Uniqueness::Assumed,
            memory: Arc::default(),
        };
        for one in loaded {
            dossiers.append(one)?;
        }
        // Without ids nothing can be checked, and nothing is said to have been.
        if duplicates != Duplicates::AssumeUnique && dossiers.columns.has(Column::DossierId) {
            dossiers.resolve_duplicates(go_on)?;
        }
        let rows = dossiers.duplicate_rows();
        if duplicates == Duplicates::Error && rows > 0 {
            return Err(Error::DuplicateIds { rows }.into());
        }
        dossiers.list_excluded()?;
        Ok(dossiers)
    }

    fn append(&mut self, loaded: Loaded) -> Result<(), ArrowError> {
        let source = self.sources.len();
        self.sources.push(Source {
            file: loaded.mapping.first().map_or_else(String::new, |column| column.file.clone()),
            sheet: loaded.mapping.first().and_then(|column| column.sheet.clone()),
            columns: loaded.columns,
        });
        self.columns = self.columns.union(loaded.columns);
        for name in loaded.mapping.iter().filter_map(|column| column.extra.clone()) {
            if !self.extra.contains(&name) {
                self.extra.push(name);
            }
        }
        self.mapping.extend(loaded.mapping);
        let room = MAX_ISSUES.saturating_sub(self.issues.len());
        self.issues.extend(loaded.issues.into_iter().take(room));
        for (kind, count) in loaded.issue_counts {
            *self.issue_counts.entry(kind).or_default() += count;
        }
        self.read += loaded.rows_read;
        for (reason, count) in loaded.set_aside {
            *self.set_aside.entry(reason).or_default() += count;
        }
        for (kind, count) in loaded.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        if !loaded.aside.rows.is_empty() {
            self.aside.push(loaded.aside);
        }
        let mut numbers = loaded.row_numbers.into_iter();
        let mut first = 1u64;
        for batch in loaded.batches {
            Columns::of(&batch)?;
            // Where the reader does not say, rows count through all the batches of the source.
            let row_numbers = numbers.next().unwrap_or_else(|| (first..).take(batch.num_rows()).collect());
            first += batch.num_rows() as u64;
            self.parts.push(Part { duplicate: None, batch, row_numbers, source });
        }
        Ok(())
    }

    /// Marks, of each id, every row but the one that stands for the dossier. Rows excluded by
    /// themselves take no part.
    fn resolve_duplicates(&mut self, go_on: &mut dyn FnMut() -> ControlFlow<()>) -> Result<(), ArrowError> {
        let mut losers: Vec<(usize, usize)> = Vec::new();
        {
            let views =
                self.parts.iter().map(|part| Columns::of(&part.batch)).collect::<Result<Vec<_>, _>>()?;
            let ids = views.iter().filter(|view| view.present.has(Column::DossierId)).map(Columns::len).sum();
            let mut standing: FxHashMap<&str, (usize, usize)> =
                FxHashMap::with_capacity_and_hasher(ids, FxBuildHasher);
            for (part, view) in views.iter().enumerate() {
                for row in 0..view.len() {
                    if row % ROWS_BETWEEN_LOOKS == 0 && go_on().is_break() {
                        return Err(ArrowError::Interrupted);
                    }
                    let Some(id) = view.dossier_id.get(row) else { continue };
                    let Some(&held) = standing.get(id) else {
                        // The row may yet be excluded by itself; that is only looked at when a
                        // second row of the id comes, since reading a whole row is dear.
                        standing.insert(id, (part, row));
                        continue;
                    };
                    let (held_part, held_row) = held;
                    let Some(held_view) = views.get(held_part) else { continue };
                    let (old, new) = (held_view.dossier(held_row), view.dossier(row));
                    if row_exclusion(&new).is_some() {
                        continue;
                    }
                    if row_exclusion(&old).is_some() {
                        standing.insert(id, (part, row));
                    } else if new.precedence(&old).is_gt() {
                        standing.insert(id, (part, row));
                        losers.push(held);
                    } else {
                        losers.push((part, row));
                    }
                }
            }
        }
        losers.sort_unstable();
        for losers in losers.chunk_by(|(one, _), (other, _)| one == other) {
            let Some(part) = losers.first().and_then(|(part, _)| self.parts.get_mut(*part)) else { continue };
            let mut marks = BooleanBufferBuilder::new(part.batch.num_rows());
            marks.append_n(part.batch.num_rows(), false);
            losers.iter().for_each(|(_, row)| marks.set_bit(*row, true));
            part.duplicate = Some(marks.finish());
        }
        self.uniqueness = Uniqueness::Checked;
        Ok(())
    }

    /// Lists rows that are left out by themselves or as duplicates beside the readers' issues.
    fn list_excluded(&mut self) -> Result<(), ArrowError> {
        let mut found = Vec::new();
        for part in &self.parts {
            let view = Columns::of(&part.batch)?;
            let mut rows = Vec::new();
            crate::block::excluded(
                &view,
                |from| part.marks(from),
                |row, exclusion| rows.push((row, exclusion)),
            );
            for (row, exclusion) in rows {
                *self.excluded.entry(exclusion).or_default() += 1;
                let (reason, column, expected) = match exclusion {
                    Exclusion::BadDate => (
                        Reason::BadDate,
                        bad_date(&view, row),
                        ("ngày từ năm 2000 đến 2100", "dates from 2000 to 2100"),
                    ),
                    Exclusion::EndBeforeReceipt => (
                        Reason::EndBeforeReceipt,
                        if view.completed_at.get(row).is_some() {
                            Column::CompletedAt
                        } else {
                            Column::ReturnedAt
                        },
                        ("ngày kết thúc không trước ngày tiếp nhận", "an end not before the receipt"),
                    ),
                    Exclusion::Duplicate => (
                        Reason::Duplicate,
                        Column::DossierId,
                        ("mỗi mã hồ sơ một dòng", "one row per dossier id"),
                    ),
                    // Nothing is wrong with these rows: they are counted, not listed.
                    Exclusion::NotReceived | Exclusion::Withdrawn => continue,
                };
                *self.issue_counts.entry((Some(column), reason, Action::Excluded)).or_default() += 1;
                if self.issues.len() + found.len() < MAX_ISSUES {
                    let source = self.sources.get(part.source);
                    found.push(Issue {
                        file: source.map_or_else(String::new, |source| source.file.clone()),
                        sheet: source.and_then(|source| source.sheet.clone()),
                        row: part.row_numbers.get(row).copied().unwrap_or(row as u64 + 1),
                        column: Some(column),
                        source: self
                            .mapping
                            .iter()
                            .find(|mapped| {
                                mapped.column == Some(column)
                                    && source.is_some_and(|source| {
                                        source.file == mapped.file && source.sheet == mapped.sheet
                                    })
                            })
                            .map(|mapped| mapped.source.clone()),
                        kind: if column == Column::DossierId { ValueKind::Text } else { ValueKind::Date },
                        reason,
                        expected: Text::new(expected.0, expected.1),
                        action: Action::Excluded,
                    });
                }
            }
        }
        self.issues.extend(found);
        Ok(())
    }

    fn duplicate_rows(&self) -> u64 {
        let marks = self.parts.iter().filter_map(|part| part.duplicate.as_ref());
        marks.map(|marks| marks.count_set_bits() as u64).sum()
    }

    /// Rows read, set aside ones included.
    pub fn rows_read(&self) -> u64 {
        self.read
    }

    /// Columns some part of the data has.
    pub fn columns(&self) -> ColumnSet {
        self.columns
    }

    /// Names of the extra columns loaded.
    pub fn extra(&self) -> &[String] {
        &self.extra
    }

    /// How source columns were read.
    pub fn mapping(&self) -> &[MappedColumn] {
        &self.mapping
    }

    /// Issues, at most 10,000 of them; [`Dossiers::issue_counts`] counts all.
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// All issues, counted by column, reason and what was done.
    ///
    /// # Example
    /// ```
    /// use std::sync::Arc;
    /// use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// use tthc_kpi::{Action, Column, Reason};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, read};
    /// let received: ArrayRef = Arc::new(StringArray::from(vec!["05/01/2026", "soon"]));
    /// let table = RecordBatch::try_from_iter([("Ngày tiếp nhận", received)])?;
    /// let loaded = read::from_arrow([Ok(table.clone())], &table.schema(), "table", &Default::default())?;
    /// let dossiers = Dossiers::from_loaded([loaded], Duplicates::Resolve)?;
    /// let kind = (Some(Column::ReceivedAt), Reason::Unreadable, Action::SetAside);
    /// assert_eq!(dossiers.issue_counts()[&kind], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn issue_counts(&self) -> &BTreeMap<(Option<Column>, Reason, Action), u64> {
        &self.issue_counts
    }

    /// Rows set aside, by reason.
    pub fn set_aside(&self) -> &BTreeMap<String, u64> {
        &self.set_aside
    }

    /// The rows set aside with what stood in them, table by table; none of a table in memory.
    ///
    /// See [`AsideTable`] for an example.
    pub fn aside(&self) -> &[AsideTable] {
        &self.aside
    }

    /// Rows of the sources that are no dossiers and were passed over, by kind: `blank`, `index`,
    /// `heading`, `total`.
    pub fn skipped(&self) -> &BTreeMap<String, u64> {
        &self.skipped
    }

    /// Whether equal ids were looked for.
    pub fn uniqueness(&self) -> Uniqueness {
        self.uniqueness
    }

    /// The batches, duplicates among them.
    pub fn batches(&self) -> impl Iterator<Item = &RecordBatch> {
        self.parts.iter().map(|part| &part.batch)
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = (&RecordBatch, Option<&BooleanBuffer>)> {
        self.parts.iter().map(|part| (&part.batch, part.duplicate.as_ref()))
    }

    /// The batches with the file, the sheet and the rows they came from.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place<'_>> {
        self.parts.iter().map(|part| Place {
            batch: &part.batch,
            duplicate: part.duplicate.as_ref(),
            rows: &part.row_numbers,
            file: self.sources.get(part.source).map_or("", |source| &source.file),
            sheet: self.sources.get(part.source).and_then(|source| source.sheet.as_deref()),
        })
    }

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

    /// Where every row went by itself, whatever the query: read = used (kept) + excluded + set
    /// aside. What the policy of a query leaves out besides is in that query's accounting.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{ColumnSet, Dossier, Exclusion};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of};
    /// let row = Dossier { dossier_id: Some("A-1".into()), ..Dossier::received("2026-01-05".parse()?) };
    /// let batch = batch_of(&[row.clone(), row], ColumnSet::all())?;
    /// let rows = Dossiers::from_batches([batch], Duplicates::Resolve)?.accounting();
    /// assert!(rows.adds_up());
    /// assert_eq!(rows.excluded[&Exclusion::Duplicate], 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn accounting(&self) -> Accounting {
        let mut rows =
            Accounting { read: self.read, set_aside: self.set_aside.clone(), ..Accounting::default() };
        rows.excluded.clone_from(&self.excluded);
        let gone = rows
            .excluded
            .values()
            .chain(rows.set_aside.values())
            .fold(0u64, |sum, count| sum.saturating_add(*count));
        rows.used = self.read.saturating_sub(gone);
        rows
    }

    /// The batches brought to one schema, as a stream of one schema must be: every column some
    /// part has, unknown where a part lacks it. Duplicates are left out.
    ///
    /// # Errors
    /// An Arrow error.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Dossier};
    /// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of};
    /// let rows = [Dossier::received("2026-01-05".parse()?)];
    /// let receipt = ColumnSet::none().with(Column::ReceivedAt);
    /// let batches = [batch_of(&rows, receipt)?, batch_of(&rows, receipt.with(Column::DueAt))?];
    /// let (schema, batches) = Dossiers::from_batches(batches, Duplicates::Resolve)?.uniform()?;
    /// assert!(schema.fields().len() == 2 && batches.iter().all(|batch| batch.schema() == schema));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn uniform(&self) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
        let mut fields: Vec<FieldRef> = Vec::new();
        for batch in self.batches() {
            for field in batch.schema_ref().fields() {
                match fields.iter_mut().find(|known| known.name() == field.name()) {
                    None => fields.push(Arc::new(field.as_ref().clone().with_nullable(true))),
                    Some(known) if known.data_type() == field.data_type() => {}
                    // An extra column that is a number in one file and text in another is text: the
                    // other way round what is no number would be lost.
                    Some(known) => *known = Arc::new(Field::new(field.name(), DataType::Utf8, true)),
                }
            }
        }
        let place = |field: &FieldRef| {
            field
                .name()
                .parse::<Column>()
                .map_or((1, 0, field.name().clone()), |column| (0, column as usize, String::new()))
        };
        fields.sort_by_key(place);
        let schema = Arc::new(Schema::new(fields));
        let mut batches = Vec::new();
        for part in &self.parts {
            let arrays = schema
                .fields()
                .iter()
                .map(|field| match part.batch.column_by_name(field.name()) {
                    Some(array) if array.data_type() == field.data_type() => Ok(Arc::clone(array)),
                    Some(array) => arrow_cast::cast(array, field.data_type()),
                    None => Ok(arrow_array::new_null_array(field.data_type(), part.batch.num_rows())),
                })
                .collect::<Result<Vec<_>, _>>()?;
            let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
            batches.push(match &part.duplicate {
                None => batch,
                Some(marks) => {
                    arrow_select::filter::filter_record_batch(&batch, &BooleanArray::new(!marks, None))?
                }
            });
        }
        Ok((schema, batches))
    }
}

/// The first date of a row outside 2000..2100.
fn bad_date(columns: &Columns<'_>, row: usize) -> Column {
    let dates = [
        (columns.received_at, Column::ReceivedAt),
        (columns.due_at, Column::DueAt),
        (columns.completed_at, Column::CompletedAt),
    ];
    let bad = |at: i64| !crate::lanes::PLAUSIBLE.contains(&at);
    dates
        .into_iter()
        .find(|(cells, _)| cells.get(row).is_some_and(bad))
        .map_or(Column::ReturnedAt, |(_, column)| column)
}
