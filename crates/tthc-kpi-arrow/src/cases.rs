//! The dossiers behind a number.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::builder::{Int64Builder, StringBuilder};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow_select::filter::filter_record_batch;
use tthc_kpi::{
    Class, Column, ColumnSet, Dimension, Due, Error, Fact, Facts, Instant, Key, Membership, Outcome,
    Quantity, Query, Standing, State, Verdict, Window,
};

use crate::columns::Columns;
use crate::dossiers::Dossiers;
use crate::error::ArrowError;
use crate::judge::{Rules, judge};
use crate::lanes::Bits;

/// Which dossiers to show.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::Shown;
/// assert_eq!("failing".parse::<Shown>()?, Shown::Failing);
/// assert!("late".parse::<Shown>().is_err());
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// In the numerator.
    Passing,
    /// In the denominator, not in the numerator.
    Failing,
    /// Could enter the denominator but for an unknown.
    Unknown,
    /// Open, still to be decided.
    Open,
}

impl std::str::FromStr for Shown {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        match text {
            "passing" => Ok(Shown::Passing),
            "failing" => Ok(Shown::Failing),
            "unknown" => Ok(Shown::Unknown),
            "open" => Ok(Shown::Open),
            _ => Err(tthc_kpi::UnknownName {
                what: "outcome",
                text: text.to_owned(),
                expected: "passing, failing, unknown, open".to_owned(),
                nearest: tthc_kpi::nearest(text, ["passing", "failing", "unknown", "open"])
                    .map(str::to_owned),
            }
            .into()),
        }
    }
}

/// Columns shown of each dossier, besides the verdict; those the data has.
pub(crate) const SHOWN: &[Column] = &[
    Column::DossierId,
    Column::ProcedureCode,
    Column::Procedure,
    Column::Field,
    Column::Agency,
    Column::ReceivingAgency,
    Column::Officer,
    Column::Channel,
    Column::Status,
    Column::ReceivedAt,
    Column::DueAt,
    Column::CompletedAt,
    Column::ReturnedAt,
    Column::SupplementRequests,
    Column::Payments,
    Column::PaymentsOnline,
    Column::PaymentsPortal,
    Column::Rating,
];

/// The dossiers behind an indicator's figure, each with its verdict and the due date it was
/// judged by. `restrict` confines them to groups: a dimension and its key; a time bucket's key is
/// its period and makes that bucket the window.
///
/// # Errors
/// [`Error::UnknownName`] for an indicator the plan lacks or a bucket the query lacks;
/// [`ArrowError::NoDimension`]; an Arrow error.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, Shown, cases, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::AssumeUnique)?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let late = cases(&dossiers, &query, "on_time_rate", Shown::Failing, &[])?;
/// let result = dossiers.tally(&query)?.scorecard()?["on_time_rate"].clone();
/// assert_eq!(rust_decimal::Decimal::from(late.num_rows()), result.denominator - result.numerator);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cases(
    dossiers: &Dossiers,
    query: &Arc<Query>,
    indicator: &str,
    shown: Shown,
    restrict: &[(Dimension, Option<String>)],
) -> Result<RecordBatch, ArrowError> {
    rows_of(dossiers, query, restrict, behind(query, indicator, shown)?)
}

/// Whether a dossier of these facts, sums and field stands behind a figure.
pub(crate) fn behind<'q>(
    query: &'q Query,
    indicator: &str,
    shown: Shown,
) -> Result<impl Fn(Facts, &[u64; Quantity::ALL.len()], Membership) -> bool + 'q, ArrowError> {
    let plan = query.plan();
    let indicator = plan.indicator(indicator)?;
    Ok(move |facts: Facts, sums: &[u64; Quantity::ALL.len()], field| {
        let outcome = Outcome::of(indicator, plan, facts, sums, field);
        match shown {
            Shown::Open => Outcome::is_open(indicator, plan, facts, field),
            Shown::Passing => outcome == Some(Outcome::Passing),
            Shown::Failing => outcome == Some(Outcome::Failing),
            Shown::Unknown => outcome == Some(Outcome::Unknown),
        }
    })
}

/// The handled dossiers of some groups of which something holds, each with its verdict.
pub(crate) fn rows_of(
    dossiers: &Dossiers,
    query: &Arc<Query>,
    restrict: &[(Dimension, Option<String>)],
    wanted: impl Fn(Facts, &[u64; Quantity::ALL.len()], Membership) -> bool,
) -> Result<RecordBatch, ArrowError> {
    let mut picker = Picker::new(query, restrict, dossiers.columns(), wanted)?;
    let mut batches = Vec::new();
    for (batch, duplicate) in dossiers.parts() {
        batches.extend(picker.pick(batch, duplicate)?);
    }
    let schema = picker.finish()?;
    Ok(arrow_select::concat::concat_batches(&schema, &batches)?)
}

/// Picks dossiers out of batches, one batch after the other.
pub(crate) struct Picker<'q, W> {
    query: &'q Query,
    restrict: &'q [(Dimension, Option<String>)],
    wanted: W,
    window: Window,
    present: Vec<Column>,
    schema: SchemaRef,
    met: Vec<bool>,
    near: BTreeSet<String>,
}

impl<'q, W: Fn(Facts, &[u64; Quantity::ALL.len()], Membership) -> bool> Picker<'q, W> {
    /// A picker for data of these columns.
    pub(crate) fn new(
        query: &'q Query,
        restrict: &'q [(Dimension, Option<String>)],
        columns: ColumnSet,
        wanted: W,
    ) -> Result<Self, ArrowError> {
        let window = bucket_window(query, restrict)?;
        let present: Vec<Column> = SHOWN.iter().copied().filter(|column| columns.has(*column)).collect();
        let schema = schema(&present);
        let met = restrict.iter().map(|(dimension, _)| matches!(dimension, Dimension::Bucket(_))).collect();
        Ok(Picker { query, restrict, wanted, window, present, schema, met, near: BTreeSet::new() })
    }

    /// The window of the dossiers.
    pub(crate) fn window(&self) -> Window {
        self.window
    }

    /// What the batches it gives look like.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The dossiers of a batch; none where there are none.
    pub(crate) fn pick(
        &mut self,
        batch: &RecordBatch,
        duplicate: Option<&BooleanBuffer>,
    ) -> Result<Option<RecordBatch>, ArrowError> {
        let (query, restrict, window) = (self.query, self.restrict, self.window);
        let columns = Columns::of(batch)?;
        for (dimension, _) in restrict {
            if let Dimension::Extra(name) = dimension {
                crate::group::check_extra(&columns, name)?;
            }
        }
        let duplicate = duplicate.map(Bits::of);
        let marks = |from| duplicate.map_or(0, |duplicate| duplicate.block(from));
        let judged = judge(&columns, &Rules::new(query), marks, window);
        let fields = crate::group::memberships(&columns, query)?;
        let mut keep = Vec::with_capacity(columns.len());
        for row in 0..columns.len() {
            let facts = Facts::from_bits(judged.facts.get(row).copied().unwrap_or(0));
            let field = fields.get(row).copied().unwrap_or_default();
            let sums = judged.sums.get(row).copied().unwrap_or_default();
            let wanted = facts.has(Fact::Handled) && (self.wanted)(facts, &sums, field);
            keep.push(in_groups(&columns, row, restrict, &mut self.met, &mut self.near) && wanted);
        }
        if !keep.contains(&true) {
            return Ok(None);
        }
        let keep = BooleanArray::from(keep);
        picture(&columns, &self.present, &self.schema, query, window, &keep).map(Some)
    }

    /// No more batches: the schema of those given.
    ///
    /// # Errors
    /// [`Error::UnknownName`] for a key that no dossier has.
    pub(crate) fn finish(self) -> Result<SchemaRef, ArrowError> {
        for ((dimension, wanted), met) in self.restrict.iter().zip(self.met) {
            if let (false, Some(wanted)) = (met, wanted) {
                return Err(unknown_key(dimension, wanted, &self.near));
            }
        }
        Ok(self.schema)
    }
}

fn bucket_window(query: &Query, restrict: &[(Dimension, Option<String>)]) -> Result<Window, ArrowError> {
    let Some((_, key)) = restrict.iter().find(|(dimension, _)| matches!(dimension, Dimension::Bucket(_)))
    else {
        return Ok(query.window());
    };
    let key = key.as_deref().unwrap_or_default();
    query.buckets().iter().find(|bucket| &*bucket.key == key).map(|bucket| bucket.window).ok_or_else(|| {
        let names: Vec<&str> = query.buckets().iter().map(|bucket| &*bucket.key).collect();
        ArrowError::Core(
            tthc_kpi::UnknownName {
                what: "time bucket",
                text: key.to_owned(),
                expected: names.join(", "),
                nearest: tthc_kpi::nearest(key, names).map(str::to_owned),
            }
            .into(),
        )
    })
}

/// Whether a row is in the groups asked for; `met` remembers which keys the data has at all, `near`
/// keeps the keys met, to name the nearest to one that it has not.
fn in_groups(
    columns: &Columns<'_>,
    row: usize,
    restrict: &[(Dimension, Option<String>)],
    met: &mut [bool],
    near: &mut BTreeSet<String>,
) -> bool {
    let mut inside = true;
    for ((dimension, wanted), met) in restrict.iter().zip(met) {
        let key = match dimension {
            Dimension::Bucket(_) => continue,
            Dimension::Column(column) => columns.text(*column).get(row).map_or(Key::Null, Key::of),
            Dimension::ReceivedMonth => dimension.key(&columns.dossier(row)).unwrap_or(Key::Null),
            Dimension::Extra(name) => columns.extra(name, row),
        };
        let key = key.as_text();
        if key == *wanted {
            *met = true;
        } else {
            inside = false;
            if !*met && near.len() < MOST_KEYS {
                near.extend(key);
            }
        }
    }
    inside
}

/// Keys kept to look for the nearest among.
const MOST_KEYS: usize = 10_000;

/// A key that no row has: a slip of the pen is told, not answered with no dossier.
fn unknown_key(dimension: &Dimension, wanted: &str, near: &BTreeSet<String>) -> ArrowError {
    ArrowError::Core(
        tthc_kpi::UnknownName {
            what: "group",
            text: wanted.to_owned(),
            expected: format!("a value that {dimension} has in the data"),
            nearest: tthc_kpi::nearest(wanted, near.iter().map(String::as_str)).map(str::to_owned),
        }
        .into(),
    )
}

/// Text as plain text: the tables are small, and shown.
fn arrow_type(column: Column) -> DataType {
    match crate::batch::arrow_type(column) {
        DataType::Dictionary(_, _) => DataType::Utf8,
        other => other,
    }
}

/// The fields of [`SHOWN`] that are there.
pub(crate) fn shown_fields(present: &[Column]) -> Vec<Field> {
    present.iter().map(|column| Field::new(column.slug(), arrow_type(*column), true)).collect()
}

fn schema(present: &[Column]) -> SchemaRef {
    let mut fields = shown_fields(present);
    fields.extend([
        Field::new("effective_due", DataType::Timestamp(TimeUnit::Microsecond, None), true),
        Field::new("verdict", DataType::Utf8, false),
        Field::new("days_late", DataType::Int64, true),
    ]);
    Arc::new(Schema::new(fields))
}

/// The columns shown of some rows, unknown where the batch has none.
pub(crate) fn shown_arrays(batch: &RecordBatch, present: &[Column]) -> Result<Vec<ArrayRef>, ArrowError> {
    let array = |column: &Column| match batch.column_by_name(column.slug()) {
        Some(array) => arrow_cast::cast(array, &arrow_type(*column)),
        None => Ok(arrow_array::new_null_array(&arrow_type(*column), batch.num_rows())),
    };
    Ok(present.iter().map(array).collect::<Result<_, _>>()?)
}

/// The due date a verdict goes by.
pub(crate) fn due_of(verdict: &Verdict) -> Option<Instant> {
    match verdict.due {
        Due::At(at) | Due::AtLeast(at) => Some(at),
        Due::Waived | Due::Unknown => None,
    }
}

/// A verdict in a word.
pub(crate) fn word_of(verdict: &Verdict) -> &'static str {
    match verdict.state {
        Some(State::Resolved { class }) => class.slug(),
        Some(State::Open { standing: Standing::InTime }) => "open_in_time",
        Some(State::Open { standing: Standing::Overdue }) => "open_overdue",
        Some(State::Open { standing: Standing::Unknown }) => "open_unknown",
        Some(State::EndUnknown) => "end_unknown",
        None => "outside",
    }
}

/// The kept rows with their verdicts.
fn picture(
    columns: &Columns<'_>,
    present: &[Column],
    schema: &SchemaRef,
    query: &Query,
    window: Window,
    keep: &BooleanArray,
) -> Result<RecordBatch, ArrowError> {
    let kept = filter_record_batch(columns.batch, keep)?;
    let mut arrays = shown_arrays(&kept, present)?;
    let view = Columns::of(&kept)?;
    let judge = query.judge();
    let mut due = arrow_array::builder::TimestampMicrosecondBuilder::new();
    let mut verdicts = StringBuilder::new();
    let mut days_late = Int64Builder::new();
    for row in 0..view.len() {
        let dossier = view.dossier(row);
        let verdict = judge.verdict(&dossier, window);
        let at = due_of(&verdict);
        due.append_option(at.map(Instant::micros));
        let late = match verdict.state {
            Some(State::Resolved { class: Class::Late }) => verdict.end,
            Some(State::Open { standing: Standing::Overdue }) => Some(Instant::from_day(window.cut)),
            _ => None,
        };
        verdicts.append_value(word_of(&verdict));
        // Working days past the due day; within the due day, late by the hour, it is 0.
        let days = at.zip(late).and_then(|(due, end)| judge.calendar().between(due.day(), end.day()));
        days_late.append_option(days.map(i64::from));
    }
    arrays.push(Arc::new(due.finish()));
    arrays.push(Arc::new(verdicts.finish()));
    arrays.push(Arc::new(days_late.finish()));
    Ok(RecordBatch::try_new(Arc::clone(schema), arrays)?)
}
