//! Counting registers: what their entries add up to for each indicator, in all and per group.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::plan_task::{DueItem, months_of, reviews_of};
use super::record::{ArchivedResult, AssignedTask, Petition, Procedure, Record};
use super::stand::{Sight, Stand};
use super::{Register, RegisterTable, Registers};
use crate::column::Column;
use crate::counts::Counts;
use crate::dimension::{Dimension, Key};
use crate::error::Error;
use crate::layout::Membership;
use crate::measure::Measure;
use crate::plan::{Indicator, Plan};
use crate::procedure_use::ProcedureUse;
use crate::query::Query;
use crate::tally::{GroupKey, Tally};
use crate::verdict::Window;

const OVERFLOW: Error = Error::Overflow { what: "a count of a register" };

/// What entries add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sum {
    pub numerator: Decimal,
    pub denominator: Decimal,
    /// Entries in the denominator.
    pub judged: u64,
    pub unknown: u64,
}

impl Sum {
    pub fn add(&mut self, stand: Stand) -> Result<(), Error> {
        match stand {
            Stand::Out => {}
            Stand::Unknown(count) => self.unknown = self.unknown.checked_add(count).ok_or(OVERFLOW)?,
            Stand::Counted { numerator, denominator } => {
                self.numerator = self.numerator.checked_add(numerator).ok_or(OVERFLOW)?;
                self.denominator = self.denominator.checked_add(denominator).ok_or(OVERFLOW)?;
                self.judged += 1;
            }
        }
        Ok(())
    }
}

/// One entry, as every register shows it to the counting.
pub(crate) struct Entry {
    /// What it is called.
    pub id: Option<String>,
    /// Name for people.
    pub name: Option<String>,
    /// Its rows in the source: one, unless it is of the plan, of which several rows or none may speak.
    pub rows: Vec<u64>,
    /// Field, where the register has one.
    pub field: Option<String>,
    /// What stands for a dimension of dossiers.
    pub places: Places,
}

/// Where an entry belongs in a breakdown of dossiers.
#[derive(Default)]
pub(crate) struct Places {
    pub agency: Option<String>,
    pub field: Option<String>,
    pub procedure: Option<String>,
    pub procedure_code: Option<String>,
}

/// Which columns of dossiers a register's entries can stand under.
const fn stands_under(register: Register) -> &'static [Column] {
    match register {
        Register::Procedures => &[Column::Agency, Column::Field, Column::Procedure, Column::ProcedureCode],
        Register::Archive => &[Column::Agency, Column::Field],
        Register::Petitions | Register::Tasks | Register::Reviews => &[Column::Agency],
        Register::PlanTasks | Register::Declared => &[],
    }
}

/// Whether entries come due on days, so that they fall into months.
const fn is_timed(register: Register) -> bool {
    matches!(register, Register::Petitions | Register::Tasks | Register::Reviews | Register::PlanTasks)
}

/// Whether a breakdown can be made of a register.
pub(crate) fn can_group(register: Register, by: &[Dimension]) -> bool {
    by.iter().all(|dimension| match dimension {
        Dimension::Column(column) => stands_under(register).contains(column),
        Dimension::Bucket(_) => is_timed(register),
        Dimension::ReceivedMonth | Dimension::Extra(_) => false,
    })
}

pub(crate) fn keys(by: &[Dimension], places: &Places, bucket: Option<&Key>) -> GroupKey {
    let text = |value: &Option<String>| value.as_deref().map_or(Key::Null, Key::of);
    by.iter()
        .map(|dimension| match dimension {
            Dimension::Column(Column::Agency) => text(&places.agency),
            Dimension::Column(Column::Field) => text(&places.field),
            Dimension::Column(Column::Procedure) => text(&places.procedure),
            Dimension::Column(Column::ProcedureCode) => text(&places.procedure_code),
            Dimension::Bucket(_) => bucket.cloned().unwrap_or(Key::Null),
            _ => Key::Null,
        })
        .collect()
}

/// One indicator of the registers, counted.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    pub total: Sum,
    /// Per group; none where the register cannot be broken down as the dossiers are.
    pub groups: Option<BTreeMap<GroupKey, Sum>>,
}

/// What is asked of the registers: an indicator of a query, beside counted dossiers.
pub(crate) struct Asked<'a> {
    pub registers: &'a Registers,
    pub tally: &'a Tally,
    pub indicator: &'a Indicator,
}

impl<'a> Asked<'a> {
    fn query(&self) -> &'a Query {
        self.tally.query()
    }

    fn plan(&self) -> &'a Plan {
        self.query().plan()
    }

    /// Dossiers received per procedure. Where nothing was counted, or no dossier has a code, nothing is
    /// known of what was used.
    pub fn uses(tally: &Tally) -> Option<&BTreeMap<Arc<str>, ProcedureUse>> {
        let known = tally.accounting().used > 0
            && !tally.missing_columns().has(Column::ProcedureCode)
            && tally.query().layout().counts_procedures();
        known.then(|| tally.total().procedures())
    }

    fn sight(&self, window: Window) -> Sight<'a> {
        Sight {
            window,
            policy: self.query().policy(),
            target: self.indicator.target.percent,
            deadline: self.indicator.clauses.iter().filter_map(|clause| clause.deadline).min(),
            uses: Self::uses(self.tally),
        }
    }

    /// The indicator, counted; none when its register, or what it must be held against, is not there.
    pub fn count(&self) -> Result<Option<Counted>, Error> {
        let mut counted = Counted::default();
        let (Some(register), by) = (self.indicator.measure.register(), self.query().by()) else {
            return Ok(None);
        };
        let mut groups = (!by.is_empty() && can_group(register, by)).then(BTreeMap::new);
        let whole = self.query().window();
        let there = self.each(whole, &mut |entry, stand| {
            counted.total.add(stand)?;
            if let Some(groups) = groups.as_mut()
                && self.query().bucket().is_none()
                && stand != Stand::Out
            {
                let sum: &mut Sum = groups.entry(keys(by, &entry.places, None)).or_default();
                sum.add(stand)?;
            }
            Ok(())
        })?;
        if !there {
            return Ok(None);
        }
        if let Some(groups) = groups.as_mut() {
            for bucket in self.query().buckets() {
                let key = Key::Text(bucket.key.clone());
                self.each(bucket.window, &mut |entry, stand| match stand {
                    Stand::Out => Ok(()),
                    stand => groups.entry(keys(by, &entry.places, Some(&key))).or_default().add(stand),
                })?;
            }
        }
        counted.groups = groups;
        Ok(Some(counted))
    }

    /// Goes through what the indicator looks at, under its filter, in the order of the register. False
    /// when the register is not there.
    pub fn each(
        &self,
        window: Window,
        see: &mut dyn FnMut(&Entry, Stand) -> Result<(), Error>,
    ) -> Result<bool, Error> {
        let (measure, sight) = (self.indicator.measure, self.sight(window));
        let Registers { procedures, petitions, tasks, archive, plan_tasks, .. } = self.registers;
        let see = &mut |entry: &Entry, stand: Stand| see(entry, self.filtered(entry, stand));
        match measure.register() {
            Some(Register::Procedures) if measure != Measure::PaymentUsed => {
                walk(procedures.as_ref(), see, Procedure::entry, |entry| entry.stand(measure, &sight))
            }
            Some(Register::Petitions) => {
                walk(petitions.as_ref(), see, Petition::entry, |petition| Ok(petition.stand(measure, &sight)))
            }
            Some(Register::Tasks) => {
                walk(tasks.as_ref(), see, AssignedTask::entry, |task| Ok(task.stand(&sight)))
            }
            Some(Register::Archive) => {
                let has = |name| archive.as_ref().is_some_and(|table| table.has(name));
                let (lots, marks_valid) = (has("results"), has("valid"));
                walk(archive.as_ref(), see, ArchivedResult::entry, |result| {
                    Ok(result.stand(lots, marks_valid, &sight))
                })
            }
            Some(Register::Reviews) => {
                let items = reviews_of(self.registers, sight.policy.before_date);
                walk_items(items, window, see)
            }
            Some(Register::PlanTasks) if plan_tasks.is_some() => {
                let items = months_of(self.registers, &self.indicator.id, sight.policy.before_date)?;
                walk_items(items, window, see)
            }
            _ => Ok(false),
        }
    }

    /// An entry that is not of the indicator's fields is outside; of an unknown field, unknown.
    fn filtered(&self, entry: &Entry, stand: Stand) -> Stand {
        let Some(group) = self.plan().group_index(self.indicator) else { return stand };
        match (Membership::of(self.plan(), entry.field.as_deref()).in_group(Some(group)), stand) {
            (_, Stand::Out) | (Some(false), _) => Stand::Out,
            (None, Stand::Counted { .. }) => Stand::Unknown(1),
            (_, stand) => stand,
        }
    }

    /// How the fee procedures of counted dossiers were paid (SPEC §6, 31), the register of procedures
    /// saying which bear fees where it is there.
    pub fn payment_used(&self, counts: &Counts) -> Result<Sum, Error> {
        let mut sum = Sum::default();
        for (code, used) in counts.procedures() {
            sum.add(self.payment_of(code, used))?;
        }
        Ok(sum)
    }

    /// What one procedure of the dossiers is to 31.
    pub fn payment_of(&self, code: &str, used: &ProcedureUse) -> Stand {
        let entry = self.registers.procedures.as_ref().map(|table| table.find(code));
        let bears = match entry {
            None => Some(true),
            Some(Some((_, entry))) if !entry.is_public() => Some(false),
            Some(entry) => entry.and_then(|(_, entry)| entry.fee_bearing),
        };
        let fee_dossier = match used {
            used if used.paid > 0 => Some(true),
            used if used.unsettled > 0 => None,
            _ => Some(false),
        };
        let asked = match (bears, fee_dossier) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), fee) => fee,
            (None, _) => None,
        };
        let stand = Stand::one(asked, used.was_paid_online());
        // Without the register nobody says of which field a code is.
        self.filtered(&self.entry_of(code), stand)
    }

    /// What the register of procedures says of a code.
    pub fn entry_of(&self, code: &str) -> Entry {
        let found = self.registers.procedures.as_ref().and_then(|table| table.find(code));
        match found {
            Some((row, entry)) => entry.entry(*row),
            None => Entry {
                id: Some(code.to_owned()),
                name: None,
                rows: Vec::new(),
                field: None,
                places: Places::default(),
            },
        }
    }
}

/// Goes through a register; false when it is not there.
fn walk<T: Record>(
    table: Option<&RegisterTable<T>>,
    see: &mut dyn FnMut(&Entry, Stand) -> Result<(), Error>,
    entry: impl Fn(&T, u64) -> Entry,
    stand: impl Fn(&T) -> Result<Stand, Error>,
) -> Result<bool, Error> {
    let Some(table) = table else { return Ok(false) };
    for (row, record) in table.rows() {
        see(&entry(record, *row), stand(record)?)?;
    }
    Ok(true)
}

/// Goes through what the plan's schedule asks; false when it asks nothing.
fn walk_items(
    items: Option<Vec<DueItem>>,
    window: Window,
    see: &mut dyn FnMut(&Entry, Stand) -> Result<(), Error>,
) -> Result<bool, Error> {
    let Some(items) = items else { return Ok(false) };
    for item in items {
        let stand = item.stand(window);
        see(&item.entry, stand)?;
    }
    Ok(true)
}

impl Procedure {
    pub(crate) fn entry(&self, row: u64) -> Entry {
        Entry {
            id: self.code.clone(),
            name: self.name.clone(),
            rows: vec![row],
            field: self.field.clone(),
            places: Places {
                agency: self.lead.clone(),
                field: self.field.clone(),
                procedure: self.name.clone(),
                procedure_code: self.code.clone(),
            },
        }
    }
}

impl Petition {
    pub(crate) fn entry(&self, row: u64) -> Entry {
        let places = Places { agency: self.agency.clone(), ..Places::default() };
        Entry { id: self.id.clone(), name: self.kind.clone(), rows: vec![row], field: None, places }
    }
}

impl AssignedTask {
    fn entry(&self, row: u64) -> Entry {
        let places = Places { agency: self.lead.clone(), ..Places::default() };
        Entry { id: None, name: self.title.clone(), rows: vec![row], field: None, places }
    }
}

impl ArchivedResult {
    fn entry(&self, row: u64) -> Entry {
        let places = Places { agency: self.agency.clone(), field: self.field.clone(), ..Places::default() };
        Entry { id: self.id.clone(), name: None, rows: vec![row], field: self.field.clone(), places }
    }
}
