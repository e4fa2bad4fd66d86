//! Schemes: what the built-in ones say, every problem of a bad one at once, and tables of counts that
//! cannot be read.

use tthc_kpi::{Aspect, Certainty, CountTable, CountTableError, Declared, OfficeCounts, Scheme, SchemeError};

fn scheme() -> Scheme {
    Scheme::builtin("qd-766-2026").unwrap()
}

fn problems(text: &str) -> Vec<String> {
    let SchemeError { problems, .. } = Scheme::from_toml("bad.toml", text).unwrap_err();
    tthc_kpi_tests::told_in_vietnamese(&problems);
    problems.iter().map(|problem| format!("{}: {}", problem.line, problem.message.en)).collect()
}

fn has(problems: &[String], words: &str) {
    assert!(problems.iter().any(|problem| problem.contains(words)), "{words:?} not in {problems:#?}");
}

#[test]
fn the_built_in_schemes_are_read() {
    let scheme = scheme();
    assert_eq!((scheme.groups().len(), scheme.rows().len()), (6, 28));
    let points: rust_decimal::Decimal = scheme.rows().iter().filter_map(|row| row.maximum).sum();
    assert_eq!(points, scheme.maximum());
    assert_eq!((scheme.profile(), scheme.decimals()), ("qd-766", 2));
    assert_eq!(scheme.evidence_of(Aspect::EffectiveFrom).unwrap().certainty, Certainty::Unverified);
    // What could not be verified stays marked so.
    let weak = |row: &str, aspect| scheme.row(row).unwrap().certainty_of(aspect);
    assert_eq!(weak("3.1", Aspect::Maximum), Some(Certainty::Unverified));
    assert_eq!(weak("3.3", Aspect::Threshold), Some(Certainty::Unverified));
    assert_eq!(weak("2.1", Aspect::Cap), None);
    let old = Scheme::builtin("qd-766-2022").unwrap();
    assert!(!old.is_complete() && old.rows().iter().all(|row| row.zero.is_none()));
}

/// The smallest scheme that is complete.
fn small() -> String {
    r#"id = "small"
complete = true
profile = "qd-766"
rounding = { decimals = 2, of = "rows" }
maximum = "10"
title = { vi = "Nhỏ" }
evidence = [{ of = ["maximum", "rounding", "effective_from", "effective_to"], certainty = "read", source = "text", place = "1" }]
[[sources]]
id = "text"
kind = "decision"
title = { vi = "Văn bản" }
place = "trang 1"
[[groups]]
id = "all"
name = { vi = "Tất cả" }
maximum = "10"
evidence = [{ of = ["maximum"], certainty = "read", source = "text", place = "1" }]
[[rows]]
id = "on_time"
code = "1"
group = "all"
name = { vi = "Đúng hạn" }
maximum = "10"
scope = "any"
formula = { kind = "proportional", threshold = "1" }
zero = "zero"
numerator = { vi = "đúng hạn" }
denominator = { vi = "tiếp nhận" }
counts = { numerator = ["on_time"], denominator = ["received"] }
counts_from = { kind = "measure", measure = "on_time" }
evidence = [{ of = ["definition", "maximum", "scope", "threshold", "zero"], certainty = "read", source = "text", place = "1" }]
"#
    .to_owned()
}

#[test]
fn a_scheme_of_ones_own_is_read() {
    let scheme = Scheme::from_toml("small.toml", &small()).unwrap();
    let row = scheme.row("1").unwrap();
    assert_eq!(row.score(1, 3, scheme.decimals()).unwrap().unwrap().to_string(), "3.33");
    assert_ne!(scheme.digest(), Scheme::from_toml("x", &small().replace("Nhỏ", "Lớn")).unwrap().digest());
}

#[test]
fn every_problem_is_told_with_its_line() {
    for (from, to, words) in [
        ("id = \"small\"\n", "", "the scheme lacks \"id\""),
        ("complete = true", "complete = \"yes\"", "2: \"complete\" is string: expected true or false"),
        (
            "profile = \"qd-766\"",
            "profile = \"qd-767\"",
            "3: unknown policy profile \"qd-767\": expected one of nd-61, plan, qd-766; did you mean \"qd-766\"?",
        ),
        ("decimals = 2", "decimals = 9", "4: \"decimals\" is 9: expected at most 6"),
        ("of = \"rows\"", "of = \"sum\"", "4: unknown value \"sum\": expected one of rows"),
        ("rounding = { decimals = 2, of = \"rows\" }\n", "", "the scheme lacks \"rounding\""),
        (
            "maximum = \"10\"\ntitle",
            "maximum = 10\ntitle",
            "5: \"maximum\" is integer: expected a decimal as text",
        ),
        ("maximum = \"10\"\ntitle", "maximum = \"11\"\ntitle", "5: the groups have 10 points: expected 11"),
        ("title = { vi = \"Nhỏ\" }\n", "", "the scheme lacks \"title\""),
        ("title = { vi = \"Nhỏ\" }", "title = { en = \"Small\" }", "6: title lacks \"vi\""),
        (
            "\"rounding\", \"effective_from\"",
            "\"effective_from\"",
            "no evidence of rounding: expected it once each",
        ),
        (
            "\"maximum\", \"rounding\"",
            "\"maximum\", \"maximum\", \"rounding\"",
            "evidence of maximum is there twice",
        ),
        (
            "\"maximum\", \"rounding\"",
            "\"maximum\", \"zero\", \"rounding\"",
            "evidence of zero, which is not stated here",
        ),
        ("\"maximum\", \"rounding\"", "\"maximun\", \"rounding\"", "unknown aspect \"maximun\""),
        (
            "certainty = \"read\", source = \"text\", place = \"1\" }]\n[[sources]]",
            "certainty = \"sure\", source = \"text\", place = \"1\" }]\n[[sources]]",
            "unknown certainty \"sure\"",
        ),
        (
            "source = \"text\", place = \"1\" }]\n[[rows]]",
            "source = \"txt\", place = \"1\" }]\n[[rows]]",
            "unknown source \"txt\": expected one of text; did you mean \"text\"?",
        ),
        (
            "source = \"text\", place = \"1\" }]\n[[rows]]",
            "source = \"text\" }]\n[[rows]]",
            "evidence lacks \"place\" or \"note\"",
        ),
        ("group = \"all\"", "group = \"al\"", "unknown group \"al\""),
        (
            "maximum = \"10\"\nscope",
            "maximum = \"9\"\nscope",
            "the rows of \"all\" have 9 points: expected 10",
        ),
        ("maximum = \"10\"\nscope", "maximum = \"-10\"\nscope", "\"maximum\" is -10: expected at least 0"),
        ("maximum = \"10\"\nscope", "maximum = \"9.999\"\nscope", "with at most 2 decimals"),
        ("scope = \"any\"", "scope = \"ward\"", "unknown row scope \"ward\""),
        (
            "threshold = \"1\"",
            "threshold = 1.0",
            "\"threshold\" is float: expected a decimal as text, such as \"0.80\"",
        ),
        ("threshold = \"1\"", "threshold = \"1.2\"", "expected a share above 0 and up to 1"),
        ("threshold = \"1\"", "threshold = \"0\"", "expected a share above 0 and up to 1"),
        ("threshold = \"1\"", "threshold = \"0.8\"", "no evidence of cap"),
        ("kind = \"proportional\", threshold = \"1\"", "kind = \"linear\"", "unknown formula \"linear\""),
        (
            "kind = \"proportional\", threshold = \"1\"",
            "kind = \"information\"",
            "\"zero\" is for proportional rows only",
        ),
        ("zero = \"zero\"\n", "", "a row lacks \"zero\""),
        ("zero = \"zero\"", "zero = \"none\"", "unknown zero rule \"none\""),
        ("counts = { numerator = [\"on_time\"], denominator", "counts = { denominator", "\"counts\" needs"),
        ("measure = \"on_time\"", "measure = \"on_tyme\"", "unknown measure \"on_tyme\""),
        (
            "kind = \"measure\", measure = \"on_time\"",
            "kind = \"survey\"",
            "unknown source of counts \"survey\"",
        ),
        (
            "kind = \"measure\", measure = \"on_time\"",
            "kind = \"register\", rule = \"petition\"",
            "unknown register rule \"petition\"",
        ),
        (
            "kind = \"measure\", measure = \"on_time\"",
            "kind = \"register\", rule = \"services_used_online\", columns = [\"chanel\"]",
            "unknown column \"chanel\"",
        ),
        ("code = \"1\"", "cod = \"1\"", "unknown key \"cod\" in a row"),
        ("[[rows]]", "observed = 1\n[[rows]]", "unknown key \"observed\" in a group"),
        ("[[groups]]", "[[group]]", "the scheme lacks \"groups\""),
    ] {
        let text = small().replacen(from, to, 1);
        assert_ne!(text, small(), "{from}");
        has(&problems(&text), words);
    }
    let two = format!(
        "{}{}",
        small(),
        small().split_once("[[rows]]").map(|(_, row)| format!("[[rows]]{row}")).unwrap()
    );
    has(&problems(&two), "row \"on_time\" is there twice");
    // All at once.
    let many =
        small().replace("threshold = \"1\"", "threshold = 1").replace("scope = \"any\"", "scope = \"x\"");
    assert!(problems(&many).len() >= 2);
    let error = Scheme::from_toml("bad.toml", "id = ").unwrap_err();
    assert!(tthc_kpi::Error::from(error).vi().starts_with("bad.toml không phải bộ chỉ số hợp lệ, "));
}

fn unread(text: &str) -> String {
    let error = CountTable::from_csv("c.csv", text, &scheme()).unwrap_err();
    assert!(tthc_kpi::Error::from(error.clone()).vi().starts_with("không đọc được số đếm ở c.csv"));
    error.to_string()
}

fn undeclared(text: &str) -> String {
    CountTable::declared_from_csv("d.csv", text, &scheme()).unwrap_err().to_string()
}

#[test]
fn a_table_that_cannot_be_read_says_where_and_never_what() {
    for (text, words) in [
        (
            "agency,foo\nSECRET,1\n",
            "expected columns indicator, numerator, denominator, or columns of counts among: ",
        ),
        ("received,on_time\n10,SECRET\n", "row 2, column \"on_time\": text; expected a whole number from 0"),
        ("received,on_time\n10,-1\n", "row 2, column \"on_time\": number; expected a whole number from 0"),
        ("received,on_time\n10,12.5\n", "row 2, column \"on_time\": number; expected a whole number from 0"),
        ("received,on_time\n10,0.970\n", "row 2, column \"on_time\": number; expected a whole number from 0"),
        ("received\n99999999999999999999\n", "row 2, column \"received\": number"),
        ("received,on_time\n10\n", "row 2: text; expected 2 cells, as in the header"),
        ("received,received\n1,1\n", "column \"received\": repeated; expected each column once"),
        ("received\n", "missing; expected at least one row of counts"),
        ("", "missing; expected columns"),
        ("avg_processing_days\nSECRET\n", "column \"avg_processing_days\": text; expected a number from 0"),
        (
            "agency,received\nA,1\nA,2\n",
            "row 3: repeated; expected each office and period once; row 2 has it already",
        ),
        ("level,received\nSECRET,1\n", "row 2, column \"level\": text; expected commune or province"),
        ("indicator,numerator\n2.1,1\n", "column \"denominator\": missing"),
        (
            "indicator,numerator,denominator\nSECRET,1,1\n",
            "row 2, column \"indicator\": text; expected the id or code of a row of qd-766-2026",
        ),
        (
            "indicator,numerator,denominator\n5.1,1,1\n",
            "expected one of petitions_about_rules, petitions_about_staff",
        ),
        ("indicator,numerator,denominator\n,1,1\n", "row 2, column \"indicator\": empty"),
        ("indicator,numerator,denominator\n2.1,1,\n", "row 2, column \"denominator\": empty; expected both"),
        ("indicator,numerator,denominator\n2.1,1,1\non_time,1,1\n", "row 3, column \"indicator\": repeated"),
    ] {
        let message = unread(text);
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("SECRET"), "{message}");
    }
    let CountTableError { problems, .. } =
        CountTable::from_csv("c.csv", "agency,received,on_time\nA,x,y\nB,1,z\n", &scheme()).unwrap_err();
    assert_eq!(problems.len(), 3, "all at once");
}

#[test]
fn counts_with_separators_and_rates_are_told_as_such() {
    let told = |cell: &str| {
        let text = format!("received;on_time\n{cell};1\n");
        let error = CountTable::from_csv("c.csv", &text, &scheme()).unwrap_err();
        assert!(!error.to_string().contains(cell), "{error}");
        (error.problems[0].kind, error.to_string(), tthc_kpi::Error::from(error).vi())
    };
    for cell in ["2.971", "2,971", "12 971", "1.002.971", "12\u{a0}971"] {
        let (kind, en, vi) = told(cell);
        assert_eq!(kind, "grouped", "{cell}");
        assert!(en.contains("column \"received\": number with a separator; expected a whole number"), "{en}");
        assert!(en.ends_with("write 2000, not 2.000 or 2,000"), "{en}");
        assert!(
            vi.contains("cột \"received\": số có dấu ngăn; cần số nguyên từ 0, không có dấu ngăn"),
            "{vi}"
        );
    }
    for cell in ["97%", "97,5 %"] {
        let (kind, en, vi) = told(cell);
        assert_eq!(kind, "percent", "{cell}");
        assert!(en.contains("percent; expected a count, not a rate"), "{en}");
        assert!(vi.contains("phần trăm; cần số đếm, không phải tỷ lệ"), "{vi}");
    }
    for cell in ["2.97", "2.9711", "1234.567", "2..971", "x.971"] {
        assert!(["number", "text"].contains(&told(cell).0), "{cell}");
    }
}

#[test]
fn a_declaration_needs_its_document() {
    let head = "indicator,numerator,denominator,source,date\n";
    for (text, words) in [
        ("indicator,numerator,denominator\n2.1,1,1\n".to_owned(), "column \"source\": missing"),
        (
            format!("{head}2.1,1,1,,2026-09-05\n"),
            "row 2, column \"source\": empty; expected the name of a document",
        ),
        (format!("{head}2.1,1,1,SECRET,soon\n"), "row 2, column \"date\": text; expected a date"),
        (format!("{head}2.1,1,1,SECRET,31/02/2026\n"), "row 2, column \"date\": text"),
        (format!("{head}2.1,,,SECRET,2026-09-05\n"), "row 2, column \"numerator\": empty"),
        (
            format!("{head}2.1,1,1,a,2026-09-05\n2.1,1,1,b,2026-09-05\n"),
            "row 3, column \"indicator\": repeated",
        ),
    ] {
        let message = undeclared(&text);
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("SECRET"), "{message}");
    }
}

#[test]
fn tables_come_in_many_shapes() {
    let scheme = scheme();
    let wide = "\u{feff}Đơn vị\tCấp\tKỳ\tRECEIVED\ton_time\nUBND xã\tXã\t2026-08\t10.0\t\n";
    let table = CountTable::from_csv("w", wide, &scheme).unwrap();
    let office = &table.offices[0];
    assert_eq!((office.agency.as_deref(), office.period.as_deref()), (Some("UBND xã"), Some("2026-08")));
    assert_eq!(office.level, Some(tthc_kpi::Level::Commune));
    assert_eq!((office.counts.get("received"), office.counts.get("on_time")), (Some(&10), None));
    let long = "Chỉ tiêu;Tử số;Mẫu số;received\n2.1;8;10;7\n\n5.2;;;\n";
    let table = CountTable::from_csv("l", long, &scheme).unwrap();
    assert_eq!(table.ignored, ["received"]);
    assert_eq!(table.offices[0].rows.len(), 1, "an empty pair is no counts");
}

#[test]
fn maps_know_their_names() {
    let scheme = scheme();
    let error = OfficeCounts::default().row(&scheme, "2.1", 1, 1).unwrap().row(&scheme, "on_time", 1, 1);
    assert_eq!(error.unwrap_err().code(), "row_twice");
    assert_eq!(OfficeCounts::default().row(&scheme, "9.9", 1, 1).unwrap_err().code(), "unknown_row");
    let error = OfficeCounts::default().count(&scheme, "recieved", 1).unwrap_err();
    assert!(error.code() == "unknown_count" && error.vi().contains("có phải \"received\"?"), "{error}");
    let declared = Declared::new(1, 1, "BC", "2026-09-05".parse().unwrap()).unwrap();
    let once = OfficeCounts::default().declare(&scheme, "2.1", declared.clone()).unwrap();
    assert_eq!(once.declare(&scheme, "on_time", declared).unwrap_err().code(), "row_twice");
}
