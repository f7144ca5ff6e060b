//! Where things live: a project of a tenant.

use crate::id::{ProjectId, TenantId};
use serde::{Deserialize, Serialize};

/// Where runs, workflows and queues live.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Place {
    pub tenant: TenantId,
    pub project: ProjectId,
}

impl Place {
    pub fn new(tenant: impl Into<String>, project: impl Into<String>) -> Self {
        Self {
            tenant: TenantId::new(tenant),
            project: ProjectId::new(project),
        }
    }

    /// `tenant/project`: the group of what lives in a project. Both are slugs, so the slash is unambiguous.
    pub fn group(&self) -> String {
        format!("{}/{}", self.tenant, self.project)
    }

    /// `tenant/project/name`.
    pub fn key(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.tenant, self.project)
    }
}
