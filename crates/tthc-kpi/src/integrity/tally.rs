//! Counting flags: per desk, an officer of an agency, since both the agencies and the whole are sums
//! of desks.

use std::collections::BTreeMap;

use super::{FLAGS, Flag, IntegrityReport, Signs};
use crate::column::ColumnSet;
use crate::dimension::Key;
use crate::dossier::Dossier;
use crate::error::Error;
use crate::verdict::{Judge, Window};

/// Bảng đếm dấu hiệu: the flags of the dossiers resolved in a window, counted per agency and officer.
/// Merging is exact, in any order.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Flag, IntegrityTally, Judge, Policy, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
/// let mut tally = IntegrityTally::new(&judge, window);
/// tally.add(&Dossier {
///     completed_at: Some("2026-01-10T19:05".parse()?), // a Saturday that is worked, in the evening
///     ..Dossier::received("2026-01-05T08:30".parse()?)
/// });
/// let report = tally.report();
/// assert_eq!((report.resolved, report.of(Flag::OutsideHours).unwrap().flagged), (1, 1));
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IntegrityTally {
    judge: Judge,
    window: Window,
    pub(super) present: ColumnSet,
    pub(super) desks: BTreeMap<Desk, DeskCounts>,
}

/// Where a dossier was completed: an agency and an officer, either of which may be unknown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Desk {
    pub agency: Key,
    pub officer: Key,
}

impl Desk {
    fn is_named(&self) -> bool {
        self.agency != Key::Null || self.officer != Key::Null
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DeskCounts {
    pub resolved: u64,
    judged: [u64; FLAGS],
    flagged: [u64; FLAGS],
    /// Completions by minute; kept only where the desk has a name.
    minutes: BTreeMap<i64, u64>,
}

impl DeskCounts {
    /// Judged and flagged.
    pub fn of(&self, flag: Flag) -> (u64, u64) {
        if flag == Flag::SameMinute {
            let sum = |least: u64| self.minutes.values().filter(|count| **count >= least).sum();
            return (sum(1), sum(Flag::SAME_MINUTE));
        }
        let of = |counts: &[u64; FLAGS]| counts.get(flag.place()).copied().unwrap_or_default();
        (of(&self.judged), of(&self.flagged))
    }

    fn merge(&mut self, other: &DeskCounts) {
        self.resolved += other.resolved;
        self.judged.iter_mut().zip(other.judged).for_each(|(sum, count)| *sum += count);
        self.flagged.iter_mut().zip(other.flagged).for_each(|(sum, count)| *sum += count);
        for (minute, count) in &other.minutes {
            *self.minutes.entry(*minute).or_default() += count;
        }
    }
}

impl IntegrityTally {
    /// An empty tally of dossiers that may have every column.
    #[must_use]
    pub fn new(judge: &Judge, window: Window) -> Self {
        IntegrityTally::for_columns(judge, window, ColumnSet::all())
    }

    /// An empty tally of dossiers from a source that has only these columns.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet, Flag, IntegrityTally, Judge, Policy, Window, WorkCalendar};
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
    /// let columns = ColumnSet::all().without(Column::DueAt);
    /// let report = IntegrityTally::for_columns(&judge, window, columns).report();
    /// assert_eq!(report.of(Flag::EndAtDue).unwrap().lacking, ["due_at"]);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    #[must_use]
    pub fn for_columns(judge: &Judge, window: Window, columns: ColumnSet) -> Self {
        IntegrityTally { judge: judge.clone(), window, present: columns, desks: BTreeMap::new() }
    }

    /// The rules by which dossiers are resolved or not.
    #[must_use]
    pub fn judge(&self) -> &Judge {
        &self.judge
    }

    /// The window.
    #[must_use]
    pub fn window(&self) -> Window {
        self.window
    }

    /// Counts a dossier; one that was not resolved in the window counts nowhere.
    ///
    /// # Example
    /// See [`IntegrityTally`].
    pub fn add(&mut self, dossier: &Dossier) {
        let key = |text: &Option<String>| text.as_deref().map_or(Key::Null, Key::of);
        if let Some(signs) = Signs::of(dossier, &self.judge, self.window) {
            self.count(key(&dossier.agency), key(&dossier.officer), &signs);
        }
    }

    /// Counts the signs of a dossier, for callers that have its columns and not the whole of it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Flag, IntegrityTally, Judge, Key, Policy, Signs, Window, WorkCalendar};
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
    /// let (agency, officer) = (Key::text("Phòng Kinh tế"), Key::text("CB01"));
    /// let dossier = Dossier {
    ///     completed_at: Some("2026-01-09T15:20".parse()?),
    ///     ..Dossier::received("2026-01-05".parse()?)
    /// };
    /// let signs = Signs::of(&dossier, &judge, window).unwrap();
    /// let mut tally = IntegrityTally::new(&judge, window);
    /// for _ in 0..10 {
    ///     tally.count(agency.clone(), officer.clone(), &signs);
    /// }
    /// assert!(tally.is_bunch(agency, officer, &signs));
    /// assert_eq!(tally.report().of(Flag::SameMinute).unwrap().flagged, 10);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    pub fn count(&mut self, agency: Key, officer: Key, signs: &Signs) {
        let desk = Desk { agency, officer };
        let named = desk.is_named();
        let counts = self.desks.entry(desk).or_default();
        counts.resolved += 1;
        for flag in Flag::ALL {
            let Some(flagged) = signs.of_flag(*flag) else { continue };
            let places = counts.judged.get_mut(flag.place()).zip(counts.flagged.get_mut(flag.place()));
            if let Some((judged, sum)) = places {
                *judged += 1;
                *sum += u64::from(flagged);
            }
        }
        if let Some(minute) = signs.minute().filter(|_| named) {
            *counts.minutes.entry(minute).or_default() += 1;
        }
    }

    /// Whether a dossier of these signs is one of many that its desk completed in the same minute, once
    /// all are counted.
    ///
    /// # Example
    /// See [`IntegrityTally::count`].
    #[must_use]
    pub fn is_bunch(&self, agency: Key, officer: Key, signs: &Signs) -> bool {
        let counts = self.desks.get(&Desk { agency, officer });
        let minute = signs.minute().and_then(|minute| counts?.minutes.get(&minute));
        minute.is_some_and(|count| *count >= Flag::SAME_MINUTE)
    }

    /// Takes in what another tally of the same rules and window counted.
    ///
    /// # Errors
    /// [`Error::DifferentTally`], and nothing is taken in.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, IntegrityTally, Judge, Policy, Window, WorkCalendar};
    /// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
    /// let window = Window { start: "2026-01-01".parse()?, cut: "2026-12-31".parse()? };
    /// let mut one = IntegrityTally::new(&judge, window);
    /// one.add(&Dossier { completed_at: Some("2026-01-09".parse()?), ..Dossier::received("2026-01-05".parse()?) });
    /// let mut both = one.clone();
    /// both.merge(&one)?;
    /// assert_eq!(both.report().resolved, 2);
    /// let earlier = Window { cut: "2026-06-30".parse()?, ..window };
    /// assert!(both.merge(&IntegrityTally::new(&judge, earlier)).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(&mut self, other: &IntegrityTally) -> Result<(), Error> {
        if self.judge != other.judge {
            return Err(Error::DifferentTally { what: "policy" });
        }
        if self.window != other.window {
            return Err(Error::DifferentTally { what: "period" });
        }
        self.present = self.present.union(other.present);
        for (desk, counts) in &other.desks {
            self.desks.entry(desk.clone()).or_default().merge(counts);
        }
        Ok(())
    }

    /// What was counted, with shares and how unlikely they are.
    #[must_use]
    pub fn report(&self) -> IntegrityReport {
        IntegrityReport::new(self)
    }
}
