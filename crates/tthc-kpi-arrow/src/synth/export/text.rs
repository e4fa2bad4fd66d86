//! The list as CSV.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::{COLUMNS, Cell, Line, moment_text};
use crate::synth::{MessySummary, Synth, SynthError};

/// Excel takes a CSV for UTF-8 only when it begins so.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

pub(super) fn write(synth: &Synth, path: &Path, messy: bool) -> Result<MessySummary, SynthError> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(BYTE_ORDER_MARK)?;
    let mut out = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let empty = || vec![String::new(); COLUMNS.len()];
    let mut record: Vec<String> = empty();
    let summary = synth.lines(messy, |line| {
        match line {
            Line::Title(text) => out.write_record([text])?,
            // An empty line would be skipped by readers and shift the row numbers of a spreadsheet.
            Line::Blank => out.write_record(empty())?,
            Line::Headers(titles) => out.write_record(titles)?,
            Line::Numbering => out.write_record((1..=COLUMNS.len()).map(|n| format!("({n})")))?,
            Line::Dossier(cells) => {
                for (text, cell) in record.iter_mut().zip(cells) {
                    text.clear();
                    match cell {
                        Cell::Empty => {}
                        Cell::Text(value) => text.push_str(value),
                        Cell::Whole(value) | Cell::Money(value) => text.push_str(&value.to_string()),
                        // Text has no cells: minutes for what is kept in minutes, seconds for the rest.
                        Cell::Moment(at, look) => {
                            text.push_str(&moment_text(*at, *look != super::Look::Minutes));
                        }
                    }
                }
                out.write_record(&record)?;
            }
            Line::Total(parts) => {
                let mut total = empty();
                for (at, text) in parts {
                    if let Some(cell) = total.get_mut(at) {
                        *cell = text;
                    }
                }
                out.write_record(total)?;
            }
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(summary)
}
