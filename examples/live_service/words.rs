//! What callers are told when a request cannot be answered: a slug for programs, a sentence in
//! Vietnamese and in English for people. Never with what stood in the request.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// A request that is not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The status; beside it in JSON only as HTTP has it.
    #[serde(skip)]
    pub status: StatusCode,
    /// What is wrong, for programs.
    pub error: &'static str,
    /// The same for people.
    pub vi: String,
    /// The same for people, in English.
    pub en: String,
}

impl Problem {
    fn new(status: StatusCode, error: &'static str, vi: impl Into<String>, en: impl Into<String>) -> Self {
        Problem { status, error, vi: vi.into(), en: en.into() }
    }

    /// The body is no JSON.
    pub fn not_json(line: usize, column: usize) -> Self {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "not_json",
            format!(
                "Nội dung gửi lên không phải JSON (dòng {line}, cột {column}); chưa sự kiện nào được nhận."
            ),
            format!("The body is no JSON (line {line}, column {column}); no event was taken."),
        )
    }

    /// The body is too long.
    pub fn too_large(most: usize) -> Self {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("Mỗi lần gửi nhiều nhất {most} byte; hãy chia nhỏ. Chưa sự kiện nào được nhận."),
            format!("A request has at most {most} bytes: send less at a time. No event was taken."),
        )
    }

    /// Too many events.
    pub fn too_many_events(most: usize) -> Self {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_many_events",
            format!("Mỗi lần gửi nhiều nhất {most} sự kiện; hãy chia nhỏ. Chưa sự kiện nào được nhận."),
            format!("A request has at most {most} events: send fewer at a time. No event was taken."),
        )
    }

    /// The body did not come, or not to its end.
    pub fn no_body() -> Self {
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "no_body",
            "Nội dung gửi lên không đến đủ trong thời hạn; chưa sự kiện nào được nhận.",
            "The body did not come whole in time; no event was taken.",
        )
    }

    /// As much as can be done is being done.
    pub fn busy() -> Self {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Đang có quá nhiều yêu cầu; hãy gửi lại sau một giây.",
            "Too many requests at the moment: come again in a second.",
        )
    }

    /// The service takes no more.
    pub fn stopping() -> Self {
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "Dịch vụ đang dừng; không rõ sự kiện đã được giữ hay chưa: gửi lại khi dịch vụ chạy lại, gửi lại là vô hại.",
            "The service is stopping; whether the events are kept is unknown: send them again when it runs again, \
             which is harmless.",
        )
    }

    /// A query that is not kept.
    pub fn no_such_query(names: &[String]) -> Self {
        let names = names.join("; ");
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_query",
            format!("Không có bảng điểm chia như vậy; có: {names}."),
            format!("There is no scorecard of this breakdown; there are: {names}."),
        )
    }

    /// An indicator the plan does not have.
    pub fn no_such_indicator() -> Self {
        Problem::new(
            StatusCode::NOT_FOUND,
            "no_such_indicator",
            "Kế hoạch không có chỉ tiêu này.",
            "The plan has no such indicator.",
        )
    }

    /// A parameter that cannot be read.
    pub fn bad_parameter() -> Self {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_parameter",
            "Tham số không đọc được; có: by, indicator, as_of=YYYY-MM-DD, at_least=SỐ.",
            "A parameter cannot be read; there are: by, indicator, as_of=YYYY-MM-DD, at_least=NUMBER.",
        )
    }

    /// A cut that makes no sense for the period.
    pub fn bad_as_of(error: &tthc_kpi::Error) -> Self {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_as_of",
            "Ngày chốt không hợp với kỳ tính: kỳ chưa bắt đầu vào ngày ấy.",
            format!("The cut does not suit the period: {error}."),
        )
    }

    /// A position no event has yet.
    pub fn not_there_yet() -> Self {
        Problem::new(
            StatusCode::CONFLICT,
            "not_there_yet",
            "Chưa có nhiều sự kiện như at_least đòi.",
            "There are not yet as many events as at_least asks for.",
        )
    }

    /// A scorecard that cannot be made.
    pub fn cannot_count() -> Self {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "cannot_count",
            "Không lập được bảng điểm.",
            "The scorecard cannot be made.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.status;
        let mut response = (status, Json(self)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
