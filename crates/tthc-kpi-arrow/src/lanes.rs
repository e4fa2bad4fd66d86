//! Sixty-four rows at once. A [`Mask`] says of each row of a block whether something holds: bit
//! *n* is row *n*. Loops run over whole arrays of [`LANES`] so that the compiler makes vectors of
//! them; all is inlined, to be compiled for the vectors of [`crate::wide`].
#![expect(clippy::indexing_slicing, reason = "arrays of 64 are indexed by 0..64")]
#![expect(clippy::cast_possible_truncation, reason = "a day number is cut down to 32 bits on purpose")]

use arrow_buffer::BooleanBuffer;

use crate::wide::top_bits;

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

/// The rows of which `test` holds.
#[inline(always)]
pub(crate) fn mask(test: impl Fn(usize) -> bool) -> Mask {
    let mut mask = 0;
    for part in 0..LANES / 16 {
        let from = part.wrapping_mul(16);
        let mut bytes = [0u8; 16];
        for row in 0..16 {
            bytes[row] = if test(from.wrapping_add(row)) { 0xff } else { 0 };
        }
        mask |= Mask::from(top_bits(bytes)).wrapping_shl(from as u32);
    }
    mask
}

/// A value per row.
#[inline(always)]
pub(crate) fn lanes<T: Copy + Default>(of: impl Fn(usize) -> T) -> Lanes<T> {
    let mut lanes = [T::default(); LANES];
    for (row, lane) in lanes.iter_mut().enumerate() {
        *lane = of(row);
    }
    lanes
}

/// The first `rows` rows of a block.
#[inline(always)]
pub(crate) fn first(rows: usize) -> Mask {
    if rows >= LANES { Mask::MAX } else { (1 << rows) - 1 }
}

#[inline(always)]
pub(crate) fn has(mask: Mask, row: usize) -> bool {
    mask >> row & 1 == 1
}

/// `then` in the rows of the mask, else `otherwise`.
#[inline(always)]
pub(crate) fn select<T: Copy + Default>(mask: Mask, then: &Lanes<T>, otherwise: &Lanes<T>) -> Lanes<T> {
    lanes(|row| if has(mask, row) { then[row] } else { otherwise[row] })
}

/// Bits of the mask in `then` where it is set, else those of `otherwise`.
#[inline(always)]
pub(crate) const fn pick(mask: Mask, then: Mask, otherwise: Mask) -> Mask {
    mask & then | !mask & otherwise
}

#[inline(always)]
pub(crate) fn less<T: Copy + PartialOrd>(left: &Lanes<T>, right: &Lanes<T>) -> Mask {
    mask(|row| left[row] < right[row])
}

/// The rows below a bound.
#[inline(always)]
pub(crate) fn below<T: Copy + PartialOrd>(values: &Lanes<T>, bound: T) -> Mask {
    mask(|row| values[row] < bound)
}

/// The rows equal to a value.
#[inline(always)]
pub(crate) fn equal<T: Copy + PartialEq>(values: &Lanes<T>, value: T) -> Mask {
    mask(|row| values[row] == value)
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

/// The day number of each moment. Exact for [`PLAUSIBLE`] moments; any number for others.
#[inline(always)]
pub(crate) fn days(at: &Lanes<i64>) -> Lanes<i32> {
    // DAY = 10,546,875 · 2^13. Divide in units of 2^27 µs (134 s) by multiplication, which is at
    // most one short, then look at the rest. All factors are below 2^32, which vectors multiply.
    const UNITS: u64 = (1 << 59) / DAY.cast_unsigned();
    lanes(|row| {
        let since = at[row].wrapping_sub(PLAUSIBLE.start);
        let unit = since.cast_unsigned() >> 27 & 0xffff_ffff;
        let about = unit.wrapping_mul(UNITS) >> 32 & 0xffff_ffff;
        let rest = since.wrapping_sub((about.wrapping_mul(10_546_875) << 13).cast_signed());
        (about as i32).wrapping_add(i32::from(rest >= DAY)).wrapping_add(DAYS.start)
    })
}

/// The rows of moments that lie in 2000 to 2100.
#[inline(always)]
pub(crate) fn plausible(at: &Lanes<i64>) -> Mask {
    const WIDTH: u64 = (PLAUSIBLE.end - PLAUSIBLE.start).cast_unsigned();
    mask(|row| at[row].wrapping_sub(PLAUSIBLE.start).cast_unsigned() < WIDTH)
}

/// The rows of moments at exactly midnight: dates alone.
#[inline(always)]
pub(crate) fn dates_alone(at: &Lanes<i64>, day: &Lanes<i32>) -> Mask {
    mask(|row| at[row] == i64::from(day[row]).wrapping_mul(DAY))
}

/// The rows of moments from noon on.
#[inline(always)]
pub(crate) fn afternoons(at: &Lanes<i64>, day: &Lanes<i32>) -> Mask {
    mask(|row| at[row].wrapping_sub(i64::from(day[row]).wrapping_mul(DAY)) >= DAY / 2)
}

/// 64 values from `from` on; the default past the end.
#[inline(always)]
pub(crate) fn load<T: Copy + Default>(values: &[T], from: usize) -> Lanes<T> {
    let rest = values.get(from..).unwrap_or_default();
    match rest.first_chunk() {
        Some(whole) => *whole,
        None => {
            let mut lanes = [T::default(); LANES];
            for (lane, value) in lanes.iter_mut().zip(rest) {
                *lane = *value;
            }
            lanes
        }
    }
}

/// 64 bits from `from` on; unset past the end.
#[inline(always)]
pub(crate) fn bits(buffer: &BooleanBuffer, from: usize) -> Mask {
    if from >= buffer.len() {
        return 0;
    }
    let at = buffer.offset() + from;
    let bytes = buffer.values().get(at / 8..).unwrap_or_default();
    let (low, high) = match bytes.first_chunk::<9>() {
        Some([low @ .., high]) => (u64::from_le_bytes(*low), *high),
        None => {
            let mut nine = [0u8; 9];
            nine.iter_mut().zip(bytes).for_each(|(byte, from)| *byte = *from);
            let [low @ .., high] = nine;
            (u64::from_le_bytes(low), high)
        }
    };
    let word = match at % 8 {
        0 => low,
        shift => low >> shift | u64::from(high) << (64 - shift),
    };
    word & first(buffer.len() - from)
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
                assert_eq!(days(&[start + time; LANES]), [day; LANES], "day {day} + {time} µs");
            }
        }
        assert_eq!(plausible(&[PLAUSIBLE.start; LANES]) & plausible(&[PLAUSIBLE.end - 1; LANES]), Mask::MAX);
        assert_eq!(plausible(&[PLAUSIBLE.start - 1; LANES]) | plausible(&[PLAUSIBLE.end; LANES]), 0);
        assert_eq!(plausible(&[i64::MIN; LANES]) | plausible(&[i64::MAX; LANES]), 0);
    }

    #[test]
    fn transposing_turns_rows_and_words() {
        let mut words = lanes(|word| (word as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let before = words;
        transpose(&mut words);
        for (word, row) in (0..LANES).flat_map(|word| (0..LANES).map(move |row| (word, row))) {
            assert_eq!(has(words[row], word), has(before[word], row));
        }
    }

    #[test]
    fn bits_are_read_at_any_offset_and_end_where_the_buffer_ends() {
        let values: Vec<bool> = (0..200).map(|bit| bit % 3 == 0 || bit % 7 == 2).collect();
        for offset in 0..70 {
            let buffer = BooleanBuffer::from(values.clone()).slice(offset, 120);
            for from in [0, 1, 63, 64, 100, 119, 120, 500] {
                let expected = mask(|row| from + row < 120 && values[offset + from + row]);
                assert_eq!(bits(&buffer, from), expected, "offset {offset}, from {from}");
            }
        }
        assert_eq!(rows(0b1001_0001).collect::<Vec<_>>(), [0, 4, 7]);
        assert_eq!((first(0), first(3), first(64)), (0, 7, Mask::MAX));
    }
}
