//! The row that comes nearest to a header, where none is one: what it has, what it lacks, and what to do.

use tthc_kpi::Column;

use super::error::{ReadError, sheet_part, titles, trang};

/// The row of a file that has most known headers, though not those a list of dossiers must have.
///
/// # Example
/// ```
/// use std::ops::ControlFlow;
/// use tthc_kpi::Column;
/// use tthc_kpi_arrow::read::{ReadError, read_file};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-near-{}.csv", std::process::id()));
/// std::fs::write(&path, "DANH SÁCH\nMã hồ sơ,Ngày vào sổ,Trạng thái\n")?;
/// let error = read_file(&path, &Default::default(), &mut |_, _| ControlFlow::Continue(())).unwrap_err();
/// let ReadError::NoHeader { near: Some(near), .. } = &error else { panic!("{error}") };
/// assert_eq!((near.row, near.known.as_slice()), (2, &[Column::DossierId, Column::Status][..]));
/// assert!(error.vi().ends_with("mapping={\"Ngày vào sổ\": \"received_at\"}"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearRow {
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row, counted from 1.
    pub row: u64,
    /// The columns its headers mean.
    pub known: Vec<Column>,
    /// A header of it that nothing is known of and that may be the one that is wanted.
    pub likely: Option<String>,
}

impl NearRow {
    /// The column that is wanted, and the mapping that would give it.
    fn wanted(&self, placeholder: &str) -> (Column, String) {
        let column = match self.known.contains(&Column::ReceivedAt) {
            false => Column::ReceivedAt,
            true => Column::DossierId,
        };
        let header = self.likely.as_deref().unwrap_or(placeholder);
        (column, format!("mapping={{{header:?}: \"{column}\"}}"))
    }
}

impl ReadError {
    /// Of two readings that found no header, what the one says that came nearer; the first, where neither did.
    pub(super) fn nearer(one: Option<Self>, other: Self) -> Self {
        let known = |error: &ReadError| match error {
            ReadError::NoHeader { near: Some(near), .. } => Some(near.known.len()),
            ReadError::NoHeader { .. } => Some(0),
            _ => None,
        };
        match one {
            // With one separator the other separators are all there is to see.
            _ if matches!(other, ReadError::Empty { .. }) => other,
            Some(one) if known(&one).is_none() || known(&one) >= known(&other) => one,
            _ => other,
        }
    }
}

pub(super) fn en(near: Option<&NearRow>) -> String {
    let Some(near) = near else {
        return "no known header was met; if the headers are others, give a mapping".into();
    };
    let (column, mapping) = near.wanted("its header");
    let known: Vec<&str> = near.known.iter().map(|column| column.slug()).collect();
    let known = if known.is_empty() { "no column".to_owned() } else { known.join(", ") };
    format!(
        "nearest is row {}{}, which has {known} and lacks {column}; try {mapping}",
        near.row,
        sheet_part(&near.sheet)
    )
}

pub(super) fn vi(near: Option<&NearRow>) -> String {
    let Some(near) = near else {
        return "không gặp tiêu đề quen thuộc nào; nếu tiêu đề khác, hãy cho biết cách ghép cột".into();
    };
    let (column, mapping) = near.wanted("tiêu đề của cột ấy");
    let known = if near.known.is_empty() {
        "chưa có cột nào".to_owned()
    } else {
        format!("có {}", titles_and(&near.known))
    };
    format!(
        "gần nhất là dòng {}{}: {known}, thiếu {:?}; hãy thử {mapping}",
        near.row,
        trang(&near.sheet),
        column.title()
    )
}

fn titles_and(columns: &[Column]) -> String {
    columns.iter().map(|column| titles(std::slice::from_ref(column))).collect::<Vec<_>>().join(", ")
}
