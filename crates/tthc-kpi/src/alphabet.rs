//! The order of names as people of the language look for them: the Vietnamese alphabet. Data keep the order
//! of code points (SPEC §6); this is the order of what is printed and shown.

use unicode_normalization::UnicodeNormalization;

use crate::dimension::Key;

/// The letters, those of other Latin writing where they stand there.
const LETTERS: &str = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz";
/// Kinds of characters, in their order; 0 ends a part of the key.
const SPACE: u32 = 1;
const SIGN: u32 = 2;
const DIGIT: u32 = 1 << 24;
const LETTER: u32 = 2 << 24;
const OTHER: u32 = 3 << 24;

/// What to sort a name by, in the order of a Vietnamese dictionary. First letters decide: a ă â b c d đ e ê
/// … o ô ơ … u ư v x y, upper case like lower case; before them blanks, signs and digits, after them other
/// writing. Then, from the left, tones: none, huyền, hỏi, ngã, sắc, nặng. Then code points, so that two names
/// are equal only when they are the same.
///
/// # Example
/// ```
/// use tthc_kpi::alphabet_key;
/// let mut names = ["Đất đai", "Hộ tịch", "Dân tộc", "Đầu tư", "Đăng ký", "Hộ kinh doanh", "Ăn uống", "Xây dựng"];
/// names.sort_by_key(|name| alphabet_key(name));
/// assert_eq!(names, ["Ăn uống", "Dân tộc", "Đăng ký", "Đất đai", "Đầu tư", "Hộ kinh doanh", "Hộ tịch", "Xây dựng"]);
/// ```
pub fn alphabet_key(name: &str) -> Vec<u32> {
    let (mut letters, mut tones): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    for mark in name.chars().flat_map(char::to_lowercase).nfd() {
        let tone = match mark {
            '\u{300}' => 2,
            '\u{309}' => 3,
            '\u{303}' => 4,
            '\u{301}' => 5,
            '\u{323}' => 6,
            _ => 0,
        };
        if tone > 0 {
            if let Some(last) = tones.last_mut() {
                *last = tone;
            }
        } else if let ('\u{302}' | '\u{306}' | '\u{31b}', Some(last)) = (mark, letters.last_mut()) {
            *last = shaped(*last, mark);
        } else if !('\u{300}'..='\u{36f}').contains(&mark) {
            letters.push(weight(mark));
            tones.push(1);
        }
    }
    // As many tones as letters: a key of more letters was told apart before.
    letters.into_iter().chain([0]).chain(tones).chain([0]).chain(name.chars().map(u32::from)).collect()
}

/// The place of a character among all.
fn weight(letter: char) -> u32 {
    let place = LETTERS.chars().position(|known| known == letter).and_then(|at| u32::try_from(at).ok());
    match place {
        Some(at) => LETTER + at,
        None if letter.is_whitespace() => SPACE,
        None if letter.is_ascii_digit() => DIGIT + u32::from(letter),
        None if letter.is_alphanumeric() => OTHER + u32::from(letter),
        None => SIGN + u32::from(letter),
    }
}

/// The place of a letter with its hat, bow or horn.
fn shaped(plain: u32, mark: char) -> u32 {
    let of = |letter: char| weight(letter);
    let pairs = [
        ('a', '\u{306}', 'ă'),
        ('a', '\u{302}', 'â'),
        ('e', '\u{302}', 'ê'),
        ('o', '\u{302}', 'ô'),
        ('o', '\u{31b}', 'ơ'),
        ('u', '\u{31b}', 'ư'),
    ];
    let found = pairs.iter().find(|(letter, with, _)| *with == mark && of(*letter) == plain);
    found.map_or(plain, |(.., letter)| of(*letter))
}

/// What to sort values of a dimension by: texts as names, other values as they are, the unknown last.
///
/// # Example
/// ```
/// use tthc_kpi::{Key, reading_order};
/// let mut keys = [Key::Null, Key::text("Đất đai"), Key::text("Hộ tịch"), Key::text("Dân tộc")];
/// keys.sort_by_key(reading_order);
/// assert_eq!(keys.map(|key| key.as_text().unwrap_or_default()), ["Dân tộc", "Đất đai", "Hộ tịch", ""]);
/// ```
pub fn reading_order(key: &Key) -> (Vec<u32>, Key) {
    match key {
        Key::Text(text) => (alphabet_key(text), Key::text("")),
        // Above every letter, so that texts come first, as in data.
        other => (vec![u32::MAX], other.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::alphabet_key;

    fn sorted(mut names: Vec<&str>) -> Vec<&str> {
        names.sort_by_key(|name| alphabet_key(name));
        names
    }

    #[test]
    fn letters_decide_before_tones_and_tones_before_case() {
        let tones = vec!["ma", "mà", "mả", "mã", "má", "mạ"];
        assert_eq!(sorted(tones.iter().rev().copied().collect()), tones);
        let words =
            vec!["", "1", "2 tháng", "An", "an", "Án", "Anh", "ăn", "ân", "da", "đa", "đá", "e", "z", "я"];
        assert_eq!(sorted(words.iter().rev().copied().collect()), words);
        // A tone of the first word says less than a letter of the second.
        assert_eq!(sorted(vec!["hộ tịch", "hò kinh", "hổ kinh"]), ["hò kinh", "hổ kinh", "hộ tịch"]);
    }

    #[test]
    fn composed_and_decomposed_names_stand_together() {
        let [one, other] = ["Đi\u{1ec7}n", "Đie\u{323}\u{302}n"];
        let parts = |name: &str| alphabet_key(name).into_iter().take(9).collect::<Vec<_>>();
        assert_eq!(parts(one), parts(other));
        assert_ne!(alphabet_key(one), alphabet_key(other));
    }
}
