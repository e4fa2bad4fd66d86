//! How procedures were used: received, paid, paid online and lodged online dossiers per procedure
//! code, for the indicators that count procedures and not dossiers (SPEC §6, 31 and 32; QĐ 766, 3.2
//! and 3.5b).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::fact::{Contribution, Fact, Quantity};

/// Hồ sơ của một thủ tục, tiếp nhận trong kỳ.
///
/// # Example
/// ```
/// use tthc_kpi::{Channel, Dossier, Plan, ProcedureUse, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let mut tally = Tally::new(&query);
/// let paid = Dossier {
///     procedure_code: Some("1.001193".into()),
///     payments: Some(1),
///     payments_online: Some(1),
///     payments_portal: Some(1),
///     channel: Some(Channel::Online),
///     ..Dossier::received("2026-01-05".parse()?)
/// };
/// tally.add(&paid)?;
/// tally.add(&Dossier { payments_portal: None, channel: None, ..paid })?;
/// let used = ProcedureUse {
///     received: 2,
///     paid: 2,
///     paid_online: 1,
///     unsettled: 1,
///     lodged_online: 1,
///     channel_unknown: 1,
/// };
/// assert_eq!(tally.total().procedures().get("1.001193"), Some(&used));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureUse {
    /// Dossiers received.
    pub received: u64,
    /// Of them, those known to have payments: fee dossiers.
    pub paid: u64,
    /// Of them, those paid online (on the portal, under the policy's `online_payment`).
    pub paid_online: u64,
    /// Received dossiers of which it is unknown whether they have payments, or whether these were
    /// made online.
    pub unsettled: u64,
    /// Dossiers received online.
    pub lodged_online: u64,
    /// Dossiers received through an unknown channel.
    pub channel_unknown: u64,
}

impl ProcedureUse {
    /// What one dossier adds.
    pub(crate) fn of(dossier: &Contribution) -> Self {
        let has = |fact| dossier.facts.has(fact);
        let judged = has(Fact::PaymentsJudged);
        let online = dossier.sums.get(Quantity::PaymentsOnline as usize).is_some_and(|sum| *sum > 0);
        ProcedureUse {
            received: has(Fact::Received).into(),
            paid: has(Fact::Paid).into(),
            paid_online: (judged && online).into(),
            unsettled: (has(Fact::FeeScope) && !judged).into(),
            lodged_online: has(Fact::Online).into(),
            channel_unknown: (has(Fact::Received) && !has(Fact::ChannelKnown)).into(),
        }
    }

    /// Whether a dossier was paid online; unknown where none is known to be, and of some it is unknown.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ProcedureUse;
    /// let used = ProcedureUse { received: 2, paid: 1, ..ProcedureUse::default() };
    /// assert_eq!(used.was_paid_online(), Some(false));
    /// assert_eq!(ProcedureUse { unsettled: 1, ..used }.was_paid_online(), None);
    /// ```
    pub const fn was_paid_online(self) -> Option<bool> {
        match self {
            ProcedureUse { paid_online: 1.., .. } => Some(true),
            ProcedureUse { unsettled: 1.., .. } => None,
            _ => Some(false),
        }
    }

    /// Whether a dossier was received online; unknown where none is known to be, and of some it is
    /// unknown.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ProcedureUse;
    /// let used = ProcedureUse { received: 2, lodged_online: 1, channel_unknown: 1, ..ProcedureUse::default() };
    /// assert_eq!(used.was_lodged_online(), Some(true));
    /// assert_eq!(ProcedureUse { lodged_online: 0, ..used }.was_lodged_online(), None);
    /// ```
    pub const fn was_lodged_online(self) -> Option<bool> {
        match self {
            ProcedureUse { lodged_online: 1.., .. } => Some(true),
            ProcedureUse { channel_unknown: 1.., .. } => None,
            _ => Some(false),
        }
    }

    /// The counts in the order of [`ProcedureUse::NAMES`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ProcedureUse;
    /// let used = ProcedureUse { received: 3, paid: 1, ..ProcedureUse::default() };
    /// assert_eq!(ProcedureUse::NAMES[..2], ["received", "paid"]);
    /// assert_eq!(used.numbers(), [3, 1, 0, 0, 0, 0]);
    /// assert_eq!(ProcedureUse::of_numbers(used.numbers()), used);
    /// ```
    pub const fn numbers(self) -> [u64; ProcedureUse::NAMES.len()] {
        let ProcedureUse { received, paid, paid_online, unsettled, lodged_online, channel_unknown } = self;
        [received, paid, paid_online, unsettled, lodged_online, channel_unknown]
    }

    /// The uses of such counts.
    ///
    /// # Example
    /// See [`ProcedureUse::numbers`].
    pub const fn of_numbers(numbers: [u64; ProcedureUse::NAMES.len()]) -> Self {
        let [received, paid, paid_online, unsettled, lodged_online, channel_unknown] = numbers;
        ProcedureUse { received, paid, paid_online, unsettled, lodged_online, channel_unknown }
    }

    /// Names of the counts, for writing them as columns.
    pub const NAMES: [&'static str; 6] =
        ["received", "paid", "paid_online", "unsettled", "lodged_online", "channel_unknown"];

    fn with(self, other: Self, with: fn(u64, u64) -> Option<u64>) -> Option<Self> {
        let mut numbers = self.numbers();
        for (mine, theirs) in numbers.iter_mut().zip(other.numbers()) {
            *mine = with(*mine, theirs)?;
        }
        Some(ProcedureUse::of_numbers(numbers))
    }

    fn is_none(self) -> bool {
        self == ProcedureUse::default()
    }
}

/// Hồ sơ theo mã thủ tục. A code nothing was received of is not there, so that what was added and then
/// taken out leaves no trace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcedureUses(pub(crate) BTreeMap<Arc<str>, ProcedureUse>);

const OVERFLOW: Error = Error::Overflow { what: "the dossiers of a procedure" };

impl ProcedureUses {
    pub fn add(&mut self, code: &str, used: ProcedureUse) -> Result<(), Error> {
        if used.is_none() {
            return Ok(());
        }
        match self.0.get_mut(code) {
            Some(sum) => *sum = sum.with(used, u64::checked_add).ok_or(OVERFLOW)?,
            None => drop(self.0.insert(code.into(), used)),
        }
        Ok(())
    }

    /// Adds uses counted elsewhere: soonest when their codes come in order, and are mostly there.
    pub fn extend<C: AsRef<str>>(
        &mut self,
        uses: impl IntoIterator<Item = (C, ProcedureUse)>,
        mut owned: impl FnMut(C) -> Arc<str>,
    ) -> Result<(), Error> {
        let mut lacking: Vec<(C, ProcedureUse)> = Vec::new();
        let mut mine = self.0.iter_mut().peekable();
        for (code, used) in uses.into_iter().filter(|(_, used)| !used.is_none()) {
            while mine.next_if(|(before, _)| ***before < *code.as_ref()).is_some() {}
            match mine.next_if(|(same, _)| ***same == *code.as_ref()) {
                Some((_, sum)) => *sum = sum.with(used, u64::checked_add).ok_or(OVERFLOW)?,
                None => lacking.push((code, used)),
            }
        }
        // Stable, so that codes in order are only gone through.
        lacking.sort_by(|(one, _), (other, _)| one.as_ref().cmp(other.as_ref()));
        let mut distinct: Vec<(Arc<str>, ProcedureUse)> = Vec::with_capacity(lacking.len());
        for (code, used) in lacking {
            // A code that came out of its order, or twice, may be there.
            let there = match distinct.last_mut() {
                Some((last, sum)) if **last == *code.as_ref() => Some(sum),
                _ => self.0.get_mut(code.as_ref()),
            };
            match there {
                Some(sum) => *sum = sum.with(used, u64::checked_add).ok_or(OVERFLOW)?,
                None => distinct.push((owned(code), used)),
            }
        }
        if self.0.is_empty() {
            self.0 = distinct.into_iter().collect();
        } else {
            self.0.extend(distinct);
        }
        Ok(())
    }

    /// Goes through both in order: groups may be many, and have mostly the same codes.
    pub fn merge(&mut self, other: &ProcedureUses) -> Result<(), Error> {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return Ok(());
        }
        let mut lacking = Vec::new();
        let mut mine = self.0.iter_mut().peekable();
        for (code, used) in &other.0 {
            while mine.next_if(|(before, _)| *before < code).is_some() {}
            match mine.next_if(|(same, _)| *same == code) {
                Some((_, sum)) => *sum = sum.with(*used, u64::checked_add).ok_or(OVERFLOW)?,
                None => lacking.push((Arc::clone(code), *used)),
            }
        }
        self.0.extend(lacking);
        Ok(())
    }

    /// Whether all of these uses are in it.
    pub fn holds(&self, code: &str, used: ProcedureUse) -> bool {
        used.is_none() || self.0.get(code).is_some_and(|mine| mine.with(used, u64::checked_sub).is_some())
    }

    /// Takes uses out; [`ProcedureUses::holds`] must be true.
    pub fn subtract(&mut self, code: &str, used: ProcedureUse) -> Result<(), Error> {
        if used.is_none() {
            return Ok(());
        }
        let mine = self.0.get_mut(code).ok_or(Error::NotInTally)?;
        *mine = mine.with(used, u64::checked_sub).ok_or(Error::NotInTally)?;
        if mine.is_none() {
            self.0.remove(code);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(of: &[(&str, u64)]) -> ProcedureUses {
        let mut uses = ProcedureUses::default();
        for (code, received) in of {
            uses.add(code, ProcedureUse { received: *received, ..ProcedureUse::default() }).unwrap();
        }
        uses
    }

    #[test]
    fn merging_and_extending_are_adding_one_by_one() {
        let parts: [&[(&str, u64)]; 5] =
            [&[], &[("b", 1)], &[("a", 2), ("c", 3)], &[("c", 4), ("d", 5), ("e", 6)], &[("b", 7), ("e", 8)]];
        for (one, other) in parts.iter().flat_map(|one| parts.iter().map(move |other| (one, other))) {
            let expected = uses(&[*one, *other].concat());
            let mut merged = uses(one);
            merged.merge(&uses(other)).unwrap();
            assert_eq!(merged, expected);
            let mut extended = uses(one);
            let turned = other.iter().rev().chain([&("b", 0)]);
            let used = |received| ProcedureUse { received, ..ProcedureUse::default() };
            extended.extend(turned.map(|(code, received)| (*code, used(*received))), Arc::from).unwrap();
            assert_eq!(extended, expected);
            let mut in_order = uses(one);
            in_order
                .extend(other.iter().map(|(code, received)| (*code, used(*received))), Arc::from)
                .unwrap();
            assert_eq!(in_order, expected);
            for (code, received) in other.iter() {
                assert!(merged.holds(code, used(*received)));
                merged.subtract(code, used(*received)).unwrap();
            }
            assert_eq!(merged, uses(one));
        }
        let none = ProcedureUse::default();
        let (mut three, four) = (uses(&[("a", 3)]), ProcedureUse { received: 4, ..none });
        assert!(three.holds("b", none) && !three.holds("b", four) && !three.holds("a", four));
        assert_eq!(three.subtract("a", four), Err(Error::NotInTally));
        assert_eq!(three, uses(&[("a", 3)]));
        let mut twice = uses(&[]);
        let half = ProcedureUse { received: 1, paid: 1, ..ProcedureUse::default() };
        for times in [2, 4] {
            twice.extend([("x", half), ("y", half), ("x", half)], Arc::from).unwrap();
            assert_eq!(
                twice.0["x"],
                ProcedureUse { received: times, paid: times, ..ProcedureUse::default() }
            );
        }
        let full = uses(&[("x", u64::MAX)]);
        assert_eq!(twice.merge(&full), Err(OVERFLOW));
        assert_eq!(twice.extend([("y", half), ("x", full.0["x"])], Arc::from), Err(OVERFLOW));
    }
}
