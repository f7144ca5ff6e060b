use crate::bench::{Bench, of, step, with, write};
use model::{EventKind, FailureCode, Move, RunStatus, StepStatus};
use serde_json::json;

#[test]
fn a_safe_step_starts_again_by_itself_and_it_counts_against_nothing() {
    let more = json!({"retry_count": 1, "retry_backoff_s": 0});
    let mut b = Bench::started(&[with(step("a", &[]), more)]);
    b.crashes();
    b.crashes();
    assert!(matches!(
        b.last(),
        EventKind::StepStarted {
            recovered: true,
            ..
        }
    ));
    let step = &b.run.steps[&"a".into()];
    assert_eq!((step.tries, step.max_tries), (3, 4));
    b.fails("a", FailureCode::UpstreamError);
    assert_eq!(b.is("a"), StepStatus::Retrying, "its one retry is left");
}

#[test]
fn a_write_in_flight_interrupts_the_run() {
    let mut b = Bench::started(&[
        write("w", &[]),
        step("a", &[]),
        of("ask", "human_task", json!({})),
        step("b", &["a"]),
    ]);
    b.crashes();
    assert_eq!(b.status(), RunStatus::Interrupted);
    assert_eq!(
        b.all(),
        "w: failed, a: cancelled, ask: cancelled, b: pending"
    );
    assert!(b.failure("w").outcome_unknown);
    assert!(b.calls().is_empty());
    assert!(
        b.why()
            .starts_with("Interrupted at w: Signalbox stopped while w was in flight")
    );
    let plan = engine::plan(&b.run, &Move::Retry);
    assert_eq!(plan.may_repeat.len(), 1);
    assert_eq!(
        plan.may_repeat[0].note.as_deref(),
        Some("its call went out, the answer was lost")
    );
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(b.calls(), ["a", "w"]);

    let mut b = Bench::started(&[write("w", &[])]);
    b.crashes();
    b.does(Move::Cancel).unwrap();
    assert_eq!(b.status(), RunStatus::Cancelled);
}

#[test]
fn waits_survive() {
    let mut b = Bench::started(&[
        of("ask", "human_task", json!({})),
        of("t", "timer", json!({"seconds": 60})),
        of("wait", "waitpoint", json!({})),
    ]);
    let before = b.run.clone();
    b.crashes();
    assert!(b.run == before);
}

#[test]
fn a_draining_run_ends() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &["a"])]);
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    b.crashes();
    assert_eq!(b.status(), RunStatus::Cancelled);
    assert_eq!(b.all(), "a: cancelled, b: skipped (operator)");

    let mut b = Bench::started(&[write("w", &[])]);
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    b.crashes();
    assert_eq!(
        b.status(),
        RunStatus::Interrupted,
        "an unknown outcome is a person's to judge"
    );
}

#[test]
fn a_paused_run_stays_paused() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &["a"])]);
    b.does(Move::Pause).unwrap();
    b.crashes();
    assert_eq!(b.status(), RunStatus::Paused);
    assert_eq!(b.calls(), ["a"]);
}

/// Wherever a journal ends, recovery brings the run to rest as the cut command would have.
#[test]
fn every_prefix_of_a_journal_recovers() {
    let steps = [
        step("a", &[]),
        of(
            "each",
            "for_each",
            json!({"items": [1, 2], "concurrency": 2, "steps": [write("w", &[]), step("x", &["w"])]}),
        ),
        of("ask", "human_task", json!({"on_reject": "run"})),
        step("b", &["a", "each", "ask"]),
    ];
    let end = |b: &mut Bench, how: usize| match how {
        0 => drop(b.does(Move::Cancel).unwrap()),
        1 => b.fails("a", FailureCode::LuaScriptFailed),
        2 => {
            let task = b.task("ask");
            b.does(Move::Reject {
                task,
                comment: None,
            })
            .unwrap();
        }
        _ => drop(b.does(Move::StopGracefully { timeout_s: None }).unwrap()),
    };
    for how in 0..4 {
        let mut whole = Bench::started(&steps);
        whole.completes("each[0].w");
        let before = whole.journal.len();
        end(&mut whole, how);
        for cut in 1..=whole.journal.len() {
            let mut b = Bench::started(&steps);
            b.journal = whole.journal[..cut].to_vec();
            b.crashes();
            let wanted = match (how, cut > before) {
                (_, false) => None,
                (0, true) => Some(RunStatus::Cancelled),
                (1, true) => Some(RunStatus::Failed),
                (2, true) => Some(RunStatus::Rejected),
                (_, true) => Some(RunStatus::Interrupted),
            };
            if let Some(wanted) = wanted {
                assert_eq!(b.status(), wanted, "case {how}, cut at {cut}");
            }
        }
    }
}
