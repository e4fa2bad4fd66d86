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

    /// Takes a word out that was added; [`BitCounts::holds_word`] must be true.
    pub fn subtract_word(&mut self, word: u64) -> Result<(), OutOfRange> {
        let mut borrow = word;
        for eight in self.planes.as_chunks_mut::<8>().0 {
            for plane in eight {
                (*plane, borrow) = (*plane ^ borrow, !*plane & borrow);
            }
            if borrow == 0 {
                return Ok(());
            }
        }
        Err(OutOfRange)
    }

    /// Whether each bit of the word has been counted at least once.
    pub fn holds_word(&self, word: u64) -> bool {
        let mut lacking = word;
        for eight in self.planes.as_chunks::<8>().0 {
            lacking = eight.iter().fold(lacking, |lacking, plane| lacking & !plane);
            if lacking == 0 {
                return true;
            }
        }
        false
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
        let mut both = mine;
        both.merge(&theirs).unwrap();
        assert_eq!(both, BitCounts::of(&sum));
        for word in words().skip(128).take(100) {
            both.add(word).unwrap();
            assert!(both.holds_word(word));
            both.subtract_word(word).unwrap();
            assert_eq!(both, BitCounts::of(&sum));
        }
    }

    #[test]
    fn a_word_is_held_when_each_of_its_bits_has_been_counted() {
        // Counts in low places and in high ones, and those of one bit none.
        let counts: Vec<u64> = (0..64).map(|bit| if bit == 7 { 0 } else { 1 << bit }).collect();
        let counts = BitCounts::of(&counts);
        for bit in 0..64 {
            assert_eq!(counts.holds_word(1 << bit), bit != 7);
            let mut less = counts.clone();
            assert_eq!(less.subtract_word(1 << bit), if bit == 7 { Err(OutOfRange) } else { Ok(()) });
            assert!(bit == 7 || less.get(bit) == (1 << bit) - 1);
        }
        assert!(counts.holds_word(0) && counts.holds_word(!(1 << 7)) && !counts.holds_word(u64::MAX));
    }

    #[test]
    fn a_count_out_of_range_is_told() {
        let mut most = BitCounts::of(&[u64::MAX, 1]);
        assert_eq!(most.clone().add(2), Ok(()));
        assert_eq!(most.clone().add(3), Err(OutOfRange));
        assert_eq!(most.clone().merge(&BitCounts::of(&[1])), Err(OutOfRange));
        assert_eq!(most.clone().subtract_word(3), Ok(()));
        assert_eq!(most.subtract_word(4), Err(OutOfRange));
    }
}
