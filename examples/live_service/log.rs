//! The log: each request's applied events as they were sent, one record each, written before the
//! request is answered. A record is a JSON list that could be sent again.
//!
//! Bytes of a record, numbers little-endian: `tthclog1`, position of its first event (8), length of
//! the text (4), CRC-32 of the text (4), CRC-32 of the 24 bytes before (4), the text.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::event::Batch;

const MAGIC: &[u8; 8] = b"tthclog1";
const HEAD: usize = 28;
/// No request is longer: a length beyond it is no length.
const LONGEST: u32 = 1 << 30;

/// A record of these texts; the first event is the one after `position`.
pub fn record<'t>(position: u64, texts: impl IntoIterator<Item = &'t [u8]>) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; HEAD];
    for (number, text) in texts.into_iter().enumerate() {
        bytes.push(if number == 0 { b'[' } else { b',' });
        bytes.extend_from_slice(text);
    }
    bytes.push(b']');
    let text = bytes.get(HEAD..).unwrap_or_default();
    let length = u32::try_from(text.len()).ok().filter(|length| *length < LONGEST);
    let length = length.ok_or_else(|| io::Error::other("a record of more than 1 GiB"))?;
    let sum = crc32fast::hash(text);
    let mut head = Vec::with_capacity(HEAD);
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&position.to_le_bytes());
    head.extend_from_slice(&length.to_le_bytes());
    head.extend_from_slice(&sum.to_le_bytes());
    head.extend_from_slice(&crc32fast::hash(&head).to_le_bytes());
    for (to, from) in bytes.iter_mut().zip(head) {
        *to = from;
    }
    Ok(bytes)
}

/// Why a directory cannot be started from.
#[derive(Debug)]
pub enum BadLog {
    /// A file cannot be read or written.
    Io(PathBuf, io::Error),
    /// Bytes that were whole once are not what was written.
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where in it, in bytes.
        at: u64,
        /// What is wrong.
        what: &'static str,
    },
    /// Events are missing between the snapshot or a file and the next.
    Gap {
        /// Events that are there.
        have: u64,
        /// The file that goes on later.
        file: PathBuf,
    },
    /// Another process has the directory.
    InUse(PathBuf),
    /// What was read cannot be counted.
    Broken(String),
}

impl std::fmt::Display for BadLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            BadLog::Io(file, error) => write!(f, "{}: {error}", file.display()),
            BadLog::Damaged { file, at, what } => write!(
                f,
                "{}: damaged at byte {at}: {what}; nothing was changed: restore the directory from a copy, \
                 or send all events again into an empty one",
                file.display()
            ),
            BadLog::Gap { have, file } => write!(
                f,
                "{}: events are missing before this file: {have} are there; nothing was changed: restore \
                 the missing file",
                file.display()
            ),
            BadLog::InUse(folder) => write!(f, "{}: another process has this directory", folder.display()),
            BadLog::Broken(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for BadLog {}

/// Makes an error name its file.
pub(crate) fn at_file(file: &Path) -> impl FnOnce(io::Error) -> BadLog + '_ {
    |error| BadLog::Io(file.to_owned(), error)
}

/// The file of the log that begins after so many events.
pub fn file_name(position: u64) -> String {
    format!("log-{position:020}.wal")
}

/// The log files of a directory with the positions they begin at, in order.
///
/// # Errors
/// [`BadLog::Io`].
pub fn files(folder: &Path) -> Result<Vec<(u64, PathBuf)>, BadLog> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(at_file(folder))? {
        let path = entry.map_err(at_file(folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let position = name.strip_prefix("log-").and_then(|rest| rest.strip_suffix(".wal"));
        if let Some(position) = position.and_then(|digits| digits.parse().ok()) {
            found.push((position, path));
        }
    }
    found.sort();
    Ok(found)
}

/// How a file ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ending {
    /// Length of the whole records, bytes.
    pub whole: u64,
    /// Bytes of a last record that was not written to its end.
    pub torn: u64,
}

/// Reads a file's records in order. A last record that is not whole is told in the [`Ending`]: it was
/// never acknowledged. The file is not changed. `take` is given where a record begins, in bytes, the
/// position of its first event, and its events.
///
/// # Errors
/// [`BadLog::Damaged`] when anything but the last record is not as it was written, and what `take` says.
pub fn read(
    file: &Path,
    mut take: impl FnMut(u64, u64, &Batch) -> Result<(), BadLog>,
) -> Result<Ending, BadLog> {
    let mut source = File::open(file).map_err(at_file(file))?;
    let length = source.metadata().map_err(at_file(file))?.len();
    let mut source = io::BufReader::with_capacity(1 << 20, &mut source);
    let damaged = |at, what| Err(BadLog::Damaged { file: file.to_owned(), at, what });
    let mut at = 0;
    loop {
        let rest = length - at;
        let torn = Ok(Ending { whole: at, torn: rest });
        let mut head = [0; HEAD];
        if rest < HEAD as u64 {
            return torn;
        }
        source.read_exact(&mut head).map_err(at_file(file))?;
        let Some((position, size, sum)) = parse_head(&head) else {
            // A file may be made longer before its bytes are written.
            let zeros =
                head.iter().all(|byte| *byte == 0) && only_zeros(&mut source).map_err(at_file(file))?;
            return if zeros { torn } else { damaged(at, "no head of a record") };
        };
        let end = at + HEAD as u64 + u64::from(size);
        if end > length {
            return torn;
        }
        let mut text = vec![0; usize::try_from(size).unwrap_or_default()];
        source.read_exact(&mut text).map_err(at_file(file))?;
        if crc32fast::hash(&text) != sum {
            return if end == length { torn } else { damaged(at, "the record is not as it was written") };
        }
        match Batch::read(&text) {
            Ok(batch) => take(at, position, &batch)?,
            Err(_) => return damaged(at, "the record is no list of events"),
        }
        at = end;
    }
}

fn parse_head(head: &[u8; HEAD]) -> Option<(u64, u32, u32)> {
    let (said, sum) = head.split_last_chunk::<4>()?;
    let (magic, rest) = said.split_first_chunk::<8>()?;
    let (position, rest) = rest.split_first_chunk::<8>()?;
    let (size, rest) = rest.split_first_chunk::<4>()?;
    let text_sum = rest.first_chunk::<4>()?;
    let size = u32::from_le_bytes(*size);
    let right = magic == MAGIC && crc32fast::hash(said) == u32::from_le_bytes(*sum) && size < LONGEST;
    right.then_some((u64::from_le_bytes(*position), size, u32::from_le_bytes(*text_sum)))
}

fn only_zeros(source: &mut impl Read) -> io::Result<bool> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    Ok(bytes.iter().all(|byte| *byte == 0))
}

/// Where records are written.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    file: File,
}

impl Writer {
    /// Goes on with a file after its whole records, or begins one.
    ///
    /// # Errors
    /// [`BadLog::Io`].
    pub fn open(folder: &Path, position: u64, whole: u64) -> Result<Self, BadLog> {
        let path = folder.join(file_name(position));
        let open = || {
            let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            file.set_len(whole)?;
            file.seek(SeekFrom::Start(whole))?;
            file.sync_all()?;
            sync_folder(folder)?;
            Ok(file)
        };
        let file = open().map_err(at_file(&path))?;
        Ok(Writer { folder: folder.to_owned(), file })
    }

    /// Hands records to the operating system.
    ///
    /// # Errors
    /// Those of the file; how much was written is then unknown.
    pub fn write(&mut self, records: &[u8]) -> io::Result<()> {
        self.file.write_all(records)
    }

    /// Returns when all that was written is on the disk.
    ///
    /// # Errors
    /// Those of the file; what of it is on the disk is then unknown.
    pub fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Ends this file, whole and on the disk, and begins the next.
    ///
    /// # Errors
    /// Those of the files.
    pub fn next_file(&mut self, position: u64) -> io::Result<()> {
        self.sync()?;
        let next = Writer::open(&self.folder, position, 0).map_err(io::Error::other)?;
        self.file = next.file;
        Ok(())
    }
}

/// A name that was made or changed is on the disk when its folder is.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cut_drops_the_last_record_and_every_flipped_byte_before_it_is_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(file_name(0));
        let event = |id: &str| {
            format!(
                r#"{{"kind":"create","version":1,"dossier":{{"dossier_id":"{id}","received_at":"2026-01-05"}}}}"#
            )
        };
        let first = record(0, [event("a").as_bytes(), event("b").as_bytes()]).unwrap();
        let second = record(2, [event("c").as_bytes()]).unwrap();
        let both = [first.clone(), second.clone()].concat();
        let read_back = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let mut met = Vec::new();
            read(&path, |_, position, batch| {
                met.push((position, batch.events.len()));
                Ok(())
            })
            .map(|ending| (met, ending.torn))
        };
        assert_eq!(read_back(&both).unwrap(), (vec![(0, 2), (2, 1)], 0));
        for end in first.len()..both.len() {
            assert_eq!(read_back(&both[..end]).unwrap(), (vec![(0, 2)], (end - first.len()) as u64));
        }
        for place in 0..first.len() {
            let mut bytes = both.clone();
            bytes[place] ^= 0x10;
            assert!(matches!(read_back(&bytes), Err(BadLog::Damaged { at: 0, .. })), "{place}");
        }
        let mut zeros = first.clone();
        zeros.resize(first.len() + 5000, 0);
        assert_eq!(read_back(&zeros).unwrap(), (vec![(0, 2)], 5000));
        let mut last = both;
        *last.last_mut().unwrap() ^= 1;
        assert_eq!(read_back(&last).unwrap(), (vec![(0, 2)], second.len() as u64));
    }
}
