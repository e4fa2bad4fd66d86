//! What was counted: per flag, of the whole, of each agency and each officer.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::tally::{DeskCounts, IntegrityTally};
use super::{FLAGS, Flag, chance};
use crate::column::ColumnSet;
use crate::dimension::Key;
use crate::ratio::Ratio;
use crate::slug::slugs;
use crate::verdict::Window;

slugs! {
    /// Hiếm hay không: whether a group's flagged dossiers are more than chance would give it.
    ///
    /// # Example
    /// ```
    /// assert_eq!("too_few".parse::<tthc_kpi::Rarity>()?, tthc_kpi::Rarity::TooFew);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Rarity as "rarity" {
        /// Nothing to hold against: the whole, or no other group has a dossier that was judged, or
        /// this one has none.
        NotCompared = "not_compared",
        /// Fewer than [`FlagCount::LEAST_JUDGED`] were judged: a share of so few says nothing.
        TooFew = "too_few",
        /// Flagged dossiers come in bunches by definition, so that chances are not to be had.
        Bunched = "bunched",
        /// Chance gives so many in more than 1 of [`FlagCount::LEAST_ONE_IN`] deals, or it is not
        /// proved that it does not.
        Usual = "usual",
        /// Chance gives so many in fewer than 1 of `one_in` deals.
        Rare = "rare",
    }
}

/// A flag counted in a group.
///
/// # Example
/// See [`IntegrityReport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagCount {
    /// The flag.
    pub flag: Flag,
    /// Of the resolved dossiers, those of which the flag could be asked.
    pub judged: u64,
    /// Of the judged, those that bear it.
    pub flagged: u64,
    /// Resolved, but not to be judged for want of a value.
    pub unknown: u64,
    /// `flagged` of `judged` in percent, 2 decimals; none when 0/0.
    pub percent: Option<Decimal>,
    /// Judged in all other groups; none for the whole.
    pub others_judged: Option<u64>,
    /// Flagged in all other groups.
    pub others_flagged: Option<u64>,
    /// The share divided by that of the others, 2 decimals; none where theirs is 0 or unknown.
    pub times_others: Option<Decimal>,
    /// Whether that is more than chance gives.
    pub rarity: Rarity,
    /// A power of ten: dealt blindly, so many would fall to a group of this size in fewer than 1
    /// of `one_in` deals. Proved in integers.
    pub one_in: Option<u64>,
    /// Columns that are missing, of the whole data, before the flag can be asked.
    pub lacking: Vec<&'static str>,
}

impl FlagCount {
    /// Judged dossiers below which a group is not held against the others.
    pub const LEAST_JUDGED: u64 = 10;
    /// The least `one_in` that is called rare. Of a hundred groups without anything arranged, one
    /// in ten such reports holds one by chance.
    pub const LEAST_ONE_IN: u64 = 1_000;
}

/// The flags of one agency, or of one officer of an agency.
///
/// # Example
/// See [`IntegrityReport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FlagGroup {
    /// The agency; null is unknown.
    pub agency: Key,
    /// The officer, where the group is one; null is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub officer: Option<Key>,
    /// Dossiers resolved.
    pub resolved: u64,
    /// Each flag, in the order of [`Flag::ALL`].
    pub flags: Vec<FlagCount>,
}

/// Báo cáo dấu hiệu: every flag of the whole, of each agency and of each officer, in the order of
/// keys, the unknown last.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Flag, IntegrityTally, Judge, Policy, Rarity, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// let mut tally = IntegrityTally::new(&judge, window);
/// for (agency, completed) in [("A", "2026-01-12T17:00"), ("B", "2026-01-12T16:20")] {
///     let dossier = Dossier {
///         agency: Some(agency.into()),
///         due_at: Some("2026-01-12T17:00".parse()?),
///         completed_at: Some(completed.parse()?),
///         ..Dossier::received("2026-01-05".parse()?)
///     };
///     (0..20).for_each(|_| tally.add(&dossier));
/// }
/// let report = tally.report();
/// let whole = report.of(Flag::EndAtDue).unwrap();
/// assert_eq!((whole.flagged, whole.judged, whole.rarity), (20, 40, Rarity::NotCompared));
/// let first = &report.agencies[0].flags[0];
/// assert_eq!((first.flagged, first.others_flagged, first.one_in), (20, Some(0), Some(100_000_000_000)));
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IntegrityReport {
    /// The window.
    pub window: Window,
    /// The version of the working calendar.
    pub calendar: String,
    /// Dossiers resolved.
    pub resolved: u64,
    /// Each flag in the whole, in the order of [`Flag::ALL`].
    pub flags: Vec<FlagCount>,
    /// By agency.
    pub agencies: Vec<FlagGroup>,
    /// By agency and officer: two officers of one name in two agencies are two.
    pub officers: Vec<FlagGroup>,
}

/// Sums over desks.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    resolved: u64,
    /// Judged and flagged.
    flags: [(u64, u64); FLAGS],
}

impl Sums {
    fn add(&mut self, counts: &DeskCounts) {
        self.resolved += counts.resolved;
        for (sum, flag) in self.flags.iter_mut().zip(Flag::ALL) {
            let (judged, flagged) = counts.of(*flag);
            *sum = (sum.0 + judged, sum.1 + flagged);
        }
    }
}

impl IntegrityReport {
    pub(super) fn new(tally: &IntegrityTally) -> Self {
        let mut whole = Sums::default();
        let mut agencies: BTreeMap<Key, Sums> = BTreeMap::new();
        let mut officers: BTreeMap<(Key, Key), Sums> = BTreeMap::new();
        for (desk, counts) in &tally.desks {
            whole.add(counts);
            agencies.entry(desk.agency.clone()).or_default().add(counts);
            officers.entry((desk.agency.clone(), desk.officer.clone())).or_default().add(counts);
        }
        let group = |agency: Key, officer: Option<Key>, sums: Sums| FlagGroup {
            agency,
            officer,
            resolved: sums.resolved,
            flags: counts(&sums, Some(&whole), tally.present),
        };
        IntegrityReport {
            window: tally.window(),
            calendar: tally.judge().calendar().version().to_owned(),
            resolved: whole.resolved,
            flags: counts(&whole, None, tally.present),
            agencies: agencies.into_iter().map(|(agency, sums)| group(agency, None, sums)).collect(),
            officers: officers
                .into_iter()
                .map(|((agency, officer), sums)| group(agency, Some(officer), sums))
                .collect(),
        }
    }

    /// A flag in the whole; there is one of each.
    #[must_use]
    pub fn of(&self, flag: Flag) -> Option<&FlagCount> {
        self.flags.iter().find(|count| count.flag == flag)
    }
}

fn counts(sums: &Sums, whole: Option<&Sums>, present: ColumnSet) -> Vec<FlagCount> {
    let whole = whole.map(|whole| whole.flags.as_slice()).unwrap_or_default();
    let flags = Flag::ALL.iter().zip(sums.flags).enumerate();
    flags.map(|(place, (flag, own))| count(*flag, own, sums.resolved, whole.get(place), present)).collect()
}

fn count(
    flag: Flag,
    (judged, flagged): (u64, u64),
    resolved: u64,
    whole: Option<&(u64, u64)>,
    present: ColumnSet,
) -> FlagCount {
    let others = whole.map(|(all, all_flagged)| (all - judged, all_flagged - flagged));
    let power = whole.and_then(|(all, all_flagged)| {
        chance::below_one_in_ten_to(flagged, judged, *all_flagged, *all).map(|n| 10u64.pow(n))
    });
    let proved = power.filter(|one_in| *one_in >= FlagCount::LEAST_ONE_IN);
    let rarity = match others {
        None | Some((0, _)) => Rarity::NotCompared,
        Some(_) if judged == 0 => Rarity::NotCompared,
        Some(_) if flag == Flag::SameMinute => Rarity::Bunched,
        Some(_) if judged < FlagCount::LEAST_JUDGED => Rarity::TooFew,
        Some(_) if proved.is_some() => Rarity::Rare,
        Some(_) => Rarity::Usual,
    };
    FlagCount {
        flag,
        judged,
        flagged,
        unknown: resolved - judged,
        // Counts are far from where a share would overflow.
        percent: Ratio::of(flagged, judged).percent2().ok().flatten(),
        others_judged: others.map(|(judged, _)| judged),
        others_flagged: others.map(|(_, flagged)| flagged),
        times_others: others.and_then(|others| times((judged, flagged), others)),
        rarity,
        one_in: proved.filter(|_| rarity == Rarity::Rare),
        lacking: flag.lacking(present),
    }
}

/// One share divided by another, 2 decimals.
fn times(own: (u64, u64), others: (u64, u64)) -> Option<Decimal> {
    let above = own.1.checked_mul(others.0)?;
    let below = own.0.checked_mul(others.1)?;
    if below == 0 { None } else { Ratio::of(above, below).value2().ok() }
}
