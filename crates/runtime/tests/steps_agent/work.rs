//! What an agent does in Mock Mode: its files, its limits, its questions.

use crate::house::{House, again, agent, read, short, uses};
use model::api::TranscriptLine;
use model::{Actor, ActorKind, FailureCode, MicroDollars, SandboxId, TranscriptEntry};
use runtime::steps::{StepNote, StepRunner};
use serde_json::{Value, json};

#[tokio::test]
async fn an_agent_edits_its_files_and_the_transcript_tells_how() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {"files": {"src/add.py": "def add(a, b):\n    return a - b\n"}},
        "mock": [
            {"thinking": "First look.", "text": "I look.", "tool_calls": [
                {"tool": "list_files", "arguments": {"recursive": true}},
                {"tool": "read_file", "arguments": {"path": "src/add.py"}}], "input_tokens": 100, "output_tokens": 10},
            uses("edit_file", json!({"path": "src/add.py", "old": "a - b", "new": "a + b"})),
            uses("write_file", json!({"path": "NOTES.md", "content": "Mended.\n"})),
            {"text": "Done.", "dollars": 0.5}
        ]
    }));
    let (result, notes) = house.run(&call).await;
    let done = result.unwrap();
    assert_eq!(done.output, json!({"text": "Done."}));
    assert_eq!(done.usage, None, "it is counted turn by turn");
    assert_eq!(
        short(&notes.transcript()),
        [
            "system: Be brief.",
            "user: Mend it.",
            "log",
            "thinks: First look.",
            "assistant: I look.",
            "calls sandbox.list_files",
            "result",
            "calls sandbox.read_file",
            "result",
            "assistant: ",
            "calls sandbox.edit_file",
            "src/add.py +1 -1",
            "result",
            "assistant: ",
            "calls sandbox.write_file",
            "NOTES.md +1 -0",
            "result",
            "assistant: Done.",
        ]
    );
    assert!(read(house.sandbox("sbx_1").join("src/add.py")).contains("a + b"));
    let spent = notes
        .transcript()
        .into_iter()
        .filter_map(|entry| match entry {
            TranscriptEntry::Message {
                usage: Some(usage), ..
            } => {
                assert!(usage.mock);
                usage.cost.map(|cost| cost.amount)
            }
            _ => None,
        });
    // Three turns at 100 × $1 + 10 × $2 a million, and one that names its amount.
    assert_eq!(spent.sum::<MicroDollars>(), MicroDollars(3 * 120 + 500_000));
    let diff = notes
        .transcript()
        .into_iter()
        .find_map(|entry| match entry {
            TranscriptEntry::FileEdit { diff, .. } => Some(diff),
            _ => None,
        });
    assert!(
        diff.unwrap()
            .contains("-    return a - b\n+    return a + b\n")
    );
    let kept: Vec<_> = notes
        .all()
        .into_iter()
        .filter_map(|note| match note {
            StepNote::Artifact { name, partial, .. } => Some((name, partial)),
            _ => None,
        })
        .collect();
    assert_eq!(
        kept,
        [
            ("NOTES.md".to_owned(), false),
            ("src/add.py".to_owned(), false)
        ]
    );
    assert_eq!(
        notes.all()[0],
        StepNote::Sandbox {
            id: SandboxId::new("sbx_1"),
            replaces: None
        }
    );
}

#[tokio::test]
async fn a_limit_stops_it_and_the_next_try_goes_on() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {},
        "limits": {"turns": 2},
        "mock": [
            uses("write_file", json!({"path": "a", "content": "1"})),
            uses("write_file", json!({"path": "b", "content": "2"})),
            uses("write_file", json!({"path": "c", "content": "3"})),
            "Done."
        ]
    }));
    let (result, first) = house.run(&call).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::AgentLimitReached);
    assert_eq!(
        short(&first.transcript()).last().unwrap(),
        "failed: The agent used up its 2 turns before it had an answer."
    );
    let partial = first
        .all()
        .into_iter()
        .filter(|note| matches!(note, StepNote::Artifact { partial: true, .. }));
    assert_eq!(partial.count(), 2);
    let (result, second) = house.run_after(&again(call), first.lines()).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    let whole: Vec<_> = second
        .all()
        .into_iter()
        .filter_map(|note| match note {
            StepNote::Artifact {
                name,
                partial: false,
                ..
            } => Some(name),
            _ => None,
        })
        .collect();
    assert_eq!(whole, ["a", "b", "c"], "those of the first try too");
    assert_eq!(
        short(&second.transcript()),
        [
            "log",
            "assistant: ",
            "calls sandbox.write_file",
            "c +1 -0",
            "result",
            "assistant: Done."
        ]
    );
    assert_eq!(
        read(house.sandbox("sbx_1").join("a")),
        "1",
        "the sandbox is the same"
    );
}

#[tokio::test]
async fn without_its_files_it_begins_anew_and_says_so() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {"files": {"a": "0"}},
        "mock": [uses("write_file", json!({"path": "a", "content": "1"})), {"error": "overloaded"}, "Done."]
    }));
    let (result, first) = house.run(&call).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (
            FailureCode::LlmRequestFailed,
            "Mock Mode played an error: overloaded"
        )
    );
    // The runtime starts again, and somebody has tidied up.
    let run = &call.run;
    house.runner.release(run, &SandboxId::new("sbx_1")).await;
    assert!(!house.sandbox("sbx_1").exists());
    let (result, second) = house.run_after(&again(call), first.lines()).await;
    result.unwrap_err();
    assert_eq!(
        second.all()[0],
        StepNote::Sandbox {
            id: SandboxId::new("sbx_2"),
            replaces: Some("its files are gone".into())
        }
    );
    assert_eq!(
        short(&second.transcript())[..5],
        [
            "log",
            "system: Be brief.",
            "user: Mend it.",
            "log",
            "assistant: "
        ]
    );
    assert_eq!(read(house.sandbox("sbx_2").join("a")), "1");
}

#[tokio::test]
async fn agents_side_by_side_share_a_sandbox_in_folders_of_their_own() {
    let house = House::mock();
    let one = |folder: &str| {
        agent(json!({
            "sandbox": {"folder": folder, "files": {"in": folder}},
            "mock": [uses("read_file", json!({"path": "in"})), uses("write_file", json!({"path": "out", "content": folder})), "Done."]
        }))
    };
    let (a, b) = (one("a"), one("b"));
    let ((first, notes), (second, more)) = tokio::join!(house.run(&a), house.run(&b));
    first.unwrap();
    second.unwrap();
    let opened = notes.all().into_iter().chain(more.all());
    assert_eq!(
        opened
            .filter(|note| matches!(note, StepNote::Sandbox { .. }))
            .count(),
        1
    );
    for folder in ["a", "b"] {
        assert_eq!(
            read(house.sandbox("sbx_1").join(folder).join("out")),
            folder
        );
    }
}

#[tokio::test]
async fn nothing_outside_of_its_folder_can_be_reached() {
    let house = House::mock();
    std::fs::write(house.data.path().join("secret"), "s3cret").unwrap();
    let mut script: Vec<Value> = ["../../../secret", "/etc/passwd", "a/../../x"]
        .iter()
        .map(|path| uses("read_file", json!({ "path": path })))
        .collect();
    script.push(uses("write_file", json!({"path": "../x", "content": "y"})));
    script.push(json!("Done."));
    let (result, notes) = house
        .run(&agent(json!({"sandbox": {}, "mock": script})))
        .await;
    result.unwrap();
    let errors = short(&notes.transcript())
        .into_iter()
        .filter(|line| line == "error");
    assert_eq!(errors.count(), 4, "{:?}", notes.transcript());
    assert!(!notes.text().contains("s3cret"));
}

#[tokio::test]
async fn it_asks_a_person_and_goes_on_with_the_answer() {
    let house = House::mock();
    let call = agent(json!({
        "chat": true,
        "mock": [
            {"tool_calls": [{"tool": "ask_person", "arguments": {"question": "Which customer?"}}]},
            "For Metro."
        ]
    }));
    let (result, first) = house.run(&call).await;
    // Whatever it reports after its question does not count.
    result.unwrap_err();
    assert_eq!(
        first.all().last().unwrap(),
        &StepNote::Asks("Which customer?".into())
    );
    let mut lines = first.lines();
    lines.push(TranscriptLine {
        entry: TranscriptEntry::Message {
            role: "user".into(),
            text: "Metro".into(),
            usage: None,
            by: Some(Actor {
                kind: ActorKind::Person,
                id: "usr_ada".into(),
                name: "Ada".into(),
            }),
        },
        ..lines[0].clone()
    });
    let (result, _) = house.run_after(&again(call), lines).await;
    assert_eq!(result.unwrap().output, json!({"text": "For Metro."}));
}

#[tokio::test]
async fn an_agent_that_fills_its_sandbox_is_told_so() {
    let house = House::cramped(10);
    let writes = |content: &str| uses("write_file", json!({"path": "a", "content": content}));
    let call = agent(json!({
        "sandbox": {}, "mock": [writes("12345678901"), writes("1234567890"), "Done."]
    }));
    let (result, notes) = house.run(&call).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    assert!(
        notes.text().contains("it may have 10 bytes"),
        "{}",
        notes.text()
    );
    assert_eq!(read(house.sandbox("sbx_1").join("a")), "1234567890");

    let filled = agent(json!({"sandbox": {"files": {"a": "12345678901"}}, "mock": ["Done."]}));
    let (result, _) = House::cramped(10).run(&filled).await;
    assert_eq!(result.unwrap_err().failure.code, FailureCode::QuotaExceeded);
}
