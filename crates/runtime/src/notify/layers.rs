//! Preferences as the store keeps them.

use crate::store::record::{PreferencesRecord, User};
use crate::store::{Place, Store, StoreError};
use model::notify::{Layer, Preferences, QuietHours, QuietMistake};
use model::{Channel, NotificationKind, Timestamp, UserId};
use std::sync::Arc;

/// The three layers of one person in one project.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    pub tenant: Preferences,
    pub project: Preferences,
    pub me: Preferences,
}

impl Layers {
    pub async fn of(
        store: &Arc<dyn Store>,
        user: &UserId,
        place: &Place,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            me: layer(store, Layer::Me, user, place).await?,
            ..Self::of_project(store, place).await?
        })
    }

    /// Without a person: what holds for webhooks.
    pub async fn of_project(store: &Arc<dyn Store>, place: &Place) -> Result<Self, StoreError> {
        let nobody = UserId::new("");
        Ok(Self {
            tenant: layer(store, Layer::Tenant, &nobody, place).await?,
            project: layer(store, Layer::Project, &nobody, place).await?,
            me: Preferences::default(),
        })
    }

    pub fn wants(&self, kind: NotificationKind, channel: Channel) -> bool {
        Preferences::wants(&[&self.me, &self.project, &self.tenant], kind, channel)
    }

    /// When the quiet at `now` ends; `None` while nothing is quiet.
    pub fn quiet_until(&self, now: Timestamp) -> Option<Timestamp> {
        let hours = Preferences::quiet(&[&self.me, &self.project, &self.tenant])?;
        match until(hours, now) {
            Ok(until) => until,
            Err(error) => {
                tracing::warn!(%error, "quiet hours that cannot be kept are left out");
                None
            }
        }
    }
}

async fn layer(
    store: &Arc<dyn Store>,
    layer: Layer,
    user: &UserId,
    place: &Place,
) -> Result<Preferences, StoreError> {
    let key = PreferencesRecord::key_of(layer, user, place);
    Ok(store
        .get::<PreferencesRecord>(&key)
        .await?
        .map(|stored| stored.value.preferences)
        .unwrap_or_default())
}

/// When the quiet at `now` ends, by the clock of the zone these hours name.
pub fn until(hours: &QuietHours, now: Timestamp) -> Result<Option<Timestamp>, QuietMistake> {
    let zone: chrono_tz::Tz = hours
        .zone
        .parse()
        .map_err(|_| QuietMistake::Zone(hours.zone.clone()))?;
    hours.until(&zone, now)
}

/// Where a person's e-mail goes: what they chose, else their own address. People made on the command line, and the bearers of
/// tokens, have none: the part behind the @ says so.
pub fn address(me: &Preferences, user: Option<&User>) -> Option<String> {
    me.email.clone().or_else(|| {
        let email = &user?.email;
        let (_, domain) = email.rsplit_once('@')?;
        (domain.contains('.') && domain != "token.local").then(|| email.clone())
    })
}
