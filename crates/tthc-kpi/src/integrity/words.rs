//! What the flags are called, what they are, and what innocent reason each may have. The page
//! `docs/dau-hieu.md` says the same, and a test holds it to these words.

use super::Flag;
use crate::policy::Text;

impl Flag {
    /// The name, for people.
    ///
    /// # Example
    /// ```
    /// assert_eq!(tthc_kpi::Flag::EndAtDue.name().en, "Completed in the very second it was due");
    /// ```
    #[must_use]
    pub fn name(self) -> Text {
        match self {
            Flag::EndAtDue => {
                Text::new("Kết thúc đúng từng giây của hạn", "Completed in the very second it was due")
            }
            Flag::SameMinute => Text::new(
                "Nhiều hồ sơ kết thúc trong cùng một phút",
                "Many dossiers completed in the same minute",
            ),
            Flag::OutsideHours => Text::new(
                "Kết thúc ngoài giờ làm việc hoặc vào ngày nghỉ",
                "Completed outside working hours or on a day off",
            ),
            Flag::ReturnedBeforeCompletion => {
                Text::new("Trả kết quả trước khi kết thúc xử lý", "Result returned before completion")
            }
            Flag::SupplementOnLastDay => {
                Text::new("Yêu cầu bổ sung vào ngày cuối của hạn", "Supplement asked for on the last day")
            }
            Flag::DueMoved => Text::new(
                "Ngày hẹn trả bị dời nhiều lần hoặc dời sau khi quá hạn",
                "Due date moved more than once, or after it had passed",
            ),
        }
    }

    /// When a dossier is flagged.
    ///
    /// # Example
    /// ```
    /// assert!(tthc_kpi::Flag::OutsideHours.meaning().vi.contains("17:30"));
    /// ```
    #[must_use]
    pub fn meaning(self) -> Text {
        match self {
            Flag::EndAtDue => Text::new(
                "Ngày kết thúc xử lý và ngày hẹn trả trùng nhau đến từng giây; chỉ xét khi cả hai đều có giờ.",
                "The completion and the due date are the same to the second; asked only where both have a time of day.",
            ),
            Flag::SameMinute => Text::new(
                "Cùng một cán bộ của cùng một đơn vị có từ 10 hồ sơ kết thúc trong cùng một phút; hồ sơ không ghi cán bộ thì xét theo đơn vị. Chỉ xét khi có giờ và có tên đơn vị hoặc cán bộ.",
                "One officer of one agency completed 10 dossiers or more in the same minute; where no officer is recorded, the agency. Asked only where there is a time of day and a name of either.",
            ),
            Flag::OutsideHours => Text::new(
                "Kết thúc trước 07:00, sau 17:30, hoặc vào ngày nghỉ theo lịch làm việc; chỉ xét khi có giờ và lịch có năm đó.",
                "Completed before 07:00, after 17:30, or on a day off by the working calendar; asked only where there is a time of day and the calendar covers it.",
            ),
            Flag::ReturnedBeforeCompletion => Text::new(
                "Ngày trả kết quả sớm hơn ngày kết thúc xử lý; so theo ngày khi một trong hai không có giờ.",
                "The return lies before the completion; compared by day where either has no time of day.",
            ),
            Flag::SupplementOnLastDay => Text::new(
                "Yêu cầu bổ sung khi chỉ còn không quá một ngày làm việc đến ngày hẹn trả, hoặc đến ngày hết thời hạn giải quyết tính từ ngày tiếp nhận. Chỉ xét hồ sơ có ngày yêu cầu bổ sung; yêu cầu ngay trong ngày tiếp nhận không bị đánh dấu.",
                "Papers were asked for with at most one working day left until the due date, or until the limit from receipt runs out. Asked only of dossiers with a request; a request on the day of receipt is never flagged.",
            ),
            Flag::DueMoved => Text::new(
                "Ngày hẹn trả bị dời từ hai lần trở lên, hoặc dời theo một yêu cầu được lập khi đã quá hạn. Hồ sơ dời một lần mà không rõ lúc nào thì không xét.",
                "The due date was moved twice or more, or by a request made when it had passed. A dossier moved once, it is not known when, is not asked.",
            ),
        }
    }

    /// What may be behind it without anything being wrong.
    ///
    /// # Example
    /// ```
    /// assert!(tthc_kpi::Flag::ALL.iter().all(|flag| !flag.innocent().vi.is_empty()));
    /// ```
    #[must_use]
    pub fn innocent(self) -> Text {
        match self {
            Flag::EndAtDue => Text::new(
                "Hệ thống tự kết thúc hồ sơ khi đến hạn, hoặc kết quả luôn được phát hành vào một giờ cố định trùng giờ hẹn (như 17:00:00).",
                "The system closes dossiers by itself when they fall due, or results are always released at a fixed hour that is also the hour due (such as 17:00:00).",
            ),
            Flag::SameMinute => Text::new(
                "Lãnh đạo ký số cả lô, hệ thống cập nhật hàng loạt sau sự cố, hoặc một việc được giải quyết chung cho nhiều hồ sơ (như chi trả trợ cấp theo danh sách).",
                "Results are signed digitally in a batch, the system caught up after a failure, or one act settles many dossiers (such as allowances paid by list).",
            ),
            Flag::OutsideHours => Text::new(
                "Cán bộ làm thêm giờ, trực ngày nghỉ, thủ tục phải làm ngay (khai tử, tạm trú), hoặc hệ thống tự kết thúc và đồng bộ vào ban đêm.",
                "Overtime, duty on days off, procedures that cannot wait (deaths, temporary residence), or a system that closes and synchronises at night.",
            ),
            Flag::ReturnedBeforeCompletion => Text::new(
                "Trả kết quả tại quầy trước rồi mới bấm kết thúc trên phần mềm, hoặc hai hệ thống ghi hai đồng hồ lệch nhau.",
                "The result was handed over at the counter before anyone pressed the button, or two systems wrote the two times by clocks that differ.",
            ),
            Flag::SupplementOnLastDay => Text::new(
                "Thiếu sót chỉ lộ ra khi cơ quan phối hợp trả lời muộn hoặc khi kiểm tra thực địa; thủ tục có thời hạn một hai ngày thì ngày nào cũng là ngày cuối.",
                "What was lacking only showed when another body answered late, or on inspection; with a limit of a day or two every day is the last.",
            ),
            Flag::DueMoved => Text::new(
                "Hồ sơ chờ bổ sung hoặc chờ nộp tiền được lùi hạn đúng quy định.",
                "A dossier that waited for papers or a payment has its due date moved by the rules.",
            ),
        }
    }
}
