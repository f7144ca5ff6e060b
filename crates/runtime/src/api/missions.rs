//! Missions: objectives that group runs.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use crate::audit;
use crate::store::record::MissionRecord;
use crate::store::{Change, RunsQuery};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::MissionId;
use model::api::{
    Changed, CreateMission, MissionArtifact, MissionRow, MissionView, Page, RunFilter,
};

const RUNS: usize = 200;
/// Runs whose artifacts and tasks are shown.
const NEWEST: usize = 20;
const LONGEST_TITLE: usize = 200;

/// Missions, in the order they were made.
#[utoipa::path(
    get, path = "/v1/missions", tag = "missions",
    params(("limit" = Option<u64>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = Page<MissionRow>))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<Page<MissionRow>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let mut found = api
        .store()
        .list::<MissionRecord>(&ctx.place.group(), query.one("cursor"), limit + 1)
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let mut counts = api.store().mission_counts(&ctx.place).await?;
    let items: Vec<MissionRow> = found
        .into_iter()
        .map(|stored| row(stored.value, &mut counts))
        .collect();
    Ok(Json(Page {
        count: items.len() as u64,
        next_cursor: items
            .last()
            .filter(|_| more)
            .map(|mission| mission.id.to_string()),
        items,
        count_is_exact: !more && query.one("cursor").is_none(),
    }))
}

fn row(mission: MissionRecord, counts: &mut crate::store::MissionCounts) -> MissionRow {
    let count = counts.remove(&mission.id).unwrap_or_default();
    MissionRow {
        id: mission.id,
        title: mission.title,
        runs: count.runs,
        by_status: count.by_status.into_iter().collect(),
        created_at: mission.created_at,
        updated_at: count.last_run_at.max(mission.created_at),
    }
}

/// A mission with its newest runs, their open decisions and what they produced.
#[utoipa::path(
    get, path = "/v1/missions/{mission}", tag = "missions", params(("mission" = String, Path)),
    responses((status = 200, body = MissionView))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<MissionId>,
) -> Result<Json<MissionView>> {
    let mission = find(&api, &ctx, &id).await?;
    let mut counts = api.store().mission_counts(&ctx.place).await?;
    let items = api
        .store()
        .runs(RunsQuery {
            place: ctx.place.clone(),
            filter: RunFilter {
                mission: Some(id),
                ..RunFilter::default()
            },
            hide_handled_at: None,
            cursor: None,
            limit: RUNS,
        })
        .await?
        .items;
    let mut artifacts = Vec::new();
    for run in items.iter().take(NEWEST) {
        let snapshot = api.host().snapshot(&ctx.place, &run.id).await?;
        artifacts.extend(
            snapshot
                .run
                .artifacts
                .iter()
                .map(|artifact| MissionArtifact {
                    run: run.id.clone(),
                    artifact: artifact.clone(),
                }),
        );
    }
    let tasks = api
        .store()
        .tasks(&ctx.place, None, 1000)
        .await?
        .items
        .into_iter()
        .filter(|task| items.iter().any(|run| run.id == task.run))
        .collect();
    Ok(Json(MissionView {
        row: row(mission, &mut counts),
        items,
        tasks,
        artifacts,
    }))
}

/// The mission, where it belongs to this project.
pub async fn find(api: &Api, ctx: &Ctx, id: &MissionId) -> Result<MissionRecord> {
    api.store()
        .get::<MissionRecord>(id.as_str())
        .await?
        .map(|stored| stored.value)
        .filter(|mission| mission.place == ctx.place)
        .ok_or_else(|| Error::not_found("mission", id.as_str()))
}

#[utoipa::path(
    post, path = "/v1/missions", tag = "missions", request_body = CreateMission,
    responses((status = 201, body = Changed<MissionRow>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<CreateMission>,
) -> Result<Response> {
    let title = body.title.trim();
    if title.is_empty() || title.chars().count() > LONGEST_TITLE {
        return Err(Error::field(
            "invalid_body",
            "/title",
            format!("A mission's title is 1 to {LONGEST_TITLE} characters long."),
        ));
    }
    let mission = MissionRecord {
        id: MissionId::new(api.host().new_id(MissionId::PREFIX)),
        place: ctx.place.clone(),
        title: title.to_owned(),
        created_at: api.now(),
    };
    let entry =
        audit::entry(api.host(), &ctx, "mission.create", mission.id.as_str()).after(&mission);
    let change = Change::create(&mission)?;
    let changed = Changed {
        audit: entry.id.clone(),
        value: row(mission, &mut crate::store::MissionCounts::new()),
    };
    let body = serde_json::to_value(&changed).map_err(|error| Error::internal(&error))?;
    let set = ctx.complete(vec![change], entry, StatusCode::CREATED, &body)?;
    api.store().change(set).await?;
    Ok((StatusCode::CREATED, Json(body)).into_response())
}
