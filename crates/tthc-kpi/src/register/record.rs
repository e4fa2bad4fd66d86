//! The records of the registers, one struct each. Every field may be unknown: `None` is neither yes
//! nor no, and never 0.

use rust_decimal::Decimal;

use super::check::Checked;
use super::{ColumnSpec, Need, Register, RegisterColumn, RegisterType, RegisterValue};
use crate::instant::Day;
use crate::slug::slugs;

slugs! {
    /// Mức độ cung cấp dịch vụ công trực tuyến.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::OnlineLevel;
    /// assert!("partial".parse::<OnlineLevel>()?.is_online());
    /// assert!(!OnlineLevel::Offline.is_online());
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    OnlineLevel as "online level" {
        /// Toàn trình.
        Full = "full",
        /// Một phần.
        Partial = "partial",
        /// Không cung cấp trực tuyến.
        Offline = "none",
    }
}

impl OnlineLevel {
    /// Whether the procedure is an online service, in full or in part.
    pub const fn is_online(self) -> bool {
        !matches!(self, OnlineLevel::Offline)
    }
}

slugs! {
    /// Loại thủ tục nội bộ.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::InternalKind;
    /// assert_eq!("within".parse::<InternalKind>()?, InternalKind::Within);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    InternalKind as "internal kind" {
        /// Giữa các cơ quan hành chính nhà nước.
        Between = "between",
        /// Trong một cơ quan hành chính nhà nước.
        Within = "within",
        /// Không phải thủ tục nội bộ.
        Public = "none",
    }
}

/// A record of a register: what a reader fills and a table of cases shows.
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, Record, Register, RegisterValue};
/// let petition = Petition { due: Some("2026-03-10".parse()?), ..Petition::default() };
/// let due = Petition::REGISTER.column("due")?;
/// assert_eq!(petition.value(due), Some(RegisterValue::Day("2026-03-10".parse()?)));
/// assert_eq!(petition.value(Register::Tasks.column("due")?), None); // of another register
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Record: Checked + Default + Clone + std::fmt::Debug + PartialEq {
    /// Its register.
    const REGISTER: Register;
    /// Fills a column; a value of another kind than the column's, or of another register, fills nothing.
    fn put(&mut self, column: RegisterColumn, value: RegisterValue);
    /// What is in a column.
    fn value(&self, column: RegisterColumn) -> Option<RegisterValue>;
    /// All columns of its register.
    fn all_columns() -> impl Iterator<Item = RegisterColumn> {
        Self::REGISTER.columns()
    }
}

/// How a field is kept in a cell and taken from one.
trait Cell: Sized {
    fn of(value: RegisterValue) -> Option<Self>;
    fn value(&self) -> RegisterValue;
}

macro_rules! cell {
    ($kind:ty, $value:ident => $of:expr, $field:ident => $to:expr) => {
        impl Cell for $kind {
            fn of($value: RegisterValue) -> Option<Self> {
                $of
            }
            fn value(&self) -> RegisterValue {
                let $field = self;
                $to
            }
        }
    };
}

macro_rules! cell_as {
    ($kind:ty, $variant:ident) => {
        cell!($kind, value => match value {
            RegisterValue::$variant(value) => Some(value),
            _ => None,
        }, field => RegisterValue::$variant(field.clone()));
    };
}

macro_rules! cell_slug {
    ($kind:ty) => {
        cell!($kind, value => match value {
            RegisterValue::Text(slug) => slug.parse().ok(),
            _ => None,
        }, field => RegisterValue::Text(field.slug().to_owned()));
    };
}

cell_as!(String, Text);
cell_as!(bool, Truth);
cell_as!(u32, Count);
cell_as!(Day, Day);
cell_as!(Decimal, Money);
cell_slug!(OnlineLevel);
cell_slug!(InternalKind);

/// Declares a record with its register's columns: name, type, Vietnamese title.
macro_rules! record {
    (@type Text) => { String };
    (@type Truth) => { bool };
    (@type Count) => { u32 };
    (@type Day) => { Day };
    (@type Money) => { Decimal };
    (@type Level) => { OnlineLevel };
    (@type Internal) => { InternalKind };
    (@need) => { Need::Free };
    (@need decides) => { Need::Decides };
    (@need required) => { Need::Required };
    ($(#[$meta:meta])* $name:ident in $register:ident {
        $($(#[$fmeta:meta])* $field:ident: $of:ident $title:literal $($need:ident)?,)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        pub struct $name { $($(#[$fmeta])* pub $field: Option<record!(@type $of)>,)+ }

        impl $name {
            pub(super) const SPECS: &'static [ColumnSpec] = &[$(ColumnSpec {
                name: stringify!($field),
                title: $title,
                of: RegisterType::$of,
                need: record!(@need $($need)?),
            },)+];
        }

        impl Record for $name {
            const REGISTER: Register = Register::$register;

            fn put(&mut self, column: RegisterColumn, value: RegisterValue) {
                if column.register() != Self::REGISTER {
                    return;
                }
                match column.name() {
                    $(stringify!($field) => self.$field = Cell::of(value),)+
                    _ => {}
                }
            }

            fn value(&self, column: RegisterColumn) -> Option<RegisterValue> {
                if column.register() != Self::REGISTER {
                    return None;
                }
                match column.name() {
                    $(stringify!($field) => self.$field.as_ref().map(Cell::value),)+
                    _ => None,
                }
            }
        }
    };
}

record! {
    /// Thủ tục hành chính trong danh mục.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{OnlineLevel, Procedure};
    /// let birth = Procedure {
    ///     code: Some("1.001193".into()),
    ///     online_level: Some(OnlineLevel::Full),
    ///     ..Procedure::default()
    /// };
    /// assert_eq!(birth.fee_bearing, None); // a blank is unknown, never "no fee"
    /// ```
    Procedure in Procedures {
        /// Mã thủ tục.
        code: Text "Mã thủ tục" required,
        /// Tên thủ tục.
        name: Text "Tên thủ tục",
        /// Lĩnh vực.
        field: Text "Lĩnh vực",
        /// Đơn vị chủ trì giải quyết.
        lead: Text "Đơn vị chủ trì",
        /// Công khai trên trang, cổng thông tin điện tử.
        posted_page: Truth "Công khai trên trang thông tin điện tử",
        /// Niêm yết tại nơi tiếp nhận.
        posted_reception: Truth "Niêm yết tại nơi tiếp nhận",
        /// Niêm yết tại đơn vị giải quyết.
        posted_unit: Truth "Niêm yết tại đơn vị giải quyết",
        /// Danh mục, nội dung khớp giữa hệ thống tỉnh và Cổng DVCQG.
        synced: Truth "Đồng bộ danh mục với Cổng DVCQG",
        /// Mức độ cung cấp trực tuyến.
        online_level: Level "Mức độ cung cấp trực tuyến",
        /// Đủ điều kiện cung cấp toàn trình.
        eligible_full: Truth "Đủ điều kiện toàn trình",
        /// Đủ điều kiện cung cấp một phần.
        eligible_partial: Truth "Đủ điều kiện một phần",
        /// Liên quan đến doanh nghiệp.
        business: Truth "Liên quan đến doanh nghiệp",
        /// Quy trình đã được tái cấu trúc.
        restructured: Truth "Đã tái cấu trúc quy trình",
        /// Đã tích hợp trên Cổng DVCQG.
        on_portal: Truth "Đã tích hợp trên Cổng DVCQG",
        /// Có yêu cầu nghĩa vụ tài chính (phí, lệ phí, thuế).
        fee_bearing: Truth "Có phí, lệ phí",
        /// Có cung cấp thanh toán trực tuyến.
        payment_offered: Truth "Có thanh toán trực tuyến",
        /// Đủ điều kiện tiếp nhận, trả kết quả qua bưu chính công ích.
        postal_eligible: Truth "Đủ điều kiện bưu chính công ích",
        /// Đã phục vụ qua bưu chính công ích.
        postal_offered: Truth "Có phục vụ qua bưu chính công ích",
        /// Tiếp nhận không phụ thuộc địa giới trong tỉnh.
        boundary_free: Truth "Không phụ thuộc địa giới hành chính",
        /// Đã tái cấu trúc để tiếp nhận không phụ thuộc địa giới.
        boundary_free_restructured: Truth "Tái cấu trúc để không phụ thuộc địa giới",
        /// Loại thủ tục nội bộ.
        internal: Internal "Thủ tục nội bộ",
        /// Đã rà soát.
        reviewed: Truth "Đã rà soát",
        /// Đã cắt giảm, đơn giản hóa.
        simplified: Truth "Đã đơn giản hóa",
        /// Thời hạn giải quyết, working days.
        limit_days: Count "Thời hạn giải quyết (ngày làm việc)",
        /// Thời gian giải quyết năm 2024, working days.
        time_2024: Count "Thời gian giải quyết năm 2024 (ngày làm việc)",
        /// Thời gian giải quyết hiện nay, working days.
        time_now: Count "Thời gian giải quyết hiện nay (ngày làm việc)",
        /// Chi phí tuân thủ năm 2024, VND.
        cost_2024: Money "Chi phí tuân thủ năm 2024 (đồng)",
        /// Chi phí tuân thủ hiện nay, VND.
        cost_now: Money "Chi phí tuân thủ hiện nay (đồng)",
    }
}

record! {
    /// Phản ánh, kiến nghị (PAKN).
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Petition;
    /// let open = Petition { due: Some("2026-03-10".parse()?), ..Petition::default() };
    /// assert_eq!(open.resolved, None); // not resolved yet
    /// # Ok::<(), tthc_kpi::InstantError>(())
    /// ```
    Petition in Petitions {
        /// Mã phản ánh, kiến nghị.
        id: Text "Mã phản ánh, kiến nghị",
        /// Đơn vị xử lý.
        agency: Text "Đơn vị xử lý",
        /// Nguồn tiếp nhận.
        source: Text "Nguồn tiếp nhận",
        /// Loại: quy định hành chính hay hành vi.
        kind: Text "Loại phản ánh, kiến nghị",
        /// Ngày tiếp nhận.
        received: Day "Ngày tiếp nhận" decides,
        /// Hạn giải quyết.
        due: Day "Hạn giải quyết" decides,
        /// Ngày giải quyết xong; blank: not resolved yet.
        resolved: Day "Ngày giải quyết" decides,
        /// Đã công khai kết quả trả lời.
        published: Truth "Công khai kết quả trả lời",
        /// Người phản ánh hài lòng.
        satisfied: Truth "Hài lòng với kết quả xử lý",
        /// Bị phản ánh lại.
        repetitioned: Truth "Bị phản ánh lại",
    }
}

record! {
    /// Nhiệm vụ do cấp trên giao, ngoài lịch của kế hoạch.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::AssignedTask;
    /// let task = AssignedTask { title: Some("Rà soát TTHC".into()), ..AssignedTask::default() };
    /// assert_eq!(task.done, None); // not done yet
    /// ```
    AssignedTask in Tasks {
        /// Nội dung nhiệm vụ.
        title: Text "Nội dung nhiệm vụ",
        /// Cơ quan, người giao.
        assigned_by: Text "Cơ quan giao nhiệm vụ",
        /// Đơn vị chủ trì.
        lead: Text "Đơn vị chủ trì",
        /// Ngày giao.
        start: Day "Ngày giao" decides,
        /// Hạn hoàn thành.
        due: Day "Hạn hoàn thành" decides,
        /// Ngày hoàn thành; blank: not done yet.
        done: Day "Ngày hoàn thành" decides,
        /// Sản phẩm.
        product: Text "Sản phẩm",
    }
}

record! {
    /// Kết quả rà soát một nhóm thủ tục của kế hoạch.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Review;
    /// let review = Review { group: Some("1".into()), ..Review::default() };
    /// assert_eq!(review.submitted, None); // not submitted yet
    /// ```
    Review in Reviews {
        /// Số thứ tự nhóm trong kế hoạch (PL II mục III.1).
        group: Text "Nhóm rà soát" required,
        /// Đơn vị chủ trì.
        lead: Text "Đơn vị chủ trì",
        /// Danh mục thủ tục của nhóm.
        list: Text "Danh mục thủ tục rà soát",
        /// Hạn gửi kết quả, where the plan's schedule has none.
        due: Day "Hạn gửi kết quả rà soát" decides,
        /// Ngày gửi kết quả; blank: not submitted yet.
        submitted: Day "Ngày gửi kết quả rà soát" decides,
        /// Số phương án đơn giản hóa đề xuất.
        proposed: Count "Số phương án đề xuất",
        /// Chi phí tuân thủ trước, VND.
        cost_before: Money "Chi phí tuân thủ trước rà soát (đồng)",
        /// Chi phí tuân thủ sau, VND.
        cost_after: Money "Chi phí tuân thủ sau rà soát (đồng)",
    }
}

record! {
    /// Kết quả giải quyết còn hiệu lực trong kho: one result a row, or a lot of them with counts.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::ArchivedResult;
    /// let lot = ArchivedResult { results: Some(120), results_digitised: Some(118), ..ArchivedResult::default() };
    /// assert_eq!(lot.digitised, None); // counts say it
    /// ```
    ArchivedResult in Archive {
        /// Mã, số kết quả.
        id: Text "Mã kết quả",
        /// Đơn vị lưu giữ.
        agency: Text "Đơn vị lưu giữ",
        /// Lĩnh vực.
        field: Text "Lĩnh vực",
        /// Còn hiệu lực; a column that is missing means that only valid ones are listed.
        valid: Truth "Còn hiệu lực",
        /// Đã số hóa.
        digitised: Truth "Đã số hóa",
        /// Ngày số hóa.
        digitised_on: Day "Ngày số hóa" decides,
        /// Số kết quả còn hiệu lực của dòng; without it a row is one result.
        results: Count "Số kết quả còn hiệu lực" decides,
        /// Trong đó đã số hóa.
        results_digitised: Count "Số kết quả đã số hóa" decides,
    }
}

record! {
    /// Việc đã làm theo lịch của kế hoạch.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::DoneTask;
    /// let task = DoneTask { id: Some("task:IV.5.3/2026-03".into()), ..DoneTask::default() };
    /// assert_eq!(task.done, None); // not done yet
    /// ```
    DoneTask in PlanTasks {
        /// Mã việc theo lịch của kế hoạch (`task:IV.5.3/2026-03`).
        id: Text "Mã việc" required,
        /// Ngày hoàn thành; blank: not done yet.
        done: Day "Ngày hoàn thành" decides,
    }
}

record! {
    /// Số liệu tự khai: a numerator and a denominator somebody answers for, with the document.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Declaration;
    /// let cut = Declaration { indicator: Some("conditions_cut_rate".into()), ..Declaration::default() };
    /// assert_eq!(cut.source, None); // without a document it is set aside
    /// ```
    Declaration in Declared {
        /// Mã chỉ tiêu.
        indicator: Text "Mã chỉ tiêu" required,
        /// Tử số.
        numerator: Money "Tử số" required,
        /// Mẫu số.
        denominator: Money "Mẫu số" required,
        /// Văn bản.
        source: Text "Văn bản" required,
        /// Ngày văn bản.
        date: Day "Ngày văn bản" required,
    }
}
