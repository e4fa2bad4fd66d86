//! The list of dossiers as a provincial one-stop system exports it: title rows, Vietnamese
//! headers, a row that numbers the columns, values as people read them, a total (FACTS §5).

mod text;
mod workbook;

use std::borrow::Cow;
use std::path::Path;

use chrono::{DateTime, Datelike, NaiveDateTime, Timelike};
use tthc_kpi::{ApplicantKind, Channel, Column};

use super::batch::Dictionaries;
use super::days::SECONDS_A_DAY;
use super::fault::{Fault, MessySummary, Planter};
use super::row::Row;
use super::{Synth, SynthError};

/// What stands where a system hides the applicant.
const HIDDEN: &str = "(đã ẩn)";

/// Where a column of the list comes from.
#[derive(Clone, Copy)]
enum Source {
    /// The running number.
    Number,
    /// Of the applicant: never made, only the column is there, as real lists have it.
    Applicant,
    /// A column of the dossier.
    Of(Column),
}

use Column as C;
use Source::{Applicant, Number, Of};

const COLUMNS: &[(Source, &str)] = &[
    (Number, "STT"),
    (Of(C::DossierId), "Mã hồ sơ"),
    (Of(C::ProcedureCode), "Mã TTHC"),
    (Of(C::Procedure), "Tên thủ tục hành chính"),
    (Of(C::Field), "Lĩnh vực"),
    (Of(C::Agency), "Đơn vị giải quyết"),
    (Of(C::ReceivingAgency), "Đơn vị tiếp nhận"),
    (Of(C::Officer), "Cán bộ xử lý"),
    (Applicant, "Chủ hồ sơ"),
    (Applicant, "Địa chỉ"),
    (Applicant, "Số điện thoại"),
    (Of(C::ApplicantKind), "Loại đối tượng"),
    (Of(C::Channel), "Hình thức nộp"),
    (Of(C::ResultChannel), "Hình thức trả"),
    (Of(C::Status), "Trạng thái"),
    (Of(C::ReceivedAt), "Ngày tiếp nhận"),
    (Of(C::DueAt), "Ngày hẹn trả"),
    (Of(C::CompletedAt), "Ngày kết thúc xử lý"),
    (Of(C::ReturnedAt), "Ngày trả kết quả"),
    (Of(C::LimitDays), "Thời hạn giải quyết"),
    (Of(C::SupplementRequests), "Số lần bổ sung"),
    (Of(C::PausedDays), "Số ngày tạm dừng"),
    (Of(C::SupplementRequestedAt), "Ngày yêu cầu bổ sung"),
    (Of(C::SupplementedAt), "Ngày bổ sung"),
    (Of(C::Payments), "Số giao dịch thanh toán"),
    (Of(C::PaymentsOnline), "Số giao dịch thanh toán trực tuyến"),
    (Of(C::PaymentsPortal), "Số giao dịch thanh toán trên Cổng DVCQG"),
    (Of(C::AmountDue), "Phí, lệ phí"),
    (Of(C::AmountOnline), "Phí, lệ phí nộp trực tuyến"),
    (Of(C::Rating), "Mức độ hài lòng"),
    (Of(C::Petitioned), "Có phản ánh, kiến nghị"),
    (Of(C::InputDigitised), "Số hóa thành phần hồ sơ"),
    (Of(C::ResultDigitised), "Số hóa kết quả"),
    (Of(C::ResultElectronic), "Kết quả điện tử"),
    (Of(C::ResultPublished), "Công khai kết quả"),
    (Of(C::DataReused), "Tái sử dụng dữ liệu"),
    (Of(C::Transfers), "Số lần luân chuyển"),
    (Of(C::TransfersElectronic), "Số lần luân chuyển điện tử"),
    (Of(C::Apologised), "Văn bản xin lỗi"),
    (Of(C::Explained), "Giải trình"),
    (Of(C::Synced), "Đồng bộ trạng thái"),
    (Of(C::ResultSynced), "Đồng bộ kết quả"),
];

/// The headers of an export, in order, with the column each means; none for the running number and
/// the applicant's columns, which a reader drops.
///
/// # Example
/// ```
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::synth::export_headers;
/// assert!(export_headers().any(|header| header == (Some(Column::DueAt), "Ngày hẹn trả")));
/// ```
pub fn export_headers() -> impl Iterator<Item = (Option<Column>, &'static str)> {
    COLUMNS.iter().map(|(source, title)| match source {
        Of(column) => (Some(*column), *title),
        Number | Applicant => (None, *title),
    })
}

/// A header as a hurried export has it: doubled and trailing spaces, capitals, letters and marks
/// apart (NFD).
fn messy_header(title: &'static str) -> &'static str {
    match title {
        "Mã hồ sơ" => "Mã  hồ sơ ",
        "Ngày tiếp nhận" => "Nga\u{300}y tie\u{302}\u{301}p nha\u{323}\u{302}n",
        "Ngày hẹn trả" => "NGÀY HẸN TRẢ",
        "Đơn vị giải quyết" => "Đơn vị  giải quyết",
        "Lĩnh vực" => "Li\u{303}nh vu\u{31b}\u{323}c",
        "Trạng thái" => " Trạng thái",
        _ => title,
    }
}

/// How an instant stands in a workbook. Real lists mix them from column to column, and within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Text, dd/MM/yyyy HH:mm.
    Minutes,
    /// Text, dd/MM/yyyy HH:mm:ss.
    Seconds,
    /// A date cell.
    Cell,
}

/// A value as the list shows it.
#[derive(Debug, Clone)]
enum Cell<'a> {
    Empty,
    Text(Cow<'a, str>),
    Whole(u32),
    Money(u32),
    Moment(NaiveDateTime, Look),
}

/// A line of the list.
enum Line<'a> {
    Title(String),
    Blank,
    Headers(Vec<&'static str>),
    /// "(1)", "(2)", "(3)", ... under the headers.
    Numbering,
    Dossier(&'a [Cell<'a>]),
    Total(Vec<(usize, String)>),
}

/// dd/MM/yyyy, with the time unless it is a date alone.
fn moment_text(moment: NaiveDateTime, seconds: bool) -> String {
    let (day, month, year) = (moment.day(), moment.month(), moment.year());
    let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
    if (hour, minute, second) == (0, 0, 0) {
        format!("{day:02}/{month:02}/{year}")
    } else if seconds {
        format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}:{second:02}")
    } else {
        format!("{day:02}/{month:02}/{year} {hour:02}:{minute:02}")
    }
}

fn moment<'a>(seconds: Option<i64>, look: Look) -> Cell<'a> {
    match seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
        Some(moment) => Cell::Moment(moment.naive_utc(), look),
        None => Cell::Empty,
    }
}

fn words<'a>(text: Option<&'a str>) -> Cell<'a> {
    text.map_or(Cell::Empty, |text| Cell::Text(Cow::Borrowed(text)))
}

fn flag<'a>(value: Option<bool>) -> Cell<'a> {
    words(value.map(|yes| if yes { "Có" } else { "Không" }))
}

fn whole<'a>(value: Option<u32>) -> Cell<'a> {
    value.map_or(Cell::Empty, Cell::Whole)
}

fn money<'a>(value: Option<u32>) -> Cell<'a> {
    value.map_or(Cell::Empty, Cell::Money)
}

fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::InPerson => "Trực tiếp",
        Channel::Online => "Trực tuyến",
        Channel::Postal => "Bưu chính công ích",
    }
}

fn kind_words(kind: ApplicantKind) -> &'static str {
    match kind {
        ApplicantKind::Citizen => "Công dân",
        ApplicantKind::Business => "Doanh nghiệp",
        ApplicantKind::StateBody => "Cơ quan nhà nước",
        ApplicantKind::Other => "Khác",
    }
}

fn rating_words(rating: u8) -> Option<&'static str> {
    match rating {
        5 => Some("Rất hài lòng"),
        4 => Some("Hài lòng"),
        3 => Some("Bình thường"),
        2 => Some("Không hài lòng"),
        1 => Some("Rất không hài lòng"),
        _ => None,
    }
}

fn cell<'a>(column: Column, row: &Row, dictionaries: &'a Dictionaries, communes: usize) -> Cell<'a> {
    match column {
        C::DossierId => {
            let mut id = String::new();
            dictionaries.dossier_id(row, &mut id);
            Cell::Text(Cow::Owned(id))
        }
        C::ApplicantKind => words(row.applicant_kind.map(kind_words)),
        C::Channel => words(row.channel.map(channel_words)),
        C::ResultChannel => words(row.result_channel.map(channel_words)),
        C::ProcedureCode
        | C::Procedure
        | C::FieldCode
        | C::Field
        | C::Agency
        | C::ReceivingAgency
        | C::Officer => words(dictionaries.text(column, row.key(column, communes))),
        C::Status => words(row.status.map(tthc_kpi::Status::title)),
        C::ReceivedAt => moment(Some(row.received), Look::Minutes),
        C::DueAt => moment(row.due, Look::Cell),
        // Two versions of the system wrote the same column.
        C::CompletedAt => {
            let look = if row.number.is_multiple_of(3) { Look::Seconds } else { Look::Cell };
            moment(row.completed, look)
        }
        C::ReturnedAt => moment(row.returned, Look::Seconds),
        C::SupplementRequestedAt => moment(row.supplement_requested, Look::Cell),
        C::SupplementedAt => moment(row.supplemented, Look::Cell),
        C::LimitDays => whole(row.limit),
        C::SupplementRequests => whole(row.requests),
        C::PausedDays => whole(row.paused),
        C::Payments => whole(row.payments),
        C::PaymentsOnline => whole(row.payments_online),
        C::PaymentsPortal => whole(row.payments_portal),
        C::Transfers => whole(row.transfers),
        C::TransfersElectronic => whole(row.transfers_electronic),
        C::AmountDue => money(row.amount_due),
        C::AmountOnline => money(row.amount_online),
        C::Rating => words(row.rating.and_then(rating_words)),
        C::Petitioned => flag(row.petitioned),
        C::InputDigitised => flag(row.input_digitised),
        C::ResultDigitised => flag(row.result_digitised),
        C::ResultElectronic => flag(row.result_electronic),
        C::ResultPublished => flag(row.result_published),
        C::DataReused => flag(row.data_reused),
        C::Apologised => flag(row.apologised),
        C::Explained => flag(row.explained),
        C::Synced => flag(row.synced),
        C::ResultSynced => flag(row.result_synced),
        C::DueMoves | C::DueMovedLate => Cell::Empty,
    }
}

/// 1234567 as "1.234.567".
fn dotted(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

impl Synth {
    /// Writes the list as an Excel workbook; `messy` plants about 1 % faulty rows and untidy headers.
    /// The same settings give the same bytes. Returns what was written and planted.
    ///
    /// # Errors
    /// The settings cannot be met ([`Synth::batches`]), a sheet does not hold so many rows, or the
    /// file cannot be written.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::synth::Synth;
    /// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-synth-{}.xlsx", std::process::id()));
    /// let written = Synth::new(100, 0).write_xlsx(&path, false)?;
    /// assert_eq!((written.rows, written.set_aside()), (100, 0));
    /// assert!(std::fs::read(&path)?.starts_with(b"PK"));
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_xlsx(&self, path: impl AsRef<Path>, messy: bool) -> Result<MessySummary, SynthError> {
        workbook::write(self, path.as_ref(), messy)
    }

    /// Writes the list as CSV: UTF-8 with a byte order mark, commas, dates as text. `messy` as in
    /// [`Synth::write_xlsx`].
    ///
    /// # Errors
    /// The settings cannot be met ([`Synth::batches`]), or the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use std::ops::ControlFlow;
    /// use tthc_kpi_arrow::{read::read_file, synth::Synth};
    /// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-{}.csv", std::process::id()));
    /// let planted = Synth::new(1_000, 0).write_csv(&path, true)?;
    /// let loaded = read_file(&path, &Default::default(), &mut |_, _| ControlFlow::Continue(()))?;
    /// assert_eq!(loaded.rows_read, planted.rows);
    /// assert_eq!(loaded.set_aside.values().sum::<u64>(), planted.set_aside());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_csv(&self, path: impl AsRef<Path>, messy: bool) -> Result<MessySummary, SynthError> {
        text::write(self, path.as_ref(), messy)
    }

    /// How many rows a messy export of these settings has, and how many faults of each kind.
    ///
    /// # Errors
    /// As [`Synth::batches`].
    ///
    /// # Example
    /// See [`MessySummary`].
    pub fn messy_summary(&self) -> Result<MessySummary, SynthError> {
        let mut planter = Planter::new(self.seed, true);
        let mut summary = MessySummary::default();
        for row in self.rows_in(0..self.rows)? {
            let fault = planter.next(&row);
            summary.count(&row, fault);
        }
        Ok(summary)
    }

    /// Hands every line of the list to `emit`, first to last.
    fn lines(
        &self,
        messy: bool,
        mut emit: impl FnMut(Line<'_>) -> Result<(), SynthError>,
    ) -> Result<MessySummary, SynthError> {
        let year = self.year;
        let commune =
            if self.agencies > 1 { "CÁC XÃ, PHƯỜNG" } else { "UBND PHƯỜNG ĐỒNG NGUYÊN" };
        for title in ["UBND TỈNH BẮC NINH", commune] {
            emit(Line::Title(title.to_owned()))?;
        }
        emit(Line::Blank)?;
        emit(Line::Title(format!("DANH SÁCH HỒ SƠ TTHC TIẾP NHẬN VÀ GIẢI QUYẾT NĂM {year} (SỐ LIỆU MẪU)")))?;
        emit(Line::Title(format!("Từ ngày 01/01/{year} đến ngày 31/12/{year}")))?;
        emit(Line::Blank)?;
        let title = |title: &'static str| if messy { messy_header(title) } else { title };
        emit(Line::Headers(COLUMNS.iter().map(|(_, text)| title(text)).collect()))?;
        emit(Line::Numbering)?;

        let dictionaries = Dictionaries::new(self.agencies);
        let communes = usize::from(self.agencies);
        let mut planter = Planter::new(self.seed, messy);
        let mut summary = MessySummary::default();
        let (mut number, mut due, mut online) = (0_u32, 0_u64, 0_u64);
        let mut write = |row: &Row, fault: Option<Fault>| {
            number = number.saturating_add(1);
            due += u64::from(row.amount_due.unwrap_or(0));
            online += u64::from(row.amount_online.unwrap_or(0));
            let cells: Vec<Cell<'_>> = COLUMNS
                .iter()
                .map(|(source, _)| match source {
                    Number => Cell::Whole(number),
                    Applicant => Cell::Text(Cow::Borrowed(HIDDEN)),
                    Of(column) => match fault.and_then(|fault| fault.text(*column)) {
                        Some("") => Cell::Empty,
                        Some(text) => Cell::Text(Cow::Borrowed(text)),
                        None => cell(*column, row, &dictionaries, communes),
                    },
                })
                .collect();
            emit(Line::Dossier(&cells))
        };
        for mut row in self.rows_in(0..self.rows)? {
            let fault = planter.next(&row);
            summary.count(&row, fault);
            // Which of two rows of one id comes first is chance.
            let twin = (fault == Some(Fault::Duplicate)).then(|| Fault::still_open(&row));
            let twin_first = row.received / SECONDS_A_DAY % 2 == 0;
            if let (Some(twin), true) = (&twin, twin_first) {
                write(twin, None)?;
            }
            if let Some(fault) = fault {
                fault.spoil(&mut row);
            }
            write(&row, fault)?;
            if let (Some(twin), false) = (&twin, twin_first) {
                write(twin, None)?;
            }
        }
        let place = |column: Column| {
            COLUMNS.iter().position(|(source, _)| matches!(source, Of(of) if *of == column)).unwrap_or(0)
        };
        emit(Line::Total(vec![
            (0, "Tổng cộng".to_owned()),
            (place(C::DossierId), format!("{} hồ sơ", dotted(summary.rows))),
            (place(C::AmountDue), dotted(due)),
            (place(C::AmountOnline), dotted(online)),
        ]))?;
        Ok(summary)
    }
}
