//! A count per day.

use serde::{Deserialize, Serialize};

use crate::error::Error;

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
        let cell = match self.place(day).and_then(|place| self.counts.get_mut(place)) {
            Some(cell) => cell,
            None if count == 0 => return Ok(()),
            None => self.reach(day).ok_or(OVERFLOW)?,
        };
        let Some(sum) = cell.checked_add(count) else { return Err(OVERFLOW) };
        *cell = sum;
        Ok(())
    }

    /// Where a day's count is, unless the day lies before the first.
    fn place(&self, day: i32) -> Option<usize> {
        usize::try_from(i64::from(day) - i64::from(self.first)).ok()
    }

    /// The cell of a day that has none yet.
    #[cold]
    fn reach(&mut self, day: i32) -> Option<&mut u64> {
        if self.counts.is_empty() {
            self.first = day;
        }
        let before = i64::from(self.first) - i64::from(day);
        if before > 0 {
            self.counts.splice(0..0, std::iter::repeat_n(0, usize::try_from(before).ok()?));
            self.first = day;
        }
        let place = self.place(day)?;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts.get_mut(place)
    }

    /// Whether anything is counted at `day`.
    pub(crate) fn holds(&self, day: i32) -> bool {
        self.place(day).and_then(|place| self.counts.get(place)).is_some_and(|count| *count > 0)
    }

    /// Takes one out at `day`; [`DayCounts::holds`] must be true.
    pub(crate) fn subtract(&mut self, day: i32) -> Result<(), Error> {
        let cell = self.place(day).and_then(|place| self.counts.get_mut(place)).ok_or(Error::NotInTally)?;
        *cell = cell.checked_sub(1).ok_or(Error::NotInTally)?;
        Ok(())
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
