//! The tally (DESIGN §2): what has been counted so far, for one query. One pass, many
//! indicators; chunks, threads, machines and months merge.

mod one;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use crate::accounting::{Accounting, Uniqueness};
use crate::column::ColumnSet;
use crate::counts::Counts;
use crate::day_counts::DayCounts;
use crate::dimension::Key;
use crate::error::Error;
use crate::fact::Fact;
use crate::field_memory::FieldMemory;
use crate::instant::Day;
use crate::query::Query;
use crate::register::Registers;
use crate::scorecard::Scorecard;
use crate::source::Sources;

/// Keys of a group, one per dimension of the query.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Dossier, GroupKey, Key, Plan, Query, Tally};
/// let by = [Dimension::Agency, Dimension::Month];
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-01".parse()?).by(by).check()?;
/// let mut tally = Tally::new(&query);
/// tally.add(&Dossier::received("2026-01-05".parse()?))?;
/// let keys: GroupKey = vec![Key::Null, Key::text("2026-01")];
/// assert!(tally.groups().contains_key(&keys));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type GroupKey = Vec<Key>;

/// Bảng đếm: everything counted for one query. Adding, removing and merging are exact, in any
/// order; an empty tally changes nothing it is merged with.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-01".parse()?).check()?;
/// let dossier = Dossier {
///     due_at: Some("2026-01-12".parse()?),
///     completed_at: Some("2026-01-09".parse()?),
///     ..Dossier::received("2026-01-05".parse()?)
/// };
/// let mut tally = Tally::new(&query);
/// tally.add(&dossier)?;
/// let before = tally.clone();
/// tally.add(&dossier)?;
/// tally.remove(&dossier)?;
/// assert_eq!(tally, before);
/// assert_eq!(tally.scorecard()?["on_time_rate"].percent.unwrap().to_string(), "100.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    pub(crate) query: Arc<Query>,
    pub(crate) present: ColumnSet,
    pub(crate) absent: ColumnSet,
    pub(crate) uniqueness: Uniqueness,
    pub(crate) month_first: ColumnSet,
    pub(crate) refused: ColumnSet,
    pub(crate) unidentified: u64,
    pub(crate) accounting: Accounting,
    pub(crate) through: DayCounts,
    pub(crate) total: Counts,
    pub(crate) groups: BTreeMap<GroupKey, Counts>,
    pub(crate) fields: FieldMemory,
    pub(crate) sources: Sources,
}

impl Tally {
    /// An empty tally of dossiers that may have every column.
    pub fn new(query: &Arc<Query>) -> Self {
        Tally::for_columns(query, ColumnSet::all())
    }

    /// An empty tally of dossiers from a source that has only these columns.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let tally = Tally::for_columns(&query, ColumnSet::all().without(Column::Rating));
    /// assert_eq!(tally.scorecard()?.data.missing_columns, [Column::Rating]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn for_columns(query: &Arc<Query>, columns: ColumnSet) -> Self {
        Tally {
            query: Arc::clone(query),
            present: columns,
            absent: ColumnSet::all().iter().filter(|column| !columns.has(*column)).collect(),
            uniqueness: Uniqueness::Assumed,
            month_first: ColumnSet::none(),
            refused: ColumnSet::none(),
            unidentified: 0,
            accounting: Accounting::default(),
            through: DayCounts::default(),
            total: Counts::new(query.layout()),
            groups: BTreeMap::new(),
            fields: FieldMemory::default(),
            sources: Sources::default(),
        }
    }

    /// The query counted for.
    pub fn query(&self) -> &Arc<Query> {
        &self.query
    }

    /// Where every row went.
    pub fn accounting(&self) -> &Accounting {
        &self.accounting
    }

    /// The latest receipt or end in the data.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// assert_eq!(tally.data_through(), None);
    /// tally.add(&Dossier::received("2026-01-05T08:30".parse()?))?;
    /// assert_eq!(tally.data_through(), Some("2026-01-05".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn data_through(&self) -> Option<Day> {
        self.through.last().and_then(Day::from_number)
    }

    /// Counts over the whole window, judged as one period.
    pub fn total(&self) -> &Counts {
        &self.total
    }

    /// Counts per group, in the order of results.
    pub fn groups(&self) -> &BTreeMap<GroupKey, Counts> {
        &self.groups
    }

    /// Columns no part of the data had.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Dossier, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::for_columns(&query, ColumnSet::all().without(Column::Rating));
    /// tally.add(&Dossier::received("2026-01-05".parse()?))?;
    /// assert!(tally.missing_columns().has(Column::Rating));
    /// let mut all = Tally::new(&query);
    /// all.add(&Dossier::received("2026-01-05".parse()?))?;
    /// tally.merge(&all)?;
    /// assert!(!tally.missing_columns().has(Column::Rating) && tally.absent_columns().has(Column::Rating));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn missing_columns(&self) -> ColumnSet {
        self.absent.iter().filter(|column| !self.present.has(*column)).collect()
    }

    /// Columns that some part of the data lacked.
    pub fn absent_columns(&self) -> ColumnSet {
        self.absent
    }

    /// Columns that some part of the data had.
    pub fn present_columns(&self) -> ColumnSet {
        self.present
    }

    /// Whether ids were checked to be unique.
    pub fn uniqueness(&self) -> Uniqueness {
        self.uniqueness
    }

    /// Says that ids were checked: duplicates are a property of the data set, seen by whoever
    /// holds it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Tally, Uniqueness};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// assert_eq!(tally.uniqueness(), Uniqueness::Assumed);
    /// tally.set_uniqueness(Uniqueness::Checked);
    /// assert_eq!(tally.scorecard()?.data.uniqueness, Uniqueness::Checked);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_uniqueness(&mut self, uniqueness: Uniqueness) {
        self.uniqueness = uniqueness;
    }

    /// Columns whose dates a reader took with the month first, since a value proved it.
    pub fn month_first(&self) -> ColumnSet {
        self.month_first
    }

    /// Says which columns were read with the month first, so that every result warns of it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.set_month_first(ColumnSet::none().with(Column::DueAt));
    /// assert!(tally.scorecard()?.warnings.iter().any(|note| note.code == "month_first"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_month_first(&mut self, columns: ColumnSet) {
        self.month_first = columns;
    }

    /// Columns in which a reader met values that could not be, and took them as unknown.
    pub fn refused(&self) -> ColumnSet {
        self.refused
    }

    /// Says in which columns values were refused, so that every result warns of it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.set_refused(ColumnSet::none().with(Column::Rating));
    /// assert!(tally.scorecard()?.warnings.iter().any(|note| note.code == "cells_refused"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_refused(&mut self, columns: ColumnSet) {
        self.refused = columns;
    }

    /// Rows without a dossier id that came from several files or sheets read as one set.
    pub fn unidentified(&self) -> u64 {
        self.unidentified
    }

    /// Says how many rows of several files or sheets have no id, so that every result warns of it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.set_unidentified(3);
    /// assert!(tally.scorecard()?.warnings.iter().any(|note| note.code == "rows_without_id"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_unidentified(&mut self, rows: u64) {
        self.unidentified = rows;
    }

    /// Adds all of another tally of the same query.
    ///
    /// Two parts that each were checked for equal ids are together only assumed unique.
    ///
    /// # Errors
    /// [`Error::DifferentTally`] when plan, period, cut, breakdown, policy, limits or calendar
    /// differ; [`Error::SameSource`] when a file is among the sources of both; [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Plan, Query, Tally};
    /// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
    /// let query = draft.clone().check()?;
    /// let (mut all, mut part) = (Tally::new(&query), Tally::new(&query));
    /// part.add(&Dossier::received("2026-01-05".parse()?))?;
    /// all.merge(&part)?;
    /// all.merge(&part)?;
    /// assert_eq!(all.accounting().read, 2);
    /// let other = draft.as_of("2026-06-30".parse()?).check()?;
    /// assert_eq!(all.merge(&Tally::new(&other)).unwrap_err().code(), "different_tally");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(&mut self, other: &Tally) -> Result<(), Error> {
        self.check_same_query(other)?;
        self.sources.check_apart(&other.sources)?;
        if other.accounting.is_empty() {
            return Ok(());
        }
        if self.accounting.is_empty() {
            *self = Tally { query: Arc::clone(&self.query), ..other.clone() };
            return Ok(());
        }
        self.sources.merge(&other.sources);
        self.uniqueness = Uniqueness::Assumed;
        self.month_first = self.month_first.union(other.month_first);
        self.refused = self.refused.union(other.refused);
        self.unidentified = self.unidentified.saturating_add(other.unidentified);
        self.present = self.present.union(other.present);
        self.absent = self.absent.union(other.absent);
        self.accounting.merge(&other.accounting)?;
        self.through.merge(&other.through)?;
        self.total.merge(&other.total)?;
        for (key, counts) in &other.groups {
            match self.groups.get_mut(key) {
                Some(mine) => mine.merge(counts)?,
                None => {
                    self.groups.insert(key.clone(), counts.clone());
                }
            }
        }
        Ok(())
    }

    fn check_same_query(&self, other: &Tally) -> Result<(), Error> {
        let (mine, theirs) = (&self.query, &other.query);
        if Arc::ptr_eq(mine, theirs) || mine == theirs {
            return Ok(());
        }
        let what = if mine.plan() != theirs.plan() {
            "plans"
        } else if mine.judge().calendar() != theirs.judge().calendar() {
            "calendars"
        } else if mine.policy() != theirs.policy() {
            "policies"
        } else {
            "queries"
        };
        Err(Error::DifferentTally { what })
    }

    /// Counts rows that were read but are no dossiers to be judged: set aside by a reader, or
    /// duplicates of another row.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Accounting, Exclusion, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// let excluded = [(Exclusion::Duplicate, 2)].into();
    /// tally.account(&Accounting { read: 2, excluded, ..Accounting::default() })?;
    /// assert!(tally.accounting().adds_up() && tally.accounting().read == 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn account(&mut self, rows: &Accounting) -> Result<(), Error> {
        self.accounting.merge(rows)
    }

    /// Adds what another engine has counted of dossiers judged by the same query: the engine of
    /// columns hands in its groups this way.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let (mut tally, mut other) = (Tally::new(&query), Tally::new(&query));
    /// other.add(&Dossier::received("2026-01-05".parse()?))?;
    /// tally.absorb(other.accounting(), other.last_days(), other.total(), other.groups().clone())?;
    /// assert_eq!(tally, other);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn absorb(
        &mut self,
        rows: &Accounting,
        last_days: impl IntoIterator<Item = (i32, u64)>,
        total: &Counts,
        groups: impl IntoIterator<Item = (GroupKey, Counts)>,
    ) -> Result<(), Error> {
        self.accounting.merge(rows)?;
        last_days.into_iter().try_for_each(|(day, count)| self.through.add(day, count))?;
        self.total.merge(total)?;
        let mut groups: Vec<_> =
            groups.into_iter().filter(|(_, counts)| counts.fact(Fact::Handled) > 0).collect();
        if self.groups.is_empty() {
            // Groups may be a million: a map is soonest made of keys in order.
            groups.sort_by(|(one, _), (other, _)| one.cmp(other));
            let mut distinct: Vec<(GroupKey, Counts)> = Vec::with_capacity(groups.len());
            for (key, counts) in groups {
                match distinct.last_mut().filter(|(last, _)| *last == key) {
                    Some((_, sum)) => sum.merge(&counts)?,
                    None => distinct.push((key, counts)),
                }
            }
            self.groups = distinct.into_iter().collect();
            return Ok(());
        }
        for (key, counts) in groups {
            match self.groups.entry(key) {
                Entry::Occupied(mut sum) => sum.get_mut().merge(&counts)?,
                Entry::Vacant(place) => drop(place.insert(counts)),
            }
        }
        Ok(())
    }

    /// Counts last days of dossiers that were not judged, of which a file says how late they are, so
    /// that [`Tally::data_through`] knows how far the data goes.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Day, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// let day: Day = "2027-02-01".parse()?;
    /// tally.see_through([(day.number(), 1_000)])?;
    /// assert_eq!(tally.data_through(), Some(day));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn see_through(&mut self, last_days: impl IntoIterator<Item = (i32, u64)>) -> Result<(), Error> {
        last_days.into_iter().try_for_each(|(day, count)| self.through.add(day, count))
    }

    /// The latest receipt or end of each dossier judged, counted per day number.
    pub fn last_days(&self) -> impl Iterator<Item = (i32, u64)> + '_ {
        self.through.iter()
    }

    /// The scorecard of what has been counted.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, ResultStatus, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let card = Tally::new(&query).scorecard()?;
    /// assert_eq!(card["on_time_rate"].status, ResultStatus::NotApplicable);
    /// assert_eq!(card["full_online_rate"].status, ResultStatus::NoData); // no register of procedures
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn scorecard(&self) -> Result<Scorecard, Error> {
        self.scorecard_with(&Registers::default())
    }

    /// The scorecard of what has been counted, and of the registers beside it.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// See [`Registers`].
    pub fn scorecard_with(&self, registers: &Registers) -> Result<Scorecard, Error> {
        Scorecard::of(self, registers)
    }

    /// The tally with the counts that belong to its header.
    ///
    /// # Errors
    /// [`Error::BadTally`] when a group has another number of keys than the query has dimensions,
    /// or is there twice, or the counts contradict the accounting.
    ///
    /// # Example
    /// See [`Tally::header_json`].
    pub fn with_counts(
        mut self,
        total: Counts,
        groups: impl IntoIterator<Item = (GroupKey, Counts)>,
    ) -> Result<Self, Error> {
        let bad = |detail: &str| Err(Error::BadTally { detail: detail.to_owned() });
        if total.fact(Fact::Handled) != self.accounting.used {
            return bad("its total is not of the rows used");
        }
        self.total = total;
        for (key, counts) in groups {
            if key.len() != self.query.by().len() {
                return bad("a group has another number of keys than the query has dimensions");
            }
            if self.groups.insert(key, counts).is_some() {
                return bad("a group is there twice");
            }
        }
        Ok(self)
    }

    /// The tally without its counts, the counts of the total, and those of the groups.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.add(&Dossier::received("2026-01-05".parse()?))?;
    /// let (empty, total, groups) = tally.clone().without_counts();
    /// assert_eq!(empty.accounting(), tally.accounting());
    /// assert_eq!(empty.with_counts(total, groups)?, tally);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn without_counts(mut self) -> (Self, Counts, BTreeMap<GroupKey, Counts>) {
        let total = std::mem::replace(&mut self.total, Counts::new(self.query.layout()));
        let groups = std::mem::take(&mut self.groups);
        (self, total, groups)
    }
}
