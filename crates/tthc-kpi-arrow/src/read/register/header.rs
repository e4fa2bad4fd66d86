//! The header of a register: which row it is, which column each header means, and which register the
//! headers are of.

use std::collections::{BTreeMap, BTreeSet};

use tthc_kpi::{Column, Register, RegisterColumn, UnknownName, nearest};

use super::super::find::{Row, header_texts};
use super::super::header::{Counted, mapping_key, told_apart};
use super::super::words::{normalise, without_notes};
use super::super::{HeaderMatch, IGNORE, Place, ReadError, match_header};
use super::words::{Known, RegisterWords, register_words};
use super::{RegisterError, RegisterOptions};

/// One column of the source that is read.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    /// Its place in the source row, from 0.
    pub(super) index: usize,
    pub(super) column: RegisterColumn,
    /// Its header in the source.
    pub(super) source: String,
    /// What the header's cells say, normalised: a heading repeated further down has one of them.
    pub(super) heads: Vec<String>,
}

/// A text of the header, with the forms it is compared in.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) index: usize,
    text: String,
    /// The texts it was put together from.
    parts: Vec<String>,
    whole: String,
    /// Without notes in brackets.
    bare: String,
}

impl Head {
    pub(super) fn of(index: usize, text: String) -> Self {
        Self::joined(index, text.clone(), vec![text])
    }

    fn joined(index: usize, text: String, parts: Vec<String>) -> Self {
        let whole = normalise(&text);
        let bare = without_notes(&whole);
        Head { index, text, parts, whole, bare }
    }
}

/// The texts of one of the first rows.
struct Line {
    at: usize,
    fields: Option<usize>,
    heads: Vec<Head>,
}

fn lines<R: Row>(rows: &[R], last: u64) -> Vec<Line> {
    let rows = rows.iter().enumerate().take_while(|(_, row)| row.number() <= last);
    rows.map(|(at, row)| Line {
        at,
        fields: row.fields(),
        heads: header_texts(row).into_iter().map(|(index, text)| Head::of(index, text)).collect(),
    })
    .collect()
}

/// The caller's mapping, checked against the registers it can concern.
pub(super) struct Wishes {
    words: &'static RegisterWords,
    /// By the normalised header; no columns: left out.
    mapping: BTreeMap<String, (String, Vec<RegisterColumn>)>,
}

enum Said {
    Column(RegisterColumn),
    Ignore,
}

impl Wishes {
    /// `only`: the register that is read, when the caller said which.
    pub(super) fn new(options: &RegisterOptions, only: Option<Register>) -> Result<Self, ReadError> {
        let words = register_words()?;
        let registers: Vec<Register> = only.map_or_else(|| Register::ALL.to_vec(), |register| vec![register]);
        let mut mapping = BTreeMap::new();
        for (header, name) in &options.mapping {
            let columns = if name == IGNORE {
                Vec::new()
            } else {
                let columns = named(words, &registers, name);
                if columns.is_empty() {
                    return Err(ReadError::UnknownColumn {
                        header: header.clone(),
                        source: unknown(&registers, name),
                    });
                }
                // A mapping must not smuggle a name in as, say, the unit.
                for column in &columns {
                    if words.is_personal(column.register(), header)? {
                        return Err(ReadError::Personal { header: header.clone() });
                    }
                }
                columns
            };
            mapping.insert(mapping_key(header), (header.clone(), columns));
        }
        Ok(Wishes { words, mapping })
    }

    /// Of the columns with the very same header it is the `nth`, from 1.
    fn said_of(&self, register: Register, head: &Head, nth: usize) -> Option<Said> {
        [&format!("{}#{nth}", head.whole), &head.whole, &head.bare]
            .into_iter()
            .filter(|name| !name.is_empty())
            .find_map(|name| {
                let (_, columns) = self.mapping.get(name)?;
                match columns.iter().find(|column| column.register() == register) {
                    Some(column) => Some(Said::Column(*column)),
                    None => columns.is_empty().then_some(Said::Ignore),
                }
            })
    }

    /// What a header means in a register, the caller's word first, and whether it is the caller's; nothing
    /// when it is left out, personal or unknown.
    fn known(&self, register: Register, head: &Head, nth: usize) -> Option<(Known<'_>, bool)> {
        match self.said_of(register, head, nth) {
            Some(Said::Column(column)) => Some((Known::Column(column, true), true)),
            Some(Said::Ignore) => None,
            None => self.words.known(register, &head.whole, &head.bare).map(|known| (known, false)),
        }
    }

    /// Whether a column of a table may be looked at at all: no personal data.
    pub(super) fn may_read(&self, header: &str) -> Result<bool, ReadError> {
        for register in Register::ALL {
            if !self.words.is_personal(*register, header)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How much of a register is in some headers.
    fn score(&self, register: Register, heads: &[Head]) -> Score {
        let mut score = Score::default();
        let mut counted = Counted::default();
        for head in heads {
            match self.known(register, head, counted.next(&head.text)) {
                Some((Known::Column(column, own), _)) => {
                    score.own += usize::from(score.columns.insert(column) && own);
                }
                Some((Known::Ambiguous(columns), _)) => {
                    score.ambiguous += 1;
                    score.possible.extend(columns);
                }
                None => {}
            }
        }
        score
    }

    /// Decides what every header is read as.
    pub(super) fn slots(
        &self,
        register: Register,
        place: &Place,
        heads: &[Head],
    ) -> Result<Vec<Slot>, ReadError> {
        let mut slots: BTreeMap<RegisterColumn, Vec<(Slot, bool)>> = BTreeMap::new();
        let mut ambiguous = None;
        let mut counted = Counted::default();
        for head in heads {
            match self.known(register, head, counted.next(&head.text)) {
                Some((Known::Column(column, _), by_caller)) => {
                    let heads = head.parts.iter().map(|part| normalise(part)).collect();
                    let slot = Slot { index: head.index, column, source: head.text.clone(), heads };
                    slots.entry(column).or_default().push((slot, by_caller));
                }
                Some((Known::Ambiguous(columns), _)) => {
                    ambiguous.get_or_insert((head.text.clone(), columns.to_vec()));
                }
                None => {}
            }
        }
        let (file, sheet) = place.both();
        if let Some((header, columns)) = ambiguous {
            return Err(RegisterError::AmbiguousHeader { file, sheet, header, columns }.into());
        }
        let mut kept = Vec::new();
        for (column, mut slots) in slots {
            // The caller's mapping wins over what the words say.
            if slots.iter().any(|(_, by_caller)| *by_caller) {
                slots.retain(|(_, by_caller)| *by_caller);
            }
            if slots.len() > 1 {
                let headers = told_apart(slots.into_iter().map(|(slot, _)| slot.source).collect());
                return Err(ReadError::DuplicateColumn { file, sheet, column: column.to_string(), headers });
            }
            kept.extend(slots.into_iter().map(|(slot, _)| slot));
        }
        let columns: Vec<RegisterColumn> = register
            .columns()
            .filter(|column| column.is_required() && !kept.iter().any(|slot| slot.column == *column))
            .collect();
        if columns.is_empty() {
            Ok(kept)
        } else {
            Err(RegisterError::MissingColumns { file, sheet, register, columns }.into())
        }
    }

    /// Every header the caller asked for must be in some table that was read: a typing slip is not
    /// silently no column.
    pub(super) fn all_present(&self, place: &Place, heads: &[Head]) -> Result<(), ReadError> {
        let mut counted = Counted::default();
        let numbered: Vec<String> =
            heads.iter().map(|head| format!("{}#{}", head.whole, counted.next(&head.text))).collect();
        let there = |key: &String| {
            numbered.contains(key) || heads.iter().any(|head| head.whole == *key || head.bare == *key)
        };
        for (key, (header, columns)) in &self.mapping {
            if columns.is_empty() || there(key) {
                continue;
            }
            let (file, sheet) = place.both();
            let near = nearest(key, heads.iter().map(|head| head.whole.as_str()));
            let near = near.and_then(|near| heads.iter().find(|head| head.whole == near));
            let nearest = near.map(|head| head.text.clone());
            return Err(ReadError::AbsentHeader { file, sheet, header: header.clone(), nearest });
        }
        Ok(())
    }

    /// The row among the first that has most of a register's headers, with those of the row above where
    /// a heading takes two rows. At least two known ones, the required among them.
    pub(super) fn find<R: Row>(&self, register: Register, rows: &[R], last: u64) -> Option<Found> {
        self.find_in(register, &lines(rows, last))
    }

    fn find_in(&self, register: Register, lines: &[Line]) -> Option<Found> {
        let mut best: Option<Found> = None;
        let mut above: Option<(&Line, bool)> = None;
        for line in lines {
            let mut heads = None;
            let mut score = self.score(register, &line.heads);
            let knows_any = score.known() > 0;
            // A title has no known header.
            if let Some((above, true)) = above
                && let Some((both, joined)) = self.with_merged(register, &line.heads, &above.heads)
                && joined.rank() > score.rank()
            {
                (heads, score) = (Some(both), joined);
            }
            let enough = score.known() >= 2 && score.lacking(register).is_empty();
            if enough && best.as_ref().is_none_or(|best| score.rank() > best.score.rank()) {
                let heads = heads.unwrap_or_else(|| line.heads.clone());
                best = Some(Found { row: line.at, fields: line.fields, heads, score });
            }
            above = Some((line, knows_any));
        }
        best
    }

    /// The headers of a row with those of the row above: of cells merged over both rows, and of a
    /// heading over several columns ("Chi phí tuân thủ" over "Năm 2024" and "Hiện nay").
    fn with_merged(&self, register: Register, texts: &[Head], above: &[Head]) -> Option<(Vec<Head>, Score)> {
        let mut lower = Vec::new();
        for head in texts {
            let over = above.iter().rev().find(|over| over.index <= head.index);
            let joined = over.map(|over| {
                let parts = vec![over.text.clone(), head.text.clone()];
                Head::joined(head.index, format!("{} {}", over.text, head.text), parts)
            });
            let is_column =
                |joined: &Head| matches!(self.known(register, joined, 1), Some((Known::Column(..), _)));
            lower.push(joined.filter(is_column).unwrap_or_else(|| head.clone()));
        }
        // A row of data has no two headers.
        if self.score(register, &lower).known() < 2 {
            return None;
        }
        let taken: BTreeSet<usize> = lower.iter().map(|head| head.index).collect();
        lower.extend(above.iter().filter(|head| !taken.contains(&head.index)).cloned());
        lower.sort_by_key(|head| head.index);
        let score = self.score(register, &lower);
        Some((lower, score))
    }

    /// The register whose headers some rows have: the best match. None when no register is sure, or a
    /// list of dossiers matches better.
    pub(super) fn recognise<R: Row>(
        &self,
        rows: &[R],
        last: u64,
        place: &Place,
    ) -> Result<Option<(Register, Found)>, ReadError> {
        let lines = lines(rows, last);
        let mut best: Vec<(Register, Found)> = Vec::new();
        for register in Register::ALL {
            let Some(found) = self.find_in(*register, &lines) else { continue };
            if !found.score.has_any(self.words.tells(*register)) {
                continue;
            }
            let rank = |of: Register, score: &Score| (score.has_any(self.words.decisive(of)), score.rank());
            match best.first().map(|(of, best)| rank(*register, &found.score).cmp(&rank(*of, &best.score))) {
                Some(std::cmp::Ordering::Less) => continue,
                Some(std::cmp::Ordering::Equal) => {}
                _ => best.clear(),
            }
            best.push((*register, found));
        }
        let registers: Vec<Register> = best.iter().map(|(register, _)| *register).collect();
        let Some((register, found)) = best.into_iter().next() else { return Ok(None) };
        if dossier_headers(&lines)? > found.score.known() {
            return Ok(None);
        }
        if registers.len() > 1 {
            let (file, sheet) = place.both();
            return Err(RegisterError::Ambiguous { file, sheet, registers }.into());
        }
        Ok(Some((register, found)))
    }
}

/// The register whose first rows these are, if they name neither dossiers nor procedures received, and more
/// of its columns than of a list of dossiers.
pub(in super::super) fn register_of<R: Row>(
    rows: &[R],
    last: u64,
    place: &Place,
) -> Result<Option<Register>, ReadError> {
    let lines = lines(rows, last);
    if dossier_headers(&lines)? > 0 {
        return Ok(None);
    }
    let mut of_dossiers = 0;
    for line in &lines {
        of_dossiers = of_dossiers.max(dossier_columns(line)?.len());
    }
    match Wishes::new(&RegisterOptions::default(), None)?.recognise(rows, last, place) {
        Ok(found) => {
            Ok(found.filter(|(_, found)| found.score.known() > of_dossiers).map(|(register, _)| register))
        }
        Err(ReadError::Register(RegisterError::Ambiguous { registers, .. })) => {
            Ok(registers.first().copied())
        }
        Err(error) => Err(error),
    }
}

/// How much of a list of dossiers the best row has; 0 without a date of receipt, or a dossier or
/// procedure that was received.
fn dossier_headers(lines: &[Line]) -> Result<usize, ReadError> {
    let mut most = 0;
    for line in lines {
        let columns = dossier_columns(line)?;
        let of_dossiers = [Column::DossierId, Column::ProcedureCode, Column::Procedure];
        if columns.contains(&Column::ReceivedAt) && of_dossiers.iter().any(|column| columns.contains(column))
        {
            most = most.max(columns.len());
        }
    }
    Ok(most)
}

/// The columns of a list of dossiers that a row names.
fn dossier_columns(line: &Line) -> Result<BTreeSet<Column>, ReadError> {
    let mut columns = BTreeSet::new();
    for head in &line.heads {
        if let HeaderMatch::Column(column, _) = match_header(&head.text)? {
            columns.insert(column);
        }
    }
    Ok(columns)
}

/// The columns of a name: bare (`due`), with its register (`petitions.due`), or its Vietnamese title.
fn named(words: &RegisterWords, registers: &[Register], name: &str) -> Vec<RegisterColumn> {
    let mut columns = Vec::new();
    for register in registers {
        let bare = name.strip_prefix(register.slug()).and_then(|rest| rest.strip_prefix('.'));
        match register.column(bare.unwrap_or(name)) {
            Ok(column) => columns.push(column),
            Err(_) => {
                let head = Head::of(0, name.to_owned());
                if let Some(Known::Column(column, _)) = words.known(*register, &head.whole, &head.bare) {
                    columns.push(column);
                }
            }
        }
    }
    columns
}

fn unknown(registers: &[Register], name: &str) -> UnknownName {
    let all: Vec<&str> =
        registers.iter().flat_map(|register| register.columns()).map(RegisterColumn::name).collect();
    UnknownName {
        what: "register column",
        text: name.to_owned(),
        expected: all.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", "),
        nearest: nearest(name, all).map(str::to_owned),
    }
}

/// What some headers have of a register.
#[derive(Debug, Clone, Default)]
pub(super) struct Score {
    columns: BTreeSet<RegisterColumn>,
    own: usize,
    ambiguous: usize,
    possible: BTreeSet<RegisterColumn>,
}

impl Score {
    pub(super) fn known(&self) -> usize {
        self.columns.len() + self.ambiguous
    }

    /// More columns first; of the same number, more that are called as the register calls them.
    fn rank(&self) -> (usize, usize) {
        (self.known(), self.own)
    }

    /// The required columns that no header can mean.
    pub(super) fn lacking(&self, register: Register) -> Vec<RegisterColumn> {
        let there = |column: &RegisterColumn| self.columns.contains(column) || self.possible.contains(column);
        register.columns().filter(|column| column.is_required() && !there(column)).collect()
    }

    fn has_any(&self, columns: &[RegisterColumn]) -> bool {
        columns.iter().any(|column| self.columns.contains(column) || self.possible.contains(column))
    }
}

/// The header of a register among the first rows of a source.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Index of its last row.
    pub(super) row: usize,
    /// How many fields it has, where that matters.
    pub(super) fields: Option<usize>,
    pub(super) heads: Vec<Head>,
    pub(super) score: Score,
}
