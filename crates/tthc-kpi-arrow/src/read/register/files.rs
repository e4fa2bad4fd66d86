//! Registers in files: a workbook with a sheet for each, one in a text, JSON or Parquet file, or a `.zip` of
//! such files.

use std::path::Path;

use tthc_kpi::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, Petition, Procedure, Record, Register,
    RegisterTable, Registers, Review,
};

use super::super::excel::{self, Workbook};
use super::super::file::{Kind, sniff};
use super::super::find::{HEADER_ROWS, Row};
use super::super::{Place, ReadError, archive};
use super::header::{Found, Head, Wishes};
use super::sources::{Names, Objects, Separated, Sheet, Source, Table, Text, first_rows, no_header};
use super::table::heads;
use super::{RegisterError, RegisterOptions, put_register};

/// Reads one register from a workbook (`.xlsx`, `.xlsm`, `.xls`, `.ods`), a CSV file (UTF-8, UTF-16 or
/// Windows-1258; `,`, `;`, tab or `|`), a Parquet file, a list of objects in JSON, or a `.zip` of these. The kind
/// is told by the content, not by the name. Without [`RegisterOptions::sheet`] the sheets of a workbook are those
/// that have the register's headers; sheets and files are joined ([`RegisterTable::join`]).
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
    let file = file_name(path);
    let mut one = One {
        wishes: Wishes::new(options, Some(T::REGISTER))?,
        options,
        among: false,
        heads: Vec::new(),
        table: None,
    };
    match sniff(path, &file)? {
        Kind::Archive => {
            one.among = true;
            let mut lacking = None;
            archive::each(path, &file, |path, file| {
                match one.read(sniff(path, file)?, path, file) {
                    // Another register, or none: it is not what was asked for.
                    Err(
                        error @ ReadError::Register(
                            RegisterError::NoHeader { .. } | RegisterError::MissingColumns { .. },
                        ),
                    ) => {
                        lacking.get_or_insert(error);
                        Ok(())
                    }
                    read => read,
                }
            })?;
            if let (None, Some(error)) = (&one.table, lacking) {
                return Err(error);
            }
        }
        kind => one.read(kind, path, &file)?,
    }
    let place = Place { file, sheet: None };
    one.wishes.all_present(&place, &one.heads)?;
    one.table.ok_or(ReadError::Internal("a file without a register"))
}

/// One register, as it is gathered from the files of a source.
struct One<'o, T> {
    wishes: Wishes,
    options: &'o RegisterOptions,
    /// Other registers may be there too.
    among: bool,
    heads: Vec<Head>,
    table: Option<RegisterTable<T>>,
}

impl<T: Record> One<'_, T> {
    fn read(&mut self, kind: Kind, path: &Path, file: &str) -> Result<(), ReadError> {
        let place = Place { file: file.to_owned(), sheet: None };
        match kind {
            Kind::Workbook => {
                let mut workbook = excel::open(path, file)?;
                for (place, found) in sheets_of(&mut workbook, file, T::REGISTER, self.options, &self.wishes)?
                {
                    let heads = found.heads.clone();
                    self.add(heads, Sheet { workbook: &mut workbook, place, found, path })?;
                }
                Ok(())
            }
            Kind::Archive => Err(nested(file)),
            Kind::Parquet => {
                let table = Table::open(path, place, &self.wishes)?;
                self.check_own(&[Names::of(&table.schema)], &table.place)?;
                self.add(heads(&table.schema), table)
            }
            Kind::Json => {
                let objects = Objects::open(path, place.clone())?;
                self.check_own(&[Names(objects.keys.clone())], &place)?;
                self.add(objects.heads(), objects)
            }
            Kind::Text(encoding) => {
                let text = Text { path, encoding, place: place.clone() };
                let best = text.best(|rows| {
                    let own = self.check_own(rows, &place).is_ok();
                    let found = self.wishes.find(T::REGISTER, rows, HEADER_ROWS).filter(|_| own);
                    Ok(found.map(|found| (T::REGISTER, found)))
                })?;
                let Some((separator, _, found)) = best else {
                    return Err(no_header(file, Vec::new(), T::REGISTER));
                };
                self.add(found.heads.clone(), Separated { text, separator, found })
            }
        }
    }

    /// Refuses what is of another register for sure.
    fn check_own<R: Row>(&self, rows: &[R], place: &Place) -> Result<(), ReadError> {
        match self.wishes.recognise(rows, HEADER_ROWS, place) {
            Ok(Some((other, _))) if self.among && other != T::REGISTER => {
                Err(no_header(&place.file, Vec::new(), T::REGISTER))
            }
            _ => Ok(()),
        }
    }

    fn add(&mut self, heads: Vec<Head>, source: impl Source) -> Result<(), ReadError> {
        self.heads.extend(heads);
        let table = source.read(&self.wishes, self.options.strict)?;
        match &mut self.table {
            Some(before) => before.join(table),
            None => self.table = Some(table),
        }
        Ok(())
    }
}

/// Reads every register of a file: each sheet of a workbook, each file of a `.zip`, or the one table of any
/// other file, goes to the register whose headers it has; those of one register are joined
/// ([`RegisterTable::join`]). A sheet, or a file of a `.zip`, that has those of none is left alone.
///
/// # Errors
/// [`ReadError`]; [`RegisterError::NoRegister`] where nothing is recognised, [`RegisterError::Ambiguous`] where
/// a sheet could be of two registers.
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
    let file = file_name(path);
    let mut all = All {
        wishes: Wishes::new(options, None)?,
        options,
        heads: Vec::new(),
        looked_at: Vec::new(),
        registers: Registers::default(),
    };
    match sniff(path, &file)? {
        Kind::Archive => archive::each(path, &file, |path, file| {
            let before = all.heads.len();
            let kind = sniff(path, file)?;
            let of_book = matches!(kind, Kind::Workbook);
            all.read(kind, path, file)?;
            // The sheets of a workbook have been named.
            if all.heads.len() == before && !of_book {
                all.registers.left_alone.push(file.to_owned());
            }
            Ok(())
        })?,
        kind => all.read(kind, path, &file)?,
    }
    let place = Place { file, sheet: None };
    if all.registers.present().next().is_none() {
        let (file, sheets) = (place.file, all.looked_at);
        return Err(RegisterError::NoRegister { file, sheets, rows: HEADER_ROWS }.into());
    }
    all.wishes.all_present(&place, &all.heads)?;
    Ok(all.registers)
}

/// Registers, as they are gathered from the files of a source.
struct All<'o> {
    wishes: Wishes,
    options: &'o RegisterOptions,
    heads: Vec<Head>,
    looked_at: Vec<String>,
    registers: Registers,
}

impl All<'_> {
    fn read(&mut self, kind: Kind, path: &Path, file: &str) -> Result<(), ReadError> {
        let place = Place { file: file.to_owned(), sheet: None };
        match kind {
            Kind::Workbook => self.workbook(path, file),
            Kind::Archive => Err(nested(file)),
            Kind::Parquet => {
                let table = Table::open(path, place.clone(), &self.wishes)?;
                match self.wishes.recognise(&[Names::of(&table.schema)], 1, &place)? {
                    Some((register, _)) => self.add(register, heads(&table.schema), table),
                    None => Ok(()),
                }
            }
            Kind::Json => {
                let objects = Objects::open(path, place.clone())?;
                match self.wishes.recognise(&[Names(objects.keys.clone())], 1, &place)? {
                    Some((register, _)) => self.add(register, objects.heads(), objects),
                    None => Ok(()),
                }
            }
            Kind::Text(encoding) => {
                let text = Text { path, encoding, place: place.clone() };
                match text.best(|rows| self.wishes.recognise(rows, HEADER_ROWS, &place))? {
                    Some((separator, register, found)) => {
                        self.add(register, found.heads.clone(), Separated { text, separator, found })
                    }
                    None => Ok(()),
                }
            }
        }
    }

    fn workbook(&mut self, path: &Path, file: &str) -> Result<(), ReadError> {
        let mut workbook = excel::open(path, file)?;
        let sheets = match &self.options.sheet {
            Some(wanted) => vec![excel::named(&workbook, file, wanted)?],
            None => excel::sheets(&workbook),
        };
        let mut recognised: Vec<(Register, Place, Found)> = Vec::new();
        for name in sheets {
            let place = Place { file: file.to_owned(), sheet: Some(name.clone()) };
            let (empty, found) = excel::with_rows(&mut workbook, &place, Vec::new(), |mut source| {
                let rows = first_rows(&mut source)?;
                let empty = rows.iter().all(|row| row.filled().next().is_none());
                Ok((empty, self.wishes.recognise(&rows, HEADER_ROWS, &place)?))
            })?;
            match found {
                Some((register, found)) => recognised.push((register, place, found)),
                None if empty => {}
                None => self.registers.left_alone.push(format!("{file} › {name}")),
            }
            self.looked_at.push(name);
        }
        for (register, place, found) in recognised {
            let heads = found.heads.clone();
            self.add(register, heads, Sheet { workbook: &mut workbook, place, found, path })?;
        }
        Ok(())
    }

    /// Puts the table of a source into the register it is of.
    fn add(&mut self, register: Register, heads: Vec<Head>, source: impl Source) -> Result<(), ReadError> {
        let (into, wishes, strict) = (&mut self.registers, &self.wishes, self.options.strict);
        match register {
            Register::Procedures => put_register::<Procedure>(into, source.read(wishes, strict)?),
            Register::Petitions => put_register::<Petition>(into, source.read(wishes, strict)?),
            Register::Tasks => put_register::<AssignedTask>(into, source.read(wishes, strict)?),
            Register::Reviews => put_register::<Review>(into, source.read(wishes, strict)?),
            Register::Archive => put_register::<ArchivedResult>(into, source.read(wishes, strict)?),
            Register::PlanTasks => put_register::<DoneTask>(into, source.read(wishes, strict)?),
            Register::Declared => put_register::<Declaration>(into, source.read(wishes, strict)?),
        }
        self.heads.extend(heads);
        Ok(())
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn nested(file: &str) -> ReadError {
    ReadError::Format { file: file.to_owned(), found: "a .zip file inside another" }
}

/// The sheet the caller named, else all that have the register's headers: more of them than of any other
/// register, or, where there is none, the one that has enough of them and of no other.
fn sheets_of(
    workbook: &mut Workbook,
    file: &str,
    register: Register,
    options: &RegisterOptions,
    wishes: &Wishes,
) -> Result<Vec<(Place, Found)>, ReadError> {
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
    match (sure.is_empty(), likely.as_slice()) {
        (false, _) => Ok(sure),
        (true, []) => Err(no_header(file, sheets, register)),
        (true, [_]) => Ok(likely),
        (true, several) => {
            let places = several.iter().filter_map(|(place, _)| place.sheet.clone()).collect();
            Err(RegisterError::Twice { file: file.to_owned(), register, sheets: places }.into())
        }
    }
}
