//! Where the rows of a tally came from, so that none is counted twice when tallies are put together.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::Error;
use crate::tally::Tally;

/// Nguồn đã đếm: a file whose rows a tally has counted, known by what is in it and not by its name.
///
/// # Example
/// ```
/// use tthc_kpi::{Error, Plan, Query, Source, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let mut tally = Tally::new(&query);
/// let january = Source { name: "thang-01.xlsx".into(), sha256: [7; 32], rows: 120 };
/// tally.add_source(january.clone())?;
/// assert_eq!(tally.sources().collect::<Vec<_>>(), [january.clone()]);
/// let copy = Source { name: "ban-sao.xlsx".into(), ..january };
/// assert_eq!(tally.add_source(copy).unwrap_err().code(), "same_source");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The name of the file, without its folders.
    pub name: String,
    /// SHA-256 of what is in it.
    pub sha256: [u8; 32],
    /// Rows read from it, those skipped among them.
    pub rows: u64,
}

/// The sources of a tally, by what is in them.
///
/// They say where its counts came from and are no part of them: all are equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources(BTreeMap<[u8; 32], (String, u64)>);

impl PartialEq for Sources {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Sources {
    fn add(&mut self, source: Source) -> Result<(), Error> {
        if let Some((name, _)) = self.0.get(&source.sha256) {
            return Err(Error::SameSource { name: name.clone(), other: source.name });
        }
        self.0.insert(source.sha256, (source.name, source.rows));
        Ok(())
    }

    /// A source that is in both.
    pub fn check_apart(&self, other: &Sources) -> Result<(), Error> {
        let (few, many) = if self.0.len() < other.0.len() { (self, other) } else { (other, self) };
        let twice = few.0.iter().find_map(|(sha256, (name, _))| Some((name, &many.0.get(sha256)?.0)));
        match twice {
            Some((name, other)) => Err(Error::SameSource { name: name.clone(), other: other.clone() }),
            None => Ok(()),
        }
    }

    /// Takes in those of another tally, which must be others.
    pub fn merge(&mut self, other: &Sources) {
        self.0.extend(other.0.iter().map(|(sha256, of)| (*sha256, of.clone())));
    }

    fn iter(&self) -> impl Iterator<Item = Source> + '_ {
        self.0.iter().map(|(sha256, (name, rows))| Source {
            name: name.clone(),
            sha256: *sha256,
            rows: *rows,
        })
    }

    /// Names that several sources bear, in order.
    pub fn names_of_several(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.values().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let mut several: Vec<&str> =
            names.array_windows().filter(|[one, next]| one == next).map(|[name, _]| *name).collect();
        several.dedup();
        several
    }
}

impl Tally {
    /// The files whose rows were counted, as far as whoever counted said, in the order of their
    /// digests.
    pub fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        self.sources.iter()
    }

    /// Says that what was counted came from this file; [`Tally::merge`] then refuses to count it
    /// again.
    ///
    /// # Errors
    /// [`Error::SameSource`] when it is among the sources already.
    ///
    /// # Example
    /// See [`Source`].
    pub fn add_source(&mut self, source: Source) -> Result<(), Error> {
        self.sources.add(source)
    }

    /// Lets go of the sources, to name them anew.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Query, Source, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.add_source(Source { name: "a.csv".into(), sha256: [7; 32], rows: 120 })?;
    /// tally.forget_sources();
    /// assert_eq!(tally.sources().count(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forget_sources(&mut self) {
        self.sources = Sources::default();
    }
}

/// A source as it is saved: its digest in hexadecimal.
#[derive(Serialize, Deserialize)]
struct SavedSource {
    name: String,
    sha256: String,
    rows: u64,
}

impl Serialize for Sources {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|source| SavedSource {
            name: source.name,
            sha256: hex(&source.sha256),
            rows: source.rows,
        }))
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut sources = Sources::default();
        for saved in Vec::<SavedSource>::deserialize(deserializer)? {
            let sha256 = bytes_of(&saved.sha256).ok_or_else(|| de::Error::custom("a digest of a source"))?;
            let source = Source { name: saved.name, sha256, rows: saved.rows };
            sources.add(source).map_err(de::Error::custom)?;
        }
        Ok(sources)
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The 32 bytes of 64 hexadecimal digits.
fn bytes_of(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let pairs = hex.as_bytes().as_chunks::<2>().0;
    if hex.len() != 64 || pairs.len() != bytes.len() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}
