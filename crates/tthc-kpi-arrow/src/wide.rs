//! What the compiler does not find by itself: which vectors the processor has, and the one
//! instruction that makes bits of bytes. All code marked unsafe in this crate is here.

/// Work that is compiled once per width of vectors. Everything it calls must be
/// `#[inline(always)]` to be compiled with it.
pub(crate) trait Work {
    /// What comes of it.
    type Output;
    /// Does the work.
    fn run(self) -> Self::Output;
}

/// Does the work with the widest vectors this processor has: AVX-512, AVX2, or those every
/// processor of the architecture has. The answer is the same.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "a function of a target feature is called after that feature is detected")]
pub(crate) fn widest<W: Work>(work: W) -> W::Output {
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd,avx512vpopcntdq")]
    #[target_feature(enable = "avx2,fma,bmi1,bmi2,lzcnt,popcnt")]
    fn avx512<W: Work>(work: W) -> W::Output {
        work.run()
    }
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
    let has_avx512 = has_avx2
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512vpopcntdq");
    if has_avx512 {
        // SAFETY: every feature the function is compiled for was detected.
        unsafe { avx512(work) }
    } else if has_avx2 {
        // SAFETY: as above.
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

/// The highest bit of every byte; bit *n* is that of byte *n*.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "the instructions are in every processor of the architecture")]
#[inline(always)]
pub(crate) fn top_bits(bytes: [u8; 16]) -> u16 {
    use std::arch::x86_64::{_mm_movemask_epi8, _mm_set_epi64x};
    let ([low, high], _) = bytes.as_chunks::<8>() else { return 0 };
    let (low, high) = (i64::from_le_bytes(*low), i64::from_le_bytes(*high));
    // SAFETY: both are of SSE2, without which there is no x86-64.
    let bits = unsafe { _mm_movemask_epi8(_mm_set_epi64x(high, low)) };
    let [low, high, ..] = bits.to_le_bytes();
    u16::from_le_bytes([low, high])
}

/// The highest bit of every byte; bit *n* is that of byte *n*.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn top_bits(bytes: [u8; 16]) -> u16 {
    let (eights, _) = bytes.as_chunks::<8>();
    eights.iter().rev().fold(0, |bits, eight| {
        // Bit 7 of byte n comes to bit 56 + n.
        let tops = u64::from_le_bytes(*eight) >> 7 & 0x0101_0101_0101_0101;
        let [.., gathered] = tops.wrapping_mul(0x0102_0408_1020_4080).to_le_bytes();
        bits << 8 | u16::from(gathered)
    })
}

#[cfg(test)]
mod tests {
    use super::top_bits;

    #[test]
    fn top_bits_are_those_of_the_bytes() {
        for bits in 0..=u16::MAX {
            let bytes = std::array::from_fn(|byte| if bits >> byte & 1 == 1 { 0xff } else { 0x7f });
            assert_eq!(top_bits(bytes), bits);
        }
    }
}
