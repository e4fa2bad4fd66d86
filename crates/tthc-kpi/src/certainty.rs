//! How sure it is what a scheme states, aspect by aspect, and by which source.

use serde::Serialize;

use crate::policy::Text;
use crate::slug::slugs;

slugs! {
    /// Độ chắc chắn của một điều được nói, from the weakest to the strongest.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Certainty, Language};
    /// assert!(Certainty::Unverified < Certainty::Read && Certainty::Read < Certainty::Reproduced);
    /// assert_eq!(Certainty::Reproduced.words(Language::Vi), "đã tái lập từ số liệu Cổng");
    /// ```
    Certainty as "certainty" {
        /// Inferred, recalled, or sources that differ.
        Unverified = "unverified",
        /// Read in a text; the source says which, and whether at second hand.
        Read = "read",
        /// The portal's counts give the score it displayed.
        Reproduced = "reproduced",
    }
}

slugs! {
    /// Điều được nói: what a scheme, a group or a row of it states.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Aspect, Certainty, Scheme};
    /// let scheme = Scheme::builtin("qd-766-2026")?;
    /// assert_eq!(scheme.row("3.5a")?.certainty_of(Aspect::Cap), Some(Certainty::Unverified));
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    Aspect as "aspect" {
        /// What numerator and denominator are.
        Definition = "definition",
        /// The greatest number of points.
        Maximum = "maximum",
        /// Whom the row is asked of.
        Scope = "scope",
        /// The slope: points per share below the threshold.
        Threshold = "threshold",
        /// That full points are reached at the threshold.
        Cap = "cap",
        /// What a denominator of 0 gives.
        Zero = "zero",
        /// First day in force.
        EffectiveFrom = "effective_from",
        /// Last day in force.
        EffectiveTo = "effective_to",
        /// Which days a named period spans.
        PeriodRule = "period_rule",
        /// What is rounded, to how many decimals.
        Rounding = "rounding",
        /// What becomes of a row that is not asked of an office.
        NotApplicable = "not_applicable",
    }
}

/// Bằng chứng: how sure some of the aspects are, and where that is from.
///
/// # Example
/// ```
/// use tthc_kpi::{Aspect, Certainty, Scheme};
/// let scheme = Scheme::builtin("qd-766-2026")?;
/// let evidence = scheme.row("2.1")?.evidence_of(Aspect::Threshold).unwrap();
/// assert_eq!((evidence.certainty, evidence.source.as_str()), (Certainty::Reproduced, "portal"));
/// assert_eq!(evidence.place.as_deref(), Some("progress.csv"));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What it bears on.
    pub of: Vec<Aspect>,
    /// How sure that is.
    pub certainty: Certainty,
    /// Id of one of the scheme's sources.
    pub source: String,
    /// Where in the source; none when it is nowhere in particular, and `note` says why.
    pub place: Option<String>,
    /// What else to know.
    pub note: Option<Text>,
}

/// The evidence of one aspect among several.
pub(crate) fn evidence_of(evidence: &[Evidence], aspect: Aspect) -> Option<&Evidence> {
    evidence.iter().find(|evidence| evidence.of.contains(&aspect))
}
