//! The monthly late list.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::RecordBatch;
use pyo3::prelude::*;
use tthc_kpi::{LateKind, LateList as Core};
use tthc_kpi_arrow::{Heading, late_table, write_late_list};

use crate::dossiers::Dossiers;
use crate::error::{Looks, Raise, detached};
use crate::form_06a::any_plan;
use crate::query::Asked;
use crate::scorecard::language;
use crate::table::Table;

/// The late dossiers of one period.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct LateList {
    core: Core,
}

impl LateList {
    /// All of it, one of the annexes, or those that owe a letter.
    fn batch(&self, part: &str) -> Result<RecordBatch, Raise> {
        let list = &self.core;
        Ok(match part {
            "all" => late_table(list, &list.cases)?,
            "owing" => late_table(list, list.owing())?,
            annex => late_table(list, list.on(annex.parse::<LateKind>().map_err(tthc_kpi::Error::from)?))?,
        })
    }
}

#[pymethods]
impl LateList {
    /// Lines, desks, total and what stands behind them.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.core.to_json()?))
    }

    /// A part of the list: `all`, `resolved_late`, `open_overdue` or `owing`.
    fn table(&self, py: Python<'_>, part: &str) -> PyResult<Table> {
        detached(py, || {
            let batch = self.batch(part)?;
            Ok(Table::new(batch.schema(), vec![batch]))
        })
    }

    /// Writes the list as it is published.
    fn to_excel(
        &self,
        py: Python<'_>,
        path: PathBuf,
        heading: BTreeMap<String, String>,
        lang: &str,
    ) -> PyResult<()> {
        detached(py, || Ok(write_late_list(&self.core, &path, &Heading::of(&heading)?, language(lang)?)?))
    }
}

/// The list of a data set.
#[pyfunction]
#[pyo3(signature = (ds, asked))]
pub fn late_list(py: Python<'_>, ds: &Dossiers, asked: Asked) -> PyResult<LateList> {
    let looks = Looks::default();
    let core = &ds.core;
    let outcome = detached(py, || {
        let query = asked.query(&any_plan()?, &[])?;
        Ok(LateList { core: tthc_kpi_arrow::late_list(core, &query, &mut |_| looks.look(|_| Ok(())))? })
    });
    looks.or(outcome)
}
