//! What is kept of a folded run stays what the fold of its journal is, or says that it is not.

#![allow(clippy::unwrap_used)]

use engine::{Run, apply, snapshot};
use model::{Event, EventKind};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Every form there was, with the digest of what it made of the journals beside this file: runs of the simulator, and one of an
/// agent. Lines are only ever added.
const FORMS: &[(u32, &str)] = &[(
    1,
    "71ee9a39226a228c1ce897dd7f8e5e894279acd33fd02e444c22377be3bfa541",
)];

fn journals() -> Vec<Vec<Event>> {
    include_str!("snapshot/journals.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Every state on the way through a journal, as a document.
fn states(journal: &[Event], mut each: impl FnMut(&Run, &[u8])) {
    let mut run = Run::fold_first(&journal[0]).unwrap();
    for event in journal {
        apply(&mut run, event);
        each(&run, &serde_json::to_vec(&run).unwrap());
    }
}

#[test]
fn another_fold_or_another_document_has_another_number() {
    let mut digest = Sha256::new();
    for journal in journals() {
        states(&journal, |_, document| digest.update(document));
    }
    let found = digest
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
    let (form, known) = FORMS.last().unwrap();
    assert_eq!(
        *known, found,
        "the fold of a journal or the document of a run has changed: raise `engine::snapshot::FORM` and add its line here"
    );
    assert_eq!(*form, snapshot::FORM);
    let numbers: BTreeSet<u32> = FORMS.iter().map(|(form, _)| *form).collect();
    let digests: BTreeSet<&str> = FORMS.iter().map(|(_, digest)| *digest).collect();
    assert!(FORMS.is_sorted_by(|one, next| one.0 < next.0));
    assert_eq!((numbers.len(), digests.len()), (FORMS.len(), FORMS.len()));
}

#[test]
fn a_run_comes_back_as_it_was_kept() {
    for journal in journals() {
        states(&journal, |run, document| {
            assert_eq!(serde_json::from_slice::<Run>(document).unwrap(), *run);
        });
    }
}

#[test]
fn the_journals_hold_every_kind_of_event() {
    let journals = journals();
    let events = journals.iter().flatten();
    let seen: BTreeSet<&str> = events.map(|event| event.event.name()).collect();
    assert_eq!(seen, EventKind::NAMES.iter().copied().collect());
}

#[test]
fn what_is_no_run_is_refused() {
    let journal = &journals()[0];
    states(&journal[..1], |_, document| {
        assert!(serde_json::from_slice::<Run>(&document[..document.len() - 1]).is_err());
    });
    assert!(serde_json::from_slice::<Run>(b"{}").is_err());
}
