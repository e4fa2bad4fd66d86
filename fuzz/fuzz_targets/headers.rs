//! Headers: whatever stands in one, it means a column, several, personal data or nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tthc_kpi_arrow::read::{ReadOptions, map_columns, match_header, normalise};

fuzz_target!(|text: &str| {
    let once = normalise(text);
    assert_eq!(normalise(&once), once, "what is normal stays so");
    match_header(text).expect("the built-in words");
    let names: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if let Ok(mapped) = map_columns(&names, "table", &ReadOptions::default()) {
        assert!(mapped.len() <= names.len());
    }
});
