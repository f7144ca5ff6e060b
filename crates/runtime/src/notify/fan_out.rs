//! From causes to the messages of inboxes: who hears of it, and what counts as one message.

mod settle;

use super::layers::{self, Layers};
use super::notifier::Told;
use super::outgoing::Outgoing;
use crate::store::record::{
    CauseRecord, Membership, NotificationRecord, OpenDecisions, Recipients, Token, User,
    WatchRecord,
};
use crate::store::{Change, ChangeSet, Place, Record, Store, StoreError};
use model::notify::Notification;
use model::{
    Actor, ActorKind, Channel, DeliveryId, NotificationKind, Role, RunId, Timestamp, UserId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs named in one message.
const RUNS: usize = 20;

/// What a batch of causes becomes.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) set: ChangeSet,
    /// Whom to tell once it is durable.
    pub(super) told: Vec<Told>,
    /// Runs that nobody follows any more.
    pub(super) ended: BTreeSet<RunId>,
}

/// A message before and after a batch.
struct Draft {
    /// The key it has in the store.
    kept: Option<String>,
    record: NotificationRecord,
}

/// One batch; what is asked of the store is asked once.
struct Batch<'a> {
    store: &'a Arc<dyn Store>,
    now: Timestamp,
    drafts: BTreeMap<String, Draft>,
    members: BTreeMap<Place, BTreeMap<UserId, Role>>,
    layers: BTreeMap<(UserId, Place), Layers>,
    outgoing: Outgoing<'a>,
    outcome: Outcome,
}

/// Reads what the store says about these causes, and puts together one change: messages written, causes gone.
pub(super) async fn fan_out(
    store: &Arc<dyn Store>,
    causes: &[CauseRecord],
    now: Timestamp,
    new_id: &(dyn Fn() -> DeliveryId + Send + Sync),
) -> Result<Outcome, StoreError> {
    let mut batch = Batch {
        store,
        now,
        drafts: BTreeMap::new(),
        members: BTreeMap::new(),
        layers: BTreeMap::new(),
        outgoing: Outgoing::new(store, now, new_id),
        outcome: Outcome::default(),
    };
    for cause in causes {
        batch.take(cause).await?;
    }
    batch.finish()
}

impl Batch<'_> {
    async fn take(&mut self, cause: &CauseRecord) -> Result<(), StoreError> {
        self.change(Change::delete::<CauseRecord>(cause.id.as_str()));
        let members = self.members(&cause.place).await?;
        if cause.past {
            for user in members.into_keys() {
                self.settle(cause, &user).await?;
            }
            return Ok(());
        }
        let watchers = self.watchers(cause).await?;
        let own = match &cause.by {
            Some(actor) => self.person(actor).await?,
            None => None,
        };
        for (user, role) in members {
            let follows = watchers.contains(&user);
            let meant = match &cause.to {
                Recipients::Project => true,
                Recipients::Role(least) => role >= *least,
                Recipients::Watchers => follows,
                Recipients::Person(person) => *person == user,
            };
            if meant && own.as_ref() != Some(&user) {
                self.tell(cause, user, follows).await?;
            }
        }
        if matches!(cause.to, Recipients::Project | Recipients::Role(_)) {
            self.outgoing.post(cause).await?;
        }
        if cause.last
            && let Some(run) = &cause.about.run
        {
            for watcher in &watchers {
                let key = WatchRecord::key_of(run, watcher);
                self.change(Change::delete::<WatchRecord>(key));
            }
            self.outcome.ended.insert(run.clone());
        }
        Ok(())
    }

    async fn tell(
        &mut self,
        cause: &CauseRecord,
        user: UserId,
        follows: bool,
    ) -> Result<(), StoreError> {
        let layers = self.layers(&user, &cause.place).await?;
        let quiet = layers.quiet_until(self.now);
        if layers.wants(cause.kind, Channel::Email)
            && let Some(address) = self.address(&user, &layers).await?
        {
            self.outgoing
                .mail(cause, address, quiet.unwrap_or(self.now))
                .await?;
        }
        // Who follows a run has asked to be told.
        if !follows && !layers.wants(cause.kind, Channel::InApp) {
            return Ok(());
        }
        let desktop = (follows || layers.wants(cause.kind, Channel::Desktop)) && quiet.is_none();
        let grouping = cause.grouping();
        let side = NotificationRecord::side_of(&user, &cause.place, &grouping);
        if !self.drafts.contains_key(&side) {
            let draft = self.unread(&side, cause, user, grouping).await?;
            self.drafts.insert(side.clone(), draft);
        }
        if let Some(draft) = self.drafts.get_mut(&side) {
            count(&mut draft.record.notification, cause, desktop);
            draft.record.open.extend(cause.decision());
            // It was settled a moment ago, in this batch.
            draft.record.notification.settled_at = None;
            draft.record.notification.read_at = None;
        }
        Ok(())
    }

    /// The message that is unread as it is kept.
    async fn kept(&self, side: &str) -> Result<Option<Draft>, StoreError> {
        let found = self.store.by_side::<NotificationRecord>(side).await?;
        Ok(found.into_iter().next().map(|stored| Draft {
            kept: Some(stored.value.key()),
            record: stored.value,
        }))
    }

    /// The unread message of the same cause, or a new one that counts nothing yet.
    async fn unread(
        &self,
        side: &str,
        cause: &CauseRecord,
        user: UserId,
        grouping: String,
    ) -> Result<Draft, StoreError> {
        if let Some(draft) = self.kept(side).await? {
            return Ok(draft);
        }
        Ok(Draft {
            kept: None,
            record: NotificationRecord {
                user,
                place: cause.place.clone(),
                grouping,
                title_of_many: cause.title_of_many.clone(),
                notification: Notification {
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
                },
                open: OpenDecisions::default(),
            },
        })
    }

    /// Who is in the project, with the highest role of each.
    async fn members(&mut self, place: &Place) -> Result<BTreeMap<UserId, Role>, StoreError> {
        if let Some(members) = self.members.get(place) {
            return Ok(members.clone());
        }
        let mut members = BTreeMap::new();
        let found = self
            .store
            .by_side::<Membership>(place.tenant.as_str())
            .await?;
        for member in found.into_iter().map(|stored| stored.value) {
            if member
                .project
                .is_none_or(|project| project == place.project)
            {
                let role = members.entry(member.user).or_insert(member.role);
                *role = (*role).max(member.role);
            }
        }
        self.members.insert(place.clone(), members.clone());
        Ok(members)
    }

    async fn watchers(&self, cause: &CauseRecord) -> Result<BTreeSet<UserId>, StoreError> {
        let Some(run) = &cause.about.run else {
            return Ok(BTreeSet::new());
        };
        let found = self.store.by_side::<WatchRecord>(run.as_str()).await?;
        Ok(found.into_iter().map(|stored| stored.value.user).collect())
    }

    async fn layers(&mut self, user: &UserId, place: &Place) -> Result<Layers, StoreError> {
        let key = (user.clone(), place.clone());
        if let Some(layers) = self.layers.get(&key) {
            return Ok(layers.clone());
        }
        let layers = Layers::of(self.store, user, place).await?;
        self.layers.insert(key, layers.clone());
        Ok(layers)
    }

    async fn address(&self, user: &UserId, layers: &Layers) -> Result<Option<String>, StoreError> {
        let user = self.store.get::<User>(user.as_str()).await?;
        Ok(layers::address(
            &layers.me,
            user.map(|stored| stored.value).as_ref(),
        ))
    }

    /// Who acted, where it was a person or somebody's token.
    async fn person(&self, actor: &Actor) -> Result<Option<UserId>, StoreError> {
        match actor.kind {
            ActorKind::Person => Ok(Some(UserId::new(actor.id.clone()))),
            ActorKind::Token => Ok(self
                .store
                .get::<Token>(&actor.id)
                .await?
                .map(|stored| stored.value.user)),
            ActorKind::System | ActorKind::Ai => Ok(None),
        }
    }

    fn change(&mut self, change: Change) {
        self.outcome.set.changes.push(change);
    }

    fn finish(mut self) -> Result<Outcome, StoreError> {
        for Draft { kept, record } in std::mem::take(&mut self.drafts).into_values() {
            // It moves to the top, so it gets another key.
            if let Some(kept) = kept.filter(|kept| *kept != record.key()) {
                self.change(Change::delete::<NotificationRecord>(kept));
            }
            self.change(Change::put(&record)?);
            self.outcome.told.push(Told {
                user: record.user,
                place: record.place,
                newest: Some(Arc::new(record.notification)),
            });
        }
        let outgoing = self.outgoing.finish()?;
        self.outcome.set.changes.extend(outgoing);
        Ok(self.outcome)
    }
}

/// One occurrence more.
pub(super) fn count(message: &mut Notification, cause: &CauseRecord, desktop: bool) {
    message.count += 1;
    message.last_at = message.last_at.max(cause.at);
    message.text.clone_from(&cause.text);
    message.about = cause.about.clone();
    message.desktop = desktop;
    if let Some(run) = &cause.about.run {
        message.runs.retain(|known| known != run);
        message.runs.insert(0, run.clone());
        message.runs.truncate(RUNS);
    }
    message.title = title(cause, message.runs.len(), message.count);
}

fn title(cause: &CauseRecord, runs: usize, count: u64) -> String {
    let one = if runs > 1 {
        &cause.title_of_many
    } else {
        &cause.title
    };
    match (count, cause.kind) {
        // The newest says it all.
        (0 | 1, _)
        | (
            _,
            NotificationKind::RunChanged
            | NotificationKind::CredentialExpiring
            | NotificationKind::ReportAnswered,
        ) => one.clone(),
        (count, _) => format!("{one}, {count} times"),
    }
}
