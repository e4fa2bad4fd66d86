//! The objects of a JSON file one after the other, wherever they stand: alone, in a list, in the `data` of
//! an envelope, or several of these after each other (JSON lines). Never more than one is held.

use std::cell::Cell as Counter;
use std::fmt;
use std::fs::File;
use std::io::{BufReader, Error, Read};
use std::path::Path;
use std::rc::Rc;

use encoding_rs::Encoding;
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::super::{Limit, ReadError};
use super::value::others;

/// Bytes one object may take: what is kept of it is less.
const MAX_OBJECT: u64 = 1 << 26;
/// The key of an envelope that holds the messages.
const DATA: &str = "data";

/// What is done with the objects.
pub(super) trait Sink {
    /// An object begins. If another begins before it has ended, it was an envelope.
    fn begin(&mut self);
    /// Reads the value of a key.
    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
    /// The object has ended; or, in its place, there was something else.
    fn end(&mut self, object: bool) -> Result<(), ReadError>;
}

/// Reads a file to its end. `tick` is called now and then with the bytes read.
pub(super) fn walk<S: Sink>(
    path: &Path,
    file: &str,
    sink: &mut S,
    tick: &mut dyn FnMut(u64) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let io = |error: &Error| ReadError::Io { file: file.to_owned(), kind: error.kind() };
    let meter = Rc::new(Meter::default());
    let reader = open(path, &meter).map_err(|error| io(&error))?;
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut walk = Walk { sink, tick, meter: &meter, objects: 0, stop: None };
    loop {
        let read = match json.end() {
            Ok(()) => return Ok(()),
            Err(error) if error.is_io() => Err(error),
            Err(_) => Level { walk: &mut walk, place: Place::Top }.deserialize(&mut json),
        };
        let Err(error) = read else { continue };
        if let Some(stop) = walk.stop.take() {
            return Err(stop);
        }
        if meter.exceeded.get() {
            let what = Limit::Object;
            return Err(ReadError::TooLarge { file: file.to_owned(), sheet: None, what });
        }
        // The text of the error may quote the data.
        return Err(match error.io_error_kind() {
            Some(kind) if kind != std::io::ErrorKind::UnexpectedEof => {
                ReadError::Io { file: file.to_owned(), kind }
            }
            _ => ReadError::Json { file: file.to_owned(), line: error.line() as u64 },
        });
    }
}

type Input = BufReader<DecodeReaderBytes<Metered, Vec<u8>>>;

fn open(path: &Path, meter: &Rc<Meter>) -> std::io::Result<Input> {
    let mut start = Vec::new();
    File::open(path)?.take(2).read_to_end(&mut start)?;
    // UTF-16 without a mark: a bracket has a zero byte.
    let encoding: Option<&'static Encoding> = match start.as_slice() {
        [b'[' | b'{', 0] => Some(encoding_rs::UTF_16LE),
        [0, b'[' | b'{'] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    let metered = Metered { file: File::open(path)?, meter: meter.clone() };
    let mut decoder = DecodeReaderBytesBuilder::new();
    let decoder = decoder.encoding(encoding).utf8_passthru(true).strip_bom(true).build(metered);
    Ok(BufReader::with_capacity(1 << 16, decoder))
}

/// Bytes read.
#[derive(Default)]
struct Meter {
    done: Counter<u64>,
    /// Since the last object ended.
    since: Counter<u64>,
    exceeded: Counter<bool>,
}

struct Metered {
    file: File,
    meter: Rc<Meter>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let meter = &self.meter;
        if meter.since.get() > MAX_OBJECT {
            meter.exceeded.set(true);
            return Err(Error::other("too large"));
        }
        let read = self.file.read(buffer)?;
        meter.done.set(meter.done.get().saturating_add(read as u64));
        meter.since.set(meter.since.get().saturating_add(read as u64));
        Ok(read)
    }
}

struct Walk<'a, S> {
    sink: &'a mut S,
    tick: &'a mut dyn FnMut(u64) -> Result<(), ReadError>,
    meter: &'a Meter,
    objects: u64,
    /// Why the reading was stopped, if not by the JSON.
    stop: Option<ReadError>,
}

impl<S: Sink> Walk<'_, S> {
    fn end<E: serde::de::Error>(&mut self, object: bool) -> Result<(), E> {
        const EVERY: u64 = 4_096;
        self.meter.since.set(0);
        self.objects += 1;
        let mut done = self.sink.end(object);
        if done.is_ok() && self.objects.is_multiple_of(EVERY) {
            done = (self.tick)(self.meter.done.get());
        }
        done.map_err(|stop| {
            self.stop = Some(stop);
            E::custom("stopped")
        })
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// By itself.
    Top,
    /// In a list at the top.
    Item,
    /// In an envelope.
    Inside,
}

/// One value of the file.
struct Level<'w, 'a, S> {
    walk: &'w mut Walk<'a, S>,
    place: Place,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Level<'_, '_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Level<'_, '_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list of objects")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.walk.sink.begin();
        let mut envelope = false;
        while let Some(key) = map.next_key::<String>()? {
            if key == DATA && self.place != Place::Inside {
                envelope |= map.next_value_seed(Data { walk: &mut *self.walk })?;
            } else if envelope {
                map.next_value::<IgnoredAny>()?;
            } else {
                self.walk.sink.field(&key, &mut map)?;
            }
        }
        if envelope { Ok(()) } else { self.walk.end(true) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.place != Place::Top {
            while list.next_element::<IgnoredAny>()?.is_some() {}
            return self.walk.end(false);
        }
        while list.next_element_seed(Level { walk: &mut *self.walk, place: Place::Item })?.is_some() {}
        Ok(())
    }

    fn visit_bool<E: serde::de::Error>(self, _: bool) -> Result<(), E> {
        self.walk.end(false)
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<(), E> {
        self.walk.end(false)
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<(), E> {
        self.walk.end(false)
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<(), E> {
        self.walk.end(false)
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<(), E> {
        self.walk.end(false)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.walk.end(false)
    }
}

/// What stands under `data`: true if it holds messages, so that the object around it is an envelope.
struct Data<'w, 'a, S> {
    walk: &'w mut Walk<'a, S>,
}

impl<'de, S: Sink> DeserializeSeed<'de> for Data<'_, '_, S> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, S: Sink> Visitor<'de> for Data<'_, '_, S> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of messages")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<bool, A::Error> {
        while list.next_element_seed(Level { walk: &mut *self.walk, place: Place::Inside })?.is_some() {}
        Ok(true)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<bool, A::Error> {
        Level { walk: self.walk, place: Place::Inside }.visit_map(map)?;
        Ok(true)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    others! {
        visit_bool(bool) => false;
        visit_i64(i64) => false;
        visit_u64(u64) => false;
        visit_f64(f64) => false;
        visit_str(&str) => false;
    }
}
