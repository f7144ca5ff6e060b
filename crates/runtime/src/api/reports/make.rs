//! What is attached to a report, as the runtime knows it.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::{Error, Result};
use crate::api::run::snapshot;
use crate::store::EventQuery;
use crate::store::record::ProviderRecord;
use engine::bundle::{JOURNAL, Parts, TRANSCRIPT, bundle, step_of};
use engine::{Run, World};
use model::api::{ProviderMode, TranscriptLine};
use model::report::{Bundle, HealthFact, ReportBody};
use model::{FailureCode, ReportId, StepPath};
use std::sync::Arc;

/// A bundle with what the report's own record needs.
pub(super) struct Made {
    pub(super) run: Arc<Run>,
    pub(super) step: Option<StepPath>,
    pub(super) code: Option<FailureCode>,
    pub(super) bundle: Bundle,
}

/// Reads what is attached, and puts it together.
pub(super) async fn make(
    api: &Api,
    ctx: &Ctx,
    body: ReportBody,
    report: Option<ReportId>,
) -> Result<Made> {
    let run = snapshot(api, ctx, &body.run).await?.run;
    if let Some(step) = body
        .step
        .as_ref()
        .filter(|step| !run.steps.contains_key(step))
    {
        return Err(Error::field(
            "invalid_body",
            "/step",
            format!("The run has no step {:?}.", step.as_str()),
        ));
    }
    let step = body.step.or_else(|| step_of(&run));
    let journal = api
        .store()
        .events(EventQuery {
            limit: JOURNAL,
            from_end: true,
            ..EventQuery::all(run.id.clone())
        })
        .await?;
    let transcript = match &step {
        Some(step) => transcript(api, &run, step).await?,
        None => Vec::new(),
    };
    let code = step
        .as_ref()
        .and_then(|path| run.steps.get(path)?.failure.as_ref())
        .or(run.failure.as_ref())
        .map(|failure| failure.code);
    let bundle = bundle(Parts {
        run: &run,
        world: World {
            queue: api.host().queue_state(&run.id),
        },
        step: step.clone(),
        journal: &journal,
        transcript: &transcript,
        health: health(api, ctx).await?,
        client: body.client,
        form: body.form,
        leave_out: &body.leave_out,
        report,
        made_at: api.now(),
        made_by: Bundle::BY_RUNTIME,
    });
    Ok(Made {
        run,
        step,
        code,
        bundle,
    })
}

async fn transcript(api: &Api, run: &Run, step: &StepPath) -> Result<Vec<TranscriptLine>> {
    let events = api
        .store()
        .events(EventQuery {
            types: vec!["step_transcript".into()],
            step: Some(step.clone()),
            limit: TRANSCRIPT,
            from_end: true,
            ..EventQuery::all(run.id.clone())
        })
        .await?;
    Ok(events
        .iter()
        .flat_map(|event| TranscriptLine::of(event, step))
        .collect())
}

/// What the project's checks had found. Providers are what has checks.
async fn health(api: &Api, ctx: &Ctx) -> Result<Vec<HealthFact>> {
    let found = api
        .store()
        .list::<ProviderRecord>(&ctx.place.group(), None, 1_000)
        .await?;
    Ok(found
        .into_iter()
        .map(|stored| {
            let ProviderRecord {
                id, mode, check, ..
            } = stored.value;
            HealthFact {
                what: match mode {
                    ProviderMode::Live => format!("Provider {id}"),
                    ProviderMode::Mock => format!("Provider {id} (Mock Mode)"),
                },
                ok: check.as_ref().map(|check| check.ok),
                message: check.as_ref().map_or_else(
                    || "Never checked.".to_owned(),
                    |check| check.message.clone(),
                ),
                at: check.map(|check| check.at),
            }
        })
        .collect())
}
