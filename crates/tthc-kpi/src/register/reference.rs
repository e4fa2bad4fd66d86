//! What a scorecard says of each register behind it: where it came from, where its rows went, which
//! indicators it leaves without data.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::count::Asked;
use super::plan_task::reviews_of;
use super::stand::Stand;
use super::{Record, Register, RegisterColumn, RegisterPart, RegisterTable, Registers, needed_columns};
use crate::error::Error;
use crate::measure::Measure;
use crate::outcome::Note;
use crate::tally::Tally;

/// Một sổ mà bảng điểm đã dùng: one source of it, where it was kept in several; what concerns the register
/// as a whole is said with the first. Rows read = used + outside + set aside.
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, Plan, Query, Record, Register, RegisterTable, Registers, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026-Q1".parse()?).check()?;
/// let due = |day: &str| -> Result<Petition, tthc_kpi::InstantError> {
///     Ok(Petition { due: Some(day.parse()?), ..Petition::default() })
/// };
/// let mut petitions = RegisterTable::new("pakn.xlsx", [Petition::REGISTER.column("due")?]);
/// petitions.push(2, due("2026-03-10")?);
/// petitions.push(3, due("2026-04-01")?);
/// let registers = Registers { petitions: Some(petitions), ..Registers::of_plan(&plan) };
/// let card = Tally::new(&query).scorecard_with(&registers)?;
/// let used = &card.registers[0];
/// assert_eq!((used.register, used.read, used.used, used.outside), (Register::Petitions, 2, 1, 1));
/// assert_eq!(used.silenced[0].column.name(), "resolved");
/// assert_eq!(used.silenced[0].indicators, ["petition_resolved_rate"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterRef {
    /// Which register.
    pub register: Register,
    /// The file, or the name the caller gave.
    pub source: String,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Rows read.
    pub read: u64,
    /// Rows some indicator looked at in the period.
    pub used: u64,
    /// Rows outside the period, or of nothing the plan asks.
    pub outside: u64,
    /// Rows set aside by reason.
    pub set_aside: BTreeMap<String, u64>,
    /// Rows that are no entries, by kind.
    pub skipped: BTreeMap<String, u64>,
    /// Columns the register lacks, with the indicators that are without data for it.
    pub silenced: Vec<Silenced>,
    /// Procedure codes of dossiers that the register of procedures lacks, with the dossiers received.
    pub codes_not_listed: Vec<(String, u64)>,
    /// What else to know.
    pub notes: Vec<Note>,
}

/// A column that is not there, and what it silences.
///
/// See [`RegisterRef`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silenced {
    /// The column.
    pub column: RegisterColumn,
    /// Ids of the plan's indicators.
    pub indicators: Vec<String>,
}

/// What there is to say of each register, in their order.
pub(crate) fn references(registers: &Registers, tally: &Tally) -> Result<Vec<RegisterRef>, Error> {
    let about = About { registers, tally };
    let Registers { procedures, petitions, tasks, reviews, archive, plan_tasks, declared, .. } = registers;
    let all = [
        procedures.as_ref().map(|table| about.of(table)),
        petitions.as_ref().map(|table| about.of(table)),
        tasks.as_ref().map(|table| about.of(table)),
        reviews.as_ref().map(|table| about.of(table)),
        archive.as_ref().map(|table| about.of(table)),
        plan_tasks.as_ref().map(|table| about.of(table)),
        declared.as_ref().map(|table| about.of(table)),
    ];
    let mut references = Vec::new();
    for of_register in all.into_iter().flatten() {
        references.extend(of_register?);
    }
    Ok(references)
}

/// Said where sheets of the registers' files were not read.
pub(crate) fn left_alone(registers: &Registers) -> Option<Note> {
    let names = registers.left_alone.join(", ");
    (!names.is_empty()).then(|| {
        Note::new(
            "sheets_left_alone",
            format!("Trang không nhận ra là sổ nào, nên không đọc: {names}."),
            format!("Sheets that have the headers of no register and were not read: {names}."),
        )
    })
}

struct About<'a> {
    registers: &'a Registers,
    tally: &'a Tally,
}

impl About<'_> {
    /// What there is to say of each source of a register; of the register as a whole with the first.
    fn of<T: Record>(&self, table: &RegisterTable<T>) -> Result<Vec<RegisterRef>, Error> {
        let plan = self.tally.query().plan();
        let used = self.rows_used(T::REGISTER)?;
        // A catalogue has no period: every entry is looked at.
        let whole = matches!(T::REGISTER, Register::Procedures | Register::Archive);
        let counts = table.rows().iter().map(|(row, _)| *row).filter(|row| whole || used.contains(row));
        let used: Vec<usize> = counts.map(RegisterTable::<T>::part_of).collect();
        let parts = table.parts();
        let mut references = Vec::with_capacity(parts.len());
        for (at, part) in parts.iter().enumerate() {
            let used = used.iter().filter(|of| **of == at).count() as u64;
            let mut notes: Vec<Note> = month_first(&part.month_first).into_iter().collect();
            notes.extend(absent(part, table.columns()));
            references.push(RegisterRef {
                register: T::REGISTER,
                source: part.source.clone(),
                sheet: part.sheet.clone(),
                read: part.read,
                used,
                outside: part.kept.saturating_sub(used),
                set_aside: part.set_aside.clone(),
                skipped: part.skipped.clone(),
                silenced: Vec::new(),
                codes_not_listed: Vec::new(),
                notes,
            });
        }
        let Some(first) = references.first_mut() else { return Ok(references) };
        for column in T::REGISTER.columns().filter(|column| self.registers.lacks(*column)) {
            let needs = plan
                .indicators()
                .iter()
                .filter(|indicator| needed_columns(indicator.measure).contains(&column));
            let indicators: Vec<String> = needs.map(|indicator| indicator.id.clone()).collect();
            if !indicators.is_empty() {
                first.silenced.push(Silenced { column, indicators });
            }
        }
        first.codes_not_listed = self.codes_not_listed(T::REGISTER);
        first.notes.extend(self.strangers(T::REGISTER)?);
        first.notes.extend(self.declared_after(T::REGISTER));
        first.notes.extend(self.late_results(T::REGISTER));
        first.notes.extend(self.not_reviewed(T::REGISTER));
        Ok(references)
    }

    /// Rows that some indicator counts in the period, or would but for an unknown.
    fn rows_used(&self, register: Register) -> Result<BTreeSet<u64>, Error> {
        let (registers, tally) = (self.registers, self.tally);
        let mut rows = BTreeSet::new();
        for indicator in tally.query().plan().indicators() {
            if indicator.measure.register() == Some(register) {
                Asked { registers, tally, indicator }.each(tally.query().window(), &mut |entry, stand| {
                    if stand != Stand::Out {
                        rows.extend(&entry.rows);
                    }
                    Ok(())
                })?;
            }
        }
        if register == Register::Declared {
            let declared = self.registers.declared.iter().flat_map(|table| table.rows());
            let (cut, plan) = (tally.query().window().cut, tally.query().plan());
            rows.extend(
                declared
                    .filter(|(_, row)| {
                        let known = row.indicator.as_ref().is_some_and(|id| plan.indicator(id).is_ok());
                        known && row.date.is_some_and(|date| date <= cut)
                    })
                    .map(|(row, _)| *row),
            );
        }
        Ok(rows)
    }

    fn codes_not_listed(&self, register: Register) -> Vec<(String, u64)> {
        let (Register::Procedures, Some(table)) = (register, &self.registers.procedures) else {
            return Vec::new();
        };
        let used = self.tally.total().procedures().iter();
        let unlisted = used.filter(|(code, used)| used.received > 0 && table.find(code).is_none());
        unlisted.map(|(code, used)| (code.to_string(), used.received)).collect()
    }

    /// Rows that name nothing of the plan.
    fn strangers(&self, register: Register) -> Result<Option<Note>, Error> {
        let before_date = self.tally.query().policy().before_date;
        let plan = self.tally.query().plan();
        let schedule = self.registers.schedule.as_deref();
        let rows: Vec<String> = match (register, schedule) {
            (Register::Declared, _) => told(&self.registers.declared, |row| {
                row.indicator.as_ref().is_none_or(|id| plan.indicator(id).is_err())
            }),
            (Register::PlanTasks, Some(schedule)) => {
                let instances = schedule.instances(before_date);
                let known: BTreeSet<&str> = instances.iter().map(|instance| &*instance.id).collect();
                told(&self.registers.plan_tasks, |row| row.id.as_deref().is_none_or(|id| !known.contains(id)))
            }
            (Register::Reviews, Some(schedule)) if !schedule.review_groups().is_empty() => {
                let known = schedule.review_groups();
                told(&self.registers.reviews, |row| {
                    !known.iter().any(|group| row.group.as_deref() == Some(group.id.as_str()))
                })
            }
            _ => Vec::new(),
        };
        if rows.is_empty() {
            return Ok(None);
        }
        let first: Vec<&str> = rows.iter().take(5).map(String::as_str).collect();
        let first = first.join(", ");
        let (what_vi, what_en) = match register {
            Register::Declared => ("mã chỉ tiêu", "an indicator's id"),
            Register::PlanTasks => ("mã việc", "an id of the plan's schedule"),
            _ => ("số thứ tự nhóm", "a group's number"),
        };
        Ok(Some(Note::new(
            "not_of_plan",
            format!("{} dòng không được tính vì kế hoạch không có {what_vi} này: dòng {first}.", rows.len()),
            format!(
                "{} rows do not count, since the plan has no such thing (expected {what_en}): row {first}.",
                rows.len()
            ),
        )))
    }

    /// Declarations whose document is dated after the cut.
    fn declared_after(&self, register: Register) -> Option<Note> {
        let cut = self.tally.query().window().cut;
        let table = self.registers.declared.as_ref().filter(|_| register == Register::Declared)?;
        let later = table.rows().iter().filter(|(_, row)| row.date.is_some_and(|date| date > cut));
        let rows: Vec<String> = later.map(|(row, _)| table.told(*row)).collect();
        (!rows.is_empty()).then(|| {
            let rows = rows.join(", ");
            Note::new(
                "declared_after_cut",
                format!("Văn bản ghi ngày sau ngày chốt {} nên không dùng: dòng {rows}.", cut.vietnamese()),
                format!("The document is dated after the cut {cut} and is not used: row {rows}."),
            )
        })
    }

    /// Results digitised, but after the day the plan sets.
    fn late_results(&self, register: Register) -> Option<Note> {
        let table = self.registers.archive.as_ref().filter(|_| register == Register::Archive)?;
        let plan = self.tally.query().plan();
        let asked = plan.indicators().iter().find(|of| of.measure == Measure::ArchiveDigitisation)?;
        let last = asked.clauses.iter().filter_map(|clause| clause.deadline).min()?;
        let late = table.rows().iter().filter(|(_, row)| row.digitised_on.is_some_and(|day| day > last));
        let rows = late.count();
        (rows > 0).then(|| {
            Note::new(
                "digitised_late",
                format!(
                    "{rows} dòng số hóa sau hạn {} của kế hoạch: không tính vào tử số.",
                    last.vietnamese()
                ),
                format!(
                    "{rows} rows were digitised after the plan's day {last} and are not in the numerator."
                ),
            )
        })
    }

    /// Groups of the plan that have come due and of which the register says nothing.
    fn not_reviewed(&self, register: Register) -> Option<Note> {
        if register != Register::Reviews {
            return None;
        }
        let window = self.tally.query().window();
        let items = reviews_of(self.registers, self.tally.query().policy().before_date)?;
        let silent = items
            .iter()
            .filter(|item| item.entry.rows.is_empty() && item.due.is_some_and(|due| due <= window.cut))
            .count();
        (silent > 0).then(|| {
            Note::new(
                "groups_not_listed",
                format!("{silent} nhóm của kế hoạch đã đến hạn mà sổ không có: tính là chưa gửi kết quả."),
                format!("{silent} groups of the plan came due and are not in the register: they count as not submitted."),
            )
        })
    }
}

/// The rows of a register that are so, in words.
fn told<T: Record>(table: &Option<RegisterTable<T>>, is: impl Fn(&T) -> bool) -> Vec<String> {
    let of = |table: &RegisterTable<T>| -> Vec<String> {
        let rows = table.rows().iter().filter(|(_, record)| is(record));
        rows.map(|(row, _)| table.told(*row)).collect()
    };
    table.as_ref().map(of).unwrap_or_default()
}

/// Columns that other sources of the register have, and this one has not.
fn absent(part: &RegisterPart, all: &[RegisterColumn]) -> Option<Note> {
    let lacking: Vec<String> = all
        .iter()
        .filter(|column| !part.columns.contains(column))
        .map(|column| format!("{:?}", column.title()))
        .collect();
    let titles = lacking.join(", ");
    (!lacking.is_empty()).then(|| {
        Note::new(
            "columns_absent",
            format!("Không có cột {titles}, mà nơi khác của sổ có: các dòng ở đây coi là không rõ."),
            format!("Has no column {titles}, which other sources of the register have: its rows are unknown there."),
        )
    })
}

/// Dates that were not read day first.
fn month_first(columns: &[RegisterColumn]) -> Option<Note> {
    let titles: Vec<String> = columns.iter().map(|column| format!("{:?}", column.title())).collect();
    let titles = titles.join(", ");
    (!columns.is_empty()).then(|| {
        Note::new(
            "month_first",
            format!("Ngày ở cột {titles} được đọc tháng đứng trước, vì có ngày chỉ đọc được như vậy."),
            format!("Dates in {titles} were read month first, since one of them can only be read so."),
        )
    })
}
