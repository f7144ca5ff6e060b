#![allow(clippy::unwrap_used)]
//! Agents at work: with files of their own, a real MCP server, a local provider over real HTTP, and Mock Mode.

#[path = "support/git_http.rs"]
mod git_http;
#[path = "support/mcp_http.rs"]
mod mcp_http;
#[path = "support/provider.rs"]
mod provider;
#[path = "support/step.rs"]
mod step;

use async_trait::async_trait;
use git_http::GitServer;
use mcp_http::TestMcp;
use model::api::{Price, ProviderMode, TranscriptLine};
use model::{
    Actor, ActorKind, Failure, FailureCode, MicroDollars, ProjectId, SandboxId, TenantId,
    TranscriptEntry, WorkflowId,
};
use provider::{Answer, TestProvider, end, says};
use runtime::mcp_files::Quota;
use runtime::steps::agent::AgentRunner;
use runtime::steps::llm::{LlmRunner, ProviderConfig, Providers};
use runtime::steps::mcp::{McpRunner, McpServers, McpSettings, McpSetup};
use runtime::steps::net::Reach;
use runtime::steps::sandbox::{Git, GitCredentials, Sandboxes};
use runtime::steps::{StepCall, StepDone, StepError, StepNote, StepRunner};
use runtime::store::Place;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use step::{Kept, call};

struct SetUp(ProviderConfig);

#[async_trait]
impl Providers for SetUp {
    async fn provider(&self, _: &TenantId, _: &ProjectId, _: &str) -> Option<ProviderConfig> {
        Some(self.0.clone())
    }
}

#[async_trait]
impl McpServers for SetUp {
    async fn server(
        &self,
        _: &TenantId,
        _: &ProjectId,
        _: Option<&WorkflowId>,
        _: &str,
    ) -> Result<Option<McpSetup>, Failure> {
        Ok(None)
    }
}

struct Token;

#[async_trait]
impl GitCredentials for Token {
    async fn basic(&self, _: &Place, connection: &str) -> Result<SecretString, Failure> {
        assert_eq!(connection, "forge");
        Ok("x-access-token:t0psecret".into())
    }
}

/// A runtime's agents, with their data in a folder of the test.
struct House {
    data: tempfile::TempDir,
    runner: AgentRunner,
}

impl House {
    fn new(mode: ProviderMode, base_url: &str) -> Self {
        Self::with_reach(mode, base_url, Reach::Anywhere)
    }

    fn with_reach(mode: ProviderMode, base_url: &str, reach: Reach) -> Self {
        let data = tempfile::tempdir().unwrap();
        let set_up = Arc::new(SetUp(ProviderConfig {
            id: "default".into(),
            mode,
            base_url: base_url.into(),
            api_key: None,
            default_model: "small".into(),
            prices: BTreeMap::from([(
                "small".into(),
                Price {
                    input: 1_000_000,
                    output: 2_000_000,
                },
            )]),
        }));
        let settings = McpSettings {
            program: env!("CARGO_BIN_EXE_signalbox").into(),
            reach: Reach::Anywhere,
            ..McpSettings::new(data.path().into()).unwrap()
        };
        let ids = AtomicU32::new(0);
        let new_id =
            move || SandboxId::new(format!("sbx_{}", ids.fetch_add(1, Ordering::SeqCst) + 1));
        let root = data.path().join("sandboxes");
        let git = Git {
            reach,
            credentials: Arc::new(Token),
        };
        Self {
            runner: AgentRunner {
                llm: Arc::new(LlmRunner::new(Arc::clone(&set_up) as _, Reach::Anywhere).unwrap()),
                mcp: Arc::new(McpRunner::new(set_up, settings)),
                sandboxes: Arc::new(Sandboxes::new(root, Arc::new(new_id), Some(git))),
            },
            data,
        }
    }

    /// The same, with little room in a sandbox.
    fn cramped(bytes: u64) -> Self {
        let mut house = Self::mock();
        let ids = || SandboxId::new("sbx_1");
        let git = Git {
            reach: Reach::Anywhere,
            credentials: Arc::new(Token),
        };
        let root = house.data.path().join("sandboxes");
        let quota = Quota { bytes, files: 100 };
        let sandboxes = Sandboxes::new(root, Arc::new(ids), Some(git)).with_quota(quota);
        house.runner.sandboxes = Arc::new(sandboxes);
        house
    }

    fn mock() -> Self {
        Self::new(ProviderMode::Mock, "")
    }

    async fn run(&self, call: &StepCall) -> (Result<StepDone, StepError>, Kept) {
        self.run_after(call, Vec::new()).await
    }

    async fn run_after(
        &self,
        call: &StepCall,
        before: Vec<TranscriptLine>,
    ) -> (Result<StepDone, StepError>, Kept) {
        let notes = Kept::after(before, &call.key);
        let result = self.runner.run(call, &notes).await;
        (result, notes)
    }

    fn sandbox(&self, id: &str) -> std::path::PathBuf {
        self.data.path().join("sandboxes/run_1").join(id)
    }
}

fn agent(mut step: Value) -> StepCall {
    let sandbox = step.get("sandbox").cloned().unwrap_or_default();
    step["type"] = json!("agent_call");
    call(
        step,
        json!({"system": "Be brief.", "prompt": "Mend it.", "sandbox": sandbox}),
    )
}

/// The next try of a step.
fn again(mut call: StepCall) -> StepCall {
    call.key.try_no += 1;
    call.continues = true;
    call.sandbox = Some(SandboxId::new("sbx_1"));
    call
}

fn uses(tool: &str, arguments: Value) -> Value {
    json!({"tool_calls": [{"tool": tool, "arguments": arguments}], "input_tokens": 100, "output_tokens": 10})
}

fn short(entries: &[TranscriptEntry]) -> Vec<String> {
    let words = |entry: &TranscriptEntry| match entry {
        TranscriptEntry::Message { role, text, .. } => format!("{role}: {text}"),
        TranscriptEntry::Thinking { text } => format!("thinks: {text}"),
        TranscriptEntry::ToolCall { server, tool, .. } => format!("calls {server}.{tool}"),
        TranscriptEntry::ToolResult { is_error, .. } => {
            if *is_error {
                "error".to_owned()
            } else {
                "result".to_owned()
            }
        }
        TranscriptEntry::FileEdit {
            path,
            added,
            removed,
            ..
        } => format!("{path} +{added} -{removed}"),
        TranscriptEntry::Log { .. } => "log".to_owned(),
        TranscriptEntry::Error { text } => format!("failed: {text}"),
    };
    entries.iter().map(words).collect()
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn an_agent_edits_its_files_and_the_transcript_tells_how() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {"files": {"src/add.py": "def add(a, b):\n    return a - b\n"}},
        "mock": [
            {"thinking": "First look.", "text": "I look.", "tool_calls": [
                {"tool": "list_files", "arguments": {"recursive": true}},
                {"tool": "read_file", "arguments": {"path": "src/add.py"}}], "input_tokens": 100, "output_tokens": 10},
            uses("edit_file", json!({"path": "src/add.py", "old": "a - b", "new": "a + b"})),
            uses("write_file", json!({"path": "NOTES.md", "content": "Mended.\n"})),
            {"text": "Done.", "dollars": 0.5}
        ]
    }));
    let (result, notes) = house.run(&call).await;
    let done = result.unwrap();
    assert_eq!(done.output, json!({"text": "Done."}));
    assert_eq!(done.usage, None, "it is counted turn by turn");
    assert_eq!(
        short(&notes.transcript()),
        [
            "system: Be brief.",
            "user: Mend it.",
            "log",
            "thinks: First look.",
            "assistant: I look.",
            "calls sandbox.list_files",
            "result",
            "calls sandbox.read_file",
            "result",
            "assistant: ",
            "calls sandbox.edit_file",
            "src/add.py +1 -1",
            "result",
            "assistant: ",
            "calls sandbox.write_file",
            "NOTES.md +1 -0",
            "result",
            "assistant: Done.",
        ]
    );
    assert!(read(house.sandbox("sbx_1").join("src/add.py")).contains("a + b"));
    let spent = notes
        .transcript()
        .into_iter()
        .filter_map(|entry| match entry {
            TranscriptEntry::Message {
                usage: Some(usage), ..
            } => {
                assert!(usage.mock);
                usage.cost.map(|cost| cost.amount)
            }
            _ => None,
        });
    // Three turns at 100 × $1 + 10 × $2 a million, and one that names its amount.
    assert_eq!(spent.sum::<MicroDollars>(), MicroDollars(3 * 120 + 500_000));
    let diff = notes
        .transcript()
        .into_iter()
        .find_map(|entry| match entry {
            TranscriptEntry::FileEdit { diff, .. } => Some(diff),
            _ => None,
        });
    assert!(
        diff.unwrap()
            .contains("-    return a - b\n+    return a + b\n")
    );
    let kept: Vec<_> = notes
        .all()
        .into_iter()
        .filter_map(|note| match note {
            StepNote::Artifact { name, partial, .. } => Some((name, partial)),
            _ => None,
        })
        .collect();
    assert_eq!(
        kept,
        [
            ("NOTES.md".to_owned(), false),
            ("src/add.py".to_owned(), false)
        ]
    );
    assert_eq!(
        notes.all()[0],
        StepNote::Sandbox {
            id: SandboxId::new("sbx_1"),
            replaces: None
        }
    );
}

#[tokio::test]
async fn a_limit_stops_it_and_the_next_try_goes_on() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {},
        "limits": {"turns": 2},
        "mock": [
            uses("write_file", json!({"path": "a", "content": "1"})),
            uses("write_file", json!({"path": "b", "content": "2"})),
            uses("write_file", json!({"path": "c", "content": "3"})),
            "Done."
        ]
    }));
    let (result, first) = house.run(&call).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::AgentLimitReached);
    assert_eq!(
        short(&first.transcript()).last().unwrap(),
        "failed: The agent used up its 2 turns before it had an answer."
    );
    let partial = first
        .all()
        .into_iter()
        .filter(|note| matches!(note, StepNote::Artifact { partial: true, .. }));
    assert_eq!(partial.count(), 2);
    let (result, second) = house.run_after(&again(call), first.lines()).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    let whole: Vec<_> = second
        .all()
        .into_iter()
        .filter_map(|note| match note {
            StepNote::Artifact {
                name,
                partial: false,
                ..
            } => Some(name),
            _ => None,
        })
        .collect();
    assert_eq!(whole, ["a", "b", "c"], "those of the first try too");
    assert_eq!(
        short(&second.transcript()),
        [
            "log",
            "assistant: ",
            "calls sandbox.write_file",
            "c +1 -0",
            "result",
            "assistant: Done."
        ]
    );
    assert_eq!(
        read(house.sandbox("sbx_1").join("a")),
        "1",
        "the sandbox is the same"
    );
}

#[tokio::test]
async fn without_its_files_it_begins_anew_and_says_so() {
    let house = House::mock();
    let call = agent(json!({
        "sandbox": {"files": {"a": "0"}},
        "mock": [uses("write_file", json!({"path": "a", "content": "1"})), {"error": "overloaded"}, "Done."]
    }));
    let (result, first) = house.run(&call).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(
        (failure.code, failure.message.as_str()),
        (
            FailureCode::LlmRequestFailed,
            "Mock Mode played an error: overloaded"
        )
    );
    // The runtime starts again, and somebody has tidied up.
    let run = &call.run;
    house.runner.release(run, &SandboxId::new("sbx_1")).await;
    assert!(!house.sandbox("sbx_1").exists());
    let (result, second) = house.run_after(&again(call), first.lines()).await;
    result.unwrap_err();
    assert_eq!(
        second.all()[0],
        StepNote::Sandbox {
            id: SandboxId::new("sbx_2"),
            replaces: Some("its files are gone".into())
        }
    );
    assert_eq!(
        short(&second.transcript())[..5],
        [
            "log",
            "system: Be brief.",
            "user: Mend it.",
            "log",
            "assistant: "
        ]
    );
    assert_eq!(read(house.sandbox("sbx_2").join("a")), "1");
}

#[tokio::test]
async fn agents_side_by_side_share_a_sandbox_in_folders_of_their_own() {
    let house = House::mock();
    let one = |folder: &str| {
        agent(json!({
            "sandbox": {"folder": folder, "files": {"in": folder}},
            "mock": [uses("read_file", json!({"path": "in"})), uses("write_file", json!({"path": "out", "content": folder})), "Done."]
        }))
    };
    let (a, b) = (one("a"), one("b"));
    let ((first, notes), (second, more)) = tokio::join!(house.run(&a), house.run(&b));
    first.unwrap();
    second.unwrap();
    let opened = notes.all().into_iter().chain(more.all());
    assert_eq!(
        opened
            .filter(|note| matches!(note, StepNote::Sandbox { .. }))
            .count(),
        1
    );
    for folder in ["a", "b"] {
        assert_eq!(
            read(house.sandbox("sbx_1").join(folder).join("out")),
            folder
        );
    }
}

#[tokio::test]
async fn nothing_outside_of_its_folder_can_be_reached() {
    let house = House::mock();
    std::fs::write(house.data.path().join("secret"), "s3cret").unwrap();
    let mut script: Vec<Value> = ["../../../secret", "/etc/passwd", "a/../../x"]
        .iter()
        .map(|path| uses("read_file", json!({ "path": path })))
        .collect();
    script.push(uses("write_file", json!({"path": "../x", "content": "y"})));
    script.push(json!("Done."));
    let (result, notes) = house
        .run(&agent(json!({"sandbox": {}, "mock": script})))
        .await;
    result.unwrap();
    let errors = short(&notes.transcript())
        .into_iter()
        .filter(|line| line == "error");
    assert_eq!(errors.count(), 4, "{:?}", notes.transcript());
    assert!(!notes.text().contains("s3cret"));
}

#[tokio::test]
async fn it_asks_a_person_and_goes_on_with_the_answer() {
    let house = House::mock();
    let call = agent(json!({
        "chat": true,
        "mock": [
            {"tool_calls": [{"tool": "ask_person", "arguments": {"question": "Which customer?"}}]},
            "For Metro."
        ]
    }));
    let (result, first) = house.run(&call).await;
    // Whatever it reports after its question does not count.
    result.unwrap_err();
    assert_eq!(
        first.all().last().unwrap(),
        &StepNote::Asks("Which customer?".into())
    );
    let mut lines = first.lines();
    lines.push(TranscriptLine {
        entry: TranscriptEntry::Message {
            role: "user".into(),
            text: "Metro".into(),
            usage: None,
            by: Some(Actor {
                kind: ActorKind::Person,
                id: "usr_ada".into(),
                name: "Ada".into(),
            }),
        },
        ..lines[0].clone()
    });
    let (result, _) = house.run_after(&again(call), lines).await;
    assert_eq!(result.unwrap().output, json!({"text": "For Metro."}));
}

fn calls(name: &str, arguments: &str) -> Answer {
    // In pieces, as providers send it.
    let (first, rest) = arguments.split_at(arguments.len() / 2);
    let part = |function: Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": function}]}}]});
    let begin = json!({"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "call_x", "type": "function", "function": {"name": name, "arguments": first}}]}}]});
    Answer::Chunks(
        [begin, part(json!({"arguments": rest}))]
            .into_iter()
            .chain(end("tool_calls"))
            .collect(),
    )
}

#[tokio::test]
async fn a_real_model_calls_tools_of_a_real_server() {
    let tools = TestMcp::start(None);
    let provider = TestProvider::start([
        calls("wrong__name", "{}"),
        calls(&function(&tools.url, "order"), "{\"qty\": 3}"),
        calls(&function(&tools.url, "fail"), "{}"),
        says("Ordered three."),
    ])
    .await;
    let house = House::new(ProviderMode::Live, &provider.base_url);
    let call = agent(json!({"tools": [{"server_url": tools.url, "only": ["order", "fail"]}]}));
    let (result, notes) = house.run(&call).await;
    assert_eq!(result.unwrap().output, json!({"text": "Ordered three."}));
    assert_eq!(tools.watch.orders.load(Ordering::SeqCst), 1);
    let told = short(&notes.transcript());
    assert_eq!(
        told[3..],
        [
            "calls .wrong__name",
            "error",
            "assistant: ",
            &format!("calls {}.order", tools.url),
            "result",
            "assistant: ",
            &format!("calls {}.fail", tools.url),
            "error",
            "assistant: Ordered three.",
        ]
    );
    let bodies = provider.bodies();
    let names: Vec<_> = bodies[0]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["function"]["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        [function(&tools.url, "fail"), function(&tools.url, "order")]
    );
    // The conversation is told as it was: each call with its result.
    let last = bodies[3]["messages"].as_array().unwrap();
    let roles: Vec<_> = last
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(
        roles,
        [
            "system",
            "user",
            "assistant",
            "tool",
            "assistant",
            "tool",
            "assistant",
            "tool"
        ]
    );
    assert_eq!(
        last[4]["tool_calls"][0]["function"]["arguments"],
        "{\"qty\":3}"
    );
    assert_eq!(last[4]["tool_calls"][0]["id"], last[5]["tool_call_id"]);
    assert!(last[5]["content"].as_str().unwrap().contains("\"qty\":3"));
}

/// The name under which a model knows a tool of a server by address.
fn function(url: &str, tool: &str) -> String {
    let plain: String = url
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{plain}__{tool}")
}

#[tokio::test]
async fn dropping_it_cancels_the_tool_call_in_the_middle_of_a_turn() {
    let tools = TestMcp::start(None);
    let house = House::mock();
    let call = agent(json!({
        "tools": [{"server_url": tools.url}],
        "mock": [uses("hang", json!({})), "Done."]
    }));
    let notes = Kept::default();
    let watch = Arc::clone(&tools.watch);
    tokio::select! {
        _ = house.runner.run(&call, &notes) => panic!("the tool never answers"),
        () = watch.hanging.notified() => {}
    }
    watch.cancelled.notified().await;
    assert!(
        short(&notes.transcript()).last().unwrap().contains(".hang"),
        "the call is on record before it goes out"
    );
    // A later try is told that the outcome is not known.
    let (result, second) = house.run_after(&again(call), notes.lines()).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    assert_eq!(
        short(&second.transcript()),
        ["log", "error", "assistant: Done."]
    );
}

#[tokio::test]
async fn an_answer_that_does_not_fit_is_told_to_the_agent_on_the_next_try() {
    let provider = TestProvider::start([says("four"), says("{\"n\": 4}")]).await;
    let house = House::new(ProviderMode::Live, &provider.base_url);
    let call = agent(json!({"output_schema": {"type": "object", "required": ["n"]}}));
    let (result, first) = house.run(&call).await;
    assert_eq!(
        result.unwrap_err().failure.code,
        FailureCode::LlmRequestFailed
    );
    let (result, _) = house.run_after(&again(call), first.lines()).await;
    assert_eq!(result.unwrap().output, json!({"n": 4}));
    let bodies = provider.bodies();
    let last = bodies[1]["messages"].as_array().unwrap().last().unwrap();
    assert!(
        last["content"]
            .as_str()
            .unwrap()
            .starts_with("That answer was not accepted: ")
    );
}

fn from_git(url: &str, more: Value) -> StepCall {
    let mut git = json!({ "url": url });
    git.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    agent(json!({"sandbox": {"git": git, "files": {"TASK.md": "Do it."}}, "mock": ["Done."]}))
}

#[tokio::test]
async fn a_sandbox_begins_with_a_repository() {
    let server = GitServer::start(None).await;
    let house = House::mock();
    house
        .run(&from_git(&server.url, json!({})))
        .await
        .0
        .unwrap();
    let sandbox = house.sandbox("sbx_1");
    assert_eq!(read(sandbox.join("README.md")), "Second\n");
    assert_eq!(read(sandbox.join("TASK.md")), "Do it.");
    assert!(!sandbox.join(".git").exists());
    let house = House::mock();
    house
        .run(&from_git(&server.url, json!({"ref": "v1"})))
        .await
        .0
        .unwrap();
    assert_eq!(read(house.sandbox("sbx_1").join("README.md")), "First\n");
}

#[tokio::test]
async fn a_connection_opens_a_repository_and_its_token_stays_unseen() {
    // "x-access-token:t0psecret"
    let wants = "Basic eC1hY2Nlc3MtdG9rZW46dDBwc2VjcmV0";
    let server = GitServer::start(Some(wants)).await;
    let house = House::mock();
    let (result, notes) = house.run(&from_git(&server.url, json!({}))).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(
        failure.code,
        FailureCode::SandboxFailed,
        "{}",
        failure.message
    );
    assert!(
        failure
            .message
            .starts_with("The repository http://127.0.0.1"),
        "{}",
        failure.message
    );
    assert!(
        short(&notes.transcript())
            .last()
            .unwrap()
            .starts_with("failed: The repository")
    );
    house
        .run(&from_git(&server.url, json!({"connection": "forge"})))
        .await
        .0
        .unwrap();
    assert!(server.seen.lock().unwrap().iter().any(Option::is_some));
    let house = House::mock();
    let gone = from_git(&server.url, json!({"connection": "forge", "ref": "gone"}));
    let (result, notes) = house.run(&gone).await;
    let failure = result.unwrap_err().failure;
    assert!(failure.message.contains("gone"), "{}", failure.message);
    assert!(!format!("{failure:?} {}", notes.text()).contains("t0psecret"));
}

#[tokio::test]
async fn a_repository_is_fetched_only_from_where_it_may_be() {
    let server = GitServer::start(None).await;
    let house = House::with_reach(ProviderMode::Mock, "", Reach::Public);
    for url in [
        server.url.as_str(),
        "file:///etc",
        "ssh://git@example.com/x",
    ] {
        let failure = house
            .run(&from_git(url, json!({})))
            .await
            .0
            .unwrap_err()
            .failure;
        assert_eq!(failure.code, FailureCode::InvalidInput, "{url}");
    }
    let house = House::mock();
    let sneaky = from_git(&server.url, json!({"ref": "--upload-pack=touch /tmp/x"}));
    let failure = house.run(&sneaky).await.0.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::InvalidInput);
    assert!(server.seen.lock().unwrap().is_empty(), "nobody was asked");
}

#[tokio::test]
async fn a_repository_that_does_not_fit_leaves_nothing() {
    let server = GitServer::start(None).await;
    let house = House::cramped(6);
    let (result, _) = house.run(&from_git(&server.url, json!({}))).await;
    let failure = result.unwrap_err().failure;
    assert_eq!(failure.code, FailureCode::QuotaExceeded);
    assert!(
        failure.message.contains("--sandbox-mib"),
        "{}",
        failure.message
    );
    let left = std::fs::read_dir(house.sandbox("sbx_1")).unwrap();
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn an_agent_that_fills_its_sandbox_is_told_so() {
    let house = House::cramped(10);
    let writes = |content: &str| uses("write_file", json!({"path": "a", "content": content}));
    let call = agent(json!({
        "sandbox": {}, "mock": [writes("12345678901"), writes("1234567890"), "Done."]
    }));
    let (result, notes) = house.run(&call).await;
    assert_eq!(result.unwrap().output, json!({"text": "Done."}));
    assert!(
        notes.text().contains("it may have 10 bytes"),
        "{}",
        notes.text()
    );
    assert_eq!(read(house.sandbox("sbx_1").join("a")), "1234567890");

    let filled = agent(json!({"sandbox": {"files": {"a": "12345678901"}}, "mock": ["Done."]}));
    let (result, _) = House::cramped(10).run(&filled).await;
    assert_eq!(result.unwrap_err().failure.code, FailureCode::QuotaExceeded);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let server = GitServer::start(None).await;
    let elsewhere = server.url.clone();
    let router = axum::Router::new().fallback(move |request: axum::extract::Request| {
        let rest = request.uri().to_string().replace("/moved.git", "");
        let to = format!("{elsewhere}{rest}");
        async move { axum::response::Redirect::temporary(&to) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/moved.git", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let (result, _) = House::mock().run(&from_git(&url, json!({}))).await;
    assert_eq!(result.unwrap_err().failure.code, FailureCode::SandboxFailed);
    assert!(server.seen.lock().unwrap().is_empty(), "it was followed");
}
