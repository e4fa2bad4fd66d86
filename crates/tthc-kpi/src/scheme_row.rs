//! One row of a scheme: what is divided by what, for how many points.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::certainty::{Aspect, Certainty, Evidence, evidence_of};
use crate::column::Column;
use crate::error::Error;
use crate::measure::Measure;
use crate::policy::Text;
use crate::ratio::Ratio;
use crate::register::Register;
use crate::slug::{UnknownName, slugs};

slugs! {
    /// Cấp của cơ quan được chấm: the level of the office an index is of.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Level;
    /// assert_eq!("commune".parse::<Level>()?, Level::Commune);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Level as "level" {
        /// Xã, phường.
        Commune = "commune",
        /// Tỉnh, thành phố; sở, ban, ngành.
        Province = "province",
    }
}

slugs! {
    /// Phạm vi của một dòng: whom it is asked of.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Level, RowScope};
    /// assert!(RowScope::Any.holds(Level::Commune) && !RowScope::Province.holds(Level::Commune));
    /// ```
    RowScope as "row scope" {
        /// Mọi cấp.
        Any = "any",
        /// Chỉ cấp tỉnh.
        Province = "province",
    }
}

impl RowScope {
    /// Whether the row is asked of an office of this level.
    pub const fn holds(self, level: Level) -> bool {
        matches!((self, level), (RowScope::Any, _) | (RowScope::Province, Level::Province))
    }
}

slugs! {
    /// Cách hiểu phạm vi: by what the texts state, or by what the portal shows.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Level, Scheme, ScopeReading};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let row = scheme.row("4.5a")?; // stated for provinces, yet shown for communes too
    /// assert!(!row.applies(Level::Commune, ScopeReading::Stated));
    /// assert!(row.applies(Level::Commune, ScopeReading::Shown));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    ScopeReading as "scope reading" {
        /// As the texts state it.
        Stated = "stated",
        /// As the portal scores it.
        Shown = "shown",
    }
}

slugs! {
    /// Mẫu số bằng 0: what a row gives when there is nothing to divide by.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Scheme, ZeroRule};
    /// assert_eq!(Scheme::builtin("qd-766-2026")?.row("5.2")?.zero, Some(ZeroRule::Full));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    ZeroRule as "zero rule" {
        /// No points.
        Zero = "zero",
        /// The maximum.
        Full = "full",
        /// No score: nothing is added, and the maximum of the group stays.
        NotApplicable = "not_applicable",
    }
}

slugs! {
    /// Cách đếm một sổ cho một dòng: what of its entries a row counts.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Register, RegisterRule};
    /// let rule: RegisterRule = "petitions_on_time".parse()?;
    /// assert_eq!(rule.register(), Register::Petitions);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    RegisterRule as "register rule" {
        /// Procedures that are not internal; of them those online, in full or in part.
        ProceduresOnline = "procedures_online",
        /// Online services; of them those with a dossier received online in the period.
        ServicesUsedOnline = "services_used_online",
        /// Fee procedures; of them those offered for online payment.
        FeeProceduresOffered = "fee_procedures_offered",
        /// Fee procedures; of them those with a dossier paid online in the period.
        FeeProceduresPaid = "fee_procedures_paid",
        /// Petitions received in the period; of them those resolved by their due day, or open in time.
        PetitionsOnTime = "petitions_on_time",
        /// The same, less those rated unsatisfied or lodged again.
        PetitionsSatisfied = "petitions_satisfied",
    }
}

impl RegisterRule {
    /// The register it counts.
    pub const fn register(self) -> Register {
        match self {
            RegisterRule::PetitionsOnTime | RegisterRule::PetitionsSatisfied => Register::Petitions,
            _ => Register::Procedures,
        }
    }
}

/// Công thức: how a share becomes points.
///
/// # Example
/// ```
/// use tthc_kpi::{Formula, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// assert_eq!(scheme.row("3.1")?.formula, Formula::Proportional { threshold: "0.80".parse()? });
/// assert_eq!(scheme.row("2.2")?.formula, Formula::Information);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Formula {
    /// min(maximum, maximum × share / threshold), the threshold a share above 0 and up to 1.
    Proportional {
        /// The share that gets the maximum.
        threshold: Decimal,
    },
    /// Shown without points.
    Information,
    /// How it becomes points is not known.
    Unstated,
}

/// Tên các số đếm: slugs of the counts that a row's numerator and denominator are sums of.
///
/// # Example
/// ```
/// let scheme = tthc_kpi::Scheme::builtin("qd-766-2026")?;
/// assert_eq!(scheme.row("3.1")?.counts.numerator, ["partial_procedures", "full_procedures"]);
/// assert_eq!(scheme.row("2.2")?.counts.value.as_deref(), Some("avg_processing_days"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RowCounts {
    /// Slugs added up to the numerator.
    pub numerator: Vec<String>,
    /// Slugs added up to the denominator.
    pub denominator: Vec<String>,
    /// Slug of a value that is shown as it is (days), where the row is no share of counts.
    pub value: Option<String>,
}

/// Nguồn số đếm: where a row's counts come from when nobody gives them.
///
/// # Example
/// ```
/// use tthc_kpi::{CountsFrom, Measure, Scheme};
/// let row = Scheme::builtin("qd-766-2026")?.row("2.1")?.counts_from.clone();
/// assert_eq!(row, CountsFrom::Measure { measure: Measure::OnTime });
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CountsFrom {
    /// A ratio the dossiers already give.
    Measure {
        /// Which.
        measure: Measure,
    },
    /// Working days from receipt to end.
    ProcessingDays,
    /// A register.
    Register {
        /// What of it is counted; it says which register.
        rule: RegisterRule,
        /// The plan's indicator that reads nearly the same.
        indicator: Option<String>,
        /// Columns of the dossiers needed beside it.
        columns: Vec<Column>,
    },
    /// Nothing that is held here: somebody must declare it.
    Declared,
}

/// Dòng của bộ chỉ số.
///
/// # Example
/// ```
/// use tthc_kpi::{Ratio, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let row = scheme.row("5.4")?;
/// assert_eq!((row.id.as_str(), row.maximum), ("dossier_satisfaction", Some(6.into())));
/// assert_eq!(row.score(2_348, 2_971, 2)?.unwrap().to_string(), "5.27");
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SchemeRow {
    /// Slug, unique in the scheme.
    pub id: String,
    /// Number in the published list (`2.1`); not always unique, and some rows have none.
    pub code: Option<String>,
    /// Id of its group.
    pub group: String,
    /// Name for people.
    pub name: Arc<Text>,
    /// Greatest number of points; none where no source gives any, which is not 0.
    pub maximum: Option<Decimal>,
    /// Whom it is asked of, as stated.
    pub scope: RowScope,
    /// Whom the portal scores it for.
    pub shown_for: RowScope,
    /// How a share becomes points.
    pub formula: Formula,
    /// What a denominator of 0 gives; none without a formula.
    pub zero: Option<ZeroRule>,
    /// What is counted.
    pub numerator: Text,
    /// What it is divided by.
    pub denominator: Text,
    /// Names of the counts in tables.
    pub counts: RowCounts,
    /// Where they come from otherwise.
    pub counts_from: CountsFrom,
    /// How sure each aspect is.
    pub evidence: Arc<[Evidence]>,
    /// Where the sources, or the sources and this library, differ.
    pub differences: Arc<[Text]>,
}

impl SchemeRow {
    /// The code, else the id: what people call the row.
    pub fn label(&self) -> &str {
        self.code.as_deref().unwrap_or(&self.id)
    }

    /// Whether the row is asked of an office of a level.
    pub fn applies(&self, level: Level, reading: ScopeReading) -> bool {
        match reading {
            ScopeReading::Stated => self.scope.holds(level),
            ScopeReading::Shown => self.shown_for.holds(level),
        }
    }

    /// The evidence of an aspect; none of what the row does not state.
    pub fn evidence_of(&self, aspect: Aspect) -> Option<&Evidence> {
        evidence_of(&self.evidence, aspect)
    }

    /// How sure an aspect is; none of what the row does not state.
    pub fn certainty_of(&self, aspect: Aspect) -> Option<Certainty> {
        self.evidence_of(aspect).map(|evidence| evidence.certainty)
    }

    /// How sure the row is as a whole: its weakest aspect.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Certainty, Scheme};
    /// assert_eq!(Scheme::builtin("qd-766-2026")?.row("2.1")?.certainty(), Certainty::Read);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn certainty(&self) -> Certainty {
        self.evidence.iter().map(|evidence| evidence.certainty).min().unwrap_or(Certainty::Unverified)
    }

    /// The points of counts, rounded once from the exact value, half away from zero. None where
    /// the row gives no points, for 0 counted under [`ZeroRule::NotApplicable`] among them.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Scheme;
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// let row = scheme.row("3.5a")?; // 2 × (9/36) / 0.80 = 0.625
    /// assert_eq!(row.score(9, 36, 2)?.unwrap().to_string(), "0.63");
    /// assert_eq!(scheme.row("5.2")?.score(0, 0, 2)?.unwrap().to_string(), "6.00");
    /// assert_eq!(scheme.row("4.1")?.score(0, 0, 2)?, None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn score(&self, numerator: u64, denominator: u64, decimals: u32) -> Result<Option<Decimal>, Error> {
        const OVERFLOW: Error = Error::Overflow { what: "a score" };
        let (Formula::Proportional { threshold }, Some(mut maximum)) = (self.formula, self.maximum) else {
            return Ok(None);
        };
        maximum.rescale(decimals);
        if denominator == 0 {
            return Ok(match self.zero {
                Some(ZeroRule::Zero) => Some(Decimal::new(0, decimals)),
                Some(ZeroRule::Full) => Some(maximum),
                Some(ZeroRule::NotApplicable) | None => None,
            });
        }
        let above = maximum.checked_mul(numerator.into()).ok_or(OVERFLOW)?;
        let below = threshold.checked_mul(denominator.into()).ok_or(OVERFLOW)?;
        let reached = above >= maximum.checked_mul(below).ok_or(OVERFLOW)?;
        if reached {
            return Ok(Some(maximum));
        }
        Ratio { numerator: above, denominator: below }.value(decimals).map(Some)
    }
}

/// The row of an id, or of a code that only one row has; `names` gives a row's id and code.
///
/// # Errors
/// [`Error::UnknownName`], which names the nearest; [`Error::AmbiguousCode`] where several rows share
/// the code.
pub(crate) fn find_row<'r, T>(
    rows: &'r [T],
    id: &str,
    names: impl Fn(&'r T) -> (&'r str, Option<&'r str>),
) -> Result<&'r T, Error> {
    if let Some(row) = rows.iter().find(|row| names(row).0 == id) {
        return Ok(row);
    }
    let coded: Vec<&T> = rows.iter().filter(|row| names(row).1 == Some(id)).collect();
    match coded.as_slice() {
        [row] => Ok(row),
        [] => {
            let codes = rows.iter().filter_map(|row| names(row).1);
            Err(UnknownName::new("row", id, rows.iter().map(|row| names(row).0).chain(codes)).into())
        }
        several => Err(Error::AmbiguousCode {
            code: id.to_owned(),
            ids: several.iter().map(|row| names(row).0).collect::<Vec<_>>().join(", "),
        }),
    }
}
