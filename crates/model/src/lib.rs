//! The words of Signalbox, shared by the engine, the runtime and the console.
//!
//! Everything here is plain data with `serde`: ids, statuses, failure codes, moves, events, the workflow document and the
//! shapes of the API. Nothing here reads a clock, a random number or a file.

pub mod access;
pub mod actor;
pub mod api;
pub mod audit;
pub mod cut;
pub mod digest;
pub mod event;
pub mod failure;
pub mod health;
pub mod id;
pub mod mask;
pub mod money;
pub mod moves;
pub mod notify;
pub mod place;
pub mod plan;
pub mod report;
pub mod run;
pub mod status;
pub mod time;
pub mod transcript;
pub mod why;
mod words;
pub mod workflow;

pub use access::{Access, Role, Scope};
pub use actor::{Actor, ActorKind};
pub use audit::{AuditEntry, AuditHead};
pub use cut::Cut;
pub use digest::Digest;
pub use event::{Event, EventKind};
pub use failure::{Failure, FailureClass, FailureCode};
pub use health::{CheckKind, CheckState};
pub use id::{
    ArtifactId, AuditId, BulkId, DeliveryId, MissionId, NotificationId, ProjectId, ReportId, RunId,
    SandboxId, StepId, StepPath, TaskId, TenantId, TokenId, UserId, WebhookId, WorkflowId,
};
pub use money::{Cost, CostLabel, MicroDollars, Usage};
pub use moves::{Move, MoveKind, MoveState};
pub use notify::{Channel, NotificationKind};
pub use place::Place;
pub use plan::{Plan, PlannedStep};
pub use status::{BlockedBy, QueuedReason, RunStatus, SkipReason, StepStatus, StopMode, WaitKind};
pub use time::Timestamp;
pub use transcript::TranscriptEntry;
pub use why::Why;
pub use workflow::{Effect, Step, StepKind, Workflow};
