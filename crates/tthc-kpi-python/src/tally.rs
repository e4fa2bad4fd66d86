//! The tally.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tthc_kpi::{Dimension, Key, Measure, Registers as CoreRegisters, Source, Tally as Core};
use tthc_kpi_arrow::{TallyReader as CoreReader, pack_tally, tally_from_bytes, tally_to_bytes};

use crate::error::{Looks, Raise, detached};
use crate::plan::Plan;
use crate::registers::Registers;
use crate::scorecard::Scorecard;
use crate::table::Table;

/// Everything counted for one query.
#[pyclass(frozen, eq, module = "tthc_kpi._tthc_kpi")]
#[derive(PartialEq)]
pub struct Tally {
    pub core: Core,
}

#[pymethods]
impl Tally {
    /// Both together.
    fn merge(&self, py: Python<'_>, other: &Tally) -> PyResult<Tally> {
        detached(py, || {
            let mut core = self.core.clone();
            core.merge(&other.core)?;
            Ok(Tally { core })
        })
    }

    /// What the plan says of it, and of the registers beside it. The plan itself is given for its
    /// schedule, which a tally has let go of.
    #[pyo3(signature = (registers=None, plan=None))]
    fn scorecard(
        &self,
        py: Python<'_>,
        registers: Option<&Registers>,
        plan: Option<&Plan>,
    ) -> PyResult<Scorecard> {
        detached(py, || {
            let core = match registers {
                Some(registers) => self.core.scorecard_with(&with_schedule(registers, plan))?,
                None => self.core.scorecard()?,
            };
            Ok(Scorecard { core })
        })
    }

    /// The entries behind a figure of the registers.
    #[pyo3(signature = (registers, plan, *, indicator, outcome, r#where))]
    fn register_cases(
        &self,
        py: Python<'_>,
        registers: &Registers,
        plan: Option<&Plan>,
        indicator: &str,
        outcome: &str,
        r#where: BTreeMap<String, Option<String>>,
    ) -> PyResult<Table> {
        detached(py, || {
            let registers = with_schedule(registers, plan);
            let measure = self.core.query().plan().indicator(indicator)?.measure;
            if measure == Measure::PaymentUsed && !r#where.is_empty() {
                // Procedures of the group's dossiers: the whole key is needed.
                let by = self.core.query().by().iter();
                let named = by.map(|dimension| {
                    r#where.get(dimension.name()).map(|key| key.as_deref().map_or(Key::Null, Key::of))
                });
                let Some(keys) =
                    named.collect::<Option<Vec<Key>>>().filter(|keys| keys.len() == r#where.len())
                else {
                    let told = "chỉ tiêu này cần khóa của mọi chiều đang chia nhóm \
                                [needs the key of every dimension of the breakdown]";
                    return Err(Raise::new("QueryError", "bad_where", told));
                };
                let cases = self.core.register_cases_of(&registers, indicator, Some(&keys))?;
                let batch = tthc_kpi_arrow::register_cases(&cases, outcome.parse()?)?;
                return Ok(Table::new(batch.schema(), vec![batch]));
            }
            let mut cases = self.core.register_cases(&registers, indicator)?;
            for (name, key) in &r#where {
                let known = ["agency", "field"];
                if !known.contains(&name.as_str()) {
                    let told = format!(
                        "các mục của sổ chỉ lọc được theo agency, field, không theo {name:?} \
                         [entries of a register can be narrowed by agency and field only]"
                    );
                    return Err(Raise::new("QueryError", "bad_where", told));
                }
                let key = key.as_deref().map_or(Key::Null, Key::of);
                cases.retain(|case| {
                    let place = if name == "agency" { &case.agency } else { &case.field };
                    place.as_deref().map_or(Key::Null, Key::of) == key
                });
            }
            let batch = tthc_kpi_arrow::register_cases(&cases, outcome.parse()?)?;
            Ok(Table::new(batch.schema(), vec![batch]))
        })
    }

    /// With fewer dimensions.
    fn regroup(&self, py: Python<'_>, by: Vec<String>) -> PyResult<Tally> {
        detached(py, || {
            let extra = self.core.query().by().iter().filter_map(|dimension| match dimension {
                Dimension::Extra(name) => Some(name.clone()),
                _ => None,
            });
            let extra: Vec<String> = extra.collect();
            let named = by.iter().map(|name| Dimension::named(name, &extra));
            let by = named.collect::<Result<Vec<_>, _>>().map_err(tthc_kpi::Error::from)?;
            Ok(Tally { core: self.core.regroup(&by)? })
        })
    }

    /// Names of the dimensions.
    #[getter]
    fn by(&self) -> Vec<String> {
        self.core.query().by().iter().map(|dimension| dimension.name().to_owned()).collect()
    }

    /// The fingerprint of the query.
    #[getter]
    fn query_digest(&self) -> String {
        self.core.query().digest().to_owned()
    }

    /// Rows read, those skipped among them.
    #[getter]
    fn rows(&self) -> u64 {
        self.core.accounting().read.saturating_add(self.core.accounting().skipped)
    }

    /// The files counted: name, digest, rows.
    fn sources<'py>(&self, py: Python<'py>) -> Vec<(String, Bound<'py, PyBytes>, u64)> {
        let sources = self.core.sources();
        sources.map(|source| (source.name, PyBytes::new(py, &source.sha256), source.rows)).collect()
    }

    /// The same counts, of this file alone.
    fn of_source(&self, py: Python<'_>, name: String, sha256: [u8; 32]) -> PyResult<Tally> {
        detached(py, || {
            let mut core = self.core.clone();
            core.forget_sources();
            core.add_source(Source { name, sha256, rows: self.rows() })?;
            Ok(Tally { core })
        })
    }

    /// Into a file, by its ending.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        detached(py, || Ok(tthc_kpi_arrow::write_tally(&self.core, &path)?))
    }

    /// From a file, whatever its form.
    #[staticmethod]
    fn load(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        detached(py, || Ok(Tally { core: tthc_kpi_arrow::read_tally(&path)? }))
    }

    /// As a `.tally` file holds it.
    fn packed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = detached(py, || Ok(pack_tally(&self.core)?))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// As an Arrow IPC stream.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = detached(py, || Ok(tally_to_bytes(&self.core)?))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// From [`Tally::to_bytes`].
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        detached(py, || Ok(Tally { core: tally_from_bytes(data)? }))
    }

    /// As JSON.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.core.to_json()?))
    }

    /// From [`Tally::to_json`].
    #[staticmethod]
    fn from_json(py: Python<'_>, text: &str) -> PyResult<Self> {
        detached(py, || Ok(Tally { core: Core::from_json(text)? }))
    }
}

/// The registers, with the schedule of the plan they are held against.
fn with_schedule(registers: &Registers, plan: Option<&Plan>) -> CoreRegisters {
    let of_plan = plan.map(|plan| CoreRegisters::of_plan(&plan.core)).unwrap_or_default();
    CoreRegisters { schedule: of_plan.schedule, ..registers.core.clone() }
}

/// Reads tallies of one query one after another, soon.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
#[derive(Default)]
pub struct TallyReader {
    core: Mutex<CoreReader>,
}

#[pymethods]
impl TallyReader {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// A tally of any form.
    fn unpack(&self, py: Python<'_>, data: &[u8]) -> PyResult<Tally> {
        detached(py, || {
            let mut reader = self.core.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(Tally { core: reader.unpack(data)? })
        })
    }
}

/// The tallies of all files together; `progress` is told how many files are done.
#[pyfunction]
#[pyo3(signature = (paths, *, threads, progress))]
pub fn merge_tallies(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Tally> {
    let (looks, total) = (Looks::default(), paths.len());
    let mut look = |done: u64| {
        looks.look(|py| match &progress {
            Some(progress) => progress.call1(py, (done, total)).map(drop),
            None => Ok(()),
        })
    };
    let outcome =
        detached(py, || Ok(Tally { core: tthc_kpi_arrow::merge_tallies(&paths, threads, &mut look)? }));
    looks.or(outcome)
}
