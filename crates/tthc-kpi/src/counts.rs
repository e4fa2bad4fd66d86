//! Counts of one group of a tally: mergeable, removable, exact.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fact::{Contribution, Fact, Quantity};
use crate::layout::{Layout, Membership};

/// A count per day or per number of days, dense between the least and the greatest.
///
/// Two are equal when they count the same, however they came about.
///
/// # Example
/// ```
/// let mut counts = tthc_kpi::DayCounts::default();
/// counts.add(3, 1)?;
/// counts.add(-1, 2)?;
/// counts.add(3, 4)?;
/// assert_eq!(counts.iter().collect::<Vec<_>>(), [(-1, 2), (3, 5)]);
/// assert_eq!(counts.last(), Some(3));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct DayCounts {
    first: i32,
    counts: Vec<u64>,
}

impl DayCounts {
    /// Adds `count` at `day`.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn add(&mut self, day: i32, count: u64) -> Result<(), Error> {
        const OVERFLOW: Error = Error::Overflow { what: "a count per day" };
        if count == 0 {
            return Ok(());
        }
        if self.counts.is_empty() {
            self.first = day;
        }
        let offset = i64::from(day) - i64::from(self.first);
        let index = if offset < 0 {
            let room = usize::try_from(-offset).map_err(|_| OVERFLOW)?;
            self.counts.splice(0..0, std::iter::repeat_n(0, room));
            self.first = day;
            0
        } else {
            usize::try_from(offset).map_err(|_| OVERFLOW)?
        };
        if index >= self.counts.len() {
            self.counts.resize(index + 1, 0);
        }
        let cell = self.counts.get_mut(index).ok_or(OVERFLOW)?;
        *cell = cell.checked_add(count).ok_or(OVERFLOW)?;
        Ok(())
    }

    /// Whether all of `other` is in these counts.
    pub(crate) fn holds(&self, other: &DayCounts) -> bool {
        other.iter().all(|(day, count)| self.get(day) >= count)
    }

    /// Takes all of `other` out; [`DayCounts::holds`] must be true.
    pub(crate) fn subtract(&mut self, other: &DayCounts) -> Result<(), Error> {
        other.iter().try_for_each(|(day, count)| {
            let cell = usize::try_from(i64::from(day) - i64::from(self.first))
                .ok()
                .and_then(|index| self.counts.get_mut(index))
                .ok_or(Error::NotInTally)?;
            *cell = cell.checked_sub(count).ok_or(Error::NotInTally)?;
            Ok(())
        })
    }

    fn get(&self, day: i32) -> u64 {
        usize::try_from(i64::from(day) - i64::from(self.first))
            .ok()
            .and_then(|index| self.counts.get(index).copied())
            .unwrap_or(0)
    }

    pub(crate) fn merge(&mut self, other: &DayCounts) -> Result<(), Error> {
        other.iter().try_for_each(|(day, count)| self.add(day, count))
    }

    /// Days with a count, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (i32, u64)> + '_ {
        let first = self.first;
        self.counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .filter_map(move |(index, count)| Some((first.checked_add(i32::try_from(index).ok()?)?, *count)))
    }

    /// The last day with a count.
    pub fn last(&self) -> Option<i32> {
        self.iter().next_back().map(|(day, _)| day)
    }
}

impl PartialEq for DayCounts {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for DayCounts {}

impl Serialize for DayCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for DayCounts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut counts = DayCounts::default();
        for (day, count) in Vec::<(i32, u64)>::deserialize(deserializer)? {
            // Days and working days of any real tally lie far inside this; the bound keeps a
            // forged file from asking for gigabytes.
            if !(-1_000_000..=1_000_000).contains(&day) {
                return Err(serde::de::Error::custom("a day out of range"));
            }
            counts.add(day, count).map_err(serde::de::Error::custom)?;
        }
        Ok(counts)
    }
}

/// What a tally holds of one group: a count per fact, counts and sums under field groups, and a
/// count per number of processing days.
///
/// # Example
/// ```
/// use tthc_kpi::{Contribution, Counts, Fact, Facts, Membership, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let mut counts = Counts::new(query.layout());
/// let facts = Facts::default().with(Fact::Handled).with(Fact::Open);
/// let dossier = Contribution { facts, ..Contribution::default() };
/// counts.add(query.layout(), &dossier, Membership::default())?;
/// let half = counts.clone();
/// counts.merge(&half)?;
/// assert_eq!((counts.fact(Fact::Open), counts.fact(Fact::Resolved)), (2, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    facts: Vec<u64>,
    sums: Vec<u64>,
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
    processing: DayCounts,
}

fn checked(cell: &mut u64, by: u64) -> Result<(), Error> {
    *cell = cell.checked_add(by).ok_or(Error::Overflow { what: "a count of a tally" })?;
    Ok(())
}

impl Counts {
    /// No dossier yet.
    pub fn new(layout: &Layout) -> Self {
        Counts {
            facts: vec![0; Fact::ALL.len()],
            sums: vec![0; Quantity::ALL.len()],
            filtered: vec![0; layout.filtered_facts().len()],
            filtered_sums: vec![0; layout.filtered_sums().len()],
            processing: DayCounts::default(),
        }
    }

    /// Adds one dossier.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the counts are then of no further use.
    pub fn add(&mut self, layout: &Layout, dossier: &Contribution, field: Membership) -> Result<(), Error> {
        let bits = dossier.facts.bits();
        for (index, cell) in self.facts.iter_mut().enumerate() {
            checked(cell, bits >> index & 1)?;
        }
        for (cell, amount) in self.sums.iter_mut().zip(dossier.sums) {
            checked(cell, amount)?;
        }
        for (cell, ask) in self.filtered.iter_mut().zip(layout.filtered_facts()) {
            checked(cell, u64::from(dossier.facts.has(ask.fact) && field.matches(ask.group, ask.belongs)))?;
        }
        for (cell, ask) in self.filtered_sums.iter_mut().zip(layout.filtered_sums()) {
            if field.matches(ask.group, crate::layout::Belongs::Yes) {
                checked(cell, dossier.sums.get(ask.quantity as usize).copied().unwrap_or(0))?;
            }
        }
        if let Some(days) = dossier.processing_days {
            let days = i32::try_from(days).map_err(|_| Error::Overflow { what: "processing days" })?;
            self.processing.add(days, 1)?;
        }
        Ok(())
    }

    /// Adds all of `other`, made by the same query.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the counts are then of no further use.
    pub fn merge(&mut self, other: &Counts) -> Result<(), Error> {
        for (mine, theirs) in self.cells_mut().zip(other.cells()) {
            checked(mine, theirs)?;
        }
        self.processing.merge(&other.processing)
    }

    /// Whether all of `other` is in these counts.
    pub(crate) fn holds(&self, other: &Counts) -> bool {
        self.cells().zip(other.cells()).all(|(mine, theirs)| mine >= theirs)
            && self.processing.holds(&other.processing)
    }

    /// Takes all of `other` out; [`Counts::holds`] must be true.
    pub(crate) fn subtract(&mut self, other: &Counts) -> Result<(), Error> {
        for (mine, theirs) in self.cells_mut().zip(other.cells()) {
            *mine = mine.checked_sub(theirs).ok_or(Error::NotInTally)?;
        }
        self.processing.subtract(&other.processing)
    }

    fn cells(&self) -> impl Iterator<Item = u64> + '_ {
        [&self.facts, &self.sums, &self.filtered, &self.filtered_sums].into_iter().flatten().copied()
    }

    fn cells_mut(&mut self) -> impl Iterator<Item = &mut u64> + '_ {
        [&mut self.facts, &mut self.sums, &mut self.filtered, &mut self.filtered_sums].into_iter().flatten()
    }

    /// Dossiers of which a fact holds.
    pub fn fact(&self, fact: Fact) -> u64 {
        self.facts.get(fact as usize).copied().unwrap_or(0)
    }

    /// Sum of a quantity.
    pub fn sum(&self, quantity: Quantity) -> u64 {
        self.sums.get(quantity as usize).copied().unwrap_or(0)
    }

    /// A count under a field group; the layout must be that of the query.
    pub fn filtered_fact(&self, layout: &Layout, ask: crate::layout::FilteredFact) -> u64 {
        layout
            .filtered_facts()
            .binary_search(&ask)
            .ok()
            .and_then(|index| self.filtered.get(index).copied())
            .unwrap_or(0)
    }

    /// A sum under a field group; the layout must be that of the query.
    pub fn filtered_sum(&self, layout: &Layout, ask: crate::layout::FilteredSum) -> u64 {
        layout
            .filtered_sums()
            .binary_search(&ask)
            .ok()
            .and_then(|index| self.filtered_sums.get(index).copied())
            .unwrap_or(0)
    }

    /// Resolved dossiers per number of working days; those outside the covered calendar are in
    /// none.
    pub fn processing(&self) -> &DayCounts {
        &self.processing
    }

    /// The counts as four rows of cells, for writing them as columns.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Counts, Plan, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let counts = Counts::new(query.layout());
    /// let (a, b, c, d) = counts.parts();
    /// let [a, b, c, d] = [a, b, c, d].map(<[u64]>::to_vec);
    /// assert_eq!(Counts::from_parts(query.layout(), a, b, c, d, counts.processing().iter())?, counts);
    /// assert!(Counts::from_parts(query.layout(), vec![], vec![], vec![], vec![], []).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts(&self) -> (&[u64], &[u64], &[u64], &[u64]) {
        (&self.facts, &self.sums, &self.filtered, &self.filtered_sums)
    }

    /// The counts of four rows of cells, as [`Counts::parts`] gave them.
    ///
    /// # Errors
    /// [`Error::BadTally`] when a row has another length than the query asks for.
    ///
    /// # Example
    /// See [`Counts::parts`].
    pub fn from_parts(
        layout: &Layout,
        facts: Vec<u64>,
        sums: Vec<u64>,
        filtered: Vec<u64>,
        filtered_sums: Vec<u64>,
        processing: impl IntoIterator<Item = (i32, u64)>,
    ) -> Result<Self, Error> {
        let mut counts = Counts { facts, sums, filtered, filtered_sums, processing: DayCounts::default() };
        for (days, count) in processing {
            if !(0..=1_000_000).contains(&days) {
                return Err(Error::BadTally {
                    detail: "a number of processing days is out of range".to_owned(),
                });
            }
            counts.processing.add(days, count)?;
        }
        let expected = Counts::new(layout);
        let same = counts.facts.len() == expected.facts.len()
            && counts.sums.len() == expected.sums.len()
            && counts.filtered.len() == expected.filtered.len()
            && counts.filtered_sums.len() == expected.filtered_sums.len();
        if same { Ok(counts) } else { Err(Error::BadTally { detail: "it counts other facts".to_owned() }) }
    }
}

/// Counts as JSON: facts by their slug, so that a file can be read by people.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedCounts {
    facts: BTreeMap<Fact, u64>,
    sums: Vec<u64>,
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
    processing: DayCounts,
}

impl From<&Counts> for SavedCounts {
    fn from(counts: &Counts) -> Self {
        SavedCounts {
            facts: Fact::ALL
                .iter()
                .map(|fact| (*fact, counts.fact(*fact)))
                .filter(|(_, count)| *count > 0)
                .collect(),
            sums: counts.sums.clone(),
            filtered: counts.filtered.clone(),
            filtered_sums: counts.filtered_sums.clone(),
            processing: counts.processing.clone(),
        }
    }
}

impl SavedCounts {
    pub(crate) fn restore(self, layout: &Layout) -> Result<Counts, Error> {
        let facts = Fact::ALL.iter().map(|fact| self.facts.get(fact).copied().unwrap_or(0)).collect();
        let processing: Vec<_> = self.processing.iter().collect();
        Counts::from_parts(layout, facts, self.sums, self.filtered, self.filtered_sums, processing)
    }
}
