//! The golden cases of `cases/*.toml`, each worked out by hand, through both doors: the reference
//! (dossiers one by one) and the engine (columns). Python runs the same files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tthc_kpi::{
    Column, ColumnSet, Dimension, Dossier, Plan, Policy, Query, Record, RegisterColumn, RegisterTable,
    RegisterType, RegisterValue, Registers, Scorecard, WorkCalendar, row_exclusion,
};
use tthc_kpi_arrow::{ArrowError, Dossiers, Duplicates, batch_of};
use tthc_kpi_tests::{plan, reference};

/// Every table of a kind in the case files, with the file's name.
fn tables(kind: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .flat_map(|path| {
            let document: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let tables =
                document.get(kind).map(|tables| serde_json::to_value(tables).unwrap()).unwrap_or(json!([]));
            tables
                .as_array()
                .unwrap()
                .iter()
                .map(move |table| (name.clone(), table.clone()))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn dossiers(case: &Value) -> Vec<Dossier> {
    let mut list = Vec::new();
    for row in case["dossiers"].as_array().unwrap() {
        let mut row = row.as_object().unwrap().clone();
        let repeat = row.remove("repeat").map_or(1, |repeat| repeat.as_u64().unwrap());
        let known: serde_json::Map<String, Value> = row
            .iter()
            .filter(|(name, _)| name.parse::<Column>().is_ok())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let extra: serde_json::Map<String, Value> =
            row.into_iter().filter(|(name, _)| name.parse::<Column>().is_err()).collect();
        let mut dossier: Dossier = serde_json::from_value(Value::Object(known)).expect("a dossier");
        dossier.extra = serde_json::from_value(Value::Object(extra)).expect("extra columns");
        list.extend((0..repeat).map(|_| dossier.clone()));
    }
    list
}

fn missing(case: &Value) -> ColumnSet {
    case.get("missing")
        .or_else(|| case["query"].get("missing"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().parse().unwrap())
        .fold(ColumnSet::all(), ColumnSet::without)
}

fn plan_of(case: &Value) -> Result<Plan, tthc_kpi::Error> {
    Ok(match case.get("plan_toml") {
        Some(text) => Plan::from_toml("case", text.as_str().unwrap())?,
        None => plan(),
    })
}

fn make_query(case: &Value, dossiers: &[Dossier]) -> Result<Arc<Query>, tthc_kpi::Error> {
    let asked = &case["query"];
    let plan = plan_of(case)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rules: BTreeMap<String, String> = asked
        .get("policy")
        .and_then(Value::as_object)
        .map(|rules| rules.iter().map(|(rule, value)| (rule.clone(), text(value))).collect())
        .unwrap_or_default();
    let mut policy = Policy::profile(rules.get("profile").map_or("plan", String::as_str))?;
    for (rule, value) in rules.iter().filter(|(rule, _)| *rule != "profile") {
        policy = policy.with(rule, value)?;
    }
    let extra: Vec<String> = dossiers.iter().flat_map(|dossier| dossier.extra.keys().cloned()).collect();
    let by = asked.get("by").and_then(Value::as_array).cloned().unwrap_or_default();
    let by = by
        .iter()
        .map(|name| Dimension::named(name.as_str().unwrap(), &extra))
        .collect::<Result<Vec<_>, _>>()?;
    let limits: BTreeMap<String, u32> =
        asked.get("limits").map(|limits| serde_json::from_value(limits.clone()).unwrap()).unwrap_or_default();
    let mut draft = Query::new(&plan)
        .period(asked["period"].as_str().unwrap().parse()?)
        .policy(policy)
        .limits(limits)
        .by(by);
    if let Some(as_of) = asked.get("as_of") {
        draft = draft.as_of(as_of.as_str().unwrap().parse().expect("a day"));
    }
    draft.check()
}

/// `expected` is a part of `found`: every key of it is there with that value; a missing count is 0.
fn check(expected: &Value, found: &Value, at: &str, problems: &mut Vec<String>) {
    if expected == "null" && found.is_null() {
        return;
    }
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                let zero = json!(0);
                let got = found.get(key).unwrap_or(if value.is_number() { &zero } else { &Value::Null });
                check(value, got, &format!("{at}.{key}"), problems);
            }
        }
        _ if expected == found => {}
        _ => problems.push(format!("{at}: expected {expected}, found {found}")),
    }
}

/// The rows of a register, and the columns it has: those named in a row, and those listed.
fn register<T: Record>(case: &Value) -> Option<RegisterTable<T>> {
    let rows = case.get("registers")?.get(T::REGISTER.slug())?.as_array().unwrap();
    let listed = case.get("register_columns").and_then(|listed| listed.get(T::REGISTER.slug()));
    let listed = listed.and_then(Value::as_array).into_iter().flatten().map(|name| name.as_str().unwrap());
    let named = rows.iter().flat_map(|row| row.as_object().unwrap().keys().map(String::as_str));
    let mut columns: Vec<RegisterColumn> =
        listed.chain(named).map(|name| T::REGISTER.column(name).unwrap()).collect();
    columns.sort();
    columns.dedup();
    let mut table = RegisterTable::new("case", columns);
    for (number, row) in (1..).zip(rows) {
        let mut record = T::default();
        for (name, value) in row.as_object().unwrap() {
            let column = T::REGISTER.column(name).unwrap();
            let text = || value.as_str().unwrap();
            let value = match column.column_type() {
                RegisterType::Text | RegisterType::Level | RegisterType::Internal => {
                    RegisterValue::Text(text().trim().to_owned())
                }
                RegisterType::Truth => RegisterValue::Truth(value.as_bool().unwrap()),
                RegisterType::Count => RegisterValue::Count(value.as_u64().unwrap().try_into().unwrap()),
                RegisterType::Day => RegisterValue::Day(text().parse().unwrap()),
                RegisterType::Money => RegisterValue::Money(text().parse().unwrap()),
            };
            record.put(column, value);
        }
        table.push(number, record);
    }
    Some(table)
}

fn registers(case: &Value, plan: &Plan) -> Registers {
    Registers {
        procedures: register(case),
        petitions: register(case),
        tasks: register(case),
        reviews: register(case),
        archive: register(case),
        plan_tasks: register(case),
        declared: register(case),
        ..Registers::of_plan(plan)
    }
}

/// A result in the short forms the cases use.
fn result(result: &Value) -> Value {
    let mut short = result.clone();
    let fraction = |share: &Value, above: &str, below: &str| match share {
        Value::Null => Value::Null,
        share => json!(format!("{}/{}", share[above].as_str().unwrap(), share[below].as_str().unwrap())),
    };
    short["best_case"] = fraction(&result["best_case"], "numerator", "denominator");
    short["worst_case"] = fraction(&result["worst_case"], "numerator", "denominator");
    short["response"] = fraction(&result["response"], "answered", "of");
    short["best_percent"] = result["best_case"]["percent"].clone();
    short["worst_percent"] = result["worst_case"]["percent"].clone();
    short["wilson"] = match &result["wilson"] {
        Value::Null => Value::Null,
        interval => json!([interval["low"], interval["high"]]),
    };
    short["notes"] = result["notes"].as_array().unwrap().iter().map(|note| note["code"].clone()).collect();
    short
}

fn group(group: &Value) -> Value {
    let results: serde_json::Map<String, Value> = group["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["indicator"].as_str().unwrap().to_owned(), result(one)))
        .collect();
    json!({
        "facts": group["facts"], "results": results, "processing_time": group["processing_time"],
        "period_start": group["period_start"], "period_end": group["period_end"],
    })
}

fn check_card(case: &Value, card: &Scorecard) -> Vec<String> {
    let card = serde_json::to_value(card).unwrap();
    let expect = &case["expect"];
    let mut problems = Vec::new();
    let total = group(&card["total"]);
    for part in ["facts", "results", "processing_time"] {
        if let Some(expected) = expect.get(part) {
            check(expected, &total[part], part, &mut problems);
        }
    }
    if let Some(expected) = expect.get("accounting").and_then(Value::as_object) {
        for (key, value) in expected {
            // Reasons are compared whole: a reason too many is as wrong as one too few.
            if card["accounting"][key] != *value {
                problems
                    .push(format!("accounting.{key}: expected {value}, found {}", card["accounting"][key]));
            }
        }
    }
    let codes: Vec<&Value> =
        card["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
    let listed = |name: &str| expect.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for code in listed("warnings") {
        if !codes.contains(&&code) {
            problems.push(format!("no warning {code}, only {codes:?}"));
        }
    }
    for code in listed("absent_warnings") {
        if codes.contains(&&code) {
            problems.push(format!("warning {code}"));
        }
    }
    for (name, expected) in expect.get("registers").and_then(Value::as_object).into_iter().flatten() {
        let used = card["registers"].as_array().unwrap();
        let used = used.iter().find(|used| used["register"] == name.as_str());
        let mut used = used.cloned().unwrap_or_else(|| panic!("no register {name}"));
        let read = |key: &str| used[key].as_u64().unwrap();
        let aside: u64 =
            used["set_aside"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum();
        if read("read") != read("used") + read("outside") + aside {
            problems.push(format!("registers.{name}: its rows do not add up: {used}"));
        }
        used["notes"] = used["notes"].as_array().unwrap().iter().map(|note| note["code"].clone()).collect();
        check(expected, &used, &format!("registers.{name}"), &mut problems);
        // Reasons are compared whole.
        if let Some(reasons) = expected.get("set_aside")
            && *reasons != used["set_aside"]
        {
            problems.push(format!("registers.{name}: set aside {}", used["set_aside"]));
        }
    }
    let groups: BTreeMap<String, Value> = card["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let keys: Vec<String> = one["keys"]
                .as_array()
                .unwrap()
                .iter()
                .map(|key| match key {
                    Value::Null => "∅".to_owned(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                })
                .collect();
            (keys.join("|"), group(one))
        })
        .collect();
    for (key, expected) in expect.get("groups").and_then(Value::as_object).into_iter().flatten() {
        match groups.get(key) {
            Some(found) => check(expected, found, key, &mut problems),
            None => problems.push(format!("no group {key:?}, only {:?}", groups.keys())),
        }
    }
    for key in listed("absent_groups") {
        if groups.contains_key(key.as_str().unwrap()) {
            problems.push(format!("group {key}"));
        }
    }
    problems
}

fn by_reference(case: &Value) -> Result<Scorecard, tthc_kpi::Error> {
    let dossiers = dossiers(case);
    let query = make_query(case, &dossiers)?;
    let duplicates =
        case.get("duplicates").or_else(|| case["query"].get("duplicates")).and_then(Value::as_str);
    if duplicates == Some("error") {
        let valid: Vec<&String> = dossiers
            .iter()
            .filter(|dossier| row_exclusion(dossier).is_none())
            .filter_map(|dossier| dossier.dossier_id.as_ref())
            .collect();
        let distinct: std::collections::BTreeSet<_> = valid.iter().collect();
        if distinct.len() < valid.len() {
            return Err(tthc_kpi::Error::DuplicateIds { rows: (valid.len() - distinct.len()) as u64 });
        }
    }
    let lacking = missing(case);
    let seen: Vec<Dossier> = tthc_kpi_arrow::dossiers_of(&batch_of(&dossiers, lacking).unwrap()).unwrap();
    reference(&query, &seen, lacking, matches!(duplicates, Some("resolve" | "error")))?
        .scorecard_with(&registers(case, &plan_of(case)?))
}

fn by_engine(case: &Value) -> Result<Scorecard, ArrowError> {
    let dossiers = dossiers(case);
    let query = make_query(case, &dossiers)?;
    let duplicates =
        case.get("duplicates").or_else(|| case["query"].get("duplicates")).and_then(Value::as_str);
    let batches: Vec<_> = dossiers
        .chunks(7_919)
        .map(|chunk| batch_of(chunk, missing(case)).unwrap())
        .chain(dossiers.is_empty().then(|| batch_of(&[], missing(case)).unwrap()))
        .collect();
    let ways: Duplicates = duplicates.unwrap_or("assume_unique").parse()?;
    let registers = registers(case, &plan_of(case)?);
    Ok(Dossiers::from_batches(batches, ways)?.tally(&query)?.scorecard_with(&registers)?)
}

fn judge(case: &Value, outcome: Result<Scorecard, tthc_kpi::Error>) -> Vec<String> {
    match (case["expect"].get("error").and_then(Value::as_str), outcome) {
        (None, Ok(card)) => check_card(case, &card),
        (None, Err(error)) => vec![format!("failed: {error}")],
        (Some(code), Err(error)) if error.code() == code => Vec::new(),
        (Some(code), Err(error)) => vec![format!("expected error {code}, found {}: {error}", error.code())],
        (Some(code), Ok(_)) => vec![format!("expected error {code}")],
    }
}

fn run_all(door: impl Fn(&Value) -> Result<Scorecard, tthc_kpi::Error>) {
    let cases = tables("case");
    assert!(cases.len() > 150, "the cases are not found");
    let mut failures = Vec::new();
    for (file, case) in &cases {
        for problem in judge(case, door(case)) {
            failures.push(format!("{file}/{}: {problem}", case["id"].as_str().unwrap()));
        }
    }
    assert!(failures.is_empty(), "{} problems:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn the_reference_gives_every_golden_figure() {
    run_all(by_reference);
}

#[test]
fn the_engine_gives_every_golden_figure() {
    run_all(|case| {
        by_engine(case).map_err(|error| match error {
            ArrowError::Core(error) => error,
            other => panic!("{other}"),
        })
    });
}

#[test]
fn the_calendar_gives_every_golden_day() {
    let calendar = WorkCalendar::vietnam();
    let cases = tables("calendar");
    assert!(cases.len() > 20);
    for (_, case) in cases {
        let day = |key: &str| case[key].as_str().unwrap().parse::<tthc_kpi::Day>().unwrap().date();
        let number = |key: &str| u32::try_from(case[key].as_u64().unwrap()).unwrap();
        let found = match case["op"].as_str().unwrap() {
            "is_working_day" => calendar.is_working_day(day("date")).map(|yes| json!(yes)),
            "working_days_between" => {
                calendar.working_days_between(day("a"), day("b")).map(|days| json!(days))
            }
            "add_working_days" => {
                calendar.add_working_days(day("date"), number("n")).map(|day| json!(day.to_string()))
            }
            "next_working_day" => calendar.next_working_day(day("date")).map(|day| json!(day.to_string())),
            op => panic!("unknown op {op}"),
        };
        match case.get("error") {
            None => assert_eq!(found.unwrap(), case["expect"], "{case}"),
            Some(_) => assert!(found.is_err(), "{case}"),
        }
    }
}

#[test]
fn every_golden_period_spans_its_days() {
    let cases = tables("period");
    assert!(cases.len() > 10);
    for (_, case) in cases {
        let text = |key: &str| case[key].as_str().unwrap();
        let rule = text("rule").parse().unwrap();
        let (start, end) = text("text").parse::<tthc_kpi::Period>().unwrap().days(rule);
        assert_eq!(
            (start.to_string(), end.to_string()),
            (text("start").to_owned(), text("end").to_owned()),
            "{case}"
        );
    }
}
