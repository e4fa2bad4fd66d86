//! A register as read: its rows, and where each row of the source went.

mod join;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{self, RegisterFault};
use super::record::{
    ArchivedResult, AssignedTask, Declaration, DoneTask, Petition, Procedure, Record, Review,
};
use super::{Register, RegisterColumn, RegisterValue};
use crate::issue::{Action, RegisterIssue};
use crate::plan::Plan;
use crate::schedule::Schedule;

pub use join::{RegisterPart, RegisterPlace};

/// Một sổ: rows that count, and what became of the others. Rows read = rows that count + set aside.
///
/// # Example
/// ```
/// use tthc_kpi::{Procedure, RegisterTable};
/// let birth = Procedure { code: Some("1.001193".into()), ..Procedure::default() };
/// let table = RegisterTable::of([birth.clone(), birth, Procedure::default()]);
/// assert_eq!((table.rows().len(), table.read()), (1, 3));
/// assert_eq!(table.set_aside()["duplicate_code"], 1);
/// assert_eq!(table.set_aside()["missing_code"], 1);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterTable<T> {
    source: String,
    sheet: Option<String>,
    columns: Vec<RegisterColumn>,
    headers: BTreeMap<RegisterColumn, String>,
    month_first: Vec<RegisterColumn>,
    rows: Vec<(u64, T)>,
    keys: BTreeMap<String, u64>,
    read: u64,
    set_aside: BTreeMap<String, u64>,
    skipped: BTreeMap<String, u64>,
    issues: Vec<RegisterIssue>,
    /// Its sources, where several were joined.
    parts: Vec<RegisterPart>,
}

/// Under which reason a row set aside is counted.
fn slug_of(fault: &RegisterFault) -> String {
    format!("{}_{}", fault.reason, fault.column.map_or("row", RegisterColumn::name))
}

impl<T: Record> RegisterTable<T> {
    /// An empty register of a source that has these columns; [`Record::all_columns`] for one that
    /// may have all.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Petition, Record, RegisterTable};
    /// let table = RegisterTable::<Petition>::new("pakn.csv", [Petition::REGISTER.column("due")?]);
    /// assert_eq!((table.source(), table.sheet()), ("pakn.csv", None));
    /// assert!(table.lacks(Petition::REGISTER.column("resolved")?));
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn new(source: &str, columns: impl IntoIterator<Item = RegisterColumn>) -> Self {
        RegisterTable {
            source: source.to_owned(),
            sheet: None,
            columns: columns.into_iter().collect(),
            headers: BTreeMap::new(),
            month_first: Vec::new(),
            rows: Vec::new(),
            keys: BTreeMap::new(),
            read: 0,
            set_aside: BTreeMap::new(),
            skipped: BTreeMap::new(),
            issues: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// A register of records in memory, numbered from 1, which may have every column.
    pub fn of(records: impl IntoIterator<Item = T>) -> Self {
        let mut table = RegisterTable::new(T::REGISTER.slug(), T::all_columns());
        for (row, record) in (1..).zip(records) {
            table.push(row, record);
        }
        table
    }

    /// The same, of a sheet of a workbook.
    #[must_use]
    pub fn in_sheet(self, sheet: Option<String>) -> Self {
        RegisterTable { sheet, ..self }
    }

    /// The same, with the headers its columns have in the source, for messages.
    #[must_use]
    pub fn with_headers(self, headers: BTreeMap<RegisterColumn, String>) -> Self {
        RegisterTable { headers, ..self }
    }

    /// The same, with the columns whose dates were read with the month first, since a value proved it
    /// (SPEC §10).
    #[must_use]
    pub fn with_month_first(self, columns: impl IntoIterator<Item = RegisterColumn>) -> Self {
        RegisterTable { month_first: columns.into_iter().collect(), ..self }
    }

    /// Adds a row of the source, by its number there. A row that cannot be counted is set aside with
    /// its reason; a cell that cannot stand becomes unknown.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Procedure, Reason, RegisterTable};
    /// let mut table = RegisterTable::<Procedure>::of([]);
    /// table.push(2, Procedure { code: Some("1.001193".into()), time_2024: Some(0), ..Procedure::default() });
    /// assert_eq!(table.rows()[0].1.time_2024, None); // nothing can be cut from zero
    /// assert_eq!(table.issues()[0].reason, Reason::ZeroBase);
    /// ```
    pub fn push(&mut self, row: u64, mut record: T) {
        let mut faults = check::faults(&mut record);
        let key = record.key();
        if !faults.iter().any(|fault| fault.action == Action::SetAside)
            && let Some(key) = key
        {
            match self.keys.get(&key) {
                Some(first) => faults = vec![check::duplicate::<T>(&first.to_string())],
                None => drop(self.keys.insert(key, row)),
            }
        }
        if self.blame(row, faults) {
            self.rows.push((row, record));
        }
    }

    /// Adds a row whose cells could not all be read: whether it is set aside hangs on the faults.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Action, Petition, Reason, Record, RegisterFault, RegisterTable, Text, ValueKind};
    /// let mut table = RegisterTable::<Petition>::of([]);
    /// let unreadable = RegisterFault {
    ///     column: Some(Petition::REGISTER.column("due")?),
    ///     kind: ValueKind::Text,
    ///     reason: Reason::Unreadable,
    ///     expected: Text::new("ngày dd/MM/yyyy", "a date dd/MM/yyyy"),
    ///     action: Action::SetAside,
    /// };
    /// table.push_with(2, Petition::default(), vec![unreadable]);
    /// assert_eq!((table.rows().len(), table.set_aside()["unreadable_due"]), (0, 1));
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn push_with(&mut self, row: u64, record: T, faults: Vec<RegisterFault>) {
        if faults.iter().any(|fault| fault.action == Action::SetAside) {
            self.blame(row, faults);
            return;
        }
        self.report(row, faults);
        self.push(row, record);
    }

    /// Counts a row of the source that is no entry: blank, a heading once more, a total.
    pub fn skip(&mut self, what: &str) {
        *self.skipped.entry(what.to_owned()).or_default() += 1;
    }

    /// Counts a row that was read; whether it is kept.
    fn blame(&mut self, row: u64, faults: Vec<RegisterFault>) -> bool {
        self.read += 1;
        let aside = faults.iter().find(|fault| fault.action == Action::SetAside).cloned();
        match aside {
            Some(fault) => {
                *self.set_aside.entry(slug_of(&fault)).or_default() += 1;
                // One reason a row, and nothing more of a row that is not counted.
                self.report(row, vec![fault]);
                false
            }
            None => {
                self.report(row, faults);
                true
            }
        }
    }

    fn report(&mut self, row: u64, faults: Vec<RegisterFault>) {
        for fault in faults {
            let header = fault.column.map(|column| self.header(column).to_owned());
            self.issues.push(RegisterIssue {
                file: self.source.clone(),
                sheet: self.sheet.clone(),
                row,
                column: fault.column,
                source: header,
                kind: fault.kind,
                reason: fault.reason,
                expected: fault.expected,
                action: fault.action,
            });
        }
    }

    /// What the register is called: the file's name; those of all files, where several were joined.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Sheet of a workbook; those of one workbook, where several were joined.
    pub fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The columns the source has, in the order of the register.
    pub fn columns(&self) -> &[RegisterColumn] {
        &self.columns
    }

    /// A column's header in the source, its title where there is none.
    pub fn header(&self, column: RegisterColumn) -> &str {
        self.headers.get(&column).map_or(column.title(), String::as_str)
    }

    /// The headers the columns have in the source, where that is known.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Petition, Record, RegisterTable};
    /// let due = Petition::REGISTER.column("due")?;
    /// let table = RegisterTable::<Petition>::new("pakn.csv", [due]).with_headers([(due, "Hạn".into())].into());
    /// assert_eq!(table.headers()[&due], "Hạn");
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn headers(&self) -> &BTreeMap<RegisterColumn, String> {
        &self.headers
    }

    /// The columns whose dates were read with the month first.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Petition, Record, RegisterTable};
    /// let due = Petition::REGISTER.column("due")?;
    /// let table = RegisterTable::<Petition>::new("pakn.csv", [due]).with_month_first([due]);
    /// assert_eq!(table.month_first(), [due]);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn month_first(&self) -> &[RegisterColumn] {
        &self.month_first
    }

    /// Whether the source lacks a column, so that it is unknown in every row.
    pub fn lacks(&self, column: RegisterColumn) -> bool {
        !self.columns.contains(&column)
    }

    /// Whether the source has a column of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name() == name)
    }

    /// The entry of a row of the source.
    fn at(&self, row: u64) -> Option<&(u64, T)> {
        self.rows.get(self.rows.binary_search_by_key(&row, |(row, _)| *row).ok()?)
    }

    /// Rows that count, each with its number in the source, in that order. Where several sources were joined
    /// the rows of the later ones have numbers no source has: [`RegisterTable::place`] tells where each stands.
    pub fn rows(&self) -> &[(u64, T)] {
        &self.rows
    }

    /// Rows read: those that count and those set aside.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// Rows set aside by reason: `missing_code`, `duplicate_code`, `unreadable_due`.
    pub fn set_aside(&self) -> &BTreeMap<String, u64> {
        &self.set_aside
    }

    /// Rows of the source that are no entries, by kind: `blank`, `total`.
    pub fn skipped(&self) -> &BTreeMap<String, u64> {
        &self.skipped
    }

    /// Every issue, in the order of rows; of several sources, rows that stand in two of them come last.
    pub fn issues(&self) -> &[RegisterIssue] {
        &self.issues
    }
}

impl RegisterTable<Procedure> {
    /// The entry of a code.
    pub(crate) fn find(&self, code: &str) -> Option<&(u64, Procedure)> {
        self.at(*self.keys.get(code)?)
    }
}

/// Các sổ đi kèm hồ sơ: what is known beside the dossiers when a scorecard is made. A register that is
/// not there leaves its indicators without data.
///
/// # Example
/// ```
/// use tthc_kpi::{Plan, Procedure, Query, Registers, RegisterTable, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// let entry = |code: &str, synced| Procedure { code: Some(code.into()), synced, ..Procedure::default() };
/// let procedures = RegisterTable::of([entry("1.001193", Some(true)), entry("1.001669", Some(false))]);
/// let registers = Registers { procedures: Some(procedures), ..Registers::of_plan(&plan) };
/// let card = Tally::new(&query).scorecard_with(&registers)?;
/// assert_eq!(card["procedure_sync_rate"].percent.unwrap().to_string(), "50.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Registers {
    /// Danh mục thủ tục hành chính.
    pub procedures: Option<RegisterTable<Procedure>>,
    /// Sổ phản ánh, kiến nghị.
    pub petitions: Option<RegisterTable<Petition>>,
    /// Nhiệm vụ cấp trên giao.
    pub tasks: Option<RegisterTable<AssignedTask>>,
    /// Nhóm thủ tục được rà soát.
    pub reviews: Option<RegisterTable<Review>>,
    /// Kho kết quả còn hiệu lực.
    pub archive: Option<RegisterTable<ArchivedResult>>,
    /// Việc đã làm theo lịch của kế hoạch.
    pub plan_tasks: Option<RegisterTable<DoneTask>>,
    /// Số liệu tự khai.
    pub declared: Option<RegisterTable<Declaration>>,
    /// Sheets of the files read that have the headers of no register, each with its file.
    pub left_alone: Vec<String>,
    /// Lịch của kế hoạch: what the plan's tasks and review groups are held against.
    pub schedule: Option<Arc<Schedule>>,
}

impl Registers {
    /// No registers yet, with the schedule of a plan.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Plan, Registers};
    /// let registers = Registers::of_plan(&Plan::builtin("dong-nguyen-2026")?);
    /// assert!(registers.schedule.is_some() && registers.procedures.is_none());
    /// # Ok::<(), tthc_kpi::Error>(())
    /// ```
    pub fn of_plan(plan: &Plan) -> Self {
        Registers { schedule: plan.schedule().cloned().map(Arc::new), ..Registers::default() }
    }

    /// Working-day limits by procedure code, for [`crate::QueryDraft::limits`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Procedure, RegisterTable, Registers};
    /// let entry = Procedure { code: Some("1.001193".into()), limit_days: Some(3), ..Procedure::default() };
    /// let registers = Registers { procedures: Some(RegisterTable::of([entry])), ..Registers::default() };
    /// assert_eq!(registers.limits()["1.001193"], 3);
    /// ```
    pub fn limits(&self) -> BTreeMap<String, u32> {
        let rows = self.procedures.iter().flat_map(|table| table.rows());
        rows.filter_map(|(_, entry)| Some((entry.code.clone()?, entry.limit_days?))).collect()
    }

    /// Whether a register that is there has no such column.
    pub(crate) fn lacks(&self, column: RegisterColumn) -> bool {
        fn lacks<T: Record>(table: &Option<RegisterTable<T>>, column: RegisterColumn) -> bool {
            table.as_ref().is_some_and(|table| table.lacks(column))
        }
        // Whether results are digitised is said by counts, or by days, as well.
        let archive = self.archive.as_ref();
        if column.register() == Register::Archive
            && column.name() == "digitised"
            && archive.is_some_and(|table| table.has("results_digitised") || table.has("digitised_on"))
        {
            return false;
        }
        match column.register() {
            Register::Procedures => lacks(&self.procedures, column),
            Register::Petitions => lacks(&self.petitions, column),
            Register::Tasks => lacks(&self.tasks, column),
            Register::Reviews => lacks(&self.reviews, column),
            Register::Archive => lacks(&self.archive, column),
            Register::PlanTasks => lacks(&self.plan_tasks, column),
            Register::Declared => lacks(&self.declared, column),
        }
    }

    /// Where a row of a register stands: file, sheet and row.
    pub(crate) fn place(&self, register: Register, row: u64) -> Option<RegisterPlace<'_>> {
        match register {
            Register::Procedures => self.procedures.as_ref().map(|table| table.place(row)),
            Register::Petitions => self.petitions.as_ref().map(|table| table.place(row)),
            Register::Tasks => self.tasks.as_ref().map(|table| table.place(row)),
            Register::Reviews => self.reviews.as_ref().map(|table| table.place(row)),
            Register::Archive => self.archive.as_ref().map(|table| table.place(row)),
            Register::PlanTasks => self.plan_tasks.as_ref().map(|table| table.place(row)),
            Register::Declared => self.declared.as_ref().map(|table| table.place(row)),
        }
    }

    /// What a row of a register says in a column.
    pub(crate) fn value(&self, row: Option<u64>, column: RegisterColumn) -> Option<RegisterValue> {
        fn value<T: Record>(
            table: &Option<RegisterTable<T>>,
            row: u64,
            column: RegisterColumn,
        ) -> Option<RegisterValue> {
            table.as_ref()?.at(row).and_then(|(_, record)| record.value(column))
        }
        let row = row?;
        match column.register() {
            Register::Procedures => value(&self.procedures, row, column),
            Register::Petitions => value(&self.petitions, row, column),
            Register::Tasks => value(&self.tasks, row, column),
            Register::Reviews => value(&self.reviews, row, column),
            Register::Archive => value(&self.archive, row, column),
            Register::PlanTasks => value(&self.plan_tasks, row, column),
            Register::Declared => value(&self.declared, row, column),
        }
    }

    /// Which registers are there.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Register, RegisterTable, Registers};
    /// let registers = Registers { petitions: Some(RegisterTable::of([])), ..Registers::default() };
    /// assert_eq!(registers.present().collect::<Vec<_>>(), [Register::Petitions]);
    /// ```
    pub fn present(&self) -> impl Iterator<Item = Register> + '_ {
        Register::ALL.iter().copied().filter(|register| match register {
            Register::Procedures => self.procedures.is_some(),
            Register::Petitions => self.petitions.is_some(),
            Register::Tasks => self.tasks.is_some(),
            Register::Reviews => self.reviews.is_some(),
            Register::Archive => self.archive.is_some(),
            Register::PlanTasks => self.plan_tasks.is_some(),
            Register::Declared => self.declared.is_some(),
        })
    }
}
