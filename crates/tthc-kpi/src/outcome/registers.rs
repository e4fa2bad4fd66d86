//! An indicator of the registers, of registers joined with dossiers, or declared.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Document, Figures, IndicatorResult, Note, ResultStatus, Wording};
use crate::column::Column;
use crate::counts::Counts;
use crate::dimension::Key;
use crate::error::Error;
use crate::explain::{Language, number};
use crate::fact::Fact;
use crate::measure::Measure;
use crate::outcome::dossiers::portal_stand_in;
use crate::plan::Indicator;
use crate::policy::{OnlinePayment, ReductionBase};
use crate::ratio::Ratio;
use crate::register::{Asked, Counted, Declaration, Lacking, Register, Registers, Sum, needed_columns};
use crate::tally::{GroupKey, Tally};
use crate::target::{Target, TargetOp};

/// The registers beside counted dossiers, counted for each indicator of the plan.
pub(crate) struct Beside<'a> {
    tally: &'a Tally,
    registers: &'a Registers,
    counted: Vec<Option<Counted>>,
}

impl<'a> Beside<'a> {
    pub fn of(tally: &'a Tally, registers: &'a Registers) -> Result<Self, Error> {
        let indicators = tally.query().plan().indicators();
        let counted = indicators.iter().map(|indicator| Asked { registers, tally, indicator }.count());
        Ok(Beside { tally, registers, counted: counted.collect::<Result<_, _>>()? })
    }

    /// Groups that registers have entries of.
    pub fn keys(&self) -> impl Iterator<Item = &GroupKey> {
        self.counted.iter().flatten().filter_map(|counted| counted.groups.as_ref()).flat_map(BTreeMap::keys)
    }

    /// Whether an indicator can be broken down as the query asks. One of a register that has nothing to
    /// tell groups by, or is not there, is in the total only.
    pub fn is_grouped(&self, at: usize, indicator: &Indicator) -> bool {
        let counted = self.counted.get(at).and_then(Option::as_ref);
        indicator.measure.facts().is_some()
            || indicator.measure == Measure::PaymentUsed
            || counted.is_some_and(|counted| counted.groups.is_some())
    }

    /// Said where registers that are there cannot be broken down as the query asks.
    pub fn not_grouped(&self) -> Option<Note> {
        let query = self.tally.query();
        let indicators = query.plan().indicators();
        let whole: Vec<_> = (indicators.iter().enumerate())
            .filter(|(at, indicator)| {
                self.counted.get(*at).is_some_and(Option::is_some) && !self.is_grouped(*at, indicator)
            })
            .map(|(at, indicator)| (at + 1, &indicator.name))
            .collect();
        (!query.by().is_empty() && !whole.is_empty()).then(|| {
            let names = |language| {
                whole
                    .iter()
                    .map(|(at, name)| format!("({at}) {}", name.get(language)))
                    .collect::<Vec<_>>()
                    .join(", ")
            };
            let (vi, en) = (names(Language::Vi), names(Language::En));
            Note::new(
                "not_grouped",
                format!("Chỉ có ở dòng chung, vì sổ không tách được theo cách phân nhóm đã chọn: {vi}."),
                format!("In the total only, since their registers cannot be broken down this way: {en}."),
            )
        })
    }

    /// The result of an indicator that is not of dossiers alone, in a group or in all.
    pub fn result(
        &self,
        at: usize,
        indicator: &Indicator,
        wording: &Wording,
        key: Option<&[Key]>,
        counts: &Counts,
    ) -> Result<IndicatorResult, Error> {
        let policy = self.tally.query().policy();
        let shares = policy.reduction_base == ReductionBase::PerProcedure;
        let is_cut = matches!(indicator.measure, Measure::TimeReduction | Measure::CostReduction);
        let mut figures = match (indicator.measure, self.counted.get(at).and_then(Option::as_ref)) {
            (Measure::PaymentUsed, _) => self.payment_used(indicator, counts)?,
            (_, Some(counted)) => {
                let of_group = key.zip(counted.groups.as_ref());
                let of_group = of_group.map(|(key, groups)| groups.get(key).copied().unwrap_or_default());
                self.summed(indicator, of_group.unwrap_or(counted.total))
            }
            (_, None) => Figures { lacking: self.absent(indicator), ..Figures::of(Ratio::of(0, 0)) },
        };
        if is_cut && !shares {
            figures.cases = None;
        }
        // Each procedure is to be cut by the plan's percent, so that all of them must have reached it.
        let target = match is_cut && shares {
            true => Target { op: TargetOp::Exactly, percent: Decimal::ONE_HUNDRED },
            false => indicator.target,
        };
        let computed = figures.result(indicator, wording, target, indicator.measure.unit(policy))?;
        self.or_declared(computed, indicator, wording, key.is_some())
    }

    fn summed(&self, indicator: &Indicator, sum: Sum) -> Figures {
        let lacking = match sum.judged == 0 && sum.unknown > 0 {
            true => self.unknown_of(indicator),
            false => Vec::new(),
        };
        Figures {
            cases: sum.numerator.to_u64().zip(sum.denominator.to_u64()),
            unknown: sum.unknown,
            lacking,
            notes: self.notes(indicator),
            ..Figures::of(Ratio { numerator: sum.numerator, denominator: sum.denominator })
        }
    }

    /// What is not there at all: the register, or the schedule it is held against.
    fn absent(&self, indicator: &Indicator) -> Vec<Lacking> {
        match indicator.measure.register() {
            Some(Register::PlanTasks) if self.registers.plan_tasks.is_some() => vec![Lacking::Schedule],
            Some(register) => vec![Lacking::Register(register)],
            None => Vec::new(),
        }
    }

    /// Columns the register lacks; else all the indicator needs of it, since none is known.
    fn unknown_of(&self, indicator: &Indicator) -> Vec<Lacking> {
        let policy = self.tally.query().policy();
        let groups = self.registers.schedule.as_ref().map_or(0, |schedule| schedule.review_groups().len());
        if indicator.measure == Measure::ReviewGroups && groups == 0 {
            // Nothing says when a group is due: neither the plan nor the register.
            let due = Register::Reviews.column("due").ok().map(Lacking::RegisterColumn);
            return due.into_iter().chain([Lacking::Schedule]).collect();
        }
        let mut needed = needed_columns(indicator.measure);
        if indicator.filter.is_some() {
            needed.extend(indicator.measure.register().and_then(|register| register.column("field").ok()));
        }
        let lacks: Vec<Lacking> = needed
            .iter()
            .filter(|column| self.registers.lacks(**column))
            .map(|column| Lacking::RegisterColumn(*column))
            .collect();
        if !lacks.is_empty() {
            return lacks;
        }
        let uses = match indicator.measure {
            Measure::PaymentUsedOffered => true,
            Measure::TimeReduction | Measure::CostReduction => {
                policy.reduction_base == ReductionBase::Weighted
            }
            _ => false,
        };
        if uses && self.tally.accounting().used == 0 {
            return vec![Lacking::Dossiers];
        }
        let missing = self.tally.missing_columns();
        let lacks =
            indicator.measure.columns(policy).into_iter().filter(|column| uses && missing.has(*column));
        let lacks: Vec<Lacking> = lacks.map(Lacking::Column).collect();
        match lacks.is_empty() {
            true => needed.into_iter().map(Lacking::RegisterColumn).collect(),
            false => lacks,
        }
    }

    /// 31: procedures counted by their dossiers.
    fn payment_used(&self, indicator: &Indicator, counts: &Counts) -> Result<Figures, Error> {
        let asked = Asked { registers: self.registers, tally: self.tally, indicator };
        let sum = asked.payment_used(counts)?;
        let with_register = self.registers.procedures.is_some();
        let mut figures = Figures {
            cases: sum.numerator.to_u64().zip(sum.denominator.to_u64()),
            unknown: sum.unknown,
            notes: self.notes(indicator),
            ..Figures::of(Ratio { numerator: sum.numerator, denominator: sum.denominator })
        };
        let received = counts.fact(Fact::Received);
        let coded = counts.procedures().values().try_fold(0u64, |all, used| all.checked_add(used.received));
        let uncoded = coded.and_then(|coded| received.checked_sub(coded));
        let uncoded = uncoded.ok_or(Error::Overflow { what: "the dossiers of procedures" })?;
        if uncoded > 0 {
            figures.notes.push(Note::new(
                "without_code",
                format!(
                    "{} hồ sơ tiếp nhận không có mã thủ tục, không tính được vào thủ tục nào.",
                    number(uncoded, Language::Vi)
                ),
                format!("{uncoded} dossiers received have no procedure code and count for no procedure."),
            ));
        }
        if !with_register {
            figures.notes.push(Note::new(
                "without_register",
                "Không có danh mục TTHC: thủ tục có hồ sơ phát sinh thanh toán được coi là thủ tục có phí.",
                "There is no register of procedures: a procedure with a fee dossier is taken for a fee procedure.",
            ));
        }
        if sum.judged == 0 && (sum.unknown > 0 || uncoded > 0) {
            let missing = self.tally.missing_columns();
            let needed = indicator.measure.columns(self.tally.query().policy());
            let lacks = needed.into_iter().filter(|column| missing.has(*column) && !self.stands_in(*column));
            figures.lacking = lacks.map(Lacking::Column).collect();
            let fee_bearing = Register::Procedures.column("fee_bearing").ok();
            if figures.lacking.is_empty() {
                figures.lacking = match (with_register && sum.unknown > 0, fee_bearing) {
                    (true, Some(column)) => vec![Lacking::RegisterColumn(column)],
                    _ if sum.unknown > 0 => vec![Lacking::Column(Column::Payments)],
                    _ => vec![Lacking::Column(Column::ProcedureCode)],
                };
            }
        }
        Ok(figures)
    }

    /// Whether online payments stand in for this column.
    fn stands_in(&self, column: Column) -> bool {
        column == Column::PaymentsPortal && !self.tally.missing_columns().has(Column::PaymentsOnline)
    }

    fn notes(&self, indicator: &Indicator) -> Vec<Note> {
        let mut notes = Vec::new();
        let tally = self.tally;
        let of_payments = matches!(indicator.measure, Measure::PaymentUsed | Measure::PaymentUsedOffered);
        if of_payments
            && tally.query().policy().online_payment == OnlinePayment::Portal
            && tally.absent_columns().has(Column::PaymentsPortal)
            && !tally.missing_columns().has(Column::PaymentsOnline)
        {
            notes.push(portal_stand_in(tally.missing_columns().has(Column::PaymentsPortal)));
        }
        if indicator.measure == Measure::ArchiveDigitisation
            && self.registers.archive.as_ref().is_some_and(|archive| !archive.has("digitised_on"))
        {
            notes.push(Note::new(
                "undated",
                "Kho kết quả không có ngày số hóa: tính theo lúc lập sổ, không biết có kịp hạn của kế hoạch hay không.",
                "The archive has no day of digitisation: counted as it stood, whether or not in time for the plan's deadline.",
            ));
        }
        notes
    }

    /// A computed result stands wherever it says anything; else a declared one, in all.
    pub fn or_declared(
        &self,
        mut computed: IndicatorResult,
        indicator: &Indicator,
        wording: &Wording,
        in_group: bool,
    ) -> Result<IndicatorResult, Error> {
        let Some(declared) = self.declaration(&indicator.id) else { return Ok(computed) };
        let nothing_counted = indicator.measure.facts().is_some() && self.tally.accounting().used == 0;
        let says_nothing = computed.status == ResultStatus::NoData || nothing_counted;
        if in_group {
            return Ok(computed);
        }
        let (Some(numerator), Some(denominator), Some(source), Some(date)) =
            (declared.numerator, declared.denominator, declared.source.clone(), declared.date)
        else {
            return Ok(computed);
        };
        if !says_nothing {
            computed.notes.push(Note::new(
                "declared_beside",
                format!(
                    "Có số tự khai {}/{} ({source}, {}); số trên là số tính từ dữ liệu.",
                    number(numerator, Language::Vi),
                    number(denominator, Language::Vi),
                    date.vietnamese()
                ),
                format!(
                    "Declared as {numerator}/{denominator} ({source}, {date}); the figure above is computed."
                ),
            ));
            return Ok(computed);
        }
        let mut figures = Figures {
            declaration: Some(Document { source, date }),
            ..Figures::of(Ratio { numerator, denominator })
        };
        if date < self.tally.query().window().start {
            figures.notes.push(Note::new(
                "declared_before_period",
                "Văn bản khai số liệu có trước kỳ báo cáo.",
                "The document that declares it is older than the period.",
            ));
        }
        figures.result(indicator, wording, indicator.target, computed.unit)
    }

    /// The latest declaration of an indicator by the cut.
    fn declaration(&self, id: &str) -> Option<&Declaration> {
        let cut = self.tally.query().window().cut;
        let rows = self.registers.declared.iter().flat_map(|table| table.rows());
        rows.map(|(_, row)| row)
            .filter(|row| row.indicator.as_deref() == Some(id) && row.date.is_some_and(|date| date <= cut))
            .max_by_key(|row| row.date)
    }
}
