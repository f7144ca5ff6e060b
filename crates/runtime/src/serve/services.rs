//! What the API asks of this machine: randomness, keys, schemas, scripts, and checks over the network.

use super::courier;
use super::setups::{NO_PROGRAMS, Setups};
use crate::api::{self, Consent, SealedTokens};
use crate::steps::Runners;
use crate::steps::lua::lua_syntax;
use crate::steps::net::parse_url;
use crate::store::Place;
use crate::store::record::{ConnectionRecord, OAuthAttemptRecord};
use async_trait::async_trait;
use engine::Tool;
use model::api::FieldError;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long validating a document waits for a server's tools.
const PATIENCE: Duration = Duration::from_secs(5);
/// Misfits named in one answer.
const MISFITS: usize = 50;

/// The native services.
pub struct Services {
    setups: Arc<Setups>,
    runners: Arc<Runners>,
}

impl Services {
    pub fn new(setups: Arc<Setups>, runners: Arc<Runners>) -> Self {
        Self { setups, runners }
    }
}

/// The system's random numbers.
pub fn random(bytes: &mut [u8]) -> Result<(), String> {
    getrandom::fill(bytes).map_err(|error| format!("the system gave no random numbers: {error}"))
}

#[async_trait]
impl api::Services for Services {
    fn random(&self, bytes: &mut [u8]) -> Result<(), String> {
        random(bytes)
    }

    fn seal(&self, key: &str) -> Result<String, String> {
        self.setups.seal(key)
    }

    fn misfits(&self, schema: &Value, value: &Value) -> Vec<FieldError> {
        let misfit = |pointer: String, message: String| FieldError {
            pointer,
            message,
            suggestion: None,
        };
        match jsonschema::validator_for(schema) {
            Ok(validator) => validator
                .iter_errors(value)
                .take(MISFITS)
                .map(|error| misfit(error.instance_path().to_string(), error.to_string()))
                .collect(),
            // Validate names a broken schema before it is published; an old one must not take every value.
            Err(error) => vec![misfit(
                String::new(),
                format!("The schema itself is broken: {error}"),
            )],
        }
    }

    fn refuse_address(&self, url: &str) -> Option<String> {
        parse_url(url, self.setups.near())
            .err()
            .map(|error| format!("This address cannot be used: {error}."))
    }

    fn webhook_secret(&self) -> Result<String, String> {
        courier::secret(random)
    }

    fn refuse_typed_address(&self, url: &str) -> Option<String> {
        parse_url(url, self.setups.reach())
            .err()
            .map(|error| format!("This address cannot be used: {error}."))
    }

    fn refuse_programs(&self) -> Option<String> {
        (!self.setups.programs()).then(|| NO_PROGRAMS.to_owned())
    }

    fn begin_consent(
        &self,
        connection: &ConnectionRecord,
        redirect_url: &str,
    ) -> Result<Consent, String> {
        self.setups.begin_consent(connection, redirect_url)
    }

    async fn finish_consent(
        &self,
        connection: &ConnectionRecord,
        attempt: &OAuthAttemptRecord,
        code: &str,
    ) -> Result<SealedTokens, String> {
        self.setups.finish_consent(connection, attempt, code).await
    }

    fn schema_mistakes(&self, schema: &Value) -> Vec<FieldError> {
        let Err(error) = jsonschema::meta::validate(schema) else {
            return Vec::new();
        };
        vec![FieldError {
            pointer: error.instance_path().to_string(),
            message: error.to_string(),
            suggestion: None,
        }]
    }

    fn lua_mistake(&self, script: &str) -> Option<(u32, String)> {
        lua_syntax(script)
            .err()
            .map(|error| (error.line.unwrap_or(1), error.message))
    }

    async fn tools(&self, place: &Place, server: &str) -> Option<Vec<Tool>> {
        let asked = self
            .runners
            .mcp
            .tools(&place.tenant, &place.project, server);
        let tools = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
        Some(
            tools
                .iter()
                .map(|tool| Tool {
                    name: tool.name.clone(),
                    input_schema: Some(tool.input_schema.clone()),
                })
                .collect(),
        )
    }
}
