//! Nobody is where they do not belong: every route of the table, asked by those who may not.

mod secrets;

use crate::support::{Client, Server, answer, decision};
use model::{Role, Scope};
use reqwest::Method;
use runtime::api::access::{Need, ROUTES, Route};
use runtime::store::Place;
use serde_json::{Value, json};

/// The real ids a route's parameters can name.
struct Ids {
    run: String,
    workflow: String,
    task: String,
    mission: String,
    job: String,
}

/// A project with something in it for every kind of route.
async fn filled(admin: &Client, server: &Server) -> Ids {
    let workflow = admin.workflow("Guarded", json!([decision("decide")])).await;
    let mission = admin
        .post("/v1/missions", json!({ "title": "Guarded" }))
        .await;
    let run = admin.start(&workflow, json!({ "input": {} })).await;
    server.until(&run, model::RunStatus::Waiting).await;
    let tasks = admin.get("/v1/tasks/pending").await;
    let retry = json!({ "move": "retry", "runs": [run], "reason": "all of them" });
    let job = admin.post("/v1/bulk", retry).await;
    Ids {
        job: job["id"].as_str().unwrap().to_owned(),
        run,
        workflow,
        task: tasks["items"][0]["task"].as_str().unwrap().to_owned(),
        mission: mission["id"].as_str().unwrap().to_owned(),
    }
}

fn path(route: &Route, ids: &Ids) -> String {
    let path = route
        .path
        .replace("{run}", &ids.run)
        .replace("{id}", &ids.run)
        .replace("{workflow}", &ids.workflow)
        .replace("{task}", &ids.task)
        .replace("{mission}", &ids.mission)
        .replace("{version}", "1")
        .replace("{step}", "decide")
        .replace("{artifact}", "art_1")
        .replace("{token}", "wpt_1")
        .replace("{provider}", "default")
        .replace("{pat}", "tok_1")
        .replace("{user}", "usr_1")
        .replace("{invitation}", "ivt_1")
        .replace("{session}", "0123456789abcdef")
        .replace("{project}", "main")
        .replace("{queue}", "default")
        .replace("{webhook}", "whk_1")
        .replace("{delivery}", "dlv_1")
        .replace("{report}", "rep_1")
        .replace("{check}", "provider:default")
        .replace("{connection}", "github")
        .replace("{server}", "github")
        .replace("{instance}", "github-eu")
        .replace("{profile}", "live")
        .replace("{entity}", "crm")
        .replace("{job}", &ids.job)
        .replace("{seq}", "1")
        .replace("{attempt}", "1");
    assert!(!path.contains('{'), "no id for {path}");
    if route.path == "/v1/stream" {
        format!("{path}?topics=run:{}", ids.run)
    } else {
        path
    }
}

/// A body that the route can read, so that what it names is looked for.
fn body(route: &Route, ids: &Ids) -> Value {
    match route.path {
        "/v1/runs/{run}/plan" => json!({ "move": "cancel" }),
        "/v1/bulk/plan" => json!({ "move": "cancel", "runs": [ids.run] }),
        "/v1/bulk" => json!({ "move": "cancel", "runs": [ids.run], "reason": "all of them" }),
        "/v1/runs/{run}/tasks/{task}/complete" => json!({ "approved": true }),
        "/v1/runs/{run}/steps/{step}/chat" => json!({ "message": "Go on." }),
        "/v1/workflows/{workflow}/command" => {
            json!({ "command": "pause", "params": { "run_id": ids.run } })
        }
        "/v1/attention/{id}/snooze" => json!({ "until": "2999-01-01T00:00:00Z" }),
        "/v1/pats" => json!({ "name": "x", "scopes": ["workflow:read"] }),
        "/v1/members/{user}" => json!({ "role": "project_viewer" }),
        "/v1/invitations" => json!({ "name": "x", "role": "project_viewer" }),
        "/v1/projects" => json!({ "id": "x", "name": "x" }),
        "/v1/projects/{project}" => json!({ "name": "x" }),
        "/v1/audit/retention" => json!({ "keep_days": null }),
        "/v1/attention/{id}/dismiss" => json!({ "reason": "seen" }),
        "/v1/notifications/email" => json!({
            "host": "smtp.example.com", "port": 587, "security": "starttls", "from": "a@example.com"
        }),
        "/v1/notifications/email/test" => json!({ "to": "a@example.com" }),
        "/v1/reports" | "/v1/reports/preview" => json!({
            "run": ids.run, "subject": "a", "expected": "b", "category": "other", "severity": "low"
        }),
        "/v1/reports/{report}/answers" => json!({ "text": "a" }),
        "/v1/webhooks" => json!({ "url": "http://127.0.0.1:9/" }),
        "/v1/runs/{run}/watch" => json!({ "watching": true }),
        "/v1/notifications/preferences" => json!({ "layer": "me", "preferences": {} }),
        "/v1/workflows/{workflow}/connection-overrides" => json!({ "overrides": {} }),
        _ => json!({}),
    }
}

async fn call(client: &Client, route: &Route, ids: &Ids) -> (u16, Value) {
    let mut request = client.request(route.method.clone(), &path(route, ids));
    if *route.method != Method::GET {
        request = request.json(&body(route, ids));
    }
    answer(request).await
}

fn guarded() -> impl Iterator<Item = (&'static Route, Role, Scope)> {
    ROUTES.iter().filter_map(|route| match route.need {
        Need::Project(role, scope) => Some((route, role, scope)),
        Need::Nothing | Need::SignedIn => None,
    })
}

#[tokio::test]
async fn without_a_token_every_route_is_a_401_that_says_so() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let ids = filled(&admin, &server).await;
    let nobody = Client {
        token: None,
        ..admin
    };
    for route in ROUTES.iter().filter(|route| route.need != Need::Nothing) {
        let (status, problem) = call(&nobody, route, &ids).await;
        assert_eq!(
            (status, &problem["code"]),
            (401, &json!("no_credentials")),
            "{} {}",
            route.method,
            route.path
        );
    }
}

#[tokio::test]
async fn a_lower_role_is_a_403_that_names_the_role() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let ids = filled(&admin, &server).await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let contributor = server.as_role(Role::ProjectContributor).await;
    let mut asked = 0;
    for (route, role, _) in guarded() {
        let lower = match role {
            Role::ProjectViewer => continue,
            Role::ProjectContributor => &viewer,
            Role::ProjectAdmin | Role::TenantAdmin => &contributor,
        };
        let (status, problem) = call(lower, route, &ids).await;
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(
            (status, &problem["code"]),
            (403, &json!("missing_role")),
            "{what}"
        );
        assert_eq!(problem["missing"], json!(role.as_str()), "{what}");
        asked += 1;
    }
    assert!(asked > 20);
}

#[tokio::test]
async fn a_missing_scope_is_a_403_that_names_the_scope() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let ids = filled(&admin, &server).await;
    for (route, _, scope) in guarded() {
        let others = Scope::ALL
            .iter()
            .copied()
            .filter(|other| *other != scope)
            .collect();
        let token = server
            .token_with(&Place::new("local", "main"), Role::TenantAdmin, others)
            .await;
        let (status, problem) = call(&server.client(token), route, &ids).await;
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(
            (status, &problem["code"]),
            (403, &json!("missing_scope")),
            "{what}"
        );
        assert_eq!(problem["missing"], json!(scope.as_str()), "{what}");
    }
}

#[tokio::test]
async fn a_foreign_project_is_closed_and_looks_like_one_that_is_not_there() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let ids = filled(&admin, &server).await;
    let foreign = server.foreign().await;
    let intruder = Client {
        place: Place::new("local", "main"),
        ..foreign.clone()
    };
    let dreamer = Client {
        place: Place::new("nowhere", "main"),
        ..foreign
    };
    for (route, _, _) in guarded() {
        let (status, problem) = call(&intruder, route, &ids).await;
        let (other_status, other) = call(&dreamer, route, &ids).await;
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(
            (status, &problem["code"]),
            (403, &json!("no_role_in_project")),
            "{what}"
        );
        assert_eq!(
            (status, &problem["code"]),
            (other_status, &other["code"]),
            "{what}"
        );
        assert_eq!(
            problem["detail"]
                .as_str()
                .unwrap()
                .replace("local", "nowhere"),
            other["detail"].as_str().unwrap(),
            "{what}"
        );
    }
}

#[tokio::test]
async fn what_belongs_to_another_tenant_is_a_404_everywhere() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let ids = filled(&admin, &server).await;
    let before = admin.get(&format!("/v1/runs/{}/events", ids.run)).await["last_seq"].clone();
    let foreign = server.foreign().await;
    let named = [
        "{run}",
        "{id}",
        "{workflow}",
        "{mission}",
        "{task}",
        "{report}",
        "{job}",
        "{webhook}",
    ];
    let mut asked = 0;
    for (route, _, _) in guarded() {
        let names_something =
            named.iter().any(|name| route.path.contains(name)) || route.path == "/v1/stream";
        if !names_something {
            continue;
        }
        let (status, problem) = call(&foreign, route, &ids).await;
        let what = format!("{} {}: {problem}", route.method, route.path);
        assert_eq!(status, 404, "{what}");
        assert!(
            problem["code"].as_str().unwrap().ends_with("_not_found"),
            "{what}"
        );
        asked += 1;
    }
    assert!(asked >= 35, "{asked}");
    let after = admin.get(&format!("/v1/runs/{}/events", ids.run)).await["last_seq"].clone();
    assert_eq!(before, after, "a stranger changed the run");
}

#[tokio::test]
async fn lists_show_nothing_of_another_tenant() {
    let server = Server::new().await;
    let admin = server.admin().await;
    filled(&admin, &server).await;
    let foreign = server.foreign().await;
    for path in [
        "/v1/runs",
        "/v1/bulk",
        "/v1/workflows",
        "/v1/missions",
        "/v1/tasks/pending",
        "/v1/waitpoints/tokens",
        "/v1/providers",
        "/v1/audit",
        "/v1/notifications",
        "/v1/reports",
        "/v1/connections",
        "/v1/mcp/servers",
        "/v1/mcp/instances",
        "/v1/entities",
        "/v1/connection-overrides",
    ] {
        assert_eq!(foreign.get(path).await["items"], json!([]), "{path}");
    }
    let me = foreign.get("/v1/me").await;
    assert_eq!(me["tenants"].as_array().unwrap().len(), 1);
    assert_eq!(me["tenants"][0]["id"], "acme");
}

#[tokio::test]
async fn a_request_that_does_not_say_where_is_told_which_header_is_missing() {
    let server = Server::new().await;
    let token = server.token(Role::TenantAdmin).await;
    let http = crate::support::http();
    let bare = http
        .get(format!("{}/v1/runs", server.base))
        .bearer_auth(&token);
    let (status, problem) = answer(bare).await;
    assert_eq!((status, &problem["missing"]), (403, &json!("X-Tenant-Id")));
    let half = http
        .get(format!("{}/v1/runs", server.base))
        .bearer_auth(&token)
        .header("X-Tenant-Id", "local");
    assert_eq!(answer(half).await.1["missing"], "X-Project-Id");
    let by_query = http
        .get(format!("{}/v1/runs?tenant=local&project=main", server.base))
        .bearer_auth(&token);
    assert_eq!(answer(by_query).await.0, 200);
}

#[tokio::test]
async fn a_token_for_one_project_opens_no_other() {
    let server = Server::new().await;
    let now = server.host.now();
    let other = Place::new("local", "second");
    let change = runtime::auth::people::project(&other, "Second", now).unwrap();
    server
        .host
        .store()
        .change(runtime::store::ChangeSet::new(change))
        .await
        .unwrap();
    let viewer = server.as_role(Role::ProjectViewer).await;
    let elsewhere = Client {
        place: other,
        ..viewer.clone()
    };
    assert_eq!(viewer.try_get("/v1/runs").await.0, 200);
    assert_eq!(elsewhere.try_get("/v1/runs").await.0, 403);
}
