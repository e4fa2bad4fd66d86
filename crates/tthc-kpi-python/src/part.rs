//! Parts of one source, counted apart and merged. A question travels as a tally that has counted
//! nothing yet: it holds plan, policy, period and calendar, and the columns of the whole source.

use pyo3::prelude::*;
use tthc_kpi::{Column, Uniqueness};
use tthc_kpi_arrow::{Shown, needed_columns, verdicts};

use crate::dossiers::Dossiers;
use crate::error::{Looks, detached};
use crate::table::Table;
use crate::tally::Tally;

/// The columns the question of a tally looks at: canonical ones, and extra ones.
#[pyfunction]
pub fn part_columns(asked: &Tally) -> (Vec<&'static str>, Vec<String>) {
    let (columns, extra) = needed_columns(asked.core.query());
    (columns.iter().map(Column::slug).collect(), extra)
}

/// A part of the source counted for the question of a tally, on a number of threads.
#[pyfunction]
#[pyo3(signature = (asked, ds, *, threads))]
pub fn part_tally(py: Python<'_>, asked: &Tally, ds: &Dossiers, threads: Option<usize>) -> PyResult<Tally> {
    let looks = Looks::default();
    let outcome = detached(py, || {
        let mut progress = |_| looks.look(|_| Ok(()));
        let (query, columns) = (asked.core.query(), asked.core.present_columns());
        Ok(Tally { core: ds.core.tally_of_part(query, columns, threads, &mut progress)? })
    });
    looks.or(outcome)
}

/// The dossiers of a part behind a figure.
#[pyfunction]
#[pyo3(signature = (asked, ds, *, indicator, outcome))]
pub fn part_cases(
    py: Python<'_>,
    asked: &Tally,
    ds: &Dossiers,
    indicator: &str,
    outcome: &str,
) -> PyResult<Table> {
    detached(py, || {
        let shown: Shown = outcome.parse()?;
        let batch = tthc_kpi_arrow::cases(&ds.core, asked.core.query(), indicator, shown, &[])?;
        Ok(Table::new(batch.schema(), vec![batch]))
    })
}

/// What becomes of each dossier of a part.
#[pyfunction]
#[pyo3(signature = (asked, ds, *, columns))]
pub fn part_judge(
    py: Python<'_>,
    asked: &Tally,
    ds: &Dossiers,
    columns: Option<Vec<String>>,
) -> PyResult<Table> {
    let looks = Looks::default();
    let outcome = detached(py, || {
        let mut progress = |_| looks.look(|_| Ok(()));
        let query = asked.core.query();
        let (schema, batches) = verdicts(&ds.core, query, columns.as_deref(), Some(1), &mut progress)?;
        Ok(Table::new(schema, batches))
    });
    looks.or(outcome)
}

/// The same tally, its ids known to be unique: whoever divided the source by ids and resolved each
/// part says so.
#[pyfunction]
pub fn tally_checked(tally: &Tally) -> Tally {
    let mut core = tally.core.clone();
    core.set_uniqueness(Uniqueness::Checked);
    Tally { core }
}
