//! Judging in columns (SPEC §3, §4): the same rules as the reference in `tthc_kpi`, written apart
//! from it and held equal to it by tests. Sixty-four rows are judged at once, a rule being a few
//! operations on masks; [`Block`] holds what does not depend on the window, and
//! [`Block::judge`] makes of it the facts in one window.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64 or by a fact")]

use tthc_kpi::{
    Comparison, EarlyBase, EarlyBy, Fact, LateAfterSupplements, OnTimeBase, OnlinePayment, Policy, Query,
    Stopped, Waiting, Window, Withdrawn,
};

use crate::block::{Dates, Excluded, Moments, Status};
use crate::columns::Columns;
use crate::due::{Due, Dues};
use crate::lanes::{Lanes, Mask, below, equal, lanes, less, mask, pick, plausible, select};
use crate::parts::Parts;

/// What is judged by: a query's rules.
pub(crate) struct Rules<'q> {
    pub query: &'q Query,
    pub policy: &'q Policy,
}

impl<'q> Rules<'q> {
    pub fn new(query: &'q Query) -> Self {
        Rules { query, policy: query.policy() }
    }
}

/// A mask per fact: bit *n* of word `fact` tells of row *n*.
pub(crate) type Facts = Lanes<Mask>;

/// How dossiers ended against a due date; those in none of the masks are unknown.
#[derive(Clone, Copy, Default)]
struct Class {
    early: Mask,
    on_day: Mask,
    late: Mask,
}

impl Class {
    /// Ends against a due date (SPEC §4, `comparison`).
    #[inline(always)]
    fn of(end: &Moments, due: &Due, comparison: Comparison) -> Self {
        let dated = due.known | due.at_least;
        let mut early = dated & less(&end.day, &due.day);
        let mut late = dated & less(&due.day, &end.day);
        let same = dated & !early & !late;
        if comparison != Comparison::Day && same != 0 {
            // Where one side is a date alone, by day.
            let exact = same & !crate::lanes::dates_alone(&end.at, &end.day) & !due.dates_alone();
            match comparison {
                Comparison::Day => {}
                Comparison::HalfDay => {
                    let end_later = crate::lanes::afternoons(&end.at, &end.day);
                    let due_later = crate::lanes::afternoons(&due.at, &due.day);
                    early |= exact & !end_later & due_later;
                    late |= exact & end_later & !due_later;
                }
                Comparison::Instant => late |= exact & less(&due.at, &end.at),
            }
        }
        // Late by a date that may yet move: not known.
        Class { early, on_day: dated & !early & !late | due.waived, late: late & due.known }
    }

    #[inline(always)]
    fn pick(mask: Mask, then: Class, otherwise: Class) -> Class {
        Class {
            early: pick(mask, then.early, otherwise.early),
            on_day: pick(mask, then.on_day, otherwise.on_day),
            late: pick(mask, then.late, otherwise.late),
        }
    }
}

/// An effective due date, and every end held against it.
struct ByDue {
    due: Due,
    completed: Class,
    returned: Class,
    /// The request for papers, where the policy ends a waiting dossier by it.
    requested: Class,
}

impl ByDue {
    #[inline(always)]
    fn of(due: Due, dates: &Dates, requested: &Moments, policy: &Policy) -> Self {
        let comparison = policy.comparison;
        let requested = match policy.waiting {
            Waiting::EndedAtRequest => Class::of(requested, &due, comparison),
            Waiting::ByDue | Waiting::InTime => Class::default(),
        };
        ByDue {
            completed: Class::of(&dates.completed, &due, comparison),
            returned: Class::of(&dates.returned, &due, comparison),
            requested,
            due,
        }
    }
}

/// An open dossier against its due date at a cut.
#[derive(Clone, Copy)]
struct Standing {
    in_time: Mask,
    overdue: Mask,
    /// Past a due date that may in truth lie later.
    unsettled: Mask,
    /// The due day lies after the cut day.
    later: Mask,
}

impl Standing {
    #[inline(always)]
    fn of(due: &Due, cut: i32, comparison: Comparison) -> Self {
        let dated = due.known | due.at_least;
        let later = dated & mask(|row| due.day[row] > cut);
        // Under half_day and instant an open dossier is overdue when due before the end of the cut
        // day; a due date alone compares by day.
        let passed = match comparison {
            Comparison::Day => below(&due.day, cut),
            Comparison::HalfDay | Comparison::Instant => !later & !(equal(&due.day, cut) & due.dates_alone()),
        };
        Standing {
            in_time: dated & !passed | due.waived,
            overdue: due.known & passed,
            unsettled: due.at_least & passed,
            later,
        }
    }

    #[inline(always)]
    fn pick(mask: Mask, then: Standing, otherwise: Standing) -> Standing {
        Standing {
            in_time: pick(mask, then.in_time, otherwise.in_time),
            overdue: pick(mask, then.overdue, otherwise.overdue),
            unsettled: pick(mask, then.unsettled, otherwise.unsettled),
            later: pick(mask, then.later, otherwise.later),
        }
    }
}

/// Sixty-four rows of a batch, judged as far as no window is needed.
pub(crate) struct Block {
    pub excluded: Excluded,
    /// Rows that are there and not left out.
    pub kept: Mask,
    dates: Dates,
    no_return: Mask,
    closed: Mask,
    waits: Mask,
    too_many_requests: Mask,
    by_due: ByDue,
    /// The due date once an answer to a request for papers is seen (`supplement = reset`), the
    /// rows that have one, and when it is seen.
    moved: Option<(ByDue, Mask, Moments)>,
    requested: Moments,
    pub parts: Parts,
    /// The first receipt, and the last end: without bound while a row has none.
    span: (i32, i32),
}

impl Block {
    /// The rows from `from` on.
    #[inline(always)]
    pub fn of(columns: &Columns<'_>, rules: &Rules<'_>, duplicates: Mask, from: usize) -> Self {
        let policy = rules.policy;
        let dates = Dates::of(columns, from);
        let status = Status::of(columns, from);
        let withdrawn = policy.withdrawn == Withdrawn::Excluded;
        let excluded = Excluded::of(&dates, &status, duplicates, withdrawn);
        let kept = dates.live & !excluded.all();
        let mut waits = status.is(5) | status.is(6);
        let mut closed = status.is(7) | status.is(9) | status.is(10);
        match policy.stopped {
            Stopped::Ended => closed |= status.is(8),
            Stopped::Waiting => waits |= status.is(8),
        }
        let requested = match policy.waiting {
            Waiting::EndedAtRequest => {
                let mut requested = Moments::of(&columns.supplement_requested_at, from);
                requested.known &= plausible(&requested.at);
                requested
            }
            Waiting::ByDue | Waiting::InTime => Moments::none(),
        };
        let too_many_requests = match policy.late_after_supplements {
            LateAfterSupplements::One => {
                let (requests, known) = columns.supplement_requests.lanes(from);
                known & mask(|row| requests[row] > 1)
            }
            LateAfterSupplements::Never => 0,
        };
        let Dues { due, moved } = Dues::of(columns, rules, &dates, kept, from);
        Block {
            span: if rules.query.buckets().is_empty() { (0, 0) } else { dates.span(kept) },
            no_return: dates.returned_before_receipt(),
            by_due: ByDue::of(due, &dates, &requested, policy),
            moved: moved
                .map(|moved| (ByDue::of(moved.due, &dates, &requested, policy), moved.rows, moved.answered)),
            parts: Parts::of(columns, policy, from),
            excluded,
            kept,
            dates,
            closed,
            waits,
            too_many_requests,
            requested,
        }
    }

    /// Rows that are there.
    #[inline(always)]
    pub fn live(&self) -> Mask {
        self.dates.live
    }

    /// Whether a window can handle any row: one received by its cut and not ended before it.
    #[inline(always)]
    pub fn may_be_handled(&self, window: Window) -> bool {
        let (first, last) = self.span;
        window.cut.number() >= first && window.start.number() <= last
    }

    /// Day of the latest receipt or end of each row.
    #[inline(always)]
    pub fn last_day(&self) -> Lanes<i32> {
        self.dates.last_day()
    }

    /// Day of receipt of each row.
    #[inline(always)]
    pub fn received_day(&self) -> &Lanes<i32> {
        &self.dates.received.day
    }

    /// The end seen at the cut: rows ended, of them those by completion, and the days.
    #[inline(always)]
    fn ends(&self, cut: i32) -> (Mask, Mask, Lanes<i32>) {
        let seen = |moments: &Moments| moments.known & !mask(|row| moments.day[row] > cut);
        let completed = seen(&self.dates.completed);
        // A return before the receipt, beside a completion not yet seen, is no end.
        let ended = completed | seen(&self.dates.returned) & !self.no_return;
        (ended, completed, select(completed, &self.dates.completed.day, &self.dates.returned.day))
    }

    /// The facts in a window; all masks are within the rows handled. Gives the day each resolved
    /// row ended. None when no row is handled.
    #[inline(always)]
    pub fn judge(&self, rules: &Rules<'_>, window: Window, facts: &mut Facts) -> Option<Lanes<i32>> {
        let (start, cut) = (window.start.number(), window.cut.number());
        let (ended, completed, end_day) = self.ends(cut);
        let received_day = &self.dates.received.day;
        let handled = self.kept & !mask(|row| received_day[row] > cut) & !(ended & below(&end_day, start));
        if handled == 0 {
            return None;
        }
        let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
        let received = handled & !below(received_day, start);
        let resolved = handled & ended;
        let unfinished = handled & !ended;
        let end_unknown = unfinished & self.closed & !self.dates.ended();
        let open = unfinished & !end_unknown;
        set(Fact::Handled, handled);
        set(Fact::Received, received);
        set(Fact::CarriedOver, handled & !received);
        set(Fact::Resolved, resolved);
        set(Fact::Open, open);
        set(Fact::EndUnknown, end_unknown);
        set(Fact::EndFromReturn, resolved & !completed);
        self.timing(rules.policy, cut, completed, facts);
        rates(rules.policy, facts);
        self.parts.facts(facts);
        Some(end_day)
    }

    /// Early, on the due day, late; in time, overdue; overdue ever.
    #[inline(always)]
    fn timing(&self, policy: &Policy, cut: i32, completed: Mask, facts: &mut Facts) {
        let resolved = facts[Fact::Resolved as usize];
        let open = facts[Fact::Open as usize];
        let strict = self.too_many_requests;

        let mut by_completion = self.by_due.completed;
        let mut by_return = self.by_due.returned;
        let mut by_request = self.by_due.requested;
        let mut by_cut = Standing::of(&self.by_due.due, cut, policy.comparison);
        let mut at_least = self.by_due.due.at_least;
        if let Some((moved, rows, answered)) = &self.moved {
            let rows = rows & !mask(|row| answered.day[row] > cut);
            by_completion = Class::pick(rows, moved.completed, by_completion);
            by_return = Class::pick(rows, moved.returned, by_return);
            by_request = Class::pick(rows, moved.requested, by_request);
            by_cut = Standing::pick(rows, Standing::of(&moved.due, cut, policy.comparison), by_cut);
            at_least = pick(rows, moved.due.at_least, at_least);
        }

        let by_date = Class::pick(completed, by_completion, by_return);
        let settled = by_date.early | by_date.on_day | by_date.late;
        let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
        set(Fact::Early, resolved & by_date.early & !strict);
        set(Fact::OnDueDay, resolved & by_date.on_day & !strict);
        set(Fact::Late, resolved & (by_date.late | strict));

        let waits = open & self.waits;
        let (mut in_time, mut overdue) = (by_cut.in_time, by_cut.overdue);
        match policy.waiting {
            Waiting::ByDue => {}
            Waiting::InTime => {
                in_time |= waits & overdue;
                overdue &= !waits;
            }
            Waiting::EndedAtRequest => {
                // A request after the cut is not yet seen.
                let later = self.requested.known & mask(|row| self.requested.day[row] > cut);
                let by_request_time = by_request.early | by_request.on_day;
                let ended = waits & !later;
                in_time = pick(ended, self.requested.known & by_request_time, in_time);
                overdue = pick(ended, self.requested.known & by_request.late, overdue);
            }
        }
        set(Fact::Waiting, waits);
        set(Fact::OpenInTime, open & in_time & !strict);
        set(Fact::OpenOverdue, open & (overdue | strict));
        set(Fact::OverdueEver, resolved & by_date.late | open & overdue);
        set(
            Fact::LateUnsettled,
            !strict & (resolved & !settled & at_least | open & !in_time & !overdue & by_cut.unsettled),
        );

        // The bases of the early rate that look past the class.
        let returned =
            self.dates.returned.known & !self.no_return & !mask(|row| self.dates.returned.day[row] > cut);
        let (early, known) = match policy.early_by {
            EarlyBy::Completed => (by_date.early & !strict, settled | strict),
            EarlyBy::Returned => (
                returned & by_return.early & !strict,
                returned & (by_return.early | by_return.on_day | by_return.late) | strict,
            ),
        };
        set(Fact::EarlyPassed, resolved & early);
        set(Fact::EarlyJudged, resolved & known);
        set(Fact::EarlyPossible, open & by_cut.later & !strict);
    }
}

/// The bases of the on-time and the early rate. `EarlyPassed`, `EarlyJudged` and `EarlyPossible`
/// come in as what the dates alone say.
#[inline(always)]
fn rates(policy: &Policy, facts: &mut Facts) {
    let of = |fact: Fact| facts[fact as usize];
    let (handled, received, resolved) = (of(Fact::Handled), of(Fact::Received), of(Fact::Resolved));
    let on_time = of(Fact::Early) | of(Fact::OnDueDay);
    let known = on_time | of(Fact::Late);
    let in_time = of(Fact::OpenInTime);
    let pending = in_time | of(Fact::OpenOverdue);
    let (base, scope, judged, passed) = match policy.on_time_base {
        OnTimeBase::Resolved => (handled, resolved, known, on_time),
        OnTimeBase::Received => (received, handled, known | pending, on_time | in_time),
        OnTimeBase::Handled => (handled, handled, known | pending, on_time | in_time),
    };
    let (early_scope, early_judged, early_pending) = match policy.early_base {
        EarlyBase::Resolved => (resolved, resolved, pending),
        // One whose on-time class is unknown could belong to the base.
        EarlyBase::OnTime => (resolved & (on_time | !known), on_time, in_time),
    };
    let judged_early = early_judged & of(Fact::EarlyJudged);
    let (early, later) = (of(Fact::EarlyPassed), of(Fact::EarlyPossible));
    let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
    set(Fact::OnTimeScope, base & scope);
    set(Fact::OnTimeJudged, base & judged);
    set(Fact::OnTimePassed, base & passed);
    set(Fact::OnTimePending, base & pending);
    set(Fact::OnTimePossible, base & in_time);
    set(Fact::EarlyScope, early_scope);
    set(Fact::EarlyJudged, judged_early);
    set(Fact::EarlyPassed, judged_early & early);
    set(Fact::EarlyPending, early_pending);
    set(Fact::EarlyPossible, in_time & later);
}

/// The facts of a row of each block, a word per row, in one window: for showing dossiers.
pub(crate) struct Judged {
    /// Bit *n* is the *n*-th of [`Fact::ALL`].
    pub facts: Vec<u64>,
    /// Payments and online payments per row, zero unless both are known.
    pub sums: Vec<[u64; 2]>,
}

/// Judges a batch in one window, row by row to look at.
pub(crate) fn judge(
    columns: &Columns<'_>,
    rules: &Rules<'_>,
    duplicates: impl Fn(usize) -> Mask,
    window: Window,
) -> Judged {
    let mut judged = Judged { facts: Vec::with_capacity(columns.len()), sums: Vec::new() };
    for from in (0..columns.len()).step_by(crate::lanes::LANES) {
        let block = Block::of(columns, rules, duplicates(from), from);
        let mut facts = [0; crate::lanes::LANES];
        if block.judge(rules, window, &mut facts).is_none() {
            facts = [0; crate::lanes::LANES];
        }
        let sums = block.parts.sums(facts[Fact::PaymentsJudged as usize]);
        crate::lanes::transpose(&mut facts);
        judged.facts.extend(facts);
        judged.sums.extend(lanes(|row| [sums[0][row].into(), sums[1][row].into()]));
    }
    judged.facts.truncate(columns.len());
    judged.sums.truncate(columns.len());
    judged
}

/// Whether online payments are those of the portal, which the data must have a column of.
pub(crate) fn by_portal(columns: &Columns<'_>, policy: &Policy) -> bool {
    policy.online_payment == OnlinePayment::Portal && columns.present.has(tthc_kpi::Column::PaymentsPortal)
}
