//! One register kept in several places: months, agencies, a sheet each.

use std::collections::BTreeMap;

use super::RegisterTable;
use crate::issue::{Action, RegisterIssue};
use crate::policy::Text;
use crate::register::check;
use crate::register::record::Record;
use crate::register::{RegisterColumn, RegisterFault};

/// Rows of the first source keep their numbers; those of the source at `n` (from 0) are numbered on from
/// `n` times this, more than any source has.
const PART: u64 = 1 << 40;

/// Một nơi lấy sổ: one of the sources of a register, and where each of its rows went. Rows read = rows that
/// count + set aside.
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, RegisterTable};
/// let petition = |id: &str| Petition { id: Some(id.into()), ..Petition::default() };
/// let mut january = RegisterTable::of([petition("PA-1"), petition("PA-2")]);
/// january.join(RegisterTable::of([petition("PA-2"), petition("PA-3")]));
/// let parts = january.parts();
/// let [first, second] = &parts[..] else { panic!("two sources") };
/// assert_eq!((first.read, first.kept), (2, 2));
/// assert_eq!((second.read, second.kept, second.set_aside["duplicate_id"]), (2, 1, 1));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterPart {
    /// What it is called: the file's name.
    pub source: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// The columns it has, in the order of the register.
    pub columns: Vec<RegisterColumn>,
    /// The headers of its columns, where they are known.
    pub headers: BTreeMap<RegisterColumn, String>,
    /// The columns whose dates were read with the month first.
    pub month_first: Vec<RegisterColumn>,
    /// Rows read.
    pub read: u64,
    /// Rows that count.
    pub kept: u64,
    /// Rows set aside, by reason.
    pub set_aside: BTreeMap<String, u64>,
    /// Rows that are no entries, by kind.
    pub skipped: BTreeMap<String, u64>,
}

impl RegisterPart {
    fn aside(&mut self, fault: &RegisterFault) {
        *self.set_aside.entry(super::slug_of(fault)).or_default() += 1;
    }
}

/// Where a row of a register stands.
///
/// See [`RegisterTable::place`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegisterPlace<'t> {
    /// What the source is called: the file's name.
    pub source: &'t str,
    /// Sheet of a workbook.
    pub sheet: Option<&'t str>,
    /// Row in it.
    pub row: u64,
}

impl RegisterPlace<'_> {
    /// The place in words: "3 (pakn.xlsx › Tháng 2)".
    fn told(&self) -> String {
        match self.sheet {
            Some(sheet) => format!("{} ({} › {sheet})", self.row, self.source),
            None => format!("{} ({})", self.row, self.source),
        }
    }
}

impl<T: Record> RegisterTable<T> {
    /// Adds another source of the same register, all of whose rows have been read. Of two rows of one key the
    /// one that says when the matter ended stands, else the first; the other is set aside (`duplicate`) with
    /// the place of the one that stands.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Petition, RegisterTable};
    /// let open = Petition { id: Some("PA-1".into()), ..Petition::default() };
    /// let resolved = Petition { resolved: Some("2026-02-03".parse()?), ..open.clone() };
    /// let mut petitions = RegisterTable::of([open]);
    /// petitions.join(RegisterTable::of([resolved.clone()]));
    /// assert_eq!((petitions.rows().len(), &petitions.rows()[0].1), (1, &resolved));
    /// assert_eq!((petitions.read(), petitions.set_aside()["duplicate_id"]), (2, 1));
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    pub fn join(&mut self, other: Self) {
        let mut parts = self.parts();
        let before = parts.len() as u64 * PART;
        parts.extend(other.parts());
        self.parts = parts;
        self.issues.extend(other.issues);
        for (row, record) in other.rows {
            let row = before.saturating_add(row);
            let twin = record.key().and_then(|key| Some((*self.keys.get(&key)?, key)));
            let Some((first, key)) = twin else {
                if let Some(key) = record.key() {
                    self.keys.insert(key, row);
                }
                self.rows.push((row, record));
                continue;
            };
            let ended = self.at(first).is_some_and(|(_, first)| first.has_ended());
            if record.has_ended() && !ended {
                self.rows.retain(|(other, _)| *other != first);
                self.keys.insert(key, row);
                self.rows.push((row, record));
                self.set_twin_aside(first, row);
            } else {
                self.set_twin_aside(row, first);
            }
        }
        self.sum_up();
    }

    /// Counts a row as that of an entry for which another stands.
    fn set_twin_aside(&mut self, row: u64, stands: u64) {
        let fault = check::duplicate::<T>(&self.told(stands));
        let place = self.place(row);
        let at = usize::try_from(row / PART).unwrap_or_default();
        let header = fault.column.map(|column| {
            let headers = self.parts.get(at).map(|part| &part.headers);
            headers.and_then(|headers| headers.get(&column)).map_or(column.title(), String::as_str).to_owned()
        });
        self.issues.push(RegisterIssue {
            file: place.source.to_owned(),
            sheet: place.sheet.map(str::to_owned),
            row: place.row,
            column: fault.column,
            source: header,
            kind: fault.kind,
            reason: fault.reason,
            expected: Text::clone(&fault.expected),
            action: Action::SetAside,
        });
        if let Some(part) = self.parts.get_mut(at) {
            part.kept = part.kept.saturating_sub(1);
            part.aside(&fault);
        }
    }

    /// What all sources have together.
    fn sum_up(&mut self) {
        let add = |sums: &mut BTreeMap<String, u64>, more: &BTreeMap<String, u64>| {
            for (what, rows) in more {
                *sums.entry(what.clone()).or_default() += rows;
            }
        };
        (self.read, self.set_aside, self.skipped) = (0, BTreeMap::new(), BTreeMap::new());
        for part in &self.parts {
            self.read += part.read;
            add(&mut self.set_aside, &part.set_aside);
            add(&mut self.skipped, &part.skipped);
            for (column, header) in &part.headers {
                self.headers.entry(*column).or_insert_with(|| header.clone());
            }
        }
        let any = |has: &dyn Fn(&RegisterPart, RegisterColumn) -> bool| -> Vec<RegisterColumn> {
            T::all_columns().filter(|column| self.parts.iter().any(|part| has(part, *column))).collect()
        };
        let columns = any(&|part, column| part.columns.contains(&column));
        let month_first = any(&|part, column| part.month_first.contains(&column));
        let mut files: Vec<&str> = Vec::new();
        for part in &self.parts {
            if !files.contains(&part.source.as_str()) {
                files.push(&part.source);
            }
        }
        let sheets: Vec<&str> = self.parts.iter().filter_map(|part| part.sheet.as_deref()).collect();
        self.sheet = (files.len() == 1 && !sheets.is_empty()).then(|| sheets.join(", "));
        self.source = files.join(", ");
        (self.columns, self.month_first) = (columns, month_first);
    }

    /// The sources it was read from: one, unless several were joined.
    ///
    /// See [`RegisterPart`] for an example.
    pub fn parts(&self) -> Vec<RegisterPart> {
        if !self.parts.is_empty() {
            return self.parts.clone();
        }
        vec![RegisterPart {
            source: self.source.clone(),
            sheet: self.sheet.clone(),
            columns: self.columns.clone(),
            headers: self.headers.clone(),
            month_first: self.month_first.clone(),
            read: self.read,
            kept: self.rows.len() as u64,
            set_aside: self.set_aside.clone(),
            skipped: self.skipped.clone(),
        }]
    }

    /// Where a row of [`RegisterTable::rows`] stands, by its number there.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Petition, Record, RegisterTable};
    /// let of = |file: &str| {
    ///     let mut table = RegisterTable::<Petition>::new(file, Petition::all_columns());
    ///     table.push(7, Petition::default());
    ///     table
    /// };
    /// let mut petitions = of("quy-1.csv");
    /// petitions.join(of("quy-2.csv"));
    /// let place = petitions.place(petitions.rows()[1].0);
    /// assert_eq!((place.source, place.sheet, place.row), ("quy-2.csv", None, 7));
    /// ```
    pub fn place(&self, row: u64) -> RegisterPlace<'_> {
        let part = usize::try_from(row / PART).ok().and_then(|at| self.parts.get(at));
        match part {
            Some(part) => {
                RegisterPlace { source: &part.source, sheet: part.sheet.as_deref(), row: row % PART }
            }
            None => RegisterPlace { source: &self.source, sheet: self.sheet.as_deref(), row },
        }
    }

    /// Which of [`RegisterTable::parts`] a row is of, from 0.
    pub(crate) fn part_of(row: u64) -> usize {
        usize::try_from(row / PART).unwrap_or_default()
    }

    /// A row in words: its number, with its source where there are several.
    pub(crate) fn told(&self, row: u64) -> String {
        if self.parts.is_empty() { row.to_string() } else { self.place(row).told() }
    }
}
