//! What one entry of a register is to one indicator: outside it, unknown, or counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::record::{ArchivedResult, AssignedTask, InternalKind, OnlineLevel, Petition, Procedure};
use crate::error::Error;
use crate::instant::Day;
use crate::measure::Measure;
use crate::policy::{Policy, ReductionBase};
use crate::procedure_use::ProcedureUse;
use crate::verdict::Window;

/// What an entry adds to an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// The indicator does not ask about it.
    Out,
    /// This many cases that could enter the denominator but for an unknown.
    Unknown(u64),
    /// In the denominator.
    Counted { numerator: Decimal, denominator: Decimal },
}

impl Stand {
    /// One case, in the denominator when `asked`, in the numerator when `done`.
    pub(crate) fn one(asked: Option<bool>, done: Option<bool>) -> Stand {
        match (asked, done) {
            (Some(false), _) => Stand::Out,
            (Some(true), Some(done)) => Stand::share(done.into(), 1),
            _ => Stand::Unknown(1),
        }
    }

    fn share(numerator: u32, denominator: u32) -> Stand {
        Stand::Counted { numerator: numerator.into(), denominator: denominator.into() }
    }
}

/// What is known beside the entry when it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Sight<'s> {
    /// The period, and the last day whose facts are seen.
    pub window: Window,
    pub policy: &'s Policy,
    /// The target's percent.
    pub target: Decimal,
    /// Last good day that the plan sets for the indicator as a whole.
    pub deadline: Option<Day>,
    /// Dossiers received per procedure; none where no dossiers, or no codes, are known.
    pub uses: Option<&'s BTreeMap<Arc<str>, ProcedureUse>>,
}

/// Yes if any is, no if none is, otherwise unknown.
fn any<const N: usize>(of: [Option<bool>; N]) -> Option<bool> {
    match of {
        of if of.contains(&Some(true)) => Some(true),
        of if of.contains(&None) => None,
        _ => Some(false),
    }
}

/// Yes if all are, no if any is not, otherwise unknown.
fn all<const N: usize>(of: [Option<bool>; N]) -> Option<bool> {
    any(of.map(|each| each.map(|yes| !yes))).map(|any_not| !any_not)
}

/// Done by the last good day, as far as is seen; whether it is asked hangs on when it comes due.
fn by_day(seen: Window, received: Option<Day>, due: Option<Day>, done: Option<Day>) -> Stand {
    let Some(due) = due else {
        // One that began after the cut cannot have come due by it.
        let may_be_due = received.is_none_or(|received| received <= seen.cut);
        return if may_be_due { Stand::Unknown(1) } else { Stand::Out };
    };
    let asked = (seen.start..=seen.cut).contains(&due);
    Stand::one(Some(asked), Some(done.is_some_and(|done| done <= seen.cut && done <= due)))
}

impl Procedure {
    /// Whether it is a procedure of people and businesses. An entry that is not known to be internal is
    /// taken for one: catalogues of public procedures have no such column.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self.internal, None | Some(InternalKind::Public))
    }

    /// Whether it is offered for online payment; one without a fee is not, also where nobody says so.
    fn offers_payment(&self) -> Option<bool> {
        self.payment_offered.or(self.fee_bearing.filter(|bears| !bears))
    }

    fn used(&self, seen: &Sight<'_>) -> Option<ProcedureUse> {
        let code = self.code.as_deref()?;
        Some(seen.uses?.get(code).copied().unwrap_or_default())
    }

    pub(crate) fn stand(&self, measure: Measure, seen: &Sight<'_>) -> Result<Stand, Error> {
        let of_services = !matches!(
            measure,
            Measure::Review | Measure::InternalSimplified | Measure::TimeReduction | Measure::CostReduction
        );
        if of_services && !self.is_public() {
            return Ok(Stand::Out);
        }
        let online = self.online_level.map(OnlineLevel::is_online);
        let eligible = any([self.eligible_full, self.eligible_partial]);
        let (asked, done) = match measure {
            Measure::ProcedurePublication => {
                (Some(true), all([self.posted_page, self.posted_reception, self.posted_unit]))
            }
            Measure::ProcedureSync => (Some(true), self.synced),
            Measure::FullOnline => {
                (self.eligible_full, self.online_level.map(|level| level == OnlineLevel::Full))
            }
            Measure::OnlineServices => (eligible, online),
            Measure::BusinessOnline => (self.business, online),
            Measure::OnlineRestructured => (online, self.restructured),
            Measure::EligibleRestructured => (eligible, self.restructured),
            Measure::PortalIntegration => (online, self.on_portal),
            Measure::PaymentOffered => (self.fee_bearing, self.payment_offered),
            Measure::PaymentUsedOffered => {
                (self.offers_payment(), self.used(seen).and_then(|used| used.was_paid_online()))
            }
            Measure::Postal => (self.postal_eligible, self.postal_offered),
            Measure::BoundaryFree => (Some(true), self.boundary_free),
            Measure::BoundaryFreeRestructured => (Some(true), self.boundary_free_restructured),
            Measure::Review => (Some(true), self.reviewed),
            Measure::InternalSimplified => (
                self.internal.map(|kind| kind != InternalKind::Public),
                all([self.reviewed, self.simplified]),
            ),
            Measure::TimeReduction => {
                let days = |days: Option<u32>| days.map(Decimal::from);
                return self.cut(days(self.time_2024), days(self.time_now), seen);
            }
            Measure::CostReduction => return self.cut(self.cost_2024, self.cost_now, seen),
            _ => (Some(false), None),
        };
        Ok(Stand::one(asked, done))
    }

    /// What was cut of a procedure's time or cost.
    fn cut(&self, base: Option<Decimal>, now: Option<Decimal>, seen: &Sight<'_>) -> Result<Stand, Error> {
        const OVERFLOW: Error = Error::Overflow { what: "a cut" };
        let Some((base, now)) = base.zip(now) else { return Ok(Stand::Unknown(1)) };
        let cut = base.checked_sub(now).ok_or(OVERFLOW)?;
        Ok(match seen.policy.reduction_base {
            ReductionBase::Summed => Stand::Counted { numerator: cut, denominator: base },
            ReductionBase::PerProcedure => {
                let reached = cut.checked_mul(Decimal::ONE_HUNDRED).zip(seen.target.checked_mul(base));
                let (reached, asked) = reached.ok_or(OVERFLOW)?;
                Stand::one(Some(true), Some(reached >= asked))
            }
            ReductionBase::Weighted => match self.used(seen) {
                None => Stand::Unknown(1),
                Some(ProcedureUse { received: 0, .. }) => Stand::Out,
                Some(used) => {
                    let times = |amount: Decimal| amount.checked_mul(used.received.into()).ok_or(OVERFLOW);
                    Stand::Counted { numerator: times(cut)?, denominator: times(base)? }
                }
            },
        })
    }
}

impl Petition {
    pub(crate) fn stand(&self, measure: Measure, seen: &Sight<'_>) -> Stand {
        let by_due = by_day(seen.window, self.received, self.due, self.resolved);
        match (measure, by_due) {
            (Measure::PetitionsResolved, stand) => stand,
            (Measure::PetitionsPublished, Stand::Counted { .. }) => Stand::one(Some(true), self.published),
            (Measure::PetitionsPublished, stand) => stand,
            _ => Stand::Out,
        }
    }
}

impl AssignedTask {
    pub(crate) fn stand(&self, seen: &Sight<'_>) -> Stand {
        by_day(seen.window, self.start, self.due, self.done)
    }
}

impl ArchivedResult {
    /// `lots`: the register says how many results a row stands for; `marks_valid`: and which are valid.
    pub(crate) fn stand(&self, lots: bool, marks_valid: bool, seen: &Sight<'_>) -> Stand {
        let Some(results) = (if lots { self.results } else { Some(1) }) else { return Stand::Unknown(1) };
        match self.valid {
            Some(false) => return Stand::Out,
            None if marks_valid => return Stand::Unknown(results.into()),
            _ => {}
        }
        let last = seen.deadline.map_or(seen.window.cut, |deadline| deadline.min(seen.window.cut));
        let in_time = self.digitised_on.is_none_or(|day| day <= last);
        let whole = self.digitised.or(self.digitised_on.map(|_| true));
        let digitised = self.results_digitised.or(whole.map(|whole| if whole { results } else { 0 }));
        match digitised {
            None => Stand::Unknown(results.into()),
            Some(digitised) => Stand::share(if in_time { digitised } else { 0 }, results),
        }
    }
}
