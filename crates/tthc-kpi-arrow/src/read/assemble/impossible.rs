//! Values that cannot be: a part greater than its whole, a date in no year of ours.

use arrow_array::cast::AsArray;
use arrow_array::types::{TimestampMicrosecondType, UInt32Type};
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_select::nullif::nullif;
use tthc_kpi::{Column, Reason, Text, ValueKind};

use super::super::ReadError;
use super::super::cell::Problem;
use super::{Assembler, Found};

/// The same words in Vietnamese and in English.
type Both = (&'static str, &'static str);

/// A part and the wholes it cannot exceed (SPEC §2).
const PARTS: [(Column, &[Column]); 3] = [
    (Column::PaymentsOnline, &[Column::Payments]),
    (Column::PaymentsPortal, &[Column::PaymentsOnline, Column::Payments]),
    (Column::TransfersElectronic, &[Column::Transfers]),
];

impl Assembler {
    /// Impossible values become unknown (SPEC §2). All are told by the values as read, before any is
    /// made unknown: portal payments above the online ones are impossible even where these are too.
    pub(super) fn impossible(
        &self,
        arrays: &mut [ArrayRef],
        found: &mut Vec<Found>,
    ) -> Result<(), ReadError> {
        let at = |column| self.builders.iter().position(|builder| builder.column == Some(column));
        let mut wrong: Vec<(usize, BooleanBuffer, Reason, ValueKind, Both)> = Vec::new();
        for (part, wholes) in PARTS {
            let Some(index) = at(part) else { continue };
            let Some(parts) = arrays.get(index).and_then(|array| array.as_primitive_opt::<UInt32Type>())
            else {
                continue;
            };
            let mut rows = BooleanBuffer::new_unset(parts.len());
            for whole in wholes.iter().filter_map(|whole| at(*whole)) {
                let Some(wholes) = arrays.get(whole).and_then(|array| array.as_primitive_opt::<UInt32Type>())
                else {
                    continue;
                };
                // What stands where nothing is known may be anything; mostly all is well even so.
                let (part, whole) = (parts.values(), wholes.values());
                if part.iter().zip(whole).fold(false, |any, (part, whole)| any | (part > whole)) {
                    let exceeds =
                        BooleanBuffer::collect_bool(parts.len(), |row| part.get(row) > whole.get(row));
                    rows = &rows | &known(&known(&exceeds, parts.nulls()), wholes.nulls());
                }
            }
            wrong.push((
                index,
                rows,
                Reason::PartExceedsWhole,
                ValueKind::Number,
                ("không lớn hơn tổng số", "at most the whole it is a part of"),
            ));
        }
        for column in [Column::SupplementRequestedAt, Column::SupplementedAt] {
            let Some(index) = at(column) else { continue };
            let Some(dates) =
                arrays.get(index).and_then(|array| array.as_primitive_opt::<TimestampMicrosecondType>())
            else {
                continue;
            };
            let values = dates.values();
            let rows = BooleanBuffer::collect_bool(dates.len(), |row| {
                values.get(row).is_some_and(|micros| !plausible(*micros))
            });
            wrong.push((
                index,
                known(&rows, dates.nulls()),
                Reason::BadDate,
                ValueKind::Date,
                ("ngày từ năm 2000 đến 2100", "a date in 2000 to 2100"),
            ));
        }
        for (index, rows, reason, kind, (vi, en)) in wrong {
            let Some(array) = arrays.get_mut(index).filter(|_| rows.count_set_bits() > 0) else { continue };
            let mask = BooleanArray::new(rows, None);
            *array = nullif(array, &mask).map_err(|_| ReadError::Internal("nullif"))?;
            found.extend(mask.values().set_indices().map(|at| Found {
                at,
                aside: None,
                builder: Some(index),
                problem: Problem { kind, reason },
                expected: Some(Text::new(vi, en)),
            }));
        }
        Ok(())
    }
}

/// Of some rows, those where something is known.
fn known(rows: &BooleanBuffer, nulls: Option<&NullBuffer>) -> BooleanBuffer {
    nulls.map_or_else(|| rows.clone(), |nulls| rows & nulls.inner())
}

/// 2000-01-01..2100-12-31 (SPEC §3, `bad_date`).
fn plausible(micros: i64) -> bool {
    const DAY: i64 = 86_400_000_000;
    (10_957 * DAY..47_847 * DAY).contains(&micros)
}
