//! One made-up dossier: from the hour it arrives to the day its result is handed over, then what
//! the data of the year can know of it.

use tthc_kpi::{ApplicantKind, Channel, Status};

use super::catalogue::{FIELDS, Field, OFFICERS, PROCEDURES, Procedure, Unit};
use super::days::{Days, Receipt, SECONDS_A_DAY};
use super::draw::{Draw, Weighted};

/// A dossier, with dictionary indices for texts and local seconds since 1970-01-01 for instants.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) ward: u16,
    /// `YYMMDD` and the number of the day: with the ward, the dossier code.
    pub(super) stamp: [u8; 6],
    pub(super) number: u64,
    pub(super) procedure_code: Option<u16>,
    pub(super) procedure: Option<u16>,
    pub(super) field: Option<u16>,
    pub(super) unit: Option<Unit>,
    /// Received by the province's centre, not the commune's.
    pub(super) received_by_province: Option<bool>,
    pub(super) officer: Option<u32>,
    pub(super) applicant_kind: Option<ApplicantKind>,
    pub(super) channel: Option<Channel>,
    pub(super) result_channel: Option<Channel>,
    pub(super) status: Option<Status>,
    pub(super) received: i64,
    pub(super) due: Option<i64>,
    pub(super) completed: Option<i64>,
    pub(super) returned: Option<i64>,
    pub(super) limit: Option<u32>,
    pub(super) requests: Option<u32>,
    pub(super) paused: Option<u32>,
    pub(super) supplement_requested: Option<i64>,
    pub(super) supplemented: Option<i64>,
    pub(super) payments: Option<u32>,
    pub(super) payments_online: Option<u32>,
    pub(super) payments_portal: Option<u32>,
    pub(super) amount_due: Option<u32>,
    pub(super) amount_online: Option<u32>,
    pub(super) rating: Option<u8>,
    pub(super) petitioned: Option<bool>,
    pub(super) input_digitised: Option<bool>,
    pub(super) result_digitised: Option<bool>,
    pub(super) result_electronic: Option<bool>,
    pub(super) result_published: Option<bool>,
    pub(super) data_reused: Option<bool>,
    pub(super) transfers: Option<u32>,
    pub(super) transfers_electronic: Option<u32>,
    pub(super) apologised: Option<bool>,
    pub(super) explained: Option<bool>,
    pub(super) synced: Option<bool>,
    pub(super) result_synced: Option<bool>,
}

const NONE: Procedure = Procedure {
    code: "",
    name: "",
    field: 0,
    unit: Unit::Office,
    limit: 1,
    fee: 0,
    weight: 0,
    online: 0,
    business: 0,
};

/// Everything a row is drawn from.
pub(super) struct World {
    pub(super) days: Days,
    /// Procedures by share: over the counter, and in the evening, when only what can be sent
    /// online arrives.
    by_day: Weighted,
    by_night: Weighted,
    wards: Weighted,
    pub(super) ward_count: u16,
}

/// Local seconds at a second of a day.
fn at(day: i32, second: u32) -> i64 {
    i64::from(day) * SECONDS_A_DAY + i64::from(second)
}

fn day_of(instant: i64) -> i32 {
    i32::try_from(instant.div_euclid(SECONDS_A_DAY)).unwrap_or(i32::MAX)
}

fn second_of(instant: i64) -> u32 {
    u32::try_from(instant.rem_euclid(SECONDS_A_DAY)).unwrap_or(0)
}

const fn clock(hour: u32, minute: u32) -> u32 {
    (hour * 60 + minute) * 60
}

const CLOSING: u32 = clock(17, 0);

/// A second in working hours, after the instant `since`; when that is too late in the day, a few
/// minutes to an hour after it.
fn working_moment(day: i32, since: i64, draw: &mut Draw) -> i64 {
    let minute = draw.below(450);
    let minute = if minute < 240 { 450 + minute } else { 570 + minute };
    let moment = at(day, minute * 60 + draw.below(60));
    if moment > since { moment } else { (since + 120 + i64::from(draw.below(3000))).min(at(day, 86_340)) }
}

/// How a dossier goes, before the data ends.
struct Course {
    status: Status,
    due: Option<i64>,
    completed: Option<i64>,
    requested: Option<i64>,
    supplemented: Option<i64>,
    requests: u32,
    paused: u32,
}

impl World {
    pub(super) fn new(rows: u64, seed: u64, year: i32, wards: u16) -> Result<Self, super::SynthError> {
        // Communes differ in size up to eightfold (400 to 3,000 dossiers a month).
        let size = |ward: u32| 4 + ward.wrapping_mul(2_654_435_761) % 27;
        Ok(World {
            days: Days::new(rows, seed, year)?,
            by_day: Weighted::new(PROCEDURES.iter().map(|p| p.weight)),
            by_night: Weighted::new(PROCEDURES.iter().map(|p| p.weight * (p.online.max(550) - 540) / 60)),
            wards: Weighted::new((0..u32::from(wards)).map(size)),
            ward_count: wards,
        })
    }

    /// The `ordinal`-th dossier of a day.
    pub(super) fn row(&self, receipt: &Receipt, ordinal: u64, draw: &mut Draw) -> Row {
        let minute = self.days.minute(receipt, ordinal, draw);
        let received = at(receipt.day, minute * 60);
        let counter = receipt.working && ((450..690).contains(&minute) || (810..1020).contains(&minute));
        let ward = if self.ward_count > 1 { self.wards.pick(draw) } else { 0 };
        let index = if counter { self.by_day.pick(draw) } else { self.by_night.pick(draw) };
        let procedure = PROCEDURES.get(usize::from(index)).unwrap_or(&NONE);
        let field = FIELDS.get(usize::from(procedure.field)).or(FIELDS.first());
        let Some(field) = field else { return Row::default() };

        let channel = if !counter || draw.chance(procedure.online) {
            Channel::Online
        } else if draw.chance(90) {
            Channel::Postal
        } else {
            Channel::InPerson
        };
        let course = self.course(procedure, field, receipt, received, ward, draw);
        let (first, count) = procedure.unit.officers();
        let officer = (first + draw.below(count)).min(OFFICERS - 1);
        let mut row = Row {
            ward,
            stamp: receipt.stamp,
            number: ordinal + 1,
            procedure_code: draw.known(index, 8),
            procedure: draw.known(index, 3),
            field: draw.known(u16::from(procedure.field), 6),
            unit: draw.known(procedure.unit, 5),
            received_by_province: flag(draw, 30, 8),
            officer: draw.known(officer, 10),
            channel: draw.known(channel, 6),
            status: draw.known(course.status, 2),
            received,
            limit: draw.known(procedure.limit, 12),
            ..Row::default()
        };
        let kind = applicant_kind(procedure, draw);
        row.applicant_kind = draw.known(kind, 8);
        self.outcome(&mut row, &course, channel, draw);
        pay(&mut row, procedure, &course, channel, draw);
        judge(&mut row, field, &course, self.days.last_day, draw);
        row
    }

    fn course(
        &self,
        procedure: &Procedure,
        field: &Field,
        receipt: &Receipt,
        received: i64,
        ward: u16,
        draw: &mut Draw,
    ) -> Course {
        let days = &self.days;
        let second = second_of(received);
        // NĐ 61/2018: what arrives after closing counts from the next working day.
        let start = if receipt.working && second <= CLOSING { receipt.day } else { days.add(receipt.day, 1) };
        let mut course = Course {
            status: Status::InProcess,
            due: None,
            completed: None,
            requested: None,
            supplemented: None,
            requests: 0,
            paused: 0,
        };
        let fate = draw.below(1000);
        let fresh = days.last_day - receipt.day < 2 && fate < 300;
        if fate < 2 || fresh || (8..16).contains(&fate) {
            course.status = if fate < 2 || fresh { Status::Registered } else { Status::NotAccepted };
            return course;
        }

        // More papers: the clock stops, and the system moves the due day by the days it stood.
        let mut ready = received;
        let mut ready_day = start;
        let mut abandoned = false;
        if draw.chance(field.supplement) {
            let asked_day = days.add(start, draw.below(procedure.limit.min(4) + 1));
            let asked = working_moment(asked_day, received.max(at(asked_day, 0)), draw);
            if asked <= days.end {
                course.requested = Some(asked);
                course.requests = 1 + u32::from(draw.chance(180)) + u32::from(draw.chance(60));
                let waited = 1 + draw.below(7) + draw.below(procedure.limit.min(7));
                let recent = days.last_day - asked_day < 45;
                abandoned = draw.chance(if recent { 260 } else { 30 });
                let answer_day = days.add(asked_day, waited);
                let answer = working_moment(answer_day, asked, draw);
                if abandoned || answer > days.end {
                    abandoned = true;
                } else {
                    course.supplemented = Some(answer);
                    course.paused = waited;
                    (ready, ready_day) = (answer, answer_day);
                }
            }
        }

        // What is handed back at once is due the same day, or the next when it came after 15:00.
        let limit = if procedure.limit == 0 {
            u32::from(start == receipt.day && second > clock(15, 0))
        } else {
            procedure.limit
        };
        let due_day = days.add(start, limit + course.paused);
        let style = draw.below(100);
        let due = match style {
            _ if procedure.limit == 0 => at(due_day, CLOSING),
            0..=9 => at(due_day, 0),
            10..=39 => at(due_day, CLOSING),
            _ if start == receipt.day => at(due_day, second.max(clock(7, 30))),
            _ => at(due_day, clock(7, 30)),
        };
        course.due = draw.known(due, 8);

        if (16..24).contains(&fate) || (24..30).contains(&fate) {
            let day = days.add(ready_day, draw.below(procedure.limit.max(1) + 1));
            let ended = working_moment(day, ready, draw);
            if ended <= days.end {
                course.status = if fate < 24 { Status::Withdrawn } else { Status::Stopped };
                course.completed = draw.known(ended, 80);
                return course;
            }
        }
        if abandoned {
            course.status = Status::SupplementRequested;
            return course;
        }
        if procedure.fee > 0 && (30..33).contains(&fate) {
            course.status = Status::PaymentRequested;
            return course;
        }

        // Communes of a province differ in how late they are; the one ward is as the tables say.
        let ward_late = 50 + u32::from(ward).wrapping_mul(2_246_822_519) % 140;
        let ward_late = if ward == 0 { 100 } else { ward_late };
        let late = field.late * receipt.late * ward_late / 10_000;
        let class = draw.below(1000);
        let completed = if class < late {
            // A few are forgotten altogether.
            if draw.chance(70) { None } else { Some(self.late(due_day, ready, draw)) }
        } else if class < late + field.early && due_day > ready_day {
            let room = days.between(ready_day, due_day).max(1);
            let step = draw.below(room).max(draw.below(room));
            let day = days.add(ready_day, step);
            Some(working_moment(day, ready, draw))
        } else {
            Some(on_due_day(due_day.max(ready_day), due, ready, draw))
        };
        match completed {
            Some(moment) if moment <= days.end => {
                course.status = Status::Processed;
                course.completed = Some(moment);
            }
            _ if start >= days.last_day || draw.chance(50) => course.status = Status::Accepted,
            _ => {}
        }
        course
    }

    fn late(&self, due_day: i32, ready: i64, draw: &mut Draw) -> i64 {
        let days_late = match draw.below(1000) {
            0..500 => 1 + draw.below(2),
            500..800 => 3 + draw.below(5),
            800..950 => 8 + draw.below(13),
            _ => 21 + draw.below(25),
        };
        working_moment(self.days.add(due_day, days_late), ready, draw)
    }

    /// Hands the result over: sometimes at once, sometimes days later.
    fn outcome(&self, row: &mut Row, course: &Course, channel: Channel, draw: &mut Draw) {
        let days = &self.days;
        row.due = course.due;
        row.completed = course.completed;
        row.requests = draw.known(course.requests, 10);
        row.supplement_requested = course.requested;
        row.supplemented = course.supplemented;
        // Some systems leave the days of a pause to be counted from the dates.
        row.paused = if course.requests > 0 { draw.known(course.paused, 60) } else { draw.known(0, 10) };
        let result_channel = match (channel, draw.below(100)) {
            (Channel::Online, 0..70) | (_, 0..12) => Channel::Online,
            (Channel::Postal, 0..80) | (_, 92..) => Channel::Postal,
            _ => Channel::InPerson,
        };
        if course.status != Status::Registered && course.status != Status::NotAccepted {
            row.result_channel = draw.known(result_channel, 10);
        }
        let (Some(completed), Status::Processed) = (course.completed, course.status) else { return };
        let day = day_of(completed);
        let later = |n: u32, draw: &mut Draw| {
            let day = days.add(day, n);
            working_moment(day, completed.max(at(day, 0)), draw)
        };
        let returned = match (result_channel, draw.below(100)) {
            (_, 0..5) => None,
            (Channel::Online, _) => Some(completed + i64::from(draw.below(900))),
            (Channel::Postal, _) => Some(later(1 + draw.below(4), draw)),
            (Channel::InPerson, 5..60) => Some(completed + 600 + i64::from(draw.below(5400))),
            (Channel::InPerson, 60..92) => Some(later(1 + draw.below(3), draw)),
            (Channel::InPerson, _) => Some(later(4 + draw.below(22), draw)),
        };
        row.returned = returned.filter(|moment| *moment <= days.end);
        if row.returned.is_some() && row.status.is_some() {
            row.status = Some(Status::Returned);
        }
        // What real exports lack: the end, or every date of a closed dossier.
        match draw.below(1000) {
            0..3 => (row.completed, row.returned) = (None, None),
            3..8 if row.returned.is_some() => row.completed = None,
            8..9 => row.returned = Some((completed - 2400).max(row.received + 60)),
            _ => {}
        }
    }
}

/// On the due day: most before the due hour, some until closing, a few in the evening.
fn on_due_day(day: i32, due: i64, ready: i64, draw: &mut Draw) -> i64 {
    let moment = working_moment(day, ready, draw);
    match draw.below(1000) {
        0..3 if due > ready && due % SECONDS_A_DAY != 0 => due,
        3..10 => moment.max(at(day, CLOSING + draw.below(10_000))),
        10..900 if moment > due && due > ready && second_of(due) > clock(8, 0) => {
            let room = u32::try_from((due - ready.max(at(day, clock(7, 30)))).max(1)).unwrap_or(1);
            due - i64::from(draw.below(room))
        }
        _ => moment,
    }
}

fn applicant_kind(procedure: &Procedure, draw: &mut Draw) -> ApplicantKind {
    if draw.chance(procedure.business) {
        return ApplicantKind::Business;
    }
    match draw.below(1000) {
        0..6 => ApplicantKind::StateBody,
        6..12 => ApplicantKind::Other,
        _ => ApplicantKind::Citizen,
    }
}

fn pay(row: &mut Row, procedure: &Procedure, course: &Course, channel: Channel, draw: &mut Draw) {
    let unpaid = matches!(course.status, Status::Registered | Status::NotAccepted | Status::PaymentRequested);
    if procedure.fee == 0 || unpaid || draw.chance(15) {
        row.payments = draw.known(0, 6);
        row.payments_online = row.payments.and_then(|_| draw.known(0, 6));
        row.payments_portal = row.payments_online;
        row.amount_due = draw.known(0, 6);
        row.amount_online = row.amount_due;
        return;
    }
    let payments = 1 + u32::from(draw.chance(55));
    let online = if draw.chance(if channel == Channel::Online { 850 } else { 330 }) {
        // The second payment of a dossier is at times made at the counter.
        payments - u32::from(payments > 1 && draw.chance(250))
    } else {
        0
    };
    let portal = if draw.chance(960) { online } else { 0 };
    row.payments = draw.known(payments, 12);
    row.payments_online = draw.known(online, 15);
    row.payments_portal = row.payments_online.and_then(|online| draw.known(portal.min(online), 12));
    row.amount_due = draw.known(procedure.fee * payments, 10);
    row.amount_online = row.amount_due.and_then(|_| draw.known(procedure.fee * online, 12));
}

/// What people and systems say of the dossier afterwards.
fn judge(row: &mut Row, field: &Field, course: &Course, last_day: i32, draw: &mut Draw) {
    let resolved = course.status == Status::Processed;
    let waiting = matches!(course.status, Status::SupplementRequested | Status::PaymentRequested);
    let refused = matches!(course.status, Status::Registered | Status::NotAccepted);
    let overdue = match (course.due, course.completed) {
        (Some(due), Some(completed)) => day_of(completed) > day_of(due),
        (Some(due), None) => !waiting && !refused && last_day > day_of(due),
        (None, _) => false,
    };
    if resolved && draw.chance(180) {
        let satisfied = if overdue { field.satisfied * 6 / 10 } else { field.satisfied };
        row.rating = Some(match (draw.chance(satisfied), draw.below(100)) {
            (true, 0..72) => 5,
            (true, _) => 4,
            (false, 0..60) => 3,
            (false, 60..85) => 2,
            (false, _) => 1,
        });
    }
    let petitioned = draw.chance(if overdue { 35 } else { 3 });
    row.petitioned = draw.known(petitioned, 12);
    let digitised = draw.chance(983);
    row.input_digitised = draw.known(digitised, 10);
    if resolved {
        let (digitised, electronic) = (draw.chance(976), draw.chance(972));
        let (published, synced) = (draw.chance(965), draw.chance(987));
        row.result_digitised = draw.known(digitised, 10);
        row.result_electronic = draw.known(electronic && digitised, 10);
        row.result_published = draw.known(published, 12);
        row.result_synced = draw.known(synced, 10);
    }
    let reused = draw.chance(903);
    row.data_reused = draw.known(reused, 14);
    let transfers = if refused { 0 } else { field.transfers + u32::from(draw.chance(160)) };
    row.transfers = draw.known(transfers, 12);
    let electronic = if draw.chance(932) { transfers } else { transfers.saturating_sub(1) };
    row.transfers_electronic = row.transfers.and_then(|_| draw.known(electronic, 8));
    if overdue {
        row.apologised = flag(draw, 850, 70);
        row.explained = flag(draw, 790, 90);
    } else if draw.chance(4) {
        (row.apologised, row.explained) = (Some(false), Some(false));
    }
    let synced = draw.chance(991);
    row.synced = draw.known(synced, 8);
}

/// True `permille` times in a thousand, unknown `unknown` times.
fn flag(draw: &mut Draw, permille: u32, unknown: u32) -> Option<bool> {
    let value = draw.chance(permille);
    draw.known(value, unknown)
}
