//! Dossiers with what becomes of each beside them: a row per dossier, for questions of one's own in
//! SQL or in a data frame.

mod rows;
#[cfg(feature = "files")]
mod scanned;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions};
use arrow_buffer::BooleanBuffer;
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use tthc_kpi::{Basis, Column, ColumnSet, Fact, MeasureFacts, Query, Tally, UnknownName};

use crate::cases::SHOWN;
use crate::columns::Columns;
use crate::dossiers::Dossiers;
use crate::error::ArrowError;
use crate::lanes::Bits;
use crate::needed::needed_columns;
use crate::share::share;
use rows::Rows;

/// Facts that have a column of their own: null for a dossier outside the window.
const FACTS: &[Fact] =
    &[Fact::Received, Fact::Waiting, Fact::OverdueEver, Fact::LateUnsettled, Fact::EndFromReturn];

/// Kết quả xét từng hồ sơ: makes of a batch of dossiers the table of what becomes of each in a query's
/// window, a row per row, in their order; its breakdown is left aside.
///
/// After the columns of the dossiers that were asked for come:
///
/// - `verdict`: `early`, `on_due_day`, `late`, `unknown` (resolved; due date unknown), `open_in_time`,
///   `open_overdue`, `open_unknown`, `end_unknown` (closed without a date), `outside` (not in the window),
///   `excluded`;
/// - `excluded`: why, as [`tthc_kpi::Exclusion`]; null for others;
/// - `effective_due`: the due date it was judged by, after the rules of the policy; null outside the window;
/// - `ended_at`: the end seen at the cut; null while open;
/// - `days_late`: working days from the due day to the end, while open to the cut: above 0 after the due
///   day, 0 within it, below 0 before. By dates alone: a rule may judge otherwise. Null where no due date is
///   known exactly, where nothing is judged, and outside the covered calendar;
/// - `processing_days`: working days in (receipt, end] of the resolved; null for others and outside the
///   covered calendar;
/// - `received` (false: carried over), `waiting`, `overdue_ever`, `late_unsettled`, `end_from_return`: the
///   [`Fact`]s; null outside the window;
/// - of each indicator that is counted from dossiers, in the plan's order: a column of its id, true in the
///   numerator, false only in the denominator, null otherwise; and `…_unknown`, true for a dossier that
///   could be in the denominator but for something unknown. Where payments are counted and not dossiers,
///   the first is true when all of them were online, and `…_numerator` and `…_denominator` count them.
///
/// So over all rows, and over those of any group, `count(*) FILTER (WHERE x)`, `count(x)` and
/// `count(*) FILTER (WHERE x_unknown)` are the numerator, the denominator and the unknown of a scorecard. But
/// for three of the measures that QĐ 766 alone asks for: these have no figure where the data as a whole say
/// too little, which no row can tell.
///
/// # Example
/// ```
/// use arrow_array::cast::AsArray;
/// use tthc_kpi::{ColumnSet, Dossier, Plan, Query};
/// use tthc_kpi_arrow::{Verdicts, batch_of};
/// let dossier = Dossier {
///     due_at: Some("2026-01-12".parse()?),
///     completed_at: Some("2026-01-14T09:00".parse()?),
///     ..Dossier::received("2026-01-05".parse()?)
/// };
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let judged = Verdicts::new(&query, &[], &[])?.of(&batch_of(&[dossier], ColumnSet::all())?, None)?;
/// let column = |name| judged.column_by_name(name).ok_or(name);
/// assert!(!column("on_time_rate")?.as_boolean().value(0));
/// assert!(column("on_time_rate_unknown")?.as_boolean().value(0) == false);
/// let days = column("days_late")?.as_primitive::<arrow_array::types::Int32Type>();
/// assert_eq!(days.value(0), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verdicts {
    query: Arc<Query>,
    schema: SchemaRef,
    asked: Vec<Asked>,
}

/// What an indicator asks of a dossier.
#[derive(Debug, Clone)]
struct Asked {
    facts: MeasureFacts,
    /// Its field group, by its place in the plan.
    group: Option<usize>,
}

impl Verdicts {
    /// For a query, with these columns of the dossiers and these extra ones, each of its Arrow type.
    ///
    /// # Errors
    /// [`ArrowError::PersonalDimension`]; [`ArrowError::RepeatedColumn`], where two columns would have one
    /// name.
    pub fn new(
        query: &Arc<Query>,
        columns: &[Column],
        extra: &[(String, DataType)],
    ) -> Result<Self, ArrowError> {
        let shown = columns.iter().map(|column| Field::new(column.slug(), crate::arrow_type(*column), true));
        let mut fields: Vec<Field> = shown.collect();
        for (name, kind) in extra {
            crate::group::check_impersonal(name)?;
            fields.push(Field::new(name, kind.clone(), true));
        }
        let word = || DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let at = || DataType::Timestamp(TimeUnit::Microsecond, None);
        fields.extend([
            Field::new("verdict", word(), false),
            Field::new("excluded", word(), true),
            Field::new("effective_due", at(), true),
            Field::new("ended_at", at(), true),
            Field::new("days_late", DataType::Int32, true),
            Field::new("processing_days", DataType::UInt32, true),
        ]);
        fields.extend(FACTS.iter().map(|fact| Field::new(fact.slug(), DataType::Boolean, true)));
        let mut asked = Vec::new();
        let groups = query.plan().field_groups();
        for indicator in query.plan().indicators() {
            let Some(facts) = indicator.measure.facts() else { continue };
            let id = &indicator.id;
            fields.push(Field::new(id, DataType::Boolean, true));
            fields.push(Field::new(format!("{id}_unknown"), DataType::Boolean, false));
            if facts.sums.is_some() {
                let part = |part| Field::new(format!("{id}_{part}"), DataType::UInt32, true);
                fields.extend([part("numerator"), part("denominator")]);
            }
            let filter = indicator.filter.as_deref();
            let group = filter.and_then(|filter| groups.iter().position(|group| group.id == filter));
            asked.push(Asked { facts, group });
        }
        for (place, field) in fields.iter().enumerate() {
            if fields.iter().take(place).any(|other| other.name() == field.name()) {
                return Err(ArrowError::RepeatedColumn { name: field.name().clone() });
            }
        }
        let metadata = HashMap::from([("tthc_kpi".to_owned(), told(query))]);
        Ok(Verdicts {
            query: Arc::clone(query),
            schema: Arc::new(Schema::new_with_metadata(fields, metadata)),
            asked,
        })
    }

    /// For a query, with the columns of a source that were named; unnamed, with those that
    /// [`crate::cases`] shows, as far as the source has them, and its extra ones. A canonical column that the
    /// source lacks is a column of nulls.
    ///
    /// # Errors
    /// As [`Verdicts::new`]; [`tthc_kpi::Error::UnknownName`] for a name that is no column.
    fn named(
        query: &Arc<Query>,
        names: Option<&[String]>,
        present: ColumnSet,
        extra: &[(String, DataType)],
    ) -> Result<Self, ArrowError> {
        let Some(names) = names else {
            let shown: Vec<Column> = SHOWN.iter().copied().filter(|column| present.has(*column)).collect();
            return Verdicts::new(query, &shown, extra);
        };
        let (mut columns, mut further) = (Vec::new(), Vec::new());
        for name in names {
            if let Some(known) = extra.iter().find(|(known, _)| known == name) {
                further.push(known.clone());
            } else if let Ok(column) = name.parse::<Column>() {
                columns.push(column);
            } else {
                let all = Column::ALL.iter().map(|column| column.slug());
                let all: Vec<&str> = all.chain(extra.iter().map(|(name, _)| name.as_str())).collect();
                return Err(ArrowError::Core(tthc_kpi::Error::UnknownName(UnknownName {
                    what: "column",
                    text: name.clone(),
                    nearest: tthc_kpi::nearest(name, all.iter().copied()).map(str::to_owned),
                    expected: all.join(", "),
                })));
            }
        }
        Verdicts::new(query, &columns, &further)
    }

    /// The columns of the table. What was asked, by which rules, is JSON in its metadata under
    /// `tthc_kpi`.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The columns of the dossiers that are looked at or shown, and the extra ones.
    #[cfg(feature = "files")]
    fn wanted(&self) -> (ColumnSet, Vec<&str>) {
        let (mut columns, mut extra) = (needed_columns(&self.query).0, Vec::new());
        for field in self.schema.fields().iter().take_while(|field| field.name() != "verdict") {
            match field.name().parse::<Column>() {
                Ok(column) => columns = columns.with(column),
                Err(_) => extra.push(field.name().as_str()),
            }
        }
        (columns, extra)
    }

    /// The table of a batch of the canonical schema; `duplicates` marks the rows that another of the same
    /// id stands for.
    ///
    /// # Errors
    /// As [`crate::Engine::push`].
    pub fn of(
        &self,
        batch: &RecordBatch,
        duplicates: Option<&BooleanBuffer>,
    ) -> Result<RecordBatch, ArrowError> {
        if duplicates.is_some_and(|marks| marks.len() != batch.num_rows()) {
            return Err(ArrowError::Marks);
        }
        let columns = Columns::of(batch)?;
        let rows = Rows::judge(self, &columns, duplicates.map(Bits::of))?;
        let mut arrays = Vec::with_capacity(self.schema.fields().len());
        for field in self.schema.fields().iter().take_while(|field| field.name() != "verdict") {
            arrays.push(match batch.column_by_name(field.name()) {
                Some(array) if array.data_type() == field.data_type() => Arc::clone(array),
                Some(array) => arrow_cast::cast(array, field.data_type())?,
                None => arrow_array::new_null_array(field.data_type(), batch.num_rows()),
            });
        }
        arrays.extend(rows.arrays()?);
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)?)
    }
}

/// What was asked, as JSON.
fn told(query: &Arc<Query>) -> String {
    let basis = Basis::of(&Tally::new(query));
    let plan = query.plan();
    serde_json::json!({
        "plan": { "id": plan.id(), "digest": plan.digest() },
        "query": basis.query, "calendar": basis.calendar, "policy": basis.policy,
    })
    .to_string()
}

/// Rows judged at a time by one thread.
const SLICE: usize = 65_536;

/// The table of a data set, in batches, in the order of its rows, on a number of threads (none: as many as
/// there are for this process); the caller may stop. Rows set aside are no dossiers and not in it;
/// duplicates are, as `excluded`. `columns` are named as in [`Verdicts`]; none are those that
/// [`crate::cases`] shows, and the extra ones.
///
/// # Errors
/// As [`Verdicts::new`]; [`tthc_kpi::Error::UnknownName`] for a column that does not exist;
/// [`ArrowError::Interrupted`].
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use arrow_array::cast::AsArray;
/// use tthc_kpi::{Plan, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, synth::Synth, verdicts};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let (schema, batches) = verdicts(&dossiers, &query, None, None, &mut |_| ControlFlow::Continue(()))?;
/// let place = schema.index_of("on_time_rate")?;
/// let on_time: usize = batches.iter().map(|batch| batch.column(place).as_boolean().true_count()).sum();
/// let result = dossiers.tally(&query)?.scorecard()?["on_time_rate"].clone();
/// assert_eq!(rust_decimal::Decimal::from(on_time), result.numerator);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verdicts(
    dossiers: &Dossiers,
    query: &Arc<Query>,
    columns: Option<&[String]>,
    threads: Option<usize>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<(SchemaRef, Vec<RecordBatch>), ArrowError> {
    let made = Verdicts::named(query, columns, dossiers.columns(), &extra_types(dossiers))?;
    let slices: Vec<(usize, &RecordBatch, Option<&BooleanBuffer>, usize)> = dossiers
        .parts()
        .flat_map(|(batch, marks)| (0..batch.num_rows()).step_by(SLICE).map(move |from| (batch, marks, from)))
        .enumerate()
        .map(|(place, (batch, marks, from))| (place, batch, marks, from))
        .collect();
    let work = |done: &mut Vec<(usize, RecordBatch)>,
                item: &(usize, &RecordBatch, Option<&BooleanBuffer>, usize)| {
        let (place, batch, marks, from) = *item;
        let rows = SLICE.min(batch.num_rows() - from);
        let marks = marks.map(|marks| marks.slice(from, rows));
        done.push((place, made.of(&batch.slice(from, rows), marks.as_ref())?));
        Ok(rows as u64)
    };
    let mut batches: Vec<_> =
        share(threads, &slices, Vec::new, work, progress)?.into_iter().flatten().collect();
    batches.sort_unstable_by_key(|(place, _)| *place);
    Ok((Arc::clone(&made.schema), batches.into_iter().map(|(_, batch)| batch).collect()))
}

/// The extra columns, each with the type that holds what it is in every part: text, where it is several.
fn extra_types(dossiers: &Dossiers) -> Vec<(String, DataType)> {
    let of = |name: &String| {
        let fields = dossiers.batches().filter_map(|batch| batch.schema_ref().column_with_name(name));
        let mut kinds = fields.map(|(_, field)| field.data_type());
        let first = kinds.next();
        let one = first.filter(|first| kinds.all(|kind| kind == *first));
        one.cloned().unwrap_or(DataType::Utf8)
    };
    dossiers.extra().iter().map(|name| (name.clone(), of(name))).collect()
}
