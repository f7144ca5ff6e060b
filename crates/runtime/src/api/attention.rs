//! Handling an attention item without touching its run: for later, for good, or by whom.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::run::stored;
use crate::audit;
use crate::store::record::User;
use crate::store::{Attention, Change, StoredRun};
use axum::extract::State;
use axum::http::StatusCode;
use model::api::{Assign, Dismiss, Snooze};
use model::{Actor, ActorKind, RunId};
use serde_json::Value;

/// Takes the item off the Command Center until a moment.
#[utoipa::path(
    post, path = "/v1/attention/{id}/snooze", tag = "command center", params(("id" = String, Path)),
    request_body = Snooze, responses((status = 200, body = Object, description = "`{id, attention, audit}`"))
)]
pub async fn snooze(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<RunId>,
    Json(body): Json<Snooze>,
) -> Result<Json<Value>> {
    if body.until <= api.now() {
        return Err(Error::field(
            "invalid_body",
            "/until",
            "This moment has passed; name a later one.",
        ));
    }
    handle(&api, &ctx, &id, "attention.snooze", None, |attention| {
        attention.snoozed_until = Some(body.until);
        Ok(())
    })
    .await
}

/// Takes the item off for good, with a reason; it comes back when the run's status changes.
#[utoipa::path(
    post, path = "/v1/attention/{id}/dismiss", tag = "command center", params(("id" = String, Path)),
    request_body = Dismiss, responses((status = 200, body = Object, description = "`{id, attention, audit}`"))
)]
pub async fn dismiss(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<RunId>,
    Json(body): Json<Dismiss>,
) -> Result<Json<Value>> {
    let reason = body.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Error::field(
            "invalid_body",
            "/reason",
            "Say in a few words why this needs nobody.",
        ));
    }
    handle(
        &api,
        &ctx,
        &id,
        "attention.dismiss",
        Some(reason.clone()),
        |attention| {
            attention.dismissed = Some(reason);
            Ok(())
        },
    )
    .await
}

/// Says who takes care of it: the caller, somebody else, or nobody.
#[utoipa::path(
    post, path = "/v1/attention/{id}/assign", tag = "command center", params(("id" = String, Path)),
    request_body = Assign, responses((status = 200, body = Object, description = "`{id, attention, audit}`"))
)]
pub async fn assign(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<RunId>,
    Json(body): Json<Assign>,
) -> Result<Json<Value>> {
    let to = match (&body.user, body.nobody) {
        (Some(_), true) => {
            return Err(Error::field(
                "invalid_body",
                "/nobody",
                "It goes either to a user or to nobody.",
            ));
        }
        (None, true) => None,
        (None, false) => Some(ctx.actor()),
        (Some(user), false) => Some(person(&api, &ctx, user).await?),
    };
    handle(&api, &ctx, &id, "attention.assign", None, |attention| {
        attention.assigned_to = to;
        Ok(())
    })
    .await
}

/// A member of this tenant, as an actor.
async fn person(api: &Api, ctx: &Ctx, id: &model::UserId) -> Result<Actor> {
    let unknown = || {
        Error::field(
            "unknown_user",
            "/user",
            format!("There is no member {id:?} in this project."),
        )
    };
    let user = api
        .store()
        .get::<User>(id.as_str())
        .await?
        .ok_or_else(unknown)?
        .value;
    if !crate::auth::people::is_member(api.store(), id, &ctx.place).await? {
        return Err(unknown());
    }
    Ok(Actor {
        kind: ActorKind::Person,
        id: user.id.to_string(),
        name: user.name,
    })
}

async fn handle(
    api: &Api,
    ctx: &Ctx,
    id: &RunId,
    action: &str,
    reason: Option<String>,
    change: impl FnOnce(&mut Attention) -> Result<()>,
) -> Result<Json<Value>> {
    let StoredRun {
        attention: before, ..
    } = stored(api, ctx, id).await?;
    let mut after = before.clone();
    change(&mut after)?;
    let mut entry = audit::entry(api.host(), ctx, action, id.as_str())
        .before(&before)
        .after(&after)
        .reason(reason);
    entry.run = Some(id.clone());
    let body = serde_json::json!({ "id": id, "attention": after, "audit": entry.id });
    let changes = vec![Change::Attention {
        run: id.clone(),
        attention: after,
    }];
    let set = ctx.complete(changes, entry, StatusCode::OK, &body)?;
    api.store().change(set).await?;
    Ok(Json(body))
}
