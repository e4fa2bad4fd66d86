//! A text file in UTF-8, cut at line breaks into pieces that are read side by side.
//!
//! A line break may stand in a quoted cell, so that a cut is a guess. The record before the cut
//! tells: when it does not end there, the piece after it is read again together with its beginning.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::ThreadPoolBuilder;

use super::assemble::{Assembler, Outcome, Settings};
use super::find::{Row, Sorter};
use super::header::Layout;
use super::piece::Piece;
use super::split::{Open, Splitter};
use super::{Place, Progress, ReadError};

/// Bytes of a piece.
pub(super) const PIECE: usize = 1 << 19;
/// Pieces read ahead of the one put together, for each thread.
const AHEAD: usize = 4;

/// The file and what is known of it.
pub(super) struct Text<'a> {
    /// It stands after the byte order mark.
    pub(super) file: File,
    /// Bytes of the file.
    pub(super) total: Option<u64>,
    pub(super) place: &'a Place,
    pub(super) separator: u8,
    /// Number of the header row.
    pub(super) header: u64,
    pub(super) layout: Layout,
    pub(super) sorter: Sorter,
    pub(super) settings: Settings,
    /// Bytes of a piece.
    pub(super) piece: usize,
    pub(super) threads: usize,
}

/// Reads the file. What comes out does not depend on the number of threads.
pub(super) fn read(text: Text<'_>, progress: &mut Progress<'_>) -> Result<Outcome, ReadError> {
    let Text { file, total, place, separator, header, layout, sorter, settings, piece, threads } = text;
    let parser = Parser { layout: &layout, settings, separator };
    let mut reader = Reader {
        parser: &parser,
        place,
        assembler: Assembler::new(place.clone(), layout.clone(), settings)?,
        sorter,
        header,
        rows: 0,
        begun: None,
        spare: Vec::new(),
    };
    let mut cutter = Cutter { file, size: piece, rest: Vec::new(), done: 0 };
    let mut next = |spare: &mut Vec<Vec<u8>>| {
        let text = cutter.next(spare.pop().unwrap_or_default());
        let text = text.map_err(|error| ReadError::Io { file: place.file.clone(), kind: error.kind() })?;
        if progress(cutter.done, total.or(text.is_none().then_some(cutter.done))).is_break() {
            return Err(ReadError::Cancelled);
        }
        Ok(text)
    };
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().ok().filter(|_| threads > 1);
    // Until there is a dossier, what a row is hangs on the rows before it.
    while pool.is_none() || !reader.sorter.seen_dossier() || reader.rows < header {
        match next(&mut reader.spare)? {
            Some(text) if reader.assembler.goes_on() => reader.read(text)?,
            _ => return reader.finish(),
        }
    }
    let Some(pool) = pool else { return reader.finish() };
    pool.in_place_scope(|scope| {
        let mut waiting: VecDeque<Receiver<Result<Part, ReadError>>> = VecDeque::new();
        let parser = &parser;
        loop {
            let text = next(&mut reader.spare)?.filter(|_| reader.assembler.goes_on());
            let ahead = if text.is_some() { threads * AHEAD } else { 0 };
            if let Some(text) = text {
                let (send, receive) = sync_channel(1);
                let mut sorter = reader.sorter.clone();
                // Nobody waits any more where the reading has failed.
                scope.spawn(move |_| drop(send.send(parser.read(text, 0, &mut sorter))));
                waiting.push_back(receive);
            }
            while waiting.len() > ahead {
                let part = waiting.pop_front().and_then(|part| part.recv().ok());
                reader.take(part.ok_or(ReadError::Internal("a piece is lost"))??)?;
            }
            if ahead == 0 {
                return reader.finish();
            }
        }
    })
}

/// A part of the file, read.
struct Part {
    text: Vec<u8>,
    piece: Piece,
    /// Rows of it as a spreadsheet counts them.
    rows: u64,
    /// Where in it the record begins that it does not end.
    open: Option<usize>,
    /// It is not UTF-8 after the rows read.
    broken: bool,
}

struct Parser<'a> {
    layout: &'a Layout,
    settings: Settings,
    separator: u8,
}

impl Parser<'_> {
    /// Reads a text that begins with a record; `skip` rows of it are not of the table.
    fn read(&self, text: Vec<u8>, skip: u64, sorter: &mut Sorter) -> Result<Part, ReadError> {
        let (sound, broken) = match simdutf8::basic::from_utf8(&text) {
            Ok(sound) => (sound, false),
            Err(_) => (text.utf8_chunks().next().map_or("", |chunk| chunk.valid()), true),
        };
        let mut piece = Piece::new(self.layout, self.settings)?;
        let mut lines = Splitter::new(sound, self.separator);
        while let Some(line) = lines.next() {
            if line.number() > skip {
                piece.add(&line, sorter);
            }
        }
        let (rows, at) = (lines.rows, lines.position());
        let open = (!broken && at < text.len()).then_some(at);
        Ok(Part { piece: piece.end(), rows, open, broken, text })
    }
}

/// Puts the parts together, in their order.
struct Reader<'a> {
    parser: &'a Parser<'a>,
    place: &'a Place,
    assembler: Assembler,
    sorter: Sorter,
    header: u64,
    /// Rows so far.
    rows: u64,
    /// A record begun and not ended yet.
    begun: Option<(Vec<u8>, Open)>,
    spare: Vec<Vec<u8>>,
}

impl Reader<'_> {
    /// Reads a text here and now.
    fn read(&mut self, text: Vec<u8>) -> Result<(), ReadError> {
        let Some((begun, open)) = &mut self.begun else { return self.read_whole(text) };
        begun.extend_from_slice(&text);
        if open.ends_in(&text)
            && let Some((begun, _)) = self.begun.take()
        {
            self.read_whole(begun)?;
        }
        self.spare.push(text);
        Ok(())
    }

    fn read_whole(&mut self, text: Vec<u8>) -> Result<(), ReadError> {
        let skip = self.header.saturating_sub(self.rows);
        let part = self.parser.read(text, skip, &mut self.sorter)?;
        self.put(part)
    }

    /// Takes a part that was read as if a record began with it.
    fn take(&mut self, part: Part) -> Result<(), ReadError> {
        if self.begun.is_some() { self.read(part.text) } else { self.put(part) }
    }

    fn put(&mut self, part: Part) -> Result<(), ReadError> {
        self.assembler.piece(part.piece, self.rows)?;
        self.rows += part.rows;
        if part.broken {
            return Err(ReadError::Encoding { file: self.place.file.clone(), row: self.rows + 1 });
        }
        if let Some(begun) = part.open.and_then(|at| part.text.get(at..)) {
            self.begun = Some((begun.to_vec(), Open::new(begun, self.parser.separator)));
        }
        self.spare.push(part.text);
        Ok(())
    }

    fn finish(self) -> Result<Outcome, ReadError> {
        if self.begun.is_some() {
            return Err(ReadError::UnclosedQuote { file: self.place.file.clone(), row: self.rows + 1 });
        }
        self.assembler.finish()
    }
}

/// Cuts the file after line breaks.
struct Cutter {
    file: File,
    size: usize,
    rest: Vec<u8>,
    done: u64,
}

impl Cutter {
    /// The next piece, with a line break at its end; none at the end of the file.
    fn next(&mut self, mut text: Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
        text.clear();
        text.append(&mut self.rest);
        text.reserve(self.size);
        loop {
            let before = text.len();
            let read = (&mut self.file).take(self.size as u64).read_to_end(&mut text)?;
            self.done += read as u64;
            if read == 0 {
                if text.is_empty() {
                    return Ok(None);
                }
                text.push(b'\n');
                return Ok(Some(text));
            }
            let last = memchr::memrchr(b'\n', text.get(before..).unwrap_or_default());
            if let Some(last) = last {
                self.rest = text.split_off(before + last + 1);
                return Ok(Some(text));
            }
        }
    }
}
