use crate::bench::{Bench, of, step, with};
use model::{FailureCode, RunStatus, StepStatus};
use serde_json::{Value, json};

fn each(more: Value, steps: Value) -> Value {
    with(
        json!({"id": "each", "type": "for_each", "items": ["x", "y", "z"], "steps": steps}),
        more,
    )
}

fn body() -> Value {
    json!([
        {"id": "a", "type": "lua_script", "script": "x", "input": "{{item}}-{{index}}"},
        {"id": "b", "type": "lua_script", "script": "x", "depends_on": ["a"], "input": "{{steps.a.result}}"},
    ])
}

#[test]
fn items_run_one_after_the_other_unless_told_otherwise() {
    let mut b = Bench::started(&[each(json!({}), body())]);
    assert_eq!(b.calls(), ["each[0].a"]);
    b.completes_with("each[0].a", json!("r"));
    let input = b.run.steps[&"each[0].b".into()].input.clone();
    assert_eq!(input, Some(json!({"input": "r"})));
    b.completes_with("each[0].b", json!(0));
    assert_eq!(b.calls(), ["each[1].a"]);
    let input = b.run.steps[&"each[1].a".into()].input.clone();
    assert_eq!(input, Some(json!({"input": "y-1"})));

    let mut b = Bench::started(&[
        each(json!({"concurrency": 2}), body()),
        step("after", &["each"]),
    ]);
    assert_eq!(b.calls(), ["each[0].a", "each[1].a"]);
    b.completes("each[1].a");
    b.completes_with("each[1].b", json!(1));
    assert_eq!(b.calls(), ["each[0].a", "each[2].a"]);
    for path in ["each[0].a", "each[2].a"] {
        b.completes(path);
    }
    b.completes_with("each[2].b", json!(2));
    b.completes_with("each[0].b", json!(0));
    assert_eq!(b.output("each"), json!({"items": [0, 1, 2], "errors": []}));
    assert_eq!(b.calls(), ["after"]);
    let order: Vec<_> = b.run.order.iter().map(model::StepPath::as_str).collect();
    assert_eq!(
        order,
        [
            "each",
            "each[0].a",
            "each[0].b",
            "each[1].a",
            "each[1].b",
            "each[2].a",
            "each[2].b",
            "after"
        ]
    );
}

#[test]
fn a_failing_item_stops_is_skipped_or_collected() {
    let fails = |policy: &str| {
        let mut b = Bench::started(&[each(
            json!({"on_item_error": policy, "concurrency": 2}),
            body(),
        )]);
        b.completes("each[1].a");
        b.fails("each[0].a", FailureCode::LuaScriptFailed);
        b
    };
    let b = fails("stop");
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(b.run.failed_step, Some("each[0].a".into()));
    assert_eq!(
        b.all(),
        "each: failed, each[0].a: failed, each[0].b: skipped (blocked), each[1].a: completed, each[1].b: cancelled"
    );
    assert_eq!(
        b.failure("each").message,
        "Item 1 failed at a (item 1): It did not work."
    );
    assert_eq!(b.run.failed_inside(&"each".into()), 1);
    assert_eq!(b.run.failed_inside(&"each[0].a".into()), 0);

    let finish = |b: &mut Bench| {
        assert_eq!(b.calls(), ["each[1].b", "each[2].a"]);
        b.completes_with("each[1].b", json!(1));
        b.completes("each[2].a");
        b.completes_with("each[2].b", json!(2));
    };
    let mut b = fails("skip");
    finish(&mut b);
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(
        b.output("each"),
        json!({"items": [null, 1, 2], "errors": [{"index": 0, "code": "LUA_SCRIPT_FAILED", "message": "It did not work."}]})
    );
    assert_eq!(b.says("each[0].a"), "failed (handled)");

    let mut b = fails("collect");
    finish(&mut b);
    assert_eq!(b.status(), RunStatus::Failed);
    assert_eq!(b.run.failed_step, Some("each".into()));
    assert!(
        b.failure("each")
            .message
            .starts_with("1 of 3 items failed; the first, item 1,")
    );
}

#[test]
fn a_list_is_empty_or_no_list() {
    let b = Bench::started(&[each(json!({"items": []}), body())]);
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(b.output("each"), json!({"items": [], "errors": []}));
    let b = Bench::started(&[each(json!({"items": "{{input.flag}}"}), body())]);
    assert_eq!(b.failure("each").code, FailureCode::InvalidInput);
    assert_eq!(
        b.failure("each").message,
        "The items must be a list and are true or false."
    );
}

#[test]
fn a_while_sees_its_last_iteration() {
    let steps = json!([{"id": "ask", "type": "lua_script", "script": "x", "input": "{{index}}"}]);
    let more = json!({"condition": "index == 0 or steps.ask.result.more", "max_iterations": 3, "steps": steps});
    let mut b = Bench::started(&[of("poll", "while", more.clone())]);
    b.completes_with("poll[0].ask", json!({"more": true}));
    assert_eq!(
        b.run.steps[&"poll[1].ask".into()].input,
        Some(json!({"input": 1}))
    );
    b.completes_with("poll[1].ask", json!({"more": false}));
    assert_eq!(
        b.output("poll"),
        json!({"iterations": 2, "last": {"more": false}})
    );
    assert_eq!(b.status(), RunStatus::Completed);

    let mut b = Bench::started(&[of("poll", "while", more.clone())]);
    for i in 0..3 {
        b.completes_with(&format!("poll[{i}].ask"), json!({"more": true}));
    }
    assert_eq!(b.status(), RunStatus::Failed);
    assert!(b.failure("poll").message.contains("after 3 iterations"));

    let mut b = Bench::started(&[of(
        "poll",
        "while",
        with(more, json!({"condition": "index < 0"})),
    )]);
    assert_eq!(b.output("poll"), json!({"iterations": 0, "last": null}));
    b.now = b.now.plus_s(1);
}

#[test]
fn loops_stand_in_loops() {
    let inner = json!([{"id": "inner", "type": "for_each", "items": "{{item.list}}", "on_item_error": "skip",
        "steps": [{"id": "leaf", "type": "lua_script", "script": "x", "input": "{{item}}{{index}}"}]}]);
    let items = json!([{"list": [1]}, {"list": [2, 3]}]);
    let mut b = Bench::started(&[each(json!({"items": items}), inner)]);
    b.completes_with("each[0].inner[0].leaf", json!("l"));
    assert_eq!(b.calls(), ["each[1].inner[0].leaf"]);
    assert_eq!(
        b.run.steps[&"each[1].inner[0].leaf".into()].input,
        Some(json!({"input": "20"}))
    );
    b.fails("each[1].inner[0].leaf", FailureCode::LuaScriptFailed);
    b.completes_with("each[1].inner[1].leaf", json!("m"));
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(b.output("each")["items"][1]["items"], json!([null, "m"]));
}

#[test]
fn a_retry_keeps_the_items_that_finished() {
    let mut b = Bench::started(&[each(json!({}), body())]);
    b.completes("each[0].a");
    b.completes("each[0].b");
    b.completes("each[1].a");
    b.fails("each[1].b", FailureCode::LuaScriptFailed);
    b.does(model::Move::Retry).unwrap();
    b.dequeue();
    assert_eq!(b.calls(), ["each[1].b"]);
    assert!(b.run.steps[&"each[0].a".into()].reused);
    let listed = b.names().into_iter().filter(|n| *n == "items_listed");
    assert_eq!(listed.count(), 1);
    b.completes("each[1].b");
    b.completes("each[2].a");
    b.completes("each[2].b");
    assert_eq!(b.status(), RunStatus::Completed);
}

#[test]
fn a_retry_may_start_inside_a_loop() {
    let mut b = Bench::started(&[
        each(json!({"concurrency": 3}), body()),
        step("after", &["each"]),
    ]);
    for i in 0..3 {
        b.completes(&format!("each[{i}].a"));
        b.completes(&format!("each[{i}].b"));
    }
    b.completes("after");
    let step = "each[1].a".into();
    b.does(model::Move::RetryFromStep {
        step,
        input: Some(json!({"input": "new"})),
    })
    .unwrap();
    b.dequeue();
    assert_eq!(b.calls(), ["each[1].a"]);
    assert_eq!(
        b.run.steps[&"each[1].a".into()].input,
        Some(json!({"input": "new"}))
    );
    assert_eq!(
        (b.is("each[0].b"), b.is("each[1].b"), b.is("after")),
        (
            StepStatus::Completed,
            StepStatus::Pending,
            StepStatus::Pending
        )
    );
    b.completes("each[1].a");
    b.completes("each[1].b");
    b.completes("after");
    assert_eq!(b.status(), RunStatus::Completed);
}

#[test]
fn a_while_repeats_what_came_after_the_chosen_iteration() {
    let steps = json!([{"id": "s", "type": "lua_script", "script": "x"}]);
    let mut b = Bench::started(&[of(
        "w",
        "while",
        json!({"condition": "index < 3", "steps": steps}),
    )]);
    for i in 0..3 {
        b.completes(&format!("w[{i}].s"));
    }
    let step = "w[1].s".into();
    b.does(model::Move::RetryFromStep { step, input: None })
        .unwrap();
    b.dequeue();
    assert_eq!(
        b.all(),
        "w: running, w[0].s: completed, w[1].s: running, w[2].s: pending"
    );
    b.completes("w[1].s");
    b.completes("w[2].s");
    assert_eq!(b.status(), RunStatus::Completed);
}

#[test]
fn a_loop_that_takes_too_long_takes_its_steps_along() {
    let more = json!({"timeout_s": 10, "on_failure": "skip", "concurrency": 2});
    let mut b = Bench::started(&[each(more, body()), step("after", &["each"])]);
    b.passes(10_000);
    assert_eq!(b.says("each"), "failed (handled)");
    assert_eq!(b.says("each[0].a"), "cancelled");
    assert_eq!(b.says("each[1].b"), "skipped (blocked)");
    assert_eq!(b.calls(), ["after"]);
}

#[test]
fn what_an_earlier_attempt_left_in_a_loop_does_not_stay_pending() {
    let more = json!({"depends_on": ["first"], "condition": "steps.first.result.go"});
    let mut b = Bench::started(&[step("first", &[]), with(each(json!({}), body()), more)]);
    b.completes_with("first", json!({"go": true}));
    b.completes("each[0].a");
    b.fails("each[0].b", FailureCode::LuaScriptFailed);
    let step = "first".into();
    b.does(model::Move::RetryFromStep { step, input: None })
        .unwrap();
    b.dequeue();
    b.completes_with("first", json!({"go": false}));
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(
        b.all(),
        "first: completed, each: skipped (condition), each[0].a: skipped (out_of_scope), each[0].b: skipped (out_of_scope)"
    );
}
