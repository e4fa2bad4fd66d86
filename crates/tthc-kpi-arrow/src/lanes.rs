//! Sixty-four rows at once. A [`Mask`] says of each row of a block whether something holds: bit
//! *n* is row *n*. Loops run over whole arrays of [`LANES`] so that the compiler makes vectors of
//! them; all is inlined, to be compiled for the vectors of [`crate::wide`].
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]
#![expect(clippy::cast_possible_truncation, reason = "a day number is cut down to 16 bits on purpose")]

use arrow_buffer::BooleanBuffer;

use crate::wide::Lane;
pub(crate) use crate::wide::mask;

/// Rows of a block.
pub(crate) const LANES: usize = 64;

/// A value per row of a block.
pub(crate) type Lanes<T> = [T; LANES];

/// A bit per row of a block.
pub(crate) type Mask = u64;

/// One day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Day numbers dossiers may have: 2000-01-01 up to 2100-12-31 (SPEC §3, `bad_date`).
pub(crate) const DAYS: std::ops::Range<i32> = 10_957..47_847;

/// The same as moments.
pub(crate) const PLAUSIBLE: std::ops::Range<i64> = DAYS.start as i64 * DAY..DAYS.end as i64 * DAY;

/// A day number counted from the middle of [`DAYS`], so that it fits 16 bits and a vector holds
/// many. Days that are [`NONE`] or [`BAD`] come after all others.
pub(crate) type ShortDay = i16;

/// Not known.
pub(crate) const NONE: ShortDay = ShortDay::MAX;

/// Known, and outside [`DAYS`].
pub(crate) const BAD: ShortDay = ShortDay::MAX - 1;

const MIDDLE: i32 = i32::midpoint(DAYS.start, DAYS.end);

/// A day as a short one. Days outside [`DAYS`] become the day before or after them all.
#[inline(always)]
pub(crate) const fn short(day: i32) -> ShortDay {
    let day = if day < DAYS.start {
        DAYS.start - 1
    } else if day > DAYS.end {
        DAYS.end
    } else {
        day
    };
    (day - MIDDLE) as ShortDay
}

/// The number of a short day.
#[inline(always)]
pub(crate) const fn number(day: ShortDay) -> i32 {
    day as i32 + MIDDLE
}

/// A value per row.
#[inline(always)]
pub(crate) fn lanes<T: Copy + Default>(of: impl Fn(usize) -> T) -> Lanes<T> {
    let mut lanes = [T::default(); LANES];
    // With the number of turns hidden the compiler makes a loop of vectors; knowing it, it writes
    // out each turn first and then finds no vectors.
    for (row, lane) in lanes.iter_mut().enumerate().take(std::hint::black_box(LANES)) {
        *lane = of(row);
    }
    lanes
}

/// The first `rows` rows of a block.
#[inline(always)]
pub(crate) fn first(rows: usize) -> Mask {
    if rows >= LANES { Mask::MAX } else { (1 << rows) - 1 }
}

/// Bits of the mask in `then` where it is set, else those of `otherwise`.
#[inline(always)]
pub(crate) const fn pick(mask: Mask, then: Mask, otherwise: Mask) -> Mask {
    mask & then | !mask & otherwise
}

#[inline(always)]
pub(crate) fn less<T: Lane>(left: &Lanes<T>, right: &Lanes<T>) -> Mask {
    T::less(left, right)
}

#[inline(always)]
pub(crate) fn same<T: Lane>(left: &Lanes<T>, right: &Lanes<T>) -> Mask {
    T::same(left, right)
}

/// The rows below a bound.
#[inline(always)]
pub(crate) fn below<T: Lane>(values: &Lanes<T>, bound: T) -> Mask {
    T::below(values, bound)
}

/// The rows above a bound.
#[inline(always)]
pub(crate) fn above<T: Lane>(values: &Lanes<T>, bound: T) -> Mask {
    T::above(values, bound)
}

/// The rows equal to a value.
#[inline(always)]
pub(crate) fn equal<T: Lane>(values: &Lanes<T>, value: T) -> Mask {
    T::equal(values, value)
}

/// The rows of a mask, in order.
#[inline(always)]
pub(crate) fn rows(mut mask: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let row = mask.trailing_zeros() as usize;
        (mask != 0).then(|| {
            mask &= mask - 1;
            row
        })
    })
}

/// The day of a moment: [`BAD`] outside 2000 to 2100.
#[inline(always)]
pub(crate) fn day_of(at: i64) -> ShortDay {
    // DAY = 10,546,875 · 2^13. Divide in units of 2^27 µs (134 s) by multiplication, which is at
    // most one short, then look at the rest. All factors are below 2^32, which vectors multiply.
    const UNITS: u64 = (1 << 59) / DAY.cast_unsigned();
    const WIDTH: u64 = (PLAUSIBLE.end - PLAUSIBLE.start).cast_unsigned();
    let since = at.wrapping_sub(PLAUSIBLE.start);
    let unit = since.cast_unsigned() >> 27 & 0xffff_ffff;
    let about = unit.wrapping_mul(UNITS) >> 32 & 0xffff_ffff;
    let rest = since.wrapping_sub((about.wrapping_mul(10_546_875) << 13).cast_signed());
    let day = about.wrapping_add(u64::from(rest >= DAY)) as ShortDay;
    let day = day.wrapping_add(short(DAYS.start));
    if since.cast_unsigned() < WIDTH { day } else { BAD }
}

/// The values in the rows of the mask, else the other one. Sixteen bits of the mask at a time are
/// what vectors of short values turn into lanes.
#[inline(always)]
pub(crate) fn select<T: Copy>(mask: Mask, mut values: Lanes<T>, otherwise: T) -> Lanes<T> {
    for (part, values) in values.as_chunks_mut::<16>().0.iter_mut().enumerate() {
        let bits = (mask >> (16 * part)) as u16;
        for (row, value) in values.iter_mut().enumerate() {
            *value = if bits & 1 << row != 0 { *value } else { otherwise };
        }
    }
    values
}

/// Where a block that is not whole is copied to.
pub(crate) type Room<T> = Option<Box<Lanes<T>>>;

/// 64 values from `from` on: those in place, or where fewer are left a copy of them with the
/// default behind.
#[inline(always)]
pub(crate) fn block<'s, T: Copy + Default>(
    values: &'s [T],
    from: usize,
    room: &'s mut Room<T>,
) -> &'s Lanes<T> {
    // Hidden where it comes from: else the compiler takes each value by itself on either way, and
    // makes no vectors of them.
    std::hint::black_box(match values.get(from..).and_then(<[T]>::first_chunk) {
        Some(whole) => whole,
        None => room.insert(last(values.get(from..).unwrap_or_default())),
    })
}

#[cold]
#[inline(never)]
fn last<T: Copy + Default>(rest: &[T]) -> Box<Lanes<T>> {
    let mut lanes = Box::new([T::default(); LANES]);
    lanes.iter_mut().zip(rest).for_each(|(lane, value)| *lane = *value);
    lanes
}

/// The bits of a buffer, to be taken 64 at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bits<'b> {
    /// From the byte of the first bit on.
    bytes: &'b [u8],
    /// Where in its byte the first bit is.
    shift: u32,
    len: usize,
}

impl<'b> Bits<'b> {
    pub const NONE: Self = Bits { bytes: &[], shift: 0, len: 0 };

    pub fn of(buffer: &'b BooleanBuffer) -> Self {
        let bytes = buffer.values().get(buffer.offset() / 8..).unwrap_or_default();
        Bits { bytes, shift: (buffer.offset() % 8) as u32, len: buffer.len() }
    }

    /// The bits from `from` on, a multiple of 64; unset past the end.
    #[inline(always)]
    pub fn block(&self, from: usize) -> Mask {
        match self.bytes.get(from / 8..).and_then(<[u8]>::first_chunk::<9>) {
            Some(nine) if from + LANES <= self.len => self.word(nine),
            _ => self.last(from),
        }
    }

    #[inline(always)]
    fn word(&self, [low @ .., high]: &[u8; 9]) -> Mask {
        u64::from_le_bytes(*low) >> self.shift | u64::from(*high) << 1 << (63 - self.shift)
    }

    #[cold]
    #[inline(never)]
    fn last(&self, from: usize) -> Mask {
        let mut nine = [0u8; 9];
        let rest = self.bytes.get(from / 8..).unwrap_or_default();
        nine.iter_mut().zip(rest).for_each(|(byte, from)| *byte = *from);
        self.word(&nine) & first(self.len.saturating_sub(from))
    }
}

/// Turns words of facts into words of rows and back: bit *n* of word *m* becomes bit *m* of word
/// *n*.
#[inline(always)]
pub(crate) fn transpose(words: &mut Lanes<u64>) {
    let (mut width, mut low) = (LANES / 2, 0x0000_0000_ffff_ffffu64);
    while width > 0 {
        for block in (0..LANES).step_by(2 * width) {
            for one in block..block + width {
                let moved = (words[one] >> width ^ words[one + width]) & low;
                words[one] ^= moved << width;
                words[one + width] ^= moved;
            }
        }
        width /= 2;
        low ^= low << width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_exact_on_every_plausible_day() {
        for day in DAYS {
            let start = i64::from(day) * DAY;
            for time in [0, 1, DAY / 2, DAY - 1] {
                assert_eq!(day_of(start + time), short(day), "day {day} + {time} µs");
                assert_eq!(number(short(day)), day);
            }
        }
    }

    #[test]
    fn days_that_are_not_plausible_come_after_all_others() {
        for at in [PLAUSIBLE.start - 1, PLAUSIBLE.end, 0, i64::MIN, i64::MAX] {
            assert_eq!(day_of(at), BAD, "{at}");
        }
        for day in [i32::MIN, 0, DAYS.start - 1] {
            assert!(short(day) < short(DAYS.start), "{day}");
        }
        for day in [DAYS.end, 60_000, i32::MAX] {
            assert!(short(DAYS.end - 1) < short(day) && short(day) < BAD, "{day}");
        }
    }

    #[test]
    fn transposing_turns_rows_and_words() {
        let mut words = lanes(|word| (word as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let before = words;
        transpose(&mut words);
        for (word, row) in (0..LANES).flat_map(|word| (0..LANES).map(move |row| (word, row))) {
            assert_eq!(words[row] >> word & 1, before[word] >> row & 1);
        }
    }

    #[test]
    fn bits_are_taken_at_any_offset_and_end_where_the_buffer_ends() {
        let values: Vec<bool> = (0..400).map(|bit| bit % 3 == 0 || bit % 7 == 2).collect();
        for offset in 0..70 {
            for len in [0, 1, 63, 64, 65, 127, 128, 200, 256, 330] {
                let buffer = BooleanBuffer::from(values.clone()).slice(offset, len);
                for from in [0, 64, 128, 192, 256, 320, 512] {
                    let expected = mask(|row| from + row < len && values[offset + from + row]);
                    assert_eq!(
                        Bits::of(&buffer).block(from),
                        expected,
                        "offset {offset}, {len}, from {from}"
                    );
                }
            }
        }
        assert_eq!(rows(0b1001_0001).collect::<Vec<_>>(), [0, 4, 7]);
        assert_eq!((first(0), first(3), first(64)), (0, 7, Mask::MAX));
    }

    #[test]
    fn blocks_past_the_end_hold_the_default() {
        let values: Vec<u32> = (1..=100).collect();
        for from in [0, 64, 128] {
            let expected: Lanes<u32> = lanes(|row| values.get(from + row).copied().unwrap_or_default());
            assert_eq!(block(&values, from, &mut None), &expected);
        }
        assert_eq!(select(0b101, lanes(|row| row + 1), 0)[..4], [1, 0, 3, 0]);
        assert_eq!(select(1 << 63, [7u32; LANES], 9)[60..], [9, 9, 9, 7]);
    }
}
