//! Reading tables of counts: wide (a column per count), long (a row per indicator), or declared (long,
//! with the document of each row).

mod reader;

use crate::index_counts::OfficeCounts;
use crate::policy::Text;
use crate::scheme::Scheme;

use reader::Reader;

/// A place in a table of counts that cannot be read. It never repeats the content of a cell.
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let error = CountTable::from_csv("counts.csv", "received,on_time\n10,nine\n", &scheme).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "counts.csv has counts that cannot be read:\n  \
///      counts.csv, row 2, column \"on_time\": text; expected a whole number from 0"
/// );
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountProblem {
    /// Row, from 1 as a spreadsheet counts; none for the table as a whole.
    pub row: Option<usize>,
    /// The column's header.
    pub column: Option<String>,
    /// What stood there: `empty`, `number`, `grouped` (digits with separators), `percent`, `text`,
    /// `missing`, `repeated`.
    pub kind: &'static str,
    /// What was expected.
    pub expected: Text,
}

/// A table of counts that cannot be read, with all its problems.
///
/// See [`CountProblem`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} has counts that cannot be read:{}", self.lines(false))]
pub struct CountTableError {
    /// What the table is called.
    pub name: String,
    /// Every problem, in the order of the table.
    pub problems: Vec<CountProblem>,
}

impl CountTableError {
    pub(crate) fn lines(&self, vi: bool) -> String {
        let words = if vi { ["dòng", "cột", "cần"] } else { ["row", "column", "expected"] };
        let line = |problem: &CountProblem| {
            let row = problem.row.map_or_else(String::new, |row| format!(", {} {row}", words[0]));
            let column = problem
                .column
                .as_ref()
                .map_or_else(String::new, |column| format!(", {} {column:?}", words[1]));
            let expected = if vi { &problem.expected.vi } else { &problem.expected.en };
            let kind = match (vi, problem.kind) {
                (true, kind) => kind_vi(kind),
                (false, "grouped") => "number with a separator",
                (false, kind) => kind,
            };
            format!("\n  {}{row}{column}: {kind}; {} {expected}", self.name, words[2])
        };
        self.problems.iter().map(line).collect()
    }
}

fn kind_vi(kind: &'static str) -> &'static str {
    match kind {
        "empty" => "ô trống",
        "number" => "số",
        "grouped" => "số có dấu ngăn",
        "percent" => "phần trăm",
        "text" => "chữ",
        "missing" => "thiếu",
        "repeated" => "lặp lại",
        other => other,
    }
}

/// Bảng số đếm: counts of one office or of many.
///
/// Wide, a row per office and a column per count, named by the scheme's slugs (`received`, `on_time`);
/// or long, with the columns `indicator` (id or code), `numerator` and `denominator`. Both may have
/// `agency_code`, `agency`, `period` and `level`. An empty cell is unknown, which is not 0.
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let wide = "agency_code,received,on_time,overdue\nH44.100,2971,2348,623\n";
/// let table = CountTable::from_csv("wide.csv", wide, &scheme)?;
/// assert_eq!((table.offices[0].counts["received"], table.ignored.as_slice()), (2_971, &["overdue".to_owned()][..]));
/// let long = "agency_code;indicator;numerator;denominator\nH44.100;2.1;2348;2971\n";
/// let table = CountTable::from_csv("long.csv", long, &scheme)?;
/// assert_eq!(table.offices[0].rows["on_time"], (2_348, 2_971));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CountTable {
    /// What it is called.
    pub name: String,
    /// The offices, in the order of the table.
    pub offices: Vec<OfficeCounts>,
    /// Headers of columns that mean nothing to the scheme.
    pub ignored: Vec<String>,
}

/// A row of cells with its number in the file.
type Cells = (usize, Vec<Option<String>>);

impl CountTable {
    /// One office, the counts of which are known already.
    #[must_use]
    pub fn of(office: OfficeCounts) -> Self {
        CountTable { name: "counts".to_owned(), offices: vec![office], ignored: Vec::new() }
    }

    /// Reads CSV text, with or without a byte order mark, separated by comma, semicolon or tab.
    ///
    /// # Errors
    /// [`CountTableError`] with every problem at once.
    pub fn from_csv(name: &str, text: &str, scheme: &Scheme) -> Result<Self, CountTableError> {
        let (header, rows) = CountTable::csv_rows(name, text)?;
        CountTable::from_rows(name, scheme, &header, rows)
    }

    /// Reads declarations from CSV text: the long shape, with the columns `source` and `date`.
    ///
    /// # Errors
    /// [`CountTableError`] with every problem at once.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let text = "indicator,numerator,denominator,source,date\n1.3,87,89,Báo cáo 12,05/09/2026\n";
    /// let table = CountTable::declared_from_csv("declared.csv", text, &scheme)?;
    /// assert_eq!(table.offices[0].declared["procedures_content_full"].source, "Báo cáo 12");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn declared_from_csv(name: &str, text: &str, scheme: &Scheme) -> Result<Self, CountTableError> {
        let (header, rows) = CountTable::csv_rows(name, text)?;
        CountTable::declared_from_rows(name, scheme, &header, rows)
    }

    /// Reads cells as text under a header; each row comes with its number.
    ///
    /// # Errors
    /// [`CountTableError`] with every problem at once.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let header = ["received".to_owned(), "on_time".to_owned()];
    /// let rows = [(2, vec![Some("10".to_owned()), None])];
    /// let table = CountTable::from_rows("table", &scheme, &header, rows)?;
    /// assert_eq!(table.offices[0].counts.len(), 1); // an empty cell is unknown
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_rows(
        name: &str,
        scheme: &Scheme,
        header: &[String],
        rows: impl IntoIterator<Item = (usize, Vec<Option<String>>)>,
    ) -> Result<Self, CountTableError> {
        Reader::new(name, scheme, &[], header, false).read(rows)
    }

    /// [`CountTable::from_rows`] of declarations.
    ///
    /// # Errors
    /// [`CountTableError`] with every problem at once.
    pub fn declared_from_rows(
        name: &str,
        scheme: &Scheme,
        header: &[String],
        rows: impl IntoIterator<Item = (usize, Vec<Option<String>>)>,
    ) -> Result<Self, CountTableError> {
        Reader::new(name, scheme, &[], header, true).read(rows)
    }

    /// [`CountTable::from_rows`], or [`CountTable::declared_from_rows`], of a table that holds counts
    /// for other schemes too: rows of `beside` that this scheme has not are passed over.
    ///
    /// # Errors
    /// [`CountTableError`] with every problem at once.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, Scheme};
    /// let (old, new) = (Scheme::builtin("qd-766-2022")?, Scheme::builtin("qd-766-2026")?);
    /// let (header, rows) = CountTable::csv_rows("c.csv", "indicator,numerator,denominator\n2.1,8,10\n3.6,1,2\n")?;
    /// assert!(CountTable::from_rows("c.csv", &old, &header, rows.clone()).is_err());
    /// let table = CountTable::from_rows_beside("c.csv", &old, &[&new], &header, rows, false)?;
    /// assert_eq!(table.offices[0].rows.len(), 0); // the scheme of 2022 has ids, no codes
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_rows_beside(
        name: &str,
        scheme: &Scheme,
        beside: &[&Scheme],
        header: &[String],
        rows: impl IntoIterator<Item = (usize, Vec<Option<String>>)>,
        declared: bool,
    ) -> Result<Self, CountTableError> {
        Reader::new(name, scheme, beside, header, declared).read(rows)
    }

    /// Header and rows of CSV text, each row with its number.
    ///
    /// # Errors
    /// [`CountTableError`] when it is no CSV.
    ///
    /// # Example
    /// ```
    /// let (header, rows) = tthc_kpi::CountTable::csv_rows("c.csv", "received;on_time\n10;9\n")?;
    /// assert_eq!((header.len(), rows[0].0), (2, 2));
    /// # Ok::<(), tthc_kpi::CountTableError>(())
    /// ```
    #[expect(clippy::type_complexity, reason = "header, and rows of cells with their numbers")]
    pub fn csv_rows(
        name: &str,
        text: &str,
    ) -> Result<(Vec<String>, Vec<(usize, Vec<Option<String>>)>), CountTableError> {
        csv_cells(name, text)
    }
}

fn csv_cells(name: &str, text: &str) -> Result<(Vec<String>, Vec<Cells>), CountTableError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().next().unwrap_or_default();
    let many = |mark: char| first.matches(mark).count();
    let delimiter = if many(';') > many(',') {
        b';'
    } else if many('\t') > many(',') {
        b'\t'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let Ok(record) = record else {
            return Err(CountTableError {
                name: name.to_owned(),
                problems: vec![CountProblem {
                    row: None,
                    column: None,
                    kind: "text",
                    expected: Text::new("CSV đọc được", "CSV that can be read"),
                }],
            });
        };
        let row = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(|cell| Some(cell.to_owned())).collect::<Vec<_>>();
        records.push((usize::try_from(row).unwrap_or(usize::MAX), cells));
    }
    let mut records = records.into_iter();
    let header = records.next().map(|(_, cells)| cells).unwrap_or_default();
    Ok((header.into_iter().map(Option::unwrap_or_default).collect(), records.collect()))
}
