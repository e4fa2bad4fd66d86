//! The plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use pyo3::prelude::*;
use tthc_kpi::{BeforeDate, Language, Plan as Core, Problem, Text};

use crate::error::{Raise, detached};
use crate::file::text_of;

/// A plan.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Plan {
    pub core: Core,
    warnings: Vec<Warning>,
}

/// How many plans may extend one another.
const MOST: usize = 8;

/// A plan of a file, and what is odd about it. One that it extends is a file beside it, or built in;
/// `children` are the files that extend this one.
fn read(path: &Path, children: &[PathBuf]) -> Result<(Core, Vec<Warning>), Raise> {
    let (name, text) = text_of(path, "PlanError")?;
    let family = [children, &[identity(path)]].concat();
    let parent = |extends: &str| {
        let file =
            Path::new(extends).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
        if !file {
            return Core::builtin_parent(extends);
        }
        let beside = path.with_file_name(extends);
        if family.contains(&identity(&beside)) {
            return Err(Text::new(
                format!("{extends:?} là chính kế hoạch này hoặc lại dựa trên nó: cần một kế hoạch gốc khác"),
                format!("{extends:?} is this plan, or extends it in turn: expected another to extend"),
            ));
        }
        if family.len() >= MOST {
            return Err(Text::new(
                format!("hơn {MOST} kế hoạch dựa trên nhau: cần ít hơn"),
                format!("more than {MOST} plans that extend one another: expected fewer"),
            ));
        }
        read(&beside, &family).map(|(plan, _)| plan).map_err(|raised| raised.text())
    };
    let checked = Core::check_toml(&name, &text, parent);
    let (core, warnings) = checked.map_err(tthc_kpi::Error::from)?;
    Ok((core, told(&name, &warnings)))
}

/// What is the same for two paths of one file.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// A warning in Vietnamese and in English.
type Warning = (String, String);

fn told(name: &str, warnings: &[Problem]) -> Vec<Warning> {
    let told = |warning: &Problem| (warning.line_of(name, Language::Vi), warning.line_of(name, Language::En));
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
            let (core, warnings) = read(&path, &[])?;
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

    /// What is odd about the plan, each a line with its place, in Vietnamese and in English.
    fn warnings(&self) -> Vec<Warning> {
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
