#![allow(clippy::unwrap_used)]

use super::*;
use crate::ActorKind;
use serde_json::json;

fn entry(seq: u64) -> AuditEntry {
    let mut entry = AuditEntry::new(
        AuditId::new(format!("aud_{seq}")),
        Timestamp::from_millis(1_763_676_700_125),
        Place::new("local", "main"),
        Actor {
            kind: ActorKind::Ai,
            id: "tok_1".into(),
            name: "=Ada, the \"agent\"".into(),
        },
        "run.cancel",
        format!("run_{seq}"),
    );
    entry.reason = Some("first line\r\nsecond line".into());
    entry.before = Some(json!({ "z": 0.1, "a": [1, null, true], "ü": "x" }));
    entry.after = Some(json!({ "large": u64::MAX, "tiny": 5e-324, "half": -0.5 }));
    entry
}

/// Linked entries 1 to `count`.
fn trail(count: u64) -> Vec<AuditEntry> {
    let mut before = (0, Hash::default());
    (1..=count)
        .map(|seq| {
            let mut entry = entry(seq);
            entry.link(before);
            before = (entry.seq, entry.hash);
            entry
        })
        .collect()
}

fn head(entry: &AuditEntry) -> AuditHead {
    AuditHead {
        tenant: entry.place.tenant.clone(),
        seq: entry.seq,
        hash: entry.hash,
        at: entry.at,
        signed: Some(Signed {
            key: "k".into(),
            signature: "s".into(),
        }),
    }
}

fn ndjson(entries: &[AuditEntry], head: &AuditHead) -> String {
    let mut text = String::new();
    for entry in entries {
        text += &serde_json::to_string(entry).unwrap();
        text.push('\n');
    }
    text + &json!({ "head": head }).to_string() + "\n"
}

fn csv(entries: &[AuditEntry], head: &AuditHead) -> String {
    let mut text = format!("{}\r\n", csv::HEADER);
    for entry in entries {
        text += &csv::row(&serde_json::to_value(entry).unwrap()).unwrap();
        text += "\r\n";
    }
    text + &csv::note(&json!({ "head": head })) + "\r\n"
}

#[expect(clippy::unnecessary_wraps, reason = "as `CheckSignature` wants it")]
fn good(_: &[u8], _: &Signed) -> Option<bool> {
    Some(true)
}

#[test]
fn a_trail_holds_in_both_forms() {
    let trail = trail(5);
    let head = head(&trail[4]);
    for text in [ndjson(&trail, &head), csv(&trail, &head)] {
        let report = check(&text, Some("k"), &good).unwrap();
        assert_eq!((report.count, report.first, report.last), (5, 1, 5));
        assert_eq!(report.start, Start::Beginning);
        assert!(report.signatures_checked);
    }
}

#[test]
fn the_hash_does_not_depend_on_the_order_of_fields() {
    let entry = trail(1).remove(0);
    let text = serde_json::to_string(&entry).unwrap();
    let sorted: std::collections::BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let value = serde_json::to_value(sorted).unwrap();
    assert_eq!(canonical::digest(&value), entry.hash);
}

#[test]
fn the_canonical_form_is_as_documented() {
    let value =
        json!({ "b": [1, -0.5, 1e21], "a": { "ü": "\u{7}\"\\/é", "Z": null }, "hash": "left out" });
    let form = "{\"a\":{\"Z\":null,\"ü\":\"\\u0007\\\"\\\\/é\"},\"b\":[1,-0.5,1e+21]}";
    assert_eq!(canonical::digest(&value), Hash::of(form.as_bytes()));
}

#[test]
fn each_kind_of_tampering_is_named_with_its_entry() {
    let trail = trail(6);
    let head = head(&trail[5]);
    let changed = |at: usize, change: &dyn Fn(&mut AuditEntry)| {
        let mut trail = trail.clone();
        change(&mut trail[at]);
        trail
    };
    let mut moved = trail.clone();
    moved.swap(2, 3);
    let cases = [
        (
            changed(2, &|entry| entry.actor.name = "Somebody".into()),
            Flaw::Changed { seq: 3 },
        ),
        (
            changed(2, &|entry| {
                entry.reason = None;
                entry.hash = entry.digest();
            }),
            Flaw::Unlinked { seq: 4 },
        ),
        (
            [&trail[..2], &trail[4..]].concat(),
            Flaw::Missing { from: 3, to: 4 },
        ),
        (moved, Flaw::Moved { seq: 3, after: 4 }),
        (
            [&trail[..3], &trail[2..]].concat(),
            Flaw::Moved { seq: 3, after: 3 },
        ),
        (trail[..4].to_vec(), Flaw::Cut { from: 5, to: 6 }),
        (trail[1..].to_vec(), Flaw::Missing { from: 1, to: 1 }),
    ];
    for (entries, flaw) in cases {
        assert_eq!(
            check(&ndjson(&entries, &head), None, &good),
            Err(flaw.clone())
        );
        assert_eq!(check(&csv(&entries, &head), None, &good), Err(flaw));
    }
}

#[test]
fn a_column_that_does_not_say_what_its_entry_says_is_named() {
    let trail = trail(2);
    let text = csv(&trail, &head(&trail[1])).replacen("run_2", "run_9", 1);
    assert_eq!(check(&text, None, &good), Err(Flaw::Columns { seq: 2 }));
}

#[test]
fn a_cell_never_begins_a_formula() {
    let row = csv::row(&serde_json::to_value(&trail(1)[0]).unwrap()).unwrap();
    assert!(row.contains(",\"'=Ada, the \"\"agent\"\"\","), "{row}");
}

#[test]
fn heads_must_be_there_fit_and_be_signed_with_one_key() {
    let trail = trail(3);
    let whole = ndjson(&trail, &head(&trail[2]));
    let cut = whole.rsplit_once("{\"head\"").unwrap().0;
    assert_eq!(check(cut, None, &good), Err(Flaw::NoHead));
    let no = |_: &[u8], _: &Signed| Some(false);
    assert_eq!(check(&whole, None, &no), Err(Flaw::Signature { seq: 3 }));
    assert_eq!(
        check(&whole, Some("other"), &good),
        Err(Flaw::OtherKey { seq: 3 })
    );
    let mut wrong = head(&trail[2]);
    wrong.hash = trail[1].hash;
    assert_eq!(
        check(&ndjson(&trail, &wrong), None, &good),
        Err(Flaw::WrongHead { seq: 3 })
    );
    let unable = check(&whole, None, &|_, _| None).unwrap();
    assert!(!unable.signatures_checked);
}

#[test]
fn a_part_holds_behind_its_anchor() {
    let trail = trail(4);
    let anchor = json!({ "anchor": head(&trail[1]) }).to_string() + "\n";
    let text = anchor.clone() + &ndjson(&trail[2..], &head(&trail[3]));
    let report = check(&text, None, &good).unwrap();
    assert_eq!(report.start, Start::Anchor);
    assert_eq!((report.first, report.last, report.count), (3, 4, 2));
    let text = anchor + &ndjson(&trail[3..], &head(&trail[3]));
    assert_eq!(
        check(&text, None, &good),
        Err(Flaw::Missing { from: 3, to: 3 })
    );
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    for text in ["hello", "[]", "{\"seq\":1}", "{\"head\":{}}"] {
        assert_eq!(
            check(text, None, &good),
            Err(Flaw::Unreadable { line: 1 }),
            "{text}"
        );
    }
    assert_eq!(check("", None, &good), Err(Flaw::NoHead));
}
