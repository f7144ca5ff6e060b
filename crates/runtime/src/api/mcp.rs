//! MCP servers, their instances, and which credentials they are told.

mod instances;
mod overrides;
mod servers;

use super::Api;
use super::connections::check_header;
use super::context::Ctx;
use super::problem::{Error, Result};
use crate::store::record::{McpInstanceRecord, McpServerRecord};
use model::api::{McpTransport, Wire};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(servers::list, servers::create))
        .routes(routes!(servers::patch, servers::delete))
        .routes(routes!(servers::validate))
        .routes(routes!(instances::list, instances::create))
        .routes(routes!(instances::patch, instances::delete))
        .routes(routes!(instances::set_active))
        .routes(routes!(overrides::list))
        .routes(routes!(overrides::get, overrides::put))
}

/// A step's server is one name, so that a server and an instance cannot share it.
async fn free_name(api: &Api, ctx: &Ctx, name: &str) -> Result<()> {
    let key = ctx.place.key(name);
    let server = api.store().get::<McpServerRecord>(&key).await?.is_some();
    let instance = api.store().get::<McpInstanceRecord>(&key).await?.is_some();
    if !server && !instance && name != super::workflows::FILES {
        return Ok(());
    }
    Err(Error::conflict(
        "already_exists",
        format!("An MCP server or instance named {name:?} is there already. Choose another name."),
    ))
}

/// Each wire leads to where the transport can take it. `at` is the list's JSON pointer.
fn check_wires(transport: &McpTransport, wires: &[Wire], at: &str) -> Result<()> {
    for (index, wire) in wires.iter().enumerate() {
        let at = format!("{at}/{index}");
        if !model::id::is_slug(&wire.connection) {
            return Err(Error::field(
                "invalid_body",
                format!("{at}/connection"),
                "Name the connection.",
            ));
        }
        match (transport, &wire.header, &wire.env) {
            (McpTransport::Http { .. }, Some(header), None) => {
                check_header(header, &format!("{at}/header"))?;
            }
            (McpTransport::Http { .. }, None, None) => {}
            (McpTransport::Http { .. }, _, Some(_)) => {
                return Err(Error::field(
                    "invalid_body",
                    format!("{at}/env"),
                    "A server reached by address takes its credential in a header, not in a variable.",
                ));
            }
            (McpTransport::Stdio { .. }, None, Some(name)) => check_variable(name, &at)?,
            (McpTransport::Stdio { .. }, Some(_), _) | (McpTransport::Stdio { .. }, _, None) => {
                return Err(Error::field(
                    "invalid_body",
                    format!("{at}/env"),
                    "A program takes its credential in an environment variable; name it in env.",
                ));
            }
        }
    }
    Ok(())
}

fn check_variable(name: &str, at: &str) -> Result<()> {
    let good = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if good {
        return Ok(());
    }
    Err(Error::field(
        "invalid_body",
        format!("{at}/env"),
        format!("{name:?} is no name of an environment variable."),
    ))
}
