//! The words of registers (`data/registers.toml`): what a header of each means, and values written as
//! text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use tthc_kpi::{InternalKind, OnlineLevel, Register, RegisterColumn};

use super::super::ReadError;
use super::super::words::{folded, normalise, values, without_notes, words};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    personal: Vec<String>,
    other_units: Vec<String>,
    procedures: RawRegister,
    petitions: RawRegister,
    tasks: RawRegister,
    reviews: RawRegister,
    archive: RawRegister,
    plan_tasks: RawRegister,
    declared: RawRegister,
    online_level: BTreeMap<OnlineLevel, Vec<String>>,
    internal: BTreeMap<InternalKind, Vec<String>>,
    truth: RawTruth,
    not_yet: RawNotYet,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegister {
    tells: Vec<String>,
    #[serde(default)]
    decisive: Vec<String>,
    headers: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    ambiguous: Vec<RawAmbiguous>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAmbiguous {
    headers: Vec<String>,
    columns: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTruth {
    yes: Vec<String>,
    no: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotYet {
    columns: Vec<RegisterColumn>,
    words: Vec<String>,
}

/// What a header means in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known<'w> {
    /// One column; whether the header is its slug or title.
    Column(RegisterColumn, bool),
    /// It could mean any of these.
    Ambiguous(&'w [RegisterColumn]),
}

/// The headers of one register, normalised.
#[derive(Debug)]
struct Headers {
    tells: Vec<RegisterColumn>,
    decisive: Vec<RegisterColumn>,
    known: BTreeMap<String, (RegisterColumn, bool)>,
    ambiguous: BTreeMap<String, Vec<RegisterColumn>>,
    /// Headers as they are typed without marks, and the columns they could be.
    folded: BTreeMap<String, Vec<RegisterColumn>>,
}

/// The tables, keyed by the normalised word.
#[derive(Debug)]
pub(super) struct RegisterWords {
    registers: BTreeMap<Register, Headers>,
    personal: Vec<String>,
    personal_folded: Vec<String>,
    other_units: Vec<String>,
    pub(super) online_level: BTreeMap<String, OnlineLevel>,
    pub(super) internal: BTreeMap<String, InternalKind>,
    pub(super) truth: BTreeMap<String, bool>,
    not_yet: (Vec<RegisterColumn>, Vec<String>),
}

static WORDS: LazyLock<Result<RegisterWords, &'static str>> =
    LazyLock::new(|| RegisterWords::parse(include_str!("../../../data/registers.toml")));

/// The built-in tables.
pub(super) fn register_words() -> Result<&'static RegisterWords, ReadError> {
    WORDS.as_ref().map_err(|what| ReadError::Internal(what))
}

impl Headers {
    fn new(register: Register, raw: &RawRegister) -> Result<Self, &'static str> {
        let column = |name: &String| register.column(name).map_err(|_| "registers.toml: no such column");
        let mut known: BTreeMap<String, (RegisterColumn, bool)> = BTreeMap::new();
        let mut add = |name: &str, of: RegisterColumn, own: bool| {
            let before = known.insert(normalise(name), (of, own));
            let differs = before.is_some_and(|(other, _)| other != of);
            if differs { Err("registers.toml gives one header to two columns") } else { Ok(()) }
        };
        for (name, synonyms) in &raw.headers {
            for synonym in synonyms {
                add(synonym, column(name)?, false)?;
            }
        }
        for own in register.columns() {
            add(own.name(), own, true)?;
            add(own.title(), own, true)?;
        }
        let mut ambiguous = BTreeMap::new();
        for entry in &raw.ambiguous {
            let columns = entry.columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
            for header in &entry.headers {
                let header = normalise(header);
                if known.contains_key(&header) || ambiguous.insert(header, columns.clone()).is_some() {
                    return Err("registers.toml has an ambiguous header twice");
                }
            }
        }
        let mut without_marks: BTreeMap<String, Vec<RegisterColumn>> = BTreeMap::new();
        let all = known.iter().map(|(name, (column, _))| (name, vec![*column]));
        for (name, columns) in all.chain(ambiguous.iter().map(|(name, columns)| (name, columns.clone()))) {
            let could_be = without_marks.entry(folded(name)).or_default();
            could_be.extend(columns);
            could_be.sort_unstable();
            could_be.dedup();
        }
        Ok(Headers {
            folded: without_marks,
            tells: raw.tells.iter().map(column).collect::<Result<_, _>>()?,
            decisive: raw.decisive.iter().map(column).collect::<Result<_, _>>()?,
            known,
            ambiguous,
        })
    }
}

impl RegisterWords {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let raw: Raw = toml::from_str(text).map_err(|_| "registers.toml does not parse")?;
        let all = [
            (Register::Procedures, &raw.procedures),
            (Register::Petitions, &raw.petitions),
            (Register::Tasks, &raw.tasks),
            (Register::Reviews, &raw.reviews),
            (Register::Archive, &raw.archive),
            (Register::PlanTasks, &raw.plan_tasks),
            (Register::Declared, &raw.declared),
        ];
        let registers =
            all.map(|(register, raw)| Headers::new(register, raw).map(|headers| (register, headers)));
        let normal = |names: &[String]| names.iter().map(|name| normalise(name)).collect::<Vec<_>>();
        Ok(RegisterWords {
            registers: registers.into_iter().collect::<Result<_, _>>()?,
            personal_folded: normal(&raw.personal).iter().map(|name| folded(name)).collect(),
            personal: normal(&raw.personal),
            // Not normalised: "%" is punctuation. And as they are typed without marks.
            other_units: raw.other_units.iter().flat_map(|unit| [unit.clone(), folded(unit)]).collect(),
            online_level: values(
                raw.online_level.into_iter().map(|(level, names)| (level, level.slug(), names)),
            )?,
            internal: values(raw.internal.into_iter().map(|(kind, names)| (kind, kind.slug(), names)))?,
            truth: values([(true, "", raw.truth.yes), (false, "", raw.truth.no)])?,
            not_yet: (raw.not_yet.columns, normal(&raw.not_yet.words)),
        })
    }

    /// What a header means in a register, without a caller's mapping: first as it stands, then without
    /// notes in brackets. A note may be part of a known header, or say that the numbers are not what the
    /// column holds.
    pub(super) fn known(&self, register: Register, whole: &str, bare: &str) -> Option<Known<'_>> {
        let headers = self.registers.get(&register)?;
        let names = [Some(whole), (bare != whole && !self.in_other_unit(whole)).then_some(bare)];
        names.into_iter().flatten().filter(|name| !name.is_empty()).find_map(|name| {
            let column = headers.known.get(name).map(|(column, own)| Known::Column(*column, *own));
            column.or_else(|| headers.ambiguous.get(name).map(|columns| Known::Ambiguous(columns))).or_else(
                || match headers.folded.get(name).filter(|_| name.is_ascii())?.as_slice() {
                    [column] => Some(Known::Column(*column, false)),
                    several => Some(Known::Ambiguous(several)),
                },
            )
        })
    }

    /// Whether a header speaks of a person and is no known header above all.
    pub(super) fn is_personal(&self, register: Register, header: &str) -> Result<bool, ReadError> {
        let whole = normalise(header);
        if self.known(register, &whole, &without_notes(&whole)).is_some() {
            return Ok(false);
        }
        let plain = |text: &str| format!(" {} ", text.replace(['(', ')', '/', ','], " "));
        let padded = plain(&whole);
        let names = if whole.is_ascii() { &self.personal_folded } else { &self.personal };
        let own = names.iter().any(|name| padded.contains(&plain(name)));
        Ok(own || words()?.is_personal(&whole))
    }

    /// Whether the notes in brackets name a unit that no column of a register has.
    fn in_other_unit(&self, normalised: &str) -> bool {
        let notes = normalised.split(['(', '[']).skip(1);
        let mut notes = notes.filter_map(|note| note.split([')', ']']).next()).map(str::trim);
        notes.any(|note| {
            let padded = format!(" {note} ");
            self.other_units.iter().any(|unit| note == unit || padded.contains(&format!(" {unit} ")))
                || note.contains('%')
        })
    }

    /// The columns one of which a sheet must have to be taken for the register.
    pub(super) fn tells(&self, register: Register) -> &[RegisterColumn] {
        self.registers.get(&register).map_or(&[], |headers| &headers.tells)
    }

    /// The columns that make a sheet one of the register, whatever else it has.
    pub(super) fn decisive(&self, register: Register) -> &[RegisterColumn] {
        self.registers.get(&register).map_or(&[], |headers| &headers.decisive)
    }

    /// Whether a text in a column of days says that it has not been done yet.
    pub(super) fn is_not_yet(&self, column: RegisterColumn, text: &str) -> bool {
        self.not_yet.0.contains(&column) && self.not_yet.1.contains(&normalise(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(register: Register, header: &str) -> Option<Known<'static>> {
        let whole = normalise(header);
        register_words().expect("registers.toml").known(register, &whole, &without_notes(&whole))
    }

    fn personal(register: Register, header: &str) -> bool {
        register_words().expect("registers.toml").is_personal(register, header).expect("headers.toml")
    }

    #[test]
    fn the_tables_are_consistent() {
        for register in Register::ALL {
            for column in register.columns() {
                for name in [column.name(), column.title()] {
                    assert_eq!(meaning(*register, name), Some(Known::Column(column, true)), "{column}");
                }
            }
            assert!(!register_words().expect("registers.toml").tells(*register).is_empty());
        }
        for level in OnlineLevel::ALL {
            assert_eq!(register_words().expect("registers.toml").online_level[level.slug()], *level);
        }
    }

    #[test]
    fn levels_and_kinds() {
        let words = register_words().expect("registers.toml");
        for (text, level) in [
            ("TOÀN TRÌNH", OnlineLevel::Full),
            ("Dịch vụ công trực tuyến toàn trình", OnlineLevel::Full),
            ("Mức độ 4", OnlineLevel::Full),
            ("DVCTT một phần", OnlineLevel::Partial),
            ("mức 3", OnlineLevel::Partial),
            ("Cung cấp thông tin trực tuyến", OnlineLevel::Offline),
            ("Không", OnlineLevel::Offline),
        ] {
            assert_eq!(words.online_level.get(&normalise(text)), Some(&level), "{text}");
        }
        assert_eq!(words.online_level.get("4"), None, "systems number levels differently");
        for (text, kind) in [
            ("Giữa các CQHCNN", InternalKind::Between),
            ("Trong nội bộ cơ quan", InternalKind::Within),
            ("không", InternalKind::Public),
        ] {
            assert_eq!(words.internal.get(&normalise(text)), Some(&kind), "{text}");
        }
    }

    #[test]
    fn personal_and_other_units() {
        for header in [
            "Họ và tên",
            "Số điện thoại",
            "Người phản ánh",
            "Tổ chức, cá nhân",
            "Nội dung phản ánh (tóm tắt)",
        ] {
            assert!(personal(Register::Petitions, header), "{header}");
        }
        for header in ["STT", "Ghi chú"] {
            assert_eq!(
                (meaning(Register::Petitions, header), personal(Register::Petitions, header)),
                (None, false)
            );
        }
        for header in ["Số kết quả đã số hóa (%)", "Số kết quả đã số hóa [tỷ lệ]"] {
            assert_eq!(meaning(Register::Archive, header), None, "{header}");
        }
        let digitised = Register::Archive.column("results_digitised").expect("a column");
        assert_eq!(
            meaning(Register::Archive, "Số kết quả đã số hóa (bản)"),
            Some(Known::Column(digitised, true))
        );
    }

    #[test]
    fn not_yet() {
        let words = register_words().expect("registers.toml");
        let column = |register: Register, name: &str| register.column(name).expect("a column");
        assert!(words.is_not_yet(column(Register::Petitions, "resolved"), " Đang xử lý "));
        assert!(!words.is_not_yet(column(Register::Petitions, "due"), "Chưa"));
        assert!(!words.is_not_yet(column(Register::Archive, "digitised_on"), "Chưa"), "may be digitised");
        assert!(!words.is_not_yet(column(Register::Tasks, "done"), "Xong"));
    }
}
