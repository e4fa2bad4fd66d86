//! Where the figures of a row come from: the first source that has them, or what is lacking.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::column::Column;
use crate::error::Error;
use crate::fact::Fact;
use crate::index::CountsSource;
use crate::index_counts::{Declared, OfficeCounts};
use crate::measure::Measure;
use crate::outcome::Note;
use crate::policy::Policy;
use crate::ratio::Ratio;
use crate::register::Register;
use crate::scheme_row::{CountsFrom, SchemeRow};
use crate::scorecard::{Group, Scorecard};

/// What is known of a row.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub from: CountsSource,
    pub numerator: Option<u64>,
    pub denominator: Option<u64>,
    pub value: Option<Decimal>,
    pub unknown: Option<u64>,
    pub declared: Option<Declared>,
}

impl Figure {
    pub fn of(from: CountsSource, numerator: u64, denominator: u64) -> Self {
        Figure {
            from,
            numerator: Some(numerator),
            denominator: Some(denominator),
            value: None,
            unknown: None,
            declared: None,
        }
    }
}

/// What a row lacks.
pub(crate) struct Lack {
    pub missing: Vec<String>,
    pub note: Note,
}

impl Lack {
    fn new(code: &str, missing: Vec<String>, vi: String, en: String) -> Self {
        Lack { missing, note: Note::new(code, vi, en) }
    }
}

/// Dossiers that were counted.
pub(crate) struct FromDossiers<'c> {
    pub card: &'c Scorecard,
    pub group: &'c Group,
    pub policy: &'c Policy,
}

/// Everything there is for one office.
pub(crate) struct Sources<'s> {
    pub office: Option<&'s OfficeCounts>,
    /// Figures of registers by id of a row. This is where registers come in: whoever counts a
    /// register makes a [`Figure`] from [`CountsSource::Register`] per row of it.
    pub registers: &'s BTreeMap<String, Figure>,
    pub dossiers: Option<FromDossiers<'s>>,
}

impl Sources<'_> {
    /// Declared, then the table, then a register, then dossiers.
    pub fn figure(&self, row: &SchemeRow) -> Result<Result<Figure, Lack>, Error> {
        if let Some(declared) = self.office.and_then(|office| office.declared.get(&row.id)) {
            let figure = Figure::of(CountsSource::Declared, declared.numerator, declared.denominator);
            return Ok(Ok(Figure { declared: Some(declared.clone()), ..figure }));
        }
        let mut part_of_table = None;
        if let Some(office) = self.office {
            match of_table(row, office)? {
                Ok(figure) => return Ok(Ok(figure)),
                Err(missing) => part_of_table = missing,
            }
        }
        if let Some(figure) = self.registers.get(&row.id) {
            return Ok(Ok(figure.clone()));
        }
        if let Some(dossiers) = &self.dossiers
            && let Some(found) = dossiers.figure(row)?
            && (found.is_ok() || part_of_table.is_none())
        {
            return Ok(found);
        }
        Ok(Err(match part_of_table {
            Some(missing) => {
                let slugs = missing.join(", ");
                Lack::new(
                    "needs_counts",
                    missing,
                    format!("bảng số đếm thiếu {slugs}"),
                    format!("the table of counts lacks {slugs}"),
                )
            }
            None => lack(row),
        }))
    }
}

/// A row's figures from a table; else which of its counts are lacking while others are there.
fn of_table(row: &SchemeRow, office: &OfficeCounts) -> Result<Result<Figure, Option<Vec<String>>>, Error> {
    const OVERFLOW: Error = Error::Overflow { what: "a sum of counts" };
    if let Some((numerator, denominator)) = office.rows.get(&row.id) {
        return Ok(Ok(Figure::of(CountsSource::Table, *numerator, *denominator)));
    }
    if let Some(value) = row.counts.value.as_ref().and_then(|slug| office.values.get(slug)) {
        return Ok(Ok(Figure {
            from: CountsSource::Table,
            numerator: None,
            denominator: None,
            value: Some(*value),
            unknown: None,
            declared: None,
        }));
    }
    let slugs = || row.counts.numerator.iter().chain(&row.counts.denominator);
    let missing: Vec<String> = slugs().filter(|slug| !office.counts.contains_key(*slug)).cloned().collect();
    if !missing.is_empty() || slugs().next().is_none() {
        let some = missing.len() < slugs().count();
        return Ok(Err(some.then_some(missing)));
    }
    let sum = |slugs: &[String]| {
        slugs
            .iter()
            .filter_map(|slug| office.counts.get(slug))
            .try_fold(0u64, |sum, count| sum.checked_add(*count))
            .ok_or(OVERFLOW)
    };
    let (numerator, denominator) = (sum(&row.counts.numerator)?, sum(&row.counts.denominator)?);
    Ok(Ok(Figure::of(CountsSource::Table, numerator, denominator)))
}

impl FromDossiers<'_> {
    /// A row's figures from counted dossiers; none where dossiers do not have them yet.
    fn figure(&self, row: &SchemeRow) -> Result<Option<Result<Figure, Lack>>, Error> {
        match &row.counts_from {
            CountsFrom::Measure { measure } => self.of_measure(*measure),
            CountsFrom::ProcessingDays => self.of_days().map(Some),
            CountsFrom::Register { .. } | CountsFrom::Declared => Ok(None),
        }
    }

    fn of_measure(&self, measure: Measure) -> Result<Option<Result<Figure, Lack>>, Error> {
        let Some(asked) = measure.facts().filter(|asked| asked.sums.is_none()) else {
            // Sums of payments are not among a group's facts; no row of a scheme asks for them.
            return Ok(None);
        };
        let fact = |fact: Fact| self.group.fact(fact);
        let missing = |column: &Column| self.card.data.missing_columns.contains(column);
        let judged = if measure.is_untold(fact, missing) { 0 } else { fact(asked.judged) };
        let overflow = Error::Overflow { what: "a count of unknowns" };
        let unknown = fact(asked.scope).checked_sub(judged).ok_or(overflow)?;
        let none = measure
            .certain()
            .is_some_and(|(base, certain)| fact(certain) == 0 && fact(base) > fact(asked.scope));
        if judged == 0 && unknown > 0 && !none {
            let needed = measure.columns(self.policy);
            let absent: Vec<Column> = needed.iter().copied().filter(missing).collect();
            return Ok(Some(Err(needs_columns(if absent.is_empty() { &needed } else { &absent }))));
        }
        let figure = Figure::of(CountsSource::Dossiers, fact(asked.passed), judged);
        Ok(Some(Ok(Figure { unknown: Some(unknown), ..figure })))
    }

    fn of_days(&self) -> Result<Result<Figure, Lack>, Error> {
        let time = &self.group.processing_time;
        if time.known == 0 && time.unknown > 0 {
            return Ok(Err(needs_columns(&[Column::CompletedAt])));
        }
        let figure = Figure::of(CountsSource::Dossiers, time.sum, time.known);
        Ok(Ok(Figure { value: time.mean, unknown: Some(time.unknown), ..figure }))
    }
}

/// The value of a row that is a mean and no share, where the two counts of it are given.
pub(crate) fn mean(figure: &Figure, row: &SchemeRow) -> Result<Option<Decimal>, Error> {
    match (figure.value, figure.numerator, figure.denominator) {
        (Some(value), ..) => Ok(Some(value)),
        (None, Some(numerator), Some(denominator)) if row.counts.value.is_some() && denominator > 0 => {
            Ratio::of(numerator, denominator).value2().map(Some)
        }
        _ => Ok(None),
    }
}

fn needs_columns(columns: &[Column]) -> Lack {
    let titles: Vec<String> =
        columns.iter().map(|column| format!("{} ({})", column.title(), column.slug())).collect();
    let slugs: Vec<String> = columns.iter().map(|column| column.slug().to_owned()).collect();
    let (titles, english) = (titles.join(", "), slugs.join(", "));
    Lack::new(
        "needs_columns",
        slugs,
        format!("hồ sơ thiếu cột, hoặc cột không có giá trị: {titles}"),
        format!("the dossiers lack a column, or all of it is unknown: {english}"),
    )
}

/// What a row needs that nobody gave.
fn lack(row: &SchemeRow) -> Lack {
    let counts: Vec<String> = row.counts.numerator.iter().chain(&row.counts.denominator).cloned().collect();
    let given = match counts.as_slice() {
        [] => (String::new(), String::new()),
        slugs => {
            let slugs = slugs.join(", ");
            (format!("số đếm {slugs}, hoặc "), format!("the counts {slugs}, or "))
        }
    };
    match &row.counts_from {
        CountsFrom::Measure { .. } | CountsFrom::ProcessingDays => Lack::new(
            "needs_dossiers",
            counts,
            format!("cần {}hồ sơ đã kiểm đếm", given.0),
            format!("needs {}counted dossiers", given.1),
        ),
        CountsFrom::Register { rule, .. } => {
            let register = rule.register();
            let vi = match register {
                Register::Procedures => "danh mục TTHC",
                _ => "sổ phản ánh, kiến nghị",
            };
            let mut missing = counts;
            if !missing.iter().any(|slug| slug == register.slug()) {
                missing.push(register.slug().to_owned());
            }
            Lack::new(
                "needs_register",
                missing,
                format!("cần {}{vi} có đủ cột, hoặc số liệu tự khai", given.0),
                format!("needs {}the register of {register} with its columns, or a declaration", given.1),
            )
        }
        CountsFrom::Declared => Lack::new(
            "needs_declaration",
            counts,
            format!("cần {}số liệu tự khai kèm văn bản", given.0),
            format!("needs {}a declaration with its document", given.1),
        ),
    }
}
