//! How large the parts of a new workbook are, before it is opened: its reader holds all shared texts and
//! the text of a cell in memory, makes room for as many texts as the workbook claims to have, and a few
//! kilobytes can unpack to gigabytes.

use std::io::{Cursor, Read, copy, sink};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::super::archive::{Archive, MAX_RATIO};
use super::super::{Limit, ReadError};

/// Bytes that a part may be unpacked to, whatever [`MAX_RATIO`] says.
const FREE: u64 = 64 << 20;

/// Bytes of all shared texts, unpacked.
const MAX_TEXTS: u64 = 1 << 30;

/// Where the tag that begins the shared texts must stand, and how many texts may be claimed without looking
/// how many there can be.
const HEAD: u64 = 1 << 16;
const FREE_CLAIM: u64 = 1 << 20;

/// Refuses a workbook that would not fit. What cannot be unpacked is left to the reader, which tells it.
pub(super) fn check(archive: &mut Archive, file: &str) -> Result<(), ReadError> {
    let too_large = |what| Err(ReadError::TooLarge { file: file.to_owned(), sheet: None, what });
    for at in 0..archive.len() {
        let Ok(part) = archive.by_index_raw(at) else { continue };
        let Ok(name) = part.name().map(|name| name.to_lowercase()) else { continue };
        let most = part.compressed_size().saturating_mul(MAX_RATIO).max(FREE);
        if name.contains("worksheets/") && part.size() > most {
            return too_large(Limit::SheetSize);
        }
        drop(part);
        if !name.ends_with("sharedstrings.xml") {
            continue;
        }
        let most = most.min(MAX_TEXTS);
        // What a part says of its size may be wrong.
        let Ok(part) = archive.by_index(at) else { continue };
        let mut texts = part.take(most + 1);
        let mut head = Vec::new();
        let read = (&mut texts).take(HEAD).read_to_end(&mut head);
        if read.and_then(|_| copy(&mut texts, &mut sink())).is_err() {
            continue;
        }
        let unpacked = most + 1 - texts.limit();
        if unpacked > most {
            return too_large(Limit::SharedTexts);
        }
        // A text takes five bytes at least.
        if claimed(&head).is_none_or(|texts| texts > FREE_CLAIM.max(unpacked / 5)) {
            let what = "its shared texts are damaged";
            return Err(ReadError::Malformed { file: file.to_owned(), sheet: None, what });
        }
    }
    Ok(())
}

/// How many texts a workbook claims to have; none where the tag that says so is not at the beginning.
fn claimed(head: &[u8]) -> Option<u64> {
    let mut reader = Reader::from_reader(Cursor::new(head));
    let mut buffer = Vec::new();
    loop {
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "sst" => {
                return Some(count(&tag));
            }
            Event::Eof => return None,
            _ => buffer.clear(),
        }
    }
}

/// What a claim that is no number stands for makes no room.
fn count(tag: &BytesStart<'_>) -> u64 {
    let mut claims = tag.attributes();
    let claims = claims.with_checks(false).flatten();
    let claims = claims.filter(|claim| claim.key.local_name().as_ref() == "uniqueCount");
    claims.filter_map(|claim| claim.value.trim().parse().ok()).max().unwrap_or(0)
}
