//! Saved tallies: any bytes, sealed as their form asks for it, are a tally that counts what it says,
//! or are refused in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sha2::{Digest, Sha256};
use tthc_kpi::Tally;
use tthc_kpi_arrow::{TallyReader, tally_from_bytes, tally_to_bytes};

fuzz_target!(|bytes: &[u8]| {
    // As they are: in an LZ4 frame, as JSON with its seal, as an Arrow stream with its.
    let found = TallyReader::default().unpack(bytes);
    if let Ok(tally) = &found {
        whole(tally);
    }
    // As an Arrow stream whose seal fits, which one who writes his own can make.
    let mut sealed = bytes.to_vec();
    sealed.extend_from_slice(&Sha256::digest(bytes));
    match tally_from_bytes(&sealed) {
        Ok(tally) => whole(&tally),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    // As JSON without a seal, as in a document of others.
    if let Ok(tally) = serde_json::from_slice::<Tally>(bytes) {
        whole(&tally);
    }
});

fn whole(tally: &Tally) {
    assert!(tally.accounting().adds_up());
    if let Ok(bytes) = tally_to_bytes(tally) {
        assert_eq!(&tally_from_bytes(&bytes).expect("what was written is read"), tally);
    }
    drop(tally.scorecard());
    drop(tally.regroup(&[]));
}
