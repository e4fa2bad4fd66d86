//! The events of the load: made-up dossiers of a province, each created, changed and closed.

use live_service::event::{Event, Kind};
use tthc_kpi::{ApplicantKind, Channel, Day, Dossier, Instant, Status};

/// Dossiers of one client that are open between an event and the next of the same dossier.
const OPEN: u64 = 500;
const FIRST_DAY: i32 = 20_454; // 2026-01-01

/// The events of one client, in order.
pub struct Events {
    client: u64,
    next: u64,
}

impl Events {
    /// Those of this client.
    pub fn of(client: u64) -> Self {
        Events { client, next: 0 }
    }
}

impl Iterator for Events {
    type Item = Event;

    /// Creates a dossier, then changes one that is older, then closes one that is older still.
    fn next(&mut self) -> Option<Event> {
        loop {
            let (step, back) = (self.next % 3, self.next / 3);
            self.next += 1;
            if let Some(number) = back.checked_sub(step * OPEN) {
                return Some(event(self.client, number, step + 1));
            }
        }
    }
}

/// The event that makes a dossier's version: 1 created, 2 changed, 3 closed.
fn event(client: u64, number: u64, version: u64) -> Event {
    let kind = match version {
        1 => Kind::Create,
        2 => Kind::Change,
        _ => Kind::Close,
    };
    Event { kind, version, dossier: dossier(client, number, version) }
}

fn dossier(client: u64, number: u64, version: u64) -> Dossier {
    // Numbers that look random and are always the same.
    let mixed = (client << 40 | number).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let pick = |shift: u64, of: u64| (mixed >> shift) % of;
    let day = |after: u64| i32::try_from(pick(0, 240) + after).unwrap_or_default() + FIRST_DAY;
    let at = |after: u64, hour: u32| {
        Day::from_number(day(after)).and_then(|day| Instant::at(day, hour, u32::try_from(number % 60).ok()?))
    };
    let (field, procedure) = (pick(5, 24), pick(9, 200));
    let received = at(0, 8).unwrap_or(Instant::from_micros(0));
    let mut dossier = Dossier {
        dossier_id: Some(format!("H05.{client:02}-2026-{number:07}")),
        procedure_code: Some(format!("1.{procedure:06}.000.00.00.H05")),
        field: Some(format!("Lĩnh vực số {field}")),
        agency: Some(format!("Ủy ban nhân dân phường số {}", pick(13, 120))),
        officer: Some(format!("Cán bộ {}", pick(3, 700))),
        applicant_kind: Some(if pick(21, 5) == 0 { ApplicantKind::Business } else { ApplicantKind::Citizen }),
        channel: Some(if pick(17, 3) == 0 { Channel::InPerson } else { Channel::Online }),
        status: Some(Status::InProcess),
        due_at: at(14, 17),
        limit_days: Some(10),
        supplement_requests: Some(0),
        input_digitised: Some(pick(7, 10) > 0),
        data_reused: Some(pick(11, 9) > 0),
        synced: Some(true),
        ..Dossier::received(received)
    };
    if version > 1 {
        dossier.payments = Some(u32::from(pick(4, 2) == 0));
        dossier.payments_online = dossier.payments;
        dossier.payments_portal = dossier.payments;
        dossier.transfers = Some(2);
        dossier.transfers_electronic = Some(2);
    }
    if version > 2 {
        dossier.status = Some(Status::Processed);
        dossier.completed_at = at(6 + pick(19, 10), 10);
        dossier.rating = (pick(15, 3) == 0).then_some(5);
        dossier.result_digitised = Some(true);
        dossier.result_electronic = Some(pick(8, 12) > 0);
        dossier.result_synced = Some(true);
    }
    dossier
}
