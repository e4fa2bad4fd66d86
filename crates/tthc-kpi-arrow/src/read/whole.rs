//! Columns of a foreign Arrow table taken whole: where all values are such as the canonical column
//! has, no cell is looked at by itself, and nothing is copied where the types agree.
//!
//! Each function gives nothing when anything is out of the ordinary; the cells are then read one by
//! one, and what is wrong with which is found there.

use std::any::Any;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Int32Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    UInt8Type, UInt32Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, Int32Array, PrimitiveArray, StringArray,
    downcast_integer, new_null_array,
};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer};
use arrow_schema::{DataType, TimeUnit};
use tthc_kpi::ColumnType;

use super::arrow::{cell_at, micros};
use super::build::{Builder, money_type};
use super::cell::{self, Cell, MAX_TEXT};
use super::number::MOST_MONEY;
use super::words::Words;

/// A column in the canonical type; words of dictionaries are remembered in `seen`.
pub(super) fn column(builder: &mut Builder, seen: &mut Option<Seen>, array: &ArrayRef) -> Option<ArrayRef> {
    // What the caller says of a column's words is asked cell by cell.
    if builder.slot.values.is_some() && array.data_type() != &DataType::Null {
        return None;
    }
    match (array.data_type(), builder.hint()) {
        (DataType::Null, _) => Some(new_null_array(&builder.chunk_type(), array.len())),
        (DataType::Dictionary(key, values), _) => {
            let text = matches!(values.as_ref(), DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            if !text || builder.chunk_type() != DataType::Int32 {
                return None;
            }
            macro_rules! of {
                ($key:ty) => {
                    words::<$key>(builder, seen, array.as_dictionary_opt()?)
                };
            }
            downcast_integer! { key.as_ref() => (of), _ => None }
        }
        (_, Some(ColumnType::Instant)) => instants(array),
        (_, Some(ColumnType::Count)) => counts(array),
        (_, Some(ColumnType::Status)) => levels(array, 10),
        (_, Some(ColumnType::Rating)) => levels(array, 5),
        (_, Some(ColumnType::Money)) => money(array),
        (_, Some(ColumnType::Bool)) => truths(array),
        (_, Some(ColumnType::Text)) if builder.chunk_type() == DataType::Utf8 => ids(array, builder.words),
        _ => None,
    }
}

/// Whether nothing is wrong with any value there is.
fn sound(len: usize, nulls: Option<&NullBuffer>, wrong: impl Fn(usize) -> bool) -> bool {
    let wrong = BooleanBuffer::collect_bool(len, wrong);
    match nulls {
        Some(nulls) => (&wrong & nulls.inner()).count_set_bits() == 0,
        None => wrong.count_set_bits() == 0,
    }
}

/// Whether all values there are fit.
fn all<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>, fits: impl Fn(T::Native) -> bool) -> bool {
    // What stands where nothing is known mostly fits too: a loop that does not ask comes first.
    let values = array.values();
    values.iter().fold(true, |all, value| all & fits(*value))
        || (array.null_count() > 0
            && sound(array.len(), array.nulls(), |at| values.get(at).is_some_and(|value| !fits(*value))))
}

/// All values as `read` has them; none where it cannot have one.
fn each<S: ArrowPrimitiveType, T: ArrowPrimitiveType>(
    array: &dyn Array,
    read: impl Fn(S::Native) -> Option<T::Native>,
) -> Option<PrimitiveArray<T>> {
    let array = array.as_primitive_opt::<S>()?;
    let mut every = true;
    let of = |value: &S::Native| {
        let value = read(*value);
        every &= value.is_some();
        value.unwrap_or_default()
    };
    let values: Vec<T::Native> = array.values().iter().map(of).collect();
    if every {
        return Some(PrimitiveArray::new(values.into(), array.nulls().cloned()));
    }
    array.try_unary(|value| read(value).ok_or(())).ok()
}

fn arc<T: Array + 'static>(array: T) -> ArrayRef {
    Arc::new(array)
}

/// Timestamps and dates as local microseconds.
fn instants(array: &ArrayRef) -> Option<ArrayRef> {
    type Micros = TimestampMicrosecondType;
    let of = array.data_type();
    match of {
        DataType::Timestamp(TimeUnit::Microsecond, None) => return Some(array.clone()),
        DataType::Timestamp(TimeUnit::Microsecond, _) => each::<Micros, Micros>(array, |at| micros(of, at)),
        DataType::Timestamp(TimeUnit::Second, _) => {
            each::<TimestampSecondType, Micros>(array, |at| micros(of, at))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            each::<TimestampMillisecondType, Micros>(array, |at| micros(of, at))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            each::<TimestampNanosecondType, Micros>(array, |at| micros(of, at))
        }
        DataType::Date32 => each::<Date32Type, Micros>(array, |at| micros(of, at.into())),
        DataType::Date64 => each::<Date64Type, Micros>(array, |at| micros(of, at)),
        _ => None,
    }
    .map(arc)
}

fn counts(array: &ArrayRef) -> Option<ArrayRef> {
    if array.data_type() == &DataType::UInt32 {
        return Some(array.clone());
    }
    macro_rules! of {
        ($type:ty) => {
            each::<$type, UInt32Type>(array, |value| value.try_into().ok()).map(arc)
        };
    }
    downcast_integer! { array.data_type() => (of), _ => None }
}

/// Statuses and ratings: 1 to `most`.
fn levels(array: &ArrayRef, most: u8) -> Option<ArrayRef> {
    let fits = |level: u8| (1..=most).contains(&level);
    if let Some(levels) = array.as_primitive_opt::<UInt8Type>() {
        return all(levels, fits).then(|| array.clone());
    }
    macro_rules! of {
        ($type:ty) => {
            each::<$type, UInt8Type>(array, |value| value.try_into().ok().filter(|level| fits(*level)))
                .map(arc)
        };
    }
    downcast_integer! { array.data_type() => (of), _ => None }
}

/// Amounts in hundredths. Those with more decimals, or fewer than none, are for a closer look.
fn money(array: &ArrayRef) -> Option<ArrayRef> {
    let fits = |value: &i128| value.cast_unsigned() < MOST_MONEY.cast_unsigned();
    let hundredths = |value: i128, up: i128| value.checked_mul(up).filter(fits);
    let amounts = match array.data_type() {
        DataType::Decimal128(_, 2) => {
            let amounts = array.as_primitive_opt::<Decimal128Type>()?;
            if !all(amounts, |value| fits(&value)) {
                return None;
            }
            amounts.clone()
        }
        DataType::Decimal128(_, 1) => {
            each::<Decimal128Type, Decimal128Type>(array, |value| hundredths(value, 10))?
        }
        DataType::Decimal128(_, 0) => {
            each::<Decimal128Type, Decimal128Type>(array, |value| hundredths(value, 100))?
        }
        other => {
            macro_rules! of {
                ($type:ty) => {
                    each::<$type, Decimal128Type>(array, |value| hundredths(value.into(), 100))?
                };
            }
            downcast_integer! { other => (of), _ => return None }
        }
    };
    Some(arc(amounts.with_data_type(money_type())))
}

/// Truth values, and whole numbers that are 0 or 1.
fn truths(array: &ArrayRef) -> Option<ArrayRef> {
    if array.data_type() == &DataType::Boolean {
        return Some(array.clone());
    }
    fn of<T: ArrowPrimitiveType>(array: &dyn Array, zero: T::Native, one: T::Native) -> Option<ArrayRef> {
        let array = array.as_primitive_opt::<T>()?;
        if !all(array, |value| value == zero || value == one) {
            return None;
        }
        let values = array.values();
        let values =
            BooleanBuffer::collect_bool(array.len(), |at| values.get(at).is_some_and(|value| *value == one));
        Some(arc(BooleanArray::new(values, array.nulls().cloned())))
    }
    macro_rules! of {
        ($type:ty) => {
            of::<$type>(array, 0, 1)
        };
    }
    downcast_integer! { array.data_type() => (of), _ => None }
}

/// Ids, all of which are.
fn ids(array: &ArrayRef, words: &Words) -> Option<ArrayRef> {
    let array = texts(array)?;
    let all = array.as_string_opt::<i32>()?.iter().flatten().all(|id| cell::is_id(id, words));
    all.then_some(array)
}

/// Texts all of which are already as the canonical column has them.
fn texts(array: &ArrayRef) -> Option<ArrayRef> {
    let array = match array.data_type() {
        DataType::Utf8 => array.clone(),
        DataType::LargeUtf8 | DataType::Utf8View => arrow_cast::cast(array, &DataType::Utf8).ok()?,
        _ => return None,
    };
    let texts = array.as_string_opt::<i32>()?;
    (plain(texts) || texts.iter().flatten().all(is_clean)).then_some(array)
}

/// Whether all texts are of visible ASCII characters, not one empty or too long.
fn plain(texts: &StringArray) -> bool {
    let offsets = texts.value_offsets();
    let place = |at: usize| offsets.get(at).map_or(0, |offset| offset.as_usize());
    let Some(bytes) = texts.value_data().get(place(0)..place(texts.len())) else { return false };
    bytes.iter().fold(true, |all, byte| all & byte.is_ascii_graphic())
        && sound(texts.len(), texts.nulls(), |at| {
            !(1..=MAX_TEXT).contains(&(place(at + 1).wrapping_sub(place(at))))
        })
}

fn is_clean(text: &str) -> bool {
    matches!(cell::text(&Cell::Text(text), None), Ok(Some(same)) if same == text)
}

/// Keys of a builder's words for those of a foreign dictionary, which many batches may share.
pub(super) struct Seen {
    words: ArrayRef,
    keys: Vec<i32>,
    /// All keys are what they were.
    same: bool,
}

/// A word that means nothing is known, and one not yet looked at.
const BLANK: i32 = -1;
const UNSEEN: i32 = -2;
/// A dictionary of so many more words than rows costs more to keep than to read word by word.
const MANY: usize = 64;

/// A dictionary of texts: each word in use is looked at once.
fn words<K: ArrowDictionaryKeyType>(
    builder: &mut Builder,
    seen: &mut Option<Seen>,
    array: &DictionaryArray<K>,
) -> Option<ArrayRef> {
    let (keys, words) = (array.keys(), array.values());
    if !seen.as_ref().is_some_and(|seen| Arc::ptr_eq(&seen.words, words)) {
        if words.len() / MANY > keys.len() {
            return None;
        }
        *seen = Some(Seen { words: words.clone(), keys: vec![UNSEEN; words.len()], same: false });
    }
    let seen = seen.as_mut()?;
    let as_it_is = |seen: &Seen| {
        (array as &dyn Any).downcast_ref::<DictionaryArray<Int32Type>>().filter(|_| seen.same).cloned()
    };
    if let Some(whole) = as_it_is(seen) {
        return Some(arc(whole));
    }
    let mut own = seen.of(keys);
    if own.contains(&UNSEEN) {
        seen.look(builder, keys)?;
        if let Some(whole) = as_it_is(seen) {
            return Some(arc(whole));
        }
        own = seen.of(keys);
    }
    let mut nulls = keys.nulls().cloned();
    if own.iter().fold(false, |any, key| any | (*key < 0)) {
        let known = BooleanBuffer::collect_bool(own.len(), |at| own.get(at).is_some_and(|key| *key >= 0));
        nulls = NullBuffer::union(nulls.as_ref(), Some(&NullBuffer::new(known)));
        // Where there is nothing, the key is any, but a key.
        own.iter_mut().for_each(|key| *key = (*key).max(0));
    }
    Some(arc(Int32Array::new(own.into(), nulls)))
}

impl Seen {
    fn of<K: ArrowDictionaryKeyType>(&self, keys: &PrimitiveArray<K>) -> Vec<i32> {
        let own = |key: &K::Native| self.keys.get(key.as_usize()).copied().unwrap_or(UNSEEN);
        keys.values().iter().map(own).collect()
    }

    /// Looks at the words in use; none where one cannot be read.
    fn look<K: ArrowDictionaryKeyType>(
        &mut self,
        builder: &mut Builder,
        keys: &PrimitiveArray<K>,
    ) -> Option<()> {
        let mut used = vec![false; self.keys.len()];
        let mut mark = |key: K::Native| {
            if let Some(used) = used.get_mut(key.as_usize()) {
                *used = true;
            }
        };
        match keys.nulls() {
            Some(_) => keys.iter().flatten().for_each(mark),
            None => keys.values().iter().for_each(|key| mark(*key)),
        }
        let new = used.into_iter().zip(&mut self.keys).enumerate();
        for (at, (_, own)) in new.filter(|(_, (used, own))| *used && **own == UNSEEN) {
            let word = cell_at(&self.words, at);
            let key = match builder.column.filter(|column| column.column_type() == ColumnType::Category) {
                Some(column) => cell::category(&word, builder.words, column)
                    .ok()?
                    .map(|slug| builder.dictionary.key(slug)),
                None => cell::text(&word, builder.column).ok()?.map(|text| builder.dictionary.key(&text)),
            };
            *own = key.unwrap_or(BLANK);
        }
        self.same = self.keys.iter().zip(0..).all(|(key, at)| *key == at);
        Some(())
    }
}
