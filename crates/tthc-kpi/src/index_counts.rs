//! Counts an index is computed from when they are not counted here: a map, or a table of them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::error::Error;
use crate::instant::Day;
use crate::scheme::Scheme;
use crate::scheme_row::Level;
use crate::slug::UnknownName;

/// Số liệu tự khai: a numerator and a denominator somebody answers for, with the document that says so.
///
/// # Example
/// ```
/// use tthc_kpi::Declared;
/// let declared = Declared::new(87, 89, "Báo cáo 12/BC-UBND", "2026-09-05".parse()?)?;
/// assert_eq!((declared.numerator, declared.denominator), (87, 89));
/// assert_eq!(Declared::new(1, 1, " ", declared.date).unwrap_err().code(), "no_document");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Declared {
    /// What was counted.
    pub numerator: u64,
    /// What it is divided by.
    pub denominator: u64,
    /// The document.
    pub source: String,
    /// Day of the document.
    pub date: Day,
}

impl Declared {
    /// A declaration of a document.
    ///
    /// # Errors
    /// [`Error::NoDocument`] when the document has no name.
    pub fn new(numerator: u64, denominator: u64, source: &str, date: Day) -> Result<Self, Error> {
        let source = source.trim();
        if source.is_empty() {
            return Err(Error::NoDocument);
        }
        Ok(Declared { numerator, denominator, source: source.to_owned(), date })
    }
}

/// Số đếm của một cơ quan trong một kỳ. What is not there is unknown, which is not 0.
///
/// # Example
/// ```
/// use tthc_kpi::{OfficeCounts, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let counts = OfficeCounts::default()
///     .count(&scheme, "received", 2_971)?
///     .count(&scheme, "on_time", 2_348)?
///     .row(&scheme, "5.2", 3, 3)?;
/// assert_eq!(counts.rows["petition_on_time"], (3, 3));
/// let error = OfficeCounts::default().count(&scheme, "recieved", 1).unwrap_err();
/// assert!(error.to_string().contains("did you mean \"received\"?"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OfficeCounts {
    /// Code of the office (`H44.100`).
    pub agency_code: Option<String>,
    /// Name of the office.
    pub agency: Option<String>,
    /// What period the counts are of; a label.
    pub period: Option<String>,
    /// Level of the office, where the counts say so.
    pub level: Option<Level>,
    /// Counts by slug.
    pub counts: BTreeMap<String, u64>,
    /// Values that are shown as they are, by slug: days.
    pub values: BTreeMap<String, Decimal>,
    /// Numerator and denominator by id of a row.
    pub rows: BTreeMap<String, (u64, u64)>,
    /// Declarations by id of a row.
    pub declared: BTreeMap<String, Declared>,
}

impl OfficeCounts {
    /// Counts of an office of this name.
    #[must_use]
    pub fn of(agency: &str) -> Self {
        OfficeCounts { agency: Some(agency.to_owned()), ..OfficeCounts::default() }
    }

    /// With a count.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when no row of the scheme has a count of that slug; it names the nearest.
    pub fn count(mut self, scheme: &Scheme, slug: &str, count: u64) -> Result<Self, Error> {
        if !scheme.count_slugs().any(|known| known == slug) {
            return Err(UnknownName::new("count", slug, scheme.count_slugs()).into());
        }
        self.counts.insert(slug.to_owned(), count);
        Ok(self)
    }

    /// With the numerator and denominator of a row, by its id or code.
    ///
    /// # Errors
    /// Those of [`Scheme::row`]; [`Error::RowTwice`].
    pub fn row(
        mut self,
        scheme: &Scheme,
        row: &str,
        numerator: u64,
        denominator: u64,
    ) -> Result<Self, Error> {
        let id = &scheme.row(row)?.id;
        match self.rows.insert(id.clone(), (numerator, denominator)) {
            Some(_) => Err(Error::RowTwice { row: id.clone() }),
            None => Ok(self),
        }
    }

    /// With a declaration of a row, by its id or code.
    ///
    /// # Errors
    /// Those of [`Scheme::row`]; [`Error::RowTwice`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Declared, OfficeCounts, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let copies = Declared::new(148, 148, "Công văn 30/UBND-KSTT", "2026-09-05".parse()?)?;
    /// let counts = OfficeCounts::default().declare(&scheme, "certified_copies", copies)?;
    /// assert!(counts.declared.contains_key("certified_copies"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn declare(mut self, scheme: &Scheme, row: &str, declared: Declared) -> Result<Self, Error> {
        let id = &scheme.row(row)?.id;
        match self.declared.insert(id.clone(), declared) {
            Some(_) => Err(Error::RowTwice { row: id.clone() }),
            None => Ok(self),
        }
    }

    /// Whether both are of the same office and period: what one of them does not say is no matter.
    pub(crate) fn is_same_office(&self, other: &OfficeCounts) -> bool {
        fn differ(one: &Option<String>, other: &Option<String>) -> bool {
            matches!((one, other), (Some(one), Some(other)) if one != other)
        }
        let named = |counts: &OfficeCounts| counts.agency_code.is_some() || counts.agency.is_some();
        let same = match (&self.agency_code, &other.agency_code) {
            (Some(one), Some(other)) => one == other,
            _ => match (&self.agency, &other.agency) {
                (Some(one), Some(other)) => one == other,
                _ => !named(self) && !named(other),
            },
        };
        same && !differ(&self.period, &other.period)
    }
}
