//! The 766 index: every score the portal displayed, from its counts, exactly.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rust_decimal::Decimal;
use tthc_kpi::{
    Aspect, Certainty, CountTable, Declared, Formula, Index, IndexQuery, IndexStatus, Language, Level,
    OfficeCounts, Scheme, SchemeRow, ScopeReading,
};

const FILES: [&str; 6] =
    ["progress.csv", "payment.csv", "online.csv", "online-more.csv", "satisfaction.csv", "indicators.csv"];

fn text(file: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "data", "portal-766", file].iter().collect();
    std::fs::read_to_string(path).unwrap()
}

fn scheme() -> Scheme {
    Scheme::builtin("qd-766-2026").unwrap()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The rows of a file as maps of header to cell.
fn cells(file: &str) -> Vec<BTreeMap<String, String>> {
    let text = text(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The indices of a file, as the portal scopes rows; every level is in the file or does not matter.
fn indices(file: &str) -> Vec<Index> {
    let scheme = scheme();
    let table = CountTable::from_csv(file, &text(file), &scheme).unwrap();
    IndexQuery::new(&scheme).level(Level::Province).scope(ScopeReading::Shown).counts(&table).all().unwrap()
}

fn same_office(index: &Index, row: &BTreeMap<String, String>) -> bool {
    let key = index.key("agency_code").and_then(tthc_kpi::Key::as_text);
    key.as_deref() == row.get("agency_code").map(String::as_str)
        && index.period.as_deref() == row.get("period").map(String::as_str)
}

/// What the portal displayed: the counts of the rows behind a score, and the score.
struct Displayed {
    rows: Vec<(String, u64, u64)>,
    score: Option<Decimal>,
    maximum: Decimal,
    place: String,
}

fn displayed(file: &str) -> Vec<Displayed> {
    let indices = indices(file);
    let mut list = Vec::new();
    for (at, row) in cells(file).iter().enumerate() {
        let index = indices.iter().find(|index| same_office(index, row)).unwrap();
        let wanted = row.get("indicator");
        let rows: Vec<_> = index
            .rows
            .iter()
            .filter(|row| wanted.is_none_or(|id| *id == row.id))
            .filter(|row| row.maximum.is_some_and(|points| !points.is_zero()))
            .filter_map(|row| Some((row.id.clone(), row.numerator?, row.denominator?)))
            .collect();
        if rows.is_empty() {
            continue; // no counts given, or no points
        }
        let score = row["score"].as_str();
        list.push(Displayed {
            rows,
            score: (!score.is_empty()).then(|| decimal(score)),
            maximum: decimal(&row["max_score"]),
            place: format!("{file} row {}", at + 2),
        });
    }
    list
}

fn score(rows: &[(String, u64, u64)], row: impl Fn(&str) -> SchemeRow) -> Option<Decimal> {
    let scores = rows.iter().map(|(id, n, d)| row(id).score(*n, *d, 2).unwrap());
    scores.flatten().reduce(|sum, score| sum + score)
}

#[test]
fn every_displayed_score_is_reproduced_exactly() {
    let scheme = scheme();
    let mut seen = 0;
    for file in FILES {
        for shown in displayed(file) {
            let ours = score(&shown.rows, |id| scheme.row(id).unwrap().clone());
            // Rows rounded, then added: not only within 0.015 (SPEC §8) but equal.
            assert_eq!(ours, shown.score, "{}", shown.place);
            let maximum: Decimal =
                shown.rows.iter().map(|(id, _, _)| scheme.row(id).unwrap().maximum.unwrap()).sum();
            assert_eq!(maximum, shown.maximum, "{}", shown.place);
            seen += usize::from(shown.score.is_some());
        }
    }
    assert!(seen > 150, "{seen} scores");
}

#[test]
fn the_index_has_the_scores_of_the_groups_that_are_displayed() {
    for (file, group) in [("progress.csv", "progress"), ("payment.csv", "payment"), ("online.csv", "online")]
    {
        let indices = indices(file);
        for row in cells(file) {
            let index = indices.iter().find(|index| same_office(index, &row)).unwrap();
            assert_eq!(index.group(group).unwrap().score, Some(decimal(&row["score"])), "{file} {row:?}");
            assert_eq!(index.group(group).unwrap().maximum, decimal(&row["max_score"]));
            assert_eq!(index.total.score, None, "the other groups lack counts");
        }
    }
}

#[test]
fn percents_are_those_displayed() {
    for file in ["progress.csv", "satisfaction.csv", "indicators.csv"] {
        let indices = indices(file);
        for row in cells(file) {
            let percent = row["ratio_percent"].as_str();
            let index = indices.iter().find(|index| same_office(index, &row)).unwrap();
            let ours = index.row(row.get("indicator").map_or("on_time", String::as_str)).unwrap();
            if let (Some(ours), false) = (ours.percent, percent.is_empty()) {
                assert_eq!(ours, decimal(percent), "{file} {row:?}");
            }
        }
    }
}

#[test]
fn group_totals_are_sums_of_rounded_rows() {
    let scheme = scheme();
    let indicators = CountTable::from_csv("i", &text("indicators.csv"), &scheme).unwrap();
    let mut satisfaction = CountTable::from_csv("s", &text("satisfaction.csv"), &scheme).unwrap();
    for office in &mut satisfaction.offices {
        office.period = Some("2026-08".to_owned());
    }
    let mut checked = 0;
    for row in cells("groups.csv") {
        let table = if row["group"] == "satisfaction" { &satisfaction } else { &indicators };
        let office = table.offices.iter().find(|office| {
            office.agency_code.as_deref() == Some(&row["agency_code"])
                && office.period.as_deref() == Some(&row["period"])
        });
        // The portal gives 2 points for copies without counts: somebody answers for that.
        let all = Declared::new(1, 1, "Cổng DVCQG", "2026-09-26".parse().unwrap()).unwrap();
        let office = office.unwrap().clone().declare(&scheme, "certified_copies", all).unwrap();
        let table = CountTable::of(office);
        for level in [Level::Province, Level::Commune] {
            let query = IndexQuery::new(&scheme).level(level).scope(ScopeReading::Shown).counts(&table);
            let index = query.one().unwrap();
            let sum = index.group(&row["group"]).unwrap();
            assert_eq!(sum.score, Some(decimal(&row["score"])), "{row:?}: lacks {:?}", sum.missing);
            assert_eq!(sum.maximum, decimal(&row["max_score"]));
            assert_eq!(sum.scored_maximum, sum.maximum, "a row of denominator 0 was judged");
        }
        checked += 1;
    }
    assert_eq!(checked, 24);
}

#[test]
fn moving_a_reproduced_threshold_by_a_tenth_breaks_a_score() {
    let scheme = scheme();
    let all: Vec<Displayed> = FILES.iter().flat_map(|file| displayed(file)).collect();
    let breaks = |moved: &SchemeRow| {
        all.iter().any(|shown| {
            let row = |id: &str| if id == moved.id { moved.clone() } else { scheme.row(id).unwrap().clone() };
            score(&shown.rows, row) != shown.score
        })
    };
    let mut moved_rows = 0;
    for row in scheme.rows() {
        let Formula::Proportional { threshold } = row.formula else { continue };
        assert!(!breaks(row), "{}", row.id);
        if row.certainty_of(Aspect::Threshold) != Some(Certainty::Reproduced) {
            continue;
        }
        moved_rows += 1;
        for factor in [Decimal::new(90, 2), Decimal::new(110, 2)] {
            // The re-use of data is seen up to 2.49 % only: the figures place its threshold between
            // 78 % and 90 %, as its evidence says.
            if row.id == "data_reused" && factor > Decimal::ONE {
                continue;
            }
            let formula = Formula::Proportional { threshold: threshold * factor };
            assert!(breaks(&SchemeRow { formula, ..row.clone() }), "{} × {factor}", row.id);
        }
    }
    assert!(moved_rows >= 12, "{moved_rows}");
}

#[test]
fn what_is_said_to_be_reproduced_of_a_denominator_of_0_was_seen() {
    let scheme = scheme();
    let zeros: Vec<String> = FILES
        .iter()
        .flat_map(|file| displayed(file))
        .flat_map(|shown| shown.rows)
        .filter(|(_, _, denominator)| *denominator == 0)
        .map(|(id, _, _)| id)
        .collect();
    for row in scheme.rows().iter().filter(|row| row.zero.is_some()) {
        let reproduced = row.certainty_of(Aspect::Zero) == Some(Certainty::Reproduced);
        assert_eq!(reproduced, zeros.contains(&row.id), "{}", row.id);
    }
}

fn scored(row: &str, n: u64, d: u64) -> (IndexStatus, Option<String>) {
    let scheme = scheme();
    let counts = CountTable::of(OfficeCounts::default().row(&scheme, row, n, d).unwrap());
    let index = IndexQuery::new(&scheme).level(Level::Province).counts(&counts).one().unwrap();
    let row = index.row(row).unwrap();
    (row.status, row.score.map(|score| score.to_string()))
}

#[test]
fn a_denominator_of_0_gives_what_the_row_says() {
    assert_eq!(scored("2.1", 0, 0), (IndexStatus::NoCases, Some("0.00".to_owned())));
    assert_eq!(scored("5.2", 0, 0), (IndexStatus::NoCases, Some("6.00".to_owned())));
    assert_eq!(scored("5.4", 0, 0), (IndexStatus::NoCases, Some("0.00".to_owned())));
    assert_eq!(scored("4.1", 0, 0), (IndexStatus::NoCases, None));
    assert_eq!(scored("1.1", 0, 0), (IndexStatus::NoCases, None));
}

#[test]
fn points_are_capped_at_the_threshold_and_halves_are_rounded_away_from_zero() {
    let scored = |row, n, d| scored(row, n, d).1.unwrap();
    // 2 × (9/36) / 0.80 = 0.625, twice in payment.csv
    assert_eq!(scored("3.5a", 9, 36), "0.63");
    assert_eq!(scored("3.5a", 8, 32), "0.63");
    assert_eq!(scored("5.4", 89, 100), "5.93");
    assert_eq!(scored("5.4", 90, 100), "6.00");
    assert_eq!(scored("5.4", 91, 100), "6.00");
    assert_eq!(scored("5.4", 899_999, 1_000_000), "6.00"); // 5.999993, by rounding
    assert_eq!(scored("2.1", 1, 8_000), "0.00"); // 0.0025
    assert_eq!(scored("2.1", 1, 4_000), "0.01"); // exactly 0.005
    assert_eq!(scored("2.1", u64::MAX, u64::MAX), "20.00");
    assert_eq!(scored("3.1", u64::MAX / 2, u64::MAX), "1.25");
}

#[test]
fn a_numerator_beyond_its_denominator_gives_no_score() {
    let scheme = scheme();
    let counts = CountTable::of(OfficeCounts::default().row(&scheme, "2.1", 9, 8).unwrap());
    let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&counts).one().unwrap();
    let row = index.row("2.1").unwrap();
    assert_eq!((row.status, row.score), (IndexStatus::NoData, None));
    assert_eq!(row.lack.as_ref().unwrap().code, "part_exceeds_whole");
    assert_eq!(index.group("progress").unwrap().missing, ["on_time"]);
}

#[test]
fn rows_of_the_province_are_left_out_for_communes() {
    let scheme = scheme();
    let counts = CountTable::of(OfficeCounts::default().row(&scheme, "4.5a", 5, 10).unwrap());
    let query = IndexQuery::new(&scheme).counts(&counts);
    let commune = query.clone().level(Level::Commune).one().unwrap();
    let not: Vec<&str> = commune
        .rows
        .iter()
        .filter(|row| row.status == IndexStatus::NotApplicable)
        .map(|row| row.id.as_str())
        .collect();
    assert_eq!(
        not,
        [
            "full_online_dossiers",
            "proactive_procedures",
            "proactive_dossiers",
            "certified_copies",
            "procedures_citizen_data",
            "dossiers_citizen_data",
        ]
    );
    assert_eq!(commune.total.maximum, 94.into());
    assert_eq!(commune.total.scheme_maximum, 100.into());
    let left_out = commune.notes.iter().find(|note| note.code == "rows_left_out").unwrap();
    assert!(left_out.text.vi.contains("4.5a, 4.5b") && left_out.text.vi.contains("Cổng thực tế vẫn chấm"));
    assert_eq!(commune.row("4.5a").unwrap().score, None);
    let shown = query.clone().level(Level::Commune).scope(ScopeReading::Shown).one().unwrap();
    assert_eq!(shown.row("4.5a").unwrap().score, Some(Decimal::new(100, 2)));
    let province = query.level(Level::Province).one().unwrap();
    assert_eq!(
        (province.total.maximum, province.row("4.5a").unwrap().status),
        (100.into(), IndexStatus::Scored)
    );
}

#[test]
fn the_scheme_of_2022_gives_ratios_and_no_points() {
    let scheme = Scheme::builtin("qd-766-2022").unwrap();
    let counts = OfficeCounts::default().count(&scheme, "on_time", 9).unwrap();
    let counts = CountTable::of(counts.count(&scheme, "received", 10).unwrap());
    let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&counts).one().unwrap();
    let row = index.row("on_time").unwrap();
    assert_eq!(
        (row.status, row.score, row.percent),
        (IndexStatus::Unstated, None, Some(Decimal::new(9_000, 2)))
    );
    assert!(index.groups.iter().chain([&index.total]).all(|sum| sum.score.is_none()));
    assert!(index.notes.iter().any(|note| note.code == "scheme_not_complete"));
}

#[test]
fn a_whole_index_adds_up_and_names_what_it_lacks() {
    let scheme = scheme();
    let mut office = OfficeCounts::default();
    for row in scheme.rows().iter().filter(|row| row.zero.is_some()) {
        office = office.row(&scheme, &row.id, 1, 1).unwrap();
    }
    let whole = CountTable::of(office.clone());
    let query = IndexQuery::new(&scheme).level(Level::Province).period("2026-08");
    let index = query.clone().counts(&whole).one().unwrap();
    assert_eq!(index.total.score, Some(Decimal::new(10_000, 2)));
    assert!(
        index.total.missing.is_empty() && !index.notes.iter().any(|note| note.code == "period_not_observed")
    );
    office.rows.remove("petition_on_time");
    let part = CountTable::of(office);
    let index = query.period("2027").counts(&part).one().unwrap();
    assert_eq!((index.total.score, index.total.scored_maximum), (None, 94.into()));
    assert_eq!(index.total.missing, ["petition_on_time"]);
    assert_eq!(index.row("5.2").unwrap().missing, ["petitions_on_time", "petitions"]);
    assert_eq!(index.group("progress").unwrap().score, Some(Decimal::new(2_000, 2)));
    assert!(index.notes.iter().any(|note| note.code == "period_not_observed"));
}

#[test]
fn every_row_explains_itself_in_both_languages() {
    for id in Scheme::builtins() {
        let scheme = Scheme::builtin(id).unwrap();
        let counts = CountTable::of(OfficeCounts::default());
        let index = IndexQuery::new(&scheme).level(Level::Commune).counts(&counts).one().unwrap();
        for row in &index.rows {
            let vi = index.explain(&row.id, Language::Vi).unwrap();
            let en = index.explain(&row.id, Language::En).unwrap();
            assert!(vi.contains("Độ chắc chắn:") && vi.contains(&row.name.vi), "{vi}");
            assert!(en.contains("Certainty:") && en.contains(&row.name.en), "{en}");
        }
    }
}
