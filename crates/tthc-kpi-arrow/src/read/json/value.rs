//! One value of a JSON object, and the lists of objects a message has. Numbers are kept as they are
//! written: none goes through a float.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tthc_kpi::{Instant, ValueKind};

use super::super::cell::Cell;
use super::super::words::Words;

/// Objects of one list that are looked at; a list of more is unreadable.
const MAX_ITEMS: usize = 10_000;

/// A value that is kept until its row is done.
#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    /// The object has no such key.
    #[default]
    Absent,
    Null,
    Text(String),
    Number(Decimal),
    Bool(bool),
    Date(Instant),
    /// An object, a list, a number too large, a key that comes twice.
    Unreadable(ValueKind),
}

impl Value {
    pub(super) fn cell(&self) -> Cell<'_> {
        match self {
            Value::Absent | Value::Null => Cell::Empty,
            Value::Text(text) => Cell::Text(text),
            Value::Number(number) => Cell::Number(*number),
            Value::Bool(value) => Cell::Bool(*value),
            Value::Date(at) => Cell::Date(*at),
            Value::Unreadable(kind) => Cell::Unreadable(*kind),
        }
    }

    /// Whether nothing is said.
    pub(super) fn is_blank(&self, words: &Words) -> bool {
        match self {
            Value::Absent | Value::Null => true,
            Value::Text(text) => words.is_blank(Cell::trim(text)),
            _ => false,
        }
    }

    /// A code, whether written as a number or as a text.
    pub(super) fn code(&self) -> Option<String> {
        match self {
            Value::Text(text) => Some(Cell::trim(text).to_owned()),
            Value::Number(number) => Some(number.normalize().to_string()),
            _ => None,
        }
    }

    /// Takes the value of a key; one that comes twice has none that could be called right.
    pub(super) fn put(&mut self, value: Value) {
        *self = match self {
            Value::Absent => value,
            _ => Value::Unreadable(value.cell().kind()),
        };
    }

    /// Of the text as it stands in the file.
    fn of(raw: &str) -> Value {
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).map_or(Value::Unreadable(ValueKind::Text), Value::Text),
            Some(b't') => Value::Bool(true),
            Some(b'f') => Value::Bool(false),
            Some(b'n') => Value::Null,
            Some(b'{' | b'[') | None => Value::Unreadable(ValueKind::Text),
            Some(_) => number(raw).map_or(Value::Unreadable(ValueKind::Number), Value::Number),
        }
    }

    /// The value of the key just read.
    pub(super) fn next<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Value, A::Error> {
        Ok(Value::of(map.next_value::<Box<RawValue>>()?.get()))
    }
}

/// The number exactly as written, if a decimal holds it.
fn number(raw: &str) -> Option<Decimal> {
    let Some((base, exponent)) = raw.split_once(['e', 'E']) else {
        return Decimal::from_str_exact(raw).ok();
    };
    let mut number = Decimal::from_str_exact(base).ok()?.normalize();
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    if number.is_zero() {
        return Some(number);
    }
    let steps = exponent.unsigned_abs();
    if steps > Decimal::MAX_SCALE {
        return None;
    }
    if exponent < 0 {
        number.set_scale(number.scale() + steps).ok()?;
        return Some(number);
    }
    (0..steps).try_fold(number, |number, _| number.checked_mul(Decimal::TEN))
}

/// A list of objects in a message.
#[derive(Debug, Clone, Default)]
pub(super) enum List {
    /// No such key, or null.
    #[default]
    Absent,
    /// For every object the values of the fields wanted, in their order.
    Items(Vec<Vec<Value>>),
    /// No list, or one of other than objects, or one that comes twice.
    Wrong,
}

impl List {
    /// The list of the key just read.
    pub(super) fn next<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        fields: &[Field],
    ) -> Result<(), A::Error> {
        let list = map.next_value_seed(ListSeed(fields))?;
        *self = if matches!(self, List::Absent) { list } else { List::Wrong };
        Ok(())
    }
}

/// A field of the objects of a list.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) name: String,
    /// Only whether it is filled is asked, and only that is kept.
    pub(super) presence: bool,
}

struct ListSeed<'a>(&'a [Field]);

impl<'de> DeserializeSeed<'de> for ListSeed<'_> {
    type Value = List;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<List, D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// What a visitor says of every kind of value but those it is made for.
macro_rules! others {
    ($($visit:ident($type:ty) => $value:expr;)*) => {
        $(fn $visit<E>(self, _: $type) -> Result<Self::Value, E> {
            Ok($value)
        })*
    };
}
pub(super) use others;

impl<'de> Visitor<'de> for ListSeed<'_> {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List, A::Error> {
        let mut items = Some(Vec::new());
        while let Some(item) = list.next_element_seed(ItemSeed(self.0))? {
            items = match (items, item) {
                (Some(mut items), Some(item)) if items.len() < MAX_ITEMS => {
                    items.push(item);
                    Some(items)
                }
                _ => None,
            };
        }
        Ok(items.map_or(List::Wrong, List::Items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<List, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(List::Wrong)
    }

    fn visit_unit<E>(self) -> Result<List, E> {
        Ok(List::Absent)
    }

    others! {
        visit_bool(bool) => List::Wrong;
        visit_i64(i64) => List::Wrong;
        visit_u64(u64) => List::Wrong;
        visit_f64(f64) => List::Wrong;
        visit_str(&str) => List::Wrong;
    }
}

/// An object of a list; none if it is something else.
struct ItemSeed<'a>(&'a [Field]);

impl<'de> DeserializeSeed<'de> for ItemSeed<'_> {
    type Value = Option<Vec<Value>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ItemSeed<'_> {
    type Value = Option<Vec<Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![Value::Absent; self.0.len()];
        while let Some(key) = map.next_key::<String>()? {
            let wanted = self.0.iter().zip(&mut values).find(|(field, _)| field.name == key);
            match wanted {
                Some((field, value)) if field.presence => value.put(map.next_value_seed(Presence)?),
                Some((_, value)) => value.put(Value::next(&mut map)?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Some(values))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    others! {
        visit_bool(bool) => None;
        visit_i64(i64) => None;
        visit_u64(u64) => None;
        visit_f64(f64) => None;
        visit_str(&str) => None;
    }
}

/// Whether there is a text. A path may hold a name: it is not kept.
struct Presence;

impl<'de> DeserializeSeed<'de> for Presence {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Presence {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Bool(!Cell::trim(text).is_empty()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Bool(false))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Unreadable(ValueKind::Text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Unreadable(ValueKind::Text))
    }

    others! {
        visit_bool(bool) => Value::Unreadable(ValueKind::Bool);
        visit_i64(i64) => Value::Unreadable(ValueKind::Number);
        visit_u64(u64) => Value::Unreadable(ValueKind::Number);
        visit_f64(f64) => Value::Unreadable(ValueKind::Number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_or_unreadable() {
        for (raw, expected) in [
            ("0", Some("0")),
            ("-0", Some("0")),
            ("1.000815", Some("1.000815")),
            ("1234567890123456.78", Some("1234567890123456.78")),
            ("1e3", Some("1000")),
            ("1.5E+2", Some("150")),
            ("150e-2", Some("1.5")),
            ("0e999999999", Some("0")),
            ("1e28", Some("10000000000000000000000000000")),
            ("1e29", None),
            ("1e-29", None),
            ("1e99999999999", None),
            ("0.10000000000000000000000000000001", None),
            ("100000000000000000000000000000000", None),
        ] {
            let found = number(raw).map(|number| number.normalize().to_string());
            assert_eq!(found.as_deref(), expected, "{raw}");
        }
    }
}
