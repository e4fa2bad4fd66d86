//! A scorecard as an Arrow table.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Decimal128Builder, Int64Builder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, Date32Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use rust_decimal::Decimal;
use tthc_kpi::{Group, Key, Scorecard};

use crate::error::ArrowError;

/// Numerators and denominators: counts, and VND with two decimals.
const AMOUNT: (u8, i8) = (38, 2);
/// Percents: as many decimals as a share needs that would else round across its target.
const PERCENT: (u8, i8) = (38, 10);

pub(crate) fn scaled(value: Decimal, scale: i8) -> Result<i128, ArrowError> {
    let overflow = || ArrowError::Core(tthc_kpi::Error::Overflow { what: "a decimal column" });
    let scale = u32::from(scale.unsigned_abs());
    // Only a percent can have more decimals than its column: of billions of dossiers, or against a
    // target of many decimals. Numerator and denominator stand beside it, exact.
    let value = if value.scale() > scale {
        value.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
    } else {
        value
    };
    let shift = scale.checked_sub(value.scale()).ok_or_else(overflow)?;
    10i128.checked_pow(shift).and_then(|factor| value.mantissa().checked_mul(factor)).ok_or_else(overflow)
}

pub(crate) fn decimals<'v>(
    values: impl Iterator<Item = Option<&'v Decimal>>,
    (precision, scale): (u8, i8),
) -> Result<ArrayRef, ArrowError> {
    let mut builder = Decimal128Builder::new().with_data_type(DataType::Decimal128(precision, scale));
    for value in values {
        match value {
            Some(value) => builder.append_value(scaled(*value, scale)?),
            None => builder.append_null(),
        }
    }
    Ok(Arc::new(builder.finish()))
}

pub(crate) fn texts<S: AsRef<str>>(values: impl Iterator<Item = Option<S>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.for_each(|value| builder.append_option(value));
    Arc::new(builder.finish())
}

/// Keys as text, whole numbers or yes and no, as the column they come from.
pub(crate) fn keys<'k>(values: impl Iterator<Item = &'k Key> + Clone) -> ArrayRef {
    let known = || values.clone().filter(|key| **key != Key::Null);
    if known().next().is_some() && known().all(|key| matches!(key, Key::Int(_))) {
        let mut builder = Int64Builder::new();
        values.for_each(|key| {
            builder.append_option(if let Key::Int(number) = key { Some(*number) } else { None });
        });
        return Arc::new(builder.finish());
    }
    if known().next().is_some() && known().all(|key| matches!(key, Key::Bool(_))) {
        let mut builder = BooleanBuilder::new();
        values
            .for_each(|key| builder.append_option(if let Key::Bool(yes) = key { Some(*yes) } else { None }));
        return Arc::new(builder.finish());
    }
    texts(values.map(Key::as_text))
}

/// The scorecard's rows: one per group and indicator, the total's where there is no breakdown.
/// One column per dimension, `period_start` and `period_end` beside a time bucket, then the
/// result's fields. Query, policy, accounting and warnings are JSON in the schema's metadata
/// under `tthc_kpi`.
///
/// # Errors
/// An overflow beyond 128 bits.
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Plan, Query};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let card = query.scorecard(&[Dossier::received("2026-01-05".parse()?)])?;
/// let table = tthc_kpi_arrow::scorecard_table(&card)?;
/// assert_eq!(table.num_rows(), 48);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn scorecard_table(card: &Scorecard) -> Result<RecordBatch, ArrowError> {
    let total = std::slice::from_ref(&card.total);
    let groups: &[Group] = if card.query.by.is_empty() { total } else { &card.groups };
    let rows = || groups.iter().flat_map(|group| group.results.iter().map(move |result| (group, result)));

    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    let days = |pick: fn(&Group) -> Option<tthc_kpi::Day>| -> ArrayRef {
        Arc::new(rows().map(|(group, _)| pick(group).map(tthc_kpi::Day::number)).collect::<Date32Array>())
    };
    for (place, name) in card.query.by.iter().enumerate() {
        let column: Vec<Key> =
            rows().map(|(group, _)| group.keys.get(place).cloned().unwrap_or(Key::Null)).collect();
        columns.push((name.clone(), keys(column.iter())));
        if matches!(name.as_str(), "month" | "quarter" | "week" | "day") {
            columns.push(("period_start".to_owned(), days(|group| group.period_start)));
            columns.push(("period_end".to_owned(), days(|group| group.period_end)));
        }
    }
    let mut put = |name: &str, array: ArrayRef| columns.push((name.to_owned(), array));
    put("indicator", texts(rows().map(|(_, result)| Some(result.indicator.as_str()))));
    put("numerator", decimals(rows().map(|(_, result)| Some(&result.numerator)), AMOUNT)?);
    put("denominator", decimals(rows().map(|(_, result)| Some(&result.denominator)), AMOUNT)?);
    put("percent", decimals(rows().map(|(_, result)| result.percent.as_ref()), PERCENT)?);
    put("target_op", texts(rows().map(|(_, result)| Some(result.target_op.slug()))));
    put("target", decimals(rows().map(|(_, result)| Some(&result.target)), PERCENT)?);
    put("status", texts(rows().map(|(_, result)| Some(result.status.slug()))));
    put("gap", decimals(rows().map(|(_, result)| result.gap.as_ref()), PERCENT)?);
    let mut needed = UInt64Builder::new();
    rows().for_each(|(_, result)| needed.append_option(result.cases_needed));
    put("cases_needed", Arc::new(needed.finish()));
    let share = |pick: fn(&tthc_kpi::IndicatorResult) -> Option<&tthc_kpi::Share>| {
        decimals(rows().map(|(_, result)| pick(result).and_then(|share| share.percent.as_ref())), PERCENT)
    };
    put("best_case", share(|result| result.best_case.as_ref())?);
    put("worst_case", share(|result| result.worst_case.as_ref())?);
    let mut unknown = UInt64Builder::new();
    rows().for_each(|(_, result)| unknown.append_value(result.unknown));
    put("unknown", Arc::new(unknown.finish()));
    let mut declared = BooleanBuilder::new();
    rows().for_each(|(_, result)| declared.append_value(result.declared));
    put("declared", Arc::new(declared.finish()));

    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let metadata = HashMap::from([("tthc_kpi".to_owned(), header_json(card))]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    Ok(RecordBatch::try_new(schema, columns.into_iter().map(|(_, array)| array).collect())?)
}

/// Everything of a scorecard but its groups.
fn header_json(card: &Scorecard) -> String {
    serde_json::json!({
        "plan": card.plan, "query": card.query, "calendar": card.calendar, "policy": card.policy,
        "data": card.data, "accounting": card.accounting, "registers": card.registers, "warnings": card.warnings,
    })
    .to_string()
}

/// What stands behind an official output.
pub(crate) fn basis_json(basis: &tthc_kpi::Basis) -> String {
    serde_json::json!(basis).to_string()
}
