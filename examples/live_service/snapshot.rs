//! The snapshot: tallies, dossiers and the position in the log, in one checked file. With it the
//! log need not be read from its beginning.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tthc_kpi::{Query, Tally};

use crate::core::{Applied, Core};
use crate::log::{self, BadLog, at_file, sync_folder};
use crate::pack::Texts;
use crate::state::{State, View};

const NAME: &str = "snapshot.bin";
const NEW: &str = "snapshot.new";
const MAGIC: &[u8; 8] = b"tthcsnp1";

/// What is written at once: how the service stood after `position` events.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Events applied.
    pub position: u64,
    /// A tally per query.
    pub tallies: Vec<Tally>,
    /// The dossiers.
    pub view: View,
}

#[derive(Serialize, Deserialize)]
struct Head {
    position: u64,
    tallies: usize,
    texts: usize,
    dossiers: usize,
}

/// What was found at the start.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Found {
    /// Events in the snapshot.
    pub snapshot: u64,
    /// Events read from the log after it.
    pub replayed: u64,
    /// Records at the end of the log that were not whole, and dropped: 0 or 1.
    pub torn_records: u64,
    /// Their bytes.
    pub torn_bytes: u64,
}

struct Sum<T> {
    inner: T,
    hasher: crc32fast::Hasher,
}

impl<T: Write> Write for Sum<T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<T: Read> Read for Sum<T> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(bytes)?;
        self.hasher.update(bytes.get(..count).unwrap_or_default());
        Ok(count)
    }
}

impl Snapshot {
    /// Writes the file beside the old one, brings it to the disk, and only then takes the old one's
    /// place; log files that lie wholly before it are then removed.
    ///
    /// # Errors
    /// [`BadLog::Io`]; the old file is then still there.
    pub fn write(&self, folder: &Path) -> Result<(), BadLog> {
        let new = folder.join(NEW);
        self.write_to(&new).map_err(at_file(&new))?;
        let replace = || {
            std::fs::rename(&new, folder.join(NAME))?;
            sync_folder(folder)
        };
        replace().map_err(at_file(&new))?;
        let files = log::files(folder)?;
        for (file, next) in files.iter().zip(files.iter().skip(1)) {
            if next.0 <= self.position {
                std::fs::remove_file(&file.1).map_err(at_file(&file.1))?;
            }
        }
        Ok(())
    }

    fn write_to(&self, path: &Path) -> io::Result<()> {
        let file = File::create(path)?;
        let mut to = Sum { inner: BufWriter::with_capacity(1 << 20, file), hasher: crc32fast::Hasher::new() };
        to.write_all(MAGIC)?;
        let head = Head {
            position: self.position,
            tallies: self.tallies.len(),
            texts: self.view.texts().iter().len(),
            dossiers: self.view.packed().count(),
        };
        put(&mut to, &serde_json::to_vec(&head)?)?;
        for tally in &self.tallies {
            put(&mut to, tally.to_json().map_err(io::Error::other)?.as_bytes())?;
        }
        self.view.texts().iter().try_for_each(|text| put(&mut to, text.as_bytes()))?;
        self.view.packed().try_for_each(|packed| put(&mut to, packed))?;
        let sum = to.hasher.finalize();
        let mut file = to.inner;
        file.write_all(&sum.to_le_bytes())?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}

fn put(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(bytes)
}

fn take(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    // No more is set aside than is there, whatever the length says.
    let mut bytes = Vec::new();
    let wanted = u64::from(u32::from_le_bytes(length));
    if from.by_ref().take(wanted).read_to_end(&mut bytes)? as u64 == wanted {
        Ok(bytes)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// The snapshot of a directory, if there is one: its state, position and tallies.
fn load(folder: &Path) -> Result<Option<(State, u64, Vec<Tally>)>, BadLog> {
    let path = folder.join(NAME);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(BadLog::Io(path, error)),
    };
    let damaged = |what| BadLog::Damaged { file: path.clone(), at: 0, what };
    let inner = BufReader::with_capacity(1 << 20, file);
    let mut from = Sum { inner, hasher: crc32fast::Hasher::new() };
    // Nothing of it is used before the sum at its end is right.
    let read = read_parts(&mut from);
    let sum = from.hasher.finalize();
    let mut said = Vec::new();
    from.inner.read_to_end(&mut said).map_err(at_file(&path))?;
    match read {
        Some(parts) if said == sum.to_le_bytes() => Ok(Some(parts)),
        _ => Err(damaged("the snapshot is not as it was written")),
    }
}

fn read_parts(from: &mut impl Read) -> Option<(State, u64, Vec<Tally>)> {
    let mut magic = [0; 8];
    from.read_exact(&mut magic).ok()?;
    if &magic != MAGIC {
        return None;
    }
    let head: Head = serde_json::from_slice(&take(from).ok()?).ok()?;
    let mut tallies = Vec::new();
    for _ in 0..head.tallies {
        tallies.push(Tally::from_json(std::str::from_utf8(&take(from).ok()?).ok()?).ok()?);
    }
    let (mut texts, mut state) = (Texts::default(), State::default());
    for _ in 0..head.texts {
        texts.number(std::str::from_utf8(&take(from).ok()?).ok()?);
    }
    state.set_texts(texts);
    for _ in 0..head.dossiers {
        state.push(take(from).ok()?.into_boxed_slice()).ok()?;
    }
    Some((state, head.position, tallies))
}

/// Where the log goes on: the file's position and its length of whole records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tail {
    /// Position the file begins at.
    pub position: u64,
    /// Bytes of whole records in it.
    pub whole: u64,
}

/// What a directory holds: the snapshot, and the log after it. Nothing in it is changed.
///
/// # Errors
/// [`BadLog`] for anything but a torn last record.
pub fn recover(folder: &Path, queries: &[Arc<Query>]) -> Result<(Core, Found, Tail), BadLog> {
    let broken = |error: crate::core::Broken| BadLog::Broken(error.to_string());
    let mut found = Found::default();
    let mut core = match load(folder)? {
        Some((state, position, tallies)) => {
            found.snapshot = position;
            Core::restore(state, position, tallies, queries).map_err(broken)?
        }
        None => Core::new(queries),
    };
    let files: Vec<(u64, PathBuf)> = log::files(folder)?;
    let mut tail = Tail { position: core.position(), whole: 0 };
    for (number, (begins, file)) in files.iter().enumerate() {
        let next = files.get(number + 1);
        if next.is_some_and(|(next, _)| *next <= found.snapshot) {
            continue;
        }
        if *begins > core.position() {
            return Err(BadLog::Gap { have: core.position(), file: file.clone() });
        }
        let mut ends = *begins;
        let ending = log::read(file, |place, position, batch| {
            let damaged = |what| BadLog::Damaged { file: file.clone(), at: place, what };
            ends = position + batch.events.len() as u64;
            for (at, sent) in (position..).zip(&batch.events) {
                if at < core.position() {
                    continue;
                }
                let event = sent.event.as_ref().map_err(|_| damaged("a record holds what is no event"))?;
                if at > core.position() || core.apply(event).map_err(broken)? != Applied::New {
                    return Err(damaged("a record does not follow on what is before it"));
                }
                found.replayed += 1;
            }
            Ok(())
        })?;
        if ending.torn > 0 {
            // Before another file only what the snapshot holds too may be torn.
            if next.is_some_and(|(next, _)| *next > core.position()) {
                let what = "a record in the middle of the log is not whole";
                return Err(BadLog::Damaged { file: file.clone(), at: ending.whole, what });
            }
            found.torn_records = 1;
            found.torn_bytes = ending.torn;
        }
        // Where the snapshot is ahead of a torn log, a new file begins.
        tail = if ends == core.position() {
            Tail { position: *begins, whole: ending.whole }
        } else {
            Tail { position: core.position(), whole: 0 }
        };
    }
    Ok((core, found, tail))
}
