//! One cell of a register, read strictly by the type of its column.

use rust_decimal::Decimal;
use tthc_kpi::{
    Action, Column, Day, Reason, RegisterColumn, RegisterFault, RegisterType, RegisterValue, Text, ValueKind,
};

use super::super::cell::{self, Cell, Problem, Reading, unreadable};
use super::super::date::Order;
use super::super::expected::{computed, expected};
use super::super::number::{self, Marks};
use super::super::words::{Words, normalise};
use super::rows::Shown;
use super::words::RegisterWords;

/// The words of both kinds of source.
#[derive(Clone, Copy)]
pub(super) struct AllWords {
    pub(super) shared: &'static Words,
    pub(super) own: &'static RegisterWords,
}

/// What the text of a value tells about others.
pub(super) struct Told {
    /// The order of day and month.
    pub(super) order: Order,
    /// The marks of amounts.
    pub(super) marks: Marks,
}

/// A value, and what its text tells.
pub(super) fn read(
    column: RegisterColumn,
    cell: &Cell<'_>,
    words: AllWords,
    shown: &Shown,
) -> (Reading<RegisterValue>, Told) {
    let mut told = Told { order: Order::Open, marks: Marks::NONE };
    let reading = match column.column_type() {
        RegisterType::Day => {
            let (reading, order) = day(column, cell, words, shown.month_first.contains(&column));
            told.order = order;
            reading.map(|day| day.map(RegisterValue::Day))
        }
        // The code of a procedure that became a number has lost its last zeros.
        RegisterType::Text if column.to_string() == "procedures.code" => text(cell, Column::ProcedureCode),
        RegisterType::Text => text(cell, Column::Procedure),
        RegisterType::Truth => truth(cell, words).map(|truth| truth.map(RegisterValue::Truth)),
        RegisterType::Count => {
            // Only working days: "5 ngày" alone may mean calendar days.
            let like = if is_days(column) { Column::LimitDays } else { Column::Payments };
            number::count(cell, words.shared, like).map(|count| count.map(RegisterValue::Count))
        }
        RegisterType::Money => {
            let (reading, marks) = number::money_of(cell, words.shared, shown.doubtful);
            told.marks = marks;
            let amount = |hundredths| Decimal::from_i128_with_scale(hundredths, 2).normalize();
            reading.map(|hundredths| hundredths.map(amount).map(RegisterValue::Money))
        }
        RegisterType::Level => {
            word(cell, words, |name| words.own.online_level.get(name).map(|level| level.slug()))
        }
        RegisterType::Internal => {
            word(cell, words, |name| words.own.internal.get(name).map(|kind| kind.slug()))
        }
    };
    (reading, told)
}

fn is_days(column: RegisterColumn) -> bool {
    matches!(column.name(), "limit_days" | "time_2024" | "time_now")
}

fn text(cell: &Cell<'_>, like: Column) -> Reading<RegisterValue> {
    cell::text(cell, Some(like)).map(|text| text.map(|text| RegisterValue::Text(text.into_owned())))
}

fn truth(cell: &Cell<'_>, words: AllWords) -> Reading<bool> {
    if let Cell::Text(text) = cell
        && let Some(known) = words.own.truth.get(&normalise(text))
    {
        return Ok(Some(*known));
    }
    cell::truth(cell, words.shared)
}

fn word(
    cell: &Cell<'_>,
    words: AllWords,
    known: impl Fn(&str) -> Option<&'static str>,
) -> Reading<RegisterValue> {
    match cell {
        Cell::Empty => Ok(None),
        // "none" is a kind before it is nothing.
        Cell::Text(text) => match known(&normalise(text)) {
            Some(slug) => Ok(Some(RegisterValue::Text(slug.to_owned()))),
            None if words.shared.is_blank(Cell::trim(text)) => Ok(None),
            None => Err(unreadable(ValueKind::Text)),
        },
        // Systems number levels and kinds each in its own way.
        other => Err(unreadable(other.kind())),
    }
}

fn day(column: RegisterColumn, cell: &Cell<'_>, words: AllWords, month_first: bool) -> (Reading<Day>, Order) {
    if let Cell::Text(text) = cell
        && words.own.is_not_yet(column, text)
    {
        return (Ok(None), Order::Open);
    }
    let (reading, order) = cell::instant(cell, words.shared, month_first);
    let day = match reading {
        Ok(Some(at)) if !(FIRST..=LAST).contains(&at.day().number()) => {
            Err(Problem { kind: ValueKind::Date, reason: Reason::BadDate })
        }
        other => other.map(|at| at.map(tthc_kpi::Instant::day)),
    };
    (day, order)
}

/// 2000-01-01 and 2100-12-31 in days since 1970 (SPEC §3, `bad_date`).
const FIRST: i32 = 10_957;
const LAST: i32 = 47_846;

/// What is wrong with a cell, and what is done about it.
pub(super) fn fault(column: RegisterColumn, problem: Problem) -> RegisterFault {
    let expected = match (column.column_type(), problem.reason) {
        (_, Reason::NotComputed) => computed(),
        (_, Reason::BadDate) => {
            Text::new("ngày từ năm 2000 đến năm 2100", "a date of the years 2000 to 2100")
        }
        (RegisterType::Day, _) => expected(Some(Column::ReceivedAt)),
        (RegisterType::Text, _) => expected(Some(Column::Procedure)),
        (RegisterType::Truth, _) => expected(Some(Column::Petitioned)),
        (RegisterType::Count, _) if is_days(column) => Text::new(
            "số ngày làm việc: số nguyên không âm, không phải tỷ lệ",
            "working days: a whole number, not negative, not a percentage",
        ),
        (RegisterType::Count, _) => Text::new(
            "số đếm: số nguyên không âm, không phải tỷ lệ",
            "a count: a whole number, not negative, not a percentage",
        ),
        (RegisterType::Money, _) => expected(Some(Column::AmountDue)),
        (RegisterType::Level, _) => Text::new(
            "toàn trình, một phần hoặc không, bằng chữ; mã số mỗi hệ thống một khác",
            "toàn trình, một phần or không in words; codes differ between systems",
        ),
        (RegisterType::Internal, _) => Text::new(
            "giữa các cơ quan, trong nội bộ cơ quan hoặc không, bằng chữ",
            "giữa các cơ quan, trong nội bộ cơ quan or không in words",
        ),
    };
    RegisterFault {
        column: Some(column),
        kind: problem.kind,
        reason: problem.reason,
        expected,
        action: if column.decides() { Action::SetAside } else { Action::Unknown },
    }
}

/// A row of a text file with other than the header's number of fields: its values stand under other
/// headers, and are never moved.
pub(super) fn ragged(fields: usize) -> RegisterFault {
    RegisterFault {
        column: None,
        kind: ValueKind::Text,
        reason: Reason::Unreadable,
        expected: Text::new(
            format!("{fields} ô như dòng tiêu đề"),
            format!("{fields} fields, as the header row has"),
        ),
        action: Action::SetAside,
    }
}

/// Something in a list of JSON objects that is none.
pub(super) fn no_object() -> RegisterFault {
    RegisterFault {
        column: None,
        kind: ValueKind::Text,
        reason: Reason::Unreadable,
        expected: Text::new("một đối tượng JSON", "a JSON object"),
        action: Action::SetAside,
    }
}
