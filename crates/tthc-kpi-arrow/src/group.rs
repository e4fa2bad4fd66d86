//! Grouping: the values of the dimensions of each row become a dense group index, the same over
//! all batches of a run. Dictionary keys are looked up, other values hashed once per row.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, StringArray};
use rustc_hash::FxHashMap;
use tthc_kpi::{Dimension, Error, GroupKey, Instant, Key, Membership, Query};

use crate::codes::Codes;
use crate::columns::{Columns, Texts};
use crate::error::ArrowError;
use crate::lanes::DAYS;
use crate::read::{HeaderMatch, match_header};

/// No number given yet.
const NONE: u32 = u32::MAX;

/// Numbers for pairs of numbers, given in the order they are met: a table while it is small,
/// hashed beyond.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    /// Bits of the second number in an index of the table.
    shift: u32,
    table: Vec<u32>,
    hashed: FxHashMap<(u32, u32), u32>,
    pairs: Vec<(u32, u32)>,
}

impl Pairs {
    /// Places of the largest table, 4 MiB of them.
    const MOST: usize = 1 << 20;

    /// The number of a pair.
    #[inline(always)]
    pub fn of(&mut self, first: u32, second: u32) -> u32 {
        if second >> self.shift == 0
            && let Some(number) = self.table.get((first as usize) << self.shift | second as usize)
            && *number != NONE
        {
            return *number;
        }
        self.find(first, second)
    }

    #[cold]
    #[inline(never)]
    fn find(&mut self, first: u32, second: u32) -> u32 {
        if let Some(number) = self.hashed.get(&(first, second)) {
            return *number;
        }
        let number = u32::try_from(self.pairs.len()).unwrap_or(NONE);
        self.pairs.push((first, second));
        self.hashed.insert((first, second), number);
        self.tabulate(first, second);
        number
    }

    /// Puts the pair into the table, which grows where it may.
    fn tabulate(&mut self, first: u32, second: u32) {
        let shift = self.shift.max(u32::BITS - second.leading_zeros());
        let size = (first as usize + 1).checked_mul(1 << shift).filter(|size| *size <= Self::MOST);
        let Some(size) = size else { return };
        let wider = shift != self.shift;
        if wider {
            self.shift = shift;
            self.table.clear();
        }
        if wider || size > self.table.len() {
            self.table.resize(size.next_power_of_two().min(Self::MOST).max(self.table.len()), NONE);
        }
        let from = if wider { 0 } else { self.pairs.len() - 1 };
        for (number, (first, second)) in self.pairs.iter().enumerate().skip(from) {
            if let Some(place) = self.table.get_mut((*first as usize) << shift | *second as usize) {
                *place = u32::try_from(number).unwrap_or(NONE);
            }
        }
    }

    /// The pairs by their numbers.
    pub fn pairs(&self) -> &[(u32, u32)] {
        &self.pairs
    }
}

/// Numbers for the keys of one dimension.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    numbers: FxHashMap<Key, u32>,
    /// The last dictionary met, with the number of each of its keys.
    last: Option<(StringArray, Arc<[u32]>)>,
    /// Per day of receipt, the number of its month.
    months: Vec<u32>,
}

impl Keys {
    /// The number of a key.
    pub fn of(&mut self, key: Key) -> u32 {
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.keys.len()).unwrap_or(NONE);
        self.keys.push(key.clone());
        self.numbers.insert(key, number);
        number
    }

    /// The keys by their numbers.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The number of each of a dictionary's texts.
    pub fn dictionary(&mut self, texts: &Texts<'_>, values: &StringArray) -> Arc<[u32]> {
        let unknown = self.of(Key::Null);
        if let Some((last, numbers)) = &self.last
            && same(last, values)
        {
            return Arc::clone(numbers);
        }
        let numbers: Arc<[u32]> = (0..values.len())
            .map(|key| texts.value(key).map_or(unknown, |text| self.of(Key::of(text))))
            .collect();
        self.last = Some((values.clone(), Arc::clone(&numbers)));
        numbers
    }

    /// The number of each row's text.
    pub fn texts(&mut self, texts: &Texts<'_>, rows: Range<usize>) -> Vec<u32> {
        let unknown = self.of(Key::Null);
        let Texts::Dictionary { keys, values } = texts else {
            let (index, distinct) = texts.indexed(rows);
            let numbers: Vec<u32> = distinct.into_iter().map(|text| self.of(Key::of(text))).collect();
            let number = |index: u32| numbers.get(index as usize).copied().unwrap_or(unknown);
            return index.into_iter().map(number).collect();
        };
        let numbers = self.dictionary(texts, values);
        let number = |row| {
            let key = keys.get(row).and_then(|key| usize::try_from(key).ok());
            key.and_then(|key| numbers.get(key).copied()).unwrap_or(unknown)
        };
        rows.map(number).collect()
    }

    /// The number of each row's month of receipt. Days no dossier can have get any number: their
    /// rows are left out.
    fn months(&mut self, columns: &Columns<'_>, rows: Range<usize>) -> Vec<u32> {
        const DAY: i64 = crate::lanes::DAY;
        rows.map(|row| {
            let at = columns.received_at.get(row).unwrap_or_default();
            let place = at.div_euclid(DAY) - i64::from(DAYS.start);
            let Some(place) = usize::try_from(place).ok().filter(|place| *place < DAYS.len()) else {
                return 0;
            };
            match self.months.get(place) {
                Some(number) if *number != NONE => *number,
                _ => {
                    let month = Instant::from_micros(at).day().date().format("%Y-%m").to_string();
                    let number = self.of(Key::text(&month));
                    self.months.resize(self.months.len().max(place + 1), NONE);
                    if let Some(slot) = self.months.get_mut(place) {
                        *slot = number;
                    }
                    number
                }
            }
        })
        .collect()
    }
}

/// Whether two arrays are the same memory; both are held, so the memory cannot have been reused.
fn same(one: &StringArray, other: &StringArray) -> bool {
    let place =
        |array: &StringArray| (array.value_data().as_ptr(), array.value_offsets().as_ptr(), array.len());
    place(one) == place(other) && one.null_count() == 0 && other.null_count() == 0
}

/// Groups seen so far, by the dimensions other than a time bucket.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    dimensions: Vec<Keys>,
    levels: Vec<Pairs>,
}

impl Groups {
    pub fn new(query: &Query) -> Self {
        let dimensions = query.by().iter().filter(|by| !matches!(by, Dimension::Bucket(_))).count();
        Groups {
            dimensions: (0..dimensions).map(|_| Keys::default()).collect(),
            levels: (1..dimensions).map(|_| Pairs::default()).collect(),
        }
    }

    /// Groups so far.
    pub fn len(&self) -> usize {
        match (self.levels.last(), self.dimensions.last()) {
            (Some(level), _) => level.pairs.len(),
            (None, Some(keys)) => keys.keys.len(),
            (None, None) => 1,
        }
    }

    /// The group of each row of a range.
    ///
    /// # Errors
    /// [`ArrowError::NoDimension`] when an extra column is not in the batch.
    pub fn assign(
        &mut self,
        columns: &Columns<'_>,
        query: &Query,
        rows: Range<usize>,
    ) -> Result<Vec<u32>, ArrowError> {
        let mut groups: Option<Vec<u32>> = None;
        let dimensions = query.by().iter().filter(|by| !matches!(by, Dimension::Bucket(_)));
        let mut levels = self.levels.iter_mut();
        for (dimension, keys) in dimensions.zip(&mut self.dimensions) {
            let numbers = match dimension {
                Dimension::Bucket(_) => continue,
                Dimension::Column(column) => keys.texts(&columns.text(*column), rows.clone()),
                Dimension::ReceivedMonth => keys.months(columns, rows.clone()),
                Dimension::Extra(name) => {
                    check_extra(columns, name)?;
                    rows.clone().map(|row| keys.of(columns.extra(name, row))).collect()
                }
            };
            let Some(groups) = &mut groups else {
                groups = Some(numbers);
                continue;
            };
            if let Some(level) = levels.next() {
                for (group, number) in groups.iter_mut().zip(numbers) {
                    *group = level.of(*group, number);
                }
            }
        }
        Ok(groups.unwrap_or_else(|| vec![0; rows.len()]))
    }

    /// The keys of a group, in the order of the query's dimensions; `bucket` is that of the time
    /// bucket.
    pub fn key(&self, query: &Query, group: u32, bucket: Option<&Key>) -> GroupKey {
        let mut numbers = Vec::with_capacity(self.dimensions.len());
        let mut group = group;
        for level in self.levels.iter().rev() {
            let (first, second) = level.pairs.get(group as usize).copied().unwrap_or_default();
            numbers.push(second);
            group = first;
        }
        numbers.push(group);
        let mut keys = self
            .dimensions
            .iter()
            .zip(numbers.into_iter().rev())
            .map(|(keys, number)| keys.keys.get(number as usize).cloned().unwrap_or(Key::Null));
        query
            .by()
            .iter()
            .map(|dimension| match dimension {
                Dimension::Bucket(_) => bucket.cloned().unwrap_or(Key::Null),
                _ => keys.next().unwrap_or(Key::Null),
            })
            .collect()
    }
}

/// An extra dimension must be a column of the data, and not one of personal data.
///
/// # Errors
/// [`ArrowError::NoDimension`], [`ArrowError::PersonalDimension`].
pub(crate) fn check_extra(columns: &Columns<'_>, name: &str) -> Result<(), ArrowError> {
    check_impersonal(name)?;
    match columns.batch.column_by_name(name) {
        Some(_) => Ok(()),
        None => Err(ArrowError::NoDimension { name: name.to_owned() }),
    }
}

/// An extra column must not be one of personal data.
///
/// # Errors
/// [`ArrowError::PersonalDimension`].
pub(crate) fn check_impersonal(name: &str) -> Result<(), ArrowError> {
    if matches!(match_header(name), Ok(HeaderMatch::Personal)) {
        return Err(ArrowError::PersonalDimension { name: name.to_owned() });
    }
    Ok(())
}

/// How dossiers stand to the plan's field groups: as a class per row. A field's name is matched
/// once per distinct value.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    classes: Vec<Membership>,
    known: FxHashMap<Box<str>, u16>,
}

impl Classes {
    /// The class of each row; the same for all where the plan asks of no field group.
    ///
    /// # Errors
    /// An overflow, beyond 65,536 classes.
    pub fn assign<'b>(&mut self, columns: &Columns<'b>, query: &Query) -> Result<Codes<'b>, ArrowError> {
        if query.layout().filtered_facts().is_empty() {
            self.class(Membership::default())?;
            return Ok(Codes::One(0));
        }
        let unknown = self.class(Membership::of(query.plan(), None))?;
        let mut failed = Ok(());
        let codes = Codes::of(&columns.field, columns.len(), unknown, |field| {
            if let Some(class) = self.known.get(field) {
                return *class;
            }
            match self.class(Membership::of(query.plan(), Some(field))) {
                Ok(class) => {
                    self.known.insert(field.into(), class);
                    class
                }
                Err(error) => {
                    failed = Err(error);
                    unknown
                }
            }
        });
        failed.map(|()| codes)
    }

    fn class(&mut self, membership: Membership) -> Result<u16, ArrowError> {
        let place = self.classes.iter().position(|class| *class == membership).unwrap_or_else(|| {
            self.classes.push(membership);
            self.classes.len() - 1
        });
        Ok(u16::try_from(place).map_err(|_| Error::Overflow { what: "the field groups" })?)
    }

    /// The classes by their number.
    pub fn classes(&self) -> &[Membership] {
        &self.classes
    }
}

/// How each row stands to the plan's field groups, to look at.
pub(crate) fn memberships(columns: &Columns<'_>, query: &Query) -> Result<Vec<Membership>, ArrowError> {
    let mut classes = Classes::default();
    let codes = classes.assign(columns, query)?;
    let of = |code: u16| classes.classes.get(usize::from(code)).copied().unwrap_or_default();
    let blocks = (0..columns.len()).step_by(crate::lanes::LANES);
    Ok(blocks.flat_map(|from| codes.lanes(from)).take(columns.len()).map(of).collect())
}
