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
use super::flow::Flow;
use super::header::Layout;
use super::piece::Piece;
use super::split::{Open, Splitter, breaks_before_open};
use super::{Place, Progress, ReadError};

/// Bytes of a piece, at least and at most: a small file too is worth more than one thread, and what a
/// piece costs by itself should be little of the whole.
const PIECE: (u64, u64) = (1 << 16, 1 << 21);
/// Pieces of a file, unless they would be too small or too large.
const PIECES: u64 = 64;
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
    pub(super) pace: Pace,
}

/// How fast, and in how small steps; nothing that shows in the result.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pace {
    /// `None` takes as many as the machine runs at once.
    pub(super) threads: Option<usize>,
    /// Bytes of a piece, for tests.
    pub(super) piece: Option<usize>,
}

impl Pace {
    fn threads(self) -> usize {
        // How many pieces there will be is not known yet.
        crate::share::threads(self.threads, usize::MAX)
    }

    fn piece(self, total: Option<u64>) -> u64 {
        let (least, most) = PIECE;
        self.piece.map_or((total.unwrap_or(0) / PIECES).clamp(least, most), |bytes| bytes as u64)
    }
}

/// Reads the file. What comes out does not depend on the number of threads.
pub(super) fn read(
    text: Text<'_>,
    flow: Option<&mut Flow<'_>>,
    progress: &mut Progress<'_>,
) -> Result<Outcome, ReadError> {
    let Text { file, total, place, separator, header, layout, sorter, settings, pace } = text;
    let threads = pace.threads();
    let parser = Parser { layout: &layout, settings, separator };
    let mut reader = Reader {
        parser: &parser,
        place,
        assembler: Assembler::new(place.clone(), layout.clone(), settings)?,
        sorter,
        header,
        rows: 0,
        lines: 0,
        begun: None,
        spare: Vec::new(),
        flow,
    };
    let mut cutter = Cutter { file, size: pace.piece(total), rest: Vec::new(), done: 0 };
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
    /// Lines of it.
    lines: u64,
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
        let (rows, line_breaks, at) = (lines.rows, lines.lines, lines.position());
        let open = (!broken && at < text.len()).then_some(at);
        Ok(Part { piece: piece.end(), rows, lines: line_breaks, open, broken, text })
    }
}

/// Puts the parts together, in their order.
struct Reader<'a, 'f> {
    parser: &'a Parser<'a>,
    place: &'a Place,
    assembler: Assembler,
    sorter: Sorter,
    header: u64,
    /// Rows so far.
    rows: u64,
    /// Lines so far.
    lines: u64,
    /// A record begun and not ended yet.
    begun: Option<(Vec<u8>, Open)>,
    spare: Vec<Vec<u8>>,
    /// Where batches go meanwhile.
    flow: Option<&'a mut Flow<'f>>,
}

impl Reader<'_, '_> {
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

    fn put(&mut self, mut part: Part) -> Result<(), ReadError> {
        part.piece.swallowed = part.piece.swallowed.map(|line| self.lines + line);
        self.assembler.piece(part.piece, self.rows)?;
        if let Some(flow) = self.flow.as_deref_mut() {
            self.assembler.hand_on(flow)?;
        }
        self.rows += part.rows;
        self.lines += part.lines;
        if part.broken {
            return Err(ReadError::Encoding { file: self.place.file.clone(), row: self.rows + 1 });
        }
        if let Some(begun) = part.open.and_then(|at| part.text.get(at..)) {
            self.begun = Some((begun.to_vec(), Open::new(begun, self.parser.separator)));
        }
        self.spare.push(part.text);
        Ok(())
    }

    fn finish(mut self) -> Result<Outcome, ReadError> {
        if let Some((begun, _)) = &self.begun {
            let line = self.lines + 1 + breaks_before_open(begun, self.parser.separator);
            return Err(ReadError::UnclosedQuote { file: self.place.file.clone(), line });
        }
        if let Some(flow) = self.flow {
            self.assembler.hand_on_all(flow)?;
        }
        self.assembler.finish()
    }
}

/// Cuts the file after line breaks.
struct Cutter {
    file: File,
    size: u64,
    rest: Vec<u8>,
    done: u64,
}

impl Cutter {
    /// The next piece, with a line break at its end; none at the end of the file.
    fn next(&mut self, mut text: Vec<u8>) -> std::io::Result<Option<Vec<u8>>> {
        text.clear();
        text.append(&mut self.rest);
        loop {
            let before = text.len();
            let read = (&mut self.file).take(self.size).read_to_end(&mut text)?;
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

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::path::{Path, PathBuf};

    use arrow_array::cast::AsArray;
    use arrow_array::types::Int32Type;
    use proptest::prelude::*;

    use super::super::csv;
    use super::super::header::Wishes;
    use super::super::{Loaded, ReadOptions, twice};
    use super::*;

    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str, bytes: &[u8]) -> Self {
            let name = format!("tthc-kpi-pieces-{name}-{}.csv", std::process::id());
            let path = std::env::temp_dir().join(name);
            std::fs::write(&path, bytes).unwrap();
            Scratch(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            drop(std::fs::remove_file(&self.0));
        }
    }

    fn options() -> ReadOptions {
        ReadOptions { extra: vec!["Ghi".to_owned()], ..ReadOptions::default() }
    }

    fn in_pieces(path: &Path, strict: bool, threads: usize, piece: usize) -> Result<Loaded, ReadError> {
        let wishes = Wishes::new(&options())?;
        let pace = Pace { threads: Some(threads), piece: Some(piece) };
        twice(strict, |settings| {
            csv::read(path, "f", None, &wishes, settings, pace, None, &mut |_, _| ControlFlow::Continue(()))
        })
    }

    /// The same text in UTF-16 is read by one reader from first to last.
    fn serially(file: &Scratch, strict: bool) -> Result<Loaded, ReadError> {
        let text = std::fs::read_to_string(&file.0).unwrap();
        let marked = format!("\u{feff}{}", text.trim_start_matches('\u{feff}'));
        let bytes: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let twin = Scratch(file.0.with_extension("twin"));
        std::fs::write(&twin.0, bytes).unwrap();
        in_pieces(&twin.0, strict, 1, 1)
    }

    /// Everything there is to say of a result. Words and their keys one by one: arrays that differ in
    /// these alone are equal to Arrow.
    fn all(loaded: Result<Loaded, ReadError>) -> String {
        let Ok(loaded) = loaded else { return format!("{:?}", loaded.unwrap_err()) };
        let words: Vec<_> = loaded.batches.iter().flat_map(|batch| batch.columns()).collect();
        let words = words.into_iter().filter_map(|array| array.as_dictionary_opt::<Int32Type>());
        let words: Vec<_> =
            words.map(|array| (array.keys().iter().collect::<Vec<_>>(), array.values().clone())).collect();
        format!("{loaded:?} {words:?}")
    }

    fn cell() -> impl Strategy<Value = &'static str> {
        prop_oneof![
            8 => Just("05/01/2026 08:30"),
            4 => prop::sample::select(vec![
                "", "\"\"", "Một cửa", "\"Kinh tế, hạ tầng\"", "Mo\u{302}\u{323}t cửa", "13/01/2026", "7",
            ]),
            2 => prop::sample::select(vec![
                "\"hai\ndòng\"", "\"ba\r\n\ndòng\"", "\"nháy \"\"kép\"\"\"", "\"\n05/01/2026\n\"", "soon", "x\"y",
                "\"a\"b", "31/02/2026", "\u{feff}",
            ]),
        ]
    }

    fn row() -> impl Strategy<Value = String> {
        prop_oneof![
            20 => [cell(), cell(), cell(), cell()].prop_map(|cells| cells.join(",")),
            2 => prop::sample::select(vec![
                "", ",,,", "A,05/01/2026", "Tổng cộng,,4,", "(1),(2),(3),(4)", "Mã hồ sơ,Ngày nhận,Đơn vị xử lý,Ghi",
            ]).prop_map(str::to_owned),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]

        #[test]
        fn any_cut_gives_what_no_cut_gives(
            rows in prop::collection::vec(row(), 0..60),
            rare in (0..12_u8, 0..60_usize),
            (crlf, ended, strict) in (any::<bool>(), any::<bool>(), prop::bool::weighted(0.1)),
            piece in 1..300_usize,
        ) {
            let mut rows = rows;
            let rare_row = match rare.0 {
                0 => Some("\"never closed,05/01/2026,,"),
                1 => Some("A,01/13/2026,,"),
                2 => Some("A,05/01/2026,x,\"n\nB,06/01/2026,x,n\""),
                _ => None,
            };
            if let Some(row) = rare_row {
                rows.insert(rare.1.min(rows.len()), row.to_owned());
            }
            let mut text = "\u{feff}Danh sách\n\nMã hồ sơ,Ngày nhận,Đơn vị xử lý,\"Ghi\"\n".to_owned() + &rows.join("\n");
            if ended {
                text.push('\n');
            }
            if crlf {
                text = text.replace('\n', "\r\n");
            }
            let file = Scratch::new("any", text.as_bytes());
            let expected = all(serially(&file, strict));
            for threads in [1, 2, 3, 7] {
                prop_assert_eq!(&all(in_pieces(&file.0, strict, threads, piece)), &expected, "{} threads", threads);
            }
        }
    }

    /// Cuts inside quoted cells, wherever they fall, and a cell longer than several pieces.
    #[test]
    fn cuts_in_quoted_cells() {
        let long = "\n05/01/2026,x\n".repeat(40);
        let mut text = "Mã hồ sơ,Ngày nhận,Ghi\n".to_owned();
        for row in 0..200 {
            let note = if row % 50 == 7 { &long } else { "một\nhai" };
            text.push_str(&format!("H{row},05/01/2026,\"{note}\"\r\n"));
        }
        let file = Scratch::new("quoted", text.as_bytes());
        let expected = serially(&file, false).unwrap();
        assert_eq!((expected.rows_read, expected.issues.len()), (200, 0));
        let expected = all(Ok(expected));
        for (threads, piece) in [(1, 1), (2, 1), (3, 7), (2, 100), (7, 1_000), (2, 1 << 20)] {
            assert_eq!(all(in_pieces(&file.0, false, threads, piece)), expected, "{threads} {piece}");
        }
    }

    #[test]
    fn the_row_of_bytes_that_are_not_utf8() {
        let sound = "A,05/01/2026,\n".repeat(100);
        let mut bytes = format!("Mã hồ sơ,Ngày nhận,Ghi\n{sound}A,05/01/2026,\"\n").into_bytes();
        bytes.extend_from_slice(b"Ph\xf2ng\"\nA,05/01/2026,\xff\n");
        let file = Scratch::new("encoding", &bytes);
        let expected = ReadError::Encoding { file: "f".to_owned(), row: 102 };
        for (threads, piece) in [(1, 10), (2, 1), (2, 64), (3, 1 << 20)] {
            assert_eq!(in_pieces(&file.0, false, threads, piece).unwrap_err(), expected, "{threads} {piece}");
        }
    }

    #[test]
    fn a_break_stops_the_reading() {
        let file = Scratch::new("break", &b"dossier_id,received_at\n1,05/01/2026\n".repeat(500));
        let wishes = Wishes::new(&ReadOptions::default());
        let wishes = wishes.unwrap();
        for threads in [1, 3] {
            let pace = Pace { threads: Some(threads), piece: Some(50) };
            let mut calls = 0;
            let mut progress = |_, _| {
                calls += 1;
                if calls == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let read = twice(false, |settings| {
                csv::read(&file.0, "f", None, &wishes, settings, pace, None, &mut progress)
            });
            assert_eq!((read.unwrap_err(), calls), (ReadError::Cancelled, 20));
        }
    }
}
