use crate::bench::{Bench, at, request, step};
use engine::{Command, Effect, create, effects};
use model::{EventKind, QueuedReason, RunStatus};
use serde_json::{Value, json};

fn doc(about: Value) -> Value {
    json!({"name": "Quotes", "queue": "sales", "about": about, "steps": [step("a", &[])]})
}

#[test]
fn a_run_is_created_queued_taken_and_started() {
    let mut b = Bench::queued(&doc(Value::Null));
    assert_eq!(b.status(), RunStatus::Queued);
    assert_eq!(b.run.queued_reason, Some(QueuedReason::Capacity));
    assert_eq!(
        effects(&b.run),
        [Effect::Queue {
            queue: "sales".into(),
            not_before: None
        }]
    );
    b.dequeue();
    assert_eq!(
        b.names(),
        ["run_created", "run_queued", "run_dequeued", "step_started"]
    );
    assert_eq!(b.calls(), ["a"]);
    b.completes("a");
    assert_eq!(b.status(), RunStatus::Completed);
    assert_eq!(b.run.output, Some(json!({"a": {"ok": true}})));
    assert!(effects(&b.run).is_empty());
}

#[test]
fn the_title_is_what_the_run_is_about() {
    let title = |about: Value, input: Value| {
        let (run, _) = create(&request(&doc(about), input), at(0)).unwrap();
        run.title
    };
    let about = json!({"type": "rfq", "id": "{{input.rfq}}", "label": "{{input.customer}}"});
    assert_eq!(
        title(
            about.clone(),
            json!({"rfq": 2231, "customer": "Metro Equipment"})
        ),
        "RFQ 2231 · Metro Equipment"
    );
    assert_eq!(title(about.clone(), json!({"rfq": "2231"})), "RFQ 2231");
    assert_eq!(title(about, json!({})), "Quotes");
    let order = json!({"type": "purchase_order", "id": "7"});
    assert_eq!(title(order, json!({})), "Purchase order 7");
}

#[test]
fn a_delayed_run_is_not_taken_early() {
    let mut request = request(&doc(Value::Null), json!({}));
    request.not_before = Some(at(60_000));
    let (mut run, events) = create(&request, at(0)).unwrap();
    assert!(matches!(
        events[1].event,
        EventKind::RunQueued {
            reason: QueuedReason::Delayed
        }
    ));
    let dequeue = || Command::Dequeue { worker: "w".into() };
    let before = run.clone();
    assert!(engine::execute(&mut run, dequeue(), at(59_999)).is_err());
    assert!(run == before, "a refused command changes nothing");
    assert!(engine::execute(&mut run, dequeue(), at(60_000)).is_ok());
}

#[test]
fn the_queue_may_know_better_why() {
    let mut b = Bench::queued(&doc(Value::Null));
    let reason = QueuedReason::NoWorkers;
    assert_eq!(b.tell(Command::Requeue { reason }).unwrap().len(), 1);
    assert!(b.tell(Command::Requeue { reason }).unwrap().is_empty());
    assert_eq!(b.run.queued_reason, Some(reason));
    b.dequeue();
    assert!(b.tell(Command::Requeue { reason }).unwrap().is_empty());
}

#[test]
fn labels_are_limited() {
    let mut request = request(&doc(Value::Null), json!({}));
    request.labels.insert("k".repeat(65), "v".into());
    assert!(create(&request, at(0)).is_err());
}

#[test]
fn the_output_template_says_what_the_run_gives() {
    let mut doc = doc(Value::Null);
    doc["output"] = json!({"quote": "{{steps.a.result.text}}"});
    let mut b = Bench::started_doc(&doc);
    b.completes_with("a", json!({"text": "42"}));
    assert_eq!(b.run.output, Some(json!({"quote": "42"})));

    let mut b = Bench::started_doc(&doc);
    b.completes_with("a", json!({}));
    assert_eq!(b.status(), RunStatus::Failed);
    assert!(
        b.run
            .failure
            .unwrap()
            .message
            .contains("{{steps.a.result.text}}")
    );
}
