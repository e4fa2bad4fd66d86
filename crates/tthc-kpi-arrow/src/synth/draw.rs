//! Chance, in whole numbers: the same seed gives the same draws on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One stream of draws.
pub(super) struct Draw {
    rng: ChaCha8Rng,
    /// The half of a word that the last draw per thousand left over.
    spare: Option<u16>,
}

impl Draw {
    /// The stream `stream` of `seed`. Streams are independent, so a block of rows can be drawn
    /// without drawing the blocks before it.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Draw { rng, spare: None }
    }

    /// A number in `0..n`; 0 for `n` = 0.
    #[inline]
    pub(super) fn below(&mut self, n: u32) -> u32 {
        // The high half of a 32 x 32 bit product: it always fits.
        #[allow(clippy::cast_possible_truncation)]
        let high = ((u64::from(self.rng.next_u32()) * u64::from(n)) >> 32) as u32;
        high
    }

    /// True `permille` times in a thousand, to within two in a hundred thousand.
    #[inline]
    pub(super) fn chance(&mut self, permille: u32) -> bool {
        // Half a word will do, and a dossier needs some forty of these.
        let half = match self.spare.take() {
            Some(half) => half,
            None => {
                let [a, b, c, d] = self.rng.next_u32().to_le_bytes();
                self.spare = Some(u16::from_le_bytes([c, d]));
                u16::from_le_bytes([a, b])
            }
        };
        u32::from(half) * 1000 < permille << 16
    }

    /// `value`, or unknown `permille` times in a thousand.
    #[inline]
    pub(super) fn known<T>(&mut self, value: T, permille: u32) -> Option<T> {
        if self.chance(permille) { None } else { Some(value) }
    }
}

/// A choice among weighted things: each index stands in the table as often as its weight.
pub(super) struct Weighted(Vec<u16>);

impl Weighted {
    pub(super) fn new(weights: impl IntoIterator<Item = u32>) -> Self {
        Weighted((0_u16..).zip(weights).flat_map(|(index, weight)| (0..weight).map(move |_| index)).collect())
    }

    #[inline]
    pub(super) fn pick(&self, draw: &mut Draw) -> u16 {
        let at = draw.below(u32::try_from(self.0.len()).unwrap_or(u32::MAX));
        self.0.get(at as usize).copied().unwrap_or(0)
    }
}
