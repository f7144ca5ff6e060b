//! The example workflows that ship with Signalbox are valid, without a warning.

#![allow(clippy::unwrap_used)]

use std::path::Path;

#[test]
fn the_examples_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path().join("workflow.json");
        let Ok(text) = std::fs::read_to_string(&file) else {
            continue;
        };
        let doc = serde_json::from_str(&text).unwrap();
        let report = engine::validate(&doc, &engine::Catalog::default());
        assert_eq!(report, model::api::Report::default(), "{}", file.display());
        checked += 1;
    }
    assert!(checked > 0, "there are no examples");
}
