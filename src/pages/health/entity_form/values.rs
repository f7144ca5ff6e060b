//! What stands in an entity's form, and what is sent of it.

use crate::{
    moves::form::{some, text},
    ui::lines::Lines,
};
use leptos::prelude::*;
use model::api::{EntityBody, EntityTools};

#[derive(Clone, Copy)]
pub struct Tools {
    pub server: RwSignal<String>,
    pub names: RwSignal<String>,
}

impl Tools {
    pub fn new(tools: &EntityTools) -> Self {
        Self {
            server: RwSignal::new(tools.server.clone()),
            names: RwSignal::new(tools.names.join(", ")),
        }
    }

    pub fn blank() -> Self {
        Self {
            server: RwSignal::new(String::new()),
            names: RwSignal::new(String::new()),
        }
    }

    pub fn made(self) -> EntityTools {
        EntityTools {
            server: text(self.server),
            names: text(self.names)
                .split(',')
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }
}

#[derive(Clone, Copy)]
pub struct Form {
    pub id: RwSignal<String>,
    pub wire: RwSignal<String>,
    pub status: RwSignal<String>,
    pub connection: RwSignal<String>,
    pub tools: Lines<Tools>,
}

impl Form {
    pub fn new(before: Option<&EntityBody>) -> Self {
        let field = |read: fn(&EntityBody) -> Option<String>| {
            RwSignal::new(before.and_then(read).unwrap_or_default())
        };
        let tools = before.map_or(&[][..], |before| &before.tools);
        Self {
            id: RwSignal::new(String::new()),
            wire: field(|before| Some(before.wire.clone())),
            status: field(|before| before.expected_status.map(|status| status.to_string())),
            connection: field(|before| before.connection.clone()),
            tools: Lines::new(tools.iter().map(Tools::new)),
        }
    }

    pub fn is_http(self) -> bool {
        self.wire
            .with(|wire| !wire.trim_start().starts_with("tcp:"))
    }

    pub fn made(self) -> EntityBody {
        let http = untrack(|| self.is_http());
        let tools = untrack(|| self.tools.get());
        EntityBody {
            wire: text(self.wire),
            expected_status: some(self.status)
                .and_then(|status| status.parse().ok())
                .filter(|_| http),
            connection: some(self.connection).filter(|_| http),
            tools: tools
                .into_iter()
                .map(Tools::made)
                .filter(|tools| !tools.server.is_empty())
                .collect(),
        }
    }

    /// The runtime is not asked with what is no number.
    pub fn status_error(self) -> Option<String> {
        let good = |status: String| {
            status
                .parse()
                .is_ok_and(|status: u16| (100..600).contains(&status))
        };
        let wrong = self.is_http() && some(self.status).is_some_and(|status| !good(status));
        wrong.then(|| "A status is a number between 100 and 599.".to_owned())
    }
}
