//! The records beside runs: tenants, people, tokens, workflows, providers, queues. Each is one document with a key, a group it
//! is listed by, and at most one more word it is found by. Adding a kind is adding a type here.

mod access;
mod audit;
mod bulk;
mod delivery;
mod notify;
pub mod outside;
mod report;

pub use access::{InvitationRecord, LastUse};
pub use audit::{AuditAnchor, AuditKeep};
pub use bulk::{BulkOrigin, BulkRecord, BulkRunRecord, BulkSetRecord};
pub use delivery::{
    Content, DeliveryRecord, DueRecord, EmailServerRecord, GatherRecord, Target, WebhookRecord,
};
pub use model::Place;
pub use notify::{
    CauseRecord, CredentialMark, NotificationRecord, OpenDecisions, PreferencesRecord, Recipients,
    WatchRecord,
};
pub use outside::{
    CheckRecord, ConnectionRecord, EntityRecord, McpInstanceRecord, OAuthAttemptRecord,
    OverridesRecord,
};
pub use report::{BundleRecord, ReportRecord, SupportTargetRecord};

use model::api::{CheckResult, McpTransport, Price, ProviderMode, Wire};
use model::{
    Actor, MissionId, ProjectId, Role, Scope, TenantId, Timestamp, TokenId, UserId, Workflow,
    WorkflowId,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A document the store keeps.
pub trait Record: Serialize + DeserializeOwned + Send {
    const KIND: RecordKind;
    /// Unique among its kind.
    fn key(&self) -> String;
    /// What it is listed by; empty for kinds that are listed as a whole.
    fn group(&self) -> String;
    /// One more word it is found by: an e-mail address, a hash, a name.
    fn side(&self) -> Option<String> {
        None
    }
    /// When it may be purged.
    fn expires(&self) -> Option<Timestamp> {
        None
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $table:literal;)*) => {
        /// The kinds of records; each has a table of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordKind { $($(#[$doc])* $variant,)* }
        impl RecordKind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The table's name.
            pub const fn table(self) -> &'static str {
                match self { $(Self::$variant => $table),* }
            }
        }
    };
}

kinds! {
    Tenant = "tenants";
    Project = "projects";
    User = "users";
    Membership = "memberships";
    Token = "tokens";
    Session = "sessions";
    SignInLink = "sign_in_links";
    Workflow = "workflows";
    Version = "versions";
    Mission = "missions";
    Provider = "providers";
    McpServer = "mcp_servers";
    McpInstance = "mcp_instances";
    Connection = "connections";
    Overrides = "connection_overrides";
    Entity = "entities";
    Check = "checks";
    OAuthAttempt = "oauth_attempts";
    Queue = "queues";
    Idempotency = "idempotency_keys";
    /// The heads of audit trails that were signed at intervals.
    AuditHead = "audit_heads";
    AuditAnchor = "audit_anchors";
    AuditKeep = "audit_keeps";
    Invitation = "invitations";
    LastUse = "last_uses";
    Cause = "notification_causes";
    Notification = "notifications";
    Preferences = "notification_preferences";
    Watch = "watches";
    CredentialMark = "credential_marks";
    EmailServer = "email_servers";
    Webhook = "webhooks";
    Delivery = "deliveries";
    Due = "deliveries_due";
    Gather = "deliveries_gathered";
    Report = "reports";
    Bundle = "report_bundles";
    SupportTarget = "support_targets";
    Bulk = "bulk_jobs";
    /// The frozen sets of bulk jobs.
    BulkSet = "bulk_sets";
    /// What came of the single runs of bulk jobs.
    BulkRun = "bulk_runs";
}

/// A key for lists that begin with the newest: ULIDs grow with time, this order of the same characters is the other way round.
fn newest_first(ulid: &str) -> String {
    const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let turned = |byte| match DIGITS.iter().position(|digit| *digit == byte) {
        Some(at) => char::from(DIGITS[31 - at]),
        None => char::from(byte),
    };
    ulid.bytes().map(turned).collect()
}

/// A record with its revision, which counts its changes from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored<T> {
    pub value: T,
    pub revision: u64,
}

/// Key: the tenant's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
    pub created_at: Timestamp,
}

impl Record for Tenant {
    const KIND: RecordKind = RecordKind::Tenant;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// Key: `tenant/project`. Group: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub tenant: TenantId,
    pub id: ProjectId,
    pub name: String,
    pub created_at: Timestamp,
}

impl Record for Project {
    const KIND: RecordKind = RecordKind::Project;
    fn key(&self) -> String {
        format!("{}/{}", self.tenant, self.id)
    }
    fn group(&self) -> String {
        self.tenant.to_string()
    }
}

/// Key: the user's id. Side: the e-mail address in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub created_at: Timestamp,
}

impl Record for User {
    const KIND: RecordKind = RecordKind::User;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        String::new()
    }
    fn side(&self) -> Option<String> {
        Some(self.email.to_lowercase())
    }
}

/// A role in one project, or in every project of the tenant. Key: `user/tenant/project`, `*` for every project. Group: the
/// user. Side: the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub user: UserId,
    pub tenant: TenantId,
    pub project: Option<ProjectId>,
    pub role: Role,
}

impl Record for Membership {
    const KIND: RecordKind = RecordKind::Membership;
    fn key(&self) -> String {
        let project = self.project.as_ref().map_or("*", ProjectId::as_str);
        format!("{}/{}/{project}", self.user, self.tenant)
    }
    fn group(&self) -> String {
        self.user.to_string()
    }
    fn side(&self) -> Option<String> {
        Some(self.tenant.to_string())
    }
}

/// A personal access token; only its hash is known. Key: the token's id. Group: the user. Side: the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub user: UserId,
    pub tenant: TenantId,
    /// Only this project; every project of the tenant when absent.
    pub project: Option<ProjectId>,
    pub name: String,
    /// SHA-256 in hexadecimal.
    pub hash: String,
    /// The last characters, by which a person tells tokens apart.
    pub hint: String,
    pub scopes: BTreeSet<Scope>,
    /// At most this role, whatever the user's.
    #[serde(default)]
    pub role: Option<Role>,
    /// An AI uses it: what it does is marked.
    #[serde(default)]
    pub ai: bool,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl Record for Token {
    const KIND: RecordKind = RecordKind::Token;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        self.user.to_string()
    }
    fn side(&self) -> Option<String> {
        Some(self.hash.clone())
    }
}

/// A signed-in browser. Key: the cookie's SHA-256 in hexadecimal. Group: the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub hash: String,
    pub user: UserId,
    /// The token it was opened with; its scopes and end hold for the session too.
    pub token: Option<TokenId>,
    /// What the browser called itself.
    #[serde(default)]
    pub agent: Option<String>,
    /// From where it signed in.
    #[serde(default)]
    pub ip: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When somebody signed out.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
}

impl Record for Session {
    const KIND: RecordKind = RecordKind::Session;
    fn key(&self) -> String {
        self.hash.clone()
    }
    fn group(&self) -> String {
        self.user.to_string()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A link that signs in once. Key: its secret's SHA-256 in hexadecimal. Group: the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLink {
    pub hash: String,
    pub user: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
}

impl Record for SignInLink {
    const KIND: RecordKind = RecordKind::SignInLink;
    fn key(&self) -> String {
        self.hash.clone()
    }
    fn group(&self) -> String {
        self.user.to_string()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// A workflow with its draft. Key: its id. Group: the place. Side: `tenant/project/name`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkflowRecord {
    pub id: WorkflowId,
    pub place: Place,
    pub name: String,
    /// As written: it may hold mistakes.
    pub draft: Value,
    /// The latest published version, counted from 1.
    pub version: Option<u32>,
    /// The draft differs from the latest version.
    pub has_draft: bool,
    pub archived: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl Record for WorkflowRecord {
    const KIND: RecordKind = RecordKind::Workflow;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn side(&self) -> Option<String> {
        Some(self.place.key(&self.name))
    }
}

/// A published version. Key: [`VersionRecord::key_of`]. Group: the workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRecord {
    pub workflow: WorkflowId,
    pub version: u32,
    pub definition: Workflow,
    pub published_at: Timestamp,
    pub published_by: Actor,
    pub note: Option<String>,
}

impl VersionRecord {
    /// Sorts by version within a workflow.
    pub fn key_of(workflow: &WorkflowId, version: u32) -> String {
        format!("{workflow}/{version:08}")
    }
}

impl Record for VersionRecord {
    const KIND: RecordKind = RecordKind::Version;
    fn key(&self) -> String {
        Self::key_of(&self.workflow, self.version)
    }
    fn group(&self) -> String {
        self.workflow.to_string()
    }
}

/// Key: the mission's id. Group: the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissionRecord {
    pub id: MissionId,
    pub place: Place,
    pub title: String,
    pub created_at: Timestamp,
}

impl Record for MissionRecord {
    const KIND: RecordKind = RecordKind::Mission;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn group(&self) -> String {
        self.place.group()
    }
}

/// A model provider. Key: `tenant/project/id`. Group: the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderRecord {
    pub place: Place,
    /// What `llm_call` names.
    pub id: String,
    pub mode: ProviderMode,
    pub base_url: String,
    pub default_model: String,
    /// Encrypted, as text; whoever writes it knows how.
    pub sealed_key: Option<String>,
    pub prices: BTreeMap<String, Price>,
    pub check: Option<CheckResult>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl Record for ProviderRecord {
    const KIND: RecordKind = RecordKind::Provider;
    fn key(&self) -> String {
        self.place.key(&self.id)
    }
    fn group(&self) -> String {
        self.place.group()
    }
}

/// An MCP server set up for a project. Key: `tenant/project/name`. Group: the place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct McpServerRecord {
    pub place: Place,
    /// What `mcp_call` names.
    pub name: String,
    pub config: McpTransport,
    /// The credentials it is told.
    #[serde(default)]
    pub wires: Vec<Wire>,
    pub updated_at: Timestamp,
    pub updated_by: Actor,
}

impl Record for McpServerRecord {
    const KIND: RecordKind = RecordKind::McpServer;
    fn key(&self) -> String {
        self.place.key(&self.name)
    }
    fn group(&self) -> String {
        self.place.group()
    }
}

/// A queue whose settings differ from the defaults. Key: `tenant/project/name`. Listed as a whole: the host reads all of them
/// at its start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRecord {
    pub place: Place,
    pub name: String,
    /// Runs that may work at the same time.
    pub limit: u32,
    pub paused: Option<QueuePause>,
}

/// Who paused a queue, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuePause {
    pub by: Actor,
    pub at: Timestamp,
}

impl Record for QueueRecord {
    const KIND: RecordKind = RecordKind::Queue;
    fn key(&self) -> String {
        self.place.key(&self.name)
    }
    fn group(&self) -> String {
        String::new()
    }
}

/// The answer to a change that was asked for under an `Idempotency-Key`. Key: [`IdempotencyRecord::key_of`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IdempotencyRecord {
    pub place: Place,
    /// The actor's id.
    pub actor: String,
    pub idempotency_key: String,
    /// Of method, path and body: another one under the same key is refused.
    pub fingerprint: String,
    pub status: u16,
    pub body: Value,
    pub expires_at: Timestamp,
}

impl IdempotencyRecord {
    pub fn key_of(place: &Place, actor: &str, idempotency_key: &str) -> String {
        format!("{}/{actor}/{idempotency_key}", place.group())
    }
}

impl Record for IdempotencyRecord {
    const KIND: RecordKind = RecordKind::Idempotency;
    fn key(&self) -> String {
        Self::key_of(&self.place, &self.actor, &self.idempotency_key)
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}
