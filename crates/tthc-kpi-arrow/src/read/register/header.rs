//! The header of a register: which row it is, which column each header means, and which register the
//! headers are of.

use std::collections::{BTreeMap, BTreeSet};

use tthc_kpi::{Column, Register, RegisterColumn, UnknownName, nearest};

use super::super::find::{Row, header_texts};
use super::super::words::{normalise, without_notes};
use super::super::{HeaderMatch, IGNORE, Place, ReadError, match_header};
use super::words::{Meaning, RegisterWords, register_words};
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

/// A text of the header, and whether it was put together from two rows.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) index: usize,
    text: String,
    parts: Vec<String>,
}

impl Head {
    pub(super) fn of(index: usize, text: String) -> Self {
        Head { index, parts: vec![text.clone()], text }
    }
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
                let columns = named(words, &registers, name)?;
                if columns.is_empty() {
                    return Err(ReadError::UnknownColumn {
                        header: header.clone(),
                        source: unknown(&registers, name),
                    });
                }
                // A mapping must not smuggle a name in as, say, the unit.
                for column in &columns {
                    if words.meaning(column.register(), header)? == Meaning::Personal {
                        return Err(ReadError::Personal { header: header.clone() });
                    }
                }
                columns
            };
            mapping.insert(normalise(header), (header.clone(), columns));
        }
        Ok(Wishes { words, mapping })
    }

    fn said_of(&self, register: Register, header: &str) -> Option<Said> {
        let whole = normalise(header);
        [&whole, &without_notes(&whole)].into_iter().filter(|name| !name.is_empty()).find_map(|name| {
            let (_, columns) = self.mapping.get(name)?;
            match columns.iter().find(|column| column.register() == register) {
                Some(column) => Some(Said::Column(*column)),
                None => columns.is_empty().then_some(Said::Ignore),
            }
        })
    }

    /// What a header means in a register, the caller's word first; none when it is left out.
    fn meaning(&self, register: Register, header: &str) -> Result<Option<(Meaning, bool)>, ReadError> {
        match self.said_of(register, header) {
            Some(Said::Column(column)) => Ok(Some((Meaning::Column(column, true), true))),
            Some(Said::Ignore) => Ok(None),
            None => Ok(Some((self.words.meaning(register, header)?, false))),
        }
    }

    /// Whether a column of a table may be looked at at all: no personal data.
    pub(super) fn may_read(&self, header: &str) -> Result<bool, ReadError> {
        for register in Register::ALL {
            if self.words.meaning(*register, header)? != Meaning::Personal {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How much of a register is in some headers.
    pub(super) fn score(&self, register: Register, heads: &[Head]) -> Result<Score, ReadError> {
        let mut score = Score::default();
        for head in heads {
            match self.meaning(register, &head.text)? {
                Some((Meaning::Column(column, own), _)) => {
                    if score.columns.insert(column) {
                        score.own += usize::from(own);
                    }
                }
                Some((Meaning::Ambiguous(columns), _)) => {
                    score.ambiguous += 1;
                    score.possible.extend(columns);
                }
                _ => {}
            }
        }
        Ok(score)
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
        for head in heads {
            match self.meaning(register, &head.text)? {
                Some((Meaning::Column(column, _), by_caller)) => {
                    let heads = head.parts.iter().map(|part| normalise(part)).collect();
                    let slot = Slot { index: head.index, column, source: head.text.clone(), heads };
                    slots.entry(column).or_default().push((slot, by_caller));
                }
                Some((Meaning::Ambiguous(columns), _)) => {
                    ambiguous.get_or_insert((head.text.clone(), columns));
                }
                _ => {}
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
                let headers = slots.into_iter().map(|(slot, _)| slot.source).collect();
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
        let present: Vec<[String; 2]> = heads
            .iter()
            .map(|head| {
                let whole = normalise(&head.text);
                [without_notes(&whole), whole]
            })
            .collect();
        for (key, (header, columns)) in &self.mapping {
            if columns.is_empty() || present.iter().any(|names| names.contains(key)) {
                continue;
            }
            let (file, sheet) = place.both();
            let near = nearest(key, present.iter().map(|[_, whole]| whole.as_str()));
            let at = near.and_then(|near| present.iter().position(|[_, whole]| whole == near));
            let nearest = at.and_then(|at| heads.get(at)).map(|head| head.text.clone());
            return Err(ReadError::AbsentHeader { file, sheet, header: header.clone(), nearest });
        }
        Ok(())
    }

    /// The row among the first that has most of a register's headers, with those of the row above where
    /// a heading takes two rows. At least two known ones, the required among them.
    pub(super) fn find<R: Row>(
        &self,
        register: Register,
        rows: &[R],
        last: u64,
    ) -> Result<Option<Found>, ReadError> {
        let mut best: Option<Found> = None;
        let mut above: Vec<(usize, String)> = Vec::new();
        for (at, row) in rows.iter().enumerate().take_while(|(_, row)| row.number() <= last) {
            let texts = header_texts(row);
            let single: Vec<Head> =
                texts.iter().map(|(index, text)| Head::of(*index, text.clone())).collect();
            let mut heads = single;
            let mut score = self.score(register, &heads)?;
            if let Some((both, joined)) = self.with_merged(register, &texts, &above)?
                && joined.rank() > score.rank()
            {
                (heads, score) = (both, joined);
            }
            let enough = score.known() >= 2 && score.lacking(register).is_empty();
            if enough && best.as_ref().is_none_or(|best| score.rank() > best.score.rank()) {
                best = Some(Found { row: at, fields: row.fields(), heads, score });
            }
            above = texts;
        }
        Ok(best)
    }

    /// The headers of a row with those of the row above: of cells merged over both rows, and of a
    /// heading over several columns ("Chi phí tuân thủ" over "Năm 2024" and "Hiện nay").
    fn with_merged(
        &self,
        register: Register,
        texts: &[(usize, String)],
        above: &[(usize, String)],
    ) -> Result<Option<(Vec<Head>, Score)>, ReadError> {
        let mut lower = Vec::new();
        for (index, text) in texts {
            let over = above.iter().rev().find(|(over, _)| over <= index);
            let joined = over.map(|(_, over)| (over, format!("{over} {text}")));
            let head = match joined {
                Some((over, joined))
                    if matches!(self.meaning(register, &joined)?, Some((Meaning::Column(..), _))) =>
                {
                    Head { index: *index, text: joined, parts: vec![over.clone(), text.clone()] }
                }
                _ => Head::of(*index, text.clone()),
            };
            lower.push(head);
        }
        let upper: Vec<Head> = above.iter().map(|(index, text)| Head::of(*index, text.clone())).collect();
        // A title has no known header, a row of data no two.
        let two_lines =
            self.score(register, &upper)?.known() >= 1 && self.score(register, &lower)?.known() >= 2;
        if !two_lines {
            return Ok(None);
        }
        let taken: BTreeSet<usize> = lower.iter().map(|head| head.index).collect();
        lower.extend(upper.into_iter().filter(|head| !taken.contains(&head.index)));
        lower.sort_by_key(|head| head.index);
        let score = self.score(register, &lower)?;
        Ok(Some((lower, score)))
    }

    /// The register whose headers some rows have: the best match. None when no register is sure, or a
    /// list of dossiers matches better.
    pub(super) fn recognise<R: Row>(
        &self,
        rows: &[R],
        last: u64,
        place: &Place,
    ) -> Result<Option<(Register, Found)>, ReadError> {
        let mut best: Vec<(Register, Found)> = Vec::new();
        for register in Register::ALL {
            let Some(found) = self.find(*register, rows, last)? else { continue };
            if !found.score.tells(self.words.tells(*register)) {
                continue;
            }
            match best.first().map(|(_, best)| found.score.rank().cmp(&best.score.rank())) {
                Some(std::cmp::Ordering::Less) => continue,
                Some(std::cmp::Ordering::Equal) => {}
                _ => best.clear(),
            }
            best.push((*register, found));
        }
        let registers: Vec<Register> = best.iter().map(|(register, _)| *register).collect();
        let Some((register, found)) = best.into_iter().next() else { return Ok(None) };
        if dossier_headers(rows, last)? > found.score.known() {
            return Ok(None);
        }
        if registers.len() > 1 {
            let (file, sheet) = place.both();
            return Err(RegisterError::Ambiguous { file, sheet, registers }.into());
        }
        Ok(Some((register, found)))
    }
}

/// How much of a list of dossiers the best row has; 0 without a date of receipt, or a dossier or
/// procedure that was received.
fn dossier_headers<R: Row>(rows: &[R], last: u64) -> Result<usize, ReadError> {
    let mut most = 0;
    for row in rows.iter().take_while(|row| row.number() <= last) {
        let mut columns = BTreeSet::new();
        for (_, text) in header_texts(row) {
            if let HeaderMatch::Column(column, _) = match_header(&text)? {
                columns.insert(column);
            }
        }
        let of_dossiers = [Column::DossierId, Column::ProcedureCode, Column::Procedure];
        if columns.contains(&Column::ReceivedAt) && of_dossiers.iter().any(|column| columns.contains(column))
        {
            most = most.max(columns.len());
        }
    }
    Ok(most)
}

/// The columns of a name: bare (`due`), with its register (`petitions.due`), or its Vietnamese title.
fn named(
    words: &RegisterWords,
    registers: &[Register],
    name: &str,
) -> Result<Vec<RegisterColumn>, ReadError> {
    let mut columns = Vec::new();
    for register in registers {
        let bare = name.strip_prefix(register.slug()).and_then(|rest| rest.strip_prefix('.'));
        match register.column(bare.unwrap_or(name)) {
            Ok(column) => columns.push(column),
            Err(_) => {
                if let Meaning::Column(column, _) = words.meaning(*register, name)? {
                    columns.push(column);
                }
            }
        }
    }
    Ok(columns)
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

    fn tells(&self, tells: &[RegisterColumn]) -> bool {
        tells.iter().any(|column| self.columns.contains(column) || self.possible.contains(column))
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
