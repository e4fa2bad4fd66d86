//! The words of registers (`data/registers.toml`): what a header of each means, and values written as
//! text.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use tthc_kpi::{InternalKind, OnlineLevel, Register, RegisterColumn};

use super::super::ReadError;
use super::super::words::{normalise, without_notes, words};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// One column; whether the header is its slug or title.
    Column(RegisterColumn, bool),
    /// It could mean any of these.
    Ambiguous(Vec<RegisterColumn>),
    /// Personal data: never loaded.
    Personal,
    /// Nothing known.
    Unknown,
}

/// The headers of one register, normalised.
#[derive(Debug)]
struct Headers {
    tells: Vec<RegisterColumn>,
    known: BTreeMap<String, (RegisterColumn, bool)>,
    ambiguous: BTreeMap<String, Vec<RegisterColumn>>,
}

/// The tables, keyed by the normalised word.
#[derive(Debug)]
pub(super) struct RegisterWords {
    registers: BTreeMap<Register, Headers>,
    personal: Vec<String>,
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
        Ok(Headers { tells: raw.tells.iter().map(column).collect::<Result<_, _>>()?, known, ambiguous })
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
            personal: normal(&raw.personal),
            // Not normalised: "%" is punctuation.
            other_units: raw.other_units,
            online_level: values(
                raw.online_level.into_iter().map(|(level, names)| (level, names, Some(level.slug()))),
            )?,
            internal: values(raw.internal.into_iter().map(|(kind, names)| (kind, names, Some(kind.slug()))))?,
            truth: values([(true, raw.truth.yes, None), (false, raw.truth.no, None)])?,
            not_yet: (raw.not_yet.columns, normal(&raw.not_yet.words)),
        })
    }

    /// What a header means in a register, without a caller's mapping.
    pub(super) fn meaning(&self, register: Register, header: &str) -> Result<Meaning, ReadError> {
        let headers = self.registers.get(&register).ok_or(ReadError::Internal("a register without words"))?;
        let whole = normalise(header);
        let bare = without_notes(&whole);
        // First as it stands, then without notes in brackets: a note may be part of a known header, or
        // say that the numbers are not what the column holds.
        for (name, noted) in [(&whole, false), (&bare, true)] {
            if name.is_empty() || (noted && bare != whole && self.in_other_unit(&whole)) {
                continue;
            }
            if let Some((column, own)) = headers.known.get(name) {
                return Ok(Meaning::Column(*column, *own));
            }
            if let Some(columns) = headers.ambiguous.get(name) {
                return Ok(Meaning::Ambiguous(columns.clone()));
            }
        }
        Ok(if self.is_personal(&whole)? { Meaning::Personal } else { Meaning::Unknown })
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

    fn is_personal(&self, normalised: &str) -> Result<bool, ReadError> {
        let padded = format!(" {} ", normalised.replace(['(', ')', '/', ','], " "));
        let own = self.personal.iter().any(|name| {
            normalised == name || padded.contains(&format!(" {} ", name.replace(['/', ','], " ")))
        });
        Ok(own || words()?.is_personal(normalised))
    }

    /// The columns one of which a sheet must have to be taken for the register.
    pub(super) fn tells(&self, register: Register) -> &[RegisterColumn] {
        self.registers.get(&register).map_or(&[], |headers| &headers.tells)
    }

    /// Whether a text in a column of days says that it has not been done yet.
    pub(super) fn is_not_yet(&self, column: RegisterColumn, text: &str) -> bool {
        self.not_yet.0.contains(&column) && self.not_yet.1.contains(&normalise(text))
    }
}

fn values<T: Copy + PartialEq>(
    rows: impl IntoIterator<Item = (T, Vec<String>, Option<&'static str>)>,
) -> Result<BTreeMap<String, T>, &'static str> {
    let mut table = BTreeMap::new();
    for (value, names, slug) in rows {
        for name in names.iter().map(String::as_str).chain(slug) {
            if table.insert(normalise(name), value).is_some_and(|other| other != value) {
                return Err("registers.toml gives one word to two values");
            }
        }
    }
    Ok(table)
}
