//! Rows below a list that hold something and are no dossier: notes, signatures, names of sections.
//! Each row is told by itself, and where it could be a dossier that lacks its date of receipt it is one:
//! then it is set aside and listed.

use tthc_kpi::{Column, ColumnType};

use super::cell::{self, Cell};
use super::date::Order;
use super::find::Row;
use super::header::{Layout, Target};
use super::number;
use super::words::Words;

/// A note has few cells.
const MOST_CELLS: usize = 4;

/// A cell of words.
struct Said<'a> {
    text: &'a str,
    /// Its column is read, as this column unless it is an extra one.
    is_read: bool,
    column: Option<Column>,
}

impl Said<'_> {
    fn is_under_dates(&self) -> bool {
        self.column.is_some_and(|column| column.column_type() == ColumnType::Instant)
    }
}

/// Tells notes from dossiers.
#[derive(Clone)]
pub(super) struct Notes {
    words: &'static Words,
    /// Which column each index of the row is read as; nothing where it is an extra one.
    read: Vec<(usize, Option<Column>)>,
}

impl Notes {
    pub(super) fn new(words: &'static Words, layout: &Layout) -> Self {
        let read = layout.slots.iter().map(|slot| match slot.target {
            Target::Column(column) => (slot.index, Some(column)),
            Target::Extra(_) => (slot.index, None),
        });
        Notes { words, read: read.collect() }
    }

    /// Where a column stands.
    pub(super) fn index_of(&self, column: Column) -> Option<usize> {
        self.read.iter().find(|(_, read)| *read == Some(column)).map(|(index, _)| *index)
    }

    /// Where dates stand.
    pub(super) fn dates(&self) -> Vec<usize> {
        let is_date = |column: &Option<Column>| {
            column.is_some_and(|column| column.column_type() == ColumnType::Instant)
        };
        self.read.iter().filter(|(_, column)| is_date(column)).map(|(index, _)| *index).collect()
    }

    /// Whether the row has one cell alone, a number in a column that is not read: a line of the form
    /// nobody filled in.
    pub(super) fn is_number_alone<R: Row>(&self, row: &R) -> bool {
        let mut cells = row.filled();
        let (Some((index, cell)), None) = (cells.next(), cells.next()) else { return false };
        let number = match cell {
            Cell::Number(_) => true,
            Cell::Text(text) => Cell::trim(text).trim_end_matches('.').bytes().all(|c| c.is_ascii_digit()),
            _ => false,
        };
        number && !self.read.iter().any(|(read, _)| *read == index)
    }

    /// Whether a row without a date of receipt is a note. `whole` says that it has the fields of the
    /// header, or only one.
    pub(super) fn is_note<R: Row>(&self, row: &R, whole: bool) -> bool {
        let mut cells: Vec<Said<'_>> = Vec::with_capacity(MOST_CELLS);
        for (index, cell) in row.filled() {
            let Cell::Text(text) = cell else { return false };
            if cells.len() == MOST_CELLS {
                return false;
            }
            let read = self.read.iter().find(|(read, _)| *read == index);
            cells.push(Said {
                text: Cell::trim(text),
                is_read: read.is_some(),
                column: read.and_then(|(_, column)| *column),
            });
        }
        if cells.iter().any(|said| said.column.is_some_and(|column| self.is_value(column, said.text))) {
            return false;
        }
        if cells.iter().any(|said| self.words.is_note(said.text)) {
            return true;
        }
        match cells.as_slice() {
            _ if !whole => false,
            [one] => {
                let could_be_day = one.is_under_dates() && one.text.starts_with(|c: char| c.is_ascii_digit());
                !could_be_day || is_spelled_out(one.text)
            }
            several if several.iter().any(|said| said.column == Some(Column::ReceivedAt)) => false,
            [first, _] if is_ordinal(first.text) => true,
            // Names under signatures: words where dates stand, and nothing that could be a code.
            several => {
                let with_ids = self.read.iter().any(|(_, column)| *column == Some(Column::DossierId));
                let words = several.iter().all(|said| !said.text.bytes().any(|byte| byte.is_ascii_digit()));
                let outside = several.iter().filter(|said| said.is_read).count() <= 1;
                with_ids && words && (outside || several.iter().any(Said::is_under_dates))
            }
        }
    }

    /// Whether the cell is what the column holds, which a note under it is not.
    fn is_value(&self, column: Column, text: &str) -> bool {
        let cell = Cell::Text(text);
        match column.column_type() {
            ColumnType::Text => column == Column::DossierId && is_id(text),
            ColumnType::Instant => {
                let (reading, order) = cell::instant(&cell, self.words, false);
                (matches!(reading, Ok(Some(_))) || order != Order::Open) && !is_spelled_out(text)
            }
            ColumnType::Status => cell::status(&cell, self.words).is_ok_and(|value| value.is_some()),
            ColumnType::Rating => cell::rating(&cell, self.words).is_ok_and(|value| value.is_some()),
            ColumnType::Category => {
                cell::category(&cell, self.words, column).is_ok_and(|value| value.is_some())
            }
            ColumnType::Bool => cell::truth(&cell, self.words).is_ok_and(|value| value.is_some()),
            ColumnType::Count => number::count(&cell, self.words, column).is_ok_and(|value| value.is_some()),
            ColumnType::Money => number::money(&cell, self.words).is_ok_and(|value| value.is_some()),
        }
    }
}

/// "ngày 5 tháng 1 năm 2026": above a signature, and in no export.
pub(super) fn is_spelled_out(text: &str) -> bool {
    if text.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'h' | b'H')) {
        return false;
    }
    let text = text.to_lowercase();
    text.contains("tháng") || text.contains("thang") || text.contains("tha\u{301}ng")
}

/// An id is one word, or a few with a number.
fn is_id(text: &str) -> bool {
    let words = text.split_whitespace().count();
    words == 1 || words < 4 && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// "I", "II.", "A", "b)": before the name of a section.
fn is_ordinal(text: &str) -> bool {
    let text = text.trim_end_matches(['.', ')', '/']).trim_start_matches('(');
    let roman = text.chars().all(|letter| matches!(letter, 'I' | 'V' | 'X'));
    !text.is_empty() && (roman || text.chars().count() == 1 && text.chars().all(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::super::ReadOptions;
    use super::super::header::Wishes;
    use super::super::words::words;
    use super::*;

    struct Cells<'a>(&'a [&'a str]);

    impl Row for Cells<'_> {
        fn number(&self) -> u64 {
            1
        }

        fn fields(&self) -> Option<usize> {
            None
        }

        fn cell(&self, column: usize, _: Option<ColumnType>) -> Cell<'_> {
            self.0.get(column).map_or(Cell::Empty, |text| Cell::Text(text))
        }

        fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)> {
            let all = (0..self.0.len()).map(|at| (at, self.cell(at, None)));
            all.filter(|(_, cell)| !cell.is_empty())
        }
    }

    #[test]
    fn notes_are_told_from_dossiers_that_lack_their_date() {
        let place = super::super::Place { file: "f".into(), sheet: None };
        let headers =
            ["STT", "Mã hồ sơ", "Đơn vị giải quyết", "Ngày tiếp nhận", "Ngày hẹn trả", "Trạng thái"];
        let headers: Vec<(usize, String)> = (0..).zip(headers.map(str::to_owned)).collect();
        let layout = Wishes::new(&ReadOptions::default()).unwrap().layout(&place, &headers).unwrap();
        let notes = Notes::new(words().unwrap(), &layout);
        for note in [
            ["", "Ghi chú: số liệu đến 31/12/2026", "", "", "", ""],
            ["II", "", "Lĩnh vực đất đai", "", "", ""],
            ["", "", "NGƯỜI LẬP", "", "KT. CHỦ TỊCH", ""],
            ["", "", "Nguyễn Thị Mẫu", "", "Trần Văn Mẫu", ""],
            ["", "", "", "Ngày 5 tháng 1 năm 2026", "", ""],
        ] {
            assert!(notes.is_note(&Cells(&note), true), "{note:?}");
        }
        for dossier in [
            ["", "0005", "", "", "", ""],
            ["", "HS 0005", "", "", "", ""],
            ["5", "", "Tư pháp", "", "", "Đang xử lý"],
            ["", "", "Tư pháp", "", "09/01/2026", ""],
            ["", "", "Tư pháp", "hôm nào", "", ""],
            ["", "", "", "31/02/2026", "", ""],
            ["x", "0005", "Chủ tịch", "", "", ""],
        ] {
            assert!(!notes.is_note(&Cells(&dossier), true), "{dossier:?}");
        }
        assert!(notes.is_number_alone(&Cells(&["5."])) && !notes.is_number_alone(&Cells(&["", "5"])));
    }
}
