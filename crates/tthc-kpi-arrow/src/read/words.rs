//! The words the readers know (`data/headers.toml`), and how two spellings of one word are told
//! to be the same.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use tthc_kpi::{ApplicantKind, Channel, Column, Status};
use unicode_normalization::UnicodeNormalization;

use super::ReadError;
use super::cell::nfc;

/// The form in which words are compared: NFC, lower case, white space and line breaks collapsed,
/// tone marks in one place (`hoá` is `hóa`), no punctuation at the ends.
///
/// # Example
/// ```
/// use tthc_kpi_arrow::read::normalise;
/// assert_eq!(normalise("  NGÀY\n tiếp  nhận: *"), "ngày tiếp nhận");
/// assert_eq!(normalise("Số hoá"), normalise("Số hóa"));
/// ```
pub fn normalise(text: &str) -> String {
    let text = nfc(text);
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_whitespace() || letter.is_control() || matches!(letter, '\u{200b}' | '\u{feff}') {
            gap = true;
            continue;
        }
        // "Đơn vị/ cá nhân" and "phí , lệ phí" are spaced as the typist liked.
        let glued = matches!(letter, '/' | ',') || out.as_bytes().last() == Some(&b'/');
        if gap && !out.is_empty() && !glued {
            out.push(' ');
        }
        gap = false;
        // Ð (eth) is typed for Đ on some keyboards; the two look the same.
        push_toned(&mut out, if letter == 'ð' { 'đ' } else { letter });
    }
    out.trim_matches(|end: char| {
        matches!(
            end,
            ' ' | '*'
                | ':'
                | ';'
                | '.'
                | ','
                | '-'
                | '–'
                | '—'
                | '_'
                | '"'
                | '\''
                | '“'
                | '”'
                | '!'
                | '?'
                | '/'
                | '#'
        )
    })
    .to_owned()
}

/// Moves the tone of oà, oè, uỳ to the first vowel, the older of the two schools.
fn push_toned(out: &mut String, letter: char) {
    const SECOND: [(char, [char; 5], char); 3] = [
        ('o', ['à', 'á', 'ả', 'ã', 'ạ'], 'a'),
        ('o', ['è', 'é', 'ẻ', 'ẽ', 'ẹ'], 'e'),
        ('u', ['ỳ', 'ý', 'ỷ', 'ỹ', 'ỵ'], 'y'),
    ];
    // Nearly all letters are no second vowel with a tone.
    if letter.is_ascii() || !matches!(out.as_bytes().last(), Some(b'o' | b'u')) {
        out.push(letter);
        return;
    }
    for (first, toned, plain) in SECOND {
        if out.ends_with(first)
            && let Some(tone) = toned.iter().position(|with| *with == letter)
        {
            let firsts = if first == 'o' {
                ['ò', 'ó', 'ỏ', 'õ', 'ọ']
            } else {
                ['ù', 'ú', 'ủ', 'ũ', 'ụ']
            };
            out.pop();
            out.push(firsts.get(tone).copied().unwrap_or(first));
            out.push(plain);
            return;
        }
    }
    out.push(letter);
}

/// A normalised text without its marks: `ngày tiếp nhận` is `ngay tiep nhan`.
pub(crate) fn folded(normalised: &str) -> String {
    let plain = |letter: &char| !('\u{300}'..='\u{36f}').contains(letter);
    normalised.nfd().filter(plain).map(|letter| if letter == 'đ' { 'd' } else { letter }).collect()
}

/// The header without notes in brackets: `Hạn xử lý (ngày)` is `hạn xử lý`.
pub(crate) fn without_notes(normalised: &str) -> String {
    let mut depth = 0_u32;
    let kept: String = normalised
        .chars()
        .filter(|letter| match letter {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    normalise(&kept)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    personal: Vec<String>,
    headers: BTreeMap<Column, Vec<String>>,
    short: BTreeMap<String, String>,
    ambiguous: Vec<RawAmbiguous>,
    status: BTreeMap<Status, Vec<String>>,
    status_with: RawStatusWith,
    channel: BTreeMap<Channel, Vec<String>>,
    applicant_kind: BTreeMap<ApplicantKind, Vec<String>>,
    rating: BTreeMap<String, Vec<String>>,
    truth: RawTruth,
    cells: RawCells,
    rows: RawRows,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAmbiguous {
    headers: Vec<String>,
    columns: Vec<Column>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStatusWith {
    before: Vec<String>,
    after: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTruth {
    yes: Vec<String>,
    no: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCells {
    blank: Vec<String>,
    nothing: Vec<String>,
    unrated: Vec<String>,
    free: Vec<String>,
    no_id: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRows {
    total: Vec<String>,
    note: Vec<String>,
}

/// The tables, keyed by the normalised word.
#[derive(Debug)]
pub(crate) struct Words {
    /// Headers, and whether each is the column's own slug or title.
    pub(crate) headers: BTreeMap<String, (Column, bool)>,
    pub(crate) personal: Vec<String>,
    pub(crate) ambiguous: BTreeMap<String, Vec<Column>>,
    /// Headers as they are typed without marks, and the columns they could be.
    folded: BTreeMap<String, Vec<Column>>,
    /// The words of personal data with blanks around them, and the same as typed without marks.
    personal_spaced: [Vec<String>; 2],
    /// Words as they are shortened, and what they stand for.
    short: BTreeMap<String, String>,
    pub(crate) status: BTreeMap<String, Status>,
    /// What stands before and after a status and tells nothing of it.
    status_with: [Vec<String>; 2],
    pub(crate) channel: BTreeMap<String, Channel>,
    pub(crate) applicant_kind: BTreeMap<String, ApplicantKind>,
    pub(crate) rating: BTreeMap<String, u8>,
    pub(crate) truth: BTreeMap<String, bool>,
    blank: Vec<String>,
    nothing: Vec<String>,
    /// What says that nobody gave a rating.
    pub(crate) unrated: Vec<String>,
    /// What says that there is nothing to pay.
    pub(crate) free: Vec<String>,
    no_id: Vec<String>,
    total: Vec<String>,
    note: Vec<String>,
}

static WORDS: LazyLock<Result<Words, &'static str>> =
    LazyLock::new(|| Words::parse(include_str!("../../data/headers.toml")));

/// The built-in tables.
pub(crate) fn words() -> Result<&'static Words, ReadError> {
    WORDS.as_ref().map_err(|what| ReadError::Internal(what))
}

impl Words {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let raw: Raw = toml::from_str(text).map_err(|_| "headers.toml does not parse")?;
        let mut headers = BTreeMap::new();
        for column in Column::ALL {
            let synonyms = raw.headers.get(column).map(Vec::as_slice).unwrap_or_default();
            for (name, own) in [column.slug(), column.title()]
                .into_iter()
                .map(|name| (name, true))
                .chain(synonyms.iter().map(|name| (name.as_str(), false)))
            {
                let previous = headers.insert(normalise(name), (*column, own));
                if previous.is_some_and(|(other, _)| other != *column) {
                    return Err("headers.toml gives one header to two columns");
                }
            }
        }
        let mut ambiguous = BTreeMap::new();
        for entry in raw.ambiguous {
            for header in &entry.headers {
                let header = normalise(header);
                if headers.contains_key(&header) || ambiguous.insert(header, entry.columns.clone()).is_some()
                {
                    return Err("headers.toml has an ambiguous header twice");
                }
            }
        }
        let mut without_marks: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        let all = headers.iter().map(|(name, (column, _))| (name, vec![*column]));
        for (name, columns) in all.chain(ambiguous.iter().map(|(name, columns)| (name, columns.clone()))) {
            let could_be = without_marks.entry(folded(name)).or_default();
            could_be.extend(columns);
            could_be.sort_unstable();
            could_be.dedup();
        }
        let personal: Vec<String> = raw.personal.iter().map(|name| normalise(name)).collect();
        let mut rating = Vec::new();
        for (level, names) in raw.rating {
            rating.push((
                level.parse::<u8>().map_err(|_| "headers.toml has a rating that is no number")?,
                names,
            ));
        }
        Ok(Words {
            headers,
            personal_spaced: [
                personal.iter().map(|name| spaced(name)).collect(),
                personal.iter().map(|name| spaced(&folded(name))).collect(),
            ],
            personal,
            ambiguous,
            folded: without_marks,
            status: values(raw.status.into_iter().map(|(value, names)| (value, value.slug(), names)))?,
            status_with: [both_ways(&raw.status_with.before), both_ways(&raw.status_with.after)],
            channel: values(raw.channel.into_iter().map(|(value, names)| (value, value.slug(), names)))?,
            applicant_kind: values(
                raw.applicant_kind.into_iter().map(|(value, names)| (value, value.slug(), names)),
            )?,
            rating: values(rating.into_iter().map(|(value, names)| (value, "", names)))?,
            truth: values([(true, "", raw.truth.yes), (false, "", raw.truth.no)])?,
            short: raw.short.iter().map(|(short, long)| (normalise(short), normalise(long))).collect(),
            blank: raw.cells.blank,
            nothing: both_ways(&raw.cells.nothing),
            unrated: both_ways(&raw.cells.unrated),
            free: both_ways(&raw.cells.free),
            no_id: raw.cells.no_id,
            total: both_ways(&raw.rows.total),
            note: both_ways(&raw.rows.note),
        })
    }

    /// Whether a cell that is not of a text column says "nothing here".
    pub(crate) fn is_blank(&self, trimmed: &str) -> bool {
        // Nearly all values begin so, and nothing that is none.
        if trimmed.starts_with(|first: char| first.is_ascii_digit()) {
            return false;
        }
        // "__/__/____", "../../....": the form nobody filled in.
        let is_line =
            |letter| matches!(letter, '-' | '–' | '—' | '_' | '.' | '…' | '/' | ':' | ',' | ' ' | '\u{a0}');
        trimmed.chars().all(is_line) || self.blank.iter().any(|blank| blank.eq_ignore_ascii_case(trimmed))
    }

    /// Whether words where a date or a number should stand say that there is none.
    pub(crate) fn is_nothing(&self, trimmed: &str) -> bool {
        // A value that is one begins with a digit, or nearly so.
        !trimmed.starts_with(|first: char| first.is_ascii_digit())
            && self.nothing.contains(&normalise(trimmed))
    }

    /// The status of a normalised text: "10 - đã trả kết quả", "hồ sơ đang xử lý (trong hạn)".
    pub(crate) fn status_of(&self, normalised: &str) -> Option<Status> {
        let named = |name: &str| {
            let found = self.status.get(name).copied();
            found.or_else(|| self.status.get(&self.spelled_out(name)?).copied())
        };
        // A code before its name: where systems number differently, the name tells.
        let coded = normalised.trim_start_matches(['[', '(']);
        let rest = coded.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let bare = match coded.len() - rest.len() {
            1 | 2 => rest.trim_start_matches(|letter: char| !letter.is_alphanumeric()),
            _ => normalised,
        };
        let (bare, noted) = (normalise(bare), without_notes(&normalise(bare)));
        [normalised, &bare, &noted].into_iter().find_map(|name| {
            named(name).or_else(|| named(self.without_before(name))).or_else(|| {
                let plain = self.without_after(name)?;
                named(plain).or_else(|| named(self.without_before(plain)))
            })
        })
    }

    fn without_before<'a>(&self, name: &'a str) -> &'a str {
        let [before, _] = &self.status_with;
        let cut = before.iter().find_map(|word| name.strip_prefix(word.as_str()));
        cut.and_then(|rest| rest.strip_prefix(' ')).unwrap_or(name)
    }

    fn without_after<'a>(&self, name: &'a str) -> Option<&'a str> {
        let [_, after] = &self.status_with;
        let rest = after.iter().find_map(|word| name.strip_suffix(word.as_str()))?;
        let plain = rest.trim_end_matches([' ', ',', '-', '–', '/', ':']);
        (plain.len() < rest.len()).then_some(plain)
    }

    /// Whether a text stands in the column of ids where there is none.
    pub(crate) fn is_no_id(&self, trimmed: &str) -> bool {
        let lower = || trimmed.nfc().collect::<String>().to_lowercase();
        !trimmed.chars().any(char::is_alphanumeric) || self.no_id.contains(&lower())
    }

    /// Whether a row that begins with this text is a total.
    pub(crate) fn is_total(&self, text: &str) -> bool {
        let text = normalise(text);
        self.total.iter().any(|total| {
            text == *total
                || text.strip_prefix(total.as_str()).is_some_and(|rest| {
                    // "Tổng số hồ sơ: 12", "Tổng cộng (I+II)"; a unit called "Tổng cục ..." is no total.
                    let rest = rest.trim_start_matches([' ', ':']);
                    ["hồ sơ", "ho so", "lĩnh vực", "linh vuc"].iter().any(|word| rest.starts_with(word))
                        || rest.starts_with(|c: char| c.is_ascii_digit() || c == '(')
                })
        })
    }

    /// Whether a text begins as notes and signatures under a list do.
    pub(crate) fn is_note(&self, text: &str) -> bool {
        let text = normalise(text);
        let text = text.trim_start_matches('(');
        self.note.iter().any(|note| {
            let rest = text.strip_prefix(note.as_str());
            rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    }

    /// A normalised text with its shortened words written out: "ngày tn hs" is "ngày tiếp nhận hồ sơ".
    /// Nothing where none is shortened. Beside words typed without marks, they are written out without.
    pub(crate) fn spelled_out(&self, normalised: &str) -> Option<String> {
        let long = |word: &str| {
            let long = self.short.get(word)?;
            Some(if normalised.is_ascii() { folded(long) } else { long.clone() })
        };
        let words: Vec<&str> = normalised.split(' ').collect();
        words.iter().any(|word| self.short.contains_key(*word)).then(|| {
            let words: Vec<String> =
                words.into_iter().map(|word| long(word).unwrap_or_else(|| word.to_owned())).collect();
            words.join(" ")
        })
    }

    /// What a header typed without any mark could mean; nothing where it has one.
    pub(crate) fn without_marks(&self, normalised: &str) -> &[Column] {
        let found = normalised.is_ascii().then(|| self.folded.get(normalised)).flatten();
        found.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a header speaks of the applicant's personal data.
    pub(crate) fn is_personal(&self, normalised: &str) -> bool {
        let padded = spaced(normalised);
        let [marked, plain] = &self.personal_spaced;
        let names = if normalised.is_ascii() { plain } else { marked };
        names.iter().any(|name| padded.contains(name.as_str()))
    }
}

/// The words normalised, and as they are typed without marks.
fn both_ways(words: &[String]) -> Vec<String> {
    words.iter().map(|word| normalise(word)).flat_map(|word| [folded(&word), word]).collect()
}

/// Words apart by single blanks, with one at each end, so that containment is of whole words.
fn spaced(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// A table of words by their values, each with its slug if it has one.
pub(super) fn values<T: Copy + PartialEq>(
    rows: impl IntoIterator<Item = (T, &'static str, Vec<String>)>,
) -> Result<BTreeMap<String, T>, &'static str> {
    let mut table = BTreeMap::new();
    for (value, slug, names) in rows {
        for name in names.iter().map(String::as_str).chain((!slug.is_empty()).then_some(slug)) {
            if table.insert(normalise(name), value).is_some_and(|other| other != value) {
                return Err("a word is given to two values");
            }
        }
    }
    // As typed without marks, where that is the word of one value only.
    let mut plain: BTreeMap<String, Option<T>> = BTreeMap::new();
    for (name, value) in &table {
        let one = plain.entry(folded(name)).or_insert(Some(*value));
        *one = one.filter(|one| one == value);
    }
    for (name, value) in plain {
        if let Some(value) = value {
            table.entry(name).or_insert(value);
        }
    }
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_consistent() {
        let words = words().expect("headers.toml");
        for column in Column::ALL {
            assert_eq!(words.headers.get(column.slug()).map(|found| found.0), Some(*column));
            assert!(!words.is_personal(column.slug()), "{column}");
        }
        for status in Status::ALL {
            assert_eq!(words.status.get(&normalise(status.title())), Some(status));
        }
    }

    #[test]
    fn spelling() {
        for text in [
            "Ngày tiếp nhận",
            "NGÀY TIẾP NHẬN",
            " ngày\u{a0}tiếp\r\nnhận *",
            "Nga\u{300}y tie\u{302}\u{301}p nha\u{302}\u{323}n:",
        ] {
            assert_eq!(normalise(text), "ngày tiếp nhận", "{text:?}");
        }
        assert_eq!(without_notes(&normalise("Hạn xử lý (ngày) [bắt buộc]")), "hạn xử lý");
        assert_eq!(normalise("Ðơn vị / cá nhân"), normalise("Đơn vị/cá nhân"));
        assert_eq!(normalise("Phí , lệ phí"), normalise("Phí, lệ phí"));
        assert_ne!(normalise("hoàn"), normalise("hoan"));
        assert_eq!(normalise("***"), "");
    }

    #[test]
    fn personal_and_total() {
        let words = words().expect("headers.toml");
        for header in [
            "Họ tên chủ hồ sơ",
            "Số CCCD/CMND",
            "Điện thoại liên hệ",
            "Địa chỉ",
            "E-mail",
            "Mã số thuế",
            "SĐT",
            "Ngày sinh",
        ] {
            assert!(words.is_personal(&normalise(header)), "{header}");
        }
        for header in ["Ghi chú", "STT", "Khu phố", "Tổ dân phố"] {
            assert!(!words.is_personal(&normalise(header)), "{header}");
        }
        assert!(
            words.is_total("TỔNG CỘNG:")
                && words.is_total("Tổng số: 25")
                && words.is_total("Tổng cộng (I+II)")
                && words.is_total("Tổng số hồ sơ")
        );
        assert!(words.is_total("tong cong") && words.is_total("Cộng lĩnh vực hộ tịch: 5"));
        assert!(words.is_note("(Ký, ghi rõ họ tên)") && words.is_note("KT. CHỦ TỊCH"));
        assert!(!words.is_note("Tmart") && !words.is_note("Đăng ký khai sinh"));
        assert!(words.is_personal(&words.spelled_out("họ tên chủ hs").expect("a short word")));
        assert!(
            !words.is_total("Tổng cục Thuế") && !words.is_total("Tổng in ấn") && !words.is_total("Cộng Hòa")
        );
    }
}
