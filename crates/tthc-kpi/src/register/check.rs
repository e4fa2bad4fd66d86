//! What a row of a register must be to be counted: rules between its cells, and between rows.

use super::record::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, Petition, Procedure, Record, Review,
};
use super::{RegisterColumn, RegisterType};
use crate::instant::Day;
use crate::issue::{Action, Reason, ValueKind};
use crate::policy::Text;

/// What is wrong with a row of a register.
///
/// See [`super::RegisterTable::push`] for an example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterFault {
    /// The column, when the fault is of one.
    pub column: Option<RegisterColumn>,
    /// Kind of value met.
    pub kind: ValueKind,
    /// Why.
    pub reason: Reason,
    /// What was expected, in words.
    pub expected: Text,
    /// What is done: the cell becomes unknown, or the row is set aside.
    pub action: Action,
}

impl RegisterFault {
    /// Of a column whose cell is there.
    fn of(column: Option<RegisterColumn>, reason: Reason, expected: Text, action: Action) -> Self {
        let kind = match column.map(RegisterColumn::column_type) {
            Some(RegisterType::Day) => ValueKind::Date,
            Some(RegisterType::Count | RegisterType::Money) => ValueKind::Number,
            Some(RegisterType::Truth) => ValueKind::Bool,
            _ => ValueKind::Text,
        };
        RegisterFault { column, kind, reason, expected, action }
    }

    /// Of a required column whose cell is blank.
    fn missing(column: RegisterColumn) -> Self {
        RegisterFault {
            column: Some(column),
            kind: ValueKind::Empty,
            reason: Reason::Missing,
            expected: Text::new(format!("{:?}", column.title()), format!("{:?}", column.title())),
            action: Action::SetAside,
        }
    }
}

/// How one kind of record is checked. Closed: the records are those of this crate.
pub trait Checked {
    /// What no other row may have too.
    fn key(&self) -> Option<String>;
    /// Whether it says that what it is about has ended: of two rows of one key in two sources, that one stands.
    fn has_ended(&self) -> bool {
        false
    }
    /// Faults between its cells; cells that cannot stand become unknown.
    fn mend(&mut self) -> Vec<RegisterFault>;
}

/// All faults of a row: what is lacking, then what is impossible.
pub(super) fn faults<T: Record>(record: &mut T) -> Vec<RegisterFault> {
    let required = T::REGISTER.columns().filter(|column| column.is_required());
    let missing = required.filter(|column| record.value(*column).is_none()).map(RegisterFault::missing);
    let mut faults: Vec<RegisterFault> = missing.collect();
    if faults.is_empty() {
        faults = record.mend();
    }
    faults
}

/// The row's key is that of an earlier row.
pub(super) fn duplicate<T: Record>(row: &str) -> RegisterFault {
    RegisterFault {
        column: T::REGISTER.columns().next(),
        kind: ValueKind::Text,
        reason: Reason::Duplicate,
        expected: Text::new(
            format!("giá trị khác dòng {row}: dòng đó được tính"),
            format!("another value than row {row}, which is counted"),
        ),
        action: Action::SetAside,
    }
}

fn column<T: Record>(name: &str) -> Option<RegisterColumn> {
    T::REGISTER.columns().find(|column| column.name() == name)
}

/// A day that must not be before the day something began.
fn not_before<T: Record>(
    (end, at): (&str, Option<Day>),
    (start, began): (&str, Option<Day>),
    action: Action,
) -> Option<RegisterFault> {
    let title = column::<T>(start).map_or("", RegisterColumn::title);
    (at? < began?).then(|| {
        RegisterFault::of(
            column::<T>(end),
            Reason::EndBeforeStart,
            Text::new(format!("ngày không trước {title:?}"), format!("a day not before {title:?}")),
            action,
        )
    })
}

/// A count that cannot be more than the one it is part of.
fn not_above<T: Record, N: PartialOrd>(
    (part, of): (&str, Option<N>),
    (whole, all): (&str, N),
) -> Option<RegisterFault> {
    let title = column::<T>(whole).map_or("", RegisterColumn::title);
    (of? > all).then(|| {
        RegisterFault::of(
            column::<T>(part),
            Reason::PartExceedsWhole,
            Text::new(
                format!("số đếm không lớn hơn {title:?}, không phải tỷ lệ"),
                format!("a count of at most {title:?}, not a percentage"),
            ),
            Action::SetAside,
        )
    })
}

impl Checked for Procedure {
    fn key(&self) -> Option<String> {
        self.code.clone()
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        let zero = |name: &str| {
            RegisterFault::of(
                column::<Self>(name),
                Reason::ZeroBase,
                Text::new("số lớn hơn 0 để so sánh với năm 2024", "more than 0, to compare with 2024"),
                Action::Unknown,
            )
        };
        let mut faults = Vec::new();
        if self.time_2024 == Some(0) {
            self.time_2024 = None;
            faults.push(zero("time_2024"));
        }
        if self.cost_2024.is_some_and(|cost| cost.is_zero()) {
            self.cost_2024 = None;
            faults.push(zero("cost_2024"));
        }
        faults
    }
}

impl Checked for Petition {
    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn has_ended(&self) -> bool {
        self.resolved.is_some()
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        let received = ("received", self.received);
        let due = not_before::<Self>(("due", self.due), received, Action::Unknown);
        if due.is_some() {
            self.due = None;
        }
        due.into_iter()
            .chain(not_before::<Self>(("resolved", self.resolved), received, Action::SetAside))
            .collect()
    }
}

impl Checked for AssignedTask {
    fn key(&self) -> Option<String> {
        None
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        let start = ("start", self.start);
        let due = not_before::<Self>(("due", self.due), start, Action::Unknown);
        if due.is_some() {
            self.due = None;
        }
        due.into_iter().chain(not_before::<Self>(("done", self.done), start, Action::SetAside)).collect()
    }
}

impl Checked for Review {
    fn key(&self) -> Option<String> {
        self.group.clone()
    }

    fn has_ended(&self) -> bool {
        self.submitted.is_some()
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        Vec::new()
    }
}

impl Checked for ArchivedResult {
    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        let all = self.results.unwrap_or(1);
        not_above::<Self, _>(("results_digitised", self.results_digitised), ("results", all))
            .into_iter()
            .collect()
    }
}

impl Checked for DoneTask {
    fn key(&self) -> Option<String> {
        self.id.clone()
    }

    fn has_ended(&self) -> bool {
        self.done.is_some()
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        Vec::new()
    }
}

impl Checked for Declaration {
    fn key(&self) -> Option<String> {
        Some(format!("{}\n{}", self.indicator.as_deref()?, self.date?))
    }

    fn mend(&mut self) -> Vec<RegisterFault> {
        let all = self.denominator.unwrap_or_default();
        not_above::<Self, _>(("numerator", self.numerator), ("denominator", all)).into_iter().collect()
    }
}
