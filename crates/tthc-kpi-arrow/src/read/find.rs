//! Rows of a source, the header row among them, and the rows that are not dossiers.

use tthc_kpi::{Column, ColumnType};

use super::assemble::{Assembler, Outcome, Settings};
use super::cell::Cell;
use super::flow::Flow;
use super::header::{HeaderMatch, Layout, Target, Wishes, match_header};
use super::legacy::{self, Legacy};
use super::note::Notes;
use super::piece::Piece;
use super::swallowed::{self, Broken, Like};
use super::tell::{date_of, is_day, is_index};
use super::words::{Words, normalise, words};
use super::{NearRow, Place, ReadError};

/// How many rows are looked at for the header.
pub(crate) const HEADER_ROWS: u64 = 50;

/// One row of a source, whatever the kind of file.
pub(crate) trait Row {
    /// Its number in the file, counted from 1 as a spreadsheet does.
    fn number(&self) -> u64;
    /// How many fields it has, where that is known to matter (a text file).
    fn fields(&self) -> Option<usize>;
    /// The cell of a column, from 0. The type is a hint: a spreadsheet keeps dates as numbers.
    fn cell(&self, column: usize, hint: Option<ColumnType>) -> Cell<'_>;
    /// Where it lies on several lines of a text.
    fn broken(&self) -> Option<Broken> {
        None
    }
    /// The cells that are not blank, from left to right.
    fn filled(&self) -> impl Iterator<Item = (usize, Cell<'_>)>;
}

/// A stream of rows. A kind of file is one of these; everything else is shared.
pub(crate) trait RowSource {
    /// Its rows.
    type Row: Row + Default;
    /// Reads the next row into `row`; false at the end.
    fn read(&mut self, row: &mut Self::Row) -> Result<bool, ReadError>;
    /// Bytes or rows read so far, and of how many, if that is known.
    fn progress(&self) -> (u64, Option<u64>);
}

/// The first rows of a source, and which of them is the header.
pub(crate) struct Head<R> {
    pub(crate) rows: Vec<R>,
    /// Index in `rows`, and how many known headers the row has.
    pub(crate) header: Option<(usize, usize)>,
    /// Where none is: the row that comes nearest.
    near: Option<NearRow>,
    /// Whether these are all the rows there are.
    all: bool,
}

impl<R: Row> Head<R> {
    /// Whether its header, of two rows too, names dossiers or procedures: then it is of no register.
    pub(crate) fn names_dossiers(&self, place: &Place, wishes: &Wishes) -> bool {
        let of = [Column::DossierId, Column::ProcedureCode, Column::Procedure];
        let table = self.header.and_then(|(header, _)| table(&self.rows, header, place, wishes).ok());
        table.is_some_and(|(layout, _)| {
            layout.slots.iter().any(|slot| of.iter().any(|column| slot.target == Target::Column(*column)))
        })
    }

    /// The error where there is no header: that the rows are written in an old encoding, else that none
    /// has the headers.
    pub(crate) fn lacking(&self, place: &Place, sheets: Vec<String>) -> ReadError {
        let texts: Vec<(usize, String)> = self.rows.iter().flat_map(header_texts).collect();
        let legacy = legacy::of_texts(texts.iter().map(|(_, text)| text.as_str()));
        let (file, sheet) = place.both();
        match legacy.and_then(Legacy::refused) {
            Some(name) => ReadError::Legacy { file, sheet, name },
            None if self.all && self.rows.iter().all(|row| row.filled().next().is_none()) => {
                ReadError::Empty { file, sheets }
            }
            None => {
                let near = self.near.clone().map(|near| Box::new(NearRow { sheet, ..near }));
                ReadError::NoHeader { file, sheets, rows: HEADER_ROWS, near }
            }
        }
    }
}

/// Reads the first rows and finds the header among them: the row with the most known headers,
/// which has the date of receipt and at least one more.
pub(crate) fn head<S: RowSource>(source: &mut S, wishes: &Wishes) -> Result<Head<S::Row>, ReadError> {
    let mut rows: Vec<S::Row> = Vec::new();
    let mut header: Option<(usize, usize)> = None;
    let mut near: Option<(NearRow, usize)> = None;
    let all = loop {
        let mut row = S::Row::default();
        if !source.read(&mut row)? {
            break true;
        }
        let number = row.number();
        if number <= HEADER_ROWS && !has_day(&row) && !is_index(&row) {
            let above = rows.last().map(header_texts).unwrap_or_default();
            let (texts, _) = joined(header_texts(&row), &above)?;
            let (known, received) = wishes.score(texts.iter().map(|(_, text)| text.as_str()))?;
            if received && known >= 2 && header.is_none_or(|(_, best)| known > best) {
                header = Some((rows.len(), known));
            }
            if known > 0 && near.as_ref().is_none_or(|(_, best)| known > *best) {
                near = Some((wishes.near(number, &texts)?, known));
            }
        }
        rows.push(row);
        if number >= HEADER_ROWS {
            break false;
        }
    };
    let near = near.filter(|_| header.is_none()).map(|(near, _)| near);
    Ok(Head { rows, header, near, all })
}

/// Whether a cell is a date, as in no header.
fn has_day<R: Row>(row: &R) -> bool {
    row.filled().any(|(_, cell)| match cell {
        Cell::Date(_) => true,
        Cell::Text(text) => text.starts_with(|c: char| c.is_ascii_digit()) && date_of(text).is_some(),
        _ => false,
    })
}

/// The texts of a row. A number is no header.
pub(crate) fn header_texts<R: Row>(row: &R) -> Vec<(usize, String)> {
    row.filled()
        .filter_map(|(index, cell)| match cell {
            Cell::Text(text) => {
                // Line breaks inside a header are of its layout, not of its name.
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                (!text.is_empty()).then_some((index, text))
            }
            _ => None,
        })
        .collect()
}

/// The headers, those that say nothing by themselves joined with the one over them: "Tiếp nhận" below
/// "Thời gian" is "Thời gian tiếp nhận", "Mã" below "Hồ sơ" is "Mã hồ sơ". One stands over all columns up to the next in its row. And
/// whether any was joined.
fn joined(
    mut below: Vec<(usize, String)>,
    above: &[(usize, String)],
) -> Result<(Vec<(usize, String)>, bool), ReadError> {
    let mut any = false;
    for (index, text) in &mut below {
        let over = above.iter().rev().find(|(start, _)| start <= index);
        if let Some((_, over)) = over.filter(|(_, over)| over != text)
            && match_header(text)? == HeaderMatch::Unknown
        {
            for both in [format!("{over} {text}"), format!("{text} {over}")] {
                if matches!(match_header(&both)?, HeaderMatch::Column(..)) {
                    *text = both;
                    any = true;
                    break;
                }
            }
        }
    }
    Ok((below, any))
}

/// The headers, one over several of the row below parted into these: "Ngày kết thúc" over "Dự kiến" and
/// "Thực tế" is neither, and which of the two is meant is for the caller's mapping to say.
fn parted(
    header: Vec<(usize, String)>,
    below: &[(usize, String)],
) -> Result<Vec<(usize, String)>, ReadError> {
    let below_of = |index: usize| below.iter().find(|(at, _)| *at == index);
    for (index, text) in &header {
        // A row with an id is a dossier's, whatever it lacks.
        if matches!(match_header(text)?, HeaderMatch::Column(Column::DossierId, _))
            && below_of(*index).is_some_and(|(_, below)| below != text)
        {
            return Ok(header);
        }
    }
    let mut all = Vec::with_capacity(header.len());
    let mut rest = header.into_iter().peekable();
    while let Some((index, text)) = rest.next() {
        let end = rest.peek().map_or(usize::MAX, |(next, _)| *next);
        let parts: Vec<_> = below.iter().filter(|(at, _)| (index..end).contains(at)).collect();
        let is_over = parts.len() >= 2
            && parts.first().is_some_and(|(at, _)| *at == index)
            && matches!(match_header(&text)?, HeaderMatch::Column(..));
        if is_over {
            all.extend(parts.into_iter().map(|(at, part)| (*at, format!("{text} {part}"))));
        } else {
            all.push((index, text));
        }
    }
    Ok(all)
}

/// The headers with those of cells merged over two rows, which stand in the row above. A row above
/// is taken for a part of the header when it has two known headers itself, or `sure` it is: a title has
/// none.
fn with_merged(
    mut header: Vec<(usize, String)>,
    above: Vec<(usize, String)>,
    sure: bool,
    wishes: &Wishes,
) -> Result<Vec<(usize, String)>, ReadError> {
    let (known, _) = wishes.score(above.iter().map(|(_, text)| text.as_str()))?;
    if sure || known >= 2 {
        let taken: Vec<usize> = header.iter().map(|(index, _)| *index).collect();
        header.extend(above.into_iter().filter(|(index, _)| !taken.contains(index)));
        header.sort_by_key(|(index, _)| *index);
    }
    Ok(header)
}

/// Rows below the header that are not dossiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotDossier {
    /// No cell has anything.
    Blank,
    /// "(1) (2) (3)" below the header.
    Index,
    /// The header once more, as on every printed page.
    Heading,
    /// "Tổng cộng", "Tổng số".
    Total,
    /// A remark, a signature, the name of a section.
    Note,
}

impl NotDossier {
    pub(crate) const fn slug(self) -> &'static str {
        match self {
            NotDossier::Blank => "blank",
            NotDossier::Index => "index",
            NotDossier::Heading => "heading",
            NotDossier::Total => "total",
            NotDossier::Note => "note",
        }
    }
}

/// What a row below the header is.
pub(crate) enum Sorted {
    Dossier,
    /// The headers once more, in other places: what is below stands under other headers.
    Moved,
    /// A dossier with other than this number of fields, which the header has: a field too few or too
    /// many has its values under other headers, and is never padded.
    Ragged(usize),
    /// A quotation mark on this line of the file has swallowed rows.
    Swallowed(u64),
    Not(NotDossier),
}

/// Tells dossiers from the other rows below a header.
#[derive(Clone)]
pub(crate) struct Sorter {
    words: &'static Words,
    notes: Notes,
    received: Option<usize>,
    /// Where each header that is read stands.
    headers: Vec<(usize, String)>,
    /// The header row and the one above it, as they are printed on every page.
    printed: [Vec<(usize, String)>; 2],
    fields: Option<usize>,
    seen_dossier: bool,
}

impl Sorter {
    fn new<R: Row>(header: &R, above: &[(usize, String)], layout: &Layout) -> Result<Self, ReadError> {
        let slot = layout.slots.iter().find(|slot| slot.target == Target::Column(Column::ReceivedAt));
        let words = words()?;
        let plain = |texts: &[(usize, String)]| {
            texts.iter().map(|(index, text)| (*index, normalise(text))).collect::<Vec<_>>()
        };
        Ok(Sorter {
            words,
            notes: Notes::new(words, layout),
            received: slot.map(|slot| slot.index),
            headers: layout.slots.iter().map(|slot| (slot.index, normalise(&slot.source))).collect(),
            printed: [plain(&header_texts(header)), plain(above)],
            fields: header.fields(),
            seen_dossier: false,
        })
    }

    /// Whether a dossier has been seen: from then on each row is told by itself.
    pub(crate) fn seen_dossier(&self) -> bool {
        self.seen_dossier
    }

    pub(crate) fn sort<R: Row>(&mut self, row: &R) -> Sorted {
        if let (Some(broken), Some(fields)) = (row.broken(), self.fields)
            && let Some(line) = swallowed::opened(row, broken, &Like { fields, dates: &self.notes.dates() })
        {
            return Sorted::Swallowed(line);
        }
        let Some((_, first)) = row.filled().next() else {
            return Sorted::Not(NotDossier::Blank);
        };
        let received = self.received.map_or(Cell::Empty, |index| row.cell(index, Some(ColumnType::Instant)));
        let ragged = match (row.fields(), self.fields) {
            (Some(fields), Some(expected)) if fields != expected => Some((fields, expected)),
            _ => None,
        };
        let whole = ragged.is_none_or(|(fields, _)| fields == 1);
        if self.is_dated_total(row, &first) {
            return Sorted::Not(NotDossier::Total);
        }
        if !is_day(&received)
            && let Some(other) = self.other(row, &first, &received, whole)
        {
            return other;
        }
        self.seen_dossier = true;
        ragged.map_or(Sorted::Dossier, |(_, expected)| Sorted::Ragged(expected))
    }

    /// What a row without a date of receipt is, if it is no dossier.
    fn other<R: Row>(&self, row: &R, first: &Cell<'_>, received: &Cell<'_>, whole: bool) -> Option<Sorted> {
        let is_total = |cell: &Cell<'_>| matches!(cell, Cell::Text(text) if self.words.is_total(text));
        if is_total(first) || is_total(received) {
            return Some(Sorted::Not(NotDossier::Total));
        }
        // A day outside all years is a dossier's, and told as such.
        if matches!(received, Cell::Date(_)) {
            return None;
        }
        if self.is_moved(row) {
            return Some(Sorted::Moved);
        }
        if self.is_heading(row, received) {
            return Some(Sorted::Not(NotDossier::Heading));
        }
        // Further down, only numbers under the dates of receipt too can be those of columns.
        if (!self.seen_dossier || !received.is_empty() && row.filled().nth(2).is_some()) && is_index(row) {
            return Some(Sorted::Not(NotDossier::Index));
        }
        if self.notes.is_number_alone(row) {
            return Some(Sorted::Not(NotDossier::Blank));
        }
        if self.is_line_unparted(row, first) {
            return None;
        }
        self.notes.is_note(row, whole).then_some(Sorted::Not(NotDossier::Note))
    }

    /// Whether the row is a total though a date stands under those of receipt: one without an id.
    fn is_dated_total<R: Row>(&self, row: &R, first: &Cell<'_>) -> bool {
        // Nearly all rows begin otherwise, and are not looked at further.
        let Cell::Text(text) = first else { return false };
        if !text.starts_with(['T', 't', 'C', 'c', 'L', 'l']) || !self.words.is_total(text) {
            return false;
        }
        let id = self.notes.index_of(Column::DossierId).map_or(Cell::Empty, |index| row.cell(index, None));
        id.is_empty() || matches!(id, Cell::Text(id) if id == *text)
    }

    /// Whether a line has one field, which holds as many separators of some kind as the header has: a line
    /// wholly in quotes, or with other separators, is a dossier that cannot be read.
    fn is_line_unparted<R: Row>(&self, row: &R, first: &Cell<'_>) -> bool {
        let (Some(1), Some(expected @ 3..), Cell::Text(text)) = (row.fields(), self.fields, first) else {
            return false;
        };
        [',', ';', '|', '\t'].iter().any(|separator| text.matches(*separator).count() + 1 >= expected)
    }

    /// Whether the row is one of those the header is made of, printed again.
    fn is_heading<R: Row>(&self, row: &R, received: &Cell<'_>) -> bool {
        let [header, above] = &self.printed;
        let at = |printed: &[(usize, String)], index: usize, text: &str| {
            printed.iter().any(|(place, name)| *place == index && *name == normalise(text))
        };
        if let (Cell::Text(text), Some(index)) = (received, self.received)
            && at(header, index, text)
        {
            return true;
        }
        let mut cells = 0;
        let again = row.filled().all(|(index, cell)| {
            cells += 1;
            matches!(cell, Cell::Text(text) if at(header, index, text) || at(above, index, text))
        });
        again && cells >= 2
    }
}

impl Sorter {
    /// Whether the row has three headers and more, and one of them where another stands above.
    fn is_moved<R: Row>(&self, row: &R) -> bool {
        let (mut known, mut elsewhere) = (0, 0);
        for (index, text) in header_texts(row) {
            let same = normalise(&text);
            let [header, _] = &self.printed;
            // Of two columns of one header, neither is the other in another place.
            if header.iter().any(|(place, name)| *place == index && *name == same) {
                known += 1;
                continue;
            }
            let place = match self.headers.iter().find(|(_, header)| *header == same) {
                Some((place, _)) => Some(*place),
                None => match match_header(&text) {
                    Ok(HeaderMatch::Column(column, _)) => self.notes.index_of(column),
                    _ => None,
                },
            };
            known += usize::from(place.is_some());
            elsewhere += usize::from(place.is_some_and(|place| place != index));
        }
        known >= 3 && elsewhere > 0
    }
}

/// What is read from where below a header, and what tells the rows there apart.
pub(crate) fn table<R: Row>(
    rows: &[R],
    header: usize,
    place: &Place,
    wishes: &Wishes,
) -> Result<(Layout, Sorter), ReadError> {
    let above = header.checked_sub(1).and_then(|above| rows.get(above)).map(header_texts).unwrap_or_default();
    let below = rows.get(header + 1).filter(|row| !has_day(*row) && !is_index(*row));
    let below = below.map(header_texts).unwrap_or_default();
    let header = rows.get(header).ok_or(ReadError::Internal("no header row"))?;
    let (texts, any) = joined(header_texts(header), &above)?;
    let texts = parted(texts, &below)?;
    let layout = wishes.layout(place, &with_merged(texts, above.clone(), any, wishes)?)?;
    let sorter = Sorter::new(header, &above, &layout)?;
    Ok((layout, sorter))
}

/// Reads a whole source whose header has been found.
pub(crate) fn read_rows<S: RowSource>(
    source: &mut S,
    rows: Vec<S::Row>,
    header: usize,
    place: &Place,
    wishes: &Wishes,
    settings: Settings,
    progress: &mut super::Progress<'_>,
) -> Result<Outcome, ReadError> {
    let table = table(&rows, header, place, wishes)?;
    read_table(source, rows, header, place, table, settings, None, progress)
}

/// [`read_rows`] of a table whose layout is known; its batches may be handed on.
#[expect(clippy::too_many_arguments, reason = "those of read_rows and one more")]
pub(crate) fn read_table<S: RowSource>(
    source: &mut S,
    rows: Vec<S::Row>,
    header: usize,
    place: &Place,
    (layout, mut sorter): (Layout, Sorter),
    settings: Settings,
    mut flow: Option<&mut Flow<'_>>,
    progress: &mut super::Progress<'_>,
) -> Result<Outcome, ReadError> {
    const EVERY: u32 = 4_096;
    let mut assembler = Assembler::new(place.clone(), layout.clone(), settings)?;
    let mut piece = Piece::new(&layout, settings)?;
    for row in rows.iter().skip(header + 1) {
        piece.add(row, &mut sorter);
    }
    let mut row = S::Row::default();
    let mut since = 0;
    while assembler.goes_on() && piece.is_sound() && source.read(&mut row)? {
        piece.add(&row, &mut sorter);
        if piece.is_full() {
            assembler.piece(std::mem::replace(&mut piece, Piece::new(&layout, settings)?).end(), 0)?;
            if let Some(flow) = flow.as_deref_mut() {
                assembler.hand_on(flow)?;
            }
        }
        since += 1;
        if since == EVERY {
            since = 0;
            let (done, total) = source.progress();
            if progress(done, total).is_break() {
                return Err(ReadError::Cancelled);
            }
        }
    }
    assembler.piece(piece.end(), 0)?;
    if let Some(flow) = flow {
        assembler.hand_on_all(flow)?;
    }
    let (done, total) = source.progress();
    if progress(done, total.or(Some(done))).is_break() {
        return Err(ReadError::Cancelled);
    }
    assembler.finish()
}
