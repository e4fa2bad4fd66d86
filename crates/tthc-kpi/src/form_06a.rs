//! Form 06a (SPEC §9): what came in, what was resolved, what is open, by field.

use serde::{Deserialize, Serialize};

use crate::basis::{Basis, STANDING};
use crate::column::Column;
use crate::counts::Counts;
use crate::dimension::{Dimension, Key};
use crate::error::Error;
use crate::fact::{Fact, Facts};
use crate::outcome::Note;
use crate::slug::slugs;
use crate::tally::Tally;

slugs! {
    /// Cột (3) đến (13) của biểu 06a: the columns that are counts. As the provincial systems do, a dossier of
    /// which something is unknown still stands in one column each: see [`Placed`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Facts, FormColumn};
    /// let column: FormColumn = "resolved_on_due_day".parse()?;
    /// assert_eq!((column.number(), column.title()), (9, "Đã giải quyết: đúng hạn"));
    /// let undated = Facts::default().with(Fact::Handled).with(Fact::Resolved);
    /// assert!(column.holds(undated)); // resolved, and no due date is known
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    FormColumn as "column of form 06a" {
        /// (3) Received in the period, and carried over into it.
        ReceivedTotal = "received_total",
        /// (4) Received in the period, online.
        ReceivedOnline = "received_online",
        /// (5) Received in the period, in person or by post; also where the channel is unknown.
        ReceivedDirect = "received_direct",
        /// (6) Received before the period and not ended before it.
        CarriedOver = "carried_over",
        /// (7) Ended in the period.
        ResolvedTotal = "resolved_total",
        /// (8) Ended before the due day.
        ResolvedEarly = "resolved_early",
        /// (9) Ended on the due day; also where no due date is known.
        ResolvedOnDueDay = "resolved_on_due_day",
        /// (10) Ended late.
        ResolvedLate = "resolved_late",
        /// (11) Not ended by the cut; also where the end is unknown.
        OpenTotal = "open_total",
        /// (12) Of them, not overdue; also where no due date, or the end, is unknown.
        OpenInTime = "open_in_time",
        /// (13) Of them, overdue.
        OpenOverdue = "open_overdue",
    }
}

impl FormColumn {
    /// Its number on the form.
    pub const fn number(self) -> u8 {
        self as u8 + 3
    }

    /// Its name in Vietnamese.
    pub const fn title(self) -> &'static str {
        match self {
            FormColumn::ReceivedTotal => "Tiếp nhận: tổng số",
            FormColumn::ReceivedOnline => "Trong kỳ: trực tuyến",
            FormColumn::ReceivedDirect => "Trong kỳ: trực tiếp, bưu chính",
            FormColumn::CarriedOver => "Từ kỳ trước",
            FormColumn::ResolvedTotal => "Đã giải quyết: tổng số",
            FormColumn::ResolvedEarly => "Đã giải quyết: trước hạn",
            FormColumn::ResolvedOnDueDay => "Đã giải quyết: đúng hạn",
            FormColumn::ResolvedLate => "Đã giải quyết: quá hạn",
            FormColumn::OpenTotal => "Đang giải quyết: tổng số",
            FormColumn::OpenInTime => "Đang giải quyết: trong hạn",
            FormColumn::OpenOverdue => "Đang giải quyết: quá hạn",
        }
    }

    /// Whether a dossier of these facts is counted in it.
    pub const fn holds(self, facts: Facts) -> bool {
        let (received, resolved) = (facts.has(Fact::Received), facts.has(Fact::Resolved));
        let open = facts.has(Fact::Open) || facts.has(Fact::EndUnknown);
        match self {
            FormColumn::ReceivedTotal => facts.has(Fact::Handled),
            FormColumn::ReceivedOnline => received && facts.has(Fact::Online),
            FormColumn::ReceivedDirect => received && !facts.has(Fact::Online),
            FormColumn::CarriedOver => facts.has(Fact::CarriedOver),
            FormColumn::ResolvedTotal => resolved,
            FormColumn::ResolvedEarly => facts.has(Fact::Early),
            FormColumn::ResolvedOnDueDay => resolved && !facts.has(Fact::Early) && !facts.has(Fact::Late),
            FormColumn::ResolvedLate => facts.has(Fact::Late),
            FormColumn::OpenTotal => open,
            FormColumn::OpenInTime => open && !facts.has(Fact::OpenOverdue),
            FormColumn::OpenOverdue => facts.has(Fact::OpenOverdue),
        }
    }
}

/// Hồ sơ thiếu thông tin đã xếp vào cột nào: how many dossiers stand in a column only because something of
/// them is unknown.
///
/// See [`Form06a`] for an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Placed {
    /// In (5) without a known channel.
    pub unknown_channel: u64,
    /// In (9) without a known due date.
    pub resolved_without_due: u64,
    /// In (12), open, without a known due date.
    pub open_without_due: u64,
    /// In (12) with a closed status and no date of end.
    pub end_unknown: u64,
}

/// Một dòng của biểu 06a: the counts of one field, in the order of the form; null is an unknown field.
///
/// See [`Form06a`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is the column of FormColumn that has its name")]
pub struct FormRow {
    /// (2) The field; none is unknown, and none in the total.
    pub field: Option<String>,
    pub received_total: u64,
    pub received_online: u64,
    pub received_direct: u64,
    pub carried_over: u64,
    pub resolved_total: u64,
    pub resolved_early: u64,
    pub resolved_on_due_day: u64,
    pub resolved_late: u64,
    pub open_total: u64,
    pub open_in_time: u64,
    pub open_overdue: u64,
    /// What was put where for want of a value.
    pub placed: Placed,
}

impl FormRow {
    fn of(field: Option<String>, counts: &Counts) -> Result<Self, Error> {
        let fact = |fact| counts.fact(fact);
        let less = |whole: u64, part: u64| {
            whole.checked_sub(part).ok_or(Error::BrokenIdentity { identity: "part <= whole" })
        };
        let online = fact(Fact::Online);
        let unknown_channel = less(fact(Fact::Received), fact(Fact::ChannelKnown))?;
        let resolved_without_due = less(
            less(less(fact(Fact::Resolved), fact(Fact::Early))?, fact(Fact::OnDueDay))?,
            fact(Fact::Late),
        )?;
        let open_without_due =
            less(less(fact(Fact::Open), fact(Fact::OpenInTime))?, fact(Fact::OpenOverdue))?;
        let end_unknown = fact(Fact::EndUnknown);
        let sum = |parts: &[u64]| {
            parts
                .iter()
                .try_fold(0u64, |sum, part| sum.checked_add(*part))
                .ok_or(Error::Overflow { what: "form 06a" })
        };
        let row = FormRow {
            field,
            received_total: fact(Fact::Handled),
            received_online: online,
            received_direct: sum(&[less(fact(Fact::ChannelKnown), online)?, unknown_channel])?,
            carried_over: fact(Fact::CarriedOver),
            resolved_total: fact(Fact::Resolved),
            resolved_early: fact(Fact::Early),
            resolved_on_due_day: sum(&[fact(Fact::OnDueDay), resolved_without_due])?,
            resolved_late: fact(Fact::Late),
            open_total: sum(&[fact(Fact::Open), end_unknown])?,
            open_in_time: sum(&[fact(Fact::OpenInTime), open_without_due, end_unknown])?,
            open_overdue: fact(Fact::OpenOverdue),
            placed: Placed { unknown_channel, resolved_without_due, open_without_due, end_unknown },
        };
        row.check()?;
        Ok(row)
    }

    /// One of its counts.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{FormColumn, FormRow};
    /// let row = FormRow { carried_over: 3, ..FormRow::default() };
    /// assert_eq!(row.get(FormColumn::CarriedOver), 3);
    /// ```
    pub const fn get(&self, column: FormColumn) -> u64 {
        match column {
            FormColumn::ReceivedTotal => self.received_total,
            FormColumn::ReceivedOnline => self.received_online,
            FormColumn::ReceivedDirect => self.received_direct,
            FormColumn::CarriedOver => self.carried_over,
            FormColumn::ResolvedTotal => self.resolved_total,
            FormColumn::ResolvedEarly => self.resolved_early,
            FormColumn::ResolvedOnDueDay => self.resolved_on_due_day,
            FormColumn::ResolvedLate => self.resolved_late,
            FormColumn::OpenTotal => self.open_total,
            FormColumn::OpenInTime => self.open_in_time,
            FormColumn::OpenOverdue => self.open_overdue,
        }
    }

    /// Holds the row against the identities of the form.
    ///
    /// # Errors
    /// [`Error::BrokenIdentity`], which names the first that does not hold.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::FormRow;
    /// let row = FormRow { received_total: 1, received_online: 1, ..FormRow::default() };
    /// let error = row.check().unwrap_err();
    /// assert_eq!(error.to_string(), "the counts contradict each other: (3) = (7) + (11) does not hold");
    /// assert!(FormRow { open_total: 1, open_in_time: 1, ..row }.check().is_ok());
    /// ```
    pub fn check(&self) -> Result<(), Error> {
        let adds_up = |whole: u64, parts: &[u64], identity: &'static str| {
            let sum = parts.iter().try_fold(0u64, |sum, part| sum.checked_add(*part));
            if sum == Some(whole) { Ok(()) } else { Err(Error::BrokenIdentity { identity }) }
        };
        let received = [self.received_online, self.received_direct, self.carried_over];
        adds_up(self.received_total, &received, "(3) = (4) + (5) + (6)")?;
        let resolved = [self.resolved_early, self.resolved_on_due_day, self.resolved_late];
        adds_up(self.resolved_total, &resolved, "(7) = (8) + (9) + (10)")?;
        adds_up(self.open_total, &[self.open_in_time, self.open_overdue], "(11) = (12) + (13)")?;
        adds_up(self.received_total, &[self.resolved_total, self.open_total], "(3) = (7) + (11)")
    }
}

/// Biểu số 06a, Tình hình, kết quả giải quyết TTHC: one row per field, and their total apart.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Dossier, Form06a, Plan, Query, Tally};
/// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?)
///     .period("2026-03".parse()?)
///     .by([Dimension::Field])
///     .check()?;
/// let mut tally = Tally::new(&query);
/// let dossier = Dossier { field: Some("Hộ tịch".into()), ..Dossier::received("2026-03-05".parse()?) };
/// tally.add(&dossier)?;
/// let form = Form06a::of(&tally)?;
/// assert_eq!((form.total.received_total, form.total.received_direct, form.total.open_in_time), (1, 1, 1));
/// assert_eq!((form.total.placed.unknown_channel, form.total.placed.open_without_due), (1, 1));
/// assert_eq!((form.rows.len(), form.rows[0].field.as_deref()), (1, Some("Hộ tịch")));
/// assert_eq!(form.notes().len(), 2); // both are told, in words
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form06a {
    /// What stands behind the figures.
    #[serde(flatten)]
    pub basis: Basis,
    /// Fields in code-point order, the unknown one last.
    pub rows: Vec<FormRow>,
    /// The sum of the rows.
    pub total: FormRow,
}

impl Form06a {
    /// The form of dossiers counted by field.
    ///
    /// # Errors
    /// [`Error::NotByField`] when the tally has another breakdown; [`Error::BrokenIdentity`] when its
    /// counts contradict each other, as those of a tally made by something else might.
    pub fn of(tally: &Tally) -> Result<Self, Error> {
        if tally.query().by() != [Dimension::Column(Column::Field)] {
            return Err(Error::NotByField);
        }
        let rows = tally
            .groups()
            .iter()
            .map(|(keys, counts)| FormRow::of(keys.first().and_then(Key::as_text), counts))
            .collect::<Result<Vec<_>, _>>()?;
        let total = FormRow::of(None, tally.total())?;
        for column in FormColumn::ALL {
            let sum = rows.iter().try_fold(0u64, |sum, row| sum.checked_add(row.get(*column)));
            if sum != Some(total.get(*column)) {
                return Err(Error::BrokenIdentity { identity: "total = sum of the rows" });
            }
        }
        Ok(Form06a { basis: Basis::of(tally).warned_of(tally, WARNINGS, STANDING), rows, total })
    }

    /// What was put where for want of a value, in words: one note each, none where there was nothing.
    pub fn notes(&self) -> Vec<Note> {
        let Placed { unknown_channel, resolved_without_due, open_without_due, end_unknown } =
            self.total.placed;
        let told = [
            (
                unknown_channel,
                "unknown_channel",
                "hồ sơ tiếp nhận trong kỳ không rõ hình thức nộp được tính vào cột (5).",
                "dossiers received in the period through an unknown channel are counted in column (5).",
            ),
            (
                resolved_without_due,
                "resolved_without_due",
                "hồ sơ đã giải quyết không xác định được hạn được tính vào cột (9).",
                "resolved dossiers without a known due date are counted in column (9).",
            ),
            (
                open_without_due,
                "open_without_due",
                "hồ sơ đang giải quyết không xác định được hạn được tính vào cột (12).",
                "open dossiers without a known due date are counted in column (12).",
            ),
            (
                end_unknown,
                "end_unknown",
                "hồ sơ có trạng thái đã đóng nhưng không có ngày kết thúc được tính vào cột (12).",
                "dossiers with a closed status and no date of end are counted in column (12).",
            ),
        ];
        let note = |(count, code, vi, en): (u64, &str, &str, &str)| {
            Note::new(code, format!("{count} {vi}"), format!("{count} {en}"))
        };
        told.into_iter().filter(|(count, ..)| *count > 0).map(note).collect()
    }

    /// The form as JSON: `rows` and `total`, the notes, and what stands behind them.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dimension, Form06a, Plan, Query, Tally};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let query = Query::new(&plan).period("2026-03".parse()?).by([Dimension::Field]).check()?;
    /// let form = Form06a::of(&Tally::new(&query))?;
    /// assert_eq!(serde_json::from_str::<Form06a>(&form.to_json()?)?, form);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn to_json(&self) -> Result<String, Error> {
        let bad = |error: serde_json::Error| Error::BadTally { detail: error.to_string() };
        let mut document = serde_json::to_value(self).map_err(bad)?;
        if let Some(object) = document.as_object_mut() {
            object.insert("notes".to_owned(), serde_json::to_value(self.notes()).map_err(bad)?);
        }
        Ok(document.to_string())
    }
}

/// Warnings of a tally that concern the form. Closed dossiers without an end are told by its notes: a
/// form puts them elsewhere than an indicator does.
const WARNINGS: &[&str] = &[
    "period_without_data",
    "cut_after_data",
    "cut_before_data",
    "rows_set_aside",
    "month_first",
    "end_from_return",
    "late_unsettled",
];
