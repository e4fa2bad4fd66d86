//! Integrity flags of a data set.

use pyo3::prelude::*;
use serde_json::json;
use tthc_kpi::{Flag, IntegrityTally, Judge, Period, PeriodRule, Policy, Window};
use tthc_kpi_arrow::{integrity_cases, integrity_with};

use crate::calendar::WorkCalendar;
use crate::dossiers::Dossiers;
use crate::error::{Looks, Raise, detached};
use crate::table::Table;

/// The flags of a data set in a window, counted.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Integrity {
    core: IntegrityTally,
}

#[pymethods]
impl Integrity {
    /// What was counted, exact numbers as text.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(json!(self.core.report()).to_string()))
    }

    /// The dossiers of the same data set that bear a flag.
    fn cases(&self, py: Python<'_>, ds: &Dossiers, flag: &str) -> PyResult<Table> {
        detached(py, || {
            let flag: Flag = flag.parse().map_err(tthc_kpi::Error::from)?;
            let batch = integrity_cases(&ds.core, &self.core, flag)?;
            Ok(Table::new(batch.schema(), vec![batch]))
        })
    }
}

/// Counts the flags of a data set. Which dossiers are resolved does not depend on a policy but for its
/// periods, so the default one is used.
#[pyfunction]
#[pyo3(signature = (ds, *, period, as_of, calendar))]
pub fn integrity(
    py: Python<'_>,
    ds: &Dossiers,
    period: String,
    as_of: Option<String>,
    calendar: Option<&WorkCalendar>,
) -> PyResult<Integrity> {
    let calendar = calendar.map_or_else(tthc_kpi::WorkCalendar::vietnam, |calendar| calendar.core.clone());
    let core = &ds.core;
    let looks = Looks::default();
    let outcome = detached(py, || {
        let period: Period = period.parse().map_err(tthc_kpi::Error::from)?;
        let as_of = as_of
            .map(|text| text.parse())
            .transpose()
            .map_err(|error| Raise::new("QueryError", "bad_as_of", format!("as_of: {error}")))?;
        let window = Window::of(&period, PeriodRule::Calendar, as_of)?;
        let judge = Judge::new(Policy::default(), calendar);
        Ok(Integrity { core: integrity_with(core, &judge, window, &mut |_| looks.look(|_| Ok(())))? })
    });
    looks.or(outcome)
}

/// Every flag: slug; name, meaning and innocent reason, each in Vietnamese and in English.
#[pyfunction]
pub fn integrity_flags() -> Vec<(&'static str, [(String, String); 3])> {
    let both = |text: tthc_kpi::Text| (text.vi, text.en);
    let words = |flag: &Flag| (flag.slug(), [flag.name(), flag.meaning(), flag.innocent()].map(both));
    Flag::ALL.iter().map(words).collect()
}
