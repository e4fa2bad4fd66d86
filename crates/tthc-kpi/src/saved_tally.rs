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
const SAVED_VERSION: u32 = 1;

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
