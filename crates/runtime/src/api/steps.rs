//! A run's steps in full, their transcripts, and what they produced.

use super::Api;
use super::context::Ctx;
use super::extract::{Json, Path};
use super::problem::{Error, Result};
use super::query::Query;
use super::run::{at_end_of, snapshot, stored};
use crate::store::EventQuery;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::api::{ArtifactList, TranscriptLine, TranscriptPage};
use model::cut::cut;
use model::{ArtifactId, Event, RunId, StepPath};

/// One step with its input, its output and every try. A value of more than 64 KiB stands as
/// `{"$cut": {"bytes", "kind", "length", "start"}}`; `…/input` and `…/output` answer with it.
#[utoipa::path(
    get, path = "/v1/runs/{run}/steps/{step}", tag = "runs", params(("run" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = Object, description = "The step's whole state."))
)]
pub async fn step(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
) -> Result<Json<engine::StepState>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    travelling(&run, &step).map(Json)
}

/// One step as it was at the end of an attempt of the run.
#[utoipa::path(
    get, path = "/v1/runs/{run}/attempts/{attempt}/steps/{step}", tag = "runs",
    params(("run" = String, Path), ("attempt" = u32, Path), ("step" = String, Path)),
    responses((status = 200, body = Object, description = "The step's whole state."))
)]
pub async fn step_then(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, attempt, step)): Path<(RunId, u32, StepPath)>,
) -> Result<Json<engine::StepState>> {
    let run = at_end_of(&api, &ctx, &run, attempt).await?;
    travelling(&run, &step).map(Json)
}

/// The step, or 404.
pub fn found<'r>(run: &'r engine::Run, step: &StepPath) -> Result<&'r engine::StepState> {
    run.step(step)
        .ok_or_else(|| Error::not_found("step", step.as_str()))
}

/// The step, without what is too large to travel.
fn travelling(run: &engine::Run, step: &StepPath) -> Result<engine::StepState> {
    let mut step = found(run, step)?.clone();
    let values = [
        &mut step.output,
        &mut step.input,
        &mut step.input_override,
        &mut step.last_input,
    ];
    values.into_iter().flatten().for_each(cut);
    step.items.iter_mut().flatten().for_each(cut);
    Ok(step)
}

/// What the step did, entry by entry, over all tries or of one.
#[utoipa::path(
    get, path = "/v1/runs/{run}/steps/{step}/transcript", tag = "runs",
    params(
        ("run" = String, Path), ("step" = String, Path),
        ("attempt" = Option<u32>, Query), ("try" = Option<u32>, Query),
        ("after" = Option<u64>, Query, description = "Only entries of later events."),
        ("limit" = Option<u64>, Query, description = "Events read, at most 1,000; 500 when absent."),
    ),
    responses((status = 200, body = TranscriptPage))
)]
pub async fn transcript(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, step)): Path<(RunId, StepPath)>,
    query: Query,
) -> Result<Json<TranscriptPage>> {
    let query = query.only(&["attempt", "try", "after", "limit"])?;
    let (attempt, try_no) = (query.number("attempt")?, query.number("try")?);
    let limit = query.limit(500, 1000)?;
    let snapshot = snapshot(&api, &ctx, &run).await?;
    if !snapshot.run.steps.contains_key(&step) {
        return Err(Error::not_found("step", step.as_str()));
    }
    let mut events = api
        .store()
        .events(EventQuery {
            after: query.number("after")?.unwrap_or(0),
            types: vec!["step_transcript".into()],
            step: Some(step.clone()),
            limit: limit + 1,
            ..EventQuery::all(run)
        })
        .await?;
    let more = events.len() > limit;
    let next_after = events
        .get(limit - 1)
        .filter(|_| more)
        .map(|event| event.seq);
    let wanted = |line: &TranscriptLine| {
        attempt.is_none_or(|wanted| wanted == u64::from(line.attempt))
            && try_no.is_none_or(|wanted| wanted == u64::from(line.try_no))
    };
    events.iter_mut().for_each(Event::cut);
    let items = events
        .iter()
        .take(limit)
        .flat_map(|event| TranscriptLine::of(event, &step))
        .filter(wanted)
        .collect();
    Ok(Json(TranscriptPage { items, next_after }))
}

/// What the run produced, partial ones marked.
#[utoipa::path(
    get, path = "/v1/runs/{run}/artifacts", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = ArtifactList))
)]
pub async fn artifacts(
    State(api): State<Api>,
    ctx: Ctx,
    Path(run): Path<RunId>,
) -> Result<Json<ArtifactList>> {
    let run = snapshot(&api, &ctx, &run).await?.run;
    Ok(Json(ArtifactList {
        items: run.artifacts.clone(),
    }))
}

/// An artifact's content, as a download. It is untrusted: a browser may show it, but nothing in it may run or load.
#[utoipa::path(
    get, path = "/v1/runs/{run}/artifacts/{artifact}/content", tag = "runs",
    params(("run" = String, Path), ("artifact" = String, Path), ("inline" = Option<bool>, Query)),
    responses((status = 200, description = "The content, in its own media type."))
)]
pub async fn content(
    State(api): State<Api>,
    ctx: Ctx,
    Path((run, artifact)): Path<(RunId, ArtifactId)>,
    query: Query,
) -> Result<Response> {
    let query = query.only(&["inline"])?;
    stored(&api, &ctx, &run).await?;
    let missing = || Error::not_found("artifact", artifact.as_str());
    let snapshot = snapshot(&api, &ctx, &run).await?;
    let about = snapshot
        .run
        .artifacts
        .iter()
        .find(|known| known.id == artifact)
        .ok_or_else(missing)?;
    let bytes = api
        .store()
        .artifact(&run, &artifact)
        .await?
        .ok_or_else(missing)?;
    let how = if query.flag("inline")? {
        "inline"
    } else {
        "attachment"
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let kind = if about.media_type.starts_with("text/") {
        format!("{}; charset=utf-8", about.media_type)
    } else {
        about.media_type.clone()
    };
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_str(&kind)
            .unwrap_or(HeaderValue::from_static("application/octet-stream")),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&disposition(how, &about.name))
            .unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    // Written once and never changed, but only for who may read it.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    Ok(response)
}

/// The file's name twice: plain ASCII for the old, and the whole of it percent-encoded (RFC 6266).
pub fn disposition(how: &str, name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() && c != '"' && c != '\\' || c == ' ' {
                c
            } else {
                '_'
            }
        })
        .collect();
    let encoded: String = form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20");
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_leave_its_header() {
        let text = disposition("attachment", "../a\"b\r\nSet-Cookie: x\u{e9}.md");
        assert!(!text.contains('\r') && !text.contains('\n'), "{text}");
        assert!(
            text.starts_with("attachment; filename=\"a_b__Set-Cookie: x_.md\""),
            "{text}"
        );
        assert!(
            text.contains("filename*=UTF-8''a%22b%0D%0ASet-Cookie%3A%20x%C3%A9.md"),
            "{text}"
        );
    }
}
