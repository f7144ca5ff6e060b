//! A folded run as a document, so that a long journal need not be folded again. The journal stays the truth.

/// The version of the document, which is the [`Run`](crate::Run) as JSON, and of the fold that made it. A run that was kept under
/// another one is folded anew, so this grows with every change of either; `tests/snapshot.rs` notices one without it.
pub const FORM: u32 = 1;
