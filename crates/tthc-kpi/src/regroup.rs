//! A tally with fewer dimensions, where that can be told exactly of what it has counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::dimension::{Dimension, Key};
use crate::error::Error;
use crate::slug::UnknownName;
use crate::tally::{GroupKey, Tally};

impl Tally {
    /// The tally as if the dossiers had been counted by fewer dimensions, in the order given: the
    /// groups that then have the same keys are added. Without any dimension the whole remains.
    ///
    /// A month (quarter, week, day) is judged as a period of its own, so the months of a group do
    /// not add up to it: such a dimension can only go together with all others.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for a dimension the tally does not have, [`Error::RepeatedDimension`];
    /// [`Error::BucketDropped`]; [`Error::Overflow`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dimension, Dossier, Plan, Query, Tally};
    /// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
    /// let of = |by: &[Dimension]| -> Result<Tally, Box<dyn std::error::Error>> {
    ///     let mut tally = Tally::new(&draft.clone().by(by.to_vec()).check()?);
    ///     for field in ["Đất đai", "Hộ tịch"] {
    ///         let dossier = Dossier::received("2026-01-05".parse()?);
    ///         tally.add(&Dossier { field: Some(field.into()), agency: Some("UBND".into()), ..dossier })?;
    ///     }
    ///     Ok(tally)
    /// };
    /// let both = of(&[Dimension::Agency, Dimension::Field])?;
    /// assert_eq!(both.regroup(&[Dimension::Agency])?, of(&[Dimension::Agency])?);
    /// assert_eq!(both.regroup(&[])?, of(&[])?);
    /// let months = of(&[Dimension::Agency, Dimension::Month])?;
    /// assert_eq!(months.regroup(&[Dimension::Agency]).unwrap_err().code(), "bucket_dropped");
    /// assert_eq!(months.regroup(&[])?, of(&[])?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn regroup(&self, by: &[Dimension]) -> Result<Tally, Error> {
        let had = self.query.by();
        let places = by
            .iter()
            .map(|dimension| {
                had.iter().position(|known| known == dimension).ok_or_else(|| {
                    UnknownName::new("dimension", dimension.name(), had.iter().map(Dimension::name)).into()
                })
            })
            .collect::<Result<Vec<usize>, Error>>()?;
        let query = self.query.with_by(by)?;
        let bucket = had.iter().find(|known| matches!(known, Dimension::Bucket(_)) && !by.contains(known));
        if let (Some(bucket), false) = (bucket, by.is_empty()) {
            return Err(Error::BucketDropped { name: bucket.name().to_owned() });
        }
        let mut groups = BTreeMap::new();
        if !by.is_empty() {
            for (keys, counts) in &self.groups {
                let key: GroupKey =
                    places.iter().map(|place| keys.get(*place).cloned().unwrap_or(Key::Null)).collect();
                match groups.get_mut(&key) {
                    None => drop(groups.insert(key, counts.clone())),
                    Some(sum) => sum.merge(counts)?,
                }
            }
        }
        Ok(Tally { query: Arc::clone(&query), groups, ..self.clone() })
    }
}
