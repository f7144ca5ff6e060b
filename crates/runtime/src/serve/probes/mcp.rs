//! Validating an MCP server: what is set up, its credentials, the handshake, its tools and their schemas.

use crate::api::workflows::FILES;
use crate::health::{Finding, OPERATOR, bind};
use crate::serve::setups::{NO_PROGRAMS, Setups};
use crate::steps::mcp::{McpRunner, ToolInfo};
use crate::store::Place;
use model::api::{McpTransport, Validation, ValidationCheck};
use model::{Failure, FailureCode, WorkflowId};
use std::time::Duration;

/// The longest the handshake and the list of tools may take together.
const PATIENCE: Duration = Duration::from_secs(10);
/// Broken schemas named in one message.
const NAMED: usize = 3;

struct Looked {
    checks: Vec<ValidationCheck>,
    tools: Vec<String>,
    /// Somebody runs it elsewhere; else it is a program that this runtime starts.
    is_reached: bool,
    /// What the first failed check comes to.
    finding: Option<Finding>,
}

impl Looked {
    fn good(&mut self, name: &str, message: impl Into<String>) {
        self.checks.push(ValidationCheck {
            name: name.to_owned(),
            ok: true,
            message: message.into(),
        });
    }

    fn bad(&mut self, name: &str, finding: Finding) {
        self.checks.push(ValidationCheck {
            name: name.to_owned(),
            ok: false,
            message: finding.message.clone(),
        });
        self.finding.get_or_insert(finding);
    }
}

pub async fn validate(
    setups: &Setups,
    runner: &McpRunner,
    place: &Place,
    workflow: Option<&WorkflowId>,
    server: &str,
) -> (Validation, Finding) {
    let mut looked = Looked {
        checks: Vec::new(),
        tools: Vec::new(),
        is_reached: false,
        finding: None,
    };
    if set_up(setups, place, workflow, server, &mut looked).await {
        ask(runner, place, workflow, server, &mut looked).await;
    }
    let validation = Validation {
        ok: looked.finding.is_none(),
        at: setups.now(),
        checks: looked.checks,
        tools: looked.tools,
    };
    let finding = looked.finding.unwrap_or_else(|| {
        Finding::passing(match validation.tools.len() {
            1 => "It answers and offers 1 tool.".to_owned(),
            n => format!("It answers and offers {n} tools."),
        })
    });
    (validation, finding)
}

/// Set-up and credentials; true when the server can be asked.
async fn set_up(
    setups: &Setups,
    place: &Place,
    workflow: Option<&WorkflowId>,
    server: &str,
    looked: &mut Looked,
) -> bool {
    if server == FILES {
        looked.good("set_up", "It is built in.");
        return true;
    }
    let binding = match bind(&**setups.store(), place, workflow, server).await {
        Ok(Some(binding)) => binding,
        Ok(None) => {
            let finding = Finding::failing(
                FailureCode::EnvironmentBlocked,
                format!("The MCP server “{server}” is not set up in this project."),
                format!("Set up the MCP server “{server}” on Health (a project admin can)"),
            );
            looked.bad("set_up", finding);
            return false;
        }
        Err(error) => {
            tracing::error!(server, %error, "an MCP server's set-up cannot be read");
            let finding = Finding::failing(
                FailureCode::DependencyUnavailable,
                format!("The set-up of “{server}” cannot be read now."),
                "Try again",
            );
            looked.bad("set_up", finding);
            return false;
        }
    };
    match &binding.server.config {
        McpTransport::Stdio { .. } if !setups.programs() => {
            let finding = Finding::failing(
                FailureCode::EnvironmentBlocked,
                NO_PROGRAMS,
                "Start the runtime with --allow-mcp-programs (its operator can)",
            )
            .outside(OPERATOR);
            looked.bad("set_up", finding);
            return false;
        }
        McpTransport::Stdio { command, .. } => {
            looked.good("set_up", format!("It starts the program {command}."));
        }
        McpTransport::Http { url, .. } => {
            looked.is_reached = true;
            looked.good("set_up", format!("It is reached at {url}."));
        }
    }
    for wire in &binding.wires {
        let id = &wire.connection;
        match setups.credential(place, id).await {
            Ok(_) => looked.good("credential", format!("The credential of “{id}” is there.")),
            Err(failure) => {
                let clears =
                    format!("Resolve the connection “{id}” on Health (a project admin can)");
                looked.bad(
                    "credential",
                    Finding::failing(failure.code, failure.message, clears),
                );
            }
        }
    }
    looked.finding.is_none()
}

async fn ask(
    runner: &McpRunner,
    place: &Place,
    workflow: Option<&WorkflowId>,
    server: &str,
    looked: &mut Looked,
) {
    let asked = runner.look(&place.tenant, &place.project, workflow, server);
    let tools = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(tools))) => tools,
        Ok(Ok(Err(failure))) => {
            looked.good("handshake", "It shook hands.");
            return looked.bad("tools", down(server, looked.is_reached, &failure));
        }
        Ok(Err(failure)) => {
            return looked.bad("handshake", down(server, looked.is_reached, &failure));
        }
        Err(_) => {
            let failure = Failure::new(
                FailureCode::DependencyUnavailable,
                format!(
                    "The MCP server “{server}” did not answer within {} s.",
                    PATIENCE.as_secs()
                ),
            );
            return looked.bad("handshake", down(server, looked.is_reached, &failure));
        }
    };
    looked.good("handshake", "It shook hands.");
    looked.good(
        "tools",
        match tools.len() {
            1 => "It offers 1 tool.".to_owned(),
            n => format!("It offers {n} tools."),
        },
    );
    looked.tools = tools.iter().map(|tool| tool.name.clone()).collect();
    let broken: Vec<String> = tools.iter().filter_map(mistake).collect();
    if broken.is_empty() {
        return looked.good("schema", "The schema of every tool's arguments is sound.");
    }
    let named = broken
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join("; ");
    let more = match broken.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    // Its other tools work: a person should know, runs need not wait.
    looked.bad(
        "schema",
        Finding::warning(
            format!("Tools of “{server}” have a broken schema: {named}{more}."),
            format!("Mend the tools of “{server}”; until then their arguments cannot be checked"),
        ),
    );
}

fn mistake(tool: &ToolInfo) -> Option<String> {
    let schema = &tool.input_schema;
    if schema.get("type").and_then(|kind| kind.as_str()) != Some("object") {
        return Some(format!("{} takes no object", tool.name));
    }
    let error = jsonschema::meta::validate(schema).err()?;
    Some(format!("{}: {error}", tool.name))
}

fn down(server: &str, is_reached: bool, failure: &Failure) -> Finding {
    let clears = match failure.code {
        FailureCode::CredentialRequired => {
            format!(
                "Wire a connection to “{server}” whose credential it takes (a project admin can)"
            )
        }
        _ => format!(
            "Start the MCP server “{server}”, or correct its set-up on Health (a project admin can)"
        ),
    };
    let finding = Finding::failing(failure.code, failure.message.clone(), clears);
    match failure.code {
        FailureCode::DependencyUnavailable | FailureCode::UpstreamError if is_reached => {
            finding.outside(format!("whoever runs the MCP server “{server}”"))
        }
        _ => finding,
    }
}
