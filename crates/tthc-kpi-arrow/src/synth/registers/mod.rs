//! Made-up registers of phường Đồng Nguyên for 2026, beside its made-up dossiers: as an office keeps
//! them, some targets met, some missed, a few cells and rows wrong on purpose.

mod book;
mod catalogue;
mod work;

use std::collections::BTreeMap;
use std::path::Path;

use tthc_kpi::{Day, Plan, Register, Schedule};

use super::SynthError;
use book::Page;

/// What [`registers`] wrote, and what of it is wrong on purpose.
///
/// # Example
/// ```
/// use tthc_kpi::Register;
/// use tthc_kpi_arrow::{read::read_registers, synth::registers};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-so-synth-{}.xlsx", std::process::id()));
/// let written = registers(&path)?;
/// let read = read_registers(&path, &Default::default())?;
/// let petitions = read.petitions.ok_or("no petitions")?;
/// assert_eq!(petitions.read(), written.rows[&Register::Petitions]);
/// assert_eq!(*petitions.set_aside(), written.set_aside[&Register::Petitions]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegistersSummary {
    /// Rows of each register.
    pub rows: BTreeMap<Register, u64>,
    /// Of them those to be set aside, by reason.
    pub set_aside: BTreeMap<Register, BTreeMap<String, u64>>,
    /// Cells that become unknown, by reason and column, in rows that count.
    pub unknown: BTreeMap<Register, BTreeMap<String, u64>>,
}

impl RegistersSummary {
    fn aside(&mut self, register: Register, reason: &str) {
        *self.set_aside.entry(register).or_default().entry(reason.to_owned()).or_default() += 1;
    }

    fn cell(&mut self, register: Register, reason: &str) {
        *self.unknown.entry(register).or_default().entry(reason.to_owned()).or_default() += 1;
    }
}

/// Writes a workbook with a sheet for each register of phường Đồng Nguyên in 2026. The bytes are always
/// the same. The procedures are those of [`super::Synth`], two left out; the review groups and the tasks
/// are those of the built-in plan.
///
/// # Errors
/// [`SynthError`] when the file cannot be written.
///
/// # Example
/// See [`RegistersSummary`].
pub fn registers(path: impl AsRef<Path>) -> Result<RegistersSummary, SynthError> {
    let plan = Plan::builtin("dong-nguyen-2026")?;
    let schedule = plan.schedule().ok_or(SynthError::NoSchedule)?;
    let mut summary = RegistersSummary::default();
    book::write(&pages(schedule, &mut summary), path.as_ref())?;
    Ok(summary)
}

fn pages(schedule: &Schedule, summary: &mut RegistersSummary) -> Vec<Page> {
    let all = [
        (Register::Procedures, catalogue::procedures(summary)),
        (Register::Petitions, work::petitions(summary)),
        (Register::Tasks, work::tasks(summary)),
        (Register::Reviews, work::reviews(schedule, summary)),
        (Register::Archive, catalogue::archive(summary)),
        (Register::PlanTasks, work::plan_tasks(schedule)),
        (Register::Declared, work::declared(summary)),
    ];
    let mut pages = Vec::new();
    for (register, page) in all {
        summary.rows.insert(register, page.rows.len() as u64);
        pages.push(page);
    }
    pages
}

/// A day of 2026, from 0 for the first of January.
fn day(of_year: i32) -> Day {
    const NEW_YEAR: i32 = 20_454;
    Day::from_number(NEW_YEAR + of_year).unwrap_or(Day::MIN)
}

/// So many working days later, by the week alone.
fn working(from: Day, days: u32) -> Day {
    let mut day = from;
    let mut left = days;
    while left > 0 {
        day = day.plus(1);
        // 1970-01-01 was a Thursday.
        if (day.number() + 3).rem_euclid(7) < 5 {
            left -= 1;
        }
    }
    day
}

/// The day itself, or the Monday after a weekend.
fn on_weekday(day: Day) -> Day {
    match (day.number() + 3).rem_euclid(7) {
        5 => day.plus(2),
        6 => day.plus(1),
        _ => day,
    }
}
