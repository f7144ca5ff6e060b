#![allow(clippy::unwrap_used)]

use super::*;
use model::{Actor, ActorKind, Timestamp};

fn key(attempt: u32, try_no: u32) -> TryKey {
    TryKey {
        path: "plan".into(),
        attempt,
        try_no,
    }
}

fn lines(key: &TryKey, entries: Vec<TranscriptEntry>) -> Vec<TranscriptLine> {
    let line = |entry| TranscriptLine {
        seq: 1,
        at: Timestamp::default(),
        attempt: key.attempt,
        try_no: key.try_no,
        entry,
    };
    entries.into_iter().map(line).collect()
}

fn message(role: &str, text: &str) -> TranscriptEntry {
    TranscriptEntry::Message {
        role: role.into(),
        text: text.into(),
        usage: None,
        by: None,
    }
}

fn ada(text: &str) -> TranscriptEntry {
    TranscriptEntry::Message {
        role: "user".into(),
        text: text.into(),
        usage: None,
        by: Some(Actor {
            kind: ActorKind::Person,
            id: "usr_ada".into(),
            name: "Ada".into(),
        }),
    }
}

fn call(id: &str) -> TranscriptEntry {
    TranscriptEntry::ToolCall {
        id: id.into(),
        server: "files".into(),
        tool: "read".into(),
        arguments: json!({"path": "a"}),
    }
}

fn result(id: &str, text: &str) -> TranscriptEntry {
    TranscriptEntry::ToolResult {
        id: id.into(),
        result: text.into(),
        is_error: false,
        duration_ms: 1,
    }
}

fn told(talk: &Talk) -> Vec<Value> {
    talk.messages(&|server, tool| format!("{server}__{tool}"))
}

fn short(talk: &Talk) -> Vec<String> {
    let each = told(talk).into_iter().map(|message| {
        let role = message["role"].as_str().unwrap().to_owned();
        let calls = message
            .get("tool_calls")
            .map_or(0, |c| c.as_array().unwrap().len());
        let calls = if calls > 0 {
            format!(" +{calls}")
        } else {
            String::new()
        };
        format!("{role}{calls}: {}", message["content"].as_str().unwrap())
    });
    each.collect()
}

fn begun() -> Vec<TranscriptEntry> {
    vec![message("system", "Be brief."), message("user", "Plan it.")]
}

#[test]
fn a_turn_with_two_calls_is_told_in_the_providers_order() {
    let mut entries = begun();
    entries.extend([
        TranscriptEntry::Thinking { text: "Hm.".into() },
        message("assistant", "I look."),
        call("1"),
        result("1", "one"),
        call("2"),
        TranscriptEntry::FileEdit {
            path: "a".into(),
            diff: String::new(),
            added: 1,
            removed: 0,
        },
        result("2", "two"),
        message("assistant", "Done."),
    ]);
    let talk = Talk::of(&lines(&key(1, 1), entries), &key(1, 1), false);
    assert_eq!(
        short(&talk),
        [
            "system: Be brief.",
            "user: Plan it.",
            "assistant +2: I look.",
            "tool: one",
            "tool: two",
            "assistant: Done.",
            "user: Give your answer once more.",
        ]
    );
    let message = &told(&talk)[2];
    assert_eq!(
        message["tool_calls"][0],
        json!({"id": "1", "type": "function", "function": {"name": "files__read", "arguments": "{\"path\":\"a\"}"}})
    );
    assert_eq!(told(&talk)[3]["tool_call_id"], "1");
    assert_eq!(talk.turns(), 2);
}

#[test]
fn an_answer_of_a_person_is_the_result_of_the_question() {
    let mut talk = Talk::of(&[], &key(1, 1), true);
    talk.begin(begun());
    talk.add(&[message("assistant", "")]);
    let asked = talk.ask(&key(1, 1), 0, "Which customer?");
    assert!(matches!(&asked, TranscriptEntry::ToolCall { server, .. } if server == ASK));
    talk.add(&[ada("Metro")]);
    assert!(talk.close_lost_calls().is_empty());
    assert_eq!(short(&talk)[2..], ["assistant +1: ", "tool: Metro"]);
}

#[test]
fn a_later_try_goes_on_or_begins_anew() {
    let mut past = lines(&key(1, 1), begun());
    past.extend(lines(
        &key(1, 1),
        vec![message("assistant", "First."), call("1")],
    ));
    past.extend(lines(&key(2, 1), vec![ada("Use the second file.")]));
    let mut talk = Talk::of(&past, &key(2, 1), false);
    assert!(talk.has_begun());
    let closed = talk.close_lost_calls();
    assert!(matches!(
        &closed[..],
        [TranscriptEntry::ToolResult { is_error: true, .. }]
    ));
    let told = short(&talk);
    assert_eq!(told[2], "assistant +1: First.");
    assert!(told[3].starts_with("tool: Signalbox stopped while this call was in flight."));
    assert_eq!(told[4], "user: Use the second file.");
    assert_eq!(talk.call_id(&key(2, 1), 0), "2.1.1.0");

    let mut anew = Talk::of(&past, &key(2, 1), true);
    assert!(!anew.has_begun());
    anew.begin(begun());
    assert_eq!(
        short(&anew),
        [
            "system: Be brief.",
            "user: Plan it.",
            "user: Use the second file."
        ]
    );
}

#[test]
fn only_the_conversation_since_the_task_was_last_put_counts() {
    let mut past = lines(
        &key(1, 1),
        vec![message("user", "Old."), message("assistant", "No.")],
    );
    past.extend(lines(&key(2, 1), begun()));
    past.extend(lines(&key(2, 1), vec![message("assistant", "New.")]));
    let talk = Talk::of(&past, &key(2, 2), false);
    assert_eq!(talk.turns(), 1);
    assert_eq!(short(&talk)[0], "system: Be brief.");
}

#[test]
fn an_answer_that_was_not_accepted_is_told_with_the_reason() {
    let mut entries = begun();
    entries.push(message("assistant", "four"));
    entries.push(TranscriptEntry::Error {
        text: "It is not JSON.".into(),
    });
    let talk = Talk::of(&lines(&key(1, 1), entries), &key(1, 2), false);
    assert_eq!(
        short(&talk).last().unwrap(),
        "user: That answer was not accepted: It is not JSON."
    );
    // After a result of a tool an error is none of the model's making.
    let mut entries = begun();
    entries.extend([message("assistant", ""), call("1"), result("1", "one")]);
    entries.push(TranscriptEntry::Error {
        text: "The provider did not answer.".into(),
    });
    let talk = Talk::of(&lines(&key(1, 1), entries), &key(1, 2), false);
    assert_eq!(short(&talk).last().unwrap(), "tool: one");
}
