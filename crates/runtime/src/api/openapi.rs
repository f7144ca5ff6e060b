//! The API's description (`OpenAPI` 3.1), made from the routes and the table of who may call them.

use super::access::{Need, ROUTES};
use axum::http::Method;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{
    ComponentsBuilder, Content, InfoBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required,
    ResponseBuilder, ServerBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

const ABOUT: &str = "Runs of agent workflows: start them, follow them, see why one stands, make the right move. Times are RFC \
    3339 UTC; money is in micro-dollars. Errors are `application/problem+json`. Changes accept `Idempotency-Key`; moves accept \
    `If-Match` with the run's sequence. Lists page by `cursor`.";

/// The description as JSON text, ended by a newline: what `docs/openapi.json` holds.
pub fn text() -> String {
    match serde_json::to_string_pretty(&document()) {
        Ok(text) => text + "\n",
        Err(error) => {
            tracing::error!(%error, "the API's description could not be written");
            String::from("{}\n")
        }
    }
}

/// The description.
pub fn document() -> OpenApi {
    let mut document = super::described().into_openapi();
    document.info = InfoBuilder::new()
        .title("Signalbox")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/").build()]);
    let mut components = ComponentsBuilder::from(document.components.take().unwrap_or_default())
        .schema("Problem", model::api::Problem::schema())
        .security_scheme(
            "token",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("pat_…")
                    .build(),
            ),
        )
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::auth::COOKIE))),
        )
        .build();
    let mut schemas = Vec::new();
    <model::api::Problem as ToSchema>::schemas(&mut schemas);
    components.schemas.extend(schemas);
    document.components = Some(components);
    for route in ROUTES {
        let Some(item) = document.paths.paths.get_mut(route.path) else {
            continue;
        };
        let operation = match http_method(route.method) {
            HttpMethod::Post => &mut item.post,
            HttpMethod::Patch => &mut item.patch,
            HttpMethod::Put => &mut item.put,
            HttpMethod::Delete => &mut item.delete,
            _ => &mut item.get,
        };
        if let Some(operation) = operation {
            complete(operation, route.method, route.path, route.need);
        }
    }
    document
}

fn http_method(method: &Method) -> HttpMethod {
    match method.as_str() {
        "POST" => HttpMethod::Post,
        "PATCH" => HttpMethod::Patch,
        "PUT" => HttpMethod::Put,
        "DELETE" => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// What every route of its kind has: who may, where, the headers of changes, and errors.
fn complete(operation: &mut Operation, method: &Method, path: &str, need: Need) {
    operation.operation_id = Some(operation_id(method, path));
    let mut added: Vec<Parameter> = Vec::new();
    match need {
        Need::Nothing => {}
        Need::SignedIn => operation.security = Some(signed_in()),
        Need::Project(role, scope) => {
            operation.security = Some(signed_in());
            added.push(header(
                "X-Tenant-Id",
                "The tenant; on streams and downloads also the query parameter `tenant`.",
                true,
            ));
            added.push(header(
                "X-Project-Id",
                "The project; on streams and downloads also the query parameter `project`.",
                true,
            ));
            operation.extensions.get_or_insert_default().merge(
                ExtensionsBuilder::new()
                    .add(
                        "x-access",
                        serde_json::json!({ "role": role.as_str(), "scope": scope.as_str() }),
                    )
                    .build(),
            );
        }
    }
    if method != Method::GET && matches!(need, Need::Project(..)) {
        added.push(header(
            "Idempotency-Key",
            "The same key with the same request gets the same answer.",
            false,
        ));
        added.push(header(
            "If-Match",
            "The sequence or revision last seen, where the object has one.",
            false,
        ));
    }
    operation
        .parameters
        .get_or_insert_default()
        .extend(added.into_iter().map(RefOr::T));
    operation.responses.responses.insert(
        "default".into(),
        RefOr::T(
            ResponseBuilder::new()
                .description("What went wrong, and what to do.")
                .content(
                    "application/problem+json",
                    Content::new(Some(Ref::from_schema_name("Problem"))),
                )
                .build(),
        ),
    );
}

fn signed_in() -> Vec<SecurityRequirement> {
    ["token", "session"]
        .into_iter()
        .map(|name| SecurityRequirement::new(name, Vec::<String>::new()))
        .collect()
}

fn header(name: &str, about: &str, required: bool) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(if required {
            Required::True
        } else {
            Required::False
        })
        .description(Some(about))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

/// `get_v1_runs_run_events`: stable, unique, and readable in generated clients.
fn operation_id(method: &Method, path: &str) -> String {
    let path: String = path
        .chars()
        .filter(|c| !matches!(c, '{' | '}'))
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    format!("{}{}", method.as_str().to_lowercase(), path)
}
