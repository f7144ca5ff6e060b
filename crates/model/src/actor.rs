//! Who did something.

use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What kind of actor an action came from. An AI's actions are always marked as such.
    ActorKind {
        Person = "person", "person";
        Token = "token", "token";
        System = "system", "Signalbox";
        Ai = "ai", "AI";
    }
}

/// Who did something: recorded in events and in the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Actor {
    pub kind: ActorKind,
    /// A user's or token's id; `system` for the runtime itself.
    pub id: String,
    /// The name people read.
    pub name: String,
}

impl Actor {
    /// The runtime itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: "system".into(),
            name: "Signalbox".into(),
        }
    }
}
