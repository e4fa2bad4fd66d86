//! Questions put to a data set.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::RecordBatch;
use pyo3::prelude::*;
use tthc_kpi::{Dimension, Policy, Query, QueryDraft};

use crate::calendar::WorkCalendar;
use crate::cases::{Behind, CaseStream};
use crate::dossiers::Dossiers;
use crate::error::{Looks, Raise, detached};
use crate::plan::Plan;
use crate::scan::Scan;
use crate::table::Table;
use crate::tally::Tally;

/// What Python passes to every question: `QueryArguments` there.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct Asked {
    pub period: String,
    pub as_of: Option<String>,
    pub by: Vec<String>,
    pub policy: BTreeMap<String, String>,
    pub limits: Option<BTreeMap<String, u32>>,
    #[pyo3(from_py_with = calendar_of)]
    pub calendar: Option<tthc_kpi::WorkCalendar>,
}

fn calendar_of(given: &Bound<'_, PyAny>) -> PyResult<Option<tthc_kpi::WorkCalendar>> {
    let calendar: Option<PyRef<'_, WorkCalendar>> = given.extract()?;
    Ok(calendar.map(|calendar| calendar.core.clone()))
}

impl Asked {
    pub fn query(self, plan: &tthc_kpi::Plan, extra: &[String]) -> Result<Arc<Query>, Raise> {
        Ok(self.draft(plan, extra)?.check()?)
    }

    fn draft(self, plan: &tthc_kpi::Plan, extra: &[String]) -> Result<QueryDraft, Raise> {
        let by = self
            .by
            .iter()
            .map(|name| Ok(Dimension::named(name, extra)?))
            .collect::<Result<Vec<_>, tthc_kpi::Error>>()?;
        let mut draft = Query::new(plan)
            .period(self.period.parse().map_err(tthc_kpi::Error::from)?)
            .by(by)
            .policy(policy_of(&self.policy)?)
            .limits(self.limits.unwrap_or_default());
        if let Some(as_of) = self.as_of {
            let day = as_of.parse().map_err(|error: tthc_kpi::InstantError| {
                Raise::new("QueryError", "bad_as_of", format!("as_of: {error}"))
            })?;
            draft = draft.as_of(day);
        }
        if let Some(calendar) = self.calendar {
            draft = draft.calendar(calendar);
        }
        Ok(draft)
    }
}

/// A profile, and rules that differ from it.
fn policy_of(rules: &BTreeMap<String, String>) -> Result<Policy, tthc_kpi::Error> {
    let mut policy = Policy::profile(rules.get("profile").map_or("plan", String::as_str))?;
    for (rule, value) in rules.iter().filter(|(rule, _)| *rule != "profile") {
        policy = policy.with(rule, value)?;
    }
    Ok(policy)
}

/// What can be counted.
#[derive(FromPyObject)]
pub enum Counted<'py> {
    /// A data set in memory.
    Dossiers(PyRef<'py, Dossiers>),
    /// Files, counted while they are read.
    Scan(PyRef<'py, Scan>),
}

impl Counted<'_> {
    /// What is counted for a question, without the interpreter's lock; its signals are looked at meanwhile.
    pub fn tally(
        &self,
        py: Python<'_>,
        asked: Asked,
        plan: &tthc_kpi::Plan,
        threads: Option<usize>,
    ) -> PyResult<tthc_kpi::Tally> {
        self.tally_told(py, asked, plan, threads, None)
    }

    /// The same; of a scan `progress` is told how far it is.
    pub fn tally_told(
        &self,
        py: Python<'_>,
        asked: Asked,
        plan: &tthc_kpi::Plan,
        threads: Option<usize>,
        progress: Option<&Py<PyAny>>,
    ) -> PyResult<tthc_kpi::Tally> {
        let looks = Looks::default();
        let outcome = match self {
            Counted::Dossiers(ds) => {
                let core = &ds.core;
                detached(py, || {
                    let query = asked.query(plan, core.extra())?;
                    Ok(core.tally_on(&query, threads, &mut |_| looks.look(|_| Ok(())))?)
                })
            }
            Counted::Scan(scan) => {
                let core = &scan.core;
                scan.raised.or(detached(py, || {
                    let query = asked.query(plan, core.extra())?;
                    Ok(core.tally_on(&query, threads, &mut |so_far| looks.tell(progress, so_far))?)
                }))
            }
        };
        looks.or(outcome)
    }
}

/// Counts a data set, or files, for a query. Without a number of threads, on as many as there are
/// for this process.
#[pyfunction]
#[pyo3(signature = (ds, plan, asked, *, threads, progress=None))]
pub fn tally(
    py: Python<'_>,
    ds: Counted<'_>,
    plan: &Plan,
    asked: Asked,
    threads: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Tally> {
    Ok(Tally { core: ds.tally_told(py, asked, &plan.core, threads, progress.as_ref())? })
}

/// The fingerprint of a query, of files that may have these further columns.
#[pyfunction]
#[pyo3(signature = (plan, asked, *, extra))]
pub fn query_digest(py: Python<'_>, plan: &Plan, asked: Asked, extra: Vec<String>) -> PyResult<String> {
    detached(py, || Ok(asked.query(&plan.core, &extra)?.digest().to_owned()))
}

/// The dossiers behind a number.
#[pyfunction]
#[pyo3(signature = (ds, plan, asked, *, indicator, outcome, r#where, limit=None, progress=None))]
#[expect(clippy::too_many_arguments, reason = "one keyword each, as Python passes them")]
pub fn cases(
    py: Python<'_>,
    ds: Counted<'_>,
    plan: &Plan,
    asked: Asked,
    indicator: String,
    outcome: String,
    r#where: BTreeMap<String, Option<String>>,
    limit: Option<usize>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Table> {
    let most = limit.unwrap_or(usize::MAX);
    match &ds {
        Counted::Dossiers(ds) => {
            let core = &ds.core;
            detached(py, || {
                let of = Behind::new(asked, &plan.core, core.extra(), indicator, &outcome, r#where)?;
                let batch = tthc_kpi_arrow::cases(core, &of.query, &of.indicator, of.shown, &of.restrict)?;
                let batch = batch.slice(0, most.min(batch.num_rows()));
                Ok(Table::new(batch.schema(), vec![batch]))
            })
        }
        Counted::Scan(scan) => {
            let (core, looks) = (&scan.core, Looks::default());
            let outcome = detached(py, || {
                let of = Behind::new(asked, &plan.core, core.extra(), indicator, &outcome, r#where)?;
                let schema = core.cases_schema(&of.query, &of.indicator, of.shown, &of.restrict)?;
                let (mut batches, mut rows) = (Vec::new(), 0);
                let mut take = |batch: RecordBatch| {
                    batches.push(batch.slice(0, (most - rows).min(batch.num_rows())));
                    rows += batches.last().map_or(0, RecordBatch::num_rows);
                    if rows < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                };
                let mut told = |so_far| looks.tell(progress.as_ref(), so_far);
                core.cases(&of.query, &of.indicator, of.shown, &of.restrict, &mut take, &mut told)?;
                Ok(Table::new(schema, batches))
            });
            scan.raised.or(looks.or(outcome))
        }
    }
}

/// The dossiers behind a number of a scan, batch by batch.
#[pyfunction]
#[pyo3(signature = (ds, plan, asked, *, indicator, outcome, r#where))]
pub fn case_stream(
    py: Python<'_>,
    ds: &Scan,
    plan: &Plan,
    asked: Asked,
    indicator: String,
    outcome: String,
    r#where: BTreeMap<String, Option<String>>,
) -> PyResult<CaseStream> {
    let (plan, extra) = (&plan.core, ds.core.extra());
    let behind = detached(py, || Behind::new(asked, plan, extra, indicator, &outcome, r#where))?;
    CaseStream::new(py, ds, behind)
}

/// The dossiers that an indicator counts otherwise under another policy, and why.
#[pyfunction]
#[pyo3(signature = (ds, plan, asked, *, other, indicator))]
pub fn changes(
    py: Python<'_>,
    ds: &Dossiers,
    plan: &Plan,
    asked: Asked,
    other: BTreeMap<String, String>,
    indicator: String,
) -> PyResult<Table> {
    detached(py, || {
        let (before, after) = (policy_of(&asked.policy)?, policy_of(&other)?);
        let draft = asked.draft(&plan.core, ds.core.extra())?;
        let batch = tthc_kpi_arrow::changes(&ds.core, &draft, &before, &after, &indicator)?;
        Ok(Table::new(batch.schema(), vec![batch]))
    })
}
