//! Reading a scheme's TOML: every problem at once, each with its place.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use rust_decimal::Decimal;
use toml::de::DeTable;

use super::{Scheme, SchemeError, SchemeGroup, SchemeSource};
use crate::certainty::{Aspect, Evidence};
use crate::instant::Day;
use crate::period::PeriodRule;
use crate::policy::{Policy, Text};
use crate::scheme_row::{CountsFrom, Formula, RowCounts, RowScope, SchemeRow};
use crate::slug::UnknownName;
use crate::toml_reader::{self, Node, Problems, Value, ends_before, lacks_any, unique, wording_of};

/// Points are told apart to this many decimals at most.
const MOST_DECIMALS: u32 = 6;

pub(super) fn load(name: &str, text: &str) -> Result<Scheme, SchemeError> {
    toml_reader::read(text, read_scheme).map_err(|problems| SchemeError { name: name.to_owned(), problems })
}

fn read_scheme(table: &DeTable<'_>, problems: &mut Problems<'_>) -> Option<Scheme> {
    let mut node = Node::new("the scheme", 0..0, table);
    let id = node.need_text("id", problems);
    let number = node.text("number", problems);
    let title = node.need_vi_en("title", problems);
    let authority = node.vi_en("authority", problems);
    let issued = node.day("issued", problems);
    let effective_from = node.day("effective_from", problems);
    let effective_to = node.day("effective_to", problems);
    let observed = node.get("observed").and_then(|value| read_observed(value, problems));
    node.need("complete", problems);
    let complete = node.yes("complete", problems).unwrap_or(false);
    let profile = node.need_text("profile", problems);
    if let (Some(profile), Some(at)) = (&profile, node.get("profile"))
        && !Policy::profiles().any(|known| known == profile)
    {
        let unknown = UnknownName::new("policy profile", profile, Policy::profiles());
        problems.add(at.span(), unknown.told());
    }
    let mut aspects = vec![Aspect::Maximum, Aspect::EffectiveFrom, Aspect::EffectiveTo];
    for (key, aspect) in [
        ("period_rule", Aspect::PeriodRule),
        ("rounding", Aspect::Rounding),
        ("not_applicable", Aspect::NotApplicable),
    ] {
        aspects.extend(node.table.get(key).map(|_| aspect));
    }
    let period_rule = node.name("period_rule", problems).unwrap_or(PeriodRule::Calendar);
    let decimals = node.get("rounding").and_then(|value| read_rounding(value, problems));
    // The one thing a row that is not asked can become here.
    if let (Some(text), Some(at)) = (node.text("not_applicable", problems), node.get("not_applicable"))
        && text != "left_out"
    {
        problems.add(at.span(), UnknownName::new("value", &text, ["left_out"]).told());
    }
    let maximum = node.need("maximum", problems).and_then(|_| node.decimal("maximum", problems));

    let mut ids = BTreeSet::new();
    let mut sources = Vec::new();
    for value in node.items("sources", problems) {
        let source = read_source(value, problems);
        unique(&mut ids, "source", source.as_ref().map(|source| &source.id), value, problems);
        sources.extend(source);
    }
    let known = Known { sources: &sources, decimals };
    let evidence = known.evidence(&mut node, &aspects, problems);

    let mut ids = BTreeSet::new();
    let (mut groups, mut places) = (Vec::new(), Vec::new());
    for value in need_items(&mut node, "groups", problems) {
        let group = known.group(value, problems);
        unique(&mut ids, "group", group.as_ref().map(|group| &group.id), value, problems);
        places.extend(group.as_ref().map(|_| value.span()));
        groups.extend(group);
    }
    let mut ids = BTreeSet::new();
    let mut rows = Vec::new();
    let items = need_items(&mut node, "rows", problems);
    let all_read = items.len();
    for value in items {
        let row = known.row(value, &groups, problems);
        unique(&mut ids, "row", row.as_ref().map(|row| &row.id), value, problems);
        rows.extend(row);
    }
    if let Some(maximum) = maximum
        && rows.len() == all_read
    {
        let at = node.table.get("maximum").map_or(0..0, |value| value.span());
        add_up(complete, (maximum, at), &groups, &places, &rows, problems);
    }
    if let (Some(from), Some(to), Some(at)) = (effective_from, effective_to, node.table.get("effective_to"))
        && to < from
    {
        problems.add(at.span(), ends_before(Text::new("bộ chỉ số", "the scheme"), from, to));
    }
    if complete && decimals.is_none() && node.table.get("rounding").is_none() {
        let told = Text::new(
            "bộ chỉ số thiếu \"rounding\": bộ chỉ số đầy đủ (complete) phải nêu",
            "the scheme lacks \"rounding\": expected it of a complete scheme",
        );
        problems.add(0..0, told);
    }
    node.finish(problems);
    Some(Scheme {
        id: id?,
        number,
        title: title?,
        authority,
        issued,
        effective_from,
        effective_to,
        observed,
        complete,
        profile: profile?,
        period_rule,
        decimals: decimals.unwrap_or(2),
        maximum: maximum?,
        evidence,
        sources,
        groups,
        rows,
    })
}

fn need_items<'d, 't>(
    node: &mut Node<'d, 't>,
    key: &'static str,
    problems: &mut Problems<'_>,
) -> Vec<Value<'d, 't>> {
    let items = node.items(key, problems);
    if items.is_empty() {
        let expected = Text::new(format!("ít nhất một [[{key}]]"), format!("at least one [[{key}]]"));
        problems.add(node.span(), lacks_any("the scheme", key, &expected));
    }
    items
}

fn sum(mut points: impl Iterator<Item = Decimal>) -> Decimal {
    points.try_fold(Decimal::ZERO, Decimal::checked_add).unwrap_or(Decimal::MAX)
}

/// Points of rows add up to those of their group, and groups to the whole.
fn add_up(
    complete: bool,
    (maximum, at): (Decimal, Range<usize>),
    groups: &[SchemeGroup],
    places: &[Range<usize>],
    rows: &[SchemeRow],
    problems: &mut Problems<'_>,
) {
    let whole = sum(groups.iter().map(|group| group.maximum));
    if whole != maximum {
        let told = Text::new(
            format!("các nhóm có {whole} điểm: cần {maximum}"),
            format!("the groups have {whole} points: expected {maximum}"),
        );
        problems.add(at, told);
    }
    for (group, place) in groups.iter().zip(places) {
        let points = sum(rows.iter().filter(|row| row.group == group.id).filter_map(|row| row.maximum));
        if points > group.maximum || complete && points < group.maximum {
            let (id, expected) = (&group.id, group.maximum);
            let told = Text::new(
                format!("các dòng của nhóm {id:?} có {points} điểm: cần {expected}"),
                format!("the rows of {id:?} have {points} points: expected {expected}"),
            );
            problems.add(place.clone(), told);
        }
    }
}

fn read_observed(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<(Day, Day)> {
    let mut node = Node::of("observed", value, problems)?;
    node.need("from", problems);
    node.need("to", problems);
    let (from, to) = (node.day("from", problems), node.day("to", problems));
    node.finish(problems);
    let (from, to) = (from?, to?);
    if to < from {
        problems.add(value.span(), ends_before(Text::new("\"observed\"", "\"observed\""), from, to));
    }
    Some((from, to))
}

fn read_rounding(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<u32> {
    let mut node = Node::of("rounding", value, problems)?;
    node.need("decimals", problems);
    let decimals = node.whole("decimals", problems);
    let of = node.need_text("of", problems);
    node.finish(problems);
    if let (Some(of), Some(at)) = (of, node_value(value, "of"))
        && of != "rows"
    {
        problems.add(at, UnknownName::new("value", &of, ["rows"]).told());
    }
    if let (Some(many), Some(at)) =
        (decimals.filter(|decimals| *decimals > MOST_DECIMALS), node_value(value, "decimals"))
    {
        let told = Text::new(
            format!("\"decimals\" là {many}: nhiều nhất {MOST_DECIMALS}"),
            format!("\"decimals\" is {many}: expected at most {MOST_DECIMALS}"),
        );
        problems.add(at, told);
    }
    decimals
}

/// Where a key of a table stands.
fn node_value(value: Value<'_, '_>, key: &str) -> Option<Range<usize>> {
    value.get_ref().as_table()?.get(key).map(|value| value.span())
}

fn read_source(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<SchemeSource> {
    let mut node = Node::of("a source", value, problems)?;
    let id = node.need_text("id", problems);
    let kind = node.need_text("kind", problems);
    let title = node.need_vi_en("title", problems);
    let place = node.need_text("place", problems);
    node.finish(problems);
    Some(SchemeSource { id: id?, kind: kind?, title: title?, place: place? })
}

/// What the parts of a scheme refer to.
struct Known<'s> {
    sources: &'s [SchemeSource],
    decimals: Option<u32>,
}

impl Known<'_> {
    /// Evidence that covers each of `aspects` exactly once, and nothing else.
    fn evidence(
        &self,
        node: &mut Node<'_, '_>,
        aspects: &[Aspect],
        problems: &mut Problems<'_>,
    ) -> Vec<Evidence> {
        let span = node.span();
        let mut covered: BTreeSet<Aspect> = BTreeSet::new();
        let mut list = Vec::new();
        let mut sound = true;
        for value in node.items("evidence", problems) {
            let Some(evidence) = self.one_evidence(value, problems) else {
                sound = false;
                continue;
            };
            for aspect in &evidence.of {
                if !aspects.contains(aspect) {
                    let told = Text::new(
                        format!("căn cứ cho {aspect}, điều không nêu ở đây"),
                        format!("evidence of {aspect}, which is not stated here"),
                    );
                    problems.add(value.span(), told);
                } else if !covered.insert(*aspect) {
                    let told = Text::new(
                        format!("căn cứ cho {aspect} có hai lần: cần một lần"),
                        format!("evidence of {aspect} is there twice: expected once"),
                    );
                    problems.add(value.span(), told);
                }
            }
            list.push(evidence);
        }
        let lacking: Vec<&str> =
            aspects.iter().filter(|aspect| !covered.contains(aspect)).map(|aspect| aspect.slug()).collect();
        if sound && !lacking.is_empty() {
            let lacking = lacking.join(", ");
            let told = Text::new(
                format!("không có căn cứ cho {lacking}: mỗi điều cần một lần"),
                format!("no evidence of {lacking}: expected it once each"),
            );
            problems.add(span, told);
        }
        list
    }

    fn one_evidence(&self, value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<Evidence> {
        let mut node = Node::of("evidence", value, problems)?;
        node.need("of", problems);
        let of: Vec<Aspect> = node.names("of", problems);
        let asked = node.items("of", problems).len();
        let certainty = node.need_name("certainty", problems);
        let source = node.need_text("source", problems);
        if let (Some(source), Some(at)) = (&source, node.get("source"))
            && !self.sources.iter().any(|known| known.id == *source)
        {
            let ids = self.sources.iter().map(|known| known.id.as_str());
            problems.add(at.span(), UnknownName::new("source", source, ids).told());
        }
        let place = node.text("place", problems);
        let note = node.vi_en("note", problems);
        if place.is_none() && note.is_none() {
            let told = Text::new(
                "căn cứ thiếu \"place\" hoặc \"note\": cần một trong hai",
                "evidence lacks \"place\" or \"note\": expected one of them",
            );
            problems.add(value.span(), told);
        }
        node.finish(problems);
        if of.len() < asked {
            return None;
        }
        Some(Evidence { of, certainty: certainty?, source: source?, place, note })
    }

    fn points(&self, node: &mut Node<'_, '_>, problems: &mut Problems<'_>) -> Option<Decimal> {
        let points = node.decimal("maximum", problems)?;
        let most = self.decimals.unwrap_or(2);
        if (points.is_sign_negative() || points.normalize().scale() > most)
            && let Some(at) = node.get("maximum")
        {
            let told = Text::new(
                format!("\"maximum\" là {points}: cần từ 0, nhiều nhất {most} chữ số thập phân"),
                format!("\"maximum\" is {points}: expected at least 0, with at most {most} decimals"),
            );
            problems.add(at.span(), told);
        }
        Some(points)
    }

    fn group(&self, value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<SchemeGroup> {
        let mut node = Node::of("a group", value, problems)?;
        let id = node.need_text("id", problems);
        let name = node.need_vi_en("name", problems);
        node.need("maximum", problems);
        let maximum = self.points(&mut node, problems);
        let evidence = self.evidence(&mut node, &[Aspect::Maximum], problems);
        node.finish(problems);
        Some(SchemeGroup { id: id?, name: Arc::new(name?), maximum: maximum?, evidence })
    }

    fn row(
        &self,
        value: Value<'_, '_>,
        groups: &[SchemeGroup],
        problems: &mut Problems<'_>,
    ) -> Option<SchemeRow> {
        let mut node = Node::of("a row", value, problems)?;
        let id = node.need_text("id", problems);
        let code = node.text("code", problems);
        let group = node.need_text("group", problems);
        if let (Some(group), Some(at)) = (&group, node.get("group"))
            && !groups.iter().any(|known| known.id == *group)
        {
            let ids = groups.iter().map(|known| known.id.as_str());
            problems.add(at.span(), UnknownName::new("group", group, ids).told());
        }
        let name = node.need_vi_en("name", problems);
        let maximum = self.points(&mut node, problems);
        let scope: Option<RowScope> = node.need_name("scope", problems);
        let shown_for = node.name("shown_for", problems).or(scope);
        let formula = node.need("formula", problems).and_then(|value| read_formula(value, problems));
        let zero = node.name("zero", problems);
        let proportional = matches!(formula, Some(Formula::Proportional { .. }));
        if proportional {
            node.need("zero", problems);
            if node.need("maximum", problems).is_some() && maximum.is_some_and(|points| points.is_zero()) {
                let told = Text::new(
                    "dòng tính theo tỷ lệ không có điểm: cần có điểm tối đa",
                    "a proportional row has no points: expected some",
                );
                problems.add(value.span(), told);
            }
        } else if let (Some(at), Some(_)) = (node.get("zero"), formula) {
            let told = Text::new(
                "\"zero\" chỉ dành cho dòng tính theo tỷ lệ",
                "\"zero\" is for proportional rows only",
            );
            problems.add(at.span(), told);
        }
        let numerator = node.need_vi_en("numerator", problems);
        let denominator = node.need_vi_en("denominator", problems);
        let counts = node.get("counts").and_then(|value| read_counts(value, problems)).unwrap_or_default();
        let counts_from =
            node.need("counts_from", problems).and_then(|value| read_counts_from(value, problems));
        let mut aspects = vec![Aspect::Definition, Aspect::Scope];
        aspects.extend(node.table.get("maximum").map(|_| Aspect::Maximum));
        if let Some(Formula::Proportional { threshold }) = formula {
            aspects.extend([Aspect::Threshold, Aspect::Zero]);
            aspects.extend((threshold < Decimal::ONE).then_some(Aspect::Cap));
        }
        let evidence = match formula {
            Some(_) => self.evidence(&mut node, &aspects, problems),
            // Which aspects there are is not known.
            None => {
                node.get("evidence");
                Vec::new()
            }
        };
        let items = node.items("differences", problems);
        let differences: Vec<Text> =
            items.into_iter().filter_map(|item| wording_of(item, "differences", problems)).collect();
        node.finish(problems);
        Some(SchemeRow {
            id: id?,
            code,
            group: group?,
            name: Arc::new(name?),
            maximum,
            scope: scope?,
            shown_for: shown_for?,
            formula: formula?,
            zero,
            numerator: numerator?,
            denominator: denominator?,
            counts,
            counts_from: counts_from?,
            evidence: evidence.into(),
            differences: differences.into(),
        })
    }
}

fn read_formula(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<Formula> {
    let mut node = Node::of("a formula", value, problems)?;
    let kind = node.need_text("kind", problems)?;
    let formula = match kind.as_str() {
        "proportional" => {
            node.need("threshold", problems);
            let threshold = node.decimal("threshold", problems);
            let sound = |threshold: &Decimal| {
                *threshold > Decimal::ZERO && *threshold <= Decimal::ONE && threshold.scale() <= MOST_DECIMALS
            };
            if let (Some(bad), Some(at)) =
                (threshold.filter(|threshold| !sound(threshold)), node.get("threshold"))
            {
                let told = Text::new(
                    format!(
                        "\"threshold\" là {bad}: cần trên 0 đến 1, nhiều nhất {MOST_DECIMALS} chữ số thập phân"
                    ),
                    format!(
                        "\"threshold\" is {bad}: expected a share above 0 and up to 1, with at most {MOST_DECIMALS} decimals"
                    ),
                );
                problems.add(at.span(), told);
            }
            threshold.map(|threshold| Formula::Proportional { threshold })
        }
        "information" => Some(Formula::Information),
        "unstated" => Some(Formula::Unstated),
        _ => {
            let kinds = ["proportional", "information", "unstated"];
            problems.add(value.span(), UnknownName::new("formula", &kind, kinds).told());
            return None;
        }
    };
    node.finish(problems);
    formula
}

fn read_counts(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<RowCounts> {
    let mut node = Node::of("counts", value, problems)?;
    let numerator = node.texts("numerator", problems);
    let denominator = node.texts("denominator", problems);
    let single = node.text("value", problems);
    if numerator.is_empty() != denominator.is_empty() || numerator.is_empty() != single.is_some() {
        let told = Text::new(
            "\"counts\" cần \"numerator\" và \"denominator\", hoặc chỉ \"value\"",
            "\"counts\" needs \"numerator\" and \"denominator\", or \"value\" alone",
        );
        problems.add(value.span(), told);
    }
    node.finish(problems);
    Some(RowCounts { numerator, denominator, value: single })
}

fn read_counts_from(value: Value<'_, '_>, problems: &mut Problems<'_>) -> Option<CountsFrom> {
    let mut node = Node::of("counts_from", value, problems)?;
    let kind = node.need_text("kind", problems)?;
    let from = match kind.as_str() {
        "measure" => node.need_name("measure", problems).map(|measure| CountsFrom::Measure { measure }),
        "processing_days" => Some(CountsFrom::ProcessingDays),
        "register" => {
            let rule = node.need_name("rule", problems);
            let indicator = node.text("indicator", problems);
            let columns = node.names("columns", problems);
            rule.map(|rule| CountsFrom::Register { rule, indicator, columns })
        }
        "declared" => Some(CountsFrom::Declared),
        _ => {
            let kinds = ["measure", "processing_days", "register", "declared"];
            problems.add(value.span(), UnknownName::new("source of counts", &kind, kinds).told());
            return None;
        }
    };
    node.finish(problems);
    from
}
