//! `llm_call`: one request to an OpenAI-compatible chat completions endpoint, or to a script in Mock Mode.

mod answer;
mod check;
mod live;
mod mock;
mod price;
mod refusal;
mod sample;
mod stream;

pub(super) use answer::Schema;
pub use check::check_provider;
pub(super) use mock::made_up;
pub(super) use price::{Reported, usage as priced};

use super::net::{self, NetError, Reach};
use super::{Notes, StepCall, StepDone, StepError, StepNote, StepRunner, artifact, runners};
use async_trait::async_trait;
use model::api::{Price, ProviderMode};
use model::workflow::LlmCall;
use model::{
    Effect, Failure, FailureCode, ProjectId, Step, StepKind, TenantId, TranscriptEntry, Usage,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The longest a provider may be silent, before its answer and in the middle of it.
const SILENCE: Duration = Duration::from_mins(2);

/// A provider as the runner needs it.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// What `llm_call` names.
    pub id: String,
    pub mode: ProviderMode,
    /// An OpenAI-compatible base address: `https://api.example.com/v1`.
    pub base_url: String,
    /// Sent as a bearer token; local servers often need none.
    pub api_key: Option<SecretString>,
    pub default_model: String,
    /// By model.
    pub prices: BTreeMap<String, Price>,
}

impl ProviderConfig {
    fn scrub(&self) -> net::Scrub {
        let key = self.api_key.as_ref();
        net::Scrub::new(key.map(|key| key.expose_secret().to_owned()))
    }

    /// The address of `path` under the base address.
    fn address(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url.trim_end_matches('/'))
    }
}

/// Where the set-up of providers is kept.
#[async_trait]
pub trait Providers: Send + Sync {
    async fn provider(
        &self,
        tenant: &TenantId,
        project: &ProjectId,
        id: &str,
    ) -> Option<ProviderConfig>;
}

/// Asks models.
pub struct LlmRunner {
    providers: Arc<dyn Providers>,
    http: reqwest::Client,
}

impl LlmRunner {
    /// `reach`: where addresses of providers may lead.
    pub fn new(providers: Arc<dyn Providers>, reach: Reach) -> Result<Self, NetError> {
        Ok(Self {
            providers,
            http: net::client(reach, Some(SILENCE))?,
        })
    }
}

/// One question, ready to be asked.
pub(super) struct Question {
    pub model: String,
    /// As the provider takes them, a system message first where there is one.
    pub messages: Vec<Value>,
    /// Functions the model may call, as the provider takes them.
    pub tools: Vec<Value>,
    /// The schema the answer must satisfy.
    pub schema: Option<Arc<Schema>>,
    pub temperature: Option<f64>,
    pub max_tokens: Option<u32>,
}

/// What a step's author asks: the system message and the prompt, with their templates resolved.
pub(super) struct Prompt {
    pub system: Option<String>,
    pub prompt: String,
}

impl Prompt {
    pub fn of(call: &StepCall) -> Result<Self, Failure> {
        let prompt = text(call.field("prompt")).unwrap_or_default();
        if prompt.trim().is_empty() {
            return Err(Failure::new(
                FailureCode::InvalidInput,
                "The prompt is empty.",
            ));
        }
        Ok(Self {
            system: text(call.field("system")).filter(|system| !system.trim().is_empty()),
            prompt,
        })
    }

    pub fn transcript(&self) -> Vec<TranscriptEntry> {
        let message = |role: &str, text: &str| TranscriptEntry::Message {
            role: role.to_owned(),
            text: text.to_owned(),
            usage: None,
            by: None,
        };
        let system = self.system.iter().map(|text| message("system", text));
        system.chain([message("user", &self.prompt)]).collect()
    }

    fn messages(&self) -> Vec<Value> {
        let message = |role: &str, text: &str| json!({"role": role, "content": text});
        let system = self.system.iter().map(|text| message("system", text));
        system.chain([message("user", &self.prompt)]).collect()
    }
}

impl Question {
    fn of(prompt: &Prompt, step: &LlmCall, provider: &ProviderConfig) -> Result<Self, Failure> {
        let schema = step.output_schema.as_ref();
        let own = step.model.clone();
        Ok(Self {
            model: own.unwrap_or_else(|| provider.default_model.clone()),
            messages: prompt.messages(),
            tools: Vec::new(),
            schema: schema.map(Schema::new).transpose()?.map(Arc::new),
            temperature: step.temperature,
            max_tokens: step.max_tokens,
        })
    }
}

/// A template may give any JSON value; what is no text is asked as JSON.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What a model, or a script in its place, said.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub text: String,
    pub thinking: String,
    /// The functions it wants to be called.
    pub calls: Vec<Wanted>,
    pub usage: Option<Usage>,
}

/// A function that a model wants to be called.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Wanted {
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
}

impl Said {
    fn transcript(self) -> Vec<TranscriptEntry> {
        let mut entries = Vec::new();
        if !self.thinking.is_empty() {
            entries.push(TranscriptEntry::Thinking {
                text: self.thinking,
            });
        }
        if !self.text.is_empty() {
            entries.push(TranscriptEntry::Message {
                role: "assistant".into(),
                text: self.text,
                usage: self.usage,
                by: None,
            });
        }
        entries
    }
}

impl LlmRunner {
    /// The provider a step names, as it is set up now.
    pub(super) async fn provider(
        &self,
        call: &StepCall,
        id: Option<&str>,
    ) -> Result<ProviderConfig, Failure> {
        let id = id.unwrap_or("default");
        let found = self
            .providers
            .provider(&call.tenant, &call.project, id)
            .await;
        found.ok_or_else(|| {
            Failure::new(
                FailureCode::EnvironmentBlocked,
                format!("The provider “{id}” is not set up in this project."),
            )
        })
    }

    /// Asks a real provider; what the model said is in `said` even when the answer breaks off.
    pub(super) async fn request(
        &self,
        provider: &ProviderConfig,
        question: &Question,
        notes: &dyn Notes,
        said: &mut Said,
    ) -> Result<(), Failure> {
        live::ask(&self.http, provider, question, notes, said).await
    }

    async fn ask(
        &self,
        call: &StepCall,
        step: &LlmCall,
        notes: &dyn Notes,
    ) -> Result<StepDone, StepError> {
        let provider = self.provider(call, step.provider.as_deref()).await?;
        let prompt = Prompt::of(call)?;
        let question = Question::of(&prompt, step, &provider)?;
        let mut entries = prompt.transcript();
        let mut said = Said::default();
        let answered = match provider.mode {
            ProviderMode::Mock => {
                let played = mock::play(&question, &step.mock, call.tries_before);
                entries.push(TranscriptEntry::Log { text: played.label });
                said = played.said;
                played.outcome
            }
            ProviderMode::Live => {
                // Written before the request, so that a hung one can be seen.
                notes
                    .note(StepNote::Transcript(std::mem::take(&mut entries)))
                    .await;
                self.request(&provider, &question, notes, &mut said).await
            }
        };
        let usage = said.usage.clone();
        let result = answered.and_then(|()| question.read(&said));
        self.keep(step, &said.text, &result, notes).await;
        entries.extend(said.transcript());
        if let Err(failure) = &result {
            entries.push(TranscriptEntry::Error {
                text: failure.message.clone(),
            });
        }
        notes.note(StepNote::Transcript(entries)).await;
        match result {
            Ok(output) => Ok(StepDone { output, usage }),
            Err(failure) => Err(StepError { failure, usage }),
        }
    }

    /// Keeps the answer as an artifact, the beginning of a broken one too.
    async fn keep(
        &self,
        step: &LlmCall,
        said: &str,
        result: &Result<Value, Failure>,
        notes: &dyn Notes,
    ) {
        let Some(name) = &step.artifact else {
            return;
        };
        let note = match result {
            Ok(output) if step.output_schema.is_some() => artifact(name, output, false),
            Ok(_) => artifact(name, &Value::from(said), false),
            Err(_) if said.is_empty() => return,
            Err(_) => artifact(name, &Value::from(said), true),
        };
        notes.note(note).await;
    }
}

#[async_trait]
impl StepRunner for LlmRunner {
    async fn run(&self, call: &StepCall, notes: &dyn Notes) -> Result<StepDone, StepError> {
        match &call.step.kind {
            StepKind::LlmCall(step) => self.ask(call, step, notes).await,
            other => Err(runners::not_here(other).into()),
        }
    }

    async fn effect(&self, _: &TenantId, _: &ProjectId, _: &Step) -> Option<Effect> {
        None
    }
}
