//! Rows that a quotation mark which is not closed where it should be has made one cell.
//!
//! A line break inside a quoted cell is right, and so are separators. What no cell holds is a line that is
//! a row of the table by itself: as many cells as the header has, and a day where the header has one.

use super::cell::Cell;
use super::find::Row;
use super::tell::is_day;

/// A row that lies on several lines of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Broken {
    /// The line of the file it begins on, from 1.
    pub(crate) line: u64,
    pub(crate) separator: u8,
}

/// What a header is like.
pub(crate) struct Like<'a> {
    /// How many cells it has.
    pub(crate) fields: usize,
    /// Where its dates stand.
    pub(crate) dates: &'a [usize],
}

/// With any separator but a comma, a line of so many parts is no sentence.
const PARTED: usize = 6;
/// With more parts than there are columns, so many columns make a date in the right place no chance.
const MANY: usize = 5;

/// The line on which the quotation mark stands that swallowed a row, if one did.
pub(crate) fn opened<R: Row>(row: &R, broken: Broken, like: &Like<'_>) -> Option<u64> {
    let cells = row.fields()?;
    let mut line = Line { parts: Vec::new(), of: 0, cell: None, broken, ragged: cells != like.fields };
    let mut lines = 0;
    for column in 0..cells {
        let Cell::Text(text) = row.cell(column, None) else { continue };
        let began = lines;
        for (at, piece) in text.split('\n').enumerate() {
            if at > 0 {
                if line.is_row(column, at > 1, like) {
                    return Some(broken.line + line.of);
                }
                (lines, line.of, line.cell) = (lines + 1, began, Some(column));
                line.parts.clear();
            }
            line.parts.extend(piece.split(char::from(broken.separator)).map(|part| (part, column)));
        }
    }
    line.is_row(cells, false, like).then_some(broken.line + line.of)
}

/// A line of the text, as if there were no quotation marks.
struct Line<'a> {
    /// Its parts, and the cell of each.
    parts: Vec<(&'a str, usize)>,
    /// The cell it begins in, and the line on which that began; none where it begins with the row.
    cell: Option<usize>,
    of: u64,
    broken: Broken,
    ragged: bool,
}

impl Line<'_> {
    /// Whether it is a row. `last` is the cell it ends in; `whole` says that it begins there too.
    fn is_row(&self, last: usize, whole: bool, like: &Like<'_>) -> bool {
        // Only what lies in the cell that goes over the line break can be swallowed.
        let of = self.cell.unwrap_or(last);
        let is_day = |index: usize| {
            let part = self.parts.get(index);
            part.is_some_and(|(part, cell)| {
                (*cell == of || self.ragged && self.cell.is_some())
                    && is_day(&Cell::Text(part.trim_matches(['"', ' ', '\r'])))
            })
        };
        let Some(more) = self.parts.len().checked_sub(like.fields) else { return false };
        if more == 0 {
            return like.dates.iter().any(|index| is_day(*index)) || whole && self.is_no_sentence();
        }
        // Its quoted cells hold separators: the dates are right from one side.
        let moved = || like.dates.iter().any(|index| is_day(*index) || is_day(index + more));
        self.cell.is_some() && (like.fields >= MANY && moved() || whole && self.is_no_sentence())
    }

    fn is_no_sentence(&self) -> bool {
        self.broken.separator != b',' && self.parts.len() >= PARTED
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::Splitter;
    use super::*;

    /// Where the mark stands that swallowed a row of a table of an id, a text, a date and a note.
    fn found(text: &str) -> Option<u64> {
        let mut lines = Splitter::new(text, b',');
        while let Some(row) = lines.next() {
            let like = Like { fields: 4, dates: &[2] };
            if let Some(line) = row.broken().and_then(|broken| opened(&row, broken, &like)) {
                return Some(line);
            }
        }
        None
    }

    #[test]
    fn rows_that_became_a_cell() {
        for (text, line) in [
            ("A,x,05/01/2026,\nB,\"x,05/01/2026,\nC,y\",06/01/2026,\n", 2),
            ("A,x,05/01/2026,\"one\nB,x,06/01/2026,\"two\"\n", 1),
            ("\"A,x,05/01/2026,\nB\",x,06/01/2026,\n", 1),
            ("\n\nA,\"x\ny\",05/01/2026,\"n\nB,x,06/01/2026,n\nC,x,07/01/2026,n\"\n", 4),
            ("A,x,05/01/2026,\"n\nB,x,06/01/2026,\nC,x,07/01/2026,\nD,\",08/01/2026,\n", 1),
            ("A,x,05/01/2026,\"n\n\"B\",\"x\",\"06/01/2026\",\n", 1),
        ] {
            assert_eq!(found(text), Some(line), "{text:?}");
        }
    }

    #[test]
    fn cells_of_several_lines() {
        for text in [
            "\"A\nb\",x,05/01/2026,n\n",
            "A,\"one, two\nthree, four\",05/01/2026,n\n",
            "A,\"one\ntwo, three\",05/01/2026,n\n",
            "A,x,05/01/2026,\"seen, 06/01/2026, gone\nasked 07/01/2026\n08/01/2026\"\n",
            "A,x,\"05/01/2026\n08:30\",\"n, n\nn, n, n\"\n",
            "A,x,05/01/2026,\"a, b, c, d\ne, f, g, h\n\"\n",
        ] {
            assert_eq!(found(text), None, "{text:?}");
        }
    }
}
