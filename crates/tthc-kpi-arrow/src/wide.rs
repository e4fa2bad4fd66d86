//! What the compiler does not find by itself: which vectors the processor has, and the
//! comparisons that make a bit per row. All code marked unsafe in this crate is here.

use crate::lanes::{LANES, Lanes, Mask};

/// Work that is compiled once per width of vectors. Everything it calls must be
/// `#[inline(always)]` to be compiled with it.
pub(crate) trait Work {
    /// What comes of it.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work with AVX2 where this processor has it, else with the vectors that every processor
/// of the architecture has. The answer is the same.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "a function of a target feature is called after that feature is detected")]
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
    fn avx2<W: Work>(work: W) -> W::Output {
        work.run()
    }
    let has_avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt");
    if has_avx2 {
        // SAFETY: every feature the function is compiled for was detected.
        unsafe { avx2(work) }
    } else {
        work.run()
    }
}

/// Does the work; on this architecture there is one width.
#[cfg(not(target_arch = "x86_64"))]
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
    work.run()
}

/// A value that vectors compare.
pub(crate) trait Lane: Copy + PartialOrd {
    /// The rows of the first that are less than those of the second.
    fn less(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask;
    /// The rows that are the same in both.
    fn same(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask;
    /// The rows below a bound.
    fn below(values: &Lanes<Self>, bound: Self) -> Mask;
    /// The rows above a bound.
    fn above(values: &Lanes<Self>, bound: Self) -> Mask;
    /// The rows equal to a value.
    fn equal(values: &Lanes<Self>, value: Self) -> Mask;
}

/// Written out, since the compiler does not reliably make vectors of comparisons whose outcome is
/// a bit per row.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions are in every processor of the architecture")]
mod compare {
    use std::arch::x86_64::{
        __m128i, _mm_cmpeq_epi8, _mm_cmpeq_epi16, _mm_cmpeq_epi32, _mm_cmplt_epi8, _mm_cmplt_epi16,
        _mm_cmplt_epi32, _mm_loadu_si128, _mm_movemask_epi8, _mm_packs_epi16, _mm_packs_epi32, _mm_set1_epi8,
        _mm_set1_epi16, _mm_set1_epi32, _mm_xor_si128,
    };

    use super::{LANES, Lane, Lanes, Mask};

    /// One bit per row of what `test` makes of each vector of 16 bytes: all bits of a value set, or
    /// none.
    #[inline(always)]
    fn mask<T>(test: impl Fn(usize) -> __m128i) -> Mask {
        let mut mask = 0;
        for part in 0..LANES / 16 {
            // SAFETY: all are of SSE2, without which there is no x86-64.
            let bits = unsafe {
                _mm_movemask_epi8(match size_of::<T>() {
                    1 => test(part),
                    2 => _mm_packs_epi16(test(2 * part), test(2 * part + 1)),
                    _ => _mm_packs_epi16(
                        _mm_packs_epi32(test(4 * part), test(4 * part + 1)),
                        _mm_packs_epi32(test(4 * part + 2), test(4 * part + 3)),
                    ),
                })
            };
            mask |= Mask::from(bits.cast_unsigned()) << (16 * part);
        }
        mask
    }

    /// A vector of 16 bytes of the values.
    #[inline(always)]
    fn vector<T>(values: &Lanes<T>, place: usize) -> __m128i {
        debug_assert!((place + 1) * 16 <= size_of::<Lanes<T>>());
        // SAFETY: the vector lies in the array: `mask` asks for as many as the array has.
        unsafe { _mm_loadu_si128(values.as_ptr().cast::<__m128i>().add(place)) }
    }

    macro_rules! lane {
        ($type:ty, $set:ident as $signed:ty, $equal:ident, $less:ident, $low:expr) => {
            impl Lane for $type {
                #[inline(always)]
                fn less(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask {
                    mask::<$type>(|place| less(vector(left, place), vector(right, place)))
                }
                #[inline(always)]
                fn same(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask {
                    // SAFETY: of SSE2, as above.
                    mask::<$type>(|place| unsafe { $equal(vector(left, place), vector(right, place)) })
                }
                #[inline(always)]
                fn below(values: &Lanes<Self>, bound: Self) -> Mask {
                    mask::<$type>(|place| less(vector(values, place), all(bound)))
                }
                #[inline(always)]
                fn above(values: &Lanes<Self>, bound: Self) -> Mask {
                    mask::<$type>(|place| less(all(bound), vector(values, place)))
                }
                #[inline(always)]
                fn equal(values: &Lanes<Self>, value: Self) -> Mask {
                    // SAFETY: of SSE2, as above.
                    mask::<$type>(|place| unsafe { $equal(vector(values, place), all(value)) })
                }
            }

            #[inline(always)]
            fn all(value: $type) -> __m128i {
                // SAFETY: of SSE2, as above.
                unsafe { $set(<$signed>::from_ne_bytes(value.to_ne_bytes())) }
            }

            /// The instruction compares signed numbers: the least one is moved to the least signed.
            #[inline(always)]
            fn less(left: __m128i, right: __m128i) -> __m128i {
                // SAFETY: of SSE2, as above.
                unsafe {
                    let low = $set($low);
                    $less(_mm_xor_si128(left, low), _mm_xor_si128(right, low))
                }
            }
        };
    }

    mod of_u8 {
        use super::*;
        lane!(u8, _mm_set1_epi8 as i8, _mm_cmpeq_epi8, _mm_cmplt_epi8, i8::MIN);
    }
    mod of_u16 {
        use super::*;
        lane!(u16, _mm_set1_epi16 as i16, _mm_cmpeq_epi16, _mm_cmplt_epi16, i16::MIN);
    }
    mod of_i16 {
        use super::*;
        lane!(i16, _mm_set1_epi16 as i16, _mm_cmpeq_epi16, _mm_cmplt_epi16, 0);
    }
    mod of_u32 {
        use super::*;
        lane!(u32, _mm_set1_epi32 as i32, _mm_cmpeq_epi32, _mm_cmplt_epi32, i32::MIN);
    }
}

#[cfg(not(target_arch = "x86_64"))]
mod compare {
    use super::{Lane, Lanes, Mask, mask};

    impl<T: Copy + PartialOrd> Lane for T {
        #[inline(always)]
        fn less(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask {
            mask(|row| left[row] < right[row])
        }
        #[inline(always)]
        fn same(left: &Lanes<Self>, right: &Lanes<Self>) -> Mask {
            mask(|row| left[row] == right[row])
        }
        #[inline(always)]
        fn below(values: &Lanes<Self>, bound: Self) -> Mask {
            mask(|row| values[row] < bound)
        }
        #[inline(always)]
        fn above(values: &Lanes<Self>, bound: Self) -> Mask {
            mask(|row| values[row] > bound)
        }
        #[inline(always)]
        fn equal(values: &Lanes<Self>, value: Self) -> Mask {
            mask(|row| values[row] == value)
        }
    }
}

/// The rows of which `test` holds.
#[inline(always)]
pub(crate) fn mask(test: impl Fn(usize) -> bool) -> Mask {
    let bit = |row: usize| Mask::from(test(row)) << row;
    (0..LANES).fold(0, |mask, row| mask | bit(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers at the edges of their kind and between, in another order at each turn.
    fn lanes<T: Copy>(of: impl Fn(u64) -> T, turn: u64) -> Lanes<T> {
        std::array::from_fn(|row| of((row as u64 + turn).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32))
    }

    fn holds<T: Lane + std::fmt::Debug>(of: impl Fn(u64) -> T + Copy) {
        for turn in 0..200 {
            let (left, right) = (lanes(of, turn), lanes(of, turn / 3 + 64));
            let bound = right[usize::try_from(turn % 64).unwrap()];
            assert_eq!(T::less(&left, &right), mask(|row| left[row] < right[row]), "{left:?} {right:?}");
            assert_eq!(T::same(&left, &right), mask(|row| left[row] == right[row]), "{left:?} {right:?}");
            assert_eq!(T::below(&left, bound), mask(|row| left[row] < bound), "{left:?} {bound:?}");
            assert_eq!(T::above(&left, bound), mask(|row| left[row] > bound), "{left:?} {bound:?}");
            assert_eq!(T::equal(&left, bound), mask(|row| left[row] == bound), "{left:?} {bound:?}");
        }
    }

    fn pick<T: Copy, const N: usize>(edges: [T; N]) -> impl Fn(u64) -> T + Copy {
        move |pick| edges[usize::try_from(pick % N as u64).unwrap()]
    }

    #[test]
    fn comparisons_are_those_of_the_values() {
        holds(pick([0u8, 1, 2, 5, 127, 128, 129, 254, 255]));
        holds(pick([0u16, 1, 255, 256, 32_767, 32_768, 65_534, 65_535]));
        holds(pick([0i16, 1, -1, 255, 32_767, 32_766, -32_768, -32_767]));
        holds(pick([0u32, 1, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]));
    }
}
