//! An indicator of the dossiers, read from what was counted.

use super::{Figures, IndicatorResult, Interval, Note, Response, Share, Wording};
use crate::column::{Column, ColumnSet};
use crate::counts::Counts;
use crate::error::Error;
use crate::fact::{Fact, Quantity};
use crate::layout::{Belongs, FilteredFact, FilteredSum, Layout};
use crate::measure::{Measure, MeasureFacts};
use crate::plan::{Indicator, Plan};
use crate::policy::{OnTimeBase, OnlinePayment, Policy};
use crate::ratio::{Ratio, wilson};
use crate::register::Lacking;

/// What a result is read from.
pub(crate) struct Source<'t> {
    pub plan: &'t Plan,
    pub layout: &'t Layout,
    pub policy: &'t Policy,
    pub counts: &'t Counts,
    /// Columns no part of the data had.
    pub missing: ColumnSet,
    /// Columns some part of the data lacked.
    pub absent: ColumnSet,
}

/// Counts confined to an indicator's field group.
struct View<'t> {
    source: &'t Source<'t>,
    group: Option<usize>,
}

impl View<'_> {
    fn fact(&self, fact: Fact) -> u64 {
        match self.group {
            None => self.source.counts.fact(fact),
            Some(group) => self
                .source
                .counts
                .filtered_fact(self.source.layout, FilteredFact { group, belongs: Belongs::Yes, fact }),
        }
    }

    /// Rows whose field is unknown, so that they could be in the group.
    fn outside_unknown(&self, fact: Fact) -> u64 {
        self.group.map_or(0, |group| {
            self.source
                .counts
                .filtered_fact(self.source.layout, FilteredFact { group, belongs: Belongs::Unknown, fact })
        })
    }

    /// Whether fields are known and none is of the group: nothing to judge, even where a few
    /// fields are unknown.
    fn knows_it_is_empty(&self, scope: Fact) -> bool {
        self.group.is_some()
            && self.fact(scope) == 0
            && self.source.counts.fact(scope) > self.outside_unknown(scope)
    }

    /// Whether payments (or hand-overs) are known and there are none: nothing to judge, even where
    /// a few are unknown.
    fn knows_there_are_none(&self, measure: Measure, scope: Fact) -> bool {
        measure
            .certain()
            .is_some_and(|(base, certain)| self.fact(certain) == 0 && self.fact(base) > self.fact(scope))
    }

    fn sum(&self, quantity: Quantity) -> u64 {
        match self.group {
            None => self.source.counts.sum(quantity),
            Some(group) => {
                self.source.counts.filtered_sum(self.source.layout, FilteredSum { group, quantity })
            }
        }
    }
}

impl IndicatorResult {
    /// The result of a measure that is counted from facts of dossiers.
    pub(crate) fn of_dossiers(
        indicator: &Indicator,
        asked: MeasureFacts,
        wording: &Wording,
        source: &Source<'_>,
    ) -> Result<Self, Error> {
        let view = View { source, group: source.plan.group_index(indicator) };
        let untold = indicator
            .measure
            .is_untold(|fact| source.counts.fact(fact), |column| source.missing.has(*column));
        let judged = if untold { 0 } else { view.fact(asked.judged) };
        let (numerator, denominator) = match asked.sums {
            _ if untold => (0, 0),
            None => (view.fact(asked.passed), judged),
            Some((above, below)) => (view.sum(above), view.sum(below)),
        };
        let unknown = view
            .fact(asked.scope)
            .checked_sub(judged)
            .and_then(|lacking| lacking.checked_add(view.outside_unknown(asked.scope)))
            .ok_or(Error::Overflow { what: "a count of unknowns" })?;
        let no_data = judged == 0
            && unknown > 0
            && !view.knows_it_is_empty(asked.scope)
            && !view.knows_there_are_none(indicator.measure, asked.scope);
        let (best_case, worst_case) = bounds(indicator, source.policy, &view, numerator, denominator)?;
        let mut figures = Figures {
            cases: Some((numerator, denominator)),
            unknown,
            lacking: if no_data { lacking(indicator, asked.scope, &view) } else { Vec::new() },
            best_case,
            worst_case,
            notes: notes(indicator.measure, source),
            ..Figures::of(Ratio::of(numerator, denominator))
        };
        if indicator.measure == Measure::Satisfaction {
            let share = Ratio::of(judged, view.fact(asked.scope));
            figures.response = Some(Response {
                answered: share.numerator,
                of: share.denominator,
                percent: share.percent2()?,
            });
            figures.wilson = wilson(numerator, denominator)?.map(|(low, high)| Interval { low, high });
        }
        figures.result(indicator, wording, indicator.target, indicator.measure.unit(source.policy))
    }
}

/// Columns to name when nothing is known: those no part of the data has; else those of which
/// nothing shows a known value; else all that are needed.
fn lacking(indicator: &Indicator, scope: Fact, view: &View<'_>) -> Vec<Lacking> {
    columns_lacking(indicator, scope, view).into_iter().map(Lacking::Column).collect()
}

fn columns_lacking(indicator: &Indicator, scope: Fact, view: &View<'_>) -> Vec<Column> {
    let source = view.source;
    let has = |fact: Fact| source.counts.fact(fact) > 0;
    let timed = has(Fact::Early)
        || has(Fact::OnDueDay)
        || has(Fact::Late)
        || has(Fact::OpenInTime)
        || has(Fact::OpenOverdue);
    if scope == Fact::OnTimeScope && view.fact(scope) == source.counts.fact(Fact::EndUnknown) {
        // Nothing but closed dossiers without a date.
        return vec![Column::CompletedAt];
    }
    let mut needed = indicator.measure.columns(source.policy);
    if stands_in(source) {
        for column in needed.iter_mut().filter(|column| **column == Column::PaymentsPortal) {
            *column = Column::PaymentsOnline;
        }
    }
    needed.extend(view.group.map(|_| Column::Field));
    let missing: Vec<Column> = needed.iter().copied().filter(|column| source.missing.has(*column)).collect();
    if !missing.is_empty() {
        return missing;
    }
    let known = |column: &Column| match column {
        Column::DueAt => timed,
        Column::Payments => has(Fact::Paid),
        Column::PaymentsOnline => has(Fact::FeeJudged),
        Column::Transfers => has(Fact::Moved),
        Column::Rating => has(Fact::Rated),
        Column::Field => view.fact(scope) > 0,
        _ => false,
    };
    let empty: Vec<Column> = needed.iter().copied().filter(|column| !known(column)).collect();
    if empty.is_empty() { needed } else { empty }
}

/// Whether online payments stand in for those of the portal in some part of the data.
pub(super) fn stands_in(source: &Source<'_>) -> bool {
    source.policy.online_payment == OnlinePayment::Portal
        && source.absent.has(Column::PaymentsPortal)
        && !source.missing.has(Column::PaymentsOnline)
}

fn notes(measure: Measure, source: &Source<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    if measure == Measure::OnlinePayments && stands_in(source) {
        notes.push(portal_stand_in(source.missing.has(Column::PaymentsPortal)));
    }
    notes
}

/// Said where online payments stand in for those of the portal; `all` where no part of the data
/// has the portal's column.
pub(crate) fn portal_stand_in(all: bool) -> Note {
    if all {
        Note::new(
            "portal_stand_in",
            "Dữ liệu không có cột giao dịch trên Cổng DVCQG: dùng số giao dịch trực tuyến thay thế.",
            "The data has no column of payments on the national portal: online payments stand in.",
        )
    } else {
        Note::new(
            "portal_stand_in",
            "Một phần dữ liệu không có cột giao dịch trên Cổng DVCQG: ở phần đó dùng số giao dịch trực tuyến thay thế.",
            "A part of the data has no column of payments on the national portal: there online payments stand in.",
        )
    }
}

/// Best and worst case of a timing rate (SPEC §6).
fn bounds(
    Indicator { measure, target, .. }: &Indicator,
    policy: &Policy,
    view: &View<'_>,
    numerator: u64,
    denominator: u64,
) -> Result<(Option<Share>, Option<Share>), Error> {
    let (measure, target) = (*measure, target.percent);
    let Some((pending, possible)) = measure.pending() else { return Ok((None, None)) };
    let overflow = || Error::Overflow { what: "a best or worst case" };
    let (pending, possible) = (view.fact(pending), view.fact(possible));
    let open_counted = measure == Measure::OnTime && policy.on_time_base != OnTimeBase::Resolved;
    if open_counted {
        // The base already holds the open dossiers, and counts those in time as successes.
        let worst = numerator.checked_sub(possible).ok_or_else(overflow)?;
        return Ok((
            Some(Share::of(numerator, denominator, target)?),
            Some(Share::of(worst, denominator, target)?),
        ));
    }
    let all = denominator.checked_add(pending).ok_or_else(overflow)?;
    let base = match (measure, policy.early_base) {
        // Early of those on time: an open dossier that fails by lateness leaves the base; the best
        // case is that only those which can be early join it.
        (Measure::Early, crate::policy::EarlyBase::OnTime) => {
            denominator.checked_add(possible).ok_or_else(overflow)?
        }
        _ => all,
    };
    let best = numerator.checked_add(possible).ok_or_else(overflow)?;
    Ok((Some(Share::of(best, base, target)?), Some(Share::of(numerator, all, target)?)))
}
