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

/// Where the row of one dossier goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    Used,
    Outside,
    Excluded(Exclusion),
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

    /// The count of such rows.
    fn place(&mut self, row: Row) -> &mut u64 {
        match row {
            Row::Used => &mut self.used,
            Row::Outside => &mut self.outside,
            Row::Excluded(reason) => self.excluded.entry(reason).or_default(),
        }
    }

    /// Counts a row read, and its place.
    #[inline]
    pub(crate) fn add_row(&mut self, row: Row) -> Result<(), Error> {
        let one_more = |count: &mut u64| {
            let Some(more) = count.checked_add(1) else {
                return Err(Error::Overflow { what: "the accounting" });
            };
            *count = more;
            Ok(())
        };
        one_more(&mut self.read)?;
        one_more(self.place(row))
    }

    /// Whether there is such a row.
    pub(crate) fn holds_row(&self, row: Row) -> bool {
        let rows = match row {
            Row::Used => self.used,
            Row::Outside => self.outside,
            Row::Excluded(reason) => self.excluded.get(&reason).copied().unwrap_or(0),
        };
        self.read > 0 && rows > 0
    }

    /// Takes a row out; [`Accounting::holds_row`] must be true.
    pub(crate) fn subtract_row(&mut self, row: Row) -> Result<(), Error> {
        let rows = self.place(row);
        *rows = rows.checked_sub(1).ok_or(Error::NotInTally)?;
        let last = *rows == 0;
        self.read = self.read.checked_sub(1).ok_or(Error::NotInTally)?;
        if let Row::Excluded(reason) = row
            && last
        {
            self.excluded.remove(&reason);
        }
        Ok(())
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_too_many_is_an_error() {
        let mut rows = Accounting { read: u64::MAX, used: u64::MAX, ..Accounting::default() };
        assert!(matches!(rows.add_row(Row::Outside), Err(Error::Overflow { .. })));
        assert_eq!((rows.read, rows.outside), (u64::MAX, 0));
    }

    #[test]
    fn a_row_is_taken_out_as_it_was_added() {
        let all = [Row::Used, Row::Outside, Row::Excluded(Exclusion::BadDate)];
        for row in all {
            let mut rows = Accounting::default();
            assert!(!rows.holds_row(row));
            rows.add_row(row).unwrap();
            assert!(all.into_iter().all(|other| rows.holds_row(other) == (other == row)) && rows.adds_up());
            rows.subtract_row(row).unwrap();
            assert_eq!(rows, Accounting::default());
        }
    }
}
