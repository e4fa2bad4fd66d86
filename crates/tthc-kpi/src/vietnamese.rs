//! Error messages in Vietnamese: what an analyst is shown. The English `Display` is for logs and
//! for those who search for a message.

use crate::calendar_error::CalendarError;
use crate::error::Error;
use crate::explain::Language;
use crate::period::PeriodError;
use crate::policy::{PolicyError, Text};
use crate::slug::UnknownName;

/// What kind of thing a name is of.
pub(crate) fn noun(what: &str) -> &'static str {
    match what {
        "indicator" => "chỉ tiêu",
        "plan" => "kế hoạch",
        "dimension" => "chiều phân tích",
        "policy rule" => "quy tắc tính",
        "policy profile" => "bộ quy tắc",
        "time bucket" => "kỳ con",
        "column" => "cột",
        "language" => "ngôn ngữ",
        "outcome" => "kết quả hồ sơ",
        "field group" => "nhóm lĩnh vực",
        "measure" => "cách đo",
        "scheme" => "bộ chỉ số",
        "row" => "dòng",
        "group" => "nhóm",
        "count" => "số đếm",
        "level" => "cấp",
        "scope reading" => "cách hiểu phạm vi",
        "unit" => "đơn vị",
        "task" => "nhiệm vụ",
        "instance" => "việc",
        "before_date" => "cách hiểu \"trước ngày\"",
        "appendix" => "phụ lục",
        "section" => "phần",
        "provision" => "nội dung rà soát",
        "milestone" => "mốc",
        "review group" => "nhóm rà soát",
        "duty" => "việc hằng tháng",
        "register rule" => "cách đếm sổ",
        "cadence" => "thời gian thực hiện",
        "quoted field" => "trường được trích",
        "source" => "nguồn",
        "formula" => "công thức",
        "source of counts" => "nguồn số đếm",
        "certainty" => "mức chắc chắn",
        "aspect" => "điều được nêu",
        "target comparison" => "phép so sánh",
        "scope" | "row scope" | "review scope" => "phạm vi",
        "period rule" => "cách chia kỳ",
        "zero rule" => "cách xử lý mẫu số 0",
        "register" => "sổ",
        "register column" => "cột của sổ",
        "online level" => "mức độ trực tuyến",
        "column of form 06a" => "cột của biểu 06a",
        "late list" => "danh sách chậm muộn",
        "part of a heading" => "phần của đầu biểu",
        "internal kind" => "loại thủ tục nội bộ",
        _ => "giá trị",
    }
}

impl UnknownName {
    /// The message in Vietnamese.
    ///
    /// # Example
    /// ```
    /// let error = "agancy".parse::<tthc_kpi::Dimension>().unwrap_err();
    /// assert!(error.vi().starts_with("không có chiều phân tích \"agancy\""));
    /// ```
    pub fn vi(&self) -> String {
        let what = noun(self.what);
        let near = self.nearest.as_ref().map(|name| format!("; có phải {name:?}?")).unwrap_or_default();
        if self.expected.is_empty() {
            return format!("không có {what} {:?}: chưa có {what} nào", self.text);
        }
        format!("không có {what} {:?}: chọn một trong {}{near}", self.text, self.expected)
    }

    /// The message in both languages.
    pub(crate) fn told(&self) -> Text {
        Text::new(self.vi(), self.to_string())
    }
}

impl PeriodError {
    /// The message in Vietnamese.
    ///
    /// # Example
    /// ```
    /// let error = "1999".parse::<tthc_kpi::Period>().unwrap_err();
    /// assert_eq!(error.vi(), "kỳ \"1999\" ngoài khoảng năm 2000 đến 2100");
    /// ```
    pub fn vi(&self) -> String {
        const FORMS: &str = "2026, 2026-Q2, 2026-H1, 2026-H2, 2026-9M, 2026-03, 2026-W14, 2026-03-05 hoặc 2026-01-01..2026-03-31";
        match self {
            PeriodError::Form { text } => format!("{text:?} không phải một kỳ: viết như {FORMS}"),
            PeriodError::Nonexistent { text } => format!(
                "kỳ {text:?} không tồn tại: tháng 01 đến 12, quý Q1 đến Q4, nửa năm H1, H2, tuần W01 đến W52 (W53 ở năm dài)"
            ),
            PeriodError::Years { text } => format!("kỳ {text:?} ngoài khoảng năm 2000 đến 2100"),
            PeriodError::Reversed { text } => format!("kỳ {text:?} kết thúc trước khi bắt đầu"),
        }
    }
}

impl CalendarError {
    /// The message in Vietnamese.
    ///
    /// # Example
    /// ```
    /// let day = "2031-01-02".parse().unwrap();
    /// let error = tthc_kpi::WorkCalendar::vietnam().clock_start(day).unwrap_err();
    /// assert!(error.vi().starts_with("lịch làm việc không có ngày 02/01/2031"));
    /// ```
    pub fn vi(&self) -> String {
        match self {
            CalendarError::NotCovered { day, first_year, last_year } => format!(
                "lịch làm việc không có ngày {}: chỉ có các năm {first_year} đến {last_year}",
                day.vietnamese()
            ),
            CalendarError::EndBeforeStart { .. } => "ngày cuối trước ngày đầu".to_owned(),
            // A table of one's own: whoever writes one reads the columns' English names too.
            other => format!("bảng ngày nghỉ không dùng được: {other}"),
        }
    }
}

impl Error {
    /// The message in Vietnamese.
    ///
    /// # Example
    /// ```
    /// let error = tthc_kpi::Plan::builtin("dong-nguyen-2025").unwrap_err();
    /// assert!(error.vi().contains("có phải \"dong-nguyen-2026\"?"));
    /// ```
    pub fn vi(&self) -> String {
        match self {
            Error::UnknownName(unknown) | Error::Policy(PolicyError::Unknown(unknown)) => unknown.vi(),
            Error::Period(error) => error.vi(),
            Error::Calendar(error) => error.vi(),
            Error::Plan(error) => {
                format!(
                    "{} không phải kế hoạch hợp lệ, {} lỗi:{}",
                    error.name,
                    error.problems.len(),
                    error.lines(Language::Vi)
                )
            }
            Error::Scheme(error) => {
                let many = error.problems.len();
                format!(
                    "{} không phải bộ chỉ số hợp lệ, {many} lỗi:{}",
                    error.name,
                    error.lines(Language::Vi)
                )
            }
            Error::Counts(error) => {
                let many = error.problems.len();
                format!("không đọc được số đếm ở {}, {many} chỗ:{}", error.name, error.lines(true))
            }
            Error::AmbiguousCode { code, ids } => {
                format!("mã {code} là của nhiều dòng: chọn một trong {ids}")
            }
            Error::RowTwice { row } => format!("dòng {row} được nêu hai lần"),
            Error::NoDocument => "số liệu tự khai phải ghi văn bản nêu số liệu".to_owned(),
            Error::NoCounts => "chưa có số đếm: cần hồ sơ, bảng số đếm hoặc số liệu tự khai".to_owned(),
            Error::NoLevel => "chưa biết cấp của cơ quan: chọn commune (xã) hoặc province (tỉnh)".to_owned(),
            Error::ManyOffices { offices } => format!("có {offices} đơn vị: cần một"),
            Error::OfficesDoNotMatch { what } => {
                let why = match *what {
                    "many_offices" => {
                        "hồ sơ của một đơn vị, số đếm của nhiều đơn vị; hãy đếm hồ sơ theo agency"
                    }
                    "several_periods" => "một đơn vị có số đếm của nhiều kỳ; cần một kỳ",
                    "other_breakdown" => {
                        "hồ sơ được đếm theo chiều khác; hãy đếm theo agency, bằng tên đơn vị"
                    }
                    _ => "số liệu tự khai không ghi đơn vị trong khi có nhiều đơn vị; thêm cột agency",
                };
                format!("không ghép được số đếm với đơn vị: {why}")
            }
            Error::NotByOffice { name } => format!(
                "bộ chỉ số là của một cơ quan trong một kỳ, không chia theo {name}: chọn agency hoặc receiving_agency; muốn nhiều kỳ thì tính từng kỳ"
            ),
            Error::OtherOnTimeBase { found, expected } => format!(
                "hồ sơ đã đếm với on_time_base {found}; bộ chỉ số cần {expected} (dùng bộ quy tắc qd-766)"
            ),
            Error::NoPeriod => "chưa cho biết kỳ tính, ví dụ 2026, 2026-Q2, 2026-03".to_owned(),
            Error::PeriodAfterAsOf { start, as_of } => {
                format!(
                    "kỳ bắt đầu {} sau ngày tính {}: chọn kỳ đã bắt đầu",
                    start.vietnamese(),
                    as_of.vietnamese()
                )
            }
            Error::RepeatedDimension { name } => format!("chiều phân tích {name} được nêu hai lần"),
            Error::TwoBuckets => "chỉ chọn được một trong month, quarter, week, day".to_owned(),
            Error::DuplicateIds { rows } => {
                format!(
                    "{rows} dòng trùng mã hồ sơ với dòng khác (duplicates = \"error\" đòi mã không trùng)"
                )
            }
            Error::DifferentTally { what } => {
                format!("không gộp được hai bảng đếm khác {}", different(what))
            }
            Error::SameSource { name, other } => {
                format!("{name} và {other} cùng một nội dung: gộp lại thì hồ sơ bị đếm hai lần")
            }
            Error::BucketDropped { name } => format!(
                "không bỏ riêng chiều {name} được: mỗi khoảng thời gian được xét như một kỳ riêng nên không cộng lại được; giữ chiều đó, hoặc đếm lại từ hồ sơ"
            ),
            Error::TallyVersion { found, expected } if found > expected => format!(
                "bảng đếm lưu bằng phiên bản {found}, mới hơn phiên bản {expected} của thư viện này: hãy cập nhật tthc-kpi"
            ),
            Error::TallyVersion { found, expected } => format!(
                "bảng đếm lưu bằng phiên bản {found}, cũ hơn phiên bản {expected} của thư viện này: hãy đếm lại từ hồ sơ"
            ),
            Error::StaleTally { what } => {
                let what = different(what);
                format!("bảng đếm lưu theo {what} khác với phiên bản này của thư viện: hãy đếm lại từ hồ sơ")
            }
            Error::DamagedTally => {
                "bảng đếm bị cắt cụt hoặc bị sửa đổi: lấy lại tệp gốc, hoặc đếm lại từ hồ sơ".to_owned()
            }
            Error::MixedColumns { column } => format!(
                "một phần dữ liệu có cột {}, một phần không: không biết hồ sơ đã được đếm theo cách nào",
                column.title()
            ),
            Error::NotInTally => "không bớt được hồ sơ chưa có trong bảng đếm".to_owned(),
            Error::BadTally { .. } => "không phải bảng đếm đã lưu, hoặc nội dung mâu thuẫn".to_owned(),
            Error::NotByField => {
                "biểu 06a cần hồ sơ đếm theo lĩnh vực và chỉ theo lĩnh vực: by = [\"field\"]".to_owned()
            }
            Error::BrokenIdentity { identity } => {
                format!("các số đếm mâu thuẫn nhau: {identity} không đúng")
            }
            Error::Overflow { what } => format!("tràn số ở {what}"),
        }
    }
}

/// What differs between two tallies.
fn different(what: &str) -> &'static str {
    match what {
        "plans" => "kế hoạch",
        "calendars" => "lịch làm việc",
        "policies" => "quy tắc tính",
        _ => "câu hỏi (kỳ, ngày chốt, chiều phân tích, thời hạn)",
    }
}
