//! Excel workbooks, through `calamine`. A new one is read cell by cell: `worksheet_range` would allocate
//! the whole rectangle, and a file of five kilobytes can claim one of 17 billion cells. One thread unpacks
//! and parses, which is most of the work; the calling thread makes columns of the cells meanwhile. An old
//! one (`.xls`) is held whole: it can have 65,536 rows and 256 columns at most. So is one of OpenDocument
//! (`.ods`), once [`super::opendocument`] has seen that it is not too large.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::iter::Peekable;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::vec::IntoIter;

use calamine::{
    CellErrorType, Data, DataRef, ExcelDateTime, ExcelDateTimeType, Ods, OdsError, Range, Reader, SheetType,
    Xls, XlsError, Xlsx, XlsxCellReader, XlsxError,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tthc_kpi::{ColumnType, Instant, ValueKind, nearest};

use super::ahead::{Ahead, read_ahead};
use super::archive::{self, Holds};
use super::assemble::{Outcome, Settings};
use super::cell::Cell;
use super::date;
use super::find::{HEADER_ROWS, Row, RowSource, head, read_rows};
use super::header::Wishes;
use super::words::normalise;
use super::{Place, Progress, ReadError, opendocument};

/// The rows and columns of a sheet, by the format.
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: u32 = 16_384;
/// A sheet full of rows, with nearly a hundred columns.
const MAX_CELLS: u64 = 100_000_000;

/// Bytes of the largest workbook whose merged cells are looked for: that takes a second reading.
const MAX_MERGED: u64 = 8 << 20;

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
    let mut workbook = open(path, file)?;
    let place = Place { file: file.to_owned(), sheet: Some(sheet.to_owned()) };
    with_rows(&mut workbook, &place, merged(path), |mut source| {
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
    if !old && let Holds::OpenDocument = archive::holds(path, file)? {
        opendocument::check(path, file)?;
        let workbook = guarded(file, None, || Ods::new(input))?;
        return Ok(Workbook::OpenDocument(Box::new(workbook)));
    }
    if !old {
        return guarded(file, None, || Xlsx::new(input)).map(|workbook| Workbook::New(Box::new(workbook)));
    }
    // A new workbook with a password is wrapped like an old one; a reader of new ones tells.
    let locked = BufReader::new(File::open(path).map_err(io)?);
    if let Err(error @ ReadError::Encrypted { .. }) = guarded(file, None, || Xlsx::new(locked)) {
        return Err(error);
    }
    if input.get_ref().metadata().map_err(io)?.len() > MAX_OLD {
        let (file, sheet) = (file.to_owned(), None);
        return Err(ReadError::TooLarge { file, sheet, what: "an old workbook of more than 256 MiB" });
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

/// The sheets that hold a dossier list: the one the caller named, else all with a header row, of which
/// there is at least one.
pub(super) fn lists(
    path: &Path,
    file: &str,
    wanted: Option<&str>,
    wishes: &Wishes,
) -> Result<Vec<String>, ReadError> {
    let mut workbook = open(path, file)?;
    if let Some(wanted) = wanted {
        return named(&workbook, file, wanted).map(|name| vec![name]);
    }
    let sheets = sheets(&workbook);
    let (mut found, mut legacy) = (Vec::new(), None);
    for sheet in &sheets {
        let place = Place { file: file.to_owned(), sheet: Some(sheet.clone()) };
        let lacking = with_rows(&mut workbook, &place, Merged::Not, |mut source| {
            let first = head(&mut source, wishes)?;
            Ok(first.header.is_none().then(|| first.lacking(&place, Vec::new())))
        })?;
        match lacking {
            None => found.push(sheet.clone()),
            Some(error @ ReadError::Legacy { .. }) => legacy = legacy.or(Some(error)),
            Some(_) => {}
        }
    }
    if found.is_empty() {
        let none = ReadError::NoHeader { file: file.to_owned(), sheets, rows: HEADER_ROWS };
        return Err(legacy.unwrap_or(none));
    }
    Ok(found)
}

/// Calls `calamine`. What a file says of itself can overflow in it, which panics.
fn guarded<T, E: Foreign>(
    file: &str,
    sheet: Option<&str>,
    call: impl FnOnce() -> Result<T, E>,
) -> Result<T, ReadError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.told(file, sheet)),
        Err(_) => Err(malformed(file, sheet)),
    }
}

fn malformed(file: &str, sheet: Option<&str>) -> ReadError {
    ReadError::Malformed {
        file: file.to_owned(),
        sheet: sheet.map(str::to_owned),
        what: "not a readable Excel workbook, or cut short",
    }
}

/// A file that ends where more should come is cut short.
fn of_io(error: &std::io::Error, file: &str, sheet: Option<&str>) -> ReadError {
    match error.kind() {
        ErrorKind::UnexpectedEof => malformed(file, sheet),
        kind => ReadError::Io { file: file.to_owned(), kind },
    }
}

/// Foreign error texts may quote the data: only the kind of error is told.
trait Foreign {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError;
}

impl Foreign for XlsxError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            XlsxError::Password => ReadError::Encrypted { file: file.to_owned() },
            XlsxError::Io(error) => of_io(&error, file, sheet),
            XlsxError::RowNumberOverflow | XlsxError::ColumnNumberOverflow => ReadError::TooLarge {
                file: file.to_owned(),
                sheet: sheet.map(str::to_owned),
                what: "a cell lies outside the rows and columns a sheet can have",
            },
            _ => malformed(file, sheet),
        }
    }
}

impl Foreign for XlsError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            XlsError::Password => ReadError::Encrypted { file: file.to_owned() },
            XlsError::Io(error) => of_io(&error, file, sheet),
            _ => malformed(file, sheet),
        }
    }
}

impl Foreign for OdsError {
    fn told(self, file: &str, sheet: Option<&str>) -> ReadError {
        match self {
            OdsError::Password => ReadError::Encrypted { file: file.to_owned() },
            OdsError::Io(error) => of_io(&error, file, sheet),
            _ => malformed(file, sheet),
        }
    }
}

/// Whether a cell merged over rows stands in each of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Merged {
    Down,
    Not,
}

/// What a printed list shows once for several rows counts for each, where the workbook is no bulk export.
pub(super) fn merged(path: &Path) -> Merged {
    let small = path.metadata().is_ok_and(|metadata| metadata.len() <= MAX_MERGED);
    if small { Merged::Down } else { Merged::Not }
}

/// The cells of a sheet that are merged over rows: row, column and last row of each, in order.
fn merges(workbook: &mut Workbook, name: &str) -> Vec<(u32, u32, u32)> {
    let found = match workbook {
        Workbook::New(workbook) => {
            let read = || workbook.merge_cells_by_sheet_name(name);
            catch_unwind(AssertUnwindSafe(read)).ok().and_then(Result::ok)
        }
        Workbook::Old(workbook) => workbook.merge_cells_by_sheet_name(name).ok(),
        Workbook::OpenDocument(_) => None,
    };
    let found = found.unwrap_or_default().into_iter();
    let mut down: Vec<_> = found
        .map(|area| (area.start.0, area.start.1, area.end.0))
        .filter(|(top, _, end)| top < end)
        .collect();
    down.sort_unstable();
    down
}

/// Opens a sheet and calls `work` with its rows.
pub(super) fn with_rows<R>(
    workbook: &mut Workbook,
    place: &Place,
    merged: Merged,
    work: impl FnOnce(Sheet<'_>) -> Result<R, ReadError>,
) -> Result<R, ReadError> {
    let sheet = place.sheet.as_deref();
    let name = sheet.unwrap_or_default();
    let merges = if merged == Merged::Down { merges(workbook, name) } else { Vec::new() };
    let rows = |cells, epoch_1904, said| Sheet {
        merges: merges.into_iter().peekable(),
        carried: Vec::new(),
        cells,
        place: place.clone(),
        epoch_1904,
        pending: None,
        rows: 0,
        said,
        started: false,
    };
    match workbook {
        Workbook::New(workbook) => {
            let epoch_1904 = workbook.has_1904_epoch();
            let cells = guarded(&place.file, sheet, || workbook.worksheet_cells_reader(name))?;
            let said = u64::from(cells.dimensions().end.0).saturating_add(1);
            let cells = Cells { cells, place: place.clone(), seen: 0 };
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
            work(rows(Source::Held(Box::new(held(&range))), false, height(&range)))
        }
    }
}

fn height(range: &Range<Data>) -> u64 {
    range.end().map_or(0, |(row, _)| u64::from(row).saturating_add(1))
}

/// The cells of a sheet that is held whole that hold something, row by row.
fn held(range: &Range<Data>) -> impl Iterator<Item = Found<'_>> {
    let (top, left) = range.start().unwrap_or_default();
    let at = |from: u32, index: usize| from.saturating_add(u32::try_from(index).unwrap_or(u32::MAX));
    range.used_cells().map(move |(row, column, value)| Found {
        row: at(top, row),
        column: at(left, column),
        value: borrowed(value),
    })
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Where the cells of a sheet come from.
enum Source<'a> {
    Ahead(Ahead<Found<'a>>),
    Held(Box<dyn Iterator<Item = Found<'a>> + 'a>),
}

impl<'a> Iterator for Source<'a> {
    type Item = Result<Found<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Source::Ahead(cells) => cells.next(),
            Source::Held(cells) => cells.next().map(Ok),
        }
    }
}

/// A cell that holds something, and where.
struct Found<'a> {
    row: u32,
    column: u32,
    value: DataRef<'a>,
}

impl Found<'_> {
    fn weight(&self) -> usize {
        match &self.value {
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
            _ => 0,
        }
    }
}

/// The cells of a sheet that hold something, as they come.
struct Cells<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    place: Place,
    seen: u64,
}

impl<'a> Cells<'a> {
    fn too_large(&self, what: &'static str) -> ReadError {
        let (file, sheet) = self.place.both();
        ReadError::TooLarge { file, sheet, what }
    }

    fn read(&mut self) -> Result<Option<Found<'a>>, ReadError> {
        loop {
            let cell = self.cells.next_cell_with_formula_metadata();
            let cell = cell.map_err(|error| error.told(&self.place.file, self.place.sheet.as_deref()))?;
            let Some(cell) = cell else { return Ok(None) };
            self.seen += 1;
            if self.seen > MAX_CELLS {
                return Err(self.too_large("the sheet has more than 100 million cells"));
            }
            let (row, column) = cell.pos;
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                return Err(self.too_large("a cell lies outside the rows and columns a sheet can have"));
            }
            let value = match (cell.value, cell.formula) {
                (DataRef::Empty, None) => continue,
                // Written by a program that does not calculate, and never opened in one that does:
                // there is a value, and nobody knows it. Kept as an error, never as nothing.
                (DataRef::Empty, Some(_)) => DataRef::Error(CellErrorType::GettingData),
                (value, _) => value,
            };
            return Ok(Some(Found { row, column, value }));
        }
    }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Result<Found<'a>, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// The rows of a sheet.
pub(super) struct Sheet<'a> {
    cells: Source<'a>,
    place: Place,
    epoch_1904: bool,
    /// Cells merged over rows, still to come; and those that were met, with their column and last row.
    merges: Peekable<IntoIter<(u32, u32, u32)>>,
    carried: Vec<(usize, u32, DataRef<'a>)>,
    /// The first cell of the next row.
    pending: Option<Found<'a>>,
    rows: u64,
    /// The rows the sheet says it has.
    said: u64,
    started: bool,
}

impl<'a> RowSource for Sheet<'a> {
    type Row = SheetRow<'a>;

    fn read(&mut self, row: &mut SheetRow<'a>) -> Result<bool, ReadError> {
        row.cells.clear();
        row.epoch_1904 = self.epoch_1904;
        if !self.started {
            self.started = true;
            self.pending = self.cells.next().transpose()?;
        }
        let Some(first) = self.pending.take() else { return Ok(false) };
        let number = first.row;
        row.number = u64::from(number) + 1;
        row.cells.push((first.column as usize, first.value));
        while let Some(next) = self.cells.next().transpose()? {
            if next.row != number {
                self.pending = Some(next);
                break;
            }
            row.cells.push((next.column as usize, next.value));
        }
        let ordered = row.cells.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        let backwards = self.pending.as_ref().is_some_and(|next| next.row < number);
        if !ordered || backwards {
            let (file, sheet) = self.place.both();
            return Err(ReadError::Malformed {
                file,
                sheet,
                what: "the cells of the sheet are not in order",
            });
        }
        self.carry(number, row);
        self.rows += 1;
        Ok(true)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        // What the sheet says of its size may be wrong either way; it is only a hint for a bar.
        (self.rows, (self.said >= self.rows && self.said > 1).then_some(self.said))
    }
}

impl<'a> Sheet<'a> {
    /// Puts what is merged over this row into it, and remembers what is merged down from it.
    fn carry(&mut self, number: u32, row: &mut SheetRow<'a>) {
        self.carried.retain(|(_, last, _)| *last >= number);
        for (column, _, value) in &self.carried {
            if let Err(place) = row.cells.binary_search_by_key(column, |(index, _)| *index) {
                row.cells.insert(place, (*column, value.clone()));
            }
        }
        while let Some((top, column, last)) = self.merges.next_if(|(top, _, _)| *top <= number) {
            let column = column as usize;
            let at = row.cells.binary_search_by_key(&column, |(index, _)| *index);
            if top == number
                && let Some((_, value)) = at.ok().and_then(|at| row.cells.get(at))
            {
                self.carried.push((column, last, value.clone()));
            }
        }
    }
}

/// A row of a sheet: its cells, sorted by column.
#[derive(Default)]
pub(super) struct SheetRow<'a> {
    number: u64,
    cells: Vec<(usize, DataRef<'a>)>,
    epoch_1904: bool,
}

impl Row for SheetRow<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, hint: Option<ColumnType>) -> Cell<'_> {
        let found = self.cells.binary_search_by_key(&column, |(index, _)| *index).ok();
        found
            .and_then(|at| self.cells.get(at))
            .map_or(Cell::Empty, |(_, value)| convert(value, hint, self.epoch_1904))
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.cells
            .iter()
            .map(|(index, value)| (*index, convert(value, None, self.epoch_1904)))
            .filter(|(_, cell)| !cell.is_empty())
    }
}

fn convert<'a>(value: &'a DataRef<'_>, hint: Option<ColumnType>, epoch_1904: bool) -> Cell<'a> {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::Text(text),
        DataRef::SharedString(text) => Cell::Text(text),
        DataRef::Bool(value) => Cell::Bool(*value),
        DataRef::Int(number) => Cell::Number(Decimal::from(*number)),
        DataRef::Float(number) => match hint {
            Some(ColumnType::Instant) => serial_or_number(*number, epoch_1904),
            _ => number_of(*number),
        },
        DataRef::DateTime(at) if at.is_datetime() => {
            date_of(at).map_or(Cell::Unreadable(ValueKind::Date), Cell::Date)
        }
        DataRef::DateTimeIso(text) => match date::parse(Cell::trim(text), false).0 {
            Some(at) => Cell::Date(at),
            None => Cell::Unreadable(ValueKind::Date),
        },
        DataRef::DateTime(_) | DataRef::DurationIso(_) => Cell::Unreadable(ValueKind::Date),
        DataRef::Error(CellErrorType::GettingData) => Cell::Unreadable(ValueKind::Empty),
        DataRef::Error(_) => Cell::Unreadable(ValueKind::Error),
    }
}

/// A workbook stores every number as a binary float. Its shortest text that reads back as the same
/// float is what was typed (up to 15 digits), and that text is exact as a decimal; going by the
/// float's own binary value would make 0.1 into 0.1000000000000000055.
fn number_of(number: f64) -> Cell<'static> {
    // Whole, not zero (which may be negative) and exact in a float: its text is its digits.
    if number.fract() == 0.0
        && (1.0..9_007_199_254_740_992.0).contains(&number.abs())
        && let Some(whole) = number.to_i64()
    {
        return Cell::Number(Decimal::from(whole));
    }
    Decimal::from_str_exact(&number.to_string()).map_or(Cell::Unreadable(ValueKind::Number), Cell::Number)
}

/// A number in a date column: a date whose cell lost its format, if it lies in 2000..2100.
fn serial_or_number(number: f64, epoch_1904: bool) -> Cell<'static> {
    let (first, last) = if epoch_1904 { (35_064.0, 71_954.0) } else { (36_526.0, 73_416.0) };
    if (first..last).contains(&number) {
        let serial = ExcelDateTime::new(number, ExcelDateTimeType::DateTime, epoch_1904);
        if let Some(at) = date_of(&serial) {
            return Cell::Date(at);
        }
    }
    number_of(number)
}

/// `calamine` turns the serial number into a date, for both epochs, to the millisecond.
fn date_of(serial: &ExcelDateTime) -> Option<Instant> {
    // Below 1 there is a time of day and no date; above, no year of four digits.
    let held = (1.0..2_958_466.0).contains(&serial.as_f64());
    held.then(|| serial.as_datetime()).flatten().map(Instant::from_datetime)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_their_digits() {
        let near =
            (1_i32..=53).flat_map(|bits| [-1.0, 0.0, 1.0].map(|step| f64::exp2(f64::from(bits)) + step));
        let others = [0.0, -0.0, 0.5, 1e15, 1e15 + 0.5, 1e16, 1e28, 1e300, f64::NAN, f64::INFINITY];
        for number in near.chain(others).flat_map(|number| [number, -number]) {
            let expected = Decimal::from_str_exact(&number.to_string()).ok();
            match (number_of(number), expected) {
                (Cell::Number(found), Some(expected)) => {
                    assert_eq!(found.serialize(), expected.serialize(), "{number}");
                }
                (Cell::Unreadable(ValueKind::Number), None) => {}
                other => panic!("{number}: {other:?}"),
            }
        }
    }
}
