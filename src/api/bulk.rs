//! One move on many runs: its plan, and the jobs that make it.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use crate::routes::with_query;
use model::BulkId;
use model::api::{BulkAsk, BulkBody, BulkJob, BulkOutcome, BulkPlan, Changed};

/// The address of the newest jobs, at most `limit`.
pub fn newest_path(limit: u32) -> String {
    with_query("/v1/bulk", &[("limit", &limit.to_string())])
}

pub fn path(job: &BulkId) -> String {
    format!("/v1/bulk/{job}")
}

/// The address of the runs of a job that came to this.
pub fn runs_path(job: &BulkId, outcome: BulkOutcome) -> String {
    with_query(
        &format!("/v1/bulk/{job}/runs"),
        &[("outcome", outcome.as_str())],
    )
}

/// Freezes the runs and says what the move would do to them. Nothing is kept.
pub async fn plan(api: Api, ask: &BulkAsk) -> Result<BulkPlan, ApiError> {
    api.post("/v1/bulk/plan", ask, Guard::default()).await
}

pub async fn make(
    api: Api,
    body: &BulkBody,
    key: &ActionKey,
) -> Result<Changed<BulkJob>, ApiError> {
    api.post("/v1/bulk", body, Guard::once(key)).await
}

/// Stops a job; what is done stays done.
pub async fn stop(api: Api, job: &BulkId, key: &ActionKey) -> Result<Changed<BulkJob>, ApiError> {
    let none = serde_json::json!({});
    api.post(&format!("{}/abort", path(job)), &none, Guard::once(key))
        .await
}
