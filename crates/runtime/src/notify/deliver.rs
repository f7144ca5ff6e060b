//! Sends what is due, and keeps what came of it.

use super::courier::{self, Courier, Sent};
use crate::host::Host;
use crate::store::record::{
    BundleRecord, Content, DeliveryRecord, DueRecord, EmailServerRecord, Target, WebhookRecord,
};
use crate::store::{Change, ChangeSet, Record, StoreError, Stored};
use model::Timestamp;
use model::notify::{DeliveryState, DeliveryTry};
use std::sync::Arc;

/// Seconds before the next try after each failed one; then it is given up. A little over three days in all.
const BACKOFF_S: [u64; 11] = [
    1, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
];
/// Tries kept of one delivery, the newest ones.
const TRIES: usize = 50;

/// Tries one delivery and writes down what came of it.
pub(super) async fn deliver(host: Host, courier: Arc<dyn Courier>, due: DueRecord) -> String {
    let key = due.key();
    if let Err(error) = attempt(&host, &*courier, due).await {
        // It is still due, and comes again.
        tracing::warn!(%error, "what came of a delivery could not be kept");
    }
    key
}

async fn attempt(host: &Host, courier: &dyn Courier, due: DueRecord) -> Result<(), StoreError> {
    let store = host.store();
    let over = Change::delete::<DueRecord>(due.key());
    let Some(mut stored) = store.get::<DeliveryRecord>(&due.delivery).await? else {
        return store.change(ChangeSet::new(over)).await.map(|_| ());
    };
    if !stored.value.begun {
        stored.value.begun = true;
        let set = ChangeSet::new(Change::update(&stored)?);
        stored.revision = match store.change(set).await {
            Ok(revisions) => revisions.first().copied().unwrap_or(stored.revision + 1),
            // It has just counted one occurrence more: it is still due.
            Err(StoreError::Stale { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
    }
    let began = host.now();
    let (sent, webhook) = send(host, courier, &stored.value, began).await?;
    let ended = host.now();
    let Stored { value, revision } = stored;
    let gone = webhook.filter(|_| sent.gone);
    let delivery = after(value, sent, began, ended);
    let mut set = ChangeSet::new(over);
    if let Some(at) = delivery.due_at {
        set = set.and(Change::put(&DueRecord {
            at,
            delivery: delivery.key(),
        })?);
    }
    if let Some(mut webhook) = gone {
        webhook.value.enabled = false;
        webhook.value.disabled_reason =
            Some("The receiver answered 410: it wants nothing more.".into());
        set = set.and(Change::put(&webhook.value)?);
    }
    set = set.and(Change::update(&Stored {
        value: delivery,
        revision,
    })?);
    store.change(set).await.map(|_| ())
}

/// With the webhook it went to.
async fn send(
    host: &Host,
    courier: &dyn Courier,
    delivery: &DeliveryRecord,
    now: Timestamp,
) -> Result<(Sent, Option<Stored<WebhookRecord>>), StoreError> {
    let store = host.store();
    let bundle = match &delivery.content {
        Content::Report { report, .. } => store
            .get::<BundleRecord>(report.as_str())
            .await?
            .map(|stored| stored.value.bundle),
        Content::Notification(_) | Content::Test => None,
    };
    match &delivery.target {
        Target::Webhook(id) => {
            let Some(webhook) = store.get::<WebhookRecord>(id.as_str()).await? else {
                let sent = Sent::failed(None, "The webhook was deleted.").for_good();
                return Ok((sent, None));
            };
            if !webhook.value.enabled {
                let sent = Sent::failed(None, "The webhook is turned off.").for_good();
                return Ok((sent, None));
            }
            let letter = courier::letter(delivery, bundle.as_ref(), now);
            Ok((courier.post(&webhook.value, &letter).await, Some(webhook)))
        }
        Target::Email(address) => {
            let tenant = delivery.place.tenant.as_str();
            let Some(server) = store.get::<EmailServerRecord>(tenant).await? else {
                let sent = Sent::failed(None, "No e-mail server is set up.").for_good();
                return Ok((sent, None));
            };
            let server = server.value;
            let mail = courier::mail(
                delivery,
                bundle.as_ref(),
                address,
                server.console_url.as_deref(),
            );
            Ok((courier.mail(&server, &mail).await, None))
        }
    }
}

/// How a delivery stands after a try.
fn after(
    mut delivery: DeliveryRecord,
    sent: Sent,
    began: Timestamp,
    ended: Timestamp,
) -> DeliveryRecord {
    let failures = usize::try_from(delivery.failures).unwrap_or(usize::MAX);
    delivery.due_at = None;
    if sent.ok {
        delivery.state = DeliveryState::Delivered;
    } else {
        delivery.failures += 1;
        delivery.due_at = BACKOFF_S
            .get(failures)
            .filter(|_| !sent.for_good)
            .map(|seconds| ended.plus_s(*seconds));
        delivery.state = if delivery.due_at.is_some() {
            DeliveryState::Waiting
        } else {
            DeliveryState::Failed
        };
    }
    delivery.tries.push(DeliveryTry {
        at: began,
        ok: sent.ok,
        status: sent.status,
        message: sent.message,
        duration_ms: ended.since(began),
    });
    let many = delivery.tries.len().saturating_sub(TRIES);
    delivery.tries.drain(..many);
    delivery
}
