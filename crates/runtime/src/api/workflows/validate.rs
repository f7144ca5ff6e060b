//! Looking for mistakes before anything runs.

use super::catalog;
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::{Json, Path};
use crate::api::problem::{Error, Result};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use engine::Catalog;
use model::WorkflowId;
use model::api::{FieldError, Report, ValidateBody};
use serde_json::Value;

/// The JSON Schema of a workflow document.
#[utoipa::path(get, path = "/v1/workflows/schema", tag = "workflows", responses((status = 200, body = Object)))]
pub async fn schema() -> Response {
    (
        [
            ("content-type", "application/schema+json"),
            ("cache-control", "no-cache"),
        ],
        model::workflow::SCHEMA,
    )
        .into_response()
}

/// Everything wrong with a document, or with the draft: 200 with the report; 422 for what is no workflow at all.
#[utoipa::path(
    post, path = "/v1/workflows/{workflow}/validate", tag = "workflows", params(("workflow" = String, Path)),
    request_body = ValidateBody, responses((status = 200, body = Report))
)]
pub async fn validate(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    Json(body): Json<ValidateBody>,
) -> Result<Json<Report>> {
    let stored = super::find(&api, &ctx, &id).await?;
    let document = body.document.unwrap_or(stored.value.draft);
    let mut report = check(&api, &ctx, &id, &document).await?;
    let outside = super::surroundings::warnings(&api, &ctx, &id, &document).await?;
    report.warnings.extend(outside);
    Ok(Json(report))
}

/// Reports on a document.
pub async fn check(api: &Api, ctx: &Ctx, id: &WorkflowId, document: &Value) -> Result<Report> {
    if !document.get("steps").is_some_and(Value::is_array) {
        let message = "A workflow is a JSON object with a list of steps.".to_owned();
        return Err(Error::unprocessable(
            "not_a_workflow",
            format!("This document is not a workflow. {message}"),
            vec![FieldError {
                pointer: "/steps".into(),
                message,
                suggestion: None,
            }],
        ));
    }
    let offered = catalog::of(api, ctx, document).await?;
    let services = api.services();
    let lua = |script: &str| services.lua_mistake(script).map_or(Ok(()), Err);
    let schema = |schema: &Value, value: Option<&Value>| {
        let found = match value {
            Some(value) => services.misfits(schema, value),
            None => services.schema_mistakes(schema),
        };
        found
            .into_iter()
            .map(|error| (error.pointer, error.message))
            .collect()
    };
    Ok(engine::validate(
        document,
        &Catalog {
            servers: Some(&offered.servers),
            providers: Some(&offered.providers),
            workflows: Some(&offered.workflows),
            own_id: Some(id.as_str()),
            lua: Some(&lua),
            schema: Some(&schema),
        },
    ))
}
