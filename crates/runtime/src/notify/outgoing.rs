//! From causes to deliveries: what leaves Signalbox, to whom, when, and what goes together.

use super::fan_out::count;
use super::layers::Layers;
use crate::store::record::{
    CauseRecord, Content, DeliveryRecord, DueRecord, EmailServerRecord, GatherRecord, Target,
    WebhookRecord,
};
use crate::store::{Change, Place, Record, Store, StoreError, Stored};
use model::notify::{DeliveryState, Notification};
use model::{Channel, DeliveryId, NotificationKind, TenantId, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The first message of a cause goes out at once; what follows within this time goes out together after it.
const GATHER_MS: u64 = 60_000;

/// The deliveries of a batch.
pub(super) struct Outgoing<'a> {
    store: &'a Arc<dyn Store>,
    now: Timestamp,
    new_id: &'a (dyn Fn() -> DeliveryId + Send + Sync),
    drafts: BTreeMap<String, Draft>,
    webhooks: BTreeMap<Place, (Layers, Vec<WebhookRecord>)>,
    servers: BTreeMap<TenantId, bool>,
}

struct Draft {
    gather: GatherRecord,
    delivery: DeliveryRecord,
    /// The revision it was read at; a new one has none.
    revision: Option<u64>,
}

impl<'a> Outgoing<'a> {
    pub(super) fn new(
        store: &'a Arc<dyn Store>,
        now: Timestamp,
        new_id: &'a (dyn Fn() -> DeliveryId + Send + Sync),
    ) -> Self {
        Self {
            store,
            now,
            new_id,
            drafts: BTreeMap::new(),
            webhooks: BTreeMap::new(),
            servers: BTreeMap::new(),
        }
    }

    /// Posts to those webhooks of the project that want it.
    pub(super) async fn post(&mut self, cause: &CauseRecord) -> Result<(), StoreError> {
        if !self.webhooks.contains_key(&cause.place) {
            let layers = Layers::of_project(self.store, &cause.place).await?;
            let found = self
                .store
                .list::<WebhookRecord>(&cause.place.group(), None, 1_000)
                .await?
                .into_iter()
                .map(|stored| stored.value)
                .filter(|webhook| webhook.enabled)
                .collect();
            self.webhooks.insert(cause.place.clone(), (layers, found));
        }
        let Some((layers, webhooks)) = self.webhooks.get(&cause.place) else {
            return Ok(());
        };
        let targets: Vec<Target> = webhooks
            .iter()
            .filter(|webhook| wants(webhook, layers, cause.kind))
            .map(|webhook| Target::Webhook(webhook.id.clone()))
            .collect();
        for target in targets {
            self.send(cause, target, self.now).await?;
        }
        Ok(())
    }

    /// Sends e-mail, not before `at`; nothing where the tenant has no server.
    pub(super) async fn mail(
        &mut self,
        cause: &CauseRecord,
        address: String,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let tenant = &cause.place.tenant;
        let there = match self.servers.get(tenant) {
            Some(there) => *there,
            None => self
                .store
                .get::<EmailServerRecord>(tenant.as_str())
                .await?
                .is_some(),
        };
        self.servers.insert(tenant.clone(), there);
        if !there {
            return Ok(());
        }
        self.send(cause, Target::Email(address), at).await
    }

    async fn send(
        &mut self,
        cause: &CauseRecord,
        target: Target,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let key = GatherRecord::key_of(&cause.place, &target, &cause.grouping());
        if !self.drafts.contains_key(&key) {
            let draft = self.draft(&key, cause, target, at).await?;
            self.drafts.insert(key.clone(), draft);
        }
        if let Some(Draft { delivery, .. }) = self.drafts.get_mut(&key)
            && let Content::Notification(message) = &mut delivery.content
        {
            count(message, cause, false);
        }
        Ok(())
    }

    /// The delivery that gathers what comes of this cause, or a new one.
    async fn draft(
        &self,
        key: &str,
        cause: &CauseRecord,
        target: Target,
        at: Timestamp,
    ) -> Result<Draft, StoreError> {
        let found = self.store.get::<GatherRecord>(key).await?;
        let gather = found
            .map(|stored| stored.value)
            .filter(|gather| gather.until > self.now);
        if let Some(gather) = &gather
            && let Some(Stored { value, revision }) =
                self.store.get::<DeliveryRecord>(&gather.delivery).await?
            && !value.begun
        {
            return Ok(Draft {
                gather: gather.clone(),
                delivery: value,
                revision: Some(revision),
            });
        }
        let due = gather.map_or(self.now, |gather| gather.until).max(at);
        let delivery = DeliveryRecord {
            id: (self.new_id)(),
            place: cause.place.clone(),
            target,
            content: Content::Notification(Box::new(Notification {
                id: cause.id.clone(),
                kind: cause.kind,
                title: String::new(),
                text: String::new(),
                count: 0,
                first_at: cause.at,
                last_at: cause.at,
                read_at: None,
                settled_at: None,
                about: cause.about.clone(),
                runs: Vec::new(),
                desktop: false,
            })),
            state: DeliveryState::Waiting,
            created_at: self.now,
            due_at: Some(due),
            tries: Vec::new(),
            begun: false,
            failures: 0,
        };
        Ok(Draft {
            gather: GatherRecord {
                key: key.to_owned(),
                until: due.max(self.now.plus_ms(GATHER_MS)),
                delivery: delivery.key(),
            },
            delivery,
            revision: None,
        })
    }

    pub(super) fn finish(self) -> Result<Vec<Change>, StoreError> {
        let mut changes = Vec::new();
        for draft in self.drafts.into_values() {
            let Draft {
                gather,
                delivery,
                revision,
            } = draft;
            if let Some(revision) = revision {
                // When it was sent meanwhile, the batch is worked off anew.
                changes.push(Change::update(&Stored {
                    value: delivery,
                    revision,
                })?);
            } else {
                changes.push(Change::put(&DueRecord {
                    at: delivery.due_at.unwrap_or(self.now),
                    delivery: delivery.key(),
                })?);
                changes.push(Change::create(&delivery)?);
                changes.push(Change::put(&gather)?);
            }
        }
        Ok(changes)
    }
}

/// A webhook that names its kinds gets those, unless the project says no; one that names none gets what the project says.
fn wants(webhook: &WebhookRecord, layers: &Layers, kind: NotificationKind) -> bool {
    if webhook.kinds.is_empty() {
        return layers.wants(kind, Channel::Webhook);
    }
    let says = [&layers.project, &layers.tenant]
        .into_iter()
        .find_map(|layer| layer.says(kind, Channel::Webhook));
    webhook.kinds.contains(&kind) && says != Some(false)
}
