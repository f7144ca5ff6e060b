//! `agent_call`: a model that works with tools, turn by turn, until it has an answer (`docs/decisions/020-agents.md`).
//!
//! The transcript is the conversation: each entry is durable before the next turn begins, and a later try builds the
//! conversation from it and goes on.

mod files;
mod limits;
mod mock;
mod talk;
mod tools;

use super::llm::{LlmRunner, Prompt, ProviderConfig, Question, Said, Schema};
use super::mcp::McpRunner;
use super::sandbox::{Entered, Sandboxes};
use super::{Notes, StepCall, StepDone, StepError, StepNote, artifact, runners};
use async_trait::async_trait;
use limits::Limits;
use model::api::ProviderMode;
use model::workflow::{AgentCall, AgentSandbox};
use model::{
    Effect, Failure, FailureCode, ProjectId, RunId, SandboxId, Step, StepKind, TenantId,
    TranscriptEntry,
};
use serde_json::Value;
use std::sync::Arc;
use talk::Talk;
use tools::{Called, Tools};

/// Lets agents work.
pub struct AgentRunner {
    pub llm: Arc<LlmRunner>,
    pub mcp: Arc<McpRunner>,
    pub sandboxes: Arc<Sandboxes>,
}

/// One try of one agent.
struct Work<'a> {
    runner: &'a AgentRunner,
    call: &'a StepCall,
    agent: &'a AgentCall,
    notes: &'a dyn Notes,
    provider: ProviderConfig,
    schema: Option<Arc<Schema>>,
    tools: Tools,
    talk: Talk,
    limits: Limits,
}

/// How an agent's turns came to their end.
enum End {
    Answer(Value),
    /// It asked a person.
    Asked(String),
}

impl AgentRunner {
    async fn work(
        &self,
        call: &StepCall,
        agent: &AgentCall,
        notes: &dyn Notes,
    ) -> Result<StepDone, StepError> {
        let mut work = match self.begin(call, agent, notes).await {
            Ok(work) => work,
            Err(failure) => return Err(told(failure, notes).await),
        };
        let ended = work.turns().await;
        work.keep_files(!matches!(ended, Ok(End::Answer(_)))).await;
        match ended {
            Ok(End::Answer(output)) => {
                if let Some(name) = &agent.artifact {
                    let whole = agent.output_schema.is_some();
                    let text = output.get("text").filter(|_| !whole).unwrap_or(&output);
                    notes.note(artifact(name, text, false)).await;
                }
                // What the turns used stands in the transcript, and is counted from there.
                Ok(StepDone {
                    output,
                    usage: None,
                })
            }
            Ok(End::Asked(question)) => {
                notes.note(StepNote::Asks(question)).await;
                let message = "The agent's question could not be written down.";
                Err(Failure::new(FailureCode::DispatchFailed, message).into())
            }
            Err(failure) => Err(told(failure, notes).await),
        }
    }

    async fn begin<'a>(
        &'a self,
        call: &'a StepCall,
        agent: &'a AgentCall,
        notes: &'a dyn Notes,
    ) -> Result<Work<'a>, Failure> {
        let limits = Limits::new(&agent.limits);
        let provider = self.llm.provider(call, agent.provider.as_deref()).await?;
        let prompt = Prompt::of(call)?;
        let schema = agent.output_schema.as_ref().map(Schema::new).transpose()?;
        let schema = schema.map(Arc::new);
        let entered = self.enter(call, notes).await?;
        let tools = Tools::gather(self, call, agent, entered.as_ref()).await?;
        let past = notes.transcript().await?;
        let anew = !call.continues || entered.is_some_and(|entered| entered.fresh);
        let mut talk = Talk::of(&past, &call.key, anew);
        tools.wrote(talk.edited().map(str::to_owned));
        let mut entries = Vec::new();
        if call.continues && anew && Talk::of(&past, &call.key, false).has_begun() {
            let text = "The agent begins anew: the files that it worked on are gone.".to_owned();
            entries.push(TranscriptEntry::Log { text });
        }
        if !talk.has_begun() {
            let begin = prompt.transcript();
            talk.begin(begin.clone());
            entries.extend(begin);
        }
        if provider.mode == ProviderMode::Mock {
            let text = mock::label(&agent.mock);
            entries.push(TranscriptEntry::Log { text });
        }
        let lost = talk.close_lost_calls();
        entries.extend(lost);
        if !entries.is_empty() {
            notes.note(StepNote::Transcript(entries)).await;
        }
        Ok(Work {
            runner: self,
            call,
            agent,
            notes,
            provider,
            schema,
            tools,
            talk,
            limits,
        })
    }

    async fn enter(&self, call: &StepCall, notes: &dyn Notes) -> Result<Option<Entered>, Failure> {
        let wants = match call.field("sandbox") {
            Value::Null => return Ok(None),
            wants => serde_json::from_value::<AgentSandbox>(wants.clone()).map_err(|error| {
                let message = format!("The sandbox cannot be made: {error}.");
                Failure::new(FailureCode::InvalidInput, message)
            })?,
        };
        let entered = self.sandboxes.enter(call, &wants).await?;
        if let Some((id, replaces)) = &entered.opened {
            let (id, replaces) = (id.clone(), replaces.clone());
            notes.note(StepNote::Sandbox { id, replaces }).await;
        }
        Ok(Some(entered))
    }
}

/// What the model said as entries of the transcript. The message is there whenever the turn used something, for what an agent
/// uses is counted from it.
fn entries(said: &Said) -> Vec<TranscriptEntry> {
    let mut entries = Vec::new();
    if !said.thinking.is_empty() {
        let text = said.thinking.clone();
        entries.push(TranscriptEntry::Thinking { text });
    }
    if !said.text.is_empty() || !said.calls.is_empty() || said.usage.is_some() {
        entries.push(TranscriptEntry::Message {
            role: "assistant".into(),
            text: said.text.clone(),
            usage: said.usage.clone(),
            by: None,
        });
    }
    entries
}

/// The transcript's last entry is the error.
async fn told(failure: Failure, notes: &dyn Notes) -> StepError {
    let text = failure.message.clone();
    let entries = vec![TranscriptEntry::Error { text }];
    notes.note(StepNote::Transcript(entries)).await;
    failure.into()
}

impl Work<'_> {
    async fn turns(&mut self) -> Result<End, Failure> {
        loop {
            self.limits.check()?;
            let said = self.turn().await?;
            if said.calls.is_empty() {
                let question = self.question();
                return question.read(&said).map(End::Answer);
            }
            let mut asked = None;
            for (place, wanted) in said.calls.iter().enumerate() {
                if let Some(question) = self.tools.question(wanted) {
                    asked = Some((place, question));
                } else {
                    self.call_tool(place, wanted).await?;
                }
            }
            if let Some((place, question)) = asked {
                let entry = self.talk.ask(&self.call.key, place, &question);
                self.notes.note(StepNote::Transcript(vec![entry])).await;
                return Ok(End::Asked(question));
            }
        }
    }

    /// One answer of the model, written down.
    async fn turn(&mut self) -> Result<Said, Failure> {
        let mut said = Said::default();
        let answered = match self.provider.mode {
            ProviderMode::Mock => {
                let turn =
                    mock::Turn::of(&self.agent.mock, self.talk.turns(), self.schema.as_deref());
                let played = turn.play(&self.provider, self.model(), &mut said);
                self.limits.within(played).await
            }
            ProviderMode::Live => {
                let question = self.question();
                let asked =
                    self.runner
                        .llm
                        .request(&self.provider, &question, self.notes, &mut said);
                self.limits.within(asked).await
            }
        };
        if let Some(usage) = &said.usage {
            self.limits.used(usage);
        }
        let entries = entries(&said);
        if !entries.is_empty() {
            self.talk.add(&entries);
            self.notes.note(StepNote::Transcript(entries)).await;
        }
        answered.map(|()| said)
    }

    fn model(&self) -> &str {
        let own = self.agent.model.as_deref();
        own.unwrap_or(&self.provider.default_model)
    }

    fn question(&self) -> Question {
        Question {
            model: self.model().to_owned(),
            messages: self
                .talk
                .messages(&|server, tool| self.tools.function(server, tool)),
            tools: self.tools.functions(),
            schema: self.schema.clone(),
            temperature: self.agent.temperature,
            max_tokens: self.agent.max_tokens,
        }
    }

    /// Calls one tool; what it answers is the agent's to deal with, unless a person has to act first.
    async fn call_tool(
        &mut self,
        place: usize,
        wanted: &super::llm::Wanted,
    ) -> Result<(), Failure> {
        let Called {
            server,
            tool,
            arguments,
        } = self.tools.called(wanted);
        let id = self.talk.call_id(&self.call.key, place);
        let entry = TranscriptEntry::ToolCall {
            id: id.clone(),
            server,
            tool,
            arguments,
        };
        self.talk.add(std::slice::from_ref(&entry));
        let note = if self.tools.may_change(wanted) {
            StepNote::Act(vec![entry])
        } else {
            StepNote::Transcript(vec![entry])
        };
        self.notes.note(note).await;
        let (edit, result) = {
            let doing = Box::pin(self.tools.call(self.runner, self.call, wanted, id));
            self.limits.within(async { Ok(doing.await) }).await?
        };
        let mut entries: Vec<_> = edit.into_iter().collect();
        let (entry, failure) = result;
        entries.push(entry);
        self.talk.add(&entries);
        self.notes.note(StepNote::Transcript(entries)).await;
        failure.map_or(Ok(()), Err)
    }

    /// The files that were written are kept as artifacts.
    async fn keep_files(&self, partial: bool) {
        for note in self.tools.written_files(partial).await {
            self.notes.note(note).await;
        }
    }
}

#[async_trait]
impl super::StepRunner for AgentRunner {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        match &call.step.kind {
            StepKind::AgentCall(agent) => self.work(call, agent, notes).await,
            other => Err(runners::not_here(other).into()),
        }
    }

    async fn effect(&self, _: &TenantId, _: &ProjectId, _: &Step) -> Option<Effect> {
        None
    }

    async fn release(&self, run: &RunId, sandbox: &SandboxId) {
        self.sandboxes.release(run, sandbox).await;
    }
}
