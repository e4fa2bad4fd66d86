//! Parquet files counted without being loaded: row group by row group, only the columns a query
//! needs, on several threads.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use tthc_kpi::{Accounting, Column, ColumnSet, Query, Tally, Uniqueness};

use crate::engine::Engine;
use crate::error::ArrowError;
use crate::needed::{needed_columns, refused};
use crate::read::{MappedColumn, ParquetFile, ReadError, ReadOptions};
use crate::share::share;

/// Tệp Parquet được đếm mà không nạp hết: what a [`crate::Dossiers`] is, but read anew for every
/// query, in bounded memory. Ids are taken to be unique.
///
/// A row group in which, by the statistics of the file, no row can be handled in the query's window
/// is not read; its rows are counted as skipped ([`Accounting::skipped`]).
///
/// # Example
/// ```no_run
/// use std::ops::ControlFlow;
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Scan, read::ReadOptions};
/// let scan = Scan::open(["2026-01.parquet", "2026-02.parquet"], &ReadOptions::default())?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let tally = scan.tally_on(&query, None, &mut |_| ControlFlow::Continue(()))?;
/// println!("{}", tally.scorecard()?["on_time_rate"].numerator);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Scan {
    files: Vec<ParquetFile>,
    extra: Vec<String>,
}

/// A row group of a file, its rows and the number of the first.
struct Group {
    file: usize,
    group: usize,
    rows: u64,
    first: u64,
}

/// What one thread has counted.
struct Counted {
    engine: Engine,
    rows: Accounting,
    /// Rows skipped, and their last day where it is known.
    last_days: BTreeMap<i32, u64>,
    refused: ColumnSet,
}

impl Scan {
    /// Opens Parquet files and maps their columns; no row is read yet.
    ///
    /// # Errors
    /// [`ReadError`], where a file cannot be opened, has no column of receipts, or a column of a type
    /// that cannot hold what it means.
    pub fn open<P: AsRef<Path>>(
        paths: impl IntoIterator<Item = P>,
        options: &ReadOptions,
    ) -> Result<Self, ReadError> {
        let open = |path: P| ParquetFile::open(path.as_ref(), options);
        let files = paths.into_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut extra: Vec<String> = Vec::new();
        for name in files.iter().flat_map(ParquetFile::mapping).filter_map(|mapped| mapped.extra.as_ref()) {
            if !extra.contains(name) {
                extra.push(name.clone());
            }
        }
        Ok(Scan { files, extra })
    }

    /// Rows of all files, by their own word.
    pub fn rows(&self) -> u64 {
        self.groups().iter().fold(0, |sum, group| sum.saturating_add(group.rows))
    }

    /// How each source column is read.
    pub fn mapping(&self) -> impl Iterator<Item = &MappedColumn> {
        self.files.iter().flat_map(ParquetFile::mapping)
    }

    /// Names of the extra columns.
    pub fn extra(&self) -> &[String] {
        &self.extra
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups = Vec::new();
        for (file, one) in self.files.iter().enumerate() {
            let mut first = 1u64;
            for (group, rows) in one.row_groups().enumerate() {
                groups.push(Group { file, group, rows, first });
                first = first.saturating_add(rows);
            }
        }
        groups
    }

    /// Counts the files for a query, on a number of threads (none: as many as the machine has for
    /// this process), telling how many rows are done; the caller may stop.
    ///
    /// # Errors
    /// As [`crate::Dossiers::tally_on`]; [`ArrowError::Read`] when a file cannot be read, or has
    /// dates as text with the month first: those are read with [`crate::read::read_file`].
    pub fn tally_on(
        &self,
        query: &Arc<Query>,
        threads: Option<usize>,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Tally, ArrowError> {
        let (needed, extra) = needed_columns(query);
        let beyond: Vec<_> = self.files.iter().map(|file| file.beyond(query.window())).collect();
        let start = || Counted {
            engine: Engine::new(query),
            rows: Accounting::default(),
            last_days: BTreeMap::new(),
            refused: ColumnSet::none(),
        };
        let work = |counted: &mut Counted, group: &Group| {
            let Some(file) = self.files.get(group.file) else { return Ok(0) };
            if let Some(Some(beyond)) = beyond.get(group.file).and_then(|groups| groups.get(group.group)) {
                counted.rows.skipped = counted.rows.skipped.saturating_add(group.rows);
                if let Some(day) = beyond.last_day {
                    *counted.last_days.entry(day).or_default() += group.rows;
                }
                return Ok(group.rows);
            }
            let wanted = |column: Result<Column, &str>| match column {
                Ok(column) => needed.has(column),
                Err(name) => extra.iter().any(|extra| extra == name),
            };
            let loaded = file.read(Some(group.group), group.first, wanted)?;
            counted.refused = counted.refused.union(refused(&loaded.issue_counts, needed));
            if let Some(mapped) = loaded.mapping.iter().find(|mapped| mapped.month_first) {
                return Err(ReadError::MonthFirstScan {
                    file: mapped.file.clone(),
                    source_name: mapped.source.clone(),
                }
                .into());
            }
            let set_aside = loaded.set_aside.values().fold(0u64, |sum, count| sum.saturating_add(*count));
            counted.rows.read = counted.rows.read.saturating_add(set_aside);
            for (reason, count) in loaded.set_aside {
                *counted.rows.set_aside.entry(reason).or_default() += count;
            }
            for batch in &loaded.batches {
                counted.engine.push_of(batch, None, file.columns(), None)?;
            }
            Ok(group.rows)
        };
        let counted = share(threads, &self.groups(), start, work, progress)?;
        let mut engines = Vec::with_capacity(counted.len());
        let mut rest = Vec::with_capacity(counted.len());
        let mut refusing = ColumnSet::none();
        for one in counted {
            engines.push(one.engine);
            rest.push((one.rows, one.last_days));
            refusing = refusing.union(one.refused);
        }
        let mut tally = Engine::finish_all(query, engines)?;
        if tally.accounting().read == 0 {
            let columns =
                self.files.iter().map(ParquetFile::columns).fold(ColumnSet::none(), ColumnSet::union);
            tally = Tally::for_columns(query, columns);
        }
        for (rows, last_days) in rest {
            tally.account(&rows)?;
            tally.see_through(last_days)?;
        }
        tally.set_uniqueness(Uniqueness::Assumed);
        tally.set_refused(refusing);
        Ok(tally)
    }
}
