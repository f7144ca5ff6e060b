//! What the console is given about a run: the folded run at a moment of its journal and the world around it.

use crate::state::Run;
use model::Timestamp;
use serde::{Deserialize, Serialize};

/// `GET /v1/runs/{id}`. `run` is the fold up to `run.seq`, without step inputs, outputs and loop items (fetch a step for
/// those); the stream continues with the events after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunView {
    pub run: Run,
    pub world: World,
    /// The stream position to subscribe from.
    pub position: u64,
}

/// What a run's sentence of why needs to know beyond its own journal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct World {
    /// The run's queue, while it is queued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<QueueState>,
}

/// A queue as a waiting run sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueState {
    pub name: String,
    /// Runs that will be taken before this one.
    pub ahead: u64,
    pub limit: u32,
    pub in_use: u32,
    /// Workers that pull from it.
    pub workers: u32,
    /// Who paused it, and since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// When a run last left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_dequeue_at: Option<Timestamp>,
}
