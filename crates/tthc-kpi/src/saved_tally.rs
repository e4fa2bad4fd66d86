//! The saved form of a tally: its header, which any form carries, and its counts as JSON.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::accounting::{Accounting, Uniqueness};
use crate::column::ColumnSet;
use crate::counts::SavedCounts;
use crate::day_counts::DayCounts;
use crate::error::Error;
use crate::query::{Query, SavedQuery, not_restored};
use crate::room::Room;
use crate::source::{Sources, hex};
use crate::tally::{GroupKey, Tally};

/// Version of the saved form; raised when its meaning changes.
const SAVED_VERSION: u32 = 3;

/// Name of the entry that holds the seal of a tally as JSON.
const SEAL: &str = "sha256";

fn bad(error: impl std::fmt::Display) -> Error {
    Error::BadTally { detail: error.to_string() }
}

/// A tally without its query and its counts: what is written beside them in any saved form.
#[derive(Serialize, Deserialize)]
struct Header {
    tally_version: u32,
    digests: Digests,
    present: ColumnSet,
    absent: ColumnSet,
    uniqueness: Uniqueness,
    #[serde(default)]
    month_first: ColumnSet,
    #[serde(default)]
    refused: ColumnSet,
    #[serde(default)]
    sources: Sources,
    unidentified: u64,
    accounting: Accounting,
    last_days: DayCounts,
}

/// What the figures depend on but the data, as the library that saved it understood it.
#[derive(Serialize, Deserialize)]
struct Digests {
    plan: String,
    query: String,
    calendar: String,
}

/// What of a header is read before all else: a later version may have everything else otherwise.
#[derive(Deserialize)]
struct Version {
    tally_version: u32,
}

impl Version {
    fn check(self) -> Result<(), Error> {
        let (found, expected) = (self.tally_version, SAVED_VERSION);
        if found == expected { Ok(()) } else { Err(Error::TallyVersion { found, expected }) }
    }
}

impl Digests {
    fn of(query: &Query) -> Self {
        Digests {
            plan: query.plan().digest(),
            query: query.digest().to_owned(),
            calendar: query.judge().calendar().version().to_owned(),
        }
    }

    /// The query as it was made anew is the one that was saved.
    fn check(&self, query: &Query) -> Result<(), Error> {
        let calendar = query.judge().calendar().version();
        // That of the query is of plan and calendar too, and is at hand; that of the plan is made anew.
        if self.query == query.digest() && self.calendar == calendar {
            return Ok(());
        }
        let what = if self.plan != query.plan().digest() {
            "plans"
        } else if self.calendar != calendar {
            "calendars"
        } else {
            "queries"
        };
        Err(Error::StaleTally { what })
    }
}

impl Header {
    fn of(tally: &Tally) -> Self {
        Header {
            tally_version: SAVED_VERSION,
            digests: Digests::of(&tally.query),
            present: tally.present,
            absent: tally.absent,
            uniqueness: tally.uniqueness,
            month_first: tally.month_first,
            refused: tally.refused,
            sources: tally.sources.clone(),
            unidentified: tally.unidentified,
            accounting: tally.accounting.clone(),
            last_days: tally.through.clone(),
        }
    }

    fn restore(self, query: &Arc<Query>) -> Result<Tally, Error> {
        if !self.accounting.adds_up() {
            return Err(bad("its accounting does not add up"));
        }
        self.digests.check(query)?;
        Ok(Tally {
            present: self.present,
            absent: self.absent,
            uniqueness: self.uniqueness,
            month_first: self.month_first,
            refused: self.refused,
            sources: self.sources,
            unidentified: self.unidentified,
            accounting: self.accounting,
            through: self.last_days,
            ..Tally::new(query)
        })
    }
}

#[derive(Serialize, Deserialize)]
struct SavedTally {
    #[serde(flatten)]
    header: Header,
    query: SavedQuery,
    total: SavedCounts,
    groups: Vec<(GroupKey, SavedCounts)>,
}

impl SavedTally {
    /// The tally, if its counts are no wider than there is room for.
    fn restore(self, mut room: Room) -> Result<Tally, Error> {
        let query = self.query.restore()?;
        let tally = self.header.restore(&query)?;
        let total = self.total.restore(query.layout(), &mut room)?;
        let mut groups = Vec::with_capacity(self.groups.len());
        for (key, counts) in self.groups {
            groups.push((key, counts.restore(query.layout(), &mut room)?));
        }
        tally.with_counts(total, groups)
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SavedTally {
            header: Header::of(self),
            query: self.query.saved(),
            total: (&self.total).into(),
            groups: self.groups.iter().map(|(key, counts)| (key.clone(), counts.into())).collect(),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Tally {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let saved = SavedTally::deserialize(deserializer)?;
        let restored = Version { tally_version: saved.header.tally_version }.check();
        let room = Room::of_groups(saved.groups.len());
        restored.and_then(|()| saved.restore(room)).map_err(|error| match error {
            Error::BadTally { detail } => serde::de::Error::custom(detail),
            other => serde::de::Error::custom(other),
        })
    }
}

impl Tally {
    /// The tally as JSON, with the query it answers and a SHA-256 of both, by which
    /// [`Tally::from_json`] knows that nothing was changed. Spaces and the order of names may.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// See [`Tally::from_json`].
    pub fn to_json(&self) -> Result<String, Error> {
        let mut value = serde_json::to_value(self).map_err(bad)?;
        let seal = seal(&value);
        if let Value::Object(entries) = &mut value {
            entries.insert(SEAL.to_owned(), Value::String(seal));
        }
        serde_json::to_string(&value).map_err(bad)
    }

    /// A tally from [`Tally::to_json`].
    ///
    /// # Errors
    /// [`Error::TallyVersion`] for one of another version, [`Error::DamagedTally`] when the text is
    /// cut short or was changed, [`Error::StaleTally`] when this version of the library understands
    /// its plan or calendar otherwise, [`Error::BadTally`] when it is something else.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Tally};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let tally = Tally::new(&Query::new(&plan).period("2026".parse()?).check()?);
    /// let text = tally.to_json()?;
    /// assert_eq!(Tally::from_json(&text)?, tally);
    /// assert_eq!(Tally::from_json("{}").unwrap_err().code(), "bad_tally");
    /// assert_eq!(Tally::from_json(&text.replace("\"read\":0", "\"read\":1")).unwrap_err().code(), "damaged_tally");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut value: Value = match serde_json::from_str(text) {
            Err(error) if error.is_eof() && text.contains("\"tally_version\"") => {
                return Err(Error::DamagedTally);
            }
            read => read.map_err(bad)?,
        };
        Version::deserialize(&value).map_err(|_| bad("it is no tally"))?.check()?;
        let told = value.as_object_mut().and_then(|entries| entries.remove(SEAL));
        if told.as_ref().and_then(Value::as_str) != Some(&seal(&value)) {
            return Err(Error::DamagedTally);
        }
        match SavedTally::deserialize(&value) {
            Ok(saved) => saved.restore(Room::of(text.len())),
            Err(error) => {
                let query = value.get("query").map(Value::to_string).unwrap_or_default();
                Err(not_restored(&query, &error))
            }
        }
    }

    /// Everything of the tally but its query and its counts, as JSON: what is written beside them
    /// where they are saved as columns.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use std::sync::Arc;
    /// use tthc_kpi::{Dossier, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.add(&Dossier::received("2026-01-05".parse()?))?;
    /// let empty = Tally::from_header_json(&tally.header_json()?, || Ok(Arc::clone(&query)))?;
    /// assert_eq!(empty.with_counts(tally.total().clone(), tally.groups().clone())?, tally);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn header_json(&self) -> Result<String, Error> {
        serde_json::to_string(&Header::of(self)).map_err(bad)
    }

    /// An empty tally of [`Tally::header_json`], to be given its counts. The query, which lies beside
    /// it ([`Query::to_json`]), is asked for once the version is known to be this one.
    ///
    /// # Errors
    /// [`Error::TallyVersion`]; [`Error::StaleTally`] when it belongs to another query;
    /// [`Error::BadTally`]; what `query` gives.
    ///
    /// # Example
    /// See [`Tally::header_json`].
    pub fn from_header_json(
        text: &str,
        query: impl FnOnce() -> Result<Arc<Query>, Error>,
    ) -> Result<Self, Error> {
        let header: Header = serde_json::from_str(text).map_err(|error| {
            // A later version may have its header otherwise.
            let version = serde_json::from_str::<Version>(text).map_err(bad);
            version.and_then(Version::check).err().unwrap_or_else(|| bad(error))
        })?;
        Version { tally_version: header.tally_version }.check()?;
        header.restore(&query()?)
    }
}

/// The SHA-256 of a JSON value, whatever the order of its names and the spaces between them.
fn seal(value: &Value) -> String {
    fn put(value: &Value, into: &mut Sha256) {
        match value {
            Value::Object(entries) => {
                let mut entries: Vec<_> = entries.iter().collect();
                entries.sort_unstable_by_key(|(name, _)| *name);
                into.update(b"{");
                for (name, value) in entries {
                    into.update(Value::from(name.as_str()).to_string());
                    into.update(b":");
                    put(value, into);
                    into.update(b",");
                }
                into.update(b"}");
            }
            Value::Array(values) => {
                into.update(b"[");
                for value in values {
                    put(value, into);
                    into.update(b",");
                }
                into.update(b"]");
            }
            other => into.update(other.to_string()),
        }
    }
    let mut sum = Sha256::new();
    put(value, &mut sum);
    hex(&sum.finalize())
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
