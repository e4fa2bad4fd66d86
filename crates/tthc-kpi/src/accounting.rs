//! Where every row went (SPEC §3): read = used + outside + excluded + set aside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::slug::slugs;
use crate::verdict::Exclusion;

slugs! {
    /// Tính duy nhất của mã hồ sơ.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Uniqueness;
    /// assert_eq!("assumed".parse::<Uniqueness>()?, Uniqueness::Assumed);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Uniqueness as "uniqueness" {
        /// Equal ids were looked for, and resolved or refused.
        Checked = "checked",
        /// Ids were taken to be unique.
        Assumed = "assumed",
    }
}

/// Hạch toán dòng: rows read = used + outside + excluded + set aside, always.
///
/// # Example
/// ```
/// let mut rows = tthc_kpi::Accounting::default();
/// rows.read = 1;
/// rows.used = 1;
/// assert!(rows.adds_up());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Accounting {
    /// Rows read.
    pub read: u64,
    /// Rows of dossiers handled in the window.
    pub used: u64,
    /// Rows of dossiers outside the window.
    pub outside: u64,
    /// Rows left out, by reason.
    pub excluded: BTreeMap<Exclusion, u64>,
    /// Rows no dossier could be made of, by reason.
    pub set_aside: BTreeMap<String, u64>,
    /// Rows not read, since the file's own statistics show that none can be handled in the window:
    /// beside the sum, not in it.
    #[serde(skip_serializing_if = "is_none")]
    pub skipped: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(rows: &u64) -> bool {
    *rows == 0
}

impl Accounting {
    /// Whether every row read is somewhere.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Accounting;
    /// assert!(!Accounting { read: 2, used: 1, ..Accounting::default() }.adds_up());
    /// assert!(Accounting { read: 2, used: 1, outside: 1, ..Accounting::default() }.adds_up());
    /// ```
    pub fn adds_up(&self) -> bool {
        let parts = [self.used, self.outside].into_iter().chain(self.excluded.values().copied());
        parts.chain(self.set_aside.values().copied()).try_fold(0u64, u64::checked_add) == Some(self.read)
    }

    /// Whether there was no row, not even one skipped.
    pub(crate) fn is_empty(&self) -> bool {
        self.read == 0 && self.skipped == 0
    }

    /// Counts a row read, and its place.
    pub(crate) fn row(&mut self, place: impl FnOnce(&mut Self) -> &mut u64) -> Result<(), Error> {
        let one_more = |count: &mut u64| {
            let Some(more) = count.checked_add(1) else {
                return Err(Error::Overflow { what: "the accounting" });
            };
            *count = more;
            Ok(())
        };
        one_more(&mut self.read)?;
        one_more(place(self))
    }

    pub(crate) fn merge(&mut self, other: &Accounting) -> Result<(), Error> {
        let add = |mine: &mut u64, theirs: u64| -> Result<(), Error> {
            *mine = mine.checked_add(theirs).ok_or(Error::Overflow { what: "the accounting" })?;
            Ok(())
        };
        add(&mut self.read, other.read)?;
        add(&mut self.used, other.used)?;
        add(&mut self.outside, other.outside)?;
        add(&mut self.skipped, other.skipped)?;
        for (reason, count) in &other.excluded {
            add(self.excluded.entry(*reason).or_default(), *count)?;
        }
        for (reason, count) in &other.set_aside {
            add(self.set_aside.entry(reason.clone()).or_default(), *count)?;
        }
        Ok(())
    }

    /// Takes `other` out, or leaves all as it is.
    pub(crate) fn subtract(&mut self, other: &Accounting) -> Result<(), Error> {
        let less = |mine: u64, theirs: u64| mine.checked_sub(theirs).ok_or(Error::NotInTally);
        let mut after = self.clone();
        after.read = less(self.read, other.read)?;
        after.used = less(self.used, other.used)?;
        after.outside = less(self.outside, other.outside)?;
        after.skipped = less(self.skipped, other.skipped)?;
        for (reason, count) in &other.excluded {
            let left = less(self.excluded.get(reason).copied().unwrap_or(0), *count)?;
            after.excluded.insert(*reason, left);
        }
        after.excluded.retain(|_, count| *count > 0);
        *self = after;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_too_many_is_an_error() {
        let mut rows = Accounting { read: u64::MAX, used: u64::MAX, ..Accounting::default() };
        assert!(matches!(rows.row(|rows| &mut rows.outside), Err(Error::Overflow { .. })));
        assert_eq!((rows.read, rows.outside), (u64::MAX, 0));
    }
}
