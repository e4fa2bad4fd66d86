//! The plan.

use pyo3::prelude::*;
use tthc_kpi::Plan as Core;

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

    /// The whole plan.
    fn to_json(&self) -> String {
        serde_json::json!(self.core).to_string()
    }
}
