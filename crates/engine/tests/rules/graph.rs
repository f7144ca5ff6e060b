use crate::bench::{Bench, of, step, with};
use model::{FailureCode, RunStatus, StepStatus};
use serde_json::json;

#[test]
fn a_step_begins_when_all_it_depends_on_has_settled() {
    let mut b = Bench::started(&[step("a", &[]), step("b", &[]), step("c", &["a", "b"])]);
    assert_eq!(b.calls(), ["a", "b"]);
    b.completes("a");
    assert_eq!(b.is("c"), StepStatus::Pending);
    b.completes("b");
    assert_eq!(b.calls(), ["c"]);
}

#[test]
fn a_condition_that_does_not_hold_skips_what_hangs_on_it_alone() {
    let mut b = Bench::started(&[
        with(step("express", &[]), json!({"condition": "not input.flag"})),
        step("label", &["express"]),
        step("normal", &[]),
        step("join", &["label", "normal"]),
    ]);
    b.completes("normal");
    assert_eq!(
        b.all(),
        "express: skipped (condition), label: skipped (condition), normal: completed, join: running"
    );
}

#[test]
fn a_disabled_step_is_passed_in_its_turn() {
    let mut b = Bench::started(&[
        step("a", &[]),
        with(step("b", &["a"]), json!({"enabled": false})),
        step("c", &["b"]),
    ]);
    assert_eq!(b.is("b"), StepStatus::Pending);
    b.completes("a");
    assert_eq!(
        b.all(),
        "a: completed, b: skipped (step_disabled), c: running"
    );
}

#[test]
fn what_cannot_be_resolved_fails_the_step_and_names_the_template() {
    let b = Bench::started(&[of(
        "a",
        "lua_script",
        json!({"script": "x", "input": "{{input.gone}}", "retry_count": 3}),
    )]);
    assert_eq!(b.status(), RunStatus::Failed);
    let failure = b.failure("a");
    assert_eq!(failure.code, FailureCode::InvalidInput);
    assert_eq!(
        failure.message,
        "The input of a cannot be made: `input.gone` has no value."
    );
    assert_eq!(failure.detail.as_deref(), Some("{{input.gone}}"));

    let b = Bench::started(&[with(step("a", &[]), json!({"condition": "input.gone > 1"}))]);
    assert_eq!(b.failure("a").code, FailureCode::InvalidInput);
}

#[test]
fn an_input_is_resolved_from_what_came_before() {
    let mut b = Bench::started(&[
        step("a", &[]),
        of(
            "b",
            "mcp_call",
            json!({"server": "f", "tool_name": "t", "depends_on": ["a"],
                "arguments": {"n": "{{steps.a.result.n}}", "text": "n is {{steps.a.result.n}}"}}),
        ),
    ]);
    b.completes_with("a", json!({"n": 3}));
    let input = b.run.steps[&"b".into()].input.clone().unwrap();
    assert_eq!(input, json!({"arguments": {"n": 3, "text": "n is 3"}}));
}

#[test]
fn a_document_that_was_never_valid_does_not_hang() {
    let b = Bench::started(&[step("a", &["b"]), step("b", &["a"])]);
    assert_eq!(b.status(), RunStatus::Failed);
    assert!(b.run.failure.unwrap().message.contains("a, b"));
}

#[test]
fn what_comes_before_and_after_a_step_is_known() {
    let b = Bench::started(&[
        with(step("a", &[]), json!({"on_failure": {"fallback": "f"}})),
        step("f", &[]),
        step("c", &["a"]),
        step("d", &["c"]),
        step("other", &[]),
    ]);
    let names = |paths: Vec<model::StepPath>| {
        let names: Vec<_> = paths.iter().map(ToString::to_string).collect();
        names.join(" ")
    };
    assert_eq!(names(b.run.upstream(&"d".into())), "a f c");
    assert_eq!(names(b.run.downstream(&"a".into())), "f c d");
    assert_eq!(names(b.run.upstream(&"f".into())), "a");
    assert_eq!(names(b.run.downstream(&"other".into())), "");
}
