//! Registers (SPEC §6): the small tables an office keeps beside its dossiers. What columns each has;
//! the records are in `register/`.

mod case;
mod check;
mod count;
mod definition;
mod lacking;
mod plan_task;
mod record;
mod reference;
mod stand;
mod table;

use serde::{Deserialize, Serialize};

pub use case::RegisterCase;
pub use check::RegisterFault;
pub(crate) use count::{Asked, Counted, Entry, Sum, can_group, keys};
pub(crate) use definition::{definition, needed_columns, rules, telling_columns};
pub use lacking::Lacking;
pub use record::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, InternalKind, OnlineLevel, Petition, Procedure,
    Record, Review,
};
pub use reference::{RegisterRef, Silenced};
pub(crate) use reference::{left_alone, references};
pub(crate) use stand::Stand;
pub use table::{RegisterPart, RegisterPlace, RegisterTable, Registers};

use crate::instant::Day;
use crate::slug::{UnknownName, slugs};

slugs! {
    /// Sổ, danh mục đi kèm hồ sơ.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Register;
    /// assert_eq!("petitions".parse::<Register>()?, Register::Petitions);
    /// assert_eq!(Register::Procedures.title(), "Danh mục thủ tục hành chính");
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    Register as "register" {
        /// Danh mục thủ tục hành chính.
        Procedures = "procedures",
        /// Sổ phản ánh, kiến nghị.
        Petitions = "petitions",
        /// Nhiệm vụ cấp trên giao.
        Tasks = "tasks",
        /// Nhóm thủ tục được rà soát.
        Reviews = "reviews",
        /// Kho kết quả giải quyết còn hiệu lực.
        Archive = "archive",
        /// Việc đã làm theo lịch của kế hoạch.
        PlanTasks = "plan_tasks",
        /// Số liệu tự khai.
        Declared = "declared",
    }
}

impl Register {
    /// The Vietnamese name.
    pub const fn title(self) -> &'static str {
        match self {
            Register::Procedures => "Danh mục thủ tục hành chính",
            Register::Petitions => "Sổ phản ánh, kiến nghị",
            Register::Tasks => "Nhiệm vụ cấp trên giao",
            Register::Reviews => "Nhóm thủ tục được rà soát",
            Register::Archive => "Kho kết quả giải quyết còn hiệu lực",
            Register::PlanTasks => "Việc đã làm theo lịch của kế hoạch",
            Register::Declared => "Số liệu tự khai",
        }
    }

    /// The English name.
    pub const fn title_en(self) -> &'static str {
        match self {
            Register::Procedures => "Register of procedures",
            Register::Petitions => "Register of petitions",
            Register::Tasks => "Tasks assigned by superiors",
            Register::Reviews => "Groups of procedures reviewed",
            Register::Archive => "Archive of valid results",
            Register::PlanTasks => "What was done of the plan's schedule",
            Register::Declared => "Declared figures",
        }
    }

    /// Its columns, in order.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Register;
    /// let names: Vec<&str> = Register::PlanTasks.columns().map(|column| column.name()).collect();
    /// assert_eq!(names, ["id", "done"]);
    /// ```
    pub fn columns(self) -> impl Iterator<Item = RegisterColumn> {
        (0..self.specs().len()).map(move |index| RegisterColumn { register: self, index })
    }

    /// One of its columns, by name.
    ///
    /// # Errors
    /// [`UnknownName`] with the nearest, when it has none of that name.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Register;
    /// assert_eq!(Register::Petitions.column("due")?.title(), "Hạn giải quyết");
    /// let error = Register::Petitions.column("duee").unwrap_err();
    /// assert_eq!(error.nearest.as_deref(), Some("due"));
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn column(self, name: &str) -> Result<RegisterColumn, UnknownName> {
        self.columns().find(|column| column.name() == name).ok_or_else(|| {
            UnknownName::new("register column", name, self.columns().map(RegisterColumn::name))
        })
    }

    const fn specs(self) -> &'static [ColumnSpec] {
        match self {
            Register::Procedures => Procedure::SPECS,
            Register::Petitions => Petition::SPECS,
            Register::Tasks => AssignedTask::SPECS,
            Register::Reviews => Review::SPECS,
            Register::Archive => ArchivedResult::SPECS,
            Register::PlanTasks => DoneTask::SPECS,
            Register::Declared => Declaration::SPECS,
        }
    }
}

/// What a register's column holds.
///
/// # Example
/// ```
/// use tthc_kpi::{Register, RegisterType};
/// assert_eq!(Register::Procedures.column("cost_2024")?.column_type(), RegisterType::Money);
/// # Ok::<(), tthc_kpi::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterType {
    /// Trimmed NFC text.
    Text,
    /// Yes or no.
    Truth,
    /// A count or a number of days, never negative.
    Count,
    /// A day.
    Day,
    /// VND, exact decimal.
    Money,
    /// How far a procedure is online ([`OnlineLevel`]).
    Level,
    /// Which kind of internal procedure ([`InternalKind`]).
    Internal,
}

/// What a row is worth without the column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A cell that is blank or cannot be read is unknown.
    Free,
    /// A blank is unknown; a cell that cannot be read sets the row aside, since it decides how the row
    /// is counted.
    Decides,
    /// Without it the row says nothing.
    Required,
}

/// One column as declared with its record.
#[derive(Debug)]
pub(crate) struct ColumnSpec {
    name: &'static str,
    title: &'static str,
    of: RegisterType,
    need: Need,
}

/// Cột của một sổ: `procedures.synced`.
///
/// # Example
/// ```
/// use tthc_kpi::{Register, RegisterColumn};
/// let synced: RegisterColumn = "procedures.synced".parse()?;
/// assert_eq!((synced.register(), synced.name()), (Register::Procedures, "synced"));
/// assert_eq!(synced.to_string(), "procedures.synced");
/// # Ok::<(), tthc_kpi::UnknownName>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegisterColumn {
    register: Register,
    index: usize,
}

impl RegisterColumn {
    /// The register it is of.
    pub const fn register(self) -> Register {
        self.register
    }

    /// Its place among the register's columns, from 0.
    pub const fn index(self) -> usize {
        self.index
    }

    fn spec(self) -> Option<&'static ColumnSpec> {
        self.register.specs().get(self.index)
    }

    /// Its slug, unique in the register.
    pub fn name(self) -> &'static str {
        self.spec().map_or("", |spec| spec.name)
    }

    /// Its Vietnamese title.
    pub fn title(self) -> &'static str {
        self.spec().map_or("", |spec| spec.title)
    }

    /// What it holds.
    pub fn column_type(self) -> RegisterType {
        self.spec().map_or(RegisterType::Text, |spec| spec.of)
    }

    /// Whether a row without it says nothing and is set aside.
    pub fn is_required(self) -> bool {
        self.spec().is_some_and(|spec| spec.need == Need::Required)
    }

    /// Whether a cell that cannot be read sets its row aside; elsewhere the cell becomes unknown.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::Register;
    /// assert!(Register::Petitions.column("due")?.decides());
    /// assert!(!Register::Procedures.column("synced")?.decides());
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn decides(self) -> bool {
        self.spec().is_some_and(|spec| spec.need != Need::Free)
    }
}

impl std::fmt::Display for RegisterColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.register, self.name())
    }
}

impl std::str::FromStr for RegisterColumn {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let (register, name) = text.split_once('.').unwrap_or((text, ""));
        register.parse::<Register>()?.column(name)
    }
}

impl Serialize for RegisterColumn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RegisterColumn {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str> as Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(|_| serde::de::Error::custom("unknown register column"))
    }
}

/// A cell of a register.
///
/// # Example
/// ```
/// use tthc_kpi::{Procedure, Record, Register, RegisterValue};
/// let mut entry = Procedure::default();
/// entry.put(Register::Procedures.column("synced")?, RegisterValue::Truth(true));
/// assert_eq!(entry.synced, Some(true));
/// # Ok::<(), tthc_kpi::UnknownName>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterValue {
    /// Text; the slug of a level or of a kind of internal procedure.
    Text(String),
    /// Yes or no.
    Truth(bool),
    /// A count or a number of days.
    Count(u32),
    /// A day.
    Day(Day),
    /// VND.
    Money(rust_decimal::Decimal),
}
