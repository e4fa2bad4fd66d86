//! A data set of dossiers: batches of the canonical schema with where they came from, what was
//! wrong with them, and which rows are duplicates of others.

mod absent;
mod count;
mod excluded;
mod told;
mod uniform;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::BooleanBuffer;
use tthc_kpi::{Accounting, Action, Column, ColumnSet, Error, Exclusion, Issue, Reason, Uniqueness};

use crate::columns::Columns;
use crate::error::ArrowError;
use crate::kept::Memory;
use crate::read::{AsideTable, LeftAlone, Loaded, MAX_ISSUES, MappedColumn, UnknownWords};

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
    left_alone: Vec<LeftAlone>,
    unknown_words: Vec<UnknownWords>,
    excluded: BTreeMap<Exclusion, u64>,
    uniqueness: Uniqueness,
    memory: Arc<Memory>,
}

impl Dossiers {
    /// A data set of batches that are already of the canonical schema.
    ///
    /// # Errors
    /// As [`crate::Engine::push`]; [`Error::DuplicateIds`] with [`Duplicates::Error`].
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
            left_alone: Vec::new(),
            unknown_words: Vec::new(),
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
        self.left_alone.extend(loaded.left_alone);
        self.unknown_words.extend(loaded.unknown_words);
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
}
