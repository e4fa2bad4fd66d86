//! Counts of one group of a tally: mergeable, removable, exact.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bit_counts::{BitCounts, OutOfRange};
use crate::day_counts::DayCounts;
use crate::error::Error;
use crate::fact::{Contribution, Fact, Facts, Quantity};
use crate::layout::{Belongs, FilteredFact, FilteredSum, Layout, Membership};
use crate::procedure_use::{ProcedureUse, ProcedureUses};
use crate::room::Room;

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
    facts: BitCounts,
    sums: Vec<u64>,
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
    processing: DayCounts,
    procedures: ProcedureUses,
}

const OVERFLOW: Error = Error::Overflow { what: "a count of a tally" };

fn checked(cell: &mut u64, by: u64) -> Result<(), Error> {
    let Some(sum) = cell.checked_add(by) else { return Err(OVERFLOW) };
    *cell = sum;
    Ok(())
}

fn less(cell: &mut u64, by: u64) -> Result<(), Error> {
    *cell = cell.checked_sub(by).ok_or(Error::NotInTally)?;
    Ok(())
}

impl Counts {
    /// No dossier yet.
    pub fn new(layout: &Layout) -> Self {
        Counts {
            facts: BitCounts::new(),
            sums: vec![0; Quantity::ALL.len()],
            filtered: vec![0; layout.filtered_facts().len()],
            filtered_sums: vec![0; layout.filtered_sums().len()],
            processing: DayCounts::default(),
            procedures: ProcedureUses::default(),
        }
    }

    /// Adds one dossier.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the counts are then of no further use.
    pub fn add(&mut self, layout: &Layout, dossier: &Contribution, field: Membership) -> Result<(), Error> {
        let Ok(()) = self.facts.add(dossier.facts.bits()) else { return Err(OVERFLOW) };
        for (cell, amount) in self.sums.iter_mut().zip(dossier.sums) {
            checked(cell, amount)?;
        }
        if !field.is_nowhere() {
            self.add_filtered(layout, dossier, field)?;
        }
        if let Some(days) = days(dossier)? {
            self.processing.add(days, 1)?;
        }
        Ok(())
    }

    /// Whether all that a dossier adds is in these counts.
    pub(crate) fn holds(&self, layout: &Layout, dossier: &Contribution, field: Membership) -> bool {
        let at_least = |(cell, amount): (&u64, u64)| *cell >= amount;
        self.facts.holds_word(dossier.facts.bits())
            && self.sums.iter().zip(dossier.sums).all(at_least)
            && self.filtered.iter().zip(filtered(layout, dossier, field)).all(at_least)
            && self.filtered_sums.iter().zip(filtered_sums(layout, dossier, field)).all(at_least)
            && days(dossier).is_ok_and(|days| days.is_none_or(|days| self.processing.holds(days)))
    }

    /// Takes out what a dossier added; [`Counts::holds`] must be true.
    pub(crate) fn subtract(
        &mut self,
        layout: &Layout,
        dossier: &Contribution,
        field: Membership,
    ) -> Result<(), Error> {
        self.facts.subtract_word(dossier.facts.bits()).map_err(|OutOfRange| Error::NotInTally)?;
        for (cell, amount) in self.sums.iter_mut().zip(dossier.sums) {
            less(cell, amount)?;
        }
        for (cell, amount) in self.filtered.iter_mut().zip(filtered(layout, dossier, field)) {
            less(cell, amount)?;
        }
        for (cell, amount) in self.filtered_sums.iter_mut().zip(filtered_sums(layout, dossier, field)) {
            less(cell, amount)?;
        }
        days(dossier)?.map_or(Ok(()), |days| self.processing.subtract(days))
    }

    /// Whether no dossier is counted here.
    pub(crate) fn is_empty(&self) -> bool {
        !self.facts.holds_word(Facts::default().with(Fact::Handled).bits())
    }

    /// Counts a dossier for its procedure, where the plan counts procedures
    /// ([`Layout::counts_procedures`]).
    ///
    /// # Errors
    /// [`Error::Overflow`].
    pub fn add_procedure(&mut self, code: &str, dossier: &Contribution) -> Result<(), Error> {
        self.procedures.add(code, ProcedureUse::of(dossier))
    }

    /// Whether what a dossier adds for its procedure is in these counts.
    pub(crate) fn holds_procedure(&self, code: &str, dossier: &Contribution) -> bool {
        self.procedures.holds(code, ProcedureUse::of(dossier))
    }

    /// Takes out what a dossier added for its procedure; [`Counts::holds_procedure`] must be true.
    pub(crate) fn subtract_procedure(&mut self, code: &str, dossier: &Contribution) -> Result<(), Error> {
        self.procedures.subtract(code, ProcedureUse::of(dossier))
    }

    /// The dossiers received per procedure code; empty where the plan counts no procedures.
    ///
    /// See [`ProcedureUse`] for an example.
    pub fn procedures(&self) -> &BTreeMap<Arc<str>, ProcedureUse> {
        &self.procedures.0
    }

    /// The same counts, with the dossiers of procedures counted elsewhere added; soonest when the codes
    /// come in order.
    ///
    /// # Errors
    /// [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Counts, Plan, ProcedureUse, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let used = ProcedureUse { received: 2, ..ProcedureUse::default() };
    /// let counts = Counts::new(query.layout()).with_procedures([("1.001193", used), ("1.001193", used)])?;
    /// assert_eq!(counts.procedures()["1.001193"].received, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_procedures<C: Into<Arc<str>>>(
        mut self,
        uses: impl IntoIterator<Item = (C, ProcedureUse)>,
    ) -> Result<Self, Error> {
        self.procedures.extend(uses.into_iter().map(|(code, used)| (code.into(), used)), |code| code)?;
        Ok(self)
    }

    /// Adds the dossiers of procedures counted elsewhere: soonest when the codes come in order. A code
    /// that is not there yet is made an own one by `owned`, which may know it.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the counts are then of no further use.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Counts, Plan, ProcedureUse, Query};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let used = ProcedureUse { received: 2, ..ProcedureUse::default() };
    /// let mut counts = Counts::new(query.layout());
    /// for _ in 0..2 {
    ///     counts.add_procedures([("1.001193", used), ("2.000488", used)], |code| code.into())?;
    /// }
    /// assert_eq!(counts.procedures()["2.000488"].received, 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_procedures<C: AsRef<str>>(
        &mut self,
        uses: impl IntoIterator<Item = (C, ProcedureUse)>,
        owned: impl FnMut(C) -> Arc<str>,
    ) -> Result<(), Error> {
        self.procedures.extend(uses, owned)
    }

    /// The counts and sums under field groups.
    fn add_filtered(
        &mut self,
        layout: &Layout,
        dossier: &Contribution,
        field: Membership,
    ) -> Result<(), Error> {
        for (cell, amount) in self.filtered.iter_mut().zip(filtered(layout, dossier, field)) {
            checked(cell, amount)?;
        }
        for (cell, amount) in self.filtered_sums.iter_mut().zip(filtered_sums(layout, dossier, field)) {
            checked(cell, amount)?;
        }
        Ok(())
    }

    /// Adds all of `other`, made by the same query.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the counts are then of no further use.
    pub fn merge(&mut self, other: &Counts) -> Result<(), Error> {
        self.facts.merge(&other.facts).map_err(|OutOfRange| OVERFLOW)?;
        for (mine, theirs) in self.cells_mut().zip(other.cells()) {
            checked(mine, theirs)?;
        }
        self.processing.merge(&other.processing)?;
        self.procedures.merge(&other.procedures)
    }

    /// The cells beside the facts.
    fn cells(&self) -> impl Iterator<Item = u64> + '_ {
        [&self.sums, &self.filtered, &self.filtered_sums].into_iter().flatten().copied()
    }

    fn cells_mut(&mut self) -> impl Iterator<Item = &mut u64> + '_ {
        [&mut self.sums, &mut self.filtered, &mut self.filtered_sums].into_iter().flatten()
    }

    /// Dossiers of which a fact holds.
    pub fn fact(&self, fact: Fact) -> u64 {
        self.facts.get(fact as usize)
    }

    /// Sum of a quantity.
    pub fn sum(&self, quantity: Quantity) -> u64 {
        self.sums.get(quantity as usize).copied().unwrap_or(0)
    }

    /// A count under a field group; the layout must be that of the query.
    pub fn filtered_fact(&self, layout: &Layout, ask: FilteredFact) -> u64 {
        layout
            .filtered_facts()
            .binary_search(&ask)
            .ok()
            .and_then(|index| self.filtered.get(index).copied())
            .unwrap_or(0)
    }

    /// A sum under a field group; the layout must be that of the query.
    pub fn filtered_sum(&self, layout: &Layout, ask: FilteredSum) -> u64 {
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
    /// let (facts, b, c, d) = counts.parts();
    /// let [b, c, d] = [b, c, d].map(<[u64]>::to_vec);
    /// assert_eq!(Counts::from_parts(query.layout(), facts, b, c, d, counts.processing().iter())?, counts);
    /// assert!(Counts::from_parts(query.layout(), vec![], vec![], vec![], vec![], []).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parts(&self) -> (Vec<u64>, &[u64], &[u64], &[u64]) {
        let facts = self.facts.all().into_iter().take(Fact::ALL.len()).collect();
        (facts, &self.sums, &self.filtered, &self.filtered_sums)
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
        let mut counts = Counts::new(layout);
        if facts.len() != Fact::ALL.len()
            || sums.len() != counts.sums.len()
            || filtered.len() != counts.filtered.len()
            || filtered_sums.len() != counts.filtered_sums.len()
        {
            return Err(Error::BadTally { detail: "it counts other facts".to_owned() });
        }
        counts = Counts { facts: BitCounts::of(&facts), sums, filtered, filtered_sums, ..counts };
        for (days, count) in processing {
            if !(0..=1_000_000).contains(&days) {
                return Err(Error::BadTally {
                    detail: "a number of processing days is out of range".to_owned(),
                });
            }
            counts.processing.add(days, count)?;
        }
        Ok(counts)
    }
}

/// What a dossier adds to the counts under field groups, in their order.
#[inline]
fn filtered(layout: &Layout, dossier: &Contribution, field: Membership) -> impl Iterator<Item = u64> {
    let counts =
        move |ask: &FilteredFact| dossier.facts.has(ask.fact) && field.matches(ask.group, ask.belongs);
    layout.filtered_facts().iter().map(move |ask| u64::from(counts(ask)))
}

/// What a dossier adds to the sums under field groups, in their order.
#[inline]
fn filtered_sums(layout: &Layout, dossier: &Contribution, field: Membership) -> impl Iterator<Item = u64> {
    let sum = |quantity| dossier.sums.get(quantity as usize).copied().unwrap_or(0);
    let inside = move |ask: &FilteredSum| field.matches(ask.group, Belongs::Yes);
    layout.filtered_sums().iter().map(move |ask| if inside(ask) { sum(ask.quantity) } else { 0 })
}

/// The number of working days at which a dossier counts.
fn days(dossier: &Contribution) -> Result<Option<i32>, Error> {
    let days = dossier.processing_days.map(i32::try_from).transpose();
    days.map_err(|_| Error::Overflow { what: "processing days" })
}

/// Counts as JSON: facts by their slug, so that a file can be read by people.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedCounts {
    facts: BTreeMap<Fact, u64>,
    sums: Vec<u64>,
    filtered: Vec<u64>,
    filtered_sums: Vec<u64>,
    processing: Vec<(i32, u64)>,
    #[serde(default)]
    procedures: ProcedureUses,
}

impl From<&Counts> for SavedCounts {
    fn from(counts: &Counts) -> Self {
        SavedCounts {
            facts: Fact::ALL
                .iter()
                .copied()
                .zip(counts.facts.all())
                .filter(|(_, count)| *count > 0)
                .collect(),
            sums: counts.sums.clone(),
            filtered: counts.filtered.clone(),
            filtered_sums: counts.filtered_sums.clone(),
            processing: counts.processing.iter().collect(),
            procedures: counts.procedures.clone(),
        }
    }
}

impl SavedCounts {
    pub(crate) fn restore(self, layout: &Layout, room: &mut Room) -> Result<Counts, Error> {
        room.take(self.processing.iter().copied())?;
        let facts = Fact::ALL.iter().map(|fact| self.facts.get(fact).copied().unwrap_or(0)).collect();
        let counts =
            Counts::from_parts(layout, facts, self.sums, self.filtered, self.filtered_sums, self.processing)?;
        counts.with_procedures(self.procedures.0.iter().map(|(code, used)| (code.as_ref(), *used)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Plan;
    use crate::query::Query;

    #[test]
    fn counts_are_exact_after_every_dossier() {
        let plan = Plan::builtin("dong-nguyen-2026").unwrap();
        let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
        let layout = query.layout();
        let fields = [None, Some("Đất đai, xây dựng, đầu tư"), Some("Hộ tịch")]
            .map(|field| Membership::of(&plan, field));
        let mut counts = Counts::new(layout);
        let (mut facts, mut sums) = (vec![0; Fact::ALL.len()], vec![0; Quantity::ALL.len()]);
        let mut filtered = vec![0; layout.filtered_facts().len()];
        // Beyond the places where a carry runs far.
        for (number, field) in (0..700u64).zip(fields.into_iter().cycle()) {
            let contribution = Contribution {
                facts: Facts::from_bits(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).with(Fact::Handled),
                sums: [number, number / 2],
                processing_days: None,
            };
            counts.add(layout, &contribution, field).unwrap();
            for fact in contribution.facts.iter() {
                facts[fact as usize] += 1;
            }
            sums.iter_mut().zip(contribution.sums).for_each(|(sum, amount)| *sum += amount);
            for (count, ask) in filtered.iter_mut().zip(layout.filtered_facts()) {
                *count +=
                    u64::from(contribution.facts.has(ask.fact) && field.matches(ask.group, ask.belongs));
            }
            let (counted, counted_sums, counted_filtered, _) = counts.parts();
            assert_eq!((&counted, counted_sums, counted_filtered), (&facts, &*sums, &*filtered));
            assert!(Fact::ALL.iter().all(|fact| counts.fact(*fact) == facts[*fact as usize]));
        }
        assert!(filtered.iter().all(|count| *count > 0));
        let parts = Counts::from_parts(layout, facts, sums, filtered, vec![], []).unwrap();
        assert_eq!(parts, counts);
        assert!(fields[0].matches(0, Belongs::Unknown) && !fields[0].is_nowhere() && fields[2].is_nowhere());
    }

    #[test]
    fn a_count_beyond_64_bits_is_an_error() {
        let plan = Plan::builtin("dong-nguyen-2026").unwrap();
        let query = Query::new(&plan).period("2026".parse().unwrap()).check().unwrap();
        let layout = query.layout();
        let full = || {
            let mut facts = vec![0; Fact::ALL.len()];
            facts[Fact::Handled as usize] = u64::MAX;
            let filtered = vec![0; layout.filtered_facts().len()];
            Counts::from_parts(layout, facts, vec![0; 2], filtered, vec![], []).unwrap()
        };
        let one = Contribution { facts: Facts::default().with(Fact::Handled), ..Contribution::default() };
        let mut counts = full();
        assert_eq!(counts.add(layout, &one, Membership::default()), Err(OVERFLOW));
        assert_eq!(full().merge(&full()), Err(OVERFLOW));
    }
}
