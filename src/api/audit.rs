//! The audit trail of the tenant.

use super::{error::ApiError, transport::Api};
use crate::routes::with_query;
use model::api::{AuditRetention, Page};
use model::{AuditEntry, AuditHead};

pub const EXPORT: &str = "/v1/audit/export";

/// The address of the entries, newest first.
pub const LIST: &str = "/v1/audit";

/// At most `limit` entries behind `cursor`, newest first.
pub async fn behind(api: Api, limit: u32, cursor: &str) -> Result<Page<AuditEntry>, ApiError> {
    let limit = limit.to_string();
    api.load(&with_query(LIST, &[("limit", &limit), ("cursor", cursor)]))
        .await
}

/// One entry by its number, where the caller may see it.
pub async fn one(api: Api, seq: u64) -> Result<Option<AuditEntry>, ApiError> {
    let page = behind(api, 1, &(seq + 1).to_string()).await?;
    Ok(page.items.into_iter().find(|entry| entry.seq == seq))
}

pub async fn head(api: Api) -> Result<AuditHead, ApiError> {
    api.load("/v1/audit/head").await
}

pub async fn retention(api: Api) -> Result<AuditRetention, ApiError> {
    api.load("/v1/audit/retention").await
}
