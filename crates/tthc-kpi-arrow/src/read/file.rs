//! Files: which kind a file is, told by its content, and the reader of each.

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use super::header::Wishes;
use super::parquet::ParquetFile;
use super::pieces::Pace;
use super::{Loaded, ReadError, ReadOptions, csv, excel, json, twice};

/// Reads an Excel workbook (`.xlsx`, `.xlsm`), a CSV file (UTF-8 or UTF-16; `,`, `;` or tab), a
/// Parquet file, or JSON: messages `DongBoHoSoMC` of the national exchange, or a table as a list or
/// lines of objects.
/// The kind is told by the content, not by the name.
///
/// `progress` is called now and then with the bytes (CSV) or rows (Excel) done, and with their
/// number in all if it is known; a `Break` stops the reading.
///
/// # Errors
/// [`ReadError`], for what makes the whole file unusable; a single bad value is an issue of
/// [`Loaded`] instead, or with `strict` an error.
///
/// # Example
/// ```no_run
/// use std::ops::ControlFlow;
/// use tthc_kpi_arrow::read::{ReadOptions, read_file};
/// let loaded = read_file("hoso-2026.xlsx", &ReadOptions::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// for issue in &loaded.issues {
///     eprintln!("{issue}");
/// }
/// # Ok::<(), tthc_kpi_arrow::read::ReadError>(())
/// ```
pub fn read_file(
    path: impl AsRef<Path>,
    options: &ReadOptions,
    progress: &mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>,
) -> Result<Loaded, ReadError> {
    let path = path.as_ref();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let wishes = Wishes::new(options)?;
    let kind = sniff(path, &file)?;
    if let Kind::Parquet = kind {
        let file = ParquetFile::open(path, options)?;
        let loaded = file.read(None, 1, |_| true)?;
        let stop = progress(loaded.rows_read, Some(loaded.rows_read)).is_break();
        return if stop { Err(ReadError::Cancelled) } else { Ok(loaded) };
    }
    let pace = Pace { threads: options.threads, piece: None };
    twice(options.strict, |settings| match kind {
        Kind::Json => json::read(path, &file, &wishes, settings, progress),
        Kind::Workbook => excel::read(path, &file, options.sheet.as_deref(), &wishes, settings, progress),
        Kind::Parquet => Err(ReadError::Internal("a Parquet file among the others")),
        Kind::Text(encoding) => csv::read(path, &file, encoding, &wishes, settings, pace, progress),
    })
}

/// What a file is by its content.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Workbook,
    Parquet,
    Json,
    Text(Option<&'static encoding_rs::Encoding>),
}

/// Tells the kind of a file by its first bytes: exports are often misnamed.
pub(super) fn sniff(path: &Path, file: &str) -> Result<Kind, ReadError> {
    let io = |error: std::io::Error| ReadError::Io { file: file.to_owned(), kind: error.kind() };
    let mut start = Vec::new();
    File::open(path).map_err(io)?.take(512).read_to_end(&mut start).map_err(io)?;
    let text = String::from_utf8_lossy(&start)
        .trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t'])
        .to_lowercase();
    let found = match start.as_slice() {
        [b'P', b'K', 3, 4, ..] => return Ok(Kind::Workbook),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "an old .xls workbook or one protected with a password",
        [b'P', b'A', b'R', b'1', ..] => return Ok(Kind::Parquet),
        _ if json::is_json(&start, path) => return Ok(Kind::Json),
        [b'%', b'P', b'D', b'F', ..] => "a PDF file",
        _ if ["<html", "<!doctype html", "<table"].iter().any(|tag| text.starts_with(tag)) => "a web page",
        _ if text.starts_with("<?xml") => "an XML file",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Ok(Kind::Text(None)),
        // UTF-16 without a mark: the digits and letters of a header have a zero byte each.
        [first, 0, _, ..] if *first != 0 => return Ok(Kind::Text(Some(encoding_rs::UTF_16LE))),
        [0, second, _, ..] if *second != 0 => return Ok(Kind::Text(Some(encoding_rs::UTF_16BE))),
        _ if start.contains(&0) => "a binary file",
        _ => return Ok(Kind::Text(None)),
    };
    Err(ReadError::Format { file: file.to_owned(), found })
}
