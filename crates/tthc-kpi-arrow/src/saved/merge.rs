//! Many saved tallies put together: each is read, added and let go of.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tthc_kpi::{Counts, Error, Query, Source, Tally};

use super::file::{Form, bytes_of, form_of, name_of, named, read_with, refused};
use super::{Groups, SavedError, TallyReader};
use crate::error::ArrowError;
use crate::share::share;

/// Files that a thread takes at a time.
const AT_ONCE: usize = 8;

/// The most that is kept to unpack the next file in.
const MOST_ROOM: usize = 1 << 24;

/// What one thread has put together.
#[derive(Default)]
struct Sum {
    reader: TallyReader,
    /// Where files are unpacked.
    room: Vec<u8>,
    /// The tally without its counts, and those of its total.
    tally: Option<(Tally, Counts)>,
    groups: Groups,
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
        let file = name_of(path);
        let bytes = bytes_of(path, &file)?;
        let mut room = std::mem::take(&mut self.room);
        let form = form_of(&bytes, &mut room);
        let added = form.and_then(|form| self.add(&form, number, &file, query));
        if room.capacity() <= MOST_ROOM {
            self.room = room;
        }
        match added.map_err(|error| refused(&file, error))? {
            Some(other) => Err(differs(path, first, query, &other).into()),
            None => Ok(()),
        }
    }

    /// Adds the tally of a file; gives its query where that is another. A group's counts go straight
    /// to those of the same group: no tally is made of them in between.
    fn add(
        &mut self,
        form: &Form<'_>,
        number: usize,
        file: &str,
        query: &Arc<Query>,
    ) -> Result<Option<Arc<Query>>, ArrowError> {
        let (tally, claimed) = match form {
            Form::Stream(stream) => {
                let (empty, claimed) = self.reader.header(stream)?;
                (empty, Some(claimed))
            }
            Form::Json(text) => (Tally::from_json(text)?, None),
        };
        let same = Arc::ptr_eq(query, tally.query()) || query == tally.query();
        let rows = tally.accounting();
        if !same || (rows.read == 0 && rows.skipped == 0) {
            // Its counts must be in order all the same.
            claimed.map_or(Ok(()), |claimed| {
                self.reader.counts(&tally, &claimed, &mut Groups::new()).map(drop)
            })?;
            return Ok((!same).then(|| Arc::clone(tally.query())));
        }
        let tally = named(tally, file, |tally| form.seal(tally))?;
        let (mut empty, mut total, groups) = tally.without_counts();
        if let Some(claimed) = claimed {
            total = self.reader.counts(&empty, &claimed, &mut self.groups)?;
        }
        for (key, counts) in groups {
            match self.groups.entry(key) {
                Entry::Occupied(mut sum) => sum.get_mut().merge(&counts)?,
                Entry::Vacant(place) => drop(place.insert(counts)),
            }
        }
        self.sources.extend(empty.sources().map(|source| (number, source)));
        // All sources are looked at together, below: which threads met them must not matter.
        empty.forget_sources();
        match &mut self.tally {
            Some((sum, sum_total)) => {
                sum_total.merge(&total)?;
                sum.merge(&empty)?;
            }
            none => *none = Some((empty, total)),
        }
        Ok(None)
    }

    fn tally(self) -> Result<Option<Tally>, Error> {
        let Sum { tally, groups, .. } = self;
        tally.map(|(empty, total)| empty.with_counts(total, groups)).transpose()
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
    for mut sum in sums {
        for (number, source) in std::mem::take(&mut sum.sources) {
            sources.entry(source.sha256).or_default().push((number, source));
        }
        match (&mut all, sum.tally()?) {
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

#[cfg(test)]
mod tests {
    use tthc_kpi::{Dossier, Plan};

    use super::*;
    use crate::write_tally;

    /// A tally of some dossiers of other agencies and procedures for each number.
    fn tally(query: &Arc<Query>, number: usize) -> Tally {
        let mut tally = Tally::new(query);
        for dossier in 0..3 * number {
            let code = ["1.001193", " 2.000488", "3.000001", "1.000001"].get((dossier * number) % 5);
            let dossier = Dossier {
                agency: ["Xã A", "Xã B", "Xã C"].get((dossier + number) % 4).map(|name| (*name).into()),
                procedure_code: code.map(|code| (*code).to_owned()),
                completed_at: (dossier % 3 > 0).then(|| "2026-02-09".parse().unwrap()),
                payments: Some(1),
                payments_portal: Some(u32::from(dossier % 2 == 0)),
                ..Dossier::received("2026-01-05".parse().unwrap())
            };
            tally.add(&dossier).unwrap();
        }
        tally
    }

    fn merged(paths: &[PathBuf], threads: usize) -> Result<Tally, ArrowError> {
        merge_tallies(paths, Some(threads), &mut |_| ControlFlow::Continue(()))
    }

    #[test]
    fn files_are_merged_as_their_tallies_are() {
        let query = Query::new(&Plan::builtin("dong-nguyen-2026").unwrap()).period("2026".parse().unwrap());
        let by = query.clone().by(["agency".parse().unwrap()]).check().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        let mut expected = Tally::new(&by);
        for number in 0..40 {
            let tally = tally(&by, number);
            let name = format!("{number}.{}", if number % 7 == 3 { "json" } else { "tally" });
            paths.push(folder.path().join(name));
            write_tally(&tally, &paths[number]).unwrap();
            expected.merge(&tally).unwrap();
        }
        assert!(expected.groups().len() == 4 && expected.total().procedures().len() == 4);
        for threads in [1, 2, 5] {
            assert_eq!(merged(&paths, threads).unwrap(), expected);
            paths.reverse();
        }
        // What is wrong with a file is told, wherever it stands; of none are counts given.
        let bad = folder.path().join("x.tally");
        write_tally(&tally(&query.check().unwrap(), 2), &bad).unwrap();
        paths.insert(20, bad.clone());
        assert!(merged(&paths, 2).unwrap_err().to_string().contains("x.tally"));
        let mut bytes = std::fs::read(&paths[3]).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&bad, bytes).unwrap();
        assert!(merged(&paths, 2).unwrap_err().to_string().contains("x.tally"));
        std::fs::copy(&paths[3], &bad).unwrap();
        assert!(merged(&paths, 2).unwrap_err().to_string().contains("have both counted"));
    }
}
