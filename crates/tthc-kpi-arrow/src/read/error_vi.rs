//! The errors of reading in Vietnamese.

use tthc_kpi::Reason;

use super::error::{ReadError, cac_trang, numbered, quoted, titles, trang};
use super::near;

impl ReadError {
    /// The message in Vietnamese.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi_arrow::read::{ReadOptions, map_columns};
    /// let error = map_columns(&[], "bang", &ReadOptions::default()).unwrap_err();
    /// assert!(error.vi().starts_with("bang: thiếu cột bắt buộc \"Ngày tiếp nhận\""));
    /// ```
    pub fn vi(&self) -> String {
        match self {
            ReadError::Io { file, kind: std::io::ErrorKind::NotFound } => {
                format!("{file}: không tìm thấy tệp")
            }
            ReadError::Io { file, .. } => format!("{file}: không đọc được tệp"),
            ReadError::Format { file, found } => {
                let found = match *found {
                    "a web page" => " (là trang web; mở bằng Excel rồi lưu lại thành .xlsx)",
                    "a .gz or .zst file" => " (là tệp nén .gz hoặc .zst; giải nén trước)",
                    "a PDF file" => " (là tệp PDF)",
                    "an XML file" => " (là tệp XML)",
                    "a .zip file inside another" => " (là tệp nén trong tệp nén; giải nén trước)",
                    _ => "",
                };
                format!(
                    "{file}: không phải loại tệp đọc được ở đây{found}; cần .xlsx, .xls, .ods, .csv, .parquet, .json hoặc .zip chứa chúng"
                )
            }
            ReadError::Malformed { file, sheet, .. } => {
                format!("{file}{}: tệp hỏng hoặc sai cấu trúc", trang(sheet))
            }
            ReadError::Json { file, line } => {
                format!("{file}, dòng {line}: không phải JSON, hoặc bị cắt cụt")
            }
            ReadError::Encrypted { file } => {
                format!("{file}: tệp có mật khẩu; hãy lưu một bản không có mật khẩu")
            }
            ReadError::Encoding { file, row } => {
                format!(
                    "{file}, dòng {row}: chữ không phải UTF-8, UTF-16 hay Windows-1258; hãy lưu lại dạng \"CSV UTF-8\""
                )
            }
            ReadError::ExchangedDates { file, sheet, header } => {
                let place = trang(sheet);
                format!(
                    "{file}{place}, cột {header:?}: mọi ô kiểu ngày đều có ngày từ 12 trở xuống, mọi ô chữ đều trên 12: ngày và \
                     tháng đã bị đảo khi mở tệp bằng Excel đặt kiểu Mỹ; hãy lấy lại tệp gốc do hệ thống xuất ra"
                )
            }
            ReadError::MovedHeader { file, sheet, row } => {
                let place = trang(sheet);
                format!(
                    "{file}{place}, dòng {row}: tiêu đề lặp lại ở đây nhưng thứ tự cột khác; hãy tách danh sách từ dòng này"
                )
            }
            ReadError::Legacy { file, sheet, name } => {
                let place = trang(sheet);
                format!(
                    "{file}{place}: chữ viết bằng bảng mã {name}, không phải Unicode; hãy chuyển mã trước (như bằng UniKey)"
                )
            }
            ReadError::UnclosedQuote { file, line } => {
                format!(
                    "{file}, dòng {line} của tệp: dấu nháy kép (\") mở ở đó không được đóng ở cuối ô, nên các dòng sau dính vào \
                     một ô; cần dấu nháy đóng ở cuối ô ấy, hoặc bỏ dấu nháy mở"
                )
            }
            ReadError::TooLarge { file, sheet, what } => {
                format!("{file}{}: quá lớn so với giới hạn đọc: {}", trang(sheet), what.vi())
            }
            ReadError::Empty { file, sheets } => format!("{file}{}: không có gì trong đó", cac_trang(sheets)),
            ReadError::NoHeader { file, sheets, rows, near } => format!(
                "{file}{}: không thấy dòng tiêu đề trong {rows} dòng đầu; cần một dòng có \"Ngày tiếp nhận\" và ít nhất một cột \
                 quen thuộc nữa như \"Mã hồ sơ\"; {}",
                cac_trang(sheets),
                near::vi(near.as_deref())
            ),
            ReadError::NoReceivedAt { file } => {
                format!(
                    "{file}: thiếu cột bắt buộc \"Ngày tiếp nhận\"; nếu cột có tên khác, hãy cho biết cách ghép cột"
                )
            }
            ReadError::SeveralSheets { file, sheets, lacking } => {
                let lacking = match lacking.as_slice() {
                    [] => String::new(),
                    some => format!(
                        "trang {} không có cột mã hồ sơ nên không biết dòng nào trùng; ",
                        quoted(some)
                    ),
                };
                format!(
                    "{file}: nhiều trang có danh sách hồ sơ: {}; {lacking}hãy chọn một trang",
                    quoted(sheets)
                )
            }
            ReadError::RegisterGiven { file, sheet, register } => format!(
                "{file}{}: đây là sổ «{}», không phải danh sách hồ sơ; hãy đưa vào bằng registers= (trên dòng lệnh: \
                 --registers) bên cạnh tệp hồ sơ, hoặc đọc bằng Registers({}=...)",
                trang(sheet),
                register.title(),
                register.slug()
            ),
            ReadError::NoSuchSheet { file, sheet, sheets, nearest } => {
                let nearest =
                    nearest.as_ref().map(|name| format!("; ý bạn là {name:?}?")).unwrap_or_default();
                format!("{file}: không có trang {sheet:?}; các trang: {}{nearest}", quoted(sheets))
            }
            ReadError::AmbiguousHeader { file, sheet, header, columns } => format!(
                "{file}{}: tiêu đề {header:?} có thể là {}; hãy ghép cột, hoặc ghép với \"ignore\" để bỏ qua",
                trang(sheet),
                titles(columns)
            ),
            ReadError::DuplicateColumn { file, sheet, column, headers } => {
                format!(
                    "{file}{}: các tiêu đề {} cùng là {column}; hãy chọn một{}",
                    trang(sheet),
                    quoted(headers),
                    numbered(headers, " bằng cách ghép cột, các cột kia ghép với \"ignore\"")
                )
            }
            ReadError::UnknownColumn { header, source } => format!(
                "ghép cột {header:?}: không có cột {:?}{}",
                source.text,
                source.nearest.as_ref().map(|name| format!("; ý bạn là {name:?}?")).unwrap_or_default()
            ),
            ReadError::NoWords { column } => {
                format!("ghép giá trị: cột {:?} là văn bản hoặc ngày, không có chữ để ghép", column.title())
            }
            ReadError::UnknownValue { column, value, expected } => format!(
                "ghép giá trị cột {:?}: {value:?} không phải giá trị của cột; cần {}",
                column.title(),
                expected.vi
            ),
            ReadError::AbsentHeader { file, sheet, header, nearest } => format!(
                "{file}{}: không có tiêu đề {header:?}{}",
                trang(sheet),
                nearest.as_ref().map(|name| format!("; ý bạn là {name:?}?")).unwrap_or_default()
            ),
            ReadError::Personal { header } => {
                format!("{header:?} là dữ liệu cá nhân của người nộp hồ sơ, không bao giờ được nạp")
            }
            ReadError::Taken { name, taken } => format!("cột thêm {name:?}: tên đã thuộc về {taken}"),
            ReadError::MonthFirstScan { file, source_name } => {
                format!(
                    "{file}: cột {source_name:?} ghi ngày bằng chữ, tháng đứng trước, mà dòng dữ liệu chỉ đọc được một lần: đưa hàm mở lại nó, hoặc nạp cả bảng bằng Dossiers"
                )
            }
            ReadError::MixedScan { file, source_name } => format!(
                "{file}: cột {source_name:?} lúc đầu toàn số, sau lại có chữ, mà dòng dữ liệu chỉ đọc được một lần: đổi cột về một kiểu, hoặc đưa hàm mở lại nó"
            ),
            ReadError::DoubtfulScan { file, source_name } => format!(
                "{file}: cột {source_name:?} ghi số tiền bằng chữ, dấu phân cách hiểu được hai cách, mà dòng dữ liệu chỉ đọc được một lần: đổi cột về kiểu số, hoặc đưa hàm mở lại nó"
            ),
            ReadError::StreamEnded { file } => format!(
                "{file}: dòng dữ liệu đã đọc hết, chỉ đọc được một lần: để hỏi lần nữa, đưa hàm mở lại nó, như tk.scan(lambda: mo_lai())"
            ),
            ReadError::ChangedSchema { file, row, source_name, expected } => format!(
                "{file}, dòng {row}: cột {source_name:?} không còn như ở đầu dòng dữ liệu; cần kiểu {expected}"
            ),
            ReadError::NotScanned { file, found } => {
                let found = match *found {
                    "a workbook" => "sổ bảng tính",
                    "a .zip file" => "tệp nén .zip",
                    _ => "tệp JSON",
                };
                format!(
                    "{file} là {found}, không đọc dần được: cần .parquet hoặc .csv; tệp này đọc bằng read"
                )
            }
            ReadError::UnsupportedType { file, source_name, column, arrow_type } => {
                format!("{file}: cột {source_name:?} (đọc là {column}) có kiểu {arrow_type}, không đọc được")
            }
            ReadError::DateOrder { file, sheet, source_name, day_first, month_first } => format!(
                "{file}{}: cột {source_name:?} vừa có ngày chỉ có thể là ngày/tháng (dòng {day_first}), vừa có ngày chỉ có thể \
                 là tháng/ngày (dòng {month_first})",
                trang(sheet)
            ),
            ReadError::Strict(issue) => {
                let sheet = issue.sheet.as_ref().map(|sheet| format!(", trang {sheet}")).unwrap_or_default();
                let column =
                    issue.source.as_ref().map(|source| format!(", cột {source:?}")).unwrap_or_default();
                let wrong = match issue.reason {
                    Reason::Missing => "thiếu giá trị",
                    Reason::NotComputed => "công thức chưa có kết quả",
                    _ => "giá trị không dùng được",
                };
                let (file, row) = (&issue.file, issue.row);
                format!("{file}{sheet}, dòng {row}{column}: {wrong}; cần {}", issue.expected.vi)
            }
            ReadError::Register(error) => error.vi(),
            ReadError::Cancelled => "đã dừng đọc".into(),
            ReadError::Internal(_) => "lỗi của chương trình".into(),
        }
    }
}
