//! Text that is not in Unicode: which of the old Vietnamese ways of writing it is, told by the words
//! of the headers that come out. Windows-1258 is read; TCVN3 (ABC) and VNI are named and refused, since
//! a TCVN3 text has lost the case of its letters: in it a capital is another font.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::words::{folded, normalise, words};

/// How many different words of headers must come out before a text is taken to be written so.
const ENOUGH: usize = 4;

/// An old way of writing Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Legacy {
    Windows1258,
    Tcvn3,
    Vni,
}

impl Legacy {
    /// Its name, where it is not read.
    pub(super) const fn refused(self) -> Option<&'static str> {
        match self {
            Legacy::Windows1258 => None,
            Legacy::Tcvn3 => Some("TCVN3 (ABC)"),
            Legacy::Vni => Some("VNI"),
        }
    }
}

/// The words of all known headers.
static WORDS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let words = words().ok();
    let headers = words.iter().flat_map(|words| words.headers.keys().chain(&words.personal));
    headers.flat_map(|header| split(header)).collect()
});

static FOLDED: LazyLock<BTreeSet<String>> = LazyLock::new(|| WORDS.iter().map(|word| folded(word)).collect());

fn split(text: &str) -> Vec<String> {
    // Marks that stand by themselves are no letters.
    let text: String = text.nfc().collect();
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(normalise);
    words.filter(|word| word.chars().count() > 1).collect()
}

/// The way some bytes that are not UTF-8 are written, if it is one of the old ones.
#[cfg(feature = "files")]
pub(super) fn of_bytes(bytes: &[u8]) -> Option<Legacy> {
    let (decoded, _) = encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes);
    let found = split(&decoded).into_iter().filter(|word| !word.is_ascii() && WORDS.contains(word));
    let in_1258 = found.collect::<BTreeSet<_>>().len();
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let (other, words) = of_font(&text);
    [(Some(Legacy::Windows1258), in_1258), (other, words)]
        .into_iter()
        .filter(|(_, words)| *words >= ENOUGH)
        .max_by_key(|(_, words)| *words)?
        .0
}

/// The way a text is written whose letters are signs of another alphabet, shown right by a font.
pub(super) fn of_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Legacy> {
    let text = texts.collect::<Vec<_>>().join("\n");
    // Neither has a letter beyond the first 256: one such is Unicode.
    if text.chars().any(|letter| letter.is_alphabetic() && letter > '\u{ff}') {
        return None;
    }
    let (legacy, words) = of_font(&text);
    legacy.filter(|_| words >= ENOUGH)
}

fn of_font(text: &str) -> (Option<Legacy>, usize) {
    let count = |plain: String| {
        let words = split(&plain).into_iter().filter(|word| FOLDED.contains(word));
        words.collect::<BTreeSet<_>>().len()
    };
    let marks = text.chars().filter(|letter| !letter.is_ascii()).count();
    if marks == 0 {
        return (None, 0);
    }
    let tcvn3 = count(text.chars().map(tcvn3).collect());
    let vni = count(text.chars().filter_map(vni).collect());
    // Words without marks count in both: only what is read better so is a sign.
    let plain = count(text.to_owned());
    let (legacy, words) = if tcvn3 > vni { (Legacy::Tcvn3, tcvn3) } else { (Legacy::Vni, vni) };
    (Some(legacy), words.saturating_sub(plain))
}

/// The letter of TCVN 5712:1999 VN3 without its marks.
const fn tcvn3(letter: char) -> char {
    match letter as u32 {
        0xa1 | 0xa2 | 0xa8 | 0xa9 | 0xb5..=0xb9 | 0xbb..=0xbe | 0xc6..=0xcb => 'a',
        0xa3 | 0xaa | 0xcc | 0xce..=0xd6 => 'e',
        0xd7 | 0xd8 | 0xdc..=0xde => 'i',
        0xa4 | 0xa5 | 0xab | 0xac | 0xdf | 0xe1..=0xee => 'o',
        0xa6 | 0xad | 0xef | 0xf1..=0xf9 => 'u',
        0xfa..=0xfe => 'y',
        0xa7 | 0xae => 'd',
        _ => letter,
    }
}

/// The letter of VNI without its mark: most marks are signs of their own after the letter.
const fn vni(letter: char) -> Option<char> {
    Some(match letter as u32 {
        0xd1 | 0xf1 => 'd',
        0xc6 | 0xcc | 0xcd | 0xd2 | 0xd3 | 0xe6 | 0xec | 0xed | 0xf2 | 0xf3 => 'i',
        0xd4 | 0xf4 => 'o',
        0xd6 | 0xf6 => 'u',
        0xce | 0xee => 'y',
        0xc0..=0xff => return None,
        _ => letter,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TCVN3: &str = "M· hå s¬;Ngµy tiÕp nhËn;Ngµy hÑn tr¶;Tr¹ng th¸i";
    const VNI: &str = "Maõ hoà sô;Ngaøy tieáp nhaän;Ngaøy heïn traû;Traïng thaùi";

    fn latin(text: &str) -> Vec<u8> {
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect()
    }

    #[test]
    fn each_way_of_writing_is_told_from_the_others() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1258.encode(
            "Ma\u{303} hô\u{300} sơ;Nga\u{300}y tiê\u{301}p nhâ\u{323}n;Nga\u{300}y he\u{323}n tra\u{309}",
        );
        assert_eq!(of_bytes(&bytes), Some(Legacy::Windows1258));
        assert_eq!(of_bytes(&latin(TCVN3)), Some(Legacy::Tcvn3));
        assert_eq!(of_bytes(&latin(VNI)), Some(Legacy::Vni));
        assert_eq!(of_texts(TCVN3.split(';')), Some(Legacy::Tcvn3));
        assert_eq!(of_texts(VNI.split(';')), Some(Legacy::Vni));
        let title = "BÁO CÁO CHI TIẾT HỒ SƠ;Phí, lệ phí nộp trực tuyến;Ghi chú: Số liệu trích xuất từ hệ thống một cửa.";
        assert_eq!(of_texts(title.split(';')), None);
        for other in ["Mã hồ sơ;Ngày tiếp nhận;Ngày hẹn trả", "Ma ho so;Ngay tiep nhan", "día;señor;año"]
        {
            assert_eq!(of_texts(other.split(';')), None, "{other}");
        }
        assert_eq!(of_bytes(&latin("día;señor;año;niño;café;él")), None);
    }
}
