//! Indices of Decision 766 as an Arrow table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use rust_decimal::Decimal;
use tthc_kpi::{Aspect, Index, IndexRow, Key};

use crate::error::ArrowError;
use crate::table::{decimals, keys, texts};

/// Percents and days.
const PERCENT: (u8, i8) = (38, 2);
/// Thresholds: shares as a scheme states them.
const SHARE: (u8, i8) = (38, 6);

/// The rows of indices: one per index and row of its scheme. First the keys (`agency_code`, `agency`,
/// …; null in an index without that key), `scheme`, `level`, `period`; then `group`, `indicator` (id),
/// `code`, `name`, `numerator`, `denominator`, `value` (working days), `percent`, `score`, `maximum`
/// (points), `threshold` (a share), `status`, `counts_from`, `unknown` (dossiers), `declared`,
/// `certainty`, a column `certainty_…` per aspect, and `sources`. Null is unknown, or nothing stated;
/// it is never 0. Groups and totals are not rows: they are JSON in the schema's metadata under
/// `tthc_kpi`, with the scheme, its digest, the reading of scopes and the notes of each index.
///
/// # Errors
/// An overflow beyond 128 bits.
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, IndexQuery, Level, OfficeCounts, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let counts = CountTable::of(OfficeCounts::default().row(&scheme, "2.1", 9, 10)?);
/// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&counts).one()?;
/// let table = tthc_kpi_arrow::index_table(&[index])?;
/// assert_eq!(table.num_rows(), scheme.rows().len());
/// assert!(table.column_by_name("score").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn index_table(indices: &[Index]) -> Result<RecordBatch, ArrowError> {
    let rows = || indices.iter().flat_map(|index| index.rows.iter().map(move |row| (index, row)));
    let most = indices.iter().map(|index| index.scheme.decimals).max().unwrap_or(2);
    let points = (38, i8::try_from(most).unwrap_or(6));

    let mut names: Vec<&str> = Vec::new();
    for (name, _) in indices.iter().flat_map(|index| &index.keys) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for name in names {
        let column: Vec<Key> =
            rows().map(|(index, _)| index.key(name).cloned().unwrap_or(Key::Null)).collect();
        columns.push((name.to_owned(), keys(column.iter())));
    }
    let mut put = |name: &str, array: ArrayRef| columns.push((name.to_owned(), array));
    let counts = |pick: fn(&IndexRow) -> Option<u64>| -> ArrayRef {
        let mut builder = UInt64Builder::new();
        rows().for_each(|(_, row)| builder.append_option(pick(row)));
        Arc::new(builder.finish())
    };
    put("scheme", texts(rows().map(|(index, _)| Some(index.scheme.id.as_str()))));
    put("level", texts(rows().map(|(index, _)| Some(index.level.slug()))));
    put("period", texts(rows().map(|(index, _)| index.period.as_deref())));
    put("group", texts(rows().map(|(_, row)| Some(row.group.as_str()))));
    put("indicator", texts(rows().map(|(_, row)| Some(row.id.as_str()))));
    put("code", texts(rows().map(|(_, row)| row.code.as_deref())));
    put("name", texts(rows().map(|(_, row)| Some(row.name.vi.as_str()))));
    put("numerator", counts(|row| row.numerator));
    put("denominator", counts(|row| row.denominator));
    put("value", decimals(rows().map(|(_, row)| row.value.as_ref()), PERCENT)?);
    put("percent", decimals(rows().map(|(_, row)| row.percent.as_ref()), PERCENT)?);
    put("score", decimals(rows().map(|(_, row)| row.score.as_ref()), points)?);
    put("maximum", decimals(rows().map(|(_, row)| row.maximum.as_ref()), points)?);
    let thresholds: Vec<Option<Decimal>> = rows().map(|(_, row)| row.threshold()).collect();
    put("threshold", decimals(thresholds.iter().map(Option::as_ref), SHARE)?);
    put("status", texts(rows().map(|(_, row)| Some(row.status.slug()))));
    put("counts_from", texts(rows().map(|(_, row)| row.counts_from.map(tthc_kpi::CountsSource::slug))));
    put("unknown", counts(|row| row.unknown));
    let mut declared = BooleanBuilder::new();
    rows().for_each(|(_, row)| declared.append_value(row.declared.is_some()));
    put("declared", Arc::new(declared.finish()));
    put("certainty", texts(rows().map(|(_, row)| Some(row.certainty.slug()))));
    for aspect in
        [Aspect::Definition, Aspect::Maximum, Aspect::Scope, Aspect::Threshold, Aspect::Cap, Aspect::Zero]
    {
        let of = rows().map(|(_, row)| {
            let evidence = row.evidence.iter().find(|evidence| evidence.of.contains(&aspect));
            evidence.map(|evidence| evidence.certainty.slug())
        });
        put(&format!("certainty_{aspect}"), texts(of));
    }
    let sources = rows().map(|(_, row)| {
        let mut sources: Vec<&str> = row.evidence.iter().map(|evidence| evidence.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        Some(sources.join(", "))
    });
    put("sources", texts(sources));

    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let metadata = HashMap::from([("tthc_kpi".to_owned(), header_json(indices))]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    Ok(RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect())?)
}

/// Everything of the indices but their rows.
fn header_json(indices: &[Index]) -> String {
    let headers: Vec<_> = indices
        .iter()
        .map(|index| {
            serde_json::json!({
                "scheme": index.scheme, "level": index.level, "scope": index.scope,
                "period": index.period, "keys": index.keys, "groups": index.groups,
                "total": index.total, "notes": index.notes, "sources": index.sources,
            })
        })
        .collect();
    serde_json::json!(headers).to_string()
}
