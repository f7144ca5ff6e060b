//! Who asks for what, where: what the guard found out, for the handlers.

use super::problem::{Error, Result};
use super::request_id::RequestId;
use crate::auth::Caller;
use crate::host::{AuditDraft, IdempotencyDraft, Meta};
use crate::store::record::IdempotencyRecord;
use crate::store::{AuditEntry, Change, ChangeSet, Place, StoreError};
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use model::api::RunRow;
use model::{Access, Actor, AuditId, Timestamp};
use serde_json::Value;
use std::sync::Arc;

/// How long the answer to an `Idempotency-Key` is kept.
pub const IDEMPOTENCY_MS: u64 = 24 * 3600 * 1000;

/// Where a request came from, for the audit entry.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    pub request_id: Option<String>,
    pub ip: Option<String>,
}

/// An `Idempotency-Key` seen for the first time.
#[derive(Debug, Clone)]
pub struct FirstTime {
    pub key: String,
    pub fingerprint: String,
}

/// A caller inside a project. The guard made sure that role and scope allow the route.
#[derive(Debug, Clone)]
pub struct Ctx {
    pub caller: Arc<Caller>,
    pub place: Place,
    pub access: Access,
    pub origin: Origin,
    pub first_time: Option<FirstTime>,
}

/// What the guard leaves in the request's extensions for routes inside a project.
#[derive(Debug, Clone)]
pub struct Scoped {
    pub place: Place,
    pub access: Access,
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        _: &S,
    ) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self {
            request_id: parts.extensions.get::<RequestId>().map(|id| id.0.clone()),
            ip: parts
                .extensions
                .get::<super::PeerAddress>()
                .map(|ip| ip.0.to_string()),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ctx {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let unguarded =
            || Error::internal(&"a route inside a project was reached without its guard");
        let Ok(origin) = Origin::from_request_parts(parts, state).await;
        let scoped = parts.extensions.get::<Scoped>().ok_or_else(unguarded)?;
        Ok(Self {
            caller: parts
                .extensions
                .get::<Arc<Caller>>()
                .cloned()
                .ok_or_else(unguarded)?,
            place: scoped.place.clone(),
            access: scoped.access.clone(),
            origin,
            first_time: parts.extensions.get::<FirstTime>().cloned(),
        })
    }
}

impl Ctx {
    pub fn actor(&self) -> Actor {
        self.caller.actor.clone()
    }

    /// The audit entry of a move, for the host to complete.
    pub fn draft(&self, action: &str, reason: Option<String>) -> AuditDraft {
        AuditDraft {
            reason,
            request_id: self.origin.request_id.clone(),
            ip: self.origin.ip.clone(),
            ..AuditDraft::new(self.actor(), action)
        }
    }

    /// What goes with a command: the sequence the caller saw, the audit entry, and the answer to keep under its key.
    pub fn meta<B>(
        &self,
        expected_seq: Option<u64>,
        audit: AuditDraft,
        now: Timestamp,
        status: StatusCode,
        body: B,
    ) -> Meta
    where
        B: FnOnce(&RunRow, Option<&AuditId>) -> Value + Send + 'static,
    {
        Meta {
            expected_seq,
            audit: Some(audit),
            idempotency: self.first_time.clone().map(|first| IdempotencyDraft {
                actor: self.caller.actor.id.clone(),
                idempotency_key: first.key,
                fingerprint: first.fingerprint,
                status: status.as_u16(),
                expires_at: now.plus_ms(IDEMPOTENCY_MS),
                body: Box::new(body),
            }),
            also: None,
        }
    }

    /// Adds the audit entry, and the answer to keep, to changes of records.
    pub fn complete(
        &self,
        mut changes: Vec<Change>,
        audit: AuditEntry,
        status: StatusCode,
        body: &Value,
    ) -> Result<ChangeSet> {
        changes.extend(self.answer(status, body, audit.at)?);
        Ok(ChangeSet {
            changes,
            audit: Some(audit),
        })
    }

    /// What keeps an answer under the caller's key; `None` when there is no key.
    pub fn answer(
        &self,
        status: StatusCode,
        body: &Value,
        now: Timestamp,
    ) -> std::result::Result<Option<Change>, StoreError> {
        let Some(first) = &self.first_time else {
            return Ok(None);
        };
        Change::create(&IdempotencyRecord {
            place: self.place.clone(),
            actor: self.caller.actor.id.clone(),
            idempotency_key: first.key.clone(),
            fingerprint: first.fingerprint.clone(),
            status: status.as_u16(),
            body: body.clone(),
            expires_at: now.plus_ms(IDEMPOTENCY_MS),
        })
        .map(Some)
    }
}
