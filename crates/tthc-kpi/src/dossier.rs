//! The dossier (SPEC §2): what a system knows of one request for an administrative procedure.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::instant::Instant;
use crate::slug::slugs;

slugs! {
    /// Trạng thái hồ sơ (FACTS §4.2), numbered 1 to 10 in the national exchange.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Status;
    /// assert_eq!(Status::from_code(9), Some(Status::Processed));
    /// assert_eq!(Status::from_code(11), None);
    /// ```
    Status as "status" {
        /// 1 Mới đăng ký.
        Registered = "registered",
        /// 2 Được tiếp nhận.
        Accepted = "accepted",
        /// 3 Không được tiếp nhận.
        NotAccepted = "not_accepted",
        /// 4 Đang xử lý.
        InProcess = "in_process",
        /// 5 Yêu cầu bổ sung giấy tờ.
        SupplementRequested = "supplement_requested",
        /// 6 Yêu cầu thực hiện nghĩa vụ tài chính.
        PaymentRequested = "payment_requested",
        /// 7 Công dân yêu cầu rút hồ sơ.
        Withdrawn = "withdrawn",
        /// 8 Dừng xử lý.
        Stopped = "stopped",
        /// 9 Đã xử lý xong.
        Processed = "processed",
        /// 10 Đã trả kết quả.
        Returned = "returned",
    }
}

impl Status {
    /// The status of a code 1..10; none for any other number.
    pub fn from_code(code: u8) -> Option<Self> {
        Status::ALL.get(usize::from(code.checked_sub(1)?)).copied()
    }

    /// The code, 1..10.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Status::Processed.code(), 9);
    /// ```
    pub const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The name in the national exchange.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Status::Processed.title(), "Đã xử lý xong");
    /// ```
    pub const fn title(self) -> &'static str {
        match self {
            Status::Registered => "Mới đăng ký",
            Status::Accepted => "Được tiếp nhận",
            Status::NotAccepted => "Không được tiếp nhận",
            Status::InProcess => "Đang xử lý",
            Status::SupplementRequested => "Yêu cầu bổ sung giấy tờ",
            Status::PaymentRequested => "Yêu cầu thực hiện nghĩa vụ tài chính",
            Status::Withdrawn => "Công dân yêu cầu rút hồ sơ",
            Status::Stopped => "Dừng xử lý",
            Status::Processed => "Đã xử lý xong",
            Status::Returned => "Đã trả kết quả",
        }
    }

    /// How far the dossier has come, for choosing between two rows of one id:
    /// 2 < 4 < 6 < 5 < 8 < 7 < 9 < 10 (SPEC §3).
    const fn rank(self) -> u8 {
        match self {
            Status::Registered => 0,
            Status::NotAccepted => 1,
            Status::Accepted => 2,
            Status::InProcess => 3,
            Status::PaymentRequested => 4,
            Status::SupplementRequested => 5,
            Status::Stopped => 6,
            Status::Withdrawn => 7,
            Status::Processed => 8,
            Status::Returned => 9,
        }
    }
}

slugs! {
    /// Kênh thực hiện: how a dossier came in, or its result went out.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Channel;
    /// assert_eq!("online".parse::<Channel>()?, Channel::Online);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Channel as "channel" {
        /// Trực tiếp (1).
        InPerson = "in_person",
        /// Trực tuyến (2).
        Online = "online",
        /// Bưu chính công ích (3).
        Postal = "postal",
    }
}

slugs! {
    /// Loại đối tượng: who asks.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ApplicantKind;
    /// assert_eq!("state_body".parse::<ApplicantKind>()?, ApplicantKind::StateBody);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    ApplicantKind as "applicant kind" {
        /// Công dân.
        Citizen = "citizen",
        /// Doanh nghiệp, tổ chức kinh tế, hộ kinh doanh.
        Business = "business",
        /// Cơ quan nhà nước.
        StateBody = "state_body",
        /// Đối tượng khác.
        Other = "other",
    }
}

/// A value of a column outside the canonical ones, loaded because the caller named it.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Dossier, ExtraValue, Key};
/// let mut dossier = Dossier::received("2026-01-05".parse()?);
/// dossier.extra.insert("shift".into(), ExtraValue::Int(2));
/// assert_eq!(Dimension::Extra("shift".into()).key(&dossier), Some(Key::Int(2)));
/// # Ok::<(), tthc_kpi::InstantError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExtraValue {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, trimmed, NFC.
    Text(String),
}

/// Hồ sơ TTHC. `None` means *unknown*, neither yes nor no; only the receipt is required.
///
/// The applicant's personal data has no place here (SPEC §2).
///
/// # Example
/// ```
/// use tthc_kpi::{Dossier, Status};
/// let dossier = Dossier {
///     dossier_id: Some("H05.01-260105-0001".into()),
///     status: Some(Status::Processed),
///     due_at: Some("2026-01-12".parse()?),
///     completed_at: Some("2026-01-09T15:20".parse()?),
///     ..Dossier::received("2026-01-05T08:30".parse()?)
/// };
/// assert_eq!(dossier.end(), dossier.completed_at);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// Mã hồ sơ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dossier_id: Option<String>,
    /// Mã TTHC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure_code: Option<String>,
    /// Tên TTHC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedure: Option<String>,
    /// Mã lĩnh vực.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_code: Option<String>,
    /// Lĩnh vực.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Đơn vị giải quyết.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Đơn vị tiếp nhận.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiving_agency: Option<String>,
    /// Cán bộ xử lý.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<String>,
    /// Loại đối tượng.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_kind: Option<ApplicantKind>,
    /// Hình thức nộp.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Hình thức trả kết quả.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_channel: Option<Channel>,
    /// Trạng thái; 1..10 in JSON.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "status_code")]
    pub status: Option<Status>,
    /// Ngày tiếp nhận.
    pub received_at: Instant,
    /// Ngày hẹn trả.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// Ngày kết thúc xử lý.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Instant>,
    /// Ngày trả kết quả.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<Instant>,
    /// Thời hạn giải quyết, working days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_days: Option<u32>,
    /// Số lần yêu cầu bổ sung.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_requests: Option<u32>,
    /// Số ngày tạm dừng, working days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_days: Option<u32>,
    /// Last request for papers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplement_requested_at: Option<Instant>,
    /// Last answer to a request for papers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplemented_at: Option<Instant>,
    /// Payment transactions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payments: Option<u32>,
    /// Of them, made online (portal or agency gateway).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payments_online: Option<u32>,
    /// Of them, made on the national portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payments_portal: Option<u32>,
    /// Phí, lệ phí, VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_due: Option<Decimal>,
    /// Phí, lệ phí paid online, VND.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_online: Option<Decimal>,
    /// Mức độ hài lòng 1..5; any other number is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// A PAKN was lodged about this dossier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub petitioned: Option<bool>,
    /// Số hóa thành phần hồ sơ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_digitised: Option<bool>,
    /// Số hóa kết quả.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_digitised: Option<bool>,
    /// Kết quả điện tử.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_electronic: Option<bool>,
    /// The result is public on the provincial system and the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_published: Option<bool>,
    /// Tái sử dụng dữ liệu.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_reused: Option<bool>,
    /// Internal hand-overs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfers: Option<u32>,
    /// Of them, made electronically.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfers_electronic: Option<u32>,
    /// Có văn bản xin lỗi.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apologised: Option<bool>,
    /// Có giải trình.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explained: Option<bool>,
    /// Status synchronised to the national portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synced: Option<bool>,
    /// Result synchronised to the national portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_synced: Option<bool>,
    /// How often the due date was moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_moves: Option<u32>,
    /// Whether a move was asked for after the day that was due until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_moved_late: Option<bool>,
    /// Values of extra columns the caller named; a name not here is unknown.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, ExtraValue>,
}

impl Dossier {
    /// A dossier of which only the receipt is known.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Dossier;
    /// let dossier = Dossier::received("2026-01-05T08:30".parse()?);
    /// assert_eq!((dossier.due_at, dossier.end()), (None, None));
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    pub fn received(received_at: Instant) -> Self {
        Dossier {
            dossier_id: None,
            procedure_code: None,
            procedure: None,
            field_code: None,
            field: None,
            agency: None,
            receiving_agency: None,
            officer: None,
            applicant_kind: None,
            channel: None,
            result_channel: None,
            status: None,
            received_at,
            due_at: None,
            completed_at: None,
            returned_at: None,
            limit_days: None,
            supplement_requests: None,
            paused_days: None,
            supplement_requested_at: None,
            supplemented_at: None,
            payments: None,
            payments_online: None,
            payments_portal: None,
            amount_due: None,
            amount_online: None,
            rating: None,
            petitioned: None,
            input_digitised: None,
            result_digitised: None,
            result_electronic: None,
            result_published: None,
            data_reused: None,
            transfers: None,
            transfers_electronic: None,
            apologised: None,
            explained: None,
            synced: None,
            result_synced: None,
            due_moves: None,
            due_moved_late: None,
            extra: BTreeMap::new(),
        }
    }

    /// End of processing: completion, else the return of the result (SPEC §3). Picking the
    /// result up late is not lateness, so completion comes first.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Dossier;
    /// let mut dossier = Dossier::received("2026-01-05".parse()?);
    /// dossier.returned_at = Some("2026-01-14".parse()?);
    /// assert_eq!(dossier.end(), dossier.returned_at);
    /// dossier.completed_at = Some("2026-01-09".parse()?);
    /// assert_eq!(dossier.end(), dossier.completed_at);
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    pub fn end(&self) -> Option<Instant> {
        self.completed_at.or(self.returned_at)
    }

    /// The row with every impossible value made unknown (SPEC §2), and the columns it was
    /// done to. Judging does this by itself; a service calls it to report them.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, Dossier};
    /// let mut dossier = Dossier::received("2026-01-05".parse()?);
    /// dossier.payments = Some(1);
    /// dossier.payments_online = Some(2);
    /// let (mended, columns) = dossier.mended();
    /// assert_eq!((mended.payments_online, columns), (None, vec![Column::PaymentsOnline]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn mended(&self) -> (Dossier, Vec<Column>) {
        let mut row = self.clone();
        let mut columns = Vec::new();
        if row.rating.is_some() && self.known_rating().is_none() {
            row.rating = None;
            columns.push(Column::Rating);
        }
        if row.payments_online.is_some() && self.known_payments_online().is_none() {
            row.payments_online = None;
            columns.push(Column::PaymentsOnline);
        }
        if row.payments_portal.is_some() && self.known_payments_portal().is_none() {
            row.payments_portal = None;
            columns.push(Column::PaymentsPortal);
        }
        if row.transfers_electronic.is_some() && self.known_transfers_electronic().is_none() {
            row.transfers_electronic = None;
            columns.push(Column::TransfersElectronic);
        }
        for (cell, column) in [
            (&mut row.supplement_requested_at, Column::SupplementRequestedAt),
            (&mut row.supplemented_at, Column::SupplementedAt),
        ] {
            if cell.is_some_and(|at| !plausible(at)) {
                *cell = None;
                columns.push(column);
            }
        }
        (row, columns)
    }

    /// Rating 1..5, else unknown.
    pub(crate) fn known_rating(&self) -> Option<u8> {
        self.rating.filter(|rating| (1..=5).contains(rating))
    }

    /// Online payments, unknown where they exceed the payments.
    pub(crate) fn known_payments_online(&self) -> Option<u32> {
        part_of(self.payments_online, self.payments)
    }

    /// Portal payments, unknown where they exceed the online ones or all payments: else a rate
    /// could pass 100 % where the online cell is itself impossible.
    pub(crate) fn known_payments_portal(&self) -> Option<u32> {
        part_of(part_of(self.payments_portal, self.payments_online), self.payments)
    }

    /// Electronic hand-overs, unknown where they exceed the hand-overs.
    pub(crate) fn known_transfers_electronic(&self) -> Option<u32> {
        part_of(self.transfers_electronic, self.transfers)
    }

    /// Which of two rows of one dossier id stands for the dossier: the greater one (SPEC §3):
    /// the status further on, then the later event, then the greater row by all columns. A
    /// total order, so the choice does not depend on the order of rows.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Status};
    /// let open = Dossier { status: Some(Status::InProcess), ..Dossier::received("2026-01-05".parse()?) };
    /// let done = Dossier { status: Some(Status::Processed), ..open.clone() };
    /// assert!(done.precedence(&open).is_gt());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn precedence(&self, other: &Dossier) -> Ordering {
        let rank = |row: &Dossier| row.status.map(Status::rank);
        rank(self)
            .cmp(&rank(other))
            .then_with(|| self.latest_event().cmp(&other.latest_event()))
            .then_with(|| self.cmp(other))
    }

    fn latest_event(&self) -> Instant {
        [self.completed_at, self.returned_at, self.supplement_requested_at, self.supplemented_at]
            .into_iter()
            .flatten()
            .filter(|at| plausible(*at))
            .fold(self.received_at, Instant::max)
    }
}

/// A part is known only where it does not exceed a known whole; beside an unknown whole it stands.
fn part_of(part: Option<u32>, whole: Option<u32>) -> Option<u32> {
    part.filter(|part| whole.is_none_or(|whole| *part <= whole))
}

/// 2000-01-01..2100-12-31: a date outside is a slip of the pen (SPEC §3, `bad_date`).
pub(crate) fn plausible(at: Instant) -> bool {
    const A_DAY: i64 = 86_400_000_000;
    const FIRST: i64 = 10_957 * A_DAY; // 2000-01-01
    const END: i64 = 47_847 * A_DAY; // 2101-01-01
    (FIRST..END).contains(&at.micros())
}

mod status_code {
    use super::Status;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(status: &Option<Status>, serializer: S) -> Result<S::Ok, S::Error> {
        match status {
            Some(status) => serializer.serialize_u8(status.code()),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Status>, D::Error> {
        // A number outside 1..10 is an impossible value: unknown (SPEC §2).
        Ok(Option::<u8>::deserialize(deserializer)?.and_then(Status::from_code))
    }
}
