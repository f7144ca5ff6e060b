//! Carrying a workflow from one project to another.

use super::{create_from, find};
use crate::api::Api;
use crate::api::context::Ctx;
use crate::api::extract::{Json, Path};
use crate::api::problem::{Error, Result};
use crate::api::query::Query;
use crate::api::steps::disposition;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use model::WorkflowId;
use model::api::{Changed, Needs, PortableWorkflow, WorkflowView};
use serde_json::Value;
use std::collections::BTreeMap;

/// The latest version (or with `draft=true` the draft) as one portable document, with what it expects of a project.
#[utoipa::path(
    get, path = "/v1/workflows/{workflow}/export", tag = "workflows",
    params(("workflow" = String, Path), ("draft" = Option<bool>, Query)),
    responses((status = 200, body = PortableWorkflow))
)]
pub async fn export(
    State(api): State<Api>,
    ctx: Ctx,
    Path(id): Path<WorkflowId>,
    query: Query,
) -> Result<Response> {
    let query = query.only(&["draft"])?;
    let record = find(&api, &ctx, &id).await?.value;
    let version = if query.flag("draft")? {
        None
    } else {
        super::latest(&api, &record).await?
    };
    let document = match &version {
        Some(version) => {
            serde_json::to_value(&version.definition).map_err(|error| Error::internal(&error))?
        }
        None => record.draft,
    };
    let file = format!("{}.workflow.json", slug(&record.name));
    let portable = PortableWorkflow {
        format: PortableWorkflow::FORMAT.to_owned(),
        name: record.name,
        version: version.map(|version| version.version),
        needs: needs(&document),
        document,
        remap: BTreeMap::new(),
    };
    let mut response = Json(portable).into_response();
    if let Ok(value) = HeaderValue::from_str(&disposition("attachment", &file)) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A name that every file system takes.
fn slug(name: &str) -> String {
    let text: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let text = text.trim_matches('-').to_owned();
    if text.is_empty() {
        "workflow".into()
    } else {
        text
    }
}

/// Makes a workflow of a portable document. `remap` names what to call instead of what the document names.
#[utoipa::path(
    post, path = "/v1/workflows/import", tag = "workflows", request_body = PortableWorkflow,
    responses((status = 201, body = Changed<WorkflowView>))
)]
pub async fn import(
    State(api): State<Api>,
    ctx: Ctx,
    Json(body): Json<PortableWorkflow>,
) -> Result<Response> {
    if body.format != PortableWorkflow::FORMAT {
        return Err(Error::field(
            "invalid_body",
            "/format",
            format!(
                "This runtime imports {:?}; the document says {:?}.",
                PortableWorkflow::FORMAT,
                body.format
            ),
        ));
    }
    let mut document = body.document;
    let needs = needs(&document);
    let known: Vec<&String> = [
        &needs.providers,
        &needs.servers,
        &needs.server_urls,
        &needs.workflows,
    ]
    .into_iter()
    .flat_map(BTreeMap::keys)
    .collect();
    for name in body.remap.keys() {
        if !known.contains(&name) {
            return Err(Error::field(
                "invalid_body",
                format!("/remap/{}", name.replace('~', "~0").replace('/', "~1")),
                format!("The document does not use {name:?}."),
            ));
        }
    }
    each_use(&mut document, &mut |_, _, name| {
        if let Some(other) = body.remap.get(name) {
            other.clone_into(name);
        }
    });
    if let Some(object) = document.as_object_mut() {
        object.insert("name".into(), Value::String(body.name));
    }
    create_from(&api, &ctx, document, "workflow.import").await
}

/// What a document uses by name.
pub fn needs(document: &Value) -> Needs {
    let mut needs = Needs::default();
    // Reading through the same walk as changing keeps both in step.
    let mut copy = document.clone();
    each_use(&mut copy, &mut |field, pointer, name| {
        let group = match field {
            "provider" => &mut needs.providers,
            "server" => &mut needs.servers,
            "server_url" => &mut needs.server_urls,
            _ => &mut needs.workflows,
        };
        group
            .entry(name.clone())
            .or_default()
            .push(pointer.to_owned());
    });
    needs
}

/// Every place where a step names something of its project: the field, the pointer to it, and the name.
fn each_use(document: &mut Value, found: &mut dyn FnMut(&str, &str, &mut String)) {
    steps(document, "", found);
}

fn steps(holder: &mut Value, pointer: &str, found: &mut dyn FnMut(&str, &str, &mut String)) {
    let Some(list) = holder.get_mut("steps").and_then(Value::as_array_mut) else {
        return;
    };
    for (index, step) in list.iter_mut().enumerate() {
        let at = format!("{pointer}/steps/{index}");
        let fields: &[&str] = match step.get("type").and_then(Value::as_str) {
            Some("llm_call") => &["provider"],
            Some("mcp_call") => &["server", "server_url"],
            Some("workflow_call") => &["workflow"],
            _ => &[],
        };
        for &field in fields {
            if let Some(Value::String(name)) = step.get_mut(field) {
                found(field, &format!("{at}/{field}"), name);
            }
        }
        steps(step, &at, found);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn what_a_workflow_uses_is_found_in_loops_too() {
        let document = json!({"name": "x", "steps": [
            {"id": "a", "type": "llm_call", "provider": "big"},
            {"id": "b", "type": "for_each", "steps": [{"id": "c", "type": "mcp_call", "server": "files"}]},
            {"id": "d", "type": "workflow_call", "workflow": "Other"}
        ]});
        let needs = needs(&document);
        assert_eq!(needs.providers["big"], ["/steps/0/provider"]);
        assert_eq!(needs.servers["files"], ["/steps/1/steps/0/server"]);
        assert_eq!(needs.workflows["Other"], ["/steps/2/workflow"]);
    }

    #[test]
    fn a_file_name_is_plain() {
        assert_eq!(slug("RFQ draft / Ümläut"), "rfq-draft----ml-ut");
        assert_eq!(slug("…"), "workflow");
    }
}
