//! Begins a step: its condition, its input, and what its type does first.

use super::work::Work;
use crate::scope::StepScope;
use crate::template::{self, Unresolved};
use model::event::{TryKey, Wait};
use model::{
    Actor, EventKind, Failure, FailureCode, SkipReason, Step, StepKind, StepPath, StepStatus,
    TaskId, TranscriptEntry,
};
use serde_json::{Map, Value, json};

impl Work<'_> {
    pub fn begin(&mut self, path: &StepPath) {
        let definition = self.definition(path);
        let Some(step) = definition.as_ref().and_then(|d| d.get()) else {
            return;
        };
        // The condition of a `while` is asked before each iteration.
        let own = step.condition.as_ref();
        if let Some(condition) = own.filter(|_| !matches!(step.kind, StepKind::While(_))) {
            let scope = StepScope::of(self.run, path);
            match template::condition(condition, &scope) {
                Ok(true) => {}
                Ok(false) => {
                    return self.skip_whole(path, SkipReason::Condition, None);
                }
                Err(_) if self.rehearsal => {}
                Err(e) => return self.fail_before_start(path, step, "The condition", &e),
            }
        }
        let given = self.step(path).and_then(|s| s.input_override.clone());
        let input = match given {
            Some(input) => input,
            None => match self.resolve_input(path, step) {
                Ok(input) => input,
                Err(e) => return self.fail_before_start(path, step, "The input", &e),
            },
        };
        self.start_try(path, step, input, false);
        match &step.kind {
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::WorkflowCall(_) => {}
            StepKind::HumanTask(_) | StepKind::Waitpoint(_) | StepKind::Timer(_) => {
                self.open_wait(path);
            }
            StepKind::ForEach(_) | StepKind::While(_) => {
                let inside = self.paths(Some(path.as_str()), |s| s.status == StepStatus::Pending);
                self.ready.extend(inside);
                self.loops.push_back(path.clone());
            }
        }
    }

    /// One try more; the first in this attempt is number 1.
    pub fn start_try(&mut self, path: &StepPath, step: &Step, input: Value, recovered: bool) {
        let tries = self.step(path).map_or(0, |s| s.tries);
        let key = TryKey {
            path: path.clone(),
            attempt: self.run.attempt,
            try_no: tries + 1,
        };
        let agent = matches!(step.kind, StepKind::AgentCall(_));
        let message = self.step(path).and_then(|s| s.message.clone());
        let written_by = message.as_ref().and(self.attempt_by());
        self.emit(EventKind::StepStarted {
            key: key.clone(),
            continues: agent && self.has_conversation(path, &input),
            input,
            effect: step.effect_or_default(),
            recovered,
        });
        if let Some(message) = message {
            self.tell_agent(key, message.text, written_by);
        }
    }

    /// Whether an agent can go on with what it did before: its last try did not come to its end, and was given the same. A
    /// retry from a chosen step begins anew.
    fn has_conversation(&self, path: &StepPath, input: &Value) -> bool {
        let Some(step) = self.step(path) else {
            return false;
        };
        let Some(last) = step.history.last() else {
            return false;
        };
        if last.attempt == self.run.attempt {
            return step.tries > 0;
        }
        let from = self.run.attempts.last().is_none_or(|a| a.from.is_some());
        !from && last.status != StepStatus::Completed && step.last_input.as_ref() == Some(input)
    }

    fn attempt_by(&self) -> Option<Actor> {
        self.run.attempts.last().and_then(|a| a.by.clone())
    }

    /// What a person wrote becomes part of the conversation before the agent begins its turn.
    pub fn tell_agent(&mut self, key: TryKey, text: String, by: Option<Actor>) {
        self.emit(EventKind::StepTranscript {
            key,
            entries: vec![TranscriptEntry::Message {
                role: "user".into(),
                text,
                usage: None,
                by,
            }],
        });
    }

    fn fail_before_start(&mut self, path: &StepPath, step: &Step, what: &str, why: &Unresolved) {
        self.start_try(path, step, Value::Null, false);
        let failure = Failure::new(
            FailureCode::InvalidInput,
            format!(
                "{what} of {} cannot be made: {}.",
                step.shown(),
                why.problem
            ),
        )
        .detail(&why.template);
        self.fail(path, failure, None);
    }

    /// The step's template-bearing fields, resolved. Loops have none: a `for_each` lists its items on its own.
    fn resolve_input(&self, path: &StepPath, step: &Step) -> Result<Value, Unresolved> {
        let scope = StepScope::of(self.run, path);
        let value = |v: &Value| match template::resolve(v, &scope) {
            Err(_) if self.rehearsal => Ok(Value::Null),
            result => result,
        };
        let text = |t: &str| match template::resolve_text(t, &scope) {
            Err(_) if self.rehearsal => Ok(Value::Null),
            result => result,
        };
        Ok(match &step.kind {
            StepKind::McpCall(call) => {
                let mut arguments = Map::new();
                for (name, v) in &call.arguments {
                    arguments.insert(name.clone(), value(v)?);
                }
                json!({ "arguments": arguments })
            }
            StepKind::LlmCall(call) => {
                let mut input = Map::new();
                if let Some(system) = &call.system {
                    input.insert("system".into(), text(system)?);
                }
                input.insert("prompt".into(), text(&call.prompt)?);
                Value::Object(input)
            }
            StepKind::AgentCall(agent) => {
                let mut input = Map::new();
                if let Some(system) = &agent.system {
                    input.insert("system".into(), text(system)?);
                }
                input.insert("prompt".into(), text(&agent.prompt)?);
                if let Some(sandbox) = &agent.sandbox {
                    let sandbox = serde_json::to_value(sandbox).unwrap_or_default();
                    input.insert("sandbox".into(), value(&sandbox)?);
                }
                Value::Object(input)
            }
            StepKind::LuaScript(script) => json!({ "input": value(&script.input)? }),
            StepKind::WorkflowCall(call) => json!({ "input": value(&call.input)? }),
            StepKind::HumanTask(task) => {
                let title = task.title.as_deref().unwrap_or_else(|| step.shown());
                let mut input = Map::new();
                input.insert("title".into(), text(title)?);
                input.insert("instructions".into(), text(&task.instructions)?);
                if let Some(assignee) = &task.assignee {
                    input.insert("assignee".into(), text(assignee)?);
                }
                input.insert("data".into(), value(&task.data)?);
                Value::Object(input)
            }
            StepKind::Waitpoint(point) => {
                let title = point.title.as_deref().unwrap_or_else(|| step.shown());
                json!({ "title": text(title)? })
            }
            StepKind::Timer(timer) => json!({ "seconds": value(&timer.seconds)? }),
            StepKind::ForEach(_) | StepKind::While(_) => Value::Null,
        })
    }

    /// A started human task, waitpoint or timer begins to wait.
    pub fn open_wait(&mut self, path: &StepPath) {
        let definition = self.definition(path);
        let Some(step) = definition.as_ref().and_then(|d| d.get()) else {
            return;
        };
        let input = self.step(path).and_then(|s| s.input.clone());
        let input = input.unwrap_or_default();
        let title = || {
            let title = input.get("title").and_then(Value::as_str);
            title.unwrap_or_else(|| step.shown()).to_owned()
        };
        let id = |prefix: &str| {
            let run = self.run.id.as_str();
            let suffix = run.strip_prefix(model::RunId::PREFIX).unwrap_or(run);
            format!("{prefix}{suffix}_{}", self.run.seq + 1)
        };
        let timeout = step.timeout_s.map(|s| self.now.plus_s(s));
        let wait = match &step.kind {
            StepKind::HumanTask(task) => Wait::HumanTask {
                task: TaskId::new(id(TaskId::PREFIX)),
                title: title(),
                instructions: text_of(&input, "instructions").unwrap_or_default(),
                assignee: text_of(&input, "assignee"),
                data: input.get("data").cloned().unwrap_or_default(),
                result_schema: task.result_schema.clone(),
                checkpoint: task.checkpoint,
                expires_at: timeout,
            },
            StepKind::Waitpoint(point) => {
                let expires = point.expires_in_s.map(|s| self.now.plus_s(s));
                Wait::Waitpoint {
                    token: id("wpt_"),
                    title: title(),
                    schema: point.schema.clone(),
                    expires_at: expires.into_iter().chain(timeout).min(),
                }
            }
            StepKind::Timer(_) => {
                let Some(ms) = milliseconds(input.get("seconds")) else {
                    let failure = Failure::new(
                        FailureCode::InvalidInput,
                        format!(
                            "The seconds of {} must be a number from 0 to 31536000 (one year).",
                            step.shown()
                        ),
                    );
                    return self.fail(path, failure, None);
                };
                Wait::Timer {
                    until: self.now.plus_ms(ms),
                }
            }
            StepKind::McpCall(_)
            | StepKind::LlmCall(_)
            | StepKind::AgentCall(_)
            | StepKind::LuaScript(_)
            | StepKind::ForEach(_)
            | StepKind::While(_)
            | StepKind::WorkflowCall(_) => return,
        };
        self.emit(EventKind::StepWaiting {
            path: path.clone(),
            wait,
        });
    }
}

fn text_of(input: &Value, field: &str) -> Option<String> {
    match input.get(field)? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Some(other.to_string())
        }
    }
}

/// The longest timer, in seconds: a year.
pub(crate) const MAX_TIMER_S: f64 = 31_536_000.0;

fn milliseconds(seconds: Option<&Value>) -> Option<u64> {
    let seconds = match seconds? {
        Value::Number(n) => n.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        // A rehearsal's unknown value.
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (0.0..=MAX_TIMER_S)
        .contains(&seconds)
        .then(|| (seconds * 1000.0).round() as u64)
}
