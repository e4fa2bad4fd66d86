//! What a dossier says of channels, payments, hand-overs, ratings and records (SPEC §6, 3 to 19),
//! whatever the window.
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64 or by a fact")]

use tthc_kpi::{Fact, Policy};

use crate::columns::{Cells, Columns, Flags};
use crate::judge::{Facts, by_portal};
use crate::lanes::{Lanes, Mask, Room, above, below, equal, less, same, select};

/// A count of each row of a block.
struct Count<'s> {
    known: Mask,
    value: &'s Lanes<u32>,
}

impl<'s> Count<'s> {
    #[inline(always)]
    fn of(cells: &'s Cells<'_, u32>, from: usize, room: &'s mut Room<u32>) -> Self {
        let (value, known) = cells.block(from, room);
        Count { known, value }
    }

    /// Known to be none.
    #[inline(always)]
    fn none(&self) -> Mask {
        self.known & equal(self.value, 0)
    }

    /// Known to be some.
    #[inline(always)]
    fn some(&self) -> Mask {
        self.known & !equal(self.value, 0)
    }

    /// Known, and not above a whole that is known: else the part is unknown (SPEC §2).
    #[inline(always)]
    fn within(&self, whole: &Count<'_>) -> Mask {
        self.known & !(whole.known & less(whole.value, self.value))
    }
}

/// A yes or no of each row: known, and yes.
#[derive(Clone, Copy)]
struct Asked {
    of: Fact,
    known: (Fact, Mask),
    yes: (Fact, Mask),
}

/// The parts of a block.
pub(crate) struct Parts<'c> {
    pub masks: PartMasks,
    payments: &'c Cells<'c, u32>,
    payments_online: &'c Cells<'c, u32>,
    from: usize,
}

/// What they say of all rows; [`Parts::facts`] confines that to a window.
#[derive(Clone, Copy)]
pub(crate) struct PartMasks {
    channel_known: Mask,
    online: Mask,
    rated: Mask,
    satisfied: Mask,
    fees_possible: Mask,
    paid: Mask,
    paid_known: Mask,
    paid_online: Mask,
    payments_known: Mask,
    transfers_possible: Mask,
    moved: Mask,
    electronic_known: Mask,
    electronic: Mask,
    petitions_known: Mask,
    not_petitioned: Mask,
    flags: [Asked; 9],
}

impl<'c> Parts<'c> {
    #[inline(always)]
    pub fn of(columns: &'c Columns<'_>, policy: &Policy, channel: &Lanes<u16>, from: usize) -> Self {
        let (mut rooms, mut bytes) = ([const { None }; 5], None);
        let [all_room, online_room, portal_room, transfers_room, electronic_room] = &mut rooms;
        let payments = Count::of(&columns.payments, from, all_room);
        let online = Count::of(&columns.payments_online, from, online_room);
        let online_known = online.within(&payments);
        let counted_known = if by_portal(columns, policy) {
            let portal = Count::of(&columns.payments_portal, from, portal_room);
            portal.within(&online) & portal.within(&payments)
        } else {
            online_known
        };
        let transfers = Count::of(&columns.transfers, from, transfers_room);
        let electronic = Count::of(&columns.transfers_electronic, from, electronic_room);
        let electronic_known = electronic.within(&transfers);
        let (rating, rated) = columns.rating.block(from, &mut bytes);
        let (petitioned, petitions_known) = columns.petitioned.block(from);
        let rated = rated & !below(rating, 1) & !above(rating, 5);
        let masks = PartMasks {
            channel_known: !equal(channel, 0),
            online: equal(channel, crate::columns::ONLINE),
            rated,
            satisfied: rated & !below(rating, policy.satisfied_from.rating()),
            fees_possible: !payments.none(),
            paid: payments.some(),
            paid_known: payments.some() & online_known,
            paid_online: payments.some() & online_known & !equal(online.value, 0),
            payments_known: payments.some() & counted_known,
            transfers_possible: !transfers.none(),
            moved: transfers.some(),
            electronic_known: transfers.some() & electronic_known,
            electronic: transfers.some() & electronic_known & same(electronic.value, transfers.value),
            petitions_known,
            not_petitioned: petitions_known & !petitioned,
            flags: flags(columns, from),
        };
        Parts::with(columns, policy, masks, from)
    }

    /// The parts of which the masks are known.
    #[inline(always)]
    pub fn with(columns: &'c Columns<'_>, policy: &Policy, masks: PartMasks, from: usize) -> Self {
        let portal = by_portal(columns, policy);
        let payments_online = if portal { &columns.payments_portal } else { &columns.payments_online };
        Parts { masks, payments: &columns.payments, payments_online, from }
    }

    /// The facts of rows whose state is known.
    #[inline(always)]
    pub fn facts(&self, facts: &mut Facts) {
        let (masks, of) = (&self.masks, |fact: Fact| facts[fact as usize]);
        let (handled, received, resolved) = (of(Fact::Handled), of(Fact::Received), of(Fact::Resolved));
        let mut set = |fact: Fact, rows: Mask| facts[fact as usize] = rows;
        set(Fact::ChannelKnown, received & masks.channel_known);
        set(Fact::Online, received & masks.online);
        set(Fact::Rated, resolved & masks.rated);
        set(Fact::Satisfied, resolved & masks.satisfied);
        set(Fact::FeeScope, received & masks.fees_possible);
        set(Fact::Paid, received & masks.paid);
        set(Fact::FeeJudged, received & masks.paid_known);
        set(Fact::FeeOnline, received & masks.paid_online);
        set(Fact::PaymentsJudged, received & masks.payments_known);
        set(Fact::TransferScope, handled & masks.transfers_possible);
        set(Fact::Moved, handled & masks.moved);
        set(Fact::TransferJudged, handled & masks.electronic_known);
        set(Fact::TransferElectronic, handled & masks.electronic);
        for flag in &masks.flags {
            let of = facts[flag.of as usize];
            facts[flag.known.0 as usize] = of & flag.known.1;
            facts[flag.yes.0 as usize] = of & flag.yes.1;
        }
        self.of_received(facts);
    }

    /// Rates over all dossiers received, whatever becomes of them (QĐ 766, rows 1.4, 4.1, 4.2, 5.4).
    #[inline(always)]
    fn of_received(&self, facts: &mut Facts) {
        let (masks, of) = (&self.masks, |fact: Fact| facts[fact as usize]);
        let received = of(Fact::Received);
        let result_known = received & (of(Fact::Open) | of(Fact::ResultElectronicKnown));
        let result = received & of(Fact::ResultElectronic);
        let in_time = received & (of(Fact::Early) | of(Fact::OnDueDay) | of(Fact::OpenInTime));
        let timed = in_time | received & (of(Fact::Late) | of(Fact::OpenOverdue));
        let unhappy = of(Fact::Rated) & !of(Fact::Satisfied);
        let told = [
            (Fact::ReceivedSyncedKnown, received & of(Fact::SyncedKnown)),
            (Fact::ReceivedSynced, received & of(Fact::Synced)),
            (Fact::ReceivedElectronicKnown, result_known),
            (Fact::ReceivedElectronic, result),
            (Fact::DigitisedKnown, result_known & of(Fact::InputDigitisedKnown)),
            (Fact::Digitised, result & of(Fact::InputDigitised)),
            (Fact::ServedKnown, timed & masks.petitions_known),
            (Fact::ServedWell, in_time & masks.not_petitioned & !unhappy),
        ];
        for (fact, rows) in told {
            facts[fact as usize] = rows;
        }
    }

    /// Payments and online payments of the rows of a mask, 0 of others.
    #[inline(always)]
    pub fn sums(&self, judged: Mask) -> [Lanes<u32>; 2] {
        [self.payments, self.payments_online]
            .map(|cells| select(judged, *cells.block(self.from, &mut None).0, 0))
    }
}

/// Columns of yes and no, each asked of one kind of dossier.
#[inline(always)]
fn flags(columns: &Columns<'_>, from: usize) -> [Asked; 9] {
    let asked = |flags: &Flags<'_>, of: Fact, known: Fact, yes: Fact| {
        let (value, valid) = flags.block(from);
        Asked { of, known: (known, valid), yes: (yes, valid & value) }
    };
    use Fact as F;
    [
        asked(&columns.input_digitised, F::Received, F::InputDigitisedKnown, F::InputDigitised),
        asked(&columns.result_digitised, F::Resolved, F::ResultDigitisedKnown, F::ResultDigitised),
        asked(&columns.result_electronic, F::Resolved, F::ResultElectronicKnown, F::ResultElectronic),
        asked(&columns.data_reused, F::Received, F::DataReusedKnown, F::DataReused),
        asked(&columns.apologised, F::OverdueEver, F::ApologisedKnown, F::Apologised),
        asked(&columns.explained, F::OverdueEver, F::ExplainedKnown, F::Explained),
        asked(&columns.synced, F::Handled, F::SyncedKnown, F::Synced),
        asked(&columns.result_synced, F::Resolved, F::ResultSyncedKnown, F::ResultSynced),
        asked(&columns.result_published, F::Resolved, F::ResultPublishedKnown, F::ResultPublished),
    ]
}
