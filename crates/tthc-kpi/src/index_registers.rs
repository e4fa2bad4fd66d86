//! Rows of an index that are counted from registers, or from registers joined with dossiers.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;

use crate::dimension::Key;
use crate::error::Error;
use crate::index::CountsSource;
use crate::index_figures::Figure;
use crate::register::{
    Asked, Entry, Petition, Procedure, Record, Register, RegisterTable, Registers, Stand, Sum, can_group,
    keys,
};
use crate::scheme::Scheme;
use crate::scheme_row::{CountsFrom, RegisterRule};
use crate::tally::Tally;
use crate::verdict::Window;

/// Registers beside counted dossiers, for an index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RegistersBeside<'q> {
    pub registers: &'q Registers,
    pub tally: &'q Tally,
}

impl RegistersBeside<'_> {
    /// Figures of the scheme's register rows, by the row's id: of a group of the tally's breakdown, or of
    /// all. A row whose register is not there, or cannot be broken down so, or of which nothing is known,
    /// has none.
    pub fn figures(&self, scheme: &Scheme, group: Option<&[Key]>) -> Result<BTreeMap<String, Figure>, Error> {
        let mut figures = BTreeMap::new();
        for row in scheme.rows() {
            let CountsFrom::Register { rule, .. } = &row.counts_from else { continue };
            let Some(sum) = self.sum(*rule, group)? else { continue };
            if sum.judged == 0 && sum.unknown > 0 {
                continue;
            }
            let overflow = Error::Overflow { what: "a count of a register" };
            let (numerator, denominator) =
                sum.numerator.to_u64().zip(sum.denominator.to_u64()).ok_or(overflow)?;
            let figure = Figure::of(CountsSource::Register, numerator, denominator);
            figures.insert(row.id.clone(), Figure { unknown: Some(sum.unknown), ..figure });
        }
        Ok(figures)
    }

    fn sum(&self, rule: RegisterRule, group: Option<&[Key]>) -> Result<Option<Sum>, Error> {
        let Registers { procedures, petitions, .. } = self.registers;
        match rule.register() {
            Register::Procedures => {
                let rows = procedures.as_ref().map(|table| table.rows());
                self.add(rows, group, Procedure::entry, |entry| self.of_procedure(rule, entry))
            }
            _ => {
                let query = self.tally.query();
                let bucket = group.and_then(|keys| query.bucket_of(keys));
                let window = bucket.map_or(query.window(), |bucket| bucket.window);
                let rows = petitions.as_ref().map(|table| table.rows());
                // Nobody asked whether people were satisfied: that all were is not known.
                let asked =
                    |table: &RegisterTable<Petition>| table.has("satisfied") || table.has("repetitioned");
                if rule == RegisterRule::PetitionsSatisfied && !petitions.as_ref().is_some_and(asked) {
                    return Ok(None);
                }
                self.add(rows, group, Petition::entry, |petition| of_petition(rule, petition, window))
            }
        }
    }

    fn add<T: Record>(
        &self,
        rows: Option<&[(u64, T)]>,
        group: Option<&[Key]>,
        entry: impl Fn(&T, u64) -> Entry,
        stand: impl Fn(&T) -> Stand,
    ) -> Result<Option<Sum>, Error> {
        let Some(rows) = rows else { return Ok(None) };
        let by = self.tally.query().by();
        if group.is_some() && !can_group(T::REGISTER, by) {
            return Ok(None);
        }
        let bucket = group.and_then(|keys| self.tally.query().bucket_of(keys));
        let bucket = bucket.map(|bucket| Key::Text(bucket.key.clone()));
        let mut sum = Sum::default();
        for (row, record) in rows {
            let places = entry(record, *row).places;
            let inside = group.is_none_or(|wanted| *keys(by, &places, bucket.as_ref()) == *wanted);
            if inside {
                sum.add(stand(record))?;
            }
        }
        Ok(Some(sum))
    }

    fn of_procedure(&self, rule: RegisterRule, entry: &Procedure) -> Stand {
        let online = entry.online_level.map(|level| level.is_online());
        let used = Asked::uses(self.tally).and_then(|uses| {
            let code = entry.code.as_deref()?;
            Some(uses.get(code).copied().unwrap_or_default())
        });
        match rule {
            _ if !entry.is_public() => Stand::Out,
            RegisterRule::ProceduresOnline => Stand::one(Some(true), online),
            RegisterRule::FeeProceduresOffered => Stand::one(entry.fee_bearing, entry.payment_offered),
            RegisterRule::FeeProceduresPaid => {
                Stand::one(entry.fee_bearing, used.and_then(|used| used.was_paid_online()))
            }
            RegisterRule::ServicesUsedOnline => {
                Stand::one(online, used.and_then(|used| used.was_lodged_online()))
            }
            RegisterRule::PetitionsOnTime | RegisterRule::PetitionsSatisfied => Stand::Out,
        }
    }
}

/// Petitions received in the period; open ones in time count as such.
fn of_petition(rule: RegisterRule, petition: &Petition, seen: Window) -> Stand {
    let asked = petition.received.map(|received| (seen.start..=seen.cut).contains(&received));
    let resolved = petition.resolved.filter(|day| *day <= seen.cut);
    let in_time = petition.due.map(|due| resolved.unwrap_or(seen.cut) <= due);
    match rule {
        RegisterRule::PetitionsOnTime => Stand::one(asked, in_time),
        // Those known to be late, unsatisfied or lodged again are taken off; no rating is no complaint.
        RegisterRule::PetitionsSatisfied => {
            let complaint = petition.satisfied == Some(false) || petition.repetitioned == Some(true);
            Stand::one(asked, in_time.map(|in_time| in_time && !complaint))
        }
        _ => Stand::Out,
    }
}
