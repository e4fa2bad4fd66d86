//! What an indicator lacks: a column of the dossiers, a register, or a column of one.

use serde::{Deserialize, Serialize};

use super::{Register, RegisterColumn};
use crate::column::Column;

/// Thiếu gì: what must be there before an indicator has data.
///
/// # Example
/// ```
/// use tthc_kpi::{Column, Lacking, Register};
/// let synced: Lacking = "procedures.synced".parse()?;
/// assert_eq!(synced, Lacking::RegisterColumn(Register::Procedures.column("synced")?));
/// assert_eq!("rating".parse::<Lacking>()?, Column::Rating);
/// assert_eq!("petitions".parse::<Lacking>()?.title(), "Sổ phản ánh, kiến nghị");
/// # Ok::<(), tthc_kpi::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lacking {
    /// A column of the dossiers.
    Column(Column),
    /// A whole register.
    Register(Register),
    /// A column of a register.
    RegisterColumn(RegisterColumn),
    /// The plan's schedule.
    Schedule,
    /// The dossiers.
    Dossiers,
}

const SCHEDULE: &str = "schedule";
const DOSSIERS: &str = "dossiers";

impl Lacking {
    /// The Vietnamese name.
    pub fn title(self) -> &'static str {
        match self {
            Lacking::Column(column) => column.title(),
            Lacking::Register(register) => register.title(),
            Lacking::RegisterColumn(column) => column.title(),
            Lacking::Schedule => "Lịch công việc của kế hoạch",
            Lacking::Dossiers => "Hồ sơ",
        }
    }
}

impl PartialEq<Column> for Lacking {
    fn eq(&self, other: &Column) -> bool {
        *self == Lacking::Column(*other)
    }
}

impl std::fmt::Display for Lacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Lacking::Column(column) => column.fmt(f),
            Lacking::Register(register) => register.fmt(f),
            Lacking::RegisterColumn(column) => column.fmt(f),
            Lacking::Schedule => f.write_str(SCHEDULE),
            Lacking::Dossiers => f.write_str(DOSSIERS),
        }
    }
}

impl std::str::FromStr for Lacking {
    type Err = crate::slug::UnknownName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == SCHEDULE {
            return Ok(Lacking::Schedule);
        }
        if text == DOSSIERS {
            return Ok(Lacking::Dossiers);
        }
        if text.contains('.') {
            return text.parse().map(Lacking::RegisterColumn);
        }
        match text.parse() {
            Ok(register) => Ok(Lacking::Register(register)),
            Err(_) => text.parse().map(Lacking::Column),
        }
    }
}

impl Serialize for Lacking {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Lacking {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str> as Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("unknown column or register"))
    }
}
