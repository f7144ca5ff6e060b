use crate::bench::{Bench, of, step, with, write};
use engine::plan;
use model::{FailureCode, Move, Plan, PlannedStep};
use serde_json::json;

fn paths(list: &[PlannedStep]) -> Vec<&str> {
    list.iter().map(|s| s.path.as_str()).collect()
}

fn approve(b: &Bench) -> Plan {
    let task = b.task("ask");
    plan(
        &b.run,
        &Move::Approve {
            task,
            comment: None,
            result: None,
        },
    )
}

#[test]
fn a_retry_says_what_runs_what_is_kept_and_what_may_repeat() {
    let mut b = Bench::started(&[
        step("a", &[]),
        with(write("w", &["a"]), json!({"name": "Write quote"})),
        step("c", &["w"]),
        with(step("f", &[]), json!({"enabled": false})),
    ]);
    b.now = b.now.plus_s(2);
    b.completes("a");
    b.now = b.now.plus_s(3);
    b.fails("w", FailureCode::McpToolFailed);
    let plan = plan(&b.run, &Move::Retry);
    assert_eq!(
        plan.summary,
        "Attempt 2 starts at Write quote and keeps 1 finished step."
    );
    assert_eq!(paths(&plan.runs), ["w", "c"]);
    assert_eq!(paths(&plan.reused), ["a"]);
    assert_eq!(paths(&plan.may_repeat), ["w"]);
    assert_eq!(
        plan.may_repeat[0].note.as_deref(),
        Some("was tried in attempt 1")
    );
    assert_eq!(plan.time_ms, Some(3_000));
    assert_eq!(plan.cost, None);
    assert!(plan.ask_fixed && !plan.ask_reason);
    assert_eq!(plan.warnings.len(), 1);
}

#[test]
fn the_same_failure_twice_is_a_warning() {
    let mut b = Bench::started(&[step("a", &[])]);
    b.fails("a", FailureCode::LlmRequestFailed);
    assert!(plan(&b.run, &Move::Retry).warnings.is_empty());
    assert!(!plan(&b.run, &Move::Retry).ask_fixed);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    b.fails("a", FailureCode::LlmRequestFailed);
    let warnings = plan(&b.run, &Move::Retry).warnings;
    assert!(warnings[0].contains("LLM_REQUEST_FAILED") && warnings[0].contains("Report this Run"));
}

#[test]
fn an_approval_says_what_runs_next_even_without_the_outputs() {
    let b = Bench::started(&[
        of("ask", "human_task", json!({"name": "Send quote"})),
        of(
            "b",
            "lua_script",
            json!({"script": "x", "depends_on": ["ask"], "input": "{{steps.ask.result.result.n}}"}),
        ),
        step("c", &["b"]),
    ]);
    let whole = approve(&b);
    assert_eq!(
        whole.summary,
        "Approves Send quote; then runs b and 1 more step."
    );
    assert_eq!(paths(&whole.runs), ["b", "c"]);
    let mut lean = b;
    lean.run = lean.run.lean();
    assert_eq!(approve(&lean), whole);
}

#[test]
fn a_rejection_says_what_it_ends() {
    let b = Bench::started(&[
        of("ask", "human_task", json!({})),
        step("b", &["ask"]),
        step("other", &[]),
    ]);
    let task = b.task("ask");
    let plan = plan(
        &b.run,
        &Move::Reject {
            task,
            comment: None,
        },
    );
    assert_eq!(
        plan.summary,
        "Rejects ask and ends the run; 1 step never run."
    );
    assert_eq!(paths(&plan.cancels), ["other"]);
    assert!(plan.ask_reason && plan.runs.is_empty());
}

#[test]
fn stops_say_what_they_cut() {
    let b = Bench::started(&[
        step("a", &[]),
        of("ask", "human_task", json!({})),
        step("c", &["a"]),
    ]);
    let cancel = plan(&b.run, &Move::Cancel);
    assert_eq!(
        cancel.summary,
        "Cancel: 2 steps in flight cancelled, 1 step never run."
    );
    assert_eq!(paths(&cancel.cancels), ["a", "ask"]);
    assert!(cancel.ask_reason);
    let stop = plan(
        &b.run,
        &Move::StopGracefully {
            timeout_s: Some(60),
        },
    );
    assert_eq!(
        stop.summary,
        "1 step in flight may take 1 m to finish, 1 that waits is cancelled, the others never run."
    );
    assert_eq!(paths(&stop.cancels), ["ask"]);
}

#[test]
fn run_again_warns_of_writes() {
    let mut b = Bench::started(&[step("a", &[]), write("w", &["a"])]);
    b.completes("a");
    b.completes("w");
    let plan = plan(&b.run, &Move::RunAgain { input: None });
    assert_eq!(paths(&plan.runs), ["a", "w"]);
    assert_eq!(paths(&plan.may_repeat), ["w"]);
    assert_eq!(
        plan.may_repeat[0].note.as_deref(),
        Some("finished in attempt 1")
    );
    assert_eq!(plan.warnings.len(), 1);
}

#[test]
fn a_move_that_is_not_legal_has_the_reason_for_a_plan() {
    let b = Bench::started(&[step("a", &[])]);
    let plan = plan(&b.run, &Move::Retry);
    assert!(plan.summary.starts_with("Only a failed"));
    assert_eq!(plan.runs_count, 0);
}

#[test]
fn long_lists_are_cut_and_counted() {
    let steps: Vec<_> = (0..600).map(|i| step(&format!("s{i}"), &[])).collect();
    let mut b = Bench::started(&steps);
    b.fails("s0", FailureCode::LuaScriptFailed);
    let plan = plan(&b.run, &Move::Retry);
    assert_eq!((plan.runs.len(), plan.runs_count), (500, 600));
}
