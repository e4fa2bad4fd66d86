//! The monthly late list of a data set, and the list as a table.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::builder::TimestampMicrosecondBuilder;
use arrow_array::{ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use tthc_kpi::{Fact, Facts, Instant, LateCase, LateList, Query};

use crate::columns::Columns;
use crate::dossiers::Dossiers;
use crate::error::ArrowError;
use crate::judge::{Rules, judge};
use crate::lanes::Bits;
use crate::table::{basis_json, texts};

/// The late dossiers of a data set in a query's window, its breakdown left aside; the caller may stop
/// while they are counted.
///
/// # Errors
/// As [`Dossiers::tally_with`]; [`Error::BrokenIdentity`](tthc_kpi::Error::BrokenIdentity) when the list and
/// the counts differ.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::{LateKind, Plan, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, late_list, late_table, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-03".parse()?).check()?;
/// let list = late_list(&dossiers, &query, &mut |_| ControlFlow::Continue(()))?;
/// assert_eq!(list.on(LateKind::OpenOverdue).count() as u64, list.total.open_overdue);
/// assert_eq!(late_table(&list, &list.cases)?.num_rows(), list.cases.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn late_list(
    dossiers: &Dossiers,
    query: &Arc<Query>,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<LateList, ArrowError> {
    let tally = dossiers.tally_with(query, progress)?;
    let window = query.window();
    let mut cases = Vec::new();
    for (batch, duplicate) in dossiers.parts() {
        let columns = Columns::of(batch)?;
        let duplicate = duplicate.map(Bits::of);
        let marks = |from| duplicate.map_or(0, |duplicate| duplicate.block(from));
        let judged = judge(&columns, &Rules::new(query), marks, window);
        for (row, facts) in judged.facts.iter().enumerate() {
            let facts = Facts::from_bits(*facts);
            // Few are late: only they are made whole and judged by the reference, for their days.
            if facts.has(Fact::Late) || facts.has(Fact::OpenOverdue) {
                cases.extend(LateCase::of(&columns.dossier(row), query.judge(), window));
            }
        }
    }
    Ok(LateList::of(&tally, cases)?)
}

/// Lines of the late list as a table, with the names of [`LateCase`]'s parts: `list` is the annex. What
/// stands behind them is JSON in the schema's metadata under `tthc_kpi`.
///
/// # Errors
/// An Arrow error, never in practice.
///
/// # Example
/// See [`late_list`].
pub fn late_table<'c>(
    list: &LateList,
    cases: impl IntoIterator<Item = &'c LateCase>,
) -> Result<RecordBatch, ArrowError> {
    let cases: Vec<&LateCase> = cases.into_iter().collect();
    let text = |pick: fn(&LateCase) -> Option<&str>| texts(cases.iter().map(|case| pick(case)));
    let moment = |pick: fn(&LateCase) -> Option<Instant>| -> ArrayRef {
        let mut builder = TimestampMicrosecondBuilder::with_capacity(cases.len());
        cases.iter().for_each(|case| builder.append_option(pick(case).map(Instant::micros)));
        Arc::new(builder.finish())
    };
    let days = |pick: fn(&LateCase) -> Option<u32>| -> ArrayRef {
        Arc::new(cases.iter().map(|case| pick(case)).collect::<UInt32Array>())
    };
    let yes = |pick: fn(&LateCase) -> Option<bool>| -> ArrayRef {
        Arc::new(cases.iter().map(|case| pick(case)).collect::<BooleanArray>())
    };
    let at = DataType::Timestamp(TimeUnit::Microsecond, None);
    let columns: Vec<(&str, DataType, ArrayRef)> = vec![
        ("list", DataType::Utf8, text(|case| Some(case.kind.slug()))),
        ("agency", DataType::Utf8, text(|case| case.agency.as_deref())),
        ("officer", DataType::Utf8, text(|case| case.officer.as_deref())),
        ("dossier_id", DataType::Utf8, text(|case| case.dossier_id.as_deref())),
        ("procedure_code", DataType::Utf8, text(|case| case.procedure_code.as_deref())),
        ("procedure", DataType::Utf8, text(|case| case.procedure.as_deref())),
        ("field", DataType::Utf8, text(|case| case.field.as_deref())),
        ("received_at", at.clone(), moment(|case| Some(case.received_at))),
        ("due_at", at.clone(), moment(|case| case.due_at)),
        ("ended_at", at, moment(|case| case.ended_at)),
        ("days_late", DataType::UInt32, days(|case| case.days_late)),
        ("calendar_days_late", DataType::UInt32, days(|case| case.calendar_days_late)),
        ("by_date", DataType::Boolean, yes(|case| Some(case.by_date))),
        ("apologised", DataType::Boolean, yes(|case| case.apologised)),
        ("explained", DataType::Boolean, yes(|case| case.explained)),
    ];
    let fields: Vec<Field> =
        columns.iter().map(|(name, kind, _)| Field::new(*name, kind.clone(), true)).collect();
    let metadata = HashMap::from([("tthc_kpi".to_owned(), basis_json(&list.basis))]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    Ok(RecordBatch::try_new(schema, columns.into_iter().map(|(_, _, array)| array).collect())?)
}
