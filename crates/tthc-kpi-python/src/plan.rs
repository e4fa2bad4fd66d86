//! The plan.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pyo3::prelude::*;
use tthc_kpi::{BeforeDate, Plan as Core};

use crate::error::{Raise, detached};

/// A plan.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Plan {
    pub core: Core,
}

/// Ids of the built-in plans.
#[pyfunction]
pub fn builtin_plans() -> Vec<&'static str> {
    Core::builtins().collect()
}

#[pymethods]
impl Plan {
    /// A built-in plan.
    #[staticmethod]
    fn builtin(py: Python<'_>, plan_id: &str) -> PyResult<Self> {
        Ok(Plan { core: detached(py, || Ok(Core::builtin(plan_id)?))? })
    }

    /// A plan from a TOML file.
    #[staticmethod]
    fn from_path(py: Python<'_>, path: std::path::PathBuf) -> PyResult<Self> {
        let core = detached(py, || {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let text = std::fs::read_to_string(&path).map_err(|error| {
                let class = if error.kind() == std::io::ErrorKind::NotFound {
                    "MissingFileError"
                } else {
                    "PlanError"
                };
                Raise::new(
                    class,
                    "unreadable_plan",
                    format!(
                        "không đọc được kế hoạch {name}: cần tệp TOML, UTF-8 [cannot be read: {}]",
                        error.kind()
                    ),
                )
            })?;
            Ok(Core::from_toml(&name, &text).map_err(tthc_kpi::Error::from)?)
        })?;
        Ok(Plan { core })
    }

    /// A plan from TOML text.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str) -> PyResult<Self> {
        Ok(Plan { core: detached(py, || Ok(Core::from_toml("plan", text).map_err(tthc_kpi::Error::from)?))? })
    }

    #[getter]
    fn id(&self) -> &str {
        self.core.id()
    }

    #[getter]
    fn title(&self) -> &str {
        self.core.title()
    }

    #[getter]
    fn digest(&self) -> String {
        self.core.digest()
    }

    /// The schedule, when the plan has one.
    fn schedule_json(&self) -> Option<String> {
        self.core.schedule().map(|schedule| serde_json::json!(schedule).to_string())
    }

    /// Where everything of the schedule stands at the end of a day.
    #[pyo3(signature = (as_of, done, before_date))]
    fn schedule_state_json(
        &self,
        py: Python<'_>,
        as_of: NaiveDate,
        done: BTreeMap<String, NaiveDate>,
        before_date: &str,
    ) -> PyResult<String> {
        detached(py, || {
            let schedule = self.core.schedule().ok_or_else(|| {
                Raise::new(
                    "QueryError",
                    "no_schedule",
                    format!("kế hoạch {} không có lịch công việc [the plan has no schedule]", self.core.id()),
                )
            })?;
            let rule: BeforeDate = before_date.parse().map_err(tthc_kpi::Error::from)?;
            let done = done.into_iter().map(|(id, day)| (id, day.into())).collect();
            let state = schedule.state_at(as_of.into(), &done, rule)?;
            Ok(serde_json::json!(state).to_string())
        })
    }

    /// The whole plan.
    fn to_json(&self) -> String {
        serde_json::json!(self.core).to_string()
    }
}
