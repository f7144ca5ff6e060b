//! Checks, what holds runs, and how they go on.

mod rounds;

use crate::connections::recheck;
use crate::mcp::find;
use crate::outside::{Service, free_address, mcp_step};
use crate::support::{Client, PATIENCE, Server, echo};
use crate::test_mcp::TestMcp;
use model::{RunId, RunStatus, StepStatus};
use serde_json::{Value, json};

async fn dead_server(admin: &Client) -> String {
    let address = free_address();
    let transport = json!({ "url": format!("http://{address}/mcp") });
    admin
        .post(
            "/v1/mcp/servers",
            json!({ "name": "shop", "transport": transport }),
        )
        .await;
    address
}

#[tokio::test]
async fn a_dead_server_holds_its_runs_until_it_is_back() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let address = dead_server(&admin).await;
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "look")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    let other = admin.start(&workflow, json!({})).await;
    for run in [&run, &other] {
        server.until(run, RunStatus::Blocked).await;
    }
    let folded = server
        .host
        .snapshot(&admin.place, &RunId::from(run.as_str()))
        .await;
    let step = &folded.unwrap().run.steps[&"call".into()];
    assert_eq!(step.status, StepStatus::Pending, "the step had begun");

    let health = admin.get("/v1/health").await;
    let blocker = &health["blockers"][0];
    assert_eq!(blocker["check"], "mcp_server:shop");
    assert_eq!(blocker["by"], "environment");
    assert_eq!(blocker["code"], "DEPENDENCY_UNAVAILABLE");
    assert_eq!(blocker["who"], "project_contributor", "who looks again");
    assert_eq!(blocker["outside"], "whoever runs the MCP server “shop”");
    assert_eq!(blocker["runs_count"], 2);
    assert_eq!(blocker["runs"][0]["run"], json!(run));
    assert!(
        blocker["reason"]
            .as_str()
            .unwrap()
            .contains("could not be reached")
    );
    assert!(blocker["clears"].as_str().unwrap().contains("“shop”"));
    assert_eq!(
        health["blockers"].as_array().unwrap().len(),
        1,
        "one cause, one blocker"
    );

    let resume = format!("/v1/runs/{run}/resume");
    assert_eq!(admin.try_post(&resume, json!({})).await.0, 409);
    assert_eq!(recheck(&admin, "mcp_server:shop").await["state"], "failing");
    assert_eq!(
        admin.try_post(&resume, json!({})).await.0,
        409,
        "it is still dead"
    );

    let _mcp = TestMcp::start_at(&address, None);
    let check = recheck(&admin, "mcp_server:shop").await;
    assert_eq!(check["state"], "passing", "{check}");
    assert_eq!(check["history"].as_array().unwrap().len(), 3);
    assert_eq!(admin.get("/v1/health").await["blockers"], json!([]));
    admin.post(&resume, json!({})).await;
    server.until(&run, RunStatus::Completed).await;
    let still = admin.get(&format!("/v1/runs/{other}")).await;
    assert_eq!(
        still["run"]["status"], "blocked",
        "nobody resumed the other one"
    );
}

#[tokio::test]
async fn a_run_goes_on_by_itself_where_its_workflow_says_so() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let address = dead_server(&admin).await;
    let document = json!({ "name": "Shop", "resume": "auto", "steps": [mcp_step("shop", "look")] });
    let workflow = admin.publish(document).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Blocked).await;
    let _mcp = TestMcp::start_at(&address, None);
    recheck(&admin, "mcp_server:shop").await;
    server.until(&run, RunStatus::Completed).await;
    let audit = admin.get(&format!("/v1/runs/{run}/audit")).await;
    let resumed = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["action"] == "run.resume")
        .expect("an entry of the audit trail");
    assert_eq!(resumed["actor"]["kind"], "system");
}

#[tokio::test]
async fn a_corrected_set_up_clears_what_it_held() {
    let server = Server::new().await;
    let admin = server.admin().await;
    dead_server(&admin).await;
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "look")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Blocked).await;
    let mcp = TestMcp::start(None);
    let patch = json!({ "transport": { "url": mcp.url } });
    assert_eq!(admin.try_patch("/v1/mcp/servers/shop", patch).await.0, 200);
    admin
        .post(&format!("/v1/runs/{run}/resume"), json!({}))
        .await;
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn a_credential_that_has_ended_holds_and_one_that_ends_soon_is_told() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(Some("long-token"));
    let day = 24 * 3_600_000;
    let at = |ms: i64| {
        let at = server.host.now().millis() + ms;
        serde_json::to_value(model::Timestamp::from_millis(at)).unwrap()
    };
    let body = json!({
        "id": "github", "auth": { "type": "bearer" }, "secret": "long-token", "expires_at": at(-1),
    });
    admin.post("/v1/connections", body).await;
    let body = json!({
        "name": "shop", "transport": { "url": mcp.url }, "wires": [{ "connection": "github" }],
    });
    admin.post("/v1/mcp/servers", body).await;
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "look")]))
        .await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Blocked).await;
    let own = admin.get(&format!("/v1/health?workflow={workflow}")).await;
    let ids: Vec<&Value> = own["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["id"])
        .collect();
    assert_eq!(
        ids,
        ["credential:github", "connection:github", "mcp_server:shop"]
    );
    let blocker = admin.get("/v1/health").await["blockers"][0].clone();
    assert_eq!(
        (&blocker["check"], &blocker["by"], &blocker["code"]),
        (
            &json!("credential:github"),
            &json!("credential"),
            &json!("CREDENTIAL_REQUIRED")
        )
    );
    assert_eq!(blocker["who"], "project_admin");
    assert!(blocker.get("outside").is_none(), "{blocker}");
    for (expires_at, state) in [
        (at(3 * day + 60_000), "warning"),
        (at(8 * day), "passing"),
        (Value::Null, "passing"),
    ] {
        let patch = json!({ "expires_at": expires_at });
        assert_eq!(
            admin.try_patch("/v1/connections/github", patch).await.0,
            200
        );
        let check = recheck(&admin, "credential:github").await;
        assert_eq!(check["state"], state, "{check}");
        if state == "warning" {
            assert!(
                check["message"].as_str().unwrap().contains("3 days"),
                "{check}"
            );
        }
    }
    admin
        .post(&format!("/v1/runs/{run}/resume"), json!({}))
        .await;
    server.until(&run, RunStatus::Completed).await;
}

#[tokio::test]
async fn a_backend_that_is_offline_holds_the_tools_that_need_it() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(None);
    admin
        .post(
            "/v1/mcp/servers",
            json!({ "name": "shop", "transport": { "url": mcp.url } }),
        )
        .await;
    let address = free_address();
    let body = json!({
        "id": "warehouse", "wire": format!("tcp://{address}"), "tools": [{ "server": "shop", "names": ["look"] }],
    });
    admin.post("/v1/entities", body).await;
    let steps = json!([mcp_step("shop", "long"), echo("say")]);
    let free = admin.workflow("Free", steps).await;
    let needs = admin
        .workflow("Needs", json!([mcp_step("shop", "look")]))
        .await;
    let held = admin.start(&needs, json!({})).await;
    server.until(&held, RunStatus::Blocked).await;
    let blocker = admin.get("/v1/health").await["blockers"][0].clone();
    assert_eq!(
        (&blocker["check"], &blocker["by"], &blocker["code"]),
        (
            &json!("entity:warehouse"),
            &json!("entity"),
            &json!("ENTITY_OFFLINE")
        )
    );
    assert_eq!(
        (&blocker["who"], &blocker["outside"]),
        (
            &json!("project_contributor"),
            &json!("whoever runs the backend “warehouse”")
        )
    );
    // Its other tools do not need the backend: this one is called, and fails for a reason of its own.
    let other = admin.start(&free, json!({})).await;
    server.until(&other, RunStatus::Failed).await;
    let back = std::net::TcpListener::bind(&address).unwrap();
    assert_eq!(
        recheck(&admin, "entity:warehouse").await["state"],
        "passing"
    );
    admin
        .post(&format!("/v1/runs/{held}/resume"), json!({}))
        .await;
    server.until(&held, RunStatus::Completed).await;
    drop(back);
}

#[tokio::test]
async fn a_backend_that_dies_under_a_running_tool_is_named_as_the_cause() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mcp = TestMcp::start(None);
    let body = json!({ "name": "shop", "transport": { "url": mcp.url } });
    admin.post("/v1/mcp/servers", body).await;
    let backend = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = backend.local_addr().unwrap();
    let body = json!({
        "id": "warehouse", "wire": format!("tcp://{address}"), "tools": [{ "server": "shop", "names": ["fail"] }],
    });
    admin.post("/v1/entities", body).await;
    let workflow = admin
        .workflow("Shop", json!([mcp_step("shop", "fail")]))
        .await;
    // A tool that fails by itself while its backend is well says so.
    let own = admin.start(&workflow, json!({})).await;
    server.until(&own, RunStatus::Failed).await;
    let view = admin.get(&format!("/v1/runs/{own}")).await;
    assert_eq!(view["run"]["failure"]["code"], "MCP_TOOL_FAILED");

    assert_eq!(
        recheck(&admin, "entity:warehouse").await["state"],
        "passing"
    );
    // The last look is young enough for the step to begin; by the time the tool fails the backend is gone.
    drop(backend);
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let view = admin.get(&format!("/v1/runs/{run}")).await;
    let failure = &view["run"]["failure"];
    assert_eq!(failure["code"], "ENTITY_OFFLINE", "{failure}");
    let message = failure["message"].as_str().unwrap();
    assert!(
        message.starts_with("The backend “warehouse” is offline: "),
        "{message}"
    );
    assert!(message.contains("The tool fail of “shop”"), "{message}");
    let listed = admin.get("/v1/runs").await;
    let why = listed["items"][0]["why"].to_string();
    assert!(why.contains("“warehouse” is offline"), "{why}");
    let health = admin.get("/v1/health").await;
    assert_eq!(find(&health, "entity:warehouse")["state"], "failing");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_fails_its_step_and_holds_nothing() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let patch = json!({ "base_url": "http://127.0.0.1:9/v1" });
    admin.try_patch("/v1/providers/default", patch).await;
    let check = recheck(&admin, "provider:default").await;
    assert_eq!(
        (&check["state"], &check["code"]),
        (&json!("failing"), &json!("LLM_REQUEST_FAILED"))
    );
    let listed = admin.get("/v1/providers").await;
    assert_eq!(
        listed["items"][0]["check"]["ok"], false,
        "one truth, wherever it is read"
    );
    let step = json!({ "id": "ask", "type": "llm_call", "prompt": "Say it" });
    let workflow = admin.workflow("Ask", json!([step])).await;
    let run = admin.start(&workflow, json!({})).await;
    server.until(&run, RunStatus::Failed).await;
    let view = admin.get(&format!("/v1/runs/{run}")).await;
    assert_eq!(
        view["run"]["failure"]["code"], "LLM_REQUEST_FAILED",
        "{view}"
    );
    assert_eq!(admin.get("/v1/health").await["blockers"], json!([]));
}

#[tokio::test]
async fn every_kind_is_there_with_its_last_looks() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let service = Service::start().await;
    let health = admin.get("/v1/health").await;
    assert_eq!(find(&health, "provider:default")["state"], "unknown");
    assert_eq!(find(&health, "queue:default")["state"], "passing");
    assert_eq!(find(&health, "worker:worker-1")["state"], "passing");
    admin.post("/v1/queues/default/pause", json!({})).await;
    let health = admin.get("/v1/health").await;
    assert_eq!(find(&health, "queue:default")["state"], "warning");
    let body = json!({ "id": "crm", "wire": service.url("/"), "expected_status": 200 });
    admin.post("/v1/entities", body).await;
    for _ in 0..55 {
        assert_eq!(recheck(&admin, "entity:crm").await["state"], "passing");
    }
    service.want("x-none", "x");
    let check = recheck(&admin, "entity:crm").await;
    assert_eq!(check["state"], "failing");
    let history = check["history"].as_array().unwrap();
    assert_eq!(
        (history.len(), &history[0]["state"]),
        (50, &json!("failing"))
    );
    assert_eq!(recheck(&admin, "queue:default").await["state"], "warning");
    let (status, problem) = admin
        .try_post("/v1/health/checks/entity:none/recheck", json!({}))
        .await;
    assert_eq!((status, &problem["code"]), (404, &json!("check_not_found")));
    assert_eq!(admin.try_delete("/v1/entities/crm").await.0, 200);
    let health = admin.get("/v1/health").await;
    assert!(
        !health.to_string().contains("entity:crm"),
        "it left with its entity"
    );
}

#[tokio::test]
async fn validating_a_workflow_tells_what_its_runs_would_wait_for() {
    let server = Server::new().await;
    let admin = server.admin().await;
    dead_server(&admin).await;
    let workflow = admin
        .workflow("Shop", json!([echo("say"), mcp_step("shop", "look")]))
        .await;
    let validate = format!("/v1/workflows/{workflow}/validate");
    let report = admin.post(&validate, json!({})).await;
    assert_eq!(report["errors"], json!([]));
    let warnings = report["warnings"].as_array().unwrap();
    let found = warnings
        .iter()
        .find(|warning| warning["code"] == "environment");
    let warning = found.unwrap_or_else(|| panic!("{report}"));
    assert_eq!(
        (&warning["pointer"], &warning["step"]),
        (&json!("/steps/1"), &json!("call"))
    );
    let message = warning["message"].as_str().unwrap();
    assert!(message.contains("“shop”"), "{warning}");
}

#[tokio::test]
async fn whoever_listens_hears_that_health_changed() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let mut stream = admin
        .request(reqwest::Method::GET, "/v1/stream?topics=health")
        .send()
        .await
        .unwrap();
    recheck(&admin, "worker:worker-1").await;
    let mut heard = String::new();
    while !heard.contains(r#"{"topic":"health"}"#) {
        let chunk = tokio::time::timeout(PATIENCE, stream.chunk());
        let chunk = chunk.await.unwrap().unwrap().unwrap();
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
}
