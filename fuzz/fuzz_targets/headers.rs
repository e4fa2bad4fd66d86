//! Headers: whatever stands in one, it means a column, several, personal data or nothing; and whatever the
//! caller's mapping says of them, they are mapped or it is told what is wrong.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tthc_kpi_arrow::read::{ReadOptions, map_columns, match_header, normalise};

fuzz_target!(|text: &str| {
    let once = normalise(text);
    assert_eq!(normalise(&once), once, "what is normal stays so");
    match_header(text).expect("the built-in words");
    // A line is a header, or a header and what the caller says it is.
    let pairs = || text.split('\n').map(|line| line.rsplit_once('=').unwrap_or((line, "")));
    let names: Vec<String> = pairs().map(|(header, _)| header.to_owned()).collect();
    let said = pairs().filter(|(_, column)| !column.is_empty());
    let mapping = said.map(|(header, column)| (header.to_owned(), column.to_owned())).collect();
    for options in [ReadOptions::default(), ReadOptions { mapping, ..ReadOptions::default() }] {
        match map_columns(&names, "table", &options) {
            Ok(mapped) => assert!(mapped.len() <= names.len()),
            Err(error) => assert!(!error.to_string().is_empty() && !error.vi().is_empty()),
        }
    }
});
