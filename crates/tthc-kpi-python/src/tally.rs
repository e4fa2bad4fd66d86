//! The tally.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tthc_kpi::{Key, Measure, Registers as CoreRegisters, Tally as Core};
use tthc_kpi_arrow::{tally_from_bytes, tally_to_bytes};

use crate::error::{Raise, detached};
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
