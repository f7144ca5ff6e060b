//! Tokens, members, invitations, signed-in browsers and projects, as the API shows and takes them.

use crate::access::{Role, Scope};
use crate::actor::Actor;
use crate::id::{ProjectId, TenantId, TokenId, UserId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A personal access token without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Pat {
    pub id: TokenId,
    pub name: String,
    /// Its last characters.
    pub hint: String,
    pub scopes: BTreeSet<Scope>,
    /// At most this role, whatever its owner's; the owner's own when absent.
    pub role: Option<Role>,
    /// Only this project; every project of the tenant when absent.
    pub project: Option<ProjectId>,
    /// What is done with it is marked as done by an AI.
    pub ai: bool,
    /// Whose rights it has.
    pub owner: UserId,
    pub owner_name: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
}

/// `POST /v1/pats`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePat {
    pub name: String,
    /// None may be more than one's own.
    pub scopes: BTreeSet<Scope>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Days until it expires; it does not when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
    /// An AI will use it: mark what it does.
    #[serde(default)]
    pub ai: bool,
}

/// A new token. The secret is in this answer and in no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NewPat {
    pub pat: Pat,
    /// `pat_…`; absent when the same request is repeated, because nobody keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// A person with a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Member {
    pub user: UserId,
    pub name: String,
    pub role: Role,
    /// Where the role holds; every project of the tenant when absent.
    pub project: Option<ProjectId>,
    /// No person: it carries the role of one token that the command line made.
    pub is_token: bool,
}

/// `PATCH /v1/members/{user}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeMember {
    /// `tenant_admin` holds in every project of the tenant, every other role in this one.
    pub role: Role,
}

/// A link that makes its reader a member, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Invitation {
    pub id: String,
    /// Who is invited, as the inviter calls them.
    pub name: String,
    pub role: Role,
    pub project: Option<ProjectId>,
    pub by: Actor,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// `POST /v1/invitations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Invite {
    pub name: String,
    pub role: Role,
}

/// A new invitation. The link is in this answer and in no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NewInvitation {
    pub invitation: Invitation,
    /// `/sign-in#code=inv_…`, to be put behind the console's address; absent when the same request is repeated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// A browser that is signed in as the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Browser {
    pub id: String,
    /// What it called itself when it signed in.
    pub agent: Option<String>,
    pub ip: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    /// The one that asks.
    pub is_this: bool,
}

/// A project of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ProjectRow {
    pub tenant: TenantId,
    pub id: ProjectId,
    pub name: String,
    /// The caller's.
    pub role: Role,
    pub created_at: Timestamp,
}

/// `POST /v1/projects`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateProject {
    /// 1 to 64 letters, digits, `_` and `-`, a letter first; it stands in addresses and never changes.
    pub id: ProjectId,
    pub name: String,
}

/// `PATCH /v1/projects/{project}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RenameProject {
    pub name: String,
}
