//! Where each guide stands: its title, its group, the screen that owns its problem. What it says is in `public/help/`.

use crate::routes::{Guide, Page, Place, Section, with_query};
use model::FailureCode;

/// What a guide is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Runs,
    Stuck,
    Services,
    Sandboxes,
    Authorization,
    Permissions,
    PullRequests,
    Workflows,
    Limits,
}

impl Group {
    pub const ALL: [Self; 9] = [
        Self::Runs,
        Self::Stuck,
        Self::Services,
        Self::Authorization,
        Self::Permissions,
        Self::Workflows,
        Self::Limits,
        Self::Sandboxes,
        Self::PullRequests,
    ];

    pub const fn shown(self) -> &'static str {
        match self {
            Self::Runs => "A run stopped",
            Self::Stuck => "A run does not move",
            Self::Services => "Models, tools and services",
            Self::Sandboxes => "Sandboxes, hosts and profile tests",
            Self::Authorization => "Authorization, repositories, MCP and imports",
            Self::Permissions => "Permissions, files and secrets",
            Self::PullRequests => "Pull requests and merges",
            Self::Workflows => "Workflows and inputs",
            Self::Limits => "Policy, budget and credits",
        }
    }

    /// Its guides, in the order of the table.
    pub fn guides(self) -> impl Iterator<Item = Guide> {
        Guide::ALL
            .iter()
            .copied()
            .filter(move |guide| About::of(*guide).group == self)
    }
}

/// The screen that owns a problem, filtered to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The runs that failed with the guide's codes.
    Codes,
    /// The runs with one of these statuses, joined by commas.
    Runs(&'static str),
    CommandCenter,
    Workflows,
    Health,
    Queues,
    Waitpoints,
    Settings(Section),
}

impl Owner {
    /// The address of the screen and what a link to it says. `code` is the one that the guide was opened for.
    pub fn link(self, guide: Guide, place: &Place, code: Option<FailureCode>) -> (String, String) {
        let at = |page: &Page, pairs: &[(&str, &str)]| with_query(&place.link(page), pairs);
        let plain = |page: Page| (place.link(&page), format!("Open {}", page.shown()));
        match self {
            Self::Codes => {
                let one;
                let all;
                let codes: &[FailureCode] = if let Some(code) = code {
                    one = [code];
                    &one
                } else {
                    all = codes(guide);
                    &all
                };
                let words: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
                let said = match *words {
                    [code] => format!("Runs with {code}"),
                    _ => "Runs with these codes".to_owned(),
                };
                (at(&Page::Runs, &[("code", &words.join(","))]), said)
            }
            Self::Runs(status) => {
                let first = status.split(',').next().unwrap_or_default();
                (
                    at(&Page::Runs, &[("status", status)]),
                    format!("Runs that are {first}"),
                )
            }
            Self::Waitpoints if code.is_some() => (
                at(&Page::Waitpoints, &[("state", "timed_out")]),
                "Waitpoints that timed out".to_owned(),
            ),
            Self::Waitpoints => plain(Page::Waitpoints),
            Self::CommandCenter => plain(Page::CommandCenter),
            Self::Workflows => plain(Page::Workflows),
            Self::Health => plain(Page::Health),
            Self::Queues => plain(Page::Queues),
            Self::Settings(section) => (
                place.link(&Page::Settings(section)),
                format!("Open Settings: {}", section.shown()),
            ),
        }
    }
}

/// The failure codes a guide explains.
pub fn codes(guide: Guide) -> Vec<FailureCode> {
    FailureCode::ALL
        .iter()
        .copied()
        .filter(|code| Guide::of_code(*code) == guide)
        .collect()
}

/// What the index and the links say of a guide.
#[derive(Debug, Clone, Copy)]
pub struct About {
    pub title: &'static str,
    pub group: Group,
    pub owner: Owner,
    /// Other words that people look for.
    pub words: &'static str,
    pub related: &'static [Guide],
}

impl About {
    pub const fn of(guide: Guide) -> Self {
        use Group as G;
        use Guide as H;
        use Owner as O;
        const fn about(
            title: &'static str,
            group: Group,
            owner: Owner,
            words: &'static str,
            related: &'static [Guide],
        ) -> About {
            About {
                title,
                group,
                owner,
                words,
                related,
            }
        }
        match guide {
            H::RunFailed => about(
                "A run failed",
                G::Runs,
                O::Runs("failed"),
                "error crashed",
                &[H::RetryCancelFix, H::HungStep, H::RunInterrupted],
            ),
            H::RetryCancelFix => about(
                "Retry, cancel or fix first",
                G::Runs,
                O::CommandCenter,
                "triage run again retry from step",
                &[H::RunFailed, H::NoEvents, H::PolicyBlocked],
            ),
            H::DecisionWaiting => about(
                "A run waits for a decision",
                G::Runs,
                O::Runs("waiting"),
                "approval approve reject checkpoint human task",
                &[H::Waitpoint, H::HungStep, H::PermissionDenied],
            ),
            H::RunBlocked => about(
                "A run is blocked",
                G::Runs,
                O::Runs("blocked"),
                "blocker environment setup resume",
                &[H::Credential, H::McpTool, H::Service],
            ),
            H::RunInterrupted => about(
                "A run was interrupted",
                G::Runs,
                O::Runs("interrupted"),
                "restart update worker crash lost",
                &[H::RetryCancelFix, H::RunFailed],
            ),
            H::RunStopped => about(
                "A run was stopped, or does not stop",
                G::Runs,
                O::Runs("cancelled,draining"),
                "cancel drain stop gracefully pause resume",
                &[H::RetryCancelFix, H::HungStep],
            ),
            H::RunLimits => about(
                "A run hit a limit",
                G::Limits,
                O::Codes,
                "quota agent turns tokens compute",
                &[H::BudgetExceeded, H::Credits, H::StuckInQueue],
            ),
            H::NoEvents => about(
                "A run has no events",
                G::Stuck,
                O::Runs("queued"),
                "never picked up schedule dispatch dequeued",
                &[H::StuckInQueue, H::RepairQueues],
            ),
            H::StuckInQueue => about(
                "A run stays queued",
                G::Stuck,
                O::Queues,
                "concurrency limit depth worker dequeue starting",
                &[H::NoEvents, H::RepairQueues, H::HungStep],
            ),
            H::HungStep => about(
                "A step hangs",
                G::Stuck,
                O::Runs("running,starting"),
                "stalled time-out slow stuck executing",
                &[H::Service, H::ModelCall, H::RunStopped],
            ),
            H::Waitpoint => about(
                "Nobody completes a waitpoint",
                G::Stuck,
                O::Waitpoints,
                "token resume callback expiry signal",
                &[H::DecisionWaiting, H::StuckInQueue],
            ),
            H::RepairQueues => about(
                "A queue's numbers do not add up",
                G::Stuck,
                O::Queues,
                "repair queues drift admin engine",
                &[H::StuckInQueue, H::NoEvents],
            ),
            H::ModelCall => about(
                "A model call failed",
                G::Services,
                O::Codes,
                "llm provider key model id 503 429",
                &[H::Credential, H::Credits, H::HungStep],
            ),
            H::McpTool => about(
                "An MCP server or tool fails",
                G::Authorization,
                O::Codes,
                "binding instance profile tool arguments connect validate",
                &[H::Service, H::OauthReconnect, H::Validation],
            ),
            H::Service => about(
                "A service cannot be reached",
                G::Services,
                O::Codes,
                "entity offline upstream backend dns firewall",
                &[H::McpTool, H::HungStep, H::RunBlocked],
            ),
            H::Sandbox => about(
                "A sandbox does not start",
                G::Sandboxes,
                O::Codes,
                "unhealthy image container",
                &[H::Host, H::ProfileTest],
            ),
            H::Host => about(
                "A host is disconnected",
                G::Sandboxes,
                O::Codes,
                "own machine agent runner",
                &[H::Sandbox, H::ProfileTest],
            ),
            H::ProfileTest => about(
                "A profile test failed",
                G::Sandboxes,
                O::Health,
                "environment profile test run",
                &[H::Sandbox, H::Host],
            ),
            H::Credential => about(
                "A credential is missing or refused",
                G::Authorization,
                O::Codes,
                "key token expired 401 rotate",
                &[H::OauthReconnect, H::SecretMissing, H::RunBlocked],
            ),
            H::OauthReconnect => about(
                "A connection has to be reconnected",
                G::Authorization,
                O::Health,
                "oauth refresh token google linkedin 401 403",
                &[H::Credential, H::McpTool],
            ),
            H::Repository => about(
                "A repository cannot be read",
                G::Authorization,
                O::Health,
                "github azure devops clone authorization",
                &[H::Credential, H::PullRequest],
            ),
            H::DocumentImport => about(
                "A document import asks for access again",
                G::Authorization,
                O::Health,
                "import re-authorize drive sharepoint",
                &[H::OauthReconnect, H::FileMissing],
            ),
            H::PermissionDenied => about(
                "Permission denied (403)",
                G::Permissions,
                O::Settings(Section::Me),
                "forbidden role scope tenant project header",
                &[H::SignedOut, H::RequestRefused],
            ),
            H::SignedOut => about(
                "You are not signed in (401)",
                G::Permissions,
                O::Settings(Section::Tokens),
                "unauthorized token session expired revoked",
                &[H::PermissionDenied, H::RequestRefused],
            ),
            H::FileMissing => about(
                "The agent cannot reach a file",
                G::Permissions,
                O::Codes,
                "artifact missing path",
                &[H::SecretMissing, H::TemplateFields],
            ),
            H::SecretMissing => about(
                "The agent cannot reach a secret",
                G::Permissions,
                O::Health,
                "environment variable key hidden masked",
                &[H::Credential, H::FileMissing],
            ),
            H::PullRequest => about(
                "A pull request could not be created",
                G::PullRequests,
                O::Runs("failed"),
                "branch push protected",
                &[H::Merge, H::Repository],
            ),
            H::Merge => about(
                "A merge does not go through",
                G::PullRequests,
                O::Runs("failed"),
                "conflict checks review",
                &[H::PullRequest, H::DecisionWaiting],
            ),
            H::Validation => about(
                "A workflow does not pass Validate (422)",
                G::Workflows,
                O::Workflows,
                "cycle depends_on unknown tool server invalid",
                &[H::TemplateFields, H::McpTool, H::LuaScript],
            ),
            H::TemplateFields => about(
                "A template or an input is wrong",
                G::Workflows,
                O::Codes,
                "variable literal braces input malformed",
                &[H::Validation, H::LuaScript],
            ),
            H::LuaScript => about(
                "A Lua script failed",
                G::Workflows,
                O::Codes,
                "syntax error memory limit",
                &[H::Validation, H::TemplateFields],
            ),
            H::PolicyBlocked => about(
                "A policy blocked an action",
                G::Limits,
                O::Codes,
                "governance denied private network",
                &[H::BudgetExceeded, H::RetryCancelFix],
            ),
            H::BudgetExceeded => about(
                "A budget is used up",
                G::Limits,
                O::Codes,
                "spend cost limit raise",
                &[H::Credits, H::RunLimits],
            ),
            H::Credits => about(
                "Credits are used up",
                G::Limits,
                O::Codes,
                "billing balance top up plan",
                &[H::BudgetExceeded, H::ModelCall],
            ),
            H::RequestRefused => about(
                "A request was refused",
                G::Permissions,
                O::CommandCenter,
                "404 409 429 500 503 not found conflict too many rate",
                &[H::PermissionDenied, H::SignedOut, H::Validation],
            ),
        }
    }
}

/// Where a link in a guide leads: `queue-limit` to a guide, `../runs?status=failed` to a screen; `None` for what is neither.
pub fn inside(address: &str, place: &Place) -> Option<String> {
    let (path, query) = match address.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (address, None),
    };
    let page = match path.strip_prefix("../") {
        Some(screen) => Page::of_path(screen)?,
        None if path == "codes" => Page::Codes,
        None => Page::Guide(Guide::parse(path)?),
    };
    let link = place.link(&page);
    Some(match query {
        Some(query) => format!("{link}?{query}"),
        None => link,
    })
}

#[cfg(test)]
mod tests;
