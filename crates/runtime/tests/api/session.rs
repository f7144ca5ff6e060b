//! Signing in and out, and every way not to be signed in.

use crate::support::{Server, answer, http, raw};
use model::{Role, Scope};
use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use runtime::store::record::{SignInLink, Token};
use runtime::store::{Change, ChangeSet, Place};
use serde_json::{Value, json};

/// Signs in and gives back the cookie pair.
async fn sign_in(server: &Server, body: Value) -> String {
    let (status, headers, text) = raw(http()
        .post(format!("{}/v1/session", server.base))
        .json(&body))
    .await;
    assert_eq!(status, 200, "{text}");
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Domain="),
        "no other host gets it: {cookie}"
    );
    assert_eq!(headers["cache-control"], "no-store");
    cookie.split(';').next().unwrap().to_owned()
}

async fn me(server: &Server, cookie: &str) -> (u16, Value) {
    answer(
        http()
            .get(format!("{}/v1/me", server.base))
            .header(COOKIE, cookie),
    )
    .await
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let server = Server::new().await;
    let cookie = sign_in(&server, json!({ "code": server.code })).await;
    let (status, me) = me(&server, &cookie).await;
    assert_eq!(status, 200);
    assert_eq!(me["actor"]["kind"], "person");
    assert_eq!(me["tenants"][0]["projects"][0]["role"], "tenant_admin");
    let again = http()
        .post(format!("{}/v1/session", server.base))
        .json(&json!({ "code": server.code }));
    let (status, problem) = answer(again).await;
    assert_eq!((status, &problem["code"]), (401, &json!("link_used")));
}

#[tokio::test]
async fn two_browsers_cannot_share_a_link() {
    let server = Server::new().await;
    let open = || {
        let request = http()
            .post(format!("{}/v1/session", server.base))
            .json(&json!({ "code": server.code }));
        async move { request.send().await.unwrap().status().as_u16() }
    };
    let (a, b, c, d) = tokio::join!(open(), open(), open(), open());
    let mut statuses = [a, b, c, d];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401, 401, 401]);
}

#[tokio::test]
async fn an_old_link_says_that_it_expired() {
    let server = Server::new().await;
    let key =
        runtime::auth::secret::Secret::parse(runtime::auth::secret::Kind::SignIn, &server.code)
            .unwrap()
            .hash();
    let mut link = server
        .host
        .store()
        .get::<SignInLink>(&key)
        .await
        .unwrap()
        .unwrap()
        .value;
    link.expires_at = server.host.now();
    server
        .host
        .store()
        .change(ChangeSet::new(Change::put(&link).unwrap()))
        .await
        .unwrap();
    let (status, problem) = answer(
        http()
            .post(format!("{}/v1/session", server.base))
            .json(&json!({ "code": server.code })),
    )
    .await;
    assert_eq!((status, &problem["code"]), (401, &json!("link_expired")));
}

#[tokio::test]
async fn a_token_signs_a_browser_in_with_its_own_rights() {
    let server = Server::new().await;
    let scopes = [Scope::WorkflowRead].into();
    let token = server
        .token_with(&Place::new("local", "main"), Role::ProjectViewer, scopes)
        .await;
    let cookie = sign_in(&server, json!({ "token": token })).await;
    let (_, me) = me(&server, &cookie).await;
    assert_eq!(me["scopes"], json!(["workflow:read"]));
    assert_eq!(me["tenants"][0]["projects"][0]["role"], "project_viewer");
}

#[tokio::test]
async fn made_links_and_refused_sign_ins_are_entries_of_the_trail_they_belong_to() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let page = admin.get("/v1/audit?action=sign_in_link.create").await;
    let made = &page["items"][0];
    assert_eq!(made["actor"]["kind"], "system", "{page}");
    assert!(!page.to_string().contains(&server.code), "{page}");

    let refused = async |body: Value| {
        let request = http().post(format!("{}/v1/session", server.base));
        let (status, problem) = answer(request.json(&body)).await;
        assert_eq!(status, 401, "{problem}");
    };
    sign_in(&server, json!({ "code": server.code })).await;
    for _ in 0..5 {
        refused(json!({ "code": server.code })).await;
    }
    // The one who is known is named, once for all five.
    let owner = &made["object"];
    let of = |actor: &str| format!("/v1/audit?action=request.refused&actor={actor}");
    let page = admin.get(&of(owner.as_str().unwrap())).await;
    assert_eq!(page["items"].as_array().unwrap().len(), 1, "{page}");
    let entry = &page["items"][0];
    assert_eq!(entry["object"], "POST /v1/session");
    assert_eq!(entry["after"]["code"], "link_used");
    assert_eq!(entry["ip"], "127.0.0.1");

    // A token that was taken back belongs to its own tenant, and is seen nowhere else.
    let foreign = server.foreign().await;
    let past = server.host.now().minus_ms(1_000);
    let scopes = [Scope::WorkflowRead].into();
    let (id, expired) = server
        .token_until(&foreign.place, Role::ProjectViewer, scopes, Some(past))
        .await;
    refused(json!({ "token": expired })).await;
    let page = foreign.get(&of(id.as_str())).await;
    assert_eq!(page["items"][0]["after"]["code"], "token_expired");
    assert_eq!(admin.get(&of(id.as_str())).await["items"], json!([]));

    // What nobody was given is told to the owner of the runtime, without what was sent.
    let guessed = format!("pat_{}", "a".repeat(32));
    refused(json!({ "token": guessed })).await;
    refused(json!({ "code": "nonsense" })).await;
    let page = admin.get(&of("unknown")).await;
    let codes: Vec<&str> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["after"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["unknown_link", "unknown_token"]);
    assert!(!page.to_string().contains(&guessed));
    assert_eq!(foreign.get(&of("unknown")).await["items"], json!([]));
}

#[tokio::test]
async fn signing_out_ends_the_session() {
    let server = Server::new().await;
    let cookie = sign_in(&server, json!({ "code": server.code })).await;
    let end = http()
        .delete(format!("{}/v1/session", server.base))
        .header(COOKIE, &cookie);
    let (status, headers, _) = raw(end).await;
    assert_eq!(status, 204);
    assert!(headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    let (status, problem) = me(&server, &cookie).await;
    assert_eq!((status, &problem["code"]), (401, &json!("session_ended")));
}

#[tokio::test]
async fn a_401_says_what_is_wrong_with_the_token() {
    let server = Server::new().await;
    let place = Place::new("local", "main");
    let ask = |value: String| {
        let request = http()
            .get(format!("{}/v1/me", server.base))
            .header("Authorization", value);
        async move { answer(request).await }
    };
    for malformed in ["Bearer", "Basic abc", "Bearer nonsense", "Bearer pat_short"] {
        let (status, problem) = ask(malformed.into()).await;
        assert_eq!(
            (status, &problem["code"]),
            (401, &json!("malformed_credentials")),
            "{malformed}"
        );
    }
    let unknown = format!("Bearer pat_{}", "a".repeat(32));
    assert_eq!(ask(unknown).await.1["code"], "unknown_token");

    let past = server.host.now().minus_ms(1000);
    let (_, expired) = server
        .token_until(
            &place,
            Role::ProjectViewer,
            Scope::ALL.iter().copied().collect(),
            Some(past),
        )
        .await;
    assert_eq!(
        ask(format!("Bearer {expired}")).await.1["code"],
        "token_expired"
    );

    let (id, revoked) = server
        .token_until(
            &place,
            Role::ProjectViewer,
            Scope::ALL.iter().copied().collect(),
            None,
        )
        .await;
    let cookie = sign_in(&server, json!({ "token": revoked })).await;
    let store = server.host.store();
    let mut token = store
        .get::<Token>(id.as_str())
        .await
        .unwrap()
        .unwrap()
        .value;
    token.revoked_at = Some(server.host.now());
    store
        .change(ChangeSet::new(Change::put(&token).unwrap()))
        .await
        .unwrap();
    assert_eq!(
        ask(format!("Bearer {revoked}")).await.1["code"],
        "token_revoked"
    );
    assert_eq!(
        me(&server, &cookie).await.1["code"],
        "token_revoked",
        "the session outlived its token"
    );
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing() {
    let server = Server::new().await;
    let cookie = sign_in(&server, json!({ "code": server.code })).await;
    let post = || {
        http()
            .post(format!("{}/v1/missions", server.base))
            .header(COOKIE, &cookie)
            .header("X-Tenant-Id", "local")
            .header("X-Project-Id", "main")
            .json(&json!({ "title": "Mischief" }))
    };
    for (name, value) in [
        (ORIGIN.as_str(), "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        (ORIGIN.as_str(), "null"),
    ] {
        let (status, problem) = answer(post().header(name, value)).await;
        assert_eq!(
            (status, &problem["code"]),
            (403, &json!("cross_site")),
            "{name}: {value}"
        );
    }
    assert_eq!(
        answer(post().header(ORIGIN, server.base.clone())).await.0,
        201
    );
    assert_eq!(
        answer(post().header("sec-fetch-site", "same-origin"))
            .await
            .0,
        201
    );
}

#[tokio::test]
async fn a_name_that_was_made_to_point_here_is_not_answered() {
    let server = Server::new().await;
    let request = http()
        .get(format!("{}/v1/version", server.base))
        .header("Host", "evil.example");
    let (status, problem) = answer(request).await;
    assert_eq!((status, &problem["missing"]), (421, &json!("Host")));
}

#[tokio::test]
async fn secrets_are_nowhere_in_the_data_folder() {
    let server = Server::new().await;
    let token = server.token(Role::ProjectAdmin).await;
    let cookie = sign_in(&server, json!({ "token": token })).await;
    let admin = server.client(token.clone());
    let patch = json!({ "api_key": "sk-do-not-tell-anyone" });
    assert_eq!(admin.try_patch("/v1/providers/default", patch).await.0, 200);
    let session = cookie.split('=').nth(1).unwrap();
    for entry in std::fs::read_dir(server.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            for secret in [
                token.as_str(),
                session,
                &server.code,
                "sk-do-not-tell-anyone",
            ] {
                let found = bytes
                    .windows(secret.len())
                    .any(|window| window == secret.as_bytes());
                assert!(!found, "a secret is in {}", path.display());
            }
        }
    }
}

#[tokio::test]
async fn signing_in_and_out_is_in_the_audit_trail() {
    let server = Server::new().await;
    let cookie = sign_in(&server, json!({ "code": server.code })).await;
    raw(http()
        .delete(format!("{}/v1/session", server.base))
        .header(COOKIE, &cookie))
    .await;
    let entries = server
        .host
        .store()
        .audit(runtime::store::AuditQuery {
            tenant: "local".into(),
            limit: 10,
            ..Default::default()
        })
        .await
        .unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(
        actions,
        [
            "session.end",
            "session.create",
            "sign_in_link.create",
            "installation.create"
        ]
    );
    assert!(entries[0].ip.is_some() && entries[0].request_id.is_some());
}
