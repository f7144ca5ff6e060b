//! What stands in a connection's form, and what is sent of it.

use crate::moves::form::{some, text};
use leptos::prelude::*;
use model::Timestamp;
use model::api::{Connection, ConnectionAuth, ConnectionPatch, CreateConnection, Probe};

pub const BEARER: &str = "bearer";
pub const API_KEY: &str = "api_key";
pub const BASIC: &str = "basic";
pub const OAUTH: &str = "oauth2";

#[derive(Clone, Copy)]
pub struct Form {
    pub id: RwSignal<String>,
    pub kind: RwSignal<String>,
    pub header: RwSignal<String>,
    pub username: RwSignal<String>,
    pub authorize_url: RwSignal<String>,
    pub token_url: RwSignal<String>,
    pub client_id: RwSignal<String>,
    pub scopes: RwSignal<String>,
    pub secret: RwSignal<String>,
    pub no_secret: RwSignal<bool>,
    pub probe: RwSignal<String>,
    pub status: RwSignal<String>,
    pub ends: RwSignal<String>,
}

impl Form {
    pub fn new(before: Option<&Connection>) -> Self {
        let field = |text: &str| RwSignal::new(text.to_owned());
        let empty = || RwSignal::new(String::new());
        let form = Self {
            id: empty(),
            kind: field(BEARER),
            header: field("X-Api-Key"),
            username: empty(),
            authorize_url: empty(),
            token_url: empty(),
            client_id: empty(),
            scopes: empty(),
            secret: empty(),
            no_secret: RwSignal::new(false),
            probe: empty(),
            status: field("200"),
            ends: empty(),
        };
        let Some(before) = before else { return form };
        match &before.auth {
            ConnectionAuth::Bearer => {}
            ConnectionAuth::ApiKey { header } => {
                form.kind.set(API_KEY.to_owned());
                form.header.set(header.clone());
            }
            ConnectionAuth::Basic { username } => {
                form.kind.set(BASIC.to_owned());
                form.username.set(username.clone());
            }
            ConnectionAuth::OAuth2 {
                authorize_url,
                token_url,
                client_id,
                scopes,
            } => {
                form.kind.set(OAUTH.to_owned());
                form.authorize_url.set(authorize_url.clone());
                form.token_url.set(token_url.clone());
                form.client_id.set(client_id.clone());
                form.scopes.set(scopes.join(" "));
            }
        }
        if let Some(probe) = &before.probe {
            form.probe.set(probe.url.clone());
            form.status.set(probe.expected_status.to_string());
        }
        if let Some(ends) = before.expires_at {
            form.ends.set(day(ends));
        }
        form
    }

    pub fn auth(self) -> ConnectionAuth {
        match text(self.kind).as_str() {
            API_KEY => ConnectionAuth::ApiKey {
                header: text(self.header),
            },
            BASIC => ConnectionAuth::Basic {
                username: text(self.username),
            },
            OAUTH => ConnectionAuth::OAuth2 {
                authorize_url: text(self.authorize_url),
                token_url: text(self.token_url),
                client_id: text(self.client_id),
                scopes: text(self.scopes)
                    .split_whitespace()
                    .map(str::to_owned)
                    .collect(),
            },
            _ => ConnectionAuth::Bearer,
        }
    }

    pub fn probe(self) -> Option<Probe> {
        some(self.probe).map(|url| Probe {
            url,
            // What is no number is refused in words.
            expected_status: text(self.status).parse().unwrap_or(0),
        })
    }

    /// When it ends, by the day; the moment it had where the day is the same.
    pub fn ends(self, before: Option<Timestamp>) -> Option<Timestamp> {
        let typed = some(self.ends)?;
        before
            .filter(|before| day(*before) == typed)
            .or_else(|| Timestamp::parse(&format!("{typed}T00:00:00Z")))
    }

    pub fn created(self) -> CreateConnection {
        CreateConnection {
            id: text(self.id),
            auth: self.auth(),
            secret: some(self.secret),
            probe: self.probe(),
            expires_at: self.ends(None),
        }
    }

    /// Only what differs.
    pub fn changed(self, before: &Connection) -> ConnectionPatch {
        let (auth, probe, ends) = (self.auth(), self.probe(), self.ends(before.expires_at));
        let secret = if self.no_secret.get_untracked() {
            Some(String::new())
        } else {
            some(self.secret)
        };
        ConnectionPatch {
            auth: (auth != before.auth).then_some(auth),
            secret,
            probe: (probe != before.probe).then_some(probe),
            expires_at: (ends != before.expires_at).then_some(ends),
        }
    }
}

/// `2026-11-20`
fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}
