//! Runs made by the engine itself, read as rows of bars.

#![allow(clippy::unwrap_used)]

use super::super::{critical::critical_path, words::words};
use super::*;
use crate::ui::fmt;
use engine::{Command, CreateRun, create, execute};
use model::event::TryKey;
use model::run::{Belongs, Trigger, WorkflowRef};
use model::{Actor, Failure, FailureCode, RunId};
use serde_json::{Value, json};
use std::sync::Arc;

fn t(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Created at 0 and taken from its queue at 1,000.
fn start(document: &Value) -> Run {
    let mut run = queued(document);
    act(&mut run, 1_000, Command::Dequeue { worker: "w".into() });
    run
}

fn queued(document: &Value) -> Run {
    let new = CreateRun {
        run: RunId::new("run_1"),
        actor: Actor::system(),
        workflow: WorkflowRef {
            id: "wf_1".into(),
            version: 1,
            name: "Quote".into(),
        },
        definition: Arc::new(engine::parse_workflow(document).unwrap()),
        input: json!({}),
        about: None,
        environment: "test".into(),
        trigger: Trigger::Manual,
        labels: BTreeMap::new(),
        belongs: Belongs::default(),
        not_before: None,
        again_of: None,
        parent: None,
    };
    create(&new, t(0)).unwrap().0
}

fn act(run: &mut Run, at: i64, command: Command) {
    execute(run, command, t(at)).unwrap();
}

fn key(run: &Run, path: &str) -> TryKey {
    let step = &run.steps[&StepPath::from(path)];
    TryKey {
        path: step.path.clone(),
        attempt: step.attempt,
        try_no: step.tries,
    }
}

fn done(run: &mut Run, at: i64, path: &str) {
    let key = key(run, path);
    let output = json!([1, 2]);
    act(
        run,
        at,
        Command::Completed {
            key,
            output,
            usage: None,
        },
    );
}

fn failed(run: &mut Run, at: i64, path: &str) {
    let key = key(run, path);
    let failure = Failure::new(FailureCode::LlmRequestFailed, "The provider answered 503.");
    act(
        run,
        at,
        Command::Failed {
            key,
            failure,
            usage: None,
        },
    );
}

fn lua(id: &str, more: Value) -> Value {
    let mut step = json!({ "id": id, "type": "lua_script", "script": "return {}" });
    for (name, value) in more.as_object().unwrap() {
        step[name] = value.clone();
    }
    step
}

/// With the loop of these tests open.
fn lines_of(run: &Run, now: Timestamp) -> Lines {
    Lines::of(run, &Folds::around(&"each[0].price".into()), now, None)
}

type Lain = (BarKind, i64, i64);

fn bars(lines: &Lines, path: &str) -> Vec<Lain> {
    let row = lines.rows.iter().find(|row| row.path.as_str() == path);
    let bars = row.unwrap().bars.iter();
    bars.map(|bar| (bar.kind, bar.from.millis(), bar.to.millis()))
        .collect()
}

fn said(run: &Run, now: i64, path: &str) -> String {
    let lines = lines_of(run, t(now));
    let row = lines.rows.iter().find(|row| row.path.as_str() == path);
    words(run, row.unwrap(), &[], t(now))
}

#[test]
fn tries_their_backoff_and_the_time_before_them_are_told_apart() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        lua("list", json!({})),
        lua("draft", json!({ "depends_on": ["list"], "retry_count": 2, "retry_backoff_s": 4 })),
    ]}));
    done(&mut run, 3_000, "list");
    failed(&mut run, 5_100, "draft");
    let retry_at = run.steps[&"draft".into()].retry_at.unwrap().millis();
    let waits = lines_of(&run, t(6_000));
    assert_eq!(
        bars(&waits, "draft"),
        [
            (BarKind::Work, 3_000, 5_100),
            (BarKind::Backoff, 5_100, 6_000)
        ]
    );
    assert!(waits.rows[1].bars[1].open);
    act(&mut run, retry_at, Command::TimerDue);
    let now = retry_at + 900;
    let lines = lines_of(&run, t(now));
    assert_eq!(bars(&lines, "list"), [(BarKind::Work, 1_000, 3_000)]);
    assert_eq!(
        bars(&lines, "draft"),
        [
            (BarKind::Work, 3_000, 5_100),
            (BarKind::Backoff, 5_100, retry_at),
            (BarKind::Work, retry_at, now),
        ]
    );
    assert_eq!(
        said(&run, now, "draft"),
        format!(
            "worked 3.0 s, between tries {}, try 2 of 3, running",
            fmt::duration((retry_at - 5_100) as u64)
        )
    );
}

#[test]
fn a_wait_of_three_days_for_a_person_is_no_work_and_is_folded() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        lua("list", json!({})),
        { "id": "ask", "type": "human_task", "title": "Send it?", "assignee": "Ann", "depends_on": ["list"] },
        lua("send", json!({ "depends_on": ["ask"] })),
    ]}));
    done(&mut run, 2_000, "list");
    let later = 2_000 + 3 * 86_400_000;
    let waits = lines_of(&run, t(later));
    assert_eq!(bars(&waits, "ask"), [(BarKind::Waiting, 2_000, later)]);
    assert_eq!(said(&run, later, "ask"), "waited 3 d, waiting");
    assert_eq!(bars(&waits, "send"), []);
    assert_eq!(said(&run, later, "send"), "pending");
    let run_waits = waits.run.last().unwrap();
    assert_eq!(
        (run_waits.kind, run_waits.from),
        (BarKind::Waiting, t(2_000))
    );
    // The queue of 1 s and the wait are breaks; the work between them has the room.
    let work = waits.scale.at(t(2_000)) - waits.scale.at(t(1_000));
    assert!(work > 0.5, "{work}");
}

#[test]
fn the_run_names_its_moments_and_every_attempt() {
    let mut run = start(&json!({ "name": "Quote", "steps": [lua("draft", json!({}))] }));
    failed(&mut run, 1_500, "draft");
    let told = |run: &Run| -> Vec<(String, i64)> {
        let lines = lines_of(run, t(0));
        lines
            .marks
            .into_iter()
            .map(|mark| (mark.word, mark.at.millis()))
            .collect()
    };
    let first = [("Queued", 0), ("Started", 1_000), ("Failed", 1_500)]
        .map(|(word, at)| (word.to_owned(), at));
    assert_eq!(told(&run), first);
    let retry = Command::Move {
        actor: Actor::system(),
        what: model::Move::Retry,
        reason: None,
    };
    act(&mut run, 9_000, retry);
    act(&mut run, 9_500, Command::Dequeue { worker: "w".into() });
    done(&mut run, 9_900, "draft");
    assert_eq!(told(&run)[..3], first);
    let second = [
        ("Attempt 2 queued", 9_000),
        ("Attempt 2 started", 9_500),
        ("Completed", 9_900),
    ];
    assert_eq!(
        told(&run)[3..],
        second.map(|(word, at)| (word.to_owned(), at))
    );
    let lines = lines_of(&run, t(99_000));
    assert_eq!(
        bars(&lines, "draft"),
        [(BarKind::Work, 1_000, 1_500), (BarKind::Work, 9_500, 9_900)]
    );
    // What has ended does not follow the clock.
    assert_eq!(lines.to, t(9_900));
}

#[test]
fn what_held_the_run_stays_on_the_line_when_it_goes_on() {
    let steps = [
        lua("draft", json!({})),
        lua("send", json!({ "depends_on": ["draft"] })),
    ];
    let mut run = start(&json!({ "name": "Quote", "steps": steps }));
    let moves = |run: &mut Run, ms: i64, what: model::Move| {
        let actor = Actor::system();
        let reason = None;
        act(
            run,
            ms,
            Command::Move {
                actor,
                what,
                reason,
            },
        );
    };
    moves(&mut run, 2_000, model::Move::Pause);
    done(&mut run, 3_000, "draft");
    moves(&mut run, 5_000, model::Move::Resume);
    done(&mut run, 6_000, "send");
    let lines = lines_of(&run, t(0));
    let told: Vec<_> = lines.marks.iter().map(|mark| mark.word.as_str()).collect();
    assert_eq!(
        told,
        ["Queued", "Started", "Paused", "Resumed", "Completed"]
    );
    let held: Vec<_> = lines
        .run
        .iter()
        .filter(|bar| bar.kind == BarKind::Waiting)
        .collect();
    assert_eq!(held.len(), 1);
    assert_eq!(
        (held[0].from, held[0].to, held[0].open),
        (t(2_000), t(5_000), false)
    );
}

#[test]
fn a_moment_stands_where_it_was_in_the_whole() {
    let steps = [
        lua("draft", json!({})),
        lua("send", json!({ "depends_on": ["draft"] })),
    ];
    let mut run = start(&json!({ "name": "Quote", "steps": steps }));
    let then = run.clone();
    done(&mut run, 3_000, "draft");
    done(&mut run, 6_000, "send");
    let whole = lines_of(&run, t(0));
    let lines = lines_of(&then, t(1_000)).within(&whole, t(1_000));
    assert_eq!(
        (lines.from, lines.to, lines.moment),
        (t(0), t(6_000), Some(t(1_000)))
    );
    assert_eq!(lines.scale, whole.scale);
    assert_eq!(bars(&lines, "send"), []);
}

#[test]
fn a_run_that_nobody_took_has_rows_without_bars() {
    let run = queued(&json!({ "name": "Quote", "steps": [lua("draft", json!({}))] }));
    let lines = lines_of(&run, t(60_000));
    assert_eq!(bars(&lines, "draft"), []);
    assert_eq!(lines.to, t(60_000));
    assert!(
        lines
            .run
            .iter()
            .all(|bar| bar.kind == BarKind::Queued && bar.open)
    );
}

#[test]
fn items_stand_under_their_loop_and_the_loop_does_no_work_itself() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        lua("list", json!({})),
        { "id": "each", "type": "for_each", "items": ["x", "y"], "depends_on": ["list"], "steps": [lua("price", json!({}))] },
    ]}));
    done(&mut run, 2_000, "list");
    let lines = lines_of(&run, t(4_000));
    let depth = |path: &str| {
        lines
            .rows
            .iter()
            .find(|row| row.path.as_str() == path)
            .unwrap()
            .depth
    };
    assert_eq!((depth("each"), depth("each[0].price")), (0, 1));
    assert_eq!(bars(&lines, "each"), [(BarKind::Around, 2_000, 4_000)]);
    assert_eq!(
        bars(&lines, "each[0].price"),
        [(BarKind::Work, 2_000, 4_000)]
    );
}

#[test]
fn the_critical_path_goes_back_over_what_ended_last() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        lua("list", json!({})),
        lua("quick", json!({ "depends_on": ["list"] })),
        lua("slow", json!({ "depends_on": ["list"] })),
        lua("send", json!({ "depends_on": ["quick", "slow"] })),
        lua("aside", json!({})),
    ]}));
    let path = |run: &Run| -> Vec<String> {
        critical_path(run)
            .into_iter()
            .map(StepPath::into_string)
            .collect()
    };
    done(&mut run, 1_100, "list");
    done(&mut run, 1_200, "aside");
    done(&mut run, 1_300, "quick");
    assert_eq!(path(&run), ["list", "slow"]);
    done(&mut run, 5_000, "slow");
    done(&mut run, 6_000, "send");
    assert_eq!(path(&run), ["list", "send", "slow"]);
}

#[test]
fn ten_thousand_steps_become_rows() {
    let steps: Vec<Value> = (0..10_000)
        .map(|n| match n {
            0 => lua("s0", json!({})),
            _ => lua(
                &format!("s{n}"),
                json!({ "depends_on": [format!("s{}", n - 1)] }),
            ),
        })
        .collect();
    let mut run = start(&json!({ "name": "Large", "steps": steps }));
    done(&mut run, 1_500, "s0");
    let lines = lines_of(&run, t(2_000));
    assert_eq!(lines.rows.len(), 10_000);
    assert_eq!(bars(&lines, "s1"), [(BarKind::Work, 1_500, 2_000)]);
    assert_eq!(critical_path(&run).len(), 2);
}

fn each() -> Run {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        { "id": "each", "type": "for_each", "items": ["x", "y", "z"], "concurrency": 1, "steps": [
            lua("price", json!({ "on_failure": "skip" })),
            lua("note", json!({ "depends_on": ["price"] })),
        ] },
        lua("send", json!({ "depends_on": ["each"] })),
    ]}));
    done(&mut run, 2_000, "each[0].price");
    done(&mut run, 3_000, "each[0].note");
    failed(&mut run, 4_000, "each[1].price");
    run
}

#[test]
fn a_folded_loop_is_one_row_with_all_that_went_on_inside_and_the_worst_on_top() {
    let run = each();
    let lines = Lines::of(&run, &Folds::default(), t(6_000), None);
    let paths: Vec<&str> = lines.rows.iter().map(|row| row.path.as_str()).collect();
    assert_eq!(paths, ["each", "send"]);
    let inner = &lines.rows[0].inner;
    let told: Vec<_> = inner
        .iter()
        .map(|bar| (bar.tone, bar.from.millis(), bar.to.millis(), bar.open))
        .collect();
    assert_eq!(
        told,
        [
            (Tone::Ok, 1_000, 3_000, false),
            (Tone::Run, 4_000, 6_000, true),
            (Tone::Fail, 3_000, 4_000, false),
        ]
    );
    assert_eq!(bars(&lines, "each"), [(BarKind::Around, 1_000, 6_000)]);
    // What is folded changes nothing of the line.
    let open = lines_of(&run, t(6_000));
    assert_eq!(open.scale, lines.scale);
    assert!(open.rows.len() > 2 && open.rows[0].inner.is_empty());
}

#[test]
fn only_steps_that_changed_are_read_again() {
    let mut run = each();
    let before = lines_of(&run, t(6_000));
    done(&mut run, 7_000, "each[1].note");
    let same = |one: &Lines, other: &Lines, path: &str| {
        let row = |lines: &Lines| {
            lines
                .rows
                .iter()
                .find(|row| row.path.as_str() == path)
                .unwrap()
                .row
                .clone()
        };
        Arc::ptr_eq(&row(one), &row(other))
    };
    let folds = Folds::around(&"each[0].price".into());
    let after = Lines::of(&run, &folds, t(8_000), Some(&before));
    assert!(same(&before, &after, "each[0].note"));
    assert!(!same(&before, &after, "each[1].note"));
    let anew = lines_of(&run, t(8_000));
    for (row, own) in after.rows.iter().zip(&anew.rows) {
        let until = |bars: &[Bar]| {
            bars.iter()
                .map(|bar| bar.until(t(8_000)))
                .collect::<Vec<_>>()
        };
        assert_eq!((&row.path, until(&row.bars)), (&own.path, until(&own.bars)));
    }
    assert_eq!(after.rows.len(), anew.rows.len());
    // Another attempt has another beginning: all is read again.
    let moved = |what| Command::Move {
        actor: Actor::system(),
        what,
        reason: None,
    };
    act(&mut run, 9_000, moved(model::Move::Cancel));
    act(&mut run, 10_000, moved(model::Move::Retry));
    act(&mut run, 11_000, Command::Dequeue { worker: "w".into() });
    let retried = Lines::of(&run, &folds, t(12_000), Some(&after));
    assert_eq!(
        bars(&retried, "each[1].note"),
        bars(&lines_of(&run, t(12_000)), "each[1].note")
    );
}

#[test]
fn while_something_goes_on_the_line_stays_and_what_goes_on_moves() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        lua("list", json!({})),
        lua("draft", json!({ "depends_on": ["list"] })),
    ]}));
    done(&mut run, 11_000, "list");
    let lines = lines_of(&run, t(101_000));
    let scale = lines.scale_at(t(101_000));
    assert_eq!(scale, lines.scale_at(t(102_000)));
    assert!(scale.at(t(102_000)) < 1.0 && scale.at(t(102_000)) > scale.at(t(101_000)));
    assert!(scale.at(t(101_000)) > 0.9);
    let bar = lines.rows[1].bars[0];
    assert_eq!(bar.until(t(102_000)).to, t(102_000));
    assert_eq!(lines.rows[0].bars[0].until(t(102_000)).to, t(11_000));
    done(&mut run, 103_000, "draft");
    let ended = lines_of(&run, t(103_000));
    assert_eq!(ended.scale_at(t(500_000)), ended.scale);
}

#[test]
fn a_past_wait_for_an_answer_in_chat_is_no_work() {
    let mut run = start(&json!({ "name": "Quote", "steps": [
        { "id": "plan", "type": "agent_call", "prompt": "Plan it.", "chat": true },
    ]}));
    let asks = key(&run, "plan");
    act(
        &mut run,
        3_000,
        Command::Asked {
            key: asks,
            question: "For whom?".into(),
        },
    );
    let waits = lines_of(&run, t(5_000));
    assert_eq!(
        bars(&waits, "plan"),
        [
            (BarKind::Work, 1_000, 3_000),
            (BarKind::Waiting, 3_000, 5_000)
        ]
    );
    let answer = model::Move::ContinueInChat {
        step: "plan".into(),
        message: "Metro Equipment".into(),
    };
    act(
        &mut run,
        9_000,
        Command::Move {
            actor: Actor::system(),
            what: answer,
            reason: None,
        },
    );
    done(&mut run, 12_000, "plan");
    assert_eq!(
        bars(&lines_of(&run, t(0)), "plan"),
        [
            (BarKind::Work, 1_000, 3_000),
            (BarKind::Waiting, 3_000, 9_000),
            (BarKind::Work, 9_000, 12_000),
        ]
    );
}

#[test]
fn of_very_many_stretches_the_longest_gaps_stay() {
    let work = (0..5_000)
        .map(|n| (t(n * 10), t(n * 10 + 5)))
        .chain([(t(900_000), t(900_100))]);
    let merged = merged(work.collect());
    assert!(merged.len() <= 600, "{}", merged.len());
    assert_eq!(merged.last(), Some(&(t(900_000), t(900_100))));
}
