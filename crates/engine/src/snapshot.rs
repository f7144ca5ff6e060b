//! A folded run as a document: what a long journal need not be folded for again. The journal stays the truth.

use crate::state::Run;
use std::io::Write;

/// The version of the document and of the fold that made it. A run that was kept under another one is folded anew, so this
/// grows with every change of either; `tests/snapshot.rs` notices one without it.
pub const FORM: u32 = 1;

/// Writes the run. Fails where `to` does.
pub fn write(run: &Run, to: impl Write) -> Result<(), serde_json::Error> {
    serde_json::to_writer(to, run)
}

/// Reads what [`write()`] wrote. Fails where it is anything else.
pub fn read(document: &[u8]) -> Result<Run, serde_json::Error> {
    serde_json::from_slice(document)
}
