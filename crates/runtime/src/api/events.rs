//! A run's journal.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::run::stored;
use crate::store::EventQuery;
use axum::extract::State;
use model::api::{EventPage, RunRow};
use model::{Event, EventKind, RunId, StepPath};
use std::sync::Arc;

const USUAL: usize = 200;
const MOST: usize = 1000;
/// Events that one search for text looks through; the answer then says where to go on.
const LOOKS: u64 = 200_000;
const KNOWN: [&str; 9] = [
    "after",
    "before",
    "tail",
    "types",
    "step",
    "q",
    "limit",
    "whole",
    "definition",
];
const ENDS: [&str; 2] = ["run_failed", "run_interrupted"];

/// What is asked of the journal, beyond where.
struct Wanted {
    run: RunId,
    types: Vec<String>,
    step: Option<StepPath>,
    /// As it stands inside of JSON.
    text: Option<String>,
    limit: usize,
    last_seq: u64,
}

/// Events in order. `after` reads forward, `before` reads what stands in front, `tail=true` reads the end; `types`, `step`
/// and `q` (text anywhere in an event) choose among them. A value of more than 64 KiB stands as
/// `{"$cut": {"bytes", "kind", "length", "start"}}`; `…/events/{seq}/value` answers with it, or `whole=true` with all of them.
/// With `definition=false` the definition in `run_created` comes without its steps: for who has the run, which holds them.
#[utoipa::path(
    get, path = "/v1/runs/{run}/events", tag = "runs",
    params(
        ("run" = String, Path),
        ("after" = Option<u64>, Query, description = "Only events with a greater sequence."),
        ("before" = Option<u64>, Query, description = "Only events with a smaller sequence, the last ones of them."),
        ("tail" = Option<bool>, Query, description = "The journal's last events."),
        ("types" = Option<Vec<String>>, Query, description = "`step_failed`, `run_created`, …"),
        ("step" = Option<String>, Query, description = "A step's path."),
        ("q" = Option<String>, Query, description = "Text anywhere in an event."),
        ("limit" = Option<u64>, Query, description = "At most 1,000; 200 when absent."),
        ("whole" = Option<bool>, Query, description = "Large values too."),
        ("definition" = Option<bool>, Query, description = "`false`: the workflow's definition comes without its steps."),
    ),
    responses((status = 200, body = EventPage))
)]
pub async fn list(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
    query: Query,
) -> Result<Json<EventPage>> {
    let query = query.only(&KNOWN)?;
    let row = stored(&api, &ctx, &run).await?.row;
    let wanted = Wanted {
        types: query.words("types", &[], |word| {
            known_type(word).then(|| word.to_owned())
        })?,
        step: query.one("step").map(StepPath::from),
        text: query.one("q").map(inside_json),
        limit: query.limit(USUAL, MOST)?,
        last_seq: row.seq,
        run,
    };
    let before = match (query.number("before")?, query.flag("tail")?) {
        (Some(_), true) => {
            return Err(Error::query("tail", "it cannot stand beside before.", None));
        }
        (Some(before), false) => Some(before.min(row.seq + 1)),
        (None, true) => Some(row.seq + 1),
        (None, false) => None,
    };
    let mut page = match (query.number("after")?, before) {
        (Some(_), Some(_)) => {
            return Err(Error::query(
                "after",
                "it cannot stand beside before or tail.",
                None,
            ));
        }
        (after, None) => forward(&api, &wanted, after.unwrap_or(0)).await?,
        (None, Some(before)) => backward(&api, &wanted, before).await?,
    };
    if !query.flag("whole")? {
        page.items.iter_mut().for_each(Event::cut);
    }
    if !query.flag_or("definition", true)? {
        page.items.iter_mut().for_each(without_steps);
    }
    page.first_failure = failure(&api, &row).await?;
    Ok(Json(page))
}

impl Wanted {
    fn query(&self) -> EventQuery {
        EventQuery {
            types: self.types.clone(),
            step: self.step.clone(),
            text: self.text.clone(),
            // One more tells whether there are more.
            limit: self.limit + 1,
            ..EventQuery::all(self.run.clone())
        }
    }
}

async fn forward(api: &Api, wanted: &Wanted, after: u64) -> Result<EventPage> {
    let edge = wanted
        .text
        .as_ref()
        .map(|_| after.saturating_add(LOOKS + 1));
    let mut items = api
        .store()
        .events(EventQuery {
            after,
            before: edge,
            ..wanted.query()
        })
        .await?;
    let more = items.len() > wanted.limit;
    items.truncate(wanted.limit);
    let next_after = match (items.last(), edge) {
        (Some(last), _) if more => Some(last.seq),
        (_, Some(edge)) if edge <= wanted.last_seq => Some(edge - 1),
        (_, Some(_) | None) => None,
    };
    Ok(EventPage {
        items,
        next_after,
        next_before: Some(after + 1).filter(|_| after > 0),
        last_seq: wanted.last_seq,
        first_failure: None,
    })
}

async fn backward(api: &Api, wanted: &Wanted, before: u64) -> Result<EventPage> {
    let edge = wanted
        .text
        .as_ref()
        .map_or(0, |_| before.saturating_sub(LOOKS + 1));
    let mut items = api
        .store()
        .events(EventQuery {
            after: edge,
            before: Some(before),
            from_end: true,
            ..wanted.query()
        })
        .await?;
    let more = items.len() > wanted.limit;
    if more {
        items.remove(0);
    }
    let next_before = match items.first() {
        Some(first) if more => Some(first.seq),
        Some(_) | None => Some(edge + 1).filter(|edge| *edge > 1),
    };
    Ok(EventPage {
        items,
        next_after: Some(before - 1).filter(|last| *last < wanted.last_seq),
        next_before,
        last_seq: wanted.last_seq,
        first_failure: None,
    })
}

/// What "jump to failure" jumps to: the failure of the step that ended the attempt, or else the end itself.
async fn failure(api: &Api, row: &RunRow) -> Result<Option<u64>> {
    if row.failure.is_none() {
        return Ok(None);
    }
    let last = |types: &[&str], step: Option<StepPath>| EventQuery {
        types: types.iter().map(|&name| name.to_owned()).collect(),
        step,
        limit: 1,
        from_end: true,
        ..EventQuery::all(row.id.clone())
    };
    if let Some(step) = &row.step {
        let failed = api
            .store()
            .events(last(&["step_failed"], Some(step.clone())))
            .await?;
        if let Some(event) = failed
            .first()
            .filter(|event| of_attempt(event, row.attempt))
        {
            return Ok(Some(event.seq));
        }
    }
    let ended = api.store().events(last(&ENDS, None)).await?;
    Ok(ended.first().map(|event| event.seq))
}

fn of_attempt(event: &Event, attempt: u32) -> bool {
    matches!(&event.event, EventKind::StepFailed { key, .. } if key.attempt == attempt)
}

/// Ten thousand of them are more than a megabyte, all in the first event.
fn without_steps(event: &mut Event) {
    if let EventKind::RunCreated(created) = &mut event.event {
        Arc::make_mut(&mut created.definition).steps.clear();
    }
}

/// Text as it stands inside of a JSON string.
fn inside_json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// A word no event has would silently give an empty list.
fn known_type(word: &str) -> bool {
    EventKind::NAMES.contains(&word)
}
