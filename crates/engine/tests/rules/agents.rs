use crate::bench::{Bench, ada, of, step};
use engine::{Command, Effect, effects};
use model::event::Wait;
use model::{
    Cost, CostLabel, EventKind, FailureCode, MicroDollars, Move, MoveKind, RunStatus, SandboxId,
    StepStatus, TranscriptEntry, Usage,
};
use serde_json::json;

fn agent() -> Bench {
    Bench::started(&[
        of(
            "plan",
            "agent_call",
            json!({"prompt": "Plan it.", "chat": true}),
        ),
        step("after", &["plan"]),
    ])
}

fn chat(message: &str) -> Move {
    Move::ContinueInChat {
        step: "plan".into(),
        message: message.into(),
    }
}

impl Bench {
    fn notes(&mut self, entries: Vec<TranscriptEntry>) {
        let key = self.key("plan");
        self.tell(Command::Noted { key, entries }).unwrap();
    }

    fn asks(&mut self) {
        let (key, question) = (self.key("plan"), "Which customer?".into());
        self.tell(Command::Asked { key, question }).unwrap();
    }

    fn continues(&self) -> bool {
        let list = effects(&self.run);
        let calls = list.iter().filter_map(|e| match e {
            Effect::Call(call) => Some(call.continues),
            Effect::Queue { .. } | Effect::ChildRun { .. } | Effect::Timer { .. } => None,
        });
        let calls: Vec<_> = calls.collect();
        assert_eq!(calls.len(), 1, "one call is in flight");
        calls[0]
    }

    fn is_legal(&self, kind: MoveKind) -> bool {
        let access = model::Access::full(model::Role::ProjectContributor);
        let moves = engine::moves(&self.run, &access);
        moves.iter().any(|m| m.kind == kind && m.legal)
    }
}

fn call() -> TranscriptEntry {
    TranscriptEntry::ToolCall {
        id: "1".into(),
        server: "files".into(),
        tool: "write".into(),
        arguments: json!({}),
    }
}

fn result() -> TranscriptEntry {
    TranscriptEntry::ToolResult {
        id: "1".into(),
        result: json!({}),
        is_error: false,
        duration_ms: 1,
    }
}

fn said(micro_dollars: i64) -> TranscriptEntry {
    TranscriptEntry::Message {
        role: "assistant".into(),
        text: "Done.".into(),
        usage: Some(Usage {
            input_tokens: 10,
            output_tokens: 1,
            cost: Some(Cost {
                amount: MicroDollars(micro_dollars),
                label: CostLabel::Estimated,
            }),
            ..Usage::default()
        }),
        by: None,
    }
}

#[test]
fn an_answer_is_the_agents_next_turn() {
    let mut b = agent();
    assert!(!b.continues());
    b.asks();
    assert_eq!(
        (b.status(), b.is("plan")),
        (RunStatus::Waiting, StepStatus::Waiting)
    );
    assert!(
        b.why().ends_with("for an answer to the agent of plan."),
        "{}",
        b.why()
    );
    assert!(b.calls().is_empty());
    assert_eq!(engine::primary_move(&b.run), MoveKind::ContinueInChat);
    assert!(b.does(chat(" ")).is_err());
    assert!(
        b.does(Move::ContinueInChat {
            step: "after".into(),
            message: "Hi".into()
        })
        .is_err()
    );
    let asked = b.now;
    b.passes(60_000);
    b.does(chat("Metro Equipment")).unwrap();
    assert_eq!(b.is("plan"), StepStatus::Running);
    assert!(b.continues());
    let tries = &b.run.steps[&"plan".into()].history;
    let waited = (tries[0].waiting_since, tries[0].ended_at);
    assert_eq!(waited, (Some(asked), Some(b.now)));
    assert_eq!(tries[1].waiting_since, None);
    let EventKind::StepTranscript { key, entries } = b.last() else {
        panic!("the answer is part of the conversation");
    };
    assert_eq!(key.try_no, 2);
    assert_eq!(
        entries[0],
        TranscriptEntry::Message {
            role: "user".into(),
            text: "Metro Equipment".into(),
            usage: None,
            by: Some(ada()),
        }
    );
    let plan = &b.run.steps[&"plan".into()];
    assert_eq!(
        (plan.tries, plan.max_tries),
        (2, 2),
        "an answer is no retry"
    );
    assert_eq!(plan.history[0].status, StepStatus::Completed);
    b.completes("plan");
    b.completes("after");
    assert_eq!(b.status(), RunStatus::Completed);
    assert!(b.does(chat("More")).is_err());
}

#[test]
fn only_an_agent_asks() {
    let mut b = Bench::started(&[step("plan", &[])]);
    b.asks();
    assert_eq!(b.is("plan"), StepStatus::Running);
}

#[test]
fn nobody_answers_while_the_run_is_paused() {
    let mut b = Bench::started(&[
        of("plan", "agent_call", json!({"prompt": "Plan it."})),
        step("side", &[]),
    ]);
    b.asks();
    b.does(Move::Pause).unwrap();
    assert!(!b.is_legal(MoveKind::ContinueInChat));
    assert!(b.does(chat("Hi")).is_err());
    b.does(Move::Resume).unwrap();
    assert!(b.is_legal(MoveKind::ContinueInChat));
    b.does(Move::StopGracefully { timeout_s: None }).unwrap();
    assert_eq!(
        b.is("plan"),
        StepStatus::Cancelled,
        "an agent that asked is idle"
    );
}

#[test]
fn a_retry_goes_on_with_the_conversation() {
    let mut b = agent();
    b.fails("plan", FailureCode::AgentLimitReached);
    let access = model::Access::full(model::Role::ProjectContributor);
    let retry = engine::moves(&b.run, &access).remove(0);
    assert_eq!((retry.label.as_str(), retry.primary), ("Continue", true));
    let plan = engine::plan(&b.run, &Move::Retry);
    assert!(
        !plan.ask_fixed && plan.may_repeat.is_empty(),
        "nothing is broken"
    );
    let note = plan.runs[0].note.as_deref();
    assert_eq!(note, Some("goes on with its conversation"));
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert!(b.continues());
}

#[test]
fn a_message_to_a_failed_agent_opens_an_attempt() {
    let mut b = agent();
    b.fails("plan", FailureCode::InvalidInput);
    b.does(chat("Leave out the third line.")).unwrap();
    assert_eq!((b.status(), b.run.attempt), (RunStatus::Queued, 2));
    b.dequeue();
    assert!(b.continues());
    let EventKind::StepTranscript { entries, .. } = b.last() else {
        panic!("the message is part of the conversation");
    };
    assert!(
        matches!(&entries[0], TranscriptEntry::Message { by: Some(by), text, .. }
        if *by == ada() && text == "Leave out the third line.")
    );
    b.crashes();
    let said = b
        .names()
        .into_iter()
        .filter(|name| *name == "step_transcript");
    assert_eq!(said.count(), 1, "a message is said once");
}

#[test]
fn what_begins_anew() {
    // From a chosen step.
    let mut b = agent();
    b.fails("plan", FailureCode::InvalidInput);
    let from = Move::RetryFromStep {
        step: "plan".into(),
        input: None,
    };
    b.does(from).unwrap();
    b.dequeue();
    assert!(!b.continues());
    // With another input.
    let mut b = Bench::started(&[
        step("a", &[]),
        of(
            "plan",
            "agent_call",
            json!({"prompt": "{{steps.a.result}}", "depends_on": ["a"]}),
        ),
    ]);
    b.completes_with("a", json!("one"));
    b.fails("plan", FailureCode::InvalidInput);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert!(b.continues(), "the same input");
    b.fails("plan", FailureCode::InvalidInput);
    let from = Move::RetryFromStep {
        step: "a".into(),
        input: None,
    };
    b.does(from).unwrap();
    b.dequeue();
    b.completes_with("a", json!("two"));
    assert!(!b.continues());
}

#[test]
fn a_crash_cuts_only_what_may_have_written() {
    let mut b = agent();
    b.notes(vec![call(), result()]);
    b.crashes();
    assert_eq!(b.is("plan"), StepStatus::Running);
    assert!(b.continues());
    b.notes(vec![call()]);
    b.crashes();
    assert_eq!(b.status(), RunStatus::Interrupted);
    assert_eq!(engine::plan(&b.run, &Move::Retry).may_repeat.len(), 1);
    b.does(Move::Retry).unwrap();
    b.dequeue();
    assert!(b.continues());
}

#[test]
fn turns_are_paid_for_when_they_are_written() {
    let mut b = agent();
    b.notes(vec![said(5)]);
    b.notes(vec![said(7)]);
    let cost = |b: &Bench| b.run.cost.map(|c| c.amount);
    assert_eq!(cost(&b), Some(MicroDollars(12)));
    b.does(Move::Cancel).unwrap();
    assert_eq!(cost(&b), Some(MicroDollars(12)));
    let used = b.run.steps[&"plan".into()].history[0]
        .usage
        .clone()
        .unwrap();
    assert_eq!((used.input_tokens, used.output_tokens), (20, 2));
    // Other steps report theirs at their end.
    let mut b = Bench::started(&[of("plan", "llm_call", json!({"prompt": "p"}))]);
    b.notes(vec![said(5)]);
    assert_eq!(cost(&b), None);
}

#[test]
fn the_sandbox_is_kept_as_long_as_a_retry_may_need_it() {
    let mut b = agent();
    let key = b.key("plan");
    b.tell(Command::SandboxOpened {
        key,
        sandbox: SandboxId::new("sbx_1"),
        replaces: None,
    })
    .unwrap();
    assert_eq!(b.run.sandbox.as_ref().unwrap().id.as_str(), "sbx_1");
    assert!(b.status().keeps_sandbox());
    b.fails("plan", FailureCode::InvalidInput);
    assert!(b.status().keeps_sandbox());
    b.does(Move::Cancel).unwrap_err();
    b.does(Move::Retry).unwrap();
    b.does(Move::Cancel).unwrap();
    assert!(!b.status().keeps_sandbox());
    assert!(matches!(
        b.run.steps[&"plan".into()].wait,
        None | Some(Wait::Chat { .. })
    ));
}
