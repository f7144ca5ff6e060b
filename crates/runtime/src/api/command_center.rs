//! What needs a person now, and what is going on.

use super::Api;
use super::context::Ctx;
use super::extract::Json;
use super::fresh::freshen;
use super::problem::Result;
use super::query::Query;
use crate::store::{Attention, RunsQuery};
use axum::extract::State;
use model::api::{AttentionItem, CommandCenter, PendingTask, RunFilter, RunRow, Section};
use model::{RunId, RunStatus, Timestamp, WaitKind};
use std::collections::{HashMap, HashSet};

/// Items a section shows.
const SHOWN: usize = 50;
/// Rows looked at to find and count them.
const LOOKED_AT: usize = 1000;
const DAY_MS: u64 = 24 * 3600 * 1000;

/// Needs decision, blocked, failed, stopping, running: each with why, since when and the recommended move.
#[utoipa::path(
    get, path = "/v1/command-center", tag = "command center",
    params(("unresolved" = Option<bool>, Query, description = "Failed runs of any age.")),
    responses((status = 200, body = CommandCenter))
)]
pub async fn command_center(
    State(api): State<Api>,
    ctx: Ctx,
    query: Query,
) -> Result<Json<CommandCenter>> {
    let query = query.only(&["unresolved"])?;
    let any_age = query.flag("unresolved")?;
    let now = api.now();
    // Read first: what happens while the lists are read is sent again by the stream, which is harmless.
    let position = api.store().position();
    let reading = Reading {
        api: &api,
        ctx: &ctx,
        now,
    };
    let needs_decision = together(reading.decisions().await?, reading.questions().await?);
    let blocked = reading.section(&[RunStatus::Blocked], |_| true).await?;
    let failed = reading
        .section(&[RunStatus::Failed, RunStatus::Interrupted], |row| {
            any_age || row.updated_at >= now.minus_ms(DAY_MS)
        })
        .await?;
    let draining = reading.section(&[RunStatus::Draining], |_| true).await?;
    let running = reading
        .section(&[RunStatus::Running, RunStatus::Starting], |_| true)
        .await?;
    Ok(Json(CommandCenter {
        needs_decision,
        blocked,
        failed,
        draining,
        running,
        position,
    }))
}

fn has_stalled(row: &RunRow) -> bool {
    row.why.as_ref().is_some_and(|why| why.stalled)
}

/// It works, and has not been heard of for long.
fn is_silent(row: &RunRow, now: Timestamp) -> bool {
    matches!(row.status, RunStatus::Running | RunStatus::Starting)
        && now.since(row.updated_at) > engine::STALL_MS
}

/// Two sections as one, the longest waiting first; a run stands in it once.
fn together(mut section: Section, more: Section) -> Section {
    let known: HashSet<String> = section.items.iter().map(|item| item.id.clone()).collect();
    let counted = more.items.len() as u64;
    let new = more
        .items
        .into_iter()
        .filter(|item| !known.contains(&item.id));
    let before = section.items.len();
    section.items.extend(new);
    let twice = counted - (section.items.len() - before) as u64;
    section.items.sort_by_key(|item| item.since);
    section.items.truncate(SHOWN);
    Section {
        count: section.count + more.count - twice,
        count_is_exact: section.count_is_exact && more.count_is_exact,
        ..section
    }
}

struct Reading<'a> {
    api: &'a Api,
    ctx: &'a Ctx,
    now: Timestamp,
}

impl Reading<'_> {
    /// Runs with an open decision, whatever else they do meanwhile; the longest waiting first.
    async fn decisions(&self) -> Result<Section> {
        let store = self.api.store();
        let page = store.tasks(&self.ctx.place, None, LOOKED_AT).await?;
        let more = page.next_cursor.is_some();
        let mut ids: Vec<RunId> = Vec::new();
        let mut tasks: HashMap<RunId, PendingTask> = HashMap::new();
        for task in page.items {
            if !tasks.contains_key(&task.run) {
                ids.push(task.run.clone());
                tasks.insert(task.run.clone(), task);
            }
        }
        let handled = store.attention(&ids).await?;
        ids.retain(|id| {
            handled
                .get(id)
                .is_none_or(|attention| self.is_open(attention))
        });
        let count = ids.len() as u64;
        let mut items = Vec::new();
        for id in ids.into_iter().take(SHOWN) {
            let Some(stored) = store.run(&id).await? else {
                continue;
            };
            let task = tasks.remove(&id);
            items.push(AttentionItem {
                id: id.into_string(),
                since: task
                    .as_ref()
                    .map_or(stored.row.updated_at, |task| task.since),
                task,
                assigned_to: stored.attention.assigned_to,
                run: stored.row,
            });
        }
        Ok(Section {
            items,
            count,
            count_is_exact: !more,
        })
    }

    /// Runs that wait for an answer to an agent.
    async fn questions(&self) -> Result<Section> {
        let asks = |row: &RunRow| row.wait_kind == Some(WaitKind::Chat);
        self.section(&[RunStatus::Waiting], asks).await
    }

    fn is_open(&self, attention: &Attention) -> bool {
        attention.dismissed.is_none()
            && attention
                .snoozed_until
                .is_none_or(|until| until <= self.now)
    }

    /// The runs in one of these statuses that nobody snoozed or dismissed, newest first.
    async fn section(
        &self,
        status: &[RunStatus],
        wanted: impl FnMut(&RunRow) -> bool,
    ) -> Result<Section> {
        let page = self
            .api
            .store()
            .runs(RunsQuery {
                place: self.ctx.place.clone(),
                filter: RunFilter {
                    status: status.to_vec(),
                    ..RunFilter::default()
                },
                hide_handled_at: Some(self.now),
                cursor: None,
                limit: LOOKED_AT,
            })
            .await?;
        let more = page.next_cursor.is_some();
        let mut rows: Vec<RunRow> = page.items.into_iter().filter(wanted).collect();
        let count = rows.len() as u64;
        // Those that may have stalled come first, and so are among the shown ones.
        rows.sort_by_key(|row| !has_stalled(row) && !is_silent(row, self.now));
        rows.truncate(SHOWN);
        freshen(self.api, self.ctx, &mut rows).await?;
        rows.sort_by_key(|row| !has_stalled(row));
        let ids: Vec<RunId> = rows.iter().map(|row| row.id.clone()).collect();
        let mut handled = self.api.store().attention(&ids).await?;
        let items = rows
            .into_iter()
            .map(|run| AttentionItem {
                id: run.id.to_string(),
                since: run
                    .why
                    .as_ref()
                    .and_then(|why| why.since)
                    .unwrap_or(run.updated_at),
                task: None,
                assigned_to: handled
                    .remove(&run.id)
                    .and_then(|attention| attention.assigned_to),
                run,
            })
            .collect();
        Ok(Section {
            items,
            count,
            count_is_exact: !more,
        })
    }
}
