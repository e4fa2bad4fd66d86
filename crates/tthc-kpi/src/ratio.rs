//! Exact shares: numerator, denominator, comparison with a target, percent for people, Wilson.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Tỷ lệ: an exact share. The numerator and the denominator are what is published; the percent
/// is only a way of showing them.
///
/// # Example
/// ```
/// use tthc_kpi::Ratio;
/// let ratio = Ratio::of(23_749, 25_000);
/// assert_eq!(ratio.percent(95.into())?.unwrap().to_string(), "94.996"); // 95.00 would hide the miss
/// assert_eq!(Ratio::of(0, 0).percent(95.into())?, None);
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    /// Numerator.
    pub numerator: Decimal,
    /// Denominator.
    pub denominator: Decimal,
}

/// A decimal as integer × 10^-scale.
fn parts(value: Decimal) -> (i128, u32) {
    (value.mantissa(), value.scale())
}

fn pow10(exponent: u32) -> Result<i128, Error> {
    10i128.checked_pow(exponent).ok_or(Error::Overflow { what: "a power of ten" })
}

fn times(a: i128, b: i128) -> Result<i128, Error> {
    a.checked_mul(b).ok_or(Error::Overflow { what: "a product of a share" })
}

/// A quotient of integers as a decimal of a scale, half away from zero.
fn divided(above: i128, below: i128, scale: u32) -> Result<Decimal, Error> {
    let (quotient, rest) = (above / below, above % below);
    let away = times(rest.abs(), 2)? >= below;
    let mantissa = if away { quotient + above.signum() } else { quotient };
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| Error::Overflow { what: "a percent" })
}

impl Ratio {
    /// A share of two counts.
    pub fn of(numerator: u64, denominator: u64) -> Self {
        Ratio { numerator: numerator.into(), denominator: denominator.into() }
    }

    /// The share as integers: numerator and denominator brought to one scale.
    fn integers(self) -> Result<(i128, i128), Error> {
        let ((n, n_scale), (d, d_scale)) = (parts(self.numerator), parts(self.denominator));
        let scale = n_scale.max(d_scale);
        Ok((times(n, pow10(scale - n_scale)?)?, times(d, pow10(scale - d_scale)?)?))
    }

    /// The share held against a percent, exactly, before any rounding. None when 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use std::cmp::Ordering;
    /// use tthc_kpi::Ratio;
    /// assert_eq!(Ratio::of(95, 100).compare(95.into())?, Some(Ordering::Equal));
    /// assert_eq!(Ratio::of(94_999, 100_000).compare(95.into())?, Some(Ordering::Less));
    /// assert_eq!(Ratio::of(0, 0).compare(95.into())?, None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn compare(self, percent: Decimal) -> Result<Option<Ordering>, Error> {
        let (n, d) = self.integers()?;
        if d <= 0 {
            return Ok(None);
        }
        let (p, scale) = parts(percent);
        // n/d against p/(100·10^scale)
        let left = times(times(n, 100)?, pow10(scale)?)?;
        Ok(Some(left.cmp(&times(p, d)?)))
    }

    /// The share in percent, 2 decimals, half away from zero; more digits where rounding would
    /// put it on the other side of the target or onto it. None when 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    pub fn percent(self, target: Decimal) -> Result<Option<Decimal>, Error> {
        let Some(exact) = self.compare(target)? else { return Ok(None) };
        // 2·d·(rounding error) < 10^-digits: no share of counts needs more than its denominator's
        // digits; the bound only keeps a malformed target from looping.
        for digits in 2..=24 {
            let shown = self.rounded(digits)?;
            if shown.cmp(&target) == exact {
                return Ok(Some(shown));
            }
        }
        Err(Error::Overflow { what: "the digits of a percent" })
    }

    /// The share in percent to a number of decimals, half away from zero.
    fn rounded(self, digits: u32) -> Result<Decimal, Error> {
        let (n, d) = self.integers()?;
        divided(times(times(n, 100)?, pow10(digits)?)?, d, digits)
    }

    /// The share less a percent, in points, to as many decimals as the percent is shown with;
    /// rounded once, from the exact difference. None when 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Ratio;
    /// assert_eq!(Ratio::of(1, 2).gap(95.into())?.unwrap().to_string(), "-45.00");
    /// assert_eq!(Ratio::of(23_749, 25_000).gap(95.into())?.unwrap().to_string(), "-0.004");
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn gap(self, target: Decimal) -> Result<Option<Decimal>, Error> {
        let Some(percent) = self.percent(target)? else { return Ok(None) };
        // (100·n − target·d)/(100·d), in percent
        let (n, d) = self.integers()?;
        let (target, scale) = parts(target);
        let overflow = Error::Overflow { what: "a gap" };
        let above = times(times(n, 100)?, pow10(scale)?)?.checked_sub(times(target, d)?).ok_or(overflow)?;
        let below = times(d, pow10(scale)?)?;
        divided(times(above, pow10(percent.scale())?)?, below, percent.scale()).map(Some)
    }

    /// The quotient itself with 2 decimals, half away from zero.
    pub(crate) fn value2(self) -> Result<Decimal, Error> {
        self.value(2)
    }

    /// The quotient itself to a number of decimals, half away from zero. The denominator is not 0.
    pub(crate) fn value(self, digits: u32) -> Result<Decimal, Error> {
        let (n, d) = self.integers()?;
        divided(times(n, pow10(digits)?)?, d, digits)
    }

    /// The share in percent with 2 decimals. None when 0/0.
    ///
    /// # Errors
    /// [`Error::Overflow`] beyond 128 bits.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Ratio;
    /// assert_eq!(Ratio::of(2, 3).percent2()?.unwrap().to_string(), "66.67");
    /// assert_eq!(Ratio::of(0, 0).percent2()?, None);
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn percent2(self) -> Result<Option<Decimal>, Error> {
        if self.denominator.is_zero() { Ok(None) } else { self.rounded(2).map(Some) }
    }
}

/// Khoảng tin cậy Wilson 95 %: the interval for a share of `successes` in `n`, in percent with
/// 2 decimals (z = 1.959964). None when n = 0. Computed in integers.
///
/// # Example
/// ```
/// let (low, high) = tthc_kpi::wilson(8, 11)?.unwrap();
/// assert_eq!((low.to_string(), high.to_string()), ("43.44".into(), "90.25".into()));
/// # Ok::<(), tthc_kpi::Error>(())
/// ```
///
/// # Errors
/// [`Error::Overflow`] beyond 128 bits (billions of answers).
pub fn wilson(successes: u64, n: u64) -> Result<Option<(Decimal, Decimal)>, Error> {
    const Z: i128 = 1_959_964; // z · 10^6
    const Z2: i128 = Z * Z; // z² · 10^12, exact
    const E12: i128 = 1_000_000_000_000;
    if n == 0 || successes > n {
        return Ok(None);
    }
    let (k, n) = (i128::from(successes), i128::from(n));
    // (2k + z² ± z·√(z² + 4k(n−k)/n)) / (2(n + z²)); the root to twelve decimals.
    let product = times(times(4, k)?, n - k)?;
    let (whole, rest) = (product / n, product % n);
    let under_root = times(Z2, E12)?
        .checked_add(times(times(whole, E12)?, E12)?)
        .and_then(|sum| sum.checked_add(times(rest, E12).ok()? / n * E12))
        .ok_or(Error::Overflow { what: "a Wilson interval" })?;
    let root = under_root.isqrt(); // · 10^12
    let middle = times(2 * k, E12 * 1_000_000)? + Z2 * 1_000_000; // · 10^18
    let spread = times(Z, root)?; // · 10^18
    let below = 2 * (times(n, E12)? + Z2); // · 10^12
    let percent = |above: i128| -> Result<Decimal, Error> {
        let (above, below) = (times(above.max(0), 10_000)?, times(below, 1_000_000)?);
        let mantissa = (above + below / 2) / below;
        Decimal::try_from_i128_with_scale(mantissa.min(10_000), 2)
            .map_err(|_| Error::Overflow { what: "a percent" })
    };
    Ok(Some((percent(middle - spread)?, percent(middle + spread)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(n: u64, d: u64, target: u32) -> String {
        Ratio::of(n, d).percent(Decimal::from(target)).unwrap().unwrap().to_string()
    }

    #[test]
    fn rounding_never_crosses_the_target() {
        assert_eq!(percent(23_749, 25_000, 95), "94.996");
        assert_eq!(percent(95, 100, 95), "95.00");
        assert_eq!(percent(95_001, 100_000, 95), "95.001");
        assert_eq!(percent(1, 3, 95), "33.33");
        assert_eq!(percent(2, 3, 95), "66.67");
        assert_eq!(percent(1, 800, 95), "0.13"); // 0.125: half away from zero
        assert_eq!(percent(9_999_999_999, 10_000_000_000, 100), "99.99999999");
    }

    #[test]
    fn wilson_touches_its_bounds() {
        assert_eq!(wilson(0, 0).unwrap(), None);
        assert_eq!(wilson(0, 10).unwrap().unwrap().0.to_string(), "0.00");
        assert_eq!(wilson(10, 10).unwrap().unwrap().1.to_string(), "100.00");
        assert!(wilson(900_000_000, 1_000_000_000).is_ok());
    }

    #[test]
    fn overflow_is_an_error() {
        let huge = Ratio { numerator: Decimal::MAX, denominator: Decimal::ONE };
        assert!(huge.compare(Decimal::from_str_exact("99.999999999999").unwrap()).is_err());
    }
}
