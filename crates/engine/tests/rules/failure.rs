use crate::bench::{Bench, of, step, with, write};
use model::event::Handled;
use model::{EventKind, Failure, FailureCode, RunStatus, StepStatus};
use serde_json::json;

#[test]
fn fail_fast_cancels_what_is_in_flight_and_skips_what_never_began() {
    let mut b = Bench::started(&[
        step("done", &[]),
        step("bad", &[]),
        step("sibling", &[]),
        of("task", "human_task", json!({})),
        step("after", &["bad"]),
        step("other", &["sibling"]),
    ]);
    b.completes("done");
    b.fails("bad", FailureCode::LuaScriptFailed);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(
        b.all(),
        "done: completed, bad: failed, sibling: cancelled, task: cancelled, after: skipped (blocked), other: skipped (blocked)"
    );
    assert_eq!(b.run.steps[&"sibling".into()].caused_by, Some("bad".into()));
    assert_eq!(b.run.failed_step, Some("bad".into()));
    let cancelled = b.names().into_iter().filter(|n| *n == "step_cancelled");
    assert_eq!(cancelled.count(), 2);
    assert_eq!(b.names().last(), Some(&"run_failed"));
    assert!(b.calls().is_empty());
}

#[test]
fn a_temporary_failure_is_retried_with_a_doubling_pause() {
    let more = json!({"retry_count": 2, "retry_backoff_s": 10});
    let mut b = Bench::started(&[with(step("a", &[]), more)]);
    b.fails("a", FailureCode::LlmRequestFailed);
    assert_eq!(b.is("a"), StepStatus::Retrying);
    assert_eq!(b.status(), RunStatus::Running);
    assert_eq!(b.timer(), Some(b.now.plus_s(10)));
    assert!(b.calls().is_empty());
    b.passes(9_999);
    assert_eq!(b.is("a"), StepStatus::Retrying);
    b.passes(1);
    assert_eq!(b.calls(), ["a"]);
    b.fails("a", FailureCode::LlmRequestFailed);
    assert_eq!(b.timer(), Some(b.now.plus_s(20)));
    b.passes(20_000);
    b.fails("a", FailureCode::LlmRequestFailed);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(b.run.steps[&"a".into()].history.len(), 3);
}

#[test]
fn only_what_may_pass_is_retried() {
    let cases = [
        (FailureCode::UpstreamError, true),
        (FailureCode::McpToolFailed, true),
        (FailureCode::InvalidInput, false),
        (FailureCode::LuaScriptFailed, false),
        (FailureCode::BudgetExceeded, false),
        (FailureCode::RunStopped, false),
    ];
    for (code, retried) in cases {
        let mut b = Bench::started(&[with(step("a", &[]), json!({"retry_count": 1}))]);
        b.fails("a", code);
        assert_eq!(b.is("a") == StepStatus::Retrying, retried, "{code}");
    }
}

#[test]
fn an_unknown_outcome_of_a_write_is_never_retried_by_itself() {
    let unknown = || Failure::new(FailureCode::UpstreamError, "Lost.").outcome_unknown();
    let more = json!({"retry_count": 5});
    let mut b = Bench::started(&[with(write("w", &[]), more.clone())]);
    b.fails_with("w", unknown());
    assert_eq!(b.status(), RunStatus::Failed);

    let idempotent = with(with(write("w", &[]), more), json!({"effect": "idempotent"}));
    let mut b = Bench::started(&[idempotent]);
    b.fails_with("w", unknown());
    assert_eq!(b.is("w"), StepStatus::Retrying);
}

#[test]
fn on_failure_skip_lets_the_run_go_on() {
    let mut b = Bench::started(&[
        with(step("a", &[]), json!({"on_failure": "skip"})),
        of(
            "b",
            "lua_script",
            json!({"script": "x", "depends_on": ["a"], "input": "{{steps.a.result | \"none\"}} {{steps.a.status}} {{steps.a.error.code}}"}),
        ),
    ]);
    b.fails("a", FailureCode::LuaScriptFailed);
    assert_eq!(b.all(), "a: failed (handled), b: running");
    let input = b.run.steps[&"b".into()].input.clone().unwrap();
    assert_eq!(input["input"], "none failed LUA_SCRIPT_FAILED");
    b.completes("b");
    assert_eq!(b.status(), RunStatus::Completed);
}

#[test]
fn a_fallback_stands_in_only_when_it_is_needed() {
    let steps = [
        with(step("a", &[]), json!({"on_failure": {"fallback": "f"}})),
        step("f", &[]),
        of(
            "b",
            "lua_script",
            json!({"script": "x", "depends_on": ["a"], "input": "{{steps.a.result.from}}"}),
        ),
    ];
    let mut b = Bench::started(&steps);
    assert_eq!(b.calls(), ["a"]);
    b.completes_with("a", json!({"from": "a"}));
    assert_eq!(b.all(), "a: completed, f: skipped (condition), b: running");

    let mut b = Bench::started(&steps);
    b.fails("a", FailureCode::LuaScriptFailed);
    assert_eq!(b.all(), "a: failed (handled), f: running, b: pending");
    assert_eq!(
        b.run.steps[&"a".into()].handled,
        Some(Handled::Fallback("f".into()))
    );
    b.completes_with("f", json!({"from": "f"}));
    assert_eq!(b.run.steps[&"b".into()].input, Some(json!({"input": "f"})));

    let mut b = Bench::started(&steps);
    b.fails("a", FailureCode::LuaScriptFailed);
    b.fails("f", FailureCode::LuaScriptFailed);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(b.run.failed_step, Some("f".into()));
}

#[test]
fn a_stale_or_repeated_answer_changes_nothing() {
    let more = json!({"retry_count": 1, "retry_backoff_s": 0});
    let mut b = Bench::started(&[with(step("a", &[]), more), step("b", &["a"])]);
    let first = b.key("a");
    b.fails("a", FailureCode::UpstreamError);
    b.passes(0);
    let late = engine::Command::Completed {
        key: first,
        output: json!(1),
        usage: None,
    };
    assert!(b.tell(late).unwrap().is_empty());
    let key = b.key("a");
    b.completes("a");
    let again = engine::Command::Completed {
        key,
        output: json!(2),
        usage: None,
    };
    assert!(b.tell(again).unwrap().is_empty());
    assert_eq!(b.output("a"), json!({"ok": true}));
}

#[test]
fn what_tries_cost_is_summed() {
    let more = json!({"retry_count": 1, "retry_backoff_s": 0});
    let mut b = Bench::started(&[with(step("a", &[]), more)]);
    let usage = |amount| {
        Some(model::Usage {
            cost: Some(model::Cost {
                amount: model::MicroDollars(amount),
                label: model::CostLabel::Verified,
            }),
            mock: amount == 7,
            ..model::Usage::default()
        })
    };
    let key = b.key("a");
    b.tell(engine::Command::Failed {
        key,
        failure: Failure::new(FailureCode::UpstreamError, "x"),
        usage: usage(5),
    })
    .unwrap();
    assert!(matches!(b.last(), EventKind::StepRetrying { .. }));
    assert!(!b.run.mock);
    b.passes(0);
    let key = b.key("a");
    b.tell(engine::Command::Completed {
        key,
        output: json!(1),
        usage: usage(7),
    })
    .unwrap();
    assert_eq!(b.run.cost.unwrap().amount, model::MicroDollars(12));
    assert_eq!(b.run.attempts[0].cost, b.run.cost);
    assert_eq!(
        b.run.steps[&"a".into()].usage.as_ref().unwrap().cost,
        b.run.cost
    );
    assert!(b.run.mock);
}
