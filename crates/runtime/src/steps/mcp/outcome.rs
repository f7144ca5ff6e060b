//! What an MCP error means: whether the request went out, and what a person does about it.

use crate::steps::net::{self, NetError};
use model::{Failure, FailureCode};
use rmcp::ErrorData;
use rmcp::model::ErrorCode;
use rmcp::service::{ClientInitializeError, ServiceError};
use rmcp::transport::DynamicTransportError;
use rmcp::transport::streamable_http_client::StreamableHttpError;
use std::error::Error as StdError;

type HttpError = StreamableHttpError<reqwest::Error>;

/// Why a request has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The server never saw it.
    NotSent(String),
    /// It went out, and no answer came: it may or may not have taken effect.
    Lost(String),
    /// The server wants to know who asks.
    Credential(String),
    /// The address is closed to workflows.
    Closed(String),
    /// The server takes no request now, and says so before it does anything.
    Busy(String),
    /// The server answered that the request is wrong.
    Refused { code: ErrorCode, message: String },
    /// An answer that makes no sense.
    Nonsense(String),
}

impl Trouble {
    pub fn of(error: &ServiceError) -> Self {
        match error {
            ServiceError::McpError(ErrorData { code, message, .. }) => Self::Refused {
                code: *code,
                message: message.to_string(),
            },
            ServiceError::TransportSend(error) => transport(error),
            ServiceError::TransportClosed | ServiceError::Cancelled { .. } => {
                Self::Lost("the connection was lost".into())
            }
            ServiceError::Timeout { .. } => Self::Lost("it did not answer in time".into()),
            ServiceError::UnexpectedResponse => {
                Self::Nonsense("it answered with something else than was asked for".into())
            }
            other => Self::Nonsense(other.to_string()),
        }
    }

    /// The failure of a request that changes nothing.
    pub fn failure(&self, server: &str) -> Failure {
        let failed = |code, message: String| Failure::new(code, message);
        match self {
            Self::NotSent(reason) => unreachable(server, reason),
            Self::Lost(reason) => failed(
                FailureCode::DependencyUnavailable,
                format!("The MCP server “{server}” did not answer: {reason}."),
            ),
            Self::Credential(reason) => failed(
                FailureCode::CredentialRequired,
                format!("The MCP server “{server}” refused the credential: {reason}."),
            ),
            Self::Closed(reason) => failed(
                FailureCode::PolicyBlocked,
                format!("The MCP server at {server} may not be called: {reason}."),
            ),
            Self::Busy(reason) => failed(
                FailureCode::UpstreamError,
                format!("The MCP server “{server}” takes no requests now: {reason}."),
            ),
            Self::Refused { message, .. } => failed(
                FailureCode::McpToolFailed,
                format!("The MCP server “{server}” answered with an error."),
            )
            .detail(message.clone()),
            Self::Nonsense(reason) => failed(
                FailureCode::UpstreamError,
                format!("The MCP server “{server}” broke the protocol: {reason}."),
            ),
        }
    }
}

pub(super) fn unreachable(server: &str, reason: &str) -> Failure {
    Failure::new(
        FailureCode::DependencyUnavailable,
        format!("The MCP server “{server}” could not be reached: {reason}."),
    )
}

/// The failure of a handshake: nothing was asked of the server yet.
pub(super) fn handshake(server: &str, error: &ClientInitializeError) -> Failure {
    match error {
        ClientInitializeError::TransportError { error, .. } => match transport(error) {
            Trouble::Lost(reason) => unreachable(server, &reason),
            other => other.failure(server),
        },
        ClientInitializeError::ConnectionClosed(_) => unreachable(server, "it has stopped"),
        ClientInitializeError::JsonRpcError(error) => {
            unreachable(server, "it refused the connection").detail(error.message.to_string())
        }
        other => unreachable(server, "it does not speak MCP as expected").detail(other.to_string()),
    }
}

fn transport(error: &DynamicTransportError) -> Trouble {
    match error.error.downcast_ref::<HttpError>() {
        Some(http) => over_http(http),
        // A pipe to a process that is gone.
        None => Trouble::NotSent("it has stopped".into()),
    }
}

fn over_http(error: &HttpError) -> Trouble {
    match error {
        HttpError::Client(error) => {
            if is_private(error) {
                Trouble::Closed(net::reason(error))
            } else if error.is_connect() || error.is_builder() {
                Trouble::NotSent(net::reason(error))
            } else {
                Trouble::Lost(net::reason(error))
            }
        }
        HttpError::AuthRequired(_) | HttpError::InsufficientScope(_) => {
            Trouble::Credential("it asks for authorization".into())
        }
        HttpError::HttpStatus(status) => match status.status {
            429 | 503 => Trouble::Busy(format!("it answered {}", status.status)),
            number => Trouble::Lost(format!("it answered {number}")),
        },
        HttpError::UnexpectedServerResponse(text) => match status_in(text) {
            Some(401 | 403) => Trouble::Credential("it answered that access is denied".into()),
            Some(number @ 300..=499) => Trouble::NotSent(format!("it answered {number}")),
            _ => Trouble::Lost(text.to_string()),
        },
        HttpError::SessionExpired | HttpError::ReinitializationFailed(_) => {
            Trouble::NotSent("it has forgotten the session".into())
        }
        other => Trouble::Lost(plain(other)),
    }
}

/// The status in the SDK's words for other answers: `HTTP 404 Not Found: …`.
fn status_in(text: &str) -> Option<u16> {
    text.strip_prefix("HTTP ")?.get(..3)?.parse().ok()
}

fn is_private(error: &reqwest::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if matches!(cause.downcast_ref(), Some(NetError::Private(_))) {
            return true;
        }
        next = cause.source();
    }
    false
}

fn plain(error: &(dyn StdError + 'static)) -> String {
    let text = error.to_string();
    text.trim_end_matches('.').to_owned()
}
