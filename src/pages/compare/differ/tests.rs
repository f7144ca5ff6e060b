#![allow(clippy::unwrap_used)]

use super::*;
use engine::CreateRun;
use model::Digest;
use model::run::{Belongs, Labels, Trigger, WorkflowRef};
use model::{Actor, Failure, RunStatus, Timestamp};
use serde_json::json;
use std::sync::Arc;

/// A run of steps of which each is listed with what it depends on.
fn run(steps: &[(&str, &[&str])]) -> Run {
    let steps: Vec<_> = steps
        .iter()
        .map(|(id, after)| {
            json!({"id": id, "name": id.to_uppercase(), "type": "lua_script", "script": "return 1", "depends_on": after})
        })
        .collect();
    of(json!({"name": "Test", "steps": steps}))
}

fn of(document: serde_json::Value) -> Run {
    let create = CreateRun {
        run: "run_1".into(),
        actor: Actor::system(),
        workflow: WorkflowRef {
            id: "wf_1".into(),
            version: 1,
            name: "Test".to_owned(),
        },
        definition: Arc::new(engine::parse_workflow(&document).unwrap()),
        input: json!({}),
        about: None,
        environment: "production".to_owned(),
        trigger: Trigger::Manual,
        labels: Labels::new(),
        belongs: Belongs::default(),
        not_before: None,
        again_of: None,
        parent: None,
    };
    engine::create(&create, Timestamp::default()).unwrap().0
}

fn ended(run: &mut Run, path: &str, status: StepStatus, ms: i64) {
    let step = Arc::make_mut(run.steps.get_mut(&StepPath::from(path)).unwrap());
    step.status = status;
    step.tries = u32::from(status != StepStatus::Skipped);
    step.started_at = Some(Timestamp::from_millis(0));
    step.ended_at = Some(Timestamp::from_millis(ms));
    if status == StepStatus::Failed {
        step.failure = Some(Failure::new(
            FailureCode::LlmRequestFailed,
            "The provider answered 503.",
        ));
    }
    if status == StepStatus::Skipped {
        step.skip_reason = Some(SkipReason::Blocked);
    }
}

fn names(pairs: &[Pair]) -> Vec<&str> {
    pairs.iter().map(|pair| pair.name.as_str()).collect()
}

#[test]
fn steps_of_both_runs_stand_in_one_order() {
    let this = run(&[("a", &[]), ("new", &["a"]), ("b", &["new"])]);
    let other = run(&[
        ("a", &[]),
        ("old", &["a"]),
        ("b", &["old"]),
        ("end", &["b"]),
    ]);
    let all = pairs(&this, &other);
    assert_eq!(names(&all), ["A", "NEW", "OLD", "B", "END"]);
    let sides: Vec<_> = all
        .iter()
        .map(|pair| (pair.this.is_some(), pair.other.is_some()))
        .collect();
    assert_eq!(
        sides,
        [
            (true, true),
            (true, false),
            (false, true),
            (true, true),
            (false, true)
        ]
    );
    assert_eq!(apart(&all[1], Noun::RUN).unwrap(), "Only in this run");
    assert_eq!(apart(&all[2], Noun::RUN).unwrap(), "Only in the other run");
}

#[test]
fn a_step_that_moved_stands_once() {
    let this = run(&[("a", &[]), ("b", &[]), ("c", &[])]);
    let other = run(&[("c", &[]), ("a", &[]), ("x", &[]), ("b", &[])]);
    let all = pairs(&this, &other);
    assert_eq!(names(&all), ["A", "X", "B", "C"]);
}

#[test]
fn the_first_divergence_is_the_cause_and_not_what_came_of_it() {
    // The document lists what follows before what it follows.
    let steps: &[(&str, &[&str])] = &[("send", &["draft"]), ("look", &[]), ("draft", &["look"])];
    let (mut this, mut other) = (run(steps), run(steps));
    for path in ["look", "draft", "send"] {
        ended(&mut other, path, StepStatus::Completed, 100);
    }
    ended(&mut this, "look", StepStatus::Completed, 120);
    ended(&mut this, "draft", StepStatus::Failed, 100);
    ended(&mut this, "send", StepStatus::Skipped, 0);
    let all = pairs(&this, &other);
    let at = first(&this, &other, &all, Pair::diverges).unwrap();
    assert_eq!(all[at].name, "DRAFT");
    assert_eq!(
        sentence(&all[at], Noun::RUN),
        "failed (LLM_REQUEST_FAILED) in this run and succeeded in the other."
    );
    assert_eq!(
        apart(&all[at], Noun::RUN).unwrap(),
        "Failed (LLM_REQUEST_FAILED) here, success there"
    );
    let send = all.iter().find(|pair| pair.name == "SEND").unwrap();
    assert_eq!(
        apart(send, Noun::RUN).unwrap(),
        "Skipped (Blocked) here, success there"
    );
}

#[test]
fn a_loop_that_failed_is_told_by_the_item_that_did() {
    let document = json!({"name": "Test", "steps": [
        {"id": "lines", "type": "for_each", "items": "{{input.lines}}", "steps": [
            {"id": "look", "name": "Look up", "type": "lua_script", "script": "return 1"}
        ]}
    ]});
    let (mut this, mut other) = (of(document.clone()), of(document));
    for (run, fails) in [(&mut this, true), (&mut other, false)] {
        let template = StepState::clone(run.steps.values().next().unwrap());
        for item in 0..2 {
            let path = StepPath::from(format!("lines[{item}].look").as_str());
            let step = StepState {
                path: path.clone(),
                ..template.clone()
            };
            run.steps.insert(path.clone(), Arc::new(step));
            run.order.push(path.clone());
            let bad = fails && item == 1;
            let status = if bad {
                StepStatus::Failed
            } else {
                StepStatus::Completed
            };
            ended(run, path.as_str(), status, 100);
        }
    }
    ended(&mut this, "lines", StepStatus::Failed, 100);
    ended(&mut other, "lines", StepStatus::Completed, 100);
    let all = pairs(&this, &other);
    let at = first(&this, &other, &all, Pair::diverges).unwrap();
    assert_eq!(all[at].name, "Look up (item 2)");
    assert_eq!(all[at].depth, 1);
}

#[test]
fn what_varies_by_nature_is_no_difference() {
    let (mut this, mut other) = (run(&[("a", &[])]), run(&[("a", &[])]));
    let words = |this: &Run, other: &Run| apart(&pairs(this, other)[0], Noun::RUN);
    ended(&mut this, "a", StepStatus::Completed, 900);
    ended(&mut other, "a", StepStatus::Completed, 100);
    assert_eq!(words(&this, &other), None);
    assert_eq!(
        first(&this, &other, &pairs(&this, &other), Pair::diverges),
        None
    );
    ended(&mut this, "a", StepStatus::Completed, 6_100);
    assert_eq!(words(&this, &other).unwrap(), "6.0 s longer here");
    assert_eq!(words(&other, &this).unwrap(), "6.0 s shorter here");
    // A long step that took a little longer.
    ended(&mut other, "a", StepStatus::Completed, 5_000);
    assert_eq!(words(&this, &other), None);
    let steps = other.steps.values_mut();
    steps.for_each(|step| Arc::make_mut(step).tries = 3);
    assert_eq!(words(&this, &other).unwrap(), "2 more tries there");
}

#[test]
fn facts_that_differ_are_told_from_those_that_do_not() {
    let (mut this, other) = (run(&[("a", &[])]), run(&[("a", &[])]));
    this.status = RunStatus::Failed;
    this.workflow.version = 2;
    this.labels.insert("shop".to_owned(), "Graz".to_owned());
    let all = facts(&this, &other);
    let apart: Vec<_> = all
        .iter()
        .filter(|fact| !fact.is_same())
        .map(|fact| (fact.name, fact.this.as_str(), fact.other.as_str()))
        .collect();
    assert_eq!(
        apart,
        [
            ("Status", "Failed", "Queued"),
            ("Version", "v2", "v1"),
            ("Labels", "shop: Graz", "none")
        ]
    );
}

/// The digests of outputs that are known by a text each.
fn outputs(of: &[(&str, &str)]) -> Outputs {
    let digests = of.iter().map(|(path, text)| {
        let digest = Digest::of(&json!(text));
        (StepPath::from(*path), digest)
    });
    Outputs(digests.collect())
}

/// Both runs, of which each step is completed, and their pairs once the outputs are known.
fn compared(this: &[(&str, &str)], other: &[(&str, &str)]) -> (Run, Run, Vec<Pair>) {
    let both = || {
        let mut run = run(&[("a", &[]), ("b", &["a"]), ("c", &["b"])]);
        for path in ["a", "b", "c"] {
            ended(&mut run, path, StepStatus::Completed, 100);
        }
        run
    };
    let (own, against) = (both(), both());
    let mut all = pairs(&own, &against);
    note_outputs(&mut all, &outputs(this), &outputs(other));
    (own, against, all)
}

#[test]
fn a_row_says_of_an_output_what_is_known() {
    let (this, other, mut all) = compared(
        &[("a", "x"), ("b", "x")],
        &[("a", "x"), ("b", "y"), ("c", "x")],
    );
    let rows =
        |all: &[Pair]| -> Vec<String> { all.iter().map(|one| row(one, Noun::RUN)).collect() };
    assert_eq!(rows(&all), ["Same output", "Output differs", "Same status"]);
    let differing: Vec<_> = all.iter().map(Pair::differs).collect();
    assert_eq!(differing, [false, true, false]);
    assert_eq!(first(&this, &other, &all, Pair::output_differs), Some(1));
    // Both went the same way all the same.
    assert_eq!(first(&this, &other, &all, Pair::diverges), None);
    let path = "Every step ended the same way in both runs";
    assert_eq!(
        same_path(&all, Noun::RUN),
        format!("{path}. 1 output differs.")
    );
    assert_eq!(
        same_path(&all[..1], Noun::RUN),
        format!("{path}, with the same output.")
    );
    assert_eq!(same_path(&all[2..], Noun::RUN), format!("{path}."));

    let known = outputs(&[("a", "x"), ("b", "x"), ("c", "x")]);
    note_outputs(&mut all, &known, &known);
    assert_eq!(rows(&all), ["Same output"; 3]);
    assert_eq!(
        rows(&pairs(&this, &other)),
        ["Same status"; 3],
        "before anything is known"
    );
}

#[test]
fn an_output_is_told_beside_what_else_differs() {
    let known = outputs(&[("a", "x"), ("b", "x"), ("c", "x")]);
    let (mut this, other, _) = compared(&[], &[]);
    ended(&mut this, "a", StepStatus::Completed, 6_100);
    ended(&mut this, "b", StepStatus::Failed, 100);
    let row = |at: usize, against: &Outputs| {
        let mut all = pairs(&this, &other);
        note_outputs(&mut all, &known, against);
        row(&all[at], Noun::ATTEMPT)
    };
    assert_eq!(row(0, &known), "6.0 s longer here · same output");
    let others = outputs(&[("a", "y"), ("b", "y")]);
    assert_eq!(row(0, &others), "Output differs · 6.0 s longer here");
    // A step that failed has no output, whatever a newer answer says.
    for against in [&known, &others] {
        assert_eq!(
            row(1, against),
            "Failed (LLM_REQUEST_FAILED) here, success there"
        );
    }
}
