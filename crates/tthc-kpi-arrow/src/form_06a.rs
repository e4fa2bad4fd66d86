//! Form 06a as a table, and the dossiers behind one of its figures.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use tthc_kpi::{Column, Dimension, Form06a, FormColumn, Query};

use crate::cases::rows_of;
use crate::dossiers::Dossiers;
use crate::error::ArrowError;
use crate::table::{basis_json, texts};

/// The rows of form 06a: `field` (null is unknown), then a column of counts for each [`FormColumn`]. The
/// total is no row. What stands behind them is JSON in the schema's metadata under `tthc_kpi`.
///
/// # Errors
/// An Arrow error, never in practice.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Form06a, FormColumn, Plan, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, form_06a_cases, form_06a_table, synth::Synth};
/// let dossiers = Dossiers::from_batches(Synth::new(1_000, 0).batches()?.flatten(), Duplicates::Resolve)?;
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
///     .period("2026-Q2".parse()?)
///     .by([Dimension::Field])
///     .check()?;
/// let form = Form06a::of(&dossiers.tally(&query)?)?;
/// assert_eq!(form_06a_table(&form)?.num_rows(), form.rows.len());
/// let late = form_06a_cases(&dossiers, &query, FormColumn::ResolvedLate, None)?;
/// assert_eq!(late.num_rows() as u64, form.total.resolved_late);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn form_06a_table(form: &Form06a) -> Result<RecordBatch, ArrowError> {
    let mut fields = vec![Field::new("field", DataType::Utf8, true)];
    let mut arrays: Vec<ArrayRef> = vec![texts(form.rows.iter().map(|row| row.field.as_deref()))];
    for column in FormColumn::ALL {
        fields.push(Field::new(column.slug(), DataType::UInt64, false));
        arrays.push(Arc::new(form.rows.iter().map(|row| row.get(*column)).collect::<UInt64Array>()));
    }
    let metadata = HashMap::from([("tthc_kpi".to_owned(), basis_json(&form.basis))]);
    Ok(RecordBatch::try_new(Arc::new(Schema::new_with_metadata(fields, metadata)), arrays)?)
}

/// The dossiers counted in a column of form 06a, as [`cases`](crate::cases()) shows them: of every field, or
/// of one (`Some(None)` is the unknown one).
///
/// # Errors
/// [`Error::UnknownName`](tthc_kpi::Error::UnknownName) for a field that no row has; an Arrow error.
///
/// # Example
/// See [`form_06a_table`].
pub fn form_06a_cases(
    dossiers: &Dossiers,
    query: &Arc<Query>,
    column: FormColumn,
    field: Option<Option<&str>>,
) -> Result<RecordBatch, ArrowError> {
    let restrict: Vec<(Dimension, Option<String>)> =
        field.map(|field| (Dimension::Column(Column::Field), field.map(str::to_owned))).into_iter().collect();
    rows_of(dossiers, query, &restrict, |facts, _, _| column.holds(facts))
}
