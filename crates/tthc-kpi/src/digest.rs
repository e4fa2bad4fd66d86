//! Short fingerprints of plans, queries and calendars, printed beside every number.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// The first 16 hex digits of the SHA-256 of the value's JSON. Field order is the declaration's
/// and maps are ordered, so equal values have equal digests.
pub(crate) fn digest<T: Serialize>(value: &T) -> String {
    let json = serde_json::to_vec(value).unwrap_or_default();
    Sha256::digest(&json).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
