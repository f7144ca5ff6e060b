//! The browsers that are signed in as the caller.

use super::Api;
use super::context::Origin;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::auth::{self, Caller, Proof};
use crate::store::record::{LastUse, Session};
use crate::store::{Change, ChangeSet, Stored};
use axum::Extension;
use axum::extract::State;
use model::Timestamp;
use model::api::{Browser, Changed, Page};
use std::sync::Arc;

/// More browsers than anyone is signed in with.
const ALL: usize = 10_000;
/// Characters of a session's hash that name it.
const ID_LEN: usize = 16;

/// One's own signed-in browsers, the newest first.
#[utoipa::path(get, path = "/v1/sessions", tag = "access", responses((status = 200, body = Page<Browser>)))]
pub async fn list(
    State(api): State<Api>,
    Extension(caller): Extension<Arc<Caller>>,
) -> Result<Json<Page<Browser>>> {
    in_person(&caller)?;
    let mut items = Vec::new();
    for stored in open(&api, &caller).await? {
        items.push(shown(&api, &caller, stored.value).await?);
    }
    items.sort_by_key(|browser| std::cmp::Reverse(browser.created_at));
    Ok(Json(whole(items)))
}

/// Signs one of one's browsers out: its session and every stream it opened end at once.
#[utoipa::path(
    delete, path = "/v1/sessions/{session}", tag = "access", params(("session" = String, Path)),
    responses((status = 200, body = Changed<Browser>))
)]
pub async fn end(
    State(api): State<Api>,
    origin: Origin,
    Extension(caller): Extension<Arc<Caller>>,
    Path(id): Path<String>,
) -> Result<Json<Changed<Browser>>> {
    in_person(&caller)?;
    let mut stored = open(&api, &caller)
        .await?
        .into_iter()
        .find(|stored| id_of(&stored.value) == id)
        .ok_or_else(|| Error::not_found("session", &id))?;
    stored.value.ended_at = Some(api.now());
    let hash = stored.value.hash.clone();
    let place = auth::people::home(api.store(), &caller.user).await?;
    let change = Change::update(&stored)?;
    let browser = shown(&api, &caller, stored.value).await?;
    let entry = audit::entry_of(
        api.host(),
        caller.actor.clone(),
        &place,
        &origin,
        "session.end",
        caller.user.as_str(),
    )
    .before(&browser);
    let changed = Changed {
        audit: entry.id.clone(),
        value: browser,
    };
    api.store()
        .change(ChangeSet::new(change).audited(entry))
        .await?;
    // Nobody listening is fine.
    let _ = api.inner.ended.send(Proof::Session(hash));
    Ok(Json(changed))
}

/// A program with a token has no business with a person's browsers.
fn in_person(caller: &Caller) -> Result<()> {
    match caller.proof {
        Proof::Session(_) => Ok(()),
        Proof::Token(_) => Err(Error::forbidden(
            "not_a_session",
            "session",
            "Signed-in browsers are seen and ended in a browser that is signed in, not with a token.",
        )),
    }
}

async fn open(api: &Api, caller: &Caller) -> Result<Vec<Stored<Session>>> {
    let now: Timestamp = api.now();
    let found = api
        .store()
        .list::<Session>(caller.user.as_str(), None, ALL)
        .await?;
    Ok(found
        .into_iter()
        .filter(|stored| stored.value.ended_at.is_none() && stored.value.expires_at > now)
        .collect())
}

fn id_of(session: &Session) -> &str {
    session.hash.get(..ID_LEN).unwrap_or(&session.hash)
}

async fn shown(api: &Api, caller: &Caller, session: Session) -> Result<Browser> {
    let used = api.store().get::<LastUse>(&session.hash).await?;
    Ok(Browser {
        id: id_of(&session).to_owned(),
        is_this: caller.proof == Proof::Session(session.hash.clone()),
        agent: session.agent,
        ip: session.ip,
        created_at: session.created_at,
        expires_at: session.expires_at,
        last_used_at: used.map(|used| used.value.at),
    })
}
