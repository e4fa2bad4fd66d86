//! Files: whatever bytes a file has, it is read, every row accounted for, or refused in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tthc_kpi_fuzz::read_whatever;

fuzz_target!(|bytes: &[u8]| read_whatever(bytes, ""));
