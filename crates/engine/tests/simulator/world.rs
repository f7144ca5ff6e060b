//! One run in one world: a host that starts what should be in flight, runners that answer or do not, operators who move.

use crate::check::{self, Record, a_move, person};
use crate::random::Random;
use engine::{Command, CreateRun, Effect, Refusal, Run, create, effects, execute};
use model::event::TryKey;
use model::run::{Trigger, WorkflowRef};
use model::{
    BlockedBy, Event, Failure, FailureCode, MoveKind, QueuedReason, RunId, RunStatus, Timestamp,
    TranscriptEntry, Workflow,
};
use serde_json::json;
use std::sync::Arc;

pub struct World {
    rng: Random,
    now: Timestamp,
    run: Run,
    journal: Vec<Event>,
    /// How much of the journal was written by the last command.
    last_batch: usize,
    record: Record,
    /// Answers already given, to be given again.
    given: Vec<Command>,
    children: usize,
    pub prints: bool,
}

const CODES: &[FailureCode] = &[
    FailureCode::McpToolFailed,
    FailureCode::LlmRequestFailed,
    FailureCode::UpstreamError,
    FailureCode::InvalidInput,
    FailureCode::LuaScriptFailed,
    FailureCode::RunStopped,
];

impl World {
    pub fn new(seed: u64) -> Self {
        let mut rng = Random::new(seed);
        let doc = crate::workflow::random(&mut rng);
        let report = engine::validate(&doc, &engine::Catalog::default());
        assert!(report.errors.is_empty(), "{:?}\n{doc:#}", report.errors);
        let definition: Workflow = engine::parse_workflow(&doc).unwrap();
        let now = Timestamp::from_millis(1_763_000_000_000);
        let not_before = rng.percent(10).then(|| now.plus_s(30));
        let (run, journal) = create(
            &CreateRun {
                run: RunId::new("run_sim"),
                actor: person(),
                workflow: WorkflowRef {
                    id: "wf_sim".into(),
                    version: 1,
                    name: "Simulated".into(),
                },
                definition: Arc::new(definition),
                input: json!({ "flag": rng.percent(70) }),
                about: None,
                environment: "test".into(),
                trigger: Trigger::Manual,
                labels: std::collections::BTreeMap::new(),
                belongs: model::run::Belongs::default(),
                not_before,
                again_of: None,
                parent: None,
            },
            now,
        )
        .unwrap();
        Self {
            rng,
            now,
            last_batch: journal.len(),
            record: Record::of(&journal),
            run,
            journal,
            given: Vec::new(),
            children: 0,
            prints: false,
        }
    }

    pub fn run(&mut self) {
        if self.prints {
            println!(
                "{}",
                serde_json::to_string_pretty(&*self.run.definition).unwrap()
            );
        }
        for _ in 0..10 + self.rng.below(70) {
            self.something_happens();
            if self.rng.percent(3) {
                check::moves_agree(&self.run, self.now);
            }
            if self.rng.percent(2) {
                check::folds(&self.run, &self.journal);
            }
        }
        check::moves_agree(&self.run, self.now);
        self.everything_turns_out_well();
        check::folds(&self.run, &self.journal);
        assert!(
            self.run.status.is_terminal(),
            "the run never ends: {}",
            self.run.status
        );
    }

    /// The events of a run in a random order, some of them twice, some not at all.
    pub fn shuffled(&mut self) {
        for _ in 0..40 {
            self.something_happens();
        }
        let mut run = Run::fold_first(&self.journal[0]).unwrap();
        for seq in 2..self.journal.len() as u64 * 2 {
            let mut event = self.rng.pick(&self.journal).unwrap().clone();
            event.seq = seq;
            engine::apply(&mut run, &event);
            let _ = effects(&run);
            let _ = engine::row(&run, &engine::World::default(), self.now);
        }
        let _ = engine::moves(&run, &model::Access::full(model::Role::TenantAdmin));
        let _ = execute(&mut run, Command::Recover, self.now);
    }

    fn something_happens(&mut self) {
        match self.rng.below(100) {
            0..=44 => self.progress(),
            45..=54 => self.time_passes(),
            55..=66 => self.operator(),
            67..=74 => self.crash(),
            75..=80 => self.again(),
            81..=84 => self.outside(),
            85..=92 => self.notes(),
            _ => {
                let early = self.rng.percent(50);
                if !early {
                    self.now = self.now.plus_ms(self.rng.next() % 5_000);
                }
                let _ = self.command(Command::TimerDue);
            }
        }
    }

    /// The host does one of the things that should be done.
    fn progress(&mut self) {
        let list = effects(&self.run);
        let Some(effect) = self.rng.pick(&list).cloned() else {
            return;
        };
        self.now = self.now.plus_ms(self.rng.next() % 2_000);
        match effect {
            Effect::Queue { not_before, .. } => {
                if let Some(at) = not_before {
                    self.now = self.now.max(at);
                }
                let worker = "worker-1".into();
                self.command(Command::Dequeue { worker }).unwrap();
            }
            Effect::Call(call) => {
                let step = self.run.step_def(&call.key.path);
                let agent = step.is_some_and(|s| matches!(s.kind, model::StepKind::AgentCall(_)));
                if agent && self.rng.percent(25) {
                    let (key, question) = (call.key, "Which one?".into());
                    self.command(Command::Asked { key, question }).unwrap();
                    return;
                }
                let unknown = call.effect == model::Effect::Write && self.rng.percent(30);
                self.answer(call.key, unknown);
            }
            Effect::ChildRun { key, child, .. } => {
                if child.is_none() {
                    self.children += 1;
                    let run = RunId::new(format!("run_child{}", self.children));
                    self.command(Command::ChildStarted { key, run }).unwrap();
                } else {
                    self.answer(key, false);
                }
            }
            Effect::Timer { at, .. } => {
                let late = if self.rng.percent(30) { 10_000 } else { 0 };
                self.now = self.now.max(at.plus_ms(late));
                let before = self.journal.len();
                self.command(Command::TimerDue).unwrap();
                assert!(
                    self.journal.len() > before,
                    "a timer that is due does nothing"
                );
            }
        }
    }

    fn answer(&mut self, key: TryKey, unknown: bool) {
        let usage = self.rng.percent(30).then(|| model::Usage {
            input_tokens: 10,
            cost: Some(model::Cost {
                amount: model::MicroDollars(5),
                label: model::CostLabel::Estimated,
            }),
            ..model::Usage::default()
        });
        let command = if self.rng.percent(85) {
            Command::Completed {
                key,
                output: check::output(self.rng.below(10)),
                usage,
            }
        } else {
            let code = *self.rng.pick(CODES).unwrap();
            let failure = Failure::new(code, "It did not work.");
            let failure = if unknown {
                failure.outcome_unknown()
            } else {
                failure
            };
            Command::Failed {
                key,
                failure,
                usage,
            }
        };
        self.given.push(command.clone());
        let before = self.journal.len();
        self.command(command).unwrap();
        assert!(self.journal.len() > before, "a current answer was ignored");
    }

    fn time_passes(&mut self) {
        self.now = self.now.plus_ms(self.rng.next() % 20_000);
        let _ = self.command(Command::TimerDue);
    }

    fn operator(&mut self) {
        let mut moves = engine::moves(&self.run, &model::Access::full(model::Role::TenantAdmin));
        if self.rng.percent(75) {
            moves.retain(|m| m.legal);
        }
        let state = self.rng.pick(&moves).unwrap().clone();
        let kind = state.kind;
        // Ends are rarer than the rest, or every run would be short.
        if matches!(kind, MoveKind::Cancel | MoveKind::Reject) && self.rng.percent(60) {
            return;
        }
        let step = self.rng.pick(&state.steps).cloned();
        let Some(mut what) = a_move(&self.run, kind, step.as_ref()) else {
            return;
        };
        if let model::Move::RetryFromStep { input, .. } = &mut what
            && self.rng.percent(20)
        {
            *input = Some(
                json!({ "arguments": {}, "input": 1, "prompt": "q", "seconds": 1, "items": [1, 2] }),
            );
        }
        let result = self.command(Command::Move {
            actor: person(),
            what,
            reason: None,
        });
        assert_eq!(result.is_ok(), state.legal, "{kind}: {result:?}");
    }

    /// The process dies: the last command's events may be cut anywhere. Then it starts again.
    fn crash(&mut self) {
        let lost = self.rng.below(self.last_batch + 1);
        let keep = (self.journal.len() - lost).max(1);
        self.say(&format!("crash, {lost} events lost"));
        self.journal.truncate(keep);
        self.run = check::loaded(&self.journal, &mut self.rng);
        self.record = Record::of(&self.journal);
        self.last_batch = 0;
        self.now = self.now.plus_ms(self.rng.next() % 3_000);
        self.command(Command::Recover).unwrap();
    }

    /// An answer that was given already.
    fn again(&mut self) {
        if let Some(command) = self.rng.pick(&self.given).cloned() {
            let key = match &command {
                Command::Completed { key, .. } | Command::Failed { key, .. } => key.clone(),
                _ => return,
            };
            let is_current = effects(&self.run).iter().any(|e| match e {
                Effect::Call(call) => call.key == key,
                Effect::ChildRun { key: k, .. } => *k == key,
                Effect::Queue { .. } | Effect::Timer { .. } => false,
            });
            let before = self.journal.len();
            self.command(command).unwrap();
            // After a crash the lost part is answered for the first time.
            assert!(
                is_current || self.journal.len() == before,
                "a stale answer had an effect"
            );
        }
    }

    fn outside(&mut self) {
        let command = match self.rng.below(4) {
            0 => Command::Requeue {
                reason: [QueuedReason::Capacity, QueuedReason::NoWorkers][self.rng.below(2)],
            },
            1 => Command::Unblock,
            _ => {
                let list = effects(&self.run);
                let step = match self.rng.pick(&list) {
                    Some(Effect::Call(call)) => Some(call.key.path.clone()),
                    _ => None,
                };
                Command::Block {
                    by: BlockedBy::Credential,
                    check: None,
                    reason: "GitHub connection needs re-authorization".into(),
                    clears: "Reconnect GitHub on Health".into(),
                    step,
                }
            }
        };
        self.command(command).unwrap();
    }

    fn notes(&mut self) {
        let list = effects(&self.run);
        if let Some(Effect::Call(call)) = self.rng.pick(&list) {
            let entry = match self.rng.below(3) {
                0 => TranscriptEntry::Log {
                    text: "said".into(),
                },
                1 => TranscriptEntry::ToolCall {
                    id: "1".into(),
                    server: "files".into(),
                    tool: "write".into(),
                    arguments: json!({}),
                },
                _ => TranscriptEntry::ToolResult {
                    id: "1".into(),
                    result: json!({}),
                    is_error: false,
                    duration_ms: 1,
                },
            };
            let command = Command::Noted {
                key: call.key.clone(),
                entries: vec![entry],
            };
            self.command(command).unwrap();
        }
    }

    /// From here on everybody does what is needed; the run has to end.
    fn everything_turns_out_well(&mut self) {
        for _ in 0..3_000 {
            if self.run.status.is_terminal() {
                return;
            }
            let moves = engine::moves(&self.run, &model::Access::full(model::Role::TenantAdmin));
            let open = moves.iter().find(|m| {
                m.legal
                    && matches!(
                        m.kind,
                        MoveKind::Approve
                            | MoveKind::Complete
                            | MoveKind::ContinueInChat
                            | MoveKind::Resume
                    )
            });
            if let Some(state) = open {
                let what = a_move(&self.run, state.kind, state.steps.first()).unwrap();
                self.command(Command::Move {
                    actor: person(),
                    what,
                    reason: None,
                })
                .unwrap();
                continue;
            }
            match self.run.status {
                RunStatus::Interrupted => {
                    self.command(Command::Move {
                        actor: person(),
                        what: model::Move::Retry,
                        reason: None,
                    })
                    .unwrap();
                }
                RunStatus::Blocked => {
                    self.command(Command::Unblock).unwrap();
                }
                _ => self.progress(),
            }
        }
    }

    fn command(&mut self, command: Command) -> Result<(), Refusal> {
        self.say(&format!("{} {command:?}", self.now));
        let mut shadow = self.run.clone();
        let result = execute(&mut self.run, command, self.now);
        let events = match result {
            Ok(events) => events,
            Err(refusal) => {
                assert!(shadow == self.run, "a refused command changed the run");
                self.say(&format!("  refused: {refusal}"));
                return Err(refusal);
            }
        };
        for event in &events {
            self.say(&format!(
                "  {} {} {}",
                event.seq,
                event.event.name(),
                serde_json::to_string(&event.event).unwrap()
            ));
            assert_eq!(event.seq, shadow.seq + 1, "a gap in the journal");
            self.record.event(&shadow, event);
            engine::apply(&mut shadow, event);
            check::after_event(&shadow);
        }
        assert!(shadow == self.run, "execute and apply differ");
        check::at_rest(&self.run);
        // An empty answer writes nothing; the last thing written stays the last.
        if !events.is_empty() {
            self.last_batch = events.len();
        }
        self.journal.extend(events);
        Ok(())
    }

    fn say(&self, text: &str) {
        if self.prints {
            println!("{text}");
        }
    }
}
