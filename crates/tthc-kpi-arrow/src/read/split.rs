//! The records of a piece of a text file. `csv-core` has the last word on what a record is; one
//! whose quoted cells hold neither a quotation mark nor a line break is told without it.

use std::ops::Range;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memchr2};
use tthc_kpi::ColumnType;

use super::cell::Cell;
use super::find::Row;
use super::swallowed::Broken;

/// A row of a text file.
pub(super) struct Line<'a> {
    text: &'a str,
    fields: &'a [Range<usize>],
    number: u64,
    broken: Option<Broken>,
}

impl Row for Line<'_> {
    fn number(&self) -> u64 {
        self.number
    }

    fn fields(&self) -> Option<usize> {
        Some(self.fields.len())
    }

    fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
        let text = self.fields.get(column).and_then(|field| self.text.get(field.clone()));
        text.map_or(Cell::Empty, Cell::Text)
    }

    fn broken(&self) -> Option<Broken> {
        self.broken
    }

    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
        (0..self.fields.len())
            .map(|column| (column, self.cell(column, None)))
            .filter(|(_, cell)| !cell.is_empty())
    }
}

/// The reader of records, as it stands before one.
fn records(separator: u8) -> Reader {
    let mut reader = ReaderBuilder::new()
        .delimiter(separator)
        // So that a line break is consumed with its row, and rows can be counted; the \r before it is trimmed.
        .terminator(Terminator::Any(b'\n'))
        .build();
    // A byte order mark is one at the start of a file alone: not here.
    reader.read_record(b"\n", &mut [], &mut []);
    reader
}

/// Takes a text that begins with a record and ends with a line break apart.
pub(super) struct Splitter<'a> {
    text: &'a str,
    at: usize,
    /// Rows so far as a spreadsheet counts them: blank lines are rows, line breaks inside quoted cells are not.
    pub(super) rows: u64,
    /// Lines so far, those inside quoted cells among them.
    pub(super) lines: u64,
    separator: u8,
    fields: Vec<Range<usize>>,
    reader: Option<Reader>,
    unquoted: Vec<u8>,
    ends: Vec<usize>,
    odd: String,
}

impl<'a> Splitter<'a> {
    pub(super) fn new(text: &'a str, separator: u8) -> Self {
        Splitter {
            text,
            at: 0,
            rows: 0,
            lines: 0,
            separator,
            fields: Vec::new(),
            // Most texts need none, and it is slow to make.
            reader: None,
            unquoted: Vec::new(),
            ends: Vec::new(),
            odd: String::new(),
        }
    }

    /// The next record; none at the end, and none when the rest is not a whole record.
    pub(super) fn next(&mut self) -> Option<Line<'_>> {
        while self.text.as_bytes().get(self.at) == Some(&b'\n') {
            self.at += 1;
            self.rows += 1;
            self.lines += 1;
        }
        self.fields.clear();
        let (line, separator) = (self.lines + 1, self.separator);
        let (text, end, lines) = match self.plain() {
            Some(end) => (self.text, end, 1),
            None => {
                let end = self.odd()?;
                let record = self.text.as_bytes().get(self.at..end).unwrap_or_default();
                (self.odd.as_str(), end, memchr_iter(b'\n', record).count() as u64)
            }
        };
        self.at = end;
        self.rows += 1;
        self.lines += lines;
        let broken = (lines > 1).then_some(Broken { line, separator });
        Some(Line { text, fields: &self.fields, number: self.rows, broken })
    }

    /// Where the next record begins: at the end of the text, unless that breaks off within one.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The fields and the end of the next record, unless it takes a second look.
    fn plain(&mut self) -> Option<usize> {
        let text = self.text.as_bytes();
        let mut from = self.at;
        'quoted: loop {
            if text.get(from) == Some(&b'"') {
                let quoted = text.get(from + 1..)?;
                let closing = memchr2(b'"', b'\n', quoted)?;
                self.fields.push(from + 1..from + 1 + closing);
                match quoted.get(closing..)? {
                    [b'"', b'\n', ..] => return Some(from + closing + 3),
                    [b'"', b'\r', b'\n', ..] => return Some(from + closing + 4),
                    [b'"', next, ..] if *next == self.separator => from += closing + 3,
                    _ => return None,
                }
                continue;
            }
            let mut at = from;
            loop {
                let mut ends = ends(word_at(text, at)?, self.separator);
                while ends != 0 {
                    let end = at + ends.trailing_zeros() as usize / 8;
                    ends &= ends - 1;
                    self.fields.push(from..end);
                    from = end + 1;
                    if text.get(end) == Some(&b'\n') {
                        return Some(from);
                    }
                    if text.get(from) == Some(&b'"') {
                        continue 'quoted;
                    }
                }
                at += WORD;
            }
        }
    }

    /// The same of any record.
    fn odd(&mut self) -> Option<usize> {
        let reader = self.reader.get_or_insert_with(|| records(self.separator));
        let (mut at, mut written, mut fields) = (self.at, 0, 0);
        loop {
            // No input would mean the end of the file, and end a record that is not whole.
            let rest = self.text.as_bytes().get(at..).filter(|rest| !rest.is_empty())?;
            let (result, read, wrote, ended) =
                reader.read_record(rest, self.unquoted.get_mut(written..)?, self.ends.get_mut(fields..)?);
            (at, written, fields) = (at + read, written + wrote, fields + ended);
            match result {
                ReadRecordResult::OutputFull => self.unquoted.resize(self.unquoted.len() * 2 + 1_024, 0),
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2 + 64, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return None,
            }
        }
        self.odd = String::from_utf8_lossy(self.unquoted.get(..written)?).into_owned();
        self.fields.clear();
        let ends = self.ends.get(..fields)?;
        self.fields.extend([0].iter().chain(ends).zip(ends).map(|(from, to)| *from..*to));
        Some(at)
    }
}

/// Bytes looked at in one go. Nearly all fields are short: to search for the end of each by itself costs
/// more than to look at all bytes so.
const WORD: usize = 8;

/// The bytes of a text from here on, the first the lowest; nothing at its end, and zeros beyond it.
fn word_at(text: &[u8], at: usize) -> Option<u64> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    let word = rest.first_chunk::<WORD>().copied().unwrap_or_else(|| {
        let mut word = [0; WORD];
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        word
    });
    Some(u64::from_le_bytes(word))
}

/// The highest bit of each byte that is a separator or a line break, and no other bit.
fn ends(word: u64, separator: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const LOW: u64 = ONES * 0x7f;
    // No byte carries over into the next: 0x7f and 0x7f are 0xfe.
    let other = |byte: u8| {
        let apart = word ^ ONES.wrapping_mul(u64::from(byte));
        (apart & LOW).wrapping_add(LOW) | apart
    };
    !(other(separator) & other(b'\n')) & !LOW
}

/// A record that the text before did not end.
pub(super) struct Open {
    reader: Reader,
}

impl Open {
    pub(super) fn new(start: &[u8], separator: u8) -> Self {
        let mut open = Open { reader: records(separator) };
        open.ends_in(start);
        open
    }

    /// Whether the record ends in this text, which goes on where the last ended.
    pub(super) fn ends_in(&mut self, mut text: &[u8]) -> bool {
        let (mut output, mut ends) = ([0; 4_096], [0; 64]);
        while !text.is_empty() {
            let (result, read, ..) = self.reader.read_record(text, &mut output, &mut ends);
            if matches!(result, ReadRecordResult::Record | ReadRecordResult::End) {
                return true;
            }
            text = text.get(read..).unwrap_or_default();
        }
        false
    }
}

/// Of a record that has no end, how many line breaks stand before the quotation mark that is not closed.
pub(super) fn breaks_before_open(record: &[u8], separator: u8) -> u64 {
    let mut at = 0;
    while let Some(rest) = record.get(at..).filter(|rest| !rest.is_empty()) {
        let Some(quoted) = rest.strip_prefix(b"\"") else {
            let Some(length) = memchr(separator, rest) else { break };
            at += length + 1;
            continue;
        };
        // Two marks are one of the text.
        let mut closing = memchr(b'"', quoted);
        while let Some(mark) = closing
            && quoted.get(mark + 1) == Some(&b'"')
        {
            let after = quoted.get(mark + 2..).unwrap_or_default();
            closing = memchr(b'"', after).map(|next| mark + 2 + next);
        }
        let Some(closing) = closing else { break };
        let after = quoted.get(closing + 1..).unwrap_or_default();
        let Some(length) = memchr(separator, after) else { break };
        at += 1 + closing + 1 + length + 1;
    }
    memchr_iter(b'\n', record.get(..at).unwrap_or_default()).count() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const END: &str = "\u{1}end";

    /// The records of `csv`, and whether the text ends one of them without its end.
    fn by_csv(text: &str) -> (Vec<(u64, Vec<String>)>, bool) {
        let closed = format!("{text}{END}\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(closed.as_bytes());
        let (mut records, mut row, mut last) = (Vec::new(), 0, csv::StringRecord::new());
        for record in reader.records().map(Result::unwrap) {
            // A record is where the lines before it end; those between records are blank.
            let at = usize::try_from(record.position().unwrap().byte()).unwrap();
            let blank = closed[at..].bytes().take_while(|byte| *byte == b'\n').count() as u64;
            row += blank + 1;
            let fields = record.iter().map(|field| Cell::trim(field).to_owned()).collect();
            records.push((row, fields));
            last = record;
        }
        // It is a record by itself unless it fell into a quoted cell.
        let ended = last == vec![END];
        records.pop();
        (records, !ended)
    }

    /// Closed and read again, the last cell tells how much of the record it is.
    fn before_open(record: &str) -> u64 {
        let closed = format!("{record}\"\n");
        let mut splitter = Splitter::new(&closed, b',');
        let line = splitter.next().unwrap();
        let breaks = |text: &str| text.matches('\n').count() as u64;
        let (last, all) = (line.fields.len() - 1, breaks(record));
        let Cell::Text(open) = line.cell(last, None) else { panic!("no text") };
        all - breaks(open)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn records_are_those_of_csv(text in "([ab ,;\"\r\n\u{e9}\u{feff}]|\"\"|,\"|\",|\"\n|\n\"){0,24}") {
            // Not a byte order mark at the start: that is another matter.
            let text = format!("\n{text}\n");
            let (expected, open) = by_csv(&text);
            let mut splitter = Splitter::new(&text, b',');
            let mut found = Vec::new();
            while let Some(line) = splitter.next() {
                let fields = (0..line.fields.len()).map(|column| match line.cell(column, None) {
                    Cell::Text(text) => Cell::trim(text).to_owned(),
                    other => panic!("{other:?}"),
                });
                found.push((line.number(), fields.collect()));
            }
            prop_assert_eq!(found, expected);
            let rest = &text[splitter.position()..];
            prop_assert_eq!(!rest.is_empty(), open);
            if open {
                prop_assert_eq!(breaks_before_open(rest.as_bytes(), b','), before_open(rest));
                let mut begun = Open::new(rest.as_bytes(), b',');
                prop_assert!(!begun.ends_in(b"\n,a\n"));
                prop_assert!(begun.ends_in(b"\"\n"));
            }
        }
    }
}
