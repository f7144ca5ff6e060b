//! One move on many runs: its plan, the jobs that make it, stopping them.

mod read;

pub use read::*;

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use crate::audit;
use crate::bulk::set::Frozen;
use crate::store::Change;
use crate::store::record::{BulkOrigin, BulkRecord, BulkSetRecord, Stored};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::bulk::bulk_move;
use model::api::{
    BULK_MOST, BULK_MOVES, BulkAsk, BulkBody, BulkJob, BulkPlan, BulkState, Changed, RunFilter,
};
use model::{AuditEntry, BulkId, Move, MoveKind, RunId};
use serde_json::{Value, json};

const START: &str = "bulk.start";
const STOP: &str = "bulk.stop";
/// Characters of a reason.
const LONGEST: usize = 1_000;

/// What a move would do to many runs: how many can make it, how many cannot and why, what may repeat. The answer's `runs` are the
/// frozen set, to be given to `POST /v1/bulk`. Nothing is kept.
#[utoipa::path(
    post, path = "/v1/bulk/plan", tag = "bulk", request_body = BulkAsk,
    responses((status = 200, body = BulkPlan))
)]
pub async fn plan(
    State(api): State<Api>,
    ctx: Ctx,
    Json(ask): Json<BulkAsk>,
) -> Result<Json<BulkPlan>> {
    let what = of_many(ask.kind)?;
    let frozen = freeze(&api, &ctx, ask.runs, ask.filter).await?;
    Ok(Json(frozen.plan(api.host(), &ctx.place, what).await?))
}

/// Makes a job that makes the move on each run of a frozen set, one after the other. Each run decides by its own rules when it
/// has its turn. The job goes on after a restart.
#[utoipa::path(
    post, path = "/v1/bulk", tag = "bulk", request_body = BulkBody,
    responses((status = 201, body = Changed<BulkJob>))
)]
pub async fn create(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<BulkBody>,
) -> Result<Response> {
    of_many(body.kind)?;
    ctx.access.allow_move(body.kind)?;
    let reason = reason(&body.reason)?;
    let filtered = body.filter.is_some();
    let frozen = freeze(&api, &ctx, body.runs, body.filter).await?;
    if frozen.more && filtered {
        return Err(Error::field(
            "too_many_runs",
            "/filter",
            format!("More than {BULK_MOST} runs match, which is the most a job takes. Narrow it."),
        ));
    }
    let job = BulkJob {
        id: BulkId::new(api.host().new_id(BulkId::PREFIX)),
        kind: body.kind,
        state: BulkState::Running,
        reason,
        created_at: api.now(),
        created_by: ctx.actor(),
        ended_at: None,
        stopped_by: None,
        total: frozen.runs.len() as u64,
        done: 0,
        refused: 0,
    };
    let set = BulkSetRecord {
        job: job.id.clone(),
        runs: frozen.runs,
    };
    let record = BulkRecord {
        job: job.clone(),
        place: ctx.place.clone(),
        origin: BulkOrigin {
            request_id: ctx.origin.request_id.clone(),
            ip: ctx.origin.ip.clone(),
        },
    };
    let entry = AuditEntry {
        reason: Some(job.reason.clone()),
        after: Some(standing(&job)),
        ..audit::entry(api.host(), &ctx, START, job.id.as_str())
    };
    let changed = Changed {
        value: job.clone(),
        audit: entry.id.clone(),
    };
    let changes = vec![Change::create(&record)?, Change::create(&set)?];
    let answer = to_value(&changed)?;
    let set = ctx.complete(changes, entry, StatusCode::CREATED, &answer)?;
    api.store().change(set).await?;
    api.bulk().work_off(job.id);
    Ok((StatusCode::CREATED, Json(changed)).into_response())
}

/// Stops a job: what is done stays done, the rest is left as it is.
#[utoipa::path(
    post, path = "/v1/bulk/{job}/abort", tag = "bulk", params(("job" = String, Path)),
    responses((status = 200, body = Changed<BulkJob>))
)]
pub async fn abort(
    State(api): State<Api>,
    ctx: Ctx,
    Path(job): Path<BulkId>,
) -> Result<Json<Changed<BulkJob>>> {
    stored(&api, &ctx, &job).await?;
    // Between two turns; who makes the next one finds the job stopped.
    let _held = api.bulk().hold(&job).await;
    let mut record = stored(&api, &ctx, &job).await?;
    let before = record.value.job.clone();
    if before.state != BulkState::Running {
        let how = before.state.shown().to_lowercase();
        return Err(Error::conflict(
            "bulk_ended",
            format!("There is nothing to stop: this bulk job is {how}."),
        )
        .current(before));
    }
    record.value.job = BulkJob {
        state: BulkState::Stopped,
        ended_at: Some(api.now()),
        stopped_by: Some(ctx.actor()),
        ..before.clone()
    };
    let job = record.value.job.clone();
    let entry = AuditEntry {
        before: Some(standing(&before)),
        after: Some(standing(&job)),
        ..audit::entry(api.host(), &ctx, STOP, job.id.as_str())
    };
    let changed = Changed {
        value: job,
        audit: entry.id.clone(),
    };
    let answer = to_value(&changed)?;
    let changes = vec![Change::update(&record)?];
    let set = ctx.complete(changes, entry, StatusCode::OK, &answer)?;
    api.store().change(set).await?;
    Ok(Json(changed))
}

/// A job in an audit entry.
fn standing(job: &BulkJob) -> Value {
    json!({
        "bulk": job.id, "move": job.kind, "state": job.state, "runs": job.total, "done": job.done, "refused": job.refused,
    })
}

fn to_value(changed: &Changed<BulkJob>) -> Result<Value> {
    serde_json::to_value(changed).map_err(|error| Error::internal(&error))
}

/// The job, where it belongs to this project; else 404.
async fn stored(api: &Api, ctx: &Ctx, job: &BulkId) -> Result<Stored<BulkRecord>> {
    api.store()
        .get::<BulkRecord>(&BulkRecord::key_of(job))
        .await?
        .filter(|record| record.value.job.id == *job && record.value.place == ctx.place)
        .ok_or_else(|| Error::not_found("bulk job", job.as_str()))
}

fn of_many(kind: MoveKind) -> Result<Move> {
    bulk_move(kind).ok_or_else(|| {
        let known: Vec<&str> = BULK_MOVES.iter().map(|kind| kind.as_str()).collect();
        Error::field(
            "not_a_bulk_move",
            "/move",
            format!(
                "{} cannot be made on many runs at once. These can: {}.",
                kind.shown(),
                known.join(", ")
            ),
        )
    })
}

fn reason(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Error::field(
            "invalid_body",
            "/reason",
            format!(
                "Say why, in 1 to {LONGEST} characters. It stands in the audit entry of each run."
            ),
        ));
    }
    Ok(text.to_owned())
}

async fn freeze(
    api: &Api,
    ctx: &Ctx,
    runs: Option<Vec<RunId>>,
    filter: Option<RunFilter>,
) -> Result<Frozen> {
    let wrong = |pointer: &str, message: String| Error::field("invalid_body", pointer, message);
    match (runs, filter) {
        (Some(runs), None) => {
            let frozen = Frozen::of(runs);
            if frozen.more {
                return Err(Error::field(
                    "too_many_runs",
                    "/runs",
                    format!("A job takes at most {BULK_MOST} runs. Make several."),
                ));
            }
            if frozen.runs.is_empty() {
                return Err(wrong("/runs", "No run is named.".into()));
            }
            Ok(frozen)
        }
        (None, Some(filter)) => {
            let frozen = Frozen::matching(api.host(), &ctx.place, filter).await?;
            if frozen.runs.is_empty() {
                return Err(wrong("/filter", "No run matches it.".into()));
            }
            Ok(frozen)
        }
        (Some(_), Some(_)) => Err(wrong("/filter", "Give runs or a filter, not both.".into())),
        (None, None) => Err(wrong("/runs", "Name the runs, or give a filter.".into())),
    }
}
