//! How much memory a saved tally may ask for.

use crate::error::Error;

/// How many days the counts per day of a saved tally may span, those of all groups together.
///
/// They are dense between the least and the greatest, so that a forged file of a few bytes could ask
/// for gigabytes. A tally that was ever counted stays far inside: its dossiers of a group would have
/// to have taken some years on average, over all groups.
///
/// # Example
/// ```
/// let mut room = tthc_kpi::Room::of(1_000);
/// assert!((0..1_000).all(|_| room.take([(0, 1), (250, 7)]).is_ok()));
/// assert!((0..1_000).any(|_| room.take([(0, 1), (36_000, 1)]).is_err()));
/// ```
#[derive(Debug, Clone)]
pub struct Room(u64);

/// What any tally may span, however small its file: 32 MiB.
const ALWAYS: u64 = 1 << 22;

impl Room {
    /// For a saved form of so many bytes.
    pub fn of(bytes: usize) -> Self {
        Room(u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(4).saturating_add(ALWAYS))
    }

    /// For so many groups, in a form of which the size is not known.
    pub(crate) fn of_groups(groups: usize) -> Self {
        Room::of(groups.saturating_mul(1 << 10))
    }

    /// Takes the room of the counts of one group.
    ///
    /// # Errors
    /// [`Error::BadTally`] when a number of days cannot be, or no room is left.
    pub fn take(&mut self, days: impl IntoIterator<Item = (i32, u64)>) -> Result<(), Error> {
        let bad = || Error::BadTally { detail: "a number of processing days is out of range".to_owned() };
        let (mut least, mut greatest) = (i32::MAX, i32::MIN);
        for (days, _) in days {
            (least, greatest) = (least.min(days), greatest.max(days));
        }
        if least > greatest {
            return Ok(());
        }
        let span = u64::try_from(i64::from(greatest) - i64::from(least)).map_err(|_| bad())?;
        self.0 = self.0.checked_sub(span.saturating_add(1)).ok_or_else(bad)?;
        Ok(())
    }
}
