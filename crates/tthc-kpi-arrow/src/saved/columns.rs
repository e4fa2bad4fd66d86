//! The columns of a stream's batches, read where they lie: no array is made of them, since a file is
//! gone through once.

use arrow_ipc::RecordBatch as BatchMessage;

use super::bad;
use super::claims::{Field, Of};
use crate::error::ArrowError;

/// The columns of a batch, by their names.
pub(super) struct Columns<'s> {
    columns: Vec<Column<'s>>,
    rows: usize,
    /// The column that was asked for last: they are mostly asked for in their order.
    last: usize,
}

struct Column<'s> {
    name: &'s str,
    nulls: Option<Nulls<'s>>,
    /// Where the list of each row is, in a column of lists.
    lists: Option<&'s [[u8; 4]]>,
    values: Values<'s>,
}

/// Which values are unknown; a bit is set for those that are known.
#[derive(Clone, Copy)]
struct Nulls<'s>(&'s [u8]);

enum Values<'s> {
    Counts(&'s [[u8; 8]]),
    Days(&'s [[u8; 4]]),
    Texts(Texts<'s>),
}

/// Texts behind one another, and where each is.
#[derive(Clone, Copy)]
pub(super) struct Texts<'s> {
    places: &'s [[u8; 4]],
    text: &'s str,
}

/// The keys of the rows: none for the total.
pub(super) struct Keys<'s> {
    texts: Texts<'s>,
    nulls: Option<Nulls<'s>>,
}

/// A column of lists.
pub(super) struct Lists<'s, V> {
    places: &'s [[u8; 4]],
    pub values: V,
}

/// How many there are; none for fewer than nothing.
fn size(claimed: i64) -> Option<usize> {
    usize::try_from(claimed).ok()
}

/// The places of so many texts or lists: one more than there are, and none for none.
fn places(buffer: &[u8], count: usize) -> Option<&[[u8; 4]]> {
    match (count, buffer) {
        (0, []) => Some(&[]),
        _ => buffer.as_chunks::<4>().0.get(..count.checked_add(1)?),
    }
}

/// Where the values of a row are.
fn range(places: &[[u8; 4]], row: usize) -> Result<std::ops::Range<usize>, ArrowError> {
    let place = |at: usize| size(i32::from_le_bytes(*places.get(at)?).into());
    match (place(row), place(row + 1)) {
        (Some(start), Some(end)) if start <= end => Ok(start..end),
        _ => Err(bad("a list lacks its place")),
    }
}

impl<'s> Columns<'s> {
    /// Those of a batch whose claims were checked.
    pub fn of(batch: &BatchMessage<'s>, body: &'s [u8], fields: &[Field<'s>]) -> Result<Self, ArrowError> {
        let bad = || bad("its batches cannot be read");
        let rows = size(batch.length()).ok_or_else(bad)?;
        let (nodes, buffers) = (batch.nodes().ok_or_else(bad)?, batch.buffers().ok_or_else(bad)?);
        let (mut nodes, mut buffers) = (nodes.iter(), buffers.iter());
        let mut node =
            || nodes.next().and_then(|node| Some((size(node.length())?, size(node.null_count())?)));
        let mut buffer = || {
            let buffer = buffers.next()?;
            body.get(size(buffer.offset())?..)?.get(..size(buffer.length())?)
        };
        let columns = fields.iter().map(|field| {
            let column = Column::of(field, &mut node, &mut buffer).filter(|(_, length)| *length == rows);
            column.map(|(column, _)| column).ok_or_else(bad)
        });
        Ok(Columns { columns: columns.collect::<Result<_, _>>()?, rows, last: 0 })
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Nothing is unknown but which group the total is of.
    pub fn all_known_but(&self, name: &str) -> bool {
        self.columns.iter().all(|column| column.name == name || column.nulls.is_none())
    }

    fn get(&mut self, name: &str) -> Result<&Column<'s>, ArrowError> {
        let (before, after) = self.columns.split_at_checked(self.last).unwrap_or((&self.columns, &[]));
        let place = after.iter().chain(before).position(|column| column.name == name);
        let place = place.map(|place| (self.last + place) % self.columns.len());
        let found = place.and_then(|place| Some((place, self.columns.get(place)?)));
        let (place, column) = found.ok_or_else(|| bad("it lacks a column"))?;
        self.last = place;
        Ok(column)
    }

    pub fn keys(&mut self, name: &str) -> Result<Keys<'s>, ArrowError> {
        match self.get(name)? {
            Column { lists: None, values: Values::Texts(texts), nulls, .. } => {
                Ok(Keys { texts: *texts, nulls: *nulls })
            }
            _ => Err(bad("its keys are not text")),
        }
    }

    pub fn counts(&mut self, name: &str) -> Result<&'s [[u8; 8]], ArrowError> {
        match self.get(name)? {
            Column { lists: None, values: Values::Counts(counts), .. } => Ok(counts),
            _ => Err(bad("a count is no count")),
        }
    }

    fn lists<V>(
        &mut self,
        name: &str,
        of: impl FnOnce(&Values<'s>) -> Option<V>,
        other: &str,
    ) -> Result<Lists<'s, V>, ArrowError> {
        let column = self.get(name)?;
        let places = column.lists.ok_or_else(|| bad("a list is no list"))?;
        Ok(Lists { places, values: of(&column.values).ok_or_else(|| bad(other))? })
    }

    pub fn lists_of_counts(&mut self, name: &str) -> Result<Lists<'s, &'s [[u8; 8]]>, ArrowError> {
        let counts = |values: &Values<'s>| match values {
            Values::Counts(counts) => Some(*counts),
            _ => None,
        };
        self.lists(name, counts, "a list is not of counts")
    }

    pub fn lists_of_days(&mut self, name: &str) -> Result<Lists<'s, &'s [[u8; 4]]>, ArrowError> {
        let days = |values: &Values<'s>| match values {
            Values::Days(days) => Some(*days),
            _ => None,
        };
        self.lists(name, days, "a list is not of days")
    }

    pub fn lists_of_texts(&mut self, name: &str) -> Result<Lists<'s, Texts<'s>>, ArrowError> {
        let texts = |values: &Values<'s>| match values {
            Values::Texts(texts) => Some(*texts),
            _ => None,
        };
        self.lists(name, texts, "a list is not of codes")
    }
}

impl<'s> Column<'s> {
    /// The column, and how many rows it has.
    fn of(
        field: &Field<'s>,
        mut node: impl FnMut() -> Option<(usize, usize)>,
        mut buffer: impl FnMut() -> Option<&'s [u8]>,
    ) -> Option<(Self, usize)> {
        let (rows, unknown) = node()?;
        let mut nulls = Nulls::of(buffer()?, rows, unknown)?;
        let (mut lists, mut length) = (None, rows);
        if field.list {
            lists = Some(places(buffer()?, rows)?);
            let (values, unknown) = node()?;
            length = values;
            nulls = nulls.or(Nulls::of(buffer()?, values, unknown)?);
        }
        let values = match field.of {
            Of::Counts => Values::Counts(buffer()?.as_chunks::<8>().0.get(..length)?),
            Of::Days => Values::Days(buffer()?.as_chunks::<4>().0.get(..length)?),
            Of::Texts => {
                let places = places(buffer()?, length)?;
                Values::Texts(Texts { places, text: std::str::from_utf8(buffer()?).ok()? })
            }
        };
        Some((Column { name: field.name, nulls, lists, values }, rows))
    }
}

impl<'s> Nulls<'s> {
    /// Those of so many values, if as many are unknown as claimed; none where all are known.
    fn of(bits: &'s [u8], values: usize, unknown: usize) -> Option<Option<Self>> {
        if unknown == 0 {
            return Some(None);
        }
        let nulls = Nulls(bits.get(..values.div_ceil(8))?);
        let found = (0..values).filter(|value| nulls.has(*value)).count();
        (found == unknown).then_some(Some(nulls))
    }

    fn has(self, value: usize) -> bool {
        self.0.get(value / 8).is_some_and(|bits| bits >> (value % 8) & 1 == 0)
    }
}

impl<'s> Texts<'s> {
    pub fn get(&self, at: usize) -> Result<&'s str, ArrowError> {
        self.text.get(range(self.places, at)?).ok_or_else(|| bad("a text ends too late"))
    }
}

impl<'s> Keys<'s> {
    pub fn get(&self, row: usize) -> Result<Option<&'s str>, ArrowError> {
        if self.nulls.is_some_and(|nulls| nulls.has(row)) {
            return Ok(None);
        }
        self.texts.get(row).map(Some)
    }
}

impl<V> Lists<'_, V> {
    /// Where the values of a row are.
    pub fn range(&self, row: usize) -> Result<std::ops::Range<usize>, ArrowError> {
        range(self.places, row)
    }
}

impl<'s, const N: usize> Lists<'s, &'s [[u8; N]]> {
    pub fn row(&self, row: usize) -> Result<&'s [[u8; N]], ArrowError> {
        self.values.get(self.range(row)?).ok_or_else(|| bad("a list ends too late"))
    }
}
