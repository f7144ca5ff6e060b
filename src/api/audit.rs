//! The audit trail of the tenant.

use super::{error::ApiError, transport::Api};
use crate::routes::with_query;
use model::api::{AuditRetention, Page};
use model::{AuditEntry, AuditHead};

pub const EXPORT: &str = "/v1/audit/export";

/// A page of entries, newest first, by the API's own parameters.
pub async fn list(
    api: Api,
    filter: &[(&str, &str)],
    limit: u32,
    cursor: Option<&str>,
) -> Result<Page<AuditEntry>, ApiError> {
    let limit = limit.to_string();
    let mut parameters = filter.to_vec();
    parameters.push(("limit", &limit));
    parameters.push(("cursor", cursor.unwrap_or_default()));
    api.load(&with_query("/v1/audit", &parameters)).await
}

/// One entry by its number, where the caller may see it.
pub async fn one(api: Api, seq: u64) -> Result<Option<AuditEntry>, ApiError> {
    let behind = (seq + 1).to_string();
    let page = list(api, &[], 1, Some(&behind)).await?;
    Ok(page.items.into_iter().find(|entry| entry.seq == seq))
}

pub async fn head(api: Api) -> Result<AuditHead, ApiError> {
    api.load("/v1/audit/head").await
}

pub async fn retention(api: Api) -> Result<AuditRetention, ApiError> {
    api.load("/v1/audit/retention").await
}
