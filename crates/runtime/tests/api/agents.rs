use crate::support::{Client, Server};
use model::RunStatus;
use serde_json::{Value, json};

fn agent(more: &Value) -> Value {
    let mut step =
        json!({"id": "plan", "type": "agent_call", "name": "Plan", "prompt": "Plan it."});
    step.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    step
}

fn uses(tool: &str, arguments: Value) -> Value {
    json!({"tool_calls": [{"tool": tool, "arguments": arguments}], "dollars": 0.25})
}

async fn in_mock_mode(server: &Server) -> Client {
    let admin = server.admin().await;
    let (status, _) = admin
        .try_patch("/v1/providers/default", json!({"mode": "mock"}))
        .await;
    assert_eq!(status, 200);
    admin
}

fn actions(trail: &Value) -> Vec<String> {
    let items = trail["items"].as_array().unwrap().iter();
    let lines = items.map(|entry| {
        format!(
            "{} {}",
            entry["actor"]["kind"].as_str().unwrap(),
            entry["action"].as_str().unwrap()
        )
    });
    lines.collect()
}

#[tokio::test]
async fn an_agent_works_asks_and_is_answered() {
    let server = Server::new().await;
    let admin = in_mock_mode(&server).await;
    let step = agent(&json!({
        "chat": true,
        "sandbox": {"files": {"plan.md": "One\n"}},
        "mock": [
            uses("edit_file", json!({"path": "plan.md", "old": "One", "new": "Two"})),
            {"tool_calls": [{"tool": "ask_person", "arguments": {"question": "Which customer?"}}], "dollars": 0.25},
            "For Metro."
        ]
    }));
    let workflow = admin.workflow("Agent", json!([step])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Waiting).await;
    let at = format!("/v1/runs/{run}/steps/plan");
    let chat = admin.get(&format!("{at}/chat")).await;
    assert_eq!(chat, json!({"open": true, "question": "Which customer?"}));
    let center = admin.get("/v1/command-center").await;
    assert_eq!(center["needs_decision"]["count"], 1);
    assert_eq!(center["needs_decision"]["items"][0]["id"], json!(run));
    let row = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(
        row["run"]["cost"]["amount"],
        json!(500_000),
        "counted while it works"
    );
    assert_eq!(row["run"]["wait_kind"], "chat");
    assert!(
        row["run"]["sandbox"]["id"]
            .as_str()
            .unwrap()
            .starts_with("sbx_")
    );

    let (status, problem) = admin
        .try_post(&format!("{at}/chat"), json!({"message": ""}))
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/message"))
    );
    admin
        .post(&format!("{at}/chat"), json!({"message": "Metro"}))
        .await;
    server.until(&run, RunStatus::Completed).await;
    let step = admin.get(&at).await;
    assert_eq!(step["output"], json!({"text": "For Metro."}));
    let (status, _) = admin
        .try_post(&format!("{at}/chat"), json!({"message": "More"}))
        .await;
    assert_eq!(status, 409);
    let chat = admin.get(&format!("{at}/chat")).await;
    assert_eq!(chat["open"], false);
    assert!(chat["reason"].as_str().is_some());

    let transcript = admin.get(&format!("{at}/transcript")).await;
    let said: Vec<_> = transcript["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["entry"]["entry"] == "message" && line["entry"]["role"] == "user")
        .map(|line| {
            (
                line["entry"]["text"].as_str().unwrap(),
                line["entry"]["by"]["kind"].as_str(),
            )
        })
        .collect();
    assert_eq!(said, [("Plan it.", None), ("Metro", Some("token"))]);
    let trail = admin.get(&format!("/v1/runs/{run}/audit")).await;
    let mut done = actions(&trail);
    done.sort();
    assert_eq!(
        done,
        [
            "ai agent.ask",
            "ai agent.call",
            "token run.chat",
            "token run.start"
        ]
    );
    let artifacts = admin.get(&format!("/v1/runs/{run}/artifacts")).await;
    assert_eq!(artifacts["items"][0]["name"], "plan.md");
}

#[tokio::test]
async fn cancelling_releases_the_sandbox() {
    let server = Server::new().await;
    let admin = in_mock_mode(&server).await;
    let step = agent(&json!({
        "sandbox": {},
        "mock": [uses("write_file", json!({"path": "a", "content": "1"})), {"text": "Too late.", "seconds": 3600}]
    }));
    let workflow = admin.workflow("Agent", json!([step])).await;
    let run = admin.start(&workflow, json!({})).await;
    let folder = server.data().join("sandboxes").join(&run);
    let written = || {
        let mut sandboxes = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        sandboxes.any(|sandbox| sandbox.path().join("a").exists())
    };
    while !written() {
        tokio::task::yield_now().await;
    }
    admin
        .post(&format!("/v1/runs/{run}/cancel"), json!({}))
        .await;
    server.until(&run, RunStatus::Cancelled).await;
    while folder.exists() {
        tokio::task::yield_now().await;
    }
    let row = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(
        row["run"]["cost"]["amount"],
        json!(250_000),
        "the turn that was taken is paid for"
    );
}

#[tokio::test]
async fn an_agent_at_its_limit_goes_on_with_a_message() {
    let server = Server::new().await;
    let admin = in_mock_mode(&server).await;
    let step = agent(&json!({
        "sandbox": {},
        "limits": {"turns": 1},
        "mock": [uses("write_file", json!({"path": "a", "content": "1"})), "Done."]
    }));
    let workflow = admin.workflow("Agent", json!([step])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let moves = admin.get(&format!("/v1/runs/{run}/moves")).await;
    assert_eq!(moves[0]["label"], "Continue");
    let path = format!("/v1/runs/{run}/steps/plan/chat");
    admin
        .post(&path, json!({"message": "Go on, but be brief."}))
        .await;
    server.until(&run, RunStatus::Completed).await;
    let row = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(row["run"]["attempt"], 2);
    assert_eq!(
        row["run"]["sandbox"].get("replaces"),
        None,
        "the files are the same"
    );
}
