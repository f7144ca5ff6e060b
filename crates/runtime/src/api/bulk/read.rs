//! Bulk jobs, and what came of their runs.

use super::super::Api;
use super::super::context::Ctx;
use super::super::extract::{Json, Path};
use super::super::problem::Result;
use super::super::query::Query;
use super::super::run::behind;
use super::stored;
use crate::store::index::COUNT_TO;
use crate::store::record::{BulkRecord, BulkRunRecord, BulkSetRecord};
use axum::extract::State;
use model::BulkId;
use model::api::{BulkJob, BulkOutcome, BulkRun, Page};

/// Jobs that one list tells of.
const LISTED: usize = 1_001;
/// Results read in one go.
const CHUNK: usize = 500;

/// Bulk jobs, newest first.
#[utoipa::path(
    get, path = "/v1/bulk", tag = "bulk",
    params(
        ("limit" = Option<u64>, Query, description = "At most 200; 50 when absent."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses((status = 200, body = Page<BulkJob>))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Page<BulkJob>>> {
    let query = query.only(&["limit", "cursor"])?;
    let limit = query.limit(50, 200)?;
    let all = api
        .store()
        .list::<BulkRecord>(&ctx.place.group(), None, LISTED)
        .await?;
    let count = all.len() as u64;
    let after = query.one("cursor").unwrap_or_default();
    let all = all.into_iter().map(|stored| stored.value.job);
    let (items, next_cursor) = behind(all, after, limit, |job| BulkRecord::key_of(&job.id));
    Ok(Json(Page {
        next_cursor,
        items,
        count: count.min(COUNT_TO),
        count_is_exact: count <= COUNT_TO,
    }))
}

/// How a bulk job stands.
#[utoipa::path(
    get, path = "/v1/bulk/{job}", tag = "bulk", params(("job" = String, Path)),
    responses((status = 200, body = BulkJob))
)]
pub async fn get(
    State(api): State<Api>,
    ctx: Ctx,
    Path(job): Path<BulkId>,
) -> Result<Json<BulkJob>> {
    Ok(Json(stored(&api, &ctx, &job).await?.value.job))
}

/// The runs of a bulk job in the order of their turns: what came of each, and why it was refused.
#[utoipa::path(
    get, path = "/v1/bulk/{job}/runs", tag = "bulk",
    params(
        ("job" = String, Path),
        ("outcome" = Option<Vec<String>>, Query, description = "Any of `done`, `refused`, `waiting`."),
        ("limit" = Option<u64>, Query, description = "At most 200; 50 when absent."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses((status = 200, body = Page<BulkRun>))
)]
pub async fn runs(
    State(api): State<Api>,
    ctx: Ctx,
    Path(job): Path<BulkId>,
    query: Query,
) -> Result<Json<Page<BulkRun>>> {
    let query = query.only(&["outcome", "limit", "cursor"])?;
    let known: Vec<&str> = BulkOutcome::ALL.iter().map(|word| word.as_str()).collect();
    let mut outcomes = query.words("outcome", &known, BulkOutcome::parse)?;
    if outcomes.is_empty() {
        outcomes = BulkOutcome::ALL.to_vec();
    }
    let limit = query.limit(50, 200)?;
    query.cursor()?;
    let after = query.number("cursor")?.unwrap_or(0);
    let job = stored(&api, &ctx, &job).await?.value.job;
    let mut items = marked(&api, &job, &outcomes, after, limit + 1).await?;
    if items.len() <= limit && outcomes.contains(&BulkOutcome::Waiting) {
        let wanted = limit + 1 - items.len();
        items.extend(waiting(&api, &ctx, &job, after, wanted).await?);
    }
    let more = items.len() > limit;
    items.truncate(limit);
    outcomes.sort_unstable();
    outcomes.dedup();
    let count: u64 = outcomes.iter().map(|outcome| job.count(*outcome)).sum();
    Ok(Json(Page {
        next_cursor: items.last().filter(|_| more).map(|last| last.n.to_string()),
        items,
        count: count.min(COUNT_TO),
        count_is_exact: count <= COUNT_TO,
    }))
}

/// Runs behind `after` that had their turn.
async fn marked(
    api: &Api,
    job: &BulkJob,
    outcomes: &[BulkOutcome],
    after: u64,
    wanted: usize,
) -> Result<Vec<BulkRun>> {
    let mut found = Vec::new();
    let mut after = BulkRunRecord::key_of(&job.id, after);
    let marks = [BulkOutcome::Done, BulkOutcome::Refused];
    if !marks.iter().any(|mark| outcomes.contains(mark)) {
        return Ok(found);
    }
    loop {
        let page = api
            .store()
            .list::<BulkRunRecord>(job.id.as_str(), Some(&after), CHUNK)
            .await?;
        let whole = page.len() < CHUNK;
        for stored in page {
            after = BulkRunRecord::key_of(&job.id, stored.value.run.n);
            // What came since the job was read still counts as waiting.
            if stored.value.run.n > job.worked_off() {
                return Ok(found);
            }
            if outcomes.contains(&stored.value.run.outcome) {
                found.push(stored.value.run);
            }
            if found.len() == wanted {
                return Ok(found);
            }
        }
        if whole {
            return Ok(found);
        }
    }
}

/// Runs behind `after` that had no turn as `job` stands.
async fn waiting(
    api: &Api,
    ctx: &Ctx,
    job: &BulkJob,
    after: u64,
    wanted: usize,
) -> Result<Vec<BulkRun>> {
    let Some(set) = api.store().get::<BulkSetRecord>(job.id.as_str()).await? else {
        return Ok(Vec::new());
    };
    let from = after.max(job.worked_off());
    let rest = (from + 1..).zip(
        set.value
            .runs
            .iter()
            .skip(usize::try_from(from).unwrap_or(usize::MAX)),
    );
    let mut found = Vec::new();
    for (n, run) in rest.take(wanted) {
        let stored = api.store().run(run).await?;
        let own = stored.filter(|stored| stored.place == ctx.place);
        found.push(BulkRun {
            n,
            run: run.clone(),
            title: own.map(|stored| stored.row.title).unwrap_or_default(),
            outcome: BulkOutcome::Waiting,
            why: None,
            new_run: None,
            audit: None,
            at: None,
        });
    }
    Ok(found)
}
