//! One dossier and a tally: it is judged once, and then added, or looked for and taken out.

use std::borrow::Cow;

use super::{GroupKey, Tally};
use crate::accounting::Row;
use crate::column::Column;
use crate::counts::Counts;
use crate::dimension::{Dimension, Key, trimmed};
use crate::dossier::Dossier;
use crate::error::Error;
use crate::fact::{Contribution, Recorded};
use crate::instant::Day;
use crate::layout::{Layout, Membership};
use crate::policy::OnlinePayment;
use crate::query::Query;

/// A dossier as a query judges it.
struct One<'d> {
    row: Row,
    /// The later of its receipt and end, unless it is left out.
    last_day: Option<i32>,
    /// What it adds, when it is used.
    used: Option<Used<'d>>,
}

/// What a dossier adds wherever it counts.
struct Used<'d> {
    recorded: Recorded,
    /// Judged in the whole window, as one period.
    whole: Contribution,
    field: Membership,
    procedure: Option<Cow<'d, str>>,
}

impl Tally {
    /// Counts a dossier.
    ///
    /// # Errors
    /// [`Error::Overflow`]; the tally is then of no further use.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Exclusion, Plan, Query, Status, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026-01".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// let dossier = Dossier::received("2026-01-05".parse()?);
    /// tally.add(&dossier)?;
    /// tally.add(&Dossier { status: Some(Status::NotAccepted), ..dossier })?;
    /// tally.add(&Dossier::received("2026-02-02".parse()?))?;
    /// let rows = tally.accounting();
    /// assert_eq!((rows.used, rows.outside, rows.excluded[&Exclusion::NotReceived]), (1, 1, 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add(&mut self, dossier: &Dossier) -> Result<(), Error> {
        let One { row, last_day, used } = self.judge(dossier);
        let Tally { query, accounting, through, total, groups, .. } = self;
        accounting.add_row(row)?;
        if let Some(day) = last_day {
            through.add(day, 1)?;
        }
        let Some(used) = used else { return Ok(()) };
        let layout = query.layout();
        used.add_to(total, layout, &used.whole)?;
        if query.by().is_empty() {
            return Ok(());
        }
        used.each_group(query, dossier, |key, adds| {
            if let Some(counts) = groups.get_mut(key) {
                return used.add_to(counts, layout, adds);
            }
            let mut counts = Counts::new(layout);
            used.add_to(&mut counts, layout, adds)?;
            groups.insert(key.to_vec(), counts);
            Ok(())
        })
    }

    /// Takes out a dossier that was added, for instance because it has changed and will be put
    /// back as it now is.
    ///
    /// # Errors
    /// [`Error::NotInTally`] when the tally cannot hold it; [`Error::MixedColumns`] when some of
    /// the data had the portal's payments and some had not, so that how the dossier was counted is
    /// not known. The tally is then as before.
    ///
    /// # Example
    /// ```
    /// use tthc_kpi::{Dossier, Error, Plan, Query, Tally};
    /// let query = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?).check()?;
    /// let mut tally = Tally::new(&query);
    /// let dossier = Dossier::received("2026-01-05".parse()?);
    /// assert_eq!(tally.remove(&dossier), Err(Error::NotInTally));
    /// tally.add(&dossier)?;
    /// tally.remove(&dossier)?;
    /// assert_eq!(tally, Tally::new(&query));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn remove(&mut self, dossier: &Dossier) -> Result<(), Error> {
        let portal = Column::PaymentsPortal;
        if self.query.policy().online_payment == OnlinePayment::Portal
            && self.present.has(portal)
            && self.absent.has(portal)
        {
            return Err(Error::MixedColumns { column: portal });
        }
        let One { row, last_day, used } = self.judge(dossier);
        let Tally { query, accounting, through, total, groups, .. } = self;
        let layout = query.layout();
        // First all is looked for: what is not all there is left as it is.
        if !accounting.holds_row(row) || last_day.is_some_and(|day| !through.holds(day)) {
            return Err(Error::NotInTally);
        }
        let mut parts: Vec<(GroupKey, Contribution)> = Vec::new();
        if let Some(used) = &used {
            if !used.is_in(total, layout, &used.whole) {
                return Err(Error::NotInTally);
            }
            used.each_group(query, dossier, |key, adds| {
                if !groups.get(key).is_some_and(|counts| used.is_in(counts, layout, adds)) {
                    return Err(Error::NotInTally);
                }
                parts.push((key.to_vec(), *adds));
                Ok(())
            })?;
        }
        accounting.subtract_row(row)?;
        if let Some(day) = last_day {
            through.subtract(day)?;
        }
        let Some(used) = used else { return Ok(()) };
        used.take_from(total, layout, &used.whole)?;
        for (key, adds) in parts {
            let Some(counts) = groups.get_mut(&key) else { continue };
            used.take_from(counts, layout, &adds)?;
            if counts.is_empty() {
                groups.remove(&key);
            }
        }
        Ok(())
    }

    /// What the query says of a dossier.
    #[inline(always)]
    fn judge<'d>(&mut self, dossier: &'d Dossier) -> One<'d> {
        let Tally { query, present, fields, .. } = self;
        let (judge, policy) = (query.judge(), query.policy());
        if let Some(reason) = judge.exclusion(dossier) {
            return One { row: Row::Excluded(reason), last_day: None, used: None };
        }
        let last_day = Some(last_day(dossier).number());
        let verdict = judge.verdict(dossier, query.window());
        if verdict.state.is_none() {
            return One { row: Row::Outside, last_day, used: None };
        }
        let field = fields.membership(query.plan(), dossier.field.as_deref());
        let recorded = Recorded::of(dossier, policy, present.has(Column::PaymentsPortal));
        let whole = recorded.judged(&verdict, policy);
        let procedure = procedure(query, dossier);
        One { row: Row::Used, last_day, used: Some(Used { recorded, whole, field, procedure }) }
    }
}

impl Used<'_> {
    /// Counts the dossier.
    #[inline(always)]
    fn add_to(&self, counts: &mut Counts, layout: &Layout, adds: &Contribution) -> Result<(), Error> {
        counts.add(layout, adds, self.field)?;
        self.procedure.as_ref().map_or(Ok(()), |code| counts.add_procedure(code, adds))
    }

    /// Whether the dossier may have been counted.
    fn is_in(&self, counts: &Counts, layout: &Layout, adds: &Contribution) -> bool {
        counts.holds(layout, adds, self.field)
            && self.procedure.as_ref().is_none_or(|code| counts.holds_procedure(code, adds))
    }

    /// Takes the dossier out; [`Used::is_in`] must be true.
    fn take_from(&self, counts: &mut Counts, layout: &Layout, adds: &Contribution) -> Result<(), Error> {
        counts.subtract(layout, adds, self.field)?;
        self.procedure.as_ref().map_or(Ok(()), |code| counts.subtract_procedure(code, adds))
    }

    /// The dossier's group with what it adds there; by time, that of each bucket in which it is handled.
    #[inline(never)]
    fn each_group(
        &self,
        query: &Query,
        dossier: &Dossier,
        mut act: impl FnMut(&[Key], &Contribution) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if query.by().is_empty() {
            return Ok(());
        }
        let (judge, policy) = (query.judge(), query.policy());
        let mut key = group_key(query, dossier);
        let is_bucket = |dimension: &Dimension| matches!(dimension, Dimension::Bucket(_));
        let Some(bucket_place) = query.by().iter().position(is_bucket) else {
            return act(&key, &self.whole);
        };
        for bucket in query.buckets() {
            let verdict = judge.verdict(dossier, bucket.window);
            if verdict.state.is_none() {
                continue;
            }
            if let Some(place) = key.get_mut(bucket_place) {
                *place = Key::Text(bucket.key.clone());
            }
            act(&key, &self.recorded.judged(&verdict, policy))?;
        }
        Ok(())
    }
}

/// The later of a dossier's receipt and end, as the data has them.
fn last_day(dossier: &Dossier) -> Day {
    let received = dossier.received_at.day();
    dossier.end().map_or(received, |end| end.day().max(received))
}

/// The keys of a dossier's group; that of a time bucket is left open.
fn group_key(query: &Query, dossier: &Dossier) -> GroupKey {
    query.by().iter().map(|dimension| dimension.key(dossier).unwrap_or(Key::Null)).collect()
}

/// The code a dossier counts under, where the plan counts procedures.
fn procedure<'d>(query: &Query, dossier: &'d Dossier) -> Option<Cow<'d, str>> {
    if !query.layout().counts_procedures() {
        return None;
    }
    dossier.procedure_code.as_deref().and_then(trimmed)
}
