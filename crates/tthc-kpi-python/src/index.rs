//! Schemes, and the index of Decision 766.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tthc_kpi::{CountTable, Error, Index as Core, IndexQuery, OfficeCounts, Scheme as CoreScheme};
use tthc_kpi_arrow::index_table;

use crate::error::{Raise, detached};
use crate::file::text_of;
use crate::registers::Registers;
use crate::scorecard::language;
use crate::table::{schema_capsule, stream};
use crate::tally::Tally;

/// A scheme.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Scheme {
    pub core: CoreScheme,
}

/// Ids of the built-in schemes.
#[pyfunction]
pub fn builtin_schemes() -> Vec<&'static str> {
    CoreScheme::builtins().collect()
}

#[pymethods]
impl Scheme {
    /// A built-in scheme.
    #[staticmethod]
    fn builtin(py: Python<'_>, scheme_id: &str) -> PyResult<Self> {
        Ok(Scheme { core: detached(py, || Ok(CoreScheme::builtin(scheme_id)?))? })
    }

    /// A scheme from a TOML file.
    #[staticmethod]
    fn from_path(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let core = detached(py, || {
            let (name, text) = text_of(&path, "PlanError")?;
            Ok(CoreScheme::from_toml(&name, &text).map_err(Error::from)?)
        })?;
        Ok(Scheme { core })
    }

    #[getter]
    fn id(&self) -> &str {
        self.core.id()
    }

    #[getter]
    fn digest(&self) -> String {
        self.core.digest()
    }

    /// The whole scheme.
    fn to_json(&self) -> String {
        serde_json::json!(self.core).to_string()
    }
}

/// A table of counts as Python hands it over: name, header, rows of cells as text.
type Rows = (String, Vec<String>, Vec<Vec<Option<String>>>);
/// Counts by slug, and numerators and denominators by row.
type Maps = (BTreeMap<String, u64>, BTreeMap<String, (u64, u64)>);
/// A name, a header and rows with their numbers.
type Cells = (String, Vec<String>, Vec<(usize, Vec<Option<String>>)>);

fn cells(csv: Option<PathBuf>, rows: Option<Rows>) -> Result<Option<Cells>, Raise> {
    if let Some(path) = csv {
        let (name, text) = text_of(&path, "InputError")?;
        let (header, rows) = CountTable::csv_rows(&name, &text).map_err(Error::from)?;
        return Ok(Some((name, header, rows)));
    }
    // The header is row 1, as a spreadsheet counts.
    Ok(rows.map(|(name, header, rows)| (name, header, (2..).zip(rows).collect())))
}

fn table(
    cells: Option<&Cells>,
    scheme: &CoreScheme,
    beside: &[&CoreScheme],
    declared: bool,
) -> Result<Option<CountTable>, Raise> {
    let Some((name, header, rows)) = cells else { return Ok(None) };
    let table = CountTable::from_rows_beside(name, scheme, beside, header, rows.iter().cloned(), declared);
    Ok(Some(table.map_err(Error::from)?))
}

/// Counts of a map that the scheme knows; one that no scheme knows is an error.
fn mapped(maps: &Maps, scheme: &CoreScheme, beside: &[&CoreScheme]) -> Result<CountTable, Raise> {
    let mut office = OfficeCounts::default();
    for (slug, count) in &maps.0 {
        let of = |scheme: &CoreScheme| scheme.count_slugs().any(|known| known == slug);
        if of(scheme) || !beside.iter().any(|scheme| of(scheme)) {
            office = office.count(scheme, slug, *count)?;
        }
    }
    for (row, (numerator, denominator)) in &maps.1 {
        if scheme.row(row).is_ok() || !beside.iter().any(|scheme| scheme.row(row).is_ok()) {
            office = office.row(scheme, row, *numerator, *denominator)?;
        }
    }
    Ok(CountTable::of(office))
}

fn slug<T: std::str::FromStr<Err = tthc_kpi::UnknownName>>(text: &str) -> Result<T, Raise> {
    Ok(text.parse().map_err(Error::from)?)
}

/// The index by each scheme, of each office.
#[pyfunction]
#[pyo3(signature = (schemes, *, tally, counts_csv, counts_rows, counts_map, declared_csv, declared_rows, level, scope, period, registers))]
#[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
pub fn index(
    py: Python<'_>,
    schemes: Vec<PyRef<'_, Scheme>>,
    tally: Option<&Tally>,
    counts_csv: Option<PathBuf>,
    counts_rows: Option<Rows>,
    counts_map: Option<Maps>,
    declared_csv: Option<PathBuf>,
    declared_rows: Option<Rows>,
    level: Option<String>,
    scope: String,
    period: Option<String>,
    registers: Option<&Registers>,
) -> PyResult<Index> {
    let schemes: Vec<CoreScheme> = schemes.iter().map(|scheme| scheme.core.clone()).collect();
    let tally = tally.map(|tally| &tally.core);
    let registers = registers.map(|registers| &registers.core);
    detached(py, || {
        let counts = cells(counts_csv, counts_rows)?;
        let declared = cells(declared_csv, declared_rows)?;
        let card = tally.map(tthc_kpi::Tally::scorecard).transpose()?;
        // Registers without dossiers: the period alone.
        let alone = match (registers, tally, &period) {
            (Some(_), None, Some(period)) => Some(no_dossiers(period)?),
            (Some(_), None, None) => {
                let told = "tính từ sổ cần kỳ, như '2026-08' [registers need a period]";
                return Err(Raise::new("QueryError", "no_period", told));
            }
            _ => None,
        };
        let mut indices = Vec::new();
        for scheme in &schemes {
            let beside: Vec<&CoreScheme> = schemes.iter().filter(|other| other.id() != scheme.id()).collect();
            let counts = match &counts_map {
                Some(maps) => Some(mapped(maps, scheme, &beside)?),
                None => table(counts.as_ref(), scheme, &beside, false)?,
            };
            let declared = table(declared.as_ref(), scheme, &beside, true)?;
            let mut query = IndexQuery::new(scheme).scope(slug(&scope)?);
            if let Some(level) = &level {
                query = query.level(slug(level)?);
            }
            if let Some(period) = &period {
                query = query.period(period);
            }
            if let Some(counts) = &counts {
                query = query.counts(counts);
            }
            if let Some(declared) = &declared {
                query = query.declared(declared);
            }
            if let Some(card) = &card {
                query = query.dossiers(card);
            }
            if let (Some(registers), Some(tally)) = (registers, tally.or(alone.as_ref())) {
                query = query.registers(registers, tally);
            }
            indices.extend(query.all()?);
        }
        Ok(Index { indices })
    })
}

/// A tally of a period in which nothing is known of dossiers.
fn no_dossiers(period: &str) -> Result<tthc_kpi::Tally, Raise> {
    let plan = tthc_kpi::Plan::builtin("mau-cap-xa-2026")?;
    let query = tthc_kpi::Query::new(&plan).period(period.parse().map_err(Error::from)?).check()?;
    Ok(tthc_kpi::Tally::new(&query))
}

/// Indices of offices.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Index {
    indices: Vec<Core>,
}

#[pymethods]
impl Index {
    /// How many.
    fn __len__(&self) -> usize {
        self.indices.len()
    }

    /// One of them.
    fn at(&self, place: usize) -> Option<Index> {
        self.indices.get(place).map(|index| Index { indices: vec![index.clone()] })
    }

    /// Everything, as a JSON array.
    fn to_json(&self) -> String {
        serde_json::json!(self.indices).to_string()
    }

    /// A row of the first in words.
    fn explain(&self, py: Python<'_>, row: &str, lang: &str) -> PyResult<String> {
        detached(py, || match self.indices.first() {
            Some(index) => Ok(index.explain(row, language(lang)?)?),
            None => Err(Error::NoCounts.into()),
        })
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let table = detached(py, || Ok(index_table(&self.indices)?))?;
        schema_capsule(py, &table.schema())
    }

    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let table = detached(py, || Ok(index_table(&self.indices)?))?;
        stream(py, &table.schema(), vec![table], requested_schema)
    }
}
