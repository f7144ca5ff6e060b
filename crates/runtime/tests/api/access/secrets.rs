//! What goes in as a secret comes out nowhere, and what has a name in one project has none in another.

use super::{Ids, body, filled, guarded, path};
use crate::oauth::{authorize_body, connection, walk};
use crate::outside::authorization::Authority;
use crate::support::{Client, Server, answer, http, raw};
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use runtime::api::access::{Need, ROUTES, Route};
use serde_json::{Value, json};

/// One of everything that has a name of its own, and the secrets that went in or were shown once.
struct Everything {
    ids: Ids,
    /// A parameter of a path, and what it stands for.
    names: Vec<(&'static str, String)>,
    secrets: Vec<String>,
}

impl Everything {
    fn path(&self, route: &Route) -> String {
        let named = self
            .names
            .iter()
            .fold(route.path.to_owned(), |path, (parameter, name)| {
                path.replace(parameter, name)
            });
        let left = Route {
            method: route.method,
            path: named.leak(),
            need: route.need,
        };
        path(&left, &self.ids)
    }
}

async fn everything(server: &Server, admin: &Client) -> Everything {
    let ids = filled(admin, server).await;
    let mut secrets: Vec<String> = vec![server.code.clone()];
    let mut names = vec![
        ("{connection}", "google".to_owned()),
        ("{server}", "shop".to_owned()),
        ("{instance}", "shop-eu".to_owned()),
        ("{entity}", "erp".to_owned()),
    ];
    secrets.extend(admin.token.clone());
    let mut secret = |text: &str| {
        secrets.push(text.to_owned());
        text.to_owned()
    };

    let authority = Authority::start().await;
    connection(admin, &authority, Some(&secret("client-s3cret"))).await;
    let told = walk(admin).await;
    let authorize = "/v1/connections/google/authorize";
    admin.post(authorize, authorize_body(&told)).await;
    secret("access-number-1");
    secret("refresh-number-1");
    let bearer =
        json!({ "id": "crm", "auth": { "type": "bearer" }, "secret": secret("bearer-s3cret") });
    admin.post("/v1/connections", bearer).await;
    let wires = json!([{ "connection": "google" }]);
    let transport = json!({ "url": "http://127.0.0.1:9/mcp" });
    let shop = json!({ "name": "shop", "transport": transport, "wires": wires });
    admin.post("/v1/mcp/servers", shop).await;
    let profiles = json!([{ "name": "live", "wires": [{ "connection": "crm" }] }]);
    let instance =
        json!({ "name": "shop-eu", "server": "shop", "profiles": profiles, "active": "live" });
    admin.post("/v1/mcp/instances", instance).await;
    let entity =
        json!({ "id": "erp", "wire": "tcp://127.0.0.1:9", "connection": "crm", "tools": [] });
    admin.post("/v1/entities", entity).await;
    let key = json!({ "api_key": secret("sk-provider-s3cret") });
    admin.try_patch("/v1/providers/default", key).await;
    let mail = json!({
        "host": "smtp.example.com", "port": 587, "security": "starttls", "from": "a@example.com",
        "username": "a", "password": secret("mail-s3cret"),
    });
    admin.put("/v1/notifications/email", mail).await;
    let hook = admin
        .post("/v1/webhooks", json!({ "url": "http://127.0.0.1:9/" }))
        .await;
    secret(hook["secret"].as_str().unwrap());
    names.push(("{webhook}", hook["id"].as_str().unwrap().to_owned()));
    let target = json!({ "webhook_url": "http://127.0.0.1:9/" });
    let target = admin.put("/v1/reports/target", target).await;
    secret(target["secret"].as_str().unwrap());
    // People's own rights are given by people: these take a browser that is signed in.
    let (_, headers, _) = raw(http()
        .post(format!("{}/v1/session", server.base))
        .json(&json!({ "code": server.code })))
    .await;
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    secret(cookie.split_once('=').unwrap().1);
    for (path, body, shown, parameter) in [
        (
            "/v1/pats",
            json!({ "name": "ci", "scopes": ["workflow:read"] }),
            "token",
            "{pat}",
        ),
        (
            "/v1/invitations",
            json!({ "name": "Kim", "role": "project_viewer" }),
            "link",
            "{invitation}",
        ),
    ] {
        let request = http()
            .post(format!("{}{path}", server.base))
            .header("Cookie", cookie)
            .header("X-Tenant-Id", "local")
            .header("X-Project-Id", "main")
            .json(&body);
        let (status, made) = answer(request).await;
        assert!((200..300).contains(&status), "{path}: {made}");
        let shown = made[shown].as_str().unwrap_or_else(|| panic!("{made}"));
        secret(shown.rsplit('=').next().unwrap());
        let kind = parameter.trim_matches(['{', '}']);
        names.push((parameter, made[kind]["id"].as_str().unwrap().to_owned()));
    }
    Everything {
        ids,
        names,
        secrets,
    }
}

#[tokio::test]
async fn no_secret_comes_out_of_any_read() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let all = everything(&server, &admin).await;
    let (mut asked, mut read) = (0, String::new());
    for route in ROUTES {
        // A stream has no end; the way back from an authorization server is no read.
        let is_read = *route.method == Method::GET
            && !["/v1/stream", "/v1/oauth/callback"].contains(&route.path);
        if !is_read {
            continue;
        }
        let mut request = admin.request(Method::GET, &all.path(route));
        if route.need == Need::Nothing {
            request = http().get(format!("{}{}", server.base, route.path));
        }
        let (status, _, text) = raw(request).await;
        assert!(status.as_u16() < 500, "{}: {text}", route.path);
        for secret in &all.secrets {
            assert!(!text.contains(secret.as_str()), "{}: {text}", route.path);
        }
        asked += 1;
        read.push_str(&text);
    }
    assert!(asked > 50, "{asked}");
    for there in ["google", "shop-eu", "erp", "smtp.example.com", "Kim"] {
        assert!(read.contains(there), "{there} was not read at all");
    }
}

#[tokio::test]
async fn what_is_set_up_in_one_tenant_has_no_name_in_another() {
    let server = Server::new().await;
    let admin = server.admin().await;
    let all = everything(&server, &admin).await;
    let foreign = server.foreign().await;
    let mut asked = 0;
    for (route, _, _) in guarded() {
        if !all.names.iter().any(|(name, _)| route.path.contains(name)) {
            continue;
        }
        let mut request = foreign.request(route.method.clone(), &all.path(route));
        if *route.method != Method::GET {
            let body: Value = match route.path {
                "/v1/mcp/instances/{instance}" => json!({ "profiles": [] }),
                "/v1/entities/{entity}" => json!({ "wire": "tcp://127.0.0.1:9" }),
                "/v1/connections/{connection}/authorize" => json!({ "state": "s", "code": "c" }),
                _ => body(route, &all.ids),
            };
            request = request.json(&body);
        }
        let (status, problem) = answer(request).await;
        let what = format!("{} {}: {problem}", route.method, route.path);
        assert_eq!(status, 404, "{what}");
        asked += 1;
    }
    assert!(asked >= 18, "{asked}");
    for (path, count) in [
        ("/v1/connections", 2),
        ("/v1/mcp/servers", 1),
        ("/v1/mcp/instances", 1),
        ("/v1/entities", 1),
        ("/v1/webhooks", 1),
    ] {
        assert_eq!(admin.get(path).await["count"], count, "{path}");
    }
}
