//! Excel workbooks, through `calamine`, cell by cell: `worksheet_range` would allocate the whole
//! rectangle, and a file of five kilobytes can claim one of 17 billion cells.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use calamine::{
    DataRef, ExcelDateTime, ExcelDateTimeType, Reader, SheetType, Xlsx, XlsxCellReader, XlsxError,
};
use rust_decimal::Decimal;
use tthc_kpi::{ColumnType, Instant, ValueKind, nearest};

use super::assemble::{Outcome, Settings};
use super::cell::Cell;
use super::date;
use super::find::{HEADER_ROWS, Row, RowSource, head, read_rows};
use super::header::Wishes;
use super::words::normalise;
use super::{Place, Progress, ReadError};

/// The rows and columns of a sheet, by the format.
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: u32 = 16_384;
/// A sheet full of rows, with nearly a hundred columns.
const MAX_CELLS: u64 = 100_000_000;

type Workbook = Xlsx<BufReader<File>>;

pub(super) fn read(
    path: &Path,
    file: &str,
    sheet: Option<&str>,
    wishes: &Wishes,
    settings: Settings,
    progress: &mut Progress<'_>,
) -> Result<Outcome, ReadError> {
    let input =
        File::open(path).map_err(|error| ReadError::Io { file: file.to_owned(), kind: error.kind() })?;
    let mut workbook = Workbook::new(BufReader::new(input)).map_err(|error| foreign(error, file, None))?;
    let sheet = choose(&mut workbook, file, sheet, wishes)?;
    let place = Place { file: file.to_owned(), sheet: Some(sheet.clone()) };
    let mut source = Sheet::open(&mut workbook, &place)?;
    let first = head(&mut source, wishes)?;
    let Some((header, _)) = first.header else {
        return Err(ReadError::NoHeader { file: file.to_owned(), sheets: vec![sheet], rows: HEADER_ROWS });
    };
    read_rows(&mut source, first.rows, header, &place, wishes, settings, progress)
}

/// The sheet the caller named, else the only one with a header row.
fn choose(
    workbook: &mut Workbook,
    file: &str,
    wanted: Option<&str>,
    wishes: &Wishes,
) -> Result<String, ReadError> {
    let sheets: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    if let Some(wanted) = wanted {
        let same = |name: &&String| *name == wanted || normalise(name) == normalise(wanted);
        // An exact name first: two sheets may differ by case or spacing alone.
        let exact = sheets.iter().find(|name| *name == wanted).or_else(|| sheets.iter().find(same));
        return match exact {
            Some(name) => Ok(name.clone()),
            None => Err(ReadError::NoSuchSheet {
                file: file.to_owned(),
                sheet: wanted.to_owned(),
                nearest: nearest(wanted, sheets.iter().map(String::as_str)).map(str::to_owned),
                sheets,
            }),
        };
    }
    let mut found = Vec::new();
    for sheet in &sheets {
        let place = Place { file: file.to_owned(), sheet: Some(sheet.clone()) };
        if head(&mut Sheet::open(workbook, &place)?, wishes)?.header.is_some() {
            found.push(sheet.clone());
        }
    }
    match found.len() {
        0 => Err(ReadError::NoHeader { file: file.to_owned(), sheets, rows: HEADER_ROWS }),
        1 => found.pop().ok_or(ReadError::Internal("the sheet is gone")),
        _ => Err(ReadError::SeveralSheets { file: file.to_owned(), sheets: found }),
    }
}

/// Foreign error texts may quote the data: only the kind of error is told.
fn foreign(error: XlsxError, file: &str, sheet: Option<&str>) -> ReadError {
    let (file, sheet) = (file.to_owned(), sheet.map(str::to_owned));
    match error {
        XlsxError::Password => ReadError::Encrypted { file },
        XlsxError::Io(error) => ReadError::Io { file, kind: error.kind() },
        XlsxError::RowNumberOverflow | XlsxError::ColumnNumberOverflow => ReadError::TooLarge {
            file,
            sheet,
            what: "a cell lies outside the rows and columns a sheet can have",
        },
        _ => ReadError::Malformed { file, sheet, what: "not a readable Excel workbook, or cut short" },
    }
}

/// The rows of a sheet.
struct Sheet<'a> {
    cells: XlsxCellReader<'a, BufReader<File>>,
    place: Place,
    epoch_1904: bool,
    /// The first cell of the next row.
    pending: Option<(u32, usize, DataRef<'a>)>,
    seen: u64,
    rows: u64,
    started: bool,
}

impl<'a> Sheet<'a> {
    fn open(workbook: &'a mut Workbook, place: &Place) -> Result<Self, ReadError> {
        let epoch_1904 = workbook.has_1904_epoch();
        let sheet = place.sheet.as_deref().unwrap_or_default();
        let cells = workbook
            .worksheet_cells_reader(sheet)
            .map_err(|error| foreign(error, &place.file, Some(sheet)))?;
        Ok(Sheet { cells, place: place.clone(), epoch_1904, pending: None, seen: 0, rows: 0, started: false })
    }

    /// The next cell that holds something.
    fn next(&mut self) -> Result<Option<(u32, usize, DataRef<'a>)>, ReadError> {
        let too_large = |what| {
            let (file, sheet) = self.place.both();
            ReadError::TooLarge { file, sheet, what }
        };
        loop {
            let cell = self.cells.next_cell_with_formula_metadata();
            let cell = cell.map_err(|error| foreign(error, &self.place.file, self.place.sheet.as_deref()))?;
            let Some(cell) = cell else { return Ok(None) };
            self.seen += 1;
            if self.seen > MAX_CELLS {
                return Err(too_large("the sheet has more than 100 million cells"));
            }
            let (row, column) = cell.pos;
            if row >= MAX_ROWS || column >= MAX_COLUMNS {
                return Err(too_large("a cell lies outside the rows and columns a sheet can have"));
            }
            match (cell.value, cell.formula) {
                (DataRef::Empty, None) => {}
                // Written by a program that does not calculate, and never opened in one that does:
                // there is a value, and nobody knows it. Kept as an error, never as nothing.
                (DataRef::Empty, Some(_)) => {
                    return Ok(Some((
                        row,
                        column as usize,
                        DataRef::Error(calamine::CellErrorType::GettingData),
                    )));
                }
                (value, _) => return Ok(Some((row, column as usize, value))),
            }
        }
    }
}

impl<'a> RowSource for Sheet<'a> {
    type Row = SheetRow<'a>;

    fn read(&mut self, row: &mut SheetRow<'a>) -> Result<bool, ReadError> {
        row.cells.clear();
        row.epoch_1904 = self.epoch_1904;
        if !self.started {
            self.started = true;
            self.pending = self.next()?;
        }
        let Some((number, column, value)) = self.pending.take() else { return Ok(false) };
        row.cells.push((column, value));
        row.number = u64::from(number) + 1;
        while let Some((next, column, value)) = self.next()? {
            if next != number {
                self.pending = Some((next, column, value));
                break;
            }
            row.cells.push((column, value));
        }
        let ordered = row.cells.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        let backwards = self.pending.as_ref().is_some_and(|(next, ..)| *next < number);
        if !ordered || backwards {
            let (file, sheet) = self.place.both();
            return Err(ReadError::Malformed {
                file,
                sheet,
                what: "the cells of the sheet are not in order",
            });
        }
        self.rows += 1;
        Ok(true)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        // What the sheet says of its size may be wrong either way; it is only a hint for a bar.
        let said = u64::from(self.cells.dimensions().end.0) + 1;
        (self.rows, (said >= self.rows && said > 1).then_some(said))
    }
}

/// A row of a sheet: its cells, sorted by column.
#[derive(Default)]
struct SheetRow<'a> {
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
        DataRef::Error(calamine::CellErrorType::GettingData) => Cell::Unreadable(ValueKind::Empty),
        DataRef::Error(_) => Cell::Unreadable(ValueKind::Error),
    }
}

/// A workbook stores every number as a binary float. Its shortest text that reads back as the same
/// float is what was typed (up to 15 digits), and that text is exact as a decimal; going by the
/// float's own binary value would make 0.1 into 0.1000000000000000055.
fn number_of(number: f64) -> Cell<'static> {
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
