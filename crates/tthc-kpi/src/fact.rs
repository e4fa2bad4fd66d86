//! Facts (DESIGN §2): everything the indicators ask of a dossier, one bit each.

use crate::dossier::{Channel, Dossier};
use crate::policy::{EarlyBase, EarlyBy, OnTimeBase, OnlinePayment, Policy};
use crate::slug::slugs;
use crate::verdict::{Class, Standing, State, Verdict};

slugs! {
    /// Sự kiện: one thing that is true of a dossier in a window. A dossier outside the window has
    /// none. For each ratio there is a *scope* (rows that could enter the denominator), a
    /// *judged* (of them, all that the ratio needs is known: the denominator) and a *passed*
    /// (the numerator); `unknown` = scope − judged.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Fact;
    /// assert_eq!("carried_over".parse::<Fact>()?, Fact::CarriedOver);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Fact as "fact" {
        /// In the window: received in it or carried over into it.
        Handled = "handled",
        /// Received in the window.
        Received = "received",
        /// Received before the window, not ended before it.
        CarriedOver = "carried_over",
        /// Handled and ended in the window.
        Resolved = "resolved",
        /// Handled and not ended by the cut.
        Open = "open",
        /// Closed status without any date: neither resolved nor open.
        EndUnknown = "end_unknown",
        /// Resolved before the due day (trước hạn).
        Early = "early",
        /// Resolved on the due day (đúng hạn).
        OnDueDay = "on_due_day",
        /// Resolved late (quá hạn).
        Late = "late",
        /// Open and not overdue (trong hạn).
        OpenInTime = "open_in_time",
        /// Open and overdue.
        OpenOverdue = "open_overdue",
        /// Resolved late or open overdue by date: owes an apology and an explanation.
        OverdueEver = "overdue_ever",
        /// The end was taken from the return, there being no completion.
        EndFromReturn = "end_from_return",
        /// Open and waiting for the citizen.
        Waiting = "waiting",
        /// Late or overdue by a due date that a supplement of unknown length may have moved, or
        /// that lies outside the calendar: unknown (SPEC §4, `supplement`).
        LateUnsettled = "late_unsettled",
        /// Cohort of the on-time rate.
        OnTimeScope = "on_time_scope",
        /// Of the cohort, judged.
        OnTimeJudged = "on_time_judged",
        /// Of the judged, on time.
        OnTimePassed = "on_time_passed",
        /// Open, known due, in the cohort: still to be decided.
        OnTimePending = "on_time_pending",
        /// Of the pending, can still be on time.
        OnTimePossible = "on_time_possible",
        /// Cohort of the early rate.
        EarlyScope = "early_scope",
        /// Of the cohort, judged.
        EarlyJudged = "early_judged",
        /// Of the judged, early.
        EarlyPassed = "early_passed",
        /// Open, known due: still to be decided.
        EarlyPending = "early_pending",
        /// Of the pending, can still be early: the due day lies after the cut day.
        EarlyPossible = "early_possible",
        /// Received through a known channel.
        ChannelKnown = "channel_known",
        /// Received online.
        Online = "online",
        /// Received, and payments may have been made.
        FeeScope = "fee_scope",
        /// Received with payments.
        Paid = "paid",
        /// Received with payments, online ones known.
        FeeJudged = "fee_judged",
        /// Received with an online payment.
        FeeOnline = "fee_online",
        /// Received with payments, those online (by policy) known.
        PaymentsJudged = "payments_judged",
        /// Resolved and rated.
        Rated = "rated",
        /// Resolved and rated satisfied.
        Satisfied = "satisfied",
        /// Handled, and hand-overs may have been made.
        TransferScope = "transfer_scope",
        /// Handled with hand-overs.
        Moved = "moved",
        /// Handled with hand-overs, electronic ones known.
        TransferJudged = "transfer_judged",
        /// Handled with hand-overs, all electronic.
        TransferElectronic = "transfer_electronic",
        /// Received, digitisation of the input known.
        InputDigitisedKnown = "input_digitised_known",
        /// Received, input digitised.
        InputDigitised = "input_digitised",
        /// Resolved, digitisation of the result known.
        ResultDigitisedKnown = "result_digitised_known",
        /// Resolved, result digitised.
        ResultDigitised = "result_digitised",
        /// Resolved, form of the result known.
        ResultElectronicKnown = "result_electronic_known",
        /// Resolved with an electronic result.
        ResultElectronic = "result_electronic",
        /// Received, re-use of data known.
        DataReusedKnown = "data_reused_known",
        /// Received, data re-used.
        DataReused = "data_reused",
        /// Overdue ever, apology known.
        ApologisedKnown = "apologised_known",
        /// Overdue ever, apologised for.
        Apologised = "apologised",
        /// Overdue ever, explanation known.
        ExplainedKnown = "explained_known",
        /// Overdue ever, explained.
        Explained = "explained",
        /// Handled, synchronisation of the status known.
        SyncedKnown = "synced_known",
        /// Handled, status synchronised.
        Synced = "synced",
        /// Resolved, synchronisation of the result known.
        ResultSyncedKnown = "result_synced_known",
        /// Resolved, result synchronised.
        ResultSynced = "result_synced",
        /// Resolved, publication of the result known.
        ResultPublishedKnown = "result_published_known",
        /// Resolved, result published.
        ResultPublished = "result_published",
        /// Received, synchronisation of the status known.
        ReceivedSyncedKnown = "received_synced_known",
        /// Received, status synchronised.
        ReceivedSynced = "received_synced",
        /// Received, known whether there is an electronic result; an open dossier has none yet.
        ReceivedElectronicKnown = "received_electronic_known",
        /// Received, with an electronic result by the cut.
        ReceivedElectronic = "received_electronic",
        /// Received, known whether both the input is digitised and the result electronic.
        DigitisedKnown = "digitised_known",
        /// Received, input digitised and an electronic result by the cut.
        Digitised = "digitised",
        /// Received, on time or late, known whether it was petitioned about.
        ServedKnown = "served_known",
        /// Received, neither late nor petitioned about nor rated unsatisfied.
        ServedWell = "served_well",
    }
}

slugs! {
    /// Đại lượng: what is summed over dossiers, besides counting them.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Quantity;
    /// assert_eq!("payments_online".parse::<Quantity>()?, Quantity::PaymentsOnline);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Quantity as "quantity" {
        /// Payment transactions of the rows where both sides are known.
        Payments = "payments",
        /// Of them, online (by the policy `online_payment`).
        PaymentsOnline = "payments_online",
    }
}

/// The facts of one dossier, a bit each.
///
/// # Example
/// ```
/// use tthc_kpi::{Fact, Facts};
/// let facts = Facts::default().with(Fact::Received).with(Fact::Open);
/// assert!(facts.has(Fact::Open) && !facts.has(Fact::Late));
/// assert_eq!(facts.iter().count(), 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Facts(u64);

impl Facts {
    /// The set with `fact` added.
    #[must_use]
    pub const fn with(self, fact: Fact) -> Self {
        Facts(self.0 | 1 << fact as u64)
    }

    /// The set with `fact` added when `holds`.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Facts};
    /// let facts = Facts::default().with_if(Fact::Open, true).with_if(Fact::Late, false);
    /// assert!(facts.iter().eq([Fact::Open]));
    /// ```
    #[must_use]
    pub const fn with_if(self, fact: Fact, holds: bool) -> Self {
        Facts(self.0 | (holds as u64) << fact as u64)
    }

    /// The set of some facts.
    const fn all_of(facts: &[Fact]) -> Self {
        let (mut set, mut rest) = (Facts(0), facts);
        while let [fact, others @ ..] = rest {
            (set, rest) = (set.with(*fact), others);
        }
        set
    }

    /// The facts of either set.
    const fn union(self, other: Facts) -> Self {
        Facts(self.0 | other.0)
    }

    /// The facts that are also in `other`.
    const fn among(self, other: Facts) -> Self {
        Facts(self.0 & other.0)
    }

    /// The set with all of `other` added when `holds`.
    const fn and_if(self, holds: bool, other: Facts) -> Self {
        if holds { self.union(other) } else { self }
    }

    /// Whether `fact` holds.
    pub const fn has(self, fact: Fact) -> bool {
        self.0 & 1 << fact as u64 != 0
    }

    /// The facts that hold, in order.
    pub fn iter(self) -> impl Iterator<Item = Fact> {
        Fact::ALL.iter().copied().filter(move |fact| self.has(*fact))
    }

    /// The word: bit *n* is the *n*-th of [`Fact::ALL`].
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set of a word. Bits beyond the last fact are dropped.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Fact, Facts};
    /// let facts = Facts::default().with(Fact::Received);
    /// assert_eq!(Facts::from_bits(facts.bits()), facts);
    /// assert_eq!(Facts::from_bits(u64::MAX).iter().count(), Fact::ALL.len());
    /// ```
    pub const fn from_bits(bits: u64) -> Self {
        Facts(bits & (u64::MAX >> (64 - Fact::ALL.len())))
    }
}

/// What a dossier adds to a tally: its facts, its sums and its processing time.
///
/// # Example
/// ```
/// use tthc_kpi::{Contribution, Dossier, Fact, Judge, Policy, Quantity, Window, WorkCalendar};
/// let judge = Judge::new(Policy::default(), WorkCalendar::vietnam());
/// let window = Window { start: "2026-01-01".parse()?, cut: "2026-01-31".parse()? };
/// let mut dossier = Dossier::received("2026-01-05".parse()?);
/// (dossier.payments, dossier.payments_portal) = (Some(2), Some(1));
/// let adds = Contribution::of(&dossier, &judge.verdict(&dossier, window), judge.policy(), true);
/// assert!(adds.facts.has(Fact::Received) && adds.facts.has(Fact::Open));
/// assert_eq!(adds.sums[Quantity::PaymentsOnline as usize], 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contribution {
    /// The facts.
    pub facts: Facts,
    /// Per [`Quantity`], the amount; zero unless the row's sums are known.
    pub sums: [u64; Quantity::ALL.len()],
    /// Working days from receipt to end, when resolved inside the covered calendar.
    pub processing_days: Option<u32>,
}

impl Contribution {
    /// The contribution of a dossier whose verdict in a window is known.
    ///
    /// `portal_known` tells whether the data has the column `payments_portal` at all; where it
    /// has not, `payments_online` stands in (SPEC §4, `online_payment`).
    pub fn of(dossier: &Dossier, verdict: &Verdict, policy: &Policy, portal_known: bool) -> Self {
        Recorded::of(dossier, policy, portal_known).judged(verdict, policy)
    }
}

/// What a dossier's columns say of it whatever the window. How much of that counts depends on
/// where it stands in a window: of a dossier that is open nobody asks how its result looks.
pub(crate) struct Recorded {
    facts: Facts,
    petitioned: Option<bool>,
    sums: [u64; Quantity::ALL.len()],
}

/// Asked of dossiers received in the window.
const OF_RECEIVED: Facts = Facts::all_of(&[
    Fact::ChannelKnown,
    Fact::Online,
    Fact::FeeScope,
    Fact::Paid,
    Fact::FeeJudged,
    Fact::FeeOnline,
    Fact::PaymentsJudged,
    Fact::InputDigitisedKnown,
    Fact::InputDigitised,
    Fact::DataReusedKnown,
    Fact::DataReused,
]);

/// Asked of resolved dossiers.
const OF_RESOLVED: Facts = Facts::all_of(&[
    Fact::Rated,
    Fact::Satisfied,
    Fact::ResultDigitisedKnown,
    Fact::ResultDigitised,
    Fact::ResultElectronicKnown,
    Fact::ResultElectronic,
    Fact::ResultSyncedKnown,
    Fact::ResultSynced,
    Fact::ResultPublishedKnown,
    Fact::ResultPublished,
]);

/// Asked of dossiers overdue ever.
const OF_OVERDUE: Facts =
    Facts::all_of(&[Fact::ApologisedKnown, Fact::Apologised, Fact::ExplainedKnown, Fact::Explained]);

/// Asked of every handled dossier.
const OF_HANDLED: Facts = Facts::all_of(&[
    Fact::TransferScope,
    Fact::Moved,
    Fact::TransferJudged,
    Fact::TransferElectronic,
    Fact::SyncedKnown,
    Fact::Synced,
]);

impl Recorded {
    /// What the other indicators ask (SPEC §6, 3 to 19).
    #[inline(always)]
    pub(crate) fn of(dossier: &Dossier, policy: &Policy, portal_known: bool) -> Self {
        let known_if = |facts: Facts, value: Option<bool>, known: Fact, yes: Fact| {
            facts.with_if(known, value.is_some()).with_if(yes, value == Some(true))
        };
        let rating = dossier.known_rating();
        let mut facts = Facts::default()
            .with_if(Fact::ChannelKnown, dossier.channel.is_some())
            .with_if(Fact::Online, dossier.channel == Some(Channel::Online))
            .with_if(Fact::Rated, rating.is_some())
            .with_if(Fact::Satisfied, rating.is_some_and(|rating| rating >= policy.satisfied_from.rating()));

        let payments = dossier.payments.unwrap_or(0);
        let online = dossier.known_payments_online();
        let online_by_policy = online_payments(dossier, policy, portal_known);
        let payments_judged = payments > 0 && online_by_policy.is_some();
        facts = facts
            .with_if(Fact::FeeScope, dossier.payments != Some(0))
            .with_if(Fact::Paid, payments > 0)
            .with_if(Fact::FeeJudged, payments > 0 && online.is_some())
            .with_if(Fact::FeeOnline, payments > 0 && online.is_some_and(|online| online > 0))
            .with_if(Fact::PaymentsJudged, payments_judged);

        let moved = dossier.transfers.is_some_and(|transfers| transfers > 0);
        let electronic = dossier.known_transfers_electronic();
        facts = facts
            .with_if(Fact::TransferScope, dossier.transfers != Some(0))
            .with_if(Fact::Moved, moved)
            .with_if(Fact::TransferJudged, moved && electronic.is_some())
            .with_if(
                Fact::TransferElectronic,
                moved && electronic.is_some() && electronic == dossier.transfers,
            );

        for (value, known, yes) in [
            (dossier.input_digitised, Fact::InputDigitisedKnown, Fact::InputDigitised),
            (dossier.result_digitised, Fact::ResultDigitisedKnown, Fact::ResultDigitised),
            (dossier.result_electronic, Fact::ResultElectronicKnown, Fact::ResultElectronic),
            (dossier.data_reused, Fact::DataReusedKnown, Fact::DataReused),
            (dossier.apologised, Fact::ApologisedKnown, Fact::Apologised),
            (dossier.explained, Fact::ExplainedKnown, Fact::Explained),
            (dossier.synced, Fact::SyncedKnown, Fact::Synced),
            (dossier.result_synced, Fact::ResultSyncedKnown, Fact::ResultSynced),
            (dossier.result_published, Fact::ResultPublishedKnown, Fact::ResultPublished),
        ] {
            facts = known_if(facts, value, known, yes);
        }
        let sums = if payments_judged { [payments, online_by_policy.unwrap_or(0)] } else { [0; 2] };
        Recorded { facts, petitioned: dossier.petitioned, sums: sums.map(u64::from) }
    }

    /// What of it counts where the dossier stands.
    #[inline(always)]
    pub(crate) fn judged(&self, verdict: &Verdict, policy: &Policy) -> Contribution {
        let Some(state) = verdict.state else { return Contribution::default() };
        let received = verdict.received;
        let mut facts = Facts::default()
            .with(Fact::Handled)
            .with_if(Fact::Received, received)
            .with_if(Fact::CarriedOver, !received)
            .with_if(Fact::OverdueEver, verdict.overdue_ever)
            .with_if(Fact::EndFromReturn, verdict.end_from_return)
            .with_if(Fact::Waiting, verdict.waiting)
            .with_if(Fact::LateUnsettled, verdict.late_unsettled);
        facts = match state {
            State::Resolved { class } => facts
                .with(Fact::Resolved)
                .with_if(Fact::Early, class == Class::Early)
                .with_if(Fact::OnDueDay, class == Class::OnDueDay)
                .with_if(Fact::Late, class == Class::Late),
            State::Open { standing, .. } => facts
                .with(Fact::Open)
                .with_if(Fact::OpenInTime, standing == Standing::InTime)
                .with_if(Fact::OpenOverdue, standing == Standing::Overdue),
            State::EndUnknown => facts.with(Fact::EndUnknown),
        };
        facts = on_time_facts(facts, policy, received);
        facts = early_facts(facts, policy, verdict);
        if received {
            facts = self.received_facts(facts);
        }
        let asked = OF_HANDLED
            .and_if(received, OF_RECEIVED)
            .and_if(facts.has(Fact::Resolved), OF_RESOLVED)
            .and_if(verdict.overdue_ever, OF_OVERDUE);
        Contribution {
            facts: facts.union(self.facts.among(asked)),
            sums: if received { self.sums } else { [0; Quantity::ALL.len()] },
            processing_days: verdict.processing_days,
        }
    }
}

impl Recorded {
    /// Rates over all dossiers received, whatever becomes of them (QĐ 766, rows 1.4, 4.1, 4.2, 5.4).
    fn received_facts(&self, facts: Facts) -> Facts {
        let (said, resolved) = (self.facts, facts.has(Fact::Resolved));
        let (open, unhappy) = (facts.has(Fact::Open), said.has(Fact::Rated) && !said.has(Fact::Satisfied));
        let result_known = open || resolved && said.has(Fact::ResultElectronicKnown);
        let result = resolved && said.has(Fact::ResultElectronic);
        let in_time = facts.has(Fact::Early) || facts.has(Fact::OnDueDay) || facts.has(Fact::OpenInTime);
        let timed = in_time || facts.has(Fact::Late) || facts.has(Fact::OpenOverdue);
        let at_peace = self.petitioned == Some(false) && !(resolved && unhappy);
        facts
            .with_if(Fact::ReceivedSyncedKnown, said.has(Fact::SyncedKnown))
            .with_if(Fact::ReceivedSynced, said.has(Fact::Synced))
            .with_if(Fact::ReceivedElectronicKnown, result_known)
            .with_if(Fact::ReceivedElectronic, result)
            .with_if(Fact::DigitisedKnown, result_known && said.has(Fact::InputDigitisedKnown))
            .with_if(Fact::Digitised, result && said.has(Fact::InputDigitised))
            .with_if(Fact::ServedKnown, timed && self.petitioned.is_some())
            .with_if(Fact::ServedWell, in_time && at_peace)
    }
}

/// Online payments by the policy; the portal's are the plan's (II.5).
fn online_payments(dossier: &Dossier, policy: &Policy, portal_known: bool) -> Option<u32> {
    match policy.online_payment {
        OnlinePayment::Portal if portal_known => dossier.known_payments_portal(),
        OnlinePayment::Portal | OnlinePayment::Any => dossier.known_payments_online(),
    }
}

/// The on-time rate by its base (SPEC §4, `on_time_base`).
fn on_time_facts(facts: Facts, policy: &Policy, received: bool) -> Facts {
    let done = facts.has(Fact::Early) || facts.has(Fact::OnDueDay);
    let in_time = facts.has(Fact::OpenInTime);
    let pending = in_time || facts.has(Fact::OpenOverdue);
    let (scope, judged, passed) = match policy.on_time_base {
        OnTimeBase::Resolved => (facts.has(Fact::Resolved), done || facts.has(Fact::Late), done),
        OnTimeBase::Received | OnTimeBase::Handled => {
            (true, done || facts.has(Fact::Late) || pending, done || in_time)
        }
    };
    if policy.on_time_base == OnTimeBase::Received && !received {
        return facts;
    }
    facts
        .with_if(Fact::OnTimeScope, scope)
        .with_if(Fact::OnTimeJudged, judged)
        .with_if(Fact::OnTimePassed, passed)
        .with_if(Fact::OnTimePending, pending)
        .with_if(Fact::OnTimePossible, in_time)
}

/// The early rate by its base and by the date that makes a dossier early (SPEC §4).
fn early_facts(facts: Facts, policy: &Policy, verdict: &Verdict) -> Facts {
    let on_time = facts.has(Fact::Early) || facts.has(Fact::OnDueDay);
    let known = on_time || facts.has(Fact::Late);
    let resolved = facts.has(Fact::Resolved);
    let (early, early_known) = match policy.early_by {
        EarlyBy::Completed => (facts.has(Fact::Early), known),
        EarlyBy::Returned => (verdict.return_class == Class::Early, verdict.return_class != Class::Unknown),
    };
    let (scope, judged) = match policy.early_base {
        EarlyBase::Resolved => (resolved, early_known),
        // One whose on-time class is unknown could belong to the base.
        EarlyBase::OnTime => (resolved && (on_time || !known), on_time && early_known),
    };
    facts
        .with_if(Fact::EarlyScope, scope)
        .with_if(Fact::EarlyJudged, scope && judged)
        .with_if(Fact::EarlyPassed, scope && judged && early)
        .with_if(
            Fact::EarlyPending,
            facts.has(Fact::OpenInTime)
                || facts.has(Fact::OpenOverdue) && policy.early_base == EarlyBase::Resolved,
        )
        .with_if(Fact::EarlyPossible, facts.has(Fact::OpenInTime) && verdict.can_be_early)
}
