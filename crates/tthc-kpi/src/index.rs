//! The index (SPEC §8): what the rows of a scheme give one office.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::certainty::{Certainty, Evidence};
use crate::dimension::Key;
use crate::error::Error;
use crate::explain::Language;
use crate::index_counts::Declared;
use crate::outcome::Note;
use crate::policy::Text;
use crate::scheme::{Scheme, SchemeSource};
use crate::scheme_row::{CountsFrom, Formula, Level, ScopeReading, ZeroRule, find_row};
use crate::slug::{UnknownName, slugs};

slugs! {
    /// Tình trạng của một dòng.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{IndexStatus, Language};
    /// assert_eq!(IndexStatus::NoCases.words(Language::Vi), "mẫu số 0");
    /// ```
    IndexStatus as "index status" {
        /// Có điểm: counted, and its points are known.
        Scored = "scored",
        /// Mẫu số 0: its zero rule gives the points, or none.
        NoCases = "no_cases",
        /// Không áp dụng cho cấp này.
        NotApplicable = "not_applicable",
        /// Thiếu số đếm: no score, and none of the sums it belongs to.
        NoData = "no_data",
        /// Chỉ để thông tin: gives no points.
        Information = "information",
        /// Chưa biết cách tính điểm: a ratio only.
        Unstated = "unstated",
    }
}

impl IndexStatus {
    /// The status in words.
    pub const fn words(self, language: Language) -> &'static str {
        match (self, language) {
            (IndexStatus::Scored, Language::Vi) => "có điểm",
            (IndexStatus::Scored, Language::En) => "scored",
            (IndexStatus::NoCases, Language::Vi) => "mẫu số 0",
            (IndexStatus::NoCases, Language::En) => "no cases",
            (IndexStatus::NotApplicable, Language::Vi) => "không áp dụng",
            (IndexStatus::NotApplicable, Language::En) => "not applicable",
            (IndexStatus::NoData, Language::Vi) => "thiếu số đếm",
            (IndexStatus::NoData, Language::En) => "no data",
            (IndexStatus::Information, Language::Vi) => "thông tin",
            (IndexStatus::Information, Language::En) => "information",
            (IndexStatus::Unstated, Language::Vi) => "chưa rõ cách tính",
            (IndexStatus::Unstated, Language::En) => "unstated",
        }
    }
}

slugs! {
    /// Nguồn của số đếm đã dùng, the first that has it.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::CountsSource;
    /// assert!(CountsSource::Declared < CountsSource::Dossiers); // the order of precedence
    /// ```
    CountsSource as "counts source" {
        /// Tự khai, với văn bản.
        Declared = "declared",
        /// Bảng số đếm.
        Table = "table",
        /// Sổ đi kèm.
        Register = "register",
        /// Tính từ hồ sơ.
        Dossiers = "dossiers",
    }
}

/// Kết quả một dòng.
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, CountsSource, IndexQuery, IndexStatus, Level, OfficeCounts, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let counts = OfficeCounts::default().row(&scheme, "2.1", 2_348, 2_971)?;
/// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&CountTable::of(counts)).one()?;
/// let row = index.row("2.1")?;
/// assert_eq!((row.status, row.counts_from), (IndexStatus::Scored, Some(CountsSource::Table)));
/// assert_eq!((row.score.unwrap().to_string(), row.percent.unwrap().to_string()), ("15.81".into(), "79.03".into()));
/// assert_eq!(index.row("1.3")?.status, IndexStatus::NoData);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexRow {
    /// Id of the scheme's row.
    pub id: String,
    /// Its code.
    pub code: Option<String>,
    /// Id of its group.
    pub group: String,
    /// Name for people.
    pub name: Arc<Text>,
    /// What the numerator counts.
    pub numerator_of: Text,
    /// What the denominator counts.
    pub denominator_of: Text,
    /// Numerator; none where it is unknown.
    pub numerator: Option<u64>,
    /// Denominator; none where it is unknown.
    pub denominator: Option<u64>,
    /// A value that is shown as it is, in working days; of few rows only.
    pub value: Option<Decimal>,
    /// The share in percent, 2 decimals, half away from zero; none at 0/0 and where it is no share.
    pub percent: Option<Decimal>,
    /// Points; none where there are none, which is not 0.
    pub score: Option<Decimal>,
    /// Greatest number of points; none where no source gives any.
    pub maximum: Option<Decimal>,
    /// How points follow from the share.
    pub formula: Formula,
    /// What a denominator of 0 gives.
    pub zero: Option<ZeroRule>,
    /// The conclusion.
    pub status: IndexStatus,
    /// Which of the sources of counts was used; none where none had them.
    pub counts_from: Option<CountsSource>,
    /// Where the scheme has them counted from otherwise.
    pub counted_from: CountsFrom,
    /// The declaration, where it was used.
    pub declared: Option<Declared>,
    /// Dossiers that could enter the denominator but for an unknown; none unless from dossiers.
    pub unknown: Option<u64>,
    /// Slugs of what is lacking: counts, columns, a register.
    pub missing: Vec<String>,
    /// What is lacking or wrong, in words.
    pub lack: Option<Note>,
    /// How sure the row is as a whole: its weakest aspect.
    pub certainty: Certainty,
    /// How sure each aspect is.
    pub evidence: Arc<[Evidence]>,
    /// Where the sources, or the sources and this library, differ.
    pub differences: Arc<[Text]>,
}

impl IndexRow {
    /// The code, else the id: what people call the row.
    pub fn label(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.id)
    }

    /// The share that gets the maximum; none without a formula.
    pub fn threshold(&self) -> Option<Decimal> {
        match self.formula {
            Formula::Proportional { threshold } => Some(threshold),
            Formula::Information | Formula::Unstated => None,
        }
    }
}

/// Điểm của một nhóm, hoặc của cả bộ chỉ số.
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, IndexQuery, Level, OfficeCounts, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let counts = OfficeCounts::default().row(&scheme, "2.1", 2_348, 2_971)?;
/// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&CountTable::of(counts)).one()?;
/// assert_eq!(index.group("progress")?.score.unwrap().to_string(), "15.81");
/// // 80 of the points that apply to a commune are not known: there is no total.
/// assert_eq!((index.total.score, index.total.scored_maximum, index.total.maximum), (None, 20.into(), 94.into()));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IndexSum {
    /// Id of the group; none of the total.
    pub group: Option<String>,
    /// Name for people.
    pub name: Arc<Text>,
    /// Sum of the rounded rows; none while a row that applies has no data, or the scheme is not complete.
    pub score: Option<Decimal>,
    /// Points of the rows that apply.
    pub maximum: Decimal,
    /// Points of the group, or of the whole, as the scheme states them for everybody.
    pub scheme_maximum: Decimal,
    /// Points of the rows that were judged; a row of denominator 0 is among them.
    pub scored_maximum: Decimal,
    /// Ids of the rows that lack data.
    pub missing: Vec<String>,
}

/// The scheme an index is of.
///
/// See [`Index`] for an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemeRef {
    /// Id.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Number of the decision.
    pub number: Option<String>,
    /// Whether every row that gives points is known.
    pub complete: bool,
    /// To how many decimals each row is rounded.
    pub decimals: u32,
    /// Fingerprint of its content.
    pub digest: String,
}

impl SchemeRef {
    pub(crate) fn of(scheme: &Scheme) -> Self {
        SchemeRef {
            id: scheme.id().to_owned(),
            title: scheme.title().clone(),
            number: scheme.number().map(str::to_owned),
            complete: scheme.is_complete(),
            decimals: scheme.decimals(),
            digest: scheme.digest(),
        }
    }
}

/// Bộ chỉ số của một cơ quan trong một kỳ. Made by an [`IndexQuery`](crate::IndexQuery).
///
/// # Example
/// ```
/// use tthc_kpi::{CountTable, IndexQuery, Level, ScopeReading, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let text = "agency,paid_online_dossiers,fee_dossiers,procedures_with_online_payment,fee_procedures,fee_procedures_offered_online\n\
///             UBND phường Việt Trì,1516,1707,12,35,7\n";
/// let table = CountTable::from_csv("payment.csv", text, &scheme)?;
/// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&table).one()?;
/// assert_eq!(index.group("payment")?.score.unwrap().to_string(), "6.69"); // as the portal displayed it
/// assert_eq!((index.scheme.id.as_str(), index.scope), ("qd-766-2026", ScopeReading::Stated));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// The scheme.
    pub scheme: Arc<SchemeRef>,
    /// Level of the office.
    pub level: Level,
    /// How scopes were read.
    pub scope: ScopeReading,
    /// What period it is of; a label unless dossiers were counted.
    pub period: Option<String>,
    /// Whose it is: name and value of each key.
    pub keys: Vec<(String, Key)>,
    /// The rows, in the scheme's order.
    pub rows: Vec<IndexRow>,
    /// The groups, in the scheme's order.
    pub groups: Vec<IndexSum>,
    /// The whole.
    pub total: IndexSum,
    /// What a reader must know before using a figure.
    pub notes: Vec<Note>,
    /// What the scheme rests on.
    pub sources: Arc<[SchemeSource]>,
}

impl Index {
    /// A row by its id, or by its code where only one row has it.
    ///
    /// # Errors
    /// [`Error::UnknownName`], which names the nearest; [`Error::AmbiguousCode`].
    ///
    /// # Example
    /// See [`IndexRow`].
    pub fn row(&self, id: &str) -> Result<&IndexRow, Error> {
        find_row(&self.rows, id, |row| (&row.id, row.code.as_deref()))
    }

    /// The sum of a group.
    ///
    /// # Errors
    /// [`Error::UnknownName`], which names the nearest.
    ///
    /// # Example
    /// See [`IndexSum`].
    pub fn group(&self, id: &str) -> Result<&IndexSum, Error> {
        self.groups.iter().find(|sum| sum.group.as_deref() == Some(id)).ok_or_else(|| {
            UnknownName::new("group", id, self.groups.iter().filter_map(|sum| sum.group.as_deref())).into()
        })
    }

    /// The value of a key; none when the index has no such key.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, Key, Level, OfficeCounts, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let table = CountTable::of(OfficeCounts::of("UBND phường Đồng Nguyên"));
    /// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&table).one()?;
    /// assert_eq!(index.key("agency"), Some(&Key::text("UBND phường Đồng Nguyên")));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|(known, _)| known == name).map(|(_, key)| key)
    }

    /// The index as JSON.
    ///
    /// # Errors
    /// [`Error::BadTally`] never in practice: every part is serialisable.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{CountTable, IndexQuery, Level, OfficeCounts, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let table = CountTable::of(OfficeCounts::default());
    /// let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&table).one()?;
    /// assert!(index.to_json()?.starts_with("{\"scheme\":{\"id\":\"qd-766-2026\""));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|error| Error::BadTally { detail: error.to_string() })
    }
}
