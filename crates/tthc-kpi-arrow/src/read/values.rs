//! What a caller says that the words of a column mean: "Kết thúc" of the status is "Đã xử lý xong".

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use tthc_kpi::{Column, ColumnType};

use super::ReadError;
use super::cell::{self, Cell, Reading};
use super::expected::expected;
use super::header::{HeaderMatch, match_header};
use super::number;
use super::words::{Words, normalise, words};

/// The caller's words of one column, normalised, and what to read in their place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Values {
    read: Arc<BTreeMap<String, String>>,
    /// As the caller gave them.
    said: Arc<Vec<(String, String)>>,
}

impl Values {
    /// The caller's words of all columns.
    ///
    /// # Errors
    /// [`ReadError::NoWords`] for a column without words, [`ReadError::UnknownValue`] for a meaning that is
    /// none of the column's.
    pub(super) fn all(
        given: &BTreeMap<String, BTreeMap<String, String>>,
    ) -> Result<BTreeMap<Column, Values>, ReadError> {
        let mut all = BTreeMap::new();
        for (name, pairs) in given {
            let column = match (name.parse::<Column>(), match_header(name)) {
                (Ok(column), _) | (Err(_), Ok(HeaderMatch::Column(column, _))) => column,
                (Err(source), _) => return Err(ReadError::UnknownColumn { header: "values".into(), source }),
            };
            if matches!(column.column_type(), ColumnType::Text | ColumnType::Instant) {
                return Err(ReadError::NoWords { column });
            }
            let mut read = BTreeMap::new();
            for (word, meaning) in pairs {
                if !is_read(column, meaning, words()?) {
                    let (value, expected) = (meaning.clone(), expected(Some(column)));
                    return Err(ReadError::UnknownValue { column, value, expected });
                }
                read.insert(key(word), meaning.clone());
            }
            let said = pairs.iter().map(|(word, meaning)| (word.clone(), meaning.clone())).collect();
            all.insert(column, Values { read: Arc::new(read), said: Arc::new(said) });
        }
        Ok(all)
    }

    /// As the caller gave them.
    pub(super) fn said(&self) -> &[(String, String)] {
        &self.said
    }

    /// The meaning of a cell, if the caller told it.
    #[cold]
    fn meaning(&self, cell: &Cell<'_>) -> Option<&str> {
        let word = match cell {
            Cell::Text(text) => key(text),
            Cell::Number(number) => number.normalize().to_string(),
            _ => return None,
        };
        self.read.get(&word).map(String::as_str)
    }
}

/// What is read for a cell: the caller's meaning of it, or itself.
pub(super) fn meant<'a>(values: Option<&'a Values>, cell: &Cell<'a>) -> Cell<'a> {
    values.and_then(|values| values.meaning(cell)).map_or_else(|| cell.clone(), Cell::Text)
}

fn key(word: &str) -> String {
    let plain = normalise(Cell::trim(word));
    // A text without letters is nothing but what the form takes away.
    if plain.is_empty() { Cell::trim(word).to_owned() } else { plain }
}

/// Whether a meaning is one of a column's; an empty one is "unknown".
fn is_read(column: Column, meaning: &str, words: &Words) -> bool {
    fn known<T>(reading: &Reading<T>) -> bool {
        reading.is_ok()
    }
    let cell = Cell::Text(meaning);
    let code = meaning.trim().parse::<Decimal>().is_ok();
    match column.column_type() {
        ColumnType::Text | ColumnType::Instant => false,
        ColumnType::Status => known(&cell::status(&cell, words)),
        ColumnType::Rating => known(&cell::rating(&cell, words)),
        ColumnType::Category => {
            known(&cell::category(&cell, words, column)) && (column == Column::Channel || !code)
        }
        ColumnType::Bool => known(&cell::truth(&cell, words)),
        ColumnType::Count => known(&number::count(&cell, words, column)),
        ColumnType::Money => known(&number::money(&cell, words)),
    }
}

/// A word of a column that is none of its values, and rows that have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnknownWord {
    /// How many rows have it.
    pub rows: u64,
    /// The first rows that have it, at most [`UnknownWord::FIRST`] of them.
    pub first: Vec<u64>,
}

impl UnknownWord {
    /// How many rows are told of a word.
    pub const FIRST: usize = 5;

    fn add(&mut self, rows: u64, first: impl Iterator<Item = u64>) {
        self.rows = self.rows.saturating_add(rows);
        self.first.extend(first.take(Self::FIRST.saturating_sub(self.first.len())));
    }
}

/// Words of a column that are none of its values: how many there are, and where. Never the words.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi_arrow::read::{ReadOptions, read_file};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-words-{}.csv", std::process::id()));
/// std::fs::write(&path, "Mã hồ sơ,Ngày tiếp nhận,Trạng thái\nA,05/01/2026,Lưu kho\nB,06/01/2026,Lưu kho\nC,07/01/2026,Xem lại\n")?;
/// let mut go_on = |_, _| ControlFlow::Continue(());
/// let loaded = read_file(&path, &ReadOptions::default(), &mut go_on)?;
/// let [status] = loaded.unknown_words.as_slice() else { panic!("one column") };
/// let rows: Vec<&[u64]> = status.words.iter().map(|word| word.first.as_slice()).collect();
/// assert_eq!(rows, [&[2, 3][..], &[4]]);
/// let words = [("Lưu kho", "returned"), ("Xem lại", "in_process")].map(|(word, of)| (word.into(), of.into()));
/// let options = ReadOptions { values: [("status".into(), words.into())].into(), ..ReadOptions::default() };
/// assert!(read_file(&path, &options, &mut go_on)?.issues.is_empty());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWords {
    /// The column.
    pub column: Column,
    /// Its header in the source.
    pub source: String,
    /// File or table name.
    pub file: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// The words, in the order in which they are met; those beyond the first thousand are not among them.
    pub words: Vec<UnknownWord>,
}

/// Different unknown words that are told apart in a column.
const MOST: usize = 1_000;

/// The unknown words of a column while it is read.
#[derive(Default)]
pub(super) struct Met(BTreeMap<String, UnknownWord>);

impl Met {
    #[cold]
    pub(super) fn see(&mut self, text: &str, row: u64) {
        self.put(normalise(text), 1, std::iter::once(row));
    }

    /// What a piece met whose rows are numbered from after `before`.
    pub(super) fn add(&mut self, other: Met, before: u64) {
        for (word, of) in other.0 {
            self.put(word, of.rows, of.first.into_iter().map(|row| before + row));
        }
    }

    fn put(&mut self, word: String, rows: u64, first: impl Iterator<Item = u64>) {
        if self.0.len() < MOST || self.0.contains_key(&word) {
            self.0.entry(word).or_default().add(rows, first);
        }
    }

    pub(super) fn words(&self) -> Vec<UnknownWord> {
        let mut words: Vec<UnknownWord> = self.0.values().cloned().collect();
        words.sort_by(|one, other| one.first.cmp(&other.first));
        words
    }
}
