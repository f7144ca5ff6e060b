//! Bulk jobs: how each stands, the set it was frozen with, and what came of its runs.

use super::{Place, Record, RecordKind, newest_first};
use model::api::{BulkJob, BulkRun, BulkState};
use model::{BulkId, RunId, Timestamp};
use serde::{Deserialize, Serialize};

/// Days for which a job that has ended is kept, with its set and its marks. What it did to runs stands in the audit trail.
const KEPT_DAYS: u64 = 90;

/// A bulk job. Key: [`BulkRecord::key_of`], the newest first. Group: the place. Side: [`BulkRecord::RUNNING`] until it has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkRecord {
    pub job: BulkJob,
    pub place: Place,
    pub origin: BulkOrigin,
}

/// Where the request that made a job came from, for the audit entries of its runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOrigin {
    pub request_id: Option<String>,
    pub ip: Option<String>,
}

impl BulkRecord {
    /// What jobs are found by that still have runs to do.
    pub const RUNNING: &'static str = "running";

    pub fn key_of(id: &BulkId) -> String {
        newest_first(id.as_str().trim_start_matches(BulkId::PREFIX))
    }
}

impl Record for BulkRecord {
    const KIND: RecordKind = RecordKind::Bulk;
    fn key(&self) -> String {
        Self::key_of(&self.job.id)
    }
    fn group(&self) -> String {
        self.place.group()
    }
    fn side(&self) -> Option<String> {
        (self.job.state == BulkState::Running).then(|| Self::RUNNING.to_owned())
    }
    fn expires(&self) -> Option<Timestamp> {
        Some(self.job.ended_at?.plus_s(KEPT_DAYS * 24 * 3600))
    }
}

/// The runs of a job in the order in which they have their turns. Key and group: the job's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkSetRecord {
    pub job: BulkId,
    pub runs: Vec<RunId>,
}

impl Record for BulkSetRecord {
    const KIND: RecordKind = RecordKind::BulkSet;
    fn key(&self) -> String {
        self.job.to_string()
    }
    fn group(&self) -> String {
        self.job.to_string()
    }
}

/// What came of a run that had its turn. Key: [`BulkRunRecord::key_of`]. Group: the job's id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkRunRecord {
    pub job: BulkId,
    pub run: BulkRun,
}

impl BulkRunRecord {
    /// Sorts by the run's place in the set.
    pub fn key_of(job: &BulkId, n: u64) -> String {
        format!("{job}/{n:06}")
    }
}

impl Record for BulkRunRecord {
    const KIND: RecordKind = RecordKind::BulkRun;
    fn key(&self) -> String {
        Self::key_of(&self.job, self.run.n)
    }
    fn group(&self) -> String {
        self.job.to_string()
    }
}
