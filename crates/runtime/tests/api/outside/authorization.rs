//! An authorization server: codes with PKCE, tokens, refresh tokens that are good once.

use axum::extract::{Form, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Inner {
    asked: HashMap<String, String>,
    /// What each code was given for.
    codes: HashMap<String, String>,
    refresh: Option<String>,
    lasts_s: u64,
    /// Tokens come without one to renew them.
    once: bool,
    given: u32,
    refuses: bool,
}

type Shared = Arc<Mutex<Inner>>;
type Fields = HashMap<String, String>;

pub struct Authority {
    address: std::net::SocketAddr,
    inner: Shared,
}

impl Authority {
    pub async fn start() -> Self {
        let inner = Shared::default();
        inner.lock().unwrap().lasts_s = 3600;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The last request for consent.
    pub fn asked(&self) -> Value {
        json!(self.inner.lock().unwrap().asked)
    }

    /// How long the next tokens last, in seconds.
    pub fn grant(&self, lasts_s: u64) {
        self.inner.lock().unwrap().lasts_s = lasts_s;
    }

    /// As [`Authority::grant`], and nothing to renew them with.
    pub fn grant_once(&self, lasts_s: u64) {
        let mut inner = self.inner.lock().unwrap();
        (inner.lasts_s, inner.once) = (lasts_s, true);
    }

    pub fn refuse(&self) {
        self.inner.lock().unwrap().refuses = true;
    }

    pub fn tokens_given(&self) -> u32 {
        self.inner.lock().unwrap().given
    }
}

async fn authorize(State(inner): State<Shared>, Query(asked): Query<Fields>) -> Response {
    let mut inner = inner.lock().unwrap();
    assert_eq!(asked["response_type"], "code");
    let mut back = reqwest::Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair("state", &asked["state"]);
    if inner.refuses {
        back.query_pairs_mut().append_pair("error", "access_denied");
    } else {
        let code = format!("code-number-{}", inner.codes.len() + 1);
        inner
            .codes
            .insert(code.clone(), asked["code_challenge"].clone());
        back.query_pairs_mut().append_pair("code", &code);
    }
    inner.asked = asked;
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, back.to_string())],
    )
        .into_response()
}

async fn token(State(inner): State<Shared>, Form(sent): Form<Fields>) -> Response {
    let mut inner = inner.lock().unwrap();
    let fits = !inner.refuses
        && match sent["grant_type"].as_str() {
            "authorization_code" => {
                let challenge = inner.codes.remove(&sent["code"]);
                let made = URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
                challenge == Some(made) && sent["redirect_uri"] == inner.asked["redirect_uri"]
            }
            "refresh_token" => inner.refresh.take() == sent.get("refresh_token").cloned(),
            _ => false,
        };
    if !fits {
        let body = Json(json!({ "error": "invalid_grant" }));
        return (StatusCode::BAD_REQUEST, body).into_response();
    }
    inner.given += 1;
    let number = inner.given;
    inner.refresh = (!inner.once).then(|| format!("refresh-number-{number}"));
    Json(json!({
        "access_token": format!("access-number-{number}"), "token_type": "Bearer",
        "refresh_token": inner.refresh, "expires_in": inner.lasts_s,
    }))
    .into_response()
}
