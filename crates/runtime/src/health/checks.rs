//! Looking at what runs need, and keeping what was found.

use super::finding::{Finding, HealthChanged, Oldest, Subject};
use crate::host::Platform;
use crate::host::ids::Ids;
use crate::notify::cause::{self, Ending};
use crate::store::record::{CheckRecord, CredentialMark, Recipients};
use crate::store::{AuditEntry, Change, ChangeSet, Place, Record, Store, StoreError};
use async_trait::async_trait;
use model::api::{CheckPast, Validation};
use model::{Actor, AuditId, CheckKind, CheckState, NotificationId, Role, WorkflowId};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::broadcast;

/// Looks that are kept.
const HISTORY: usize = 50;
/// How old a look may be that says that all is well, before a step begins.
const GOOD_MS: u64 = 60_000;
/// The same for one that does not: whatever it was may be mended any moment, but not for each of 500 runs by itself.
const BAD_MS: u64 = 3_000;

/// Asks the world. Each look ends by itself within seconds.
#[async_trait]
pub trait Probes: Send + Sync + 'static {
    /// Whether a connection's credential is there, can be opened and lasts. Renews what can be renewed.
    async fn credential(&self, place: &Place, connection: &str) -> Finding;
    /// Whether the service behind a connection takes its credential.
    async fn connection(&self, place: &Place, connection: &str) -> Finding;
    /// Every check of an MCP server or instance, as runs of `workflow` use it where that is given.
    async fn validate(
        &self,
        place: &Place,
        workflow: Option<&WorkflowId>,
        server: &str,
    ) -> (Validation, Finding);
    async fn provider(&self, place: &Place, provider: &str) -> Finding;
    async fn entity(&self, place: &Place, entity: &str) -> Finding;
}

type Turn = tokio::sync::Mutex<()>;

/// The checks of all projects.
pub struct Checks {
    store: Arc<dyn Store>,
    platform: Arc<dyn Platform>,
    probes: Arc<dyn Probes>,
    ids: Ids,
    /// Whoever wants the same look at the same time waits for it.
    turns: Mutex<HashMap<String, Weak<Turn>>>,
    changed: broadcast::Sender<HealthChanged>,
}

impl Checks {
    pub fn new(
        store: Arc<dyn Store>,
        platform: Arc<dyn Platform>,
        probes: Arc<dyn Probes>,
    ) -> Self {
        Self {
            store,
            platform,
            probes,
            ids: Ids::default(),
            turns: Mutex::default(),
            changed: broadcast::channel(256).0,
        }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<HealthChanged> {
        self.changed.subscribe()
    }

    /// Tells whoever shows a project's health that it is another one now.
    pub fn tell(&self, place: &Place) {
        self.send(place, false, false);
    }

    fn send(&self, place: &Place, cleared: bool, told: bool) {
        // Nobody listening is no error.
        let _ = self.changed.send(HealthChanged {
            place: place.clone(),
            cleared,
            told,
        });
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    pub(super) fn platform(&self) -> &dyn Platform {
        &*self.platform
    }

    pub fn probes(&self) -> &Arc<dyn Probes> {
        &self.probes
    }

    /// What was found last, where it is young enough; else a new look.
    pub async fn look(
        &self,
        place: &Place,
        subject: &Subject,
        oldest: Oldest,
    ) -> Result<CheckRecord, StoreError> {
        let asked = self.platform.now();
        let key = place.key(&subject.id());
        let turn = self.turn(&key);
        let _held = turn.lock().await;
        let known = self.store.get::<CheckRecord>(&key).await?;
        if let Some(known) = known {
            let known = known.value;
            let young = match (oldest, known.state) {
                // Somebody looked while this one waited for its turn.
                (Oldest::Now, _) => known.at > asked,
                (Oldest::Fresh, CheckState::Passing | CheckState::Warning) => {
                    asked.since(known.at) < GOOD_MS
                }
                (Oldest::Fresh, CheckState::Failing | CheckState::Unknown) => {
                    asked.since(known.at) < BAD_MS
                }
            };
            if young {
                return Ok(known);
            }
        }
        let finding = self.ask(place, subject).await;
        self.keep(place, subject, finding).await
    }

    async fn ask(&self, place: &Place, subject: &Subject) -> Finding {
        let name = &subject.name;
        match subject.kind {
            CheckKind::Credential => self.probes.credential(place, name).await,
            CheckKind::Connection => self.probes.connection(place, name).await,
            CheckKind::McpServer => {
                let workflow = subject.variant.as_ref().map(|(workflow, _)| workflow);
                self.probes.validate(place, workflow, name).await.1
            }
            CheckKind::Provider => self.probes.provider(place, name).await,
            CheckKind::Entity => self.probes.entity(place, name).await,
            // The host knows these and says so; see `local`.
            CheckKind::Queue | CheckKind::Worker => Finding {
                state: CheckState::Unknown,
                ..Finding::passing("Not looked at yet.")
            },
        }
    }

    /// Keeps what a look found. A change of state is written to the audit trail with it.
    pub async fn keep(
        &self,
        place: &Place,
        subject: &Subject,
        finding: Finding,
    ) -> Result<CheckRecord, StoreError> {
        let now = self.platform.now();
        let key = place.key(&subject.id());
        let before = self
            .store
            .get::<CheckRecord>(&key)
            .await?
            .map(|stored| stored.value);
        let same = before
            .as_ref()
            .filter(|before| before.state == finding.state);
        let mut history = vec![CheckPast {
            at: now,
            state: finding.state,
            message: finding.message.clone(),
        }];
        history.extend(before.iter().flat_map(|before| before.history.clone()));
        history.truncate(HISTORY);
        let ending = self.ending(place, subject, &finding).await?;
        let told = ending.is_some();
        let record = CheckRecord {
            place: place.clone(),
            id: subject.id(),
            kind: subject.kind,
            subject: subject.shown(),
            state: finding.state,
            message: finding.message,
            code: finding.code,
            clears: finding.clears,
            outside: finding.outside,
            at: now,
            since: same.map_or(now, |before| before.since),
            history,
        };
        let mut set = ChangeSet::new(Change::put(&record)?);
        if same.is_none() {
            set = set.audited(self.entry(&record, before.as_ref()));
        }
        set.changes.extend(ending.into_iter().flatten());
        self.store.change(set).await?;
        let cleared = same.is_none()
            && record.state != CheckState::Failing
            && before.is_some_and(|before| before.state == CheckState::Failing);
        self.send(place, cleared, told);
        Ok(record)
    }

    /// What to write when something is set up anew or goes: what was found out about it before says nothing any more.
    pub async fn forget(
        &self,
        place: &Place,
        kinds: &[CheckKind],
        name: &str,
    ) -> Result<Vec<Change>, StoreError> {
        let known = self
            .store
            .list::<CheckRecord>(&place.group(), None, 10_000)
            .await?;
        let about = |record: &CheckRecord| {
            let own = record.subject.split('@').next().unwrap_or_default();
            kinds.contains(&record.kind) && own == name
        };
        Ok(known
            .into_iter()
            .filter(|stored| about(&stored.value))
            .map(|stored| Change::delete::<CheckRecord>(place.key(&stored.value.id)))
            .collect())
    }

    /// What tells those who can replace a connection's credential that it runs out, once for each end it has.
    async fn ending(
        &self,
        place: &Place,
        subject: &Subject,
        finding: &Finding,
    ) -> Result<Option<[Change; 2]>, StoreError> {
        let Some(expires_at) = finding.ends_at else {
            return Ok(None);
        };
        let mark = CredentialMark {
            credential: place.key(&subject.name),
            expires_at,
        };
        if self
            .store
            .get::<CredentialMark>(&mark.key())
            .await?
            .is_some()
        {
            return Ok(None);
        }
        let told = cause::credential(
            NotificationId::new(self.ids.next(NotificationId::PREFIX, &*self.platform)),
            place.clone(),
            Recipients::Role(Role::ProjectAdmin),
            self.platform.now(),
            &Ending {
                credential: &subject.name,
                name: &format!("The credential of “{}”", subject.name),
                expires_at,
                remedy: &finding
                    .clears
                    .as_ref()
                    .map_or_else(String::new, |clears| format!("{clears}.")),
            },
        )?;
        Ok(Some([told, Change::put(&mark)?]))
    }

    fn entry(&self, record: &CheckRecord, before: Option<&CheckRecord>) -> AuditEntry {
        let told =
            |record: &CheckRecord| json!({ "state": record.state, "message": record.message });
        let entry = AuditEntry::new(
            AuditId::new(self.ids.next(AuditId::PREFIX, &*self.platform)),
            record.at,
            record.place.clone(),
            Actor::system(),
            "health.change",
            &record.id,
        );
        AuditEntry {
            before: before.map(told),
            after: Some(told(record)),
            ..entry
        }
    }

    fn turn(&self, key: &str) -> Arc<Turn> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::new(Turn::default());
        turns.insert(key.to_owned(), Arc::downgrade(&turn));
        turn
    }
}
