//! A run on a bench: told what happens, asked how it stands.

use engine::{Command, CreateRun, Effect, Refusal, Run, create, effects, execute};
use model::event::{TryKey, Wait};
use model::run::{Belongs, Trigger, WorkflowRef};
use model::{
    Actor, ActorKind, Event, EventKind, Failure, FailureCode, Move, RunId, RunStatus, StepPath,
    StepStatus, TaskId, Timestamp,
};
use serde_json::{Value, json};
use std::sync::Arc;

pub struct Bench {
    pub run: Run,
    pub journal: Vec<Event>,
    pub now: Timestamp,
}

pub fn ada() -> Actor {
    Actor {
        kind: ActorKind::Person,
        id: "usr_ada".into(),
        name: "Ada Kern".into(),
    }
}

pub fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(1_763_000_000_000 + ms)
}

pub fn request(doc: &Value, input: Value) -> CreateRun {
    CreateRun {
        run: RunId::new("run_1"),
        actor: ada(),
        workflow: WorkflowRef {
            id: "wf_1".into(),
            version: 1,
            name: doc["name"].as_str().unwrap_or("W").into(),
        },
        definition: Arc::new(engine::parse_workflow(doc).unwrap()),
        input,
        about: None,
        environment: "production".into(),
        trigger: Trigger::Manual,
        labels: std::collections::BTreeMap::new(),
        belongs: Belongs::default(),
        not_before: None,
        again_of: None,
        parent: None,
    }
}

/// A script step: what most rules need is any step with a runner.
pub fn step(id: &str, depends_on: &[&str]) -> Value {
    json!({"id": id, "type": "lua_script", "script": "return 1", "depends_on": depends_on})
}

/// A step that writes.
pub fn write(id: &str, depends_on: &[&str]) -> Value {
    json!({"id": id, "type": "mcp_call", "server": "files", "tool_name": "write", "depends_on": depends_on})
}

pub fn of(id: &str, kind: &str, more: Value) -> Value {
    let mut step = json!({"id": id, "type": kind});
    step.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    step
}

pub fn with(mut step: Value, more: Value) -> Value {
    step.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    step
}

impl Bench {
    /// Created and queued.
    pub fn queued(doc: &Value) -> Self {
        Self::queued_with(doc, json!({"flag": true}))
    }

    pub fn queued_with(doc: &Value, input: Value) -> Self {
        let (run, journal) = create(&request(doc, input), at(0)).unwrap();
        Self {
            run,
            journal,
            now: at(0),
        }
    }

    /// Taken from its queue.
    pub fn started(steps: &[Value]) -> Self {
        Self::started_doc(&json!({"name": "W", "steps": steps}))
    }

    pub fn started_doc(doc: &Value) -> Self {
        let mut bench = Self::queued(doc);
        bench.dequeue();
        bench
    }

    pub fn dequeue(&mut self) {
        let worker = "worker-1".into();
        self.tell(Command::Dequeue { worker }).unwrap();
    }

    pub fn tell(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = execute(&mut self.run, command, self.now)?;
        self.journal.extend(events.clone());
        assert!(engine::fold(&self.journal).unwrap() == self.run);
        Ok(events)
    }

    pub fn does(&mut self, what: Move) -> Result<Vec<Event>, Refusal> {
        self.tell(Command::Move {
            actor: ada(),
            what,
            reason: None,
        })
    }

    pub fn key(&self, path: &str) -> TryKey {
        let step = &self.run.steps[&StepPath::from(path)];
        TryKey {
            path: path.into(),
            attempt: self.run.attempt,
            try_no: step.tries,
        }
    }

    pub fn completes(&mut self, path: &str) {
        self.completes_with(path, json!({"ok": true}));
    }

    pub fn completes_with(&mut self, path: &str, output: Value) {
        let key = self.key(path);
        let command = Command::Completed {
            key,
            output,
            usage: None,
        };
        assert!(
            !self.tell(command).unwrap().is_empty(),
            "{path} is not in flight"
        );
    }

    pub fn fails(&mut self, path: &str, code: FailureCode) {
        self.fails_with(path, Failure::new(code, "It did not work."));
    }

    pub fn fails_with(&mut self, path: &str, failure: Failure) {
        let key = self.key(path);
        let command = Command::Failed {
            key,
            failure,
            usage: None,
        };
        assert!(
            !self.tell(command).unwrap().is_empty(),
            "{path} is not in flight"
        );
    }

    /// Time passes, and what is due by then happens.
    pub fn passes(&mut self, ms: u64) {
        self.now = self.now.plus_ms(ms);
        self.tell(Command::TimerDue).unwrap();
    }

    pub fn crashes(&mut self) {
        self.run = engine::fold(&self.journal).unwrap();
        self.tell(Command::Recover).unwrap();
    }

    pub fn task(&self, path: &str) -> TaskId {
        match &self.run.steps[&StepPath::from(path)].wait {
            Some(Wait::HumanTask { task, .. }) => task.clone(),
            other => panic!("{path} waits for {other:?}"),
        }
    }

    pub fn approves(&mut self, path: &str) {
        let task = self.task(path);
        self.does(Move::Approve {
            task,
            comment: None,
            result: None,
        })
        .unwrap();
    }

    pub fn status(&self) -> RunStatus {
        self.run.status
    }

    pub fn is(&self, path: &str) -> StepStatus {
        self.run.steps[&StepPath::from(path)].status
    }

    /// "completed", "skipped (blocked)", "failed (handled)": a step in words.
    pub fn says(&self, path: &str) -> String {
        let step = &self.run.steps[&StepPath::from(path)];
        let status = step.status.as_str();
        match (&step.skip_reason, &step.handled) {
            (Some(reason), _) => format!("{status} ({reason})"),
            (None, Some(_)) => format!("{status} (handled)"),
            (None, None) => status.to_owned(),
        }
    }

    /// Every step in words, in order.
    pub fn all(&self) -> String {
        let steps = self.run.order.iter();
        let steps = steps.map(|p| format!("{p}: {}", self.says(p.as_str())));
        steps.collect::<Vec<_>>().join(", ")
    }

    /// The paths of the calls that should be in flight.
    pub fn calls(&self) -> Vec<String> {
        let list = effects(&self.run).into_iter();
        list.filter_map(|e| match e {
            Effect::Call(call) => Some(call.key.path.to_string()),
            Effect::ChildRun { key, .. } => Some(key.path.to_string()),
            Effect::Queue { .. } | Effect::Timer { .. } => None,
        })
        .collect()
    }

    pub fn timer(&self) -> Option<Timestamp> {
        effects(&self.run).into_iter().find_map(|e| match e {
            Effect::Timer { at, .. } => Some(at),
            Effect::Queue { .. } | Effect::Call(_) | Effect::ChildRun { .. } => None,
        })
    }

    pub fn output(&self, path: &str) -> Value {
        let step = &self.run.steps[&StepPath::from(path)];
        step.output.clone().unwrap_or_default()
    }

    pub fn failure(&self, path: &str) -> Failure {
        let step = &self.run.steps[&StepPath::from(path)];
        step.failure.clone().unwrap()
    }

    pub fn names(&self) -> Vec<&'static str> {
        self.journal.iter().map(|e| e.event.name()).collect()
    }

    pub fn last(&self) -> &EventKind {
        &self.journal.last().unwrap().event
    }

    pub fn why(&self) -> String {
        let why = engine::why(&self.run, &engine::World::default(), self.now);
        why.map(|w| w.sentence(self.now)).unwrap_or_default()
    }
}
