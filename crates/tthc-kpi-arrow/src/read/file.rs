//! Files: which kind a file is, told by its content, and the reader of each.

use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use tthc_kpi::Column;

use super::archive::{self, Holds};
use super::header::Wishes;
use super::left::Gathered;
use super::parquet::ParquetFile;
use super::pieces::Pace;
use super::{LeftReason, Loaded, MappedColumn, ReadError, ReadOptions, csv, excel, json, legacy, twice};

/// Reads an Excel workbook (`.xlsx`, `.xlsm`, `.xls`, `.ods`), a CSV file (UTF-8, UTF-16 or Windows-1258;
/// `,`, `;`, tab or `|`), a Parquet file, or JSON: messages `DongBoHoSoMC` of the national exchange, or a
/// table as a list or lines of objects.
/// The kind is told by the content, not by the name.
///
/// `progress` is called now and then with the bytes (CSV) or rows (Excel) done, and with their
/// number in all if it is known; a `Break` stops the reading.
///
/// # Errors
/// [`ReadError`], for what makes the whole file unusable, [`ReadError::SeveralSheets`] where it holds more
/// lists than one; a single bad value is an issue of [`Loaded`] instead, or with `strict` an error.
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
    let mut tables = read_tables(path, options, progress)?;
    match (tables.pop(), tables.first()) {
        (Some(one), None) => Ok(one),
        (Some(last), _) => {
            let named = tables.iter().chain([&last]).filter_map(|table| table.mapping.first());
            let file = named.clone().map(|column| column.file.clone()).next().unwrap_or_default();
            let name = |column: &MappedColumn| column.sheet.clone().unwrap_or_else(|| column.file.clone());
            Err(ReadError::SeveralSheets { file, sheets: named.map(name).collect(), lacking: Vec::new() })
        }
        (None, _) => Err(ReadError::Internal("a file without a table")),
    }
}

/// Reads every dossier list of a file: of a workbook each sheet that is one, of a `.zip` each file in it,
/// else the one there is.
///
/// # Errors
/// [`ReadError`], as [`read_file`]; [`ReadError::SeveralSheets`] where sheets are several and a row cannot
/// be known again in another, having no dossier id.
///
/// # Example
/// ```no_run
/// use std::ops::ControlFlow;
/// use tthc_kpi_arrow::{Dossiers, Duplicates, read::read_tables};
/// let tables = read_tables("2026.zip", &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
/// let dossiers = Dossiers::from_loaded(tables, Duplicates::Resolve)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_tables(
    path: impl AsRef<Path>,
    options: &ReadOptions,
    progress: &mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>,
) -> Result<Vec<Loaded>, ReadError> {
    let path = path.as_ref();
    let file = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let kind = sniff(path, &file)?;
    let Kind::Archive = kind else { return tables_of(kind, path, &file, options, progress) };
    let mut gathered = Gathered::default();
    archive::each(path, &file, |path, file| {
        gathered.take(sniff(path, file).and_then(|kind| tables_of(kind, path, file, options, progress)))
    })?;
    gathered.end()
}

/// Reads every dossier list of several files. One in which nothing is written is left alone and named beside
/// the others ([`Loaded::left_alone`]).
///
/// # Errors
/// As [`read_tables`]; [`ReadError::Empty`] where all files are.
///
/// # Example
/// See [`super::LeftAlone`].
pub fn read_files<P: AsRef<Path>>(
    paths: impl IntoIterator<Item = P>,
    options: &ReadOptions,
    progress: &mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>,
) -> Result<Vec<Loaded>, ReadError> {
    let mut gathered = Gathered::default();
    for path in paths {
        gathered.take(read_tables(path, options, progress))?;
    }
    gathered.end()
}

/// The lists of a file that is no archive.
fn tables_of(
    kind: Kind,
    path: &Path,
    file: &str,
    options: &ReadOptions,
    progress: &mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>,
) -> Result<Vec<Loaded>, ReadError> {
    let wishes = Wishes::new(options)?;
    let pace = Pace { threads: options.threads, piece: None };
    match kind {
        Kind::Parquet => {
            let loaded = ParquetFile::open_as(path, file, options)?.read(None, 1, |_| true)?;
            let stop = progress(loaded.rows_read, Some(loaded.rows_read)).is_break();
            if stop { Err(ReadError::Cancelled) } else { Ok(vec![loaded]) }
        }
        Kind::Text(encoding) => {
            let read = |settings| csv::read(path, file, encoding, &wishes, settings, pace, None, progress);
            twice(options.strict, read).map(|loaded| vec![loaded])
        }
        Kind::Json => {
            let read = |settings| json::read(path, file, &wishes, settings, progress);
            twice(options.strict, read).map(|loaded| vec![loaded])
        }
        Kind::Workbook => {
            let (sheets, others) = excel::lists(path, file, options.sheet.as_deref(), &wishes)?;
            let mut tables: Vec<Loaded> = Vec::with_capacity(sheets.len());
            let mut lacking = Vec::new();
            for sheet in &sheets {
                let read = |settings| excel::read(path, file, sheet, &wishes, settings, progress);
                let loaded = twice(options.strict, read)?;
                if !loaded.columns.has(Column::DossierId) {
                    lacking.push(sheet.clone());
                }
                tables.push(loaded);
            }
            // What is wrong with a sheet by itself is told first.
            if sheets.len() > 1 && !lacking.is_empty() {
                return Err(ReadError::SeveralSheets { file: file.to_owned(), sheets, lacking });
            }
            let written = others.iter().filter(|left| left.why != LeftReason::Empty).count() as u64;
            if let Some(first) = tables.first_mut() {
                if written > 0 {
                    first.skipped.insert("sheet".to_owned(), written);
                }
                first.left_alone.extend(others);
            }
            Ok(tables)
        }
        Kind::Archive => {
            Err(ReadError::Format { file: file.to_owned(), found: "a .zip file inside another" })
        }
    }
}

/// What a file is by its content.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Workbook,
    /// A `.zip` of files.
    Archive,
    Parquet,
    Json,
    Text(Option<&'static encoding_rs::Encoding>),
}

/// Bytes of a text that tell how it is written.
const SAMPLE: u64 = 1 << 16;

/// The encoding of a text without a mark, by its first bytes; none is UTF-8, or is found not to be while
/// reading.
fn encoding(start: &[u8], file: &str) -> Result<Option<&'static encoding_rs::Encoding>, ReadError> {
    // Cut in the middle of a letter it would still be UTF-8.
    if std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true) {
        return Ok(None);
    }
    let Some(legacy) = legacy::of_bytes(start) else { return Ok(None) };
    match legacy.refused() {
        None => Ok(Some(encoding_rs::WINDOWS_1258)),
        Some(name) => Err(ReadError::Legacy { file: file.to_owned(), sheet: None, name }),
    }
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
        [b'P', b'K', 3, 4, ..] => match archive::holds(&archive::open(path, file)?) {
            Holds::Workbook | Holds::OpenDocument => return Ok(Kind::Workbook),
            Holds::Files => return Ok(Kind::Archive),
        },
        _ if start.starts_with(&excel::OLD) => return Ok(Kind::Workbook),
        [b'P', b'A', b'R', b'1', ..] => return Ok(Kind::Parquet),
        _ if json::is_json(&start, path) => return Ok(Kind::Json),
        [b'%', b'P', b'D', b'F', ..] => "a PDF file",
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] => "a .gz or .zst file",
        _ if ["<html", "<!doctype html", "<table"].iter().any(|tag| text.starts_with(tag)) => "a web page",
        _ if text.starts_with("<?xml") => "an XML file",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return Ok(Kind::Text(None)),
        // UTF-16 without a mark: the digits and letters of a header have a zero byte each.
        [first, 0, _, ..] if *first != 0 => return Ok(Kind::Text(Some(encoding_rs::UTF_16LE))),
        [0, second, _, ..] if *second != 0 => return Ok(Kind::Text(Some(encoding_rs::UTF_16BE))),
        _ if start.contains(&0) => "a binary file",
        _ => {
            start.clear();
            File::open(path).map_err(io)?.take(SAMPLE).read_to_end(&mut start).map_err(io)?;
            return encoding(&start, file).map(Kind::Text);
        }
    };
    Err(ReadError::Format { file: file.to_owned(), found })
}
