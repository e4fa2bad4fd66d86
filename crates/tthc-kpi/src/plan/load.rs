//! Reading a plan's TOML: every problem at once, each with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::str::FromStr;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Clause, FieldGroup, Indicator, MOST_GROUPS, Plan, PlanError, PlanParts, PlanProblem, Scope};
use crate::instant::Day;
use crate::policy::Text;
use crate::slug::{UnknownName, nearest};
use crate::target::{Target, TargetOp};

pub(super) fn load(name: &str, text: &str) -> Result<Plan, PlanError> {
    let mut problems = Problems { text, list: Vec::new() };
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        problems.add(error.span().unwrap_or(0..0), error.message().to_owned());
    }
    let plan = if syntax.is_empty() { read_plan(document.get_ref(), &mut problems) } else { None };
    problems.list.sort_by_key(|problem| (problem.line, problem.column));
    match plan {
        Some(plan) if problems.list.is_empty() => Ok(plan),
        _ => Err(PlanError { name: name.to_owned(), problems: problems.list }),
    }
}

struct Problems<'t> {
    text: &'t str,
    list: Vec<PlanProblem>,
}

impl Problems<'_> {
    fn add(&mut self, span: Range<usize>, message: String) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        self.list.push(PlanProblem { line, column, message });
    }
}

/// A table being read: remembers the keys asked for, so that what is left is an unknown key.
struct Node<'d, 't> {
    table: &'d DeTable<'t>,
    span: Range<usize>,
    what: &'static str,
    known: Vec<&'static str>,
}

type Value<'d, 't> = &'d Spanned<DeValue<'t>>;

impl<'d, 't> Node<'d, 't> {
    fn new(what: &'static str, span: Range<usize>, table: &'d DeTable<'t>) -> Self {
        Node { table, span, what, known: Vec::new() }
    }

    fn of(what: &'static str, value: Value<'d, 't>, problems: &mut Problems<'_>) -> Option<Self> {
        match value.get_ref().as_table() {
            Some(table) => Some(Node::new(what, value.span(), table)),
            None => {
                wrong_type(value, what, "a table", problems);
                None
            }
        }
    }

    fn get(&mut self, key: &'static str) -> Option<Value<'d, 't>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn need(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Value<'d, 't>> {
        let value = self.get(key);
        if value.is_none() {
            problems.add(self.span.clone(), format!("{} lacks {key:?}", self.what));
        }
        value
    }

    fn text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<String> {
        let value = self.get(key)?;
        text_of(value, key, problems)
    }

    fn need_text(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<String> {
        let value = self.need(key, problems)?;
        text_of(value, key, problems)
    }

    fn name<T: FromStr<Err = UnknownName>>(
        &mut self,
        key: &'static str,
        problems: &mut Problems<'_>,
    ) -> Option<T> {
        let value = self.get(key)?;
        let text = text_of(value, key, problems)?;
        text.parse().map_err(|error: UnknownName| problems.add(value.span(), error.to_string())).ok()
    }

    fn day(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Day> {
        let value = self.get(key)?;
        let day = match value.get_ref() {
            DeValue::Datetime(datetime) => datetime.to_string().parse().ok(),
            DeValue::String(text) => text.parse().ok(),
            _ => None,
        };
        if day.is_none() {
            problems.add(
                value.span(),
                format!("{key:?} is {}: expected a date such as 2026-02-26", value.get_ref().type_str()),
            );
        }
        day
    }

    fn items(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Vec<Value<'d, 't>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        match value.get_ref().as_array() {
            Some(items) => items.iter().collect(),
            None => {
                wrong_type(value, key, "an array", problems);
                Vec::new()
            }
        }
    }

    fn vi_en(&mut self, key: &'static str, problems: &mut Problems<'_>) -> Option<Text> {
        let value = self.get(key)?;
        let mut node = Node::of(key, value, problems)?;
        let (vi, en) = (node.need_text("vi", problems), node.text("en", problems));
        node.finish(problems);
        let vi = vi?;
        // A ward writes its plan in Vietnamese; the English is a courtesy.
        Some(Text { en: en.unwrap_or_else(|| vi.clone()), vi })
    }

    /// Reports the keys nobody asked for.
    fn finish(self, problems: &mut Problems<'_>) {
        for key in self.table.keys() {
            if !self.known.contains(&key.get_ref().as_ref()) {
                let near = nearest(key.get_ref(), self.known.iter().copied())
                    .map(|name| format!("; did you mean {name:?}?"))
                    .unwrap_or_default();
                problems.add(
                    key.span(),
                    format!(
                        "unknown key {:?} in {}: expected one of {}{near}",
                        key.get_ref(),
                        self.what,
                        self.known.join(", ")
                    ),
                );
            }
        }
    }
}

fn wrong_type(value: Value<'_, '_>, what: &str, expected: &str, problems: &mut Problems<'_>) {
    problems.add(value.span(), format!("{what:?} is {}: expected {expected}", value.get_ref().type_str()));
}

fn text_of(value: Value<'_, '_>, what: &str, problems: &mut Problems<'_>) -> Option<String> {
    match value.get_ref().as_str() {
        Some(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Some(_) => {
            problems.add(value.span(), format!("{what:?} is empty: expected text"));
            None
        }
        None => {
            wrong_type(value, what, "text", problems);
            None
        }
    }
}

/// A name used twice in a list.
fn unique(
    seen: &mut BTreeSet<String>,
    what: &str,
    id: Option<&String>,
    value: Value<'_, '_>,
    problems: &mut Problems<'_>,
) {
    if let Some(id) = id
        && !seen.insert(id.clone())
    {
        problems.add(value.span(), format!("{what} {id:?} is there twice: expected unique ids"));
    }
}

fn read_plan(table: &DeTable<'_>, problems: &mut Problems<'_>) -> Option<Plan> {
    // A missing key of the whole document is reported at its first line.
    let mut node = Node::new("the plan", 0..0, table);
    let id = node.need_text("id", problems);
    let title = node.need_text("title", problems);
    let number = node.text("number", problems);
    let authority = node.text("authority", problems);
    let issued = node.day("issued", problems);
    let effective_from = node.day("effective_from", problems);
    let effective_to = node.day("effective_to", problems);
    let jurisdiction = node.name("jurisdiction", problems).unwrap_or(Scope::Ward);

    let mut ids = BTreeSet::new();
    let mut field_groups = Vec::new();
    for value in node.items("field_groups", problems) {
        let group = read_group(value, problems);
        unique(&mut ids, "field group", group.as_ref().map(|group| &group.id), value, problems);
        field_groups.extend(group);
    }
    if field_groups.len() > MOST_GROUPS {
        problems.add(0..0, format!("{} field groups: expected at most {MOST_GROUPS}", field_groups.len()));
    }
    let groups: Vec<&str> = field_groups.iter().map(|group| group.id.as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut indicators = Vec::new();
    let items = node.items("indicators", problems);
    if items.is_empty() && node.table.get("indicators").is_none() {
        problems.add(0..0, "the plan lacks \"indicators\": expected at least one [[indicators]]".to_owned());
    }
    for value in items {
        let indicator = read_indicator(value, &groups, jurisdiction, problems);
        unique(&mut ids, "indicator", indicator.as_ref().map(|indicator| &indicator.id), value, problems);
        indicators.extend(indicator);
    }
    if let (Some(from), Some(to), Some(at)) = (effective_from, effective_to, node.table.get("effective_to"))
        && to < from
    {
        problems.add(at.span(), format!("the plan ends on {to}, before it starts on {from}"));
    }
    node.finish(problems);
    Some(Plan(PlanParts {
        id: id?,
        title: title?,
        number,
        authority,
        issued,
        effective_from,
        effective_to,
        jurisdiction,
        field_groups,
        indicators,
    }))
}

fn read_group(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<FieldGroup> {
    let mut node = Node::of("a field group", value, problems)?;
    let id = node.need_text("id", problems);
    let name = node.vi_en("name", problems);
    let items = node.items("words", problems);
    if items.is_empty() {
        problems.add(
            value.span(),
            "a field group lacks \"words\": expected word sequences such as [\"đất đai\"]".to_owned(),
        );
    }
    let words: Vec<String> = items.into_iter().filter_map(|item| text_of(item, "words", problems)).collect();
    node.finish(problems);
    let id = id?;
    Some(FieldGroup { name: name.unwrap_or_else(|| Text::new(id.clone(), id.clone())), id, words })
}

fn read_indicator(
    value: Value<'_, '_>,
    groups: &[&str],
    scope: Scope,
    problems: &mut Problems<'_>,
) -> Option<Indicator> {
    let mut node = Node::of("an indicator", value, problems)?;
    let id = node.need_text("id", problems);
    node.need("name", problems);
    let name = node.vi_en("name", problems);
    node.need("measure", problems);
    let measure = node.name("measure", problems);
    let filter = node.text("filter", problems);
    if let (Some(filter), Some(at)) = (&filter, node.get("filter"))
        && !groups.contains(&filter.as_str())
    {
        problems.add(at.span(), UnknownName::new("field group", filter, groups.iter().copied()).to_string());
    }
    let target = node.need("target", problems).and_then(|value| read_target(value, problems));
    let items = node.items("clauses", problems);
    if items.is_empty() {
        problems.add(
            value.span(),
            "an indicator lacks \"clauses\": expected where the plan states the target".to_owned(),
        );
    }
    let clauses = items.into_iter().filter_map(|item| read_clause(item, scope, problems)).collect();
    let owner = node.text("owner", problems);
    node.finish(problems);
    Some(Indicator { id: id?, name: name?, measure: measure?, filter, target: target?, clauses, owner })
}

fn read_target(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<Target> {
    let mut node = Node::of("a target", value, problems)?;
    node.need("op", problems);
    let op = match node.get("op").and_then(|op| op.get_ref().as_str()) {
        Some("≥") => Some(TargetOp::AtLeast),
        _ => node.name("op", problems),
    };
    let percent = node.need("percent", problems).and_then(|value| {
        // Decimal text, never through a float: 62.1 is 62.1.
        let percent = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => {
                Decimal::from_str_exact(&number.as_str().replace('_', "")).ok()
            }
            DeValue::Float(number) => Decimal::from_str_exact(&number.as_str().replace('_', "")).ok(),
            _ => None,
        }
        .filter(|percent| Target { op: TargetOp::AtLeast, percent: *percent }.is_sound());
        if percent.is_none() {
            problems.add(
                value.span(),
                "\"percent\" must be a number from 0 to 100 with at most 6 decimals".to_owned(),
            );
        }
        percent
    });
    node.finish(problems);
    Some(Target { op: op?, percent: percent? })
}

fn read_clause(value: Value<'_, '_>, scope: Scope, problems: &mut Problems<'_>) -> Option<Clause> {
    let mut node = Node::of("a clause", value, problems)?;
    let clause = node.need_text("clause", problems);
    let text = node.need_text("text", problems);
    let scope = node.name("scope", problems).unwrap_or(scope);
    let deadline = node.day("deadline", problems);
    let note = node.vi_en("note", problems);
    node.finish(problems);
    Some(Clause { clause: clause?, text: text?, scope, deadline, note })
}
