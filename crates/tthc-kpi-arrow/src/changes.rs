//! The dossiers that two policies count differently, and the rules that make the difference.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use arrow_select::filter::filter_record_batch;
use tthc_kpi::{Column, Fact, Facts, Indicator, Instant, Outcome, Policy, Query, QueryDraft};

use crate::cases::{SHOWN, due_of, shown_arrays, shown_fields, word_of};
use crate::columns::Columns;
use crate::dossiers::Dossiers;
use crate::error::ArrowError;
use crate::judge::{Rules, judge};
use crate::lanes::Bits;

/// The dossiers an indicator counts otherwise under another policy: what the data has of each,
/// then `outcome_before` and `outcome_after` (`passing`, `failing`, `unknown`, `open`: not yet in
/// the rate, `outside`: not asked about), the verdicts and effective due dates of both, and why:
///
/// - `rules`: names of rules, separated by commas; of `draft`'s own policy nothing is used;
/// - `rules_act`: `alone` where each of them by itself, changed from the first policy to the second,
///   makes the change; `together` where none does, and those named are all needed.
///
/// # Errors
/// [`tthc_kpi::Error::UnknownName`] for an indicator the plan lacks; an error of the draft; an Arrow error.
///
/// # Example
/// ```
/// use arrow_array::cast::AsArray;
/// use tthc_kpi::{ColumnSet, Dossier, Plan, Policy, Query};
/// use tthc_kpi_arrow::{Dossiers, Duplicates, batch_of, changes};
/// let dossier = Dossier {
///     due_at: Some("2026-01-12T09:00".parse()?),
///     completed_at: Some("2026-01-12T16:00".parse()?),
///     ..Dossier::received("2026-01-05".parse()?)
/// };
/// let data = Dossiers::from_batches([batch_of(&[dossier], ColumnSet::all())?], Duplicates::Resolve)?;
/// let draft = Query::new(&Plan::builtin("dong-nguyen-2026")?).period("2026".parse()?);
/// let by_instant = Policy::default().with("comparison", "instant")?;
/// let changed = changes(&data, &draft, &Policy::default(), &by_instant, "on_time_rate")?;
/// let text = |name: &str| changed.column_by_name(name).map(|array| array.as_string::<i32>().value(0).to_owned());
/// assert_eq!((text("outcome_before").as_deref(), text("outcome_after").as_deref()), (Some("passing"), Some("failing")));
/// assert_eq!((text("rules").as_deref(), text("rules_act").as_deref()), (Some("comparison"), Some("alone")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn changes(
    dossiers: &Dossiers,
    draft: &QueryDraft,
    before: &Policy,
    after: &Policy,
    indicator: &str,
) -> Result<RecordBatch, ArrowError> {
    let query = |policy: &Policy| draft.clone().policy(policy.clone()).check();
    let question = Question::new(query, before, after)?;
    let indicator = question.before.plan().indicator(indicator)?;
    let present: Vec<Column> =
        SHOWN.iter().copied().filter(|column| dossiers.columns().has(*column)).collect();
    let schema = Arc::new(Schema::new([shown_fields(&present), told_fields()].concat()));
    let mut batches = Vec::new();
    for (batch, duplicate) in dossiers.parts() {
        let columns = Columns::of(batch)?;
        let duplicate = duplicate.map(Bits::of);
        let marks = |from| duplicate.map_or(0, |duplicate| duplicate.block(from));
        let first = outcomes(&columns, &question.before, indicator, marks)?;
        let second = outcomes(&columns, &question.after, indicator, marks)?;
        let differs: BooleanArray =
            first.iter().zip(&second).map(|(one, other)| Some(one != other)).collect();
        if differs.true_count() == 0 {
            continue;
        }
        // A duplicate is outside under every policy, so none is among them.
        let kept = filter_record_batch(batch, &differs)?;
        let mut arrays = shown_arrays(&kept, &present)?;
        arrays.extend(question.told(&Columns::of(&kept)?, indicator)?);
        batches.push(RecordBatch::try_new(Arc::clone(&schema), arrays)?);
    }
    Ok(arrow_select::concat::concat_batches(&schema, &batches)?)
}

/// What is told of each dossier besides its own columns.
fn told_fields() -> Vec<Field> {
    let text = |name| Field::new(name, DataType::Utf8, false);
    let instant = |name| Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, None), true);
    vec![
        text("outcome_before"),
        text("outcome_after"),
        text("verdict_before"),
        text("verdict_after"),
        instant("effective_due_before"),
        instant("effective_due_after"),
        text("rules"),
        text("rules_act"),
    ]
}

/// One question by two policies, and by those between them.
struct Question {
    before: Arc<Query>,
    after: Arc<Query>,
    rules: Vec<Rule>,
}

/// A rule in which they differ.
struct Rule {
    name: String,
    /// The first policy, with this rule as in the second.
    alone: Arc<Query>,
    /// The second policy, with this rule as in the first.
    without: Arc<Query>,
}

impl Question {
    fn new(
        query: impl Fn(&Policy) -> Result<Arc<Query>, tthc_kpi::Error>,
        before: &Policy,
        after: &Policy,
    ) -> Result<Self, ArrowError> {
        let mut rules = Vec::new();
        for (first, second) in before.rules().into_iter().zip(after.rules()) {
            if first.value != second.value {
                let with = |policy: &Policy, value: &str| {
                    let policy = policy.clone().with(&first.rule, value).map_err(tthc_kpi::Error::from)?;
                    query(&policy)
                };
                let (alone, without) = (with(before, &second.value)?, with(after, &first.value)?);
                rules.push(Rule { name: first.rule.clone(), alone, without });
            }
        }
        Ok(Question { before: query(before)?, after: query(after)?, rules })
    }

    /// The arrays of [`told_fields`].
    fn told(&self, columns: &Columns<'_>, indicator: &Indicator) -> Result<Vec<ArrayRef>, ArrowError> {
        let under = |query: &Query| outcomes(columns, query, indicator, |_| 0);
        let (first, second) = (under(&self.before)?, under(&self.after)?);
        let mut between = Vec::with_capacity(self.rules.len());
        for rule in &self.rules {
            between.push((rule.name.as_str(), under(&rule.alone)?, under(&rule.without)?));
        }
        let mut texts: [StringBuilder; 6] = std::array::from_fn(|_| StringBuilder::new());
        let mut dues: [TimestampMicrosecondBuilder; 2] =
            std::array::from_fn(|_| TimestampMicrosecondBuilder::new());
        for (row, (before, after)) in first.iter().zip(&second).enumerate() {
            let dossier = columns.dossier(row);
            let verdicts =
                [&self.before, &self.after].map(|query| query.judge().verdict(&dossier, query.window()));
            for (due, verdict) in dues.iter_mut().zip(&verdicts) {
                due.append_option(due_of(verdict).map(Instant::micros));
            }
            let named = |holds: &dyn Fn(&[&'static str], &[&'static str]) -> bool| -> Vec<&str> {
                between
                    .iter()
                    .filter(|(_, alone, without)| holds(alone, without))
                    .map(|(name, ..)| *name)
                    .collect()
            };
            let alone = named(&|alone, _| alone.get(row) == Some(after));
            let needed = named(&|_, without| without.get(row) != Some(after));
            let (rules, act) = match (alone.is_empty(), needed.is_empty()) {
                (false, _) => (alone, "alone"),
                (true, false) => (needed, "together"),
                (true, true) => (named(&|_, _| true), "together"),
            };
            let [verdict_before, verdict_after] = verdicts.each_ref().map(word_of);
            let told = [before, after, verdict_before, verdict_after, &rules.join(", "), act];
            for (text, told) in texts.iter_mut().zip(told) {
                text.append_value(told);
            }
        }
        let [before, after, verdict_before, verdict_after, rules, act] =
            texts.map(|mut text| Arc::new(text.finish()) as ArrayRef);
        let [due_before, due_after] = dues.map(|mut due| Arc::new(due.finish()) as ArrayRef);
        Ok(vec![before, after, verdict_before, verdict_after, due_before, due_after, rules, act])
    }
}

/// How an indicator counts each row.
fn outcomes(
    columns: &Columns<'_>,
    query: &Query,
    indicator: &Indicator,
    duplicates: impl Fn(usize) -> u64,
) -> Result<Vec<&'static str>, ArrowError> {
    let plan = query.plan();
    let judged = judge(columns, &Rules::new(query), duplicates, query.window());
    let fields = crate::group::memberships(columns, query)?;
    let outcome = |((facts, sums), field): ((&u64, &[u64; 2]), _)| {
        let facts = Facts::from_bits(*facts);
        match Outcome::of(indicator, plan, facts, sums, field) {
            _ if !facts.has(Fact::Handled) => "outside",
            Some(Outcome::Passing) => "passing",
            Some(Outcome::Failing) => "failing",
            Some(Outcome::Unknown) => "unknown",
            None if Outcome::is_open(indicator, plan, facts, field) => "open",
            None => "outside",
        }
    };
    Ok(judged.facts.iter().zip(&judged.sums).zip(fields).map(outcome).collect())
}
