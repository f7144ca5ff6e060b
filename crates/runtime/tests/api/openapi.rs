//! The API's description: current, complete, and the same as the table of routes.

use crate::support::{Server, http};
use runtime::api::access::{Need, ROUTES};
use runtime::api::openapi;
use serde_json::{Value, json};
use std::path::PathBuf;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json")
}

/// `UPDATE_OPENAPI=1 cargo test -p runtime --test api openapi` writes the file anew.
#[test]
fn the_copy_in_docs_is_current() {
    let current = openapi::text();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(file(), &current).unwrap();
    }
    let kept = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(
        kept == current,
        "docs/openapi.json is not what the code says: run UPDATE_OPENAPI=1 cargo test -p runtime --test api openapi"
    );
}

#[tokio::test]
async fn it_is_served() {
    let server = Server::new().await;
    let response = http()
        .get(format!("{}/v1/openapi.json", server.base))
        .send()
        .await
        .unwrap();
    assert!(response.text().await.unwrap() == openapi::text());
}

#[test]
fn every_route_is_in_the_table_and_described() {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let described: Vec<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    for route in ROUTES
        .iter()
        .filter(|route| route.path != "/v1/openapi.json")
    {
        let found = described
            .iter()
            .any(|(method, path)| method == route.method.as_str() && path == route.path);
        assert!(found, "{} {} is not described", route.method, route.path);
    }
    for (method, path) in &described {
        let found = ROUTES
            .iter()
            .any(|route| route.method.as_str() == method && route.path == path);
        assert!(found, "{method} {path} is not in the table");
    }
    for route in ROUTES {
        let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
        if let Need::Project(role, scope) = route.need {
            let access = json!({ "role": role.as_str(), "scope": scope.as_str() });
            assert_eq!(operation["x-access"], access, "{}", route.path);
            assert!(
                operation["responses"]["default"]["content"]["application/problem+json"]
                    .is_object()
            );
        }
    }
}

#[test]
fn the_words_of_the_wire_are_described() {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(words("FailureCode")[0], "MCP_TOOL_FAILED");
    assert_eq!(words("RunStatus")[0], "queued");
    assert_eq!(words("Role")[3], "tenant_admin");
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(&openapi::text()).unwrap();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(
            document.pointer(pointer).is_some(),
            "{reference} leads nowhere"
        );
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "$ref" => found.push(text.clone()),
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
