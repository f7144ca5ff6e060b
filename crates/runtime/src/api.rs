//! The HTTP API: one file a resource, one table of who may call what.

pub mod access;
mod attention;
mod audit;
mod browsers;
mod bulk;
mod chat;
mod command_center;
mod connections;
pub mod context;
mod deliveries;
mod email;
mod entities;
mod events;
pub mod extract;
mod failure;
mod fresh;
mod guard;
mod health;
mod idempotency;
mod invitations;
mod journal;
mod mcp;
mod members;
mod missions;
pub mod moves;
mod notifications;
mod oauth;
pub mod openapi;
mod outputs;
mod pats;
pub mod problem;
mod projects;
mod providers;
mod query;
mod queues;
mod refused;
mod reports;
pub mod request_id;
mod run;
mod runs;
mod session;
mod steps;
mod stream;
mod tag;
mod tasks;
mod used;
mod values;
mod version;
mod waitpoints;
mod watch;
mod webhooks;
pub mod workflows;
mod written;

pub use journal::IMPORT;

use crate::auth::Proof;
use crate::bulk::Bulk;
use crate::health::Checks;
use crate::host::{Host, Platform};
use crate::notify::Notifier;
use crate::store::record::ConnectionRecord;
use crate::store::{Place, Store};
use async_trait::async_trait;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use model::Timestamp;
use model::api::FieldError;
use problem::Error;
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::sync::broadcast;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Where a request came from, as the listener found it.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub IpAddr);

/// What the API needs from outside of host and store; the native ones ask the network.
#[async_trait]
pub trait Services: Send + Sync + 'static {
    /// Fills `bytes` with cryptographically strong random ones.
    fn random(&self, bytes: &mut [u8]) -> Result<(), String>;
    /// Makes a key unreadable for whoever reads the store.
    fn seal(&self, key: &str) -> Result<String, String>;
    /// A new secret that a webhook's requests are signed with.
    fn webhook_secret(&self) -> Result<String, String>;
    /// Why an address that somebody typed must not be called, if so: it may lead into this machine and its network.
    fn refuse_typed_address(&self, url: &str) -> Option<String>;
    /// Where a value does not fit a JSON Schema; pointers are into the value. Empty: it fits.
    fn misfits(&self, schema: &Value, value: &Value) -> Vec<FieldError>;
    /// The same of a model provider's address, which may lead to this machine and its network, and of pages that a browser
    /// goes to.
    fn refuse_address(&self, url: &str) -> Option<String>;
    /// Why no MCP server may start a program, if so.
    fn refuse_programs(&self) -> Option<String>;
    /// Where a person allows an OAuth connection, and what only this runtime may know until they come back.
    fn begin_consent(
        &self,
        connection: &ConnectionRecord,
        redirect_url: &str,
    ) -> Result<Consent, String>;
    /// Exchanges what came back for tokens. The error is a sentence without anything secret.
    async fn finish_consent(
        &self,
        connection: &ConnectionRecord,
        attempt: &crate::store::record::OAuthAttemptRecord,
        code: &str,
    ) -> Result<SealedTokens, String>;
    /// What is wrong with a JSON Schema itself.
    fn schema_mistakes(&self, schema: &Value) -> Vec<FieldError>;
    /// The line and the words of a script's syntax error.
    fn lua_mistake(&self, script: &str) -> Option<(u32, String)>;
    /// The tools of an MCP server; `None` when it cannot be asked.
    async fn tools(&self, place: &Place, server: &str) -> Option<Vec<engine::Tool>>;
}

/// A person is about to be sent to an authorization server.
#[derive(Debug, Clone)]
pub struct Consent {
    pub authorize_url: String,
    /// Comes back with the code; whoever has it is the one who was sent.
    pub state: String,
    /// Encrypted.
    pub sealed_verifier: String,
}

/// What an authorization server gave.
#[derive(Debug, Clone)]
pub struct SealedTokens {
    /// Encrypted.
    pub sealed: String,
    /// When the access token ends, where the server said so.
    pub expires_at: Option<Timestamp>,
}

/// How the API is set up.
#[derive(Debug, Clone)]
pub struct ApiConfig {
    /// `0.1.0+<commit>`.
    pub build: String,
    /// The session cookie's name: [`crate::auth::COOKIE`] and what tells this data folder from others.
    pub cookie: String,
    /// Cookies only over TLS.
    pub secure_cookies: bool,
}

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct Api {
    inner: Arc<Inner>,
}

struct Inner {
    host: Host,
    platform: Arc<dyn Platform>,
    services: Arc<dyn Services>,
    notifier: Notifier,
    checks: Arc<Checks>,
    bulk: Bulk,
    config: ApiConfig,
    /// Sessions and tokens that just ended, for the streams they opened.
    ended: broadcast::Sender<Proof>,
    refusals: refused::Refusals,
    used: used::Used,
    /// Roles are changed by one at a time: two admins must not take each other's.
    members: tokio::sync::Mutex<()>,
}

impl Api {
    pub fn new(
        host: Host,
        platform: Arc<dyn Platform>,
        services: Arc<dyn Services>,
        notifier: Notifier,
        checks: Arc<Checks>,
        bulk: Bulk,
        config: ApiConfig,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                host,
                platform,
                services,
                notifier,
                checks,
                bulk,
                config,
                ended: broadcast::channel(64).0,
                refusals: refused::Refusals::default(),
                used: used::Used::default(),
                members: tokio::sync::Mutex::default(),
            }),
        }
    }

    fn host(&self) -> &Host {
        &self.inner.host
    }

    fn store(&self) -> &Arc<dyn Store> {
        self.inner.host.store()
    }

    fn services(&self) -> &dyn Services {
        &*self.inner.services
    }

    fn notifier(&self) -> &Notifier {
        &self.inner.notifier
    }

    fn checks(&self) -> &Arc<Checks> {
        &self.inner.checks
    }

    fn bulk(&self) -> &Bulk {
        &self.inner.bulk
    }

    fn platform(&self) -> &Arc<dyn Platform> {
        &self.inner.platform
    }

    fn config(&self) -> &ApiConfig {
        &self.inner.config
    }

    fn now(&self) -> Timestamp {
        self.inner.host.now()
    }
}

/// The routes and their description. Everything passes the guard; what the guard lets through may carry an
/// `Idempotency-Key`.
pub fn router(api: Api) -> Router {
    let (router, _) = described().split_for_parts();
    let document: Arc<str> = openapi::text().into();
    router
        .route(
            "/v1/openapi.json",
            axum::routing::get(move || {
                let document = Arc::clone(&document);
                async move {
                    (
                        [
                            ("content-type", "application/json"),
                            ("cache-control", "no-cache"),
                        ],
                        document.to_string(),
                    )
                }
            }),
        )
        .route_layer(middleware::from_fn_with_state(
            api.clone(),
            idempotency::once,
        ))
        .route_layer(middleware::from_fn_with_state(api.clone(), guard::guard))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(api)
}

fn described() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(version::version))
        .routes(routes!(session::create, session::end))
        .routes(routes!(session::me))
        .routes(routes!(stream::stream))
        .routes(routes!(command_center::command_center))
        .routes(routes!(attention::snooze))
        .routes(routes!(attention::dismiss))
        .routes(routes!(attention::assign))
        .routes(routes!(runs::list))
        .routes(routes!(run::view))
        .routes(routes!(events::list))
        .routes(routes!(journal::import))
        .routes(routes!(journal::export))
        .routes(routes!(run::context))
        .routes(routes!(run::summary))
        .routes(routes!(run::attempts))
        .routes(routes!(run::attempt))
        .routes(routes!(steps::step_then))
        .routes(routes!(run::checkpoints))
        .routes(routes!(run::audit))
        .routes(routes!(steps::artifacts))
        .routes(routes!(steps::content))
        .routes(routes!(steps::step))
        .routes(routes!(steps::transcript))
        .routes(routes!(outputs::of_run))
        .routes(routes!(outputs::of_attempt))
        .routes(routes!(values::of_run))
        .routes(routes!(values::of_step))
        .routes(routes!(values::of_step_then))
        .routes(routes!(values::into_step))
        .routes(routes!(values::into_step_then))
        .routes(routes!(values::of_event))
        .routes(routes!(watch::get, watch::put))
        .routes(routes!(moves::list))
        .routes(routes!(moves::plan))
        .routes(routes!(moves::retry))
        .routes(routes!(moves::resume))
        .routes(routes!(moves::pause))
        .routes(routes!(moves::stop))
        .routes(routes!(moves::cancel))
        .routes(routes!(moves::run_again))
        .routes(routes!(bulk::plan))
        .routes(routes!(bulk::list, bulk::create))
        .routes(routes!(bulk::get))
        .routes(routes!(bulk::runs))
        .routes(routes!(bulk::abort))
        .routes(routes!(chat::read, chat::write))
        .routes(routes!(tasks::pending))
        .routes(routes!(tasks::complete))
        .routes(routes!(tasks::skip))
        .routes(routes!(waitpoints::list))
        .routes(routes!(waitpoints::get))
        .routes(routes!(waitpoints::complete))
        .routes(routes!(waitpoints::timeout))
        .routes(routes!(missions::list, missions::create))
        .routes(routes!(missions::get))
        .merge(workflows::routes())
        .routes(routes!(providers::list, providers::create))
        .routes(routes!(providers::patch, providers::delete))
        .routes(routes!(providers::check))
        .routes(routes!(health::get))
        .routes(routes!(health::recheck))
        .routes(routes!(connections::list, connections::create))
        .routes(routes!(connections::patch, connections::delete))
        .routes(routes!(oauth::reconnect))
        .routes(routes!(oauth::authorize))
        .routes(routes!(oauth::callback))
        .merge(mcp::routes())
        .routes(routes!(entities::list, entities::create))
        .routes(routes!(entities::put, entities::delete))
        .routes(routes!(queues::list))
        .routes(routes!(queues::pause))
        .routes(routes!(queues::resume))
        .routes(routes!(audit::list))
        .routes(routes!(audit::head))
        .routes(routes!(audit::retention, audit::keep))
        .routes(routes!(audit::export::export))
        .routes(routes!(pats::list, pats::create))
        .routes(routes!(pats::revoke))
        .routes(routes!(members::list))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::withdraw))
        .routes(routes!(browsers::list))
        .routes(routes!(browsers::end))
        .routes(routes!(projects::list, projects::create))
        .routes(routes!(projects::rename))
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::read))
        .routes(routes!(
            notifications::preferences,
            notifications::put_preferences
        ))
        .routes(routes!(email::get, email::put, email::delete))
        .routes(routes!(email::test))
        .routes(routes!(deliveries::of_email))
        .routes(routes!(deliveries::redeliver_email))
        .routes(routes!(webhooks::list, webhooks::create))
        .routes(routes!(webhooks::patch, webhooks::delete))
        .routes(routes!(deliveries::of_webhook))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(reports::list, reports::create))
        .routes(routes!(reports::preview))
        .routes(routes!(reports::get_target, reports::put_target))
        .routes(routes!(reports::get))
        .routes(routes!(reports::bundle))
        .routes(routes!(reports::answer))
        .routes(routes!(reports::redeliver))
}

/// A name somebody gave to something, without the space around it.
fn named(name: &str, longest: usize) -> Result<String, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > longest {
        return Err(Error::field(
            "invalid_body",
            "/name",
            format!("A name is 1 to {longest} characters long."),
        ));
    }
    Ok(name.to_owned())
}

/// The answer for a path that no route has.
pub fn no_such_route(path: &str) -> Error {
    Error::new(
        StatusCode::NOT_FOUND,
        "no_such_route",
        format!("The API has no route {path:?}. Its routes are listed at /v1/openapi.json."),
    )
}

async fn method_not_allowed(request: axum::extract::Request) -> Response {
    Error::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!(
            "The route {:?} does not take {}. See /v1/openapi.json.",
            request.uri().path(),
            request.method()
        ),
    )
    .into_response()
}
