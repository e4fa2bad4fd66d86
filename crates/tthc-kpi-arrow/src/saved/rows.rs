//! The rows of a stream's batches, added to the groups they are of.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use rustc_hash::FxBuildHasher;
use tthc_kpi::{Counts, Fact, GroupKey, ProcedureUse, Query, Room, Tally};

use super::columns::Columns;
use super::{CODES, GROUP, USES, bad};
use crate::error::ArrowError;

/// Codes of procedures met before: the groups of all tallies share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Codes(HashSet<Arc<str>, FxBuildHasher>);

impl Codes {
    /// The country has some thousands of procedures; a column that holds more holds something else.
    const MOST: usize = 1 << 16;

    fn of(&mut self, code: &str) -> Arc<str> {
        if let Some(known) = self.0.get(code) {
            return Arc::clone(known);
        }
        if self.0.len() >= Self::MOST {
            self.0.clear();
        }
        let new: Arc<str> = code.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}

/// Groups, and what was counted of each.
pub(super) type Groups = BTreeMap<GroupKey, Counts>;

/// What has been read of a tally.
pub(super) struct Read<'g> {
    total: Option<Counts>,
    groups: &'g mut Groups,
    /// The keys of its groups.
    keys: Vec<GroupKey>,
    room: Room,
}

impl<'g> Read<'g> {
    /// Nothing yet, of a stream of so many bytes; what is read is added to these groups.
    pub fn new(groups: &'g mut Groups, bytes: usize) -> Self {
        Read { total: None, groups, keys: Vec::new(), room: Room::of(bytes) }
    }

    /// Reads a batch.
    pub fn rows(
        &mut self,
        mut columns: Columns<'_>,
        query: &Query,
        known: &mut Codes,
    ) -> Result<(), ArrowError> {
        let layout = query.layout();
        let keys = columns.keys(GROUP)?;
        if !columns.all_known_but(GROUP) {
            return Err(bad("a count is unknown"));
        }
        let facts = Fact::ALL.iter().map(|fact| columns.counts(fact.slug()));
        let facts = facts.collect::<Result<Vec<_>, _>>()?;
        let sums = columns.lists_of_counts("sums")?;
        let filtered = columns.lists_of_counts("filtered")?;
        let filtered_sums = columns.lists_of_counts("filtered_sums")?;
        let days = columns.lists_of_days("processing_days")?;
        let day_counts = columns.lists_of_counts("processing_counts")?;
        let procedures = layout.counts_procedures().then(|| {
            let codes = columns.lists_of_texts(CODES)?;
            let used = USES.iter().map(|name| columns.lists_of_counts(name)).collect::<Result<Vec<_>, _>>();
            Ok::<_, ArrowError>((codes, used?))
        });
        let procedures = procedures.transpose()?;
        let mut uses = Vec::new();
        let numbers = |counts: &[[u8; 8]]| counts.iter().copied().map(u64::from_le_bytes).collect();
        for row in 0..columns.rows() {
            let (days, processing) = (days.row(row)?, day_counts.row(row)?);
            if processing.len() != days.len() {
                return Err(bad("a number of days lacks its count"));
            }
            let days = days.iter().copied().map(i32::from_le_bytes);
            let processing = days.zip(processing.iter().copied().map(u64::from_le_bytes));
            self.room.take(processing.clone())?;
            let fact = |counts: &&[[u8; 8]]| counts.get(row).copied().map(u64::from_le_bytes);
            let mut counts = Counts::from_parts(
                layout,
                facts.iter().map(|counts| fact(counts).unwrap_or_default()).collect(),
                numbers(sums.row(row)?),
                numbers(filtered.row(row)?),
                numbers(filtered_sums.row(row)?),
                processing,
            )?;
            uses.clear();
            if let Some((codes, used)) = &procedures {
                for place in codes.range(row)? {
                    uses.push((codes.values.get(place)?, [0; ProcedureUse::NAMES.len()]));
                }
                for (at, list) in used.iter().enumerate() {
                    let list = list.row(row)?;
                    if list.len() != uses.len() {
                        return Err(bad("a procedure lacks a count"));
                    }
                    for ((_, numbers), count) in uses.iter_mut().zip(list) {
                        numbers
                            .get_mut(at)
                            .into_iter()
                            .for_each(|number| *number = u64::from_le_bytes(*count));
                    }
                }
            }
            let uses = uses.iter().map(|(code, numbers)| (*code, ProcedureUse::of_numbers(*numbers)));
            let Some(key) = keys.get(row)? else {
                counts.add_procedures(uses, |code| known.of(code))?;
                if self.total.replace(counts).is_some() {
                    return Err(bad("it has two totals"));
                }
                continue;
            };
            let key: GroupKey = serde_json::from_str(key).map_err(|_| bad("a key cannot be read"))?;
            self.keys.push(key.clone());
            match self.groups.entry(key) {
                Entry::Occupied(mut sum) => {
                    sum.get_mut().merge(&counts)?;
                    sum.get_mut().add_procedures(uses, |code| known.of(code))?;
                }
                Entry::Vacant(place) => {
                    counts.add_procedures(uses, |code| known.of(code))?;
                    place.insert(counts);
                }
            }
        }
        Ok(())
    }

    /// The counts of the total, which must be those of the header; no group may be there twice.
    pub fn total(mut self, empty: &Tally) -> Result<Counts, ArrowError> {
        let total = self.total.ok_or_else(|| bad("it has no total"))?;
        if total.fact(Fact::Handled) != empty.accounting().used {
            return Err(bad("its total is not of the rows used"));
        }
        if self.keys.iter().any(|key| key.len() != empty.query().by().len()) {
            return Err(bad("a group has another number of keys than the query has dimensions"));
        }
        self.keys.sort_unstable();
        if self.keys.array_windows().any(|[one, next]| one == next) {
            return Err(bad("a group is there twice"));
        }
        Ok(total)
    }
}
