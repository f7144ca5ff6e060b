//! The one door: finds out who asks, and lets through what the table allows.

use super::access::{Need, need};
use super::context::{Origin, Scoped};
use super::problem::{Error, Result};
use super::refused::{self, Refused};
use super::{Api, PeerAddress, query, used};
use crate::auth::{self, Caller};
use crate::store::Place;
use crate::store::record::Project;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

const TENANT: &str = "x-tenant-id";
const PROJECT: &str = "x-project-id";

/// Lets a request through to its handler, or answers why not. What is refused is recorded, by the door or behind it.
pub async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut seen = Seen::default();
    let admitted = admit(&api, &mut parts, &mut seen).await;
    let what = format!("{} {}", parts.method, parts.uri.path());
    let headers = parts.headers.clone();
    let Ok(origin) = Origin::from_request_parts(&mut parts, &api).await;
    let response = match admitted {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions().get::<Error>() {
        let refused = Refused {
            caller: seen.caller.as_deref(),
            whose: response.extensions().get(),
            headers: &headers,
            place: seen.place.as_ref(),
            what: what.chars().take(LONGEST).collect(),
            origin,
            error,
        };
        refused::note(&api, refused).await;
    }
    response
}

/// Characters of a refused request that are recorded.
const LONGEST: usize = 200;

/// What the guard found out before it let a request through or refused it.
#[derive(Default)]
struct Seen {
    caller: Option<Arc<Caller>>,
    place: Option<Place>,
}

async fn admit(api: &Api, request: &mut Parts, seen: &mut Seen) -> Result<()> {
    let path = request
        .extensions
        .get::<MatchedPath>()
        .map_or("", MatchedPath::as_str);
    let Some(need) = need(&request.method, path) else {
        return Err(Error::forbidden(
            "route_not_open",
            "route",
            "Nobody may call this route: it is not in the table of routes.",
        ));
    };
    if need == Need::Nothing {
        return Ok(());
    }
    let caller = Arc::new(
        auth::authenticate(
            api.store(),
            &request.headers,
            &api.config().cookie,
            api.now(),
        )
        .await?,
    );
    seen.caller = Some(Arc::clone(&caller));
    let ip = request.extensions.get::<PeerAddress>();
    used::note(api, &caller, ip.map(|ip| ip.0.to_string())).await;
    if let Need::Project(role, scope) = need {
        let place = place(&request.headers, &request.uri)?;
        seen.place = Some(place.clone());
        let access = caller.access(&place).ok_or_else(|| stranger(&place))?;
        // A tenant's admin has a role in every project there is, and in no other.
        if api.store().get::<Project>(&place.group()).await?.is_none() {
            return Err(stranger(&place));
        }
        access.allow(role, scope)?;
        request.extensions.insert(Scoped { place, access });
    }
    request.extensions.insert(caller);
    Ok(())
}

/// The same words for a project that is not there and one that is not theirs.
fn stranger(place: &Place) -> Error {
    Error::forbidden(
        "no_role_in_project",
        "role",
        format!(
            "You have no role in the project {:?} of the tenant {:?}. Check X-Tenant-Id and X-Project-Id, or ask an admin of the \
             project to add you.",
            place.project.as_str(),
            place.tenant.as_str()
        ),
    )
}

/// Where: the headers, or the query parameters of the same name (`tenant`, `project`) on streams and downloads.
fn place(headers: &HeaderMap, uri: &Uri) -> Result<Place> {
    let one = |header: &'static str, short: &str| {
        let text = match headers.get(header) {
            Some(value) => value.to_str().ok().map(str::to_owned),
            None => query::first(uri, &[header, short]),
        };
        text.filter(|text| model::id::is_slug(text)).ok_or_else(|| {
            let shown = if header == TENANT {
                "X-Tenant-Id"
            } else {
                "X-Project-Id"
            };
            Error::forbidden(
                "missing_context",
                shown,
                format!("It is not said where: the header {shown} is missing or is not an id."),
            )
        })
    };
    Ok(Place::new(one(TENANT, "tenant")?, one(PROJECT, "project")?))
}
