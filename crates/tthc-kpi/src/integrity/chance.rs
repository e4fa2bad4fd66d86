//! How unlikely a count is: if the flagged dossiers were dealt out blindly among all that were
//! judged, how often would a group of this size hold this many or more?
//!
//! That is the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided): no
//! expected share is estimated, and few dossiers by themselves give a large chance. The terms of
//! the tail are added in integers that are rounded up, those below it in integers rounded down, so
//! that "below 1 in 10^n" is proved, never only approximated.

/// The largest power of ten that is told.
const MOST: u32 = 12;
/// The first term, from which the others follow by their ratios.
const ONE: u128 = 1 << 40;
/// The most dossiers: products of two counts and a term stay below 128 bits.
const MOST_DOSSIERS: u64 = 1 << 40;

/// Of `all` dossiers `all_flagged` are flagged; of a group of `judged` among them `flagged` are. The
/// greatest n up to [`MOST`] for which the chance of that many or more is proved to be below 1 in
/// 10^n; none where it cannot be said to be unlikely at all.
pub(super) fn below_one_in_ten_to(flagged: u64, judged: u64, all_flagged: u64, all: u64) -> Option<u32> {
    let sound = flagged <= judged.min(all_flagged)
        && judged <= all
        && all_flagged <= all
        && judged - flagged <= all - all_flagged
        && all <= MOST_DOSSIERS;
    // At or below the share of all, half of such deals or so are as high: nothing to prove.
    let above = u128::from(flagged) * u128::from(all) > u128::from(judged) * u128::from(all_flagged);
    if !sound || !above {
        return None;
    }
    let deal = Deal { drawn: judged.into(), flagged: all_flagged.into(), clear: (all - all_flagged).into() };
    let tail = deal.tail(flagged.into());
    let enough = tail.checked_mul(10u128.pow(MOST))?;
    let rest = deal.below(flagged.into(), enough);
    let whole = tail.saturating_add(rest);
    (1..=MOST).rev().find(|n| tail.checked_mul(10u128.pow(*n)).is_some_and(|tail| tail < whole))
}

/// A blind deal: `drawn` dossiers out of `flagged` and `clear` ones.
struct Deal {
    drawn: u128,
    flagged: u128,
    clear: u128,
}

impl Deal {
    /// The weights of `from` and more flagged ones, that of `from` being [`ONE`]; not below the truth.
    fn tail(&self, from: u128) -> u128 {
        let last = self.drawn.min(self.flagged);
        let (mut term, mut sum) = (ONE, ONE);
        for have in from..last {
            // Above the mean each weight is less than the one before.
            let above = term * (self.flagged - have) * (self.drawn - have);
            term = above.div_ceil((have + 1) * (self.clear + have + 1 - self.drawn));
            sum += term;
            if term <= 1 {
                return sum + (last - have - 1);
            }
        }
        sum
    }

    /// The weights of fewer than `from`, that of `from` being [`ONE`]; not above the truth. Some may
    /// be left out, once `enough` is reached or numbers grow too large: that too is below the truth.
    fn below(&self, from: u128, enough: u128) -> u128 {
        let first = self.drawn.saturating_sub(self.clear);
        let (mut term, mut sum) = (ONE, 0u128);
        let mut have = from;
        while have > first && term > 0 && sum <= enough {
            let up = have * (self.clear + have - self.drawn);
            let Some(above) = term.checked_mul(up) else { break };
            term = above / ((self.flagged - have + 1) * (self.drawn - have + 1));
            sum = sum.saturating_add(term);
            have -= 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// n over k, for small n.
    fn choose(n: u64, k: u64) -> u128 {
        if k > n {
            return 0;
        }
        (0..k).fold(1, |sum, place| sum * u128::from(n - place) / u128::from(place + 1))
    }

    /// The same question answered by all deals, counted.
    fn counted(flagged: u64, judged: u64, all_flagged: u64, all: u64) -> Option<u32> {
        let deals = |have| choose(all_flagged, have) * choose(all - all_flagged, judged - have);
        let tail: u128 = (flagged..=judged.min(all_flagged)).map(deals).sum();
        (1..=MOST).rev().find(|n| tail * 10u128.pow(*n) < choose(all, judged))
    }

    #[test]
    fn by_hand() {
        // The only flagged one of ten falls to a group of one in 1 of 10 deals: not below it.
        assert_eq!(below_one_in_ten_to(1, 1, 1, 10), None);
        assert_eq!(below_one_in_ten_to(1, 1, 1, 11), Some(1));
        // Both of two: 1 of C(15, 2) = 105 deals.
        assert_eq!(below_one_in_ten_to(2, 2, 2, 15), Some(2));
        assert_eq!(below_one_in_ten_to(2, 2, 2, 14), Some(1)); // 1 of 91
        // The share of all, and less.
        assert_eq!(below_one_in_ten_to(5, 50, 100, 1_000), None);
        assert_eq!(below_one_in_ten_to(4, 50, 100, 1_000), None);
        // All of a million in one group of a thousand: as far as is told.
        assert_eq!(below_one_in_ten_to(1_000, 1_000, 1_000, 1_000_000), Some(MOST));
        assert_eq!(below_one_in_ten_to(0, 0, 0, 0), None);
        assert_eq!(below_one_in_ten_to(3, 2, 3, 10), None); // no such counts
    }

    #[test]
    fn large_counts_are_answered() {
        // Twice the share, in a tenth of ten million: far beyond what is told.
        assert_eq!(below_one_in_ten_to(200_000, 1_000_000, 1_000_000, 10_000_000), Some(MOST));
        // Three standard deviations above (σ ≈ 284.6): about 1 in 741.
        assert_eq!(below_one_in_ten_to(100_854, 1_000_000, 1_000_000, 10_000_000), Some(2));
    }

    #[test]
    fn as_counted_deal_by_deal() {
        let mut unlikely = 0;
        for all in 1u64..=26 {
            for (all_flagged, judged) in (0..=all).flat_map(|one| (0..=all).map(move |other| (one, other))) {
                let least = judged.saturating_sub(all - all_flagged);
                for flagged in least..=judged.min(all_flagged) {
                    let above = flagged * all > judged * all_flagged;
                    let expected = above.then(|| counted(flagged, judged, all_flagged, all)).flatten();
                    let found = below_one_in_ten_to(flagged, judged, all_flagged, all);
                    assert_eq!(found, expected, "{flagged} of {judged}, {all_flagged} of {all}");
                    unlikely += u32::from(found.is_some());
                }
            }
        }
        assert!(unlikely > 1_000);
    }
}
