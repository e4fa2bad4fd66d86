//! Registers in files: a workbook with a sheet for each, or one in a text or Parquet file.

use std::collections::BTreeSet;
use std::path::Path;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema, SchemaRef};
use tthc_kpi::{
    ArchivedResult, AssignedTask, ColumnType, Declaration, DoneTask, Petition, Procedure, Record, Register,
    RegisterColumn, RegisterTable, Registers, Review,
};

use super::super::cell::Cell;
use super::super::excel::{self, Workbook};
use super::super::file::{Kind, sniff};
use super::super::find::{HEADER_ROWS, Row, RowSource};
use super::super::{Place, ReadError, csv, parquet};
use super::header::{Found, Wishes};
use super::rows::{Filler, Outcome, settled};
use super::table::{from_batches, heads};
use super::{RegisterError, RegisterOptions, put_register};

/// Reads one register from an Excel workbook (`.xlsx`, `.xlsm`), a CSV file (UTF-8, UTF-16 or Windows-1258;
/// `,`, `;`, tab or `|`) or a Parquet file. The kind is told by the content, not by the name. Without
/// [`RegisterOptions::sheet`] the sheet of a workbook is the one that has the register's headers.
///
/// # Errors
/// [`ReadError`], for what makes the whole file unusable; a single bad value is an issue of the table
/// instead, or with `strict` an error.
///
/// # Example
/// ```
/// use tthc_kpi::Petition;
/// use tthc_kpi_arrow::read::read_register;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-pakn-{}.csv", std::process::id()));
/// std::fs::write(&path, "Mã PAKN,Hạn xử lý,Ngày trả lời\nPA-01,10/03/2026,09/03/2026\nPA-02,hôm nào,\n")?;
/// let petitions = read_register::<Petition>(&path, &Default::default())?;
/// assert_eq!(petitions.rows()[0].1.resolved, Some("2026-03-09".parse()?));
/// assert_eq!((petitions.read(), petitions.set_aside()["unreadable_due"]), (2, 1));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_register<T: Record>(
    path: impl AsRef<Path>,
    options: &RegisterOptions,
) -> Result<RegisterTable<T>, ReadError> {
    let path = path.as_ref();
    let wishes = Wishes::new(options, Some(T::REGISTER))?;
    let file = file_name(path);
    let place = Place { file: file.clone(), sheet: None };
    match sniff(path, &file)? {
        Kind::Workbook => {
            let mut workbook = excel::open(path, &file)?;
            let (place, found) = sheet_of(&mut workbook, &file, T::REGISTER, options, &wishes)?;
            wishes.all_present(&place, &found.heads)?;
            Sheet { workbook: &mut workbook, place, found, path }.read(&wishes, options.strict)
        }
        Kind::Archive => Err(archive(&file)),
        Kind::Parquet => {
            let table = Table::open(path, place, &wishes)?;
            wishes.all_present(&table.place, &heads(&table.schema))?;
            table.read(&wishes, options.strict)
        }
        Kind::Json => Err(ReadError::Format { file, found: "a JSON file" }),
        Kind::Text(encoding) => {
            let text = Text { path, encoding, place };
            let best = text.best(|rows| {
                let found = wishes.find(T::REGISTER, rows, HEADER_ROWS);
                Ok(found.map(|found| (T::REGISTER, found)))
            })?;
            let Some((separator, _, found)) = best else {
                return Err(no_header(&file, Vec::new(), T::REGISTER));
            };
            wishes.all_present(&text.place, &found.heads)?;
            Separated { text, separator, found }.read(&wishes, options.strict)
        }
    }
}

/// Reads every register of a file: each sheet of a workbook, or the one table of a text or Parquet file,
/// goes to the register whose headers it has. A sheet that has those of none is left alone.
///
/// # Errors
/// [`ReadError`]; [`RegisterError::NoRegister`] where nothing is recognised, [`RegisterError::Twice`] where
/// two sheets hold one register, [`RegisterError::Ambiguous`] where a sheet could be of two registers.
///
/// # Example
/// ```
/// use tthc_kpi::Register;
/// use tthc_kpi_arrow::read::read_registers;
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-so-{}.csv", std::process::id()));
/// std::fs::write(&path, "Mã việc;Ngày hoàn thành\ntask:IV.5.3/2026-03;30/03/2026\n")?;
/// let registers = read_registers(&path, &Default::default())?;
/// assert_eq!(registers.present().collect::<Vec<_>>(), [Register::PlanTasks]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_registers(path: impl AsRef<Path>, options: &RegisterOptions) -> Result<Registers, ReadError> {
    let path = path.as_ref();
    let wishes = Wishes::new(options, None)?;
    let file = file_name(path);
    let place = Place { file: file.clone(), sheet: None };
    let mut registers = Registers::default();
    let (mut looked_at, mut all_heads) = (Vec::new(), Vec::new());
    match sniff(path, &file)? {
        Kind::Workbook => {
            let mut workbook = excel::open(path, &file)?;
            looked_at = match &options.sheet {
                Some(wanted) => vec![excel::named(&workbook, &file, wanted)?],
                None => excel::sheets(&workbook),
            };
            let mut recognised: Vec<(Register, Place, Found)> = Vec::new();
            for name in &looked_at {
                let place = Place { file: file.clone(), sheet: Some(name.clone()) };
                let (empty, found) = excel::with_rows(&mut workbook, &place, Vec::new(), |mut source| {
                    let rows = first_rows(&mut source)?;
                    let empty = rows.iter().all(|row| row.filled().next().is_none());
                    Ok((empty, wishes.recognise(&rows, HEADER_ROWS, &place)?))
                })?;
                let Some((register, found)) = found else {
                    if !empty {
                        registers.left_alone.push(format!("{file} › {name}"));
                    }
                    continue;
                };
                if let Some((_, other, _)) = recognised.iter().find(|(other, ..)| *other == register) {
                    return Err(twice(register, other, &place));
                }
                recognised.push((register, place, found));
            }
            for (register, place, found) in recognised {
                all_heads.extend(found.heads.clone());
                let sheet = Sheet { workbook: &mut workbook, place, found, path };
                take(&mut registers, register, sheet, &wishes, options.strict)?;
            }
        }
        Kind::Archive => return Err(archive(&file)),
        Kind::Parquet => {
            let table = Table::open(path, place.clone(), &wishes)?;
            all_heads = heads(&table.schema);
            if let Some((register, _)) = wishes.recognise(&[Names(&table.schema)], 1, &place)? {
                take(&mut registers, register, table, &wishes, options.strict)?;
            }
        }
        Kind::Json => return Err(ReadError::Format { file, found: "a JSON file" }),
        Kind::Text(encoding) => {
            let text = Text { path, encoding, place: place.clone() };
            let best = text.best(|rows| wishes.recognise(rows, HEADER_ROWS, &place))?;
            if let Some((separator, register, found)) = best {
                all_heads = found.heads.clone();
                let separated = Separated { text, separator, found };
                take(&mut registers, register, separated, &wishes, options.strict)?;
            }
        }
    }
    if registers.present().next().is_none() {
        return Err(RegisterError::NoRegister { file, sheets: looked_at, rows: HEADER_ROWS }.into());
    }
    wishes.all_present(&place, &all_heads)?;
    Ok(registers)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn archive(file: &str) -> ReadError {
    ReadError::Format { file: file.to_owned(), found: "a .zip file of registers, to be unpacked first," }
}

fn no_header(file: &str, sheets: Vec<String>, register: Register) -> ReadError {
    RegisterError::NoHeader { file: file.to_owned(), sheets, rows: HEADER_ROWS, register }.into()
}

fn twice(register: Register, one: &Place, other: &Place) -> ReadError {
    let name = |place: &Place| match &place.sheet {
        Some(sheet) => format!("{}, {sheet}", place.file),
        None => place.file.clone(),
    };
    RegisterError::Twice { register, places: vec![name(one), name(other)] }.into()
}

/// The first rows of a source, among which its header is.
fn first_rows<S: RowSource>(source: &mut S) -> Result<Vec<S::Row>, ReadError> {
    let mut rows: Vec<S::Row> = Vec::new();
    while rows.last().is_none_or(|row| row.number() < HEADER_ROWS) {
        let mut row = S::Row::default();
        if !source.read(&mut row)? {
            break;
        }
        rows.push(row);
    }
    Ok(rows)
}

/// The sheet the caller named, else the only one that has the register's headers: more of them than of
/// any other register, or, where there is none, enough of them and of no other.
fn sheet_of(
    workbook: &mut Workbook,
    file: &str,
    register: Register,
    options: &RegisterOptions,
    wishes: &Wishes,
) -> Result<(Place, Found), ReadError> {
    let sheets = match &options.sheet {
        Some(wanted) => vec![excel::named(workbook, file, wanted)?],
        None => excel::sheets(workbook),
    };
    let (mut sure, mut likely) = (Vec::new(), Vec::new());
    for name in &sheets {
        let place = Place { file: file.to_owned(), sheet: Some(name.clone()) };
        let (found, recognised) = excel::with_rows(workbook, &place, Vec::new(), |mut source| {
            let rows = first_rows(&mut source)?;
            Ok((wishes.find(register, &rows, HEADER_ROWS), wishes.recognise(&rows, HEADER_ROWS, &place)))
        })?;
        let Some(found) = found else { continue };
        match recognised {
            Ok(Some((best, _))) if best == register => sure.push((place, found)),
            Ok(Some(_)) if options.sheet.is_none() => {}
            _ => likely.push((place, found)),
        }
    }
    let mut found = if sure.is_empty() { likely } else { sure };
    if let [(one, _), (other, _), ..] = found.as_slice() {
        return Err(twice(register, one, other));
    }
    found.pop().ok_or_else(|| no_header(file, sheets, register))
}

/// Puts the table of a source into the register it is of.
fn take(
    into: &mut Registers,
    register: Register,
    source: impl Source,
    wishes: &Wishes,
    strict: bool,
) -> Result<(), ReadError> {
    match register {
        Register::Procedures => put_register::<Procedure>(into, source.read(wishes, strict)?),
        Register::Petitions => put_register::<Petition>(into, source.read(wishes, strict)?),
        Register::Tasks => put_register::<AssignedTask>(into, source.read(wishes, strict)?),
        Register::Reviews => put_register::<Review>(into, source.read(wishes, strict)?),
        Register::Archive => put_register::<ArchivedResult>(into, source.read(wishes, strict)?),
        Register::PlanTasks => put_register::<DoneTask>(into, source.read(wishes, strict)?),
        Register::Declared => put_register::<Declaration>(into, source.read(wishes, strict)?),
    }
}

/// Rows of a table, read as a register once its header has been found.
trait Source {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError>;
}

struct Sheet<'a> {
    workbook: &'a mut Workbook,
    place: Place,
    found: Found,
    path: &'a Path,
}

impl Source for Sheet<'_> {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        let merges = excel::merges(self.workbook, self.path, self.place.sheet.as_deref().unwrap_or_default());
        settled(|month_first| {
            excel::with_rows(self.workbook, &self.place, merges.clone(), |mut source| {
                rows_of(&mut source, &self.found, &self.place, wishes, month_first, strict)
            })
        })
    }
}

/// A text file; its separator is told by the header.
struct Text<'a> {
    path: &'a Path,
    encoding: Option<&'static encoding_rs::Encoding>,
    place: Place,
}

impl Text<'_> {
    fn lines(&self, separator: u8) -> Result<csv::Lines, ReadError> {
        csv::Lines::open(self.path, &self.place.file, self.encoding, separator)
    }

    /// The separator with which most headers are known, and what `pick` makes of the rows then.
    fn best(
        &self,
        pick: impl Fn(&[csv::Line]) -> Result<Option<(Register, Found)>, ReadError>,
    ) -> Result<Option<(u8, Register, Found)>, ReadError> {
        let mut best: Option<(u8, Register, Found)> = None;
        let mut unclosed = None;
        for separator in csv::SEPARATORS {
            let rows = match first_rows(&mut self.lines(separator)?) {
                Ok(rows) => rows,
                // Only with the right separator does a quotation mark stand where it means something.
                Err(error @ ReadError::UnclosedQuote { .. }) => {
                    unclosed = Some(error);
                    continue;
                }
                Err(error) => return Err(error),
            };
            let Some((register, found)) = pick(&rows)? else { continue };
            let more = best.as_ref().is_none_or(|(_, _, before)| found.score.known() > before.score.known());
            if more {
                best = Some((separator, register, found));
            }
        }
        match (best, unclosed) {
            (None, Some(error)) => Err(error),
            (best, _) => Ok(best),
        }
    }
}

struct Separated<'a> {
    text: Text<'a>,
    separator: u8,
    found: Found,
}

impl Source for Separated<'_> {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        settled(|month_first| {
            let mut lines = self.text.lines(self.separator)?;
            rows_of(&mut lines, &self.found, &self.text.place, wishes, month_first, strict)
        })
    }
}

fn rows_of<T: Record, S: RowSource>(
    source: &mut S,
    found: &Found,
    place: &Place,
    wishes: &Wishes,
    month_first: &BTreeSet<RegisterColumn>,
    strict: bool,
) -> Result<Outcome<T>, ReadError> {
    let slots = wishes.slots(T::REGISTER, place, &found.heads)?;
    let mut filler = Filler::new(place, slots, &found.heads, found.fields, month_first, strict)?;
    for row in first_rows(source)?.iter().skip(found.row + 1) {
        filler.add(row);
    }
    filler.rest(source)
}

/// A Parquet file, without its columns of personal data.
struct Table {
    schema: SchemaRef,
    batches: Vec<Result<RecordBatch, ArrowError>>,
    place: Place,
}

impl Table {
    fn open(path: &Path, place: Place, wishes: &Wishes) -> Result<Self, ReadError> {
        let keep = |name: &str| wishes.may_read(name);
        let (schema, batches) = parquet::table(path, &place, keep)?;
        Ok(Table { schema, batches, place })
    }
}

impl Source for Table {
    fn read<T: Record>(self, wishes: &Wishes, strict: bool) -> Result<RegisterTable<T>, ReadError> {
        from_batches(self.batches, &self.schema, &self.place, wishes, strict)
    }
}

/// The names of a table's columns, as a row of headers.
struct Names<'a>(&'a Schema);

impl Row for Names<'_> {
    fn number(&self) -> u64 {
        1
    }

    fn fields(&self) -> Option<usize> {
        None
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        self.0.fields().get(column).map_or(Cell::Empty, |field| Cell::Text(field.name()))
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        let names = self.0.fields().iter().enumerate();
        names.map(|(index, field)| (index, Cell::Text(field.name()))).filter(|(_, cell)| !cell.is_empty())
    }
}
