//! *Report this Run*: previews, reports, answers.

use super::{
    error::ApiError,
    transport::{ActionKey, Api, Guard},
};
use model::ReportId;
use model::report::{AnswerBody, ReportBody, ReportPreview, ReportView};

/// The address of one page, newest first.
pub fn list_path(cursor: &str) -> String {
    crate::routes::with_query("/v1/reports", &[("limit", "50"), ("cursor", cursor)])
}

pub fn path(report: &ReportId) -> String {
    format!("/v1/reports/{report}")
}

/// Where the report's file is fetched from.
pub fn bundle_path(api: Api, report: &ReportId) -> String {
    api.direct(&format!("/v1/reports/{report}/bundle"))
}

/// What would be sent. Nothing is kept.
pub async fn preview(api: Api, body: &ReportBody) -> Result<ReportPreview, ApiError> {
    api.post("/v1/reports/preview", body, Guard::default())
        .await
}

pub async fn send(api: Api, body: &ReportBody, key: &ActionKey) -> Result<ReportView, ApiError> {
    api.post("/v1/reports", body, Guard::once(key)).await
}

pub async fn answer(
    api: Api,
    report: &ReportId,
    text: String,
    key: &ActionKey,
) -> Result<ReportView, ApiError> {
    let body = AnswerBody { text };
    api.post(
        &format!("/v1/reports/{report}/answers"),
        &body,
        Guard::once(key),
    )
    .await
}

/// Sends the report to support again.
pub async fn redeliver(api: Api, report: &ReportId, key: &ActionKey) -> Result<(), ApiError> {
    let none = serde_json::json!({});
    api.post_quiet(
        &format!("/v1/reports/{report}/redeliver"),
        &none,
        Guard::once(key),
    )
    .await
}
