//! Many saved tallies put together: each is read, added and let go of.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tthc_kpi::{Error, Query, Source, Tally};

use super::file::{name_of, read_with};
use super::{SavedError, TallyReader};
use crate::error::ArrowError;
use crate::share::share;

/// Files that a thread takes at a time.
const AT_ONCE: usize = 8;

/// What one thread has put together.
#[derive(Default)]
struct Sum {
    reader: TallyReader,
    tally: Option<Tally>,
    /// Of each source, the number of its file.
    sources: Vec<(usize, Source)>,
}

impl Sum {
    fn take(
        &mut self,
        number: usize,
        path: &Path,
        first: &Path,
        query: &Arc<Query>,
    ) -> Result<(), ArrowError> {
        let mut tally = read_with(&mut self.reader, path)?;
        if !Arc::ptr_eq(query, tally.query()) && query != tally.query() {
            return Err(differs(path, first, query, tally.query()).into());
        }
        let rows = tally.accounting();
        if rows.read == 0 && rows.skipped == 0 {
            return Ok(());
        }
        self.sources.extend(tally.sources().map(|source| (number, source)));
        // All sources are looked at together, below: which threads met them must not matter.
        tally.forget_sources();
        match &mut self.tally {
            Some(sum) => Ok(sum.merge(&tally)?),
            none => {
                *none = Some(tally);
                Ok(())
            }
        }
    }
}

/// Gộp nhiều bảng đếm đã lưu: the tallies of all files together, on a number of threads (none: as
/// many as the machine has for this process). Each thread holds one file at a time, so the memory is
/// that of the result, not of the files. The result is the same in any order. `progress` is told how
/// many files are done; the caller may stop.
///
/// # Errors
/// [`SavedError`] by [`ArrowError::Saved`], the first in the order of the files: what
/// [`crate::read_tally`] refuses; [`SavedError::Differs`] for another plan or question than the
/// first file's; [`SavedError::SameSource`] when two files have counted the same source;
/// [`SavedError::NoFiles`]. [`ArrowError::Interrupted`]; [`Error::Overflow`].
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::{Dossier, Plan, Query, Tally};
/// use tthc_kpi_arrow::{merge_tallies, write_tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let folder = tempfile::tempdir()?;
/// let files = ["a.tally", "b.tally"].map(|name| folder.path().join(name));
/// for (day, file) in ["2026-01-05", "2026-01-06"].iter().zip(&files) {
///     let mut tally = Tally::new(&query);
///     tally.add(&Dossier::received(day.parse()?))?;
///     write_tally(&tally, file)?;
/// }
/// let both = merge_tallies(&files, None, &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!((both.accounting().read, both.sources().count()), (2, 2));
/// let [a, _] = files;
/// let twice = merge_tallies(&[a.clone(), a], None, &mut |_| ControlFlow::Continue(()));
/// assert!(twice.unwrap_err().to_string().contains("have both counted"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn merge_tallies(
    paths: &[PathBuf],
    threads: Option<usize>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Tally, ArrowError> {
    let first = paths.first().ok_or(SavedError::NoFiles)?;
    let mut reader = TallyReader::default();
    let empty = read_with(&mut reader, first)?;
    let query = Arc::clone(empty.query());
    let numbered: Vec<(usize, &PathBuf)> = paths.iter().enumerate().collect();
    let items: Vec<&[(usize, &PathBuf)]> = numbered.chunks(AT_ONCE).collect();
    let start = || Sum { reader: reader.clone(), ..Sum::default() };
    let work = |sum: &mut Sum, item: &&[(usize, &PathBuf)]| {
        for (number, path) in *item {
            sum.take(*number, path, first, &query)?;
        }
        Ok(u64::try_from(item.len()).unwrap_or(u64::MAX))
    };
    let sums = share(threads, &items, start, work, progress)?;
    let mut all: Option<Tally> = None;
    let mut sources: BTreeMap<[u8; 32], Vec<(usize, Source)>> = BTreeMap::new();
    for sum in sums {
        for (number, source) in sum.sources {
            sources.entry(source.sha256).or_default().push((number, source));
        }
        match (&mut all, sum.tally) {
            (Some(all), Some(part)) => all.merge(&part)?,
            (none @ None, part) => *none = part,
            (Some(_), None) => {}
        }
    }
    // Where no file has a row, what the first says of columns stands.
    let mut all = all.unwrap_or(empty);
    all.forget_sources();
    let mut twice: Option<(usize, usize, String)> = None;
    for (_, mut of) in sources {
        of.sort_by_key(|(number, _)| *number);
        let mut of = of.into_iter();
        let Some((number, source)) = of.next() else { continue };
        if let Some((again, _)) = of.next() {
            let found = (again, number, source.name);
            twice = Some(twice.map_or_else(|| found.clone(), |before| before.min(found.clone())));
        } else {
            all.add_source(source)?;
        }
    }
    let name = |number: usize| paths.get(number).map_or_else(String::new, |path| name_of(path));
    match twice {
        Some((again, number, source_name)) => {
            Err(SavedError::SameSource { file: name(again), first: name(number), source_name }.into())
        }
        None => Ok(all),
    }
}

/// In what the question of a file is another than that of the first.
fn differs(path: &Path, first: &Path, mine: &Query, theirs: &Query) -> SavedError {
    let (what, told): (_, fn(&Query) -> String) = if mine.plan() != theirs.plan() {
        ("plans", |query| format!("{} ({})", query.plan().id(), query.plan().digest()))
    } else if mine.judge().calendar() != theirs.judge().calendar() {
        ("calendars", |query| query.judge().calendar().version().to_owned())
    } else if mine.policy() != theirs.policy() {
        ("policies", |query| format!("{} ({})", query.policy().profile_name(), query.digest()))
    } else {
        ("queries", |query| {
            let by: Vec<&str> = query.by().iter().map(tthc_kpi::Dimension::name).collect();
            format!("{} → {} [{}] ({})", query.period(), query.window().cut, by.join(", "), query.digest())
        })
    };
    let (file, first) = (name_of(path), name_of(first));
    SavedError::Differs { file, first, what, mine: told(mine), theirs: told(theirs) }
}

impl From<SavedError> for ArrowError {
    fn from(error: SavedError) -> Self {
        match error {
            SavedError::Refused { error, .. } if matches!(*error, Error::Overflow { .. }) => {
                ArrowError::Core(*error)
            }
            error => ArrowError::Saved(error),
        }
    }
}
