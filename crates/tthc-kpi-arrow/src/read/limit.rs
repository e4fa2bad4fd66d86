//! How much a file may ask for.

/// Giới hạn đọc: what a reader does not take, so that a small file cannot ask for all the memory.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::Limit;
/// assert_eq!(Limit::OldWorkbook.en(), "an old workbook of more than 256 MiB");
/// assert_eq!(Limit::OldWorkbook.vi(), "sổ Excel cũ quá 256 MiB");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Files of an archive.
    ArchiveFiles,
    /// What an archive unpacks to.
    ArchiveSize,
    /// The size of an old workbook.
    OldWorkbook,
    /// What a sheet of a workbook unpacks to.
    SheetSize,
    /// What the texts of a workbook unpack to.
    SharedTexts,
    /// Cells of a sheet of a new workbook.
    SheetCells,
    /// Where a cell can be.
    CellPlace,
    /// What an OpenDocument workbook unpacks to.
    OpenDocumentSize,
    /// Cells of a sheet of OpenDocument.
    OpenDocumentCells,
    /// Keys of JSON objects.
    Keys,
    /// The size of a JSON object.
    Object,
    /// Different texts of a column.
    Texts,
}

impl Limit {
    /// What was found, in English.
    pub const fn en(self) -> &'static str {
        match self {
            Limit::ArchiveFiles => "an archive of more than 10,000 files",
            Limit::ArchiveSize => "an archive that unpacks to 200 times its size, or to more than 8 GiB",
            Limit::OldWorkbook => "an old workbook of more than 256 MiB",
            Limit::SheetSize => "a sheet that unpacks to 200 times its size",
            Limit::SharedTexts => "texts that unpack to 200 times their size, or to more than 1 GiB",
            Limit::SheetCells => "the sheet has more than 100 million cells",
            Limit::CellPlace => "a cell lies outside the rows and columns a sheet can have",
            Limit::OpenDocumentSize => "contents of more than 1 GiB",
            Limit::OpenDocumentCells => "a sheet of more than 20 million cells",
            Limit::Keys => "more than 16,384 different keys, or one of more than 4 KiB",
            Limit::Object => "an object of more than 64 MiB",
            Limit::Texts => "a column has more than 1 GiB of different texts",
        }
    }

    /// What was found, in Vietnamese.
    pub const fn vi(self) -> &'static str {
        match self {
            Limit::ArchiveFiles => "tệp nén chứa quá 10.000 tệp",
            Limit::ArchiveSize => "tệp nén khi giải nén lớn gấp hơn 200 lần, hoặc quá 8 GiB",
            Limit::OldWorkbook => "sổ Excel cũ quá 256 MiB",
            Limit::SheetSize => "bảng tính khi giải nén lớn gấp hơn 200 lần",
            Limit::SharedTexts => "phần chữ của sổ khi giải nén lớn gấp hơn 200 lần, hoặc quá 1 GiB",
            Limit::SheetCells => "bảng tính có hơn 100 triệu ô",
            Limit::CellPlace => "có ô nằm ngoài số dòng và cột mà bảng tính có thể có",
            Limit::OpenDocumentSize => "nội dung khi giải nén quá 1 GiB",
            Limit::OpenDocumentCells => "bảng tính có hơn 20 triệu ô",
            Limit::Keys => "có hơn 16.384 khóa khác nhau, hoặc một khóa dài quá 4 KiB",
            Limit::Object => "một đối tượng JSON quá 64 MiB",
            Limit::Texts => "một cột có hơn 1 GiB chữ khác nhau",
        }
    }
}
