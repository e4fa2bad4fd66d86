//! Form 06a.

use std::collections::BTreeMap;
use std::path::PathBuf;

use pyo3::prelude::*;
use tthc_kpi::{Form06a as Core, FormColumn};
use tthc_kpi_arrow::{Heading, form_06a_table, write_form_06a};

use crate::dossiers::Dossiers;
use crate::error::{Raise, detached};
use crate::query::{Asked, Counted};
use crate::scorecard::language;
use crate::table::Table;

/// The form of one period.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Form06a {
    core: Core,
}

#[pymethods]
impl Form06a {
    /// Rows, total, notes and what stands behind them.
    fn to_json(&self, py: Python<'_>) -> PyResult<String> {
        detached(py, || Ok(self.core.to_json()?))
    }

    /// The rows.
    fn table(&self, py: Python<'_>) -> PyResult<Table> {
        detached(py, || {
            let batch = form_06a_table(&self.core)?;
            Ok(Table::new(batch.schema(), vec![batch]))
        })
    }

    /// Writes the form as it is filed.
    fn to_excel(
        &self,
        py: Python<'_>,
        path: PathBuf,
        heading: BTreeMap<String, String>,
        lang: &str,
    ) -> PyResult<()> {
        detached(py, || Ok(write_form_06a(&self.core, &path, &Heading::of(&heading)?, language(lang)?)?))
    }
}

/// The plan of which only the question is made: no figure of the form depends on one.
pub fn any_plan() -> Result<tthc_kpi::Plan, Raise> {
    Ok(tthc_kpi::Plan::builtin("mau-cap-xa-2026")?)
}

/// The form of dossiers, or of files.
#[pyfunction]
#[pyo3(signature = (ds, asked, *, threads))]
pub fn form_06a(py: Python<'_>, ds: Counted<'_>, asked: Asked, threads: Option<usize>) -> PyResult<Form06a> {
    let asked = Asked { by: vec!["field".to_owned()], ..asked };
    let plan = detached(py, any_plan)?;
    let tally = ds.tally(py, asked, &plan, threads)?;
    detached(py, || Ok(Form06a { core: Core::of(&tally)? }))
}

/// The dossiers in a column: of every field, or of the fields named (none or one).
#[pyfunction]
#[pyo3(signature = (ds, asked, *, column, fields))]
pub fn form_06a_cases(
    py: Python<'_>,
    ds: &Dossiers,
    asked: Asked,
    column: &str,
    fields: Vec<Option<String>>,
) -> PyResult<Table> {
    let asked = Asked { by: vec!["field".to_owned()], ..asked };
    detached(py, || {
        let query = asked.query(&any_plan()?, &[])?;
        let column: FormColumn = column.parse().map_err(tthc_kpi::Error::from)?;
        let field = fields.first().map(Option::as_deref);
        let batch = tthc_kpi_arrow::form_06a_cases(&ds.core, &query, column, field)?;
        Ok(Table::new(batch.schema(), vec![batch]))
    })
}

/// Every column of counts: slug, number and Vietnamese name.
#[pyfunction]
pub fn form_06a_columns() -> Vec<(&'static str, u8, &'static str)> {
    FormColumn::ALL.iter().map(|column| (column.slug(), column.number(), column.title())).collect()
}
