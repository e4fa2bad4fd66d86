//! JSON: messages DongBoHoSoMC of the national exchange, alone, in lists, in envelopes or one a line; and plain
//! tables, a list or lines of objects. The file is gone through twice, first for the keys, which are the
//! headers, then for the rows. Only what a column is made of is kept of an object.

mod message;
mod objects;
mod stream;
mod supplement;
mod value;

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::{IgnoredAny, MapAccess};
use tthc_kpi::{Column, ColumnType, WorkCalendar};

use super::assemble::{Assembler, Outcome, Settings};
use super::cell::Cell;
use super::find::Row;
use super::header::{Layout, Target, Wishes};
use super::piece::{Misfit, Piece};
use super::register::{Names, register_of};
use super::words::{Words, words};
use super::{Limit, Place, Progress, ReadError};
use message::{Fields, Message};
pub(super) use objects::objects;
use stream::{Sink, walk};
use supplement::Supplements;
use value::{List, Value};

/// Different keys of a file, and bytes of one: as many as a sheet has columns.
const MAX_KEYS: usize = 16_384;
const MAX_KEY: usize = 4_096;

/// Whether a file is JSON, by its first bytes: an object, or a list of objects or lists. Where the name says
/// so too, a bracket will do.
pub(super) fn is_json(start: &[u8], path: &Path) -> bool {
    let named = path.extension().is_some_and(|ending| {
        ["json", "jsonl", "ndjson"].iter().any(|name| ending.eq_ignore_ascii_case(name))
    });
    // In UTF-16 every other byte is zero.
    let start = [&[0xef, 0xbb, 0xbf][..], &[0xff, 0xfe], &[0xfe, 0xff]]
        .iter()
        .find_map(|mark| start.strip_prefix(*mark))
        .unwrap_or(start);
    let mut letters = start.iter().filter(|byte| **byte != 0 && !byte.is_ascii_whitespace());
    match (letters.next(), letters.next()) {
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b'[' | b']')) => true,
        (Some(b'{' | b'['), _) => named,
        _ => false,
    }
}

pub(super) fn read(
    path: &Path,
    file: &str,
    wishes: &Wishes,
    settings: Settings,
    progress: &mut Progress<'_>,
) -> Result<Outcome, ReadError> {
    let total = std::fs::metadata(path).map(|metadata| metadata.len().saturating_mul(2)).ok();
    let mut tick = |done: u64| {
        let total = total.filter(|total| *total >= done);
        if progress(done, total).is_break() { Err(ReadError::Cancelled) } else { Ok(()) }
    };
    let place = Place { file: file.to_owned(), sheet: None };
    let plan = Plan::new(&place, wishes, &keys(path, file, &mut tick)?)?;
    let calendar = WorkCalendar::vietnam();
    let mut rows = Rows {
        plan: &plan,
        calendar: &calendar,
        settings,
        assembler: Assembler::new(place, plan.layout.clone(), settings)?,
        piece: Piece::new(&plan.layout, settings)?,
        row: ObjectRow { number: 0, values: vec![Value::Absent; plan.width] },
        lists: vec![List::Absent; plan.message.map_or(0, |message| message.lists.len())],
    };
    let half = total.unwrap_or_default() / 2;
    walk(path, file, &mut rows, &mut |done| tick(half.saturating_add(done)))?;
    tick(total.unwrap_or_default())?;
    rows.finish()
}

/// The keys of all objects of a file, in the order in which they first come.
pub(super) fn keys(
    path: &Path,
    file: &str,
    tick: &mut dyn FnMut(u64) -> Result<(), ReadError>,
) -> Result<Vec<String>, ReadError> {
    let mut keys = Keys { file, names: Vec::new(), known: FxHashSet::default(), pending: Vec::new() };
    walk(path, file, &mut keys, tick)?;
    Ok(keys.names)
}

/// Finds the keys of all objects, in the order in which they first come.
struct Keys<'a> {
    file: &'a str,
    names: Vec<String>,
    known: FxHashSet<String>,
    /// New ones of the object being read.
    pending: Vec<String>,
}

impl Sink for Keys<'_> {
    fn begin(&mut self) {
        self.pending.clear();
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        // One more than there may be is enough to say that there are too many.
        if !self.known.contains(key) && self.pending.len() <= MAX_KEYS {
            self.pending.push(key.to_owned());
        }
        map.next_value::<IgnoredAny>()?;
        Ok(())
    }

    fn end(&mut self, _: bool) -> Result<(), ReadError> {
        for key in self.pending.drain(..) {
            if self.names.len() >= MAX_KEYS || key.len() > MAX_KEY {
                let what = Limit::Keys;
                return Err(ReadError::TooLarge { file: self.file.to_owned(), sheet: None, what });
            }
            if self.known.insert(key.clone()) {
                self.names.push(key);
            }
        }
        Ok(())
    }
}

/// What the value of a key is kept as.
#[derive(Clone, Copy)]
enum Want {
    /// A cell, at this place in the row.
    Value(usize),
    /// This list of objects.
    List(usize),
}

/// What is read of every object, and into what.
struct Plan {
    layout: Layout,
    wanted: FxHashMap<String, Want>,
    /// If the objects are messages.
    message: Option<&'static Message>,
    /// Where the values of the message's fields are.
    at: BTreeMap<String, usize>,
    /// The columns made of them, and where in the row.
    made: Vec<(usize, Column)>,
    /// Cells of a row.
    width: usize,
    words: &'static Words,
}

impl Plan {
    fn new(place: &Place, wishes: &Wishes, keys: &[String]) -> Result<Self, ReadError> {
        if keys.is_empty() {
            return Err(ReadError::Empty { file: place.file.clone(), sheets: Vec::new() });
        }
        let message = Some(message::message()?).filter(|message| message.is_told_by(keys));
        if message.is_none()
            && wishes.is_plain()
            && let Some(register) = register_of(&[Names(keys.to_vec())], 1, place)?
        {
            return Err(ReadError::register_given(place, register));
        }
        let place_of: BTreeMap<&str, usize> =
            keys.iter().enumerate().map(|(at, key)| (key.as_str(), at)).collect();
        let plain = keys.iter().enumerate().filter(|(_, key)| !message.is_some_and(|it| it.uses(key)));
        let mut headers: Vec<(usize, String)> = plain.map(|(at, key)| (at, key.clone())).collect();
        // A column made of fields of the message is headed by the first of them that the file has.
        let mut told: BTreeMap<usize, (Column, String)> = BTreeMap::new();
        for (column, sources) in message.iter().flat_map(|message| &message.columns) {
            let present: Vec<&str> = sources
                .iter()
                .filter(|source| place_of.contains_key(source.top.as_str()))
                .map(|source| source.name.as_str())
                .collect();
            if let Some(first) = present.first() {
                let at = keys.len() + told.len();
                headers.push((at, (*first).to_owned()));
                told.insert(at, (*column, present.join(", ")));
            }
        }
        let mut layout =
            wishes.layout_told(place, &headers, |at| told.get(&at).map(|(column, _)| *column))?;
        if !layout.slots.iter().any(|slot| slot.target == Target::Column(Column::ReceivedAt)) {
            return Err(ReadError::NoReceivedAt { file: place.file.clone() });
        }
        let mut wanted = FxHashMap::default();
        let (mut at, mut made) = (BTreeMap::new(), Vec::new());
        for slot in &mut layout.slots {
            let Some((column, names)) = told.get(&slot.index) else {
                if let Some(key) = keys.get(slot.index) {
                    wanted.insert(key.clone(), Want::Value(slot.index));
                }
                continue;
            };
            made.push((slot.index, *column));
            for top in message.into_iter().flat_map(|message| message.tops(*column)) {
                let list = message.and_then(|message| message.list(top));
                match (list, place_of.get(top)) {
                    (Some(list), Some(_)) => drop(wanted.insert(top.to_owned(), Want::List(list))),
                    (None, Some(index)) => {
                        wanted.insert(top.to_owned(), Want::Value(*index));
                        at.insert(top.to_owned(), *index);
                    }
                    (_, None) => {}
                }
            }
            let header = std::mem::replace(&mut slot.source, names.clone());
            // All the fields are shown, not only the one it is headed by.
            if let Some(mapped) = layout.mapping.iter_mut().find(|mapped| {
                mapped.source == header && mapped.column.map(Target::Column).as_ref() == Some(&slot.target)
            }) {
                mapped.source.clone_from(names);
            }
        }
        let width = keys.len() + told.len();
        Ok(Plan { layout, wanted, message, at, made, width, words: words()? })
    }
}

/// The cells of an object, by their places.
#[derive(Default)]
pub(super) struct ObjectRow {
    number: u64,
    values: Vec<Value>,
}

impl Row for ObjectRow {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        self.values.get(column).map_or(Cell::Empty, Value::cell)
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.values.iter().map(Value::cell).enumerate().filter(|(_, cell)| !cell.is_empty())
    }
}

/// Makes rows of the objects.
struct Rows<'a> {
    plan: &'a Plan,
    calendar: &'a WorkCalendar,
    settings: Settings,
    assembler: Assembler,
    piece: Piece,
    row: ObjectRow,
    lists: Vec<List>,
}

impl Sink for Rows<'_> {
    fn begin(&mut self) {
        self.row.values.fill(Value::Absent);
        self.lists.fill(List::Absent);
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match self.plan.wanted.get(key) {
            Some(Want::Value(at)) => {
                let value = Value::next(map)?;
                if let Some(place) = self.row.values.get_mut(*at) {
                    place.put(value);
                }
            }
            Some(Want::List(at)) => {
                let message = self.plan.message.and_then(|message| message.lists.get(*at));
                match (self.lists.get_mut(*at), message) {
                    (Some(list), Some((_, fields))) => list.next(map, fields)?,
                    _ => drop(map.next_value::<IgnoredAny>()?),
                }
            }
            None => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn end(&mut self, object: bool) -> Result<(), ReadError> {
        if !self.assembler.goes_on() {
            return Ok(());
        }
        self.row.number += 1;
        if object {
            self.make();
            self.piece.dossier(&self.row);
        } else {
            self.piece.misfit(self.row.number, Misfit::NoObject);
        }
        if self.piece.is_full() {
            let next = Piece::new(&self.plan.layout, self.settings)?;
            self.assembler.piece(std::mem::replace(&mut self.piece, next).end(), 0)?;
        }
        Ok(())
    }
}

impl Rows<'_> {
    /// The cells that are made of several fields.
    fn make(&mut self) {
        let Some(message) = self.plan.message else { return };
        let fields = Fields {
            message,
            words: self.plan.words,
            calendar: self.calendar,
            at: &self.plan.at,
            values: &self.row.values,
            lists: &self.lists,
        };
        let supplements = Supplements::of(&fields);
        let cells: Vec<Value> =
            self.plan.made.iter().map(|(_, column)| fields.cell(*column, &supplements)).collect();
        for ((at, _), cell) in self.plan.made.iter().zip(cells) {
            if let Some(place) = self.row.values.get_mut(*at) {
                *place = cell;
            }
        }
    }

    fn finish(mut self) -> Result<Outcome, ReadError> {
        self.assembler.piece(self.piece.end(), 0)?;
        self.assembler.finish()
    }
}
