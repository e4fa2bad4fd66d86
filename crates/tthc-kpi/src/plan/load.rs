//! Reading a plan's TOML: every problem at once, each with its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::extend::Parts;
use super::{Clause, FieldGroup, Indicator, MOST_GROUPS, Plan, PlanError, PlanParts, Scope};
use crate::instant::Day;
use crate::policy::Text;
use crate::schedule;
use crate::slug::UnknownName;
use crate::target::{Target, TargetOp};
use crate::toml_reader::{self, Node, Problem, Problems, Value, ends_before, lacks_any, text_of, unique};

/// Reads a plan and what is odd about it. `parent` finds the plan that it extends.
pub(super) fn load(
    name: &str,
    text: &str,
    parent: &dyn Fn(&str) -> Result<Plan, Text>,
) -> Result<(Plan, Vec<Problem>), PlanError> {
    let mut warnings = Problems::new(text);
    let plan = toml_reader::read(text, |table, problems| read_plan(table, parent, problems, &mut warnings))
        .map_err(|problems| PlanError { name: name.to_owned(), problems })?;
    Ok((plan, warnings.sorted()))
}

fn read_plan(
    table: &DeTable<'_>,
    parent: &dyn Fn(&str) -> Result<Plan, Text>,
    problems: &mut Problems<'_>,
    warnings: &mut Problems<'_>,
) -> Option<Plan> {
    // A missing key of the whole document is reported at its first line.
    let mut node = Node::new("the plan", 0..0, table);
    let id = node.need_text("id", problems);
    let title = node.need_text("title", problems);
    let number = node.text("number", problems);
    let authority = node.text("authority", problems);
    let issued = node.day("issued", problems);
    let parent = node.text("extends", problems).and_then(|extends| {
        let span = table.get("extends").map_or(0..0, Spanned::span);
        parent(&extends).map_err(|message| problems.add(span, message)).ok()
    });
    let lost = parent.is_none() && table.get("extends").is_some();
    let inherited =
        |own: Option<Day>, of: fn(&Plan) -> Option<Day>| own.or_else(|| parent.as_ref().and_then(of));
    let effective_from = inherited(node.day("effective_from", problems), |plan| plan.effective().0);
    let effective_to = inherited(node.day("effective_to", problems), |plan| plan.effective().1);
    let jurisdiction = node.name("jurisdiction", problems).unwrap_or(Scope::Ward);
    let mut parts = Parts::of(parent.as_ref(), lost);

    let mut ids = BTreeSet::new();
    for value in node.items("field_groups", problems) {
        let group = read_group(value, problems);
        unique(&mut ids, "field group", group.as_ref().map(|group| &group.id), value, problems);
        parts.put_group(group);
    }
    if parts.groups.len() > MOST_GROUPS {
        let many = parts.groups.len();
        let told = Text::new(
            format!("có {many} nhóm lĩnh vực: nhiều nhất {MOST_GROUPS}"),
            format!("{many} field groups: expected at most {MOST_GROUPS}"),
        );
        problems.add(0..0, told);
    }
    for value in node.items("leave_out", problems) {
        parts.leave_out(value, problems, warnings);
    }
    let mut ids = BTreeSet::new();
    let items = node.items("indicators", problems);
    if items.is_empty() && node.table.get("indicators").is_none() && parent.is_none() && !lost {
        let expected = Text::new("ít nhất một khối [[indicators]]", "at least one [[indicators]]");
        problems.add(0..0, lacks_any("the plan", "indicators", &expected));
    }
    for value in items {
        let indicator = read_indicator(value, &parts, jurisdiction, problems);
        unique(&mut ids, "indicator", indicator.as_ref().map(|indicator| &indicator.id), value, problems);
        parts.put_indicator(indicator, value, warnings);
    }
    if let (Some(from), Some(to), Some(at)) = (effective_from, effective_to, node.table.get("effective_to"))
        && to < from
    {
        problems.add(at.span(), ends_before(Text::new("kế hoạch", "the plan"), from, to));
    }
    if effective_from.is_none() || effective_to.is_none() {
        let told = Text::new(
            "kế hoạch không nói có hiệu lực từ ngày nào đến ngày nào: cần \"effective_from\" và \"effective_to\"",
            "the plan does not say from when to when it is in force: expected \"effective_from\" and \"effective_to\"",
        );
        warnings.add(0..0, told);
    }
    let schedule = schedule::read(&mut node, (effective_from, effective_to), problems);
    tell_placeholders(table, &parts.indicators, warnings);
    tell_unmeasured(table, &parts.indicators, warnings);
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
        field_groups: parts.groups,
        indicators: parts.indicators,
        schedule: schedule.map(Arc::new),
    }))
}

/// Tasks, provisions and duties of the schedule that are measured by an indicator the plan has not.
fn tell_unmeasured(table: &DeTable<'_>, indicators: &[Indicator], warnings: &mut Problems<'_>) {
    let parts =
        ["tasks", "provisions", "body"].into_iter().filter_map(|key| table.get(key)?.get_ref().as_array());
    for item in parts.flat_map(|list| list.iter()).filter_map(|item| item.get_ref().as_table()) {
        let duty = item.get("duty").and_then(|duty| duty.get_ref().as_table());
        let lists = [Some(item), duty].into_iter().flatten().filter_map(|table| table.get("indicators"));
        for id in lists.filter_map(|list| list.get_ref().as_array()).flat_map(|list| list.iter()) {
            let Some(name) = id.get_ref().as_str() else { continue };
            if !indicators.iter().any(|indicator| indicator.id == name) {
                let ids = indicators.iter().map(|indicator| indicator.id.as_str());
                warnings.add(id.span(), UnknownName::new("indicator", name, ids).told());
            }
        }
    }
}

/// Clauses that still stand as in the template are told together, at the first that the text has.
fn tell_placeholders(table: &DeTable<'_>, indicators: &[Indicator], warnings: &mut Problems<'_>) {
    let stands = |clause: &str| clause.ends_with("...") || clause.ends_with('…');
    let clauses = |indicator: &&Indicator| indicator.clauses.iter().any(|clause| stands(&clause.clause));
    let ids: Vec<&str> = indicators.iter().filter(clauses).map(|indicator| &*indicator.id).collect();
    let Some((first, rest)) = ids.split_first() else { return };
    let written = table.get("indicators").and_then(|list| list.get_ref().as_array());
    let mut written = written.into_iter().flat_map(|list| list.iter()).filter_map(|item| {
        let list = item.get_ref().as_table()?.get("clauses")?.get_ref().as_array()?;
        list.iter().find_map(|clause| {
            let clause = clause.get_ref().as_table()?.get("clause")?;
            clause.get_ref().as_str().is_some_and(|text| stands(text.trim())).then(|| clause.span())
        })
    });
    // Of a plan that takes them over, the place is where it names its parent.
    let place = written.next().or_else(|| table.get("extends").map(Spanned::span)).unwrap_or(0..0);
    let many = ids.len();
    let (vi, en) = match rest {
        [] => (format!("chỉ tiêu {first:?}"), format!("indicator {first:?}")),
        _ => (format!("{many} chỉ tiêu, từ {first:?},"), format!("{many} indicators, from {first:?} on,")),
    };
    let told = Text::new(
        format!("{vi} còn ghi căn cứ như mẫu (\"mục ...\"): thay bằng mục của kế hoạch"),
        format!("clauses of {en} still stand as in the template (\"mục ...\"): expected those of the plan"),
    );
    warnings.add(place, told);
}

fn read_group(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<FieldGroup> {
    let mut node = Node::of("a field group", value, problems)?;
    let id = node.need_text("id", problems);
    let name = node.vi_en("name", problems);
    let items = node.items("words", problems);
    if items.is_empty() {
        let expected = Text::new("các cụm từ, như [\"đất đai\"]", "word sequences such as [\"đất đai\"]");
        problems.add(value.span(), lacks_any("a field group", "words", &expected));
    }
    let words: Vec<String> = items.into_iter().filter_map(|item| text_of(item, "words", problems)).collect();
    node.finish(problems);
    let id = id?;
    Some(FieldGroup { name: name.unwrap_or_else(|| Text::new(id.clone(), id.clone())), id, words })
}

fn read_indicator(
    value: Value<'_, '_>,
    parts: &Parts<'_>,
    scope: Scope,
    problems: &mut Problems<'_>,
) -> Option<Indicator> {
    let mut node = Node::of("an indicator", value, problems)?;
    let id = node.need_text("id", problems);
    // Of one that the parent has, what is not said is as there.
    let base = id.as_deref().and_then(|id| parts.inherited(id));
    for key in ["name", "measure", "target"] {
        if base.is_none() && !parts.lost {
            node.need(key, problems);
        }
    }
    let name = node.vi_en("name", problems).or_else(|| base.map(|base| base.name.clone()));
    let measure = node.name("measure", problems).or(base.map(|base| base.measure));
    let filter = node.text("filter", problems).or_else(|| base.and_then(|base| base.filter.clone()));
    if let (Some(filter), Some(at)) = (&filter, node.get("filter"))
        && !parts.lost
        && !parts.groups.iter().any(|group| group.id == *filter)
    {
        let groups = parts.groups.iter().map(|group| group.id.as_str());
        problems.add(at.span(), UnknownName::new("field group", filter, groups).told());
    }
    if let (Some(measure), Some(at)) = (measure, node.get("filter").filter(|_| filter.is_some()))
        && !measure.has_fields()
    {
        let told = Text::new(
            format!("cách đo {:?} không có lĩnh vực: bỏ \"filter\"", measure.slug()),
            format!("the measure {:?} has no fields: expected no \"filter\"", measure.slug()),
        );
        problems.add(at.span(), told);
    }
    let target = node.get("target").and_then(|value| read_target(value, problems));
    let items = node.items("clauses", problems);
    if items.is_empty() && base.is_none() && !parts.lost {
        let expected = Text::new("mục nào của kế hoạch đặt ra mục tiêu", "where the plan states the target");
        problems.add(value.span(), lacks_any("an indicator", "clauses", &expected));
    }
    let mut clauses: Vec<Clause> =
        items.into_iter().filter_map(|item| read_clause(item, scope, problems)).collect();
    if let (true, Some(base)) = (clauses.is_empty(), base) {
        clauses.clone_from(&base.clauses);
    }
    let owner = node.text("owner", problems).or_else(|| base.and_then(|base| base.owner.clone()));
    node.finish(problems);
    let target = target.or(base.map(|base| base.target));
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
            let told = Text::new(
                "\"percent\" phải là số từ 0 đến 100, nhiều nhất 6 chữ số thập phân, dấu thập phân là dấu chấm",
                "\"percent\" must be a number from 0 to 100 with at most 6 decimals",
            );
            problems.add(value.span(), told);
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
