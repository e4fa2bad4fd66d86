//! A tally in a file: the Arrow stream in an LZ4 frame (`.tally`), or JSON (`.json`).

use std::io::{Read, Write};
use std::path::Path;

use lz4_flex::frame::{BlockSize, FrameDecoder, FrameEncoder, FrameInfo};
use tthc_kpi::{Error, Source, Tally};

use super::{SEAL, SavedError, TallyReader, bad, tally_to_bytes};
use crate::error::ArrowError;

/// What an LZ4 frame begins with.
const FRAME: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];

/// The most that a file may become, unpacked.
const MOST_BYTES: u64 = 1 << 32;

/// The name of a file without its folders.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Writes a tally to a file whose name ends in `.tally` (Arrow, packed) or `.json`. The file is
/// written under another name and then renamed, so that it is never there in part.
///
/// # Errors
/// [`SavedError::Ending`], [`SavedError::NotWritten`]; [`SavedError::Refused`] never in practice.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query, Tally};
/// use tthc_kpi_arrow::{read_tally, write_tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let tally = Tally::new(&query);
/// let folder = tempfile::tempdir()?;
/// for name in ["xa.tally", "xa.json"] {
///     write_tally(&tally, &folder.path().join(name))?;
///     assert_eq!(read_tally(&folder.path().join(name))?, tally);
/// }
/// assert_eq!(write_tally(&tally, "xa.xlsx".as_ref()).unwrap_err().code(), "unknown_ending");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_tally(tally: &Tally, path: &Path) -> Result<(), SavedError> {
    let file = name_of(path);
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let bytes = match ending.as_deref() {
        Some("tally") => pack_tally(tally),
        Some("json") => tally.to_json().map(String::into_bytes).map_err(ArrowError::Core),
        _ => return Err(SavedError::Ending { file }),
    };
    let bytes = bytes.map_err(|error| refused(&file, error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".tally-");
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666))
    };
    let written = builder.tempfile_in(folder).and_then(|mut part| {
        part.write_all(&bytes)?;
        part.as_file().sync_all()?;
        part.persist(path).map_err(|error| error.error)
    });
    match written {
        Ok(_) => Ok(()),
        Err(error) => Err(SavedError::NotWritten { file, kind: error.kind().to_string() }),
    }
}

/// The bytes of a `.tally` file: those of [`tally_to_bytes`] in an LZ4 frame, which Arrow libraries
/// open as a compressed stream.
///
/// # Errors
/// As [`tally_to_bytes`].
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query, Tally};
/// use tthc_kpi_arrow::{TallyReader, pack_tally, tally_to_bytes};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let tally = Tally::new(&query);
/// let packed = pack_tally(&tally)?;
/// assert!(packed.len() < tally_to_bytes(&tally)?.len() / 2);
/// assert_eq!(TallyReader::default().unpack(&packed)?, tally);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pack_tally(tally: &Tally) -> Result<Vec<u8>, ArrowError> {
    // Small blocks need small buffers, which is most of what reading a small file takes.
    let info = FrameInfo::new().block_size(BlockSize::Max64KB);
    let mut frame = FrameEncoder::with_frame_info(info, Vec::new());
    frame.write_all(&tally_to_bytes(tally)?).map_err(|_| bad("it cannot be packed"))?;
    frame.finish().map_err(|_| bad("it cannot be packed"))
}

/// Reads a tally from a file, whatever its form. One that does not say what it has counted has the
/// file itself as its source, so that it is not merged twice.
///
/// # Errors
/// [`SavedError::Missing`], [`SavedError::Unreadable`], [`SavedError::Refused`].
///
/// # Example
/// See [`write_tally`].
pub fn read_tally(path: &Path) -> Result<Tally, SavedError> {
    read_with(&mut TallyReader::default(), path)
}

/// [`read_tally`], by a reader that then knows the query.
pub(super) fn read_with(reader: &mut TallyReader, path: &Path) -> Result<Tally, SavedError> {
    let file = name_of(path);
    let bytes = bytes_of(path, &file)?;
    let mut room = Vec::new();
    let read = form_of(&bytes, &mut room).and_then(|form| {
        let tally = reader.whole(&form)?;
        named(tally, &file, |tally| form.seal(tally))
    });
    read.map_err(|error| refused(&file, error))
}

/// What is in a file.
pub(super) fn bytes_of(path: &Path, file: &str) -> Result<Vec<u8>, SavedError> {
    std::fs::read(path).map_err(|error| {
        let (file, kind) = (file.to_owned(), error.kind());
        match kind {
            std::io::ErrorKind::NotFound => SavedError::Missing { file },
            _ => SavedError::Unreadable { file, kind: kind.to_string() },
        }
    })
}

/// The tally, with the file as its source if it has rows and names none.
pub(super) fn named(
    mut tally: Tally,
    file: &str,
    seal: impl FnOnce(&Tally) -> Result<[u8; SEAL], ArrowError>,
) -> Result<Tally, ArrowError> {
    let rows = tally.accounting().read.saturating_add(tally.accounting().skipped);
    if tally.sources().next().is_none() && rows > 0 {
        let sha256 = seal(&tally)?;
        tally.add_source(Source { name: file.to_owned(), sha256, rows })?;
    }
    Ok(tally)
}

pub(super) fn refused(file: &str, error: ArrowError) -> SavedError {
    let error = match error {
        ArrowError::Core(error) => error,
        other => Error::BadTally { detail: other.to_string() },
    };
    SavedError::Refused { file: file.to_owned(), error: Box::new(error) }
}

/// The seal at the end of a tally's bytes.
fn seal_of(bytes: &[u8]) -> Result<[u8; SEAL], ArrowError> {
    bytes.last_chunk().copied().ok_or(ArrowError::Core(Error::DamagedTally))
}

/// A tally as a file has it.
pub(super) enum Form<'b> {
    /// The bytes of [`tally_to_bytes`].
    Stream(&'b [u8]),
    /// The text of [`Tally::to_json`].
    Json(&'b str),
}

/// What a file has, unpacked into `room` where it is packed.
pub(super) fn form_of<'b>(bytes: &'b [u8], room: &'b mut Vec<u8>) -> Result<Form<'b>, ArrowError> {
    if bytes.starts_with(&FRAME) {
        room.clear();
        room.reserve(bytes.len().saturating_mul(4).min(1 << 24));
        let unpacked = FrameDecoder::new(bytes).take(MOST_BYTES).read_to_end(room);
        unpacked.map_err(|_| ArrowError::Core(Error::DamagedTally))?;
        return Ok(Form::Stream(room));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.trim_ascii_start().starts_with(b"{") {
        let text = std::str::from_utf8(text).map_err(|_| ArrowError::Core(Error::DamagedTally))?;
        return Ok(Form::Json(text));
    }
    Ok(Form::Stream(bytes))
}

impl Form<'_> {
    /// The seal of a tally that was read of it.
    pub fn seal(&self, tally: &Tally) -> Result<[u8; SEAL], ArrowError> {
        match self {
            Form::Stream(stream) => seal_of(stream),
            Form::Json(_) => seal_of(&tally_to_bytes(tally)?),
        }
    }
}

impl TallyReader {
    /// A tally of any form: the bytes of [`pack_tally`], of [`tally_to_bytes`] or of
    /// [`Tally::to_json`].
    ///
    /// # Errors
    /// As [`crate::tally_from_bytes`].
    ///
    /// # Example
    /// See [`pack_tally`].
    pub fn unpack(&mut self, bytes: &[u8]) -> Result<Tally, ArrowError> {
        self.whole(&form_of(bytes, &mut Vec::new())?)
    }

    fn whole(&mut self, form: &Form<'_>) -> Result<Tally, ArrowError> {
        match form {
            Form::Stream(stream) => self.read(stream),
            Form::Json(text) => Ok(Tally::from_json(text)?),
        }
    }
}
