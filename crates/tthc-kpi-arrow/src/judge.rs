//! Judging in columns (SPEC §3, §4): the same rules as the reference in `tthc_kpi`, written apart
//! from it and held equal to it by tests. Sixty-four rows are judged at once, a rule being a few
//! operations on masks; [`Block`] holds what does not depend on the window, and
//! [`Block::judge`] makes of it the facts in one window.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64 or by a fact")]

mod dues;

use std::borrow::Cow;

use tthc_kpi::{
    Comparison, EarlyBase, EarlyBy, Fact, LateAfterSupplements, OnTimeBase, OnlinePayment, Policy, Query,
    Stopped, Waiting, Window, Withdrawn,
};

use crate::block::{CHUNK, Chunk, Dates, Excluded, Status, short_days};
use crate::columns::{Cells, Columns};
use crate::due::{Due, Dues, Moved};
use crate::lanes::{
    BAD, DAY, LANES, Lanes, Mask, NONE, ShortDay, above, below, equal, lanes, less, mask, pick, select, short,
};
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
pub(crate) struct Class {
    early: Mask,
    on_day: Mask,
    late: Mask,
}

impl Class {
    /// Ends against a due date (SPEC §4, `comparison`).
    #[inline(always)]
    fn of(
        end: &Lanes<ShortDay>,
        end_at: &Cells<'_, i64>,
        from: usize,
        due: &Due<'_>,
        comparison: Comparison,
    ) -> Self {
        let dated = due.known | due.at_least;
        let mut early = dated & less(end, &due.day);
        let mut late = dated & less(&due.day, end);
        if comparison != Comparison::Day {
            let same = dated & !early & !late;
            let (earlier, later) = within_day(same, end_at.block(from, &mut None).0, due, comparison);
            early |= earlier;
            late |= later;
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

/// Of ends on their due day, those earlier and those later in the day. Where one side is a date
/// alone, by day.
#[inline(never)]
fn within_day(same: Mask, end: &Lanes<i64>, due: &Due<'_>, comparison: Comparison) -> (Mask, Mask) {
    let exact = same & !mask(|row| end[row].rem_euclid(DAY) == 0) & !due.dates_alone();
    let afternoon = |at: &Lanes<i64>| mask(|row| at[row].rem_euclid(DAY) >= DAY / 2);
    match (comparison, &due.at) {
        (Comparison::Day, _) | (_, None) => (0, 0),
        (Comparison::HalfDay, Some(due)) => {
            let (end, due) = (afternoon(end), afternoon(due));
            (exact & !end & due, exact & end & !due)
        }
        (Comparison::Instant, Some(due)) => (0, exact & mask(|row| due[row] < end[row])),
    }
}

/// An effective due date, and every end held against it.
#[derive(Clone)]
pub(crate) struct ByDue<'c> {
    pub day: Cow<'c, Lanes<ShortDay>>,
    pub held: Held,
}

/// What comes of it, without the day.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    /// As in [`Due`].
    known: Mask,
    at_least: Mask,
    waived: Mask,
    dates_alone: Mask,
    completed: Class,
    returned: Class,
    /// The request for papers, where the policy ends a waiting dossier by it.
    requested: Class,
}

impl<'c> ByDue<'c> {
    #[inline(always)]
    fn of(due: Due<'c>, dates: &Dates<'_>, requested: Option<&Lanes<ShortDay>>, policy: &Policy) -> Self {
        let columns = dates.columns;
        let class = |end: &Lanes<ShortDay>, at| Class::of(end, at, dates.from, &due, policy.comparison);
        let held = Held {
            known: due.known,
            at_least: due.at_least,
            waived: due.waived,
            dates_alone: due.dates_alone(),
            completed: class(dates.completed, &columns.completed_at),
            returned: if dates.returned_known == 0 {
                Class::default()
            } else {
                class(dates.returned, &columns.returned_at)
            },
            requested: requested
                .map_or(Class::default(), |requested| class(requested, &columns.supplement_requested_at)),
        };
        ByDue { day: due.day, held }
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
    fn of(ByDue { day, held: due }: &ByDue<'_>, cut: ShortDay, comparison: Comparison) -> Self {
        let dated = due.known | due.at_least;
        let later = dated & above(day, cut);
        // Under half_day and instant an open dossier is overdue when due before the end of the cut
        // day; a due date alone compares by day.
        let passed = match comparison {
            Comparison::Day => below(day, cut),
            Comparison::HalfDay | Comparison::Instant => !later & !(equal(day, cut) & due.dates_alone),
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
pub(crate) struct Block<'c> {
    pub dates: Dates<'c>,
    pub excluded: Excluded,
    /// Rows that are there and not left out.
    pub kept: Mask,
    pub states: States,
    pub by_due: ByDue<'c>,
    pub moved: Option<Box<ByMoved<'c>>>,
    /// The last request for papers, where the policy ends a waiting dossier by it.
    pub requested: Option<Box<Lanes<ShortDay>>>,
    pub parts: Parts<'c>,
}

/// What the statuses, requests and returns say.
#[derive(Clone, Copy)]
pub(crate) struct States {
    no_return: Mask,
    closed: Mask,
    waits: Mask,
    too_many_requests: Mask,
}

/// By the due date once an answer to a request for papers is seen (`supplement = reset`).
#[derive(Clone)]
pub(crate) struct ByMoved<'c> {
    pub by_due: ByDue<'c>,
    pub rows: Mask,
    pub answered: Lanes<ShortDay>,
}

impl<'c> Block<'c> {
    /// A block of a chunk.
    #[inline(always)]
    pub fn of(
        chunk: &'c Chunk,
        block: usize,
        columns: &'c Columns<'_>,
        rules: &Rules<'_>,
        duplicates: Mask,
    ) -> Self {
        let policy = rules.policy;
        let dates = chunk.dates(columns, block);
        let from = dates.from;
        let mut room = None;
        let status = Status::of(columns, from, &mut room);
        let no_return = if dates.returned_known == 0 { 0 } else { dates.returned_before_receipt() };
        let withdrawn = policy.withdrawn == Withdrawn::Excluded;
        let excluded = Excluded::of(&dates, &status, no_return, duplicates, withdrawn);
        let kept = dates.live & !excluded.all();
        let mut waits = status.is(5) | status.is(6);
        let mut closed = status.is(7) | status.is(9) | status.is(10);
        match policy.stopped {
            Stopped::Ended => closed |= status.is(8),
            Stopped::Waiting => waits |= status.is(8),
        }
        let requested = match policy.waiting {
            Waiting::EndedAtRequest => Some(Box::new(short_days(&columns.supplement_requested_at, &dates))),
            Waiting::ByDue | Waiting::InTime => None,
        };
        let too_many_requests = match policy.late_after_supplements {
            LateAfterSupplements::One => {
                let mut room = None;
                let (requests, known) = columns.supplement_requests.block(from, &mut room);
                known & above(requests, 1)
            }
            LateAfterSupplements::Never => 0,
        };
        let Dues { due, moved } = Dues::of(rules, &dates, kept);
        let by_moved = |moved: Moved<'c>| ByMoved {
            by_due: ByDue::of(moved.due, &dates, requested.as_deref(), policy),
            rows: moved.rows,
            answered: moved.answered,
        };
        Block {
            by_due: ByDue::of(due, &dates, requested.as_deref(), policy),
            moved: moved.map(|moved| Box::new(by_moved(*moved))),
            parts: Parts::of(columns, policy, chunk.channel(block), from),
            excluded,
            kept,
            states: States { no_return, closed, waits, too_many_requests },
            requested,
            dates,
        }
    }

    /// The facts in a window; all masks are within the rows handled. False, and no facts, when no
    /// row is.
    #[inline(always)]
    pub fn judge(&self, rules: &Rules<'_>, window: Window, facts: &mut Facts) -> bool {
        let (start, cut) = (short(window.start.number()), short(window.cut.number()));
        let Dates { received: received_day, completed: completed_day, returned: returned_day, .. } =
            self.dates;
        // Days that are not known come after every cut.
        let completed = !above(completed_day, cut);
        // A return before the receipt, beside a completion not yet seen, is no end.
        let returned = !above(returned_day, cut) & !self.states.no_return;
        let before = pick(completed, below(completed_day, start), returned & below(returned_day, start));
        let handled = self.kept & !above(received_day, cut) & !before;
        if handled == 0 {
            return false;
        }
        let ended = completed | returned;
        let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
        let received = handled & !below(received_day, start);
        let resolved = handled & ended;
        let unfinished = handled & !ended;
        let end_unknown = unfinished & self.states.closed & !self.dates.ended();
        let open = unfinished & !end_unknown;
        set(Fact::Handled, handled);
        set(Fact::Received, received);
        set(Fact::CarriedOver, handled & !received);
        set(Fact::Resolved, resolved);
        set(Fact::Open, open);
        set(Fact::EndUnknown, end_unknown);
        set(Fact::EndFromReturn, resolved & !completed);
        self.timing(rules.policy, cut, completed, returned, facts);
        rates(rules.policy, facts);
        self.parts.facts(facts);
        true
    }

    /// The day each of the rows resolved in a window ended; [`NONE`] for others.
    #[inline(always)]
    pub fn ended(&self, window: Window, resolved: Mask, days: &mut Lanes<ShortDay>) {
        let cut = short(window.cut.number());
        let ended = lanes(|row| {
            let (completed, returned) = (self.dates.completed[row], self.dates.returned[row]);
            if completed <= cut { completed } else { returned }
        });
        *days = select(resolved, ended, NONE);
    }

    /// Early, on the due day, late; in time, overdue; overdue ever.
    #[inline(always)]
    fn timing(&self, policy: &Policy, cut: ShortDay, completed: Mask, returned: Mask, facts: &mut Facts) {
        let resolved = facts[Fact::Resolved as usize];
        let open = facts[Fact::Open as usize];
        let strict = self.states.too_many_requests;

        let Held {
            completed: mut by_completion,
            returned: mut by_return,
            requested: mut by_request,
            mut at_least,
            ..
        } = self.by_due.held;
        let mut by_cut = Standing::of(&self.by_due, cut, policy.comparison);
        if let Some(ByMoved { by_due: moved, rows, answered }) = self.moved.as_deref() {
            let rows = rows & !above(answered, cut);
            by_completion = Class::pick(rows, moved.held.completed, by_completion);
            by_return = Class::pick(rows, moved.held.returned, by_return);
            by_request = Class::pick(rows, moved.held.requested, by_request);
            by_cut = Standing::pick(rows, Standing::of(moved, cut, policy.comparison), by_cut);
            at_least = pick(rows, moved.held.at_least, at_least);
        }

        let by_date = Class::pick(completed, by_completion, by_return);
        let settled = by_date.early | by_date.on_day | by_date.late;
        let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
        set(Fact::Early, resolved & by_date.early & !strict);
        set(Fact::OnDueDay, resolved & by_date.on_day & !strict);
        set(Fact::Late, resolved & (by_date.late | strict));

        let waits = open & self.states.waits;
        let (mut in_time, mut overdue) = (by_cut.in_time, by_cut.overdue);
        match policy.waiting {
            Waiting::ByDue => {}
            Waiting::InTime => {
                in_time |= waits & overdue;
                overdue &= !waits;
            }
            Waiting::EndedAtRequest => {
                // A request after the cut is not yet seen.
                let requested = self.requested.as_deref().unwrap_or(&[NONE; LANES]);
                let known = below(requested, BAD);
                let ended = waits & !(known & above(requested, cut));
                in_time = pick(ended, known & (by_request.early | by_request.on_day), in_time);
                overdue = pick(ended, known & by_request.late, overdue);
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
    let mut chunk = Chunk::default();
    for start in (0..columns.len()).step_by(CHUNK) {
        chunk.fill(columns, start..columns.len().min(start + CHUNK));
        for (index, from) in chunk.blocks() {
            let block = Block::of(&chunk, index, columns, rules, duplicates(from));
            let mut facts = [0; LANES];
            if !block.judge(rules, window, &mut facts) {
                facts = [0; LANES];
            }
            let sums = block.parts.sums(facts[Fact::PaymentsJudged as usize]);
            crate::lanes::transpose(&mut facts);
            judged.facts.extend(facts);
            judged.sums.extend(lanes(|row| [sums[0][row].into(), sums[1][row].into()]));
        }
    }
    judged.facts.truncate(columns.len());
    judged.sums.truncate(columns.len());
    judged
}

/// Whether online payments are those of the portal, which the data must have a column of.
pub(crate) fn by_portal(columns: &Columns<'_>, policy: &Policy) -> bool {
    policy.online_payment == OnlinePayment::Portal && columns.present.has(tthc_kpi::Column::PaymentsPortal)
}
