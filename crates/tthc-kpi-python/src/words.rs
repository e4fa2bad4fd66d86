//! The order of names, and the English of counts.

use pyo3::prelude::*;

/// What to sort a name by, in the order of the Vietnamese alphabet.
#[pyfunction]
pub fn alphabet_key(name: &str) -> Vec<u32> {
    tthc_kpi::alphabet_key(name)
}

/// An English sentence with what is counted as one told as one.
#[pyfunction]
pub fn singular(text: &str) -> String {
    tthc_kpi::singular(text)
}
