//! Messages: whatever stands in a JSON file, it is read, every message accounted for, or refused in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tthc_kpi_fuzz::read_whatever;

fuzz_target!(|text: &str| read_whatever(text.as_bytes(), ".json"));
