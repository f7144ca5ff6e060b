//! Starting a run, and the commands on a workflow's runs.

use super::find;
use crate::api::context::Ctx;
use crate::api::extract::{IfMatch, Json, Path};
use crate::api::problem::{Error, Result};
use crate::api::run::stored;
use crate::api::{Api, missions, moves};
use crate::auth::Proof;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use engine::CreateRun;
use model::api::{CommandOnRun, Moved, StartRun, WorkflowCommand};
use model::run::{Belongs, Labels, Trigger, WorkflowRef};
use model::{Move, RunId, WorkflowId};
use std::sync::Arc;

const LABELS: usize = 32;
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 256;
const ENVIRONMENT: &str = "production";

/// `start` makes a run of the latest published version; `pause`, `resume` and `stop` do as the run's own routes.
#[utoipa::path(
    post, path = "/v1/workflows/{workflow}/command", tag = "workflows", params(("workflow" = String, Path)),
    request_body = WorkflowCommand,
    responses((status = 201, body = Moved, description = "The run was accepted."), (status = 200, body = Moved))
)]
pub async fn command(
    State(api): State<Api>,
    ctx: Ctx,
    Path(workflow): Path<WorkflowId>,
    seen: IfMatch,
    Json(body): Json<WorkflowCommand>,
) -> Result<Response> {
    let (on, what) = match body {
        WorkflowCommand::Start(params) => return start(&api, &ctx, &workflow, params).await,
        WorkflowCommand::Pause(on) => (on, Move::Pause),
        WorkflowCommand::Resume(on) => (on, Move::Resume),
        WorkflowCommand::Stop(on) => {
            let what = moves::stop_move(on.mode, None);
            (on, what)
        }
    };
    of_workflow(&api, &ctx, &workflow, &on).await?;
    moves::make(&api, &ctx, &on.run_id, seen, what, on.reason).await
}

/// The run must be one of this workflow's.
async fn of_workflow(api: &Api, ctx: &Ctx, workflow: &WorkflowId, on: &CommandOnRun) -> Result<()> {
    let run = stored(api, ctx, &on.run_id).await?;
    if run.row.workflow_id == *workflow {
        Ok(())
    } else {
        Err(Error::not_found("run", on.run_id.as_str()))
    }
}

async fn start(api: &Api, ctx: &Ctx, workflow: &WorkflowId, params: StartRun) -> Result<Response> {
    let record = find(api, ctx, workflow).await?.value;
    if record.archived {
        return Err(Error::conflict(
            "workflow_archived",
            format!(
                "The workflow {:?} is archived. Bring it back before you start it.",
                record.name
            ),
        ));
    }
    let Some(version) = super::latest(api, &record).await? else {
        return Err(Error::conflict(
            "workflow_not_published",
            format!(
                "The workflow {:?} was never published. Publish its draft first.",
                record.name
            ),
        ));
    };
    check(&params)?;
    super::fits(
        api,
        version.definition.input_schema.as_ref(),
        &params.input,
        "/params/input",
    )?;
    if let Some(mission) = &params.mission {
        missions::find(api, ctx, mission).await.map_err(|_| {
            Error::field(
                "invalid_body",
                "/params/mission",
                format!("There is no mission {mission:?} in this project."),
            )
        })?;
    }
    let mut definition = version.definition;
    if let Some(queue) = params.queue {
        definition.queue = queue;
    }
    let create = CreateRun {
        run: RunId::new(api.host().new_id(RunId::PREFIX)),
        actor: ctx.actor(),
        workflow: WorkflowRef {
            id: record.id,
            version: version.version,
            name: record.name,
        },
        definition: Arc::new(definition),
        input: params.input,
        about: params.about,
        environment: params.environment.unwrap_or_else(|| ENVIRONMENT.to_owned()),
        trigger: match ctx.caller.proof {
            Proof::Session(_) => Trigger::Manual,
            Proof::Token(_) => Trigger::Api,
        },
        labels: params.labels,
        belongs: Belongs {
            mission: params.mission,
            task: params.task,
        },
        not_before: params.not_before,
        again_of: None,
        parent: None,
    };
    let meta = ctx.meta(
        None,
        ctx.draft("run.start", None),
        api.now(),
        StatusCode::CREATED,
        moves::moved,
    );
    let outcome = api.host().create(&ctx.place, create, meta).await?;
    moves::answer(outcome, StatusCode::CREATED)
}

fn check(params: &StartRun) -> Result<()> {
    let wrong =
        |pointer: String, message: &str| Err(Error::field("invalid_body", pointer, message));
    for (pointer, name) in [
        ("/params/queue", &params.queue),
        ("/params/environment", &params.environment),
    ] {
        if name.as_ref().is_some_and(|name| !model::id::is_slug(name)) {
            return wrong(
                pointer.into(),
                "This must be 1 to 64 letters, digits, _ and -, a letter first.",
            );
        }
    }
    labels(&params.labels)
}

fn labels(labels: &Labels) -> Result<()> {
    let wrong = |key: &str, message: String| {
        Err(Error::field(
            "invalid_body",
            format!(
                "/params/labels/{}",
                key.replace('~', "~0").replace('/', "~1")
            ),
            message,
        ))
    };
    if labels.len() > LABELS {
        return Err(Error::field(
            "invalid_body",
            "/params/labels",
            format!("A run has at most {LABELS} labels."),
        ));
    }
    for (key, value) in labels {
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            return wrong(
                key,
                format!("A label's key is 1 to {LONGEST_KEY} characters long."),
            );
        }
        if value.chars().count() > LONGEST_VALUE {
            return wrong(
                key,
                format!("A label's value is at most {LONGEST_VALUE} characters long."),
            );
        }
    }
    Ok(())
}
