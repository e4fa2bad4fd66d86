//! Sources counted without being loaded, in memory that does not grow with their rows: Parquet files row
//! group by row group, text files piece by piece, streams batch by batch; only the columns a query needs.

mod cases;
mod count;
mod findings;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_schema::SchemaRef;
use tthc_kpi::{Accounting, Column, ColumnSet, Query, Tally, Uniqueness, Window};

use crate::AbsentColumns;
use crate::engine::Engine;
use crate::error::ArrowError;
use crate::needed::{needed_columns, refused};
use crate::read::{
    Beyond, Flow, Loaded, MappedColumn, OpenStream, ReadError, ReadOptions, Source, Stream, twice,
};
use crate::share::{share, threads};

use count::counted;
pub use findings::Findings;

/// A text file up to so many bytes is read by one thread in one go, others beside it.
const SMALL: u64 = 1 << 23;

/// Dữ liệu được đếm mà không nạp hết: what a [`crate::Dossiers`] is, but read anew for every
/// query, in bounded memory. Ids are taken to be unique.
///
/// A row group of a Parquet file in which, by its statistics, no row can be handled in the query's window
/// is not read; its rows are counted as skipped ([`Accounting::skipped`]). In all else the figures are
/// those of the same sources read whole with [`crate::Duplicates::AssumeUnique`].
///
/// # Example
/// ```no_run
/// use std::ops::ControlFlow;
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Scan, read::ReadOptions};
/// let scan = Scan::open(["2026-01.parquet", "2026-02.csv"], &ReadOptions::default())?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let tally = scan.tally_on(&query, None, &mut |_| ControlFlow::Continue(()))?;
/// println!("{}", tally.scorecard()?["on_time_rate"].numerator);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scan {
    sources: Vec<Source>,
    extra: Vec<String>,
    small: u64,
}

/// How far a scan has come.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::ScanProgress;
/// assert_eq!(ScanProgress::default(), ScanProgress { rows: 0, done: 0, total: None });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanProgress {
    /// Rows done.
    pub rows: u64,
    /// Bytes of the files done.
    pub done: u64,
    /// Bytes of all files; none with a stream, whose length nobody knows.
    pub total: Option<u64>,
}

/// Told now and then; a break stops the work.
pub(crate) type Told<'t> = dyn FnMut(ScanProgress) -> ControlFlow<()> + 't;

/// What one thread reads and counts in one go.
struct Item {
    source: usize,
    /// The row group; none for the whole file.
    group: Option<usize>,
    rows: u64,
    first: u64,
    weight: u64,
    /// Where no row of it can be handled in the window.
    beyond: Option<Beyond>,
}

/// What one thread, or one source, has counted.
struct Counted {
    engines: Vec<Engine>,
    rows: Accounting,
    /// Rows skipped, and their last day where it is known.
    last_days: BTreeMap<i32, u64>,
    refused: ColumnSet,
    month_first: ColumnSet,
}

impl Counted {
    fn new(query: &Arc<Query>) -> Self {
        Counted {
            engines: vec![Engine::new(query)],
            rows: Accounting::default(),
            last_days: BTreeMap::new(),
            refused: ColumnSet::none(),
            month_first: ColumnSet::none(),
        }
    }

    /// What is known of a source, or a part of it, besides its batches.
    fn book(&mut self, loaded: Loaded, needed: ColumnSet) {
        self.refused = self.refused.union(refused(&loaded.issue_counts, needed));
        let month_first = loaded.mapping.iter().filter(|mapped| mapped.month_first);
        self.month_first = self.month_first.union(month_first.filter_map(|mapped| mapped.column).collect());
        for (reason, count) in loaded.set_aside {
            self.rows.read = self.rows.read.saturating_add(count);
            *self.rows.set_aside.entry(reason).or_default() += count;
        }
    }
}

impl Scan {
    /// Opens Parquet and CSV files, told apart by their content, and maps their columns; no dossier is read yet.
    ///
    /// # Errors
    /// [`ReadError`], where a file cannot be opened, has no column of receipts, or a column of a type
    /// that cannot hold what it means; [`ReadError::NotScanned`] where it is of a kind that is read whole.
    pub fn open<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let open = |path: P| Source::open(path.as_ref(), options);
        Ok(Self::of(paths.into_iter().map(open).collect::<Result<Vec<_>, _>>()?))
    }

    /// A scan of a stream of Arrow batches of this schema, already validated (`validate_full`), which is
    /// opened for every question; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`crate::read::from_arrow`], of the headers and types.
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader};
    /// use tthc_kpi::{Plan, Query};
    /// use tthc_kpi_arrow::{Scan, read::{OpenStream, ReadError}, synth::Synth};
    /// #[derive(Debug)]
    /// struct Rows(Vec<RecordBatch>);
    /// impl OpenStream for Rows {
    ///     fn open(&self, _: Option<&[String]>) -> Result<Box<dyn RecordBatchReader + Send>, ReadError> {
    ///         let batches: Vec<_> = self.0.iter().cloned().map(Ok).collect();
    ///         Ok(Box::new(RecordBatchIterator::new(batches, self.0[0].schema())))
    ///     }
    ///     fn opens_anew(&self) -> bool {
    ///         true
    ///     }
    /// }
    /// let rows = Rows(Synth::new(1_000, 0).batches()?.collect::<Result<_, _>>()?);
    /// let schema = rows.0[0].schema();
    /// let scan = Scan::of_stream(Box::new(rows), schema, "synth", &Default::default())?;
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let tally = scan.tally_on(&query, None, &mut |_| ControlFlow::Continue(()))?;
    /// assert_eq!(tally.accounting().read, 1_000);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_stream(
        opener: Box<dyn OpenStream>,
        schema: SchemaRef,
        name: &str,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        Ok(Self::of(vec![Source::Stream(Stream::new(opener, schema, name, options)?)]))
    }

    fn of(sources: Vec<Source>) -> Self {
        let mut extra: Vec<String> = Vec::new();
        for name in sources.iter().flat_map(Source::mapping).filter_map(|mapped| mapped.extra.as_ref()) {
            if !extra.contains(name) {
                extra.push(name.clone());
            }
        }
        Scan { sources, extra, small: SMALL }
    }

    /// Text files of more than so many bytes are read in a stream, smaller ones in one go by one thread
    /// each. Nothing that shows in the result.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::Scan;
    /// let paths: [&str; 0] = [];
    /// let scan = Scan::open(paths, &Default::default())?.in_stream_beyond(0);
    /// assert_eq!(scan.rows(), Some(0));
    /// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
    /// ```
    #[must_use]
    pub fn in_stream_beyond(self, bytes: u64) -> Self {
        Scan { small: bytes, ..self }
    }

    /// Rows of all sources, by their own word; none where one does not say.
    pub fn rows(&self) -> Option<u64> {
        self.sources.iter().try_fold(0u64, |sum, source| match source {
            Source::Parquet(file) => Some(sum.saturating_add(file.row_groups().sum())),
            Source::Text(_) | Source::Stream(_) => None,
        })
    }

    /// How each source column is read, as far as the headers tell.
    pub fn mapping(&self) -> impl Iterator<Item = &MappedColumn> {
        self.sources.iter().flat_map(Source::mapping)
    }

    /// Names of the extra columns.
    pub fn extra(&self) -> &[String] {
        &self.extra
    }

    /// Columns some source has.
    pub fn columns(&self) -> ColumnSet {
        self.sources.iter().map(Source::columns).fold(ColumnSet::none(), ColumnSet::union)
    }

    /// Which sources lack columns that others have, in their order.
    ///
    /// See [`AbsentColumns`] for an example.
    pub fn absent_columns(&self) -> Vec<AbsentColumns> {
        let all = self.columns();
        let absent = self.sources.iter().map(|source| {
            let has = source.columns();
            AbsentColumns {
                file: source.name().to_owned(),
                sheet: None,
                columns: all.iter().filter(|column| !has.has(*column)).collect(),
            }
        });
        absent.filter(|absent| !absent.columns.is_empty()).collect()
    }

    /// Whether every question can be answered, and not only the first: no source is a stream that is
    /// read once.
    pub fn opens_anew(&self) -> bool {
        self.sources.iter().all(Source::opens_anew)
    }

    /// Bytes of all sources.
    fn weight(&self) -> Option<u64> {
        self.sources.iter().map(Source::weight).try_fold(0u64, |sum, one| Some(sum.saturating_add(one?)))
    }

    /// What threads read in one go of a source; none where it is read in a stream.
    fn items_of(
        &self,
        at: usize,
        wanted: impl Fn(Result<Column, &str>) -> bool,
        window: Option<Window>,
    ) -> Option<Vec<Item>> {
        match self.sources.get(at)? {
            Source::Parquet(file) if file.is_sure(&wanted) => {
                let mut first = 1u64;
                let mut beyond = window.map(|window| file.beyond(window)).unwrap_or_default().into_iter();
                let groups = file.row_groups().zip(file.weights()).enumerate();
                let items = groups.map(|(group, (rows, weight))| {
                    let beyond = beyond.next().flatten();
                    let item = Item { source: at, group: Some(group), rows, first, weight, beyond };
                    first = first.saturating_add(rows);
                    item
                });
                Some(items.collect())
            }
            source @ Source::Text(_) => {
                let weight = source.weight().filter(|bytes| *bytes <= self.small)?;
                Some(vec![Item { source: at, group: None, rows: 0, first: 1, weight, beyond: None }])
            }
            Source::Parquet(_) | Source::Stream(_) => None,
        }
    }

    /// Counts the sources for a query, on a number of threads (none: as many as the machine has for
    /// this process), telling how far it is; the caller may stop.
    ///
    /// # Errors
    /// As [`crate::Dossiers::tally_on`]; [`ArrowError::Read`] when a source cannot be read, or is a stream that
    /// has been read.
    pub fn tally_on(
        &self,
        query: &Arc<Query>,
        asked: Option<usize>,
        progress: &mut dyn FnMut(ScanProgress) -> ControlFlow<()>,
    ) -> Result<Tally, ArrowError> {
        let (needed, extra) = needed_columns(query);
        let wanted = |column: Result<Column, &str>| match column {
            Ok(column) => needed.has(column),
            Err(name) => extra.iter().any(|extra| extra == name),
        };
        let (mut items, mut streams) = (Vec::new(), Vec::new());
        for (at, source) in self.sources.iter().enumerate() {
            match self.items_of(at, wanted, Some(query.window())) {
                Some(several) => items.extend(several),
                None => streams.push(source),
            }
        }
        let total = self.weight();
        let bytes = AtomicU64::new(0);
        let work = |counted: &mut Counted, item: &Item| {
            let rows = self.count(counted, item, needed, &wanted)?;
            bytes.fetch_add(item.weight, Ordering::Relaxed);
            Ok(rows)
        };
        let mut rows = 0;
        let mut report = |now: u64| {
            rows = now;
            progress(ScanProgress { rows, done: bytes.load(Ordering::Relaxed), total })
        };
        let mut all = share(asked, &items, || Counted::new(query), work, &mut report)?;
        let mut done = bytes.into_inner();
        for source in streams {
            let told = &mut |rows_now: u64, bytes_now: u64| {
                progress(ScanProgress { rows: rows + rows_now, done: done + bytes_now, total })
            };
            let threads = threads(asked, usize::MAX);
            let (loaded, engines) = counted(source, query, threads, &wanted, told)?;
            rows = rows.saturating_add(loaded.rows_read);
            done = done.saturating_add(source.weight().unwrap_or_default());
            let mut one = Counted { engines, ..Counted::new(query) };
            one.book(loaded, needed);
            all.push(one);
        }
        self.finish(query, all)
    }

    /// Reads and counts an item: its rows.
    fn count(
        &self,
        counted: &mut Counted,
        item: &Item,
        needed: ColumnSet,
        wanted: &(dyn Fn(Result<Column, &str>) -> bool + Sync),
    ) -> Result<u64, ArrowError> {
        let Some(source) = self.sources.get(item.source) else { return Ok(0) };
        if let Some(beyond) = &item.beyond {
            counted.rows.skipped = counted.rows.skipped.saturating_add(item.rows);
            if let Some(day) = beyond.last_day {
                *counted.last_days.entry(day).or_default() += item.rows;
            }
            return Ok(item.rows);
        }
        let mut loaded = self.load(source, item, wanted)?;
        let batches = std::mem::take(&mut loaded.batches);
        let rows = loaded.rows_read;
        if let Some(engine) = counted.engines.first_mut() {
            for batch in &batches {
                engine.push_of(batch, None, source.columns(), None)?;
            }
        }
        counted.book(loaded, needed);
        Ok(rows)
    }

    /// Reads an item, only what is wanted of it.
    fn load(
        &self,
        source: &Source,
        item: &Item,
        wanted: &(dyn Fn(Result<Column, &str>) -> bool + Sync),
    ) -> Result<Loaded, ArrowError> {
        if let (Source::Parquet(file), Some(group)) = (source, item.group) {
            return Ok(file.read(Some(group), item.first, wanted)?);
        }
        let (mut batches, mut row_numbers) = (Vec::new(), Vec::new());
        let mut loaded = twice(source.is_strict(), |settings| {
            batches.clear();
            row_numbers.clear();
            let mut take = |handed: crate::read::Handed| {
                batches.push(handed.batch);
                row_numbers.push(handed.rows);
                Ok(())
            };
            let mut flow = Flow { wanted, take: &mut take };
            source.hand_on(settings, Some(1), &mut flow, &mut |_, _| ControlFlow::Continue(()))
        })?;
        (loaded.batches, loaded.row_numbers) = (batches, row_numbers);
        Ok(loaded)
    }

    fn finish(&self, query: &Arc<Query>, all: Vec<Counted>) -> Result<Tally, ArrowError> {
        let (mut engines, mut rest) = (Vec::new(), Vec::with_capacity(all.len()));
        let (mut refused, mut month_first) = (ColumnSet::none(), ColumnSet::none());
        for one in all {
            engines.extend(one.engines);
            rest.push((one.rows, one.last_days));
            refused = refused.union(one.refused);
            month_first = month_first.union(one.month_first);
        }
        let mut tally = Engine::finish_all(query, engines)?;
        if tally.accounting().read == 0 {
            tally = Tally::for_columns(query, self.columns());
        }
        for (rows, last_days) in rest {
            tally.account(&rows)?;
            tally.see_through(last_days)?;
        }
        tally.set_uniqueness(Uniqueness::Assumed);
        tally.set_month_first(month_first);
        tally.set_refused(refused);
        Ok(tally)
    }
}
