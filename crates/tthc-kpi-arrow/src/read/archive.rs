//! Archives (`.zip`): what one holds, and its files one after another, each unpacked to a temporary file.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, copy};
use std::path::Path;

use tempfile::NamedTempFile;
use zip::ZipArchive;
use zip::result::ZipError;

use super::{Limit, ReadError};

/// Bytes that the files of an archive may unpack to, together: a few kilobytes can claim to be terabytes.
const MAX_UNPACKED: u64 = 8 << 30;

/// How many times as large as itself, beyond the first [`FREE_UNPACKED`] bytes. Lists unpack to ten or twenty
/// times, the same byte over and over to a thousand.
pub(super) const MAX_RATIO: u64 = 200;
const FREE_UNPACKED: u64 = 256 << 20;

/// Most files of an archive.
const MAX_FILES: usize = 10_000;

/// What a zip file is.
pub(super) enum Holds {
    /// An Excel workbook.
    Workbook,
    /// An OpenDocument file.
    OpenDocument,
    /// Files.
    Files,
}

/// Tells a workbook, which is a zip file too, from an archive of files.
pub(super) fn holds(archive: &Archive) -> Holds {
    let has = |name: &str| archive.index_for_name(name).is_some();
    if has("[Content_Types].xml") {
        Holds::Workbook
    } else if has("mimetype") && has("content.xml") {
        Holds::OpenDocument
    } else {
        Holds::Files
    }
}

/// A zip file that was opened.
pub(super) type Archive = ZipArchive<BufReader<File>>;

pub(super) fn open(path: &Path, file: &str) -> Result<Archive, ReadError> {
    let io = |error: std::io::Error| ReadError::Io { file: file.to_owned(), kind: error.kind() };
    let input = BufReader::new(File::open(path).map_err(io)?);
    let archive = ZipArchive::new(input).map_err(|error| told(&error, file))?;
    // Where the end of an archive is cut off, that of a workbook stored inside would be taken for it.
    if archive.offset() != 0 { Err(damaged(file)) } else { Ok(archive) }
}

fn damaged(file: &str) -> ReadError {
    let what = "not a readable workbook or .zip file, or cut short";
    ReadError::Malformed { file: file.to_owned(), sheet: None, what }
}

/// Foreign error texts may quote the data: only the kind of error is told.
fn told(error: &ZipError, file: &str) -> ReadError {
    match error {
        ZipError::UnsupportedArchive(what) if *what == ZipError::PASSWORD_REQUIRED => {
            ReadError::Encrypted { file: file.to_owned() }
        }
        ZipError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => {
            ReadError::Io { file: file.to_owned(), kind: error.kind() }
        }
        _ => damaged(file),
    }
}

/// How the names of documents end that people put beside lists.
const BESIDE: [&str; 8] = [".pdf", ".doc", ".docx", ".ppt", ".pptx", ".jpg", ".jpeg", ".png"];

/// Calls `work` with each file of an archive, unpacked, and its name behind the archive's. Folders,
/// documents, and what systems put beside files, are passed over.
pub(super) fn each(
    path: &Path,
    file: &str,
    mut work: impl FnMut(&Path, &str) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let too_large = |what| ReadError::TooLarge { file: file.to_owned(), sheet: None, what };
    let mut archive = open(path, file)?;
    if archive.len() > MAX_FILES {
        return Err(too_large(Limit::ArchiveFiles));
    }
    let mut names: Vec<(String, usize)> = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|error| told(&error, file))?;
        let name = entry.name().map_err(|error| told(&error, file))?.into_owned();
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let lower = last.to_lowercase();
        let beside = name.starts_with("__MACOSX/")
            || last.starts_with(['.', '~'])
            || lower == "thumbs.db"
            || BESIDE.iter().any(|end| lower.ends_with(end));
        if entry.is_file() && !beside {
            names.push((name, at));
        }
    }
    names.sort();
    if names.is_empty() {
        return Err(ReadError::Format { file: file.to_owned(), found: "a .zip file without a list" });
    }
    let io = |error: std::io::Error| ReadError::Io { file: file.to_owned(), kind: error.kind() };
    let packed = std::fs::metadata(path).map_err(io)?.len();
    let mut left = packed.saturating_mul(MAX_RATIO).clamp(FREE_UNPACKED, MAX_UNPACKED);
    for (name, at) in names {
        let entry = archive.by_index(at).map_err(|error| told(&error, file))?;
        let mut unpacked = NamedTempFile::new().map_err(io)?;
        // What an entry says of its size may be wrong.
        let size = copy(&mut entry.take(left.saturating_add(1)), unpacked.as_file_mut())
            .map_err(|_| damaged(file))?;
        left = left.checked_sub(size).ok_or_else(|| too_large(Limit::ArchiveSize))?;
        work(unpacked.path(), &format!("{file} › {name}"))?;
    }
    Ok(())
}
