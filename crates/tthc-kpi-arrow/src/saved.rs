//! A tally as an Arrow IPC stream: one row per group and the total first, a column per fact, lists of
//! procedure codes and their counts where the plan counts procedures; the query and the rest of the
//! tally as JSON in the schema's metadata.

mod claims;
mod columns;
#[cfg(feature = "files")]
pub(crate) mod error;
#[cfg(feature = "files")]
mod file;
#[cfg(feature = "files")]
mod merge;
mod rows;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{Int32Builder, ListBuilder, StringBuilder, UInt64Builder};
use arrow_array::{ArrayRef, RecordBatch, UInt64Array};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use sha2::{Digest, Sha256};
use tthc_kpi::{Counts, Error, Fact, GroupKey, ProcedureUse, Query, Tally};

use crate::error::ArrowError;

use claims::Claimed;
use columns::Columns;
#[cfg(feature = "files")]
pub use error::SavedError;
#[cfg(feature = "files")]
pub use file::{pack_tally, read_tally, write_tally};
#[cfg(feature = "files")]
pub use merge::merge_tallies;
use rows::{Codes, Groups, Read};

/// Name of the metadata entry that holds the tally without its query and its groups.
const HEADER: &str = "tthc_kpi_tally";

/// Name of the metadata entry that holds the query.
const QUERY: &str = "tthc_kpi_query";

/// Name of the column of the groups' keys.
const GROUP: &str = "group";

/// Name of the column of procedure codes, where the plan counts procedures.
const CODES: &str = "procedure_codes";

/// Names of the columns of their counts.
const USES: [&str; ProcedureUse::NAMES.len()] = [
    "procedure_received",
    "procedure_paid",
    "procedure_paid_online",
    "procedure_unsettled",
    "procedure_lodged_online",
    "procedure_channel_unknown",
];

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
    columns.push((GROUP.to_owned(), Arc::new(keys.finish())));
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
        let mut lists = USES.map(|name| (name, ListBuilder::new(UInt64Builder::new())));
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
            columns.push((name.to_owned(), Arc::new(list.finish())));
        }
    }

    let header = tally.header_json()?;
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let metadata = [(HEADER.to_owned(), header), (QUERY.to_owned(), tally.query().to_json()?)];
    let schema = Arc::new(Schema::new_with_metadata(fields, HashMap::from(metadata)));
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
/// [`Error::DamagedTally`] when the bytes are cut short or were changed; [`Error::TallyVersion`] and
/// [`Error::StaleTally`] for one of another version; [`Error::BadTally`] when they are something else,
/// or lack the counts of procedures that their plan asks for.
///
/// # Example
/// See [`tally_to_bytes`].
pub fn tally_from_bytes(bytes: &[u8]) -> Result<Tally, ArrowError> {
    TallyReader::default().read(bytes)
}

/// Reads saved tallies one after another. Making a query anew costs as much as all the counts,
/// so it is kept for the next, which mostly has the same.
///
/// # Example
/// ```
/// use std::sync::Arc;
/// use tthc_kpi::{Plan, Query, Tally};
/// use tthc_kpi_arrow::{TallyReader, tally_to_bytes};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
/// let bytes = tally_to_bytes(&Tally::new(&query))?;
/// let mut reader = TallyReader::default();
/// let (one, two) = (reader.read(&bytes)?, reader.read(&bytes)?);
/// assert!(Arc::ptr_eq(one.query(), two.query()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct TallyReader {
    known: Option<(Arc<str>, Arc<Query>)>,
    codes: Codes,
}

impl TallyReader {
    /// As [`tally_from_bytes`].
    ///
    /// # Errors
    /// Those of [`tally_from_bytes`].
    pub fn read(&mut self, bytes: &[u8]) -> Result<Tally, ArrowError> {
        let (empty, claimed) = self.header(bytes)?;
        let mut groups = Groups::new();
        let total = self.counts(&empty, &claimed, &mut groups)?;
        Ok(empty.with_counts(total, groups)?)
    }

    /// The tally without its counts, and the stream that has them.
    fn header<'b>(&mut self, bytes: &'b [u8]) -> Result<(Tally, Claimed<'b>), ArrowError> {
        // A flipped bit could be read as another count: nothing is read before the seal is seen to fit.
        let (stream, seal) = unsealed(bytes)?;
        if Sha256::digest(stream).as_slice() != seal {
            return Err(ArrowError::Core(Error::DamagedTally));
        }
        // Arrow's reader takes a file by its word, and ends the process where that is wrong; and it makes
        // an array of each column, which takes longer than reading them where they lie.
        let claimed = claims::check(stream)?;
        let empty = Tally::from_header_json(claimed.header, || self.query(claimed.query))?;
        Ok((empty, claimed))
    }

    /// Adds the counts of the stream's groups to those of the same groups, and gives those of its
    /// total. After an error some may have been added.
    fn counts(
        &mut self,
        empty: &Tally,
        claimed: &Claimed<'_>,
        groups: &mut Groups,
    ) -> Result<Counts, ArrowError> {
        let mut read = Read::new(groups, claimed.bytes);
        for (batch, body) in &claimed.batches {
            let columns = Columns::of(batch, body, &claimed.fields)?;
            read.rows(columns, empty.query(), &mut self.codes)?;
        }
        read.total(empty)
    }

    fn query(&mut self, text: &str) -> Result<Arc<Query>, Error> {
        match &self.known {
            Some((known, query)) if **known == *text => Ok(Arc::clone(query)),
            _ => {
                let query = Query::from_json(text)?;
                self.known = Some((text.into(), Arc::clone(&query)));
                Ok(query)
            }
        }
    }
}

/// The stream, and the seal behind it.
fn unsealed(bytes: &[u8]) -> Result<(&[u8], &[u8]), ArrowError> {
    if !bytes.starts_with(&[0xff; 4]) {
        return Err(bad("it is no tally"));
    }
    bytes.split_at_checked(bytes.len().saturating_sub(SEAL)).ok_or(ArrowError::Core(Error::DamagedTally))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use arrow_array::Array as _;
    use arrow_ipc::reader::StreamReader;

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
        assert_eq!(USES.map(str::to_owned), ProcedureUse::NAMES.map(|name| format!("procedure_{name}")));
        assert_eq!(tally_from_bytes(&bytes).unwrap(), tally);
        let batch = opened(&bytes);
        assert_eq!(tally_from_bytes(&sealed(&batch)).unwrap(), tally);
        // A file without what its plan asks for does not say that nothing was paid online.
        for name in USES.into_iter().chain([CODES]) {
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
        let schema = batch.schema();
        let with = |name: &str, column: ArrayRef| {
            let mut columns = batch.columns().to_vec();
            columns[schema.index_of(name).unwrap()] = column;
            let changed = RecordBatch::try_new(Arc::clone(&schema), columns).unwrap();
            tally_from_bytes(&sealed(&changed)).unwrap_err().to_string()
        };
        let [_, paid, online, ..] = USES;
        let longer = Arc::clone(&batch["filtered"]);
        let unknown = arrow_array::new_null_array(longer.data_type(), batch.num_rows());
        assert!(with(paid, longer).contains("a procedure lacks a count"));
        assert!(with(online, unknown).contains("a count is unknown"));
        let keys = arrow_array::new_null_array(batch["group"].data_type(), batch.num_rows());
        assert!(with("group", keys).contains("it has two totals"));
        let keys = Arc::new(arrow_array::StringArray::from(vec!["[null]"; batch.num_rows()]));
        assert!(with("group", keys).contains("it has no total"));
    }

    #[test]
    fn a_group_that_is_there_twice_is_refused() {
        let (tally, bytes) = saved(&Plan::from_toml("x.toml", WITHOUT).unwrap());
        let batch = opened(&bytes);
        let rows = batch.num_rows();
        let twice = [batch.clone(), batch.slice(rows - 1, 1)];
        let twice = arrow_select::concat::concat_batches(&batch.schema(), &twice).unwrap();
        let error = tally_from_bytes(&sealed(&twice)).unwrap_err().to_string();
        assert!(error.contains("a group is there twice"), "{error}");
        let (empty, total, groups) = tally.without_counts();
        let again = groups.clone().into_iter().chain(groups);
        assert_eq!(empty.with_counts(total, again).unwrap_err().code(), "bad_tally");
    }

    /// Claims that cannot be are refused before Arrow's reader believes them: each of the stream's
    /// words is put to its greatest, in the schema's message and in that of the batch.
    #[test]
    fn a_stream_that_claims_what_it_does_not_hold_is_refused() {
        let (tally, bytes) = saved(&Plan::from_toml("x.toml", WITHOUT).unwrap());
        let stream = &bytes[..bytes.len() - SEAL];
        let resealed = |stream: &[u8]| {
            let mut bytes = stream.to_vec();
            bytes.extend_from_slice(&Sha256::digest(stream));
            tally_from_bytes(&bytes)
        };
        assert_eq!(resealed(stream).unwrap(), tally);
        let mut refused = 0;
        for place in (0..stream.len()).step_by(4).filter(|place| place % 8 == 0 || place % 97 == 0) {
            for word in [u32::MAX, i32::MAX as u32, 1 << 20] {
                let mut stream = stream.to_vec();
                stream[place..place + 4].copy_from_slice(&word.to_le_bytes());
                refused += u32::from(resealed(&stream).is_err());
            }
        }
        assert!(refused > 100, "{refused}");
        for cut in [0, 3, 8, 9, stream.len() / 2, stream.len() - 8] {
            assert!(resealed(&stream[..cut]).is_err(), "{cut}");
        }
    }

    #[test]
    fn bytes_that_were_cut_or_changed_are_refused() {
        let (_, bytes) = saved(&Plan::from_toml("x.toml", WITHOUT).unwrap());
        let code = |bytes: &[u8]| match tally_from_bytes(bytes).unwrap_err() {
            ArrowError::Core(error) => error.code(),
            other => panic!("{other}"),
        };
        assert_eq!(code(b"nothing of the kind"), "bad_tally");
        assert_eq!(code(&[]), "bad_tally");
        for cut in [4, 31, 40, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(code(&bytes[..cut]), "damaged_tally");
        }
        for place in (4..bytes.len()).step_by(101) {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1;
            assert_eq!(code(&bytes), "damaged_tally");
        }
    }
}
