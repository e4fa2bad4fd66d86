//! Registers (SPEC §6, §10) read like dossiers: from workbooks, text, Parquet and Arrow tables, with
//! Vietnamese headers, strictly by the type of each column.
//!
//! They are small, so all is done row by row, apart from the dossiers' reader, whose rows, cells and
//! words are used. `words` says what a header means, `header` finds it, `value` reads a cell, `rows`
//! makes a table of rows; `files`, `sources` and `table` are where rows come from.

mod error;
#[cfg(feature = "files")]
mod files;
mod header;
mod rows;
#[cfg(feature = "files")]
mod sources;
mod table;
mod value;
mod words;

use std::collections::BTreeMap;

use tthc_kpi::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, Petition, Procedure, Record, RegisterTable,
    Registers, Review,
};

pub use error::RegisterError;
#[cfg(feature = "files")]
pub use files::{read_register, read_registers};
pub(super) use header::register_of;
pub(super) use sources::Names;
pub use table::register_from_arrow;

/// How registers are read.
///
/// # Example
/// ```
/// use tthc_kpi::Petition;
/// use tthc_kpi_arrow::read::{RegisterOptions, read_register};
/// let path = std::env::temp_dir().join(format!("tthc-kpi-doc-options-{}.csv", std::process::id()));
/// std::fs::write(&path, "Mã PAKN,Phải xong trước,Ngày trả lời\nPA-01,10/03/2026,09/03/2026\n")?;
/// let options = RegisterOptions {
///     mapping: [("Phải xong trước".to_owned(), "due".to_owned())].into(),
///     ..RegisterOptions::default()
/// };
/// let petitions = read_register::<Petition>(&path, &options)?;
/// assert_eq!(petitions.rows()[0].1.due, Some("2026-03-10".parse()?));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterOptions {
    /// Header of the source to a column, by its name (`due`), with its register (`petitions.due`) or by
    /// its title, or to [`super::IGNORE`]; wins over the built-in words.
    pub mapping: BTreeMap<String, String>,
    /// The only sheet of a workbook that is read. A text file has no sheets.
    pub sheet: Option<String>,
    /// The first issue is an error.
    pub strict: bool,
}

/// A record whose table has a place in [`Registers`]: all have.
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, Registers, RegisterTable};
/// use tthc_kpi_arrow::read::RegisterRecord;
/// let mut registers = Registers::default();
/// *Petition::place(&mut registers) = Some(RegisterTable::of([]));
/// assert!(registers.petitions.is_some());
/// ```
pub trait RegisterRecord: Record {
    /// Its place.
    fn place(registers: &mut Registers) -> &mut Option<RegisterTable<Self>>;
}

macro_rules! places {
    ($($record:ident $field:ident,)+) => {
        $(impl RegisterRecord for $record {
            fn place(registers: &mut Registers) -> &mut Option<RegisterTable<Self>> {
                &mut registers.$field
            }
        })+

        /// Puts the registers of one file beside those of others; a register that is in both is joined
        /// ([`RegisterTable::join`]).
        ///
        /// # Example
        /// ```
        /// use tthc_kpi::{Petition, Procedure, Registers, RegisterTable};
        /// use tthc_kpi_arrow::read::merge_registers;
        /// let petition = |id: &str| RegisterTable::of([Petition { id: Some(id.into()), ..Petition::default() }]);
        /// let mut all = Registers { petitions: Some(petition("PA-1")), ..Registers::default() };
        /// let procedures = Some(RegisterTable::<Procedure>::of([]));
        /// merge_registers(&mut all, Registers { procedures, ..Registers::default() });
        /// merge_registers(&mut all, Registers { petitions: Some(petition("PA-2")), ..Registers::default() });
        /// assert_eq!(all.petitions.map(|table| table.rows().len()), Some(2));
        /// assert!(all.procedures.is_some());
        /// ```
        pub fn merge_registers(into: &mut Registers, from: Registers) {
            $(if let Some(table) = from.$field {
                put_register(into, table);
            })+
            into.left_alone.extend(from.left_alone);
            into.schedule = into.schedule.take().or(from.schedule);
        }
    };
}

places! {
    Procedure procedures,
    Petition petitions,
    AssignedTask tasks,
    Review reviews,
    ArchivedResult archive,
    DoneTask plan_tasks,
    Declaration declared,
}

/// Puts the table of one register among the others; one that is there already is joined
/// ([`RegisterTable::join`]).
///
/// # Example
/// ```
/// use tthc_kpi::{Petition, Registers, RegisterTable};
/// use tthc_kpi_arrow::read::put_register;
/// let mut registers = Registers::default();
/// put_register(&mut registers, RegisterTable::<Petition>::new("pakn-1.csv", []));
/// put_register(&mut registers, RegisterTable::<Petition>::new("pakn-2.csv", []));
/// let petitions = registers.petitions.ok_or("no petitions")?;
/// assert_eq!((petitions.parts().len(), petitions.source()), (2, "pakn-1.csv, pakn-2.csv"));
/// # Ok::<(), &str>(())
/// ```
pub fn put_register<T: RegisterRecord>(registers: &mut Registers, table: RegisterTable<T>) {
    match T::place(registers) {
        Some(there) => there.join(table),
        place => *place = Some(table),
    }
}
