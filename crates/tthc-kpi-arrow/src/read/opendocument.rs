//! How large the sheets of an OpenDocument workbook are, before it is opened: its reader holds every cell
//! in memory, and a few bytes can say that a cell stands a billion times.

use std::io::{BufRead, BufReader};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::archive::Archive;
use super::{Limit, ReadError};

/// Cells of a sheet, from its first to its last, empty ones among them.
const MAX_CELLS: u64 = 20_000_000;

/// Bytes of the contents, unpacked.
const MAX_BYTES: u64 = 1 << 30;

/// Refuses a workbook that would not fit.
pub(super) fn check(archive: &mut Archive, file: &str) -> Result<(), ReadError> {
    let malformed = || ReadError::Malformed {
        file: file.to_owned(),
        sheet: None,
        what: "not a readable OpenDocument workbook, or cut short",
    };
    let too_large = |what| ReadError::TooLarge { file: file.to_owned(), sheet: None, what };
    let content = archive.by_name("content.xml").map_err(|_| malformed())?;
    if content.size() > MAX_BYTES {
        return Err(too_large(Limit::OpenDocumentSize));
    }
    match largest(BufReader::new(content)) {
        Some(cells) if cells <= MAX_CELLS => Ok(()),
        Some(_) => Err(too_large(Limit::OpenDocumentCells)),
        None => Err(malformed()),
    }
}

/// The extent of a sheet, as it is met.
#[derive(Default)]
struct Extent {
    /// Rows up to the one at hand, and those that it stands for.
    rows: u64,
    repeated: u64,
    /// Cells of the row up to here, and up to the last that holds something.
    column: u64,
    filled: u64,
    /// The same of the sheet: its last row and its widest.
    last_row: u64,
    widest: u64,
    /// Cells written out, row by row.
    cells: u64,
}

impl Extent {
    fn row(&mut self, start: &BytesStart<'_>) {
        (self.repeated, self.column, self.filled) = (repeats(start, "table:number-rows-repeated"), 0, 0);
    }

    fn cell(&mut self, start: &BytesStart<'_>, empty: bool) {
        self.column = self.column.saturating_add(repeats(start, "table:number-columns-repeated"));
        let valued =
            start.attributes_raw().contains("value-type") || start.attributes_raw().contains("formula");
        if !empty || valued {
            self.filled = self.column;
        }
    }

    fn row_ends(&mut self) {
        self.rows = self.rows.saturating_add(self.repeated);
        if self.filled > 0 {
            self.last_row = self.rows;
            self.widest = self.widest.max(self.filled);
            self.cells = self.cells.saturating_add(self.filled.saturating_mul(self.repeated));
        }
    }

    fn size(&self) -> u64 {
        self.cells.max(self.last_row.saturating_mul(self.widest))
    }
}

fn repeats(start: &BytesStart<'_>, name: &str) -> u64 {
    let found = start.try_get_attribute(name).ok().flatten();
    found.map_or(1, |value| value.value.trim().parse().unwrap_or(u64::MAX))
}

/// The cells of the largest sheet; none where the text is not XML.
fn largest(input: impl BufRead) -> Option<u64> {
    let mut reader = Reader::from_reader(input);
    let (mut buffer, mut most, mut sheet) = (Vec::new(), 0, Extent::default());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(start) => match start.name().as_ref() {
                "table:table" => sheet = Extent::default(),
                "table:table-row" => sheet.row(&start),
                "table:table-cell" | "table:covered-table-cell" => sheet.cell(&start, false),
                _ => {}
            },
            Event::Empty(start) => match start.name().as_ref() {
                "table:table-row" => {
                    sheet.row(&start);
                    sheet.row_ends();
                }
                "table:table-cell" | "table:covered-table-cell" => sheet.cell(&start, true),
                _ => {}
            },
            Event::End(end) => match end.name().as_ref() {
                "table:table-row" => sheet.row_ends(),
                "table:table" => most = most.max(sheet.size()),
                _ => {}
            },
            Event::Eof => return Some(most.max(sheet.size())),
            _ => {}
        }
        if sheet.size() > MAX_CELLS {
            return Some(sheet.size());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_repeats_is_counted_and_what_is_empty_at_the_end_is_not() {
        let sheet =
            |rows: &str| largest(format!("<a><table:table>{rows}</table:table></a>").as_bytes()).unwrap();
        let cell = "<table:table-cell office:value-type=\"string\"><text:p>a</text:p></table:table-cell>";
        let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
        assert_eq!(sheet(&row(&cell.repeat(3)).repeat(2)), 6);
        let styled = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let blank =
            "<table:table-row table:number-rows-repeated=\"1048574\"><table:table-cell/></table:table-row>";
        assert_eq!(sheet(&format!("{}{blank}", row(&format!("{cell}{styled}")))), 1);
        // Between two cells the empty ones are held too.
        assert_eq!(sheet(&format!("{}{blank}{}", row(cell), row(cell))), 1_048_576);
        let wide = "<table:table-cell table:number-columns-repeated=\"16384\" office:value-type=\"float\"/>";
        assert!(sheet(&row(wide).repeat(2_000)) > MAX_CELLS);
        assert!(
            sheet(&format!(
                "<table:table-row table:number-rows-repeated=\"99999999999999999999\">{cell}</table:table-row>"
            )) > MAX_CELLS
        );
        assert_eq!(largest("<a".as_bytes()), None);
    }
}
