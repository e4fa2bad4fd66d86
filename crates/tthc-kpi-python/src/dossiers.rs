//! The data set of dossiers.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use pyo3_arrow::input::AnyRecordBatch;
use serde_json::json;
use tthc_kpi_arrow::read::{LeftReason, Loaded, MappedColumn, ReadOptions, from_arrow, read_files};
use tthc_kpi_arrow::{Dossiers as Core, Duplicates, write_set_aside};

use crate::error::{Looks, Raise, detached};
use crate::scorecard::language;
use crate::table::stream;

/// A data set of dossiers, loaded and checked.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Dossiers {
    pub core: Core,
}

/// Of each column, what its words mean.
pub type Values = BTreeMap<String, BTreeMap<String, String>>;

pub fn options(
    mapping: Option<BTreeMap<String, String>>,
    sheet: Option<String>,
    strict: bool,
    extra: Vec<String>,
) -> ReadOptions {
    ReadOptions { mapping: mapping.unwrap_or_default(), sheet, strict, extra, ..ReadOptions::default() }
}

/// The same with what the caller says of words.
pub fn valued(options: ReadOptions, values: Option<Values>) -> ReadOptions {
    ReadOptions { values: values.unwrap_or_default(), ..options }
}

fn duplicates(py: Python<'_>, text: &str) -> PyResult<Duplicates> {
    text.parse().map_err(|error| Raise::from(error).into_py(py))
}

#[pymethods]
impl Dossiers {
    /// Reads files and checks ids over all of them.
    #[staticmethod]
    #[pyo3(signature = (paths, *, mapping, sheet, strict, duplicates, extra, progress, values=None))]
    #[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
    fn read(
        py: Python<'_>,
        paths: Vec<String>,
        mapping: Option<BTreeMap<String, String>>,
        sheet: Option<String>,
        strict: bool,
        duplicates: &str,
        extra: Vec<String>,
        progress: Option<Py<PyAny>>,
        values: Option<Values>,
    ) -> PyResult<Self> {
        let ways = self::duplicates(py, duplicates)?;
        let options = valued(options(mapping, sheet, strict, extra), values);
        let looks = Looks::default();
        let outcome = detached(py, || {
            let mut report = |done: u64, total: Option<u64>| {
                looks.look(|py| match &progress {
                    Some(progress) => progress.call1(py, (done, total.unwrap_or(0))).map(|_| ()),
                    None => Ok(()),
                })
            };
            let loaded = read_files(&paths, &options, &mut report)?;
            together(loaded, ways, strict, &looks)
        });
        Ok(Dossiers { core: looks.or(outcome)? })
    }

    /// Takes a table through the Arrow capsule protocol. Foreign buffers are validated before
    /// anything reads them.
    #[staticmethod]
    #[pyo3(signature = (source, *, mapping, strict, duplicates, extra, name, values=None))]
    #[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
    fn from_arrow(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        duplicates: &str,
        extra: Vec<String>,
        name: String,
        values: Option<Values>,
    ) -> PyResult<Self> {
        let ways = self::duplicates(py, duplicates)?;
        let options = valued(options(mapping, None, strict, extra), values);
        let reader = source.extract::<AnyRecordBatch>()?.into_reader()?;
        let schema = reader.schema();
        let mut batches: Vec<RecordBatch> = Vec::new();
        // The stream may call back into Python, so it is drawn with the lock held.
        for batch in reader {
            py.check_signals()?;
            batches.push(batch.map_err(|error| unreadable(&error).into_py(py))?);
        }
        let looks = Looks::default();
        let outcome = detached(py, || {
            for batch in &batches {
                validate(batch)?;
            }
            // A frame may come as one batch of millions: it is taken in slices, so that Ctrl-C is
            // seen between them.
            let slices = batches.iter().flat_map(|batch| {
                (0..batch.num_rows())
                    .step_by(SLICE)
                    .map(|from| batch.slice(from, SLICE.min(batch.num_rows() - from)))
            });
            let slices = slices.map(|slice| match looks.look(|_| Ok(())) {
                ControlFlow::Continue(()) => Ok(slice),
                ControlFlow::Break(()) => Err(arrow_schema::ArrowError::ExternalError("interrupted".into())),
            });
            let loaded: Loaded = from_arrow(slices, &schema, &name, &options)?;
            together(vec![loaded], ways, strict, &looks)
        });
        Ok(Dossiers { core: looks.or(outcome)? })
    }

    fn __len__(&self) -> usize {
        usize::try_from(self.core.rows_read()).unwrap_or(usize::MAX)
    }

    /// Lets go of the judged facts kept for further questions.
    fn forget(&self) {
        self.core.forget();
    }

    /// Issues, each with its place and never its value.
    fn issues_json(&self) -> String {
        json!(self.core.issues()).to_string()
    }

    /// How each source column was read.
    fn mapping_json(&self) -> String {
        mapping_json(self.core.mapping())
    }

    /// Rows read = kept + excluded + set aside, whatever the query.
    fn accounting_json(&self) -> String {
        let rows = self.core.accounting();
        let issues: u64 = self.core.issue_counts().values().fold(0, |sum, count| sum.saturating_add(*count));
        json!({
            "read": rows.read, "kept": rows.used, "excluded": rows.excluded, "set_aside": rows.set_aside,
            "skipped": self.core.skipped(), "issues": issues,
        })
        .to_string()
    }

    /// Files and sheets that lack columns others have.
    fn absent_json(&self) -> String {
        json!(self.core.absent_columns()).to_string()
    }

    /// Files and sheets that gave no dossier, and why.
    fn left_alone_json(&self) -> String {
        let left = self.core.left_alone().iter().map(|left| {
            let register = match left.why {
                LeftReason::Register(register) => Some(register.slug()),
                _ => None,
            };
            json!({"file": left.file, "sheet": left.sheet, "why": left.why.slug(), "register": register})
        });
        json!(left.collect::<Vec<_>>()).to_string()
    }

    /// Where words stand that are none of their column's values; never the words.
    fn unknown_words_json(&self) -> String {
        let words = self.core.unknown_words().iter().map(|of| {
            let words: Vec<_> =
                of.words.iter().map(|word| json!({"rows": word.rows, "first": word.first})).collect();
            json!({
                "column": of.column.slug(), "source": of.source, "file": of.file, "sheet": of.sheet, "words": words,
            })
        });
        json!(words.collect::<Vec<_>>()).to_string()
    }

    /// How much of each column is known.
    fn quality_json(&self) -> String {
        json!(self.core.quality()).to_string()
    }

    /// Writes the rows set aside to a workbook; how many they are.
    fn set_aside_to_excel(&self, py: Python<'_>, path: std::path::PathBuf, lang: &str) -> PyResult<usize> {
        detached(py, || Ok(write_set_aside(&self.core, &path, language(lang)?)?))
    }

    /// Names of the extra columns loaded.
    #[getter]
    fn extra(&self) -> Vec<String> {
        self.core.extra().to_vec()
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = detached(py, || Ok(self.core.uniform()?))?;
        let schema = batches.0;
        stream(py, &schema, batches.1, requested_schema)
    }
}

/// How each source column is read, as JSON.
pub fn mapping_json<'m>(mapping: impl IntoIterator<Item = &'m MappedColumn>) -> String {
    let mapping: Vec<_> = mapping
        .into_iter()
        .map(|mapped| {
            let column =
                mapped.column.map(|column| column.slug().to_owned()).or_else(|| mapped.extra.clone());
            json!({
                "source": mapped.source, "column": column, "rule": mapped.rule.slug(),
                "file": mapped.file, "sheet": mapped.sheet, "month_first": mapped.month_first, "values": mapped.values,
            })
        })
        .collect();
    json!(mapping).to_string()
}

/// Rows taken at a time from a table in memory.
const SLICE: usize = 65_536;

/// Everything loaded as one data set. With `strict` an issue that only the whole set shows is an
/// error too.
fn together(loaded: Vec<Loaded>, ways: Duplicates, strict: bool, looks: &Looks) -> Result<Core, Raise> {
    let core = Core::from_loaded_with(loaded, ways, &mut || looks.look(|_| Ok(())))?;
    match core.issues().first() {
        Some(issue) if strict => {
            Err(Raise::new("InputError", "strict", format!("{}: {issue}", issue.expected.vi)))
        }
        _ => Ok(core),
    }
}

pub fn unreadable(_error: &arrow_schema::ArrowError) -> Raise {
    // Arrow's text may quote the data; the kind is all that is told.
    Raise::new("InputError", "bad_arrow", "the table's Arrow stream cannot be read")
}

/// Checks lengths, offsets, dictionary keys and UTF-8 of buffers that another library made
/// (without it a bad table ends the process).
pub fn validate(batch: &RecordBatch) -> Result<(), Raise> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        array.to_data().validate_full().map_err(|_| {
            Raise::new(
                "InputError",
                "bad_arrow",
                format!(
                    "column {:?} is not valid Arrow data: expected buffers that fit its type",
                    field.name()
                ),
            )
        })?;
    }
    Ok(())
}

/// Every canonical column: slug and Vietnamese title.
#[pyfunction]
pub fn columns() -> Vec<(&'static str, &'static str)> {
    tthc_kpi::Column::ALL.iter().map(|column| (column.slug(), column.title())).collect()
}

/// Of a table's column names, those worth handing over.
#[pyfunction]
pub fn wanted_columns(
    names: Vec<String>,
    mapping: Option<BTreeMap<String, String>>,
    extra: Vec<String>,
) -> Vec<String> {
    tthc_kpi_arrow::read::wanted_columns(&names, &options(mapping, None, false, extra))
}
