//! The entries behind a figure of the registers: which passed, which failed, of which too little is
//! known.

use rust_decimal::Decimal;

use super::count::{Asked, Entry};
use super::stand::Stand;
use super::{Lacking, Register, RegisterColumn, RegisterValue, Registers, telling_columns};
use crate::error::Error;
use crate::layout::Outcome;
use crate::measure::Measure;
use crate::policy::ReductionBase;
use crate::tally::{GroupKey, Tally};

/// Một mục đứng sau con số: an entry of a register as an indicator counts it.
///
/// # Example
/// ```
/// use tthc_kpi::{Outcome, Plan, Procedure, Query, RegisterTable, Registers, Tally};
/// let plan = Plan::builtin("dong-nguyen-2026")?;
/// let query = Query::new(&plan).period("2026".parse()?).check()?;
/// let entry = Procedure { code: Some("1.001193".into()), synced: Some(false), ..Procedure::default() };
/// let registers = Registers { procedures: Some(RegisterTable::of([entry])), ..Registers::default() };
/// let cases = Tally::new(&query).register_cases(&registers, "procedure_sync_rate")?;
/// assert_eq!((cases[0].id.as_deref(), cases[0].outcome), (Some("1.001193"), Outcome::Failing));
/// assert_eq!(cases[0].rows, [1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterCase {
    /// What it is called: a procedure's code, a petition's or a group's number, a task, a month.
    pub id: Option<String>,
    /// Name for people.
    pub name: Option<String>,
    /// The file its rows are in, or the name the caller gave; of its first row, where they are in several.
    pub file: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Its rows in the register's source; none of a group of the plan the register lacks.
    pub rows: Vec<u64>,
    /// Đơn vị: the unit that answers for it.
    pub agency: Option<String>,
    /// Lĩnh vực.
    pub field: Option<String>,
    /// What it is to the indicator. A cut of time or cost passes when it reaches the target by itself.
    pub outcome: Outcome,
    /// What it adds to the numerator.
    pub numerator: Option<Decimal>,
    /// What it adds to the denominator.
    pub denominator: Option<Decimal>,
    /// What the register says in the columns it was judged by.
    pub values: Vec<(RegisterColumn, Option<RegisterValue>)>,
}

impl Tally {
    /// The entries behind an indicator of the registers, over the whole window, in the order of the
    /// register. Empty when the register is not there.
    ///
    /// # Errors
    /// [`Error::UnknownName`] when the plan has no such indicator; [`Error::Overflow`].
    pub fn register_cases(&self, registers: &Registers, indicator: &str) -> Result<Vec<RegisterCase>, Error> {
        self.register_cases_of(registers, indicator, None)
    }

    /// The same for a group of the breakdown: procedures counted by their dossiers (31) are those of the
    /// group's dossiers; other entries are all there, whatever the group.
    ///
    /// # Errors
    /// As [`Tally::register_cases`].
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dimension, Dossier, Key, Outcome, Plan, Query, Registers, Tally};
    /// let plan = Plan::builtin("dong-nguyen-2026")?;
    /// let query = Query::new(&plan).period("2026".parse()?).by([Dimension::Agency]).check()?;
    /// let mut tally = Tally::new(&query);
    /// tally.add(&Dossier {
    ///     agency: Some("A".into()),
    ///     procedure_code: Some("1.001193".into()),
    ///     payments: Some(1),
    ///     payments_portal: Some(0),
    ///     payments_online: Some(0),
    ///     ..Dossier::received("2026-01-05".parse()?)
    /// })?;
    /// let of = |key: Key| tally.register_cases_of(&Registers::default(), "payment_used_rate", Some(&vec![key]));
    /// assert_eq!(of(Key::text("A"))?[0].outcome, Outcome::Failing);
    /// assert!(of(Key::text("B"))?.is_empty());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn register_cases_of(
        &self,
        registers: &Registers,
        indicator: &str,
        group: Option<&GroupKey>,
    ) -> Result<Vec<RegisterCase>, Error> {
        let indicator = self.query().plan().indicator(indicator)?;
        let asked = Asked { registers, tally: self, indicator };
        let target = indicator.target.percent;
        let mut cases = Vec::new();
        if indicator.measure == Measure::PaymentUsed {
            let counts = match group {
                None => Some(self.total()),
                Some(keys) => self.groups().get(keys),
            };
            for (code, used) in counts.into_iter().flat_map(|counts| counts.procedures()) {
                let entry = asked.entry_of(code);
                cases.extend(case(&asked, &entry, asked.payment_of(code, used), target));
            }
            return Ok(cases);
        }
        asked.each(self.query().window(), &mut |entry, stand| {
            cases.extend(case(&asked, entry, stand, target));
            Ok(())
        })?;
        Ok(cases)
    }
}

fn case(asked: &Asked<'_>, entry: &Entry, stand: Stand, target: Decimal) -> Option<RegisterCase> {
    let (outcome, share) = match stand {
        Stand::Out => return None,
        Stand::Unknown(_) => (Outcome::Unknown, None),
        Stand::Counted { numerator, denominator } => {
            let shares = asked.tally.query().policy().reduction_base == ReductionBase::PerProcedure;
            let whole = match asked.indicator.measure {
                Measure::TimeReduction | Measure::CostReduction if !shares => target,
                _ => Decimal::ONE_HUNDRED,
            };
            // A product beyond 28 digits is of no real register; it is then no success.
            let reached = numerator.checked_mul(Decimal::ONE_HUNDRED).zip(denominator.checked_mul(whole));
            let passed = reached.is_some_and(|(reached, asked)| reached >= asked);
            (if passed { Outcome::Passing } else { Outcome::Failing }, Some((numerator, denominator)))
        }
    };
    let (numerator, denominator) = share.unzip();
    let columns = telling_columns(asked.indicator.measure);
    let row = entry.rows.first().copied();
    let register = asked.indicator.measure.register();
    let place = |row: &u64| asked.registers.place(register?, *row);
    let first = entry.rows.first().and_then(place);
    Some(RegisterCase {
        id: entry.id.clone(),
        name: entry.name.clone(),
        file: first.map(|place| place.source.to_owned()),
        sheet: first.and_then(|place| place.sheet.map(str::to_owned)),
        rows: entry.rows.iter().filter_map(place).map(|place| place.row).collect(),
        agency: entry.places.agency.clone(),
        field: entry.field.clone(),
        outcome,
        numerator,
        denominator,
        values: columns.into_iter().map(|column| (column, asked.registers.value(row, column))).collect(),
    })
}

impl Lacking {
    /// The register it is of, or is.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Lacking, Register};
    /// assert_eq!("procedures.synced".parse::<Lacking>()?.register(), Some(Register::Procedures));
    /// assert_eq!("rating".parse::<Lacking>()?.register(), None);
    /// # Ok::<(), tthc_kpi::UnknownName>(())
    /// ```
    pub fn register(self) -> Option<Register> {
        match self {
            Lacking::Register(register) => Some(register),
            Lacking::RegisterColumn(column) => Some(column.register()),
            _ => None,
        }
    }
}
