//! What turns the chunks of a column into its final arrays, once all its words are known.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, Int64Array, StringArray};
use arrow_schema::DataType;

use super::ReadError;

/// A text that is a whole number. "007" is a code, not a number: it must read back as it was written.
pub(super) fn whole(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().filter(|number| number.to_string() == text)
}

/// A text that is a truth value.
pub(super) fn truth(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

pub(super) fn texts_of(values: &[Arc<str>]) -> ArrayRef {
    Arc::new(values.iter().map(|text| Some(text.as_ref())).collect::<StringArray>())
}

/// How the chunks of a column become its final arrays.
pub(super) enum Finished {
    /// They are final.
    AsIs(DataType),
    /// Keys into these texts.
    Words(ArrayRef),
    /// An extra column all of whose values are whole numbers.
    Ints(Vec<i64>),
    /// An extra column all of whose values are truth values.
    Truths(Vec<bool>),
}

impl Finished {
    pub(super) fn of_words(values: &[Arc<str>], extra: bool) -> Self {
        if extra && !values.is_empty() {
            if let Some(ints) = values.iter().map(|text| whole(text)).collect() {
                return Finished::Ints(ints);
            }
            if let Some(truths) = values.iter().map(|text| truth(text)).collect() {
                return Finished::Truths(truths);
            }
        }
        Finished::Words(texts_of(values))
    }

    pub(super) fn data_type(&self) -> DataType {
        match self {
            Finished::AsIs(data_type) => data_type.clone(),
            Finished::Words(_) => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Finished::Ints(_) => DataType::Int64,
            Finished::Truths(_) => DataType::Boolean,
        }
    }

    pub(super) fn array(&self, chunk: &ArrayRef) -> Result<ArrayRef, ReadError> {
        // A foreign dictionary whose words have the same keys here came whole.
        let dictionary = chunk.as_dictionary_opt::<Int32Type>();
        let keys = || {
            dictionary
                .map(DictionaryArray::keys)
                .or_else(|| chunk.as_primitive_opt::<Int32Type>())
                .ok_or(ReadError::Internal("a chunk of words without keys"))
        };
        let place = |key: i32| usize::try_from(key).unwrap_or(usize::MAX);
        Ok(match self {
            Finished::AsIs(_) => chunk.clone(),
            Finished::Words(values) => match dictionary {
                Some(whole) if whole.values().len() <= values.len() => {
                    Arc::new(whole.with_values(values.clone()))
                }
                _ => Arc::new(
                    DictionaryArray::<Int32Type>::try_new(keys()?.clone(), values.clone())
                        .map_err(|_| ReadError::Internal("a key without a word"))?,
                ),
            },
            Finished::Ints(values) => {
                Arc::new(keys()?.iter().map(|key| values.get(place(key?)).copied()).collect::<Int64Array>())
            }
            Finished::Truths(values) => {
                Arc::new(keys()?.iter().map(|key| values.get(place(key?)).copied()).collect::<BooleanArray>())
            }
        })
    }
}
