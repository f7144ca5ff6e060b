//! Drafts, versions, validation, import and export.

use crate::support::{Server, answer, echo, raw};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_workflow_lives_from_draft_to_archive() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let draft = json!({ "name": "First", "description": "Says it.", "steps": [echo("say")] });
    let made = admin.post("/v1/workflows", json!({ "draft": draft })).await;
    let id = made["id"].as_str().unwrap().to_owned();
    let url = format!("/v1/workflows/{id}");
    assert!(made["audit"].is_string());
    assert_eq!(made["revision"], 1);
    assert!(made.get("version").is_none());

    let published = admin
        .post(&format!("{url}/versions"), json!({ "note": "the first" }))
        .await;
    assert_eq!(published["version"], 1);
    let view = admin.get(&url).await;
    assert_eq!(
        (&view["version"], &view["has_draft"], &view["revision"]),
        (&json!(1), &json!(false), &json!(2))
    );
    assert_eq!(view["published"]["steps"][0]["id"], "say");

    let (status, problem) = admin.try_post(&format!("{url}/versions"), json!({})).await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("nothing_to_publish"))
    );

    let changed = json!({ "name": "First, better", "steps": [echo("say"), echo("more")] });
    let (status, patched) = admin.try_patch(&url, json!({ "draft": changed })).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&patched["name"], &patched["has_draft"]),
        (&json!("First, better"), &json!(true))
    );
    admin.post(&format!("{url}/versions"), json!({})).await;
    let versions = admin.get(&format!("{url}/versions")).await;
    assert_eq!(versions["count"], 2);
    assert_eq!(versions["items"][0]["version"], 2);
    assert_eq!(versions["items"][1]["note"], "the first");
    let first = admin.get(&format!("{url}/versions/1")).await;
    assert_eq!(
        first["steps"].as_array().unwrap().len(),
        1,
        "a version changed"
    );
    assert_eq!(admin.try_get(&format!("{url}/versions/3")).await.0, 404);

    assert_eq!(admin.try_delete(&url).await.0, 200);
    assert_eq!(admin.get("/v1/workflows").await["count"], 0);
    assert_eq!(admin.get("/v1/workflows?archived=true").await["count"], 1);
    assert_eq!(
        admin.try_patch(&url, json!({ "archived": false })).await.0,
        200
    );
    assert_eq!(admin.get("/v1/workflows").await["count"], 1);
}

#[tokio::test]
async fn of_two_editors_the_second_is_told() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let id = admin.workflow("Shared", json!([echo("say")])).await;
    let url = format!("/v1/workflows/{id}");
    let (_, headers, _) = raw(admin.request(Method::GET, &url)).await;
    let seen = headers["etag"].to_str().unwrap().to_owned();
    let save = |name: &str| {
        let draft = json!({ "name": name, "steps": [] });
        let request = admin
            .request(Method::PATCH, &url)
            .header("If-Match", &seen)
            .json(&json!({ "draft": draft }));
        async move { answer(request).await }
    };
    assert_eq!(save("Mine").await.0, 200);
    let (status, problem) = save("Yours").await;
    assert_eq!((status, &problem["code"]), (409, &json!("stale_revision")));
    assert_eq!(problem["current"]["draft"]["name"], "Mine");
    assert_eq!(admin.get(&url).await["name"], "Mine");
}

#[tokio::test]
async fn names_are_unique_in_a_project() {
    let server = Server::new().await;
    let admin = server.admin().await;
    admin.workflow("Same", json!([echo("say")])).await;
    let body = json!({ "draft": { "name": "Same", "steps": [] } });
    let (status, problem) = admin.try_post("/v1/workflows", body.clone()).await;
    assert_eq!((status, &problem["code"]), (409, &json!("name_taken")));
    let foreign = server.foreign().await;
    assert_eq!(foreign.try_post("/v1/workflows", body).await.0, 201);
    for draft in [
        json!({}),
        json!({ "name": "  " }),
        json!([]),
        json!({ "name": "x".repeat(121) }),
    ] {
        let (status, problem) = admin
            .try_post("/v1/workflows", json!({ "draft": draft }))
            .await;
        assert_eq!(
            (status, &problem["errors"][0]["pointer"]),
            (422, &json!("/draft/name"))
        );
    }
}

#[tokio::test]
async fn every_mistake_is_reported_at_once_and_stops_publishing() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let draft = json!({ "name": "Broken", "steps": [
        { "id": "a", "type": "lua_script", "script": "return (", "depends_on": ["b"] },
        { "id": "b", "type": "lua_script", "script": "return 1", "depends_on": ["a"] },
        { "id": "c", "type": "mcp_call", "server": "nowhere", "tool_name": "read_file" },
        { "id": "d", "type": "llm_call", "provider": "nobody", "prompt": "{{steps.nope.result}}" },
        { "id": "e", "type": "mcp_call", "server": "files", "tool_name": "no_such_tool" },
    ] });
    let made = admin.post("/v1/workflows", json!({ "draft": draft })).await;
    let id = made["id"].as_str().unwrap();
    let report = admin
        .post(&format!("/v1/workflows/{id}/validate"), json!({}))
        .await;
    let found: Vec<(String, String)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| {
            (
                issue["code"].as_str().unwrap().into(),
                issue["step"].as_str().unwrap_or_default().into(),
            )
        })
        .collect();
    for (code, step) in [
        ("lua_syntax", "a"),
        ("dependency_cycle", "a"),
        ("unknown_step", "d"),
    ] {
        let has = found
            .iter()
            .any(|(a, b)| a == code && (b == step || code == "dependency_cycle"));
        assert!(has, "{code} at {step} is not in {found:?}");
    }
    for step in ["c", "d", "e"] {
        assert!(
            found.iter().any(|(_, at)| at == step),
            "nothing at {step} in {found:?}"
        );
    }
    let (status, problem) = admin
        .try_post(&format!("/v1/workflows/{id}/versions"), json!({}))
        .await;
    assert_eq!(
        (status, &problem["code"]),
        (422, &json!("workflow_has_errors"))
    );
    assert_eq!(problem["errors"].as_array().unwrap().len(), found.len());
    let other = json!({ "document": { "name": "Fine", "steps": [echo("say")] } });
    let report = admin
        .post(&format!("/v1/workflows/{id}/validate"), other)
        .await;
    assert_eq!(report["errors"], json!([]));
    for nothing in [
        json!(7),
        json!([]),
        json!({ "name": "x" }),
        json!({ "steps": 3 }),
    ] {
        let (status, problem) = admin
            .try_post(
                &format!("/v1/workflows/{id}/validate"),
                json!({ "document": nothing }),
            )
            .await;
        assert_eq!((status, &problem["code"]), (422, &json!("not_a_workflow")));
    }
}

#[tokio::test]
async fn an_export_imports_elsewhere_with_other_names() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let step =
        json!({ "id": "ask", "type": "llm_call", "provider": "default", "prompt": "Hello." });
    let id = admin.workflow("Portable", json!([step])).await;
    let (_, headers, text) =
        raw(admin.request(Method::GET, &format!("/v1/workflows/{id}/export"))).await;
    assert!(
        headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("portable.workflow.json")
    );
    let mut portable: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(portable["version"], 1);
    assert_eq!(
        portable["needs"]["providers"],
        json!({ "default": ["/steps/0/provider"] })
    );

    let foreign = server.foreign().await;
    portable["name"] = json!("Brought here");
    portable["remap"] = json!({ "default": "local" });
    let made = foreign.post("/v1/workflows/import", portable.clone()).await;
    assert_eq!(made["name"], "Brought here");
    assert_eq!(made["draft"]["steps"][0]["provider"], "local");
    portable["name"] = json!("Again");
    portable["remap"] = json!({ "unused": "x" });
    let (status, problem) = foreign
        .try_post("/v1/workflows/import", portable.clone())
        .await;
    assert_eq!(
        (status, &problem["errors"][0]["pointer"]),
        (422, &json!("/remap/unused"))
    );
    portable["format"] = json!("something/9");
    assert_eq!(
        foreign.try_post("/v1/workflows/import", portable).await.0,
        422
    );
}

#[tokio::test]
async fn the_schema_of_a_workflow_is_served() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let schema = admin.get("/v1/workflows/schema").await;
    assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
}

#[tokio::test]
async fn a_list_of_workflows_pages() {
    let server = Server::new().await;
    let admin = server.admin().await;
    for n in 0..5 {
        let draft = json!({ "name": format!("W{n}"), "steps": [] });
        let made = admin.post("/v1/workflows", json!({ "draft": draft })).await;
        if n == 2 {
            admin
                .try_delete(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()))
                .await;
        }
    }
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/v1/workflows?limit=2{cursor}")).await;
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["name"].clone()),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["W0", "W1", "W3", "W4"]);
}
