//! Who may call what: one table for every route. A route that does not stand here is refused, whoever asks.

use axum::http::Method;
use model::{Role, Scope};

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it says nothing about anyone's work.
    Nothing,
    /// A valid session or token, whatever it may do.
    SignedIn,
    /// A role and a scope in the project named by `X-Tenant-Id` and `X-Project-Id`.
    Project(Role, Scope),
}

/// One route's line in the table.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static Method,
    /// As the router writes it: `/v1/runs/{run}`.
    pub path: &'static str,
    pub need: Need,
}

const GET: &Method = &Method::GET;
const POST: &Method = &Method::POST;
const PATCH: &Method = &Method::PATCH;
const PUT: &Method = &Method::PUT;
const DELETE: &Method = &Method::DELETE;

const READ: Need = Need::Project(Role::ProjectViewer, Scope::WorkflowRead);
const RUN: Need = Need::Project(Role::ProjectContributor, Scope::WorkflowRun);
const AUDIT: Need = Need::Project(Role::ProjectViewer, Scope::AuditRead);
const EXPORT: Need = Need::Project(Role::TenantAdmin, Scope::AuditExport);
const QUEUES: Need = Need::Project(Role::ProjectAdmin, Scope::QueueManage);
const TENANT: Need = Need::Project(Role::TenantAdmin, Scope::WorkflowRun);
const SETUP: Need = Need::Project(Role::ProjectAdmin, Scope::WorkflowRun);

const fn route(method: &'static Method, path: &'static str, need: Need) -> Route {
    Route { method, path, need }
}

/// Every route of the API.
pub const ROUTES: &[Route] = &[
    route(GET, "/v1/version", Need::Nothing),
    route(GET, "/v1/openapi.json", Need::Nothing),
    route(POST, "/v1/session", Need::Nothing),
    route(DELETE, "/v1/session", Need::SignedIn),
    route(GET, "/v1/me", Need::SignedIn),
    route(GET, "/v1/stream", READ),
    route(GET, "/v1/command-center", READ),
    route(POST, "/v1/attention/{id}/snooze", RUN),
    route(POST, "/v1/attention/{id}/dismiss", RUN),
    route(POST, "/v1/attention/{id}/assign", RUN),
    route(GET, "/v1/runs", READ),
    route(POST, "/v1/runs/import", TENANT),
    route(GET, "/v1/runs/{run}", READ),
    route(GET, "/v1/runs/{run}/journal", READ),
    route(GET, "/v1/runs/{run}/events", READ),
    route(GET, "/v1/runs/{run}/context", READ),
    route(GET, "/v1/runs/{run}/summary", READ),
    route(GET, "/v1/runs/{run}/attempts", READ),
    route(GET, "/v1/runs/{run}/attempts/{attempt}", READ),
    route(GET, "/v1/runs/{run}/attempts/{attempt}/steps/{step}", READ),
    route(
        GET,
        "/v1/runs/{run}/attempts/{attempt}/steps/{step}/output",
        READ,
    ),
    route(
        GET,
        "/v1/runs/{run}/attempts/{attempt}/steps/{step}/input",
        READ,
    ),
    route(GET, "/v1/runs/{run}/attempts/{attempt}/outputs", READ),
    route(GET, "/v1/runs/{run}/outputs", READ),
    route(GET, "/v1/runs/{run}/steps/{step}", READ),
    route(GET, "/v1/runs/{run}/steps/{step}/transcript", READ),
    route(GET, "/v1/runs/{run}/output", READ),
    route(GET, "/v1/runs/{run}/steps/{step}/output", READ),
    route(GET, "/v1/runs/{run}/steps/{step}/input", READ),
    route(GET, "/v1/runs/{run}/events/{seq}/value", READ),
    route(GET, "/v1/runs/{run}/steps/{step}/chat", READ),
    route(POST, "/v1/runs/{run}/steps/{step}/chat", RUN),
    route(GET, "/v1/runs/{run}/checkpoints", READ),
    route(GET, "/v1/runs/{run}/artifacts", READ),
    route(GET, "/v1/runs/{run}/artifacts/{artifact}/content", READ),
    route(GET, "/v1/runs/{run}/audit", AUDIT),
    route(GET, "/v1/runs/{run}/watch", READ),
    route(PUT, "/v1/runs/{run}/watch", READ),
    route(GET, "/v1/runs/{run}/moves", READ),
    route(POST, "/v1/runs/{run}/plan", READ),
    route(POST, "/v1/runs/{run}/retry", RUN),
    route(POST, "/v1/runs/{run}/resume", RUN),
    route(POST, "/v1/runs/{run}/pause", RUN),
    route(POST, "/v1/runs/{run}/stop", RUN),
    route(POST, "/v1/runs/{run}/cancel", RUN),
    route(POST, "/v1/runs/{run}/run-again", RUN),
    route(POST, "/v1/bulk/plan", READ),
    route(GET, "/v1/bulk", READ),
    route(POST, "/v1/bulk", RUN),
    route(GET, "/v1/bulk/{job}", READ),
    route(GET, "/v1/bulk/{job}/runs", READ),
    route(POST, "/v1/bulk/{job}/abort", RUN),
    route(POST, "/v1/runs/{run}/tasks/{task}/complete", RUN),
    route(POST, "/v1/runs/{run}/tasks/{task}/skip", RUN),
    route(GET, "/v1/tasks/pending", READ),
    route(GET, "/v1/waitpoints/tokens", READ),
    route(GET, "/v1/waitpoints/tokens/{token}", READ),
    route(POST, "/v1/waitpoints/tokens/{token}/complete", RUN),
    route(POST, "/v1/waitpoints/tokens/{token}/timeout", RUN),
    route(GET, "/v1/missions", READ),
    route(POST, "/v1/missions", RUN),
    route(GET, "/v1/missions/{mission}", READ),
    route(GET, "/v1/workflows", READ),
    route(POST, "/v1/workflows", RUN),
    route(GET, "/v1/workflows/schema", READ),
    route(POST, "/v1/workflows/import", RUN),
    route(GET, "/v1/workflows/{workflow}", READ),
    route(PATCH, "/v1/workflows/{workflow}", RUN),
    route(DELETE, "/v1/workflows/{workflow}", RUN),
    route(POST, "/v1/workflows/{workflow}/command", RUN),
    route(GET, "/v1/workflows/{workflow}/versions", READ),
    route(POST, "/v1/workflows/{workflow}/versions", RUN),
    route(GET, "/v1/workflows/{workflow}/versions/{version}", READ),
    route(POST, "/v1/workflows/{workflow}/validate", READ),
    route(GET, "/v1/workflows/{workflow}/export", READ),
    route(GET, "/v1/providers", READ),
    route(POST, "/v1/providers", SETUP),
    route(PATCH, "/v1/providers/{provider}", SETUP),
    route(DELETE, "/v1/providers/{provider}", SETUP),
    route(POST, "/v1/providers/{provider}/check", RUN),
    route(GET, "/v1/health", READ),
    route(POST, "/v1/health/checks/{check}/recheck", RUN),
    route(GET, "/v1/connections", READ),
    route(POST, "/v1/connections", SETUP),
    route(PATCH, "/v1/connections/{connection}", SETUP),
    route(DELETE, "/v1/connections/{connection}", SETUP),
    route(POST, "/v1/connections/{connection}/reconnect", SETUP),
    route(POST, "/v1/connections/{connection}/authorize", SETUP),
    // Who comes back from an authorization server is known by nothing but the state; see `oauth::callback`.
    route(GET, "/v1/oauth/callback", Need::Nothing),
    route(GET, "/v1/mcp/servers", READ),
    route(POST, "/v1/mcp/servers", SETUP),
    route(PATCH, "/v1/mcp/servers/{server}", SETUP),
    route(DELETE, "/v1/mcp/servers/{server}", SETUP),
    route(POST, "/v1/mcp/servers/{server}/validate", RUN),
    route(GET, "/v1/mcp/instances", READ),
    route(POST, "/v1/mcp/instances", SETUP),
    route(PATCH, "/v1/mcp/instances/{instance}", SETUP),
    route(DELETE, "/v1/mcp/instances/{instance}", SETUP),
    route(
        POST,
        "/v1/mcp/instances/{instance}/profiles/{profile}/set-active",
        SETUP,
    ),
    route(GET, "/v1/connection-overrides", READ),
    route(GET, "/v1/workflows/{workflow}/connection-overrides", READ),
    route(PUT, "/v1/workflows/{workflow}/connection-overrides", SETUP),
    route(GET, "/v1/entities", READ),
    route(POST, "/v1/entities", SETUP),
    route(PUT, "/v1/entities/{entity}", SETUP),
    route(DELETE, "/v1/entities/{entity}", SETUP),
    route(GET, "/v1/queues", READ),
    route(POST, "/v1/queues/{queue}/pause", QUEUES),
    route(POST, "/v1/queues/{queue}/resume", QUEUES),
    route(GET, "/v1/audit", AUDIT),
    route(GET, "/v1/audit/head", AUDIT),
    route(GET, "/v1/audit/retention", AUDIT),
    route(PUT, "/v1/audit/retention", EXPORT),
    route(GET, "/v1/audit/export", EXPORT),
    route(GET, "/v1/pats", READ),
    route(POST, "/v1/pats", READ),
    route(DELETE, "/v1/pats/{pat}", READ),
    route(GET, "/v1/members", SETUP),
    route(PATCH, "/v1/members/{user}", SETUP),
    route(DELETE, "/v1/members/{user}", SETUP),
    route(GET, "/v1/invitations", SETUP),
    route(POST, "/v1/invitations", SETUP),
    route(DELETE, "/v1/invitations/{invitation}", SETUP),
    route(GET, "/v1/sessions", Need::SignedIn),
    route(DELETE, "/v1/sessions/{session}", Need::SignedIn),
    route(GET, "/v1/projects", READ),
    route(POST, "/v1/projects", TENANT),
    route(PATCH, "/v1/projects/{project}", TENANT),
    route(GET, "/v1/notifications", READ),
    route(POST, "/v1/notifications/read", READ),
    route(GET, "/v1/notifications/preferences", READ),
    route(GET, "/v1/notifications/email", TENANT),
    route(PUT, "/v1/notifications/email", TENANT),
    route(DELETE, "/v1/notifications/email", TENANT),
    route(POST, "/v1/notifications/email/test", TENANT),
    route(GET, "/v1/notifications/email/deliveries", TENANT),
    route(
        POST,
        "/v1/notifications/email/deliveries/{delivery}/redeliver",
        TENANT,
    ),
    route(GET, "/v1/webhooks", SETUP),
    route(POST, "/v1/webhooks", SETUP),
    route(PATCH, "/v1/webhooks/{webhook}", SETUP),
    route(DELETE, "/v1/webhooks/{webhook}", SETUP),
    route(GET, "/v1/webhooks/{webhook}/deliveries", SETUP),
    route(
        POST,
        "/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver",
        SETUP,
    ),
    route(GET, "/v1/reports", READ),
    route(POST, "/v1/reports", READ),
    route(POST, "/v1/reports/preview", READ),
    route(GET, "/v1/reports/target", TENANT),
    route(PUT, "/v1/reports/target", TENANT),
    route(GET, "/v1/reports/{report}", READ),
    route(GET, "/v1/reports/{report}/bundle", READ),
    route(POST, "/v1/reports/{report}/answers", SETUP),
    route(POST, "/v1/reports/{report}/redeliver", SETUP),
    // Layers of the project and the tenant ask for more in the handler.
    route(PUT, "/v1/notifications/preferences", READ),
];

/// What the route asks; `None` for one that is not in the table. `HEAD` asks what `GET` asks.
pub fn need(method: &Method, path: &str) -> Option<Need> {
    let method = if method == Method::HEAD { GET } else { method };
    ROUTES
        .iter()
        .find(|route| route.method == method && route.path == path)
        .map(|route| route.need)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_route_stands_twice() {
        let mut seen = HashSet::new();
        for route in ROUTES {
            assert!(seen.insert((route.method, route.path)), "{}", route.path);
        }
    }

    #[test]
    fn what_is_not_in_the_table_needs_more_than_anyone_has() {
        assert_eq!(need(&Method::GET, "/v1/secrets"), None);
        assert_eq!(need(&Method::PUT, "/v1/runs"), None);
        assert_eq!(need(&Method::HEAD, "/v1/runs"), Some(READ));
    }
}
