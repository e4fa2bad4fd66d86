//! The plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use pyo3::prelude::*;
use tthc_kpi::{BeforeDate, Plan as Core, Problem};

use crate::error::{Raise, detached};

/// A plan.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Plan {
    pub core: Core,
    warnings: Vec<String>,
}

/// How many plans may extend one another.
const DEEPEST: usize = 8;

/// A plan of a file, and what is odd about it. One that it extends is a file beside it, or built in.
fn read(path: &Path, deepest: usize) -> Result<(Core, Vec<String>), Raise> {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let text = std::fs::read_to_string(path).map_err(|error| {
        let class =
            if error.kind() == std::io::ErrorKind::NotFound { "MissingFileError" } else { "PlanError" };
        let told =
            format!("không đọc được kế hoạch {name}: cần tệp TOML, UTF-8 [cannot be read: {}]", error.kind());
        Raise::new(class, "unreadable_plan", told)
    })?;
    let parent = |extends: &str| {
        let file =
            Path::new(extends).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        match (file, deepest) {
            (false, _) => Core::builtin_parent(extends),
            (true, 0) => Err(format!("more than {DEEPEST} plans that extend one another: expected an end")),
            (true, _) => {
                let beside = path.with_file_name(extends);
                read(&beside, deepest - 1).map(|(plan, _)| plan).map_err(|raised| raised.message().to_owned())
            }
        }
    };
    let checked = Core::check_toml(&name, &text, parent);
    let (core, warnings) = checked.map_err(tthc_kpi::Error::from)?;
    let warnings = told(&name, &warnings);
    Ok((core, warnings))
}

fn told(name: &str, warnings: &[Problem]) -> Vec<String> {
    let told = |warning: &Problem| format!("{name}:{}:{}: {}", warning.line, warning.column, warning.message);
    warnings.iter().map(told).collect()
}

/// The text of a built-in plan.
#[pyfunction]
pub fn plan_text(py: Python<'_>, plan_id: &str) -> PyResult<&'static str> {
    detached(py, || Ok(Core::builtin_text(plan_id)?))
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
        Ok(Plan { core: detached(py, || Ok(Core::builtin(plan_id)?))?, warnings: Vec::new() })
    }

    /// A plan from a TOML file.
    #[staticmethod]
    fn from_path(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        detached(py, || {
            let (core, warnings) = read(&path, DEEPEST)?;
            Ok(Plan { core, warnings })
        })
    }

    /// A plan from TOML text.
    #[staticmethod]
    fn from_toml(py: Python<'_>, text: &str) -> PyResult<Self> {
        detached(py, || {
            let checked = Core::check_toml("plan", text, Core::builtin_parent);
            let (core, warnings) = checked.map_err(tthc_kpi::Error::from)?;
            Ok(Plan { core, warnings: told("plan", &warnings) })
        })
    }

    /// What is odd about the plan, a line each with its place.
    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
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
