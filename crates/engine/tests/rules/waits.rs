use crate::bench::{Bench, of, step};
use engine::{Command, Effect, effects};
use model::event::{Decision, Wait};
use model::{EventKind, FailureCode, Move, RunId, RunStatus, StepStatus, WaitKind};
use serde_json::{Value, json};

fn task(id: &str, more: Value) -> Value {
    of(id, "human_task", more)
}

#[test]
fn a_human_task_waits_with_what_the_person_needs() {
    let doc = json!({"name": "W", "steps": [task("ask", json!({
        "name": "Send quote", "title": "Send {{input.flag}}?", "instructions": "Look *well*.",
        "assignee": "anyone in Sales", "data": {"n": "{{input.flag}}"}, "result_schema": {"type": "object"}, "timeout_s": 60
    }))]});
    let b = Bench::started_doc(&doc);
    assert_eq!(
        (b.status(), b.run.wait_kind),
        (RunStatus::Waiting, Some(WaitKind::HumanTask))
    );
    assert_eq!(
        b.run.steps[&"ask".into()].wait,
        Some(Wait::HumanTask {
            task: "tsk_1_5".into(),
            title: "Send true?".into(),
            instructions: "Look *well*.".into(),
            assignee: Some("anyone in Sales".into()),
            data: json!({"n": true}),
            result_schema: Some(json!({"type": "object"})),
            checkpoint: false,
            expires_at: Some(b.now.plus_s(60)),
        })
    );
}

#[test]
fn an_approval_goes_on_with_its_result() {
    let mut b = Bench::started(&[task("ask", json!({})), step("b", &["ask"])]);
    let task = b.task("ask");
    let approve = Move::Approve {
        task,
        comment: Some("fine".into()),
        result: Some(json!({"discount": 3})),
    };
    b.does(approve.clone()).unwrap();
    assert_eq!(
        b.output("ask"),
        json!({"approved": true, "comment": "fine", "result": {"discount": 3}})
    );
    let step = &b.run.steps[&"ask".into()];
    assert_eq!(step.decision, Some(Decision::Approved));
    assert_eq!(step.decided_by.as_ref().unwrap().name, "Ada Kern");
    assert_eq!(b.calls(), ["b"]);
    let again = b.does(approve).unwrap_err().to_string();
    assert_eq!(again, "ask was approved by Ada Kern already.");
}

#[test]
fn a_rejection_ends_the_run_or_only_its_branch() {
    let steps = |on_reject| {
        [
            task("ask", json!({"on_reject": on_reject})),
            step("after", &["ask"]),
            step("then", &["after"]),
            step("other", &[]),
        ]
    };
    let reject = |b: &mut Bench| {
        let task = b.task("ask");
        let comment = Some("too dear".into());
        b.does(Move::Reject { task, comment }).unwrap();
    };
    let mut b = Bench::started(&steps("run"));
    reject(&mut b);
    assert_eq!(b.status(), RunStatus::Rejected);
    assert_eq!(
        b.all(),
        "ask: completed, after: skipped (rejected), then: skipped (rejected), other: cancelled"
    );
    assert!(matches!(b.last(), EventKind::RunRejected { comment: Some(c), .. } if c == "too dear"));

    let mut b = Bench::started(&steps("branch"));
    reject(&mut b);
    assert_eq!(b.status(), RunStatus::Running);
    assert_eq!(b.output("ask")["approved"], json!(false));
    b.completes("other");
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(b.says("then"), "skipped (rejected)");
}

#[test]
fn a_skipped_task_is_passed_without_a_result() {
    let mut b = Bench::started(&[task("ask", json!({})), step("b", &["ask"])]);
    let task = b.task("ask");
    b.does(Move::Skip {
        task,
        comment: None,
    })
    .unwrap();
    assert_eq!(b.all(), "ask: skipped (operator), b: running");
}

#[test]
fn a_waitpoint_is_completed_once_or_expires() {
    let steps = [
        of(
            "wait",
            "waitpoint",
            json!({"title": "the carrier", "expires_in_s": 60}),
        ),
        step("b", &["wait"]),
    ];
    let complete = |body: Value| Move::Complete {
        step: "wait".into(),
        body,
    };
    let mut b = Bench::started(&steps);
    assert_eq!(b.run.wait_kind, Some(WaitKind::Waitpoint));
    b.does(complete(json!({"n": 1}))).unwrap();
    assert!(b.does(complete(json!({"n": 2}))).unwrap().is_empty());
    assert_eq!(b.output("wait"), json!({"n": 1}));
    assert_eq!(b.calls(), ["b"]);
    assert!(
        b.does(Move::ForceTimeout {
            step: "wait".into()
        })
        .is_err()
    );

    let mut b = Bench::started(&steps);
    assert_eq!(b.timer(), Some(b.now.plus_s(60)));
    b.passes(59_999);
    assert_eq!(b.status(), RunStatus::Waiting);
    b.passes(1);
    assert_eq!(b.failure("wait").code, FailureCode::WaitpointTimedOut);
    assert_eq!(b.status(), RunStatus::Failed);
    assert!(b.does(complete(json!({}))).is_err(), "too late");

    let mut b = Bench::started(&steps);
    b.does(Move::ForceTimeout {
        step: "wait".into(),
    })
    .unwrap();
    assert_eq!(b.failure("wait").code, FailureCode::WaitpointTimedOut);
    assert!(b.does(Move::ForceTimeout { step: "b".into() }).is_err());
}

#[test]
fn a_timer_passes_by_itself() {
    let mut b = Bench::started(&[of("t", "timer", json!({"seconds": 1.5})), step("b", &["t"])]);
    assert_eq!(b.run.wait_kind, Some(WaitKind::Timer));
    b.passes(1_499);
    assert_eq!(b.is("t"), StepStatus::Waiting);
    b.passes(1);
    assert_eq!(b.is("t"), StepStatus::Completed);
    assert_eq!(b.calls(), ["b"]);
}

#[test]
fn a_run_waits_only_when_nothing_runs() {
    let mut b = Bench::started(&[task("ask", json!({})), step("b", &[])]);
    assert_eq!(b.status(), RunStatus::Running);
    b.now = b.now.plus_s(5);
    b.completes("b");
    assert_eq!(b.status(), RunStatus::Waiting);
    assert_eq!(b.run.worked_ms, 5_000);
    b.now = b.now.plus_s(60);
    b.approves("ask");
    assert_eq!(b.run.worked_ms, 5_000, "waiting is not work");
}

#[test]
fn a_workflow_call_waits_for_its_child() {
    let call = of(
        "call",
        "workflow_call",
        json!({"workflow": "Other", "input": {"n": 1}}),
    );
    let mut b = Bench::started(&[call, step("b", &["call"])]);
    let child = |b: &Bench| match &effects(&b.run)[0] {
        Effect::ChildRun { child, input, .. } => (child.clone(), input.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(child(&b), (None, json!({"n": 1})));
    let key = b.key("call");
    let run = RunId::new("run_child");
    let command = Command::ChildStarted { key, run };
    b.tell(command.clone()).unwrap();
    assert!(b.tell(command).unwrap().is_empty(), "said twice");
    assert_eq!(b.run.wait_kind, Some(WaitKind::ChildRun));
    b.fails("call", FailureCode::RunStopped);
    assert_eq!(b.status(), RunStatus::Failed);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(
        child(&b).0,
        Some(RunId::new("run_child")),
        "the same child goes on"
    );
    b.completes_with("call", json!({"total": 3}));
    assert_eq!(b.calls(), ["b"]);
}

#[test]
fn a_row_counts_how_its_steps_stand() {
    let mut b = Bench::started(&[
        task("ask", json!({})),
        step("b", &[]),
        step("c", &["ask", "b"]),
    ]);
    let counts = |b: &Bench| {
        let row = engine::row(&b.run, &engine::World::default(), b.now);
        assert_eq!(row.steps_by_status.values().sum::<u32>(), row.steps_total);
        row.steps_by_status
    };
    assert_eq!(
        counts(&b).into_iter().collect::<Vec<_>>(),
        [
            (StepStatus::Pending, 1),
            (StepStatus::Running, 1),
            (StepStatus::Waiting, 1)
        ]
    );
    b.completes("b");
    b.approves("ask");
    b.completes("c");
    assert_eq!(
        counts(&b).into_iter().collect::<Vec<_>>(),
        [(StepStatus::Completed, 3)]
    );
}
