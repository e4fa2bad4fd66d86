//! The saved form of a tally: its header, which any form carries, and its counts as JSON.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::accounting::{Accounting, Uniqueness};
use crate::column::ColumnSet;
use crate::counts::{DayCounts, SavedCounts};
use crate::error::Error;
use crate::query::SavedQuery;
use crate::tally::{GroupKey, Tally};

/// Version of the saved form; raised when its meaning changes.
const SAVED_VERSION: u32 = 2;

/// A tally without its counts: what is written beside them in any saved form.
#[derive(Serialize, Deserialize)]
pub(crate) struct Header {
    tally_version: u32,
    query: SavedQuery,
    present: ColumnSet,
    absent: ColumnSet,
    uniqueness: Uniqueness,
    #[serde(default)]
    month_first: ColumnSet,
    #[serde(default)]
    refused: ColumnSet,
    #[serde(default)]
    unidentified: u64,
    accounting: Accounting,
    last_days: DayCounts,
}

impl Header {
    pub(crate) fn of(tally: &Tally) -> Self {
        Header {
            tally_version: SAVED_VERSION,
            query: tally.query.saved(),
            present: tally.present,
            absent: tally.absent,
            uniqueness: tally.uniqueness,
            month_first: tally.month_first,
            refused: tally.refused,
            unidentified: tally.unidentified,
            accounting: tally.accounting.clone(),
            last_days: tally.through.clone(),
        }
    }

    pub(crate) fn restore(self) -> Result<Tally, Error> {
        let bad = |detail: String| Error::BadTally { detail };
        if self.tally_version != SAVED_VERSION {
            return Err(bad(format!(
                "version {} of a saved tally: expected {SAVED_VERSION}",
                self.tally_version
            )));
        }
        if !self.accounting.adds_up() {
            return Err(bad("its accounting does not add up".to_owned()));
        }
        let query = self.query.restore()?;
        Ok(Tally {
            present: self.present,
            absent: self.absent,
            uniqueness: self.uniqueness,
            month_first: self.month_first,
            refused: self.refused,
            unidentified: self.unidentified,
            accounting: self.accounting,
            through: self.last_days,
            ..Tally::new(&query)
        })
    }
}

#[derive(Serialize, Deserialize)]
struct SavedTally {
    #[serde(flatten)]
    header: Header,
    total: SavedCounts,
    groups: Vec<(GroupKey, SavedCounts)>,
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SavedTally {
            header: Header::of(self),
            total: (&self.total).into(),
            groups: self.groups.iter().map(|(key, counts)| (key.clone(), counts.into())).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = SavedTally::deserialize(deserializer)?;
        let restored = || -> Result<Tally, Error> {
            let tally = saved.header.restore()?;
            let query = Arc::clone(&tally.query);
            let total = saved.total.restore(query.layout())?;
            let groups = saved
                .groups
                .into_iter()
                .map(|(key, counts)| Ok((key, counts.restore(query.layout())?)))
                .collect::<Result<Vec<_>, Error>>()?;
            tally.with_counts(total, groups)
        };
        restored().map_err(|error| match error {
            Error::BadTally { detail } => serde::de::Error::custom(detail),
            other => serde::de::Error::custom(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dimension, Dossier, Fact, Plan, Query, Tally};

    #[test]
    fn a_tally_is_exact_whenever_it_is_saved_merged_or_made_smaller() {
        let by = [Dimension::Field, Dimension::Month];
        let query = Query::new(&Plan::builtin("dong-nguyen-2026").unwrap())
            .period("2026".parse().unwrap())
            .by(by)
            .check()
            .unwrap();
        let dossiers: Vec<Dossier> = (0..300)
            .map(|number| Dossier {
                field: [None, Some("Đất đai"), Some("Hộ tịch")][number % 3].map(Into::into),
                rating: [None, Some(5), Some(1)][number / 3 % 3],
                completed_at: (number % 4 > 0).then(|| "2026-02-09".parse().unwrap()),
                ..Dossier::received("2026-01-05".parse().unwrap())
            })
            .collect();
        let of = |dossiers: &[Dossier]| {
            let mut tally = Tally::new(&query);
            dossiers.iter().for_each(|dossier| tally.add(dossier).unwrap());
            tally
        };
        let mut tally = Tally::new(&query);
        for (number, dossier) in (1u64..).zip(&dossiers) {
            tally.add(dossier).unwrap();
            assert_eq!(tally.total().fact(Fact::Received), number);
            tally = Tally::from_json(&tally.to_json().unwrap()).unwrap();
        }
        assert_eq!(tally, of(&dossiers));
        for cut in [1, 255, 256, 257] {
            let (front, back) = dossiers.split_at(cut);
            let mut merged = of(front);
            merged.merge(&of(back)).unwrap();
            assert_eq!(merged, tally);
            front.iter().for_each(|dossier| merged.remove(dossier).unwrap());
            assert_eq!(merged, of(back));
            assert_eq!(merged.groups(), of(back).groups());
        }
    }
}
