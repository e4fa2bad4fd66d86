//! The columns of a dossier (SPEC §2): names, types, Vietnamese titles.

use crate::slug::slugs;

slugs! {
    /// Cột dữ liệu của hồ sơ: a canonical column. Only `received_at` is required; a column the
    /// data lacks is a column of unknowns.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnType};
    /// assert_eq!("due_at".parse::<Column>()?, Column::DueAt);
    /// assert_eq!(Column::DueAt.column_type(), ColumnType::Instant);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Column as "column" {
        /// Mã hồ sơ.
        DossierId = "dossier_id",
        /// Mã thủ tục hành chính.
        ProcedureCode = "procedure_code",
        /// Tên thủ tục hành chính.
        Procedure = "procedure",
        /// Mã lĩnh vực.
        FieldCode = "field_code",
        /// Lĩnh vực.
        Field = "field",
        /// Đơn vị giải quyết.
        Agency = "agency",
        /// Đơn vị tiếp nhận.
        ReceivingAgency = "receiving_agency",
        /// Cán bộ xử lý.
        Officer = "officer",
        /// Loại đối tượng nộp hồ sơ.
        ApplicantKind = "applicant_kind",
        /// Kênh nộp hồ sơ.
        Channel = "channel",
        /// Hình thức trả kết quả.
        ResultChannel = "result_channel",
        /// Trạng thái hồ sơ, 1 to 10.
        Status = "status",
        /// Ngày tiếp nhận.
        ReceivedAt = "received_at",
        /// Ngày hẹn trả.
        DueAt = "due_at",
        /// Ngày kết thúc xử lý.
        CompletedAt = "completed_at",
        /// Ngày trả kết quả.
        ReturnedAt = "returned_at",
        /// Thời hạn giải quyết, working days.
        LimitDays = "limit_days",
        /// Số lần yêu cầu bổ sung.
        SupplementRequests = "supplement_requests",
        /// Số ngày tạm dừng, working days.
        PausedDays = "paused_days",
        /// Ngày yêu cầu bổ sung gần nhất.
        SupplementRequestedAt = "supplement_requested_at",
        /// Ngày bổ sung gần nhất.
        SupplementedAt = "supplemented_at",
        /// Số giao dịch thanh toán.
        Payments = "payments",
        /// Số giao dịch thanh toán trực tuyến (portal or agency gateway).
        PaymentsOnline = "payments_online",
        /// Số giao dịch thanh toán trên Cổng Dịch vụ công quốc gia.
        PaymentsPortal = "payments_portal",
        /// Phí, lệ phí phải nộp, VND.
        AmountDue = "amount_due",
        /// Phí, lệ phí đã nộp trực tuyến, VND.
        AmountOnline = "amount_online",
        /// Mức độ hài lòng, 1 to 5.
        Rating = "rating",
        /// Có phản ánh, kiến nghị về hồ sơ.
        Petitioned = "petitioned",
        /// Số hóa thành phần hồ sơ.
        InputDigitised = "input_digitised",
        /// Số hóa kết quả.
        ResultDigitised = "result_digitised",
        /// Kết quả điện tử.
        ResultElectronic = "result_electronic",
        /// Kết quả được công khai.
        ResultPublished = "result_published",
        /// Tái sử dụng dữ liệu.
        DataReused = "data_reused",
        /// Số lần luân chuyển nội bộ.
        Transfers = "transfers",
        /// Số lần luân chuyển bằng phương thức điện tử.
        TransfersElectronic = "transfers_electronic",
        /// Có văn bản xin lỗi.
        Apologised = "apologised",
        /// Có giải trình.
        Explained = "explained",
        /// Trạng thái đã đồng bộ lên Cổng Dịch vụ công quốc gia.
        Synced = "synced",
        /// Kết quả đã đồng bộ lên Cổng Dịch vụ công quốc gia.
        ResultSynced = "result_synced",
        /// Số lần dời ngày hẹn trả.
        DueMoves = "due_moves",
        /// Có lần dời ngày hẹn trả khi đã quá hạn.
        DueMovedLate = "due_moved_late",
    }
}

/// What a column holds once loaded.
///
/// # Example
/// ```
/// use tthc_kpi::{Column, ColumnType};
/// assert_eq!(Column::AmountDue.column_type(), ColumnType::Money);
/// assert_eq!(Column::Apologised.column_type(), ColumnType::Bool);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// Trimmed NFC text; empty is null.
    Text,
    /// One of a closed set of slugs (channel, applicant kind).
    Category,
    /// Trạng thái 1..10.
    Status,
    /// Mức hài lòng 1..5.
    Rating,
    /// Local time, microseconds; exactly midnight is a date alone.
    Instant,
    /// A count, never negative.
    Count,
    /// VND, exact decimal.
    Money,
    /// Yes, no, or unknown.
    Bool,
}

impl Column {
    /// What the column holds.
    pub const fn column_type(self) -> ColumnType {
        use Column as C;
        match self {
            C::DossierId
            | C::ProcedureCode
            | C::Procedure
            | C::FieldCode
            | C::Field
            | C::Agency
            | C::ReceivingAgency
            | C::Officer => ColumnType::Text,
            C::ApplicantKind | C::Channel | C::ResultChannel => ColumnType::Category,
            C::Status => ColumnType::Status,
            C::Rating => ColumnType::Rating,
            C::ReceivedAt
            | C::DueAt
            | C::CompletedAt
            | C::ReturnedAt
            | C::SupplementRequestedAt
            | C::SupplementedAt => ColumnType::Instant,
            C::LimitDays
            | C::SupplementRequests
            | C::PausedDays
            | C::Payments
            | C::PaymentsOnline
            | C::PaymentsPortal
            | C::Transfers
            | C::TransfersElectronic
            | C::DueMoves => ColumnType::Count,
            C::AmountDue | C::AmountOnline => ColumnType::Money,
            C::Petitioned
            | C::InputDigitised
            | C::ResultDigitised
            | C::ResultElectronic
            | C::ResultPublished
            | C::DataReused
            | C::Apologised
            | C::Explained
            | C::Synced
            | C::ResultSynced
            | C::DueMovedLate => ColumnType::Bool,
        }
    }

    /// The column's title for people, in Vietnamese.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Column::DueAt.title(), "Ngày hẹn trả");
    /// ```
    pub const fn title(self) -> &'static str {
        use Column as C;
        match self {
            C::DossierId => "Mã hồ sơ",
            C::ProcedureCode => "Mã TTHC",
            C::Procedure => "Tên TTHC",
            C::FieldCode => "Mã lĩnh vực",
            C::Field => "Lĩnh vực",
            C::Agency => "Đơn vị giải quyết",
            C::ReceivingAgency => "Đơn vị tiếp nhận",
            C::Officer => "Cán bộ xử lý",
            C::ApplicantKind => "Loại đối tượng",
            C::Channel => "Hình thức nộp",
            C::ResultChannel => "Hình thức trả",
            C::Status => "Trạng thái",
            C::ReceivedAt => "Ngày tiếp nhận",
            C::DueAt => "Ngày hẹn trả",
            C::CompletedAt => "Ngày kết thúc xử lý",
            C::ReturnedAt => "Ngày trả kết quả",
            C::LimitDays => "Thời hạn giải quyết",
            C::SupplementRequests => "Số lần bổ sung",
            C::PausedDays => "Số ngày tạm dừng",
            C::SupplementRequestedAt => "Ngày yêu cầu bổ sung",
            C::SupplementedAt => "Ngày bổ sung",
            C::Payments => "Số giao dịch thanh toán",
            C::PaymentsOnline => "Số giao dịch trực tuyến",
            C::PaymentsPortal => "Số giao dịch trên Cổng DVCQG",
            C::AmountDue => "Phí, lệ phí",
            C::AmountOnline => "Phí, lệ phí nộp trực tuyến",
            C::Rating => "Mức độ hài lòng",
            C::Petitioned => "Có phản ánh, kiến nghị",
            C::InputDigitised => "Số hóa thành phần hồ sơ",
            C::ResultDigitised => "Số hóa kết quả",
            C::ResultElectronic => "Kết quả điện tử",
            C::ResultPublished => "Công khai kết quả",
            C::DataReused => "Tái sử dụng dữ liệu",
            C::Transfers => "Số lần luân chuyển",
            C::TransfersElectronic => "Số lần luân chuyển điện tử",
            C::Apologised => "Có văn bản xin lỗi",
            C::Explained => "Có giải trình",
            C::Synced => "Đồng bộ trạng thái",
            C::ResultSynced => "Đồng bộ kết quả",
            C::DueMoves => "Số lần dời ngày hẹn",
            C::DueMovedLate => "Dời ngày hẹn khi đã quá hạn",
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u64
    }
}

/// A set of columns, for instance those a file has.
///
/// # Example
/// ```
/// use tthc_kpi::{Column, ColumnSet};
/// let lacks_portal = ColumnSet::all().without(Column::PaymentsPortal);
/// assert!(lacks_portal.has(Column::Payments) && !lacks_portal.has(Column::PaymentsPortal));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnSet(u64);

impl ColumnSet {
    /// No column.
    pub const fn none() -> Self {
        ColumnSet(0)
    }

    /// Every canonical column.
    pub fn all() -> Self {
        Column::ALL.iter().copied().collect()
    }

    /// The set with `column` added.
    #[must_use]
    pub const fn with(self, column: Column) -> Self {
        ColumnSet(self.0 | column.bit())
    }

    /// The set with `column` taken away.
    #[must_use]
    pub const fn without(self, column: Column) -> Self {
        ColumnSet(self.0 & !column.bit())
    }

    /// Whether `column` is in the set.
    pub const fn has(self, column: Column) -> bool {
        self.0 & column.bit() != 0
    }

    /// Columns in either set.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Column, ColumnSet};
    /// let (due, end) = (ColumnSet::none().with(Column::DueAt), ColumnSet::none().with(Column::CompletedAt));
    /// assert!(due.union(end).iter().eq([Column::DueAt, Column::CompletedAt]));
    /// ```
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        ColumnSet(self.0 | other.0)
    }

    /// The columns, in canonical order.
    pub fn iter(self) -> impl Iterator<Item = Column> {
        Column::ALL.iter().copied().filter(move |column| self.has(*column))
    }
}

impl FromIterator<Column> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = Column>>(columns: I) -> Self {
        columns.into_iter().fold(ColumnSet::none(), ColumnSet::with)
    }
}

impl serde::Serialize for ColumnSet {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> serde::Deserialize<'de> for ColumnSet {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Column>::deserialize(deserializer)?.into_iter().collect())
    }
}
