//! Runs that other runs call.

use crate::kit::{BOTH, Kit, call, named, place, workflow};
use model::{Move, RunId, RunStatus};
use serde_json::json;
use std::sync::atomic::Ordering;

fn calls(name: &str) -> model::Workflow {
    workflow(json!([
        { "id": "sub", "type": "workflow_call", "workflow": name, "input": { "n": 7 } },
        call("after", "echo", &["sub"]),
    ]))
}

async fn child(kit: &Kit, parent: &RunId) -> RunId {
    kit.until(parent, |row| row.status == RunStatus::Waiting)
        .await;
    kit.store.children(parent).await.unwrap()[0].row.id.clone()
}

#[tokio::test]
async fn a_called_run_hands_its_result_to_its_parent() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        let mut price = named("price", json!([call("look_up", "gate", &[])]));
        price.output = Some(json!({ "total": "{{input.n}}" }));
        kit.publish(&price).await;
        let parent = kit.start_run(&calls("price")).await;
        let child = child(&kit, &parent).await;
        assert_eq!(kit.stored(&child).await.row.parent, Some(parent.clone()));
        kit.script.gate.open(1);
        kit.status(&parent, RunStatus::Completed).await;
        let folded = kit.host.snapshot(&place(), &parent).await.unwrap().run;
        assert_eq!(
            folded.steps[&"sub".into()].output,
            Some(json!({ "total": 7 }))
        );
        assert_eq!(kit.store.children(&parent).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_called_run_that_fails_fails_its_parent_and_is_tried_again_with_it() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        kit.script.failures.store(1, Ordering::SeqCst);
        kit.publish(&named(
            "price",
            json!([
                call("first", "echo", &[]),
                call("look_up", "flaky", &["first"])
            ]),
        ))
        .await;
        let parent = kit.start_run(&calls("price")).await;
        let row = kit.status(&parent, RunStatus::Failed).await;
        let message = row.failure.unwrap().message;
        assert_eq!(message, "price failed: The tool is broken.");
        kit.make(&parent, Move::Retry).await.unwrap();
        kit.status(&parent, RunStatus::Completed).await;
        let children = kit.store.children(&parent).await.unwrap();
        assert_eq!(children.len(), 1, "the same run was tried again");
        assert_eq!(children[0].row.attempt, 2);
        let first = kit
            .calls_of(&children[0].row.id)
            .into_iter()
            .filter(|call| call.step == "first");
        assert_eq!(first.count(), 1, "its finished step did not run again");
    }
}

#[tokio::test]
async fn a_called_run_is_cancelled_with_its_parent() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        kit.publish(&named("price", json!([call("look_up", "gate", &[])])))
            .await;
        let parent = kit.start_run(&calls("price")).await;
        let child = child(&kit, &parent).await;
        kit.at_gate(1).await;
        kit.make(&parent, Move::Cancel).await.unwrap();
        kit.status(&child, RunStatus::Cancelled).await;
        kit.at_gate(0).await;
    }
}

#[tokio::test]
async fn a_called_run_goes_on_after_a_restart_and_tells_its_parent_once() {
    for on in BOTH {
        let kit = Kit::new(on).await;
        kit.publish(&named("price", json!([call("look_up", "gate", &[])])))
            .await;
        let parent = kit.start_run(&calls("price")).await;
        let child = child(&kit, &parent).await;
        kit.at_gate(1).await;
        let kit = kit.restart(0).await;
        kit.script.gate.open(1);
        kit.status(&parent, RunStatus::Completed).await;
        assert_eq!(kit.stored(&child).await.row.status, RunStatus::Completed);
        let completed = kit
            .words(&parent)
            .await
            .into_iter()
            .filter(|word| *word == "step_completed");
        assert_eq!(completed.count(), 2);
    }
}

#[tokio::test]
async fn a_call_of_a_workflow_that_is_not_there_fails_in_words() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let parent = kit.start_run(&calls("nowhere")).await;
    let row = kit.status(&parent, RunStatus::Failed).await;
    assert_eq!(
        row.failure.unwrap().message,
        "The workflow “nowhere” does not exist in this project."
    );
}

#[tokio::test]
async fn a_workflow_that_calls_itself_comes_to_an_end() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    kit.publish(&named(
        "again",
        json!([{ "id": "sub", "type": "workflow_call", "workflow": "again" }]),
    ))
    .await;
    let parent = kit.start_run(&calls("again")).await;
    let row = kit.status(&parent, RunStatus::Failed).await;
    assert!(row.failure.unwrap().message.contains("16 deep"));
}

#[tokio::test]
async fn run_again_makes_a_new_run_of_the_latest_version() {
    let kit = Kit::new(crate::kit::On::Memory).await;
    let id = kit
        .publish(&named("price", json!([call("look_up", "echo", &[])])))
        .await;
    let mut create = kit.create_run(&named("price", json!([call("old", "echo", &[])])));
    create.workflow.id = id;
    create.input = json!({ "rfq": 2231 });
    let old = kit.start_run_with(create).await;
    kit.status(&old, RunStatus::Completed).await;
    let outcome = kit
        .host
        .run_again(
            &place(),
            &old,
            None,
            crate::kit::person(),
            runtime::host::Meta::default(),
        )
        .await
        .unwrap();
    let new = outcome.row.id.clone();
    assert_ne!(new, old);
    kit.status(&new, RunStatus::Completed).await;
    let folded = kit.host.snapshot(&place(), &new).await.unwrap().run;
    assert_eq!(folded.again_of, Some(old));
    assert_eq!(folded.input, json!({ "rfq": 2231 }));
    assert!(folded.steps.contains_key(&"look_up".into()));
}
