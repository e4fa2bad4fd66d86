//! A tally as an Arrow IPC stream: one row per group and the total first, a column per fact, lists of
//! procedure codes and their counts where the plan counts procedures, the rest of the tally as JSON in
//! the schema's metadata.

use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, RecordBatch, UInt64Array};
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use sha2::{Digest, Sha256};
use tthc_kpi::{Counts, Error, Fact, GroupKey, ProcedureUse, Tally};

use crate::error::ArrowError;

/// Name of the metadata entry that holds the tally without its groups.
const HEADER: &str = "tthc_kpi_tally";

/// Name of the column of procedure codes, where the plan counts procedures.
const CODES: &str = "procedure_codes";

/// Names of the columns of their counts.
fn uses() -> [String; ProcedureUse::NAMES.len()] {
    ProcedureUse::NAMES.map(|name| format!("procedure_{name}"))
}

/// Bytes of the SHA-256 at the end.
const SEAL: usize = 32;

fn bad(detail: &str) -> ArrowError {
    ArrowError::Core(Error::BadTally { detail: detail.to_owned() })
}

/// The tally as bytes of an Arrow IPC stream, which any Arrow library opens, sealed with a SHA-256
/// behind it.
///
/// # Errors
/// An Arrow error; none in practice.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Query, Tally};
/// use tthc_kpi_arrow::{tally_from_bytes, tally_to_bytes};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let tally = Tally::new(&query);
/// assert_eq!(tally_from_bytes(&tally_to_bytes(&tally)?)?, tally);
/// assert!(tally_from_bytes(b"nothing of the kind").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn tally_to_bytes(tally: &Tally) -> Result<Vec<u8>, ArrowError> {
    let rows: Vec<(Option<&GroupKey>, &Counts)> = std::iter::once((None, tally.total()))
        .chain(tally.groups().iter().map(|(key, counts)| (Some(key), counts)))
        .collect();
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    let mut keys = StringBuilder::new();
    for (key, _) in &rows {
        let json = key.map(serde_json::to_string).transpose().map_err(|_| bad("a key cannot be written"))?;
        keys.append_option(json);
    }
    columns.push(("group".to_owned(), Arc::new(keys.finish())));
    for fact in Fact::ALL {
        let counts: UInt64Array = rows.iter().map(|(_, counts)| Some(counts.fact(*fact))).collect();
        columns.push((fact.slug().to_owned(), Arc::new(counts)));
    }
    let lists = |pick: fn(&Counts) -> &[u64]| -> ArrayRef {
        let mut builder = ListBuilder::new(UInt64Builder::new());
        for (_, counts) in &rows {
            builder.values().append_slice(pick(counts));
            builder.append(true);
        }
        Arc::new(builder.finish())
    };
    columns.push(("sums".to_owned(), lists(|counts| counts.parts().1)));
    columns.push(("filtered".to_owned(), lists(|counts| counts.parts().2)));
    columns.push(("filtered_sums".to_owned(), lists(|counts| counts.parts().3)));
    let mut days = ListBuilder::new(Int32Builder::new());
    let mut day_counts = ListBuilder::new(UInt64Builder::new());
    for (_, counts) in &rows {
        for (day, count) in counts.processing().iter() {
            days.values().append_value(day);
            day_counts.values().append_value(count);
        }
        days.append(true);
        day_counts.append(true);
    }
    columns.push(("processing_days".to_owned(), Arc::new(days.finish())));
    columns.push(("processing_counts".to_owned(), Arc::new(day_counts.finish())));
    if tally.query().layout().counts_procedures() {
        let mut codes = ListBuilder::new(StringBuilder::new());
        let mut lists = uses().map(|name| (name, ListBuilder::new(UInt64Builder::new())));
        for (_, counts) in &rows {
            for (code, used) in counts.procedures() {
                codes.values().append_value(code);
                let counts = lists.iter_mut().zip(used.numbers());
                counts.for_each(|((_, list), count)| list.values().append_value(count));
            }
            codes.append(true);
            lists.iter_mut().for_each(|(_, list)| list.append(true));
        }
        columns.push((CODES.to_owned(), Arc::new(codes.finish())));
        for (name, mut list) in lists {
            columns.push((name, Arc::new(list.finish())));
        }
    }

    let header = tally.header_json()?;
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, HashMap::from([(HEADER.to_owned(), header)])));
    let batch =
        RecordBatch::try_new(Arc::clone(&schema), columns.into_iter().map(|(_, array)| array).collect())?;
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    writer.write(&batch)?;
    writer.finish()?;
    let mut bytes = writer.into_inner()?;
    // Behind the end-of-stream mark, where Arrow readers no longer look.
    let seal = Sha256::digest(&bytes);
    bytes.extend_from_slice(&seal);
    Ok(bytes)
}

/// The tally of [`tally_to_bytes`].
///
/// # Errors
/// [`Error::BadTally`] when the bytes are not a tally of this version, or lack the counts of
/// procedures that their plan asks for; an Arrow error.
///
/// # Example
/// See [`tally_to_bytes`].
pub fn tally_from_bytes(bytes: &[u8]) -> Result<Tally, ArrowError> {
    // A flipped bit could be read as another count, and Arrow's reader does not stand damaged
    // buffers: nothing is read before the seal is seen to fit.
    let (bytes, seal) =
        bytes.split_at_checked(bytes.len().saturating_sub(SEAL)).ok_or_else(|| bad("it is cut short"))?;
    if Sha256::digest(bytes).as_slice() != seal {
        return Err(bad("it is damaged, or not a tally"));
    }
    let reader =
        StreamReader::try_new(Cursor::new(bytes), None).map_err(|_| bad("it is not an Arrow stream"))?;
    let schema = reader.schema();
    let header = schema.metadata().get(HEADER).ok_or_else(|| bad("it has no tally header"))?;
    let empty = Tally::from_header_json(header)?;
    let layout = empty.query().layout().clone();
    let mut total = None;
    let mut groups = Vec::new();
    for batch in reader {
        let batch = batch.map_err(|_| bad("its batches cannot be read"))?;
        let column = |name: &str| batch.column_by_name(name).ok_or_else(|| bad("it lacks a column"));
        let keys = column("group")?.as_string_opt::<i32>().ok_or_else(|| bad("its keys are not text"))?;
        let facts: Vec<&UInt64Array> = Fact::ALL
            .iter()
            .map(|fact| {
                column(fact.slug())?
                    .as_primitive_opt::<UInt64Type>()
                    .ok_or_else(|| bad("a count is no count"))
            })
            .collect::<Result<_, _>>()?;
        let list = |name: &str, row: usize| -> Result<Vec<u64>, ArrowError> {
            let lists = column(name)?.as_list_opt::<i32>().ok_or_else(|| bad("a list is no list"))?;
            let values = lists.value(row);
            let values =
                values.as_primitive_opt::<UInt64Type>().ok_or_else(|| bad("a list is not of counts"))?;
            Ok(values.values().to_vec())
        };
        for row in 0..batch.num_rows() {
            let days = column("processing_days")?
                .as_list_opt::<i32>()
                .ok_or_else(|| bad("a list is no list"))?
                .value(row);
            let days = days
                .as_primitive_opt::<Int32Type>()
                .ok_or_else(|| bad("a list is not of days"))?
                .values()
                .to_vec();
            let counts = Counts::from_parts(
                &layout,
                facts.iter().map(|fact| fact.value(row)).collect(),
                list("sums", row)?,
                list("filtered", row)?,
                list("filtered_sums", row)?,
                days.into_iter().zip(list("processing_counts", row)?),
            )?;
            let counts = if layout.counts_procedures() {
                let codes =
                    column(CODES)?.as_list_opt::<i32>().ok_or_else(|| bad("a list is no list"))?.value(row);
                let codes = codes.as_string_opt::<i32>().ok_or_else(|| bad("a list is not of codes"))?;
                let mut numbers = Vec::with_capacity(ProcedureUse::NAMES.len());
                for name in uses() {
                    numbers.push(list(&name, row)?);
                }
                if numbers.iter().any(|list| list.len() != codes.len()) {
                    return Err(bad("a procedure lacks a count"));
                }
                let count = |at: usize, code: usize| {
                    numbers.get(at).and_then(|list| list.get(code)).copied().unwrap_or_default()
                };
                let uses = (0..codes.len())
                    .map(|code| ProcedureUse::of_numbers(std::array::from_fn(|at| count(at, code))));
                counts.with_procedures(codes.iter().flatten().zip(uses))?
            } else {
                counts
            };
            if keys.is_null(row) {
                total = Some(counts);
            } else {
                let key: GroupKey =
                    serde_json::from_str(keys.value(row)).map_err(|_| bad("a key cannot be read"))?;
                groups.push((key, counts));
            }
        }
    }
    Ok(empty.with_counts(total.ok_or_else(|| bad("it has no total"))?, groups)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tthc_kpi::{Dossier, Plan, Query};

    const WITHOUT: &str = "id = 'x'\ntitle = 'x'\n[[indicators]]\nid = 'early_rate'\nname = { vi = 'Sớm' }\n\
        measure = 'early'\ntarget = { op = '>', percent = 60 }\nclauses = [{ clause = '1', text = '60%' }]\n";

    fn saved(plan: &Plan) -> (Tally, Vec<u8>) {
        let query = Query::new(plan).period("2026".parse().unwrap()).by(["agency".parse().unwrap()]);
        let mut tally = Tally::new(&query.check().unwrap());
        for code in ["1.001193", " 1.001193", "2.000488"] {
            let dossier = Dossier {
                procedure_code: Some(code.to_owned()),
                payments: Some(1),
                payments_portal: Some(1),
                ..Dossier::received("2026-01-05".parse().unwrap())
            };
            tally.add(&dossier).unwrap();
        }
        let bytes = tally_to_bytes(&tally).unwrap();
        (tally, bytes)
    }

    fn opened(bytes: &[u8]) -> RecordBatch {
        let stream = &bytes[..bytes.len() - SEAL];
        StreamReader::try_new(Cursor::new(stream), None).unwrap().next().unwrap().unwrap()
    }

    /// A whole file of a batch, as one who knows the form would write it.
    fn sealed(batch: &RecordBatch) -> Vec<u8> {
        let mut writer = StreamWriter::try_new(Vec::new(), batch.schema_ref()).unwrap();
        writer.write(batch).unwrap();
        writer.finish().unwrap();
        let mut bytes = writer.into_inner().unwrap();
        let seal = Sha256::digest(&bytes);
        bytes.extend_from_slice(&seal);
        bytes
    }

    #[test]
    fn procedures_are_saved_where_the_plan_counts_them() {
        let (tally, bytes) = saved(&Plan::builtin("dong-nguyen-2026").unwrap());
        assert_eq!(tally.total().procedures()["1.001193"].received, 2);
        assert_eq!(tally_from_bytes(&bytes).unwrap(), tally);
        let batch = opened(&bytes);
        assert_eq!(tally_from_bytes(&sealed(&batch)).unwrap(), tally);
        // A file without what its plan asks for does not say that nothing was paid online.
        for name in uses().iter().map(String::as_str).chain([CODES]) {
            let mut less = batch.clone();
            less.remove_column(less.schema().index_of(name).unwrap());
            let error = tally_from_bytes(&sealed(&less)).unwrap_err();
            assert!(error.to_string().contains("it lacks a column"), "{name}: {error}");
        }

        let (tally, bytes) = saved(&Plan::from_toml("x.toml", WITHOUT).unwrap());
        assert!(tally.total().procedures().is_empty());
        assert_eq!(tally_from_bytes(&bytes).unwrap(), tally);
        assert!(opened(&bytes).column_by_name(CODES).is_none());
    }

    #[test]
    fn a_code_without_its_counts_is_refused() {
        let (_, bytes) = saved(&Plan::builtin("dong-nguyen-2026").unwrap());
        let batch = opened(&bytes);
        let mut columns = batch.columns().to_vec();
        let place = batch.schema().index_of(&uses()[1]).unwrap();
        columns[place] = Arc::clone(&columns[batch.schema().index_of("sums").unwrap()]);
        columns[batch.schema().index_of(&uses()[2]).unwrap()] =
            arrow_array::new_null_array(columns[place].data_type(), batch.num_rows());
        let changed = RecordBatch::try_new(batch.schema(), columns).unwrap();
        let error = tally_from_bytes(&sealed(&changed)).unwrap_err();
        assert!(error.to_string().contains("a procedure lacks a count"), "{error}");
    }
}
