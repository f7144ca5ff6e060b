//! Large runs come to their end: what is quadratic would not within the patience of a test run.

#![allow(clippy::unwrap_used)]

use engine::{Command, CreateRun, Run, create, effect_of, execute, fold};
use model::event::TryKey;
use model::run::{Belongs, Trigger, WorkflowRef};
use model::{Event, EventKind, RunId, RunStatus, Timestamp, TranscriptEntry};
use serde_json::{Value, json};
use std::sync::Arc;

fn start(doc: &Value) -> (Run, Vec<Event>) {
    let definition = engine::parse_workflow(doc).unwrap();
    let (mut run, mut journal) = create(
        &CreateRun {
            run: RunId::new("run_large"),
            actor: model::Actor::system(),
            workflow: WorkflowRef {
                id: "wf_large".into(),
                version: 1,
                name: "Large".into(),
            },
            definition: Arc::new(definition),
            input: json!({}),
            about: None,
            environment: "test".into(),
            trigger: Trigger::Manual,
            labels: std::collections::BTreeMap::new(),
            belongs: Belongs::default(),
            not_before: None,
            again_of: None,
            parent: None,
        },
        Timestamp::from_millis(0),
    )
    .unwrap();
    let worker = "w".into();
    let events = execute(
        &mut run,
        Command::Dequeue { worker },
        Timestamp::from_millis(1),
    )
    .unwrap();
    journal.extend(events);
    (run, journal)
}

/// Answers every call as it comes up, as a host does that asks for the steps its last events name.
fn finish(run: &mut Run, journal: &mut Vec<Event>) {
    let mut looked = 0;
    while looked < journal.len() {
        let path = match &journal[looked].event {
            EventKind::StepStarted { key, .. } => Some(key.path.clone()),
            _ => None,
        };
        looked += 1;
        if let Some(engine::Effect::Call(call)) = path.and_then(|p| effect_of(run, &p)) {
            let command = Command::Completed {
                key: call.key,
                output: json!({"n": 1}),
                usage: None,
            };
            let now = Timestamp::from_millis(looked as i64);
            journal.extend(execute(run, command, now).unwrap());
            let _ = engine::row(run, &engine::World::default(), now);
            let _ = engine::next_timer(run);
        }
    }
    assert_eq!(run.status, RunStatus::Completed);
    assert!(fold(&*journal).unwrap() == *run);
}

fn script(id: String, depends_on: &[String]) -> Value {
    json!({"id": id, "type": "lua_script", "script": "return 1", "depends_on": depends_on})
}

#[test]
fn a_fan_out_of_ten_thousand_steps_joins() {
    let ids: Vec<String> = (0..9_998).map(|i| format!("s{i}")).collect();
    let mut steps = vec![script("first".into(), &[])];
    steps.extend(ids.iter().map(|id| script(id.clone(), &["first".into()])));
    steps.push(script("last".into(), &ids));
    let (mut run, mut journal) = start(&json!({"name": "Fan", "steps": steps}));
    finish(&mut run, &mut journal);
    assert_eq!(engine::progress(&run), (10_000, 10_000));
}

#[test]
fn a_chain_of_ten_thousand_steps_ends() {
    let steps = (0..10_000).map(|i| {
        let before: Vec<_> = (i > 0).then(|| format!("s{}", i - 1)).into_iter().collect();
        script(format!("s{i}"), &before)
    });
    let doc = json!({"name": "Chain", "steps": steps.collect::<Vec<_>>()});
    assert!(
        engine::validate(&doc, &engine::Catalog::default())
            .errors
            .is_empty()
    );
    let (mut run, mut journal) = start(&doc);
    finish(&mut run, &mut journal);
}

#[test]
fn a_loop_over_ten_thousand_items_ends() {
    let items: Vec<_> = (0..10_000).collect();
    let doc = json!({"name": "Loop", "steps": [
        {"id": "each", "type": "for_each", "items": items, "concurrency": 20, "steps": [
            {"id": "one", "type": "lua_script", "script": "return 1", "input": "{{item}}"}]},
        {"id": "after", "type": "lua_script", "script": "return 1", "depends_on": ["each"]},
    ]});
    let (mut run, mut journal) = start(&doc);
    finish(&mut run, &mut journal);
    assert_eq!(
        run.steps[&"each".into()].output.as_ref().unwrap()["items"][9_999],
        json!({"n": 1})
    );
}

#[test]
fn a_journal_of_many_transcript_entries_folds() {
    let steps: Vec<_> = (0..1_000).map(|i| script(format!("s{i}"), &[])).collect();
    let (run, mut journal) = start(&json!({"name": "Talk", "steps": steps}));
    let mut seq = run.seq;
    let events: usize = if cfg!(debug_assertions) {
        100_000
    } else {
        1_000_000
    };
    for i in 0..events {
        seq += 1;
        let key = TryKey {
            path: format!("s{}", i % 1_000).as_str().into(),
            attempt: 1,
            try_no: 1,
        };
        let entries = vec![TranscriptEntry::Log { text: "x".into() }];
        journal.push(Event {
            seq,
            at: Timestamp::from_millis(seq as i64),
            actor: None,
            event: EventKind::StepTranscript { key, entries },
        });
    }
    let folded = fold(&journal).unwrap();
    assert_eq!(folded.seq, seq);
    assert_eq!(
        folded.steps[&"s0".into()].history[0].entries as usize,
        events / 1_000
    );
}
