//! Rows into canonical batches: which cells become unknown, which rows are set aside (SPEC §2, §3),
//! and the issues that say so.

mod impossible;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow_schema::{Field, Schema, SchemaRef};
use arrow_select::filter::FilterBuilder;
use tthc_kpi::{Action, Column, ColumnSet, Issue, Reason, Text, ValueKind};

use super::build::{Builder, text_bytes};
use super::cell::Problem;
use super::expected::{computed, expected};
use super::finished::Finished;
use super::flow::{Again, Flow, Handed, bit};
use super::header::{HeaderMatch, Layout, match_header};
use super::number::Marks;
use super::piece::{Kept, Misfit, Piece, builders};
use super::{
    AsideRow, AsideTable, LeftAlone, LeftReason, Limit, Loaded, MAX_ISSUES, MappedColumn, Place, ReadError,
    Rule, UnknownWords,
};

/// Most rows of a batch.
pub(super) const BATCH_ROWS: usize = 65_536;
/// Bytes of dossier ids after which a batch is closed early: an Arrow array addresses 2 GiB.
pub(super) const BATCH_TEXT: usize = 1 << 28;

/// How to read, as far as rows are concerned.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Settings {
    pub(super) strict: bool,
    /// Columns whose dates have the month first.
    pub(super) month_first: ColumnSet,
    /// Extra columns known to be of texts, a bit each, where batches are handed on.
    pub(super) texts: u64,
    /// Marks of amounts that others of the table make doubtful.
    pub(super) doubtful: Marks,
}

impl Settings {
    pub(crate) fn of(strict: bool) -> Self {
        Settings { strict, ..Settings::default() }
    }
}

/// How a reading ended.
pub(crate) enum Outcome {
    Done(Box<Loaded>),
    /// Something taken for true is not: read again.
    Again(Again),
}

/// Turns rows into batches.
pub(crate) struct Assembler {
    place: Place,
    settings: Settings,
    mapping: Vec<MappedColumn>,
    builders: Vec<Builder>,
    /// Rows of the batch in the making, as numbered in the source.
    numbers: Vec<u64>,
    /// Rows of the batch none of whose cells can be told.
    misfits: Vec<(usize, Misfit)>,
    /// Rows of the batch that may be set aside, with the texts of their cells.
    doubtful: Vec<(usize, Kept)>,
    aside: Vec<AsideRow>,
    log: Log,
    rows_read: u64,
    set_aside: BTreeMap<String, u64>,
    skipped: BTreeMap<String, u64>,
    chunks: Vec<(Vec<ArrayRef>, Vec<u64>)>,
    again: Option<Again>,
}

struct Log {
    strict: bool,
    issues: Vec<Issue>,
    counts: BTreeMap<(Option<Column>, Reason, Action), u64>,
}

impl Log {
    /// Whether the next issue is wanted, and not only counted.
    fn has_room(&self) -> bool {
        self.strict || self.issues.len() < MAX_ISSUES
    }

    fn add(&mut self, issue: Option<Issue>, key: (Option<Column>, Reason, Action)) -> Result<(), ReadError> {
        *self.counts.entry(key).or_default() += 1;
        match issue {
            Some(issue) if self.strict => return Err(ReadError::Strict(Box::new(issue))),
            issue => self.issues.extend(issue),
        }
        Ok(())
    }
}

/// Why a row or a cell of the batch in the making is an issue.
struct Found {
    at: usize,
    /// The lower, the sooner it decides that the row is set aside; none for a cell.
    aside: Option<u8>,
    builder: Option<usize>,
    problem: Problem,
    expected: Option<Text>,
}

/// The columns without which a row cannot be judged rightly, the first decides (SPEC §2).
pub(super) fn decides(column: Column) -> Option<u8> {
    Some(match column {
        Column::ReceivedAt => 1,
        Column::DueAt => 2,
        Column::CompletedAt => 3,
        Column::ReturnedAt => 4,
        Column::Status => 5,
        _ => return None,
    })
}

impl Assembler {
    pub(super) fn new(place: Place, layout: Layout, settings: Settings) -> Result<Self, ReadError> {
        let builders = builders(&layout, settings)?;
        Ok(Assembler {
            place,
            settings,
            mapping: layout.mapping,
            builders,
            numbers: Vec::new(),
            misfits: Vec::new(),
            doubtful: Vec::new(),
            aside: Vec::new(),
            log: Log { strict: settings.strict, issues: Vec::new(), counts: BTreeMap::new() },
            rows_read: 0,
            set_aside: BTreeMap::new(),
            skipped: BTreeMap::new(),
            chunks: Vec::new(),
            again: None,
        })
    }

    /// Whether more rows are of use: not when all must be read again.
    pub(super) fn goes_on(&self) -> bool {
        self.again.is_none()
    }

    /// The rows that follow, numbered on from `before`.
    pub(super) fn piece(&mut self, piece: Piece, before: u64) -> Result<(), ReadError> {
        if let Some(row) = piece.moved {
            let (file, sheet) = self.place.both();
            return Err(ReadError::MovedHeader { file, sheet, row: before + row });
        }
        for what in piece.skipped {
            *self.skipped.entry(what.slug().to_owned()).or_default() += 1;
        }
        let mut parts = Vec::with_capacity(piece.arrays.len());
        for ((builder, mut part), array) in self.builders.iter_mut().zip(piece.builders).zip(piece.arrays) {
            let array = builder.adopt(&part.dictionary, array)?;
            builder.mix.add(part.mix);
            builder.marks = builder.marks.and(part.marks);
            builder.met.add(std::mem::take(&mut part.met), before);
            parts.push((part, array));
        }
        let mut from = 0;
        while from < piece.numbers.len() && self.goes_on() {
            let start = self.numbers.len();
            let until = piece.numbers.len().min(from + BATCH_ROWS.saturating_sub(start));
            let rows = piece.numbers.get(from..until).unwrap_or_default();
            self.numbers.extend(rows.iter().map(|row| before + row));
            self.rows_read += rows.len() as u64;
            let last = self.numbers.last().copied().unwrap_or_default();
            let mut text = 0;
            for (builder, (part, array)) in self.builders.iter_mut().zip(&parts) {
                builder.parts.push(array.slice(from, until - from));
                text += builder.parts.iter().map(text_bytes).sum::<usize>();
                let problems = part.problems.iter().filter(|(at, _)| (from..until).contains(at));
                builder.problems.extend(problems.map(|(at, problem)| (at - from + start, *problem)));
                let proof = |row: Option<u64>| row.map(|row| before + row).filter(|row| *row <= last);
                builder.day_proof = builder.day_proof.or(proof(part.day_proof));
                builder.month_proof = builder.month_proof.or(proof(part.month_proof));
            }
            let misfits = piece.misfits.iter().filter(|(at, _)| (from..until).contains(at));
            self.misfits.extend(misfits.map(|(at, misfit)| (at - from + start, *misfit)));
            let doubtful = piece.doubtful.iter().filter(|(at, _)| (from..until).contains(at));
            self.doubtful.extend(doubtful.map(|(at, cells)| (at - from + start, cells.clone())));
            from = until;
            if self.numbers.len() == BATCH_ROWS || text > BATCH_TEXT {
                self.close_parts()?;
            }
        }
        let Some(line) = piece.swallowed.filter(|_| self.goes_on()) else { return Ok(()) };
        // What is wrong further up is told first.
        self.close_parts()?;
        match self.goes_on() {
            true => Err(ReadError::UnclosedQuote { file: self.place.file.clone(), line }),
            false => Ok(()),
        }
    }

    fn close_parts(&mut self) -> Result<(), ReadError> {
        let arrays = self.builders.iter_mut().map(Builder::join).collect::<Result<_, _>>()?;
        self.close(arrays)
    }

    /// Whole columns at once, one for each builder, of at most [`BATCH_ROWS`] rows numbered from `first`.
    pub(super) fn columns(
        &mut self,
        first: u64,
        rows: usize,
        mut convert: impl FnMut(&mut Builder) -> Result<ArrayRef, ReadError>,
    ) -> Result<(), ReadError> {
        if self.again.is_some() {
            return Ok(());
        }
        self.numbers = (first..).take(rows).collect();
        self.rows_read += rows as u64;
        let arrays = self.builders.iter_mut().map(&mut convert).collect::<Result<Vec<_>, _>>()?;
        self.close(arrays)
    }

    /// Ends a batch: decides which rows are set aside and which cells become unknown.
    fn close(&mut self, mut arrays: Vec<ArrayRef>) -> Result<(), ReadError> {
        self.check_order()?;
        let numbers = std::mem::take(&mut self.numbers);
        let misfits = std::mem::take(&mut self.misfits);
        let doubtful = std::mem::take(&mut self.doubtful);
        if self.again.is_some() || numbers.is_empty() {
            return Ok(());
        }
        let mut found = self.found(&arrays, misfits);
        self.impossible(&mut arrays, &mut found)?;
        found.sort_by_key(|found| (found.at, found.aside.unwrap_or(u8::MAX), found.builder));
        let mut keep = vec![true; numbers.len()];
        let mut rest = found.as_slice();
        while let Some(first) = rest.first() {
            let (row, others) = rest.split_at(rest.partition_point(|found| found.at == first.at));
            rest = others;
            let number = numbers.get(first.at).copied().unwrap_or_default();
            if first.aside.is_some() {
                // One reason a row, and nothing more of a row that is not counted.
                if let Some(kept) = keep.get_mut(first.at) {
                    *kept = false;
                }
                let column = first
                    .builder
                    .and_then(|index| self.builders.get(index))
                    .and_then(|builder| builder.column);
                let what = column.map_or("row", Column::slug);
                *self.set_aside.entry(format!("{}_{what}", first.problem.reason)).or_default() += 1;
                self.report(first, number, Action::SetAside)?;
                if self.aside.len() < MAX_ISSUES {
                    // In the order of rows.
                    let kept = doubtful.binary_search_by_key(&first.at, |(at, _)| *at).ok();
                    let kept = kept.and_then(|at| doubtful.get(at)).map(|(_, kept)| kept.clone());
                    let (issue, Kept { cells, raw }) =
                        (self.issue(first, number, Action::SetAside), kept.unwrap_or_default());
                    self.aside.push(AsideRow { issue, cells, raw });
                }
            } else {
                for cell in row {
                    self.report(cell, number, Action::Unknown)?;
                }
            }
        }
        for builder in &self.builders {
            if builder.dictionary.is_full() {
                let (file, sheet) = self.place.both();
                return Err(ReadError::TooLarge { file, sheet, what: Limit::Texts });
            }
        }
        self.keep(arrays, numbers, keep)
    }

    /// All problems of the cells of the batch, and the rows without a date of receipt.
    fn found(&mut self, arrays: &[ArrayRef], misfits: Vec<(usize, Misfit)>) -> Vec<Found> {
        let mut all: Vec<Found> = misfits
            .into_iter()
            .map(|(at, misfit)| Found {
                at,
                aside: Some(0),
                builder: None,
                problem: Problem { kind: ValueKind::Text, reason: Reason::Unreadable },
                expected: Some(misfit.expected()),
            })
            .collect();
        for (index, builder) in self.builders.iter_mut().enumerate() {
            let decides = builder.column.and_then(decides);
            let mut seen = std::mem::take(&mut builder.problems);
            if builder.column == Some(Column::ReceivedAt)
                && let Some(array) = arrays.get(index)
                && array.null_count() > 0
            {
                let missing = Problem { kind: ValueKind::Empty, reason: Reason::Missing };
                let unread: Vec<usize> = seen.iter().map(|(at, _)| *at).collect();
                // `problems` is in the order of rows.
                let nulls =
                    (0..array.len()).filter(|at| array.is_null(*at) && unread.binary_search(at).is_err());
                seen.extend(nulls.map(|at| (at, missing)));
            }
            all.extend(seen.into_iter().map(|(at, problem)| Found {
                at,
                aside: decides.filter(|_| {
                    matches!(problem.reason, Reason::Unreadable | Reason::Missing | Reason::NotComputed)
                }),
                builder: Some(index),
                problem,
                expected: None,
            }));
        }
        all
    }

    fn report(&mut self, found: &Found, row: u64, action: Action) -> Result<(), ReadError> {
        let column = found.builder.and_then(|index| self.builders.get(index)).and_then(|of| of.column);
        let key = (column, found.problem.reason, action);
        let issue = self.log.has_room().then(|| self.issue(found, row, action));
        self.log.add(issue, key)
    }

    fn issue(&self, found: &Found, row: u64, action: Action) -> Issue {
        let builder = found.builder.and_then(|index| self.builders.get(index));
        let column = builder.and_then(|builder| builder.column);
        Issue {
            file: self.place.file.clone(),
            sheet: self.place.sheet.clone(),
            row,
            column,
            source: builder.map(|builder| builder.slot.source.clone()),
            kind: found.problem.kind,
            reason: found.problem.reason,
            expected: match (&found.expected, found.problem.reason) {
                (Some(told), _) => told.clone(),
                (None, Reason::NotComputed) => computed(),
                (None, _) => expected(column),
            },
            action,
        }
    }

    /// Keeps the rows that were not set aside.
    fn keep(
        &mut self,
        mut arrays: Vec<ArrayRef>,
        mut numbers: Vec<u64>,
        keep: Vec<bool>,
    ) -> Result<(), ReadError> {
        if keep.contains(&false) {
            let filter = FilterBuilder::new(&BooleanArray::from(keep)).optimize().build();
            let broken = |_| ReadError::Internal("filter");
            for array in &mut arrays {
                *array = filter.filter(array).map_err(broken)?;
            }
            let kept = filter.filter(&UInt64Array::from(numbers)).map_err(broken)?;
            numbers = kept.as_primitive::<arrow_array::types::UInt64Type>().values().to_vec();
        }
        if !numbers.is_empty() {
            self.chunks.push((arrays, numbers));
        }
        Ok(())
    }

    /// Day first, unless a value of the column proves otherwise; both is an error (SPEC §10).
    fn check_order(&mut self) -> Result<(), ReadError> {
        for builder in &self.builders {
            match (builder.day_proof, builder.month_proof, builder.column) {
                (Some(day_first), Some(month_first), _) => {
                    let (file, sheet) = self.place.both();
                    let source_name = builder.slot.source.clone();
                    return Err(ReadError::DateOrder { file, sheet, source_name, day_first, month_first });
                }
                (None, Some(_), Some(column)) if !self.settings.month_first.has(column) => {
                    self.again = Some(Again::MonthFirst(column));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn left_alone(&self) -> Vec<LeftAlone> {
        let empty = (self.rows_read == 0).then(|| LeftAlone::new(&self.place, LeftReason::NoRows));
        empty.into_iter().collect()
    }

    fn unknown_words(&self, builder: &Builder) -> Option<UnknownWords> {
        let (file, sheet) = self.place.both();
        let (column, words) = (builder.column?, builder.met.words());
        let source = builder.slot.source.clone();
        (!words.is_empty()).then_some(UnknownWords { column, source, file, sheet, words })
    }

    /// Whether the dates of a column may have the day or the month first, and are read as the former.
    fn is_open(&self, builder: &Builder) -> bool {
        builder.mix.is_either()
            && builder.day_proof.is_none()
            && builder.column.is_some_and(|column| !self.settings.month_first.has(column))
    }

    /// Hands on the batches that are whole. Whether the words of dictionaries are numbered anew from here.
    pub(super) fn hand_on(&mut self, flow: &mut Flow<'_>) -> Result<bool, ReadError> {
        self.hand_on_whole(flow)?;
        let anew = self.builders.iter().any(Builder::has_many_words);
        if anew {
            // Rows that wait have their words by the old numbers.
            self.hand_on_all(flow)?;
            self.builders.iter_mut().for_each(Builder::forget_words);
        }
        Ok(anew)
    }

    /// Hands on all rows there are.
    pub(super) fn hand_on_all(&mut self, flow: &mut Flow<'_>) -> Result<(), ReadError> {
        self.close_parts()?;
        self.hand_on_whole(flow)
    }

    fn hand_on_whole(&mut self, flow: &mut Flow<'_>) -> Result<(), ReadError> {
        let chunks = std::mem::take(&mut self.chunks);
        if self.again.is_some() || chunks.is_empty() {
            return Ok(());
        }
        let (mut fields, mut finished, mut extra) = (Vec::new(), Vec::new(), 0);
        for builder in &mut self.builders {
            let told =
                builder.column.is_none() && bit(extra).is_some_and(|bit| self.settings.texts & bit != 0);
            let Some(column) = builder.so_far(told) else {
                self.again = Some(Again::Texts(extra));
                return Ok(());
            };
            extra += usize::from(builder.column.is_none());
            fields.push(Field::new(builder.slot.target.name(), column.data_type(), true));
            finished.push(column);
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        for (chunk, rows) in chunks {
            (flow.take)(Handed { batch: batch_of(&schema, &finished, &chunk)?, rows })?;
        }
        Ok(())
    }

    /// The batches and everything there is to say about them.
    pub(super) fn finish(mut self) -> Result<Outcome, ReadError> {
        self.close_parts()?;
        if let Some(again) = self.again {
            return Ok(Outcome::Again(again));
        }
        // One hand writes one table: what a column proves holds for those that prove nothing.
        if self.settings.month_first != ColumnSet::none()
            && let Some(column) =
                self.builders.iter().filter(|builder| self.is_open(builder)).find_map(|of| of.column)
        {
            return Ok(Outcome::Again(Again::MonthFirst(column)));
        }
        let marks = self.builders.iter().fold(Marks::NONE, |all, builder| all.and(builder.marks)).doubtful();
        if marks.without(self.settings.doubtful) != Marks::NONE {
            return Ok(Outcome::Again(Again::Doubtful(marks)));
        }
        if let Some(builder) = self.builders.iter().find(|builder| builder.mix.is_exchanged()) {
            let (file, sheet) = self.place.both();
            return Err(ReadError::ExchangedDates { file, sheet, header: builder.slot.source.clone() });
        }
        let unknown_words = self.builders.iter().filter_map(|builder| self.unknown_words(builder)).collect();
        let left_alone = self.left_alone();
        let columns: ColumnSet = self.builders.iter().filter_map(|builder| builder.column).collect();
        let headers = self.builders.iter().map(|builder| header_of(builder, &self.mapping)).collect();
        let mut fields = Vec::new();
        let mut finished = Vec::new();
        for builder in self.builders {
            let name = builder.slot.target.name().to_owned();
            let column = builder.finish();
            fields.push(Field::new(name, column.data_type(), true));
            finished.push(column);
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let mut batches = Vec::with_capacity(self.chunks.len());
        let mut row_numbers = Vec::with_capacity(self.chunks.len());
        for (chunk, numbers) in self.chunks {
            batches.push(batch_of(&schema, &finished, &chunk)?);
            row_numbers.push(numbers);
        }
        Ok(Outcome::Done(Box::new(Loaded {
            batches,
            columns,
            mapping: self.mapping,
            issues: self.log.issues,
            issue_counts: self.log.counts,
            rows_read: self.rows_read,
            set_aside: self.set_aside,
            skipped: self.skipped,
            row_numbers,
            left_alone,
            unknown_words,
            aside: AsideTable { headers, rows: self.aside },
        })))
    }
}

fn batch_of(schema: &SchemaRef, finished: &[Finished], chunk: &[ArrayRef]) -> Result<RecordBatch, ReadError> {
    let arrays = finished.iter().zip(chunk).map(|(column, chunk)| column.array(chunk));
    let batch = RecordBatch::try_new(SchemaRef::clone(schema), arrays.collect::<Result<_, _>>()?);
    batch.map_err(|_| ReadError::Internal("the columns do not make a batch"))
}

/// The header of a column where its rows are to be read again: its own, unless by that the reader would
/// not know it, as where several fields of a message make one column.
fn header_of(builder: &Builder, mapping: &[MappedColumn]) -> String {
    let source = &builder.slot.source;
    let said = mapping.iter().any(|mapped| mapped.source == *source && mapped.rule == Rule::Caller);
    match builder.column {
        Some(column)
            if !said && !matches!(match_header(source), Ok(HeaderMatch::Column(of, _)) if of == column) =>
        {
            column.title().to_owned()
        }
        _ => source.clone(),
    }
}
