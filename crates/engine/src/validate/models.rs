//! Steps that ask a model.

use super::suggest::closest;
use super::{Check, Found};
use model::Step;
use model::workflow::{AgentCall, AgentSandbox};
use serde_json::Value;

impl Check<'_> {
    /// What `llm_call` and `agent_call` have in common.
    pub(super) fn asks_model(
        &self,
        step: &Step,
        prompt: &str,
        provider: Option<&str>,
        output_schema: Option<&Value>,
        at: &str,
        found: &mut Found,
    ) {
        let id = Some(&step.id);
        if prompt.trim().is_empty() {
            let message = format!("{} needs a prompt.", step.shown());
            found.error("missing_prompt", format!("{at}/prompt"), id, message);
        }
        let provider = provider.unwrap_or("default");
        if let Some(providers) = self.catalog.providers
            && !providers.contains(provider)
        {
            let message = format!("There is no provider {provider}; it is set up on Health.");
            found.error("unknown_provider", format!("{at}/provider"), id, message);
            found.suggest(closest(provider, providers.iter().map(String::as_str)));
        }
        if let Some(schema) = output_schema {
            self.json_schema(schema, &format!("{at}/output_schema"), id, found);
        }
    }

    pub(super) fn agent_call(&self, step: &Step, agent: &AgentCall, at: &str, found: &mut Found) {
        self.asks_model(
            step,
            &agent.prompt,
            agent.provider.as_deref(),
            agent.output_schema.as_ref(),
            at,
            found,
        );
        for (place, tools) in agent.tools.iter().enumerate() {
            let at = format!("{at}/tools/{place}");
            let named = (tools.server.as_deref(), tools.server_url.as_deref());
            let Some((server, known)) = self.tools_of(step, named, &at, found) else {
                continue;
            };
            for (i, wanted) in tools.only.iter().enumerate() {
                if !known.iter().any(|tool| tool.name == *wanted) {
                    let message = format!("The MCP server {server} has no tool {wanted}.");
                    found.error(
                        "unknown_tool",
                        format!("{at}/only/{i}"),
                        Some(&step.id),
                        message,
                    );
                    found.suggest(closest(wanted, known.iter().map(|t| t.name.as_str())));
                }
            }
        }
        if let Some(sandbox) = &agent.sandbox {
            sandbox_paths(step, sandbox, &format!("{at}/sandbox"), found);
        }
        for (place, turn) in agent.mock.iter().enumerate() {
            if !turn.is_string() && !turn.is_object() {
                let message = "A turn of the mock script is a text or an object.".to_owned();
                let at = format!("{at}/mock/{place}");
                found.error("wrong_type", at, Some(&step.id), message);
            }
        }
    }
}

fn sandbox_paths(step: &Step, sandbox: &AgentSandbox, at: &str, found: &mut Found) {
    let id = Some(&step.id);
    let outside = |path: &str| {
        path.trim().is_empty()
            || path.starts_with('/')
            || path.split(['/', '\\']).any(|part| part == "..")
    };
    if let Some(folder) = sandbox.folder.as_deref().filter(|f| outside(f)) {
        let message = format!("{folder:?} is no folder inside the sandbox.");
        found.error("invalid_path", format!("{at}/folder"), id, message);
    }
    for path in sandbox.files.keys().filter(|path| outside(path)) {
        let message = format!("{path:?} is no path inside the sandbox.");
        let pointer = format!("{at}/files/{}", super::structure::escaped(path));
        found.error("invalid_path", pointer, id, message);
    }
    if let Some(git) = &sandbox.git
        && !git.url.starts_with("https://")
        && !git.url.starts_with("http://")
        && !crate::template::has_template(&git.url)
    {
        let message = format!(
            "{:?} is no address of a repository; one begins with https://.",
            git.url
        );
        found.error("invalid_url", format!("{at}/git/url"), id, message);
    }
}
