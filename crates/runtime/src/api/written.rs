//! One change of what is set up: written with its audit entry and the answer under its key, then told to whoever waits.

use super::Api;
use super::context::Ctx;
use super::extract::Json;
use super::problem::{Error, Result};
use super::run::whole;
use crate::audit;
use crate::store::{Change, Record, Stored};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::CheckKind;
use model::api::{Changed, Page};
use serde::Serialize;

/// More of a kind than anyone sets up in one project.
pub const ALL: usize = 1000;

/// Everything of one kind that is set up in this project, as people see it.
pub async fn all<R: Record, T>(api: &Api, ctx: &Ctx, shown: fn(&R) -> T) -> Result<Json<Page<T>>> {
    let found = api.store().list::<R>(&ctx.place.group(), None, ALL).await?;
    let items = found.iter().map(|stored| shown(&stored.value)).collect();
    Ok(Json(whole(items)))
}

/// What is written, and how it is told.
pub struct Written<T> {
    pub changes: Vec<Change>,
    /// `connection.update`.
    pub action: &'static str,
    pub object: String,
    pub before: Option<T>,
    pub after: T,
    pub status: StatusCode,
}

/// Writes it; then runs that something outside holds are looked at again.
pub async fn write<T: Serialize>(api: &Api, ctx: &Ctx, written: Written<T>) -> Result<Response> {
    let mut entry = audit::entry(api.host(), ctx, written.action, &written.object);
    if let Some(before) = written.before {
        entry = entry.before(before);
    }
    entry = entry.after(&written.after);
    let changed = Changed {
        audit: entry.id.clone(),
        value: written.after,
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(written.changes, entry, written.status, &body)?;
    api.store().change(set).await?;
    api.checks().tell(&ctx.place);
    recheck(api, ctx).await;
    Ok((written.status, Json(body)).into_response())
}

/// The change is made whether or not blocked runs can be looked at now.
pub async fn recheck(api: &Api, ctx: &Ctx) {
    if let Err(error) = api.host().recheck(&ctx.place).await {
        tracing::warn!(%error, "blocked runs could not be looked at again");
    }
}

/// `changes` and what to forget, since checks of `name` say nothing about its new set-up.
pub async fn anew(
    api: &Api,
    ctx: &Ctx,
    mut changes: Vec<Change>,
    kinds: &[CheckKind],
    name: &str,
) -> Result<Vec<Change>> {
    changes.extend(api.checks().forget(&ctx.place, kinds, name).await?);
    Ok(changes)
}

/// A name that people and documents use.
pub fn check_slug(id: &str, pointer: &str) -> Result<()> {
    if model::id::is_slug(id) {
        return Ok(());
    }
    Err(Error::field(
        "invalid_body",
        pointer,
        "A name here is 1 to 64 letters, digits, _ and -, a letter first.",
    ))
}

/// The revision the caller saw must be the one there is.
pub fn unchanged<T>(stored: &Stored<T>, seen: Option<u64>, now: impl Serialize) -> Result<()> {
    if seen.is_none_or(|seen| seen == stored.revision) {
        return Ok(());
    }
    Err(Error::conflict(
        "stale_revision",
        format!(
            "It was changed in the meantime: it stands at {}.",
            stored.revision
        ),
    )
    .current(now))
}

/// An address that the runtime itself will call: of servers, probes, backends and authorization servers.
pub fn check_address(api: &Api, url: &str, pointer: &str) -> Result<()> {
    match api.services().refuse_typed_address(url) {
        Some(why) => Err(Error::field("invalid_body", pointer, why)),
        None => Ok(()),
    }
}
