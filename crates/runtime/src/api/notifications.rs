//! The caller's inbox and what fills it.

mod preferences;

pub use preferences::{
    __path_preferences, __path_put_preferences, is_address, preferences, put_preferences,
};

use super::Api;
use super::context::Ctx;
use super::extract::Json;
use super::problem::{Error, Result};
use super::query::Query;
use super::run::behind;
use crate::audit;
use crate::notify::Told;
use crate::store::record::NotificationRecord;
use crate::store::{Change, Place, Store, StoreError, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use model::UserId;
use model::notify::{Inbox, MarkRead};
use serde_json::Value;
use std::sync::Arc;

/// Messages counted at most.
const COUNTED: usize = 1_000;
/// How often a lost race against new messages is run again.
const TRIES: usize = 5;

/// The caller's messages in this project, newest first.
#[utoipa::path(
    get, path = "/v1/notifications", tag = "notifications",
    params(
        ("unread" = Option<bool>, Query, description = "Only unread ones."),
        ("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query),
    ),
    responses((status = 200, body = Inbox))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Inbox>> {
    let query = query.only(&["unread", "limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let only_unread = query.flag("unread")?;
    let all = inbox(api.store(), &ctx.caller.user, &ctx.place).await?;
    let after = query.one("cursor").unwrap_or_default();
    let unread = count_unread(&all);
    let shown: Vec<&NotificationRecord> = all
        .iter()
        .map(|stored| &stored.value)
        .filter(|record| !only_unread || record.notification.read_at.is_none())
        .collect();
    let count = shown.len() as u64;
    let (page, next_cursor) = behind(shown, after, limit, |record| record.order());
    Ok(Json(Inbox {
        next_cursor,
        items: page
            .into_iter()
            .map(|record| record.notification.clone())
            .collect(),
        count,
        count_is_exact: all.len() < COUNTED,
        unread,
    }))
}

/// Marks messages as read. What happens afterwards is a new message.
#[utoipa::path(
    post, path = "/v1/notifications/read", tag = "notifications", request_body = MarkRead,
    responses((status = 200, body = Object, description = "`{read, unread, audit}`"))
)]
pub async fn read(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<MarkRead>,
) -> Result<Json<Value>> {
    let user = &ctx.caller.user;
    let mut tries = 0;
    loop {
        let all = inbox(api.store(), user, &ctx.place).await?;
        let unread = count_unread(&all);
        let now = api.now();
        let chosen: Vec<Stored<NotificationRecord>> = all
            .into_iter()
            .filter(|stored| {
                let message = &stored.value.notification;
                message.read_at.is_none() && (body.all || body.ids.contains(&message.id))
            })
            .map(|mut stored| {
                stored.value.notification.read_at = Some(now);
                stored
            })
            .collect();
        let entry = audit::entry(api.host(), &ctx, "notifications.read", user.as_str())
            .after(serde_json::json!({ "read": chosen.len() }));
        let answer = serde_json::json!({
            "read": chosen.len(),
            "unread": unread - chosen.len() as u64,
            "audit": entry.id,
        });
        let changes = chosen
            .iter()
            .map(Change::update)
            .collect::<std::result::Result<_, StoreError>>()?;
        let set = ctx.complete(changes, entry, StatusCode::OK, &answer)?;
        match api.store().change(set).await {
            Ok(_) => {
                api.notifier().tell(Told {
                    user: user.clone(),
                    place: ctx.place.clone(),
                    newest: None,
                });
                return Ok(Json(answer));
            }
            // Something more happened to one of them meanwhile.
            Err(StoreError::Stale { .. } | StoreError::Missing(_)) if tries < TRIES => tries += 1,
            Err(error) => return Err(Error::from(error)),
        }
    }
}

/// How many of a person's messages are unread, up to 1,000.
pub async fn unread(
    store: &Arc<dyn Store>,
    user: &UserId,
    place: &Place,
) -> std::result::Result<u64, StoreError> {
    Ok(count_unread(&inbox(store, user, place).await?))
}

async fn inbox(
    store: &Arc<dyn Store>,
    user: &UserId,
    place: &Place,
) -> std::result::Result<Vec<Stored<NotificationRecord>>, StoreError> {
    store
        .list(&NotificationRecord::inbox(user, place), None, COUNTED)
        .await
}

fn count_unread(all: &[Stored<NotificationRecord>]) -> u64 {
    all.iter()
        .filter(|stored| stored.value.notification.read_at.is_none())
        .count() as u64
}
