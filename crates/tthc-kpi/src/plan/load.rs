//! Reading a plan's TOML: every problem at once, each with its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::{Clause, FieldGroup, Indicator, MOST_GROUPS, Plan, PlanError, PlanParts, Scope};
use crate::policy::Text;
use crate::schedule;
use crate::slug::UnknownName;
use crate::target::{Target, TargetOp};
use crate::toml_reader::{self, Node, Problems, Value, text_of, unique};

pub(super) fn load(name: &str, text: &str) -> Result<Plan, PlanError> {
    toml_reader::read(text, read_plan).map_err(|problems| PlanError { name: name.to_owned(), problems })
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
    let schedule = schedule::read(&mut node, (effective_from, effective_to), problems);
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
        schedule: schedule.map(Arc::new),
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
