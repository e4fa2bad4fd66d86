//! Faults planted in an export, of the kinds real exports have, and how many of each.

use tthc_kpi::{Column, Status};

use super::days::SECONDS_A_DAY;
use super::row::Row;

/// Số lỗi đã cài: what an export holds that a reader must find, each counted exactly.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::synth::Synth;
/// let planted = Synth::new(3000, 1).messy_summary()?;
/// assert!(planted.set_aside() > 0);
/// assert_eq!(planted.rows, 3000 + planted.duplicates);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MessySummary {
    /// Dossier rows written, the repeated ones among them.
    pub rows: u64,
    /// Rows of status 1 or 3, which any year has: excluded as `not_received`.
    pub not_received: u64,
    /// `received_at` is 31 February: set aside.
    pub unreadable_received: u64,
    /// `received_at` is empty: set aside.
    pub missing_received: u64,
    /// `due_at` is words: set aside.
    pub unreadable_due: u64,
    /// `status` is a text that is no status: set aside.
    pub unknown_status: u64,
    /// `due_at` lies in 2206: excluded as `bad_date`.
    pub bad_date: u64,
    /// `completed_at` lies four days before `received_at`: excluded as `end_before_receipt`.
    pub end_before_receipt: u64,
    /// A second row of the same id, still open: excluded as `duplicate`.
    pub duplicates: u64,
    /// `rating` is 7: that cell is unknown.
    pub rating_out_of_range: u64,
    /// `payments_online` exceeds `payments`: that cell is unknown.
    pub online_above_payments: u64,
    /// `transfers_electronic` exceeds `transfers`: that cell is unknown.
    pub electronic_above_transfers: u64,
    /// `paused_days` is negative: that cell is unknown.
    pub negative_pause: u64,
}

impl MessySummary {
    /// Rows a reader must set aside.
    pub fn set_aside(&self) -> u64 {
        self.unreadable_received + self.missing_received + self.unreadable_due + self.unknown_status
    }

    /// Rows a reader must exclude, duplicates among them.
    pub fn excluded(&self) -> u64 {
        self.not_received + self.bad_date + self.end_before_receipt + self.duplicates
    }

    /// Cells a reader must make unknown.
    pub fn unknown_cells(&self) -> u64 {
        self.rating_out_of_range
            + self.online_above_payments
            + self.electronic_above_transfers
            + self.negative_pause
    }

    /// Counts a row as written.
    pub(super) fn count(&mut self, row: &Row, fault: Option<Fault>) {
        self.rows += 1;
        if matches!(row.status, Some(Status::Registered | Status::NotAccepted)) {
            self.not_received += 1;
        }
        let Some(fault) = fault else { return };
        *match fault {
            Fault::UnreadableReceived => &mut self.unreadable_received,
            Fault::MissingReceived => &mut self.missing_received,
            Fault::UnreadableDue => &mut self.unreadable_due,
            Fault::UnknownStatus => &mut self.unknown_status,
            Fault::BadDate => &mut self.bad_date,
            Fault::EndBeforeReceipt => &mut self.end_before_receipt,
            Fault::Duplicate => {
                self.rows += 1;
                &mut self.duplicates
            }
            Fault::RatingOutOfRange => &mut self.rating_out_of_range,
            Fault::OnlineAbovePayments => &mut self.online_above_payments,
            Fault::ElectronicAboveTransfers => &mut self.electronic_above_transfers,
            Fault::NegativePause => &mut self.negative_pause,
        } += 1;
    }
}

/// One kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    UnreadableReceived,
    MissingReceived,
    UnreadableDue,
    UnknownStatus,
    BadDate,
    EndBeforeReceipt,
    Duplicate,
    RatingOutOfRange,
    OnlineAbovePayments,
    ElectronicAboveTransfers,
    NegativePause,
}

const FAULTS: [Fault; 11] = [
    Fault::UnreadableReceived,
    Fault::RatingOutOfRange,
    Fault::Duplicate,
    Fault::UnknownStatus,
    Fault::OnlineAbovePayments,
    Fault::EndBeforeReceipt,
    Fault::MissingReceived,
    Fault::ElectronicAboveTransfers,
    Fault::BadDate,
    Fault::UnreadableDue,
    Fault::NegativePause,
];

/// Among a thousand sound rows, each kind of fault strikes one.
const EVERY: u64 = 1000;
const APART: u64 = 90;

/// 2206-01-05 17:00, a slip of the keyboard for 2026.
const YEAR_2206: i64 = 7_447_827_600;

/// Deals faults out to sound, finished rows, so that each row has at most one thing wrong with it
/// and a reader's counts can be told in advance.
pub(super) struct Planter {
    seed: u64,
    sound: u64,
    messy: bool,
}

impl Planter {
    pub(super) fn new(seed: u64, messy: bool) -> Self {
        Planter { seed, sound: 0, messy }
    }

    /// The fault of the next row, if it gets one.
    pub(super) fn next(&mut self, row: &Row) -> Option<Fault> {
        let finished = matches!(row.status, Some(Status::Processed | Status::Returned));
        let completed = row.completed?;
        let sound = finished && row.due.is_some() && row.returned.is_none_or(|at| at >= completed);
        if !self.messy || !sound {
            return None;
        }
        let place = self.sound % EVERY;
        self.sound += 1;
        let first = self.seed % APART;
        let nth = place.checked_sub(first)?;
        let kind = usize::try_from(nth / APART).ok()?;
        if nth.is_multiple_of(APART) { FAULTS.get(kind).copied() } else { None }
    }
}

impl Fault {
    /// Spoils what a row can hold of the fault; the rest is text ([`Fault::text`]).
    pub(super) fn spoil(self, row: &mut Row) {
        match self {
            Fault::BadDate => row.due = Some(YEAR_2206),
            Fault::EndBeforeReceipt => row.completed = Some(row.received - 4 * SECONDS_A_DAY),
            Fault::OnlineAbovePayments => {
                (row.payments, row.payments_online, row.payments_portal) = (Some(1), Some(2), Some(1));
            }
            Fault::ElectronicAboveTransfers => {
                (row.transfers, row.transfers_electronic) = (Some(1), Some(3));
            }
            _ => {}
        }
    }

    /// What stands in a column instead of its value; an empty text is an empty cell.
    pub(super) fn text(self, column: Column) -> Option<&'static str> {
        match (self, column) {
            (Fault::UnreadableReceived, Column::ReceivedAt) => Some("31/02/2026"),
            (Fault::MissingReceived, Column::ReceivedAt) => Some(""),
            (Fault::UnreadableDue, Column::DueAt) => Some("chờ xác minh"),
            (Fault::UnknownStatus, Column::Status) => Some("Chờ luân chuyển"),
            (Fault::RatingOutOfRange, Column::Rating) => Some("7"),
            (Fault::NegativePause, Column::PausedDays) => Some("-3"),
            _ => None,
        }
    }

    /// The same dossier as the system had it before it was finished.
    pub(super) fn still_open(row: &Row) -> Row {
        Row {
            status: Some(Status::InProcess),
            completed: None,
            returned: None,
            result_channel: None,
            rating: None,
            result_digitised: None,
            result_electronic: None,
            result_published: None,
            result_synced: None,
            apologised: None,
            explained: None,
            ..row.clone()
        }
    }
}
