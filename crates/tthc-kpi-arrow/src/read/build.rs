//! One column being built: cells in, Arrow arrays out.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int32Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_schema::{DataType, TimeUnit};
use arrow_select::concat::concat;
use chrono::Datelike;
use rustc_hash::FxHashMap;
use tthc_kpi::{Column, ColumnType, Reason, ValueKind};

use super::ReadError;
use super::cell::{self, Cell, MAX_TEXT, Problem, Reading, nfc, out_of_range, unreadable};
use super::date::Order;
use super::filling::Filling;
use super::finished::{Finished, texts_of, truth, whole};
use super::header::{Slot, Target};
use super::number::{self, Marks};
use super::values::{self, Met, meant};
use super::words::{Words, words};

/// Total digits and decimals of an amount of money.
pub(super) const MONEY: (u8, i8) = (18, 2);
/// Distinct spellings remembered for a column; more are read afresh each time.
const MAX_MEMO: usize = 65_536;
/// Bytes of distinct text one column may have: an Arrow array addresses 2 GiB.
const MAX_DICTIONARY: usize = 1 << 30;

/// Distinct texts of a column, numbered in the order of appearance. Shared by all batches, so that
/// a key means the same in each of them.
#[derive(Default)]
pub(super) struct Dictionary {
    /// Spelling as found (trimmed) to key; NFC or not.
    keys: FxHashMap<Box<str>, i32>,
    values: Vec<Arc<str>>,
    bytes: usize,
}

impl Dictionary {
    /// The key of a text that is trimmed and not empty.
    pub(super) fn key(&mut self, text: &str) -> i32 {
        if let Some(key) = self.keys.get(text) {
            return *key;
        }
        let normal = nfc(text);
        let key = match self.keys.get(normal.as_ref()) {
            Some(key) => *key,
            None => {
                // Texts number at most as many as rows of a source, which an i32 holds; beyond it `full` stops.
                let key = i32::try_from(self.values.len()).unwrap_or(i32::MAX);
                self.bytes = self.bytes.saturating_add(normal.len());
                self.values.push(normal.as_ref().into());
                self.keys.insert(normal.as_ref().into(), key);
                key
            }
        };
        if normal.as_ref() != text {
            self.keys.insert(text.into(), key);
        }
        key
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes > MAX_DICTIONARY || i32::try_from(self.values.len()).is_err()
    }
}

/// How many dates of a column are dates of a spreadsheet, by whether their day could be a month, and
/// how many are texts, by whether they prove that the day comes first.
///
/// A spreadsheet of American habits that opens dd/MM texts makes dates of those whose day is at most
/// 12, with day and month exchanged, and leaves the others as texts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DateMix {
    low: u64,
    high: u64,
    open: u64,
    proving: u64,
    /// Texts in which either number may be the month.
    either: u64,
}

impl DateMix {
    fn see(&mut self, cell: &Cell<'_>, order: Order) {
        let count = match (cell, order) {
            (Cell::Date(at), _) if at.day().date().day() <= 12 => &mut self.low,
            (Cell::Date(_), _) => &mut self.high,
            (Cell::Text(_), Order::DayFirst) => &mut self.proving,
            (Cell::Text(text), _) if !Cell::trim(text).is_empty() => &mut self.open,
            _ => return,
        };
        *count += 1;
        if let (Cell::Text(text), Order::Open) = (cell, order) {
            let year_first = Cell::trim(text).bytes().take(4).all(|byte| byte.is_ascii_digit());
            self.either += u64::from(!year_first);
        }
    }

    pub(super) fn add(&mut self, other: DateMix) {
        self.low += other.low;
        self.high += other.high;
        self.open += other.open;
        self.proving += other.proving;
        self.either += other.either;
    }

    /// Whether some of its texts could be read either way.
    pub(super) fn is_either(self) -> bool {
        self.either > 0
    }

    /// Every date has a day that could be a month, every text one that could not: with so many of each
    /// that is no chance.
    pub(super) fn is_exchanged(self) -> bool {
        self.low >= 5 && self.proving >= 3 && self.high == 0 && self.open == 0
    }
}

enum Values {
    Text(StringBuilder),
    Keys(Filling<i32>),
    Small(Filling<u8>),
    Instant(Filling<i64>),
    Count(Filling<u32>),
    Money(Filling<i128>),
    Truth(Filling<bool>),
}

/// A column of the batch in the making.
pub(super) struct Builder {
    pub(super) slot: Slot,
    pub(super) column: Option<Column>,
    pub(super) words: &'static Words,
    pub(super) month_first: bool,
    /// Rows that prove an order of day and month.
    pub(super) day_proof: Option<u64>,
    pub(super) month_proof: Option<u64>,
    /// What the dates of the column are written as.
    pub(super) mix: DateMix,
    /// What its amounts tell of their marks, and which of these are not read.
    pub(super) marks: Marks,
    doubtful: Marks,
    /// Its words that are none of its values.
    pub(super) met: Met,
    /// Row of the batch, and what is wrong with its cell.
    pub(super) problems: Vec<(usize, Problem)>,
    pub(super) dictionary: Dictionary,
    memo: FxHashMap<Box<str>, Reading<u8>>,
    values: Values,
    /// What pieces of the source gave of the batch.
    pub(super) parts: Vec<ArrayRef>,
    /// Bytes of text since the last batch.
    pub(super) text_bytes: usize,
    /// What was handed on while reading.
    handed: HandedOn,
}

/// What is known of the words of a column whose batches are handed on while it is read.
#[derive(Default)]
struct HandedOn {
    /// Words looked at.
    looked: usize,
    not_whole: bool,
    not_truth: bool,
    /// The first batch with a word in it said so.
    kind: Option<Kind>,
    /// The words as an array.
    words: Option<ArrayRef>,
}

/// What the words of a column are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ints,
    Truths,
    Texts,
}

/// Words from which on a column's are numbered anew: where nearly every row has a word of its own, all
/// words there are would be as long as the source.
const MANY_WORDS: usize = 1 << 17;

impl Builder {
    pub(super) fn new(slot: Slot, month_first: bool, doubtful: Marks) -> Result<Self, ReadError> {
        let column = match &slot.target {
            Target::Column(column) => Some(*column),
            Target::Extra(_) => None,
        };
        let values = match column.map(Column::column_type) {
            // Ids are nearly all different: a dictionary would only double them.
            Some(ColumnType::Text) if column == Some(Column::DossierId) => Values::Text(StringBuilder::new()),
            None | Some(ColumnType::Text | ColumnType::Category) => Values::Keys(Filling::new()),
            Some(ColumnType::Status | ColumnType::Rating) => Values::Small(Filling::new()),
            Some(ColumnType::Instant) => Values::Instant(Filling::new()),
            Some(ColumnType::Count) => Values::Count(Filling::new()),
            Some(ColumnType::Money) => Values::Money(Filling::new()),
            Some(ColumnType::Bool) => Values::Truth(Filling::new()),
        };
        Ok(Builder {
            slot,
            column,
            words: words()?,
            month_first,
            day_proof: None,
            month_proof: None,
            mix: DateMix::default(),
            marks: Marks::NONE,
            doubtful,
            met: Met::default(),
            problems: Vec::new(),
            dictionary: Dictionary::default(),
            memo: FxHashMap::default(),
            values,
            parts: Vec::new(),
            text_bytes: 0,
            handed: HandedOn::default(),
        })
    }

    /// What a spreadsheet should take the column's numbers for.
    pub(super) fn hint(&self) -> Option<ColumnType> {
        self.column.map(Column::column_type)
    }

    /// The type of the arrays `take` gives; keys for dictionary columns.
    pub(super) fn chunk_type(&self) -> DataType {
        match &self.values {
            Values::Text(_) => DataType::Utf8,
            Values::Keys(_) => DataType::Int32,
            Values::Small(_) => DataType::UInt8,
            Values::Instant(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
            Values::Count(_) => DataType::UInt32,
            Values::Money(_) => money_type(),
            Values::Truth(_) => DataType::Boolean,
        }
    }

    /// Adds a cell: `at` is its row in the batch, `row` in the source.
    pub(super) fn push(&mut self, cell: &Cell<'_>, at: usize, row: u64) {
        let own = self.slot.values.as_ref();
        let problem = match &mut self.values {
            Values::Text(values) => match cell::id(cell, self.words) {
                Ok(text) => {
                    self.text_bytes += text.as_ref().map_or(0, |text| text.len());
                    values.append_option(text);
                    None
                }
                Err(problem) => {
                    values.append_null();
                    Some(problem)
                }
            },
            Values::Keys(values) => {
                let column = self.column.filter(|column| column.column_type() == ColumnType::Category);
                let key = match column {
                    Some(column) => category(&mut self.memo, cell, self.words, column, own)
                        .map(|slug| slug.map(|slug| self.dictionary.key(slug))),
                    None => word(&mut self.dictionary, cell, self.column),
                };
                append(key, |key| values.push(key))
            }
            Values::Small(values) => {
                let words = self.words;
                let rating = self.column == Some(Column::Rating);
                let read = |cell: &Cell<'_>| {
                    let cell = &meant(own, cell);
                    if rating { cell::rating(cell, words) } else { cell::status(cell, words) }
                };
                append(remember(&mut self.memo, cell, read), |value| values.push(value))
            }
            Values::Instant(values) => {
                let (reading, order) = cell::instant(cell, self.words, self.month_first);
                self.mix.see(cell, order);
                match order {
                    Order::Open => {}
                    Order::DayFirst => {
                        self.day_proof.get_or_insert(row);
                    }
                    Order::MonthFirst => {
                        self.month_proof.get_or_insert(row);
                    }
                }
                append(reading, |at| values.push(at.map(tthc_kpi::Instant::micros)))
            }
            Values::Count(values) => {
                let column = self.column.unwrap_or(Column::Payments);
                let reading = match own {
                    Some(_) => number::count(&meant(own, cell), self.words, column),
                    None => number::count(cell, self.words, column),
                };
                append(reading, |value| values.push(value))
            }
            Values::Money(values) => {
                let (reading, marks) = match own {
                    Some(_) => number::money_of(&meant(own, cell), self.words, self.doubtful),
                    None => number::money_of(cell, self.words, self.doubtful),
                };
                self.marks = self.marks.and(marks);
                append(reading, |value| values.push(value))
            }
            Values::Truth(values) => {
                let words = self.words;
                let read =
                    |cell: &Cell<'_>| cell::truth(&meant(own, cell), words).map(|value| value.map(u8::from));
                append(remember(&mut self.memo, cell, read), |value| {
                    values.push(value.map(|value| value == 1));
                })
            }
        };
        if let Some(problem) = problem {
            if let (Cell::Text(text), Reason::Unreadable, true) = (cell, problem.reason, self.has_words()) {
                self.met.see(text, row);
            }
            self.problems.push((at, problem));
        }
    }

    /// A cell as one would type it where it is to be read again, apart from the column it stands in: a date
    /// with its day first, or, where that could be taken for the month, its year.
    pub(super) fn as_typed(&self, cell: &Cell<'_>) -> String {
        let dates = self.hint() == Some(ColumnType::Instant);
        match cell {
            Cell::Date(at) if dates && !self.month_first => {
                let (day, iso) = (at.day().vietnamese(), at.to_string());
                iso.split_once('T').map_or_else(|| day.clone(), |(_, time)| format!("{day} {time}"))
            }
            Cell::Text(_) if dates && self.month_first => match cell::instant(cell, self.words, true).0 {
                Ok(Some(at)) => at.to_string(),
                _ => cell.as_typed(),
            },
            _ => cell.as_typed(),
        }
    }

    /// Whether the values of the column are words.
    fn has_words(&self) -> bool {
        matches!(
            self.hint(),
            Some(ColumnType::Status | ColumnType::Category | ColumnType::Rating | ColumnType::Bool)
        )
    }

    /// The cells added since the last call.
    pub(super) fn take(&mut self) -> ArrayRef {
        self.text_bytes = 0;
        match &mut self.values {
            Values::Text(values) => Arc::new(values.finish()),
            Values::Keys(values) => Arc::new(values.array::<Int32Type>()),
            Values::Small(values) => Arc::new(values.array::<UInt8Type>()),
            Values::Instant(values) => Arc::new(values.array::<TimestampMicrosecondType>()),
            Values::Count(values) => Arc::new(values.array::<UInt32Type>()),
            Values::Money(values) => Arc::new(values.array::<Decimal128Type>().with_data_type(money_type())),
            Values::Truth(values) => Arc::new(values.truths()),
        }
    }

    /// Makes an array of another builder of the column, with these words, one of this builder.
    pub(super) fn adopt(&mut self, words: &Dictionary, array: ArrayRef) -> Result<ArrayRef, ReadError> {
        let Values::Keys(_) = self.values else { return Ok(array) };
        let keys = array.as_primitive_opt::<Int32Type>().ok_or(ReadError::Internal("words without keys"))?;
        let own: Vec<i32> = words.values.iter().map(|word| self.dictionary.key(word)).collect();
        // Where there is nothing, the key is any.
        let place = |key: i32| usize::try_from(key).ok().and_then(|key| own.get(key)).copied();
        Ok(Arc::new(keys.unary::<_, Int32Type>(|key| place(key).unwrap_or_default())))
    }

    /// The arrays of the pieces as one.
    pub(super) fn join(&mut self) -> Result<ArrayRef, ReadError> {
        let parts = std::mem::take(&mut self.parts);
        match parts.as_slice() {
            [] => Ok(self.take()),
            [one] => Ok(one.clone()),
            _ => concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<_>>())
                .map_err(|_| ReadError::Internal("concat")),
        }
    }

    /// What turns the chunks so far into arrays, by the words so far; none where an extra column is not
    /// what it was taken for. `texts` says that it is known to be of texts.
    pub(super) fn so_far(&mut self, texts: bool) -> Option<Finished> {
        if self.chunk_type() != DataType::Int32 {
            return Some(Finished::AsIs(self.chunk_type()));
        }
        let words = &self.dictionary.values;
        if self.column.is_none() && !texts {
            for word in words.get(self.handed.looked..).unwrap_or_default() {
                self.handed.not_whole |= whole(word).is_none();
                self.handed.not_truth |= truth(word).is_none();
            }
            self.handed.looked = words.len();
            let now = match &self.handed {
                HandedOn { not_whole: false, .. } => Kind::Ints,
                HandedOn { not_truth: false, .. } => Kind::Truths,
                _ => Kind::Texts,
            };
            if !words.is_empty() && *self.handed.kind.get_or_insert(now) != now {
                return None;
            }
            match self.handed.kind {
                Some(Kind::Ints) => {
                    return Some(Finished::Ints(words.iter().filter_map(|word| whole(word)).collect()));
                }
                Some(Kind::Truths) => {
                    return Some(Finished::Truths(words.iter().filter_map(|word| truth(word)).collect()));
                }
                Some(Kind::Texts) | None => {}
            }
        }
        let known = self.handed.words.take().filter(|known| known.len() == words.len());
        let array = known.unwrap_or_else(|| texts_of(words));
        self.handed.words = Some(Arc::clone(&array));
        Some(Finished::Words(array))
    }

    /// Whether there are so many words that they had better be numbered anew.
    pub(super) fn has_many_words(&self) -> bool {
        self.dictionary.values.len() > MANY_WORDS
    }

    /// Numbers the words anew; no row may wait.
    pub(super) fn forget_words(&mut self) {
        self.dictionary = Dictionary::default();
        self.handed.looked = 0;
        self.handed.words = None;
    }

    /// What turns the chunks of this column into its final arrays.
    pub(super) fn finish(self) -> Finished {
        match (self.chunk_type(), self.column) {
            (DataType::Int32, column) => Finished::of_words(&self.dictionary.values, column.is_none()),
            (data_type, _) => Finished::AsIs(data_type),
        }
    }
}

/// Bytes of the texts of an array.
pub(super) fn text_bytes(array: &ArrayRef) -> usize {
    let offsets = array.as_string_opt::<i32>().map(|texts| texts.value_offsets());
    let (Some(first), Some(last)) = (offsets.and_then(<[i32]>::first), offsets.and_then(<[i32]>::last))
    else {
        return 0;
    };
    usize::try_from(last - first).unwrap_or_default()
}

fn append<T>(reading: Reading<T>, put: impl FnOnce(Option<T>)) -> Option<Problem> {
    match reading {
        Ok(value) => {
            put(value);
            None
        }
        Err(problem) => {
            put(None);
            Some(problem)
        }
    }
}

/// The key of a text. One seen before is not looked at again.
fn word(dictionary: &mut Dictionary, cell: &Cell<'_>, column: Option<Column>) -> Reading<i32> {
    match cell {
        Cell::Text(text) => match Cell::trim(text) {
            "" => Ok(None),
            text if Cell::is_error(text) => Err(unreadable(ValueKind::Error)),
            text if text.len() > MAX_TEXT => Err(out_of_range(ValueKind::Text)),
            text => Ok(Some(dictionary.key(text))),
        },
        _ => cell::text(cell, column).map(|text| text.map(|text| dictionary.key(&text))),
    }
}

/// Reads a cell, a text only once for each spelling.
fn remember(
    memo: &mut FxHashMap<Box<str>, Reading<u8>>,
    cell: &Cell<'_>,
    read: impl FnOnce(&Cell<'_>) -> Reading<u8>,
) -> Reading<u8> {
    let Cell::Text(text) = cell else { return read(cell) };
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(reading) = memo.get(*text) {
        return *reading;
    }
    let reading = read(cell);
    if memo.len() < MAX_MEMO {
        memo.insert((*text).into(), reading);
    }
    reading
}

fn category(
    memo: &mut FxHashMap<Box<str>, Reading<u8>>,
    cell: &Cell<'_>,
    words: &Words,
    column: Column,
    own: Option<&values::Values>,
) -> Reading<&'static str> {
    let names: fn(u8) -> Option<&'static str> = match column {
        Column::ApplicantKind => {
            |at| tthc_kpi::ApplicantKind::ALL.get(usize::from(at)).map(|kind| kind.slug())
        }
        _ => |at| tthc_kpi::Channel::ALL.get(usize::from(at)).map(|channel| channel.slug()),
    };
    let reading = remember(memo, cell, |cell| {
        let slug = cell::category(&meant(own, cell), words, column)?;
        Ok(slug.and_then(|slug| (0_u8..8).find(|at| names(*at) == Some(slug))))
    })?;
    Ok(reading.and_then(names))
}

pub(super) fn money_type() -> DataType {
    DataType::Decimal128(MONEY.0, MONEY.1)
}
