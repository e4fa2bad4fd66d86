//! Sixty-four counters that are raised by a word at a time.

/// A count for each bit of a word: how many of the words added had it set.
///
/// The counts are kept as binary numbers side by side, a word per place: bit *n* of plane *p* is
/// bit *p* of count *n*. Adding a word is then the addition one learns at school, in all counts at
/// once, and mostly ends after a few places; nothing waits to be written down later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BitCounts {
    planes: Box<[u64; 64]>,
}

/// A count would pass 64 bits, or fall below zero.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OutOfRange;

impl BitCounts {
    pub fn new() -> Self {
        BitCounts { planes: Box::new([0; 64]) }
    }

    /// The first counts given; the others are zero.
    pub fn of(counts: &[u64]) -> Self {
        let mut planes = Box::new([0; 64]);
        planes.iter_mut().zip(counts).for_each(|(plane, count)| *plane = *count);
        transpose(&mut planes);
        BitCounts { planes }
    }

    /// The counts of all bits.
    pub fn all(&self) -> [u64; 64] {
        let mut counts = *self.planes;
        transpose(&mut counts);
        counts
    }

    /// The count of a bit, below 64.
    pub fn get(&self, bit: usize) -> u64 {
        self.planes.iter().enumerate().fold(0, |count, (place, plane)| count | (plane >> bit & 1) << place)
    }

    /// Counts the bits of a word.
    #[inline]
    pub fn add(&mut self, word: u64) -> Result<(), OutOfRange> {
        let mut carry = word;
        // Eight places without a question asked: whether a carry is left after them is foreseeable.
        for eight in self.planes.as_chunks_mut::<8>().0 {
            for plane in eight {
                (*plane, carry) = (*plane ^ carry, *plane & carry);
            }
            if carry == 0 {
                return Ok(());
            }
        }
        Err(OutOfRange)
    }

    pub fn merge(&mut self, other: &BitCounts) -> Result<(), OutOfRange> {
        let mut carry = 0;
        for (mine, theirs) in self.planes.iter_mut().zip(other.planes.iter()) {
            let (a, b) = (*mine, *theirs);
            (*mine, carry) = (a ^ b ^ carry, a & b | (a ^ b) & carry);
        }
        if carry == 0 { Ok(()) } else { Err(OutOfRange) }
    }

    /// Takes all of `other` out; [`BitCounts::holds`] must be true.
    pub fn subtract(&mut self, other: &BitCounts) -> Result<(), OutOfRange> {
        let mut borrow = 0;
        for (mine, theirs) in self.planes.iter_mut().zip(other.planes.iter()) {
            let (a, b) = (*mine, *theirs);
            (*mine, borrow) = (a ^ b ^ borrow, !a & b | !(a ^ b) & borrow);
        }
        if borrow == 0 { Ok(()) } else { Err(OutOfRange) }
    }

    /// Whether no count of `other` exceeds its own here.
    pub fn holds(&self, other: &BitCounts) -> bool {
        let places = self.planes.iter().zip(other.planes.iter());
        places.fold(0, |borrow, (a, b)| !a & b | !(a ^ b) & borrow) == 0
    }
}

/// Makes bit *n* of word *p* bit *p* of word *n*: the quarters of the square change places, then the
/// quarters of each quarter.
fn transpose(words: &mut [u64; 64]) {
    let (mut side, mut low) = (32, u64::from(u32::MAX));
    while side > 0 {
        for block in words.chunks_exact_mut(2 * side) {
            let (above, below) = block.split_at_mut(side);
            for (above, below) in above.iter_mut().zip(below) {
                let changed = (*above >> side ^ *below) & low;
                *above ^= changed << side;
                *below ^= changed;
            }
        }
        side /= 2;
        low ^= low << side;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words without a pattern, the same in every run.
    fn words() -> impl Iterator<Item = u64> {
        std::iter::successors(Some(0x9e37_79b9_7f4a_7c15_u64), |word| {
            let word = word ^ word << 13;
            let word = word ^ word >> 7;
            Some(word ^ word << 17)
        })
    }

    #[test]
    fn every_bit_has_its_count_at_every_moment() {
        let (mut counts, mut expected) = (BitCounts::new(), [0u64; 64]);
        // Half of the bits often, the others seldom; past the places where a carry is looked for.
        for (word, mask) in words().zip(words().skip(7)).take(70_000) {
            let word = word & (mask | 0xffff_ffff) | 1;
            counts.add(word).unwrap();
            for (bit, count) in expected.iter_mut().enumerate() {
                *count += word >> bit & 1;
            }
            assert_eq!(counts.get(0), expected[0]);
        }
        assert!((0..64).all(|bit| counts.get(bit) == expected[bit]));
        assert_eq!(counts.all(), expected);
        assert_eq!(counts, BitCounts::of(&expected));
    }

    #[test]
    fn sums_and_differences_are_those_of_the_counts() {
        let (a, b): (Vec<u64>, Vec<u64>) = (
            words().take(64).map(|word| word >> 1).collect(),
            words().skip(64).take(64).map(|word| word >> 1).collect(),
        );
        let sum: Vec<u64> = a.iter().zip(&b).map(|(a, b)| a + b).collect();
        let (mine, theirs) = (BitCounts::of(&a), BitCounts::of(&b));
        let mut both = mine.clone();
        both.merge(&theirs).unwrap();
        assert_eq!(both, BitCounts::of(&sum));
        assert!(both.holds(&mine) && both.holds(&theirs) && both.holds(&both) && !mine.holds(&both));
        both.subtract(&theirs).unwrap();
        assert_eq!(both, mine);
        assert_eq!(mine.holds(&theirs), a.iter().zip(&b).all(|(a, b)| a >= b));
    }

    #[test]
    fn a_count_out_of_range_is_told() {
        let most = BitCounts::of(&[u64::MAX, 1]);
        assert_eq!(most.clone().add(2), Ok(()));
        assert_eq!(most.clone().add(3), Err(OutOfRange));
        assert_eq!(most.clone().merge(&BitCounts::of(&[1])), Err(OutOfRange));
        assert_eq!(most.clone().subtract(&BitCounts::of(&[0, 2])), Err(OutOfRange));
        assert!(!most.holds(&BitCounts::of(&[0, 2])));
    }
}
