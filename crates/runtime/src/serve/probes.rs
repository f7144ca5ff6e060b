//! Real looks: at credentials, the services behind them, MCP servers, model providers and backends.

mod mcp;
mod wire;

use super::oauth::AHEAD_MS;
use super::setups::Setups;
use crate::health::{Finding, PATIENCE_MS, Probes};
use crate::steps::Runners;
use crate::steps::llm::check_provider;
use crate::store::record::{ConnectionRecord, EntityRecord, ProviderRecord};
use crate::store::{Place, Record, Stored};
use async_trait::async_trait;
use model::api::Validation;
use model::{CheckState, FailureCode, Timestamp, WorkflowId};
use std::sync::Arc;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_millis(PATIENCE_MS);
/// An end this near is told before it comes.
const NEAR_MS: u64 = 7 * 24 * 3_600_000;

/// Looks over the network and at this machine.
pub struct NativeProbes {
    setups: Arc<Setups>,
    runners: Arc<Runners>,
}

impl NativeProbes {
    pub fn new(setups: Arc<Setups>, runners: Arc<Runners>) -> Self {
        Self { setups, runners }
    }

    async fn find<T: Record>(&self, place: &Place, id: &str) -> Result<Stored<T>, Finding> {
        match self.setups.store().get::<T>(&place.key(id)).await {
            Ok(Some(stored)) => Ok(stored),
            Ok(None) => Err(Finding::failing(
                FailureCode::EnvironmentBlocked,
                format!("“{id}” is not set up in this project."),
                format!("Set up “{id}” on Health (a project admin can)"),
            )),
            Err(error) => {
                tracing::error!(id, %error, "a set-up cannot be read");
                Err(Finding {
                    state: CheckState::Unknown,
                    ..Finding::passing(format!("“{id}” cannot be read now."))
                })
            }
        }
    }
}

/// What clears a credential that cannot be used.
fn mend(record: &ConnectionRecord) -> String {
    let id = &record.id;
    if record.auth.is_oauth() {
        format!("Reconnect “{id}” on Health (a project admin can)")
    } else {
        format!("Give “{id}” a new secret on Health (a project admin can)")
    }
}

/// "3 days", "5 hours", "10 minutes", rounded down.
fn lasts(ms: u64) -> String {
    let (n, word) = match ms / 60_000 {
        minutes if minutes >= 48 * 60 => (minutes / (24 * 60), "day"),
        minutes if minutes >= 120 => (minutes / 60, "hour"),
        minutes => (minutes, "minute"),
    };
    format!("{n} {word}{}", if n == 1 { "" } else { "s" })
}

fn ends(record: &ConnectionRecord, renews: bool, now: Timestamp) -> Finding {
    let id = &record.id;
    match record.expires_at {
        Some(_) if renews => Finding::passing("The token is there and is renewed before it ends."),
        Some(at) if at <= now.plus_ms(NEAR_MS) => Finding {
            ends_at: Some(at),
            ..Finding::warning(
                format!("The credential of “{id}” ends in {}.", lasts(at.since(now))),
                mend(record),
            )
        },
        Some(at) => Finding::passing(format!(
            "The credential is there and lasts {} more.",
            lasts(at.since(now))
        )),
        None => Finding::passing("The credential is there. When it ends is not known."),
    }
}

#[async_trait]
impl Probes for NativeProbes {
    async fn credential(&self, place: &Place, id: &str) -> Finding {
        let stored = match self.find::<ConnectionRecord>(place, id).await {
            Ok(stored) => stored,
            Err(finding) => {
                return Finding {
                    code: Some(FailureCode::CredentialRequired),
                    ..finding
                };
            }
        };
        let record = stored.value.clone();
        let usable = match self.setups.renewed(place, stored, AHEAD_MS).await {
            Ok(stored) => self.setups.open(&stored.value).map(|_| stored.value),
            Err(failure) => Err(failure),
        };
        match usable {
            Ok(record) => {
                let renews = self
                    .setups
                    .tokens(&record)
                    .ok()
                    .flatten()
                    .is_some_and(|tokens| tokens.refresh.is_some());
                ends(&record, renews, self.setups.now())
            }
            Err(failure) => Finding::failing(failure.code, failure.message, mend(&record)),
        }
    }

    async fn connection(&self, place: &Place, id: &str) -> Finding {
        let record = match self.find::<ConnectionRecord>(place, id).await {
            Ok(stored) => stored.value,
            Err(finding) => return finding,
        };
        let Some(probe) = &record.probe else {
            return Finding {
                state: CheckState::Unknown,
                ..Finding::passing("It has no probe, so nobody knows whether it is taken.")
            };
        };
        match self.setups.credential(place, id).await {
            Ok(credential) => wire::probe(self.setups.reach(), &record, probe, &credential).await,
            Err(failure) => Finding::failing(failure.code, failure.message, mend(&record)),
        }
    }

    async fn validate(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        server: &str,
    ) -> (Validation, Finding) {
        mcp::validate(&self.setups, &self.runners.mcp, place, workflow, server).await
    }

    async fn provider(&self, place: &Place, id: &str) -> Finding {
        let record = match self.find::<ProviderRecord>(place, id).await {
            Ok(stored) => stored.value,
            Err(finding) => return finding,
        };
        let provider = self.setups.config(record);
        match tokio::time::timeout(PATIENCE, check_provider(&provider, self.setups.near())).await {
            Ok(found) if found.ok => Finding::passing(found.message),
            Ok(found) => unanswering(id, found.message),
            Err(_) => unanswering(id, format!("The provider “{id}” did not answer in time.")),
        }
    }

    async fn entity(&self, place: &Place, id: &str) -> Finding {
        let record = match self.find::<EntityRecord>(place, id).await {
            Ok(stored) => stored.value,
            Err(finding) => return finding,
        };
        let credential = match &record.connection {
            Some(connection) => match self.setups.credential(place, connection).await {
                Ok(credential) => Some(credential),
                Err(failure) => {
                    return Finding::failing(
                        failure.code,
                        failure.message,
                        format!("Give “{connection}” a credential on Health (a project admin can)"),
                    );
                }
            },
            None => None,
        };
        wire::test(self.setups.reach(), &record, credential.as_ref()).await
    }
}

fn unanswering(id: &str, message: String) -> Finding {
    Finding::failing(
        FailureCode::LlmRequestFailed,
        message,
        format!("Start the provider “{id}”, or correct its address or key on Health"),
    )
}

#[cfg(test)]
mod tests {
    use super::lasts;

    #[test]
    fn an_end_is_told_in_the_unit_a_person_would_use() {
        for (ms, words) in [
            (59_000, "0 minutes"),
            (60_000, "1 minute"),
            (3 * 3_600_000, "3 hours"),
            (6 * 24 * 3_600_000 + 5, "6 days"),
        ] {
            assert_eq!(lasts(ms), words);
        }
    }
}
