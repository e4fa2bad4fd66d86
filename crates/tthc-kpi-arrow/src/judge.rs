//! Judging in columns (SPEC §3, §4): the same rules as the reference in `tthc_kpi`, one pass per
//! rule over a batch, written apart from it and held equal to it by tests.
//!
//! A moment that is unknown or not seen at the cut is [`NONE`]; rows that are excluded or outside
//! the window carry no fact.

use tthc_kpi::{
    Comparison, Day, DueOnDayOff, EarlyBase, EarlyBy, Exclusion, Fact, Instant, LateAfterSupplements,
    MissingDue, OnTimeBase, OnlinePayment, Query, Stopped, Supplement, Waiting, Window, Withdrawn,
};

use crate::columns::{Cells, Columns, Flags};

const NONE: i64 = i64::MIN;
const DAY: i64 = 86_400_000_000;
const NOON: i64 = DAY / 2;
/// 2000-01-01 and the day after 2100-12-31.
pub(crate) const PLAUSIBLE: std::ops::Range<i64> = 10_957 * DAY..47_847 * DAY;

const fn day(at: i64) -> i64 {
    at.div_euclid(DAY)
}

const fn is_date(at: i64) -> bool {
    at.rem_euclid(DAY) == 0
}

/// By day; by the instant only when neither is a date alone.
const fn reversed(end: i64, receipt: i64) -> bool {
    if is_date(end) || is_date(receipt) { day(end) < day(receipt) } else { end < receipt }
}

const fn bit(fact: Fact) -> u64 {
    1 << fact as u64
}

/// `fact` where `holds`.
const fn when(holds: bool, fact: Fact) -> u64 {
    (holds as u64) << fact as u64
}

fn as_day(number: i64) -> Option<Day> {
    Day::from_number(i32::try_from(number).ok()?)
}

/// What does not depend on the window: who is left out, and when each dossier last moved.
pub(crate) struct Rows {
    /// Why a row is left out.
    pub exclusion: Vec<Option<Exclusion>>,
    /// Day of the latest receipt or end.
    pub last_day: Vec<i32>,
}

/// Why each row is left out by itself or as a duplicate, whatever the policy.
pub(crate) fn exclusions(columns: &Columns<'_>, duplicate: &dyn Fn(usize) -> bool) -> Vec<Option<Exclusion>> {
    let of = |row: usize| {
        let received = columns.received_at.get(row).unwrap_or(NONE);
        let completed = columns.completed_at.get(row);
        let returned = columns.returned_at.get(row);
        let bad = [Some(received), columns.due_at.get(row), completed, returned]
            .into_iter()
            .flatten()
            .any(|at| !PLAUSIBLE.contains(&at));
        let reversed = completed.or(returned).is_some_and(|end| reversed(end, received));
        if matches!(columns.status.get(row), Some(1 | 3)) {
            Some(Exclusion::NotReceived)
        } else if bad {
            Some(Exclusion::BadDate)
        } else if reversed {
            Some(Exclusion::EndBeforeReceipt)
        } else {
            duplicate(row).then_some(Exclusion::Duplicate)
        }
    };
    (0..columns.len()).map(of).collect()
}

/// Looks at every row once, whatever the window.
pub(crate) fn rows(columns: &Columns<'_>, query: &Query, duplicate: &dyn Fn(usize) -> bool) -> Rows {
    let mut exclusion = exclusions(columns, duplicate);
    if query.policy().withdrawn == Withdrawn::Excluded {
        for (row, reason) in exclusion.iter_mut().enumerate() {
            if reason.is_none() && columns.status.get(row) == Some(7) {
                *reason = Some(Exclusion::Withdrawn);
            }
        }
    }
    let last_day = |row: usize| {
        let end = columns.completed_at.get(row).or_else(|| columns.returned_at.get(row));
        let last = end.unwrap_or(NONE).max(columns.received_at.get(row).unwrap_or(NONE));
        i32::try_from(day(last)).unwrap_or(i32::MAX)
    };
    Rows { exclusion, last_day: (0..columns.len()).map(last_day).collect() }
}

/// The facts of a batch in one window.
pub(crate) struct Judged {
    /// A word of facts per row; bit *n* is the *n*-th of [`Fact::ALL`].
    pub facts: Vec<u64>,
    /// Payments and online payments per row, zero unless both are known.
    pub sums: Vec<[u64; 2]>,
    /// Working days from receipt to end, −1 where none.
    pub processing: Vec<i32>,
}

/// A due date that may not be wholly known.
#[derive(Clone, Copy, PartialEq)]
enum DueKind {
    At,
    AtLeast,
    Waived,
    Unknown,
}

/// Judges a batch in one window.
pub(crate) fn judge(columns: &Columns<'_>, rows: &Rows, query: &Query, window: Window) -> Judged {
    let mut pass = Pass::new(columns, rows, query, window);
    pass.membership();
    pass.due_dates();
    pass.timing();
    pass.rates();
    pass.channels_and_fees();
    pass.flags();
    pass.processing();
    Judged { facts: pass.facts, sums: pass.sums, processing: pass.days }
}

struct Pass<'p> {
    columns: &'p Columns<'p>,
    rows: &'p Rows,
    query: &'p Query,
    start: i64,
    cut: i64,
    facts: Vec<u64>,
    sums: Vec<[u64; 2]>,
    days: Vec<i32>,
    /// End seen at the cut.
    end: Vec<i64>,
    due: Vec<i64>,
    due_kind: Vec<DueKind>,
    /// Bit 0: may be early by the return; bit 1: that is known.
    by_return: Vec<(bool, bool)>,
    /// Open, and the due day lies after the cut day.
    due_later: Vec<bool>,
}

impl<'p> Pass<'p> {
    fn new(columns: &'p Columns<'p>, rows: &'p Rows, query: &'p Query, window: Window) -> Self {
        let n = columns.len();
        Pass {
            columns,
            rows,
            query,
            start: i64::from(window.start.number()),
            cut: i64::from(window.cut.number()),
            facts: vec![0; n],
            sums: vec![[0; 2]; n],
            days: vec![-1; n],
            end: vec![NONE; n],
            due: vec![NONE; n],
            due_kind: vec![DueKind::Unknown; n],
            by_return: vec![(false, false); n],
            due_later: vec![false; n],
        }
    }

    fn seen(&self, cells: &Cells<'_, i64>, row: usize) -> i64 {
        cells.get(row).filter(|at| day(*at) <= self.cut).unwrap_or(NONE)
    }

    /// The return seen at the cut; one before the receipt is none.
    fn returned(&self, row: usize) -> i64 {
        let at = self.seen(&self.columns.returned_at, row);
        if reversed(at, self.columns.received_at.get(row).unwrap_or(NONE)) { NONE } else { at }
    }

    /// Rows in the window, with their facts: (row, facts).
    fn handled(facts: &mut [u64]) -> impl Iterator<Item = (usize, &mut u64)> {
        facts.iter_mut().enumerate().filter(|(_, facts)| **facts & bit(Fact::Handled) != 0)
    }

    /// Received, carried over, resolved, open, end unknown.
    fn membership(&mut self) {
        let stopped_ends = self.query.policy().stopped == Stopped::Ended;
        for row in 0..self.columns.len() {
            if self.rows.exclusion.get(row).is_some_and(Option::is_some) {
                continue;
            }
            let received = day(self.columns.received_at.get(row).unwrap_or(NONE));
            let completed = self.seen(&self.columns.completed_at, row);
            let end = if completed == NONE { self.returned(row) } else { completed };
            if received > self.cut || (end != NONE && day(end) < self.start) {
                continue;
            }
            let has_date =
                self.columns.completed_at.get(row).or_else(|| self.columns.returned_at.get(row)).is_some();
            let closed = match self.columns.status.get(row) {
                Some(7 | 9 | 10) => true,
                Some(8) => stopped_ends,
                _ => false,
            };
            let state = if end != NONE {
                Fact::Resolved
            } else if closed && !has_date {
                Fact::EndUnknown
            } else {
                Fact::Open
            };
            let facts = bit(Fact::Handled)
                | when(received >= self.start, Fact::Received)
                | when(received < self.start, Fact::CarriedOver)
                | bit(state)
                | when(state == Fact::Resolved && completed == NONE, Fact::EndFromReturn);
            if let (Some(slot), Some(at)) = (self.facts.get_mut(row), self.end.get_mut(row)) {
                (*slot, *at) = (facts, end);
            }
        }
    }

    /// The effective due date: due_at, missing_due, supplement, due_on_day_off, in this order.
    fn due_dates(&mut self) {
        let policy = self.query.policy();
        let calendar = self.query.judge().calendar();
        for row in 0..self.columns.len() {
            if self.facts.get(row).is_none_or(|facts| facts & bit(Fact::Handled) == 0) {
                continue;
            }
            let (mut due, mut kind) = match (self.columns.due_at.get(row), policy.missing_due) {
                (Some(due), _) => (due, DueKind::At),
                (None, MissingDue::OnTime) => (NONE, DueKind::Waived),
                (None, MissingDue::Unknown) => (NONE, DueKind::Unknown),
                (None, MissingDue::FromProcedure) => {
                    match self.limit_end(row, self.columns.received_at.get(row).unwrap_or(NONE)) {
                        Some(due) => (due, DueKind::At),
                        None => (NONE, DueKind::Unknown),
                    }
                }
            };
            if policy.supplement != Supplement::Recorded
                && self.columns.supplement_requests.get(row) != Some(0)
            {
                let moved = if policy.supplement == Supplement::Subtract {
                    match self.columns.paused_days.get(row) {
                        Some(0) if kind == DueKind::At => Some(due),
                        Some(paused) if kind == DueKind::At => as_day(day(due))
                            .and_then(|from| calendar.add(from, paused))
                            .map(|to| i64::from(to.number()) * DAY + due.rem_euclid(DAY)),
                        _ => None,
                    }
                } else {
                    let answered = self.seen(&self.columns.supplemented_at, row);
                    if PLAUSIBLE.contains(&answered) { self.limit_end(row, answered) } else { None }
                };
                match moved {
                    Some(moved) => (due, kind) = (moved, DueKind::At),
                    None if kind == DueKind::At => kind = DueKind::AtLeast,
                    None => {}
                }
            }
            if policy.due_on_day_off == DueOnDayOff::NextWorkingDay
                && matches!(kind, DueKind::At | DueKind::AtLeast)
            {
                let on = as_day(day(due));
                match on.and_then(|on| calendar.is_working(on)) {
                    Some(true) => {}
                    Some(false) => match on.and_then(|on| calendar.next(on)) {
                        Some(next) => due = i64::from(next.number()) * DAY + due.rem_euclid(DAY),
                        None => kind = DueKind::AtLeast,
                    },
                    None => kind = DueKind::AtLeast,
                }
            }
            if let (Some(at), Some(slot)) = (self.due.get_mut(row), self.due_kind.get_mut(row)) {
                (*at, *slot) = (due, kind);
            }
        }
    }

    /// The day a limit runs out that starts at `from`.
    fn limit_end(&self, row: usize, from: i64) -> Option<i64> {
        let judge = self.query.judge();
        let limit = match self.columns.limit_days.get(row) {
            Some(limit) => limit,
            None => *judge.limits().get(self.columns.procedure_code.get(row)?)?,
        };
        let start = judge.calendar().clock_start(Instant::from_micros(from)).ok()?;
        Some(i64::from(judge.calendar().add(start, limit)?.number()) * DAY)
    }

    /// Early, on the due day, late; in time, overdue; overdue ever.
    fn timing(&mut self) {
        let policy = self.query.policy();
        let comparison = policy.comparison;
        let stopped_waits = policy.stopped == Stopped::Waiting;
        let strict = policy.late_after_supplements == LateAfterSupplements::One;
        for row in 0..self.columns.len() {
            let (Some(facts), Some(&end), Some(&due), Some(&kind)) =
                (self.facts.get(row).copied(), self.end.get(row), self.due.get(row), self.due_kind.get(row))
            else {
                continue;
            };
            let too_many =
                strict && self.columns.supplement_requests.get(row).is_some_and(|requests| requests > 1);
            let mut add = 0;
            if facts & bit(Fact::Resolved) != 0 {
                let by_date = timing_of(end, due, kind, comparison);
                let timing = if too_many { Timing::Late } else { by_date };
                add |= when(timing == Timing::Early, Fact::Early)
                    | when(timing == Timing::OnDay, Fact::OnDueDay)
                    | when(timing == Timing::Late, Fact::Late)
                    | when(by_date == Timing::Late, Fact::OverdueEver)
                    | when(timing == Timing::Unknown && kind == DueKind::AtLeast, Fact::LateUnsettled);
                let returned = self.returned(row);
                let by_return = match returned {
                    _ if too_many => Timing::Late,
                    NONE => Timing::Unknown,
                    at => timing_of(at, due, kind, comparison),
                };
                if let Some(slot) = self.by_return.get_mut(row) {
                    *slot = (by_return == Timing::Early, by_return != Timing::Unknown);
                }
            } else if facts & bit(Fact::Open) != 0 {
                let waits = matches!(self.columns.status.get(row), Some(5 | 6))
                    || stopped_waits && self.columns.status.get(row) == Some(8);
                let by_due = self.open_timing(due, kind, comparison);
                let by_date = if waits { self.waiting(row, due, kind, by_due) } else { by_due };
                let timing = if too_many { Timing::Late } else { by_date };
                add |= when(waits, Fact::Waiting)
                    | when(timing == Timing::OnDay, Fact::OpenInTime)
                    | when(timing == Timing::Late, Fact::OpenOverdue)
                    | when(by_date == Timing::Late, Fact::OverdueEver)
                    | when(
                        timing == Timing::Unknown && by_due == Timing::Unknown && kind == DueKind::AtLeast,
                        Fact::LateUnsettled,
                    );
                if let Some(slot) = self.due_later.get_mut(row) {
                    *slot =
                        matches!(kind, DueKind::At | DueKind::AtLeast) && day(due) > self.cut && !too_many;
                }
            }
            if let Some(slot) = self.facts.get_mut(row) {
                *slot |= add;
            }
        }
    }

    /// An open dossier by its due date: in time is [`Timing::OnDay`].
    fn open_timing(&self, due: i64, kind: DueKind, comparison: Comparison) -> Timing {
        let by_day = comparison == Comparison::Day || is_date(due);
        let passed = if by_day { day(due) < self.cut } else { due < (self.cut + 1) * DAY };
        match kind {
            DueKind::Unknown => Timing::Unknown,
            DueKind::Waived => Timing::OnDay,
            DueKind::At if passed => Timing::Late,
            DueKind::AtLeast if passed => Timing::Unknown,
            DueKind::At | DueKind::AtLeast => Timing::OnDay,
        }
    }

    /// An open dossier that waits for the citizen.
    fn waiting(&self, row: usize, due: i64, kind: DueKind, by_due: Timing) -> Timing {
        let policy = self.query.policy();
        match policy.waiting {
            Waiting::ByDue => by_due,
            Waiting::InTime => {
                if by_due == Timing::Late {
                    Timing::OnDay
                } else {
                    by_due
                }
            }
            Waiting::EndedAtRequest => match self.columns.supplement_requested_at.get(row) {
                Some(at) if !PLAUSIBLE.contains(&at) => Timing::Unknown,
                Some(at) if day(at) > self.cut => by_due,
                Some(at) => match timing_of(at, due, kind, policy.comparison) {
                    Timing::Early => Timing::OnDay,
                    other => other,
                },
                None => Timing::Unknown,
            },
        }
    }

    /// The bases of the on-time and the early rate.
    fn rates(&mut self) {
        let policy = self.query.policy();
        let (on_time_base, early_base, early_by) = (policy.on_time_base, policy.early_base, policy.early_by);
        for (row, facts) in Pass::handled(&mut self.facts) {
            let has = |fact: Fact| *facts & bit(fact) != 0;
            let on_time = has(Fact::Early) || has(Fact::OnDueDay);
            let known = on_time || has(Fact::Late);
            let in_time = has(Fact::OpenInTime);
            let pending = in_time || has(Fact::OpenOverdue);
            let with_open = on_time_base != OnTimeBase::Resolved;
            let in_base = match on_time_base {
                OnTimeBase::Resolved | OnTimeBase::Handled => true,
                OnTimeBase::Received => has(Fact::Received),
            };
            let mut add = 0;
            if in_base {
                add |= when(with_open || has(Fact::Resolved), Fact::OnTimeScope)
                    | when(known || with_open && pending, Fact::OnTimeJudged)
                    | when(on_time || with_open && in_time, Fact::OnTimePassed)
                    | when(pending, Fact::OnTimePending)
                    | when(in_time, Fact::OnTimePossible);
            }
            let (early, early_known) = match early_by {
                EarlyBy::Completed => (has(Fact::Early), known),
                EarlyBy::Returned => self.by_return.get(row).copied().unwrap_or_default(),
            };
            let of_on_time = early_base == EarlyBase::OnTime;
            let scope = has(Fact::Resolved) && (!of_on_time || on_time || !known);
            let judged = scope && early_known && (!of_on_time || on_time);
            add |= when(scope, Fact::EarlyScope)
                | when(judged, Fact::EarlyJudged)
                | when(judged && early, Fact::EarlyPassed)
                | when(in_time || pending && !of_on_time, Fact::EarlyPending)
                | when(in_time && self.due_later.get(row).copied().unwrap_or(false), Fact::EarlyPossible);
            *facts |= add;
        }
    }

    /// Channels, payments, hand-overs and ratings.
    fn channels_and_fees(&mut self) {
        let columns = self.columns;
        let policy = self.query.policy();
        let by_portal = policy.online_payment == OnlinePayment::Portal
            && columns.present.has(tthc_kpi::Column::PaymentsPortal);
        let satisfied_from = policy.satisfied_from.rating();
        for (row, facts) in Pass::handled(&mut self.facts) {
            let received = *facts & bit(Fact::Received) != 0;
            let resolved = *facts & bit(Fact::Resolved) != 0;
            let channel = columns.channel.get(row);
            let rating = columns.rating.get(row).filter(|rating| (1..=5).contains(rating));
            let payments = columns.payments.get(row);
            let fits = |part: Option<u32>, whole: Option<u32>| {
                part.filter(|part| whole.is_none_or(|whole| *part <= whole))
            };
            let online = fits(columns.payments_online.get(row), payments);
            let portal =
                fits(fits(columns.payments_portal.get(row), columns.payments_online.get(row)), payments);
            let transfers = columns.transfers.get(row);
            let electronic = fits(columns.transfers_electronic.get(row), transfers);
            let paid = payments.is_some_and(|payments| payments > 0);
            let moved = transfers.is_some_and(|transfers| transfers > 0);
            *facts |= when(received && channel.is_some(), Fact::ChannelKnown)
                | when(received && channel == Some("online"), Fact::Online)
                | when(resolved && rating.is_some(), Fact::Rated)
                | when(resolved && rating.is_some_and(|rating| rating >= satisfied_from), Fact::Satisfied)
                | when(received && payments != Some(0), Fact::FeeScope)
                | when(received && paid, Fact::Paid)
                | when(received && paid && online.is_some(), Fact::FeeJudged)
                | when(received && paid && online.is_some_and(|online| online > 0), Fact::FeeOnline)
                | when(transfers != Some(0), Fact::TransferScope)
                | when(moved, Fact::Moved)
                | when(moved && electronic.is_some(), Fact::TransferJudged)
                | when(moved && electronic == transfers, Fact::TransferElectronic);
            if let (true, Some(payments), Some(online)) =
                (received && paid, payments, if by_portal { portal } else { online })
            {
                *facts |= bit(Fact::PaymentsJudged);
                if let Some(slot) = self.sums.get_mut(row) {
                    *slot = [payments.into(), online.into()];
                }
            }
        }
    }

    /// Columns of yes and no, each asked of one kind of dossier.
    fn flags(&mut self) {
        let columns = self.columns;
        let asked: [(Flags<'_>, Fact, Fact, Fact); 9] = [
            (columns.input_digitised, Fact::Received, Fact::InputDigitisedKnown, Fact::InputDigitised),
            (columns.result_digitised, Fact::Resolved, Fact::ResultDigitisedKnown, Fact::ResultDigitised),
            (columns.result_electronic, Fact::Resolved, Fact::ResultElectronicKnown, Fact::ResultElectronic),
            (columns.data_reused, Fact::Received, Fact::DataReusedKnown, Fact::DataReused),
            (columns.apologised, Fact::OverdueEver, Fact::ApologisedKnown, Fact::Apologised),
            (columns.explained, Fact::OverdueEver, Fact::ExplainedKnown, Fact::Explained),
            (columns.synced, Fact::Handled, Fact::SyncedKnown, Fact::Synced),
            (columns.result_synced, Fact::Resolved, Fact::ResultSyncedKnown, Fact::ResultSynced),
            (columns.result_published, Fact::Resolved, Fact::ResultPublishedKnown, Fact::ResultPublished),
        ];
        for (flags, of, known, yes) in asked {
            for (row, facts) in Pass::handled(&mut self.facts) {
                if *facts & bit(of) != 0
                    && let Some(value) = flags.get(row)
                {
                    *facts |= bit(known) | when(value, yes);
                }
            }
        }
    }

    /// Working days from receipt to end.
    fn processing(&mut self) {
        let calendar = self.query.judge().calendar();
        for row in 0..self.columns.len() {
            if self.facts.get(row).is_none_or(|facts| facts & bit(Fact::Resolved) == 0) {
                continue;
            }
            let from = as_day(day(self.columns.received_at.get(row).unwrap_or(NONE)));
            let to = self.end.get(row).and_then(|end| as_day(day(*end)));
            let days = from.zip(to).and_then(|(from, to)| calendar.between(from, to));
            if let Some(slot) = self.days.get_mut(row) {
                *slot = days.and_then(|days| i32::try_from(days).ok()).unwrap_or(-1);
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Timing {
    Early,
    OnDay,
    Late,
    Unknown,
}

/// An end against a due date (SPEC §4, `comparison`).
fn timing_of(end: i64, due: i64, kind: DueKind, comparison: Comparison) -> Timing {
    match kind {
        DueKind::Unknown => return Timing::Unknown,
        DueKind::Waived => return Timing::OnDay,
        DueKind::At | DueKind::AtLeast => {}
    }
    let exact = !is_date(end) && !is_date(due);
    let session = |at: i64| 2 * day(at) + i64::from(at.rem_euclid(DAY) >= NOON);
    let (end_unit, due_unit) = match comparison {
        Comparison::HalfDay if exact => (session(end), session(due)),
        _ => (day(end), day(due)),
    };
    let late = match comparison {
        Comparison::Instant if exact => end > due,
        _ => end_unit > due_unit,
    };
    if late {
        // Late by a date that may yet move: not known.
        if kind == DueKind::AtLeast { Timing::Unknown } else { Timing::Late }
    } else if end_unit < due_unit {
        Timing::Early
    } else {
        Timing::OnDay
    }
}
