//! What is wrong with the rows of a scan: read once from first to last, listed as a data set lists it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use tthc_kpi::{Accounting, Action, Column, Issue, Reason};

use super::{Scan, ScanProgress};
use crate::dossiers::{Dossiers, Duplicates};
use crate::error::ArrowError;
use crate::read::Settings;
use crate::read::{AsideTable, Flow, Handed, Loaded, MAX_ISSUES, ReadError, settle};

/// Những gì sai trong các dòng: what a [`Dossiers`] with [`Duplicates::AssumeUnique`] says of the same
/// sources, found without loading them.
///
/// # Example
/// See [`Scan::findings`].
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Issues, at most [`MAX_ISSUES`] of them: those of reading, then the rows left out by themselves.
    pub issues: Vec<Issue>,
    /// All issues, counted.
    pub issue_counts: BTreeMap<(Option<Column>, Reason, Action), u64>,
    /// Where every row went by itself, whatever the query.
    pub accounting: Accounting,
    /// Rows that are no dossiers, by kind.
    pub skipped: BTreeMap<String, u64>,
    /// The rows set aside with what stood in them, source by source.
    pub aside: Vec<AsideTable>,
}

impl Scan {
    /// Reads all sources once and tells what is wrong with which rows.
    ///
    /// # Errors
    /// As [`Scan::tally_on`].
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use tthc_kpi_arrow::Scan;
    /// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-findings-{}.csv", std::process::id()));
    /// std::fs::write(&path, "Mã hồ sơ,Ngày tiếp nhận\nA,05/01/2026\nB,hôm nào\n")?;
    /// let found = Scan::open([&path], &Default::default())?.findings(&mut |_| ControlFlow::Continue(()))?;
    /// assert_eq!((found.accounting.read, found.accounting.used, found.issues[0].row), (2, 1, 3));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn findings(
        &self,
        progress: &mut dyn FnMut(ScanProgress) -> ControlFlow<()>,
    ) -> Result<Findings, ArrowError> {
        if let Some(source) = self.sources.iter().find(|source| !source.opens_anew()) {
            return Err(ReadError::StreamEnded { file: source.name().to_owned() }.into());
        }
        let mut found = Findings::default();
        let mut excluded = Vec::new();
        let mut so_far = ScanProgress { total: self.weight(), ..ScanProgress::default() };
        for source in &self.sources {
            // Of a source that is read again, what was found before is found once more.
            let mut of_source = (Findings::default(), Vec::new());
            let mut failed = None;
            let before = so_far;
            let read = settle(Settings::of(source.is_strict()), |settings| {
                of_source = (Findings::default(), Vec::new());
                let mut take = |handed: Handed| {
                    so_far.rows = so_far.rows.saturating_add(handed.rows.len() as u64);
                    let one = Loaded {
                        rows_read: handed.batch.num_rows() as u64,
                        batches: vec![handed.batch],
                        row_numbers: vec![handed.rows],
                        columns: source.columns(),
                        mapping: source.mapping().to_vec(),
                        ..Loaded::default()
                    };
                    match Dossiers::from_loaded([one], Duplicates::AssumeUnique) {
                        Ok(dossiers) => of_source.0.left_out(&dossiers, &mut of_source.1),
                        Err(error) => {
                            failed = Some(error);
                            return Err(ReadError::Cancelled);
                        }
                    }
                    if progress(so_far).is_break() { Err(ReadError::Cancelled) } else { Ok(()) }
                };
                let mut flow = Flow { wanted: &|_| true, take: &mut take };
                source.hand_on(settings, None, &mut flow, &mut |_, _| ControlFlow::Continue(()))
            });
            let loaded = match (failed, read) {
                (Some(error), _) => return Err(error),
                (None, Err(ReadError::Cancelled)) => return Err(ArrowError::Interrupted),
                (None, read) => read?.1,
            };
            so_far.done = before.done.saturating_add(source.weight().unwrap_or_default());
            found.add(loaded, of_source.0);
            excluded.extend(of_source.1);
            excluded.truncate(MAX_ISSUES);
        }
        found.issues.extend(excluded);
        found.issues.truncate(MAX_ISSUES);
        Ok(found)
    }
}

impl Findings {
    /// Counts the rows left out by themselves.
    fn left_out(&mut self, dossiers: &Dossiers, issues: &mut Vec<Issue>) {
        let room = MAX_ISSUES.saturating_sub(issues.len());
        issues.extend(dossiers.issues().iter().take(room).cloned());
        for (kind, count) in dossiers.issue_counts() {
            *self.issue_counts.entry(*kind).or_default() += count;
        }
        for (reason, count) in dossiers.accounting().excluded {
            *self.accounting.excluded.entry(reason).or_default() += count;
        }
    }

    /// Adds a source: what its reader found, and the rows of it left out by themselves.
    fn add(&mut self, loaded: Loaded, left_out: Findings) {
        self.issues.extend(loaded.issues);
        self.issues.truncate(MAX_ISSUES);
        for (kind, count) in loaded.issue_counts.into_iter().chain(left_out.issue_counts) {
            *self.issue_counts.entry(kind).or_default() += count;
        }
        let rows = &mut self.accounting;
        let mut gone = 0u64;
        for (reason, count) in left_out.accounting.excluded {
            *rows.excluded.entry(reason).or_default() += count;
            gone = gone.saturating_add(count);
        }
        for (reason, count) in loaded.set_aside {
            *rows.set_aside.entry(reason).or_default() += count;
            gone = gone.saturating_add(count);
        }
        rows.read = rows.read.saturating_add(loaded.rows_read);
        rows.used = rows.used.saturating_add(loaded.rows_read.saturating_sub(gone));
        for (kind, count) in loaded.skipped {
            *self.skipped.entry(kind).or_default() += count;
        }
        if !loaded.aside.rows.is_empty() {
            self.aside.push(loaded.aside);
        }
    }
}
