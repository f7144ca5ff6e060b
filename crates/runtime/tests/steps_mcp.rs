#![allow(clippy::unwrap_used)]
//! Tool calls: real server processes over stdio, a real server over HTTP.

#[path = "support/mcp_http.rs"]
mod mcp_http;
#[path = "support/step.rs"]
mod step;

use async_trait::async_trait;
use mcp_http::TestMcp;
use model::{Effect, Failure, FailureCode, ProjectId, TenantId, TranscriptEntry, WorkflowId};
use runtime::steps::mcp::{McpRunner, McpServerConfig, McpServers, McpSettings, McpSetup};
use runtime::steps::net::Reach;
use runtime::steps::{StepCall, StepNote, StepRunner};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use step::{Kept, call, run};
use tempfile::TempDir;

/// A server that ends in the middle of a call, and one tool that names the variables it sees.
const SHELL: &str = r#"
while IFS= read -r line; do
  id=$(printf %s "$line" | sed -n 's/.*"id":\([0-9]*\).*/\1/p')
  answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
  case "$line" in
    *'"initialize"'*) answer '{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"sh","version":"1"}}' ;;
    *'tools/list'*) answer '{"tools":[{"name":"send","inputSchema":{"type":"object"}},{"name":"names","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}}]}' ;;
    *'"send"'*) echo "out of paper, key $SHELL_KEY" >&2; exit 3 ;;
    *'"names"'*) answer "{\"content\":[{\"type\":\"text\",\"text\":\"$(env | cut -d= -f1 | sort | tr '\n' ' ')\"}]}" ;;
  esac
done
"#;

struct Servers(BTreeMap<String, McpServerConfig>);

#[async_trait]
impl McpServers for Servers {
    async fn server(
        &self,
        _: &TenantId,
        _: &ProjectId,
        _: Option<&WorkflowId>,
        name: &str,
    ) -> Result<Option<McpSetup>, Failure> {
        Ok(self.0.get(name).cloned().map(McpSetup::from))
    }
}

fn stdio(command: &str, args: &[&str], env: &[(&str, &str)]) -> McpServerConfig {
    McpServerConfig::Stdio {
        command: command.into(),
        args: args.iter().map(|&arg| arg.into()).collect(),
        env: env.iter().map(|&(k, v)| (k.into(), v.into())).collect(),
    }
}

fn http(url: &str, token: &str) -> McpServerConfig {
    McpServerConfig::Http {
        url: url.into(),
        headers: BTreeMap::from([("Authorization".into(), format!("Bearer {token}"))]),
    }
}

struct World {
    data: TempDir,
    runner: McpRunner,
}

fn world(servers: impl IntoIterator<Item = (&'static str, McpServerConfig)>) -> World {
    let data = tempfile::tempdir().unwrap();
    let servers = servers
        .into_iter()
        .map(|(name, config)| (name.into(), config));
    let settings = McpSettings {
        program: env!("CARGO_BIN_EXE_signalbox").into(),
        reach: Reach::Anywhere,
        ..McpSettings::new(data.path().into()).unwrap()
    };
    World {
        runner: McpRunner::new(Arc::new(Servers(servers.collect())), settings),
        data,
    }
}

fn tool(server: &str, tool: &str, arguments: Value) -> StepCall {
    let step = json!({"type": "mcp_call", "server": server, "tool_name": tool});
    call(step, json!({ "arguments": arguments }))
}

impl World {
    async fn output(&self, call: &StepCall) -> Value {
        run(&self.runner, call).await.0.unwrap().output
    }

    async fn failure(&self, call: &StepCall) -> Failure {
        let (result, notes) = run(&self.runner, call).await;
        let failure = result.unwrap_err().failure;
        let text = failure.message.clone();
        assert_eq!(
            notes.transcript().pop(),
            Some(TranscriptEntry::Error { text })
        );
        failure
    }

    fn file(&self, path: &str) -> std::path::PathBuf {
        self.data.path().join("files/acme").join(path)
    }

    /// The process ids of the files servers that were called, from their log.
    fn servers_called(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.file("sales.calls.ndjson")).unwrap();
        let calls = log
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let mut servers: Vec<String> = calls
            .map(|call| {
                call["call"]
                    .as_str()
                    .unwrap()
                    .split('-')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        servers.dedup();
        servers
    }
}

fn is_running(pid: &str) -> bool {
    // A process that has ended and waits to be reaped still has a folder in /proc.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    Path::new("/proc").join(pid).exists() && !stat.contains(") Z ")
}

#[tokio::test]
async fn the_built_in_server_keeps_a_projects_files() {
    let world = world([]);
    let write = tool(
        "files",
        "write_file",
        json!({"path": "quotes/q.md", "content": "# Quote\n"}),
    );
    let (result, notes) = run(&world.runner, &write).await;
    assert_eq!(
        result.unwrap().output,
        json!({"path": "quotes/q.md", "bytes": 8, "created": true})
    );
    assert_eq!(
        std::fs::read_to_string(world.file("sales/quotes/q.md")).unwrap(),
        "# Quote\n"
    );
    let entries = notes.transcript();
    assert_eq!(
        entries[0],
        TranscriptEntry::ToolCall {
            id: "step#1.1".into(),
            server: "files".into(),
            tool: "write_file".into(),
            arguments: json!({"path": "quotes/q.md", "content": "# Quote\n"}),
        }
    );
    assert!(
        matches!(&entries[1], TranscriptEntry::ToolResult { id, is_error: false, .. } if id == "step#1.1")
    );

    let mut read = call(
        json!({"type": "mcp_call", "server": "files", "tool_name": "read_file", "artifact": "q.md"}),
        json!({"arguments": {"path": "quotes/q.md"}}),
    );
    let (result, notes) = run(&world.runner, &read).await;
    assert_eq!(result.unwrap().output, json!("# Quote\n"));
    assert!(notes.all().contains(&StepNote::Artifact {
        name: "q.md".into(),
        media_type: "text/markdown".into(),
        bytes: b"# Quote\n".to_vec(),
        partial: false
    }));
    assert_eq!(
        world.servers_called().len(),
        1,
        "one process serves both calls"
    );
    // Another project sees nothing of it.
    read.project = "support".into();
    let missing = world.failure(&read).await;
    assert_eq!(missing.code, FailureCode::McpToolFailed);
    assert_eq!(
        missing.message,
        "The tool read_file of “files” failed: There is no “quotes/q.md”."
    );
}

#[tokio::test]
async fn annotations_decide_what_may_run_again() {
    let world = world([("shell", stdio("sh", &["-c", SHELL], &[]))]);
    for (server, name, effect) in [
        ("files", "read_file", Some(Effect::Read)),
        ("files", "write_file", Some(Effect::Idempotent)),
        ("files", "append_file", Some(Effect::Write)),
        ("files", "edit_file", Some(Effect::Write)),
        ("shell", "send", Some(Effect::Write)),
        ("shell", "names", Some(Effect::Read)),
        ("shell", "nothing", None),
        ("missing", "names", None),
    ] {
        let call = tool(server, name, json!({}));
        let found = world
            .runner
            .effect(&call.tenant, &call.project, &call.step)
            .await;
        assert_eq!(found, effect, "{server} {name}");
    }
    let tools = world
        .runner
        .tools(&"acme".into(), &"sales".into(), "files")
        .await
        .unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "append_file",
            "delete_file",
            "edit_file",
            "list_files",
            "make_dir",
            "read_file",
            "search_files",
            "write_file"
        ]
    );
    assert_eq!(
        tools[7].input_schema["required"],
        json!(["path", "content"])
    );
}

#[tokio::test]
async fn a_server_that_died_is_started_again() {
    let world = world([]);
    let list = tool("files", "list_files", json!({}));
    let mut list = StepCall {
        effect: Effect::Read,
        ..list
    };
    world.output(&list).await;
    let first = world.servers_called().remove(0);
    assert!(
        std::process::Command::new("kill")
            .args(["-9", &first])
            .status()
            .unwrap()
            .success()
    );
    list.key.try_no = 2;
    assert_eq!(
        world.output(&list).await,
        json!({"files": [], "cut": false})
    );
    assert_eq!(world.servers_called().len(), 2);
}

#[tokio::test]
async fn an_unused_server_is_stopped() {
    let world = world([]);
    let list = tool("files", "list_files", json!({}));
    world.output(&list).await;
    let pid = world.servers_called().remove(0);
    world.runner.close_idle(Duration::from_mins(1)).await;
    assert!(is_running(&pid));
    world.runner.close_idle(Duration::ZERO).await;
    assert!(!is_running(&pid));
    world.output(&list).await;
    let second = world.servers_called().remove(1);
    assert!(is_running(&second));
    world.runner.shutdown().await;
    assert!(!is_running(&second));
}

#[tokio::test]
async fn a_writing_call_that_was_lost_has_an_unknown_outcome() {
    let world = world([(
        "printer",
        stdio("sh", &["-c", SHELL], &[("SHELL_KEY", "k3y-1234")]),
    )]);
    let mut send = tool("printer", "send", json!({}));
    let lost = world.failure(&send).await;
    assert_eq!(lost.code, FailureCode::DependencyUnavailable);
    assert!(lost.outcome_unknown);
    assert_eq!(
        lost.message,
        "The MCP server “printer” was lost while its tool send was running: the connection was lost. Whether the call took effect is not known."
    );
    assert_eq!(lost.detail.unwrap(), "out of paper, key •••");
    send.effect = Effect::Idempotent;
    let lost = world.failure(&send).await;
    assert_eq!(lost.code, FailureCode::DependencyUnavailable);
    assert!(!lost.outcome_unknown);
}

#[tokio::test]
async fn a_server_sees_its_own_variables_and_none_of_the_runtimes() {
    let world = world([(
        "shell",
        stdio("sh", &["-c", SHELL], &[("SHELL_KEY", "k3y-1234")]),
    )]);
    let names = world.output(&tool("shell", "names", json!({}))).await;
    let names: Vec<&str> = names.as_str().unwrap().split_whitespace().collect();
    assert!(
        names.contains(&"SHELL_KEY") && names.contains(&"PATH"),
        "{names:?}"
    );
    assert!(std::env::var("CARGO_MANIFEST_DIR").is_ok());
    assert!(!names.contains(&"CARGO_MANIFEST_DIR"), "{names:?}");
}

#[tokio::test]
async fn what_never_went_out_is_no_unknown_outcome() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = format!("http://{}/mcp", listener.local_addr().unwrap());
    drop(listener);
    let world = world([
        ("gone", stdio("no-such-program", &[], &[])),
        (
            "broken",
            stdio("sh", &["-c", "echo cannot open display >&2; exit 1"], &[]),
        ),
        ("closed", http(&closed, "t0psecret")),
    ]);
    for (server, code, message) in [
        (
            "gone",
            FailureCode::DependencyUnavailable,
            "could not be reached: the program no-such-program was not found.",
        ),
        (
            "broken",
            FailureCode::DependencyUnavailable,
            "could not be reached: it has stopped.",
        ),
        (
            "closed",
            FailureCode::DependencyUnavailable,
            "could not be reached: connection refused.",
        ),
        (
            "unknown",
            FailureCode::EnvironmentBlocked,
            "is not set up in this project.",
        ),
    ] {
        let failure = world.failure(&tool(server, "send", json!({}))).await;
        assert_eq!(failure.code, code);
        assert_eq!(
            failure.message,
            format!("The MCP server “{server}” {message}")
        );
        assert!(!failure.outcome_unknown);
    }
}

#[tokio::test]
async fn a_tool_that_does_not_exist_is_named_with_those_that_do() {
    let world = world([("shell", stdio("sh", &["-c", SHELL], &[]))]);
    let failure = world.failure(&tool("shell", "sned", json!({}))).await;
    assert_eq!(failure.code, FailureCode::InvalidInput);
    assert_eq!(
        failure.message,
        "The MCP server “shell” has no tool “sned”. It has: send, names."
    );
    let both = call(
        json!({"type": "mcp_call", "server": "a", "server_url": "http://b", "tool_name": "x"}),
        json!({}),
    );
    assert_eq!(world.failure(&both).await.code, FailureCode::InvalidInput);
    let none = call(json!({"type": "mcp_call", "tool_name": "x"}), json!({}));
    assert_eq!(
        world.failure(&none).await.message,
        "The step names no MCP server."
    );
}

#[tokio::test]
async fn tools_over_http_answer_in_their_own_shape() {
    let server = TestMcp::start(Some("t0psecret"));
    let world = world([
        ("shop", http(&server.url, "t0psecret")),
        ("wrong", http(&server.url, "wr0ngtoken")),
    ]);
    assert_eq!(
        world.output(&tool("shop", "look", json!({}))).await,
        json!("one\ntwo")
    );
    assert_eq!(
        world
            .output(&tool("shop", "order", json!({"qty": 3})))
            .await,
        json!({"number": 1, "qty": 3})
    );

    let failed = world.failure(&tool("shop", "fail", json!({}))).await;
    assert_eq!(failed.code, FailureCode::McpToolFailed);
    assert_eq!(
        failed.message,
        "The tool fail of “shop” failed: The carrier rejected the address."
    );
    assert_eq!(
        failed.detail.unwrap(),
        "The carrier rejected the address.\nCode 17, token •••"
    );

    let bad = world
        .failure(&tool("shop", "order", json!({"qty": "three"})))
        .await;
    assert_eq!(
        bad.message,
        "The tool order of “shop” failed: failed to deserialize parameters: invalid type: string \"three\", expected u32."
    );
    let long = world.failure(&tool("shop", "long", json!({}))).await;
    assert!(
        long.message.contains("a step's result may have 33554432"),
        "{}",
        long.message
    );

    let denied = world.failure(&tool("wrong", "look", json!({}))).await;
    assert_eq!(
        denied.code,
        FailureCode::CredentialRequired,
        "{}",
        denied.message
    );
    assert_eq!(server.watch.orders.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_dropped_try_cancels_its_request_and_keeps_the_connection() {
    let server = TestMcp::start(None);
    let world = world([("shop", http(&server.url, "t0psecret"))]);
    let hang = tool("shop", "hang", json!({}));
    let notes = Kept::default();
    tokio::select! {
        _ = world.runner.run(&hang, &notes) => panic!("it never answers"),
        () = server.watch.hanging.notified() => {}
    }
    server.watch.cancelled.notified().await;
    assert_eq!(
        world.output(&tool("shop", "look", json!({}))).await,
        json!("one\ntwo")
    );
}

#[tokio::test]
async fn a_server_lost_in_the_middle_of_a_call_over_http() {
    let mut server = TestMcp::start(None);
    let world = world([("shop", http(&server.url, "t0psecret"))]);
    let hang = tool("shop", "hang", json!({}));
    let notes = Kept::default();
    let calling = world.runner.run(&hang, &notes);
    let watch = Arc::clone(&server.watch);
    let stopping = async {
        watch.hanging.notified().await;
        server.stop();
    };
    let (result, ()) = tokio::join!(calling, stopping);
    let lost = result.unwrap_err().failure;
    assert_eq!(lost.code, FailureCode::DependencyUnavailable);
    assert!(lost.outcome_unknown, "{}", lost.message);
    let refused = world.failure(&tool("shop", "look", json!({}))).await;
    assert_eq!(
        refused.message,
        "The MCP server “shop” could not be reached: connection refused."
    );
}

#[tokio::test]
async fn an_address_in_a_workflow_reaches_public_servers_only() {
    let server = TestMcp::start(None);
    let data = tempfile::tempdir().unwrap();
    let settings = McpSettings::new(data.path().into()).unwrap();
    let closed = McpRunner::new(Arc::new(Servers(BTreeMap::new())), settings);
    let by_address = |url: &str| {
        let step = json!({"type": "mcp_call", "server_url": url, "tool_name": "look"});
        call(step, json!({}))
    };
    for url in [
        server.url.clone(),
        server.url.replace("127.0.0.1", "localhost"),
    ] {
        let (result, _) = run(&closed, &by_address(&url)).await;
        let failure = result.unwrap_err().failure;
        assert_eq!(
            failure.code,
            FailureCode::PolicyBlocked,
            "{}",
            failure.message
        );
        assert!(
            failure
                .message
                .contains("is in this machine or its private network"),
            "{}",
            failure.message
        );
    }
    let open = world([]);
    assert_eq!(
        open.output(&by_address(&server.url)).await,
        json!("one\ntwo")
    );
}

#[tokio::test]
async fn a_large_file_goes_to_its_server_and_comes_back() {
    let world = world([]);
    // Twice as long as JSON, and then in quotes once more.
    let content = "\"\n".repeat(4_500_000);
    let write = tool(
        "files",
        "write_file",
        json!({"path": "quotes", "content": content}),
    );
    world.output(&write).await;
    let read = tool("files", "read_file", json!({"path": "quotes"}));
    let found = world.output(&read).await;
    assert!(found.to_string().len() > 16 * 1024 * 1024);
    let found = found["content"].as_str().or(found.as_str()).unwrap();
    assert!(found == content, "{} bytes came back", found.len());
}
