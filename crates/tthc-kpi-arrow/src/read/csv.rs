//! CSV: `encoding_rs_io` for the encoding, `csv` for the format. A file in UTF-8 is read in pieces.

use std::cell::Cell as Counter;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;

use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Terminator};
use encoding_rs::Encoding;
use encoding_rs_io::DecodeReaderBytesBuilder;
use memchr::memchr;
use tthc_kpi::ColumnType;

use super::assemble::{Outcome, Settings};
use super::cell::Cell;
use super::find::{HEADER_ROWS, Head, Row, RowSource, head, read_table, table};
use super::flow::Flow;
use super::header::{Layout, Wishes};
use super::pieces::{self, Pace, Text};
use super::register::register_of;
use super::swallowed::Broken;
use super::{Place, Progress, ReadError};

/// A line of our own after the last: if it does not come back as a row, a quotation mark that was
/// never closed has swallowed it, and every row before it with it.
const END: &str = "\u{1}end\u{1}";
/// How a cell ends that has swallowed it.
const CLOSED: &str = "\n\u{1}end\u{1}\n";

/// What may stand between two cells.
pub(super) const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What the columns of a file are read as.
pub(super) fn layout(
    path: &Path,
    file: &str,
    encoding: Option<&'static Encoding>,
    wishes: &Wishes,
) -> Result<Layout, ReadError> {
    let place = Place { file: file.to_owned(), sheet: None };
    let (_, _, first, header) = open(path, &place, encoding, wishes)?;
    Ok(table(&first.rows, header, &place, wishes)?.0)
}

/// The file by its separator, with its first rows and the place of the header among them.
fn open(
    path: &Path,
    place: &Place,
    encoding: Option<&'static Encoding>,
    wishes: &Wishes,
) -> Result<(u8, Lines, Head<Line>, usize), ReadError> {
    let file = &*place.file;
    let mut best: Option<(usize, u8, Lines, Head<Line>, usize)> = None;
    let mut lacking = None;
    for separator in SEPARATORS {
        // No row has a second field by a separator that is not there, and with one alone there is no header.
        if best.as_ref().is_some_and(|(_, _, _, first, _)| !first.rows.iter().any(|row| row.has(separator))) {
            continue;
        }
        let mut source = Lines::open(path, file, encoding, separator)?;
        let found = match head(&mut source, wishes) {
            Ok(found) => found,
            // Only with the right separator does a quotation mark stand where it means something.
            Err(error @ ReadError::UnclosedQuote { .. }) => {
                lacking = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        // A register is one whatever it has besides, unless the caller has said what its columns are.
        if wishes.is_plain()
            && !found.names_dossiers(place, wishes)
            && let Some(register) = register_of(&found.rows, HEADER_ROWS, place)?
        {
            return Err(ReadError::register_given(place, register));
        }
        match (found.header, &best) {
            (Some((_, known)), Some((most, ..))) if known <= *most => {}
            (Some((header, known)), _) => best = Some((known, separator, source, found, header)),
            (None, None) => {
                lacking = Some(ReadError::nearer(lacking, found.lacking(place, Vec::new())));
            }
            (None, Some(_)) => {}
        }
    }
    match best {
        Some((_, separator, source, first, header)) => Ok((separator, source, first, header)),
        None => Err(lacking.unwrap_or(ReadError::Internal("no separator"))),
    }
}

#[expect(clippy::too_many_arguments, reason = "what is read, how, and where it goes")]
pub(super) fn read(
    path: &Path,
    file: &str,
    encoding: Option<&'static Encoding>,
    wishes: &Wishes,
    settings: Settings,
    pace: Pace,
    flow: Option<&mut Flow<'_>>,
    progress: &mut Progress<'_>,
) -> Result<Outcome, ReadError> {
    let place = Place { file: file.to_owned(), sheet: None };
    let (separator, mut source, first, header) = open(path, &place, encoding, wishes)?;
    let (mut layout, sorter) = table(&first.rows, header, &place, wishes)?;
    if let Some(flow) = &flow {
        flow.narrow(&mut layout);
    }
    if !source.old_breaks
        && let Some((file, total)) = utf8(path, encoding).map_err(|error| io(file, &error))?
    {
        let text = Text {
            file,
            total,
            place: &place,
            separator,
            header: first.rows.get(header).map_or(0, Row::number),
            layout,
            sorter,
            settings,
            pace,
        };
        return pieces::read(text, flow, progress);
    }
    // By one reader from first to last: slower, for any encoding.
    read_table(&mut source, first.rows, header, &place, (layout, sorter), settings, flow, progress)
}

fn io(file: &str, error: &std::io::Error) -> ReadError {
    ReadError::Io { file: file.to_owned(), kind: error.kind() }
}

/// The file after its byte order mark, and its length, if it is in UTF-8.
fn utf8(path: &Path, encoding: Option<&'static Encoding>) -> std::io::Result<Option<(File, Option<u64>)>> {
    let mut file = File::open(path)?;
    let mut mark = Vec::new();
    (&mut file).take(3).read_to_end(&mut mark)?;
    let (told, length) =
        Encoding::for_bom(&mark).map_or((encoding, 0), |(told, length)| (Some(told), length));
    if told.is_some_and(|told| told != encoding_rs::UTF_8) {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length as u64))?;
    let total = file.metadata().ok().map(|metadata| metadata.len());
    Ok(Some((file, total)))
}

/// The rows of a text file.
pub(super) struct Lines {
    reader: Reader<Box<dyn Read>>,
    file: String,
    done: Rc<Counter<u64>>,
    total: Option<u64>,
    /// Line breaks inside quoted cells so far: a spreadsheet shows them in one row.
    inner_breaks: u64,
    /// Its lines end in a carriage return alone, as old Macs and "CSV (Macintosh)" have it.
    old_breaks: bool,
    separator: u8,
    ended: bool,
    last_row: u64,
}

/// Makes carriage returns line feeds, where a file has no other line breaks.
struct Breaks<R> {
    input: R,
    old: bool,
}

impl<R: Read> Read for Breaks<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        if self.old {
            let bytes = buffer.get_mut(..read).unwrap_or_default();
            bytes.iter_mut().filter(|byte| **byte == b'\r').for_each(|byte| *byte = b'\n');
        }
        Ok(read)
    }
}

/// Whether the first lines of a file end in carriage returns alone.
fn has_old_breaks(path: &Path, encoding: Option<&'static Encoding>) -> std::io::Result<bool> {
    const ENOUGH: u64 = 1 << 16;
    let mut sample = Vec::new();
    let decoded = DecodeReaderBytesBuilder::new().encoding(encoding).build(File::open(path)?);
    decoded.take(ENOUGH).read_to_end(&mut sample)?;
    Ok(sample.contains(&b'\r') && !sample.contains(&b'\n'))
}

/// Counts the bytes read from the file, for the progress bar.
struct Counting {
    file: File,
    done: Rc<Counter<u64>>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.done.set(self.done.get().saturating_add(read as u64));
        Ok(read)
    }
}

impl Lines {
    pub(super) fn open(
        path: &Path,
        name: &str,
        encoding: Option<&'static Encoding>,
        separator: u8,
    ) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|error| io(name, &error))?;
        let total = file.metadata().ok().map(|metadata| metadata.len());
        let done = Rc::new(Counter::new(0));
        let counting = BufReader::with_capacity(1 << 16, Counting { file, done: done.clone() });
        let decoded = DecodeReaderBytesBuilder::new().encoding(encoding).strip_bom(true).build(counting);
        let old = has_old_breaks(path, encoding).map_err(|error| io(name, &error))?;
        let decoded = Breaks { input: decoded, old };
        let input: Box<dyn Read> = Box::new(decoded.chain(Cursor::new(format!("\n{END}\n"))));
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            // So that a line break is consumed with its row, and rows can be counted; the \r before it is trimmed.
            .terminator(Terminator::Any(b'\n'))
            .buffer_capacity(1 << 18)
            .from_reader(input);
        Ok(Lines {
            reader,
            file: name.to_owned(),
            done,
            total,
            inner_breaks: 0,
            old_breaks: old,
            separator,
            ended: false,
            last_row: 0,
        })
    }
}

impl RowSource for Lines {
    type Row = Line;

    fn read(&mut self, row: &mut Line) -> Result<bool, ReadError> {
        if self.ended {
            return Ok(false);
        }
        let more = self.reader.read_record(&mut row.record).map_err(|error| match error.kind() {
            ErrorKind::Utf8 { .. } => ReadError::Encoding { file: self.file.clone(), row: self.last_row + 1 },
            ErrorKind::Io(error) => ReadError::Io { file: self.file.clone(), kind: error.kind() },
            _ => ReadError::Malformed {
                file: self.file.clone(),
                sheet: None,
                what: "the rows cannot be told apart",
            },
        })?;
        if !more {
            return Err(ReadError::Internal("the end of a text was not met"));
        }
        if row.record.len() == 1 && row.record.get(0) == Some(END) {
            self.ended = true;
            return Ok(false);
        }
        let breaks = row.record.as_slice().bytes().filter(|byte| *byte == b'\n').count() as u64;
        if breaks > 0
            && let Some(last) = row.record.iter().next_back()
            && last.ends_with(CLOSED)
        {
            // It has no line break of its own.
            let opened = breaks - last.bytes().filter(|byte| *byte == b'\n').count() as u64;
            let line = self.reader.position().line().saturating_sub(breaks) + opened;
            return Err(ReadError::UnclosedQuote { file: self.file.clone(), line });
        }
        // The reader stands after this row's own line break.
        let line = self.reader.position().line().saturating_sub(1).saturating_sub(breaks);
        row.number = line.saturating_sub(self.inner_breaks);
        self.last_row = row.number;
        self.inner_breaks = self.inner_breaks.saturating_add(breaks);
        row.broken = (breaks > 0).then_some(Broken { line, separator: self.separator });
        Ok(true)
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.done.get(), self.total)
    }
}

/// A row of a text file.
#[derive(Default)]
pub(super) struct Line {
    record: StringRecord,
    number: u64,
    broken: Option<Broken>,
}

impl Line {
    /// Whether a byte stands in one of its cells.
    fn has(&self, byte: u8) -> bool {
        memchr(byte, self.record.as_slice().as_bytes()).is_some()
    }
}

impl Row for Line {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        Some(self.record.len())
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        self.record.get(column).map_or(Cell::Empty, Cell::Text)
    }

    fn broken(&self) -> Option<Broken> {
        self.broken
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        self.record
            .iter()
            .enumerate()
            .map(|(index, text)| (index, Cell::Text(text)))
            .filter(|(_, cell)| !cell.is_empty())
    }
}
