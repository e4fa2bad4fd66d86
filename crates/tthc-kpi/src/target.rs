//! Targets (SPEC §6): what a plan asks of an indicator, compared exactly.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::ratio::Ratio;
use crate::slug::slugs;

slugs! {
    /// Phép so sánh của chỉ tiêu: "trên" is >, "tối thiểu", "đạt" and a bare figure are ≥,
    /// 100 is = 100.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::TargetOp;
    /// assert_eq!(">=".parse::<TargetOp>()?, TargetOp::AtLeast);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    TargetOp as "target comparison" {
        /// Trên.
        Above = ">",
        /// Tối thiểu, đạt.
        AtLeast = ">=",
        /// Exactly.
        Exactly = "=",
    }
}

/// Chỉ tiêu: a comparison and a percent.
///
/// # Example
/// ```
/// use tthc_kpi::{Ratio, Target, TargetOp};
/// let target = Target { op: TargetOp::Above, percent: 95.into() };
/// assert_eq!(target.is_met(Ratio::of(95, 100))?, Some(false)); // "trên 95" is not 95
/// assert_eq!(target.cases_needed(94, 100)?, Some(21));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// How the rate is held against the percent.
    pub op: TargetOp,
    /// Percent, 0..=100.
    pub percent: Decimal,
}

impl Target {
    /// 0 to 100 with at most 6 decimals: what a plan may ask.
    pub(crate) fn is_sound(&self) -> bool {
        (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&self.percent) && self.percent.scale() <= 6
    }

    /// Whether a share meets the target, before any rounding. None when 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Ratio, Target, TargetOp};
    /// let target = Target { op: TargetOp::AtLeast, percent: 90.into() };
    /// assert_eq!(target.is_met(Ratio::of(9, 10))?, Some(true));
    /// assert_eq!(target.is_met(Ratio::of(0, 0))?, None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn is_met(&self, ratio: Ratio) -> Result<Option<bool>, Error> {
        Ok(ratio.compare(self.percent)?.map(|order| match self.op {
            TargetOp::Above => order == Ordering::Greater,
            TargetOp::AtLeast => order != Ordering::Less,
            TargetOp::Exactly => order == Ordering::Equal,
        }))
    }

    /// The fewest further successes in a row that reach the target: 0 when met, none when no
    /// number does.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Target, TargetOp};
    /// let target = Target { op: TargetOp::AtLeast, percent: 90.into() };
    /// assert_eq!(target.cases_needed(8, 10)?, Some(10)); // 18 of 20
    /// assert_eq!(target.cases_needed(9, 10)?, Some(0));
    /// let all = Target { op: TargetOp::Exactly, percent: 100.into() };
    /// assert_eq!(all.cases_needed(9, 10)?, None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn cases_needed(&self, numerator: u64, denominator: u64) -> Result<Option<u64>, Error> {
        if self.is_met(Ratio::of(numerator, denominator))? == Some(true) {
            return Ok(Some(0));
        }
        // (n + k)/(d + k) against p: k·(100 − p) against p·d − 100·n, all in units of 10^-scale.
        let overflow = Error::Overflow { what: "cases needed" };
        let scale = 10i128.checked_pow(self.percent.scale()).ok_or(overflow.clone())?;
        let hundred = scale * 100;
        let percent = self.percent.mantissa();
        let lack = percent
            .checked_mul(i128::from(denominator))
            .and_then(|whole| hundred.checked_mul(i128::from(numerator)).map(|part| whole - part))
            .ok_or(overflow.clone())?;
        let per_case = hundred - percent;
        // At 100 % one failure can never be made good; above the percent of an exact target, more
        // successes only lead away from it.
        if per_case <= 0 || lack < 0 {
            return Ok(None);
        }
        let needed = match self.op {
            TargetOp::Above => lack / per_case + 1,
            TargetOp::AtLeast => lack / per_case + i128::from(lack % per_case != 0),
            TargetOp::Exactly if lack % per_case == 0 => lack / per_case,
            TargetOp::Exactly => return Ok(None),
        };
        u64::try_from(needed).map(Some).map_err(|_| overflow)
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} %", self.op, self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(op: TargetOp, percent: u32) -> Target {
        Target { op, percent: percent.into() }
    }

    #[test]
    fn cases_needed_is_the_first_that_reaches() {
        for (op, percent) in
            [(TargetOp::Above, 95), (TargetOp::AtLeast, 95), (TargetOp::AtLeast, 60), (TargetOp::Above, 0)]
        {
            let target = target(op, percent);
            for denominator in 1..60u64 {
                for numerator in 0..=denominator {
                    let needed = target.cases_needed(numerator, denominator).unwrap().unwrap();
                    let met = |k: u64| {
                        target.is_met(Ratio::of(numerator + k, denominator + k)).unwrap() == Some(true)
                    };
                    assert!(met(needed), "{target} {numerator}/{denominator} +{needed}");
                    assert!(needed == 0 || !met(needed - 1), "{target} {numerator}/{denominator} +{needed}");
                }
            }
        }
    }

    #[test]
    fn a_hundred_percent_forgives_nothing() {
        let all = target(TargetOp::Exactly, 100);
        assert_eq!(all.cases_needed(9, 10).unwrap(), None);
        assert_eq!(all.cases_needed(10, 10).unwrap(), Some(0));
    }
}
