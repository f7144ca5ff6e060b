//! What is attached to a report, as the runtime knows it.

use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::problem::{Error, Result};
use crate::api::run::snapshot;
use crate::api::workflows::needed_ids;
use crate::health::local::WORKER;
use crate::health::{Subject, view};
use crate::store::EventQuery;
use engine::bundle::{JOURNAL, Parts, TRANSCRIPT, bundle, step_of};
use engine::{Run, World};
use model::api::{Check, TranscriptLine};
use model::report::{Bundle, HealthFact, ReportBody};
use model::{CheckKind, CheckState, FailureCode, ReportId, StepPath};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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
        health: health(api, ctx, &run, step.as_ref()).await?,
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

/// What the checks had found that the run depends on: first those of the step, then those of its other steps, then how its
/// queue and its worker stand.
async fn health(
    api: &Api,
    ctx: &Ctx,
    run: &Run,
    step: Option<&StepPath>,
) -> Result<Vec<HealthFact>> {
    let document =
        |value: serde_json::Result<Value>| value.map_err(|error| Error::internal(&error));
    let workflow = &run.workflow.id;
    let of_step = match step.and_then(|path| run.step_def(path)) {
        Some(step) => {
            let step = document(serde_json::to_value(step))?;
            needed_ids(api, ctx, workflow, &json!({ "steps": [step] })).await?
        }
        None => BTreeSet::new(),
    };
    let whole = document(serde_json::to_value(&*run.definition))?;
    let mut of_run = needed_ids(api, ctx, workflow, &whole).await?;
    of_run.insert(Subject::new(CheckKind::Queue, &run.queue).id());
    of_run.insert(Subject::new(CheckKind::Worker, WORKER).id());
    let mut checks = view::checks(api.host(), &ctx.place).await?;
    checks.retain(|check| of_step.contains(&check.id) || of_run.contains(&check.id));
    checks.sort_by_key(|check| !of_step.contains(&check.id));
    Ok(checks.into_iter().map(fact).collect())
}

fn fact(check: Check) -> HealthFact {
    HealthFact {
        what: format!("{} {}", check.kind.shown(), check.subject),
        ok: match check.state {
            CheckState::Passing | CheckState::Warning => Some(true),
            CheckState::Failing => Some(false),
            CheckState::Unknown => None,
        },
        message: check.message,
        at: check.at,
    }
}
