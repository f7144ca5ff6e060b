//! What a person takes back, ends or deletes.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::segment;
use model::{TokenId, UserId, WebhookId};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    Token(TokenId),
    /// A signed-in browser, by the id of its session.
    Browser(String),
    Member(UserId),
    /// An invitation that nobody has accepted, by its id.
    Invitation(String),
    Webhook(WebhookId),
    EmailServer,
    Connection(String),
    /// By its name.
    McpServer(String),
    /// By its name.
    McpInstance(String),
    Entity(String),
}

impl Removal {
    fn path(&self) -> String {
        let of = |list: &str, id: &str| format!("/v1/{list}/{}", segment(id));
        match self {
            Self::Token(id) => of("pats", id.as_str()),
            Self::Browser(id) => of("sessions", id),
            Self::Member(id) => of("members", id.as_str()),
            Self::Invitation(id) => of("invitations", id),
            Self::Webhook(id) => of("webhooks", id.as_str()),
            Self::Connection(id) => of("connections", id),
            Self::McpServer(name) => of("mcp/servers", name),
            Self::McpInstance(name) => of("mcp/instances", name),
            Self::Entity(id) => of("entities", id),
            Self::EmailServer => "/v1/notifications/email".to_owned(),
        }
    }

    pub async fn send(&self, api: Api, key: &ActionKey) -> Result<(), ApiError> {
        api.delete(&self.path(), Guard::once(key)).await
    }
}
