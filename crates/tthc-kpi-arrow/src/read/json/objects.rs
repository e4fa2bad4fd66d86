//! The objects of a JSON file as rows, without more than is wanted of them.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde::de::{IgnoredAny, MapAccess};

use super::super::ReadError;
use super::ObjectRow;
use super::stream::{Sink, walk};
use super::value::Value;

/// Calls `each` with every object as a row, whose columns are the `keys`, or with the number of what stands
/// in the place of one. Of keys that are not `wanted` nothing is kept.
pub(in super::super) fn objects(
    path: &Path,
    file: &str,
    keys: &[String],
    wanted: &dyn Fn(usize) -> bool,
    each: &mut dyn FnMut(Result<&ObjectRow, u64>),
) -> Result<(), ReadError> {
    let keys_at = keys.iter().enumerate().filter(|(index, _)| wanted(*index));
    let mut objects = Objects {
        at: keys_at.map(|(index, key)| (key.as_str(), index)).collect(),
        row: ObjectRow { number: 0, values: vec![Value::Absent; keys.len()] },
        each,
    };
    walk(path, file, &mut objects, &mut |_| Ok(()))
}

struct Objects<'a> {
    at: FxHashMap<&'a str, usize>,
    row: ObjectRow,
    each: &'a mut dyn FnMut(Result<&ObjectRow, u64>),
}

impl Sink for Objects<'_> {
    fn begin(&mut self) {
        self.row.values.fill(Value::Absent);
    }

    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        let place = self.at.get(key).and_then(|at| self.row.values.get_mut(*at));
        match place {
            Some(place) => place.put(Value::next(map)?),
            None => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    fn end(&mut self, object: bool) -> Result<(), ReadError> {
        self.row.number += 1;
        (self.each)(if object { Ok(&self.row) } else { Err(self.row.number) });
        Ok(())
    }
}
