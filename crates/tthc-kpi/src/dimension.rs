//! Dimensions: what results are broken down by.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::sync::Arc;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::column::Column;
use crate::dossier::{Dossier, ExtraValue};
use crate::period::Bucket;
use crate::slug::UnknownName;

/// Chiều phân tích: a breakdown by a column, by the time of the window, or by a column the caller
/// named.
///
/// `month`, `quarter`, `week` and `day` judge every bucket as a period of its own (SPEC §5);
/// `received_month` is the calendar month of receipt, a plain dimension.
///
/// # Example
/// ```
/// use tthc_kpi::{Dimension, Dossier, Key};
/// let by: Dimension = "agency".parse()?;
/// assert_eq!(by, Dimension::Agency);
/// let dossier = Dossier { agency: Some("Văn phòng".into()), ..Dossier::received("2026-01-05".parse()?) };
/// assert_eq!(by.key(&dossier), Some(Key::text("Văn phòng")));
/// assert!("agancy".parse::<Dimension>().unwrap_err().to_string().contains("agency"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// A text or category column of the dossier.
    Column(Column),
    /// Calendar month of receipt.
    ReceivedMonth,
    /// A time bucket, each judged as a period of its own.
    Bucket(Bucket),
    /// A column outside the canonical ones, by its name.
    Extra(String),
}

const COLUMNS: &[Column] = &[
    Column::Agency,
    Column::ReceivingAgency,
    Column::Field,
    Column::FieldCode,
    Column::Procedure,
    Column::ProcedureCode,
    Column::Officer,
    Column::Channel,
    Column::ResultChannel,
    Column::ApplicantKind,
];
const BUCKETS: &[(&str, Bucket)] =
    &[("month", Bucket::Month), ("quarter", Bucket::Quarter), ("week", Bucket::Week), ("day", Bucket::Day)];
const RECEIVED_MONTH: &str = "received_month";

#[expect(non_upper_case_globals, reason = "they read as the variants they stand for")]
impl Dimension {
    /// Đơn vị giải quyết.
    pub const Agency: Dimension = Dimension::Column(Column::Agency);
    /// Đơn vị tiếp nhận.
    pub const ReceivingAgency: Dimension = Dimension::Column(Column::ReceivingAgency);
    /// Lĩnh vực.
    pub const Field: Dimension = Dimension::Column(Column::Field);
    /// Thủ tục.
    pub const Procedure: Dimension = Dimension::Column(Column::Procedure);
    /// Cán bộ xử lý.
    pub const Officer: Dimension = Dimension::Column(Column::Officer);
    /// Hình thức nộp.
    pub const Channel: Dimension = Dimension::Column(Column::Channel);
    /// Loại đối tượng.
    pub const ApplicantKind: Dimension = Dimension::Column(Column::ApplicantKind);
    /// Tháng.
    pub const Month: Dimension = Dimension::Bucket(Bucket::Month);
    /// Quý.
    pub const Quarter: Dimension = Dimension::Bucket(Bucket::Quarter);
    /// Tuần.
    pub const Week: Dimension = Dimension::Bucket(Bucket::Week);
    /// Ngày.
    pub const Day: Dimension = Dimension::Bucket(Bucket::Day);
}

impl Dimension {
    /// Names of the built-in dimensions.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Dimension;
    /// assert!(Dimension::names().any(|name| name == "received_month"));
    /// assert!(Dimension::names().all(|name| name.parse::<Dimension>().is_ok()));
    /// ```
    pub fn names<'a>() -> impl Iterator<Item = &'a str> {
        COLUMNS
            .iter()
            .map(|column| column.slug())
            .chain(BUCKETS.iter().map(|(name, _)| *name))
            .chain([RECEIVED_MONTH])
    }

    /// A dimension of a name, where `extra` lists the caller's own columns.
    ///
    /// # Errors
    /// [`UnknownName`] with the nearest name.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Dimension;
    /// let extra = ["ca".to_owned()];
    /// assert_eq!(Dimension::named("month", &extra)?, Dimension::Month);
    /// assert_eq!(Dimension::named("ca", &extra)?, Dimension::Extra("ca".into()));
    /// assert!(Dimension::named("ca", &[]).is_err());
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn named(name: &str, extra: &[String]) -> Result<Dimension, UnknownName> {
        if let Some(column) = COLUMNS.iter().find(|column| column.slug() == name) {
            return Ok(Dimension::Column(*column));
        }
        if let Some((_, bucket)) = BUCKETS.iter().find(|(slug, _)| *slug == name) {
            return Ok(Dimension::Bucket(*bucket));
        }
        if name == RECEIVED_MONTH {
            return Ok(Dimension::ReceivedMonth);
        }
        if extra.iter().any(|known| known == name) {
            return Ok(Dimension::Extra(name.to_owned()));
        }
        Err(UnknownName::new("dimension", name, Dimension::names().chain(extra.iter().map(String::as_str))))
    }

    /// The name callers write and outputs bear.
    pub fn name(&self) -> &str {
        match self {
            Dimension::Column(column) => column.slug(),
            Dimension::ReceivedMonth => RECEIVED_MONTH,
            Dimension::Bucket(bucket) => {
                BUCKETS.iter().find(|(_, known)| known == bucket).map_or("month", |(name, _)| *name)
            }
            Dimension::Extra(name) => name,
        }
    }

    /// The dossier's key; none for a time bucket, whose key is the bucket's period.
    pub fn key(&self, dossier: &Dossier) -> Option<Key> {
        let text = |value: &Option<String>| value.as_deref().map_or(Key::Null, Key::of);
        Some(match self {
            Dimension::Column(column) => match column {
                Column::Agency => text(&dossier.agency),
                Column::ReceivingAgency => text(&dossier.receiving_agency),
                Column::Field => text(&dossier.field),
                Column::FieldCode => text(&dossier.field_code),
                Column::Procedure => text(&dossier.procedure),
                Column::ProcedureCode => text(&dossier.procedure_code),
                Column::Officer => text(&dossier.officer),
                Column::Channel => dossier.channel.map_or(Key::Null, |channel| Key::text(channel.slug())),
                Column::ResultChannel => {
                    dossier.result_channel.map_or(Key::Null, |channel| Key::text(channel.slug()))
                }
                Column::ApplicantKind => {
                    dossier.applicant_kind.map_or(Key::Null, |kind| Key::text(kind.slug()))
                }
                _ => Key::Null,
            },
            Dimension::ReceivedMonth => {
                let date = dossier.received_at.day().date();
                Key::text(&date.format("%Y-%m").to_string())
            }
            Dimension::Bucket(_) => return None,
            Dimension::Extra(name) => dossier.extra.get(name).map_or(Key::Null, Key::from),
        })
    }
}

impl std::fmt::Display for Dimension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Dimension {
    type Err = UnknownName;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("extra:") {
            Some(name) => Ok(Dimension::Extra(name.to_owned())),
            None => Dimension::named(text, &[]),
        }
    }
}

impl Serialize for Dimension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Dimension::Extra(name) => serializer.collect_str(&format_args!("extra:{name}")),
            _ => serializer.serialize_str(self.name()),
        }
    }
}

impl<'de> Deserialize<'de> for Dimension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A value of a dimension. Ordered as results are: text by code point, numbers, yes and no, and
/// the unknown last (SPEC §6).
///
/// # Example
/// ```
/// use tthc_kpi::Key;
/// assert_eq!(Key::of("  Văn phòng "), Key::text("Văn phòng"));
/// assert_eq!(Key::of(" "), Key::Null);
/// assert!(Key::text("z") < Key::Null); // the unknown is last
/// assert_eq!((Key::Int(7).as_text().as_deref(), Key::Null.as_text()), (Some("7"), None));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Key {
    /// Text.
    Text(Arc<str>),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Unknown: a group of its own.
    Null,
}

impl Key {
    /// A text key, as it stands.
    pub fn text(text: &str) -> Key {
        Key::Text(text.into())
    }

    /// The key of a text cell: trimmed, NFC; empty is unknown (SPEC §2).
    pub fn of(text: &str) -> Key {
        trimmed(text).map_or(Key::Null, |text| Key::text(&text))
    }

    /// The key as text; none for the unknown.
    pub fn as_text(&self) -> Option<String> {
        match self {
            Key::Text(text) => Some(text.to_string()),
            Key::Int(number) => Some(number.to_string()),
            Key::Bool(yes) => Some(yes.to_string()),
            Key::Null => None,
        }
    }
}

/// A text as it is compared (SPEC §2): trimmed, NFC; none where nothing is left.
pub(crate) fn trimmed(text: &str) -> Option<Cow<'_, str>> {
    let text = text.trim();
    if text.is_empty() {
        None
    } else if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Some(Cow::Borrowed(text))
    } else {
        Some(Cow::Owned(text.nfc().collect()))
    }
}

impl From<&ExtraValue> for Key {
    fn from(value: &ExtraValue) -> Self {
        match value {
            ExtraValue::Text(text) => Key::of(text),
            ExtraValue::Int(number) => Key::Int(*number),
            ExtraValue::Bool(yes) => Key::Bool(*yes),
        }
    }
}
