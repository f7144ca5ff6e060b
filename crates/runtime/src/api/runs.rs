//! The list of runs.

use super::Api;
use super::context::Ctx;
use super::extract::Json;
use super::fresh::freshen;
use super::problem::{Error, Result};
use super::query::Query;
use crate::store::RunsQuery;
use axum::extract::State;
use model::api::{Page, RunFilter, RunRow};
use model::run::Trigger;
use model::{FailureCode, MissionId, RunStatus, WorkflowId};

const USUAL: usize = 50;
const MOST: usize = 200;
const KNOWN: [&str; 15] = [
    "status",
    "workflow",
    "queue",
    "trigger",
    "actor",
    "label",
    "failure_code",
    "since",
    "until",
    "unresolved",
    "mission",
    "q",
    "limit",
    "cursor",
    "hide_handled",
];

/// Runs, newest first. Each filter means "any of"; different filters must all hold.
#[utoipa::path(
    get, path = "/v1/runs", tag = "runs",
    params(
        ("status" = Option<Vec<String>>, Query, description = "Any of these statuses."),
        ("workflow" = Option<Vec<String>>, Query, description = "Ids of workflows."),
        ("queue" = Option<Vec<String>>, Query),
        ("trigger" = Option<Vec<String>>, Query),
        ("actor" = Option<Vec<String>>, Query, description = "Ids of who started it."),
        ("label" = Option<Vec<String>>, Query, description = "`key:value` or `key`."),
        ("failure_code" = Option<Vec<String>>, Query),
        ("since" = Option<String>, Query, description = "Created at or after."),
        ("until" = Option<String>, Query, description = "Created at or before."),
        ("unresolved" = Option<bool>, Query, description = "Failed, interrupted, blocked or waiting, and not dismissed."),
        ("hide_handled" = Option<bool>, Query, description = "Leaves out what is dismissed or snoozed."),
        ("mission" = Option<String>, Query),
        ("q" = Option<String>, Query, description = "Text in title, record, workflow or id."),
        ("limit" = Option<u64>, Query, description = "At most 200; 50 when absent."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before."),
    ),
    responses((status = 200, body = Page<RunRow>))
)]
pub async fn list(State(api): State<Api>, ctx: Ctx, query: Query) -> Result<Json<Page<RunRow>>> {
    let query = query.only(&KNOWN)?;
    let mut page = api
        .store()
        .runs(RunsQuery {
            place: ctx.place.clone(),
            filter: filter(&query)?,
            hide_handled_at: query.flag("hide_handled")?.then(|| api.now()),
            cursor: query.cursor()?,
            limit: query.limit(USUAL, MOST)?,
        })
        .await?;
    freshen(&api, &ctx, &mut page.items).await?;
    Ok(Json(page))
}

/// Reads the filter of a list of runs.
pub fn filter(query: &Query) -> Result<RunFilter> {
    let since = query.time("since")?;
    let until = query.time("until")?;
    if let (Some(since), Some(until)) = (since, until)
        && since > until
    {
        return Err(Error::query(
            "until",
            "it is before since, so nothing can match.",
            None,
        ));
    }
    Ok(RunFilter {
        status: query.words(
            "status",
            &names(RunStatus::ALL, RunStatus::as_str),
            RunStatus::parse,
        )?,
        workflow: query.all("workflow").map(WorkflowId::from).collect(),
        queue: query.all("queue").map(str::to_owned).collect(),
        trigger: query.words(
            "trigger",
            &names(Trigger::ALL, Trigger::as_str),
            Trigger::parse,
        )?,
        actor: query.all("actor").map(str::to_owned).collect(),
        label: query.all("label").map(str::to_owned).collect(),
        failure_code: query.words(
            "failure_code",
            &names(FailureCode::ALL, FailureCode::as_str),
            FailureCode::parse,
        )?,
        since,
        until,
        unresolved: query.flag("unresolved")?,
        mission: query.one("mission").map(MissionId::from),
        q: query.text("q"),
    })
}

fn names<T: Copy>(all: &[T], name: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().copied().map(name).collect()
}
