//! The registers beside the dossiers.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow_array::{RecordBatch, RecordBatchReader};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;
use serde_json::{Value, json};
use tthc_kpi::{Record, Register, RegisterColumn, RegisterTable, Registers as Core};
use tthc_kpi_arrow::read::{
    RegisterOptions, merge_registers, read_register, read_registers, register_from_arrow,
};

use crate::dossiers::{unreadable, validate};
use crate::error::{Raise, detached};

/// The registers an office keeps beside its dossiers.
#[pyclass(frozen, module = "tthc_kpi._tthc_kpi")]
pub struct Registers {
    pub core: Core,
}

fn options(
    mapping: Option<BTreeMap<String, String>>,
    sheet: Option<String>,
    strict: bool,
) -> RegisterOptions {
    RegisterOptions { mapping: mapping.unwrap_or_default(), sheet, strict }
}

fn register_of(name: &str) -> Result<Register, Raise> {
    name.parse().map_err(|error: tthc_kpi::UnknownName| tthc_kpi::Error::from(error).into())
}

/// Puts one register, made by the same words for whichever record it holds, among no others.
macro_rules! by_register {
    ($register:expr, $core:ident, $read:ident($($argument:expr),*)) => {
        match $register {
            Register::Procedures => $core.procedures = Some($read($($argument),*)?),
            Register::Petitions => $core.petitions = Some($read($($argument),*)?),
            Register::Tasks => $core.tasks = Some($read($($argument),*)?),
            Register::Reviews => $core.reviews = Some($read($($argument),*)?),
            Register::Archive => $core.archive = Some($read($($argument),*)?),
            Register::PlanTasks => $core.plan_tasks = Some($read($($argument),*)?),
            Register::Declared => $core.declared = Some($read($($argument),*)?),
        }
    };
}

#[pymethods]
impl Registers {
    /// No register at all.
    #[new]
    fn new() -> Self {
        Registers { core: Core::default() }
    }

    /// Every register found in files.
    #[staticmethod]
    #[pyo3(signature = (paths, *, mapping, sheet, strict))]
    fn read(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        mapping: Option<BTreeMap<String, String>>,
        sheet: Option<String>,
        strict: bool,
    ) -> PyResult<Self> {
        let options = options(mapping, sheet, strict);
        detached(py, || {
            let mut core = Core::default();
            for path in &paths {
                merge_registers(&mut core, read_registers(path, &options)?);
            }
            Ok(Registers { core })
        })
    }

    /// One register of a file.
    #[staticmethod]
    #[pyo3(signature = (path, register, *, mapping, sheet, strict))]
    fn read_one(
        py: Python<'_>,
        path: PathBuf,
        register: &str,
        mapping: Option<BTreeMap<String, String>>,
        sheet: Option<String>,
        strict: bool,
    ) -> PyResult<Self> {
        let options = options(mapping, sheet, strict);
        detached(py, || {
            let mut core = Core::default();
            by_register!(register_of(register)?, core, read_register(&path, &options));
            Ok(Registers { core })
        })
    }

    /// One register of a table.
    #[staticmethod]
    #[pyo3(signature = (source, register, *, mapping, strict, name))]
    fn from_arrow(
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        register: &str,
        mapping: Option<BTreeMap<String, String>>,
        strict: bool,
        name: &str,
    ) -> PyResult<Self> {
        let options = options(mapping, None, strict);
        let reader = source.extract::<AnyRecordBatch>()?.into_reader()?;
        let schema = reader.schema();
        let mut batches: Vec<RecordBatch> = Vec::new();
        for batch in reader {
            py.check_signals()?;
            batches.push(batch.map_err(|error| unreadable(&error).into_py(py))?);
        }
        detached(py, || {
            batches.iter().try_for_each(validate)?;
            let mut core = Core::default();
            let register = register_of(register)?;
            by_register!(
                register,
                core,
                register_from_arrow(batches.iter().cloned().map(Ok), &schema, name, &options)
            );
            Ok(Registers { core })
        })
    }

    /// These and others together; a register that is in both is joined.
    fn with_others(&self, py: Python<'_>, other: &Registers) -> PyResult<Registers> {
        detached(py, || {
            let mut core = self.core.clone();
            merge_registers(&mut core, other.core.clone());
            Ok::<_, Raise>(Registers { core })
        })
    }

    /// Which registers there are.
    fn present(&self) -> Vec<&'static str> {
        self.core.present().map(Register::slug).collect()
    }

    /// Sheets of the files that are no register, each with its file.
    fn left_alone(&self) -> Vec<String> {
        self.core.left_alone.clone()
    }

    /// Working-day limits by procedure code.
    fn limits(&self) -> BTreeMap<String, u32> {
        self.core.limits()
    }

    /// Of each register: where it came from, its columns, where its rows went.
    fn tables_json(&self) -> String {
        let Core { procedures, petitions, tasks, reviews, archive, plan_tasks, declared, .. } = &self.core;
        let all = [
            procedures.as_ref().map(of),
            petitions.as_ref().map(of),
            tasks.as_ref().map(of),
            reviews.as_ref().map(of),
            archive.as_ref().map(of),
            plan_tasks.as_ref().map(of),
            declared.as_ref().map(of),
        ];
        json!(all.into_iter().flatten().collect::<Vec<_>>()).to_string()
    }
}

fn of<T: Record>(table: &RegisterTable<T>) -> Value {
    let columns: Vec<_> = table
        .columns()
        .iter()
        .map(|column| json!({ "column": column.name(), "source": table.header(*column) }))
        .collect();
    let parts: Vec<_> = table
        .parts()
        .into_iter()
        .map(|part| {
            let absent = table.columns().iter().filter(|column| !part.columns.contains(column));
            json!({
                "source": part.source, "sheet": part.sheet, "read": part.read, "kept": part.kept,
                "set_aside": part.set_aside, "skipped": part.skipped,
                "absent": absent.map(|column| column.name()).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "parts": parts, "register": T::REGISTER, "source": table.source(), "sheet": table.sheet(),
        "columns": columns, "read": table.read(), "kept": table.rows().len(),
        "set_aside": table.set_aside(), "skipped": table.skipped(), "issues": table.issues(),
    })
}

/// A register's slug, its Vietnamese and its English title, and its columns: name and Vietnamese title.
type Told = (&'static str, &'static str, &'static str, Vec<(&'static str, &'static str)>);

/// Every register.
#[pyfunction]
pub fn registers() -> Vec<Told> {
    let columns = |register: Register| {
        register.columns().map(|column: RegisterColumn| (column.name(), column.title())).collect()
    };
    Register::ALL
        .iter()
        .map(|register| (register.slug(), register.title(), register.title_en(), columns(*register)))
        .collect()
}

/// Measures that are counted from a register, and from which.
#[pyfunction]
pub fn register_measures() -> BTreeMap<&'static str, &'static str> {
    let registers = tthc_kpi::Measure::ALL.iter().map(|measure| (measure.slug(), measure.register()));
    registers.filter_map(|(measure, register)| Some((measure, register?.slug()))).collect()
}
