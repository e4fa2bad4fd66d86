//! Plans and schemes: a text is a plan, or all that is wrong with it is told.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tthc_kpi::{Plan, Scheme};

fuzz_target!(|text: &str| {
    if let Err(error) = Plan::from_toml("plan.toml", text) {
        assert!(!error.to_string().is_empty());
    }
    drop(Scheme::from_toml("scheme.toml", text));
});
