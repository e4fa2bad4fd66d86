//! Grouping: the values of the dimensions of each row become a dense group index, the same over
//! all batches of a run.

use std::collections::HashMap;

use tthc_kpi::{Dimension, GroupKey, Instant, Key, Membership, Query};

use crate::columns::Columns;
use crate::error::ArrowError;
use crate::read::{HeaderMatch, match_header};

/// Groups seen so far. The bucket of a query has its place in the key, filled in later.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    keys: Vec<GroupKey>,
    index: HashMap<GroupKey, usize>,
}

impl Groups {
    fn of(&mut self, key: GroupKey) -> usize {
        if let Some(index) = self.index.get(&key) {
            return *index;
        }
        self.keys.push(key.clone());
        self.index.insert(key, self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// Keys by group index.
    pub fn keys(&self) -> &[GroupKey] {
        &self.keys
    }

    /// The group of each row of a batch.
    ///
    /// # Errors
    /// [`ArrowError::NoDimension`] when an extra column is not in the batch.
    pub fn assign(&mut self, columns: &Columns<'_>, query: &Query) -> Result<Vec<usize>, ArrowError> {
        let rows = columns.len();
        if query.by().is_empty() {
            return Ok(vec![self.of(Vec::new()); rows]);
        }
        // Per dimension, a small code per row and the key of each code; then one look-up per
        // distinct combination of codes.
        let coded: Vec<(Vec<u32>, Vec<Key>)> =
            query.by().iter().map(|dimension| codes(columns, dimension)).collect::<Result<_, _>>()?;
        let mut known: HashMap<Vec<u32>, usize> = HashMap::new();
        let mut combination = Vec::with_capacity(coded.len());
        let mut groups = Vec::with_capacity(rows);
        for row in 0..rows {
            combination.clear();
            combination.extend(coded.iter().map(|(codes, _)| codes.get(row).copied().unwrap_or(0)));
            let group = match known.get(&combination) {
                Some(group) => *group,
                None => {
                    let key = coded
                        .iter()
                        .zip(&combination)
                        .map(|((_, keys), code)| keys.get(*code as usize).cloned().unwrap_or(Key::Null))
                        .collect();
                    let group = self.of(key);
                    known.insert(combination.clone(), group);
                    group
                }
            };
            groups.push(group);
        }
        Ok(groups)
    }
}

/// A code per row and the key of each code.
fn codes(columns: &Columns<'_>, dimension: &Dimension) -> Result<(Vec<u32>, Vec<Key>), ArrowError> {
    let rows = columns.len();
    match dimension {
        // Filled in per bucket.
        Dimension::Bucket(_) => Ok((vec![0; rows], vec![Key::Null])),
        Dimension::Column(column) => {
            let (index, distinct) = columns.text(*column).indexed(rows);
            let unknown = u32::try_from(distinct.len()).unwrap_or(u32::MAX);
            let keys = distinct.iter().map(|text| Key::of(text)).chain([Key::Null]).collect();
            Ok((index.into_iter().map(|code| code.min(unknown)).collect(), keys))
        }
        Dimension::ReceivedMonth => {
            let month = |row| {
                let date =
                    Instant::from_micros(columns.received_at.get(row).unwrap_or_default()).day().date();
                Key::text(&date.format("%Y-%m").to_string())
            };
            Ok(interned((0..rows).map(month)))
        }
        Dimension::Extra(name) => {
            check_extra(columns, name)?;
            Ok(interned((0..rows).map(|row| columns.extra(name, row))))
        }
    }
}

/// An extra dimension must be a column of the data, and not one of personal data.
///
/// # Errors
/// [`ArrowError::NoDimension`], [`ArrowError::PersonalDimension`].
pub(crate) fn check_extra(columns: &Columns<'_>, name: &str) -> Result<(), ArrowError> {
    if matches!(match_header(name), Ok(HeaderMatch::Personal)) {
        return Err(ArrowError::PersonalDimension { name: name.to_owned() });
    }
    match columns.batch.column_by_name(name) {
        Some(_) => Ok(()),
        None => Err(ArrowError::NoDimension { name: name.to_owned() }),
    }
}

fn interned(values: impl Iterator<Item = Key>) -> (Vec<u32>, Vec<Key>) {
    let mut seen: HashMap<Key, u32> = HashMap::new();
    let mut keys = Vec::new();
    let codes = values
        .map(|key| {
            *seen.entry(key).or_insert_with_key(|key| {
                keys.push(key.clone());
                u32::try_from(keys.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    (codes, keys)
}

/// How each row stands to the plan's field groups; a field's name is matched once per distinct
/// value.
pub(crate) fn memberships(columns: &Columns<'_>, query: &Query) -> Vec<Membership> {
    if query.layout().filtered_facts().is_empty() {
        return vec![Membership::default(); columns.len()];
    }
    let (index, distinct) = columns.field.indexed(columns.len());
    let of: Vec<Membership> =
        distinct.iter().map(|field| Membership::of(query.plan(), Some(field))).collect();
    let unknown = Membership::of(query.plan(), None);
    index.iter().map(|code| of.get(*code as usize).copied().unwrap_or(unknown)).collect()
}
