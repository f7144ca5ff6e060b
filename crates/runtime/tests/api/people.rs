//! Tokens, members, invitations, signed-in browsers and projects.

use crate::support::{Client, PATIENCE, Server, answer, http, raw};
use model::{Role, Scope};
use reqwest::Method;
use reqwest::header::{COOKIE, SET_COOKIE, USER_AGENT};
use runtime::store::Place;
use serde_json::{Value, json};

/// Signs in and gives back the cookie pair.
async fn sign_in(server: &Server, body: Value, agent: &str) -> String {
    let request = http()
        .post(format!("{}/v1/session", server.base))
        .header(USER_AGENT, agent)
        .json(&body);
    let (status, headers, text) = raw(request).await;
    assert_eq!(status, 200, "{text}");
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Calls as a browser does, in the first project.
async fn browse(
    server: &Server,
    method: Method,
    path: &str,
    cookie: &str,
    body: Value,
) -> (u16, Value) {
    let request = http()
        .request(method, format!("{}{path}", server.base))
        .header(COOKIE, cookie)
        .header("X-Tenant-Id", "local")
        .header("X-Project-Id", "main");
    answer(request.json(&body)).await
}

async fn newest(admin: &Client, action: &str) -> Value {
    admin.get(&format!("/v1/audit?action={action}")).await["items"][0].clone()
}

#[tokio::test]
async fn a_token_is_shown_once_and_does_no_more_than_its_maker() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let body = json!({ "name": " deploy ", "scopes": ["workflow:read", "workflow:run"], "role": "project_viewer", "expires_in_days": 7 });
    let request = admin
        .request(Method::POST, "/v1/pats")
        .header("Idempotency-Key", "once")
        .json(&body);
    let again = request.try_clone().unwrap();
    let (status, made) = answer(request).await;
    assert_eq!(status, 201, "{made}");
    let secret = made["token"].as_str().unwrap().to_owned();
    assert_eq!(made["pat"]["name"], "deploy");
    let (status, repeated) = answer(again).await;
    assert_eq!((status, &repeated["pat"]), (201, &made["pat"]));
    assert!(repeated.get("token").is_none());

    let deploy = server.client(secret.clone());
    assert_eq!(deploy.try_get("/v1/runs").await.0, 200);
    let (_, refused) = deploy
        .try_post("/v1/missions", json!({ "title": "x" }))
        .await;
    assert_eq!(refused["missing"], "project_contributor");
    assert_eq!(deploy.try_get("/v1/audit").await.1["missing"], "audit:read");
    // What it makes is no more than it is, and ends with it.
    let (_, refused) = deploy
        .try_post("/v1/pats", json!({ "name": "x", "scopes": ["audit:read"] }))
        .await;
    assert_eq!(refused["missing"], "audit:read");
    let (_, refused) = deploy
        .try_post(
            "/v1/pats",
            json!({ "name": "x", "scopes": ["workflow:read"], "role": "project_admin" }),
        )
        .await;
    assert_eq!(refused["missing"], "project_admin");
    let child = deploy
        .post(
            "/v1/pats",
            json!({ "name": "child", "scopes": ["workflow:read"], "expires_in_days": 300 }),
        )
        .await;
    assert_eq!(child["pat"]["expires_at"], made["pat"]["expires_at"]);
    assert_eq!(child["pat"]["role"], "project_viewer");

    let (_, _, text) = raw(admin.request(Method::GET, "/v1/pats")).await;
    assert!(!text.contains(&secret));
    let list: Value = serde_json::from_str(&text).unwrap();
    let listed = list["items"].as_array().unwrap();
    // The one that asks, and those made with it.
    assert_eq!(listed.len(), 3);
    let trail = newest(&admin, "token.create").await;
    assert_eq!(trail["after"]["name"], "child");
    let database = std::fs::read(server.data().join("signalbox.db-wal")).unwrap();
    let has = |needle: &str| {
        database
            .windows(needle.len())
            .any(|window| window == needle.as_bytes())
    };
    assert!(
        has("deploy") && !has(&secret),
        "the secret is in the database"
    );
    for wrong in [
        json!({ "name": "", "scopes": ["workflow:read"] }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["workflow:read"], "expires_in_days": 0 }),
        json!({ "name": "x", "scopes": ["workflow:read"], "colour": "red" }),
    ] {
        let (status, problem) = admin.try_post("/v1/pats", wrong).await;
        assert_eq!(status, 422, "{problem}");
    }
}

#[tokio::test]
async fn a_token_is_taken_back_at_once_by_its_owner_or_an_admin() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let viewer = server.as_role(Role::ProjectViewer).await;
    let scopes = json!(["workflow:read"]);
    let made = viewer
        .post("/v1/pats", json!({ "name": "mine", "scopes": scopes }))
        .await;
    let (id, secret) = (
        made["pat"]["id"].as_str().unwrap(),
        made["token"].as_str().unwrap(),
    );
    let cookie = sign_in(&server, json!({ "token": secret }), "Browser").await;
    let path = format!("/v1/pats/{id}");
    let contributor = server.as_role(Role::ProjectContributor).await;
    assert_eq!(contributor.try_delete(&path).await.0, 404);
    assert_eq!(
        contributor.try_get("/v1/pats?all=true").await.1["missing"],
        "tenant_admin"
    );
    let foreign = server.foreign().await;
    assert_eq!(foreign.try_delete(&path).await.0, 404);
    let seen = |list: Value| {
        let items = list["items"].as_array().unwrap().clone();
        items.iter().any(|pat| pat["id"] == id)
    };
    assert!(seen(admin.get("/v1/pats?all=true").await));
    assert!(!seen(admin.get("/v1/pats").await));
    assert!(!seen(foreign.get("/v1/pats?all=true").await));

    let (status, revoked) = admin.try_delete(&path).await;
    assert_eq!(status, 200);
    assert!(revoked["revoked_at"].is_string());
    let gone = server.client(secret.to_owned());
    assert_eq!(gone.try_get("/v1/runs").await.1["code"], "token_revoked");
    let (status, _) = browse(&server, Method::GET, "/v1/me", &cookie, Value::Null).await;
    assert_eq!(status, 401);
    assert_eq!(viewer.try_delete(&path).await.0, 409);
    let entry = newest(&admin, "token.revoke").await;
    assert_eq!(entry["before"]["revoked_at"], Value::Null);
}

#[tokio::test]
async fn what_an_ais_token_does_is_marked() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let body = json!({ "name": "Agent", "scopes": ["workflow:read", "workflow:run"], "ai": true });
    let made = admin.post("/v1/pats", body).await;
    let agent = server.client(made["token"].as_str().unwrap().to_owned());
    agent
        .post("/v1/missions", json!({ "title": "North" }))
        .await;
    let found = admin.get("/v1/audit?ai=true").await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["actor"]["kind"], "ai");
    assert_eq!(found["items"][0]["actor"]["name"], "Agent");
    // A browser or a token opened with it is still an AI's.
    let cookie = sign_in(&server, json!({ "token": made["token"] }), "Agent").await;
    let (_, me) = browse(&server, Method::GET, "/v1/me", &cookie, Value::Null).await;
    assert_eq!(me["actor"]["kind"], "ai");
    let child = agent
        .post(
            "/v1/pats",
            json!({ "name": "child", "scopes": ["workflow:read"] }),
        )
        .await;
    assert_eq!(child["pat"]["ai"], true);
}

#[tokio::test]
async fn an_invitation_makes_one_new_member_once() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let invited = admin
        .post(
            "/v1/invitations",
            json!({ "name": "Owner", "role": "project_contributor" }),
        )
        .await;
    let link = invited["link"].as_str().unwrap();
    let code = link.strip_prefix("/sign-in#code=").unwrap().to_owned();
    assert_eq!(
        admin.get("/v1/invitations").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        server.foreign().await.get("/v1/invitations").await["items"],
        json!([])
    );

    let cookie = sign_in(&server, json!({ "code": code }), "Browser").await;
    let (_, me) = browse(&server, Method::GET, "/v1/me", &cookie, Value::Null).await;
    assert_eq!(
        me["tenants"][0]["projects"][0]["role"],
        "project_contributor"
    );
    // Whoever is invited by the name of somebody else does not become them.
    let members = admin.get("/v1/members").await;
    let owners: Vec<&Value> = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|member| member["name"] == "Owner")
        .collect();
    assert_eq!(owners.len(), 2);
    let accepted = newest(&admin, "invitation.accept").await;
    assert_eq!(accepted["actor"]["id"], me["actor"]["id"]);

    let again = http()
        .post(format!("{}/v1/session", server.base))
        .json(&json!({ "code": code }));
    let (status, problem) = answer(again).await;
    assert_eq!(
        (status, &problem["code"]),
        (401, &json!("unknown_invitation"))
    );
    assert_eq!(admin.get("/v1/invitations").await["items"], json!([]));

    let taken = admin
        .post(
            "/v1/invitations",
            json!({ "name": "Kim", "role": "project_viewer" }),
        )
        .await;
    let id = taken["invitation"]["id"].as_str().unwrap();
    assert_eq!(
        admin.try_delete(&format!("/v1/invitations/{id}")).await.0,
        200
    );
    let code = taken["link"]
        .as_str()
        .unwrap()
        .split_once("code=")
        .unwrap()
        .1;
    let late = http()
        .post(format!("{}/v1/session", server.base))
        .json(&json!({ "code": code }));
    assert_eq!(answer(late).await.0, 401);
    let project_admin = server.as_role(Role::ProjectAdmin).await;
    let (status, problem) = project_admin
        .try_post(
            "/v1/invitations",
            json!({ "name": "Kim", "role": "tenant_admin" }),
        )
        .await;
    assert_eq!((status, &problem["missing"]), (403, &json!("tenant_admin")));
}

#[tokio::test]
async fn roles_change_within_ones_own_and_the_last_admin_stays() {
    let server = Server::new().await;
    let cookie = sign_in(&server, json!({ "code": server.code }), "Browser").await;
    let (_, members) = browse(&server, Method::GET, "/v1/members", &cookie, Value::Null).await;
    let owner = members["items"][0].clone();
    assert_eq!(
        (&owner["name"], &owner["role"], &owner["project"]),
        (&json!("Owner"), &json!("tenant_admin"), &Value::Null)
    );
    let owner = format!("/v1/members/{}", owner["user"].as_str().unwrap());
    let patch = async |path: &str, role: &str| {
        let body = json!({ "role": role });
        browse(&server, Method::PATCH, path, &cookie, body).await
    };
    let (status, problem) = patch(&owner, "project_viewer").await;
    assert_eq!(
        (status, &problem["code"]),
        (409, &json!("last_tenant_admin"))
    );
    let (status, _) = browse(&server, Method::DELETE, &owner, &cookie, json!({})).await;
    assert_eq!(status, 409);

    let body = json!({ "name": "Kim", "role": "project_viewer" });
    let (_, invited) = browse(&server, Method::POST, "/v1/invitations", &cookie, body).await;
    let code = invited["link"]
        .as_str()
        .unwrap()
        .split_once("code=")
        .unwrap()
        .1;
    let kims = sign_in(&server, json!({ "code": code }), "Browser").await;
    let (_, me) = browse(&server, Method::GET, "/v1/me", &kims, Value::Null).await;
    let kim = format!("/v1/members/{}", me["actor"]["id"].as_str().unwrap());
    let run = json!({ "title": "North" });
    let (status, _) = browse(&server, Method::POST, "/v1/missions", &kims, run.clone()).await;
    assert_eq!(status, 403);
    assert_eq!(patch(&kim, "project_admin").await.0, 200);
    let (status, _) = browse(&server, Method::POST, "/v1/missions", &kims, run).await;
    assert_eq!(status, 201);
    // A project's admin gives nothing above their own role, and takes nothing from the tenant's admins.
    let body = json!({ "role": "tenant_admin" });
    let (status, problem) = browse(&server, Method::PATCH, &kim, &kims, body).await;
    assert_eq!((status, &problem["missing"]), (403, &json!("tenant_admin")));
    let (status, _) = browse(&server, Method::DELETE, &owner, &kims, json!({})).await;
    assert_eq!(status, 403);

    let (status, now) = patch(&kim, "tenant_admin").await;
    assert_eq!((status, &now["project"]), (200, &Value::Null));
    let (status, now) = patch(&owner, "project_contributor").await;
    assert_eq!((status, &now["project"]), (200, &json!("main")));
    // Now Kim is the last one.
    let (status, _) = browse(&server, Method::DELETE, &kim, &kims, json!({})).await;
    assert_eq!(status, 409);
    let (status, _) = browse(&server, Method::DELETE, &owner, &kims, json!({})).await;
    assert_eq!(status, 200);
    let (status, _) = browse(&server, Method::GET, "/v1/runs", &cookie, Value::Null).await;
    assert_eq!(status, 403);
    let (status, _) = browse(
        &server,
        Method::DELETE,
        "/v1/members/usr_nobody",
        &kims,
        json!({}),
    )
    .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn two_admins_cannot_take_each_others_role_at_once() {
    let server = Server::new().await;
    let owner = sign_in(&server, json!({ "code": server.code }), "Browser").await;
    let body = json!({ "name": "Kim", "role": "tenant_admin" });
    let (_, invited) = browse(&server, Method::POST, "/v1/invitations", &owner, body).await;
    let code = invited["link"]
        .as_str()
        .unwrap()
        .split_once("code=")
        .unwrap()
        .1;
    let kim = sign_in(&server, json!({ "code": code }), "Browser").await;
    let id = async |cookie: &str| {
        let (_, me) = browse(&server, Method::GET, "/v1/me", cookie, Value::Null).await;
        format!("/v1/members/{}", me["actor"]["id"].as_str().unwrap())
    };
    let (owners, kims) = (id(&owner).await, id(&kim).await);
    let (one, other) = tokio::join!(
        browse(&server, Method::DELETE, &kims, &owner, json!({})),
        browse(&server, Method::DELETE, &owners, &kim, json!({})),
    );
    let mut statuses = [one.0, other.0];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(matches!(statuses[1], 403 | 409), "{statuses:?}");
}

#[tokio::test]
async fn ones_browsers_are_listed_and_ended() {
    let server = Server::new().await;
    let body = json!({ "name": "Kim", "role": "project_viewer" });
    let token = server.token(Role::ProjectViewer).await;
    let first = sign_in(&server, json!({ "token": token }), "First Browser").await;
    let second = sign_in(&server, json!({ "token": token }), "Second Browser").await;
    let (_, list) = browse(&server, Method::GET, "/v1/sessions", &second, Value::Null).await;
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert!(!list.to_string().contains(first.split_once('=').unwrap().1));
    let of = |agent: &str| {
        items
            .iter()
            .find(|browser| browser["agent"] == agent)
            .unwrap()
    };
    assert_eq!(of("Second Browser")["is_this"], true);
    assert_eq!(of("First Browser")["ip"], "127.0.0.1");
    let path = format!(
        "/v1/sessions/{}",
        of("First Browser")["id"].as_str().unwrap()
    );
    // Somebody else's browser is not there.
    let owner = sign_in(&server, json!({ "code": server.code }), "Browser").await;
    let (status, _) = browse(&server, Method::DELETE, &path, &owner, body).await;
    assert_eq!(status, 404);
    let (status, ended) = browse(&server, Method::DELETE, &path, &second, Value::Null).await;
    assert_eq!(status, 200);
    let (status, problem) = browse(&server, Method::GET, "/v1/me", &first, Value::Null).await;
    assert_eq!((status, &problem["code"]), (401, &json!("session_ended")));
    let admin = server.admin().await;
    assert_eq!(newest(&admin, "session.end").await["id"], ended["audit"]);
    let (status, problem) = admin.try_get("/v1/sessions").await;
    assert_eq!((status, &problem["missing"]), (403, &json!("session")));
}

#[tokio::test]
async fn projects_are_made_and_renamed_by_the_tenants_admin() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let owner = sign_in(&server, json!({ "code": server.code }), "Browser").await;
    let body = json!({ "id": "second", "name": "Second" });
    let (status, _) = browse(&server, Method::POST, "/v1/projects", &owner, body.clone()).await;
    assert_eq!(status, 201);
    let (status, _) = browse(&server, Method::POST, "/v1/projects", &owner, body).await;
    assert_eq!(status, 409);
    let renamed = json!({ "name": "Zweites" });
    let (status, row) = browse(
        &server,
        Method::PATCH,
        "/v1/projects/second",
        &owner,
        renamed,
    )
    .await;
    assert_eq!((status, &row["name"]), (200, &json!("Zweites")));
    let (_, list) = browse(&server, Method::GET, "/v1/projects", &owner, Value::Null).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    // Whoever has a role in one project does not see the other.
    let list = server
        .as_role(Role::ProjectAdmin)
        .await
        .get("/v1/projects")
        .await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let list = server.foreign().await.get("/v1/projects").await;
    assert_eq!(list["items"][0]["tenant"], "acme");
    for wrong in [
        json!({ "id": "2x", "name": "x" }),
        json!({ "id": "x", "name": " " }),
    ] {
        assert_eq!(admin.try_post("/v1/projects", wrong).await.0, 422);
    }
}

#[tokio::test]
async fn the_last_use_of_a_token_is_known() {
    let server = Server::new().await;
    let all = Scope::ALL.iter().copied().collect();
    let place = Place::new("local", "main");
    let (id, token) = server
        .token_until(&place, Role::TenantAdmin, all, None)
        .await;
    let client = server.client(token);
    let used = async {
        loop {
            let list = client.get("/v1/pats").await;
            let pat = list["items"].as_array().unwrap()[0].clone();
            if pat["last_used_at"].is_string() {
                return pat;
            }
            tokio::task::yield_now().await;
        }
    };
    let pat = tokio::time::timeout(PATIENCE, used).await.unwrap();
    assert_eq!(pat["id"], id.as_str());
    assert_eq!(pat["last_used_ip"], "127.0.0.1");
}

#[tokio::test]
async fn two_runtimes_on_one_machine_do_not_share_a_cookie() {
    let one = Server::new().await;
    let other = Server::new().await;
    let a = sign_in(&one, json!({ "code": one.code }), "Browser").await;
    let b = sign_in(&other, json!({ "code": other.code }), "Browser").await;
    assert_ne!(a.split_once('=').unwrap().0, b.split_once('=').unwrap().0);
    // A browser sends both to both.
    let both = format!("{a}; {b}");
    for server in [&one, &other] {
        let (status, _) = browse(server, Method::GET, "/v1/me", &both, Value::Null).await;
        assert_eq!(status, 200);
    }
    let one = one.restart().await;
    let (status, _) = browse(&one, Method::GET, "/v1/me", &both, Value::Null).await;
    assert_eq!(status, 200);
}
