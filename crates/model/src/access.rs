//! Roles, scopes and what each action needs. Role *and* scope must allow.

use crate::moves::MoveKind;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

words! {
    /// A role in a project, from least to most; `tenant_admin` includes every project of the tenant.
    Role {
        ProjectViewer = "project_viewer", "Viewer";
        ProjectContributor = "project_contributor", "Contributor";
        ProjectAdmin = "project_admin", "Project admin";
        TenantAdmin = "tenant_admin", "Tenant admin";
    }
}

words! {
    /// What a token may be used for. A signed-in person has every scope.
    Scope {
        WorkflowRead = "workflow:read", "read workflows and runs";
        WorkflowRun = "workflow:run", "start and control runs";
        McpExecute = "mcp:execute", "call MCP tools";
        AuditRead = "audit:read", "read the audit trail";
        AuditExport = "audit:export", "export the audit trail";
        QueueManage = "queue:manage", "pause, resume and limit queues";
        EngineRepair = "engine:repair", "repair queues";
    }
}

/// What someone may do in one project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Access {
    pub role: Role,
    pub scopes: BTreeSet<Scope>,
}

/// What is missing; the API's 403 and the reason on a disabled button say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    #[error("This needs the role {} or higher.", .0.as_str())]
    Role(Role),
    #[error("This needs a token with the scope {}.", .0.as_str())]
    Scope(Scope),
}

impl Access {
    pub fn full(role: Role) -> Self {
        Self {
            role,
            scopes: Scope::ALL.iter().copied().collect(),
        }
    }

    pub fn allow(&self, role: Role, scope: Scope) -> Result<(), Denied> {
        if self.role < role {
            Err(Denied::Role(role))
        } else if !self.scopes.contains(&scope) {
            Err(Denied::Scope(scope))
        } else {
            Ok(())
        }
    }

    /// Whether this person may make `kind` of move at all; the run's state is another matter.
    pub fn allow_move(&self, kind: MoveKind) -> Result<(), Denied> {
        match kind {
            MoveKind::Report => self.allow(Role::ProjectViewer, Scope::WorkflowRead),
            MoveKind::Retry
            | MoveKind::RetryFromStep
            | MoveKind::Resume
            | MoveKind::Approve
            | MoveKind::Reject
            | MoveKind::Skip
            | MoveKind::Complete
            | MoveKind::ForceTimeout
            | MoveKind::ContinueInChat
            | MoveKind::Pause
            | MoveKind::StopGracefully
            | MoveKind::Cancel
            | MoveKind::RunAgain => self.allow(Role::ProjectContributor, Scope::WorkflowRun),
        }
    }
}
