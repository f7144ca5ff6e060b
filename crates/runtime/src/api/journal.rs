//! A run's journal as a file, out and in.

use super::Api;
use super::context::Ctx;
use super::extract::{self, Path};
use super::moves;
use super::problem::{Error, Result};
use super::run::stored;
use super::steps::disposition;
use crate::host::{ImportFailure, Importing};
use crate::store::{EventQuery, Store};
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::{self, Either};
use futures_util::{StreamExt, stream};
use model::api::Moved;
use model::{Event, RunId};
use serde_json::json;
use std::pin::pin;
use std::sync::Arc;

/// Where a journal is taken in.
pub const IMPORT: &str = "/v1/runs/import";
/// One event a line.
const NDJSON: &str = "application/x-ndjson";
/// Events read at once.
const PAGE: usize = 1_000;
/// The longest line of an imported journal, in bytes: an event with a large output.
const LINE: usize = 64 * 1024 * 1024;
/// The most events of an imported journal.
const MOST: u64 = 2_000_000;
/// How long an import may be silent.
const PATIENCE_S: u64 = 30;

/// The whole journal, one event a line, oldest first. Contents of artifacts are not in it.
#[utoipa::path(
    get, path = "/v1/runs/{run}/journal", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, description = "One event a line.", content_type = "application/x-ndjson"))
)]
pub async fn export(State(api): State<Api>, ctx: Ctx, Path(run): Path<RunId>) -> Result<Response> {
    let last = stored(&api, &ctx, &run).await?.row.seq;
    let name = disposition("attachment", &format!("{run}.ndjson"));
    let store = Arc::clone(api.store());
    let pages = stream::try_unfold(0, move |after| {
        let (store, run) = (Arc::clone(&store), run.clone());
        async move { page(&*store, run, after, last).await }
    });
    let mut response = Body::from_stream(Box::pin(pages)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(NDJSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// The lines behind event `after`, with the event they end with.
async fn page(
    store: &dyn Store,
    run: RunId,
    after: u64,
    last: u64,
) -> std::io::Result<Option<(Vec<u8>, u64)>> {
    if after >= last {
        return Ok(None);
    }
    let events = store
        .events(EventQuery {
            after,
            before: Some(last + 1),
            limit: PAGE,
            ..EventQuery::all(run)
        })
        .await
        .map_err(std::io::Error::other)?;
    let mut lines = Vec::new();
    let mut to = after;
    for event in events {
        serde_json::to_writer(&mut lines, &event)?;
        lines.push(b'\n');
        to = event.seq;
    }
    if to == after {
        return Err(std::io::Error::other(format!(
            "event {} is not there",
            after + 1
        )));
    }
    Ok(Some((lines, to)))
}

/// Takes in the journal of a run that has ended, as `GET …/journal` gives it, as a new run: to be looked at, compared and
/// replayed here, and never carried on. It is there when its last event is.
#[utoipa::path(
    post, path = "/v1/runs/import", tag = "runs",
    request_body(content = String, content_type = "application/x-ndjson", description = "One event a line, oldest first."),
    responses((status = 201, body = Moved))
)]
pub async fn import(
    State(api): State<Api>,
    ctx: Ctx,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    extract::check_type(&headers, NDJSON)?;
    let mut journal = Journal {
        importing: api.host().import(&ctx.place),
        first: None,
        line: 0,
    };
    let mut body = pin!(body.into_data_stream());
    let mut rest = Vec::new();
    loop {
        let late = api
            .host()
            .platform()
            .sleep_until(api.now().plus_s(PATIENCE_S));
        match future::select(body.next(), late).await {
            Either::Left((Some(Ok(bytes)), _)) => journal.take(&mut rest, &bytes).await?,
            Either::Left((Some(Err(_)), _)) | Either::Right(_) => return Err(cut_off()),
            Either::Left((None, _)) => break,
        }
    }
    journal.line(&rest).await?;
    let mut draft = ctx.draft("run.import", None);
    draft.detail = Some(json!({ "from": journal.first }));
    let meta = ctx.meta(None, draft, api.now(), StatusCode::CREATED, moves::moved);
    let outcome = journal
        .importing
        .finish(meta)
        .await
        .map_err(|failure| at_line(journal.line, failure))?;
    moves::answer(outcome, StatusCode::CREATED)
}

struct Journal {
    importing: Importing,
    /// The run's id where it was executed.
    first: Option<RunId>,
    /// Lines read.
    line: u64,
}

impl Journal {
    /// Takes the lines that `bytes` complete; `rest` is the beginning of the next one.
    async fn take(&mut self, rest: &mut Vec<u8>, bytes: &Bytes) -> Result<()> {
        let mut bytes: &[u8] = bytes;
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let (line, behind) = bytes.split_at(end);
            bytes = &behind[1..];
            if rest.is_empty() {
                self.line(line).await?;
            } else {
                rest.extend_from_slice(line);
                self.line(rest).await?;
                rest.clear();
            }
        }
        rest.extend_from_slice(bytes);
        if rest.len() > LINE {
            return Err(Error::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "line_too_long",
                format!(
                    "Line {} is longer than 64 MiB, which is the most an event may have. Nothing was imported.",
                    self.line + 1
                ),
            ));
        }
        Ok(())
    }

    async fn line(&mut self, line: &[u8]) -> Result<()> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        self.line += 1;
        let at = self.line;
        if at > MOST {
            return Err(wrong(
                at,
                format!("A journal that is imported has at most {MOST} events."),
            ));
        }
        let event: Event = serde_json::from_slice(line)
            .map_err(|error| wrong(at, format!("This is no event: {error}.")))?;
        if let model::EventKind::RunCreated(created) = &event.event
            && at == 1
        {
            self.first = Some(created.run.clone());
        }
        self.importing
            .push(event, line.len())
            .await
            .map_err(|failure| at_line(at, failure))
    }
}

fn at_line(line: u64, failure: ImportFailure) -> Error {
    match failure {
        ImportFailure::Journal(error) => wrong(line, error.to_string()),
        ImportFailure::Host(error) => error.into(),
    }
}

fn wrong(line: u64, message: impl std::fmt::Display) -> Error {
    Error::field(
        "invalid_journal",
        format!("line {line}"),
        format!("Line {line}: {message} Nothing was imported."),
    )
}

fn cut_off() -> Error {
    Error::bad_request(
        "unreadable_body",
        "The journal ended before it was complete, or nothing came for 30 s. Nothing was imported; send it again.",
    )
}
