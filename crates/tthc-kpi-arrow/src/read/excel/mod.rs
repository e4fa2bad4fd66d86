//! Excel workbooks, through `calamine`. A new one is read cell by cell: `worksheet_range` would allocate
//! the whole rectangle, and a file of five kilobytes can claim one of 17 billion cells. One thread unpacks
//! and parses, which is most of the work; the calling thread makes columns of the cells meanwhile. An old
//! one (`.xls`) is held whole: it can have 65,536 rows and 256 columns at most. So is one of OpenDocument
//! (`.ods`), once [`super::opendocument`] has seen that it is not too large.

mod cells;
mod merged;
mod parts;
mod rows;
mod told;
mod value;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::thread;

use calamine::{Ods, Reader, SheetType, Xls, Xlsx};
use tthc_kpi::nearest;

use super::ahead::read_ahead;
use super::archive::{self, Holds};
use super::assemble::{Outcome, Settings};
use super::find::{HEADER_ROWS, head, read_rows};
use super::header::Wishes;
use super::register::register_of;
use super::words::normalise;
use super::{LeftAlone, LeftReason, Limit, NearRow, Place, Progress, ReadError, opendocument};
use cells::{Cells, Found, Source, height, held, with_formulas};
use merged::Merge;
use rows::Sheet;
use told::{guarded, malformed};

/// Bytes of the largest old workbook.
const MAX_OLD: u64 = 1 << 28;

/// A workbook that was opened.
pub(super) enum Workbook {
    New(Box<Xlsx<BufReader<File>>>),
    Old(Box<Xls<BufReader<File>>>),
    OpenDocument(Box<Ods<BufReader<File>>>),
}

pub(super) fn read(
    path: &Path,
    file: &str,
    sheet: &str,
    wishes: &Wishes,
    settings: Settings,
    progress: &mut Progress<'_>,
) -> Result<Outcome, ReadError> {
    // Opening parses all texts of the workbook: enough time to look through the sheet.
    let (workbook, merges) = thread::scope(|scope| {
        let scan = thread::Builder::new().spawn_scoped(scope, || merged::scan(path, sheet));
        let workbook = open(path, file);
        (workbook, scan.ok().and_then(|scan| scan.join().ok()).flatten())
    });
    let mut workbook = workbook?;
    let merges = merges.unwrap_or_else(|| merged::asked(&mut workbook, sheet));
    let place = Place { file: file.to_owned(), sheet: Some(sheet.to_owned()) };
    with_rows(&mut workbook, &place, merges, |mut source| {
        let first = head(&mut source, wishes)?;
        let Some((header, _)) = first.header else {
            return Err(first.lacking(&place, vec![sheet.to_owned()]));
        };
        read_rows(&mut source, first.rows, header, &place, wishes, settings, progress)
    })
}

pub(super) fn open(path: &Path, file: &str) -> Result<Workbook, ReadError> {
    let io = |error: std::io::Error| ReadError::Io { file: file.to_owned(), kind: error.kind() };
    let mut input = BufReader::new(File::open(path).map_err(io)?);
    let old = input.fill_buf().map_err(io)?.starts_with(&OLD);
    if !old {
        let mut archive = archive::open(path, file)?;
        if let Holds::OpenDocument = archive::holds(&archive) {
            opendocument::check(&mut archive, file)?;
            let workbook = guarded(file, None, || Ods::new(input))?;
            return Ok(Workbook::OpenDocument(Box::new(workbook)));
        }
        parts::check(&mut archive, file)?;
        return guarded(file, None, || Xlsx::new(input)).map(|workbook| Workbook::New(Box::new(workbook)));
    }
    // A new workbook with a password is wrapped like an old one; a reader of new ones tells.
    let locked = BufReader::new(File::open(path).map_err(io)?);
    if let Err(error @ ReadError::Encrypted { .. }) = guarded(file, None, || Xlsx::new(locked)) {
        return Err(error);
    }
    if input.get_ref().metadata().map_err(io)?.len() > MAX_OLD {
        let (file, sheet) = (file.to_owned(), None);
        return Err(ReadError::TooLarge { file, sheet, what: Limit::OldWorkbook });
    }
    guarded(file, None, || Xls::new(input)).map(|workbook| Workbook::Old(Box::new(workbook)))
}

/// How an old workbook begins.
pub(super) const OLD: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// The sheets that have cells.
pub(super) fn sheets(workbook: &Workbook) -> Vec<String> {
    let sheets = match workbook {
        Workbook::New(workbook) => workbook.sheets_metadata(),
        Workbook::Old(workbook) => workbook.sheets_metadata(),
        Workbook::OpenDocument(workbook) => workbook.sheets_metadata(),
    };
    sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).map(|sheet| sheet.name.clone()).collect()
}

/// The sheet of a name.
pub(super) fn named(workbook: &Workbook, file: &str, wanted: &str) -> Result<String, ReadError> {
    let sheets = sheets(workbook);
    let same = |name: &&String| *name == wanted || normalise(name) == normalise(wanted);
    // An exact name first: two sheets may differ by case or spacing alone.
    let exact = sheets.iter().find(|name| *name == wanted).or_else(|| sheets.iter().find(same));
    match exact {
        Some(name) => Ok(name.clone()),
        None => Err(ReadError::NoSuchSheet {
            file: file.to_owned(),
            sheet: wanted.to_owned(),
            nearest: nearest(wanted, sheets.iter().map(String::as_str)).map(str::to_owned),
            sheets,
        }),
    }
}

/// The sheets that hold a dossier list: the one the caller named, else all with a header row that are no
/// register, of which there is at least one. And the others.
pub(super) fn lists(
    path: &Path,
    file: &str,
    wanted: Option<&str>,
    wishes: &Wishes,
) -> Result<(Vec<String>, Vec<LeftAlone>), ReadError> {
    let mut workbook = open(path, file)?;
    if let Some(wanted) = wanted {
        return named(&workbook, file, wanted).map(|name| (vec![name], Vec::new()));
    }
    let sheets = sheets(&workbook);
    let (mut found, mut legacy, mut nearest) = (Vec::new(), None, None::<Box<NearRow>>);
    let (mut others, mut given) = (Vec::new(), None);
    for sheet in &sheets {
        let place = Place { file: file.to_owned(), sheet: Some(sheet.clone()) };
        let lacking = with_rows(&mut workbook, &place, Vec::new(), |mut source| {
            let first = head(&mut source, wishes)?;
            if !first.names_dossiers(&place, wishes)
                && let Some(register) = register_of(&first.rows, HEADER_ROWS, &place)?
            {
                return Ok(Some(ReadError::register_given(&place, register)));
            }
            Ok(first.header.is_none().then(|| first.lacking(&place, Vec::new())))
        })?;
        let why = match &lacking {
            None => {
                found.push(sheet.clone());
                continue;
            }
            Some(ReadError::Empty { .. }) => LeftReason::Empty,
            Some(ReadError::RegisterGiven { register, .. }) => LeftReason::Register(*register),
            Some(_) => LeftReason::NoHeader,
        };
        others.push(LeftAlone::new(&place, why));
        match lacking {
            Some(error @ ReadError::RegisterGiven { .. }) => given = given.or(Some(error)),
            Some(error @ ReadError::Legacy { .. }) => legacy = legacy.or(Some(error)),
            Some(ReadError::NoHeader { near: Some(near), .. })
                if nearest.as_ref().is_none_or(|best| near.known.len() > best.known.len()) =>
            {
                nearest = Some(near);
            }
            _ => {}
        }
    }
    if found.is_empty() {
        let file = file.to_owned();
        let empty = others.iter().all(|left| left.why == LeftReason::Empty);
        return Err(match legacy.or(given) {
            Some(error) => error,
            None if empty => ReadError::Empty { file, sheets },
            None => ReadError::NoHeader { file, sheets, rows: HEADER_ROWS, near: nearest },
        });
    }
    Ok((found, others))
}

/// The cells of a sheet that are merged over rows: what a printed list shows once for several rows counts
/// for each.
pub(super) fn merges(workbook: &mut Workbook, path: &Path, sheet: &str) -> Vec<Merge> {
    merged::scan(path, sheet).unwrap_or_else(|| merged::asked(workbook, sheet))
}

/// Opens a sheet and calls `work` with its rows, into which `merges` are filled.
pub(super) fn with_rows<R>(
    workbook: &mut Workbook,
    place: &Place,
    merges: Vec<Merge>,
    work: impl FnOnce(Sheet<'_>) -> Result<R, ReadError>,
) -> Result<R, ReadError> {
    let sheet = place.sheet.as_deref();
    let name = sheet.unwrap_or_default();
    let rows = |cells, epoch_1904, said| Sheet::new(cells, place.clone(), merges, epoch_1904, said);
    match workbook {
        Workbook::New(workbook) => {
            let epoch_1904 = workbook.has_1904_epoch();
            let cells = guarded(&place.file, sheet, || workbook.worksheet_cells_reader(name))?;
            let said = u64::from(cells.dimensions().end.0).saturating_add(1);
            let cells = Cells::new(cells, place.clone());
            read_ahead(cells, Found::weight, malformed(&place.file, sheet), |cells| {
                work(rows(Source::Ahead(cells), epoch_1904, said))
            })
        }
        Workbook::Old(workbook) => {
            let epoch_1904 = workbook.has_1904_epoch();
            let range = guarded(&place.file, sheet, || workbook.worksheet_range(name))?;
            work(rows(Source::Held(Box::new(held(&range))), epoch_1904, height(&range)))
        }
        Workbook::OpenDocument(workbook) => {
            let range = guarded(&place.file, sheet, || workbook.worksheet_range(name))?;
            let formulas = guarded(&place.file, sheet, || workbook.worksheet_formula(name))?;
            let cells = with_formulas(&range, &formulas);
            work(rows(Source::Held(Box::new(cells)), false, height(&range).max(height(&formulas))))
        }
    }
}
