//! What an agent may call: tools of MCP servers, its files, and a person.

use super::AgentRunner;
use super::files::{FileTool, Files};
use crate::steps::llm::Wanted;
use crate::steps::mcp::shortened;
use crate::steps::sandbox::Entered;
use crate::steps::{StepCall, StepNote};
use model::transcript::{ASK, SANDBOX};
use model::workflow::{AgentCall, McpCall};
use model::{Effect, Failure, FailureCode, TranscriptEntry};
use serde_json::{Map, Value, json};
use std::time::Instant;

/// The tool by which an agent asks a person.
pub const ASK_PERSON: &str = "ask_person";
/// The longest name of a function that providers take.
const LONGEST_NAME: usize = 64;

pub struct Tools {
    all: Vec<Tool>,
    files: Option<Files>,
}

struct Tool {
    /// What the model calls.
    function: String,
    server: String,
    name: String,
    description: String,
    /// JSON Schema of the arguments.
    schema: Value,
    door: Door,
}

#[derive(Clone)]
enum Door {
    File(FileTool),
    Person,
    Mcp(McpCall, Effect),
}

/// A call as the transcript names it.
pub struct Called {
    pub server: String,
    pub tool: String,
    pub arguments: Value,
}

impl Tools {
    pub async fn gather(
        runner: &AgentRunner,
        call: &StepCall,
        agent: &AgentCall,
        entered: Option<&Entered>,
    ) -> Result<Self, Failure> {
        let mut tools = Self {
            all: Vec::new(),
            files: entered.map(|entered| Files::new(entered.folder.clone())),
        };
        if entered.is_some() {
            for tool in FileTool::ALL {
                let door = Door::File(tool);
                tools.add(
                    SANDBOX,
                    tool.name(),
                    tool.description(),
                    tool.schema(),
                    door,
                );
            }
        }
        if agent.chat {
            let schema = json!({"type": "object", "required": ["question"], "additionalProperties": false,
                "properties": {"question": {"type": "string", "description": "The question, with what the person needs to answer it."}}});
            let description = "Asks a person and waits for the answer. Use it only for what cannot be found out otherwise.";
            tools.add(ASK, ASK_PERSON, description, schema, Door::Person);
        }
        for wanted in &agent.tools {
            let mut named = McpCall {
                server: wanted.server.clone(),
                server_url: wanted.server_url.clone(),
                ..McpCall::default()
            };
            let server = wanted.server.as_ref().or(wanted.server_url.as_ref());
            let server = server.cloned().unwrap_or_default();
            for tool in runner.mcp.tools_for(call, &named).await?.iter() {
                if !wanted.only.is_empty() && !wanted.only.contains(&tool.name) {
                    continue;
                }
                named.tool_name.clone_from(&tool.name);
                let description = tool.description.as_deref().unwrap_or_default();
                let door = Door::Mcp(named.clone(), tool.effect);
                tools.add(
                    &server,
                    &tool.name,
                    description,
                    tool.input_schema.clone(),
                    door,
                );
            }
        }
        Ok(tools)
    }

    fn add(&mut self, server: &str, name: &str, description: &str, schema: Value, door: Door) {
        let plain = function_name(server, name);
        let taken = |function: &str| self.all.iter().any(|tool| tool.function == function);
        let mut function = plain.clone();
        for number in 2.. {
            if !taken(&function) {
                break;
            }
            let room = LONGEST_NAME - 4;
            function = format!("{}_{number}", &plain[..plain.len().min(room)]);
        }
        self.all.push(Tool {
            function,
            server: server.to_owned(),
            name: name.to_owned(),
            description: description.to_owned(),
            schema,
            door,
        });
    }

    /// The functions as a provider takes them.
    pub fn functions(&self) -> Vec<Value> {
        let functions = self.all.iter().map(|tool| {
            json!({"type": "function", "function": {
                "name": tool.function, "description": tool.description, "parameters": tool.schema}})
        });
        functions.collect()
    }

    /// The function of a tool, also of one that is no longer there.
    pub fn function(&self, server: &str, name: &str) -> String {
        let own = self.all.iter();
        let own = own.filter(|tool| tool.server == server && tool.name == name);
        own.map(|tool| tool.function.clone())
            .next()
            .unwrap_or_else(|| function_name(server, name))
    }

    /// By the function's name, the tool's own, or both with a dot between, as mock scripts name them.
    fn find(&self, wanted: &str) -> Option<&Tool> {
        let by = |fits: &dyn Fn(&Tool) -> bool| self.all.iter().find(|tool| fits(tool));
        by(&|tool| tool.function == wanted)
            .or_else(|| by(&|tool| tool.name == wanted))
            .or_else(|| by(&|tool| format!("{}.{}", tool.server, tool.name) == wanted))
    }

    pub fn called(&self, wanted: &Wanted) -> Called {
        let arguments = arguments(wanted).map_or_else(Value::String, Value::Object);
        match self.find(&wanted.name) {
            Some(tool) => Called {
                server: tool.server.clone(),
                tool: tool.name.clone(),
                arguments,
            },
            None => Called {
                server: String::new(),
                tool: wanted.name.clone(),
                arguments,
            },
        }
    }

    /// Whether the call may change something.
    pub fn may_change(&self, wanted: &Wanted) -> bool {
        self.find(&wanted.name).is_some_and(|tool| match tool.door {
            Door::File(tool) => tool.changes(),
            Door::Mcp(_, effect) => effect != Effect::Read,
            Door::Person => false,
        })
    }

    /// What it asks a person, where that is what it calls.
    pub fn question(&self, wanted: &Wanted) -> Option<String> {
        let tool = self.find(&wanted.name)?;
        if !matches!(tool.door, Door::Person) {
            return None;
        }
        let asked = arguments(wanted).ok();
        let question = asked.as_ref().and_then(|a| a.get("question")?.as_str());
        Some(question.unwrap_or(&wanted.arguments).to_owned())
    }

    /// Calls a tool. Answers with the change of a file, the result for the transcript under `id`, and the failure that ends
    /// the try where a person has to act first.
    pub async fn call(
        &self,
        runner: &AgentRunner,
        call: &StepCall,
        wanted: &Wanted,
        id: String,
    ) -> (Option<TranscriptEntry>, (TranscriptEntry, Option<Failure>)) {
        let began = Instant::now();
        let (edit, result, ends) = match self.answer(runner, call, wanted).await {
            Ok((result, edit)) => (edit, Ok(result), None),
            Err(Trouble::Told(text)) => (None, Err(text), None),
            Err(Trouble::Ends(failure)) => (None, Err(failure.message.clone()), Some(failure)),
        };
        let entry = TranscriptEntry::ToolResult {
            id,
            is_error: result.is_err(),
            result: result.map_or_else(Value::String, |value| shortened(&value)),
            duration_ms: began.elapsed().as_millis() as u64,
        };
        (edit, (entry, ends))
    }

    async fn answer(
        &self,
        runner: &AgentRunner,
        call: &StepCall,
        wanted: &Wanted,
    ) -> Result<(Value, Option<TranscriptEntry>), Trouble> {
        let told = |text: String| Trouble::Told(text);
        let Some(tool) = self.find(&wanted.name) else {
            let names: Vec<_> = self.all.iter().map(|tool| tool.function.as_str()).collect();
            let names = names.join(", ");
            return Err(told(format!(
                "There is no tool {}. There are: {names}.",
                wanted.name
            )));
        };
        let arguments =
            arguments(wanted).map_err(|_| told("The arguments are no JSON object.".into()))?;
        match (&tool.door, &self.files) {
            (Door::File(tool), Some(files)) => files
                .run(*tool, Value::Object(arguments))
                .await
                .map_err(told),
            (Door::Mcp(named, effect), _) => runner
                .mcp
                .call_tool(call, named, arguments, *effect)
                .await
                .map(|result| (result, None))
                .map_err(trouble),
            // A question is put when the other calls of its turn are done; files are there where their tools are.
            (Door::Person, _) | (Door::File(_), None) => {
                Err(told(format!("{} cannot be called here.", tool.name)))
            }
        }
    }

    /// Files that earlier tries of the same conversation wrote.
    pub fn wrote(&self, paths: impl Iterator<Item = String>) {
        if let Some(files) = &self.files {
            files.wrote(paths);
        }
    }

    /// The files that were written.
    pub async fn written_files(&self, partial: bool) -> Vec<StepNote> {
        match &self.files {
            Some(files) => files.kept(partial).await,
            None => Vec::new(),
        }
    }
}

enum Trouble {
    /// The agent reads it and goes on.
    Told(String),
    /// A person has to act first.
    Ends(Failure),
}

fn trouble(failure: Failure) -> Trouble {
    match failure.code {
        FailureCode::CredentialRequired
        | FailureCode::EnvironmentBlocked
        | FailureCode::PolicyBlocked => Trouble::Ends(failure),
        _ => Trouble::Told(match failure.detail {
            Some(detail) if detail != failure.message => {
                format!("{}\n{detail}", failure.message)
            }
            _ => failure.message,
        }),
    }
}

/// The arguments as an object; what is none, as it was written.
fn arguments(wanted: &Wanted) -> Result<Map<String, Value>, String> {
    if wanted.arguments.trim().is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_str(&wanted.arguments).map_err(|_| wanted.arguments.clone())
}

/// `files__read_file`: letters, digits, `_` and `-`, as providers want it.
fn function_name(server: &str, name: &str) -> String {
    let plain = |text: &str| -> String {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        text.chars()
            .map(|c| if fits(c) { c } else { '_' })
            .collect()
    };
    let mut function = format!("{}__{}", plain(server), plain(name));
    if function.len() > LONGEST_NAME {
        function = function.split_off(function.len() - LONGEST_NAME);
    }
    function
}
